//! Python's `itertools`, lazily, where std's iterators have no equal.

use crate::list::PyOrd;
use crate::number::Num;

pub use super::itertools_choose::*;
pub use super::itertools_rows::*;
pub use super::itertools_tee::*;

/// `itertools.accumulate(items, join)`.
pub fn accumulate<T: Clone>(
    items: impl IntoIterator<Item = T>,
    mut join: impl FnMut(T, T) -> T,
) -> impl Iterator<Item = T> {
    let mut total: Option<T> = None;
    items.into_iter().map(move |item| {
        let sum = match total.take() {
            Some(before) => join(before, item),
            None => item,
        };
        total = Some(sum.clone());
        sum
    })
}

/// `itertools.accumulate(items, join, initial=first)`.
pub fn accumulate_from<A: Clone, T>(
    first: A,
    items: impl IntoIterator<Item = T>,
    mut join: impl FnMut(A, T) -> A,
) -> impl Iterator<Item = A> {
    let mut total = first.clone();
    let sums = items.into_iter().map(move |item| {
        total = join(total.clone(), item);
        total.clone()
    });
    std::iter::once(first).chain(sums)
}

/// `itertools.pairwise(items)`.
pub fn pairwise<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T)> {
    let mut items = items.into_iter();
    let mut before = items.next();
    items.map_while(move |item| {
        let pair = (before.take()?, item.clone());
        before = Some(item);
        Some(pair)
    })
}

/// `itertools.batched(items, n)`-like chunks: `n` items each, the last with fewer.
pub fn batched<T>(items: impl IntoIterator<Item = T>, n: usize) -> impl Iterator<Item = Vec<T>> {
    let mut items = items.into_iter();
    std::iter::from_fn(move || {
        let batch: Vec<T> = items.by_ref().take(n).collect();
        (!batch.is_empty()).then_some(batch)
    })
}

/// `itertools.groupby(items, key)`: runs of items with equal keys, each run as a vector.
pub fn groupby<T, K: PartialEq>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
) -> impl Iterator<Item = (K, Vec<T>)> {
    let mut items = items.into_iter();
    let mut pending: Option<(K, T)> = None;
    std::iter::from_fn(move || {
        let (run_key, first) = pending.take().or_else(|| {
            let item = items.next()?;
            Some((key(&item), item))
        })?;
        let mut run = vec![first];
        for item in items.by_ref() {
            let item_key = key(&item);
            if item_key != run_key {
                pending = Some((item_key, item));
                break;
            }
            run.push(item);
        }
        Some((run_key, run))
    })
}

/// `itertools.zip_longest(a, b, fillvalue=..)`.
pub fn zip_longest<A: Clone, B: Clone>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
    fill_a: A,
    fill_b: B,
) -> impl Iterator<Item = (A, B)> {
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    std::iter::from_fn(move || match (a.next(), b.next()) {
        (None, None) => None,
        (x, y) => Some((x.unwrap_or_else(|| fill_a.clone()), y.unwrap_or_else(|| fill_b.clone()))),
    })
}

/// `itertools.zip_longest(a, b)`: `None` fills.
pub fn zip_longest_none<A, B>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
) -> impl Iterator<Item = (Option<A>, Option<B>)> {
    let (mut a, mut b) = (a.into_iter(), b.into_iter());
    std::iter::from_fn(move || match (a.next(), b.next()) {
        (None, None) => None,
        both => Some(both),
    })
}

/// `itertools.zip_longest(a, b, c)`: `None` fills.
pub fn zip_longest3<A, B, C>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
    c: impl IntoIterator<Item = C>,
) -> impl Iterator<Item = (Option<A>, Option<B>, Option<C>)> {
    let (mut a, mut b, mut c) = (a.into_iter(), b.into_iter(), c.into_iter());
    std::iter::from_fn(move || match (a.next(), b.next(), c.next()) {
        (None, None, None) => None,
        all => Some(all),
    })
}

