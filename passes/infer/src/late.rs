//! Fields that objects get after their constructor has run.
//!
//! before                                after (Typed)
//!   class Game:                           field level: option<@m.Level>
//!       def __init__(self): ..            reads carry an unwrap: `AttributeError: 'Game' object has no
//!       def start(self):                  attribute 'level'`
//!           self.level = Level()
//!
//! So are those that a constructor assigns when it has used the object already: `self.root = Node(self)`,
//! `self.reset()`; these only for types without an empty value: an object, a function, a tuple. Others start
//! empty.

use crate::apply::Apply;
use crate::env::Env;
use crate::types::Types;
use batuta_base::{FxHashSet, Name, Origin};
use batuta_core::*;

/// Fields that come after the constructor, with their class.
#[derive(Default)]
pub(crate) struct Late {
    /// That no constructor assigns.
    never: FxHashSet<(Name, Name)>,
    /// That some paths of a constructor do not assign.
    on_some: FxHashSet<(Name, Name)>,
    /// That a constructor assigns when it has used the object, or by its helpers.
    after: FxHashSet<(Name, Name)>,
    /// Names that `hasattr` and `getattr` ask for.
    asked: FxHashSet<Name>,
}

impl Late {
    pub(crate) fn contains(&self, field: &(Name, Name)) -> bool {
        self.never.contains(field) || self.on_some.contains(field) || self.after.contains(field)
    }
}

/// Finds the fields that come after the constructor.
pub(crate) fn fields(env: &Env<'_>) -> Late {
    let mut out = Late::default();
    for (path, class) in &env.program.classes {
        let kinds =
            matches!(class.kind, ClassKind::Plain | ClassKind::Abstract | ClassKind::Dataclass { .. });
        if !kinds || env.is_error(*path) {
            continue;
        }
        if let Some(body) = env.program.fns.get(&path.join("__init__")) {
            out.on_some.extend(on_some_paths(env, *path, body));
            let owner = |field: Name| env.field_owner(*path, field).unwrap_or(*path);
            out.after.extend(assigned_late(env, *path, body).into_iter().map(|field| (owner(field), field)));
        }
        let (assigned, by_helpers) = (assigned(env, *path, false), assigned(env, *path, true));
        let own = env.own_fields.get(path).into_iter().flatten();
        let is_late = |field: &&Name| {
            env.field_owner(*path, **field) == Some(*path)
                && !assigned.contains(*field)
                && env.attribute(*path, field.as_str()).is_none()
        };
        for field in own.filter(is_late) {
            let late = if by_helpers.contains(field) { &mut out.after } else { &mut out.never };
            late.insert((*path, *field));
        }
    }
    // Where the program asks whether one is there, an empty value will not do.
    if !out.after.is_empty() || !out.on_some.is_empty() {
        out.asked = asked(env.program);
        let asked = &out.asked;
        let (open, after) = out.after.into_iter().partition(|(_, field)| asked.contains(field));
        out.after = after;
        let open: FxHashSet<(Name, Name)> = open;
        out.on_some.extend(open);
    }
    out
}

/// Names that `hasattr` and `getattr` ask for.
fn asked(program: &Program<Hir>) -> FxHashSet<Name> {
    let name = |body: &Body<Hir>, node: &Node| {
        let Node::Call { callee: Callee::Lib(name), args } = node else { return None };
        let is_question = matches!(name.as_str(), "builtins.hasattr" | "builtins.getattr");
        match body.as_const(args.get(1).filter(|_| is_question)?.value) {
            Some(Const::Str(text)) => Some(Name::new(text)),
            _ => None,
        }
    };
    let names = |body: &Body<Hir>| -> Vec<Name> {
        body.nodes.iter().filter_map(|(_, row)| name(body, &row.kind)).collect()
    };
    program.fns.values().flat_map(|body| names(body)).collect()
}

