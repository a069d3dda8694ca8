//! Questions that several idioms ask: equal expressions, expressions without effect.

use batuta_core::*;

/// Two nodes that compute the same value when evaluated at one place: equal trees without effect.
pub(crate) fn same(body: &Body<Mir>, a: NodeId, b: NodeId) -> bool {
    match (&body.nodes[a].kind, &body.nodes[b].kind) {
        (Node::Const(a), Node::Const(b)) => a == b,
        (Node::Use(a, _), Node::Use(b, _)) => same_place(body, a, b),
        (Node::Op { op: x, attr: p, args: a }, Node::Op { op: y, attr: q, args: b }) => {
            x == y
                && p == q
                && a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| same(body, *a, *b))
                && is_pure_op(*x)
        }
        _ => false,
    }
}

/// Two places that are one, with indices without effect.
pub(crate) fn same_place(body: &Body<Mir>, a: &Place, b: &Place) -> bool {
    let (a, b) = (&flat(body, a), &flat(body, b));
    let same_root = match (a.root, b.root) {
        (Root::Node(a), Root::Node(b)) => same(body, a, b),
        (a, b) => a == b,
    };
    same_root
        && a.proj.len() == b.proj.len()
        && a.proj.iter().zip(&b.proj).all(|(a, b)| match (a, b) {
            (Proj::Index(a), Proj::Index(b)) | (Proj::Nth(a), Proj::Nth(b)) => same(body, *a, *b),
            (a, b) => a == b,
        })
}

/// The place without borrows in its root: `(ref %xs)[#0]` is `%xs[#0]`.
pub(crate) fn flat(body: &Body<Mir>, place: &Place) -> Place {
    if let Root::Node(node) = place.root
        && let Node::Use(inner, Mode::Ref | Mode::Mut) = &body.nodes[node].kind
    {
        let mut out = flat(body, inner);
        out.proj.extend(place.proj.iter().copied());
        return out;
    }
    place.clone()
}

fn is_pure_op(op: Op) -> bool {
    matches!(op.info().effect, Effect::Pure | Effect::Fault) && !matches!(op, Op::RsOp(_) | Op::IterOp(_))
}

/// Only reads places, computes with pure operations: no call, no write, no jump. It may fault.
pub(crate) fn is_quiet(body: &Body<Mir>, node: NodeId) -> bool {
    let mut quiet = true;
    body.walk(Child::Node(node), &mut |node| {
        quiet &= match &body.nodes[node].kind {
            Node::Const(_) => true,
            Node::Use(_, mode) => !matches!(mode, Mode::Mut | Mode::Take | Mode::Move),
            Node::Op { op, .. } => is_pure_op(*op),
            _ => false,
        };
    });
    quiet
}

/// What the value borrows on its way may be the inside of a cell: it reads more than whole locals, or one that is
/// a cell or a container in a cell.
pub(crate) fn holds_guard(body: &Body<Mir>, value: NodeId) -> bool {
    let mut found = false;
    let opens = |local: LocalId| {
        let ty = body.locals[local].ty.strip_ref();
        let in_cell = matches!(ty.kind(), TyKind::Shared(inner) if matches!(inner.kind(), TyKind::Lib(..)));
        in_cell || ty.cell().is_some()
    };
    body.walk(Child::Node(value), &mut |node| {
        found |= match &body.nodes[node].kind {
            Node::Use(place, _) => place.as_local().is_none_or(opens),
            Node::Match { .. } | Node::Closure(_) | Node::Block { .. } => true,
            _ => false,
        };
    });
    found
}

/// The constant int that a node is.
pub(crate) fn int(body: &Body<Mir>, node: NodeId) -> Option<i64> {
    match body.as_const(node) {
        Some(Const::Int(digits)) => digits.parse().ok(),
        _ => None,
    }
}

/// Every block of the body that can be reached from its root.
pub(crate) fn blocks(body: &Body<Mir>) -> Vec<BlockId> {
    let mut out = vec![body.root];
    let mut seen = |child: Child| {
        if let Child::Block(block) = child {
            out.push(block);
        }
    };
    body.walk_block(body.root, &mut |node| body.nodes[node].kind.for_each_child(&mut seen));
    out
}

/// Calls `f` for every variable of a loop or comprehension and what it is bound to, also through `enumerate` and `zip`.
pub(crate) fn each_source(body: &Body<Mir>, f: &mut dyn FnMut(&Pat, NodeId)) {
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::For { pat, iter, .. } => each_part(body, pat, *iter, f),
        Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
            if let Clause::For { pat, iter } = clause {
                each_part(body, pat, *iter, f);
            }
        }),
        _ => {}
    });
}

fn each_part(body: &Body<Mir>, pat: &Pat, iter: NodeId, f: &mut dyn FnMut(&Pat, NodeId)) {
    if let (Node::Call { callee: Callee::Lib(name), args }, Pat::Tuple(parts)) = (&body.nodes[iter].kind, pat)
    {
        match name.as_str().split('#').next() {
            Some("builtins.enumerate") if parts.len() == 2 => each_part(body, &parts[1], args[0].value, f),
            Some("builtins.zip") if parts.len() == args.len() => {
                parts.iter().zip(args).for_each(|(part, arg)| each_part(body, part, arg.value, f));
            }
            _ => {}
        }
        return;
    }
    f(pat, iter);
}

/// How often a local is read, written or borrowed in the whole body.
pub(crate) fn uses(body: &Body<Mir>, local: LocalId) -> usize {
    let mut count = 0;
    each_place(body, body.root, &mut |place| count += usize::from(place.root == Root::Local(local)));
    count
}

/// Calls `f` for every place below a block that is read, written or removed.
pub(crate) fn each_place(body: &Body<Mir>, block: BlockId, f: &mut dyn FnMut(&Place)) {
    let row = &body.blocks[block];
    row.stmts.iter().for_each(|stmt| each_stmt_place(body, stmt, f));
    row.tail.iter().for_each(|tail| each_node_place(body, *tail, f));
}

/// The same for a statement.
pub(crate) fn each_stmt_place(body: &Body<Mir>, stmt: &Stmt, f: &mut dyn FnMut(&Place)) {
    match &stmt.kind {
        StmtKind::Update { place, .. } | StmtKind::Del(place) => f(place),
        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => each_target(pat, f),
        StmtKind::Expr(_) => {}
    }
    stmt.for_each_child(&mut |child| match child {
        Child::Node(node) => each_node_place(body, node, f),
        Child::Block(block) => each_place(body, block, f),
    });
}

/// The same for a node.
pub(crate) fn each_node_place(body: &Body<Mir>, node: NodeId, f: &mut dyn FnMut(&Place)) {
    let kind = &body.nodes[node].kind;
    match kind {
        Node::Use(place, _) => f(place),
        Node::For { pat, .. } => each_target(pat, f),
        Node::Match { arms, .. } => arms.iter().for_each(|arm| each_target(&arm.pat, f)),
        Node::With { items, .. } => {
            items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| each_target(pat, f))
        }
        Node::Seq { clauses, .. } => {
            for clause in clauses {
                if let Clause::For { pat, .. } = clause {
                    each_target(pat, f);
                }
            }
        }
        _ => {}
    }
    kind.for_each_child(&mut |child| match child {
        Child::Node(node) => each_node_place(body, node, f),
        Child::Block(block) => each_place(body, block, f),
    });
}

fn each_target(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| each_target(part, f));
}
