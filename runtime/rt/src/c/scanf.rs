//! `scanf`.

use super::list::{Args, VaList};
use super::locale::{Decoded, decode};
use super::number_text::{float, is_space, whole};
use super::pointer::Ptr;
use super::stdio::{self, File};
use super::strings::{bytes_of, bytes_up_to, put};

/// Where characters come from.
trait Source {
    fn peek(&mut self) -> Option<u8>;
    fn skip(&mut self);
}

struct Text {
    bytes: Vec<u8>,
    at: usize,
    /// Where the bytes that were not looked at yet lie.
    rest: Option<Ptr<i8>>,
}

impl Text {
    fn of(text: Ptr<i8>) -> Self {
        Self { bytes: Vec::new(), at: 0, rest: Some(text) }
    }
}

impl Source for Text {
    #[track_caller]
    fn peek(&mut self) -> Option<u8> {
        if let (Some(rest), true) = (self.rest, self.at >= self.bytes.len()) {
            let more = (self.bytes.len() * 2).max(64);
            let next = bytes_up_to(rest, more);
            self.rest = (next.len() == more).then(|| rest.offset(more));
            self.bytes.extend(next);
        }
        self.bytes.get(self.at).copied()
    }
    fn skip(&mut self) {
        self.at += 1;
    }
}

struct Stream(Ptr<File>);

impl Source for Stream {
    #[track_caller]
    fn peek(&mut self) -> Option<u8> {
        let c = stdio::getc(self.0);
        if c < 0 {
            return None;
        }
        stdio::ungetc(c, self.0);
        Some(c as u8)
    }
    fn skip(&mut self) {
        stdio::getc(self.0);
    }
}

struct Scan<'a> {
    source: &'a mut dyn Source,
    args: VaList,
    read: usize,
    stored: i32,
}

#[derive(PartialEq)]
enum End {
    /// The input has ended before the conversion.
    Input,
    /// What stands there does not fit.
    Mismatch,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        self.source.peek()
    }
    fn take(&mut self) -> Option<u8> {
        let byte = self.source.peek()?;
        self.source.skip();
        self.read += 1;
        Some(byte)
    }
    fn blanks(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.take();
        }
    }

    /// The longest run of bytes, at most some, that a test accepts together with what came before.
    fn run(&mut self, most: usize, mut fits: impl FnMut(&[u8], u8) -> bool) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < most {
            let Some(byte) = self.peek().filter(|byte| fits(&out, *byte)) else { break };
            out.push(byte);
            self.take();
        }
        out
    }

    #[track_caller]
    fn integer(&mut self, letter: u8, most: usize, store: bool, size: u8) -> Result<(), End> {
        self.blanks();
        if self.peek().is_none() {
            return Err(End::Input);
        }
        let base = match letter {
            b'd' | b'u' => 10,
            b'x' | b'X' | b'p' => 16,
            b'o' => 8,
            _ => 0,
        };
        let text = self.run(most, |so_far, byte| {
            let digits = so_far.iter().skip_while(|b| matches!(b, b'-' | b'+')).copied().collect::<Vec<u8>>();
            match byte {
                b'-' | b'+' => so_far.is_empty(),
                b'x' | b'X' => matches!(base, 0 | 16) && digits == b"0",
                byte => {
                    let is_hex =
                        base == 16 || base == 0 && digits.len() > 1 && matches!(digits[1], b'x' | b'X');
                    let radix = match (is_hex, base) {
                        (true, _) => 16,
                        (_, 0) if digits.first() == Some(&b'0') => 8,
                        (_, 0) => 10,
                        (_, base) => base,
                    };
                    (byte as char).is_digit(radix)
                }
            }
        });
        let found = whole(&text, base);
        if found.len == 0 {
            return Err(End::Mismatch);
        }
        if store {
            let magnitude = found.value.unwrap_or(u64::MAX);
            let is_signed = matches!(letter, b'd' | b'i');
            let value = match (is_signed, found.negative) {
                (true, false) => magnitude.min(i64::MAX as u64),
                (true, true) => magnitude.min(1 << 63).wrapping_neg(),
                (false, false) => magnitude,
                (false, true) => magnitude.wrapping_neg(),
            };
            let at = self.args.next::<Ptr<()>>();
            match size {
                1 => at.cast::<u8>().store(value as u8),
                2 => at.cast::<u16>().store(value as u16),
                8 => at.cast::<u64>().store(value),
                _ => at.cast::<u32>().store(value as u32),
            }
            self.stored += 1;
        }
        Ok(())
    }

    #[track_caller]
    fn real(&mut self, most: usize, store: bool, size: u8) -> Result<(), End> {
        self.blanks();
        if self.peek().is_none() {
            return Err(End::Input);
        }
        let text = self.run(most, |so_far, byte| {
            let mut next = so_far.to_vec();
            next.push(byte);
            is_float_front(&next)
        });
        let (value, len) = float(&text);
        if len == 0 {
            return Err(End::Mismatch);
        }
        if store {
            let at = self.args.next::<Ptr<()>>();
            if size == 8 {
                at.cast::<f64>().store(value);
            } else {
                let own = std::str::from_utf8(&text[..len]).ok().and_then(|text| text.parse::<f32>().ok());
                at.cast::<f32>().store(own.unwrap_or(value as f32));
            }
            self.stored += 1;
        }
        Ok(())
    }

    #[track_caller]
    fn text(
        &mut self,
        most: usize,
        store: bool,
        fits: impl Fn(u8) -> bool,
        terminated: bool,
        wide: bool,
    ) -> Result<(), End> {
        if self.peek().is_none() {
            return Err(End::Input);
        }
        let mut text = self.run(most, |_, byte| fits(byte));
        if text.is_empty() || !terminated && text.len() < most {
            return Err(if text.is_empty() { End::Mismatch } else { End::Input });
        }
        if store {
            if terminated {
                text.push(0);
            }
            let at = self.args.next::<Ptr<()>>();
            if wide {
                super::wide::put(at.cast(), &super::wide_numbers::characters(&text));
            } else {
                put(at, &text);
            }
            self.stored += 1;
        }
        Ok(())
    }
}

