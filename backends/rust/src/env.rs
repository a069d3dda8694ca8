//! What the printer knows of the whole program: names of modules, classes, functions, globals; types as Rust text.

use crate::class_values::ClassValues;
use crate::family::{Family, families};
use crate::names;
use crate::slice_params::{SliceParams, slice_params};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Program-wide facts.
pub struct Env<'a> {
    pub program: &'a Program<Mir>,
    /// Sum types that stand for closed unions, by type, with their Rust names.
    pub unions: FxHashMap<Ty, String>,
    /// Types that the program turns into dynamic values, and back.
    pub to_value: FxHashSet<Ty>,
    pub from_value: FxHashSet<Ty>,
    /// What the program does with its unions.
    pub union_uses: crate::unions::UnionUses,
    pub deep_copies: crate::deep_copies::DeepCopies,
    /// The program can make a float that is not a number.
    pub may_nan: bool,
    /// Functions that can reach themselves through calls.
    pub recursive: FxHashSet<Name>,
    /// Functions that are called by their name.
    pub called: FxHashSet<Name>,
    /// Classes whose handles are boxes.
    pub boxed: FxHashSet<Name>,
    /// Lists that are lent as slices to be changed.
    pub slice_params: SliceParams,
    /// Generators that stand for one another in the branches of a condition: their types must agree.
    pub chosen_generators: FxHashSet<Name>,
    /// Functions that are values somewhere.
    pub function_values: FxHashSet<Name>,
    /// `main` runs inside the runtime's frame.
    pub needs_frame: bool,
    /// Classes whose objects are compared, and those that are keys.
    pub compared: FxHashSet<Name>,
    pub keyed: FxHashSet<Name>,
    /// Classes whose objects stand in what is sorted.
    pub ordered: FxHashSet<Name>,
    /// Look-ups of members of enum classes.
    pub enum_uses: FxHashSet<(Name, &'static str)>,
    /// What the program does with dynamic values.
    pub dynamic: dynamic::Dynamic,
    /// Hierarchies whose instances mix.
    pub families: Families,
    pub family_rows: FxHashMap<Name, Family>,
    /// Classes that are values.
    pub class_values: ClassValues,
    /// Numbers of functions and globals that would have one name.
    told_apart: crate::told_apart::ToldApart,
    /// Module of each item: the longest module path that heads the item's path.
    modules: Vec<Name>,
}

/// What one emitted file needs in scope.
#[derive(Default)]
pub struct Uses {
    /// Whole `use` paths: `std::rc::Rc`, `crate::other`.
    pub paths: BTreeSet<String>,
    /// `rt::` occurs.
    pub rt: bool,
    /// `np::` occurs.
    pub np: bool,
    /// Methods of the extension traits occur.
    pub prelude: bool,
    /// Macros of the runtime that read as std's.
    pub macros: BTreeSet<&'static str>,
    /// Positions that marks stand for.
    pub marks: Vec<Mark>,
    /// Promises of Mir that a body broke, in words.
    pub problems: Vec<String>,
}

/// A source position that a line of output stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    pub item: Name,
    pub origin: batuta_base::Origin,
    /// The statement there starts with `xs[i] = `.
    pub stores: bool,
}

impl<'a> Env<'a> {
    pub fn new(program: &'a Program<Mir>) -> Self {
        let mut modules: Vec<Name> = program.modules.keys().copied().collect();
        modules.sort_by_key(|path| std::cmp::Reverse(path.as_str().len()));
        let dynamic = dynamic::dynamic(program);
        let deep_copies = crate::deep_copies::DeepCopies::of(program, &dynamic.classes);
        let (families, family_rows) = families(program, &dynamic.classes);
        let mut env = Self {
            program,
            compared: identity::compared(program),
            keyed: identity::keyed(program),
            ordered: identity::ordered(program),
            enum_uses: crate::enums::uses(program),
            dynamic,
            families,
            family_rows,
            class_values: ClassValues::default(),
            unions: FxHashMap::default(),
            to_value: values(program, ValueOp::From),
            from_value: values(program, ValueOp::To),
            union_uses: crate::unions::UnionUses::of(program),
            deep_copies,
            may_nan: may_nan(program),
            recursive: recursive(program),
            called: called(program),
            boxed: FxHashSet::default(),
            slice_params: slice_params(program),
            chosen_generators: chosen_generators(program),
            function_values: function_values(program),
            needs_frame: needs_frame(program),
            told_apart: crate::told_apart::ToldApart::of(program),
            modules,
        };
        crate::object_values::convert_parameters(&mut env);
        env.collect_unions();
        env.class_values = ClassValues::of(&env);
        env.boxed = crate::boxes::boxed(&env);
        env
    }

