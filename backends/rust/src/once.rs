//! A variable without first value that is given one value on each path is not `mut`.
//!
//! before                          after
//!   let mut x: i64;                 let x: i64;
//!   if c { x = 1; } else { x = 2; } if c { x = 1; } else { x = 2; }
//!
//! For numbers and shared functions, which no method changes. Holds back where a loop, a closure or two
//! assignments behind each other could give a second value.

use crate::plain::mentions;
use crate::tree::{Block, Expr, StmtKind};

/// Settles the declarations of a function's block, and of the blocks in it.
pub fn settle(block: &mut Block) {
    for at in 0..block.stmts.len() {
        let (before, rest) = block.stmts.split_at_mut(at + 1);
        let stmt = &mut before[at].kind;
        if let StmtKind::Let { pat, ty: Some(ty), value: None, .. } = stmt
            && let Some(name) = pat.strip_prefix("mut ").map(str::to_owned)
            && is_fixed(ty)
        {
            let mut flow = Flow { name: &name, is_changed: false, around: Vec::new() };
            let rest = Block { stmts: rest.to_vec(), tail: block.tail.clone(), ..Block::default() };
            flow.block(&rest, Some(false));
            if !flow.is_changed {
                *pat = name;
            }
        }
    }
    for stmt in &mut block.stmts {
        match &mut stmt.kind {
            StmtKind::Let { value: Some(value), .. } | StmtKind::Expr(value) | StmtKind::Value(value) => {
                inside(value)
            }
            _ => {}
        }
    }
    block.tail.iter_mut().for_each(|tail| inside(tail));
}

fn inside(of: &mut Expr) {
    match of {
        Expr::Closure(closure) => inside(&mut closure.body),
        Expr::Block(_, block)
        | Expr::Loop(_, block)
        | Expr::While(_, _, block)
        | Expr::For(_, _, _, block) => {
            settle(block);
        }
        Expr::If(branch) => {
            settle(&mut branch.then);
            branch.els.iter_mut().for_each(inside);
        }
        Expr::Match(_, arms) => arms.iter_mut().for_each(|arm| settle(&mut arm.body)),
        other => other.for_each_operand(&mut |operand| inside(operand)),
    }
}

/// Types of which no method changes a value.
fn is_fixed(ty: &str) -> bool {
    matches!(ty, "i64" | "f64" | "bool" | "usize" | "char") || ty.starts_with("Rc<dyn ")
}

/// Whether the variable may have its value; none where nothing arrives.
type State = Option<bool>;

fn join(a: State, b: State) -> State {
    match (a, b) {
        (Some(a), Some(b)) => Some(a || b),
        (a, b) => a.or(b),
    }
}

/// A loop or a labelled block around the current place.
struct Around {
    label: String,
    is_loop: bool,
    /// What arrives by `break`, and by `continue`.
    exit: State,
    again: State,
}

struct Flow<'a> {
    name: &'a str,
    is_changed: bool,
    around: Vec<Around>,
}

