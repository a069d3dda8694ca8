//! Binary files and `BytesIO`.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::Temporary;
use super::disk::{Disk, Mode};
use crate::class::ValueError;
use crate::error::Error;
use crate::repr::{Repr, repr};
use crate::unwind::raise_new;

/// `open(path, mode)` with a `b` in its mode.
#[track_caller]
pub fn open_binary(path: impl AsRef<str>, mode: &str) -> Result<BinaryFile, Error> {
    let path = path.as_ref();
    let Some(parsed) = Mode::parse(&mode.replacen('b', "", 1)) else {
        return Err(Error::new(ValueError, format!("invalid mode: {}", repr(mode))));
    };
    let disk = Disk::open(path, parsed)?;
    Ok(BinaryFile::named(path, Stream::Disk(disk)))
}

/// An open binary file or a `BytesIO`: a handle, whose clones are the same file.
#[derive(Clone)]
pub struct BinaryFile(Rc<Inner>);

struct Inner {
    name: String,
    temporary: RefCell<Option<Temporary>>,
    stream: RefCell<Stream>,
}

enum Stream {
    Disk(Disk),
    Memory { bytes: Vec<u8>, at: usize },
    Closed,
}

#[track_caller]
fn closed() -> ! {
    raise_new(ValueError, "I/O operation on closed file.")
}

impl BinaryFile {
    /// `io.BytesIO(bytes)`.
    pub fn memory(bytes: &[u8]) -> BinaryFile {
        let stream = Stream::Memory { bytes: bytes.to_vec(), at: 0 };
        BinaryFile::named("", stream)
    }

    fn named(name: &str, stream: Stream) -> BinaryFile {
        let (name, stream) = (name.to_owned(), RefCell::new(stream));
        BinaryFile(Rc::new(Inner { name, temporary: RefCell::new(None), stream }))
    }

    /// The file goes when it is closed, or with its last handle.
    pub(crate) fn make_temporary(&self) {
        self.0.temporary.replace(Some(Temporary(self.0.name.clone())));
    }

    /// `f.name`.
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    /// `f.closed`.
    pub fn is_closed(&self) -> bool {
        matches!(*self.0.stream.borrow(), Stream::Closed)
    }

    /// `f.read()`.
    #[track_caller]
    pub fn read(&self) -> Vec<u8> {
        match &mut *self.0.stream.borrow_mut() {
            Stream::Disk(disk) => disk.read_all(),
            Stream::Memory { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default().to_vec();
                *at = bytes.len().max(*at);
                rest
            }
            Stream::Closed => closed(),
        }
    }

    /// `f.read(count)`; all when negative.
    #[track_caller]
    pub fn read_bytes(&self, count: i64) -> Vec<u8> {
        let Ok(count) = usize::try_from(count) else { return self.read() };
        match &mut *self.0.stream.borrow_mut() {
            Stream::Disk(disk) => disk.read(count),
            Stream::Memory { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                let part = rest[..count.min(rest.len())].to_vec();
                *at += part.len();
                part
            }
            Stream::Closed => closed(),
        }
    }

    /// `f.readline()`.
    #[track_caller]
    pub fn read_line(&self) -> Vec<u8> {
        match &mut *self.0.stream.borrow_mut() {
            Stream::Disk(disk) => disk.read_line(),
            Stream::Memory { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
                let line = rest[..end].to_vec();
                *at += end;
                line
            }
            Stream::Closed => closed(),
        }
    }

    /// The lines that are left.
    pub fn lines(&self) -> impl Iterator<Item = Vec<u8>> + use<> {
        let own = self.clone();
        std::iter::from_fn(move || Some(own.read_line()).filter(|line| !line.is_empty()))
    }

    /// `f.write(bytes)`.
    #[track_caller]
    pub fn write(&self, data: &[u8]) -> i64 {
        match &mut *self.0.stream.borrow_mut() {
            Stream::Disk(disk) => disk.write(data),
            Stream::Memory { bytes, at } => {
                if bytes.len() < *at + data.len() {
                    bytes.resize(*at + data.len(), 0);
                }
                bytes[*at..*at + data.len()].copy_from_slice(data);
                *at += data.len();
            }
            Stream::Closed => closed(),
        }
        data.len() as i64
    }

    /// `f.seek(at, whence)`.
    #[track_caller]
    pub fn seek(&self, to: i64, whence: i64) -> i64 {
        match &mut *self.0.stream.borrow_mut() {
            Stream::Disk(disk) => disk.seek(to, whence),
            Stream::Memory { bytes, at } => {
                let from = match whence {
                    0 if to < 0 => raise_new(ValueError, format!("negative seek value {to}")),
                    0 => 0,
                    1 => *at as i64,
                    _ => bytes.len() as i64,
                };
                *at = (from + to).max(0) as usize;
                *at as i64
            }
            Stream::Closed => closed(),
        }
    }

    /// `f.tell()`.
    #[track_caller]
    pub fn tell(&self) -> i64 {
        match &mut *self.0.stream.borrow_mut() {
            Stream::Disk(disk) => disk.tell(),
            Stream::Memory { at, .. } => *at as i64,
            Stream::Closed => closed(),
        }
    }

    /// `f.flush()`.
    #[track_caller]
    pub fn flush(&self) {
        if let Stream::Disk(disk) = &mut *self.0.stream.borrow_mut() {
            disk.flush();
        }
    }

    /// `f.close()`.
    #[track_caller]
    pub fn close(&self) {
        self.flush();
        *self.0.stream.borrow_mut() = Stream::Closed;
        self.0.temporary.take();
    }

    /// `f.getvalue()` of a `BytesIO`.
    #[track_caller]
    pub fn getvalue(&self) -> Vec<u8> {
        match &*self.0.stream.borrow() {
            Stream::Memory { bytes, .. } => bytes.clone(),
            Stream::Closed => closed(),
            Stream::Disk(_) => raise_new(
                crate::class::AttributeError,
                "'_io.BufferedReader' object has no attribute 'getvalue'",
            ),
        }
    }
}

/// The same open file.
impl PartialEq for BinaryFile {
    fn eq(&self, other: &BinaryFile) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Repr for BinaryFile {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<_io.BufferedReader name={}>", repr(&self.0.name))
    }
}

impl fmt::Debug for BinaryFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }
}
