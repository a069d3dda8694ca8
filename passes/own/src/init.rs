//! Constructors: `__init__` becomes `new`, field assignments become locals of a struct literal.
//!
//! before (Typed)                          after (Typed, lowered like any function)
//!   method @m.P.__init__(%self, %x) {       staticmethod @m.P.__init__(%x) -> @m.P {
//!     set %self.x = %x                        set %x.2 = %x
//!     set %self.items = list.new()            set %items = list.new()
//!   }                                         return class.new(%x.2, %items)
//!                                           }
//!
//! A statement that uses the object as a whole (a method call) needs it to exist: it is made just
//! before, and fields that are assigned later start with their type's empty value.

use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Whether a body is a constructor of a plain class.
pub fn is_init(body: &Body<Typed>) -> bool {
    body.path.last() == "__init__" && body.kind == FnKind::Method && !body.params.is_empty()
}

/// The constructor as a function that returns the object.
pub fn prepare(program: &Program<Typed>, src: &Body<Typed>) -> Body<Typed> {
    let class = src.path.parent();
    let mut out = src.clone();
    let count = before_object(src);
    let receiver = src.params[0].local;
    let object = match src.locals[receiver].ty.strip_ref().kind() {
        TyKind::Shared(_) => src.locals[receiver].ty.strip_ref(),
        _ if program.classes.get(&class).is_some_and(|def| def.is_shared) => Ty::class(class).shared(),
        _ => Ty::class(class),
    };
    out.kind = FnKind::StaticMethod;
    out.params.remove(0);
    out.ret = object;
    let fields = program.all_fields(class);
    let mut locals = FxHashMap::default();
    for field in &fields {
        locals.insert(field.name, out.local(field.name.as_str(), field.ty, Origin::default()));
    }
    let stmts = std::mem::take(&mut out.blocks[out.root].stmts);
    let (head, rest): (Vec<Stmt>, Vec<Stmt>) = {
        let mut stmts = stmts;
        let rest = stmts.split_off(count.min(stmts.len()));
        (stmts, rest)
    };
    let mut rename = Rename { receiver, locals: &locals };
    let mut head: Vec<Stmt> = head.into_iter().map(|stmt| rename.stmt(&mut out, stmt)).collect();
    let assigned = assigned_fields(&out, &head, &locals);
    for field in fields.iter().filter(|field| !assigned.contains(&field.name)) {
        let value = empty_value(program, &mut out, field);
        let target = Pat::Place(Place::local(locals[&field.name]));
        head.push(Stmt::new(StmtKind::Set { target, value }, Origin::default()));
    }
    let args = fields
        .iter()
        .map(|field| out.use_local(locals[&field.name], Mode::Read, Origin::default()))
        .collect();
    let made = out.op(ClassOp::New, args, object, Origin::default());
    finish(&mut out, head, rest, made, receiver, object);
    out
}

fn finish(
    out: &mut Body<Typed>,
    mut head: Vec<Stmt>,
    rest: Vec<Stmt>,
    made: NodeId,
    receiver: LocalId,
    object: Ty,
) {
    out.blocks[out.root].tail = None;
    if rest.is_empty() {
        out.blocks[out.root].stmts = head;
        out.blocks[out.root].tail = Some(made);
        return;
    }
    out.locals[receiver].ty = object;
    out.locals[receiver].name = Name::new("this");
    head.push(Stmt::new(
        StmtKind::Set { target: Pat::Place(Place::local(receiver)), value: made },
        Origin::default(),
    ));
    head.extend(rest);
    out.blocks[out.root].stmts = head;
    // An early return gives the object; that of a function inside does not.
    let mut returns: Vec<NodeId> = Vec::new();
    out.walk_own(out.root, &mut |node| {
        if matches!(out.nodes[node].kind, Node::Return(_)) {
            returns.push(node);
        }
    });
    for node in returns {
        let this = out.node(Node::Use(Place::local(receiver), Mode::Read), object, Origin::default());
        out.nodes[node].kind = Node::Return(Some(this));
    }
    let this = out.node(Node::Use(Place::local(receiver), Mode::Read), object, Origin::default());
    out.blocks[out.root].tail = Some(this);
}

