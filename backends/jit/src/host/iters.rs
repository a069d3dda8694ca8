//! Iterators as objects, and what makes, joins and reads them.

use super::adapt::adapt;
use super::builtins::truth;
use super::{Site, call_func, call_method, mapping, result_of, rows};
use crate::desc::{D, Kind};
use crate::item::{Element, Item, clone_word, each_list, some_word, text_word};
use crate::memory::{keep, object, record};
use batuta_core::TyKind;
use batuta_rt::{self as rt, Error, prelude::*};

/// An iterator; items are of its type's item type.
pub struct IterObject {
    pub next: Box<dyn FnMut() -> Option<u64>>,
}

/// The word of an iterator.
pub fn iter_word(next: impl FnMut() -> Option<u64> + 'static) -> u64 {
    keep(IterObject { next: Box::new(next) })
}

/// The item type of an iterator type.
pub fn item_desc(iter: D) -> D {
    match &iter.kind {
        Kind::Iter(item) | Kind::List(item) | Kind::Set(item) | Kind::Deque(item) => item,
        Kind::Dict(key, _) | Kind::Counter(key) | Kind::DefaultDict(key, _) => key,
        Kind::Tuple(fields) => fields.first().copied().unwrap_or(iter),
        Kind::Option(inner) => item_desc(inner),
        _ => iter,
    }
}

/// The type of the words that [`pull`] gives for a value of this type.
pub fn item_desc_of(of: D) -> D {
    match &of.kind {
        Kind::Bytes | Kind::Range => crate::desc::INT.with(|int| *int),
        _ => item_desc(of),
    }
}

/// A pull function over the words of anything that can be iterated; copies items where `clones`.
pub fn pull(source: &Item, clones: bool) -> Box<dyn FnMut() -> Option<u64>> {
    let (word, desc) = (source.word, source.desc);
    match &desc.kind {
        Kind::Iter(_) => {
            let iter: &'static mut IterObject = object(&word);
            Box::new(move || (iter.next)())
        }
        Kind::List(item) => {
            let (item, mut at) = (*item, 0);
            Box::new(move || {
                let word =
                    each_list!(Item::new(word, desc).elements(), list => list.get(at).map(Element::to_word))?;
                at += 1;
                Some(if clones { clone_word(item, word) } else { word })
            })
        }
        Kind::Range => {
            let mut range = object::<rt::Range>(&word).clone();
            Box::new(move || range.next().map(|number| number as u64))
        }
        Kind::Deque(item) => {
            let (item, queue) = (*item, &*object::<rt::Deque<Item>>(&word));
            let mut walk = rt::Walk::new(queue.changes());
            Box::new(move || {
                let word = walk.queued(&queue)?.word;
                Some(if clones { clone_word(item, word) } else { word })
            })
        }
        Kind::Set(_) => {
            let set = &*source.set();
            let mut walk = rt::Walk::new(set.len());
            Box::new(move || walk.member(&set).map(|item| item.word))
        }
        Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => mapping::walk(source, |key, _| key.word),
        Kind::Option(_) => match source.present() {
            Some(inner) => pull(&inner, clones),
            None => rt::raise_new(rt::TypeError, "'NoneType' object is not iterable"),
        },
        Kind::Union(_) => pull(&source.bare(), clones),
        Kind::Class(_) => pull_object(source, clones),
        Kind::Value => {
            let mut items = rt::py::iter(source.value());
            Box::new(move || items.next().map(keep))
        }
        _ => Box::new(fixed(source).into_iter()).boxed_pull(),
    }
}

/// The items of an object with `__iter__` or `__next__`.
fn pull_object(source: &Item, clones: bool) -> Box<dyn FnMut() -> Option<u64>> {
    let Some(class) = source.class() else {
        rt::raise_new(rt::TypeError, "'NoneType' object is not iterable")
    };
    if let Some(next) = class.method("__next__") {
        let object = Item::new(source.word, source.desc);
        return Box::new(move || match rt::catch_end(|| call_method(next, &[&object]).word) {
            Ok(word) => Some(word),
            Err(error) if error.is_a(rt::StopIteration) => None,
            Err(error) => rt::raise(error),
        });
    }
    match class.method("__iter__") {
        Some(method) => pull(&call_method(method, &[source]), clones),
        None => rt::raise_new(rt::TypeError, format!("'{}' object is not iterable", class.path.last())),
    }
}

