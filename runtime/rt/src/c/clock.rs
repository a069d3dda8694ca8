//! `time.h`. Local time is UTC.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::memory;
use super::pointer::Ptr;
use super::strings::{bytes_of, put};
use crate::c_record;

/// `struct tm`
#[derive(Clone, Copy, Debug)]
pub struct Tm {
    pub tm_sec: i32,
    pub tm_min: i32,
    pub tm_hour: i32,
    pub tm_mday: i32,
    pub tm_mon: i32,
    pub tm_year: i32,
    pub tm_wday: i32,
    pub tm_yday: i32,
    pub tm_isdst: i32,
    pub tm_gmtoff: i64,
    pub tm_zone: Ptr<i8>,
}
c_record!(Tm, 56, {
    TM_SEC: tm_sec: i32 = 0,
    TM_MIN: tm_min: i32 = 4,
    TM_HOUR: tm_hour: i32 = 8,
    TM_MDAY: tm_mday: i32 = 12,
    TM_MON: tm_mon: i32 = 16,
    TM_YEAR: tm_year: i32 = 20,
    TM_WDAY: tm_wday: i32 = 24,
    TM_YDAY: tm_yday: i32 = 28,
    TM_ISDST: tm_isdst: i32 = 32,
    TM_GMTOFF: tm_gmtoff: i64 = 40,
    TM_ZONE: tm_zone: Ptr<i8> = 48,
});

/// `struct timespec`
#[derive(Clone, Copy, Debug)]
pub struct Timespec {
    pub tv_sec: i64,
    pub tv_nsec: i64,
}
c_record!(Timespec, 16, { TV_SEC: tv_sec: i64 = 0, TV_NSEC: tv_nsec: i64 = 8 });

thread_local! {
    static START: Instant = Instant::now();
    static SHARED: Ptr<Tm> = Ptr::from_addr(memory::permanent(&[0; 56]));
}

pub(crate) fn nanoseconds() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_nanos()
}

/// `time`
#[track_caller]
pub fn time(to: Ptr<i64>) -> i64 {
    let now = (nanoseconds() / 1_000_000_000) as i64;
    if !to.is_null() {
        to.store(now);
    }
    now
}
/// `clock`
pub fn clock() -> i64 {
    START.with(|start| start.elapsed().as_micros() as i64)
}
/// `difftime`
pub fn difftime(a: i64, b: i64) -> f64 {
    (a - b) as f64
}
/// `clock_gettime`
#[track_caller]
pub fn clock_gettime(_clock: i32, to: Ptr<Timespec>) -> i32 {
    let now = nanoseconds();
    to.store(Timespec { tv_sec: (now / 1_000_000_000) as i64, tv_nsec: (now % 1_000_000_000) as i64 });
    0
}
/// `timespec_get`
#[track_caller]
pub fn timespec_get(to: Ptr<Timespec>, base: i32) -> i32 {
    clock_gettime(0, to);
    base
}
/// `nanosleep`
#[track_caller]
pub fn nanosleep(time: Ptr<Timespec>, _rest: Ptr<Timespec>) -> i32 {
    let time = time.load();
    std::thread::sleep(Duration::new(time.tv_sec.max(0) as u64, time.tv_nsec.max(0) as u32));
    0
}
/// `sleep`
pub fn sleep(seconds: u32) -> u32 {
    std::thread::sleep(Duration::from_secs(u64::from(seconds)));
    0
}
/// `usleep`
pub fn usleep(microseconds: u32) -> i32 {
    std::thread::sleep(Duration::from_micros(u64::from(microseconds)));
    0
}

/// Days since 1970 of a date; the month counts from zero and may be beyond the year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn broken_down(at: i64) -> Tm {
    let (day, second) = (at.div_euclid(86_400), at.rem_euclid(86_400));
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let part = (5 * of_year + 2) / 153;
    let month = (part + 2) % 12;
    let year = year + era * 400 + i64::from(month < 2);
    Tm {
        tm_sec: (second % 60) as i32,
        tm_min: (second / 60 % 60) as i32,
        tm_hour: (second / 3600) as i32,
        tm_mday: (of_year - (153 * part + 2) / 5 + 1) as i32,
        tm_mon: month as i32,
        tm_year: (year - 1900) as i32,
        tm_wday: (day + 4).rem_euclid(7) as i32,
        tm_yday: (day - days(year, 0, 1)) as i32,
        tm_isdst: 0,
        tm_gmtoff: 0,
        tm_zone: super::text::literal(b"UTC\0"),
    }
}

