//! The transpiler as a library: a project goes in, Rust and findings come out.
//!
//! [`transpile`] does one run. [`Session`] keeps the salsa database between runs: after
//! [`Session::set_text`] only what the edit reaches is computed again. [`load`] finds the modules
//! of a file or folder on disk. The order of the passes stands in `queries.rs`, the passes
//! themselves behind one function each in `stages.rs`.
//!
//! ```
//! use batuta_session::{Options, Project, transpile};
//!
//! let project = Project::single("hello.py", "print('hello')\n");
//! let output = transpile(&project, &Options::default());
//! assert!(!output.has_errors(), "{:?}", output.findings);
//! ```
#![forbid(unsafe_code)]

mod check;
mod compile_commands;
mod db;
mod finding;
mod homes;
#[cfg(feature = "jit")]
mod jit;
mod load;
mod load_c;
mod options;
mod project;
mod queries;
#[cfg(feature = "jit")]
pub mod repl;
mod ruchy;
mod signatures;
mod stages;
mod suites;

/// Names of the library that have a translation, by module.
pub use batuta_catalog::{Coverage, coverage};
/// A source language.
pub use batuta_core::Lang as Language;
pub use db::{Database, Session};
pub use finding::{Finding, Mark, Position};
pub use homes::{Checked, Homes};
#[cfg(feature = "jit")]
pub use jit::Gap;
pub use load::{LoadError, load, load_built};
pub use options::{IntPolicy, Level, Optimize, Options, Preprocessing, Start};
pub use project::{Project, ProjectFile};
pub use ruchy::{FormatError, Piece, Test, format_ruchy, highlight, load_ruchy, ruchy_files, tests};
pub use signatures::{Dynamic, Signature};

use std::collections::BTreeMap;

/// What a run gives: the cargo project's files, and what was found on the way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Output {
    /// Text by path inside the emitted cargo project; empty when nothing could be written.
    pub files: BTreeMap<String, String>,
    /// In the order of files and positions.
    pub findings: Vec<Finding>,
}

impl Output {
    /// A finding says that a unit was not written.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// Translates a project to a cargo project.
pub fn transpile(project: &Project, options: &Options) -> Output {
    Session::new(project, options.clone()).output()
}
