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

/// What the commands in the text of a build say, which `make -nB` prints: those of a compiler that name a unit.
pub(crate) fn of_log(folder: &Path, log: &str) -> Commands {
    let mut out = Commands::default();
    let mut entered = vec![folder.to_owned()];
    for line in log.replace("\\\n", " ").lines() {
        if let Some((_, rest)) = line.split_once(": Entering directory ") {
            entered.push(folder.join(rest.trim_matches(['\'', '`', '"'])));
        } else if line.contains(": Leaving directory ") && entered.len() > 1 {
            entered.pop();
        }
        let mut directory = entered.last().unwrap_or(&folder.to_owned()).clone();
        for command in line.split("&&").flat_map(|part| part.split(';')) {
            let words = split(command);
            if let [cd, to, ..] = &words[..]
                && cd == "cd"
            {
                directory = directory.join(to);
                continue;
            }
            let program = words.iter().find(|word| !word.contains('='));
            let name = program.and_then(|program| program.rsplit('/').next()).unwrap_or_default();
            let is_compiler = ["cc", "gcc", "clang", "c99", "c89", "tcc"].iter().any(|known| {
                name == *known
                    || name.starts_with(&format!("{known}-"))
                    || name.ends_with(&format!("-{known}"))
            });
            let units: Vec<&String> = words.iter().filter(|word| word.ends_with(".c")).collect();
            if is_compiler && !units.is_empty() {
                out.files.extend(units.iter().map(|unit| clean(&directory.join(unit))));
                out.take(&words, &directory);
            }
        }
    }
    out
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
            if let Some(name) = word.strip_prefix("-std=") {
                let (defines, undefines) = Preprocessing::standard(name).unwrap_or_default();
                defines.into_iter().for_each(|value| add(&mut self.defines, value));
                undefines.into_iter().for_each(|value| add(&mut self.undefines, value));
                continue;
            }
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
    fn units_and_flags_are_read_out_of_what_make_prints() {
        let log = "echo hi > x.c\nmake[1]: Entering directory '/p/lib'\ncc -DX=1 -I../inc -c -o a.o a.c\n\
                   make[1]: Leaving directory '/p/lib'\ncd app && CFLAGS= x86_64-linux-gnu-gcc -std=c99 \\\n -c main.c; true\n";
        let found = super::of_log(std::path::Path::new("/p"), log);
        let files: Vec<_> = found.files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        assert_eq!(files, ["/p/app/main.c", "/p/lib/a.c"]);
        assert_eq!(found.folders, [std::path::PathBuf::from("/p/inc")]);
        assert_eq!(found.defines, ["X=1", "__STDC_VERSION__=199901L", "__STRICT_ANSI__"]);
    }

    #[test]
    fn commands_are_split_as_a_shell_splits_them() {
        let found = split(r#"cc -I 'a b' -DNAME=\"x\" "-DTWO=1 2" -c  main.c """#);
        assert_eq!(found, ["cc", "-I", "a b", "-DNAME=\"x\"", "-DTWO=1 2", "-c", "main.c", ""]);
    }
}
