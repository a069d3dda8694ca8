//! What is raised while an error is handled remembers that error, where the program asks for it.
//!
//! before                                 after
//!   except(KeyError) {                     except(KeyError) as %error {
//!     raise exc.new{ValueError}()            raise lib:error.in_context(exc.new{ValueError}(), %error)
//!   }                                      }
//!
//! Only programs that read `__context__` or `__suppress_context__` see it. An error that a function called
//! by the handler raises remembers nothing.

use batuta_base::Name;
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
pub(crate) fn expand(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Try { mut handlers, body: tried, els, finally } = body.nodes[node].kind.clone() else {
            continue;
        };
        let mut changed = false;
        for handler in &mut handlers {
            let raises = raises(body, handler.body);
            if raises.is_empty() {
                continue;
            }
            let origin = handler.origin;
            let error = *handler.bind.get_or_insert_with(|| body.temp("error", Ty::unknown(), origin));
            raises.into_iter().for_each(|raise| remember(body, raise, error));
            changed = true;
        }
        if changed {
            body.nodes[node].kind = Node::Try { handlers, body: tried, els, finally };
        }
    }
}

/// The `raise` nodes of a handler that no handler inside it holds.
fn raises(body: &Body<Hir>, block: BlockId) -> Vec<NodeId> {
    let (mut all, mut inner) = (Vec::new(), Vec::new());
    body.walk_block(block, &mut |node| match &body.nodes[node].kind {
        Node::Raise { error: Some(_), .. } => all.push(node),
        Node::Try { handlers, .. } => {
            let mut add = |block| {
                body.walk_block(block, &mut |node| inner.push(node));
            };
            handlers.iter().for_each(|handler| add(handler.body));
        }
        Node::Closure(closure) => body.walk_block(closure.body, &mut |node| inner.push(node)),
        _ => {}
    });
    all.retain(|node| !inner.contains(node));
    all
}

fn remember(body: &mut Body<Hir>, raise: NodeId, handled: LocalId) {
    let origin = body.nodes[raise].origin;
    let Node::Raise { error: Some(error), mut cause } = body.nodes[raise].kind.clone() else { return };
    let call = |body: &mut Body<Hir>, callee: Callee, args: Vec<NodeId>| {
        let args = args.into_iter().map(Arg::positional).collect();
        body.node(Node::Call { callee, args }, Ty::unknown(), origin)
    };
    let lib = |name: &str| Callee::Lib(Name::new(name));
    // A class that is raised stands for an object of it.
    let mut raised = match body.nodes[error].kind {
        Node::Item(class) if class.as_str().starts_with("builtins.") => {
            call(body, Callee::Lib(class), Vec::new())
        }
        Node::Item(class) => call(body, Callee::Fn(class), Vec::new()),
        Node::Use(Place { root: Root::Global(path), ref proj }, _) if proj.is_empty() => {
            call(body, Callee::Fn(path), Vec::new())
        }
        _ => error,
    };
    let handled = body.use_local(handled, Mode::Read, origin);
    raised = call(body, lib("error.in_context"), vec![raised, handled]);
    if cause.is_some_and(|cause| matches!(body.as_const(cause), Some(Const::None))) {
        cause = None;
        raised = call(body, lib("error.from_none"), vec![raised]);
    }
    body.nodes[raise].kind = Node::Raise { error: Some(raised), cause };
}
