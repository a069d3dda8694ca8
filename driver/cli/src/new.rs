//! `batutac new`: a Ruchy project to start from.

use crate::args::{Common, NewArgs};
use crate::failure::Failure;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

const MAIN: &str = r#"/// The greeting for a name.
fun greet(name: &str) -> String {
    f"Hello, {name}!"
}

fun main() {
    println(greet("NAME"))
}

#[test]
fun greets_by_name() {
    assert_eq(greet("Ruchy"), "Hello, Ruchy!")
}
"#;

const README: &str = "# NAME

```sh
batutac run .                     # runs src/main.ruchy
batutac test                      # runs its tests
batutac fmt                       # formats it
batutac transpile . -o rust       # writes a cargo project
```
";

/// The files of a project, by their paths in it.
const FILES: &[(&str, &str)] =
    &[("src/main.ruchy", MAIN), ("README.md", README), (".gitignore", "/rust\n/target\n")];

pub fn new(args: &NewArgs, common: &Common) -> Result<ExitCode, Failure> {
    let shown = args.path.display();
    let last = args.path.file_name().map(|name| name.to_string_lossy().into_owned());
    let Some(name) = args.name.clone().or(last) else {
        return Err(Failure::usage(format!("{shown} gives the project no name")).hint("give it with --name"));
    };
    check_name(&name)?;
    if fs::symlink_metadata(&args.path).is_ok() {
        return Err(Failure::usage(format!("destination {shown} already exists"))
            .hint("choose another name; nothing was changed"));
    }
    for (path, text) in FILES {
        write(&args.path.join(path), &text.replace("NAME", &name))?;
    }
    if !common.quiet {
        eprintln!("created Ruchy project `{name}` in {shown}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Letters, digits, `_` and `-`, a letter first: what is a module and a crate as well.
fn check_name(name: &str) -> Result<(), Failure> {
    let refuse = |why: String| {
        let hint = "a name has letters, digits, `-` and `_`, and starts with a letter; `--name` gives another than the folder's";
        Err(Failure::usage(format!("`{name}` cannot name a project: {why}")).hint(hint))
    };
    match name.chars().next() {
        None => return refuse("it is empty".to_owned()),
        Some(first) if !first.is_ascii_alphabetic() => return refuse(format!("it starts with `{first}`")),
        Some(_) => {}
    }
    match name.chars().find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-')) {
        Some(other) => refuse(format!("`{other}` is not allowed")),
        None => Ok(()),
    }
}

/// Writes a file that is not there yet.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let attempt = || -> std::io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
    };
    attempt().map_err(|why| Failure::io("write", path.display(), &why))
}
