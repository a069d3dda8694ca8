//! Interned types, shared by all levels. Which kinds a level may hold is a verifier rule.

use batuta_base::Name;
use std::collections::HashSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, RwLock};

/// An interned type: `Copy`, compared by pointer, derefs to its [`TyKind`].
#[derive(Clone, Copy)]
pub struct Ty(&'static TyKind);

/// What a type is.
///
/// Source-level kinds (`Int`, `Str`, `List`, ...) stand at every level. At `Mir` they name the
/// Rust representation: `Int(Width::I64)` is `i64`, `Int(Width::Big)` is `rt::Int`, `List(T)` is
/// an owned `Vec<T>`, `Shared(List(T))` is `rt::List<T>`, `Ref(Str)` is `&str`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TyKind {
    /// `?`: not known yet. Hir only.
    Unknown,
    /// `!`: no value arrives (a hole, a `raise`).
    Never,
    /// Python's `None`, Ruchy's nil, C's void: `()`.
    Unit,
    Bool,
    /// `int`. Hir and Typed hold `Width::Any`; shapes chooses the width.
    Int(Width),
    Float(FloatWidth),
    /// `int | float` kept distinct because the program can see the difference: `rt::Num`.
    Num,
    Complex,
    Str,
    Bytes,
    List(Ty),
    Set(Ty),
    FrozenSet(Ty),
    Dict(Ty, Ty),
    Tuple(Vec<Ty>),
    /// `T | None`.
    Option(Ty),
    /// A lazily read sequence: iterator, generator, `map` object.
    Iter(Ty),
    Range,
    Slice,
    /// A class, struct or enum of the program, by item path, with type arguments.
    Class(Name, Vec<Ty>),
    /// A type that the library defines: `deque<int>`, `random.Random`, `re.Match`.
    Lib(Name, Vec<Ty>),
    /// A function value.
    Func(Vec<Ty>, Ty),
    /// A class as a value.
    TypeOf(Name),
    /// A raised error (`rt::Error`).
    Error,
    /// A closed union that stays visible: printed as an enum of the project.
    Union(Vec<Ty>),
    /// Dynamic: `rt::Value`.
    Value,
    /// Type variable of a catalogue signature or a generic item.
    Var(Name),
    /// `&T`. Mir only, as all below.
    Ref(Ty),
    /// `&mut T`.
    RefMut(Ty),
    /// A shared object: `rt::List<T>`, `rt::SharedDict`, `Rc<Class>`.
    Shared(Ty),
    /// `Box<T>`, for recursive types.
    Boxed(Ty),
    /// `[T; N]`.
    Array(Ty, u64),
}

/// Width of an integer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Width {
    /// Python's unbounded `int` before shapes decides; not at Mir.
    Any,
    /// `rt::Int`.
    Big,
    I8,
    I16,
    I32,
    I64,
    I128,
    U8,
    U16,
    U32,
    U64,
    U128,
    /// `usize`: locals that are born, used and die as an index.
    Usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum FloatWidth {
    F32,
    F64,
}

static TABLE: LazyLock<RwLock<HashSet<&'static TyKind>>> = LazyLock::new(RwLock::default);

/// Library types whose values are plain numbers.
const COPY: &[&str] = &["IsoCalendarDate", "date", "datetime", "time", "timedelta", "timezone"];

/// Library types whose values never change, so that a copy is as good as an alias.
const IMMUTABLE: &[&str] = &[
    "Decimal",
    "DecimalTuple",
    "Fraction",
    "IsoCalendarDate",
    "Match",
    "Path",
    "Pattern",
    "Struct",
    "Template",
    "date",
    "datetime",
    "time",
    "timedelta",
    "timezone",
];

impl Ty {
    /// The one type of this kind.
    pub fn new(kind: TyKind) -> Self {
        if let Some(found) = TABLE.read().expect("no panic while interning").get(&kind) {
            return Self(found);
        }
        let mut table = TABLE.write().expect("no panic while interning");
        if let Some(found) = table.get(&kind) {
            return Self(found);
        }
        let leaked: &'static TyKind = Box::leak(Box::new(kind));
        table.insert(leaked);
        Self(leaked)
    }

