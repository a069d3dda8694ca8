//! Comparisons. A chain is the conjunction of its links; a middle operand is evaluated once.

use super::Lowerer;
use batuta_base::Code;
use batuta_core::*;
use batuta_syntax::Syntax;

/// `<>` of Python 2.
pub const OLD_NOT_EQUAL: Code = Code::error("B0105", "`<>` is Python 2: write `!=`");

impl<'t> Lowerer<'t> {
    pub fn comparison(&mut self, node: Syntax<'t>) -> NodeId {
        let (operators, operands): (Vec<_>, Vec<_>) =
            node.children().into_iter().partition(|child| !child.is_named());
        let Some((first, rest)) = operands.split_first() else {
            return self.unsupported(node, "a comparison without operands");
        };
        if operators.len() != rest.len() {
            return self.unsupported(node, "a comparison without its operands");
        }
        let left = self.expr(*first);
        let mut links = Vec::new();
        let mut left = (left, *first);
        for (index, (operator, right)) in operators.iter().zip(rest).enumerate() {
            let is_last = index + 1 == rest.len();
            let value = self.expr(*right);
            let (value, again) = if is_last { (value, value) } else { self.twice(value, *right) };
            links.push(self.link(*operator, left.0, value, left.1, *right));
            left = (again, *right);
        }
        // Links are evaluated from the left; each only when all before it hold.
        let mut links = links.into_iter().rev();
        let last = links.next().expect("a comparison has an operator");
        links.fold(last, |after, link| self.op(ObjOp::And, vec![link, after], node))
    }

    fn link(&mut self, op: Syntax<'t>, a: NodeId, b: NodeId, left: Syntax<'t>, right: Syntax<'t>) -> NodeId {
        let kind = match op.kind() {
            "==" => ObjOp::Eq,
            "!=" => ObjOp::Ne,
            "<" => ObjOp::Lt,
            "<=" => ObjOp::Le,
            ">" => ObjOp::Gt,
            ">=" => ObjOp::Ge,
            "in" => ObjOp::In,
            "not in" => ObjOp::NotIn,
            "is" => ObjOp::Is,
            "is not" => ObjOp::IsNot,
            _ => {
                self.report(OLD_NOT_EQUAL, op, OLD_NOT_EQUAL.title);
                ObjOp::Ne
            }
        };
        let origin = self.origin(left).to(self.origin(right));
        let (a, b) = match kind {
            ObjOp::In | ObjOp::NotIn | ObjOp::Is | ObjOp::IsNot => (a, b),
            _ => (self.keys_as_set(a, left), self.keys_as_set(b, right)),
        };
        let node = Node::Op { op: kind.into(), attr: Attr::None, args: vec![a, b] };
        self.cx.body.node(node, self.unknown, origin)
    }

    /// A value for a first and a second use: constants and plain names are read twice, anything
    /// else gets a name.
    pub fn twice(&mut self, value: NodeId, at: Syntax<'t>) -> (NodeId, NodeId) {
        match self.cx.body.nodes[value].kind.clone() {
            kind @ Node::Const(_) => (value, self.node(kind, at)),
            Node::Use(place, mode) if place.as_local().is_some() => {
                (value, self.node(Node::Use(place, mode), at))
            }
            _ => {
                let temp = self.temp("middle", at);
                let first = self.block_expr(at, |this| {
                    this.push_set(Place::local(temp), value, at);
                    this.use_local(temp, at)
                });
                (first, self.use_local(temp, at))
            }
        }
    }
}
