//! Integers that are as long as the bytes or digits that they are made of.
//!
//! `int.from_bytes(digest)`, `int(digest.hexdigest(), 16)` and `n.to_bytes(len(text), "big")` need `rt::Int`;
//! `int.from_bytes(data[2:6])` does not.

use crate::build::Walk;
use crate::graph::ShapeId;
use batuta_base::Name;
use batuta_core::*;

/// Bytes that an `i64` holds, with or without sign.
const NARROW: i64 = 7;

impl Walk<'_> {
    /// Widens what a library call makes of bytes or digits of unknown number.
    pub(crate) fn wide_bytes(&mut self, name: Name, args: &[Arg], shapes: &[ShapeId], result: ShapeId) {
        let is_wide = match name.as_str() {
            "int.from_bytes" | "builtins.int.from_bytes" => {
                self.byte_count(args[0].value).is_none_or(is_long)
            }
            "builtins.int" => args.len() == 2 && self.is_digest(args[0].value),
            "int.to_bytes" => {
                let is_open = args.get(1).is_some_and(|length| self.known(length.value).is_none_or(is_long));
                if is_open {
                    self.built.long.push(shapes[0]);
                }
                false
            }
            _ => false,
        };
        if is_wide {
            self.built.graph.set_big(result);
        }
    }

    fn known(&self, node: NodeId) -> Option<i64> {
        match self.body.as_const(node) {
            Some(Const::Int(digits)) => digits.parse().ok(),
            _ => None,
        }
    }

    /// How many bytes a node gives, where it says so.
    fn byte_count(&self, node: NodeId) -> Option<i64> {
        match &self.body.nodes[node].kind {
            Node::Const(Const::Bytes(bytes)) => Some(bytes.len() as i64),
            Node::Op { op: Op::BytesOp(BytesOp::Slice), args, .. } => {
                self.width(*args.get(1)?, *args.get(2)?)
            }
            Node::Call { callee: Callee::Lib(name), args } => match name.as_str() {
                "bytearray.__slice__" => self.width(args.get(1)?.value, args.get(2)?.value),
                name if name.ends_with(".read") => self.known(args.get(1)?.value),
                "int.to_bytes" => self.known(args.get(1)?.value),
                _ => None,
            },
            Node::Op { op: Op::ListOp(ListOp::New), args, .. } => Some(args.len() as i64),
            _ => None,
        }
    }

    /// `stop - start` of a slice: constants, or one place and a sum with it.
    fn width(&self, start: NodeId, stop: NodeId) -> Option<i64> {
        let (start, stop) = (self.inside(start), self.inside(stop));
        let is_open = |node: NodeId| matches!(self.body.nodes[node].kind, Node::Const(Const::None));
        let at = |node: NodeId| if is_open(node) { Some(0) } else { self.known(node) };
        if let (Some(start), Some(stop)) = (at(start), self.known(stop)) {
            // Counted from one end both.
            return ((start < 0) == (stop < 0)).then_some(stop - start);
        }
        let (base, from) = self.sum(start);
        let (other, to) = self.sum(stop);
        (self.is_same(base, other)).then_some(to - from)
    }

    /// What an optional bound holds.
    fn inside(&self, node: NodeId) -> NodeId {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::OptOp(OptOp::Some), args, .. } => args[0],
            _ => node,
        }
    }

    /// A node as a place and a constant that is added to it.
    fn sum(&self, node: NodeId) -> (NodeId, i64) {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::IntOp(IntOp::Add), args, .. } if args.len() == 2 => {
                match (self.known(args[0]), self.known(args[1])) {
                    (_, Some(count)) => (args[0], count),
                    (Some(count), _) => (args[1], count),
                    _ => (node, 0),
                }
            }
            _ => (node, 0),
        }
    }

    fn is_same(&self, a: NodeId, b: NodeId) -> bool {
        match (&self.body.nodes[a].kind, &self.body.nodes[b].kind) {
            (Node::Use(a, _), Node::Use(b, _)) => a == b && a.proj.is_empty(),
            _ => false,
        }
    }

    fn is_digest(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "Hash.hexdigest")
    }
}

fn is_long(count: i64) -> bool {
    count > NARROW
}
