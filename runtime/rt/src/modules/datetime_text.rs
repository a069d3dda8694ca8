//! Dates by format: `strftime`, `strptime`, format specs.

use super::datetime::{Date, Datetime, Timedelta};
use super::datetime_zone::{Time, Timezone, offset_text, parse_offset};
use crate::class::ValueError;
use crate::error::Error;
use crate::format::{Format, Operand};

pub(super) const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `d.strftime(format)`.
pub(super) fn strftime(d: Datetime, format: &str) -> String {
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let Some(code) = chars.next() else {
            out.push('%');
            break;
        };
        let date = d.date;
        let (day_name, month_name) = (DAYS[date.weekday() as usize], MONTHS[date.month as usize - 1]);
        let year_day = date.ordinal() - Date { year: date.year, month: 1, day: 1 }.ordinal() + 1;
        let hour12 = (d.hour() + 11) % 12 + 1;
        out.push_str(&match code {
            'Y' => date.year.to_string(),
            'm' => format!("{:02}", date.month),
            'd' => format!("{:02}", date.day),
            'e' => format!("{:2}", date.day),
            'y' => format!("{:02}", date.year % 100),
            'H' => format!("{:02}", d.hour()),
            'I' => format!("{hour12:02}"),
            'M' => format!("{:02}", d.minute()),
            'S' => format!("{:02}", d.second()),
            'f' => format!("{:06}", d.microsecond()),
            'p' => if d.hour() < 12 { "AM" } else { "PM" }.to_owned(),
            'A' => day_name.to_owned(),
            'a' => day_name[..3].to_owned(),
            'B' => month_name.to_owned(),
            'b' | 'h' => month_name[..3].to_owned(),
            'j' => format!("{year_day:03}"),
            'w' => ((date.weekday() + 1) % 7).to_string(),
            'u' => date.isoweekday().to_string(),
            'U' => format!("{:02}", (year_day + 6 - (date.weekday() + 1) % 7) / 7),
            'W' => format!("{:02}", (year_day + 6 - date.weekday()) / 7),
            'V' => format!("{:02}", date.isocalendar().1),
            'G' => date.isocalendar().0.to_string(),
            'F' => date.isoformat(),
            'T' | 'X' => strftime(d, "%H:%M:%S"),
            'D' | 'x' => strftime(d, "%m/%d/%y"),
            'R' => strftime(d, "%H:%M"),
            'c' => strftime(d, "%a %b %e %H:%M:%S %Y"),
            'Z' => d.tzname().unwrap_or_default(),
            'z' => d.zone.map_or_else(String::new, |zone| offset_text(zone.offset, "")),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            '%' => "%".to_owned(),
            other => format!("%{other}"),
        });
    }
    out
}

/// The number at the front of a text, at most `most` digits.
fn number(rest: &mut &str, most: usize) -> Option<i64> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let value = rest[..digits].parse().ok()?;
    *rest = &rest[digits..];
    Some(value)
}

/// The place of the name that a text starts with, whole or by its first three letters.
fn name(rest: &mut &str, names: &[&str], whole: bool) -> Option<i64> {
    let found = names.iter().position(|name| {
        let wanted = if whole { name } else { &name[..3] };
        rest.get(..wanted.len()).is_some_and(|front| front.eq_ignore_ascii_case(wanted))
    })?;
    *rest = &rest[if whole { names[found].len() } else { 3 }..];
    Some(found as i64)
}

