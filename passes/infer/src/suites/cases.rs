//! The parameters of a test: cases become a loop, fixtures are made.

use super::fixtures::{Fixtures, Start, Step};
use batuta_base::Name;
use batuta_core::*;

/// One `parametrize`: the names that its values get.
struct Cases {
    names: Vec<Name>,
    /// The names are one in a text: it gets each value, not the parts of it.
    is_direct: bool,
    values: NodeId,
}

/// Writes out the parameters of a test function or method; the receiver stays.
pub(super) fn write_out(fixtures: &Fixtures, module: Name, body: &mut Body<Hir>) {
    let params: Vec<Name> = body.params.iter().map(|param| param.name).collect();
    if write(fixtures, module, body).is_none() {
        // The decorator that is left says why; without one the parameters do.
        if body.decorators.is_empty() {
            let kept = usize::from(body.kind == FnKind::Method);
            let unknown = params.iter().skip(kept).find(|name| !fixtures.knows(module, **name));
            let name = unknown.map_or("case", |name| name.as_str());
            let path = Name::new(&format!("pytest.fixture.{name}"));
            body.decorators.push(Decorator { path, args: Vec::new(), is_called: true, origin: body.origin });
        }
        body.params.truncate(usize::from(body.kind == FnKind::Method));
        body.root = body.block(BlockRow::default());
    }
}

fn write(fixtures: &Fixtures, module: Name, body: &mut Body<Hir>) -> Option<()> {
    let marks = std::mem::take(&mut body.decorators);
    let mut cases = Vec::new();
    let mut used: Vec<Name> = Vec::new();
    for mark in marks {
        match mark.path.as_str() {
            "pytest.mark.usefixtures" => match texts(body, &mark.args) {
                Some(names) => used.extend(names),
                None => body.decorators.push(mark),
            },
            "pytest.mark.parametrize" => match cases_of(body, &mark) {
                Some(found) => cases.push(found),
                None => body.decorators.push(mark),
            },
            // A mark of the project's own only selects tests.
            path if path.starts_with("pytest.mark.") && !changes_meaning(path) => {}
            _ => body.decorators.push(mark),
        }
    }
    if !body.decorators.is_empty() || body.is_async {
        return None;
    }
    let kept = usize::from(body.kind == FnKind::Method);
    let params: Vec<Param> = body.params.drain(kept..).collect();
    let given = |name: &Name| cases.iter().any(|case| case.names.contains(name));
    let mut start =
        Start { params: params.iter().map(|param| (param.name, param.local)).collect(), ..Start::default() };
    for param in params.iter().filter(|param| !given(&param.name) && param.default.is_none()) {
        fixtures.make(module, param.name, body, &mut start)?;
    }
    for name in fixtures.automatic(module).into_iter().chain(used) {
        fixtures.make(module, name, body, &mut start)?;
    }
    if !cases.is_empty() && leaves(body) {
        return None;
    }
    open(body, start);
    // The decorator nearest to the function runs innermost.
    for case in cases.iter().rev() {
        let places: Option<Vec<Pat>> = case
            .names
            .iter()
            .map(|name| params.iter().find(|param| param.name == *name))
            .map(|param| param.map(|param| Pat::Place(Place::local(param.local))))
            .collect();
        let mut places = places?;
        let pat = if case.is_direct { places.remove(0) } else { Pat::Tuple(places) };
        let inner = body.root;
        let each = Node::For { label: None, pat, iter: case.values, body: inner, els: None };
        wrap(body, each);
    }
    Some(())
}

/// The texts that arguments are.
fn texts(body: &Body<Hir>, args: &[Arg]) -> Option<Vec<Name>> {
    let text = |arg: &Arg| match body.as_const(arg.value) {
        Some(Const::Str(text)) if arg.kind == ArgKind::Positional => Some(Name::new(text)),
        _ => None,
    };
    args.iter().map(text).collect()
}

fn changes_meaning(path: &str) -> bool {
    ["skip", "skipif", "xfail", "usefixtures", "asyncio"].iter().any(|word| path.ends_with(word))
}

/// Whether a `return` of the test leaves the block.
fn leaves(body: &Body<Hir>) -> bool {
    let mut found = false;
    body.walk_own(body.root, &mut |node| found |= matches!(body.nodes[node].kind, Node::Return(_)));
    found
}

/// Puts what the fixtures do before the body, in their order; managers that follow each other open together.
fn open(body: &mut Body<Hir>, start: Start) {
    let mut managers = Vec::new();
    for step in start.steps.into_iter().rev() {
        match step {
            Step::Open(item) => managers.insert(0, item),
            Step::Make(stmt) => {
                open_managers(body, &mut managers);
                body.blocks[body.root].stmts.insert(0, stmt);
            }
        }
    }
    open_managers(body, &mut managers);
}

fn open_managers(body: &mut Body<Hir>, managers: &mut Vec<WithItem>) {
    if !managers.is_empty() {
        let items = std::mem::take(managers);
        let with = Node::With { items, body: body.root, is_async: false };
        wrap(body, with);
    }
}

/// The body becomes one statement around what it was.
fn wrap(body: &mut Body<Hir>, node: Node) {
    let node = body.node(node, Ty::unknown(), body.origin);
    let stmts = vec![Stmt::new(StmtKind::Expr(node), body.origin)];
    body.root = body.block(BlockRow { stmts, ..BlockRow::default() });
}

fn cases_of(body: &mut Body<Hir>, mark: &Decorator) -> Option<Cases> {
    let (mut names, mut values) = (None, None);
    for arg in &mark.args {
        match arg.kind {
            ArgKind::Positional if names.is_none() => names = Some(arg.value),
            ArgKind::Positional if values.is_none() => values = Some(arg.value),
            ArgKind::Named(name) if name == "argnames" => names = Some(arg.value),
            ArgKind::Named(name) if name == "argvalues" => values = Some(arg.value),
            ArgKind::Named(name) if name == "ids" => {}
            _ => return None,
        }
    }
    let (names, values) = (names?, values?);
    let is_text = matches!(body.nodes[names].kind, Node::Const(Const::Str(_)));
    let names: Vec<Name> = match &body.nodes[names].kind {
        Node::Const(Const::Str(text)) => {
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Name::new).collect()
        }
        Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } => {
            let text = |node: &NodeId| match body.as_const(*node) {
                Some(Const::Str(text)) => Some(Name::new(text)),
                _ => None,
            };
            args.iter().map(text).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let is_direct = is_text && names.len() == 1;
    if let Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } =
        body.nodes[values].kind.clone()
    {
        for item in args {
            plain(body, item, is_direct)?;
        }
    }
    Some(Cases { names, is_direct, values })
}

/// `pytest.param(a, b, id="x")` is the tuple of its values.
fn plain(body: &mut Body<Hir>, item: NodeId, is_direct: bool) -> Option<()> {
    let Node::Call { callee: Callee::Lib(name), args } = body.nodes[item].kind.clone() else {
        return Some(());
    };
    if name != "pytest.param" {
        return Some(());
    }
    if args.iter().any(|arg| matches!(arg.kind, ArgKind::Named(name) if name == "marks")) {
        return None;
    }
    let values: Vec<NodeId> =
        args.iter().filter(|arg| arg.kind == ArgKind::Positional).map(|arg| arg.value).collect();
    body.nodes[item].kind = match values[..] {
        [only] if is_direct => body.nodes[only].kind.clone(),
        _ => Node::Op { op: TupleOp::New.into(), attr: Attr::None, args: values },
    };
    Some(())
}
