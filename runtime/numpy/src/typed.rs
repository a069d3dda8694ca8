//! Arrays whose element type and number of axes the compiler knows: `np::Array<f64, 2>`.
//!
//! One is a view of a dynamic array that has both at hand: `a.at([i, j])` reads an element of the shared buffer without
//! looking anything up. It derefs to the value, so that everything else is the dynamic call. The value never changes its
//! shape: the compiler uses this type in programs alone that set no shape in place.

use std::fmt;
use std::ops::{Add, BitAnd, BitOr, BitXor, Deref, Div, Mul, Neg, Not, Rem, Shl, Shr, Sub};

use batuta_rt::{Error, FromValue, Repr, TypeError, Value};

use crate::array::{Buf, Data, Item};
use crate::error::index_error;
use crate::sys::View;

/// An array of elements `T` with `N` axes, at least one.
#[derive(Clone)]
pub struct Array<T, const N: usize> {
    value: Value,
    view: View<T, N>,
}

/// An element type that the compiler knows.
pub trait Element: Item + Copy {
    /// The buffer, if it has elements of this type.
    fn of_data(data: &Data) -> Option<&Buf<Self>>;
}

macro_rules! elements {
    ($($t:ty: $variant:ident;)*) => {$(
        impl Element for $t {
            fn of_data(data: &Data) -> Option<&Buf<Self>> {
                match data {
                    Data::$variant(buf) => Some(buf),
                    _ => None,
                }
            }
        }
    )*};
}

elements! {
    f64: F64;
    i64: I64;
    bool: Bool;
}

/// A place in an array with `N` axes: `i`, `[i, j]` or `(i, j)`.
pub trait Place<const N: usize> {
    /// The index along each axis.
    fn along(self) -> [i64; N];
}

impl Place<1> for i64 {
    #[inline]
    fn along(self) -> [i64; 1] {
        [self]
    }
}

impl<const N: usize> Place<N> for [i64; N] {
    #[inline]
    fn along(self) -> [i64; N] {
        self
    }
}

macro_rules! tuples {
    ($($n:literal: $($part:ident: $t:ident)*;)*) => {$(
        impl Place<$n> for ($($t,)*) {
            #[inline]
            fn along(self) -> [i64; $n] {
                let ($($part,)*) = self;
                [$($part),*]
            }
        }

        impl<T: Element> Array<T, $n> {
            /// Length of each axis.
            #[inline]
            pub fn shape(&self) -> ($($t,)*) {
                let [$($part),*] = self.view.shape();
                ($($part as i64,)*)
            }
        }
    )*};
}

tuples! {
    1: a: i64;
    2: a: i64 b: i64;
    3: a: i64 b: i64 c: i64;
    4: a: i64 b: i64 c: i64 d: i64;
}

impl<T: Element, const N: usize> Array<T, N> {
    /// `self[place]`.
    #[inline]
    #[track_caller]
    pub fn at(&self, place: impl Place<N>) -> T {
        let along = place.along();
        match self.view.get(along) {
            Ok(item) => item,
            Err(axis) => outside(along[axis], axis, self.view.shape()[axis]),
        }
    }

    /// `self[place] = item`.
    #[inline]
    #[track_caller]
    pub fn set(&self, place: impl Place<N>, item: T) {
        let along = place.along();
        if let Err(axis) = self.view.set(along, item) {
            outside(along[axis], axis, self.view.shape()[axis]);
        }
    }

    /// `self.copy()`.
    pub fn copy(&self) -> Self {
        self.value.call_method("copy", batuta_rt::args![]).to()
    }

    /// Length of the first axis.
    #[inline]
    pub fn len(&self) -> i64 {
        self.view.shape()[0] as i64
    }