/// `datetime.strptime(text, format)`.
#[track_caller]
pub(super) fn parse(text: &str, format: &str) -> Result<Datetime, Error> {
    let bad = || {
        let (text, format) = (crate::repr(text), crate::repr(format));
        Error::new(ValueError, format!("time data {text} does not match format {format}"))
    };
    let (mut year, mut month, mut day) = (1900, 1, 1);
    let (mut hour, mut minute, mut second, mut micro, mut afternoon) = (0, 0, 0, 0, None);
    let (mut zone, mut year_day) = (None, None);
    let (mut rest, mut chars) = (text, format.chars());
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            // One blank of the format or more stand for one blank of the text or more.
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return Err(bad());
            }
            rest = trimmed;
            while chars.as_str().starts_with(char::is_whitespace) {
                chars.next();
            }
            continue;
        }
        if c != '%' {
            rest = rest.strip_prefix(c).ok_or_else(bad)?;
            continue;
        }
        let code = chars.next().ok_or_else(bad)?;
        let rest = &mut rest;
        match code {
            'Y' => {
                let before = rest.len();
                year = number(rest, 4).filter(|_| before - rest.len() == 4).ok_or_else(bad)?;
            }
            'y' => {
                let before = rest.len();
                let short = number(rest, 2).filter(|_| before - rest.len() == 2).ok_or_else(bad)?;
                year = if short < 69 { 2000 + short } else { 1900 + short };
            }
            'm' => month = number(rest, 2).ok_or_else(bad)?,
            'd' => day = number(rest, 2).ok_or_else(bad)?,
            'H' => hour = number(rest, 2).ok_or_else(bad)?,
            'I' => hour = number(rest, 2).filter(|hour| (1..=12).contains(hour)).ok_or_else(bad)?,
            'M' => minute = number(rest, 2).ok_or_else(bad)?,
            'S' => second = number(rest, 2).ok_or_else(bad)?,
            'f' => {
                let before = rest.len();
                let value = number(rest, 6).ok_or_else(bad)?;
                micro = value * 10_i64.pow(6 - (before - rest.len()) as u32);
            }
            'p' => {
                afternoon =
                    Some(name(rest, &["AM ", "PM "].map(|half| &half[..2]), true).ok_or_else(bad)? == 1)
            }
            'B' => month = name(rest, &MONTHS, true).ok_or_else(bad)? + 1,
            'b' | 'h' => month = name(rest, &MONTHS, false).ok_or_else(bad)? + 1,
            'A' => drop(name(rest, &DAYS, true).ok_or_else(bad)?.to_string()),
            'a' => drop(name(rest, &DAYS, false).ok_or_else(bad)?.to_string()),
            'z' => zone = Some(parse_zone(rest).ok_or_else(bad)?),
            'j' => year_day = Some(number(rest, 3).ok_or_else(bad)?),
            '%' => *rest = rest.strip_prefix('%').ok_or_else(bad)?,
            other => {
                let text = format!("'{other}' is a bad directive in format {}", crate::repr(format));
                return Err(Error::new(ValueError, text));
            }
        }
    }
    if !rest.is_empty() {
        return Err(Error::new(ValueError, format!("unconverted data remains: {rest}")));
    }
    if let Some(afternoon) = afternoon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let fits =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 62;
    if !fits {
        return Err(bad());
    }
    if let Some(year_day) = year_day {
        let date = Date::from_ordinal(Date { year, month: 1, day: 1 }.ordinal() + year_day - 1);
        (month, day) = (date.month, date.day);
    }
    Ok(Datetime::try_new(year, month, day, hour, minute, second, micro)?.with_zone(zone))
}

/// The zone at the front of a text: `+0130`, `-08:00` or `Z`.
fn parse_zone(rest: &mut &str) -> Option<Timezone> {
    let length =
        rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b':' | b'+' | b'-' | b'Z')).count();
    let offset = parse_offset(rest.get(..length)?)?;
    *rest = &rest[length..];
    Timezone::try_new(Timedelta(offset)).ok()
}

macro_rules! dated {
    ($($ty:ident, $name:literal;)*) => {
        $(
            impl Format for $ty {
                fn operand(&self) -> Operand<'_> {
                    Operand::Other($name)
                }

                fn format_into(&self, spec: &str, out: &mut String) -> Result<(), Error> {
                    match spec {
                        "" => out.push_str(&crate::str(self).to_string()),
                        _ => out.push_str(&self.strftime(spec)),
                    }
                    Ok(())
                }
            }
        )*
    };
}

dated! {
    Date, "datetime.date";
    Datetime, "datetime.datetime";
    Time, "datetime.time";
}

crate::impl_format!(Timedelta: "datetime.timedelta");

impl crate::Truth for Timedelta {
    fn is_true(&self) -> bool {
        self.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repr, str};

    #[test]
    fn texts_are_cpythons() {
        // From CPython 3.11.
        let d = Date::try_new(2024, 2, 29).expect("a leap day");
        assert_eq!((d.weekday(), d.isocalendar(), d.ordinal()), (3, (2024, 9, 4), 738_945));
        let later = d.plus(Timedelta::new(366.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0));
        assert_eq!(str(&later).to_string(), "2025-03-01");
        assert_eq!(d.strftime("%a %d %B %Y %j %U"), "Thu 29 February 2024 060 08");
        let t = Datetime::strptime("2024-01-02 15:04:05", "%Y-%m-%d %H:%M:%S").expect("it fits");
        assert_eq!(repr(&t).to_string(), "datetime.datetime(2024, 1, 2, 15, 4, 5)");
        let gap = t.since(d.midnight());
        assert_eq!(
            (str(&gap).to_string(), repr(&gap).to_string()),
            ("-58 days, 15:04:05".to_owned(), "datetime.timedelta(days=-58, seconds=54245)".to_owned())
        );
        let error = Datetime::strptime("x", "%Y").map_err(|e| e.to_string());
        assert_eq!(error, Err("time data 'x' does not match format '%Y'".to_owned()));
        let error = Date::try_new(2023, 2, 29).map_err(|e| e.to_string());
        assert_eq!(error, Err("day is out of range for month".to_owned()));
    }
}
