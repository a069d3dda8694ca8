//! Real programs: translate, compile, run, compare. Prints a table, fails on what passed before.
//!
//! `tests/expected_passes.txt` names the programs that must print the same bytes; `BLESS=1` adds the
//! ones that newly do. `cargo test -p batuta-tests --test corpus -- ledger` runs the programs of that name; without
//! a name a sample is drawn, all of them with `BATUTA_SAMPLE=all`. With the feature `jit` programs in C run in the
//! JIT, too.

use batuta_core::{Mir, Mode, Node, Op, Program as Ir, RsOp, TyKind};
use batuta_session::{Options, Output, Session, load};
use batuta_tests::members::{self, Built, Member};
use batuta_tests::outcome::{difference, run};
use batuta_tests::programs::{Program, corpus};
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);
/// Programs of a usual run.
const SAMPLE: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Stage {
    Read,
    Transpiled,
    Compiled,
    Same,
}

/// What the emitted program is made of.
#[derive(Clone, Copy, Default, Debug)]
struct Figures {
    locals: usize,
    value: usize,
    shared: usize,
    big: usize,
    clones: usize,
    holes: usize,
    source_lines: usize,
    rust_lines: usize,
    /// Of programs in C: variables, those of them in checked memory, pointers.
    variables: usize,
    checked: usize,
    pointers: usize,
}

struct Report {
    program: Program,
    stage: Stage,
    figures: Figures,
    /// Warnings and errors of the translation.
    findings: usize,
    detail: String,
}

/// Names a program that this process runs in the JIT.
#[cfg(feature = "jit")]
const PROGRAM: &str = "BATUTA_CORPUS_PROGRAM";

fn main() -> ExitCode {
    #[cfg(feature = "jit")]
    if let Ok(path) = std::env::var(PROGRAM) {
        return run_here(Path::new(&path));
    }
    let args = Arguments::from_args();
    let programs = match corpus(&batuta_tests::root()) {
        Ok(programs) => programs,
        Err(why) => {
            eprintln!("the corpus cannot be read: {why}");
            return ExitCode::FAILURE;
        }
    };
    let list = batuta_tests::root().join("tests/expected_passes.txt");
    let expected = read_expected(&list);
    let is_wanted =
        |program: &Program| args.filter.as_ref().is_none_or(|filter| program.name.contains(filter));
    let wanted: Vec<_> = programs.into_iter().filter(is_wanted).collect();
    if args.list {
        let trials = wanted.iter().map(|program| Trial::test(program.name.clone(), || Ok(()))).collect();
        return libtest_mimic::run(&args, trials).exit_code();
    }
    let is_named = args.filter.is_some() || std::env::var_os("BLESS").is_some();
    let wanted =
        if is_named { wanted } else { batuta_tests::sample(wanted, SAMPLE, |program| &program.name) };
    let reports = run_all(wanted);
    print_table(&reports, &expected);
    if std::env::var_os("BLESS").is_some() {
        bless(&list, &expected, &reports);
    }
    let trials = reports.into_iter().map(|report| trial(report, &expected)).collect();
    libtest_mimic::run(&args, trials).exit_code()
}

/// Programs that must pass are tests; the others are counted as ignored.
fn trial(report: Report, expected: &BTreeSet<String>) -> Trial {
    let is_expected = expected.contains(&report.program.name);
    let name = report.program.name.clone();
    let test = Trial::test(name, move || match report.stage {
        Stage::Same => Ok(()),
        stage => Err(Failed::from(format!("reached {stage:?}: {}", report.detail))),
    });
    test.with_ignored_flag(!is_expected)
}

