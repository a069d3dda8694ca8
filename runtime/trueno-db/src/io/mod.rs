//! Vectors from and to other programs' files. Sizes in a file are compared with the file's
//! length before memory is asked for.

#[cfg(feature = "arrow")]
mod arrow;
mod npy;
mod vecs;

#[cfg(feature = "arrow")]
pub use arrow::{Table, read_arrow, write_arrow};
pub use npy::{read_npy, write_npy};
pub use vecs::{read_bvecs, read_fvecs, read_ivecs, write_bvecs, write_fvecs, write_ivecs};

/// Rows of equal length, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix<T> {
    /// Components of a row.
    pub dims: usize,
    /// All components; a multiple of `dims`.
    pub values: Vec<T>,
}

impl<T> Matrix<T> {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.dims).unwrap_or(0)
    }
}
