//! Mapping a file for reading.

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// Maps a whole file, read-only and private.
///
/// A file that another process shortens while it is mapped raises a signal when the lost part is
/// touched; no check can exclude that. So weights are copied out through the file handle
/// (`Bytes::read_at`), which gives an error instead, and only the header is parsed in place.
pub fn map_readonly(file: &File) -> io::Result<Mmap> {
    // SAFETY: the mapping is private and read-only; Rust code only sees `&[u8]` borrowed from the
    // returned `Mmap`. Changes by other processes could be observed as changing bytes: every
    // offset that is used later was copied out of the mapping and checked when it was parsed.
    unsafe { Mmap::map(file) }
}
