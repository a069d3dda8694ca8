//! `wchar.h` and `wctype.h` in the `C` locale: texts of 32-bit characters.

use super::pointer::Ptr;

/// The characters of a text, without its terminator, at most some of them.
#[track_caller]
fn wide_of(text: Ptr<i32>, most: u64) -> Vec<i32> {
    let mut out = Vec::new();
    for index in 0..most as i64 {
        match text.offset(index).load() {
            0 => break,
            c => out.push(c),
        }
    }
    out
}

/// The bytes of a text as `%ls` writes it; `None` where a character is none of the locale.
#[track_caller]
pub(crate) fn narrow_of(text: Ptr<i32>, most: u64) -> Option<Vec<u8>> {
    wide_of(text, most).into_iter().map(|c| u8::try_from(c).ok().filter(u8::is_ascii)).collect()
}

#[track_caller]
fn put(to: Ptr<i32>, text: &[i32]) {
    (0_i64..).zip(text).for_each(|(index, c)| to.offset(index).store(*c));
}

/// `wcslen`
#[track_caller]
pub fn wcslen(s: Ptr<i32>) -> u64 {
    wide_of(s, u64::MAX >> 1).len() as u64
}
/// `wcscpy`
#[track_caller]
pub fn wcscpy(to: Ptr<i32>, from: Ptr<i32>) -> Ptr<i32> {
    let mut text = wide_of(from, u64::MAX >> 1);
    text.push(0);
    put(to, &text);
    to
}
/// `wcsncpy`
#[track_caller]
pub fn wcsncpy(to: Ptr<i32>, from: Ptr<i32>, count: u64) -> Ptr<i32> {
    let mut text = wide_of(from, count);
    text.resize(count as usize, 0);
    put(to, &text);
    to
}
/// `wcscat`
#[track_caller]
pub fn wcscat(to: Ptr<i32>, from: Ptr<i32>) -> Ptr<i32> {
    wcscpy(to.offset(wcslen(to) as i64), from);
    to
}
/// `wcscmp`
#[track_caller]
pub fn wcscmp(a: Ptr<i32>, b: Ptr<i32>) -> i32 {
    wcsncmp(a, b, u64::MAX >> 1)
}
/// `wcsncmp`
#[track_caller]
pub fn wcsncmp(a: Ptr<i32>, b: Ptr<i32>, count: u64) -> i32 {
    wide_of(a, count).cmp(&wide_of(b, count)) as i32
}
/// `wcschr`
#[track_caller]
pub fn wcschr(s: Ptr<i32>, c: i32) -> Ptr<i32> {
    let mut text = wide_of(s, u64::MAX >> 1);
    text.push(0);
    text.iter().position(|own| *own == c).map_or(Ptr::NULL, |at| s.offset(at as i64))
}
/// `wcsrchr`
#[track_caller]
pub fn wcsrchr(s: Ptr<i32>, c: i32) -> Ptr<i32> {
    let mut text = wide_of(s, u64::MAX >> 1);
    text.push(0);
    text.iter().rposition(|own| *own == c).map_or(Ptr::NULL, |at| s.offset(at as i64))
}
#[track_caller]
fn words(from: Ptr<i32>, count: u64) -> Vec<i32> {
    (0..count as i64).map(|index| from.offset(index).load()).collect()
}
/// `wmemcpy`
#[track_caller]
pub fn wmemcpy(to: Ptr<i32>, from: Ptr<i32>, count: u64) -> Ptr<i32> {
    put(to, &words(from, count));
    to
}
/// `wmemmove`
#[track_caller]
pub fn wmemmove(to: Ptr<i32>, from: Ptr<i32>, count: u64) -> Ptr<i32> {
    wmemcpy(to, from, count)
}
/// `wmemset`
#[track_caller]
pub fn wmemset(to: Ptr<i32>, c: i32, count: u64) -> Ptr<i32> {
    put(to, &vec![c; count as usize]);
    to
}
/// `wmemcmp`
#[track_caller]
pub fn wmemcmp(a: Ptr<i32>, b: Ptr<i32>, count: u64) -> i32 {
    words(a, count).cmp(&words(b, count)) as i32
}

macro_rules! as_bytes {
    ($($name:ident $narrow:ident;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(c: u32) -> i32 {
            i32::try_from(c).map_or(0, super::chars::$narrow)
        }
    )*};
}

as_bytes! {
    iswalnum isalnum;
    iswalpha isalpha;
    iswblank isblank;
    iswcntrl iscntrl;
    iswdigit isdigit;
    iswgraph isgraph;
    iswlower islower;
    iswprint isprint;
    iswpunct ispunct;
    iswspace isspace;
    iswupper isupper;
    iswxdigit isxdigit;
}

/// `towlower`
pub fn towlower(c: u32) -> u32 {
    u8::try_from(c).map_or(c, |byte| u32::from(byte.to_ascii_lowercase()))
}
/// `towupper`
pub fn towupper(c: u32) -> u32 {
    u8::try_from(c).map_or(c, |byte| u32::from(byte.to_ascii_uppercase()))
}