/// Fields that only some paths of a constructor assign, and no method that it calls.
fn on_some_paths(env: &Env<'_>, class: Name, body: &Body<Hir>) -> Vec<(Name, Name)> {
    let Some(this) = body.params.first().map(|param| param.local) else { return Vec::new() };
    let (mut all, mut with_helpers) = (FxHashSet::default(), FxHashSet::default());
    sets(env, class, class.join("__init__"), false, &mut FxHashSet::default(), &mut all);
    let always = crate::paths::always_assigned(body, this);
    let some: Vec<Name> = all.into_iter().filter(|field| !always.contains(field)).collect();
    if some.is_empty() {
        return Vec::new();
    }
    // What a helper or the constructor of a base assigns is there on all paths, as far as is known.
    let start = class.join("__init__");
    for called in called_methods(env, class, start, body, this) {
        sets(env, class, called, true, &mut FxHashSet::default(), &mut with_helpers);
    }
    let is_open = |field: &Name| {
        !with_helpers.contains(field)
            && env.field_owner(class, *field) == Some(class)
            && env.attribute(class, field.as_str()).is_none()
    };
    some.into_iter().filter(is_open).map(|field| (class, field)).collect()
}

/// Methods of an object that one of its methods calls on it.
fn called_methods(env: &Env<'_>, class: Name, method: Name, body: &Body<Hir>, this: LocalId) -> Vec<Name> {
    let is_this = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(this));
    let called = |node: &Node| match node {
        Node::Call { callee: Callee::Method(receiver, name), .. } if is_this(*receiver) => {
            env.method(class, name.as_str())
        }
        Node::Call { callee: Callee::Super(name), .. } => env.super_method(method.parent(), *name),
        _ => None,
    };
    body.nodes.iter().filter_map(|(_, row)| called(&row.kind)).collect()
}

/// What the constructors of a class, of its bases and of its subclasses assign.
fn assigned(env: &Env<'_>, class: Name, with_helpers: bool) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    let mut family = env.program.subclasses(class);
    family.extend(env.mro(class).iter());
    let mut seen = FxHashSet::default();
    for path in family {
        for constructor in ["__init__", "__post_init__"] {
            sets(env, path, path.join(constructor), with_helpers, &mut seen, &mut out);
        }
        // What a record declares, its constructor takes or fills in.
        if let Some(class) = env.class(path).filter(|class| matches!(class.kind, ClassKind::Dataclass { .. }))
        {
            let given = |field: &&FieldDef| field.flags.init || field.default.is_some();
            out.extend(class.fields.iter().filter(given).map(|field| field.name));
        }
    }
    out
}

/// What a method of objects of a class assigns, itself or also by the methods that it calls on the receiver.
fn sets(
    env: &Env<'_>,
    class: Name,
    method: Name,
    with_helpers: bool,
    seen: &mut FxHashSet<(Name, Name)>,
    out: &mut FxHashSet<Name>,
) {
    let Some(body) = env.program.fns.get(&method) else { return };
    let Some(this) = body.params.first().map(|param| param.local) else { return };
    if !seen.insert((class, method)) {
        return;
    }
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            see(body, target, this, out);
        }
    });
    if !with_helpers {
        return;
    }
    for called in called_methods(env, class, method, body, this) {
        sets(env, class, called, with_helpers, seen, out);
    }
}

fn see(body: &Body<Hir>, pat: &Pat, this: LocalId, out: &mut FxHashSet<Name>) {
    let is_this = |root: Root| match root {
        Root::Local(local) => local == this,
        Root::Node(node) => {
            matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(this))
        }
        Root::Global(_) => false,
    };
    match pat {
        Pat::Place(place) if is_this(place.root) => {
            if let [Proj::Field(name)] = place.proj[..] {
                out.insert(name);
            }
        }
        _ => pat.for_each_part(&mut |part| see(body, part, this, out)),
    }
}

