//! Which fields a constructor has assigned wherever it ends.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

type Fields = FxHashSet<Name>;

/// The fields of `this` that every path through a body assigns.
pub(crate) fn always_assigned(body: &Body<Hir>, this: LocalId) -> Fields {
    let mut walk = Paths { body, this, ends: None };
    let end = walk.block(body.root, Some(Fields::default()));
    meet(walk.ends, end).unwrap_or_default()
}

/// `None` where control does not arrive.
type State = Option<Fields>;

fn meet(a: State, b: State) -> State {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.intersection(&b).copied().collect()),
        (found, None) | (None, found) => found,
    }
}

struct Paths<'a> {
    body: &'a Body<Hir>,
    this: LocalId,
    /// What is assigned where the body returns.
    ends: State,
}

impl Paths<'_> {
    fn block(&mut self, block: BlockId, mut state: State) -> State {
        let row = &self.body.blocks[block];
        for stmt in &row.stmts {
            state = self.stmt(stmt, state);
        }
        match row.tail {
            Some(tail) => self.node(tail, state),
            None => state,
        }
    }

    fn stmt(&mut self, stmt: &Stmt, mut state: State) -> State {
        match &stmt.kind {
            StmtKind::Expr(node) => return self.node(*node, state),
            StmtKind::Set { target, value } => {
                state = self.node(*value, state);
                if let Some(fields) = &mut state {
                    self.assigned(target, fields);
                }
            }
            _ => {}
        }
        state
    }

    fn assigned(&self, pat: &Pat, out: &mut Fields) {
        if let Pat::Place(place) = pat
            && let (Some(Proj::Field(name)), true) = (place.proj.first(), place.proj.len() == 1)
        {
            let is_this = match place.root {
                Root::Local(local) => local == self.this,
                Root::Node(node) => {
                    matches!(&self.body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(self.this))
                }
                Root::Global(_) => false,
            };
            if is_this {
                out.insert(*name);
            }
        }
        pat.for_each_part(&mut |part| self.assigned(part, out));
    }

    fn node(&mut self, id: NodeId, state: State) -> State {
        match &self.body.nodes[id].kind {
            Node::Return(_) => {
                self.ends = meet(self.ends.take(), state);
                None
            }
            Node::Raise { .. } => None,
            // The loop around goes on with what was there before it.
            Node::Break { .. } | Node::Continue { .. } => None,
            Node::If { then, els, .. } => {
                let a = self.block(*then, state.clone());
                let b = match els {
                    Some(block) => self.block(*block, state),
                    None => state,
                };
                meet(a, b)
            }
            Node::Match { arms, .. } => {
                let is_rest =
                    |arm: &Arm| arm.guard.is_none() && matches!(arm.pat, Pat::Wild | Pat::Bind(_, None));
                let mut out = if arms.iter().any(is_rest) { None } else { state.clone() };
                for arm in arms {
                    let done = self.block(arm.body, state.clone());
                    out = meet(out, done);
                }
                out
            }
            // It may have no turn; an `else` is left out, since a `break` passes it by.
            Node::While { body, .. } | Node::For { body, .. } | Node::Loop { body, .. } => {
                let _ = self.block(*body, state.clone());
                state
            }
            Node::Try { body, handlers, els, finally } => {
                let mut out = self.block(*body, state.clone());
                if let Some(block) = els {
                    out = self.block(*block, out);
                }
                for handler in handlers {
                    let done = self.block(handler.body, state.clone());
                    out = meet(out, done);
                }
                match (finally, &out) {
                    (Some(block), Some(_)) => self.block(*block, out),
                    _ => out,
                }
            }
            Node::With { body, .. } => self.block(*body, state),
            Node::Block { block, .. } => self.block(*block, state),
            _ => state,
        }
    }
}
