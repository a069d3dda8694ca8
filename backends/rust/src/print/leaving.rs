//! Which `break` leaves which loop.

use super::Printer;
use batuta_core::{BlockId, Child, Node, NodeId};

impl Printer<'_, '_> {
    /// Whether a `break` leaves the loop with this body: those of loops inside it leave these alone.
    pub(super) fn breaks(&self, body: BlockId) -> bool {
        let row = &self.body.blocks[body];
        let mut found = false;
        let mut see = |child: Child| {
            found |= match child {
                Child::Block(block) => self.breaks(block),
                Child::Node(node) => self.breaks_in(node),
            };
        };
        row.stmts.iter().for_each(|stmt| stmt.for_each_child(&mut see));
        row.tail.iter().for_each(|tail| see(Child::Node(*tail)));
        found
    }

    fn breaks_in(&self, node: NodeId) -> bool {
        let kind = &self.body.nodes[node].kind;
        let turn = match kind {
            Node::Break { .. } => return true,
            Node::Closure(_) => return false,
            Node::While { body, .. } | Node::Loop { body, .. } | Node::For { body, .. } => Some(*body),
            _ => None,
        };
        let mut found = false;
        kind.for_each_child(&mut |child| {
            found |= match child {
                Child::Block(block) if turn == Some(block) => self.breaks_by_name(block),
                Child::Block(block) => self.breaks(block),
                Child::Node(node) => self.breaks_in(node),
            };
        });
        found
    }

    /// A `break` with a label may leave a loop further out.
    fn breaks_by_name(&self, block: BlockId) -> bool {
        let mut found = false;
        self.body.walk_block(block, &mut |node| {
            found |= matches!(self.body.nodes[node].kind, Node::Break { label: Some(_), .. });
        });
        found
    }
}
