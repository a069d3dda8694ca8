//! A decorator that is not written out is called where the function is defined.
//!
//! before                               after
//!   @m.traced()                          fn @m.add$plain(%a, %b) { .. }
//!   fn @m.add(%a, %b) { .. }             init:  set place @m.add = call @m.traced(item @m.add$plain)
//!   call @m.add(1, 2)                    value (@m.add)(1, 2)
//!
//! A method calls what the decorator gave: `fn @m.C.put(%self, %n) { return value (@m.C_put)(%self, %n) }`.

use super::class_decorator::becomes_variable;
use super::decorate::{Late, add_global, free_path, move_away};
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Calls all decorators of a function, if the program defines them. `copied`: those of which the function has its
/// own copy now.
pub(crate) fn expand(
    program: &mut Program<Hir>,
    path: Name,
    late: &mut Vec<Late>,
    copied: &mut Vec<Name>,
) -> bool {
    let body = program.fns[&path].clone();
    let is_known = |decorator: &Decorator| callee_of(program, decorator.path).is_some();
    if body.decorators.is_empty() || !body.decorators.iter().all(is_known) || body.is_async {
        return false;
    }
    let is_method = body.kind == FnKind::Method;
    if !is_method && body.kind != FnKind::Function {
        return false;
    }
    // An object that is called instead of a method does not get the method's object.
    let is_class = |decorator: &Decorator| {
        !decorator.is_called && program.classes.contains_key(&program.resolve(decorator.path))
    };
    if is_method && body.decorators.iter().any(is_class) {
        return false;
    }
    // What stands behind a `$` is no part of the name.
    let inner = Name::new(&format!("{path}$plain"));
    let mut out: Body<Hir> = Body::new(path, body.lang, FnKind::Init);
    let shift = out.append(&body, FxHashMap::default());
    let at = Origin::default();
    let mut value = out.node(Node::Item(inner), Ty::unknown(), at);
    for (index, decorator) in body.decorators.iter().enumerate().rev() {
        let args = decorator.args.iter().map(|arg| Arg { kind: arg.kind, value: shift.node(arg.value) });
        let args: Vec<Arg> = args.collect();
        let args = decorator.is_called.then_some(args);
        let decorates = match callee_of(program, decorator.path) {
            // Several functions share no attributes of their wrappers.
            Some(Decorates::Function(deco)) if !is_method => {
                let copy = super::wrapper_attributes::own_copy(program, deco, path);
                copied.extend(copy.map(|_| deco));
                copy.unwrap_or(deco)
            }
            _ => decorator.path,
        };
        value = apply(program, &mut out, decorates, args, value);
        // What the next one gets has the name of the function, where the wrapper takes it over.
        if index > 0 && !is_method && takes_name(program, decorator.path) {
            let of = out.node(Node::Item(inner), Ty::unknown(), at);
            let callee = Callee::Lib(Name::new("functools.named_after"));
            let args = vec![Arg::positional(value), Arg::positional(of)];
            value = out.node(Node::Call { callee, args }, Ty::unknown(), at);
        }
    }
    move_away(program, path, inner);
    let global = if is_method {
        let class = path.parent();
        let global = free_path(program, class, path.last());
        add_global(program, path, global);
        // What looks at its packed arguments sees how the method was called.
        let packs = |decorator: &Decorator| match callee_of(program, decorator.path) {
            Some(Decorates::Function(deco)) if program.fns.contains_key(&deco) => {
                program.fns[&deco].nodes.iter().any(|(_, row)| {
                    matches!(&row.kind, Node::Closure(closure)
                        if closure.params.iter().any(|param| param.kind == ParamKind::Star))
                })
            }
            _ => true,
        };
        let is_open = body.decorators.iter().any(packs) && !super::forward::is_plain(program, &body);
        let made = if is_open { packed(&body, global) } else { forwarding(&body, global) };
        program.fns.insert(path, Arc::new(made));
        global
    } else {
        becomes_variable(program, path, inner, &body);
        path
    };
    let target = Pat::Place(Place::global(global));
    let stmts = vec![Stmt::new(StmtKind::Set { target, value }, at)];
    let block = out.block(BlockRow { stmts, ..BlockRow::default() });
    late.push(Late::new(if is_method { path } else { inner }, out, block));
    true
}

/// Whether the wrapper that looks at its packed arguments is under `functools.wraps`.
fn takes_name(program: &Program<Hir>, path: Name) -> bool {
    let Some(body) = program.fns.get(&program.resolve(path)) else { return false };
    body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Closure(closure) => {
            let packs = closure.params.iter().any(|param| param.kind == ParamKind::Star);
            packs && closure.decorators.iter().any(|mark| mark.path == "functools.wraps")
        }
        _ => false,
    })
}

