//! What an expression is, from what is known of variables and results.

use crate::fact::{Elem, Fact, Side, literal};
use crate::flow::{Known, Slot};
use crate::functions;
use crate::keys::key;
use crate::scalars;
use batuta_base::Name;
use batuta_core::*;

/// One body, seen with what is known.
pub(crate) struct Facts<'a> {
    pub body: &'a Body<Typed>,
    pub known: &'a Known,
}

impl Facts<'_> {
    /// What a node is: of a dynamic value what is known, of a number its type.
    pub(crate) fn of(&self, node: NodeId) -> Fact {
        let row = &self.body.nodes[node];
        if *row.ty.kind() != TyKind::Value {
            return Elem::of(row.ty).map_or(Fact::Unknown, |elem| Fact::Number(elem, Side::Python));
        }
        match &row.kind {
            Node::Use(place, _) if place.proj.is_empty() => self.place(place),
            Node::Op { op: Op::ValueOp(op), attr, args } => {
                self.waiting(node, self.operation(*op, attr, args))
            }
            Node::Call { callee: Callee::Fn(path), .. } => self.known.get(Slot::Result(*path)),
            Node::Call { callee: Callee::Lib(name), args } => self.waiting(node, self.call(*name, args)),
            _ => Fact::Unknown,
        }
    }

    /// What is not known as long as an operand has not been seen yet may become known.
    fn waiting(&self, node: NodeId, fact: Fact) -> Fact {
        if fact != Fact::Unknown {
            return fact;
        }
        let mut waits = false;
        self.body.walk(Child::Node(node), &mut |part| {
            let seen = match &self.body.nodes[part].kind {
                Node::Use(place, _)
                    if place.proj.is_empty() && *self.body.ty(part).kind() == TyKind::Value =>
                {
                    self.place(place)
                }
                Node::Call { callee: Callee::Fn(path), .. }
                    if *self.body.ty(part).kind() == TyKind::Value =>
                {
                    self.known.get(Slot::Result(*path))
                }
                _ => Fact::Unknown,
            };
            waits |= seen == Fact::Nothing;
        });
        if waits { Fact::Nothing } else { fact }
    }

    fn place(&self, place: &Place) -> Fact {
        match place.root {
            Root::Local(local) => self.known.get(Slot::Local(self.body.path, local)),
            Root::Global(path) => self.known.get(Slot::Global(path)),
            Root::Node(node) => self.of(node),
        }
    }

    fn operation(&self, op: ValueOp, attr: &Attr, args: &[NodeId]) -> Fact {
        let name = match attr {
            Attr::Name(name) => name.as_str(),
            _ => "",
        };
        match op {
            ValueOp::From => match Elem::of(self.body.ty(args[0])) {
                Some(elem) => Fact::Number(elem, Side::Python),
                None => Fact::Unknown,
            },
            ValueOp::Index => self.index(args[0], args[1]),
            ValueOp::Attr => self.attribute(self.of(args[0]), name),
            ValueOp::Binary => functions::binary(name, self.of(args[0]), self.of(args[1])),
            ValueOp::Unary => functions::unary(name, self.of(args[0])),
            ValueOp::Method if name == "__slice__" => match self.of(args[0]) {
                array @ (Fact::Array(..) | Fact::Nothing) => array,
                _ => Fact::Unknown,
            },
            ValueOp::Method => self.method(name, args[0], &args[1..], &[]),
            _ => Fact::Unknown,
        }
    }

    fn index(&self, of: NodeId, at: NodeId) -> Fact {
        match self.of(of) {
            Fact::Nothing => Fact::Nothing,
            Fact::Array(elem, rank) => {
                let facts = |node| self.of(node);
                if facts(at) == Fact::Nothing {
                    return Fact::Nothing;
                }
                key(self.body, at, &facts).map_or(Fact::Unknown, |key| key.picks(elem, rank))
            }
            Fact::Shape(count) if self.position(at, count).is_some() => Fact::Number(Elem::Int, Side::Python),
            _ => Fact::Unknown,
        }
    }

    /// The literal index of a key into a tuple of so many.
    pub(crate) fn position(&self, key: NodeId, count: u8) -> Option<usize> {
        let Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } = &self.body.nodes[key].kind else {
            return None;
        };
        let at = self.body.as_const(args[0]).and_then(literal)?;
        let at = if at < 0 { at + i64::from(count) } else { at };
        usize::try_from(at).ok().filter(|at| *at < count as usize)
    }

    fn attribute(&self, of: Fact, name: &str) -> Fact {
        match (of, name) {
            (Fact::Nothing, _) => Fact::Nothing,
            (Fact::Array(_, rank), "shape") => Fact::Shape(rank),
            (Fact::Array(..), "size" | "ndim" | "nbytes" | "itemsize") => {
                Fact::Number(Elem::Int, Side::Python)
            }
            (Fact::Array(elem, rank), "T" | "real") => Fact::array(elem, rank),
            _ => Fact::Unknown,
        }
    }

    fn method(&self, name: &str, of: NodeId, args: &[NodeId], named: &[(Name, NodeId)]) -> Fact {
        match self.of(of) {
            Fact::Nothing => Fact::Nothing,
            Fact::Array(elem, rank) => functions::method(self, name, (elem, rank), args, named),
            Fact::Generator => functions::random(self, name, args, named),
            _ => Fact::Unknown,
        }
    }

    fn call(&self, name: Name, args: &[Arg]) -> Fact {
        let values: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
        match name.as_str() {
            "numpy.$call" | "numpy.$call_with" => {
                let (Some(name), Some(items)) = (self.text(values[0]), self.items(values[1])) else {
                    return Fact::Unknown;
                };
                let named = match values.get(2) {
                    Some(named) => self.entries(*named),
                    None => Some(Vec::new()),
                };
                named.map_or(Fact::Unknown, |named| functions::call(self, &name, &items, &named))
            }
            "value.call_method" => {
                let (Some(name), Some(items)) = (self.text(values[1]), self.items(values[2])) else {
                    return Fact::Unknown;
                };
                let named = match values.get(3) {
                    Some(named) => self.entries(*named),
                    None => Some(Vec::new()),
                };
                named.map_or(Fact::Unknown, |named| self.method(&name, values[0], &items, &named))
            }
            name => match scalars::in_place(name) {
                Some(op) => match (self.of(values[0]), self.of(values[1])) {
                    (Fact::Nothing, _) | (_, Fact::Nothing) => Fact::Nothing,
                    (array @ Fact::Array(..), _) => array,
                    (a, b) => functions::binary(op, a, b),
                },
                None => self.builtin(name, &values),
            },
        }
    }

    fn builtin(&self, name: &str, values: &[NodeId]) -> Fact {
        let facts = values.iter().map(|value| self.of(*value));
        match name.split('#').next().unwrap_or_default() {
            "builtins.max" | "builtins.min" if values.len() >= 2 => {
                let joined = facts.fold(Fact::Nothing, Fact::join);
                if matches!(joined, Fact::Number(..) | Fact::Nothing) { joined } else { Fact::Unknown }
            }
            "builtins.abs" if values.len() == 1 => functions::unary("abs", self.of(values[0])),
            _ => Fact::Unknown,
        }
    }

    /// The text that a node is.
    pub(crate) fn text(&self, node: NodeId) -> Option<String> {
        let inner = match &self.body.nodes[node].kind {
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => args[0],
            _ => node,
        };
        match self.body.as_const(inner) {
            Some(Const::Str(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    /// The items of a list that is written out.
    pub(crate) fn items(&self, node: NodeId) -> Option<Vec<NodeId>> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ListOp(ListOp::New), attr: Attr::None, args } => {
                let is_splat =
                    |arg: &NodeId| matches!(&self.body.nodes[*arg].kind, Node::Op { op: Op::ObjOp(_), .. });
                (!args.iter().any(is_splat)).then(|| args.clone())
            }
            _ => None,
        }
    }

    /// The entries of a dict that is written out.
    fn entries(&self, node: NodeId) -> Option<Vec<(Name, NodeId)>> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::DictOp(DictOp::New), attr: Attr::None, args } if args.len() % 2 == 0 => {
                args.chunks(2).map(|pair| Some((Name::new(&self.text(pair[0])?), pair[1]))).collect()
            }
            _ => None,
        }
    }

    /// The node behind a conversion to a dynamic value.
    pub(crate) fn inner(&self, node: NodeId) -> NodeId {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => args[0],
            _ => node,
        }
    }
}
