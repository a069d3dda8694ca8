//! The process and its surroundings: environment, folders, commands.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use super::device::Device;
use super::errors::{EINVAL, ERANGE, set_errno, set_error};
use super::files::{done, path_of};
use super::memory;
use super::pointer::Ptr;
use super::stdio::{self, File, Stream};
use super::strings::{bytes_of, put};

thread_local! {
    /// What the program has changed in its environment; `None` where it took a name away.
    static CHANGED: RefCell<BTreeMap<Vec<u8>, Option<Ptr<i8>>>> = const { RefCell::new(BTreeMap::new()) };
}

/// A text in memory that stays.
fn kept(mut bytes: Vec<u8>) -> Ptr<i8> {
    bytes.push(0);
    Ptr::from_addr(memory::permanent(&bytes))
}

/// `getenv`
#[track_caller]
pub fn getenv(name: Ptr<i8>) -> Ptr<i8> {
    let name = bytes_of(name);
    if let Some(changed) = CHANGED.with_borrow(|changed| changed.get(&name).copied()) {
        return changed.unwrap_or(Ptr::NULL);
    }
    std::env::var_os(OsString::from_vec(name)).map_or(Ptr::NULL, |value| kept(value.into_vec()))
}
/// `secure_getenv`
#[track_caller]
pub fn secure_getenv(name: Ptr<i8>) -> Ptr<i8> {
    getenv(name)
}
/// `setenv`
#[track_caller]
pub fn setenv(name: Ptr<i8>, value: Ptr<i8>, overwrite: i32) -> i32 {
    let key = bytes_of(name);
    if key.is_empty() || key.contains(&b'=') {
        set_errno(EINVAL);
        return -1;
    }
    if overwrite != 0 || getenv(name).is_null() {
        let value = kept(bytes_of(value));
        CHANGED.with_borrow_mut(|changed| changed.insert(key, Some(value)));
    }
    0
}
/// `unsetenv`
#[track_caller]
pub fn unsetenv(name: Ptr<i8>) -> i32 {
    let key = bytes_of(name);
    if key.is_empty() || key.contains(&b'=') {
        set_errno(EINVAL);
        return -1;
    }
    CHANGED.with_borrow_mut(|changed| changed.insert(key, None));
    0
}
/// `putenv`: the text itself becomes the entry.
#[track_caller]
pub fn putenv(entry: Ptr<i8>) -> i32 {
    let mut key = bytes_of(entry);
    let value = key.iter().position(|byte| *byte == b'=').map(|at| {
        key.truncate(at);
        entry.offset(at as i64 + 1)
    });
    CHANGED.with_borrow_mut(|changed| changed.insert(key, value));
    0
}

/// The third parameter of `main`: `NAME=value` texts, a null pointer behind the last.
pub fn envp() -> Ptr<Ptr<i8>> {
    let mut table = Vec::new();
    for (name, value) in std::env::vars_os() {
        let mut entry = name.into_vec();
        entry.push(b'=');
        entry.extend(value.into_vec());
        table.extend(kept(entry).addr().to_le_bytes());
    }
    table.extend([0; 8]);
    Ptr::from_addr(memory::permanent(&table))
}

fn shell(command: Ptr<i8>) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(OsString::from_vec(bytes_of(command)));
    CHANGED.with_borrow(|changed| {
        for (name, value) in changed {
            let name = OsString::from_vec(name.clone());
            match value {
                Some(value) => shell.env(name, OsString::from_vec(bytes_of(*value))),
                None => shell.env_remove(name),
            };
        }
    });
    shell
}
/// `system`: the status as `wait` gives it.
#[track_caller]
pub fn system(command: Ptr<i8>) -> i32 {
    if command.is_null() {
        return 1;
    }
    match shell(command).status() {
        Ok(status) => status.into_raw(),
        Err(error) => {
            set_error(&error);
            -1
        }
    }
}
/// `popen`
#[track_caller]
pub fn popen(command: Ptr<i8>, mode: Ptr<i8>) -> Ptr<File> {
    let reads = match bytes_of(mode).first() {
        Some(b'r') => true,
        Some(b'w') => false,
        _ => {
            set_errno(EINVAL);
            return Ptr::NULL;
        }
    };
    let mut shell = shell(command);
    let child = if reads { shell.stdout(Stdio::piped()) } else { shell.stdin(Stdio::piped()) }.spawn();
    match child {
        Ok(child) => stdio::add(Stream::new(Device::Command(Box::new(child)), reads, !reads)),
        Err(error) => {
            set_error(&error);
            Ptr::NULL
        }
    }
}
/// `pclose`: the status as `wait` gives it.
#[track_caller]
pub fn pclose(file: Ptr<File>) -> i32 {
    let Some(Device::Command(mut child)) = stdio::take_device(file) else { return -1 };
    drop((child.stdin.take(), child.stdout.take()));
    child.wait().map_or(-1, ExitStatusExt::into_raw)
}

