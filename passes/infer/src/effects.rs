//! Expressions that stand for their effect: what nobody takes is not made.
//!
//! before                                               after
//!   if %x { tail opt.some(method (%xs).pop()) }          if %x { method (%xs).pop() } else { io.println(..) }
//!   else { io.println(..); tail opt.none() }

use crate::apply::Apply;
use batuta_base::{Id, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// An expression for its effect: the statements that a call made for its arguments stand before it.
    pub(crate) fn effect(&mut self, mut stmt: Stmt, node: NodeId, out: &mut Vec<Stmt>) {
        let mut made = Vec::new();
        self.discard(node, stmt.origin, &mut made);
        match made.first_mut() {
            Some(first) => {
                first.above = stmt.above;
                first.blank_before = stmt.blank_before;
                first.beside = stmt.beside;
            }
            None => {
                stmt.kind = StmtKind::Expr(node);
                made.push(stmt);
            }
        }
        out.append(&mut made);
    }

    fn discard(&mut self, node: NodeId, origin: Origin, out: &mut Vec<Stmt>) {
        let is_unit = matches!(self.ty(node).kind(), TyKind::Unit | TyKind::Never);
        match self.body.nodes[node].kind.clone() {
            Node::Block { label: None, block } if !is_unit || node.index() >= self.nodes => {
                let row = std::mem::take(&mut self.body.blocks[block]);
                out.extend(row.stmts);
                row.tail.into_iter().for_each(|tail| self.discard(tail, origin, out));
            }
            Node::If { then, els, .. } if !is_unit => {
                for block in [Some(then), els].into_iter().flatten() {
                    let Some(tail) = self.body.blocks[block].tail.take() else { continue };
                    let mut stmts = std::mem::take(&mut self.body.blocks[block].stmts);
                    self.discard(tail, origin, &mut stmts);
                    self.body.blocks[block].stmts = stmts;
                }
                self.body.nodes[node].ty = Ty::unit();
                out.push(Stmt::new(StmtKind::Expr(node), origin));
            }
            // What gives the branches one type.
            Node::Op {
                op: Op::OptOp(OptOp::Some) | Op::ValueOp(ValueOp::From) | Op::UnionOp(UnionOp::From),
                args,
                ..
            } if args.len() == 1 => self.discard(args[0], origin, out),
            Node::Op { op: Op::OptOp(OptOp::None), .. } | Node::Const(_) if node.index() >= self.nodes => {}
            _ => out.push(Stmt::new(StmtKind::Expr(node), origin)),
        }
    }
}