    /// Whether the first axis is empty.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of elements.
    #[inline]
    pub fn size(&self) -> i64 {
        self.view.shape().iter().product::<usize>() as i64
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn outside(at: i64, axis: usize, n: usize) -> ! {
    batuta_rt::raise(index_error(format!("index {at} is out of bounds for axis {axis} with size {n}")))
}

/// A row of an array, for one access.
pub struct Row<T>(View<T, 1>);

impl<T: Element> Row<T> {
    /// `self[at]`.
    #[inline]
    #[track_caller]
    pub fn at(&self, at: i64) -> T {
        match self.0.get([at]) {
            Ok(item) => item,
            Err(axis) => outside(at, axis, self.0.shape()[0]),
        }
    }

    /// `self[at] = item`.
    #[inline]
    #[track_caller]
    pub fn set(&self, at: i64, item: T) {
        if let Err(axis) = self.0.set([at], item) {
            outside(at, axis, self.0.shape()[0]);
        }
    }
}

impl<T: Element> Array<T, 2> {
    /// `self[at]`, of which one element is used.
    #[inline]
    #[track_caller]
    pub fn row(&self, at: i64) -> Row<T> {
        match self.view.row(at) {
            Some(row) => Row(row),
            None => outside(at, 0, self.view.shape()[0]),
        }
    }
}

impl<T: Element> Array<T, 1> {
    /// The elements, each read when it is its turn.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<T> {
        let array = self.clone();
        (0..array.len()).map(move |at| array.at(at))
    }
}

macro_rules! rows {
    ($($n:literal $less:literal;)*) => {$(
        impl<T: Element> Array<T, $n> {
            /// The parts along the first axis: views.
            pub fn iter(&self) -> impl Iterator<Item = Array<T, $less>> + use<T> {
                let array = self.clone();
                (0..array.len()).map(move |at| array.value.item(at).to())
            }
        }
    )*};
}

rows! {
    2 1;
    3 2;
    4 3;
}

impl<T: Element, const N: usize> FromValue for Array<T, N> {
    #[track_caller]
    fn from_value(value: &Value) -> Result<Self, Error> {
        let made = crate::object::look(value, |array| {
            let buf = T::of_data(&array.data)?.clone();
            let (shape, strides) = (array.shape[..].try_into().ok()?, array.strides[..].try_into().ok()?);
            Some(Array { value: value.clone(), view: View::new(buf, array.offset, shape, strides)? })
        });
        made.flatten().ok_or_else(|| {
            let text = format!("expected an array of {N} axes, found {}", batuta_rt::repr(value));
            Error::new(TypeError, text)
        })
    }

    fn fits(value: &Value) -> bool {
        Self::from_value(value).is_ok()
    }
}

impl<T, const N: usize> Deref for Array<T, N> {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl<T, const N: usize> From<Array<T, N>> for Value {
    fn from(array: Array<T, N>) -> Value {
        array.value
    }
}

impl<T, const N: usize> Repr for Array<T, N> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt_repr(f)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt_str(f)
    }
}

macro_rules! operators {
    ($($op:ident $method:ident;)*) => {$(
        impl<T, R: Into<Value>, const N: usize> $op<R> for &Array<T, N> {
            type Output = Value;

            #[track_caller]
            fn $method(self, other: R) -> Value {
                (&self.value).$method(other)
            }
        }

        impl<T, R: Into<Value>, const N: usize> $op<R> for Array<T, N> {
            type Output = Value;

            #[track_caller]
            fn $method(self, other: R) -> Value {
                self.value.$method(other)
            }
        }

        operators!(with f64: $op $method);
        operators!(with i64: $op $method);
    )*};
    (with $number:ty: $op:ident $method:ident) => {
        impl<T, const N: usize> $op<&Array<T, N>> for $number {
            type Output = Value;

            #[track_caller]
            fn $method(self, other: &Array<T, N>) -> Value {
                self.$method(&other.value)
            }
        }

        impl<T, const N: usize> $op<Array<T, N>> for $number {
            type Output = Value;

            #[track_caller]
            fn $method(self, other: Array<T, N>) -> Value {
                self.$method(other.value)
            }
        }
    };
}

operators! {
    Add add;
    Sub sub;
    Mul mul;
    Div div;
    Rem rem;
    BitAnd bitand;
    BitOr bitor;
    BitXor bitxor;
    Shl shl;
    Shr shr;
}

impl<T, const N: usize> Neg for &Array<T, N> {
    type Output = Value;

    #[track_caller]
    fn neg(self) -> Value {
        -&self.value
    }
}

impl<T, const N: usize> Not for &Array<T, N> {
    type Output = Value;

    #[track_caller]
    fn not(self) -> Value {
        !&self.value
    }
}

/// A number as NumPy's scalar: `np.float64(x)`.
pub fn scalar<T: Element>(number: T) -> Value {
    number.scalar().value()
}

/// `a // b` of NumPy's numbers: nothing is raised where `b` is 0.
#[inline]
pub fn floor_quotient<T: trueno::Real>(a: T, b: T) -> T {
    a.floor_divide(b)
}

/// `a % b` of NumPy's numbers: nothing is raised where `b` is 0.
#[inline]
pub fn floor_remainder<T: trueno::Real>(a: T, b: T) -> T {
    a.modulo(b)
}

/// `a / b` of numbers of which the compiler does not know whether they are NumPy's: a division by zero has two meanings.
#[track_caller]
pub fn quotient(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        let text = "not yet implemented: division by zero of a number that may be Python's or NumPy's";
        batuta_rt::raise_new(batuta_rt::NotTranslated, text.to_owned());
    }
    a / b
}
