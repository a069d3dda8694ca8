//! What may be nil: `??`, `?.`, and functions that give nil where nothing is found.

use super::Lowerer;
use super::scan::walk;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Methods that give nil where a file asks for it, and are an error of the program elsewhere.
const MAY_BE_NIL: &[&str] = &["first", "last", "pop", "min", "max"];

impl<'t> Lowerer<'t> {
    /// Whether the file asks for nil anywhere.
    pub(super) fn collect_nil(&mut self, root: Syntax<'t>) {
        walk(root, &mut |node| {
            self.has_nil |= match node.kind() {
                "nil" => true,
                "identifier" => node.text() == "is_nil",
                "binary_expression" => node.field("operator").is_some_and(|sign| sign.text() == "??"),
                _ => false,
            };
        });
    }

    /// The row of a method: that which gives nil where the file asks for it.
    pub(super) fn nil_row<'n>(&self, name: &'n str, args: usize) -> std::borrow::Cow<'n, str> {
        match self.has_nil && args == 1 && MAY_BE_NIL.contains(&name) {
            true => format!("{name}_or_nil").into(),
            false => name.into(),
        }
    }

    /// `a ?? b`: the right side is only evaluated where it is asked for.
    pub(super) fn coalesce(&mut self, left: Syntax<'t>, right: Syntax<'t>, node: Syntax<'t>) -> NodeId {
        let value = self.owned(left);
        let is_plain = matches!(
            right.kind(),
            "integer"
                | "float"
                | "string"
                | "char"
                | "boolean"
                | "identifier"
                | "list_expression"
                | "unary_expression"
        );
        if is_plain {
            let other = self.owned(right);
            return self.call_lib("ruchy.coalesce", vec![value, other], node);
        }
        let kept = self.temp("found", left);
        self.push_set(Place::local(kept), value, left);
        let read = self.use_local(kept, left);
        let cond = self.call_lib("ruchy.is_nil", vec![read], left);
        let then = self.scoped(|this| Some(this.owned(right)));
        let els = self.scoped(|this| {
            let read = this.use_local(kept, left);
            Some(this.call_lib("ruchy.not_nil", vec![read], left))
        });
        self.node(Node::If { cond, then, els: Some(els) }, node)
    }

    /// `a?.b`: nil where `a` is nil.
    pub(super) fn optional_part(&mut self, node: Syntax<'t>) -> NodeId {
        let (Ok(value), Ok(name)) = (self.field(node, "value"), self.field(node, "name")) else {
            return self.nil(node);
        };
        self.where_there(value, node, |this, of| {
            let place = Place::node(of).with(Proj::Field(Name::new(name.text())));
            let part = this.use_place(place, node);
            this.copy(part, node)
        })
    }

    /// `a?.m(x)`.
    pub(super) fn optional_call(
        &mut self,
        function: Syntax<'t>,
        args: &[Syntax<'t>],
        node: Syntax<'t>,
    ) -> NodeId {
        let (Ok(value), Ok(name)) = (self.field(function, "value"), self.field(function, "name")) else {
            return self.nil(node);
        };
        let args = args.to_vec();
        self.where_there(value, node, |this, of| {
            let own = this.methods.contains(name.text());
            let args: Vec<NodeId> = args.into_iter().map(|arg| this.owned(arg)).collect();
            if own {
                let args = args.into_iter().map(Arg::positional).collect();
                let callee = Callee::Method(of, Name::new(name.text()));
                return this.node(Node::Call { callee, args }, node);
            }
            this.method_of(of, name.text(), args, node)
        })
    }

    fn where_there(
        &mut self,
        value: Syntax<'t>,
        node: Syntax<'t>,
        part: impl FnOnce(&mut Self, NodeId) -> NodeId,
    ) -> NodeId {
        let whole = self.owned(value);
        let kept = self.temp("found", value);
        self.push_set(Place::local(kept), whole, value);
        let read = self.use_local(kept, value);
        let cond = self.call_lib("ruchy.is_nil", vec![read], value);
        let out = self.temp("part", node);
        let then = self.scoped(|this| {
            let nil = this.nil(node);
            this.push_set(Place::local(out), nil, node);
            None
        });
        let els = self.scoped(|this| {
            let read = this.use_local(kept, value);
            let there = this.call_lib("ruchy.not_nil", vec![read], value);
            let held = this.temp("there", value);
            this.push_set(Place::local(held), there, value);
            let held = this.use_local(held, value);
            let found = part(this, held);
            this.push_set(Place::local(out), found, node);
            None
        });
        let branch = self.node(Node::If { cond, then, els: Some(els) }, node);
        self.push_expr(branch, node);
        self.use_local(out, node)
    }
}
