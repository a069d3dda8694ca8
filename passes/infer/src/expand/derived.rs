//! A class derived from a builtin type holds a value of it.
//!
//! before                                     after
//!   class @m.Env(dict) {                       class @m.Env(dict) { field data: ? }
//!     method @m.Env.__init__(%self) {          method @m.Env.__init__(%self) {
//!       super __init__()                         set place %self.data = lib:builtins.dict()
//!     }                                        }
//!     method @m.Env.get_a(%self) {             method @m.Env.get_a(%self) {
//!       return super get("a")                    return method (%self.data).get("a")
//!     }                                        }
//!
//! What such an object does that its class does not say is done by that value: `Env::inner` names the field.

use super::derived_super::rewrite;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// A builtin type that classes can be derived from.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// How the field is called.
    field: &'static str,
    /// What makes a value of it.
    pub make: &'static str,
    /// Numbers, texts and tuples: made by `__new__`, compared and hashed as such.
    is_plain: bool,
    /// What the text of an object begins with instead of the type's name; how long that name is.
    pub named: Option<usize>,
}

pub(super) fn kind_of(base: Name) -> Option<Kind> {
    let (field, make, is_plain, named) = match base.as_str() {
        "dict" | "collections.UserDict" => ("data", "builtins.dict", false, None),
        "collections.OrderedDict" => ("data", "collections.OrderedDict", false, Some("OrderedDict".len())),
        "collections.defaultdict" => ("data", "collections.defaultdict", false, None),
        "collections.Counter" => ("data", "collections.Counter", false, Some("Counter".len())),
        "collections.deque" => ("items", "collections.deque", false, Some("deque".len())),
        "list" => ("items", "builtins.list", false, None),
        "collections.UserList" => ("data", "builtins.list", false, None),
        "set" => ("items", "builtins.set", false, Some(0)),
        "frozenset" => ("items", "builtins.frozenset", false, Some("frozenset".len())),
        "str" | "collections.UserString" => ("value", "builtins.str", true, None),
        "int" => ("value", "builtins.int", true, None),
        "float" => ("value", "builtins.float", true, None),
        "tuple" => ("items", "builtins.tuple", true, None),
        _ => return None,
    };
    Some(Kind { field, make, is_plain, named })
}

/// The builtin type that a class is derived from directly.
fn base_of(def: &ClassDef) -> Option<(Name, Kind)> {
    let is_other = matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_) | ClassKind::Exception);
    let mut found = def.bases.iter().filter(|_| !is_other);
    found.find_map(|base| Some((*base, kind_of(*base)?)))
}

/// The field of a class that holds the value of its builtin type.
pub(crate) fn inner_field(def: &ClassDef) -> Option<Name> {
    base_of(def)?;
    Some(def.fields.first()?.name)
}

/// What makes the value that an object holds of the constructor's one argument, where nobody wrote a constructor.
pub(crate) fn made_of_one(program: &Program<Hir>, class: Name) -> Option<Name> {
    let init = program.find_method(class, "__init__")?;
    let (_, kind) = base_of(program.classes.get(&init.parent())?)?;
    let is_written = program.fns.get(&init).is_some_and(|body| body.origin != Origin::default());
    (!is_written).then(|| Name::new(kind.make))
}

/// The class and what it holds.
pub(super) struct Derived {
    pub class: Name,
    pub base: Name,
    pub kind: Kind,
    pub field: Name,
}

impl Derived {
    /// Whether `__new__` makes the value before the constructor runs.
    pub(super) fn is_made_before(&self) -> bool {
        matches!(self.base.as_str(), "int" | "float" | "str" | "tuple" | "frozenset")
    }

    /// A `UserDict` that stores its items its own way: the constructor's, too.
    pub(super) fn stores_itself(&self, program: &Program<Hir>) -> bool {
        let has_own = |class: &Name| program.fns.contains_key(&class.join("__setitem__"));
        self.base == "collections.UserDict" && program.subclasses(self.class).iter().any(has_own)
    }
}

/// `self.update(..)`.
pub(super) fn update(body: &mut Body<Hir>, this: LocalId, args: Vec<Arg>) -> Stmt {
    let at = Origin::default();
    let object = body.use_local(this, Mode::Read, at);
    let call = Node::Call { callee: Callee::Method(object, Name::new("update")), args };
    let call = body.node(call, Ty::unknown(), at);
    Stmt::new(StmtKind::Expr(call), at)
}

