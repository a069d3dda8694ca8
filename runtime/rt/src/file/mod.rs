//! Files as Python's `open` gives them, and what is used like them: standard streams, `StringIO`.
//!
//! A [`File`] is a handle: its clones are the same open file, closed with the last of them.

mod binary;
mod disk;
mod text;

pub use binary::{BinaryFile, open_binary};
pub use disk::UnsupportedOperation;
pub use text::{File, TextOptions, open, open_with};

/// The path of a file that goes with this.
struct Temporary(String);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Somebody else may have removed it.
        let _ = std::fs::remove_file(&self.0);
    }
}