    /// The module that an item stands in.
    pub fn module_of(&self, item: Name) -> Name {
        let text = item.as_str();
        let heads = |path: &&Name| {
            text.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.modules.iter().find(heads).copied().unwrap_or_else(|| item.parent())
    }

    /// A class given as an argument that the function never reads: Rust has no use for it.
    pub fn is_dropped(&self, body: &Body<Mir>, index: usize) -> bool {
        let Some(param) = body.params.get(index) else { return false };
        let TyKind::TypeOf(class) = body.locals[param.local].ty.strip_ref().kind() else { return false };
        let mut is_read = false;
        body.walk_block(body.root, &mut |node| {
            is_read |= matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(param.local));
        });
        // What an enum is, its type says.
        self.is_enum(*class) || !is_read
    }

    pub fn class(&self, path: Name) -> Option<&'a Arc<ClassDef>> {
        self.program.classes.get(&path)
    }

    pub fn function(&self, path: Name) -> Option<&'a Arc<Body<Mir>>> {
        self.program.fns.get(&path)
    }

    /// A field of a class, also an inherited one.
    pub fn field(&self, class: Name, name: &str) -> Option<&'a FieldDef> {
        let field = |path: Name| self.class(path)?.fields.iter().find(|field| field.name == name);
        self.program.mro(class).into_iter().find_map(field)
    }

    /// Fields of a class in order, those of its bases first.
    pub fn all_fields(&self, class: Name) -> Vec<&'a FieldDef> {
        self.program.all_fields(class)
    }

    /// A class of the program that can be raised.
    pub fn is_exception(&self, class: Name) -> bool {
        self.class(class).is_some_and(|def| def.kind == ClassKind::Exception)
    }

    /// An exception class with fields or a constructor of its own.
    pub fn exception_has_data(&self, class: Name) -> bool {
        !self.all_fields(class).is_empty() || self.program.find_method(class, "__init__").is_some()
    }

    /// Values of the type may stand in a `static`.
    pub fn is_sync(&self, ty: Ty) -> bool {
        !ty.any(&mut |ty| match ty.kind() {
            TyKind::Shared(_) | TyKind::Value | TyKind::Func(..) | TyKind::Iter(_) | TyKind::Error => true,
            TyKind::Lib(name, _) => !batuta_catalog::is_sync(*name),
            TyKind::Class(path, _) => self.class(*path).is_none_or(|class| {
                let is_plain = |field: &FieldDef| field.ty.is_copy() || *field.ty.kind() == TyKind::Str;
                !self.is_enum(*path) && (class.is_shared || !class.fields.iter().all(is_plain))
            }),
            _ => false,
        })
    }

    /// Name of a function of a module. Rust's `main` is the frame: the program's own `main` is `run`.
    pub fn fn_name(&self, path: Name) -> String {
        let own = self.told_apart.name(path, names::function(path));
        let is_main = own == "main" && self.program.entry == Some(path.parent());
        if is_main { self.free_name(path.parent(), &["run", "run_main", "run_program"]) } else { own }
    }

    /// Name of the function that holds the entry module's top-level statements.
    pub fn top_name(&self, entry: Name) -> String {
        let has_main = self.program.fns.contains_key(&entry.join("main"));
        let taken = if has_main { self.fn_name(entry.join("main")) } else { String::new() };
        let names = ["run", "start", "top_level", "top_level_statements"];
        let free: Vec<_> = names.into_iter().filter(|name| *name != taken).collect();
        self.free_name(entry, &free)
    }

    /// The first of the names that no function of the module has and that it does not import; else the last.
    fn free_name(&self, module: Name, names: &[&str]) -> String {
        let is_imported = |name: &str| {
            let aliases = self.program.modules.get(&module).into_iter().flat_map(|module| &module.aliases);
            aliases.into_iter().any(|(alias, _)| alias.last() == name)
        };
        let is_free = |name: &&&str| !self.program.fns.contains_key(&module.join(name)) && !is_imported(name);
        names.iter().find(is_free).or(names.last()).map_or(String::new(), |name| (*name).to_owned())
    }

    /// `mod::Item` as `from` writes it, with the `use` that this needs.
    /// The Rust name of a class's type.
    pub fn type_name(&self, class: Name) -> String {
        self.told_apart.name(class, names::class(class.last()))
    }

    pub fn item_path(&self, item: Name, own_name: &str, from: Name, uses: &mut Uses) -> String {
        let home = self.module_of(item);
        if home == from || home.as_str().is_empty() {
            return own_name.to_owned();
        }
        let module = self.rust_module(home);
        let imported = self.program.modules.get(&from).is_some_and(|module| {
            let is_item = |target: Name| target == item || self.program.resolve(target) == item;
            module.aliases.iter().any(|(name, target)| name.last() == item.last() && is_item(*target))
        });
        // The entry module's own `main` is the frame.
        let is_frame = own_name == "main" && Some(from) == self.program.entry;
        if imported && !is_frame || Some(home) == self.program.entry {
            uses.paths.insert(format!("{module}::{own_name}"));
            return own_name.to_owned();
        }
        let (parent, last) = module.rsplit_once("::").unwrap_or(("crate", &module));
        // A module that is declared here needs no `use`; two with one name are told apart by their path.
        if parent == self.rust_module(from) {
            return format!("{last}::{own_name}");
        }
        if self.is_ambiguous(last) {
            return format!("{module}::{own_name}");
        }
        uses.paths.insert(module.clone());
        format!("{last}::{own_name}")
    }

    /// Whether several modules of the program end in this name.
    fn is_ambiguous(&self, last: &str) -> bool {
        let mut found: Vec<String> = Vec::new();
        for path in self.program.modules.keys() {
            let mut parts = names::module(*path);
            // The folders on the way are modules, too.
            while let Some(own) = parts.last() {
                let text = parts.join("::");
                if own == last && !found.contains(&text) {
                    found.push(text);
                }
                parts.pop();
            }
        }
        found.len() > 1
    }

    /// `crate::pkg::module`.
    pub fn rust_module(&self, module: Name) -> String {
        if Some(module) == self.program.entry {
            return "crate".to_owned();
        }
        format!("crate::{}", names::module(module).join("::"))
    }

    fn collect_unions(&mut self) {
        let mut found = Vec::new();
        let mut see = |ty: Ty| {
            ty.any(&mut |ty| {
                if let TyKind::Union(_) = ty.kind()
                    && !found.contains(&ty)
                {
                    found.push(ty);
                }
                false
            });
        };
        for body in self.program.fns.values() {
            see(body.ret);
            body.locals.iter().for_each(|(_, row)| see(row.ty));
            body.nodes.iter().for_each(|(_, row)| see(row.ty));
        }
        self.program.classes.values().flat_map(|class| &class.fields).for_each(|field| see(field.ty));
        self.program.globals.values().for_each(|global| see(global.ty));
        for ty in found {
            let TyKind::Union(items) = ty.kind() else { continue };
            let parts: Vec<_> = items.iter().map(|item| variant_in(items, *item)).collect();
            let mut name = union_name(&parts);
            let base = name.clone();
            let mut number = 1;
            let is_class = |name: &str| self.program.classes.keys().any(|path| self.type_name(*path) == name);
            while is_class(&name) || self.unions.values().any(|known| *known == name) {
                number += 1;
                name = format!("{base}{number}");
            }
            self.unions.insert(ty, name);
        }
    }
}

