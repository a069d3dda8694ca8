//! `sum(xs)` of no floats is the int 0: where its text is seen, the sum is an int or a float.
//!
//! before                                       after
//!   io.println(lib:builtins.sum(%xs): float)     io.println(lib:builtins.sum_of_floats(%xs): num)

use crate::facts::{C, Target};
use crate::solve::Solver;
use crate::vars::{Atom, Head, Var};
use batuta_base::FxHashSet;
use batuta_core::*;

impl Solver<'_> {
    /// Nothing but floats flow here.
    pub(crate) fn is_float(&self, var: Var) -> bool {
        matches!(self.vars.atoms(var), [Atom { head: Head::Float, .. }])
    }

    /// What a sum of floats that can be empty reaches as a float, and so could be an int.
    pub(crate) fn open_sums(&self) -> FxHashSet<Var> {
        let mut found: FxHashSet<Var> = FxHashSet::default();
        let mut steps: Vec<(Vec<Var>, Var, bool)> = Vec::new();
        for job in &self.jobs {
            match &job.c {
                C::Call { site, target: Target::Lib(name), args, out } if self.is_float(*out) => {
                    if *name == "builtins.sum" && args.len() == 1 {
                        if !sums_some(&self.insts[job.inst].unit.body, *site) {
                            found.insert(self.vars.root(*out));
                        }
                    } else {
                        steps.push((args.iter().map(|arg| arg.var).collect(), *out, false));
                    }
                }
                C::Binary { op, a, b, out, .. } if *op != ObjOp::TrueDiv => {
                    steps.push((vec![*a, *b], *out, true));
                }
                C::Unary { a, out, .. } => steps.push((vec![*a], *out, false)),
                _ => {}
            }
        }
        loop {
            let before = found.len();
            for from in found.clone() {
                let edges = self.vars.rows[from as usize].edges.iter();
                let next: Vec<Var> = edges.map(|edge| self.vars.root(edge.to)).collect();
                found.extend(next.into_iter().filter(|to| self.is_float(*to)));
            }
            for (from, to, absorbs) in &steps {
                let is_open = |var: &Var| found.contains(&self.vars.root(*var));
                let is_closed = |var: &Var| self.is_float(*var) && !is_open(var);
                if from.iter().any(is_open) && !(*absorbs && from.iter().any(is_closed)) && self.is_float(*to)
                {
                    found.insert(self.vars.root(*to));
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// Views of dicts that are kept and whose text shows are dynamic values, which know what they are.
    pub(crate) fn shown_views(&mut self) {
        let shown = |job: &crate::solve::Job| match &job.c {
            C::Call { target: Target::Lib(name), out, .. } if *name == "builtins.view_list" => {
                Some(*out).filter(|out| self.vars.has(*out, Head::List) && self.vars.row(*out).seen)
            }
            _ => None,
        };
        for out in self.jobs.iter().filter_map(shown).collect::<Vec<_>>() {
            self.put(out, Head::Value);
        }
        self.settle();
    }

    /// Adds the int to the sums of floats that can be empty and whose type shows.
    pub(crate) fn sums_of_none(&mut self) {
        let mut found = Vec::new();
        for job in &self.jobs {
            let C::Call { site, target: Target::Lib(name), args, out } = &job.c else { continue };
            let is_float = self.is_float(*out);
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
        self.rounded_sums();
    }
}

impl Solver<'_> {
    /// What rounds an int or a float gives one of them, too.
    fn rounded_sums(&mut self) {
        let is_open = |me: &Self, job: &crate::solve::Job| match &job.c {
            C::Call { target: Target::Lib(name), args, out, .. }
                if matches!(name.as_str(), "builtins.round" | "builtins.abs") =>
            {
                let number = args.first()?.var;
                let has = |head: Head| me.vars.has(number, head);
                let is_mixed = has(Head::Num) || has(Head::Int) && has(Head::Float);
                (is_mixed && me.is_float(*out)).then_some(*out)
            }
            _ => None,
        };
        loop {
            let outs: Vec<Var> = self.jobs.iter().filter_map(|job| is_open(self, job)).collect();
            if outs.is_empty() {
                return;
            }
            outs.into_iter().for_each(|out| self.put(out, Head::Int));
            self.settle();
        }
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
