//! Two items of a list that are changed beside each other are changed by index.
//!
//! before (Typed)                                 after (Typed)
//!   for %i in range(0, len(%xs)) {                 for %i in range(0, len(%xs)) {
//!     set place %a = %xs[%i]                         for %j in range(%i + 1, len(%xs)) {
//!     for %j in range(%i + 1, len(%xs)) {              update %xs[%i].v -= %xs[%j].m
//!       set place %b = %xs[%j]                       }
//!       update %a.v -= %b.m                        }
//!     }
//!   }
//!
//! Holds back when one borrow at a time is enough, when the name stands for the object as a whole anywhere (a call,
//! a comparison, something that keeps it), when an index is not that of a loop over the list's length, and
//! when the loop changes anything of the list but fields of its items.

use crate::access::{Accesses, Kind, Step};
use crate::alias::Aliases;
use crate::bounds::Bounds;
use crate::live::Liveness;
use crate::types::{is_shared, place_tys};
use batuta_base::Origin;
use batuta_core::*;
use std::cell::RefCell;

/// A name for `list[index]`.
struct Name {
    local: LocalId,
    list: LocalId,
    index: LocalId,
}

/// What is known of a body before it is lowered.
pub(crate) struct Known<'a> {
    pub program: &'a Program<Typed>,
    pub body: &'a Body<Typed>,
    pub live: &'a Liveness,
    pub all: &'a Accesses,
    pub alias: &'a Aliases,
    pub bounds: &'a Bounds,
}

/// The body with such names written out; `None` when it has none.
pub(crate) fn rewrite(known: &Known<'_>) -> Option<Body<Typed>> {
    let names: Vec<Name> =
        known.all.defs.iter().filter_map(|(local, value, _)| name(known, *local, (*value)?)).collect();
    if names.is_empty() {
        return None;
    }
    let mut out = known.body.clone();
    for name in &names {
        write_out(&mut out, name);
    }
    Some(out)
}

fn name(known: &Known<'_>, local: LocalId, value: NodeId) -> Option<Name> {
    let Known { program, body, live, all, alias, bounds } = *known;
    let Node::Use(Place { root: Root::Local(list), proj }, _) = &body.nodes[value].kind else { return None };
    let [Proj::Index(index)] = proj[..] else { return None };
    let Node::Use(index, _) = &body.nodes[index].kind else { return None };
    let (list, index) = (*list, index.as_local()?);
    let ty = body.locals[local].ty;
    let is_owned = matches!(ty.kind(), TyKind::Class(..)) && !is_shared(program, ty);
    let is_list = matches!(body.locals[list].ty.strip_ref().kind(), TyKind::List(_));
    let is_free = |local: LocalId| {
        !live.captured.contains(&local)
            && !live.maybe_unbound.contains(&local)
            && !live.by_loops.contains(&local)
    };
    let is_plain =
        is_owned && is_list && is_free(local) && is_free(index) && !alias.locals.contains_key(&local);
    if !is_plain || definitions(all, local) != 1 || bounds.local(index).is_none_or(|least| least < 0) {
        return None;
    }
    let (turns, turn) = turns(body, list, index)?;
    let (from, to) = *all.spans.get(&turns)?;
    let changes_list = all.events.iter().any(|event| {
        let is_field = event.path.len() > 1 && event.path[0] == Step::Item;
        let is_kept = event.kind == Kind::Keep && event.path.is_empty();
        event.root == list
            && (from..=to).contains(&event.at)
            && (is_kept || event.kind.changes() && !is_field)
    });
    let name = Name { local, list, index };
    (!changes_list && stands_for_fields(program, body, &name, turn)).then_some(name)
}

fn definitions(all: &Accesses, local: LocalId) -> usize {
    all.defs.iter().filter(|(of, _, _)| *of == local).count()
}

