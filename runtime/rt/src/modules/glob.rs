//! Python's `glob`: names that exist and fit a pattern, in the order of the folder.

use std::fs;

use super::fnmatch::{fnmatch, has_magic};
use super::path::{exists, isdir, join};

/// `glob.glob(pattern, recursive=..)`.
pub fn glob(pattern: impl AsRef<str>, recursive: bool) -> Vec<String> {
    let pattern = pattern.as_ref();
    let (head, tail) = super::path::split(pattern);
    if !has_magic(pattern) {
        let found = if tail.is_empty() { isdir(&head) } else { exists(pattern) };
        return if found { vec![pattern.to_owned()] } else { Vec::new() };
    }
    let folders = match head.as_str() {
        "" => vec![String::new()],
        head if has_magic(head) => glob(head, recursive),
        head => vec![head.to_owned()],
    };
    let mut found = Vec::new();
    for folder in folders {
        let below = match tail.as_str() {
            "**" if recursive => everything_below(&folder),
            tail if has_magic(tail) => matching(&folder, tail),
            "" => Vec::from_iter(isdir(&folder).then(String::new)),
            tail => Vec::from_iter(exists(join([folder.as_str(), tail])).then(|| tail.to_owned())),
        };
        found.extend(below.into_iter().map(|name| join([folder.as_str(), name.as_str()])));
    }
    found.retain(|path| !path.is_empty());
    found
}

/// The names in a folder, in the order in which the system gives them.
pub(crate) fn names(folder: &str) -> Vec<String> {
    let folder = if folder.is_empty() { "." } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn matching(folder: &str, pattern: &str) -> Vec<String> {
    let hidden = pattern.starts_with('.');
    let mut found = names(folder);
    found.retain(|name| (hidden || !name.starts_with('.')) && fnmatch(name, pattern));
    found
}

/// The folder itself as the empty name, then all that is below it.
fn everything_below(folder: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for name in names(folder).into_iter().filter(|name| !name.starts_with('.')) {
        let path = join([folder, name.as_str()]);
        found.push(name.clone());
        if isdir(&path) {
            let below = everything_below(&path).into_iter().skip(1);
            found.extend(below.map(|inner| join([name.as_str(), inner.as_str()])));
        }
    }
    found
}
/// `glob.escape(path)`.
pub fn escape(path: &str) -> String {
    let one = |c: char| if "*?[".contains(c) { format!("[{c}]") } else { c.to_string() };
    path.chars().map(one).collect()
}
