//! Constant expressions.

use crate::tree::*;
use crate::types::*;

/// A cast of a constant number; `None` where the operand is none.
pub(super) fn cast(of: &Expr, ty: &CTy) -> Option<Expr> {
    let kind = match (&of.kind, ty) {
        (ExprKind::Int(value, _), CTy::Bool) => ExprKind::Int(i128::from(*value != 0), None),
        (ExprKind::Int(value, name), CTy::Int(kind)) => {
            ExprKind::Int(kind.wrap(*value), name.filter(|_| kind.wrap(*value) == *value))
        }
        (ExprKind::Int(value, _), CTy::Double | CTy::LongDouble) => {
            ExprKind::Float(int_to_f64(*value, &of.ty))
        }
        (ExprKind::Int(value, _), CTy::Float) if matches!(of.ty, CTy::Int(IntKind::U128)) => {
            ExprKind::Float(f64::from(*value as u128 as f32))
        }
        (ExprKind::Int(value, _), CTy::Float) => ExprKind::Float(f64::from(*value as f32)),
        (ExprKind::Float(value), CTy::Double | CTy::LongDouble) => ExprKind::Float(*value),
        (ExprKind::Float(value), CTy::Float) => ExprKind::Float(f64::from(*value as f32)),
        (ExprKind::Float(value), CTy::Bool) => ExprKind::Int(i128::from(*value != 0.0), None),
        (ExprKind::Float(value), CTy::Int(kind)) => {
            let whole = value.trunc();
            let fits = whole.abs() < 1e38 && kind.wrap(whole as i128) == whole as i128;
            if !fits {
                return None;
            }
            ExprKind::Int(whole as i128, None)
        }
        _ => return None,
    };
    Some(Expr::new(kind, ty.clone(), of.pos))
}

fn int_to_f64(value: i128, ty: &CTy) -> f64 {
    if matches!(ty, CTy::Int(IntKind::U128)) { value as u128 as f64 } else { value as f64 }
}

pub(super) fn unary(op: &str, of: &Expr) -> Option<Expr> {
    let kind = match (op, &of.kind, &of.ty) {
        ("+", _, _) => return Some(of.clone()),
        ("-", ExprKind::Float(value), _) => ExprKind::Float(-value),
        ("-", ExprKind::Int(value, _), CTy::Int(kind)) => {
            let exact = value.checked_neg()?;
            if kind.signed() && kind.wrap(exact) != exact {
                return None;
            }
            ExprKind::Int(kind.wrap(exact), None)
        }
        ("~", ExprKind::Int(value, _), CTy::Int(kind)) => ExprKind::Int(kind.wrap(!value), None),
        _ => return None,
    };
    Some(Expr::new(kind, of.ty.clone(), of.pos))
}

pub(super) fn binary(op: BinOp, a: &Expr, b: &Expr, ty: &CTy) -> Option<Expr> {
    if let (ExprKind::Float(x), ExprKind::Float(y)) = (&a.kind, &b.kind) {
        let value = match op {
            BinOp::Add => x + y,
            BinOp::Sub => x - y,
            BinOp::Mul => x * y,
            BinOp::Div => x / y,
            _ => return None,
        };
        let value = if *ty == CTy::Float { f64::from(value as f32) } else { value };
        // What the machine makes of `0.0 / 0.0` has its sign set.
        let made = if value.is_nan() && !x.is_nan() && !y.is_nan() { -f64::NAN.abs() } else { value };
        return Some(Expr::new(ExprKind::Float(made), ty.clone(), a.pos));
    }
    let (x, y) = (a.as_int()?, b.as_int()?);
    let CTy::Int(kind) = ty else { return None };
    if kind.size() == 16 && !kind.signed() {
        return None;
    }
    let bits = kind.size() as i128 * 8;
    let exact = match op {
        BinOp::Add => x.checked_add(y)?,
        BinOp::Sub => x.checked_sub(y)?,
        BinOp::Mul => x.checked_mul(y)?,
        BinOp::Div => x.checked_div(y)?,
        BinOp::Rem => x.checked_rem(y)?,
        BinOp::And => x & y,
        BinOp::Or => x | y,
        BinOp::Xor => x ^ y,
        BinOp::Shl if (0..bits).contains(&y) && bits <= 64 => kind.wrap(x << y),
        BinOp::Shr if (0..bits).contains(&y) => x >> y,
        _ => return None,
    };
    // Overflow of signed numbers is left for the run-time error.
    if kind.signed() && kind.wrap(exact) != exact {
        return None;
    }
    Some(Expr::int(kind.wrap(exact), ty.clone(), a.pos))
}

pub(super) fn compare(op: CmpOp, a: &Expr, b: &Expr) -> Option<Expr> {
    let holds = match (&a.kind, &b.kind) {
        (ExprKind::Int(x, _), ExprKind::Int(y, _)) if !matches!(a.ty, CTy::Int(IntKind::U128)) => match op {
            CmpOp::Eq => x == y,
            CmpOp::Ne => x != y,
            CmpOp::Lt => x < y,
            CmpOp::Le => x <= y,
            CmpOp::Gt => x > y,
            CmpOp::Ge => x >= y,
        },
        (ExprKind::Float(x), ExprKind::Float(y)) => match op {
            CmpOp::Eq => x == y,
            CmpOp::Ne => x != y,
            CmpOp::Lt => x < y,
            CmpOp::Le => x <= y,
            CmpOp::Gt => x > y,
            CmpOp::Ge => x >= y,
        },
        _ => return None,
    };
    Some(Expr::int(i128::from(holds), INT, a.pos))
}

pub(super) fn logic(op: &str, a: &Expr, b: &Expr) -> Option<Expr> {
    let truth = |of: &Expr| match &of.kind {
        ExprKind::Int(value, _) => Some(*value != 0),
        ExprKind::Float(value) => Some(*value != 0.0),
        _ => None,
    };
    let holds = match (op, truth(a), truth(b)) {
        ("&&", Some(false), _) => false,
        ("||", Some(true), _) => true,
        ("&&", Some(true), Some(b)) => b,
        ("||", Some(false), Some(b)) => b,
        _ => return None,
    };
    Some(Expr::int(i128::from(holds), INT, a.pos))
}
