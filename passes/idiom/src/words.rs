//! The parts of a text that a loop reads are not copied.
//!
//! before                                                      after
//!   for %w: str in iter.into(lib:str.split(ref %line, ..)) {    for %w: &str in lib:str.split(ref %line, ..): iter<&str> {
//!     lib:list.append(mut %xs, move %w)                           lib:list.append(mut %xs, rs.to_owned(copy %w))
//!
//! Holds back when the text is no local that stays as it is, when the parts are counted or split by what is
//! no constant, and when a part is changed.

use crate::same::{each_source, int};
use batuta_base::FxHashMap;
use batuta_core::*;

/// Variables of loops over `text.split(..)` as `&str`.
pub(crate) fn words(body: &mut Body<Mir>) {
    let mut found: Vec<(LocalId, NodeId, NodeId)> = Vec::new();
    each_source(body, &mut |pat, iter| {
        if let (Pat::Bind(local, None), Some(call)) = (pat, split(body, iter))
            && !body.locals[*local].mutable
            && body.locals[*local].ty == Ty::str()
        {
            found.push((*local, iter, call));
        }
    });
    for (local, iter, call) in found {
        let uses = reads(body, local);
        if uses.len() != crate::same::uses(body, local) {
            continue;
        }
        let lent = Ty::str().reference();
        for (node, mode) in uses {
            let origin = body.nodes[node].origin;
            let read = Node::Use(Place::local(local), Mode::Copy);
            if mode == Mode::Ref {
                body.nodes[node] = NodeRow { kind: read, ty: lent, origin };
                continue;
            }
            let read = body.node(read, lent, origin);
            body.nodes[node].kind = Node::Op { op: RsOp::ToOwned.into(), attr: Attr::None, args: vec![read] };
        }
        body.locals[local].ty = lent;
        let kind = body.nodes[call].kind.clone();
        let origin = body.nodes[iter].origin;
        body.nodes[iter] = NodeRow { kind, ty: Ty::iter(lent), origin };
    }
}

/// Whole reads of a local with their mode.
fn reads(body: &Body<Mir>, local: LocalId) -> FxHashMap<NodeId, Mode> {
    let mut out = FxHashMap::default();
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, mode @ (Mode::Ref | Mode::Move | Mode::Clone)) = &body.nodes[node].kind
            && place.as_local() == Some(local)
        {
            out.insert(node, *mode);
        }
    });
    out
}

/// The call behind `iter.into(lib:str.split(..))` whose text stays.
fn split(body: &Body<Mir>, iter: NodeId) -> Option<NodeId> {
    let Node::Op { op: Op::IterOp(IterOp::Into), args, .. } = &body.nodes[iter].kind else { return None };
    let call = args[0];
    let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[call].kind else { return None };
    let (text, rest) = args.split_first()?;
    let stays = match &body.nodes[text.value].kind {
        Node::Use(place, Mode::Ref | Mode::Copy) => {
            place.as_local().is_some_and(|local| !body.locals[local].mutable)
        }
        Node::Const(_) => true,
        _ => false,
    };
    let is_separator = rest.first().is_none_or(|part| match body.as_const(part.value) {
        Some(Const::None) => true,
        Some(Const::Str(text)) => !text.is_empty(),
        _ => false,
    });
    let is_whole = rest.get(1).is_none_or(|count| int(body, count.value) == Some(-1));
    let is_split = name.as_str().split('#').next() == Some("str.split");
    (is_split && stays && is_separator && is_whole).then_some(call)
}

#[cfg(test)]
mod tests {
    use super::words;
    use crate::tests::{check, holds_back};

    #[test]
    fn kept_parts_are_copied_where_they_are_kept() {
        check(
            words,
            "fn @f(%s: &str, %xs: &mut list<str>) -> none {\n  for %w: str in iter.into(lib:str.split(copy %s, \",\"): list<str>): iter<str> {\n    lib:list.append(copy %xs, move %w)\n  }\n}\n",
            "fn @f(%s: &str, %xs: &mut list<str>) -> none {\n  for %w: &str in lib:str.split(copy %s, \",\"): iter<&str> {\n    lib:list.append(copy %xs, rs.to_owned(copy %w))\n  }\n}\n",
        );
    }

    #[test]
    fn holds_back_from_text_that_changes() {
        holds_back(
            words,
            "fn @f(mut %s: str) -> none {\n  for %w: str in iter.into(lib:str.split(ref %s, \",\"): list<str>) {\n    set place %s = move %w\n  }\n}\n",
        );
    }
}
