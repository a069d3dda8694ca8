//! A function under a class with `__call__` is a global object that holds it.
//!
//! before                               after
//!   @m.Count()                           fn @m.add_inner(%a, %b) { .. }
//!   fn @m.add(%a, %b) { .. }             init:  set place @m.add = call @m.Count(item @m.add_inner)
//!   call @m.add(1, 2)                    value (@m.add)(1, 2)
//!
//! `*args, **kwargs` of `__call__` that are passed on are the parameters of the function. Holds back where several
//! functions with different parameters stand under one class, or keywords are passed.

use super::decorate::{Late, add_global, free_path, module_of, move_away};
use super::forward::Forward;
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the innermost decorator of a function if it is a class of the program.
pub(crate) fn expand(program: &mut Program<Hir>, path: Name, late: &mut Vec<Late>) -> bool {
    let body = program.fns[&path].clone();
    let Some(class) = decorating_class(program, &body) else { return false };
    let users: Vec<Arc<Body<Hir>>> = program
        .fns
        .values()
        .filter(|other| other.path == path || decorating_class(program, other) == Some(class))
        .cloned()
        .collect();
    if !fits(program, &users) || !write_call(program, class, &body) {
        return false;
    }
    let inner = free_path(program, path, "inner");
    move_away(program, path, inner);
    becomes_variable(program, path, inner, &body);
    let mut out: Body<Hir> = Body::new(path, body.lang, FnKind::Init);
    let at = Origin::default();
    let function = out.node(Node::Item(inner), Ty::unknown(), at);
    let args = vec![Arg::positional(function)];
    let value = out.node(Node::Call { callee: Callee::Fn(class), args }, Ty::unknown(), at);
    let target = Pat::Place(Place::global(path));
    let stmts = vec![Stmt::new(StmtKind::Set { target, value }, at)];
    let block = out.block(BlockRow { stmts, ..BlockRow::default() });
    late.push(Late::new(inner, out, block));
    true
}

/// The class that is a function's only decorator: its objects are called, its constructor takes one function.
fn decorating_class(program: &Program<Hir>, body: &Body<Hir>) -> Option<Name> {
    let [decorator] = &body.decorators[..] else { return None };
    let class = program.resolve(decorator.path);
    program.classes.get(&class)?;
    let init = program.fns.get(&program.find_method(class, "__init__")?)?;
    program.find_method(class, "__call__")?;
    let takes_one = init.params.len() == 2 && init.params[1].default.is_none();
    (takes_one && decorator.args.is_empty() && body.kind == FnKind::Function).then_some(class)
}

/// Whether one `__call__` can have the parameters of all these functions.
fn fits(program: &Program<Hir>, users: &[Arc<Body<Hir>>]) -> bool {
    let plain = |param: &Param| matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly);
    let all_plain = users.iter().all(|body| body.params.iter().all(plain));
    let same_count = users.iter().all(|body| body.params.len() == users[0].params.len());
    let no_defaults = users.iter().all(|body| body.params.iter().all(|param| param.default.is_none()));
    let by_name = program.fns.values().any(|body| {
        body.nodes.iter().any(|(_, row)| match &row.kind {
            Node::Call { callee: Callee::Fn(path), args } => {
                let found = program.resolve(*path);
                users.iter().any(|user| user.path == found)
                    && args.iter().any(|arg| arg.kind != ArgKind::Positional)
            }
            _ => false,
        })
    });
    all_plain && (users.len() == 1 || same_count && no_defaults && !by_name)
}

