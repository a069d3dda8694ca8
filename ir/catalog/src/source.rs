//! Library classes that are written in Python, as CPython has them: they join the program that uses them.

/// A module of the program that holds a class of the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// The library's path of the class: `collections.ChainMap`.
    pub path: &'static str,
    /// The module that it is in a program: `chain_map`.
    pub module: &'static str,
    pub text: &'static str,
}

/// All of them.
pub const SOURCES: &[Source] = &[Source {
    path: "collections.ChainMap",
    module: "chain_map",
    text: include_str!("../python/source/chain_map.py"),
}];

impl Source {
    /// The name of the class.
    pub fn name(&self) -> &'static str {
        self.path.rsplit('.').next().unwrap_or(self.path)
    }

    /// Whether a program of this text may use the class.
    pub fn is_named_in(&self, text: &str) -> bool {
        let library = self.path.split('.').next().unwrap_or_default();
        text.contains(self.name()) && text.contains(library)
    }
}

/// The class of a library path that is written in Python.
pub fn source(path: &str) -> Option<&'static Source> {
    SOURCES.iter().find(|source| source.path == path)
}
