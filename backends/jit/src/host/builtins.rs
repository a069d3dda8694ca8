//! Builtin functions over values of any type, comparisons, options, objects, unions.

use super::adapt::{adapt, alike, same};
use super::iters::{items, pull};
use super::{Site, call_func, result_of, rows, show};
use crate::desc::Kind;
use crate::item::{Item, some_word, text_word};
use crate::memory::{keep, object, record, set_word};
use batuta_core::TyKind;
use batuta_rt::{self as rt, Key, PyOrd};

/// What `auto()` gives until its member is made.
const AUTO: i64 = i64::MIN + 0x617574;

/// `a + b` of two values of one type.
pub fn add(a: &Item, b: &Item) -> u64 {
    match a.desc.kind {
        Kind::Int => match a.int().checked_add(b.int()) {
            Some(sum) => sum as u64,
            None => rt::raise_new(rt::OverflowError, "integer overflow in addition"),
        },
        Kind::Float => (a.float() + b.float()).to_bits(),
        Kind::Big => keep(a.to_big() + b.to_big()),
        Kind::Str => text_word([a.text(), b.text()].concat()),
        Kind::List(item) => {
            let mut words = super::iters::words_as(a, item);
            words.extend(super::iters::words_as(b, item));
            crate::item::list_word(item, words)
        }
        _ => {
            let sum = rt::py::add(&super::values::from_item(a), &super::values::from_item(b));
            super::values::to_word(&sum, a.desc)
        }
    }
}

fn sum(site: &Site, a: &[Item]) -> u64 {
    let all = items(&a[0]);
    let start = a.get(1);
    match site.ret.kind {
        Kind::Float => {
            // CPython adds ints exactly until the first float; sums of floats start with the start value.
            let first = start.map_or(0.0, Item::float);
            all.iter().fold(first, |total, item| total + item.bare().float()).to_bits()
        }
        Kind::Big => {
            let first = start.map_or(rt::Int::from(0), Item::to_big);
            keep(all.iter().fold(first, |total, item| total + item.to_big()))
        }
        Kind::Int => {
            let first = start.map_or(0, Item::int);
            let total = all.iter().try_fold(first, |total, item| total.checked_add(item.int()));
            total.unwrap_or_else(|| rt::raise_new(rt::OverflowError, "integer overflow in addition")) as u64
        }
        _ => {
            let zero = rt::Value::from(0);
            let first = start.map_or(zero, super::values::from_item);
            let total =
                all.iter().fold(first, |total, item| rt::py::add(&total, &super::values::from_item(item)));
            super::values::to_word(&total, site.ret)
        }
    }
}

/// `min` and `max`: of an iterable, or of the arguments.
fn extreme(site: &Site, a: &[Item], largest: bool) -> u64 {
    let key = a.iter().find(|item| matches!(item.desc.kind, Kind::Func(..)));
    let plain: Vec<&Item> = a.iter().filter(|item| !matches!(item.desc.kind, Kind::Func(..))).collect();
    let is_iterable = |item: &Item| {
        matches!(item.desc.kind, Kind::Iter(_) | Kind::List(_) | Kind::Set(_) | Kind::Dict(..) | Kind::Range)
    };
    let over = plain
        .first()
        .is_some_and(|item| is_iterable(item) && (plain.len() < 2 || !same(item.desc, plain[1].desc)));
    let (all, default) = match over {
        true => (items(plain[0]), plain.get(1)),
        false => (plain.iter().map(|item| (*item).clone()).collect(), None),
    };
    let value = |item: &Item| match key {
        Some(function) => Item::new(call_func(function, &[item.word]), result_of(function)),
        None => item.clone(),
    };
    let mut best: Option<(Item, Item)> = None;
    for item in all {
        let rank = value(&item);
        let wins = best
            .as_ref()
            .is_none_or(|(_, known)| if largest { known.py_lt(&rank) } else { rank.py_lt(known) });
        if wins {
            best = Some((item, rank));
        }
    }
    match (best, default) {
        (Some((item, _)), _) => adapt(&item, site.ret),
        (None, Some(default)) => adapt(default, site.ret),
        (None, None) => {
            let name = if largest { "max" } else { "min" };
            rt::raise_new(rt::ValueError, format!("{name}() arg is an empty sequence"))
        }
    }
}

/// The member whose name (field 0) or value (field 1) this is.
fn enum_member(class: &crate::desc::ClassDesc, wanted: &Item, field: usize) -> Option<u64> {
    let desc = class.fields()[field].desc;
    let members = class.members.borrow();
    members
        .iter()
        .copied()
        .find(|member| Item::new(crate::memory::word_at(*member, field + 1), desc) == *wanted)
}

