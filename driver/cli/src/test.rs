//! `batutac test`: runs the tests of Ruchy files, each in a process of its own.

use crate::args::{Common, OutputFormat, TestArgs};
use crate::compile::{Built, build_project};
use crate::failure::Failure;
use crate::report;
use batuta_session::{Options, Project, Session, Start, Test, load_ruchy, ruchy_files};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

pub fn test(args: &TestArgs, common: &Common) -> Result<ExitCode, Failure> {
    #[cfg(feature = "jit")]
    if let Some(name) = &args.one {
        return one(args, name, common);
    }
    let mut counts = Counts::default();
    let mut rows = Vec::new();
    for path in ruchy_files(&args.input)? {
        let project = load_ruchy(&path)?;
        let tests = batuta_session::tests(&project.files[0].text);
        let chosen: Vec<Test> = tests.into_iter().filter(|test| is_chosen(args, test)).collect();
        if args.list {
            chosen.iter().for_each(|test| println!("{}:{}: {}", path.display(), test.line, test.name));
            continue;
        }
        rows.extend(file(args, &project, chosen, &mut counts, common)?);
    }
    if args.list {
        return Ok(ExitCode::SUCCESS);
    }
    let is_fine = counts.failed == 0 && counts.broken == 0;
    if common.output_format == OutputFormat::Json {
        let json = json!({
            "passed": counts.passed, "failed": counts.failed, "ignored": counts.ignored,
            "broken_files": counts.broken, "tests": rows,
        });
        println!("{json}");
    } else {
        counts.summary(is_fine);
    }
    Ok(ExitCode::from(u8::from(!is_fine)))
}

fn is_chosen(args: &TestArgs, test: &Test) -> bool {
    args.filter.is_empty() || args.filter.iter().any(|part| test.name.contains(part.as_str()))
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    ignored: usize,
    /// Files whose tests cannot be run.
    broken: usize,
    time: Duration,
}

impl Counts {
    fn summary(&self, is_fine: bool) {
        let word = if is_fine { "ok" } else { "FAILED" };
        let broken = match self.broken {
            0 => String::new(),
            1 => "; 1 file with errors".to_owned(),
            count => format!("; {count} files with errors"),
        };
        println!(
            "\ntest result: {word}. {} passed; {} failed; {} ignored{broken}; finished in {:.2}s",
            self.passed,
            self.failed,
            self.ignored,
            self.time.as_secs_f64()
        );
    }
}

/// What became of a test.
enum Outcome {
    Passed,
    Ignored(String),
    /// Why, and what it printed.
    Failed(String, String),
}

/// Runs the chosen tests of a file; gives a row of JSON for each.
fn file(
    args: &TestArgs,
    project: &Project,
    tests: Vec<Test>,
    counts: &mut Counts,
    common: &Common,
) -> Result<Vec<Value>, Failure> {
    let path = project.files[0].path.as_str();
    let session = Session::new(project, options());
    let findings = session.findings();
    let is_broken = findings.iter().any(|finding| finding.is_error());
    if is_broken || !tests.is_empty() {
        report::show(&findings, project, common);
    }
    if is_broken {
        counts.broken += 1;
        return Ok(Vec::new());
    }
    if tests.is_empty() {
        return Ok(Vec::new());
    }
    let is_text = common.output_format == OutputFormat::Text;
    if is_text {
        let word = if tests.len() == 1 { "test" } else { "tests" };
        println!("\nrunning {} {word} of {path}", tests.len());
    }
    let is_run = |test: &Test| test.fault.is_none() && (test.ignored.is_none() || args.include_ignored);
    let runner = match tests.iter().any(is_run) {
        true => Some(Runner::new(args, project, &session, common)?),
        false => None,
    };
    let started = Instant::now();
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    in_order(
        &tests,
        |test| outcome(args, runner.as_ref(), test),
        |test, (outcome, time)| {
            let (word, why) = match &outcome {
                Outcome::Passed => ("ok", ""),
                Outcome::Ignored(why) => ("ignored", why.as_str()),
                Outcome::Failed(why, _) => ("FAILED", why.as_str()),
            };
            match &outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::Ignored(_) => counts.ignored += 1,
                Outcome::Failed(..) => counts.failed += 1,
            }
            if is_text {
                let reason = if matches!(outcome, Outcome::Ignored(_)) && !why.is_empty() {
                    format!(", {why}")
                } else {
                    String::new()
                };
                println!("test {} ... {word}{reason}", test.name);
            }
            rows.push(json!({
                "file": path, "name": test.name, "line": test.line, "result": word.to_lowercase(),
                "why": why, "seconds": time.as_secs_f64(),
            }));
            if let Outcome::Failed(why, printed) = outcome {
                failures.push((test, why, printed));
            }
        },
    );
    counts.time += started.elapsed();
    if is_text && !failures.is_empty() {
        println!("\nfailures:");
        for (test, why, printed) in &failures {
            println!("\n---- {} ({path}:{}) ----", test.name, test.line);
            for part in [printed, why].into_iter().filter(|part| !part.is_empty()) {
                println!("{}", part.trim_end());
            }
        }
    }
    Ok(rows)
}

fn options() -> Options {
    Options { start: Start::Tests, ..Options::default() }
}

