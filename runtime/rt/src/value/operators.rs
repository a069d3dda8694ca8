//! Dynamic values in Rust's notation: `&a + 2`, `a.item(1)`, `a.call_method("mean", args![axis = 0])`.
//!
//! Each is the function of [`super::py`] of the same meaning, with operands that are converted where they stand.

use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, Mul, MulAssign, Neg,
    Not, Rem, Shl, Shr, Sub, SubAssign,
};

use super::{Value, py};
use crate::collections::Dict;
use crate::list::Slice;

macro_rules! binary {
    ($($op:ident $method:ident $function:path;)*) => {
        $(
            impl<T: Into<Value>> $op<T> for &Value {
                type Output = Value;

                #[track_caller]
                fn $method(self, other: T) -> Value {
                    $function(self, &other.into())
                }
            }

            impl<T: Into<Value>> $op<T> for Value {
                type Output = Value;

                #[track_caller]
                fn $method(self, other: T) -> Value {
                    $function(&self, &other.into())
                }
            }

            binary!(with i64: $op $method $function);
            binary!(with f64: $op $method $function);
        )*
    };
    (with $number:ty: $op:ident $method:ident $function:path) => {
        impl $op<&Value> for $number {
            type Output = Value;

            #[track_caller]
            fn $method(self, other: &Value) -> Value {
                $function(&Value::from(self), other)
            }
        }

        impl $op<Value> for $number {
            type Output = Value;

            #[track_caller]
            fn $method(self, other: Value) -> Value {
                $function(&Value::from(self), &other)
            }
        }
    };
}

binary! {
    Add add py::add;
    Sub sub py::sub;
    Mul mul py::mul;
    Div div py::true_div;
    Rem rem py::rem;
    BitAnd bitand py::bitand;
    BitOr bitor py::bitor;
    BitXor bitxor py::bitxor;
    Shl shl py::lshift;
    Shr shr py::rshift;
}

macro_rules! unary {
    ($($op:ident $method:ident $function:path;)*) => {
        $(
            impl $op for &Value {
                type Output = Value;

                #[track_caller]
                fn $method(self) -> Value {
                    $function(self)
                }
            }

            impl $op for Value {
                type Output = Value;

                #[track_caller]
                fn $method(self) -> Value {
                    $function(&self)
                }
            }
        )*
    };
}

unary! {
    Neg neg py::neg;
    Not not py::invert;
}

macro_rules! in_place {
    ($($op:ident $method:ident $function:path;)*) => {
        $(
            impl<T: Into<Value>> $op<T> for Value {
                #[track_caller]
                fn $method(&mut self, other: T) {
                    *self = $function(self, &other.into());
                }
            }
        )*
    };
}

in_place! {
    AddAssign add_assign py::iadd;
    SubAssign sub_assign py::isub;
    MulAssign mul_assign py::imul;
    BitAndAssign bitand_assign py::iand;
    BitOrAssign bitor_assign py::ior;
    BitXorAssign bitxor_assign py::ixor;
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident: $function:path;)*) => {
        $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, other: impl Into<Value>) -> Value {
                $function(self, &other.into())
            }
        )*
    };
}

macro_rules! comparisons {
    ($($(#[$doc:meta])* $name:ident: $word:literal;)*) => {
        $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self, other: impl Into<Value>) -> Value {
                super::compare::compared(self, &other.into(), $word)
            }
        )*
    };
}

impl Value {
    methods! {
        /// `self // other`.
        floor_div: py::floor_div;
        /// `self ** other`.
        pow: py::pow;
        /// `self @ other`.
        matmul: py::matmul;
        /// `self[index]`.
        item: py::get_item;
    }

    comparisons! {
        /// `self == other`: an array of answers where an operand is one.
        equal: "eq";
        /// `self != other`, as [`Value::equal`].
        not_equal: "ne";
        /// `self < other`, as [`Value::equal`].
        less: "lt";
        /// `self <= other`, as [`Value::equal`].
        less_equal: "le";
        /// `self > other`, as [`Value::equal`].
        greater: "gt";
        /// `self >= other`, as [`Value::equal`].
        greater_equal: "ge";
    }

    /// `self[index] = item`.
    #[track_caller]
    pub fn set_item(&self, index: impl Into<Value>, item: impl Into<Value>) {
        py::set_item(self, &index.into(), item.into());
    }

    /// `self[start:stop:step]`.
    #[track_caller]
    pub fn slice(&self, part: impl Into<Slice>) -> Value {
        let part = part.into();
        let [start, stop, step] = [part.start, part.stop, part.step].map(Value::from);
        py::get_slice(self, &start, &stop, &step)
    }

    /// `self.name`.
    #[track_caller]
    pub fn attr(&self, name: &str) -> Value {
        py::get_attr(self, name)
    }

    /// `self.name = item`.
    #[track_caller]
    pub fn set_attr(&self, name: &str, item: impl Into<Value>) {
        py::set_attr(self, name, item.into());
    }

    /// `self.name(..)`; one argument needs no `args!`.
    #[track_caller]
    pub fn call_method(&self, name: &str, args: impl Into<Args>) -> Value {
        let args = args.into();
        py::call_method_with(self, name, &args.positional, &args.named)
    }

    /// `self(..)`; one argument needs no `args!`.
    #[track_caller]
    pub fn call(&self, args: impl Into<Args>) -> Value {
        let args = args.into();
        py::call_with(self, &args.positional, &args.named)
    }
}

/// The arguments of a dynamic call: `args![x, 2, axis = 0]`.
#[derive(Default)]
pub struct Args {
    /// Those without a name.
    pub positional: Vec<Value>,
    /// Those with one.
    pub named: Dict<String, Value>,
}

/// One argument.
impl<T: Into<Value>> From<T> for Args {
    fn from(value: T) -> Args {
        Args { positional: vec![value.into()], named: Dict::new() }
    }
}

/// `args![x, 2, axis = 0]`: arguments of a dynamic call, those with a name last.
#[macro_export]
macro_rules! args {
    ($($rest:tt)*) => {{
        #[allow(unused_mut)]
        let mut args = $crate::Args::default();
        $crate::given_args!(args; $($rest)*);
        args
    }};
}

/// What `args!` does argument by argument.
#[doc(hidden)]
#[macro_export]
macro_rules! given_args {
    ($args:ident;) => {};
    ($args:ident; $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $args.named.insert(stringify!($name).trim_start_matches("r#").to_owned(), $crate::Value::from($value));
        $crate::given_args!($args; $($($rest)*)?);
    };
    ($args:ident; $value:expr $(, $($rest:tt)*)?) => {
        $args.positional.push($crate::Value::from($value));
        $crate::given_args!($args; $($($rest)*)?);
    };
}
