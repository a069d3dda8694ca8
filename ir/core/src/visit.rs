//! What a node, place or pattern holds directly: the one list of children that every walk uses.

use crate::{BlockId, Callee, Closure, LocalId};
use crate::{Body, Clause, Handler, Node, NodeId, Pat, Piece, Place, Proj, Root, Sink, Stmt, StmtKind};

/// A direct child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Child {
    Node(NodeId),
    Block(BlockId),
}

impl Node {
    /// Direct children in evaluation order (patterns' nodes included, loop bodies after their heads).
    pub fn children(&self) -> Vec<Child> {
        let mut out = Vec::new();
        self.for_each_child(&mut |child| out.push(child));
        out
    }

    /// Calls `f` for each direct child in evaluation order.
    pub fn for_each_child(&self, f: &mut dyn FnMut(Child)) {
        match self {
            Node::Const(_) | Node::Item(_) | Node::Hole { .. } | Node::Continue { .. } => {}
            Node::Use(place, _) => place.for_each_child(f),
            Node::Op { args, .. } => args.iter().for_each(|arg| f(Child::Node(*arg))),
            Node::Call { callee, args } => {
                if let Callee::Method(node, _) | Callee::Value(node) = callee {
                    f(Child::Node(*node));
                }
                args.iter().for_each(|arg| f(Child::Node(arg.value)));
            }
            Node::Format(pieces) => pieces_children(pieces, f),
            Node::If { cond, then, els } => {
                f(Child::Node(*cond));
                f(Child::Block(*then));
                els.iter().for_each(|block| f(Child::Block(*block)));
            }
            Node::Match { subject, arms } => {
                f(Child::Node(*subject));
                for arm in arms {
                    arm.pat.for_each_child(f);
                    arm.guard.iter().for_each(|node| f(Child::Node(*node)));
                    f(Child::Block(arm.body));
                }
            }
            Node::While { cond, body, els, .. } => {
                f(Child::Node(*cond));
                f(Child::Block(*body));
                els.iter().for_each(|block| f(Child::Block(*block)));
            }
            Node::Loop { body, .. } => f(Child::Block(*body)),
            Node::For { pat, iter, body, els, .. } => {
                f(Child::Node(*iter));
                pat.for_each_child(f);
                f(Child::Block(*body));
                els.iter().for_each(|block| f(Child::Block(*block)));
            }
            Node::Block { block, .. } => f(Child::Block(*block)),
            Node::Try { body, handlers, els, finally } => {
                f(Child::Block(*body));
                handlers.iter().for_each(|Handler { body, .. }| f(Child::Block(*body)));
                els.iter().chain(finally).for_each(|block| f(Child::Block(*block)));
            }
            Node::With { items, body, .. } => {
                for item in items {
                    f(Child::Node(item.context));
                    item.target.iter().for_each(|pat| pat.for_each_child(f));
                }
                f(Child::Block(*body));
            }
            Node::Break { value, .. } | Node::Return(value) | Node::Yield(value) => {
                value.iter().for_each(|node| f(Child::Node(*node)));
            }
            Node::Raise { error, cause } => error.iter().chain(cause).for_each(|node| f(Child::Node(*node))),
            Node::YieldFrom(node) | Node::Await(node) => f(Child::Node(*node)),
            Node::Closure(closure) => closure.for_each_child(f),
            Node::Seq { clauses, sink } => {
                for clause in clauses {
                    match clause {
                        Clause::For { pat, iter } => {
                            f(Child::Node(*iter));
                            pat.for_each_child(f);
                        }
                        Clause::If(node) => f(Child::Node(*node)),
                    }
                }
                sink.nodes().for_each(|node| f(Child::Node(node)));
            }
        }
    }
}

impl Closure {
    fn for_each_child(&self, f: &mut dyn FnMut(Child)) {
        for decorator in &self.decorators {
            decorator.args.iter().for_each(|arg| f(Child::Node(arg.value)));
        }
        self.params.iter().filter_map(|param| param.default).for_each(|node| f(Child::Node(node)));
        f(Child::Block(self.body));
    }
}

fn pieces_children(pieces: &[Piece], f: &mut dyn FnMut(Child)) {
    for piece in pieces {
        if let Piece::Value { value, spec, .. } = piece {
            f(Child::Node(*value));
            pieces_children(spec, f);
        }
    }
}

impl Sink {
    /// The one or two nodes that give each item.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        let (first, second) = match *self {
            Sink::List(node) | Sink::Set(node) | Sink::Iter(node) => (node, None),
            Sink::Dict(key, value) => (key, Some(value)),
        };
        std::iter::once(first).chain(second)
    }
}

impl Place {
    /// Nodes inside the place: its root expression, then its indices.
    pub fn for_each_child(&self, f: &mut dyn FnMut(Child)) {
        if let Root::Node(node) = self.root {
            f(Child::Node(node));
        }
        for proj in &self.proj {
            if let Proj::Index(node) | Proj::Nth(node) = proj {
                f(Child::Node(*node));
            }
        }
    }
}

impl Pat {
    /// Nodes inside the pattern: those of its places, values and map keys.
    pub fn for_each_child(&self, f: &mut dyn FnMut(Child)) {
        match self {
            Pat::Place(place) => place.for_each_child(f),
            Pat::Value(node) => f(Child::Node(*node)),
            Pat::Map { pairs, .. } => {
                for (key, pat) in pairs {
                    f(Child::Node(*key));
                    pat.for_each_child(f);
                }
            }
            _ => self.for_each_part(&mut |part| part.for_each_child(f)),
        }
    }

