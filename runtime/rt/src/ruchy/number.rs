//! Conversions of numbers.

/// `x as i64` of a float: toward zero; beyond the ends the nearest end, and 0 for what is no number.
pub fn to_int(value: f64) -> i64 {
    value as i64
}

/// `x.to_float()`.
pub fn to_float(value: i64) -> f64 {
    value as f64
}

/// `x.pow(n)` of ints; stops where it is too large.
#[track_caller]
pub fn pow(base: i64, exponent: i64) -> i64 {
    let power = u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent));
    power.unwrap_or_else(|| crate::raise_new(crate::OverflowError, "Integer overflow in multiplication"))
}

/// `a % b` of floats: the remainder with the dividend's sign.
#[track_caller]
pub fn float_rem(a: f64, b: f64) -> f64 {
    if b == 0.0 {
        crate::raise_new(crate::ZeroDivisionError, "Division by zero");
    }
    a % b
}

/// The character of a code point, as text.
#[track_caller]
pub fn as_char(code: i64) -> String {
    let found = u32::try_from(code).ok().and_then(char::from_u32);
    found.unwrap_or_else(|| super::panic("not a character")).to_string()
}

/// `n as usize` of a number that is none below zero: those have 64 bits here.
#[track_caller]
pub fn unsigned(value: i64) -> i64 {
    if value < 0 {
        super::panic(&format!("{value} is below zero and has no unsigned form"));
    }
    value
}

macro_rules! narrow {
    ($($name:ident $ty:ty),*) => {$(
        #[doc = concat!("`n as ", stringify!($ty), "`: what the width cuts off is lost.")]
        pub fn $name(value: i64) -> i64 {
            i64::from(value as $ty)
        }
    )*};
}
narrow!(as_u8 u8, as_i8 i8, as_u16 u16, as_i16 i16, as_u32 u32, as_i32 i32);

/// The code point of a text's first character.
#[track_caller]
pub fn char_to_int(text: &str) -> i64 {
    let first = text.chars().next();
    first.map_or_else(
        || super::panic("an empty text has no first character"),
        |first| i64::from(u32::from(first)),
    )
}

/// The count of a shift; stops where it is no number of bits.
#[track_caller]
fn bits(count: i64) -> u32 {
    match u32::try_from(count) {
        Ok(count) if count < 64 => count,
        _ => super::panic(&format!("Shift by {count} bits: 0 to 63 are possible")),
    }
}

/// `a << n`: what leaves the 64 bits is lost.
#[track_caller]
pub fn shl(value: i64, count: i64) -> i64 {
    value << bits(count)
}

/// `a >> n`.
#[track_caller]
pub fn shr(value: i64, count: i64) -> i64 {
    value >> bits(count)
}

/// A format spec of Rust: what fills, where the text stands, a sign, a prefix, zeros, the width.
struct Spec {
    fill: char,
    align: char,
    sign: bool,
    prefix: bool,
    zeros: bool,
    width: usize,
    kind: char,
}

impl Spec {
    fn of(spec: &str) -> Spec {
        let mut out =
            Spec { fill: ' ', align: '>', sign: false, prefix: false, zeros: false, width: 0, kind: 'd' };
        let chars: Vec<char> = spec.chars().collect();
        let is_align = |at: usize| matches!(chars.get(at), Some('<' | '>' | '^'));
        let mut at = 0;
        if is_align(1) {
            (out.fill, out.align, at) = (chars[0], chars[1], 2);
        } else if is_align(0) {
            (out.align, at) = (chars[0], 1);
        }
        for c in &chars[at..] {
            match c {
                '+' => out.sign = true,
                '#' => out.prefix = true,
                '0' if out.width == 0 && !out.zeros => out.zeros = true,
                '0'..='9' => out.width = out.width * 10 + usize::from(*c as u8 - b'0'),
                kind => out.kind = *kind,
            }
        }
        out
    }

    fn pad(&self, head: &str, digits: &str) -> String {
        let missing = self.width.saturating_sub(head.len() + digits.len());
        if self.zeros {
            return format!("{head}{}{digits}", "0".repeat(missing));
        }
        let left = match self.align {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        let fill = |count: usize| self.fill.to_string().repeat(count);
        format!("{}{head}{digits}{}", fill(left), fill(missing - left))
    }
}

/// An int by a format like `#06x`: the digits of all its bits, as Rust shows them.
pub fn radix(value: i64, spec: &str) -> String {
    let spec = Spec::of(spec);
    let (prefix, digits) = match spec.kind {
        'x' => ("0x", format!("{value:x}")),
        'X' => ("0x", format!("{value:X}")),
        'b' => ("0b", format!("{value:b}")),
        'o' => ("0o", format!("{value:o}")),
        _ => ("", format!("{value:e}")),
    };
    let sign = if spec.sign { "+" } else { "" };
    spec.pad(&format!("{sign}{}", if spec.prefix { prefix } else { "" }), &digits)
}

/// A float with an exponent.
pub fn exponent(value: f64, spec: &str) -> String {
    Spec::of(spec).pad("", &format!("{value:e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radixes_are_those_of_rust() {
        assert_eq!(radix(255, "x"), "ff");
        assert_eq!(radix(-1, "b"), "1".repeat(64));
        assert_eq!(radix(5, "08b"), format!("{:08b}", 5));
        assert_eq!(radix(255, "#06X"), format!("{:#06X}", 255));
        assert_eq!(radix(255, "*^7x"), format!("{:*^7x}", 255));
        assert_eq!(exponent(1500.0, "e"), "1.5e3");
    }
}
