//! The outside world as data: what library functions, methods and constants are called, which types they take
//! and how Rust spells them. Rows stand in `<language>/<module>.toml`; the build makes static tables of them.
//!
//! Overloads of a name are tried in the order of their rows. Methods are `type.method`, receiver first; what a
//! type of the library can do as a container is rows `type.__getitem__`, `type.__len__`, `type.__iter__` and so on;
//! an attribute is a row with the receiver alone.
#![forbid(unsafe_code)]

mod coverage;
mod dynamic;
mod parse;
mod regex;
mod select;
mod source;

use batuta_base::{FxHashMap, Name};
use batuta_core::{Const, Op, Ty, TyKind};
use std::sync::{LazyLock, OnceLock};

pub use coverage::{Coverage, coverage, lacks};
pub use dynamic::{dynamic_names, has_dynamic, is_dynamic, is_dynamic_module, lacks_dynamic};
pub use parse::{parse_signature, parse_ty};
pub use regex::capturing_groups;
pub use select::{select, wide_result};
pub use source::{SOURCES, Source, source};

include!(concat!(env!("OUT_DIR"), "/rows.rs"));

pub(crate) struct RawFn {
    name: &'static str,
    sig: &'static str,
    rust: &'static str,
    rust_ref: &'static str,
    rust_big: &'static str,
    op: &'static str,
    raises: &'static [&'static str],
    fallible: bool,
    moves: bool,
    calls_in_order: bool,
    io: bool,
    uses: &'static [&'static str],
    example: &'static str,
}

pub(crate) struct RawConst {
    name: &'static str,
    ty: &'static str,
    rust: &'static str,
    uses: &'static [&'static str],
}

/// What a function does with an argument.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Take {
    /// `&T`: reads it during the call.
    Read,
    /// `&mut T`: changes it during the call.
    Write,
    /// `T`: keeps it, or it is a plain value.
    Keep,
}

/// A parameter of a catalogue function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParamRow {
    /// Name for keyword arguments.
    pub name: Option<Name>,
    pub take: Take,
    pub ty: Ty,
    /// `iter<&T>`: the items may be lent.
    pub lends: bool,
    pub default: Option<Const>,
    /// `*T`: any number of further arguments, passed one by one.
    pub variadic: bool,
    /// After a bare `*`: by keyword only.
    pub keyword_only: bool,
}

/// Parameters and result of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub params: Vec<ParamRow>,
    pub result: Ty,
}

/// One overload of a library function or method.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// `math.sqrt`, `list.append`.
    pub name: Name,
    /// Position among the overloads of the name.
    pub overload: usize,
    pub params: Vec<ParamRow>,
    pub result: Ty,
    /// Rust spelling; `{0}` is argument 0, `{*}` all remaining ones. Empty when `op` stands for the call.
    pub rust: &'static str,
    /// Spelling whose result borrows from an argument, where `rust` clones.
    pub rust_ref: Option<&'static str>,
    /// Spelling whose `int` result is `rt::Int`; without it the number of 64 bits is widened.
    pub rust_big: Option<&'static str>,
    /// The call is this operation on its arguments.
    pub op: Option<Op>,
    /// Exceptions that it can raise.
    pub raises: &'static [&'static str],
    /// The spelling gives `rt::Result<T>`; otherwise an error unwinds.
    pub fallible: bool,
    /// A result that holds a type variable was moved out of an argument; otherwise it aliases it.
    pub moves: bool,
    /// Calls its function argument once per item, in order.
    pub calls_in_order: bool,
    /// Has an effect on the world.
    pub io: bool,
    /// Traits and items that the spelling needs in scope.
    pub uses: &'static [&'static str],
    /// A source program that shows the row.
    pub example: &'static str,
}

/// A library constant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConstRow {
    pub name: Name,
    pub ty: Ty,
    pub rust: &'static str,
    pub uses: &'static [&'static str],
}

impl Row {
    /// The parameter that argument `at` of `count` goes to: what follows a variadic one takes the last arguments.
    pub fn param(&self, at: usize, count: usize) -> Option<&ParamRow> {
        let Some(variadic) = self.params.iter().position(|param| param.variadic) else {
            return self.params.get(at);
        };
        let behind = self.params.len() - variadic - 1;
        if at < variadic {
            self.params.get(at)
        } else if at + behind >= count {
            self.params.get(self.params.len() + at - count)
        } else {
            self.params.get(variadic)
        }
    }

