//! Loops over dicts, sets and deques whose body may change their size: they look at the container each turn.
//!
//! before                                                  after
//!   for %k in iter.into(rs.collect(iter.live(ref %d)))      the same, with `{walk}` on `rs.collect`
//!     call @change(mut %d)
//!
//! A body that only replaces the value of the loop's own key sees nothing of its changes: a copy of the
//! entries will do.

use crate::body::Own;
use batuta_base::Name;
use batuta_catalog::{self as catalog, Take};
use batuta_core::*;

impl Own<'_> {
    /// Marks the copied source of a loop that must not be copied.
    pub fn mark_walk(&mut self, lowered: NodeId, iter: NodeId, pat: &Pat, body: BlockId) {
        let Node::Op { op: Op::IterOp(IterOp::Into), args, .. } = &self.out.nodes[lowered].kind else {
            return;
        };
        let mut collected = args[0];
        let Some((place, kind)) = self.walked(iter) else { return };
        if self.rebinds(&place, body) || !self.may_resize(&place, self.own_key(pat, kind), body) {
            return;
        }
        // A copy that got a name, since a cell guards the container: each turn opens the cell for a moment.
        if let Some(copy) = self.take_named(collected) {
            collected = copy;
            if let Node::Op { args, .. } = &mut self.out.nodes[lowered].kind {
                args[0] = copy;
            }
        }
        if let Node::Op { op: Op::RsOp(RsOp::Collect), attr, .. } = &mut self.out.nodes[collected].kind {
            *attr = Attr::Name(Name::new(kind));
        }
    }

    /// The copy of a container that the last statement before this one names: the name goes.
    fn take_named(&mut self, use_: NodeId) -> Option<NodeId> {
        let Node::Use(place, _) = &self.out.nodes[use_].kind else { return None };
        let local = place.as_local()?;
        let StmtKind::Set { target: Pat::Place(target), value } = &self.before.last()?.kind else {
            return None;
        };
        let is_copy = matches!(self.out.nodes[*value].kind, Node::Op { op: Op::RsOp(RsOp::Collect), .. });
        if target.as_local() != Some(local) || !is_copy {
            return None;
        }
        let value = *value;
        self.before.pop();
        Some(value)
    }

    /// The dict, set or deque that a loop reads, and what of it.
    pub(crate) fn walked(&self, iter: NodeId) -> Option<(Place, &'static str)> {
        let source = match &self.src.nodes[iter].kind {
            Node::Op { op: Op::IterOp(IterOp::Of), args, .. } => args[0],
            _ => iter,
        };
        let (container, kind) = match &self.src.nodes[source].kind {
            Node::Use(..) => (source, None),
            Node::Call { callee: Callee::Lib(name), args } => {
                let kind = match name.as_str().split('#').next()? {
                    "dict.keys" => "key",
                    "dict.values" => "value",
                    "dict.items" => "item",
                    _ => return None,
                };
                (args.first()?.value, Some(kind))
            }
            _ => return None,
        };
        let Node::Use(place, _) = &self.src.nodes[container].kind else { return None };
        let kind = match (self.src.ty(container).strip_ref().kind(), kind) {
            (TyKind::Dict(..), kind) => kind.unwrap_or("key"),
            (TyKind::Set(_), None) => "member",
            (TyKind::Lib(name, _), None) if *name == "deque" => "queued",
            _ => return None,
        };
        let is_path = place.proj.iter().all(|proj| matches!(proj, Proj::Field(_)));
        is_path.then(|| (place.clone(), kind))
    }

    /// The local that holds the key of the current entry.
    fn own_key(&self, pat: &Pat, kind: &str) -> Option<LocalId> {
        let local = |pat: &Pat| match pat {
            Pat::Place(place) => place.as_local(),
            Pat::Bind(local, None) => Some(*local),
            _ => None,
        };
        match (kind, pat) {
            ("key", pat) => local(pat),
            ("item", Pat::Tuple(parts)) => parts.first().and_then(local),
            _ => None,
        }
    }

    /// Whether the body gives the name another container: the loop keeps the old one.
    fn rebinds(&self, place: &Place, body: BlockId) -> bool {
        let mut found = false;
        self.src.walk_stmts(body, &mut |stmt| {
            if let StmtKind::Set { target, .. } = &stmt.kind {
                target.each_place(&mut |target| {
                    found |= target.root == place.root && place.proj.starts_with(&target.proj);
                });
            }
        });
        found
    }

    fn may_resize(&self, place: &Place, key: Option<LocalId>, body: BlockId) -> bool {
        let mut found = false;
        self.src.walk_stmts(body, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => {
                target.each_place(&mut |target| found |= self.adds_entry(place, target, key));
            }
            StmtKind::Update { place: target, .. } => found |= self.adds_entry(place, target, key),
            StmtKind::Del(target) => {
                found |= target.root == place.root
                    && target.proj.len() == place.proj.len() + 1
                    && target.proj.starts_with(&place.proj);
            }
            _ => {}
        });
        self.src.walk_block(body, &mut |node| found |= self.call_may_resize(place, node));
        found
    }

    /// Whether a store may add an entry: it is one of the container's, under another key than the loop's.
    fn adds_entry(&self, place: &Place, target: &Place, key: Option<LocalId>) -> bool {
        if target.root != place.root {
            return false;
        }
        let Some(rest) = target.proj.strip_prefix(&place.proj[..]) else { return false };
        match rest.first() {
            Some(Proj::Index(index) | Proj::Nth(index)) if rest.len() == 1 => {
                !matches!(&self.src.nodes[*index].kind, Node::Use(used, _) if key.is_some() && used.as_local() == key)
            }
            _ => false,
        }
    }

    fn call_may_resize(&self, place: &Place, node: NodeId) -> bool {
        let Node::Call { callee, args } = &self.src.nodes[node].kind else { return false };
        let Callee::Lib(name) = callee else { return true };
        let tys: Vec<Ty> = args.iter().map(|arg| self.src.ty(arg.value)).collect();
        let Some(row) = catalog::select(name.as_str(), &tys) else { return false };
        args.iter().enumerate().any(|(at, arg)| {
            let writes = row.param(at, args.len()).is_some_and(|param| param.take == Take::Write);
            writes && matches!(&self.src.nodes[arg.value].kind, Node::Use(used, _) if used == place)
        })
    }
}
