//! `printf` at run time: all conversions of glibc for numbers, characters and texts.

use super::float_text;
use super::list::{Args, VaList};
use super::memory::malloc;
use super::pointer::Ptr;
use super::stdio::{self, File};
use super::strings::{bytes_of, bytes_up_to, put};

/// A conversion: flags, width, precision.
#[derive(Default)]
struct Spec {
    left: bool,
    plus: bool,
    blank: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    size: Size,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Size {
    Byte,
    Short,
    #[default]
    Int,
    Long,
}

struct Format<'a> {
    text: &'a [u8],
    at: usize,
    args: VaList,
    out: Vec<u8>,
    /// Whether widths count characters of UTF-8.
    wide: bool,
    /// A character that the locale does not have ended it.
    failed: bool,
}

/// What a format and its arguments give.
pub(crate) struct Formatted {
    pub(crate) bytes: Vec<u8>,
    /// The arguments that are left.
    pub(crate) rest: VaList,
    pub(crate) failed: bool,
}

impl Formatted {
    /// What `printf` returns.
    pub(crate) fn count(&self) -> i32 {
        if self.failed { -1 } else { self.bytes.len() as i32 }
    }
}

/// The bytes that a format and its arguments give.
#[track_caller]
pub(crate) fn formatted(format: Ptr<i8>, args: VaList) -> Formatted {
    formatted_text(&bytes_of(format), args, false)
}

/// The same for a format in UTF-8, where `wide` says that characters count and not bytes.
#[track_caller]
pub(crate) fn formatted_text(text: &[u8], args: VaList, wide: bool) -> Formatted {
    let mut format = Format { text, at: 0, args, out: Vec::new(), wide, failed: false };
    while let Some(byte) = format.next() {
        if byte == b'%' {
            format.conversion();
        } else {
            format.out.push(byte);
        }
        if format.failed {
            break;
        }
    }
    Formatted { bytes: format.out, rest: format.args, failed: format.failed }
}

