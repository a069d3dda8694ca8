//! What a class derived from a builtin type asks its base for is asked of the value that it holds.
//!
//! before                                  after
//!   super __setitem__(%k, %v)               set place %self.data[%k] = %v
//!   lib:dict.get(%self, %k)                 method (%self.data).get(%k)
//!   super __contains__(%k)                  obj.in(%k, %self.data)

use super::derived::Derived;
use super::operators::{in_order, put_before};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Rewrites one method of the class or of one below it.
pub(super) fn rewrite(program: &mut Program<Hir>, found: &Derived, method: Name) {
    let Some(body) = program.fns.get(&method) else { return };
    let Some(this) = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local) else {
        return;
    };
    let mut body = (**body).clone();
    let is_init = method == found.class.join("__init__");
    let mut has_made = !is_init;
    if found.is_made_before() && method.last() == "__init__" {
        has_made = true;
        made_before(program, &mut body, found, this, is_init);
    }
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Some((name, args)) = asked(program, &body, found, method, this, id) else { continue };
        let origin = body.nodes[id].origin;
        let inner = Place::local(this).with(Proj::Field(found.field));
        let goes_through = name == "__init__" && !args.is_empty() && found.stores_itself(program);
        let given = if goes_through { Vec::new() } else { args.clone() };
        if let Some((block, at)) = is_statement(&mut body, id, name, &given, &inner, found) {
            has_made |= name == "__init__";
            if goes_through {
                let stmt = super::derived::update(&mut body, this, args);
                body.blocks[block].stmts.insert(at + 1, stmt);
            }
            continue;
        }
        if matches!((name.as_str(), &args[..]), ("__repr__" | "__str__", [])) {
            body.nodes[id].kind = own_text(&mut body, found, this, name, inner, origin);
            continue;
        }
        let is_item = name == "__getitem__" && found.kind.make == "builtins.dict";
        if is_item
            && program.find_method(found.class, "__missing__").is_some()
            && let Some(kind) = item_or_missing(&mut body, this, &args, &inner, origin)
        {
            body.nodes[id].kind = kind;
            continue;
        }
        body.nodes[id].kind = expression(&mut body, name, args, inner, origin);
    }
    if !has_made && !sets_field(&body, this, found.field) {
        let at = Origin::default();
        let make = Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args: Vec::new() };
        let value = body.node(make, Ty::unknown(), at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(found.field)));
        let root = body.root;
        body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, at));
    }
    program.fns.insert(method, Arc::new(body));
}

/// `self.data[k] if k in self.data else self.__missing__(k)`; a key that is computed gets a name.
fn item_or_missing(
    body: &mut Body<Hir>,
    this: LocalId,
    args: &[Arg],
    inner: &Place,
    at: Origin,
) -> Option<Node> {
    let [key] = args else { return None };
    let is_simple = match &body.nodes[key.value].kind {
        Node::Use(place, _) => place.as_local().is_some(),
        Node::Const(_) => true,
        _ => false,
    };
    if !is_simple {
        let local = body.temp("key", Ty::unknown(), at);
        let target = Pat::Place(Place::local(local));
        let set = Stmt::new(StmtKind::Set { target, value: key.value }, at);
        let named = Arg::positional(body.use_local(local, Mode::Read, at));
        let read = item_or_missing(body, this, &[named], inner, at)?;
        let read = body.node(read, Ty::unknown(), at);
        let block = body.block(BlockRow { stmts: vec![set], tail: Some(read), ..BlockRow::default() });
        return Some(Node::Block { label: None, block });
    }
    let kind = body.nodes[key.value].kind.clone();
    let again = |body: &mut Body<Hir>| body.node(kind.clone(), Ty::unknown(), at);
    let held = body.node(Node::Use(inner.clone(), Mode::Read), Ty::unknown(), at);
    let test = body.op(ObjOp::In, vec![key.value, held], Ty::unknown(), at);
    let cond = body.op(ObjOp::Truth, vec![test], Ty::unknown(), at);
    let held = body.node(Node::Use(inner.clone(), Mode::Read), Ty::unknown(), at);
    let index = again(body);
    let read = Node::Use(Place { root: Root::Node(held), proj: vec![Proj::Index(index)] }, Mode::Read);
    let read = body.node(read, Ty::unknown(), at);
    let (object, index) = (body.use_local(this, Mode::Read, at), again(body));
    let callee = Callee::Method(object, Name::new("__missing__"));
    let call = body.node(Node::Call { callee, args: vec![Arg::positional(index)] }, Ty::unknown(), at);
    let then = body.block(BlockRow { tail: Some(read), ..BlockRow::default() });
    let els = Some(body.block(BlockRow { tail: Some(call), ..BlockRow::default() }));
    Some(Node::If { cond, then, els })
}

