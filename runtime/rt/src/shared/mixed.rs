//! Comparing and joining what has aliases with what has none.

use std::cmp::Ordering;
use std::ops::{BitAnd, BitOr, BitXor, Sub};

use super::{List, SharedDict, SharedSet};
use crate::collections::{Dict, FrozenSet, Key, Set};

macro_rules! mixed {
    ($([$($param:tt)*] $shared:ty, $plain:ty;)*) => {
        $(
            impl<$($param)*> PartialEq<$plain> for $shared {
                fn eq(&self, other: &$plain) -> bool {
                    *self.borrow() == *other
                }
            }

            impl<$($param)*> PartialEq<$shared> for $plain {
                fn eq(&self, other: &$shared) -> bool {
                    *other.borrow() == *self
                }
            }
        )*
    };
}

mixed! {
    [T: PartialEq] List<T>, Vec<T>;
    [T: PartialEq] List<T>, [T];
    [T: PartialEq, const N: usize] List<T>, [T; N];
    [K: Key, V: PartialEq] SharedDict<K, V>, Dict<K, V>;
    [T: Key] SharedSet<T>, Set<T>;
    [T: Key] SharedSet<T>, FrozenSet<T>;
}

impl<T: Key> PartialEq<FrozenSet<T>> for Set<T> {
    fn eq(&self, other: &FrozenSet<T>) -> bool {
        *self == **other
    }
}

impl<T: Key> PartialEq<Set<T>> for FrozenSet<T> {
    fn eq(&self, other: &Set<T>) -> bool {
        **self == *other
    }
}

impl<T: PartialOrd> PartialOrd for List<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.borrow().partial_cmp(&*other.borrow())
    }
}

impl<T: Key> PartialOrd for FrozenSet<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: Key> PartialOrd for SharedSet<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (*self.borrow()).partial_cmp(&*other.borrow())
    }
}

impl<T: Key> PartialOrd<Set<T>> for SharedSet<T> {
    fn partial_cmp(&self, other: &Set<T>) -> Option<Ordering> {
        (*self.borrow()).partial_cmp(other)
    }
}

impl<T: Key> PartialOrd<SharedSet<T>> for Set<T> {
    fn partial_cmp(&self, other: &SharedSet<T>) -> Option<Ordering> {
        self.partial_cmp(&*other.borrow())
    }
}

macro_rules! set_operators {
    ($($Trait:ident $method:ident;)*) => {
        $(
            impl<T: Key + Clone> $Trait for &SharedSet<T> {
                type Output = Set<T>;

                fn $method(self, other: &SharedSet<T>) -> Set<T> {
                    (&*self.borrow()).$method(&*other.borrow())
                }
            }

            impl<T: Key + Clone> $Trait<&Set<T>> for &SharedSet<T> {
                type Output = Set<T>;

                fn $method(self, other: &Set<T>) -> Set<T> {
                    (&*self.borrow()).$method(other)
                }
            }

            impl<T: Key + Clone> $Trait<&SharedSet<T>> for &Set<T> {
                type Output = Set<T>;

                fn $method(self, other: &SharedSet<T>) -> Set<T> {
                    self.$method(&*other.borrow())
                }
            }
        )*
    };
}

set_operators! {
    BitAnd bitand;
    BitOr bitor;
    BitXor bitxor;
    Sub sub;
}