/// Gives such classes their field.
pub(super) fn expand(program: &mut Program<Hir>) {
    let derived: Vec<Derived> = program
        .classes
        .values()
        .filter_map(|def| {
            let (base, kind) = base_of(def)?;
            Some(Derived { class: def.path, base, kind, field: free_name(program, def, kind.field) })
        })
        .collect();
    for found in &derived {
        let def = Arc::make_mut(program.classes.get_mut(&found.class).expect("it was just found"));
        def.fields.insert(0, crate::program::assigned_field(found.field, Origin::default()));
        made_by_new(program, found);
        super::derived_new::expand(program, found);
        super::derived_arguments::expand(program, found);
        if !program.classes[&found.class].methods.contains(&found.class.join("__init__")) {
            constructor(program, found);
        }
        let family = program.subclasses(found.class);
        let methods: Vec<Name> =
            family.iter().flat_map(|class| program.classes[class].methods.clone()).collect();
        for method in methods {
            rewrite(program, found, method);
        }
        missing_method(program, found);
        texts(program, found);
    }
}

/// A name that nothing in the family of a class has.
fn free_name(program: &Program<Hir>, def: &ClassDef, wish: &str) -> Name {
    let family = program.subclasses(def.path);
    let is_user = def.bases.iter().any(|base| base.as_str().starts_with("collections.User"));
    let is_taken = |name: &str| {
        !is_user
            && family.iter().filter_map(|class| program.classes.get(class)).any(|def| {
                let names = def.fields.iter().map(|field| field.name.as_str());
                let others = def.methods.iter().chain(&def.attributes).map(|path| path.last());
                names.chain(others).any(|known| known == name)
            })
    };
    let names = [wish, "inner", "content", "builtin"];
    Name::new(names.into_iter().find(|name| !is_taken(name)).unwrap_or("builtin_part"))
}

/// `__new__` that makes the value and gives the object back is the constructor.
fn made_by_new(program: &mut Program<Hir>, found: &Derived) {
    let (old, new) = (found.class.join("__new__"), found.class.join("__init__"));
    let Some(body) = program.fns.get(&old).filter(|_| !program.fns.contains_key(&new)) else { return };
    let mut body = (**body).clone();
    let Some(this) = body.params.first().map(|param| param.local) else { return };
    if !is_straight(&body, this) {
        return;
    }
    let root = body.root;
    let mut stmts = std::mem::take(&mut body.blocks[root].stmts);
    let is_made = |body: &Body<Hir>, node: NodeId| match &body.nodes[node].kind {
        Node::Call { callee: Callee::Super(name), args } => (*name == "__new__").then(|| args.clone()),
        Node::Call { callee: Callee::Lib(name), args } => (name.last() == "__new__").then(|| args.clone()),
        _ => None,
    };
    // `return super().__new__(cls, v)`, or `obj = super().__new__(cls, v) .. return obj`.
    let mut object = None;
    let mut is_known = false;
    for stmt in &mut stmts {
        let (node, target) = match &stmt.kind {
            StmtKind::Expr(node) => match body.nodes[*node].kind {
                Node::Return(Some(value)) => (value, None),
                _ => continue,
            },
            StmtKind::Set { target: Pat::Place(place), value } => (*value, place.as_local()),
            _ => continue,
        };
        let Some(args) = is_made(&body, node) else { continue };
        let args = args.into_iter().skip(1).collect();
        let make = Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args };
        let value = body.node(make, Ty::unknown(), stmt.origin);
        let place = Place::local(this).with(Proj::Field(found.field));
        stmt.kind = StmtKind::Set { target: Pat::Place(place), value };
        object = target;
        is_known = true;
        break;
    }
    if !is_known {
        return;
    }
    if let Some(object) = object {
        let is_object = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(object));
        let gives = |stmt: &Stmt| match stmt.kind {
            StmtKind::Expr(node) => {
                matches!(body.nodes[node].kind, Node::Return(Some(value)) if is_object(value))
            }
            _ => false,
        };
        if !stmts.last().is_some_and(gives) {
            return;
        }
        stmts.pop();
        body.blocks[root].stmts = stmts;
        stand_for(&mut body, object, this);
    } else {
        body.blocks[root].stmts = stmts;
    }
    body.locals[this].name = Name::new("self");
    body.params[0].name = Name::new("self");
    body.kind = FnKind::Method;
    body.path = new;
    let def = Arc::make_mut(program.classes.get_mut(&found.class).expect("it was just found"));
    def.methods.iter_mut().filter(|method| **method == old).for_each(|method| *method = new);
    program.fns.shift_remove(&old);
    program.fns.insert(new, Arc::new(body));
}

