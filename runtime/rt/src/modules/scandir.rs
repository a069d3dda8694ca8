//! `os.scandir`: what a folder holds, with the kind of each.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::rc::Rc;

use crate::class::OSError;
use crate::error::Error;
use crate::io_error::from_io;
use crate::repr::{Repr, repr};

use super::os::StatResult;
use super::path::{dirname, exists, isdir, isfile, islink, join, metadata, split};

/// `os.DirEntry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    folder: String,
    name: String,
}

/// `os.scandir(path)`: in the order in which the system gives the names.
#[track_caller]
pub fn scandir(path: impl AsRef<str>) -> Result<Scandir<DirEntry>, Error> {
    let folder = path.as_ref();
    let names = super::os::listdir(folder)?;
    let entries = names.into_iter().map(|name| DirEntry { folder: folder.to_owned(), name });
    Ok(Scandir(Rc::new(RefCell::new(entries.collect()))))
}

/// What `os.scandir` gives: a handle, whose clones go on together.
#[derive(Clone, Debug, PartialEq)]
pub struct Scandir<T>(Rc<RefCell<VecDeque<T>>>);

impl<T> Scandir<T> {
    /// `entries.close()`.
    pub fn close(&self) {
        self.0.borrow_mut().clear();
    }
}

impl<T> Iterator for Scandir<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.borrow_mut().pop_front()
    }
}

impl<T> Repr for Scandir<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<posix.ScandirIterator object>")
    }
}

impl DirEntry {
    /// `entry.name`.
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// `entry.path`.
    pub fn path(&self) -> String {
        join([&self.folder, &self.name])
    }

    /// `entry.is_dir()`.
    pub fn is_dir(&self, follow: bool) -> bool {
        isdir(self.path()) && (follow || !self.is_symlink())
    }

    /// `entry.is_file()`.
    pub fn is_file(&self, follow: bool) -> bool {
        isfile(self.path()) && (follow || !self.is_symlink())
    }

    /// `entry.is_symlink()`.
    pub fn is_symlink(&self) -> bool {
        islink(self.path())
    }

    /// `entry.stat()`.
    #[track_caller]
    pub fn stat(&self) -> Result<StatResult, Error> {
        super::os::stat(self.path())
    }

    /// `entry.inode()`.
    #[track_caller]
    pub fn inode(&self) -> Result<i64, Error> {
        let path = self.path();
        let data = fs::symlink_metadata(&path).map_err(|error| from_io(&error, Some(&path)))?;
        Ok(data.ino() as i64)
    }
}

impl Repr for DirEntry {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<DirEntry {}>", repr(&self.name))
    }
}

/// `os.access(path, mode)`: as the permissions of owner and others say.
pub fn access(path: impl AsRef<str>, mode: i64) -> bool {
    let Ok(data) = fs::metadata(path.as_ref()) else { return false };
    let Ok(own) = fs::metadata("/proc/self") else { return false };
    let bits = data.permissions().mode();
    if own.uid() == 0 {
        return mode & 1 == 0 || data.is_dir() || bits & 0o111 != 0;
    }
    let shift = if own.uid() == data.uid() {
        6
    } else if own.gid() == data.gid() {
        3
    } else {
        0
    };
    mode & !i64::from(bits >> shift & 7) & 7 == 0
}

/// `os.getuid()` and `os.getgid()`.
pub fn owner() -> (i64, i64) {
    fs::metadata("/proc/self").map_or((0, 0), |own| (i64::from(own.uid()), i64::from(own.gid())))
}

/// `os.chmod(path, mode)`.
#[track_caller]
pub fn chmod(path: impl AsRef<str>, mode: i64) -> Result<(), Error> {
    let path = path.as_ref();
    fs::set_permissions(path, fs::Permissions::from_mode(mode as u32))
        .map_err(|error| from_io(&error, Some(path)))
}

/// `os.removedirs(path)`: the folder, and those above it that are empty then.
#[track_caller]
pub fn removedirs(path: impl AsRef<str>) -> Result<(), Error> {
    super::os::rmdir(path.as_ref())?;
    let mut above = dirname(path.as_ref().trim_end_matches('/'));
    while !above.is_empty() && super::os::rmdir(&above).is_ok() {
        above = dirname(&above);
    }
    Ok(())
}

/// `os.renames(from, to)`: makes the folders of the one, and removes those of the other that are empty then.
#[track_caller]
pub fn renames(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<(), Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    let (folder, name) = split(to);
    if !folder.is_empty() && !name.is_empty() && !exists(&folder) {
        super::os::makedirs(&folder, false)?;
    }
    super::os::rename(from, to)?;
    let (folder, name) = split(from);
    if !folder.is_empty() && !name.is_empty() {
        // As in Python, what stands in the way stays.
        let _ = removedirs(&folder);
    }
    Ok(())
}

/// `os.symlink(target, link)`.
#[track_caller]
pub fn symlink(target: impl AsRef<str>, link: impl AsRef<str>) -> Result<(), Error> {
    let (target, link) = (target.as_ref(), link.as_ref());
    std::os::unix::fs::symlink(target, link).map_err(|error| two(&error, target, link))
}

