//! Python's `bisect`, by `<` alone.

use crate::list::PyOrd;
use std::borrow::Borrow;

/// `bisect.bisect_left(items, x)`.
#[inline]
pub fn bisect_left<T: Borrow<Q>, Q: PyOrd + ?Sized>(items: &[T], x: &Q) -> i64 {
    items.partition_point(|item| item.borrow().py_lt(x)) as i64
}

/// `bisect.bisect_right(items, x)`, also `bisect.bisect`.
#[inline]
pub fn bisect_right<T: Borrow<Q>, Q: PyOrd + ?Sized>(items: &[T], x: &Q) -> i64 {
    items.partition_point(|item| !x.py_lt(item.borrow())) as i64
}

/// `bisect.bisect_left(items, x, lo, hi)`.
pub fn bisect_left_in<T: Borrow<Q>, Q: PyOrd + ?Sized>(items: &[T], x: &Q, lo: i64, hi: Option<i64>) -> i64 {
    let hi = hi.unwrap_or(items.len() as i64);
    if lo >= hi { lo } else { lo + bisect_left(&items[lo as usize..hi as usize], x) }
}

/// `bisect.bisect_right(items, x, lo, hi)`.
pub fn bisect_right_in<T: Borrow<Q>, Q: PyOrd + ?Sized>(items: &[T], x: &Q, lo: i64, hi: Option<i64>) -> i64 {
    let hi = hi.unwrap_or(items.len() as i64);
    if lo >= hi { lo } else { lo + bisect_right(&items[lo as usize..hi as usize], x) }
}

/// `bisect.bisect_left(items, x, key=key)`.
pub fn bisect_left_by_key<T, K, Q>(items: &[T], x: &Q, mut key: impl FnMut(&T) -> K) -> i64
where
    K: Borrow<Q>,
    Q: PyOrd + ?Sized,
{
    items.partition_point(|item| key(item).borrow().py_lt(x)) as i64
}

/// `bisect.bisect_right(items, x, key=key)`.
pub fn bisect_right_by_key<T, K, Q>(items: &[T], x: &Q, mut key: impl FnMut(&T) -> K) -> i64
where
    K: Borrow<Q>,
    Q: PyOrd + ?Sized,
{
    items.partition_point(|item| !x.py_lt(key(item).borrow())) as i64
}

/// `bisect.insort(items, x, key=key)`.
pub fn insort_by_key<T, K: PyOrd>(items: &mut Vec<T>, x: T, mut key: impl FnMut(&T) -> K) {
    let own = key(&x);
    let at = bisect_right_by_key(items, &own, key) as usize;
    items.insert(at, x);
}

/// `bisect.insort_left(items, x, key=key)`.
pub fn insort_left_by_key<T, K: PyOrd>(items: &mut Vec<T>, x: T, mut key: impl FnMut(&T) -> K) {
    let own = key(&x);
    let at = bisect_left_by_key(items, &own, key) as usize;
    items.insert(at, x);
}

/// `bisect.insort_left(items, x)`.
pub fn insort_left<T: PyOrd>(items: &mut Vec<T>, x: T) {
    let at = bisect_left(items, &x) as usize;
    items.insert(at, x);
}

/// `bisect.insort_right(items, x)`, also `bisect.insort`.
pub fn insort_right<T: PyOrd>(items: &mut Vec<T>, x: T) {
    let at = bisect_right(items, &x) as usize;
    items.insert(at, x);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_decide_left_from_right() {
        let mut items = vec![1, 2, 2, 4];
        assert_eq!((bisect_left(&items, &2), bisect_right(&items, &2)), (1, 3));
        insort_right(&mut items, 3);
        assert_eq!(items, [1, 2, 2, 3, 4]);
    }
}
