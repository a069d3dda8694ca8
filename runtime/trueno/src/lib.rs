//! Tensors on SIMD: views, kernels, linear algebra, NumPy's numbers and text.
//!
//! [`Tensor`] is an n-dimensional array that borrows or owns its elements; [`Vector`] and [`Matrix`]
//! know their rank. A function that can fail returns [`Result`]; operators (`&a + &b`) panic with
//! NumPy's message at the caller's line, and `try_*` are their `Result` forms.
//!
//! The crate knows nothing of Python, files other than `.npy`/`.npz`, or of models.
#![deny(unsafe_code)]
#![warn(missing_docs)]

mod any;
mod backend;
mod build;
mod bytes;
mod complex;
mod dims;
mod dtype;
mod element;
mod elementwise;
mod error;
mod fancy;
mod fft;
mod format;
mod index;
pub mod kernels;
mod linalg;
mod math;
pub mod npy;
pub mod npz;
mod ops;
mod product;
pub mod random;
mod rank;
mod reduce;
mod reduce_plan;
mod sort;
mod stats;
#[allow(unsafe_code)]
mod sys;
mod tensor;
mod tensor_mut;
mod views;
mod vmath;

pub use any::AnyTensor;
pub use backend::{
    Backend, Choice, DeviceCost, GpuContext, Placement, TRANSFER_RATIO, cpu_cost, pays, select_backend,
};
pub use build::{arange, concatenate, hstack, linspace, logspace, meshgrid, stack, vstack};
pub use bytes::Bytes;
pub use dtype::{Bits, Cast, Complex64, Complex128, DType, Element, Integer, Kind, Number, Real};
pub use error::{Error, Result, shape_text};
pub use fft::{Spectral, fftfreq};
pub use format::{FloatMode, PrintOptions, Show, print_options, set_print_options};
pub use index::{Index, Slice};
pub use kernels::gemm::MatMul;
pub use linalg::{LeastSquares, Norm, Svd};
pub use math::FloatMath;
pub use ops::Operand;
pub use product::einsum;
pub use rank::{Matrix, Vector};
pub use reduce::{Average, Axes, Divide};
pub use sort::Unique;
pub use stats::{Histogram, Overlap};
pub use tensor::{Array, Tensor};
pub use tensor_mut::TensorMut;
