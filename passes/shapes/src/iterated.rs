//! Objects whose generator runs while its loop changes them: the generator would borrow what changes.
//!
//! before                                     after
//!   for name in self.names():                  the class of `self` is shared: the generator holds the object
//!       self.cache[name] = 1
//!
//! A generator that is made and used up before anything changes is lent its object as ever.

use crate::effects::{Modes, Pass};
use batuta_base::Name;
use batuta_catalog as catalog;
use batuta_core::*;

/// Locals by function that are iterated over by one of their generators and changed meanwhile.
pub(crate) fn changed_while_iterated(program: &Program<Typed>, modes: &Modes) -> Vec<(Name, LocalId)> {
    let mut out = Vec::new();
    for body in program.fns.values() {
        let walk = Walk { program, modes, body };
        for (_, row) in body.nodes.iter() {
            let (iters, inside): (Vec<NodeId>, Vec<Child>) = match &row.kind {
                Node::For { iter, body, .. } => (vec![*iter], vec![Child::Block(*body)]),
                Node::Seq { clauses, sink } => {
                    let iters = clauses.iter().filter_map(|clause| match clause {
                        Clause::For { iter, .. } => Some(*iter),
                        Clause::If(_) => None,
                    });
                    let conds = clauses.iter().filter_map(|clause| match clause {
                        Clause::If(cond) => Some(*cond),
                        Clause::For { .. } => None,
                    });
                    (iters.collect(), conds.chain(sink.nodes()).map(Child::Node).collect())
                }
                _ => continue,
            };
            for iter in iters {
                let local = walk.generator_of(iter);
                out.extend(
                    local
                        .filter(|local| inside.iter().any(|child| walk.changes(*child, *local)))
                        .map(|local| (body.path, local)),
                );
            }
        }
    }
    out
}

struct Walk<'a> {
    program: &'a Program<Typed>,
    modes: &'a Modes,
    body: &'a Body<Typed>,
}

impl Walk<'_> {
    /// The local whose generator method gives the items, looking through what adapts iterators.
    fn generator_of(&self, node: NodeId) -> Option<LocalId> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::IterOp(_), args, .. } => self.generator_of(*args.first()?),
            Node::Call { callee: Callee::Lib(name), args }
                if matches!(self.body.ty(node).kind(), TyKind::Iter(_)) && !name.as_str().is_empty() =>
            {
                args.iter().find_map(|arg| self.generator_of(arg.value))
            }
            Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } => {
                let function = self.program.fns.get(path)?;
                let is_lazy = function.is_generator && function.has_receiver();
                if is_lazy { self.root(args.first()?.value) } else { None }
            }
            _ => None,
        }
    }

    fn root(&self, node: NodeId) -> Option<LocalId> {
        match &self.body.nodes[node].kind {
            Node::Use(place, _) => match place.root {
                Root::Local(local) => Some(local),
                Root::Node(node) => self.root(node),
                Root::Global(_) => None,
            },
            _ => None,
        }
    }

    /// Whether something below changes the local or a part of it.
    fn changes(&self, inside: Child, local: LocalId) -> bool {
        let mut found = false;
        self.body.walk(inside, &mut |node| {
            let is_part = |arg: &Arg| self.root(arg.value) == Some(local);
            found |= match &self.body.nodes[node].kind {
                Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } => {
                    let passes = self.modes.params.get(path);
                    args.iter().enumerate().any(|(at, arg)| {
                        is_part(arg)
                            && passes.and_then(|passes| passes.get(at)).is_some_and(|pass| *pass == Pass::Mut)
                    })
                }
                Node::Call { callee: Callee::Lib(name), args } => {
                    let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
                    let row = catalog::select(name.as_str(), &tys);
                    args.iter().enumerate().any(|(at, arg)| {
                        let param = row.and_then(|row| row.param(at, args.len()));
                        is_part(arg) && param.is_some_and(|param| param.take == catalog::Take::Write)
                    })
                }
                _ => false,
            };
        });
        if let Child::Block(block) = inside {
            let is_part = |place: &Place| place.root == Root::Local(local) && !place.proj.is_empty();
            self.body.walk_stmts(block, &mut |stmt| {
                found |= match &stmt.kind {
                    StmtKind::Set { target: Pat::Place(place), .. }
                    | StmtKind::Update { place, .. }
                    | StmtKind::Del(place) => is_part(place),
                    _ => false,
                };
            });
        }
        found
    }
}
