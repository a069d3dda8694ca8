//! Built-in functions over any type: `hash`, `next`, `zip` with its forms.

use crate::class::{Class, ValueError};
use crate::collections::Key;
use crate::number::Num;
use crate::tuple::Tuple;
use crate::unwind::raise_new;

/// Stands where a value should be that has no translation yet; raises when it is asked for.
#[track_caller]
pub fn not_translated<T>(what: &str) -> T {
    raise_new(crate::class::NotTranslated, format!("not yet implemented: {what}"))
}

/// `hash(value)`: CPython's own where that is the same in every run.
pub fn hash<T: Key + ?Sized>(value: &T) -> i64 {
    value.py_hash().unwrap_or_else(|| value.key_hash() as i64)
}

/// `issubclass(class, ancestor)`.
pub fn is_subclass(class: Class, ancestor: Class) -> bool {
    class.is_a(ancestor)
}

/// `zip(a, b, strict=True)`; raises `ValueError` where one ends before the other.
#[track_caller]
pub fn zip_strict<A, B>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
    strict: bool,
) -> impl Iterator<Item = (A, B)> {
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    std::iter::from_fn(move || match (a.next(), b.next()) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(_), None) if strict => raise_new(ValueError, "zip() argument 2 is shorter than argument 1"),
        (None, Some(_)) if strict => raise_new(ValueError, "zip() argument 2 is longer than argument 1"),
        _ => None,
    })
}

/// `zip(a, b, c, strict=strict)`.
pub fn zip3_strict<A, B, C>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
    c: impl IntoIterator<Item = C>,
    strict: bool,
) -> impl Iterator<Item = (A, B, C)> {
    let (mut pairs, mut c) = (zip_strict(a, b, strict), c.into_iter());
    std::iter::from_fn(move || match (pairs.next(), c.next()) {
        (Some((a, b)), Some(c)) => Some((a, b, c)),
        (Some(_), None) if strict => raise_new(ValueError, "zip() argument 3 is shorter than arguments 1-2"),
        (None, Some(_)) if strict => raise_new(ValueError, "zip() argument 3 is longer than arguments 1-2"),
        _ => None,
    })
}

/// `zip(*rows)`: the first items, the second ones, and so on.
pub fn zip_all<T, I: IntoIterator<Item = T>>(
    rows: impl IntoIterator<Item = I>,
) -> impl Iterator<Item = Tuple<T>> {
    let mut rows: Vec<I::IntoIter> = rows.into_iter().map(IntoIterator::into_iter).collect();
    std::iter::from_fn(move || {
        if rows.is_empty() {
            return None;
        }
        rows.iter_mut().map(Iterator::next).collect()
    })
}

/// `a, b = map(list, zip(*rows))`: the two columns of pairs. `ValueError` when there are no rows.
#[track_caller]
pub fn columns2<A, B>(rows: impl IntoIterator<Item = (A, B)>) -> (Vec<A>, Vec<B>) {
    let (a, b): (Vec<A>, Vec<B>) = rows.into_iter().unzip();
    if a.is_empty() {
        raise_new(ValueError, "not enough values to unpack (expected 2, got 0)");
    }
    (a, b)
}

/// `a, b, c = map(list, zip(*rows))`: the three columns of triples. `ValueError` when there are no rows.
#[track_caller]
pub fn columns3<A, B, C>(rows: impl IntoIterator<Item = (A, B, C)>) -> (Vec<A>, Vec<B>, Vec<C>) {
    let (a, (b, c)): (Vec<A>, (Vec<B>, Vec<C>)) = rows.into_iter().map(|(a, b, c)| (a, (b, c))).unzip();
    if a.is_empty() {
        raise_new(ValueError, "not enough values to unpack (expected 3, got 0)");
    }
    (a, b, c)
}

/// `a, b = zip(*rows)`.
#[track_caller]
pub fn unzip2<A, B>(rows: impl IntoIterator<Item = (A, B)>) -> (Tuple<A>, Tuple<B>) {
    let (a, b) = columns2(rows);
    (a.into(), b.into())
}

/// `a, b, c = zip(*rows)`.
#[track_caller]
pub fn unzip3<A, B, C>(rows: impl IntoIterator<Item = (A, B, C)>) -> (Tuple<A>, Tuple<B>, Tuple<C>) {
    let (a, b, c) = columns3(rows);
    (a.into(), b.into(), c.into())
}

/// `dict(pairs)` of sequences that must have two items each; raises `ValueError`.
#[track_caller]
pub fn dict_from_pairs<T: crate::Key, I: IntoIterator<Item = T>>(
    pairs: impl IntoIterator<Item = I>,
) -> crate::Dict<T, T> {
    let mut out = crate::Dict::new();
    for (at, pair) in pairs.into_iter().enumerate() {
        let mut items = pair.into_iter();
        let (first, second) = (items.next(), items.next());
        let rest = items.count();
        match (first, second, rest) {
            (Some(key), Some(value), 0) => drop(out.insert(key, value)),
            (first, second, rest) => {
                let length = usize::from(first.is_some()) + usize::from(second.is_some()) + rest;
                let text =
                    format!("dictionary update sequence element #{at} has length {length}; 2 is required");
                raise_new(ValueError, text);
            }
        }
    }
    out
}

/// `zip(*[items] * count)`: the places take turns, what is left over is dropped.
pub fn zip_turns<T>(items: impl IntoIterator<Item = T>, count: i64) -> impl Iterator<Item = Tuple<T>> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let turn: Option<Vec<T>> = (0..count).map(|_| items.next()).collect();
        turn.filter(|turn| !turn.is_empty()).map(Tuple::from)
    })
}

/// `zip(items, items)` over one iterator: both places take turns.
pub fn zip_pairs<T>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T)> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || Some((items.next()?, items.next()?)))
}

/// `zip(items, items, items)` over one iterator.
pub fn zip_triples<T>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T, T)> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || Some((items.next()?, items.next()?, items.next()?)))
}

/// `sum(items)` of floats whose text is seen: of none it is the int 0.
pub fn sum_of_floats(items: impl IntoIterator<Item = f64>) -> Num {
    let mut items = items.into_iter();
    items.next().map_or(Num::Int(0), |first| Num::Float(items.fold(0.0 + first, |sum, item| sum + item)))
}

/// `reversed(items)` of what only runs forwards: the items are collected first.
pub fn reversed<T>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    items.into_iter().collect::<Vec<T>>().into_iter().rev()
}
