//! Types as Rust text.

use crate::env::{Env, Uses};
use crate::names;
use batuta_base::Name;
use batuta_core::*;

/// Where a type stands: parameters may say `impl Trait`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Position {
    Param,
    Result,
    Stored,
}

impl Env<'_> {
    /// The Rust text of a type in a module.
    pub fn ty(&self, ty: Ty, position: Position, from: Name, uses: &mut Uses) -> String {
        let stored = |ty: Ty, uses: &mut Uses| self.ty(ty, Position::Stored, from, uses);
        match ty.kind() {
            TyKind::Unknown => "_".to_owned(),
            // Stable Rust has the type only as a result.
            TyKind::Never if position == Position::Result => "!".to_owned(),
            TyKind::Never => "()".to_owned(),
            TyKind::Unit => "()".to_owned(),
            TyKind::Bool => "bool".to_owned(),
            TyKind::Int(Width::Any) => "i64".to_owned(),
            TyKind::Int(Width::Big) => rt("Int", uses),
            TyKind::Int(width) => width.text().to_owned(),
            TyKind::Float(FloatWidth::F64) => "f64".to_owned(),
            TyKind::Float(FloatWidth::F32) => "f32".to_owned(),
            TyKind::Str => "String".to_owned(),
            TyKind::Bytes => "Vec<u8>".to_owned(),
            TyKind::List(item) => format!("Vec<{}>", stored(*item, uses)),
            TyKind::Tuple(items) => {
                let parts: Vec<_> = items.iter().map(|item| stored(*item, uses)).collect();
                if parts.len() == 1 { format!("({},)", parts[0]) } else { format!("({})", parts.join(", ")) }
            }
            TyKind::Option(item) => format!("Option<{}>", stored(*item, uses)),
            TyKind::Iter(item) => {
                let item = stored(*item, uses);
                match position {
                    Position::Stored => format!("{}<{item}>", rt("Iter", uses)),
                    _ => format!("impl Iterator<Item = {item}>"),
                }
            }
            TyKind::Func(params, ret) => {
                let call = self.function_ty(params, *ret, position, from, uses);
                // A function that is kept may not hold references.
                if position == Position::Param { format!("{call} + 'static") } else { call }
            }
            TyKind::Class(path, _) if self.is_exception(*path) => rt("Error", uses),
            TyKind::Class(path, args) => {
                let path = self.rust_class(*path);
                let name = self.item_path(path, &self.type_name(path), from, uses);
                generic(name, args.iter().map(|arg| stored(*arg, uses)))
            }
            TyKind::Union(_) => self.union_ty(ty, from, uses),
            TyKind::Var(name) => name.as_str().to_owned(),
            TyKind::Ref(inner) => self.reference(*inner, position, from, uses),
            TyKind::RefMut(inner) => {
                format!("&mut {}", self.ty(*inner, reference_position(position), from, uses))
            }
            TyKind::Shared(inner) => self.shared(*inner, from, uses),
            TyKind::Boxed(inner) => format!("Box<{}>", stored(*inner, uses)),
            TyKind::Array(item, count) => format!("[{}; {count}]", stored(*item, uses)),
            _ => self.runtime_ty(ty, from, uses),
        }
    }

    fn union_ty(&self, ty: Ty, from: Name, uses: &mut Uses) -> String {
        let Some(name) = self.unions.get(&ty) else { return "_".to_owned() };
        if let Some(home) = self.unions_home().filter(|home| *home != from) {
            uses.paths.insert(format!("{}::{name}", self.rust_module(home)));
        }
        name.clone()
    }

    fn runtime_ty(&self, ty: Ty, from: Name, uses: &mut Uses) -> String {
        let stored = |ty: Ty, uses: &mut Uses| self.ty(ty, Position::Stored, from, uses);
        match ty.kind() {
            TyKind::Num => rt("Num", uses),
            TyKind::Complex => rt("Complex", uses),
            TyKind::Range => rt("Range", uses),
            TyKind::Slice => rt("Slice", uses),
            TyKind::Error => rt("Error", uses),
            TyKind::Value => rt("Value", uses),
            TyKind::TypeOf(_) => rt("Class", uses),
            TyKind::Set(item) => format!("{}<{}>", rt("Set", uses), stored(*item, uses)),
            TyKind::FrozenSet(item) => format!("{}<{}>", rt("FrozenSet", uses), stored(*item, uses)),
            TyKind::Dict(key, value) => {
                format!("{}<{}, {}>", rt("Dict", uses), stored(*key, uses), stored(*value, uses))
            }
            TyKind::Lib(name, _) if *name == "exc_args" => format!("Vec<{}>", rt("Arg", uses)),
            TyKind::Lib(name, args) if matches!(name.as_str(), "Option" | "Result") => {
                generic(name.to_string(), args.iter().map(|arg| stored(*arg, uses)))
            }
            TyKind::Lib(name, _) if let Some(array) = name.as_str().strip_prefix("numpy.") => {
                uses.np = true;
                array_type(array)
            }
            TyKind::Lib(name, args) => {
                let own = match name.last() {
                    last if name.as_str().starts_with("asyncio.") => format!("asyncio::{last}"),
                    last if name.as_str().starts_with("queue.") => format!("queue::{last}"),
                    last if name.as_str().starts_with("functools.") => format!("functools::{last}"),
                    "defaultdict" => "DefaultDict".to_owned(),
                    "bytearray" => "ByteArray".to_owned(),
                    last => names::camel(last),
                };
                // `send` and results that say nothing are defaults.
                let is_default = |ty: &Ty| name.as_str() == "coroutine" && *ty.kind() == TyKind::Unit;
                let given = args.iter().rposition(|arg| !is_default(arg)).map_or(0, |at| at + 1);
                let given = given.max(usize::from(name.as_str() == "coroutine"));
                let name = rt(&own, uses);
                generic(name, args[..given].iter().map(|arg| stored(*arg, uses)))
            }
            _ => "_".to_owned(),
        }
    }

    fn reference(&self, inner: Ty, position: Position, from: Name, uses: &mut Uses) -> String {
        match inner.kind() {
            TyKind::Str => "&str".to_owned(),
            TyKind::Bytes => "&[u8]".to_owned(),
            TyKind::List(item) => format!("&[{}]", self.ty(*item, Position::Stored, from, uses)),
            TyKind::Shared(item)
                if position == Position::Param
                    && item.class_path().is_some_and(|class| self.boxed.contains(&class)) =>
            {
                format!("&{}", self.ty(*item, Position::Stored, from, uses))
            }
            TyKind::Func(params, ret) => {
                let call = self.function_ty(params, *ret, Position::Param, from, uses);
                format!("&{}", call.replacen("impl", "dyn", 1))
            }
            _ => format!("&{}", self.ty(inner, reference_position(position), from, uses)),
        }
    }

    fn shared(&self, inner: Ty, from: Name, uses: &mut Uses) -> String {
        match inner.kind() {
            TyKind::List(item) => {
                format!("{}<{}>", rt("List", uses), self.ty(*item, Position::Stored, from, uses))
            }
            TyKind::Dict(key, value) => {
                let key = self.ty(*key, Position::Stored, from, uses);
                let value = self.ty(*value, Position::Stored, from, uses);
                format!("{}<{key}, {value}>", rt("SharedDict", uses))
            }
            TyKind::Set(item) => {
                format!("{}<{}>", rt("SharedSet", uses), self.ty(*item, Position::Stored, from, uses))
            }
            TyKind::Func(..) => self.ty(inner, Position::Stored, from, uses),
            _ if let Some((item, cell)) = inner.shared().cell() => {
                let cell = if cell == FieldCell::Cell { "Cell" } else { "RefCell" };
                uses.paths.insert("std::rc::Rc".to_owned());
                uses.paths.insert(format!("std::cell::{cell}"));
                format!("Rc<{cell}<{}>>", self.ty(item, Position::Stored, from, uses))
            }
            TyKind::Class(path, _) if self.is_exception(*path) => rt("Error", uses),
            TyKind::Lib(name, _) if is_changed_in_place(*name) => {
                uses.paths.insert("std::rc::Rc".to_owned());
                uses.paths.insert("std::cell::RefCell".to_owned());
                format!("Rc<RefCell<{}>>", self.ty(inner, Position::Stored, from, uses))
            }
            TyKind::Class(path, _) if self.boxed.contains(path) => {
                format!("Box<{}>", self.ty(inner, Position::Stored, from, uses))
            }
            _ => {
                uses.paths.insert("std::rc::Rc".to_owned());
                format!("Rc<{}>", self.ty(inner, Position::Stored, from, uses))
            }
        }
    }

    fn function_ty(&self, params: &[Ty], ret: Ty, position: Position, from: Name, uses: &mut Uses) -> String {
        let params: Vec<_> =
            params.iter().map(|ty| self.ty(value_param(*ty), Position::Stored, from, uses)).collect();
        let ret = match ret.kind() {
            TyKind::Unit => String::new(),
            _ => format!(" -> {}", self.ty(ret, Position::Stored, from, uses)),
        };
        let call = format!("Fn({}){ret}", params.join(", "));
        match position {
            Position::Stored => {
                uses.paths.insert("std::rc::Rc".to_owned());
                format!("Rc<dyn {call}>")
            }
            _ => format!("impl {call}"),
        }
    }
}

