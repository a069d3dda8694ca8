//! Contexts that functions hand on: `return self.within(..)` gives what a function under `contextmanager` makes.

use super::with::{Managers, is_manager};
use batuta_core::*;

/// How far a context is followed through functions and variables.
pub(super) const DEPTH: usize = 8;

impl Managers<'_> {
    /// Whether a context is what a function under `contextmanager` gives, also by way of functions that hand it on
    /// and of variables.
    pub(super) fn is_of_function(&self, body: &Body<Hir>, context: NodeId, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let gives = |body: &Body<Hir>| is_manager(body) || self.hands_on(body, depth);
        match &body.nodes[context].kind {
            Node::Call { callee: Callee::Fn(path), .. } => {
                self.program.fns.get(&self.program.resolve(*path)).is_some_and(|body| gives(body))
            }
            // Whose method it is nobody knows yet; others of its name are hardly contexts.
            Node::Call { callee: Callee::Method(_, name), .. } => {
                let mut methods = self.program.fns.values().filter(|body| body.path.last() == name.as_str());
                methods.any(|body| gives(body))
            }
            Node::Use(place, _) => {
                // The body that is written out has statements taken out of it.
                let body = self.program.fns.get(&body.path).map_or(body, |body| &**body);
                let Some(local) = place.as_local() else { return false };
                let values = super::exit_stack::sets(body, |target| target.as_local() == Some(local));
                !values.is_empty() && values.iter().all(|value| self.is_of_function(body, *value, depth))
            }
            Node::If { then, els: Some(els), .. } => {
                let tails = [then, els].map(|block| body.blocks[*block].tail);
                tails.iter().all(|tail| tail.is_some_and(|tail| self.is_of_function(body, tail, depth)))
            }
            _ => false,
        }
    }

    /// Whether all that a function returns is such a context.
    fn hands_on(&self, body: &Body<Hir>, depth: usize) -> bool {
        let mut returned = body.nodes.iter().filter_map(|(_, row)| match row.kind {
            Node::Return(value) => Some(value),
            _ => None,
        });
        let mut is_any = false;
        let is_all = returned.all(|value| {
            is_any = true;
            value.is_some_and(|value| self.is_of_function(body, value, depth))
        });
        is_any && is_all
    }

    /// What a local for the context is called.
    pub(super) fn hint(&self, body: &Body<Hir>, context: NodeId) -> String {
        match &body.nodes[context].kind {
            Node::Call { callee: Callee::Fn(path), .. } => path.last().to_owned(),
            Node::Call { callee: Callee::Method(_, name), .. } => name.to_string(),
            _ => "manager".to_owned(),
        }
    }
}
