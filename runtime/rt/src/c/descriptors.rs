//! Files by descriptor (`fcntl.h`, `unistd.h`): a descriptor is the number of a stream, whose buffer these pass by.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};

use super::device::Device;
use super::errors::{EINVAL, set_errno, set_error};
use super::files::{done, path_of};
use super::list::{Args, VaList};
use super::pointer::Ptr;
use super::stdio::{self, Stream};
use super::strings::{bytes_of, put, taken};

const EBADF: i32 = 9;
const ACCESS: i32 = 3;

/// Runs with the stream of a descriptor; minus one where that fails.
fn with_fd<R>(fd: i32, f: impl FnOnce(&mut Stream) -> io::Result<R>) -> Option<R> {
    let found = stdio::streams(|streams| {
        let stream = usize::try_from(fd).ok().and_then(|fd| streams.get_mut(fd)?.as_mut());
        stream.map(f)
    });
    match found {
        Some(Ok(done)) => Some(done),
        Some(Err(error)) => {
            set_error(&error);
            None
        }
        None => {
            set_errno(EBADF);
            None
        }
    }
}

fn entered(file: File) -> i32 {
    stdio::enter(Stream::of(file, true, true)) as i32
}

/// `open`: the mode is the argument behind the flags where a file is made.
#[track_caller]
pub fn open(path: Ptr<i8>, flags: i32, args: Args) -> i32 {
    const CREATE: i32 = 0o100;
    let mode = if flags & CREATE == 0 { 0 } else { VaList::of(args).next::<u32>() };
    let access = flags & ACCESS;
    let mut options = OpenOptions::new();
    options.read(access != 1).write(access != 0).custom_flags(flags & !ACCESS).mode(mode);
    match options.open(path_of(path)) {
        Ok(file) => stdio::enter(Stream::of(file, access != 1, access != 0)) as i32,
        Err(error) => {
            set_error(&error);
            -1
        }
    }
}
/// `creat`
#[track_caller]
pub fn creat(path: Ptr<i8>, mode: u32) -> i32 {
    match OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(path_of(path)) {
        Ok(file) => stdio::enter(Stream::of(file, false, true)) as i32,
        Err(error) => {
            set_error(&error);
            -1
        }
    }
}
/// `close`
pub fn close(fd: i32) -> i32 {
    let is_open = with_fd(fd, |stream| {
        stream.flush();
        Ok(())
    });
    if is_open.is_none() {
        return -1;
    }
    stdio::streams(|streams| streams[fd as usize] = None);
    0
}
/// `read`
#[track_caller]
pub fn read(fd: i32, to: Ptr<()>, count: u64) -> i64 {
    let mut bytes = vec![0; count as usize];
    let Some(read) = with_fd(fd, |stream| stream.device.read(&mut bytes)) else { return -1 };
    put(to, &bytes[..read]);
    read as i64
}
/// `write`
#[track_caller]
pub fn write(fd: i32, from: Ptr<()>, count: u64) -> i64 {
    write_fd(fd, &taken(from, count))
}
pub(crate) fn write_fd(fd: i32, bytes: &[u8]) -> i64 {
    with_fd(fd, |stream| stream.device.write_all(bytes)).map_or(-1, |()| bytes.len() as i64)
}
/// `pread`
#[track_caller]
pub fn pread(fd: i32, to: Ptr<()>, count: u64, at: i64) -> i64 {
    let mut bytes = vec![0; count as usize];
    let read = with_fd(fd, |stream| stream.device.file()?.read_at(&mut bytes, at as u64));
    let Some(read) = read else { return -1 };
    put(to, &bytes[..read]);
    read as i64
}
/// `pwrite`
#[track_caller]
pub fn pwrite(fd: i32, from: Ptr<()>, count: u64, at: i64) -> i64 {
    let bytes = taken(from, count);
    let written = with_fd(fd, |stream| stream.device.file()?.write_at(&bytes, at as u64));
    written.map_or(-1, |count| count as i64)
}
/// `lseek`
pub fn lseek(fd: i32, offset: i64, whence: i32) -> i64 {
    let to = match whence {
        0 if offset >= 0 => SeekFrom::Start(offset as u64),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        _ => {
            set_errno(EINVAL);
            return -1;
        }
    };
    with_fd(fd, |stream| stream.device.seek(to)).map_or(-1, |at| at as i64)
}
/// `dup`
pub fn dup(fd: i32) -> i32 {
    with_fd(fd, |stream| stream.device.file()).map_or(-1, entered)
}
/// `dup2`: what a stream of the number has buffered goes to the new file.
pub fn dup2(fd: i32, other: i32) -> i32 {
    let Some(file) = with_fd(fd, |stream| stream.device.file()) else { return -1 };
    let Ok(number) = usize::try_from(other) else {
        set_errno(EBADF);
        return -1;
    };
    if fd != other {
        stdio::streams(|streams| {
            if streams.len() <= number {
                streams.resize_with(number + 1, || None);
            }
            match &mut streams[number] {
                Some(stream) => stream.device = Device::File(file),
                free => *free = Some(Stream::of(file, true, true)),
            }
        });
    }
    other
}
/// `pipe`
#[track_caller]
pub fn pipe(ends: Ptr<i32>) -> i32 {
    match io::pipe() {
        Ok((reader, writer)) => {
            ends.store(entered(File::from(std::os::fd::OwnedFd::from(reader))));
            ends.offset(1).store(entered(File::from(std::os::fd::OwnedFd::from(writer))));
            0
        }
        Err(error) => {
            set_error(&error);
            -1
        }
    }
}
/// `fdopen`
#[track_caller]
pub fn fdopen(fd: i32, mode: Ptr<i8>) -> Ptr<stdio::File> {
    let mode = bytes_of(mode);
    let plus = mode.contains(&b'+');
    let reads = plus || mode.first() == Some(&b'r');
    let writes = plus || matches!(mode.first(), Some(b'w' | b'a'));
    let done = with_fd(fd, |stream| {
        stream.allow(reads, writes);
        Ok(())
    });
    done.map_or(Ptr::NULL, |()| stdio::handle(fd as usize))
}
/// `ftruncate`
pub fn ftruncate(fd: i32, size: i64) -> i32 {
    with_fd(fd, |stream| stream.device.file()?.set_len(size as u64)).map_or(-1, |()| 0)
}
/// `fsync`
pub fn fsync(fd: i32) -> i32 {
    with_fd(fd, |stream| stream.device.file()?.sync_all()).map_or(-1, |()| 0)
}
/// `isatty`
pub fn isatty(fd: i32) -> i32 {
    let is_terminal = with_fd(fd, |stream| stream.device.file().map(|file| file.is_terminal()));
    i32::from(is_terminal.unwrap_or(false))
}