/// `os.link(from, to)`.
#[track_caller]
pub fn link(from: impl AsRef<str>, to: impl AsRef<str>) -> Result<(), Error> {
    let (from, to) = (from.as_ref(), to.as_ref());
    fs::hard_link(from, to).map_err(|error| two(&error, from, to))
}

fn two(error: &std::io::Error, from: &str, to: &str) -> Error {
    let one = from_io(error, Some(from));
    Error::new(one.class(), format!("{one} -> {}", repr(to)))
}

/// `os.readlink(path)`.
#[track_caller]
pub fn readlink(path: impl AsRef<str>) -> Result<String, Error> {
    let path = path.as_ref();
    let target = fs::read_link(path).map_err(|error| from_io(&error, Some(path)))?;
    Ok(target.to_string_lossy().into_owned())
}

/// `os.path.ismount(path)`.
pub fn ismount(path: impl AsRef<str>) -> bool {
    let path = path.as_ref();
    let (Ok(own), Ok(above)) = (fs::symlink_metadata(path), fs::symlink_metadata(join([path, ".."]))) else {
        return false;
    };
    !own.is_symlink() && (own.dev() != above.dev() || own.ino() == above.ino())
}

/// `os.path.getatime(path)`.
#[track_caller]
pub fn getatime(path: impl AsRef<str>) -> Result<f64, Error> {
    metadata(path.as_ref()).map(|data| data.atime() as f64 + data.atime_nsec() as f64 / 1e9)
}

/// `os.path.getctime(path)`.
#[track_caller]
pub fn getctime(path: impl AsRef<str>) -> Result<f64, Error> {
    metadata(path.as_ref()).map(|data| data.ctime() as f64 + data.ctime_nsec() as f64 / 1e9)
}

/// `os.urandom(count)`.
pub fn urandom(count: i64) -> Vec<u8> {
    use std::hash::{BuildHasher, RandomState};
    let mut out = vec![0; count.max(0) as usize];
    let read =
        fs::File::open("/dev/urandom").and_then(|mut file| std::io::Read::read_exact(&mut file, &mut out));
    if read.is_err() {
        out.iter_mut().enumerate().for_each(|(at, byte)| *byte = RandomState::new().hash_one(at) as u8);
    }
    out
}

/// `os.utime(path)`, `os.utime(path, (atime, mtime))`.
#[track_caller]
pub fn utime(path: impl AsRef<str>, times: Option<(f64, f64)>) -> Result<(), Error> {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    let path = path.as_ref();
    let moment = |seconds: f64| UNIX_EPOCH + Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let (read, written) = match times {
        Some((read, written)) => (moment(read), moment(written)),
        None => (SystemTime::now(), SystemTime::now()),
    };
    let set = fs::File::open(path)
        .and_then(|file| file.set_times(fs::FileTimes::new().set_accessed(read).set_modified(written)));
    set.map_err(|error| from_io(&error, Some(path)))
}

thread_local! {
    static OPEN: RefCell<Vec<(i64, fs::File, String)>> = const { RefCell::new(Vec::new()) };
}

/// A number for an open file, as `mkstemp` gives it.
pub(super) fn descriptor(file: fs::File, path: String) -> i64 {
    use std::os::fd::AsRawFd;
    let number = i64::from(file.as_raw_fd());
    OPEN.with_borrow_mut(|open| open.push((number, file, path)));
    number
}

fn taken(number: i64) -> Result<(fs::File, String), Error> {
    let found = OPEN.with_borrow_mut(|open| {
        let at = open.iter().position(|(own, ..)| *own == number)?;
        Some(open.swap_remove(at))
    });
    found
        .map(|(_, file, path)| (file, path))
        .ok_or_else(|| Error::new(OSError, "[Errno 9] Bad file descriptor"))
}

/// `os.close(fd)`.
#[track_caller]
pub fn close(number: i64) -> Result<(), Error> {
    taken(number).map(drop)
}

/// `os.write(fd, bytes)`.
#[track_caller]
pub fn write(number: i64, bytes: &[u8]) -> Result<i64, Error> {
    use std::io::Write;
    match number {
        1 => crate::stdout_write_bytes(bytes),
        2 => crate::stderr_write(&String::from_utf8_lossy(bytes)),
        _ => {
            let (mut file, path) = taken(number)?;
            let done = file.write_all(bytes).map_err(|error| from_io(&error, None));
            OPEN.with_borrow_mut(|open| open.push((number, file, path)));
            done?;
        }
    }
    Ok(bytes.len() as i64)
}

/// `os.fdopen(fd, mode)` of a text file.
#[track_caller]
pub fn fdopen(number: i64, mode: &str) -> Result<crate::File, Error> {
    let (_file, path) = taken(number)?;
    crate::open(path, mode)
}

/// `os.fdopen(fd, mode)` of a binary file.
#[track_caller]
pub fn fdopen_binary(number: i64, mode: &str) -> Result<crate::BinaryFile, Error> {
    let (_file, path) = taken(number)?;
    crate::open_binary(path, mode)
}
