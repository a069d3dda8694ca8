//! The tests of a project: which files they are, and whether they go into the emitted project.

use crate::load::{LoadError, read};
use crate::project::{Project, ProjectFile, module_name};
use crate::{Options, Session};
use batuta_base::Severity;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The test files among what is no part of the program: modules below `tests`, by their stems.
pub(crate) fn test_files(skipped: &[PathBuf]) -> Result<Vec<ProjectFile>, LoadError> {
    let mut paths = Vec::new();
    skipped.iter().for_each(|path| add(path, &mut paths));
    let mut out: Vec<ProjectFile> = Vec::new();
    for path in paths {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let module = format!("tests.{}", module_name(&stem));
        if matches!(stem.as_str(), "__init__" | "setup" | "noxfile")
            || out.iter().any(|file| file.module == module)
        {
            continue;
        }
        let text = read(&path)?.into();
        out.push(ProjectFile { path: path.to_string_lossy().into_owned(), text, module, is_package: false });
    }
    Ok(out)
}

fn add(path: &Path, out: &mut Vec<PathBuf>) {
    if path.extension().is_some_and(|ending| ending == "py") {
        out.push(path.to_owned());
        return;
    }
    let Ok(entries) = fs::read_dir(path) else { return };
    let mut below: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    below.sort();
    below.iter().filter(|path| path.is_file()).for_each(|path| add(path, out));
}

impl Session {
    /// A session over the project and its tests. They stay out where they would change the program: what
    /// tests pass on purpose can make a type dynamic.
    pub fn with_tests(project: Project, options: Options) -> (Project, Session) {
        let plain = Session::new(&project, options.clone());
        let has_module = project.files.iter().any(|file| file.module == "tests");
        if project.tests.is_empty() || has_module {
            return (project, plain);
        }
        let mut whole = project.clone();
        whole.files.append(&mut whole.tests);
        whole.files.sort_by(|a, b| a.module.cmp(&b.module));
        whole.notes.retain(|note| !note.starts_with("left out: "));
        let session = Session::new(&whole, options);
        if warnings(&session, &project) <= warnings(&plain, &project) && !changes(&session, &plain) {
            return (whole, session);
        }
        (project, plain)
    }
}

/// Number of warnings and errors about a project's own files.
fn warnings(session: &Session, project: &Project) -> usize {
    let is_own = |path: &str| project.files.iter().any(|file| file.path == path);
    let findings = session.findings();
    let own = findings.iter().filter(|finding| finding.at.as_ref().is_none_or(|at| is_own(&at.file)));
    own.filter(|finding| finding.severity != Severity::Note).count()
}

/// Whether more than one in twenty functions of the program have another signature with the tests.
fn changes(session: &Session, plain: &Session) -> bool {
    let (with, without) = (session.output().files, plain.output().files);
    let (mut all, mut changed) = (0, 0);
    for (path, text) in without.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let other: BTreeSet<&str> = with.get(path).map(|text| text.lines().collect()).unwrap_or_default();
        for line in text.lines().filter(|line| line.contains("fn ")) {
            all += 1;
            changed += usize::from(!other.contains(line));
        }
    }
    changed * 20 > all
}
