//! A loop's character that is only looked at is a `char`.
//!
//! before                                          after
//!   for %c: &str in iter.chars(copy %text) {        for %c: &char in iter.chars(copy %text) {
//!     if cmp.eq(copy %c, " ") { .. }                  if cmp.eq(copy %c, " ") { .. }
//!
//! and `"a" <= c <= "z"` is `c.is_ascii_lowercase()`. The same for `let c = s[i]`, and for `s[i]` where it stands.
//!
//! `char` is written as a reference, as `&str` was: both are copied, and the printer spells them by their type.
//! Holds back when some use needs text: a key, an argument, a part of other text.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;

/// Library functions that the printer can spell for one character.
const CALLS: &[&str] = &[
    "builtins.ord",
    "str.isalpha",
    "str.isalnum",
    "str.isdigit",
    "str.isspace",
    "str.isupper",
    "str.islower",
    "str.upper",
    "str.lower",
];

/// Variables of loops over text, and characters at a position, as `char`.
pub(crate) fn chars(body: &mut Body<Mir>) {
    let found = leaves(body);
    let mut locals: FxHashSet<LocalId> = found.iter().map(|leaf| leaf.local).collect();
    let fine = loop {
        let fine = fine_uses(body, &locals);
        let fits = |local: &LocalId| {
            let known = fine.iter().filter(|node| read(body, **node) == Some(*local)).count();
            let kept = moves(body, *local).len();
            known > 0 && known + kept == crate::same::uses(body, *local)
        };
        let kept: FxHashSet<LocalId> = locals.iter().copied().filter(fits).collect();
        if kept.len() == locals.len() {
            break fine;
        }
        locals = kept;
    };
    for local in &locals {
        moves(body, *local).into_iter().for_each(|node| copy(body, node, *local));
    }
    fine.into_iter().for_each(|node| spell(body, node));
    for leaf in found.iter().filter(|leaf| locals.contains(&leaf.local)) {
        body.locals[leaf.local].ty = Ty::char_item();
        body.nodes[leaf.source].ty = match body.nodes[leaf.source].kind {
            Node::Op { op: Op::StrOp(StrOp::At), .. } => Ty::char_item(),
            _ => Ty::iter(Ty::char_item()),
        };
    }
    if !locals.is_empty() {
        ranges(body);
    }
}

/// Variables that are bound to characters.
fn leaves(body: &Body<Mir>) -> Vec<Leaf> {
    let mut found = Vec::new();
    crate::same::each_source(body, &mut |pat, source| {
        let is_chars = matches!(body.nodes[source].kind, Node::Op { op: Op::IterOp(IterOp::Chars), .. });
        if let (true, Pat::Bind(local, None)) = (is_chars, pat)
            && !body.locals[*local].mutable
            && body.locals[*local].ty == Ty::str().reference()
        {
            found.push(Leaf { local: *local, source });
        }
    });
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Let { pat: Pat::Bind(local, None), value: Some(value) } = &stmt.kind
            && is_at(body, *value)
            && !body.locals[*local].mutable
            && body.locals[*local].ty == Ty::str()
        {
            found.push(Leaf { local: *local, source: *value });
        }
    });
    found
}

/// `s[i]`.
fn is_at(body: &Body<Mir>, node: NodeId) -> bool {
    matches!(body.nodes[node].kind, Node::Op { op: Op::StrOp(StrOp::At), .. })
}

/// What a borrow is taken of, else the node itself.
fn unborrowed(body: &Body<Mir>, node: NodeId) -> NodeId {
    match &body.nodes[node].kind {
        Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => args[0],
        _ => node,
    }
}

/// Uses that take a text out of a local: each makes its own of a character.
fn moves(body: &Body<Mir>, local: LocalId) -> Vec<NodeId> {
    let mut out = Vec::new();
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, Mode::Move | Mode::Clone) = &body.nodes[node].kind
            && place.as_local() == Some(local)
        {
            out.push(node);
        }
    });
    out
}

/// `rs.to_owned(copy %c)`.
fn copy(body: &mut Body<Mir>, node: NodeId, local: LocalId) {
    let origin = body.nodes[node].origin;
    let read = body.node(Node::Use(Place::local(local), Mode::Copy), Ty::char_item(), origin);
    body.nodes[node].kind = Node::Op { op: RsOp::ToOwned.into(), attr: Attr::None, args: vec![read] };
}

/// A use becomes that of a character, without the borrow.
fn spell(body: &mut Body<Mir>, node: NodeId) {
    let mut kind = body.nodes[unborrowed(body, node)].kind.clone();
    if let Node::Use(_, mode) = &mut kind {
        *mode = Mode::Copy;
    }
    body.nodes[node].kind = kind;
    body.nodes[node].ty = Ty::char_item();
}

