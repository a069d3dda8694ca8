//! `try`, `catch`, `finally` and `throw`.
//!
//! ```text
//! throw "bad"                raise Thrown("bad")
//! try { f() } catch (e) {    try { f() } except(Thrown) as error { set e = error.value .. }
//!     println(e)                         except(Exception) as error { set e = Fault(..) .. }
//! }
//! ```
//! What is thrown travels in an exception of the file: `Thrown` for plain values, one more for each struct, enum or
//! object that the file throws. A handler is lowered once for each of them, and once for errors of the run, which are
//! objects with a type and a message. One that only shows what it caught has one handler for all.

use super::control::Fill;
use super::scan::walk;
use super::{Binding, Cx, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// Exceptions of a file.
#[derive(Default)]
pub(crate) struct Exceptions {
    /// What plain values travel in, if any are thrown.
    pub plain: Option<Name>,
    /// What values of a type travel in, by the type.
    pub typed: Vec<(Name, Name)>,
    /// Some of the plain values may be an object whose keys only the run knows.
    may_be_object: bool,
    /// The record of an error of the run.
    fault: Option<Name>,
}

/// The name of a `catch`, and what is known of what it caught.
#[derive(Clone, Copy)]
pub(crate) struct Named<'t> {
    name: &'t str,
    /// The exception, which `throw name` raises again.
    error: LocalId,
    local: LocalId,
    held: Held,
}

/// What an exception holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    /// A number, a text, a list: no struct, enum or object with known keys.
    Plain,
    /// A struct, an enum or an object.
    Of(Name),
    /// Only its text is asked for.
    Text,
}

impl<'t> Lowerer<'t> {
    /// The exceptions that a file needs.
    pub(super) fn collect_thrown(&mut self, root: Syntax<'t>) {
        let mut thrown = Vec::new();
        walk(root, &mut |node| {
            if node.is("throw_expression") {
                thrown.extend(node.first());
            }
        });
        for value in thrown {
            match self.thrown_type(value) {
                Some(class) if self.exceptions.typed.iter().any(|(of, _)| *of == class) => {}
                Some(class) => {
                    let path = self.exception(&format!("Thrown{}", class.last()), root);
                    self.exceptions.typed.push((class, path));
                }
                None => {
                    self.exceptions.may_be_object |= !is_plain(value);
                    if self.exceptions.plain.is_none() && !self.is_caught_name(value, root) {
                        self.exceptions.plain = Some(self.exception("Thrown", root));
                    }
                }
            }
        }
    }

    /// Whether a name is bound by some `catch`: it is thrown again.
    fn is_caught_name(&self, value: Syntax<'t>, root: Syntax<'t>) -> bool {
        let mut found = false;
        walk(root, &mut |node| {
            found |= node.is("catch_clause")
                && node.field("pattern").is_some_and(|name| name.text() == value.text());
        });
        found && value.is("identifier")
    }

    /// The struct, enum or object that an expression makes.
    fn thrown_type(&self, value: Syntax<'t>) -> Option<Name> {
        let made = match value.kind() {
            "object" => return self.shape_of(value),
            "struct_expression" => value.field("name")?,
            "call_expression" => value.field("function")?,
            "scoped_identifier" | "identifier" => value,
            _ => return None,
        };
        match self.resolve_path(made) {
            Binding::Struct(path) | Binding::Variant(path, _) => Some(path),
            Binding::Fn(path) => {
                let owner = path.parent();
                let is_type = self.structs.contains_key(&owner) || self.enums.contains_key(&owner);
                is_type.then_some(owner)
            }
            _ => None,
        }
    }

    /// An exception with a value.
    fn exception(&mut self, name: &str, at: Syntax<'t>) -> Name {
        let path = self.free_path(name);
        let mut def = super::data::class_def(path, vec![Name::new("Exception")], ClassKind::Exception, at);
        def.fields.push(super::data::field_def("value", Ty::unknown(), at));
        let init = path.join("__init__");
        self.enter(Cx::new(init, FnKind::Method, at.start(), at.end()));
        let this = self.parameter("self", Ty::class(path), at);
        let value = self.parameter("value", Ty::unknown(), at);
        let shown = self.use_local(value, at);
        let text = vec![Piece::Value { value: shown, conv: Conv::Str, spec: Vec::new(), late: true }];
        let text = self.node(Node::Format(text), at);
        let callee = Callee::Super(Name::new("__init__"));
        let call = self.node(Node::Call { callee, args: vec![Arg::positional(text)] }, at);
        self.push_expr(call, at);
        let read = self.use_local(value, at);
        self.push_set(Place::local(this).with(Proj::Field(Name::new("value"))), read, at);
        let body = self.leave();
        self.out.fns.push(body);
        def.methods.push(init);
        self.out.classes.push(def);
        self.out.module.items.push(ItemRow { item: Item::Class(path), above: Vec::new(), base: 0 });
        path
    }