/// Gives `__call__` the parameters of the function that it passes its own on to.
fn write_call(program: &mut Program<Hir>, class: Name, function: &Body<Hir>) -> bool {
    let (Some(call), Some(init)) =
        (program.find_method(class, "__call__"), program.find_method(class, "__init__"))
    else {
        return false;
    };
    let Some(field) = function_field(&program.fns[&init]) else { return false };
    forget_wrapping(program, init);
    let mut body = (*program.fns[&call]).clone();
    let this = body.params[0].local;
    let mut forward = Forward::default();
    for param in &body.params {
        match param.kind {
            ParamKind::Star => forward.star = Some(param.local),
            ParamKind::StarStar => forward.star_star = Some(param.local),
            _ => {}
        }
    }
    if forward.star.is_none() && forward.star_star.is_none() {
        return true;
    }
    if body.params.iter().any(|param| param.local != this && matches!(param.kind, ParamKind::Normal)) {
        return false;
    }
    let marker = class.join("<function>");
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee, args } = body.nodes[node].kind.clone() else { continue };
        let calls_field = match &callee {
            Callee::Method(of, name) => {
                *name == field
                    && matches!(&body.nodes[*of].kind, Node::Use(place, _) if place.as_local() == Some(this))
            }
            _ => false,
        };
        if calls_field {
            body.nodes[node].kind = Node::Call { callee: Callee::Fn(marker), args };
        }
    }
    forward.write(&mut body, function, marker);
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Call { callee: Callee::Fn(found), args } = body.nodes[node].kind.clone()
            && found == marker
        {
            let origin = body.nodes[node].origin;
            let of = body.use_local(this, Mode::Read, origin);
            body.nodes[node].kind = Node::Call { callee: Callee::Method(of, field), args };
        }
    }
    program.fns.insert(call, Arc::new(body));
    true
}

/// The field that the constructor sets to its argument.
fn function_field(init: &Body<Hir>) -> Option<Name> {
    let (this, function) = (init.params[0].local, init.params[1].local);
    let mut found = None;
    init.walk_stmts(init.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
            && place.root == Root::Local(this)
            && let [Proj::Field(name)] = place.proj[..]
            && matches!(&init.nodes[*value].kind, Node::Use(of, _) if of.as_local() == Some(function))
        {
            found = Some(name);
        }
    });
    found
}

/// `functools.update_wrapper(self, f)` only copies names, which are known.
fn forget_wrapping(program: &mut Program<Hir>, init: Name) {
    let init = Arc::make_mut(&mut program.fns[&init]);
    let root = init.root;
    let nodes = &init.nodes;
    init.blocks[root].stmts.retain(|stmt| {
        !matches!(stmt.kind, StmtKind::Expr(node)
            if matches!(&nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "functools.update_wrapper"))
    });
}

/// The name of a function is a variable of the module from here on; what it was is `inner`.
pub(super) fn becomes_variable(program: &mut Program<Hir>, path: Name, inner: Name, function: &Body<Hir>) {
    program.fns.shift_remove(&path);
    let module = module_of(program, path);
    if let Some(module) = program.modules.get_mut(&module) {
        Arc::make_mut(module).items.retain(|row| row.item != Item::Fn(path));
    }
    add_global(program, inner, path);
    call_through(program, path, function);
}

/// Calls and values of the function are those of the object; its name and text are the function's.
fn call_through(program: &mut Program<Hir>, path: Name, function: &Body<Hir>) {
    let aliases: FxHashMap<Name, Name> = program
        .fns
        .values()
        .flat_map(|body| body.nodes.iter())
        .filter_map(|(_, row)| match &row.kind {
            Node::Call { callee: Callee::Fn(found), .. } | Node::Item(found) => Some(*found),
            _ => None,
        })
        .map(|found| (found, program.resolve(found)))
        .collect();
    let is_it = |found: &Name| aliases.get(found).unwrap_or(found) == &path;
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        for node in body.nodes.ids().collect::<Vec<_>>() {
            let origin = body.nodes[node].origin;
            match body.nodes[node].kind.clone() {
                Node::Call { callee: Callee::Fn(found), args } if is_it(&found) => {
                    let of = body.node(Node::Use(Place::global(path), Mode::Read), Ty::unknown(), origin);
                    body.nodes[node].kind = Node::Call { callee: Callee::Value(of), args };
                }
                Node::Item(found) if is_it(&found) => {
                    body.nodes[node].kind = Node::Use(Place::global(path), Mode::Read);
                }
                Node::Use(Place { root: Root::Global(found), proj }, _) if is_it(&found) => {
                    let text = match &proj[..] {
                        [Proj::Field(name)] if *name == "__name__" => Some(function.path.last().into()),
                        [Proj::Field(name)] if *name == "__doc__" => function.doc.clone(),
                        _ => None,
                    };
                    if let Some(text) = text {
                        body.nodes[node].kind = Node::Const(Const::Str(text));
                    }
                }
                _ => {}
            }
        }
    }
}
