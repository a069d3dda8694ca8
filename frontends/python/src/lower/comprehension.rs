//! Comprehensions and generator expressions: clauses and a sink. Their variables are their own.

use super::{Binding, Lowerer, Scope, ScopeKind};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    pub fn comprehension(&mut self, node: Syntax<'t>) -> NodeId {
        let parts: Vec<_> =
            node.named().into_iter().filter(|part| part.kind().ends_with("_clause")).collect();
        let Some(first) = parts.first() else {
            return self.unsupported(node, "a comprehension without `for`");
        };
        // The first source is evaluated outside, before the variables exist.
        let source = self.clause_source(*first);
        let mut scope = Scope::new(ScopeKind::Inner);
        for part in &parts {
            if let Some(left) = part.field("left") {
                self.declare_targets(left, &mut scope);
            }
        }
        let (kind, _) = self.in_scope(scope, |this| {
            let mut clauses = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                clauses.push(this.clause(*part, (index == 0).then_some(source)));
            }
            let sink = this.sink(node);
            Node::Seq { clauses, sink }
        });
        self.node(kind, node)
    }

    fn clause(&mut self, part: Syntax<'t>, source: Option<NodeId>) -> Clause {
        if part.is("if_clause") {
            let cond = match part.first() {
                Some(cond) => self.condition(cond),
                None => self.unsupported(part, "a condition is missing here"),
            };
            return Clause::If(cond);
        }
        let iter = source.unwrap_or_else(|| self.clause_source(part));
        let pat = match part.field("left") {
            Some(left) => self.target(left),
            None => Pat::Wild,
        };
        Clause::For { pat, iter }
    }

    /// What a clause reads; `async for` reads `aiter(..)`.
    fn clause_source(&mut self, part: Syntax<'t>) -> NodeId {
        let source = match part.fields("right")[..] {
            [] => self.unsupported(part, "`for` without a source"),
            [one] => self.expr(one),
            ref many => {
                let items = many.iter().map(|item| self.expr(*item)).collect();
                self.op(TupleOp::New, items, part)
            }
        };
        if part.has_token("async") { self.call_lib("builtins.aiter", vec![source], part) } else { source }
    }

    fn sink(&mut self, node: Syntax<'t>) -> Sink {
        let Some(body) = node.field("body") else {
            return Sink::List(self.unsupported(node, "a comprehension without a value"));
        };
        match node.kind() {
            "dictionary_comprehension" => {
                let key = self.field_expr(body, "key");
                Sink::Dict(key, self.field_expr(body, "value"))
            }
            "set_comprehension" => Sink::Set(self.expr(body)),
            "generator_expression" => Sink::Iter(self.expr(body)),
            _ => Sink::List(self.expr(body)),
        }
    }

    fn declare_targets(&mut self, node: Syntax<'t>, scope: &mut Scope) {
        match node.kind() {
            "identifier" => {
                let name = Name::new(node.text());
                scope.names.entry(name).or_insert_with(|| Binding::Local(self.new_local(node.text(), node)));
            }
            "attribute" | "subscript" => {}
            _ => node.named().into_iter().for_each(|part| self.declare_targets(part, scope)),
        }
    }
}
