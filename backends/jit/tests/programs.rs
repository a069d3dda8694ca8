//! Every program under `programs/`, and those of the Rust backend, run and print what they should.
//!
//! A program ends its process when it fails and prints to its stdout: each runs in a process of its own.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use batuta_core::{Mir, Program, text::parse_program};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

fn main() -> ExitCode {
    if let Some(path) = std::env::var_os("BATUTA_JIT_PROGRAM") {
        return run(Path::new(&path));
    }
    let mut failed = 0;
    for path in programs() {
        let expected =
            std::fs::read_to_string(path.with_extension("out")).expect("its output stands beside it");
        let mut command = Command::new(std::env::current_exe().expect("this binary has a path"));
        let done = command.env("BATUTA_JIT_PROGRAM", &path).output().expect("the binary starts");
        let actual = format!("{}{}", String::from_utf8_lossy(&done.stdout), last_line(&done.stderr));
        let verdict = if actual == expected { "ok" } else { "FAILED" };
        println!("test {} ... {verdict}", path.file_stem().unwrap_or_default().display());
        if actual != expected {
            failed += 1;
            println!("--- expected\n{expected}--- actual\n{actual}{}", String::from_utf8_lossy(&done.stderr));
        }
    }
    println!("test result: {}. {failed} failed", if failed == 0 { "ok" } else { "FAILED" });
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The last line of an uncaught error, which a program's `.out` ends with.
fn last_line(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    text.lines().last().map(|line| format!("{line}\n")).unwrap_or_default()
}

fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("tests/programs"), root.join("../rust/tests/programs")];
    let mut out: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).expect("the folder is there"))
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "bir") && !is_gap(path))
        .collect();
    out.sort();
    out
}

/// Programs of the Rust backend that the JIT has no code for yet.
fn is_gap(path: &Path) -> bool {
    const GAPS: &[&str] = &["streams.bir"];
    path.file_name().is_some_and(|name| GAPS.iter().any(|gap| name == *gap))
}

fn run(path: &Path) -> ExitCode {
    let text = std::fs::read_to_string(path).expect("a readable program");
    let program: Program<Mir> = match parse_program(&text) {
        Ok(program) => program,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let options = batuta_jit::Options {
        args: Vec::new(),
        locate: Arc::new(|_, _| None),
        can_stop: false,
        listing: None,
    };
    let gaps = batuta_jit::run(program, options);
    for gap in &gaps {
        eprintln!("gap: {}", gap.what);
    }
    if gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
