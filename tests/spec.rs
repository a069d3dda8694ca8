//! The specs: `tests/spec/**/*.md` and the examples of `docs/idioms.md`, a heading with a fence is a test.
//!
//! First fence: `python`; `python shapes.py` is a further module of the program. Each further fence asserts: `hir`, `typed`, `mir`, `idiom`, `rust` (the named items;
//! an empty fence stands for all), `output` (stdout of the emitted Rust, of the JIT, and of CPython), `stderr` (its
//! last line), `diagnostics` (`CODE line: message`). A `toml` fence gives `args`, `stdin`, `exit`,
//! `int = "big"`, `optimize = "none"`, `strict`. In the input, `#! B0501 words` at a line's end expects
//! that finding there, `#~ list<int>` that a local assigned on that line has that type.
//!
//! `BLESS=1` rewrites fences (`output` from CPython alone), `REFERENCE=1` asks CPython again.

#[cfg(feature = "jit")]
#[path = "spec_jit.rs"]
mod jit;

use batuta_session::{IntPolicy, Level, Optimize, Options, Output, Project, ProjectFile, Session};
use batuta_tests::markdown::{self, Spec};
use batuta_tests::outcome::{self, difference};
use batuta_tests::{items, modules};
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Settings of one spec, from its `toml` fence.
#[derive(Clone, Default, Debug)]
struct Settings {
    args: Vec<String>,
    stdin: String,
    exit: Option<i32>,
    options: Options,
}

/// A spec on its way through the run.
struct Case {
    file: PathBuf,
    name: String,
    module: String,
    spec: Spec,
    settings: Settings,
    failures: Vec<String>,
    blessed: Vec<(Range<usize>, String)>,
    files: BTreeMap<String, String>,
    /// Unchanged since it last passed.
    is_known: bool,
    hash: u64,
}

fn main() -> ExitCode {
    #[cfg(feature = "jit")]
    if let Some(path) = std::env::var_os(jit::PROGRAM) {
        return jit::run(Path::new(&path));
    }
    let args = Arguments::from_args();
    let mut cases = match collect(&args) {
        Ok(cases) => cases,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    if !args.list {
        run_all(&mut cases);
    }
    let gaps = known_gaps();
    let is_partial = args.list || args.filter.is_some();
    let trials = cases.into_iter().map(|case| {
        let is_gap = gaps.contains(&case.name);
        let fails = !case.failures.is_empty();
        Trial::test(case.name, move || match (is_gap, fails) {
            (false, true) => Err(Failed::from(case.failures.join("\n"))),
            (true, false) => Err(Failed::from("it passes now: take its name out of tests/known_gaps.txt")),
            _ => Ok(()),
        })
        .with_ignored_flag(is_gap && fails && !is_partial)
    });
    libtest_mimic::run(&args, trials.collect()).exit_code()
}

/// Names of specs that are known to fail.
fn known_gaps() -> Vec<String> {
    let path = batuta_tests::root().join("tests/known_gaps.txt");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn collect(args: &Arguments) -> Result<Vec<Case>, String> {
    let root = batuta_tests::root().join("tests/spec");
    let mut paths = Vec::new();
    spec_files(&root, &mut paths);
    paths.push(batuta_tests::root().join("docs/idioms.md"));
    paths.sort();
    if paths.is_empty() {
        return Err(format!("no specs in {}", root.display()));
    }
    let mut cases: Vec<Case> = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        let inner = match path.strip_prefix(&root) {
            Ok(inner) => inner.with_extension("").display().to_string(),
            Err(_) => "docs/idioms".to_owned(),
        };
        let specs = markdown::parse(&text).map_err(|why| format!("{}: {why}", path.display()))?;
        for spec in specs {
            let name = format!("{inner}: {}", spec.heading);
            let is_out = args.filter.as_ref().is_some_and(|filter| !name.contains(filter.as_str()));
            if cases.iter().any(|case| case.name == name) {
                return Err(format!("two specs are called `{name}`"));
            }
            if !is_out {
                cases.push(case(path.clone(), name, spec));
            }
        }
    }
    Ok(cases)
}

fn spec_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            spec_files(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            out.push(path);
        }
    }
}

