//! Equality, order and hashes, among `Int`, `i64` and `f64`.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use num_traits::ToPrimitive;

use super::{Int, Repr};
use crate::collections::{Key, py_hash_int, std_hash};
use crate::list::PyOrd;

impl PartialEq for Int {
    #[inline]
    fn eq(&self, other: &Int) -> bool {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a == b,
            (Repr::Big(a), Repr::Big(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Int {}

impl Ord for Int {
    #[inline]
    fn cmp(&self, other: &Int) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            (Repr::Big(a), Repr::Big(b)) => a.cmp(b),
            (Repr::Small(_), Repr::Big(_)) if other.is_negative() => Ordering::Greater,
            (Repr::Small(_), Repr::Big(_)) => Ordering::Less,
            (Repr::Big(_), Repr::Small(_)) => other.cmp(self).reverse(),
        }
    }
}

impl PartialOrd for Int {
    #[inline]
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq<i64> for Int {
    #[inline]
    fn eq(&self, other: &i64) -> bool {
        matches!(self.0, Repr::Small(number) if number == *other)
    }
}

impl PartialOrd<i64> for Int {
    #[inline]
    fn partial_cmp(&self, other: &i64) -> Option<Ordering> {
        Some(self.cmp(&Int::small(*other)))
    }
}

impl PartialEq<Int> for i64 {
    #[inline]
    fn eq(&self, other: &Int) -> bool {
        other == self
    }
}

impl PartialOrd<Int> for i64 {
    #[inline]
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        Some(Int::small(*self).cmp(other))
    }
}

impl PartialEq<f64> for Int {
    fn eq(&self, other: &f64) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd<f64> for Int {
    /// Compares exactly, without rounding the integer.
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        if other.is_nan() {
            return None;
        }
        if other.is_infinite() {
            return Some(if *other > 0.0 { Ordering::Less } else { Ordering::Greater });
        }
        let whole = self.cmp(&Int::from_f64(*other));
        let fraction = other.fract();
        Some(whole.then(0.0.partial_cmp(&fraction)?))
    }
}

impl PartialEq<Int> for f64 {
    fn eq(&self, other: &Int) -> bool {
        other == self
    }
}

impl PartialOrd<Int> for f64 {
    fn partial_cmp(&self, other: &Int) -> Option<Ordering> {
        other.partial_cmp(self).map(Ordering::reverse)
    }
}

impl Hash for Int {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Repr::Small(number) => number.hash(state),
            Repr::Big(number) => number.hash(state),
        }
    }
}

impl Key for Int {
    #[inline]
    fn key_hash(&self) -> u64 {
        match &self.0 {
            Repr::Small(number) => number.key_hash(),
            // A float that is equal has an equal hash.
            Repr::Big(number) => match number.to_f64() {
                Some(x) if x.is_finite() && Int::from_f64(x) == *self => x.key_hash(),
                _ => std_hash(&**number),
            },
        }
    }

    #[inline]
    fn key_eq(&self, other: &Int) -> bool {
        self == other
    }

    fn py_hash(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(number) => Some(py_hash_int(*number)),
            Repr::Big(number) => {
                let rest = number.magnitude() % ((1u64 << 61) - 1);
                let size = i64::try_from(rest).ok()?;
                Some(py_hash_int(if self.is_negative() { -size } else { size }))
            }
        }
    }
}

impl PyOrd for Int {
    #[inline]
    fn py_lt(&self, other: &Int) -> bool {
        self < other
    }

    #[inline]
    fn is_ordered(&self) -> bool {
        true
    }
}
