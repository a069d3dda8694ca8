//! Floats as text, to the last digit as glibc prints them.

/// `%.{precision}f`
pub(crate) fn fixed_digits(value: f64, precision: usize, plus: bool) -> String {
    let sign = sign_of(value, plus);
    match special(value, false) {
        Some(text) => format!("{sign}{text}"),
        None => format!("{sign}{:.precision$}", value.abs()),
    }
}

fn sign_of(value: f64, plus: bool) -> &'static str {
    match (value.is_sign_negative(), plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

fn special(value: f64, upper: bool) -> Option<&'static str> {
    match (value.is_nan(), value.is_infinite(), upper) {
        (true, _, false) => Some("nan"),
        (true, _, true) => Some("NAN"),
        (_, true, false) => Some("inf"),
        (_, true, true) => Some("INF"),
        _ => None,
    }
}

/// Text without sign of a finite or special value in one of the float conversions.
pub(crate) fn converted(value: f64, letter: u8, precision: Option<usize>, alternate: bool) -> String {
    let upper = letter.is_ascii_uppercase();
    let value = value.abs();
    if let Some(text) = special(value, upper) {
        return text.to_owned();
    }
    let text = match letter.to_ascii_lowercase() {
        b'f' => pointed(format!("{value:.*}", precision.unwrap_or(6)), alternate),
        b'e' => scientific(value, precision.unwrap_or(6), alternate),
        b'a' => hexadecimal(value, precision, alternate),
        _ => general(value, precision.unwrap_or(6).max(1), alternate),
    };
    if upper { text.to_uppercase() } else { text }
}

fn pointed(mut text: String, alternate: bool) -> String {
    if alternate && !text.contains('.') {
        text.push('.');
    }
    text
}

fn scientific(value: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{value:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", pointed(digits.to_owned(), alternate), exponent.abs())
}

fn general(value: f64, precision: usize, alternate: bool) -> String {
    let rounded = format!("{value:.*e}", precision - 1);
    let exponent: i32 = rounded.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if exponent < -4 || exponent >= precision as i32 {
        let text = scientific(value, precision - 1, alternate);
        if alternate {
            return text;
        }
        let (digits, tail) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{tail}", trimmed(digits));
    }
    let text = format!("{value:.*}", (precision as i32 - 1 - exponent) as usize);
    if alternate { pointed(text, true) } else { trimmed(&text).to_owned() }
}

fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

fn hexadecimal(value: f64, precision: Option<usize>, alternate: bool) -> String {
    let bits = value.to_bits();
    let (mut exponent, mut fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let mut first = 1;
    if exponent == 0 {
        if fraction == 0 {
            exponent = 1023;
        } else {
            exponent = 1;
        }
        first = 0;
    }
    let exponent = exponent - 1023;
    if let Some(precision) = precision.filter(|precision| *precision < 13) {
        // To nearest, ties to even.
        let drop = 52 - 4 * precision as u32;
        let whole = u64::from(first == 1) << 52 | fraction;
        let (mut kept, rest) = (whole >> drop, whole & ((1u64 << drop) - 1));
        let half = 1u64 << (drop - 1);
        if rest > half || rest == half && kept & 1 == 1 {
            kept += 1;
        }
        let whole = kept << drop;
        first = (whole >> 52) as i32;
        fraction = whole & ((1 << 52) - 1);
    }
    let mut digits = format!("{fraction:013x}");
    match precision {
        Some(precision) => {
            digits.truncate(precision);
            while digits.len() < precision {
                digits.push('0');
            }
        }
        None => digits.truncate(digits.trim_end_matches('0').len()),
    }
    let point = if digits.is_empty() && !alternate { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{first}{point}{digits}p{sign}{}", exponent.abs())
}
