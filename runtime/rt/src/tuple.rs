//! Tuples of any length (`tuple(xs)`, `*args`), and sequences unpacked into fixed parts.

use crate::collections::Key;
use crate::error::Error;
use crate::format::{Format, Operand};
use crate::list::PyOrd;
use crate::repr::Repr;
use crate::unwind::raise;
use std::borrow::Borrow;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A tuple whose length only the run knows; reads as a slice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tuple<T>(Vec<T>);

impl<T> Tuple<T> {
    /// `item in tuple`.
    pub fn contains<Q>(&self, item: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: PartialEq + ?Sized,
    {
        self.0.iter().any(|own| own.borrow() == item)
    }
}

impl<T> Default for Tuple<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Tuple<T> {
    /// `t[start:stop:step]`.
    #[track_caller]
    pub fn py_slice(&self, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Tuple<T>
    where
        T: Clone,
    {
        Tuple(crate::PyList::py_slice(&self.0, start, stop, step.unwrap_or(1)))
    }

    /// `t + other`.
    pub fn py_concat(&self, other: &[T]) -> Tuple<T>
    where
        T: Clone,
    {
        Tuple([&self.0, other].concat())
    }

    /// `t * count`.
    pub fn py_repeat(&self, count: i64) -> Tuple<T>
    where
        T: Clone,
    {
        Tuple(std::iter::repeat_n(&self.0, count.max(0) as usize).flatten().cloned().collect())
    }

    /// The items as a list of their own.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Deref for Tuple<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// Objects in a tuple may change; the tuple may not.
impl<T> DerefMut for Tuple<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Tuple<T> {
    fn from(items: Vec<T>) -> Self {
        Self(items)
    }
}

impl<T, const N: usize> From<[T; N]> for Tuple<T> {
    fn from(items: [T; N]) -> Self {
        Self(items.into())
    }
}

impl<T> FromIterator<T> for Tuple<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T> IntoIterator for Tuple<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Tuple<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Repr> Repr for Tuple<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (index, item) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            item.fmt_repr(f)?;
        }
        f.write_str(if self.0.len() == 1 { ",)" } else { ")" })
    }
}

impl<T: Format> Format for Tuple<T> {
    fn operand(&self) -> Operand<'_> {
        Operand::Other("tuple")
    }

    fn format_item(&self, key: &str) -> Option<&dyn Format> {
        self.0.format_item(key)
    }
}

impl<T: Key> Key for Tuple<T> {
    fn key_hash(&self) -> u64 {
        self.0.as_slice().key_hash()
    }

    fn key_eq(&self, other: &Self) -> bool {
        self.0.as_slice().key_eq(&other.0)
    }

    fn py_hash(&self) -> Option<i64> {
        self.0.as_slice().py_hash()
    }
}

impl<T: PyOrd + PartialEq> PyOrd for Tuple<T> {
    fn py_lt(&self, other: &Self) -> bool {
        self.0.py_lt(&other.0)
    }

    fn is_ordered(&self) -> bool {
        self.0.is_ordered()
    }
}

/// Exactly `N` items: `a, b = xs`. `ValueError` when there are more or fewer.
#[track_caller]
pub fn unpack<const N: usize, T>(items: impl IntoIterator<Item = T>) -> [T; N] {
    let mut items = items.into_iter();
    let front: Vec<T> = items.by_ref().take(N).collect();
    let got = front.len();
    match <[T; N]>::try_from(front) {
        Ok(array) if items.next().is_none() => array,
        Ok(_) => raise(Error::new(crate::ValueError, format!("too many values to unpack (expected {N})"))),
        Err(_) => raise(Error::new(
            crate::ValueError,
            format!("not enough values to unpack (expected {N}, got {got})"),
        )),
    }
}

/// Each item of a sequence as exactly `N` parts: `for a, b in rows`.
#[track_caller]
pub fn unpack_each<const N: usize, T, I: IntoIterator<Item = T>>(
    items: impl IntoIterator<Item = I>,
) -> impl Iterator<Item = [T; N]> {
    items.into_iter().map(|item| unpack(item))
}

/// `F` items, all between, and `B` items: `a, *rest, b = xs`. `ValueError` when there are too few.
#[track_caller]
pub fn unpack_rest<const F: usize, const B: usize, T>(
    items: impl IntoIterator<Item = T>,
) -> ([T; F], Vec<T>, [T; B]) {
    let mut front: Vec<T> = items.into_iter().collect();
    let got = front.len();
    if got < F + B {
        let text = format!("not enough values to unpack (expected at least {}, got {got})", F + B);
        raise(Error::new(crate::ValueError, text));
    }
    let back = front.split_off(got - B);
    let middle = front.split_off(F);
    match (<[T; F]>::try_from(front), <[T; B]>::try_from(back)) {
        (Ok(front), Ok(back)) => (front, middle, back),
        _ => unreachable!("both parts were cut to their length above"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_list() {
        let [a, b] = unpack(vec![1, 2]);
        assert_eq!((a, b), (1, 2));
        let ([first], rest, [last]) = unpack_rest(vec![1, 2, 3, 4]);
        assert_eq!((first, rest, last), (1, vec![2, 3], 4));
        assert_eq!(crate::repr(&Tuple::from([1])).to_string(), "(1,)");
    }

    #[test]
    fn wrong_counts_say_so() {
        let text = |result: crate::Result<[i32; 2]>| result.unwrap_err().to_string();
        let few = crate::catch(|| unpack::<2, _>(vec![1]));
        assert_eq!(text(few), "not enough values to unpack (expected 2, got 1)");
        let many = crate::catch(|| unpack::<2, _>(vec![1, 2, 3]));
        assert_eq!(text(many), "too many values to unpack (expected 2)");
    }
}
