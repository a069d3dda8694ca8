//! Which jumps leave a block.

use batuta_core::{BlockId, Body, Child, Hir, Node};

/// Whether a `return`, or a `break` or `continue` of a loop outside it, leaves the block.
pub(crate) fn is_left(body: &Body<Hir>, block: BlockId) -> bool {
    let row = &body.blocks[block];
    let mut found = false;
    for stmt in &row.stmts {
        stmt.for_each_child(&mut |child| found |= below(body, child, false));
    }
    found || row.tail.is_some_and(|tail| below(body, Child::Node(tail), false))
}

fn below(body: &Body<Hir>, child: Child, in_loop: bool) -> bool {
    let node = match child {
        Child::Node(node) => node,
        Child::Block(block) => {
            let row = &body.blocks[block];
            let mut found = false;
            for stmt in &row.stmts {
                stmt.for_each_child(&mut |child| found |= below(body, child, in_loop));
            }
            return found || row.tail.is_some_and(|tail| below(body, Child::Node(tail), in_loop));
        }
    };
    let kind = &body.nodes[node].kind;
    let is_loop = matches!(kind, Node::While { .. } | Node::Loop { .. } | Node::For { .. });
    match kind {
        Node::Return(_) => return true,
        Node::Break { .. } | Node::Continue { .. } => return !in_loop,
        Node::Closure(_) => return false,
        _ => {}
    }
    let mut found = false;
    kind.for_each_child(&mut |child| found |= below(body, child, in_loop || is_loop));
    found
}
