//! Python's `os.path` on a system with `/`.

use std::fs;
use std::os::unix::fs::MetadataExt;

use crate::class::ValueError;
use crate::collections::Dict;
use crate::error::Error;
use crate::io_error::from_io;

/// `os.path.join(first, *rest)`: an absolute part starts anew.
pub fn join<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> String {
    let mut path = String::new();
    for (at, part) in parts.into_iter().enumerate() {
        let part = part.as_ref();
        if part.starts_with('/') {
            path.clear();
        } else if at > 0 && !path.is_empty() && !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(part);
    }
    path
}

/// `os.path.split(path)`: what stands before and after the last `/`.
pub fn split(path: impl AsRef<str>) -> (String, String) {
    let path = path.as_ref();
    let at = path.rfind('/').map_or(0, |at| at + 1);
    let (head, tail) = path.split_at(at);
    let is_root = head.bytes().all(|byte| byte == b'/');
    let head = if is_root { head } else { head.trim_end_matches('/') };
    (head.to_owned(), tail.to_owned())
}

/// `os.path.basename(path)`.
pub fn basename(path: impl AsRef<str>) -> String {
    split(path).1
}

/// `os.path.dirname(path)`.
pub fn dirname(path: impl AsRef<str>) -> String {
    split(path).0
}

/// `os.path.splitext(path)`: leading dots belong to the name.
pub fn splitext(path: impl AsRef<str>) -> (String, String) {
    let path = path.as_ref();
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let dot = path.rfind('.').filter(|dot| *dot > name && path[name..*dot].bytes().any(|byte| byte != b'.'));
    let (root, extension) = path.split_at(dot.unwrap_or(path.len()));
    (root.to_owned(), extension.to_owned())
}

/// `os.path.normpath(path)`.
pub fn normpath(path: impl AsRef<str>) -> String {
    let path = path.as_ref();
    let root = match path.bytes().take_while(|byte| *byte == b'/').count() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        let goes_up = part == ".." && (!root.is_empty() || parts.last().is_some_and(|last| *last != ".."));
        if goes_up {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    let path = format!("{root}{}", parts.join("/"));
    if path.is_empty() { ".".to_owned() } else { path }
}

/// `os.path.abspath(path)`.
pub fn abspath(path: impl AsRef<str>) -> String {
    let path = path.as_ref();
    if isabs(path) { normpath(path) } else { normpath(join([super::os::current_dir().as_str(), path])) }
}

/// `os.path.realpath(path)`: symbolic links followed as far as the path exists.
pub fn realpath(path: impl AsRef<str>) -> String {
    let path = abspath(path);
    if let Ok(real) = fs::canonicalize(&path) {
        return real.to_string_lossy().into_owned();
    }
    let (head, tail) = split(&path);
    if head == path { path } else { join([realpath(head), tail]) }
}

/// `os.path.isabs(path)`.
pub fn isabs(path: impl AsRef<str>) -> bool {
    path.as_ref().starts_with('/')
}

/// `os.path.relpath(path, start)`.
pub fn relpath(path: impl AsRef<str>, start: impl AsRef<str>) -> Result<String, Error> {
    if path.as_ref().is_empty() {
        return Err(Error::new(ValueError, "no path specified"));
    }
    let (path, start) = (abspath(path), abspath(start));
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (path, start) = (parts(&path), parts(&start));
    let common = path.iter().zip(&start).take_while(|(a, b)| a == b).count();
    let mut steps = vec!["..".to_owned(); start.len() - common];
    steps.extend_from_slice(&path[common..]);
    Ok(if steps.is_empty() { ".".to_owned() } else { steps.join("/") })
}

/// `os.path.commonprefix(paths)`: by characters.
pub fn commonprefix<S: AsRef<str>>(paths: impl IntoIterator<Item = S>) -> String {
    let paths: Vec<S> = paths.into_iter().collect();
    let Some(first) = paths.first() else { return String::new() };
    let shared = |other: &S| {
        let same = first.as_ref().chars().zip(other.as_ref().chars()).take_while(|(a, b)| a == b);
        same.map(|(c, _)| c.len_utf8()).sum::<usize>()
    };
    let length = paths.iter().map(shared).min().unwrap_or(0);
    first.as_ref()[..length].to_owned()
}

/// `os.path.commonpath(paths)`: by parts.
pub fn commonpath<S: AsRef<str>>(paths: impl IntoIterator<Item = S>) -> Result<String, Error> {
    let paths: Vec<S> = paths.into_iter().collect();
    let Some(first) = paths.first() else {
        return Err(Error::new(ValueError, "commonpath() arg is an empty sequence"));
    };
    let is_absolute = isabs(first);
    if paths.iter().any(|path| isabs(path) != is_absolute) {
        return Err(Error::new(ValueError, "Can't mix absolute and relative paths"));
    }
    fn parts(path: &str) -> Vec<&str> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").collect()
    }
    let own = parts(first.as_ref());
    let shared = |other: &S| own.iter().zip(parts(other.as_ref())).take_while(|(a, b)| **a == *b).count();
    let length = paths.iter().map(shared).min().unwrap_or(0);
    Ok(format!("{}{}", if is_absolute { "/" } else { "" }, own[..length].join("/")))
}

