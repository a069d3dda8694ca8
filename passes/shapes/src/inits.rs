//! Constructors that stand for themselves: what a class inherits is copied, what it calls is put in place.
//!
//! before (Typed)                                 after (Typed)
//!   method @m.Dog.__init__(%self, %n, %b) {        method @m.Dog.__init__(%self, %n, %b) {
//!     call @m.Animal.__init__(%self, %n)             set %self.name = %n
//!     set %self.breed = %b                           set %self.breed = %b
//!   }                                              }
//!
//! A dataclass with `__post_init__` gets an `__init__` that assigns its fields and ends with it.
//! A constructor of a program that nothing calls any more is removed.

use batuta_base::{FxHashMap, FxHashSet, Id, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const INIT: &str = "__init__";
const POST_INIT: &str = "__post_init__";

/// Settles the constructors of all classes, base classes first.
pub fn settle(program: &Program<Typed>) -> Program<Typed> {
    let mut out = program.clone();
    let mut order: Vec<Name> = out.classes.keys().copied().collect();
    order.sort_by_key(|class| out.mro(*class).len());
    for class in order {
        inline_super(&mut out, class.join(POST_INIT));
        match out.classes[&class].kind {
            ClassKind::Dataclass { .. } => make_from_fields(&mut out, class),
            ClassKind::Enum | ClassKind::EnumOf(_) | ClassKind::NamedTuple | ClassKind::Protocol => {}
            _ => inherit(&mut out, class),
        }
        inline_super(&mut out, class.join(INIT));
    }
    remove_unused(&mut out);
    for body in out.fns.values_mut().filter(|body| body.path.last() == INIT && !body.params.is_empty()) {
        name_class(Arc::make_mut(body));
    }
    crate::early::assign_early(&mut out);
    crate::object_copies::write(&mut out);
    out
}

/// `type(self).__name__`: each class has a constructor of its own, and no object is there yet.
fn name_class(body: &mut Body<Typed>) {
    let class = body.path.parent();
    let receiver = body.params[0].local;
    let is_this = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(receiver));
    let is_receiver = |node: NodeId| match &body.nodes[node].kind {
        Node::Op { op: Op::ClassOp(ClassOp::Up), args, .. } => is_this(args[0]),
        _ => is_this(node),
    };
    let asks = |node: &Node| match node {
        Node::Call { callee: Callee::Lib(name), args } if *name == "error.class_name" => {
            is_receiver(args[0].value)
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "type.name" => {
            matches!(&body.nodes[args[0].value].kind, Node::Call { callee: Callee::Lib(of), args }
                if *of == "builtins.type" && is_receiver(args[0].value))
        }
        _ => false,
    };
    let found: Vec<NodeId> =
        body.nodes.iter().filter(|(_, row)| asks(&row.kind)).map(|(node, _)| node).collect();
    for node in found {
        body.nodes[node].kind = Node::Const(Const::Str(class.last().into()));
        body.nodes[node].ty = Ty::str();
    }
}

/// `__init__`, `__post_init__`, and those that a base class's are in a subclass: `__init__$Base`.
fn is_init(path: Name) -> bool {
    matches!(path.last().split('$').next(), Some(INIT | POST_INIT))
}

fn has_own(program: &Program<Typed>, class: Name, method: &str) -> bool {
    program.classes[&class].methods.iter().any(|path| path.last() == method)
}

fn add_init(program: &mut Program<Typed>, class: Name, body: Body<Typed>) {
    let def = Arc::make_mut(program.classes.get_mut(&class).expect("the class is there"));
    def.methods.insert(0, body.path);
    program.fns.insert(body.path, Arc::new(body));
}

/// A class without `__init__` whose base has one gets a copy of it.
fn inherit(program: &mut Program<Typed>, class: Name) {
    let Some(up) = program.find_method(class, INIT) else { return };
    if up.parent() == class || !program.fns.contains_key(&up) {
        return;
    }
    let mut body = (*program.fns[&up]).clone();
    let Some(receiver) = body.params.first().map(|param| param.local) else { return };
    body.path = class.join(INIT);
    body.above.clear();
    body.locals[receiver].ty = Ty::class(class);
    let all = body.nodes.ids().collect::<Vec<_>>();
    as_subclass(program, &mut body, receiver, class, &all);
    add_init(program, class, body);
}

/// Uses of the receiver as a whole, written for a base class, in a method of a subclass.
fn as_subclass(
    program: &Program<Typed>,
    body: &mut Body<Typed>,
    receiver: LocalId,
    class: Name,
    nodes: &[NodeId],
) {
    let ty = Ty::class(class);
    let mut receivers = FxHashSet::default();
    for node in nodes {
        if let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } = &body.nodes[*node].kind
            && program.fns.get(path).is_some_and(|callee| callee.has_receiver())
        {
            receivers.extend(args.first().map(|arg| arg.value));
        }
    }
    for id in nodes {
        let row = &body.nodes[*id];
        let is_whole = matches!(&row.kind, Node::Use(place, _) if place.as_local() == Some(receiver));
        if !is_whole || row.ty == ty {
            continue;
        }
        if receivers.contains(id) {
            body.nodes[*id].ty = ty;
            continue;
        }
        let origin = row.origin;
        let whole = body.use_local(receiver, Mode::Read, origin);
        body.nodes[*id].kind = Node::Op { op: ClassOp::Up.into(), attr: Attr::None, args: vec![whole] };
    }
}

