//! Counting in a dict goes through one look-up.
//!
//! before                                                    after
//!   if dict.contains(ref %d, ref %k) {                        update (rs.method{".entry.or_insert"}(..)).* int.add 1
//!     update %d[ref %k] int.add 1
//!   } else {
//!     set place %d[clone %k] = 1
//!   }
//!
//! and `set place %d[move %k] = int.add(lib:dict.get(ref %d, ref %k, 0), %n)` into the same.
//!
//! Holds back when the branches have comments or other statements, when the start is not what the update
//! makes of zero, or when dict and key are no plain locals.

use crate::same::{int, same_place};
use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// How an entry is spelt.
const ENTRY: &str = "{0}.entry({1}).or_insert({2})";

/// `if k in d { d[k] += n } else { d[k] = n }` as `*d.entry(k).or_insert(0) += n`.
pub(crate) fn entry(body: &mut Body<Mir>) {
    for block in crate::same::blocks(body) {
        let mut index = 0;
        while index < body.blocks[block].stmts.len() {
            if let Some(found) = named(body, block, index) {
                let above = body.blocks[block].stmts.remove(index);
                let stmt = &mut body.blocks[block].stmts[index];
                stmt.above = above.above;
                stmt.blank_before = above.blank_before;
                body.blocks[block].stmts[index].kind = update(body, found);
            } else if let Some(found) = at(body, block, index) {
                body.blocks[block].stmts[index].kind = update(body, found);
            }
            index += 1;
        }
    }
}

/// A change of what a dict holds under a key.
struct Change {
    dict: Place,
    /// Owned.
    key: NodeId,
    /// What an item starts with.
    start: NodeId,
    op: Op,
    value: NodeId,
}

fn at(body: &mut Body<Mir>, block: BlockId, index: usize) -> Option<Change> {
    match body.blocks[block].stmts[index].kind.clone() {
        StmtKind::Expr(node) => {
            let (dict, key, step) = find(body, node)?;
            let (item, origin) = (body.ty(step), body.nodes[node].origin);
            let start = body.node(Node::Const(Const::Int("0".into())), item, origin);
            Some(Change { dict, key, start, op: IntOp::Add.into(), value: step })
        }
        StmtKind::Set { target: Pat::Place(slot), value } => read_and_set(body, &slot, value),
        _ => None,
    }
}

/// `let value = d.get(k, start) + n` before `d[k] = value`, with nothing between.
fn named(body: &Body<Mir>, block: BlockId, index: usize) -> Option<Change> {
    let [first, second, ..] = &body.blocks[block].stmts[index..] else { return None };
    let (
        StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) },
        StmtKind::Set { target, value: read },
    ) = (&first.kind, &second.kind)
    else {
        return None;
    };
    let Pat::Place(slot) = target else { return None };
    let is_read = matches!(&body.nodes[*read].kind, Node::Use(place, _) if place.as_local() == Some(*local));
    let is_plain = first.beside.is_none() && second.above.is_empty();
    if !is_read || !is_plain || crate::same::uses(body, *local) != 1 {
        return None;
    }
    read_and_set(body, slot, *value)
}

/// `d[k] = d.get(k, start) op value`.
fn read_and_set(body: &Body<Mir>, slot: &Place, value: NodeId) -> Option<Change> {
    let Node::Op { op, args, .. } = &body.nodes[value].kind else { return None };
    let is_number = matches!(
        op,
        Op::IntOp(IntOp::Add | IntOp::Sub | IntOp::Mul)
            | Op::FloatOp(FloatOp::Add | FloatOp::Sub | FloatOp::Mul)
    );
    let [read, step] = args[..] else { return None };
    let Node::Call { callee: Callee::Lib(name), args: get } = &body.nodes[read].kind else { return None };
    let [of, asked, start] = &get[..] else { return None };
    let (Node::Use(dict, _), Node::Use(key, _)) = (&body.nodes[of.value].kind, &body.nodes[asked.value].kind)
    else {
        return None;
    };
    let (written, owned) = item(body, slot)?;
    let root = dict.as_local()?;
    let is_dict = matches!(body.locals[root].ty.strip_ref().kind(), TyKind::Dict(..));
    let constant = matches!(body.nodes[start.value].kind, Node::Const(_));
    let mut stays = crate::same::is_quiet(body, step);
    crate::same::each_node_place(body, step, &mut |place| stays &= place.root != Root::Local(root));
    let fits = is_number
        && !body.ty(value).is_big()
        && name.as_str().split('#').next() == Some("dict.get")
        && is_dict
        && constant
        && stays
        && same_place(body, &written, dict)
        && is_key(body, owned, key)
        && !matches!(body.ty(owned).kind(), TyKind::Ref(_));
    fits.then(|| Change { dict: dict.clone(), key: owned, start: start.value, op: *op, value: step })
}

