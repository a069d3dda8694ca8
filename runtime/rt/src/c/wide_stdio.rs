//! Input and output of wide characters.

use super::list::{Args, VaList};
use super::locale::{Decoded, decode, encode};
use super::pointer::Ptr;
use super::printf::{Formatted, formatted_text};
use super::stdio::{self, File, Stream};
use super::wide::{put, wide_of};
use super::wide_numbers::{characters, utf8_of};

const WEOF: u32 = u32::MAX;

/// What glibc writes in the `C` locale for characters that it does not have.
fn stand_in(c: char) -> &'static str {
    match c {
        '\u{a0}' => " ",
        '©' => "(C)",
        '®' => "(R)",
        '«' => "<<",
        '»' => ">>",
        '\u{ad}' | '‐' | '‑' | '‒' | '–' | '—' => "-",
        '×' => "x",
        'ß' => "ss",
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '…' => "...",
        '€' => "EUR",
        '™' => "TM",
        '←' => "<-",
        '→' => "->",
        '⇒' => "=>",
        '−' => "-",
        '•' => "o",
        _ => "?",
    }
}

fn put_character(stream: &mut Stream, c: i32) -> bool {
    let Some(known) = char::from_u32(c as u32) else { return false };
    match encode(c) {
        Some(bytes) => stream.put_any(&bytes),
        None => stream.put_any(stand_in(known).as_bytes()),
    }
}

/// Writes characters; whether the stream took them.
#[track_caller]
fn write_wide(file: Ptr<File>, text: &[i32]) -> bool {
    stdio::with(file, |stream| stream.orient(true) && text.iter().all(|c| put_character(stream, *c)))
}

/// Why there is no character.
#[derive(PartialEq)]
enum Lack {
    End,
    Invalid,
}

/// Reads a character.
fn get_character(stream: &mut Stream) -> Result<u32, Lack> {
    let mut bytes = Vec::new();
    if !stream.orient(true) {
        return Err(Lack::End);
    }
    loop {
        bytes.push(stream.get().ok_or(Lack::End)?);
        match decode(&bytes) {
            Decoded::Character(c, _) => return Ok(c),
            Decoded::Incomplete => {}
            Decoded::Invalid => {
                super::errors::set_errno(84);
                return Err(Lack::Invalid);
            }
        }
    }
}

/// `fwide`
#[track_caller]
pub fn fwide(file: Ptr<File>, mode: i32) -> i32 {
    stdio::with(file, |stream| {
        if mode != 0 {
            stream.orient(mode > 0);
        }
        stream.orientation().map_or(0, |wide| if wide { 1 } else { -1 })
    })
}
/// `fputwc`
#[track_caller]
pub fn fputwc(c: i32, file: Ptr<File>) -> u32 {
    if write_wide(file, &[c]) { c as u32 } else { WEOF }
}
/// `putwc`
#[track_caller]
pub fn putwc(c: i32, file: Ptr<File>) -> u32 {
    fputwc(c, file)
}
/// `putwchar`
#[track_caller]
pub fn putwchar(c: i32) -> u32 {
    fputwc(c, stdio::stdout())
}
/// `fputws`
#[track_caller]
pub fn fputws(text: Ptr<i32>, file: Ptr<File>) -> i32 {
    if write_wide(file, &wide_of(text, u64::MAX >> 1)) { 1 } else { -1 }
}
/// `fgetwc`
#[track_caller]
pub fn fgetwc(file: Ptr<File>) -> u32 {
    stdio::with(file, get_character).unwrap_or(WEOF)
}
/// `getwc`
#[track_caller]
pub fn getwc(file: Ptr<File>) -> u32 {
    fgetwc(file)
}
/// `getwchar`
#[track_caller]
pub fn getwchar() -> u32 {
    fgetwc(stdio::stdin())
}
/// `ungetwc`
#[track_caller]
pub fn ungetwc(c: u32, file: Ptr<File>) -> u32 {
    let Some(bytes) = encode(c as i32).filter(|_| c != WEOF) else { return WEOF };
    stdio::with(file, |stream| bytes.iter().rev().for_each(|byte| stream.unget(*byte)));
    c
}
/// `fgetws`
#[track_caller]
pub fn fgetws(to: Ptr<i32>, size: i32, file: Ptr<File>) -> Ptr<i32> {
    let mut text = Vec::new();
    let is_invalid = stdio::with(file, |stream| {
        while text.len() + 1 < size.max(0) as usize && text.last() != Some(&10) {
            match get_character(stream) {
                Ok(c) => text.push(c as i32),
                Err(why) => return why == Lack::Invalid,
            }
        }
        false
    });
    if text.is_empty() || is_invalid {
        return Ptr::NULL;
    }
    text.push(0);
    put(to, &text);
    to
}