/// Fields that a constructor assigns after it uses the new object as a whole.
fn assigned_late(env: &Env<'_>, class: Name, body: &Body<Hir>) -> Vec<Name> {
    let Some(this) = body.params.first().map(|param| param.local) else { return Vec::new() };
    let field = |place: &Place| match place.proj.as_slice() {
        [Proj::Field(name)] if place.root == Root::Local(this) => Some(*name),
        _ => None,
    };
    let (mut early, mut late) = (FxHashSet::default(), Vec::new());
    let mut in_use = false;
    for stmt in &body.blocks[body.root].stmts {
        in_use |= uses_whole(env, class, body, stmt, this);
        // The setter of a property gets the object.
        if let StmtKind::Set { target, .. } = &stmt.kind {
            each_place(target, &mut |place| {
                in_use |= field(place).is_some_and(|name| env.method(class, name.as_str()).is_some());
            });
        }
        match &stmt.kind {
            StmtKind::Set { target, .. } => each_place(target, &mut |place| match field(place) {
                Some(name) if in_use && !early.contains(&name) => late.push(name),
                Some(name) => drop(early.insert(name)),
                None => {}
            }),
            _ => stmt.for_each_child(&mut |child| {
                let Child::Node(node) = child else { return };
                for_each_inner(body, node, &mut |target| {
                    each_place(target, &mut |place| {
                        late.extend(field(place).filter(|name| in_use && !early.contains(name)));
                    });
                });
            }),
        }
    }
    late
}

fn each_place(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| each_place(part, f));
}

/// The targets of assignments in the blocks of a node.
fn for_each_inner(body: &Body<Hir>, node: NodeId, f: &mut dyn FnMut(&Pat)) {
    for child in body.nodes[node].kind.children() {
        match child {
            Child::Block(block) => body.walk_stmts(block, &mut |stmt| {
                if let StmtKind::Set { target, .. } = &stmt.kind {
                    f(target);
                }
            }),
            Child::Node(node) => for_each_inner(body, node, f),
        }
    }
}

/// Whether a statement uses the new object as a whole, or by a property or a method that it takes as a value;
/// `type(self).__name__` asks nothing of it.
fn uses_whole(env: &Env<'_>, class: Name, body: &Body<Hir>, stmt: &Stmt, this: LocalId) -> bool {
    let mut uses: FxHashSet<NodeId> = FxHashSet::default();
    let mut named = Vec::new();
    stmt.for_each_child(&mut |child| {
        body.walk(child, &mut |node| match &body.nodes[node].kind {
            Node::Use(place, _) if place.as_local() == Some(this) => {
                uses.insert(node);
            }
            // The constructor of a base may hand it out.
            Node::Call { callee: Callee::Super(name), .. } if hands_out(env, class, body, *name) => {
                uses.insert(node);
            }
            Node::Use(Place { root: Root::Local(of), proj }, _)
                if *of == this
                    && matches!(proj.first(), Some(Proj::Field(name)) if env.method(class, name.as_str()).is_some()) =>
            {
                uses.insert(node);
            }
            Node::Use(Place { root: Root::Node(of), proj }, _) => {
                if let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[*of].kind
                    && *name == "builtins.type"
                    && matches!(proj[..], [Proj::Field(name)] if name == "__name__")
                {
                    named.extend(args.iter().map(|arg| arg.value));
                }
            }
            _ => {}
        });
    });
    uses.iter().any(|node| !named.contains(node))
}

/// Whether the constructor of a base that `super().__init__()` runs uses the new object as a whole.
fn hands_out(env: &Env<'_>, class: Name, body: &Body<Hir>, name: Name) -> bool {
    let home = body.path.parent();
    let Some(above) = env.super_method(home, name).filter(|path| path.last() == "__init__") else {
        return false;
    };
    let Some(body) = env.program.fns.get(&above) else { return false };
    let Some(this) = body.params.first().map(|param| param.local) else { return false };
    body.blocks[body.root].stmts.iter().any(|stmt| uses_whole(env, class, body, stmt, this))
}

impl Types<'_, '_> {
    /// Type of a field as the class declares it.
    pub(crate) fn declared(&self, owner: Name, field: Name, ty: Ty) -> Ty {
        let late = &self.env().late;
        let is_late = late.never.contains(&(owner, field))
            || late.on_some.contains(&(owner, field))
            || late.contains(&(owner, field)) && !has_empty(ty);
        if is_late && !is_optional(ty) { Ty::option(ty) } else { ty }
    }
}

