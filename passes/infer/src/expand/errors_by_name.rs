//! An attribute that some classes of errors of the program have, asked of a caught error by its name.
//!
//! before                                              after
//!   except(Exception) as %e {                           except(Exception) as %e {
//!     lib:builtins.getattr(%e, "code", 0)                 if lib:builtins.isinstance(%e, item @m.AppError) {
//!   }                                                       tail %e.code
//!                                                         } else { tail 0 }
//!                                                       }
//!     lib:builtins.hasattr(%e, "code")                    lib:builtins.isinstance(%e, item @m.AppError)
//!
//! Holds back where errors of Python's own have an attribute of that name.

use super::operators::does_something;
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Writes out what the handlers of a body ask.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Try { handlers, .. } = &body.nodes[node].kind else { continue };
        for handler in handlers.clone() {
            if let Some(error) = handler.bind.filter(|error| !sets(body, handler.body, *error)) {
                let takes = |class: &Name| matches!(class.last(), "BaseException" | "SystemExit");
                let exits = handler.classes.is_empty() || handler.classes.iter().any(takes);
                in_handler(program, body, handler.body, error, exits);
            }
        }
    }
}

/// Whether a handler gives the name of its error to something else.
fn sets(body: &Body<Hir>, block: BlockId, error: LocalId) -> bool {
    let mut found = false;
    let mut see = |pat: &Pat| {
        pat.each_place(&mut |place| found |= place.as_local() == Some(error) && place.proj.is_empty());
    };
    body.walk_stmts(block, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            see(target);
        }
    });
    body.walk_block(block, &mut |node| {
        if let Node::For { pat, .. } = &body.nodes[node].kind {
            see(pat);
        }
    });
    found
}

fn in_handler(program: &Program<Hir>, body: &mut Body<Hir>, block: BlockId, error: LocalId, exits: bool) {
    let mut nodes = Vec::new();
    body.walk_block(block, &mut |node| nodes.push(node));
    for id in nodes {
        let Some((name, default)) = asked(body, id, error) else { continue };
        let owners = owners(program, name);
        if owners.is_empty() || is_known(name.as_str(), exits) {
            continue;
        }
        let origin = body.nodes[id].origin;
        body.nodes[id].kind = match default {
            None => tests(body, error, &owners, origin),
            Some(default) => reads(body, error, name, &owners, default, origin),
        };
    }
}

/// The name that is asked of the caught error and the default of `getattr`, which must do nothing, since it is
/// made only where it is needed; without one it is `hasattr`.
fn asked(body: &Body<Hir>, id: NodeId, error: LocalId) -> Option<(Name, Option<NodeId>)> {
    let Node::Call { callee: Callee::Lib(function), args } = &body.nodes[id].kind else { return None };
    let default = match (function.as_str(), args.len()) {
        ("builtins.getattr", 3) => Some(args[2].value),
        ("builtins.hasattr", 2) => None,
        _ => return None,
    };
    let Node::Use(place, _) = &body.nodes[args[0].value].kind else { return None };
    if place.as_local() != Some(error) || default.is_some_and(|node| does_something(body, node)) {
        return None;
    }
    match &body.nodes[args[1].value].kind {
        Node::Const(Const::Str(name)) => Some((Name::new(name), default)),
        _ => None,
    }
}

/// What errors have without the program's doing; `exits`: a `SystemExit` may be among them.
fn is_known(name: &str, exits: bool) -> bool {
    let own = ["args", "add_note", "with_traceback", "name", "msg", "lineno", "obj", "winerror", "filename2"];
    let some = super::SOME_ERRORS_HAVE.iter().filter(|(class, _)| exits || *class != "builtins.SystemExit");
    let some = some.flat_map(|(_, names)| *names);
    name.starts_with("__") || own.contains(&name) || some.into_iter().any(|known| *known == name)
}

/// The topmost classes of errors that have the attribute.
fn owners(program: &Program<Hir>, name: Name) -> Vec<Name> {
    let has = |class: &Name| {
        program.mro(*class).iter().filter_map(|path| program.classes.get(path)).any(|def| {
            def.fields.iter().any(|field| field.name == name)
                || def.methods.iter().chain(&def.attributes).any(|path| path.last() == name.as_str())
        })
    };
    let is_error = |class: &Name| {
        program.mro(*class).iter().filter_map(|path| program.classes.get(path)).any(|def| {
            let is_builtin = |base: &Name| crate::env::is_builtin_error(Name::new(base.last()));
            def.kind == ClassKind::Exception || def.bases.iter().any(is_builtin)
        })
    };
    let all: Vec<Name> =
        program.classes.keys().copied().filter(|class| is_error(class) && has(class)).collect();
    let is_top = |class: &Name| !all.iter().any(|up| up != class && program.is_subclass(*class, *up));
    all.iter().copied().filter(is_top).collect()
}

fn test(body: &mut Body<Hir>, error: LocalId, class: Name, origin: Origin) -> NodeId {
    let object = body.use_local(error, Mode::Read, origin);
    let class = body.node(Node::Item(class), Ty::unknown(), origin);
    let args = vec![Arg::positional(object), Arg::positional(class)];
    let callee = Callee::Lib(Name::new("builtins.isinstance"));
    body.node(Node::Call { callee, args }, Ty::unknown(), origin)
}

/// `isinstance(e, A) or isinstance(e, B)`.
fn tests(body: &mut Body<Hir>, error: LocalId, owners: &[Name], origin: Origin) -> Node {
    let tests: Vec<NodeId> = owners.iter().map(|class| test(body, error, *class, origin)).collect();
    let or = |a, b| body.op(ObjOp::Or, vec![a, b], Ty::unknown(), origin);
    let any = tests.into_iter().reduce(or).expect("there are owners");
    body.nodes[any].kind.clone()
}

/// `e.code if isinstance(e, A) else default`.
fn reads(
    body: &mut Body<Hir>,
    error: LocalId,
    name: Name,
    owners: &[Name],
    default: NodeId,
    origin: Origin,
) -> Node {
    let block =
        |body: &mut Body<Hir>, tail: NodeId| body.block(BlockRow { tail: Some(tail), ..BlockRow::default() });
    let mut value = default;
    for class in owners.iter().rev() {
        let cond = test(body, error, *class, origin);
        let place = Place::local(error).with(Proj::Field(name));
        let read = body.node(Node::Use(place, Mode::Read), Ty::unknown(), origin);
        let (then, els) = (block(body, read), block(body, value));
        value = body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), origin);
    }
    body.nodes[value].kind.clone()
}
