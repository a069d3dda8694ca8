//! A key that is looked for and then read is looked up once.
//!
//! before                                            after
//!   if dict.contains(ref %seen, ref %k) {             match rs.method{"get"}(ref %seen, ref %k) {
//!     return copy %seen[ref %k]                         some(&%found: i64) => { return copy %found }
//!   }                                                   _ => {}
//!                                                     }
//!
//! The printer writes `if let Some(&found) = seen.get(&k)`. Holds back when the branch does more than read: one
//! statement, which changes neither the dict nor the key.

use crate::same::same;
use batuta_base::Name;
use batuta_core::*;

/// `if k in d: .. d[k] ..` with one look-up.
pub(crate) fn look_up(body: &mut Body<Mir>) {
    let mut nodes = Vec::new();
    body.walk_block(body.root, &mut |node| nodes.push(node));
    for node in nodes {
        if let Some(test) = test(body, node) {
            rewrite(body, node, test);
        }
    }
}

struct Test {
    dict: NodeId,
    key: NodeId,
    then: BlockId,
    els: Option<BlockId>,
    reads: Vec<NodeId>,
    value: Ty,
}

fn test(body: &Body<Mir>, node: NodeId) -> Option<Test> {
    let Node::If { cond, then, els } = body.nodes[node].kind else { return None };
    let Node::Op { op: Op::DictOp(DictOp::Contains), args, .. } = &body.nodes[cond].kind else { return None };
    let (dict, key) = (args[0], args[1]);
    let Node::Use(place, Mode::Ref | Mode::Copy) = &body.nodes[dict].kind else { return None };
    let (local, TyKind::Dict(_, value)) = (place.as_local()?, body.ty(dict).strip_ref().kind()) else {
        return None;
    };
    let is_plain_key = match &body.nodes[key].kind {
        Node::Use(place, Mode::Ref | Mode::Copy) => {
            place.as_local().is_some_and(|local| body.locals[local].ty.cell().is_none())
        }
        Node::Const(_) => true,
        _ => false,
    };
    if !is_plain_key || body.locals[local].ty.cell().is_some() || !is_one_read(body, then) {
        return None;
    }
    let mut reads = Vec::new();
    let mut others = false;
    body.walk_block(then, &mut |node| {
        others |= !is_calm(body, node);
        if let Node::Use(place, mode @ (Mode::Copy | Mode::Clone | Mode::Ref)) = &body.nodes[node].kind
            && place.root == Root::Local(local)
            && let [Proj::Index(at)] = place.proj[..]
            && same(body, at, key)
        {
            others |= matches!(mode, Mode::Copy) != value.is_copy();
            reads.push(node);
        }
    });
    // Every use of the dict is such a read.
    let mut uses = 0;
    crate::same::each_place(body, then, &mut |place| uses += usize::from(place.root == Root::Local(local)));
    let fits = !others && !reads.is_empty() && uses == reads.len();
    fits.then_some(Test { dict, key, then, els, reads, value: *value })
}

/// A block that only gives something back.
fn is_one_read(body: &Body<Mir>, block: BlockId) -> bool {
    let row = &body.blocks[block];
    let returns = |stmt: &Stmt| match stmt.kind {
        StmtKind::Expr(node) => matches!(body.nodes[node].kind, Node::Return(Some(_))),
        StmtKind::Let { .. } => true,
        StmtKind::Set { .. } | StmtKind::Update { .. } | StmtKind::Del(_) => false,
    };
    match &row.stmts[..] {
        [] => row.tail.is_some(),
        [stmt] => row.tail.is_none() && returns(stmt),
        _ => false,
    }
}

/// Computes and reads, changes nothing.
fn is_calm(body: &Body<Mir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Use(_, mode) => !matches!(mode, Mode::Mut | Mode::Take | Mode::Move),
        Node::Const(_) | Node::Return(_) | Node::Format(_) => true,
        Node::Op { op, .. } => !matches!(op.info().effect, Effect::Io | Effect::Any),
        _ => false,
    }
}

fn rewrite(body: &mut Body<Mir>, node: NodeId, test: Test) {
    let origin = body.nodes[node].origin;
    let is_copy = test.value.is_copy();
    let found = body.local("found", if is_copy { test.value } else { test.value.reference() }, origin);
    for read in test.reads {
        let Node::Use(_, mode) = body.nodes[read].kind else { continue };
        // What is borrowed already is lent on as it is.
        let mode = if mode == Mode::Ref && !is_copy { Mode::Copy } else { mode };
        if mode == Mode::Clone {
            let borrowed = body.use_local(found, Mode::Copy, origin);
            let op = if *test.value.kind() == TyKind::Str { RsOp::ToOwned } else { RsOp::Clone };
            body.nodes[read].kind = Node::Op { op: op.into(), attr: Attr::None, args: vec![borrowed] };
            continue;
        }
        body.nodes[read].kind = Node::Use(Place::local(found), mode);
    }
    let attr = Attr::Name(Name::new("get"));
    let kind = Node::Op { op: RsOp::Method.into(), attr, args: vec![test.dict, test.key] };
    let subject = body.node(kind, Ty::option(test.value.reference()), origin);
    let bound = Pat::Bind(found, None);
    let bound = if is_copy { Pat::Ref(Box::new(bound)) } else { bound };
    let absent = test.els.unwrap_or_else(|| body.block(BlockRow::default()));
    let arm = |pat, block| Arm { pat, guard: None, body: block, origin, above: Vec::new() };
    let arms = vec![arm(Pat::Some(Box::new(bound)), test.then), arm(Pat::Wild, absent)];
    body.nodes[node].kind = Node::Match { subject, arms };
}

#[cfg(test)]
mod tests {
    use super::look_up;
    use crate::tests::holds_back;

    #[test]
    fn holds_back_from_other_keys() {
        holds_back(
            look_up,
            "fn @f(%d: &dict<i64, i64>, %k: i64) -> i64 {\n  if dict.contains(copy %d, ref %k) {\n    return copy %d[1]\n  }\n  return 0\n}\n",
        );
    }
}
