//! Methods of lists that ask a function.

use crate::{Dict, Key};
use std::cmp::Ordering;

/// The order of two values; those that have none are equal.
fn order<T: PartialOrd>(a: &T, b: &T) -> Ordering {
    a.partial_cmp(b).unwrap_or(Ordering::Equal)
}

/// -1, 0 or 1, as the first value is less than, equal to or greater than the second.
pub fn compare<T: PartialOrd + ?Sized>(a: &T, b: &T) -> i64 {
    a.partial_cmp(b).map_or(0, |order| order as i64)
}

/// The order of two values that have one.
pub fn ordered<T: PartialOrd + ?Sized>(a: &T, b: &T) -> i64 {
    a.partial_cmp(b).unwrap() as i64
}

/// The items by what `compare` says of two: below zero where the first one goes first.
pub fn sorted_by<T: Clone, N: PartialOrd + Default>(
    items: &[T],
    mut compare: impl FnMut(&T, &T) -> N,
) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_by(|a, b| order(&compare(a, b), &N::default()));
    items
}

/// The items by the keys that `key` gives.
pub fn sorted_by_key<T: Clone, K: PartialOrd>(items: &[T], mut key: impl FnMut(&T) -> K) -> Vec<T> {
    let mut keyed: Vec<(K, T)> = items.iter().map(|item| (key(item), item.clone())).collect();
    keyed.sort_by(|a, b| order(&a.0, &b.0));
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// The place of the first item that a function holds for.
pub fn position<T>(items: impl IntoIterator<Item = T>, holds: impl FnMut(T) -> bool) -> Option<i64> {
    items.into_iter().position(holds).and_then(|at| i64::try_from(at).ok())
}

/// The items in lists by key, in the order of first appearance.
pub fn group_by<T, K: Key>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
) -> Dict<K, Vec<T>> {
    let mut groups = Dict::default();
    for item in items {
        let key = key(&item);
        match groups.get_mut(&key) {
            Some(group) => Vec::push(group, item),
            None => drop(groups.insert(key, vec![item])),
        }
    }
    groups
}

/// The largest item as `compare` says: the last one of several.
pub fn max_by<T>(items: impl IntoIterator<Item = T>, mut compare: impl FnMut(&T, &T) -> i64) -> Option<T> {
    items.into_iter().max_by(|a, b| compare(a, b).cmp(&0))
}

/// The smallest item as `compare` says: the first one of several.
pub fn min_by<T>(items: impl IntoIterator<Item = T>, mut compare: impl FnMut(&T, &T) -> i64) -> Option<T> {
    items.into_iter().min_by(|a, b| compare(a, b).cmp(&0))
}

/// The item with the largest key: the last one of several.
pub fn max_by_key<T, K: PartialOrd>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
) -> Option<T> {
    items.into_iter().max_by(|a, b| order(&key(a), &key(b)))
}

/// The item with the smallest key: the first one of several.
pub fn min_by_key<T, K: PartialOrd>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
) -> Option<T> {
    items.into_iter().min_by(|a, b| order(&key(a), &key(b)))
}

/// The items folded into the first one.
#[track_caller]
pub fn reduce<T>(items: impl IntoIterator<Item = T>, f: impl FnMut(T, T) -> T) -> T {
    items.into_iter().reduce(f).unwrap_or_else(|| super::panic("reduce of an empty list has no value"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_choose() {
        assert_eq!(sorted_by(&[3, 1, 2], |a, b| b - a), [3, 2, 1]);
        assert_eq!(sorted_by_key(&["bb", "a"], |text| text.len()), ["a", "bb"]);
        assert_eq!(position([1, 2].into_iter(), |item| item == 2), Some(1));
        let groups = group_by([1_i64, 2, 3], |item| item % 2);
        assert_eq!(groups.get(&1), Some(&vec![1, 3]));
        assert_eq!(max_by_key(["a", "cc", "bb"].into_iter(), |text| text.len()), Some("bb"));
        assert_eq!(compare(&1.5, &2.0), -1);
    }
}