    /// Whether a spelling writes argument `at` more than once.
    pub fn repeats(&self, at: usize) -> bool {
        let hole = format!("{{{at}}}");
        [Some(self.rust), self.rust_ref, self.rust_big]
            .into_iter()
            .flatten()
            .any(|rust| rust.matches(&hole).count() > 1)
    }

    /// The argument of `count` that the parameter called `name` takes.
    pub fn argument(&self, name: &str, count: usize) -> Option<usize> {
        let found = |param: &ParamRow| param.name.is_some_and(|own| own == name);
        // A variadic parameter may take nothing.
        let least = self.params.len() - usize::from(self.params.iter().any(|param| param.variadic));
        let count = count.max(least);
        (0..count).find(|at| self.param(*at, count).is_some_and(found))
    }
}

impl ConstRow {
    /// The text of a constant that is spelled as a text literal.
    pub fn text(&self) -> Option<String> {
        let inner = self.rust.strip_prefix('"')?.strip_suffix('"')?;
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            text.push(match c {
                '\\' => match chars.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'u' => {
                        let code: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                        u32::from_str_radix(&code, 16).ok().and_then(char::from_u32)?
                    }
                    other => other,
                },
                c => c,
            });
        }
        Some(text)
    }
}

/// Overloads of one name: where they start in `FNS`, and their parsed form on first use.
struct Group {
    start: usize,
    end: usize,
    rows: OnceLock<Result<Vec<Row>, String>>,
}

static GROUPS: LazyLock<FxHashMap<&'static str, Group>> = LazyLock::new(|| {
    let mut groups: FxHashMap<&'static str, Group> = FxHashMap::default();
    for (at, raw) in FNS.iter().enumerate() {
        let group = groups.entry(raw.name).or_insert(Group { start: at, end: at, rows: OnceLock::new() });
        group.end = at + 1;
    }
    groups
});

/// Types that have a method of a name, for receivers whose type only their use shows.
static OWNERS: LazyLock<FxHashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut owners: FxHashMap<&'static str, Vec<&'static str>> = FxHashMap::default();
    for raw in FNS {
        if let Some((owner, method)) = raw.name.rsplit_once('.') {
            let list = owners.entry(method).or_default();
            if !list.contains(&owner) {
                list.push(owner);
            }
        }
    }
    owners
});

/// Containers of `collections` that dynamic values hold and share as they do lists and dicts.
pub const SHARED_CONTAINERS: &[&str] = &["Counter", "OrderedDict", "defaultdict", "deque"];

/// The overloads of a library function or method in the order in which they are tried; empty when there is none.
pub fn functions(name: &str) -> &'static [Row] {
    let Some(group) = GROUPS.get(name) else { return &[] };
    match group.rows.get_or_init(|| parse_group(group)) {
        Ok(rows) => rows,
        Err(_) => &[],
    }
}

/// The first row that has this name and overload number.
pub fn overload(name: &str, index: usize) -> Option<&'static Row> {
    functions(name).get(index)
}

/// A library constant by its name: `math.pi`.
pub fn constant(name: &str) -> Option<ConstRow> {
    let at = CONSTS.binary_search_by(|raw| raw.name.cmp(name)).ok()?;
    let raw = &CONSTS[at];
    let ty = parse_ty(raw.ty).ok()?;
    Some(ConstRow { name: Name::new(raw.name), ty, rust: raw.rust, uses: raw.uses })
}

/// Every constant, by name.
pub fn constants() -> impl Iterator<Item = ConstRow> {
    CONSTS.iter().filter_map(|raw| constant(raw.name))
}

/// Modules and types that have a function or method of this name: `append` -> `deque`, `list`.
pub fn owners(method: &str) -> &'static [&'static str] {
    OWNERS.get(method).map_or(&[], Vec::as_slice)
}

/// Whether any row or constant starts with `prefix.`: the module or type is known.
pub fn knows(prefix: &str) -> bool {
    let below = |name: &str| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'));
    FNS.iter().any(|raw| below(raw.name)) || CONSTS.iter().any(|raw| below(raw.name))
}

/// Whether a name of the library is a class of exceptions.
pub fn is_exception(name: &str) -> bool {
    matches!(
        name,
        "argparse.ArgumentError"
            | "argparse.ArgumentTypeError"
            | "binascii.Error"
            | "csv.Error"
            | "io.UnsupportedOperation"
            | "json.JSONDecodeError"
            | "numpy.exceptions.AxisError"
            | "numpy.linalg.LinAlgError"
            | "queue.Empty"
            | "queue.Full"
            | "re.error"
            | "shutil.Error"
            | "shutil.SameFileError"
            | "statistics.StatisticsError"
            | "struct.error"
            | "zlib.error"
    )
}

