//! Classes: bases, kind, methods, class attributes.

use super::control::head_end;
use super::enum_rules::NextValue;
use super::function::{clean, definition};
use super::{Binding, Lowerer, Scope, ScopeKind};
use crate::names;
use crate::scan::{BoundBy, Scan};
use batuta_base::{Code, Name};
use batuta_core::*;
use batuta_syntax::Syntax;

/// A metaclass, a computed base or the like.
pub const BAD_CLASS: Code = Code::warning("B0510", "this class has parts without translation");
/// A method under an `if` of its class.
pub const CONDITIONAL_METHOD: Code = Code::warning("B0513", "the last definition of this method is taken");

/// A class that is being lowered.
pub(crate) struct Building<'t> {
    pub def: ClassDef,
    /// What `auto()` gives in an enum that says so itself.
    pub next: Option<NextValue<'t>>,
    /// Fields from here on are keyword-only (`_: KW_ONLY`).
    pub kw_only: bool,
    pub is_total_ordering: bool,
}

/// What the head of a class says.
#[derive(Default)]
pub(super) struct Head<'t> {
    pub bases: Vec<Name>,
    type_params: Vec<Name>,
    is_abstract: bool,
    /// Fields of a `namedtuple(..)` call among the bases.
    fields: Vec<FieldDef>,
    /// What the head hands to `__init_subclass__`.
    keywords: Vec<Syntax<'t>>,
}

impl<'t> Lowerer<'t> {
    /// A `def` or `class` with an item of its own, decorated or not.
    pub fn item(&mut self, node: Syntax<'t>) {
        let above = self.trivia.above(node.start());
        let (decorators, inner) = definition(node);
        let Some(name) = inner.field("name") else { return };
        if inner.is("class_definition") {
            return self.class(node, inner, &decorators, above);
        }
        if self.class_scope() {
            return self.method(node, inner, &decorators, above);
        }
        let path = match self.look_up(name.text()) {
            Binding::Fn(path) => path,
            _ => self.module.join(name.text()),
        };
        let mut above = above;
        above.append(&mut self.head_trivia(inner));
        let role = self.role(&decorators, FnKind::Function);
        if role.is_overload {
            return;
        }
        self.out.module.items.push(ItemRow { item: Item::Fn(path), above, base: node.start() as u32 });
        let is_decorated = !role.kept.is_empty();
        self.item_function(node, inner, path, &role, Vec::new());
        if is_decorated {
            self.definition_mark(path, inner);
        }
    }

    /// Where a decorated definition stands among the statements of its module: decorators run there.
    fn definition_mark(&mut self, path: Name, node: Syntax<'t>) {
        let definition = self.node(Node::Item(path), node);
        let callee = Callee::Lib(Name::new(DEFINITION));
        self.push_node(Node::Call { callee, args: vec![Arg::positional(definition)] }, node);
    }

    /// Comments inside and beside the head of a `def` or `class`.
    fn head_trivia(&mut self, node: Syntax<'t>) -> Vec<Comment> {
        let suite = node.field("body");
        let mut inside = self.trivia.above(suite.map_or(node.start(), |suite| head_end(node, suite)));
        let beside = self.head_comment(node, suite);
        inside.extend(beside.map(|text| Comment { text, blank_before: false }));
        inside
    }