fn case(file: PathBuf, name: String, spec: Spec) -> Case {
    let module = format!("s_{:016x}", batuta_tests::hash([name.as_str()]));
    let mut failures = Vec::new();
    let settings = settings(&spec).unwrap_or_else(|why| {
        failures.push(why);
        Settings::default()
    });
    const KNOWN: &[&str] =
        &["hir", "typed", "mir", "idiom", "rust", "output", "stderr", "diagnostics", "toml"];
    let unknown = spec.asserted().find(|fence| !KNOWN.contains(&fence.lang.as_str()));
    if let Some(fence) = unknown {
        failures.push(format!("line {}: a `{}` fence asserts nothing", fence.line, fence.lang));
    }
    if !matches!(spec.input().lang.as_str(), "python" | "ruchy" | "c") {
        failures.push(format!(
            "line {}: the input is `{}`, not `python`, `ruchy` or `c`",
            spec.input().line,
            spec.input().lang
        ));
    } else if spec.asserted().all(|fence| fence.lang == "toml")
        && !spec.input().text.contains("#! B")
        && !spec.input().text.contains("#~ ")
    {
        failures.push(format!("line {}: nothing is asserted", spec.input().line));
    }
    Case {
        file,
        name,
        module,
        spec,
        settings,
        failures,
        blessed: Vec::new(),
        files: BTreeMap::new(),
        is_known: false,
        hash: 0,
    }
}

fn settings(spec: &Spec) -> Result<Settings, String> {
    let mut out = Settings::default();
    out.options.runtime = batuta_tests::root().join("runtime/rt").display().to_string();
    out.options.verify = true;
    let Some(fence) = spec.fence("toml") else { return Ok(out) };
    let table: toml::Table = fence.text.parse().map_err(|why| format!("line {}: {why}", fence.line))?;
    for (key, value) in &table {
        let text = value.as_str().unwrap_or_default();
        match key.as_str() {
            "args" => {
                let words = value.as_array().into_iter().flatten().filter_map(|word| word.as_str());
                out.args = words.map(str::to_owned).collect();
            }
            "stdin" => out.stdin = text.to_owned(),
            "exit" => out.exit = value.as_integer().and_then(|code| i32::try_from(code).ok()),
            "strict" => out.options.strict = value.as_bool().unwrap_or_default(),
            "int" if text == "big" => out.options.int = IntPolicy::Big,
            "optimize" if text == "none" => out.options.optimize = Optimize::None,
            _ => return Err(format!("line {}: no such option: {key} = {value}", fence.line)),
        }
    }
    Ok(out)
}

fn is_set(name: &str) -> bool {
    std::env::var(name).is_ok_and(|value| !value.is_empty() && value != "0")
}

fn run_all(cases: &mut [Case]) {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(512 << 20).build().expect("threads can be started");
    pool.install(|| cases.par_iter_mut().for_each(translate));
    let folder = batuta_tests::work_folder("specs");
    let memory = folder.join("passed.txt");
    let runtime = batuta_tests::runtime_hash().to_string();
    let passed: BTreeSet<String> =
        std::fs::read_to_string(&memory).unwrap_or_default().lines().map(str::to_owned).collect();
    let may_skip = !batuta_tests::is_ci() && !is_set("BLESS") && !is_set("REFERENCE");
    for case in cases.iter_mut() {
        let texts = case
            .spec
            .fences
            .iter()
            .map(|fence| fence.text.as_str())
            .chain(case.files.values().map(String::as_str));
        case.hash = batuta_tests::hash(texts.chain([runtime.as_str()]));
        case.is_known = may_skip && passed.contains(&format!("{:016x}", case.hash));
    }
    if is_set("BLESS") || is_set("REFERENCE") {
        pool.install(|| cases.par_iter_mut().filter(|case| asks_output(case)).for_each(ask_python));
    }
    run_emitted(cases, &folder, &pool);
    #[cfg(feature = "jit")]
    pool.install(|| cases.par_iter_mut().filter(|case| asks_output(case)).for_each(jit::check));
    let good = cases.iter().filter(|case| case.failures.is_empty()).map(|case| format!("{:016x}", case.hash));
    let all: BTreeSet<String> = passed.into_iter().chain(good).collect();
    let _ = std::fs::write(&memory, all.into_iter().map(|hash| hash + "\n").collect::<String>());
    if is_set("BLESS") {
        bless(cases);
    }
}

fn asks_output(case: &Case) -> bool {
    case.spec.fence("output").is_some() || case.spec.fence("stderr").is_some()
}

/// The program and its further modules.
fn project(spec: &Spec) -> Project {
    let mut project = Project::single(&format!("demo.{}", ending(spec)), &spec.input().text);
    for (path, fence) in spec.files() {
        let is_package = path.ends_with("__init__.py");
        let module = path.trim_end_matches(".py").trim_end_matches("/__init__").replace('/', ".");
        let text = fence.text.as_str().into();
        project.files.push(ProjectFile { path: path.to_owned(), text, module, is_package });
    }
    project.files.sort_by(|a, b| a.module.cmp(&b.module));
    project
}

