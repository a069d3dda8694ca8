//! `if`, `for`, `while`, `try`, `with`.

use super::{Binding, Lowerer, Scope, ScopeKind};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// `except*`.
pub const EXCEPT_STAR: Code = Code::warning("B0505", "`except*` has no translation yet");

impl<'t> Lowerer<'t> {
    pub fn if_(&mut self, node: Syntax<'t>) {
        let alternatives = node.fields("alternative");
        self.branch(node, &alternatives);
    }

    /// One `if` or `elif`; the next alternative is its `else` block.
    fn branch(&mut self, node: Syntax<'t>, alternatives: &[Syntax<'t>]) {
        let body = node.field("consequence");
        let cond = match node.field("condition") {
            Some(cond) => self.condition(cond),
            None => self.unsupported(node, "a condition is missing here"),
        };
        let mut inside = self.trivia.above(body.map_or(node.start(), |body| head_end(node, body)));
        let beside = self.head_comment(node, body);
        let then = self.field_block(node, "consequence");
        let els = alternatives.split_first().map(|(next, rest)| {
            if next.is("elif_clause") {
                let above = self.trivia.above(next.start());
                self.scoped(|this| {
                    this.branch(*next, rest);
                    if let Some(row) = this.cx.stmts.first_mut() {
                        row.above.splice(0..0, above);
                    }
                    None
                })
            } else {
                self.field_block(*next, "body")
            }
        });
        self.push_node(Node::If { cond, then, els }, node);
        if let Some(row) = self.cx.stmts.last_mut() {
            row.beside = beside;
            row.above.append(&mut inside);
        }
    }

    /// Comments inside a head, then the one beside it.
    fn head(&mut self, node: Syntax<'t>) -> (Vec<Comment>, Option<std::sync::Arc<str>>) {
        let body = node.field("body").or_else(|| node.child("block"));
        let inside = self.trivia.above(body.map_or(node.start(), |body| head_end(node, body)));
        (inside, self.head_comment(node, body))
    }

    fn push_with_head(
        &mut self,
        kind: Node,
        node: Syntax<'t>,
        head: (Vec<Comment>, Option<std::sync::Arc<str>>),
    ) {
        self.push_node(kind, node);
        if let Some(row) = self.cx.stmts.last_mut() {
            row.above = head.0;
            row.beside = head.1;
        }
    }

    pub fn for_(&mut self, node: Syntax<'t>) {
        let mut iter = self.field_expr(node, "right");
        if node.has_token("async") {
            iter = self.call_lib("builtins.aiter", vec![iter], node);
        }
        let pat = node.field("left").map_or(Pat::Wild, |left| self.target(left));
        let head = self.head(node);
        let body = self.field_block(node, "body");
        let els = node.field("alternative").map(|els| self.field_block(els, "body"));
        self.push_with_head(Node::For { label: None, pat, iter, body, els }, node, head);
    }

    pub fn while_(&mut self, node: Syntax<'t>) {
        let cond = match node.field("condition") {
            Some(cond) => self.condition(cond),
            None => self.unsupported(node, "a condition is missing here"),
        };
        let head = self.head(node);
        let body = self.field_block(node, "body");
        let els = node.field("alternative").map(|els| self.field_block(els, "body"));
        self.push_with_head(Node::While { label: None, cond, body, els }, node, head);
    }

    /// A statement without lowering: its comments inside go above it.
    pub fn hole_stmt(&mut self, code: Code, node: Syntax<'t>) {
        let hole = self.hole(code, node, code.title);
        self.push(StmtKind::Expr(hole), node);
        let inside = self.trivia.above(node.end());
        if let Some(row) = self.cx.stmts.last_mut() {
            row.above = inside;
        }
    }

    pub fn try_(&mut self, node: Syntax<'t>) {
        let clauses = node.named();
        if clauses.iter().any(|clause| clause.is("except_clause") && clause.has_token("*")) {
            return self.hole_stmt(EXCEPT_STAR, node);
        }
        let head = self.head(node);
        let body = self.field_block(node, "body");
        let mut excepts: Vec<_> =
            clauses.iter().copied().filter(|clause| clause.is("except_clause")).collect();
        let computed = excepts.iter().position(|clause| !self.names_classes(*clause));
        let chained = computed.map_or(Vec::new(), |at| excepts.split_off(at));
        let (mut handlers, mut els, mut finally) = (Vec::new(), None, None);
        for clause in clauses {
            match clause.kind() {
                "except_clause" => {
                    if excepts.iter().any(|other| other.start() == clause.start()) {
                        handlers.push(self.handler(clause));
                    } else if chained.first().is_some_and(|first| first.start() == clause.start()) {
                        handlers.push(self.chained_handler(&chained));
                    }
                }
                "else_clause" => els = Some(self.field_block(clause, "body")),
                "finally_clause" => finally = Some(self.field_block(clause, "body")),
                _ => {}
            }
        }
        self.push_with_head(Node::Try { body, handlers, els, finally }, node, head);
    }

    /// The classes and the name of an `except`.
    fn clause_parts(node: Syntax<'t>) -> (Vec<Syntax<'t>>, Option<Syntax<'t>>) {
        let (mut classes, mut name) = (Vec::new(), node.field("alias"));
        for value in node.fields("value") {
            if value.is("as_pattern") {
                name = value.field("alias").and_then(Syntax::first);
                classes.push(value.first().unwrap_or(value));
            } else {
                classes.push(value);
            }
        }
        (classes, name)
    }

    fn names_classes(&mut self, node: Syntax<'t>) -> bool {
        let (classes, _) = Self::clause_parts(node);
        classes.into_iter().all(|class| self.handler_classes(class, &mut Vec::new()))
    }

    fn comments_of_handler(&mut self, node: Syntax<'t>) -> Vec<Comment> {
        let mut above = self.trivia.above(node.start());
        let suite = node.child("block");
        above.append(&mut self.trivia.above(suite.map_or(node.start(), |body| head_end(node, body))));
        let beside = self.head_comment(node, suite);
        above.extend(beside.map(|text| Comment { text, blank_before: false }));
        above
    }

    fn handler(&mut self, node: Syntax<'t>) -> Handler {
        let above = self.comments_of_handler(node);
        let (values, name) = Self::clause_parts(node);
        let mut classes = Vec::new();
        for class in values {
            self.handler_classes(class, &mut classes);
        }
        let origin = self.origin(node);
        let (bind, scope) = self.handler_variable(name);
        let body = match scope {
            Some(scope) => self.in_scope(scope, |this| this.handler_body(node)).0,
            None => self.field_block(node, "body"),
        };
        Handler { classes, bind, body, origin, above }
    }

    /// Handlers from one of computed classes on: handles everything, raises again what none is for.
    fn chained_handler(&mut self, clauses: &[Syntax<'t>]) -> Handler {
        let node = clauses[0];
        let above = self.comments_of_handler(node);
        let origin = self.origin(node);
        let (_, name) = Self::clause_parts(node);
        let (bind, scope) = if clauses.len() == 1 { self.handler_variable(name) } else { (None, None) };
        let error = bind.unwrap_or_else(|| self.temp("error", node));
        let body = match scope {
            Some(scope) => self.in_scope(scope, |this| this.checked_handlers(clauses, error)).0,
            None => self.checked_handlers(clauses, error),
        };
        Handler { classes: Vec::new(), bind: Some(error), body, origin, above }
    }

    /// `if isinstance(error, classes) { .. } else { what the other handlers do }`.
    fn checked_handlers(&mut self, clauses: &[Syntax<'t>], error: LocalId) -> BlockId {
        let (node, rest) = (clauses[0], &clauses[1..]);
        let (values, name) = Self::clause_parts(node);
        let (bind, scope) = self.handler_variable(name);
        self.scoped(|this| {
            let fill = |this: &mut Self| {
                let Some(bind) = bind.filter(|bind| *bind != error) else {
                    return this.field_block(node, "body");
                };
                this.scoped(|this| {
                    let value = this.use_local(error, node);
                    this.push_set(Place::local(bind), value, node);
                    let block = this.field_block(node, "body");
                    let block = this.node(Node::Block { label: None, block }, node);
                    this.push(StmtKind::Expr(block), node);
                    None
                })
            };
            let Some(class) = values.first().copied() else {
                let block = fill(this);
                this.push_node(Node::Block { label: None, block }, node);
                return None;
            };
            let value = this.use_local(error, class);
            let classes = this.expr(class);
            let found = this.call_lib("builtins.isinstance", vec![value, classes], class);
            let cond = this.op(ObjOp::Truth, vec![found], class);
            let then = match scope {
                Some(scope) => this.in_scope(scope, fill).0,
                None => fill(this),
            };
            let els = match rest {
                [] => this.scoped(|this| {
                    this.push_node(Node::Raise { error: None, cause: None }, node);
                    None
                }),
                rest => this.checked_handlers(rest, error),
            };
            this.push_node(Node::If { cond, then, els: Some(els) }, node);
            None
        })
    }

    /// The local of `as name`. It gets a scope of its own where the name has another use, which Python ends here.
    fn handler_variable(&mut self, name: Option<Syntax<'t>>) -> (Option<LocalId>, Option<Scope>) {
        let Some(name) = name else { return (None, None) };
        if let Binding::Local(local) = self.look_up(name.text())
            && self.taken_variable(name).is_none()
        {
            return (Some(local), None);
        }
        let local = self.new_local(name.text(), name);
        let mut scope = Scope::new(ScopeKind::Inner);
        scope.names.insert(Name::new(name.text()), Binding::Local(local));
        (Some(local), Some(scope))
    }

    /// The variable of the function whose name a handler takes.
    fn taken_variable(&self, name: Syntax<'t>) -> Option<LocalId> {
        let name = Name::new(name.text());
        let scope = self.cx.scopes.iter().rev().find(|scope| scope.kind == ScopeKind::Function)?;
        match scope.names.get(&name) {
            Some(Binding::Local(local)) if scope.taken.contains(&name) => Some(*local),
            _ => None,
        }
    }

    /// The body of a handler, where the variable whose name it takes is gone.
    fn handler_body(&mut self, node: Syntax<'t>) -> BlockId {
        let taken = Self::clause_parts(node).1.and_then(|name| self.taken_variable(name));
        let block = self.field_block(node, "body");
        if let Some(taken) = taken {
            let gone = Stmt::new(StmtKind::Del(Place::local(taken)), self.origin(node));
            self.cx.body.blocks[block].stmts.insert(0, gone);
        }
        block
    }

    /// Adds the classes that an `except` names; answers whether all of them are known here.
    fn handler_classes(&mut self, node: Syntax<'t>, out: &mut Vec<Name>) -> bool {
        if matches!(node.kind(), "tuple" | "parenthesized_expression") {
            let parts = node.named();
            return parts.into_iter().filter(|part| !self.handler_classes(*part, out)).count() == 0;
        }
        if let Some(class) = self.class_name(node) {
            out.push(class);
            return true;
        }
        match self.look_up(node.text()) {
            Binding::Global(path) if self.exception_tuples.contains_key(&path) => {
                out.extend(self.exception_tuples[&path].iter().copied());
                true
            }
            _ => false,
        }
    }

    pub fn with(&mut self, node: Syntax<'t>) {
        let mut items = Vec::new();
        if let Some(clause) = node.child("with_clause") {
            for item in clause.named() {
                if let Some(value) = item.field("value") {
                    self.with_item(value, &mut items);
                }
            }
        }
        let head = self.head(node);
        let body = self.field_block(node, "body");
        let is_async = node.has_token("async");
        self.push_with_head(Node::With { items, body, is_async }, node, head);
    }

    fn with_item(&mut self, value: Syntax<'t>, items: &mut Vec<WithItem>) {
        let has_alias = |part: &Syntax<'_>| part.is("as_pattern");
        if matches!(value.kind(), "tuple" | "parenthesized_expression") && value.named().iter().any(has_alias)
        {
            return value.named().into_iter().for_each(|part| self.with_item(part, items));
        }
        if !value.is("as_pattern") {
            let context = self.expr(value);
            let named = value.named().into_iter().last().filter(|last| last.is("as_pattern"));
            let alias =
                named.filter(|_| value.is("conditional_expression")).and_then(|last| last.field("alias"));
            let target = alias.map(|alias| self.target(alias));
            return items.push(WithItem { context, target });
        }
        let context = self.inner(value);
        let target = value.field("alias").map(|alias| self.target(alias));
        items.push(WithItem { context, target });
    }
}

/// Where the head of a compound statement ends: at its last colon before the body.
pub(crate) fn head_end(node: Syntax<'_>, body: Syntax<'_>) -> usize {
    let colons = node.children().into_iter().rev().find(|part| part.is(":") && part.start() < body.start());
    colons.map_or(node.start(), Syntax::start)
}
