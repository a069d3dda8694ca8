//! What stands between the brackets: `a[i, j]`, `a[1:, 0]`, `a[mask]`.

use crate::fact::{Elem, Fact};
use batuta_core::*;

/// One entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    /// An int: the node that gives it.
    At(NodeId),
    Slice,
    NewAxis,
    /// Positions along one axis, with so many axes of their own.
    Many(u8),
    /// A mask over so many axes.
    Mask(u8),
}

/// All entries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Entries(Vec<Entry>),
    /// A variable that holds a tuple of so many ints.
    Tuple(NodeId, u8),
}

/// The key of an access; none where it may be anything.
pub(crate) fn key(body: &Body<Typed>, node: NodeId, fact: &dyn Fn(NodeId) -> Fact) -> Option<Key> {
    let inner = match &body.nodes[node].kind {
        Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => args[0],
        _ => node,
    };
    if let TyKind::Tuple(items) = body.ty(inner).kind() {
        return match &body.nodes[inner].kind {
            Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => {
                args.iter().map(|arg| entry(body, *arg, fact)).collect::<Option<_>>().map(Key::Entries)
            }
            Node::Use(..) if items.iter().all(|item| item.is_int()) => {
                Some(Key::Tuple(inner, items.len() as u8))
            }
            _ => None,
        };
    }
    Some(Key::Entries(vec![entry(body, inner, fact)?]))
}

fn entry(body: &Body<Typed>, node: NodeId, fact: &dyn Fn(NodeId) -> Fact) -> Option<Entry> {
    let node = match &body.nodes[node].kind {
        Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => args[0],
        _ => node,
    };
    match body.ty(node).kind() {
        TyKind::Int(_) => Some(Entry::At(node)),
        TyKind::Slice => Some(Entry::Slice),
        TyKind::Unit => Some(Entry::NewAxis),
        TyKind::List(item) if item.is_int() => Some(Entry::Many(1)),
        TyKind::Value => match fact(node) {
            Fact::Number(Elem::Int, _) => Some(Entry::At(node)),
            Fact::Array(Elem::Int, rank) => Some(Entry::Many(rank)),
            Fact::Array(Elem::Bool, rank) => Some(Entry::Mask(rank)),
            _ => None,
        },
        _ => None,
    }
}

impl Key {
    /// The ints of a key that names one element of an array.
    pub(crate) fn ints(&self, rank: u8) -> Option<Vec<NodeId>> {
        let Key::Entries(entries) = self else { return None };
        let ints: Option<Vec<NodeId>> = entries
            .iter()
            .map(|entry| match entry {
                Entry::At(node) => Some(*node),
                _ => None,
            })
            .collect();
        ints.filter(|ints| ints.len() == rank as usize)
    }

    /// What an access to an array gives.
    pub(crate) fn picks(&self, elem: Elem, rank: u8) -> Fact {
        let entries = match self {
            Key::Tuple(_, count) if *count <= rank => return Fact::reduced(elem, rank - count),
            Key::Tuple(..) => return Fact::Unknown,
            Key::Entries(entries) => entries,
        };
        // Axes that are taken, and those that come instead of them.
        let (mut taken, mut made, mut fancy) = (0u8, 0u8, 0u8);
        for entry in entries {
            match entry {
                Entry::At(_) => taken += 1,
                Entry::Slice => (taken, made) = (taken + 1, made + 1),
                Entry::NewAxis => made += 1,
                Entry::Many(axes) => (taken, made, fancy) = (taken + 1, made + axes, fancy + 1),
                Entry::Mask(axes) => (taken, made, fancy) = (taken + axes, made + 1, fancy + 1),
            }
        }
        if taken > rank || fancy > 1 {
            return Fact::Unknown;
        }
        let left = rank - taken + made;
        // What positions and masks give are arrays, whatever is left.
        if fancy > 0 { Fact::array(elem, left) } else { Fact::reduced(elem, left) }
    }
}
