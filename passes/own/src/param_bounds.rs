//! Lower bounds of int parameters: the least that any call of the program passes.
//!
//! before                                     after
//!   def place(row, cols): .. cols[row]         cols[row as usize], where every call passes 0 or row + 1
//!
//! Holds back for methods, for functions that are used as values, and for libraries: there, others call.

use crate::bounds::{UNKNOWN, UNSEEN, bounds};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Least values by function and position of the parameter; one that is missing may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParamBounds {
    lower: FxHashMap<(Name, usize), i64>,
    /// Parameters that are another function's variable: the call may leave anything there.
    assigned: FxHashSet<(Name, usize)>,
}

/// Rounds before a bound that still falls counts as unknown.
const ROUNDS: usize = 4;

impl ParamBounds {
    /// Solves the bounds of a program.
    pub fn of(program: &Program<Typed>) -> Self {
        let mut now = Self::start(program);
        if now.lower.is_empty() {
            return now;
        }
        for round in 0.. {
            let mut next = Self::start(program);
            program.fns.values().for_each(|body| next.calls_of(body, &now));
            if round >= ROUNDS {
                for (at, value) in &mut next.lower {
                    if now.lower[at] != *value {
                        *value = UNKNOWN;
                    }
                }
            }
            if next == now {
                break;
            }
            now = next;
        }
        now.lower.retain(|_, value| *value != UNSEEN);
        now
    }

    /// The least value of a parameter.
    pub fn get(&self, path: Name, index: usize) -> i64 {
        self.lower.get(&(path, index)).copied().unwrap_or(UNKNOWN)
    }

    /// Whether the function may assign the variable that it is given.
    pub fn is_assigned(&self, path: Name, index: usize) -> bool {
        self.assigned.contains(&(path, index))
    }

    /// What a round starts from: no call is seen.
    fn start(program: &Program<Typed>) -> Self {
        let mut out = Self::default();
        for body in program.fns.values() {
            let is_lent = |param: &Param| matches!(body.locals[param.local].ty.kind(), TyKind::RefMut(_));
            let lent = body.params.iter().enumerate().filter(|(_, param)| is_lent(param));
            out.assigned.extend(lent.map(|(index, _)| (body.path, index)));
        }
        if program.entry.is_none() {
            return out;
        }
        let values = used_as_values(program);
        for body in program.fns.values() {
            let is_method = program.classes.contains_key(&body.path.parent());
            if is_method || values.contains(&body.path) || !body.decorators.is_empty() {
                continue;
            }
            for (index, param) in body.params.iter().enumerate() {
                if body.locals[param.local].ty.is_int() && !body.locals[param.local].ty.is_big() {
                    out.lower.insert((body.path, index), UNSEEN);
                }
            }
        }
        out
    }

    fn calls_of(&mut self, body: &Body<Typed>, now: &Self) {
        let mut calls = Vec::new();
        body.walk_block(body.root, &mut |node| {
            if let Node::Call { callee: Callee::Fn(path), args } = &body.nodes[node].kind {
                let wanted = (0..args.len()).filter(|index| now.lower.contains_key(&(*path, *index)));
                calls.extend(wanted.map(|index| ((*path, index), args[index].value)));
            }
        });
        if calls.is_empty() {
            return;
        }
        let known = bounds(body, now);
        for (at, value) in calls {
            if let Some(slot) = self.lower.get_mut(&at) {
                *slot = (*slot).min(known.eval(body, value));
            }
        }
    }
}

/// Functions that some expression takes as a value: anybody may call them.
fn used_as_values(program: &Program<Typed>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Item(path) => {
                    out.insert(*path);
                }
                Node::Use(Place { root: Root::Global(path), .. }, _) => {
                    out.insert(*path);
                }
                _ => {}
            }
        }
    }
    out
}