/// `itertools.chain(*rows)` and `chain.from_iterable(rows)`.
pub fn chain<T, I: IntoIterator<Item = T>>(rows: impl IntoIterator<Item = I>) -> impl Iterator<Item = T> {
    rows.into_iter().flatten()
}

/// `itertools.cycle(items)`: the items are remembered as they come.
pub fn cycle<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
    let mut items = items.into_iter();
    let (mut seen, mut at) = (Vec::new(), 0);
    std::iter::from_fn(move || {
        if let Some(item) = items.next() {
            seen.push(item.clone());
            return Some(item);
        }
        let item: &T = seen.get(at)?;
        at = (at + 1) % seen.len();
        Some(item.clone())
    })
}

/// `itertools.repeat(item, times)`.
pub fn repeat_n<T: Clone>(item: T, times: i64) -> impl Iterator<Item = T> {
    std::iter::repeat_n(item, times.max(0) as usize)
}

/// `itertools.count(start, step)` of floats: each is the one before plus the step.
pub fn count_float(start: f64, step: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(start), move |x| Some(x + step))
}

/// `itertools.count(start, step)` of an integer and a float: only the first item is an integer.
pub fn count_num(start: i64, step: f64) -> impl Iterator<Item = Num> {
    let rest = count_float(start as f64 + step, step).map(Num::Float);
    std::iter::once(Num::Int(start)).chain(rest)
}

/// `itertools.islice(items, start, stop, step)` for a step above zero. What stands before `start` is taken even
/// where nothing is given: `next(islice(it, 3, 3), None)` goes three items ahead.
pub fn islice<T>(
    items: impl IntoIterator<Item = T>,
    start: i64,
    stop: Option<i64>,
    step: i64,
) -> impl Iterator<Item = T> {
    let (mut items, mut taken, mut wanted) = (items.into_iter(), 0, start.max(0));
    std::iter::from_fn(move || {
        while taken < wanted {
            items.next()?;
            taken += 1;
        }
        if stop.is_some_and(|stop| taken >= stop) {
            return None;
        }
        let item = items.next()?;
        taken += 1;
        wanted = wanted.saturating_add(step.max(1)).min(stop.unwrap_or(i64::MAX));
        Some(item)
    })
}

/// `itertools.count(start, step)`.
pub fn count(start: i64, step: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(start), move |n| n.checked_add(step))
}

/// `itertools.filterfalse(test, items)`.
pub fn filter_false<T>(
    mut test: impl FnMut(&T) -> bool,
    items: impl IntoIterator<Item = T>,
) -> impl Iterator<Item = T> {
    items.into_iter().filter(move |item| !test(item))
}

/// `itertools.compress(items, keep)`.
pub fn compress<T>(
    items: impl IntoIterator<Item = T>,
    keep: impl IntoIterator<Item = bool>,
) -> impl Iterator<Item = T> {
    items.into_iter().zip(keep).filter_map(|(item, keep)| keep.then_some(item))
}

/// Whether the items ascend; no item is less than the one before it.
pub fn is_sorted<T: PyOrd>(items: &[T]) -> bool {
    items.windows(2).all(|pair| !pair[1].py_lt(&pair[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_sums() {
        let runs: Vec<(char, usize)> =
            groupby("aabccc".chars(), |c| *c).map(|(key, run)| (key, run.len())).collect();
        assert_eq!(runs, [('a', 2), ('b', 1), ('c', 3)]);
        assert_eq!(accumulate([1, 2, 3], |a, b| a + b).collect::<Vec<_>>(), [1, 3, 6]);
        assert_eq!(accumulate_from(9, [1], |a, b| a + b).collect::<Vec<_>>(), [9, 10]);
        assert_eq!(pairwise([1, 2, 3]).collect::<Vec<_>>(), [(1, 2), (2, 3)]);
        assert_eq!(islice(count(5, 5), 1, Some(6), 2).collect::<Vec<_>>(), [10, 20, 30]);
        assert_eq!(zip_longest([1, 2], [3], 0, 0).collect::<Vec<_>>(), [(1, 3), (2, 0)]);
    }
}
