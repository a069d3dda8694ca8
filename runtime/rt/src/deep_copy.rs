//! `copy.deepcopy`: one copy of each shared container or object, so that what was one object stays one.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use crate::collections::{Counter, Deque, Dict, FrozenSet, Key, Set};
use crate::shared::{Identity, List, SharedDict, SharedSet};
use crate::tuple::Tuple;
use crate::{Value, raise_new};

/// The copies that are made already, by the identity of what they copy.
#[derive(Default)]
pub struct Memo(HashMap<i64, Box<dyn Any>>);

impl Memo {
    /// The copy of an object of another library, made once for its place.
    pub fn once(&mut self, place: usize, make: impl FnOnce() -> Value) -> Value {
        let place = place as i64;
        if let Some(known) = self.0.get(&place).and_then(|copy| copy.downcast_ref::<Value>()) {
            return known.clone();
        }
        let made = make();
        self.0.insert(place, Box::new(made.clone()));
        made
    }

    /// The copy of a shared object: the one that is there, or `empty`, which `fill` completes.
    pub(crate) fn copy<T: Identity + Clone + 'static>(
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

/// An object of the program: copied in two steps, so that objects may hold one another.
pub trait CopyObject: Sized + 'static {
    /// A new object with copies in the fields that never change; cells still hold what those of `self` do.
    fn copy_fixed(&self, memo: &mut Memo) -> Self;

    /// Puts copies into the cells of a new object.
    fn copy_cells(&self, memo: &mut Memo);
}

/// What can be copied with all that it holds.
pub trait DeepCopy {
    fn deep_copy(&self, memo: &mut Memo) -> Self;
}

/// What a copy can be asked of: a value, or a lent list.
pub trait CopyWhole {
    type Made;

    fn copy_whole(&self, memo: &mut Memo) -> Self::Made;
}

impl<T: DeepCopy> CopyWhole for T {
    type Made = T;

    fn copy_whole(&self, memo: &mut Memo) -> T {
        self.deep_copy(memo)
    }
}

impl<T: DeepCopy> CopyWhole for [T] {
    type Made = Vec<T>;

    fn copy_whole(&self, memo: &mut Memo) -> Vec<T> {
        self.iter().map(|item| item.deep_copy(memo)).collect()
    }
}

impl CopyWhole for str {
    type Made = String;

    fn copy_whole(&self, _: &mut Memo) -> String {
        self.to_owned()
    }
}

/// `copy.deepcopy(value)`.
#[track_caller]
pub fn deepcopy<T: CopyWhole + ?Sized>(value: &T) -> T::Made {
    value.copy_whole(&mut Memo::default())
}

/// `copy.copy(value)` of a dynamic value.
#[track_caller]
pub fn copy_value(value: &Value) -> Value {
    match value {
        Value::List(list) => Value::List(list.copy()),
        Value::Dict(dict) => Value::Dict(dict.copy()),
        Value::Set(set) => Value::Set(set.copy()),
        Value::Object(object) => match Rc::clone(object).call_method("__copy__", &[]) {
            Some(copy) => crate::OrRaise::or_raise(copy),
            None if object.is_of_library() || object.is_single() => value.clone(),
            None => {
                let text = format!("not yet implemented: a copy of a dynamic `{}`", object.type_name());
                raise_new(crate::class::NotTranslated, text)
            }
        },
        other => other.clone(),
    }
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

immutable!((), bool, i64, f64, String, crate::Int, crate::Num, crate::Complex, crate::Bytes);
immutable!(crate::Decimal, crate::Fraction, crate::Range);

impl<T: CopyObject> DeepCopy for Rc<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        let id = Rc::as_ptr(self).addr() as i64;
        let known = |memo: &Memo| memo.0.get(&id).and_then(|copy| copy.downcast_ref::<Self>()).cloned();
        if let Some(copy) = known(memo) {
            return copy;
        }
        let fixed = self.copy_fixed(memo);
        // A field that never changes may have led here.
        if let Some(copy) = known(memo) {
            return copy;
        }
        let copy = Rc::new(fixed);
        memo.0.insert(id, Box::new(copy.clone()));
        copy.copy_cells(memo);
        copy
    }
}

impl<T: DeepCopy + Clone + 'static> CopyObject for RefCell<T> {
    fn copy_fixed(&self, _: &mut Memo) -> Self {
        self.clone()
    }

    fn copy_cells(&self, memo: &mut Memo) {
        let held = self.borrow().clone();
        *self.borrow_mut() = held.deep_copy(memo);
    }
}

