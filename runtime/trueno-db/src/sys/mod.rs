//! The only unsafe code of the crate: SIMD kernels, mappings that survive truncation, and the
//! slot store, where one writer changes memory that readers borrow.

pub(crate) mod kernels;
pub(crate) mod map;
mod segment;
pub(crate) mod slots;
