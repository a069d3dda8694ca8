//! Lambdas and nested functions.

use super::scan::walk;
use super::{Binding, Lowerer, UNSUPPORTED, Variable};
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// A lambda that may live longer than the turn of a loop that it is made in.
    pub fn lambda(&mut self, node: Syntax<'t>) -> NodeId {
        let kept = self.kept_values(node);
        if let Some(name) = self.fresh_capture(node).filter(|_| kept.is_none()) {
            let why = format!(
                "a closure that keeps `{name}`, which each turn of a loop makes anew, has no translation from Ruchy yet"
            );
            return self.hole(UNSUPPORTED, node, why);
        }
        let closure = self.closure_with(node, None, &kept.unwrap_or_default());
        self.node(Node::Closure(closure), node)
    }

    /// A lambda that a variable holds; one that changes what it sees is a function with the variable's name.
    pub fn named_lambda(&mut self, node: Syntax<'t>, name: &str) -> NodeId {
        let mut changed = Vec::new();
        self.changed_inside(node, &mut changed);
        if !changed.iter().any(|changed| self.variable(changed).is_some())
            || self.fresh_capture(node).is_some()
        {
            return self.lambda(node);
        }
        let closure = self.closure(node, Some(Name::new(name)));
        self.node(Node::Closure(closure), node)
    }

    /// A lambda that is called while the call that it is an argument of runs.
    pub fn brief_lambda(&mut self, node: Syntax<'t>) -> NodeId {
        let closure = self.closure(node, None);
        self.node(Node::Closure(closure), node)
    }

    /// The variable of a loop's turn that an identifier names.
    fn of_turn(&self, part: Syntax<'t>) -> Option<Variable> {
        let variable = self.variable(part.text()).filter(|_| part.is("identifier"))?;
        let is_of_turn = variable.loops > 0 && variable.closures == self.cx.closures;
        (is_of_turn && matches!(variable.binding, Binding::Local(_))).then_some(variable)
    }

    /// A captured variable that is declared inside a loop around the closure.
    fn fresh_capture(&self, node: Syntax<'t>) -> Option<&'t str> {
        let mut found = None;
        walk(node, &mut |part| {
            if self.of_turn(part).is_some() {
                found = Some(part.text());
            }
        });
        found
    }

    /// Variables of a loop's turn that a closure keeps, if neither it nor what follows changes them: it may have
    /// their values.
    fn kept_values(&self, node: Syntax<'t>) -> Option<Vec<&'t str>> {
        let mut found: Vec<&'t str> = Vec::new();
        let mut are_values = true;
        walk(node, &mut |part| {
            if let Some(variable) = self.of_turn(part)
                && !found.contains(&part.text())
            {
                found.push(part.text());
                are_values &= !variable.is_mutable && !self.cx.changed_inside.contains(part.text());
            }
        });
        are_values.then_some(found)
    }

    fn closure(&mut self, node: Syntax<'t>, name: Option<Name>) -> Closure {
        self.closure_with(node, name, &[])
    }

    /// A closure that has the values of variables: parameters with defaults, which no call gives.
    fn closure_with(&mut self, node: Syntax<'t>, name: Option<Name>, kept: &[&'t str]) -> Closure {
        let mut values = Vec::new();
        for name in kept {
            let Some(Binding::Local(local)) = self.variable(name).map(|found| found.binding) else {
                continue;
            };
            let value = self.use_local(local, node);
            values.push((*name, self.copy(value, node)));
        }
        let body = node.field("body").or_else(|| node.field("value"));
        let saved = (std::mem::take(&mut self.cx.loops), std::mem::take(&mut self.cx.breaks));
        let outer_stmts = std::mem::take(&mut self.cx.stmts);
        let gives_nothing = std::mem::take(&mut self.cx.gives_nothing);
        self.cx.closures += 1;
        self.cx.scopes.push(FxHashMap::default());
        let ret = node.field("return_type").map_or(Ty::unknown(), |ret| self.hint(ret));
        self.cx.gives_nothing = crate::types::is_unit(ret);
        self.cx.closure_rets.push(ret);
        let ensures = std::mem::take(&mut self.cx.ensures);
        let params = self.params(node, body);
        let mut rows = params.rows.clone();
        for (name, value) in values {
            let origin = self.origin(node);
            let local = self.cx.body.local(name, Ty::unknown(), origin);
            self.bind(name, local, false, true);
            let kind = ParamKind::Normal;
            rows.push(Param { name: Name::new(name), local, kind, default: Some(value) });
        }
        self.start_params(params);
        let mut end_comments = Vec::new();
        let is_plain = name.is_none() && self.cx.stmts.is_empty();
        let tail = match body {
            Some(body) if body.is("block") && !is_simple(body) => {
                self.body_block(body);
                end_comments = self.block_end(body);
                None
            }
            Some(body) => {
                let value = match body.is("block") {
                    true => body.first().and_then(Syntax::first).unwrap_or(body),
                    false => body,
                };
                let is_statement = self.is_effect(value)
                    || !is_plain
                    || matches!(value.kind(), "if_expression" | "match_expression" | "block");
                if is_statement {
                    self.give(value);
                    None
                } else {
                    let before = self.cx.stmts.len();
                    let value = self.result(value);
                    if self.cx.stmts.len() == before {
                        Some(value)
                    } else {
                        let answer = self.node(Node::Return(Some(value)), body);
                        self.push_expr(answer, body);
                        None
                    }
                }
            }
            None => None,
        };
        self.cx.scopes.pop();
        self.cx.closures -= 1;
        self.cx.gives_nothing = gives_nothing;
        self.cx.closure_rets.pop();
        self.cx.ensures = ensures;
        (self.cx.loops, self.cx.breaks) = saved;
        let stmts = std::mem::replace(&mut self.cx.stmts, outer_stmts);
        let body = self.cx.body.block(BlockRow { stmts, tail, end_comments });
        let mut closure = Closure::lambda(rows, body);
        let has_statements = !self.cx.body.blocks[body].stmts.is_empty();
        closure.name = name.or_else(|| has_statements.then(|| Name::new("closure")));
        closure.ret = ret;
        closure
    }

    /// A function of the language as a value: `|x| sqrt(x)`.
    pub fn function_value(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let count = match node.text() {
            "min" | "max" | "pow" | "join" | "zip" | "split" => 2,
            "assert" | "assert_eq" | "assert_ne" | "exit" | "panic" | "range" | "input" | "readline" => {
                return None;
            }
            _ => 1,
        };
        let origin = self.origin(node);
        let mut rows = Vec::new();
        let mut args = Vec::new();
        for name in ["x", "y"].into_iter().take(count) {
            let local = self.cx.body.local(name, Ty::unknown(), origin);
            rows.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
            args.push(self.use_local(local, node));
        }
        let tail = Some(match node.text() {
            name @ ("print" | "println") => self.print_values(name, args, node),
            name => self.builtin(name, args, node).ok()?,
        });
        let body = self.cx.body.block(BlockRow { stmts: Vec::new(), tail, end_comments: Vec::new() });
        Some(self.node(Node::Closure(Closure::lambda(rows, body)), node))
    }

    /// Functions of a block: they can be called before the text that defines them.
    pub fn nested_functions(&mut self, stmts: &[Syntax<'t>]) {
        let functions: Vec<_> = stmts.iter().copied().filter(|stmt| stmt.is("function_item")).collect();
        for function in &functions {
            if let Some(name) = function.field("name") {
                self.declare(name.text(), Ty::unknown(), false, name);
            }
        }
        for function in functions {
            let Some(name) = function.field("name") else { continue };
            let Binding::Local(local) = self.look_up(name.text()) else { continue };
            let mark = self.trivia.mark();
            if let Some(captured) = self.fresh_capture(function).filter(|captured| *captured != name.text()) {
                let why = format!(
                    "a function that keeps `{captured}`, which each turn of a loop makes anew, has no translation from Ruchy yet"
                );
                let hole = self.hole(UNSUPPORTED, function, why);
                self.push_expr(hole, function);
                continue;
            }
            let first = stmts.first().is_some_and(|first| first.start() == function.start());
            let above = if first { self.trivia.above(function.start()) } else { Vec::new() };
            let closure = self.closure(function, Some(Name::new(name.text())));
            if !first {
                self.trivia.rewind(mark);
            }
            let value = self.node(Node::Closure(closure), function);
            self.push_set(Place::local(local), value, function);
            if let Some(row) = self.cx.stmts.last_mut() {
                row.above = above;
            }
        }
    }

    /// A function inside of a block was lowered with the block's beginning.
    pub fn nested_function(&mut self, node: Syntax<'t>) {
        if self.is_top() {
            return self.top(node);
        }
        let _ = self.trivia.above(node.end());
    }
}

/// A block that holds one expression and nothing else.
fn is_simple(block: Syntax<'_>) -> bool {
    let stmts = block.named();
    matches!(stmts[..], [only] if only.is("expression_statement")) && !block.has_token(";")
}
