//! What is raised while an error is handled remembers that error, where the program asks for it.
//!
//! before                                 after
//!   except(KeyError) {                     except(KeyError) as %error {
//!     call @m.report()                       with lib:error.handled(%error) { call @m.report() }
//!   }                                      }
//!   raise %failure                         raise lib:error.in_context(%failure)
//!
//! Only programs that read `__context__` or `__suppress_context__` see it.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// Whether the program looks at what was handled when an error came.
pub(crate) fn is_asked(program: &Program<Hir>) -> bool {
    let asks = |node: &Node| match node {
        Node::Use(place, _) => place.proj.iter().any(|proj| {
            matches!(proj, Proj::Field(name)
                if matches!(name.as_str(), "__context__" | "__suppress_context__"))
        }),
        _ => false,
    };
    program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| asks(&row.kind)))
}

/// Writes out the contexts of a body.
pub(crate) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    keep_out(body);
    for node in body.nodes.ids().collect::<Vec<_>>() {
        match body.nodes[node].kind.clone() {
            Node::Raise { error: Some(error), cause } => remember(program, body, node, error, cause),
            Node::Try { mut handlers, body: tried, els, finally } => {
                for handler in &mut handlers {
                    handle(body, handler);
                }
                body.nodes[node].kind = Node::Try { handlers, body: tried, els, finally };
            }
            _ => {}
        }
    }
}

/// Errors that are made but not raised on the spot have no context yet.
fn keep_out(body: &mut Body<Hir>) {
    let mut raised = Vec::new();
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::Raise { error: Some(error), .. } => raised.push(*error),
            Node::Call { callee: Callee::Lib(name), args } if name.as_str().starts_with("error.") => {
                raised.extend(args.iter().map(|arg| arg.value));
            }
            _ => {}
        }
    }
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if !matches!(body.nodes[node].kind, Node::Op { op: Op::ExcOp(ExcOp::New), .. })
            || raised.contains(&node)
        {
            continue;
        }
        let at = body.nodes[node].origin;
        let made = body.node(body.nodes[node].kind.clone(), Ty::unknown(), at);
        let args = vec![Arg::positional(made)];
        body.nodes[node].kind = Node::Call { callee: Callee::Lib(Name::new("error.out_of_context")), args };
    }
}

/// The error of a handler is what is handled as long as its block runs.
fn handle(body: &mut Body<Hir>, handler: &mut Handler) {
    let at = handler.origin;
    let error = *handler.bind.get_or_insert_with(|| body.temp("error", Ty::unknown(), at));
    let error = body.use_local(error, Mode::Read, at);
    let context = call(body, Callee::Lib(Name::new("error.handled")), vec![error], at);
    let items = vec![WithItem { context, target: None }];
    let inner = body.node(Node::With { items, body: handler.body, is_async: false }, Ty::unknown(), at);
    let stmts = vec![Stmt::new(StmtKind::Expr(inner), at)];
    handler.body = body.block(BlockRow { stmts, ..BlockRow::default() });
}

fn call(body: &mut Body<Hir>, callee: Callee, args: Vec<NodeId>, at: Origin) -> NodeId {
    let args = args.into_iter().map(Arg::positional).collect();
    body.node(Node::Call { callee, args }, Ty::unknown(), at)
}

fn remember(
    program: &Program<Hir>,
    body: &mut Body<Hir>,
    raise: NodeId,
    error: NodeId,
    mut cause: Option<NodeId>,
) {
    let at = body.nodes[raise].origin;
    // A class that is raised stands for an object of it.
    let mut raised = match body.nodes[error].kind {
        Node::Item(class) if class.as_str().starts_with("builtins.") => {
            call(body, Callee::Lib(class), Vec::new(), at)
        }
        Node::Item(class) => call(body, Callee::Fn(class), Vec::new(), at),
        Node::Use(Place { root: Root::Global(path), ref proj }, _)
            if proj.is_empty() && program.classes.contains_key(&program.resolve(path)) =>
        {
            call(body, Callee::Fn(path), Vec::new(), at)
        }
        _ => error,
    };
    raised = call(body, Callee::Lib(Name::new("error.in_context")), vec![raised], at);
    if cause.is_some_and(|cause| matches!(body.as_const(cause), Some(Const::None))) {
        cause = None;
        raised = call(body, Callee::Lib(Name::new("error.from_none")), vec![raised], at);
    }
    body.nodes[raise].kind = Node::Raise { error: Some(raised), cause };
}
