//! V01 to V03: ids, one parent, arity.

use super::Found;
use crate::visit::Child;
use crate::{
    Arm, Body, Callee, Clause, Handler, Level, LocalId, Node, NodeId, Pat, Place, Root, Stmt, StmtKind,
};
use batuta_base::{Id, Origin};

/// Walks every row that the root, the parameters and the decorators reach.
pub(super) fn check<L: Level>(body: &Body<L>, found: &mut Found) {
    let mut walk = Walk {
        body,
        found,
        nodes: vec![false; body.nodes.len()],
        blocks: vec![false; body.blocks.len()],
        origin: body.origin,
    };
    for decorator in &body.decorators {
        decorator.args.iter().for_each(|arg| walk.child(Child::Node(arg.value)));
    }
    for param in &body.params {
        walk.local(param.local);
        param.default.iter().for_each(|node| walk.child(Child::Node(*node)));
    }
    walk.child(Child::Block(body.root));
}

struct Walk<'a, L> {
    body: &'a Body<L>,
    found: &'a mut Found,
    nodes: Vec<bool>,
    blocks: Vec<bool>,
    origin: Origin,
}

impl<L: Level> Walk<'_, L> {
    /// Marks a row as reached; `false` when it is no row or was reached before.
    fn enter(&mut self, child: Child) -> bool {
        let (seen, index, name) = match child {
            Child::Node(id) => (&mut self.nodes, id.index(), format!("{id:?}")),
            Child::Block(id) => (&mut self.blocks, id.index(), format!("{id:?}")),
        };
        match seen.get_mut(index) {
            None => self.found.report("V01", self.origin, format!("{name} lies outside its table")),
            Some(seen) if *seen => self.found.report("V02", self.origin, format!("{name} has two parents")),
            Some(seen) => {
                *seen = true;
                return true;
            }
        }
        false
    }

    fn child(&mut self, child: Child) {
        if !self.enter(child) {
            return;
        }
        let body = self.body;
        match child {
            Child::Node(id) => self.node(id),
            Child::Block(id) => {
                for stmt in &body.blocks[id].stmts {
                    self.origin = stmt.origin;
                    self.stmt(stmt);
                    stmt.for_each_child(&mut |child| self.child(child));
                }
                body.blocks[id].tail.iter().for_each(|node| self.child(Child::Node(*node)));
            }
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => self.pat(pat),
            StmtKind::Update { place, op, .. } => {
                self.place(place);
                if !op.info().arity.takes(2) {
                    self.found.report("V03", stmt.origin, format!("{} cannot update a place", op.name()));
                }
            }
            StmtKind::Del(place) => self.place(place),
            StmtKind::Expr(_) => {}
        }
    }

    fn node(&mut self, id: NodeId) {
        let row = &self.body.nodes[id];
        match &row.kind {
            Node::Op { op, args, .. } if !op.info().arity.takes(args.len()) => {
                let text = format!("{id:?}: {} has {} operands", op.name(), args.len());
                self.found.report("V03", row.origin, text);
            }
            Node::Use(place, _) => self.place(place),
            Node::For { pat, .. } => self.pat(pat),
            Node::Match { arms, .. } => arms.iter().for_each(|Arm { pat, .. }| self.pat(pat)),
            Node::Try { handlers, .. } => {
                handlers.iter().filter_map(|Handler { bind, .. }| *bind).for_each(|local| self.local(local));
            }
            Node::With { items, .. } => {
                items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| self.pat(pat))
            }
            Node::Closure(closure) => closure.params.iter().for_each(|param| self.local(param.local)),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, .. } = clause {
                        self.pat(pat);
                    }
                }
            }
            Node::Call { callee: Callee::Fn(path) | Callee::New(path), .. } if path.as_str().is_empty() => {
                self.found.report("V01", row.origin, format!("{id:?} calls an empty path"));
            }
            _ => {}
        }
        self.body.nodes[id].kind.for_each_child(&mut |child| self.child(child));
    }

    fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Bind(local, _) => self.local(*local),
            Pat::Place(place) => self.place(place),
            Pat::Map { rest: Some(local), .. } => self.local(*local),
            _ => {}
        }
        pat.for_each_part(&mut |part| self.pat(part));
    }

    fn place(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            self.local(local);
        }
    }

    fn local(&mut self, local: LocalId) {
        if local.index() >= self.body.locals.len() {
            self.found.report("V01", self.origin, format!("{local:?} lies outside its table"));
        }
    }
}
