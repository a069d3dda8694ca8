//! Methods of `bytes`, on slices of `u8`; positions are those of bytes.

use super::bytes::decode;
use crate::class::{TypeError, ValueError};
use crate::error::Error;
use crate::list::slice_bounds;
use crate::unwind::raise_new;

/// Python's methods of `bytes`, where std has none of the same meaning.
pub trait PyBytes {
    /// The bytes.
    fn bytes(&self) -> &[u8];

    /// `b.hex()`.
    fn py_hex(&self) -> String {
        self.bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// `b.hex(separator)`: between every two digits.
    fn py_hex_sep(&self, separator: &str) -> String {
        let parts: Vec<String> = self.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        parts.join(separator)
    }

    /// `b.hex(separator, size)`: groups of `size` bytes, counted from the end where it is positive.
    fn py_hex_groups(&self, separator: &str, size: i64) -> String {
        let size_of = usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX);
        if size_of == 0 {
            return self.py_hex_sep("");
        }
        let bytes = self.bytes();
        let first = if size > 0 { bytes.len() % size_of } else { 0 };
        let (front, rest) = bytes.split_at(first);
        let groups = (!front.is_empty()).then_some(front).into_iter().chain(rest.chunks(size_of));
        let text = |group: &[u8]| group.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        groups.map(text).collect::<Vec<_>>().join(separator)
    }

    /// `b.decode(encoding, errors)`.
    #[track_caller]
    fn py_decode(&self, encoding: &str, errors: &str) -> Result<String, Error> {
        decode(self.bytes(), encoding, errors)
    }

    /// `part in b`.
    fn py_contains(&self, part: &[u8]) -> bool {
        find(self.bytes(), part).is_some()
    }

    /// `number in b`; raises `ValueError`.
    #[track_caller]
    fn has_byte(&self, number: i64) -> bool {
        self.bytes().contains(&byte(number))
    }

    /// `b.find(part, start, stop)`: the first position, or -1.
    fn py_find(&self, part: &[u8], start: i64, stop: Option<i64>) -> i64 {
        within(self.bytes(), Some(start), stop)
            .and_then(|(from, bytes)| Some(from + find(bytes, part)?))
            .map_or(-1, |at| at as i64)
    }

    /// `b.rfind(part, start, stop)`: the last position, or -1.
    fn py_rfind(&self, part: &[u8], start: i64, stop: Option<i64>) -> i64 {
        within(self.bytes(), Some(start), stop)
            .and_then(|(from, bytes)| Some(from + rfind(bytes, part)?))
            .map_or(-1, |at| at as i64)
    }

    /// `b.index(part)`; raises `ValueError`.
    #[track_caller]
    fn py_index_of(&self, part: &[u8]) -> i64 {
        match self.py_find(part, 0, None) {
            -1 => raise_new(ValueError, "subsection not found"),
            at => at,
        }
    }

    /// `b.count(part)`: without overlap.
    fn py_count_of(&self, part: &[u8]) -> i64 {
        if part.is_empty() {
            return self.bytes().len() as i64 + 1;
        }
        let (mut rest, mut count) = (self.bytes(), 0);
        while let Some(at) = find(rest, part) {
            rest = &rest[at + part.len()..];
            count += 1;
        }
        count
    }

    /// `b.replace(old, new, count)`: all when `count` is negative.
    fn py_replace(&self, old: &[u8], new: &[u8], count: i64) -> Vec<u8> {
        let (mut rest, mut out, mut left) = (self.bytes(), Vec::new(), count);
        if old.is_empty() {
            for &byte in rest {
                if left != 0 {
                    out.extend_from_slice(new);
                    left -= 1;
                }
                out.push(byte);
            }
            if left != 0 {
                out.extend_from_slice(new);
            }
            return out;
        }
        while left != 0
            && let Some(at) = find(rest, old)
        {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(new);
            rest = &rest[at + old.len()..];
            left -= 1;
        }
        out.extend_from_slice(rest);
        out
    }

    /// `b.split(separator, maxsplit)`; raises `ValueError` for an empty separator.
    #[track_caller]
    fn py_split(&self, separator: &[u8], maxsplit: i64) -> Vec<Vec<u8>> {
        if separator.is_empty() {
            raise_new(ValueError, "empty separator");
        }
        let (mut rest, mut parts, mut left) = (self.bytes(), Vec::new(), maxsplit);
        while left != 0
            && let Some(at) = find(rest, separator)
        {
            parts.push(rest[..at].to_vec());
            rest = &rest[at + separator.len()..];
            left -= 1;
        }
        parts.push(rest.to_vec());
        parts
    }

