//! Dicts, counters, dicts with defaults.

use super::adapt::adapt;
use super::iters::{items, iter_word};
use super::{Site, call_func, rows};
use crate::desc::{D, Kind};
use crate::item::{Item, clone_word, list_word};
use crate::memory::{keep, object, record};
use batuta_core::TyKind;
use batuta_rt::{self as rt, Dict, Repr};
use std::fmt;

/// A counter or a dict with defaults. It starts with its dict, so that the dict rows fit both.
#[repr(C)]
struct Special {
    dict: Dict<Item, Item>,
    /// What makes a missing value, if not a counter's 0.
    factory: Option<Item>,
    name: &'static str,
}

pub fn clone(word: u64) -> u64 {
    let special: &Special = object(&word);
    keep(Special { dict: special.dict.clone(), factory: special.factory.clone(), name: special.name })
}

/// The dict of any mapping.
pub fn plain(item: &Item) -> Option<&'static mut Dict<Item, Item>> {
    match item.desc.kind {
        Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => Some(object(&item.word)),
        _ => None,
    }
}

fn dict(item: &Item) -> &'static mut Dict<Item, Item> {
    object(&item.word)
}

/// Key and value type.
fn types(desc: D) -> (D, D) {
    match &desc.kind {
        Kind::Dict(key, value) | Kind::DefaultDict(key, value) => (key, value),
        Kind::Counter(key) => (key, int_desc()),
        _ => (desc, desc),
    }
}

/// The pairs of a mapping or of an iterable of pairs.
pub fn pairs(source: &Item) -> Vec<(Item, Item)> {
    match plain(source) {
        Some(dict) => dict.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        None => items(source).into_iter().map(|pair| (pair.field(0), pair.field(1))).collect(),
    }
}

/// An `OrderedDict`: a dict of another name, whose order counts among its like.
pub fn is_ordered(item: &Item) -> bool {
    matches!(item.desc.ty.strip().kind(), TyKind::Lib(name, _) if name.last() == "OrderedDict")
}

pub fn repr(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match item.desc.kind {
        Kind::Dict(..) if is_ordered(item) => {
            let pairs = pairs(item);
            if pairs.is_empty() {
                return f.write_str("OrderedDict()");
            }
            f.write_str("OrderedDict([")?;
            for (at, (key, value)) in pairs.iter().enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                write!(f, "{comma}({}, {})", rt::repr(key), rt::repr(value))?;
            }
            f.write_str("])")
        }
        Kind::Dict(..) => dict(item).fmt_repr(f),
        Kind::Counter(_) => {
            let mut pairs = pairs(item);
            if pairs.is_empty() {
                return f.write_str("Counter()");
            }
            pairs.sort_by_key(|(_, count)| std::cmp::Reverse(count.int()));
            write!(f, "Counter({})", rt::repr(&pairs.into_iter().collect::<Dict<Item, Item>>()))
        }
        _ => write!(
            f,
            "defaultdict(<class '{}'>, {})",
            object::<Special>(&item.word).name,
            rt::repr(dict(item))
        ),
    }
}

fn new(site: &Site, a: &[Item]) -> u64 {
    let (key, value) = types(site.ret);
    let mut made: Dict<Item, Item> = Dict::with_capacity(a.len() / 2);
    let mut at = 0;
    while at < a.len() {
        if site.attr.as_bytes().get(at) == Some(&b's') {
            made.update(pairs(&a[at]));
            at += 1;
        } else {
            made.insert(Item::new(adapt(&a[at], key), key), Item::new(adapt(&a[at + 1], value), value));
            at += 2;
        }
    }
    keep(made)
}

fn key(mapping: &Item, key: &Item) -> Item {
    let (desc, _) = types(mapping.desc);
    Item::new(adapt(key, desc), desc)
}

fn index(site: &Site, a: &[Item]) -> u64 {
    let key = key(&a[0], &a[1]);
    match a[0].desc.kind {
        Kind::Counter(_) => dict(&a[0]).get(&key).map_or(0, |count| count.word),
        Kind::DefaultDict(_, value) => {
            let special: &'static mut Special = object(&a[0].word);
            if let Some(found) = special.dict.get(&key) {
                return found.word;
            }
            let word = special.factory.as_ref().map_or(0, |factory| call_func(factory, &[]));
            special.dict.insert(key, Item::new(word, value));
            word
        }
        _ => {
            let found = dict(&a[0]).at(&key);
            adapt(found, site.ret)
        }
    }
}

fn set_index(_: &Site, a: &[Item]) -> u64 {
    let (key_desc, value) = types(a[0].desc);
    dict(&a[0]).insert(Item::new(adapt(&a[1], key_desc), key_desc), Item::new(adapt(&a[2], value), value));
    0
}

/// An element as the node wants it: cloned where the node's type owns it.
fn given(site: &Site, item: &Item) -> u64 {
    match &site.ret.kind {
        Kind::Option(inner) if !matches!(item.desc.kind, Kind::Option(_)) => {
            crate::item::some_word(inner, copied(item, inner))
        }
        _ => copied(item, site.ret),
    }
}

