//! Statements: the table of kinds, comments and blank lines, simple statements.

use super::{Binding, Lowerer, ScopeKind};
use crate::parse::PYTHON2;
use batuta_base::Code;
use batuta_core::*;
use batuta_syntax::Syntax;

/// `return` where there is no function.
pub const STRAY_RETURN: Code = Code::error("B0110", "`return` outside a function");

impl<'t> Lowerer<'t> {
    /// The block of a suite; comments at its end stay in it.
    pub fn block(&mut self, suite: Syntax<'t>) -> BlockId {
        let saved = std::mem::take(&mut self.cx.stmts);
        self.suite(suite);
        let end_comments = self.block_end(suite);
        let stmts = std::mem::replace(&mut self.cx.stmts, saved);
        self.cx.body.block(BlockRow { stmts, tail: None, end_comments })
    }

    pub fn field_block(&mut self, node: Syntax<'t>, field: &str) -> BlockId {
        match node.field(field).or_else(|| node.child("block")) {
            Some(suite) => self.block(suite),
            None => self.scoped(|_| None),
        }
    }

    /// Comments that end a suite: those indented like its statements.
    pub fn block_end(&mut self, suite: Syntax<'t>) -> Vec<Comment> {
        let Some(last) = suite.named().into_iter().next_back() else { return Vec::new() };
        self.trivia.end_of_block(self.source, last.end(), last.column())
    }

    /// Lowers the statements of a suite into the current block.
    pub fn suite(&mut self, suite: Syntax<'t>) {
        for stmt in suite.named() {
            self.stmt(stmt);
        }
    }

    /// Lowers a statement; its comments and blank line go to the first statement that it becomes.
    /// Where it becomes none (`pass`, an import), they stay for the next slot.
    pub fn stmt(&mut self, node: Syntax<'t>) {
        if self.is_item(node) {
            return self.item(node);
        }
        if self.named_tuple(node) || self.enum_of_call(node) {
            return;
        }
        let mark = self.trivia.mark();
        let blank_before = self.trivia.is_blank_before(self.source, node.start());
        let mut above = self.trivia.above(node.start());
        let first = self.cx.stmts.len();
        let is_compound = self.dispatch(node);
        if self.cx.stmts.len() == first {
            if !is_compound {
                self.trivia.rewind(mark);
            }
            return;
        }
        let mut beside = None;
        if !is_compound {
            above.append(&mut self.trivia.above(node.end()));
            beside = self.trivia.beside(self.source, node.end());
        }
        if let Some(comment) = above.first_mut() {
            comment.blank_before = false;
        }
        let row = &mut self.cx.stmts[first];
        // At the start of a block a blank line says nothing.
        row.blank_before = blank_before && first > 0;
        row.above.splice(0..0, above);
        if row.beside.is_none() {
            row.beside = beside;
        }
    }

    /// A `class`, or a `def` with a body of its own.
    fn is_item(&self, node: Syntax<'t>) -> bool {
        let (_, inner) = super::function::definition(node);
        match inner.kind() {
            "class_definition" => true,
            "function_definition" => {
                inner.field("name").is_some_and(|name| matches!(self.look_up(name.text()), Binding::Fn(_)))
            }
            _ => false,
        }
    }

    /// The comment beside a compound statement's head; it ends at the colon before `body`.
    pub fn head_comment(
        &mut self,
        node: Syntax<'t>,
        body: Option<Syntax<'t>>,
    ) -> Option<std::sync::Arc<str>> {
        let limit = body.map_or(node.end(), Syntax::start);
        let colon = node.children().into_iter().rev().find(|part| part.is(":") && part.start() < limit)?;
        self.trivia.beside(self.source, colon.end())
    }

