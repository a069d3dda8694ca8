//! Methods of lists.

use crate::Dict;

/// The items in ascending order.
pub fn sorted<T: PartialOrd + Clone>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    items
}

/// The items, last one first.
pub fn reverse<T: Clone>(items: &[T]) -> Vec<T> {
    items.iter().rev().cloned().collect()
}

/// Each item once, where it first stands.
pub fn unique<T: PartialEq + Clone>(items: &[T]) -> Vec<T> {
    let mut out: Vec<T> = Vec::new();
    for item in items {
        if !out.contains(item) {
            out.push(item.clone());
        }
    }
    out
}

/// The items of the lists that a list holds.
pub fn flatten<T: Clone>(lists: &[Vec<T>]) -> Vec<T> {
    lists.iter().flatten().cloned().collect()
}

/// Lists of `size` items; the last one holds what is left.
#[track_caller]
pub fn chunks<T: Clone>(items: &[T], size: i64) -> Vec<Vec<T>> {
    let size = usize::try_from(size).unwrap_or(0);
    if size == 0 {
        super::panic("chunk size must be positive");
    }
    items.chunks(size).map(<[T]>::to_vec).collect()
}

/// The sum of ints: a program that is compiled with checks has one by itself.
#[track_caller]
pub fn total(items: impl IntoIterator<Item = i64>) -> i64 {
    let sum = items.into_iter().try_fold(0_i64, i64::checked_add);
    sum.unwrap_or_else(|| crate::raise_new(crate::OverflowError, "Integer overflow in addition"))
}

/// The product of numbers; stops where it is too large.
#[track_caller]
pub fn product(items: impl IntoIterator<Item = i64>) -> i64 {
    let product = items.into_iter().try_fold(1_i64, i64::checked_mul);
    product.unwrap_or_else(|| crate::raise_new(crate::OverflowError, "Integer overflow in multiplication"))
}

/// What `for a, b in x` reads: the index and item of a list.
pub fn pairs<T: Clone>(items: &[T]) -> Vec<(i64, T)> {
    (0..).zip(items.iter().cloned()).collect()
}

/// What `for k, v in x` reads of a dict.
pub fn entries<K: Clone, V: Clone>(dict: &Dict<K, V>) -> Vec<(K, V)> {
    dict.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The texts of items with a separator between them.
pub fn join<T: super::Show>(items: impl IntoIterator<Item = T>, separator: &str) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| super::text(&item).to_string()).collect();
    texts.join(separator)
}

/// The items of an iterator, last one first.
pub fn reversed<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.reverse();
    items
}

/// The first item and each `step`th after it.
#[track_caller]
pub fn step_by<T>(items: impl IntoIterator<Item = T>, step: i64) -> Vec<T> {
    match usize::try_from(step) {
        Ok(step) if step > 0 => items.into_iter().step_by(step).collect(),
        _ => super::panic("a step must be positive"),
    }
}

/// All runs of `size` items.
#[track_caller]
pub fn windows<T: Clone>(items: &[T], size: i64) -> Vec<Vec<T>> {
    match usize::try_from(size) {
        Ok(size) if size > 0 => items.windows(size).map(<[T]>::to_vec).collect(),
        _ => super::panic("window size must be positive"),
    }
}

/// The items from `start` to before `end`, as far as there are some.
pub fn part<T: Clone>(items: &[T], start: i64, end: i64) -> Vec<T> {
    let start = usize::try_from(start).unwrap_or(0);
    let count = usize::try_from(end).unwrap_or(0).saturating_sub(start);
    items.iter().skip(start).take(count).cloned().collect()
}

/// The place of an item's first equal.
pub fn index_of<T: PartialEq<U>, U: ?Sized>(items: &[T], item: &U) -> Option<i64> {
    super::position(items.iter(), |found| found == item)
}

/// Each item of either list once.
pub fn union<T: PartialEq + Clone>(a: &[T], b: &[T]) -> Vec<T> {
    unique(&[a, b].concat())
}

/// Each item of both lists once.
pub fn intersection<T: PartialEq + Clone>(a: &[T], b: &[T]) -> Vec<T> {
    let mut out = unique(a);
    out.retain(|item| b.contains(item));
    out
}

/// Each item of the first list that the second one lacks, once.
pub fn difference<T: PartialEq + Clone>(a: &[T], b: &[T]) -> Vec<T> {
    let mut out = unique(a);
    out.retain(|item| !b.contains(item));
    out
}

/// The mean of numbers; stops where there are none.
#[track_caller]
pub fn mean(items: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = items.into_iter().fold((0.0, 0_u64), |(sum, count), item| (sum + item, count + 1));
    if count == 0 {
        super::panic("the mean of an empty list has no value");
    }
    sum / count as f64
}

/// The mean of ints.
#[track_caller]
pub fn mean_of_ints(items: impl IntoIterator<Item = i64>) -> f64 {
    mean(items.into_iter().map(|item| item as f64))
}

/// The entries of both dicts; the second one's where both have a key.
pub fn merge<K: crate::Key + Clone, V: Clone>(a: &Dict<K, V>, b: &Dict<K, V>) -> Dict<K, V> {
    let mut out = a.clone();
    for (key, value) in b.iter() {
        out.insert(key.clone(), value.clone());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(sorted(&[3, 1, 2]), [1, 2, 3]);
        assert_eq!(reverse(&[1, 2]), [2, 1]);
        assert_eq!(unique(&[1, 2, 1]), [1, 2]);
        assert_eq!(flatten(&[vec![1], vec![], vec![2, 3]]), [1, 2, 3]);
        assert_eq!(product([2, 3]), 6);
        assert_eq!(pairs(&["a"]), [(0, "a")]);
    }
}
