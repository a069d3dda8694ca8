//! Integers by their decimal digits.

use crate::big::{Int, Repr};

/// `10 ** n`.
pub(super) fn pow10(n: i64) -> Int {
    match u32::try_from(n) {
        Ok(n) if n <= 38 => Int::from(10i128.pow(n)),
        _ => Int::from(10).pow(n),
    }
}

/// Decimal digits of an integer that is not negative; zero has one.
pub(super) fn digit_count(number: &Int) -> i64 {
    let big = match &number.0 {
        Repr::Small(small) => return i64::from(small.checked_ilog10().unwrap_or(0)) + 1,
        Repr::Big(big) => big,
    };
    // 2^(bits - 1) <= number < 2^bits, and log10(2) is a little more than 0.30102.
    let least = ((big.bits() - 1) as f64 * std::f64::consts::LOG10_2) as i64;
    let mut count = (least - 1).max(1);
    let mut limit = pow10(count);
    while *number >= limit {
        limit *= Int::from(10);
        count += 1;
    }
    count
}

/// How often ten divides a number; none divide zero.
pub(super) fn trailing_zeros(number: &Int) -> i64 {
    if number.is_zero() {
        return 0;
    }
    let mut zeros = 0;
    let mut rest = number.clone();
    loop {
        let (quotient, last) = rest.divmod(10);
        if !last.is_zero() {
            return zeros;
        }
        zeros += 1;
        rest = quotient;
    }
}

/// `a / b` to the nearest integer, half to even; `b` is positive.
pub(super) fn div_nearest(a: &Int, b: &Int) -> Int {
    let (quotient, rest) = a.divmod(b);
    let odd = Int::from(i64::from(!quotient.is_even()));
    if &(&rest * &Int::from(2)) + &odd > *b { quotient + 1 } else { quotient }
}