/// What runs one test of a file: this command again, or the file's program in Rust.
enum Runner {
    #[cfg(feature = "jit")]
    Jit {
        command: PathBuf,
        file: String,
    },
    Rust(PathBuf),
}

impl Runner {
    fn new(args: &TestArgs, project: &Project, session: &Session, common: &Common) -> Result<Self, Failure> {
        let path = &project.files[0].path;
        #[cfg(feature = "jit")]
        if args.backend != Some(crate::args::Backend::Rust) {
            let gaps = session.jit_gaps();
            if gaps.is_empty() {
                let command = std::env::current_exe().map_err(|why| Failure::io("find", "batutac", &why))?;
                return Ok(Self::Jit { command, file: path.clone() });
            }
            if args.backend.is_some() {
                return Err(Failure::usage(format!("no code in the JIT yet for {} in {path}", gaps[0].what)));
            }
        }
        #[cfg(not(feature = "jit"))]
        let _ = (args, session);
        let quiet = Common { quiet: true, output_format: OutputFormat::Text, ..*common };
        match build_project(project, &format!("tests of {path}"), false, options(), &quiet)? {
            Built::Binary { path, .. } => Ok(Self::Rust(path)),
            Built::Findings => Err(Failure::usage(format!("the tests of {path} do not compile"))),
        }
    }

    fn command(&self, test: &str) -> Command {
        match self {
            #[cfg(feature = "jit")]
            Self::Jit { command, file } => {
                let mut command = Command::new(command);
                command.args(["--quiet", "test", file, "--one", test]);
                command
            }
            Self::Rust(binary) => {
                let mut command = Command::new(binary);
                command.arg(test);
                command
            }
        }
    }
}

/// One test in this process: the runner asked for it.
#[cfg(feature = "jit")]
fn one(args: &TestArgs, name: &str, common: &Common) -> Result<ExitCode, Failure> {
    let project = load_ruchy(&args.input)?;
    let arguments = vec![project.files[0].path.clone(), name.to_owned()];
    let backend = Some(crate::args::Backend::Jit);
    let ran = crate::jit::run_project(&project, options(), arguments, backend, common)?;
    ran.ok_or_else(|| Failure::usage("the file has errors"))
}

fn outcome(args: &TestArgs, runner: Option<&Runner>, test: &Test) -> (Outcome, Duration) {
    let started = Instant::now();
    let outcome = if let Some(why) = &test.fault {
        Outcome::Failed(why.clone(), String::new())
    } else if let Some(why) = test.ignored.as_ref().filter(|_| !args.include_ignored) {
        Outcome::Ignored(why.clone())
    } else {
        match runner {
            Some(runner) => run(args, runner, test),
            None => Outcome::Failed("nothing can run it".to_owned(), String::new()),
        }
    };
    (outcome, started.elapsed())
}

/// Starts a test's process and judges how it ends.
fn run(args: &TestArgs, runner: &Runner, test: &Test) -> Outcome {
    let done = runner.command(&test.name).stdin(Stdio::null()).output();
    let done = match done {
        Ok(done) => done,
        Err(why) => return Outcome::Failed(format!("it cannot be started: {why}"), String::new()),
    };
    let printed = String::from_utf8_lossy(&done.stdout).into_owned();
    let report = String::from_utf8_lossy(&done.stderr).into_owned();
    if args.no_capture {
        print!("{printed}");
        eprint!("{report}");
    }
    let kept = if args.no_capture { String::new() } else { printed };
    let has_failed = !done.status.success();
    match &test.should_panic {
        None if has_failed => Outcome::Failed(reason(&report, done.status), kept),
        None => Outcome::Passed,
        Some(_) if !has_failed => Outcome::Failed("it should have failed, and did not".to_owned(), kept),
        // Another status is no error of the program.
        Some(_) if done.status.code() != Some(1) => Outcome::Failed(reason(&report, done.status), kept),
        Some(_) if report.contains(NOT_TRANSLATED) => Outcome::Failed(report, kept),
        Some(expected) if !report.contains(expected.as_str()) => {
            let why = format!("it should have failed with a message that holds {expected:?}\n{report}");
            Outcome::Failed(why, kept)
        }
        Some(_) => Outcome::Passed,
    }
}

/// Part of the message where a program meets what has no translation: no test asks for that.
const NOT_TRANSLATED: &str = "no translation";

fn reason(report: &str, status: std::process::ExitStatus) -> String {
    match report.trim() {
        "" => format!("it ended with {status}"),
        report => report.to_owned(),
    }
}

/// Works on several rows at once; `done` sees the answers in the order of the rows.
fn in_order<'t, T: Sync, A: Send>(
    rows: &'t [T],
    work: impl Fn(&T) -> A + Sync,
    mut done: impl FnMut(&'t T, A),
) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(rows.len());
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(row) = rows.get(at) else { return };
                    if sender.send((at, work(row))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting: std::collections::BTreeMap<usize, A> = std::collections::BTreeMap::new();
        let mut shown = 0;
        for (at, answer) in receiver {
            waiting.insert(at, answer);
            while let Some(answer) = waiting.remove(&shown) {
                done(&rows[shown], answer);
                shown += 1;
            }
        }
    });
}