/// `os.path.exists(path)`.
pub fn exists(path: impl AsRef<str>) -> bool {
    fs::metadata(path.as_ref()).is_ok()
}

/// `os.path.lexists(path)`: a link counts even where it leads nowhere.
pub fn lexists(path: impl AsRef<str>) -> bool {
    fs::symlink_metadata(path.as_ref()).is_ok()
}

/// `os.path.isfile(path)`.
pub fn isfile(path: impl AsRef<str>) -> bool {
    fs::metadata(path.as_ref()).is_ok_and(|data| data.is_file())
}

/// `os.path.isdir(path)`.
pub fn isdir(path: impl AsRef<str>) -> bool {
    fs::metadata(path.as_ref()).is_ok_and(|data| data.is_dir())
}

/// `os.path.islink(path)`.
pub fn islink(path: impl AsRef<str>) -> bool {
    fs::symlink_metadata(path.as_ref()).is_ok_and(|data| data.is_symlink())
}

/// `os.path.getsize(path)`.
#[track_caller]
pub fn getsize(path: impl AsRef<str>) -> Result<i64, Error> {
    metadata(path.as_ref()).map(|data| data.len() as i64)
}

/// `os.path.getmtime(path)`.
#[track_caller]
pub fn getmtime(path: impl AsRef<str>) -> Result<f64, Error> {
    metadata(path.as_ref()).map(|data| data.mtime() as f64 + data.mtime_nsec() as f64 / 1e9)
}

/// `os.path.samefile(a, b)`.
#[track_caller]
pub fn samefile(a: impl AsRef<str>, b: impl AsRef<str>) -> Result<bool, Error> {
    let (a, b) = (metadata(a.as_ref())?, metadata(b.as_ref())?);
    Ok(a.ino() == b.ino() && a.dev() == b.dev())
}

/// `os.path.expanduser(path)`: `~` is the home folder.
pub fn expanduser(path: impl AsRef<str>) -> String {
    let path = path.as_ref();
    match (path.strip_prefix('~'), std::env::var("HOME")) {
        (Some(rest), Ok(home)) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", home.trim_end_matches('/'))
        }
        _ => path.to_owned(),
    }
}

/// `os.path.expandvars(path)`: `$NAME` and `${NAME}`; unknown ones stay.
pub fn expandvars(path: impl AsRef<str>) -> String {
    expand(path.as_ref(), |name| std::env::var(name).ok())
}

/// `os.path.expandvars(path)` in a program that holds the variables itself.
pub fn expandvars_in(path: impl AsRef<str>, variables: &Dict<String, String>) -> String {
    expand(path.as_ref(), |name| variables.get(name).cloned())
}

fn expand(path: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, end) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((name, _)) => (name, name.len() + 2),
            None => {
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let end = after.find(|c| !is_word(c)).unwrap_or(after.len());
                (&after[..end], end)
            }
        };
        match variable(name) {
            Some(value) if !name.is_empty() => out.push_str(&value),
            _ => out.push_str(&rest[at..at + 1 + end]),
        }
        rest = &after[end..];
    }
    out + rest
}

#[track_caller]
pub(crate) fn metadata(path: &str) -> Result<fs::Metadata, Error> {
    fs::metadata(path).map_err(|error| from_io(&error, Some(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_as_in_python() {
        assert_eq!(split("/a"), ("/".to_owned(), "a".to_owned()));
        assert_eq!(split("a//b/"), ("a//b".to_owned(), String::new()));
        assert_eq!(splitext("x/.bashrc"), ("x/.bashrc".to_owned(), String::new()));
        assert_eq!(splitext("a.tar.gz").1, ".gz");
        assert_eq!(join(["a", "/b", "c/", "d"]), "/b/c/d");
        assert_eq!(join(["a", ""]), "a/");
        assert_eq!(normpath("../a/./b//../c"), "../a/c");
        assert_eq!(
            (normpath("//x"), normpath("///x"), normpath("")),
            ("//x".into(), "/x".into(), ".".into())
        );
        assert_eq!(relpath("/a/b", "/a/c/d").ok().as_deref(), Some("../../b"));
        assert_eq!(commonpath(["/a/b/c", "/a/b2"]).ok().as_deref(), Some("/a"));
        assert_eq!(commonprefix(["/a/b/c", "/a/b2"]), "/a/b");
    }
}
