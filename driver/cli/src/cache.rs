//! The user's cache: the unpacked runtime, work folders of programs, one shared target folder.

use crate::failure::Failure;
use std::path::{Path, PathBuf};
use std::{env, fs};

include!(concat!(env!("OUT_DIR"), "/runtime.rs"));

/// `$BATUTA_CACHE`, else the platform's cache folder.
pub fn root() -> Result<PathBuf, Failure> {
    let var = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    var("BATUTA_CACHE")
        .or_else(|| var("XDG_CACHE_HOME").map(|dir| dir.join("batuta")))
        .or_else(|| if cfg!(windows) { var("LOCALAPPDATA").map(|dir| dir.join("batuta")) } else { None })
        .or_else(|| {
            let inner = if cfg!(target_os = "macos") { "Library/Caches/batuta" } else { ".cache/batuta" };
            var("HOME").map(|dir| dir.join(inner))
        })
        .ok_or_else(|| {
            Failure::usage("no cache folder: HOME is not set").hint("set BATUTA_CACHE to a folder")
        })
}

/// Folder of the unpacked runtime crate `batuta-rt`; unpacks it once per content.
pub fn runtime() -> Result<PathBuf, Failure> {
    let root = root()?;
    let home = root.join(format!("runtime-{HASH}"));
    if !home.exists() {
        unpack(&root, &home).map_err(|why| Failure::io("unpack the runtime to", home.display(), &why))?;
    }
    Ok(home.join("rt"))
}

/// Unpacks beside the target and renames: the folder is there whole or not at all.
fn unpack(root: &Path, home: &Path) -> std::io::Result<()> {
    fs::create_dir_all(root)?;
    let temporary = tempfile::Builder::new().prefix(".runtime-").tempdir_in(root)?;
    for (path, text) in FILES {
        let target = temporary.path().join(path);
        fs::create_dir_all(target.parent().unwrap_or(root))?;
        fs::write(target, text)?;
    }
    match fs::rename(temporary.path(), home) {
        // Another process was faster.
        Err(_) if home.exists() => Ok(()),
        other => other,
    }
}

/// Held while one program is built.
pub fn lock(root: &Path) -> Result<fs::File, Failure> {
    let path = root.join("lock");
    let open = || {
        fs::create_dir_all(root)?;
        let file = fs::File::create(&path)?;
        file.lock()?;
        Ok(file)
    };
    open().map_err(|why: std::io::Error| Failure::io("lock", path.display(), &why))
}

/// Programs whose folders and binaries stay.
const KEPT: usize = 100;

/// Removes what was built for the programs that were not run for longest. What cannot be removed stays.
pub fn prune(root: &Path) {
    let entries = fs::read_dir(root.join("work")).into_iter().flatten().flatten();
    let mut programs: Vec<(std::time::SystemTime, PathBuf)> = entries
        .filter_map(|entry| {
            let built = ["debug", "release"].map(|kind| entry.path().join(kind));
            let times = built.iter().filter_map(|folder| fs::metadata(folder).ok()?.modified().ok());
            Some((times.max()?, entry.path()))
        })
        .collect();
    programs.sort();
    for (_, work) in programs.iter().rev().skip(KEPT) {
        let named = work.file_name().and_then(|name| name.to_str()).and_then(|name| name.rsplit_once('-'));
        if let Some((name, _)) = named {
            remove_built(&root.join("target"), name);
        }
        let _ = fs::remove_dir_all(work);
    }
}

/// Removes a package's files from cargo's target folder.
fn remove_built(target: &Path, name: &str) {
    let crate_name = name.replace('-', "_");
    for kind in ["debug", "release"] {
        let folder = target.join(kind);
        for file in [name.to_owned(), format!("{name}.d"), format!("{name}.exe")] {
            let _ = fs::remove_file(folder.join(file));
        }
        for (inner, prefix) in [("deps", crate_name.as_str()), (".fingerprint", name)] {
            for entry in fs::read_dir(folder.join(inner)).into_iter().flatten().flatten() {
                let file = entry.file_name();
                let rest = file.to_str().and_then(|file| file.strip_prefix(prefix)?.strip_prefix('-'));
                let is_own = rest.is_some_and(|rest| {
                    let hash = rest.split('.').next().unwrap_or(rest);
                    hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
                });
                if is_own {
                    let _ = if entry.path().is_dir() {
                        fs::remove_dir_all(entry.path())
                    } else {
                        fs::remove_file(entry.path())
                    };
                }
            }
        }
    }
}

/// Lock file of the runtime's dependencies: an emitted project starts from it.
pub fn lock_file() -> &'static str {
    FILES.iter().find(|(path, _)| *path == "Cargo.lock").map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::{KEPT, prune};
    use std::fs;
    use std::time::{Duration, SystemTime};

    #[test]
    fn the_oldest_programs_go_with_what_was_built_for_them() {
        let root = tempfile::tempdir().expect("temporary folder");
        let deps = root.path().join("target/debug/deps");
        fs::create_dir_all(&deps).expect("temporary folder");
        let long_ago = SystemTime::now() - Duration::from_secs(1 << 20);
        for number in 0..=KEPT {
            let built = root.path().join(format!("work/my-p{number}-{number:016x}/debug"));
            fs::create_dir_all(&built).expect("temporary folder");
            let time = long_ago + Duration::from_secs(number as u64);
            fs::File::open(&built).and_then(|file| file.set_modified(time)).expect("times can be set");
            fs::write(deps.join(format!("my_p{number}-{number:016x}")), "").expect("temporary folder");
        }
        fs::write(deps.join("my_p0_more-0000000000000000"), "").expect("temporary folder");
        prune(root.path());
        let count = |path: &str| fs::read_dir(root.path().join(path)).map_or(0, Iterator::count);
        assert_eq!((count("work"), count("target/debug/deps")), (KEPT, KEPT + 1));
        assert!(!root.path().join("work/my-p0-0000000000000000").exists());
        assert!(!deps.join("my_p0-0000000000000000").exists());
    }
}