/// Everything that needs no compiled program.
fn translate(case: &mut Case) {
    let project = project(&case.spec);
    let options = case.settings.options.clone();
    let work = AssertUnwindSafe(|| {
        let session = Session::new(&project, options);
        let output = session.output();
        let text = |level| session.text(level);
        let levels = [text(Level::Hir), text(Level::Typed), text(Level::Mir), text(Level::Idiomatic)];
        let types = session.assigned_types();
        let types: Vec<_> = types.into_iter().map(|(at, _, ty)| (at.line, ty.to_string())).collect();
        (output, levels, types)
    });
    let (output, levels, types) = match catch_unwind(work) {
        Ok(found) => found,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            return case.failures.push(format!("panic: {}", text.unwrap_or_default()));
        }
    };
    let rust = output
        .files
        .get("src/main.rs")
        .or_else(|| output.files.get("src/lib.rs"))
        .cloned()
        .unwrap_or_default();
    for (lang, actual) in ["hir", "typed", "mir", "idiom"].iter().zip(&levels).chain([(&"rust", &rust)]) {
        check_items(case, lang, actual);
    }
    check_findings(case, &output);
    check_types(case, &types);
    case.files = output.files;
}

fn check_items(case: &mut Case, lang: &str, actual: &str) {
    let Some(fence) = case.spec.fence(lang) else { return };
    let found = items::select(&fence.text, actual);
    if found == fence.text {
        return;
    }
    if is_set("BLESS") {
        case.blessed.push((fence.range.clone(), found));
        return;
    }
    let detail = difference(fence.text.as_bytes(), found.as_bytes());
    case.failures.push(format!("line {}: `{lang}` differs, {detail}\n{found}", fence.line));
}

fn check_findings(case: &mut Case, output: &Output) {
    let line_of = |found: &batuta_session::Finding| found.at.as_ref().map_or(0, |at| at.line);
    let rows =
        output.findings.iter().map(|found| format!("{} {}: {}\n", found.code, line_of(found), found.message));
    let rows: String = rows.collect();
    if let Some(fence) = case.spec.fence("diagnostics") {
        if fence.text != rows && is_set("BLESS") {
            case.blessed.push((fence.range.clone(), rows.clone()));
        } else if fence.text != rows {
            case.failures.push(format!("line {}: `diagnostics` differs, found:\n{rows}", fence.line));
        }
        return;
    }
    let mut wanted: Vec<(u32, String, String)> = Vec::new();
    for (index, line) in case.spec.input().text.lines().enumerate() {
        let Some((_, mark)) = line.split_once("#! B") else { continue };
        let (code, words) = mark.split_once(' ').unwrap_or((mark, ""));
        wanted.push((index as u32 + 1, format!("B{code}"), words.trim().to_owned()));
    }
    for (line, code, words) in &wanted {
        let fits = |found: &&batuta_session::Finding| {
            line_of(found) == *line && found.code == code && found.message.contains(words.as_str())
        };
        if !output.findings.iter().any(|found| fits(&found)) {
            case.failures.push(format!("input line {line}: no finding {code} {words:?}, found:\n{rows}"));
        }
    }
    for found in output.findings.iter().filter(|found| found.severity != batuta_base::Severity::Note) {
        if !wanted.iter().any(|(line, code, _)| line_of(found) == *line && found.code == code) {
            case.failures.push(format!("unexpected: {} {}: {}", found.code, line_of(found), found.message));
        }
    }
}

/// Ending of the input's file.
fn ending(spec: &Spec) -> &'static str {
    match spec.input().lang.as_str() {
        "ruchy" => "ruchy",
        "c" => "c",
        _ => "py",
    }
}

/// `#~ type` at a line's end.
fn check_types(case: &mut Case, types: &[(u32, String)]) {
    for (index, line) in case.spec.input().text.lines().enumerate() {
        let Some((_, wanted)) = line.split_once("#~ ") else { continue };
        let here: Vec<_> =
            types.iter().filter(|(line, _)| *line == index as u32 + 1).map(|(_, ty)| ty.as_str()).collect();
        if !here.contains(&wanted.trim()) {
            case.failures.push(format!("input line {}: no {}, found {here:?}", index + 1, wanted.trim()));
        }
    }
}

