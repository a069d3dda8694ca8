//! Values of constant expressions: `2 ** 31 - 1` is an `i64` whatever its operators could give.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;

/// What a constant expression of ints gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Folded {
    Known(i128),
    /// Beyond 128 bits.
    Huge,
}

impl Folded {
    pub(crate) fn fits_i64(self) -> bool {
        matches!(self, Folded::Known(value) if i64::try_from(value).is_ok())
    }
}

/// Globals and locals that are assigned once, and a constant.
#[derive(Debug, Default)]
pub(crate) struct Constants {
    globals: FxHashMap<Name, Folded>,
    locals: FxHashMap<LocalId, Folded>,
}

impl Constants {
    /// The global constants of a program.
    pub(crate) fn of(program: &Program<Typed>) -> Self {
        let mut out = Self::default();
        for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
            for stmt in &body.blocks[body.root].stmts {
                if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                    && let (Root::Global(path), true) = (place.root, place.proj.is_empty())
                    && program.globals.get(&path).is_some_and(|global| !global.is_rebound)
                    && let Some(folded) = out.fold(body, *value)
                {
                    out.globals.insert(path, folded);
                }
            }
        }
        out
    }

    /// Looks at the locals of one body; those of other bodies are forgotten.
    pub(crate) fn enter(&mut self, body: &Body<Typed>) {
        self.locals.clear();
        let mut found = Vec::new();
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                && let Some(local) = place.as_local()
                && body.locals[local].ty.is_int()
            {
                found.push((local, *value));
            }
        });
        for (local, value) in found {
            if let Some(folded) = self.fold(body, value)
                && assignments(body, local) == 1
            {
                self.locals.insert(local, folded);
            }
        }
    }

    /// The value of a node, where it is a constant expression.
    pub(crate) fn fold(&self, body: &Body<Typed>, node: NodeId) -> Option<Folded> {
        match &body.nodes[node].kind {
            Node::Item(name) if *name == "sys.maxsize" => Some(Folded::Known(i64::MAX.into())),
            Node::Const(Const::Int(digits)) => Some(digits.parse().map_or(Folded::Huge, Folded::Known)),
            Node::Use(place, _) if place.proj.is_empty() => match place.root {
                Root::Global(path) => self.globals.get(&path).copied(),
                Root::Local(local) => self.locals.get(&local).copied(),
                Root::Node(_) => None,
            },
            Node::Op { op: Op::IntOp(op), args, .. } => self.fold_op(body, *op, args),
            _ => None,
        }
    }

    /// The value of an operation on such nodes.
    pub(crate) fn fold_op(&self, body: &Body<Typed>, op: IntOp, args: &[NodeId]) -> Option<Folded> {
        let mut values = Vec::new();
        for arg in args {
            match self.fold(body, *arg)? {
                Folded::Known(value) => values.push(value),
                Folded::Huge => return Some(Folded::Huge),
            }
        }
        apply(op, &values)
    }
}

fn apply(op: IntOp, values: &[i128]) -> Option<Folded> {
    let count = |n: i128| u32::try_from(n).ok();
    let value = match (op, values) {
        (IntOp::Neg, [a]) => a.checked_neg(),
        (IntOp::Invert, [a]) => Some(!a),
        (IntOp::Abs, [a]) => a.checked_abs(),
        (IntOp::Add, [a, b]) => a.checked_add(*b),
        (IntOp::Sub, [a, b]) => a.checked_sub(*b),
        (IntOp::Mul, [a, b]) => a.checked_mul(*b),
        (IntOp::And, [a, b]) => Some(a & b),
        (IntOp::Or, [a, b]) => Some(a | b),
        (IntOp::Xor, [a, b]) => Some(a ^ b),
        (IntOp::FloorDiv, [a, b]) if *b > 0 => Some(a.div_euclid(*b)),
        (IntOp::FloorMod, [a, b]) if *b > 0 => Some(a.rem_euclid(*b)),
        (IntOp::Pow, [a, b]) if *b >= 0 => count(*b).and_then(|count| a.checked_pow(count)),
        (IntOp::Shl, [a, b]) if *b >= 0 => {
            count(*b).filter(|count| *count < 127).and_then(|count| a.checked_mul(1 << count))
        }
        (IntOp::Shr, [a, b]) if *b >= 0 => Some(a >> (*b).min(127)),
        _ => return None,
    };
    Some(value.map_or(Folded::Huge, Folded::Known))
}
