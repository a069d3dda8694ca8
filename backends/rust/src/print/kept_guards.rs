//! Iterators with a name whose items come out of a cell.
//!
//! before (rustc refuses it)                            after
//!   let ready = self.tasks.borrow().values()             let ready = self.tasks.borrow().values()
//!       .cloned().filter(|t| ..);                            .cloned().collect::<Vec<_>>().into_iter()
//!                                                            .filter(|t| ..);
//!
//! The guard would end with the `let`. The items are taken out of the cell at once, the rest of the chain stays
//! lazy. Only where the next statement alone reads the iterator: nothing changes the cell before it does.

use super::Printer;
use crate::tree::Expr;
use batuta_core::{LocalId, Node, Pat, Root, Stmt, StmtKind, TyKind};

impl Printer<'_, '_> {
    /// The value of a `let`, its items out of their cell where a guard would end too early.
    pub(super) fn out_of_cell(&self, pat: &Pat, value: Expr) -> Expr {
        let Pat::Bind(local, None) = pat else { return value };
        if !matches!(self.body.locals[*local].ty.kind(), TyKind::Iter(_)) || !self.is_read_next(*local) {
            return value;
        }
        taken_out(value).unwrap_or_else(|value| value)
    }

    /// Whether the statement behind its `let` is the only one that reads a variable.
    fn is_read_next(&self, local: LocalId) -> bool {
        let binds = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Let { pat: Pat::Bind(found, None), .. } if *found == local);
        let reads = |row: &Node| matches!(row, Node::Use(place, _) if place.root == Root::Local(local));
        let all = self.body.nodes.iter().filter(|(_, row)| reads(&row.kind)).count();
        let mut next = 0;
        for (_, block) in self.body.blocks.iter() {
            let Some(at) = block.stmts.iter().position(binds) else { continue };
            let mut see = |node| next += usize::from(reads(&self.body.nodes[node].kind));
            match (block.stmts.get(at + 1), block.tail) {
                (Some(stmt), _) => stmt.for_each_child(&mut |child| self.body.walk(child, &mut see)),
                (None, Some(tail)) => self.body.walk(batuta_core::Child::Node(tail), &mut see),
                (None, None) => {}
            }
        }
        all > 0 && next == all
    }
}

/// `cell.borrow().values().cloned()` with the items in a list of their own; the chain as it was where it is none.
fn taken_out(expr: Expr) -> Result<Expr, Expr> {
    let Expr::Method(of, name, args) = expr else { return Err(expr) };
    let is_owned = matches!(name.as_str(), "cloned" | "copied") && reads_guard(&of);
    match taken_out(*of) {
        Ok(of) => Ok(Expr::Method(Box::new(of), name, args)),
        Err(of) if is_owned => {
            let items = Expr::Method(Box::new(of), name, args).method("collect::<Vec<_>>", vec![]);
            Ok(items.method("into_iter", vec![]))
        }
        Err(of) => Err(Expr::Method(Box::new(of), name, args)),
    }
}

/// `cell.borrow().values()` and its like: one look into a cell.
fn reads_guard(expr: &Expr) -> bool {
    let Expr::Method(of, _, args) = expr else { return false };
    args.is_empty() && matches!(&**of, Expr::Method(_, name, args) if name == "borrow" && args.is_empty())
}
