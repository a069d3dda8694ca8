//! Copying the tables of one body behind those of another: the base of inlining.

use crate::{
    Arm, BlockId, BlockRow, Body, Callee, Clause, Closure, Handler, LocalId, Node, NodeId, Param, Pat, Piece,
    Place, Proj, Root, Sink, Stmt, StmtKind,
};
use batuta_base::{FxHashMap, Id};

/// Where the copied rows of another body lie.
#[derive(Debug, Default)]
pub struct Shift {
    locals: usize,
    nodes: usize,
    blocks: usize,
    /// Locals of the copied body that stand for locals of the receiving one.
    same: FxHashMap<LocalId, LocalId>,
}

impl<L: Clone> Body<L> {
    /// Appends the rows of another body. `same` names locals of the other that are locals of this
    /// one; every other local is a new one. Answers how ids of the other read here.
    pub fn append(&mut self, other: &Body<L>, same: FxHashMap<LocalId, LocalId>) -> Shift {
        let shift =
            Shift { locals: self.locals.len(), nodes: self.nodes.len(), blocks: self.blocks.len(), same };
        for (_, row) in other.locals.iter() {
            self.locals.push(row.clone());
        }
        for (_, row) in other.nodes.iter() {
            let mut row = row.clone();
            shift.in_node(&mut row.kind);
            self.nodes.push(row);
        }
        for (_, row) in other.blocks.iter() {
            let mut row = row.clone();
            shift.in_block(&mut row);
            self.blocks.push(row);
        }
        shift
    }
}

impl Shift {
    pub fn local(&self, id: LocalId) -> LocalId {
        self.same.get(&id).copied().unwrap_or_else(|| LocalId::new(id.index() + self.locals))
    }

    pub fn node(&self, id: NodeId) -> NodeId {
        NodeId::new(id.index() + self.nodes)
    }

    pub fn block(&self, id: BlockId) -> BlockId {
        BlockId::new(id.index() + self.blocks)
    }

    /// Whether a node is one of the copies.
    pub fn is_copy(&self, id: NodeId) -> bool {
        id.index() >= self.nodes
    }

    fn to_local(&self, id: &mut LocalId) {
        *id = self.local(*id);
    }

    fn to_node(&self, id: &mut NodeId) {
        *id = self.node(*id);
    }

    fn to_block(&self, id: &mut BlockId) {
        *id = self.block(*id);
    }

    fn in_block(&self, row: &mut BlockRow) {
        row.stmts.iter_mut().for_each(|stmt| self.in_stmt(stmt));
        row.tail.iter_mut().for_each(|node| self.to_node(node));
    }

