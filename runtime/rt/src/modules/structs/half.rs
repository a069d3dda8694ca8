//! Floats of 16 bits.

/// The nearest half, half to even; none for what is too large.
pub(super) fn from_f64(x: f64) -> Option<u16> {
    let sign = if x.is_sign_negative() { 0x8000 } else { 0 };
    let size = x.abs();
    if x.is_nan() {
        return Some(sign | 0x7e00);
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // Steps of the exponent that the number lies in; subnormal ones share the lowest.
    let exponent = if size < 2f64.powi(-14) { -14 } else { ((size.to_bits() >> 52) as i32) - 1023 };
    let steps = (size / 2f64.powi(exponent - 10)).round_ties_even();
    if steps * 2f64.powi(exponent - 10) > 65504.0 {
        return None;
    }
    let steps = steps as u16;
    // A carry out of the fraction counts the exponent up by itself.
    let biased = if exponent == -14 && steps < 0x400 { 0 } else { (exponent + 14) as u16 };
    Some(sign | ((biased << 10) + steps))
}

/// The float that a half is.
pub(super) fn to_f64(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    }
}