/// `getcwd`
#[track_caller]
pub fn getcwd(to: Ptr<i8>, size: u64) -> Ptr<i8> {
    let folder = match std::env::current_dir() {
        Ok(folder) => folder.into_os_string().into_vec(),
        Err(error) => {
            set_error(&error);
            return Ptr::NULL;
        }
    };
    let room = folder.len() as u64 + 1;
    if size < room && !(to.is_null() && size == 0) {
        set_errno(if size == 0 { EINVAL } else { ERANGE });
        return Ptr::NULL;
    }
    let to = if to.is_null() { memory::malloc(size.max(room)).cast() } else { to };
    let mut text = folder;
    text.push(0);
    put(to.cast(), &text);
    to
}
/// `chdir`
#[track_caller]
pub fn chdir(path: Ptr<i8>) -> i32 {
    done(std::env::set_current_dir(path_of(path)))
}
/// `link`
#[track_caller]
pub fn link(from: Ptr<i8>, to: Ptr<i8>) -> i32 {
    done(fs::hard_link(path_of(from), path_of(to)))
}
/// `symlink`
#[track_caller]
pub fn symlink(target: Ptr<i8>, at: Ptr<i8>) -> i32 {
    done(std::os::unix::fs::symlink(path_of(target), path_of(at)))
}
/// `readlink`
#[track_caller]
pub fn readlink(path: Ptr<i8>, to: Ptr<i8>, size: u64) -> i64 {
    match fs::read_link(path_of(path)) {
        Ok(target) => {
            let bytes = target.as_os_str().as_bytes();
            let count = bytes.len().min(size as usize);
            put(to.cast(), &bytes[..count]);
            count as i64
        }
        Err(error) => {
            set_error(&error);
            -1
        }
    }
}
/// `truncate`
#[track_caller]
pub fn truncate(path: Ptr<i8>, size: i64) -> i32 {
    done(fs::OpenOptions::new().write(true).open(path_of(path)).and_then(|file| file.set_len(size as u64)))
}
/// `realpath`
#[track_caller]
pub fn realpath(path: Ptr<i8>, to: Ptr<i8>) -> Ptr<i8> {
    match fs::canonicalize(path_of(path)) {
        Ok(whole) => {
            let mut text = whole.into_os_string().into_vec();
            text.push(0);
            let to = if to.is_null() { memory::malloc(text.len() as u64).cast() } else { to };
            put(to.cast(), &text);
            to
        }
        Err(error) => {
            set_error(&error);
            Ptr::NULL
        }
    }
}

