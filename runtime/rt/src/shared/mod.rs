//! Containers that several names hold: cloning makes an alias, every operation borrows for itself.

mod dict;
mod list;
mod members;
mod mixed;
mod set;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

pub use dict::{Iter as DictIter, SharedDict};
pub use list::List;
pub use members::{Members, common_to, intersection_of, union_of};
pub use set::SharedSet;

/// Things with an identity: Python's `id` and `is`.
pub trait Identity {
    /// The address of the object.
    fn id(&self) -> i64;

    /// `self is other`.
    fn is_same(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

/// `a is b` where one of them or both may be `None`.
pub fn same<T: ?Sized>(a: &Option<Rc<T>>, b: &Option<Rc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

impl<T: ?Sized> Identity for Rc<T> {
    fn id(&self) -> i64 {
        Rc::as_ptr(self).cast::<()>() as usize as i64
    }
}

macro_rules! by_value {
    ($($ty:ty),*) => {
        $(impl Identity for $ty {
            fn id(&self) -> i64 {
                crate::hash(self) << 4
            }
        })*
    };
}

// Equal small values are one object.
by_value!((), bool, i64, usize, f64, str, String, crate::Int);

macro_rules! by_place {
    ($([$($param:tt)*] $ty:ty),* $(,)?) => {
        $(impl<$($param)*> Identity for $ty {
            fn id(&self) -> i64 {
                std::ptr::from_ref(self).cast::<()>() as usize as i64
            }
        })*
    };
}

by_place! {
    [T] Vec<T>,
    [T] [T],
    [T] crate::Tuple<T>,
    [K, V] crate::Dict<K, V>,
    [T] crate::Set<T>,
    [A, B] (A, B),
    [A, B, C] (A, B, C),
}

impl Identity for crate::Value {
    fn id(&self) -> i64 {
        use crate::Value;
        match self {
            Value::List(list) => list.id(),
            Value::Dict(dict) => dict.id(),
            Value::Set(set) => set.id(),
            Value::Object(object) => object.id(),
            Value::Tuple(items) => items.as_ptr() as usize as i64,
            other => crate::hash(other) << 4,
        }
    }
}

impl<T: Identity> Identity for Option<T> {
    fn id(&self) -> i64 {
        self.as_ref().map_or(0, Identity::id)
    }
}

impl<T: Identity + ?Sized> Identity for &T {
    fn id(&self) -> i64 {
        (**self).id()
    }
}

/// `id(object)`.
pub fn id<T: Identity + ?Sized>(object: &T) -> i64 {
    object.id()
}

thread_local! {
    static SHOWN: RefCell<Vec<i64>> = const { RefCell::new(Vec::new()) };
}

/// Takes an object off the list of those being shown, also when showing it raises.
struct Showing;

impl Drop for Showing {
    fn drop(&mut self) {
        SHOWN.with_borrow_mut(|shown| shown.pop());
    }
}

/// Writes an object by `write`, or `again` when it is already being written further out.
pub(crate) fn write_once(
    f: &mut fmt::Formatter<'_>,
    id: i64,
    again: &str,
    write: impl FnOnce(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    if SHOWN.with_borrow(|shown| shown.contains(&id)) {
        return f.write_str(again);
    }
    SHOWN.with_borrow_mut(|shown| shown.push(id));
    let _showing = Showing;
    write(f)
}
