//! Descriptors: what the runtime side knows of a type whose values the compiled code passes as words.
//!
//! A value is one word. Ints and bools are themselves, floats their bits, everything else the address
//! of an object. An absent option is 0; a present one of an int, float or bool is the address of a
//! word, any other is its value. A tuple is the address of its fields' words; an object of a class
//! has the address of its [`ClassDesc`] before its fields.

use crate::host::library::{Opaque, opaque};
use batuta_base::Name;
use batuta_core::{
    ClassDef, ClassKind, FieldFlags, FloatWidth, Mir, Pat, Program, Root, StmtKind, Ty, TyKind,
};
use batuta_rt as rt;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;

/// A descriptor: one for each type of the program.
pub type D = &'static Desc;

/// A type as the runtime side sees it.
pub struct Desc {
    pub ty: Ty,
    pub kind: Kind,
    /// `&T`, `&mut T`, a shared object or a tuple of any length: a copy is an alias.
    pub is_alias: bool,
    /// A list that is a tuple of any length in the source.
    pub is_tuple: bool,
}

/// What a type is, behind references and sharing.
pub enum Kind {
    Unit,
    Bool,
    Int,
    Float,
    Big,
    Num,
    Str,
    Bytes,
    List(D),
    Set(D),
    Dict(D, D),
    Tuple(Vec<D>),
    Option(D),
    /// `Result`, and an `Option` of what may be absent itself: a record of a tag and what is held.
    Outcome(&'static [&'static str; 2], [D; 2]),
    Iter(D),
    Range,
    Class(&'static ClassDesc),
    Func(Vec<D>, D),
    Error,
    Union(Vec<D>),
    Value,
    /// `Counter<K>`: a dict whose missing items are 0.
    Counter(D),
    DefaultDict(D, D),
    Deque(D),
    Random,
    /// Another type of the library.
    Opaque(&'static Opaque),
    /// Arguments that an exception keeps.
    Args,
    /// A class as a value.
    TypeOf(Name),
    Other,
}

/// A class of the program.
pub struct ClassDesc {
    pub path: Name,
    pub kind: ClassKind,
    pub is_shared: bool,
    /// The class itself and its bases, in method resolution order.
    pub mro: Vec<Name>,
    pub fields: OnceCell<Vec<FieldDesc>>,
    /// Methods by name, inherited ones included.
    pub methods: Cell<Option<&'static HashMap<&'static str, Method>>>,
    /// Code of the methods that are called by dynamic dispatch, by slot.
    pub table: Cell<*const *const u8>,
    /// Number of slots of the table.
    pub slots: Cell<usize>,
    /// Class attributes by name, inherited ones included: where the word is, and its type.
    pub attributes: Cell<Option<&'static HashMap<&'static str, (u64, D)>>>,
    /// Of an enum: its members, in order.
    pub members: RefCell<Vec<u64>>,
    /// Of an exception class: the runtime's class.
    pub error: Cell<Option<rt::Class>>,
}

pub struct FieldDesc {
    pub name: Name,
    pub desc: D,
    pub flags: FieldFlags,
}

/// A function that the runtime side can call: arguments as words.
#[derive(Clone)]
pub struct Method {
    pub code: *const u8,
    pub params: Vec<D>,
    pub ret: D,
    /// An attribute that is computed.
    pub is_property: bool,
}

impl Desc {
    pub fn is_float(&self) -> bool {
        matches!(self.kind, Kind::Float)
    }
    /// Ints, floats, bools and `None` are their words; 0 can be a value of theirs.
    pub fn is_scalar(&self) -> bool {
        matches!(self.kind, Kind::Int | Kind::Float | Kind::Bool | Kind::Unit)
    }
}

impl ClassDesc {
    pub fn is_a(&self, path: Name) -> bool {
        self.mro.contains(&path)
    }
    pub fn fields(&self) -> &[FieldDesc] {
        self.fields.get().map_or(&[], |fields| fields)
    }
    pub fn field(&self, name: Name) -> Option<(usize, &FieldDesc)> {
        self.fields().iter().enumerate().find(|(_, field)| field.name == name)
    }
    pub fn method(&self, name: &str) -> Option<&'static Method> {
        self.methods.get()?.get(name)
    }
    /// Address and length of the table that a program before has made.
    pub fn old_table(&self) -> Option<(u64, usize)> {
        let address = self.table.get() as u64;
        (address != 0).then_some((address, self.slots.get()))
    }
    /// An exception class without fields: a word behind the class has the arguments of its objects, or 0.
    pub fn keeps_arguments(&self) -> bool {
        self.error.get().is_some() && self.fields().is_empty()
    }
    pub fn is_enum(&self) -> bool {
        matches!(self.kind, ClassKind::Enum | ClassKind::EnumOf(_))
    }
}

