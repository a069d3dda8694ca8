//! The words that every other crate speaks: interned names, ids, origins, source text, diagnostics.
//!
//! Data only. This crate knows no language, no IR and does no IO.
#![forbid(unsafe_code)]

mod diag;
mod ids;
mod name;
mod source;

pub use diag::{Anchor, Code, Diagnostic, Diags, Label, Severity};
pub use ids::{Id, IdVec};
pub use name::Name;
pub use source::{LineCol, Origin, SourceText};

/// Insertion-ordered map with a fast hasher: equal input gives equal bytes.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, rustc_hash::FxBuildHasher>;
/// Insertion-ordered set with a fast hasher.
pub type IndexSet<T> = indexmap::IndexSet<T, rustc_hash::FxBuildHasher>;
pub use rustc_hash::{FxHashMap, FxHashSet};
