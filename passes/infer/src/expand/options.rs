//! `**options` that are only handed on are the parameters that the calls give.
//!
//! before                                              after
//!   fn @m.add(%title, **%options) {                     fn @m.add(%title, *, %rank= 1) {
//!     call @m.Task(%title, **%options)                    call @m.Task(%title, rank= %rank)
//!   }                                                   }
//!   call @m.add("a", rank= 3)                           call @m.add("a", rank= 3)
//!
//! A name that some call leaves out has the default of the class or function that it is handed on to.
//! Holds back where the options are looked at, where a call spreads others, and where a default is no literal.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out the options of a program's functions.
pub(super) fn expand(program: &mut Program<Hir>) {
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        if let Some(plan) = plan(program, path) {
            write_out(Arc::make_mut(&mut program.fns[&path]), plan);
        }
    }
}

struct Plan {
    options: LocalId,
    /// Calls that hand the options on.
    calls: Vec<NodeId>,
    /// Names, and the default of each that not every call gives.
    names: Vec<(Name, Option<Default>)>,
}

enum Default {
    Literal(Const),
    /// The function that makes the default of a dataclass's field.
    Made(Name),
}

fn plan(program: &Program<Hir>, path: Name) -> Option<Plan> {
    let body = &program.fns[&path];
    let param = body.params.last().filter(|param| param.kind == ParamKind::StarStar)?;
    let (calls, target) = handed_on(program, body, param.local)?;
    let given = given(program, path)?;
    let own = |name: &Name| body.params.iter().any(|param| param.name == *name);
    let mut all: Vec<Name> = Vec::new();
    for name in given.iter().flatten().filter(|name| !own(name)) {
        if !all.contains(name) {
            all.push(*name);
        }
    }
    let mut names = Vec::new();
    for name in all {
        let default = default_of(program, target, name)?;
        let is_always = given.iter().all(|names| names.contains(&name));
        names.push((name, if is_always { None } else { Some(default?) }));
    }
    Some(Plan { options: param.local, calls, names })
}

/// The calls that a body hands its options to, if it does nothing else with them, and what they call.
fn handed_on(program: &Program<Hir>, body: &Body<Hir>, options: LocalId) -> Option<(Vec<NodeId>, Name)> {
    let is_options = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(options));
    let uses = body
        .nodes
        .iter()
        .filter(|(_, row)| matches!(&row.kind, Node::Use(place, _) if place.root == Root::Local(options)));
    let (mut calls, mut target) = (Vec::new(), None);
    for (id, row) in body.nodes.iter() {
        let Node::Call { callee: Callee::Fn(path), args } = &row.kind else { continue };
        if !args.iter().any(|arg| arg.kind == ArgKind::StarStar && is_options(arg.value)) {
            continue;
        }
        let path = program.resolve(*path);
        if target.is_some_and(|target| target != path) {
            return None;
        }
        target = Some(path);
        calls.push(id);
    }
    (uses.count() == calls.len()).then_some((calls, target?))
}

/// The keywords of every call of a function; none where one spreads a dict or the function is a value.
fn given(program: &Program<Hir>, path: Name) -> Option<Vec<Vec<Name>>> {
    let class = path.parent();
    let is_method = program.classes.contains_key(&class);
    let namesakes = program.fns.keys().filter(|other| other.last() == path.last());
    if is_method && (namesakes.count() > 1 || path.last().starts_with("__")) {
        return None;
    }
    let mut out = Vec::new();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Call { callee, args } => {
                    let calls = match callee {
                        Callee::Fn(found) => program.resolve(*found) == path,
                        Callee::Method(_, name) | Callee::Super(name) => is_method && *name == path.last(),
                        _ => false,
                    };
                    if !calls {
                        continue;
                    }
                    let mut names = Vec::new();
                    for arg in args {
                        match arg.kind {
                            ArgKind::Named(name) => names.push(name),
                            ArgKind::StarStar => return None,
                            _ => {}
                        }
                    }
                    out.push(names);
                }
                Node::Item(found) if program.resolve(*found) == path => return None,
                Node::Use(place, _)
                    if is_method && place.proj.contains(&Proj::Field(Name::new(path.last()))) =>
                {
                    return None;
                }
                Node::Use(place, _) if matches!(place.root, Root::Global(found) if program.resolve(found) == path) =>
                {
                    return None;
                }
                _ => {}
            }
        }
    }
    (!out.is_empty()).then_some(out)
}

/// The default of a parameter; the outer none where there is no such parameter.
fn default_of(program: &Program<Hir>, target: Name, name: Name) -> Option<Option<Default>> {
    let init = program.find_method(target, "__init__");
    let function = if program.classes.contains_key(&target) { init } else { Some(target) };
    if let Some(body) = function.and_then(|path| program.fns.get(&path)) {
        let param = body.params.iter().find(|param| param.name == name)?;
        if !matches!(param.kind, ParamKind::Normal | ParamKind::KeywordOnly) {
            return None;
        }
        return Some(match param.default.map(|node| &body.nodes[node].kind) {
            Some(Node::Const(literal)) => Some(Default::Literal(literal.clone())),
            _ => None,
        });
    }
    let field =
        program.all_fields(target).into_iter().find(|field| field.name == name && field.flags.init)?;
    Some(field.default.map(Default::Made))
}

fn write_out(body: &mut Body<Hir>, plan: Plan) {
    let origin = body.origin;
    body.params.pop();
    let mut locals = Vec::new();
    for (name, default) in plan.names {
        let default = default.map(|default| {
            let kind = match default {
                Default::Literal(literal) => Node::Const(literal),
                Default::Made(path) => Node::Call { callee: Callee::Fn(path), args: Vec::new() },
            };
            body.node(kind, Ty::unknown(), origin)
        });
        let local = body.local(name.as_str(), Ty::unknown(), origin);
        body.params.push(Param { name, local, kind: ParamKind::KeywordOnly, default });
        locals.push((name, local));
    }
    for call in plan.calls {
        let at = body.nodes[call].origin;
        let Node::Call { callee, args } = body.nodes[call].kind.clone() else { continue };
        let mut out = Vec::new();
        for arg in args {
            let is_options = arg.kind == ArgKind::StarStar
                && matches!(&body.nodes[arg.value].kind, Node::Use(place, _) if place.as_local() == Some(plan.options));
            if !is_options {
                out.push(arg);
                continue;
            }
            for (name, local) in &locals {
                let value = body.use_local(*local, Mode::Read, at);
                out.push(Arg { kind: ArgKind::Named(*name), value });
            }
        }
        body.nodes[call].kind = Node::Call { callee, args: out };
    }
}
