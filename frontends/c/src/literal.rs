//! Literals of C: whole numbers, floats, characters, strings.

/// Bytes of a file that are no UTF-8 come as these characters.
pub const CARRIER: u32 = 0x10_ff00;

/// A whole number as written: value and what its suffix says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Integer {
    pub value: u128,
    pub unsigned: bool,
    /// Number of `l` in the suffix.
    pub longs: u8,
    /// Written in base ten: unsigned only where the suffix says so.
    pub decimal: bool,
}

/// Reads a whole number; `None` where the text is none.
pub fn integer(text: &str) -> Option<Integer> {
    let lower = text.to_ascii_lowercase();
    let (base, digits) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    let end = digits.find(|c: char| !c.is_digit(base)).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(end);
    let digits = if digits.is_empty() && base == 8 { "0" } else { digits };
    let value = u128::from_str_radix(digits, base).ok()?;
    let (unsigned, longs) = match suffix {
        "" => (false, 0),
        "u" => (true, 0),
        "l" => (false, 1),
        "ul" | "lu" => (true, 1),
        "ll" => (false, 2),
        "ull" | "llu" => (true, 2),
        _ => return None,
    };
    Some(Integer { value, unsigned, longs, decimal: base == 10 })
}

/// A float as written: value and suffix (`f`, `l` or none).
pub fn float(text: &str) -> Option<(f64, Option<char>)> {
    let lower = text.to_ascii_lowercase();
    let is_hex = lower.starts_with("0x");
    let (number, suffix) = match lower.as_bytes().last()? {
        b'f' if !is_hex || lower.contains('p') => (&lower[..lower.len() - 1], Some('f')),
        b'l' => (&lower[..lower.len() - 1], Some('l')),
        _ => (lower.as_str(), None),
    };
    let value = if is_hex {
        hex_float(&number[2..])?
    } else if suffix == Some('f') {
        f64::from(number.parse::<f32>().ok()?)
    } else {
        number.parse::<f64>().ok()?
    };
    Some((value, suffix))
}

/// `1.8p3` in base sixteen.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p').unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut exponent: i32 = exponent.parse().ok()?;
    let mut bits: u128 = 0;
    for digit in whole.chars().chain(part.chars()) {
        if bits >> 120 != 0 {
            exponent += 4;
            continue;
        }
        bits = bits << 4 | u128::from(digit.to_digit(16)?);
    }
    exponent -= 4 * part.len() as i32;
    // Halves are exact: scale in steps that neither overflow nor vanish too early.
    let mut value = bits as f64;
    while exponent != 0 {
        let step = exponent.clamp(-1000, 1000);
        value *= 2f64.powi(step);
        exponent -= step;
    }
    Some(value)
}

/// The value of a character constant as an `int`.
pub fn character(text: &str) -> Option<i64> {
    let is_wide = text.starts_with(['L', 'u', 'U']);
    let start = text.find('\'')? + 1;
    let inner = text.get(start..text.len().checked_sub(1)?)?;
    if is_wide {
        return wide(inner).first().map(|c| i64::from(*c));
    }
    let bytes = unescaped(inner);
    match bytes.as_slice() {
        [] => None,
        [one] => Some(i64::from(*one as i8)),
        many => Some(i64::from(many.iter().fold(0i32, |all, byte| all << 8 | i32::from(*byte)))),
    }
}

/// The bytes of a string literal without its quotes and terminator; UTF-8 prefix or none.
pub fn string(text: &str) -> Option<Vec<u8>> {
    let start = text.find('"')? + 1;
    Some(unescaped(text.get(start..text.len().checked_sub(1)?)?))
}

/// The characters of a wide string literal.
pub fn wide_string(text: &str) -> Option<Vec<u32>> {
    let start = text.find('"')? + 1;
    Some(wide(text.get(start..text.len().checked_sub(1)?)?))
}

/// A character as units of UTF-16.
pub fn utf16(c: u32) -> Vec<u16> {
    match char::from_u32(c) {
        Some(known) => known.encode_utf16(&mut [0; 2]).to_vec(),
        None => vec![c as u16],
    }
}

fn wide(inner: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { escape(&mut chars).0 } else { c as u32 });
    }
    out
}

fn unescaped(inner: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            match (c as u32).checked_sub(CARRIER).filter(|byte| *byte < 256) {
                Some(byte) => out.push(byte as u8),
                None => out.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
            continue;
        }
        match escape(&mut chars) {
            (value, true) => {
                let c = char::from_u32(value).unwrap_or('\u{fffd}');
                out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            (value, false) => out.push(value as u8),
        }
    }
    out
}

/// What follows a backslash, and whether it names a character of Unicode.
fn escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> (u32, bool) {
    let Some(c) = chars.next() else { return (0, false) };
    let mut digits = |base: u32, most: usize, first: u32| {
        let mut value = first;
        for _ in 0..most {
            let Some(digit) = chars.peek().and_then(|c| c.to_digit(base)) else { break };
            value = value.wrapping_mul(base).wrapping_add(digit);
            chars.next();
        }
        value
    };
    match c {
        'n' => (10, false),
        't' => (9, false),
        'r' => (13, false),
        'a' => (7, false),
        'b' => (8, false),
        'f' => (12, false),
        'v' => (11, false),
        'e' | 'E' => (27, false),
        'x' => (digits(16, usize::MAX, 0), false),
        'u' => (digits(16, 4, 0), true),
        'U' => (digits(16, 8, 0), true),
        '0'..='7' => (digits(8, 2, c as u32 - '0' as u32), false),
        other => (other as u32, !other.is_ascii()),
    }
}
