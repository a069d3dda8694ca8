//! Mir -> Mir: what makes the Rust look hand-written. Read by the Rust printer only; the JIT takes Mir before it.
//!
//! One file per idiom, each a function `fn(&mut Body<Mir>)` that keeps the meaning and holds back where it
//! cannot prove that it does. They run in the order of [`IDIOMS`].
#![forbid(unsafe_code)]

mod boxed_results;
mod capacity;
mod chars;
mod collect;
mod compound;
mod count;
mod entry;
mod fields;
mod if_let;
mod indexed;
mod let_else;
mod let_return;
mod look_up;
mod loop_let;
mod middle;
mod needless_bool;
mod picked;
mod range_contains;
mod remainder;
mod renamed;
mod results;
mod same;
mod slices;
mod swap;
mod unpacked;
mod while_let;
mod words;

use batuta_core::{Body, Mir, Program};
use std::sync::Arc;

/// An idiom: rewrites a body where it can prove that the meaning stays.
pub type Idiom = fn(&mut Body<Mir>);

/// Every idiom with its name, in the order in which they run.
pub const IDIOMS: &[(&str, Idiom)] = &[
    ("capacity", capacity::capacity),
    ("needless_bool", needless_bool::needless_bool),
    ("renamed", renamed::renamed),
    ("middle", middle::middle),
    ("unpacked", unpacked::unpacked),
    ("while_let", while_let::while_let),
    ("if_let", if_let::if_let),
    ("let_else", let_else::let_else),
    ("loop_let", loop_let::loop_let),
    ("let_return", let_return::let_return),
    ("fields", fields::fields),
    ("remainder", remainder::remainder),
    ("compound", compound::compound),
    ("count", count::count),
    ("entry", entry::entry),
    ("look_up", look_up::look_up),
    ("picked", picked::picked),
    ("range_contains", range_contains::range_contains),
    ("swap", swap::swap),
    ("chars", chars::chars),
    ("indexed", indexed::indexed),
    ("words", words::words),
    ("boxed_results", boxed_results::boxed_results),
];

/// Runs every idiom over every body of a program; then errors that are caught become results.
pub fn idioms(program: &mut Program<Mir>) {
    collect::collect(program);
    program.fns.values_mut().for_each(|body| idiom(Arc::make_mut(body)));
    entry::lent_key(program);
    slices::slices(program);
    results::results(program);
}

/// Runs every idiom over a body.
pub fn idiom(body: &mut Body<Mir>) {
    for (_, run) in IDIOMS {
        run(body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use batuta_core::text::{parse_body, print_body};

    /// Checks that an idiom turns one text into another.
    pub(crate) fn check(run: fn(&mut Body<Mir>), before: &str, after: &str) {
        let mut body = parse_body(before.trim_start()).unwrap_or_else(|error| panic!("{error}\n{before}"));
        run(&mut body);
        assert_eq!(print_body(&body), after.trim_start());
    }

    /// Checks that an idiom leaves a text as it is.
    pub(crate) fn holds_back(run: fn(&mut Body<Mir>), text: &str) {
        check(run, text, text);
    }
}