impl Scan<'_> {
    /// `%lc`: characters of the locale.
    #[track_caller]
    fn wide_characters(&mut self, count: usize, store: bool) -> Result<(), End> {
        let mut found = Vec::new();
        while found.len() < count {
            let mut bytes = Vec::new();
            loop {
                bytes.push(self.take().ok_or(End::Input)?);
                match decode(&bytes) {
                    Decoded::Character(c, _) => break found.push(c as i32),
                    Decoded::Incomplete => {}
                    Decoded::Invalid => return Err(End::Mismatch),
                }
            }
        }
        if store {
            super::wide::put(self.args.next::<Ptr<i32>>(), &found);
            self.stored += 1;
        }
        Ok(())
    }
}

/// Whether bytes are the front of some float.
fn is_float_front(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or("?").to_ascii_lowercase();
    let text = text.strip_prefix(['-', '+']).unwrap_or(&text);
    if ["infinity", "nan"].iter().any(|word| word.starts_with(text)) {
        return true;
    }
    let (text, hex) = match text.strip_prefix("0x") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mark = if hex { 'p' } else { 'e' };
    let (front, exponent) = match text.split_once(mark) {
        Some((front, exponent)) => (front, Some(exponent)),
        None => (text, None),
    };
    let digits = front.replacen('.', "", 1);
    let is_digit = |c: char| c.is_digit(if hex { 16 } else { 10 });
    digits.chars().all(is_digit)
        && match exponent {
            None => true,
            Some(exponent) => {
                !digits.is_empty()
                    && exponent
                        .strip_prefix(['-', '+'])
                        .unwrap_or(exponent)
                        .chars()
                        .all(|c| c.is_ascii_digit())
            }
        }
}

/// Reads what a format asks for; the number of values that were stored.
#[track_caller]
fn scan(format: Ptr<i8>, args: VaList, source: &mut dyn Source) -> (i32, VaList) {
    scan_format(&bytes_of(format), args, source)
}

/// Reads from a text in UTF-8.
#[track_caller]
pub(crate) fn scan_text(from: &[u8], format: &[u8], args: VaList) -> i32 {
    scan_format(format, args, &mut Text { bytes: from.to_vec(), at: 0, rest: None }).0
}
/// Reads from a stream.
#[track_caller]
pub(crate) fn scan_stream(file: Ptr<File>, format: &[u8], args: VaList) -> i32 {
    scan_format(format, args, &mut Stream(file)).0
}

#[track_caller]
fn scan_format(format: &[u8], args: VaList, source: &mut dyn Source) -> (i32, VaList) {
    let mut scan = Scan { source, args, read: 0, stored: 0 };
    let mut at = 0;
    while at < format.len() {
        let byte = format[at];
        at += 1;
        if is_space(byte) {
            scan.blanks();
            continue;
        }
        let literal = if byte != b'%' {
            Some(byte)
        } else if format.get(at) == Some(&b'%') {
            at += 1;
            scan.blanks();
            Some(b'%')
        } else {
            None
        };
        let done = match literal {
            Some(literal) => match scan.peek() {
                None => Err(End::Input),
                Some(found) if found == literal => {
                    scan.take();
                    Ok(())
                }
                Some(_) => Err(End::Mismatch),
            },
            None => conversion(format, &mut at, &mut scan),
        };
        match done {
            Ok(()) => {}
            Err(end) => {
                let count = if end == End::Input && scan.stored == 0 { -1 } else { scan.stored };
                return (count, scan.args);
            }
        }
    }
    (scan.stored, scan.args)
}

