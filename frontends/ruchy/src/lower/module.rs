//! A file: its names, its items, its top-level statements.
//!
//! Items of an inline module `m` are items of the file whose names begin with `m_`.

use super::scan::walk;
use super::{Binding, Cx, EnumFacts, Lowerer, StructFacts, Variable};
use crate::LowerOptions;
use crate::parse::{self, Parsed, SYNTAX, TOO_DEEP};
use batuta_base::{FxHashMap, FxHashSet, IndexMap, Name, Origin, SourceText};
use batuta_core::*;
use batuta_syntax::{Syntax, Trivia};

/// Lowers one file.
pub(crate) fn file(source: &SourceText, module: Name, options: &LowerOptions) -> FileIr {
    let text = source.text.as_str();
    let parsed = parse::parse(text);
    let trivia = parsed.as_ref().map_or_else(Trivia::default, |parsed| parse::trivia(text, &parsed.tree));
    let row = Module {
        path: module,
        file: Name::new(&source.path),
        lang: Lang::Ruchy,
        doc: None,
        items: Vec::new(),
        aliases: IndexMap::default(),
        end_comments: Vec::new(),
    };
    let out =
        FileIr { module: row, classes: Vec::new(), globals: Vec::new(), fns: Vec::new(), diags: Vec::new() };
    let mut lowerer = Lowerer {
        source: text,
        trivia,
        module,
        chain: vec![String::new()],
        names: FxHashMap::default(),
        structs: FxHashMap::default(),
        enums: FxHashMap::default(),
        type_names: FxHashMap::default(),
        own_names: FxHashMap::default(),
        methods: FxHashSet::default(),
        changing: FxHashSet::default(),
        aliases: FxHashMap::default(),
        alias_depth: Default::default(),
        replacing: FxHashSet::default(),
        cells: FxHashSet::default(),
        defaults: FxHashMap::default(),
        giving: FxHashSet::default(),
        silent: Vec::new(),
        handing: Vec::new(),
        provided: FxHashMap::default(),
        traits: FxHashMap::default(),
        exceptions: Default::default(),
        atoms: None,
        objects: Default::default(),
        classes: Default::default(),
        has_nil: false,
        mutable_globals: FxHashSet::default(),
        globals: IndexMap::default(),
        this: None,
        start: options.start,
        cx: Cx::new(module.join("<init>"), FnKind::Init, 0, text.len()),
        outer: Vec::new(),
        out,
    };
    if let Some(parsed) = &parsed {
        lowerer.run(parsed, options);
    }
    lowerer.finish()
}

/// The path of an item that stands below a module's prefix.
fn item_path(module: Name, prefix: &str, name: &str) -> Name {
    module.join(&format!("{prefix}{name}"))
}

impl<'t> Lowerer<'t> {
    fn run(&mut self, parsed: &'t Parsed, options: &LowerOptions) {
        let root = Syntax::new(parsed.tree.root_node(), self.source);
        if self.report_faults(parsed, root) {
            return;
        }
        let stmts = root.named();
        self.count_types(root);
        self.collect(&stmts, "");
        self.settle_giving();
        self.collect_methods(root);
        self.collect_replacing(root);
        let mut inside = Vec::new();
        stmts.iter().for_each(|stmt| self.changed_inside(*stmt, &mut inside));
        self.cx.changed_inside.extend(inside);
        self.uses(&stmts, "");
        self.collect_nil(root);
        self.collect_traits(root);
        self.collect_objects(root);
        self.collect_thrown(root);
        self.collect_atoms(root);
        match options.is_entry {
            true => self.start(root, &stmts),
            false => stmts.iter().for_each(|stmt| self.top(*stmt)),
        }
        self.out.module.end_comments = self.trivia.rest();
    }

    fn finish(mut self) -> FileIr {
        let root = self.cx.body.root;
        self.cx.body.blocks[root].stmts.append(&mut self.cx.stmts);
        self.out.fns.push(self.cx.body);
        self.out.globals = self.globals.into_values().collect();
        self.out
    }

