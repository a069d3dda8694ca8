//! `attrgetter(name)` of a name that is computed is a function that asks for it.
//!
//! before                                after
//!   lib:operator.attrgetter(%name)        { set %given = %name; tail closure (%object) {
//!                                           tail lib:builtins.getattr(%object, %given) } }

use batuta_base::Name;
use batuta_core::*;

/// Writes out such functions of a body.
pub(super) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { continue };
        let [Arg { kind: ArgKind::Positional, value }] = args[..] else { continue };
        if *name != "operator.attrgetter" || matches!(body.nodes[value].kind, Node::Const(_)) {
            continue;
        }
        let origin = body.nodes[node].origin;
        let given = body.temp("given", Ty::unknown(), origin);
        let target = Pat::Place(Place::local(given));
        let first = Stmt::new(StmtKind::Set { target, value }, origin);
        let local = body.local("object", Ty::unknown(), origin);
        let asked = [local, given].map(|local| Arg::positional(body.use_local(local, Mode::Read, origin)));
        let callee = Callee::Lib(Name::new("builtins.getattr"));
        let call = body.node(Node::Call { callee, args: asked.to_vec() }, Ty::unknown(), origin);
        let inner = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
        let param = Param { name: Name::new("object"), local, kind: ParamKind::Normal, default: None };
        let made = body.node(Node::Closure(Closure::lambda(vec![param], inner)), Ty::unknown(), origin);
        let block = body.block(BlockRow { stmts: vec![first], tail: Some(made), ..BlockRow::default() });
        body.nodes[node].kind = Node::Block { label: None, block };
    }
}
