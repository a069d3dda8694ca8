//! What the code here would compute otherwise than the Rust backend: refused until it is kept.

use crate::desc::{ClassDesc, Descs};
use batuta_base::Name;
use batuta_core::{
    Attr, Body, Callee, ClassDef, ClassKind, CmpOp, Mir, Node, NodeId, Op, Param, ParamKind, Program, RsOp,
    SetOp, Ty, TyKind, UnionOp, ValueOp,
};

/// Dynamic operations: methods and classes as values.
fn dynamic(op: ValueOp, attr: &Attr) -> Option<String> {
    let Attr::Name(name) = attr else { return None };
    match op {
        ValueOp::From if name.as_str().contains("(.") || name.as_str().starts_with("class ") => {
            Some("a bound method or a class as a value".to_owned())
        }
        ValueOp::Attr if *name == "__doc__" => Some("the text that describes a function".to_owned()),
        _ => None,
    }
}

/// A container that a dynamic value and the program hold both: here each has its own.
fn is_held(ty: Ty) -> bool {
    let is_value = |ty: &Ty| *ty.kind() == TyKind::Value;
    ty.any(&mut |part| {
        let TyKind::Shared(inner) = part.kind() else { return false };
        match inner.kind() {
            TyKind::List(item) | TyKind::Set(item) => is_value(item),
            TyKind::Dict(key, item) => is_value(key) && is_value(item),
            _ => false,
        }
    })
}

/// Containers of the library change inside of a dynamic value; here they would be another one.
fn is_library(ty: Ty) -> bool {
    let names = ["Counter", "OrderedDict", "defaultdict", "deque"];
    matches!(ty.strip().kind(), TyKind::Lib(name, _) if names.contains(&name.as_str()))
}

/// Whether an attribute or method of this name, of any class, hands such a container out.
fn hands_out(program: &Program<Mir>, name: &str) -> bool {
    let is_field =
        |class: &ClassDef| class.fields.iter().any(|field| field.name.as_str() == name && is_held(field.ty));
    let is_method = |path: &Name| {
        path.last() == name
            && program.fns.get(path).is_some_and(|body| {
                let mut types = body.params.iter().map(|param| body.locals[param.local].ty);
                is_held(body.ret) || types.any(is_held)
            })
    };
    program.classes.values().any(|class| is_field(class) || class.methods.iter().any(is_method))
}

/// Containers on their way into a dynamic value and out of it.
fn container(program: &Program<Mir>, body: &Body<Mir>, node: NodeId) -> Option<String> {
    let Node::Op { op: Op::ValueOp(op), attr, args } = &body.nodes[node].kind else { return None };
    let is_other = match (op, attr) {
        (ValueOp::From, _) if is_library(body.ty(args[0])) => true,
        (ValueOp::From, _) => is_held(body.ty(args[0])),
        (ValueOp::To, _) => is_held(body.ty(node)),
        (ValueOp::Attr | ValueOp::Method, Attr::Name(name)) => hands_out(program, name.as_str()),
        _ => false,
    };
    is_other.then(|| "a container that a dynamic value shares with the program".to_owned())
}

/// A member of an enum that is also a number or a text.
/// Whether the `__eq__` of a class takes what may be no object of it.
fn compares_others(program: &Program<Mir>, class: Name) -> bool {
    let body = program.find_method(class, "__eq__").and_then(|path| program.fns.get(&path));
    let other = body.and_then(|body| Some(body.locals[body.params.get(1)?.local].ty.strip()));
    other.is_some_and(|ty| !matches!(ty.kind(), TyKind::Class(..)))
}

fn is_member(program: &Program<Mir>, ty: Ty) -> bool {
    let class = ty.strip().class_path().and_then(|path| program.classes.get(&path));
    class.is_some_and(|class| matches!(class.kind, ClassKind::EnumOf(kind) if kind != "Flag"))
}

/// Whether a method of this name takes any arguments, which come packed.
fn takes_any(program: &Program<Mir>, name: &str) -> bool {
    let is_packed = |param: &Param| matches!(param.kind, ParamKind::Star | ParamKind::StarStar);
    let mut methods = program.fns.values().filter(|body| body.path.last() == name && body.has_receiver());
    methods.any(|body| body.params.iter().any(is_packed))
}

