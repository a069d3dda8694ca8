//! `batutac run`: translates, compiles, runs; the exit code is the program's. What the JIT has no code
//! for goes through the Rust backend.

use crate::args::{Common, RunArgs};
use crate::compile::{Built, build};
use crate::failure::Failure;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

pub fn run(args: &RunArgs, common: &Common) -> Result<ExitCode, Failure> {
    #[cfg(feature = "jit")]
    if args.check.is_some() && (args.release || args.backend == Some(crate::args::Backend::Rust)) {
        return Err(Failure::usage("`--check uninit` needs the JIT: leave `--release` and `--backend` out"));
    }
    #[cfg(feature = "jit")]
    if args.backend != Some(crate::args::Backend::Rust)
        && !args.release
        && let Some(code) = crate::jit::run(args, common)?
    {
        return Ok(code);
    }
    if common.verbose {
        eprintln!("backend: rust");
    }
    let binary = match build(&args.input, args.release, &args.translation, common)? {
        Built::Binary { path, .. } => path,
        Built::Findings => return Ok(ExitCode::FAILURE),
    };
    execute(&binary, &args.args)
}

/// Runs a program; its exit code is ours.
pub fn execute(binary: &Path, args: &[OsString]) -> Result<ExitCode, Failure> {
    let status = Command::new(binary).args(args).status();
    let status = status.map_err(|why| Failure::io("start", binary.display(), &why))?;
    Ok(ExitCode::from(exit_code(status)))
}

/// The program's own status; a signal is 128 and its number, as shells say it.
fn exit_code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128_u8.wrapping_add(signal as u8);
    }
    status.code().unwrap_or(1) as u8
}
