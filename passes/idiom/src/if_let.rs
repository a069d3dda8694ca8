//! A test for presence binds the value.
//!
//! before                                          after
//!   if opt.is_some(ref %x) {                        match ref %x {
//!     call @f(rs.ref(opt.unwrap(clone %x)))           some(%x~2) => { call @f(copy %x~2) }
//!   }                                                 _ => {}
//!                                                   }
//!
//!   if opt.is_none(ref %x) { return 0 }             let %x~2: &T = match ref %x {
//!   return opt.unwrap(clone %x)                       some(%x~3) => { tail copy %x~3 }
//!                                                     _ => { return 0 }
//!                                                   }
//!                                                   return clone %x~2
//!
//! The printer writes them as `if let` and `let .. else`. Holds back when the option is no plain local, is
//! assigned or used as an option where it is known to be present, is changed through a reference, or is used
//! inside a closure.

use crate::same::each_place;
use batuta_core::*;

/// What the value is taken by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    Copied,
    Borrowed,
    Changed,
    Moved,
}

/// One use of the value that is known to be present.
struct Site {
    /// `opt.unwrap(use x)`, `rs.ref(opt.unwrap(use x))` or a use of a place behind `x`.
    node: NodeId,
    mode: Mode,
    /// The place behind the value.
    rest: Vec<Proj>,
}

/// `if x.is_some() { .. x.unwrap() .. }` as `if let Some(x) = x { .. }`.
pub(crate) fn if_let(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            either(body, block, at);
            guard(body, block, at);
            at += 1;
        }
    }
    let mut nodes = Vec::new();
    body.walk_block(body.root, &mut |node| nodes.push(node));
    for node in nodes {
        branch(body, node);
    }
}

/// The local that a condition tests, and whether it holds when the value is present.
fn tested(body: &Body<Mir>, cond: NodeId) -> Option<(LocalId, bool)> {
    let Node::Op { op: Op::OptOp(op @ (OptOp::IsSome | OptOp::IsNone)), args, .. } = &body.nodes[cond].kind
    else {
        return None;
    };
    let Node::Use(place, Mode::Ref | Mode::Copy) = &body.nodes[args[0]].kind else { return None };
    let local = place.as_local()?;
    matches!(body.locals[local].ty.strip_ref().kind(), TyKind::Option(_))
        .then_some((local, *op == OptOp::IsSome))
}

/// `x.is_some() && rest`: the local, and what else is asked.
fn tested_first(body: &Body<Mir>, cond: NodeId) -> Option<(LocalId, NodeId)> {
    let Node::Op { op: Op::BoolOp(BoolOp::And), args, .. } = &body.nodes[cond].kind else { return None };
    let (local, true) = tested(body, args[0])? else { return None };
    Some((local, args[1]))
}

/// `if x.is_some() && x.unwrap() > 3 { .. }` as `if let Some(x) = x && x > 3 { .. }`.
fn guarded(body: &mut Body<Mir>, node: NodeId) -> Option<()> {
    let Node::If { cond, then, els } = body.nodes[node].kind else { return None };
    let (local, rest) = tested_first(body, cond)?;
    let both =
        BlockRow { stmts: body.blocks[then].stmts.clone(), tail: Some(rest), end_comments: Vec::new() };
    let scratch = body.block(both);
    let mut then_uses = 0;
    let mut count = |place: &Place| then_uses += usize::from(place.root == Root::Local(local));
    body.blocks[then].tail.iter().for_each(|tail| crate::same::each_node_place(body, *tail, &mut count));
    let found = sites(body, local, scratch);
    body.blocks[scratch] = BlockRow::default();
    let (sites, hold) = found?;
    if then_uses != 0 || !matches!(hold, Hold::Copied | Hold::Borrowed) {
        return None;
    }
    let origin = body.nodes[node].origin;
    let (subject, value) = take(body, local, hold, origin);
    rewrite(body, sites, value);
    let absent = els.unwrap_or_else(|| body.block(BlockRow::default()));
    let mut arms = arms(value, then, absent, origin);
    arms[0].guard = Some(rest);
    body.nodes[node].kind = Node::Match { subject, arms };
    Some(())
}

