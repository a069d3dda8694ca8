//! `collections.Counter`.

use std::fmt;
use std::ops::{Add, BitAnd, BitOr, Deref, DerefMut, Sub};

use super::dict::Dict;
use super::key::Key;
use crate::repr::Repr;
use crate::value::{FromValue, Value};

/// Counts of keys: a [`Dict`] to `i64` in which a missing key counts 0.
#[derive(Clone, Debug)]
pub struct Counter<K: Key>(Dict<K, i64>);

impl<K: Key> Counter<K> {
    /// No counts.
    pub const fn new() -> Self {
        Counter(Dict::new())
    }

    /// `c[key]`: 0 when it is missing.
    #[inline]
    pub fn count<Q: Key + ?Sized>(&self, key: &Q) -> i64
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.get(key).copied().unwrap_or(0)
    }

    /// `c[key]`: 0 when it is missing.
    #[inline]
    pub fn at<Q: Key + ?Sized>(&self, key: &Q) -> &i64
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.get(key).unwrap_or(&0)
    }

    /// `c[key]` to be changed.
    #[inline]
    pub fn at_or_insert(&mut self, key: K) -> &mut i64 {
        self.0.entry(key).or_insert(0)
    }

    /// `c[key] += by`.
    #[inline]
    pub fn add(&mut self, key: K, by: i64) {
        *self.0.entry(key).or_insert(0) += by;
    }

    /// `c.update(keys)`.
    pub fn update(&mut self, keys: impl IntoIterator<Item = K>) {
        keys.into_iter().for_each(|key| self.add(key, 1));
    }

    /// `c.update(counts)`.
    pub fn update_counts(&mut self, counts: &Dict<K, i64>)
    where
        K: Clone,
    {
        counts.iter().for_each(|(key, by)| self.add(key.clone(), *by));
    }

    /// `c.subtract(counts)`.
    pub fn subtract_counts(&mut self, counts: &Dict<K, i64>)
    where
        K: Clone,
    {
        counts.iter().for_each(|(key, by)| self.add(key.clone(), -*by));
    }

    /// `c.subtract(keys)`.
    pub fn subtract(&mut self, keys: impl IntoIterator<Item = K>) {
        keys.into_iter().for_each(|key| self.add(key, -1));
    }

    /// `c.update(x)` of a dynamic value.
    #[track_caller]
    pub fn update_value(&mut self, counts: &Value)
    where
        K: FromValue,
    {
        crate::value::py::counts(counts).into_iter().for_each(|(key, by)| self.add(key.to::<K>(), by));
    }

    /// `c.subtract(x)` of a dynamic value.
    #[track_caller]
    pub fn subtract_value(&mut self, counts: &Value)
    where
        K: FromValue,
    {
        crate::value::py::counts(counts).into_iter().for_each(|(key, by)| self.add(key.to::<K>(), -by));
    }

    /// `c.total()`.
    pub fn total(&self) -> i64 {
        self.0.values().sum()
    }
}

impl Counter<Value> {
    /// `Counter(x)` of a dynamic value: a mapping holds counts, anything else is counted.
    #[track_caller]
    pub fn of_value(counts: &Value) -> Self {
        let mut out = Self::new();
        out.update_value(counts);
        out
    }
}

impl<K: Key + Clone> Counter<K> {
    /// `c.most_common(n)`: greatest counts first, equal ones in order of insertion.
    pub fn most_common(&self, n: Option<i64>) -> Vec<(K, i64)> {
        let mut pairs: Vec<(&K, &i64)> = self.0.iter().collect();
        pairs.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let most = n.map_or(usize::MAX, |n| n.max(0) as usize);
        pairs.into_iter().take(most).map(|(key, count)| (key.clone(), *count)).collect()
    }

    /// `c.elements()`: each key as often as it counts.
    pub fn elements(&self) -> impl Iterator<Item = K> {
        self.0.iter().flat_map(|(key, &count)| std::iter::repeat_n(key.clone(), count.max(0) as usize))
    }

    /// `+c`: the counts above zero.
    #[must_use]
    pub fn positive(&self) -> Self {
        self.joined(&Counter::new(), |a, b| a + b)
    }

    /// `-c`: the counts below zero, turned around.
    #[must_use]
    pub fn negative(&self) -> Self {
        Counter::new().joined(self, |a, b| a - b)
    }

