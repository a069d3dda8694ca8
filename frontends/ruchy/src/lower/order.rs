//! The order of operands: what stands before an operand that asks for statements is computed before them.

use super::Lowerer;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// Lowers operands from left to right.
    pub(super) fn operands(
        &mut self,
        args: &[Syntax<'t>],
        mut lower: impl FnMut(&mut Self, Syntax<'t>) -> NodeId,
    ) -> Vec<NodeId> {
        let mut out = Vec::new();
        for arg in args {
            let first = self.cx.stmts.len();
            let value = lower(self, *arg);
            self.settle(&mut out, args, first);
            out.push(value);
        }
        out
    }

    /// Two operands as values that are read.
    pub(super) fn pair(&mut self, left: Syntax<'t>, right: Syntax<'t>) -> Vec<NodeId> {
        self.operands(&[left, right], Self::expr)
    }

    /// The same for arguments.
    pub(super) fn settle_args(&mut self, done: &mut [Arg], args: &[Syntax<'t>], first: usize) {
        let mut values: Vec<NodeId> = done.iter().map(|arg| arg.value).collect();
        self.settle(&mut values, args, first);
        done.iter_mut().zip(values).for_each(|(arg, value)| arg.value = value);
    }

    /// Keeps the values of operands where the last one has added statements from `first` on; `args` are the
    /// operands in the source.
    pub(super) fn settle(&mut self, done: &mut [NodeId], args: &[Syntax<'t>], first: usize) {
        if self.cx.stmts.len() == first {
            return;
        }
        let asked = self.cx.stmts.split_off(first);
        for (value, arg) in done.iter_mut().zip(args) {
            let is_due = match &self.cx.body.nodes[*value].kind {
                Node::Const(_) | Node::Closure(_) | Node::Item(_) => false,
                Node::Use(..) => self.is_early(args, *arg),
                _ => true,
            };
            if is_due {
                let is_name = matches!(self.cx.body.nodes[*value].kind, Node::Use(..));
                let kept = self.temp("now", *arg);
                let own = if is_name { self.copy(*value, *arg) } else { *value };
                self.push_set(Place::local(kept), own, *arg);
                *value = self.use_local(kept, *arg);
            }
        }
        self.cx.stmts.extend(asked);
    }
}