/// How a function value takes a parameter: `Copy` types by value, all others by reference.
pub fn value_param(ty: Ty) -> Ty {
    if ty.is_copy() || matches!(ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_)) { ty } else { ty.reference() }
}

fn reference_position(position: Position) -> Position {
    if position == Position::Result { Position::Stored } else { position }
}

fn generic(name: String, args: impl Iterator<Item = String>) -> String {
    let args: Vec<_> = args.collect();
    if args.is_empty() { name } else { format!("{name}<{}>", args.join(", ")) }
}

/// `rt::Name`.
pub fn rt(name: &str, uses: &mut Uses) -> String {
    uses.rt = true;
    format!("rt::{name}")
}

/// Library types whose methods take `&mut self`: a handle of one holds a cell.
pub(crate) fn is_changed_in_place(name: Name) -> bool {
    matches!(
        name.last(),
        "Counter" | "Random" | "StringIO" | "bytearray" | "defaultdict" | "deque" | "OrderedDict"
    )
}

/// `np::Array<f64, 2>` of `float2`.
fn array_type(name: &str) -> String {
    let (elem, rank) = name.split_at(name.len() - 1);
    let elem = match elem {
        "float" => "f64",
        "int" => "i64",
        elem => elem,
    };
    format!("np::Array<{elem}, {rank}>")
}
