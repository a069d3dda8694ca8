//! Functions: parameters, and a body whose last expression is the result.

use super::{Cx, Lowerer};
use crate::types::is_unit;
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// Parameters of a function or closure, lowered.
pub(crate) struct Params<'t> {
    pub rows: Vec<Param>,
    /// Statements that take parameters apart or give them an object of their own, once the body begins.
    late: Vec<(Syntax<'t>, LocalId)>,
}

impl<'t> Lowerer<'t> {
    /// A function with a body of its own: an item of a module.
    pub fn function(&mut self, node: Syntax<'t>, above: Vec<Comment>) {
        let Some(name) = node.field("name") else { return };
        let path = self.item_path(name.text());
        self.out.module.items.push(ItemRow { item: Item::Fn(path), above, base: node.start() as u32 });
        self.body(node, path, FnKind::Function, Vec::new());
        let is_kept = crate::tests::attributes(node).contains(&"memoize");
        let takes = node.field("parameters").is_some_and(|list| !list.named().is_empty());
        if let Some(body) = self.out.fns.last_mut().filter(|_| is_kept && takes) {
            body.decorators.push(Decorator {
                path: Name::new("functools.cache"),
                args: Vec::new(),
                is_called: false,
                origin: node.origin(0),
            });
        }
    }

    /// The body of a function or method.
    pub fn body(&mut self, node: Syntax<'t>, path: Name, kind: FnKind, above: Vec<Comment>) {
        let mut inside = Vec::new();
        self.changed_inside(node, &mut inside);
        self.enter(Cx::new(path, kind, node.start(), node.end()));
        self.cx.changed_inside.extend(inside);
        self.cx.body.above = above;
        self.type_parameters(node);
        let params = self.params(node, node.field("body").or_else(|| node.field("value")));
        self.cx.body.params = params.rows.clone();
        if let Some(ret) = node.field("return_type") {
            self.cx.body.ret = self.hint(ret);
        } else if path.last() == "main" {
            self.cx.body.ret = Ty::unit();
        }
        self.cx.gives_nothing = is_unit(self.cx.body.ret);
        self.start_params(params);
        self.contracts(node);
        let this =
            self.variable("self").filter(|_| kind == FnKind::Method && self.replacing.contains(path.last()));
        if let Some(super::Binding::Local(lent)) = this.map(|this| this.binding) {
            self.cx.replaces_self = true;
            self.cx.gives_nothing = true;
            let value = self.use_local(lent, node);
            let value = self.copy(value, node);
            let ty = self.cx.body.locals[lent].ty;
            let origin = self.origin(node);
            let own = self.cx.body.local("this", ty, origin);
            self.bind("self", own, true, false);
            self.push_set(Place::local(own), value, node);
        }
        if let Some(body) = node.field("body") {
            self.body_block(body);
            if self.cx.gives_nothing {
                self.check_result();
            }
            if self.cx.replaces_self
                && let Some(super::Binding::Local(own)) = self.variable("self").map(|this| this.binding)
            {
                let this = self.use_local(own, body);
                let answer = self.node(Node::Return(Some(this)), body);
                self.push_expr(answer, body);
            }
            let root = self.cx.body.root;
            self.cx.body.blocks[root].end_comments = self.block_end(body);
        } else if let Some(value) = node.field("value") {
            self.give(value);
        }
        let body = self.leave();
        self.out.fns.push(body);
    }

    /// Type parameters hide types of the file.
    fn type_parameters(&mut self, node: Syntax<'t>) {
        let Some(params) = node.field("type_parameters") else { return };
        for name in params.named().into_iter().filter_map(|param| param.field("name")) {
            let variable = super::Variable {
                binding: super::Binding::Unknown,
                is_mutable: false,
                is_borrowed: false,
                loops: 0,
                closures: 0,
            };
            if let Some(scope) = self.cx.scopes.last_mut() {
                scope.insert(name.text(), variable);
            }
        }
    }

