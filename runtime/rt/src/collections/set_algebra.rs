//! Set algebra, in the order in which CPython 3.11 builds its results.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Deref, Sub, SubAssign};

use super::key::Key;
use super::set::Set;
use crate::list::PyOrd;
use crate::repr::Repr;

impl<T: Key> Set<T> {
    /// Whether every item of this set is in `other`; `a <= b`.
    pub fn is_subset(&self, other: &Set<T>) -> bool {
        self.len() <= other.len() && self.iter().all(|item| other.contains(item))
    }

    /// Whether every item of `other` is in this set; `a >= b`.
    pub fn is_superset(&self, other: &Set<T>) -> bool {
        other.is_subset(self)
    }

    /// `a < b`.
    pub fn is_proper_subset(&self, other: &Set<T>) -> bool {
        self.len() < other.len() && self.is_subset(other)
    }

    /// `a > b`.
    pub fn is_proper_superset(&self, other: &Set<T>) -> bool {
        other.is_proper_subset(self)
    }

    /// Whether the sets have no item in common.
    pub fn is_disjoint(&self, other: &Set<T>) -> bool {
        let (few, many) = if self.len() < other.len() { (self, other) } else { (other, self) };
        !few.iter().any(|item| many.contains(item))
    }
}

impl<T: Key + Clone> Set<T> {
    /// `a | b`.
    #[must_use]
    pub fn union(&self, other: &Set<T>) -> Set<T> {
        let mut all = self.py_copy();
        if !std::ptr::eq(self, other) {
            all.merge(other);
        }
        all
    }

    /// `a & b`.
    #[must_use]
    pub fn intersection(&self, other: &Set<T>) -> Set<T> {
        if std::ptr::eq(self, other) {
            return self.py_copy();
        }
        let (few, many) = if other.len() > self.len() { (self, other) } else { (other, self) };
        few.iter().filter(|item| many.contains(*item)).cloned().collect()
    }

    /// `a - b`.
    #[must_use]
    pub fn difference(&self, other: &Set<T>) -> Set<T> {
        if self.len() >> 2 > other.len() {
            let mut rest = self.py_copy();
            rest.difference_update(other);
            return rest;
        }
        self.iter().filter(|item| !other.contains(*item)).cloned().collect()
    }

    /// `a ^ b`.
    #[must_use]
    pub fn symmetric_difference(&self, other: &Set<T>) -> Set<T> {
        let mut result = other.py_copy();
        result.symmetric_difference_update(self);
        result
    }

    /// `a.union(items)` for anything but a set: one item after the other.
    #[must_use]
    pub fn with_items(&self, items: impl IntoIterator<Item = T>) -> Set<T> {
        let mut all = self.py_copy();
        all.update(items);
        all
    }

    /// `a.difference(items)` for anything but a set.
    #[must_use]
    pub fn without_items(&self, items: impl IntoIterator<Item = T>) -> Set<T> {
        let mut rest = self.py_copy();
        rest.remove_items(items);
        rest
    }

    /// `a.intersection(items)` for anything but a set.
    #[must_use]
    pub fn common_items(&self, items: impl IntoIterator<Item = T>) -> Set<T> {
        items.into_iter().filter(|item| self.contains(item)).collect()
    }

    /// `a.symmetric_difference(items)` for anything but a set.
    #[must_use]
    pub fn different_items(&self, items: impl IntoIterator<Item = T>) -> Set<T> {
        let mut result: Set<T> = items.into_iter().collect();
        result.symmetric_difference_update(self);
        result
    }

    /// `a.intersection_update(items)` for anything but a set.
    pub fn keep_items(&mut self, items: impl IntoIterator<Item = T>) {
        *self = self.common_items(items);
    }

    /// `a.difference_update(items)` for anything but a set.
    pub fn remove_items(&mut self, items: impl IntoIterator<Item = T>) {
        for item in items {
            self.remove(&item);
        }
        self.sweep();
    }

    /// `a &= b`.
    pub fn intersection_update(&mut self, other: &Set<T>) {
        *self = self.intersection(other);
    }

    /// `a -= b`.
    pub fn difference_update(&mut self, other: &Set<T>) {
        if other.len() >> 3 > self.len() {
            let common = self.intersection(other);
            self.remove_all(&common);
        } else {
            self.remove_all(other);
        }
        self.sweep();
    }

    fn remove_all(&mut self, items: &Set<T>) {
        for item in items {
            self.remove(item);
        }
    }

    /// `a ^= b`.
    pub fn symmetric_difference_update(&mut self, other: &Set<T>) {
        for item in other {
            if !self.remove(item) {
                self.insert(item.clone());
            }
        }
    }
}

