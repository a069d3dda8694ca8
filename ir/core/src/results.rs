//! The values that a body gives: those that it returns, and what stands last on each way through it.

use crate::{BlockId, Body, Level, Node, NodeId};

impl<L: Level> Body<L> {
    /// The nodes whose values are the body's result. Closures give theirs to someone else.
    pub fn results(&self) -> Vec<NodeId> {
        let mut out = Vec::new();
        self.walk_block(self.root, &mut |node| {
            if let Node::Return(Some(value)) = self.nodes[node].kind {
                self.last_of(value, &mut out);
            }
        });
        if let Some(tail) = self.blocks[self.root].tail {
            self.last_of(tail, &mut out);
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    fn last_of(&self, node: NodeId, out: &mut Vec<NodeId>) {
        let mut ends = |block: BlockId| {
            if let Some(tail) = self.blocks[block].tail {
                self.last_of(tail, out);
            }
        };
        match &self.nodes[node].kind {
            Node::Block { label: None, block } => ends(*block),
            Node::If { then, els: Some(els), .. } => [*then, *els].into_iter().for_each(ends),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| ends(arm.body)),
            Node::Return(_) | Node::Raise { .. } | Node::Hole { .. } => {}
            _ => out.push(node),
        }
    }
}