    /// Parameters of a `parameters` or `lambda_parameters` list; `body` is the code that sees them.
    pub fn params(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Params<'t> {
        let mut out = Params { rows: Vec::new(), late: Vec::new() };
        let Some(list) = node.field("parameters") else { return out };
        let parts = if list.is("identifier") { vec![list] } else { list.named() };
        for part in parts {
            match part.kind() {
                "self_parameter" => self.self_param(part, body, &mut out),
                "parameter" | "lambda_parameter" => self.param(part, body, &mut out),
                "identifier" => self.named_param(part, part, Ty::unknown(), false, body, &mut out),
                _ => {}
            }
        }
        out
    }

    fn self_param(&mut self, part: Syntax<'t>, body: Option<Syntax<'t>>, out: &mut Params<'t>) {
        let changes_caller = part.has_token("&") && part.child("mutable").is_some();
        let ty = self.this.map_or(Ty::unknown(), Ty::class);
        let origin = self.origin(part);
        let local = self.cx.body.local("self", ty, origin);
        self.bind("self", local, true, true);
        out.rows.push(Param { name: Name::new("self"), local, kind: ParamKind::Normal, default: None });
        if !changes_caller && body.is_some_and(|body| self.changes(body, "self")) {
            out.late.push((part, local));
        }
    }

    fn param(&mut self, part: Syntax<'t>, body: Option<Syntax<'t>>, out: &mut Params<'t>) {
        let Some(pattern) = part.field("pattern") else { return };
        let pattern = match pattern.first() {
            Some(inner) if pattern.is("reference_pattern") => inner,
            _ => pattern,
        };
        let ty = part.field("type").map_or(Ty::unknown(), |ty| self.hint(ty));
        let is_lent =
            part.field("type").is_some_and(|ty| ty.is("reference_type") && ty.child("mutable").is_some());
        let name = match pattern.kind() {
            "identifier" => Some(pattern),
            "binding_pattern" if pattern.field("pattern").is_none() => pattern.field("name"),
            _ => None,
        };
        let Some(name) = name else {
            let local = self.temp("part", pattern);
            self.cx.body.locals[local].ty = ty;
            let number = out.rows.len();
            let row = Param {
                name: Name::new(&format!("part_{number}")),
                local,
                kind: ParamKind::Normal,
                default: None,
            };
            out.rows.push(row);
            out.late.push((pattern, local));
            return;
        };
        let is_cell = self.cx.closures == 0 && self.cells.contains(&(self.cx.body.path, out.rows.len()));
        if is_cell {
            self.named_param(part, name, Ty::list(ty), true, None, out);
            if let Some(row) = out.rows.last() {
                let cell = row.local;
                self.lend_cell(name, cell);
            }
            return;
        }
        self.named_param(part, name, ty, is_lent, body, out);
        let is_given = self.cx.closures == 0 && self.defaults.contains_key(&(self.cx.body.path, name.text()));
        if let Some(default) = part.field("default").filter(|_| !is_given) {
            let value = self.default(default);
            if let Some(row) = out.rows.last_mut() {
                row.default = Some(value);
            }
        }
    }

    /// A default: evaluated where a call leaves it out, so it has to be the same everywhere.
    fn default(&mut self, node: Syntax<'t>) -> NodeId {
        if is_fixed(node) {
            return self.expr(node);
        }
        self.unsupported(node, "a default that is no literal has no translation from Ruchy yet")
    }

    fn named_param(
        &mut self,
        part: Syntax<'t>,
        name: Syntax<'t>,
        ty: Ty,
        is_lent: bool,
        body: Option<Syntax<'t>>,
        out: &mut Params<'t>,
    ) {
        let origin = self.origin(name);
        let local = self.cx.body.local(name.text(), ty, origin);
        self.bind(name.text(), local, true, true);
        if is_lent {
            self.cx.lent.push(local);
        }
        out.rows.push(Param { name: Name::new(name.text()), local, kind: ParamKind::Normal, default: None });
        if !is_lent && body.is_some_and(|body| self.changes(body, name.text())) {
            out.late.push((part, local));
        }
    }