#[track_caller]
fn formatted(format: Ptr<i32>, args: VaList) -> Formatted {
    formatted_text(&utf8_of(format, u64::MAX >> 1).unwrap_or_default(), args, true)
}
#[track_caller]
fn with_list(format: Ptr<i32>, args: Ptr<VaList>) -> Formatted {
    let text = formatted(format, args.load());
    args.store(text.rest);
    text
}
#[track_caller]
fn written(file: Ptr<File>, text: &Formatted) -> i32 {
    let shown = characters(&text.bytes);
    if write_wide(file, &shown) && !text.failed { shown.len() as i32 } else { -1 }
}
/// What does not fit is an error, unlike in `snprintf`.
#[track_caller]
fn into_buffer(to: Ptr<i32>, size: u64, text: &Formatted) -> i32 {
    let mut shown = characters(&text.bytes);
    let count = shown.len();
    let fits = (count as u64) < size && !text.failed;
    shown.truncate(size.saturating_sub(1) as usize);
    if size > 0 {
        shown.push(0);
        put(to, &shown);
    }
    if fits { count as i32 } else { -1 }
}
/// `wprintf`
#[track_caller]
pub fn wprintf(format: Ptr<i32>, args: Args) -> i32 {
    written(stdio::stdout(), &formatted(format, VaList::of(args)))
}
/// `fwprintf`
#[track_caller]
pub fn fwprintf(file: Ptr<File>, format: Ptr<i32>, args: Args) -> i32 {
    written(file, &formatted(format, VaList::of(args)))
}
/// `swprintf`
#[track_caller]
pub fn swprintf(to: Ptr<i32>, size: u64, format: Ptr<i32>, args: Args) -> i32 {
    into_buffer(to, size, &formatted(format, VaList::of(args)))
}
/// `vwprintf`
#[track_caller]
pub fn vwprintf(format: Ptr<i32>, args: Ptr<VaList>) -> i32 {
    written(stdio::stdout(), &with_list(format, args))
}
/// `vfwprintf`
#[track_caller]
pub fn vfwprintf(file: Ptr<File>, format: Ptr<i32>, args: Ptr<VaList>) -> i32 {
    written(file, &with_list(format, args))
}
/// `vswprintf`
#[track_caller]
pub fn vswprintf(to: Ptr<i32>, size: u64, format: Ptr<i32>, args: Ptr<VaList>) -> i32 {
    into_buffer(to, size, &with_list(format, args))
}

/// `swscanf`
#[track_caller]
pub fn swscanf(from: Ptr<i32>, format: Ptr<i32>, args: Args) -> i32 {
    let bytes = |text| utf8_of(text, u64::MAX >> 1).unwrap_or_default();
    super::scanf::scan_text(&bytes(from), &bytes(format), VaList::of(args))
}
/// `fwscanf`
#[track_caller]
pub fn fwscanf(file: Ptr<File>, format: Ptr<i32>, args: Args) -> i32 {
    stdio::with(file, |stream| stream.orient(true));
    let format = utf8_of(format, u64::MAX >> 1).unwrap_or_default();
    super::scanf::scan_stream(file, &format, VaList::of(args))
}
/// `wscanf`
#[track_caller]
pub fn wscanf(format: Ptr<i32>, args: Args) -> i32 {
    fwscanf(stdio::stdin(), format, args)
}
