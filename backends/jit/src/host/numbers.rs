//! Numbers where compiled code does not do it inline: long ints, `int | float`, powers, shifts.

use super::adapt::adapt;
use super::{Site, rows};
use crate::desc::Kind;
use crate::item::{Item, text_word};
use crate::memory::{keep, object, record};
use batuta_rt::{self as rt, Int, Num};

fn is_big(args: &[Item]) -> bool {
    args.iter().any(|item| matches!(item.desc.kind, Kind::Big))
}

/// Gives a long int in the width that the node has.
fn big(site: &Site, value: Int) -> u64 {
    match site.ret.kind {
        Kind::Int => value.expect_i64() as u64,
        _ => keep(value),
    }
}

/// An operation in both widths.
macro_rules! both {
    ($site:ident, $args:ident, $small:expr, $big:expr) => {
        if is_big($args) || matches!($site.ret.kind, Kind::Big) {
            let (a, b) = ($args[0].to_big(), $args[1].to_big());
            let make: fn(Int, Int) -> Int = $big;
            big($site, make(a, b))
        } else {
            let make: fn(i64, i64) -> i64 = $small;
            make($args[0].int(), $args[1].int()) as u64
        }
    };
}

fn overflow(what: &str) -> ! {
    rt::raise_new(rt::OverflowError, format!("integer overflow in {what}"))
}

fn count(item: &Item) -> i64 {
    item.int()
}

fn big_shift(site: &Site, args: &[Item], left: bool) -> u64 {
    let by = count(&args[1]);
    if by < 0 {
        rt::raise_new(rt::ValueError, "negative shift count");
    }
    let value = args[0].to_big();
    big(site, if left { value << by } else { value >> by })
}

fn pow(site: &Site, args: &[Item]) -> u64 {
    match site.ret.kind {
        Kind::Big => keep(args[0].to_big().pow(args[1].to_big())),
        Kind::Float => rt::float_pow(args[0].float(), args[1].float()).to_bits(),
        _ if is_big(args) => big(site, args[0].to_big().pow(args[1].to_big())),
        _ => rt::pow_i64(args[0].int(), args[1].int()) as u64,
    }
}

fn num(item: &Item) -> Num {
    match item.desc.kind {
        Kind::Num => *object::<Num>(&item.word),
        Kind::Float => Num::Float(item.float()),
        _ => Num::Int(item.int()),
    }
}

fn cast(site: &Site, args: &[Item]) -> u64 {
    match site.ret.kind {
        Kind::Big => keep(args[0].to_big()),
        _ => args[0].int() as u64,
    }
}

fn true_div(_: &Site, a: &[Item]) -> u64 {
    if is_big(a) {
        a[0].to_big().true_div(a[1].to_big()).to_bits()
    } else {
        rt::true_div(a[0].int(), a[1].int()).to_bits()
    }
}

