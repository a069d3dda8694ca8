//! Writing generated files: only over what was generated, each file in one step.
//!
//! A folder that `batutac` writes holds `.batuta-manifest`, one line per generated file: hash and
//! path. A folder with other content and no manifest is refused, and so is replacing a file that was
//! changed by hand, unless forced. Files that are no longer generated are removed.

use crate::failure::Failure;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the file that marks a generated folder.
pub const MANIFEST: &str = ".batuta-manifest";

/// What writing a folder would do.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub new: Vec<String>,
    pub changed: Vec<String>,
    pub same: Vec<String>,
    pub removed: Vec<String>,
}

/// FNV-1a: tells whether a file was changed, nothing more.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn read_manifest(folder: &Path) -> Option<BTreeMap<String, u64>> {
    let text = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    let row = |line: &str| {
        let (hash, path) = line.split_once(' ')?;
        Some((path.to_owned(), u64::from_str_radix(hash, 16).ok()?))
    };
    Some(text.lines().filter_map(row).collect())
}

/// Says what writing would do, or why it must not be done.
pub fn plan(folder: &Path, files: &BTreeMap<String, String>, force: bool) -> Result<Plan, Failure> {
    let shown = folder.display();
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::usage(format!("{shown} is a file")).hint("name a folder with -o"));
    }
    let is_empty = fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let manifest = match read_manifest(folder) {
        Some(manifest) => manifest,
        None if is_empty => BTreeMap::new(),
        None => {
            return Err(Failure::usage(format!("{shown} holds files that batutac did not write"))
                .hint("name a new or empty folder with -o; nothing was changed"));
        }
    };
    let mut plan = Plan::default();
    let mut edited = Vec::new();
    for (path, text) in files {
        match fs::read_to_string(folder.join(path)) {
            Err(_) => plan.new.push(path.clone()),
            Ok(old) if old == *text => plan.same.push(path.clone()),
            Ok(old) => {
                if manifest.get(path) != Some(&hash(&old)) {
                    edited.push(path.clone());
                }
                plan.changed.push(path.clone());
            }
        }
    }
    for (path, known) in manifest.iter().filter(|(path, _)| !files.contains_key(*path)) {
        // One that was changed by hand stays: it is the user's now.
        if fs::read_to_string(folder.join(path)).is_ok_and(|old| hash(&old) == *known) {
            plan.removed.push(path.clone());
        }
    }
    if !edited.is_empty() && !force {
        return Err(Failure::usage(format!("changed by hand in {shown}: {}", edited.join(", ")))
            .hint("`--force` replaces them, `--diff` shows what would change; nothing was changed"));
    }
    Ok(plan)
}

/// The files with a workspace of their own where the folder lies below somebody's that does not list it: cargo
/// takes a project there for a forgotten member and refuses to build it.
pub fn standing_alone(folder: &Path, mut files: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let full = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let above = full.ancestors().skip(1).find_map(|up| {
        let manifest = fs::read_to_string(up.join("Cargo.toml")).ok()?;
        manifest.lines().any(|line| line.trim() == "[workspace]").then(|| (up.to_owned(), manifest))
    });
    let Some((root, manifest)) = above else { return files };
    let own = full.strip_prefix(&root).unwrap_or(&full);
    let siblings = own.parent().unwrap_or(own).join("*");
    let is_listed = [own, &siblings].iter().any(|path| manifest.contains(&format!("\"{}\"", path.display())));
    if let Some(cargo) = files.get_mut("Cargo.toml").filter(|_| !is_listed) {
        cargo.push_str("\n[workspace]\n");
    }
    files
}

/// Writes the files; each appears whole or not at all.
pub fn write(folder: &Path, files: &BTreeMap<String, String>, force: bool) -> Result<Plan, Failure> {
    let plan = plan(folder, files, force)?;
    fs::create_dir_all(folder).map_err(|why| Failure::io("make folder", folder.display(), &why))?;
    if !folder.join(MANIFEST).exists() {
        // Marks the folder as ours before the first file, should writing be interrupted.
        write_one(folder, MANIFEST, "")?;
    }
    for path in plan.new.iter().chain(&plan.changed) {
        write_one(folder, path, &files[path])?;
    }
    for path in &plan.removed {
        let _ = fs::remove_file(folder.join(path));
    }
    let rows: String = files.iter().map(|(path, text)| format!("{:016x} {path}\n", hash(text))).collect();
    write_one(folder, MANIFEST, &rows)?;
    Ok(plan)
}

/// Writes beside the target, then renames over it.
fn write_one(folder: &Path, path: &str, text: &str) -> Result<(), Failure> {
    let target: PathBuf = folder.join(path);
    let parent = target.parent().unwrap_or(folder);
    let attempt = || -> std::io::Result<()> {
        fs::create_dir_all(parent)?;
        let mut file = tempfile::Builder::new().prefix(".batuta-").tempfile_in(parent)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        file.persist(&target).map_err(|error| error.error)?;
        set_usual_mode(&target)
    };
    attempt().map_err(|why| Failure::io("write", target.display(), &why))
}

/// Replaces the text of a file in one step; its mode stays, and so does a link that leads to it.
pub fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let attempt = || -> std::io::Result<()> {
        let target = fs::canonicalize(path)?;
        let mode = fs::metadata(&target)?.permissions();
        if mode.readonly() {
            return Err(std::io::ErrorKind::PermissionDenied.into());
        }
        let parent = target.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".batuta-").tempfile_in(parent)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        fs::set_permissions(file.path(), mode)?;
        file.persist(&target).map_err(|error| error.error)?;
        Ok(())
    };
    attempt().map_err(|why| Failure::io("write", path.display(), &why))
}

/// Temporary files are private; what is kept gets the mode of any other new file.
#[cfg(unix)]
fn set_usual_mode(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}
#[cfg(not(unix))]
fn set_usual_mode(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(rows: &[(&str, &str)]) -> BTreeMap<String, String> {
        rows.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn replaces_its_own_files_and_refuses_others() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let out = dir.path().join("out");
        write(&out, &files(&[("src/main.rs", "a"), ("old.rs", "o")]), false).expect("new folder");
        let second = write(&out, &files(&[("src/main.rs", "b")]), false).expect("own folder");
        assert_eq!(
            (second.changed, second.removed),
            (vec!["src/main.rs".to_owned()], vec!["old.rs".to_owned()])
        );
        assert!(!out.join("old.rs").exists());

        fs::write(out.join("src/main.rs"), "by hand").expect("edit");
        assert!(write(&out, &files(&[("src/main.rs", "c")]), false).is_err());
        assert_eq!(fs::read_to_string(out.join("src/main.rs")).expect("kept"), "by hand");
        write(&out, &files(&[("src/main.rs", "c")]), true).expect("forced");

        let foreign = dir.path().join("foreign");
        fs::create_dir(&foreign).expect("folder");
        fs::write(foreign.join("notes.txt"), "x").expect("file");
        assert!(write(&foreign, &files(&[("src/main.rs", "a")]), true).is_err());
        assert!(!foreign.join("src").exists());
    }
}
