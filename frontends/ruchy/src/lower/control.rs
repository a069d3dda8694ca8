//! `if`, `match`, loops and jumps.

use super::Lowerer;
use super::scan::{root_of, walk};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// What is done with a branch.
pub(super) type Fill<'a, 't> = &'a mut dyn FnMut(&mut Lowerer<'t>, Syntax<'t>);

/// The alternatives of a pattern that bind names: each is an arm of its own. Others stay one pattern.
fn alternatives(pattern: Syntax<'_>) -> Vec<Syntax<'_>> {
    if !pattern.is("or_pattern") || super::pattern::bound(pattern).is_empty() {
        return vec![pattern];
    }
    pattern.named().into_iter().flat_map(alternatives).collect()
}

/// Whether a pattern only tests for one value, and binds nothing.
fn is_test(pat: &Pat) -> bool {
    match pat {
        Pat::Value(_) | Pat::Const(Const::Bool(_)) => true,
        Pat::Class { args, named, .. } => args.is_empty() && named.is_empty(),
        Pat::Or(parts) => parts.iter().all(is_test),
        _ => false,
    }
}

impl<'t> Lowerer<'t> {
    pub fn condition(&mut self, node: Syntax<'t>) -> NodeId {
        let sign = node.field("operator").filter(|_| node.is("binary_expression")).map(Syntax::text);
        match (node.kind(), sign) {
            ("parenthesized_expression", _) if let Some(inner) = node.first() => {
                return self.condition(inner);
            }
            (_, Some("&&" | "||"))
                if let (Some(left), Some(right)) = (node.field("left"), node.field("right")) =>
            {
                let op = if sign == Some("&&") { ObjOp::And } else { ObjOp::Or };
                let a = self.condition(left);
                let first = self.cx.stmts.len();
                let b = self.condition(right);
                let asked = self.cx.stmts.split_off(first);
                return match asked.is_empty() {
                    true => self.op(op, vec![a, b], node),
                    false => self.decided_later(op, (a, b), asked, node),
                };
            }
            _ => {}
        }
        let value = self.expr(node);
        self.op(ObjOp::Truth, vec![value], node)
    }

    /// An `if` as a statement whose branches `fill` lowers. `gives`: a branch that is not there gives nil.
    pub fn if_into(&mut self, node: Syntax<'t>, fill: Fill<'_, 't>, gives: bool) {
        let (Some(condition), Some(then)) = (node.field("condition"), node.field("consequence")) else {
            return;
        };
        let els = node.field("alternative");
        if condition.is("let_condition") {
            return self.if_let(node, condition, then, els, fill, gives);
        }
        // What was caught is of one kind here: the other branch has no meaning for it.
        match self.known_type_test(condition) {
            Some(true) => {
                let block = self.block_of(then, fill);
                return self.push_block(block, node);
            }
            Some(false) => {
                self.trivia.skip(then.end());
                if let Some(block) = self.else_block(node, els, fill, gives) {
                    self.push_block(block, node);
                }
                return;
            }
            None => {}
        }
        let cond = self.condition(condition);
        let then = self.block_of(then, fill);
        let els = self.else_block(node, els, fill, gives);
        let branch = self.node(Node::If { cond, then, els }, node);
        self.push_expr(branch, node);
    }

    fn push_block(&mut self, block: BlockId, at: Syntax<'t>) {
        let block = self.node(Node::Block { label: None, block }, at);
        self.push_expr(block, at);
    }

    fn else_block(
        &mut self,
        node: Syntax<'t>,
        els: Option<Syntax<'t>>,
        fill: Fill<'_, 't>,
        gives: bool,
    ) -> Option<BlockId> {
        match els {
            Some(els) if els.is("if_expression") => Some(self.scoped(|this| {
                this.if_into(els, fill, gives);
                None
            })),
            Some(els) => Some(self.block_of(els, fill)),
            None if gives => Some(self.scoped(|this| {
                let nil = this.nil(node);
                let answer = this.node(Node::Return(Some(nil)), node);
                this.push_expr(answer, node);
                None
            })),
            None => None,
        }
    }

    fn if_let(
        &mut self,
        node: Syntax<'t>,
        condition: Syntax<'t>,
        then: Syntax<'t>,
        els: Option<Syntax<'t>>,
        fill: Fill<'_, 't>,
        gives: bool,
    ) {
        let (Some(pattern), Some(value)) = (condition.field("pattern"), condition.field("value")) else {
            return;
        };
        if !(gives && els.is_none()) && self.if_got(value, &[(pattern, then)], node, fill) {
            return;
        }
        let lent = self.lent_subject(value, then, &[pattern]);
        let subject = match lent {
            Some(base) => self.lent_value(base, &[(pattern, then)], value),
            None => self.subject(value, then),
        };
        let origin = self.origin(condition);
        let mut arms = Vec::new();
        let mark = self.trivia.mark();
        for form in self.forms_of(value, pattern) {
            self.trivia.rewind(mark);
            self.cx.form = form;
            let (mut pat, mut guard) = (Pat::Wild, None);
            let body = self.scoped(|this| {
                match lent {
                    Some(base) => pat = this.lent_arm(pattern, base, then, fill),
                    None => {
                        (pat, guard) = this.guarded_pattern(pattern, Some(then));
                        fill(this, then);
                    }
                }
                None
            });
            let comments = self.block_end(then);
            self.cx.body.blocks[body].end_comments.extend(comments);
            arms.push(Arm { pat, guard, body, origin, above: Vec::new() });
        }
        let other = self.else_block(node, els, fill, gives).unwrap_or_else(|| self.scoped(|_| None));
        arms.push(Arm { pat: Pat::Wild, guard: None, body: other, origin, above: Vec::new() });
        let chosen = self.node(Node::Match { subject, arms }, node);
        self.push_expr(chosen, node);
    }

    /// What a `match` looks at; a copy where the arms change it.
    fn subject(&mut self, value: Syntax<'t>, body: Syntax<'t>) -> NodeId {
        if matches!(value.kind(), "object" | "struct_expression") {
            let kept = self.temp("subject", value);
            self.cx.body.locals[kept].is_temp = false;
            let made = self.expr(value);
            self.push_set(Place::local(kept), made, value);
            return self.use_local(kept, value);
        }
        let is_changed =
            root_of(value).is_some_and(|root| self.touches(body, root.text())) || self.is_exposed(value);
        if is_changed { self.owned(value) } else { self.expr(value) }
    }

    /// What a `match` of `&mut place` looks at: what an `Option` holds is taken out, and put back by the arm.
    fn lent_value(
        &mut self,
        base: Syntax<'t>,
        arms: &[(Syntax<'t>, Syntax<'t>)],
        value: Syntax<'t>,
    ) -> NodeId {
        // An arm that takes anything else than the whole would lose what is taken out.
        let has_guard =
            arms.iter().any(|(pattern, _)| pattern.parent().is_some_and(|arm| arm.field("guard").is_some()));
        let is_simple = |pattern: Syntax<'t>| {
            Self::takes_some(pattern).is_some() || matches!(pattern.text(), "None" | "_")
        };
        let takes = !has_guard
            && arms.iter().any(|(pattern, _)| Self::takes_some(*pattern).is_some())
            && arms.iter().all(|(pattern, _)| is_simple(*pattern));
        let leaves = arms
            .iter()
            .any(|(pattern, code)| Self::takes_some(*pattern).is_some() && Self::leaves_early(*code));
        if leaves {
            return self.unsupported(
                value,
                "what this borrows is not changed through its name yet where the code leaves early",
            );
        }
        match self.target(base, true) {
            Ok(place) if takes => {
                let whole = self.use_place(place, base);
                self.call_lib("ruchy.taken", vec![whole], value)
            }
            Ok(place) => {
                let whole = self.use_place(place, base);
                self.copy(whole, value)
            }
            Err(hole) => hole,
        }
    }

    /// An arm whose names stand for parts of a place.
    fn lent_arm(
        &mut self,
        pattern: Syntax<'t>,
        base: Syntax<'t>,
        code: Syntax<'t>,
        fill: Fill<'_, 't>,
    ) -> Pat {
        if let Some(name) = Self::takes_some(pattern) {
            let local = self.declare(name.text(), Ty::unknown(), true, name);
            self.bind(name.text(), local, true, false);
            let own = self.declare(name.text(), Ty::unknown(), true, name);
            let value = self.use_local(local, name);
            self.push_set(Place::local(own), value, name);
            fill(self, code);
            let read = self.use_local(own, name);
            let back = self.call_lib("ruchy.Some", vec![read], name);
            if let Ok(place) = self.target(base, true) {
                self.push_set(place, back, pattern);
            }
            let class = Name::new("ruchy.Some");
            return Pat::Class { class, args: vec![Pat::Bind(local, None)], named: Vec::new() };
        }
        let names = super::pattern::bound(pattern);
        if !names.iter().any(|(name, _)| self.touches(code, name.text())) {
            let pat = self.pattern(pattern, Some(code));
            fill(self, code);
            return pat;
        }
        let rebuilt = if Self::leaves_early(code) { None } else { self.rebuilt(pattern) };
        let Some(rebuilt) = rebuilt else {
            let hole = self.unsupported(pattern, "what this borrows is not changed through its name yet");
            self.push_expr(hole, pattern);
            return Pat::Wild;
        };
        fill(self, code);
        let pat = rebuilt.pat.clone();
        self.put_back(rebuilt, base, pattern);
        pat
    }

    /// A `match` as a statement whose arms `fill` lowers.
    pub fn match_into(&mut self, node: Syntax<'t>, fill: Fill<'_, 't>) {
        let (Some(value), Some(body)) = (node.field("value"), node.field("body")) else { return };
        let patterns: Vec<Syntax<'t>> =
            body.named().into_iter().filter_map(|arm| arm.field("pattern")).collect();
        let bodies = body.named().into_iter().filter(|arm| arm.field("guard").is_none());
        let arms: Vec<_> = bodies.filter_map(|arm| arm.field("pattern").zip(arm.field("body"))).collect();
        if arms.len() == patterns.len() && self.if_got(value, &arms, node, fill) {
            return;
        }
        let lent = self.lent_subject(value, body, &patterns);
        let subject = match lent {
            Some(base) => {
                let arms =
                    body.named().into_iter().filter_map(|arm| arm.field("pattern").zip(arm.field("body")));
                let arms: Vec<_> = arms.collect();
                self.lent_value(base, &arms, value)
            }
            None => self.subject(value, body),
        };
        let mut arms = Vec::new();
        let (mut has_rest, mut is_last_plain) = (false, false);
        let mark = self.trivia.mark();
        let mut last = None;
        for (arm, pattern, form) in self.rows_of(value, body) {
            if self.never_fits(value, pattern) {
                self.trivia.skip(arm.end());
                continue;
            }
            if last.replace(pattern.start()) == Some(pattern.start()) && form.is_some() {
                self.trivia.rewind(mark);
                self.trivia.skip(arm.start());
            }
            self.cx.form = form;
            let above = self.trivia.above(arm.start());
            let Some(code) = arm.field("body") else { continue };
            let origin = self.origin(arm);
            let (mut pat, mut guard) = (Pat::Wild, None);
            let block = self.scoped(|this| {
                match lent {
                    Some(base) if arm.field("guard").is_none() => {
                        pat = this.lent_arm(pattern, base, code, fill)
                    }
                    _ => {
                        let asked;
                        (pat, asked) = this.guarded_pattern(pattern, Some(code));
                        guard = arm.field("guard").map(|guard| this.guard(guard));
                        guard = this.all_of(asked.into_iter().chain(guard), arm);
                        let names = super::pattern::bound(pattern);
                        if lent.is_some() && names.iter().any(|(name, _)| this.touches(code, name.text())) {
                            let why = "what this borrows is not changed through its name yet";
                            let hole = this.unsupported(pattern, why);
                            this.push_expr(hole, pattern);
                        }
                        fill(this, code);
                    }
                }
                let beside = this.trivia.beside(this.source, arm.end());
                if let (Some(last), Some(beside)) = (this.cx.stmts.last_mut(), beside) {
                    last.beside = Some(beside);
                }
                None
            });
            let comments = self.trivia.above(arm.end());
            self.cx.body.blocks[block].end_comments.extend(comments);
            has_rest |= guard.is_none() && matches!(pat, Pat::Wild | Pat::Bind(_, None));
            is_last_plain = guard.is_none() && is_test(&pat);
            arms.push(Arm { pat, guard, body: block, origin, above });
        }
        if has_rest {
        } else if is_last_plain && self.covers(body) {
            // The last one takes what is left.
            if let Some(last) = arms.last_mut() {
                last.pat = Pat::Wild;
            }
        } else {
            let origin = self.origin(node);
            let block = self.scoped(|this| {
                let raised = this.fault("No match arm matched the value", node);
                this.push_expr(raised, node);
                None
            });
            arms.push(Arm { pat: Pat::Wild, guard: None, body: block, origin, above: Vec::new() });
        }
        let chosen = self.node(Node::Match { subject, arms }, node);
        self.push_expr(chosen, node);
    }

    /// The arms of a `match`, once for each alternative that binds names and each form of object that may fit.
    fn rows_of(
        &self,
        value: Syntax<'t>,
        body: Syntax<'t>,
    ) -> Vec<(Syntax<'t>, Syntax<'t>, Option<super::pattern::Form>)> {
        let mut rows = Vec::new();
        for arm in body.named().into_iter().filter(|arm| arm.is("match_arm")) {
            for pattern in arm.field("pattern").map_or(Vec::new(), alternatives) {
                let forms = self.forms_of(value, pattern);
                rows.extend(forms.into_iter().map(|form| (arm, pattern, form)));
            }
        }
        rows
    }

    /// The condition of an arm, with the statements that it asks for and the copies of the pattern's names.
    fn guard(&mut self, node: Syntax<'t>) -> NodeId {
        let first = self.cx.stmts.len();
        let value = self.condition(node);
        if self.cx.stmts.len() == first {
            return value;
        }
        let stmts = self.cx.stmts.split_off(first);
        let block = self.cx.body.block(BlockRow { stmts, tail: Some(value), end_comments: Vec::new() });
        self.node(Node::Block { label: None, block }, node)
    }

    /// Whether all conditions hold.
    fn all_of(&mut self, conditions: impl Iterator<Item = NodeId>, at: Syntax<'t>) -> Option<NodeId> {
        let mut all: Option<NodeId> = None;
        for condition in conditions {
            all = Some(match all {
                Some(before) => self.op(ObjOp::And, vec![before, condition], at),
                None => condition,
            });
        }
        all
    }

    /// An error of the program that stops it with a message.
    pub fn fault(&mut self, message: &str, at: Syntax<'t>) -> NodeId {
        let text = self.text(message, at);
        self.stop(text, at)
    }

    /// Stops the program with a text.
    pub fn stop(&mut self, text: NodeId, at: Syntax<'t>) -> NodeId {
        self.stop_by("RuntimeError", text, at)
    }

    /// Stops the program with an error of the run.
    pub fn stop_by(&mut self, class: &str, text: NodeId, at: Syntax<'t>) -> NodeId {
        let class = Attr::Name(Name::new(class));
        let error = self.node(Node::Op { op: ExcOp::New.into(), attr: class, args: vec![text] }, at);
        self.node(Node::Raise { error: Some(error), cause: None }, at)
    }

    pub fn for_(&mut self, node: Syntax<'t>) {
        let (Some(pattern), Some(iterable), Some(body)) =
            (node.field("pattern"), node.field("iterable"), node.field("body"))
        else {
            return;
        };
        if self.for_lent(node) {
            return;
        }
        let is_changed = root_of(iterable).is_some_and(|root| self.touches(body, root.text()))
            || self.is_exposed(iterable);
        let mut iter = if is_changed { self.owned(iterable) } else { self.expr(iterable) };
        if pattern.is("tuple_pattern") && !pattern.text().starts_with('(') {
            if super::exceptions::is_text(iterable) {
                iter = self.call_lib("ruchy.chars", vec![iter], iterable);
            }
            iter = self.call_lib("ruchy.pairs", vec![iter], iterable);
        } else if self.may_be_dict(pattern, iterable) {
            iter = self.call_lib("ruchy.walked", vec![iter], iterable);
        }
        let label = self.label(node);
        self.cx.loops += 1;
        self.cx.breaks.push((label, None));
        let mut pat = Pat::Wild;
        let block = self.scoped(|this| {
            pat = this.turn_pattern(pattern, body);
            this.statements(body);
            None
        });
        self.cx.breaks.pop();
        self.cx.loops -= 1;
        let comments = self.block_end(body);
        self.cx.body.blocks[block].end_comments.extend(comments);
        let turn = self.node(Node::For { label, pat, iter, body: block, els: None }, node);
        self.push_expr(turn, node);
    }

    pub(super) fn label(&self, node: Syntax<'t>) -> Option<Name> {
        node.field("label").map(|label| Name::new(label.text().trim_start_matches('\'')))
    }

    pub fn while_(&mut self, node: Syntax<'t>) {
        let (Some(condition), Some(body)) = (node.field("condition"), node.field("body")) else { return };
        let label = self.label(node);
        self.cx.loops += 1;
        self.cx.breaks.push((label, None));
        let turn = if condition.is("let_condition") {
            let block = self.scoped(|this| {
                this.if_let_or_leave(node, condition, body);
                None
            });
            Node::Loop { label, body: block }
        } else {
            let first = self.cx.stmts.len();
            let cond = self.condition(condition);
            let asked = self.cx.stmts.split_off(first);
            if asked.is_empty() {
                let block = self.block(body);
                Node::While { label, cond, body: block, els: None }
            } else {
                // What the condition does runs in each turn.
                let block = self.block_of(body, &mut |this, body| {
                    this.cx.stmts.extend(asked.iter().cloned());
                    this.leave_unless(cond, condition);
                    this.statements(body);
                });
                Node::Loop { label, body: block }
            }
        };
        self.cx.breaks.pop();
        self.cx.loops -= 1;
        let turn = self.node(turn, node);
        self.push_expr(turn, node);
    }

    /// `a && b`, where statements stand before the value of `b`: they run only where it is asked for.
    pub(super) fn decided_later(
        &mut self,
        op: ObjOp,
        (a, b): (NodeId, NodeId),
        asked: Vec<Stmt>,
        node: Syntax<'t>,
    ) -> NodeId {
        let kept = self.temp("decided", node);
        self.push_set(Place::local(kept), a, node);
        let read = self.use_local(kept, node);
        let word = if op == ObjOp::And { ObjOp::Truth } else { ObjOp::Not };
        let test = self.op(word, vec![read], node);
        let then = self.scoped(|this| {
            this.cx.stmts.extend(asked);
            this.push_set(Place::local(kept), b, node);
            None
        });
        let branch = self.node(Node::If { cond: test, then, els: None }, node);
        self.push_expr(branch, node);
        self.use_local(kept, node)
    }

    /// Leaves a loop where a condition does not hold.
    fn leave_unless(&mut self, cond: NodeId, at: Syntax<'t>) {
        let then = self.scoped(|this| {
            let leave = this.node(Node::Break { label: None, value: None }, at);
            this.push_expr(leave, at);
            None
        });
        let test = self.op(ObjOp::Not, vec![cond], at);
        let branch = self.node(Node::If { cond: test, then, els: None }, at);
        self.push_expr(branch, at);
    }

    /// `while let`: a `match` that leaves the loop where the pattern does not fit.
    fn if_let_or_leave(&mut self, node: Syntax<'t>, condition: Syntax<'t>, body: Syntax<'t>) {
        let (Some(pattern), Some(value)) = (condition.field("pattern"), condition.field("value")) else {
            return;
        };
        let subject = self.subject(value, body);
        let origin = self.origin(condition);
        let (mut pat, mut guard) = (Pat::Wild, None);
        let then = self.scoped(|this| {
            (pat, guard) = this.guarded_pattern(pattern, Some(body));
            this.statements(body);
            None
        });
        let other = self.scoped(|this| {
            let leave = this.node(Node::Break { label: None, value: None }, node);
            this.push_expr(leave, node);
            None
        });
        let arm = |pat, guard, body| Arm { pat, guard, body, origin, above: Vec::new() };
        let arms = vec![arm(pat, guard, then), arm(Pat::Wild, None, other)];
        let chosen = self.node(Node::Match { subject, arms }, node);
        self.push_expr(chosen, node);
    }

    /// A pattern, and the condition that it asks for beside its form.
    pub(super) fn guarded_pattern(
        &mut self,
        pattern: Syntax<'t>,
        body: Option<Syntax<'t>>,
    ) -> (Pat, Option<NodeId>) {
        self.guarded(|this| this.pattern(pattern, body), pattern)
    }

    /// A pattern that `make` lowers, with its test.
    pub(super) fn guarded(
        &mut self,
        make: impl FnOnce(&mut Self) -> Pat,
        pattern: Syntax<'t>,
    ) -> (Pat, Option<NodeId>) {
        let outer = std::mem::take(&mut self.cx.guards);
        let pat = make(self);
        let own = std::mem::replace(&mut self.cx.guards, outer);
        let guard = self.all_of(own.into_iter(), pattern);
        (pat, guard)
    }

    /// `loop`; what `break` gives goes into `out`.
    pub fn loop_(&mut self, node: Syntax<'t>, out: Option<LocalId>) {
        let Some(body) = node.field("body") else { return };
        let label = self.label(node);
        self.cx.loops += 1;
        self.cx.breaks.push((label, out));
        let block = self.block(body);
        self.cx.breaks.pop();
        self.cx.loops -= 1;
        let turn = self.node(Node::Loop { label, body: block }, node);
        self.push_expr(turn, node);
    }

    /// Whether a `break` of this loop has a value.
    pub fn breaks_with_value(&self, node: Syntax<'t>) -> bool {
        let mut found = false;
        walk(node, &mut |part| found |= part.is("break_expression") && part.field("value").is_some());
        found
    }

    /// Whether more of the block follows on a line below, without a `;` between.
    fn continues_below(&self, node: Syntax<'t>) -> bool {
        let rest = self.source.get(node.end()..).unwrap_or("");
        let mut rest = rest.trim_start();
        while rest.starts_with("//") || rest.starts_with('#') && !rest.starts_with("#[") {
            rest = rest.split_once('\n').map_or("", |(_, below)| below).trim_start();
        }
        !rest.is_empty() && !rest.starts_with(['}', ';', ',', ')'])
    }

    /// `break`, `continue`, `return` and `throw` as expressions.
    pub fn jump(&mut self, node: Syntax<'t>) -> NodeId {
        let label = self.label(node);
        match node.kind() {
            "continue_expression" => self.node(Node::Continue { label }, node),
            "break_expression" => {
                if let Some(value) = node.field("value") {
                    let home = match label {
                        Some(_) => self.cx.breaks.iter().rev().find(|(of, _)| *of == label),
                        None => self.cx.breaks.last(),
                    };
                    let Some((_, Some(out))) = home.copied() else {
                        return self.unsupported(
                            node,
                            "the value of this `break` has no translation from Ruchy yet",
                        );
                    };
                    let value = self.owned(value);
                    self.push_set(Place::local(out), value, node);
                }
                let home = match label {
                    Some(_) => self.cx.breaks.iter().rev().find(|(of, _)| *of == label),
                    None => self.cx.breaks.last(),
                };
                if let (None, Some((_, Some(out)))) = (node.field("value"), home.copied()) {
                    let nil = self.nil(node);
                    self.push_set(Place::local(out), nil, node);
                }
                self.node(Node::Break { label, value: None }, node)
            }
            "return_expression" => {
                if node.first().is_none() && self.continues_below(node) {
                    let why = "a `return` whose value stands on another line; write the value beside it, or `;` behind it";
                    return self.unsupported(node, why);
                }
                if self.cx.replaces_self && self.cx.closures == 0 {
                    let this = self.variable("self").map(|found| found.binding);
                    if let Some(super::Binding::Local(local)) = this {
                        let this = self.use_local(local, node);
                        return self.node(Node::Return(Some(this)), node);
                    }
                }
                if let (Some(value), false) = (node.first(), self.cx.ensures.is_empty()) {
                    return self.checked_return(value);
                }
                let value = node.first().map(|value| self.result(value));
                self.node(Node::Return(value), node)
            }
            _ => self.throw(node),
        }
    }
}
