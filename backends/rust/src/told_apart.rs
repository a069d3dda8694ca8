//! Functions, globals and classes of one module that would have the same Rust name: `log` and `LOG`, `fooBar` and
//! `foo_bar`, `_Node` and `Node`.
//!
//! The one that is written as Rust writes it keeps the name, the others are numbered: `LOG`, `LOG_2`, `Node`, `Node2`.

use crate::names;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::{Mir, Program};

/// The numbers behind names that would stand for two things.
#[derive(Default)]
pub(crate) struct ToldApart(FxHashMap<Name, usize>);

impl ToldApart {
    pub(crate) fn of(program: &Program<Mir>) -> Self {
        let mut out = ToldApart::default();
        let functions = program.fns.keys().map(|path| (*path, names::function(*path)));
        let globals = program.globals.keys().map(|path| (*path, names::upper(path.last())));
        let classes = program.classes.keys().map(|path| (*path, names::class(path.last())));
        let is_free = |path: &Name| !program.classes.contains_key(&path.parent());
        out.number(functions.filter(|(path, _)| is_free(path)), |path| path.parent());
        out.number(globals.filter(|(path, _)| is_free(path)), |path| path.parent());
        // A class inside of a class stands in the module, too.
        out.number(classes, |path| {
            let mut home = path.parent();
            while program.classes.contains_key(&home) {
                home = home.parent();
            }
            home
        });
        out
    }

    fn number(&mut self, named: impl Iterator<Item = (Name, String)>, home: impl Fn(&Name) -> Name) {
        let mut groups: FxHashMap<(Name, String), Vec<Name>> = FxHashMap::default();
        for (path, own) in named {
            groups.entry((home(&path), own)).or_default().push(path);
        }
        let mut taken: FxHashSet<(Name, String)> = groups.keys().cloned().collect();
        let mut shared: Vec<_> = groups.into_iter().filter(|(_, paths)| paths.len() > 1).collect();
        shared.sort();
        for ((home, own), mut paths) in shared {
            paths.sort_by_key(|path| (path.last() != own, path.as_str().matches('.').count(), path.as_str()));
            let mut number = 1;
            for path in paths.into_iter().skip(1) {
                number += 1;
                while !taken.insert((home, numbered(&own, number))) {
                    number += 1;
                }
                self.0.insert(path, number);
            }
        }
    }

    /// The Rust name of what would be called `own`.
    pub(crate) fn name(&self, path: Name, own: String) -> String {
        match self.0.get(&path) {
            Some(number) => numbered(&own, *number),
            None => own,
        }
    }
}

fn numbered(own: &str, number: usize) -> String {
    if own.starts_with(char::is_uppercase) && own.contains(char::is_lowercase) {
        format!("{own}{number}")
    } else {
        format!("{own}_{number}")
    }
}
