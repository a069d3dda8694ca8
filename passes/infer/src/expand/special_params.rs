//! What Python calls with the object alone has no other parameters: `__str__ = render`.
//!
//! before                                     after
//!   method @m.Tag.__str__(%self, %depth = 0)   method @m.Tag.__str__(%self) { set %depth = 0 .. }

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const ALONE: [&str; 8] =
    ["__str__", "__repr__", "__len__", "__bool__", "__hash__", "__iter__", "__int__", "__float__"];

pub(super) fn expand(program: &mut Program<Hir>) {
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