/// `timegm`: also puts the fields in order.
#[track_caller]
pub fn timegm(at: Ptr<Tm>) -> i64 {
    let tm = at.load();
    let day = days(i64::from(tm.tm_year) + 1900, i64::from(tm.tm_mon), 1) + i64::from(tm.tm_mday) - 1;
    let second = i64::from(tm.tm_hour) * 3600 + i64::from(tm.tm_min) * 60 + i64::from(tm.tm_sec);
    let time = day * 86_400 + second;
    at.store(broken_down(time));
    time
}
/// `mktime`
#[track_caller]
pub fn mktime(at: Ptr<Tm>) -> i64 {
    timegm(at)
}
/// `gmtime`
#[track_caller]
pub fn gmtime(at: Ptr<i64>) -> Ptr<Tm> {
    SHARED.with(|shared| gmtime_r(at, *shared))
}
/// `gmtime_r`
#[track_caller]
pub fn gmtime_r(at: Ptr<i64>, to: Ptr<Tm>) -> Ptr<Tm> {
    to.store(broken_down(at.load()));
    to
}
/// `localtime`
#[track_caller]
pub fn localtime(at: Ptr<i64>) -> Ptr<Tm> {
    gmtime(at)
}
/// `localtime_r`
#[track_caller]
pub fn localtime_r(at: Ptr<i64>, to: Ptr<Tm>) -> Ptr<Tm> {
    gmtime_r(at, to)
}

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
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

fn name<'a>(names: &[&'a str], at: i32) -> &'a str {
    names.get(at as usize).copied().unwrap_or("?")
}

/// Week of the year whose weeks begin at a day, and its year, as ISO 8601 counts.
fn iso_week(tm: &Tm) -> (i64, i64) {
    let year = i64::from(tm.tm_year) + 1900;
    let day = i64::from(tm.tm_yday);
    let weekday = (i64::from(tm.tm_wday) + 6) % 7;
    let week = (day - weekday + 10) / 7;
    let weeks_of = |year: i64| {
        let first = (days(year, 0, 1) + 3).rem_euclid(7);
        let leap = days(year + 1, 0, 1) - days(year, 0, 1) == 366;
        if first == 3 || first == 2 && leap { 53 } else { 52 }
    };
    if week < 1 {
        (year - 1, weeks_of(year - 1))
    } else if week > weeks_of(year) {
        (year + 1, 1)
    } else {
        (year, week)
    }
}

fn field(tm: &Tm, letter: u8) -> String {
    let year = i64::from(tm.tm_year) + 1900;
    let hour12 = if tm.tm_hour % 12 == 0 { 12 } else { tm.tm_hour % 12 };
    let all = |letters: &[u8]| -> String {
        letters
            .iter()
            .map(|c| if c.is_ascii_alphabetic() { field(tm, *c) } else { (*c as char).to_string() })
            .collect()
    };
    match letter {
        b'a' => name(&DAYS, tm.tm_wday).chars().take(3).collect(),
        b'A' => name(&DAYS, tm.tm_wday).to_owned(),
        b'b' | b'h' => name(&MONTHS, tm.tm_mon).chars().take(3).collect(),
        b'B' => name(&MONTHS, tm.tm_mon).to_owned(),
        b'c' => {
            format!("{} {} {:2} {} {year}", field(tm, b'a'), field(tm, b'b'), tm.tm_mday, field(tm, b'T'))
        }
        b'C' => format!("{:02}", year / 100),
        b'd' => format!("{:02}", tm.tm_mday),
        b'D' | b'x' => all(b"m/d/y"),
        b'e' => format!("{:2}", tm.tm_mday),
        b'F' => format!("{year}-{:02}-{:02}", tm.tm_mon + 1, tm.tm_mday),
        b'g' => format!("{:02}", iso_week(tm).0 % 100),
        b'G' => iso_week(tm).0.to_string(),
        b'H' => format!("{:02}", tm.tm_hour),
        b'I' => format!("{hour12:02}"),
        b'j' => format!("{:03}", tm.tm_yday + 1),
        b'k' => format!("{:2}", tm.tm_hour),
        b'l' => format!("{hour12:2}"),
        b'm' => format!("{:02}", tm.tm_mon + 1),
        b'M' => format!("{:02}", tm.tm_min),
        b'n' => "\n".to_owned(),
        b'p' => (if tm.tm_hour < 12 { "AM" } else { "PM" }).to_owned(),
        b'P' => (if tm.tm_hour < 12 { "am" } else { "pm" }).to_owned(),
        b'r' => format!("{hour12:02}:{:02}:{:02} {}", tm.tm_min, tm.tm_sec, field(tm, b'p')),
        b'R' => format!("{:02}:{:02}", tm.tm_hour, tm.tm_min),
        b'S' => format!("{:02}", tm.tm_sec),
        b't' => "\t".to_owned(),
        b'T' | b'X' => format!("{:02}:{:02}:{:02}", tm.tm_hour, tm.tm_min, tm.tm_sec),
        b'u' => (if tm.tm_wday == 0 { 7 } else { tm.tm_wday }).to_string(),
        b'U' => format!("{:02}", (tm.tm_yday + 7 - tm.tm_wday) / 7),
        b'V' => format!("{:02}", iso_week(tm).1),
        b'w' => tm.tm_wday.to_string(),
        b'W' => format!("{:02}", (tm.tm_yday + 7 - (tm.tm_wday + 6) % 7) / 7),
        b'y' => format!("{:02}", year.rem_euclid(100)),
        b'Y' => year.to_string(),
        b'z' => "+0000".to_owned(),
        b'Z' => "UTC".to_owned(),
        b'%' => "%".to_owned(),
        other => format!("%{}", other as char),
    }
}

