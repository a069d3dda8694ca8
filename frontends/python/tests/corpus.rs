//! Every file of the corpus lowers without a hole, without errors, and keeps its comments.

mod common;

use batuta_base::{Name, Severity, SourceText};
use batuta_core::*;
use batuta_python::{LowerOptions, lower};
use common::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file, its module name and the modules of its project.
struct Case {
    path: PathBuf,
    module: String,
    modules: BTreeSet<String>,
    is_entry: bool,
}

fn single_files(folder: &str) -> Vec<Case> {
    let files = python_files(&corpus().join(folder));
    files
        .into_iter()
        .map(|path| {
            let module = path.file_stem().expect("a file").to_string_lossy().into_owned();
            Case { path, modules: BTreeSet::from([module.clone()]), module, is_entry: true }
        })
        .collect()
}

fn module_of(project: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(project).expect("a file of the project").with_extension("");
    let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts.join(".").trim_end_matches(".__init__").to_owned()
}

fn project_files() -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(corpus().join("projects")).expect("the corpus has projects") {
        let project = entry.expect("a readable folder").path();
        let files = python_files(&project);
        let modules: BTreeSet<String> = files.iter().map(|file| module_of(&project, file)).collect();
        for path in files {
            let module = module_of(&project, &path);
            let is_entry = path.ends_with("__main__.py");
            cases.push(Case { path, module, modules: modules.clone(), is_entry });
        }
    }
    cases
}

fn lower_case(case: &Case) -> FileIr {
    let is_project_module = |path: &str| case.modules.contains(path);
    let options = LowerOptions {
        is_entry: case.is_entry,
        is_package: case.path.ends_with("__init__.py"),
        is_project_module: &is_project_module,
    };
    let source = SourceText::new(case.path.to_string_lossy(), read(&case.path));
    lower(&source, Name::new(&case.module), &options)
}

fn problems(case: &Case, ir: &FileIr) -> Vec<String> {
    let mut found = Vec::new();
    let source = SourceText::new("", read(&case.path));
    for diag in &ir.diags {
        // A name that is not defined is what `loop_scope.py` is about: it catches the `NameError`.
        if diag.code.severity >= Severity::Warning && diag.code.id != "B0201" {
            let base =
                ir.fns.iter().find(|body| body.path == diag.at.item).map_or(0, |body| body.origin.start);
            let at = source.line_col((base + diag.at.origin.start) as usize);
            found.push(format!("{}:{}: {} {}", case.path.display(), at.line, diag.code.id, diag.message));
        }
    }
    for body in &ir.fns {
        let holes = body.nodes.iter().filter(|(_, row)| matches!(row.kind, Node::Hole { .. }));
        found.extend(
            holes.map(|(_, row)| format!("{}: hole in {}: {:?}", case.path.display(), body.path, row.kind)),
        );
    }
    found
}

#[track_caller]
fn all_lower(cases: &[Case], at_least: usize) {
    assert!(cases.len() >= at_least, "only {} files", cases.len());
    let found: Vec<_> = cases.iter().flat_map(|case| problems(case, &lower_case(case))).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn programs_lower() {
    all_lower(&single_files("python"), 50);
}

#[test]
fn projects_lower() {
    all_lower(&project_files(), 40);
}

#[test]
fn numpy_programs_lower() {
    all_lower(&single_files("numpy"), 5);
}

#[test]
fn the_answer_is_the_same_each_time() {
    for case in single_files("python") {
        assert_eq!(lower_case(&case), lower_case(&case), "{}", case.path.display());
    }
}

/// The comments in every slot of a file.
fn comments(ir: &FileIr) -> Vec<String> {
    let mut out: Vec<String> =
        ir.module.end_comments.iter().map(|comment| comment.text.to_string()).collect();
    let mut add = |comments: &[Comment]| out.extend(comments.iter().map(|comment| comment.text.to_string()));
    ir.module.items.iter().for_each(|row| add(&row.above));
    for field in ir.classes.iter().flat_map(|class| &class.fields) {
        add(&field.above);
        let beside = field.beside.iter().map(|text| Comment { text: text.clone(), blank_before: false });
        add(&beside.collect::<Vec<_>>());
    }
    for body in &ir.fns {
        add(&body.above);
        for (_, block) in body.blocks.iter() {
            add(&block.end_comments);
            for stmt in &block.stmts {
                add(&stmt.above);
                let beside =
                    stmt.beside.iter().map(|text| Comment { text: text.clone(), blank_before: false });
                add(&beside.collect::<Vec<_>>());
            }
        }
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Match { arms, .. } => arms.iter().for_each(|arm| add(&arm.above)),
                Node::Try { handlers, .. } => handlers.iter().for_each(|handler| add(&handler.above)),
                _ => {}
            }
        }
    }
    out.sort();
    out
}

/// The comments of a file, by Python's tokens: `#` outside of string literals.
fn written(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = if text.starts_with("#!") { &text[text.find('\n').unwrap_or(0)..] } else { text };
    while let Some(at) = rest.find(['#', '"', '\'']) {
        let tail = &rest[at..];
        if tail.starts_with('#') {
            let end = tail.find('\n').unwrap_or(tail.len());
            out.push(tail[1..end].trim_end().to_owned());
            rest = &tail[end..];
            continue;
        }
        let quote =
            ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| tail.starts_with(quote)).expect("a quote");
        let mut end = quote.len();
        while !tail[end..].starts_with(quote) {
            let step = tail[end..].chars().next().expect("a literal that ends");
            end += step.len_utf8();
            if step == '\\' {
                end += tail[end..].chars().next().map_or(0, char::len_utf8);
            }
        }
        rest = &tail[end + quote.len()..];
    }
    out.sort();
    out
}

#[test]
fn every_comment_has_one_slot() {
    let mut count = 0;
    // Code that does not run in a module takes its comments along, so every file is the entry here.
    let cases = single_files("python").into_iter().chain(single_files("numpy")).chain(project_files());
    for case in cases.map(|case| Case { is_entry: true, ..case }) {
        let text = read(&case.path);
        assert_eq!(comments(&lower_case(&case)), written(&text), "{}", case.path.display());
        count += written(&text).len();
    }
    assert!(count > 55, "only {count} comments in the corpus");
}
