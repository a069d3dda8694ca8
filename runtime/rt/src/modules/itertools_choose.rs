//! `combinations`, `permutations`, `product`: choosing from pools, in CPython's order.

use crate::tuple::Tuple;

/// `itertools.combinations(items, r)`, in the order of positions.
pub fn combinations<T: Clone>(items: impl IntoIterator<Item = T>, r: i64) -> impl Iterator<Item = Tuple<T>> {
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
) -> impl Iterator<Item = Tuple<T>> {
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
) -> impl Iterator<Item = Tuple<T>> {
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

/// `itertools.product(*pools)` of pools of one type, the last turning fastest.
pub fn product<T: Clone, I: IntoIterator<Item = T>>(
    pools: impl IntoIterator<Item = I>,
) -> impl Iterator<Item = Tuple<T>> {
    let pools: Vec<Vec<T>> = pools.into_iter().map(|pool| pool.into_iter().collect()).collect();
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

/// `itertools.product(items, repeat=n)`.
pub fn product_repeat<T: Clone>(
    items: impl IntoIterator<Item = T>,
    n: i64,
) -> impl Iterator<Item = Tuple<T>> {
    let pool: Vec<T> = items.into_iter().collect();
    product(vec![pool; n.max(0) as usize])
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

/// `itertools.combinations(items, 2)`.
pub fn pairs<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T)> {
    let pool: Vec<T> = items.into_iter().collect();
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        j += 1;
        if j >= pool.len() {
            i += 1;
            j = i + 1;
        }
        (j < pool.len()).then(|| (pool[i].clone(), pool[j].clone()))
    })
}

fn three<T>(items: Tuple<T>) -> (T, T, T) {
    let [a, b, c] = crate::unpack(items);
    (a, b, c)
}

fn two<T>(items: Tuple<T>) -> (T, T) {
    let [a, b] = crate::unpack(items);
    (a, b)
}

/// `itertools.combinations(items, 3)`.
pub fn triples<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T, T)> {
    combinations(items, 3).map(three)
}

/// `itertools.combinations_with_replacement(items, 2)`.
pub fn pairs_with_replacement<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T)> {
    combinations_with_replacement(items, 2).map(two)
}

/// `itertools.permutations(items, 2)`.
pub fn ordered_pairs<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T)> {
    permutations(items, Some(2)).map(two)
}

/// `itertools.permutations(items, 3)`.
pub fn ordered_triples<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T, T)> {
    permutations(items, Some(3)).map(three)
}

/// `itertools.product(items, repeat=2)`.
pub fn square<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T)> {
    let pool: Vec<T> = items.into_iter().collect();
    product2(pool.clone(), pool)
}

/// `itertools.product(items, repeat=3)`.
pub fn cube<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (T, T, T)> {
    let pool: Vec<T> = items.into_iter().collect();
    product3(pool.clone(), pool.clone(), pool)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rows: impl Iterator<Item = Tuple<char>>) -> String {
        rows.map(|row| row.into_iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn orders_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(text(combinations("abcd".chars(), 2)), "ab ac ad bc bd cd");
        assert_eq!(text(permutations("abc".chars(), None)), "abc acb bac bca cab cba");
        assert_eq!(text(permutations("abc".chars(), Some(2))), "ab ac ba bc ca cb");
        assert_eq!(text(combinations_with_replacement("ab".chars(), 2)), "aa ab bb");
        assert_eq!(text(product(["ab".chars(), "xy".chars()])), "ax ay bx by");
        assert_eq!((combinations([1], 2).count(), permutations([1], Some(2)).count()), (0, 0));
        assert_eq!((combinations([1], 0).count(), product(Vec::<Vec<i64>>::new()).count()), (1, 1));
        assert_eq!(pairs([1, 2, 3]).collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 3)]);
        assert_eq!(pairs([1]).count(), 0);
    }
}
