//! What the program does with objects that are dynamic values.

use crate::*;
use batuta_base::{FxHashSet, Name};
use std::collections::BTreeSet;

/// What the program does with dynamic values.
#[derive(Debug, Default)]
pub struct Dynamic {
    /// Attributes are read by names that only the run knows: `getattr(x, name)`.
    pub by_name: bool,
    /// Classes whose objects become dynamic values, or are read from them.
    pub classes: FxHashSet<Name>,
    /// Attributes and methods by name.
    names: FxHashSet<String>,
    /// Names that `hasattr` asks for.
    pub asked: BTreeSet<String>,
    /// Attributes that dynamic code sets, by name.
    pub set: FxHashSet<Name>,
    /// Some operator, index, call or loop takes a dynamic value.
    operates: bool,
    /// Dynamic values are called as functions: a method that was read by its name may be one.
    calls: bool,
}

/// Methods that change a container in place.
const CHANGES: &[&str] = &[
    "append",
    "extend",
    "insert",
    "pop",
    "remove",
    "clear",
    "sort",
    "reverse",
    "update",
    "add",
    "discard",
    "setdefault",
    "popitem",
    "__setitem__",
    "__delitem__",
];

/// Functions that ask an object for a method of its own.
const ASKS: &[&str] =
    &["builtins.len", "builtins.iter", "builtins.next", "builtins.reversed", "builtins.abs"];

/// Looks at all bodies; classes that a member's type names are found too.
pub fn dynamic<L: Level>(program: &Program<L>) -> Dynamic {
    let mut out = Dynamic { set: set_dynamically(program), ..Dynamic::default() };
    let mut types = Vec::new();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if matches!(&row.kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "builtins.getattr")
            {
                out.by_name = true;
            }
            if let Some(name) = asked(body, &row.kind) {
                out.names.insert(name.to_owned());
                out.asked.insert(name.to_owned());
            }
            // `len(x)` of a dynamic value asks for `__len__`.
            if let Node::Call { callee: Callee::Lib(name), args } = &row.kind
                && ASKS.contains(&name.as_str())
            {
                out.operates |=
                    args.iter().any(|arg| *body.ty(arg.value).strip_ref().kind() == TyKind::Value);
            }
            let Node::Op { op: Op::ValueOp(op), attr, args } = &row.kind else { continue };
            match op {
                ValueOp::From => types.push(body.ty(args[0])),
                ValueOp::To => types.push(row.ty),
                ValueOp::Attr | ValueOp::Method => {
                    if let Attr::Name(name) = attr {
                        out.names.insert(name.as_str().trim_end_matches('=').to_owned());
                    }
                }
                _ => {
                    out.operates = true;
                    out.calls |= *op == ValueOp::Call;
                }
            }
        }
    }
    let mut done = FxHashSet::default();
    while let Some(ty) = types.pop() {
        let mut found = Vec::new();
        ty.any(&mut |part| {
            found.extend(part.class_path());
            false
        });
        for class in found.into_iter().filter(|class| done.insert(*class)) {
            types.extend(related(program, class));
            types.extend(member_types(program, &out, class));
        }
    }
    out.classes = done;
    out
}

/// The name that `hasattr(x, "name")` asks for.
fn asked<'a, L: Level>(body: &'a Body<L>, node: &Node) -> Option<&'a str> {
    let Node::Call { callee: Callee::Lib(name), args } = node else { return None };
    let [_, asked] = &args[..] else { return None };
    match body.as_const(asked.value) {
        Some(Const::Str(text)) if *name == "builtins.hasattr" => Some(text),
        _ => None,
    }
}

/// The other classes of a hierarchy.
fn related<L>(program: &Program<L>, class: Name) -> Vec<Ty> {
    let all = program.mro(class).into_iter().chain(program.subclasses(class));
    all.map(Ty::class).collect()
}

/// Types of the attributes and methods that dynamic code may ask for.
fn member_types<L>(program: &Program<L>, dynamic: &Dynamic, class: Name) -> Vec<Ty> {
    let fields = program.all_fields(class);
    // A record is also the tuple of its fields.
    let is_record = program.classes[&class].kind == ClassKind::NamedTuple;
    let is_read = |field: &&&FieldDef| is_record || dynamic.reads(field.name.as_str());
    let mut out: Vec<Ty> = fields.iter().filter(is_read).map(|field| field.ty).collect();
    for body in program.classes[&class].methods.iter().filter_map(|path| program.fns.get(path)) {
        if dynamic.asks(body) {
            out.push(body.ret);
            out.extend(body.params.iter().skip(1).map(|param| body.locals[param.local].ty));
        }
    }
    out
}

impl Dynamic {
    /// Whether dynamic code may read an attribute of this name.
    pub fn reads(&self, name: &str) -> bool {
        self.by_name || self.names.contains(name)
    }

    /// Whether dynamic code may call a method.
    pub fn asks<L>(&self, body: &Body<L>) -> bool {
        let name = body.path.last();
        let is_operator = name.starts_with("__")
            && !matches!(
                name,
                "__init__" | "__repr__" | "__str__" | "__hash__" | "__post_init__" | "__bool__"
            );
        // Any text that is made of a value may show the object, and the library calls what it is given.
        matches!(name, "__format__" | "__call__")
            || self.names.contains(name)
            || self.operates && is_operator
            || self.gives_methods() && !name.starts_with("__")
    }

    /// Whether a method may be read by a name that only the run knows, to be called.
    pub fn gives_methods(&self) -> bool {
        self.by_name && self.calls
    }

    pub fn changes_containers(&self) -> bool {
        CHANGES.iter().any(|name| self.names.contains(*name))
    }
}

/// Classes whose objects become dynamic values.
pub fn made_dynamic<L: Level>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } = &row.kind {
                body.ty(args[0]).any(&mut |ty| {
                    out.extend(ty.class_path().filter(|class| program.classes.contains_key(class)));
                    false
                });
            }
        }
    }
    out
}

/// Attributes that are set on dynamic values, by name.
pub fn set_dynamically<L: Level>(program: &Program<L>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), .. } = &row.kind
                && let Some(attribute) = name.as_str().strip_suffix('=')
            {
                out.insert(Name::new(attribute));
            }
        }
    }
    out
}