fn update(body: &mut Body<Mir>, change: Change) -> StmtKind {
    let origin = body.nodes[change.value].origin;
    let dict_ty = change.dict.as_local().map_or(Ty::unknown(), |local| body.locals[local].ty);
    let is_ref = matches!(dict_ty.kind(), TyKind::RefMut(_));
    let (mode, ty) = if is_ref { (Mode::Copy, dict_ty) } else { (Mode::Mut, dict_ty.reference_mut()) };
    let dict = body.node(Node::Use(change.dict, mode), ty, origin);
    let attr = Attr::Name(Name::new(ENTRY));
    let item = body.ty(change.start);
    let kind = Node::Op { op: RsOp::Method.into(), attr, args: vec![dict, change.key, change.start] };
    let slot = body.node(kind, item.reference_mut(), origin);
    StmtKind::Update { place: Place::node(slot).with(Proj::Deref), op: change.op, value: change.value }
}

/// Dict, owned key and step.
fn find(body: &Body<Mir>, node: NodeId) -> Option<(Place, NodeId, NodeId)> {
    let Node::If { cond, then, els: Some(els) } = body.nodes[node].kind else { return None };
    let Node::Op { op: Op::DictOp(DictOp::Contains), args, .. } = &body.nodes[cond].kind else { return None };
    let (Node::Use(dict, _), Node::Use(key, _)) = (&body.nodes[args[0]].kind, &body.nodes[args[1]].kind)
    else {
        return None;
    };
    let StmtKind::Update { place, op: Op::IntOp(IntOp::Add), value } = only(body, then)? else { return None };
    let StmtKind::Set { target: Pat::Place(slot), value: start } = only(body, els)? else { return None };
    let step = int(body, *value)?;
    let (updated, made) = (item(body, place)?, item(body, slot)?);
    let same_dict = same_place(body, &updated.0, dict) && same_place(body, &made.0, dict);
    let same_key = is_key(body, updated.1, key) && is_key(body, made.1, key);
    let owned = !matches!(body.ty(made.1).kind(), TyKind::Ref(_));
    let plain = dict.as_local().is_some() && int(body, *start) == Some(step) && !body.ty(*value).is_big();
    (same_dict && same_key && owned && plain).then(|| (dict.clone(), made.1, *value))
}

fn only(body: &Body<Mir>, block: BlockId) -> Option<&StmtKind> {
    let row = &body.blocks[block];
    match &row.stmts[..] {
        [stmt]
            if row.tail.is_none()
                && row.end_comments.is_empty()
                && stmt.above.is_empty()
                && stmt.beside.is_none() =>
        {
            Some(&stmt.kind)
        }
        _ => None,
    }
}

/// `d[k]` as its dict and key.
fn item(body: &Body<Mir>, place: &Place) -> Option<(Place, NodeId)> {
    let place = crate::same::flat(body, place);
    let (Proj::Index(key), front) = place.proj.split_last()? else { return None };
    Some((Place { root: place.root, proj: front.to_vec() }, *key))
}

fn is_key(body: &Body<Mir>, node: NodeId, key: &Place) -> bool {
    match &body.nodes[node].kind {
        Node::Use(place, _) => same_place(body, place, key),
        Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } => is_key(body, args[0], key),
        _ => false,
    }
}

