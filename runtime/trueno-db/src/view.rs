//! Borrowed vectors.

use std::ops::Deref;

/// A vector that lies in the database: no copy, and no longer alive than what it was taken from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector<'db, T> {
    values: &'db [T],
}

impl<'db, T> Vector<'db, T> {
    pub(crate) fn new(values: &'db [T]) -> Self {
        Vector { values }
    }

    /// The components.
    pub fn as_slice(&self) -> &'db [T] {
        self.values
    }
}

impl<T> Deref for Vector<'_, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.values
    }
}

impl<T> AsRef<[T]> for Vector<'_, T> {
    fn as_ref(&self) -> &[T] {
        self.values
    }
}
