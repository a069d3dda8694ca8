//! `batutac run` in this process.

use crate::args::{Backend, Common, RunArgs};
use crate::compile::starting;
use crate::failure::Failure;
use crate::report;
use batuta_session::{Gap, Options, Project, Session};
use std::process::ExitCode;

/// Runs a program, or gives nothing when the JIT has no code for a part of it. A program that fails
/// ends this process with its status.
pub fn run(args: &RunArgs, common: &Common) -> Result<Option<ExitCode>, Failure> {
    let name = args.input.display().to_string();
    let rest = args.args.iter().map(|arg| arg.to_string_lossy().into_owned());
    let arguments = std::iter::once(name).chain(rest).collect();
    let project = starting(&args.input, &args.translation)?;
    // What programs in Python keep for long, the JIT does not give back yet: they are asked to run in it.
    let ends_with = |endings: &[&str]| {
        project.files.iter().all(|file| endings.iter().any(|ending| file.path.ends_with(ending)))
    };
    if args.check.is_some() && !ends_with(&[".c", ".h"]) {
        return Err(Failure::usage("`--check uninit` is for programs in C"));
    }
    if args.backend.is_none() && !ends_with(&[".ruchy", ".c", ".h"]) {
        return Ok(None);
    }
    let mut options = args.translation.options(String::new());
    let mut backend = args.backend;
    if args.check.is_some() {
        options.preprocessing.check_uninit = true;
        backend = Some(Backend::Jit);
    }
    run_project(&project, options, arguments, backend, common)
}

/// The same for a project in memory; the program sees `arguments` as its own, its name first.
pub fn run_project(
    project: &Project,
    options: Options,
    arguments: Vec<String>,
    backend: Option<Backend>,
    common: &Common,
) -> Result<Option<ExitCode>, Failure> {
    let session = Session::new(project, options);
    let findings = session.findings();
    if findings.iter().any(|finding| finding.is_error()) {
        // The other road reports them.
        return Ok(None);
    }
    report::show(&findings, project, common);
    if common.verbose {
        eprintln!("backend: jit");
    }
    let gaps = session.run(arguments);
    let Some(first) = gaps.first() else { return Ok(Some(ExitCode::SUCCESS)) };
    let place = |gap: &Gap| {
        gap.place.as_ref().map(|place| format!(" at {}:{}", place.file, place.line)).unwrap_or_default()
    };
    if common.verbose {
        gaps.iter().for_each(|gap| eprintln!("no code yet for {}{}", gap.what, place(gap)));
    }
    let at = place(first);
    let more = if gaps.len() > 1 { format!(" and {} more", gaps.len() - 1) } else { String::new() };
    let what = format!("no code in the JIT yet for {}{at}{more}", first.what);
    if backend == Some(Backend::Jit) {
        return Err(Failure::usage(what).hint("leave `--backend` out: the program goes through Rust then"));
    }
    if !common.quiet {
        eprintln!("note: {what}: going through Rust");
    }
    Ok(None)
}
