//! `qsort` as glibc does it, a merge sort, and `bsearch`: the comparisons happen in the same order.

use super::function::Function;
use super::memory::{fault, reading, with};
use super::pointer::Ptr;

type Compare = Ptr<fn(Ptr<()>, Ptr<()>) -> i32>;

/// `qsort`
#[track_caller]
pub fn qsort(base: Ptr<()>, count: u64, size: u64, compare: Compare) {
    merge_sort(base, count as usize, size as usize, &mut |a, b| compare.call((a, b)));
}

/// How `qsort_r` compares two elements, with its argument.
type CompareWith = Ptr<fn(Ptr<()>, Ptr<()>, Ptr<()>) -> i32>;

/// `qsort_r`
#[track_caller]
pub fn qsort_r(base: Ptr<()>, count: u64, size: u64, compare: CompareWith, arg: Ptr<()>) {
    merge_sort(base, count as usize, size as usize, &mut |a, b| compare.call((a, b, arg)));
}

#[track_caller]
fn merge_sort(base: Ptr<()>, count: usize, size: usize, compare: &mut dyn FnMut(Ptr<()>, Ptr<()>) -> i32) {
    if count <= 1 {
        return;
    }
    let half = count / 2;
    let second = base.offset((half * size) as u64);
    merge_sort(base, half, size, compare);
    merge_sort(second, count - half, size, compare);
    let (mut left, mut right) = (half, count - half);
    let (mut a, mut b) = (base, second);
    let mut merged = Vec::with_capacity(count * size);
    while left > 0 && right > 0 {
        let first = compare(a, b) <= 0;
        let from = if first { &mut a } else { &mut b };
        take(&mut merged, *from, size);
        *from = from.offset(size as u64);
        if first {
            left -= 1;
        } else {
            right -= 1;
        }
    }
    take(&mut merged, a, left * size);
    let done =
        with(|memory| memory.bytes_mut(base.addr(), merged.len()).map(|to| to.copy_from_slice(&merged)));
    if done.is_none() {
        fault(base.addr(), merged.len());
    }
}

#[track_caller]
fn take(to: &mut Vec<u8>, from: Ptr<()>, count: usize) {
    if count > 0
        && reading(|memory| memory.bytes(from.addr(), count).map(|bytes| to.extend_from_slice(bytes)))
            .is_none()
    {
        fault(from.addr(), count);
    }
}

/// `bsearch`
#[track_caller]
pub fn bsearch(key: Ptr<()>, base: Ptr<()>, count: u64, size: u64, compare: Compare) -> Ptr<()> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = (low + high) / 2;
        let at = base.offset(middle * size);
        match compare.call((key, at)) {
            0 => return at,
            order if order < 0 => high = middle,
            _ => low = middle + 1,
        }
    }
    Ptr::NULL
}
