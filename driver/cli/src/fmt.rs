//! `batutac fmt`: formats Ruchy files in place; a file that does not parse stays as it is.

use crate::args::{Common, FmtArgs};
use crate::failure::Failure;
use crate::{folder, report};
use batuta_session::{FormatError, Options, Project, Session, format_ruchy, load_ruchy, ruchy_files};
use similar::TextDiff;
use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

pub fn fmt(args: &FmtArgs, common: &Common) -> Result<ExitCode, Failure> {
    let mut is_fine = true;
    for input in &args.inputs {
        if input.as_os_str() == "-" {
            is_fine &= standard_input(args, common)?;
            continue;
        }
        for path in ruchy_files(input)? {
            is_fine &= file(args, &path, common)?;
        }
    }
    Ok(ExitCode::from(u8::from(!is_fine)))
}

/// Formats what comes in; the text goes out, unless only its differences are asked for.
fn standard_input(args: &FmtArgs, common: &Common) -> Result<bool, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().read_to_string(&mut text);
    read.map_err(|why| Failure::io("read", "standard input", &why))?;
    let project = Project::single("stdin.ruchy", &text);
    let Some(formatted) = formatted(&project, &text, common)? else { return Ok(false) };
    if args.check || args.diff {
        return Ok(compare("standard input", &text, &formatted, args));
    }
    print(&formatted)?;
    Ok(true)
}

/// Formats a file; whether it is, or now is, as it should be.
fn file(args: &FmtArgs, path: &Path, common: &Common) -> Result<bool, Failure> {
    let project = load_ruchy(path)?;
    let text = &project.files[0].text;
    let Some(formatted) = formatted(&project, text, common)? else { return Ok(false) };
    if args.stdout {
        print(&formatted)?;
        return Ok(true);
    }
    if args.check || args.diff {
        return Ok(compare(&path.display().to_string(), text, &formatted, args));
    }
    if formatted != **text {
        folder::replace(path, &formatted)?;
        if common.verbose {
            eprintln!("formatted {}", path.display());
        }
    }
    Ok(true)
}

/// The formatted text; nothing where the text has faults, which are shown.
fn formatted(project: &Project, text: &str, common: &Common) -> Result<Option<String>, Failure> {
    match format_ruchy(text) {
        Ok(formatted) => Ok(Some(formatted)),
        Err(FormatError::Syntax) => {
            let mut findings = Session::new(project, Options::default()).findings();
            findings.retain(|finding| finding.is_error());
            report::show(&findings, project, common);
            Ok(None)
        }
        Err(FormatError::Unsure) => Err(Failure::usage(format!(
            "internal error, please report: {} would not mean the same when it is formatted",
            project.files[0].path
        ))
        .hint("the file was left as it is")),
    }
}

/// Says whether a text is formatted, and shows where not.
fn compare(name: &str, old: &str, new: &str, args: &FmtArgs) -> bool {
    if old == new {
        return true;
    }
    if args.diff {
        let diff = TextDiff::from_lines(old, new);
        let shown =
            diff.unified_diff().context_radius(3).header(name, &format!("{name} (formatted)")).to_string();
        let _ = std::io::stdout().write_all(shown.as_bytes());
    } else {
        println!("{name}");
    }
    // A diff alone is no question.
    !args.check
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::io("write", "standard output", &why))
        }
        _ => Ok(()),
    }
}