/// `bool(item)`.
pub fn truth(item: &Item) -> bool {
    match &item.desc.kind {
        Kind::Bytes => !item.bytes().is_empty(),
        Kind::Num => super::values::from_item(item).is_true(),
        Kind::Deque(_) => !object::<rt::Deque<Item>>(&item.word).is_empty(),
        Kind::Class(_) => truth_of_object(item),
        Kind::Float => item.float() != 0.0,
        Kind::Str => !item.text().is_empty(),
        Kind::List(_) => !item.list_items().is_empty(),
        Kind::Set(_) => !item.set().is_empty(),
        Kind::Option(_) => item.present().is_some_and(|inner| truth(&inner)),
        Kind::Union(_) => truth(&item.bare()),
        Kind::Value => item.value().is_true(),
        Kind::Big => !item.big().is_zero(),
        Kind::Tuple(fields) => !fields.is_empty(),
        Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => {
            super::mapping::plain(item).is_some_and(|dict| !dict.is_empty())
        }
        _ => item.word != 0,
    }
}

/// What `__bool__` or `__len__` of an object says.
fn truth_of_object(item: &Item) -> bool {
    let Some(class) = item.class() else { return false };
    let method = class.method("__bool__").or_else(|| class.method("__len__"));
    method.is_none_or(|method| truth(&super::call_method(method, &[item])))
}

fn quantified(a: &[Item], is_any: bool) -> u64 {
    let (mut next, desc) = (pull(&a[0], false), super::iters::element(&a[0]));
    while let Some(word) = next() {
        if truth(&Item::new(word, desc)) == is_any {
            return is_any.into();
        }
    }
    (!is_any).into()
}

fn round(site: &Site, a: &[Item]) -> u64 {
    let digits = a.get(1).and_then(Item::present).map(|item| item.int());
    match (&a[0].desc.kind, digits) {
        (Kind::Float, Some(digits)) => rt::round_ndigits(a[0].float(), digits).to_bits(),
        (Kind::Float, None) => {
            adapt(&Item::new(rt::round_half_even(a[0].float()) as u64, int(site)), site.ret)
        }
        (Kind::Int, Some(digits)) => rt::round_int(a[0].int(), digits) as u64,
        (Kind::Num, Some(digits)) => keep(crate::memory::object::<rt::Num>(&a[0].word).round_to(digits)),
        (Kind::Value, digits) => crate::host::values::to_word(&rt::py::round(a[0].value(), digits), site.ret),
        _ => a[0].word,
    }
}

fn int(_: &Site) -> crate::desc::D {
    crate::desc::INT.with(|desc| *desc)
}

fn absolute(site: &Site, a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::Float => a[0].float().abs().to_bits(),
        Kind::Big => keep(a[0].big().abs()),
        Kind::Int => a[0]
            .int()
            .checked_abs()
            .unwrap_or_else(|| rt::raise_new(rt::OverflowError, "integer overflow in negation"))
            as u64,
        _ => super::values::to_word(&rt::py::abs(&super::values::from_item(&a[0])), site.ret),
    }
}

fn identical(a: &[Item]) -> bool {
    let inner = |item: &Item| item.bare().present().map(|item| item.bare());
    let (Some(a), Some(b)) = (inner(&a[0]), inner(&a[1])) else {
        return a.iter().all(|item| item.bare().is_none());
    };
    match (&a.desc.kind, &b.desc.kind) {
        (Kind::Str | Kind::Big | Kind::Value, _) => a == b,
        _ => a.word == b.word,
    }
}

/// A union's member of the node's type.
fn member(site: &Site, a: &[Item]) -> u64 {
    let inner = a[0].bare();
    if same(inner.desc, site.ret) || matches!(site.ret.kind, Kind::Union(_) | Kind::Option(_) | Kind::Value) {
        return adapt(&inner, site.ret);
    }
    match (&inner.desc.kind, &site.ret.kind) {
        (Kind::Bool | Kind::Int, Kind::Int | Kind::Float | Kind::Big) => adapt(&inner, site.ret),
        _ => {
            let words = format!("unexpected type '{}'", show::type_name(&inner));
            rt::raise_new(rt::TypeError, words)
        }
    }
}

fn is_member(site: &Site, a: &[Item]) -> u64 {
    let inner = a[0].bare();
    let Some(wanted) = site.attr_desc else { return 0 };
    let fits = match (&inner.desc.kind, &wanted.kind) {
        // The member is that of the object's own class, or of the nearest one above it.
        (Kind::Class(_), Kind::Class(class)) => inner.class().is_some_and(|found| {
            let members = match &a[0].desc.kind {
                Kind::Union(members) => &members[..],
                _ => &[],
            };
            let is_member = |path: &&batuta_base::Name| {
                members.iter().any(|member| matches!(&member.kind, Kind::Class(of) if of.path == **path))
            };
            found
                .mro
                .iter()
                .find(is_member)
                .map_or_else(|| found.is_a(class.path), |path| *path == class.path)
        }),
        _ => {
            alike(inner.desc.ty, wanted.ty)
                || matches!((&inner.desc.kind, wanted.ty.kind()), (Kind::Unit, TyKind::Unit))
        }
    };
    fits.into()
}