/// Numbers, texts and tuples are made of the first argument, whatever the constructor does with it.
fn made_before(program: &Program<Hir>, body: &mut Body<Hir>, found: &Derived, this: LocalId, is_first: bool) {
    let at = Origin::default();
    let root = body.root;
    let first = body.params.get(1).cloned();
    let above = program.fns.get(&found.class.join("__init__"));
    let is_own = !is_first && above.is_some_and(|above| above.origin != Origin::default());
    let is_same = |body: &Body<Hir>, args: &[Arg]| {
        let given = args.first().map(|arg| &body.nodes[arg.value].kind);
        matches!((given, &first), (Some(Node::Use(place, _)), Some(param)) if place.as_local() == Some(param.local))
    };
    let (mut is_made, mut is_other) = (false, first.as_ref().is_some_and(|param| param.default.is_some()));
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Super(name), args } = &body.nodes[id].kind else { continue };
        if *name != "__init__" {
            continue;
        }
        if is_own {
            is_made = true;
            is_other |= !is_same(body, args);
        } else if args.is_empty() {
            body.nodes[id].kind = Node::Const(Const::None);
        }
    }
    if sets_field(body, this, found.field) {
        return;
    }
    if !is_made {
        let args = first.map(|param| {
            let kind = if param.kind == ParamKind::Star { ArgKind::Star } else { ArgKind::Positional };
            Arg { kind, value: body.use_local(param.local, Mode::Read, at) }
        });
        let make =
            Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args: args.into_iter().collect() };
        let value = body.node(make, Ty::unknown(), at);
        let target = Pat::Place(Place::local(this).with(Proj::Field(found.field)));
        body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value }, at));
    }
    if is_other {
        let why = format!("what `{}` is made of depends on how it is called", found.class.last());
        let hole = body.node(Node::Hole { why: why.into(), source: "".into() }, Ty::never(), at);
        body.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Expr(hole), at));
    }
}

fn sets_field(body: &Body<Hir>, this: LocalId, field: Name) -> bool {
    let mut is_set = false;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), .. } = &stmt.kind {
            is_set |= place.root == Root::Local(this) && place.proj[..] == [Proj::Field(field)];
        }
    });
    is_set
}

/// `super().name(args)` that no class of the program answers, or `dict.name(self, args)`.
fn asked(
    program: &Program<Hir>,
    body: &Body<Hir>,
    found: &Derived,
    method: Name,
    this: LocalId,
    id: NodeId,
) -> Option<(Name, Vec<Arg>)> {
    let Node::Call { callee, args } = &body.nodes[id].kind else { return None };
    match callee {
        Callee::Super(name) => {
            let order = program.mro(method.parent());
            let mut above = order.iter().skip(1);
            let has = |class: &Name| program.classes[class].methods.contains(&class.join(name.as_str()));
            (!above.any(has)).then(|| (*name, args.clone()))
        }
        Callee::Lib(path) => {
            let first = args.first().filter(|arg| arg.kind == ArgKind::Positional)?;
            let is_own = matches!(&body.nodes[first.value].kind, Node::Use(place, _) if place.as_local() == Some(this));
            let is_base = path.parent().last() == found.base.last();
            (is_own && is_base).then(|| (Name::new(path.last()), args[1..].to_vec()))
        }
        _ => None,
    }
}

