//! What may be a key: Python's equality and hash.
//!
//! `1`, `1.0` and `True` are one key; [`Key::py_hash`] is CPython's own hash where it does not
//! change from run to run, because the order of a set shows it.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;

use rustc_hash::FxBuildHasher;

/// A value that dicts and sets can hold.
pub trait Key {
    /// A fast hash; equal keys have equal hashes.
    fn key_hash(&self) -> u64;

    /// Python's `==`.
    fn key_eq(&self, other: &Self) -> bool;

    /// CPython's `hash`, when it is the same in every run.
    #[inline]
    fn py_hash(&self) -> Option<i64> {
        None
    }
}

/// The hash of anything that std can hash.
#[doc(hidden)]
#[inline]
pub fn std_hash<T: Hash + ?Sized>(value: &T) -> u64 {
    FxBuildHasher.hash_one(value)
}

#[inline]
pub(crate) fn hash_i64(number: i64) -> u64 {
    let wide = u128::from(number as u64 ^ 0x9e37_79b9_7f4a_7c15) * 0xa076_1d64_78bd_642f;
    (wide as u64) ^ (wide >> 64) as u64
}

const MODULUS: u64 = (1 << 61) - 1;

/// CPython's hash of an integer.
#[inline]
pub fn py_hash_int(number: i64) -> i64 {
    let rest = (number.unsigned_abs() % MODULUS) as i64;
    let hash = if number < 0 { -rest } else { rest };
    if hash == -1 { -2 } else { hash }
}

/// CPython's hash of a float; none for `nan`, whose hash is an address.
pub fn py_hash_float(x: f64) -> Option<i64> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { 314_159 } else { -314_159 });
    }
    if let Some(number) = exact_i64(x) {
        return Some(py_hash_int(number));
    }
    let bits = x.to_bits();
    let raw_exponent = ((bits >> 52) & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    let (mantissa, exponent) = match raw_exponent {
        0 => (fraction, -1074),
        _ => (fraction | (1 << 52), raw_exponent - 1075),
    };
    // mantissa * 2^exponent modulo 2^61 - 1: multiplying by 2 rotates 61 bits.
    let turn = exponent.rem_euclid(61) as u32;
    let residue = mantissa % MODULUS;
    let rotated = ((residue << turn) & MODULUS) | (residue >> (61 - turn));
    let hash = if x < 0.0 { -(rotated as i64) } else { rotated as i64 };
    Some(if hash == -1 { -2 } else { hash })
}

/// The integer that equals `x`, if there is one in 64 bits.
#[inline]
pub(crate) fn exact_i64(x: f64) -> Option<i64> {
    let number = x as i64;
    (number as f64 == x && number != i64::MAX).then_some(number)
}

/// CPython's hash of a tuple of hashes (xxHash prime rounds).
pub fn py_hash_tuple(hashes: &[i64]) -> i64 {
    const P1: u64 = 11_400_714_785_074_694_791;
    const P2: u64 = 14_029_467_366_897_019_727;
    const P5: u64 = 2_870_177_450_012_600_261;
    let mut acc = P5;
    for &hash in hashes {
        acc = acc.wrapping_add((hash as u64).wrapping_mul(P2));
        acc = acc.rotate_left(31).wrapping_mul(P1);
    }
    acc = acc.wrapping_add(hashes.len() as u64 ^ (P5 ^ 3_527_539));
    if acc == u64::MAX { 1_546_275_796 } else { acc as i64 }
}

/// Implements [`Key`] for a program's own type: `impl_key!(Color)` through `Hash + Eq`,
/// `impl_key!(Point { x, y })` by its fields.
#[macro_export]
macro_rules! impl_key {
    ($ty:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::Key for $ty {
            fn key_hash(&self) -> u64 {
                let mut hash = 0u64;
                $(hash = $crate::mix_hash(hash, $crate::Key::key_hash(&self.$field));)+
                hash
            }

            fn key_eq(&self, other: &Self) -> bool {
                $($crate::Key::key_eq(&self.$field, &other.$field))&&+
            }

            fn py_hash(&self) -> Option<i64> {
                Some($crate::py_hash_tuple(&[$($crate::Key::py_hash(&self.$field)?),+]))
            }
        }
    };
    ($ty:ty) => {
        impl $crate::Key for $ty {
            fn key_hash(&self) -> u64 {
                $crate::std_hash(self)
            }

            fn key_eq(&self, other: &Self) -> bool {
                self == other
            }
        }
    };
}

/// Joins the hash of one more part to that of the parts before it.
#[doc(hidden)]
#[inline]
pub fn mix_hash(before: u64, part: u64) -> u64 {
    (before.rotate_left(5) ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26)
}

