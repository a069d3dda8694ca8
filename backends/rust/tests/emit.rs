//! Every program under `programs/` prints as Rust that rustfmt, rustc and clippy accept, and that prints what it should.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use batuta_core::{Mir, Program, text::parse_program};
use batuta_rust::{EmitOptions, emit};
use std::path::{Path, PathBuf};
use std::process::Command;

fn programs() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut out: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of test programs is there")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bir"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a readable program"))
        })
        .collect();
    out.sort();
    out
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the command starts");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{text}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// All programs as binaries of one cargo project.
fn write_project() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("emitted");
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../runtime/rt");
    let _ = std::fs::remove_dir_all(folder.join("src"));
    std::fs::create_dir_all(folder.join("src/bin")).expect("a writable target folder");
    // The style is rustfmt's own, not this workspace's.
    std::fs::write(folder.join("rustfmt.toml"), "").expect("a writable target folder");
    let options = EmitOptions {
        name: "emitted".to_owned(),
        runtime: runtime.display().to_string(),
        ..EmitOptions::default()
    };
    for (name, text) in programs() {
        let program: Program<Mir> = parse_program(&text).unwrap_or_else(|error| panic!("{name}.bir:{error}"));
        let project = emit(&program, &options);
        assert_eq!(project.problems, Vec::<String>::new(), "{name}");
        for (path, text) in &project.files {
            match path.as_str() {
                "src/main.rs" => std::fs::write(folder.join(format!("src/bin/{name}.rs")), text),
                "Cargo.toml" => std::fs::write(folder.join(path), format!("{text}\n[workspace]\n")),
                "batuta.map.json" => std::fs::write(folder.join("src/batuta.map.json"), text),
                _ => Ok(()),
            }
            .expect("a writable target folder");
        }
    }
    folder
}

#[test]
fn programs_are_formatted_compile_and_print() {
    let folder = write_project();
    for (name, _) in programs() {
        let file = folder.join(format!("src/bin/{name}.rs"));
        run(Command::new("rustfmt")
            .args(["--check", "--edition", "2024", "--config-path"])
            .arg(&folder)
            .arg(&file));
    }
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    std::fs::copy(lock, folder.join("Cargo.lock")).expect("a writable target folder");
    let target = folder.join("target");
    let cargo = |words: &[&str]| {
        let mut command = Command::new("cargo");
        command.current_dir(&folder).env("CARGO_TARGET_DIR", &target).args(words);
        run(&mut command)
    };
    cargo(&["clippy", "--offline", "-q", "--bins", "--", "-D", "warnings"]);
    cargo(&["build", "--offline", "-q", "--bins"]);
    for (name, _) in programs() {
        let output = run(&mut Command::new(target.join("debug").join(&name)));
        let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/programs/{name}.out"));
        let expected = std::fs::read_to_string(expected).expect("each program has its output beside it");
        assert_eq!(output, expected, "{name}");
    }
}