/// A name that no file has, in the place of the six `X` at the end of a template.
#[track_caller]
fn unused_name(template: Ptr<i8>, try_it: impl Fn(&[u8]) -> std::io::Result<i32>) -> i32 {
    let mut text = bytes_of(template);
    if !text.ends_with(b"XXXXXX") {
        set_errno(EINVAL);
        return -1;
    }
    let start = text.len() - 6;
    let mut seed = super::clock::nanoseconds() as u64 ^ u64::from(std::process::id()) << 32;
    for _ in 0..1000 {
        for byte in &mut text[start..] {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte =
                b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[(seed >> 33) as usize % 62];
        }
        match try_it(&text) {
            Ok(done) => {
                put(template.cast(), &text);
                return done;
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                set_error(&error);
                return -1;
            }
        }
    }
    set_errno(17);
    -1
}
/// `mkstemp`
#[track_caller]
pub fn mkstemp(template: Ptr<i8>) -> i32 {
    use std::os::unix::fs::OpenOptionsExt;
    unused_name(template, |name| {
        let path = OsString::from_vec(name.to_vec());
        let file = fs::OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
        Ok(stdio::enter(Stream::of(file, true, true)) as i32)
    })
}
/// `mkdtemp`
#[track_caller]
pub fn mkdtemp(template: Ptr<i8>) -> Ptr<i8> {
    use std::os::unix::fs::DirBuilderExt;
    let made = unused_name(template, |name| {
        fs::DirBuilder::new().mode(0o700).create(OsString::from_vec(name.to_vec())).map(|()| 0)
    });
    if made < 0 { Ptr::NULL } else { template }
}
/// `tmpnam`
#[track_caller]
pub fn tmpnam(to: Ptr<i8>) -> Ptr<i8> {
    let name = kept(b"/tmp/fileXXXXXX".to_vec());
    let free = unused_name(name, |name| match fs::symlink_metadata(OsString::from_vec(name.to_vec())) {
        Ok(_) => Err(std::io::ErrorKind::AlreadyExists.into()),
        Err(_) => Ok(0),
    });
    match (free < 0, to.is_null()) {
        (true, _) => Ptr::NULL,
        (_, true) => name,
        _ => super::strings::strcpy(to, name),
    }
}

/// `getpid`
pub fn getpid() -> i32 {
    std::process::id() as i32
}
/// `getppid`
pub fn getppid() -> i32 {
    std::os::unix::process::parent_id() as i32
}
fn own() -> Option<fs::Metadata> {
    fs::metadata("/proc/self").ok()
}
/// `getuid`
pub fn getuid() -> u32 {
    own().map_or(0, |data| data.uid())
}
/// `geteuid`
pub fn geteuid() -> u32 {
    getuid()
}
/// `getgid`
pub fn getgid() -> u32 {
    own().map_or(0, |data| data.gid())
}
/// `getegid`
pub fn getegid() -> u32 {
    getgid()
}
/// `getpagesize`
pub fn getpagesize() -> i32 {
    4096
}
/// `sysconf`
pub fn sysconf(name: i32) -> i64 {
    let processors = || std::thread::available_parallelism().map_or(1, |count| count.get() as i64);
    match name {
        2 => 100,
        4 => 1024,
        30 => 4096,
        83 | 84 => processors(),
        _ => {
            set_errno(EINVAL);
            -1
        }
    }
}

/// `basename` of `string.h`: what comes behind the last slash.
#[track_caller]
pub fn basename(path: Ptr<i8>) -> Ptr<i8> {
    let text = bytes_of(path);
    path.offset(text.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at as i64 + 1))
}
/// `basename` of `libgen.h`: cuts off slashes at the end.
#[track_caller]
pub fn xpg_basename(path: Ptr<i8>) -> Ptr<i8> {
    if path.is_null() || path.load() == 0 {
        return kept(b".".to_vec());
    }
    let text = bytes_of(path);
    let Some(last) = text.iter().rposition(|byte| *byte != b'/') else {
        return path.offset(text.len() as i64 - 1);
    };
    if last + 1 < text.len() {
        path.offset(last as i64 + 1).store(0);
    }
    let start = text[..last].iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    path.offset(start as i64)
}
/// `dirname`
#[track_caller]
pub fn dirname(path: Ptr<i8>) -> Ptr<i8> {
    let text = if path.is_null() { Vec::new() } else { bytes_of(path) };
    let is_part = |byte: &u8| *byte != b'/';
    let Some(last) = text.iter().rposition(is_part) else {
        return kept(if text.is_empty() { b".".to_vec() } else { b"/".to_vec() });
    };
    let Some(slash) = text[..last].iter().rposition(|byte| *byte == b'/') else {
        return kept(b".".to_vec());
    };
    match text[..slash].iter().rposition(is_part) {
        Some(end) => {
            path.offset(end as i64 + 1).store(0);
            path
        }
        None => kept(b"/".to_vec()),
    }
}
