//! The arrows of the design: which crate may depend on which, over `cargo metadata`.

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Folder of each workspace crate by its name, and the crates that it depends on (not for tests).
fn crates() -> BTreeMap<String, (String, Vec<String>)> {
    let root = batuta_tests::root();
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).current_dir(&root);
    let done = command.output().expect("cargo starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let metadata: Value = serde_json::from_slice(&done.stdout).expect("cargo prints JSON");
    let mut out = BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let manifest = std::path::Path::new(package["manifest_path"].as_str().expect("a path"));
        let folder = manifest
            .parent()
            .and_then(|path| path.strip_prefix(&root).ok())
            .expect("members lie in the root");
        let rows = package["dependencies"].as_array().expect("dependencies");
        let normal = rows.iter().filter(|row| row["kind"].is_null());
        let names = normal.map(|row| row["name"].as_str().expect("a name").to_owned()).collect();
        let name = package["name"].as_str().expect("a name").to_owned();
        out.insert(name, (folder.to_string_lossy().replace('\\', "/"), names));
    }
    out
}

/// Prefixes of folders that a crate in `folder` may depend on.
fn allowed(folder: &str) -> &'static [&'static str] {
    match folder {
        "ir/base" => &[],
        "ir/core" => &["ir/base"],
        "ir/flow" | "ir/catalog" => &["ir/base", "ir/core"],
        "frontends/syntax" => &["ir/"],
        "frontends/ruchy/grammar" => &[],
        "frontends/ruchy" => &["ir/", "frontends/syntax", "frontends/ruchy/grammar"],
        "backends/jit" => &["ir/", "runtime/rt", "runtime/trueno"],
        "driver/session" => &["ir/", "frontends/", "passes/", "backends/"],
        "driver/migrate" => &["ir/base", "driver/session", "frontends/survey"],
        "driver/cli" => {
            &["ir/base", "driver/", "runtime/trueno-db", "runtime/realizar", "runtime/renacer", "lsp/"]
        }
        "driver/mcp" => &["ir/base", "driver/session", "driver/migrate"],
        "lsp/server" => &["ir/base", "driver/session", "driver/migrate"],
        "tests" => {
            &["ir/", "frontends/", "passes/", "backends/", "driver/session", "driver/migrate", "runtime/"]
        }
        _ if folder.starts_with("frontends/") => &["ir/", "frontends/syntax"],
        _ if folder.starts_with("passes/") => &["ir/"],
        _ if folder.starts_with("backends/") => &["ir/"],
        _ if folder.starts_with("runtime/") => &["runtime/"],
        _ => panic!("{folder} stands nowhere in the design: add it to `allowed`"),
    }
}

/// Packages that sit in one crate each.
const HEAVY: &[(&str, &[&str])] = &[
    ("cranelift", &["backends/jit"]),
    ("cranelift-jit", &["backends/jit"]),
    ("melior", &["backends/mlir"]),
    ("wgpu", &["runtime/trueno"]),
    ("salsa", &["driver/session"]),
    ("codespan-reporting", &["driver/cli"]),
    ("clap", &["driver/cli"]),
    ("reedline", &["driver/cli"]),
    ("memmap2", &["runtime/trueno-db", "runtime/realizar"]),
];

#[test]
fn crates_depend_downwards() {
    let crates = crates();
    assert!(crates.len() > 10, "{}", crates.len());
    let mut wrong = Vec::new();
    for (name, (folder, needs)) in &crates {
        for need in needs {
            let Some((below, _)) = crates.get(need) else { continue };
            if !allowed(folder).iter().any(|prefix| below.starts_with(prefix)) {
                wrong.push(format!("{name} ({folder}) must not depend on {need} ({below})"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heavy_packages_sit_in_one_crate() {
    for (name, (folder, needs)) in crates() {
        for need in &needs {
            let home = HEAVY.iter().find(|(package, _)| package == need).map(|(_, home)| *home);
            assert!(
                home.is_none_or(|home| home.contains(&folder.as_str())),
                "{name} ({folder}) must not depend on {need}"
            );
        }
        let is_syntax = folder.starts_with("frontends/");
        assert!(
            is_syntax || !needs.iter().any(|need| need.starts_with("tree-sitter")),
            "{name} must not parse"
        );
    }
}

#[test]
fn no_crate_is_published() {
    for (name, (folder, _)) in crates() {
        let text = std::fs::read_to_string(batuta_tests::root().join(&folder).join("Cargo.toml"))
            .expect("a manifest");
        assert!(
            text.contains("publish.workspace = true") || text.contains("publish = false"),
            "{name} can be published"
        );
    }
}
