//! Which loop variables Rust can type from their uses: others need it said, or an untyped literal range counts in `i32`.

use batuta_base::Name;
use batuta_core::*;

/// Whether untyped literals that the local holds need a type: a method is called on them, or they are ints and
/// no use of the local (a call, an item of a container, arithmetic with something typed) says which.
///
/// Conservative: `true` where that is not seen.
pub fn needs_type(body: &Body<Mir>, local: LocalId) -> bool {
    let search = Search { body, local };
    let ty = body.locals[local].ty.strip_ref();
    if asks_for_type(body, local) {
        return true;
    }
    if !ty.is_int() || search.is_only_shown() {
        return false;
    }
    let mut found = false;
    body.walk_block(body.root, &mut |node| found |= search.anchors(&body.nodes[node].kind));
    body.walk_stmts(body.root, &mut |stmt| {
        found |= match &stmt.kind {
            StmtKind::Update { place, value, .. } => search.is_open(*value) && search.is_typed(place),
            StmtKind::Set { target: Pat::Place(place), value } => {
                search.is_open(*value) && search.is_typed(place)
            }
            _ => false,
        };
    });
    found |= body.blocks[body.root].tail.is_some_and(|tail| search.is_open(tail));
    !found
}

/// Whether a method is called on the local, on a part of it, or on something that is made of it.
pub fn asks_for_type(body: &Body<Mir>, local: LocalId) -> bool {
    let search = Search { body, local };
    let mut asks = false;
    body.walk_block(body.root, &mut |node| asks |= search.asks(&body.nodes[node].kind));
    asks
}

struct Search<'a> {
    body: &'a Body<Mir>,
    local: LocalId,
}

impl Search<'_> {
    fn anchors(&self, node: &Node) -> bool {
        match node {
            Node::Call { callee: Callee::Lib(name), .. } if is_method(*name) => false,
            Node::Call { args, .. } => args.iter().any(|arg| self.is_open(arg.value)),
            Node::Return(Some(value)) => self.is_open(*value),
            Node::Op { op: Op::IntOp(op), args, .. } if is_arithmetic(*op) => self.meets_typed(args),
            Node::Op { op: Op::CmpOp(_), args, .. } => self.meets_typed(args),
            Node::Use(place, _) => {
                place.proj.iter().any(|proj| matches!(proj, Proj::Index(index) if self.is_open(*index)))
            }
            _ => false,
        }
    }

    /// What prints as a method of the local needs its type there and then.
    fn asks(&self, node: &Node) -> bool {
        let receiver = match node {
            Node::Op {
                op: Op::IntOp(IntOp::FloorDiv | IntOp::FloorMod | IntOp::Pow | IntOp::Abs),
                args,
                ..
            }
            | Node::Op { op: Op::FloatOp(FloatOp::Pow | FloatOp::Abs), args, .. } => Some(args[0]),
            Node::Call { callee: Callee::Lib(name), args } if is_method(*name) => {
                args.first().map(|arg| arg.value)
            }
            _ => None,
        };
        let is_part = |node: NodeId| {
            matches!(&self.body.nodes[node].kind, Node::Use(place, _)
                if place.root == Root::Local(self.local) && !place.proj.is_empty())
        };
        receiver.is_some_and(|receiver| self.is_open(receiver) || is_part(receiver))
    }

    /// The local is read as a part of texts alone.
    fn is_only_shown(&self) -> bool {
        let (mut uses, mut shown) = (0, 0);
        self.body.walk_block(self.body.root, &mut |node| match &self.body.nodes[node].kind {
            Node::Use(place, _) if place.root == Root::Local(self.local) => uses += 1,
            Node::Format(pieces) => {
                let values = pieces.iter().filter_map(|piece| match piece {
                    Piece::Value { value, .. } => Some(*value),
                    Piece::Text(_) => None,
                });
                shown += values
                    .filter(|value| {
                        matches!(&self.body.nodes[*value].kind, Node::Use(place, _)
                            if place.as_local() == Some(self.local))
                    })
                    .count();
            }
            _ => {}
        });
        uses == shown
    }

    /// One operand is made of the local, the other has a type of its own.
    fn meets_typed(&self, args: &[NodeId]) -> bool {
        let typed = |node: &NodeId| matches!(&self.body.nodes[*node].kind, Node::Use(place, _) if self.is_typed(place));
        args.iter().any(|arg| self.is_open(*arg)) && args.iter().any(typed)
    }

    /// Parameters, fields, items, and locals whose `let` says an int type.
    fn is_typed(&self, place: &Place) -> bool {
        let Some(local) = place.as_local() else { return !place.proj.is_empty() };
        if self.body.params.iter().any(|param| param.local == local) {
            return true;
        }
        let mut typed = false;
        self.body.walk_stmts(self.body.root, &mut |stmt| {
            if let StmtKind::Let { pat: Pat::Bind(bound, None), value } = &stmt.kind {
                let is_literal =
                    value.is_none_or(|value| matches!(self.body.nodes[value].kind, Node::Const(_)));
                typed |= *bound == local && is_literal;
            }
        });
        typed
    }

    /// Made of the local and literals alone.
    fn is_open(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Use(place, _) => place.as_local() == Some(self.local),
            Node::Op { op: Op::IntOp(op), args, .. } if is_arithmetic(*op) => {
                let is_literal = |arg: &NodeId| matches!(self.body.nodes[*arg].kind, Node::Const(_));
                args.iter().any(|arg| self.is_open(*arg))
                    && args.iter().all(|arg| self.is_open(*arg) || is_literal(arg))
            }
            _ => false,
        }
    }
}

/// A library function that is spelled as a method of its first argument.
fn is_method(name: Name) -> bool {
    let name = name.as_str().split('#').next().unwrap_or_default();
    batuta_catalog::functions(name).iter().any(|row| row.rust.starts_with("{0}."))
}

/// Operators whose operands and result have one type in Rust.
fn is_arithmetic(op: IntOp) -> bool {
    !matches!(
        op,
        IntOp::Cast | IntOp::ToFloat | IntOp::Truth | IntOp::TrueDiv | IntOp::Shl | IntOp::Shr | IntOp::Pow
    )
}

#[cfg(test)]
mod tests {
    use super::needs_type;
    use batuta_core::text::parse_body;
    use batuta_core::{Body, Mir};

    fn anchored(inside: &str) -> bool {
        let text = format!(
            "fn @f(%n: i64) -> none {{\n  let mut %t: i64 = 0\n  for %i: i64 in iter.into(range.new(0, 9, 1)): iter<i64> {{\n    {inside}\n  }}\n}}\n"
        );
        let body: Body<Mir> = parse_body(&text).unwrap_or_else(|error| panic!("{error}"));
        let local = body.locals.iter().find(|(_, row)| row.name == "i").expect("the loop has a variable").0;
        !needs_type(&body, local)
    }

    #[test]
    fn typed_uses_anchor() {
        assert!(anchored("call @g(int.mul(copy %i, 2))"));
        assert!(anchored("update %t int.add int.mul(copy %i, copy %i)"));
        assert!(anchored("io.println(format\"{int.add(copy %i, copy %n)!f}\")"));
        assert!(!anchored("io.println(format\"{int.mul(copy %i, copy %i)!f}\")"));
        assert!(!anchored("let %k: i64 = int.mul(copy %i, 1000)"));
    }
}