/// `struct stat`
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    pub st_dev: u64,
    pub st_ino: u64,
    pub st_nlink: u64,
    pub st_mode: u32,
    pub st_uid: u32,
    pub st_gid: u32,
    pub st_rdev: u64,
    pub st_size: i64,
    pub st_blksize: i64,
    pub st_blocks: i64,
    pub st_atime: i64,
    pub st_mtime: i64,
    pub st_ctime: i64,
}
crate::c_record!(Stat, 144, {
    ST_DEV: st_dev: u64 = 0,
    ST_INO: st_ino: u64 = 8,
    ST_NLINK: st_nlink: u64 = 16,
    ST_MODE: st_mode: u32 = 24,
    ST_UID: st_uid: u32 = 28,
    ST_GID: st_gid: u32 = 32,
    ST_RDEV: st_rdev: u64 = 40,
    ST_SIZE: st_size: i64 = 48,
    ST_BLKSIZE: st_blksize: i64 = 56,
    ST_BLOCKS: st_blocks: i64 = 64,
    ST_ATIME: st_atime: i64 = 72,
    ST_MTIME: st_mtime: i64 = 88,
    ST_CTIME: st_ctime: i64 = 104,
});

#[track_caller]
fn store_status(found: Option<fs::Metadata>, to: Ptr<Stat>) -> i32 {
    let Some(data) = found else { return -1 };
    to.store(Stat {
        st_dev: data.dev(),
        st_ino: data.ino(),
        st_nlink: data.nlink(),
        st_mode: data.mode(),
        st_uid: data.uid(),
        st_gid: data.gid(),
        st_rdev: data.rdev(),
        st_size: data.size() as i64,
        st_blksize: data.blksize() as i64,
        st_blocks: data.blocks() as i64,
        st_atime: data.atime(),
        st_mtime: data.mtime(),
        st_ctime: data.ctime(),
    });
    0
}
fn known(found: io::Result<fs::Metadata>) -> Option<fs::Metadata> {
    found.map_err(|error| set_error(&error)).ok()
}
/// `stat`
#[track_caller]
pub fn stat(path: Ptr<i8>, to: Ptr<Stat>) -> i32 {
    store_status(known(fs::metadata(path_of(path))), to)
}
/// `lstat`
#[track_caller]
pub fn lstat(path: Ptr<i8>, to: Ptr<Stat>) -> i32 {
    store_status(known(fs::symlink_metadata(path_of(path))), to)
}
/// `fstat`
#[track_caller]
pub fn fstat(fd: i32, to: Ptr<Stat>) -> i32 {
    store_status(with_fd(fd, |stream| stream.device.file()?.metadata()), to)
}
/// `mkdir`
#[track_caller]
pub fn mkdir(path: Ptr<i8>, mode: u32) -> i32 {
    use std::os::unix::fs::DirBuilderExt;
    done(fs::DirBuilder::new().mode(mode).create(path_of(path)))
}
/// `chmod`
#[track_caller]
pub fn chmod(path: Ptr<i8>, mode: u32) -> i32 {
    use std::os::unix::fs::PermissionsExt;
    done(fs::set_permissions(path_of(path), fs::Permissions::from_mode(mode)))
}
