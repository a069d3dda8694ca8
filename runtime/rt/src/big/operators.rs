//! `+ - * & | ^ << >> - !` for every mix of `Int`, `&Int` and `i64`.

use std::iter::{Product, Sum};
use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Mul, MulAssign, Neg, Not,
    Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

use num_bigint::BigInt;

use super::{Int, Repr};

macro_rules! core {
    ($name:ident, $checked:ident, $op:tt) => {
        #[inline]
        fn $name(a: &Int, b: &Int) -> Int {
            if let (Repr::Small(a), Repr::Small(b)) = (&a.0, &b.0)
                && let Some(small) = a.$checked(*b)
            {
                return Int::small(small);
            }
            wide(a, b, |a, b| a $op b)
        }
    };
}

#[cold]
fn wide(a: &Int, b: &Int, operation: impl FnOnce(&BigInt, &BigInt) -> BigInt) -> Int {
    a.with_big(|a| b.with_big(|b| Int::from_big(operation(a, b))))
}

core!(add, checked_add, +);
core!(sub, checked_sub, -);
core!(mul, checked_mul, *);

macro_rules! bitwise {
    ($name:ident, $op:tt) => {
        #[inline]
        fn $name(a: &Int, b: &Int) -> Int {
            if let (Repr::Small(a), Repr::Small(b)) = (&a.0, &b.0) {
                return Int::small(a $op b);
            }
            wide(a, b, |a, b| a $op b)
        }
    };
}

bitwise!(and, &);
bitwise!(or, |);
bitwise!(xor, ^);

macro_rules! operator {
    ($Trait:ident $method:ident $AssignTrait:ident $assign:ident $core:path) => {
        impl $Trait for Int {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: Int) -> Int {
                $core(&self, &other)
            }
        }
        impl $Trait<&Int> for Int {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: &Int) -> Int {
                $core(&self, other)
            }
        }
        impl $Trait<Int> for &Int {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: Int) -> Int {
                $core(self, &other)
            }
        }
        impl $Trait<&Int> for &Int {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: &Int) -> Int {
                $core(self, other)
            }
        }
        impl $Trait<i64> for Int {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: i64) -> Int {
                $core(&self, &Int::small(other))
            }
        }
        impl $Trait<i64> for &Int {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: i64) -> Int {
                $core(self, &Int::small(other))
            }
        }
        impl $Trait<Int> for i64 {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: Int) -> Int {
                $core(&Int::small(self), &other)
            }
        }
        impl $Trait<&Int> for i64 {
            type Output = Int;
            #[inline]
            #[track_caller]
            fn $method(self, other: &Int) -> Int {
                $core(&Int::small(self), other)
            }
        }
        impl $AssignTrait<&Int> for Int {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, other: &Int) {
                *self = $core(self, other);
            }
        }
        impl $AssignTrait<Int> for Int {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, other: Int) {
                *self = $core(self, &other);
            }
        }
        impl $AssignTrait<i64> for Int {
            #[inline]
            #[track_caller]
            fn $assign(&mut self, other: i64) {
                *self = $core(self, &Int::small(other));
            }
        }
    };
}

operator!(Add add AddAssign add_assign add);
operator!(Sub sub SubAssign sub_assign sub);
operator!(Mul mul MulAssign mul_assign mul);
operator!(BitAnd bitand BitAndAssign bitand_assign and);
operator!(BitOr bitor BitOrAssign bitor_assign or);
operator!(BitXor bitxor BitXorAssign bitxor_assign xor);
operator!(Shl shl ShlAssign shl_assign super::bits::shl);
operator!(Shr shr ShrAssign shr_assign super::bits::shr);

impl Neg for &Int {
    type Output = Int;

    #[inline]
    fn neg(self) -> Int {
        match &self.0 {
            Repr::Small(number) => match number.checked_neg() {
                Some(negated) => Int::small(negated),
                None => Int::from_big(-BigInt::from(*number)),
            },
            Repr::Big(number) => Int::from_big(-&**number),
        }
    }
}

impl Neg for Int {
    type Output = Int;

    #[inline]
    fn neg(self) -> Int {
        -&self
    }
}

impl Not for &Int {
    type Output = Int;

    #[inline]
    fn not(self) -> Int {
        match &self.0 {
            Repr::Small(number) => Int::small(!number),
            Repr::Big(number) => Int::from_big(!&**number),
        }
    }
}

impl Not for Int {
    type Output = Int;

    #[inline]
    fn not(self) -> Int {
        !&self
    }
}

impl Sum for Int {
    fn sum<I: Iterator<Item = Int>>(numbers: I) -> Int {
        numbers.fold(Int::ZERO, |sum, number| sum + number)
    }
}

impl<'a> Sum<&'a Int> for Int {
    fn sum<I: Iterator<Item = &'a Int>>(numbers: I) -> Int {
        numbers.fold(Int::ZERO, |sum, number| sum + number)
    }
}

impl Sum<i64> for Int {
    fn sum<I: Iterator<Item = i64>>(numbers: I) -> Int {
        numbers.fold(Int::ZERO, |sum, number| sum + number)
    }
}

impl Product for Int {
    fn product<I: Iterator<Item = Int>>(numbers: I) -> Int {
        numbers.fold(Int::ONE, |product, number| product * number)
    }
}

impl<'a> Product<&'a Int> for Int {
    fn product<I: Iterator<Item = &'a Int>>(numbers: I) -> Int {
        numbers.fold(Int::ONE, |product, number| product * number)
    }
}

impl Product<i64> for Int {
    fn product<I: Iterator<Item = i64>>(numbers: I) -> Int {
        numbers.fold(Int::ONE, |product, number| product * number)
    }
}
