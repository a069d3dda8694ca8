//! Patterns: what `let`, `for` and `match` take apart.

use super::scan::walk;
use super::{Binding, Lowerer, UNSUPPORTED};
use crate::literal;
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Names that a pattern binds, and whether each is `mut`.
pub(super) fn bound(node: Syntax<'_>) -> Vec<(Syntax<'_>, bool)> {
    let mut out = Vec::new();
    collect(node, &mut out);
    out
}

fn collect<'t>(node: Syntax<'t>, out: &mut Vec<(Syntax<'t>, bool)>) {
    match node.kind() {
        "identifier" if node.text() != "_" && !node.text().starts_with(char::is_uppercase) => {
            out.push((node, false))
        }
        "binding_pattern" => {
            out.extend(node.field("name").map(|name| (name, node.child("mutable").is_some())));
            node.field("pattern").into_iter().for_each(|inner| collect(inner, out));
        }
        "tuple_struct_pattern" | "struct_pattern" => {
            let name = node.field("name").map(Syntax::start);
            let parts = node.named().into_iter().filter(|part| Some(part.start()) != name);
            parts.for_each(|part| collect(part, out));
        }
        "field_pattern" => match node.field("pattern") {
            Some(inner) => collect(inner, out),
            None => out.extend(node.field("name").map(|name| (name, node.child("mutable").is_some()))),
        },
        "tuple_pattern" | "list_pattern" | "object_pattern" | "or_pattern" | "reference_pattern"
        | "rest_pattern" => {
            node.named().into_iter().for_each(|part| collect(part, out));
        }
        _ => {}
    }
}

/// What the pattern of an object may take apart: a record, or a dict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    Record(Name),
    Dict,
}

impl<'t> Lowerer<'t> {
    /// The forms of what a pattern of an object may take apart, where there are several: each has an arm.
    pub(super) fn forms_of(&self, subject: Syntax<'t>, pattern: Syntax<'t>) -> Vec<Option<Form>> {
        if !pattern.is("object_pattern") || self.caught_record(subject).is_some() {
            return vec![None];
        }
        let mut forms: Vec<Option<Form>> =
            self.records_with(&keys_of(pattern)).into_iter().map(Form::Record).map(Some).collect();
        if forms.is_empty() || self.objects_have_dicts() {
            forms.push(Some(Form::Dict));
        }
        match forms[..] {
            [Some(Form::Record(_))] => vec![None],
            _ => forms,
        }
    }

    /// One part of an object's pattern: a pattern behind its key, or the key as a name.
    fn part_pattern(&mut self, part: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        match (part.field("pattern"), part.field("name")) {
            (Some(inner), _) => self.pattern(inner, body),
            (None, Some(name)) => {
                Pat::Bind(self.bind_pattern(name, part.child("mutable").is_some(), body), None)
            }
            _ => Pat::Wild,
        }
    }

    /// `{ kind, n }` of a dict.
    fn dict_pattern(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        let mut pairs = Vec::new();
        for (part, key) in field_patterns(node).into_iter().zip(keys_of(node)) {
            let pat = self.part_pattern(part, body);
            pairs.push((self.text(&key, part), pat));
        }
        Pat::Map { pairs, rest: None }
    }