/// Whether a `__new__` returns in one place and asks its class for nothing but the object.
fn is_straight(body: &Body<Hir>, class: LocalId) -> bool {
    let (mut returns, mut uses, mut is_changed) = (0, 0, false);
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::Return(_) => returns += 1,
        Node::Use(place, _) if place.root == Root::Local(class) => uses += 1,
        _ => {}
    });
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => {
            target.each_place(&mut |place| is_changed |= place.root == Root::Local(class));
        }
        StmtKind::Update { place, .. } | StmtKind::Del(place) => {
            is_changed |= place.root == Root::Local(class);
        }
        _ => {}
    });
    returns == 1 && uses == 1 && !is_changed
}

/// Puts one local for another.
fn stand_for(body: &mut Body<Hir>, old: LocalId, new: LocalId) {
    let put = |place: &mut Place| {
        if place.root == Root::Local(old) {
            place.root = Root::Local(new);
        }
    };
    for id in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Use(place, _) = &mut body.nodes[id].kind {
            put(place);
        }
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for stmt in &mut body.blocks[block].stmts {
            match &mut stmt.kind {
                StmtKind::Set { target: Pat::Place(place), .. }
                | StmtKind::Update { place, .. }
                | StmtKind::Del(place) => put(place),
                _ => {}
            }
        }
    }
}

/// `def __init__(self, data): self.data = dict(data)`; calls without argument give an empty one.
fn constructor(program: &mut Program<Hir>, found: &Derived) {
    let own_init = |class: &Name| program.fns.contains_key(&class.join("__init__"));
    let made: Vec<Name> =
        program.subclasses(found.class).into_iter().filter(|class| !own_init(class)).collect();
    let mut is_given = found.kind.is_plain;
    let paths: Vec<Name> = program.fns.keys().copied().collect();
    for path in &paths {
        for (_, row) in program.fns[path].nodes.iter() {
            is_given |= matches!(&row.kind, Node::Call { callee: Callee::Fn(class), args }
                if !args.is_empty() && made.contains(&program.resolve(*class)));
        }
    }
    let at = Origin::default();
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(found.class.join("__init__"), lang, FnKind::Method);
    let this = param(&mut body, "self");
    let mut args = Vec::new();
    if is_given {
        let local = param(&mut body, found.field.as_str());
        args.push(Arg::positional(body.use_local(local, Mode::Read, at)));
    }
    let goes_through = found.stores_itself(program) && is_given;
    let given = if goes_through { std::mem::take(&mut args) } else { Vec::new() };
    let make = Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args };
    let value = body.node(make, Ty::unknown(), at);
    let target = Pat::Place(Place::local(this).with(Proj::Field(found.field)));
    let root = body.root;
    body.blocks[root].stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
    if goes_through {
        let stmt = update(&mut body, this, given);
        body.blocks[root].stmts.push(stmt);
    }
    add(program, found.class, body);
    if !is_given {
        return;
    }
    for path in paths {
        let body = &program.fns[&path];
        let calls: Vec<NodeId> = body
            .nodes
            .iter()
            .filter(|(_, row)| {
                matches!(&row.kind, Node::Call { callee: Callee::Fn(class), .. }
                    if made.contains(&program.resolve(*class)))
            })
            .map(|(id, _)| id)
            .collect();
        for id in calls {
            let body = Arc::make_mut(&mut program.fns[&path]);
            one_argument(body, id, found.kind.make);
        }
    }
}

/// Arguments that are none, or named ones, become one value.
fn one_argument(body: &mut Body<Hir>, call: NodeId, make: &str) {
    let origin = body.nodes[call].origin;
    let Node::Call { callee, args } = body.nodes[call].kind.clone() else { return };
    if matches!(&args[..], [Arg { kind: ArgKind::Positional, .. }]) {
        return;
    }
    let make = Node::Call { callee: Callee::Lib(Name::new(make)), args };
    let value = body.node(make, Ty::unknown(), origin);
    body.nodes[call].kind = Node::Call { callee, args: vec![Arg::positional(value)] };
}

fn param(body: &mut Body<Hir>, name: &str) -> LocalId {
    let local = body.local(name, Ty::unknown(), Origin::default());
    body.params.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
    local
}

