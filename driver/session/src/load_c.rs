//! Projects of C: a unit with the headers that it includes, or a folder of units.

use crate::compile_commands::{self, Commands};
use crate::load::{LoadError, absolute_name, files_below};
use crate::project::{Project, ProjectFile, crate_name, module_name};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Endings of units, and of what they include.
const ENDINGS: &[&str] = &[".c", ".h", ".inc", ".def", ".tbl", ".x", ".inl", ".hh"];

/// Text of a file; bytes that are no UTF-8 travel as characters that the frontend knows.
fn read(path: &Path) -> Result<String, LoadError> {
    let bytes = fs::read(path).map_err(|why| LoadError::Unreadable(path.to_owned(), why))?;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let carried =
            chunk.invalid().iter().filter_map(|byte| char::from_u32(batuta_c::CARRIER + u32::from(*byte)));
        text.extend(carried);
    }
    Ok(text)
}

/// A unit as a project: itself and the files that its `#include "..."` lines name.
pub(crate) fn load_file(path: &Path) -> Result<Project, LoadError> {
    let mut project = Project::single(&path.to_string_lossy(), &read(path)?);
    let mut known: BTreeSet<String> = BTreeSet::from([project.files[0].path.clone()]);
    let mut next = 0;
    while next < project.files.len() {
        let folder = Path::new(&project.files[next].path).parent().unwrap_or(Path::new("")).to_owned();
        let text = project.files[next].text.clone();
        for name in included(&text, &[(b'"', b'"')]) {
            let path = clean(&folder.join(name));
            if path.is_file() && known.insert(path.to_string_lossy().into_owned()) {
                let module = unique_module(&project, &path);
                project.files.push(file(&path, module)?);
            }
        }
        next += 1;
    }
    Ok(project)
}

/// The units and headers of a folder; `None` where there is no unit.
pub(crate) fn load_folder(folder: &Path) -> Result<Option<Project>, LoadError> {
    load_commanded(folder, compile_commands::read(folder)?)
}

/// The same, with the units and flags that the text of a build names (`make -nB`).
pub(crate) fn load_built(folder: &Path, log: &str) -> Result<Option<Project>, LoadError> {
    load_commanded(folder, Some(compile_commands::of_log(folder, log)))
}

fn load_commanded(folder: &Path, commands: Option<Commands>) -> Result<Option<Project>, LoadError> {
    let paths = files_below(folder, ENDINGS)?;
    let (mut units, headers): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| path.extension().is_some_and(|ending| ending == "c"));
    if let Some(commands) = &commands {
        units.retain(|path| commands.names(path));
    }
    if units.is_empty() {
        return Ok(None);
    }
    let name = crate_name(&absolute_name(folder));
    let mut project = Project { name, ..Project::default() };
    if let Some(commands) = commands {
        for folder in &commands.folders {
            add_headers(&mut project, folder)?;
        }
        project.preprocessing = commands.preprocessing();
    }
    for path in units.iter().chain(&headers) {
        if project.files.iter().all(|file| Path::new(&file.path) != path) {
            let module = unique_module(&project, path);
            project.files.push(file(path, module)?);
        }
    }
    project.files.sort_by_key(|file| !file.path.ends_with(".c"));
    find_entry(&mut project);
    Ok(Some(project))
}

/// Adds the headers of a folder of `-I` to a project.
pub(crate) fn add_headers(project: &mut Project, folder: &Path) -> Result<(), LoadError> {
    for path in files_below(folder, &ENDINGS[1..])? {
        let name = path.to_string_lossy();
        if !project.files.iter().any(|file| file.path == name) {
            let module = unique_module(project, &path);
            project.files.push(file(&path, module)?);
        }
    }
    Ok(())
}

/// Adds the headers below a system's root that a project includes, and what these include.
pub(crate) fn add_system_headers(project: &mut Project, root: &Path) -> Result<Vec<String>, LoadError> {
    let folders: Vec<PathBuf> = ["usr/local/include", "usr/include/x86_64-linux-gnu", "usr/include"]
        .map(|folder| root.join(folder))
        .into_iter()
        .filter(|folder| folder.is_dir())
        .collect();
    if folders.is_empty() {
        return Err(LoadError::Missing(root.join("usr/include")));
    }
    let mut known: BTreeSet<String> = project.files.iter().map(|file| file.path.clone()).collect();
    let mut next = 0;
    while next < project.files.len() {
        let text = project.files[next].text.clone();
        let beside = Path::new(&project.files[next].path).parent().unwrap_or(Path::new("")).to_owned();
        for name in included(&text, &[(b'<', b'>'), (b'"', b'"')]) {
            if batuta_c::is_bundled(name) {
                continue;
            }
            let mut places = [&beside].into_iter().chain(&folders).map(|folder| clean(&folder.join(name)));
            let Some(path) = places.find(|path| path.is_file()) else { continue };
            if known.insert(path.to_string_lossy().into_owned()) {
                let module = unique_module(project, &path);
                project.files.push(file(&path, module)?);
            }
        }
        next += 1;
    }
    Ok(folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect())
}

/// Sets the unit that the program starts in: the one with `main`. Of several the one called `main.c`; the others
/// are programs of their own and left out.
fn find_entry(project: &mut Project) {
    let is_start = |file: &ProjectFile| file.path.ends_with(".c") && has_main(&file.text);
    let starts: Vec<String> =
        project.files.iter().filter(|file| is_start(file)).map(|file| file.module.clone()).collect();
    let named = starts.iter().find(|module| module.as_str() == "main" || **module == project.name);
    let Some(entry) = named.or(starts.first()).cloned() else { return };
    let is_other = |file: &ProjectFile| is_start(file) && file.module != entry;
    let others: Vec<&str> =
        project.files.iter().filter(|file| is_other(file)).map(|file| file.path.as_str()).collect();
    if !others.is_empty() {
        project.notes.push(format!("left out, being programs of their own: {}", others.join(", ")));
    }
    project.files.retain(|file| !is_other(file));
    project.entry = Some(entry);
}

fn file(path: &Path, module: String) -> Result<ProjectFile, LoadError> {
    let text = read(path)?.into();
    Ok(ProjectFile { path: path.to_string_lossy().into_owned(), text, module, is_package: false })
}

/// The module of a file: its stem, `_h` behind a header's.
fn unique_module(project: &Project, path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_unit = path.extension().is_some_and(|ending| ending == "c");
    let wanted = module_name(&if is_unit { stem.into_owned() } else { format!("{stem}_h") });
    let mut name = wanted.clone();
    let mut count = 1;
    while project.files.iter().any(|file| file.module == name) {
        count += 1;
        name = format!("{wanted}{count}");
    }
    name
}

/// Names in the `#include` lines of a text that stand between these marks.
fn included<'a>(text: &'a str, marks: &[(u8, u8)]) -> Vec<&'a str> {
    let name = |line: &'a str| -> Option<&'a str> {
        let rest = line.trim_start().strip_prefix('#')?.trim_start().strip_prefix("include")?.trim_start();
        let (_, end) = marks.iter().find(|(start, _)| rest.as_bytes().first() == Some(start))?;
        rest[1..].split_once(char::from(*end)).map(|(name, _)| name)
    };
    text.lines().filter_map(name).collect()
}

fn has_main(text: &str) -> bool {
    text.lines().any(|line| {
        let at = line.find("main");
        at.is_some_and(|at| {
            let before = line[..at].chars().next_back();
            let after = line[at + 4..].trim_start();
            after.starts_with('(')
                && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                && !line.trim_end().ends_with(';')
        })
    })
}

/// The path without `.` and, where that can be seen, `..`.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}