/// Writes and the constructor are statements; answers where it stands.
fn is_statement(
    body: &mut Body<Hir>,
    id: NodeId,
    name: Name,
    args: &[Arg],
    inner: &Place,
    found: &Derived,
) -> Option<(BlockId, usize)> {
    let item = |index: NodeId| {
        let mut place = inner.clone();
        place.proj.push(Proj::Index(index));
        place
    };
    let mut first = Vec::new();
    let kind = match (name.as_str(), args) {
        ("__init__", _) => {
            let make = Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args: args.to_vec() };
            let value = body.node(make, Ty::unknown(), body.nodes[id].origin);
            StmtKind::Set { target: Pat::Place(inner.clone()), value }
        }
        ("__setitem__", [index, value]) => {
            let (stmts, parts) = in_order(body, &[index.value], value.value);
            first = stmts;
            StmtKind::Set { target: Pat::Place(item(parts[0])), value: value.value }
        }
        ("__delitem__", [index]) => StmtKind::Del(item(index.value)),
        _ => return None,
    };
    for block in body.blocks.ids().collect::<Vec<_>>() {
        for at in 0..body.blocks[block].stmts.len() {
            let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind else { continue };
            let leaves = matches!(body.nodes[node].kind, Node::Return(Some(value)) if value == id);
            if node != id && !leaves {
                continue;
            }
            let is_end = block == body.root && at + 1 == body.blocks[block].stmts.len();
            if leaves && !is_end {
                let origin = body.nodes[node].origin;
                let leave = body.node(Node::Return(None), Ty::never(), origin);
                let leave = Stmt::new(StmtKind::Expr(leave), origin);
                body.blocks[block].stmts.insert(at + 1, leave);
            }
            let count = first.len();
            let stmts = &mut body.blocks[block].stmts;
            stmts[at].kind = kind;
            put_before(stmts, at, first);
            return Some((block, at + count));
        }
    }
    None
}

/// `super().__repr__()` names the object's class; all but texts have a `__str__` that asks `__repr__`.
fn own_text(
    body: &mut Body<Hir>,
    found: &Derived,
    this: LocalId,
    name: Name,
    inner: Place,
    origin: Origin,
) -> Node {
    let is_text = found.kind.make == "builtins.str";
    let of = match name == "__str__" && !is_text {
        true => body.use_local(this, Mode::Read, origin),
        false => body.node(Node::Use(inner, Mode::Read), Ty::unknown(), origin),
    };
    let function = if name == "__str__" && is_text { "builtins.str" } else { "builtins.repr" };
    let text = Node::Call { callee: Callee::Lib(Name::new(function)), args: vec![Arg::positional(of)] };
    match found.kind.named.filter(|_| name == "__repr__") {
        Some(skip) => {
            let text = body.node(text, Ty::unknown(), origin);
            let named = super::derived::named_text(body, this, of, text, skip);
            body.nodes[named].kind.clone()
        }
        None => text,
    }
}

fn expression(body: &mut Body<Hir>, name: Name, args: Vec<Arg>, inner: Place, origin: Origin) -> Node {
    let held = body.node(Node::Use(inner, Mode::Read), Ty::unknown(), origin);
    let lib =
        |name: &str| Node::Call { callee: Callee::Lib(Name::new(name)), args: vec![Arg::positional(held)] };
    let op = |op: ObjOp, args: Vec<NodeId>| Node::Op { op: op.into(), attr: Attr::None, args };
    match (name.as_str(), &args[..]) {
        ("__getitem__", [index]) => {
            Node::Use(Place { root: Root::Node(held), proj: vec![Proj::Index(index.value)] }, Mode::Read)
        }
        ("__contains__", [item]) => op(ObjOp::In, vec![item.value, held]),
        ("__len__", []) => lib("builtins.len"),
        ("__iter__", []) => lib("builtins.iter"),
        ("__hash__", []) => lib("builtins.hash"),
        ("__bool__", []) => lib("builtins.bool"),
        ("__reversed__", []) => lib("builtins.reversed"),
        (word, [other]) if let Some(known) = operator(word) => op(known, vec![held, other.value]),
        _ => Node::Call { callee: Callee::Method(held, name), args },
    }
}

fn operator(name: &str) -> Option<ObjOp> {
    Some(match name {
        "__eq__" => ObjOp::Eq,
        "__ne__" => ObjOp::Ne,
        "__lt__" => ObjOp::Lt,
        "__le__" => ObjOp::Le,
        "__gt__" => ObjOp::Gt,
        "__ge__" => ObjOp::Ge,
        "__add__" => ObjOp::Add,
        "__sub__" => ObjOp::Sub,
        "__mul__" => ObjOp::Mul,
        "__truediv__" => ObjOp::TrueDiv,
        "__floordiv__" => ObjOp::FloorDiv,
        "__mod__" => ObjOp::Mod,
        "__or__" => ObjOp::BitOr,
        "__and__" => ObjOp::BitAnd,
        _ => return None,
    })
}
