//! Mapping a file for reading.

use std::fs::File;
use std::io;

use memmap2::Mmap;

use super::watch::Watch;

/// A whole file, mapped read-only and private. One that another process shortens reads as zeros where
/// it lost bytes (see [`super::watch`]); [`FileMap::is_whole`] says whether that happened.
#[derive(Debug)]
pub struct FileMap {
    /// Dropped before `map`: its row must not outlive the mapping.
    watch: Option<Watch>,
    map: Mmap,
    file: File,
}

impl FileMap {
    /// Maps a file.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(file: File) -> io::Result<Self> {
        // SAFETY: the mapping is private and read-only; Rust code only sees `&[u8]` borrowed from it. A
        // shorter file is handled by `Watch`. Another program that writes into the file can change what
        // is read, as with any mapping: nothing that is read later is used as an index.
        let map = unsafe { Mmap::map(&file)? };
        // Advice only. Where the system has the file on huge pages, or reads it now, that is kept.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        let watch = Watch::new(map.as_ptr() as usize, map.len());
        Ok(Self { watch, map, file })
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The file behind the mapping.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// True if touching what a shorter file lost gives zeros and not a signal: always, but for the
    /// system's refusal of a handler or hundreds of mapped models.
    pub fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// False once the file became shorter. The end of its last page reads as zeros without a signal, so
    /// the length is compared too.
    pub fn is_whole(&self) -> bool {
        let faulted = self.watch.as_ref().is_some_and(Watch::faulted);
        !faulted && self.file.metadata().is_ok_and(|data| data.len() >= self.map.len() as u64)
    }
}
