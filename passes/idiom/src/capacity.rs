//! A list that a loop fills, one item a turn, has room for all of them from the start.
//!
//! before                                              after
//!   let mut %out: list<i64> = list.new()                let mut %out: list<i64> = rs.path{"Vec::with_capacity"}(rs.method{"len"}(copy %xs))
//!   for %x: i64 in iter.copied(copy %xs) {              for %x: i64 in iter.copied(copy %xs) {
//!     ..                                                  ..
//!     lib:list.append(mut %out, copy %t)                  lib:list.append(mut %out, copy %t)
//!
//! A list that starts with items gets room for them too, and they are pushed. Holds back where the number of
//! turns is no length of a local and no small constant, where the loop can be left early, and where
//! something between the list and the loop does more than declare.

use crate::same::{int, is_quiet};
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Lists that start with more items are written as a display.
const MOST_FIRST_ITEMS: usize = 1;
/// More turns than that say nothing of how many there will be.
const MOST_TURNS: i64 = 100_000;

/// Lists with room for what a loop puts in.
pub(crate) fn capacity(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let mut index = 0;
        while index < body.blocks[block].stmts.len() {
            if let Some((out, items)) = new_list(body, block, index)
                && let Some(turns) = turns_below(body, block, index, out)
            {
                reserve(body, block, index, &items, turns);
            }
            index += 1;
        }
    }
}

/// A local that starts as a list display, with the items.
fn new_list(body: &Body<Mir>, block: BlockId, index: usize) -> Option<(LocalId, Vec<NodeId>)> {
    let StmtKind::Let { pat: Pat::Bind(out, None), value: Some(value) } =
        &body.blocks[block].stmts[index].kind
    else {
        return None;
    };
    let row = &body.locals[*out];
    let Node::Op { op: Op::ListOp(ListOp::New), args, .. } = &body.nodes[*value].kind else { return None };
    let is_owned = matches!(row.ty.kind(), TyKind::List(_)) && row.ty == body.ty(*value);
    let fits = is_owned && row.mutable && row.ty.cell().is_none() && args.len() <= MOST_FIRST_ITEMS;
    fits.then(|| (*out, args.clone()))
}

/// What a number of turns is made of.
#[derive(Clone)]
enum Turns {
    Len(Place),
    Local(LocalId),
    Const(i64),
    Sum(Box<Turns>, Box<Turns>),
}

impl Turns {
    fn plus(self, more: Turns) -> Turns {
        match (self, more) {
            (Turns::Const(a), Turns::Const(b)) => Turns::Const(a + b),
            (a, b) => Turns::Sum(Box::new(a), Box::new(b)),
        }
    }
}

/// The turns of the loop below a list that gets an item in each.
fn turns_below(body: &Body<Mir>, block: BlockId, index: usize, out: LocalId) -> Option<Turns> {
    let mut declared = Vec::new();
    for stmt in &body.blocks[block].stmts[index + 1..] {
        match &stmt.kind {
            StmtKind::Let { pat: pat @ Pat::Bind(..), value: Some(value) } if is_still(body, *value) => {
                pat.for_each_local(&mut |local| declared.push(local));
            }
            StmtKind::Expr(node) => {
                let Node::For { iter, body: inside, els: None, .. } = &body.nodes[*node].kind else {
                    return None;
                };
                let turns = turns(body, *iter)?;
                let is_there = locals(&turns).iter().all(|local| !declared.contains(local) && *local != out);
                return (is_there && fills(body, *inside, out)).then_some(turns);
            }
            _ => return None,
        }
    }
    None
}

/// A value that leaves every length as it is and holds no borrow that changes.
fn is_still(body: &Body<Mir>, value: NodeId) -> bool {
    let made_empty = matches!(&body.nodes[value].kind, Node::Op { op: Op::ListOp(ListOp::New), args, .. } if args.is_empty());
    made_empty || body.ty(value).is_copy() && is_quiet(body, value) && !reads_changing(body, value)
}

