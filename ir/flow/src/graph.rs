//! The graph of a function's blocks: order, predecessors, dominators, liveness.

use crate::lir::{Bb, End, Lir, Reg};
use batuta_base::Id;
use std::collections::{BTreeSet, HashMap};

/// Blocks that the entry reaches, with what an analysis asks about them.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Reverse postorder: a block stands before its successors, loops aside.
    pub order: Vec<Bb>,
    /// Of each block; error edges included.
    pub predecessors: HashMap<Bb, Vec<Bb>>,
    /// Immediate dominator; the entry has none.
    pub dominator: HashMap<Bb, Bb>,
}

/// Successors with the error edge, if something in the block can take it.
pub fn successors(lir: &Lir, block: Bb) -> Vec<Bb> {
    let row = &lir.blocks[block];
    let mut out = row.end.successors();
    out.extend(row.on_error.filter(|to| !out.contains(to)));
    out
}

impl Graph {
    pub fn new(lir: &Lir) -> Self {
        let order = reverse_postorder(lir);
        let mut predecessors: HashMap<Bb, Vec<Bb>> = order.iter().map(|block| (*block, Vec::new())).collect();
        for block in &order {
            for next in successors(lir, *block) {
                predecessors.entry(next).or_default().push(*block);
            }
        }
        let dominator = dominators(&order, &predecessors);
        Self { order, predecessors, dominator }
    }

    /// Every path from the entry to `below` goes through `above`.
    pub fn dominates(&self, above: Bb, below: Bb) -> bool {
        let mut at = Some(below);
        while let Some(block) = at {
            if block == above {
                return true;
            }
            at = self.dominator.get(&block).copied();
        }
        false
    }

    /// Registers whose value is read after the start of each block.
    pub fn live_in(&self, lir: &Lir) -> HashMap<Bb, BTreeSet<Reg>> {
        let mut live: HashMap<Bb, BTreeSet<Reg>> = HashMap::new();
        let mut changed = true;
        while changed {
            changed = false;
            for block in self.order.iter().rev() {
                let now = live_before(lir, *block, &live);
                if live.get(block) != Some(&now) {
                    live.insert(*block, now);
                    changed = true;
                }
            }
        }
        live
    }
}

fn live_before(lir: &Lir, block: Bb, live: &HashMap<Bb, BTreeSet<Reg>>) -> BTreeSet<Reg> {
    let row = &lir.blocks[block];
    let at = |to: &Bb| live.get(to).cloned().unwrap_or_default();
    let mut now: BTreeSet<Reg> = row.end.successors().iter().flat_map(at).collect();
    if let End::Next { item, .. } = row.end {
        now.remove(&item);
    }
    now.extend(row.end.uses());
    // An error may leave before any of the block's registers is set.
    let on_error: BTreeSet<Reg> = row.on_error.iter().flat_map(at).collect();
    now.extend(&on_error);
    for inst in row.insts.iter().rev() {
        if let Some(dst) = inst.dst {
            now.remove(&dst);
        }
        now.extend(inst.kind.uses());
        now.extend(&on_error);
    }
    now
}

fn reverse_postorder(lir: &Lir) -> Vec<Bb> {
    let mut seen = vec![false; lir.blocks.len()];
    let mut order = Vec::new();
    let mut stack = vec![(lir.entry, 0)];
    seen[lir.entry.index()] = true;
    while let Some((block, next)) = stack.pop() {
        match successors(lir, block).get(next) {
            Some(to) => {
                stack.push((block, next + 1));
                if !std::mem::replace(&mut seen[to.index()], true) {
                    stack.push((*to, 0));
                }
            }
            None => order.push(block),
        }
    }
    order.reverse();
    order
}

/// Cooper, Harvey and Kennedy's iteration.
fn dominators(order: &[Bb], predecessors: &HashMap<Bb, Vec<Bb>>) -> HashMap<Bb, Bb> {
    let rank: HashMap<Bb, usize> = order.iter().enumerate().map(|(at, block)| (*block, at)).collect();
    let mut above: Vec<Option<usize>> = vec![None; order.len()];
    if !above.is_empty() {
        above[0] = Some(0);
    }
    let mut changed = true;
    while changed {
        changed = false;
        for at in 1..order.len() {
            let known = predecessors[&order[at]].iter().map(|block| rank[block]);
            let known: Vec<usize> = known.filter(|from| above[*from].is_some()).collect();
            let found = known.into_iter().reduce(|a, b| meet(&above, a, b));
            if found.is_some() && found != above[at] {
                above[at] = found;
                changed = true;
            }
        }
    }
    let pairs = above.iter().enumerate().skip(1);
    pairs.filter_map(|(at, up)| up.map(|up| (order[at], order[up]))).collect()
}

fn meet(above: &[Option<usize>], mut a: usize, mut b: usize) -> usize {
    while a != b {
        let lower = if a > b { &mut a } else { &mut b };
        *lower = above[*lower].expect("blocks of the walk were reached before");
    }
    a
}
