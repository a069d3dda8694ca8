//! Operators and comparisons. `&a + &b` panics with NumPy's message at the caller's line where the
//! shapes do not fit; `a.try_add(&b)` gives the error as a value. The right side may be a number.

use std::ops;

use crate::dtype::{Bits, Complex64, Complex128, Element, Integer, Number, Real};
use crate::error::{Result, raise};
use crate::reduce::Divide;
use crate::tensor::{Array, Storage, Tensor};

/// What stands on the right of an operation: an array or a number.
pub trait Operand<'x, T> {
    /// The operand as an array; a number has rank 0.
    fn operand(self) -> Tensor<'x, T>;
}

impl<'x, T: Element> Operand<'x, T> for &'x Tensor<'_, T> {
    fn operand(self) -> Tensor<'x, T> {
        self.view()
    }
}

impl<T: Element> Operand<'static, T> for T {
    fn operand(self) -> Tensor<'static, T> {
        Tensor::scalar(self)
    }
}

impl<'a, T: Element> Tensor<'a, T> {
    /// As `zip_with`, writing into this array's own storage when it is owned and of the right form.
    fn zip_into(
        mut self,
        op: &'static str,
        other: &Tensor<'_, T>,
        f: impl Fn(T, T) -> T + Sync,
    ) -> Result<Array<T>> {
        let whole = self.offset == 0 && self.is_contiguous() && self.buffer().len() == self.size();
        let fits = other.shape == self.shape || other.ndim() == 0;
        if let (Storage::Owned(data), true, true) = (&mut self.storage, whole, fits) {
            match other.as_slice() {
                Some([y]) => data.iter_mut().for_each(|x| *x = f(*x, *y)),
                Some(other) => data.iter_mut().zip(other).for_each(|(x, y)| *x = f(*x, *y)),
                None => return self.zip_with(op, other, f),
            }
            return Ok(self.into_owned());
        }
        self.zip_with(op, other, f)
    }
}

macro_rules! binary_operator {
    ($($bound:ident, $trait:ident, $method:ident, $try:ident, $assign:ident, $assign_method:ident, $f:ident, $name:literal, $doc:literal, [$($scalar:ident)*];)*) => {$(
        impl<T: $bound> Tensor<'_, T> {
            #[doc = $doc]
            pub fn $try<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<T>> {
                self.zip_with($name, &other.operand(), T::$f)
            }
        }
        impl<T: $bound> ops::$trait<&Tensor<'_, T>> for &Tensor<'_, T> {
            type Output = Array<T>;
            #[track_caller]
            fn $method(self, other: &Tensor<'_, T>) -> Array<T> {
                match self.zip_with($name, other, T::$f) { Ok(out) => out, Err(error) => raise(error) }
            }
        }
        impl<T: $bound> ops::$trait<Tensor<'_, T>> for &Tensor<'_, T> {
            type Output = Array<T>;
            #[track_caller]
            fn $method(self, other: Tensor<'_, T>) -> Array<T> {
                let swapped = |x: T, y: T| y.$f(x);
                if other.shape == self.shape {
                    match other.zip_into($name, self, swapped) { Ok(out) => out, Err(error) => raise(error) }
                } else {
                    match self.zip_with($name, &other, T::$f) { Ok(out) => out, Err(error) => raise(error) }
                }
            }
        }
        impl<T: $bound> ops::$trait<&Tensor<'_, T>> for Tensor<'_, T> {
            type Output = Array<T>;
            #[track_caller]
            fn $method(self, other: &Tensor<'_, T>) -> Array<T> {
                match self.zip_into($name, other, T::$f) { Ok(out) => out, Err(error) => raise(error) }
            }
        }
        impl<T: $bound> ops::$trait<Tensor<'_, T>> for Tensor<'_, T> {
            type Output = Array<T>;
            #[track_caller]
            fn $method(self, other: Tensor<'_, T>) -> Array<T> {
                match self.zip_into($name, &other, T::$f) { Ok(out) => out, Err(error) => raise(error) }
            }
        }
        impl<T: $bound> ops::$trait<T> for &Tensor<'_, T> {
            type Output = Array<T>;
            fn $method(self, other: T) -> Array<T> {
                self.map(|x| x.$f(other))
            }
        }
        impl<T: $bound> ops::$trait<T> for Tensor<'_, T> {
            type Output = Array<T>;
            #[track_caller]
            fn $method(self, other: T) -> Array<T> {
                match self.zip_into($name, &Tensor::scalar(other), T::$f) { Ok(out) => out, Err(error) => raise(error) }
            }
        }
        impl<T: $bound> ops::$assign<&Tensor<'_, T>> for Tensor<'_, T> {
            #[track_caller]
            fn $assign_method(&mut self, other: &Tensor<'_, T>) {
                if let Err(error) = self.view_mut().zip_apply($name, other, T::$f) { raise(error) }
            }
        }
        impl<T: $bound> ops::$assign<T> for Tensor<'_, T> {
            fn $assign_method(&mut self, other: T) {
                self.view_mut().apply(|x| x.$f(other));
            }
        }
        $(
            impl ops::$trait<&Tensor<'_, $scalar>> for $scalar {
                type Output = Array<$scalar>;
                fn $method(self, other: &Tensor<'_, $scalar>) -> Array<$scalar> {
                    other.map(|y| self.$f(y))
                }
            }
            impl ops::$trait<Tensor<'_, $scalar>> for $scalar {
                type Output = Array<$scalar>;
                fn $method(self, other: Tensor<'_, $scalar>) -> Array<$scalar> {
                    other.map(|y| self.$f(y))
                }
            }
        )*
    )*};
}

