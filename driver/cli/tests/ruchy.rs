//! The commands for Ruchy: `-e`, `new`, `test`, `fmt`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    command.args(args).current_dir(folder).env("BATUTA_CACHE", cache).env("NO_COLOR", "1");
    command
}

/// Exit code, standard output, standard error.
fn batutac(folder: &Path, args: &[&str]) -> (i32, String, String) {
    parts(command(folder, args).output().expect("batutac starts"))
}

fn parts(output: Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn with_input(folder: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut command = command(folder, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("batutac starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("written");
    parts(child.wait_with_output().expect("it ends"))
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary folder");
    for (path, text) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("folder");
        std::fs::write(path, text).expect("file");
    }
    dir
}

fn read(dir: &tempfile::TempDir, path: &str) -> String {
    std::fs::read_to_string(dir.path().join(path)).expect("the file is there")
}

#[test]
fn code_on_the_command_line_prints_its_value() {
    let dir = folder(&[]);
    let value = |code: &str| batutac(dir.path(), &["-e", code]);
    assert_eq!(value("let xs = [1, 2]; xs.map(|x| x * 2)").1, "[2, 4]\n");
    assert_eq!(value("\"a\" + \"b\"").1, "\"ab\"\n");
    assert_eq!(value("-1").1, "-1\n");
    assert_eq!(value("println(\"only this\")").1, "only this\n");
    assert_eq!(value("let x = 5;").1, "");
    assert_eq!(value("fun main() { println(\"main\") }").1, "main\n");
    let (code, out, err) = value("1 / 0");
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(err.contains("Division by zero"), "{err}");
    let (code, _, err) = value("y + 1");
    assert_eq!(code, 1);
    assert!(err.contains("`y` is not defined") && err.contains("eval.ruchy:1:1"), "{err}");
    assert_eq!(batutac(dir.path(), &["-e", "1", "check", "x.py"]).0, 2);
}

#[test]
fn a_new_project_runs_passes_and_is_formatted() {
    let dir = folder(&[("taken/notes.txt", "mine")]);
    assert_eq!(batutac(dir.path(), &["new", "hello"]).0, 0);
    assert_eq!(batutac(dir.path(), &["run", "hello"]).1, "Hello, hello!\n");
    let (code, out, err) = batutac(dir.path(), &["test", "hello"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("1 passed; 0 failed"), "{out}");
    assert_eq!(batutac(dir.path(), &["fmt", "--check", "hello"]).0, 0);
    for (path, why) in [("taken", "already exists"), ("9x", "starts with `9`"), ("a.b", "`.` is not allowed")]
    {
        let (code, _, err) = batutac(dir.path(), &["new", path]);
        assert_eq!(code, 2, "{path}");
        assert!(err.contains(why), "{err}");
    }
    assert_eq!(std::fs::read_dir(dir.path().join("taken")).expect("folder").count(), 1);
}

const TESTS: &str = "let base = 10
#[test]
fun adds() { assert_eq(1 + 2, 3) }
#[test]
fun fails() {
    println(\"before\")
    assert_eq(1 + 2, base)
}
#[test]
#[should_panic(expected = \"boom\")]
fun panics() { panic(\"boom\") }
#[test]
#[should_panic]
fun does_not_panic() { assert(true) }
#[test]
#[ignore = \"slow\"]
fun slow() { loop { } }
mod inner {
    #[test]
    fun here() { assert(true) }
}
test \"a block\" { assert(base == 10) }
fun main() { println(\"main\") }
main()
";

#[test]
fn tests_run_on_their_own_and_say_what_failed() {
    let dir = folder(&[("t.ruchy", TESTS), ("broken.ruchy", "fun (\n"), ("none/a.ruchy", "let x = 1\n")]);
    let (code, out, err) = batutac(dir.path(), &["test", "t.ruchy"]);
    assert_eq!(code, 1, "{out}{err}");
    for line in [
        "running 7 tests of t.ruchy\n",
        "test adds ... ok\n",
        "test fails ... FAILED\n",
        "test panics ... ok\n",
        "test does_not_panic ... FAILED\n",
        "test slow ... ignored, slow\n",
        "test inner::here ... ok\n",
        "test a block ... ok\n",
        "---- fails (t.ruchy:5) ----\nbefore\n",
        "Assertion failed: 3 is not equal to 10",
        "it should have failed, and did not",
        "test result: FAILED. 4 passed; 2 failed; 1 ignored",
    ] {
        assert!(out.contains(line), "no {line:?} in\n{out}{err}");
    }
    assert!(!out.contains("main\n"), "{out}");
    let (code, out, _) = batutac(dir.path(), &["test", "t.ruchy", "inner", "block"]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("2 passed; 0 failed; 0 ignored"), "{out}");
    let (code, out, _) = batutac(dir.path(), &["--format", "json", "test", "t.ruchy", "adds"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, json["passed"].as_u64(), json["tests"][0]["line"].as_u64()), (0, Some(1), Some(3)));
    let (code, out, err) = batutac(dir.path(), &["test", "broken.ruchy"]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("1 file with errors") && err.contains("B0701"), "{out}{err}");
    assert_eq!(batutac(dir.path(), &["test", "none"]).0, 0);
    assert_eq!(batutac(dir.path(), &["test", "nowhere"]).0, 2);
    let (code, out, _) = batutac(dir.path(), &["test", "t.ruchy", "--list"]);
    assert_eq!(code, 0);
    assert!(out.contains("t.ruchy:3: adds\n"), "{out}");
}

const UGLY: &str = "fun f( a,b ){a+b}\n\n\n\nprintln( f(1,2) ) // three\n";
const FINE: &str = "fun f(a, b) { a + b }\n\nprintln(f(1, 2)) // three\n";

#[test]
fn files_are_formatted_in_place_or_compared() {
    let dir = folder(&[("a.ruchy", UGLY), ("sub/b.ruchy", FINE), ("bad.txt", "x")]);
    let (code, out, _) = batutac(dir.path(), &["fmt", "--check"]);
    assert_eq!(code, 1);
    assert!(out.contains("a.ruchy") && !out.contains("b.ruchy"), "{out}");
    let (code, out, _) = batutac(dir.path(), &["fmt", "--diff", "a.ruchy"]);
    assert_eq!(code, 0);
    assert!(out.contains("-fun f( a,b ){a+b}\n+fun f(a, b) { a + b }\n"), "{out}");
    assert_eq!(read(&dir, "a.ruchy"), UGLY);
    assert_eq!(batutac(dir.path(), &["fmt"]).0, 0);
    assert_eq!((read(&dir, "a.ruchy"), read(&dir, "sub/b.ruchy")), (FINE.to_owned(), FINE.to_owned()));
    assert_eq!(batutac(dir.path(), &["fmt", "--check"]).0, 0);
    assert_eq!(batutac(dir.path(), &["fmt", "bad.txt"]).0, 2);
    assert_eq!(with_input(dir.path(), &["fmt", "-"], UGLY), (0, FINE.to_owned(), String::new()));
    assert_eq!(with_input(dir.path(), &["fmt", "--check", "-"], UGLY).0, 1);
}

#[test]
fn a_file_with_syntax_errors_stays_as_it_is() {
    let dir = folder(&[("a.ruchy", "fun f( {\n"), ("b.ruchy", UGLY)]);
    let (code, _, err) = batutac(dir.path(), &["fmt", "a.ruchy", "b.ruchy"]);
    assert_eq!(code, 1);
    assert!(err.contains("error[B0701]") && err.contains("a.ruchy:1"), "{err}");
    assert_eq!((read(&dir, "a.ruchy"), read(&dir, "b.ruchy")), ("fun f( {\n".to_owned(), FINE.to_owned()));
    let (code, out, _) = with_input(dir.path(), &["fmt", "-"], "fun f( {\n");
    assert_eq!((code, out.as_str()), (1, ""));
}

#[cfg(unix)]
#[test]
fn the_mode_of_a_file_stays() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("a.ruchy", UGLY)]);
    let path = dir.path().join("a.ruchy");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("own file");
    assert_eq!(batutac(dir.path(), &["fmt", "a.ruchy"]).0, 0);
    assert_eq!(std::fs::metadata(&path).expect("file").permissions().mode() & 0o777, 0o755);
}
