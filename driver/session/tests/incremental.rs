//! What an edit runs again.

use batuta_session::{Options, Project, Session};

const SOURCE: &str = "\
def double(x: int) -> int:
    return x + x


def greet(name: str) -> str:
    return 'hello ' + name


print(double(2), greet('Ada'))
";

fn session() -> Session {
    let session =
        Session::new(&Project::single("demo.py", SOURCE), Options { verify: false, ..Options::default() });
    let output = session.output();
    assert!(!output.has_errors(), "{:?}", output.findings);
    session.take_executed();
    session
}

/// Queries that the edit runs again, in alphabetical order.
fn rerun(session: &mut Session, text: &str) -> Vec<String> {
    assert!(session.set_text("demo.py", text));
    session.output();
    let mut ran = session.take_executed();
    ran.sort();
    ran
}

#[test]
fn the_same_text_runs_nothing() {
    let mut session = session();
    assert_eq!(rerun(&mut session, SOURCE), [""; 0]);
}

#[test]
fn a_body_edit_runs_its_file_and_the_program() {
    let mut session = session();
    let edited = SOURCE.replace("x + x", "x * 2");
    let ran = rerun(&mut session, &edited);
    // `hir` once for each of the three bodies of the file: two of them compare equal.
    let expected = [
        "bases",
        "findings",
        "hir",
        "hir",
        "hir",
        "idiomatic",
        "items",
        "lowered",
        "mir",
        "program",
        "rust",
        "types",
    ];
    assert_eq!(ran, expected);
}

#[test]
fn a_line_above_a_function_stops_before_the_types() {
    let mut project = Project::single("demo.py", "import helper\nprint(helper.f(1))\n");
    project.files.extend(Project::single("helper.py", "def f(x: int) -> int:\n    return x\n").files);
    let mut session = Session::new(&project, Options { verify: false, ..Options::default() });
    session.output();
    session.take_executed();
    assert!(session.set_text("helper.py", "\n\ndef f(x: int) -> int:\n    return x\n"));
    session.output();
    let mut ran = session.take_executed();
    ran.sort();
    // Positions go into findings and into the source map, not into types and ownership.
    assert_eq!(ran, ["bases", "findings", "hir", "hir", "items", "lowered", "rust"]);
}

#[test]
fn other_files_are_not_read_again() {
    let mut project = Project::single("demo.py", "import helper\nprint(helper.f(1))\n");
    let helper = Project::single("helper.py", "def f(x: int) -> int:\n    return x\n");
    project.files.extend(helper.files);
    let mut session = Session::new(&project, Options { verify: false, ..Options::default() });
    session.output();
    session.take_executed();
    assert!(session.set_text("helper.py", "def f(x: int) -> int:\n    return x + 1\n"));
    session.output();
    let ran = session.take_executed();
    assert_eq!(ran.iter().filter(|query| *query == "lowered").count(), 1, "{ran:?}");
}
