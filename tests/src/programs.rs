//! Programs of the corpus: where they lie, what they are given, what they must print.

use std::path::{Path, PathBuf};

/// A program with its input and its expected behaviour.
#[derive(Clone, Debug)]
pub struct Program {
    /// Unique, fit for a cargo package: `python_ledger`, `project_sheet`.
    pub name: String,
    /// The file or folder that is translated.
    pub path: PathBuf,
    /// Folder that it runs in.
    pub folder: PathBuf,
    pub args: Vec<String>,
    pub stdin: Vec<u8>,
    pub stdout: Vec<u8>,
    pub code: i32,
    /// Last line on standard error, where the program ends in an error.
    pub error: Option<String>,
}

/// All programs and projects below `tests/corpus`, ordered by name.
///
/// # Errors
/// A program without its `.out`, an unreadable file, or an empty corpus.
pub fn corpus(root: &Path) -> Result<Vec<Program>, String> {
    let folder = root.join("tests/corpus");
    let mut programs = Vec::new();
    for path in entries(&folder.join("python"))? {
        if path.extension().is_some_and(|ending| ending == "py") {
            programs.push(single(&path)?);
        }
    }
    for path in entries(&folder.join("ruchy"))? {
        if path.extension().is_some_and(|ending| ending == "ruchy") {
            programs.push(Program { name: format!("ruchy_{}", stem(&path)), ..single(&path)? });
        }
    }
    for path in entries(&folder.join("c"))? {
        if path.extension().is_some_and(|ending| ending == "c") {
            let args = std::fs::read_to_string(path.with_extension("args")).unwrap_or_default();
            let args = args.lines().map(str::to_owned).collect();
            programs.push(Program { name: format!("c_{}", stem(&path)), args, ..single(&path)? });
        }
    }
    for path in entries(&folder.join("c-projects"))? {
        if path.is_dir() {
            programs.push(c_project(&path)?);
        }
    }
    for path in entries(&folder.join("projects"))? {
        if path.is_dir() {
            programs.push(project(&path)?);
        }
    }
    if programs.is_empty() {
        return Err(format!("no programs in {}", folder.display()));
    }
    Ok(programs)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let list = std::fs::read_dir(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut paths: Vec<_> = list.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn single(path: &Path) -> Result<Program, String> {
    let side = |ending: &str| std::fs::read(path.with_extension(ending)).ok();
    let text = |ending: &str| side(ending).map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Ok(Program {
        name: format!("python_{}", stem(path)),
        path: path.to_owned(),
        folder: path.parent().expect("a file has a folder").to_owned(),
        args: text("args").map_or_else(Vec::new, |line| shell_words(&line)),
        stdin: side("in").unwrap_or_default(),
        stdout: side("out").ok_or_else(|| format!("{} has no .out", path.display()))?,
        code: text("code").and_then(|code| code.parse().ok()).unwrap_or(0),
        error: text("err"),
    })
}

fn project(path: &Path) -> Result<Program, String> {
    let read = |name: &str| {
        std::fs::read(path.join(name)).map_err(|why| format!("{}/{name}: {why}", path.display()))
    };
    let command = String::from_utf8_lossy(&read("run.txt")?).trim().to_owned();
    // `python3 -m package args..`
    let args = shell_words(&command).into_iter().skip(3).collect();
    Ok(Program {
        name: format!("project_{}", stem(path)),
        path: path.to_owned(),
        folder: path.to_owned(),
        args,
        stdin: Vec::new(),
        stdout: read("expected.out")?,
        code: 0,
        error: None,
    })
}

/// `run.txt` of a project in C: `./program args < input`.
fn c_project(path: &Path) -> Result<Program, String> {
    let read = |name: &str| {
        std::fs::read(path.join(name)).map_err(|why| format!("{}/{name}: {why}", path.display()))
    };
    let mut words = shell_words(&String::from_utf8_lossy(&read("run.txt")?));
    let stdin = match words.iter().position(|word| word == "<") {
        Some(at) if at + 1 < words.len() => {
            let input = read(&words[at + 1])?;
            words.truncate(at);
            input
        }
        _ => Vec::new(),
    };
    Ok(Program {
        name: format!("cproject_{}", stem(path)),
        path: path.to_owned(),
        folder: path.to_owned(),
        args: words.into_iter().skip(1).collect(),
        stdin,
        stdout: read("expected.out")?,
        code: 0,
        error: None,
    })
}

/// Words of a POSIX shell command line with single and double quotes and backslashes.
pub fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_does() {
        assert_eq!(shell_words(r#"a 'b c' "d'e" f\ g ''"#), ["a", "b c", "d'e", "f g", ""]);
    }

    #[test]
    fn the_corpus_is_there() {
        let programs = corpus(&crate::root()).expect("the corpus can be read");
        assert!(programs.len() >= 60, "{}", programs.len());
        assert!(programs.iter().any(|program| program.error.is_some()));
    }
}
