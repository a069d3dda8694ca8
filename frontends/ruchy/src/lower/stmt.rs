//! Statements with their comments, blocks, `let`.

use super::{Binding, Lowerer};
use batuta_base::Origin;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// Comments above a statement, and whether a blank line stood before them.
    pub fn before(&mut self, stmt: Syntax<'t>) -> (Vec<Comment>, bool) {
        let blank = self.trivia.is_blank_before(self.source, stmt.start());
        (self.trivia.above(stmt.start()), blank)
    }

    /// Hangs comments on what was added since `first`.
    pub fn dress(&mut self, first: usize, above: Vec<Comment>, blank_before: bool, end: usize) {
        let inner = self.trivia.above(end);
        let beside = self.trivia.beside(self.source, end);
        if self.cx.stmts.len() == first {
            if !above.is_empty() || !inner.is_empty() || beside.is_some() {
                // Nothing of its own: an expression without effect carries the comments.
                let kind = Node::Const(Const::None);
                let nil = self.cx.body.node(kind, Ty::unknown(), Origin::default());
                self.cx.stmts.push(Stmt::new(StmtKind::Expr(nil), Origin::default()));
            } else {
                return;
            }
        }
        let row = &mut self.cx.stmts[first];
        row.above.splice(0..0, above);
        row.above.extend(inner);
        row.blank_before = blank_before;
        if let (Some(last), Some(beside)) = (self.cx.stmts.last_mut(), beside) {
            if last.beside.is_none() {
                last.beside = Some(beside);
            } else {
                last.above.push(Comment { text: beside, blank_before: false });
            }
        }
    }

    /// Comments between the last statement of a block and its brace.
    pub fn block_end(&mut self, block: Syntax<'t>) -> Vec<Comment> {
        self.trivia.above(block.end())
    }

    /// A statement; its value is not wanted.
    pub fn stmt(&mut self, stmt: Syntax<'t>) {
        let (above, blank_before) = self.before(stmt);
        let first = self.cx.stmts.len();
        match stmt.kind() {
            "let_declaration" => self.let_(stmt),
            "expression_statement" => {
                if let Some(value) = stmt.first() {
                    self.effect(value);
                }
            }
            "const_item" => self.const_(stmt),
            "function_item" => self.nested_function(stmt),
            "empty_statement" | "use_declaration" | "import_declaration" | "effect_item" => {}
            _ => {
                let hole = self
                    .unsupported(stmt, format!("{} has no translation from Ruchy yet", words(stmt.kind())));
                self.push_expr(hole, stmt);
            }
        }
        self.dress(first, above, blank_before, stmt.end());
    }

    /// An expression for its effect.
    pub fn effect(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "assignment" => self.assign(node),
            "compound_assignment" => self.compound(node),
            "step_expression" => self.step(node),
            "parenthesized_expression" if node.first().is_some() => {
                if let Some(inner) = node.first() {
                    self.effect(inner);
                }
            }
            "if_expression" => self.if_into(node, &mut |this, block| this.statements(block), false),
            "match_expression" => self.match_into(node, &mut |this, value| {
                if value.is("block") { this.statements(value) } else { this.effect(value) }
            }),
            "for_expression" => self.for_(node),
            "while_expression" => self.while_(node),
            "loop_expression" => self.loop_(node, None),
            "try_expression" => self.try_into(node, &mut |this, block| this.statements(block)),
            "block" => {
                let block = self.block(node);
                let inner = self.node(Node::Block { label: None, block }, node);
                self.push_expr(inner, node);
            }
            "unsafe_block" | "async_block" => {
                if let Some(body) = node.field("body") {
                    self.effect(body);
                }
            }
            _ => {
                let value = self.expr(node);
                // A value without effect is left out.
                let is_plain = match &self.cx.body.nodes[value].kind {
                    Node::Const(_) => true,
                    // An index may be out of bounds.
                    Node::Use(place, _) => !place.proj.iter().any(|proj| matches!(proj, Proj::Index(_))),
                    _ => false,
                };
                if !is_plain {
                    self.push_expr(value, node);
                }
            }
        }
    }

    /// The statements of a block, in a scope of their own, added to the block that is being built.
    pub fn statements(&mut self, block: Syntax<'t>) {
        self.cx.scopes.push(Default::default());
        let stmts = block.named();
        self.nested_functions(&stmts);
        stmts.iter().for_each(|stmt| self.stmt(*stmt));
        self.cx.scopes.pop();
    }

    /// A block whose value is not wanted.
    pub fn block(&mut self, block: Syntax<'t>) -> BlockId {
        self.block_of(block, &mut |this, block| this.statements(block))
    }

    /// A block filled by `fill`, with the comments at its end.
    pub fn block_of(&mut self, block: Syntax<'t>, fill: &mut dyn FnMut(&mut Self, Syntax<'t>)) -> BlockId {
        let id = self.scoped(|this| {
            fill(this, block);
            None
        });
        let comments = self.block_end(block);
        self.cx.body.blocks[id].end_comments.extend(comments);
        id
    }

    /// A block as a value.
    pub fn value_block(&mut self, block: Syntax<'t>) -> BlockId {
        let id = self.scoped(|this| {
            let stmts = block.named();
            this.nested_functions(&stmts);
            let tail = this.tail_of(block, &stmts);
            let mut value = None;
            for stmt in &stmts {
                if tail.is_some_and(|tail| tail.start() == stmt.start()) {
                    let above = this.trivia.above(stmt.start());
                    value = stmt.first().map(|inner| this.result(inner));
                    if let (Some(last), false) = (this.cx.stmts.last_mut(), above.is_empty()) {
                        last.above.extend(above);
                    }
                } else {
                    this.stmt(*stmt);
                }
            }
            match value {
                None if !leaves(&stmts) => Some(this.nil(block)),
                value => value,
            }
        });
        let comments = self.block_end(block);
        self.cx.body.blocks[id].end_comments.extend(comments);
        id
    }

    fn let_(&mut self, node: Syntax<'t>) {
        let Some(pattern) = node.field("pattern") else { return };
        let ty = node.field("type").map_or(Ty::unknown(), |ty| self.hint(ty));
        let is_variable = node.has_token("var");
        if let Some(els) = node.field("alternative") {
            return self.let_else(node, pattern, els);
        }
        let Some(value) = node.field("value") else {
            for (name, is_mutable) in super::pattern::bound(pattern) {
                self.declare_here(name, ty, is_mutable || is_variable || node.field("value").is_none());
            }
            return;
        };
        let single = match pattern.kind() {
            "identifier" => Some((pattern, is_variable)),
            "binding_pattern" if pattern.field("pattern").is_none() => {
                pattern.field("name").map(|name| (name, is_variable || pattern.child("mutable").is_some()))
            }
            _ => None,
        };
        let Some((name, is_mutable)) = single else {
            self.cx.are_mutable = node.child("mutable").is_some() || is_variable;
            if !self.entries_apart(pattern, value) {
                let value = self.owned(value);
                self.take_apart(pattern, value, Some(ty));
            }
            self.cx.are_mutable = false;
            return;
        };
        if name.text() == "_" {
            return self.effect(value);
        }
        if self.let_alias(name, value) {
            return;
        }
        if value.is("loop_expression") && self.breaks_with_value(value) {
            let local = self.temp(name.text(), name);
            self.loop_(value, Some(local));
            self.cx.body.locals[local].is_temp = false;
            let value = self.use_local(local, name);
            let place = self.declare_here(name, ty, is_mutable);
            return self.push_set(place, value, node);
        }
        let value = match value.kind() {
            "lambda" => self.named_lambda(value, name.text()),
            _ => self.owned(value),
        };
        let place = self.declare_here(name, ty, is_mutable);
        self.push_set(place, value, node);
        if let Some(value) = node.field("value") {
            self.hold(name.text(), value);
        }
    }

    /// Declares a variable: a local, or at the top of the file a global that functions see.
    pub fn declare_here(&mut self, name: Syntax<'t>, ty: Ty, is_mutable: bool) -> Place {
        if !self.is_top() {
            return Place::local(self.declare(name.text(), ty, is_mutable, name));
        }
        let mut count = 1;
        loop {
            let path = match count {
                1 => self.module.join(name.text()),
                _ => self.module.join(&format!("{}_{count}", name.text())),
            };
            match self.globals.get_mut(&path) {
                Some(global) if global.origin == name.origin(0) => {
                    global.ty = ty;
                    break;
                }
                Some(_) => count += 1,
                None => break,
            }
        }
        Place::global(self.rebind_global(name.text(), is_mutable, count))
    }

    /// Whether statements of the file itself are being lowered.
    pub fn is_top(&self) -> bool {
        self.outer.is_empty() && self.cx.scopes.len() == 1
    }

    fn const_(&mut self, node: Syntax<'t>) {
        let (Some(name), Some(value)) = (node.field("name"), node.field("value")) else { return };
        let ty = node.field("type").map_or(Ty::unknown(), |ty| self.hint(ty));
        let value = self.owned(value);
        let is_item = self.outer.is_empty() && self.cx.scopes.len() == 1;
        let place = match self.look_up(name.text()) {
            Binding::Global(path) if is_item => {
                if let Some(global) = self.globals.get_mut(&path) {
                    global.ty = ty;
                }
                self.out.module.items.push(ItemRow {
                    item: Item::Global(path),
                    above: Vec::new(),
                    base: node.start() as u32,
                });
                Place::global(path)
            }
            _ => Place::local(self.declare(name.text(), ty, node.child("mutable").is_some(), name)),
        };
        self.push_set(place, value, node);
    }
}

/// Whether statements end in a jump, so that nothing follows them.
fn leaves(stmts: &[Syntax<'_>]) -> bool {
    let last = stmts.last().filter(|last| last.is("expression_statement")).and_then(|last| last.first());
    last.is_some_and(|last| {
        matches!(
            last.kind(),
            "return_expression" | "break_expression" | "continue_expression" | "throw_expression"
        )
    })
}

/// `actor_item` as a reader says it.
pub(super) fn words(kind: &str) -> String {
    let plain = kind.trim_end_matches("_item").trim_end_matches("_expression").replace('_', " ");
    format!("`{plain}`")
}
