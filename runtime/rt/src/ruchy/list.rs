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

/// The product of numbers; stops where it is too large.
#[track_caller]
pub fn product(items: &[i64]) -> i64 {
    let product = items.iter().try_fold(1_i64, |product, item| product.checked_mul(*item));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(sorted(&[3, 1, 2]), [1, 2, 3]);
        assert_eq!(reverse(&[1, 2]), [2, 1]);
        assert_eq!(unique(&[1, 2, 1]), [1, 2]);
        assert_eq!(flatten(&[vec![1], vec![], vec![2, 3]]), [1, 2, 3]);
        assert_eq!(product(&[2, 3]), 6);
        assert_eq!(pairs(&["a"]), [(0, "a")]);
    }
}
