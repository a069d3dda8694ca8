//! Names of items: types, functions and constants each in Rust's case, told apart where cases collide.

use crate::names;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::{Image, Mir, Program};

pub(crate) struct Names {
    items: FxHashMap<Name, String>,
    modules: FxHashMap<Name, String>,
}

/// Types that every emitted file may import.
const TYPES: &[&str] = &[
    "Ptr",
    "Local",
    "LocalArray",
    "Args",
    "VaList",
    "Cell",
    "Self",
    "File",
    "Tm",
    "Div",
    "LDiv",
    "LongOption",
];
/// Functions that emitted files define themselves.
const FUNCTIONS: &[&str] = &["main", "init"];
/// Modules that emitted files name.
const MODULES: &[&str] = &["c", "ffi", "std", "core", "main", "lib", "batuta_rt", "crate", "self", "super"];

impl Names {
    pub(crate) fn new(program: &Program<Mir>, image: &Image) -> Self {
        let mut taken: FxHashSet<(Name, String)> = FxHashSet::default();
        let mut items = FxHashMap::default();
        let mut add = |path: Name, wanted: String, reserved: &[&str]| {
            let mut name = wanted.clone();
            let mut count = 1;
            while reserved.contains(&name.as_str()) || !taken.insert((path.parent(), name.clone())) {
                count += 1;
                name = format!("{wanted}_{count}");
                // Types keep their case.
                if wanted.starts_with(|c: char| c.is_uppercase()) && !wanted.contains('_') && wanted.len() > 1
                {
                    name = format!("{wanted}{count}");
                }
            }
            items.insert(path, name);
        };
        for path in image.records.keys() {
            add(*path, names::camel(path.last()), TYPES);
        }
        for path in image.objects.keys().chain(image.constants.keys()) {
            add(*path, names::upper(path.last()), &[]);
        }
        for path in
            program.fns.keys().filter(|path| !image.objects.contains_key(*path) && path.last() != "<init>")
        {
            let wanted = names::snake(path.last());
            // `main` calls the program's own under this name.
            if image.main == Some(*path) {
                add(*path, "run".to_owned(), FUNCTIONS);
            } else if wanted == "run" {
                add(*path, "run_2".to_owned(), FUNCTIONS);
            } else {
                add(*path, wanted, FUNCTIONS);
            }
        }
        let mut taken: FxHashSet<String> = FxHashSet::default();
        let mut modules = FxHashMap::default();
        for path in program.modules.keys() {
            let wanted = names::snake(&path.as_str().replace('.', "_"));
            let mut name = wanted.clone();
            let mut count = 1;
            while MODULES.contains(&name.as_str()) || !taken.insert(name.clone()) {
                count += 1;
                name = format!("{wanted}_{count}");
            }
            modules.insert(*path, name);
        }
        Self { items, modules }
    }

    /// The name of an item in its module.
    pub(crate) fn item(&self, path: Name) -> String {
        self.items.get(&path).cloned().unwrap_or_else(|| names::snake(path.last()))
    }

    pub(crate) fn module(&self, path: Name) -> String {
        self.modules.get(&path).cloned().unwrap_or_else(|| names::snake(path.as_str()))
    }
}
