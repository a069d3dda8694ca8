//! Classes and actors: objects with an identity, which a copy of a value does not copy.
//!
//! ```text
//! class Dog : Animal {                       class @m.Dog(@m.Animal) {
//!     new(name: String) { self.name = name }   method __init__(%self, %name) { .. }
//!     fun bark(&self) { .. }                   method bark(%self) { .. }
//! }                                          }
//! actor Counter {                            class @m.Counter {
//!     count: i64 = 0                           field count = 0
//!     receive { Add(n) => self.count += n }    method add(%self, %n) { .. }
//! }                                          }
//! c ! Add(2)                                 method %c.add(2)
//! ```
//! `message.rs` says when the handler of a message runs.

use super::data::{class_def, field_def};
use super::scan::walk;
use super::{Binding, Cx, Lowerer};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// What a file says of classes and actors.
#[derive(Default)]
pub(crate) struct Classes<'t> {
    /// Bodies of the classes, to see what a class inherits.
    pub nodes: FxHashMap<Name, Syntax<'t>>,
    /// Messages of the file's actors.
    pub messages: Vec<&'t str>,
    pub actors: Vec<Name>,
    /// Handlers send messages: they wait in a queue.
    pub has_queue: bool,
    /// Functions that send messages.
    pub posts: Vec<super::message::Post>,
    /// Classes whose constructors are functions of their own.
    pub factories: FxHashSet<Name>,
}

/// Objects that are the same only as themselves.
const ENTITY: ClassKind = ClassKind::Dataclass {
    frozen: false,
    order: false,
    eq: false,
    unsafe_hash: false,
    kw_only: false,
    slots: false,
    repr: true,
};

impl<'t> Lowerer<'t> {
    /// Messages of an actor, before anything is lowered.
    pub(super) fn collect_actor(&mut self, node: Syntax<'t>, path: Name) {
        self.classes.actors.push(path);
        for receive in node.named().into_iter().filter(|part| part.is("receive")) {
            self.classes.messages.extend(handlers(receive).iter().map(|handler| handler.name));
            walk(receive, &mut |part| self.classes.has_queue |= super::message::is_message(part));
        }
    }