binary_operator! {
    Number, Add, add, try_add, AddAssign, add_assign, plus, "add", "Sum; integers wrap. Errors: shapes that do not broadcast.",
        [i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex64 Complex128];
    Number, Sub, sub, try_sub, SubAssign, sub_assign, minus, "subtract", "Difference; integers wrap. Errors: shapes that do not broadcast.",
        [i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex64 Complex128];
    Number, Mul, mul, try_mul, MulAssign, mul_assign, times, "multiply", "Product; integers wrap. Errors: shapes that do not broadcast.",
        [i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 Complex64 Complex128];
    Divide, Div, div, try_div, DivAssign, div_assign, divide, "divide", "Quotient of floats or complex numbers; cast integers first. Errors: shapes that do not broadcast.",
        [f32 f64 Complex64 Complex128];
    Real, Rem, rem, try_rem, RemAssign, rem_assign, modulo, "remainder", "Python's `%`. Errors: shapes that do not broadcast.",
        [i8 i16 i32 i64 u8 u16 u32 u64 f32 f64];
    Bits, BitAnd, bitand, try_and, BitAndAssign, bitand_assign, and, "bitwise_and", "Bitwise and. Errors: shapes that do not broadcast.",
        [bool i8 i16 i32 i64 u8 u16 u32 u64];
    Bits, BitOr, bitor, try_or, BitOrAssign, bitor_assign, or, "bitwise_or", "Bitwise or. Errors: shapes that do not broadcast.",
        [bool i8 i16 i32 i64 u8 u16 u32 u64];
    Bits, BitXor, bitxor, try_xor, BitXorAssign, bitxor_assign, xor, "bitwise_xor", "Bitwise exclusive or. Errors: shapes that do not broadcast.",
        [bool i8 i16 i32 i64 u8 u16 u32 u64];
    Integer, Shl, shl, try_shl, ShlAssign, shl_assign, shift_left, "left_shift", "`a << b`. Errors: shapes that do not broadcast.",
        [i8 i16 i32 i64 u8 u16 u32 u64];
    Integer, Shr, shr, try_shr, ShrAssign, shr_assign, shift_right, "right_shift", "`a >> b`. Errors: shapes that do not broadcast.",
        [i8 i16 i32 i64 u8 u16 u32 u64];
}