/// `shared<i64>` and `&mut i64`: the address of a word.
fn is_cell(ty: Ty) -> bool {
    if let TyKind::RefMut(inner) = ty.kind() {
        return matches!(inner.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Bool | TyKind::Str);
    }
    let TyKind::Shared(inner) = ty.strip_ref().kind() else { return false };
    matches!(
        inner.kind(),
        TyKind::Int(_)
            | TyKind::Bool
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::Option(_)
            | TyKind::Tuple(_)
            | TyKind::Num
            | TyKind::Union(_)
            | TyKind::Bytes
    ) || matches!(inner.kind(), TyKind::Lib(..)) && ty.strip_ref().cell().is_some()
}

/// Descriptors that outlive a program.
#[derive(Default)]
pub struct KeptDescs {
    known: HashMap<Ty, D>,
    classes: HashMap<Name, &'static ClassDesc>,
}

impl KeptDescs {
    pub fn get(&self, ty: Ty) -> Option<D> {
        self.known.get(&ty).copied()
    }

    /// Forgets a class, and every type that it is part of.
    pub fn forget(&mut self, class: Name) {
        self.classes.remove(&class);
        self.known.retain(|ty, _| !names_class(*ty, class));
    }
}

/// Whether a class is part of a type.
pub fn names_class(ty: Ty, class: Name) -> bool {
    ty.any(&mut |part| matches!(part.kind(), TyKind::Class(path, _) if *path == class))
}

/// The descriptors of a program.
pub struct Descs<'a> {
    program: &'a Program<Mir>,
    known: RefCell<HashMap<Ty, D>>,
    classes: RefCell<HashMap<Name, &'static ClassDesc>>,
}

impl<'a> Descs<'a> {
    /// With the descriptors that are known from programs before.
    pub fn new(program: &'a Program<Mir>, kept: &KeptDescs) -> Self {
        Self { program, known: RefCell::new(kept.known.clone()), classes: RefCell::new(kept.classes.clone()) }
    }

    /// What the next program starts with.
    pub fn into_kept(self) -> KeptDescs {
        KeptDescs { known: self.known.into_inner(), classes: self.classes.into_inner() }
    }

    /// The descriptor of a type. Descriptors live as long as the process.
    pub fn get(&self, ty: Ty) -> D {
        if let Some(known) = self.known.borrow().get(&ty) {
            return known;
        }
        let is_alias = matches!(ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Shared(_));
        let is_tuple = matches!(ty.strip().kind(), TyKind::Lib(name, _) if name.last() == "tuple");
        let kind = if is_cell(ty) { Kind::Other } else { self.kind(ty.strip()) };
        let desc: D = Box::leak(Box::new(Desc { ty, kind, is_alias, is_tuple }));
        self.known.borrow_mut().insert(ty, desc);
        desc
    }