/// An `if` with a branch where the value is present.
fn branch(body: &mut Body<Mir>, node: NodeId) {
    let Node::If { cond, then, els } = body.nodes[node].kind else { return };
    let Some((local, when)) = tested(body, cond) else {
        guarded(body, node);
        return;
    };
    let (present, absent) = if when { (Some(then), els) } else { (els, Some(then)) };
    let Some(present) = present else { return };
    let Some((sites, hold)) = sites(body, local, present) else { return };
    let mut absent_uses = false;
    if let Some(absent) = absent {
        each_place(body, absent, &mut |place| absent_uses |= place.root == Root::Local(local));
    }
    if absent_uses && hold == Hold::Moved {
        return;
    }
    let origin = body.nodes[node].origin;
    let (subject, value) = take(body, local, hold, origin);
    rewrite(body, sites, value);
    let absent = absent.unwrap_or_else(|| body.block(BlockRow::default()));
    body.nodes[node].kind = Node::Match { subject, arms: arms(value, present, absent, origin) };
}

/// `if x.is_none() || rest { leave }` as two tests, where the first then binds the value.
fn either(body: &mut Body<Mir>, block: BlockId, at: usize) -> Option<()> {
    let stmt = &body.blocks[block].stmts[at];
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::If { cond, then, els: None } = body.nodes[node].kind else { return None };
    let Node::Op { op: Op::BoolOp(BoolOp::Or), args, .. } = &body.nodes[cond].kind else { return None };
    let (absent, rest) = (args[0], args[1]);
    let (_, false) = tested(body, absent)? else { return None };
    let leave = only(body, then)?;
    let origin = stmt.origin;
    let again = copy_leave(body, leave)?;
    let stmts = vec![Stmt::new(StmtKind::Expr(again), origin)];
    let again = body.block(BlockRow { stmts, ..BlockRow::default() });
    let before = body.blocks[block].stmts.clone();
    let kept = body.nodes[node].kind.clone();
    body.nodes[node].kind = Node::If { cond: absent, then, els: None };
    let second = body.node(Node::If { cond: rest, then: again, els: None }, Ty::unit(), origin);
    body.blocks[block].stmts.insert(at + 1, Stmt::new(StmtKind::Expr(second), origin));
    if guard(body, block, at).is_none() {
        body.blocks[block].stmts = before;
        body.nodes[node].kind = kept;
    }
    Some(())
}

/// The only statement of a block without comments.
fn only(body: &Body<Mir>, block: BlockId) -> Option<NodeId> {
    let row = &body.blocks[block];
    match (row.stmts.as_slice(), row.tail) {
        ([stmt], None) if stmt.above.is_empty() && stmt.beside.is_none() => match stmt.kind {
            StmtKind::Expr(node) => Some(node),
            _ => None,
        },
        ([], tail) => tail,
        _ => None,
    }
}

/// A literal or `None`.
fn is_constant(body: &Body<Mir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Const(_) => true,
        Node::Op { op: Op::OptOp(OptOp::None), args, .. } => args.is_empty(),
        _ => false,
    }
}

/// A second `break`, `continue` or `return` of a constant.
fn copy_leave(body: &mut Body<Mir>, leave: NodeId) -> Option<NodeId> {
    let row = body.nodes[leave].clone();
    let kind = match row.kind {
        Node::Break { value: None, .. } | Node::Continue { .. } | Node::Return(None) => row.kind,
        Node::Return(Some(value)) if is_constant(body, value) => {
            let value = body.nodes[value].clone();
            Node::Return(Some(body.node(value.kind, value.ty, value.origin)))
        }
        _ => return None,
    };
    Some(body.node(kind, row.ty, row.origin))
}

