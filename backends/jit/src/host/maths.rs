//! `math`.

use super::iters::items;
use super::rows;
use crate::desc::Kind;
use crate::item::Item;
use crate::memory::keep;
use batuta_rt as rt;

fn real(a: &[Item], f: fn(f64) -> f64) -> u64 {
    f(a[0].float()).to_bits()
}

fn real2(a: &[Item], f: fn(f64, f64) -> f64) -> u64 {
    f(a[0].float(), a[1].float()).to_bits()
}

fn floats(a: &[Item]) -> Vec<f64> {
    match a {
        [one] if !matches!(one.desc.kind, Kind::Float | Kind::Int) => {
            items(one).iter().map(Item::float).collect()
        }
        _ => a.iter().map(Item::float).collect(),
    }
}

fn ints(a: &[Item]) -> Vec<i64> {
    match a {
        [one] if matches!(one.desc.kind, Kind::List(_)) => one.list_items().iter().map(Item::int).collect(),
        _ => a.iter().map(Item::int).collect(),
    }
}

/// The result in the width of the node.
fn sized(site: &super::Site, big: rt::Int) -> u64 {
    match site.ret.kind {
        Kind::Big => keep(big),
        _ => big.expect_i64() as u64,
    }
}

rows! {
    "math.sqrt" => |_, a| real(a, rt::math::sqrt);
    "math.exp" => |_, a| real(a, rt::math::exp);
    "math.log" => |_, a| match a.get(1).and_then(Item::present) {
        Some(base) => rt::math::log_base(a[0].float(), base.float()).to_bits(),
        None if matches!(a[0].desc.kind, Kind::Big) => rt::math::log_int(a[0].big()).to_bits(),
        None => real(a, rt::math::log),
    };
    "math.log2" => |_, a| real(a, rt::math::log2);
    "math.log10" => |_, a| real(a, rt::math::log10);
    "math.log1p" => |_, a| real(a, rt::math::log1p);
    "math.sin" => |_, a| real(a, rt::math::sin);
    "math.cos" => |_, a| real(a, rt::math::cos);
    "math.tan" => |_, a| real(a, rt::math::tan);
    "math.asin" => |_, a| real(a, rt::math::asin);
    "math.acos" => |_, a| real(a, rt::math::acos);
    "math.atan" => |_, a| real(a, f64::atan);
    "math.atan2" => |_, a| real2(a, f64::atan2);
    "math.sinh" => |_, a| real(a, rt::math::sinh);
    "math.cosh" => |_, a| real(a, rt::math::cosh);
    "math.tanh" => |_, a| real(a, f64::tanh);
    "math.degrees" => |_, a| real(a, rt::math::degrees);
    "math.radians" => |_, a| real(a, rt::math::radians);
    "math.fabs" => |_, a| real(a, f64::abs);
    "math.pow" => |_, a| real2(a, rt::math::pow);
    "math.fmod" => |_, a| real2(a, rt::math::fmod);
    "math.copysign" => |_, a| real2(a, f64::copysign);
    "math.isnan" => |_, a| a[0].float().is_nan().into();
    "math.isinf" => |_, a| a[0].float().is_infinite().into();
    "math.isfinite" => |_, a| a[0].float().is_finite().into();
    "math.isclose" => |_, a| {
        let (rel, abs) = (a.get(2).map_or(1e-9, Item::float), a.get(3).map_or(0.0, Item::float));
        rt::math::isclose(a[0].float(), a[1].float(), rel, abs).into()
    };
    "math.hypot" => |_, a| rt::math::hypot(&floats(a)).to_bits();
    "math.dist" => |_, a| rt::math::dist(&floats(&a[..1]), &floats(&a[1..])).to_bits();
    "math.fsum" => |_, a| rt::math::fsum(floats(a)).to_bits();
    "math.floor" => |s, a| if a[0].desc.is_float() { sized(s, rt::Int::from(rt::math::floor(a[0].float()))) } else { a[0].word };
    "math.ceil" => |s, a| if a[0].desc.is_float() { sized(s, rt::Int::from(rt::math::ceil(a[0].float()))) } else { a[0].word };
    "math.trunc" => |s, a| if a[0].desc.is_float() { sized(s, rt::Int::from(rt::math::trunc(a[0].float()))) } else { a[0].word };
    "math.gcd" => |_, a| rt::math::gcd(&ints(a)) as u64;
    "math.lcm" => |_, a| rt::math::lcm(&ints(a)) as u64;
    "math.isqrt" => |s, a| if matches!(a[0].desc.kind, Kind::Big) { sized(s, a[0].big().isqrt()) } else { rt::math::isqrt(a[0].int()) as u64 };
    "math.factorial" => |s, a| sized(s, rt::math::big_factorial(a[0].int()));
    "math.comb" => |s, a| sized(s, rt::math::big_comb(a[0].int(), a[1].int()));
    "math.perm" => |s, a| sized(s, rt::math::big_perm(a[0].int(), a[1].int()));
    "math.prod" => |s, a| match s.ret.kind {
        Kind::Float => items(&a[0]).iter().fold(a.get(1).map_or(1.0, Item::float), |product, item| product * item.float()).to_bits(),
        _ => sized(s, items(&a[0]).iter().fold(rt::Int::from(1), |product, item| product * item.to_big())),
    };
}
