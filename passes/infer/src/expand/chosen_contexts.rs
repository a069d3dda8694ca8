//! A context that a condition chooses is entered by an `ExitStack`, which leaves what it has entered.
//!
//! before                                              after
//!   with if %path { lib:open(%path) } else {            with lib:contextlib.ExitStack() as %stack {
//!     lib:contextlib.nullcontext(%out)                    set place %file = if %path {
//!   } as %file { .. }                                       method (%stack).enter_context(lib:open(%path))
//!                                                         } else {
//!                                                           method (%stack).enter_context(..nullcontext(%out))
//!                                                         }
//!                                                         ..
//!                                                       }
//!
//! So is one that the statement before the `with` gives a name that nothing else reads.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out such contexts of a program.
pub(super) fn expand(program: &mut Program<Hir>) {
    for body in program.fns.values_mut() {
        if has_any(body) {
            write(Arc::make_mut(body));
        }
    }
}

fn has_any(body: &Body<Hir>) -> bool {
    let has_with = body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::With { is_async: false, .. }));
    has_with && body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::If { els: Some(_), .. }))
}

fn write(body: &mut Body<Hir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let mut at = 0;
        while at < body.blocks[block].stmts.len() {
            if let StmtKind::Expr(node) = body.blocks[block].stmts[at].kind
                && let Node::With { items, body: inner, is_async: false } = body.nodes[node].kind.clone()
            {
                at -= usize::from(inline(body, block, at, node));
                let origin = body.nodes[node].origin;
                choose(body, node, &items, inner, origin);
            }
            at += 1;
        }
    }
}

/// Takes the one name of a context that the statement before gives it out; whether it did.
fn inline(body: &mut Body<Hir>, block: BlockId, at: usize, with: NodeId) -> bool {
    let Node::With { items, .. } = &body.nodes[with].kind else { return false };
    let [item, ..] = &items[..] else { return false };
    let Node::Use(place, _) = &body.nodes[item.context].kind else { return false };
    let (Some(local), Some(before)) = (place.as_local(), at.checked_sub(1)) else { return false };
    let StmtKind::Set { target: Pat::Place(target), value } = &body.blocks[block].stmts[before].kind else {
        return false;
    };
    let mut uses = 0;
    body.each_place(&mut |place| uses += usize::from(place.root == Root::Local(local)));
    // The name where it is set, and where it is entered.
    if target.as_local() != Some(local) || branches(body, *value).is_none() || uses != 2 {
        return false;
    }
    let (value, context) = (*value, item.context);
    body.nodes[context].kind = body.nodes[value].kind.clone();
    let gone = body.blocks[block].stmts.remove(before);
    let stmt = &mut body.blocks[block].stmts[before];
    stmt.above.splice(0..0, gone.above);
    stmt.blank_before |= gone.blank_before;
    true
}

/// The blocks of a condition that chooses among calls.
fn branches(body: &Body<Hir>, node: NodeId) -> Option<Vec<BlockId>> {
    let Node::If { then, els: Some(els), .. } = body.nodes[node].kind else { return None };
    let mut out = Vec::new();
    for block in [then, els] {
        let tail = body.blocks[block].tail?;
        match &body.nodes[tail].kind {
            Node::Call { .. } => out.push(block),
            _ => out.extend(branches(body, tail)?),
        }
    }
    Some(out)
}

fn choose(body: &mut Body<Hir>, with: NodeId, items: &[WithItem], inner: BlockId, at: Origin) {
    let Some(position) = items.iter().position(|item| branches(body, item.context).is_some()) else { return };
    let (before, item, after) = (&items[..position], &items[position], &items[position + 1..]);
    let stack = body.temp("stack", Ty::unknown(), at);
    let Some(blocks) = branches(body, item.context) else { return };
    for block in blocks {
        let Some(context) = body.blocks[block].tail else { continue };
        let of = body.use_local(stack, Mode::Read, at);
        let args = vec![Arg::positional(context)];
        let callee = Callee::Method(of, Name::new("enter_context"));
        let entered = body.node(Node::Call { callee, args }, Ty::unknown(), at);
        body.blocks[block].tail = Some(entered);
    }
    let chosen = match item.target.clone() {
        Some(target) => StmtKind::Set { target, value: item.context },
        None => StmtKind::Expr(item.context),
    };
    let mut rest = inner;
    if !after.is_empty() {
        let node = Node::With { items: after.to_vec(), body: inner, is_async: false };
        let node = body.node(node, Ty::unknown(), at);
        choose(body, node, after, inner, at);
        let stmts = vec![Stmt::new(StmtKind::Expr(node), at)];
        rest = body.block(BlockRow { stmts, ..BlockRow::default() });
    }
    body.blocks[rest].stmts.insert(0, Stmt::new(chosen, at));
    let callee = Callee::Lib(Name::new("contextlib.ExitStack"));
    let context = body.node(Node::Call { callee, args: Vec::new() }, Ty::unknown(), at);
    let mut items = before.to_vec();
    items.push(WithItem { context, target: Some(Pat::Place(Place::local(stack))) });
    body.nodes[with].kind = Node::With { items, body: rest, is_async: false };
}