/// An `if` without value that leaves the block, and the statements after it.
fn guard(body: &mut Body<Mir>, block: BlockId, at: usize) -> Option<()> {
    let stmt = &body.blocks[block].stmts[at];
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::If { cond, then, els: None } = body.nodes[node].kind else { return None };
    let (local, false) = tested(body, cond)? else { return None };
    if !leaves(body, then) {
        return None;
    }
    let mut absent_uses = false;
    each_place(body, then, &mut |place| absent_uses |= place.root == Root::Local(local));
    let rest: Vec<Stmt> = body.blocks[block].stmts[at + 1..].to_vec();
    let tail = body.blocks[block].tail;
    let scratch = body.block(BlockRow { stmts: rest, tail, end_comments: Vec::new() });
    let found = sites(body, local, scratch);
    body.blocks[scratch] = BlockRow::default();
    let (sites, hold) = found?;
    if absent_uses {
        return None;
    }
    let origin = body.nodes[node].origin;
    let (subject, bound) = take(body, local, hold, origin);
    let ty = body.locals[bound].ty;
    let inner = body.use_local(
        bound,
        if hold == Hold::Copied || hold == Hold::Borrowed { Mode::Copy } else { Mode::Move },
        origin,
    );
    let given = body.block(BlockRow { tail: Some(inner), ..BlockRow::default() });
    let kind = Node::Match { subject, arms: arms(bound, given, then, origin) };
    let value = body.node(kind, ty, origin);
    let name = body.locals[local].name;
    let kept = body.local(name.as_str(), ty, origin);
    rewrite(body, sites, kept);
    body.blocks[block].stmts[at].kind = StmtKind::Let { pat: Pat::Bind(kept, None), value: Some(value) };
    Some(())
}

/// The block ends with a jump out of the block around it.
fn leaves(body: &Body<Mir>, block: BlockId) -> bool {
    let row = &body.blocks[block];
    let last = row.tail.or(match row.stmts.last().map(|stmt| &stmt.kind) {
        Some(StmtKind::Expr(node)) => Some(*node),
        _ => None,
    });
    last.is_some_and(|node| {
        matches!(
            body.nodes[node].kind,
            Node::Return(_) | Node::Break { .. } | Node::Continue { .. } | Node::Raise { .. }
        )
    })
}

/// Every use of the local below a block, and the weakest hold that serves them all.
fn sites(body: &Body<Mir>, local: LocalId, block: BlockId) -> Option<(Vec<Site>, Hold)> {
    let mut total = 0;
    let mut looked_into = Vec::new();
    each_place(body, block, &mut |place| match place.root {
        Root::Local(root) => total += usize::from(root == local),
        Root::Node(node) => looked_into.push(node),
        Root::Global(_) => {}
    });
    let mut found = Vec::new();
    let mut borrowed = Vec::new();
    let mut in_closure = false;
    body.walk_block(block, &mut |node| match &body.nodes[node].kind {
        Node::Op { op: Op::OptOp(OptOp::Unwrap), args, .. } => {
            if let Some(mode) = use_of(body, args[0], local) {
                found.push(Site { node, mode, rest: Vec::new() });
            }
        }
        Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => borrowed.push((node, args[0])),
        Node::Use(place, mode) if place.root == Root::Local(local) => {
            if let [Proj::Payload(_), rest @ ..] = &place.proj[..] {
                found.push(Site { node, mode: *mode, rest: rest.to_vec() });
            }
        }
        Node::Closure(closure) => {
            each_place(body, closure.body, &mut |place| in_closure |= place.root == Root::Local(local));
        }
        _ => {}
    });
    let ty = body.locals[local].ty;
    let kid = ty.strip_ref().children().first().copied()?;
    let is_ref = matches!(ty.kind(), TyKind::Ref(_));
    let is_known = !found.is_empty() && found.len() == total && !in_closure;
    if !is_known || matches!(ty.kind(), TyKind::RefMut(_)) || is_ref && kid.is_copy() {
        return None;
    }
    let hold = hold(&found, kid, is_ref)?;
    for site in &mut found {
        if let Some((outer, _)) = borrowed.iter().find(|(_, inner)| *inner == site.node)
            && hold == Hold::Borrowed
            && site.rest.is_empty()
        {
            (site.node, site.mode) = (*outer, Mode::Ref);
        }
        if site.mode == Mode::Clone && looked_into.contains(&site.node) {
            site.mode = Mode::Ref;
        }
    }
    Some((found, hold))
}

