//! `wchar.h` and `wctype.h`: texts of 32-bit characters.

use super::pointer::Ptr;

/// The characters of a text, without its terminator, at most some of them.
#[track_caller]
pub(crate) fn wide_of(text: Ptr<i32>, most: u64) -> Vec<i32> {
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
    let mut out = Vec::new();
    for at in 0.. {
        let c = if out.len() as u64 >= most { 0 } else { text.offset(at).load() };
        if c == 0 {
            break;
        }
        let bytes = super::locale::encode(c)?;
        if (out.len() + bytes.len()) as u64 > most {
            break;
        }
        out.extend(bytes);
    }
    Some(out)
}

#[track_caller]
pub(crate) fn put(to: Ptr<i32>, text: &[i32]) {
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
/// `wcscoll`
#[track_caller]
pub fn wcscoll(a: Ptr<i32>, b: Ptr<i32>) -> i32 {
    wcscmp(a, b)
}
/// `wcscasecmp`
#[track_caller]
pub fn wcscasecmp(a: Ptr<i32>, b: Ptr<i32>) -> i32 {
    let lower =
        |text| -> Vec<u32> { wide_of(text, u64::MAX >> 1).into_iter().map(|c| towlower(c as u32)).collect() };
    lower(a).cmp(&lower(b)) as i32
}
/// `wcsxfrm`
#[track_caller]
pub fn wcsxfrm(to: Ptr<i32>, from: Ptr<i32>, count: u64) -> u64 {
    let len = wcslen(from);
    if len < count {
        wcscpy(to, from);
    }
    len
}
/// `wcsnlen`
#[track_caller]
pub fn wcsnlen(s: Ptr<i32>, most: u64) -> u64 {
    wide_of(s, most).len() as u64
}
/// `wcsncat`
#[track_caller]
pub fn wcsncat(to: Ptr<i32>, from: Ptr<i32>, count: u64) -> Ptr<i32> {
    let mut text = wide_of(from, count);
    text.push(0);
    put(to.offset(wcslen(to) as i64), &text);
    to
}
/// `wcsdup`
#[track_caller]
pub fn wcsdup(s: Ptr<i32>) -> Ptr<i32> {
    wcscpy(super::memory::malloc((wcslen(s) + 1) * 4).cast(), s)
}
/// `wcsspn`
#[track_caller]
pub fn wcsspn(s: Ptr<i32>, accept: Ptr<i32>) -> u64 {
    let accept = wide_of(accept, u64::MAX >> 1);
    wide_of(s, u64::MAX >> 1).iter().take_while(|c| accept.contains(c)).count() as u64
}
/// `wcscspn`
#[track_caller]
pub fn wcscspn(s: Ptr<i32>, reject: Ptr<i32>) -> u64 {
    let reject = wide_of(reject, u64::MAX >> 1);
    wide_of(s, u64::MAX >> 1).iter().take_while(|c| !reject.contains(c)).count() as u64
}
/// `wcspbrk`
#[track_caller]
pub fn wcspbrk(s: Ptr<i32>, accept: Ptr<i32>) -> Ptr<i32> {
    let at = s.offset(wcscspn(s, accept) as i64);
    if at.load() == 0 { Ptr::NULL } else { at }
}
/// `wcsstr`
#[track_caller]
pub fn wcsstr(s: Ptr<i32>, part: Ptr<i32>) -> Ptr<i32> {
    let (text, part) = (wide_of(s, u64::MAX >> 1), wide_of(part, u64::MAX >> 1));
    if part.is_empty() {
        return s;
    }
    let at = text.windows(part.len()).position(|window| window == part);
    at.map_or(Ptr::NULL, |at| s.offset(at as i64))
}
/// `wcstok`
#[track_caller]
pub fn wcstok(s: Ptr<i32>, delimiters: Ptr<i32>, rest: Ptr<Ptr<i32>>) -> Ptr<i32> {
    let from = if s.is_null() { rest.load() } else { s };
    if from.is_null() {
        return Ptr::NULL;
    }
    let start = from.offset(wcsspn(from, delimiters) as i64);
    if start.load() == 0 {
        rest.store(Ptr::NULL);
        return Ptr::NULL;
    }
    let end = start.offset(wcscspn(start, delimiters) as i64);
    if end.load() == 0 {
        rest.store(Ptr::NULL);
    } else {
        end.store(0);
        rest.store(end.offset(1));
    }
    start
}
/// `wmemchr`
#[track_caller]
pub fn wmemchr(s: Ptr<i32>, c: i32, count: u64) -> Ptr<i32> {
    let found = (0..count as i64).find(|at| s.offset(*at).load() == c);
    found.map_or(Ptr::NULL, |at| s.offset(at))
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

/// The class of a character that is none of ASCII.
fn is_of_class(c: u32, test: fn(char) -> bool) -> i32 {
    let c = char::from_u32(c).filter(|c| !c.is_ascii() && super::locale::is_utf8());
    i32::from(c.is_some_and(test))
}
/// What has a shape on paper; unassigned characters count too.
fn has_shape(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')
}
fn is_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
}

macro_rules! as_bytes {
    ($($name:ident $narrow:ident $class:expr;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(c: u32) -> i32 {
            if c < 0x80 { super::chars::$narrow(c as i32) } else { is_of_class(c, $class) }
        }
    )*};
}

as_bytes! {
    iswalnum isalnum char::is_alphanumeric;
    iswalpha isalpha char::is_alphanumeric;
    iswblank isblank |c| is_blank(c) && !matches!(c, '\u{2028}' | '\u{2029}');
    iswcntrl iscntrl |c| !has_shape(c);
    iswdigit isdigit |_| false;
    iswgraph isgraph |c| has_shape(c) && !is_blank(c);
    iswlower islower |c| c.is_lowercase() || one(c.to_uppercase()).is_some_and(|upper| upper != c);
    iswprint isprint has_shape;
    iswpunct ispunct |c| has_shape(c) && !is_blank(c) && !c.is_alphanumeric();
    iswspace isspace is_blank;
    iswupper isupper |c| c.is_uppercase() || one(c.to_lowercase()).is_some_and(|lower| lower != c);
    iswxdigit isxdigit |_| false;
}

fn one(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    first.filter(|_| chars.next().is_none())
}
fn mapped(c: u32, map: impl Fn(char) -> Option<char>) -> u32 {
    let known = char::from_u32(c).filter(|c| c.is_ascii() || super::locale::is_utf8());
    known.and_then(map).map_or(c, u32::from)
}
/// `towlower`
pub fn towlower(c: u32) -> u32 {
    mapped(c, |c| one(c.to_lowercase()))
}
/// `towupper`
pub fn towupper(c: u32) -> u32 {
    mapped(c, |c| one(c.to_uppercase()))
}

type Test = fn(u32) -> i32;

const CLASSES: [(&str, Test); 12] = [
    ("alnum", iswalnum),
    ("alpha", iswalpha),
    ("blank", iswblank),
    ("cntrl", iswcntrl),
    ("digit", iswdigit),
    ("graph", iswgraph),
    ("lower", iswlower),
    ("print", iswprint),
    ("punct", iswpunct),
    ("space", iswspace),
    ("upper", iswupper),
    ("xdigit", iswxdigit),
];
/// `wctype`
#[track_caller]
pub fn wctype(name: Ptr<i8>) -> u64 {
    let name = super::strings::bytes_of(name);
    CLASSES.iter().position(|(own, _)| own.as_bytes() == name).map_or(0, |at| at as u64 + 1)
}
/// `iswctype`
pub fn iswctype(c: u32, class: u64) -> i32 {
    let test = (class as usize).checked_sub(1).and_then(|at| CLASSES.get(at));
    test.map_or(0, |(_, test)| test(c))
}
/// `wctrans`
#[track_caller]
pub fn wctrans(name: Ptr<i8>) -> u64 {
    match super::strings::bytes_of(name).as_slice() {
        b"tolower" => 1,
        b"toupper" => 2,
        _ => 0,
    }
}
/// `towctrans`
pub fn towctrans(c: u32, map: u64) -> u32 {
    match map {
        1 => towlower(c),
        2 => towupper(c),
        _ => c,
    }
}

/// The columns of a character: two for those of East Asia, none for marks; minus one where it has no shape.
pub fn wcwidth(c: i32) -> i32 {
    const WIDE: &[(u32, u32)] = &[
        (0x1100, 0x115f),
        (0x2e80, 0x303e),
        (0x3041, 0x33ff),
        (0x3400, 0x4dbf),
        (0x4e00, 0x9fff),
        (0xa000, 0xa4cf),
        (0xac00, 0xd7a3),
        (0xf900, 0xfaff),
        (0xfe30, 0xfe6f),
        (0xff00, 0xff60),
        (0xffe0, 0xffe6),
        (0x1f300, 0x1f64f),
        (0x1f900, 0x1f9ff),
        (0x20000, 0x3fffd),
    ];
    let code = c as u32;
    if c == 0 {
        return 0;
    }
    if iswprint(code) == 0 {
        return -1;
    }
    let is_mark = (0x300..0x370).contains(&code) || matches!(code, 0x200b..=0x200f | 0xfe00..=0xfe0f);
    let is_wide = WIDE.iter().any(|(first, last)| (*first..=*last).contains(&code));
    if is_mark { 0 } else { 1 + i32::from(is_wide) }
}
/// `wcswidth`
#[track_caller]
pub fn wcswidth(s: Ptr<i32>, count: u64) -> i32 {
    let widths: Vec<i32> = wide_of(s, count).into_iter().map(wcwidth).collect();
    if widths.contains(&-1) { -1 } else { widths.iter().sum() }
}