/// `IntOrStr`; of many members `AnyNode` where they are called `..Node`, else `IntOrOther`.
fn union_name(parts: &[String]) -> String {
    const MOST: usize = 4;
    if parts.len() <= MOST {
        return parts.join("Or");
    }
    let last_word = |part: &String| {
        let start = part.rfind(char::is_uppercase).unwrap_or(0);
        part[start..].to_owned()
    };
    let shared = parts.iter().map(last_word).find(|word| {
        word.len() > 2 && 2 * parts.iter().filter(|part| part.ends_with(word.as_str())).count() > parts.len()
    });
    match shared {
        Some(word) => format!("Any{word}"),
        None => format!("{}OrOther", parts[0]),
    }
}

/// Name of a union's variant for a member; classes of one name are told apart by their modules.
pub fn variant_in(items: &[Ty], member: Ty) -> String {
    let own = variant(member);
    let is_shared = items.iter().any(|other| other.strip() != member.strip() && variant(*other) == own);
    let home = member.class_path().map(|class| class.parent());
    let mut beside = items.iter().filter(|other| {
        variant(**other) == own && home.is_some() && other.class_path().map(|class| class.parent()) == home
    });
    if is_shared && let Some(at @ 1..) = beside.position(|other| other.strip() == member.strip()) {
        return format!("{own}{}", at + 1);
    }
    match member.class_path().filter(|_| is_shared) {
        Some(class) => format!("{}{own}", names::camel(class.parent().last())),
        None => own,
    }
}

