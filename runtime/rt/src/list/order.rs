//! Python's `<`, and what is built on it: sorting, `min`, `max`.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::class::ValueError;
use crate::unwind::raise_new;

/// Values that Python compares by `<`; floats included.
pub trait PyOrd {
    /// `self < other`.
    fn py_lt(&self, other: &Self) -> bool;

    /// Whether `<` orders this value totally among its like: true of all but `nan`.
    ///
    /// A type that cannot promise it gets a sort that takes any order.
    #[inline]
    fn is_ordered(&self) -> bool {
        false
    }
}

/// The order of two values by `<` alone.
pub fn py_cmp<T: PyOrd + ?Sized>(a: &T, b: &T) -> Ordering {
    match (a.py_lt(b), b.py_lt(a)) {
        (true, _) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => Ordering::Equal,
    }
}

/// Implements [`PyOrd`] through `PartialOrd`.
#[macro_export]
macro_rules! impl_ord {
    ($($ty:ty),* $(,)?) => {
        $(
            impl $crate::PyOrd for $ty {
                #[inline]
                fn py_lt(&self, other: &Self) -> bool {
                    self < other
                }
            }
        )*
    };
}

macro_rules! total {
    ($($ty:ty),* $(,)?) => {
        $(
            impl PyOrd for $ty {
                #[inline]
                fn py_lt(&self, other: &Self) -> bool {
                    self < other
                }

                #[inline]
                fn is_ordered(&self) -> bool {
                    true
                }
            }
        )*
    };
}

total!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, bool, char);
total!(str, String, ());

macro_rules! float {
    ($($ty:ty),*) => {
        $(
            impl PyOrd for $ty {
                #[inline]
                fn py_lt(&self, other: &Self) -> bool {
                    self < other
                }

                #[inline]
                fn is_ordered(&self) -> bool {
                    !self.is_nan()
                }
            }
        )*
    };
}

float!(f32, f64);

impl<T: PyOrd + PartialEq> PyOrd for [T] {
    fn py_lt(&self, other: &Self) -> bool {
        for (a, b) in self.iter().zip(other) {
            if a != b {
                return a.py_lt(b);
            }
        }
        self.len() < other.len()
    }

    fn is_ordered(&self) -> bool {
        self.iter().all(PyOrd::is_ordered)
    }
}

impl<T: PyOrd + PartialEq> PyOrd for Vec<T> {
    fn py_lt(&self, other: &Self) -> bool {
        self.as_slice().py_lt(other)
    }

    fn is_ordered(&self) -> bool {
        self.as_slice().is_ordered()
    }
}

impl<T: PyOrd + PartialEq, const N: usize> PyOrd for [T; N] {
    fn py_lt(&self, other: &Self) -> bool {
        self.as_slice().py_lt(other)
    }

    fn is_ordered(&self) -> bool {
        self.as_slice().is_ordered()
    }
}

impl<T: PyOrd> PyOrd for Option<T> {
    #[track_caller]
    fn py_lt(&self, other: &Self) -> bool {
        let name = |side: &Self| if side.is_some() { python_name::<T>() } else { "NoneType" };
        match (self, other) {
            (Some(a), Some(b)) => a.py_lt(b),
            _ => not_ordered("<", name(self), name(other)),
        }
    }
}

/// Sets are ordered by what they hold: `a < b` where `b` has all of `a` and more.
impl<T: crate::Key> PyOrd for crate::Set<T> {
    fn py_lt(&self, other: &Self) -> bool {
        self.is_proper_subset(other)
    }
}

/// Dicts have no order: tuples that hold them are compared by what stands before.
impl<K, V> PyOrd for crate::Dict<K, V> {
    #[track_caller]
    fn py_lt(&self, _: &Self) -> bool {
        not_ordered("<", "dict", "dict")
    }
}

impl<K, V> PyOrd for crate::SharedDict<K, V> {
    #[track_caller]
    fn py_lt(&self, _: &Self) -> bool {
        not_ordered("<", "dict", "dict")
    }
}

