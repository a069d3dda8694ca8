//! Lists and ranges.

use super::adapt::adapt;
use super::iters::{items, words_as};
use super::{Site, call_func, rows};
use crate::desc::{D, Kind};
use crate::item::{Element, Elements, Item, clone_word, each_list, list_word};
use crate::memory::{keep, object};
use batuta_rt::{self as rt, PyOrd, prelude::*};

/// The item type of a list.
pub fn item_of(list: &Item) -> D {
    super::iters::item_desc(list.desc)
}

/// A bound of a slice: one beyond 64 bits is like the largest one.
pub fn bound(item: &Item) -> Option<i64> {
    item.present().map(|item| match item.desc.kind {
        Kind::Big => item.big().saturated(),
        _ => item.int(),
    })
}

fn new(site: &Site, args: &[Item]) -> u64 {
    let Kind::List(item) = site.ret.kind else { return super::iters::sequence(site.ret, args.to_vec()) };
    let mut words = Vec::with_capacity(args.len());
    for (at, arg) in args.iter().enumerate() {
        match site.attr.as_bytes().get(at) {
            Some(b's') => words.extend(words_as(arg, item)),
            _ => words.push(adapt(arg, item)),
        }
    }
    list_word(item, words)
}

fn slice(site: &Site, a: &[Item]) -> u64 {
    if matches!(a[0].desc.kind, Kind::Tuple(_)) {
        return fixed_slice(site, a);
    }
    let (start, stop, step) = (bound(&a[1]), bound(&a[2]), bound(&a[3]).unwrap_or(1));
    each_list!(a[0].elements(), list => keep(list.py_slice(start, stop, step)))
}

/// A slice of a tuple with fields of their own types.
fn fixed_slice(site: &Site, a: &[Item]) -> u64 {
    let step = bound(&a[3]).unwrap_or(1);
    super::iters::sequence(site.ret, a[0].fields().py_slice(bound(&a[1]), bound(&a[2]), step))
}

fn index(site: &Site, a: &[Item]) -> u64 {
    let item = item_of(&a[0]);
    let at = a[1].int();
    let word = each_list!(a[0].elements(), list => list.at(at).to_word());
    adapt(&Item::new(word, item), site.ret)
}

/// `list[index] = value`, also for slices.
fn set_index(_: &Site, a: &[Item]) -> u64 {
    let item = item_of(&a[0]);
    if let Some((start, stop, step)) = slice_bounds(&a[1]) {
        let words = words_as(&a[2], item);
        each_list!(a[0].elements(), list => {
            let values: Vec<_> = words.into_iter().map(|word| Element::from_word(word, item)).collect();
            list.set_slice(start, stop, step, values);
        });
        return 0;
    }
    let (at, word) = (a[1].int(), adapt(&a[2], item));
    each_list!(a[0].elements(), list => list.set_at(at, Element::from_word(word, item)));
    0
}

/// The bounds of a slice object: a record of three words, each with one more for presence.
fn slice_bounds(index: &Item) -> Option<(Option<i64>, Option<i64>, i64)> {
    if !matches!(index.desc.ty.strip().kind(), batuta_core::TyKind::Slice) {
        return None;
    }
    let bounds: &[Option<i64>; 3] = object(&index.word);
    Some((bounds[0], bounds[1], bounds[2].unwrap_or(1)))
}

fn delete(_: &Site, a: &[Item]) -> u64 {
    match slice_bounds(&a[1]) {
        Some((start, stop, step)) => each_list!(a[0].elements(), list => list.del_slice(start, stop, step)),
        None => {
            let at = a[1].int();
            each_list!(a[0].elements(), list => list.del_at(at));
        }
    }
    0
}

fn pop(site: &Site, a: &[Item]) -> u64 {
    let item = item_of(&a[0]);
    let word = match a.get(1) {
        Some(at) => {
            let at = at.int();
            each_list!(a[0].elements(), list => list.pop_at(at).to_word())
        }
        None => each_list!(a[0].elements(), list => list.pop_last().to_word()),
    };
    adapt(&Item::new(word, item), site.ret)
}