/// The one loop `for index in range(.., len(list))`, and its block, if nothing else assigns the index.
fn turns(body: &Body<Typed>, list: LocalId, index: LocalId) -> Option<(NodeId, BlockId)> {
    let binds = |pat: &Pat| {
        let mut found = false;
        pat.for_each_local(&mut |local| found |= local == index);
        found
    };
    let mut found = Vec::new();
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::For { pat, iter, body: block, .. } if binds(pat) => found.push((node, *iter, *block)),
        _ => {}
    });
    let mut is_assigned = body.params.iter().any(|param| param.local == index);
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => is_assigned |= binds(pat),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => {
            is_assigned |= place.root == Root::Local(index);
        }
        StmtKind::Expr(_) => {}
    });
    let [(turns, iter, block)] = found[..] else { return None };
    (!is_assigned && ends_with_length(body, iter, list)).then_some((turns, block))
}

/// `range(.., len(list), 1)`.
fn ends_with_length(body: &Body<Typed>, iter: NodeId, list: LocalId) -> bool {
    let Node::Op { op, args, .. } = &body.nodes[iter].kind else { return false };
    match (op, &args[..]) {
        (Op::IterOp(IterOp::Of), [range]) => ends_with_length(body, *range, list),
        (Op::RangeOp(RangeOp::New), [_, stop, step]) => {
            let is_one = matches!(body.as_const(*step), Some(Const::Int(digits)) if &**digits == "1");
            let Node::Op { op: Op::ListOp(ListOp::Len), args, .. } = &body.nodes[*stop].kind else {
                return false;
            };
            let is_list =
                matches!(&body.nodes[args[0]].kind, Node::Use(place, _) if place.as_local() == Some(list));
            is_one && is_list
        }
        _ => false,
    }
}

/// Whether the name is assigned by a statement of its own, and all else reads or writes plain fields within the loop.
fn stands_for_fields(program: &Program<Typed>, body: &Body<Typed>, name: &Name, turn: BlockId) -> bool {
    let (mut all, mut others, mut inside) = (0, 0, 0);
    body.each_place_below(body.root, &mut |place| {
        if place.root == Root::Local(name.local) {
            let is_field = !place.proj.is_empty()
                && place.proj.iter().all(|proj| matches!(proj, Proj::Field(_)))
                && place_tys(program, body, place).last().is_some_and(|ty| ty.is_copy());
            all += 1;
            others += usize::from(!is_field);
        }
    });
    body.each_place_below(turn, &mut |place| inside += usize::from(place.root == Root::Local(name.local)));
    let is_stated = body.blocks.iter().any(|(_, row)| {
        let defines = |stmt: &Stmt| is_definition(stmt, name.local) && stmt.beside.is_none();
        row.stmts.iter().position(defines).is_some_and(|at| at + 1 < row.stmts.len())
    });
    others == 1 && is_stated && inside == all
}

fn is_definition(stmt: &Stmt, local: LocalId) -> bool {
    matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. } if place.as_local() == Some(local))
}

fn write_out(body: &mut Body<Typed>, name: &Name) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let stmts = &mut body.blocks[block].stmts;
        if let Some(at) = stmts.iter().position(|stmt| is_definition(stmt, name.local)) {
            let gone = stmts.remove(at);
            if let Some(next) = stmts.get_mut(at) {
                next.above.splice(0..0, gone.above);
                next.blank_before |= gone.blank_before;
            }
        }
    }
    let mut count = 0;
    body.each_place(&mut |place| count += usize::from(place.root == Root::Local(name.local)));
    let indices = (0..count).map(|_| body.use_local(name.index, Mode::Read, Origin::default()));
    let indices = RefCell::new(indices.collect::<Vec<NodeId>>());
    body.each_place_mut(&|place| {
        if place.root == Root::Local(name.local)
            && let Some(index) = indices.borrow_mut().pop()
        {
            place.root = Root::Local(name.list);
            place.proj.insert(0, Proj::Index(index));
        }
    });
}
