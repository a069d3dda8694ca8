//! A program: modules, classes, globals and bodies, by item path.

use crate::{Body, Comment, Hir, Lang, NodeId, Ty};
use batuta_base::{Diagnostic, FxHashSet, IndexMap, Name, Origin};
use std::sync::Arc;

/// Everything that a project says, at one level.
///
/// Ordered maps: equal input gives equal bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program<L> {
    pub modules: IndexMap<Name, Arc<Module>>,
    pub classes: IndexMap<Name, Arc<ClassDef>>,
    pub globals: IndexMap<Name, Arc<GlobalDef>>,
    pub fns: IndexMap<Name, Arc<Body<L>>>,
    /// The module whose `<init>` is the program's start; `None` for a library.
    pub entry: Option<Name>,
}

/// Whether a module holds tests of the project: it lies below `tests`, where a project puts none of its own.
pub fn is_test_module(path: Name) -> bool {
    path.as_str().starts_with("tests.")
}

impl<L> Default for Program<L> {
    fn default() -> Self {
        Self {
            modules: IndexMap::default(),
            classes: IndexMap::default(),
            globals: IndexMap::default(),
            fns: IndexMap::default(),
            entry: None,
        }
    }
}

/// One source file: its items in source order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Module {
    /// Dotted path; also the item path prefix. The single file `prog.py` is module `prog`.
    pub path: Name,
    /// Path of the source file as the user named it.
    pub file: Name,
    pub lang: Lang,
    pub doc: Option<Arc<str>>,
    pub items: Vec<ItemRow>,
    /// Names that imports bind here, and the path that each stands for: `pkg.Foo` -> `pkg.foo.Foo`.
    pub aliases: IndexMap<Name, Name>,
    /// Comments after the last item.
    pub end_comments: Vec<Comment>,
}

/// What a frontend makes of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileIr {
    pub module: Module,
    pub classes: Vec<ClassDef>,
    pub globals: Vec<GlobalDef>,
    pub fns: Vec<Body<Hir>>,
    pub diags: Vec<Diagnostic>,
}

/// Uses, by body and node, whose objects nothing changes after they are made: copies cannot be seen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Frozen {
    /// The value of the use.
    pub values: FxHashSet<(Name, NodeId)>,
    /// What the value holds, if not the value itself.
    pub items: FxHashSet<(Name, NodeId)>,
}

/// A use whose flow class cannot have one owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Demotion {
    /// The body that holds the node.
    pub body: Name,
    /// The node whose value needs a second owner.
    pub node: NodeId,
    /// Which part of it.
    pub part: Part,
}

/// What of a use needs a second owner.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    Value,
    /// Not the value itself, but the items in it.
    Items,
    /// The local that the place begins with.
    Root,
}

/// An item in its module, with the comments above it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemRow {
    pub item: Item,
    pub above: Vec<Comment>,
    /// Byte offset of the item in its file: origins inside it count from here.
    pub base: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    /// Function by path (module-level only; methods stand in their class).
    Fn(Name),
    Class(Name),
    /// Module-level name, assigned in `<init>`.
    Global(Name),
    /// `import` of a module of this project: runs its `<init>` first.
    Import(Name),
}

/// A module-level name or a class attribute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GlobalDef {
    pub path: Name,
    /// Annotation, `?`, or after inference its type.
    pub ty: Ty,
    /// Assigned more than once, or assigned or changed by a function.
    pub is_rebound: bool,
    /// Mir: how it is stored. Globals that only top-level code uses are locals of `<init>` at Mir.
    pub storage: Storage,
    pub origin: Origin,
}

/// How a global is stored at Mir.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Storage {
    #[default]
    Undecided,
    /// `const NAME: T = ...;`: a literal that is never changed. Its value stands in `<init>`'s first `Set`.
    Const,
    /// `static NAME: LazyLock<T>` (or thread-local lazy when not `Sync`): set once by a pure expression.
    Lazy,
    /// `thread_local! { static NAME: Cell<T> }`.
    Cell,
    /// `thread_local! { static NAME: RefCell<T> }`.
    RefCell,
    /// A `RefCell` whose type is an option because it holds nothing until `<init>` sets it: reads unwrap it.
    Late,
}

