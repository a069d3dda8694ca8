//! Dates, times of a day and durations inside dynamic values.

use super::datetime::{Date, Datetime, Timedelta};
use super::iso_calendar::IsoCalendarDate;
use crate::error::Error;
use crate::value::{FromValue, Library, Value, formatted, held, library};

library! {
    [] Date;
    [] Datetime;
    [] Timedelta;
}

impl Library for Date {
    const NAME: &'static str = "datetime.date";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "year" => Some(self.year.into()),
            "month" => Some(self.month.into()),
            "day" => Some(self.day.into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("isoformat", []) => Some(Ok(self.isoformat().into())),
            ("strftime", [format]) => {
                Some(String::from_value(format).map(|format| self.strftime(&format).into()))
            }
            ("weekday", []) => Some(Ok(self.weekday().into())),
            ("isoweekday", []) => Some(Ok(self.isoweekday().into())),
            ("isocalendar", []) => Some(Ok(IsoCalendarDate::of(self).into())),
            ("toordinal", []) => Some(Ok(self.ordinal().into())),
            ("replace", _) => {
                let part = |at| part(args, at);
                Some(self.replace(part(0), part(1), part(2)).map(Into::into))
            }
            ("__format__", [spec]) => Some(formatted(self, spec)),
            ("__lt__", [other]) => Some(Ok((self < held::<Date>(other)?).into())),
            ("__le__", [other]) => Some(Ok((self <= held::<Date>(other)?).into())),
            ("__gt__", [other]) => Some(Ok((self > held::<Date>(other)?).into())),
            ("__ge__", [other]) => Some(Ok((self >= held::<Date>(other)?).into())),
            ("__sub__", [other]) => Some(Ok(match held::<Timedelta>(other) {
                Some(duration) => self.minus(*duration).into(),
                None => self.since(*held(other)?).into(),
            })),
            ("__add__" | "__radd__", [other]) => Some(Ok(self.plus(*held(other)?).into())),
            _ => None,
        }
    }

    fn value_hash(&self) -> Option<u64> {
        Some(crate::Key::key_hash(self))
    }
}

impl Library for Datetime {
    const NAME: &'static str = "datetime.datetime";

    fn attr(&self, name: &str) -> Option<Value> {
        let date = self.date();
        Some(match name {
            "year" => date.year().into(),
            "month" => date.month().into(),
            "day" => date.day().into(),
            "hour" => self.hour().into(),
            "minute" => self.minute().into(),
            "second" => self.second().into(),
            "microsecond" => self.microsecond().into(),
            _ => return None,
        })
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        Some(Ok(match (name, args) {
            ("isoformat", []) => self.isoformat("T").into(),
            ("isoformat", [sep]) => {
                return Some(String::from_value(sep).map(|sep| self.isoformat(&sep).into()));
            }
            ("isoformat", [sep, timespec]) => {
                let sep = if sep.is_none() { Ok("T".to_owned()) } else { String::from_value(sep) };
                let text = |sep: String| {
                    let timespec = String::from_value(timespec)?;
                    Ok(self.isoformat_as(&sep, &timespec).into())
                };
                return Some(sep.and_then(text));
            }
            ("replace", _) => {
                let part = |at| part(args, at);
                let changed = self.replace(part(0), part(1), part(2), part(3), part(4), part(5), part(6));
                return Some(changed.map(Into::into));
            }
            ("strftime", [format]) => {
                return Some(String::from_value(format).map(|format| self.strftime(&format).into()));
            }
            ("__format__", [spec]) => return Some(formatted(self, spec)),
            ("date", []) => self.date().into(),
            ("time", []) => self.time().into(),
            ("weekday", []) => self.date().weekday().into(),
            ("isoweekday", []) => self.date().isoweekday().into(),
            ("isocalendar", []) => IsoCalendarDate::of(&self.date()).into(),
            ("toordinal", []) => self.date().ordinal().into(),
            ("timestamp", []) => self.timestamp().into(),
            ("__lt__", [other]) => (self < held::<Datetime>(other)?).into(),
            ("__le__", [other]) => (self <= held::<Datetime>(other)?).into(),
            ("__gt__", [other]) => (self > held::<Datetime>(other)?).into(),
            ("__ge__", [other]) => (self >= held::<Datetime>(other)?).into(),
            ("__sub__", [other]) => match held::<Timedelta>(other) {
                Some(duration) => self.minus(*duration).into(),
                None => self.since(*held(other)?).into(),
            },
            ("__add__" | "__radd__", [other]) => self.plus(*held(other)?).into(),
            _ => return None,
        }))
    }

    fn value_hash(&self) -> Option<u64> {
        Some(crate::Key::key_hash(self))
    }
}

impl Library for Timedelta {
    const NAME: &'static str = "datetime.timedelta";

    fn attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "days" => self.days().into(),
            "seconds" => self.seconds().into(),
            "microseconds" => self.microseconds().into(),
            _ => return None,
        })
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        Some(Ok(match (name, args) {
            ("total_seconds", []) => self.total_seconds().into(),
            ("__add__" | "__radd__", [other]) => match (held::<Datetime>(other), held::<Date>(other)) {
                (Some(start), _) => start.plus(*self).into(),
                (_, Some(day)) => day.plus(*self).into(),
                _ => self.plus(*held(other)?).into(),
            },
            ("__sub__", [other]) => self.minus(*held(other)?).into(),
            ("__neg__", []) => self.negated().into(),
            ("__abs__", []) => self.abs().into(),
            ("__mul__" | "__rmul__", [Value::Float(times)]) => self.times_float(*times).into(),
            ("__mul__" | "__rmul__", [times]) => self.times(i64::from_value(times).ok()?).into(),
            ("__truediv__", [Value::Float(parts)]) => self.over_float(*parts).into(),
            ("__truediv__", [other]) => match held::<Timedelta>(other) {
                Some(other) => self.ratio(*other).into(),
                None => self.over(i64::from_value(other).ok()?).into(),
            },
            ("__floordiv__", [other]) => match held::<Timedelta>(other) {
                Some(other) => self.floor_ratio(*other).into(),
                None => self.floor_over(i64::from_value(other).ok()?).into(),
            },
            ("__mod__", [other]) => self.modulo(*held(other)?).into(),
            ("__lt__", [other]) => (self < held::<Timedelta>(other)?).into(),
            ("__le__", [other]) => (self <= held::<Timedelta>(other)?).into(),
            ("__gt__", [other]) => (self > held::<Timedelta>(other)?).into(),
            ("__ge__", [other]) => (self >= held::<Timedelta>(other)?).into(),
            _ => return None,
        }))
    }

    fn value_hash(&self) -> Option<u64> {
        Some(crate::Key::key_hash(self))
    }

    fn truth(&self) -> bool {
        !self.is_zero()
    }
}

/// The part of a date that an argument changes.
fn part(args: &[Value], at: usize) -> Option<i64> {
    args.get(at).and_then(|value| i64::from_value(value).ok())
}
