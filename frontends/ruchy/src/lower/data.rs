//! Structs, enums, `impl` blocks, literals of structs.

use super::scan::walk;
use super::{Binding, Cx, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

/// A struct is a record that is compared and shown by its fields.
const RECORD: ClassKind = ClassKind::Dataclass {
    frozen: false,
    order: false,
    eq: true,
    unsafe_hash: false,
    kw_only: false,
    slots: false,
    repr: true,
};

/// An object without a name of its own, which is shown by its fields alone.
pub(super) const OBJECT: ClassKind = ClassKind::Dataclass {
    frozen: false,
    order: false,
    eq: true,
    unsafe_hash: false,
    kw_only: false,
    slots: false,
    repr: false,
};

impl<'t> Lowerer<'t> {
    /// A `struct` or `enum` item.
    pub fn data_type(&mut self, node: Syntax<'t>, above: Vec<Comment>) {
        let Some(name) = node.field("name") else { return };
        let path = self.item_path(name.text());
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: node.start() as u32 });
        let outer = self.this.replace(path);
        if node.is("struct_item") {
            let mut def = class_def(path, self.traits_of(name.text()), RECORD, node);
            if let Some(body) = node.field("body") {
                def.fields = self.record_fields(path, body, node);
            }
            self.out.classes.push(def);
        } else {
            self.enum_item(node, path);
        }
        self.this = outer;
        let rest = self.trivia.above(node.end());
        if let Some(row) = self.out.module.items.last_mut() {
            row.above.extend(rest);
        }
    }

    pub(super) fn record_fields(&mut self, path: Name, body: Syntax<'t>, whole: Syntax<'t>) -> Vec<FieldDef> {
        if body.is("tuple_fields") {
            let types = body.named().into_iter().filter(|part| !part.is("visibility"));
            let rows = types.enumerate().map(|(at, ty)| field_def(&format!("_{at}"), self.hint(ty), ty));
            return rows.collect();
        }
        let mut fields = Vec::new();
        for part in body.named().into_iter().filter(|part| part.is("field")) {
            let Some(name) = part.field("name") else { continue };
            let above = self.trivia.above(part.start());
            let ty = part.field("type").map_or(Ty::unknown(), |ty| self.hint(ty));
            let mut field = field_def(name.text(), ty, part);
            field.above = above;
            if let Some(default) = part.field("default") {
                field.default = Some(self.field_default(path, name.text(), default, whole));
                field.flags.factory = true;
            }
            field.beside = self.trivia.beside(self.source, comma_after(part));
            fields.push(field);
        }
        fields
    }

    /// The function that gives a field's default.
    fn field_default(&mut self, class: Name, field: &str, value: Syntax<'t>, whole: Syntax<'t>) -> Name {
        let path = class.join(&format!("{field}$default"));
        self.enter(Cx::new(path, FnKind::Function, whole.start(), whole.end()));
        let value_id = self.owned(value);
        let answer = self.node(Node::Return(Some(value_id)), value);
        self.push_expr(answer, value);
        let body = self.leave();
        self.out.fns.push(body);
        path
    }

    /// An enum without fields is an enum of members; another one is a family of records.
    fn enum_item(&mut self, node: Syntax<'t>, path: Name) {
        let Some(facts) = self.enums.get(&path).cloned() else { return };
        if !facts.is_plain() {
            return self.family(node, path);
        }
        let mut def = class_def(path, Vec::new(), ClassKind::Enum, node);
        let mut next = 0;
        for variant in node.named().into_iter().filter(|part| part.is("variant")) {
            let Some(name) = variant.field("name") else { continue };
            let member = path.join(name.text());
            def.attributes.push(member);
            self.global(member, false, variant.origin(0));
            let above = self.trivia.above(variant.start());
            let value = match variant.field("value") {
                Some(value) => {
                    next = crate::literal::integer(value.text()).unwrap_or(next);
                    self.expr(value)
                }
                None => self.int(next, variant),
            };
            next += 1;
            self.push_set(Place::global(member), value, variant);
            if let Some(row) = self.cx.stmts.last_mut() {
                row.above = above;
            }
        }
        self.out.classes.push(def);
    }

    fn family(&mut self, node: Syntax<'t>, path: Name) {
        let bases = node.field("name").map_or(Vec::new(), |name| self.traits_of(name.text()));
        let base = class_def(path, bases, RECORD, node);
        self.out.classes.push(base);
        for variant in node.named().into_iter().filter(|part| part.is("variant")) {
            let Some(name) = variant.field("name") else { continue };
            let own = path.join(name.text());
            let mut def = class_def(own, vec![path], RECORD, variant);
            let above = self.trivia.above(variant.start());
            if let Some(body) = variant.field("body") {
                def.fields = self.record_fields(own, body, variant);
            }
            let base = variant.start() as u32;
            self.out.module.items.push(ItemRow { item: Item::Class(own), above, base });
            self.out.classes.push(def);
        }
    }

    /// `Enum::Variant` as a value.
    pub fn variant(&mut self, of: Name, name: Name, node: Syntax<'t>) -> NodeId {
        let path = of.join(name.as_str());
        let facts = self.enums.get(&of).cloned().unwrap_or_default();
        if facts.is_plain() {
            return self.use_place(Place::global(path), node);
        }
        if facts.variants.get(&name).is_some_and(Vec::is_empty) {
            return self.node(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, node);
        }
        self.node(Node::Item(path), node)
    }

    /// Methods of an `impl` block go to their type.
    pub fn impl_block(&mut self, node: Syntax<'t>) {
        let class = node
            .field("type")
            .map(|ty| if ty.is("generic_type") { ty.field("name").unwrap_or(ty) } else { ty });
        let found = class.map_or(Binding::Unknown, |ty| self.resolve_path(ty));
        let (Binding::Struct(path) | Binding::Enum(path)) = found else {
            let hole = self.unsupported(node, "an `impl` of this type has no translation from Ruchy yet");
            return self.push_expr(hole, node);
        };
        let outer = self.this.replace(path);
        let mut members = node.field("body").map(Syntax::named).unwrap_or_default();
        let shared = node.field("trait").filter(|of| !self.traits.contains_key(of.text()));
        if let Some(of) = shared {
            // What the trait provides and the type does not define.
            let of = if of.is("generic_type") { of.field("name").unwrap_or(of) } else { of };
            let own: Vec<&str> =
                members.iter().filter_map(|member| member.field("name")).map(Syntax::text).collect();
            let provided = self.provided.get(of.text()).cloned().unwrap_or_default();
            let is_missing =
                |member: &Syntax<'t>| member.field("name").is_some_and(|name| !own.contains(&name.text()));
            members.extend(provided.into_iter().filter(is_missing));
        }
        for member in members {
            let above = self.trivia.above(member.start());
            match (member.kind(), member.field("name")) {
                ("function_item", Some(name)) => {
                    let method = path.join(name.text());
                    let receiver =
                        member.field("parameters").and_then(|params| params.child("self_parameter"));
                    let kind = if receiver.is_some() { FnKind::Method } else { FnKind::StaticMethod };
                    self.body(member, method, kind, above);
                    if let Some(class) = self.out.classes.iter_mut().find(|class| class.path == path) {
                        class.methods.push(method);
                    }
                }
                ("const_item", Some(name)) => {
                    let constant = path.join(name.text());
                    let Some(value) = member.field("value") else { continue };
                    let ty = member.field("type").map_or(Ty::unknown(), |ty| self.hint(ty));
                    if let Some(global) = self.globals.get_mut(&constant) {
                        global.ty = ty;
                    }
                    let value = self.owned(value);
                    self.push_set(Place::global(constant), value, member);
                    if let Some(row) = self.cx.stmts.last_mut() {
                        row.above = above;
                    }
                    if let Some(class) = self.out.classes.iter_mut().find(|class| class.path == path) {
                        class.attributes.push(constant);
                    }
                }
                _ => {
                    let hole = self.unsupported(member, "this member has no translation from Ruchy yet");
                    self.push_expr(hole, member);
                }
            }
        }
        self.this = outer;
    }

    /// `P { x: 1, y }`: fields in the order of their declaration.
    pub fn struct_literal(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(name), Some(body)) = (node.field("name"), node.field("body")) else {
            return self.nil(node);
        };
        let name = if name.is("generic_path") { name.first().unwrap_or(name) } else { name };
        let path = match self.resolve_path(name) {
            Binding::Struct(path) => path,
            Binding::Variant(of, variant) => of.join(variant.as_str()),
            _ => return self.hole(super::UNKNOWN_NAME, name, format!("`{}` is not defined", name.text())),
        };
        let parts = body.named();
        let base = parts.iter().find(|part| part.is("base")).and_then(|part| part.first());
        let (mut args, mut places) = (Vec::new(), Vec::new());
        if let Some(base) = base {
            let whole = self.owned(base);
            args.push(Arg::positional(whole));
            places.push(base);
        }
        for part in parts {
            let Some(field) = part.field("name") else { continue };
            let value = part.field("value").unwrap_or(field);
            let first = self.cx.stmts.len();
            let lowered = self.owned(value);
            self.settle_args(&mut args, &places, first);
            places.push(value);
            args.push(Arg { kind: ArgKind::Named(Name::new(field.text())), value: lowered });
        }
        let callee = match base {
            Some(_) => Callee::Lib(Name::new("dataclasses.replace")),
            None => Callee::Fn(path),
        };
        self.node(Node::Call { callee, args }, node)
    }

    /// Traits of a type whose objects are used as such.
    fn traits_of(&self, name: &str) -> Vec<Name> {
        let Some(root) = self.objects_root() else { return Vec::new() };
        let mut out = Vec::new();
        walk(root, &mut |node| {
            let Some(of) = node.field("trait").filter(|_| node.is("impl_item")) else { return };
            let is_this = node.field("type").is_some_and(|ty| ty.text() == name);
            out.extend(self.traits.get(of.text()).filter(|_| is_this));
        });
        out
    }

    /// Traits that are types of values: `dyn Shape`, a parameter of type `Shape`.
    pub(super) fn collect_traits(&mut self, root: Syntax<'t>) {
        let (mut traits, mut used) = (Vec::new(), Vec::new());
        walk(root, &mut |node| match node.kind() {
            "trait_item" if node.field("type_parameters").is_none() => {
                traits.extend(node.field("name").map(Syntax::text));
            }
            "bounded_type" if node.has_token("dyn") => walk(node, &mut |part| used.push(part.text())),
            "type_arguments" => used.extend(node.named().into_iter().map(Syntax::text)),
            _ => used.extend(node.field("type").filter(|_| !node.is("impl_item")).map(Syntax::text)),
        });
        let is_used = |name: &&str| used.contains(name);
        for name in traits.into_iter().filter(|name| is_used(name)) {
            self.traits.insert(name, self.item_path(name));
        }
    }

    /// A trait as the class above all types that have it.
    pub(super) fn trait_class(&mut self, node: Syntax<'t>, above: Vec<Comment>) {
        let Some(path) = node.field("name").and_then(|name| self.traits.get(name.text())).copied() else {
            return;
        };
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: node.start() as u32 });
        let mut def = class_def(path, vec![Name::new("ABC")], ClassKind::Abstract, node);
        let outer = self.this.replace(path);
        let members = node.field("body").map(Syntax::named).unwrap_or_default();
        for member in members.into_iter().filter(|member| member.is("function_item")) {
            let Some(name) = member.field("name") else { continue };
            let above = self.trivia.above(member.start());
            let method = path.join(name.text());
            let receiver = member.field("parameters").and_then(|params| params.child("self_parameter"));
            if receiver.is_none() {
                continue;
            }
            self.body(member, method, FnKind::Method, above);
            let is_required = member.field("body").is_none() && member.field("value").is_none();
            if let Some(body) = self.out.fns.last_mut().filter(|_| is_required) {
                body.decorators.push(Decorator {
                    path: Name::new("abc.abstractmethod"),
                    args: Vec::new(),
                    is_called: false,
                    origin: member.origin(0),
                });
            }
            def.methods.push(method);
        }
        self.this = outer;
        self.out.classes.push(def);
    }
}

pub(super) fn class_def(path: Name, bases: Vec<Name>, kind: ClassKind, node: Syntax<'_>) -> ClassDef {
    ClassDef {
        path,
        bases,
        kind,
        is_shared: false,
        fields: Vec::new(),
        methods: Vec::new(),
        attributes: Vec::new(),
        type_params: Vec::new(),
        doc: None,
        origin: node.origin(0),
    }
}

pub(super) fn field_def(name: &str, ty: Ty, node: Syntax<'_>) -> FieldDef {
    FieldDef {
        name: Name::new(name),
        ty,
        default: None,
        cell: FieldCell::default(),
        flags: FieldFlags::default(),
        above: Vec::new(),
        beside: None,
        origin: node.origin(0),
    }
}

/// End of a field with the comma behind it.
fn comma_after(node: Syntax<'_>) -> usize {
    let rest = node.source().get(node.end()..).unwrap_or("");
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if rest[blanks..].starts_with(',') { node.end() + blanks + 1 } else { node.end() }
}