/// The source's name of a type that can be compared.
fn python_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    match name.split('<').next().unwrap_or(name).rsplit("::").next().unwrap_or(name) {
        "i32" | "i64" | "Int" => "int",
        "f64" => "float",
        "String" | "&str" => "str",
        "bool" => "bool",
        "Vec" | "List" => "list",
        name if name.starts_with('(') => "tuple",
        other => other,
    }
}

/// `reversed` order: what was less is greater.
impl<T: PyOrd> PyOrd for std::cmp::Reverse<T> {
    #[inline]
    fn py_lt(&self, other: &Self) -> bool {
        other.0.py_lt(&self.0)
    }

    #[inline]
    fn is_ordered(&self) -> bool {
        self.0.is_ordered()
    }
}

macro_rules! through {
    ($($ty:ty),*) => {
        $(
            impl<T: PyOrd + ?Sized> PyOrd for $ty {
                #[inline]
                fn py_lt(&self, other: &Self) -> bool {
                    (**self).py_lt(&**other)
                }

                #[inline]
                fn is_ordered(&self) -> bool {
                    (**self).is_ordered()
                }
            }
        )*
    };
}

through!(&T, Box<T>, Rc<T>);

macro_rules! tuple {
    ($($name:ident $at:tt)+) => {
        impl<$($name: PyOrd + PartialEq),+> PyOrd for ($($name,)+) {
            #[inline]
            fn py_lt(&self, other: &Self) -> bool {
                $(
                    if self.$at != other.$at {
                        return self.$at.py_lt(&other.$at);
                    }
                )+
                false
            }

            #[inline]
            fn is_ordered(&self) -> bool {
                $(self.$at.is_ordered())&&+
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0 B 1);
tuple!(A 0 B 1 C 2);
tuple!(A 0 B 1 C 2 D 3);
tuple!(A 0 B 1 C 2 D 3 E 4);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);

#[inline]
fn compare<T: PyOrd + ?Sized>(a: &T, b: &T) -> Ordering {
    if a.py_lt(b) {
        Ordering::Less
    } else if b.py_lt(a) {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

/// Stable sort; `reverse` keeps equal items in their order, as Python does.
pub(crate) fn sort_slice<T: PyOrd>(items: &mut [T], reverse: bool) {
    let ordered = items.iter().all(PyOrd::is_ordered);
    sort_by(items, ordered, |a, b| if reverse { compare(b, a) } else { compare(a, b) });
}

/// std's sort may panic when the order is not total, so that case sorts positions by merging.
fn sort_by<T>(items: &mut [T], ordered: bool, order: impl Fn(&T, &T) -> Ordering) {
    if ordered {
        return items.sort_by(order);
    }
    let mut positions: Vec<u32> = (0..items.len() as u32).collect();
    merge_sort(&mut positions, &|&a, &b| order(&items[b as usize], &items[a as usize]) == Ordering::Less);
    permute(items, positions);
}

/// Sorts positions; `after(a, b)` says that `b` comes strictly before `a`.
fn merge_sort(positions: &mut [u32], after: &impl Fn(&u32, &u32) -> bool) {
    const RUN: usize = 16;
    for run in positions.chunks_mut(RUN) {
        for i in 1..run.len() {
            let item = run[i];
            let mut at = i;
            while at > 0 && after(&run[at - 1], &item) {
                run[at] = run[at - 1];
                at -= 1;
            }
            run[at] = item;
        }
    }
    let mut other = positions.to_vec();
    let mut width = RUN;
    while width < positions.len() {
        for (from, to) in positions.chunks(2 * width).zip(other.chunks_mut(2 * width)) {
            let (left, right) = from.split_at(width.min(from.len()));
            merge(left, right, to, after);
        }
        positions.copy_from_slice(&other);
        width *= 2;
    }
}

fn merge(left: &[u32], right: &[u32], to: &mut [u32], after: &impl Fn(&u32, &u32) -> bool) {
    let (mut l, mut r) = (0, 0);
    for place in to {
        let take_right = l == left.len() || (r < right.len() && after(&left[l], &right[r]));
        if take_right {
            *place = right[r];
            r += 1;
        } else {
            *place = left[l];
            l += 1;
        }
    }
}

/// Puts the item at `positions[i]` to place `i`.
fn permute<T>(items: &mut [T], mut positions: Vec<u32>) {
    for start in 0..items.len() {
        let mut at = start;
        loop {
            let next = positions[at] as usize;
            positions[at] = at as u32;
            if next == start {
                break;
            }
            items.swap(at, next);
            at = next;
        }
    }
}

/// `items` sorted by a key that is taken once of each.
pub(crate) fn sort_keyed<T, K: PyOrd>(items: Vec<T>, mut key: impl FnMut(&T) -> K, reverse: bool) -> Vec<T> {
    let mut keyed: Vec<(K, T)> = items.into_iter().map(|item| (key(&item), item)).collect();
    let ordered = keyed.iter().all(|(key, _)| key.is_ordered());
    sort_by(&mut keyed, ordered, |(a, _), (b, _)| if reverse { compare(b, a) } else { compare(a, b) });
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// An object whose class has `__eq__` and no hash is a key.
#[cold]
#[track_caller]
pub fn unhashable(class: &str) -> ! {
    crate::unwind::raise_new(crate::class::TypeError, format!("unhashable type: '{class}'"))
}

/// `a < b` of values that have no order.
#[cold]
#[track_caller]
pub fn not_ordered(sign: &str, left: &str, right: &str) -> ! {
    let text = format!("'{sign}' not supported between instances of '{left}' and '{right}'");
    crate::unwind::raise_new(crate::class::TypeError, text)
}

/// `sorted(items, reverse=..)`.
pub fn sorted<T: PyOrd>(items: impl IntoIterator<Item = T>, reverse: bool) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    sort_slice(&mut items, reverse);
    items
}

/// `sorted(items, key=.., reverse=..)`.
pub fn sorted_by_key<T, K: PyOrd>(
    items: impl IntoIterator<Item = T>,
    key: impl FnMut(&T) -> K,
    reverse: bool,
) -> Vec<T> {
    sort_keyed(items.into_iter().collect(), key, reverse)
}

/// `sorted(items, key=functools.cmp_to_key(order), reverse=..)`: `order` gives a number below, at
/// or above zero.
pub fn sorted_by_cmp<T>(
    items: impl IntoIterator<Item = T>,
    order: impl FnMut(&T, &T) -> i64,
    reverse: bool,
) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    sort_by_cmp(&mut items, order, reverse);
    items
}

pub(crate) fn sort_by_cmp<T>(items: &mut [T], order: impl FnMut(&T, &T) -> i64, reverse: bool) {
    let order = std::cell::RefCell::new(order);
    sort_by(items, false, |a, b| {
        let (a, b) = if reverse { (b, a) } else { (a, b) };
        (order.borrow_mut())(a, b).cmp(&0)
    });
}

fn least<T>(items: impl IntoIterator<Item = T>, less: impl Fn(&T, &T) -> bool) -> Option<T> {
    items.into_iter().reduce(|best, item| if less(&item, &best) { item } else { best })
}

#[cold]
#[track_caller]
fn empty(function: &str) -> ! {
    raise_new(ValueError, format!("{function}() arg is an empty sequence"))
}

/// `min(items)`: the first of the least; raises `ValueError`.
#[track_caller]
pub fn min<T: PyOrd>(items: impl IntoIterator<Item = T>) -> T {
    match least(items, T::py_lt) {
        Some(item) => item,
        None => empty("min"),
    }
}

/// `max(items)`: the first of the greatest; raises `ValueError`.
#[track_caller]
pub fn max<T: PyOrd>(items: impl IntoIterator<Item = T>) -> T {
    match least(items, |a, b| b.py_lt(a)) {
        Some(item) => item,
        None => empty("max"),
    }
}

/// `min(items, default=..)`.
pub fn min_or<T: PyOrd>(items: impl IntoIterator<Item = T>, default: T) -> T {
    least(items, T::py_lt).unwrap_or(default)
}

/// `max(items, default=..)`.
pub fn max_or<T: PyOrd>(items: impl IntoIterator<Item = T>, default: T) -> T {
    least(items, |a, b| b.py_lt(a)).unwrap_or(default)
}

/// `min(items, key=..)`; raises `ValueError`.
#[track_caller]
pub fn min_by_key<T, K: PyOrd>(items: impl IntoIterator<Item = T>, mut key: impl FnMut(&T) -> K) -> T {
    let keyed = items.into_iter().map(|item| (key(&item), item));
    match least(keyed, |(a, _), (b, _)| a.py_lt(b)) {
        Some((_, item)) => item,
        None => empty("min"),
    }
}

/// `min(items, key=..)` of items that stay where they are.
#[track_caller]
pub fn min_ref_by_key<'a, T, K: PyOrd>(
    items: impl IntoIterator<Item = &'a T>,
    mut key: impl FnMut(&'a T) -> K,
) -> &'a T {
    min_by_key(items, |item| key(item))
}

/// `max(items, key=..)` of items that stay where they are.
#[track_caller]
pub fn max_ref_by_key<'a, T, K: PyOrd>(
    items: impl IntoIterator<Item = &'a T>,
    mut key: impl FnMut(&'a T) -> K,
) -> &'a T {
    max_by_key(items, |item| key(item))
}

/// `max(items, key=..)`; raises `ValueError`.
#[track_caller]
pub fn max_by_key<T, K: PyOrd>(items: impl IntoIterator<Item = T>, mut key: impl FnMut(&T) -> K) -> T {
    let keyed = items.into_iter().map(|item| (key(&item), item));
    match least(keyed, |(a, _), (b, _)| b.py_lt(a)) {
        Some((_, item)) => item,
        None => empty("max"),
    }
}

/// `min(items, key=.., default=..)`.
pub fn min_by_key_or<T, K: PyOrd>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
    default: T,
) -> T {
    let keyed = items.into_iter().map(|item| (key(&item), item));
    least(keyed, |(a, _), (b, _)| a.py_lt(b)).map_or(default, |(_, item)| item)
}

