//! Cold time of a generated 10,000-line project, time after an edit of one body, queries that ran again.
//!
//! `cargo bench -p batuta-session`. Each figure is the median of several rounds.

use batuta_session::{Options, Project, Session};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const MODULES: usize = 20;
const FUNCTIONS: usize = 50;
const ROUNDS: usize = 7;

fn main() {
    let project = generated();
    let lines: usize = project.files.iter().map(|file| file.text.lines().count()).sum();
    println!("{MODULES} modules, {} functions, {lines} lines", MODULES * FUNCTIONS);

    let cold = median(|| time(|| _ = Session::new(&project, Options::default()).output()));
    println!("cold: {cold:?}");

    let mut session = Session::new(&project, Options::default());
    session.output();
    let file = project.files[MODULES / 2].clone();
    let mut round = 0;
    let warm = median(|| {
        round += 1;
        let edited = file.text.replacen("total += step", &format!("total += step + {round}"), 1);
        session.take_executed();
        time(|| {
            assert!(session.set_text(&file.path, &edited));
            session.output();
        })
    });
    println!("after an edit of one body: {warm:?}");
    let mut ran = session.take_executed();
    ran.sort();
    let mut rows: Vec<(String, usize)> = Vec::new();
    for query in ran {
        match rows.last_mut().filter(|row| row.0 == query) {
            Some(row) => row.1 += 1,
            None => rows.push((query, 1)),
        }
    }
    let rows: Vec<_> = rows.iter().map(|(query, count)| format!("{query} x{count}")).collect();
    println!("queries that ran again: {}", rows.join(", "));
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut measure: impl FnMut() -> Duration) -> Duration {
    let mut all: Vec<_> = (0..ROUNDS).map(|_| measure()).collect();
    all.sort();
    all[ROUNDS / 2]
}

/// Modules of functions of ten lines that call each other.
fn generated() -> Project {
    let mut project =
        Project { name: "generated".to_owned(), entry: Some("main".to_owned()), ..Project::default() };
    let mut main = String::new();
    for module in 0..MODULES {
        let mut text = String::new();
        for function in 0..FUNCTIONS {
            let below = if function == 0 { "step".to_owned() } else { format!("f{}(step)", function - 1) };
            let _ = write!(
                text,
                "def f{function}(limit):\n    total = {module}\n    names = []\n    for step in range(limit):\n        if step % 3 == 0:\n            \
                 total += step\n        else:\n            names.append(str({below}))\n    return total + len(names)\n\n\n"
            );
        }
        let _ = writeln!(main, "import m{module}");
        let _ = writeln!(main, "print(m{module}.f{}(3))", FUNCTIONS - 1);
        project.files.extend(Project::single(&format!("m{module}.py"), &text).files);
    }
    project.files.extend(Project::single("main.py", &main).files);
    project
}