impl<T: Key> PartialEq for Set<T> {
    fn eq(&self, other: &Set<T>) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl<T: Key> Eq for Set<T> {}

impl<T: Key> PartialOrd for Set<T> {
    /// Less is "a proper subset".
    fn partial_cmp(&self, other: &Set<T>) -> Option<Ordering> {
        match (self.is_subset(other), other.is_subset(self)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Less),
            (false, true) => Some(Ordering::Greater),
            (false, false) => None,
        }
    }
}

/// Python's `frozenset`: a [`Set`] that does not change and can be a key.
#[derive(Clone)]
pub struct FrozenSet<T>(Set<T>);

impl<T> Default for FrozenSet<T> {
    fn default() -> Self {
        FrozenSet(Set::new())
    }
}

impl<T> Deref for FrozenSet<T> {
    type Target = Set<T>;

    fn deref(&self) -> &Set<T> {
        &self.0
    }
}

impl<T> From<Set<T>> for FrozenSet<T> {
    fn from(set: Set<T>) -> Self {
        FrozenSet(set)
    }
}

impl<T: Key, const N: usize> From<[T; N]> for FrozenSet<T> {
    fn from(items: [T; N]) -> Self {
        FrozenSet(Set::from(items))
    }
}

impl<T: Key> FromIterator<T> for FrozenSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        FrozenSet(items.into_iter().collect())
    }
}

impl<T> IntoIterator for FrozenSet<T> {
    type Item = T;
    type IntoIter = super::set::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a FrozenSet<T> {
    type Item = &'a T;
    type IntoIter = super::set::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Key> PartialEq for FrozenSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Key> Eq for FrozenSet<T> {}

impl<T: Key> PyOrd for FrozenSet<T> {
    fn py_lt(&self, other: &FrozenSet<T>) -> bool {
        self.0 < other.0
    }
}

impl<T: Key> Key for FrozenSet<T> {
    fn key_hash(&self) -> u64 {
        // Order must not matter.
        self.iter().fold(self.len() as u64, |hash, item| {
            hash.wrapping_add(item.key_hash().wrapping_mul(0x9e37_79b9_7f4a_7c15))
        })
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }

    /// CPython's `frozenset_hash`.
    fn py_hash(&self) -> Option<i64> {
        let mut hash = 0u64;
        for item in self.iter() {
            let part = item.py_hash()? as u64;
            hash ^= ((part ^ 89_869_747) ^ (part << 16)).wrapping_mul(3_644_798_167);
        }
        hash ^= (self.len() as u64 + 1).wrapping_mul(1_927_868_237);
        hash ^= (hash >> 11) ^ (hash >> 25);
        hash = hash.wrapping_mul(69069).wrapping_add(907_133_923);
        Some(if hash == u64::MAX { 590_923_713 } else { hash as i64 })
    }
}

impl<T: Repr> Repr for FrozenSet<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("frozenset()");
        }
        crate::repr::write_items(f, "frozenset({", self.iter(), "})")
    }
}

impl<T: fmt::Debug> fmt::Debug for FrozenSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! operator {
    ($Trait:ident $method:ident $AssignTrait:ident $assign:ident $name:ident $update:ident) => {
        impl<T: Key + Clone> $Trait for &Set<T> {
            type Output = Set<T>;

            fn $method(self, other: &Set<T>) -> Set<T> {
                self.$name(other)
            }
        }

        impl<T: Key + Clone> $Trait for &FrozenSet<T> {
            type Output = FrozenSet<T>;

            fn $method(self, other: &FrozenSet<T>) -> FrozenSet<T> {
                FrozenSet(self.0.$name(&other.0))
            }
        }

        impl<T: Key + Clone> $AssignTrait<&Set<T>> for Set<T> {
            fn $assign(&mut self, other: &Set<T>) {
                self.$update(other);
            }
        }

        // Of two kinds of sets the left one decides.
        impl<T: Key + Clone> $Trait<&FrozenSet<T>> for &Set<T> {
            type Output = Set<T>;

            fn $method(self, other: &FrozenSet<T>) -> Set<T> {
                self.$name(&other.0)
            }
        }

        impl<T: Key + Clone> $Trait<&Set<T>> for &FrozenSet<T> {
            type Output = FrozenSet<T>;

            fn $method(self, other: &Set<T>) -> FrozenSet<T> {
                FrozenSet(self.0.$name(other))
            }
        }

        impl<T: Key + Clone> $AssignTrait<&FrozenSet<T>> for Set<T> {
            fn $assign(&mut self, other: &FrozenSet<T>) {
                self.$update(&other.0);
            }
        }
    };
}

operator!(BitOr bitor BitOrAssign bitor_assign union merge);
operator!(BitAnd bitand BitAndAssign bitand_assign intersection intersection_update);
operator!(Sub sub SubAssign sub_assign difference difference_update);
operator!(BitXor bitxor BitXorAssign bitxor_assign symmetric_difference symmetric_difference_update);

#[cfg(test)]
#[path = "set_tests.rs"]
mod tests;
