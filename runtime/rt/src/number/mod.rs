//! Numbers: `i64` and `f64` under Python's rules, and reading them from text.

pub(crate) mod bytes;
mod complex;
pub(crate) mod float;
pub(crate) mod int;
mod num;
pub(crate) mod parse;

pub use bytes::{complex_from_str, float_from_hex, float_hex, float_ratio, int_from_bytes, int_to_bytes};
pub use complex::Complex;
pub use float::{
    divisor, float_divmod, float_floor_div, float_floor_mod, float_is_integer, float_key, float_pow,
    float_to_int, float_true_div, ieee_remainder, ldexp, round_half_even, round_ndigits,
};
pub use int::{
    bin, bit_count, bit_length, divmod, floor_div, floor_mod, hex, int_gcd, mul_mod, oct, pow_i64, pow_mod,
    round_int, shl, shr, true_div,
};
pub use num::Num;
pub use parse::{float_from_str, int_from_str};
