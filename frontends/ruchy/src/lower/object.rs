//! Objects: `{ name: "a", size: 3 }` is a record of the file where its keys are known, else a dict.
//!
//! ```text
//! let p = { x: 1, y: "a" }        set %p = call @m.P(x=1, y="a")
//! p.z = 2                         set %p~2 = call @m.P2(x=%p.x, y=%p.y, z=2)
//! let counts = { a: 1 }           set %counts = dict.new("a", 1)
//! for k, v in counts { .. }
//! ```
//! Objects with the same keys are of one record. An object is a dict where its variable is asked for its keys, is
//! walked over or is indexed by a computed key, or where it begins without any.

use super::dicts::{
    Asked, called, dict_names, grown_elsewhere, grown_inside, home, is_asked, is_mixed, is_name, is_walked,
    key_of, result_type, step_of, type_name, writes_json,
};
use super::expr::is_empty_object;
use super::scan::{root_of, walk};
use super::{Binding, Lowerer};
use crate::literal;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// Methods that may give a dict.
const GIVE_DICTS: &[&str] = &[
    "clone",
    "cloned",
    "copy",
    "expect",
    "get",
    "get_or",
    "group_by",
    "last",
    "first",
    "merge",
    "pop",
    "remove",
    "to_owned",
    "unwrap",
    "unwrap_or",
];

/// What a file says of objects.
#[derive(Default)]
pub(crate) struct Objects<'t> {
    /// The record of each literal that is one, by where it begins.
    of: FxHashMap<usize, Name>,
    /// Records and their keys, sorted.
    pub records: Vec<(Name, Vec<String>)>,
    /// Some object of the file is a dict.
    has_dicts: bool,
    /// Keys that hold functions.
    pub function_keys: FxHashSet<&'t str>,
    /// What variables are declared with, by name.
    lets: FxHashMap<&'t str, Vec<Syntax<'t>>>,
    /// What keys of objects hold, by key.
    parts: FxHashMap<&'t str, Vec<Syntax<'t>>>,
    /// Names of what is written as JSON.
    written: FxHashSet<&'t str>,
    /// Names that are used as dicts.
    dicts: FxHashSet<&'t str>,
    asked: Asked<'t>,
    root: Option<Syntax<'t>>,
}

impl<'t> Lowerer<'t> {
    /// Which objects of the file are records.
    pub(super) fn collect_objects(&mut self, root: Syntax<'t>) {
        let (mut literals, mut lets) = (Vec::new(), Vec::new());
        walk(root, &mut |node| match node.kind() {
            "object" => literals.push(node),
            "call_expression" if writes_json(node) => {
                let args = node.field("arguments").map(Syntax::named).unwrap_or_default();
                let names = args.into_iter().filter(|arg| arg.is("identifier"));
                self.objects.written.extend(names.map(Syntax::text));
            }
            "field" if node.field("type").is_some_and(|ty| ty.is("function_type")) => {
                self.objects.function_keys.extend(node.field("name").map(Syntax::text));
            }
            "pair" if let (Some(key), Some(value)) = (node.field("key"), node.field("value")) => {
                self.objects.parts.entry(key.text().trim_matches('"')).or_default().push(value);
            }
            "let_declaration" => {
                let name = node.field("pattern").map(|pattern| pattern.field("name").unwrap_or(pattern));
                lets.extend(name.zip(node.field("value")));
            }
            _ => {}
        });
        for (name, value) in lets {
            self.objects.lets.entry(name.text()).or_default().push(value);
        }
        self.objects.root = Some(root);
        (self.objects.dicts, self.objects.asked) = dict_names(root);
        let grown = grown_elsewhere(root, &self.objects.lets);
        self.objects.dicts.extend(grown);
        let grown = grown_inside(root);
        self.objects.dicts.extend(grown);
        for literal in literals {
            match self.record_keys(literal) {
                Some(keys) => {
                    let path = self.record_of(keys, literal);
                    self.objects.of.insert(literal.start(), path);
                }
                None => self.objects.has_dicts = true,
            }
        }
        let is_empty = |of: &Vec<Syntax<'t>>| of.iter().any(|of| is_empty_object(*of));
        self.objects.has_dicts |= self.objects.lets.values().any(is_empty);
    }

