//! What `print!` of emitted programs shows: floats and texts as C's `printf` has them.

use std::fmt::{self, Alignment, Display, Formatter, Write};

use super::float_text::fixed_digits;
use super::pointer::Ptr;
use super::strings::bytes_of;

/// A value as `printf` shows it.
pub enum Shown {
    Fixed(f64),
    Text(Vec<u8>),
}

/// A float as `%f` shows it.
pub fn fixed(value: f64) -> Shown {
    Shown::Fixed(value)
}

/// A character as `%c` shows it.
pub fn byte_text(c: i32) -> Shown {
    Shown::Text(vec![c as u8])
}

impl Ptr<i8> {
    /// The text as `%s` shows it.
    #[track_caller]
    pub fn text(self) -> Shown {
        if self.is_null() { Shown::Text(b"(null)".to_vec()) } else { Shown::Text(Vec::new()).with(self) }
    }
}

impl Ptr<i8> {
    /// The text as `%.3s` shows it: nothing behind that many bytes is read.
    #[track_caller]
    pub fn text_up_to(self, most: usize) -> Shown {
        let text = match self.is_null() {
            true if most < 6 => Vec::new(),
            true => b"(null)".to_vec(),
            false => super::strings::bytes_up_to(self, most),
        };
        Shown::Text(text)
    }
}

impl Shown {
    #[track_caller]
    fn with(self, text: Ptr<i8>) -> Self {
        Shown::Text(bytes_of(text))
    }
}

/// Bytes that are no UTF-8 travel as these characters and are bytes again when they are written.
const CARRIER: u32 = 0x10_ff00;

/// The bytes in a form that formatting takes.
fn write_bytes(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c as u32 >= CARRIER {
                write_carried(f, c.encode_utf8(&mut [0; 4]).as_bytes())?;
            } else {
                f.write_char(c)?;
            }
        }
        write_carried(f, chunk.invalid())?;
    }
    Ok(())
}

fn write_carried(f: &mut Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| f.write_char(char::from_u32(CARRIER + u32::from(*byte)).unwrap_or('?')))
}

impl Display for Shown {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let width = f.width().unwrap_or(0);
        let left = matches!(f.align(), Some(Alignment::Left));
        match self {
            Self::Fixed(value) => {
                let text = fixed_digits(*value, f.precision().unwrap_or(6), f.sign_plus());
                let fill = width.saturating_sub(text.len());
                if f.sign_aware_zero_pad() && value.is_finite() && !left {
                    let signs = text.len() - text.trim_start_matches(['-', '+']).len();
                    return write!(f, "{}{}{}", &text[..signs], "0".repeat(fill), &text[signs..]);
                }
                padded(f, fill, left, |f| f.write_str(&text))
            }
            Self::Text(bytes) => {
                let shown = &bytes[..bytes.len().min(f.precision().unwrap_or(usize::MAX))];
                padded(f, width.saturating_sub(shown.len()), left, |f| write_bytes(f, shown))
            }
        }
    }
}

fn padded(
    f: &mut Formatter<'_>,
    fill: usize,
    left: bool,
    inner: impl Fn(&mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    let blanks = |f: &mut Formatter<'_>| (0..fill).try_for_each(|_| f.write_char(' '));
    if !left {
        blanks(f)?;
    }
    inner(f)?;
    if left { blanks(f) } else { Ok(()) }
}

/// Formatted text as bytes: carriers are what they carry.
pub(crate) fn carried_bytes(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match (c as u32).checked_sub(CARRIER) {
            Some(byte) if byte < 256 => out.push(byte as u8),
            _ => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out
}

#[doc(hidden)]
pub fn print_fmt(args: fmt::Arguments<'_>, error: bool, line: bool) {
    let mut text = args.to_string();
    if line {
        text.push('\n');
    }
    let is_plain = text.is_ascii();
    let bytes = if is_plain { text.into_bytes() } else { carried_bytes(&text) };
    super::stdio::write_standard(&bytes, error);
}

/// `printf` of a literal format, through C's buffer of standard output.
#[macro_export]
macro_rules! c_print {
    ($($arg:tt)*) => { $crate::c::print_fmt(::std::format_args!($($arg)*), false, false) };
}

/// The same with a line break.
#[macro_export]
macro_rules! c_println {
    () => { $crate::c::print_fmt(::std::format_args!(""), false, true) };
    ($($arg:tt)*) => { $crate::c::print_fmt(::std::format_args!($($arg)*), false, true) };
}

/// The same to standard error.
#[macro_export]
macro_rules! c_eprint {
    ($($arg:tt)*) => { $crate::c::print_fmt(::std::format_args!($($arg)*), true, false) };
}

/// The same to standard error with a line break.
#[macro_export]
macro_rules! c_eprintln {
    () => { $crate::c::print_fmt(::std::format_args!(""), true, true) };
    ($($arg:tt)*) => { $crate::c::print_fmt(::std::format_args!($($arg)*), true, true) };
}