    /// A parameter of a function that is made here.
    pub(super) fn parameter(&mut self, name: &str, ty: Ty, at: Syntax<'t>) -> LocalId {
        let origin = self.origin(at);
        let local = self.cx.body.local(name, ty, origin);
        let row = Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None };
        self.cx.body.params.push(row);
        local
    }

    /// A path of the file that nothing has yet.
    pub(super) fn free_path(&self, name: &str) -> Name {
        let is_taken = |path: &Name| {
            self.out.classes.iter().any(|class| class.path == *path)
                || self.structs.contains_key(path)
                || self.enums.contains_key(path)
                || self.names.get("").is_some_and(|names| names.contains_key(path.last()))
        };
        let paths = (1..).map(|count| match count {
            1 => self.module.join(name),
            _ => self.module.join(&format!("{name}{count}")),
        });
        paths.into_iter().find(|path| !is_taken(path)).unwrap_or_else(|| self.module.join(name))
    }

    /// `throw value`.
    pub(super) fn throw(&mut self, node: Syntax<'t>) -> NodeId {
        let Some(value) = node.first() else { return self.nil(node) };
        let caught = self.cx.caught.iter().rev().find(|caught| caught.name == value.text());
        if let Some(error) = caught.filter(|_| value.is("identifier")).map(|caught| caught.error) {
            let error = self.use_local(error, value);
            return self.node(Node::Raise { error: Some(error), cause: None }, node);
        }
        let class = match self.thrown_type(value) {
            Some(of) => self.exceptions.typed.iter().find(|(class, _)| *class == of).map(|(_, path)| *path),
            None => self.exceptions.plain,
        };
        let Some(class) = class else {
            return self.unsupported(node, "this `throw` has no translation from Ruchy yet");
        };
        let args = vec![Arg::positional(self.owned(value))];
        let error = self.node(Node::Call { callee: Callee::Fn(class), args }, node);
        self.node(Node::Raise { error: Some(error), cause: None }, node)
    }

    /// `try` as a statement whose blocks `fill` lowers.
    pub(super) fn try_into(&mut self, node: Syntax<'t>, fill: Fill<'_, 't>) {
        let Some(body) = node.field("body") else { return };
        let clauses: Vec<Syntax<'t>> =
            node.named().into_iter().filter(|part| part.is("catch_clause")).collect();
        let body = self.block_of(body, fill);
        let mut handlers = Vec::new();
        match clauses[..] {
            [] => {}
            [clause] => handlers = self.handlers(clause, fill),
            _ => handlers = self.several_handlers(&clauses, fill),
        }
        let finally = node.field("finally").map(|block| self.block(block));
        let tried = self.node(Node::Try { body, handlers, els: None, finally }, node);
        self.push_expr(tried, node);
    }

    fn handlers(&mut self, clause: Syntax<'t>, fill: Fill<'_, 't>) -> Vec<Handler> {
        let Some(block) = clause.field("body") else { return Vec::new() };
        let is_needed = |name: &Syntax<'t>| name.text() != "_" && uses(block, name.text()) > 0;
        let name = clause.field("pattern").filter(|name| !name.is("identifier") || is_needed(name));
        let any = Name::new("Exception");
        let Some(name) = name else { return vec![self.handler(any, None, block, clause, fill)] };
        if !name.is("identifier") {
            return self.pattern_handlers(name, block, clause, fill);
        }
        let seen = Seen::of(block, name.text());
        if seen.is_text_only() {
            return vec![self.handler(any, Some((name, Caught::Text)), block, clause, fill)];
        }
        let mut classes: Vec<(Name, Caught)> =
            self.exceptions.plain.iter().map(|path| (*path, Caught::Value)).collect();
        classes.extend(self.exceptions.typed.iter().map(|(of, path)| (*path, Caught::Typed(*of))));
        let mark = self.trivia.mark();
        let mut out = Vec::new();
        for (class, how) in classes {
            self.trivia.rewind(mark);
            out.push(self.handler(class, Some((name, how)), block, clause, fill));
        }
        if seen.fits_fault() {
            self.trivia.rewind(mark);
            out.push(self.handler(any, Some((name, Caught::Fault)), block, clause, fill));
        }
        out
    }

    /// `catch` with a pattern: what does not fit it is thrown on.
    fn pattern_handlers(
        &mut self,
        pattern: Syntax<'t>,
        block: Syntax<'t>,
        clause: Syntax<'t>,
        fill: Fill<'_, 't>,
    ) -> Vec<Handler> {
        let mut classes: Vec<(Name, Option<Name>, Caught)> = Vec::new();
        let typed = self.exceptions.typed.clone();
        match pattern.kind() {
            "object_pattern" => {
                let keys = super::pattern::keys_of(pattern);
                for (of, path) in typed {
                    if keys.iter().all(|key| self.has_part(of, key)) && !self.enums.contains_key(&of) {
                        classes.push((path, Some(of), Caught::Value));
                    }
                }
                if keys.iter().all(|key| matches!(key.as_str(), "message" | "type")) {
                    let fault = self.fault_class(clause);
                    classes.push((Name::new("Exception"), Some(fault), Caught::Fault));
                }
            }
            "struct_pattern" | "tuple_struct_pattern" | "scoped_identifier" => {
                let head = pattern.field("name").filter(|_| pattern.kind().ends_with("_pattern"));
                let found = match self.resolve_path(head.unwrap_or(pattern)) {
                    Binding::Struct(of) | Binding::Variant(of, _) => Some(of),
                    _ => None,
                };
                let fits = typed.into_iter().filter(|(of, _)| Some(*of) == found);
                classes.extend(fits.map(|(_, path)| (path, None, Caught::Value)));
            }
            _ => classes.extend(self.exceptions.plain.map(|path| (path, None, Caught::Value))),
        }
        let mark = self.trivia.mark();
        let mut out = Vec::new();
        for (class, record, how) in classes {
            self.trivia.rewind(mark);
            out.push(self.pattern_handler((class, record, how), pattern, block, clause, fill));
        }
        if out.is_empty() {
            let hole =
                self.unsupported(clause, "this pattern of a `catch` has no translation from Ruchy yet");
            self.push_expr(hole, clause);
        }
        out
    }

    fn pattern_handler(
        &mut self,
        (class, record, how): (Name, Option<Name>, Caught),
        pattern: Syntax<'t>,
        block: Syntax<'t>,
        clause: Syntax<'t>,
        fill: Fill<'_, 't>,
    ) -> Handler {
        let error = self.temp("error", clause);
        let origin = self.origin(clause);
        let body = self.scoped(|this| {
            let subject = this.caught(error, how, pattern);
            let (mut pat, mut guard) = (Pat::Wild, None);
            let then = this.scoped(|this| {
                (pat, guard) = match record {
                    Some(record) => {
                        this.guarded(|this| this.object_pattern_of(pattern, record, Some(block)), pattern)
                    }
                    None => this.guarded_pattern(pattern, Some(block)),
                };
                fill(this, block);
                None
            });
            let takes_all = guard.is_none()
                && match &pat {
                    Pat::Class { named, .. } => {
                        record.is_some()
                            && named.iter().all(|(_, pat)| matches!(pat, Pat::Bind(_, None) | Pat::Wild))
                    }
                    _ => false,
                };
            let arm = |pat, guard, body| Arm { pat, guard, body, origin, above: Vec::new() };
            let pat = if takes_all && matches!(pat, Pat::Class { ref named, .. } if named.is_empty()) {
                Pat::Wild
            } else {
                pat
            };
            let mut arms = vec![arm(pat, guard, then)];
            if !takes_all {
                let other = this.scoped(|this| {
                    let read = this.use_local(error, clause);
                    let again = this.node(Node::Raise { error: Some(read), cause: None }, clause);
                    this.push_expr(again, clause);
                    None
                });
                arms.push(arm(Pat::Wild, None, other));
            }
            let chosen = this.node(Node::Match { subject, arms }, clause);
            this.push_expr(chosen, clause);
            None
        });
        let comments = self.block_end(block);
        self.cx.body.blocks[body].end_comments.extend(comments);
        Handler { classes: vec![class], bind: Some(error), body, origin, above: Vec::new() }
    }

    /// Whether values of a thrown type have a field.
    pub(super) fn has_part(&self, class: Name, field: &str) -> bool {
        let is_known =
            |def: &ClassDef| def.path == class && def.fields.iter().any(|known| known.name == field);
        self.structs.get(&class).is_some_and(|facts| facts.fields.iter().any(|known| *known == field))
            || self.out.classes.iter().any(is_known)
            || self.enums.get(&class).is_some_and(|facts| {
                facts.variants.values().all(|fields| fields.iter().any(|known| *known == field))
            })
    }

    fn handler(
        &mut self,
        class: Name,
        name: Option<(Syntax<'t>, Caught)>,
        block: Syntax<'t>,
        clause: Syntax<'t>,
        fill: Fill<'_, 't>,
    ) -> Handler {
        let bind = name.map(|(name, _)| self.temp("error", name));
        let body = self.scoped(|this| {
            if let (Some((name, how)), Some(error)) = (name, bind) {
                let value = this.caught(error, how, name);
                let local = this.declare(name.text(), Ty::unknown(), false, name);
                this.push_set(Place::local(local), value, name);
                this.caught_as(name.text(), (error, local), how);
            }
            fill(this, block);
            if name.is_some() {
                this.cx.caught.pop();
            }
            None
        });
        let comments = self.block_end(block);
        self.cx.body.blocks[body].end_comments.extend(comments);
        Handler { classes: vec![class], bind, body, origin: self.origin(clause), above: Vec::new() }
    }

    /// Notes what the name of a `catch` stands for.
    pub(super) fn caught_as(&mut self, name: &'t str, (error, local): (LocalId, LocalId), how: Caught) {
        let held = match how {
            Caught::Value => Held::Plain,
            Caught::Typed(of) => Held::Of(of),
            Caught::Text => Held::Text,
            Caught::Fault => self.exceptions.fault.map_or(Held::Text, Held::Of),
        };
        self.cx.caught.push(Named { name, error, local, held });
    }

    /// What is known of what a name caught.
    fn held_by(&self, node: Syntax<'t>) -> Option<Held> {
        let binding = self.look_up(node.text());
        let is_it = |caught: &&Named<'t>| binding == Binding::Local(caught.local);
        let found = self.cx.caught.iter().rev().find(is_it).filter(|_| node.is("identifier"))?;
        (found.held != Held::Text).then_some(found.held)
    }

    /// Whether a class is an object of the file, which shows without a name.
    fn is_object(&self, class: Name) -> bool {
        let is_nameless = |def: &ClassDef| matches!(def.kind, ClassKind::Dataclass { repr: false, .. });
        self.out.classes.iter().any(|def| def.path == class && is_nameless(def))
    }

    /// Whether a pattern never fits what a name caught.
    pub(super) fn never_caught(&self, subject: Syntax<'t>, pattern: Syntax<'t>) -> bool {
        let Some(held) = self.held_by(subject) else { return false };
        match (held, pattern.kind()) {
            (_, "or_pattern") => pattern.named().into_iter().all(|part| self.never_caught(subject, part)),
            (Held::Plain, "object_pattern") => true,
            (Held::Of(of), "object_pattern") => {
                let keys = super::pattern::keys_of(pattern);
                !self.is_object(of) || !keys.iter().all(|key| self.has_part(of, key))
            }
            (_, "struct_pattern" | "tuple_struct_pattern" | "scoped_identifier") => {
                let head = pattern.field("name").filter(|_| pattern.kind().ends_with("_pattern"));
                match self.resolve_path(head.unwrap_or(pattern)) {
                    Binding::Struct(of) | Binding::Variant(of, _) => held != Held::Of(of),
                    _ => false,
                }
            }
            (Held::Of(_), "integer" | "float" | "string" | "raw_string" | "boolean" | "negative_literal") => {
                true
            }
            (Held::Of(_), "range_pattern" | "list_pattern" | "tuple_pattern" | "nil" | "char") => true,
            _ => false,
        }
    }

    /// The record that a pattern takes apart where what it looks at was caught.
    pub(super) fn caught_record(&self, subject: Syntax<'t>) -> Option<Name> {
        match self.held_by(subject)? {
            Held::Of(of) => self.is_object(of).then_some(of),
            _ => None,
        }
    }

    /// `type_of(e) == "object"` of what was caught, as far as that is known.
    pub(super) fn known_type_test(&self, node: Syntax<'t>) -> Option<bool> {
        let sign = node.field("operator").filter(|_| node.is("binary_expression"))?.text();
        if sign == "&&" {
            let sides = [node.field("left")?, node.field("right")?].map(|side| self.known_type_test(side));
            return sides.contains(&Some(false)).then_some(false);
        }
        let is_same = match sign {
            "==" => true,
            "!=" => false,
            _ => return None,
        };
        let (left, right) = (node.field("left")?, node.field("right")?);
        let (call, word) = if left.is("string") { (right, left) } else { (left, right) };
        let asks = call.is("call_expression")
            && call.field("function").is_some_and(|of| matches!(of.text(), "type_of" | "typeof" | "type"));
        let args = call.field("arguments").filter(|_| asks && word.is("string"))?.named();
        let [name] = args[..] else { return None };
        let word = crate::literal::string(word.text());
        let found = match self.held_by(name)? {
            Held::Of(of) if self.is_object(of) => word == "object",
            Held::Of(of) if self.enums.contains_key(&of) => word == "enum_variant",
            Held::Of(_) => word == "struct",
            Held::Plain if matches!(word.as_str(), "object" | "struct" | "enum_variant") => false,
            _ => return None,
        };
        Some(found == is_same)
    }

    /// `e.code` of what was caught and has no such field: an error of the run.
    pub(super) fn missing_in_caught(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let (value, name) = (node.field("value")?, node.field("name")?);
        let is_there = match self.held_by(value)? {
            Held::Of(of) => self.has_part(of, name.text()) || self.enums.contains_key(&of),
            _ => self.exceptions.may_be_object && self.objects_have_dicts(),
        };
        (!is_there).then(|| self.fault(&format!("Object has no field named '{}'", name.text()), node))
    }

    /// What the name of a `catch` stands for.
    pub(super) fn caught(&mut self, error: LocalId, how: Caught, at: Syntax<'t>) -> NodeId {
        match how {
            Caught::Value | Caught::Typed(_) => {
                let place = Place::local(error).with(Proj::Field(Name::new("value")));
                let value = self.use_place(place, at);
                self.copy(value, at)
            }
            Caught::Text => {
                let error = self.use_local(error, at);
                self.call_lib("ruchy.caught", vec![error], at)
            }
            Caught::Fault => {
                let class = self.fault_class(at);
                let mut args = Vec::new();
                for (field, row) in [("message", "ruchy.fault_message"), ("type", "ruchy.fault_type")] {
                    let error = self.use_local(error, at);
                    let value = self.call_lib(row, vec![error], at);
                    args.push(Arg { kind: ArgKind::Named(Name::new(field)), value });
                }
                self.node(Node::Call { callee: Callee::Fn(class), args }, at)
            }
        }
    }

    /// The record of errors of the run: an object with a message and a type.
    pub(super) fn fault_class(&mut self, at: Syntax<'t>) -> Name {
        if let Some(class) = self.exceptions.fault {
            return class;
        }
        let path = self.object_class("Fault", &["message", "type"], Ty::str(), at);
        self.exceptions.fault = Some(path);
        path
    }
}