/// The parts of a display, with those that are spliced in one by one.
fn spliced(site: &Site, a: &[Item]) -> Vec<Item> {
    let is_spliced = |at: usize| site.attr.as_bytes().get(at) == Some(&b's');
    let parts = |(at, item): (usize, &Item)| match is_spliced(at) {
        true => items(item),
        false => vec![Item::new(item.word, item.desc)],
    };
    a.iter().enumerate().flat_map(parts).collect()
}

/// A literal of a class: its fields in declaration order.
fn new_object(site: &Site, a: &[Item]) -> u64 {
    let Some(class) = site.class else { return 0 };
    let mut parts = vec![std::ptr::from_ref(class) as u64];
    parts.extend(a.iter().zip(class.fields()).map(|(item, field)| adapt(item, field.desc)));
    parts.resize(class.fields().len() + 1, 0);
    record(&parts)
}

/// An object as one of a class below.
fn down(site: &Site, a: &[Item]) -> u64 {
    match (a[0].bare().class(), &site.ret.kind) {
        (Some(found), Kind::Class(class)) if !found.is_a(class.path) => {
            rt::raise_new(rt::AttributeError, format!("not a {}", class.path.last()))
        }
        _ => a[0].bare().word,
    }
}

/// What `&mut` reaches gets another content.
fn overwrite(_: &Site, a: &[Item]) -> u64 {
    match a[0].desc.kind {
        Kind::List(_) => {
            let item = super::lists::item_of(&a[0]);
            let words = super::iters::words_as(&a[1], item);
            crate::item::each_list!(a[0].elements(), list => {
                *list = words.into_iter().map(|word| crate::item::Element::from_word(word, item)).collect();
            });
        }
        Kind::Set(_) => *a[0].set() = a[1].set().clone(),
        Kind::Dict(..) => *a[0].dict() = a[1].dict().clone(),
        Kind::Class(class) => {
            for (index, field) in a[1].fields().iter().enumerate().take(class.fields().len()) {
                set_word(a[0].word, index + 1, field.word);
            }
        }
        _ => rt::raise_new(rt::SystemError, "a value that cannot be replaced through a reference"),
    }
    0
}

/// The empty value of a type.
fn empty(site: &Site, _: &[Item]) -> u64 {
    empty_word(site.ret)
}

pub fn empty_word(desc: crate::desc::D) -> u64 {
    match &desc.kind {
        Kind::Str => text_word(""),
        Kind::List(item) => crate::item::list_word(item, []),
        Kind::Dict(..) => keep(rt::Dict::<Item, Item>::new()),
        Kind::Set(_) => keep(rt::Set::<Item>::new()),
        Kind::Big => keep(rt::Int::from(0)),
        Kind::Value => keep(rt::Value::None),
        Kind::Tuple(fields) => record(&fields.iter().map(|field| empty_word(field)).collect::<Vec<_>>()),
        _ => 0,
    }
}