/// A key function: the items as it sees them.
fn keyed(function: &Item) -> impl Fn(u64) -> Item + use<> {
    let (function, ret) = (Item::new(function.word, function.desc), super::result_of(function));
    move |word| Item::new(call_func(&function, &[word]), ret)
}

fn is_func(item: Option<&Item>) -> bool {
    item.is_some_and(|item| matches!(item.desc.kind, Kind::Func(..)))
}

/// The arguments after the list: a key function and whether it goes down.
fn order(args: &[Item]) -> (Option<&Item>, bool) {
    let key = args.iter().find(|item| is_func(Some(item)));
    let reverse = args.iter().find(|item| matches!(item.desc.kind, Kind::Bool));
    (key, reverse.is_some_and(Item::truth))
}

fn sort(_: &Site, a: &[Item]) -> u64 {
    let (key, reverse) = order(&a[1..]);
    match key {
        Some(function) => {
            let key = keyed(function);
            // The list is out of reach of the key function while it is sorted, as in CPython.
            each_list!(a[0].elements(), list => {
                let taken = std::mem::take(list);
                *list = rt::sorted_by_key(taken, |item| key(item.to_word()), reverse);
            });
        }
        None => match a[0].elements() {
            Elements::Int(list) => list.py_sort(reverse),
            Elements::Float(list) => list.py_sort(reverse),
            Elements::Bool(list) => list.py_sort(reverse),
            Elements::Item(list) => list.py_sort(reverse),
        },
    }
    0
}

fn sorted(site: &Site, a: &[Item]) -> u64 {
    let Kind::List(item) = site.ret.kind else { return 0 };
    let (key, reverse) = order(&a[1..]);
    let all = items(&a[0]);
    if let (Kind::Int, None) = (&item.kind, key) {
        let numbers: Vec<i64> = all.iter().map(Item::int).collect();
        return keep(rt::sorted(numbers, reverse));
    }
    let sorted = match key {
        Some(function) => {
            let key = keyed(function);
            rt::sorted_by_key(all, |item| key(item.word), reverse)
        }
        None => rt::sorted(all, reverse),
    };
    list_word(item, sorted.iter().map(|it| adapt(it, item)).collect::<Vec<_>>())
}

fn repeat(_: &Site, a: &[Item]) -> u64 {
    let count = a[1].int();
    each_list!(a[0].elements(), list => keep(list.py_repeat(count)))
}

fn concat(site: &Site, a: &[Item]) -> u64 {
    let Kind::List(item) = site.ret.kind else {
        return super::iters::sequence(site.ret, a[..2].iter().flat_map(Item::fields).collect());
    };
    let mut words = words_as(&a[0], item);
    words.extend(words_as(&a[1], item));
    list_word(item, words)
}

fn contains(_: &Site, a: &[Item]) -> u64 {
    if matches!(a[0].desc.kind, Kind::Tuple(_)) {
        return a[0].fields().contains(&a[1]).into();
    }
    match a[0].elements() {
        Elements::Int(list) if matches!(a[1].desc.kind, Kind::Int) => list.contains(&a[1].int()).into(),
        _ => a[0].list_items().iter().any(|item| *item == a[1]).into(),
    }
}

fn extend(_: &Site, a: &[Item]) -> u64 {
    let item = item_of(&a[0]);
    let words = words_as(&a[1], item);
    each_list!(a[0].elements(), list => {
        for word in words {
            list.push(Element::from_word(word, item));
        }
    });
    0
}

fn find_index(a: &[Item]) -> u64 {
    let (start, stop) = (a.get(2).and_then(bound), a.get(3).and_then(bound));
    a[0].list_items().py_index_in(&a[1], start, stop) as u64
}

fn to_list(site: &Site, a: &[Item]) -> u64 {
    match (site.ret.kind.list_item(), a.first()) {
        (Some(item), Some(source)) => list_word(item, words_as(source, item)),
        (Some(item), None) => list_word(item, []),
        _ => match site.ret.kind {
            Kind::Set(_) => super::sets::from_iterable(site, a),
            Kind::Dict(..) => super::mapping::from_pairs(site, a),
            _ => super::iters::sequence(site.ret, a.first().map(items).unwrap_or_default()),
        },
    }
}