    /// Direct sub-patterns.
    pub fn for_each_part<'a>(&'a self, f: &mut dyn FnMut(&'a Pat)) {
        match self {
            Pat::Wild | Pat::Place(_) | Pat::Const(_) | Pat::Value(_) | Pat::None | Pat::Bind(_, None) => {}
            Pat::Bind(_, Some(part)) | Pat::Some(part) | Pat::Ref(part) => f(part),
            Pat::Tuple(parts) | Pat::Or(parts) => parts.iter().for_each(f),
            Pat::List { front, rest, back } => {
                front.iter().for_each(&mut *f);
                rest.iter().for_each(|part| f(part));
                back.iter().for_each(f);
            }
            Pat::Class { args, named, .. } => {
                args.iter().for_each(&mut *f);
                named.iter().for_each(|(_, part)| f(part));
            }
            Pat::Map { pairs, .. } => pairs.iter().for_each(|(_, part)| f(part)),
        }
    }

    /// Locals that the pattern binds or assigns as a whole, in order.
    pub fn for_each_local(&self, f: &mut dyn FnMut(LocalId)) {
        match self {
            Pat::Bind(local, _) => f(*local),
            Pat::Place(place) => place.as_local().into_iter().for_each(&mut *f),
            Pat::Map { rest: Some(local), .. } => f(*local),
            _ => {}
        }
        self.for_each_part(&mut |part| part.for_each_local(f));
    }
}

impl Stmt {
    /// Direct children in evaluation order (value before target, as Python evaluates).
    pub fn for_each_child(&self, f: &mut dyn FnMut(Child)) {
        match &self.kind {
            StmtKind::Let { pat, value } => {
                value.iter().for_each(|node| f(Child::Node(*node)));
                pat.for_each_child(f);
            }
            StmtKind::Set { target, value } => {
                f(Child::Node(*value));
                target.for_each_child(f);
            }
            StmtKind::Update { place, value, .. } => {
                place.for_each_child(f);
                f(Child::Node(*value));
            }
            StmtKind::Expr(node) => f(Child::Node(*node)),
            StmtKind::Del(place) => place.for_each_child(f),
        }
    }
}

impl<L> Body<L> {
    /// Calls `f` for every node below a block, parents before children, in evaluation order.
    pub fn walk_block(&self, block: BlockId, f: &mut dyn FnMut(NodeId)) {
        let row = &self.blocks[block];
        for stmt in &row.stmts {
            stmt.for_each_child(&mut |child| self.walk(child, f));
        }
        row.tail.iter().for_each(|node| self.walk(Child::Node(*node), f));
    }

    /// Calls `f` for every node below a block that runs with it: bodies of functions inside are left out.
    pub fn walk_own(&self, block: BlockId, f: &mut dyn FnMut(NodeId)) {
        let row = &self.blocks[block];
        for stmt in &row.stmts {
            stmt.for_each_child(&mut |child| self.walk_own_below(child, f));
        }
        row.tail.iter().for_each(|node| self.walk_own_below(Child::Node(*node), f));
    }

    fn walk_own_below(&self, child: Child, f: &mut dyn FnMut(NodeId)) {
        match child {
            Child::Block(block) => self.walk_own(block, f),
            Child::Node(node) => {
                f(node);
                if !matches!(self.nodes[node].kind, Node::Closure(_)) {
                    self.nodes[node].kind.for_each_child(&mut |child| self.walk_own_below(child, f));
                }
            }
        }
    }

    /// Calls `f` for the child and every node below it.
    pub fn walk(&self, child: Child, f: &mut dyn FnMut(NodeId)) {
        match child {
            Child::Block(block) => self.walk_block(block, f),
            Child::Node(node) => {
                f(node);
                self.nodes[node].kind.for_each_child(&mut |child| self.walk(child, f));
            }
        }
    }

    /// Calls `f` for every statement below a block (nested blocks included), in source order.
    pub fn walk_stmts<'a>(&'a self, block: BlockId, f: &mut dyn FnMut(&'a Stmt)) {
        for stmt in &self.blocks[block].stmts {
            f(stmt);
            stmt.for_each_child(&mut |child| self.walk_stmts_below(child, f));
        }
        self.blocks[block].tail.iter().for_each(|node| self.walk_stmts_below(Child::Node(*node), f));
    }

    /// The same below a node or a block.
    pub fn walk_stmts_below<'a>(&'a self, child: Child, f: &mut dyn FnMut(&'a Stmt)) {
        match child {
            Child::Block(block) => self.walk_stmts(block, f),
            Child::Node(node) => {
                self.nodes[node].kind.for_each_child(&mut |child| self.walk_stmts_below(child, f));
            }
        }
    }

    /// Whether a `return`, or a `break` or `continue` of a loop outside it, leaves the block.
    pub fn is_left(&self, block: BlockId) -> bool {
        self.leaves(Child::Block(block), false)
    }

    fn leaves(&self, child: Child, in_loop: bool) -> bool {
        let mut found = false;
        match child {
            Child::Block(block) => {
                let row = &self.blocks[block];
                for stmt in &row.stmts {
                    stmt.for_each_child(&mut |child| found |= self.leaves(child, in_loop));
                }
                row.tail.iter().for_each(|tail| found |= self.leaves(Child::Node(*tail), in_loop));
            }
            Child::Node(node) => match &self.nodes[node].kind {
                Node::Return(_) => found = true,
                Node::Break { .. } | Node::Continue { .. } => found = !in_loop,
                Node::Closure(_) => {}
                kind => {
                    let turns = match kind {
                        Node::While { body, .. } | Node::Loop { body, .. } | Node::For { body, .. } => {
                            Some(*body)
                        }
                        _ => None,
                    };
                    kind.for_each_child(&mut |child| {
                        let is_turn = matches!(child, Child::Block(block) if turns == Some(block));
                        found |= self.leaves(child, in_loop || is_turn);
                    });
                }
            },
        }
        found
    }
}
