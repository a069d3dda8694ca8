//! Files by name.

use std::fs;
use std::fs::OpenOptions;

use super::errors::{EINVAL, set_errno, set_error};
use super::pointer::Ptr;
use super::stdio::{self, File, Stream};
use super::strings::{bytes_of, put, taken};

fn path_of(text: Ptr<i8>) -> std::path::PathBuf {
    String::from_utf8_lossy(&bytes_of(text)).into_owned().into()
}

#[track_caller]
fn opened(path: Ptr<i8>, mode: Ptr<i8>) -> Option<Stream> {
    let mode = bytes_of(mode);
    let plus = mode.contains(&b'+');
    let mut options = OpenOptions::new();
    let (can_read, can_write) = match mode.first() {
        Some(b'r') => {
            options.read(true).write(plus);
            (true, plus)
        }
        Some(b'w') => {
            options.write(true).read(plus).truncate(true);
            if mode.contains(&b'x') {
                options.create_new(true);
            } else {
                options.create(true);
            }
            (plus, true)
        }
        Some(b'a') => {
            options.append(true).read(plus).create(true);
            (plus, true)
        }
        _ => {
            set_errno(EINVAL);
            return None;
        }
    };
    match options.open(path_of(path)) {
        Ok(file) => {
            if can_write && file.metadata().is_ok_and(|data| data.is_dir()) {
                return None;
            }
            Some(Stream::of(file, can_read, can_write))
        }
        Err(error) => {
            set_error(&error);
            None
        }
    }
}

/// `fopen`
#[track_caller]
pub fn fopen(path: Ptr<i8>, mode: Ptr<i8>) -> Ptr<File> {
    opened(path, mode).map_or(Ptr::NULL, stdio::open)
}
/// `freopen`
#[track_caller]
pub fn freopen(path: Ptr<i8>, mode: Ptr<i8>, file: Ptr<File>) -> Ptr<File> {
    match opened(path, mode) {
        Some(stream) => {
            stdio::reopen(file, stream);
            file
        }
        None => Ptr::NULL,
    }
}
/// `tmpfile`
pub fn tmpfile() -> Ptr<File> {
    let name = format!("batuta-{}-{}", std::process::id(), super::clock::nanoseconds());
    let path = std::env::temp_dir().join(name);
    let made = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
    let _ = fs::remove_file(&path);
    match made {
        Ok(file) => stdio::open(Stream::of(file, true, true)),
        Err(error) => {
            set_error(&error);
            Ptr::NULL
        }
    }
}
/// `fclose`
#[track_caller]
pub fn fclose(file: Ptr<File>) -> i32 {
    if stdio::close_stream(file) { 0 } else { -1 }
}

fn done(result: std::io::Result<()>) -> i32 {
    match result {
        Ok(()) => 0,
        Err(error) => {
            set_error(&error);
            -1
        }
    }
}

/// `remove`
#[track_caller]
pub fn remove(path: Ptr<i8>) -> i32 {
    let path = path_of(path);
    let is_dir = fs::symlink_metadata(&path).is_ok_and(|data| data.is_dir());
    done(if is_dir { fs::remove_dir(path) } else { fs::remove_file(path) })
}
/// `unlink`
#[track_caller]
pub fn unlink(path: Ptr<i8>) -> i32 {
    done(fs::remove_file(path_of(path)))
}
/// `rmdir`
#[track_caller]
pub fn rmdir(path: Ptr<i8>) -> i32 {
    done(fs::remove_dir(path_of(path)))
}
/// `rename`
#[track_caller]
pub fn rename(from: Ptr<i8>, to: Ptr<i8>) -> i32 {
    done(fs::rename(path_of(from), path_of(to)))
}
/// `access`
#[track_caller]
pub fn access(path: Ptr<i8>, _mode: i32) -> i32 {
    done(fs::metadata(path_of(path)).map(|_| ()))
}
/// `fseeko`
#[track_caller]
pub fn fseeko(file: Ptr<File>, offset: i64, whence: i32) -> i32 {
    stdio::fseek(file, offset, whence)
}
/// `ftello`
#[track_caller]
pub fn ftello(file: Ptr<File>) -> i64 {
    stdio::ftell(file)
}
/// `fgetpos`
#[track_caller]
pub fn fgetpos(file: Ptr<File>, pos: Ptr<i64>) -> i32 {
    let at = stdio::ftell(file);
    pos.store(at);
    if at < 0 { -1 } else { 0 }
}
/// `fsetpos`
#[track_caller]
pub fn fsetpos(file: Ptr<File>, pos: Ptr<i64>) -> i32 {
    stdio::fseek(file, pos.load(), 0)
}
/// `write`
#[track_caller]
pub fn write(fd: i32, from: Ptr<()>, count: u64) -> i64 {
    stdio::write_fd(fd, &taken(from, count))
}
/// `read` of standard input.
#[track_caller]
pub fn read(fd: i32, to: Ptr<()>, count: u64) -> i64 {
    use std::io::Read;
    if fd != 0 {
        return -1;
    }
    let mut bytes = vec![0; count as usize];
    match std::io::stdin().lock().read(&mut bytes) {
        Ok(read) => {
            put(to, &bytes[..read]);
            read as i64
        }
        Err(_) => -1,
    }
}
/// `close`
pub fn close(fd: i32) -> i32 {
    if (0..3).contains(&fd) { 0 } else { -1 }
}
/// `isatty`
pub fn isatty(fd: i32) -> i32 {
    use std::io::IsTerminal;
    i32::from(match fd {
        0 => std::io::stdin().is_terminal(),
        1 => std::io::stdout().is_terminal(),
        2 => std::io::stderr().is_terminal(),
        _ => false,
    })
}
/// `getpid`
pub fn getpid() -> i32 {
    std::process::id() as i32
}
