//! Which locals a body declares and which it only mentions: those need a `var` line.

use crate::*;
use batuta_base::FxHashSet;

/// Which locals a walk meets, and which of them it sees declared.
#[derive(Default)]
pub(super) struct LocalUse {
    pub(super) mentioned: FxHashSet<LocalId>,
    pub(super) declared: FxHashSet<LocalId>,
}

impl LocalUse {
    pub(super) fn child<L>(&mut self, body: &Body<L>, child: Child) {
        match child {
            Child::Node(id) => self.node(body, &body.nodes[id].kind),
            Child::Block(id) => {
                for stmt in &body.blocks[id].stmts {
                    match &stmt.kind {
                        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => self.pat(pat),
                        StmtKind::Update { place, .. } | StmtKind::Del(place) => self.place(place),
                        StmtKind::Expr(_) => {}
                    }
                    stmt.for_each_child(&mut |child| self.child(body, child));
                }
                body.blocks[id].tail.iter().for_each(|tail| self.child(body, Child::Node(*tail)));
            }
        }
    }

    fn node<L>(&mut self, body: &Body<L>, node: &Node) {
        match node {
            Node::Use(place, _) => self.place(place),
            Node::For { pat, .. } => self.pat(pat),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| self.pat(&arm.pat)),
            Node::With { items, .. } => {
                items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| self.pat(pat));
            }
            Node::Try { handlers, .. } => {
                self.declared.extend(handlers.iter().filter_map(|handler| handler.bind));
            }
            Node::Closure(closure) => self.declared.extend(closure.params.iter().map(|param| param.local)),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, .. } = clause {
                        self.pat(pat);
                    }
                }
            }
            _ => {}
        }
        node.for_each_child(&mut |child| self.child(body, child));
    }

    fn place(&mut self, place: &Place) {
        if let Root::Local(local) = place.root {
            self.mentioned.insert(local);
        }
    }

    fn pat(&mut self, pat: &Pat) {
        match pat {
            Pat::Bind(local, _) | Pat::Map { rest: Some(local), .. } => {
                self.declared.insert(*local);
            }
            Pat::Place(place) => self.place(place),
            _ => {}
        }
        pat.for_each_part(&mut |part| self.pat(part));
    }
}