/// An optional field that is not there yet reads as `None`.
fn is_optional(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Option(_) | TyKind::Unit | TyKind::Value)
}

/// Whether the type has a value to start with: those of `empty_value` where constructors are made.
fn has_empty(ty: Ty) -> bool {
    matches!(
        ty.strip_shared().kind(),
        TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Bool
            | TyKind::Str
            | TyKind::List(_)
            | TyKind::Dict(..)
            | TyKind::Set(_)
            | TyKind::FrozenSet(_)
    )
}

impl Apply<'_, '_, '_> {
    /// A constructor begins without the fields that only some of its paths assign.
    pub(crate) fn start_fields(&mut self, root: BlockId) {
        let class = self.body.path.parent();
        if self.body.path.last() != "__init__" {
            return;
        }
        let Some(this) = self.body.params.first().map(|param| param.local) else { return };
        let late = &self.types.env().late.on_some;
        let mut fields: Vec<Name> =
            late.iter().filter(|(of, _)| *of == class).map(|(_, name)| *name).collect();
        fields.sort();
        let mut stmts = Vec::new();
        for name in fields {
            let stored = self.stored_type(class, name);
            if self.is_none_if_absent(class, name) {
                let value = self.mk(Node::Const(Const::None), Ty::unit(), Origin::default());
                let value = self.coerce(value, Ty::value());
                let target = Pat::Place(Place::local(this).with(Proj::Field(name)));
                stmts.push(Stmt::new(StmtKind::Set { target, value }, Origin::default()));
                continue;
            }
            // A field that may be `None` by itself has no other value for its absence.
            let Some(ty) = stored.filter(|ty| self.field_type(class, name) != Some(*ty)) else { continue };
            let value = self.mk_op(OptOp::None, Attr::None, Vec::new(), ty);
            let target = Pat::Place(Place::local(this).with(Proj::Field(name)));
            stmts.push(Stmt::new(StmtKind::Set { target, value }, Origin::default()));
        }
        self.prepend(root, stmts);
    }

    /// Whether `None` in a dynamic field says that the constructor left it out.
    fn is_none_if_absent(&self, class: Name, name: Name) -> bool {
        let late = &self.types.env().late;
        let owner = self.types.env().field_owner(class, name).unwrap_or(class);
        late.on_some.contains(&(owner, name))
            && !late.asked.contains(&name)
            && self.stored_type(class, name) == Some(Ty::value())
    }

    /// A dynamic field that is read: `None` where it is not there.
    fn present_value(&mut self, field: NodeId, text: &str) -> NodeId {
        let origin = self.origin(field);
        self.with_value(field, |me, read| {
            let value = read(me);
            let is_absent = me.mk_op(ValueOp::Is, Attr::Ty(Ty::unit()), vec![value], Ty::bool());
            let text = me.text(text, origin);
            let class = Attr::Name(Name::new("AttributeError"));
            let error = me.mk_op(ExcOp::New, class, vec![text], Ty::error());
            let raise = me.mk(Node::Raise { error: Some(error), cause: None }, Ty::never(), origin);
            let value = read(me);
            me.choose(is_absent, raise, value, Ty::value())
        })
    }

    /// Type of a field that is assigned.
    pub(crate) fn stored_type(&self, class: Name, name: Name) -> Option<Ty> {
        let ty = self.field_type(class, name)?;
        let owner = self.types.env().field_owner(class, name)?;
        Some(self.types.declared(owner, name, ty))
    }

    /// A field that is read: one that comes late must be there.
    pub(crate) fn read_field(&mut self, object: NodeId, class: Name, name: Name, ty: Ty) -> NodeId {
        let origin = self.origin(object);
        let stored = self.stored_type(class, name).unwrap_or(ty);
        let field = self.field_of(object, name, stored, origin);
        if stored == ty && self.is_none_if_absent(class, name) {
            let text = format!("'{}' object has no attribute '{name}'", class.last());
            return self.present_value(field, &text);
        }
        if stored == ty {
            return field;
        }
        let text = format!("AttributeError: '{}' object has no attribute '{name}'", class.last());
        self.unwrap(field, ty, &text)
    }
}
