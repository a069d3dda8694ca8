//! `itertools.tee` with a number of branches.
//!
//! before                         after
//!   lib:itertools.tee(%x, 2)       lib:itertools.tee(%x)
//!   lib:itertools.tee(%x, 3)       lib:itertools.tee_three(%x)

use batuta_base::Name;
use batuta_core::*;

pub(super) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        let [items, count] = args.as_slice() else { continue };
        let word = match body.as_const(count.value) {
            Some(Const::Int(digits)) if *name == "itertools.tee" => match &**digits {
                "2" => "itertools.tee",
                "3" => "itertools.tee_three",
                _ => continue,
            },
            _ => continue,
        };
        let args = vec![items.clone()];
        body.nodes[id].kind = Node::Call { callee: Callee::Lib(Name::new(word)), args };
    }
}
