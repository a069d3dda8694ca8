//! Python's `calendar`: months as numbers.

use super::datetime::{Date, days_in_month, is_leap};
use super::datetime_text::{DAYS, MONTHS};
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

/// `calendar.day_name`.
pub fn day_name() -> Vec<String> {
    DAYS.map(str::to_owned).to_vec()
}

/// `calendar.day_abbr`.
pub fn day_abbr() -> Vec<String> {
    DAYS.map(|name| name[..3].to_owned()).to_vec()
}

/// `calendar.month_name`: the first is empty.
pub fn month_name() -> Vec<String> {
    std::iter::once("").chain(MONTHS).map(str::to_owned).collect()
}

/// `calendar.month_abbr`: the first is empty.
pub fn month_abbr() -> Vec<String> {
    std::iter::once("").chain(MONTHS.map(|name| &name[..3])).map(str::to_owned).collect()
}

/// `calendar.month(year, month)`: a month as text.
#[track_caller]
pub fn month(year: i64, month: i64) -> Result<String, Error> {
    let weeks = monthcalendar(year, month)?;
    let title = format!("{} {year}", MONTHS[month as usize - 1]);
    let mut text = centered(&title, 20).trim_end().to_owned() + "\nMo Tu We Th Fr Sa Su\n";
    for week in weeks {
        let days = week.iter().map(|day| if *day == 0 { "  ".to_owned() } else { format!("{day:2}") });
        text += days.collect::<Vec<_>>().join(" ").trim_end();
        text.push('\n');
    }
    Ok(text)
}

/// `text.center(width)`.
fn centered(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.len());
    let left = missing / 2 + (missing & width & 1);
    format!("{}{text}{}", " ".repeat(left), " ".repeat(missing - left))
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
