//! A `partial` that has one name is called as its function, where a closure could not take what it is given.
//!
//! before                                              after
//!   set place %show = lib:functools.partial(             io.print("->", 1, 2, end= "!\n")
//!     @builtins.print, "->", end= "!\n")
//!   value (%show)(1, 2)
//!
//! What the partial holds is a constant or a function, or gets a name of its own. Named arguments of the call
//! come in the place of those of the partial.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// A partial with a name.
#[derive(Clone)]
struct Named {
    /// The body where it is set.
    home: Name,
    value: NodeId,
    function: Function,
    given: Vec<(ArgKind, Held)>,
}

#[derive(Clone)]
enum Function {
    Item(Name),
    Method(Place, Name),
    /// A method of a value that gets a name where the partial is made.
    Of(NodeId, Name),
}

/// What a partial holds.
#[derive(Clone, PartialEq)]
enum Held {
    Const(Const),
    Item(Name),
    Local(Place),
    /// Gets a name where the partial is made.
    Other(NodeId),
}

/// Writes out the calls of such partials.
pub(crate) fn expand(program: &mut Program<Hir>) {
    let is_partial = |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if *name == "functools.partial");
    if !program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| is_partial(&row.kind))) {
        return;
    }
    let start = program.clone();
    for body in program.fns.values_mut() {
        write_direct(&start, Arc::make_mut(body));
    }
    let start = program.clone();
    for (home, place, named) in found(&start) {
        let bodies: Vec<Name> = match place.root {
            Root::Global(_) => start.fns.keys().copied().collect(),
            _ => vec![home],
        };
        let calls = |path: &Name| calls(&start.fns[path], &place);
        if !bodies.iter().any(|path| calls(path).iter().any(|args| !fits(&start, &named, args))) {
            continue;
        }
        let is_apart = bodies.iter().any(|path| *path != home && !calls(path).is_empty());
        if is_apart
            && !(named.given.iter().all(|(_, held)| is_constant(held))
                && matches!(named.function, Function::Item(_)))
        {
            continue;
        }
        let named = hold(program, &place, named);
        for path in bodies {
            write(Arc::make_mut(&mut program.fns[&path]), &start, &place, &named);
        }
        drop_unread(program, &named, &place);
    }
}

/// `partial(f, 1)(2)` is `f(1, 2)`.
fn write_direct(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Value(of), args } = &body.nodes[node].kind else { continue };
        let Node::Call { callee: Callee::Lib(name), args: given } = &body.nodes[*of].kind else { continue };
        let Some((function, given)) = given.split_first().filter(|_| *name == "functools.partial") else {
            continue;
        };
        let Some(function) = function_of(program, body, function.value) else { continue };
        let all = joined(given.to_vec(), args.clone());
        let callee = callee(program, body, &function, body.nodes[node].origin);
        body.nodes[node].kind = Node::Call { callee, args: all };
    }
}

/// The arguments of a partial and those of its call.
fn joined(mut given: Vec<Arg>, args: Vec<Arg>) -> Vec<Arg> {
    let at_end = |arg: &Arg| !matches!(arg.kind, ArgKind::Positional | ArgKind::Star);
    given.retain(|arg| !at_end(arg) || args.iter().all(|other| other.kind != arg.kind));
    let (named, plain): (Vec<Arg>, Vec<Arg>) = given.into_iter().chain(args).partition(at_end);
    plain.into_iter().chain(named).collect()
}

fn is_constant(held: &Held) -> bool {
    matches!(held, Held::Const(_) | Held::Item(_))
}