    /// Lowers by kind; answers whether the statement is compound (it minds its own comments).
    fn dispatch(&mut self, node: Syntax<'t>) -> bool {
        match node.kind() {
            "if_statement" => self.if_(node),
            "for_statement" => self.for_(node),
            "while_statement" => self.while_(node),
            "try_statement" => self.try_(node),
            "with_statement" => self.with(node),
            "match_statement" => self.match_(node),
            "function_definition" => self.local_function(node, &[]),
            "decorated_definition" => self.decorated(node),
            _ => {
                self.simple(node);
                return false;
            }
        }
        true
    }

    fn simple(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "expression_statement" => self.expression_statement(node),
            "return_statement" => self.return_(node),
            "raise_statement" => self.raise(node),
            "assert_statement" => self.assert(node),
            "delete_statement" => self.delete(node),
            "break_statement" => self.push_node(Node::Break { label: None, value: None }, node),
            "continue_statement" => self.push_node(Node::Continue { label: None }, node),
            "pass_statement" | "global_statement" | "nonlocal_statement" | "type_alias_statement" => {}
            "import_statement" | "import_from_statement" | "future_import_statement" => self.import(node),
            "print_statement" | "exec_statement" => self.python2(node),
            _ => {
                let value = self.expr(node);
                self.push(StmtKind::Expr(value), node);
            }
        }
    }

    fn python2(&mut self, node: Syntax<'t>) {
        let word = if node.is("print_statement") { "print" } else { "exec" };
        let found = self.report(PYTHON2, node, format!("`{word}` is a function in Python 3"));
        found.hint(format!("write `{word}(..)`"));
        self.push_node(Node::Hole { why: PYTHON2.title.into(), source: node.text().into() }, node);
    }

    fn expression_statement(&mut self, node: Syntax<'t>) {
        let parts = node.named();
        let [inner] = parts[..] else {
            let items = parts.into_iter().map(|part| self.expr(part)).collect();
            let value = self.op(TupleOp::New, items, node);
            return self.push(StmtKind::Expr(value), node);
        };
        match inner.kind() {
            "assignment" => self.assignment(inner),
            "augmented_assignment" => self.augmented(inner),
            // A docstring is data of its item, a bare `...` says nothing.
            "ellipsis" => {}
            "string" | "concatenated_string" if self.literal_text(inner).is_some() => {}
            _ => {
                let value = self.expr(inner);
                self.push(StmtKind::Expr(value), node);
            }
        }
    }

    fn return_(&mut self, node: Syntax<'t>) {
        if !self.cx.scopes.iter().any(|scope| scope.kind == ScopeKind::Function) {
            self.report(STRAY_RETURN, node, STRAY_RETURN.title);
        }
        let value = node.first().map(|value| self.expr(value));
        self.push_node(Node::Return(value), node);
    }

    fn raise(&mut self, node: Syntax<'t>) {
        let cause_node = node.field("cause");
        let error = node.named().into_iter().find(|part| Some(*part) != cause_node);
        let error = error.map(|error| self.raised(error));
        let cause = cause_node.map(|cause| self.raised(cause));
        self.push_node(Node::Raise { error, cause }, node);
    }

    /// What is raised: a class stands for an object that it makes without arguments.
    fn raised(&mut self, node: Syntax<'t>) -> NodeId {
        use super::resolve::{Static, Target};
        match self.static_path(node) {
            Some(Static { target: Target::Lib(path), rest }) if rest.is_empty() => {
                match path.as_str().strip_prefix("builtins.") {
                    Some(class) if crate::names::is_exception(class) => {
                        self.exception(class, Vec::new(), node)
                    }
                    _ => self.call_lib(path.as_str(), Vec::new(), node),
                }
            }
            Some(Static { target: Target::Project(path), rest }) if rest.is_empty() => {
                self.node(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, node)
            }
            _ => self.expr(node),
        }
    }

    fn assert(&mut self, node: Syntax<'t>) {
        let mut parts = node.named().into_iter();
        let Some(cond) = parts.next() else { return };
        let mut args = vec![self.condition(cond)];
        args.extend(parts.next().map(|message| self.expr(message)));
        let value = self.op(ExcOp::Assert, args, node);
        self.push(StmtKind::Expr(value), node);
    }
}
