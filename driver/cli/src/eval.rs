//! `batutac -e CODE`: runs a program that stands on the command line, and prints its value.

use crate::args::{CodeArgs, Common};
use crate::compile::{Built, build_project};
use crate::failure::Failure;
use crate::run::execute;
use batuta_session::{Options, Project, Start};
use std::process::ExitCode;

/// What findings and errors call the file.
const FILE: &str = "eval.ruchy";

pub fn eval(args: &CodeArgs, common: &Common) -> Result<ExitCode, Failure> {
    let Some(code) = &args.eval else { return Err(Failure::usage("no command")) };
    let project = Project::single(FILE, code);
    let options = Options { start: Start::Value, ..Options::default() };
    #[cfg(feature = "jit")]
    if args.backend != Some(crate::args::Backend::Rust) {
        let arguments = vec![FILE.to_owned()];
        let ran = crate::jit::run_project(&project, options.clone(), arguments, args.backend, common)?;
        if let Some(code) = ran {
            return Ok(code);
        }
    }
    match build_project(&project, code, false, options, common)? {
        Built::Binary { path, .. } => execute(&path, &[]),
        Built::Findings => Ok(ExitCode::FAILURE),
    }
}