/// `"a" <= c && c <= "z"` of a character as a question of its range.
fn ranges(body: &mut Body<Mir>) {
    let ids: Vec<NodeId> = body.nodes.ids().collect();
    for id in ids {
        let Some((value, low, high)) = range(body, id) else { continue };
        let text = match (low, high) {
            ('a', 'z') => "{0}.is_ascii_lowercase()".to_owned(),
            ('A', 'Z') => "{0}.is_ascii_uppercase()".to_owned(),
            ('0', '9') => "{0}.is_ascii_digit()".to_owned(),
            _ => format!("({low:?}..={high:?}).contains(&{{0}})"),
        };
        let attr = Attr::Name(Name::new(&text));
        body.nodes[id].kind = Node::Op { op: RsOp::Method.into(), attr, args: vec![value] };
    }
}

fn range(body: &Body<Mir>, id: NodeId) -> Option<(NodeId, char, char)> {
    let Node::Op { op: Op::BoolOp(BoolOp::And), args, .. } = &body.nodes[id].kind else { return None };
    let side = |node: NodeId| {
        let Node::Op { op: Op::CmpOp(op), args, .. } = &body.nodes[node].kind else { return None };
        let (low, high) = match op {
            CmpOp::Le => (args[0], args[1]),
            CmpOp::Ge => (args[1], args[0]),
            _ => return None,
        };
        Some((low, high))
    };
    let letter = |node: NodeId| match body.as_const(node) {
        Some(Const::Str(text)) => text.chars().next(),
        _ => None,
    };
    let ((a, b), (c, d)) = (side(args[0])?, side(args[1])?);
    let ((low, value), (other, high)) = if letter(a).is_some() { ((a, b), (c, d)) } else { ((c, d), (a, b)) };
    let is_one =
        body.ty(value).is_char() && read(body, value).is_some() && read(body, value) == read(body, other);
    is_one.then_some((value, letter(low)?, letter(high)?))
}

/// A variable that a source of characters, or one of them, binds.
struct Leaf {
    local: LocalId,
    source: NodeId,
}

/// The local that a node reads as a whole.
fn read(body: &Body<Mir>, node: NodeId) -> Option<LocalId> {
    match &body.nodes[node].kind {
        Node::Use(place, Mode::Copy | Mode::Ref) => place.as_local(),
        _ => None,
    }
}

/// Uses of the locals that a character serves as well as text does.
fn fine_uses(body: &Body<Mir>, locals: &FxHashSet<LocalId>) -> FxHashSet<NodeId> {
    let is_char = |node: NodeId| {
        is_at(body, unborrowed(body, node)) || read(body, node).is_some_and(|local| locals.contains(&local))
    };
    let is_one =
        |node: NodeId| matches!(body.as_const(node), Some(Const::Str(text)) if text.chars().count() == 1);
    let mut out = FxHashSet::default();
    let mut see = |node: NodeId| {
        if is_char(node) {
            out.insert(node);
        }
    };
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::Op { op: Op::CmpOp(op), args, .. } if !matches!(op, CmpOp::Is | CmpOp::IsNot) => {
            let [left, right] = args[..] else { return };
            if (is_char(left) || is_one(left)) && (is_char(right) || is_one(right)) {
                see(left);
                see(right);
            }
        }
        Node::Op { op: Op::StrOp(StrOp::Contains), args, .. } if !is_char(args[0]) => see(args[1]),
        Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } if !is_at(body, args[0]) => see(args[0]),
        Node::Call { callee: Callee::Lib(name), args }
            if args.len() == 1 && CALLS.contains(&name.as_str().split('#').next().unwrap_or_default()) =>
        {
            see(args[0].value);
        }
        Node::Format(pieces) => pieces.iter().for_each(|piece| match piece {
            Piece::Value { value, conv: Conv::Format | Conv::Str, spec, .. }
                if spec.is_empty() && !is_at(body, *value) =>
            {
                see(*value);
            }
            _ => {}
        }),
        _ => {}
    });
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Update { op: Op::StrOp(StrOp::Concat), value, .. } = &stmt.kind {
            see(*value);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::chars;
    use crate::tests::{check, holds_back};

    fn text(use_: &str, item: &str) -> String {
        format!(
            "fn @f(%s: &str) -> none {{\n  for %c: {item} in iter.chars(copy %s): iter<{item}> {{\n    {use_}\n  }}\n}}\n"
        )
    }

    #[test]
    fn compared_with_characters() {
        let line = "io.println(format\"{cmp.eq(copy %c, \" \")!s}\")";
        check(chars, &text(line, "&str"), &text(line, "&char"));
    }

    #[test]
    fn holds_back_from_words() {
        holds_back(chars, &text("io.println(format\"{cmp.eq(copy %c, \"ab\")!s}\")", "&str"));
    }
}