/// The partials that are the only value of a name.
fn found(program: &Program<Hir>) -> Vec<(Name, Place, Named)> {
    let mut out = Vec::new();
    let mut sets: Vec<(Option<Name>, Root)> = Vec::new();
    for body in program.fns.values() {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
            if !place.proj.is_empty() {
                return;
            }
            let owner = matches!(place.root, Root::Local(_)).then_some(body.path);
            sets.push((owner, place.root));
            if let Some(named) = named(program, body, *value) {
                out.push((body.path, place.clone(), named));
            }
        });
    }
    out.retain(|(home, place, named)| {
        let times = |root: Root| {
            let owner = matches!(root, Root::Local(_)).then_some(*home);
            sets.iter().filter(|set| **set == (owner, root)).count()
        };
        let is_steady = !matches!(&named.function, Function::Method(of, _) if times(of.root) > 1);
        times(place.root) == 1 && is_steady
    });
    out
}

fn named(program: &Program<Hir>, body: &Body<Hir>, value: NodeId) -> Option<Named> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[value].kind else { return None };
    let (function, rest) = args.split_first().filter(|_| *name == "functools.partial")?;
    let function = function_of(program, body, function.value)?;
    let is_known = |arg: &Arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Named(_));
    if !rest.iter().all(is_known) {
        return None;
    }
    let held = |arg: &Arg| {
        let held = match &body.nodes[arg.value].kind {
            Node::Const(value) => Held::Const(value.clone()),
            Node::Item(path) => Held::Item(*path),
            _ => Held::Other(arg.value),
        };
        (arg.kind, held)
    };
    Some(Named { home: body.path, value, function, given: rest.iter().map(held).collect() })
}

fn function_of(program: &Program<Hir>, body: &Body<Hir>, function: NodeId) -> Option<Function> {
    let place = match &body.nodes[function].kind {
        Node::Item(path) => return Some(Function::Item(program.resolve(*path))),
        Node::Use(place, _) => place,
        _ => return None,
    };
    match (place.root, &place.proj[..]) {
        (Root::Global(path), []) => {
            let path = program.resolve(path);
            let is_known = program.fns.contains_key(&path) || program.classes.contains_key(&path);
            is_known.then_some(Function::Item(path))
        }
        (root @ Root::Local(_), [Proj::Field(name)]) => {
            Some(Function::Method(Place { root, proj: Vec::new() }, *name))
        }
        (Root::Node(of), [Proj::Field(name)]) => match &body.nodes[of].kind {
            Node::Use(of, _) if of.as_local().is_some() => Some(Function::Method(of.clone(), *name)),
            _ => Some(Function::Of(of, *name)),
        },
        _ => None,
    }
}

/// The arguments of each call of a name.
fn calls(body: &Body<Hir>, place: &Place) -> Vec<Vec<Arg>> {
    body.nodes.iter().filter_map(|(_, row)| called(body, &row.kind, place)).cloned().collect()
}

fn called<'a>(body: &Body<Hir>, node: &'a Node, place: &Place) -> Option<&'a Vec<Arg>> {
    match node {
        Node::Call { callee: Callee::Value(of), args } => {
            let is_it = matches!(&body.nodes[*of].kind, Node::Use(read, _) if read == place);
            is_it.then_some(args)
        }
        Node::Call { callee: Callee::Fn(path), args } => (place.root == Root::Global(*path)).then_some(args),
        _ => None,
    }
}

/// Whether a closure over the parameters that are open takes these arguments.
fn fits(program: &Program<Hir>, named: &Named, args: &[Arg]) -> bool {
    let is_plain = args.iter().all(|arg| arg.kind == ArgKind::Positional);
    let Function::Item(path) = named.function else { return false };
    let Some(body) = program.fns.get(&path) else {
        let is_class = program.classes.contains_key(&path) || program.globals.contains_key(&path);
        return is_plain && (is_class || args.len() == 1 && path != "builtins.print");
    };
    if body.params.iter().any(|param| param.kind == ParamKind::StarStar) {
        return false;
    }
    let count = named.given.iter().filter(|(kind, _)| *kind == ArgKind::Positional).count();
    let is_given = |param: &Param| named.given.iter().any(|(kind, _)| *kind == ArgKind::Named(param.name));
    let open = body.params.iter().skip(count).filter(|param| param.default.is_none() && !is_given(param));
    let has_rest = body.params.iter().any(|param| param.kind == ParamKind::Star);
    is_plain && (has_rest || open.count() == args.len())
}

