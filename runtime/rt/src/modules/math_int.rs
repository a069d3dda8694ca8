//! The part of `math` that is about integers. Versions for `i64` raise `OverflowError` where
//! Python's would grow; `big_*` grow.

use crate::big::Int;
use crate::class::ValueError;
use crate::unwind::raise_new;

#[track_caller]
fn small(number: Int, operation: &str) -> i64 {
    match number.to_i64() {
        Some(number) => number,
        None => raise_new(crate::IntegerOverflow, format!("integer overflow in {operation}")),
    }
}

/// `math.factorial(n)`; raises `ValueError` for negative numbers.
#[track_caller]
pub fn factorial(n: i64) -> i64 {
    small(big_factorial(n.min(30)), "factorial")
}

/// `math.factorial(n)` without a bound; raises `ValueError` for negative numbers.
#[track_caller]
pub fn big_factorial(n: i64) -> Int {
    if n < 0 {
        raise_new(ValueError, "factorial() not defined for negative values");
    }
    product(2, n)
}

/// The product of `first..=last`, halved again and again so that factors grow alike.
fn product(first: i64, last: i64) -> Int {
    if last - first < 16 {
        return (first..=last).product();
    }
    let middle = first + (last - first) / 2;
    product(first, middle) * product(middle + 1, last)
}

#[track_caller]
fn check(n: i64, k: i64) {
    if n < 0 {
        raise_new(ValueError, "n must be a non-negative integer");
    }
    if k < 0 {
        raise_new(ValueError, "k must be a non-negative integer");
    }
}

/// `math.comb(n, k)`; raises `ValueError` for negative numbers.
#[track_caller]
pub fn comb(n: i64, k: i64) -> i64 {
    small(big_comb(n, k), "comb")
}

/// `math.comb(n, k)` without a bound; raises `ValueError` for negative numbers.
#[track_caller]
pub fn big_comb(n: i64, k: i64) -> Int {
    check(n, k);
    let k = k.min(n - k);
    if k < 0 {
        return Int::ZERO;
    }
    (1..=k).fold(Int::ONE, |ways, i| (ways * (n - k + i)).floor_div(i))
}

/// `math.perm(n, k)`; `k` is `n` when not given. Raises `ValueError` for negative numbers.
#[track_caller]
pub fn perm(n: i64, k: i64) -> i64 {
    small(big_perm(n, k), "perm")
}

/// `math.perm(n, k)` without a bound; raises `ValueError` for negative numbers.
#[track_caller]
pub fn big_perm(n: i64, k: i64) -> Int {
    check(n, k);
    if k > n { Int::ZERO } else { product(n - k + 1, n) }
}

/// `math.isqrt(n)`; raises `ValueError` for negative numbers.
#[inline]
#[track_caller]
pub fn isqrt(n: i64) -> i64 {
    if n < 0 {
        raise_new(ValueError, "isqrt() argument must be nonnegative");
    }
    n.isqrt()
}

/// `math.gcd(*numbers)`.
#[track_caller]
pub fn gcd(numbers: &[i64]) -> i64 {
    numbers.iter().fold(0, |a, &b| crate::number::int_gcd(a, b))
}

/// `math.gcd(*numbers)` without a bound.
pub fn big_gcd(numbers: &[Int]) -> Int {
    numbers.iter().fold(Int::ZERO, |a, b| a.gcd(b))
}

/// `math.lcm(*numbers)` without a bound.
pub fn big_lcm(numbers: &[Int]) -> Int {
    numbers.iter().fold(Int::ONE, |a, b| a.lcm(b))
}

/// `math.lcm(*numbers)`; raises `OverflowError` beyond 64 bits.
#[track_caller]
pub fn lcm(numbers: &[i64]) -> i64 {
    numbers.iter().fold(1, |a, &b| {
        if a == 0 || b == 0 {
            return 0;
        }
        let multiple = (a / crate::number::int_gcd(a, b)).checked_mul(b);
        match multiple.and_then(i64::checked_abs) {
            Some(multiple) => multiple,
            None => raise_new(crate::IntegerOverflow, "integer overflow in lcm"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_exact() {
        assert_eq!(
            (factorial(20), comb(60, 30), perm(10, 3)),
            (2432902008176640000, 118264581564861424, 720)
        );
        assert_eq!(big_factorial(25).to_string(), "15511210043330985984000000");
        assert_eq!(big_comb(100, 50).to_string(), "100891344545564193334812497256");
        assert_eq!((comb(3, 5), perm(3, 5), gcd(&[12, -18, 27]), lcm(&[4, 6, -10])), (0, 0, 3, 60));
        let error = crate::unwind::catch_end(|| factorial(21)).map_err(|e| e.traceback_line());
        assert_eq!(error, Err("OverflowError: integer overflow in factorial".to_owned()));
    }
}