impl<T: Number> ops::Neg for &Tensor<'_, T> {
    type Output = Array<T>;
    fn neg(self) -> Array<T> {
        self.map(T::negative)
    }
}

impl<T: Number> ops::Neg for Tensor<'_, T> {
    type Output = Array<T>;
    fn neg(self) -> Array<T> {
        self.map(T::negative)
    }
}

impl<T: Bits> ops::Not for &Tensor<'_, T> {
    type Output = Array<T>;
    fn not(self) -> Array<T> {
        self.map(T::invert)
    }
}

macro_rules! named {
    ($($bound:ident {$($name:ident -> $out:ty, |$x:ident, $y:ident| $body:expr, $doc:literal;)*})*) => {$(
        impl<T: $bound> Tensor<'_, T> {$(
            #[doc = $doc]
            #[doc = " Errors: shapes that do not broadcast."]
            pub fn $name<'x>(&self, other: impl Operand<'x, T>) -> Result<Array<$out>> {
                self.zip_with(stringify!($name), &other.operand(), |$x, $y| $body)
            }
        )*}
    )*};
}

named! {
    Element {
        equal -> bool, |x, y| x == y, "`==` of every pair.";
        not_equal -> bool, |x, y| x != y, "`!=` of every pair.";
        logical_and -> bool, |x, y| x.truth() & y.truth(), "Whether both are true.";
        logical_or -> bool, |x, y| x.truth() | y.truth(), "Whether one is true.";
        logical_xor -> bool, |x, y| x.truth() ^ y.truth(), "Whether exactly one is true.";
    }
    Real {
        less -> bool, |x, y| x < y, "`<` of every pair.";
        less_equal -> bool, |x, y| x <= y, "`<=` of every pair.";
        greater -> bool, |x, y| x > y, "`>` of every pair.";
        greater_equal -> bool, |x, y| x >= y, "`>=` of every pair.";
        maximum -> T, |x, y| x.maximum(y), "The larger of every pair; NaN wins.";
        minimum -> T, |x, y| x.minimum(y), "The smaller of every pair; NaN wins.";
        fmax -> T, |x, y| if x >= y || y.is_nan() { x } else { y }, "The larger of every pair; NaN loses.";
        fmin -> T, |x, y| if x <= y || y.is_nan() { x } else { y }, "The smaller of every pair; NaN loses.";
        floor_divide -> T, |x, y| x.floor_divide(y), "Python's `//`; an integer over 0 is 0.";
        fmod -> T, |x, y| x.fmod(y), "C's `fmod`: the sign of the dividend.";
    }
    Integer {
        gcd -> T, |x, y| gcd(x, y), "Greatest common divisor.";
        lcm -> T, |x, y| lcm(x, y), "Least common multiple.";
    }
}

fn gcd<T: Integer>(x: T, y: T) -> T {
    let (mut a, mut b) = (x.magnitude(), y.magnitude());
    while b != T::ZERO {
        (a, b) = (b, a.fmod(b));
    }
    a
}

fn lcm<T: Integer>(x: T, y: T) -> T {
    let divisor = gcd(x, y);
    if divisor == T::ZERO {
        return T::ZERO;
    }
    x.magnitude().floor_divide(divisor).times(y.magnitude())
}

impl<T: Element> Tensor<'_, T> {
    /// Whether each element is false.
    pub fn logical_not(&self) -> Array<bool> {
        self.map(|x| !x.truth())
    }
}

impl<T: Real> Tensor<'_, T> {
    /// Absolute values.
    pub fn abs(&self) -> Array<T> {
        self.map(T::magnitude)
    }

    /// -1, 0, 1 or NaN.
    pub fn sign(&self) -> Array<T> {
        self.map(T::sign)
    }

    /// Squares.
    pub fn square(&self) -> Array<T> {
        self.map(|x| x.times(x))
    }

    /// Every element moved into `low..=high`.
    pub fn clip(&self, low: T, high: T) -> Array<T> {
        self.map(|x| {
            let raised = if x < low { low } else { x };
            if raised > high { high } else { raised }
        })
    }
}
