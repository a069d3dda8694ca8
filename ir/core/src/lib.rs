//! The IR: one shape of body at three levels, its types, operations, text form and rules.
//!
//! * `Hir`: names resolved, the meaning explicit as operations, types may be `?`.
//! * `Typed`: no `?`; calls resolved; coercions explicit.
//! * `Mir`: every local has a Rust type and mutability; every use says how it takes its place.
//!
//! `ir/README.md` walks one function through all three. This crate knows no source language's
//! syntax, no library and does no IO.
#![forbid(unsafe_code)]

mod append;
mod body;
mod closures;
mod constructor;
pub mod dynamic;
mod family;
pub mod identity;
mod image;
mod op;
mod program;
mod rename;
mod results;
pub mod text;
mod ty;
pub mod verify;
mod visit;

pub use append::Shift;
pub use body::*;
pub use closures::*;
pub use constructor::{before_object, uses_object};
pub use family::Families;
pub use image::*;
pub use op::*;
pub use program::*;
pub use ty::*;
pub use visit::Child;
