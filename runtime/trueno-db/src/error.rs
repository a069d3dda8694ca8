//! What can go wrong, as values: no function of this crate panics on bad input or bad files.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a call to the database failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused; `path` is the file or folder concerned.
    Io {
        /// What was being done, as in "cannot create".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file is not what its header or checksum promises.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// A mapped file became shorter while it was in use. The database must be opened again.
    Shrunk {
        /// The file.
        path: PathBuf,
    },
    /// The file is of a version that this library does not read.
    Version {
        /// The version found.
        found: u32,
        /// The version this library writes.
        known: u32,
    },
    /// Another process holds the writer's lock.
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// There is a database at this path already.
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The database was opened for reading.
    ReadOnly,
    /// An earlier write could not be undone or synced; open the database again to go on.
    Poisoned,
    /// A vector or query has the wrong number of components.
    Dimensions {
        /// The database's number.
        expected: usize,
        /// The number given.
        found: usize,
    },
    /// A vector or query holds NaN or an infinity; the index of the component.
    NotFinite {
        /// Index of the component.
        component: usize,
    },
    /// Cosine distance of a vector of length zero.
    ZeroVector,
    /// The id is in the database already.
    Duplicate {
        /// The id.
        id: u64,
    },
    /// The id is not in the database.
    NotFound {
        /// The id.
        id: u64,
    },
    /// A setting, a schema, a row or a filter does not make sense; the text says why.
    Invalid(String),
    /// Filter text that cannot be read.
    Filter {
        /// Byte offset in the text.
        at: usize,
        /// What was expected.
        message: String,
    },
    /// The database is full: 2^31 - 1 slots.
    Full,
}

/// Result of this crate's functions.
pub type Result<T> = std::result::Result<T, Error>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { action, path, source } => write!(f, "{action} {}: {source}", path.display()),
            Error::Corrupt { path, what } => write!(f, "{} is damaged: {what}", path.display()),
            Error::Shrunk { path } => write!(f, "{} became shorter while in use", path.display()),
            Error::Version { found, known } => {
                write!(f, "file version {found} is unknown (this library reads {known})")
            }
            Error::Locked { path } => {
                write!(f, "another writer holds {}: open read-only or wait", path.display())
            }
            Error::Exists { path } => {
                write!(f, "{} holds a database already: open it instead", path.display())
            }
            Error::ReadOnly => write!(f, "the database was opened read-only"),
            Error::Poisoned => {
                write!(f, "an earlier write failed half-way: open the database again")
            }
            Error::Dimensions { expected, found } => {
                write!(f, "expected {expected} components, found {found}")
            }
            Error::NotFinite { component } => {
                write!(f, "component {component} is NaN or infinite")
            }
            Error::ZeroVector => write!(f, "a zero vector has no cosine distance"),
            Error::Duplicate { id } => write!(f, "id {id} exists already: use `put` to replace it"),
            Error::NotFound { id } => write!(f, "id {id} is not in the database"),
            Error::Invalid(text) => f.write_str(text),
            Error::Filter { at, message } => write!(f, "filter, byte {at}: {message}"),
            Error::Full => write!(f, "the database is full"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Adds the action and the path to a result of the operating system.
pub(crate) trait Context<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T>;
}

impl<T> Context<T> for std::io::Result<T> {
    fn at(self, action: &'static str, path: &Path) -> Result<T> {
        self.map_err(|source| Error::Io { action, path: path.to_path_buf(), source })
    }
}

/// A `Corrupt` error.
pub(crate) fn corrupt(path: &Path, what: impl Into<String>) -> Error {
    Error::Corrupt { path: path.to_path_buf(), what: what.into() }
}
