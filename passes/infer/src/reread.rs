//! Places that hold an iterator or a container, and are read more than once: an iterator is empty the second
//! time and a container is not, so only a dynamic value can be both.

use crate::solve::Solver;
use crate::vars::{Head, Var};
use batuta_core::*;

/// Such parameters and attributes.
pub(crate) fn variables(solver: &Solver<'_>) -> Vec<Var> {
    let params = solver.insts.iter().flat_map(|inst| {
        let body = &inst.unit.body;
        let params = inst.sig.params.iter().zip(&body.params);
        params.filter(move |(fact, _)| is_both(solver, fact.var)).filter_map(move |(fact, param)| {
            (!matches!(param.kind, ParamKind::Star | ParamKind::StarStar) && reads(body, param.local) > 1)
                .then_some(fact.var)
        })
    });
    let fields = solver.fields.values().copied().filter(|var| is_both(solver, *var));
    params.chain(fields).map(|var| solver.vars.root(var)).collect()
}

/// Whether iterators and containers of one kind of item flow into it.
fn is_both(solver: &Solver<'_>, var: Var) -> bool {
    let atoms = solver.vars.atoms(var);
    let again = |head: Head| {
        matches!(
            head,
            Head::List | Head::Set | Head::FrozenSet | Head::Dict | Head::Str | Head::Bytes | Head::Range
        ) || matches!(head, Head::Tuple(count) if count > 0)
            || matches!(head, Head::Lib(name) if matches!(name.as_str(), "tuple" | "deque"))
    };
    atoms.iter().any(|atom| atom.head == Head::Iter) && atoms.iter().any(|atom| again(atom.head))
}

/// How often a local is read; in a loop that is many times. What only asks whether it is `None` does not count.
fn reads(body: &Body<Hir>, local: LocalId) -> usize {
    let mut count = 0;
    let mut see = |node: NodeId| {
        count += usize::from(
            matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local)),
        );
    };
    let mut loops = Vec::new();
    body.walk_block(body.root, &mut |node| {
        see(node);
        if let Node::While { body: block, .. } | Node::For { body: block, .. } = &body.nodes[node].kind {
            loops.push(*block);
        }
    });
    loops.into_iter().for_each(|block| body.walk_block(block, &mut see));
    count.saturating_sub(tests(body, local))
}

fn tests(body: &Body<Hir>, local: LocalId) -> usize {
    let is_local = |node: &NodeId| matches!(&body.nodes[*node].kind, Node::Use(place, _) if place.as_local() == Some(local));
    let mut count = 0;
    body.walk_block(body.root, &mut |node| {
        if let Node::Op { op: Op::ObjOp(ObjOp::Is), args, .. } = &body.nodes[node].kind {
            count += args.iter().filter(|arg| is_local(arg)).count();
        }
    });
    count
}