    pub fn kind(self) -> &'static TyKind {
        self.0
    }

    pub fn unknown() -> Self {
        Self::new(TyKind::Unknown)
    }
    pub fn never() -> Self {
        Self::new(TyKind::Never)
    }
    pub fn unit() -> Self {
        Self::new(TyKind::Unit)
    }
    pub fn bool() -> Self {
        Self::new(TyKind::Bool)
    }
    /// `int` before its width is known.
    pub fn int() -> Self {
        Self::new(TyKind::Int(Width::Any))
    }
    pub fn i64() -> Self {
        Self::new(TyKind::Int(Width::I64))
    }
    pub fn usize() -> Self {
        Self::new(TyKind::Int(Width::Usize))
    }
    pub fn big() -> Self {
        Self::new(TyKind::Int(Width::Big))
    }
    pub fn float() -> Self {
        Self::new(TyKind::Float(FloatWidth::F64))
    }
    pub fn num() -> Self {
        Self::new(TyKind::Num)
    }
    pub fn str() -> Self {
        Self::new(TyKind::Str)
    }
    pub fn bytes() -> Self {
        Self::new(TyKind::Bytes)
    }
    pub fn value() -> Self {
        Self::new(TyKind::Value)
    }
    pub fn error() -> Self {
        Self::new(TyKind::Error)
    }
    pub fn list(item: Self) -> Self {
        Self::new(TyKind::List(item))
    }
    pub fn set(item: Self) -> Self {
        Self::new(TyKind::Set(item))
    }
    pub fn dict(key: Self, value: Self) -> Self {
        Self::new(TyKind::Dict(key, value))
    }
    pub fn tuple(items: impl IntoIterator<Item = Self>) -> Self {
        Self::new(TyKind::Tuple(items.into_iter().collect()))
    }
    /// `T | None`; `None | None` and `Option<Option<T>>` do not exist.
    pub fn option(item: Self) -> Self {
        match item.kind() {
            TyKind::Option(_) | TyKind::Unit | TyKind::Value => item,
            _ => Self::new(TyKind::Option(item)),
        }
    }
    pub fn iter(item: Self) -> Self {
        Self::new(TyKind::Iter(item))
    }
    pub fn class(path: Name) -> Self {
        Self::new(TyKind::Class(path, Vec::new()))
    }
    pub fn lib(name: &str, args: impl IntoIterator<Item = Self>) -> Self {
        Self::new(TyKind::Lib(Name::new(name), args.into_iter().collect()))
    }
    /// What `d[key]` of a library type gives: its last argument; a `Counter` counts.
    pub fn library_item(self) -> Self {
        match self.kind() {
            TyKind::Lib(name, _) if name.last() == "Counter" => Self::i64(),
            TyKind::Lib(_, args) => args.last().copied().unwrap_or(Self::unknown()),
            _ => Self::unknown(),
        }
    }
    pub fn func(params: impl IntoIterator<Item = Self>, ret: Self) -> Self {
        Self::new(TyKind::Func(params.into_iter().collect(), ret))
    }
    pub fn reference(self) -> Self {
        Self::new(TyKind::Ref(self))
    }
    pub fn reference_mut(self) -> Self {
        Self::new(TyKind::RefMut(self))
    }
    pub fn shared(self) -> Self {
        Self::new(TyKind::Shared(self))
    }

    pub fn is_int(self) -> bool {
        matches!(self.kind(), TyKind::Int(_))
    }
    pub fn is_float(self) -> bool {
        matches!(self.kind(), TyKind::Float(_))
    }
    pub fn is_big(self) -> bool {
        matches!(self.kind(), TyKind::Int(Width::Big))
    }
    /// The type behind `&`, `&mut`.
    pub fn strip_ref(self) -> Self {
        match self.kind() {
            TyKind::Ref(inner) | TyKind::RefMut(inner) => *inner,
            _ => self,
        }
    }
    /// The type behind `&`, `&mut`, `Shared`, `Box`.
    pub fn strip(self) -> Self {
        match self.kind() {
            TyKind::Ref(inner) | TyKind::RefMut(inner) | TyKind::Shared(inner) | TyKind::Boxed(inner) => {
                inner.strip()
            }
            _ => self,
        }
    }
    /// The type behind `Shared`.
    pub fn strip_shared(self) -> Self {
        match self.kind() {
            TyKind::Shared(inner) => *inner,
            _ => self,
        }
    }
    /// The class path of a class type, behind references and sharing.
    pub fn class_path(self) -> Option<Name> {
        match self.strip().kind() {
            TyKind::Class(path, _) => Some(*path),
            _ => None,
        }
    }

    /// The types directly inside this one.
    pub fn children(self) -> Vec<Self> {
        use TyKind::*;
        match self.kind() {
            List(a)
            | Set(a)
            | FrozenSet(a)
            | Option(a)
            | Iter(a)
            | Ref(a)
            | RefMut(a)
            | Shared(a)
            | Boxed(a)
            | Array(a, _) => vec![*a],
            Dict(a, b) => vec![*a, *b],
            Tuple(items) | Class(_, items) | Lib(_, items) | Union(items) => items.clone(),
            Func(params, ret) => params.iter().copied().chain([*ret]).collect(),
            _ => Vec::new(),
        }
    }

    /// The same type with each direct child replaced.
    pub fn map_children(self, mut f: impl FnMut(Self) -> Self) -> Self {
        use TyKind::*;
        let all = |items: &[Self], f: &mut dyn FnMut(Self) -> Self| items.iter().map(|t| f(*t)).collect();
        Self::new(match self.kind() {
            List(a) => List(f(*a)),
            Set(a) => Set(f(*a)),
            FrozenSet(a) => FrozenSet(f(*a)),
            Option(a) => return Self::option(f(*a)),
            Iter(a) => Iter(f(*a)),
            Ref(a) => Ref(f(*a)),
            RefMut(a) => RefMut(f(*a)),
            Shared(a) => Shared(f(*a)),
            Boxed(a) => Boxed(f(*a)),
            Array(a, n) => Array(f(*a), *n),
            Dict(a, b) => Dict(f(*a), f(*b)),
            Tuple(items) => Tuple(all(items, &mut f)),
            Class(path, items) => Class(*path, all(items, &mut f)),
            Lib(name, items) => Lib(*name, all(items, &mut f)),
            Union(items) => Union(all(items, &mut f)),
            Func(params, ret) => Func(all(params, &mut f), f(*ret)),
            _ => return self,
        })
    }

    /// Whether `test` holds for this type or one inside it.
    pub fn any(self, test: &mut dyn FnMut(Self) -> bool) -> bool {
        test(self) || self.children().into_iter().any(|child| child.any(test))
    }

    /// Whether values of this representation type are `Copy` in Rust.
    pub fn is_copy(self) -> bool {
        match self.kind() {
            TyKind::Int(width) => *width != Width::Big,
            TyKind::Bool
            | TyKind::Float(_)
            | TyKind::Unit
            | TyKind::Never
            | TyKind::Num
            | TyKind::Slice
            | TyKind::Complex => true,
            TyKind::Lib(name, args) if is_outcome(*name) => args.iter().all(|arg| arg.is_copy()),
            TyKind::Lib(name, _) => COPY.contains(&name.last()),
            TyKind::Ref(_) | TyKind::TypeOf(_) => true,
            TyKind::Option(item) | TyKind::Array(item, _) => item.is_copy(),
            TyKind::Tuple(items) => items.iter().all(|item| item.is_copy()),
            _ => false,
        }
    }

    /// A `char` that a loop over text binds, for the printer; behind a reference, as the `&str` that it stands for.
    pub fn char_item() -> Ty {
        Ty::new(TyKind::Lib(Name::new("char"), Vec::new())).reference()
    }

    /// Whether this is [`Ty::char_item`].
    pub fn is_char(self) -> bool {
        matches!(self.strip_ref().kind(), TyKind::Lib(name, _) if *name == "char")
    }

    /// The cell that a captured variable lives in: `Rc<Cell<T>>` or `Rc<RefCell<T>>`.
    pub fn cell(self) -> Option<(Ty, crate::FieldCell)> {
        let TyKind::Shared(inner) = self.kind() else { return None };
        match inner.kind() {
            _ if inner.is_copy() => Some((*inner, crate::FieldCell::Cell)),
            TyKind::Str | TyKind::Bytes | TyKind::Option(_) | TyKind::Tuple(_) | TyKind::Int(_) => {
                Some((*inner, crate::FieldCell::RefCell))
            }
            TyKind::Union(_) if !inner.is_mutable() => Some((*inner, crate::FieldCell::RefCell)),
            // What never changes is no handle of its own.
            TyKind::FrozenSet(_) | TyKind::Range => Some((*inner, crate::FieldCell::RefCell)),
            TyKind::Lib(..) if !inner.is_mutable() => Some((*inner, crate::FieldCell::RefCell)),
            // A variable that is given other objects: each closure sees the one that it holds now.
            TyKind::Shared(_) | TyKind::Value => Some((*inner, crate::FieldCell::RefCell)),
            _ => None,
        }
    }

    /// Mutable in place in the source language, so that aliases can see changes.
    /// `Str`, numbers, tuples of immutables and functions are not.
    pub fn is_mutable(self) -> bool {
        match self.kind() {
            TyKind::List(_) | TyKind::Set(_) | TyKind::Dict(..) | TyKind::Class(..) | TyKind::Iter(_) => true,
            TyKind::Lib(name, args) if is_outcome(*name) => args.iter().any(|arg| arg.is_mutable()),
            // A copy of a tuple holds the same dynamic values.
            TyKind::Lib(name, items) if *name == "tuple" => {
                items.iter().any(|item| item.is_mutable() && *item.kind() != TyKind::Value)
            }
            TyKind::Lib(name, _) => !IMMUTABLE.contains(&name.last()) && !is_handle(*name),
            TyKind::Value => true,
            TyKind::Tuple(items) | TyKind::Union(items) => items.iter().any(|item| item.is_mutable()),
            TyKind::Option(item) | TyKind::Boxed(item) => item.is_mutable(),
            _ => false,
        }
    }
}

