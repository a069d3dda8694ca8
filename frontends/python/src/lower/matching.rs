//! `match`: subject, arms, patterns.

use super::{Binding, Lowerer};
use crate::text::{self, Number};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// A pattern without lowering.
pub const BAD_PATTERN: Code = Code::warning("B0508", "this pattern has no translation yet");

impl<'t> Lowerer<'t> {
    pub fn match_(&mut self, node: Syntax<'t>) {
        let subjects = node.fields("subject");
        let body = node.field("body");
        let limit = body.map_or(node.end(), Syntax::start);
        let has_comma = node.children().iter().any(|part| part.is(",") && part.start() < limit);
        let subject = match subjects[..] {
            [one] if !has_comma => self.expr(one),
            _ => {
                let items = subjects.into_iter().map(|item| self.expr(item)).collect();
                self.op(TupleOp::New, items, node)
            }
        };
        let beside = self.head_comment(node, body);
        let clauses = body.map(|body| body.fields("alternative")).unwrap_or_default();
        let arms = clauses.into_iter().map(|clause| self.arm(clause)).collect();
        self.push_node(Node::Match { subject, arms }, node);
        if let Some(row) = self.cx.stmts.last_mut() {
            row.beside = beside;
        }
    }

    fn arm(&mut self, node: Syntax<'t>) -> Arm {
        let mut above = self.trivia.above(node.start());
        let suite = node.field("consequence");
        let patterns: Vec<_> = node.named().into_iter().filter(|part| part.is("case_pattern")).collect();
        let limit = suite.map_or(node.end(), Syntax::start);
        let has_comma = node.children().iter().any(|part| part.is(",") && part.start() < limit);
        let mut late = Vec::new();
        let pat = match patterns[..] {
            [one] if !has_comma => self.case_pattern(one, &mut late),
            _ => self.sequence(&patterns, false, &mut late),
        };
        let guard = node.field("guard").and_then(Syntax::first).map(|guard| self.condition(guard));
        let beside = self.head_comment(node, suite);
        above.extend(beside.map(|text| Comment { text, blank_before: false }));
        let origin = self.origin(node);
        let body = self.field_block(node, "consequence");
        self.bind_late(body, late, node);
        Arm { pat, guard, body, origin, above }
    }

    /// Globals that an `as` pattern binds get their value at the start of the arm.
    fn bind_late(&mut self, body: BlockId, late: Vec<(Name, LocalId)>, at: Syntax<'t>) {
        for (path, local) in late.into_iter().rev() {
            let value = self.use_local(local, at);
            let origin = self.origin(at);
            let kind = StmtKind::Set { target: Pat::Place(Place::global(path)), value };
            self.cx.body.blocks[body].stmts.insert(0, Stmt::new(kind, origin));
        }
    }

