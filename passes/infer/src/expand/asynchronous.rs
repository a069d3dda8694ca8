//! What generators and `asyncio` code say in a way that depends on constants or clauses.
//!
//! before                                              after
//!   method (%g).__next__()                              lib:builtins.next(%g)
//!   lib:asyncio.gather(%a, return_exceptions=true)      lib:asyncio.gather_outcomes(%a)
//!   set %f = %g.__next__                                set %f = { set %items = %g; closure () { lib:builtins.next(%items) } }
//!   for %x in lib:builtins.aiter(%xs) in a clause       for %x in await method (%xs).collect()

use batuta_base::Name;
use batuta_core::*;

pub(crate) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        match body.nodes[node].kind.clone() {
            Node::Call { callee: Callee::Lib(name), args } if name == "asyncio.gather" => {
                gather(body, node, args);
            }
            Node::Call { callee: Callee::Method(of, name), args }
                if name == "__next__" && args.is_empty() =>
            {
                let callee = Callee::Lib(Name::new("builtins.next"));
                body.nodes[node].kind = Node::Call { callee, args: vec![Arg::positional(of)] };
            }
            Node::Use(place, mode) if matches!(place.proj.last(), Some(Proj::Field(name)) if *name == "__next__") =>
            {
                bound_next(body, node, place, mode);
            }
            Node::Seq { clauses, sink } => {
                let clauses = clauses.into_iter().map(|clause| collected(body, clause)).collect();
                body.nodes[node].kind = Node::Seq { clauses, sink };
            }
            _ => {}
        }
    }
}

fn gather(body: &mut Body<Hir>, node: NodeId, mut args: Vec<Arg>) {
    let option = ArgKind::Named(Name::new("return_exceptions"));
    let Some(at) = args.iter().position(|arg| arg.kind == option) else { return };
    let name = match body.as_const(args[at].value) {
        Some(Const::Bool(true)) => "asyncio.gather_outcomes",
        Some(Const::Bool(false)) => "asyncio.gather",
        _ => return,
    };
    args.remove(at);
    // One spread argument is taken as it is.
    let spread = match &mut args[..] {
        [only] if only.kind == ArgKind::Star => {
            only.kind = ArgKind::Positional;
            "$*"
        }
        _ => "",
    };
    let name = format!("{name}{spread}");
    body.nodes[node].kind = Node::Call { callee: Callee::Lib(Name::new(&name)), args };
}

/// `async for` in a comprehension reads the items first.
fn collected(body: &mut Body<Hir>, clause: Clause) -> Clause {
    let Clause::For { pat, iter } = clause else { return clause };
    let source = match &body.nodes[iter].kind {
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.aiter" && !args.is_empty() => {
            args[0].value
        }
        _ => return Clause::For { pat, iter },
    };
    let origin = body.nodes[iter].origin;
    let collect = Node::Call { callee: Callee::Method(source, Name::new("collect")), args: Vec::new() };
    let collect = body.node(collect, Ty::unknown(), origin);
    let iter = body.node(Node::Await(collect), Ty::unknown(), origin);
    Clause::For { pat, iter }
}

/// `items.__next__` as a value.
fn bound_next(body: &mut Body<Hir>, node: NodeId, mut place: Place, mode: Mode) {
    let at = body.nodes[node].origin;
    place.proj.pop();
    let of = match (place.root, place.proj.is_empty()) {
        (Root::Node(of), true) => of,
        _ => body.node(Node::Use(place, mode), Ty::unknown(), at),
    };
    let items = body.temp("items", Ty::unknown(), at);
    let set = Stmt::new(StmtKind::Set { target: Pat::Place(Place::local(items)), value: of }, at);
    let read = body.use_local(items, Mode::Read, at);
    let callee = Callee::Lib(Name::new("builtins.next"));
    let call = body.node(Node::Call { callee, args: vec![Arg::positional(read)] }, Ty::unknown(), at);
    let inner = body.block(BlockRow { tail: Some(call), ..BlockRow::default() });
    let closure = body.node(Node::Closure(Closure::lambda(Vec::new(), inner)), Ty::unknown(), at);
    let block = body.block(BlockRow { stmts: vec![set], tail: Some(closure), ..BlockRow::default() });
    body.nodes[node].kind = Node::Block { label: None, block };
}