impl Format<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied();
        self.at += 1;
        byte
    }
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[track_caller]
    fn conversion(&mut self) {
        let mut spec = Spec::default();
        let number = self.position();
        loop {
            match self.peek() {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.blank = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zero = true,
                b'\'' => {}
                _ => break,
            }
            self.at += 1;
        }
        match self.number() {
            Some(width) if width < 0 => {
                spec.left = true;
                spec.width = width.unsigned_abs() as usize;
            }
            width => spec.width = width.unwrap_or(0) as usize,
        }
        if self.peek() == b'.' {
            self.at += 1;
            spec.precision = usize::try_from(self.number().unwrap_or(0)).ok();
        }
        spec.size = self.size();
        let Some(letter) = self.next() else { return };
        if let Some(number) = number {
            self.args.seek(number);
        }
        self.shown(&spec, letter);
    }

    /// `n$`: the number of an argument (POSIX).
    fn position(&mut self) -> Option<usize> {
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || self.text.get(self.at + digits) != Some(&b'$') {
            return None;
        }
        let number = std::str::from_utf8(&self.text[self.at..self.at + digits]).ok()?.parse().ok()?;
        self.at += digits + 1;
        Some(number)
    }

    /// Digits, or `*`.
    #[track_caller]
    fn number(&mut self) -> Option<i64> {
        if self.peek() == b'*' {
            self.at += 1;
            if let Some(number) = self.position() {
                self.args.seek(number);
            }
            return Some(i64::from(self.args.next::<i32>()));
        }
        let mut value = None;
        while self.peek().is_ascii_digit() {
            value = Some(value.unwrap_or(0) * 10 + i64::from(self.peek() - b'0'));
            self.at += 1;
        }
        value
    }

    fn size(&mut self) -> Size {
        let mut size = Size::Int;
        loop {
            size = match (self.peek(), size) {
                (b'h', Size::Short) => Size::Byte,
                (b'h', _) => Size::Short,
                (b'l' | b'z' | b'j' | b't' | b'q' | b'L', _) => Size::Long,
                _ => return size,
            };
            self.at += 1;
        }
    }

    #[track_caller]
    fn signed(&mut self, size: Size) -> i64 {
        let word = self.args.next::<i64>();
        match size {
            Size::Byte => i64::from(word as i8),
            Size::Short => i64::from(word as i16),
            Size::Int => i64::from(word as i32),
            Size::Long => word,
        }
    }

    #[track_caller]
    fn shown(&mut self, spec: &Spec, letter: u8) {
        match letter {
            b'd' | b'i' => {
                let value = self.signed(spec.size);
                let sign = sign(spec, value < 0);
                self.integer(spec, sign, value.unsigned_abs().to_string());
            }
            b'u' | b'x' | b'X' | b'o' => {
                let value = self.signed(spec.size) as u64;
                let value = match spec.size {
                    Size::Byte => value & 0xff,
                    Size::Short => value & 0xffff,
                    Size::Int => value & 0xffff_ffff,
                    Size::Long => value,
                };
                self.unsigned(spec, letter, value);
            }
            b'c' | b'C' => self.character(spec, letter == b'C' || spec.size == Size::Long),
            b's' | b'S' if letter == b'S' || spec.size == Size::Long => self.wide_text(spec),
            b's' => self.text(spec),
            b'p' => {
                let at = self.args.next::<u64>();
                let text = if at == 0 { "(nil)".to_owned() } else { format!("{at:#x}") };
                self.padded(spec, text.as_bytes());
            }
            b'n' => {
                let at = self.args.next::<Ptr<()>>();
                let count = self.out.len();
                match spec.size {
                    Size::Byte => at.cast::<i8>().store(count as i8),
                    Size::Short => at.cast::<i16>().store(count as i16),
                    Size::Int => at.cast::<i32>().store(count as i32),
                    Size::Long => at.cast::<i64>().store(count as i64),
                }
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
                let value = self.args.next::<f64>();
                self.float(spec, letter, value);
            }
            b'%' => self.out.push(b'%'),
            b'm' => {
                let text = super::errors::strerror(super::errors::errno_location().load());
                let bytes = bytes_of(text);
                self.padded(spec, &bytes);
            }
            other => self.out.extend([b'%', other]),
        }
    }

    #[track_caller]
    fn character(&mut self, spec: &Spec, is_wide: bool) {
        let c = self.args.next::<i64>();
        let bytes = match (is_wide, self.wide) {
            (false, false) => Some(vec![c as u8]),
            (false, true) => Some(vec![c as u8]).filter(|bytes| bytes.is_ascii()),
            (true, true) => char::from_u32(c as u32).map(|c| c.to_string().into_bytes()),
            (true, false) => super::locale::encode(c as i32),
        };
        self.padded_or_failed(spec, bytes);
    }

    #[track_caller]
    fn wide_text(&mut self, spec: &Spec) {
        let text = self.args.next::<Ptr<i32>>();
        let most = spec.precision.map_or(u64::MAX >> 1, |most| most as u64);
        let bytes = match (text.is_null(), self.wide) {
            (true, _) => Some(b"(null)"[..most.min(6) as usize].to_vec()).filter(|_| most > 5),
            (_, false) => super::wide::narrow_of(text, most),
            (_, true) => super::wide_numbers::utf8_of(text, most),
        };
        let bytes = if text.is_null() { bytes.or(Some(Vec::new())) } else { bytes };
        self.padded_or_failed(spec, bytes);
    }

    #[track_caller]
    fn text(&mut self, spec: &Spec) {
        let text = self.args.next::<Ptr<i8>>();
        let precision = spec.precision.filter(|_| !self.wide);
        let bytes = match (text.is_null(), precision) {
            (true, _) if spec.precision.is_some_and(|most| most < 6) => Vec::new(),
            (true, _) => b"(null)".to_vec(),
            (false, Some(precision)) => bytes_up_to(text, precision),
            (false, None) => bytes_of(text),
        };
        if !self.wide {
            return self.padded(spec, &bytes);
        }
        let text = std::str::from_utf8(&bytes).ok();
        let text = text.filter(|text| text.is_ascii() || super::locale::is_utf8());
        let most = spec.precision.unwrap_or(usize::MAX);
        self.padded_or_failed(
            spec,
            text.map(|text| text.chars().take(most).collect::<String>().into_bytes()),
        );
    }

    /// A text, or the end where the locale does not have its characters.
    fn padded_or_failed(&mut self, spec: &Spec, bytes: Option<Vec<u8>>) {
        match bytes {
            Some(bytes) => self.padded(spec, &bytes),
            None => {
                super::errors::set_errno(84);
                self.failed = true;
            }
        }
    }

    fn unsigned(&mut self, spec: &Spec, letter: u8, value: u64) {
        let digits = match letter {
            b'u' => value.to_string(),
            b'x' => format!("{value:x}"),
            b'X' => format!("{value:X}"),
            _ => format!("{value:o}"),
        };
        let prefix = match letter {
            b'x' if spec.alternate && value != 0 => "0x",
            b'X' if spec.alternate && value != 0 => "0X",
            _ => "",
        };
        if letter == b'o' && spec.alternate && value == 0 && spec.precision == Some(0) {
            return self.number_text(spec, "", "0", false);
        }
        let digits = if letter == b'o' && spec.alternate && !digits.starts_with('0') {
            format!("0{digits}")
        } else {
            digits
        };
        self.integer(spec, prefix, digits);
    }

    fn integer(&mut self, spec: &Spec, front: &str, digits: String) {
        let digits = match spec.precision {
            Some(0) if digits == "0" => String::new(),
            Some(precision) => format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len()))),
            None => digits,
        };
        self.number_text(spec, front, &digits, spec.zero && spec.precision.is_none());
    }

    /// A sign or prefix and digits; zeros go between them.
    fn number_text(&mut self, spec: &Spec, front: &str, digits: &str, zeros: bool) {
        let fill = spec.width.saturating_sub(front.len() + digits.len());
        let (before, between, after) = match (spec.left, zeros) {
            (true, _) => (0, 0, fill),
            (_, true) => (0, fill, 0),
            _ => (fill, 0, 0),
        };
        self.out.extend(std::iter::repeat_n(b' ', before));
        self.out.extend(front.bytes());
        self.out.extend(std::iter::repeat_n(b'0', between));
        self.out.extend(digits.bytes());
        self.out.extend(std::iter::repeat_n(b' ', after));
    }

    fn float(&mut self, spec: &Spec, letter: u8, value: f64) {
        let front = sign(spec, value.is_sign_negative());
        let text = float_text::converted(value, letter, spec.precision, spec.alternate);
        let is_hex = text.starts_with("0x") || text.starts_with("0X");
        if is_hex {
            let front = format!("{front}{}", &text[..2]);
            return self.number_text(spec, &front, &text[2..], spec.zero);
        }
        self.number_text(spec, front, &text, spec.zero && value.is_finite());
    }

    fn padded(&mut self, spec: &Spec, bytes: &[u8]) {
        let length = match self.wide {
            true => bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count(),
            false => bytes.len(),
        };
        let fill = spec.width.saturating_sub(length);
        if !spec.left {
            self.out.extend(std::iter::repeat_n(b' ', fill));
        }
        self.out.extend(bytes);
        if spec.left {
            self.out.extend(std::iter::repeat_n(b' ', fill));
        }
    }
}

