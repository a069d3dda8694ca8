//! The operators, also with integers on either side.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use super::Decimal;
use super::context::Rounding;
use crate::big::Int;

macro_rules! operators {
    ($($Trait:ident $method:ident $inner:ident;)*) => {
        $(
            impl $Trait for &Decimal {
                type Output = Decimal;

                #[track_caller]
                fn $method(self, other: &Decimal) -> Decimal {
                    Decimal::run(|settings, status| self.$inner(other, settings, status))
                }
            }

            operators!(mixed $Trait $method i64, Int);
        )*
    };
    (mixed $Trait:ident $method:ident $($number:ty),*) => {
        $(
            impl $Trait<$number> for &Decimal {
                type Output = Decimal;

                #[track_caller]
                fn $method(self, other: $number) -> Decimal {
                    self.$method(&Decimal::from(other))
                }
            }

            impl $Trait<&Decimal> for $number {
                type Output = Decimal;

                #[track_caller]
                fn $method(self, other: &Decimal) -> Decimal {
                    (&Decimal::from(self)).$method(other)
                }
            }
        )*
    };
}

operators! {
    Add add add_in;
    Sub sub sub_in;
    Mul mul mul_in;
    Div div div_in;
    Rem rem rem_in;
}

impl Neg for &Decimal {
    type Output = Decimal;

    #[track_caller]
    fn neg(self) -> Decimal {
        self.negated()
    }
}

impl Decimal {
    /// `-d`, rounded as the context says.
    #[track_caller]
    #[must_use]
    pub fn negated(&self) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            let keeps_sign = !self.is_zero() || settings.rounding == Rounding::Floor;
            let negative = !self.negative && keeps_sign;
            Decimal { negative, ..self.clone() }.fixed(settings, status)
        })
    }
}

impl Decimal {
    /// `+d`: rounded to the context.
    #[track_caller]
    #[must_use]
    pub fn pos(&self) -> Decimal {
        Decimal::run(|settings, status| {
            if let Some(nan) = self.nan_of(self, settings, status) {
                return nan;
            }
            let keeps_sign = !self.is_zero() || settings.rounding == Rounding::Floor;
            let negative = self.negative && keeps_sign;
            Decimal { negative, ..self.clone() }.fixed(settings, status)
        })
    }

    /// `abs(d)`.
    #[track_caller]
    #[must_use]
    pub fn abs(&self) -> Decimal {
        if self.negative { -self } else { self.pos() }
    }
}

impl std::iter::Sum for Decimal {
    #[track_caller]
    fn sum<I: Iterator<Item = Decimal>>(items: I) -> Decimal {
        items.fold(Decimal::from(0), |sum, item| &sum + &item)
    }
}

impl crate::Truth for Decimal {
    fn is_true(&self) -> bool {
        !self.is_zero()
    }
}