    pub(super) fn actor(&mut self, node: Syntax<'t>, above: Vec<Comment>) {
        let Some(name) = node.field("name") else { return };
        let path = self.item_path(name.text());
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: node.start() as u32 });
        let outer = self.this.replace(path);
        let mut def = class_def(path, Vec::new(), ENTITY, node);
        def.fields = self.record_fields(path, node, node);
        self.out.classes.push(def);
        let mut seen: Vec<&str> = Vec::new();
        for part in node.named() {
            match part.kind() {
                "receive" => {
                    for handler in handlers(part) {
                        if seen.contains(&handler.name) {
                            let why = "a message with several handlers has no translation from Ruchy yet";
                            let hole = self.unsupported(handler.node, why);
                            self.push_expr(hole, handler.node);
                            continue;
                        }
                        seen.push(handler.name);
                        self.message_method(path, &handler);
                    }
                }
                "function_item" => self.member(path, part),
                _ => {}
            }
        }
        self.this = outer;
    }

    /// The method that a message runs.
    fn message_method(&mut self, class: Name, handler: &Message<'t>) {
        let above = self.trivia.above(handler.node.start());
        let method = class.join(&self.message_name(handler.name));
        let mut inside = Vec::new();
        self.changed_inside(handler.node, &mut inside);
        self.enter(Cx::new(method, FnKind::Method, handler.node.start(), handler.node.end()));
        self.cx.changed_inside.extend(inside);
        self.cx.body.above = above;
        let this = self.parameter("self", Ty::class(class), handler.node);
        self.bind("self", this, true, true);
        let mut parts = Vec::new();
        for (at, param) in handler.params.iter().enumerate() {
            self.message_param(at, *param, handler, &mut parts);
        }
        for (pattern, local) in parts {
            let value = self.use_local(local, pattern);
            let value = self.copy(value, pattern);
            self.take_apart(pattern, value, None);
        }
        match handler.body.is("block") {
            true => self.body_block(handler.body),
            false => self.give(handler.body),
        }
        let root = self.cx.body.root;
        self.cx.body.blocks[root].end_comments = self.block_end(handler.body);
        let body = self.leave();
        self.out.fns.push(body);
        self.method_of_class(class, method);
    }

    /// The name of the method that a message runs; fields keep theirs.
    pub(super) fn message_name(&self, message: &str) -> String {
        let name = method_name(message);
        let is_field = self
            .classes
            .actors
            .iter()
            .filter_map(|actor| self.structs.get(actor))
            .any(|facts| facts.fields.iter().any(|field| *field == name.as_str()));
        if is_field { format!("on_{name}") } else { name }
    }

    fn message_param(
        &mut self,
        at: usize,
        param: Syntax<'t>,
        handler: &Message<'t>,
        parts: &mut Vec<(Syntax<'t>, LocalId)>,
    ) {
        let pattern = param.field("pattern").unwrap_or(param);
        let ty =
            param.field("type").filter(|_| param.is("parameter")).map_or(Ty::unknown(), |ty| self.hint(ty));
        let name = pattern.field("name").filter(|_| pattern.is("binding_pattern")).unwrap_or(pattern);
        if !name.is("identifier") {
            let local = self.parameter(&format!("part_{at}"), ty, param);
            return parts.push((pattern, local));
        }
        let local = self.parameter(name.text(), ty, name);
        self.bind(name.text(), local, true, true);
        if self.changes(handler.body, name.text()) {
            let value = self.use_local(local, name);
            let value = self.copy(value, name);
            let own = self.declare(name.text(), ty, true, name);
            self.push_set(Place::local(own), value, name);
        }
    }

    pub(super) fn method_of_class(&mut self, class: Name, method: Name) {
        if let Some(class) = self.out.classes.iter_mut().find(|def| def.path == class) {
            class.methods.push(method);
        }
    }

    /// A function of a class or actor.
    fn member(&mut self, class: Name, member: Syntax<'t>) {
        let Some(name) = member.field("name") else { return };
        let above = self.trivia.above(member.start());
        let method = class.join(name.text());
        let receiver = member.field("parameters").and_then(|params| params.child("self_parameter"));
        let kind = if receiver.is_some() { FnKind::Method } else { FnKind::StaticMethod };
        self.body(member, method, kind, above);
        self.method_of_class(class, method);
    }

    pub(super) fn class(&mut self, node: Syntax<'t>, above: Vec<Comment>) {
        let (Some(name), Some(body)) = (node.field("name"), node.field("body")) else { return };
        let path = self.item_path(name.text());
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: node.start() as u32 });
        let bases = self.bases(node);
        let outer = self.this.replace(path);
        let is_factory = self.classes.factories.contains(&path);
        let kind = if is_factory { ENTITY } else { ClassKind::Plain };
        let mut def = class_def(path, bases.clone(), kind, node);
        for field in body.named().into_iter().filter(|part| part.is("field")) {
            if let Some(name) = field.field("name") {
                let ty = field.field("type").map_or(Ty::unknown(), |ty| self.hint(ty));
                let mut row = field_def(name.text(), ty, field);
                row.above = self.trivia.above(field.start());
                def.fields.push(row);
            }
        }
        self.out.classes.push(def);
        let constructors = super::factory::constructors(node);
        match constructors[..] {
            [] => self.plain_constructor(path, node, body),
            _ if is_factory && self.is_derived(path) => {
                let why = "a class with named constructors that inherits or is inherited has no translation from Ruchy yet";
                let hole = self.unsupported(constructors[0], why);
                self.push_expr(hole, constructors[0]);
            }
            _ if is_factory => constructors.iter().for_each(|one| self.factory(path, *one)),
            [only, ..] => self.constructor(path, only),
        }
        for part in body.named().into_iter().filter(|part| part.is("function_item")) {
            self.member(path, part);
        }
        self.this = outer;
    }

    /// Whether a class has a base, or is one.
    fn is_derived(&self, class: Name) -> bool {
        self.classes.nodes.iter().any(|(path, node)| {
            let bases = node.fields("bases");
            let is_base = |base: &Syntax<'t>| self.resolve_path(*base) == Binding::Struct(class);
            *path == class && bases.iter().any(|base| matches!(self.resolve_path(*base), Binding::Struct(_)))
                || bases.iter().any(is_base)
        })
    }

    fn bases(&mut self, node: Syntax<'t>) -> Vec<Name> {
        let mut out = Vec::new();
        for base in node.fields("bases") {
            match self.resolve_path(base) {
                Binding::Struct(path) => out.push(path),
                _ if self.provided.contains_key(base.text()) => {}
                _ => {
                    let hole = self.hole(
                        super::UNKNOWN_NAME,
                        base,
                        format!("`{}` is no class of this file", base.text()),
                    );
                    self.push_expr(hole, base);
                }
            }
        }
        out
    }

    /// Fields with defaults of a class and those above it, the highest first.
    pub(super) fn default_fields(&self, class: Name) -> Vec<Syntax<'t>> {
        let mut out = Vec::new();
        let Some(node) = self.classes.nodes.get(&class) else { return out };
        for base in node.fields("bases") {
            if let Binding::Struct(path) = self.resolve_path(base) {
                out.extend(self.default_fields(path));
            }
        }
        let body = node.field("body").map(Syntax::named).unwrap_or_default();
        out.extend(body.into_iter().filter(|part| part.is("field") && part.field("default").is_some()));
        out
    }

    fn set_defaults(&mut self, class: Name, this: LocalId) {
        for field in self.default_fields(class) {
            let (Some(name), Some(default)) = (field.field("name"), field.field("default")) else { continue };
            let value = self.owned(default);
            let place = Place::local(this).with(Proj::Field(Name::new(name.text())));
            self.push_set(place, value, field);
        }
    }

    /// `new(..) { .. }`: sets the defaults, then what it says.
    fn constructor(&mut self, class: Name, node: Syntax<'t>) {
        let above = self.trivia.above(node.start());
        let path = class.join("__init__");
        let mut inside = Vec::new();
        self.changed_inside(node, &mut inside);
        self.enter(Cx::new(path, FnKind::Method, node.start(), node.end()));
        self.cx.changed_inside.extend(inside);
        self.cx.body.above = above;
        let this = self.parameter("self", Ty::class(class), node);
        self.bind("self", this, true, true);
        let own = std::mem::take(&mut self.cx.body.params);
        let params = self.params(node, node.field("body"));
        self.cx.body.params = own.into_iter().chain(params.rows.iter().cloned()).collect();
        self.set_defaults(class, this);
        self.start_params(params);
        self.cx.gives_nothing = true;
        if let Some(body) = node.field("body") {
            self.body_block(body);
            let root = self.cx.body.root;
            self.cx.body.blocks[root].end_comments = self.block_end(body);
        }
        let body = self.leave();
        self.out.fns.push(body);
        self.method_of_class(class, path);
    }

    /// A class without a constructor is made with its defaults; one above it may have one.
    fn plain_constructor(&mut self, class: Name, node: Syntax<'t>, body: Syntax<'t>) {
        let has_base = !node.fields("bases").is_empty();
        let has_defaults =
            body.named().iter().any(|part| part.is("field") && part.field("default").is_some());
        if has_base && !has_defaults {
            return;
        }
        if has_base {
            let why = "defaults of a class without a constructor below another class have no translation from Ruchy yet";
            let hole = self.unsupported(node, why);
            return self.push_expr(hole, node);
        }
        let path = class.join("__init__");
        self.enter(Cx::new(path, FnKind::Method, node.start(), node.end()));
        let this = self.parameter("self", Ty::class(class), node);
        self.set_defaults(class, this);
        let body = self.leave();
        self.out.fns.push(body);
        self.method_of_class(class, path);
    }

    /// `spawn Counter`, `spawn Counter { count: 3 }`; another thing runs at once.
    pub(super) fn spawn(&mut self, node: Syntax<'t>) -> NodeId {
        let Some(inner) = node.first() else { return self.nil(node) };
        if matches!(inner.kind(), "identifier" | "scoped_identifier")
            && let Binding::Struct(path) = self.resolve_path(inner)
        {
            return self.node(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, node);
        }
        self.expr(inner)
    }
}