/// `d.entry(k.clone()).or_insert(v)` as `d.entry_ref(&k).or_insert(v)`: only a new key needs a copy.
pub(crate) fn lent_key(program: &mut Program<Mir>) {
    let fields = program.classes.values().flat_map(|class| &class.fields);
    let in_cells: FxHashSet<Name> =
        fields.filter(|field| field.cell != FieldCell::Plain).map(|field| field.name).collect();
    for body in program.fns.values_mut() {
        lend_keys(Arc::make_mut(body), &in_cells);
    }
}

/// Holds back from keys in cells, whose guards are no keys.
fn lend_keys(body: &mut Body<Mir>, in_cells: &FxHashSet<Name>) {
    let is_plain = |place: &Place| {
        matches!(place.root, Root::Local(_))
            && place.proj.iter().all(|proj| matches!(proj, Proj::Field(name) if !in_cells.contains(name)))
    };
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Op { op: Op::RsOp(RsOp::Method), attr: Attr::Name(spelling), args } =
            &body.nodes[node].kind
        else {
            continue;
        };
        if *spelling != ENTRY {
            continue;
        }
        let (dict, key, start) = (args[0], args[1], args[2]);
        let ty = body.ty(key);
        let lent = match &body.nodes[key].kind {
            // A character makes a text of itself; it is no part of one.
            Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } => {
                let is_text = *ty.kind() == TyKind::Str && !body.ty(args[0]).is_char();
                (is_text && matches!(&body.nodes[args[0]].kind, Node::Use(place, _) if is_plain(place)))
                    .then_some(args[0])
            }
            Node::Use(place, Mode::Clone) if is_plain(place) && !matches!(ty.kind(), TyKind::Shared(_)) => {
                let (place, origin) = (place.clone(), body.nodes[key].origin);
                Some(body.node(Node::Use(place, Mode::Ref), ty.reference(), origin))
            }
            _ => None,
        };
        if let Some(lent) = lent {
            let attr = Attr::Name(Name::new("{0}.entry_ref({1}).or_insert({2})"));
            body.nodes[node].kind = Node::Op { op: RsOp::Method.into(), attr, args: vec![dict, lent, start] };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{entry, lend_keys};
    use crate::tests::{check, holds_back};
    use batuta_base::FxHashSet;
    use batuta_core::{Body, Mir};

    fn text(start: i64) -> String {
        format!(
            "fn @f(%d: &mut dict<str, i64>, %k: str) -> none {{\n  if dict.contains(copy %d, ref %k) {{\n    update %d[ref %k] int.add 1\n  }} else {{\n    set place %d[clone %k] = {start}\n  }}\n}}\n"
        )
    }

    #[test]
    fn counts_through_an_entry() {
        check(
            entry,
            &text(1),
            "fn @f(%d: &mut dict<str, i64>, %k: str) -> none {\n  update (rs.method{\"{0}.entry({1}).or_insert({2})\"}(copy %d, clone %k, 0): &mut i64).* int.add 1\n}\n",
        );
    }

    #[test]
    fn lends_what_would_be_copied() {
        let spelt = |entry: &str, key: &str| {
            format!(
                "fn @f(%d: &mut dict<str, i64>, %k: str) -> none {{\n  update (rs.method{{\"{{0}}.{entry}({{1}}).or_insert({{2}})\"}}(copy %d, {key} %k, 0): &mut i64).* int.add 1\n}}\n"
            )
        };
        let lend = |body: &mut Body<Mir>| lend_keys(body, &FxHashSet::default());
        check(lend, &spelt("entry", "clone"), &spelt("entry_ref", "ref"));
        holds_back(lend, &spelt("entry", "move"));
    }

    #[test]
    fn holds_back_from_other_starts() {
        holds_back(entry, &text(5));
    }

    #[test]
    fn sees_through_borrows() {
        let before = text(1).replace("update %d[", "update (copy %d)[");
        holds_back(entry, &before);
        let owned = text(1).replace("&mut dict", "dict").replace("copy %d", "ref %d");
        check(
            entry,
            &owned.replace("update %d[", "update (ref %d)["),
            "fn @f(%d: dict<str, i64>, %k: str) -> none {\n  update (rs.method{\"{0}.entry({1}).or_insert({2})\"}(mut %d, clone %k, 0): &mut i64).* int.add 1\n}\n",
        );
    }
}
