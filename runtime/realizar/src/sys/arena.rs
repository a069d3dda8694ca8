//! One large zeroed allocation for all packed weights, on huge pages where the system gives them:
//! reading weights is most of the work of generating, and huge pages read a quarter faster.

use std::ops::{Deref, DerefMut};

/// What anonymous pages are here; WebAssembly has none.
#[cfg(any(unix, windows))]
type Pages = memmap2::MmapMut;
#[cfg(not(any(unix, windows)))]
type Pages = Vec<u8>;

/// Zeroed memory that the operating system hands out page by page.
#[derive(Debug)]
pub struct Arena(Pages);

impl Arena {
    /// Reserves `len` bytes; pages cost memory only once they are written.
    ///
    /// # Errors
    /// What the system says when it has no room.
    pub fn new(len: usize) -> std::io::Result<Self> {
        #[cfg(any(unix, windows))]
        let map = Pages::map_anon(len.max(1))?;
        #[cfg(not(any(unix, windows)))]
        let map = vec![0; len];
        // Advice only: where it is refused, ordinary pages do.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self(map))
    }
}

impl Deref for Arena {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Arena {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}