/// Whether objects of a library type that several threads see are only read: what they hold decides the rest.
pub fn is_sync(name: Name) -> bool {
    matches!(
        name.last(),
        "Pattern"
            | "Decimal"
            | "Fraction"
            | "Struct"
            | "date"
            | "datetime"
            | "time"
            | "timedelta"
            | "timezone"
            | "IsoCalendarDate"
            | "Path"
            | "Counter"
            | "deque"
            | "OrderedDict"
            | "tuple"
            | "bytearray"
    )
}

/// Every row, by name; a row that does not parse is its error text.
pub fn all() -> impl Iterator<Item = Result<Row, String>> {
    FNS.iter().map(|raw| parse_row(raw, 0))
}

/// The rows of a name in the order in which they are tried: those for any value after all others, so that
/// a module may add rows for its own types.
fn parse_group(group: &Group) -> Result<Vec<Row>, String> {
    let rows: Result<Vec<Row>, String> =
        FNS[group.start..group.end].iter().map(|raw| parse_row(raw, 0)).collect();
    let mut rows = rows?;
    let takes_any =
        |row: &Row| row.params.iter().any(|param| param.ty.any(&mut |ty| *ty.kind() == TyKind::Value));
    rows.sort_by_key(takes_any);
    rows.iter_mut().enumerate().for_each(|(index, row)| row.overload = index);
    Ok(rows)
}

fn parse_row(raw: &'static RawFn, overload: usize) -> Result<Row, String> {
    let signature =
        parse_signature(raw.sig).map_err(|error| format!("{}: {error}: {}", raw.name, raw.sig))?;
    let op = match raw.op {
        "" => None,
        name => Some(Op::parse(name).ok_or_else(|| format!("{}: no operation `{name}`", raw.name))?),
    };
    Ok(Row {
        name: Name::new(raw.name),
        overload,
        params: signature.params,
        result: signature.result,
        rust: raw.rust,
        rust_ref: (!raw.rust_ref.is_empty()).then_some(raw.rust_ref),
        rust_big: (!raw.rust_big.is_empty()).then_some(raw.rust_big),
        op,
        raises: raw.raises,
        fallible: raw.fallible,
        moves: raw.moves,
        calls_in_order: raw.calls_in_order,
        io: raw.io,
        uses: raw.uses,
        example: raw.example,
    })
}

/// Whether a library function keeps a function that it is given, to call it later.
pub fn keeps_function(name: &str) -> bool {
    let keeping = ["addHandler", "addFilter", "setFormatter"];
    match name.rsplit_once('.') {
        Some(("Logger" | "LogHandler", method)) => keeping.contains(&method),
        Some(("asyncio.Loop", method)) => matches!(method, "call_later" | "call_soon"),
        Some(("asyncio.Condition", method)) => method == "wait_for",
        _ => matches!(name, "ExitStack.push" | "asyncio.to_thread" | "ruchy.post"),
    }
}

/// Whether the row for these arguments takes a function at a position: it calls it before it returns.
/// Where no row fits, any row of the name answers.
pub fn takes_function(name: &str, args: &[Ty], at: usize) -> bool {
    if keeps_function(name) {
        return false;
    }
    let is_function = |row: &Row| {
        let param = row.param(at, args.len()).or(row.params.last());
        param.is_some_and(|param| matches!(param.ty.kind(), TyKind::Func(..)))
    };
    match select(name, args) {
        Some(row) => is_function(row),
        None => functions(name).iter().any(is_function),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_says_how_rust_spells_it() {
        for row in all() {
            let row = row.unwrap();
            assert!(row.op.is_some() == row.rust.is_empty(), "{}: `rust` or `op`, not both", row.name);
            for at in 0..9 {
                let hole = row.rust.contains(&format!("{{{at}}}"));
                assert!(!hole || at < row.params.len(), "{}: no argument {at}", row.name);
            }
            if let Some(op) = row.op {
                assert!(op.info().arity.takes(row.params.len()), "{}: operands of `{}`", row.name, op.name());
            }
        }
        for raw in CONSTS {
            assert!(constant(raw.name).is_some(), "{}", raw.name);
        }
    }

    #[test]
    fn overloads_keep_their_order() {
        let rows = functions("list.pop");
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].params.len(), rows[1].params.len()), (1, 2));
        assert!(rows[0].moves);
        assert!(functions("list.nothing").is_empty());
        assert!(owners("append").contains(&"list"));
        assert!(knows("math") && !knows("mat"));
    }
}