#[derive(Clone, Copy)]
pub(super) enum Caught {
    /// The value that was thrown.
    Value,
    /// The same where it is a struct, an enum or an object.
    Typed(Name),
    /// The text of whatever it was.
    Text,
    /// An error of the run.
    Fault,
}

/// Number of places that read a name, also in the text of a format.
fn uses(node: Syntax<'_>, name: &str) -> usize {
    let mut count = 0;
    walk(node, &mut |part| {
        count += usize::from(part.is("identifier") && part.text() == name || names_inline(part, name));
    });
    count
}

/// Whether a string of a macro shows a variable: `"{e}"`.
fn names_inline(node: Syntax<'_>, name: &str) -> bool {
    let open = format!("{{{name}");
    node.is("string")
        && node
            .text()
            .match_indices(&open)
            .any(|(at, _)| node.text()[at + open.len()..].starts_with(['}', ':']))
}

/// What is done with the name of a `catch`.
struct Seen<'t> {
    all: usize,
    /// Uses that only show it.
    shown: usize,
    /// Of these, those that make it a part of another text.
    added: usize,
    /// Fields that are read.
    fields: Vec<&'t str>,
    /// Uses that ask for its type, or look at its form.
    asked: usize,
}

impl<'t> Seen<'t> {
    fn of(block: Syntax<'t>, name: &str) -> Self {
        let is_name =
            |node: Option<Syntax<'_>>| node.is_some_and(|node| node.is("identifier") && node.text() == name);
        let mut seen = Seen { all: uses(block, name), shown: 0, added: 0, fields: Vec::new(), asked: 0 };
        walk(block, &mut |node| match node.kind() {
            "interpolation" => seen.shown += usize::from(is_name(node.field("value"))),
            "throw_expression" => {
                seen.shown += usize::from(is_name(node.first()));
            }
            "match_expression" if is_name(node.field("value")) => {
                seen.asked += usize::from(takes_any_form(node));
            }
            "string" => seen.shown += usize::from(names_inline(node, name)),
            "binary_expression" if node.field("operator").is_some_and(|sign| sign.text() == "+") => {
                let sides = [node.field("left"), node.field("right")];
                let is_text = sides.into_iter().flatten().any(is_text);
                let added = sides.into_iter().filter(|side| is_text && is_name(*side)).count();
                seen.shown += added;
                seen.added += added;
            }
            "call_expression" | "macro_call" => {
                let args = node.field("arguments").map(Syntax::named).unwrap_or_default();
                let callee = node.field("function").or_else(|| node.field("name"));
                let shows = callee.is_some_and(|callee| {
                    matches!(
                        callee.text(),
                        "print" | "println" | "eprint" | "eprintln" | "str" | "to_string" | "format"
                    )
                });
                seen.shown += args.iter().filter(|arg| shows && is_name(Some(**arg))).count();
                let asks =
                    callee.is_some_and(|callee| matches!(callee.text(), "type_of" | "typeof" | "type"));
                seen.asked += args.iter().filter(|arg| asks && is_name(Some(**arg))).count();
                let method = callee.filter(|callee| callee.is("field_expression"));
                let is_shown = method.is_some_and(|method| {
                    method.field("name").is_some_and(|name| name.text() == "to_string")
                        && is_name(method.field("value"))
                });
                seen.shown += usize::from(is_shown);
            }
            "field_expression" => {
                let is_call = node.parent().is_some_and(|call| {
                    call.is("call_expression")
                        && call.field("function").is_some_and(|of| of.start() == node.start())
                });
                if !is_call && is_name(node.field("value")) {
                    seen.fields.extend(node.field("name").map(Syntax::text));
                }
            }
            _ => {}
        });
        seen
    }