    /// The record of a literal.
    pub(super) fn shape_of(&self, literal: Syntax<'t>) -> Option<Name> {
        self.objects.of.get(&literal.start()).copied()
    }

    /// The sorted keys of an object that is a record.
    fn record_keys(&mut self, literal: Syntax<'t>) -> Option<Vec<String>> {
        let mut keys = Vec::new();
        for part in literal.named() {
            if part.is("spread") {
                let source = part.first().filter(|source| source.is("identifier"))?;
                keys.extend(self.keys_of_name(source.text())?);
                continue;
            }
            let key = key_of(part)?;
            if part.field("value").is_some_and(|value| value.is("lambda")) {
                self.objects.function_keys.insert(part.field("key").map_or("", Syntax::text));
            }
            keys.push(key);
        }
        let is_dict = keys.is_empty()
            || home(literal).is_some_and(|(name, is_item)| !is_item && self.objects.dicts.contains(name))
            || keys.iter().any(|key| !is_name(key))
            || is_asked(literal)
            || self.is_given_as_dict(literal)
            || is_mixed(literal)
            || self.is_typed_dict(literal)
            || self.is_written(literal)
            || literal.parent().is_some_and(|around| around.is("spread"))
            || self.is_part_of_dict(literal)
            || is_walked(literal);
        keys.sort();
        keys.dedup();
        (!is_dict).then_some(keys)
    }

    /// Whether a literal is an argument for a parameter that is used as a dict.
    fn is_given_as_dict(&self, literal: Syntax<'t>) -> bool {
        let Some(list) = literal.parent().filter(|around| around.is("arguments")) else { return false };
        let at = list.named().iter().position(|arg| arg.start() == literal.start());
        let asked = list.parent().and_then(called).and_then(|name| {
            self.objects.asked.iter().find(|(known, _)| *known == name).map(|(_, asked)| asked)
        });
        asked.zip(at).is_some_and(|(asked, at)| asked.get(at) == Some(&true))
    }

    /// Whether a literal stands in what is written as JSON, at once or by its name.
    fn is_written(&self, literal: Syntax<'t>) -> bool {
        let mut at = literal;
        while let Some(around) = at.parent() {
            match around.kind() {
                "pair" | "object" | "list_expression" | "parenthesized_expression" | "list_comprehension" => {
                }
                "arguments" => return around.parent().is_some_and(writes_json),
                "let_declaration" => {
                    let name = around.field("pattern").map(|name| name.field("name").unwrap_or(name));
                    return name.is_some_and(|name| self.objects.written.contains(name.text()));
                }
                _ => return false,
            }
            at = around;
        }
        false
    }

