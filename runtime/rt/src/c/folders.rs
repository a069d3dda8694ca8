//! `dirent.h`: what a folder holds, in the order of the system.

use std::cell::RefCell;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirEntryExt, FileTypeExt, MetadataExt};

use super::errors::{set_errno, set_error};
use super::files::path_of;
use super::memory;
use super::pointer::Ptr;
use super::value::Value;
use crate::c_record;

/// `DIR`: checked memory holds its number.
#[derive(Clone, Copy, Debug)]
pub struct Dir(u64);

impl Value for Dir {
    const SIZE: usize = 8;
    fn read(bytes: &[u8]) -> Self {
        Self(u64::read(bytes))
    }
    fn write(self, bytes: &mut [u8]) {
        self.0.write(bytes);
    }
}

/// `struct dirent`
#[derive(Clone, Copy, Debug)]
pub struct Dirent {
    pub d_ino: u64,
    pub d_off: i64,
    pub d_reclen: u16,
    pub d_type: u8,
    pub d_name: [i8; 256],
}
c_record!(Dirent, 280, {
    D_INO: d_ino: u64 = 0,
    D_OFF: d_off: i64 = 8,
    D_RECLEN: d_reclen: u16 = 16,
    D_TYPE: d_type: u8 = 18,
    D_NAME: d_name: [i8; 256] = 19,
});

struct Folder {
    entries: Vec<Dirent>,
    at: usize,
    /// Where the last entry that was read lies.
    shown: Ptr<Dirent>,
}

thread_local! {
    static FOLDERS: RefCell<Vec<Option<Folder>>> = const { RefCell::new(Vec::new()) };
}

fn entry(name: &[u8], number: u64, kind: Option<fs::FileType>, at: usize) -> Dirent {
    let mut d_name = [0; 256];
    d_name.iter_mut().zip(&name[..name.len().min(255)]).for_each(|(to, byte)| *to = *byte as i8);
    let d_type = kind.map_or(0, |kind| match () {
        () if kind.is_dir() => 4,
        () if kind.is_symlink() => 10,
        () if kind.is_fifo() => 1,
        () if kind.is_char_device() => 2,
        () if kind.is_block_device() => 6,
        () if kind.is_socket() => 12,
        () => 8,
    });
    let d_reclen = (19 + name.len() + 1).next_multiple_of(8) as u16;
    Dirent { d_ino: number, d_off: at as i64 + 1, d_reclen, d_type, d_name }
}

fn listed(path: &std::path::Path) -> std::io::Result<Vec<Dirent>> {
    let mut out = Vec::new();
    let own = fs::metadata(path)?;
    for name in [".", ".."] {
        let number = fs::metadata(path.join(name)).map_or(0, |data| data.ino());
        out.push(entry(name.as_bytes(), number, Some(own.file_type()), out.len()));
    }
    for found in fs::read_dir(path)? {
        let found = found?;
        out.push(entry(found.file_name().as_bytes(), found.ino(), found.file_type().ok(), out.len()));
    }
    Ok(out)
}

/// `opendir`
#[track_caller]
pub fn opendir(path: Ptr<i8>) -> Ptr<Dir> {
    let entries = match listed(&path_of(path)) {
        Ok(entries) => entries,
        Err(error) => {
            set_error(&error);
            return Ptr::NULL;
        }
    };
    let shown = Ptr::from_addr(memory::permanent(&[0; 280]));
    let number = FOLDERS.with_borrow_mut(|folders| {
        folders.push(Some(Folder { entries, at: 0, shown }));
        folders.len() as u64 - 1
    });
    Ptr::from_addr(memory::permanent(&number.to_le_bytes()))
}

/// Runs with a folder; one that is closed stops the program.
#[track_caller]
fn with<R>(dir: Ptr<Dir>, f: impl FnOnce(&mut Option<Folder>) -> R) -> R {
    let number = dir.load().0 as usize;
    let found =
        FOLDERS.with_borrow_mut(|folders| folders.get_mut(number).filter(|slot| slot.is_some()).map(f));
    found.unwrap_or_else(|| panic!("use of a folder after it was closed"))
}

/// `readdir`
#[track_caller]
pub fn readdir(dir: Ptr<Dir>) -> Ptr<Dirent> {
    let next = with(dir, |folder| {
        let folder = folder.as_mut()?;
        let found = *folder.entries.get(folder.at)?;
        folder.at += 1;
        Some((folder.shown, found))
    });
    let Some((shown, found)) = next else { return Ptr::NULL };
    shown.store(found);
    shown
}
/// `rewinddir`
#[track_caller]
pub fn rewinddir(dir: Ptr<Dir>) {
    with(dir, |folder| folder.iter_mut().for_each(|folder| folder.at = 0));
}
/// `closedir`
#[track_caller]
pub fn closedir(dir: Ptr<Dir>) -> i32 {
    if dir.is_null() {
        set_errno(9);
        return -1;
    }
    with(dir, |folder| *folder = None);
    0
}