/// Compares the `output` fence with CPython or cc, or takes it from there.
/// Nothing but the runtime's two backends answers for Ruchy: those fences are written by hand.
fn ask_python(case: &mut Case) {
    if !matches!(case.spec.input().lang.as_str(), "python" | "c") {
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join(format!("demo.{}", ending(&case.spec)));
    std::fs::write(&path, &case.spec.input().text).expect("temporary folder");
    for (name, fence) in case.spec.files() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("temporary folder");
        std::fs::write(&path, &fence.text).expect("temporary folder");
    }
    let ask = if case.spec.input().lang == "c" { outcome::c } else { outcome::python };
    let answer = match ask(&path, &case.settings.args, case.settings.stdin.as_bytes()) {
        Ok(answer) => answer,
        Err(why) => return case.failures.push(why),
    };
    let last = format!("{}\n", answer.stderr.lines().last().unwrap_or_default());
    let stdout = String::from_utf8_lossy(&answer.stdout).into_owned();
    for (lang, actual) in [("output", stdout), ("stderr", last)] {
        let Some(fence) = case.spec.fence(lang) else { continue };
        if fence.text == actual {
            continue;
        }
        if is_set("BLESS") {
            case.blessed.push((fence.range.clone(), actual));
        } else {
            let detail = difference(fence.text.as_bytes(), actual.as_bytes());
            let who = if case.spec.input().lang == "c" { "cc" } else { "CPython" };
            case.failures.push(format!("line {}: {who} disagrees with `{lang}`, {detail}", fence.line));
        }
    }
}

/// Compiles all programs that state an output as modules of one crate and runs them.
fn run_emitted(cases: &mut [Case], folder: &Path, pool: &rayon::ThreadPool) {
    let mut programs = BTreeMap::new();
    for case in cases.iter_mut().filter(|case| asks_output(case) && !case.is_known) {
        if case.files.contains_key("src/main.rs") {
            programs.insert(case.module.clone(), case.files.clone());
        } else {
            case.failures.push("no program was written".to_owned());
        }
    }
    if programs.is_empty() {
        return;
    }
    let built = match modules::build(folder, &programs) {
        Ok(built) => built,
        Err(why) => {
            cases
                .iter_mut()
                .filter(|case| programs.contains_key(&case.module))
                .for_each(|case| case.failures.push(why.clone()));
            return;
        }
    };
    pool.install(|| {
        cases.par_iter_mut().filter(|case| programs.contains_key(&case.module)).for_each(|case| match built
            .errors
            .get(&case.module)
        {
            Some(errors) => case.failures.push(format!("the Rust does not compile:\n{}", errors.concat())),
            None => run_one(case, &built.binary),
        });
    });
}

fn run_one(case: &mut Case, binary: &Path) {
    let mut command = Command::new(binary);
    // The name of the program stands where a shell puts it: the program sees its own arguments only.
    command.env("BATUTA_SPEC", &case.module).args(&case.settings.args);
    let answer = match outcome::run(&mut command, case.settings.stdin.as_bytes(), Duration::from_secs(20)) {
        Ok(answer) => answer,
        Err(why) => return case.failures.push(why),
    };
    let blessed = |case: &Case, range: &Range<usize>| {
        case.blessed.iter().find(|(at, _)| at == range).map(|(_, text)| text.clone())
    };
    let last = answer.stderr.lines().last().unwrap_or_default().to_owned();
    let actual =
        [("output", String::from_utf8_lossy(&answer.stdout).into_owned()), ("stderr", format!("{last}\n"))];
    for (lang, actual) in actual {
        let Some(fence) = case.spec.fence(lang) else { continue };
        let expected = blessed(case, &fence.range).unwrap_or_else(|| fence.text.clone());
        if expected != actual {
            let detail = difference(expected.as_bytes(), actual.as_bytes());
            case.failures.push(format!("line {}: the Rust's `{lang}` differs, {detail}; {last}", fence.line));
        }
    }
    let exit = case.settings.exit.unwrap_or(i32::from(case.spec.fence("stderr").is_some()));
    if answer.code != Some(exit) {
        case.failures.push(format!("exit {:?}, expected {exit}; {last}", answer.code));
    }
}

fn bless(cases: &mut [Case]) {
    let files: BTreeSet<PathBuf> = cases.iter().map(|case| case.file.clone()).collect();
    for file in files {
        let changes: Vec<_> =
            cases.iter().filter(|case| case.file == file).flat_map(|case| case.blessed.clone()).collect();
        if !changes.is_empty() {
            let text = std::fs::read_to_string(&file).expect("it was read before");
            std::fs::write(&file, markdown::replace(&text, changes)).expect("specs can be written");
        }
    }
}