/// `Option` and `Result` of Ruchy: values of what they hold.
fn is_outcome(name: Name) -> bool {
    matches!(name.as_str(), "Option" | "Result")
}

/// A library type whose copies are the same object: tasks, locks, queues, generators with `send`.
fn is_handle(name: Name) -> bool {
    matches!(name.as_str(), "coroutine" | "ExitStack" | "Scandir" | "float_array" | "int_array")
        || name.as_str().starts_with("asyncio.")
        || name.as_str().starts_with("numpy.")
}

/// What a call of a function gives, taken apart.
impl Ty {
    /// The type of `return` inside a function with this result.
    pub fn returned(self, is_generator: bool, is_async: bool) -> Ty {
        match self.kind() {
            TyKind::Lib(name, parts) if is_generator && *name == "coroutine" => parts[2],
            _ if is_generator => Ty::unit(),
            TyKind::Lib(name, parts) if is_async && *name == "asyncio.Coroutine" => parts[0],
            _ => self,
        }
    }

    /// The type of what a generator with this result yields.
    pub fn yielded(self) -> Ty {
        self.children().first().copied().unwrap_or(self)
    }
}

impl Deref for Ty {
    type Target = TyKind;
    fn deref(&self) -> &TyKind {
        self.0
    }
}
impl PartialEq for Ty {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Ty {}
impl Hash for Ty {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (std::ptr::from_ref(self.0) as usize).hash(state);
    }
}
impl PartialOrd for Ty {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ty {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        if self == other { std::cmp::Ordering::Equal } else { self.0.cmp(other.0) }
    }
}
impl fmt::Debug for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Ty {
    /// The type as the text form writes it: `list<int>`, `&mut dict<str, i64>`, `mod.Point`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use TyKind::*;
        match self.kind() {
            Unknown => f.write_str("?"),
            Never => f.write_str("!"),
            Unit => f.write_str("none"),
            Bool => f.write_str("bool"),
            Int(width) => f.write_str(width.text()),
            Float(FloatWidth::F64) => f.write_str("float"),
            Float(FloatWidth::F32) => f.write_str("f32"),
            Num => f.write_str("num"),
            Complex => f.write_str("complex"),
            Str => f.write_str("str"),
            Bytes => f.write_str("bytes"),
            List(a) => write!(f, "list<{a}>"),
            Set(a) => write!(f, "set<{a}>"),
            FrozenSet(a) => write!(f, "frozenset<{a}>"),
            Dict(a, b) => write!(f, "dict<{a}, {b}>"),
            Tuple(items) => list(f, "(", items, if items.len() == 1 { ",)" } else { ")" }),
            Option(a) => write!(f, "option<{a}>"),
            Iter(a) => write!(f, "iter<{a}>"),
            Range => f.write_str("range"),
            Slice => f.write_str("slice"),
            Class(path, args) => named(f, "@", *path, args),
            Lib(name, args) => named(f, "", *name, args),
            Func(params, ret) => {
                list(f, "fn(", params, ")")?;
                write!(f, " -> {ret}")
            }
            TypeOf(path) => write!(f, "type<@{path}>"),
            Error => f.write_str("error"),
            Union(items) => {
                f.write_str("union")?;
                list(f, "<", items, ">")
            }
            Value => f.write_str("value"),
            Var(name) => write!(f, "'{name}"),
            Ref(a) => write!(f, "&{a}"),
            RefMut(a) => write!(f, "&mut {a}"),
            Shared(a) => write!(f, "shared<{a}>"),
            Boxed(a) => write!(f, "box<{a}>"),
            Array(a, n) => write!(f, "array<{a}, {n}>"),
        }
    }
}

fn named(f: &mut fmt::Formatter<'_>, sigil: &str, name: Name, args: &[Ty]) -> fmt::Result {
    write!(f, "{sigil}{name}")?;
    if args.is_empty() { Ok(()) } else { list(f, "<", args, ">") }
}

fn list(f: &mut fmt::Formatter<'_>, open: &str, items: &[Ty], close: &str) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_str(close)
}

impl Width {
    pub fn text(self) -> &'static str {
        match self {
            Width::Any => "int",
            Width::Big => "big",
            Width::I8 => "i8",
            Width::I16 => "i16",
            Width::I32 => "i32",
            Width::I64 => "i64",
            Width::I128 => "i128",
            Width::U8 => "u8",
            Width::U16 => "u16",
            Width::U32 => "u32",
            Width::U64 => "u64",
            Width::U128 => "u128",
            Width::Usize => "usize",
        }
    }
}