    fn kind(&self, ty: Ty) -> Kind {
        let all = |items: &[Ty]| items.iter().map(|item| self.get(*item)).collect::<Vec<_>>();
        match ty.kind() {
            TyKind::Unit | TyKind::Never => Kind::Unit,
            TyKind::Bool => Kind::Bool,
            TyKind::Int(batuta_core::Width::Big) => Kind::Big,
            TyKind::Int(_) => Kind::Int,
            TyKind::Float(FloatWidth::F64) => Kind::Float,
            TyKind::Num => Kind::Num,
            TyKind::Str => Kind::Str,
            TyKind::Bytes => Kind::Bytes,
            TyKind::List(item) | TyKind::Array(item, _) => Kind::List(self.get(*item)),
            TyKind::Set(item) | TyKind::FrozenSet(item) => Kind::Set(self.get(*item)),
            TyKind::Dict(key, value) => Kind::Dict(self.get(*key), self.get(*value)),
            TyKind::Tuple(items) => Kind::Tuple(all(items)),
            TyKind::Option(item) => Kind::Option(self.get(*item)),
            TyKind::Iter(item) => Kind::Iter(self.get(*item)),
            TyKind::Range => Kind::Range,
            TyKind::Class(path, _) => match self.class(*path) {
                Some(class) => Kind::Class(class),
                None => Kind::Other,
            },
            TyKind::Func(params, ret) => Kind::Func(all(params), self.get(*ret)),
            TyKind::Error => Kind::Error,
            TyKind::Union(items) => Kind::Union(all(items)),
            TyKind::Value => Kind::Value,
            TyKind::TypeOf(path) => Kind::TypeOf(*path),
            TyKind::Complex => self.library("complex", &[]),
            TyKind::Lib(name, args) => self.library(name.as_str(), &all(args)),
            _ => Kind::Other,
        }
    }

    fn library(&self, name: &str, args: &[D]) -> Kind {
        match (name.rsplit('.').next().unwrap_or(name), args) {
            ("OrderedDict", [key, value]) => Kind::Dict(key, value),
            ("Counter", [key]) => Kind::Counter(key),
            ("defaultdict", [key, value]) => Kind::DefaultDict(key, value),
            ("deque", [item]) => Kind::Deque(item),
            ("Result", [held, error]) => Kind::Outcome(&["Ok", "Err"], [held, error]),
            ("Option", [held]) => Kind::Outcome(&["Some", "None"], [held, self.get(Ty::unit())]),
            ("Random", _) => Kind::Random,
            ("exc_args", _) => Kind::Args,
            ("tuple", [item]) => Kind::List(item),
            (_, []) => opaque(name).map_or(Kind::Other, Kind::Opaque),
            _ => Kind::Other,
        }
    }

    pub fn class(&self, path: Name) -> Option<&'static ClassDesc> {
        if let Some(known) = self.classes.borrow().get(&path) {
            return Some(known);
        }
        let def = self.program.classes.get(&path)?;
        let class: &'static ClassDesc = Box::leak(Box::new(ClassDesc {
            path,
            kind: def.kind.clone(),
            is_shared: def.is_shared,
            mro: self.program.mro(path),
            fields: OnceCell::new(),
            methods: Cell::new(None),
            table: Cell::new(std::ptr::null()),
            slots: Cell::new(0),
            attributes: Cell::new(None),
            members: RefCell::default(),
            error: Cell::new(None),
        }));
        self.classes.borrow_mut().insert(path, class);
        let fields = if class.is_enum() { self.enum_fields(def) } else { self.fields(def) };
        let _ = class.fields.set(fields);
        class.error.set(self.error_class(def));
        Some(class)
    }

    /// Fields of the bases stand before those of the class.
    fn fields(&self, def: &ClassDef) -> Vec<FieldDesc> {
        let mut out: Vec<FieldDesc> = Vec::new();
        for path in self.program.mro(def.path).into_iter().rev() {
            for field in &self.program.classes[&path].fields {
                if !out.iter().any(|known| known.name == field.name) {
                    let desc = self.get(field.ty);
                    out.push(FieldDesc { name: field.name, desc, flags: field.flags });
                }
            }
        }
        out
    }

    /// Name and value of a member; the value's type is that of the first one assigned.
    fn enum_fields(&self, def: &ClassDef) -> Vec<FieldDesc> {
        let field = |name: &str, ty: Ty| FieldDesc {
            name: Name::new(name),
            desc: self.get(ty),
            flags: FieldFlags::default(),
        };
        vec![field("name", Ty::str()), field("value", self.member_type(def.path))]
    }

    fn member_type(&self, class: Name) -> Ty {
        self.member_types(class).first().copied().unwrap_or(Ty::i64())
    }

    /// The types of what the members of an enum are given, each once.
    pub fn member_types(&self, class: Name) -> Vec<Ty> {
        let mut found: Vec<Ty> = Vec::new();
        for body in self.program.fns.values().filter(|body| body.kind == batuta_core::FnKind::Init) {
            body.walk_stmts(body.root, &mut |stmt| {
                if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                    && let Root::Global(path) = place.root
                    && path.parent() == class
                {
                    let ty = body.nodes[*value].ty.strip();
                    if !found.contains(&ty) {
                        found.push(ty);
                    }
                }
            });
        }
        found
    }

    /// The runtime's class of an exception class of the program.
    fn error_class(&self, def: &ClassDef) -> Option<rt::Class> {
        let bases: Vec<rt::Class> = def.bases.iter().filter_map(|base| self.error(*base)).collect();
        if bases.is_empty() {
            return None;
        }
        let name = def.path.last();
        // The classes of the module that starts are shown without it.
        let shown = if Some(def.path.parent()) == self.program.entry { name } else { def.path.as_str() };
        let data = rt::ClassData { name, shown, bases: Box::leak(bases.into_boxed_slice()) };
        Some(rt::Class::new(Box::leak(Box::new(data))))
    }

    /// The exception class of this path or builtin name.
    pub fn error(&self, path: Name) -> Option<rt::Class> {
        let path = self.program.resolve(path);
        if self.program.classes.contains_key(&path) {
            return self.class(path)?.error.get();
        }
        let last = path.last();
        if let Some((_, class)) = LIBRARY_ERRORS.iter().find(|(name, _)| *name == path.as_str()) {
            return Some(*class);
        }
        let alias = match last {
            "IOError" | "EnvironmentError" => "OSError",
            other => other,
        };
        rt::BUILTIN_CLASSES.iter().copied().find(|class| class.name() == alias)
    }
}