/// A time as a format says.
pub(crate) fn shown_time(format: &[u8], tm: &Tm) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = format.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'E' | b'O') => {
                out.extend(bytes.next().map(|letter| field(tm, letter)).unwrap_or_default().bytes())
            }
            Some(letter) => out.extend(field(tm, letter).bytes()),
            None => out.push(b'%'),
        }
    }
    out
}

/// `strftime`
#[track_caller]
pub fn strftime(to: Ptr<i8>, size: u64, format: Ptr<i8>, at: Ptr<Tm>) -> u64 {
    let mut out = shown_time(&bytes_of(format), &at.load());
    let len = out.len() as u64;
    if len >= size {
        return 0;
    }
    out.push(0);
    put(to.cast(), &out);
    len
}
/// `asctime_r`
#[track_caller]
pub fn asctime_r(at: Ptr<Tm>, to: Ptr<i8>) -> Ptr<i8> {
    put(to.cast(), format!("{}\n\0", field(&at.load(), b'c')).as_bytes());
    to
}
/// `ctime_r`
#[track_caller]
pub fn ctime_r(at: Ptr<i64>, to: Ptr<i8>) -> Ptr<i8> {
    asctime_r(gmtime(at), to)
}
/// `tzset`
pub fn tzset() {}
/// `clock_getres`
#[track_caller]
pub fn clock_getres(_clock: i32, to: Ptr<Timespec>) -> i32 {
    if !to.is_null() {
        to.store(Timespec { tv_sec: 0, tv_nsec: 1 });
    }
    0
}

/// `struct timeval`
#[derive(Clone, Copy, Debug)]
pub struct Timeval {
    pub tv_sec: i64,
    pub tv_usec: i64,
}
c_record!(Timeval, 16, { TV_SEC: tv_sec: i64 = 0, TV_USEC: tv_usec: i64 = 8 });

/// `gettimeofday`
#[track_caller]
pub fn gettimeofday(to: Ptr<Timeval>, _zone: Ptr<()>) -> i32 {
    let now = nanoseconds();
    to.store(Timeval { tv_sec: (now / 1_000_000_000) as i64, tv_usec: (now % 1_000_000_000 / 1000) as i64 });
    0
}

/// The text of a time as `strptime` reads it.
struct Reading<'a> {
    text: &'a [u8],
    at: usize,
    tm: Tm,
    afternoon: Option<bool>,
    has_date: bool,
}