    /// Whether what a literal goes to is declared as a map: a variable, a parameter, a field or a result.
    fn is_typed_dict(&self, literal: Syntax<'t>) -> bool {
        let is_map = |ty: Syntax<'t>| {
            let text = ty.text().trim_start_matches('&').trim_start_matches("mut ").trim();
            text.starts_with("HashMap") || text.starts_with("BTreeMap")
        };
        let declared = |owner: &str, kind: &str, name: &str| {
            let mut found = None;
            if let Some(root) = self.objects.root {
                walk(root, &mut |node| {
                    let is_owner = node.field("name").is_some_and(|of| of.text() == owner)
                        && matches!(node.kind(), "struct_item" | "class_item" | "actor_item" | "enum_item");
                    if is_owner {
                        walk(node, &mut |part| {
                            if part.is(kind) && part.field("name").is_some_and(|of| of.text() == name) {
                                found = found.or(part.field("type"));
                            }
                        });
                    }
                });
            }
            found.is_some_and(is_map)
        };
        let Some(around) = literal.parent() else { return false };
        match around.kind() {
            "let_declaration" | "const_item" | "field" | "parameter" => {
                around.field("type").is_some_and(is_map)
            }
            "field_initializer" => {
                let owner = around.parent().and_then(|of| of.field("name"));
                let name = around.field("name");
                owner.zip(name).is_some_and(|(owner, name)| declared(owner.text(), "field", name.text()))
            }
            "arguments" => self.parameter_type(literal, around).is_some_and(is_map),
            "return_expression" | "expression_statement" => result_type(around).is_some_and(is_map),
            _ => false,
        }
    }

    /// The type of the parameter that an argument of a function of the file is for.
    fn parameter_type(&self, argument: Syntax<'t>, list: Syntax<'t>) -> Option<Syntax<'t>> {
        let at = list.named().iter().position(|arg| arg.start() == argument.start())?;
        let name = list.parent().and_then(called)?;
        let mut found = None;
        walk(self.objects.root?, &mut |node| {
            let is_callee =
                node.is("function_item") && node.field("name").is_some_and(|known| known.text() == name);
            if let Some(params) = node.field("parameters").filter(|_| is_callee) {
                let mut params = params.named().into_iter().filter(|param| !param.is("self_parameter"));
                found = params.nth(at).and_then(|param| param.field("type"));
            }
        });
        found
    }

    /// Whether an object stands in one that is a dict and holds values of other types, too.
    fn is_part_of_dict(&self, literal: Syntax<'t>) -> bool {
        let mut at = literal;
        while let Some(around) = at.parent() {
            if !matches!(around.kind(), "pair" | "object" | "list_expression" | "parenthesized_expression") {
                return false;
            }
            if around.is("object") && (is_asked(around) || self.is_given_as_dict(around)) {
                return true;
            }
            if around.is("object") {
                let is_dict =
                    home(around).is_some_and(|(name, is_item)| !is_item && self.objects.dicts.contains(name));
                let values = around.named().into_iter().filter_map(|part| part.field("value"));
                if is_dict && values.into_iter().any(|value| !value.is("object")) {
                    return true;
                }
            }
            at = around;
        }
        false
    }

    /// The keys of the record that a variable begins with.
    fn keys_of_name(&self, name: &str) -> Option<Vec<String>> {
        let value = self.objects.lets.get(name)?.first()?;
        let path = self.objects.of.get(&value.start())?;
        self.keys_of(*path)
    }

    /// The whole file.
    pub(super) fn objects_root(&self) -> Option<Syntax<'t>> {
        self.objects.root
    }

    fn keys_of(&self, record: Name) -> Option<Vec<String>> {
        self.objects.records.iter().find(|(path, _)| *path == record).map(|(_, keys)| keys.clone())
    }

    /// The record with these keys.
    fn record_of(&mut self, keys: Vec<String>, literal: Syntax<'t>) -> Name {
        if let Some((path, _)) = self.objects.records.iter().find(|(_, known)| *known == keys) {
            return *path;
        }
        let hint = home(literal).map_or("Object".to_owned(), |(name, is_item)| type_name(name, is_item));
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let path = self.object_class(&hint, &names, Ty::unknown(), literal);
        self.objects.records.push((path, keys));
        path
    }

    /// A record that is shown without its name.
    pub(super) fn object_class(&mut self, name: &str, keys: &[&str], ty: Ty, at: Syntax<'t>) -> Name {
        let path = self.free_path(name);
        let mut def = super::data::class_def(path, Vec::new(), super::data::OBJECT, at);
        def.fields = keys.iter().map(|key| super::data::field_def(key, ty, at)).collect();
        self.out.classes.push(def);
        self.out.module.items.push(ItemRow { item: Item::Class(path), above: Vec::new(), base: 0 });
        path
    }

    /// `{ a: 1, ...b }`.
    pub(super) fn object(&mut self, node: Syntax<'t>) -> NodeId {
        match self.shape_of(node) {
            Some(class) => self.record_object(node, class),
            None => self.dict(node),
        }
    }

    fn record_object(&mut self, node: Syntax<'t>, class: Name) -> NodeId {
        let mut args: Vec<Arg> = Vec::new();
        let mut places: Vec<Syntax<'t>> = Vec::new();
        let put = |args: &mut Vec<Arg>, places: &mut Vec<Syntax<'t>>, name: Name, value: NodeId, at| {
            if let Some(found) = args.iter().position(|arg| arg.kind == ArgKind::Named(name)) {
                args.remove(found);
                places.remove(found);
            }
            args.push(Arg { kind: ArgKind::Named(name), value });
            places.push(at);
        };
        for part in node.named() {
            if let (true, Some(source)) = (part.is("spread"), part.first()) {
                for key in self.keys_of_name(source.text()).unwrap_or_default() {
                    let name = Name::new(&key);
                    let Ok(place) = self.target(source, false) else { continue };
                    let value = self.use_place(place.with(Proj::Field(name)), part);
                    let value = self.copy(value, part);
                    put(&mut args, &mut places, name, value, source);
                }
                continue;
            }
            let (Some(key), Some(value)) = (key_of(part), part.field("value")) else { continue };
            let first = self.cx.stmts.len();
            let lowered = self.owned(value);
            self.settle_args(&mut args, &places, first);
            put(&mut args, &mut places, Name::new(&key), lowered, value);
        }
        self.node(Node::Call { callee: Callee::Fn(class), args }, node)
    }

    /// An object whose keys are not known before it is used.
    fn dict(&mut self, node: Syntax<'t>) -> NodeId {
        let (mut parts, mut places) = (Vec::new(), Vec::new());
        let mut whole: Option<NodeId> = None;
        for part in node.named() {
            if let (true, Some(source)) = (part.is("spread"), part.first()) {
                let source = self.owned(source);
                places.clear();
                whole = Some(self.merged(whole, std::mem::take(&mut parts), node));
                whole = whole.map(|whole| self.call_lib("ruchy.merge", vec![whole, source], node));
                continue;
            }
            let (Some(key), Some(value)) = (key_of(part), part.field("value")) else { continue };
            let first = self.cx.stmts.len();
            let lowered = self.owned(value);
            self.settle(&mut parts, &places, first);
            parts.push(self.text(&key, part));
            parts.push(lowered);
            places.extend([value, value]);
        }
        self.merged(whole, parts, node)
    }

    fn merged(&mut self, whole: Option<NodeId>, parts: Vec<NodeId>, node: Syntax<'t>) -> NodeId {
        match whole {
            Some(whole) if parts.is_empty() => whole,
            Some(whole) => {
                let new = self.op(DictOp::New, parts, node);
                self.call_lib("ruchy.merge", vec![whole, new], node)
            }
            None => self.op(DictOp::New, parts, node),
        }
    }

    /// The key that a field of a dict means: `counts.total`.
    pub(super) fn dict_key(&mut self, value: Syntax<'t>, name: Syntax<'t>) -> Option<NodeId> {
        let text = name.text();
        if self.caught_record(value).is_some() {
            return None;
        }
        // A part of a tuple.
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let is_known = |start: usize| self.objects.of.contains_key(&start);
        let of = self.values_of(value);
        let literals: Vec<usize> = of
            .into_iter()
            .flatten()
            .filter(|of| of.is("object") || is_empty_object(*of))
            .map(|of| of.start())
            .collect();
        let is_dict = match literals.is_empty() {
            false => literals.iter().all(|start| !is_known(*start)),
            true => self.objects.has_dicts && !self.is_field(text),
        };
        is_dict.then(|| self.text(text, name))
    }

    /// What a variable is declared with, or what a key holds; a parameter or a loop's variable has no such value.
    fn values_of(&self, of: Syntax<'t>) -> Option<Vec<Syntax<'t>>> {
        if !of.is("identifier") {
            return step_of(of).and_then(|key| self.objects.parts.get(key)).cloned();
        }
        if self.variable(of.text()).is_some_and(|variable| variable.is_borrowed) {
            return None;
        }
        let binding = self.look_up(of.text());
        let outer = self.outer.iter().filter(|_| matches!(binding, Binding::Global(_)));
        let known = [&self.cx].into_iter().chain(outer).flat_map(|cx| cx.values.iter().rev());
        match known.into_iter().find(|(known, _)| *known == binding) {
            Some((_, value)) => Some(vec![*value]),
            None => self.objects.lets.get(of.text()).cloned(),
        }
    }

    /// Whether some type of the file has a field of the name.
    fn is_field(&self, name: &str) -> bool {
        self.out.classes.iter().any(|class| class.fields.iter().any(|field| field.name == name))
            || self.structs.values().any(|facts| facts.fields.iter().any(|field| *field == name))
            || self.enums.values().any(|facts| facts.variants.values().flatten().any(|field| *field == name))
            || self.objects.records.iter().any(|(_, keys)| keys.iter().any(|key| key == name))
    }

    /// The field that a literal key means: `config["name"]` of a record.
    pub(super) fn record_key(&self, value: Syntax<'t>, index: Syntax<'t>) -> Option<Name> {
        let key = index.is("string").then(|| literal::string(index.text()))?;
        let is_key = self.objects.records.iter().any(|(_, keys)| keys.contains(&key));
        let of = self.values_of(value);
        let is_dict = of.is_some_and(|of| {
            of.iter().any(|of| {
                (of.is("object") || is_empty_object(*of)) && self.shape_of(*of).is_none()
                    || of.field("function").is_some_and(|made| made.text().contains("Map"))
            })
        });
        (is_key || self.grown_key(value, &key)).then(|| Name::new(&key)).filter(|_| !is_dict)
    }

    fn grown_key(&self, value: Syntax<'t>, key: &str) -> bool {
        let held = value.is("identifier").then(|| self.held_record(value.text())).flatten();
        held.and_then(|record| self.keys_of(record)).is_some_and(|keys| keys.iter().any(|known| known == key))
    }

    /// Whether some object of the file is a dict.
    pub(super) fn objects_have_dicts(&self) -> bool {
        self.objects.has_dicts
    }

    /// The record that a variable holds, as far as its declaration says so.
    fn held_record(&self, name: &str) -> Option<Name> {
        let binding = self.look_up(name);
        self.cx.records.iter().rev().find(|(held, _)| *held == binding).map(|(_, record)| *record)
    }

    /// `o.key` and `o["key"]` of a variable whose object has no such key: an error of the run.
    pub(super) fn missing_part(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let value = node.field("value").filter(|value| value.is("identifier"))?;
        let keys = self.keys_of(self.held_record(value.text())?)?;
        if let Some(index) = node.field("index").filter(|index| index.is("string")) {
            let key = literal::string(index.text());
            let text = self.text(&key, index);
            return (!keys.contains(&key)).then(|| self.stop_by("KeyError", text, node));
        }
        let name = node.field("name").filter(|_| node.is("field_expression"))?;
        if keys.iter().any(|key| key == name.text()) {
            return None;
        }
        let text = self.text(&format!("Object has no field named '{}'", name.text()), name);
        Some(self.stop_by("AttributeError", text, node))
    }

    /// Whether a receiver is a list or a text by what it is declared with: its methods are those of the language.
    pub(super) fn is_plain_receiver(&self, receiver: Syntax<'t>) -> bool {
        let is_plain = |value: &Syntax<'t>| {
            matches!(
                value.kind(),
                "list_expression" | "list_repeat" | "list_comprehension" | "string" | "format_string"
            ) || value.is("macro_call")
                || value.field("function").is_some_and(|made| made.text().ends_with("::new"))
        };
        match receiver.kind() {
            "identifier" => {
                let values = self.objects.lets.get(receiver.text());
                values.is_some_and(|values| values.iter().all(is_plain))
            }
            "field_expression" => {
                let Some(name) = receiver.field("name") else { return false };
                let Some(root) = self.objects.root else { return false };
                let (mut found, mut all) = (false, true);
                walk(root, &mut |node| {
                    let key = node.field("key").or(node.field("name"));
                    let is_field = matches!(node.kind(), "pair" | "field_initializer")
                        && key.is_some_and(|key| key.text() == name.text());
                    if let Some(value) = node.field("value").filter(|_| is_field) {
                        found = true;
                        all &= is_plain(&value);
                    }
                });
                found && all
            }
            _ => is_plain(&receiver),
        }
    }

    /// Whether a receiver is a field that every type of the file which has one declares as a list.
    pub(super) fn is_declared_list(&self, receiver: Syntax<'t>) -> bool {
        let name = receiver.field("name").filter(|_| receiver.is("field_expression"));
        let Some((name, root)) = name.zip(self.objects.root) else { return false };
        let (mut found, mut all) = (false, true);
        walk(root, &mut |node| {
            let is_field = node.is("field") && node.field("name").is_some_and(|of| of.text() == name.text());
            if is_field {
                found = true;
                all &= node.field("type").is_some_and(|ty| ty.text().starts_with("Vec<"));
            }
        });
        found && all
    }

    /// The sign of the ranges that all variables of a name are declared with.
    pub(super) fn held_range(&self, node: Syntax<'t>) -> Option<&'t str> {
        let values = self.objects.lets.get(node.text()).filter(|_| node.is("identifier"))?;
        let is_variable =
            self.variable(node.text()).is_none_or(|known| !known.is_mutable && !known.is_borrowed);
        let sign = |value: &Syntax<'t>| {
            value.field("operator").filter(|_| value.is("range_expression")).map(Syntax::text)
        };
        let first = values.first().and_then(sign).filter(|_| is_variable)?;
        values.iter().all(|value| sign(value) == Some(first)).then_some(first)
    }

    /// Notes the record that a new variable holds.
    pub(super) fn hold(&mut self, name: &'t str, value: Syntax<'t>) {
        self.cx.values.push((self.look_up(name), value));
        if value.is("object")
            && let Some(record) = self.shape_of(value)
        {
            let binding = self.look_up(name);
            self.cx.records.push((binding, record));
        }
    }

    /// `o.key = value` where the record has no such key: the variable is another one from here on.
    pub(super) fn grow(&mut self, left: Syntax<'t>, right: Syntax<'t>, node: Syntax<'t>) -> bool {
        let (key, of) = match left.kind() {
            "field_expression" => {
                (left.field("name").map(|name| name.text().to_owned()), left.field("value"))
            }
            "index_expression" => (
                left.field("index")
                    .filter(|index| index.is("string"))
                    .map(|index| literal::string(index.text())),
                left.field("value"),
            ),
            _ => return false,
        };
        let (Some(key), Some(of)) = (key, of.filter(|of| of.is("identifier"))) else { return false };
        let Some(record) = self.held_record(of.text()) else { return false };
        let Some(keys) = self.keys_of(record).filter(|keys| !keys.contains(&key)) else { return false };
        if let Some(root) = root_of(left) {
            self.check_mutable(root);
        }
        if !self.may_grow(of) {
            let why = "a key that an object gets in another block than its declaration's has no translation from Ruchy yet";
            let hole = self.unsupported(node, why);
            self.push_expr(hole, node);
            return true;
        }
        let mut args = Vec::new();
        for key in &keys {
            let Ok(place) = self.target(of, false) else { continue };
            let value = self.use_place(place.with(Proj::Field(Name::new(key))), of);
            args.push(Arg { kind: ArgKind::Named(Name::new(key)), value: self.copy(value, of) });
        }
        let value = self.owned(right);
        args.push(Arg { kind: ArgKind::Named(Name::new(&key)), value });
        let mut all = keys;
        all.push(key);
        all.sort();
        let class = match self.objects.records.iter().find(|(_, known)| *known == all) {
            Some((path, _)) => *path,
            None => {
                let names: Vec<&str> = all.iter().map(String::as_str).collect();
                let path = self.object_class(&type_name(of.text(), false), &names, Ty::unknown(), of);
                self.objects.records.push((path, all));
                path
            }
        };
        let made = self.node(Node::Call { callee: Callee::Fn(class), args }, node);
        let place = self.declare_here(of, Ty::unknown(), true);
        if let Root::Global(path) = place.root {
            self.global(path, true, of.origin(0));
            self.mutable_globals.insert(path);
        }
        self.push_set(place, made, node);
        let binding = self.look_up(of.text());
        self.cx.records.push((binding, class));
        true
    }

    /// Whether a variable can become another one here: nothing else sees it, and it is declared in this very block.
    fn may_grow(&self, name: Syntax<'t>) -> bool {
        let is_here =
            self.cx.scopes.last().is_some_and(|scope| scope.contains_key(name.text())) || self.is_top();
        let mut is_seen = false;
        if let Some(root) = self.objects.root {
            let is_global = matches!(self.look_up(name.text()), Binding::Global(_));
            walk(root, &mut |node| {
                if node.is("lambda") || is_global && node.is("function_item") {
                    walk(node, &mut |inner| is_seen |= inner.is("identifier") && inner.text() == name.text());
                }
            });
        }
        is_here && !is_seen
    }

    /// Whether what a pair walks over may be a dict, whose entries it gets.
    pub(super) fn may_be_dict(&self, pattern: Syntax<'t>, iterable: Syntax<'t>) -> bool {
        let is_pair = pattern.is("tuple_pattern") && pattern.named().len() == 2;
        let of = super::call::of_iterator(iterable);
        is_pair
            && match of.kind() {
                "object" | "identifier" | "field_expression" | "index_expression" => true,
                "call_expression" => called(of).is_some_and(|name| {
                    !matches!(self.look_up(name), Binding::Unknown)
                        || self.methods.contains(name)
                        || GIVE_DICTS.contains(&name)
                }),
                _ => false,
            }
    }

    /// Whether a pattern asks for keys that no object of the file has, and what it looks at is one of those.
    pub(super) fn never_fits(&self, subject: Syntax<'t>, pattern: Syntax<'t>) -> bool {
        if self.never_caught(subject, pattern) {
            return true;
        }
        let is_record = match subject.kind() {
            "object" => self.shape_of(subject).is_some(),
            "identifier" => self.held_record(subject.text()).is_some(),
            _ => false,
        };
        if !is_record {
            return false;
        }
        if !pattern.is("object_pattern") || self.objects.has_dicts || self.objects.records.is_empty() {
            return false;
        }
        let keys = super::pattern::keys_of(pattern);
        !self.objects.records.iter().any(|(_, known)| keys.iter().all(|key| known.contains(key)))
            && !keys.iter().any(|key| matches!(key.as_str(), "message" | "type"))
    }

    /// The records that have all of these keys.
    pub(super) fn records_with(&self, keys: &[String]) -> Vec<Name> {
        let fits = |known: &Vec<String>| keys.iter().all(|key| known.contains(key));
        self.objects.records.iter().filter(|(_, known)| fits(known)).map(|(of, _)| *of).collect()
    }

    /// The record that a pattern of an object takes apart.
    pub(super) fn pattern_record(&self, keys: &[String]) -> Option<Name> {
        match self.records_with(keys)[..] {
            [only] => Some(only),
            _ => None,
        }
    }
}