/// Name of a union's variant for a member type.
pub fn variant(ty: Ty) -> String {
    match ty.kind() {
        TyKind::Unit => "None".to_owned(),
        TyKind::Bool => "Bool".to_owned(),
        TyKind::Int(_) => "Int".to_owned(),
        TyKind::Float(_) => "Float".to_owned(),
        TyKind::Num => "Num".to_owned(),
        TyKind::Complex => "Complex".to_owned(),
        TyKind::Range => "Range".to_owned(),
        TyKind::Slice => "Slice".to_owned(),
        TyKind::Error => "Error".to_owned(),
        TyKind::Value => "Value".to_owned(),
        TyKind::TypeOf(_) => "Type".to_owned(),
        TyKind::Str => "Str".to_owned(),
        TyKind::Bytes => "Bytes".to_owned(),
        TyKind::List(item) => format!("{}List", variant(*item)),
        TyKind::Dict(..) => "Dict".to_owned(),
        TyKind::Set(_) => "Set".to_owned(),
        TyKind::FrozenSet(_) => "FrozenSet".to_owned(),
        TyKind::Tuple(_) => "Tuple".to_owned(),
        TyKind::Class(path, _) | TyKind::Lib(path, _) => names::camel(path.last()),
        TyKind::Shared(item) | TyKind::Boxed(item) | TyKind::Ref(item) | TyKind::RefMut(item) => {
            variant(*item)
        }
        _ => "Other".to_owned(),
    }
}

fn may_nan(program: &Program<Mir>) -> bool {
    let sources = ["math.nan", "math.inf", "math.fmod", "builtins.float"];
    program.fns.values().any(|body| {
        body.nodes.iter().any(|(_, row)| match &row.kind {
            Node::Item(name) => sources.contains(&name.as_str()),
            Node::Call { callee: Callee::Lib(name), .. } => {
                sources.contains(&name.as_str().split('#').next().unwrap_or(""))
            }
            Node::Const(Const::Float(value)) => !value.is_finite(),
            _ => false,
        })
    })
}

impl<'a> Env<'a> {
    /// The module whose file declares the unions: the entry module, or the first one.
    pub fn unions_home(&self) -> Option<Name> {
        self.program.entry.or_else(|| self.program.modules.keys().next().copied())
    }

    /// Unions that the module's file declares.
    pub fn unions_of(&self, module: Name) -> Vec<Ty> {
        let mut out: Vec<Ty> = if self.unions_home() == Some(module) {
            self.unions.keys().copied().collect()
        } else {
            Vec::new()
        };
        out.sort_by_key(|ty| self.unions[ty].clone());
        out
    }

    /// Methods of a class in order, then those that it inherits and does not replace.
    pub fn methods_of(&self, class: Name) -> Vec<Name> {
        let mut out: Vec<Name> = Vec::new();
        for path in self.program.mro(class) {
            for method in self.class(path).into_iter().flat_map(|def| &def.methods) {
                let is_init = method.last() == "__init__" && path != class;
                if !is_init && !out.iter().any(|found| found.last() == method.last()) {
                    out.push(*method);
                }
            }
        }
        out
    }

    /// Objects of the class can be keys.
    pub fn is_key(&self, class: Name) -> bool {
        self.is_key_among(class, &mut FxHashSet::default())
    }

