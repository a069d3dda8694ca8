//! Compiles `<language>/<module>.toml` to static tables; refuses unknown keys, so that a typo in a row is a build error.
#![allow(clippy::disallowed_methods, reason = "a build script reads files")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

const FN_KEYS: &[&str] = &[
    "name", "sig", "rust", "rust_ref", "rust_big", "op", "raises", "fallible", "result", "calls", "io",
    "use", "example",
];
const CONST_KEYS: &[&str] = &["name", "type", "rust", "use", "example"];

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo names the package's folder");
    let mut files: Vec<_> =
        ["python", "ruchy"].iter().flat_map(|language| row_files(&root, language)).collect();
    files.sort();
    let (mut fns, mut consts) = (Vec::new(), Vec::new());
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let text = std::fs::read_to_string(&file).expect("a row file is readable");
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for (key, value) in table {
            let rows = value.as_array().unwrap_or_else(|| panic!("{}: `{key}` is no array", file.display()));
            for row in rows {
                let row = row.as_table().expect("`[[...]]` makes tables").clone();
                match key.as_str() {
                    "fn" => fns.push(check(row, FN_KEYS, &file)),
                    "const" => consts.push(check(row, CONST_KEYS, &file)),
                    other => panic!("{}: unknown table `{other}`", file.display()),
                }
            }
        }
    }
    fns.sort_by_key(|row| text(row, "name"));
    consts.sort_by_key(|row| text(row, "name"));
    let out = std::env::var("OUT_DIR").expect("cargo names the output folder");
    std::fs::write(Path::new(&out).join("rows.rs"), print(&fns, &consts))
        .expect("the output folder is writable");
}

fn row_files(root: &str, language: &str) -> Vec<PathBuf> {
    let folder = Path::new(root).join(language);
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = std::fs::read_dir(&folder).expect("the folder of rows exists");
    let paths = entries.map(|entry| entry.expect("the folder can be listed").path());
    paths.filter(|path| path.extension().is_some_and(|ext| ext == "toml")).collect()
}

fn check(row: toml::Table, keys: &[&str], file: &Path) -> toml::Table {
    for key in row.keys() {
        assert!(keys.contains(&key.as_str()), "{}: unknown key `{key}` in {row}", file.display());
    }
    assert!(row.contains_key("name"), "{}: a row without a name: {row}", file.display());
    row
}

fn text(row: &toml::Table, key: &str) -> String {
    match row.get(key) {
        None => String::new(),
        Some(toml::Value::String(text)) => text.clone(),
        Some(other) => panic!("`{key}` of `{row}` is no text: {other}"),
    }
}

fn texts(row: &toml::Table, key: &str) -> Vec<String> {
    match row.get(key) {
        None => Vec::new(),
        Some(toml::Value::String(text)) => vec![text.clone()],
        Some(toml::Value::Array(items)) => {
            items.iter().map(|item| item.as_str().expect("a list of texts").to_owned()).collect()
        }
        Some(other) => panic!("`{key}` of `{row}` is no list: {other}"),
    }
}

fn print(fns: &[toml::Table], consts: &[toml::Table]) -> String {
    let mut out = String::from("pub(crate) static FNS: &[RawFn] = &[\n");
    for row in fns {
        let _ = writeln!(
            out,
            "RawFn {{ name: {:?}, sig: {:?}, rust: {:?}, rust_ref: {:?}, rust_big: {:?}, op: {:?}, raises: &{:?}, fallible: {}, moves: {}, calls_in_order: {}, io: {}, uses: &{:?}, example: {:?} }},",
            text(row, "name"),
            text(row, "sig"),
            text(row, "rust"),
            text(row, "rust_ref"),
            text(row, "rust_big"),
            text(row, "op"),
            texts(row, "raises"),
            row.get("fallible").and_then(toml::Value::as_bool).unwrap_or(false),
            text(row, "result") == "moves",
            text(row, "calls") == "once-in-order",
            row.get("io").and_then(toml::Value::as_bool).unwrap_or(false),
            texts(row, "use"),
            text(row, "example"),
        );
    }
    out.push_str("];\npub(crate) static CONSTS: &[RawConst] = &[\n");
    for row in consts {
        let _ = writeln!(
            out,
            "RawConst {{ name: {:?}, ty: {:?}, rust: {:?}, uses: &{:?} }},",
            text(row, "name"),
            text(row, "type"),
            text(row, "rust"),
            texts(row, "use"),
        );
    }
    out.push_str("];\n");
    out
}