/// Gives what is no constant a name in front of the partial.
fn hold(program: &mut Program<Hir>, place: &Place, mut named: Named) -> Named {
    let body = Arc::make_mut(&mut program.fns[&named.home]);
    let mut sets = Vec::new();
    if let Function::Of(value, name) = named.function {
        named.function = Function::Method(name_value(body, value, "receiver", &mut sets), name);
    }
    for (_, held) in &mut named.given {
        if let Held::Other(value) = *held {
            *held = Held::Local(name_value(body, value, "given", &mut sets));
        }
    }
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let is_it = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(target), .. } if target == place);
        if let Some(at) = body.blocks[block].stmts.iter().position(is_it) {
            body.blocks[block].stmts.splice(at..at, sets);
            break;
        }
    }
    named
}

fn name_value(body: &mut Body<Hir>, value: NodeId, hint: &str, sets: &mut Vec<Stmt>) -> Place {
    let at = body.nodes[value].origin;
    let place = Place::local(body.temp(hint, Ty::unknown(), at));
    let copy = body.nodes[value].kind.clone();
    let copy = body.node(copy, Ty::unknown(), at);
    sets.push(Stmt::new(StmtKind::Set { target: Pat::Place(place.clone()), value: copy }, at));
    body.nodes[value].kind = Node::Use(place.clone(), Mode::Read);
    place
}

fn write(body: &mut Body<Hir>, program: &Program<Hir>, place: &Place, named: &Named) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Some(args) = called(body, &body.nodes[node].kind, place).cloned() else { continue };
        let at = body.nodes[node].origin;
        let mut given = Vec::new();
        for (kind, held) in &named.given {
            let value = match held {
                Held::Const(value) => Node::Const(value.clone()),
                Held::Item(path) => Node::Item(*path),
                Held::Local(place) => Node::Use(place.clone(), Mode::Read),
                Held::Other(_) => continue,
            };
            given.push(Arg { kind: *kind, value: body.node(value, Ty::unknown(), at) });
        }
        let all = joined(given, args);
        let callee = callee(program, body, &named.function, at);
        body.nodes[node].kind = Node::Call { callee, args: all };
    }
}

fn callee(program: &Program<Hir>, body: &mut Body<Hir>, function: &Function, at: Origin) -> Callee {
    match function {
        Function::Item(path) if program.fns.contains_key(path) || program.classes.contains_key(path) => {
            Callee::Fn(*path)
        }
        Function::Item(path) => Callee::Lib(*path),
        Function::Of(of, name) => Callee::Method(*of, *name),
        Function::Method(of, name) => {
            Callee::Method(body.node(Node::Use(of.clone(), Mode::Read), Ty::unknown(), at), *name)
        }
    }
}

/// Takes the partial out where nothing reads its name any more.
fn drop_unread(program: &mut Program<Hir>, named: &Named, place: &Place) {
    let mut reads = 0;
    for body in program.fns.values() {
        if matches!(place.root, Root::Local(_)) && body.path != named.home {
            continue;
        }
        body.walk_block(body.root, &mut |node| {
            reads +=
                usize::from(matches!(&body.nodes[node].kind, Node::Use(read, _) if read.root == place.root));
        });
    }
    if reads > 0 {
        return;
    }
    let body = Arc::make_mut(&mut program.fns[&named.home]);
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let stmts = std::mem::take(&mut body.blocks[block].stmts);
        let mut kept: Vec<Stmt> = Vec::new();
        let mut above = Vec::new();
        for mut stmt in stmts {
            if matches!(&stmt.kind, StmtKind::Set { value, .. } if *value == named.value) {
                above = stmt.above;
                above.extend(stmt.beside.map(|text| Comment { text, blank_before: false }));
                continue;
            }
            stmt.above.splice(0..0, std::mem::take(&mut above));
            kept.push(stmt);
        }
        body.blocks[block].stmts = kept;
        body.blocks[block].end_comments.splice(0..0, above);
    }
}
