//! Lists: negative indices, slices with steps, sorting by `<`.

mod bounds;
mod order;
mod range;
mod slice;
mod slice_object;
mod vec;

pub(crate) use bounds::position;
pub use bounds::{Bounds, slice_bounds};
pub use order::{
    PyOrd, float_sum, max, max_by_key, max_by_key_or, max_or, max_ref_by_key, min, min_by_key, min_by_key_or,
    min_or, min_ref_by_key, not_ordered, py_cmp, sorted, sorted_by_cmp, sorted_by_key, unhashable,
};
pub use range::{Range, range};
pub use slice::PyList;
pub use slice_object::{Slice, between, slice};
pub use vec::PyVec;
