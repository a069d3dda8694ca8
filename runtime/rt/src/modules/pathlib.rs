//! Python's `pathlib`: a path is a text without needless `/` and `.`.

use std::cmp::Ordering;
use std::fmt;
use std::fs;
use std::hash::{Hash, Hasher};
use std::io;

use crate::class::{FileNotFoundError, ValueError};
use crate::error::Error;
use crate::file::{File, TextOptions, open, open_with};
use crate::io_error::from_io;
use crate::repr::{Repr, repr};
use crate::value::{FromValue, Library, Value, held, library};

use super::fnmatch::{fnmatch, has_magic};
use super::{os, path};

/// `pathlib.Path`, and `PurePosixPath`, which knows nothing of files.
#[derive(Clone, Debug)]
pub struct Path {
    text: String,
    is_pure: bool,
}

/// The text of a path as `str(path)` gives it.
fn parsed(text: &str) -> String {
    let root = match text.bytes().take_while(|byte| *byte == b'/').count() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let text = format!("{root}{}", parts.join("/"));
    if text.is_empty() { ".".to_owned() } else { text }
}

impl Path {
    /// `Path(text)`.
    pub fn new(text: impl AsRef<str>) -> Path {
        Path { text: parsed(text.as_ref()), is_pure: false }
    }

    /// `Path(first, *rest)`.
    pub fn of<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> Path {
        Path::new(path::join(parts))
    }

    /// `PurePosixPath(text)`.
    pub fn pure(text: impl AsRef<str>) -> Path {
        Path { text: parsed(text.as_ref()), is_pure: true }
    }

    /// `PurePosixPath(first, *rest)`.
    pub fn pure_of<S: AsRef<str>>(parts: impl IntoIterator<Item = S>) -> Path {
        Path::pure(path::join(parts))
    }

    /// `Path.cwd()`.
    #[track_caller]
    pub fn cwd() -> Result<Path, Error> {
        os::getcwd().map(Path::new)
    }

    /// `Path.home()`.
    pub fn home() -> Path {
        Path::new(path::expanduser("~"))
    }

