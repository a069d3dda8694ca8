//! Python's `heapq`: a list as a heap, item for item as CPython leaves it.

use crate::class::IndexError;
use crate::list::{PyOrd, sorted, sorted_by_key};
use crate::rows::Row;
use crate::unwind::raise_new;

/// Moves the item at `at` towards the root, down to `start`.
fn sift_down<T: PyOrd>(heap: &mut [T], start: usize, at: usize) {
    let mut at = at;
    while at > start {
        let parent = (at - 1) >> 1;
        if !heap[at].py_lt(&heap[parent]) {
            break;
        }
        heap.swap(at, parent);
        at = parent;
    }
}

/// Moves the item at `at` to a leaf, then up to its place: CPython's `_siftup`.
fn sift_up<T: PyOrd>(heap: &mut [T], at: usize) {
    let start = at;
    let mut at = at;
    let mut child = 2 * at + 1;
    while child < heap.len() {
        if child + 1 < heap.len() && !heap[child].py_lt(&heap[child + 1]) {
            child += 1;
        }
        heap.swap(at, child);
        at = child;
        child = 2 * at + 1;
    }
    sift_down(heap, start, at);
}

/// `heapq.heappush(heap, item)`.
#[inline]
pub fn heappush<T: PyOrd>(heap: &mut Vec<T>, item: T) {
    heap.push(item);
    let last = heap.len() - 1;
    sift_down(heap, 0, last);
}

/// `heapq.heappop(heap)`; raises `IndexError`.
#[inline]
#[track_caller]
pub fn heappop<T: PyOrd>(heap: &mut Vec<T>) -> T {
    match pop(heap) {
        Some(item) => item,
        None => raise_new(IndexError, "index out of range"),
    }
}

/// The least item, taken off; none when the heap is empty.
pub fn pop<T: PyOrd>(heap: &mut Vec<T>) -> Option<T> {
    let last = heap.pop()?;
    let Some(root) = heap.first_mut() else {
        return Some(last);
    };
    let least = std::mem::replace(root, last);
    sift_up(heap, 0);
    Some(least)
}

/// `heapq.heapify(heap)`.
pub fn heapify<T: PyOrd>(heap: &mut [T]) {
    for at in (0..heap.len() / 2).rev() {
        sift_up(heap, at);
    }
}

/// `heapq.heapreplace(heap, item)`: pops, then pushes; raises `IndexError`.
#[track_caller]
pub fn heapreplace<T: PyOrd>(heap: &mut [T], item: T) -> T {
    let Some(root) = heap.first_mut() else { raise_new(IndexError, "index out of range") };
    let least = std::mem::replace(root, item);
    sift_up(heap, 0);
    least
}

/// `heapq.heappushpop(heap, item)`: pushes, then pops.
pub fn heappushpop<T: PyOrd>(heap: &mut [T], item: T) -> T {
    match heap.first_mut() {
        Some(root) if root.py_lt(&item) => {
            let least = std::mem::replace(root, item);
            sift_up(heap, 0);
            least
        }
        _ => item,
    }
}

/// `heapq.nsmallest(n, items)`.
pub fn nsmallest<T: PyOrd>(n: i64, items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items = sorted(items, false);
    items.truncate(n.max(0) as usize);
    items
}

/// `heapq.nlargest(n, items)`.
pub fn nlargest<T: PyOrd>(n: i64, items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items = sorted(items, true);
    items.truncate(n.max(0) as usize);
    items
}

/// `heapq.nsmallest(n, items, key=key)`.
pub fn nsmallest_by_key<T, K: PyOrd>(
    n: i64,
    items: impl IntoIterator<Item = T>,
    key: impl FnMut(&T) -> K,
) -> Vec<T> {
    let mut items = sorted_by_key(items, key, false);
    items.truncate(n.max(0) as usize);
    items
}

/// `heapq.nlargest(n, items, key=key)`.
pub fn nlargest_by_key<T, K: PyOrd>(
    n: i64,
    items: impl IntoIterator<Item = T>,
    key: impl FnMut(&T) -> K,
) -> Vec<T> {
    let mut items = sorted_by_key(items, key, true);
    items.truncate(n.max(0) as usize);
    items
}

/// `heapq.merge(a, b)`: two sorted sequences as one.
pub fn merge<T: PyOrd>(
    a: impl IntoIterator<Item = T>,
    b: impl IntoIterator<Item = T>,
) -> impl Iterator<Item = T> {
    let mut a = a.into_iter().peekable();
    let mut b = b.into_iter().peekable();
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if y.py_lt(x) => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}

