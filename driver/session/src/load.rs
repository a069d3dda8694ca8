//! From a path on disk to a project: which files are modules, what they are called, where it starts.

use crate::project::{Project, ProjectFile, crate_name, module_name};
use crate::suites::test_files;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a path cannot be read as a project. Displays as one sentence that names the path.
#[derive(Debug)]
pub enum LoadError {
    Missing(PathBuf),
    Unreadable(PathBuf, io::Error),
    NotUtf8 {
        path: PathBuf,
        line: usize,
    },
    /// A file whose ending names no language that is read.
    UnknownLanguage(PathBuf),
    /// A file of another language where Ruchy is asked for.
    NotRuchy(PathBuf),
    NoRuchy(PathBuf),
    /// The text of a build compiles no unit of the folder.
    NothingBuilt(PathBuf),
    /// A folder without a single file of Python or C, and without a Ruchy file that starts.
    NothingToRead(PathBuf),
}

impl LoadError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing(_) => "check the spelling, or give the path from the current folder",
            Self::Unreadable(_, why) if why.kind() == std::io::ErrorKind::InvalidData => {
                "write it again, or move it away: the folder is read without it then"
            }
            Self::Unreadable(..) => "check the permissions of the path",
            Self::NotUtf8 { .. } => "save the file as UTF-8 (`iconv -f latin1 -t utf-8 OLD > NEW`)",
            Self::UnknownLanguage(_) => {
                "Python files end in `.py`, Ruchy files in `.ruchy`, units of C in `.c`"
            }
            Self::NotRuchy(_) | Self::NoRuchy(_) => {
                "name a file that ends in `.ruchy`, or a folder that holds some"
            }
            Self::NothingBuilt(_) => "give what `make -nB` prints in this folder",
            Self::NothingToRead(_) => "name a folder that holds `.py` or `.c` files, or `src/main.ruchy`",
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "no such file or folder: {}", path.display()),
            Self::Unreadable(path, why) => write!(f, "cannot read {}: {}", path.display(), plain(why)),
            Self::NotUtf8 { path, line } => write!(f, "{} is not UTF-8 (line {line})", path.display()),
            Self::UnknownLanguage(path) => write!(f, "{} is not a Python or Ruchy file", path.display()),
            Self::NotRuchy(path) => write!(f, "{} is not a Ruchy file", path.display()),
            Self::NoRuchy(path) => write!(f, "no Ruchy files in {}", path.display()),
            Self::NothingBuilt(path) => {
                write!(f, "no command of the build log compiles a unit below {}", path.display())
            }
            Self::NothingToRead(path) => write!(f, "no Python files in {}", path.display()),
        }
    }
}

impl std::error::Error for LoadError {}

/// `permission denied` instead of `Permission denied (os error 13)`.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// Reads the project that a file or folder is.
///
/// A file: itself, and the modules beside it that it imports. A folder: its modules (below `src/`
/// where that is the layout), without tests, hidden, virtual and build folders; it starts at
/// `__main__.py`, at the one script that `pyproject.toml` names, at `main.py`, or at the one module
/// with `if __name__ == "__main__":`.
pub fn load(path: &Path) -> Result<Project, LoadError> {
    match fs::metadata(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Err(LoadError::Missing(path.to_owned())),
        Err(why) => Err(LoadError::Unreadable(path.to_owned(), why)),
        Ok(meta) if meta.is_dir() => load_folder(path),
        Ok(_) => load_file(path),
    }
}

/// Reads a folder of C as the text of its build says, which `make -nB` prints: the units that are compiled, and
/// their flags.
///
/// # Errors
/// As [`load`]; the text compiles no unit of the folder.
pub fn load_built(folder: &Path, log: &str) -> Result<Project, LoadError> {
    let found = crate::load_c::load_built(folder, log)?;
    found.ok_or_else(|| LoadError::NothingBuilt(folder.to_owned()))
}

