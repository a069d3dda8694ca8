//! `strtol` and its family, `abs`, `div`.

use super::errors::{ERANGE, set_errno};
use super::number_text::{Found, float, whole};
use super::pointer::Ptr;
use super::strings::front;
use crate::c_record;

/// A number of a base that was read; beyond 64 bits `errno` says so.
pub(crate) fn signed_of((found, len): (Found, usize)) -> (i64, usize) {
    let value = match (found.value, found.negative) {
        (Some(value), false) => i64::try_from(value).ok(),
        (Some(value), true) => 0i64.checked_sub_unsigned(value),
        (None, _) => None,
    };
    let value = value.unwrap_or_else(|| {
        set_errno(ERANGE);
        if found.negative { i64::MIN } else { i64::MAX }
    });
    (value, len)
}

pub(crate) fn unsigned_of((found, len): (Found, usize)) -> (u64, usize) {
    let value = match found.value {
        Some(value) if found.negative => value.wrapping_neg(),
        Some(value) => value,
        None => {
            set_errno(ERANGE);
            u64::MAX
        }
    };
    (value, len)
}

/// Reads a whole number of a base.
pub(crate) fn read_whole(base: i32) -> impl Fn(&[u8]) -> (Found, usize) {
    move |bytes| {
        let found = whole(bytes, base as u32);
        let len = found.len;
        (found, len)
    }
}

/// A float, and whether it is beyond the range.
pub(crate) fn read_double(bytes: &[u8]) -> ((f64, bool), usize) {
    let (value, len) = float(bytes);
    let written = bytes[..len].iter().any(|byte| byte.is_ascii_digit());
    let is_hex = bytes[..len].iter().any(|byte| byte.eq_ignore_ascii_case(&b'x'));
    let is_small = value == 0.0 && has_digit_above_zero(&bytes[..len]) || value.is_subnormal() && !is_hex;
    ((value, written && value.is_infinite() || is_small), len)
}

pub(crate) fn double_of(((value, is_beyond), len): ((f64, bool), usize)) -> (f64, usize) {
    if is_beyond {
        set_errno(ERANGE);
    }
    (value, len)
}

pub(crate) fn single_of(bytes: &[u8]) -> (f32, usize) {
    let (value, len) = float(bytes);
    // One rounding, not two.
    let own = std::str::from_utf8(&bytes[..len]).ok().and_then(|text| text.trim().parse::<f32>().ok());
    (own.unwrap_or(value as f32), len)
}

/// Stores where a number ends; the number.
#[track_caller]
pub(crate) fn ended<C, N>(text: Ptr<C>, end: Ptr<Ptr<C>>, found: (N, usize)) -> N
where
    C: super::value::Value,
{
    if !end.is_null() {
        end.store(text.offset(found.1));
    }
    found.0
}

#[track_caller]
fn signed(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> i64 {
    ended(text, end, signed_of(front(text, read_whole(base))))
}

#[track_caller]
fn unsigned(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> u64 {
    ended(text, end, unsigned_of(front(text, read_whole(base))))
}

/// `strtol`
#[track_caller]
pub fn strtol(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> i64 {
    signed(text, end, base)
}
/// `strtoll`
#[track_caller]
pub fn strtoll(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> i64 {
    signed(text, end, base)
}
/// `strtoimax`
#[track_caller]
pub fn strtoimax(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> i64 {
    signed(text, end, base)
}
/// `strtoul`
#[track_caller]
pub fn strtoul(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> u64 {
    unsigned(text, end, base)
}
/// `strtoull`
#[track_caller]
pub fn strtoull(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> u64 {
    unsigned(text, end, base)
}
/// `strtoumax`
#[track_caller]
pub fn strtoumax(text: Ptr<i8>, end: Ptr<Ptr<i8>>, base: i32) -> u64 {
    unsigned(text, end, base)
}
/// `strtod`
#[track_caller]
pub fn strtod(text: Ptr<i8>, end: Ptr<Ptr<i8>>) -> f64 {
    ended(text, end, double_of(front(text, read_double)))
}

fn has_digit_above_zero(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .take_while(|byte| !matches!(byte, b'e' | b'E' | b'p' | b'P'))
        .any(|byte| matches!(byte, b'1'..=b'9'))
}

/// `strtof`
#[track_caller]
pub fn strtof(text: Ptr<i8>, end: Ptr<Ptr<i8>>) -> f32 {
    ended(text, end, front(text, single_of))
}
/// `strtold`
#[track_caller]
pub fn strtold(text: Ptr<i8>, end: Ptr<Ptr<i8>>) -> f64 {
    strtod(text, end)
}
/// `atoi`
#[track_caller]
pub fn atoi(text: Ptr<i8>) -> i32 {
    signed(text, Ptr::NULL, 10) as i32
}
/// `atol`
#[track_caller]
pub fn atol(text: Ptr<i8>) -> i64 {
    signed(text, Ptr::NULL, 10)
}
/// `atoll`
#[track_caller]
pub fn atoll(text: Ptr<i8>) -> i64 {
    signed(text, Ptr::NULL, 10)
}
/// `atof`
#[track_caller]
pub fn atof(text: Ptr<i8>) -> f64 {
    strtod(text, Ptr::NULL)
}

/// `abs`
#[track_caller]
pub fn abs(n: i32) -> i32 {
    n.checked_abs().unwrap_or_else(|| panic!("signed overflow in abs"))
}
/// `labs`
#[track_caller]
pub fn labs(n: i64) -> i64 {
    n.checked_abs().unwrap_or_else(|| panic!("signed overflow in labs"))
}
/// `llabs`
#[track_caller]
pub fn llabs(n: i64) -> i64 {
    labs(n)
}
/// `imaxabs`
#[track_caller]
pub fn imaxabs(n: i64) -> i64 {
    labs(n)
}

/// `div_t`
#[derive(Clone, Copy, Debug)]
pub struct Div {
    pub quot: i32,
    pub rem: i32,
}
c_record!(Div, 8, { QUOT: quot: i32 = 0, REM: rem: i32 = 4 });

/// `ldiv_t`
#[derive(Clone, Copy, Debug)]
pub struct LDiv {
    pub quot: i64,
    pub rem: i64,
}
c_record!(LDiv, 16, { QUOT: quot: i64 = 0, REM: rem: i64 = 8 });

/// `div`
#[track_caller]
pub fn div(a: i32, b: i32) -> Div {
    Div { quot: a / b, rem: a % b }
}
/// `ldiv`
#[track_caller]
pub fn ldiv(a: i64, b: i64) -> LDiv {
    LDiv { quot: a / b, rem: a % b }
}
/// `imaxdiv`
#[track_caller]
pub fn imaxdiv(a: i64, b: i64) -> LDiv {
    ldiv(a, b)
}
/// `lldiv`
#[track_caller]
pub fn lldiv(a: i64, b: i64) -> LDiv {
    ldiv(a, b)
}