    /// A pattern of a `match`, `if let` or `while let`; `body` is the code that sees its names.
    pub fn pattern(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        match node.kind() {
            "identifier" if node.text() == "_" => Pat::Wild,
            "identifier" | "scoped_identifier" => self.name_pattern(node, body),
            "binding_pattern" => {
                let Some(name) = node.field("name") else { return Pat::Wild };
                let inner = node.field("pattern").map(|inner| Box::new(self.pattern(inner, body)));
                Pat::Bind(self.bind_pattern(name, node.child("mutable").is_some(), body), inner)
            }
            "or_pattern" if self.is_wide(node) => self.tested_pattern(node),
            "or_pattern" => {
                if !bound(node).is_empty() {
                    return self.bad_pattern(
                        node,
                        "names in alternatives of a pattern have no translation from Ruchy yet",
                    );
                }
                let mut parts = Vec::new();
                for part in node.named() {
                    match self.pattern(part, body) {
                        Pat::Or(inner) => parts.extend(inner),
                        other => parts.push(other),
                    }
                }
                Pat::Or(parts)
            }
            "tuple_pattern" => match &node.named()[..] {
                [] => Pat::Const(Const::None),
                [only] if !node.has_token(",") => self.pattern(*only, body),
                parts if parts.iter().any(|part| part.is("rest_pattern")) => self.list_pattern(node, body),
                parts => Pat::Tuple(parts.iter().map(|part| self.pattern(*part, body)).collect()),
            },
            "list_pattern" => self.list_pattern(node, body),
            "reference_pattern" => node.first().map_or(Pat::Wild, |inner| self.pattern(inner, body)),
            "tuple_struct_pattern" | "struct_pattern" => self.record_pattern(node, body),
            "range_pattern" => self.range_pattern(node),
            "object_pattern" => self.object_pattern(node, body),
            "atom" => Pat::Value(self.atom(node)),
            "rest_pattern" | "byte" => {
                self.bad_pattern(node, "this pattern has no translation from Ruchy yet")
            }
            _ => self.literal_pattern(node),
        }
    }

    fn bad_pattern(&mut self, node: Syntax<'t>, why: &str) -> Pat {
        Pat::Value(self.hole(UNSUPPORTED, node, why))
    }

    fn literal_pattern(&mut self, node: Syntax<'t>) -> Pat {
        Pat::Const(match node.kind() {
            "integer" => match literal::integer(node.text()) {
                Some(value) => Const::Int(value.to_string().into()),
                None => {
                    return self.bad_pattern(node, "an integer has 64 bits in Ruchy; this literal has more");
                }
            },
            "float" => Const::Float(literal::float(node.text()).unwrap_or(f64::NAN)),
            "string" | "raw_string" | "char" => Const::Str(literal::string(node.text()).into()),
            "boolean" => Const::Bool(node.text() == "true"),
            "nil" => Const::None,
            "negative_literal" => match node.first().map(|number| (number.kind(), number.text())) {
                Some(("integer", text)) => {
                    Const::Int(format!("-{}", literal::integer(text).unwrap_or(0)).into())
                }
                Some((_, text)) => Const::Float(-literal::float(text).unwrap_or(f64::NAN)),
                None => Const::None,
            },
            _ => return self.bad_pattern(node, "this pattern has no translation from Ruchy yet"),
        })
    }

    /// A name: a variant, a constant, or a variable that is bound.
    fn name_pattern(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        if let (Some(order), Binding::Unknown) = (order_of(node.text()), self.resolve_path(node)) {
            return Pat::Const(Const::Int(order.to_string().into()));
        }
        match self.resolve_path(node) {
            Binding::Variant(of, name) => self.variant_pattern(of, name, node, Vec::new(), Vec::new()),
            Binding::Global(path)
                if node.is("scoped_identifier") || node.text().starts_with(char::is_uppercase) =>
            {
                let value = self.use_place(Place::global(path), node);
                Pat::Value(value)
            }
            _ if matches!(node.text(), "None" | "Option::None") => {
                Pat::Class { class: Name::new("ruchy.None"), args: Vec::new(), named: Vec::new() }
            }
            _ if node.is("scoped_identifier") || node.text().starts_with(char::is_uppercase) => {
                let why = format!("`{}` is not defined", node.text());
                Pat::Value(self.hole(super::UNKNOWN_NAME, node, why))
            }
            _ => Pat::Bind(self.bind_pattern(node, false, body), None),
        }
    }