    /// What has to run before the body: parameters that are taken apart, and those that the body changes, which get
    /// an object of their own.
    pub fn start_params(&mut self, params: Params<'t>) {
        for (part, local) in params.late {
            let value = self.use_local(local, part);
            let name = self.cx.body.locals[local].name;
            if self.cx.body.locals[local].is_temp {
                let copy = self.copy(value, part);
                self.take_apart(part, copy, None);
            } else {
                let ty = self.cx.body.locals[local].ty;
                let copy = self.copy(value, part);
                let origin = self.origin(part);
                let own = self.cx.body.local(name.as_str(), ty, origin);
                self.bind(name.as_str(), own, true, false);
                self.push_set(Place::local(own), copy, part);
            }
        }
    }

    /// Statements of a function's block; the last expression is the result.
    pub fn body_block(&mut self, block: Syntax<'t>) {
        self.cx.scopes.push(FxHashMap::default());
        let stmts = block.named();
        self.nested_functions(&stmts);
        let tail = self.tail_of(block, &stmts);
        for stmt in &stmts {
            if tail.is_some_and(|tail| tail.start() == stmt.start()) && !self.cx.gives_nothing {
                let (above, blank_before) = self.before(*stmt);
                let first = self.cx.stmts.len();
                if let Some(value) = stmt.first() {
                    self.give(value);
                }
                self.dress(first, above, blank_before, stmt.end());
            } else {
                self.stmt(*stmt);
            }
        }
        self.cx.scopes.pop();
    }