/// Exception classes of the library.
const LIBRARY_ERRORS: &[(&str, rt::Class)] = &[
    ("argparse.ArgumentError", rt::ArgumentError),
    ("argparse.ArgumentTypeError", rt::ArgumentTypeError),
    ("binascii.Error", rt::BinasciiError),
    ("csv.Error", rt::CsvError),
    ("decimal.Clamped", rt::Clamped),
    ("decimal.DecimalException", rt::DecimalException),
    ("decimal.DivisionByZero", rt::DivisionByZero),
    ("decimal.FloatOperation", rt::FloatOperation),
    ("decimal.Inexact", rt::Inexact),
    ("decimal.InvalidOperation", rt::InvalidOperation),
    ("decimal.Overflow", rt::Overflow),
    ("decimal.Rounded", rt::Rounded),
    ("decimal.Subnormal", rt::Subnormal),
    ("decimal.Underflow", rt::Underflow),
    ("io.UnsupportedOperation", rt::UnsupportedOperation),
    ("json.JSONDecodeError", rt::JSONDecodeError),
    ("json.decoder.JSONDecodeError", rt::JSONDecodeError),
    ("queue.Empty", rt::queue::Empty),
    ("queue.Full", rt::queue::Full),
    ("re.error", rt::ReError),
    ("shutil.Error", rt::ShutilError),
    ("shutil.SameFileError", rt::SameFileError),
    ("numpy.exceptions.AxisError", rt::AxisError),
    ("numpy.linalg.LinAlgError", rt::LinAlgError),
    ("statistics.StatisticsError", rt::StatisticsError),
    ("struct.error", rt::StructError),
    ("zlib.error", rt::ZlibError),
];

thread_local! {
    /// The descriptor of `None`.
    pub static UNIT: D = Box::leak(Box::new(Desc { ty: Ty::unit(), kind: Kind::Unit, is_alias: false, is_tuple: false }));
    /// The descriptor of text.
    pub static TEXT: D = Box::leak(Box::new(Desc { ty: Ty::str(), kind: Kind::Str, is_alias: false, is_tuple: false }));
    /// The descriptor of `i64`, for counts that no node types.
    pub static INT: D = Box::leak(Box::new(Desc { ty: Ty::i64(), kind: Kind::Int, is_alias: false, is_tuple: false }));
}
