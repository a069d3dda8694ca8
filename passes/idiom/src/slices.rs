//! Loops that step through lists in parallel read slices instead of indices.
//!
//! before                                                          after
//!   for %j: i64 in iter.into(range.new(0, copy %n, 1)) {            for (%r, &%b) in %row[..n].iter_mut().zip(&%bs[..n]) {
//!     update %row[#copy %j] float.add float.mul(%x, %bs[#copy %j])    update %r.* float.add float.mul(%x, copy %b)
//!   }                                                               }
//!
//! Holds back when the index has other uses, when one list is read and written at two places, for counts that
//! may be negative, and in programs with handlers: they could see what was written before a list ended.

use crate::remainder::known_locals;
use crate::same::{each_stmt_place, int, is_quiet, same, same_place, uses};
use batuta_base::Name;
use batuta_core::*;

/// Runs over a program without handlers.
pub(crate) fn slices(program: &mut Program<Mir>) {
    let handles = |body: &Body<Mir>| {
        body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Try { .. } | Node::With { .. }))
    };
    if program.fns.values().any(|body| handles(body)) {
        return;
    }
    program.fns.values_mut().for_each(|body| loops(std::sync::Arc::make_mut(body)));
}

fn loops(body: &mut Body<Mir>) {
    let mut found = Vec::new();
    body.walk_block(body.root, &mut |node| {
        if matches!(body.nodes[node].kind, Node::For { .. }) {
            found.push(node);
        }
    });
    for node in found {
        if let Some(steps) = steps(body, node) {
            rewrite(body, node, steps);
        }
    }
}

/// A loop that can be written over slices.
struct Steps {
    block: BlockId,
    end: NodeId,
    /// The lists without their index; the first is the one that is written, if any is.
    lists: Vec<Place>,
    writes: bool,
    index: LocalId,
}

fn steps(body: &Body<Mir>, node: NodeId) -> Option<Steps> {
    let Node::For { label: None, pat: Pat::Bind(index, None), iter, body: block, els: None } =
        &body.nodes[node].kind
    else {
        return None;
    };
    let end = count(body, *iter)?;
    let row = &body.blocks[*block];
    let [stmt] = &row.stmts[..] else { return None };
    if row.tail.is_some() || !row.end_comments.is_empty() {
        return None;
    }
    let (target, value) = match &stmt.kind {
        StmtKind::Update { place, op: Op::IntOp(_) | Op::FloatOp(_), value } => (place, *value),
        StmtKind::Set { target: Pat::Place(place), value }
            if is_length(body, end, &indexed(body, place, *index)?) =>
        {
            (place, *value)
        }
        _ => return None,
    };
    let written = indexed(body, target, *index);
    let is_counter = target.as_local().is_some_and(|local| body.locals[local].ty.is_copy());
    if !is_quiet(body, value) || written.is_none() && !is_counter {
        return None;
    }
    let mut lists: Vec<Place> = written.iter().cloned().collect();
    let mut reads = 0;
    let mut fits = true;
    each_stmt_place(body, stmt, &mut |place| {
        let Some(list) = indexed(body, place, *index) else { return };
        reads += 1;
        let is_known = lists.iter().any(|known| same_place(body, known, &list));
        let clashes = written.as_ref().is_some_and(|written| written.root == list.root && !is_known);
        fits &= !clashes;
        if !is_known {
            lists.push(list);
        }
    });
    let fits = fits
        && (1..=3).contains(&lists.len())
        && reads == uses(body, *index)
        && lists.iter().all(|list| is_plain(body, list, &[Some(*index), target.as_local()]))
        && (lists.len() > 1 || written.is_none() || matches!(stmt.kind, StmtKind::Update { .. }));
    fits.then(|| Steps { block: *block, end, lists, writes: written.is_some(), index: *index })
}

/// The end of a range that counts up from 0 and is not negative.
fn count(body: &Body<Mir>, iter: NodeId) -> Option<NodeId> {
    let Node::Op { op: Op::IterOp(IterOp::Into), args, .. } = &body.nodes[iter].kind else { return None };
    let Node::Op { op: Op::RangeOp(RangeOp::New), args, .. } = &body.nodes[args[0]].kind else { return None };
    let [start, end, step] = args[..] else { return None };
    let is_known = match &body.nodes[end].kind {
        Node::Const(_) => int(body, end).is_some_and(|n| n >= 0),
        Node::Use(place, Mode::Copy) => {
            place.as_local().is_some_and(|local| known_locals(body).contains(&local))
        }
        Node::Op { op: Op::ListOp(ListOp::Len), args, .. } => {
            matches!(&body.nodes[args[0]].kind, Node::Use(place, _) if place.proj.is_empty())
        }
        _ => false,
    };
    (int(body, start) == Some(0) && int(body, step) == Some(1) && is_known).then_some(end)
}