rows! {
    "int.add" => |s, a| both!(s, a, |x, y| x.checked_add(y).unwrap_or_else(|| overflow("addition")), |x, y| x + y);
    "int.sub" => |s, a| both!(s, a, |x, y| x.checked_sub(y).unwrap_or_else(|| overflow("subtraction")), |x, y| x - y);
    "int.mul" => |s, a| both!(s, a, |x, y| x.checked_mul(y).unwrap_or_else(|| overflow("multiplication")), |x, y| x * y);
    "int.floordiv" => |s, a| both!(s, a, rt::floor_div, |x, y| x.floor_div(y));
    "int.floormod" => |s, a| both!(s, a, rt::floor_mod, |x, y| x.floor_mod(y));
    "int.and" => |s, a| both!(s, a, |x, y| x & y, |x, y| x & y);
    "int.or" => |s, a| both!(s, a, |x, y| x | y, |x, y| x | y);
    "int.xor" => |s, a| both!(s, a, |x, y| x ^ y, |x, y| x ^ y);
    "int.shl" => |s, a| if is_big(a) || matches!(s.ret.kind, Kind::Big) { big_shift(s, a, true) } else { rt::shl(a[0].int(), a[1].int()) as u64 };
    "int.shr" => |s, a| if is_big(a) { big_shift(s, a, false) } else { rt::shr(a[0].int(), a[1].int()) as u64 };
    "int.pow" => pow;
    "int.truediv" => true_div;
    "int.neg" => |s, a| big(s, -a[0].to_big());
    "int.invert" => |s, a| big(s, !a[0].to_big());
    "int.abs" => |s, a| big(s, a[0].to_big().abs());
    "int.to_float" => |_, a| a[0].float().to_bits();
    "int.cast" => cast;
    "rs.as" => |s, a| adapt(&a[0], s.ret);
    "int.truth" => |_, a| (!a[0].to_big().is_zero()).into();
    "float.floordiv" => |_, a| rt::float_floor_div(a[0].float(), a[1].float()).to_bits();
    "float.floormod" => |_, a| rt::float_floor_mod(a[0].float(), a[1].float()).to_bits();
    "float.pow" => |_, a| rt::float_pow(a[0].float(), a[1].float()).to_bits();
    "float.to_int" => |s, a| match s.ret.kind {
        Kind::Big => keep(Int::from_f64(a[0].float())),
        _ => rt::float_to_int(a[0].float()) as u64,
    };
    "num.add" => |_, a| keep(num(&a[0]) + num(&a[1]));
    "num.sub" => |_, a| keep(num(&a[0]) - num(&a[1]));
    "num.mul" => |_, a| keep(num(&a[0]) * num(&a[1]));
    "num.truediv" => |s, a| {
        let quotient = num(&a[0]).true_div(num(&a[1]));
        match s.ret.kind {
            Kind::Num => keep(Num::Float(quotient)),
            _ => quotient.to_bits(),
        }
    };
    "num.floordiv" => |_, a| keep(num(&a[0]).floor_div(num(&a[1])));
    "num.floormod" => |_, a| keep(num(&a[0]).floor_mod(num(&a[1])));
    "num.pow" => |_, a| keep(num(&a[0]).pow(num(&a[1])));
    "num.abs" => |_, a| keep(num(&a[0]).abs());
    "num.to_int" => |s, a| match s.ret.kind {
        Kind::Big => keep(Int::from(num(&a[0]).to_i64())),
        _ => num(&a[0]).to_i64() as u64,
    };
    "num.from_int" | "num.from_float" => |_, a| keep(num(&a[0]));
    "num.to_float" => |_, a| a[0].float().to_bits();
    "num.is_int" => |_, a| matches!(num(&a[0]), Num::Int(_)).into();
    "num.truth" => |_, a| match num(&a[0]) { Num::Int(n) => n != 0, Num::Float(x) => x != 0.0 }.into();
    "num.neg" => |_, a| keep(match num(&a[0]) { Num::Int(n) => Num::Int(-n), Num::Float(x) => Num::Float(-x) });
    "builtins.divmod" => |s, a| match &s.ret.kind {
        Kind::Tuple(fields) if matches!(fields[0].kind, Kind::Float) => {
            let (q, r) = rt::float_divmod(a[0].float(), a[1].float());
            record(&[q.to_bits(), r.to_bits()])
        }
        Kind::Tuple(fields) if matches!(fields[0].kind, Kind::Num) => {
            let (q, r) = num(&a[0]).divmod(num(&a[1]));
            record(&[keep(q), keep(r)])
        }
        Kind::Tuple(fields) if matches!(fields[0].kind, Kind::Big) || is_big(a) => {
            let (q, r) = a[0].to_big().divmod(a[1].to_big());
            record(&[keep(q), keep(r)])
        }
        _ => { let (q, r) = rt::divmod(a[0].int(), a[1].int()); record(&[q as u64, r as u64]) }
    };
    "builtins.pow" => |s, a| match a.get(2) {
        Some(modulus) => match s.ret.kind {
            Kind::Big => keep(a[0].to_big().pow_mod(a[1].to_big(), modulus.to_big())),
            _ => rt::pow_mod(a[0].int(), a[1].int(), modulus.int()) as u64,
        },
        None => pow(s, a),
    };
    "builtins.bin" => |_, a| text_word(if is_big(a) { a[0].big().bin() } else { rt::bin(a[0].int()) });
    "builtins.oct" => |_, a| text_word(if is_big(a) { a[0].big().oct() } else { rt::oct(a[0].int()) });
    "builtins.hex" => |_, a| text_word(if is_big(a) { a[0].big().hex() } else { rt::hex(a[0].int()) });
    "int.bit_length" => |_, a| if is_big(a) { a[0].big().bit_length() as u64 } else { rt::bit_length(a[0].int()) as u64 };
    "int.bit_count" => |_, a| if is_big(a) { a[0].big().bit_count() as u64 } else { rt::bit_count(a[0].int()) as u64 };
    "float.is_integer" => |_, a| rt::float_is_integer(a[0].float()).into();
}
