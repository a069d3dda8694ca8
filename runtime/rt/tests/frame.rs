//! How programs end: their output, the last line of standard error, and the status.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// The example next to this test's own binary.
fn program() -> PathBuf {
    let mut path = std::env::current_exe().expect("a test knows its own path");
    path.pop();
    path.pop();
    path.join("examples").join("frame")
}

fn run(name: &str, input: &str) -> Output {
    let mut child = Command::new(program())
        .arg(name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo test builds examples");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(input.as_bytes()).expect("a short input fits the pipe");
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

/// Standard output, the last line of standard error, the status.
fn ending(name: &str) -> (String, String, i32) {
    let output = run(name, "");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let last = stderr.lines().last().unwrap_or_default().to_owned();
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    (stdout, last, output.status.code().unwrap_or(-1))
}

#[test]
fn errors_end_as_in_python() {
    let cases = [
        ("index", "before\n", "IndexError: list index out of range"),
        ("at", "", "IndexError: list index out of range"),
        ("overflow", "", "OverflowError: integer overflow in addition"),
        ("zero", "", "ZeroDivisionError: integer division or modulo by zero"),
        ("key", "", "KeyError: 'x'"),
        ("own", "", "ParseError: ('bad', 3)"),
        ("cause", "", "ValueError: outer"),
        ("recursion", "", "RecursionError: maximum recursion depth exceeded"),
        ("assert", "", "AssertionError: one is 1"),
        ("input", "? ", "EOFError: EOF when reading a line"),
    ];
    for (name, stdout, last) in cases {
        assert_eq!(ending(name), (stdout.to_owned(), last.to_owned(), 1), "{name}");
    }
}

#[test]
fn other_endings() {
    assert_eq!(ending("exit"), ("finally\n".to_owned(), String::new(), 7));
    assert_eq!(ending("exit_text"), (String::new(), "no input".to_owned(), 1));
    assert_eq!(ending("fine"), ("fine\n".to_owned(), String::new(), 0));
    assert_eq!(ending("deep"), ("1000000\n".to_owned(), String::new(), 0));
    let caught = "Err(\"RecursionError: maximum recursion depth exceeded\")\n".to_owned();
    assert_eq!(ending("caught"), (caught, String::new(), 0));
    assert_eq!(run("input", "a\nb").stdout, b"? ! [a] [b]\n");
}

#[test]
fn places_are_those_of_the_source() {
    let stderr = run("index", "").stderr;
    let wanted = "Traceback (most recent call last):\n  File \"prog.py\", line 12\n\
                  IndexError: list index out of range\n";
    assert_eq!(String::from_utf8_lossy(&stderr), wanted);
}

#[test]
fn a_reader_that_leaves_ends_the_program_quietly() {
    let mut child = Command::new(program())
        .arg("many")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo test builds examples");
    let mut stdout = child.stdout.take().expect("stdout is piped");
    let mut first = [0; 2];
    stdout.read_exact(&mut first).expect("the program prints");
    drop(stdout);
    let output = child.wait_with_output().expect("the program ends");
    assert_eq!((&first, output.stderr.as_slice()), (b"0\n", &b""[..]));
}