    /// A variable of a pattern. One that the code changes is another object than the one that is looked at.
    fn bind_pattern(&mut self, name: Syntax<'t>, is_mutable: bool, body: Option<Syntax<'t>>) -> LocalId {
        let is_changed = body.is_some_and(|body| self.changes(body, name.text()));
        let local = self.declare(name.text(), Ty::unknown(), is_mutable, name);
        self.bind(name.text(), local, is_mutable, true);
        if is_changed {
            let own = self.declare(name.text(), Ty::unknown(), true, name);
            self.cx.copies.push(own);
            let value = self.use_local(local, name);
            let value = self.copy(value, name);
            self.push_set(Place::local(own), value, name);
        }
        local
    }

    fn list_pattern(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        let (mut front, mut back, mut rest) = (Vec::new(), Vec::new(), None);
        for part in node.named() {
            if part.is("rest_pattern") {
                rest = Some(Box::new(match part.child("identifier") {
                    Some(name) => Pat::Bind(self.bind_pattern(name, false, body), None),
                    None => Pat::Wild,
                }));
            } else {
                let pat = self.pattern(part, body);
                if rest.is_none() { front.push(pat) } else { back.push(pat) }
            }
        }
        Pat::List { front, rest, back }
    }

    /// `P { x: 0, y }`, `E::V(a, _)`, `Some(p)`.
    fn record_pattern(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        let Some(name) = node.field("name") else { return Pat::Wild };
        let (mut args, mut named) = (Vec::new(), Vec::new());
        for part in node.named().into_iter().filter(|part| part.start() != name.start()) {
            match part.kind() {
                "field_pattern" => {
                    let Some(field) = part.field("name") else { continue };
                    let pat = match part.field("pattern") {
                        Some(inner) => self.pattern(inner, body),
                        None => {
                            Pat::Bind(self.bind_pattern(field, part.child("mutable").is_some(), body), None)
                        }
                    };
                    named.push((Name::new(field.text()), pat));
                }
                "rest_pattern" => {
                    if node.is("tuple_struct_pattern") {
                        break;
                    }
                }
                _ => args.push(self.pattern(part, body)),
            }
        }
        match self.resolve_path(name) {
            Binding::Variant(of, variant) => self.variant_pattern(of, variant, node, args, named),
            Binding::Struct(class) => {
                Pat::Class { class, args: Vec::new(), named: self.with_numbers(args, named) }
            }
            _ if matches!(plain_outcome(name.text()), "Some" | "Ok" | "Err") => {
                let class = Name::new(&format!("ruchy.{}", plain_outcome(name.text())));
                Pat::Class { class, args, named }
            }
            _ => {
                let why = format!("`{}` is not defined", name.text());
                Pat::Value(self.hole(super::UNKNOWN_NAME, name, why))
            }
        }
    }

    fn with_numbers(&self, args: Vec<Pat>, named: Vec<(Name, Pat)>) -> Vec<(Name, Pat)> {
        let numbered = args.into_iter().enumerate().map(|(at, pat)| (Name::new(&format!("_{at}")), pat));
        numbered.chain(named).collect()
    }

    fn variant_pattern(
        &mut self,
        of: Name,
        name: Name,
        node: Syntax<'t>,
        args: Vec<Pat>,
        named: Vec<(Name, Pat)>,
    ) -> Pat {
        let path = of.join(name.as_str());
        if self.enums.get(&of).is_some_and(super::EnumFacts::is_plain) {
            let value = self.use_place(Place::global(path), node);
            return Pat::Value(value);
        }
        Pat::Class { class: path, args: Vec::new(), named: self.with_numbers(args, named) }
    }

    /// `{ kind: "circle", r }`.
    fn object_pattern(&mut self, node: Syntax<'t>, body: Option<Syntax<'t>>) -> Pat {
        let keys = keys_of(node);
        let subject = node.parent().filter(|arm| arm.is("match_arm")).and_then(|arm| arm.parent());
        let subject = subject.and_then(|body| body.parent()).and_then(|of| of.field("value"));
        let caught = subject.and_then(|subject| self.caught_record(subject));
        let form = self.cx.form.take();
        if form == Some(Form::Dict) {
            return self.dict_pattern(node, body);
        }
        let of = match form {
            Some(Form::Record(of)) => Some(of),
            _ => caught.or_else(|| self.pattern_record(&keys)),
        };
        match of {
            Some(class) => self.object_pattern_of(node, class, body),
            None => self.bad_pattern(
                node,
                "the keys of this pattern do not tell the object; it has no translation from Ruchy yet",
            ),
        }
    }

