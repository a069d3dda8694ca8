//! The tests of a project: which files they are, and whether they go into the emitted project.

use crate::load::{is_foreign, read};
use crate::project::{Project, ProjectFile, module_name};
use crate::{Options, Session};
use batuta_base::Severity;
use std::fs;
use std::path::{Path, PathBuf};

/// The test files among what is no part of the program.
#[derive(Default)]
pub(crate) struct TestFiles {
    /// Modules below `tests`, by their paths in the folder of tests.
    pub files: Vec<ProjectFile>,
    /// What is never taken in, and why where that is not plain.
    pub left: Vec<String>,
}

/// Reads the test files among what was skipped.
pub(crate) fn test_files(skipped: &[PathBuf]) -> TestFiles {
    let mut out = TestFiles::default();
    let mut with_own_fixtures = 0;
    for root in skipped {
        let mut paths = Vec::new();
        add(root, &mut paths);
        let is_fixtures = |path: &PathBuf| path.ends_with("conftest.py") && path != root;
        with_own_fixtures += usize::from(paths.iter().any(is_fixtures));
        paths.iter().for_each(|path| out.take(root, path));
    }
    // The fixtures of one folder of tests are not those of another.
    let roots = skipped.iter().filter(|root| !root.ends_with("conftest.py"));
    let roots = roots.filter(|root| out.files.iter().any(|file| Path::new(&file.path).starts_with(root)));
    if with_own_fixtures > 0
        && (roots.count() > 1 || skipped.iter().any(|root| root.ends_with("conftest.py")))
    {
        let files = std::mem::take(&mut out.files);
        out.left.extend(files.into_iter().map(|file| file.path));
    }
    out
}

impl TestFiles {
    fn take(&mut self, root: &Path, path: &Path) {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let shown = path.display().to_string();
        if stem == "__init__" {
            return;
        }
        if matches!(stem.as_str(), "setup" | "noxfile") {
            self.left.push(shown);
            return;
        }
        let inner = path.strip_prefix(root).ok().filter(|inner| !inner.as_os_str().is_empty());
        let inner = inner.map_or_else(|| PathBuf::from(&stem), |inner| inner.with_extension(""));
        let parts = inner.iter().map(|part| module_name(&part.to_string_lossy()));
        let mut module = format!("tests.{}", parts.collect::<Vec<_>>().join("."));
        let is_taken = |module: &str| self.files.iter().any(|file| file.module == module);
        if is_taken(&module) {
            let above = root.parent().and_then(Path::file_name).map(|name| name.to_string_lossy());
            module =
                format!("tests.{}_{}", module_name(&above.unwrap_or_default()), &module["tests.".len()..]);
        }
        if is_taken(&module) {
            self.left.push(format!("{shown} (another is called so)"));
            return;
        }
        match read(path) {
            Ok(text) => {
                self.files.push(ProjectFile { path: shown, text: text.into(), module, is_package: false });
            }
            Err(why) => self.left.push(format!("{shown} ({why})")),
        }
    }
}

/// The Python files that a path is or holds.
fn add(path: &Path, out: &mut Vec<PathBuf>) {
    if path.extension().is_some_and(|ending| ending == "py") && path.is_file() {
        out.push(path.to_owned());
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    let is_own = |entry: &fs::DirEntry| {
        !is_foreign(&entry.file_name().to_string_lossy())
            && entry.file_type().is_ok_and(|kind| !kind.is_symlink())
    };
    let mut below: Vec<PathBuf> =
        entries.filter_map(Result::ok).filter(is_own).map(|entry| entry.path()).collect();
    below.sort();
    below.iter().for_each(|path| add(path, out));
}

impl Session {
    /// A session over the project and its tests. Those stay out that would change the program: what tests
    /// pass on purpose can make types dynamic.
    pub fn with_tests(project: Project, options: Options) -> (Project, Session) {
        let plain = Session::new(&project, options.clone());
        let has_module = project.files.iter().any(|file| file.module == "tests");
        if project.tests.is_empty() || has_module {
            return (project, plain);
        }
        let fits = |session: &Session| {
            warnings(session, &project) <= warnings(&plain, &project) && !changes(session, &plain)
        };
        let whole = joined(&project, &project.tests);
        let session = Session::new(&whole, options.clone());
        if fits(&session) {
            return (whole, session);
        }
        let mut kept: Vec<ProjectFile> = Vec::new();
        let mut found = None;
        for file in shared_first(&project.tests) {
            kept.push(file.clone());
            let part = joined(&project, &kept);
            let session = Session::new(&part, options.clone());
            if fits(&session) {
                found = Some((part, session));
            } else {
                kept.pop();
            }
        }
        let Some((mut part, session)) = found else { return (project, plain) };
        let is_kept = |file: &&ProjectFile| kept.iter().any(|kept| kept.path == file.path);
        let left: Vec<&str> =
            project.tests.iter().filter(|file| !is_kept(file)).map(|file| file.path.as_str()).collect();
        part.notes.push(format!("left out: {}", left.join(", ")));
        (part, session)
    }
}

/// The project with these tests among its files.
fn joined(project: &Project, tests: &[ProjectFile]) -> Project {
    let mut whole = project.clone();
    whole.tests.clear();
    whole.files.extend_from_slice(tests);
    whole.files.sort_by(|a, b| a.module.cmp(&b.module));
    whole.notes.retain(|note| !note.starts_with("left out: "));
    whole
}

/// What other tests may need comes first: fixtures, helpers.
fn shared_first(tests: &[ProjectFile]) -> Vec<&ProjectFile> {
    let is_test = |file: &&ProjectFile| {
        let name = file.module.rsplit('.').next().unwrap_or_default();
        name.starts_with("test_") || name.ends_with("_test")
    };
    let (tests, helpers): (Vec<&ProjectFile>, Vec<&ProjectFile>) = tests.iter().partition(is_test);
    helpers.into_iter().chain(tests).collect()
}

/// Number of warnings and errors about a project's own files.
fn warnings(session: &Session, project: &Project) -> usize {
    let is_own = |path: &str| project.files.iter().any(|file| file.path == path);
    let findings = session.findings();
    let own = findings.iter().filter(|finding| finding.at.as_ref().is_none_or(|at| is_own(&at.file)));
    own.filter(|finding| finding.severity != Severity::Note).count()
}

/// Whether the tests make many more functions of the program take or give dynamic values.
fn changes(session: &Session, plain: &Session) -> bool {
    let (with, without) = (session.output().files, plain.output().files);
    let (mut all, mut before, mut after) = (0, 0, 0);
    let is_dynamic = |line: &&str| line.contains("fn ") && line.contains("rt::Value");
    for (path, text) in without.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let other = with.get(path).map(String::as_str).unwrap_or_default();
        all += text.lines().filter(|line| line.contains("fn ")).count();
        before += text.lines().filter(is_dynamic).count();
        after += other.lines().filter(is_dynamic).count();
    }
    after > before + all / 4
}