    fn case_pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        // `-1` is two tokens inside the pattern.
        let first = node.children().into_iter().next();
        match (first, node.first()) {
            (Some(sign), Some(number)) if sign.is("-") => self.number_pattern(number, true),
            (_, Some(inner)) => self.pattern(inner, late),
            _ if node.text() == "_" => Pat::Wild,
            _ => self.bad_pattern(node),
        }
    }

    fn bad_pattern(&mut self, node: Syntax<'t>) -> Pat {
        let value = self.hole(BAD_PATTERN, node, BAD_PATTERN.title);
        Pat::Value(value)
    }

    fn pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        match node.kind() {
            "case_pattern" => self.case_pattern(node, late),
            "integer" | "float" => self.number_pattern(node, false),
            "string" | "concatenated_string" | "true" | "false" | "none" => {
                let value = self.expr(node);
                match self.body_const(value) {
                    Some(value) => Pat::Const(value.clone()),
                    None => Pat::Value(value),
                }
            }
            "complex_pattern" => self.complex_pattern(node),
            "dotted_name" => self.name_pattern(node, late),
            "as_pattern" => self.as_pattern(node, late),
            "union_pattern" => Pat::Or(self.alternatives(node, late)),
            "list_pattern" => self.sequence(&node.named(), true, late),
            "tuple_pattern" => self.tuple_pattern(node, late),
            "class_pattern" => self.class_pattern(node, late),
            "dict_pattern" => self.map_pattern(node, late),
            _ => self.bad_pattern(node),
        }
    }

    fn number_pattern(&mut self, node: Syntax<'t>, is_negative: bool) -> Pat {
        match (text::number(node.text()), is_negative) {
            (Some(Number::Int(digits)), true) if digits != "0" => {
                Pat::Const(Const::Int(format!("-{digits}").into()))
            }
            (Some(Number::Int(digits)), _) => Pat::Const(Const::Int(digits.into())),
            (Some(Number::Float(value)), _) => {
                Pat::Const(Const::Float(if is_negative { -value } else { value }))
            }
            (Some(Number::Imaginary(value)), _) => {
                Pat::Const(Const::Imag(if is_negative { -value } else { value }))
            }
            (None, _) => self.bad_pattern(node),
        }
    }

    fn complex_pattern(&mut self, node: Syntax<'t>) -> Pat {
        let parts = node.named();
        let [real, imaginary] = parts[..] else { return self.bad_pattern(node) };
        let tokens = node.children();
        let starts_negative = tokens.first().is_some_and(|token| token.is("-"));
        let is_minus = tokens.iter().any(|token| token.is("-") && token.start() > real.start());
        let mut left = self.expr(real);
        if starts_negative {
            left = self.op(ObjOp::Neg, vec![left], node);
        }
        let right = self.expr(imaginary);
        Pat::Value(self.op(if is_minus { ObjOp::Sub } else { ObjOp::Add }, vec![left, right], node))
    }

    /// A single name captures, a dotted one is compared.
    fn name_pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        match node.named()[..] {
            [name] => self.capture(name, None, late),
            _ => Pat::Value(self.dotted_value(node)),
        }
    }

    fn dotted_value(&mut self, node: Syntax<'t>) -> NodeId {
        use super::resolve::Target;
        let names = node.named();
        let (place, rest) = match self.static_path(node) {
            Some(found) => {
                let rest = found.rest.clone();
                let place = match found.target {
                    Target::Lib(path) if rest.is_empty() => return self.node(Node::Item(path), node),
                    Target::Lib(path) => Place::node(self.node(Node::Item(path), node)),
                    Target::Project(path) => Place::global(path),
                };
                (place, rest)
            }
            None => (self.place(names[0]), names[1..].iter().map(|name| name.text()).collect()),
        };
        let place = rest.iter().fold(place, |place, name| place.with(Proj::Field(Name::new(name))));
        self.use_place(place, node)
    }

    fn capture(&mut self, name: Syntax<'t>, part: Option<Pat>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        match (self.look_up(name.text()), part) {
            (Binding::Local(local), part) => Pat::Bind(local, part.map(Box::new)),
            (_, None) => Pat::Place(self.target_place(name)),
            (_, part) => {
                let place = self.target_place(name);
                let temp = self.temp(name.text(), name);
                if let Root::Global(path) = place.root {
                    late.push((path, temp));
                }
                Pat::Bind(temp, part.map(Box::new))
            }
        }
    }

    fn as_pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        match node.named()[..] {
            [part, name] => {
                let part = self.pattern(part, late);
                self.capture(name, Some(part), late)
            }
            _ => self.bad_pattern(node),
        }
    }

    /// Alternatives; `_` and `-` are tokens.
    fn alternatives(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Vec<Pat> {
        let (mut parts, mut is_negative) = (Vec::new(), false);
        for child in node.children() {
            match child.kind() {
                "_" => parts.push(Pat::Wild),
                "-" => is_negative = true,
                "integer" | "float" => {
                    parts.push(self.number_pattern(child, is_negative));
                    is_negative = false;
                }
                // `a | b | c` nests to the left.
                "union_pattern" => parts.append(&mut self.alternatives(child, late)),
                _ if child.is_named() => parts.push(self.pattern(child, late)),
                _ => {}
            }
        }
        parts
    }

    fn tuple_pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        let parts = node.named();
        match parts[..] {
            // Parentheses alone group.
            [one] if !node.has_token(",") => self.pattern(one, late),
            _ => self.sequence(&parts, false, late),
        }
    }

    fn sequence(&mut self, parts: &[Syntax<'t>], is_list: bool, late: &mut Vec<(Name, LocalId)>) -> Pat {
        let star = |part: &Syntax<'t>| part.first().filter(|inner| inner.is("splat_pattern"));
        let Some(at) = parts.iter().position(|part| star(part).is_some()) else {
            let parts = parts.iter().map(|part| self.pattern(*part, late)).collect();
            return if is_list {
                Pat::List { front: parts, rest: None, back: Vec::new() }
            } else {
                Pat::Tuple(parts)
            };
        };
        let front = parts[..at].iter().map(|part| self.pattern(*part, late)).collect();
        let name = star(&parts[at]).and_then(Syntax::first);
        let rest = Some(Box::new(name.map_or(Pat::Wild, |name| self.capture(name, None, late))));
        let back = parts[at + 1..].iter().map(|part| self.pattern(*part, late)).collect();
        Pat::List { front, rest, back }
    }

    fn class_pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        let parts = node.named();
        let Some((name, parts)) = parts.split_first() else { return self.bad_pattern(node) };
        let Some(class) = self.class_name(*name) else {
            if self.look_up(name.text()) == Binding::Unknown {
                self.unknown_name(*name);
            }
            return self.bad_pattern(node);
        };
        let (mut args, mut named) = (Vec::new(), Vec::new());
        for part in parts {
            match part.first().and_then(keyword_of) {
                Some(keyword) => {
                    let key = keyword.first().map_or("", |key| key.text());
                    let whole = part.first().unwrap_or(keyword);
                    named.push((Name::new(key), self.keyword_part(whole, late)));
                }
                None => args.push(self.pattern(*part, late)),
            }
        }
        Pat::Class { class, args, named }
    }

    /// The value of `name=value`; the grammar takes `name=(a) as b` and `name=a | b` apart behind the first value.
    fn keyword_part(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        match (node.kind(), &node.named()[..]) {
            ("case_pattern", [inner]) => self.keyword_part(*inner, late),
            ("as_pattern", [part, name]) => {
                let part = self.keyword_part(*part, late);
                self.capture(*name, Some(part), late)
            }
            ("union_pattern", [first, rest @ ..]) => {
                let mut parts = match self.keyword_part(*first, late) {
                    Pat::Or(parts) => parts,
                    part => vec![part],
                };
                parts.extend(rest.iter().map(|part| self.pattern(*part, late)).collect::<Vec<_>>());
                Pat::Or(parts)
            }
            _ => self.keyword_value(node, late),
        }
    }

    fn keyword_value(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        let tokens = node.children();
        let is_negative = tokens.iter().any(|token| token.is("-"));
        match node.named().get(1) {
            Some(value) if matches!(value.kind(), "integer" | "float") => {
                self.number_pattern(*value, is_negative)
            }
            Some(value) => self.pattern(*value, late),
            None => Pat::Wild,
        }
    }

    fn map_pattern(&mut self, node: Syntax<'t>, late: &mut Vec<(Name, LocalId)>) -> Pat {
        let (mut pairs, mut rest) = (Vec::new(), None);
        let (mut key, mut is_negative) = (None, false);
        for child in node.children() {
            match child.kind() {
                "-" => is_negative = true,
                "splat_pattern" => {
                    if let Some(Pat::Bind(local, _)) =
                        child.first().map(|name| self.capture(name, None, late))
                    {
                        rest = Some(local);
                    }
                }
                "case_pattern" => {
                    let pat = self.case_pattern(child, late);
                    if let Some(key) = key.take() {
                        pairs.push((key, pat));
                    }
                }
                _ if child.is_named() => {
                    key = Some(self.map_key(child, is_negative, late));
                    is_negative = false;
                }
                _ => {}
            }
        }
        Pat::Map { pairs, rest }
    }

    /// A key: a literal or a dotted name.
    fn map_key(&mut self, node: Syntax<'t>, is_negative: bool, late: &mut Vec<(Name, LocalId)>) -> NodeId {
        let pat = match node.kind() {
            "dotted_name" => return self.dotted_value(node),
            "integer" | "float" => self.number_pattern(node, is_negative),
            _ => self.pattern(node, late),
        };
        match pat {
            Pat::Const(value) => self.constant(value, node),
            Pat::Value(value) => value,
            _ => self.hole(BAD_PATTERN, node, BAD_PATTERN.title),
        }
    }
}

/// The `name=value` that a part of a class pattern begins with.
fn keyword_of(node: Syntax<'_>) -> Option<Syntax<'_>> {
    match node.kind() {
        "keyword_pattern" => Some(node),
        "as_pattern" | "union_pattern" | "case_pattern" => keyword_of(node.first()?),
        _ => None,
    }
}