/// `max(items, key=.., default=..)`.
pub fn max_by_key_or<T, K: PyOrd>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> K,
    default: T,
) -> T {
    let keyed = items.into_iter().map(|item| (key(&item), item));
    least(keyed, |(a, _), (b, _)| b.py_lt(a)).map_or(default, |(_, item)| item)
}

/// `sum(floats)`: plainly from left to right, as CPython 3.11; `0.0` when there are none.
pub fn float_sum(items: impl IntoIterator<Item = f64>) -> f64 {
    items.into_iter().fold(0.0, |sum, item| sum + item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sorts_are_stable() {
        let items: Vec<(i64, i64)> = (0..5000).map(|i| (i * 7919 % 61, i)).collect();
        let mut wanted = items.clone();
        wanted.sort_by_key(|pair| pair.0);
        assert_eq!(sorted_by_key(items.clone(), |pair| pair.0, false), wanted);
        wanted.sort_by_key(|pair| std::cmp::Reverse((pair.0, -pair.1)));
        assert_eq!(sorted_by_key(items, |pair| pair.0, true), wanted);
    }

    #[test]
    fn orders_that_are_not_total_do_not_panic() {
        let items: Vec<f64> =
            (0..500).map(|i| if i % 3 == 0 { f64::NAN } else { (i * 37 % 101) as f64 }).collect();
        assert_eq!(sorted(items, false).len(), 500);
    }

    #[test]
    fn the_first_of_equals_wins() {
        assert_eq!(max_by_key([(1, 'a'), (1, 'b')], |pair| pair.0).1, 'a');
        assert_eq!(min([2, 1, 3]), 1);
        let error = crate::catch(|| max(Vec::<i64>::new())).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("ValueError: max() arg is an empty sequence".to_owned()));
    }
}