impl<T: Copy> DeepCopy for Cell<T> {
    fn deep_copy(&self, _: &mut Memo) -> Self {
        self.clone()
    }
}

impl<T: crate::array::Element + 'static> DeepCopy for crate::Array<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        let id = self.identity();
        if let Some(copy) = memo.0.get(&id).and_then(|copy| copy.downcast_ref::<Self>()) {
            return copy.clone();
        }
        let copy = self.slice(None, None, None);
        memo.0.insert(id, Box::new(copy.clone()));
        copy
    }
}

impl<T: DeepCopy> DeepCopy for Deque<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        Self::from_iter_max(self.iter().map(|item| item.deep_copy(memo)), self.maxlen())
    }
}

impl<T: Key + Clone> DeepCopy for Counter<T> {
    fn deep_copy(&self, _: &mut Memo) -> Self {
        self.clone()
    }
}

impl<T: Key + Clone> DeepCopy for FrozenSet<T> {
    fn deep_copy(&self, _: &mut Memo) -> Self {
        self.clone()
    }
}

impl<T: DeepCopy> DeepCopy for Vec<T> {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        self.iter().map(|item| item.deep_copy(memo)).collect()
    }
}

impl<T: DeepCopy, const N: usize> DeepCopy for [T; N] {
    fn deep_copy(&self, memo: &mut Memo) -> Self {
        std::array::from_fn(|at| self[at].deep_copy(memo))
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
            Value::Object(object) => match Rc::clone(object).deep_copy(memo) {
                Some(copy) => copy,
                None => raise_new(
                    crate::NotTranslated,
                    format!("not yet implemented: a copy of a dynamic value of class '{}'", self.type_name()),
                ),
            },
            other => other.clone(),
        }
    }
}

/// `impl_deep_copy!(Node { name, up; kids; callback; kind })`: fields that never change, cells, what is its own copy,
/// and parts of the object itself. Of an enum: `impl_deep_copy!(enum Kind { Leaf; Inner })`; of values:
/// `impl_deep_copy!(Suit)`. `shared` objects are always behind `Rc`.
#[macro_export]
macro_rules! impl_deep_copy {
    ($name:ident) => {
        impl $crate::DeepCopy for $name {
            fn deep_copy(&self, _: &mut $crate::Memo) -> Self {
                self.clone()
            }
        }
    };
    (shared $name:ident { $($fixed:ident),*; $($cell:ident),*; $($same:ident),*; $($part:ident),* }) => {
        impl $crate::CopyObject for $name {
            #[allow(unused_variables)]
            fn copy_fixed(&self, memo: &mut $crate::Memo) -> Self {
                Self {
                    $($fixed: $crate::DeepCopy::deep_copy(&self.$fixed, memo),)*
                    $($cell: self.$cell.clone(),)*
                    $($same: self.$same.clone(),)*
                    $($part: $crate::CopyObject::copy_fixed(&self.$part, memo),)*
                }
            }

            #[allow(unused_variables)]
            fn copy_cells(&self, memo: &mut $crate::Memo) {
                $($crate::CopyObject::copy_cells(&self.$cell, memo);)*
                $($crate::CopyObject::copy_cells(&self.$part, memo);)*
            }
        }
    };
    (shared enum $name:ident { $($unit:ident),*; $($data:ident),* }) => {
        impl $crate::CopyObject for $name {
            #[allow(unused_variables)]
            fn copy_fixed(&self, memo: &mut $crate::Memo) -> Self {
                match self {
                    $(Self::$unit => Self::$unit,)*
                    $(Self::$data(data) => Self::$data($crate::CopyObject::copy_fixed(data, memo)),)*
                }
            }

            #[allow(unused_variables)]
            fn copy_cells(&self, memo: &mut $crate::Memo) {
                match self {
                    $(Self::$unit => {})*
                    $(Self::$data(data) => $crate::CopyObject::copy_cells(data, memo),)*
                }
            }
        }
    };
    (enum $name:ident $parts:tt) => {
        $crate::impl_deep_copy!(shared enum $name $parts);
        $crate::impl_deep_copy!(@value $name);
    };
    ($name:ident { $($parts:tt)* }) => {
        $crate::impl_deep_copy!(shared $name { $($parts)* });
        $crate::impl_deep_copy!(@value $name);
    };
    (@value $name:ident) => {
        impl $crate::DeepCopy for $name {
            fn deep_copy(&self, memo: &mut $crate::Memo) -> Self {
                let copy = $crate::CopyObject::copy_fixed(self, memo);
                $crate::CopyObject::copy_cells(&copy, memo);
                copy
            }
        }
    };
}