    /// The pattern of an object that is of a known record.
    pub(super) fn object_pattern_of(
        &mut self,
        node: Syntax<'t>,
        class: Name,
        body: Option<Syntax<'t>>,
    ) -> Pat {
        let mut named = Vec::new();
        for (part, key) in field_patterns(node).into_iter().zip(keys_of(node)) {
            let pat = self.part_pattern(part, body);
            named.push((Name::new(&key), pat));
        }
        Pat::Class { class, args: Vec::new(), named }
    }

    /// Whether an alternative of a pattern is a range that is tested by its ends.
    fn is_wide(&self, node: Syntax<'t>) -> bool {
        match node.kind() {
            "or_pattern" => node.named().into_iter().any(|part| self.is_wide(part)),
            "range_pattern" => few_numbers(node).is_none(),
            _ => false,
        }
    }

    /// A variable that takes anything, and the tests that it has to pass.
    fn tested_pattern(&mut self, node: Syntax<'t>) -> Pat {
        let local = self.temp("value", node);
        let test = self.test_of(node, local);
        self.cx.guards.push(test);
        Pat::Bind(local, None)
    }

    fn test_of(&mut self, node: Syntax<'t>, local: LocalId) -> NodeId {
        match node.kind() {
            "or_pattern" => {
                let tests: Vec<NodeId> =
                    node.named().into_iter().map(|part| self.test_of(part, local)).collect();
                let mut tests = tests.into_iter();
                let first = tests.next().unwrap_or_else(|| self.constant(Const::Bool(false), node));
                tests.fold(first, |before, test| self.op(ObjOp::Or, vec![before, test], node))
            }
            "range_pattern" => {
                let start = node.field("start").map(|start| self.end_of_range(start));
                let end = node.field("end").map(|end| self.end_of_range(end));
                let is_closed = node.field("operator").is_some_and(|sign| sign.text() == "..=");
                let read = self.use_local(local, node);
                let from = start.map(|start| self.op(ObjOp::Ge, vec![read, start], node));
                let last = if is_closed { ObjOp::Le } else { ObjOp::Lt };
                let read = self.use_local(local, node);
                let to = end.map(|end| self.op(last, vec![read, end], node));
                match (from, to) {
                    (Some(from), Some(to)) => self.op(ObjOp::And, vec![from, to], node),
                    (Some(only), None) | (None, Some(only)) => only,
                    _ => self.constant(Const::Bool(true), node),
                }
            }
            _ => {
                let value = self.end_of_range(node);
                let read = self.use_local(local, node);
                self.op(ObjOp::Eq, vec![read, value], node)
            }
        }
    }

    /// A literal of a pattern as a value.
    fn end_of_range(&mut self, node: Syntax<'t>) -> NodeId {
        match self.literal_pattern(node) {
            Pat::Const(value) => self.constant(value, node),
            Pat::Value(value) => value,
            _ => self.nil(node),
        }
    }

    /// `a..=b`: alternatives where there are few numbers, else a test.
    fn range_pattern(&mut self, node: Syntax<'t>) -> Pat {
        match few_numbers(node) {
            Some(numbers) => {
                Pat::Or(numbers.map(|value| Pat::Const(Const::Int(value.to_string().into()))).collect())
            }
            None => self.tested_pattern(node),
        }
    }