    fn with(&self, text: impl AsRef<str>) -> Path {
        Path { text: parsed(text.as_ref()), is_pure: self.is_pure }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `path / other`.
    pub fn join(&self, other: impl AsRef<str>) -> Path {
        self.with(path::join([self.text.as_str(), other.as_ref()]))
    }

    /// `path.joinpath(*others)`.
    pub fn join_all<S: AsRef<str>>(&self, others: impl IntoIterator<Item = S>) -> Path {
        others.into_iter().fold(self.clone(), |path, other| path.join(other))
    }

    /// `text / path`.
    pub fn behind(&self, first: impl AsRef<str>) -> Path {
        self.with(path::join([first.as_ref(), self.text.as_str()]))
    }

    fn root(&self) -> &str {
        let length = self.text.bytes().take_while(|byte| *byte == b'/').count();
        &self.text[..length]
    }

    fn names(&self) -> Vec<&str> {
        let rest = &self.text[self.root().len()..];
        rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect()
    }

    /// `path.parts`.
    pub fn parts(&self) -> crate::Tuple<String> {
        let root = Some(self.root()).filter(|root| !root.is_empty());
        root.into_iter().chain(self.names()).map(str::to_owned).collect()
    }

    /// `path.anchor`, `path.root`.
    pub fn anchor(&self) -> String {
        self.root().to_owned()
    }

    /// `path.name`.
    pub fn name(&self) -> String {
        self.names().last().map(|name| (*name).to_owned()).unwrap_or_default()
    }

    /// Where the suffix of the name starts.
    fn dot(name: &str) -> Option<usize> {
        name.rfind('.').filter(|at| *at > 0 && at + 1 < name.len())
    }

    /// `path.stem`.
    pub fn stem(&self) -> String {
        let name = self.name();
        name[..Path::dot(&name).unwrap_or(name.len())].to_owned()
    }

    /// `path.suffix`.
    pub fn suffix(&self) -> String {
        let name = self.name();
        name[Path::dot(&name).unwrap_or(name.len())..].to_owned()
    }

    /// `path.suffixes`.
    pub fn suffixes(&self) -> Vec<String> {
        let name = self.name();
        if name.ends_with('.') {
            return Vec::new();
        }
        name.trim_start_matches('.').split('.').skip(1).map(|part| format!(".{part}")).collect()
    }

    /// `path.parent`.
    pub fn parent(&self) -> Path {
        let names = self.names();
        let kept = &names[..names.len().saturating_sub(1)];
        self.with(format!("{}{}", self.root(), kept.join("/")))
    }

    /// `path.parents`.
    pub fn parents(&self) -> Vec<Path> {
        let mut found = Vec::new();
        let mut path = self.clone();
        for _ in self.names() {
            path = path.parent();
            found.push(path.clone());
        }
        found
    }

    /// `path.with_name(name)`.
    #[track_caller]
    pub fn with_name(&self, name: &str) -> Result<Path, Error> {
        if self.name().is_empty() {
            return Err(Error::new(ValueError, format!("{} has an empty name", repr(self))));
        }
        if name.is_empty() || name == "." || name.contains('/') {
            return Err(Error::new(ValueError, format!("Invalid name {}", repr(name))));
        }
        Ok(self.parent().join(name))
    }

    /// `path.with_stem(stem)`.
    #[track_caller]
    pub fn with_stem(&self, stem: &str) -> Result<Path, Error> {
        self.with_name(&format!("{stem}{}", self.suffix()))
    }

    /// `path.with_suffix(suffix)`.
    #[track_caller]
    pub fn with_suffix(&self, suffix: &str) -> Result<Path, Error> {
        let is_suffix =
            suffix.is_empty() || suffix.starts_with('.') && suffix != "." && !suffix.contains('/');
        if !is_suffix {
            return Err(Error::new(ValueError, format!("Invalid suffix {}", repr(suffix))));
        }
        if self.name().is_empty() {
            return Err(Error::new(ValueError, format!("{} has an empty name", repr(self))));
        }
        Ok(self.parent().join(format!("{}{suffix}", self.stem())))
    }

    /// `path.is_absolute()`.
    pub fn is_absolute(&self) -> bool {
        !self.root().is_empty()
    }

    fn is_below(&self, other: &Path) -> bool {
        self.root() == other.root() && self.names().starts_with(&other.names())
    }

    /// `path.relative_to(other)`.
    #[track_caller]
    pub fn relative_to(&self, other: impl AsRef<str>) -> Result<Path, Error> {
        let other = self.with(other);
        if !self.is_below(&other) {
            let words = "is not in the subpath of";
            let kind = "OR one path is relative and the other is absolute.";
            let text = format!("{} {words} {} {kind}", repr(&self.text), repr(&other.text));
            return Err(Error::new(ValueError, text));
        }
        Ok(self.with(self.names()[other.names().len()..].join("/")))
    }

    /// `path.is_relative_to(other)`.
    pub fn is_relative_to(&self, other: impl AsRef<str>) -> bool {
        self.is_below(&self.with(other))
    }

    /// `path.match(pattern)`: from the right, part by part.
    #[track_caller]
    pub fn is_match(&self, pattern: &str) -> Result<bool, Error> {
        let pattern = self.with(pattern);
        let (own, wanted) = (self.parts(), pattern.parts());
        if wanted.is_empty() {
            return Err(Error::new(ValueError, "empty pattern"));
        }
        let fits = if pattern.is_absolute() { own.len() == wanted.len() } else { own.len() >= wanted.len() };
        Ok(fits && own.iter().rev().zip(wanted.iter().rev()).all(|(name, part)| fnmatch(name, part)))
    }

    /// `path.exists()`.
    pub fn exists(&self) -> bool {
        path::exists(&self.text)
    }

    /// `path.is_file()`.
    pub fn is_file(&self) -> bool {
        path::isfile(&self.text)
    }

    /// `path.is_dir()`.
    pub fn is_dir(&self) -> bool {
        path::isdir(&self.text)
    }

    /// `path.is_symlink()`.
    pub fn is_symlink(&self) -> bool {
        path::islink(&self.text)
    }

    /// `path.resolve()`.
    pub fn resolve(&self) -> Path {
        self.with(path::realpath(&self.text))
    }

    /// `path.absolute()`.
    pub fn absolute(&self) -> Path {
        self.with(path::join([os::current_dir().as_str(), &self.text]))
    }

    /// `path.expanduser()`.
    pub fn expanduser(&self) -> Path {
        self.with(path::expanduser(&self.text))
    }

    /// `path.as_uri()`.
    #[track_caller]
    pub fn as_uri(&self) -> Result<String, Error> {
        if !self.is_absolute() {
            return Err(Error::new(ValueError, "relative path can't be expressed as a file URI"));
        }
        Ok(format!("file://{}", self.text))
    }

    /// `path.open(mode)`.
    #[track_caller]
    pub fn open(&self, mode: &str) -> Result<File, Error> {
        open(&self.text, mode)
    }

    /// `path.read_text()`.
    #[track_caller]
    pub fn read_text(&self) -> Result<String, Error> {
        Ok(self.open("r")?.read())
    }

    /// `path.read_text(encoding, errors)`.
    #[track_caller]
    pub fn read_text_as(&self, encoding: Option<String>, errors: Option<String>) -> Result<String, Error> {
        let options = TextOptions { encoding, errors, newline: None };
        Ok(open_with(&self.text, "r", &options)?.read())
    }

    /// `path.read_bytes()`.
    #[track_caller]
    pub fn read_bytes(&self) -> Result<Vec<u8>, Error> {
        self.told(fs::read(&self.text))
    }

    /// `path.write_text(text)`: the number of characters.
    #[track_caller]
    pub fn write_text(&self, text: &str) -> Result<i64, Error> {
        self.told(fs::write(&self.text, text))?;
        Ok(text.chars().count() as i64)
    }

    /// `path.write_text(text, encoding, errors, newline)`.
    #[track_caller]
    pub fn write_text_as(
        &self,
        text: &str,
        encoding: Option<String>,
        errors: Option<String>,
        newline: Option<String>,
    ) -> Result<i64, Error> {
        Ok(open_with(&self.text, "w", &TextOptions { encoding, errors, newline })?.write(text))
    }

    /// `path.write_bytes(data)`: the number of bytes.
    #[track_caller]
    pub fn write_bytes(&self, data: &[u8]) -> Result<i64, Error> {
        self.told(fs::write(&self.text, data))?;
        Ok(data.len() as i64)
    }

    #[track_caller]
    fn told<T>(&self, result: io::Result<T>) -> Result<T, Error> {
        result.map_err(|error| from_io(&error, Some(&self.text)))
    }

    /// `path.mkdir(parents=.., exist_ok=..)`.
    #[track_caller]
    pub fn mkdir(&self, parents: bool, exist_ok: bool) -> Result<(), Error> {
        match os::mkdir(&self.text) {
            Err(error) if error.is_a(FileNotFoundError) && parents && self.parent() != *self => {
                self.parent().mkdir(true, true)?;
                self.mkdir(false, exist_ok)
            }
            Err(_) if exist_ok && self.is_dir() => Ok(()),
            result => result,
        }
    }

    /// `path.touch(exist_ok=..)`.
    #[track_caller]
    pub fn touch(&self, exist_ok: bool) -> Result<(), Error> {
        let mut options = fs::OpenOptions::new();
        let options = options.write(true).create(true).create_new(!exist_ok);
        let file = self.told(options.open(&self.text))?;
        self.told(file.set_modified(std::time::SystemTime::now()))
    }

    /// `path.unlink(missing_ok=..)`.
    #[track_caller]
    pub fn unlink(&self, missing_ok: bool) -> Result<(), Error> {
        match os::remove(&self.text) {
            Err(error) if missing_ok && error.is_a(FileNotFoundError) => Ok(()),
            result => result,
        }
    }

    /// `path.rmdir()`.
    #[track_caller]
    pub fn rmdir(&self) -> Result<(), Error> {
        os::rmdir(&self.text)
    }

    /// `path.rename(target)`, `path.replace(target)`.
    #[track_caller]
    pub fn rename(&self, target: impl AsRef<str>) -> Result<Path, Error> {
        os::rename(&self.text, target.as_ref())?;
        Ok(self.with(target))
    }

    /// `path.stat()`.
    #[track_caller]
    pub fn stat(&self) -> Result<os::StatResult, Error> {
        os::stat(&self.text)
    }

    /// `path.iterdir()`.
    #[track_caller]
    pub fn iterdir(&self) -> Result<impl Iterator<Item = Path> + use<>, Error> {
        let own = self.clone();
        Ok(os::listdir(&self.text)?.into_iter().map(move |name| own.join(name)))
    }

    /// `path.glob(pattern)`.
    #[track_caller]
    pub fn glob(&self, pattern: &str) -> Result<impl Iterator<Item = Path> + use<>, Error> {
        self.select(pattern, false)
    }

    /// `path.rglob(pattern)`.
    #[track_caller]
    pub fn rglob(&self, pattern: &str) -> Result<impl Iterator<Item = Path> + use<>, Error> {
        self.select(pattern, true)
    }

    #[track_caller]
    fn select(&self, pattern: &str, below: bool) -> Result<std::vec::IntoIter<Path>, Error> {
        if pattern.is_empty() && !below {
            return Err(Error::new(ValueError, "Unacceptable pattern: ''"));
        }
        let mut parts: Vec<&str> =
            pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if below {
            parts.insert(0, "**");
        }
        let mut found = Vec::new();
        if self.is_dir() {
            self.select_parts(&parts, &mut found);
        }
        Ok(found.into_iter())
    }

    fn select_parts(&self, parts: &[&str], found: &mut Vec<Path>) {
        let mut add = |path: Path| {
            if !found.contains(&path) {
                found.push(path);
            }
        };
        match parts {
            [] => add(self.clone()),
            ["**", rest @ ..] => {
                for folder in self.folders_below() {
                    folder.select_parts(rest, found);
                }
            }
            [part, rest @ ..] if has_magic(part) => {
                for name in super::glob::names(&self.text).iter().filter(|name| fnmatch(name, part)) {
                    let path = self.join(name);
                    if rest.is_empty() || path.is_dir() {
                        path.select_parts(rest, found);
                    }
                }
            }
            [part, rest @ ..] => {
                let path = self.join(part);
                if path.exists() {
                    path.select_parts(rest, found);
                }
            }
        }
    }

    /// The folder and all folders below it.
    fn folders_below(&self) -> Vec<Path> {
        let mut found = vec![self.clone()];
        for name in super::glob::names(&self.text) {
            let path = self.join(name);
            if path.is_dir() && !path.is_symlink() {
                found.extend(path.folders_below());
            }
        }
        found
    }
}

impl AsRef<str> for Path {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl From<Path> for String {
    fn from(path: Path) -> String {
        path.text
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Path) -> bool {
        self.text == other.text
    }
}

impl Eq for Path {}

impl Hash for Path {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Part by part, as Python compares them.
impl Ord for Path {
    fn cmp(&self, other: &Path) -> Ordering {
        self.parts().iter().cmp(other.parts().iter())
    }
}

impl PartialOrd for Path {
    fn partial_cmp(&self, other: &Path) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

crate::impl_key!(Path);
crate::impl_ord!(Path);

library! {
    [] Path;
}

impl Library for Path {
    const NAME: &'static str = "pathlib.PosixPath";