impl Kind {
    fn list_item(&self) -> Option<D> {
        match self {
            Kind::List(item) => Some(item),
            _ => None,
        }
    }
}

/// Items of an iterable in a list, checked against a pattern: names before, a rest or not, names after.
fn unpack(site: &Site, a: &[Item]) -> u64 {
    let Kind::List(item) = site.ret.kind else { return 0 };
    let words = words_as(&a[0], item);
    let (wanted, open) = (a[1].int() + a[3].int(), a[2].truth());
    let got = words.len() as i64;
    if got < wanted {
        let least = if open { "at least " } else { "" };
        rt::raise_new(
            rt::ValueError,
            format!("not enough values to unpack (expected {least}{wanted}, got {got})"),
        );
    }
    if got > wanted && !open {
        rt::raise_new(rt::ValueError, format!("too many values to unpack (expected {wanted})"));
    }
    list_word(item, words)
}

rows! {
    "list.new" => new;
    "list.len" | "tuple.__len__" => |_, a| if matches!(a[0].desc.kind, Kind::Tuple(_)) { a[0].fields().len() as u64 } else { each_list!(a[0].elements(), list => list.len()) as u64 };
    "list.truth" | "tuple.truth" => |_, a| each_list!(a[0].elements(), list => !list.is_empty()).into();
    "list.slice" | "tuple.__slice__" => slice;
    "list.repeat" | "tuple.__mul__" => repeat;
    "list.concat" | "tuple.__add__" => concat;
    "list.contains" | "tuple.__contains__" => contains;
    "rt.index.list" | "tuple.__getitem__" => index;
    "rt.set.list" => set_index;
    "rt.del.list" => delete;
    "rt.between" => |_, a| {
        let (start, stop) = (a[1].int(), a[2].int());
        each_list!(a[0].elements(), list => keep(list.py_slice(Some(start), Some(stop), 1)))
    };
    "rt.unpack" => unpack;
    "obj.slice_obj" => |_, a| keep([bound(&a[0]), bound(&a[1]), bound(&a[2])]);
    "list.append" => |_, a| {
        let item = item_of(&a[0]);
        let word = adapt(&a[1], item);
        each_list!(a[0].elements(), list => list.push(Element::from_word(word, item)));
        0
    };
    "list.pop" => pop;
    "list.insert" => |_, a| {
        let (item, at) = (item_of(&a[0]), a[1].int());
        let word = adapt(&a[2], item);
        each_list!(a[0].elements(), list => list.py_insert(at, Element::from_word(word, item)));
        0
    };
    "list.extend" => extend;
    "list.remove" => |_, a| {
        let item = item_of(&a[0]);
        let word = adapt(&a[1], item);
        each_list!(a[0].elements(), list => list.py_remove(&Element::from_word(word, item)));
        0
    };
    "list.reverse" => |_, a| { each_list!(a[0].elements(), list => list.reverse()); 0 };
    "list.swap$" | "list.swap$nth" => |_, a| {
        let (i, j) = (a[1].int(), a[2].int());
        each_list!(a[0].elements(), list => list.swap_at(i, j));
        0
    };
    "list.clear" => |_, a| { each_list!(a[0].elements(), list => list.clear()); 0 };
    "list.copy" => |_, a| each_list!(a[0].elements(), list => keep(list.clone()));
    "list.index" | "tuple.index" => |_, a| find_index(a);
    "list.count" | "tuple.count" => |_, a| a[0].list_items().py_count(&a[1]) as u64;
    "list.swap" => |_, a| { each_list!(a[0].elements(), list => list.swap_at(a[1].int(), a[2].int())); 0 };
    "list.sort" => sort;
    "builtins.sorted" => sorted;
    "functools.sorted_by_cmp" => |s, a| {
        let Kind::List(item) = s.ret.kind else { return 0 };
        let function = a.iter().find(|it| is_func(Some(it)));
        let reverse = a.iter().any(|it| matches!(it.desc.kind, Kind::Bool) && it.truth());
        let Some(function) = function else { return 0 };
        let sorted = rt::sorted_by_cmp(items(&a[0]), |x, y| call_func(function, &[x.word, y.word]) as i64, reverse);
        list_word(item, sorted.iter().map(|it| it.word).collect::<Vec<_>>())
    };
    "builtins.list" | "builtins.tuple" | "rs.collect" => to_list;
    "range.new" => |_, a| keep(rt::range(a[0].int(), a[1].int(), a[2].int()));
    "rt.range_len" => |_, a| rt::range(a[0].int(), a[1].int(), a[2].int()).len_i64() as u64;
    "range.len" => |_, a| object::<rt::Range>(&a[0].word).len_i64() as u64;
    "range.contains" => |_, a| object::<rt::Range>(&a[0].word).contains(a[1].int()).into();
    "range.at" | "rt.index.range" => |_, a| object::<rt::Range>(&a[0].word).at(a[1].int()) as u64;
    "range.truth" => |_, a| (object::<rt::Range>(&a[0].word).len_i64() != 0).into();
    "heapq.heappush" => |_, a| {
        let item = item_of(&a[0]);
        let word = adapt(&a[1], item);
        each_list!(a[0].elements(), list => rt::heapq::heappush(list, Element::from_word(word, item)));
        0
    };
    "heapq.heappop" => |s, a| {
        let item = item_of(&a[0]);
        adapt(&Item::new(each_list!(a[0].elements(), list => rt::heapq::heappop(list).to_word()), item), s.ret)
    };
    "heapq.heapify" => |_, a| { each_list!(a[0].elements(), list => rt::heapq::heapify(list)); 0 };
    "heapq.heapreplace" => |_, a| {
        let item = item_of(&a[0]);
        let word = adapt(&a[1], item);
        each_list!(a[0].elements(), list => rt::heapq::heapreplace(list, Element::from_word(word, item)).to_word())
    };
    "heapq.heappushpop" => |_, a| {
        let item = item_of(&a[0]);
        let word = adapt(&a[1], item);
        each_list!(a[0].elements(), list => rt::heapq::heappushpop(list, Element::from_word(word, item)).to_word())
    };
    "heapq.nsmallest" => |s, a| nth_order(s, a, false);
    "heapq.nlargest" => |s, a| nth_order(s, a, true);
    "bisect.bisect_left" => |_, a| bisect(a, true);
    "bisect.bisect_right" | "bisect.bisect" => |_, a| bisect(a, false);
    "bisect.insort" | "bisect.insort_right" => |_, a| insort(a, false);
    "bisect.insort_left" => |_, a| insort(a, true);
}

fn nth_order(site: &Site, a: &[Item], reverse: bool) -> u64 {
    let Kind::List(item) = site.ret.kind else { return 0 };
    let (key, _) = order(&a[2..]);
    let all = items(&a[1]);
    let mut all = match key {
        Some(function) => {
            let key = keyed(function);
            rt::sorted_by_key(all, |item| key(item.word), reverse)
        }
        None => rt::sorted(all, reverse),
    };
    all.truncate(a[0].int().max(0) as usize);
    list_word(item, all.iter().map(|it| it.word).collect::<Vec<_>>())
}

fn position(a: &[Item], left: bool) -> usize {
    let all = a[0].list_items();
    if left {
        all.partition_point(|item| item.py_lt(&a[1]))
    } else {
        all.partition_point(|item| !a[1].py_lt(item))
    }
}

fn bisect(a: &[Item], left: bool) -> u64 {
    position(a, left) as u64
}

fn insort(a: &[Item], left: bool) -> u64 {
    let (item, at) = (item_of(&a[0]), position(a, left));
    let word = clone_word(item, adapt(&a[1], item));
    each_list!(a[0].elements(), list => list.insert(at, Element::from_word(word, item)));
    0
}
