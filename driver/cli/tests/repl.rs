//! The prompt where standard input is no terminal: it reads lines and prints what they give.
#![cfg(feature = "jit")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Exit code, standard output, standard error of a session.
fn session(args: &[&str], folder: &std::path::Path, lines: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command.arg("repl").args(args).current_dir(folder).env("NO_COLOR", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("batutac starts");
    child.stdin.take().expect("piped").write_all(lines.as_bytes()).expect("written");
    let output: Output = child.wait_with_output().expect("it ends");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("temporary folder")
}

#[test]
fn lines_are_joined_until_they_are_complete() {
    let dir = folder();
    let (code, out, err) = session(
        &[],
        dir.path(),
        "fun f(n) {\n    n * 2\n}\nlet x = [\n  1,\n  2\n]\nf(x[1])\nx |>\n  len\n\"end\"",
    );
    assert_eq!((code, out.as_str(), err.as_str()), (0, "[1, 2]\n4\n2\n\"end\"\n", ""));
}

#[test]
fn errors_are_shown_and_the_session_goes_on() {
    let dir = folder();
    let (code, out, err) = session(&[], dir.path(), "let x = 5\nx 2 +\n\n1 / 0\ny\nx\n");
    assert_eq!((code, out.as_str()), (0, "5\n5\n"), "{err}");
    for part in
        ["error[B0701]", "input 2:1:", "Division by zero", "File \"input 3\", line 1", "`y` is not defined"]
    {
        assert!(err.contains(part), "no {part} in {err}");
    }
}

#[test]
fn commands_answer() {
    let dir = folder();
    let lines = ":help\nlet x = 2.5\n:type x * 2\n:vars\n:inspect x\n:ast x\n:ir mir x\n:rust x\n:clif x\n:time x\n\
                 :doc len\n:env\n:history\n:mode debug\n:mode\n:mode odd\n:save out.ruchy\n:save out.ruchy\n:save! out.ruchy\n\
                 :reset\nx\n:load out.ruchy\nx\n:nothing\n:type\n:lang\n:quit\nprintln(\"not reached\")\n";
    let (code, out, err) = session(&[], dir.path(), lines);
    assert_eq!(code, 0, "{err}");
    for part in [
        ":inspect EXPR",
        "Type: Float\n",
        "x: Float = 2.5\n",
        "Value: 2.5\n",
        "identifier \"x\"",
        "@repl.<init>",
        "fn main()",
        "function u0:",
        "Time: ",
        "len(String) -> Integer",
        "language: ruchy",
        "   2  let x = 2.5\n",
        "debug\n",
        "ruchy\n",
    ] {
        assert!(out.contains(part), "no {part} in {out}");
    }
    for part in [
        "no mode `odd`",
        "wrote out.ruchy",
        "out.ruchy is there already",
        "`x` is not defined",
        "no command `:nothing`",
        "`:type EXPR` needs",
    ] {
        assert!(err.contains(part), "no {part} in {err}");
    }
    assert!(!out.contains("not reached"), "{out}");
    assert_eq!(std::fs::read_to_string(dir.path().join("out.ruchy")).expect("saved"), "let x = 2.5\nx\n");
}

#[test]
fn python_has_a_prompt_too() {
    let dir = folder();
    let lines = "def f(a):\n    b = a + 1\n    return b\n\nf(1)\n[x for x in 'ab']\n:lang ruchy\nlet y = 1\n:lang python\ny\nf(2)\nimport sys\nsys.exit(3)\n";
    let (code, out, err) = session(&["--lang", "python"], dir.path(), lines);
    assert_eq!((code, out.as_str()), (3, "2\n['a', 'b']\n1\n3\n"), "{err}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_the_line_that_runs() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command.arg("repl").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("batutac starts");
    let mut input = child.stdin.take().expect("piped");
    input.write_all(b"let mut n = 0\nloop { n += 1 }\nn > 0\n").expect("written");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let killed =
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(killed.success());
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0\ntrue\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "interrupted\n");
    assert_eq!(output.status.code(), Some(0));
}
