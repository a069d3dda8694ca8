//! Numbers in texts of wide characters, `wcsftime`.

use super::convert::{double_of, ended, read_double, read_whole, signed_of, single_of, unsigned_of};
use super::pointer::Ptr;
use super::wide::{put, wide_of};

/// A text with one byte for each character.
#[track_caller]
fn ascii_of(text: Ptr<i32>) -> Vec<u8> {
    wide_of(text, u64::MAX >> 1).into_iter().map(|c| u8::try_from(c).unwrap_or(u8::MAX)).collect()
}

/// At most some characters of a text in UTF-8; `None` where one is no character.
#[track_caller]
pub(crate) fn utf8_of(text: Ptr<i32>, most: u64) -> Option<Vec<u8>> {
    let text: Option<String> = wide_of(text, most).into_iter().map(|c| char::from_u32(c as u32)).collect();
    text.map(String::into_bytes)
}

/// The characters of a text in UTF-8.
pub(crate) fn characters(text: &[u8]) -> Vec<i32> {
    String::from_utf8_lossy(text).chars().map(|c| c as i32).collect()
}

/// `wcstol`
#[track_caller]
pub fn wcstol(text: Ptr<i32>, end: Ptr<Ptr<i32>>, base: i32) -> i64 {
    ended(text, end, signed_of(read_whole(base)(&ascii_of(text))))
}
/// `wcstoll`
#[track_caller]
pub fn wcstoll(text: Ptr<i32>, end: Ptr<Ptr<i32>>, base: i32) -> i64 {
    wcstol(text, end, base)
}
/// `wcstoimax`
#[track_caller]
pub fn wcstoimax(text: Ptr<i32>, end: Ptr<Ptr<i32>>, base: i32) -> i64 {
    wcstol(text, end, base)
}
/// `wcstoul`
#[track_caller]
pub fn wcstoul(text: Ptr<i32>, end: Ptr<Ptr<i32>>, base: i32) -> u64 {
    ended(text, end, unsigned_of(read_whole(base)(&ascii_of(text))))
}
/// `wcstoull`
#[track_caller]
pub fn wcstoull(text: Ptr<i32>, end: Ptr<Ptr<i32>>, base: i32) -> u64 {
    wcstoul(text, end, base)
}
/// `wcstoumax`
#[track_caller]
pub fn wcstoumax(text: Ptr<i32>, end: Ptr<Ptr<i32>>, base: i32) -> u64 {
    wcstoul(text, end, base)
}
/// `wcstod`
#[track_caller]
pub fn wcstod(text: Ptr<i32>, end: Ptr<Ptr<i32>>) -> f64 {
    ended(text, end, double_of(read_double(&ascii_of(text))))
}
/// `wcstold`
#[track_caller]
pub fn wcstold(text: Ptr<i32>, end: Ptr<Ptr<i32>>) -> f64 {
    wcstod(text, end)
}
/// `wcstof`
#[track_caller]
pub fn wcstof(text: Ptr<i32>, end: Ptr<Ptr<i32>>) -> f32 {
    ended(text, end, single_of(&ascii_of(text)))
}

/// `wcsftime`
#[track_caller]
pub fn wcsftime(to: Ptr<i32>, size: u64, format: Ptr<i32>, at: Ptr<super::clock::Tm>) -> u64 {
    let format = utf8_of(format, u64::MAX >> 1).unwrap_or_default();
    let mut text = characters(&super::clock::shown_time(&format, &at.load()));
    let len = text.len() as u64;
    if len >= size {
        return 0;
    }
    text.push(0);
    put(to, &text);
    len
}
