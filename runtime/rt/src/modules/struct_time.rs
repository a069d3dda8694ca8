//! `time.struct_time`: a moment in its parts. Local time is UTC, as in `datetime`.

use std::fmt;

use super::datetime::{Date, Datetime};
use super::datetime_text::{DAYS, MONTHS};
use crate::class::{IndexError, ValueError};
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::raise_new;

/// `time.struct_time`: year, month, day, hour, minute, second, weekday, day of the year, summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StructTime(pub [i64; 9]);

const NAMES: [&str; 9] =
    ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];

impl StructTime {
    /// `d.timetuple()` of a date.
    pub fn of_date(date: &Date) -> StructTime {
        StructTime::of(Datetime::midnight(*date), -1)
    }

    /// `moment.timetuple()`.
    pub fn of_datetime(moment: &Datetime) -> StructTime {
        StructTime::of(*moment, -1)
    }

    fn of(moment: Datetime, is_dst: i64) -> StructTime {
        let date = moment.date();
        let first = Date { year: date.year, month: 1, day: 1 };
        StructTime([
            date.year,
            date.month,
            date.day,
            moment.hour(),
            moment.minute(),
            moment.second(),
            date.weekday(),
            date.ordinal() - first.ordinal() + 1,
            is_dst,
        ])
    }

    /// `t.tm_year` and its like, by place.
    #[track_caller]
    pub fn at(&self, index: i64) -> i64 {
        let at = if index < 0 { index + 9 } else { index };
        match usize::try_from(at).ok().and_then(|at| self.0.get(at)) {
            Some(part) => *part,
            None => raise_new(IndexError, "tuple index out of range"),
        }
    }

    /// `t[start:stop]`.
    pub fn parts(&self) -> Vec<i64> {
        self.0.to_vec()
    }

    /// `time.struct_time(parts)`.
    #[track_caller]
    pub fn new(parts: Vec<i64>) -> Result<StructTime, Error> {
        let count = parts.len();
        <[i64; 9]>::try_from(parts).map(StructTime).map_err(|_| {
            let text = format!("time.struct_time() takes a 9-sequence ({count}-sequence given)");
            Error::new(crate::class::TypeError, text)
        })
    }

    fn moment(&self) -> Result<Datetime, Error> {
        let [year, month, day, hour, minute, second, ..] = self.0;
        Datetime::try_new(year, month, day, hour, minute, second.min(59), 0)
    }

    /// Seconds since 1970, days and clock beyond their range counted on.
    fn seconds(&self) -> i64 {
        let [year, month, day, hour, minute, second, ..] = self.0;
        let months = year * 12 + month - 1;
        let first = Date { year: months.div_euclid(12), month: months.rem_euclid(12) + 1, day: 1 };
        let epoch = Date { year: 1970, month: 1, day: 1 };
        (first.ordinal() - epoch.ordinal() + day - 1) * 86_400 + hour * 3600 + minute * 60 + second
    }
}

impl Repr for StructTime {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = NAMES.iter().zip(self.0).map(|(name, part)| format!("{name}={part}"));
        write!(f, "time.struct_time({})", parts.collect::<Vec<_>>().join(", "))
    }
}

/// `time.gmtime(seconds)`, `time.localtime(seconds)`.
pub fn gmtime(seconds: f64) -> StructTime {
    StructTime::of(Datetime::from_timestamp(seconds.floor()), 0)
}

/// `time.gmtime()`.
pub fn gmtime_now() -> StructTime {
    gmtime(super::time::time())
}

/// `time.strptime(text, format)`.
#[track_caller]
pub fn strptime(text: &str, format: &str) -> Result<StructTime, Error> {
    Ok(StructTime::of(Datetime::strptime(text, format)?, -1))
}

/// `time.strftime(format, t)`.
#[track_caller]
pub fn strftime(format: &str, t: StructTime) -> Result<String, Error> {
    Ok(t.moment()?.strftime(format))
}

/// `time.mktime(t)`.
pub fn mktime(t: StructTime) -> f64 {
    t.seconds() as f64
}

/// `calendar.timegm(t)`.
pub fn timegm(t: StructTime) -> i64 {
    t.seconds()
}

/// `calendar.timegm(parts)` of the first six parts.
pub fn timegm_of(parts: impl IntoIterator<Item = i64>) -> i64 {
    let mut all = [0; 9];
    all.iter_mut().zip(parts.into_iter().take(6)).for_each(|(own, part)| *own = part);
    timegm(StructTime(all))
}

/// `time.asctime(t)`.
#[track_caller]
pub fn asctime(t: StructTime) -> Result<String, Error> {
    let [year, month, day, hour, minute, second, weekday, ..] = t.0;
    if !(1..=12).contains(&month) {
        return Err(Error::new(ValueError, "month out of range"));
    }
    let (name, month) = (&DAYS[weekday.rem_euclid(7) as usize][..3], &MONTHS[month as usize - 1][..3]);
    Ok(format!("{name} {month} {day:2} {hour:02}:{minute:02}:{second:02} {year}"))
}

/// `time.ctime(seconds)`.
#[track_caller]
pub fn ctime(seconds: f64) -> Result<String, Error> {
    asctime(gmtime(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_cpythons() {
        // From CPython 3.11.
        let t = strptime("2024-03-05 06:07:08", "%Y-%m-%d %H:%M:%S").expect("fits");
        assert_eq!(t.0, [2024, 3, 5, 6, 7, 8, 1, 65, -1]);
        assert_eq!((mktime(t), timegm(t)), (1_709_618_828.0, 1_709_618_828));
        assert_eq!(ctime(0.0).ok().as_deref(), Some("Thu Jan  1 00:00:00 1970"));
    }
}