/// The `__init__` of a dataclass that has a `__post_init__`.
fn make_from_fields(program: &mut Program<Typed>, class: Name) {
    let Some(post) = program.find_method(class, POST_INIT) else { return };
    if has_own(program, class, INIT) || !program.fns.contains_key(&post) {
        return;
    }
    let at = Origin::default();
    let mut body = Body::new(class.join(INIT), program.fns[&post].lang, FnKind::Method);
    body.ret = Ty::unit();
    let receiver = body.local("self", Ty::class(class), at);
    let param = |name: Name, local| Param { name, local, kind: ParamKind::Normal, default: None };
    body.params.push(param(Name::new("self"), receiver));
    let fields: Vec<FieldDef> = program.all_fields(class).into_iter().cloned().collect();
    let mut stmts = Vec::new();
    for field in &fields {
        let value = if field.flags.init {
            let local = body.local(field.name.as_str(), field.ty, at);
            body.params.push(param(field.name, local));
            body.use_local(local, Mode::Read, at)
        } else if let Some(default) = field.default {
            body.node(Node::Call { callee: Callee::Fn(default), args: Vec::new() }, field.ty, at)
        } else {
            continue;
        };
        let target = Pat::Place(Place::local(receiver).with(Proj::Field(field.name)));
        stmts.push(Stmt::new(StmtKind::Set { target, value }, at));
    }
    let this = body.use_local(receiver, Mode::Read, at);
    let call = Node::Call { callee: Callee::Fn(post), args: vec![Arg::positional(this)] };
    let call = body.node(call, Ty::unit(), at);
    stmts.push(Stmt::new(StmtKind::Expr(call), at));
    body.blocks[body.root].stmts = stmts;
    add_init(program, class, body);
}

/// Puts the bodies of base constructors where a constructor calls them, and those that these call.
fn inline_super(program: &mut Program<Typed>, path: Name) {
    let depth = program.mro(path.parent()).len();
    for _ in 0..depth {
        if !inline_calls(program, path) {
            return;
        }
    }
}

