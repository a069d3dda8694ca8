//! Many emitted cargo projects as members of one workspace with one target folder.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One emitted project under its member name.
pub struct Member {
    pub name: String,
    pub files: BTreeMap<String, String>,
}

/// What became of a member.
#[derive(Clone, Debug)]
pub enum Built {
    Binary(PathBuf),
    /// rustc's messages, as a terminal shows them.
    Errors(Vec<String>),
}

/// Writes all members below `folder` and builds them without optimisation.
///
/// # Errors
/// Cargo itself failed: its standard error.
pub fn build(folder: &Path, members: &[Member]) -> Result<BTreeMap<String, Built>, String> {
    write_workspace(folder, members);
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["build", "--workspace", "--keep-going", "--quiet", "--message-format=json"])
        .current_dir(folder);
    command.arg("--target-dir").arg(folder.join("target"));
    let done = command.stdin(Stdio::null()).output().map_err(|why| format!("cannot start cargo: {why}"))?;
    let mut found: BTreeMap<String, Built> = BTreeMap::new();
    for line in String::from_utf8_lossy(&done.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        let Some(name) = member_of(folder, &message) else { continue };
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                if let Some(path) = message["executable"].as_str() {
                    found.entry(name).or_insert(Built::Binary(path.into()));
                }
            }
            Some("compiler-message") if message["message"]["level"] == "error" => {
                let text = message["message"]["rendered"].as_str().unwrap_or_default().to_owned();
                match found.entry(name).or_insert_with(|| Built::Errors(Vec::new())) {
                    Built::Errors(list) => list.push(text),
                    other => *other = Built::Errors(vec![text]),
                }
            }
            _ => {}
        }
    }
    let is_cargo_fault =
        !done.status.success() && !found.values().any(|built| matches!(built, Built::Errors(_)));
    if is_cargo_fault {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned());
    }
    Ok(found)
}

fn member_of(folder: &Path, message: &Value) -> Option<String> {
    let manifest = Path::new(message["manifest_path"].as_str()?);
    let inner = manifest.strip_prefix(folder.join("members")).ok()?;
    Some(inner.iter().next()?.to_string_lossy().into_owned())
}

fn write_workspace(folder: &Path, members: &[Member]) {
    let names: Vec<_> = members.iter().map(|member| format!("    \"members/{}\",\n", member.name)).collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\n{}]\n\n[profile.dev]\ndebug = 0\noverflow-checks = true\n\n\
         [profile.dev.package.\"*\"]\nopt-level = 1\n",
        names.concat()
    );
    crate::write_if_changed(&folder.join("Cargo.toml"), &manifest);
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        // Starts from the versions that the workspace was tested with.
        std::fs::copy(crate::root().join("Cargo.lock"), &lock).expect("the root has a lock file");
    }
    for member in members {
        let home = folder.join("members").join(&member.name);
        remove_stale(&home, &member.files);
        for (path, text) in &member.files {
            let text = if path == "Cargo.toml" { member_manifest(text, &member.name) } else { text.clone() };
            crate::write_if_changed(&home.join(path), &text);
        }
    }
}

/// Sources that an earlier run wrote and this one did not.
fn remove_stale(home: &Path, files: &BTreeMap<String, String>) {
    let wanted: BTreeSet<PathBuf> = files.keys().map(|path| home.join(path)).collect();
    let mut folders = vec![home.join("src")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if !wanted.contains(&path) {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

/// The emitted manifest as a member's: unique name, profiles and workspace left to the root.
fn member_manifest(text: &str, name: &str) -> String {
    let Ok(mut table) = text.parse::<toml::Table>() else { return text.to_owned() };
    table.remove("profile");
    table.remove("workspace");
    if let Some(package) = table.get_mut("package").and_then(|package| package.as_table_mut()) {
        package.insert("name".to_owned(), name.into());
    }
    table.remove("bin");
    toml::to_string(&table).unwrap_or_else(|_| text.to_owned())
}