/// How the value has to be held for all its uses; `None` where no one way serves.
fn hold(sites: &[Site], kid: Ty, is_ref: bool) -> Option<Hold> {
    let any = |wanted: &[Mode]| sites.iter().any(|site| wanted.contains(&site.mode));
    if any(&[Mode::Take, Mode::Read]) {
        return None;
    }
    match (any(&[Mode::Mut]), any(&[Mode::Move])) {
        (true, true) => None,
        (true, false) if is_ref || kid.is_copy() => None,
        (true, false) => Some(Hold::Changed),
        (false, true) if is_ref => None,
        (false, _) if kid.is_copy() => Some(Hold::Copied),
        (false, true) => Some(Hold::Moved),
        (false, false) => Some(Hold::Borrowed),
    }
}

/// The mode by which a node uses the whole local.
fn use_of(body: &Body<Mir>, node: NodeId, local: LocalId) -> Option<Mode> {
    match &body.nodes[node].kind {
        Node::Use(place, mode) if place.as_local() == Some(local) => Some(*mode),
        _ => None,
    }
}

/// The subject of the match and the local that its pattern binds.
fn take(body: &mut Body<Mir>, local: LocalId, hold: Hold, origin: batuta_base::Origin) -> (NodeId, LocalId) {
    let whole = body.locals[local].ty;
    let kid = whole.strip_ref().children()[0];
    let is_ref = matches!(whole.kind(), TyKind::Ref(_));
    let (mode, subject, bound) = match hold {
        Hold::Copied => (Mode::Copy, whole, kid),
        Hold::Moved => (Mode::Move, whole, kid),
        Hold::Changed => (Mode::Mut, whole.reference_mut(), kid.reference_mut()),
        Hold::Borrowed if is_ref => (Mode::Copy, whole, kid.reference()),
        Hold::Borrowed => (Mode::Ref, whole.reference(), kid.reference()),
    };
    let subject = body.node(Node::Use(Place::local(local), mode), subject, origin);
    let name = body.locals[local].name;
    let bound = body.local(name.as_str(), bound, origin);
    (subject, bound)
}

fn arms(bound: LocalId, present: BlockId, absent: BlockId, origin: batuta_base::Origin) -> Vec<Arm> {
    let arm = |pat, block| Arm { pat, guard: None, body: block, origin, above: Vec::new() };
    vec![arm(Pat::Some(Box::new(Pat::Bind(bound, None))), present), arm(Pat::Wild, absent)]
}

/// Puts the bound value in the place of each use.
fn rewrite(body: &mut Body<Mir>, sites: Vec<Site>, bound: LocalId) {
    let is_reference = matches!(body.locals[bound].ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_));
    for site in sites {
        let mut mode = site.mode;
        if matches!(mode, Mode::Ref | Mode::Mut) && is_reference && site.rest.is_empty() {
            // A reference to what is in the option: the bound value is one.
            mode = Mode::Copy;
            body.nodes[site.node].ty = body.locals[bound].ty;
        }
        body.nodes[site.node].kind = Node::Use(Place { root: Root::Local(bound), proj: site.rest }, mode);
    }
}

#[cfg(test)]
mod tests {
    use super::if_let;
    use crate::tests::{check, holds_back};

    #[test]
    fn a_branch_binds_the_value() {
        check(
            if_let,
            "fn @f(%x: &option<str>) -> none {\n  if opt.is_some(copy %x) {\n    call @g(clone %x.!: str)\n  }\n}\n",
            "fn @f(%x: &option<str>) -> none {\n  match copy %x {\n    some(%x~2: &str) => {\n      call @g(clone %x~2)\n    }\n    _ => {\n    }\n  }\n}\n",
        );
    }

    #[test]
    fn a_guard_binds_for_the_rest() {
        check(
            if_let,
            "fn @f(%x: option<i64>) -> i64 {\n  if opt.is_none(ref %x) {\n    return 0\n  }\n  return int.add(opt.unwrap(copy %x): i64, 1)\n}\n",
            "fn @f(%x: option<i64>) -> i64 {\n  let %x~3: i64 = match copy %x {\n    some(%x~2: i64) => {\n      tail copy %x~2\n    }\n    _ => {\n      return 0\n    }\n  }\n  return int.add(copy %x~3, 1)\n}\n",
        );
    }

    #[test]
    fn an_assigned_option_stays() {
        holds_back(
            if_let,
            "fn @f(%x: option<i64>) -> none {\n  if opt.is_some(ref %x) {\n    set place %x = opt.none(): option<i64>\n  }\n}\n",
        );
    }
}
