//! A function that `set_defaults` gives to an attribute is chosen by its name.
//!
//! before                                          after
//!   method (%p).set_defaults(func= @m.add)          method (%p).set_defaults(func= "add")
//!   method (%args).func(%store, %args)              set %name = %args.func
//!                                                   if %name == "add" { call @m.add(%store, %args) } else ..
//!
//! Holds back where all calls pass one argument (the runtime keeps such functions), where the attribute is
//! read in another way, and where a class of the program has an attribute of that name.

use super::parsers::Parsers;
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the attributes of a program that hold functions.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_parser = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if *name == "argparse.ArgumentParser");
    if !program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| is_parser(&row.kind))) {
        return;
    }
    let mut held: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    let mut excluded: Vec<Name> = Vec::new();
    for body in program.fns.values() {
        for (name, function) in given(program, body) {
            match function {
                Some(path) => {
                    let paths = held.entry(name).or_default();
                    if !paths.contains(&path) {
                        paths.push(path);
                    }
                }
                None => excluded.push(name),
            }
        }
    }
    held.retain(|name, _| !excluded.contains(name) && is_only_called(program, *name));
    if held.is_empty() {
        return;
    }
    let named = program.clone();
    for body in program.fns.values_mut() {
        let is_given = given(&named, body).iter().any(|(name, _)| held.contains_key(name));
        let is_called = held.keys().any(|name| calls(body, *name).next().is_some());
        if is_given || is_called {
            let body = Arc::make_mut(body);
            give_names(&named, body, &held);
            held.iter().for_each(|(name, functions)| choose(body, *name, functions));
        }
    }
}

/// The attributes that calls of `set_defaults` in a body set to functions; a value that is none has no path.
fn given(program: &Program<Hir>, body: &Body<Hir>) -> Vec<(Name, Option<Name>)> {
    let mut out = Vec::new();
    for (_, row) in body.nodes.iter() {
        let Node::Call { callee: Callee::Method(of, method), args } = &row.kind else { continue };
        if *method != "set_defaults" || !Parsers::new(program).has(body, *of, *method) {
            continue;
        }
        for arg in args {
            if let ArgKind::Named(name) = arg.kind {
                out.push((name, function(program, body, arg.value)));
            }
        }
    }
    out
}

/// The function of the program that a node names.
fn function(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> Option<Name> {
    let path = match &body.nodes[node].kind {
        Node::Item(path) => *path,
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        _ => return None,
    };
    let path = program.resolve(path);
    program.fns.contains_key(&path).then_some(path)
}

/// Calls of a method of this name.
fn calls(body: &Body<Hir>, name: Name) -> impl Iterator<Item = (NodeId, NodeId, &Vec<Arg>)> {
    body.nodes.iter().filter_map(move |(id, row)| match &row.kind {
        Node::Call { callee: Callee::Method(object, method), args } if *method == name => {
            Some((id, *object, args))
        }
        _ => None,
    })
}

/// Whether an attribute is nothing but called, somewhere not with one argument alone, or tested.
fn is_only_called(program: &Program<Hir>, name: Name) -> bool {
    let has_own = program.classes.values().any(|class| {
        class.fields.iter().any(|field| field.name == name)
            || class.methods.iter().any(|method| method.last() == name.as_str())
    });
    let mut all_single = true;
    for body in program.fns.values() {
        for (_, _, args) in calls(body, name) {
            if args.iter().any(|arg| arg.kind == ArgKind::Star || arg.kind == ArgKind::StarStar) {
                return false;
            }
            all_single &= args.len() == 1;
        }
        let tested = tested(body);
        let is_read = |place: &Place| place.proj.contains(&Proj::Field(name));
        let reads =
            body.nodes.iter().filter(|(_, row)| matches!(&row.kind, Node::Use(place, _) if is_read(place)));
        if reads.into_iter().any(|(id, _)| !tested.contains(&id)) {
            return false;
        }
    }
    !has_own && !all_single
}

/// Nodes of which a body asks whether they are true or `None`.
fn tested(body: &Body<Hir>) -> Vec<NodeId> {
    let mut out = Vec::new();
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::Op { op: Op::ObjOp(ObjOp::Truth | ObjOp::Not), args, .. } => out.extend(args),
            Node::Op { op: Op::ObjOp(ObjOp::Is | ObjOp::IsNot), args, .. } => {
                let is_none = |node: &NodeId| matches!(body.nodes[*node].kind, Node::Const(Const::None));
                if args.iter().any(is_none) {
                    out.extend(args);
                }
            }
            _ => {}
        }
    }
    out
}

