//! Rows of Ruchy over lists that make other lists, or ask a function for an order.

use super::iters::{items, sequence};
use super::{Site, call_func, result_of, rows};
use crate::desc::{D, Kind, UNIT};
use crate::item::{Element, Item, each_list, list_word};
use crate::memory::{keep, record};
use batuta_rt::{self as rt, Dict, PyOrd, prelude::*};
use std::cmp::Ordering;

fn order(a: &Item, b: &Item) -> Ordering {
    match (a.py_lt(b), b.py_lt(a)) {
        (true, _) => Ordering::Less,
        (_, true) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// Items with what a function says of each.
fn keyed(a: &[Item]) -> Vec<(Item, Item)> {
    let key = |item: &Item| Item::new(call_func(&a[1], &[item.word]), result_of(&a[1]));
    items(&a[0]).into_iter().map(|item| (key(&item), item)).collect()
}

fn sorted_by_key(site: &Site, a: &[Item]) -> u64 {
    let mut all = keyed(a);
    all.sort_by(|x, y| order(&x.0, &y.0));
    sequence(site.ret, all.into_iter().map(|(_, item)| item).collect())
}

fn extreme_by_key(site: &Site, a: &[Item], largest: bool) -> u64 {
    let all = keyed(a).into_iter();
    let found = match largest {
        true => all.max_by(|x, y| order(&x.0, &y.0)),
        false => all.min_by(|x, y| order(&x.0, &y.0)),
    };
    optional(site, found.map(|(_, item)| item))
}

/// What a function says of the order of two items.
pub(super) fn said_order(of: &Item, x: &Item, y: &Item) -> Ordering {
    let word = call_func(of, &[x.word, y.word]);
    match result_of(of).kind {
        Kind::Float => f64::from_bits(word).partial_cmp(&0.0).unwrap_or(Ordering::Equal),
        _ => (word as i64).cmp(&0),
    }
}

fn extreme_by(site: &Site, a: &[Item], largest: bool) -> u64 {
    let all = items(&a[0]).into_iter();
    let found = match largest {
        true => all.max_by(|x, y| said_order(&a[1], x, y)),
        false => all.min_by(|x, y| said_order(&a[1], x, y)),
    };
    optional(site, found)
}

fn optional(site: &Site, found: Option<Item>) -> u64 {
    let none = Item::new(0, UNIT.with(|unit| *unit));
    super::ruchy_outcomes::outcome(site.ret, found.as_ref().ok_or(&none))
}

/// Lists in a list of the node's type.
fn lists(site: &Site, parts: &[Vec<Item>]) -> u64 {
    let Kind::List(inner) = site.ret.kind else { return 0 };
    list_word(inner, parts.iter().map(|part| sequence(inner, part.clone())).collect::<Vec<_>>())
}

fn grouped(site: &Site, a: &[Item]) -> u64 {
    let Kind::Dict(key_desc, list) = site.ret.kind else { return 0 };
    let mut groups: Vec<(Item, Vec<Item>)> = Vec::new();
    for (key, item) in keyed(a) {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    let mut dict: Dict<Item, Item> = Dict::default();
    for (key, group) in groups {
        dict.insert(Item::new(key.word, key_desc), Item::new(sequence(list, group), list));
    }
    keep(dict)
}

fn parted(site: &Site, a: &[Item]) -> u64 {
    let Kind::Tuple(parts) = &site.ret.kind else { return 0 };
    let (yes, no): (Vec<_>, Vec<_>) = keyed(a).into_iter().partition(|(says, _)| says.truth());
    let list =
        |desc: D, part: Vec<(Item, Item)>| sequence(desc, part.into_iter().map(|(_, item)| item).collect());
    record(&[list(parts[0], yes), list(parts[1], no)])
}

fn filter_mapped(site: &Site, a: &[Item]) -> u64 {
    let made = keyed(a).into_iter().filter_map(|(option, _)| option.held().ok());
    sequence(site.ret, made.collect())
}

fn retained(a: &[Item]) -> u64 {
    let keeps: Vec<bool> = keyed(a).into_iter().map(|(says, _)| says.truth()).collect();
    let mut at = 0;
    each_list!(a[0].elements(), list => list.retain(|_| {
        at += 1;
        keeps[at - 1]
    }));
    0
}

pub(super) fn reduced(a: &[Item]) -> u64 {
    let all = items(&a[0]).into_iter().map(|item| item.word);
    let made = all.reduce(|x, y| call_func(&a[1], &[x, y]));
    made.unwrap_or_else(|| rt::ruchy::panic("reduce of an empty list has no value"))
}

fn merged(a: &[Item]) -> u64 {
    let mut out = a[0].dict().clone();
    for (key, value) in super::mapping::pairs(&a[1]) {
        out.insert(key, value.clone());
    }
    keep(out)
}

fn mean(a: &[Item]) -> u64 {
    rt::ruchy::mean(items(&a[0]).iter().map(Item::float)).to_bits()
}

fn nth(site: &Site, a: &[Item]) -> u64 {
    let place = usize::try_from(a[1].int()).ok();
    optional(site, place.and_then(|place| items(&a[0]).into_iter().nth(place)))
}

rows! {
    "ruchy.sort_by_key" => sorted_by_key;
    "ruchy.max_by" | "ruchy.max_by_some" => |s, a| extreme_by(s, a, true);
    "ruchy.min_by" | "ruchy.min_by_some" => |s, a| extreme_by(s, a, false);
    "ruchy.max_by_key" | "ruchy.max_by_key_some" => |s, a| extreme_by_key(s, a, true);
    "ruchy.min_by_key" | "ruchy.min_by_key_some" => |s, a| extreme_by_key(s, a, false);
    "ruchy.max_or_nil" | "ruchy.max_some" => |s, a| optional(s, rt::ruchy::greatest(items(&a[0]).into_iter().map(Ordered)).map(|item| item.0));
    "ruchy.min_or_nil" | "ruchy.min_some" => |s, a| optional(s, rt::ruchy::least(items(&a[0]).into_iter().map(Ordered)).map(|item| item.0));
    "ruchy.chunks" => |s, a| lists(s, &rt::ruchy::chunks(&items(&a[0]), a[1].int()));
    "ruchy.windows" => |s, a| lists(s, &rt::ruchy::windows(&items(&a[0]), a[1].int()));
    "ruchy.group_by" => grouped;
    "ruchy.partition" => parted;
    "ruchy.filter_map" => filter_mapped;
    "ruchy.retain" => |_, a| retained(a);
    "ruchy.truncate" => |_, a| {
        let size = usize::try_from(a[1].int()).unwrap_or(0);
        each_list!(a[0].elements(), list => list.truncate(size));
        0
    };
    "ruchy.mean" => |_, a| mean(a);
    "ruchy.nth" => nth;
    "ruchy.union" => |s, a| sequence(s.ret, rt::ruchy::union(&items(&a[0]), &items(&a[1])));
    "ruchy.intersection" => |s, a| sequence(s.ret, rt::ruchy::intersection(&items(&a[0]), &items(&a[1])));
    "ruchy.difference" => |s, a| sequence(s.ret, rt::ruchy::difference(&items(&a[0]), &items(&a[1])));
    "ruchy.pop_front" => |_, a| each_list!(a[0].elements(), list => list.pop_at(0).to_word());
    "ruchy.push_front" => |_, a| {
        each_list!(a[0].elements(), list => Vec::insert(list, 0, Element::from_word(a[1].word, a[1].desc)));
        0
    };
    "ruchy.merge" => |_, a| merged(a);
}

/// An item with the order that its type has.
struct Ordered(Item);
impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(order(&self.0, &other.0))
    }
}
