//! Drops, settled: one of a value that was moved on all paths goes, one of a value that was moved on
//! some becomes conditional.

use crate::graph::{Graph, successors};
use crate::lir::{Bb, BbRow, End, InstKind, Lir, Reg};
use std::collections::{BTreeSet, HashMap};

/// Registers that may own a value, and those that surely do.
#[derive(Clone, PartialEq, Eq, Default)]
struct Owned {
    may: BTreeSet<Reg>,
    must: BTreeSet<Reg>,
}

impl Owned {
    fn set(&mut self, reg: Reg) {
        self.may.insert(reg);
        self.must.insert(reg);
    }
    fn clear(&mut self, reg: Reg) {
        self.may.remove(&reg);
        self.must.remove(&reg);
    }
    fn join(&mut self, other: &Owned) {
        self.may.extend(&other.may);
        self.must.retain(|reg| other.must.contains(reg));
    }
    fn step(&mut self, kind: &InstKind, dst: Option<Reg>) {
        if let InstKind::Move(reg) | InstKind::Drop(reg) | InstKind::DropIf(reg) = kind {
            self.clear(*reg);
        }
        dst.into_iter().for_each(|reg| self.set(reg));
    }
}

/// Settles the drops of a function.
pub(crate) fn settle(lir: &mut Lir) {
    let graph = Graph::new(lir);
    let states = states(lir, &graph);
    for block in &graph.order {
        let mut owned = states[block].clone();
        let mut kept = Vec::new();
        for mut inst in std::mem::take(&mut lir.blocks[*block].insts) {
            if let InstKind::Drop(reg) = inst.kind {
                let (may, must) = (owned.may.contains(&reg), owned.must.contains(&reg));
                owned.clear(reg);
                if !may {
                    continue;
                }
                if !must {
                    inst.kind = InstKind::DropIf(reg);
                }
            } else {
                owned.step(&inst.kind, inst.dst);
            }
            kept.push(inst);
        }
        lir.blocks[*block].insts = kept;
    }
}

/// What is owned at the start of each block.
fn states(lir: &Lir, graph: &Graph) -> HashMap<Bb, Owned> {
    let mut states: HashMap<Bb, Owned> = HashMap::new();
    let mut first = Owned::default();
    lir.params.iter().chain(&lir.captures).for_each(|reg| first.set(*reg));
    states.insert(lir.entry, first);
    let mut changed = true;
    while changed {
        changed = false;
        for block in &graph.order {
            let Some(start) = states.get(block).cloned() else { continue };
            let row = &lir.blocks[*block];
            let (after, on_error) = flow(row, start);
            for next in successors(lir, *block) {
                let arriving = if row.on_error == Some(next) { &on_error } else { &after };
                match states.get_mut(&next) {
                    Some(known) => {
                        let before = known.clone();
                        known.join(arriving);
                        changed |= *known != before;
                    }
                    None => {
                        states.insert(next, arriving.clone());
                        changed = true;
                    }
                }
            }
        }
    }
    states
}

/// What is owned after a block, and on its error edge.
fn flow(row: &BbRow, mut owned: Owned) -> (Owned, Owned) {
    let mut on_error = owned.clone();
    for inst in &row.insts {
        owned.step(&inst.kind, inst.dst);
        on_error.join(&owned);
    }
    if let End::Next { item, .. } = row.end {
        owned.set(item);
    }
    (owned, on_error)
}