fn copied(item: &Item, to: D) -> u64 {
    let word = if to.is_alias { item.word } else { clone_word(item.desc, item.word) };
    adapt(&Item::new(word, item.desc), to)
}

fn get(site: &Site, a: &[Item]) -> u64 {
    match dict(&a[0]).get(&key(&a[0], &a[1])) {
        Some(found) => given(site, found),
        None => match a.get(2) {
            Some(default) => adapt(default, site.ret),
            None => adapt(&Item::new(0, crate::desc::UNIT.with(|desc| *desc)), site.ret),
        },
    }
}

fn pop(site: &Site, a: &[Item]) -> u64 {
    let key = key(&a[0], &a[1]);
    match a.get(2) {
        Some(default) => match dict(&a[0]).remove(&key) {
            Some(found) => adapt(&found, site.ret),
            None => adapt(default, site.ret),
        },
        None => adapt(&dict(&a[0]).pop(&key), site.ret),
    }
}

fn set_default(site: &Site, a: &[Item]) -> u64 {
    let (key_desc, value) = types(a[0].desc);
    let key = Item::new(adapt(&a[1], key_desc), key_desc);
    let default = a.get(2).map_or(0, |item| adapt(item, value));
    let found = dict(&a[0]).setdefault(key, Item::new(default, value));
    given(site, &Item::new(found.word, found.desc))
}

fn update(_: &Site, a: &[Item]) -> u64 {
    if matches!(a[0].desc.kind, Kind::Counter(_)) {
        return tally(&a[0], &a[1], 1);
    }
    for source in &a[1..] {
        let made = pairs(source);
        dict(&a[0]).update(made);
    }
    0
}

/// A part of each entry as the dict is; a change of its size from the first one on is an error.
pub fn walk(item: &Item, part: fn(Item, Item) -> u64) -> Box<dyn FnMut() -> Option<u64>> {
    let (dict, mut walk) = (&*dict(item), None);
    Box::new(move || {
        let walk = walk.get_or_insert_with(|| rt::Walk::new(dict.len()));
        walk.item(&dict).map(|(key, value)| part(key, value))
    })
}

fn listing(item: &Item, part: fn(Item, Item) -> u64) -> u64 {
    iter_word(walk(item, part))
}

/// Counts of two counters by key, those above zero: `-` and `+` are of the first, `&` and `|` of both.
fn counted(a: &[Item], count: fn(i64, i64) -> i64) -> u64 {
    let int = int_desc();
    let made = keep(Special { dict: Dict::new(), factory: None, name: "int" });
    let counts =
        |of: Option<&Item>, key: &Item| of.and_then(|of| dict(of).get(key).map(Item::int)).unwrap_or(0);
    let keys = a.iter().flat_map(pairs).map(|(key, _)| key);
    for key in keys {
        let found = count(counts(a.first(), &key), counts(a.get(1), &key));
        if found > 0 {
            object::<Special>(&made).dict.insert(key, Item::new(found as u64, int));
        }
    }
    made
}

fn int_desc() -> D {
    crate::desc::INT.with(|desc| *desc)
}

fn counter(site: &Site, a: &[Item]) -> u64 {
    let made = keep(Special { dict: Dict::new(), factory: None, name: "int" });
    let item = Item::new(made, site.ret);
    if let Some(source) = a.first() {
        tally(&item, source, 1);
    }
    made
}

fn tally(target: &Item, source: &Item, sign: i64) -> u64 {
    let int = int_desc();
    let Kind::Counter(key) = target.desc.kind else { return 0 };
    let counted: Vec<(Item, i64)> = match plain(source) {
        Some(_) => pairs(source).into_iter().map(|(key, count)| (key, count.int())).collect(),
        None => items(source).into_iter().map(|item| (item, 1)).collect(),
    };
    for (item, count) in counted {
        let name = Item::new(adapt(&item, key), key);
        let old = dict(target).get(&name).map_or(0, Item::int);
        dict(target).insert(name, Item::new((old + sign * count) as u64, int));
    }
    0
}

pub fn from_pairs(site: &Site, a: &[Item]) -> u64 {
    let (key, value) = types(site.ret);
    let made = a.first().map(pairs).unwrap_or_default();
    let made = made.iter().map(|(k, v)| (Item::new(adapt(k, key), key), Item::new(adapt(v, value), value)));
    keep(made.collect::<Dict<Item, Item>>())
}

fn most_common(site: &Site, a: &[Item]) -> u64 {
    let mut pairs = pairs(&a[0]);
    pairs.sort_by_key(|(_, count)| std::cmp::Reverse(count.int()));
    if let Some(count) = a.get(1).and_then(Item::present) {
        pairs.truncate(count.int().max(0) as usize);
    }
    let Kind::List(item) = site.ret.kind else { return 0 };
    list_word(item, pairs.into_iter().map(|(key, count)| record(&[key.word, count.word])))
}