/// `xs[j]` as `xs`.
fn indexed(body: &Body<Mir>, place: &Place, index: LocalId) -> Option<Place> {
    let (Proj::Nth(at), front) = place.proj.split_last()? else { return None };
    let is_index =
        matches!(&body.nodes[*at].kind, Node::Use(place, Mode::Copy) if place.as_local() == Some(index));
    is_index.then(|| Place { root: place.root, proj: front.to_vec() })
}

/// A list in a local, or a list of it, at an index that stays.
fn is_plain(body: &Body<Mir>, list: &Place, changing: &[Option<LocalId>]) -> bool {
    let Root::Local(root) = list.root else { return false };
    let mut ty = body.locals[root].ty.strip_ref();
    for proj in &list.proj {
        let (Proj::Nth(at), TyKind::List(item)) = (proj, ty.kind()) else { return false };
        let stays = match &body.nodes[*at].kind {
            Node::Const(_) => true,
            Node::Use(place, Mode::Copy) => {
                place.as_local().is_some_and(|local| !changing.contains(&Some(local)))
            }
            _ => false,
        };
        if !stays {
            return false;
        }
        ty = *item;
    }
    matches!(ty.kind(), TyKind::List(item) if item.is_copy() && !matches!(item.kind(), TyKind::Ref(_)))
}

/// Whether a count is the length of a list.
fn is_length(body: &Body<Mir>, end: NodeId, list: &Place) -> bool {
    if let Node::Op { op: Op::ListOp(ListOp::Len), args, .. } = &body.nodes[end].kind
        && matches!(&body.nodes[args[0]].kind, Node::Use(place, _) if same_place(body, place, list))
    {
        return true;
    }
    list.as_local().is_some_and(|local| is_made_of(body, local, end) && keeps_length(body, local))
}

fn read(body: &Body<Mir>, node: NodeId) -> Option<LocalId> {
    match &body.nodes[node].kind {
        Node::Use(place, _) => place.as_local(),
        _ => None,
    }
}

/// `let xs = [value] * count`, where the count stays.
fn is_made_of(body: &Body<Mir>, list: LocalId, count: NodeId) -> bool {
    let stays = match &body.nodes[count].kind {
        Node::Op { op: Op::ListOp(ListOp::Len), args, .. } => {
            read(body, args[0]).is_some_and(|local| matches!(body.locals[local].ty.kind(), TyKind::Ref(_)))
        }
        _ => read(body, count).is_some_and(|local| !body.locals[local].mutable),
    };
    let mut found = false;
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) } = &stmt.kind
            && *local == list
            && let Node::Op { op: Op::ListOp(ListOp::Repeat), args, .. } = &body.nodes[*value].kind
            && let Node::Op { op: Op::ListOp(ListOp::New), args: one, .. } = &body.nodes[args[0]].kind
        {
            let made = match &body.nodes[args[1]].kind {
                Node::Op { op: Op::RsOp(RsOp::As), args, .. } => args[0],
                _ => args[1],
            };
            found = one.len() == 1 && same(body, made, count);
        }
    });
    found && stays
}

/// Nothing pushes to a list, deletes in it, assigns a slice of it or the whole again.
fn keeps_length(body: &Body<Mir>, list: LocalId) -> bool {
    let mut keeps = true;
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, Mode::Mut | Mode::Take) = &body.nodes[node].kind {
            keeps &= place.root != Root::Local(list);
        }
    });
    let writes_item = |place: &Place| match place.proj[..] {
        [Proj::Nth(_)] => true,
        [Proj::Index(index)] => body.ty(index).strip_ref().is_int(),
        _ => false,
    };
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => {
            each_place(target, &mut |place| keeps &= place.root != Root::Local(list) || writes_item(place));
        }
        StmtKind::Update { place, .. } => keeps &= place.root != Root::Local(list) || writes_item(place),
        StmtKind::Del(place) => keeps &= place.root != Root::Local(list),
        _ => {}
    });
    keeps
}

/// The places that a pattern assigns.
fn each_place(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| each_place(part, f));
}