#[track_caller]
fn conversion(format: &[u8], at: &mut usize, scan: &mut Scan<'_>) -> Result<(), End> {
    let byte = |at: usize| format.get(at).copied().unwrap_or(0);
    let digits = format[*at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > 0 && byte(*at + digits) == b'$' {
        let number = std::str::from_utf8(&format[*at..*at + digits]).ok().and_then(|text| text.parse().ok());
        scan.args.seek(number.unwrap_or(1));
        *at += digits + 1;
    }
    let store = byte(*at) != b'*';
    *at += usize::from(!store);
    let mut width = 0;
    while byte(*at).is_ascii_digit() {
        width = width * 10 + usize::from(byte(*at) - b'0');
        *at += 1;
    }
    let most = if width == 0 { usize::MAX } else { width };
    let mut size = 4;
    loop {
        size = match (byte(*at), size) {
            (b'h', 2) => 1,
            (b'h', _) => 2,
            (b'l' | b'z' | b'j' | b't' | b'q' | b'L', _) => 8,
            _ => break,
        };
        *at += 1;
    }
    let letter = byte(*at);
    *at += 1;
    match letter {
        b'p' => scan.integer(letter, most, store, 8),
        b'd' | b'i' | b'u' | b'x' | b'X' | b'o' => scan.integer(letter, most, store, size),
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => scan.real(most, store, size),
        b'c' if size == 8 => scan.wide_characters(if width == 0 { 1 } else { width }, store),
        b'c' => scan.text(if width == 0 { 1 } else { width }, store, |_| true, false, false),
        b's' => {
            scan.blanks();
            scan.text(most, store, |byte| !is_space(byte), true, size == 8)
        }
        b'[' => {
            let (set, negated) = char_set(format, at);
            scan.text(most, store, |byte| set.contains(&byte) != negated, true, size == 8)
        }
        b'n' => {
            let read = scan.read;
            let to = scan.args.next::<Ptr<()>>();
            match size {
                8 => to.cast::<i64>().store(read as i64),
                _ => to.cast::<i32>().store(read as i32),
            }
            Ok(())
        }
        _ => Err(End::Mismatch),
    }
}

/// The characters of `[..]`, and whether all others are meant.
fn char_set(format: &[u8], at: &mut usize) -> (Vec<u8>, bool) {
    let negated = format.get(*at) == Some(&b'^');
    *at += usize::from(negated);
    let mut set = Vec::new();
    let start = *at;
    while let Some(byte) = format.get(*at).copied() {
        *at += 1;
        if byte == b']' && *at - 1 > start {
            break;
        }
        let next = format.get(*at + 1).copied();
        if format.get(*at) == Some(&b'-') && next.is_some_and(|next| next != b']') {
            set.extend(byte..=next.unwrap_or(byte));
            *at += 2;
        } else {
            set.push(byte);
        }
    }
    (set, negated)
}

/// `scanf`
#[track_caller]
pub fn scanf(format: Ptr<i8>, args: Args) -> i32 {
    scan(format, VaList::of(args), &mut Stream(stdio::stdin())).0
}
/// `fscanf`
#[track_caller]
pub fn fscanf(file: Ptr<File>, format: Ptr<i8>, args: Args) -> i32 {
    scan(format, VaList::of(args), &mut Stream(file)).0
}
/// `sscanf`
#[track_caller]
pub fn sscanf(from: Ptr<i8>, format: Ptr<i8>, args: Args) -> i32 {
    scan(format, VaList::of(args), &mut Text::of(from)).0
}
/// `vscanf`
#[track_caller]
pub fn vscanf(format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    with_list(args, |list| scan(format, list, &mut Stream(stdio::stdin())))
}
/// `vfscanf`
#[track_caller]
pub fn vfscanf(file: Ptr<File>, format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    with_list(args, |list| scan(format, list, &mut Stream(file)))
}
/// `vsscanf`
#[track_caller]
pub fn vsscanf(from: Ptr<i8>, format: Ptr<i8>, args: Ptr<VaList>) -> i32 {
    with_list(args, |list| scan(format, list, &mut Text::of(from)))
}

#[track_caller]
fn with_list(args: Ptr<VaList>, f: impl FnOnce(VaList) -> (i32, VaList)) -> i32 {
    let (count, rest) = f(args.load());
    args.store(rest);
    count
}
