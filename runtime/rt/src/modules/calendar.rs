//! Python's `calendar`: months as numbers.

use super::datetime::{Date, days_in_month, is_leap};
use super::datetime_text::{DAYS, MONTHS};
use crate::class::ValueError;
use crate::error::Error;
use std::cell::Cell;

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

/// `calendar.monthcalendar(year, month)`: weeks, 0 outside the month.
#[track_caller]
pub fn monthcalendar(year: i64, month: i64) -> Result<Vec<Vec<i64>>, Error> {
    Ok(weeks(&Calendar(firstweekday()).monthdays(year, month)?))
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
    month_text(year, month, 2, 1, firstweekday())
}

thread_local! {
    static FIRST: Cell<i64> = const { Cell::new(0) };
}

/// `calendar.firstweekday()`.
pub fn firstweekday() -> i64 {
    FIRST.get()
}

/// `calendar.setfirstweekday(day)`.
#[track_caller]
pub fn setfirstweekday(day: i64) -> Result<(), Error> {
    if !(0..7).contains(&day) {
        let text = format!("bad weekday number {day}; must be 0 (Monday) to 6 (Sunday)");
        return Err(Error::new(ValueError, text));
    }
    FIRST.set(day);
    Ok(())
}

/// `calendar.Calendar(firstweekday)`, `calendar.TextCalendar(firstweekday)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar(pub i64);

impl crate::repr::Repr for Calendar {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<calendar.Calendar object>")
    }
}

impl Calendar {
    /// `c.iterweekdays()`.
    pub fn weekdays(&self) -> Vec<i64> {
        (0..7).map(|at| (self.0 + at).rem_euclid(7)).collect()
    }

    /// `c.itermonthdays(year, month)`: whole weeks, 0 outside the month.
    #[track_caller]
    pub fn monthdays(&self, year: i64, month: i64) -> Result<Vec<i64>, Error> {
        let (first, days) = monthrange(year, month)?;
        let before = (first - self.0).rem_euclid(7);
        let count = (before + days + 6) / 7 * 7;
        Ok((1..=count)
            .map(|at| at - before)
            .map(|day| if (1..=days).contains(&day) { day } else { 0 })
            .collect())
    }

    /// `c.itermonthdays2(year, month)`: with the days of the week.
    #[track_caller]
    pub fn monthdays2(&self, year: i64, month: i64) -> Result<Vec<(i64, i64)>, Error> {
        let days = self.monthdays(year, month)?;
        Ok(days.into_iter().zip(self.weekdays().into_iter().cycle()).collect())
    }

    /// `c.itermonthdates(year, month)`: the dates of whole weeks.
    #[track_caller]
    pub fn monthdates(&self, year: i64, month: i64) -> Result<Vec<Date>, Error> {
        let days = self.monthdays(year, month)?;
        let before = days.iter().take_while(|day| **day == 0).count() as i64;
        let first = Date::try_new(year, month, 1)?.ordinal() - before;
        Ok((0..days.len() as i64).map(|at| Date::from_ordinal(first + at)).collect())
    }
}

/// Seven days each.
pub fn weeks<T: Clone>(days: &[T]) -> Vec<Vec<T>> {
    days.chunks(7).map(<[T]>::to_vec).collect()
}

/// `calendar.weekheader(width)`.
pub fn weekheader(width: i64, first: i64) -> String {
    let width = width.max(0) as usize;
    let name = |day: i64| {
        let name = DAYS[day as usize];
        let name = if width >= 9 { name } else { &name[..3] };
        centered(&name[..name.len().min(width)], width)
    };
    Calendar(first).weekdays().into_iter().map(name).collect::<Vec<_>>().join(" ")
}

fn week_text(week: &[i64], width: usize) -> String {
    let day = |day: &i64| centered(&if *day == 0 { String::new() } else { format!("{day:2}") }, width);
    week.iter().map(day).collect::<Vec<_>>().join(" ")
}

/// `TextCalendar(first).formatmonth(year, month, w, l)`.
#[track_caller]
pub fn month_text(year: i64, month: i64, width: i64, lines: i64, first: i64) -> Result<String, Error> {
    let days = Calendar(first).monthdays(year, month)?;
    let (width, ends) = (width.max(2), "\n".repeat(lines.max(1) as usize));
    let title = centered(&format!("{} {year}", MONTHS[month as usize - 1]), 7 * (width as usize + 1) - 1);
    let mut text = title.trim_end().to_owned() + &ends + weekheader(width, first).trim_end() + &ends;
    for week in days.chunks(7) {
        text += week_text(week, width as usize).trim_end();
        text += &ends;
    }
    Ok(text)
}

/// `TextCalendar(first).formatyear(year, w, l, c, m)`.
#[track_caller]
pub fn year_text(
    year: i64,
    width: i64,
    lines: i64,
    gap: i64,
    columns: i64,
    first: i64,
) -> Result<String, Error> {
    let (width, gap, ends) = (width.max(2), gap.max(2) as usize, "\n".repeat(lines.max(1) as usize));
    let columns = columns.max(1) as usize;
    let column = (width as usize + 1) * 7 - 1;
    let row = |parts: Vec<String>| {
        let parts = parts.iter().map(|part| centered(part, column)).collect::<Vec<_>>();
        parts.join(&" ".repeat(gap)).trim_end().to_owned() + &ends
    };
    let title = centered(&year.to_string(), column * columns + gap * (columns - 1));
    let mut text = title.trim_end().to_owned() + &ends;
    let months: Vec<i64> = (1..=12).collect();
    for part in months.chunks(columns) {
        text += &ends;
        text += &row(part.iter().map(|month| centered(MONTHS[*month as usize - 1], column)).collect());
        text += &row(part.iter().map(|_| weekheader(width, first)).collect());
        let days = part.iter().map(|month| Calendar(first).monthdays(year, *month));
        let days = days.collect::<Result<Vec<_>, _>>()?;
        let height = days.iter().map(|days| days.len() / 7).max().unwrap_or(0);
        for at in 0..height {
            let week = |days: &Vec<i64>| days.chunks(7).nth(at).map(|week| week_text(week, width as usize));
            text += &row(days.iter().map(|days| week(days).unwrap_or_default()).collect());
        }
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