/// Whether a class of the program says which of its objects are equal.
fn compares(program: &Program<Mir>) -> bool {
    let is_own = |class: &ClassDef| {
        matches!(class.kind, ClassKind::Dataclass { eq: true, .. } | ClassKind::NamedTuple)
    };
    program.fns.keys().any(|path| path.last() == "__eq__")
        || program.classes.values().any(|class| is_own(class))
}

/// Objects of the program that say their class: errors carry it elsewhere.
fn is_object(program: &Program<Mir>, ty: Ty) -> bool {
    let class = ty.strip().class_path().and_then(|path| program.classes.get(&path));
    class.is_some_and(|class| class.kind != ClassKind::Exception)
}

fn is_kind(program: &Program<Mir>, ty: Ty, kind: &ClassKind) -> bool {
    let class = ty.strip().class_path().and_then(|path| program.classes.get(&path));
    class.is_some_and(|class| class.kind == *kind)
}

/// A class whose objects do not begin as those of all its bases do, an enum with values of several types.
pub(super) fn mixed_fields(descs: &Descs<'_>, class: Name) -> Option<String> {
    let desc = descs.class(class)?;
    if desc.is_enum() {
        let is_mixed = descs.member_types(class).len() > 1;
        return is_mixed.then(|| format!("members of `{}` of several types", class.last()));
    }
    let at = |of: &ClassDesc, name| of.field(name).map(|(index, _)| index);
    let is_moved = |base: &&Name| {
        let Some(base) = descs.class(**base) else { return false };
        base.fields().iter().any(|field| at(base, field.name) != at(desc, field.name))
    };
    let base = desc.mro.iter().find(is_moved)?;
    Some(format!("the fields of `{}` in `{}`", base.last(), class.last()))
}

/// What a node means that is not kept.
pub(super) fn unkept(program: &Program<Mir>, body: &Body<Mir>, node: NodeId) -> Option<String> {
    container(program, body, node).or_else(|| node_kind(program, body, node))
}

