//! `batutac check`: findings only, and on demand what inference found.

use crate::args::{CheckArgs, Common, OutputFormat};
use crate::failure::Failure;
use crate::report;
use batuta_session::{Finding, Homes, Session, Signature, coverage};
use std::fmt::Write;
use std::process::ExitCode;

pub fn check(args: &CheckArgs, common: &Common) -> Result<ExitCode, Failure> {
    let Some(input) = &args.input else { return Ok(catalogue(common)) };
    let project = args.translation.load(input)?;
    let session = Session::new(&project, args.translation.options(String::new()));
    let findings = session.findings();
    report::show(&findings, &project, common);
    let homes = session.homes();
    let signatures = if args.explain_types { session.signatures() } else { Vec::new() };
    if common.output_format == OutputFormat::Json {
        let mut out = serde_json::json!({ "diagnostics": report::json(&findings), "notes": project.notes });
        if !homes.is_empty() {
            out["memory"] = memory_json(&homes);
        }
        if args.explain_types {
            out["signatures"] = signatures.iter().map(signature_json).collect();
        }
        println!("{out}");
    } else {
        print!("{}", signature_lines(&signatures));
        if args.explain_types {
            print!("{}", home_lines(&homes));
        }
    }
    Ok(ExitCode::from(u8::from(findings.iter().any(Finding::is_error))))
}

/// One line for each module: names known of all public ones, then those that are missing.
fn catalogue(common: &Common) -> ExitCode {
    let rows = coverage();
    if common.output_format == OutputFormat::Json {
        let rows = rows.iter().map(
            |row| serde_json::json!({ "module": row.module, "known": row.known, "missing": row.missing }),
        );
        println!("{}", rows.collect::<serde_json::Value>());
        return ExitCode::SUCCESS;
    }
    for row in &rows {
        let (known, all) = (row.known.len(), row.known.len() + row.missing.len());
        let share = 100 * known / all.max(1);
        let line =
            format!("{:<14} {known:>3} of {all:>3}  {share:>3} %  {}", row.module, row.missing.join(" "));
        println!("{}", line.trim_end());
    }
    ExitCode::SUCCESS
}

/// One line for each signature, below it one for each dynamic local.
fn signature_lines(signatures: &[Signature]) -> String {
    let mut out = String::new();
    for row in signatures {
        let _ = writeln!(out, "{}:{}: {}{}", row.at.file, row.at.line, row.name, row.text);
        for local in &row.dynamic {
            let line = local.at.as_ref().map_or(String::new(), |at| format!(" (line {})", at.line));
            let _ = writeln!(out, "    {}: Any{line}: {}", local.name, local.why);
        }
    }
    out
}

/// One line for each function of C, below it one for each variable in checked memory.
fn home_lines(homes: &[Homes]) -> String {
    let mut out = String::new();
    for row in homes {
        let name = if row.function.is_empty() { "static storage" } else { &row.function };
        let all = row.own + row.checked.len();
        let _ = write!(
            out,
            "{}:{}: {name}: {} of {all} variables in checked memory",
            row.at.file,
            row.at.line,
            row.checked.len()
        );
        let _ = match row.pointers {
            0 => writeln!(out),
            1 => writeln!(out, ", 1 pointer"),
            count => writeln!(out, ", {count} pointers"),
        };
        for variable in &row.checked {
            let line = variable.at.as_ref().map_or(String::new(), |at| format!(" (line {})", at.line));
            let _ = writeln!(out, "    {}{line}: {}", variable.name, variable.why);
        }
    }
    out
}

fn memory_json(homes: &[Homes]) -> serde_json::Value {
    let sum = |count: fn(&Homes) -> usize| homes.iter().map(count).sum::<usize>();
    let rows = homes.iter().map(|row| {
        let variables = row.checked.iter().map(|variable| {
            let at = variable.at.as_ref().map(report::position_json);
            serde_json::json!({ "name": variable.name.as_str(), "at": at, "why": variable.why })
        });
        serde_json::json!({
            "function": row.function,
            "at": report::position_json(&row.at),
            "own": row.own,
            "pointers": row.pointers,
            "checked": variables.collect::<Vec<_>>(),
        })
    });
    serde_json::json!({
        "variables": sum(|row| row.own + row.checked.len()),
        "checked": sum(|row| row.checked.len()),
        "pointers": sum(|row| row.pointers),
        "functions": rows.collect::<Vec<_>>(),
    })
}

fn signature_json(row: &Signature) -> serde_json::Value {
    let dynamic = row.dynamic.iter().map(|local| {
        let at = local.at.as_ref().map(report::position_json);
        serde_json::json!({ "name": local.name.as_str(), "at": at, "why": local.why })
    });
    serde_json::json!({
        "name": row.name,
        "signature": row.text,
        "at": report::position_json(&row.at),
        "dynamic": dynamic.collect::<Vec<_>>(),
    })
}
