//! Many emitted programs as modules of one crate: compiled once, started by name.
//!
//! `cargo check` runs first; modules with errors are left out and the rest is built. A program's own
//! paths (`crate::x`) become paths of its module.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The built crate, and the programs that do not compile.
pub struct Crate {
    /// Starts the program that the variable `BATUTA_SPEC` names.
    pub binary: PathBuf,
    /// rustc's messages by program.
    pub errors: BTreeMap<String, Vec<String>>,
}

/// Writes the programs (name, emitted files) to one crate in `folder` and builds it.
///
/// # Errors
/// Cargo itself failed, or an error lies outside every program.
pub fn build(folder: &Path, programs: &BTreeMap<String, BTreeMap<String, String>>) -> Result<Crate, String> {
    for (name, files) in programs {
        write_program(folder, name, files);
    }
    write_manifest(folder, programs);
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Later phases of the compiler find errors only when the earlier ones found none.
    for _ in 0..8 {
        let names: Vec<_> = programs.keys().filter(|name| !errors.contains_key(*name)).collect();
        crate::write_if_changed(&folder.join("src/main.rs"), &dispatcher(&names));
        let (found, _) = cargo(folder, "check")?;
        if found.is_empty() {
            let (_, binary) = cargo(folder, "build")?;
            let binary = binary.ok_or("cargo built no binary")?;
            return Ok(Crate { binary, errors });
        }
        errors.extend(found);
    }
    Err("the emitted modules still have errors after eight rounds".to_owned())
}

fn write_program(folder: &Path, name: &str, files: &BTreeMap<String, String>) {
    let home = folder.join("programs").join(name);
    for (path, text) in files {
        let text = if path.ends_with(".rs") { as_module(name, path, text) } else { text.clone() };
        if path != "Cargo.toml" {
            crate::write_if_changed(&home.join(path), &text);
        }
    }
}

fn as_module(name: &str, path: &str, text: &str) -> String {
    let text = text.replace("crate::", &format!("crate::{name}::"));
    if path == "src/main.rs" {
        format!("\n{text}").replacen("\nfn main()", "\npub fn main()", 1)
    } else {
        text
    }
}

/// Dependencies of all programs together.
fn write_manifest(folder: &Path, programs: &BTreeMap<String, BTreeMap<String, String>>) {
    let mut dependencies = toml::Table::new();
    for files in programs.values() {
        let table =
            files.get("Cargo.toml").and_then(|text| text.parse::<toml::Table>().ok()).unwrap_or_default();
        let rows = table.get("dependencies").and_then(|rows| rows.as_table()).cloned().unwrap_or_default();
        dependencies.extend(rows);
    }
    let rt = toml::Table::from_iter([(
        "path".to_owned(),
        toml::Value::from(crate::root().join("runtime/rt").display().to_string()),
    )]);
    dependencies.entry("batuta-rt").or_insert(rt.into());
    let mut text = String::from(
        "[package]\nname = \"specs\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [profile.dev]\ndebug = 0\noverflow-checks = true\n\n[profile.dev.package.\"*\"]\nopt-level = 1\n\n[dependencies]\n",
    );
    text += &toml::to_string(&dependencies).expect("a table prints");
    // Inline tables for dependencies would need a printer of our own: sections do as well.
    let text = ["batuta-rt", "batuta-numpy"]
        .iter()
        .fold(text, |text, name| text.replace(&format!("[{name}]"), &format!("[dependencies.{name}]")))
        .replace("\n[dependencies]\n", "\n");
    crate::write_if_changed(&folder.join("Cargo.toml"), &text);
    let lock = folder.join("Cargo.lock");
    if !lock.exists() {
        std::fs::copy(crate::root().join("Cargo.lock"), &lock).expect("the root has a lock file");
    }
}

fn dispatcher(names: &[&String]) -> String {
    let mut out = String::from("#![allow(warnings, clippy::all)]\n");
    for name in names {
        let _ = writeln!(out, "#[path = \"../programs/{name}/src/main.rs\"]\nmod {name};");
    }
    out += "\nfn main() {\n    let name = std::env::var(\"BATUTA_SPEC\").unwrap_or_default();\n    match name.as_str() {\n";
    for name in names {
        let _ = writeln!(out, "        {name:?} => {{ {name}::main(); }}");
    }
    out + "        other => panic!(\"no program {other}\"),\n    }\n}\n"
}

type Errors = BTreeMap<String, Vec<String>>;

/// Runs cargo; gives errors by program and the binary, if there is one.
fn cargo(folder: &Path, verb: &str) -> Result<(Errors, Option<PathBuf>), String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args([verb, "--quiet", "--message-format=json"]).current_dir(folder);
    command.arg("--target-dir").arg(folder.join("target"));
    let done = command.stdin(Stdio::null()).output().map_err(|why| format!("cannot start cargo: {why}"))?;
    let (mut errors, mut binary, mut stray) = (Errors::new(), None, BTreeSet::new());
    for line in String::from_utf8_lossy(&done.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        if let Some(path) = message["executable"].as_str() {
            binary = Some(PathBuf::from(path));
        }
        if message["reason"] != "compiler-message" || message["message"]["level"] != "error" {
            continue;
        }
        let rendered = message["message"]["rendered"].as_str().unwrap_or_default().to_owned();
        let spans = message["message"]["spans"].as_array().cloned().unwrap_or_default();
        let names: BTreeSet<String> = spans.iter().flat_map(program_of).collect();
        if names.is_empty() {
            stray.insert(rendered.clone());
        }
        for name in names {
            errors.entry(name).or_default().push(rendered.clone());
        }
    }
    if !done.status.success() && errors.is_empty() {
        let stray: Vec<_> = stray.into_iter().collect();
        return Err(format!("{}{}", stray.concat(), String::from_utf8_lossy(&done.stderr)));
    }
    Ok((errors, binary))
}

/// The program that a span lies in, also through macro expansions.
fn program_of(span: &Value) -> Option<String> {
    let file = span["file_name"].as_str().unwrap_or_default().replace('\\', "/");
    if let Some((_, rest)) = file.split_once("programs/") {
        return rest.split('/').next().map(str::to_owned);
    }
    let expansion = &span["expansion"]["span"];
    if expansion.is_object() { program_of(expansion) } else { None }
}
