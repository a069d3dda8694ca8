//! Python's `itertools`, lazily, where std's iterators have no equal.

use crate::list::PyOrd;

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
pub fn accumulate_from<T: Clone>(
    first: T,
    items: impl IntoIterator<Item = T>,
    join: impl FnMut(T, T) -> T,
) -> impl Iterator<Item = T> {
    accumulate(std::iter::once(first).chain(items), join)
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

/// `itertools.combinations(items, r)`, in the order of positions.
pub fn combinations<T: Clone>(items: impl IntoIterator<Item = T>, r: i64) -> impl Iterator<Item = Vec<T>> {
    let pool: Vec<T> = items.into_iter().collect();
    let (n, r) = (pool.len(), r.max(0) as usize);
    let mut next: Option<Vec<usize>> = (r <= n).then(|| (0..r).collect());
    std::iter::from_fn(move || {
        let mut at = next.take()?;
        let chosen = at.iter().map(|&i| pool[i].clone()).collect();
        if let Some(i) = (0..r).rev().find(|&i| at[i] != i + n - r) {
            at[i] += 1;
            for j in i + 1..r {
                at[j] = at[j - 1] + 1;
            }
            next = Some(at);
        }
        Some(chosen)
    })
}

/// `itertools.combinations_with_replacement(items, r)`.
pub fn combinations_with_replacement<T: Clone>(
    items: impl IntoIterator<Item = T>,
    r: i64,
) -> impl Iterator<Item = Vec<T>> {
    let pool: Vec<T> = items.into_iter().collect();
    let (n, r) = (pool.len(), r.max(0) as usize);
    let mut next: Option<Vec<usize>> = (n > 0 || r == 0).then(|| vec![0; r]);
    std::iter::from_fn(move || {
        let mut at = next.take()?;
        let chosen = at.iter().map(|&i| pool[i].clone()).collect();
        if let Some(i) = (0..r).rev().find(|&i| at[i] != n - 1) {
            let value = at[i] + 1;
            at[i..].fill(value);
            next = Some(at);
        }
        Some(chosen)
    })
}

/// `itertools.permutations(items, r)`; `r` is the number of items when not given.
pub fn permutations<T: Clone>(
    items: impl IntoIterator<Item = T>,
    r: Option<i64>,
) -> impl Iterator<Item = Vec<T>> {
    let pool: Vec<T> = items.into_iter().collect();
    let n = pool.len();
    let r = r.map_or(n, |r| r.max(0) as usize);
    let mut order: Vec<usize> = (0..n).collect();
    let mut cycles: Vec<usize> = (0..r).map(|i| n.saturating_sub(i)).collect();
    let mut left = r <= n;
    std::iter::from_fn(move || {
        if !left {
            return None;
        }
        let chosen = order[..r].iter().map(|&i| pool[i].clone()).collect();
        left = false;
        for i in (0..r).rev() {
            cycles[i] -= 1;
            if cycles[i] == 0 {
                order[i..].rotate_left(1);
                cycles[i] = n - i;
            } else {
                order.swap(i, n - cycles[i]);
                left = true;
                break;
            }
        }
        Some(chosen)
    })
}

/// `itertools.product(*pools)` of pools of one type, the last turning fastest; for
/// `repeat=n` give the pool `n` times.
pub fn product<T: Clone>(pools: Vec<Vec<T>>) -> impl Iterator<Item = Vec<T>> {
    let mut next: Option<Vec<usize>> =
        pools.iter().all(|pool| !pool.is_empty()).then(|| vec![0; pools.len()]);
    std::iter::from_fn(move || {
        let mut at = next.take()?;
        let chosen = at.iter().zip(&pools).map(|(&i, pool)| pool[i].clone()).collect();
        for i in (0..at.len()).rev() {
            at[i] += 1;
            if at[i] < pools[i].len() {
                next = Some(at);
                break;
            }
            at[i] = 0;
        }
        Some(chosen)
    })
}

/// `itertools.product(a, b)`.
pub fn product2<A: Clone, B: Clone>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
) -> impl Iterator<Item = (A, B)> {
    let b: Vec<B> = b.into_iter().collect();
    a.into_iter().flat_map(move |x| {
        let b = b.clone();
        b.into_iter().map(move |y| (x.clone(), y))
    })
}

/// `itertools.product(a, b, c)`.
pub fn product3<A: Clone, B: Clone, C: Clone>(
    a: impl IntoIterator<Item = A>,
    b: impl IntoIterator<Item = B>,
    c: impl IntoIterator<Item = C>,
) -> impl Iterator<Item = (A, B, C)> {
    let c: Vec<C> = c.into_iter().collect();
    product2(a, b).flat_map(move |(x, y)| {
        let c = c.clone();
        c.into_iter().map(move |z| (x.clone(), y.clone(), z))
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

/// `itertools.islice(items, start, stop, step)` for a step above zero.
pub fn islice<T>(
    items: impl IntoIterator<Item = T>,
    start: i64,
    stop: Option<i64>,
    step: i64,
) -> impl Iterator<Item = T> {
    let start = start.max(0);
    let most = stop.map_or(usize::MAX, |stop| (stop - start).max(0) as usize);
    items.into_iter().skip(start as usize).take(most).step_by(step.max(1) as usize)
}

/// `itertools.count(start, step)`.
pub fn count(start: i64, step: i64) -> impl Iterator<Item = i64> {
    std::iter::successors(Some(start), move |n| n.checked_add(step))
}

/// `itertools.compress(items, keep)`.
pub fn compress<T>(
    items: impl IntoIterator<Item = T>,
    keep: impl IntoIterator<Item = bool>,
) -> impl Iterator<Item = T> {
    items.into_iter().zip(keep).filter_map(|(item, keep)| keep.then_some(item))
}

/// `itertools.tee(items, 2)` of items that can be cloned.
pub fn tee<T: Clone>(
    items: impl IntoIterator<Item = T>,
) -> (impl Iterator<Item = T>, impl Iterator<Item = T>) {
    let items: Vec<T> = items.into_iter().collect();
    (items.clone().into_iter(), items.into_iter())
}

/// Whether the items ascend; no item is less than the one before it.
pub fn is_sorted<T: PyOrd>(items: &[T]) -> bool {
    items.windows(2).all(|pair| !pair[1].py_lt(&pair[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: impl Iterator<Item = Vec<char>>) -> String {
        rows.map(|row| row.into_iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn orders_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(text(combinations("abcd".chars(), 2)), "ab ac ad bc bd cd");
        assert_eq!(text(permutations("abc".chars(), None)), "abc acb bac bca cab cba");
        assert_eq!(text(permutations("abc".chars(), Some(2))), "ab ac ba bc ca cb");
        assert_eq!(text(combinations_with_replacement("ab".chars(), 2)), "aa ab bb");
        assert_eq!(text(product(vec!["ab".chars().collect(), "xy".chars().collect()])), "ax ay bx by");
        assert_eq!((combinations([1], 2).count(), permutations([1], Some(2)).count()), (0, 0));
        assert_eq!((combinations([1], 0).count(), product(Vec::<Vec<i64>>::new()).count()), (1, 1));
    }

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
