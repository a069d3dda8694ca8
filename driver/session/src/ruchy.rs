//! What only Ruchy files have: tests by attribute, and one layout.

use crate::load::{LoadError, is_foreign, load};
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
    let mut found = Vec::new();
    walk(path, &mut found)?;
    if found.is_empty() { Err(LoadError::NoRuchy(path.to_owned())) } else { Ok(found) }
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let unreadable = |why| LoadError::Unreadable(folder.to_owned(), why);
    let mut entries: Vec<_> =
        fs::read_dir(folder).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if is_foreign(&name) {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, out)?;
        } else if name.ends_with(".ruchy") {
            out.push(path);
        }
    }
    Ok(())
}