rows! {
    "cmp.eq" => |_, a| (a[0] == a[1]).into();
    "cmp.ne" => |_, a| (a[0] != a[1]).into();
    "cmp.lt" => |_, a| a[0].py_lt(&a[1]).into();
    "cmp.gt" => |_, a| a[1].py_lt(&a[0]).into();
    "cmp.le" => |_, a| (a[0].py_lt(&a[1]) || a[0] == a[1]).into();
    "cmp.ge" => |_, a| (a[1].py_lt(&a[0]) || a[0] == a[1]).into();
    "cmp.is" => |_, a| identical(a).into();
    "cmp.is_not" => |_, a| (!identical(a)).into();
    "opt.some" => |s, a| match s.ret.kind {
        Kind::Option(inner) => some_word(inner, adapt(&a[0], inner)),
        _ => adapt(&a[0], s.ret),
    };
    "opt.is_none" => |_, a| (a[0].bare().is_none() || matches!(a[0].desc.kind, Kind::Class(_)) && a[0].word == 0).into();
    "opt.is_some" => |_, a| (!a[0].bare().is_none()).into();
    "opt.unwrap" => |s, a| adapt(&a[0], s.ret);
    "rt.none" => |s, _| match s.ret.kind {
        Kind::Value => keep(rt::Value::None),
        _ => adapt(&Item::new(0, crate::desc::UNIT.with(|desc| *desc)), s.ret),
    };
    "rs.clone" => |site, a| crate::item::clone_word(site.ret, a[0].word);
    "rt.index.tuple" => |s, a| {
        let fields = a[0].fields();
        let at = a[1].int();
        let at = if at < 0 { at + fields.len() as i64 } else { at };
        match usize::try_from(at).ok().and_then(|at| fields.get(at)) {
            Some(field) => adapt(field, s.ret),
            None => rt::raise_new(rt::IndexError, "tuple index out of range"),
        }
    };
    "opt.truth" => |_, a| match a.get(1) {
        Some(inner) => (a[0].present().is_some() && inner.truth()).into(),
        None => truth(&a[0]).into(),
    };
    "class.new" => new_object;
    "class.up" => |_, a| a[0].word;
    "class.down" => down;
    "class.is_instance" => |s, a| match (a[0].bare().class(), s.class) {
        (Some(class), Some(wanted)) => class.is_a(wanted.path).into(),
        _ => 0,
    };
    "union.from" => |s, a| adapt(&a[0], s.ret);
    "union.get" => member;
    "union.is" => is_member;
    "tuple.new" | "rt.array" => |s, a| {
        let a = spliced(s, a);
        match &s.ret.kind {
            Kind::Tuple(fields) => record(&a.iter().zip(fields).map(|(item, field)| adapt(item, field)).collect::<Vec<_>>()),
            Kind::List(item) => crate::item::list_word(item, a.iter().map(|it| adapt(it, item)).collect::<Vec<_>>()),
            _ => record(&a.iter().map(|item| item.word).collect::<Vec<_>>()),
        }
    };
    "rt.overwrite" => overwrite;
    "rt.empty" => empty;
    "rt.truth" | "union.truth" | "builtins.bool" => |_, a| a.first().is_some_and(truth).into();
    "enum.by_value" => |s, a| match s.class.and_then(|class| enum_member(class, &a[a.len() - 1], 1)) {
        Some(member) => member,
        None => {
            let name = s.class.map_or("", |class| class.path.last());
            rt::raise_new(rt::ValueError, format!("{} is not a valid {name}", rt::repr(&a[a.len() - 1])))
        }
    };
    "enum.by_name" => |s, a| match s.class.and_then(|class| enum_member(class, &a[a.len() - 1], 0)) {
        Some(member) => member,
        None => rt::raise(rt::Error::key(&a[a.len() - 1])),
    };
    "enum.auto" => |_, _| AUTO as u64;
    "rt.enum_member" => |s, a| {
        let Some(class) = s.class else { return 0 };
        let name = text_word(s.attr.as_str());
        object::<crate::item::Text>(&name).is_shared.set(true);
        let number = class.members.borrow().len() as u64 + 1;
        let is_auto = a.first().is_none_or(|item| matches!(item.desc.kind, Kind::Int) && item.int() == AUTO);
        let value = match (is_auto, class.fields().get(1)) {
            (true, _) => number,
            (false, Some(field)) => adapt(&a[0], field.desc),
            (false, None) => a[0].word,
        };
        let member = record(&[std::ptr::from_ref(class) as u64, name, value]);
        class.members.borrow_mut().push(member);
        member
    };
    "builtins.sum" => sum;
    "builtins.min" => |s, a| extreme(s, a, false);
    "builtins.max" => |s, a| extreme(s, a, true);
    "builtins.any" => |_, a| quantified(a, true);
    "builtins.all" => |_, a| quantified(a, false);
    "builtins.round" => round;
    "builtins.abs" => absolute;
    "builtins.hash" => |_, a| a[0].py_hash().unwrap_or_else(|| (a[0].key_hash() >> 1) as i64) as u64;
    "builtins.id" => |_, a| a[0].word;
    "builtins.len" => |_, a| match a[0].desc.kind {
        Kind::Value => rt::py::len(a[0].value()) as u64,
        _ => items(&a[0]).len() as u64,
    };
    "builtins.input" => |_, a| text_word(rt::input(a.first().map_or("", |item| item.text())));
    "enum.members" => |s, _| {
        let Kind::List(item) = s.ret.kind else { return 0 };
        let class = match item.kind {
            Kind::Class(class) => Some(class),
            _ => s.class,
        };
        crate::item::list_word(item, class.map_or(Vec::new(), |class| class.members.borrow().clone()))
    };
    "functools.reduce" => |s, a| {
        let mut all = items(&a[1]).into_iter();
        let first = a.get(2).map(|item| adapt(item, s.ret)).or_else(|| all.next().map(|item| item.word));
        let Some(first) = first else {
            rt::raise_new(rt::TypeError, "reduce() of empty iterable with no initial value")
        };
        all.fold(first, |total, item| call_func(&a[0], &[total, item.word]))
    };
}
