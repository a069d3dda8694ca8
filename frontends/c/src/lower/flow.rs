//! Where `break`, `continue` and `goto` lead.

use super::func::Lower;
use batuta_base::Name;
use batuta_core::{self as core, Node, NodeId, Ty};

/// What encloses the statement at hand.
#[derive(Clone, Debug)]
pub(super) enum Flow {
    /// A loop; `next` is the labelled block that `continue` leaves.
    Loop { label: Name, used: bool, next: Option<Name> },
    /// A switch that is a labelled block.
    Switch { label: Name, used: bool },
    /// The block that a forward `goto` leaves.
    Forward { to: Name, label: Name },
    /// The loop that a backward `goto` starts again.
    Backward { to: Name, label: Name },
    /// A loop or switch that states stand for.
    States { on_break: u32, on_continue: Option<u32> },
}

impl Lower<'_> {
    fn jump(&mut self, node: Node) -> NodeId {
        self.body.node(node, Ty::never(), self.origin)
    }

    pub(super) fn break_stmt(&mut self) {
        let found =
            self.flow.iter().rposition(|flow| !matches!(flow, Flow::Forward { .. } | Flow::Backward { .. }));
        let Some(at) = found else { return };
        let is_inner = at + 1 < self.flow.len();
        let label = match &mut self.flow[at] {
            Flow::Loop { label, used, next } => {
                let named = is_inner || next.is_some();
                *used |= named;
                named.then_some(*label)
            }
            Flow::Switch { label, used } => {
                *used = true;
                Some(*label)
            }
            Flow::States { on_break, .. } => {
                let state = *on_break;
                return self.go_to_state(state);
            }
            _ => None,
        };
        let node = self.jump(Node::Break { label, value: None });
        self.push_expr(node);
    }

    pub(super) fn continue_stmt(&mut self) {
        let is_loop = |flow: &Flow| {
            matches!(flow, Flow::Loop { .. }) || matches!(flow, Flow::States { on_continue: Some(_), .. })
        };
        let Some(at) = self.flow.iter().rposition(is_loop) else { return };
        let is_inner = at + 1 < self.flow.len();
        let node = match &mut self.flow[at] {
            Flow::Loop { next: Some(next), .. } => Node::Break { label: Some(*next), value: None },
            Flow::Loop { label, used, .. } => {
                *used |= is_inner;
                Node::Continue { label: is_inner.then_some(*label) }
            }
            Flow::States { on_continue: Some(state), .. } => {
                let state = *state;
                return self.go_to_state(state);
            }
            _ => return,
        };
        let node = self.jump(node);
        self.push_expr(node);
    }

    pub(super) fn goto_stmt(&mut self, name: Name, pos: crate::lex::Pos) {
        let found = self.flow.iter().rev().find_map(|flow| match flow {
            Flow::Forward { to, label } if *to == name => Some((*label, true)),
            Flow::Backward { to, label } if *to == name => Some((*label, false)),
            _ => None,
        });
        if let Some((label, is_forward)) = found {
            let node = if is_forward {
                Node::Break { label: Some(label), value: None }
            } else {
                Node::Continue { label: Some(label) }
            };
            let node = self.jump(node);
            return self.push_expr(node);
        }
        match self.state_of(name) {
            Some(state) => self.go_to_state(state),
            None => {
                let node = self.hole(pos, &format!("`goto {name}`"));
                self.push_expr(node);
            }
        }
    }

    pub(super) fn return_stmt(&mut self, value: Option<NodeId>) {
        // `return;` of a function with a result: nobody may look at it.
        let ret = self.body.ret;
        let value = if value.is_none() && ret != Ty::unit() { Some(self.zero(ret)) } else { value };
        let node = self.jump(Node::Return(value));
        self.push_expr(node);
    }

    /// Marks the innermost frame's end and says whether its label was used.
    pub(super) fn close_flow(&mut self) -> Option<Name> {
        match self.flow.pop() {
            Some(Flow::Loop { label, used: true, .. } | Flow::Switch { label, used: true }) => Some(label),
            _ => None,
        }
    }

    pub(super) fn push_node(&mut self, node: Node) {
        let node = self.body.node(node, Ty::unit(), self.origin);
        self.push(core::StmtKind::Expr(node));
    }
}