fn assigned_fields(body: &Body<Typed>, stmts: &[Stmt], locals: &FxHashMap<Name, LocalId>) -> Vec<Name> {
    let mut found = Vec::new();
    let mut look = |stmt: &Stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.for_each_local(&mut |local| found.push(local));
        }
    };
    for stmt in stmts {
        look(stmt);
        stmt.for_each_child(&mut |child| {
            let mut blocks = Vec::new();
            match child {
                Child::Block(block) => blocks.push(block),
                Child::Node(node) => body.walk(Child::Node(node), &mut |node| {
                    body.nodes[node].kind.for_each_child(&mut |child| {
                        if let Child::Block(block) = child {
                            blocks.push(block);
                        }
                    });
                }),
            }
            for block in blocks {
                body.blocks[block].stmts.iter().for_each(&mut look);
            }
        });
    }
    locals.iter().filter(|(_, local)| found.contains(local)).map(|(name, _)| *name).collect()
}

/// The value that a field has before its assignment.
fn empty_value(program: &Program<Typed>, out: &mut Body<Typed>, field: &FieldDef) -> NodeId {
    if let Some(default) = field.default.filter(|path| program.fns.contains_key(path)) {
        let call = Node::Call { callee: Callee::Fn(default), args: Vec::new() };
        return out.node(call, field.ty, Origin::default());
    }
    empty_of(out, field, field.ty)
}

/// A value of a type that stands where nothing has been assigned yet.
fn empty_of(out: &mut Body<Typed>, field: &FieldDef, ty: Ty) -> NodeId {
    let at = Origin::default();
    let constant = |out: &mut Body<Typed>, value: Const| out.node(Node::Const(value), ty, at);
    match ty.kind() {
        TyKind::Int(_) => constant(out, Const::Int(Arc::from("0"))),
        TyKind::Float(_) => constant(out, Const::Float(0.0)),
        TyKind::Bool => constant(out, Const::Bool(false)),
        TyKind::Str => constant(out, Const::Str(Arc::from(""))),
        TyKind::Unit => constant(out, Const::None),
        TyKind::Option(_) => out.op(OptOp::None, Vec::new(), ty, at),
        TyKind::Value => {
            let none = out.node(Node::Const(Const::None), Ty::unit(), at);
            out.op(ValueOp::From, vec![none], ty, at)
        }
        TyKind::Num => {
            let zero = out.node(Node::Const(Const::Int(Arc::from("0"))), Ty::int(), at);
            out.op(NumOp::FromInt, vec![zero], ty, at)
        }
        TyKind::Union(members) if !members.iter().any(|member| member.class_path().is_some()) => {
            let first = empty_of(out, field, members[0]);
            out.op(UnionOp::From, vec![first], ty, at)
        }
        TyKind::Bytes => constant(out, Const::Bytes(Arc::from([]))),
        TyKind::Tuple(items) => {
            let items = items.iter().map(|item| empty_of(out, field, *item)).collect();
            out.op(TupleOp::New, items, ty, at)
        }
        TyKind::Lib(name, _) if library_empty(name.last()).is_some() => {
            let (maker, given) = library_empty(name.last()).expect("just found");
            let args = given.into_iter().map(|value| {
                let ty = if matches!(value, Const::Int(_)) { Ty::int() } else { Ty::str() };
                Arg::positional(out.node(Node::Const(value), ty, at))
            });
            let args = args.collect();
            out.node(Node::Call { callee: Callee::Lib(Name::new(maker)), args }, ty, at)
        }
        _ => match ty.strip_shared().kind() {
            TyKind::List(_) => out.op(ListOp::New, Vec::new(), ty, at),
            TyKind::Dict(..) => out.op(DictOp::New, Vec::new(), ty, at),
            TyKind::Set(_) => out.op(SetOp::New, Vec::new(), ty, at),
            TyKind::FrozenSet(_) => {
                let callee = Callee::Lib(Name::new("builtins.frozenset"));
                out.node(Node::Call { callee, args: Vec::new() }, ty, at)
            }
            TyKind::Func(params, ret) => unset_function(out, field, ty, params, *ret),
            TyKind::Lib(name, args) if name.last() == "defaultdict" => {
                let make = Ty::func(Vec::new(), args[1]);
                let make = unset_function(out, field, make, &[], args[1]);
                let callee = Callee::Lib(Name::new("collections.defaultdict"));
                out.node(Node::Call { callee, args: vec![Arg::positional(make)] }, ty, at)
            }
            TyKind::Lib(name, _) if matches!(name.last(), "deque" | "Counter" | "OrderedDict") => {
                let callee = Callee::Lib(Name::new("collections").join(name.last()));
                out.node(Node::Call { callee, args: Vec::new() }, ty, at)
            }
            _ => {
                let why = format!("`{}` is used before the constructor assigns it", field.name);
                out.node(Node::Hole { why: Arc::from(why.as_str()), source: Arc::from("") }, ty, at)
            }
        },
    }
}