trait BoxedPull {
    fn boxed_pull(self) -> Box<dyn FnMut() -> Option<u64>>;
}
impl<I: Iterator<Item = u64> + 'static> BoxedPull for Box<I> {
    fn boxed_pull(mut self) -> Box<dyn FnMut() -> Option<u64>> {
        Box::new(move || self.next())
    }
}

/// The items of what does not change while it is iterated.
fn fixed(source: &Item) -> Vec<u64> {
    match source.desc.kind {
        Kind::Str => source.text().char_iter().map(character).collect(),
        Kind::Bytes => source.bytes().iter().map(|byte| u64::from(*byte)).collect(),
        Kind::Tuple(_) => source.fields().iter().map(|field| field.word).collect(),
        _ => rt::raise_new(
            rt::TypeError,
            format!("'{}' object is not iterable", super::show::type_name(source)),
        ),
    }
}

/// The text object of one character; those of ASCII are made once.
pub fn character(text: &str) -> u64 {
    thread_local! {
        static ASCII: [u64; 128] = std::array::from_fn(|byte| {
            let text = text_word((byte as u8 as char).to_string());
            object::<crate::item::Text>(&text).is_shared.set(true);
            text
        });
    }
    match text.as_bytes() {
        [byte] if *byte < 128 => ASCII.with(|table| table[*byte as usize]),
        _ => text_word(text),
    }
}

/// All items of anything that can be iterated.
pub fn items(source: &Item) -> Vec<Item> {
    let desc = element(source);
    std::iter::from_fn(pull(source, true)).map(|word| Item::new(word, desc)).collect()
}

/// The type of an iterable's items.
pub fn element(source: &Item) -> D {
    match source.desc.kind {
        Kind::Union(_) | Kind::Option(_) => {
            let bare = source.bare();
            bare.present().map_or(source.desc, |inner| item_desc(inner.desc))
        }
        Kind::Class(_) => source.class().map_or(source.desc, |class| {
            match (class.method("__next__"), class.method("__iter__")) {
                (Some(next), _) => next.ret,
                (None, Some(method)) => item_desc(method.ret),
                _ => source.desc,
            }
        }),
        _ => item_desc(source.desc),
    }
}

/// All items, as values of another type.
pub fn words_as(source: &Item, to: D) -> Vec<u64> {
    items(source).iter().map(|item| adapt(item, to)).collect()
}

fn tuple_of(site: &Site) -> D {
    item_desc(site.ret)
}

fn enumerate(site: &Site, a: &[Item]) -> u64 {
    let (mut next, mut number, _) = (pull(&a[0], false), a.get(1).map_or(0, Item::int), site);
    iter_word(move || {
        let word = next()?;
        number += 1;
        Some(record(&[(number - 1) as u64, word]))
    })
}

fn zip(site: &Site, a: &[Item]) -> u64 {
    let mut sources: Vec<_> = a.iter().map(|source| pull(source, false)).collect();
    let _ = site;
    iter_word(move || {
        let parts: Option<Vec<u64>> = sources.iter_mut().map(|next| next()).collect();
        parts.map(|parts| record(&parts))
    })
}

/// `zip(*rows)`: tuples of any length.
fn zip_rows(site: &Site, a: &[Item]) -> u64 {
    let row = element(&a[0]);
    let mut sources: Vec<_> =
        items(&a[0]).iter().map(|item| pull(&Item::new(item.word, row), true)).collect();
    let to = tuple_of(site);
    iter_word(move || {
        let parts: Option<Vec<u64>> = sources.iter_mut().map(|next| next()).collect();
        let Kind::List(part) = to.kind else { return parts.map(|parts| record(&parts)) };
        parts.filter(|parts| !parts.is_empty()).map(|parts| crate::item::list_word(part, parts))
    })
}

