//! Functions of the program that only compute: a call of one may stand anywhere among arguments.

use super::call::QUIET;
use super::facts::{Root, root};
use super::link::{Linked, Target, UnitTree};
use crate::tree::*;
use batuta_base::{FxHashMap, FxHashSet, Name};

/// Paths of the functions that change nothing outside of themselves, nor do those that they call.
pub(super) fn functions(units: &[UnitTree], linked: &Linked) -> FxHashSet<Name> {
    let mut calls: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    for (index, unit) in units.iter().enumerate() {
        for (id, row) in unit.tree.funcs.iter().enumerate() {
            let (Some(body), Target::Own(path)) = (&row.body, &linked.funcs[index][id]) else { continue };
            let mut search = Search { targets: &linked.funcs[index], calls: Vec::new(), is_loud: false };
            search.stmt(body);
            if !search.is_loud {
                calls.insert(*path, search.calls);
            }
        }
    }
    loop {
        let loud: Vec<Name> = calls
            .iter()
            .filter(|(_, called)| called.iter().any(|path| !calls.contains_key(path)))
            .map(|(path, _)| *path)
            .collect();
        if loud.is_empty() {
            return calls.into_keys().collect();
        }
        loud.iter().for_each(|path| {
            calls.remove(path);
        });
    }
}

struct Search<'a> {
    targets: &'a [Target],
    /// Functions of the program that are called.
    calls: Vec<Name>,
    /// Something is changed, or may be.
    is_loud: bool,
}

impl Search<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        self.is_loud |= matches!(stmt.kind, StmtKind::Hole(_) | StmtKind::Vla(_));
        stmt.for_each_expr(&mut |expr| self.expr(expr));
        stmt.for_each_stmt(&mut |inner| self.stmt(inner));
    }

    fn expr(&mut self, of: &Expr) {
        let changes = |place: &Expr| !matches!(root(place), Some(Root::Local(_)));
        self.is_loud |= match &of.kind {
            ExprKind::Assign(left, _) | ExprKind::Update(_, _, left, _) => changes(left),
            ExprKind::Step { of: place, .. } => changes(place),
            ExprKind::VaStart(_) | ExprKind::VaArg(_) | ExprKind::VaEnd(_) | ExprKind::VaCopy(..) => true,
            ExprKind::Hole(_) | ExprKind::Compound(..) => true,
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Func(id) => match &self.targets[*id as usize] {
                    Target::Own(path) => {
                        self.calls.push(*path);
                        false
                    }
                    Target::Library(name) => !QUIET.contains(&name.as_str()),
                    Target::Foreign(..) | Target::Missing(_) => true,
                },
                _ => true,
            },
            _ => false,
        };
        if let ExprKind::StmtExpr(body) = &of.kind {
            self.stmt(body);
        }
        of.for_each_child(&mut |child| self.expr(child));
    }
}
