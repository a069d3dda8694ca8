//! Bad input: a clear message, exit code 1 or 2, no panic.

use std::path::Path;
use std::process::{Command, Output};

fn batutac(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("BATUTA_CACHE", folder.join(".cache-for-tests"));
    command.output().expect("batutac starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs it, checks exit code and that stderr holds the words, and that nothing panicked.
fn refuses(folder: &Path, args: &[&str], code: i32, words: &[&str]) {
    let output = batutac(folder, args);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
    assert!(!text.contains("panicked") && !text.contains("internal error"), "{text}");
    for word in words {
        assert!(text.contains(word), "{args:?}: no {word:?} in: {text}");
    }
}

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary folder");
    for (path, bytes) in files {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("folder");
        std::fs::write(path, bytes).expect("file");
    }
    dir
}

#[test]
fn input_that_cannot_be_read() {
    let dir = folder(&[("latin.py", b"x = 1\ny = '\xe9'\n"), ("notes.txt", b"x"), ("docs/readme.md", b"x")]);
    for verb in ["transpile", "check", "compile", "run"] {
        refuses(dir.path(), &[verb, "nowhere.py"], 2, &["no such file or folder: nowhere.py", "help: "]);
        refuses(dir.path(), &[verb, "notes.txt"], 2, &["notes.txt is not a Python or Ruchy file", "help: "]);
        refuses(dir.path(), &[verb, "docs"], 2, &["no Python files in docs"]);
        refuses(dir.path(), &[verb, "latin.py"], 1, &["latin.py is not UTF-8 (line 2)"]);
    }
}

#[cfg(unix)]
#[test]
fn input_without_permission() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("locked.py", b"x = 1\n")]);
    let path = dir.path().join("locked.py");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("own file");
    // The superuser reads everything: then there is nothing to refuse.
    if std::fs::read(&path).is_err() {
        refuses(dir.path(), &["check", "locked.py"], 2, &["cannot read locked.py: permission denied"]);
    }
}

#[test]
fn usage_that_is_wrong() {
    let dir = folder(&[("a.py", b"")]);
    refuses(dir.path(), &["transpile"], 2, &["Usage"]);
    refuses(dir.path(), &["translate", "a.py"], 2, &["unrecognized subcommand"]);
    refuses(
        dir.path(),
        &["transpile", "a.py", "--emit", "bytecode"],
        2,
        &["possible values: hir, typed, mir, rust"],
    );
    refuses(dir.path(), &["transpile", "a.py", "--diff"], 2, &["--output"]);
    refuses(dir.path(), &["explain", "B9876"], 2, &["no such code: B9876"]);
}

#[test]
fn a_folder_of_other_files_is_never_written_to() {
    let dir = folder(&[("a.py", b"print(1)\n"), ("out/precious.txt", b"keep me"), ("file", b"x")]);
    refuses(
        dir.path(),
        &["transpile", "a.py", "-o", "out"],
        2,
        &["out holds files that batutac did not write"],
    );
    refuses(dir.path(), &["transpile", "a.py", "-o", "out", "--force"], 2, &["nothing was changed"]);
    refuses(dir.path(), &["transpile", "a.py", "-o", "file"], 2, &["file is a file"]);
    let left: Vec<_> = std::fs::read_dir(dir.path().join("out")).expect("folder").flatten().collect();
    assert_eq!(left.len(), 1);
}

#[test]
fn an_empty_file_is_a_program_that_does_nothing() {
    let dir = folder(&[("empty.py", b"")]);
    let output = batutac(dir.path(), &["transpile", "empty.py"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("fn main()"));
}

#[test]
fn several_syntax_errors_of_one_file_are_all_placed() {
    let dir = folder(&[("bad.py", b"def f(:\n    return 1\n\n\ndef g():\n    return 2\n\n\nx = = 3\n")]);
    let output = batutac(dir.path(), &["check", "bad.py"]);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("B01") && text.contains("bad.py:1:") && text.contains("bad.py:9:"), "{text}");
}

#[test]
fn a_circular_import_is_named() {
    let files: [(&str, &[u8]); 3] = [
        ("p/__main__.py", b"import a\n"),
        ("p/a.py", b"import b\nx = 1\n"),
        ("p/b.py", b"import a\ny = 2\n"),
    ];
    let dir = folder(&files);
    let output = batutac(dir.path(), &["check", "p"]);
    let text = stderr(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{text}");
    assert!(text.contains("B0905") && text.contains("circular import"), "{text}");
}

#[test]
fn deep_nesting_is_no_crash() {
    let depth = 5_000;
    let parens = format!("x = {}1{}\nprint(x)\n", "(".repeat(depth), ")".repeat(depth));
    let lists = format!("x = {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let negations = format!("x = {}1\n", "-".repeat(depth));
    let ifs: String = (0..depth).map(|n| format!("{}if x:\n", " ".repeat(n))).collect::<String>()
        + &" ".repeat(depth)
        + "pass\n";
    let ifs = format!("x = 1\n{ifs}");
    for (name, text) in
        [("parens.py", parens), ("lists.py", lists), ("negations.py", negations), ("ifs.py", ifs)]
    {
        let dir = folder(&[(name, text.as_bytes())]);
        let output = batutac(dir.path(), &["check", name]);
        let text: String = stderr(&output).chars().take(2_000).collect();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {:?} {text}", output.status);
        assert!(!text.contains("internal error"), "{name}: {text}");
    }
}
