//! Python's `datetime`: dates, moments, durations.

use std::fmt;

use super::datetime_text::{parse, strftime};
use super::datetime_zone::{Timezone, write_rest};
use crate::class::{OverflowError, TypeError, ValueError};
use crate::error::Error;
use crate::number::{floor_div, floor_mod, round_half_even};
use crate::repr::Repr;
use crate::unwind::raise_new;

const DAY: i64 = 86_400_000_000;

/// Days before the first of a year, counted from 0001-01-01.
fn days_before_year(year: i64) -> i64 {
    let y = year - 1;
    y * 365 + y / 4 - y / 100 + y / 400
}

pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `datetime.date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
}

impl Date {
    /// `date.min`.
    pub const MIN: Date = Date { year: 1, month: 1, day: 1 };
    /// `date.max`.
    pub const MAX: Date = Date { year: 9999, month: 12, day: 31 };

    /// `date(year, month, day)`; `ValueError` for what the calendar lacks.
    #[track_caller]
    pub fn try_new(year: i64, month: i64, day: i64) -> Result<Date, Error> {
        if !(1..=9999).contains(&year) {
            return Err(Error::new(ValueError, format!("year {year} is out of range")));
        }
        if !(1..=12).contains(&month) {
            return Err(Error::new(ValueError, "month must be in 1..12"));
        }
        if !(1..=days_in_month(year, month)).contains(&day) {
            return Err(Error::new(ValueError, "day is out of range for month"));
        }
        Ok(Date { year, month, day })
    }

    /// `date.fromordinal(n)`; raises `OverflowError`.
    #[track_caller]
    pub fn from_ordinal(n: i64) -> Date {
        if !(1..=3_652_059).contains(&n) {
            raise_new(OverflowError, "date value out of range");
        }
        let mut year = (n * 400 / 146_097).clamp(1, 9999);
        while days_before_year(year) >= n {
            year -= 1;
        }
        while year < 9999 && days_before_year(year + 1) < n {
            year += 1;
        }
        let mut day = n - days_before_year(year);
        let mut month = 1;
        while day > days_in_month(year, month) {
            day -= days_in_month(year, month);
            month += 1;
        }
        Date { year, month, day }
    }

    /// `date.today()`, in UTC.
    pub fn today() -> Date {
        Datetime::now().date()
    }

    /// `d.year`.
    pub fn year(&self) -> i64 {
        self.year
    }

    /// `d.month`.
    pub fn month(&self) -> i64 {
        self.month
    }

    /// `d.day`.
    pub fn day(&self) -> i64 {
        self.day
    }

    /// `d.toordinal()`.
    pub fn ordinal(&self) -> i64 {
        self.day
            + (1..self.month).map(|month| days_in_month(self.year, month)).sum::<i64>()
            + days_before_year(self.year)
    }

    /// `d.weekday()`: Monday is 0.
    pub fn weekday(&self) -> i64 {
        (self.ordinal() + 6) % 7
    }

    /// `d.isoweekday()`: Monday is 1.
    pub fn isoweekday(&self) -> i64 {
        self.weekday() + 1
    }

    /// `d.isocalendar()`.
    pub fn isocalendar(&self) -> (i64, i64, i64) {
        let first_monday = |year: i64| {
            let first = days_before_year(year) + 1;
            let weekday = (first + 6) % 7;
            if weekday > 3 { first - weekday + 7 } else { first - weekday }
        };
        let own = self.ordinal();
        let mut year = self.year;
        if own < first_monday(year) {
            year -= 1;
        } else if own >= first_monday(year + 1) {
            year += 1;
        }
        ((year), (own - first_monday(year)) / 7 + 1, self.isoweekday())
    }

    /// `d.isoformat()`.
    pub fn isoformat(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `d.strftime(format)`.
    pub fn strftime(&self, format: &str) -> String {
        strftime(self.midnight(), format)
    }

    /// The day's first moment.
    pub fn midnight(&self) -> Datetime {
        Datetime { date: *self, micros: 0, zone: None }
    }

    /// `d.replace(year=.., month=.., day=..)`.
    #[track_caller]
    pub fn replace(&self, year: Option<i64>, month: Option<i64>, day: Option<i64>) -> Result<Date, Error> {
        Date::try_new(year.unwrap_or(self.year), month.unwrap_or(self.month), day.unwrap_or(self.day))
    }

    /// `d + duration`.
    #[track_caller]
    pub fn plus(&self, duration: Timedelta) -> Date {
        Date::from_ordinal(self.ordinal() + duration.days())
    }

    /// `d - duration`.
    #[track_caller]
    pub fn minus(&self, duration: Timedelta) -> Date {
        Date::from_ordinal(self.ordinal() - duration.days())
    }

    /// `d - other`.
    pub fn since(&self, other: Date) -> Timedelta {
        Timedelta((self.ordinal() - other.ordinal()) * DAY)
    }
}

/// Microseconds since midnight; `ValueError` for what no clock shows.
#[track_caller]
pub(super) fn clock_micros(hour: i64, minute: i64, second: i64, micro: i64) -> Result<i64, Error> {
    let within = [
        (hour, 24, "hour must be in 0..23"),
        (minute, 60, "minute must be in 0..59"),
        (second, 60, "second must be in 0..59"),
        (micro, 1_000_000, "microsecond must be in 0..999999"),
    ];
    for (value, end, text) in within {
        if !(0..end).contains(&value) {
            return Err(Error::new(ValueError, text));
        }
    }
    Ok(((hour * 60 + minute) * 60 + second) * 1_000_000 + micro)
}

/// `datetime.datetime`.
#[derive(Clone, Copy, Debug)]
pub struct Datetime {
    pub(super) date: Date,
    /// Microseconds since midnight.
    pub(super) micros: i64,
    pub(super) zone: Option<Timezone>,
}

impl Datetime {
    /// `datetime.min`.
    pub const MIN: Datetime = Datetime { date: Date::MIN, micros: 0, zone: None };

    /// `datetime.max`.
    pub const MAX: Datetime = Datetime { date: Date::MAX, micros: DAY - 1, zone: None };

    /// `datetime(year, month, day, hour, minute, second, microsecond)`.
    #[track_caller]
    pub fn try_new(
        year: i64,
        month: i64,
        day: i64,
        hour: i64,
        minute: i64,
        second: i64,
        micro: i64,
    ) -> Result<Datetime, Error> {
        let date = Date::try_new(year, month, day)?;
        Ok(Datetime { date, micros: clock_micros(hour, minute, second, micro)?, zone: None })
    }

    /// `datetime.now()`, in UTC.
    pub fn now() -> Datetime {
        Datetime::from_timestamp(super::time::time())
    }

    /// `datetime.fromtimestamp(seconds)`, in UTC.
    #[track_caller]
    pub fn from_timestamp(seconds: f64) -> Datetime {
        Datetime::of_micros(719_163 * DAY + round_half_even(seconds * 1e6))
    }

    #[track_caller]
    fn of_micros(total: i64) -> Datetime {
        let date = Date::from_ordinal(floor_div(total, DAY));
        Datetime { date, micros: floor_mod(total, DAY), zone: None }
    }

    fn total(&self) -> i64 {
        self.date.ordinal() * DAY + self.micros
    }

    /// Microseconds of the moment in UTC; those of the clock without a zone.
    pub(super) fn utc(&self) -> i64 {
        self.total() - self.zone.map_or(0, |zone| zone.offset)
    }

    /// `datetime.strptime(text, format)`; `ValueError` where they do not fit.
    #[track_caller]
    pub fn strptime(text: &str, format: &str) -> Result<Datetime, Error> {
        parse(text, format)
    }

    /// `datetime.combine(date, time)` at midnight; also `d` of a `datetime`.
    pub fn date(&self) -> Date {
        self.date
    }

    /// `d.hour`.
    pub fn hour(&self) -> i64 {
        self.micros / 3_600_000_000
    }

    /// `d.minute`.
    pub fn minute(&self) -> i64 {
        self.micros / 60_000_000 % 60
    }

    /// `d.second`.
    pub fn second(&self) -> i64 {
        self.micros / 1_000_000 % 60
    }

    /// `d.microsecond`.
    pub fn microsecond(&self) -> i64 {
        self.micros % 1_000_000
    }

    /// `d.isoformat(sep)`.
    pub fn isoformat(&self, sep: &str) -> String {
        self.isoformat_as(sep, "auto")
    }

    /// `d.strftime(format)`.
    pub fn strftime(&self, format: &str) -> String {
        strftime(*self, format)
    }

    /// `d.timestamp()`, in UTC.
    pub fn timestamp(&self) -> f64 {
        (self.utc() - 719_163 * DAY) as f64 / 1e6
    }

    /// `d.replace(..)`.
    #[track_caller]
    #[expect(clippy::too_many_arguments, reason = "as Python's")]
    pub fn replace(
        &self,
        year: Option<i64>,
        month: Option<i64>,
        day: Option<i64>,
        hour: Option<i64>,
        minute: Option<i64>,
        second: Option<i64>,
        micro: Option<i64>,
    ) -> Result<Datetime, Error> {
        let date = self.date;
        let changed = Datetime::try_new(
            year.unwrap_or(date.year),
            month.unwrap_or(date.month),
            day.unwrap_or(date.day),
            hour.unwrap_or(self.hour()),
            minute.unwrap_or(self.minute()),
            second.unwrap_or(self.second()),
            micro.unwrap_or(self.microsecond()),
        )?;
        Ok(changed.with_zone(self.zone))
    }

    /// `d + duration`.
    #[track_caller]
    pub fn plus(&self, duration: Timedelta) -> Datetime {
        Datetime::of_micros(self.total() + duration.0).with_zone(self.zone)
    }

    /// `d - duration`.
    #[track_caller]
    pub fn minus(&self, duration: Timedelta) -> Datetime {
        Datetime::of_micros(self.total() - duration.0).with_zone(self.zone)
    }

    /// `d - other`; raises `TypeError` where one of both has a zone.
    #[track_caller]
    pub fn since(&self, other: Datetime) -> Timedelta {
        if self.zone.is_some() != other.zone.is_some() {
            raise_new(TypeError, "can't subtract offset-naive and offset-aware datetimes");
        }
        Timedelta(self.utc() - other.utc())
    }
}

/// `datetime.timedelta`, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timedelta(pub(super) i64);

/// The microseconds of so many units.
fn parts_of(value: f64, unit: i64) -> i64 {
    let whole = value.trunc();
    whole as i64 * unit + round_half_even((value - whole) * unit as f64)
}

impl Timedelta {
    /// Whether no time passes; `not t`.
    pub fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// `timedelta(days=days)`.
    pub fn from_days(days: f64) -> Timedelta {
        Timedelta(parts_of(days, DAY))
    }

    /// `timedelta(weeks=weeks)`.
    pub fn from_weeks(weeks: f64) -> Timedelta {
        Timedelta::from_days(7.0 * weeks)
    }

    /// `timedelta(hours=hours)`.
    pub fn from_hours(hours: f64) -> Timedelta {
        Timedelta(parts_of(hours, 3_600_000_000))
    }

    /// `timedelta(minutes=minutes)`.
    pub fn from_minutes(minutes: f64) -> Timedelta {
        Timedelta(parts_of(minutes, 60_000_000))
    }

    /// `timedelta(seconds=seconds)`.
    pub fn from_seconds(seconds: f64) -> Timedelta {
        Timedelta(parts_of(seconds, 1_000_000))
    }

    /// `timedelta(milliseconds=millis)`.
    pub fn from_milliseconds(millis: f64) -> Timedelta {
        Timedelta(parts_of(millis, 1000))
    }

    /// `timedelta(microseconds=micros)`.
    pub fn from_microseconds(micros: f64) -> Timedelta {
        Timedelta(round_half_even(micros))
    }

    /// `timedelta(days, seconds, microseconds, milliseconds, minutes, hours, weeks)`.
    pub fn new(
        days: f64,
        seconds: f64,
        micros: f64,
        millis: f64,
        minutes: f64,
        hours: f64,
        weeks: f64,
    ) -> Timedelta {
        let hours = parts_of(hours, 3_600_000_000) + parts_of(minutes, 60_000_000);
        Timedelta(
            parts_of(days + 7.0 * weeks, DAY)
                + hours
                + parts_of(seconds, 1_000_000)
                + parts_of(millis, 1000)
                + round_half_even(micros),
        )
    }

    /// `t.days`.
    pub fn days(&self) -> i64 {
        floor_div(self.0, DAY)
    }

    /// `t.seconds`.
    pub fn seconds(&self) -> i64 {
        floor_mod(self.0, DAY) / 1_000_000
    }

    /// `t.microseconds`.
    pub fn microseconds(&self) -> i64 {
        floor_mod(self.0, 1_000_000)
    }

    /// `t.total_seconds()`.
    pub fn total_seconds(&self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// `t + other`.
    pub fn plus(&self, other: Timedelta) -> Timedelta {
        Timedelta(self.0 + other.0)
    }

    /// `t - other`.
    pub fn minus(&self, other: Timedelta) -> Timedelta {
        Timedelta(self.0 - other.0)
    }

    /// `t * n`.
    pub fn times(&self, n: i64) -> Timedelta {
        Timedelta(self.0 * n)
    }

    /// `t * x`.
    pub fn times_float(&self, x: f64) -> Timedelta {
        Timedelta(round_half_even(self.0 as f64 * x))
    }

    /// `t / x`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn over_float(&self, x: f64) -> Timedelta {
        Timedelta(round_half_even(crate::float_true_div(self.0 as f64, x)))
    }

    /// `divmod(t, other)`; raises `ZeroDivisionError`.
    #[track_caller]
    pub fn divmod(&self, other: Timedelta) -> (i64, Timedelta) {
        (self.floor_ratio(other), self.modulo(other))
    }

    /// `t / n`.
    #[track_caller]
    pub fn over(&self, n: i64) -> Timedelta {
        Timedelta(round_half_even(crate::true_div(self.0, n)))
    }

    /// `t // n`.
    #[track_caller]
    pub fn floor_over(&self, n: i64) -> Timedelta {
        Timedelta(floor_div(self.0, n))
    }

    /// `t / other`.
    #[track_caller]
    pub fn ratio(&self, other: Timedelta) -> f64 {
        crate::true_div(self.0, other.0)
    }

    /// `t // other`.
    #[track_caller]
    pub fn floor_ratio(&self, other: Timedelta) -> i64 {
        floor_div(self.0, other.0)
    }

    /// `t % other`.
    #[track_caller]
    pub fn modulo(&self, other: Timedelta) -> Timedelta {
        Timedelta(floor_mod(self.0, other.0))
    }

    /// `abs(t)`.
    pub fn abs(&self) -> Timedelta {
        Timedelta(self.0.abs())
    }

    /// `-t`.
    pub fn negated(&self) -> Timedelta {
        Timedelta(-self.0)
    }
}

impl Repr for Date {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "datetime.date({}, {}, {})", self.year, self.month, self.day)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.isoformat())
    }
}

impl Repr for Datetime {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, day } = self.date;
        write!(f, "datetime.datetime({year}, {month}, {day}, {}, {}", self.hour(), self.minute())?;
        write_rest(f, self.second(), self.microsecond(), self.zone)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.isoformat(" "))
    }
}

impl Repr for Timedelta {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts =
            [("days", self.days()), ("seconds", self.seconds()), ("microseconds", self.microseconds())];
        let shown: Vec<String> = parts
            .iter()
            .filter(|(_, value)| *value != 0)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
        write!(f, "datetime.timedelta({shown})")
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.days(), self.seconds());
        if days != 0 {
            write!(f, "{days} day{}, ", if days.abs() == 1 { "" } else { "s" })?;
        }
        write!(f, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        match self.microseconds() {
            0 => Ok(()),
            micros => write!(f, ".{micros:06}"),
        }
    }
}

crate::impl_key!(Date);
crate::impl_key!(Timedelta);
crate::impl_ord!(Date, Datetime, Timedelta);
