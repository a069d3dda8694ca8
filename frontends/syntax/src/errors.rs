//! Questions about a whole tree, answered with a cursor so that no nesting can overflow the stack.

use tree_sitter::{Node, Tree};

/// A place where the parser could not go on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxFault {
    pub start: usize,
    pub end: usize,
    /// The token that the grammar wanted here, when it is one token.
    pub missing: Option<String>,
}

/// Visits every node in source order with its depth; `enter` says whether to go below it.
fn visit<'t>(tree: &'t Tree, mut enter: impl FnMut(Node<'t>, usize) -> bool) {
    let mut cursor = tree.walk();
    let mut level = 0;
    loop {
        if enter(cursor.node(), level) && cursor.goto_first_child() {
            level += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
            level -= 1;
        }
    }
}

/// Number of levels of the tree and the start of its deepest node.
pub fn depth(tree: &Tree) -> (usize, usize) {
    let mut deepest = (0, 0);
    visit(tree, |node, level| {
        if level > deepest.0 {
            deepest = (level, node.start_byte());
        }
        true
    });
    deepest
}

/// The outermost errors of a tree, in source order.
pub fn errors(tree: &Tree) -> Vec<SyntaxFault> {
    let mut found = Vec::new();
    visit(tree, |node, _| {
        if node.is_missing() || node.is_error() {
            let missing = node.is_missing().then(|| node.kind().to_owned());
            found.push(SyntaxFault { start: node.start_byte(), end: node.end_byte(), missing });
            return false;
        }
        node.has_error()
    });
    found
}

/// Calls `f` for each node of a kind, in source order.
pub fn each_of_kind<'t>(tree: &'t Tree, kind: &str, mut f: impl FnMut(Node<'t>)) {
    // Numbers compare faster than names; a kind that the grammar lacks has none.
    let wanted = tree.language().id_for_node_kind(kind, true);
    if wanted == 0 {
        return;
    }
    visit(tree, |node, _| {
        if node.kind_id() == wanted {
            f(node);
        }
        true
    });
}
