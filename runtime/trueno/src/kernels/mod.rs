//! Kernels on slices: the inner loops of everything else, each with run-time dispatch.
//!
//! `dot`, `sum`, `axpy` and `squared_distance` are what the vector database and the inference
//! engine call; lengths that differ are cut to the shorter, so no input panics.

pub(crate) mod gemm;
pub mod int8;
pub(crate) mod pairwise;
pub mod vector;

pub use crate::sys::{Level, available, level};
