//! What a handler asks of an error of the library.
//!
//! before                                           after
//!   except(json.JSONDecodeError) as %e {             except(json.JSONDecodeError) as %e {
//!     io.println(%e.pos)                               io.println(lib:json.error_pos(%e))
//!   except(ValueError) {                             except(ValueError) as %error {
//!     lib:traceback.print_exc()                        lib:traceback.print_exception(%error)
//!     lib:sys.exc_info()                               tuple.new(lib:builtins.type(%error), %error, none)
//!     lib:traceback.format_exc()                       lib:traceback.text_of(%error)

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Writes out the handlers of a body.
pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Try { handlers, .. } = body.nodes[node].kind.clone() else { continue };
        for (at, handler) in handlers.iter().enumerate() {
            let mut inside = Vec::new();
            body.walk_block(handler.body, &mut |node| inside.push(node));
            if let Some(error) = handler.bind
                && handler.classes.iter().all(|class| is_json_error(program, *class))
                && !handler.classes.is_empty()
            {
                inside.iter().for_each(|node| read(body, *node, error));
            }
            let elsewhere = handled_elsewhere(body, &inside);
            let asked: Vec<(NodeId, Asked)> = inside
                .into_iter()
                .filter(|node| !elsewhere.contains(node))
                .filter_map(|node| asked(body, node).map(|asked| (node, asked)))
                .collect();
            let Some((first, _)) = asked.first() else { continue };
            let origin = body.nodes[*first].origin;
            let error = handler.bind.unwrap_or_else(|| body.temp("error", Ty::unknown(), origin));
            asked.into_iter().for_each(|(node, asked)| answer(body, node, asked, error));
            if let Node::Try { handlers, .. } = &mut body.nodes[node].kind {
                handlers[at].bind = Some(error);
            }
        }
    }
    answer_outside(program, body);
}

/// Outside of all handlers the start of a program has no error in hand.
fn answer_outside(program: &Program<Hir>, body: &mut Body<Hir>) {
    if program.entry.map(|entry| entry.join("<init>")) != Some(body.path) {
        return;
    }
    let all: Vec<NodeId> = body.nodes.ids().collect();
    let elsewhere = handled_elsewhere(body, &all);
    for node in all.into_iter().filter(|node| !elsewhere.contains(node)) {
        let Some(Asked::Parts) = asked(body, node) else { continue };
        let origin = body.nodes[node].origin;
        let args = (0..3).map(|_| body.node(Node::Const(Const::None), Ty::unknown(), origin)).collect();
        body.nodes[node].kind = Node::Op { op: TupleOp::New.into(), attr: Attr::None, args };
    }
}

fn is_json_error(program: &Program<Hir>, class: Name) -> bool {
    let path = program.resolve(class);
    matches!(path.as_str(), "json.JSONDecodeError" | "json.decoder.JSONDecodeError")
        && !program.classes.contains_key(&path)
}

/// What a handler asks of the error in hand without a name for it.
#[derive(Clone, Copy)]
enum Asked {
    /// `sys.exception()`.
    Error,
    /// `sys.exc_info()`.
    Parts,
    /// A function of the library that is given the error.
    Call(&'static str),
}

/// A call that asks so; what `print_exc` prints goes where it goes by itself.
fn asked(body: &Body<Hir>, node: NodeId) -> Option<Asked> {
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { return None };
    let is_stderr = |arg: &Arg| {
        arg.kind == ArgKind::Named(Name::new("file"))
            && matches!(body.nodes[arg.value].kind, Node::Item(name) if name == "sys.stderr")
    };
    match name.as_str() {
        "traceback.print_exc" if args.iter().all(is_stderr) => Some(Asked::Call("traceback.print_exception")),
        "traceback.format_exc" if args.is_empty() => Some(Asked::Call("traceback.text_of")),
        "sys.exc_info" if args.is_empty() => Some(Asked::Parts),
        "sys.exception" if args.is_empty() => Some(Asked::Error),
        _ => None,
    }
}

fn answer(body: &mut Body<Hir>, node: NodeId, asked: Asked, error: LocalId) {
    let origin = body.nodes[node].origin;
    let value = body.use_local(error, Mode::Read, origin);
    let call = |name: &str, value| Node::Call {
        callee: Callee::Lib(Name::new(name)),
        args: vec![Arg::positional(value)],
    };
    body.nodes[node].kind = match asked {
        Asked::Error => Node::Use(Place::local(error), Mode::Read),
        Asked::Call(name) => call(name, value),
        Asked::Parts => {
            let class = body.node(call("builtins.type", value), Ty::unknown(), origin);
            let value = body.use_local(error, Mode::Read, origin);
            let trace = body.node(Node::Const(Const::None), Ty::unknown(), origin);
            Node::Op { op: TupleOp::New.into(), attr: Attr::None, args: vec![class, value, trace] }
        }
    };
}

/// What runs inside a handler but may have another error in hand, or none: handlers and closures in it.
fn handled_elsewhere(body: &Body<Hir>, inside: &[NodeId]) -> FxHashSet<NodeId> {
    let mut out = FxHashSet::default();
    for node in inside {
        let blocks: Vec<BlockId> = match &body.nodes[*node].kind {
            Node::Try { handlers, finally, .. } => {
                handlers.iter().map(|handler| handler.body).chain(*finally).collect()
            }
            Node::Closure(closure) => vec![closure.body],
            _ => continue,
        };
        blocks.into_iter().for_each(|block| {
            body.walk_block(block, &mut |node| {
                out.insert(node);
            })
        });
    }
    out
}

/// An attribute of a `JSONDecodeError`.
fn read(body: &mut Body<Hir>, node: NodeId, error: LocalId) {
    let Node::Use(place, _) = &body.nodes[node].kind else { return };
    let [Proj::Field(name)] = place.proj[..] else { return };
    if place.root != Root::Local(error) || !matches!(name.as_str(), "msg" | "pos" | "lineno" | "colno") {
        return;
    }
    let origin = body.nodes[node].origin;
    let value = body.use_local(error, Mode::Read, origin);
    let callee = Callee::Lib(Name::new(&format!("json.error_{name}")));
    body.nodes[node].kind = Node::Call { callee, args: vec![Arg::positional(value)] };
}