/// Puts in place what a constructor calls itself; answers whether there was anything.
fn inline_calls(program: &mut Program<Typed>, path: Name) -> bool {
    let Some(body) = program.fns.get(&path) else { return false };
    if !body.has_receiver() {
        return false;
    }
    let mut body = (**body).clone();
    let mut changed = false;
    let keeps_arguments = body.blocks[body.root].stmts.iter().any(|stmt| keeps(stmt, &body));
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let stmts = std::mem::take(&mut body.blocks[block].stmts);
        let mut out = Vec::new();
        for stmt in stmts {
            match base_call(program, &body, &stmt) {
                Some(call) => {
                    changed = true;
                    let mut stmts = inlined(program, &mut body, &call, stmt);
                    stmts.retain(|stmt| !keeps_arguments || !keeps(stmt, &body));
                    out.extend(stmts);
                }
                None => out.push(stmt),
            }
        }
        body.blocks[block].stmts = out;
    }
    if changed {
        program.fns.insert(path, Arc::new(body));
    }
    changed
}

/// A statement that calls a constructor on the receiver.
struct BaseCall {
    /// Statements that name its arguments.
    before: Vec<Stmt>,
    path: Name,
    args: Vec<NodeId>,
}

fn base_call(program: &Program<Typed>, body: &Body<Typed>, stmt: &Stmt) -> Option<BaseCall> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let (before, node) = match &body.nodes[node].kind {
        Node::Block { label: None, block } => (body.blocks[*block].stmts.clone(), body.blocks[*block].tail?),
        _ => (Vec::new(), node),
    };
    let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } = &body.nodes[node].kind else {
        return None;
    };
    let receiver = body.params.first()?.local;
    let is_receiver = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(receiver));
    let this = args.first()?.value;
    let is_own = match &body.nodes[this].kind {
        Node::Op { op: Op::ClassOp(ClassOp::Up), args, .. } => is_receiver(args[0]),
        _ => is_receiver(this),
    };
    let callee = program.fns.get(path)?;
    let fits = is_init(*path) && *path != body.path && callee.has_receiver();
    let args = args.iter().skip(1).map(|arg| arg.value).collect();
    (is_own && fits).then_some(BaseCall { before, path: *path, args })
}

/// The statements that a call of a base constructor stands for.
fn inlined(program: &Program<Typed>, body: &mut Body<Typed>, call: &BaseCall, stmt: Stmt) -> Vec<Stmt> {
    let base = program.fns[&call.path].clone();
    let receiver = body.params[0].local;
    let class = body.path.parent();
    let mut same = FxHashMap::from_iter([(base.params[0].local, receiver)]);
    let mut named = Vec::new();
    for (param, arg) in base.params.iter().skip(1).zip(&call.args) {
        match same_variable(body, &base, param.local, *arg) {
            Some(local) => drop(same.insert(param.local, local)),
            None => named.push((param.local, *arg)),
        }
    }
    let first = body.nodes.len();
    let shift = body.append(&base, same);
    let copies: Vec<NodeId> = body.nodes.ids().filter(|id| id.index() >= first).collect();
    as_subclass(program, body, receiver, class, &copies);
    let mut out = call.before.clone();
    for (param, arg) in named {
        let target = Pat::Place(Place::local(shift.local(param)));
        out.push(Stmt::new(StmtKind::Set { target, value: arg }, stmt.origin));
    }
    let root = shift.block(base.root);
    drop_class_values(program, body, root, receiver);
    if let Some(tail) = body.blocks[root].tail.take() {
        body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(tail), stmt.origin));
    }
    if end_at_returns(body, &copies) {
        let block = Node::Block { label: Some(Name::new("base")), block: root };
        let node = body.node(block, Ty::unit(), stmt.origin);
        out.push(Stmt::new(StmtKind::Expr(node), stmt.origin));
    } else {
        out.append(&mut body.blocks[root].stmts);
    }
    if let Some(head) = out.first_mut() {
        let mut above = stmt.above;
        above.append(&mut head.above);
        head.above = above;
        head.blank_before = stmt.blank_before;
        head.beside = head.beside.take().or(stmt.beside);
    }
    out
}