fn add(program: &mut Program<Hir>, class: Name, body: Body<Hir>) {
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is a class of the program"));
    def.methods.push(body.path);
    program.fns.insert(body.path, Arc::new(body));
}

/// `d[k]` of a class with `__missing__`: `return self.data[k] if k in self.data else self.__missing__(k)`.
fn missing_method(program: &mut Program<Hir>, found: &Derived) {
    let has = |name: &str| program.find_method(found.class, name).is_some();
    if !has("__missing__") || has("__getitem__") {
        return;
    }
    let at = Origin::default();
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(found.class.join("__getitem__"), lang, FnKind::Method);
    let (this, key) = (param(&mut body, "self"), param(&mut body, "key"));
    let inner = Place::local(this).with(Proj::Field(found.field));
    let (item, held) = (
        body.use_local(key, Mode::Read, at),
        body.node(Node::Use(inner.clone(), Mode::Read), Ty::unknown(), at),
    );
    let test = body.op(ObjOp::In, vec![item, held], Ty::unknown(), at);
    let cond = body.op(ObjOp::Truth, vec![test], Ty::unknown(), at);
    let index = body.use_local(key, Mode::Read, at);
    let held = body.node(Node::Use(inner, Mode::Read), Ty::unknown(), at);
    let read = Node::Use(Place { root: Root::Node(held), proj: vec![Proj::Index(index)] }, Mode::Read);
    let read = body.node(read, Ty::unknown(), at);
    let back = body.node(Node::Return(Some(read)), Ty::never(), at);
    let then =
        body.block(BlockRow { stmts: vec![Stmt::new(StmtKind::Expr(back), at)], ..BlockRow::default() });
    let choose = body.node(Node::If { cond, then, els: None }, Ty::unit(), at);
    let (object, index) = (body.use_local(this, Mode::Read, at), body.use_local(key, Mode::Read, at));
    let callee = Callee::Method(object, Name::new("__missing__"));
    let call = body.node(Node::Call { callee, args: vec![Arg::positional(index)] }, Ty::unknown(), at);
    let back = body.node(Node::Return(Some(call)), Ty::never(), at);
    let root = body.root;
    body.blocks[root].stmts =
        vec![Stmt::new(StmtKind::Expr(choose), at), Stmt::new(StmtKind::Expr(back), at)];
    add(program, found.class, body);
}

/// `__repr__`, `__str__`, and for plain values `__eq__` and `__hash__`.
fn texts(program: &mut Program<Hir>, found: &Derived) {
    let has = |program: &Program<Hir>, name: &str| program.find_method(found.class, name).is_some();
    if !has(program, "__repr__") {
        let name = Name::new("__repr__");
        method(program, found, name, |body, this, value| {
            let text = lib(body, "builtins.repr", value);
            match found.kind.named {
                Some(skip) => named_text(body, this, value, text, skip),
                None => text,
            }
        });
    }
    let is_text = found.kind.make == "builtins.str";
    if is_text && !has(program, "__str__") {
        method(program, found, Name::new("__str__"), |body, _, value| lib(body, "builtins.str", value));
    }
    if found.kind.is_plain && !has(program, "__eq__") && program.classes[&found.class].fields.len() == 1 {
        // Nothing but the value: compared and hashed as a record of one field.
        let def = Arc::make_mut(program.classes.get_mut(&found.class).expect("it was just found"));
        def.kind = ClassKind::Dataclass {
            frozen: false,
            order: false,
            eq: true,
            unsafe_hash: true,
            kw_only: false,
            slots: false,
            repr: false,
        };
    } else if found.kind.is_plain && !has(program, "__eq__") {
        method(program, found, Name::new("__hash__"), |body, _, value| lib(body, "builtins.hash", value));
        equality(program, found);
    }
}

