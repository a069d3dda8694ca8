//! Times of day and fixed zones, and what a `datetime` does with them.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::datetime::{Date, Datetime, Timedelta, clock_micros};
use super::datetime_text::strftime;
use crate::class::{TypeError, ValueError};
use crate::collections::{Key, std_hash};
use crate::error::Error;
use crate::repr::Repr;
use crate::unwind::raise_new;
use crate::value::{FromValue, Library, Value, held, library};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// `datetime.timezone`: a fixed distance from UTC.
#[derive(Clone, Copy, Debug)]
pub struct Timezone {
    /// Microseconds east of UTC.
    pub(super) offset: i64,
    name: Option<&'static str>,
}

/// Names live as long as the program, so that zones are plain values.
fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
    names.insert(kept);
    kept
}

impl Timezone {
    /// `timezone.utc`.
    pub const UTC: Timezone = Timezone { offset: 0, name: None };

    /// `timezone(offset)`; `ValueError` for a day and more.
    #[track_caller]
    pub fn try_new(offset: Timedelta) -> Result<Timezone, Error> {
        if offset.0.abs() >= DAY {
            let words = "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not";
            return Err(Error::new(ValueError, format!("{words} {}.", crate::repr(&offset))));
        }
        Ok(Timezone { offset: offset.0, name: None })
    }

    /// `timezone(offset, name)`; `ValueError` for a day and more.
    #[track_caller]
    pub fn named(offset: Timedelta, name: &str) -> Result<Timezone, Error> {
        Ok(Timezone { name: Some(interned(name)), ..Timezone::try_new(offset)? })
    }

    /// `zone.utcoffset(None)`.
    pub fn utcoffset(&self) -> Timedelta {
        Timedelta(self.offset)
    }

    /// `zone.tzname(None)`.
    pub fn tzname(&self) -> String {
        match self.name {
            Some(name) => name.to_owned(),
            None if self.offset == 0 => "UTC".to_owned(),
            None => format!("UTC{}", offset_text(self.offset, ":")),
        }
    }
}

/// `+01:30`, with seconds where there are some.
pub(super) fn offset_text(offset: i64, colon: &str) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let seconds = offset.abs() / SECOND;
    let text = format!("{sign}{:02}{colon}{:02}", seconds / 3600, seconds / 60 % 60);
    match (seconds % 60, offset.abs() % SECOND) {
        (0, 0) => text,
        (second, 0) => format!("{text}{colon}{second:02}"),
        (second, micro) => format!("{text}{colon}{second:02}.{micro:06}"),
    }
}

/// The offset that a text like `+01:30`, `-0800` or `Z` names.
pub(super) fn parse_offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && matches!(digits.len(), 4 | 6);
    if !is_plain {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(0, |part| part.parse().unwrap_or(0));
    let seconds: i64 = part(0) * 3600 + part(2) * 60 + part(4);
    Some(sign * seconds * SECOND)
}

impl PartialEq for Timezone {
    fn eq(&self, other: &Timezone) -> bool {
        self.offset == other.offset
    }
}

impl Repr for Timezone {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            None if self.offset == 0 => f.write_str("datetime.timezone.utc"),
            None => write!(f, "datetime.timezone({})", crate::repr(&self.utcoffset())),
            Some(name) => {
                write!(f, "datetime.timezone({}, {})", crate::repr(&self.utcoffset()), crate::repr(name))
            }
        }
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tzname())
    }
}

crate::impl_format!(Timezone: "datetime.timezone");

/// `datetime.time`: a time of day.
#[derive(Clone, Copy, Debug)]
pub struct Time {
    /// Microseconds since midnight.
    pub(super) micros: i64,
    pub(super) zone: Option<Timezone>,
}

/// The text of a time of day as `timespec` says; raises `ValueError`.
#[track_caller]
fn clock_text(micros: i64, timespec: &str) -> String {
    let (second, micro) = (micros / SECOND, micros % SECOND);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    match (timespec, micro) {
        ("hours", _) => format!("{hour:02}"),
        ("minutes", _) => format!("{hour:02}:{minute:02}"),
        ("seconds", _) | ("auto", 0) => format!("{hour:02}:{minute:02}:{second:02}"),
        ("milliseconds", _) => format!("{hour:02}:{minute:02}:{second:02}.{:03}", micro / 1000),
        ("microseconds" | "auto", _) => format!("{hour:02}:{minute:02}:{second:02}.{micro:06}"),
        _ => raise_new(ValueError, "Unknown timespec value"),
    }
}

fn zone_text(zone: Option<Timezone>) -> String {
    zone.map_or_else(String::new, |zone| offset_text(zone.offset, ":"))
}

