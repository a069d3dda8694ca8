//! Python's `tempfile`: files and folders with names of their own.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use crate::class::FileExistsError;
use crate::error::Error;
use crate::file::{BinaryFile, File};
use crate::repr::{Repr, repr};

use super::path::join;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// `tempfile.gettempdir()`.
pub fn gettempdir() -> String {
    std::env::temp_dir().to_string_lossy().trim_end_matches('/').to_owned()
}

/// Eight letters that no other call has given.
fn letters() -> String {
    use std::hash::{BuildHasher, RandomState};
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789_";
    COUNT.set(COUNT.get() + 1);
    let mut number = RandomState::new().hash_one(COUNT.get());
    let mut text = String::new();
    for _ in 0..8 {
        text.push(char::from(LETTERS[(number % LETTERS.len() as u64) as usize]));
        number /= LETTERS.len() as u64;
    }
    text
}

/// Makes a thing under a fresh name.
fn fresh<T>(
    suffix: &str,
    prefix: &str,
    dir: Option<String>,
    make: impl Fn(&str) -> Result<T, Error>,
) -> Result<(String, T), Error> {
    let folder = dir.unwrap_or_else(gettempdir);
    loop {
        let path = join([folder.clone(), format!("{prefix}{}{suffix}", letters())]);
        match make(&path) {
            Err(error) if error.is_a(FileExistsError) => {}
            result => return result.map(|made| (super::path::abspath(path), made)),
        }
    }
}

/// `tempfile.mkdtemp(suffix, prefix, dir)`.
#[track_caller]
pub fn mkdtemp(suffix: &str, prefix: &str, dir: Option<String>) -> Result<String, Error> {
    fresh(suffix, prefix, dir, |path| super::os::mkdir(path)).map(|(path, ())| path)
}

/// `tempfile.mkstemp(suffix, prefix, dir)`.
#[track_caller]
pub fn mkstemp(suffix: &str, prefix: &str, dir: Option<String>) -> Result<(i64, String), Error> {
    use std::os::unix::fs::OpenOptionsExt;
    let (path, file) = fresh(suffix, prefix, dir, |path| {
        let mut options = std::fs::OpenOptions::new();
        let options = options.read(true).write(true).create_new(true).mode(0o600);
        options.open(path).map_err(|error| crate::from_io(&error, Some(path)))
    })?;
    Ok((super::scandir::descriptor(file, path.clone()), path))
}

/// `tempfile.mktemp(suffix, prefix, dir)`.
pub fn mktemp(suffix: &str, prefix: &str, dir: Option<String>) -> String {
    let folder = dir.unwrap_or_else(gettempdir);
    loop {
        let path = super::path::abspath(join([folder.clone(), format!("{prefix}{}{suffix}", letters())]));
        if !super::path::exists(&path) {
            return path;
        }
    }
}

/// `tempfile.NamedTemporaryFile(..)` of a binary file.
#[track_caller]
pub fn named_binary(
    mode: &str,
    suffix: &str,
    prefix: &str,
    dir: Option<String>,
    delete: bool,
) -> Result<BinaryFile, Error> {
    let (path, file) = fresh(suffix, prefix, dir, |path| crate::open(path, "x"))?;
    drop(file);
    let file = crate::open_binary(path, mode)?;
    if delete {
        file.make_temporary();
    }
    Ok(file)
}

/// `tempfile.NamedTemporaryFile(mode, suffix=.., prefix=.., dir=.., delete=..)` of a text file.
#[track_caller]
pub fn named_file(
    mode: &str,
    suffix: &str,
    prefix: &str,
    dir: Option<String>,
    delete: bool,
) -> Result<File, Error> {
    let (path, file) = fresh(suffix, prefix, dir, |path| crate::open(path, "x"))?;
    drop(file);
    let file = crate::open(path, mode)?;
    if delete {
        file.make_temporary();
    }
    Ok(file)
}

/// `tempfile.TemporaryDirectory()`: goes with its last handle.
#[derive(Clone, Debug, PartialEq)]
pub struct TemporaryDirectory(Rc<Folder>);

#[derive(Debug, PartialEq)]
struct Folder {
    path: String,
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Python leaves quietly, too, when the folder is gone already.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

impl TemporaryDirectory {
    /// `tempfile.TemporaryDirectory(suffix, prefix, dir)`.
    #[track_caller]
    pub fn new(suffix: &str, prefix: &str, dir: Option<String>) -> Result<TemporaryDirectory, Error> {
        mkdtemp(suffix, prefix, dir).map(|path| TemporaryDirectory(Rc::new(Folder { path })))
    }

    /// `folder.name`.
    pub fn name(&self) -> String {
        self.0.path.clone()
    }

    /// `folder.cleanup()`.
    #[track_caller]
    pub fn cleanup(&self) -> Result<(), Error> {
        super::shutil::rmtree(&self.0.path, true)
    }
}

impl Repr for TemporaryDirectory {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<TemporaryDirectory {}>", repr(&self.0.path))
    }
}