fn sign(spec: &Spec, negative: bool) -> &'static str {
    match (negative, spec.plus, spec.blank) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

/// `printf`
#[track_caller]
pub fn printf(format: Ptr<i8>, args: Args) -> i32 {
    written(stdio::stdout(), &formatted(format, VaList::of(args)))
}
/// `fprintf`
#[track_caller]
pub fn fprintf(file: Ptr<File>, format: Ptr<i8>, args: Args) -> i32 {
    written(file, &formatted(format, VaList::of(args)))
}
/// `dprintf`
#[track_caller]
pub fn dprintf(fd: i32, format: Ptr<i8>, args: Args) -> i32 {
    let text = formatted(format, VaList::of(args));
    let written = super::descriptors::write_fd(fd, &text.bytes) as i32;
    if written < 0 { written } else { text.count() }
}
/// `sprintf`
#[track_caller]
pub fn sprintf(to: Ptr<i8>, format: Ptr<i8>, args: Args) -> i32 {
    let text = formatted(format, VaList::of(args));
    into_buffer(to, usize::MAX, text)
}
/// `snprintf`
#[track_caller]
pub fn snprintf(to: Ptr<i8>, size: u64, format: Ptr<i8>, args: Args) -> i32 {
    let text = formatted(format, VaList::of(args));
    into_buffer(to, size as usize, text)
}
/// `vprintf`
#[track_caller]
pub fn vprintf(format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    written(stdio::stdout(), &with_list(format, args))
}
/// `vfprintf`
#[track_caller]
pub fn vfprintf(file: Ptr<File>, format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    written(file, &with_list(format, args))
}
/// `vsprintf`
#[track_caller]
pub fn vsprintf(to: Ptr<i8>, format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    let text = with_list(format, args);
    into_buffer(to, usize::MAX, text)
}
/// `vsnprintf`
#[track_caller]
pub fn vsnprintf(to: Ptr<i8>, size: u64, format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    let text = with_list(format, args);
    into_buffer(to, size as usize, text)
}
/// `asprintf`
#[track_caller]
pub fn asprintf(to: Ptr<Ptr<i8>>, format: Ptr<i8>, args: Args) -> i32 {
    let text = formatted(format, VaList::of(args));
    into_new(to, text)
}
/// `vasprintf`
#[track_caller]
pub fn vasprintf(to: Ptr<Ptr<i8>>, format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    let text = with_list(format, args);
    into_new(to, text)
}

#[track_caller]
fn written(file: Ptr<File>, text: &Formatted) -> i32 {
    if stdio::write_to(file, &text.bytes) < 0 { -1 } else { text.count() }
}

#[track_caller]
fn with_list(format: Ptr<i8>, args: Ptr<VaList>) -> Formatted {
    let text = formatted(format, args.load());
    args.store(text.rest);
    text
}

#[track_caller]
fn into_buffer(to: Ptr<i8>, size: usize, text: Formatted) -> i32 {
    let count = text.count();
    let mut bytes = text.bytes;
    if size > 0 {
        bytes.truncate(size - 1);
        bytes.push(0);
        put(to.cast(), &bytes);
    }
    count
}

#[track_caller]
fn into_new(to: Ptr<Ptr<i8>>, text: Formatted) -> i32 {
    let at = malloc(text.bytes.len() as u64 + 1).cast();
    to.store(at);
    into_buffer(at, usize::MAX, text)
}
