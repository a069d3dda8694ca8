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
mod build;
mod bytes;
mod complex;
mod dims;
mod dtype;
mod element;
mod elementwise;
mod error;
mod fancy;
mod format;
mod index;
pub mod kernels;
mod math;
mod ops;
mod product;
pub mod random;
mod rank;
mod reduce;
mod reduce_plan;
mod sort;
#[allow(unsafe_code)]
mod sys;
mod tensor;
mod tensor_mut;
mod views;
mod vmath;

pub use any::AnyTensor;
pub use build::{arange, concatenate, hstack, linspace, logspace, meshgrid, stack, vstack};
pub use bytes::Bytes;
pub use dtype::{Bits, Cast, Complex64, Complex128, DType, Element, Integer, Kind, Number, Real};
pub use error::{Error, Result, shape_text};
pub use format::{FloatMode, PrintOptions, Show, print_options, set_print_options};
pub use index::{Index, Slice};
pub use kernels::gemm::MatMul;
pub use math::FloatMath;
pub use ops::Operand;
pub use product::einsum;
pub use rank::{Matrix, Vector};
pub use reduce::{Average, Axes, Divide};
pub use sort::Unique;
pub use tensor::{Array, Tensor};
pub use tensor_mut::TensorMut;