    fn name(&self) -> &'static str {
        if self.is_pure { "pathlib.PurePosixPath" } else { Self::NAME }
    }

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "name" => Some(self.name().into()),
            "stem" => Some(self.stem().into()),
            "suffix" => Some(self.suffix().into()),
            "parent" => Some(self.parent().into()),
            "parts" => Some(Value::tuple(self.parts().into_iter().map(Value::from))),
            "suffixes" => Some(self.suffixes().into()),
            "parents" => Some(self.parents().into()),
            "anchor" | "root" => Some(self.anchor().into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("as_posix" | "__fspath__", []) => Some(Ok(self.to_string().into())),
            ("is_absolute", []) => Some(Ok(self.is_absolute().into())),
            ("joinpath", parts) => {
                let parts: Result<Vec<String>, Error> = parts.iter().map(part_of).collect();
                Some(parts.map(|parts| self.join_all(parts.iter().map(String::as_str)).into()))
            }
            ("with_name", [Value::Str(name)]) => Some(self.with_name(name).map(Value::from)),
            ("with_stem", [Value::Str(stem)]) => Some(self.with_stem(stem).map(Value::from)),
            ("with_suffix", [Value::Str(suffix)]) => Some(self.with_suffix(suffix).map(Value::from)),
            ("match", [Value::Str(pattern)]) => Some(self.is_match(pattern).map(Value::from)),
            ("relative_to", [other]) => {
                Some(part_of(other).and_then(|other| self.relative_to(&*other)).map(Value::from))
            }
            ("is_relative_to", [other]) => {
                Some(part_of(other).map(|other| self.is_relative_to(&*other).into()))
            }
            ("absolute", []) => Some(Ok(self.absolute().into())),
            ("resolve", []) => Some(Ok(self.resolve().into())),
            ("read_bytes", []) => Some(self.read_bytes().map(Value::from)),
            ("write_text", [Value::Str(text)]) => Some(self.write_text(text).map(Value::from)),
            ("rmdir", []) => Some(self.rmdir().map(Value::from)),
            ("iterdir", []) => Some(self.iterdir().map(|paths| paths.collect::<Vec<_>>().into())),
            ("glob", [Value::Str(pattern)]) => {
                Some(self.glob(pattern).map(|paths| paths.collect::<Vec<_>>().into()))
            }
            ("exists", []) => Some(Ok(self.exists().into())),
            ("is_file", []) => Some(Ok(self.is_file().into())),
            ("is_dir", []) => Some(Ok(self.is_dir().into())),
            ("read_text", _) => Some(self.read_text().map(Value::from)),
            ("__truediv__", [other]) => Some(part_of(other).map(|other| self.join(&*other).into())),
            ("__lt__", [other]) => Some(Ok((self < held::<Path>(other)?).into())),
            _ => None,
        }
    }