    /// `b.split()`: at runs of white space.
    fn py_split_ws(&self) -> Vec<Vec<u8>> {
        let parts = self.bytes().split(|byte| is_space(*byte));
        parts.filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
    }

    /// `b.splitlines(keepends)`.
    fn py_lines(&self, keepends: bool) -> Vec<Vec<u8>> {
        let (bytes, mut lines, mut start) = (self.bytes(), Vec::new(), 0);
        while start < bytes.len() {
            let end = bytes[start..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let end = end.map_or(bytes.len(), |at| start + at);
            let length = usize::from(end < bytes.len()) + usize::from(bytes[end..].starts_with(b"\r\n"));
            lines.push(bytes[start..if keepends { end + length } else { end }].to_vec());
            start = end + length;
        }
        lines
    }

    /// `b.partition(separator)`.
    fn py_partition(&self, separator: &[u8]) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        let bytes = self.bytes();
        match find(bytes, separator) {
            Some(at) => (bytes[..at].to_vec(), separator.to_vec(), bytes[at + separator.len()..].to_vec()),
            None => (bytes.to_vec(), Vec::new(), Vec::new()),
        }
    }

    /// `b.join(parts)`.
    fn py_join<B: AsRef<[u8]>>(&self, parts: impl IntoIterator<Item = B>) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(self.bytes());
            }
            out.extend_from_slice(part.as_ref());
        }
        out
    }

    /// `b.strip()` or `b.strip(chars)`.
    fn py_strip(&self, chars: Option<&[u8]>) -> Vec<u8> {
        let bytes = self.py_lstrip(chars);
        bytes.py_rstrip(chars)
    }

    /// `b.lstrip()`.
    fn py_lstrip(&self, chars: Option<&[u8]>) -> Vec<u8> {
        let bytes = self.bytes();
        let start = bytes.iter().position(|byte| !strips(*byte, chars)).unwrap_or(bytes.len());
        bytes[start..].to_vec()
    }

    /// `b.rstrip()`.
    fn py_rstrip(&self, chars: Option<&[u8]>) -> Vec<u8> {
        let bytes = self.bytes();
        let end = bytes.iter().rposition(|byte| !strips(*byte, chars)).map_or(0, |at| at + 1);
        bytes[..end].to_vec()
    }

    /// `b.ljust(width, fill)`; raises `TypeError` for a fill that is no single byte.
    #[track_caller]
    fn py_ljust(&self, width: i64, fill: &[u8]) -> Vec<u8> {
        let mut out = self.bytes().to_vec();
        out.resize(out.len().max(width.max(0) as usize), one(fill, "ljust"));
        out
    }

    /// `b.rjust(width, fill)`; raises `TypeError` for a fill that is no single byte.
    #[track_caller]
    fn py_rjust(&self, width: i64, fill: &[u8]) -> Vec<u8> {
        let missing = (width.max(0) as usize).saturating_sub(self.bytes().len());
        let mut out = vec![one(fill, "rjust"); missing];
        out.extend_from_slice(self.bytes());
        out
    }

    /// `b.zfill(width)`.
    fn py_zfill(&self, width: i64) -> Vec<u8> {
        let (sign, digits) = match self.bytes() {
            [sign @ (b'+' | b'-'), rest @ ..] => (vec![*sign], rest),
            digits => (Vec::new(), digits),
        };
        let missing = (width.max(0) as usize).saturating_sub(self.bytes().len());
        [sign, vec![b'0'; missing], digits.to_vec()].concat()
    }

    /// `b.translate(table)` with a table of 256 bytes.
    #[track_caller]
    fn py_translate(&self, table: &[u8]) -> Vec<u8> {
        if table.len() != 256 {
            raise_new(ValueError, "translation table must be 256 characters long");
        }
        self.bytes().iter().map(|byte| table[usize::from(*byte)]).collect()
    }

    /// `b.isdigit()` and its kin: not empty, and all bytes of one kind.
    fn py_is_all(&self, kind: fn(&u8) -> bool) -> bool {
        !self.bytes().is_empty() && self.bytes().iter().all(kind)
    }

    /// `b.capitalize()`.
    fn py_capitalize(&self) -> Vec<u8> {
        let mut out = self.bytes().to_ascii_lowercase();
        if let Some(first) = out.first_mut() {
            first.make_ascii_uppercase();
        }
        out
    }
}

