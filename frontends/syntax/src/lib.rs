//! What every frontend needs of tree-sitter: nodes with their text, comments and blank lines, syntax errors.
//!
//! * [`Syntax`]: a node together with the file's text; extras (comments) never show up as children.
//! * [`Trivia`]: the comments of a file in source order. Each is handed out exactly once.
//! * [`depth`], [`errors`]: questions about a whole tree, asked without recursion.
//!
//! This crate knows no grammar: kinds and comment signs come from its callers.
#![forbid(unsafe_code)]

mod errors;
mod node;
mod trivia;

pub use errors::{SyntaxFault, depth, each_of_kind, errors};
pub use node::Syntax;
pub use tree_sitter;
pub use trivia::{Trivia, comments};