impl Time {
    /// `time.min`.
    pub const MIN: Time = Time { micros: 0, zone: None };

    /// `time(hour, minute, second, microsecond, tzinfo)`.
    #[track_caller]
    pub fn try_new(
        hour: i64,
        minute: i64,
        second: i64,
        micro: i64,
        zone: Option<Timezone>,
    ) -> Result<Time, Error> {
        Ok(Time { micros: clock_micros(hour, minute, second, micro)?, zone })
    }

    /// `t.hour`.
    pub fn hour(&self) -> i64 {
        self.micros / (3600 * SECOND)
    }

    /// `t.minute`.
    pub fn minute(&self) -> i64 {
        self.micros / (60 * SECOND) % 60
    }

    /// `t.second`.
    pub fn second(&self) -> i64 {
        self.micros / SECOND % 60
    }

    /// `t.microsecond`.
    pub fn microsecond(&self) -> i64 {
        self.micros % SECOND
    }

    /// `t.tzinfo`.
    pub fn tzinfo(&self) -> Option<Timezone> {
        self.zone
    }

    /// `t.isoformat(timespec)`; raises `ValueError`.
    #[track_caller]
    pub fn isoformat(&self, timespec: &str) -> String {
        clock_text(self.micros, timespec) + &zone_text(self.zone)
    }

    /// `t.strftime(format)`.
    pub fn strftime(&self, format: &str) -> String {
        let date = Date { year: 1900, month: 1, day: 1 };
        strftime(Datetime { date, micros: self.micros, zone: self.zone }, format)
    }

    /// `t.replace(hour=.., ..)`.
    #[track_caller]
    pub fn replace(
        &self,
        hour: Option<i64>,
        minute: Option<i64>,
        second: Option<i64>,
        micro: Option<i64>,
    ) -> Result<Time, Error> {
        Time::try_new(
            hour.unwrap_or(self.hour()),
            minute.unwrap_or(self.minute()),
            second.unwrap_or(self.second()),
            micro.unwrap_or(self.microsecond()),
            self.zone,
        )
    }

    fn utc(&self) -> i64 {
        self.micros - self.zone.map_or(0, |zone| zone.offset)
    }
}

/// The order of two moments; raises `TypeError` where one has a zone and the other none.
#[track_caller]
fn order<T>(zones: [Option<Timezone>; 2], moments: [T; 2], what: &str) -> Ordering
where
    T: Ord,
{
    if zones[0].is_some() != zones[1].is_some() {
        raise_new(TypeError, format!("can't compare offset-naive and offset-aware {what}"));
    }
    let [a, b] = moments;
    a.cmp(&b)
}

impl PartialEq for Time {
    fn eq(&self, other: &Time) -> bool {
        self.zone.is_some() == other.zone.is_some() && self.utc() == other.utc()
    }
}

impl PartialOrd for Time {
    #[track_caller]
    fn partial_cmp(&self, other: &Time) -> Option<Ordering> {
        Some(order([self.zone, other.zone], [self.utc(), other.utc()], "times"))
    }
}

impl Key for Time {
    fn key_hash(&self) -> u64 {
        std_hash(&self.utc())
    }

    fn key_eq(&self, other: &Time) -> bool {
        self == other
    }
}

impl Repr for Time {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "datetime.time({}, {}", self.hour(), self.minute())?;
        write_rest(f, self.second(), self.microsecond(), self.zone)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.isoformat("auto"))
    }
}

/// The end of the repr of a time or datetime.
pub(super) fn write_rest(
    f: &mut fmt::Formatter<'_>,
    second: i64,
    micro: i64,
    zone: Option<Timezone>,
) -> fmt::Result {
    match (second, micro) {
        (0, 0) => {}
        (second, 0) => write!(f, ", {second}")?,
        (second, micro) => write!(f, ", {second}, {micro}")?,
    }
    if let Some(zone) = zone {
        write!(f, ", tzinfo={}", crate::repr(&zone))?;
    }
    f.write_str(")")
}

impl Time {
    /// `time.max`.
    pub const MAX: Time = Time { micros: 86_400_000_000 - 1, zone: None };
}

impl crate::Truth for Time {
    fn is_true(&self) -> bool {
        true
    }
}

impl Datetime {
    /// `datetime.combine(date, time)`.
    pub fn combine(date: Date, time: Time) -> Datetime {
        Datetime { date, micros: time.micros, zone: time.zone }
    }

    /// The start of a day.
    pub fn midnight(date: Date) -> Datetime {
        Datetime { date, micros: 0, zone: None }
    }

