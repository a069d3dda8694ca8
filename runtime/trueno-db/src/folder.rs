//! The files of a database's folder: names, the lock, which generation is current.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Context, Error, Result, corrupt};

/// The file that names the generation in use.
pub(crate) const CURRENT: &str = "CURRENT";
const CURRENT_MAGIC: &[u8; 8] = b"TRUENOCU";

pub(crate) fn base_path(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("base-{generation:016x}.tdb"))
}

pub(crate) fn wal_path(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("wal-{generation:016x}.log"))
}

pub(crate) fn sync_dir(dir: &Path) -> Result<()> {
    // Only Unix has folders that can be synced.
    if cfg!(unix) { File::open(dir).and_then(|file| file.sync_all()).at("cannot sync", dir) } else { Ok(()) }
}

pub(crate) fn read_current(dir: &Path) -> Result<u64> {
    let path = dir.join(CURRENT);
    let bytes = fs::read(&path).at("cannot open the database: cannot read", &path)?;
    let sound = bytes.len() == 20
        && &bytes[..8] == CURRENT_MAGIC
        && crc32fast::hash(&bytes[..16]).to_le_bytes() == bytes[16..];
    let number = bytes.get(8..16).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    number.filter(|_| sound).ok_or_else(|| corrupt(&path, "the generation cannot be read"))
}

pub(crate) fn write_current(dir: &Path, generation: u64) -> Result<()> {
    let mut bytes = CURRENT_MAGIC.to_vec();
    bytes.extend(generation.to_le_bytes());
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    let (new, path) = (dir.join("CURRENT.new"), dir.join(CURRENT));
    let mut file = File::create(&new).at("cannot create", &new)?;
    file.write_all(&bytes).at("cannot write", &new)?;
    file.sync_all().at("cannot sync", &new)?;
    fs::rename(&new, &path).at("cannot replace", &path)?;
    sync_dir(dir)
}

/// Takes the writer's lock. A process that another thread is just starting holds a copy of the
/// lock of a database closed meanwhile until its `exec`, so a held lock is tried again shortly.
pub(crate) fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("LOCK");
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .at("cannot open", &path)?;
    for _ in 0..20 {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::Error(source)) => {
                return Err(Error::Io { action: "cannot lock", path, source });
            }
        }
    }
    Err(Error::Locked { path })
}

/// Removes files of other generations and half-written ones. What cannot be removed stays.
pub(crate) fn tidy(dir: &Path, generation: u64) {
    let keep = [base_path(dir, generation), wal_path(dir, generation)];
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let ours = (name.starts_with("base-") && (name.ends_with(".tdb") || name.ends_with(".new")))
            || (name.starts_with("wal-") && name.ends_with(".log"))
            || name == "CURRENT.new";
        if ours && !keep.contains(&path) {
            let _ = fs::remove_file(&path);
        }
    }
}
