//! `*args, **kwargs` that a constructor hands to its builtin base are one value that the calls make.
//!
//! before                                           after
//!   method @m.D.__init__(%self, *%args, **%kw) {     method @m.D.__init__(%self, *, %data) {
//!     super __init__(*%args, **%kw)                    super __init__(%data)
//!   }                                                }
//!   call @m.D(a= 1)                                  call @m.D(data= lib:builtins.dict(a= 1))
//!
//! Where no call gives any, they are left out.

use super::derived::Derived;
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>, found: &Derived) {
    let path = found.class.join("__init__");
    let Some(body) = program.fns.get(&path) else { return };
    let Some(call) = handed_on(body) else { return };
    let is_packed = |param: &Param| matches!(param.kind, ParamKind::Star | ParamKind::StarStar);
    let kept: Vec<Param> = body.params.iter().filter(|param| !is_packed(param)).cloned().collect();
    let calls = calls(program, found.class);
    let extra = |args: &[Arg]| split(args, &kept[1..]).1;
    let is_given = calls.iter().any(|(path, node)| match &program.fns[path].nodes[*node].kind {
        Node::Call { args, .. } => !extra(args).is_empty(),
        _ => false,
    });
    for (path, node) in calls {
        let body = Arc::make_mut(&mut program.fns[&path]);
        let Node::Call { callee, args } = body.nodes[node].kind.clone() else { continue };
        let (mut args, rest) = split(&args, &kept[1..]);
        if is_given {
            let make = Node::Call { callee: Callee::Lib(Name::new(found.kind.make)), args: rest };
            let value = body.node(make, Ty::unknown(), body.nodes[node].origin);
            args.push(Arg { kind: ArgKind::Named(found.field), value });
        }
        body.nodes[node].kind = Node::Call { callee, args };
    }
    let body = Arc::make_mut(&mut program.fns[&path]);
    body.params = kept;
    let mut args = Vec::new();
    if is_given {
        let local = body.local(found.field.as_str(), Ty::unknown(), Origin::default());
        body.params.push(Param { name: found.field, local, kind: ParamKind::KeywordOnly, default: None });
        args.push(Arg::positional(body.use_local(local, Mode::Read, Origin::default())));
    }
    if let Node::Call { args: given, .. } = &mut body.nodes[call].kind {
        *given = args;
    }
}

/// The call of the base's constructor that takes the packed parameters, and nothing else does.
fn handed_on(body: &Body<Hir>) -> Option<NodeId> {
    let packed =
        |kind: ParamKind| body.params.iter().find(|param| param.kind == kind).map(|param| param.local);
    let (star, star_star) = (packed(ParamKind::Star), packed(ParamKind::StarStar));
    let is = |node: NodeId, local: Option<LocalId>| matches!(&body.nodes[node].kind, Node::Use(place, _) if local.is_some() && place.as_local() == local);
    let count = |local: Option<LocalId>| {
        let of = |row: &NodeRow| matches!(&row.kind, Node::Use(place, _) if Some(place.root) == local.map(Root::Local));
        body.nodes.iter().filter(|(_, row)| of(row)).count()
    };
    if count(star) > 1 || count(star_star) > 1 || star.is_none() && star_star.is_none() {
        return None;
    }
    body.nodes.iter().find_map(|(id, row)| match &row.kind {
        Node::Call { callee: Callee::Super(name), args } if *name == "__init__" && !args.is_empty() => args
            .iter()
            .all(|arg| match arg.kind {
                ArgKind::Star => is(arg.value, star),
                ArgKind::StarStar => is(arg.value, star_star),
                _ => false,
            })
            .then_some(id),
        _ => None,
    })
}

/// Calls that reach the constructor: of the class, of those below without one, and `super().__init__`.
fn calls(program: &Program<Hir>, class: Name) -> Vec<(Name, NodeId)> {
    let has_own = |class: &Name| program.fns.contains_key(&class.join("__init__"));
    let below = program.subclasses(class);
    let made: Vec<Name> = below.iter().copied().filter(|path| *path == class || !has_own(path)).collect();
    let mut out = Vec::new();
    for (path, body) in &program.fns {
        let is_below = *path != class.join("__init__") && below.contains(&path.parent());
        for (id, row) in body.nodes.iter() {
            let is_call = match &row.kind {
                Node::Call { callee: Callee::Fn(called), .. } => made.contains(&program.resolve(*called)),
                Node::Call { callee: Callee::Super(name), .. } => is_below && *name == "__init__",
                _ => false,
            };
            if is_call {
                out.push((*path, id));
            }
        }
    }
    out
}

/// Arguments for the parameters that stay, and the others.
fn split(args: &[Arg], params: &[Param]) -> (Vec<Arg>, Vec<Arg>) {
    let places = params.iter().filter(|param| param.kind != ParamKind::KeywordOnly).count();
    let (mut kept, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    for arg in args {
        let is_kept = match arg.kind {
            ArgKind::Positional => {
                at += 1;
                at <= places
            }
            ArgKind::Named(name) => params.iter().any(|param| param.name == name),
            _ => false,
        };
        if is_kept { kept.push(arg.clone()) } else { rest.push(arg.clone()) }
    }
    (kept, rest)
}
