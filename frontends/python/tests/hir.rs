//! The Hir of each construct family: `hir/*.md` hold Python and the text that it becomes.
//!
//! `BLESS=1 cargo test -p batuta-python --test hir` rewrites the expectations; read the diff.

#![allow(clippy::disallowed_methods, reason = "tests read and bless files")]

mod common;

use batuta_core::text::print_body;
use batuta_core::*;
use common::*;
use std::fmt::Write;
use std::path::Path;

/// What a source text becomes: items, classes, globals, bodies, diagnostics.
fn show(source: &str) -> String {
    let ir = lower_text(source);
    let mut out = String::new();
    for row in &ir.module.items {
        for comment in &row.above {
            let _ = writeln!(out, "#{}", comment.text);
        }
        if let Item::Import(path) = row.item {
            let _ = writeln!(out, "import @{path}");
        }
    }
    for (name, path) in &ir.module.aliases {
        let _ = writeln!(out, "alias @{name} = @{path}");
    }
    ir.globals.iter().for_each(|global| show_global(global, &mut out));
    ir.classes.iter().for_each(|class| show_class(class, &mut out));
    for body in
        ir.fns.iter().filter(|body| body.kind != FnKind::Init || !body.blocks[body.root].stmts.is_empty())
    {
        body.above.iter().for_each(|comment| out.push_str(&format!("#{}\n", comment.text)));
        out.push_str(&print_body(body));
    }
    for comment in &ir.module.end_comments {
        let _ = writeln!(out, "#{}", comment.text);
    }
    for found in &ir.diags {
        let _ = writeln!(out, "{} {} {}", found.code.id, found.message, found.hints.join("; "));
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn show_global(global: &GlobalDef, out: &mut String) {
    let change = if global.is_rebound { " mut" } else { "" };
    let _ = writeln!(out, "global @{}: {}{change}", global.path, global.ty);
}

fn show_class(class: &ClassDef, out: &mut String) {
    let list = |names: &[batuta_base::Name]| {
        names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
    };
    let params =
        if class.type_params.is_empty() { String::new() } else { format!("<{}>", list(&class.type_params)) };
    let _ = writeln!(out, "class @{}{params}({}) {:?} {{", class.path, list(&class.bases), class.kind);
    if let Some(doc) = &class.doc {
        let _ = writeln!(out, "  doc {doc:?}");
    }
    for field in &class.fields {
        field.above.iter().for_each(|comment| out.push_str(&format!("  #{}\n", comment.text)));
        let default = field.default.map_or(String::new(), |path| format!(" = @{path}"));
        let flags =
            if field.flags == FieldFlags::default() { String::new() } else { format!(" {:?}", field.flags) };
        let beside = field.beside.as_ref().map_or(String::new(), |text| format!("  #{text}"));
        let _ = writeln!(out, "  {}: {}{default}{flags}{beside}", field.name, field.ty);
    }
    let _ = writeln!(out, "  methods {}", list(&class.methods));
    let _ = writeln!(out, "  attributes {}\n}}", list(&class.attributes));
}

/// Checks (or blesses) one file; gives the number of its cases.
fn check_file(path: &Path) -> usize {
    let text = read(path);
    let is_blessing = std::env::var_os("BLESS").is_some();
    let (mut out, mut count, mut wrong) = (String::new(), 0, Vec::new());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("```python\n") {
        let (source, after) = after.split_once("```").expect("a fence ends");
        let (expected, after) = match after.trim_start_matches('\n').strip_prefix("```hir\n") {
            Some(fence) => fence.split_once("\n```").expect("a fence ends"),
            None => ("", after),
        };
        let found = show(source);
        count += 1;
        if found != expected {
            let title = before.lines().rev().find(|line| line.starts_with('#')).unwrap_or("");
            wrong.push(format!("{title}\n{source}--- expected\n{expected}\n--- found\n{found}"));
        }
        let _ = write!(out, "{before}```python\n{source}```\n```hir\n{found}\n```");
        rest = after;
    }
    out.push_str(rest);
    if is_blessing {
        std::fs::write(path, out).expect("a writable file");
    } else {
        assert!(wrong.is_empty(), "{}: {}", path.display(), wrong.join("\n\n"));
    }
    count
}

macro_rules! families {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hir").join(concat!(stringify!($name), ".md"));
            assert!(check_file(&path) > 0);
        })*
        #[test]
        fn every_family_is_checked() {
            let names = [$(concat!(stringify!($name), ".md")),*];
            for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hir")).expect("the folder") {
                let name = entry.expect("a readable folder").file_name();
                assert!(names.contains(&name.to_string_lossy().as_ref()), "{name:?} is not listed in hir.rs");
            }
        }
    };
}

families! {
    assignments calls classes comments comprehensions control diagnostics expressions formats functions imports
    literals matching names types
}