fn default_dict(site: &Site, a: &[Item]) -> u64 {
    let factory = a.first().and_then(Item::present);
    let Kind::DefaultDict(_, value) = site.ret.kind else { return 0 };
    let empty = Item::new(0, value);
    keep(Special {
        dict: Dict::new(),
        factory,
        name: super::show::type_name(&match value.kind {
            Kind::Class(_) | Kind::Value | Kind::Union(_) | Kind::Option(_) | Kind::Num | Kind::Error => {
                Item::new(0, int_desc())
            }
            _ => empty,
        }),
    })
}

rows! {
    "dict.new" => new;
    "dict.len" | "Counter.__len__" | "defaultdict.__len__" => |_, a| dict(&a[0]).len() as u64;
    "dict.truth" => |_, a| (!dict(&a[0]).is_empty()).into();
    "dict.contains" | "Counter.__contains__" | "defaultdict.__contains__" => |_, a| dict(&a[0]).contains_key(&key(&a[0], &a[1])).into();
    "rt.index.dict" | "Counter.__getitem__" | "defaultdict.__getitem__" => index;
    "rt.set.dict" | "rt.insert" | "Counter.__setitem__" | "defaultdict.__setitem__" => set_index;
    "rt.del.dict" => |_, a| { dict(&a[0]).del(&key(&a[0], &a[1])); 0 };
    "dict.get" | "dict.get#1" | "Counter.get" | "defaultdict.get" => get;
    "dict.pop" | "Counter.pop" | "defaultdict.pop" => pop;
    "dict.setdefault" => set_default;
    "dict.update" | "Counter.update" | "defaultdict.update" => update;
    "Counter.__pos__" => |_, a| counted(a, |x, _| x);
    "Counter.__neg__" => |_, a| counted(a, |x, _| -x);
    "Counter.__and__" => |_, a| counted(a, i64::min);
    "Counter.__or__" => |_, a| counted(a, i64::max);
    "Counter.__add__" => |_, a| counted(a, |x, y| x + y);
    "Counter.__sub__" => |_, a| counted(a, |x, y| x - y);
    "Counter.__iter__" | "defaultdict.__iter__" => |_, a| listing(&a[0], |key, _| key.word);
    "dict.sorted_items" => |s, a| {
        let pairs = rt::sorted_by_key(items(&a[0]), |pair| pair.field(0), a.get(1).is_some_and(Item::truth));
        let Kind::List(item) = s.ret.kind else { return 0 };
        list_word(item, pairs.into_iter().map(|pair| pair.word))
    };
    "Counter.subtract" => |_, a| tally(&a[0], &a[1], -1);
    "dict.items" | "Counter.items" | "defaultdict.items" => |_, a| listing(&a[0], |key, value| record(&[key.word, value.word]));
    "dict.keys" | "Counter.keys" | "defaultdict.keys" => |_, a| listing(&a[0], |key, _| key.word);
    "dict.values" | "Counter.values" | "defaultdict.values" => |_, a| listing(&a[0], |_, value| value.word);
    "dict.clear" => |_, a| { dict(&a[0]).clear(); 0 };
    "dict.copy" => |_, a| keep(dict(&a[0]).clone());
    "dict.popitem" => |_, a| {
        let is_first = a.get(1).is_some_and(|is_last| !is_last.truth()) && !dict(&a[0]).is_empty();
        let first = if is_first { dict(&a[0]).pop_first() } else { None };
        let (key, value) = first.unwrap_or_else(|| dict(&a[0]).popitem());
        record(&[key.word, value.word])
    };
    "dict.move_to_end" => |_, a| { dict(&a[0]).move_to_end(&key(&a[0], &a[1]), a.get(2).is_none_or(Item::truth)); 0 };
    "dict.__or__" => |_, a| { let mut made = dict(&a[0]).clone(); made.update(pairs(&a[1])); keep(made) };
    "dict.fromkeys" => |s, a| {
        let (key, value) = types(s.ret);
        let word = a.get(1).map_or(0, |item| adapt(item, value));
        let made = items(&a[0]).iter().map(|item| (Item::new(adapt(item, key), key), Item::new(word, value))).collect::<Dict<Item, Item>>();
        keep(made)
    };
    "builtins.dict" | "collections.OrderedDict" => from_pairs;
    "collections.Counter" => counter;
    "Counter.most_common" => most_common;
    "Counter.total" => |_, a| dict(&a[0]).values().map(Item::int).sum::<i64>() as u64;
    "Counter.elements" => |_, a| {
        let all = pairs(&a[0]).into_iter().flat_map(|(key, count)| std::iter::repeat_n(key.word, count.int().max(0) as usize));
        let mut all = all.collect::<Vec<_>>().into_iter();
        iter_word(move || all.next())
    };
    "collections.defaultdict" => default_dict;
}
