//! What operators and functions of NumPy give: element type and number of axes.

use crate::fact::{Elem, Fact, Side};
use crate::facts::Facts;
use batuta_base::Name;
use batuta_core::*;

type Named = [(Name, NodeId)];

/// Functions whose result is of floats, element by element.
const FLOATS: &[&str] = &[
    "sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos",
    "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "cbrt", "deg2rad", "rad2deg",
    "radians", "degrees",
];

/// Functions that keep the element type, element by element; of floats and ints.
const KEEPS: &[&str] = &["abs", "absolute", "square", "negative", "sign", "copy", "sort", "flip"];

/// `op a`.
pub(crate) fn unary(op: &str, of: Fact) -> Fact {
    match (op, of) {
        (_, Fact::Nothing) => Fact::Nothing,
        ("neg" | "abs" | "pos", Fact::Array(elem @ (Elem::Int | Elem::Float), rank)) => {
            Fact::Array(elem, rank)
        }
        ("neg" | "abs", Fact::Number(elem @ (Elem::Int | Elem::Float), side)) => Fact::Number(elem, side),
        ("invert", Fact::Array(elem @ (Elem::Int | Elem::Bool), rank)) => Fact::Array(elem, rank),
        ("invert", Fact::Number(Elem::Bool, Side::Numpy)) => of,
        _ => Fact::Unknown,
    }
}

/// `a op b`.
pub(crate) fn binary(op: &str, a: Fact, b: Fact) -> Fact {
    let part = |fact: Fact| match fact {
        Fact::Array(elem, rank) => Some((elem, rank)),
        Fact::Number(elem, _) => Some((elem, 0)),
        _ => None,
    };
    if a == Fact::Nothing || b == Fact::Nothing {
        return Fact::Nothing;
    }
    let (Some((x, m)), Some((y, n))) = (part(a), part(b)) else { return Fact::Unknown };
    if op == "matmul" {
        return product((x, m), (y, n));
    }
    let Some(elem) = elements(op, x, y) else { return Fact::Unknown };
    match (a, b) {
        // A power of Python's numbers may be of another type.
        (Fact::Number(_, p), Fact::Number(_, q)) if op == "pow" && sides(p, q) != Side::Numpy => {
            Fact::Unknown
        }
        (Fact::Number(_, p), Fact::Number(_, q)) => Fact::Number(elem, sides(p, q)),
        _ => Fact::array(elem, m.max(n)),
    }
}

/// Whose number the result of two is: NumPy's as soon as one is.
fn sides(a: Side, b: Side) -> Side {
    match (a, b) {
        (Side::Numpy, _) | (_, Side::Numpy) => Side::Numpy,
        (Side::Python, Side::Python) => Side::Python,
        _ => Side::Either,
    }
}

fn elements(op: &str, x: Elem, y: Elem) -> Option<Elem> {
    let wider = x.max(y);
    let number = (wider != Elem::Bool).then_some(wider);
    match op {
        "add" | "sub" | "mul" | "floordiv" | "mod" => number,
        "pow" => number,
        "truediv" => number.map(|_| Elem::Float),
        "and" | "or" | "xor" if x == y => (wider != Elem::Float).then_some(wider),
        "compare.eq" | "compare.ne" | "compare.lt" | "compare.le" | "compare.gt" | "compare.ge" => {
            Some(Elem::Bool)
        }
        _ => None,
    }
}

/// `a @ b`.
fn product((x, m): (Elem, u8), (y, n): (Elem, u8)) -> Fact {
    let elem = x.max(y);
    if elem == Elem::Bool || m == 0 || n == 0 || m > 2 || n > 2 {
        return Fact::Unknown;
    }
    Fact::reduced(elem, m + n - 2)
}

/// A function that makes one number of an axis or of all.
fn reduction(name: &str, elem: Elem) -> Option<Elem> {
    Some(match name {
        "sum" | "prod" => elem.max(Elem::Int),
        "mean" | "std" | "var" | "median" => Elem::Float,
        "max" | "min" | "amax" | "amin" if elem != Elem::Bool => elem,
        "ptp" if elem != Elem::Bool => elem,
        "argmax" | "argmin" | "count_nonzero" => Elem::Int,
        "any" | "all" => Elem::Bool,
        _ => return None,
    })
}

fn reduced(facts: &Facts<'_>, elem: Elem, rank: u8, args: &[NodeId], named: &Named) -> Fact {
    let is_axis = |node: NodeId| {
        let inner = facts.inner(node);
        facts.body.ty(inner).is_int() && *facts.body.ty(inner).kind() != TyKind::Bool
    };
    match (args, named) {
        ([], []) => Fact::Number(elem, Side::Numpy),
        ([axis], []) if is_axis(*axis) => Fact::reduced(elem, rank - 1),
        ([], [(name, axis)]) if *name == "axis" && is_axis(*axis) => Fact::reduced(elem, rank - 1),
        ([], [(name, _)]) if *name == "ddof" => Fact::Number(elem, Side::Numpy),
        _ => Fact::Unknown,
    }
}

