//! `rt::Int`: Python's unbounded integer, an `i64` until it needs more.

mod arithmetic;
mod bits;
mod compare;
mod convert;
mod operators;
mod text;

use num_bigint::BigInt;

pub use text::set_int_max_str_digits;

/// An unbounded integer. Small values cost no allocation; a value that fits `i64` is always small.
#[derive(Clone)]
pub struct Int(pub(crate) Repr);

/// How an [`Int`] is held.
#[derive(Clone)]
pub(crate) enum Repr {
    Small(i64),
    /// Never within `i64`.
    Big(Box<BigInt>),
}

impl Int {
    /// Zero.
    pub const ZERO: Int = Int::small(0);
    /// One.
    pub const ONE: Int = Int::small(1);

    #[inline]
    pub(crate) const fn small(number: i64) -> Int {
        Int(Repr::Small(number))
    }

    #[inline]
    pub(crate) fn from_big(number: BigInt) -> Int {
        match i64::try_from(&number) {
            Ok(small) => Int::small(small),
            Err(_) => Int(Repr::Big(Box::new(number))),
        }
    }

    /// The number as a `BigInt`, copied when it is small.
    pub(crate) fn to_big(&self) -> BigInt {
        match &self.0 {
            Repr::Small(number) => BigInt::from(*number),
            Repr::Big(number) => (**number).clone(),
        }
    }

    pub(crate) fn into_big(self) -> BigInt {
        match self.0 {
            Repr::Small(number) => BigInt::from(number),
            Repr::Big(number) => *number,
        }
    }

    /// Calls `f` with the number as a `BigInt`.
    pub(crate) fn with_big<T>(&self, f: impl FnOnce(&BigInt) -> T) -> T {
        match &self.0 {
            Repr::Small(number) => f(&BigInt::from(*number)),
            Repr::Big(number) => f(number),
        }
    }

    /// Whether the number is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(number) => *number < 0,
            Repr::Big(number) => number.sign() == num_bigint::Sign::Minus,
        }
    }

    /// Whether the number is zero; `not n`.
    #[inline]
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0))
    }

    /// Whether the number is even.
    pub fn is_even(&self) -> bool {
        match &self.0 {
            Repr::Small(number) => number & 1 == 0,
            Repr::Big(number) => !number.bit(0),
        }
    }
}

impl Default for Int {
    fn default() -> Int {
        Int::ZERO
    }
}

#[cfg(test)]
mod tests;