/// `heapq.merge(a, b, key=key, reverse=reverse)`: equal items of `a` come before those of `b`.
pub fn merge_by<T, K: PyOrd>(
    a: impl IntoIterator<Item = T>,
    b: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
    reverse: bool,
) -> impl Iterator<Item = T> {
    let (mut a, mut b) = (a.into_iter().fuse(), b.into_iter().fuse());
    let mut first: Option<(K, T)> = None;
    let mut second: Option<(K, T)> = None;
    let mut is_open = false;
    std::iter::from_fn(move || {
        // What is left of one alone needs no keys.
        if first.is_none()
            && let Some(item) = a.next()
        {
            if is_open && second.is_none() {
                return Some(item);
            }
            first = Some((key(&item), item));
        }
        if second.is_none()
            && let Some(item) = b.next()
        {
            if is_open && first.is_none() {
                return Some(item);
            }
            second = Some((key(&item), item));
        }
        is_open = true;
        let next = match (&first, &second) {
            (Some((x, _)), Some((y, _))) if if reverse { x.py_lt(y) } else { y.py_lt(x) } => second.take(),
            (Some(_), _) => first.take(),
            (None, _) => second.take(),
        };
        next.map(|(_, item)| item)
    })
}

/// `heapq.merge(a, b, reverse=reverse)`.
pub fn merge_ordered<T: PyOrd>(
    a: impl IntoIterator<Item = T>,
    b: impl IntoIterator<Item = T>,
    reverse: bool,
) -> impl Iterator<Item = T> {
    let mut a = a.into_iter().peekable();
    let mut b = b.into_iter().peekable();
    std::iter::from_fn(move || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if if reverse { x.py_lt(y) } else { y.py_lt(x) } => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    })
}

/// `heapq.merge(*lists)`: equal items in the order of their lists.
pub fn merge_all<R: Row>(lists: impl IntoIterator<Item = R>) -> impl Iterator<Item = R::Item>
where
    R::Item: PyOrd,
{
    let merged = lists.into_iter().fold(Vec::new(), |merged, list| merge(merged, list.items()).collect());
    merged.into_iter()
}

/// `heapq.merge(*lists, key=key, reverse=reverse)`.
pub fn merge_all_by<R: Row, K: PyOrd>(
    lists: impl IntoIterator<Item = R>,
    mut key: impl FnMut(&R::Item) -> K,
    reverse: bool,
) -> impl Iterator<Item = R::Item> {
    let lists = lists.into_iter().map(|list| list.items().map(|item| (key(&item), item)).collect::<Vec<_>>());
    let merged = lists.fold(Vec::new(), |merged, list| join(merged, list, |a, b| a.0.py_lt(&b.0), reverse));
    merged.into_iter().map(|(_, item)| item)
}

/// `heapq.merge(*lists, reverse=reverse)`.
pub fn merge_all_ordered<R: Row>(
    lists: impl IntoIterator<Item = R>,
    reverse: bool,
) -> impl Iterator<Item = R::Item>
where
    R::Item: PyOrd,
{
    let lists = lists.into_iter().map(|list| list.items().collect::<Vec<_>>());
    lists.fold(Vec::new(), |merged, list| join(merged, list, |a, b| a.py_lt(b), reverse)).into_iter()
}

/// Two lists as one; of equal items those of the first come first.
fn join<T>(a: Vec<T>, b: Vec<T>, less: impl Fn(&T, &T) -> bool, reverse: bool) -> Vec<T> {
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    let next = || match (a.peek(), b.peek()) {
        (Some(x), Some(y)) if if reverse { less(x, y) } else { less(y, x) } => b.next(),
        (Some(_), _) => a.next(),
        (None, _) => b.next(),
    };
    std::iter::from_fn(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heaps_lie_as_cpython_leaves_them() {
        // From CPython 3.11.
        let mut heap = vec![5, 3, 8, 1, 9, 2, 7];
        heapify(&mut heap);
        assert_eq!(heap, [1, 3, 2, 5, 9, 8, 7]);
        heappush(&mut heap, 0);
        assert_eq!(heap, [0, 1, 2, 3, 9, 8, 7, 5]);
        assert_eq!((heappop(&mut heap), heap.as_slice()), (0, &[1, 3, 2, 5, 9, 8, 7][..]));
        assert_eq!((heapreplace(&mut heap, 4), heappushpop(&mut heap, 0)), (1, 0));
        assert_eq!(nlargest(2, heap.clone()), [9, 8]);
        assert_eq!(merge([1, 4], [2, 3, 9]).collect::<Vec<_>>(), [1, 2, 3, 4, 9]);
    }
}