    /// As `is_key`; `seen` are the classes that are being looked at: they hold one another.
    fn is_key_among(&self, class: Name, seen: &mut FxHashSet<Name>) -> bool {
        let is_used = self.keyed.contains(&class);
        self.class(class).is_some_and(|def| match def.kind {
            ClassKind::Dataclass { frozen, unsafe_hash, eq: true, .. } if frozen || unsafe_hash => {
                is_used || self.has_key_fields(class, seen)
            }
            ClassKind::NamedTuple => is_used || self.has_key_fields(class, seen),
            ClassKind::Enum | ClassKind::EnumOf(_) => true,
            _ => {
                is_used && (self.is_identity(class) || self.program.find_method(class, "__hash__").is_some())
            }
        })
    }

    /// Whether no object in the fields of a class is kept from being a key.
    fn has_key_fields(&self, class: Name, seen: &mut FxHashSet<Name>) -> bool {
        seen.insert(class);
        let mut is_key = |ty: Ty| match ty.kind() {
            TyKind::Class(path, _) => seen.contains(path) || self.is_key_among(*path, seen),
            TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_) | TyKind::Func(..) => false,
            _ => true,
        };
        self.all_fields(class).iter().all(|field| !field.ty.any(&mut |ty| !is_key(ty)))
    }

    /// Objects of the class are equal by what they hold and have no hash, where the program wants one.
    pub fn is_unhashable(&self, class: Name) -> bool {
        let Some(def) = self.class(class).filter(|_| self.keyed.contains(&class)) else { return false };
        let has = |name: &str| self.program.find_method(class, name).is_some();
        !has("__hash__")
            && match def.kind {
                ClassKind::Dataclass { frozen, unsafe_hash, eq, .. } => eq && !frozen && !unsafe_hash,
                ClassKind::Plain | ClassKind::Abstract => has("__eq__"),
                _ => false,
            }
    }

    /// Objects of the class, or of one below it, have a text of their own.
    pub fn has_text(&self, class: Name) -> bool {
        self.program.subclasses(class).into_iter().chain([class]).any(|sub| self.has_own_text(sub))
    }

    fn has_own_text(&self, class: Name) -> bool {
        self.class(class).is_some_and(|class| match class.kind {
            ClassKind::Dataclass { repr: true, .. } | ClassKind::NamedTuple => true,
            ClassKind::Enum | ClassKind::EnumOf(_) | ClassKind::Exception => true,
            _ => ["__repr__", "__str__"]
                .iter()
                .any(|name| self.program.find_method(class.path, name).is_some()),
        })
    }

    /// Objects of the class, or of one below it, are compared by `==` in Rust.
    pub fn has_equality(&self, class: Name) -> bool {
        let family = self.program.subclasses(class);
        self.has_own_equality(class) || family.into_iter().any(|sub| self.has_own_equality(sub))
    }

    fn has_own_equality(&self, class: Name) -> bool {
        self.class(class).is_some_and(|class| match class.kind {
            ClassKind::Dataclass { eq, .. } => eq,
            ClassKind::NamedTuple | ClassKind::Enum | ClassKind::EnumOf(_) => true,
            _ => {
                let method = self.program.find_method(class.path, "__eq__");
                method
                    .and_then(|path| self.function(path))
                    .is_some_and(|body| crate::classes::compares_self(body, class.path))
                    || self.is_identity(class.path) && self.compared.contains(&class.path)
            }
        })
    }

    /// Objects of the class are equal to themselves alone.
    pub fn is_identity(&self, class: Name) -> bool {
        identity::is_identity(self.program, class)
    }

    /// What a dynamic object is asked for: the class's name, its path where several classes have that name.
    pub fn instance_name(&self, class: Name) -> String {
        let is_shared =
            self.program.classes.keys().any(|other| *other != class && other.last() == class.last());
        if is_shared { class.to_string() } else { class.last().to_owned() }
    }

    pub fn is_enum(&self, class: Name) -> bool {
        self.class(class).is_some_and(|class| matches!(class.kind, ClassKind::Enum | ClassKind::EnumOf(_)))
    }

    /// Values of the type are `Copy`, those of the program's small value classes among them.
    pub fn is_copy(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Class(path, _) => self.is_copy_class(*path),
            TyKind::Option(item) | TyKind::Array(item, _) => self.is_copy(*item),
            TyKind::Tuple(items) => items.iter().all(|item| self.is_copy(*item)),
            _ => ty.is_copy(),
        }
    }

    /// Enums, and unchanging classes of up to four `Copy` fields.
    pub fn is_copy_class(&self, path: Name) -> bool {
        let Some(class) = self.class(path) else { return false };
        let is_value = match class.kind {
            ClassKind::Enum | ClassKind::EnumOf(_) => return true,
            ClassKind::NamedTuple => true,
            ClassKind::Dataclass { frozen, .. } => frozen,
            _ => false,
        };
        let fields = self.all_fields(path);
        let is_small = fields.len() <= 4 && fields.iter().all(|field| self.is_copy(field.ty));
        is_value && is_small && !class.is_shared && self.family(path).is_none()
    }

    /// A constant of a class that stands in its `impl`.
    pub fn is_associated(&self, path: Name) -> bool {
        let is_const = self.program.globals.get(&path).is_some_and(|global| global.storage == Storage::Const);
        let class = path.parent();
        // An exception class without data is a constant itself.
        let has_impl =
            self.class(class).is_some() && (!self.is_exception(class) || self.exception_has_data(class));
        is_const && has_impl
    }

    /// Rust name of a global; a class attribute that is no constant carries its class's name.
    pub fn global_name(&self, path: Name) -> String {
        let own = names::upper(path.last());
        let class = path.parent();
        if self.class(class).is_none() {
            return self.told_apart.name(path, own);
        }
        if self.is_associated(path) {
            return self.constant_name(path);
        }
        format!("{}_{}", names::upper(class.last()), own.trim_start_matches('_'))
    }

    /// Members of an enum class.
    pub fn variants(&self, class: &ClassDef) -> Vec<Name> {
        class.attributes.clone()
    }

    /// A class attribute that is a member of an enum.
    pub fn is_variant(&self, path: Name) -> bool {
        self.class(path.parent()).is_some_and(|class| {
            matches!(class.kind, ClassKind::Enum | ClassKind::EnumOf(_)) && class.attributes.contains(&path)
        })
    }

    /// The module has statements to run when it is imported.
    pub fn has_init(&self, module: Name) -> bool {
        self.runs_init(module, &mut FxHashSet::default())
    }

    /// A module runs something when it does itself, or when what it imports does.
    fn runs_init(&self, module: Name, seen: &mut FxHashSet<Name>) -> bool {
        if !seen.insert(module) {
            return false;
        }
        self.has_own_init(module)
            || self.imports(module).into_iter().any(|imported| self.runs_init(imported, seen))
    }

    fn imports(&self, module: Name) -> Vec<Name> {
        let items = self.program.modules.get(&module).into_iter().flat_map(|module| &module.items);
        items
            .filter_map(|row| match row.item {
                Item::Import(path) => Some(path),
                _ => None,
            })
            .collect()
    }

    /// Whether several modules run the statements of one: they run at the first import only.
    pub fn is_imported_again(&self, module: Name) -> bool {
        self.program.modules.keys().filter(|other| self.imports(**other).contains(&module)).count() > 1
    }

    fn has_own_init(&self, module: Name) -> bool {
        self.function(module.join("<init>")).is_some_and(|body| {
            body.blocks[body.root].stmts.iter().any(|stmt| !matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. }
                if matches!(place.root, Root::Global(path) if self.is_variant(path) || self.program.globals.get(&path).is_some_and(|global| matches!(global.storage, Storage::Const | Storage::Lazy)))))
        })
    }
}

