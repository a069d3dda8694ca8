//! What may be nil: `??`, `?.`, and functions that give nil where nothing is found.

use super::Lowerer;
use super::scan::walk;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Methods that give nil where a file asks for it, and are an error of the program elsewhere.
const MAY_BE_NIL: &[&str] = &["first", "last", "pop", "min", "max"];

/// Whether a method gives nil where there is nothing.
pub(super) fn may_be_nil(method: &str) -> bool {
    MAY_BE_NIL.contains(&method)
}

/// Methods of `Option` and `Result` alone.
const OF_OUTCOMES: &[&str] = &[
    "unwrap",
    "unwrap_or",
    "unwrap_or_else",
    "unwrap_or_default",
    "unwrap_err",
    "expect",
    "is_some",
    "is_none",
    "is_ok",
    "is_err",
    "ok_or",
    "ok",
    "map_err",
    "and_then",
    "or_else",
];

/// Whether the variable that a call's value goes to is a float.
fn annotated_float(node: Syntax<'_>) -> bool {
    let mut at = node;
    while let Some(around) = at.parent() {
        match around.kind() {
            "let_declaration" => {
                return around.field("type").is_some_and(|ty| ty.text().contains("f64"));
            }
            "block" | "source_file" => return false,
            _ => at = around,
        }
    }
    false
}

/// Whether an expression is an argument of what prints, or a value of a format string.
fn is_shown(node: Syntax<'_>) -> bool {
    let Some(around) = node.parent() else { return false };
    match around.kind() {
        "interpolation" => around.field("spec").is_none(),
        "parenthesized_expression" => is_shown(around),
        "arguments" | "macro_arguments" => around.parent().is_some_and(|call| {
            let name = call.field("function").or(call.field("name")).map_or("", Syntax::text);
            matches!(name, "print" | "println" | "eprint" | "eprintln" | "format")
        }),
        _ => false,
    }
}

/// Whether nothing sees the value of an expression: a statement with another one below.
fn is_dropped(node: Syntax<'_>) -> bool {
    let Some(stmt) = node.parent().filter(|around| around.is("expression_statement")) else { return false };
    let Some(block) = stmt.parent() else { return false };
    let is_last = block.named().last().is_some_and(|last| last.start() == stmt.start());
    let around = block.parent().map_or("", Syntax::kind);
    !is_last
        || block.is("source_file")
        || matches!(around, "for_expression" | "while_expression" | "loop_expression")
}

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

    /// Whether what a value goes to is declared, and is not what may be absent.
    fn is_declared_there(&self, node: Syntax<'t>) -> bool {
        let Some(around) = node.parent() else { return false };
        let is_sure = |text: &str| !text.contains(['?', '_']) && !text.starts_with("Option");
        match around.kind() {
            "parenthesized_expression" => self.is_declared_there(around),
            "let_declaration" => around.field("type").is_some_and(|ty| is_sure(ty.text())),
            "return_expression" | "expression_statement" if !is_dropped(node) => {
                let ret = self.cx.closure_rets.last().copied().unwrap_or(self.cx.body.ret);
                !matches!(ret.kind(), TyKind::Unknown | TyKind::Unit | TyKind::Option(_) | TyKind::Lib(..))
            }
            _ => false,
        }
    }

    /// The row of a method: that which gives nil where the file asks for it.
    pub(super) fn nil_row<'n>(
        &self,
        name: &'n str,
        args: usize,
        node: Syntax<'t>,
    ) -> std::borrow::Cow<'n, str> {
        let may_be_nil = self.has_nil && args == 1 && MAY_BE_NIL.contains(&name);
        match may_be_nil && !self.is_declared_there(node) {
            true => format!("{name}_or_nil").into(),
            false => name.into(),
        }
    }

    /// Whether what stands around an expression takes it for an `Option` or a `Result`.
    pub(super) fn wants_outcome(&self, node: Syntax<'t>) -> bool {
        let Some(around) = node.parent() else { return false };
        let is_outcome = |pattern: Syntax<'t>| {
            ["Some", "None", "Ok", "Err"].iter().any(|name| pattern.text().starts_with(name))
        };
        match around.kind() {
            "parenthesized_expression" => self.wants_outcome(around),
            "try_operator" => true,
            "field_expression" => match around.field("name").map_or("", Syntax::text) {
                "cloned" | "copied" => around.parent().is_some_and(|call| self.wants_outcome(call)),
                name => OF_OUTCOMES.contains(&name),
            },
            "match_expression" => {
                let arms = around.field("body").map(Syntax::named).unwrap_or_default();
                arms.into_iter().filter_map(|arm| arm.field("pattern")).any(is_outcome)
            }
            "let_condition" => around.field("pattern").is_some_and(is_outcome),
            "let_declaration" => {
                around.field("alternative").is_some() && around.field("pattern").is_some_and(is_outcome)
                    || around
                        .field("type")
                        .is_some_and(|ty| ty.text().starts_with("Option") || ty.text().starts_with("Result"))
            }
            "return_expression" | "expression_statement" => {
                let ret = self.cx.closure_rets.last().copied().unwrap_or(self.cx.body.ret);
                matches!(ret.kind(), TyKind::Lib(name, _) if matches!(name.as_str(), "Option" | "Result"))
            }
            _ => false,
        }
    }

    /// Whether a value is only shown: printed, or bound to a name that is only printed.
    fn is_only_shown(&self, node: Syntax<'t>) -> bool {
        if is_shown(node) {
            return true;
        }
        let Some(binding) = node.parent().filter(|around| around.is("let_declaration")) else { return false };
        let Some(name) = binding.field("pattern").filter(|pattern| pattern.is("identifier")) else {
            return false;
        };
        let mut uses = 0;
        let mut are_shown = binding.child("mutable").is_none() && binding.field("type").is_none();
        let Some(block) = binding.parent() else { return false };
        walk(block, &mut |part| {
            let is_use = part.is("identifier") && part.text() == name.text() && part.start() != name.start();
            if is_use {
                uses += 1;
                are_shown &= is_shown(part);
            }
        });
        uses > 0 && are_shown
    }

    /// The row of a method of the language where a call stands: what gives nil may give an `Option` there.
    pub(super) fn row_at<'n>(
        &self,
        name: &'n str,
        node: Syntax<'t>,
        function: Syntax<'t>,
    ) -> std::borrow::Cow<'n, str> {
        if !self.wants_outcome(node) {
            let is_plain = node.field("arguments").is_some_and(|args| args.first().is_none());
            let may_be_nil = is_plain && MAY_BE_NIL.contains(&name);
            return match may_be_nil && (self.is_only_shown(node) || is_dropped(node)) {
                true => format!("{name}_or_nil").into(),
                false => name.into(),
            };
        }
        match name {
            "parse" | "to_int" | "to_float" => {
                let asked = function.field("type_arguments").map_or("", Syntax::text);
                let is_float = asked.contains("f64")
                    || asked.contains("f32")
                    || name == "to_float"
                    || annotated_float(node);
                if is_float { "parsed_float".into() } else { "parsed_int".into() }
            }
            "first" | "last" | "pop" | "min" | "max" | "find" | "position" | "get" | "max_by_key"
            | "min_by_key" | "max_by" | "min_by" => format!("{name}_some").into(),
            _ => name.into(),
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
            let part = match this.dict_key(value, name) {
                Some(key) => Proj::Index(key),
                None => Proj::Field(Name::new(name.text())),
            };
            let place = Place::node(of).with(part);
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
