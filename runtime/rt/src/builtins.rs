//! Built-in functions over any type: `hash`, `next`, `zip` with its forms.

use crate::class::{Class, ValueError};
use crate::collections::Key;
use crate::tuple::Tuple;
use crate::unwind::raise_new;

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

/// `reversed(items)` of what only runs forwards: the items are collected first.
pub fn reversed<T>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    items.into_iter().collect::<Vec<T>>().into_iter().rev()
}
