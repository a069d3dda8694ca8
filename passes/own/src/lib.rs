//! Copy, move, borrow or clone for every use; `let` for every local; one Mir body for each Typed one.
//!
//! before (Typed, representation types)          after (Mir)
//!   set place %names = list.new()                 let mut %names: list<str> = list.new()
//!   lib:list.append(%names, %p.name)              lib:list.append(mut %names, clone %p.name)
//!   return %names                                 return move %names
//!
//! Decides inside one body only: who owns an object for life is settled before, in `shapes`. Where a
//! use needs a second owner of an object that changes, it is reported ([`Lowered::demoted`]) and the
//! caller runs `shapes` again with it.
#![forbid(unsafe_code)]

mod access;
mod alias;
mod assign;
mod body;
mod bounds;
mod by_index;
mod calls;
mod cells;
mod changed;
mod closures;
mod control;
mod copies;
mod early_texts;
mod expr;
mod filled;
mod globals;
mod handles;
mod holes;
mod init;
mod iter;
mod keys;
mod lets;
mod live;
mod loop_patterns;
mod operate;
mod order;
mod param_bounds;
mod places;
mod rebound;
mod texts;
mod try_value;
mod types;
mod updates;
mod walked;
mod walks;
mod writes;

use batuta_base::{Code, Diagnostic, FxHashSet};
use batuta_core::*;
use std::sync::Arc;

/// The program at Mir, and what stands in its way.
#[derive(Debug)]
pub struct Lowered {
    pub program: Program<Mir>,
    /// Uses that need a second owner; the program is right only when there are none.
    pub demoted: Vec<Demotion>,
    pub diags: Vec<Diagnostic>,
}

/// An object that no representation can share has two owners.
pub const TWO_OWNERS: Code = Code::warning("B0401", "this value would need two owners");

/// A memoised function is translated without its memory.
pub const CACHE_DROPPED: Code = Code::warning("B0402", "the cache of this function is not translated yet");

/// A generator that something keeps, and that looks at what ends before it, would give its items when they are asked for.
pub const ITEMS_AT_ONCE: Code = Code::warning("B0404", "the items of this iterator are computed at once");

/// A method that Rust's traits call gives its object away.
pub const GIVES_ITSELF: Code =
    Code::warning("B0403", "a text or comparison that keeps or changes its object through a second name");

/// Lowers a program of representation types. `frozen` are uses of objects that never change;
/// `tried` are the demotions of earlier rounds: a use that still needs a second owner becomes a hole.
pub fn own(program: &Program<Typed>, frozen: &Frozen, tried: &[Demotion]) -> Lowered {
    let tried: FxHashSet<Demotion> = tried.iter().copied().collect();
    let mut program = globals::settle(program);
    for body in program.fns.values_mut() {
        holes::lift_holes(Arc::make_mut(body));
    }
    let program = &program;
    let mut classes = program.classes.clone();
    cells::mark(program, &mut classes);
    let mut out = Program {
        modules: program.modules.clone(),
        classes,
        globals: program.globals.clone(),
        fns: Default::default(),
        entry: program.entry,
    };
    let params = param_bounds::ParamBounds::of(program);
    let changed = changed::Changed::of(program);
    let families = Families::of(program);
    let whole = body::Whole { params: &params, changed: &changed, families: &families };
    let mut demoted = Vec::new();
    let mut diags = Vec::new();
    for body in program.fns.values() {
        let mut lowered = body::lower(program, &out.classes, body, frozen, &tried, &whole);
        demoted.append(&mut lowered.demoted);
        diags.append(&mut lowered.diags);
        out.fns.insert(body.path, Arc::new(lowered.body));
    }
    Lowered { program: out, demoted, diags }
}
