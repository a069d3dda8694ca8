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

/// Lock file of the runtime's dependencies: an emitted project starts from it.
pub fn lock_file() -> &'static str {
    FILES.iter().find(|(path, _)| *path == "Cargo.lock").map_or("", |(_, text)| text)
}
