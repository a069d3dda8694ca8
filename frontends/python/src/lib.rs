//! Python 3.11 source text to `Hir`, one file at a time.
//!
//! [`lower`] is total: it gives a value and diagnostics, never an error or a panic. What has no
//! lowering is a `Node::Hole` with a diagnostic. Names are resolved by Python's scopes, operators
//! become `obj.*` operations, comments and blank lines hang on the statements they belong to.
//!
//! This crate sees one file. It does not know what an imported name is in its home file (function,
//! class, variable), so it leaves a path and `Program` finds out. It knows nothing of Rust output.
#![forbid(unsafe_code)]

mod lower;
mod names;
mod parse;
mod prompt;
mod scan;
mod template;
mod text;
mod types;

use batuta_base::{Name, SourceText};
use batuta_core::FileIr;

pub use prompt::{is_open, last_expression};

/// What the frontend must know about the file's surroundings.
pub struct LowerOptions<'a> {
    /// The file is the program's start: its `if __name__ == "__main__":` block runs.
    pub is_entry: bool,
    /// The file is a package's `__init__.py`: relative imports count from the module itself.
    pub is_package: bool,
    /// Whether a dotted path is a module of this project.
    pub is_project_module: &'a dyn Fn(&str) -> bool,
}

/// Lowers a Python file that is the module `module`.
///
/// Equal input gives an equal answer. A file with a syntax error gives a `B01xx` diagnostic for
/// each broken block; the other blocks are lowered all the same.
pub fn lower(source: &SourceText, module: Name, options: &LowerOptions<'_>) -> FileIr {
    lower::file(source, module, options)
}