    /// Joins the counts of both sides; keeps those above zero.
    fn joined(&self, other: &Self, join: impl Fn(i64, i64) -> i64) -> Self {
        let mut result = Dict::new();
        for (key, &count) in &self.0 {
            let joined = join(count, other.count(key));
            if joined > 0 {
                result.insert(key.clone(), joined);
            }
        }
        for (key, &count) in &other.0 {
            let joined = join(0, count);
            if joined > 0 && !self.0.contains_key(key) {
                result.insert(key.clone(), joined);
            }
        }
        Counter(result)
    }
}

macro_rules! operator {
    ($Trait:ident $method:ident $join:expr) => {
        impl<K: Key + Clone> $Trait for &Counter<K> {
            type Output = Counter<K>;

            fn $method(self, other: &Counter<K>) -> Counter<K> {
                self.joined(other, $join)
            }
        }
    };
}

operator!(Add add |a, b| a + b);
operator!(Sub sub |a, b| a - b);
operator!(BitOr bitor i64::max);
operator!(BitAnd bitand i64::min);

impl<K: Key> PartialEq for Counter<K> {
    /// A missing key counts 0.
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &Self, b: &Self| a.0.iter().all(|(key, count)| b.count(key) == *count);
        same(self, other) && same(other, self)
    }
}

impl<K: Key> PartialOrd for Counter<K> {
    /// Less where no key counts more.
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        let within = |a: &Self, b: &Self| {
            let fits = |key: &K| a.count(key) <= b.count(key);
            a.0.keys().all(fits) && b.0.keys().all(fits)
        };
        match (within(self, other), within(other, self)) {
            (true, true) => Some(std::cmp::Ordering::Equal),
            (true, false) => Some(std::cmp::Ordering::Less),
            (false, true) => Some(std::cmp::Ordering::Greater),
            (false, false) => None,
        }
    }
}

impl<K: Key> crate::PyOrd for Counter<K> {
    fn py_lt(&self, other: &Self) -> bool {
        self < other
    }
}

impl<K: Key> Default for Counter<K> {
    fn default() -> Self {
        Counter::new()
    }
}

impl<K: Key> FromIterator<K> for Counter<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Self {
        let mut counter = Counter::new();
        counter.update(keys);
        counter
    }
}

impl<K: Key> From<Dict<K, i64>> for Counter<K> {
    fn from(counts: Dict<K, i64>) -> Self {
        Counter(counts)
    }
}

impl<K: Key> Deref for Counter<K> {
    type Target = Dict<K, i64>;

    fn deref(&self) -> &Dict<K, i64> {
        &self.0
    }
}

impl<K: Key> DerefMut for Counter<K> {
    fn deref_mut(&mut self) -> &mut Dict<K, i64> {
        &mut self.0
    }
}

impl<'a, K: Key> IntoIterator for &'a Counter<K> {
    type Item = (&'a K, &'a i64);
    type IntoIter = super::dict_traits::Iter<'a, K, i64>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<K: Key> IntoIterator for Counter<K> {
    type Item = (K, i64);
    type IntoIter = super::dict_traits::IntoIter<K, i64>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<K: Key + Repr> Repr for Counter<K> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("Counter()");
        }
        let mut pairs: Vec<(&K, &i64)> = self.0.iter().collect();
        pairs.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        f.write_str("Counter({")?;
        for (i, (key, count)) in pairs.into_iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            key.fmt_repr(f)?;
            write!(f, ": {count}")?;
        }
        f.write_str("})")
    }
}

#[cfg(test)]
mod tests {
    use super::Counter;
    use crate::repr;

    #[test]
    fn counts_join_as_in_python() {
        // From CPython 3.11.
        let a: Counter<char> = "abracadabra".chars().collect();
        let b: Counter<char> = "abcxx".chars().collect();
        assert_eq!(repr(&a).to_string(), "Counter({'a': 5, 'b': 2, 'r': 2, 'c': 1, 'd': 1})");
        assert_eq!(a.most_common(Some(2)), [('a', 5), ('b', 2)]);
        assert_eq!(repr(&(&a - &b)).to_string(), "Counter({'a': 4, 'r': 2, 'b': 1, 'd': 1})");
        assert_eq!(repr(&(&a & &b)).to_string(), "Counter({'a': 1, 'b': 1, 'c': 1})");
        assert_eq!((&a + &b).total(), 16);
        assert_eq!((a.count(&'z'), (&a | &b).count(&'x')), (0, 2));
        assert_eq!(b.elements().collect::<String>(), "abcxx");
    }
}
