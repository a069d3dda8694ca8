//! `locale.h` and characters of several bytes: the locales `C` and `C.UTF-8`, which are all that a bare system has.

use std::cell::{Cell, RefCell};

use super::errors::set_errno;
use super::memory;
use super::pointer::Ptr;
use super::strings::{bytes_of, put};
use super::text::literal;
use crate::c_record;

const EILSEQ: i32 = 84;
/// What `mbrtowc` gives for bytes that are no character, and for the front of one.
const INVALID: u64 = u64::MAX;
const INCOMPLETE: u64 = u64::MAX - 1;

/// Names of the categories in the order of their numbers; number 6 is all of them.
const CATEGORIES: [&str; 13] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "LC_ALL",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];
const ALL: usize = 6;

thread_local! {
    static CHOSEN: RefCell<[&'static str; 13]> = const { RefCell::new(["C"; 13]) };
    static UTF8: Cell<bool> = const { Cell::new(false) };
}

/// Whether characters are those of UTF-8.
pub(crate) fn is_utf8() -> bool {
    UTF8.get()
}

fn known(name: &str) -> Option<&'static str> {
    match name {
        "C" | "POSIX" => Some("C"),
        "C.UTF-8" => Some("C.UTF-8"),
        "C.utf8" => Some("C.utf8"),
        _ => None,
    }
}

/// The name that the environment has for a category.
fn surrounding(category: usize) -> String {
    let names = ["LC_ALL", CATEGORIES[category], "LANG"];
    let found = names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    found.unwrap_or_else(|| "C".to_owned())
}

/// `setlocale`
#[track_caller]
pub fn setlocale(category: i32, name: Ptr<i8>) -> Ptr<i8> {
    let Some(category) = usize::try_from(category).ok().filter(|at| *at < CATEGORIES.len()) else {
        return Ptr::NULL;
    };
    if !name.is_null() {
        let name = String::from_utf8_lossy(&bytes_of(name)).into_owned();
        let own = if category == ALL { 0..CATEGORIES.len() } else { category..category + 1 };
        let mut next = CHOSEN.with_borrow(|chosen| *chosen);
        for at in own {
            let part = name.split(';').find_map(|part| part.strip_prefix(CATEGORIES[at])?.strip_prefix('='));
            let wanted = if name.is_empty() { surrounding(at) } else { part.unwrap_or(&name).to_owned() };
            match known(&wanted) {
                Some(locale) => next[at] = locale,
                None => return Ptr::NULL,
            }
        }
        UTF8.set(next[0] != "C");
        CHOSEN.set(next);
    }
    let text = CHOSEN.with_borrow(|chosen| match category {
        ALL if chosen.iter().enumerate().any(|(at, name)| at != ALL && *name != chosen[0]) => {
            let parts = CATEGORIES.iter().zip(chosen).enumerate().filter(|(at, _)| *at != ALL);
            parts.map(|(_, (category, name))| format!("{category}={name}")).collect::<Vec<_>>().join(";")
        }
        ALL => chosen[0].to_owned(),
        one => chosen[one].to_owned(),
    });
    Ptr::from_addr(memory::permanent(format!("{text}\0").as_bytes()))
}

/// `struct lconv`
#[derive(Clone, Copy, Debug)]
pub struct Lconv {
    pub decimal_point: Ptr<i8>,
    pub thousands_sep: Ptr<i8>,
    pub grouping: Ptr<i8>,
    pub int_curr_symbol: Ptr<i8>,
    pub currency_symbol: Ptr<i8>,
    pub mon_decimal_point: Ptr<i8>,
    pub mon_thousands_sep: Ptr<i8>,
    pub mon_grouping: Ptr<i8>,
    pub positive_sign: Ptr<i8>,
    pub negative_sign: Ptr<i8>,
    pub int_frac_digits: i8,
    pub frac_digits: i8,
}
c_record!(Lconv, 96, {
    DECIMAL_POINT: decimal_point: Ptr<i8> = 0,
    THOUSANDS_SEP: thousands_sep: Ptr<i8> = 8,
    GROUPING: grouping: Ptr<i8> = 16,
    INT_CURR_SYMBOL: int_curr_symbol: Ptr<i8> = 24,
    CURRENCY_SYMBOL: currency_symbol: Ptr<i8> = 32,
    MON_DECIMAL_POINT: mon_decimal_point: Ptr<i8> = 40,
    MON_THOUSANDS_SEP: mon_thousands_sep: Ptr<i8> = 48,
    MON_GROUPING: mon_grouping: Ptr<i8> = 56,
    POSITIVE_SIGN: positive_sign: Ptr<i8> = 64,
    NEGATIVE_SIGN: negative_sign: Ptr<i8> = 72,
    INT_FRAC_DIGITS: int_frac_digits: i8 = 80,
    FRAC_DIGITS: frac_digits: i8 = 81,
});

