//! Where a function's end is reached only if a call that always raises came back.
//!
//! before                       after
//!   try: return float(text)      try: return float(text)
//!   except ValueError:           except ValueError:
//!       self.error("bad")            self.error("bad"); unreachable
//!
//! Rust does not know that the call never comes back: the end needs a value of the function's type.

use crate::apply::Apply;
use batuta_base::Name;
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// Marks the ends of a block behind which a function would give nothing.
    pub(crate) fn end_block(&mut self, block: BlockId) {
        let row = &self.body.blocks[block];
        let (None, Some(stmt)) = (row.tail, row.stmts.last()) else { return };
        let StmtKind::Expr(node) = stmt.kind else { return };
        let origin = stmt.origin;
        let inner = match &self.body.nodes[node].kind {
            Node::If { then, els: Some(els), .. } => vec![*then, *els],
            Node::Try { body, handlers, els, .. } => {
                handlers.iter().map(|handler| handler.body).chain([els.unwrap_or(*body)]).collect()
            }
            Node::Match { arms, .. } => arms.iter().map(|arm| arm.body).collect(),
            Node::With { body, .. } => vec![*body],
            Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), .. }
                if self.always_raises(*path) =>
            {
                let callee = Callee::Lib(Name::new("builtins.unreachable$"));
                let end = self.mk(Node::Call { callee, args: Vec::new() }, Ty::never(), origin);
                self.body.blocks[block].stmts.push(Stmt::new(StmtKind::Expr(end), origin));
                return;
            }
            _ => return,
        };
        inner.into_iter().for_each(|block| self.end_block(block));
    }

    /// Whether every version of a function raises on all its ways.
    fn always_raises(&self, path: Name) -> bool {
        let base = path.as_str().split('$').next().unwrap_or_default();
        self.types.env().ends.contains(&Name::new(base))
    }
}