fn node_kind(program: &Program<Mir>, body: &Body<Mir>, node: NodeId) -> Option<String> {
    match &body.nodes[node].kind {
        // An object in a dynamic value does not say which member of a union it is.
        Node::Op { op: Op::ValueOp(ValueOp::To), .. } => {
            let is_mixed = match body.ty(node).strip().kind() {
                TyKind::Union(members) => {
                    members.iter().any(|ty| matches!(ty.strip().kind(), TyKind::Class(..)))
                }
                _ => false,
            };
            is_mixed.then(|| "a dynamic value as one of several classes".to_owned())
        }
        // CPython's compiler makes such a set once, from a tuple.
        Node::Op { op: Op::IterOp(_), args, .. } => {
            let is_constant = |node: &NodeId| body.as_const(*node).is_some();
            match &body.nodes[args[0]].kind {
                Node::Op { op: Op::SetOp(SetOp::New), args, .. } if args.iter().all(is_constant) => {
                    Some("a loop over a constant set".to_owned())
                }
                _ => None,
            }
        }
        // A named tuple is a tuple among dynamic values.
        Node::Op { op: Op::ValueOp(ValueOp::From), args, .. }
            if is_kind(program, body.ty(args[0]), &ClassKind::NamedTuple) =>
        {
            Some("a named tuple as a dynamic value".to_owned())
        }
        Node::Op { op: Op::ValueOp(ValueOp::Is), attr: Attr::Ty(of), .. }
            if is_kind(program, *of, &ClassKind::Protocol) =>
        {
            Some("an instance of a protocol".to_owned())
        }
        Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } if is_member(program, body.ty(args[0])) => {
            Some("a member of an enum as a dynamic value".to_owned())
        }
        // Dynamic values of one object are told by the object alone where none has an order of its own.
        Node::Op { op: Op::ValueOp(ValueOp::Binary), attr: Attr::Name(name), .. }
            if matches!(name.as_str(), "is" | "is_not") && compares(program) =>
        {
            Some("whether two dynamic values are one object".to_owned())
        }
        Node::Op { op: Op::ValueOp(ValueOp::Call), .. } if takes_any(program, "__call__") => {
            Some("a dynamic object that is called with any arguments".to_owned())
        }
        Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. }
            if takes_any(program, name.as_str()) =>
        {
            Some("a method of a dynamic object that takes any arguments".to_owned())
        }
        Node::Op { op: Op::ValueOp(op), attr, .. } => dynamic(*op, attr),
        // CPython's order of a set of classes is that of their addresses.
        Node::Op { op: Op::SetOp(SetOp::New), args, .. }
            if args.iter().any(|arg| matches!(body.ty(*arg).strip().kind(), TyKind::TypeOf(_))) =>
        {
            Some("a set of classes".to_owned())
        }
        Node::Call { callee: Callee::New(class), .. }
            if compares_others(program, *class) && batuta_core::identity::keyed(program).contains(class) =>
        {
            Some("objects as keys that are compared with other types".to_owned())
        }
        Node::Call { callee: Callee::Lib(name), args }
            if *name == "builtins.type" && !is_object(program, body.ty(args[0].value)) =>
        {
            Some("the class of a value that is no object".to_owned())
        }
        Node::Op { op: Op::CmpOp(CmpOp::Is | CmpOp::IsNot), args, .. }
            if args.iter().any(|arg| matches!(body.ty(*arg).strip().kind(), TyKind::Lib(..))) =>
        {
            Some("whether two objects of the library are one".to_owned())
        }
        Node::Op { op: Op::CmpOp(CmpOp::Is | CmpOp::IsNot), args, .. }
            if args.iter().all(|arg| *body.ty(*arg).strip().kind() == TyKind::Value) =>
        {
            Some("whether two dynamic values are one object".to_owned())
        }
        // A named tuple is equal to its tuple.
        Node::Op { op: Op::UnionOp(UnionOp::From), .. } => {
            let TyKind::Union(members) = body.ty(node).strip().kind() else { return None };
            let has = |test: fn(&TyKind) -> bool| members.iter().any(|ty| test(ty.kind()));
            let is_mixed =
                has(|kind| matches!(kind, TyKind::Tuple(_))) && has(|kind| matches!(kind, TyKind::Class(..)));
            is_mixed.then(|| "a tuple or an object".to_owned())
        }
        // The object's own class is lost on the way.
        Node::Op { op: Op::RsOp(RsOp::Ref), args, .. }
            if matches!(body.nodes[args[0]].kind, Node::Block { .. })
                && body.ty(args[0]).class_path().is_some() =>
        {
            Some("a reference to an object that a block makes".to_owned())
        }
        Node::Call { callee: Callee::Value(of), .. }
            if matches!(body.ty(*of).strip().kind(), TyKind::TypeOf(_)) =>
        {
            Some("a call of a class that a variable holds".to_owned())
        }
        // Not every class below has to give a generator.
        Node::Call { callee: Callee::Virtual(_), .. } if matches!(body.ty(node).kind(), TyKind::Iter(_)) => {
            Some("an iterator that a dispatched method gives".to_owned())
        }
        Node::Call { callee: Callee::Lib(name), .. }
            if *name == "itertools.count" && body.ty(node) != Ty::iter(Ty::i64()) =>
        {
            Some("`itertools.count` by a float".to_owned())
        }
        Node::Call { callee: Callee::Lib(name), .. } => {
            let is_spread = name.as_str().ends_with("$*")
                && !matches!(name.as_str(), "builtins.min$*" | "builtins.max$*" | "builtins.zip$*");
            is_spread.then(|| format!("`{name}`"))
        }
        _ => None,
    }
}

/// Whether a function gives a shared container that it is lent another value: what it is lent is the container, not
/// the variable that holds it.
pub(crate) fn replaces_handle(body: &Body<Mir>) -> bool {
    body.params.iter().any(|param| {
        let TyKind::RefMut(inner) = body.locals[param.local].ty.kind() else { return false };
        matches!(inner.kind(), TyKind::Shared(of) if of.class_path().is_some() || matches!(of.kind(), TyKind::List(_) | TyKind::Dict(..) | TyKind::Set(_)))
    })
}