    /// The pattern of a `for` or a comprehension: places that each turn sets.
    pub fn loop_pattern(&mut self, node: Syntax<'t>, body: Syntax<'t>) -> Pat {
        match node.kind() {
            "identifier" if node.text() == "_" => {
                let turn = self.temp("turn", node);
                Pat::Place(Place::local(turn))
            }
            "identifier" => self.loop_variable(node, false, body),
            "binding_pattern" if node.field("pattern").is_none() => match node.field("name") {
                Some(name) => self.loop_variable(name, true, body),
                None => Pat::Wild,
            },
            "tuple_pattern" => {
                Pat::Tuple(node.named().into_iter().map(|part| self.loop_pattern(part, body)).collect())
            }
            "reference_pattern" => node.first().map_or(Pat::Wild, |inner| self.loop_pattern(inner, body)),
            _ => self.bad_pattern(node, "this pattern of a loop has no translation from Ruchy yet"),
        }
    }

    /// The pattern of a `for`: what is no name or tuple is taken apart in each turn.
    pub fn turn_pattern(&mut self, node: Syntax<'t>, body: Syntax<'t>) -> Pat {
        if !matches!(
            node.kind(),
            "list_pattern" | "struct_pattern" | "tuple_struct_pattern" | "object_pattern"
        ) {
            return self.loop_pattern(node, body);
        }
        let item = self.temp("item", node);
        let value = self.use_local(item, node);
        let value = self.copy(value, node);
        self.take_apart(node, value, None);
        Pat::Place(Place::local(item))
    }

    /// A loop's variable; an item that the body changes is a copy.
    fn loop_variable(&mut self, name: Syntax<'t>, is_mutable: bool, body: Syntax<'t>) -> Pat {
        let is_changed = self.changes(body, name.text());
        let local = self.declare(name.text(), Ty::unknown(), is_mutable, name);
        self.bind(name.text(), local, is_mutable, true);
        if is_changed {
            let own = self.declare(name.text(), Ty::unknown(), true, name);
            self.cx.copies.push(own);
            let value = self.use_local(local, name);
            let value = self.copy(value, name);
            self.push_set(Place::local(own), value, name);
        }
        Pat::Place(Place::local(local))
    }

    /// Takes a value apart into variables that are declared here.
    pub fn take_apart(&mut self, pattern: Syntax<'t>, value: NodeId, ty: Option<Ty>) {
        match pattern.kind() {
            "tuple_pattern" | "list_pattern" => {
                let target = self.places(pattern);
                self.push(StmtKind::Set { target, value }, pattern);
            }
            "struct_pattern" | "tuple_struct_pattern" | "object_pattern" => {
                let whole = self.temp("whole", pattern);
                self.cx.body.locals[whole].ty = ty.unwrap_or(Ty::unknown());
                self.push_set(Place::local(whole), value, pattern);
                self.fields_apart(pattern, whole);
            }
            "identifier" | "binding_pattern" => {
                let name = pattern.field("name").unwrap_or(pattern);
                let place =
                    self.declare_here(name, ty.unwrap_or(Ty::unknown()), pattern.child("mutable").is_some());
                self.push_set(place.clone(), value, pattern);
                // `whole @ [first, ..]`
                if let Some(inner) = pattern.field("pattern") {
                    let whole = self.use_place(place, pattern);
                    let whole = self.copy(whole, pattern);
                    self.take_apart(inner, whole, ty);
                }
            }
            _ => {
                let hole = self.unsupported(pattern, "this pattern has no translation from Ruchy yet");
                self.push_expr(hole, pattern);
            }
        }
    }

