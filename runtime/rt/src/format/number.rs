//! Values under a format spec.

use super::operand::Operand;
use super::spec::Spec;
use crate::big::Int;
use crate::class::{OverflowError, ValueError};
use crate::error::Error;
use crate::repr::repr;

/// A number as the parts between which padding may go.
pub(crate) struct Parts<'a> {
    pub(crate) negative: bool,
    pub(crate) prefix: &'static str,
    /// Digits before the point, to be grouped.
    pub(crate) whole: &'a str,
    /// The point and what follows.
    pub(crate) tail: &'a str,
}

/// Appends `operand` under `spec`.
#[track_caller]
pub(super) fn format_operand(operand: &Operand<'_>, spec: &Spec, out: &mut String) -> Result<(), Error> {
    match operand {
        Operand::Text(text) => format_text(text, spec, out),
        Operand::Shown(text) => format_text(text, spec, out),
        Operand::Small(number) => format_int(*number, None, spec, "int", out),
        Operand::Big(number) => format_int(0, Some(number), spec, "int", out),
        Operand::Bool(truth) => format_int(i64::from(*truth), None, spec, "bool", out),
        Operand::Float(x) => format_float(*x, spec, out),
        Operand::Other(name) => Err(unknown(spec, name)),
    }
}

#[track_caller]
fn unknown(spec: &Spec, type_name: &str) -> Error {
    let code = match spec.kind.unwrap_or(' ') {
        c @ '!'..='~' => c.to_string(),
        c => format!("\\x{:x}", u32::from(c)),
    };
    Error::new(ValueError, format!("Unknown format code '{code}' for object of type '{type_name}'"))
}

#[track_caller]
fn format_text(text: &str, spec: &Spec, out: &mut String) -> Result<(), Error> {
    let refuse = |words: &str| Err(Error::new(ValueError, words));
    match spec {
        Spec { kind: Some(kind), .. } if *kind != 's' => return Err(unknown(spec, "str")),
        Spec { sign: Some(' '), .. } => {
            return refuse("Space not allowed in string format specifier");
        }
        Spec { sign: Some(_), .. } => {
            return refuse("Sign not allowed in string format specifier");
        }
        Spec { no_negative_zero: true, .. } => {
            return refuse("Negative zero coercion (z) not allowed in string format specifier");
        }
        Spec { alternate: true, .. } => {
            return refuse("Alternate form (#) not allowed in string format specifier");
        }
        Spec { grouping: Some(c), .. } => {
            return Err(Error::new(ValueError, format!("Cannot specify '{c}' with 's'.")));
        }
        Spec { align: Some('='), .. } => {
            return refuse("'=' alignment not allowed in string format specifier");
        }
        _ => {}
    }
    let end = spec.precision.and_then(|most| text.char_indices().nth(most)).map_or(text.len(), |(at, _)| at);
    spec.pad(&text[..end], '<', out);
    Ok(())
}

#[track_caller]
fn format_int(
    small: i64,
    big: Option<&Int>,
    spec: &Spec,
    type_name: &str,
    out: &mut String,
) -> Result<(), Error> {
    let kind = spec.kind.unwrap_or('d');
    if matches!(kind, 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') {
        return format_float(big.map_or(small as f64, Int::to_f64), spec, out);
    }
    if !matches!(kind, 'b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') {
        return Err(unknown(spec, type_name));
    }
    let refuse = |words: &str| Err(Error::new(ValueError, words));
    if spec.precision.is_some() {
        return refuse("Precision not allowed in integer format specifier");
    }
    if spec.no_negative_zero {
        return refuse("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if kind == 'c' {
        return format_char(small, big, spec, out);
    }
    let digits = |base| big.map_or_else(|| small_digits(small, base), |big| big.digits(base));
    let (prefix, whole) = match kind {
        'b' => ("0b", digits(2)),
        'o' => ("0o", digits(8)),
        'x' => ("0x", digits(16)),
        'X' => ("0X", digits(16).to_uppercase()),
        _ => ("", big.map_or_else(|| digits(10), |big| big.abs().to_string())),
    };
    let negative = big.map_or(small < 0, Int::is_negative);
    let prefix = if spec.alternate { prefix } else { "" };
    write_parts(&Parts { negative, prefix, whole: &whole, tail: "" }, spec, out);
    Ok(())
}

fn small_digits(number: i64, base: u32) -> String {
    let size = number.unsigned_abs();
    match base {
        2 => format!("{size:b}"),
        8 => format!("{size:o}"),
        16 => format!("{size:x}"),
        _ => size.to_string(),
    }
}

#[track_caller]
fn format_char(small: i64, big: Option<&Int>, spec: &Spec, out: &mut String) -> Result<(), Error> {
    if spec.sign.is_some() {
        let words = "Sign not allowed with integer format specifier 'c'";
        return Err(Error::new(ValueError, words));
    }
    if spec.alternate {
        let words = "Alternate form (#) not allowed with integer format specifier 'c'";
        return Err(Error::new(ValueError, words));
    }
    if big.is_some() {
        return Err(Error::new(OverflowError, "Python int too large to convert to C long"));
    }
    match u32::try_from(small).ok().and_then(char::from_u32) {
        Some(c) => spec.pad(c.encode_utf8(&mut [0; 4]), '<', out),
        None => return Err(Error::new(OverflowError, "%c arg not in range(0x110000)")),
    }
    Ok(())
}

#[track_caller]
fn format_float(x: f64, spec: &Spec, out: &mut String) -> Result<(), Error> {
    let kind = spec.kind.unwrap_or(' ');
    if !matches!(kind, ' ' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%') {
        return Err(unknown(spec, "float"));
    }
    if spec.precision.is_some_and(|precision| precision > i32::MAX as usize) {
        return Err(Error::new(ValueError, "precision too big"));
    }
    let text = float_text(x, kind, spec.precision, spec.alternate);
    let (mut negative, size) = match text.strip_prefix('-') {
        Some(size) => (true, size),
        None => (false, text.as_str()),
    };
    if spec.no_negative_zero && !size.bytes().any(|b| matches!(b, b'1'..=b'9' | b'n' | b'i')) {
        negative = false;
    }
    let end = size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len());
    let (whole, tail) = size.split_at(end);
    let parts = Parts { negative, prefix: "", whole, tail };
    write_parts(&parts, spec, out);
    Ok(())
}