/// Values that objects start with are those of the constructor's own class, set before.
fn drop_class_values(program: &Program<Typed>, body: &mut Body<Typed>, root: BlockId, receiver: LocalId) {
    let mut stmts = std::mem::take(&mut body.blocks[root].stmts);
    stmts.retain(|stmt| {
        let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return true };
        let is_made = stmt.origin == Origin::default() && place.root == Root::Local(receiver);
        let mut is_class_value = false;
        body.walk(Child::Node(*value), &mut |node| {
            if let Node::Use(Place { root: Root::Global(path), .. }, _) = &body.nodes[node].kind {
                is_class_value |= program.classes.contains_key(&path.parent());
            }
        });
        !(is_made && is_class_value)
    });
    body.blocks[root].stmts = stmts;
}

/// Whether a statement keeps the arguments of an exception's constructor: only the one that was called does.
fn keeps(stmt: &Stmt, body: &Body<Typed>) -> bool {
    let StmtKind::Set { target: Pat::Place(place), .. } = &stmt.kind else { return false };
    stmt.origin == Origin::default()
        && place.root == Root::Local(body.params[0].local)
        && matches!(place.proj.as_slice(), [Proj::Field(name)] if *name == "args")
}

/// The variable that a parameter of an inlined constructor is, when neither is assigned.
fn same_variable(body: &Body<Typed>, base: &Body<Typed>, param: LocalId, arg: NodeId) -> Option<LocalId> {
    let Node::Use(place, _) = &body.nodes[arg].kind else { return None };
    let local = place.as_local()?;
    let is_param = body.params.iter().any(|param| param.local == local);
    let fits = is_param && base.locals[param].ty == body.locals[local].ty;
    (fits && !is_assigned(body, local) && !is_assigned(base, param)).then_some(local)
}

fn is_assigned(body: &Body<Typed>, local: LocalId) -> bool {
    let mut found = false;
    for (_, block) in body.blocks.iter() {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::Set { target: pat, .. } | StmtKind::Let { pat, .. } => {
                    pat.for_each_local(&mut |other| found |= other == local);
                }
                StmtKind::Update { place, .. } | StmtKind::Del(place) => {
                    found |= place.as_local() == Some(local);
                }
                StmtKind::Expr(_) => {}
            }
        }
    }
    found
}

/// An early return of an inlined constructor ends its block; answers whether there was one.
fn end_at_returns(body: &mut Body<Typed>, copies: &[NodeId]) -> bool {
    let mut inner = FxHashSet::default();
    for id in copies {
        if let Node::Closure(closure) = &body.nodes[*id].kind {
            body.walk_block(closure.body, &mut |node| {
                inner.insert(node);
            });
        }
    }
    let mut found = false;
    for id in copies.iter().filter(|id| !inner.contains(*id)) {
        if matches!(body.nodes[*id].kind, Node::Return(_)) {
            body.nodes[*id].kind = Node::Break { label: Some(Name::new("base")), value: None };
            found = true;
        }
    }
    found
}

/// Constructors of classes that the program never constructs, and `__post_init__` without a caller.
fn remove_unused(program: &mut Program<Typed>) {
    if program.entry.is_none() {
        return;
    }
    let mut used = FxHashSet::default();
    for body in program.fns.values() {
        body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
            Node::Call { callee: Callee::New(class), .. } | Node::Item(class) => {
                used.insert(class.join(INIT));
            }
            Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), .. } => {
                used.insert(*path);
            }
            _ => {}
        });
    }
    for class in program.classes.values_mut() {
        let is_dead = |path: &Name| is_init(*path) && !used.contains(path);
        let dead: Vec<Name> = class.methods.iter().copied().filter(is_dead).collect();
        // The members of an enum are made by the program's start.
        let is_enum = matches!(class.kind, ClassKind::Enum | ClassKind::EnumOf(_));
        if class.kind == ClassKind::Exception || is_enum || dead.is_empty() {
            continue;
        }
        Arc::make_mut(class).methods.retain(|path| !dead.contains(path));
        dead.iter().for_each(|path| drop(program.fns.shift_remove(path)));
    }
}
