//! What only Ruchy files have: tests by attribute, and one layout.

use crate::load::{LoadError, files_below, load};
use crate::project::Project;
use std::fs;
use std::path::{Path, PathBuf};

pub use batuta_ruchy::{FormatError, Piece, Test, highlight, tests};

/// The text in Ruchy's one layout: the same tokens and comments, the same tree.
pub fn format_ruchy(text: &str) -> Result<String, FormatError> {
    batuta_ruchy::format(text)
}

/// Reads the project of a Ruchy file, which is its first one.
pub fn load_ruchy(path: &Path) -> Result<Project, LoadError> {
    match path.extension().is_some_and(|ending| ending == "ruchy") {
        true => load(path),
        false => Err(LoadError::NotRuchy(path.to_owned())),
    }
}

/// The Ruchy files that a path names: itself, or all below a folder but those of hidden and build folders, in the
/// order of their names.
pub fn ruchy_files(path: &Path) -> Result<Vec<PathBuf>, LoadError> {
    match fs::metadata(path) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            return Err(LoadError::Missing(path.to_owned()));
        }
        Err(why) => return Err(LoadError::Unreadable(path.to_owned(), why)),
        Ok(meta) if !meta.is_dir() => {
            return match path.extension().is_some_and(|ending| ending == "ruchy") {
                true => Ok(vec![path.to_owned()]),
                false => Err(LoadError::NotRuchy(path.to_owned())),
            };
        }
        Ok(_) => {}
    }
    let found = files_below(path, &[".ruchy"])?;
    if found.is_empty() { Err(LoadError::NoRuchy(path.to_owned())) } else { Ok(found) }
}
