//! The only unsafe code of the crate: mapping files, huge pages, SIMD kernels, and handing
//! borrowed work to the thread pool. Each has a safe twin or a check that tests compare with.

pub mod map;