fn reads_changing(body: &Body<Mir>, node: NodeId) -> bool {
    let mut found = false;
    crate::same::each_node_place(body, node, &mut |place| {
        found |= match place.root {
            Root::Local(local) => matches!(body.locals[local].ty.kind(), TyKind::RefMut(_)),
            _ => true,
        };
    });
    found
}

fn locals(turns: &Turns) -> Vec<LocalId> {
    match turns {
        Turns::Len(place) => match place.root {
            Root::Local(local) => vec![local],
            _ => Vec::new(),
        },
        Turns::Local(local) => vec![*local],
        Turns::Const(_) => Vec::new(),
        Turns::Sum(a, b) => [locals(a), locals(b)].concat(),
    }
}

/// Whether each turn of a loop ends with one item more in the list: one `append` at its top, no way out.
fn fills(body: &Body<Mir>, block: BlockId, out: LocalId) -> bool {
    let appends = |stmt: &Stmt| {
        let StmtKind::Expr(node) = stmt.kind else { return false };
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind else { return false };
        let is_out = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, Mode::Mut) if place.as_local() == Some(out));
        name.as_str().split('#').next() == Some("list.append") && args.len() == 2 && is_out(args[0].value)
    };
    let row = &body.blocks[block];
    let mut leaves = false;
    body.walk_block(block, &mut |node| {
        leaves |= matches!(
            body.nodes[node].kind,
            Node::Break { .. }
                | Node::Continue { .. }
                | Node::Return(_)
                | Node::Raise { .. }
                | Node::Yield(_)
        );
    });
    !leaves && row.stmts.iter().filter(|stmt| appends(stmt)).count() == 1
}

/// How many turns a loop over `iter` makes at most.
fn turns(body: &Body<Mir>, iter: NodeId) -> Option<Turns> {
    match &body.nodes[iter].kind {
        Node::Op {
            op: Op::IterOp(IterOp::Copied | IterOp::Ref | IterOp::Chars | IterOp::Into),
            args,
            ..
        } => match &body.nodes[args[0]].kind {
            Node::Op { op: Op::RangeOp(RangeOp::New), args, .. } => {
                let counts_up = int(body, args[0])? >= 0 && int(body, args[2])? == 1;
                if counts_up { count(body, args[1]) } else { None }
            }
            _ => length_of(body, args[0]),
        },
        Node::Call { callee: Callee::Lib(name), args } => match name.as_str().split('#').next()? {
            "builtins.enumerate" | "builtins.zip" => turns(body, args.first()?.value),
            "dict.items" => length_of(body, args.first()?.value),
            _ => None,
        },
        _ => None,
    }
}

/// An int that is a length, or a small constant.
fn count(body: &Body<Mir>, node: NodeId) -> Option<Turns> {
    match &body.nodes[node].kind {
        Node::Const(_) => int(body, node).filter(|n| (1..=MOST_TURNS).contains(n)).map(Turns::Const),
        Node::Op { op: Op::ListOp(ListOp::Len) | Op::StrOp(StrOp::Len), args, .. } => {
            length_of(body, args[0])
        }
        Node::Op { op: Op::IntOp(IntOp::Add), args, .. } => {
            Some(count(body, args[0])?.plus(count(body, args[1])?))
        }
        Node::Use(place, Mode::Copy) => {
            let local = place.as_local()?;
            let is_fixed =
                !body.locals[local].mutable && *body.locals[local].ty.kind() == TyKind::Int(Width::I64);
            (is_fixed && is_length(body, local)).then_some(Turns::Local(local))
        }
        _ => None,
    }
}

/// Whether a local that stays is the length of something.
fn is_length(body: &Body<Mir>, local: LocalId) -> bool {
    let mut found = false;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Let { pat: Pat::Bind(bound, None), value: Some(value) } = &stmt.kind
            && *bound == local
        {
            found = matches!(
                &body.nodes[*value].kind,
                Node::Op { op: Op::ListOp(ListOp::Len) | Op::StrOp(StrOp::Len), .. }
            );
        }
    });
    found
}

