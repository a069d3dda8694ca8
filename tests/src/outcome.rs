//! Running a program and comparing what it does.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a program did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub stdout: Vec<u8>,
    pub stderr: String,
    /// `None`: a signal, or it ran past its time.
    pub code: Option<i32>,
}

/// Runs a command with input; kills it when the time is over.
pub fn run(command: &mut Command, stdin: &[u8], limit: Duration) -> Result<Outcome, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|why| format!("cannot start {command:?}: {why}"))?;
    let mut pipe = child.stdin.take().expect("stdin is piped");
    let (mut out, mut err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let stdin = stdin.to_vec();
    let writer = std::thread::spawn(move || _ = pipe.write_all(&stdin));
    let read = |pipe: &mut dyn std::io::Read| {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    };
    let stdout = std::thread::spawn(move || read(&mut out));
    let stderr = std::thread::spawn(move || read(&mut err));
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    let code = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status.code(),
            Ok(None) if start.elapsed() > limit => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            Ok(None) => std::thread::sleep(pause),
            Err(why) => return Err(format!("cannot wait: {why}")),
        }
        pause = (pause * 2).min(Duration::from_millis(10));
    };
    let _ = writer.join();
    let stdout = stdout.join().unwrap_or_default();
    let stderr = String::from_utf8_lossy(&stderr.join().unwrap_or_default()).into_owned();
    Ok(Outcome { stdout, stderr, code })
}

/// What CPython does with a program; the bytes of its own cache are kept out of the folder.
pub fn python(path: &Path, args: &[String], stdin: &[u8]) -> Result<Outcome, String> {
    let mut command = Command::new("python3");
    command.arg(path).args(args).env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONHASHSEED", "0");
    command.env("PYTHONIOENCODING", "utf-8");
    run(&mut command, stdin, Duration::from_secs(60))
}

/// The first lines that differ, for a person.
pub fn difference(expected: &[u8], actual: &[u8]) -> String {
    let (expected, actual) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(actual));
    let (mut left, mut right) = (expected.lines(), actual.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (left.next(), right.next()) {
            (None, None) => return "only line ends differ".to_owned(),
            (a, b) if a == b => {}
            (a, b) => {
                let show = |line: Option<&str>| line.map_or("(end)".to_owned(), |line| format!("{line:?}"));
                return format!("line {number}: expected {}, got {}", show(a), show(b));
            }
        }
    }
}

/// What a unit of C does when the machine's compiler has translated it.
pub fn c(path: &Path, args: &[String], stdin: &[u8]) -> Result<Outcome, String> {
    let binary = path.with_extension("bin");
    let mut compile = Command::new("cc");
    compile.args(["-w", "-std=gnu17", "-o"]).arg(&binary).arg(path).arg("-lm");
    let made = run(&mut compile, &[], Duration::from_secs(60))?;
    if made.code != Some(0) {
        return Err(format!("cc does not compile it: {}", made.stderr));
    }
    run(Command::new(&binary).args(args), stdin, Duration::from_secs(60))
}
