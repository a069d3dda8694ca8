//! Python's `calendar`: months as numbers.

use super::datetime::{Date, days_in_month, is_leap};
use crate::error::Error;

/// `calendar.isleap(year)`.
pub fn isleap(year: i64) -> bool {
    is_leap(year)
}

/// `calendar.leapdays(from, to)`.
pub fn leapdays(from: i64, to: i64) -> i64 {
    (from..to).filter(|year| is_leap(*year)).count() as i64
}

/// `calendar.weekday(year, month, day)`; `ValueError` for what the calendar lacks.
#[track_caller]
pub fn weekday(year: i64, month: i64, day: i64) -> Result<i64, Error> {
    Ok(Date::try_new(year, month, day)?.weekday())
}

/// `calendar.monthrange(year, month)`: the weekday of the first, and the number of days.
#[track_caller]
pub fn monthrange(year: i64, month: i64) -> Result<(i64, i64), Error> {
    Ok((weekday(year, month, 1)?, days_in_month(year, month)))
}

/// `calendar.monthcalendar(year, month)`: weeks from Monday, 0 outside the month.
#[track_caller]
pub fn monthcalendar(year: i64, month: i64) -> Result<Vec<Vec<i64>>, Error> {
    let (first, days) = monthrange(year, month)?;
    let weeks = (first + days + 6) / 7;
    let day = |week: i64, at: i64| {
        Some(7 * week + at - first + 1).filter(|day| (1..=days).contains(day)).unwrap_or(0)
    };
    Ok((0..weeks).map(|week| (0..7).map(|at| day(week, at)).collect()).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn months_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(super::monthrange(2024, 2).ok(), Some((3, 29)));
        let weeks = super::monthcalendar(2024, 2).expect("a month");
        assert_eq!(
            (weeks.len(), weeks[0].clone(), weeks[4].clone()),
            (5, vec![0, 0, 0, 1, 2, 3, 4], vec![26, 27, 28, 29, 0, 0, 0])
        );
    }
}
