//! Dates and times from numbers of which only the run knows how many there are: `date(*map(int, parts))`.

use super::datetime::{Date, Datetime};
use super::datetime_zone::Time;
use crate::class::TypeError;
use crate::error::Error;

const NAMES: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "microsecond"];

/// At least so many numbers as `required`; those that are left out are zero.
fn numbers<const N: usize>(
    parts: impl IntoIterator<Item = i64>,
    required: usize,
    most: &str,
) -> Result<[i64; N], Error> {
    let given: Vec<i64> = parts.into_iter().collect();
    if given.len() < required {
        let (name, at) = (NAMES[given.len()], given.len() + 1);
        return Err(Error::new(TypeError, format!("function missing required argument '{name}' (pos {at})")));
    }
    if given.len() == N + 1 && N > 3 {
        let text = "tzinfo argument must be None or of a tzinfo subclass, not type 'int'";
        return Err(Error::new(TypeError, text));
    }
    if given.len() > N {
        return Err(Error::new(TypeError, format!("function takes at most {most} ({} given)", given.len())));
    }
    let mut out = [0; N];
    out[..given.len()].copy_from_slice(&given);
    Ok(out)
}

impl Date {
    /// `date(*parts)`.
    #[track_caller]
    pub fn of_parts(parts: impl IntoIterator<Item = i64>) -> Result<Date, Error> {
        let [year, month, day] = numbers(parts, 3, "3 arguments")?;
        Date::try_new(year, month, day)
    }
}

impl Datetime {
    /// `datetime(*parts)`.
    #[track_caller]
    pub fn of_parts(parts: impl IntoIterator<Item = i64>) -> Result<Datetime, Error> {
        let [year, month, day, hour, minute, second, micro] = numbers(parts, 3, "8 positional arguments")?;
        Datetime::try_new(year, month, day, hour, minute, second, micro)
    }
}

impl Time {
    /// `time(*parts)`.
    #[track_caller]
    pub fn of_parts(parts: impl IntoIterator<Item = i64>) -> Result<Time, Error> {
        let [hour, minute, second, micro] = numbers(parts, 0, "5 positional arguments")?;
        Time::try_new(hour, minute, second, micro, None)
    }
}
