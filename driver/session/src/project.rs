//! A project: a map from path to text, with the module that each file is.

use std::collections::BTreeSet;
use std::sync::Arc;

/// One source file of a project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProjectFile {
    /// Path as the user named it; findings and error messages of the emitted program show it.
    pub path: String,
    pub text: Arc<str>,
    /// Dotted module path: `pkg.mod`; a package's `__init__.py` is `pkg`.
    pub module: String,
    /// The file is an `__init__.py`.
    pub is_package: bool,
}

/// The modules of a program or library, ordered by module path.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Project {
    /// Name of the emitted crate.
    pub name: String,
    pub files: Vec<ProjectFile>,
    /// Files of tests, which are no part of the program: `tests.test_a`.
    pub tests: Vec<ProjectFile>,
    /// Module whose top-level statements are the program; `None` for a library.
    pub entry: Option<String>,
    /// What was left out and why, one sentence each (tests, scripts, build folders).
    pub notes: Vec<String>,
    /// Flags of C that the project itself names; those of the options come after them.
    pub preprocessing: crate::Preprocessing,
}

impl Project {
    /// Adds the headers of C in a folder, as `-I` does.
    ///
    /// # Errors
    /// The folder or one of them cannot be read.
    pub fn add_headers(&mut self, folder: &std::path::Path) -> Result<(), crate::LoadError> {
        crate::load_c::add_headers(self, folder)
    }

    /// Adds the headers of a system that the files include, and that are not bundled; gives the folders that were
    /// looked at. `root` is the folder that holds `usr/include`.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub fn add_system_headers(&mut self, root: &std::path::Path) -> Result<Vec<String>, crate::LoadError> {
        crate::load_c::add_system_headers(self, root)
    }

    /// A program of one file; its module is the file's stem.
    pub fn single(path: &str, text: &str) -> Self {
        let file_name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let module = module_name(stem(file_name));
        let file = ProjectFile {
            path: path.to_owned(),
            text: text.into(),
            module: module.clone(),
            is_package: false,
        };
        Self { name: crate_name(&module), files: vec![file], entry: Some(module), ..Self::default() }
    }

    /// Dotted names of all modules.
    pub fn modules(&self) -> BTreeSet<&str> {
        self.files.iter().map(|file| file.module.as_str()).collect()
    }
}

/// A file's name without the ending of its language.
fn stem(name: &str) -> &str {
    [".py", ".ruchy", ".c"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// A Python identifier made of a file's stem: `my-prog.v2` is `my_prog_v2`.
pub(crate) fn module_name(stem: &str) -> String {
    let mut name: String =
        stem.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    name
}

/// A name that cargo accepts for a package: ASCII letters, digits, `_`, `-`; no leading digit; no
/// word that cargo or Rust reserves.
pub(crate) fn crate_name(text: &str) -> String {
    let clean = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c.to_ascii_lowercase() } else { '_' }
    };
    let name: String = text.chars().map(clean).collect();
    let name = name.trim_matches('_').to_owned();
    let is_reserved = matches!(
        name.as_str(),
        "test" | "core" | "std" | "alloc" | "proc_macro" | "build" | "deps" | "examples" | "incremental"
    ) || RESERVED.contains(&name.as_str());
    if name.is_empty() || name.starts_with(|c: char| !c.is_ascii_alphabetic()) || is_reserved {
        return format!("py_{name}").trim_end_matches('_').to_owned();
    }
    name
}

/// Words of Rust 2024 that cannot name a package.
const RESERVED: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_fit() {
        assert_eq!(module_name("my-prog.v2"), "my_prog_v2");
        assert_eq!(module_name("2048"), "_2048");
        assert_eq!(crate_name("Tic-Tac"), "tic-tac");
        assert_eq!(crate_name("test"), "py_test");
        assert_eq!(crate_name("match"), "py_match");
        assert_eq!(crate_name("42"), "py_42");
        assert_eq!(crate_name("été"), "t");
        assert_eq!(Project::single("a/b/x.py", "").entry.as_deref(), Some("x"));
    }
}
