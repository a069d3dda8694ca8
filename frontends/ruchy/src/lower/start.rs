//! What a file that is the program's start does: its statements, then `main`, the value of its last statement,
//! or the test that is asked for.

use super::Lowerer;
use super::module::calls_main;
use crate::Start;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// The top-level statements and what runs behind them.
    pub fn start(&mut self, root: Syntax<'t>, stmts: &[Syntax<'t>]) {
        let start = self.start;
        let tells = matches!(start, Start::Value | Start::Line);
        let told = self.tail_of(root, stmts).filter(|_| tells).and_then(Syntax::first);
        let told = told.filter(|value| !self.is_effect(*value));
        // A test is no run of the program.
        let is_left = |stmt: &Syntax<'t>| start == Start::Tests && calls_main(*stmt);
        for stmt in stmts.iter().filter(|stmt| !is_left(stmt)) {
            match told.filter(|value| value.start() == stmt.start()) {
                Some(value) => self.tell(*stmt, value),
                None => self.top(*stmt),
            }
        }
        match start {
            Start::Main | Start::Value => self.call_main(root, stmts),
            Start::Line => {}
            Start::Tests => self.run_tests(root, stmts),
        }
    }

    /// A statement whose value is told.
    fn tell(&mut self, stmt: Syntax<'t>, value: Syntax<'t>) {
        let (above, blank_before) = self.before(stmt);
        let first = self.cx.stmts.len();
        let node = self.expr(value);
        let told = self.call_lib("ruchy.tell", vec![node], value);
        self.push_expr(told, value);
        self.dress(first, above, blank_before, stmt.end());
    }

    /// One branch for each test: `if ruchy.is_test("name") { name() }`.
    fn run_tests(&mut self, root: Syntax<'t>, stmts: &[Syntax<'t>]) {
        for test in crate::tests::of(stmts).into_iter().filter(|test| test.fault.is_none()) {
            let path = self.item_path(&test.function);
            let asked = self.text(&test.name, root);
            let is_asked = self.call_lib("ruchy.is_test", vec![asked], root);
            let then = self.scoped(|this| {
                let call = this.node(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, root);
                this.push_expr(call, root);
                None
            });
            let els = self.scoped(|_| None);
            let branch = self.node(Node::If { cond: is_asked, then, els: Some(els) }, root);
            self.push_expr(branch, root);
        }
    }

    /// `test "name" {..}`: a function that only the runner of tests calls.
    pub fn test_block(&mut self, item: Syntax<'t>) {
        if self.start != Start::Tests {
            return self.trivia.skip(item.end());
        }
        let path = self.item_path(&crate::tests::block_name(item));
        let above = self.trivia.above(item.start());
        self.out.module.items.push(ItemRow { item: Item::Fn(path), above, base: item.start() as u32 });
        self.body(item, path, FnKind::Function, Vec::new());
    }
}