/// `return self.value == other.value` for another object of the class, else `self.value == other`.
fn equality(program: &mut Program<Hir>, found: &Derived) {
    let at = Origin::default();
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(found.class.join("__eq__"), lang, FnKind::Method);
    let (this, other) = (param(&mut body, "self"), param(&mut body, "other"));
    let read = |body: &mut Body<Hir>, local: LocalId| {
        let place = Place::local(local).with(Proj::Field(found.field));
        body.node(Node::Use(place, Mode::Read), Ty::unknown(), at)
    };
    let (object, class) =
        (body.use_local(other, Mode::Read, at), body.node(Node::Item(found.class), Ty::unknown(), at));
    let test = Node::Call {
        callee: Callee::Lib(Name::new("builtins.isinstance")),
        args: vec![Arg::positional(object), Arg::positional(class)],
    };
    let cond = body.node(test, Ty::unknown(), at);
    let back = |body: &mut Body<Hir>, a: NodeId, b: NodeId| {
        let value = body.op(ObjOp::Eq, vec![a, b], Ty::unknown(), at);
        let back = body.node(Node::Return(Some(value)), Ty::never(), at);
        Stmt::new(StmtKind::Expr(back), at)
    };
    let (a, b) = (read(&mut body, this), read(&mut body, other));
    let same = back(&mut body, a, b);
    let then = body.block(BlockRow { stmts: vec![same], ..BlockRow::default() });
    let choose = body.node(Node::If { cond, then, els: None }, Ty::unit(), at);
    let (a, b) = (read(&mut body, this), body.use_local(other, Mode::Read, at));
    let rest = back(&mut body, a, b);
    let root = body.root;
    body.blocks[root].stmts = vec![Stmt::new(StmtKind::Expr(choose), at), rest];
    add(program, found.class, body);
}

fn lib(body: &mut Body<Hir>, name: &str, value: NodeId) -> NodeId {
    let origin = body.nodes[value].origin;
    let call = Node::Call { callee: Callee::Lib(Name::new(name)), args: vec![Arg::positional(value)] };
    body.node(call, Ty::unknown(), origin)
}

/// `type(self).__name__`.
fn class_name(body: &mut Body<Hir>, this: LocalId, at: Origin) -> NodeId {
    let object = body.use_local(this, Mode::Read, at);
    let class = lib(body, "builtins.type", object);
    let name = Place { root: Root::Node(class), proj: vec![Proj::Field(Name::new("__name__"))] };
    body.node(Node::Use(name, Mode::Read), Ty::unknown(), at)
}

/// `LRU({..})`: the class's name stands for that of the type, which the text of the value begins with.
pub(super) fn named_text(
    body: &mut Body<Hir>,
    this: LocalId,
    value: NodeId,
    text: NodeId,
    skip: usize,
) -> NodeId {
    let at = body.nodes[value].origin;
    let name = class_name(body, this, at);
    let piece = |value: NodeId| Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true };
    if skip == 0 {
        // A set: `Tags({1})`, `Tags()`.
        let pieces = vec![piece(name), Piece::Text("(".into()), piece(text), Piece::Text(")".into())];
        let full = body.node(Node::Format(pieces), Ty::str(), at);
        let then = body.block(BlockRow { tail: Some(full), ..BlockRow::default() });
        let name = class_name(body, this, at);
        let empty = body.node(Node::Format(vec![piece(name), Piece::Text("()".into())]), Ty::str(), at);
        let els = body.block(BlockRow { tail: Some(empty), ..BlockRow::default() });
        let inner = body.nodes[value].kind.clone();
        let inner = body.node(inner, Ty::unknown(), at);
        let cond = body.op(ObjOp::Truth, vec![inner], Ty::unknown(), at);
        return body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), at);
    }
    let start = body.node(Node::Const(Const::Int(skip.to_string().into())), Ty::unknown(), at);
    let none = |body: &mut Body<Hir>| body.node(Node::Const(Const::None), Ty::unit(), at);
    let (stop, step) = (none(body), none(body));
    let rest = body.op(ObjOp::Slice, vec![text, start, stop, step], Ty::unknown(), at);
    body.node(Node::Format(vec![piece(name), piece(rest)]), Ty::str(), at)
}

/// A method that gives something made of the value.
fn method(
    program: &mut Program<Hir>,
    found: &Derived,
    name: Name,
    make: impl FnOnce(&mut Body<Hir>, LocalId, NodeId) -> NodeId,
) {
    let at = Origin::default();
    let lang = program.fns.values().next().map_or(Lang::Python, |body| body.lang);
    let mut body = Body::new(found.class.join(name.as_str()), lang, FnKind::Method);
    let this = param(&mut body, "self");
    let inner = Place::local(this).with(Proj::Field(found.field));
    let value = body.node(Node::Use(inner, Mode::Read), Ty::unknown(), at);
    let value = make(&mut body, this, value);
    let back = body.node(Node::Return(Some(value)), Ty::never(), at);
    let root = body.root;
    body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(back), at));
    add(program, found.class, body);
}