/// Generators that are called at the end of a branch whose condition gives an iterator.
fn chosen_generators(program: &Program<Mir>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        let mut add = |block: BlockId| {
            let Some(tail) = body.blocks[block].tail else { return };
            if let Node::Call { callee: Callee::Fn(path), .. } = &body.nodes[tail].kind {
                out.insert(*path);
            }
        };
        for (_, row) in body.nodes.iter().filter(|(_, row)| matches!(row.ty.kind(), TyKind::Iter(_))) {
            if let Node::If { then, els: Some(els), .. } = &row.kind {
                add(*then);
                add(*els);
            }
        }
    }
    out
}

/// Functions that are named where they are not called.
fn function_values(program: &Program<Mir>) -> FxHashSet<Name> {
    let nodes = program.fns.values().flat_map(|body| body.nodes.iter());
    let item = nodes.filter_map(|(_, row)| match row.kind {
        Node::Item(path) => Some(path),
        _ => None,
    });
    item.collect()
}

/// Functions that are called by their name.
fn called(program: &Program<Mir>) -> FxHashSet<Name> {
    let nodes = program.fns.values().flat_map(|body| body.nodes.iter());
    // A plain default stands where it is asked for.
    let is_kept =
        |path: Name| program.fns.get(&path).is_none_or(|body| crate::print::plain_default(body).is_none());
    let callee = nodes.filter_map(|(_, row)| match row.kind {
        Node::Call { callee: Callee::Fn(path), .. } if is_kept(path) => Some(path),
        _ => None,
    });
    callee.collect()
}