    fn value_hash(&self) -> Option<u64> {
        Some(crate::Key::key_hash(self))
    }
}

/// The text of a path or of a part of one.
fn part_of(value: &Value) -> Result<String, Error> {
    match held::<Path>(value) {
        Some(path) => Ok(path.to_string()),
        None => String::from_value(value),
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Repr for Path {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = if self.is_pure { "PurePosixPath" } else { "PosixPath" };
        write!(f, "{class}({})", repr(&self.text))
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_paths() {
        let path = Path::new("a//b/./c.tar.gz");
        assert_eq!(path.as_str(), "a/b/c.tar.gz");
        assert_eq!((path.name().as_str(), path.suffix().as_str()), ("c.tar.gz", ".gz"));
        assert_eq!(path.suffixes(), [".tar", ".gz"]);
        assert_eq!(path.parent().as_str(), "a/b");
        assert_eq!(Path::new("/").parent().as_str(), "/");
        assert_eq!(Path::new("a").parent().as_str(), ".");
        assert_eq!(path.join("/x").as_str(), "/x");
        assert_eq!(path.with_suffix(".txt").map(String::from).ok().as_deref(), Some("a/b/c.tar.txt"));
        assert_eq!(path.relative_to("a").map(String::from).ok().as_deref(), Some("b/c.tar.gz"));
        assert!(path.relative_to("b").is_err());
        assert!(Path::new("a/b") < Path::new("a/b/c") && Path::new("a/b") < Path::new("a-b/c"));
        assert_eq!(repr(&Path::pure("x")).to_string(), "PurePosixPath('x')");
    }
}
