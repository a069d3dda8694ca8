//! What Python calls with the object alone has no other parameters: `__str__ = render`.
//!
//! before                                     after
//!   method @m.Tag.__str__(%self, %depth = 0)   method @m.Tag.__str__(%self) { set %depth = 0 .. }
//!
//! What `__exit__` is given has names: `a[0]` of `def __exit__(self, *a)` is the class of the error.
//!
//!   method @m.C.__exit__(%self, *%a)           method @m.C.__exit__(%self, %exc_type, %exc, %tb)

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const ALONE: [&str; 8] =
    ["__str__", "__repr__", "__len__", "__bool__", "__hash__", "__iter__", "__int__", "__float__"];

pub(super) fn expand(program: &mut Program<Hir>) {
    name_exit_params(program);
    let has_more = |body: &Body<Hir>| {
        ALONE.contains(&body.path.last())
            && program.classes.contains_key(&body.path.parent())
            && body.params.len() > 1
            && body.params.iter().skip(1).all(|param| param.default.is_some())
    };
    let paths: Vec<Name> = program.fns.values().filter(|body| has_more(body)).map(|body| body.path).collect();
    for path in paths {
        let body = Arc::make_mut(&mut program.fns[&path]);
        let rest = body.params.split_off(1);
        let root = body.root;
        let start = rest.into_iter().filter_map(|param| {
            let target = Pat::Place(Place::local(param.local));
            Some(Stmt::new(StmtKind::Set { target, value: param.default? }, body.origin))
        });
        let start: Vec<Stmt> = start.collect();
        body.blocks[root].stmts.splice(0..0, start);
    }
}

/// `def __exit__(self, *a)` where `a` is only read by constant positions.
fn name_exit_params(program: &mut Program<Hir>) {
    let is_exit = |body: &&Arc<Body<Hir>>| {
        matches!(body.path.last(), "__exit__" | "__aexit__")
            && program.classes.contains_key(&body.path.parent())
            && matches!(&body.params[..], [_, Param { kind: ParamKind::Star, .. }])
    };
    let paths: Vec<Name> = program.fns.values().filter(is_exit).map(|body| body.path).collect();
    for path in paths {
        let body = &program.fns[&path];
        let pack = body.params[1].local;
        if let Some(reads) = positions(body, pack).filter(|reads| !reads.is_empty()) {
            give_names(Arc::make_mut(&mut program.fns[&path]), &reads);
        }
    }
}

/// The reads `a[0]`, `a[1]`, `a[2]`, with their position; none where the pack is used in another way.
fn positions(body: &Body<Hir>, pack: LocalId) -> Option<Vec<(NodeId, usize)>> {
    let is_pack = |root: Root| match root {
        Root::Local(local) => local == pack,
        Root::Node(node) => {
            matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(pack))
        }
        Root::Global(_) => false,
    };
    let mut out = Vec::new();
    let (mut uses, mut wholes) = (0, 0);
    for (id, row) in body.nodes.iter() {
        let Node::Use(place, _) = &row.kind else { continue };
        if place.as_local() == Some(pack) {
            wholes += 1;
        }
        if !is_pack(place.root) || place.proj.is_empty() {
            continue;
        }
        let Some(Proj::Index(index)) = place.proj.first().copied() else { return None };
        let Node::Const(Const::Int(digits)) = &body.nodes[index].kind else { return None };
        out.push((id, digits.parse().ok().filter(|at| *at < 3)?));
        uses += usize::from(matches!(place.root, Root::Node(_)));
    }
    (uses == wholes).then_some(out)
}

fn give_names(body: &mut Body<Hir>, reads: &[(NodeId, usize)]) {
    let origin = body.origin;
    body.params.truncate(1);
    let locals = ["exc_type", "exc", "traceback"].map(|name| body.local(name, Ty::unknown(), origin));
    for (local, name) in locals.into_iter().zip(["exc_type", "exc", "traceback"]) {
        body.params.push(Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None });
    }
    for (node, at) in reads {
        let Node::Use(place, _) = &mut body.nodes[*node].kind else { continue };
        place.root = Root::Local(locals[*at]);
        place.proj.remove(0);
    }
}
