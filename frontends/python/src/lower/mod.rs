//! The lowering: one walk over the file from top to bottom.
//!
//! `Lowerer` holds what the file has so far; `Cx` the body that is being built. A nested `def` or
//! `lambda` shares its function's `Cx`; a method, a field default and a module-level function have
//! one of their own. Each construct family has its file.

mod assign;
mod call;
mod class;
mod compare;
mod comprehension;
mod context;
mod control;
mod enum_call;
mod enum_rules;
mod expr;
mod fields;
mod format;
mod function;
mod import;
mod literal;
mod matching;
mod module;
mod params;
mod place;
mod print;
mod resolve;
mod stmt;
mod synth;

pub(crate) use module::file;

use context::{Binding, Cx, Lowerer, Scope, ScopeKind, UNSUPPORTED};
