//! `zip(*rows)` of lists and tuples.

use crate::shared::List;
use crate::tuple::Tuple;

/// `zip(*rows)` of sequences, which stay as they are.
pub fn zip_rows<R: Row>(rows: impl IntoIterator<Item = R>) -> impl Iterator<Item = Tuple<R::Item>> {
    crate::zip_all(rows.into_iter().map(Row::items))
}

/// A sequence that gives its items, or copies of them where it is lent.
pub trait Row {
    type Item;

    fn items(self) -> impl Iterator<Item = Self::Item>;
}

impl<T> Row for Vec<T> {
    type Item = T;

    fn items(self) -> impl Iterator<Item = T> {
        self.into_iter()
    }
}

impl<T: Clone> Row for &Vec<T> {
    type Item = T;

    fn items(self) -> impl Iterator<Item = T> {
        self.iter().cloned()
    }
}

impl<T: Clone> Row for List<T> {
    type Item = T;

    fn items(self) -> impl Iterator<Item = T> {
        self.iter()
    }
}

impl<T: Clone> Row for &List<T> {
    type Item = T;

    fn items(self) -> impl Iterator<Item = T> {
        self.iter()
    }
}

impl<T: Clone> Row for Tuple<T> {
    type Item = T;

    fn items(self) -> impl Iterator<Item = T> {
        self.into_iter()
    }
}

impl<T: Clone> Row for &Tuple<T> {
    type Item = T;

    fn items(self) -> impl Iterator<Item = T> {
        self.iter().cloned()
    }
}
