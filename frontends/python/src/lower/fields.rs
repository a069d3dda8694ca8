//! Fields of classes: declared ones with their defaults, and those that methods assign.

use super::call::stored_attribute;
use super::params::param_list;
use super::{Cx, Lowerer};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// Takes a class-level statement that declares a field; answers whether it was one.
    pub fn field(&mut self, stmt: Syntax<'t>) -> bool {
        let Some(assign) =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))
        else {
            return false;
        };
        let Some(left) = assign.field("left").filter(|left| left.is("identifier")) else { return false };
        if left.text() == "__annotations__" {
            return true;
        }
        let Some(hint) = assign.field("type") else { return false };
        let value = assign.field("right");
        let is_record = self.building.last().is_some_and(|class| {
            matches!(class.def.kind, ClassKind::Dataclass { .. } | ClassKind::NamedTuple)
        });
        if self.is_class_variable(hint) || (value.is_some() && !is_record) {
            return false;
        }
        if hint.text() == "KW_ONLY" || hint.text().ends_with(".KW_ONLY") {
            if let Some(class) = self.building.last_mut() {
                class.kw_only = true;
            }
            return true;
        }
        let init_var = hint.text().strip_suffix(']').and_then(|text| text.split_once('['));
        let passed = hint.fields("subscript").into_iter().chain(hint.named()).last();
        match init_var {
            Some((head, _)) if head.trim() == "InitVar" || head.ends_with(".InitVar") => {
                self.declared_field(stmt, left, passed.unwrap_or(hint), value);
                let field = self.building.last_mut().and_then(|class| class.def.fields.last_mut());
                if let Some(field) = field {
                    field.flags = FieldFlags { passed: true, repr: false, compare: false, ..field.flags };
                }
            }
            _ => self.declared_field(stmt, left, hint, value),
        }
        true
    }

    fn is_class_variable(&self, hint: Syntax<'t>) -> bool {
        let text = hint.text().trim_start_matches(['"', '\'']);
        let head = text.split('[').next().unwrap_or(text);
        head == "ClassVar" || head.ends_with(".ClassVar")
    }

    fn declared_field(
        &mut self,
        stmt: Syntax<'t>,
        left: Syntax<'t>,
        hint: Syntax<'t>,
        value: Option<Syntax<'t>>,
    ) {
        let mut above = self.trivia.above(stmt.start());
        let kw_only = self.building.last().is_some_and(|class| class.kw_only);
        let mut flags = FieldFlags { kw_only, ..FieldFlags::default() };
        let default = value.and_then(|value| self.field_default(left, value, &mut flags));
        above.append(&mut self.trivia.above(stmt.end()));
        let beside = self.trivia.beside(self.source, stmt.end());
        let field = FieldDef {
            name: Name::new(left.text()),
            ty: self.hint(hint),
            default,
            cell: FieldCell::default(),
            flags,
            above,
            beside,
            origin: stmt.origin(0),
        };
        if let Some(class) = self.building.last_mut() {
            class.def.fields.retain(|other| other.name != field.name);
            class.def.fields.push(field);
        }
    }

    /// The default of a field, as a function without parameters.
    fn field_default(&mut self, left: Syntax<'t>, value: Syntax<'t>, flags: &mut FieldFlags) -> Option<Name> {
        let is_field = value.is("call")
            && value
                .field("function")
                .and_then(|function| self.library_name(function))
                .is_some_and(|name| name == "dataclasses.field");
        let mut default = (!is_field).then_some(value);
        let arguments = if is_field { super::call::arguments(value) } else { Vec::new() };
        for arg in arguments {
            let (Some(name), Some(option)) = (arg.field("name"), arg.field("value")) else { continue };
            let on = option.is("true");
            match name.text() {
                "default" => default = Some(option),
                "default_factory" => {
                    default = Some(option);
                    flags.factory = true;
                }
                "repr" => flags.repr = on,
                "compare" => flags.compare = on,
                "init" => flags.init = on,
                "kw_only" => flags.kw_only = on,
                _ => {}
            }
        }
        // Tells a field that the class declares from one that methods assign.
        flags.kw_only |= !(flags.init || flags.repr || flags.compare);
        let default = default?;
        let class = self.building.last()?.def.path;
        let path = class.join(&format!("{}$default", left.text()));
        let is_seen = match flags.factory {
            true => self.makes_factory(default),
            false => self.is_made_once(default),
        };
        let once = is_seen.then(|| {
            let once = class.join(&format!("{}$value", left.text()));
            let value = self.expr(default);
            self.list_global(once, default);
            self.push_set(Place::global(once), value, default);
            once
        });
        self.default_of(path, default, flags.factory, once);
        Some(path)
    }

    pub fn default_body(&mut self, path: Name, value: Syntax<'t>) {
        self.default_of(path, value, false, None);
    }

    /// `once`: the global that holds the value, or its factory, since the class was made.
    fn default_of(&mut self, path: Name, value: Syntax<'t>, is_factory: bool, once: Option<Name>) {
        self.enter(Cx::new(path, FnKind::Function, value.start(), value.end()));
        let once = once.map(|once| self.use_place(Place::global(once), value));
        let result = match (is_factory, value.field("body"), once) {
            (false, _, Some(once)) => once,
            (true, _, Some(once)) => {
                self.node(Node::Call { callee: Callee::Value(once), args: Vec::new() }, value)
            }
            (false, _, None) => self.expr(value),
            // `lambda: []` is called at once.
            (true, Some(body), None) if value.is("lambda") => self.expr(body),
            (true, _, None) => {
                let callee = self.callee(value);
                self.node(Node::Call { callee, args: Vec::new() }, value)
            }
        };
        self.push_node(Node::Return(Some(result)), value);
        let body = self.leave();
        self.out.fns.push(body);
    }

    /// Whether an expression makes a new factory each time that it is evaluated: `count(1).__next__`.
    fn makes_factory(&self, value: Syntax<'t>) -> bool {
        match value.kind() {
            "lambda" => value.field("parameters").is_some(),
            "attribute" => value.field("object").is_some_and(|object| calls(object)),
            "call" => {
                let made = value.field("function").and_then(|function| self.library_name(function));
                made.is_none_or(|name| name != "functools.partial")
            }
            _ => false,
        }
    }

    /// Whether a default that is evaluated for each object differs from one that is evaluated where the class is
    /// made: it calls a function of the program, shares an object that may change, or takes from what runs on.
    fn is_made_once(&self, value: Syntax<'t>) -> bool {
        if value.is("lambda") {
            return false;
        }
        let own = value.is("call")
            && value.field("function").is_some_and(|function| match self.library_name(function) {
                Some(name) => runs_on(name),
                None => !self.makes_constant(function),
            });
        let is_container = matches!(value.kind(), "list" | "dictionary" | "set");
        own || is_container || value.named().into_iter().any(|part| self.is_made_once(part))
    }

    /// The class of objects that never change: a frozen dataclass, a named tuple, an enum; a method of text.
    fn makes_constant(&self, function: Syntax<'t>) -> bool {
        if let Some(object) = function.field("object").filter(|_| function.is("attribute"))
            && object.is("string")
        {
            return true;
        }
        let Some(path) = self.class_name(function) else { return false };
        let is_constant = |def: &ClassDef| match def.kind {
            ClassKind::Dataclass { frozen, .. } => frozen,
            ClassKind::NamedTuple | ClassKind::Enum | ClassKind::EnumOf(_) => true,
            _ => false,
        };
        self.out.classes.iter().any(|def| def.path == path && is_constant(def))
    }

    /// Fields that methods assign as `self.name = ..`: first those of `__init__`, then of the others
    /// in source order.
    pub fn assigned_fields(&mut self, class: Syntax<'t>, def: &mut ClassDef) {
        let Some(suite) = class.field("body") else { return };
        let methods: Vec<_> =
            suite.named().into_iter().map(|stmt| super::function::definition(stmt).1).collect();
        let methods: Vec<_> = methods.into_iter().filter(|method| method.is("function_definition")).collect();
        let is_init =
            |method: &Syntax<'t>| method.field("name").is_some_and(|name| name.text() == "__init__");
        let (first, others): (Vec<_>, Vec<_>) = methods.into_iter().partition(is_init);
        for method in first.into_iter().chain(others) {
            let params = param_list(method.field("parameters"));
            if let (Some(receiver), Some(body)) = (params.first(), method.field("body"))
                && !self.is_without_receiver(def, method)
            {
                self.scan_fields(body, receiver.name.text(), def);
            }
        }
    }

    fn is_without_receiver(&self, def: &ClassDef, method: Syntax<'t>) -> bool {
        let Some(name) = method.field("name") else { return true };
        let path = def.path.join(name.text());
        let body = self.out.fns.iter().find(|body| body.path == path);
        body.is_some_and(|body| matches!(body.kind, FnKind::StaticMethod | FnKind::ClassMethod))
    }

    fn scan_fields(&mut self, node: Syntax<'t>, receiver: &str, def: &mut ClassDef) {
        match node.kind() {
            "assignment" | "augmented_assignment" | "for_statement" => {
                let hint = node.field("type");
                if let Some(left) = node.field("left") {
                    self.field_targets(left, receiver, hint, def);
                }
            }
            "as_pattern_target" => self.field_targets(node, receiver, None, def),
            "call" => {
                if let Some(stored) = stored_attribute(node)
                    && stored.object.is_none_or(|object| object.text() == receiver)
                {
                    self.assigned_field(stored.name, node, None, def);
                }
            }
            "class_definition" => return,
            _ => {}
        }
        node.named().into_iter().for_each(|part| self.scan_fields(part, receiver, def));
    }

    fn field_targets(
        &mut self,
        node: Syntax<'t>,
        receiver: &str,
        hint: Option<Syntax<'t>>,
        def: &mut ClassDef,
    ) {
        match node.kind() {
            "attribute" => {
                let (Some(object), Some(name)) = (node.field("object"), node.field("attribute")) else {
                    return;
                };
                if object.is("identifier") && object.text() == receiver {
                    self.assigned_field(name.text(), name, hint, def);
                }
            }
            "identifier" | "subscript" => {}
            _ => node.named().into_iter().for_each(|part| self.field_targets(part, receiver, hint, def)),
        }
    }

    fn assigned_field(&mut self, name: &str, at: Syntax<'t>, hint: Option<Syntax<'t>>, def: &mut ClassDef) {
        let ty = hint.map_or(self.unknown, |hint| self.hint(hint));
        if let Some(field) = def.fields.iter_mut().find(|field| field.name == name) {
            if field.ty == self.unknown {
                field.ty = ty;
            }
            return;
        }
        // What is assigned through a setter is no field.
        if def.methods.iter().any(|method| method.last() == format!("{name}$setter")) {
            return;
        }
        let is_record = matches!(def.kind, ClassKind::Dataclass { .. });
        let flags =
            FieldFlags { init: !is_record, repr: !is_record, compare: !is_record, ..FieldFlags::default() };
        def.fields.push(FieldDef {
            name: Name::new(name),
            ty,
            default: None,
            cell: FieldCell::default(),
            flags,
            above: Vec::new(),
            beside: None,
            origin: at.origin(0),
        });
    }
}

/// Whether a call stands in an expression.
fn calls(node: Syntax<'_>) -> bool {
    node.is("call") || node.named().into_iter().any(calls)
}

/// Functions of the library that give something else each time, or an object that may change.
fn runs_on(name: Name) -> bool {
    let module = name.as_str().split('.').next().unwrap_or_default();
    matches!(
        module,
        "random" | "time" | "itertools" | "uuid" | "secrets" | "collections" | "threading" | "io"
    ) || matches!(
        name.as_str(),
        "builtins.next"
            | "builtins.input"
            | "builtins.print"
            | "builtins.open"
            | "builtins.iter"
            | "builtins.object"
            | "builtins.list"
            | "builtins.dict"
            | "builtins.set"
            | "builtins.bytearray"
            | "datetime.datetime.now"
            | "datetime.date.today"
    )
}