/// `localeconv`
pub fn localeconv() -> Ptr<Lconv> {
    let empty = literal(b"\0");
    let at: Ptr<Lconv> = Ptr::from_addr(memory::permanent(&[0; 96]));
    at.store(Lconv {
        decimal_point: literal(b".\0"),
        thousands_sep: empty,
        grouping: empty,
        int_curr_symbol: empty,
        currency_symbol: empty,
        mon_decimal_point: empty,
        mon_thousands_sep: empty,
        mon_grouping: empty,
        positive_sign: empty,
        negative_sign: empty,
        int_frac_digits: i8::MAX,
        frac_digits: i8::MAX,
    });
    at
}

/// `MB_CUR_MAX`
pub fn ctype_get_mb_cur_max() -> u64 {
    if is_utf8() { 6 } else { 1 }
}

/// What stands at the start of bytes.
pub(crate) enum Decoded {
    Character(u32, usize),
    Incomplete,
    Invalid,
}

pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    let Some(first) = bytes.first().copied() else { return Decoded::Incomplete };
    if first < 0x80 {
        return Decoded::Character(u32::from(first), 1);
    }
    if !is_utf8() {
        return Decoded::Invalid;
    }
    let front = &bytes[..bytes.len().min(4)];
    let whole = match std::str::from_utf8(front) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => {
            std::str::from_utf8(&front[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(error) => {
            return if error.error_len().is_none() { Decoded::Incomplete } else { Decoded::Invalid };
        }
    };
    whole.chars().next().map_or(Decoded::Invalid, |c| Decoded::Character(u32::from(c), c.len_utf8()))
}

/// The bytes of a character; `None` where the locale has none.
pub(crate) fn encode(c: i32) -> Option<Vec<u8>> {
    let c = char::from_u32(c as u32)?;
    (c.is_ascii() || is_utf8()).then(|| c.to_string().into_bytes())
}

/// `mbstate_t`: the bytes that were seen of a character.
#[derive(Clone, Copy, Debug)]
pub struct MbState {
    pub count: i32,
    pub value: i32,
}
c_record!(MbState, 8, { COUNT: count: i32 = 0, VALUE: value: i32 = 4 });

impl MbState {
    const START: Self = Self { count: 0, value: 0 };
}

thread_local! {
    /// The state of a call that gives none.
    static OWN: Cell<MbState> = const { Cell::new(MbState::START) };
}

#[track_caller]
fn state_of(at: Ptr<MbState>) -> MbState {
    if at.is_null() { OWN.get() } else { at.load() }
}
#[track_caller]
fn set_state(at: Ptr<MbState>, state: MbState) {
    if at.is_null() { OWN.set(state) } else { at.store(state) }
}

/// Reads a character that goes on from a state: it, and how many bytes were taken, or what is wrong.
#[track_caller]
fn next(from: Ptr<i8>, count: u64, state: Ptr<MbState>) -> Result<(u32, u64), u64> {
    let before = state_of(state);
    let seen = before.count.clamp(0, 3) as usize;
    let mut bytes = before.value.to_le_bytes()[..seen].to_vec();
    for at in 0..count.min(4) as i64 {
        bytes.push(from.offset(at).load() as u8);
        match decode(&bytes) {
            Decoded::Character(c, len) => {
                set_state(state, MbState::START);
                return Ok((c, (len - seen) as u64));
            }
            Decoded::Incomplete => {}
            Decoded::Invalid => {
                set_errno(EILSEQ);
                return Err(INVALID);
            }
        }
    }
    let mut value = [0; 4];
    value[..bytes.len()].copy_from_slice(&bytes);
    set_state(state, MbState { count: bytes.len() as i32, value: i32::from_le_bytes(value) });
    Err(INCOMPLETE)
}

/// `mbrtowc`
#[track_caller]
pub fn mbrtowc(to: Ptr<i32>, from: Ptr<i8>, count: u64, state: Ptr<MbState>) -> u64 {
    if from.is_null() {
        set_state(state, MbState::START);
        return 0;
    }
    match next(from, count, state) {
        Ok((c, len)) => {
            if !to.is_null() {
                to.store(c as i32);
            }
            if c == 0 { 0 } else { len }
        }
        Err(why) => why,
    }
}
/// `mbrlen`
#[track_caller]
pub fn mbrlen(from: Ptr<i8>, count: u64, state: Ptr<MbState>) -> u64 {
    mbrtowc(Ptr::NULL, from, count, state)
}
/// `mbtowc`
#[track_caller]
pub fn mbtowc(to: Ptr<i32>, from: Ptr<i8>, count: u64) -> i32 {
    if from.is_null() {
        return 0;
    }
    OWN.set(MbState::START);
    let done = mbrtowc(to, from, count, Ptr::NULL);
    OWN.set(MbState::START);
    i32::try_from(done).unwrap_or(-1)
}
/// `mblen`
#[track_caller]
pub fn mblen(from: Ptr<i8>, count: u64) -> i32 {
    mbtowc(Ptr::NULL, from, count)
}
/// `wcrtomb`
#[track_caller]
pub fn wcrtomb(to: Ptr<i8>, c: i32, _state: Ptr<MbState>) -> u64 {
    if to.is_null() {
        return 1;
    }
    match encode(c) {
        Some(bytes) => {
            put(to.cast(), &bytes);
            bytes.len() as u64
        }
        None => {
            set_errno(EILSEQ);
            INVALID
        }
    }
}
/// `wctomb`
#[track_caller]
pub fn wctomb(to: Ptr<i8>, c: i32) -> i32 {
    if to.is_null() { 0 } else { i32::try_from(wcrtomb(to, c, Ptr::NULL)).unwrap_or(-1) }
}

/// Characters of a text, at most some, and whether its end was reached; `None` where bytes are no character.
#[track_caller]
fn widened(bytes: &[u8], most: u64) -> Option<(Vec<i32>, Option<usize>)> {
    let (mut out, mut at) = (Vec::new(), 0);
    while (out.len() as u64) < most {
        if at == bytes.len() {
            return Some((out, None));
        }
        let Decoded::Character(c, len) = decode(&bytes[at..]) else {
            set_errno(EILSEQ);
            return None;
        };
        out.push(c as i32);
        at += len;
    }
    Some((out, Some(at)))
}
/// `mbsrtowcs`
#[track_caller]
pub fn mbsrtowcs(to: Ptr<i32>, from: Ptr<Ptr<i8>>, most: u64, _state: Ptr<MbState>) -> u64 {
    let start = from.load();
    let most = if to.is_null() { u64::MAX } else { most };
    let Some((text, rest)) = widened(&bytes_of(start), most) else { return INVALID };
    if !to.is_null() {
        (0_i64..).zip(&text).for_each(|(at, c)| to.offset(at).store(*c));
        match rest {
            Some(at) => from.store(start.offset(at as i64)),
            None => {
                to.offset(text.len() as i64).store(0);
                from.store(Ptr::NULL);
            }
        }
    }
    text.len() as u64
}
/// `mbstowcs`
#[track_caller]
pub fn mbstowcs(to: Ptr<i32>, from: Ptr<i8>, most: u64) -> u64 {
    let most = if to.is_null() { u64::MAX } else { most };
    let Some((text, rest)) = widened(&bytes_of(from), most) else { return INVALID };
    if !to.is_null() {
        (0_i64..).zip(&text).for_each(|(at, c)| to.offset(at).store(*c));
        if rest.is_none() {
            to.offset(text.len() as i64).store(0);
        }
    }
    text.len() as u64
}

/// Bytes of a text of wide characters, at most some, and the character that found no room.
#[track_caller]
fn narrowed(from: Ptr<i32>, most: u64) -> Option<(Vec<u8>, Option<i64>)> {
    let mut out = Vec::new();
    for at in 0.. {
        let c = from.offset(at).load();
        if c == 0 {
            return Some((out, None));
        }
        let Some(bytes) = encode(c) else {
            set_errno(EILSEQ);
            return None;
        };
        if (out.len() + bytes.len()) as u64 > most {
            return Some((out, Some(at)));
        }
        out.extend(bytes);
    }
    None
}
/// `wcsrtombs`
#[track_caller]
pub fn wcsrtombs(to: Ptr<i8>, from: Ptr<Ptr<i32>>, most: u64, _state: Ptr<MbState>) -> u64 {
    let start = from.load();
    let most = if to.is_null() { u64::MAX } else { most };
    let Some((mut text, rest)) = narrowed(start, most) else { return INVALID };
    let len = text.len() as u64;
    if !to.is_null() {
        let is_whole = rest.is_none() && len < most;
        if is_whole {
            text.push(0);
        }
        put(to.cast(), &text);
        match (rest, is_whole) {
            (Some(at), _) => from.store(start.offset(at)),
            (None, true) => from.store(Ptr::NULL),
            (None, false) => from.store(start.offset(super::wide::wcslen(start) as i64)),
        }
    }
    len
}
/// `wcstombs`
#[track_caller]
pub fn wcstombs(to: Ptr<i8>, from: Ptr<i32>, most: u64) -> u64 {
    let most = if to.is_null() { u64::MAX } else { most };
    let Some((mut text, rest)) = narrowed(from, most) else { return INVALID };
    let len = text.len() as u64;
    if !to.is_null() {
        if rest.is_none() && len < most {
            text.push(0);
        }
        put(to.cast(), &text);
    }
    len
}
/// `btowc`
pub fn btowc(c: i32) -> u32 {
    if (0..0x80).contains(&c) { c as u32 } else { u32::MAX }
}
/// `wctob`
pub fn wctob(c: u32) -> i32 {
    if c < 0x80 { c as i32 } else { -1 }
}
/// `mbsinit`
#[track_caller]
pub fn mbsinit(state: Ptr<MbState>) -> i32 {
    i32::from(state.is_null() || state.load().count == 0)
}

/// The count of a state that keeps the second half of a pair.
const PENDING: i32 = -1;

/// `mbrtoc16`
#[track_caller]
pub fn mbrtoc16(to: Ptr<u16>, from: Ptr<i8>, count: u64, state: Ptr<MbState>) -> u64 {
    if from.is_null() {
        set_state(state, MbState::START);
        return 0;
    }
    let before = state_of(state);
    if before.count == PENDING {
        to.store(before.value as u16);
        set_state(state, MbState::START);
        return u64::MAX - 2;
    }
    match next(from, count, state) {
        Ok((c, len)) => {
            let unit = if c > 0xffff { 0xd7c0 + (c >> 10) } else { c };
            if !to.is_null() {
                to.store(unit as u16);
            }
            if c > 0xffff {
                set_state(state, MbState { count: PENDING, value: (0xdc00 | c & 0x3ff) as i32 });
            }
            if c == 0 { 0 } else { len }
        }
        Err(why) => why,
    }
}
/// `mbrtoc32`
#[track_caller]
pub fn mbrtoc32(to: Ptr<u32>, from: Ptr<i8>, count: u64, state: Ptr<MbState>) -> u64 {
    mbrtowc(to.cast(), from, count, state)
}
/// `c32rtomb`
#[track_caller]
pub fn c32rtomb(to: Ptr<i8>, c: u32, state: Ptr<MbState>) -> u64 {
    wcrtomb(to, c as i32, state)
}
/// `c16rtomb`
#[track_caller]
pub fn c16rtomb(to: Ptr<i8>, unit: u16, state: Ptr<MbState>) -> u64 {
    let before = state_of(state);
    let unit = u32::from(unit);
    if before.count == PENDING {
        set_state(state, MbState::START);
        let c = 0x1_0000 + ((before.value as u32 & 0x3ff) << 10) + (unit & 0x3ff);
        return wcrtomb(to, c as i32, Ptr::NULL);
    }
    if (0xd800..0xdc00).contains(&unit) {
        set_state(state, MbState { count: PENDING, value: unit as i32 });
        return 0;
    }
    wcrtomb(to, unit as i32, Ptr::NULL)
}
