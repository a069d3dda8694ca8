//! Every place of a body; places that get another root.

use crate::{BlockId, Body, Level, LocalId, Node, Pat, Place, Root, StmtKind, Ty};
use batuta_base::{Name, Origin};

impl<L: Level> Body<L> {
    /// Turns a global into a local of this body.
    pub fn make_local(&mut self, path: Name, ty: Ty) -> LocalId {
        let local = self.local(path.last(), ty, Origin::default());
        let replace = |place: &mut Place| {
            if place.root == Root::Global(path) {
                place.root = Root::Local(local);
            }
        };
        self.each_place_mut(&replace);
        local
    }

    /// Calls `f` for every place that the body reads, binds, changes or removes.
    pub fn each_place(&self, f: &mut dyn FnMut(&Place)) {
        self.nodes.iter().for_each(|(_, row)| row.kind.each_place(f));
        self.blocks.iter().flat_map(|(_, block)| &block.stmts).for_each(|stmt| stmt.kind.each_place(f));
    }

    /// The same for what a block reaches.
    pub fn each_place_below(&self, block: BlockId, f: &mut dyn FnMut(&Place)) {
        self.walk_block(block, &mut |node| self.nodes[node].kind.each_place(f));
        self.walk_stmts(block, &mut |stmt| stmt.kind.each_place(f));
    }

    /// The same, to change them.
    pub fn each_place_mut(&mut self, f: &dyn Fn(&mut Place)) {
        for (_, row) in self.nodes.iter_mut() {
            match &mut row.kind {
                Node::Use(place, _) => f(place),
                Node::For { pat, .. } => pat.each_place_mut(f),
                Node::Match { arms, .. } => arms.iter_mut().for_each(|arm| arm.pat.each_place_mut(f)),
                Node::With { items, .. } => {
                    items
                        .iter_mut()
                        .filter_map(|item| item.target.as_mut())
                        .for_each(|pat| pat.each_place_mut(f));
                }
                _ => {}
            }
        }
        for (_, block) in self.blocks.iter_mut() {
            for stmt in &mut block.stmts {
                match &mut stmt.kind {
                    StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => pat.each_place_mut(f),
                    StmtKind::Update { place, .. } | StmtKind::Del(place) => f(place),
                    StmtKind::Expr(_) => {}
                }
            }
        }
    }
}

impl Node {
    /// Calls `f` for every place that the node itself reads or binds, not for those of the nodes and blocks in it.
    pub fn each_place(&self, f: &mut dyn FnMut(&Place)) {
        match self {
            Node::Use(place, _) => f(place),
            Node::For { pat, .. } => pat.each_place(f),
            Node::Match { arms, .. } => arms.iter().for_each(|arm| arm.pat.each_place(f)),
            Node::With { items, .. } => {
                items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| pat.each_place(f));
            }
            _ => {}
        }
    }
}

impl StmtKind {
    /// Calls `f` for every place that the statement itself binds, changes or removes.
    pub fn each_place(&self, f: &mut dyn FnMut(&Place)) {
        match self {
            StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => pat.each_place(f),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => f(place),
            StmtKind::Expr(_) => {}
        }
    }
}

impl Pat {
    /// Calls `f` for every place that the pattern binds.
    pub fn each_place(&self, f: &mut dyn FnMut(&Place)) {
        if let Pat::Place(place) = self {
            f(place);
        }
        self.for_each_part(&mut |part| part.each_place(f));
    }

    /// The same, to change them.
    pub fn each_place_mut(&mut self, f: &dyn Fn(&mut Place)) {
        match self {
            Pat::Place(place) => f(place),
            Pat::Tuple(parts) | Pat::Or(parts) => parts.iter_mut().for_each(|part| part.each_place_mut(f)),
            Pat::List { front, rest, back } => {
                front.iter_mut().chain(back).for_each(|part| part.each_place_mut(f));
                rest.iter_mut().for_each(|part| part.each_place_mut(f));
            }
            Pat::Class { args, named, .. } => {
                let named = named.iter_mut().map(|(_, part)| part);
                args.iter_mut().chain(named).for_each(|part| part.each_place_mut(f));
            }
            Pat::Map { pairs, .. } => pairs.iter_mut().for_each(|(_, part)| part.each_place_mut(f)),
            Pat::Bind(_, Some(part)) | Pat::Some(part) | Pat::Ref(part) => part.each_place_mut(f),
            _ => {}
        }
    }
}
