//! `compile_commands.json`: which files of a folder a build compiles, and with which flags (the format of Clang's
//! JSON compilation database).

use crate::Preprocessing;
use crate::load::LoadError;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What the commands say together: programs here have one set of flags.
#[derive(Default)]
pub(crate) struct Commands {
    files: BTreeSet<PathBuf>,
    pub(crate) folders: Vec<PathBuf>,
    defines: Vec<String>,
    undefines: Vec<String>,
}

/// The commands of a folder, where it has such a file.
pub(crate) fn read(folder: &Path) -> Result<Option<Commands>, LoadError> {
    let path = folder.join("compile_commands.json");
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(|why| LoadError::Unreadable(path.clone(), why))?;
    let broken = |why: String| {
        let why = std::io::Error::new(std::io::ErrorKind::InvalidData, why);
        LoadError::Unreadable(path.clone(), why)
    };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).map_err(|why| broken(why.to_string()))?;
    let mut out = Commands::default();
    for row in &rows {
        let text = |name: &str| row.get(name).and_then(serde_json::Value::as_str);
        let Some(file) = text("file") else { return Err(broken("an entry names no `file`".to_owned())) };
        let directory = folder.join(text("directory").unwrap_or_default());
        out.files.insert(clean(&directory.join(file)));
        let words = match (row.get("arguments").and_then(serde_json::Value::as_array), text("command")) {
            (Some(words), _) => words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
            (None, Some(command)) => split(command),
            (None, None) => Vec::new(),
        };
        out.take(&words, &directory);
    }
    Ok(Some(out))
}

impl Commands {
    /// Whether a command compiles a file.
    pub(crate) fn names(&self, path: &Path) -> bool {
        self.files.contains(&clean(path))
    }

    pub(crate) fn preprocessing(&self) -> Preprocessing {
        Preprocessing {
            folders: self.folders.iter().map(|folder| folder.to_string_lossy().into_owned()).collect(),
            defines: self.defines.clone(),
            undefines: self.undefines.clone(),
            ..Preprocessing::default()
        }
    }

    fn take(&mut self, words: &[String], directory: &Path) {
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some((flag, rest)) = ["-I", "-D", "-U", "-isystem", "-iquote"]
                .into_iter()
                .find_map(|flag| word.strip_prefix(flag).map(|rest| (flag, rest)))
            else {
                continue;
            };
            let value =
                if rest.is_empty() { words.next().cloned().unwrap_or_default() } else { rest.to_owned() };
            match flag {
                "-D" => add(&mut self.defines, value),
                "-U" => add(&mut self.undefines, value),
                _ => add(&mut self.folders, clean(&directory.join(value))),
            }
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// An absolute path without `.` and `..`, so that two names of a file are one.
fn clean(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut out = PathBuf::new();
    for part in whole.components() {
        match part {
            Component::ParentDir => _ = out.pop(),
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

/// Words of a shell's command, with its quotes.
fn split(command: &str) -> Vec<String> {
    let (mut out, mut word, mut is_open, mut quote) = (Vec::new(), String::new(), false, None);
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.extend(chars.next()),
            (c, Some(end)) if c == end => quote = None,
            (c, Some(_)) => word.push(c),
            ('\'' | '"', None) => (quote, is_open) = (Some(c), true),
            (c, None) if c.is_whitespace() => {
                if is_open || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
                is_open = false;
            }
            (c, None) => word.push(c),
        }
    }
    if is_open || !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn commands_are_split_as_a_shell_splits_them() {
        let found = split(r#"cc -I 'a b' -DNAME=\"x\" "-DTWO=1 2" -c  main.c """#);
        assert_eq!(found, ["cc", "-I", "a b", "-DNAME=\"x\"", "-DTWO=1 2", "-c", "main.c", ""]);
    }
}