/// The text of a float under a format type; `' '` is none.
pub(super) fn float_text(x: f64, kind: char, precision: Option<usize>, alternate: bool) -> String {
    let upper = matches!(kind, 'E' | 'F' | 'G');
    if !x.is_finite() {
        let mut text = repr(&x).to_string();
        if kind == '%' {
            text.push('%');
        }
        return if upper { text.to_uppercase() } else { text };
    }
    let mut text = match (kind, precision) {
        ('f' | 'F', precision) => fixed(x, precision.unwrap_or(6), alternate),
        ('e' | 'E', precision) => scientific(x, precision.unwrap_or(6), alternate),
        ('%', precision) => {
            let mut text = fixed(x * 100.0, precision.unwrap_or(6), alternate);
            text.push('%');
            text
        }
        (' ', None) => repr(&x).to_string(),
        (' ', Some(precision)) => general(x, precision, alternate, true),
        (_, precision) => general(x, precision.unwrap_or(6), alternate, false),
    };
    if upper {
        text.make_ascii_uppercase();
    }
    text
}

fn fixed(x: f64, precision: usize, alternate: bool) -> String {
    let point = if alternate && precision == 0 { "." } else { "" };
    // std pads no more than 65535 places; what is beyond is zeros.
    let kept = precision.min(1100);
    let mut text = format!("{x:.kept$}{point}");
    text.extend(std::iter::repeat_n('0', precision - kept));
    text
}

fn scientific(x: f64, precision: usize, alternate: bool) -> String {
    let kept = precision.min(1100);
    let text = format!("{x:.kept$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point = if alternate && precision == 0 { "." } else { "" };
    let zeros = "0".repeat(precision - kept);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}{zeros}{point}e{sign}{:02}", exponent.abs())
}

/// `g`: significant digits; `keep_point` is the format without a type.
fn general(x: f64, precision: usize, alternate: bool, keep_point: bool) -> String {
    let precision = precision.max(1);
    let rounded = scientific(x, precision - 1, false);
    let (digits, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let limit = precision as i64 - i64::from(keep_point);
    if exponent < -4 || exponent >= limit {
        let digits = if alternate { digits } else { strip_zeros(digits) };
        let sign = if exponent < 0 { '-' } else { '+' };
        let point = if alternate && precision == 1 { "." } else { "" };
        return format!("{digits}{point}e{sign}{:02}", exponent.abs());
    }
    let places = (precision as i64 - 1 - exponent).max(0) as usize;
    let text = fixed(x, places, alternate);
    if alternate {
        return text;
    }
    let text = strip_zeros(&text);
    if keep_point && !text.contains('.') { format!("{text}.0") } else { text.to_owned() }
}

fn strip_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// Appends the parts with sign, grouping and padding.
pub(crate) fn write_parts(parts: &Parts<'_>, spec: &Spec, out: &mut String) {
    let sign = match (parts.negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    let around = sign.len() + parts.prefix.len() + parts.tail.len();
    let grouped;
    let whole = match spec.grouping {
        Some(separator) if !parts.whole.is_empty() => {
            let size = if matches!(spec.kind, Some('b' | 'o' | 'x' | 'X')) { 4 } else { 3 };
            let zeros = spec.fill == '0' && spec.align == Some('=');
            let least = if zeros { spec.width.saturating_sub(around) } else { 0 };
            grouped = group(parts.whole, separator, size, least);
            grouped.as_str()
        }
        _ => parts.whole,
    };
    let missing = spec.width.saturating_sub(around + whole.len());
    let (before, between) = match spec.align.unwrap_or('>') {
        '=' => (0, missing),
        '<' => (0, 0),
        '^' => (missing / 2, 0),
        _ => (missing, 0),
    };
    out.extend(std::iter::repeat_n(spec.fill, before));
    out.push_str(sign);
    out.push_str(parts.prefix);
    out.extend(std::iter::repeat_n(spec.fill, between));
    out.push_str(whole);
    out.push_str(parts.tail);
    out.extend(std::iter::repeat_n(spec.fill, missing - before - between));
}

/// `digits` in groups, with leading zeros up to `least` characters.
fn group(digits: &str, separator: char, size: usize, least: usize) -> String {
    let mut count = digits.len();
    while count + (count - 1) / size < least {
        count += 1;
    }
    let mut grouped = String::with_capacity(count + count / size);
    for at in 0..count {
        if at > 0 && (count - at).is_multiple_of(size) {
            grouped.push(separator);
        }
        let digit = (at + digits.len()).checked_sub(count).map_or(b'0', |at| digits.as_bytes()[at]);
        grouped.push(char::from(digit));
    }
    grouped
}