/// A class of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClassDef {
    pub path: Name,
    /// Base classes: item paths, or builtin names (`Exception`, `ABC`, `Enum`, `NamedTuple`, `Protocol`, `Generic`).
    pub bases: Vec<Name>,
    pub kind: ClassKind,
    /// Mir: objects are `Rc<C>`, changing fields sit in cells, methods take `&self`.
    pub is_shared: bool,
    /// Instance fields in order of declaration or of first assignment in `__init__`.
    /// `Typed` and `Mir`: all fields that any method assigns, with their types.
    pub fields: Vec<FieldDef>,
    /// Paths of the methods, in source order.
    pub methods: Vec<Name>,
    /// Paths of class attributes (globals named `module.Class.NAME`), in source order.
    pub attributes: Vec<Name>,
    /// Names of type parameters.
    pub type_params: Vec<Name>,
    pub doc: Option<Arc<str>>,
    pub origin: Origin,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClassKind {
    Plain,
    Dataclass {
        frozen: bool,
        order: bool,
        eq: bool,
        unsafe_hash: bool,
        kw_only: bool,
        slots: bool,
        repr: bool,
    },
    Enum,
    /// `IntEnum`, `Flag`, `StrEnum`.
    EnumOf(Name),
    NamedTuple,
    Exception,
    Protocol,
    Abstract,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    pub name: Name,
    /// Annotation or `?`; after inference its type.
    pub ty: Ty,
    /// Path of a parameterless function that gives the default (`module.Class.field$default`).
    pub default: Option<Name>,
    /// Mir: what wraps the field in a shared class.
    pub cell: FieldCell,
    /// `field(repr=False)` and the like.
    pub flags: FieldFlags,
    pub above: Vec<Comment>,
    pub beside: Option<Arc<str>>,
    pub origin: Origin,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldFlags {
    pub init: bool,
    pub repr: bool,
    pub compare: bool,
    pub kw_only: bool,
    /// `default_factory`: the default function is called for each object; otherwise once.
    pub factory: bool,
    /// `InitVar`: a parameter of the constructor that `__post_init__` takes; no object has it.
    pub passed: bool,
    /// Ruchy, after inference: its options stand for what may be nil, and show so.
    pub nil: bool,
}

/// What wraps a field of a shared class: fields that change after construction sit in cells.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum FieldCell {
    #[default]
    Plain,
    /// `Cell<T>`, T is `Copy`.
    Cell,
    /// `RefCell<T>`; a guard lives inside one primitive operation.
    RefCell,
}

impl Default for FieldFlags {
    fn default() -> Self {
        Self {
            init: true,
            repr: true,
            compare: true,
            kw_only: false,
            factory: false,
            passed: false,
            nil: false,
        }
    }
}

impl<L> Program<L> {
    /// The language of the program: that of the module that it starts at, or of its first one.
    pub fn lang(&self) -> Lang {
        let start = self.entry.and_then(|entry| self.modules.get(&entry));
        start.or_else(|| self.modules.values().next()).map_or(Lang::Python, |module| module.lang)
    }

    /// The path that an import finally stands for: follows re-exports, also those of `import *`.
    pub fn resolve(&self, path: Name) -> Name {
        let mut path = path;
        for _ in 0..16 {
            match self.alias_of(path) {
                Some(target) if target != path => path = target,
                _ => break,
            }
        }
        path
    }

    fn alias_of(&self, path: Name) -> Option<Name> {
        let module = self.modules.get(&path.parent())?;
        if let Some(target) = module.aliases.get(&path) {
            return Some(*target);
        }
        if self.has_item(path) {
            return None;
        }
        // The last `import *` that has the name.
        let stars = module.aliases.iter().filter(|(name, _)| name.last().starts_with('*')).rev();
        stars.map(|(_, all)| all.parent().join(path.last())).find(|found| {
            let aliases = |module: &Arc<Module>| module.aliases.contains_key(found);
            self.has_item(*found) || self.modules.get(&found.parent()).is_some_and(aliases)
        })
    }

    fn has_item(&self, path: Name) -> bool {
        self.fns.contains_key(&path) || self.classes.contains_key(&path) || self.globals.contains_key(&path)
    }

    /// The class itself, then its bases of this program in method resolution order (depth first,
    /// left to right, last occurrence kept: C3 for the hierarchies that Python accepts here).
    pub fn mro(&self, class: Name) -> Vec<Name> {
        let mut order = Vec::new();
        self.linearise(class, &mut order);
        let mut seen = Vec::new();
        for path in order.into_iter().rev() {
            if !seen.contains(&path) {
                seen.push(path);
            }
        }
        seen.reverse();
        seen
    }

    fn linearise(&self, class: Name, out: &mut Vec<Name>) {
        let Some(def) = self.classes.get(&class) else { return };
        out.push(class);
        for base in &def.bases {
            self.linearise(*base, out);
        }
    }

    /// Fields of a class in order, those of its bases first; a repeated field keeps its first place.
    pub fn all_fields(&self, class: Name) -> Vec<&FieldDef> {
        let mut out: Vec<&FieldDef> = Vec::new();
        for path in self.mro(class).into_iter().rev() {
            for field in self.classes.get(&path).into_iter().flat_map(|def| &def.fields) {
                match out.iter_mut().find(|found| found.name == field.name) {
                    Some(found) => *found = field,
                    None => out.push(field),
                }
            }
        }
        out
    }

    /// Path of the method that `class().name` finds.
    pub fn find_method(&self, class: Name, name: &str) -> Option<Name> {
        self.mro(class).into_iter().find_map(|path| {
            let def = self.classes.get(&path)?;
            def.methods.iter().copied().find(|method| method.last() == name)
        })
    }

    /// Whether `class` is `base` or inherits from it (also from a builtin base by name).
    pub fn is_subclass(&self, class: Name, base: Name) -> bool {
        class == base
            || self
                .classes
                .get(&class)
                .is_some_and(|def| def.bases.iter().any(|up| self.is_subclass(*up, base)))
    }

    /// Direct and indirect subclasses, the class itself first.
    pub fn subclasses(&self, class: Name) -> Vec<Name> {
        let all = self.classes.keys().copied();
        std::iter::once(class).chain(all.filter(|c| *c != class && self.is_subclass(*c, class))).collect()
    }
}