fn rewrite(body: &mut Body<Mir>, node: NodeId, steps: Steps) {
    let items: Vec<LocalId> = steps.lists.iter().map(|list| item(body, list, steps.index)).collect();
    let mut pats = Vec::new();
    for (at, local) in items.iter().enumerate() {
        let ty = body.locals[*local].ty;
        let is_written = steps.writes && at == 0;
        pats.push(if is_written {
            Pat::Bind(*local, None)
        } else {
            Pat::Ref(Box::new(Pat::Bind(*local, None)))
        });
        if is_written {
            body.locals[*local].ty = ty.reference_mut();
        }
    }
    let iter = source(body, node, &steps);
    replace(body, &steps, &items);
    let pat = pats.into_iter().reduce(|left, right| Pat::Tuple(vec![left, right]));
    if let Node::For { pat: old, iter: from, .. } = &mut body.nodes[node].kind
        && let Some(pat) = pat
    {
        *old = pat;
        *from = iter;
    }
}

/// A variable for the items of a list.
fn item(body: &mut Body<Mir>, list: &Place, index: LocalId) -> LocalId {
    let Root::Local(root) = list.root else { return index };
    let mut ty = body.locals[root].ty.strip_ref();
    for _ in 0..=list.proj.len() {
        if let TyKind::List(inner) = ty.kind() {
            ty = *inner;
        }
    }
    let name = format!("{}_{}", body.locals[root].name, body.locals[index].name);
    let origin = body.locals[index].origin;
    body.local(&name, ty, origin)
}

/// `xs[..n].iter_mut().zip(&ys[..n])`.
fn source(body: &mut Body<Mir>, node: NodeId, steps: &Steps) -> NodeId {
    let origin = body.nodes[node].origin;
    let mut args = Vec::new();
    let mut text = String::new();
    for (at, list) in steps.lists.iter().enumerate() {
        let whole = is_length(body, steps.end, list);
        let held = list.as_local().map(|local| body.locals[local].ty).filter(|ty| *ty != ty.strip_ref());
        let base = body.node(Node::Use(list.clone(), Mode::Copy), held.unwrap_or(Ty::unit()), origin);
        args.push(base);
        let mut part = format!("{{{}}}", args.len() - 1);
        if !whole {
            let end = as_usize(body, steps.end);
            args.push(end);
            part = format!("{part}[..{{{}}}]", args.len() - 1);
        }
        let lent = match held.map(|ty| ty.kind()) {
            Some(TyKind::Ref(_)) if whole => part.clone(),
            Some(_) if whole => format!("{part}.iter()"),
            _ => format!("&{part}"),
        };
        text = match (at, steps.writes, steps.lists.len()) {
            (0, true, _) => format!("{part}.iter_mut()"),
            (0, false, 1) => lent,
            (0, false, _) => format!("{part}.iter()"),
            _ => format!("{text}.zip({lent})"),
        };
    }
    let attr = Attr::Name(Name::new(&text));
    body.node(Node::Op { op: RsOp::Method.into(), attr, args }, Ty::iter(Ty::unit()), origin)
}

fn as_usize(body: &mut Body<Mir>, end: NodeId) -> NodeId {
    let (kind, origin) = (body.nodes[end].kind.clone(), body.nodes[end].origin);
    match kind {
        Node::Const(_) => body.node(kind, Ty::usize(), origin),
        Node::Op { op: Op::ListOp(ListOp::Len), .. } => body.node(kind, Ty::usize(), origin),
        _ => {
            let read = body.node(kind, Ty::i64(), origin);
            body.op(RsOp::As, vec![read], Ty::usize(), origin)
        }
    }
}

/// The indexed places become the items.
fn replace(body: &mut Body<Mir>, steps: &Steps, items: &[LocalId]) {
    let at = |body: &Body<Mir>, place: &Place| {
        let list = indexed(body, place, steps.index)?;
        let found = steps.lists.iter().position(|known| same_place(body, known, &list))?;
        let made = Place::local(items[found]);
        Some(if steps.writes && found == 0 { made.with(Proj::Deref) } else { made })
    };
    let mut nodes = Vec::new();
    body.walk_block(steps.block, &mut |node| nodes.push(node));
    for node in nodes {
        if let Node::Use(place, mode) = &body.nodes[node].kind
            && let Some(made) = at(body, place)
        {
            body.nodes[node].kind = Node::Use(made, *mode);
        }
    }
    let mut stmt = body.blocks[steps.block].stmts[0].clone();
    if let StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } = &mut stmt.kind
        && let Some(made) = at(body, place)
    {
        *place = made;
    }
    body.blocks[steps.block].stmts[0] = stmt;
}