impl Reading<'_> {
    fn blanks(&mut self) {
        self.at += self.text[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// A number of at most some digits within limits.
    fn number(&mut self, digits: usize, from: i32, to: i32) -> Option<i32> {
        self.blanks();
        let rest = &self.text[self.at..];
        let count = rest.iter().take(digits).take_while(|byte| byte.is_ascii_digit()).count();
        let value = std::str::from_utf8(&rest[..count]).ok()?.parse().ok()?;
        self.at += count;
        (from..=to).contains(&value).then_some(value)
    }

    /// A name in full or by its first three letters.
    fn name(&mut self, names: &[&str]) -> Option<i32> {
        let rest = &self.text[self.at..];
        let starts =
            |name: &str| rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes());
        let (index, len) =
            names.iter().enumerate().find_map(|(index, name)| match (starts(name), starts(&name[..3])) {
                (true, _) => Some((index, name.len())),
                (_, true) => Some((index, 3)),
                _ => None,
            })?;
        self.at += len;
        Some(index as i32)
    }

    fn all(&mut self, format: &[u8]) -> Option<()> {
        let mut bytes = format.iter().copied();
        while let Some(byte) = bytes.next() {
            match byte {
                b'%' => {
                    let letter = bytes.next()?;
                    self.field(if matches!(letter, b'E' | b'O') { bytes.next()? } else { letter })?;
                }
                byte if byte.is_ascii_whitespace() => self.blanks(),
                byte => {
                    if self.text.get(self.at) != Some(&byte) {
                        return None;
                    }
                    self.at += 1;
                }
            }
        }
        Some(())
    }

    fn field(&mut self, letter: u8) -> Option<()> {
        let date = self.has_date;
        self.has_date |= matches!(letter, b'Y' | b'y' | b'm' | b'd' | b'e' | b'b' | b'B' | b'h');
        match letter {
            b'Y' => self.tm.tm_year = self.number(4, 0, 9999)? - 1900,
            b'y' => {
                let year = self.number(2, 0, 99)?;
                self.tm.tm_year = if year < 69 { year + 100 } else { year };
            }
            b'm' => self.tm.tm_mon = self.number(2, 1, 12)? - 1,
            b'd' | b'e' => self.tm.tm_mday = self.number(2, 1, 31)?,
            b'b' | b'B' | b'h' => self.tm.tm_mon = self.name(&MONTHS)?,
            b'a' | b'A' => self.tm.tm_wday = self.name(&DAYS)?,
            b'H' | b'k' => self.tm.tm_hour = self.number(2, 0, 23)?,
            b'I' | b'l' => self.tm.tm_hour = self.number(2, 1, 12)? % 12,
            b'M' => self.tm.tm_min = self.number(2, 0, 59)?,
            b'S' => self.tm.tm_sec = self.number(2, 0, 61)?,
            b'j' => self.tm.tm_yday = self.number(3, 1, 366)? - 1,
            b'w' => self.tm.tm_wday = self.number(1, 0, 6)?,
            b'u' => self.tm.tm_wday = self.number(1, 1, 7)? % 7,
            b'p' | b'P' => {
                let word = self.text.get(self.at..self.at + 2)?.to_ascii_uppercase();
                self.afternoon = Some(word == b"PM");
                if !matches!(word.as_slice(), b"AM" | b"PM") {
                    return None;
                }
                self.at += 2;
            }
            b'n' | b't' => self.blanks(),
            b'T' => self.all(b"%H:%M:%S")?,
            b'R' => self.all(b"%H:%M")?,
            b'r' => self.all(b"%I:%M:%S %p")?,
            b'D' | b'x' => self.all(b"%m/%d/%y")?,
            b'F' => self.all(b"%Y-%m-%d")?,
            b'X' => self.all(b"%H:%M:%S")?,
            b'c' => self.all(b"%a %b %e %H:%M:%S %Y")?,
            b'%' => {
                if self.text.get(self.at) != Some(&b'%') {
                    return None;
                }
                self.at += 1;
            }
            _ => {
                self.has_date = date;
                return None;
            }
        }
        Some(())
    }
}

/// `strptime`
#[track_caller]
pub fn strptime(text: Ptr<i8>, format: Ptr<i8>, to: Ptr<Tm>) -> Ptr<i8> {
    let bytes = bytes_of(text);
    let mut reading = Reading { text: &bytes, at: 0, tm: to.load(), afternoon: None, has_date: false };
    if reading.all(&bytes_of(format)).is_none() {
        return Ptr::NULL;
    }
    let (mut tm, end) = (reading.tm, reading.at);
    if reading.afternoon == Some(true) {
        tm.tm_hour += 12;
    }
    if reading.has_date {
        let day = days(i64::from(tm.tm_year) + 1900, i64::from(tm.tm_mon), i64::from(tm.tm_mday));
        tm.tm_wday = (day + 4).rem_euclid(7) as i32;
        tm.tm_yday = (day - days(i64::from(tm.tm_year) + 1900, 0, 1)) as i32;
    }
    to.store(tm);
    text.offset(end as i64)
}
/// `asctime`
#[track_caller]
pub fn asctime(at: Ptr<Tm>) -> Ptr<i8> {
    let text = format!("{}\n\0", field(&at.load(), b'c'));
    Ptr::from_addr(memory::permanent(text.as_bytes()))
}
/// `ctime`
#[track_caller]
pub fn ctime(at: Ptr<i64>) -> Ptr<i8> {
    asctime(gmtime(at))
}
