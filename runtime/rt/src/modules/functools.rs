//! Python's `functools`, where std has no equal.

use crate::class::TypeError;
use crate::unwind::raise_new;

/// `functools.reduce(join, items)`; raises `TypeError` when there are no items.
#[track_caller]
pub fn reduce<T>(join: impl FnMut(T, T) -> T, items: impl IntoIterator<Item = T>) -> T {
    match items.into_iter().reduce(join) {
        Some(value) => value,
        None => raise_new(
            TypeError,
            "reduce() of empty iterable with no initial value",
        ),
    }
}
