//! Packs what `batutac` carries with it: the runtime's sources, the `Cargo.lock` that fits them,
//! and the table of diagnostic codes with their explanations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Runtime crates that emitted programs may depend on: folder below `runtime/`.
const RUNTIME: &[&str] = &["numpy", "rt", "trueno"];
/// Folders whose sources declare diagnostic codes.
const CODE_FOLDERS: &[&str] = &["ir", "frontends", "passes", "backends", "driver"];

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let root = root.canonicalize().expect("the workspace's root exists");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let files = runtime_files(&root);
    fs::write(out.join("runtime.rs"), runtime_table(&files)).expect("OUT_DIR is writable");
    fs::write(out.join("codes.rs"), codes_table(&root)).expect("OUT_DIR is writable");
}

fn read(path: &Path) -> String {
    println!("cargo:rerun-if-changed={}", path.display());
    fs::read_to_string(path).unwrap_or_else(|why| panic!("cannot read {}: {why}", path.display()))
}

fn files_below(folder: &Path, out: &mut Vec<PathBuf>) {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries =
        fs::read_dir(folder).unwrap_or_else(|why| panic!("cannot list {}: {why}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("readable entry").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), "target" | "tests" | "benches" | "examples" | "corpus") {
            files_below(&path, out);
        } else if path.is_file() {
            out.push(path);
        }
    }
}

/// Path and text of each file of the unpacked runtime.
fn runtime_files(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for name in RUNTIME {
        let folder = root.join("runtime").join(name);
        let mut paths = Vec::new();
        files_below(&folder.join("src"), &mut paths);
        paths.extend(
            ["Cargo.toml", "build.rs"].map(|file| folder.join(file)).into_iter().filter(|path| path.exists()),
        );
        for path in paths {
            let inner = path.strip_prefix(&folder).expect("the walk stays below the folder");
            let text = read(&path);
            let text = if inner == Path::new("Cargo.toml") { without_dev(&text) } else { text };
            files.insert(format!("{name}/{}", inner.to_string_lossy().replace('\\', "/")), text);
        }
    }
    let manifest = read(&root.join("Cargo.toml"));
    files.insert("Cargo.toml".to_owned(), workspace_manifest(&manifest));
    files.insert("Cargo.lock".to_owned(), fitting_lock(&read(&root.join("Cargo.lock"))));
    files.insert("LICENSE".to_owned(), read(&root.join("LICENSE")));
    files
}

/// A manifest without what only its own tests need.
fn without_dev(text: &str) -> String {
    let mut table: toml::Table = text.parse().expect("manifests are TOML");
    for key in ["dev-dependencies", "bench", "test", "example"] {
        table.remove(key);
    }
    toml::to_string(&table).expect("a parsed table prints")
}

/// The workspace's own manifest, cut down to the runtime.
fn workspace_manifest(text: &str) -> String {
    let table: toml::Table = text.parse().expect("manifests are TOML");
    let workspace = table["workspace"].as_table().expect("the root has [workspace]");
    let mut kept = toml::Table::new();
    kept.insert("resolver".to_owned(), workspace["resolver"].clone());
    kept.insert(
        "members".to_owned(),
        toml::Value::Array(RUNTIME.iter().map(|name| (*name).into()).collect()),
    );
    for key in ["package", "lints"] {
        kept.insert(key.to_owned(), workspace[key].clone());
    }
    let all = workspace["dependencies"].as_table().expect("[workspace.dependencies]");
    let mut dependencies = toml::Table::new();
    for (name, value) in all {
        match value.get("path").and_then(|path| path.as_str()) {
            None => _ = dependencies.insert(name.clone(), value.clone()),
            Some(path) => {
                let Some(inner) = path.strip_prefix("runtime/").filter(|inner| RUNTIME.contains(inner))
                else {
                    continue;
                };
                let row = toml::Table::from_iter([("path".to_owned(), toml::Value::from(inner))]);
                dependencies.insert(name.clone(), row.into());
            }
        }
    }
    kept.insert("dependencies".to_owned(), dependencies.into());
    let root = toml::Table::from_iter([("workspace".to_owned(), kept.into())]);
    toml::to_string(&root).expect("a table prints")
}

/// The rows of the lock file that the runtime's crates reach.
fn fitting_lock(text: &str) -> String {
    let table: toml::Table = text.parse().expect("Cargo.lock is TOML");
    let rows = table["package"].as_array().expect("packages");
    let name_of = |row: &toml::Value| row["name"].as_str().expect("a name").to_owned();
    let mut wanted: BTreeSet<String> = RUNTIME.iter().map(|name| format!("batuta-{name}")).collect();
    wanted.insert("trueno".to_owned());
    loop {
        let before = wanted.len();
        for row in rows.iter().filter(|row| wanted.contains(&name_of(row))).collect::<Vec<_>>() {
            let needs = row.get("dependencies").and_then(|list| list.as_array());
            for need in needs.into_iter().flatten().filter_map(|need| need.as_str()) {
                wanted.insert(need.split(' ').next().unwrap_or(need).to_owned());
            }
        }
        if wanted.len() == before {
            break;
        }
    }
    let kept: Vec<toml::Value> = rows.iter().filter(|row| wanted.contains(&name_of(row))).cloned().collect();
    let mut out = toml::Table::new();
    out.insert("version".to_owned(), table["version"].clone());
    out.insert("package".to_owned(), kept.into());
    toml::to_string(&out).expect("a table prints")
}

fn runtime_table(files: &BTreeMap<String, String>) -> String {
    let mut out = String::from(
        "/// Path and text of each file of the runtime.\npub const FILES: &[(&str, &str)] = &[\n",
    );
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (path, text) in files {
        let _ = writeln!(out, "    ({path:?}, {text:?}),");
        for byte in path.bytes().chain(text.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    let _ = writeln!(out, "];\n/// Hash of all of them.\npub const HASH: &str = \"{hash:016x}\";");
    out
}

/// `(code, severity, title, explanation)` of each `Code` constant in the sources.
fn codes_table(root: &Path) -> String {
    let mut rows = BTreeMap::new();
    for folder in CODE_FOLDERS {
        let mut paths = Vec::new();
        files_below(&root.join(folder), &mut paths);
        for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs")) {
            collect_codes(&read(path), &mut rows);
        }
    }
    let mut out = String::from("pub const CODES: &[(&str, &str, &str, &str)] = &[\n");
    for (code, (severity, title, doc)) in rows {
        let _ = writeln!(out, "    ({code:?}, {severity:?}, {title:?}, {doc:?}),");
    }
    out + "];\n"
}

/// Finds `/// explanation` lines followed by `const NAME: Code = Code::severity("Bdddd", "title")`.
fn collect_codes(text: &str, rows: &mut BTreeMap<String, (String, String, String)>) {
    let mut doc: Vec<&str> = Vec::new();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some(words) = line.strip_prefix("///") {
            doc.push(words.trim());
            continue;
        }
        if line.contains(": Code =") {
            let whole = lines[at..].iter().take(5).copied().collect::<Vec<_>>().join(" ");
            if let Some((code, severity, title)) = code_of(&whole) {
                rows.insert(code, (severity, title, doc.join("\n")));
            }
        }
        doc.clear();
    }
}

fn code_of(text: &str) -> Option<(String, String, String)> {
    let rest = text.split_once("Code::")?.1;
    let (severity, rest) = rest.split_once('(')?;
    let rest = rest.split_once(';')?.0;
    let mut quoted = rest.split('"').skip(1).step_by(2);
    let (code, title) = (quoted.next()?, quoted.next()?);
    Some((code.to_owned(), severity.to_owned(), title.to_owned()))
}