fn map(_: &Site, a: &[Item]) -> u64 {
    let function = Item::new(a[0].word, a[0].desc);
    let mut sources: Vec<_> = a[1..].iter().map(|source| pull(source, true)).collect();
    iter_word(move || {
        let args: Option<Vec<u64>> = sources.iter_mut().map(|next| next()).collect();
        args.map(|args| call_func(&function, &args))
    })
}

/// A test that `filter` and its like take: what it says of a word. `None` asks for the item's truth.
fn test(a: &[Item]) -> impl Fn(u64) -> bool + 'static {
    let (function, desc) = (a[0].present(), element(&a[1]));
    move |word| {
        truth(&match &function {
            Some(function) => Item::new(call_func(function, &[word]), result_of(function)),
            None => Item::new(word, desc),
        })
    }
}

fn filter(a: &[Item], wanted: bool) -> u64 {
    let (test, mut next) = (test(a), pull(&a[1], true));
    iter_word(move || {
        loop {
            let word = next()?;
            if test(word) == wanted {
                return Some(word);
            }
        }
    })
}

fn take_while(a: &[Item]) -> u64 {
    let (test, mut next, mut over) = (test(a), pull(&a[1], true), false);
    iter_word(move || {
        let word = if over { None } else { next() }?;
        over = !test(word);
        (!over).then_some(word)
    })
}

fn drop_while(a: &[Item]) -> u64 {
    let (test, mut next, mut started) = (test(a), pull(&a[1], true), false);
    iter_word(move || {
        loop {
            let word = next()?;
            started = started || !test(word);
            if started {
                return Some(word);
            }
        }
    })
}

/// Exactly as many items as an array has.
fn unpack(array: D, source: &Item) -> u64 {
    let (TyKind::Array(_, count), Kind::List(part)) = (array.ty.strip().kind(), &array.kind) else {
        rt::raise_new(rt::SystemError, "an array that is none")
    };
    let (mut next, count, item) = (pull(source, true), *count as usize, element(source));
    let words: Vec<u64> = std::iter::from_fn(&mut next).take(count).collect();
    if words.len() < count {
        let text = format!("not enough values to unpack (expected {count}, got {})", words.len());
        rt::raise_new(rt::ValueError, text);
    }
    if next().is_some() {
        rt::raise_new(rt::ValueError, format!("too many values to unpack (expected {count})"));
    }
    crate::item::list_word(part, words.into_iter().map(|word| adapt(&Item::new(word, item), part)))
}

/// Each item as an array.
fn unpack_each(site: &Site, a: &[Item]) -> u64 {
    let (array, item, mut next) = (item_desc(site.ret), element(&a[0]), pull(&a[0], true));
    iter_word(move || next().map(|word| unpack(array, &Item::new(word, item))))
}

fn reversed(a: &[Item]) -> u64 {
    if let Kind::List(_) = a[0].desc.kind {
        let (list, mut left) = (Item::new(a[0].word, a[0].desc), a[0].list_items().len());
        return iter_word(move || {
            // Where the list has become shorter, there is no more.
            left = left.checked_sub(1)?;
            let word = each_list!(list.elements(), list => list.get(left).map(Element::to_word));
            left = if word.is_some() { left } else { 0 };
            word
        });
    }
    let words: Vec<u64> = items(&a[0]).iter().map(|item| item.word).collect();
    let mut words = words.into_iter().rev();
    iter_word(move || words.next())
}

fn next_item(site: &Site, a: &[Item]) -> u64 {
    let iter: &'static mut IterObject = object(&a[0].word);
    match (iter.next)() {
        Some(word) => adapt(&Item::new(word, item_desc(a[0].desc)), site.ret),
        None => match a.get(1) {
            Some(default) => adapt(default, site.ret),
            None => rt::raise(Error::bare(rt::StopIteration)),
        },
    }
}

fn chain(sources: Vec<Item>) -> u64 {
    let mut sources = sources.into_iter();
    let mut current: Option<Box<dyn FnMut() -> Option<u64>>> = None;
    iter_word(move || {
        loop {
            if let Some(word) = current.as_mut().and_then(|next| next()) {
                return Some(word);
            }
            current = Some(pull(&sources.next()?, true));
        }
    })
}