fn read_expected(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn bless(path: &Path, expected: &BTreeSet<String>, reports: &[Report]) {
    let same =
        reports.iter().filter(|report| report.stage == Stage::Same).map(|report| report.program.name.clone());
    let all: BTreeSet<String> = expected.iter().cloned().chain(same).collect();
    let rows: String = all.iter().map(|name| format!("{name}\n")).collect();
    let text = format!(
        "# Programs of the corpus that print the same bytes; one that stops doing so fails the build.\n{rows}"
    );
    std::fs::write(path, text).expect("the list can be written");
}

fn run_all(programs: Vec<Program>) -> Vec<Report> {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(512 << 20).build().expect("threads can be started");
    let runtime = batuta_tests::root().join("runtime/rt").display().to_string();
    let options = Options { runtime, ..Options::default() };
    let translated: Vec<_> =
        pool.install(|| programs.par_iter().map(|program| translate(program, &options)).collect());
    let mut emitted = Vec::new();
    let mut reports = Vec::new();
    for (program, result) in programs.into_iter().zip(translated) {
        let mut report = Report {
            program,
            stage: Stage::Read,
            figures: Figures::default(),
            findings: 0,
            detail: String::new(),
        };
        match result {
            Err(detail) => report.detail = detail,
            Ok((output, figures)) => {
                let errors: Vec<_> = output.findings.iter().filter(|found| found.is_error()).collect();
                let weighs = |found: &&batuta_session::Finding| found.severity != batuta_base::Severity::Note;
                (report.figures, report.findings) = (figures, output.findings.iter().filter(weighs).count());
                if let Some(first) = errors.first() {
                    report.detail = format!("{}: {}", first.code, first.message);
                } else if !output.files.contains_key("src/main.rs") {
                    report.detail = "no src/main.rs was written".to_owned();
                } else {
                    report.stage = Stage::Transpiled;
                    emitted.push(Member { name: report.program.name.clone(), files: output.files });
                }
            }
        }
        reports.push(report);
    }
    compile_and_run(&mut reports, &emitted, &pool);
    reports
}

fn compile_and_run(reports: &mut [Report], emitted: &[Member], pool: &rayon::ThreadPool) {
    if emitted.is_empty() {
        return;
    }
    let folder = batuta_tests::work_folder("corpus");
    let built = match members::build(&folder, emitted) {
        Ok(built) => built,
        Err(why) => {
            eprintln!("cargo failed on the emitted projects:\n{why}");
            std::process::exit(1);
        }
    };
    pool.install(|| {
        reports.par_iter_mut().filter(|report| report.stage == Stage::Transpiled).for_each(|report| {
            match built.get(&report.program.name) {
                Some(Built::Binary(path)) => compare(report, path),
                Some(Built::Errors(errors)) => {
                    let first = errors[0].lines().next().unwrap_or_default();
                    report.detail = format!("{} rustc errors, first: {first}", errors.len());
                }
                None => report.detail = "cargo built nothing".to_owned(),
            }
        });
    });
}

fn translate(program: &Program, options: &Options) -> Result<(Output, Figures), String> {
    let project = load(&program.path).map_err(|why| why.to_string())?;
    let work = || {
        let session = Session::new(&project, options.clone());
        let output = session.output();
        let mut figures = figures(session.mir());
        figures.source_lines = project.files.iter().map(|file| code_lines(&file.text)).sum();
        let sources = output.files.iter().filter(|(path, _)| path.ends_with(".rs"));
        figures.rust_lines = sources.map(|(_, text)| code_lines(text)).sum();
        for homes in session.homes() {
            figures.variables += homes.own + homes.checked.len();
            figures.checked += homes.checked.len();
            figures.pointers += homes.pointers;
        }
        (output, figures)
    };
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        format!("panic: {}", text.unwrap_or_default())
    })
}

fn code_lines(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty()).count()
}

fn figures(program: &Ir<Mir>) -> Figures {
    let mut out = Figures::default();
    for body in program.fns.values() {
        for (_, local) in body.locals.iter() {
            let ty = local.ty;
            out.locals += 1;
            out.value += usize::from(ty.any(&mut |ty| *ty.kind() == TyKind::Value));
            out.shared += usize::from(ty.any(&mut |ty| matches!(ty.kind(), TyKind::Shared(_))));
            out.big += usize::from(ty.any(&mut |ty| ty.is_big()));
        }
        body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
            Node::Use(_, Mode::Clone) | Node::Op { op: Op::RsOp(RsOp::Clone), .. } => out.clones += 1,
            Node::Hole { .. } => out.holes += 1,
            _ => {}
        });
    }
    out
}

/// Runs a program in the JIT of this process; the other arguments are the program's.
#[cfg(feature = "jit")]
fn run_here(path: &Path) -> ExitCode {
    let Ok(project) = load(path) else { return ExitCode::FAILURE };
    let session = Session::new(&project, Options::default());
    let args = std::iter::once(path.display().to_string()).chain(std::env::args().skip(1)).collect();
    let gaps = session.run(args);
    for gap in &gaps {
        eprintln!("no code in the JIT yet for {}", gap.what);
    }
    ExitCode::from(u8::from(!gaps.is_empty()))
}

