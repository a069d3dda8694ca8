//! Hir -> Typed: types of everything, calls resolved, coercions explicit.
//!
//! ```text
//! fn @demo.total(%xs: ?) -> ? {                fn @demo.total(%xs: list<int>) -> int {
//!   for place %x in %xs {                        for place %x in iter.of(%xs) {
//!     if obj.truth(obj.gt(%x, 2)) { .. }           if cmp.gt(%x, 2) { .. }
//! ```
//! `collect` says what one body says about types (facts: position-free, comparable), `solve` joins the
//! facts of the whole program, `apply` writes the answer into a body. Knows the catalogue's rows and
//! Python's rules, nothing of Rust.
#![forbid(unsafe_code)]

mod apply;
mod arguments;
mod arrays;
mod assignments;
mod attribute_reads;
mod bare_methods;
mod bind;
mod builtin_calls;
mod by_class;
mod by_index;
mod call_values;
mod calls;
mod class_tests;
mod class_values;
mod coerce;
mod collect;
mod collect_control;
mod collect_ops;
mod compare;
mod construct;
mod contexts;
mod copies;
mod coroutines;
mod declines;
mod defaults;
mod dispatch;
mod dynamic;
mod dynamic_calls;
mod dynamic_types;
mod effects;
mod empty_sums;
mod ends;
mod env;
mod error_classes;
mod expand;
mod explain;
mod expr;
mod facts;
mod filled;
mod function_values;
mod getters;
mod guarded;
mod held;
mod inline;
mod inner;
mod int_enums;
mod intrinsics;
mod invoke;
mod item_truths;
mod late;
mod libcalls;
mod library_bases;
mod literals;
mod match_tests;
mod misfits;
mod namespace;
mod narrow;
mod operate;
mod ops;
mod optional_key;
mod other_names;
mod outside;
mod packed;
mod paths;
mod percent;
mod prep;
mod prints;
mod program;
mod receivers;
mod records;
mod regex;
mod reread;
mod row_fits;
mod rows;
mod ruchy;
mod ruchy_texts;
mod ruchy_types;
mod ruchy_values;
mod rules;
mod script;
mod slices;
mod slots;
mod solve;
mod store;
mod suites;
mod swap;
mod synth;
mod truths;
mod tuples;
mod types;
mod vars;
mod webs;

pub use apply::{BAD_CALL, DECORATOR, DYNAMIC, UNKNOWN_ATTRIBUTE, UNKNOWN_LIBRARY};
pub use explain::explain_types;
pub use program::infer;
