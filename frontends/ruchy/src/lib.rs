//! Ruchy source text to `Hir`, one file at a time.
//!
//! [`lower`] is total: it gives a value and diagnostics, never an error or a panic. Scopes are lexical: each
//! `let` is a local of its own. Values are values: what a name, a field or an item holds is handed on as a copy
//! (`ruchy.copy`) wherever something keeps it, so no two places ever share an object. Methods of the language are
//! library functions `ruchy.NAME` with the receiver first; their overloads stand in the catalogue.
//!
//! What has no lowering is a `Node::Hole` with a diagnostic, never another program.
#![forbid(unsafe_code)]

mod format;
mod literal;
mod lower;
mod parse;
mod prompt;
mod tests;
mod types;

use batuta_base::{Name, SourceText};
use batuta_core::FileIr;

pub use format::{FormatError, format};
pub use prompt::{Definition, Piece, definitions, ends_in_let, highlight, is_open, tree};
pub use tests::{Test, tests};

/// What the frontend must know about the file's surroundings.
pub struct LowerOptions {
    /// The file is the program's start.
    pub is_entry: bool,
    /// What a file that is the start does behind its top-level statements.
    pub start: Start,
}

/// What a program does behind its top-level statements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Start {
    /// It runs `main`.
    #[default]
    Main,
    /// It runs `main`, and tells the value of the last statement where that is an expression.
    Value,
    /// It tells the value of the last statement where that is an expression. Nothing else runs.
    Line,
    /// It runs the one test that its first argument names.
    Tests,
}

/// Lowers a Ruchy file that is the module `module`.
pub fn lower(source: &SourceText, module: Name, options: &LowerOptions) -> FileIr {
    lower::file(source, module, options)
}
