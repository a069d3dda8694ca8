//! Makes a body ready for facts: each place is a local, a global, or one projection of a node.
//!
//! before                     after
//!   set %a.b[0] = %c.d         set ((%a).b)[0] = (%c).d
//!
//! So every prefix of a place is a node with a type of its own; `apply` joins plain prefixes again.

use crate::narrow::{Key, Path, Step};
use batuta_base::{Id, Origin};
use batuta_core::{
    BlockId, Body, Clause, Const, Hir, Level, Mode, Node, NodeId, Pat, Place, Proj, Root, StmtKind, Ty,
};

/// The same body with places of at most one projection, rooted in a node where there is one.
pub(crate) fn normalise(mut body: Body<Hir>) -> Body<Hir> {
    let mut next = 0;
    while next < body.nodes.len() {
        let id = NodeId::new(next);
        next += 1;
        let origin = body.nodes[id].origin;
        let mut kind = std::mem::replace(&mut body.nodes[id].kind, Node::Const(batuta_core::Const::None));
        node_places(&mut kind, &mut |place| shorten(&mut body, place, origin));
        body.nodes[id].kind = kind;
    }
    for block in body.blocks.ids().collect::<Vec<BlockId>>() {
        let mut row = std::mem::take(&mut body.blocks[block]);
        for stmt in &mut row.stmts {
            let origin = stmt.origin;
            let mut each = |place: &mut Place| shorten(&mut body, place, origin);
            match &mut stmt.kind {
                StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => pat_places(pat, &mut each),
                StmtKind::Update { place, .. } | StmtKind::Del(place) => each(place),
                StmtKind::Expr(_) => {}
            }
        }
        body.blocks[block] = row;
    }
    body
}

fn shorten(body: &mut Body<Hir>, place: &mut Place, origin: Origin) {
    while place.proj.len() > 1 || (place.proj.len() == 1 && !matches!(place.root, Root::Node(_))) {
        let root = match place.root {
            Root::Node(node) => Place::node(node).with(place.proj.remove(0)),
            root => Place { root, proj: Vec::new() },
        };
        let node = body.node(Node::Use(root, Mode::Read), Ty::unknown(), origin);
        place.root = Root::Node(node);
    }
}

/// Calls `f` for each place that a node holds directly.
fn node_places(node: &mut Node, f: &mut dyn FnMut(&mut Place)) {
    match node {
        Node::Use(place, _) => f(place),
        Node::For { pat, .. } => pat_places(pat, f),
        Node::With { items, .. } => {
            items.iter_mut().filter_map(|item| item.target.as_mut()).for_each(|pat| pat_places(pat, f));
        }
        Node::Match { arms, .. } => arms.iter_mut().for_each(|arm| pat_places(&mut arm.pat, f)),
        Node::Seq { clauses, .. } => {
            for clause in clauses {
                if let Clause::For { pat, .. } = clause {
                    pat_places(pat, f);
                }
            }
        }
        _ => {}
    }
}

/// Calls `f` for each place in a pattern.
pub(crate) fn pat_places(pat: &mut Pat, f: &mut dyn FnMut(&mut Place)) {
    match pat {
        Pat::Place(place) => f(place),
        Pat::Bind(_, Some(part)) | Pat::Some(part) | Pat::Ref(part) => pat_places(part, f),
        Pat::Tuple(parts) | Pat::Or(parts) => parts.iter_mut().for_each(|part| pat_places(part, f)),
        Pat::List { front, rest, back } => {
            front.iter_mut().for_each(|part| pat_places(part, f));
            rest.iter_mut().for_each(|part| pat_places(part, f));
            back.iter_mut().for_each(|part| pat_places(part, f));
        }
        Pat::Class { args, named, .. } => {
            args.iter_mut().for_each(|part| pat_places(part, f));
            named.iter_mut().for_each(|(_, part)| pat_places(part, f));
        }
        Pat::Map { pairs, .. } => pairs.iter_mut().for_each(|(_, part)| pat_places(part, f)),
        Pat::Wild | Pat::Const(_) | Pat::Value(_) | Pat::None | Pat::Bind(_, None) => {}
    }
}

/// Joins a place whose root is a plain read again: `(%a).b` is `%a.b`.
pub(crate) fn join<L>(body: &Body<L>, place: &mut Place) {
    while let Root::Node(node) = place.root {
        let Node::Use(inner, Mode::Read) = &body.nodes[node].kind else { return };
        let mut proj = inner.proj.clone();
        proj.append(&mut place.proj);
        *place = Place { root: inner.root, proj };
    }
}

/// The local, fields and items that a node reads, when it is nothing but that: `self.left` is `(self, [left])`.
pub(crate) fn path_of<L: Level>(body: &Body<L>, node: NodeId) -> Option<Path> {
    let Node::Use(place, _) = &body.nodes[node].kind else { return None };
    place_path(body, place)
}

/// The same for a place.
pub(crate) fn place_path<L: Level>(body: &Body<L>, place: &Place) -> Option<Path> {
    let mut path = match place.root {
        Root::Local(local) => Path::local(local),
        Root::Node(node) => path_of(body, node)?,
        Root::Global(_) => return None,
    };
    for proj in &place.proj {
        path.steps.push(match proj {
            Proj::Field(name) => Step::Field(*name),
            Proj::Index(index) => Step::Item(key_of(body, *index)?),
            _ => return None,
        });
    }
    Some(path)
}

fn key_of<L: Level>(body: &Body<L>, index: NodeId) -> Option<Key> {
    match body.as_const(index) {
        Some(Const::Int(digits)) => digits.parse().ok().map(Key::Int),
        Some(Const::Str(text)) => Some(Key::Text(text.to_string())),
        Some(_) => None,
        None => path_of(body, index).map(|path| Key::Place(Box::new(path))),
    }
}