/// The length of a list, text or dict in a local.
fn length_of(body: &Body<Mir>, node: NodeId) -> Option<Turns> {
    let Node::Use(place, Mode::Ref | Mode::Copy | Mode::Move) = &body.nodes[node].kind else { return None };
    let ty = body.locals[place.as_local()?].ty;
    let is_plain =
        matches!(ty.strip_ref().kind(), TyKind::List(_) | TyKind::Str | TyKind::Dict(..) | TyKind::Set(_));
    (is_plain && ty.cell().is_none()).then(|| Turns::Len(place.clone()))
}

/// The list gets its room, then its first items.
fn reserve(body: &mut Body<Mir>, block: BlockId, index: usize, items: &[NodeId], turns: Turns) {
    let origin = body.blocks[block].stmts[index].origin;
    let StmtKind::Let { pat: Pat::Bind(out, None), .. } = body.blocks[block].stmts[index].kind else {
        return;
    };
    let turns = match items.len() {
        0 => turns,
        count => turns.plus(Turns::Const(count as i64)),
    };
    let room = room(body, &turns, origin);
    let attr = Attr::Name(Name::new("Vec::with_capacity"));
    let kind = Node::Op { op: RsOp::Path.into(), attr, args: vec![room] };
    let list = body.node(kind, body.locals[out].ty, origin);
    body.blocks[block].stmts[index].kind = StmtKind::Let { pat: Pat::Bind(out, None), value: Some(list) };
    for (at, item) in items.iter().enumerate() {
        let list = body.use_local(out, Mode::Mut, origin);
        let callee = Callee::Lib(Name::new("list.append"));
        let args = vec![Arg::positional(list), Arg::positional(*item)];
        let push = body.node(Node::Call { callee, args }, Ty::unit(), origin);
        body.blocks[block].stmts.insert(index + 1 + at, Stmt::new(StmtKind::Expr(push), origin));
    }
}

fn room(body: &mut Body<Mir>, turns: &Turns, origin: Origin) -> NodeId {
    match turns {
        Turns::Len(place) => {
            let ty = body.locals[place.as_local().expect("lengths are those of locals")].ty;
            let (mode, ty) = match ty.kind() {
                TyKind::Ref(_) => (Mode::Copy, ty),
                _ => (Mode::Ref, ty.strip_ref().reference()),
            };
            let list = body.node(Node::Use(place.clone(), mode), ty, origin);
            let attr = Attr::Name(Name::new("len"));
            body.node(Node::Op { op: RsOp::Method.into(), attr, args: vec![list] }, Ty::usize(), origin)
        }
        Turns::Local(local) => {
            let count = body.use_local(*local, Mode::Copy, origin);
            body.op(RsOp::As, vec![count], Ty::usize(), origin)
        }
        Turns::Const(count) => {
            body.node(Node::Const(Const::Int(count.to_string().into())), Ty::usize(), origin)
        }
        Turns::Sum(a, b) => {
            let parts = vec![room(body, a, origin), room(body, b, origin)];
            body.op(IntOp::Add, parts, Ty::usize(), origin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::capacity;
    use crate::tests::{check, holds_back};

    fn text(start: &str, more: &str) -> String {
        format!(
            "fn @f(%xs: &list<i64>) -> list<i64> {{\n{start}  let mut %t: i64 = 0\n  for %x: i64 in iter.copied(copy %xs) {{\n    update %t int.add copy %x\n{more}    lib:list.append(mut %out, copy %t)\n  }}\n  return move %out\n}}\n"
        )
    }

    #[test]
    fn a_list_that_a_loop_fills() {
        let reserved = "  let mut %out: list<i64> = rs.path{\"Vec::with_capacity\"}(rs.method{\"len\"}(copy %xs): usize): list<i64>\n";
        check(
            capacity,
            &text("  let mut %out: list<i64> = list.new(): list<i64>\n", ""),
            &text(reserved, ""),
        );
    }

    #[test]
    fn holds_back_from_loops_that_may_end() {
        let stop = "    if cmp.gt(copy %t, 9) {\n      break\n    }\n";
        holds_back(capacity, &text("  let mut %out: list<i64> = list.new(): list<i64>\n", stop));
    }
}
