//! Arithmetic of single numbers: Python's where both are Python's, else NumPy's.

use crate::fact::{Elem, Side};
use batuta_core::{BoolOp, CmpOp, FloatOp, IntOp, Op};

/// How an operator on two numbers is written.
pub(crate) enum Form {
    Op(Op),
    /// A row of the catalogue: `numpy.$add_int`.
    Row(&'static str),
}

/// An operator on numbers of one type.
pub(crate) struct Rule {
    /// What both operands are first.
    pub operands: Elem,
    pub form: Form,
}

/// `value.iadd` is `add` in place.
pub(crate) fn in_place(name: &str) -> Option<&'static str> {
    Some(match name {
        "value.iadd" => "add",
        "value.isub" => "sub",
        "value.imul" => "mul",
        "value.itruediv" => "truediv",
        "value.ifloordiv" => "floordiv",
        "value.imod" => "mod",
        "value.ipow" => "pow",
        "value.iand" => "and",
        "value.ior" => "or",
        "value.ixor" => "xor",
        _ => return None,
    })
}

/// The static form of `a op b`; none where the dynamic one has to do it.
pub(crate) fn rule(op: &str, (x, p): (Elem, Side), (y, q): (Elem, Side)) -> Option<Rule> {
    let side = match (p, q) {
        (Side::Numpy, _) | (_, Side::Numpy) => Side::Numpy,
        (Side::Python, Side::Python) => Side::Python,
        _ => Side::Either,
    };
    let operands = x.max(y);
    if let Some(compared) = comparison(op) {
        // Python compares an int with a float exactly, NumPy as floats; a bool is another number in each.
        let fits = x == y || side == Side::Numpy && x.min(y) != Elem::Bool;
        return fits.then_some(Rule { operands, form: Form::Op(compared.into()) });
    }
    let form = match operands {
        Elem::Bool => bools(op)?,
        _ if x.min(y) == Elem::Bool => return None,
        Elem::Int => return ints(op, side),
        Elem::Float => floats(op, side)?,
    };
    Some(Rule { operands, form })
}

fn comparison(op: &str) -> Option<CmpOp> {
    Some(match op {
        "compare.eq" => CmpOp::Eq,
        "compare.ne" => CmpOp::Ne,
        "compare.lt" => CmpOp::Lt,
        "compare.le" => CmpOp::Le,
        "compare.gt" => CmpOp::Gt,
        "compare.ge" => CmpOp::Ge,
        _ => return None,
    })
}

fn bools(op: &str) -> Option<Form> {
    let op = match op {
        "and" => BoolOp::BitAnd,
        "or" => BoolOp::BitOr,
        "xor" => BoolOp::BitXor,
        _ => return None,
    };
    Some(Form::Op(op.into()))
}

fn ints(op: &str, side: Side) -> Option<Rule> {
    let wraps = side == Side::Numpy;
    let either = |row: &'static str, op: IntOp| if wraps { Form::Row(row) } else { Form::Op(op.into()) };
    let form = match op {
        "add" => either("numpy.$add_int", IntOp::Add),
        "sub" => either("numpy.$sub_int", IntOp::Sub),
        "mul" => either("numpy.$mul_int", IntOp::Mul),
        "and" => Form::Op(IntOp::And.into()),
        "or" => Form::Op(IntOp::Or.into()),
        "xor" => Form::Op(IntOp::Xor.into()),
        // Their divisions by zero differ.
        _ if side == Side::Either => return None,
        "floordiv" => either("numpy.$floordiv_int", IntOp::FloorDiv),
        "mod" => either("numpy.$mod_int", IntOp::FloorMod),
        "truediv" if wraps => {
            return Some(Rule { operands: Elem::Float, form: Form::Row("numpy.$div_float") });
        }
        "truediv" => Form::Op(IntOp::TrueDiv.into()),
        _ => return None,
    };
    Some(Rule { operands: Elem::Int, form })
}

fn floats(op: &str, side: Side) -> Option<Form> {
    let raises = side == Side::Python;
    let either = |row: &'static str, op: FloatOp| if raises { Form::Op(op.into()) } else { Form::Row(row) };
    Some(match op {
        "add" => Form::Op(FloatOp::Add.into()),
        "sub" => Form::Op(FloatOp::Sub.into()),
        "mul" => Form::Op(FloatOp::Mul.into()),
        "truediv" if side == Side::Either => Form::Row("numpy.$div_unsure"),
        _ if side == Side::Either => return None,
        "truediv" => either("numpy.$div_float", FloatOp::Div),
        "floordiv" => either("numpy.$floordiv_float", FloatOp::FloorDiv),
        "mod" => either("numpy.$mod_float", FloatOp::FloorMod),
        _ => return None,
    })
}
