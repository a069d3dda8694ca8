//! A hole inside an expression takes the whole expression with it: `print(f(<hole>))` is a hole.
//!
//! So a hole stands only where Rust takes a value of type `!`: as a statement, an assigned value, a
//! condition, a result. What stands around it is still translated.

use batuta_core::*;

/// Lifts holes to the roots of their expressions.
pub fn lift_holes(body: &mut Body<Typed>) {
    if body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Hole { .. })) {
        let root = body.root;
        Holes { body }.block(root);
    }
}

struct Holes<'a> {
    body: &'a mut Body<Typed>,
}

impl Holes<'_> {
    fn block(&mut self, block: BlockId) {
        for index in 0..self.body.blocks[block].stmts.len() {
            let mut kind = self.body.blocks[block].stmts[index].kind.clone();
            self.stmt(&mut kind);
            self.body.blocks[block].stmts[index].kind = kind;
        }
        if let Some(tail) = self.body.blocks[block].tail {
            self.root(tail);
        }
    }

    fn stmt(&mut self, kind: &mut StmtKind) {
        let mut inside = Vec::new();
        match kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|value| {
                    self.root(*value);
                });
                pat.for_each_child(&mut |child| inside.push(child));
            }
            StmtKind::Set { target, value } => {
                self.root(*value);
                target.for_each_child(&mut |child| inside.push(child));
            }
            StmtKind::Update { place, value, .. } => {
                inside.push(Child::Node(*value));
                place.for_each_child(&mut |child| inside.push(child));
            }
            StmtKind::Expr(node) => {
                self.root(*node);
            }
            StmtKind::Del(place) => place.for_each_child(&mut |child| inside.push(child)),
        }
        if let Some(hole) = inside.into_iter().find_map(|child| self.tainted(child)) {
            *kind = StmtKind::Expr(hole);
        }
    }

    /// The root of an expression becomes a hole when something in it is one.
    fn root(&mut self, node: NodeId) -> bool {
        let Some(hole) = self.tainted(Child::Node(node)) else { return false };
        if hole != node {
            self.body.nodes[node].kind = self.body.nodes[hole].kind.clone();
            self.body.nodes[node].ty = Ty::never();
        }
        true
    }

    /// The first hole that the value of a child hangs on. Blocks inside are cleaned on the way.
    fn tainted(&mut self, child: Child) -> Option<NodeId> {
        let node = match child {
            Child::Node(node) => node,
            Child::Block(block) => {
                self.block(block);
                return None;
            }
        };
        match self.body.nodes[node].kind.clone() {
            Node::Hole { .. } => Some(node),
            Node::If { cond, then, els } => {
                self.root(cond);
                self.block(then);
                els.iter().for_each(|block| self.block(*block));
                None
            }
            Node::While { cond, body, els, .. } => {
                self.root(cond);
                self.block(body);
                els.iter().for_each(|block| self.block(*block));
                None
            }
            Node::Return(value) | Node::Break { value, .. } | Node::Yield(value) => {
                value.iter().for_each(|value| {
                    self.root(*value);
                });
                None
            }
            Node::Raise { error, cause } => {
                error.iter().chain(&cause).for_each(|value| {
                    self.root(*value);
                });
                None
            }
            other => {
                let mut kids = Vec::new();
                other.for_each_child(&mut |child| kids.push(child));
                let mut found = None;
                for kid in kids {
                    let hole = self.tainted(kid);
                    found = found.or(hole);
                }
                found
            }
        }
    }
}
