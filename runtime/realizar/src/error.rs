//! What can go wrong, as values: a hostile file, an unknown architecture, a full context.

use std::fmt;

/// Shorthand used throughout the crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call has no answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused: the path (or what was being done) and its reason.
    Io(String, std::io::Error),
    /// The file breaks its own format; the text names the field.
    Format(String),
    /// The file is honest but asks for something this crate lacks.
    Unsupported(String),
    /// The caller asked for something out of range.
    Input(String),
    /// The prompt and the answer do not fit into the context; holds the context's size in tokens.
    ContextFull(usize),
    /// The caller's progress callback asked to stop.
    Cancelled,
}

impl Error {
    pub(crate) fn format(what: impl Into<String>) -> Self {
        Self::Format(what.into())
    }

    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }

    pub(crate) fn input(what: impl Into<String>) -> Self {
        Self::Input(what.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(what, why) => write!(f, "{what}: {why}"),
            Self::Format(what) => write!(f, "the model file is not valid: {what}"),
            Self::Unsupported(what) => write!(f, "not supported: {what}"),
            Self::Input(what) => f.write_str(what),
            Self::ContextFull(size) => write!(
                f,
                "the context of {size} tokens is full; open the session with a larger one or shorten the prompt"
            ),
            Self::Cancelled => f.write_str("cancelled by the caller"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, why) => Some(why),
            _ => None,
        }
    }
}