/// A method of an array.
pub(crate) fn method(
    facts: &Facts<'_>,
    name: &str,
    (elem, rank): (Elem, u8),
    args: &[NodeId],
    named: &Named,
) -> Fact {
    if let Some(made) = reduction(name, elem) {
        return reduced(facts, made, rank, args, named);
    }
    match (name, args, named) {
        ("copy", [], []) => Fact::Array(elem, rank),
        ("transpose", [], []) => Fact::Array(elem, rank),
        ("ravel" | "flatten", [], []) => Fact::array(elem, 1),
        ("astype", [dtype], []) => {
            facts_dtype(facts, *dtype).map_or(Fact::Unknown, |elem| Fact::array(elem, rank))
        }
        ("reshape", [shape], []) => axes(facts, *shape).map_or(Fact::Unknown, |rank| Fact::array(elem, rank)),
        ("reshape", many, []) if many.iter().all(|node| is_int(facts, *node)) => {
            Fact::array(elem, many.len() as u8)
        }
        ("clip" | "round", _, []) if elem == Elem::Float => Fact::Array(elem, rank),
        ("cumsum", [], []) if rank == 1 => Fact::Array(elem.max(Elem::Int), 1),
        ("argsort", [], []) => Fact::Array(Elem::Int, rank),
        ("dot", [other], []) => match facts.of(*other) {
            Fact::Array(y, n) => product((elem, rank), (y, n)),
            Fact::Nothing => Fact::Nothing,
            _ => Fact::Unknown,
        },
        _ => Fact::Unknown,
    }
}

fn is_int(facts: &Facts<'_>, node: NodeId) -> bool {
    matches!(facts.of(node), Fact::Number(Elem::Int, _)) || facts.body.ty(facts.inner(node)).is_int()
}

/// Number of axes that a shape says: `n`, `(n, m)`, `a.shape`.
fn axes(facts: &Facts<'_>, shape: NodeId) -> Option<u8> {
    if let Fact::Shape(count) = facts.of(shape) {
        return Some(count);
    }
    let inner = facts.inner(shape);
    match facts.body.ty(inner).kind() {
        TyKind::Int(_) => Some(1),
        TyKind::Tuple(items) => {
            let dynamic = |ty: &Ty| matches!(ty.kind(), TyKind::Value);
            let written = match &facts.body.nodes[inner].kind {
                Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => {
                    args.iter().all(|arg| is_int(facts, *arg))
                }
                _ => items.iter().all(|item| item.is_int() && !dynamic(item)),
            };
            written.then_some(items.len() as u8)
        }
        _ => matches!(facts.of(shape), Fact::Number(Elem::Int, _)).then_some(1),
    }
}

/// The element type that `dtype=` says.
fn facts_dtype(facts: &Facts<'_>, node: NodeId) -> Option<Elem> {
    if let Some(name) = facts.text(node) {
        return Elem::named(&name);
    }
    match &facts.body.nodes[node].kind {
        Node::Call { callee: Callee::Lib(name), args } if *name == "numpy.$get" => {
            Elem::named(&facts.text(args[0].value)?)
        }
        _ => None,
    }
}

/// The element type of a new array: what `dtype` says, or else another.
fn new_elem(facts: &Facts<'_>, dtype: Option<NodeId>, other: Option<Elem>) -> Option<Elem> {
    match dtype {
        Some(node) => facts_dtype(facts, node),
        None => other,
    }
}

