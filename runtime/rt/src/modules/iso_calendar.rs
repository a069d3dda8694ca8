//! `date.isocalendar()`: year, week and weekday as ISO 8601 counts them.

use std::fmt;

use super::datetime::Date;
use crate::class::{IndexError, ValueError};
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::raise_new;
use crate::value::{FromValue, Library, Value, held, library};

/// `datetime.IsoCalendarDate`: year, week, weekday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IsoCalendarDate(pub i64, pub i64, pub i64);

impl IsoCalendarDate {
    /// `d.isocalendar()`.
    pub fn of(date: &Date) -> IsoCalendarDate {
        let (year, week, weekday) = date.isocalendar();
        IsoCalendarDate(year, week, weekday)
    }

    /// The parts in order.
    pub fn parts(&self) -> Vec<i64> {
        vec![self.0, self.1, self.2]
    }

    /// Whether it is equal to a tuple.
    pub fn is_parts(&self, other: &(i64, i64, i64)) -> bool {
        (self.0, self.1, self.2) == *other
    }

    /// `c[index]`.
    #[track_caller]
    pub fn at(&self, index: i64) -> i64 {
        match index {
            0 | -3 => self.0,
            1 | -2 => self.1,
            2 | -1 => self.2,
            _ => raise_new(IndexError, "tuple index out of range"),
        }
    }
}

impl Date {
    /// `date.fromisocalendar(year, week, day)`; raises `ValueError`.
    #[track_caller]
    pub fn from_iso_calendar(year: i64, week: i64, day: i64) -> Result<Date, Error> {
        let wrong = |what: String| Err(Error::new(ValueError, what));
        if !(1..=9999).contains(&year) {
            return wrong(format!("Year is out of range: {year}"));
        }
        // The fourth of January is always in the first week.
        let first = |year: i64| {
            let fourth = Date { year, month: 1, day: 4 };
            fourth.ordinal() - fourth.weekday()
        };
        let has_week = week >= 1 && (week <= 52 || week == 53 && first(year) + 52 * 7 < first(year + 1));
        if !has_week {
            return wrong(format!("Invalid week: {week}"));
        }
        if !(1..=7).contains(&day) {
            return wrong(format!("Invalid weekday: {day} (range is [1, 7])"));
        }
        Ok(Date::from_ordinal(first(year) + (week - 1) * 7 + day - 1))
    }
}

impl Repr for IsoCalendarDate {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "datetime.IsoCalendarDate(year={}, week={}, weekday={})", self.0, self.1, self.2)
    }
}

impl crate::Truth for IsoCalendarDate {
    fn is_true(&self) -> bool {
        true
    }
}

crate::impl_ord!(IsoCalendarDate);
impl crate::Key for IsoCalendarDate {
    fn key_hash(&self) -> u64 {
        crate::Key::key_hash(&(self.0, self.1, self.2))
    }

    fn key_eq(&self, other: &Self) -> bool {
        self == other
    }
}

library! {
    [] IsoCalendarDate;
}

impl Library for IsoCalendarDate {
    const NAME: &'static str = "datetime.IsoCalendarDate";

    fn plain(&self) -> Option<Value> {
        Some(Value::tuple([self.0, self.1, self.2].map(Value::from)))
    }

    fn widened(value: &Value) -> Option<Self> {
        let (year, week, day) = <(i64, i64, i64)>::from_value(value).ok()?;
        Some(IsoCalendarDate(year, week, day))
    }

    fn equals(&self, other: &Value) -> bool {
        match other {
            Value::Tuple(_) => self.plain().is_some_and(|plain| plain == *other),
            _ => held::<Self>(other).is_some_and(|other| self == other),
        }
    }

    fn value_hash(&self) -> Option<u64> {
        Some(crate::Key::key_hash(&(self.0, self.1, self.2)))
    }

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "year" => Some(self.0.into()),
            "week" => Some(self.1.into()),
            "weekday" => Some(self.2.into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("__getitem__", [Value::Int(index)]) => Some(Ok(self.at(index.expect_i64()).into())),
            ("__iter__", []) => Some(Ok(self.parts().into())),
            ("__len__", []) => Some(Ok(Value::from(3))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_cpythons() {
        // From CPython 3.11.
        let date = |year, week, day| Date::from_iso_calendar(year, week, day).map_err(|e| e.to_string());
        assert_eq!(date(2025, 1, 1).map(|d| d.isoformat()), Ok("2024-12-30".to_owned()));
        assert_eq!(date(2020, 53, 7).map(|d| d.isoformat()), Ok("2021-01-03".to_owned()));
        assert_eq!(date(2021, 53, 1), Err("Invalid week: 53".to_owned()));
        assert_eq!(date(2021, 1, 8), Err("Invalid weekday: 8 (range is [1, 7])".to_owned()));
    }
}
