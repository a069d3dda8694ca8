//! Files as Python's `open` gives them, and what is used like them: standard streams, `StringIO`.
//!
//! A [`File`] is a handle: its clones are the same open file, closed with the last of them.

mod binary;
mod disk;
mod text;

pub use binary::{BinaryFile, open_binary};
pub use disk::UnsupportedOperation;
pub use text::{File, TextOptions, open, open_with};
