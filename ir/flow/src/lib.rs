//! Derived views of a body: what an analysis or a code generator wants to see and nobody stores.
//!
//! [`lower`] gives [`Lir`]: basic blocks over registers, with drops and error edges that can be seen.
//! [`Graph`] gives order, dominators and liveness of it; [`CallGraph`] what calls what in a program.
#![forbid(unsafe_code)]

mod calls;
mod drops;
mod graph;
mod lir;
mod lower;
mod print;

pub use calls::CallGraph;
pub use graph::Graph;
pub use lir::{Bb, BbRow, End, Gap, Inst, InstKind, Lir, Part, Reg, RegRow, Target};
pub use lower::lower;
pub use print::print;
