//! The verifier: what each level promises, as numbered rules that name the row that breaks them.
//!
//! Every level
//! * `V01` ids lie inside their tables.
//! * `V02` a body is a tree: each node and block has one parent.
//! * `V03` an operation has as many operands as its row in the table says.
//! * `V04` `break` and `continue` stand inside a loop of the same function.
//! * `V05` a label names an enclosing loop (for `continue`) or loop or block (for `break`).
//! * `V06` the alternatives of a pattern bind the same locals; a parameter's local is its own.
//! * `V07` an operation belongs to the level: `obj.*` ends with Hir (but `obj.splat*` and
//!   `obj.slice_obj`), `rs.*` and the ways of iteration begin with Mir.
//!
//! Hir and Typed
//! * `V10` nothing of Rust: every use has mode `read`, no `Nth`, `Deref`, `Payload`, no `some`/`none`/`&`
//!   patterns, no `let`, no references, shared objects, boxes or machine widths in types.
//!
//! Typed and Mir
//! * `V20` no type is `?`, and no type variable is left.
//! * `V21` calls are resolved: no `Method`, no `Super`.
//! * `V22` arguments are positional and none is spread.
//! * `V23` the condition of `if`, `while` and of a guard is `bool`.
//! * `V24` `for` and the clauses of a comprehension read an iterator.
//! * `V25` the operands of an operation have the types that its dialect works on, of one width.
//!
//! Mir
//! * `V30` no use has mode `read`.
//! * `V31` each local is declared once, before every use, in a block that encloses the use.
//! * `V32` every int has a width.
//! * `V33` `copy` takes a type that Rust can copy.
//! * `V34` `rs.try` without `unwind` stands in a fallible function, a closure or a `try` body.
//! * `V35` what is assigned again, or changed through `mut`, is declared `mut`.

mod level;
mod scope;
mod tree;
mod types;

use crate::{Body, Level, Program};
use batuta_base::{Name, Origin};
use std::fmt;

/// A broken rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// `V` and two digits.
    pub rule: &'static str,
    /// Path of the body.
    pub path: Name,
    pub origin: Origin,
    /// What is wrong, with the row that it is about.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.rule, self.path, self.message)
    }
}

/// All broken rules of a body; empty when it keeps its level's promise. Never panics.
///
/// A body that is no tree (V01, V02) is not looked at further.
pub fn verify_body<L: Level>(body: &Body<L>) -> Vec<Violation> {
    let mut found = Found { path: body.path, list: Vec::new() };
    tree::check(body, &mut found);
    if found.list.is_empty() {
        level::check(body, &mut found);
        scope::check(body, &mut found);
        if L::NAME != "hir" {
            types::check(body, &mut found);
        }
    }
    found.list
}

/// The broken rules of all bodies of a program.
pub fn verify_program<L: Level>(program: &Program<L>) -> Vec<Violation> {
    program.fns.values().flat_map(|body| verify_body(body)).collect()
}

/// The violations of one body.
struct Found {
    path: Name,
    list: Vec<Violation>,
}

impl Found {
    fn report(&mut self, rule: &'static str, origin: Origin, message: impl Into<String>) {
        self.list.push(Violation { rule, path: self.path, origin, message: message.into() });
    }
}
