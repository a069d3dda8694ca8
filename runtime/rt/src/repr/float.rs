//! The shortest text that reads back as the same float, in CPython's layout.

use std::fmt::{self, Write};

/// Room for the digits and exponent of any float.
struct Buffer {
    bytes: [u8; 40],
    len: usize,
}

impl Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

/// Writes `repr(x)`.
pub(crate) fn write_f64(f: &mut impl Write, x: f64) -> fmt::Result {
    let size = x.abs();
    if x.is_nan() {
        return f.write_str("nan");
    }
    if x.is_infinite() {
        return f.write_str(if x > 0.0 { "inf" } else { "-inf" });
    }
    // Between these bounds std's debug text is Python's.
    let mut buffer = Buffer { bytes: [0; 40], len: 0 };
    if size == 0.0 || (1e-4..1e16).contains(&size) {
        let places = exact_places(x);
        if places > 21 {
            return write!(f, "{x:?}");
        }
        write!(buffer, "{x:?}")?;
        let shown = buffer.text();
        return match even_neighbour(x, shown, places) {
            Some(even) => f.write_str(&even),
            None => f.write_str(shown),
        };
    }
    write!(buffer, "{x:e}")?;
    let (digits, exponent) = buffer.text().split_once('e').unwrap_or((buffer.text(), "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    write!(f, "{digits}e{sign}{exponent:0>2}")
}

/// Decimal places that write a finite float exactly: as many as its fraction has bits.
fn exact_places(x: f64) -> usize {
    let bits = x.to_bits() & !(1 << 63);
    let exponent = (bits >> 52) as i32 - 1075;
    let lowest = exponent + (bits | (1 << 52)).trailing_zeros() as i32;
    usize::try_from(-lowest).unwrap_or(0)
}

/// Of two shortest texts that are equally near, std takes the upper and CPython the even one.
fn even_neighbour(x: f64, shown: &str, places: usize) -> Option<String> {
    let (_, fraction) = shown.split_once('.')?;
    if fraction.len() + 1 != places {
        return None;
    }
    let even = format!("{x:.*}", fraction.len());
    (even != shown && even.parse() == Ok(x)).then_some(even)
}

/// The shortest digits of a finite float's absolute value, and the decimal exponent of the first.
pub fn float_digits(x: f64) -> (String, i32) {
    let text = format!("{:e}", x.abs());
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (digits.replace('.', ""), exponent.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::repr;

    #[test]
    fn floats_read_as_in_python() {
        // Values and texts from CPython 3.11.
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e16, "1e+16"),
            (9999999999999998.0, "9999999999999998.0"),
            (1e-4, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e22, "1e+22"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
            (-123456.789, "-123456.789"),
            (721_599_951_960_220.2, "721599951960220.2"),
            (0.5, "0.5"),
            (2.25, "2.25"),
        ];
        for (x, text) in cases {
            assert_eq!(repr(&x).to_string(), text);
        }
    }
}
