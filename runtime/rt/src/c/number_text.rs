//! Text to numbers: the longest front of a text that is one.

/// A whole number at the start of bytes.
pub(crate) struct Found {
    /// The magnitude; `None` where it is beyond 64 bits.
    pub(crate) value: Option<u64>,
    pub(crate) negative: bool,
    /// Bytes that were read; zero where there is no number.
    pub(crate) len: usize,
}

/// Reads white space, a sign and digits of a base; base 0 looks at the prefix.
pub(crate) fn whole(bytes: &[u8], base: u32) -> Found {
    let mut at = bytes.iter().take_while(|byte| is_space(**byte)).count();
    let negative = bytes.get(at) == Some(&b'-');
    at += usize::from(matches!(bytes.get(at), Some(b'-' | b'+')));
    let mut base = base;
    let is_hex = |at: usize| {
        bytes.get(at) == Some(&b'0')
            && matches!(bytes.get(at + 1), Some(b'x' | b'X'))
            && bytes.get(at + 2).is_some_and(u8::is_ascii_hexdigit)
    };
    if (base == 0 || base == 16) && is_hex(at) {
        at += 2;
        base = 16;
    } else if base == 0 {
        base = if bytes.get(at) == Some(&b'0') { 8 } else { 10 };
    }
    let start = at;
    let mut value = Some(0u64);
    while let Some(digit) = bytes.get(at).and_then(|byte| (*byte as char).to_digit(base)) {
        value = value.and_then(|value| value.checked_mul(u64::from(base))?.checked_add(u64::from(digit)));
        at += 1;
    }
    Found { value, negative, len: if at == start { 0 } else { at } }
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// A float at the start of bytes: value and bytes read; zero bytes where there is none.
pub(crate) fn float(bytes: &[u8]) -> (f64, usize) {
    let mut at = bytes.iter().take_while(|byte| is_space(**byte)).count();
    let negative = bytes.get(at) == Some(&b'-');
    at += usize::from(matches!(bytes.get(at), Some(b'-' | b'+')));
    let rest = &bytes[at..];
    let (value, len) = unsigned_float(rest);
    if len == 0 {
        return (0.0, 0);
    }
    (if negative { -value } else { value }, at + len)
}

fn starts_with(bytes: &[u8], word: &str) -> bool {
    bytes.len() >= word.len() && bytes[..word.len()].eq_ignore_ascii_case(word.as_bytes())
}

fn unsigned_float(bytes: &[u8]) -> (f64, usize) {
    if starts_with(bytes, "infinity") {
        return (f64::INFINITY, 8);
    }
    if starts_with(bytes, "inf") {
        return (f64::INFINITY, 3);
    }
    if starts_with(bytes, "nan") {
        return (f64::NAN, 3);
    }
    if starts_with(bytes, "0x") {
        let (value, len) = hex_float(&bytes[2..]);
        if len > 0 {
            return (value, len + 2);
        }
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    let mut part = 0;
    if bytes.get(end) == Some(&b'.') {
        part = digits(end + 1);
        if whole + part > 0 {
            end += 1 + part;
        }
    }
    if whole + part == 0 {
        return (0.0, 0);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let count = bytes
            .get(end + 1 + sign..)
            .map_or(0, |rest| rest.iter().take_while(|b| b.is_ascii_digit()).count());
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    let text = std::str::from_utf8(&bytes[..end]).unwrap_or("0");
    (text.parse().unwrap_or(0.0), end)
}

fn hex_float(bytes: &[u8]) -> (f64, usize) {
    let (mut at, mut bits, mut exponent, mut any, mut point) = (0, 0u64, 0i32, false, false);
    while let Some(byte) = bytes.get(at) {
        if *byte == b'.' && !point {
            point = true;
        } else if let Some(digit) = (*byte as char).to_digit(16) {
            any = true;
            if bits >> 58 == 0 {
                bits = bits << 4 | u64::from(digit);
                exponent -= 4 * i32::from(point);
            } else {
                bits |= u64::from(digit != 0);
                exponent += 4 * i32::from(!point);
            }
        } else {
            break;
        }
        at += 1;
    }
    if !any {
        return (0.0, 0);
    }
    if matches!(bytes.get(at), Some(b'p' | b'P')) {
        let found = whole(&bytes[at + 1..], 10);
        if found.len > 0 {
            let more = found.value.unwrap_or(99_999).min(99_999) as i32;
            exponent += if found.negative { -more } else { more };
            at += 1 + found.len;
        }
    }
    let mut value = bits as f64;
    while exponent != 0 {
        let step = exponent.clamp(-900, 900);
        value *= 2f64.powi(step);
        exponent -= step;
        if value == 0.0 || value.is_infinite() {
            break;
        }
    }
    (value, at)
}
