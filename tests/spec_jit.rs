//! Specs in the JIT: each in a process of its own, which is this runner with a program to run.

use super::{Case, Settings, project, settings};
use batuta_session::Session;
use batuta_tests::markdown;
use batuta_tests::outcome::{self, difference};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Names a spec file, and the heading of the spec to run.
pub const PROGRAM: &str = "BATUTA_JIT_SPEC";
const HEADING: &str = "BATUTA_JIT_HEADING";
/// Exit code of a program that the JIT has no code for.
const GAP: i32 = 99;

/// Runs the spec that the environment names.
pub fn run(path: &Path) -> ExitCode {
    let text = std::fs::read_to_string(path).expect("the parent read it");
    let heading = std::env::var(HEADING).unwrap_or_default();
    let specs = markdown::parse(&text).expect("the parent parsed it");
    let spec = specs.into_iter().find(|spec| spec.heading == heading).expect("the parent found it");
    let Settings { args, options, .. } = settings(&spec).expect("the parent read them");
    let session = Session::new(&project(&spec), options);
    let args = std::iter::once("demo.py".to_owned()).chain(args).collect();
    let gaps = session.run(args);
    for gap in &gaps {
        eprintln!("no code yet for {}", gap.what);
    }
    if gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(GAP as u8) }
}

/// Compares the JIT's output with the fences. A spec in `tests/jit_gaps.txt` must have a gap.
pub fn check(case: &mut Case) {
    let mut command = Command::new(std::env::current_exe().expect("the runner has a path"));
    command.env(PROGRAM, &case.file).env(HEADING, &case.spec.heading);
    let answer = match outcome::run(&mut command, case.settings.stdin.as_bytes(), Duration::from_secs(20)) {
        Ok(answer) => answer,
        Err(why) => return case.failures.push(why),
    };
    let last = answer.stderr.lines().last().unwrap_or_default().to_owned();
    let is_known = known_gaps().contains(&case.name);
    match (answer.code == Some(GAP), is_known) {
        (true, true) => return,
        (true, false) => {
            return case.failures.push(format!("the JIT has {last}: say so in tests/jit_gaps.txt"));
        }
        (false, true) => {
            case.failures.push("it runs in the JIT now: take its name out of tests/jit_gaps.txt".to_owned());
        }
        (false, false) => {}
    }
    let stdout = String::from_utf8_lossy(&answer.stdout).into_owned();
    for (lang, actual) in [("output", stdout), ("stderr", format!("{last}\n"))] {
        let Some(fence) = case.spec.fence(lang) else { continue };
        if fence.text != actual {
            let detail = difference(fence.text.as_bytes(), actual.as_bytes());
            case.failures.push(format!("line {}: the JIT's `{lang}` differs, {detail}; {last}", fence.line));
        }
    }
    let exit = case.settings.exit.unwrap_or(i32::from(case.spec.fence("stderr").is_some()));
    if answer.code != Some(exit) {
        case.failures.push(format!("the JIT's exit is {:?}, expected {exit}; {last}", answer.code));
    }
}

/// Names of specs that the JIT has no code for.
fn known_gaps() -> Vec<String> {
    let path = batuta_tests::root().join("tests/jit_gaps.txt");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}
