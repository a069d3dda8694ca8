//! Choosing from sequences.

use super::random::{Random, shared};
use crate::class::{IndexError, ValueError};
use crate::unwind::raise_new;

impl Random {
    /// `r.choice(items)`; raises `IndexError` when there are none.
    #[inline]
    #[track_caller]
    pub fn choice<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        if items.is_empty() {
            raise_new(IndexError, "Cannot choose from an empty sequence");
        }
        &items[self.below(items.len() as u64) as usize]
    }

    /// `r.choice(text)`; raises `IndexError`.
    #[track_caller]
    pub fn choice_char(&mut self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        if chars.is_empty() {
            raise_new(IndexError, "Cannot choose from an empty sequence");
        }
        chars[self.below(chars.len() as u64) as usize].to_string()
    }

    /// `r.shuffle(items)`.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u64 + 1) as usize);
        }
    }

    /// `r.sample(items, k)`; raises `ValueError` when there are fewer.
    #[track_caller]
    pub fn sample<T: Clone>(&mut self, items: &[T], k: i64) -> Vec<T> {
        let n = items.len();
        let Some(k) = usize::try_from(k).ok().filter(|&k| k <= n) else {
            raise_new(ValueError, "Sample larger than population or is negative");
        };
        let mut limit = 21;
        if k > 5 {
            limit += 4usize.pow(((k * 3) as f64).log(4.0).ceil() as u32);
        }
        if n <= limit {
            let mut pool: Vec<usize> = (0..n).collect();
            let draw = |i: usize| {
                let at = self.below((n - i) as u64) as usize;
                let drawn = pool[at];
                pool[at] = pool[n - i - 1];
                items[drawn].clone()
            };
            return (0..k).map(draw).collect();
        }
        let mut selected = std::collections::HashSet::with_capacity(k);
        let mut sample = Vec::with_capacity(k);
        while sample.len() < k {
            let at = self.below(n as u64) as usize;
            if selected.insert(at) {
                sample.push(items[at].clone());
            }
        }
        sample
    }

    /// `r.choices(items, k=k)`; raises `IndexError` when there are none.
    #[track_caller]
    pub fn choices<T: Clone>(&mut self, items: &[T], k: i64) -> Vec<T> {
        if items.is_empty() && k > 0 {
            raise_new(IndexError, "list index out of range");
        }
        let n = items.len() as f64;
        (0..k).map(|_| items[(self.random() * n).floor() as usize].clone()).collect()
    }

    /// `r.choices(items, weights=weights, k=k)`; raises `ValueError` for weights that do not fit.
    #[track_caller]
    pub fn weighted_choices<T: Clone>(&mut self, items: &[T], weights: &[f64], k: i64) -> Vec<T> {
        if weights.len() != items.len() {
            raise_new(ValueError, "The number of weights does not match the population");
        }
        let mut total = 0.0;
        let sums: Vec<f64> = weights
            .iter()
            .map(|weight| {
                total += weight;
                total
            })
            .collect();
        if total <= 0.0 {
            raise_new(ValueError, "Total of weights must be greater than zero");
        }
        if !total.is_finite() {
            raise_new(ValueError, "Total of weights must be finite");
        }
        let last = items.len() - 1;
        let mut draw = || {
            let point = self.random() * total;
            items[sums[..last].partition_point(|&sum| sum <= point)].clone()
        };
        (0..k).map(|_| draw()).collect()
    }
}

/// `random.choice(items)`; raises `IndexError` when there are none.
#[inline]
#[track_caller]
pub fn choice<T>(items: &[T]) -> &T {
    shared().choice(items)
}

/// `random.choice(text)`; raises `IndexError`.
#[track_caller]
pub fn choice_char(text: &str) -> String {
    shared().choice_char(text)
}

/// `random.shuffle(items)`.
pub fn shuffle<T>(items: &mut [T]) {
    shared().shuffle(items);
}

/// `random.sample(items, k)`; raises `ValueError` when there are fewer.
#[track_caller]
pub fn sample<T: Clone>(items: &[T], k: i64) -> Vec<T> {
    shared().sample(items, k)
}

/// `random.choices(items, k=k)`; raises `IndexError` when there are none.
#[track_caller]
pub fn choices<T: Clone>(items: &[T], k: i64) -> Vec<T> {
    shared().choices(items, k)
}

/// `random.choices(items, weights=weights, k=k)`; raises `ValueError` for weights that do not fit.
#[track_caller]
pub fn weighted_choices<T: Clone>(items: &[T], weights: &[f64], k: i64) -> Vec<T> {
    shared().weighted_choices(items, weights, k)
}

#[cfg(test)]
mod tests {
    use crate::Int;
    use crate::random::Random;

    #[test]
    fn draws_are_cpythons() {
        // From CPython 3.11 after random.seed(42).
        let mut r = Random::new(42);
        assert_eq!(r.random(), 0.6394267984578837);
        assert_eq!(r.big_getrandbits(70).to_string(), "327273841618135227089");
        assert_eq!((r.randint(1, 100), *r.choice(&[1, 2, 3, 4, 5])), (32, 2));
        assert_eq!(r.sample(&(0..100).collect::<Vec<_>>(), 5), [17, 94, 13, 86, 69]);
        assert_eq!(r.gauss(0.0, 1.0), 0.8945899596614022);
        assert_eq!(r.gauss(0.0, 1.0), 0.5438760179176799);
        assert_eq!(r.normalvariate(0.0, 1.0), 0.009437580815661357);
        assert_eq!(r.uniform(1.0, 10.0), 2.7895388561798367);
        assert_eq!(r.choices(&[1, 2, 3], 4), [2, 2, 1, 2]);
        assert_eq!(r.weighted_choices(&["a", "b", "c"], &[5.0, 1.0, 1.0], 3), ["b", "a", "b"]);
        let mut items: Vec<i64> = (0..10).collect();
        r.shuffle(&mut items);
        assert_eq!(items, [7, 8, 3, 0, 2, 9, 1, 4, 5, 6]);
        assert_eq!(r.expovariate(2.0), 0.05085934249781582);
        assert_eq!(r.triangular(0.0, 1.0, 0.3), 0.6732677800449148);
        assert_eq!(r.betavariate(1.0, 2.0), 0.16842105962316997);
        assert_eq!(r.randrange(0, 100, 7), 56);
        assert_eq!(r.sample(&[1, 2, 3], 3), [1, 2, 3]);
        assert_eq!(r.lognormvariate(0.0, 1.0), 1.687633103268737);
    }

    #[test]
    fn seeds_of_every_kind_are_cpythons() {
        assert_eq!(Random::new("hello").random(), 0.3537754404730722);
        assert_eq!(Random::new(Int::from(2).pow(100)).random(), 0.7586581712996778);
        assert_eq!(Random::new(-5).random(), 0.6229016948897019);
        assert_eq!(Random::new(1.5).random(), 0.551763726942059);
    }
}
