//! A `try` with several `catch`: each thing that may be caught has one handler, which asks the clauses in their order.
//!
//! ```text
//! try { f() }                            try { f() } except(ThrownKind) as error {
//! catch (Kind::Hard(n)) { a(n) }             match error.value { Kind.Hard(n) => a(n), _ => { set e = .. b(e) } }
//! catch (e) { b(e) }                     } except(Exception) as error { set e = Fault(..) b(e) }
//! ```

use super::control::Fill;
use super::exceptions::Caught;
use super::{Binding, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// What a handler is for: the class of the exception, the type of what it holds, and how that is read.
#[derive(Clone, Copy)]
struct Kind {
    class: Name,
    of: Option<Name>,
    how: Caught,
}

impl<'t> Lowerer<'t> {
    pub(super) fn several_handlers(&mut self, clauses: &[Syntax<'t>], fill: Fill<'_, 't>) -> Vec<Handler> {
        let Some(first) = clauses.first() else { return Vec::new() };
        let mut kinds: Vec<Kind> = Vec::new();
        let typed = self.exceptions.typed.clone();
        kinds.extend(self.exceptions.plain.map(|class| Kind { class, of: None, how: Caught::Value }));
        kinds.extend(typed.into_iter().map(|(of, class)| Kind { class, of: Some(of), how: Caught::Value }));
        let fault = self.fault_class(*first);
        kinds.push(Kind { class: Name::new("Exception"), of: Some(fault), how: Caught::Fault });
        let mark = self.trivia.mark();
        let mut out = Vec::new();
        for kind in kinds {
            self.trivia.rewind(mark);
            let error = self.temp("error", *first);
            let body = self.scoped(|this| {
                this.clause_chain(clauses, kind, error, fill);
                None
            });
            let origin = self.origin(*first);
            out.push(Handler {
                classes: vec![kind.class],
                bind: Some(error),
                body,
                origin,
                above: Vec::new(),
            });
        }
        out
    }

    /// The first clause that takes the value, or the error again.
    fn clause_chain(&mut self, clauses: &[Syntax<'t>], kind: Kind, error: LocalId, fill: Fill<'_, 't>) {
        let Some((clause, rest)) = clauses.split_first() else { return };
        let Some(block) = clause.field("body") else { return };
        match clause.field("pattern") {
            None => fill(self, block),
            Some(name) if name.is("identifier") => self.named_clause(name, block, kind, error, fill),
            Some(pattern) if self.may_take(pattern, kind) => {
                self.tested_clause(pattern, block, rest, kind, error, fill);
            }
            Some(_) => self.next_clause(rest, *clause, kind, error, fill),
        }
    }

    fn next_clause(
        &mut self,
        rest: &[Syntax<'t>],
        at: Syntax<'t>,
        kind: Kind,
        error: LocalId,
        fill: Fill<'_, 't>,
    ) {
        if !rest.is_empty() {
            return self.clause_chain(rest, kind, error, fill);
        }
        let read = self.use_local(error, at);
        let again = self.node(Node::Raise { error: Some(read), cause: None }, at);
        self.push_expr(again, at);
    }

    fn named_clause(
        &mut self,
        name: Syntax<'t>,
        block: Syntax<'t>,
        kind: Kind,
        error: LocalId,
        fill: Fill<'_, 't>,
    ) {
        if name.text() == "_" {
            return fill(self, block);
        }
        let value = self.caught(error, kind.how, name);
        let local = self.declare(name.text(), Ty::unknown(), false, name);
        self.push_set(Place::local(local), value, name);
        let how = match (kind.how, kind.of) {
            (Caught::Value, Some(of)) => Caught::Typed(of),
            (how, _) => how,
        };
        self.caught_as(name.text(), (error, local), how);
        fill(self, block);
        self.cx.caught.pop();
    }

    fn tested_clause(
        &mut self,
        pattern: Syntax<'t>,
        block: Syntax<'t>,
        rest: &[Syntax<'t>],
        kind: Kind,
        error: LocalId,
        fill: Fill<'_, 't>,
    ) {
        let subject = self.caught(error, kind.how, pattern);
        let (mut pat, mut guard) = (Pat::Wild, None);
        let then = self.scoped(|this| {
            (pat, guard) = match kind.of.filter(|_| pattern.is("object_pattern")) {
                Some(of) => this.guarded(|this| this.object_pattern_of(pattern, of, Some(block)), pattern),
                None => this.guarded_pattern(pattern, Some(block)),
            };
            fill(this, block);
            None
        });
        let other = self.scoped(|this| {
            this.next_clause(rest, pattern, kind, error, fill);
            None
        });
        let origin = self.origin(pattern);
        let arm = |pat, guard, body| Arm { pat, guard, body, origin, above: Vec::new() };
        let arms = vec![arm(pat, guard, then), arm(Pat::Wild, None, other)];
        let chosen = self.node(Node::Match { subject, arms }, pattern);
        self.push_expr(chosen, pattern);
    }

    /// Whether a pattern may fit what is caught.
    fn may_take(&self, pattern: Syntax<'t>, kind: Kind) -> bool {
        match (pattern.kind(), kind.of) {
            ("object_pattern", Some(of)) => {
                let keys = super::pattern::keys_of(pattern);
                !self.enums.contains_key(&of) && keys.iter().all(|key| self.has_part(of, key))
            }
            ("object_pattern", None) => false,
            ("struct_pattern" | "tuple_struct_pattern" | "scoped_identifier", of) => {
                let head = pattern.field("name").filter(|_| pattern.kind().ends_with("_pattern"));
                match self.resolve_path(head.unwrap_or(pattern)) {
                    Binding::Struct(found) | Binding::Variant(found, _) => of == Some(found),
                    _ => false,
                }
            }
            (_, of) => of.is_none(),
        }
    }
}