fn slice(a: &[Item]) -> u64 {
    let bound = |at: usize| a.get(at).and_then(Item::present).map(|item| item.int());
    let (start, stop, step) = match a.len() {
        2 => (0, bound(1), 1),
        _ => (bound(1).unwrap_or(0), bound(2), bound(3).unwrap_or(1)),
    };
    let (mut next, mut at, mut wanted) = (pull(&a[0], true), 0, start);
    iter_word(move || {
        // What stands before is taken even where nothing is given.
        while at < wanted {
            next()?;
            at += 1;
        }
        if stop.is_some_and(|stop| at >= stop) {
            return None;
        }
        let word = next()?;
        at += 1;
        wanted = wanted.saturating_add(step).min(stop.unwrap_or(i64::MAX));
        Some(word)
    })
}

fn accumulate(a: &[Item]) -> u64 {
    let (mut next, desc) = (pull(&a[0], true), element(&a[0]));
    let is_function = |item: &Item| matches!(item.desc.kind, Kind::Func(..));
    let given: Vec<Item> = a[1..].iter().filter_map(Item::present).collect();
    let function = given.iter().find(|item| is_function(item)).cloned();
    let mut total = given.iter().find(|item| !is_function(item)).map(|item| item.word);
    let mut pending = total;
    iter_word(move || {
        if let Some(first) = pending.take() {
            return Some(first);
        }
        let word = next()?;
        let sum = match (total, &function) {
            (None, _) => word,
            (Some(total), Some(function)) => call_func(function, &[total, word]),
            (Some(total), None) => super::builtins::add(&Item::new(total, desc), &Item::new(word, desc)),
        };
        total = Some(sum);
        Some(sum)
    })
}

fn iterate(site: &Site, a: &[Item], clones: bool) -> u64 {
    match a[0].desc.kind {
        Kind::Func(..) => until(a),
        Kind::Iter(_) => a[0].word,
        Kind::TypeOf(_) => {
            let members = site.class.map_or(Vec::new(), |class| class.members.borrow().clone());
            let mut members = members.into_iter();
            iter_word(move || members.next())
        }
        _ => iter_word(pull(&a[0], clones)),
    }
}

/// What a function gives until it gives the second argument.
fn until(a: &[Item]) -> u64 {
    let (function, last) = (a[0].clone(), a[1].clone());
    iter_word(move || {
        let word = call_func(&function, &[]);
        (Item::new(word, result_of(&function)) != last).then_some(word)
    })
}

fn vectors(site: &Site, all: impl Iterator<Item = rt::Tuple<Item>>) -> u64 {
    let to = tuple_of(site);
    let made: Vec<u64> = all.map(|parts| sequence(to, parts.into_vec())).collect();
    let mut made = made.into_iter();
    iter_word(move || made.next())
}

/// A tuple or list of these items.
pub fn sequence(to: D, parts: Vec<Item>) -> u64 {
    match &to.kind {
        Kind::List(item) => {
            crate::item::list_word(item, parts.iter().map(|part| part.word).collect::<Vec<_>>())
        }
        _ => record(&parts.iter().map(|part| part.word).collect::<Vec<_>>()),
    }
}

