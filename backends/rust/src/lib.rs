//! Mir to a cargo project that reads as hand-written: syntax trees of Rust, laid out in rustfmt's style.
//!
//! `print` turns bodies into `tree`s, `items` and `classes` put them into files, `layout` gives the text,
//! `project` adds manifest and source map. What the printer expects of Mir is listed in the README.
//! Knows nothing of source languages beyond the words of `batuta_core::Lang`, and does no IO.
#![forbid(unsafe_code)]

mod allowed;
mod anchors;
mod bound;
mod boxes;
mod c;
mod capture;
mod class_values;
mod classes;
mod deep_copies;
mod enums;
mod env;
mod exceptions;
mod families;
mod family;
mod family_equality;
mod items;
mod late;
mod layout;
mod lent;
mod literal;
mod method_names;
mod names;
mod object_equality;
mod object_members;
mod object_truth;
mod object_values;
mod once;
mod own_operand;
mod plain;
mod print;
mod project;
mod scope;
mod show;
mod slice_params;
mod tails;
mod template;
mod tidy;
mod told_apart;
mod tree;
mod types;
mod unions;

pub use c::emit_c;
pub use project::{Dependencies, EmitOptions, MapEntry, Project, RUNTIME_PLACEHOLDER, emit};