/// A call of a function of the module.
pub(crate) fn call(facts: &Facts<'_>, name: &str, args: &[NodeId], named: &Named) -> Fact {
    let of: Vec<Fact> = args.iter().map(|arg| facts.of(*arg)).collect();
    if of.contains(&Fact::Nothing) {
        return Fact::Nothing;
    }
    let dtype = match named {
        [] => None,
        [(key, node)] if *key == "dtype" => Some(*node),
        _ => return with_names(facts, name, args, &of, named),
    };
    if let Some(made) = maker(facts, name, args, &of, dtype) {
        return made;
    }
    if dtype.is_some() {
        return Fact::Unknown;
    }
    match (name, &of[..]) {
        (name, [Fact::Array(Elem::Int | Elem::Float, rank)]) if FLOATS.contains(&name) => {
            Fact::Array(Elem::Float, *rank)
        }
        (name, [Fact::Number(Elem::Int | Elem::Float, _)]) if FLOATS.contains(&name) => {
            Fact::Number(Elem::Float, Side::Numpy)
        }
        (name, [Fact::Array(elem @ (Elem::Int | Elem::Float), rank)]) if KEEPS.contains(&name) => {
            Fact::Array(*elem, *rank)
        }
        ("floor" | "ceil" | "rint" | "trunc", [Fact::Array(Elem::Float, rank)]) => {
            Fact::Array(Elem::Float, *rank)
        }
        ("isnan" | "isfinite" | "isinf", [Fact::Array(Elem::Float, rank)]) => Fact::Array(Elem::Bool, *rank),
        ("logical_not", [Fact::Array(_, rank)]) => Fact::Array(Elem::Bool, *rank),
        ("logical_and" | "logical_or", [Fact::Array(_, m), Fact::Array(_, n)]) => {
            Fact::array(Elem::Bool, *m.max(n))
        }
        ("maximum" | "minimum", [a, b]) => two("add", *a, *b),
        ("where", [Fact::Array(_, rank), a, b]) => match two("add", *a, *b) {
            Fact::Array(elem, other) => Fact::array(elem, other.max(*rank)),
            Fact::Number(elem, _) => Fact::array(elem, *rank),
            _ => Fact::Unknown,
        },
        ("dot" | "matmul", [Fact::Array(x, m), Fact::Array(y, n)]) => product((*x, *m), (*y, *n)),
        ("outer", [Fact::Array(x, 1), Fact::Array(y, 1)]) => {
            two("mul", Fact::Array(*x, 2), Fact::Array(*y, 2))
        }
        ("cumsum", [Fact::Array(elem, 1)]) => Fact::Array((*elem).max(Elem::Int), 1),
        ("argsort", [Fact::Array(_, rank)]) => Fact::Array(Elem::Int, *rank),
        ("transpose", [array @ Fact::Array(..)]) => *array,
        ("diff", [Fact::Array(elem @ (Elem::Int | Elem::Float), rank)]) => Fact::Array(*elem, *rank),
        ("random.default_rng" | "random.RandomState", _) => Fact::Generator,
        ("random.rand" | "random.randn", _) if !args.is_empty() => random(facts, &name[7..], args, named),
        _ => with_names(facts, name, args, &of, named),
    }
}

fn two(op: &str, a: Fact, b: Fact) -> Fact {
    match binary(op, a, b) {
        Fact::Number(elem, _) => Fact::Number(elem, Side::Numpy),
        other => other,
    }
}

/// Functions that make arrays of shapes, ranges and lists.
fn maker(facts: &Facts<'_>, name: &str, args: &[NodeId], of: &[Fact], dtype: Option<NodeId>) -> Option<Fact> {
    let made = |elem: Option<Elem>, rank: Option<u8>| match (elem, rank) {
        (Some(elem), Some(rank)) => Fact::array(elem, rank),
        _ => Fact::Unknown,
    };
    let first = args.first().copied();
    let second = args.get(1).copied().or(dtype);
    Some(match (name, args.len()) {
        ("zeros" | "ones" | "empty", 1 | 2) => {
            made(new_elem(facts, second, Some(Elem::Float)), axes(facts, args[0]))
        }
        ("full", 2) => {
            let filled = match of[1] {
                Fact::Number(elem, _) => Some(elem),
                _ => None,
            };
            made(new_elem(facts, dtype, filled), axes(facts, args[0]))
        }
        ("zeros_like" | "ones_like" | "empty_like", 1) | ("full_like", 2) => match of[0] {
            Fact::Array(elem, rank) => made(new_elem(facts, dtype, Some(elem)), Some(rank)),
            _ => Fact::Unknown,
        },
        ("eye" | "identity", 1) => made(new_elem(facts, dtype, Some(Elem::Float)), Some(2)),
        ("arange", 1..=3) => made(new_elem(facts, dtype, stepped(of)), Some(1)),
        ("linspace", 2 | 3) if dtype.is_none() => Fact::Array(Elem::Float, 1),
        ("array" | "asarray", 1 | 2) => return Some(listed(facts, first?, second)),
        _ => return None,
    })
}

/// What the numbers of a range are.
fn stepped(of: &[Fact]) -> Option<Elem> {
    let elems = of.iter().map(|fact| match fact {
        Fact::Number(elem, _) if *elem != Elem::Bool => Some(*elem),
        _ => None,
    });
    elems.collect::<Option<Vec<Elem>>>()?.into_iter().max()
}

