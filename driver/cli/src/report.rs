//! Findings as text with source lines, or as JSON.

use crate::args::{Color, Common, OutputFormat};
use batuta_base::Severity;
use batuta_session::{Finding, Position, Project};
use codespan_reporting::diagnostic::{Diagnostic, Label, Severity as Shown};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term::{self, termcolor};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{IsTerminal, Write};

/// Writes findings to stderr as text; `-q` leaves errors only. Nothing where JSON is asked for.
pub fn show(findings: &[Finding], project: &Project, common: &Common) {
    show_lines(findings, project, common);
    if common.output_format != OutputFormat::Json {
        summary(findings, common);
    }
}

/// The same without a count of them.
pub fn show_lines(findings: &[Finding], project: &Project, common: &Common) {
    if common.output_format == OutputFormat::Json {
        return;
    }
    let mut files = SimpleFiles::new();
    let mut ids = HashMap::new();
    for file in &project.files {
        ids.insert(file.path.as_str(), files.add(file.path.as_str(), &*file.text));
    }
    let mut buffer =
        if has_color(common) { termcolor::Buffer::ansi() } else { termcolor::Buffer::no_color() };
    for finding in findings.iter().filter(|found| !common.quiet || found.is_error()) {
        let diagnostic = match too_long(finding, project) {
            Some(place) => diagnostic(finding, &HashMap::new()).with_notes(vec![place]),
            None => diagnostic(finding, &ids),
        };
        if term::emit_to_write_style(&mut buffer, &term::Config::default(), &files, &diagnostic).is_err() {
            let _ = writeln!(buffer, "{}: {}", finding.code, finding.message);
        }
    }
    let _ = std::io::stderr().write_all(buffer.as_slice());
}

/// Lines longer than this are not quoted.
const LONGEST_LINE: usize = 400;

/// The place in words, where the source line is too long to be shown.
fn too_long(finding: &Finding, project: &Project) -> Option<String> {
    let at = finding.at.as_ref()?;
    let file = project.files.iter().find(|file| file.path == at.file)?;
    let start = file.text[..at.start].rfind('\n').map_or(0, |found| found + 1);
    let length = file.text[start..].find('\n').unwrap_or(file.text.len() - start);
    (length > LONGEST_LINE).then(|| format!("at {}:{}:{}", at.file, at.line, at.column))
}

/// `--color`, then `NO_COLOR`, then whether stderr is a terminal.
pub fn has_color(common: &Common) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match common.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !refused && std::io::stderr().is_terminal(),
    }
}

fn diagnostic(finding: &Finding, ids: &HashMap<&str, usize>) -> Diagnostic<usize> {
    let severity = match finding.severity {
        Severity::Error => Shown::Error,
        Severity::Warning => Shown::Warning,
        Severity::Note => Shown::Note,
    };
    let id_of = |at: &Position| ids.get(at.file.as_str()).copied();
    let mut labels = Vec::new();
    for (index, mark) in finding.marks.iter().enumerate() {
        let Some(id) = id_of(&mark.at) else { continue };
        let range = mark.at.start..mark.at.end;
        let label = if index == 0 { Label::primary(id, range) } else { Label::secondary(id, range) };
        labels.push(label.with_message(&mark.text));
    }
    if labels.is_empty()
        && let Some((at, id)) = finding.at.as_ref().and_then(|at| Some((at, id_of(at)?)))
    {
        labels.push(Label::primary(id, at.start..at.end));
    }
    let notes = finding.hints.iter().map(|hint| format!("help: {hint}")).collect();
    Diagnostic::new(severity)
        .with_code(finding.code)
        .with_message(&finding.message)
        .with_labels(labels)
        .with_notes(notes)
}

fn summary(findings: &[Finding], common: &Common) {
    let count = |severity| findings.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let words = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => {}
        (0, _) if common.quiet => {}
        (0, n) => eprintln!("{}", words(n, "warning")),
        (n, 0) => eprintln!("{}", words(n, "error")),
        (e, w) => eprintln!("{}, {}", words(e, "error"), words(w, "warning")),
    }
}

/// A place as JSON.
pub fn position_json(at: &Position) -> Value {
    json!({
        "file": at.file, "start": at.start, "end": at.end,
        "line": at.line, "column": at.column, "end_line": at.end_line, "end_column": at.end_column,
    })
}

/// Findings as JSON rows: code, severity, message, place, labels, hints.
pub fn json(findings: &[Finding]) -> Value {
    let row = |found: &Finding| {
        let labels: Vec<_> = found
            .marks
            .iter()
            .map(|mark| json!({ "at": position_json(&mark.at), "text": mark.text }))
            .collect();
        let severity = match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        json!({
            "code": found.code, "severity": severity, "message": found.message,
            "at": found.at.as_ref().map(position_json), "labels": labels, "hints": found.hints,
        })
    };
    findings.iter().map(row).collect()
}