    /// Variables for the leaves of a pattern, as places.
    fn places(&mut self, node: Syntax<'t>) -> Pat {
        match node.kind() {
            "identifier" if node.text() == "_" => Pat::Place(Place::local(self.temp("unused", node))),
            "identifier" => Pat::Place(self.declare_here(node, Ty::unknown(), self.cx.are_mutable)),
            "binding_pattern" if node.field("pattern").is_none() => match node.field("name") {
                Some(name) => {
                    Pat::Place(self.declare_here(name, Ty::unknown(), node.child("mutable").is_some()))
                }
                None => Pat::Wild,
            },
            "tuple_pattern" if node.child("rest_pattern").is_none() => {
                Pat::Tuple(node.named().into_iter().map(|part| self.places(part)).collect())
            }
            "tuple_pattern" | "list_pattern" => {
                let (mut front, mut back, mut rest) = (Vec::new(), Vec::new(), None);
                for part in node.named() {
                    if part.is("rest_pattern") {
                        let name = part.child("identifier");
                        let place = match name {
                            Some(name) => self.declare_here(name, Ty::unknown(), false),
                            None => Place::local(self.temp("unused", part)),
                        };
                        rest = Some(Box::new(Pat::Place(place)));
                    } else {
                        let pat = self.places(part);
                        if rest.is_none() { front.push(pat) } else { back.push(pat) }
                    }
                }
                Pat::List { front, rest, back }
            }
            _ => self.bad_pattern(node, "this pattern has no translation from Ruchy yet"),
        }
    }

    /// `let { a, b } = o` of an object whose keys only the run knows.
    pub fn entries_apart(&mut self, pattern: Syntax<'t>, value: Syntax<'t>) -> bool {
        let parts = field_patterns(pattern);
        let of_dict = |this: &mut Self, part: &Syntax<'t>| {
            part.field("name").is_some_and(|name| this.dict_key(value, name).is_some())
        };
        if !pattern.is("object_pattern")
            || !value.is("identifier")
            || !parts.first().is_some_and(|part| of_dict(self, part))
        {
            return false;
        }
        for (part, key) in parts.into_iter().zip(keys_of(pattern)) {
            let (Some(name), Ok(place)) = (part.field("name"), self.target(value, false)) else { continue };
            let key = self.text(&key, part);
            let item = self.use_place(place.with(Proj::Index(key)), part);
            let item = self.copy(item, part);
            self.take_apart(part.field("pattern").unwrap_or(name), item, None);
        }
        true
    }

    fn fields_apart(&mut self, pattern: Syntax<'t>, whole: LocalId) {
        let head = pattern.field("name").map(Syntax::start);
        let parts = pattern.named().into_iter().filter(|part| Some(part.start()) != head);
        for (at, part) in parts.enumerate() {
            let (field, inner) = match part.kind() {
                "rest_pattern" => continue,
                "field_pattern" => {
                    let Some(name) = part.field("name") else { continue };
                    (Name::new(name.text()), part.field("pattern").unwrap_or(name))
                }
                _ => (Name::new(&format!("_{at}")), part),
            };
            let value = self.use_place(Place::local(whole).with(Proj::Field(field)), part);
            let value = self.copy(value, part);
            self.take_apart(inner, value, None);
        }
    }

    /// `let pattern = value else { .. }`: the names are set where the pattern fits, else the block leaves.
    pub fn let_else(&mut self, node: Syntax<'t>, pattern: Syntax<'t>, els: Syntax<'t>) {
        let Some(value) = node.field("value") else { return };
        let subject = self.owned(value);
        let other = self.block(els);
        let (pat, guard) = self.guarded_pattern(pattern, None);
        // The variables are the pattern's own from here on.
        for (name, is_mutable) in bound(pattern) {
            if let Binding::Local(local) = self.look_up(name.text()) {
                self.bind(name.text(), local, is_mutable, false);
            }
        }
        let origin = self.origin(node);
        let body = self.scoped(|_| None);
        let arm = |pat, guard, body| Arm { pat, guard, body, origin, above: Vec::new() };
        let arms = vec![arm(pat, guard, body), arm(Pat::Wild, None, other)];
        let chosen = self.node(Node::Match { subject, arms }, node);
        self.push_expr(chosen, node);
    }

    /// Whether the arms of a `match` name every variant of an enum, or both `Some` and `None`, without guards.
    pub fn covers(&self, body: Syntax<'t>) -> bool {
        let mut seen: Vec<String> = Vec::new();
        let mut wanted: Option<Vec<String>> = None;
        for arm in body.named().into_iter().filter(|arm| arm.is("match_arm") && arm.field("guard").is_none())
        {
            let Some(pattern) = arm.field("pattern") else { continue };
            let mut parts = vec![pattern];
            while let Some(part) = parts.pop() {
                if part.is("or_pattern") {
                    parts.extend(part.named());
                    continue;
                }
                let is_open = match part.kind() {
                    "tuple_struct_pattern" | "struct_pattern" => self.takes_any(part),
                    "identifier" | "scoped_identifier" | "boolean" => true,
                    _ => false,
                };
                if !is_open {
                    continue;
                }
                let name = part.field("name").filter(|_| part.kind().ends_with("_pattern")).unwrap_or(part);
                match self.resolve_path(name) {
                    Binding::Variant(of, variant) => {
                        let all = self.enums[&of].variants.keys().map(|name| name.to_string());
                        wanted = Some(all.collect());
                        seen.push(variant.to_string());
                    }
                    _ => {
                        let known: &[&[&str]] = &[&["Some", "None"], &["Ok", "Err"], &["true", "false"]];
                        if let Some(group) =
                            known.iter().find(|group| group.contains(&plain_outcome(name.text())))
                        {
                            wanted = Some(group.iter().map(|name| (*name).to_owned()).collect());
                            seen.push(plain_outcome(name.text()).to_owned());
                        }
                    }
                }
            }
        }
        wanted.is_some_and(|wanted| wanted.iter().all(|name| seen.contains(name)))
    }

    /// Whether the parts of a pattern take every value.
    fn takes_any(&self, node: Syntax<'t>) -> bool {
        let mut any = true;
        let head = node.field("name").map(Syntax::start);
        for part in node.named().into_iter().filter(|part| Some(part.start()) != head) {
            walk(part, &mut |inner| {
                any &= matches!(
                    inner.kind(),
                    "identifier"
                        | "field_pattern"
                        | "rest_pattern"
                        | "mutable"
                        | "binding_pattern"
                        | "tuple_pattern"
                ) && !(inner.is("identifier")
                    && matches!(self.look_up(inner.text()), Binding::Variant(..))
                    || inner.text() == "None");
            });
        }
        any
    }
}

