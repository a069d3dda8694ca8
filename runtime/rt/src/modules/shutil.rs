//! Python's `shutil`: copies, moves and removes files and folders.

use std::fs;
use std::io;

use crate::class::{Class, OSError};
use crate::error::Error;
use crate::io_error::from_io;

use super::path::{basename, exists, isdir, islink, join, metadata};

crate::exceptions! {
    /// `shutil.Error`.
    pub ShutilError(OSError) as "shutil.Error";
    /// `shutil.SameFileError`.
    pub SameFileError(ShutilError) as "shutil.SameFileError";
}

#[track_caller]
fn fail<T>(class: Class, text: String) -> Result<T, Error> {
    Err(Error::new(class, text))
}

/// `shutil.copyfile(from, to)`.
#[track_caller]
pub fn copyfile(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<String, Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    metadata(from)?;
    if exists(to) && super::path::samefile(from, to)? {
        let (from, to) = (crate::repr(from).to_string(), crate::repr(to).to_string());
        return fail(SameFileError, format!("{from} and {to} are the same file"));
    }
    for path in [from, to] {
        if isdir(path) {
            return Err(from_io(&io::Error::from_raw_os_error(21), Some(path)));
        }
    }
    let data = fs::read(from).map_err(|error| from_io(&error, Some(from)))?;
    fs::write(to, data).map_err(|error| from_io(&error, Some(to)))?;
    Ok(to.to_owned())
}

/// `shutil.copy(from, to)`: into a folder under the same name; with the permissions.
#[track_caller]
pub fn copy(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<String, Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let to = if isdir(to) { join([to.to_owned(), basename(from)]) } else { to.to_owned() };
    copyfile(from, &to)?;
    let permissions = metadata(from)?.permissions();
    fs::set_permissions(&to, permissions).map_err(|error| from_io(&error, Some(&to)))?;
    Ok(to)
}

/// `shutil.copytree(from, to, dirs_exist_ok=..)`.
#[track_caller]
pub fn copytree(from: impl AsRef<str>, to: impl AsRef<str>, dirs_exist_ok: bool) -> Result<String, Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let names = super::os::listdir(from)?;
    super::os::makedirs(to, dirs_exist_ok)?;
    for name in names {
        let (source, target) = (join([from, &name]), join([to, &name]));
        if isdir(&source) {
            copytree(&source, &target, dirs_exist_ok)?;
        } else {
            copy(&source, &target)?;
        }
    }
    Ok(to.to_owned())
}

/// What `shutil.ignore_patterns(..)` gives: patterns of names.
#[derive(Clone, Debug, PartialEq)]
pub struct IgnoredNames(Vec<String>);

impl IgnoredNames {
    /// `shutil.ignore_patterns(*patterns)`.
    pub fn new<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> IgnoredNames {
        IgnoredNames(patterns.into_iter().map(|pattern| pattern.as_ref().to_owned()).collect())
    }
}

impl crate::repr::Repr for IgnoredNames {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<function ignore_patterns.<locals>._ignore_patterns>")
    }
}

/// `shutil.copytree(from, to, ignore=.., dirs_exist_ok=..)`.
#[track_caller]
pub fn copytree_but(
    from: impl AsRef<str>,
    to: impl AsRef<str>,
    dirs_exist_ok: bool,
    ignored: &IgnoredNames,
) -> Result<String, Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let names = super::os::listdir(from)?;
    super::os::makedirs(to, dirs_exist_ok)?;
    let is_ignored = |name: &String| ignored.0.iter().any(|pattern| super::fnmatch::fnmatch(name, pattern));
    for name in names.into_iter().filter(|name| !is_ignored(name)) {
        let (source, target) = (join([from, &name]), join([to, &name]));
        if isdir(&source) {
            copytree_but(&source, &target, dirs_exist_ok, ignored)?;
        } else {
            copy(&source, &target)?;
        }
    }
    Ok(to.to_owned())
}

/// `shutil.copymode(from, to)`.
#[track_caller]
pub fn copymode(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<(), Error> {
    let permissions = metadata(from.as_ref())?.permissions();
    fs::set_permissions(to.as_ref(), permissions).map_err(|error| from_io(&error, Some(to.as_ref())))
}

/// `shutil.copystat(from, to)`: permissions and times.
#[track_caller]
pub fn copystat(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<(), Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let data = metadata(from)?;
    let mut times = fs::FileTimes::new();
    if let (Ok(read), Ok(written)) = (data.accessed(), data.modified()) {
        times = times.set_accessed(read).set_modified(written);
    }
    let set = fs::File::open(to).and_then(|file| file.set_times(times));
    set.map_err(|error| from_io(&error, Some(to)))?;
    copymode(from, to)
}

/// `shutil.copyfileobj(from, to)` of text files.
#[track_caller]
pub fn copy_text(from: &crate::File, to: &crate::File) {
    to.write(&from.read());
}

/// `shutil.copyfileobj(from, to)` of binary files.
#[track_caller]
pub fn copy_bytes(from: &crate::BinaryFile, to: &crate::BinaryFile) {
    to.write(&from.read());
}

/// `shutil.rmtree(path, ignore_errors=..)`.
#[track_caller]
pub fn rmtree(path: impl AsRef<str>, ignore_errors: bool) -> Result<(), Error> {
    let path = path.as_ref();
    let removed = fs::remove_dir_all(path).map_err(|error| from_io(&error, Some(path)));
    if ignore_errors { Ok(()) } else { removed }
}

/// `shutil.move(from, to)`.
#[track_caller]
pub fn move_to(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<String, Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let target =
        if isdir(to) { join([to.to_owned(), basename(from.trim_end_matches('/'))]) } else { to.to_owned() };
    if isdir(to) && exists(&target) {
        return fail(ShutilError, format!("Destination path {} already exists", crate::repr(&target)));
    }
    if fs::rename(from, &target).is_ok() {
        return Ok(target);
    }
    if isdir(from) && !islink(from) {
        copytree(from, &target, false)?;
        rmtree(from, false)?;
    } else {
        copy(from, &target)?;
        super::os::remove(from)?;
    }
    Ok(target)
}

/// `shutil.which(name)`.
pub fn which(name: &str) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let runs = |path: &String| {
        fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    };
    if name.contains('/') {
        return Some(name.to_owned()).filter(runs);
    }
    let folders = std::env::var("PATH").unwrap_or_else(|_| "/bin:/usr/bin".to_owned());
    folders.split(':').map(|folder| join([folder, name])).find(runs)
}

/// `os.terminal_size`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalSize {
    /// Characters in a line.
    pub columns: i64,
    /// Lines.
    pub lines: i64,
}

/// `shutil.get_terminal_size(fallback)` where no terminal says otherwise.
pub fn terminal_size(fallback: (i64, i64)) -> TerminalSize {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok()).filter(|n| *n > 0);
    TerminalSize {
        columns: number("COLUMNS").unwrap_or(fallback.0),
        lines: number("LINES").unwrap_or(fallback.1),
    }
}

impl crate::repr::Repr for TerminalSize {
    fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "os.terminal_size(columns={}, lines={})", self.columns, self.lines)
    }
}