impl Flow<'_> {
    fn block(&mut self, block: &Block, mut state: State) -> State {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Let { value, els, .. } => {
                    state = value.as_ref().map_or(state, |value| self.expr(value, state));
                    if let Some(block) = els {
                        self.block(block, state);
                    }
                }
                StmtKind::Expr(value) | StmtKind::Value(value) => state = self.expr(value, state),
                StmtKind::Nothing => {}
            }
        }
        match &block.tail {
            Some(tail) => self.expr(tail, state),
            None => state,
        }
    }

    fn is_it(&self, of: &Expr) -> bool {
        matches!(of, Expr::Atom(text) if text == self.name)
    }

    /// Whether an assignment gives the variable a value, alone or among others: `(a, x) = ..`.
    fn is_given(&self, place: &Expr) -> bool {
        match place {
            Expr::Tuple(parts) => parts.iter().any(|part| self.is_given(part)),
            Expr::Atom(text) | Expr::Raw(text) => mentions(text, self.name),
            _ => false,
        }
    }

    fn expr(&mut self, of: &Expr, state: State) -> State {
        match of {
            Expr::Assign(place, op, value) if self.is_given(place) => {
                let state = self.expr(value, state);
                self.is_changed |= !op.is_empty() || state == Some(true);
                state.map(|_| true)
            }
            Expr::Unary("&mut ", inner) if self.is_it(inner) => {
                self.is_changed = true;
                state
            }
            Expr::Raw(text) => {
                self.is_changed |= mentions(text, self.name);
                state
            }
            // What a closure reads has its value.
            Expr::Closure(closure) => {
                let name = Expr::atom(self.name);
                let text = format!("{:?}", closure.body);
                self.is_changed |= [format!("Assign({name:?}"), format!("Unary(\"&mut \", {name:?}")]
                    .iter()
                    .any(|change| text.contains(change));
                state
            }
            Expr::If(branch) => {
                let state = self.expr(&branch.cond, state);
                let then = self.block(&branch.then, state);
                let els = branch.els.as_ref().map_or(state, |els| self.expr(els, state));
                join(then, els)
            }
            Expr::Match(subject, arms) => {
                let state = self.expr(subject, state);
                arms.iter().fold(None, |all, arm| join(all, self.block(&arm.body, state)))
            }
            Expr::Block(label, block) => self.within(label, false, |this| this.block(block, state)),
            Expr::Loop(label, body) => {
                self.turns(label, body, state);
                self.within(label, true, |this| this.block(body, state).and(None))
            }
            Expr::While(label, head, body) | Expr::For(label, _, head, body) => {
                let state = self.expr(head, state);
                self.turns(label, body, state);
                self.within(label, true, |this| {
                    let end = this.block(body, state);
                    join(state, end)
                })
            }
            Expr::Jump(word, value) => {
                let state = value.iter().fold(state, |state, value| self.expr(value, state));
                self.jump(word, state);
                None
            }
            other => {
                let mut state = state;
                other.clone().for_each_operand(&mut |operand| state = self.expr(operand, state));
                state
            }
        }
    }

    /// A second turn of a loop, behind all that the first may have done.
    fn turns(&mut self, label: &str, body: &Block, state: State) {
        let mut again = None;
        self.within(label, true, |this| {
            let end = this.block(body, state);
            again = join(end, this.around.last().and_then(|around| around.again));
            None
        });
        self.within(label, true, |this| this.block(body, again));
    }

    fn within(&mut self, label: &str, is_loop: bool, inner: impl FnOnce(&mut Self) -> State) -> State {
        let label = label.trim_end_matches([':', ' ']).to_owned();
        self.around.push(Around { label, is_loop, exit: None, again: None });
        let end = inner(self);
        let exit = self.around.pop().and_then(|around| around.exit);
        join(end, exit)
    }

    fn jump(&mut self, word: &str, state: State) {
        let (kind, label) = word.split_once(' ').unwrap_or((word, ""));
        let is_target =
            |around: &&mut Around| if label.is_empty() { around.is_loop } else { around.label == label };
        let Some(target) = self.around.iter_mut().rev().find(is_target) else { return };
        match kind {
            "break" => target.exit = join(target.exit, state),
            "continue" => {
                target.again = join(target.again, state);
                target.exit = join(target.exit, state);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{If, Stmt};

    fn set(value: &str) -> Stmt {
        Stmt::expr(Expr::Assign(Box::new(Expr::atom("x")), "", Box::new(Expr::atom(value))))
    }

    fn declared(rest: Vec<Stmt>) -> String {
        let mut block = Block::default();
        block.stmts.push(Stmt::bind("mut x", Some("i64".to_owned()), None));
        block.stmts.extend(rest);
        settle(&mut block);
        crate::layout::stmts(&block, 0).lines().next().unwrap_or_default().to_owned()
    }

    fn block(stmts: Vec<Stmt>) -> Block {
        Block { stmts, ..Block::default() }
    }

    #[test]
    fn one_value_on_each_path() {
        let els = Some(Expr::Block(String::new(), block(vec![set("2")])));
        let branch = If { cond: Expr::atom("c"), then: block(vec![set("1")]), els, mark: None };
        assert_eq!(declared(vec![Stmt::expr(Expr::If(Box::new(branch)))]), "let x: i64;");
        assert_eq!(declared(vec![set("1"), set("2")]), "let mut x: i64;");
    }

    #[test]
    fn a_loop_that_is_left_gives_one() {
        let leave = Stmt::expr(Expr::Jump("break 'search".to_owned(), None));
        let turn = |stmts| Expr::For(String::new(), "i".into(), Box::new(Expr::atom("xs")), block(stmts));
        let search =
            |stmts| Expr::Block("'search: ".to_owned(), block(vec![Stmt::expr(turn(stmts)), set("0")]));
        assert_eq!(declared(vec![Stmt::expr(search(vec![set("i"), leave]))]), "let x: i64;");
        assert_eq!(declared(vec![Stmt::expr(search(vec![set("i")]))]), "let mut x: i64;");
    }
}
