//! Dynamic operations and calls of the library whose operands are known.

use crate::fact::{Elem, Fact, Side};
use crate::rewrite::Rewrite;
use crate::row;
use batuta_base::Name;
use batuta_core::*;

impl Rewrite<'_> {
    pub(crate) fn dynamic_op(&mut self, node: NodeId, op: ValueOp, attr: &Attr, args: &[NodeId]) {
        let name = match attr {
            Attr::Name(name) => name.as_str(),
            _ => "",
        };
        let natural = self.is_natural(args[0]);
        match (op, self.fact(args[0])) {
            (ValueOp::From, _) => self.tuple(args[0], false),
            (ValueOp::To, Fact::Number(elem, _)) if natural => self.unpacked(node, args[0], elem),
            (ValueOp::Unary, Fact::Number(elem, _)) if natural && matches!(name, "truth" | "not") => {
                self.truth(node, args[0], elem, name == "not");
            }
            (ValueOp::Is, Fact::Number(..) | Fact::Array(..))
                if natural
                    && matches!(attr, Attr::Ty(ty) if *ty.kind() == TyKind::Unit)
                    && matches!(&self.src.nodes[args[0]].kind, Node::Use(..)) =>
            {
                let row = &mut self.out.nodes[node];
                row.kind = Node::Const(Const::Bool(false));
            }
            (ValueOp::Binary, _) => {
                // Beside an array all numbers of a kind are the same.
                let is_array = |me: &Self, of: NodeId| matches!(me.fact(of), Fact::Array(..));
                let is_known = self.fact(node) != Fact::Unknown;
                for (arg, other) in [(args[0], args[1]), (args[1], args[0])] {
                    if is_known && is_array(self, other) { self.given(arg) } else { self.dynamic(arg) }
                }
            }
            (ValueOp::Index, Fact::Array(..)) => {
                self.dynamic(args[0]);
                self.key_parts(args[1]);
            }
            (ValueOp::Method, Fact::Array(..)) if name == "__setitem__" => {
                self.dynamic(args[0]);
                self.key_parts(args[1]);
                self.given(args[2]);
            }
            (ValueOp::Method, Fact::Array(..) | Fact::Generator) if self.fact(node) != Fact::Unknown => {
                self.dynamic(args[0]);
                args[1..].iter().for_each(|arg| self.given(*arg));
            }
            _ => args.iter().for_each(|arg| self.dynamic(*arg)),
        }
    }

    /// A key of an array: whose number an index is makes no difference.
    fn key_parts(&mut self, at: NodeId) {
        match &self.src.nodes[at].kind {
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => self.tuple(args[0], true),
            _ if matches!(self.fact(at), Fact::Number(Elem::Int, _)) => self.given(at),
            _ => self.dynamic(at),
        }
    }

    /// What becomes a dynamic value: the numbers of a tuple that is written out need not be such before.
    fn tuple(&mut self, node: NodeId, is_key: bool) {
        let Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } = &self.src.nodes[node].kind else {
            return self.dynamic(node);
        };
        for arg in args {
            let is_number = match self.fact(*arg) {
                Fact::Number(_, Side::Python) => true,
                Fact::Number(Elem::Int, _) => is_key,
                _ => false,
            };
            if is_number && self.is_value(*arg) && self.is_natural(*arg) {
                self.typed(*arg);
            } else {
                self.dynamic(*arg);
            }
        }
        let types: Vec<Ty> = args.iter().map(|arg| self.out.ty(*arg)).collect();
        self.out.nodes[node].ty = Ty::tuple(types);
    }

    /// `value.to(x): float` of what is a number already.
    fn unpacked(&mut self, node: NodeId, of: NodeId, elem: Elem) {
        let want = self.src.ty(node);
        let fits = match Elem::of(want) {
            Some(Elem::Float) => elem != Elem::Bool,
            Some(to) => to == elem,
            None => false,
        };
        if !fits {
            return self.dynamic(of);
        }
        self.number(of);
        let to = Elem::of(want).unwrap_or(elem);
        let made = self.converted(of, elem, to);
        self.out.nodes[node] = self.out.nodes[made].clone();
        let row = &mut self.out.nodes[made];
        (row.kind, row.ty) = (Node::Const(Const::None), Ty::unit());
    }

    fn truth(&mut self, node: NodeId, of: NodeId, elem: Elem, is_not: bool) {
        self.number(of);
        let origin = self.src.nodes[node].origin;
        let truth = match elem {
            Elem::Bool => of,
            Elem::Int => {
                let zero = self.out.node(Node::Const(Const::Int("0".into())), Ty::int(), origin);
                self.out.op(CmpOp::Ne, vec![of, zero], Ty::bool(), origin)
            }
            Elem::Float => {
                let zero = self.out.node(Node::Const(Const::Float(0.0)), Ty::float(), origin);
                self.out.op(CmpOp::Ne, vec![of, zero], Ty::bool(), origin)
            }
        };
        if is_not {
            let kind = Node::Op { op: BoolOp::Not.into(), attr: Attr::None, args: vec![truth] };
            self.out.nodes[node].kind = kind;
        } else {
            self.out.nodes[node] = self.out.nodes[truth].clone();
            let row = &mut self.out.nodes[truth];
            (row.kind, row.ty) = (Node::Const(Const::None), Ty::unit());
        }
        self.out.nodes[node].ty = Ty::bool();
    }

    pub(crate) fn call_lib(&mut self, node: NodeId, name: Name, args: &[Arg]) {
        let values: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
        let short = name.as_str().split('#').next().unwrap_or_default();
        let first = values.first().map_or(Fact::Unknown, |value| self.fact(*value));
        let natural = values.first().is_some_and(|value| self.is_value(*value) && self.is_natural(*value));
        match (short, first) {
            ("builtins.len", Fact::Array(elem, rank)) if natural => {
                self.typed(values[0]);
                self.call(node, row(elem, rank, "len"), values, Ty::int());
            }
            ("builtins.float", Fact::Number(elem @ (Elem::Int | Elem::Float), _))
                if natural && values.len() == 1 =>
            {
                self.unpacked(node, values[0], elem);
            }
            ("builtins.int", Fact::Number(Elem::Int, _)) if natural && values.len() == 1 => {
                self.unpacked(node, values[0], Elem::Int);
            }
            ("builtins.int", Fact::Number(Elem::Float, _)) if natural && values.len() == 1 => {
                self.number(values[0]);
                let kind = Node::Op { op: FloatOp::ToInt.into(), attr: Attr::None, args: values };
                self.out.nodes[node].kind = kind;
            }
            ("numpy.$call" | "numpy.$call_with", _) if self.fact(node) != Fact::Unknown => {
                for item in self.list_items(values[1]) {
                    self.given(item);
                }
                values[2..].iter().for_each(|value| self.dynamic(*value));
            }
            ("value.call_method", Fact::Array(..)) if self.fact(node) != Fact::Unknown => {
                self.dynamic(values[0]);
                for item in self.list_items(values[2]) {
                    self.given(item);
                }
                values[3..].iter().for_each(|value| self.dynamic(*value));
            }
            _ => values.into_iter().for_each(|value| self.dynamic(value)),
        }
    }

    fn list_items(&self, node: NodeId) -> Vec<NodeId> {
        match &self.src.nodes[node].kind {
            Node::Op { op: Op::ListOp(ListOp::New), args, .. } => args.clone(),
            _ => Vec::new(),
        }
    }
}