    fn is_text_only(&self) -> bool {
        self.shown == self.all
    }

    fn fits_fault(&self) -> bool {
        let is_of_fault = self.fields.iter().all(|field| matches!(*field, "message" | "type"));
        (self.added == 0 && is_of_fault || self.asked > 0)
            && self.shown + self.fields.len() + self.asked >= self.all
    }
}

/// Whether the arms of a `match` may be given an error of the run: one that takes all only shows it.
fn takes_any_form(node: Syntax<'_>) -> bool {
    let arms = node.field("body").map(Syntax::named).unwrap_or_default();
    arms.into_iter().filter(|arm| arm.is("match_arm")).all(|arm| {
        let (Some(pattern), Some(body)) = (arm.field("pattern"), arm.field("body")) else { return false };
        match pattern.kind() {
            "identifier" if pattern.text() == "_" => true,
            "identifier" => arm.field("guard").is_none() && Seen::of(body, pattern.text()).is_text_only(),
            "binding_pattern" => false,
            _ => true,
        }
    })
}

/// Whether an expression is no object by its form.
fn is_plain(node: Syntax<'_>) -> bool {
    is_text(node)
        || super::expr::is_literal(node)
        || matches!(node.kind(), "list_expression" | "tuple_expression" | "unary_expression" | "atom")
}

/// Whether an expression is a text by its form.
pub(super) fn is_text(node: Syntax<'_>) -> bool {
    match node.kind() {
        "string" | "raw_string" | "char" | "format_string" => true,
        "macro_call" => node.field("name").is_some_and(|name| name.text() == "format"),
        // A sum with a text at one of its ends is one.
        "binary_expression" => {
            let sides = [node.field("left"), node.field("right")];
            node.field("operator").is_some_and(|sign| sign.text() == "+")
                && sides.into_iter().flatten().any(is_text)
        }
        "call_expression" => node.field("function").is_some_and(|function| {
            function.text() == "String::from"
                || function.field("name").is_some_and(|name| matches!(name.text(), "to_string" | "to_owned"))
        }),
        "parenthesized_expression" => node.first().is_some_and(is_text),
        _ => false,
    }
}