/// Calls the decorators of nested functions.
pub(crate) fn expand_nested(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Closure(closure) = &body.nodes[node].kind else { continue };
        let is_known = |decorator: &Decorator| callee_of(program, decorator.path).is_some();
        if closure.decorators.is_empty() || !closure.decorators.iter().all(is_known) {
            continue;
        }
        let mut closure = closure.clone();
        let decorators = std::mem::take(&mut closure.decorators);
        let origin = body.nodes[node].origin;
        let mut value = body.node(Node::Closure(closure), Ty::unknown(), origin);
        for decorator in decorators.into_iter().rev() {
            let args = decorator.is_called.then_some(decorator.args);
            value = apply(program, body, decorator.path, args, value);
        }
        body.nodes[node].kind = body.nodes[value].kind.clone();
    }
}

fn apply(
    program: &Program<Hir>,
    out: &mut Body<Hir>,
    path: Name,
    args: Option<Vec<Arg>>,
    value: NodeId,
) -> NodeId {
    let at = out.nodes[value].origin;
    let function = vec![Arg::positional(value)];
    let callee = |out: &mut Body<Hir>| match callee_of(program, path).expect("looked at before") {
        Decorates::Function(path) => Callee::Fn(path),
        Decorates::Method(object, name) => {
            Callee::Method(out.node(Node::Use(Place::global(object), Mode::Read), Ty::unknown(), at), name)
        }
        Decorates::Variable(path) => {
            Callee::Value(out.node(Node::Use(Place::global(path), Mode::Read), Ty::unknown(), at))
        }
    };
    let callee = callee(out);
    let kind = match args {
        None => Node::Call { callee, args: function },
        Some(args) => {
            let made = out.node(Node::Call { callee, args }, Ty::unknown(), at);
            Node::Call { callee: Callee::Value(made), args: function }
        }
    };
    out.node(kind, Ty::unknown(), at)
}

/// What decorates: a function of the program, one that a global holds, or a method of an object there.
enum Decorates {
    Function(Name),
    Variable(Name),
    Method(Name, Name),
}

fn callee_of(program: &Program<Hir>, path: Name) -> Option<Decorates> {
    let found = program.resolve(path);
    if let Some(body) = program.fns.get(&found) {
        return (body.kind == FnKind::Function).then_some(Decorates::Function(found));
    }
    if program.globals.contains_key(&found) {
        return Some(Decorates::Variable(found));
    }
    if program.classes.contains_key(&found) {
        // A descriptor is looked up by the class that holds it.
        let has = |name: &str| program.find_method(found, name).is_some();
        return (has("__call__") && !has("__get__")).then_some(Decorates::Function(found));
    }
    let object = program.resolve(path.parent());
    let name = Name::new(path.last());
    let is_method = program
        .fns
        .values()
        .any(|body| body.path.last() == path.last() && program.classes.contains_key(&body.path.parent()));
    (is_method && program.globals.contains_key(&object)).then_some(Decorates::Method(object, name))
}

/// [`forwarding`] of a method whose arguments go on as they are given.
fn packed(body: &Body<Hir>, global: Name) -> Body<Hir> {
    let mut out = body.clone();
    let at = body.origin;
    out.params.truncate(1);
    for (name, kind) in [("args", ParamKind::Star), ("kwargs", ParamKind::StarStar)] {
        let local = out.local(name, Ty::unknown(), at);
        out.params.push(Param { name: Name::new(name), local, kind, default: None });
    }
    forwarding(&out, global)
}

/// The method that hands its arguments on to a function in a global.
fn forwarding(body: &Body<Hir>, global: Name) -> Body<Hir> {
    let mut out = body.clone();
    out.decorators.clear();
    out.is_generator = false;
    let at = body.origin;
    let callee = out.node(Node::Use(Place::global(global), Mode::Read), Ty::unknown(), at);
    let mut args = Vec::new();
    for param in &body.params {
        let value = out.use_local(param.local, Mode::Read, at);
        args.push(Arg { kind: param.handed_on(), value });
    }
    let call = out.node(Node::Call { callee: Callee::Value(callee), args }, Ty::unknown(), at);
    let back = out.node(Node::Return(Some(call)), Ty::unknown(), at);
    out.root =
        out.block(BlockRow { stmts: vec![Stmt::new(StmtKind::Expr(back), at)], ..BlockRow::default() });
    out
}
