//! What each command prints and leaves behind.

use std::path::Path;
use std::process::{Command, Output};

fn batutac(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command.args(args).current_dir(folder).env("BATUTA_CACHE", cache());
    command.output().expect("batutac starts")
}

/// One cache for all tests: the runtime is compiled once.
fn cache() -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
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

const HELLO: &str = "import sys\n\n\ndef main():\n    print('hello', ' '.join(sys.argv[1:]))\n\n\nmain()\n";

#[test]
fn transpile_prints_one_file_and_writes_a_folder() {
    let dir = folder(&[("hello.py", "print('hello')\n")]);
    let printed = batutac(dir.path(), &["transpile", "hello.py"]);
    assert_eq!(printed.status.code(), Some(0), "{}", text(&printed.stderr));
    assert!(text(&printed.stdout).contains("fn main()"), "{}", text(&printed.stdout));

    let dry = batutac(dir.path(), &["transpile", "hello.py", "-o", "out", "--dry-run"]);
    assert!(text(&dry.stdout).contains("src/main.rs"), "{}", text(&dry.stdout));
    assert!(!dir.path().join("out").exists());

    let written = batutac(dir.path(), &["transpile", "--source", "hello.py", "--output", "out"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert!(dir.path().join("out/Cargo.toml").exists() && dir.path().join("out/src/main.rs").exists());

    std::fs::write(dir.path().join("hello.py"), "print('other words')\n").expect("edit");
    let diff = batutac(dir.path(), &["transpile", "hello.py", "-o", "out", "--diff"]);
    let shown = text(&diff.stdout);
    assert!(shown.contains("-") && shown.contains("+") && shown.contains("other words"), "{shown}");
    let again = batutac(dir.path(), &["transpile", "hello.py", "-o", "out"]);
    assert_eq!(again.status.code(), Some(0), "{}", text(&again.stderr));
    let main = std::fs::read_to_string(dir.path().join("out/src/main.rs")).expect("written");
    assert!(main.contains("other words"));
}

#[test]
fn a_project_below_a_workspace_stands_alone_unless_it_is_a_member() {
    let dir = folder(&[
        ("hello.py", "print('hello')\n"),
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"tools/*\"]\n"),
    ]);
    for (out, alone) in [("out", true), ("tools/hello", false)] {
        let done = batutac(dir.path(), &["transpile", "hello.py", "-o", out]);
        assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
        let manifest = std::fs::read_to_string(dir.path().join(out).join("Cargo.toml")).expect("manifest");
        assert_eq!(manifest.contains("[workspace]"), alone, "{out}");
        let metadata = Command::new("cargo")
            .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
            .current_dir(dir.path().join(out))
            .output()
            .expect("cargo starts");
        assert!(metadata.status.success(), "{out}: {}", text(&metadata.stderr));
    }
}

#[test]
fn levels_are_printed_in_text_form() {
    let dir = folder(&[("demo.py", "def f(x):\n    return x + 1\n\n\nprint(f(1))\n")]);
    let output = batutac(dir.path(), &["transpile", "demo.py", "--emit", "hir,typed,mir,rust"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for part in ["# hir", "obj.add", "# typed", "int.add", "# mir", "i64", "# rust", "fn f("] {
        assert!(shown.contains(part), "no {part} in\n{shown}");
    }
}

#[test]
fn findings_are_json_on_request() {
    let dir = folder(&[("bad.py", "x = = 1\n")]);
    let output = batutac(dir.path(), &["check", "bad.py", "--output-format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let parsed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON on stdout");
    let first = &parsed["diagnostics"][0];
    assert_eq!(
        (first["severity"].as_str(), first["at"]["line"].as_u64()),
        (Some("error"), Some(1)),
        "{parsed}"
    );
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[test]
fn inferred_types_are_explained() {
    let source = "import json\n\n\ndef pick(items, at=0, *more):\n    return items[at]\n\n\n\
                  def load(text):\n    data = json.loads(text)\n    first = data[0]\n    return first\n\n\n\
                  print(pick([1, 2], 0, 2.5), pick(['a'], 0, 1.5), load('[1]'))\n";
    let dir = folder(&[("t.py", source)]);
    let shown = batutac(dir.path(), &["check", "--explain-types", "t.py"]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    let lines = text(&shown.stdout);
    for part in [
        "t.py:4: pick(items: list[int], at: int = ..., *more: float) -> int\n",
        "t.py:4: pick(items: list[str], at: int = ..., *more: float) -> str\n",
        "t.py:8: load(text: str) -> Any\n",
        "    data: Any (line 9): `loads` gives values whose type is known at run time only\n",
        "    first: Any (line 10): it follows from `data`\n",
    ] {
        assert!(lines.contains(part), "{part} in\n{lines}");
    }
    let json = batutac(dir.path(), &["--output-format", "json", "check", "--explain-types", "t.py"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["signatures"][2]["dynamic"][0]["at"]["line"], 9, "{json}");
}

#[test]
fn the_catalogue_says_what_is_missing() {
    let dir = folder(&[]);
    let shown = text(&batutac(dir.path(), &["check", "--catalogue"]).stdout);
    let line = |module: &str| {
        shown
            .lines()
            .find(|line| line.starts_with(&format!("{module} ")))
            .unwrap_or_else(|| panic!("{module}"))
    };
    assert!(line("math").ends_with("100 %"), "{shown}");
    assert!(line("asyncio").contains("SubprocessProtocol"), "{shown}");
    let json = batutac(dir.path(), &["--output-format", "json", "check", "--catalogue"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert!(json.as_array().is_some_and(|rows| rows.iter().any(|row| row["module"] == "os.path")), "{json}");
}

#[test]
fn colours_follow_the_option_and_the_environment() {
    let dir = folder(&[("bad.py", "x = = 1\n")]);
    let plain = batutac(dir.path(), &["check", "bad.py"]);
    assert!(!text(&plain.stderr).contains('\u{1b}'), "no terminal, no colours");
    let coloured = batutac(dir.path(), &["check", "bad.py", "--color", "always"]);
    assert!(text(&coloured.stderr).contains('\u{1b}'));
}

#[test]
fn codes_are_explained_and_shells_completed() {
    let dir = folder(&[]);
    let one = batutac(dir.path(), &["explain", "b0905"]);
    assert!(text(&one.stdout).contains("circular import"));
    let all = batutac(dir.path(), &["explain"]);
    assert!(text(&all.stdout).lines().count() > 5);
    let shell = batutac(dir.path(), &["completions", "bash"]);
    assert!(text(&shell.stdout).contains("transpile"));
}

#[test]
fn run_hands_on_arguments_input_and_status() {
    let program = "import sys\n\nname = input()\nprint(name, len(sys.argv) - 1)\nsys.exit(3)\n";
    let dir = folder(&[("ask.py", program)]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command.args(["run", "ask.py", "--", "a", "b c"]).current_dir(dir.path()).env("BATUTA_CACHE", cache());
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("batutac starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("piped"), b"Ada\n").expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("Ada 2\n", Some(3)));
}

/// The binary alone, in an empty folder with an empty cache: the runtime comes out of the binary.
#[test]
fn a_lonely_binary_compiles_a_program() {
    let dir = folder(&[("hello.py", HELLO)]);
    let lonely = dir.path().join(format!("batutac{}", std::env::consts::EXE_SUFFIX));
    // In a process of its own: a test beside this one that starts a program would inherit the open file.
    let copied =
        Command::new("cp").arg(env!("CARGO_BIN_EXE_batutac")).arg(&lonely).status().expect("cp starts");
    assert!(copied.success());
    let mut command = Command::new(&lonely);
    command
        .args(["compile", "hello.py"])
        .current_dir(dir.path())
        .env("BATUTA_CACHE", dir.path().join("cache"));
    let output = command.output().expect("it starts");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let hello = Command::new(dir.path().join("hello")).args(["to", "you"]).output().expect("the binary runs");
    assert_eq!(text(&hello.stdout), "hello to you\n");
}

#[test]
fn a_folder_of_c_is_compiled_as_its_compile_commands_say() {
    let commands = r#"[
        { "directory": ".", "file": "main.c", "command": "cc -Iinc '-DWORD=\"hi\"' -c main.c" },
        { "directory": ".", "file": "sub/part.c", "arguments": ["cc", "-I", "inc", "-DLEVEL=3", "sub/part.c"] }
    ]"#;
    let dir = folder(&[
        ("p/compile_commands.json", commands),
        (
            "p/main.c",
            "#include <stdio.h>\n#include <part.h>\nint main(void) { printf(WORD \" %d\\n\", part()); return 0; }\n",
        ),
        ("p/sub/part.c", "#include <part.h>\nint part(void) { return LEVEL; }\n"),
        ("p/inc/part.h", "int part(void);\n"),
        ("p/other.c", "this is no C\n"),
    ]);
    let run = batutac(dir.path(), &["run", "p"]);
    assert_eq!(text(&run.stdout), "hi 3\n", "{}", text(&run.stderr));
    std::fs::write(dir.path().join("p/compile_commands.json"), "[{}]").expect("the folder is writable");
    let run = batutac(dir.path(), &["run", "p"]);
    let said = text(&run.stderr);
    assert!(said.contains("names no `file`") && said.contains("write it again"), "{said}");
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn units_and_flags_come_from_the_output_of_make() {
    let dir = folder(&[
        (
            "p/main.c",
            "#include <stdio.h>\n#include \"part.h\"\nint main(void) { printf(\"%s %d %ld\\n\", WORD, part(), __STDC_VERSION__); }\n",
        ),
        ("p/part.c", "int part(void) { return LEVEL; }\n"),
        ("p/inc/part.h", "int part(void);\n"),
        ("p/other.c", "this is no C\n"),
        (
            "make.log",
            "gcc -DWORD=\\\"hi\\\" -std=c99 -Iinc -c -o main.o main.c\ncc -DLEVEL=3 -c part.c\ncc -o p main.o part.o\n",
        ),
        ("empty.log", "make: Nothing to be done for 'all'.\n"),
    ]);
    let run = batutac(dir.path(), &["run", "--build-log", "make.log", "p"]);
    assert_eq!(text(&run.stdout), "hi 3 199901\n", "{}", text(&run.stderr));
    let run = batutac(dir.path(), &["run", "--build-log", "empty.log", "p"]);
    assert!(
        text(&run.stderr).contains("no command of the build log compiles a unit"),
        "{}",
        text(&run.stderr)
    );
    assert_eq!(run.status.code(), Some(2));
    let run = batutac(dir.path(), &["run", "--std", "c77", "p"]);
    assert!(text(&run.stderr).contains("`c77` is no standard of C"), "{}", text(&run.stderr));
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn headers_of_a_system_are_read_where_none_is_bundled_and_only_what_is_used_is_emitted() {
    let source = "#include <stdio.h>\n#include <sys/grid.h>\nint main(void) { struct grid g = { 2, 3 }; printf(\"%d %d\\n\", area(&g), GRID_MAX); }\n";
    let header = "/* A grid. */\n#include <bits/most.h>\n#include <stdio.h>\nstruct grid { int w, h; };\nstruct other { int x; };\nenum { GRID_A, GRID_B };\n\
                  static inline int area(struct grid *g) { return g->w * g->h; }\nstatic inline int unused(void) { return 1; }\n";
    let dir = folder(&[
        ("a.c", source),
        ("root/usr/include/sys/grid.h", header),
        ("root/usr/include/bits/most.h", "#define GRID_MAX 9\n"),
        ("root/usr/include/stdio.h", "#error not this one\n"),
    ]);
    let run = batutac(dir.path(), &["run", "--sysroot", "root", "a.c"]);
    assert_eq!(text(&run.stdout), "6 9\n", "{}", text(&run.stderr));
    let rust = text(&batutac(dir.path(), &["transpile", "--sysroot", "root", "a.c"]).stdout);
    assert!(rust.contains("struct Grid") && rust.contains("fn area"), "{rust}");
    assert!(!["Other", "unused()", "GRID_B", "A grid"].iter().any(|word| rust.contains(word)), "{rust}");
    let run = batutac(dir.path(), &["run", "a.c"]);
    assert!(text(&run.stderr).contains("`--sysroot host`"), "{}", text(&run.stderr));
    let run = batutac(dir.path(), &["run", "--sysroot", "nowhere", "a.c"]);
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn functions_of_another_library_are_called_through_one_module() {
    let source = "#include <stdio.h>\ndouble j0(double x);\nint puts_it(const char **rows, void (*f)(int));\nint main(void) { printf(\"%.6f\\n\", j0(1.0)); }\n";
    let more = "#include <stdio.h>\ndouble lgamma_r(double x, int *sign);\nint rows(const char ***all);\n\
                int main(int argc, char **argv) { int sign = 0; double y = lgamma_r(-0.5, &sign); printf(\"%.6f %d\\n\", y, sign); if (argc > 1) rows(NULL); }\n";
    let dir = folder(&[("a.c", source), ("b.c", more)]);
    let run = batutac(dir.path(), &["run", "--link", "m", "a.c"]);
    assert_eq!(text(&run.stdout), "0.765198\n", "{}", text(&run.stderr));
    let run = batutac(dir.path(), &["run", "--link", "m", "b.c"]);
    assert_eq!(text(&run.stdout), "1.265512 -1\n", "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("its parameter 1 points to pointers"), "{}", text(&run.stderr));
    let rust = text(&batutac(dir.path(), &["transpile", "--link", "m", "a.c"]).stdout);
    assert!(rust.contains("#![deny(unsafe_code)]") && rust.contains("#[link(name = \"m\")]"), "{rust}");
    let alone = text(&batutac(dir.path(), &["transpile", "a.c"]).stdout);
    assert!(alone.contains("#![forbid(unsafe_code)]") && !alone.contains("unsafe {"), "{alone}");
}

#[test]
fn a_run_of_c_can_be_watched_for_what_nothing_was_written_to() {
    let source = "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\nint main(int argc, char **argv) {\n  int *h = malloc(4 * sizeof *h), n;\n  char text[8]; strcpy(text, argv[0] ? \"ab\" : \"\"); memset(h, 0, 8);\n  printf(\"%zu %d\\n\", strlen(text), h[1]);\n  if (argc > 1) n = 3;\n  printf(\"%d\\n\", n);\n  printf(\"%d\\n\", h[2]);\n  return 0; }\n";
    let dir = folder(&[("a.c", source), ("b.py", "print(1)\n")]);
    let run = batutac(dir.path(), &["run", "--check", "uninit", "a.c"]);
    assert_eq!((text(&run.stdout), run.status.code()), ("2 0\n".into(), Some(134)));
    assert!(
        text(&run.stderr).contains("a.c:9: run-time error: use of an uninitialised value"),
        "{}",
        text(&run.stderr)
    );
    let run = batutac(dir.path(), &["run", "--check", "uninit", "a.c", "--", "x"]);
    assert!(
        text(&run.stderr).contains("a.c:10: run-time error: use of an uninitialised value"),
        "{}",
        text(&run.stderr)
    );
    let run = batutac(dir.path(), &["run", "--check", "uninit", "b.py"]);
    assert_eq!(run.status.code(), Some(2));
}

#[test]
fn check_says_what_of_c_lives_in_checked_memory() {
    let source = "#include <stdio.h>\n#include <string.h>\nint main(void) { char text[8]; int i = 2, row[3] = { 1, 2, 3 };\n  strcpy(text, \"ab\"); printf(\"%s %d\\n\", text, row[i]); return 0; }\n";
    let dir = folder(&[("a.c", source)]);
    let check = batutac(dir.path(), &["check", "--explain-types", "a.c"]);
    let lines = text(&check.stdout);
    assert!(lines.contains("main: 1 of 3 variables in checked memory"), "{lines}");
    assert!(lines.contains("text (line 3): a pointer to it or into it is made"), "{lines}");
    let json = batutac(dir.path(), &["check", "--output-format", "json", "a.c"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("it is JSON");
    assert_eq!((&json["memory"]["variables"], &json["memory"]["checked"]), (&3.into(), &1.into()));
}

#[test]
fn a_unit_of_c_sees_folders_and_macros_of_the_command_line() {
    let source = "#include <conf.h>\n#ifdef GONE\n#error gone\n#endif\nint main(void) { return conf() + LEVEL + FLAG; }\n";
    let dir = folder(&[("src/prog.c", source), ("include/conf.h", "static int conf(void) { return 4; }\n")]);
    let flags = ["-I", "include", "-DLEVEL=2", "-D", "FLAG", "-DGONE", "-UGONE"];
    let run = batutac(dir.path(), &[&["run"], flags.as_slice(), &["src/prog.c"]].concat());
    assert_eq!(run.status.code(), Some(7), "{}", text(&run.stderr));
    let without = batutac(dir.path(), &["check", "src/prog.c"]);
    assert_eq!(without.status.code(), Some(1));
    assert!(text(&without.stderr).contains("header `conf.h` was not found"), "{}", text(&without.stderr));
}
