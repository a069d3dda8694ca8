//! `batutac transpile`: Rust on stdout or in a folder.

use crate::args::{Common, Emit, OutputFormat, TranspileArgs};
use crate::failure::Failure;
use crate::{cache, folder, report};
use batuta_session::{Finding, Level, Output, Project, Session};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

pub fn transpile(args: &TranspileArgs, common: &Common) -> Result<ExitCode, Failure> {
    let input = args.input.as_ref().or(args.source.as_ref()).ok_or_else(|| Failure::usage("no input"))?;
    let project = args.translation.load(input)?;
    // The runtime's place matters only where a manifest is written.
    let runtime = if args.output.is_some() { cache::runtime()?.display().to_string() } else { String::new() };
    let (project, session) = Session::with_tests(project, args.translation.options(runtime));
    if args.emit.iter().any(|level| *level != Emit::Rust) {
        return Ok(emit_levels(args, &session, &project, common));
    }
    let output = session.output();
    report::show(&output.findings, &project, common);
    if !common.quiet {
        project.notes.iter().for_each(|note| eprintln!("note: {note}"));
    }
    match &args.output {
        Some(dir) => to_folder(args, dir, &output, common)?,
        None if common.output_format == OutputFormat::Json => {
            println!("{}", json!({ "files": output.files, "diagnostics": report::json(&output.findings) }));
        }
        None => print!("{}", rust_text(&output.files)),
    }
    Ok(ExitCode::from(u8::from(output.has_errors())))
}

/// Prints the asked levels, one after the other, with a heading when there are several.
fn emit_levels(args: &TranspileArgs, session: &Session, project: &Project, common: &Common) -> ExitCode {
    let findings = session.findings();
    report::show(&findings, project, common);
    for level in &args.emit {
        let (name, text) = match level {
            Emit::Hir => ("hir", session.text(Level::Hir)),
            Emit::Typed => ("typed", session.text(Level::Typed)),
            Emit::Mir => ("mir", session.text(Level::Mir)),
            Emit::Rust => ("rust", rust_text(&session.output().files)),
        };
        if args.emit.len() > 1 {
            println!("# {name}\n");
        }
        print!("{text}");
    }
    ExitCode::from(u8::from(findings.iter().any(Finding::is_error)))
}

/// The Rust sources; each with its path when there are several.
fn rust_text(files: &BTreeMap<String, String>) -> String {
    let sources: Vec<_> = files.iter().filter(|(path, _)| path.ends_with(".rs")).collect();
    if let [(_, text)] = sources.as_slice() {
        return (*text).clone();
    }
    let mut out = String::new();
    for (path, text) in sources {
        let _ = write!(out, "// {path}\n{text}\n");
    }
    out
}

fn to_folder(args: &TranspileArgs, dir: &Path, output: &Output, common: &Common) -> Result<(), Failure> {
    if output.files.is_empty() {
        return Ok(());
    }
    let files = &folder::standing_alone(dir, output.files.clone());
    let plan = if args.diff || args.dry_run {
        folder::plan(dir, files, true)?
    } else {
        folder::write(dir, files, args.force)?
    };
    if args.diff {
        print_diff(dir, files, &plan);
    } else if common.output_format == OutputFormat::Json {
        let written: Vec<_> = output.files.keys().collect();
        println!("{}", json!({ "written": written, "diagnostics": report::json(&output.findings) }));
    } else if args.dry_run || common.verbose {
        let rows = [
            ("new", &plan.new),
            ("changed", &plan.changed),
            ("same", &plan.same),
            ("removed", &plan.removed),
        ];
        for (what, paths) in rows {
            paths.iter().for_each(|path| println!("{what:8} {}", dir.join(path).display()));
        }
    }
    Ok(())
}

/// Unified diffs from what lies in the folder to what would be written.
fn print_diff(dir: &Path, files: &BTreeMap<String, String>, plan: &folder::Plan) {
    let old = |path: &str| std::fs::read_to_string(dir.join(path)).unwrap_or_default();
    for path in plan.new.iter().chain(&plan.changed).chain(&plan.removed) {
        let (before, after) = (old(path), files.get(path).map_or("", String::as_str));
        let diff = similar::TextDiff::from_lines(before.as_str(), after);
        print!("{}", diff.unified_diff().header(&format!("a/{path}"), &format!("b/{path}")));
    }
}
