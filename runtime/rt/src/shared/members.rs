//! Several sets as one, whether other names hold them or not.

use super::SharedSet;
use crate::class::TypeError;
use crate::collections::{Key, Set};
use crate::unwind::raise_new;

/// A set with or without aliases.
pub trait Members<T> {
    /// The items.
    fn members(self) -> Set<T>;
}

impl<T> Members<T> for Set<T> {
    fn members(self) -> Set<T> {
        self
    }
}

impl<T: Key + Clone> Members<T> for SharedSet<T> {
    fn members(self) -> Set<T> {
        self.borrow().py_copy()
    }
}

impl<T: Clone> IntoIterator for SharedSet<T> {
    type Item = T;
    type IntoIter = super::set::Iter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// `set.union(*sets)`; raises `TypeError` where there are none.
#[track_caller]
pub fn union_of<T: Key + Clone, S: Members<T>>(sets: impl IntoIterator<Item = S>) -> Set<T> {
    let mut sets = sets.into_iter().map(Members::members);
    let first = sets.next().unwrap_or_else(|| none("union"));
    sets.fold(first, |all, items| all.union(&items))
}

/// `set.intersection(*sets)`; raises `TypeError` where there are none.
#[track_caller]
pub fn intersection_of<T: Key + Clone, S: Members<T>>(sets: impl IntoIterator<Item = S>) -> Set<T> {
    let mut sets = sets.into_iter().map(Members::members);
    let first = sets.next().unwrap_or_else(|| none("intersection"));
    common_to(first, sets)
}

/// `first.intersection(*sets)`.
pub fn common_to<T: Key + Clone, S: Members<T>>(first: Set<T>, sets: impl IntoIterator<Item = S>) -> Set<T> {
    sets.into_iter().fold(first, |common, items| common.intersection(&items.members()))
}

#[track_caller]
fn none(method: &str) -> ! {
    raise_new(TypeError, format!("unbound method set.{method}() needs an argument"))
}
