//! Dates and times in ISO 8601, as `fromisoformat` reads them.

use super::datetime::{Date, Datetime, Timedelta, clock_micros};
use super::datetime_zone::{Time, Timezone};
use crate::class::ValueError;
use crate::error::Error;

const SECOND: i64 = 1_000_000;

fn bad(text: &str) -> Error {
    Error::new(ValueError, format!("Invalid isoformat string: {}", crate::repr(text)))
}

/// The number of two (or `count`) digits at the start of a text, and the rest.
fn number(text: &str, count: usize) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok().map(|number| (number, rest))).flatten()
}

/// Where a date ends in front of a time: a week date has a day or none.
fn end_of_date(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    match (is(4, b'-'), is(5, b'W'), is(4, b'W')) {
        (true, true, _) if is(8, b'-') && !is_digit(10) => 10,
        (true, true, _) => 8,
        (true, false, _) => 10,
        (false, _, true) => {
            let end = (7..bytes.len()).find(|at| !is_digit(*at)).unwrap_or(bytes.len());
            if end < 9 { end } else { 8 - end % 2 }
        }
        _ => 8,
    }
}

/// Year, month and day, or year, week and day of the week.
fn date_parts(text: &str) -> Option<(i64, bool, i64, i64)> {
    let (year, rest) = number(text, 4)?;
    let (dashed, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let (weekly, rest) = rest.strip_prefix('W').map_or((false, rest), |rest| (true, rest));
    let (middle, rest) = number(rest, 2)?;
    if weekly && rest.is_empty() {
        return Some((year, true, middle, 1));
    }
    let rest = if dashed { rest.strip_prefix('-')? } else { rest };
    let (day, rest) = number(rest, if weekly { 1 } else { 2 })?;
    rest.is_empty().then_some((year, weekly, middle, day))
}

/// Hours, minutes, seconds and microseconds as far as they are there; with colons or without.
fn clock(text: &str) -> Option<[i64; 4]> {
    let mut out = [0; 4];
    let (mut rest, mut colons) = (text, None);
    for part in out.iter_mut().take(3) {
        (*part, rest) = number(rest, 2)?;
        if rest.is_empty() {
            return Some(out);
        }
        if rest.starts_with(['.', ',']) {
            break;
        }
        let has_colon = rest.starts_with(':');
        if *colons.get_or_insert(has_colon) != has_colon {
            return None;
        }
        rest = if has_colon { &rest[1..] } else { rest };
    }
    let fraction = rest.strip_prefix(['.', ','])?;
    let is_plain = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    out[3] = is_plain.then(|| format!("{fraction:0<6}")[..6].parse().ok()).flatten()?;
    Some(out)
}

/// The parts of a time and its offset from UTC.
fn time_parts(text: &str) -> Option<([i64; 4], Option<i64>)> {
    let at = text.find(['+', '-', 'Z']).unwrap_or(text.len());
    let parts = clock(&text[..at])?;
    let (sign, rest) = match text[at..].split_at_checked(1) {
        None => return Some((parts, None)),
        Some(("Z", rest)) => return rest.is_empty().then_some((parts, Some(0))),
        Some((sign, rest)) => (if sign == "-" { -1 } else { 1 }, rest),
    };
    let [hour, minute, second, micro] = clock(rest)?;
    Some((parts, Some(sign * (((hour * 60 + minute) * 60 + second) * SECOND + micro))))
}

impl Date {
    /// `date.fromisoformat(text)`; `ValueError` for what is none.
    #[track_caller]
    pub fn from_iso(text: &str) -> Result<Date, Error> {
        let is_sized = text.is_ascii() && matches!(text.len(), 7 | 8 | 10);
        let parts = is_sized.then(|| date_parts(text)).flatten();
        let (year, weekly, middle, day) = parts.ok_or_else(|| bad(text))?;
        if !weekly {
            return Date::try_new(year, middle, day);
        }
        // The first week is that of 4 January.
        let first = Date::try_new(year, 1, 4)?;
        let monday = first.ordinal() - first.weekday();
        let found = Date::from_ordinal(monday + (middle - 1) * 7 + day - 1);
        let is_there = (1..=53).contains(&middle) && (1..=7).contains(&day);
        let thursday = Date::from_ordinal(monday + (middle - 1) * 7 + 3);
        if is_there && thursday.year() == year { Ok(found) } else { Err(bad(text)) }
    }
}

impl Datetime {
    /// `datetime.fromisoformat(text)`; `ValueError` for what is none.
    #[track_caller]
    pub fn from_iso(text: &str) -> Result<Datetime, Error> {
        let end = end_of_date(text).min(text.len());
        let day = text.get(..end).filter(|day| day.is_ascii()).ok_or_else(|| bad(text))?;
        let mut clock = text[end..].chars();
        let is_whole = clock.next().is_some();
        let parts = match is_whole {
            true => Some(time_parts(clock.as_str()).ok_or_else(|| bad(text))?),
            false => None,
        };
        // Only a date of the calendar says what is wrong with it.
        let is_plain = date_parts(day).is_some_and(|(_, weekly, ..)| !weekly);
        let date = Date::from_iso(day).map_err(|error| if is_plain { error } else { bad(text) })?;
        let Some((parts, offset)) = parts else { return Ok(date.midnight()) };
        Ok(Datetime::combine(date, Time::at_offset(parts, offset)?))
    }
}

impl Time {
    /// `time.fromisoformat(text)`; `ValueError` for what is none.
    #[track_caller]
    pub fn from_iso(text: &str) -> Result<Time, Error> {
        let clock = text.strip_prefix('T').unwrap_or(text);
        let (parts, offset) = time_parts(clock).ok_or_else(|| bad(text))?;
        Time::at_offset(parts, offset)
    }

    fn at_offset(parts: [i64; 4], offset: Option<i64>) -> Result<Time, Error> {
        let zone = offset.map(|micros| Timezone::try_new(Timedelta(micros))).transpose()?;
        let [hour, minute, second, micro] = parts;
        Ok(Time { micros: clock_micros(hour, minute, second, micro)?, zone })
    }
}
