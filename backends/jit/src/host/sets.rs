//! Sets.

use super::adapt::adapt;
use super::iters::{item_desc, items};
use super::{Site, rows};
use crate::item::Item;
use crate::memory::keep;
use batuta_rt::Set;

/// The items of an iterable, as items of a set of this type.
fn members(source: &Item, set: crate::desc::D) -> Vec<Item> {
    let item = item_desc(set);
    items(source).iter().map(|it| Item::new(adapt(it, item), item)).collect()
}

fn key(a: &[Item]) -> Item {
    let item = item_desc(a[0].desc);
    Item::new(adapt(&a[1], item), item)
}

fn new(site: &Site, a: &[Item]) -> u64 {
    let item = item_desc(site.ret);
    let mut made = Set::<Item>::new();
    for (at, it) in a.iter().enumerate() {
        match site.attr.as_bytes().get(at) {
            Some(b's') => made.update(members(it, site.ret)),
            _ => {
                made.insert(Item::new(adapt(it, item), item));
            }
        }
    }
    // CPython copies a prepared set for a display of three literals or more.
    let is_prepared = a.len() > 2 && site.attr.bytes().all(|mark| mark == b'c') && !site.attr.is_empty();
    keep(if is_prepared { made.py_copy() } else { made })
}

pub fn from_iterable(site: &Site, a: &[Item]) -> u64 {
    match a.first() {
        Some(source) if matches!(source.desc.kind, crate::desc::Kind::Set(_)) => keep(source.set().py_copy()),
        Some(source) => keep(members(source, site.ret).into_iter().collect::<Set<Item>>()),
        None => keep(Set::<Item>::new()),
    }
}

fn others(a: &[Item]) -> Vec<Set<Item>> {
    a[1..].iter().map(|other| members(other, a[0].desc).into_iter().collect()).collect()
}

fn combine(a: &[Item], f: fn(&Set<Item>, &Set<Item>) -> Set<Item>) -> u64 {
    let first = a[0].set().clone();
    keep(others(a).iter().fold(first, |made, other| f(&made, other)))
}

fn update(a: &[Item], f: fn(&Set<Item>, &Set<Item>) -> Set<Item>) -> u64 {
    for other in others(a) {
        let made = f(a[0].set(), &other);
        *a[0].set() = made;
    }
    0
}

fn test(a: &[Item], f: fn(&Set<Item>, &Set<Item>) -> bool) -> u64 {
    f(a[0].set(), &members(&a[1], a[0].desc).into_iter().collect()).into()
}

rows! {
    "set.new" => new;
    "builtins.set" | "builtins.frozenset" => from_iterable;
    "set.len" => |_, a| a[0].set().len() as u64;
    "set.truth" => |_, a| (!a[0].set().is_empty()).into();
    "set.contains" => |_, a| a[0].set().contains(&key(a)).into();
    "set.or" | "set.union" => |_, a| combine(a, |x, y| x.union(y));
    "set.and" | "set.intersection" => |_, a| combine(a, |x, y| x.intersection(y));
    "set.sub" | "set.difference" => |_, a| combine(a, |x, y| x.difference(y));
    "set.xor" | "set.symmetric_difference" => |_, a| combine(a, |x, y| x.symmetric_difference(y));
    "set.add" => |_, a| { a[0].set().insert(key(a)); 0 };
    "set.discard" => |_, a| { a[0].set().remove(&key(a)); 0 };
    "set.remove" => |_, a| { a[0].set().del(&key(a)); 0 };
    "set.pop" => |_, a| a[0].set().pop().word;
    "set.clear" => |_, a| { a[0].set().clear(); 0 };
    "set.copy" => |_, a| keep(a[0].set().py_copy());
    "set.update" => |_, a| {
        for source in &a[1..] {
            let made = members(source, a[0].desc);
            a[0].set().update(made);
        }
        0
    };
    "set.intersection_update" => |_, a| update(a, |x, y| x.intersection(y));
    "set.difference_update" => |_, a| update(a, |x, y| x.difference(y));
    "set.symmetric_difference_update" => |_, a| update(a, |x, y| x.symmetric_difference(y));
    "set.issubset" => |_, a| test(a, |x, y| x.is_subset(y));
    "set.issuperset" => |_, a| test(a, |x, y| x.is_superset(y));
    "set.isdisjoint" => |_, a| test(a, |x, y| x.is_disjoint(y));
}
