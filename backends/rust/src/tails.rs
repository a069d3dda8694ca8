//! The last `return` of a function is its value: `return x;` at the end of a body becomes `x`, also inside
//! the branches that end it.

use crate::tree::{Block, Expr, If, Stmt, StmtKind};

/// Takes the `return`s off the end of a function's block.
pub fn tail_returns(block: &mut Block) {
    if let Some(tail) = block.tail.take() {
        block.tail = Some(Box::new(value_of(*tail)));
        return;
    }
    let Some(last) = block.stmts.last_mut() else { return };
    let StmtKind::Expr(expr) = &mut last.kind else { return };
    if !ends_in_return(expr) {
        return;
    }
    let expr = std::mem::replace(expr, Expr::atom("()"));
    match expr {
        Expr::Jump(_, None) => drop_last(block),
        expr => set_value(block, value_of(expr)),
    }
}

fn drop_last(block: &mut Block) {
    let Some(mut last) = block.stmts.pop() else { return };
    if !last.above.is_empty() || last.beside.is_some() {
        last.kind = StmtKind::Nothing;
        block.stmts.push(last);
    }
}

/// The value of the block stands where its last statement stood, below that statement's comments.
fn set_value(block: &mut Block, value: Expr) {
    let Some(last) = block.stmts.last_mut() else { return };
    if last.above.is_empty() && last.beside.is_none() && !last.blank_before {
        block.tail_mark = last.mark;
        block.stmts.pop();
        block.tail = Some(Box::new(value));
    } else {
        last.kind = StmtKind::Value(value);
    }
}

/// The expression ends the function with a `return` on some path.
fn ends_in_return(expr: &Expr) -> bool {
    match expr {
        Expr::Jump(word, _) => word == "return",
        Expr::If(node) => {
            match &node.els {
                Some(els) => block_ends(&node.then) || ends_in_return(els),
                // Without `else` it has no value: only a bare `return` can go.
                None => {
                    matches!(last_statement(&node.then), Some(Expr::Jump(word, None)) if word == "return")
                }
            }
        }
        Expr::Match(_, arms) => arms.iter().any(|arm| block_ends(&arm.body)),
        Expr::Block(label, block) => label.is_empty() && block_ends(block),
        _ => false,
    }
}

fn block_ends(block: &Block) -> bool {
    last_statement(block).is_some_and(ends_in_return)
}

fn last_statement(block: &Block) -> Option<&Expr> {
    match (&block.tail, block.stmts.last()) {
        (Some(tail), _) => Some(tail),
        (None, Some(Stmt { kind: StmtKind::Expr(expr), .. })) => Some(expr),
        _ => None,
    }
}

fn value_of(expr: Expr) -> Expr {
    match expr {
        Expr::Jump(word, Some(value)) if word == "return" => value_of(*value),
        Expr::If(mut node) => {
            branches(&mut node);
            Expr::If(node)
        }
        Expr::Match(subject, mut arms) => {
            for arm in &mut arms {
                arm_returns(&mut arm.body);
            }
            Expr::Match(subject, arms)
        }
        Expr::Block(label, mut block) if label.is_empty() => {
            tail_returns(&mut block);
            Expr::Block(label, block)
        }
        expr => expr,
    }
}

/// An arm that is only `return` does nothing.
fn arm_returns(body: &mut Block) {
    if matches!(body.tail.as_deref(), Some(Expr::Jump(word, None)) if word == "return") {
        body.tail = None;
        return;
    }
    tail_returns(body);
}

fn branches(node: &mut If) {
    tail_returns(&mut node.then);
    match node.els.take() {
        Some(Expr::Block(label, mut block)) => {
            tail_returns(&mut block);
            node.els = Some(Expr::Block(label, block));
        }
        Some(other) => node.els = Some(value_of(other)),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Arm;

    fn give(value: &str) -> Block {
        let value = Expr::Jump("return".to_owned(), Some(Box::new(Expr::atom(value))));
        Block { stmts: vec![Stmt::expr(value)], ..Block::default() }
    }

    #[test]
    fn returns_at_the_end_are_values() {
        let els = Some(Expr::Block(String::new(), give("2")));
        let node = If { cond: Expr::atom("c"), then: give("1"), els, mark: None };
        let mut block = Block { stmts: vec![Stmt::expr(Expr::If(Box::new(node)))], ..Block::default() };
        tail_returns(&mut block);
        assert_eq!(crate::layout::stmts(&block, 0), "if c { 1 } else { 2 }\n");
    }

    #[test]
    fn a_last_bare_return_goes() {
        let bare = Expr::Jump("return".to_owned(), None);
        let arm = Arm {
            pat: "_".to_owned(),
            guard: None,
            body: Block::of(bare.clone()),
            above: vec![],
            mark: None,
        };
        let call = Stmt::expr(Expr::call("f", vec![]));
        let mut block = Block { stmts: vec![call, Stmt::expr(bare)], ..Block::default() };
        tail_returns(&mut block);
        assert_eq!(crate::layout::stmts(&block, 0), "f();\n");
        let mut block = Block {
            stmts: vec![Stmt::expr(Expr::Match(Box::new(Expr::atom("x")), vec![arm]))],
            ..Block::default()
        };
        tail_returns(&mut block);
        assert_eq!(crate::layout::stmts(&block, 0), "match x {\n    _ => {}\n}\n");
    }
}