fn compare(report: &mut Report, binary: &Path) {
    compare_run(report, &mut Command::new(binary));
    #[cfg(feature = "jit")]
    if report.stage == Stage::Same && report.figures.variables > 0 {
        let mut command = Command::new(std::env::current_exe().expect("the runner has a path"));
        compare_run(report, command.env(PROGRAM, &report.program.path));
        if report.stage != Stage::Same {
            report.detail = format!("in the JIT: {}", report.detail);
        }
    }
}

fn compare_run(report: &mut Report, command: &mut Command) {
    report.stage = Stage::Compiled;
    let program = &report.program;
    // Programs may write files: they work on a copy.
    let place = tempfile::tempdir().expect("temporary folder");
    if program.path.is_dir() {
        copy_folder(&program.folder, place.path());
    }
    command.args(&program.args).current_dir(place.path());
    let outcome = match run(command, &program.stdin, LIMIT) {
        Ok(outcome) => outcome,
        Err(why) => return report.detail = why,
    };
    let last = outcome.stderr.lines().last().unwrap_or_default().to_owned();
    if outcome.code.is_none() {
        report.detail = format!("killed or out of time; {last}");
    } else if outcome.stdout != program.stdout {
        report.detail = format!("stdout: {}; {last}", difference(&program.stdout, &outcome.stdout));
    } else if outcome.code != Some(program.code) {
        report.detail = format!("exit {:?}, expected {}; {last}", outcome.code, program.code);
    } else if program.error.as_ref().is_some_and(|error| *error != last) {
        report.detail = format!("stderr ends in {last:?}");
    } else {
        report.stage = Stage::Same;
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("temporary folder");
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("temporary folder");
        }
    }
}

/// What the emitted programs are made of, all together.
fn print_totals(reports: &[Report]) {
    let sum =
        |of: fn(&Figures) -> usize| reports.iter().map(|report| of(&report.figures)).sum::<usize>() as f64;
    let (locals, lines) =
        (sum(|figures| figures.locals).max(1.0), sum(|figures| figures.source_lines).max(1.0));
    println!(
        "{:.1} % of locals are dynamic, {:.1} % shared; {:.1} clones per 100 lines; {:.2} emitted lines per line",
        100.0 * sum(|figures| figures.value) / locals,
        100.0 * sum(|figures| figures.shared) / locals,
        100.0 * sum(|figures| figures.clones) / lines,
        sum(|figures| figures.rust_lines) / lines,
    );
    let variables = sum(|figures| figures.variables);
    if variables > 0.0 {
        println!(
            "programs in C: {:.1} % of {variables} variables in checked memory, {} pointers into it",
            100.0 * sum(|figures| figures.checked) / variables,
            sum(|figures| figures.pointers),
        );
    }
}

fn print_table(reports: &[Report], expected: &BTreeSet<String>) {
    println!(
        "{:34} {:10} {:>5} {:>6} {:>4} {:>5} {:>10} {:>6}",
        "program", "stage", "value", "shared", "int", "holes", "clones/100", "lines"
    );
    let mut counts: BTreeMap<Stage, usize> = BTreeMap::new();
    let mut silent = Vec::new();
    for report in reports {
        *counts.entry(report.stage).or_default() += 1;
        let figures = report.figures;
        let per_100 = 100.0 * figures.clones as f64 / figures.source_lines.max(1) as f64;
        let ratio = figures.rust_lines as f64 / figures.source_lines.max(1) as f64;
        let stage = format!("{:?}", report.stage).to_lowercase();
        let mark = if report.stage == Stage::Same && !expected.contains(&report.program.name) {
            " (new)"
        } else {
            ""
        };
        let detail: String = report.detail.chars().take(110).collect();
        println!(
            "{:34} {stage:10} {:5} {:6} {:4} {:5} {per_100:10.1} {ratio:6.2} {detail}{mark}",
            report.program.name, figures.value, figures.shared, figures.big, figures.holes
        );
        if report.stage == Stage::Compiled && report.findings == 0 {
            silent.push(report.program.name.as_str());
        }
    }
    let at_least =
        |stage: Stage| counts.iter().filter(|(reached, _)| **reached >= stage).map(|(_, n)| n).sum::<usize>();
    println!(
        "{} programs: {} transpiled, {} compiled, {} same output",
        reports.len(),
        at_least(Stage::Transpiled),
        at_least(Stage::Compiled),
        at_least(Stage::Same)
    );
    print_totals(reports);
    if !silent.is_empty() {
        println!("DIFFERENT OUTPUT WITHOUT A WARNING: {}", silent.join(", "));
    }
}
