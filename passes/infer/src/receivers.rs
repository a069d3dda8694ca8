//! The object behind a bound method: the method holds the object, whatever becomes of the variable.
//!
//! before                            after
//!   for place %w in %workers {        for place %w in %workers {
//!     set place %f = %w.run             set place %f = { set place %this = %w; tail closure () { method (%this).run() } }
//!
//! A variable that is bound once keeps its name, and so does a field that only constructors set.

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// A closure that reads `object` when it is called, made for the object that is there now.
    pub(crate) fn holding(
        &mut self,
        object: NodeId,
        make: impl FnOnce(&mut Self, NodeId) -> NodeId,
    ) -> NodeId {
        if self.is_simple(object) && !self.is_bound_again(object) {
            return make(self, object);
        }
        let (local, stmt) = self.set_temp("this", object);
        let read = self.read_local(local, self.origin(object));
        let closure = make(self, read);
        let described = self.described.get(&closure).cloned();
        let block = self.mk_block(vec![stmt], closure);
        if let Some(described) = described {
            self.described.insert(block, described);
        }
        block
    }

    /// Whether the program gives a field of this name a value anywhere but in a constructor.
    fn sets_field(&self, name: Name) -> bool {
        let sets = |body: &Body<Hir>| {
            let mut found = false;
            body.walk_stmts(body.root, &mut |stmt| {
                let mut see = |place: &Place| found |= place.proj.last() == Some(&Proj::Field(name));
                match &stmt.kind {
                    StmtKind::Set { target, .. } => target.each_place(&mut see),
                    StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
                    _ => {}
                }
            });
            found
        };
        let program = self.types.env().program;
        program.fns.iter().any(|(path, body)| path.last() != "__init__" && sets(body))
    }

    /// Whether a variable has another value at another time: it is bound twice or in a loop.
    fn is_bound_again(&self, object: NodeId) -> bool {
        let Node::Use(place, _) = &self.body.nodes[object].kind else { return false };
        match place.proj.last() {
            None => {}
            Some(Proj::Field(name)) => return self.sets_field(*name),
            Some(_) => return true,
        }
        let local = match place.root {
            Root::Global(path) => {
                return self.types.env().program.globals.get(&path).is_some_and(|global| global.is_rebound);
            }
            Root::Local(local) => local,
            Root::Node(_) => return false,
        };
        let body = &self.unit.body;
        let mut count = usize::from(body.params.iter().any(|param| param.local == local));
        body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => {
                target.for_each_local(&mut |set| count += usize::from(set == local))
            }
            StmtKind::Update { place, .. } => count += usize::from(place.as_local() == Some(local)),
            _ => {}
        });
        let mut in_loop = false;
        body.walk_block(body.root, &mut |id| {
            let mut see = |pat: &Pat| pat.for_each_local(&mut |set| in_loop |= set == local);
            let turn = match &body.nodes[id].kind {
                Node::For { pat, body, .. } => {
                    see(pat);
                    *body
                }
                Node::While { body, .. } | Node::Loop { body, .. } => *body,
                _ => return,
            };
            body.walk_stmts(turn, &mut |stmt| {
                if let StmtKind::Set { target, .. } = &stmt.kind {
                    see(target);
                }
            });
        });
        count > 1 || in_loop
    }
}
