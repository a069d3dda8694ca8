//! `bytearray`: bytes that change.

use std::fmt;
use std::ops::{Add, Deref, DerefMut};

use super::pybytes::byte;
use crate::class::{IndexError, ValueError};
use crate::list::{PyList, PyVec, position};
use crate::repr::{Repr, write_bytes_repr};
use crate::unwind::raise_new;

/// Python's `bytearray`; reads as a vector of `u8`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteArray(Vec<u8>);

impl ByteArray {
    /// `b[index]`; raises `IndexError`.
    #[track_caller]
    pub fn at(&self, index: i64) -> i64 {
        match position(self.0.len(), index) {
            Some(position) => i64::from(self.0[position]),
            None => raise_new(IndexError, "bytearray index out of range"),
        }
    }

    /// `b[index] = number`; raises `IndexError` and `ValueError`.
    #[track_caller]
    pub fn set_at(&mut self, index: i64, number: i64) {
        match position(self.0.len(), index) {
            Some(position) => self.0[position] = byte(number),
            None => raise_new(IndexError, "bytearray index out of range"),
        }
    }

    /// `b[start:stop:step]`.
    #[track_caller]
    pub fn slice(&self, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> ByteArray {
        ByteArray(self.0.py_slice(start, stop, step.unwrap_or(1)))
    }

    /// `b[start:stop:step] = bytes`; raises `ValueError`.
    #[track_caller]
    pub fn replace_slice(&mut self, start: Option<i64>, stop: Option<i64>, step: Option<i64>, bytes: &[u8]) {
        self.0.set_slice(start, stop, step.unwrap_or(1), bytes.iter().copied());
    }

    /// `del b[start:stop:step]`.
    #[track_caller]
    pub fn delete_slice(&mut self, start: Option<i64>, stop: Option<i64>, step: Option<i64>) {
        self.0.del_slice(start, stop, step.unwrap_or(1));
    }

    /// `b.append(number)`; raises `ValueError`.
    #[track_caller]
    pub fn append(&mut self, number: i64) {
        self.0.push(byte(number));
    }

    /// `b.extend(numbers)`; raises `ValueError`.
    #[track_caller]
    pub fn extend_ints<N: TryInto<i64>>(&mut self, numbers: impl IntoIterator<Item = N>) {
        self.0.extend(numbers.into_iter().map(byte));
    }

    /// `b.insert(index, number)`; raises `ValueError`.
    #[track_caller]
    pub fn insert_at(&mut self, index: i64, number: i64) {
        self.0.py_insert(index, byte(number));
    }

    /// `b.pop()` or `b.pop(index)`; raises `IndexError`.
    #[track_caller]
    pub fn pop_at(&mut self, index: i64) -> i64 {
        match position(self.0.len(), index) {
            Some(position) => i64::from(self.0.remove(position)),
            None if self.0.is_empty() => raise_new(IndexError, "pop from empty bytearray"),
            None => raise_new(IndexError, "pop index out of range"),
        }
    }

    /// `b.remove(number)`; raises `ValueError`.
    #[track_caller]
    pub fn remove_byte(&mut self, number: i64) {
        match self.0.iter().position(|own| i64::from(*own) == number) {
            Some(position) => drop(self.0.remove(position)),
            None => raise_new(ValueError, "value not found in bytearray"),
        }
    }

    /// `b * count`.
    pub fn times(&self, count: i64) -> ByteArray {
        ByteArray(self.0.repeat(count.max(0) as usize))
    }

    /// The numbers of the bytes.
    pub fn ints(&self) -> impl DoubleEndedIterator<Item = i64> {
        self.0.iter().map(|byte| i64::from(*byte))
    }
}

impl Deref for ByteArray {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.0
    }
}

impl DerefMut for ByteArray {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }
}

impl AsRef<[u8]> for ByteArray {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for ByteArray {
    fn from(bytes: Vec<u8>) -> ByteArray {
        ByteArray(bytes)
    }
}

impl From<&[u8]> for ByteArray {
    fn from(bytes: &[u8]) -> ByteArray {
        ByteArray(bytes.to_vec())
    }
}

impl From<ByteArray> for Vec<u8> {
    fn from(bytes: ByteArray) -> Vec<u8> {
        bytes.0
    }
}

impl<B: AsRef<[u8]>> Add<&B> for &ByteArray {
    type Output = ByteArray;

    fn add(self, other: &B) -> ByteArray {
        ByteArray([self.as_slice(), other.as_ref()].concat())
    }
}

impl PartialEq<Vec<u8>> for ByteArray {
    fn eq(&self, other: &Vec<u8>) -> bool {
        self.0 == *other
    }
}

impl PartialEq<ByteArray> for Vec<u8> {
    fn eq(&self, other: &ByteArray) -> bool {
        *self == other.0
    }
}

impl PartialEq<[u8]> for ByteArray {
    fn eq(&self, other: &[u8]) -> bool {
        self.0 == *other
    }
}

impl Repr for ByteArray {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytearray(")?;
        write_bytes_repr(f, &self.0)?;
        f.write_str(")")
    }
}
