//! What cannot be a key raises when it is used as one.

use super::{Counter, DefaultDict, Deque, Dict, Key, OrderedDict, Set};
use crate::list::unhashable;
use crate::shared::{List, SharedDict, SharedSet};

macro_rules! never_keys {
    ($([$($param:tt)*] $ty:ty, $name:literal;)*) => {
        $(
            /// `TypeError: unhashable type`.
            impl<$($param)*> Key for $ty {
                fn key_hash(&self) -> u64 {
                    unhashable($name)
                }

                fn key_eq(&self, other: &Self) -> bool {
                    std::ptr::eq(self, other)
                }
            }
        )*
    };
}

never_keys! {
    [K, V] Dict<K, V>, "dict";
    [T] Set<T>, "set";
    [K, V] DefaultDict<K, V>, "collections.defaultdict";
    [K, V] OrderedDict<K, V>, "collections.OrderedDict";
    [K: Key] Counter<K>, "Counter";
    [T] List<T>, "list";
    [K, V] SharedDict<K, V>, "dict";
    [T] SharedSet<T>, "set";
    [T] Deque<T>, "collections.deque";
}