macro_rules! integer_key {
    ($($ty:ty),*) => {
        $(
            impl Key for $ty {
                #[inline]
                fn key_hash(&self) -> u64 {
                    hash_i64(*self as i64)
                }

                #[inline]
                fn key_eq(&self, other: &Self) -> bool {
                    self == other
                }

                #[inline]
                fn py_hash(&self) -> Option<i64> {
                    i64::try_from(*self).ok().map(py_hash_int)
                }
            }
        )*
    };
}

integer_key!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, bool);

impl Key for f64 {
    #[inline]
    fn key_hash(&self) -> u64 {
        match exact_i64(*self) {
            Some(number) => hash_i64(number),
            None => hash_i64(self.to_bits() as i64),
        }
    }

    #[inline]
    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }

    #[inline]
    fn py_hash(&self) -> Option<i64> {
        py_hash_float(*self)
    }
}

impl_key!(str);
impl_key!(String);
impl_key!(char);
impl_key!(());

impl<T: Key> Key for Option<T> {
    #[inline]
    fn key_hash(&self) -> u64 {
        self.as_ref().map_or(0x6e6f_6e65, Key::key_hash)
    }

    #[inline]
    fn key_eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.key_eq(b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    fn py_hash(&self) -> Option<i64> {
        self.as_ref()?.py_hash()
    }
}

impl<T: Key> Key for [T] {
    fn key_hash(&self) -> u64 {
        self.iter().fold(self.len() as u64, |hash, item| mix_hash(hash, item.key_hash()))
    }

    fn key_eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.key_eq(b))
    }

    fn py_hash(&self) -> Option<i64> {
        let hashes: Option<Vec<i64>> = self.iter().map(Key::py_hash).collect();
        hashes.map(|hashes| py_hash_tuple(&hashes))
    }
}

macro_rules! through {
    ($([$($param:tt)*] $ty:ty),* $(,)?) => {
        $(
            impl<$($param)*> Key for $ty {
                #[inline]
                fn key_hash(&self) -> u64 {
                    (**self).key_hash()
                }

                #[inline]
                fn key_eq(&self, other: &Self) -> bool {
                    (**self).key_eq(&**other)
                }

                #[inline]
                fn py_hash(&self) -> Option<i64> {
                    (**self).py_hash()
                }
            }
        )*
    };
}

through! {
    [T: Key + ?Sized] &T,
    [T: Key + ?Sized] Box<T>,
    [T: Key + ?Sized] Rc<T>,
    [T: Key] Vec<T>,
    [T: Key + ToOwned + ?Sized] Cow<'_, T>,
}

impl<T: Key, const N: usize> Key for [T; N] {
    fn key_hash(&self) -> u64 {
        self.as_slice().key_hash()
    }

    fn key_eq(&self, other: &Self) -> bool {
        self.as_slice().key_eq(other)
    }

    fn py_hash(&self) -> Option<i64> {
        self.as_slice().py_hash()
    }
}

macro_rules! tuple {
    ($($name:ident $at:tt),+) => {
        impl<$($name: Key),+> Key for ($($name,)+) {
            #[inline]
            fn key_hash(&self) -> u64 {
                let mut hash = 0;
                $(hash = mix_hash(hash, self.$at.key_hash());)+
                hash
            }

            #[inline]
            fn key_eq(&self, other: &Self) -> bool {
                $(self.$at.key_eq(&other.$at))&&+
            }

            #[inline]
            fn py_hash(&self) -> Option<i64> {
                Some(py_hash_tuple(&[$(self.$at.py_hash()?),+]))
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_cpythons() {
        // Values from CPython 3.11 on 64 bits.
        let ints = [(0, 0), (-1, -2), (1 << 61, 1), (i64::MAX, 3), (i64::MIN, -4)];
        for (number, hash) in ints {
            assert_eq!(py_hash_int(number), hash);
        }
        let floats = [
            (0.5, 1_152_921_504_606_846_976),
            (-0.1, -230_584_300_921_369_408),
            (1e300, 1_224_995_262_755_759_164),
            (5e-324, 16_777_216),
            (3.7, 1_614_090_106_449_586_179),
        ];
        for (x, hash) in floats {
            assert_eq!(py_hash_float(x), Some(hash), "{x}");
        }
        assert_eq!((1i64, 2i64).py_hash(), Some(-3_550_055_125_485_641_917));
        assert_eq!((1i64, 2.5, true).py_hash(), Some(-8_978_965_343_934_856_575));
    }

    #[test]
    fn equal_keys_of_different_types_hash_alike() {
        assert_eq!(1i64.key_hash(), 1.0.key_hash());
        assert_eq!(1i64.key_hash(), true.key_hash());
        assert_eq!(0.0.key_hash(), (-0.0).key_hash());
        assert_eq!("a".key_hash(), String::from("a").key_hash());
    }
}
