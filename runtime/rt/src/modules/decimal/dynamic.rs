//! Decimals inside dynamic values.

use super::Decimal;
use crate::big::Int;
use crate::class::TypeError;
use crate::collections::Key;
use crate::error::Error;
use crate::value::{FromValue, Library, Value, formatted, held, library};

library! {
    [] Decimal;
}

impl Decimal {
    /// `Decimal(value)` of a number or text; `TypeError` for anything else.
    #[track_caller]
    pub fn from_any(value: &Value) -> Result<Decimal, Error> {
        match value {
            Value::Str(text) => Decimal::parse(text),
            Value::Float(x) => Ok(Decimal::from_float(*x)),
            Value::Bool(_) | Value::Int(_) => Int::from_value(value).map(Decimal::from),
            _ => match held::<Decimal>(value) {
                Some(number) => Ok(number.clone()),
                None => {
                    let name = value.type_name();
                    Err(Error::new(TypeError, format!("conversion from {name} to Decimal is not supported")))
                }
            },
        }
    }
}

impl Library for Decimal {
    const NAME: &'static str = "decimal.Decimal";

    fn widened(value: &Value) -> Option<Decimal> {
        match value {
            Value::Bool(_) | Value::Int(_) => Int::from_value(value).ok().map(Decimal::from),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let other = || -> Option<Decimal> {
            let arg = args.first()?;
            held::<Decimal>(arg).cloned().or_else(|| Decimal::widened(arg))
        };
        let ordered = || -> Option<Decimal> {
            match args.first()? {
                Value::Float(x) => Some(Decimal::from_float(*x)),
                _ => other(),
            }
        };
        let result = match name {
            "__add__" | "__radd__" => self + &other()?,
            "__sub__" => self - &other()?,
            "__rsub__" => &other()? - self,
            "__mul__" | "__rmul__" => self * &other()?,
            "__truediv__" => self / &other()?,
            "__rtruediv__" => &other()? / self,
            "__floordiv__" => self.div_int(&other()?),
            "__rfloordiv__" => other()?.div_int(self),
            "__mod__" => self % &other()?,
            "__rmod__" => &other()? % self,
            "__pow__" => self.pow(&other()?),
            "__rpow__" => other()?.pow(self),
            "quantize" => self.quantize(&other()?),
            "__neg__" => -self,
            "__abs__" => self.abs(),
            "normalize" => self.normalize(),
            "sqrt" => self.sqrt(),
            "__format__" => return Some(formatted(self, args.first()?)),
            "__float__" => return Some(Ok(self.to_f64().into())),
            "__int__" => return Some(Ok(self.trunc().into())),
            "__round__" => match args.first() {
                Some(places) => self.round_places(i64::from_value(places).ok()?),
                None => return Some(Ok(self.round().into())),
            },
            "__lt__" => return Some(Ok((*self < ordered()?).into())),
            "__gt__" => return Some(Ok((*self > ordered()?).into())),
            "__le__" => return Some(Ok((*self <= ordered()?).into())),
            "__ge__" => return Some(Ok((*self >= ordered()?).into())),
            _ => return None,
        };
        Some(Ok(result.into()))
    }

    fn equals(&self, other: &Value) -> bool {
        match other {
            Value::Bool(_) | Value::Int(_) => Int::from_value(other).is_ok_and(|number| *self == number),
            Value::Float(x) => *self == *x,
            _ => held::<Decimal>(other).is_some_and(|other| self == other),
        }
    }

    fn truth(&self) -> bool {
        !self.is_zero()
    }

    fn value_hash(&self) -> Option<u64> {
        Some(self.key_hash())
    }
}