    /// The statement whose expression is a block's value: the last one, if no `;` follows it.
    pub fn tail_of(&self, block: Syntax<'t>, stmts: &[Syntax<'t>]) -> Option<Syntax<'t>> {
        let last = stmts.last().filter(|last| last.is("expression_statement"))?;
        let is_ended = block.children().iter().any(|part| part.is(";") && part.start() >= last.end());
        (!is_ended).then_some(*last)
    }

    /// An expression whose value the function gives: its leaves return.
    pub fn give(&mut self, node: Syntax<'t>) {
        match node.kind() {
            "parenthesized_expression" if node.first().is_some() => {
                if let Some(inner) = node.first() {
                    self.give(inner);
                }
            }
            // What an arm borrows is put back after its value is known.
            "if_expression" | "match_expression" if !self.is_effect(node) && self.lends(node) => {
                let value = self.decided(node);
                let answer = self.node(Node::Return(Some(value)), node);
                self.push_expr(answer, node);
            }
            "if_expression" if !self.is_effect(node) => {
                self.if_into(node, &mut |this, block| this.body_block(block), true)
            }
            "match_expression" if !self.is_effect(node) => self.match_into(node, &mut |this, value| {
                if value.is("block") { this.body_block(value) } else { this.give(value) }
            }),
            "try_expression" if !self.is_effect(node) => {
                self.try_into(node, &mut |this, block| this.body_block(block));
            }
            "block" | "unsafe_block" | "async_block" => self.body_block(node.field("body").unwrap_or(node)),
            _ if self.is_effect(node) => self.effect(node),
            _ if !self.cx.ensures.is_empty() => {
                let answer = self.checked_return(node);
                self.push_expr(answer, node);
            }
            _ => {
                let value = self.result(node);
                let answer = self.node(Node::Return(Some(value)), node);
                self.push_expr(answer, node);
            }
        }
    }

    /// A value that leaves the function: a variable of its own goes as it is.
    pub fn result(&mut self, node: Syntax<'t>) -> NodeId {
        let variable = node.is("identifier").then(|| self.variable(node.text())).flatten();
        match variable {
            Some(variable)
                if !variable.is_borrowed
                    && variable.closures == self.cx.closures
                    && matches!(variable.binding, super::Binding::Local(_))
                    && !self.cx.changed_inside.contains(node.text()) =>
            {
                self.expr(node)
            }
            _ => self.owned(node),
        }
    }

    /// Whether an expression only has an effect, so that a function that ends in it gives nothing.
    pub fn is_effect(&self, node: Syntax<'t>) -> bool {
        match node.kind() {
            "assignment"
            | "compound_assignment"
            | "step_expression"
            | "for_expression"
            | "while_expression"
            | "return_expression"
            | "break_expression"
            | "continue_expression"
            | "throw_expression" => true,
            "loop_expression" => !self.breaks_with_value(node),
            "macro_call" => node.field("name").is_some_and(|name| {
                !matches!(name.text(), "format" | "vec" | "df" | "dbg" | "concat" | "matches")
            }),
            "call_expression" => node.field("function").is_some_and(|function| match function.kind() {
                "identifier" => {
                    super::call::PRINTS.contains(&function.text())
                        && self.look_up(function.text()) == super::Binding::Unknown
                }
                "field_expression" => function.field("name").is_some_and(|name| {
                    super::call::SILENT.contains(&name.text()) && !self.methods.contains(name.text())
                }),
                _ => false,
            }),
            "block" => {
                let stmts = node.named();
                match self.tail_of(node, &stmts) {
                    Some(tail) => tail.first().is_some_and(|tail| self.is_effect(tail)),
                    None => true,
                }
            }
            "if_expression" => {
                let parts = [node.field("consequence"), node.field("alternative")];
                node.field("alternative").is_none() && !self.returns_value(node)
                    || parts.into_iter().flatten().all(|part| self.is_effect(part))
            }
            "try_expression" => {
                let blocks = node.named().into_iter().filter_map(|part| match part.kind() {
                    "catch_clause" => part.field("body"),
                    _ => (Some(part.start()) == node.field("body").map(Syntax::start)).then_some(part),
                });
                blocks.into_iter().all(|block| self.is_effect(block))
            }
            "send_expression" => true,
            "async_block" | "unsafe_block" => node.field("body").is_some_and(|body| self.is_effect(body)),
            "match_expression" => node.field("body").is_some_and(|body| {
                let arms = body.named();
                arms.iter().filter_map(|arm| arm.field("body")).all(|body| self.is_effect(body))
            }),
            _ => false,
        }
    }

    /// Whether an `if` without `else` ends in a value that is more than a call.
    fn returns_value(&self, node: Syntax<'t>) -> bool {
        let Some(block) = node.field("consequence") else { return false };
        let stmts = block.named();
        let tail = self.tail_of(block, &stmts).and_then(Syntax::first);
        tail.is_some_and(|tail| {
            let gives = match tail.field("function").map(|function| self.resolve_path(function)) {
                Some(super::Binding::Fn(path)) => self.giving.contains(&path),
                _ => true,
            };
            !self.is_effect(tail) && gives
        })
    }
}

/// Whether a default is a literal.
pub(super) fn is_fixed(node: Syntax<'_>) -> bool {
    let is_literal = |node: Syntax<'_>| {
        matches!(node.kind(), "integer" | "float" | "string" | "char" | "boolean" | "nil" | "raw_string")
    };
    is_literal(node) || node.is("unary_expression") && node.field("value").is_some_and(is_literal)
}

/// Names of the parameters of the function whose default a node is.
pub(super) fn parameters_around<'t>(default: Syntax<'t>) -> Vec<&'t str> {
    let mut at = default;
    while let Some(around) = at.parent() {
        if around.is("function_item") {
            let params = around.field("parameters").map(Syntax::named).unwrap_or_default();
            let params = params.into_iter().filter(|param| !param.is("self_parameter"));
            return params.map(|param| param.field("pattern").map_or("", Syntax::text)).collect();
        }
        at = around;
    }
    Vec::new()
}
