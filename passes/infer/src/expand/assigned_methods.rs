//! A function that a module assigns to a class is a method of the class.
//!
//! before                                             after
//!   set @m.A.__repr__ = closure (%self) { .. }         method @m.A.__repr__(%self) { .. }
//!   set @m.A.show = @m.show                            method @m.A.show(%self) { .. }
//!
//! Holds back where the class has such a method already or something has run before: objects of it may have
//! been asked. A special method that is assigned then is a hole, since nothing would look it up.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out such assignments at the top of modules.
pub(super) fn expand(program: &mut Program<Hir>) {
    let inits = program.fns.iter().filter(|(_, body)| body.kind == FnKind::Init);
    for init in inits.map(|(path, _)| *path).collect::<Vec<_>>() {
        let mut at = 0;
        let mut has_run = false;
        while at < program.fns[&init].blocks[program.fns[&init].root].stmts.len() {
            let body = program.fns[&init].clone();
            let stmt = &body.blocks[body.root].stmts[at];
            match assigned(program, &body, stmt) {
                Some((method, value)) if !has_run && is_free(program, method) => {
                    become_method(program, &body, method, value);
                    let row = Arc::make_mut(&mut program.fns[&init]);
                    let root = row.root;
                    row.blocks[root].stmts.remove(at);
                    continue;
                }
                Some((method, value)) if is_special(method.last()) => {
                    let why = format!("`{}` of a class that is in use already", method.last());
                    let row = Arc::make_mut(&mut program.fns[&init]);
                    row.nodes[value].kind = Node::Hole { why: why.into(), source: "".into() };
                }
                _ => has_run |= runs(program, &body, stmt),
            }
            at += 1;
        }
    }
    stop_replaced(program);
}

/// The function of the program that a node names.
fn function<'a>(program: &'a Program<Hir>, node: &Node) -> Option<&'a Body<Hir>> {
    let path = match node {
        Node::Item(path) => *path,
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => *path,
        _ => return None,
    };
    program.fns.get(&program.resolve(path)).map(|body| &**body).filter(|body| body.kind == FnKind::Function)
}

/// A method of a class that the program replaces as it runs is a hole: calls would still run the old one.
fn stop_replaced(program: &mut Program<Hir>) {
    let mut found = Vec::new();
    for (path, body) in &program.fns {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(target), value } = &stmt.kind else { return };
            let replaced = member(program, target)
                .filter(|method| program.classes[&method.parent()].methods.contains(method));
            found.extend(replaced.map(|method| (*path, *value, method)));
        });
    }
    for (path, value, method) in found {
        let why = format!("the method `{}` is replaced", method.last());
        let body = Arc::make_mut(&mut program.fns[&path]);
        body.nodes[value].kind = Node::Hole { why: why.into(), source: "".into() };
    }
}

/// The member of a class of the program that a place is.
fn member(program: &Program<Hir>, place: &Place) -> Option<Name> {
    let Root::Global(path) = place.root else { return None };
    let (class, name) = match place.proj[..] {
        [Proj::Field(name)] => (program.resolve(path), name),
        [] => (program.resolve(path.parent()), Name::new(path.last())),
        _ => return None,
    };
    let kind = &program.classes.get(&class)?.kind;
    matches!(kind, ClassKind::Plain | ClassKind::Abstract | ClassKind::Dataclass { .. })
        .then(|| class.join(name.as_str()))
}

fn is_special(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__")
}

/// The method that a statement gives a class, and the function.
fn assigned(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> Option<(Name, NodeId)> {
    let StmtKind::Set { target: Pat::Place(target), value } = &stmt.kind else { return None };
    let method = member(program, target)?;
    let params = match &body.nodes[*value].kind {
        Node::Closure(closure) => &closure.params,
        node => &function(program, node).filter(|function| function.decorators.is_empty())?.params,
    };
    let is_receiver = |param: &Param| param.kind == ParamKind::Normal && param.default.is_none();
    params.first().is_some_and(is_receiver).then_some((method, *value))
}

/// Whether neither the class nor one above or below it has such a member, and one assignment gives it.
fn is_free(program: &Program<Hir>, method: Name) -> bool {
    let (class, name) = (method.parent(), method.last());
    let has = |class: &Name| {
        program.classes.get(class).is_some_and(|def| {
            let is_one = |path: &Name| path.last() == name;
            def.methods.iter().any(is_one)
                || def.attributes.iter().any(is_one)
                || def.fields.iter().any(|field| field.name == *name)
        })
    };
    // What objects of all classes have is looked up in bases, too: `__repr__` of a class below is another.
    let mut count = 0;
    for body in program.fns.values() {
        body.walk_stmts(body.root, &mut |stmt| {
            count += usize::from(assigned(program, body, stmt).is_some_and(|(path, _)| path == method));
        });
    }
    count == 1 && !has(&class)
}

/// Whether a statement may make objects or call functions of the program.
fn runs(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> bool {
    let mut found = false;
    let is_own = |path: Name| {
        let path = program.resolve(path);
        program.fns.contains_key(&path) || program.classes.contains_key(&path)
    };
    stmt.for_each_child(&mut |child| {
        body.walk(child, &mut |node| {
            found |= match &body.nodes[node].kind {
                Node::Call { callee: Callee::Fn(path), .. } => is_own(*path),
                Node::Call { callee: Callee::Value(_) | Callee::Method(..), .. } => true,
                _ => false,
            };
        });
    });
    found
}

fn become_method(program: &mut Program<Hir>, init: &Body<Hir>, method: Name, value: NodeId) {
    let mut body = match &init.nodes[value].kind {
        Node::Closure(closure) => {
            let mut made = Body::clone(init);
            made.root = closure.body;
            (made.params, made.ret) = (closure.params.clone(), closure.ret);
            (made.is_generator, made.is_async) = (closure.is_generator, closure.is_async);
            made.above.clear();
            made
        }
        node => match function(program, node) {
            Some(function) => Body::clone(function),
            None => return,
        },
    };
    (body.path, body.kind) = (method, FnKind::Method);
    program.globals.shift_remove(&method);
    let def = program.classes.get_mut(&method.parent()).expect("its class was just found");
    Arc::make_mut(def).methods.push(method);
    program.fns.insert(method, Arc::new(body));
}
