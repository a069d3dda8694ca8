//! Which overload a call with resolved argument types means.

use crate::{Row, functions, overload};
use batuta_base::Name;
use batuta_core::{Ty, TyKind, Width};

/// The row of a resolved call: `name` or `name#overload`, chosen by the types of its arguments.
/// Representation types (`&T`, `shared<T>`, widths) count as what they represent.
pub fn select(name: &str, args: &[Ty]) -> Option<&'static Row> {
    if let Some((base, index)) = name.rsplit_once('#') {
        return overload(base, index.parse().ok()?);
    }
    let rows = functions(name);
    let wide = |row: &&Row| row.params.iter().any(|param| is_wide(param.ty));
    let widened: Vec<Ty> = args.iter().map(|ty| if ty.strip().is_int() { big() } else { *ty }).collect();
    let is_any_wide = args.iter().any(|ty| is_wide(ty.strip()));
    let own = rows.iter().filter(wide).find(|row| is_any_wide && takes(row, &widened, false));
    // What is not wide takes a row for any number only where it has none of its own.
    let narrow = || rows.iter().filter(|row| !wide(row));
    own.or_else(|| narrow().find(|row| takes(row, args, true)))
        .or_else(|| narrow().find(|row| takes(row, args, false)))
        .or_else(|| rows.iter().find(|row| takes(row, args, true)))
        .or_else(|| rows.iter().find(|row| takes(row, args, false)))
        .or_else(|| rows.iter().find(|row| takes_count(row, args.len())))
}

fn big() -> Ty {
    Ty::new(TyKind::Int(Width::Big))
}

fn is_wide(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(Width::Big))
}

/// The result of the overload that gives integers of any size where an argument is one.
pub fn wide_result(row: &Row, count: usize) -> Option<Ty> {
    let takes_wide = |other: &Row| other.params.iter().any(|param| is_wide(param.ty));
    functions(row.name.as_str())
        .iter()
        .find(|other| other.result.any(&mut is_wide) && takes_count(other, count) && takes_wide(other))
        .map(|other| other.result)
}

fn takes_count(row: &Row, count: usize) -> bool {
    let variadic = row.params.iter().any(|param| param.variadic);
    let needed = row.params.iter().filter(|param| param.default.is_none() && !param.variadic).count();
    count >= needed && (variadic || count <= row.params.len())
}

/// Strictly, only an option is given where an option is asked for.
fn takes(row: &Row, args: &[Ty], strict: bool) -> bool {
    let mut bound = Bound::new();
    let is_option = |ty: Ty| matches!(ty.strip().kind(), TyKind::Option(_) | TyKind::Unit);
    takes_count(row, args.len())
        && args.iter().enumerate().all(|(index, arg)| {
            row.param(index, args.len()).is_some_and(|param| {
                let asks = matches!(param.ty.kind(), TyKind::Option(_));
                (!strict || !asks || is_option(*arg)) && fits(param.ty, *arg, &mut bound)
            })
        })
}

/// Type variables of a row, and what they were met with first.
type Bound = Vec<(Name, Ty)>;

fn fits(pattern: Ty, arg: Ty, bound: &mut Bound) -> bool {
    let (pattern, arg) = (pattern.strip(), arg.strip());
    let is_function = |ty: Ty| matches!(ty.kind(), TyKind::Func(..));
    let is_option = |ty: Ty| matches!(ty.kind(), TyKind::Option(_));
    match (pattern.kind(), arg.kind()) {
        // `d.get(k, None)` is no `d.get(k, 0)`, `max(xs, key=f)` is no `max(xs, default=f)`.
        (TyKind::Var(name), _) => match bound.iter().find(|(known, _)| known == name) {
            Some((_, first)) => {
                is_function(*first) == is_function(arg)
                    && is_option(*first) == is_option(arg)
                    && (!is_function(arg) || takes_alike(*first, arg))
            }
            None => {
                bound.push((*name, arg));
                true
            }
        },
        (TyKind::Int(_), TyKind::Int(_)) | (TyKind::Func(..), TyKind::Func(..) | TyKind::TypeOf(_)) => true,
        (TyKind::Iter(item), _) => iterates(arg).is_some_and(|part| fits(*item, part, bound)),
        (TyKind::Option(item), TyKind::Option(part)) => fits(*item, *part, bound),
        (TyKind::Option(_), TyKind::Unit) => true,
        (TyKind::Option(item), _) => fits(*item, arg, bound),
        (TyKind::Lib(a, _), TyKind::Lib(b, _)) if a != b => false,
        (TyKind::Class(a, _), TyKind::Class(b, _)) if a != b => false,
        (TyKind::Value, _) => true,
        _ => {
            let same = std::mem::discriminant(pattern.kind()) == std::mem::discriminant(arg.kind());
            let (parts, kids) = (pattern.children(), arg.children());
            same && parts.len() == kids.len()
                && parts.into_iter().zip(kids).all(|(part, kid)| fits(part, kid, bound))
        }
    }
}

/// Functions that take arguments of the same kinds: the key of functions is none of them.
fn takes_alike(first: Ty, arg: Ty) -> bool {
    let (TyKind::Func(first, _), TyKind::Func(arg, _)) = (first.kind(), arg.kind()) else { return true };
    let same = |(a, b): (&Ty, &Ty)| {
        std::mem::discriminant(a.strip().kind()) == std::mem::discriminant(b.strip().kind())
    };
    first.len() == arg.len() && first.iter().zip(arg.iter()).all(same)
}

/// Type of the items that iterating a value gives.
fn iterates(ty: Ty) -> Option<Ty> {
    match ty.kind() {
        TyKind::List(item) | TyKind::Set(item) | TyKind::FrozenSet(item) | TyKind::Iter(item) => Some(*item),
        TyKind::Dict(key, _) => Some(*key),
        TyKind::Str => Some(Ty::str()),
        TyKind::Bytes | TyKind::Range => Some(Ty::int()),
        TyKind::Tuple(items) => items.first().copied(),
        TyKind::Lib(_, items) => items.first().copied(),
        TyKind::Value => Some(Ty::value()),
        _ => None,
    }
}