fn group_by(site: &Site, a: &[Item]) -> u64 {
    let pair = tuple_of(site);
    let Kind::Tuple(fields) = &pair.kind else { return 0 };
    let function = a.get(1).and_then(Item::present);
    let key = |item: &Item| match &function {
        Some(function) => Item::new(call_func(function, &[item.word]), fields[0]),
        None => item.clone(),
    };
    let mut groups: Vec<(Item, Vec<Item>)> = Vec::new();
    for item in items(&a[0]) {
        let key = key(&item);
        match groups.last_mut() {
            Some((last, group)) if *last == key => group.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let made: Vec<u64> = groups
        .into_iter()
        .map(|(key, group)| {
            let words = group.iter().map(|item| item.word).collect::<Vec<_>>();
            let group = match &fields[1].kind {
                Kind::List(item) => crate::item::list_word(item, words),
                _ => {
                    let mut words = words.into_iter();
                    iter_word(move || words.next())
                }
            };
            record(&[key.word, group])
        })
        .collect();
    let mut made = made.into_iter();
    iter_word(move || made.next())
}

rows! {
    "iter.of" | "iter.cloned" | "iter.live" | "iter.chars" | "builtins.iter" => |s, a| iterate(s, a, true);
    "iter.until_stop" | "iter.ref" | "iter.mut" | "iter.copied" | "iter.into" => |s, a| iterate(s, a, false);
    "iter.next" => |s, a| {
        let iter: &'static mut IterObject = object(&a[0].word);
        match (iter.next)() {
            Some(word) => some_word(item_desc(a[0].desc), word),
            None => { let _ = s; 0 }
        }
    };
    "rs.path" => |s, a| match s.attr.as_str() {
        "rt::unpack" => unpack(s.ret, &a[0]),
        _ => unpack_each(s, a),
    };
    "rs.map" => |s, a| map(s, &[Item::new(a[1].word, a[1].desc), Item::new(a[0].word, a[0].desc)]);
    "builtins.next" => next_item;
    "builtins.enumerate" => enumerate;
    "builtins.zip" => zip;
    "builtins.zip$*" => zip_rows;
    "builtins.map" => map;
    "builtins.filter" => |_, a| filter(a, true);
    "itertools.filterfalse" => |_, a| filter(a, false);
    "itertools.takewhile" => |_, a| take_while(a);
    "itertools.dropwhile" => |_, a| drop_while(a);
    "builtins.reversed" => |_, a| reversed(a);
    "itertools.chain" => |_, a| chain(a.iter().map(|item| Item::new(item.word, item.desc)).collect());
    "itertools.chain.from_iterable" => |_, a| chain(items(&a[0]));
    "itertools.islice" => |_, a| slice(a);
    "itertools.accumulate" => |_, a| accumulate(a);
    "itertools.count" => |_, a| {
        let (mut at, step) = (a.first().map_or(0, Item::int), a.get(1).map_or(1, Item::int));
        iter_word(move || { at += step; Some((at - step) as u64) })
    };
    "itertools.repeat" => |_, a| {
        let (item, mut left) = (a[0].clone(), a.get(1).and_then(Item::present).map(|n| n.int()));
        iter_word(move || match &mut left {
            Some(0) => None,
            Some(n) if *n < 0 => None,
            Some(n) => { *n -= 1; Some(item.clone().word) }
            None => Some(item.clone().word),
        })
    };
    "itertools.cycle" => |_, a| {
        let (all, mut at) = (items(&a[0]), 0);
        iter_word(move || {
            let item = all.get(at % all.len().max(1))?;
            at += 1;
            Some(item.clone().word)
        })
    };
    "itertools.pairwise" => |_, a| {
        let (all, mut at) = (items(&a[0]), 1);
        iter_word(move || {
            at += 1;
            Some(record(&[all.get(at - 2)?.word, all.get(at - 1)?.word]))
        })
    };
    "itertools.starmap" => |_, a| {
        let (function, mut next, desc) = (Item::new(a[0].word, a[0].desc), pull(&a[1], true), element(&a[1]));
        iter_word(move || {
            let tuple = Item::new(next()?, desc);
            Some(call_func(&function, &tuple.fields().iter().map(|field| field.word).collect::<Vec<_>>()))
        })
    };
    "itertools.compress" => |_, a| {
        let (mut data, mut keep) = (pull(&a[0], true), pull(&a[1], true));
        iter_word(move || loop {
            let word = data()?;
            if keep()? != 0 { return Some(word); }
        })
    };
    "itertools.permutations" => |s, a| {
        let r = a.get(1).and_then(Item::present).map(|n| n.int());
        vectors(s, rt::itertools::permutations(items(&a[0]), r))
    };
    "itertools.combinations" => |s, a| vectors(s, rt::itertools::combinations(items(&a[0]), a[1].int()));
    "itertools.combinations_with_replacement" => |s, a| {
        vectors(s, rt::itertools::combinations_with_replacement(items(&a[0]), a[1].int()))
    };
    "itertools.product" => |s, a| vectors(s, rt::itertools::product(a.iter().map(items).collect::<Vec<_>>()));
    "itertools.groupby" => group_by;
}
