//! Model files: where the bytes live and the two formats that are read.
//!
//! Nothing in a file is believed before it is compared with the file's length.

pub mod convert;
pub mod gguf;
pub mod safetensors;
pub mod writer;

use std::fs::File;
use std::path::Path;

use crate::error::{Error, Result};
use crate::sys::map::FileMap;

const CHANGED: &str = "the model file changed while it was open";

/// The bytes of a model: a mapped file that is owned, or memory that is borrowed.
#[derive(Debug)]
pub struct Bytes<'m>(Source<'m>);

#[derive(Debug)]
enum Source<'m> {
    Mapped(FileMap),
    Borrowed(&'m [u8]),
}

impl<'m> Bytes<'m> {
    /// Maps a file for reading.
    ///
    /// # Errors
    /// `Io` when it cannot be opened or mapped; `Format` when it is empty.
    pub fn open(path: &Path) -> Result<Self> {
        let context = |e| Error::Io(format!("cannot read {}", path.display()), e);
        let file = File::open(path).map_err(context)?;
        let length = file.metadata().map_err(context)?.len();
        if length == 0 {
            return Err(Error::format("the file is empty"));
        }
        Ok(Self(Source::Mapped(FileMap::new(file).map_err(context)?)))
    }

    /// Borrows bytes that are already in memory.
    #[must_use]
    pub fn borrowed(bytes: &'m [u8]) -> Self {
        Self(Source::Borrowed(bytes))
    }

    /// All bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Source::Mapped(map) => map.bytes(),
            Source::Borrowed(bytes) => bytes,
        }
    }

    /// Copies `out.len()` bytes at `offset`. A mapped file is read through the file handle:
    /// a file that was shortened since it was opened gives an error here, not a signal.
    ///
    /// # Errors
    /// `Io` when the file became shorter, `Format` when the range is outside.
    pub fn read_at(&self, offset: usize, out: &mut [u8]) -> Result<()> {
        match &self.0 {
            Source::Borrowed(bytes) => {
                let end = offset.checked_add(out.len());
                let from = end.and_then(|end| bytes.get(offset..end));
                out.copy_from_slice(from.ok_or_else(|| Error::format("read past the end"))?);
                Ok(())
            }
            Source::Mapped(map) => {
                read_exact_at(map.file(), offset as u64, out).map_err(|e| Error::Io(CHANGED.into(), e))
            }
        }
    }

    /// True if a file that is shortened gives zeros here and never a signal.
    pub(crate) fn can_be_viewed(&self) -> bool {
        match &self.0 {
            Source::Borrowed(_) => true,
            Source::Mapped(map) => map.is_watched(),
        }
    }

    /// To be asked before results are used that were computed from [`Bytes::as_slice`].
    ///
    /// # Errors
    /// `Io` when the file became shorter.
    pub(crate) fn check_whole(&self) -> Result<()> {
        match &self.0 {
            Source::Mapped(map) if !map.is_whole() => {
                Err(Error::Io(CHANGED.into(), std::io::ErrorKind::UnexpectedEof.into()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut offset: u64, mut out: &mut [u8]) -> std::io::Result<()> {
    while !out.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_read(file, out, offset)?;
        if n == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        offset += n as u64;
        out = &mut out[n..];
    }
    Ok(())
}

/// On WebAssembly, where one thread reads.
#[cfg(not(any(unix, windows)))]
fn read_exact_at(mut file: &File, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(out)
}

/// One tensor inside a model file; it cannot outlive the model that it came from.
#[derive(Debug, Clone, Copy)]
pub struct Tensor<'model> {
    /// Name as the file has it.
    pub name: &'model str,
    /// How its numbers are stored.
    pub ty: crate::quant::Type,
    /// Length of each dimension, the contiguous one first (as GGUF has it).
    pub shape: &'model [usize],
    /// The stored bytes.
    pub bytes: &'model [u8],
}

impl Tensor<'_> {
    /// Number of elements.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// True when a dimension is 0.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All elements as f32, in storage order.
    #[must_use]
    pub fn to_f32(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.len()];
        crate::quant::dequantize(self.ty, self.bytes, &mut out);
        out
    }
}