/// `np.array(x)`.
fn listed(facts: &Facts<'_>, of: NodeId, dtype: Option<NodeId>) -> Fact {
    let given = dtype.map(|node| facts_dtype(facts, node));
    if given == Some(None) {
        return Fact::Unknown;
    }
    if let Fact::Array(elem, rank) = facts.of(of) {
        return Fact::array(given.flatten().unwrap_or(elem), rank);
    }
    match written(facts, facts.inner(of)) {
        Some((elem, rank)) => Fact::array(given.flatten().unwrap_or(elem), rank),
        // Without items it is of floats.
        None => match (facts.body.ty(facts.inner(of)).kind(), given.flatten()) {
            (TyKind::List(item), Some(elem)) if Elem::of(*item).is_some() => Fact::Array(elem, 1),
            (TyKind::List(item), None) if item.is_float() => Fact::Array(Elem::Float, 1),
            _ => Fact::Unknown,
        },
    }
}

/// Element type and axes of a list of lists that is written out.
fn written(facts: &Facts<'_>, node: NodeId) -> Option<(Elem, u8)> {
    let node = facts.inner(node);
    if let Some(elem) = Elem::of(facts.body.ty(node)) {
        let fits = facts.body.as_const(node).is_none_or(|value| match value {
            Const::Int(digits) => digits.parse::<i64>().is_ok(),
            _ => true,
        });
        return fits.then_some((elem, 0));
    }
    if *facts.body.ty(node).kind() == TyKind::Value {
        return match facts.of(node) {
            Fact::Number(elem, _) => Some((elem, 0)),
            Fact::Array(elem, rank) => Some((elem, rank)),
            _ => None,
        };
    }
    let items = match &facts.body.nodes[node].kind {
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => args.clone(),
        _ => facts.items(node)?,
    };
    let parts: Vec<(Elem, u8)> = items.iter().map(|item| written(facts, *item)).collect::<Option<_>>()?;
    let (first, rank) = *parts.first()?;
    // Bools beside numbers are numbers, of either kind.
    let elem = parts.iter().map(|part| part.0).max().unwrap_or(first);
    parts.iter().all(|part| part.1 == rank).then_some((elem, rank + 1))
}

/// Functions with other names among their arguments, and those that join arrays.
fn with_names(facts: &Facts<'_>, name: &str, args: &[NodeId], of: &[Fact], named: &Named) -> Fact {
    if let (Some(Fact::Array(elem, rank)), Some(made)) =
        (of.first(), of.first().and_then(|fact| reduction(name, elem_of(*fact)?)))
    {
        let _ = elem;
        return reduced(facts, made, *rank, &args[1..], named);
    }
    match (name, args.len()) {
        ("linspace", 2 | 3) if named.iter().all(|(key, _)| matches!(key.as_str(), "num" | "endpoint")) => {
            Fact::Array(Elem::Float, 1)
        }
        ("concatenate", 1) if named.is_empty() => {
            let Some(items) = facts.items(facts.inner(args[0])) else { return Fact::Unknown };
            let parts: Vec<Fact> = items.iter().map(|item| facts.of(*item)).collect();
            match parts.iter().copied().fold(Fact::Nothing, Fact::join) {
                array @ Fact::Array(..) if !parts.is_empty() => array,
                _ => Fact::Unknown,
            }
        }
        _ => Fact::Unknown,
    }
}

fn elem_of(fact: Fact) -> Option<Elem> {
    match fact {
        Fact::Array(elem, _) => Some(elem),
        _ => None,
    }
}

/// A method of a generator of random numbers.
pub(crate) fn random(facts: &Facts<'_>, name: &str, args: &[NodeId], named: &Named) -> Fact {
    let size = named.iter().find(|(key, _)| *key == "size").map(|(_, node)| *node);
    let has_only_size =
        named.iter().all(|(key, _)| matches!(key.as_str(), "size" | "loc" | "scale" | "low" | "high"));
    let shaped = |elem: Elem, at: usize| {
        let shape = size.or_else(|| args.get(at).copied());
        match shape {
            Some(shape) if has_only_size => {
                axes(facts, shape).map_or(Fact::Unknown, |rank| Fact::array(elem, rank))
            }
            _ => Fact::Unknown,
        }
    };
    match name {
        "rand" | "randn"
            if named.is_empty() && !args.is_empty() && args.iter().all(|arg| is_int(facts, *arg)) =>
        {
            Fact::reduced(Elem::Float, args.len() as u8)
        }
        "random" | "standard_normal" | "random_sample" if args.len() <= 1 => shaped(Elem::Float, 0),
        "normal" | "uniform" if args.len() <= 3 => shaped(Elem::Float, 2),
        "integers" | "randint" if args.len() <= 3 => shaped(Elem::Int, 2),
        "permutation" => match args {
            [one] if is_int(facts, *one) => Fact::Array(Elem::Int, 1),
            [one] => match facts.of(*one) {
                array @ Fact::Array(..) => array,
                _ => Fact::Unknown,
            },
            _ => Fact::Unknown,
        },
        _ => Fact::Unknown,
    }
}