/// A message that an actor takes.
struct Message<'t> {
    name: &'t str,
    params: Vec<Syntax<'t>>,
    body: Syntax<'t>,
    node: Syntax<'t>,
}

/// The handlers of a `receive`.
fn handlers(receive: Syntax<'_>) -> Vec<Message<'_>> {
    if let (Some(name), Some(body)) = (receive.field("name"), receive.field("body")) {
        let params = receive.field("parameters").map(Syntax::named).unwrap_or_default();
        return vec![Message { name: name.text(), params, body, node: receive }];
    }
    let arms = receive.named().into_iter().filter(|part| part.is("match_arm"));
    arms.filter_map(arm_handler).collect()
}

fn arm_handler(arm: Syntax<'_>) -> Option<Message<'_>> {
    let (pattern, body) = (arm.field("pattern")?, arm.field("body")?);
    let (name, params) = message_head(pattern)?;
    Some(Message { name, params, body, node: arm })
}

/// The name and the parts of a message or of its pattern.
pub(super) fn message_head(node: Syntax<'_>) -> Option<(&str, Vec<Syntax<'_>>)> {
    match node.kind() {
        "identifier" => Some((node.text(), Vec::new())),
        "scoped_identifier" => message_head(node.field("name")?),
        "call_expression" => {
            let (name, _) = message_head(node.field("function")?)?;
            Some((name, node.field("arguments").map(Syntax::named).unwrap_or_default()))
        }
        "tuple_struct_pattern" => {
            let head = node.field("name")?;
            let (name, _) = message_head(head)?;
            let parts = node.named().into_iter().filter(|part| part.start() != head.start());
            Some((name, parts.collect()))
        }
        _ => None,
    }
}

/// `SetAll` as the name of a method: `set_all`.
fn method_name(message: &str) -> String {
    let mut out = String::new();
    for (at, c) in message.chars().enumerate() {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
