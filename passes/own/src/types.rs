//! Types of places and parameters in a program of representation types.

use batuta_base::Name;
use batuta_core::*;

/// Whether objects of this type are shared: `Rc` handles, and a shared class behind `&self`.
pub fn is_shared(program: &Program<Typed>, ty: Ty) -> bool {
    match ty.strip_ref().kind() {
        TyKind::Shared(_) => true,
        TyKind::Class(path, _) => program.classes.get(path).is_some_and(|def| def.is_shared),
        _ => false,
    }
}

/// Type of a field of a class, looking through its bases.
pub fn field_ty(program: &Program<Typed>, class: Name, name: Name) -> Option<Ty> {
    let find =
        |path: Name| program.classes.get(&path)?.fields.iter().find(|field| field.name == name).map(|f| f.ty);
    program.mro(class).into_iter().find_map(find)
}

/// Type of `ty` after one projection.
pub fn project(program: &Program<Typed>, body: &Body<Typed>, ty: Ty, proj: Proj) -> Ty {
    let inner = match (ty.strip().kind(), proj) {
        // A part of an optional value: known to be present here.
        (TyKind::Option(item), Proj::Field(_) | Proj::Index(_) | Proj::Nth(_)) => item.strip(),
        _ => ty.strip(),
    };
    match proj {
        Proj::Deref => ty.strip_ref(),
        Proj::Payload(_) => match inner.kind() {
            TyKind::Option(item) => *item,
            _ => ty,
        },
        Proj::Field(name) => match inner.kind() {
            TyKind::Class(path, _) => field_ty(program, *path, name).unwrap_or(Ty::unknown()),
            TyKind::Tuple(items) => {
                items.get(name.as_str().parse::<usize>().unwrap_or(0)).copied().unwrap_or(Ty::unknown())
            }
            _ => Ty::unknown(),
        },
        Proj::Index(node) | Proj::Nth(node) => match inner.kind() {
            TyKind::Dict(_, value) => *value,
            TyKind::List(item) | TyKind::Array(item, _) => *item,
            TyKind::Str => Ty::str(),
            TyKind::Bytes | TyKind::Range => Ty::i64(),
            TyKind::Tuple(items) => tuple_item(body, items, node),
            TyKind::Lib(name, _) if matches!(name.last(), "bytearray" | "int_array") => Ty::i64(),
            TyKind::Lib(..) => inner.library_item(),
            _ => Ty::unknown(),
        },
    }
}

fn tuple_item(body: &Body<Typed>, items: &[Ty], node: NodeId) -> Ty {
    let at = match body.as_const(node) {
        Some(Const::Int(digits)) => digits.parse::<i64>().unwrap_or(0),
        _ => 0,
    };
    let at = if at < 0 { at + items.len() as i64 } else { at };
    items.get(at.max(0) as usize).or(items.first()).copied().unwrap_or(Ty::unknown())
}

/// Types along a place: of the root, then after each projection.
pub fn place_tys(program: &Program<Typed>, body: &Body<Typed>, place: &Place) -> Vec<Ty> {
    let root = match place.root {
        Root::Local(local) => body.locals[local].ty.strip_ref(),
        Root::Global(path) => program.globals.get(&path).map_or(Ty::unknown(), |global| global.ty),
        Root::Node(node) => body.ty(node).strip_ref(),
    };
    let mut out = vec![root];
    for proj in &place.proj {
        let last = *out.last().expect("the root is there");
        out.push(project(program, body, last, *proj));
    }
    out
}

/// Types of the parameters that a call's arguments meet (receiver first); empty when unknown.
pub fn param_tys(program: &Program<Typed>, callee: &Callee) -> Vec<Ty> {
    let of = |path: Name, skip: usize| match program.fns.get(&path) {
        Some(body) => body.params.iter().skip(skip).map(|param| body.locals[param.local].ty).collect(),
        None => Vec::new(),
    };
    match callee {
        Callee::Fn(path) | Callee::Virtual(path) => of(*path, 0),
        Callee::New(class) => match program.find_method(*class, "__init__") {
            Some(init) => of(init, 1),
            None => init_fields(program, *class).into_iter().map(|(_, ty)| ty).collect(),
        },
        _ => Vec::new(),
    }
}

/// Parameters of a function value: `Copy` types by value, what is changed by `&mut`, all others by reference.
pub fn value_params(ty: Ty) -> Vec<Ty> {
    match ty.strip().kind() {
        TyKind::Func(params, _) => params.iter().map(|param| value_param(*param)).collect(),
        _ => Vec::new(),
    }
}

pub fn value_param(ty: Ty) -> Ty {
    if ty.is_copy() || matches!(ty.kind(), TyKind::RefMut(_)) { ty } else { ty.reference() }
}

/// Fields that a generated constructor takes, base classes first.
pub fn init_fields(program: &Program<Typed>, class: Name) -> Vec<(Name, Ty)> {
    program.all_fields(class).into_iter().filter(|field| field.flags.init).map(|f| (f.name, f.ty)).collect()
}
