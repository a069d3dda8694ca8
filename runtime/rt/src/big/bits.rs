//! Shifts and bit counts, two's complement without end.

use super::{Int, Repr};
use crate::class::{OverflowError, ValueError};
use crate::unwind::raise_new;

#[track_caller]
fn count_of(count: &Int) -> u64 {
    match &count.0 {
        Repr::Small(count) if *count < 0 => raise_new(ValueError, "negative shift count"),
        Repr::Small(count) => *count as u64,
        Repr::Big(_) if count.is_negative() => raise_new(ValueError, "negative shift count"),
        Repr::Big(_) => u64::MAX,
    }
}

#[inline]
#[track_caller]
pub(super) fn shl(a: &Int, count: &Int) -> Int {
    let count = count_of(count);
    match &a.0 {
        Repr::Small(0) => Int::ZERO,
        Repr::Small(a) if count < 63 && (a << count) >> count == *a => Int::small(a << count),
        _ if count > 1 << 36 => raise_new(OverflowError, "too many digits in integer"),
        _ => a.with_big(|a| Int::from_big(a << count)),
    }
}

#[inline]
#[track_caller]
pub(super) fn shr(a: &Int, count: &Int) -> Int {
    let count = count_of(count);
    match &a.0 {
        Repr::Small(a) => Int::small(a >> count.min(63)),
        Repr::Big(a) if count > a.bits() => {
            Int::small(if a.sign() == num_bigint::Sign::Minus { -1 } else { 0 })
        }
        Repr::Big(a) => Int::from_big(&**a >> count),
    }
}

impl Int {
    /// `n.bit_length()`.
    pub fn bit_length(&self) -> i64 {
        match &self.0 {
            Repr::Small(number) => crate::number::bit_length(*number),
            Repr::Big(number) => number.bits() as i64,
        }
    }

    /// `n.bit_count()`: ones in the absolute value.
    pub fn bit_count(&self) -> i64 {
        match &self.0 {
            Repr::Small(number) => crate::number::bit_count(*number),
            Repr::Big(number) => number.magnitude().count_ones() as i64,
        }
    }
}
