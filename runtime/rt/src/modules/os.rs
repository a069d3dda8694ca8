//! Python's `os`: folders, files and the environment.

use std::cell::RefCell;
use std::env;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::rc::Rc;

use crate::class::FileExistsError;
use crate::collections::Dict;
use crate::error::Error;
use crate::io_error::from_io;
use crate::repr::Repr;

use super::path::join;

fn named<T>(path: &str, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| from_io(&error, Some(path)))
}

pub(crate) fn current_dir() -> String {
    env::current_dir().map_or_else(|_| "/".to_owned(), |path| path.to_string_lossy().into_owned())
}

/// `os.getcwd()`.
#[track_caller]
pub fn getcwd() -> Result<String, Error> {
    let path = env::current_dir().map_err(|error| from_io(&error, None))?;
    Ok(path.to_string_lossy().into_owned())
}

/// `os.chdir(path)`.
#[track_caller]
pub fn chdir(path: impl AsRef<str>) -> Result<(), Error> {
    named(path.as_ref(), env::set_current_dir(path.as_ref()))
}

/// `os.listdir(path)`: in the order in which the system gives the names.
#[track_caller]
pub fn listdir(path: impl AsRef<str>) -> Result<Vec<String>, Error> {
    let entries = named(path.as_ref(), fs::read_dir(path.as_ref()))?;
    Ok(entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

/// `os.mkdir(path)`.
#[track_caller]
pub fn mkdir(path: impl AsRef<str>) -> Result<(), Error> {
    named(path.as_ref(), fs::DirBuilder::new().mode(0o777).create(path.as_ref()))
}

/// `os.makedirs(path, exist_ok=..)`.
#[track_caller]
pub fn makedirs(path: impl AsRef<str>, exist_ok: bool) -> Result<(), Error> {
    let path = path.as_ref();
    let parent = super::path::dirname(path.trim_end_matches('/'));
    if !parent.is_empty() && parent != "/" && !super::path::exists(&parent) {
        makedirs(&parent, true)?;
    }
    match mkdir(path.trim_end_matches('/')) {
        Err(error) if error.is_a(FileExistsError) && exist_ok && super::path::isdir(path) => Ok(()),
        result => result,
    }
}

/// `os.remove(path)`.
#[track_caller]
pub fn remove(path: impl AsRef<str>) -> Result<(), Error> {
    named(path.as_ref(), fs::remove_file(path.as_ref()))
}

/// `os.rmdir(path)`.
#[track_caller]
pub fn rmdir(path: impl AsRef<str>) -> Result<(), Error> {
    named(path.as_ref(), fs::remove_dir(path.as_ref()))
}

/// `os.rename(from, to)`; the error names both.
#[track_caller]
pub fn rename(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<(), Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    fs::rename(from, to).map_err(|error| {
        let one = from_io(&error, Some(from));
        Error::new(one.class(), format!("{one} -> {}", crate::repr(to)))
    })
}

/// `os.getenv(name)`.
pub fn getenv(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// `os.environ` as it stands now.
pub fn environ() -> Dict<String, String> {
    env::vars().collect()
}

/// `os.getpid()`.
pub fn getpid() -> i64 {
    i64::from(std::process::id())
}

/// `os.cpu_count()`.
pub fn cpu_count() -> Option<i64> {
    std::thread::available_parallelism().ok().map(|count| count.get() as i64)
}

/// `os.walk(top)`: each folder with the names of its folders and files.
pub fn walk(top: impl AsRef<str>, topdown: bool) -> impl Iterator<Item = (String, Vec<String>, Vec<String>)> {
    let mut found = Vec::new();
    walk_into(top.as_ref(), topdown, &mut found);
    found.into_iter()
}

fn walk_into(folder: &str, topdown: bool, found: &mut Vec<(String, Vec<String>, Vec<String>)>) {
    let Some((folders, files)) = listed(folder) else { return };
    let below = below(folder, &folders);
    let row = (folder.to_owned(), folders, files);
    if topdown {
        found.push(row);
        below.iter().for_each(|path| walk_into(path, topdown, found));
    } else {
        below.iter().for_each(|path| walk_into(path, topdown, found));
        found.push(row);
    }
}

/// The names of the folders and of the files in a folder.
fn listed(folder: &str) -> Option<(Vec<String>, Vec<String>)> {
    fs::read_dir(folder).ok()?;
    let is_folder = |name: &String| super::path::isdir(join([folder, name]));
    Some(super::glob::names(folder).into_iter().partition(is_folder))
}

/// The folders that a walk goes into: not those behind links.
fn below(folder: &str, names: &[String]) -> Vec<String> {
    names.iter().map(|name| join([folder, name])).filter(|path| !super::path::islink(path)).collect()
}

/// `os.walk(top)` of which the loop says where to go on: a handle, whose clones walk together.
#[derive(Clone)]
pub struct FolderWalk(Rc<RefCell<Pending>>);

struct Pending {
    /// The folder that was given last.
    current: String,
    /// Folders that come, the next one last.
    next: Vec<String>,
}

impl FolderWalk {
    /// A walk that starts at `top`.
    pub fn new(top: impl AsRef<str>) -> FolderWalk {
        let next = vec![top.as_ref().to_owned()];
        FolderWalk(Rc::new(RefCell::new(Pending { current: String::new(), next })))
    }

    /// Each folder with the names of its folders and files, as far as [`FolderWalk::descend`] was told.
    pub fn folders(&self) -> impl Iterator<Item = (String, Vec<String>, Vec<String>)> + use<> {
        let pending = self.0.clone();
        std::iter::from_fn(move || {
            loop {
                let folder = pending.borrow_mut().next.pop()?;
                if let Some((folders, files)) = listed(&folder) {
                    pending.borrow_mut().current.clone_from(&folder);
                    return Some((folder, folders, files));
                }
            }
        })
    }

    /// The walk goes into these folders of the one that it gave last.
    pub fn descend(&self, names: impl AsRef<[String]>) {
        let mut pending = self.0.borrow_mut();
        let below = below(&pending.current, names.as_ref());
        pending.next.extend(below.into_iter().rev());
    }
}

impl PartialEq for FolderWalk {
    fn eq(&self, other: &FolderWalk) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Repr for FolderWalk {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<generator object _walk>")
    }
}

/// `os.stat(path)`.
#[derive(Clone, Debug)]
pub struct StatResult(fs::Metadata);

/// `os.stat(path)`.
#[track_caller]
pub fn stat(path: impl AsRef<str>) -> Result<StatResult, Error> {
    super::path::metadata(path.as_ref()).map(StatResult)
}

impl StatResult {
    /// `st_size`.
    pub fn size(&self) -> i64 {
        self.0.len() as i64
    }

    /// `st_mtime`.
    pub fn mtime(&self) -> f64 {
        self.0.mtime() as f64 + self.0.mtime_nsec() as f64 / 1e9
    }

    /// `st_mode`.
    pub fn mode(&self) -> i64 {
        i64::from(self.0.mode())
    }
}

/// `os.strerror(number)`.
pub fn strerror(number: i64) -> String {
    let error = io::Error::from_raw_os_error(i32::try_from(number).unwrap_or(i32::MAX)).to_string();
    error.rsplit_once(" (os error").map_or(error.clone(), |(words, _)| words.to_owned())
}
