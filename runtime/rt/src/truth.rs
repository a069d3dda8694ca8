//! Python's truth of a value: `bool(x)`.

use std::cell::RefCell;
use std::rc::Rc;

use crate::big::Int;
use crate::collections::{Counter, DefaultDict, Deque, Dict, FrozenSet, OrderedDict, Set};
use crate::list::Range;
use crate::number::{Complex, Num};
use crate::shared::{List, SharedDict, SharedSet};
use crate::tuple::Tuple;
use crate::value::Value;

/// What `if x` asks.
pub trait Truth {
    /// `bool(self)`.
    fn is_true(&self) -> bool;
}

/// `bool(value)`.
#[inline]
pub fn truth<T: Truth + ?Sized>(value: &T) -> bool {
    value.is_true()
}

macro_rules! truth {
    ($([$($param:tt)*] $ty:ty: $this:ident => $truth:expr;)*) => {
        $(
            impl<$($param)*> Truth for $ty {
                #[inline]
                fn is_true(&self) -> bool {
                    let $this = self;
                    $truth
                }
            }
        )*
    };
}

truth! {
    [] (): _this => false;
    [] bool: this => *this;
    [] i64: this => *this != 0;
    [] i32: this => *this != 0;
    [] usize: this => *this != 0;
    [] u8: this => *this != 0;
    [] f64: this => *this != 0.0;
    [] Int: this => !this.is_zero();
    [] Num: this => (*this).is_true();
    [] Complex: this => this.re != 0.0 || this.im != 0.0;
    [] str: this => !this.is_empty();
    [] String: this => !this.is_empty();
    [T] [T]: this => !this.is_empty();
    [T] Vec<T>: this => !this.is_empty();
    [T] Tuple<T>: this => !this.is_empty();
    [T] List<T>: this => !this.is_empty();
    [T] Deque<T>: this => !this.is_empty();
    [K, V] Dict<K, V>: this => !this.is_empty();
    [K, V] SharedDict<K, V>: this => !this.is_empty();
    [K, V] DefaultDict<K, V>: this => !this.is_empty();
    [K, V] OrderedDict<K, V>: this => !this.is_empty();
    [K: crate::Key] Counter<K>: this => !this.is_empty();
    [T] Set<T>: this => !this.is_empty();
    [T] SharedSet<T>: this => !this.is_empty();
    [T] FrozenSet<T>: this => !this.is_empty();
    [] Range: this => this.len_i64() > 0;
    [] Value: this => this.is_true();
    [T: Truth] Option<T>: this => this.as_ref().is_some_and(Truth::is_true);
    [T: Truth + ?Sized] &T: this => (**this).is_true();
    [T: Truth + ?Sized] &mut T: this => (**this).is_true();
    [T: Truth + ?Sized] Box<T>: this => (**this).is_true();
    [T: Truth + ?Sized] Rc<T>: this => (**this).is_true();
    [T: Truth + ?Sized] RefCell<T>: this => this.borrow().is_true();
    [A] (A,): _this => true;
    [A, B] (A, B): _this => true;
    [A, B, C] (A, B, C): _this => true;
    [A, B, C, D] (A, B, C, D): _this => true;
    [A, B, C, D, E] (A, B, C, D, E): _this => true;
}
