//! Files by name.

use std::fs;
use std::fs::OpenOptions;
use std::os::unix::ffi::OsStringExt;

use super::device::{Device, Memory};
use super::errors::{EINVAL, set_errno, set_error};
use super::pointer::Ptr;
use super::stdio::{self, File, Stream};
use super::strings::bytes_of;

#[track_caller]
pub(crate) fn path_of(text: Ptr<i8>) -> std::path::PathBuf {
    std::ffi::OsString::from_vec(bytes_of(text)).into()
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
    opened(path, mode).map_or(Ptr::NULL, stdio::add)
}
/// `freopen`
#[track_caller]
pub fn freopen(path: Ptr<i8>, mode: Ptr<i8>, file: Ptr<File>) -> Ptr<File> {
    if path.is_null() {
        let mode = bytes_of(mode);
        let (first, plus) = (mode.first().copied(), mode.contains(&b'+'));
        let reads = plus || first == Some(b'r');
        stdio::with(file, |stream| stream.change_mode(reads, plus || first != Some(b'r'), first));
        return file;
    }
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
        Ok(file) => stdio::add(Stream::of(file, true, true)),
        Err(error) => {
            set_error(&error);
            Ptr::NULL
        }
    }
}
/// `fmemopen`
#[track_caller]
pub fn fmemopen(buffer: Ptr<()>, size: u64, mode: Ptr<i8>) -> Ptr<File> {
    let mode = bytes_of(mode);
    let (first, plus) = (mode.first().copied(), mode.contains(&b'+'));
    let at = if buffer.is_null() { super::memory::calloc(size, 1) } else { buffer };
    let text = super::strings::taken(at, if first == Some(b'w') { 0 } else { size });
    let len = match first {
        Some(b'r') => size,
        Some(b'a') => text.iter().position(|byte| *byte == 0).unwrap_or(text.len()) as u64,
        _ => 0,
    };
    if first == Some(b'w') && size > 0 {
        super::strings::put(at, &[0]);
    }
    let is_appending = first == Some(b'a');
    let memory = Memory::Fixed { at, size, len, position: if is_appending { len } else { 0 }, is_appending };
    stdio::add(Stream::new(Device::Memory(memory), plus || first == Some(b'r'), plus || first != Some(b'r')))
}
/// `open_memstream`
#[track_caller]
pub fn open_memstream(text: Ptr<Ptr<i8>>, size: Ptr<u64>) -> Ptr<File> {
    text.store(Ptr::NULL);
    let memory = Memory::Growing { bytes: Vec::new(), position: 0, text, size };
    stdio::add(Stream::new(Device::Memory(memory), false, true))
}
/// `fclose`
#[track_caller]
pub fn fclose(file: Ptr<File>) -> i32 {
    if stdio::close_stream(file) { 0 } else { -1 }
}

pub(crate) fn done(result: std::io::Result<()>) -> i32 {
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
pub fn access(path: Ptr<i8>, mode: i32) -> i32 {
    use std::os::unix::fs::PermissionsExt;
    let may = |data: fs::Metadata| match mode & 1 != 0 && data.permissions().mode() & 0o111 == 0 {
        true => Err(std::io::Error::from_raw_os_error(13)),
        false => Ok(()),
    };
    done(fs::metadata(path_of(path)).and_then(may))
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