pub(crate) fn read(path: &Path) -> Result<String, LoadError> {
    let bytes = fs::read(path).map_err(|why| LoadError::Unreadable(path.to_owned(), why))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    String::from_utf8(bytes).map_err(|why| {
        let good = why.utf8_error().valid_up_to();
        let line = why.as_bytes()[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
        LoadError::NotUtf8 { path: path.to_owned(), line }
    })
}

fn load_file(path: &Path) -> Result<Project, LoadError> {
    if path.extension().is_some_and(|ending| ending == "c") {
        return crate::load_c::load_file(path);
    }
    if path.extension().is_none_or(|ending| ending != "py" && ending != "ruchy") {
        return Err(LoadError::UnknownLanguage(path.to_owned()));
    }
    let mut project = Project::single(&path.to_string_lossy(), &read(path)?);
    if path.extension().is_some_and(|ending| ending == "ruchy") {
        return Ok(project);
    }
    let beside = path.parent().unwrap_or(Path::new(""));
    let mut known: BTreeSet<String> = project.files.iter().map(|file| file.module.clone()).collect();
    let mut next = 0;
    while next < project.files.len() {
        for name in imported_roots(&project.files[next].text) {
            if known.insert(name.clone()) {
                add_beside(beside, &name, &mut project)?;
            }
        }
        next += 1;
    }
    project.files.sort_by(|a, b| a.module.cmp(&b.module));
    Ok(project)
}

/// Adds the module or package of this name that lies in a folder, if there is one.
fn add_beside(folder: &Path, name: &str, project: &mut Project) -> Result<(), LoadError> {
    let single = folder.join(format!("{name}.py"));
    let package = folder.join(name);
    let mut found = Vec::new();
    if package.join("__init__.py").is_file() {
        walk(&package, &[".py"], is_test, &mut found, &mut Vec::new())?;
    } else if single.is_file() {
        found.push(single);
    }
    for path in found {
        project.files.push(module_of(&path, folder)?);
    }
    Ok(())
}

/// First parts of the absolute module names that a text imports, by a look at its lines.
fn imported_roots(text: &str) -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim_start();
        let names = if let Some(rest) = line.strip_prefix("import ") {
            rest.split(',').collect()
        } else if let Some(rest) = line.strip_prefix("from ") {
            vec![rest.split(" import").next().unwrap_or_default()]
        } else {
            continue;
        };
        for name in names {
            let root = name.trim().split(['.', ' ', ';', '#']).next().unwrap_or_default();
            if !root.is_empty() && root.chars().all(|c| c.is_alphanumeric() || c == '_') {
                roots.insert(root.to_owned());
            }
        }
    }
    roots
}

fn load_folder(folder: &Path) -> Result<Project, LoadError> {
    let mut paths = Vec::new();
    let mut skipped = Vec::new();
    walk(folder, &[".py"], is_test, &mut paths, &mut skipped)?;
    if paths.is_empty()
        && let Some(project) = crate::load_c::load_folder(folder)?
    {
        return Ok(project);
    }
    if paths.is_empty() {
        return ruchy_folder(folder);
    }
    let root = source_root(folder, &paths);
    let mut files: BTreeMap<String, ProjectFile> = BTreeMap::new();
    for path in &paths {
        let file = module_of(path, if path.starts_with(&root) { &root } else { folder })?;
        // A package wins over a module of its name, as in Python.
        if file.is_package || !files.contains_key(&file.module) {
            files.insert(file.module.clone(), file);
        }
    }
    let mut notes = Vec::new();
    let tests = test_files(&skipped);
    let is_left = |path: &PathBuf| tests.left.contains(&path.display().to_string());
    let names: Vec<String> =
        skipped.iter().filter(|path| !is_left(path)).map(|path| path.display().to_string()).collect();
    if !names.is_empty() {
        notes.push(format!("left out: {}", names.join(", ")));
    }
    if !tests.left.is_empty() {
        notes.push(format!("not read: {}", tests.left.join(", ")));
    }
    let stem = absolute_name(folder);
    let mut project = Project {
        name: crate_name(&stem),
        files: files.into_values().collect(),
        tests: tests.files,
        entry: None,
        notes,
        ..Project::default()
    };
    find_entry(folder, &mut project);
    Ok(project)
}

/// A folder without Python files: it starts at `src/main.ruchy` or `main.ruchy`.
fn ruchy_folder(folder: &Path) -> Result<Project, LoadError> {
    let start = ["src/main.ruchy", "main.ruchy"].into_iter().map(|path| folder.join(path));
    match start.into_iter().find(|path| path.is_file()) {
        Some(path) => Ok(Project { name: crate_name(&absolute_name(folder)), ..load_file(&path)? }),
        None => Err(LoadError::NothingToRead(folder.to_owned())),
    }
}