    fn method(
        &mut self,
        whole: Syntax<'t>,
        node: Syntax<'t>,
        decorators: &[Syntax<'t>],
        mut above: Vec<Comment>,
    ) {
        above.append(&mut self.head_trivia(node));
        let (Some(name), Some(class)) =
            (node.field("name"), self.building.last().map(|class| class.def.path))
        else {
            return;
        };
        let mut role = self.role(decorators, FnKind::Method);
        match name.text() {
            "__new__" if decorators.is_empty() => role.kind = FnKind::StaticMethod,
            "__init_subclass__" | "__class_getitem__" => role.kind = FnKind::ClassMethod,
            _ => {}
        }
        if role.is_overload {
            return;
        }
        let suffix = match role.kind {
            FnKind::PropertySetter => "$setter",
            _ if role.is_deleter => "$deleter",
            _ => "",
        };
        let mut path = class.join(&format!("{}{suffix}", name.text()));
        if decorators.iter().any(|decorator| registers(*decorator)) {
            path = self.free_method(path);
        }
        // A later definition of the same name replaces the earlier one.
        let block = whole.raw().parent().and_then(|suite| suite.parent());
        if block.is_some_and(|block| block.kind() != "class_definition") {
            let found = self.report(
                CONDITIONAL_METHOD,
                name,
                "a method under a condition: its last definition is taken",
            );
            found.hint("test the condition inside the method");
        }
        self.add_method(path);
        self.item_function(whole, node, path, &role, above);
    }

    /// A name that no method of the class has yet: each `def _` under `@show.register` is a method of its own.
    fn free_method(&self, path: Name) -> Name {
        let Some(class) = self.building.last() else { return path };
        let numbers = (1..).map(|number| Name::new(&format!("{path}_{number}")));
        let mut names = std::iter::once(path).chain(numbers);
        names.find(|name| !class.def.methods.contains(name)).unwrap_or(path)
    }

    fn add_method(&mut self, path: Name) {
        let Some(class) = self.building.last_mut() else { return };
        if class.def.methods.contains(&path) {
            class.def.methods.retain(|method| *method != path);
            self.out.fns.retain(|body| body.path != path);
        }
        class.def.methods.push(path);
    }

    /// `__repr__ = __str__`: the method once more under another name; answers whether it was one.
    fn method_alias(&mut self, stmt: Syntax<'t>) -> bool {
        let Some(assign) =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))
        else {
            return false;
        };
        let (Some(left), Some(right)) = (assign.field("left"), assign.field("right")) else { return false };
        let (Some(class), Binding::Fn(path)) =
            (self.building.last().map(|class| class.def.path), self.look_up(right.text()))
        else {
            return false;
        };
        if !left.is("identifier") || !right.is("identifier") || path.parent() != class {
            return false;
        }
        self.copy_method(stmt, path, class.join(left.text()), None)
    }

    /// A method once more, under another name; answers whether it is there.
    fn copy_method(&mut self, stmt: Syntax<'t>, from: Name, to: Name, kind: Option<FnKind>) -> bool {
        let Some(mut body) = self.out.fns.iter().rev().find(|body| body.path == from).cloned() else {
            return false;
        };
        body.path = to;
        body.kind = kind.unwrap_or(body.kind);
        body.above = self.trivia.above(stmt.end());
        let beside = self.trivia.beside(self.source, stmt.end());
        body.above.extend(beside.map(|text| Comment { text, blank_before: false }));
        drop_comments(&mut body);
        self.add_method(body.path);
        self.out.fns.push(body);
        true
    }

    /// `width = property(get_width, set_width)`; answers whether it was one.
    fn property_call(&mut self, stmt: Syntax<'t>) -> bool {
        let Some(assign) =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))
        else {
            return false;
        };
        let (Some(left), Some(call)) = (assign.field("left"), assign.field("right")) else { return false };
        let is_property = call.field("function").and_then(|name| self.library_name(name));
        let Some(class) = self.building.last().map(|class| class.def.path) else { return false };
        if !left.is("identifier") || is_property.is_none_or(|name| name != "builtins.property") {
            return false;
        }
        let mut kinds =
            [("fget", FnKind::Property, ""), ("fset", FnKind::PropertySetter, "$setter")].into_iter();
        let mut found = Vec::new();
        let mut doc = None;
        for arg in super::call::arguments(call) {
            let (kind, value) = match arg.field("name").filter(|_| arg.is("keyword_argument")) {
                Some(name) if name.text() == "doc" => {
                    doc = arg.field("value").and_then(|value| self.literal_text(value));
                    continue;
                }
                Some(name) => (kinds.clone().find(|(known, ..)| *known == name.text()), arg.field("value")),
                None => (kinds.next(), Some(arg)),
            };
            let (Some((_, kind, suffix)), Some(value)) = (kind, value) else { return false };
            let to = class.join(&format!("{}{suffix}", left.text()));
            if value.is("lambda") {
                self.lambda_method(stmt, value, to, kind);
                continue;
            }
            let Binding::Fn(path) = self.look_up(value.text()) else { return false };
            if path.parent() != class || !self.out.fns.iter().any(|body| body.path == path) {
                return false;
            }
            found.push((path, to, kind));
        }
        let is_done = found.into_iter().all(|(from, to, kind)| self.copy_method(stmt, from, to, Some(kind)));
        let getter = class.join(left.text());
        if let Some(text) = doc
            && let Some(body) = self.out.fns.iter_mut().rev().find(|body| body.path == getter)
        {
            body.doc = Some(text.into());
        }
        is_done
    }

    /// `double = lambda self: self.x * 2`: a method; answers whether it was one.
    fn lambda_call(&mut self, stmt: Syntax<'t>) -> bool {
        let Some(assign) =
            stmt.first().filter(|inner| stmt.is("expression_statement") && inner.is("assignment"))
        else {
            return false;
        };
        let (Some(left), Some(right)) = (assign.field("left"), assign.field("right")) else { return false };
        let Some(class) = self.building.last().map(|class| &class.def) else { return false };
        let is_plain = matches!(class.kind, ClassKind::Plain | ClassKind::Abstract | ClassKind::Exception);
        let takes_self = right
            .field("parameters")
            .and_then(|params| params.first())
            .is_some_and(|first| first.is("identifier") && first.text() == "self");
        if !left.is("identifier") || !right.is("lambda") || !is_plain || !takes_self {
            return false;
        }
        let to = class.path.join(left.text());
        self.lambda_method(stmt, right, to, FnKind::Method);
        true
    }

    fn lambda_method(&mut self, stmt: Syntax<'t>, lambda: Syntax<'t>, path: Name, kind: FnKind) {
        let mut above = self.trivia.above(stmt.end());
        let beside = self.trivia.beside(self.source, stmt.end());
        above.extend(beside.map(|text| Comment { text, blank_before: false }));
        let role = super::function::Role { kind, kept: Vec::new(), is_overload: false, is_deleter: false };
        self.add_method(path);
        self.item_function(stmt, lambda, path, &role, above);
    }

    fn class(
        &mut self,
        node: Syntax<'t>,
        inner: Syntax<'t>,
        decorators: &[Syntax<'t>],
        mut above: Vec<Comment>,
    ) {
        let Some(name) = inner.field("name") else { return };
        let path = match self.look_up(name.text()) {
            Binding::Class(path) => path,
            _ => self.cx.home.join(name.text()),
        };
        above.append(&mut self.head_trivia(inner));
        let mut head = self.class_head(inner);
        let (mut kind, is_total_ordering, others) = self.class_kind(&head, decorators);
        let enum_above = self.enum_above(&mut head, &mut kind);
        let keywords = head.keywords.clone();
        let facts = self.classes.entry(path).or_default();
        facts.is_exception = kind == ClassKind::Exception;
        let row = self.out.module.items.len();
        self.out.module.items.push(ItemRow { item: Item::Class(path), above, base: inner.start() as u32 });
        let suite = inner.field("body");
        let doc = suite.and_then(|suite| self.docstring(suite)).map(|doc| clean(&doc));
        let kw_only = matches!(kind, ClassKind::Dataclass { kw_only: true, .. });
        let def = ClassDef {
            path,
            bases: head.bases,
            kind,
            is_shared: false,
            fields: head.fields,
            methods: Vec::new(),
            attributes: Vec::new(),
            type_params: head.type_params,
            doc,
            origin: inner.origin(0),
        };
        let is_enum = matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_));
        let next = suite.filter(|_| is_enum).and_then(|suite| self.next_value(suite, enum_above));
        self.building.push(Building { def, next: next.clone(), kw_only, is_total_ordering });
        if let Some(suite) = suite {
            let is_apart = is_enum && suite.named().into_iter().all(is_plain_member);
            self.members(is_apart, |this| this.class_suite(suite, path));
            self.class_end(suite, row);
            if suite.named().iter().any(|part| part.is("decorated_definition")) {
                self.definition_mark(path, inner);
            }
        }
        let Some(building) = self.building.pop() else { return };
        let mut def = building.def;
        self.assigned_fields(inner, &mut def);
        if is_enum {
            self.note_enum(&mut def, enum_above, next);
        }
        if building.is_total_ordering {
            self.total_ordering(&mut def, inner);
        }
        let is_seen = def.bases.iter().any(|base| match self.classes.get(base) {
            Some(facts) => facts.sees_subclasses,
            None => self.is_elsewhere(*base),
        });
        let hook = path.join("__init_subclass__");
        self.classes.entry(path).or_default().sees_subclasses = is_seen || def.methods.contains(&hook);
        self.out.classes.push(def);
        self.subclass_hook(path, is_seen, &keywords, inner);
        self.refuse_aliases(inner, decorators);
        self.decorate_class(node, path, &others);
    }

    /// `@unique` of a class in which two members have one value: CPython raises where the class is made.
    fn refuse_aliases(&mut self, class: Syntax<'t>, decorators: &[Syntax<'t>]) {
        let asks = |name: &Name| matches!(name.as_str(), "enum.unique" | "enum.verify");
        if !decorators.iter().any(|decorator| self.decorator_path(*decorator).as_ref().is_some_and(asks)) {
            return;
        }
        let members = class.field("body").map(Syntax::named).unwrap_or_default();
        let values = members.into_iter().filter_map(|member| {
            let value = member.first().filter(|inner| inner.is("assignment"))?.field("right")?;
            matches!(value.kind(), "integer" | "string" | "float" | "identifier").then(|| value.text())
        });
        let mut seen: Vec<&str> = Vec::new();
        for value in values {
            if seen.contains(&value) {
                let why = "two members of an enum that has to be unique have one value";
                let hole = self.hole(BAD_CLASS, class, why);
                return self.push(StmtKind::Expr(hole), class);
            }
            seen.push(value);
        }
    }

    /// Decorators that are functions run on the finished class.
    fn decorate_class(&mut self, node: Syntax<'t>, path: Name, decorators: &[Syntax<'t>]) {
        for decorator in decorators.iter().rev() {
            let Some(inner) = decorator.first() else { continue };
            let callee = if inner.is("call") { Callee::Value(self.expr(inner)) } else { self.callee(inner) };
            let class = self.use_place(Place::global(path), node);
            let call = self.node(Node::Call { callee, args: vec![Arg::positional(class)] }, *decorator);
            // What the name of the class stands for: this tells a decorator from a call.
            self.cx.body.nodes[call].ty = Ty::new(TyKind::TypeOf(path));
            self.push(StmtKind::Expr(call), *decorator);
        }
    }

    fn class_head(&mut self, node: Syntax<'t>) -> Head<'t> {
        let mut head = Head::default();
        for arg in node.field("superclasses").map(Syntax::named).unwrap_or_default() {
            if arg.is("keyword_argument") {
                self.class_keyword(arg, &mut head);
                continue;
            }
            if let Some(fields) = self.named_tuple_base(arg) {
                head.bases.push(Name::new("NamedTuple"));
                head.fields = fields;
                continue;
            }
            let (base, args) = match arg.field("value") {
                Some(value) if arg.is("subscript") => (value, arg.fields("subscript")),
                _ => (arg, Vec::new()),
            };
            let Some(name) = self.class_name(base) else {
                let found = self.report(BAD_CLASS, arg, "this base class is not known here");
                found.hint("name a class as the base");
                continue;
            };
            let name = short_base(name);
            if matches!(name.as_str(), "Generic" | "Protocol") {
                head.type_params.extend(args.iter().map(|arg| Name::new(arg.text())));
            }
            if name != "object" {
                head.bases.push(name);
            }
        }
        head
    }

    fn class_keyword(&mut self, arg: Syntax<'t>, head: &mut Head<'t>) {
        let (name, value) = (arg.field("name").map_or("", |name| name.text()), arg.field("value"));
        match (name, value.and_then(|value| self.library_name(value)).map_or("", Name::as_str)) {
            ("metaclass", "abc.ABCMeta") => head.is_abstract = true,
            ("metaclass", "builtins.type" | "enum.EnumMeta" | "enum.EnumType") => {}
            ("metaclass", _) => {
                let hole = self.hole(BAD_CLASS, arg, "`metaclass=` in a class head has no translation yet");
                self.push(StmtKind::Expr(hole), arg);
            }
            _ => head.keywords.push(arg),
        }
    }

    /// The call of `__init_subclass__` that ends a class whose bases have it, or may have it in another file.
    fn subclass_hook(&mut self, path: Name, is_seen: bool, keywords: &[Syntax<'t>], inner: Syntax<'t>) {
        if !is_seen {
            for arg in keywords {
                let name = arg.field("name").map_or("", |name| name.text());
                self.report(BAD_CLASS, *arg, format!("`{name}=` in a class head has no translation yet"));
            }
            return;
        }
        let mut args = Vec::new();
        for arg in keywords {
            if let (Some(name), Some(value)) = (arg.field("name"), arg.field("value")) {
                let value = self.expr(value);
                args.push(Arg { kind: ArgKind::Named(Name::new(name.text())), value });
            }
        }
        let callee = Callee::Fn(path.join("__init_subclass__"));
        self.push_node(Node::Call { callee, args }, inner);
    }

    /// Whether a base is a class of another file of the project.
    fn is_elsewhere(&self, base: Name) -> bool {
        let mut module = base.parent();
        while !module.as_str().is_empty() {
            if (self.options.is_project_module)(module.as_str()) {
                return module != self.module;
            }
            module = module.parent();
        }
        false
    }

    /// Kind, whether `total_ordering` fills up the comparisons, and the decorators that are left.
    fn class_kind(
        &mut self,
        head: &Head<'_>,
        decorators: &[Syntax<'t>],
    ) -> (ClassKind, bool, Vec<Syntax<'t>>) {
        let (mut kind, mut is_total, mut others) = (self.kind_of_bases(head), false, Vec::new());
        for decorator in decorators {
            match self.decorator_path(*decorator).map_or("", Name::as_str) {
                "dataclasses.dataclass" => kind = dataclass(*decorator),
                "functools.total_ordering" => is_total = true,
                "enum.unique" | "enum.verify" | "typing.final" | "typing.runtime_checkable" => {}
                _ => others.push(*decorator),
            }
        }
        (kind, is_total, others)
    }

    pub(super) fn kind_of_bases(&self, head: &Head<'_>) -> ClassKind {
        for base in &head.bases {
            match base.as_str() {
                "Enum" => {
                    // Members that are also texts or numbers.
                    let mixed = head.bases.iter().find(|base| matches!(base.as_str(), "str" | "int"));
                    return mixed.map_or(ClassKind::Enum, |base| ClassKind::EnumOf(*base));
                }
                "enum.IntEnum" | "enum.Flag" | "enum.IntFlag" | "enum.StrEnum" => {
                    return ClassKind::EnumOf(Name::new(base.last()));
                }
                "NamedTuple" => return ClassKind::NamedTuple,
                name if names::is_exception(name) || self.is_exception_class(*base) => {
                    return ClassKind::Exception;
                }
                _ => {}
            }
        }
        let has = |name: &str| head.bases.iter().any(|base| *base == name);
        match (has("Protocol"), has("ABC") || head.is_abstract) {
            (true, _) => ClassKind::Protocol,
            (_, true) => ClassKind::Abstract,
            _ => ClassKind::Plain,
        }
    }

    /// A class of this file that is an exception, or an imported one with an exception's name.
    fn is_exception_class(&self, path: Name) -> bool {
        match self.classes.get(&path) {
            Some(facts) => facts.is_exception,
            None => ["Error", "Exception", "Warning"].iter().any(|end| path.last().ends_with(end)),
        }
    }

    fn class_suite(&mut self, suite: Syntax<'t>, path: Name) {
        let mut scope = Scope::new(ScopeKind::Class);
        for found in Scan::of(&suite.named()) {
            let name = Name::new(found.name);
            let binding = match found.by {
                BoundBy::Function => Binding::Fn(path.join(found.name)),
                BoundBy::Class => Binding::Class(path.join(found.name)),
                BoundBy::Import => self.import_binding(found.node, found.name),
                BoundBy::Variable | BoundBy::Handler => Binding::Global(path.join(found.name)),
                BoundBy::Global | BoundBy::Nonlocal => continue,
            };
            if let Binding::Class(path) = binding {
                self.classes.entry(path).or_default();
            }
            scope.names.entry(name).or_insert(binding);
        }
        let home = std::mem::replace(&mut self.cx.home, path);
        self.in_scope(scope, |this| {
            for stmt in suite.named() {
                if !this.field(stmt)
                    && !this.method_alias(stmt)
                    && !this.property_call(stmt)
                    && !this.lambda_call(stmt)
                {
                    this.stmt(stmt);
                }
            }
        });
        self.cx.home = home;
    }

    /// Comments after the last statement of a class end its last method, or stand above the class.
    fn class_end(&mut self, suite: Syntax<'t>, row: usize) {
        let mut left = self.block_end(suite);
        if left.is_empty() {
            return;
        }
        let last = self.building.last().and_then(|class| class.def.methods.last().copied());
        match last.and_then(|last| self.out.fns.iter_mut().find(|body| body.path == last)) {
            Some(body) => {
                let root = body.root;
                body.blocks[root].end_comments.append(&mut left);
            }
            None => self.out.module.items[row].above.append(&mut left),
        }
    }
}

/// Whether a statement in an enum reads nothing of the function around it.
fn is_plain_member(stmt: Syntax<'_>) -> bool {
    let assign = stmt.first().filter(|inner| inner.is("assignment"));
    let value = assign.and_then(|assign| assign.field("right"));
    value.is_none_or(|value| {
        let is_auto =
            value.is("call") && value.field("function").is_some_and(|name| name.text().ends_with("auto"));
        is_auto || !reads_a_name(value)
    })
}

fn reads_a_name(node: Syntax<'_>) -> bool {
    node.is("identifier") || node.named().into_iter().any(reads_a_name)
}

/// A copy has no comments: each stands in one slot.
pub(super) fn drop_comments(body: &mut Body<Hir>) {
    for (_, block) in body.blocks.iter_mut() {
        block.end_comments.clear();
        for stmt in &mut block.stmts {
            stmt.above.clear();
            stmt.beside = None;
        }
    }
    for (_, row) in body.nodes.iter_mut() {
        match &mut row.kind {
            Node::Match { arms, .. } => arms.iter_mut().for_each(|arm| arm.above.clear()),
            Node::Try { handlers, .. } => handlers.iter_mut().for_each(|handler| handler.above.clear()),
            _ => {}
        }
    }
}

/// Base classes that the IR knows by a short name.
fn short_base(name: Name) -> Name {
    Name::new(match name.as_str() {
        "abc.ABC" => "ABC",
        "enum.Enum" => "Enum",
        "typing.NamedTuple" => "NamedTuple",
        "typing.Protocol" => "Protocol",
        "typing.Generic" => "Generic",
        "typing.TypedDict" => "TypedDict",
        "typing.List" => "list",
        "typing.Dict" => "dict",
        "typing.Set" => "set",
        "typing.FrozenSet" => "frozenset",
        "typing.Tuple" => "tuple",
        "typing.Deque" => "collections.deque",
        "typing.DefaultDict" => "collections.defaultdict",
        "typing.OrderedDict" => "collections.OrderedDict",
        "typing.Counter" => "collections.Counter",
        other => other,
    })
}

/// `@dataclass` and its options.
fn dataclass(decorator: Syntax<'_>) -> ClassKind {
    let call = decorator.first().filter(|inner| inner.is("call"));
    let args = call.map(super::call::arguments).unwrap_or_default();
    let flag = |name: &str, default: bool| {
        let arg = args.iter().find(|arg| arg.field("name").is_some_and(|found| found.text() == name));
        arg.and_then(|arg| arg.field("value")).map_or(default, |value| value.is("true"))
    };
    ClassKind::Dataclass {
        frozen: flag("frozen", false),
        order: flag("order", false),
        eq: flag("eq", true),
        unsafe_hash: flag("unsafe_hash", false),
        kw_only: flag("kw_only", false),
        slots: flag("slots", false),
        repr: flag("repr", true),
    }
}

/// `@show.register`, `@show.register(int)`.
fn registers(decorator: Syntax<'_>) -> bool {
    let text = decorator.text();
    text.split('(').next().is_some_and(|callee| callee.trim_end().ends_with(".register"))
}
