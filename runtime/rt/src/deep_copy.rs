//! `copy.deepcopy`: one copy of each shared container, so that what was one object stays one.

use std::any::Any;
use std::collections::HashMap;

use crate::collections::{Dict, Key, Set};
use crate::shared::{Identity, List, SharedDict, SharedSet};
use crate::tuple::Tuple;
use crate::{TypeError, Value, raise_new};

/// The copies that are made already, by the identity of what they copy.
#[derive(Default)]
pub struct Memo(HashMap<i64, Box<dyn Any>>);

impl Memo {
    /// The copy of a shared object: the one that is there, or `empty`, which `fill` completes.
    fn copy<T: Identity + Clone + 'static>(
        &mut self,
        of: &T,
        empty: T,
        fill: impl FnOnce(&T, &mut Self),
    ) -> T {
        if let Some(known) = self.0.get(&of.id()).and_then(|copy| copy.downcast_ref::<T>()) {
            return known.clone();
        }
        self.0.insert(of.id(), Box::new(empty.clone()));
        fill(&empty, self);
        empty
    }
}

/// What can be copied with all that it holds.
pub trait DeepCopy {
    fn deep_copy(&self, memo: &mut Memo) -> Self;
}

/// `copy.deepcopy(value)`.
#[track_caller]
pub fn deepcopy<T: DeepCopy>(value: &T) -> T {
    value.deep_copy(&mut Memo::default())
}

macro_rules! immutable {
    ($($ty:ty),*) => {
        $(impl DeepCopy for $ty {
            fn deep_copy(&self, _: &mut Memo) -> Self {
                self.clone()
            }
        })*
    };
}

immutable!((), bool, i64, f64, String, crate::Int, crate::Bytes);

impl<T: DeepCopy> DeepCopy for Vec<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        self.iter().map(|item| item.deep_copy(memo)).collect()
    }
}

impl<T: DeepCopy> DeepCopy for Tuple<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        self.iter().map(|item| item.deep_copy(memo)).collect()
    }
}

impl<T: DeepCopy> DeepCopy for Option<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        self.as_ref().map(|item| item.deep_copy(memo))
    }
}

impl<K: Key + Clone, V: DeepCopy> DeepCopy for Dict<K, V> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        self.iter().map(|(key, value)| (key.clone(), value.deep_copy(memo))).collect()
    }
}

impl<T: Key + Clone> DeepCopy for Set<T> {
    fn deep_copy(&self, _: &mut Memo) -> Self {
        self.clone()
    }
}

macro_rules! tuples {
    ($(($($name:ident . $at:tt),*);)*) => {
        $(impl<$($name: DeepCopy),*> DeepCopy for ($($name,)*) {
            fn deep_copy(&self, memo: &mut Memo) -> Self {
                ($(self.$at.deep_copy(memo),)*)
            }
        })*
    };
}

tuples! {
    (A.0);
    (A.0, B.1);
    (A.0, B.1, C.2);
    (A.0, B.1, C.2, D.3);
    (A.0, B.1, C.2, D.3, E.4);
}

impl<T: DeepCopy + Clone + 'static> DeepCopy for List<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        memo.copy(self, List::new(), |copy, memo| {
            let items = self.borrow().clone();
            items.iter().for_each(|item| copy.push(item.deep_copy(memo)));
        })
    }
}

impl<K: Key + Clone + 'static, V: DeepCopy + Clone + 'static> DeepCopy for SharedDict<K, V> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        memo.copy(self, SharedDict::new(), |copy, memo| {
            for (key, value) in self.items() {
                copy.insert(key, value.deep_copy(memo));
            }
        })
    }
}

impl<T: Key + Clone + 'static> DeepCopy for SharedSet<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        memo.copy(self, SharedSet::new(), |copy, _| copy.update(self.iter()))
    }
}

impl DeepCopy for Value {
    #[track_caller]
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        match self {
            Value::List(list) => Value::List(list.deep_copy(memo)),
            Value::Dict(dict) => Value::Dict(dict.deep_copy(memo)),
            Value::Set(set) => Value::Set(set.deep_copy(memo)),
            Value::Tuple(items) => Value::Tuple(items.iter().map(|item| item.deep_copy(memo)).collect()),
            Value::Object(_) => {
                raise_new(TypeError, format!("cannot copy a dynamic value of class '{}'", self.type_name()))
            }
            other => other.clone(),
        }
    }
}