fn give_names(program: &Program<Hir>, body: &mut Body<Hir>, held: &FxHashMap<Name, Vec<Name>>) {
    let parsers = Parsers::new(program);
    let is_setter = |node: &Node| matches!(node, Node::Call { callee: Callee::Method(of, method), .. } if *method == "set_defaults" && parsers.has(body, *of, *method));
    let setters: Vec<NodeId> =
        body.nodes.iter().filter(|(_, row)| is_setter(&row.kind)).map(|(id, _)| id).collect();
    for id in setters {
        let Node::Call { callee, mut args } = body.nodes[id].kind.clone() else { continue };
        for arg in &mut args {
            let ArgKind::Named(name) = arg.kind else { continue };
            if let (true, Some(path)) = (held.contains_key(&name), function(program, body, arg.value)) {
                let text = Node::Const(Const::Str(label(path, &held[&name]).as_str().into()));
                arg.value = body.node(text, Ty::unknown(), body.nodes[id].origin);
            }
        }
        body.nodes[id].kind = Node::Call { callee, args };
    }
}

/// The last word of a function's path, its whole path where two share the word.
fn label(path: Name, all: &[Name]) -> Name {
    let is_shared = all.iter().any(|other| *other != path && other.last() == path.last());
    if is_shared { path } else { Name::new(path.last()) }
}

fn choose(body: &mut Body<Hir>, name: Name, functions: &[Name]) {
    let found: Vec<_> = calls(body, name).map(|(id, object, args)| (id, object, args.clone())).collect();
    for (id, object, args) in found {
        let origin = body.nodes[id].origin;
        let set = |local, value| {
            Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(local)), value }, origin)
        };
        let Node::Use(place, _) = body.nodes[object].kind.clone() else { continue };
        let chosen = body.temp("command", Ty::unknown(), origin);
        let read = body.node(Node::Use(place.with(Proj::Field(name)), Mode::Read), Ty::unknown(), origin);
        let mut stmts = vec![set(chosen, read)];
        let mut locals = Vec::new();
        for arg in &args {
            let local = body.temp("arg", Ty::unknown(), origin);
            stmts.push(set(local, arg.value));
            locals.push((arg.kind, local));
        }
        let call = |body: &mut Body<Hir>, path: Name| {
            let args = locals
                .iter()
                .map(|(kind, local)| Arg { kind: *kind, value: body.use_local(*local, Mode::Read, origin) })
                .collect();
            body.node(Node::Call { callee: Callee::Fn(path), args }, Ty::unknown(), origin)
        };
        let Some((last, front)) = functions.split_last() else { continue };
        let mut rest = call(body, *last);
        for path in front.iter().rev() {
            let read = body.use_local(chosen, Mode::Read, origin);
            let text = Node::Const(Const::Str(label(*path, functions).as_str().into()));
            let text = body.node(text, Ty::unknown(), origin);
            let is_it = body.op(ObjOp::Eq, vec![read, text], Ty::unknown(), origin);
            let cond = body.op(ObjOp::Truth, vec![is_it], Ty::unknown(), origin);
            let then = call(body, *path);
            let then = body.block(BlockRow { tail: Some(then), ..BlockRow::default() });
            let els = body.block(BlockRow { tail: Some(rest), ..BlockRow::default() });
            rest = body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), origin);
        }
        let block = body.block(BlockRow { stmts, tail: Some(rest), ..BlockRow::default() });
        body.nodes[id].kind = Node::Block { label: None, block };
    }
}