    /// `d` with another zone and the same clock: `replace(tzinfo=..)`.
    #[must_use]
    pub fn with_zone(&self, zone: Option<Timezone>) -> Datetime {
        Datetime { zone, ..*self }
    }

    /// `datetime.now(zone)`.
    pub fn now_in(zone: Timezone) -> Datetime {
        Datetime::now().with_zone(Some(Timezone::UTC)).astimezone(zone)
    }

    /// `datetime.fromtimestamp(seconds, zone)`.
    #[track_caller]
    pub fn from_timestamp_in(seconds: f64, zone: Timezone) -> Datetime {
        Datetime::from_timestamp(seconds).with_zone(Some(Timezone::UTC)).astimezone(zone)
    }

    /// `d.astimezone(zone)`; a time without zone is UTC's.
    #[track_caller]
    #[must_use]
    pub fn astimezone(&self, zone: Timezone) -> Datetime {
        let own = self.zone.map_or(0, |zone| zone.offset);
        let moved = self.with_zone(None).plus(Timedelta(zone.offset - own));
        moved.with_zone(Some(zone))
    }

    /// `d.time()`.
    pub fn time(&self) -> Time {
        Time { micros: self.micros, zone: None }
    }

    /// `d.timetz()`.
    pub fn timetz(&self) -> Time {
        Time { micros: self.micros, zone: self.zone }
    }

    /// `d.tzinfo`.
    pub fn tzinfo(&self) -> Option<Timezone> {
        self.zone
    }

    /// `d.utcoffset()`.
    pub fn utcoffset(&self) -> Option<Timedelta> {
        self.zone.map(|zone| zone.utcoffset())
    }

    /// `d.tzname()`.
    pub fn tzname(&self) -> Option<String> {
        self.zone.map(|zone| zone.tzname())
    }

    /// `d.isoformat(sep, timespec)`; raises `ValueError`.
    #[track_caller]
    pub fn isoformat_as(&self, sep: &str, timespec: &str) -> String {
        let clock = clock_text(self.micros, timespec);
        format!("{}{sep}{clock}{}", self.date.isoformat(), zone_text(self.zone))
    }
}

impl PartialEq for Datetime {
    fn eq(&self, other: &Datetime) -> bool {
        self.zone.is_some() == other.zone.is_some() && self.utc() == other.utc()
    }
}

impl Eq for Datetime {}

impl PartialOrd for Datetime {
    #[track_caller]
    fn partial_cmp(&self, other: &Datetime) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Datetime {
    #[track_caller]
    fn cmp(&self, other: &Datetime) -> Ordering {
        order([self.zone, other.zone], [self.utc(), other.utc()], "datetimes")
    }
}

impl Key for Datetime {
    fn key_hash(&self) -> u64 {
        std_hash(&self.utc())
    }

    fn key_eq(&self, other: &Datetime) -> bool {
        self == other
    }
}

crate::impl_ord!(Time);

library! {
    [] Time;
    [] Timezone;
}

impl Library for Time {
    const NAME: &'static str = "datetime.time";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "hour" => Some(self.hour().into()),
            "minute" => Some(self.minute().into()),
            "second" => Some(self.second().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("isoformat", []) => Some(Ok(self.isoformat("auto").into())),
            ("strftime", [format]) => {
                Some(String::from_value(format).map(|format| self.strftime(&format).into()))
            }
            ("__lt__", [other]) => Some(Ok((self < held::<Time>(other)?).into())),
            _ => None,
        }
    }
}

impl Library for Timezone {
    const NAME: &'static str = "datetime.timezone";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repr, str};

    #[test]
    fn zones_move_the_clock() {
        // From CPython 3.11.
        let hours = |hours: f64| Timedelta::new(0.0, 0.0, 0.0, 0.0, 0.0, hours, 0.0);
        let cet = Timezone::named(hours(1.0), "CET").expect("less than a day");
        let date = Date::try_new(2024, 1, 31).expect("a date");
        let meet = Datetime::combine(date, Time::try_new(23, 45, 0, 0, None).expect("a time"));
        let meet = meet.with_zone(Some(cet));
        let moved = meet.astimezone(Timezone::try_new(hours(-3.5)).expect("less than a day"));
        assert_eq!(str(&moved).to_string(), "2024-01-31 19:15:00-03:30");
        assert_eq!(
            repr(&meet).to_string(),
            "datetime.datetime(2024, 1, 31, 23, 45, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600), 'CET'))"
        );
        assert!(meet == moved && meet != meet.with_zone(None));
        assert_eq!(
            Time::from_iso("07:30").map(|time| time.isoformat("minutes")).ok().as_deref(),
            Some("07:30")
        );
    }
}