/// Last part of a folder's path, also for `.` and `..`.
pub(crate) fn absolute_name(folder: &Path) -> String {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    full.file_name().map_or("project".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Folders that hold no source of the project.
pub(crate) fn is_foreign(name: &str) -> bool {
    name.starts_with('.')
        || matches!(
            name,
            "__pycache__" | "venv" | "env" | "node_modules" | "target" | "build" | "dist" | "site-packages"
        )
        || name.ends_with(".egg-info")
}

fn is_test(name: &str) -> bool {
    matches!(name, "tests" | "test" | "conftest.py" | "setup.py" | "noxfile.py")
        || (name.starts_with("test_") || name.ends_with("_test.py")) && name.ends_with(".py")
}

/// The files below a folder whose names end so, in the order of their names.
pub(crate) fn files_below(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, LoadError> {
    let mut out = Vec::new();
    walk(folder, endings, |_| false, &mut out, &mut Vec::new())?;
    Ok(out)
}

fn walk(
    folder: &Path,
    endings: &[&str],
    is_left_out: fn(&str) -> bool,
    out: &mut Vec<PathBuf>,
    skipped: &mut Vec<PathBuf>,
) -> Result<(), LoadError> {
    let unreadable = |why| LoadError::Unreadable(folder.to_owned(), why);
    let mut entries: Vec<_> =
        fs::read_dir(folder).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_foreign(&name) {
            continue;
        }
        let is_read = !is_dir && endings.iter().any(|ending| name.ends_with(ending));
        if is_left_out(&name) && (is_dir || is_read) {
            skipped.push(path);
        } else if is_dir {
            walk(&path, endings, is_left_out, out, skipped)?;
        } else if is_read {
            out.push(path);
        }
    }
    Ok(())
}

/// The folder that module names count from.
fn source_root(folder: &Path, paths: &[PathBuf]) -> PathBuf {
    if folder.join("__init__.py").is_file() {
        let full = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        // A folder named `.` has no parent to count from: its own name is added by `module_of`.
        return if folder.file_name().is_some() {
            folder.parent().unwrap_or(&full).to_owned()
        } else {
            folder.to_owned()
        };
    }
    let src = folder.join("src");
    let is_in_src = paths.iter().any(|path| path.starts_with(&src));
    let is_flat = paths.iter().any(|path| path.parent() == Some(folder));
    if is_in_src && !is_flat && !src.join("__init__.py").is_file() { src } else { folder.to_owned() }
}

fn module_of(path: &Path, root: &Path) -> Result<ProjectFile, LoadError> {
    let inner = path.strip_prefix(root).unwrap_or(path).with_extension("");
    let mut parts: Vec<String> = inner.iter().map(|part| module_name(&part.to_string_lossy())).collect();
    let is_package = parts.last().is_some_and(|last| last == "__init__");
    if is_package {
        parts.pop();
    }
    if parts.is_empty() {
        parts.push(module_name(&absolute_name(root)));
    }
    let text = read(path)?.into();
    Ok(ProjectFile { path: path.to_string_lossy().into_owned(), text, module: parts.join("."), is_package })
}

/// Sets where the program starts.
fn find_entry(folder: &Path, project: &mut Project) {
    if project.files.len() == 1 {
        project.entry = Some(project.files[0].module.clone());
        return;
    }
    let modules: Vec<String> = project.files.iter().map(|file| file.module.clone()).collect();
    let starts: Vec<&String> =
        modules.iter().filter(|module| *module == "__main__" || module.ends_with(".__main__")).collect();
    let shallow = starts.iter().map(|module| module.matches('.').count()).min();
    let shallowest: Vec<_> = starts.iter().filter(|m| Some(m.matches('.').count()) == shallow).collect();
    if let [only] = shallowest.as_slice() {
        project.entry = Some((**only).clone());
    } else if let Some((module, function)) = script_of(folder).filter(|(module, _)| modules.contains(module))
    {
        add_script(project, &module, &function);
    } else if let Some(main) = modules.iter().find(|module| module.as_str() == "main") {
        project.entry = Some(main.clone());
    } else {
        let guarded: Vec<_> = project.files.iter().filter(|file| has_main_guard(&file.text)).collect();
        match guarded.as_slice() {
            [only] => project.entry = Some(only.module.clone()),
            [] => {}
            several => {
                let names: Vec<_> = several.iter().map(|file| file.path.as_str()).collect();
                project.notes.push(format!(
                    "several files could be the start ({}): translated as a library; name one of them to get its program",
                    names.join(", ")
                ));
            }
        }
    }
}

fn has_main_guard(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("if __name__ =="))
}

/// The start module that a console script needs: it calls the function and exits with its result.
fn add_script(project: &mut Project, module: &str, function: &str) {
    let text = format!("import sys\nfrom {module} import {function}\nsys.exit({function}())\n");
    let file = ProjectFile {
        path: "__main__.py".to_owned(),
        text: text.into(),
        module: "__main__".to_owned(),
        is_package: false,
    };
    project.files.insert(0, file);
    project.entry = Some("__main__".to_owned());
}

/// Module and function of the one script under `[project.scripts]` of `pyproject.toml`.
fn script_of(folder: &Path) -> Option<(String, String)> {
    let text = fs::read_to_string(folder.join("pyproject.toml")).ok()?;
    let table: toml::Table = text.parse().ok()?;
    let scripts = table.get("project")?.get("scripts")?.as_table()?;
    let (_, target) = scripts.iter().next().filter(|_| scripts.len() == 1)?;
    let (module, function) = target.as_str()?.split_once(':')?;
    Some((module.trim().to_owned(), function.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("paths lie below the root")).expect("folder");
            fs::write(path, text).expect("file");
        }
    }

    fn modules(project: &Project) -> Vec<&str> {
        project.files.iter().map(|file| file.module.as_str()).collect()
    }

    #[test]
    fn a_folder_with_a_package_starts_at_its_main() {
        let dir = tempfile::tempdir().expect("temporary folder");
        write(
            dir.path(),
            &[
                ("pkg/__init__.py", ""),
                ("pkg/__main__.py", "from .a import f\n"),
                ("pkg/a.py", "def f(): pass\n"),
                ("tests/test_a.py", ""),
                (".venv/x.py", ""),
            ],
        );
        let project = load(dir.path()).expect("loads");
        assert_eq!(modules(&project), ["pkg", "pkg.__main__", "pkg.a"]);
        assert_eq!(project.entry.as_deref(), Some("pkg.__main__"));
        assert!(project.notes[0].contains("tests"), "{:?}", project.notes);
        // The package itself gives the same names.
        let package = load(&dir.path().join("pkg")).expect("loads");
        assert_eq!(modules(&package), ["pkg", "pkg.__main__", "pkg.a"]);
    }

    #[test]
    fn a_script_of_pyproject_gets_a_start_module() {
        let dir = tempfile::tempdir().expect("temporary folder");
        write(
            dir.path(),
            &[
                ("src/tool/__init__.py", ""),
                ("src/tool/cli.py", "def main():\n    return 0\n"),
                ("pyproject.toml", "[project]\nname = 'tool'\n[project.scripts]\ntool = 'tool.cli:main'\n"),
            ],
        );
        let project = load(dir.path()).expect("loads");
        assert_eq!(modules(&project), ["__main__", "tool", "tool.cli"]);
        assert_eq!(project.entry.as_deref(), Some("__main__"));
    }

    #[test]
    fn a_file_brings_the_modules_that_it_imports() {
        let dir = tempfile::tempdir().expect("temporary folder");
        write(
            dir.path(),
            &[
                ("prog.py", "import math, helper\nfrom pkg.deep import x\n"),
                ("helper.py", "import sys\n"),
                ("other.py", ""),
                ("pkg/__init__.py", ""),
                ("pkg/deep.py", "x = 1\n"),
            ],
        );
        let project = load(&dir.path().join("prog.py")).expect("loads");
        assert_eq!(modules(&project), ["helper", "pkg", "pkg.deep", "prog"]);
        assert_eq!(project.entry.as_deref(), Some("prog"));
    }

    #[test]
    fn unreadable_input_is_an_error_with_a_name() {
        let dir = tempfile::tempdir().expect("temporary folder");
        write(dir.path(), &[("a.txt", "x"), ("empty/readme.md", "")]);
        fs::write(dir.path().join("latin.py"), b"x = 1\ny = '\xe9'\n").expect("file");
        let text = |name: &str| load(&dir.path().join(name)).expect_err("refused").to_string();
        assert!(text("nowhere.py").starts_with("no such file or folder"));
        assert!(text("a.txt").ends_with("is not a Python or Ruchy file"));
        assert!(text("empty").starts_with("no Python files in"));
        assert!(text("latin.py").ends_with("is not UTF-8 (line 2)"));
    }
}
