//! `sum(xs)` of no floats is the int 0: where its text is seen, the sum is an int or a float.
//!
//! before                                       after
//!   io.println(lib:builtins.sum(%xs): float)     io.println(lib:builtins.sum_of_floats(%xs): num)

use crate::facts::{C, Target};
use crate::solve::Solver;
use crate::vars::{Atom, Head};
use batuta_core::*;

impl Solver<'_> {
    /// Adds the int to the sums of floats that can be empty and whose type shows.
    pub(crate) fn sums_of_none(&mut self) {
        let mut found = Vec::new();
        for job in &self.jobs {
            let C::Call { site, target: Target::Lib(name), args, out } = &job.c else { continue };
            let is_float = matches!(self.vars.atoms(*out), [Atom { head: Head::Float, .. }]);
            if *name == "builtins.sum" && args.len() == 1 && is_float && self.vars.row(*out).seen {
                let body = &self.insts[job.inst].unit.body;
                if !sums_some(body, *site) {
                    found.push(*out);
                }
            }
        }
        for out in found {
            self.put(out, Head::Int);
        }
        self.settle();
    }
}

/// Whether a call of `sum` has items for sure.
fn sums_some(body: &Body<Hir>, call: u32) -> bool {
    let node = NodeId(call);
    if (call as usize) >= body.nodes.len() {
        return false;
    }
    match &body.nodes[node].kind {
        Node::Call { args, .. } => args.first().is_some_and(|arg| has_items(body, arg.value)),
        _ => false,
    }
}

/// A display with items, and what is made of each of them.
fn has_items(body: &Body<Hir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } => {
            let is_splat =
                |arg: &NodeId| matches!(body.nodes[*arg].kind, Node::Op { op: Op::ObjOp(ObjOp::Splat), .. });
            args.iter().any(|arg| !is_splat(arg))
        }
        Node::Seq { clauses, .. } => clauses.iter().all(|clause| match clause {
            Clause::For { iter, .. } => has_items(body, *iter),
            Clause::If(_) => false,
        }),
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.range" => {
            let count = match args.as_slice() {
                [count] => body.as_const(count.value),
                _ => None,
            };
            matches!(count, Some(Const::Int(digits)) if digits.parse::<i64>().is_ok_and(|count| count > 0))
        }
        _ => false,
    }
}