/// Functions that can reach themselves through calls.
fn recursive(program: &Program<Mir>) -> FxHashSet<Name> {
    let mut calls: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    for body in program.fns.values() {
        let row = calls.entry(body.path).or_default();
        body.walk_block(body.root, &mut |node| {
            if let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), .. } =
                &body.nodes[node].kind
            {
                row.push(*path);
            }
        });
    }
    let reaches = |start: Name| {
        let mut seen = FxHashSet::default();
        let mut open = calls[&start].clone();
        while let Some(path) = open.pop() {
            if path == start {
                return true;
            }
            if seen.insert(path) {
                open.extend(calls.get(&path).into_iter().flatten());
            }
        }
        false
    };
    calls.keys().copied().filter(|path| reaches(*path)).collect()
}

/// The program can stop with a fault, prints, reads its arguments, or recurses.
fn needs_frame(program: &Program<Mir>) -> bool {
    let is_pure = |op: Op| op.info().effect == Effect::Pure;
    let may_fail = |body: &Body<Mir>| {
        let mut found = false;
        body.walk_stmts(body.root, &mut |stmt| {
            found |= match &stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. } => !place.proj.is_empty(),
                StmtKind::Update { place, op, .. } => !place.proj.is_empty() || !is_pure(*op),
                StmtKind::Del(_) => true,
                _ => false,
            };
        });
        found
    };
    program.fns.values().any(|body| {
        body.fallible
            || may_fail(body)
            || body.nodes.iter().any(|(_, row)| match &row.kind {
                Node::Op { op, .. } => !is_pure(*op),
                Node::Call { .. } | Node::Raise { .. } | Node::Hole { .. } => true,
                Node::Use(place, _) => !place.proj.is_empty(),
                _ => false,
            })
    })
}

/// Types on the static side of conversions from or to dynamic values.
fn values(program: &Program<Mir>, which: ValueOp) -> FxHashSet<Ty> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            // What a function makes for a JSON text becomes a value there.
            if let Node::Call { callee: Callee::Lib(name), args } = &row.kind
                && name.as_str().starts_with("json.dump")
                && which == ValueOp::From
            {
                let results = args.iter().filter_map(|arg| match &body.nodes[arg.value].kind {
                    Node::Closure(closure) => Some(closure.ret),
                    _ => None,
                });
                out.extend(results.map(Ty::strip_ref));
            }
            if which == ValueOp::From {
                crate::unions::gathered(body, &row.kind, &mut out);
            }
            let Node::Op { op: Op::ValueOp(op), args, .. } = &row.kind else { continue };
            // A function that becomes dynamic reads its arguments from dynamic values.
            if *op == ValueOp::From
                && which == ValueOp::To
                && let TyKind::Func(params, _) = body.ty(args[0]).strip().kind()
            {
                for param in params {
                    param.strip_ref().any(&mut |part| {
                        out.insert(part);
                        false
                    });
                }
            }
            if *op == which {
                let mut add = |ty: Ty| {
                    ty.strip_ref().any(&mut |part| {
                        out.insert(part);
                        false
                    });
                };
                add(if which == ValueOp::From { body.ty(args[0]) } else { row.ty });
            }
        }
    }
    out
}
