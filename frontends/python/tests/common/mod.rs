//! Helpers of the tests: lowering a text or a file, the text form of what comes out.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    reason = "tests read the corpus; not every test uses every helper"
)]

use batuta_base::{Name, SourceText};
use batuta_core::text::print_body;
use batuta_core::*;
use batuta_python::{LowerOptions, lower};
use std::path::{Path, PathBuf};

/// The module `m` of a project that also has `pkg`, `pkg.sub` and `other`.
pub fn lower_text(text: &str) -> FileIr {
    let is_project_module = |path: &str| matches!(path, "m" | "pkg" | "pkg.sub" | "other");
    let options = LowerOptions { is_entry: true, is_package: false, is_project_module: &is_project_module };
    lower(&SourceText::new("m.py", text), Name::new("m"), &options)
}

/// The text form of all bodies of a source text.
pub fn hir(text: &str) -> String {
    let ir = lower_text(text);
    ir.fns.iter().map(print_body).collect::<Vec<_>>().join("\n")
}

/// The text form of one body.
pub fn body(text: &str, path: &str) -> String {
    let ir = lower_text(text);
    let found = ir.fns.iter().find(|body| body.path == path);
    found.map_or_else(|| panic!("no body `{path}`"), print_body)
}

/// Lowers the statements as the body of `def f(a, b, c):` and compares the lines inside.
#[track_caller]
pub fn check(statements: &str, expected: &str) {
    let indented: String = statements.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!("def f(a, b, c):\n{indented}");
    let ir = lower_text(&text);
    let printed = ir.fns.iter().find(|body| body.path == "m.f").map(print_body).unwrap_or_default();
    let lines: Vec<&str> = printed.lines().collect();
    let inside: Vec<&str> =
        lines[1..lines.len() - 1].iter().map(|line| line.get(2..).unwrap_or("")).collect();
    let expected: Vec<&str> = expected.trim_matches('\n').lines().collect();
    let indent = expected.first().map_or(0, |line| line.len() - line.trim_start().len());
    let expected: Vec<&str> = expected.iter().map(|line| line.get(indent..).unwrap_or("")).collect();
    assert_eq!(inside.join("\n"), expected.join("\n"), "\nsource:\n{statements}");
    assert!(ir.diags.is_empty(), "{:#?}", ir.diags);
}

/// The codes of the diagnostics of a text, in order.
pub fn codes(text: &str) -> Vec<&'static str> {
    lower_text(text).diags.iter().map(|found| found.code.id).collect()
}

/// The folder of the corpus.
pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus")
}

/// The Python files below a folder, sorted.
pub fn python_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the corpus has this folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "py") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a readable file of UTF-8 text")
}

/// Every statement of a body, nested blocks included.
pub fn all_stmts(body: &Body<Hir>) -> Vec<&Stmt> {
    body.blocks.iter().flat_map(|(_, block)| &block.stmts).collect()
}