impl PyBytes for [u8] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl PyBytes for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn strips(byte: u8, chars: Option<&[u8]>) -> bool {
    chars.map_or_else(|| is_space(byte), |chars| chars.contains(&byte))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    bytes.windows(part.len()).position(|window| window == part)
}

fn rfind(bytes: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(bytes.len());
    }
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// Where a slice starts, and its bytes; none when it starts beyond its end.
fn within(bytes: &[u8], start: Option<i64>, stop: Option<i64>) -> Option<(usize, &[u8])> {
    let start_at = start.filter(|start| *start <= bytes.len() as i64);
    let bounds = slice_bounds(bytes.len(), start_at, stop, 1);
    (start_at.is_some() || start.is_none()).then(|| (bounds.first, &bytes[bounds.first..][..bounds.count]))
}

#[track_caller]
fn one(fill: &[u8], method: &str) -> u8 {
    match fill {
        [byte] => *byte,
        _ => raise_new(TypeError, format!("{method}() argument 2 must be a byte string of length 1")),
    }
}

/// One byte from an int of any width; raises `ValueError`.
#[track_caller]
pub fn byte(number: impl TryInto<i64>) -> u8 {
    match small(number) {
        Ok(byte) => byte,
        Err(()) => raise_new(ValueError, "byte must be in range(0, 256)"),
    }
}

/// `bytes(numbers)`; raises `ValueError`.
#[track_caller]
pub fn bytes_from<N: TryInto<i64>>(numbers: impl IntoIterator<Item = N>) -> Vec<u8> {
    let convert = |number: N| match small(number) {
        Ok(byte) => byte,
        Err(()) => raise_new(ValueError, "bytes must be in range(0, 256)"),
    };
    numbers.into_iter().map(convert).collect()
}

fn small(number: impl TryInto<i64>) -> Result<u8, ()> {
    number.try_into().ok().and_then(|number| u8::try_from(number).ok()).ok_or(())
}

/// `bytes(count)`: so many zeros; raises `ValueError`.
#[track_caller]
pub fn zero_bytes(count: i64) -> Vec<u8> {
    match usize::try_from(count) {
        Ok(count) => vec![0; count],
        Err(_) => raise_new(ValueError, "negative count"),
    }
}

/// `bytes.maketrans(from, to)`; raises `ValueError`.
#[track_caller]
pub fn bytes_maketrans(from: &[u8], to: &[u8]) -> Vec<u8> {
    if from.len() != to.len() {
        raise_new(ValueError, "maketrans arguments must have same length");
    }
    let mut table: Vec<u8> = (0..=255).collect();
    from.iter().zip(to).for_each(|(from, to)| table[usize::from(*from)] = *to);
    table
}

/// `bytes.fromhex(text)`; raises `ValueError`.
#[track_caller]
pub fn bytes_from_hex(text: &str) -> Result<Vec<u8>, Error> {
    super::Bytes::from_hex(text).map(|bytes| bytes.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_give_what_cpython_gives() {
        let b = b"abc,abc,,x".as_slice();
        assert_eq!(
            (b.py_find(b"bc", 2, None), b.py_rfind(b"bc", 0, None), b.py_find(b"", 99, None)),
            (5, 5, -1)
        );
        assert_eq!((b.py_count_of(b"abc"), b.py_count_of(b"")), (2, 11));
        assert_eq!(b.py_replace(b"", b"-", 2), b"-a-bc,abc,,x");
        assert_eq!(crate::repr(&b.py_split(b",", -1)).to_string(), "[b'abc', b'abc', b'', b'x']");
        assert_eq!(crate::repr(&b"a\r\nb\n".py_lines(true)).to_string(), "[b'a\\r\\n', b'b\\n']");
        assert_eq!(b" \tx ".py_strip(None), b"x");
        assert_eq!((b"-5".py_zfill(4), b"ab".py_hex()), (b"-005".to_vec(), "6162".to_owned()));
    }
}