/// The call that makes a small object of a type of the library.
fn library_empty(name: &str) -> Option<(&'static str, Vec<Const>)> {
    let int = |value: &str| Const::Int(Arc::from(value));
    Some(match name {
        "Decimal" => ("decimal.Decimal", vec![int("0")]),
        "Fraction" => ("fractions.Fraction", vec![int("0")]),
        "Path" => ("pathlib.Path", Vec::new()),
        "Pattern" => ("re.compile", vec![Const::Str(Arc::from(""))]),
        "exc_args" => ("error.new_args", Vec::new()),
        "date" => ("datetime.date", vec![int("1"), int("1"), int("1")]),
        _ => return None,
    })
}

/// A function for a field that is not assigned yet: nothing calls it.
fn unset_function(out: &mut Body<Typed>, field: &FieldDef, ty: Ty, params: &[Ty], ret: Ty) -> NodeId {
    let at = Origin::default();
    let param = |out: &mut Body<Typed>, ty: &Ty| Param {
        name: Name::new("_"),
        local: out.local("_", *ty, at),
        kind: ParamKind::Normal,
        default: None,
    };
    let params: Vec<Param> = params.iter().map(|ty| param(out, ty)).collect();
    let text = out.node(Node::Const(Const::Str(field.name.as_str().into())), Ty::str(), at);
    let kind =
        Node::Op { op: ExcOp::New.into(), attr: Attr::Name(Name::new("AttributeError")), args: vec![text] };
    let error = out.node(kind, Ty::error(), at);
    let raise = out.node(Node::Raise { error: Some(error), cause: None }, Ty::never(), at);
    let body = out.block(BlockRow { tail: Some(raise), ..BlockRow::default() });
    out.node(Node::Closure(Closure { ret, ..Closure::lambda(params, body) }), ty, at)
}

/// Replaces `self.x` by the local of the field.
struct Rename<'a> {
    receiver: LocalId,
    locals: &'a FxHashMap<Name, LocalId>,
}

impl Rename<'_> {
    fn stmt(&mut self, out: &mut Body<Typed>, mut stmt: Stmt) -> Stmt {
        let mut nodes = Vec::new();
        stmt.for_each_child(&mut |child| out.walk(child, &mut |node| nodes.push(node)));
        let mut blocks = Vec::new();
        for node in nodes {
            out.nodes[node].kind.for_each_child(&mut |child| {
                if let Child::Block(block) = child {
                    blocks.push(block);
                }
            });
            let mut kind = std::mem::replace(&mut out.nodes[node].kind, Node::Continue { label: None });
            if let Node::Use(place, _) = &mut kind {
                self.place(place);
            }
            if let Node::For { pat, .. } = &mut kind {
                self.pat(pat);
            }
            out.nodes[node].kind = kind;
        }
        for block in blocks {
            for inner in &mut out.blocks[block].stmts {
                self.targets(&mut inner.kind);
            }
        }
        self.targets(&mut stmt.kind);
        stmt
    }

    fn targets(&mut self, kind: &mut StmtKind) {
        match kind {
            StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => self.pat(pat),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => self.place(place),
            StmtKind::Expr(_) => {}
        }
    }

    fn pat(&mut self, pat: &mut Pat) {
        match pat {
            Pat::Place(place) => self.place(place),
            Pat::Tuple(parts) | Pat::Or(parts) => parts.iter_mut().for_each(|part| self.pat(part)),
            Pat::List { front, rest, back } => {
                front.iter_mut().chain(back).for_each(|part| self.pat(part));
                rest.iter_mut().for_each(|part| self.pat(part));
            }
            _ => {}
        }
    }

    fn place(&mut self, place: &mut Place) {
        if place.root != Root::Local(self.receiver) {
            return;
        }
        if let Some(Proj::Field(name)) = place.proj.first()
            && let Some(local) = self.locals.get(name)
        {
            place.root = Root::Local(*local);
            place.proj.remove(0);
        }
    }
}