    fn in_stmt(&self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Let { pat, value } => {
                self.in_pat(pat);
                value.iter_mut().for_each(|node| self.to_node(node));
            }
            StmtKind::Set { target, value } => {
                self.in_pat(target);
                self.to_node(value);
            }
            StmtKind::Update { place, value, .. } => {
                self.in_place(place);
                self.to_node(value);
            }
            StmtKind::Expr(node) => self.to_node(node),
            StmtKind::Del(place) => self.in_place(place),
        }
    }

    fn in_place(&self, place: &mut Place) {
        match &mut place.root {
            Root::Local(local) => self.to_local(local),
            Root::Node(node) => self.to_node(node),
            Root::Global(_) => {}
        }
        for proj in &mut place.proj {
            if let Proj::Index(node) | Proj::Nth(node) = proj {
                self.to_node(node);
            }
        }
    }

    fn in_pat(&self, pat: &mut Pat) {
        match pat {
            Pat::Wild | Pat::Const(_) | Pat::None => {}
            Pat::Bind(local, part) => {
                self.to_local(local);
                part.iter_mut().for_each(|part| self.in_pat(part));
            }
            Pat::Place(place) => self.in_place(place),
            Pat::Tuple(parts) | Pat::Or(parts) => parts.iter_mut().for_each(|part| self.in_pat(part)),
            Pat::List { front, rest, back } => {
                front.iter_mut().chain(back).for_each(|part| self.in_pat(part));
                rest.iter_mut().for_each(|part| self.in_pat(part));
            }
            Pat::Value(node) => self.to_node(node),
            Pat::Class { args, named, .. } => {
                args.iter_mut().for_each(|part| self.in_pat(part));
                named.iter_mut().for_each(|(_, part)| self.in_pat(part));
            }
            Pat::Map { pairs, rest } => {
                for (key, part) in pairs {
                    self.to_node(key);
                    self.in_pat(part);
                }
                rest.iter_mut().for_each(|local| self.to_local(local));
            }
            Pat::Some(part) | Pat::Ref(part) => self.in_pat(part),
        }
    }

    fn in_node(&self, node: &mut Node) {
        match node {
            Node::Const(_) | Node::Item(_) | Node::Hole { .. } | Node::Continue { .. } => {}
            Node::Use(place, _) => self.in_place(place),
            Node::Op { args, .. } => args.iter_mut().for_each(|arg| self.to_node(arg)),
            Node::Call { callee, args } => {
                if let Callee::Method(node, _) | Callee::Value(node) = callee {
                    self.to_node(node);
                }
                args.iter_mut().for_each(|arg| self.to_node(&mut arg.value));
            }
            Node::Format(pieces) => self.in_pieces(pieces),
            Node::If { cond, then, els } => {
                self.to_node(cond);
                self.to_block(then);
                els.iter_mut().for_each(|block| self.to_block(block));
            }
            Node::Match { subject, arms } => {
                self.to_node(subject);
                arms.iter_mut().for_each(|arm| self.in_arm(arm));
            }
            Node::While { cond, body, els, .. } => {
                self.to_node(cond);
                self.to_block(body);
                els.iter_mut().for_each(|block| self.to_block(block));
            }
            Node::Loop { body, .. } => self.to_block(body),
            Node::For { pat, iter, body, els, .. } => {
                self.in_pat(pat);
                self.to_node(iter);
                self.to_block(body);
                els.iter_mut().for_each(|block| self.to_block(block));
            }
            Node::Block { block, .. } => self.to_block(block),
            Node::Try { body, handlers, els, finally } => {
                self.to_block(body);
                handlers.iter_mut().for_each(|handler| self.in_handler(handler));
                els.iter_mut().chain(finally).for_each(|block| self.to_block(block));
            }
            Node::With { items, body, .. } => {
                for item in items {
                    self.to_node(&mut item.context);
                    item.target.iter_mut().for_each(|pat| self.in_pat(pat));
                }
                self.to_block(body);
            }
            Node::Break { value, .. } | Node::Return(value) | Node::Yield(value) => {
                value.iter_mut().for_each(|node| self.to_node(node));
            }
            Node::Raise { error, cause } => {
                error.iter_mut().chain(cause).for_each(|node| self.to_node(node));
            }
            Node::YieldFrom(node) | Node::Await(node) => self.to_node(node),
            Node::Closure(closure) => self.in_closure(closure),
            Node::Seq { clauses, sink } => self.in_seq(clauses, sink),
        }
    }

    fn in_pieces(&self, pieces: &mut [Piece]) {
        for piece in pieces {
            if let Piece::Value { value, spec, .. } = piece {
                self.to_node(value);
                self.in_pieces(spec);
            }
        }
    }

    fn in_arm(&self, arm: &mut Arm) {
        self.in_pat(&mut arm.pat);
        arm.guard.iter_mut().for_each(|node| self.to_node(node));
        self.to_block(&mut arm.body);
    }

    fn in_handler(&self, handler: &mut Handler) {
        handler.bind.iter_mut().for_each(|local| self.to_local(local));
        self.to_block(&mut handler.body);
    }

    fn in_closure(&self, closure: &mut Closure) {
        for decorator in &mut closure.decorators {
            decorator.args.iter_mut().for_each(|arg| self.to_node(&mut arg.value));
        }
        closure.params.iter_mut().for_each(|param| self.in_param(param));
        self.to_block(&mut closure.body);
    }

    fn in_param(&self, param: &mut Param) {
        self.to_local(&mut param.local);
        param.default.iter_mut().for_each(|node| self.to_node(node));
    }

    fn in_seq(&self, clauses: &mut [Clause], sink: &mut Sink) {
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    self.in_pat(pat);
                    self.to_node(iter);
                }
                Clause::If(node) => self.to_node(node),
            }
        }
        match sink {
            Sink::List(node) | Sink::Set(node) | Sink::Iter(node) => self.to_node(node),
            Sink::Dict(key, value) => {
                self.to_node(key);
                self.to_node(value);
            }
        }
    }
}