    /// Syntax errors; the file is not lowered where there is one.
    fn report_faults(&mut self, parsed: &Parsed, root: Syntax<'t>) -> bool {
        for fault in parsed.faults.iter().take(5) {
            let line =
                self.source.get(fault.start..).and_then(|rest| rest.lines().next()).unwrap_or("").trim();
            let message = match &fault.missing {
                Some(token) => format!("`{token}` is missing here"),
                None if line.is_empty() => "the file ends in the middle of a statement".to_owned(),
                None => format!("this is not Ruchy: `{}`", line.chars().take(60).collect::<String>()),
            };
            let found = self.report(SYNTAX, root, message);
            found.at.origin = Origin::new(fault.start, fault.end);
        }
        if let Some(at) = parsed.too_deep {
            let found = self.report(TOO_DEEP, root, TOO_DEEP.title);
            found.at.origin = Origin::new(at, at);
            found.hint("name a part of the expression, or move inner blocks to a function");
        }
        let is_broken = !parsed.faults.is_empty() || parsed.too_deep.is_some();
        if is_broken {
            self.trivia.skip(usize::MAX);
        }
        is_broken
    }

    /// Names of the items of a module, and of the modules in it.
    fn collect(&mut self, stmts: &[Syntax<'t>], prefix: &str) {
        let mut names: FxHashMap<&'t str, Binding> = FxHashMap::default();
        for stmt in stmts {
            let Some(name) = stmt.field("name") else {
                if stmt.is("impl_item") {
                    self.collect_constants(*stmt, prefix);
                }
                if prefix.is_empty() && stmt.is("let_declaration") {
                    self.collect_globals(*stmt, &mut names);
                }
                continue;
            };
            let path = self.new_path(prefix, *stmt, name.text());
            let binding = match stmt.kind() {
                "function_item" => {
                    self.collect_cells(*stmt, path);
                    match self.handed_on(*stmt) {
                        Some(callee) => self.handing.push((path, callee)),
                        None if self.gives_value(*stmt) => _ = self.giving.insert(path),
                        None => self.silent.push(path),
                    }
                    Binding::Fn(path)
                }
                "trait_item" => {
                    let members = stmt.field("body").map(Syntax::named).unwrap_or_default();
                    let provided = members.into_iter().filter(|member| member.field("body").is_some());
                    self.provided.insert(name.text(), provided.collect());
                    continue;
                }
                "struct_item" => {
                    self.structs.insert(path, struct_facts(*stmt));
                    Binding::Struct(path)
                }
                "enum_item" => {
                    self.enums.insert(path, enum_facts(*stmt));
                    Binding::Enum(path)
                }
                "actor_item" | "class_item" => {
                    let body = stmt.field("body").unwrap_or(*stmt);
                    let fields = fields_of(body).0;
                    self.structs.insert(path, StructFacts { fields, is_tuple: false });
                    match stmt.is("actor_item") {
                        true => self.collect_actor(*stmt, path),
                        false => {
                            self.classes.nodes.insert(path, *stmt);
                            self.collect_factory(*stmt, path);
                        }
                    }
                    Binding::Struct(path)
                }
                "type_alias" => {
                    self.aliases.extend(stmt.field("type").map(|ty| (name.text(), ty)));
                    continue;
                }
                "const_item" => {
                    if stmt.child("mutable").is_some() {
                        self.mutable_globals.insert(path);
                    }
                    self.global(path, stmt.child("mutable").is_some(), name.origin(0));
                    Binding::Global(path)
                }
                "mod_item" => {
                    let inner = format!("{prefix}{}_", name.text());
                    self.collect(&stmt.named(), &inner);
                    Binding::Module(Name::new(&inner))
                }
                _ => continue,
            };
            names.insert(name.text(), binding);
        }
        self.names.insert(prefix.to_owned(), names);
    }

    /// The path of an item: a type of a module has its own name where no other type of the file has it.
    fn new_path(&mut self, prefix: &str, item: Syntax<'t>, name: &'t str) -> Name {
        let whole = item_path(self.module, prefix, name);
        let is_type = matches!(item.kind(), "struct_item" | "enum_item" | "class_item" | "actor_item");
        if prefix.is_empty() || !is_type {
            return whole;
        }
        let root = self.module.join(name);
        let count = self.type_names.get(name).copied().unwrap_or_default();
        if count > 1 {
            return whole;
        }
        self.own_names.insert(whole, root);
        root
    }

    /// Parameters that are `&mut` of numbers and texts.
    fn collect_cells(&mut self, item: Syntax<'t>, path: Name) {
        let params = item.field("parameters").map(Syntax::named).unwrap_or_default();
        let params = params.into_iter().filter(|param| !param.is("self_parameter"));
        for (at, param) in params.enumerate() {
            if param.field("type").is_some_and(super::lend::is_cell) {
                self.cells.insert((path, at));
            }
            let name = param.field("pattern").filter(|name| name.is("identifier"));
            let default = param.field("default").filter(|value| !super::function::is_fixed(*value));
            if let Some((name, default)) = name.zip(default) {
                self.defaults.insert((path, name.text()), (at, default));
            }
        }
    }

    /// How many types of the file have each name.
    fn count_types(&mut self, root: Syntax<'t>) {
        let mut names = Vec::new();
        walk(root, &mut |node| {
            let is_type = matches!(
                node.kind(),
                "struct_item" | "enum_item" | "class_item" | "actor_item" | "trait_item"
            );
            names.extend(node.field("name").filter(|_| is_type).map(Syntax::text));
        });
        for name in names {
            *self.type_names.entry(name).or_default() += 1;
        }
    }

    /// Constants of an `impl`, which are globals of the type.
    fn collect_constants(&mut self, stmt: Syntax<'t>, prefix: &str) {
        let Some(ty) = stmt.field("type") else { return };
        let ty = if ty.is("generic_type") { ty.field("name").unwrap_or(ty) } else { ty };
        let class = item_path(self.module, prefix, ty.text());
        let class = self.own_names.get(&class).copied().unwrap_or(class);
        let members = stmt.field("body").map(Syntax::named).unwrap_or_default();
        for constant in members.into_iter().filter(|member| member.is("const_item")) {
            if let Some(name) = constant.field("name") {
                self.global(class.join(name.text()), false, name.origin(0));
            }
        }
    }

    /// Top-level variables, which functions see.
    fn collect_globals(&mut self, stmt: Syntax<'t>, names: &mut FxHashMap<&'t str, Binding>) {
        let Some(pattern) = stmt.field("pattern") else { return };
        for (name, is_mutable) in super::pattern::bound(pattern) {
            // The same name again is another variable.
            let mut path = self.module.join(name.text());
            let mut count = 1;
            while self.globals.contains_key(&path) {
                count += 1;
                path = self.module.join(&format!("{}_{count}", name.text()));
            }
            let is_mutable = is_mutable || stmt.has_token("var") || stmt.child("mutable").is_some();
            if is_mutable {
                self.mutable_globals.insert(path);
            }
            self.global(path, is_mutable, name.origin(0));
            names.entry(name.text()).or_insert(Binding::Global(path));
        }
    }

    pub(super) fn global(&mut self, path: Name, is_rebound: bool, origin: Origin) {
        let storage = Storage::default();
        self.globals.insert(path, GlobalDef { path, ty: Ty::unknown(), is_rebound, storage, origin });
    }

    /// Names of methods, and of those that change their receiver.
    fn collect_methods(&mut self, root: Syntax<'t>) {
        let (mut methods, mut changing) = (Vec::new(), Vec::new());
        walk(root, &mut |node| {
            if !node.is("function_item") {
                return;
            }
            let receiver = node.field("parameters").and_then(|params| params.child("self_parameter"));
            if let (Some(receiver), Some(name)) = (receiver, node.field("name")) {
                methods.push(name.text());
                // Objects of classes change for all who have them.
                let is_of_class =
                    node.parent().is_some_and(|around| matches!(around.kind(), "class_body" | "actor_item"));
                if receiver.has_token("&") && receiver.child("mutable").is_some() && !is_of_class {
                    changing.push(name.text());
                }
            }
        });
        self.methods.extend(methods);
        self.changing.extend(changing);
    }

    /// Whether a function says that it gives a value, or ends in one.
    fn gives_value(&self, node: Syntax<'t>) -> bool {
        if let Some(ret) = node.field("return_type") {
            return !matches!(ret.text(), "()" | "nil");
        }
        let Some(body) = node.field("body") else { return true };
        let stmts = body.named();
        let tail = self.tail_of(body, &stmts).and_then(Syntax::first);
        tail.is_some_and(|tail| !self.is_effect(tail))
    }

    /// The function by whose call a function without a type ends, which says whether it gives a value.
    fn handed_on(&self, node: Syntax<'t>) -> Option<&'t str> {
        let body = node.field("body").filter(|_| node.field("return_type").is_none())?;
        let stmts = body.named();
        let tail = self.tail_of(body, &stmts).and_then(Syntax::first)?;
        let callee =
            tail.field("function").filter(|_| tail.is("call_expression") && !self.is_effect(tail))?;
        match callee.kind() {
            "identifier" => Some(callee.text()),
            "scoped_identifier" => callee.field("name").map(Syntax::text),
            _ => None,
        }
    }

    /// Functions that end in a call give a value where that function does; one of another place may.
    fn settle_giving(&mut self) {
        let handing = std::mem::take(&mut self.handing);
        let is_called = |path: &Name, callee: &str| {
            let name = path.last();
            name == callee || name.strip_suffix(callee).is_some_and(|front| front.ends_with('_'))
        };
        let mut open = handing.len() + 1;
        loop {
            let left: Vec<_> = handing.iter().filter(|(path, _)| !self.giving.contains(path)).collect();
            if left.len() == open {
                return;
            }
            open = left.len();
            for (path, callee) in left {
                let silent = self.silent.iter().chain(handing.iter().map(|(path, _)| path));
                let is_known = silent.clone().any(|path| is_called(path, callee));
                if !is_known || self.giving.iter().any(|path| is_called(path, callee)) {
                    self.giving.insert(*path);
                }
            }
        }
    }

    /// What `use` brings from modules of the file.
    fn uses(&mut self, stmts: &[Syntax<'t>], prefix: &str) {
        for stmt in stmts {
            match stmt.kind() {
                "use_declaration" => {
                    if let Some(tree) = stmt.field("tree") {
                        self.use_tree(tree, prefix);
                    }
                }
                "mod_item" => {
                    let inner =
                        stmt.field("name").map_or(String::new(), |name| format!("{prefix}{}_", name.text()));
                    self.uses(&stmt.named(), &inner);
                }
                _ => {}
            }
        }
    }

    fn use_tree(&mut self, tree: Syntax<'t>, prefix: &str) {
        let mut found: Vec<(&'t str, Binding)> = Vec::new();
        match tree.kind() {
            "scoped_identifier" => {
                if let Some(name) = tree.field("name") {
                    found.push((name.text(), self.resolve_path(tree)));
                }
            }
            "use_as" => {
                if let (Some(path), Some(name)) = (tree.field("path"), tree.field("name")) {
                    found.push((name.text(), self.resolve_path(path)));
                }
            }
            "use_wildcard" => {
                if let Some(Binding::Module(of)) = tree.field("path").map(|path| self.resolve_path(path)) {
                    let names = self.names.get(of.as_str()).cloned().unwrap_or_default();
                    found.extend(names);
                } else if let Some(Binding::Enum(of)) = tree.field("path").map(|path| self.resolve_path(path))
                {
                    let variants = self.enums[&of].variants.keys();
                    found.extend(variants.map(|name| (name.as_str(), Binding::Variant(of, *name))));
                }
            }
            "use_list" => {
                let path = tree.field("path").map(|path| self.resolve_path(path));
                for part in tree
                    .named()
                    .into_iter()
                    .filter(|part| Some(part.start()) != tree.field("path").map(Syntax::start))
                {
                    let (from, to) = match part.kind() {
                        "use_as" => (part.field("path"), part.field("name")),
                        _ => (Some(part), Some(part)),
                    };
                    let (Some(from), Some(to)) = (from, to) else { continue };
                    let binding = match path {
                        Some(Binding::Module(of)) => {
                            self.names.get(of.as_str()).and_then(|names| names.get(from.text())).copied()
                        }
                        Some(Binding::Enum(of)) => Some(Binding::Variant(of, Name::new(from.text()))),
                        _ => None,
                    };
                    found.extend(binding.map(|binding| (to.text(), binding)));
                }
            }
            _ => {}
        }
        let names = self.names.entry(prefix.to_owned()).or_default();
        for (name, binding) in found.into_iter().filter(|(_, binding)| *binding != Binding::Unknown) {
            names.entry(name).or_insert(binding);
        }
    }

    /// A top-level statement or item.
    pub(super) fn top(&mut self, stmt: Syntax<'t>) {
        let above = |this: &mut Self| this.trivia.above(stmt.start());
        match stmt.kind() {
            "function_item" => {
                let above = above(self);
                self.function(stmt, above);
            }
            "struct_item" | "enum_item" => {
                let above = above(self);
                self.data_type(stmt, above);
            }
            "impl_item" => self.impl_block(stmt),
            "actor_item" => {
                let above = above(self);
                self.actor(stmt, above);
            }
            "class_item" => {
                let above = above(self);
                self.class(stmt, above);
            }
            "trait_item" if stmt.field("name").is_some_and(|name| self.traits.contains_key(name.text())) => {
                let above = above(self);
                self.trait_class(stmt, above);
            }
            // Its methods are lowered with each type that has them.
            "trait_item" => self.trivia.skip(stmt.end()),
            "mod_item" => {
                let Some(name) = stmt.field("name") else { return };
                let prefix = format!("{}{}_", self.chain.last().map_or("", String::as_str), name.text());
                self.chain.push(prefix);
                let inner = stmt.named().into_iter().filter(|part| part.start() > name.start());
                inner.for_each(|part| self.top(part));
                self.chain.pop();
            }
            "use_declaration" | "import_declaration" => {}
            "test_item" => self.test_block(stmt),
            "type_alias" => self.trivia.skip(stmt.end()),
            _ => self.stmt(stmt),
        }
    }

    /// The path of an item of the current module.
    pub(super) fn item_path(&self, name: &str) -> Name {
        let path = item_path(self.module, self.chain.last().map_or("", String::as_str), name);
        self.own_names.get(&path).copied().unwrap_or(path)
    }

    /// `main` runs after the top-level statements, unless one of them calls it.
    pub(super) fn call_main(&mut self, root: Syntax<'t>, stmts: &[Syntax<'t>]) {
        let Binding::Fn(path) = self.look_up("main") else { return };
        if !stmts.iter().any(|stmt| calls_main(*stmt)) {
            let call = self.node(Node::Call { callee: Callee::Fn(path), args: Vec::new() }, root);
            let origin = Origin::default();
            self.cx.stmts.push(Stmt::new(StmtKind::Expr(call), origin));
        }
    }

    /// A top-level variable's binding where it is declared again: what follows sees the new one.
    pub(super) fn rebind_global(&mut self, name: &'t str, is_mutable: bool, count: usize) -> Name {
        let path = match count {
            1 => self.module.join(name),
            _ => self.module.join(&format!("{name}_{count}")),
        };
        let binding = Binding::Global(path);
        let variable = Variable { binding, is_mutable, is_borrowed: false, loops: 0, closures: 0 };
        if let Some(scope) = self.cx.scopes.first_mut() {
            scope.insert(name, variable);
        }
        self.names.entry(String::new()).or_default().insert(name, binding);
        path
    }
}

/// Whether a top-level statement calls `main`.
pub(super) fn calls_main(stmt: Syntax<'_>) -> bool {
    let mut is_called = false;
    if !stmt.is("function_item") {
        walk(stmt, &mut |node| {
            let callee = node.field("function").filter(|_| node.is("call_expression"));
            is_called |= callee.is_some_and(|callee| callee.text() == "main");
        });
    }
    is_called
}

fn struct_facts(node: Syntax<'_>) -> StructFacts {
    let Some(body) = node.field("body") else { return StructFacts::default() };
    let (fields, is_tuple) = fields_of(body);
    StructFacts { fields, is_tuple }
}

/// Names of the fields of a body; those of a tuple are `_0`, `_1`.
pub(super) fn fields_of(body: Syntax<'_>) -> (Vec<Name>, bool) {
    if body.is("tuple_fields") {
        let types = body.named().into_iter().filter(|part| !part.is("visibility"));
        return (types.enumerate().map(|(at, _)| Name::new(&format!("_{at}"))).collect(), true);
    }
    let fields = body.named().into_iter().filter(|part| part.is("field"));
    (fields.filter_map(|field| field.field("name")).map(|name| Name::new(name.text())).collect(), false)
}

fn enum_facts(node: Syntax<'_>) -> EnumFacts {
    let mut facts = EnumFacts::default();
    for variant in node.named().into_iter().filter(|part| part.is("variant")) {
        if let Some(name) = variant.field("name") {
            let fields = variant.field("body").map(|body| fields_of(body).0).unwrap_or_default();
            facts.variants.insert(Name::new(name.text()), fields);
        }
    }
    facts
}