/// `Option::Some` is `Some`.
fn plain_outcome(name: &str) -> &str {
    name.strip_prefix("Option::").or(name.strip_prefix("Result::")).unwrap_or(name)
}

/// The number that stands for an order: what `cmp` gives.
pub(super) fn order_of(path: &str) -> Option<i64> {
    let name = path.strip_prefix("std::cmp::").unwrap_or(path);
    Some(match name {
        "Ordering::Less" => -1,
        "Ordering::Equal" => 0,
        "Ordering::Greater" => 1,
        _ => return None,
    })
}

fn field_patterns(node: Syntax<'_>) -> Vec<Syntax<'_>> {
    node.named().into_iter().filter(|part| part.is("field_pattern")).collect()
}

/// The keys that a pattern of an object asks for.
pub(super) fn keys_of(node: Syntax<'_>) -> Vec<String> {
    let names = field_patterns(node).into_iter().filter_map(|part| part.field("name"));
    names.map(|name| literal::string(name.text())).collect()
}

/// The numbers of a range of integers, if they are few.
fn few_numbers(node: Syntax<'_>) -> Option<std::ops::RangeInclusive<i64>> {
    let number = |part: Syntax<'_>| match part.kind() {
        "integer" => literal::integer(part.text()),
        "negative_literal" => literal::integer(part.first()?.text()).map(|value| -value),
        _ => None,
    };
    let (start, end) = (number(node.field("start")?)?, number(node.field("end")?)?);
    let is_closed = node.field("operator").is_some_and(|sign| sign.text() == "..=");
    let end = if is_closed { end } else { end - 1 };
    (end >= start && end - start <= 255).then_some(start..=end)
}
