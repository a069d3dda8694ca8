//! Ruchy source text to `Hir`, one file at a time.
//!
//! [`lower`] is total: it gives a value and diagnostics, never an error or a panic. Scopes are lexical: each
//! `let` is a local of its own. Values are values: what a name, a field or an item holds is handed on as a copy
//! (`ruchy.copy`) wherever something keeps it, so no two places ever share an object. Methods of the language are
//! library functions `ruchy.NAME` with the receiver first; their overloads stand in the catalogue.
//!
//! What has no lowering is a `Node::Hole` with a diagnostic, never another program.
#![forbid(unsafe_code)]

mod literal;
mod lower;
mod parse;
mod types;

use batuta_base::{Name, SourceText};
use batuta_core::FileIr;

/// What the frontend must know about the file's surroundings.
pub struct LowerOptions {
    /// The file is the program's start: its `main` runs.
    pub is_entry: bool,
}

/// Lowers a Ruchy file that is the module `module`.
pub fn lower(source: &SourceText, module: Name, options: &LowerOptions) -> FileIr {
    lower::file(source, module, options)
}
