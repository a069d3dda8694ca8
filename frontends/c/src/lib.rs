//! C source text to Mir.
//!
//! `pp` preprocesses, `parse` makes a typed tree, `lower` decides what lives in Rust variables and what in
//! checked memory, and writes bodies. Knows C11 with the common GNU extensions and the System V ABI for
//! x86-64; knows nothing of how Rust is printed.
#![forbid(unsafe_code)]

pub mod codes;
mod headers;
mod lex;
mod literal;
mod lower;
mod parse;
mod pp;
mod tree;
mod types;
mod visit;

pub use literal::CARRIER;

use batuta_base::{Anchor, Diagnostic, FxHashSet, Name, Origin};
use batuta_core::{Image, Mir, Program};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The files of a project by path, and how they are preprocessed.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Translation units: path and module.
    pub units: Vec<(String, Name)>,
    /// All files, units and headers: text and module.
    pub files: BTreeMap<String, (String, Name)>,
    /// Folders of `-I`.
    pub folders: Vec<String>,
    /// Folders of a system's headers, behind those that are bundled.
    pub system: Vec<String>,
    /// `NAME` or `NAME=VALUE` of each `-D`.
    pub defines: Vec<String>,
    /// Names of `-U`.
    pub undefines: Vec<String>,
    /// Libraries that hold what no unit defines.
    pub libraries: Vec<String>,
    pub choices: Choices,
}

/// How programs are translated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Choices {
    /// `printf` stays a call of the library: there is nothing that formats by types.
    pub keeps_printf: bool,
    /// Signed arithmetic wraps instead of stopping on overflow.
    pub wraps: bool,
    /// Variables without a first value are objects of which nothing is known.
    pub tracks_unknown: bool,
}

/// A program of C at Mir.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lowered {
    pub program: Program<Mir>,
    pub image: Image,
    pub diags: Vec<Diagnostic>,
}

impl Sources {
    /// What stands in front of each unit.
    fn directives(&self) -> String {
        let define = |text: &String| match text.split_once('=') {
            Some((name, value)) => format!("#define {name} {value}\n"),
            None => format!("#define {text} 1\n"),
        };
        let undefine = |name: &String| format!("#undef {name}\n");
        self.defines.iter().map(define).chain(self.undefines.iter().map(undefine)).collect()
    }

    /// Modules of the headers of the system.
    fn system_modules(&self) -> FxHashSet<Name> {
        let is_below =
            |path: &String| self.system.iter().any(|folder| std::path::Path::new(path).starts_with(folder));
        self.files.iter().filter(|(path, _)| is_below(path)).map(|(_, (_, module))| *module).collect()
    }

    /// The module of a file's items: those of `x.h` belong to `x.c` where there is one.
    fn home(&self, module: Name) -> Name {
        let unit = module.as_str().strip_suffix("_h").map(Name::new);
        unit.filter(|unit| self.units.iter().any(|(_, module)| module == unit)).unwrap_or(module)
    }
}

struct Files<'a>(&'a Sources);

impl pp::Includes for Files<'_> {
    fn read(&self, path: &str) -> Option<Rc<str>> {
        self.0.files.get(path).map(|(text, _)| Rc::from(text.as_str()))
    }
    fn folders(&self) -> &[String] {
        &self.0.folders
    }
    fn system(&self) -> &[String] {
        &self.0.system
    }
    fn anywhere(&self, name: &str) -> Option<String> {
        let end = format!("/{}", name.trim_start_matches("../"));
        let mut found = self.0.files.keys().filter(|path| path.ends_with(&end));
        let first = found.next()?;
        found.next().is_none().then(|| first.clone())
    }
}

/// Whether a header of the C library is bundled under a name.
pub fn is_bundled(name: &str) -> bool {
    headers::bundled(name).is_some()
}

/// Translates the units of a project and links them.
pub fn lower(sources: &Sources) -> Lowered {
    let mut units = Vec::new();
    for (path, module) in &sources.units {
        let Some((text, _)) = sources.files.get(path) else { continue };
        let mut unit = pp::preprocess(path, text, &sources.directives(), &Files(sources));
        let tree = parse::parse(&mut unit);
        let home = |file: &pp::File| sources.files.get(&file.path).map_or(*module, |(_, home)| *home);
        let homes = unit.files.iter().map(home).collect();
        let items = unit.files.iter().map(|file| sources.home(home(file))).collect();
        let (files, issues) = (unit.files, unit.issues);
        units.push(lower::UnitTree { module: *module, tree, files, issues, homes, items });
    }
    drop_parts(&mut units);
    let has_errors = |unit: &lower::UnitTree| {
        unit.issues.iter().any(|issue| issue.code.severity == batuta_base::Severity::Error)
    };
    // What has errors is not translated, so nothing is lowered from it.
    let (program, image) =
        if units.iter().any(has_errors) { Default::default() } else { lower::lower(&mut units, sources) };
    Lowered { program, image, diags: diagnostics(&units) }
}

/// What another unit includes and defines with it is a part of that one, no unit of its own.
fn drop_parts(units: &mut Vec<lower::UnitTree>) {
    let defined = |unit: &lower::UnitTree| -> FxHashSet<Name> {
        let own = unit.tree.funcs.iter().filter(|row| row.body.is_some() && !row.is_static);
        own.map(|row| row.name).collect()
    };
    let is_part = |unit: &lower::UnitTree| {
        let Some(file) = unit.files.iter().find(|file| !file.bundled) else { return false };
        let own = defined(unit);
        let holds = |other: &lower::UnitTree| {
            other.module != unit.module
                && other.files.iter().any(|known| known.path == file.path)
                && !own.is_disjoint(&defined(other))
        };
        units.iter().any(holds)
    };
    let parts: Vec<Name> = units.iter().filter(|unit| is_part(unit)).map(|unit| unit.module).collect();
    if parts.len() < units.len() {
        units.retain(|unit| !parts.contains(&unit.module));
    }
}

fn diagnostics(units: &[lower::UnitTree]) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> = Vec::new();
    let mut seen = FxHashSet::default();
    for unit in units {
        for issue in &unit.issues {
            let place = unit.place(issue.pos);
            let bundled = unit.files.get(issue.pos.file as usize).is_none_or(|file| file.bundled);
            let origin = if bundled { Origin::default() } else { place.origin };
            let at = Anchor { item: place.module, origin };
            let made = Diagnostic {
                code: issue.code,
                message: issue.message.clone(),
                at,
                labels: Vec::new(),
                hints: hints(issue.code),
            };
            if seen.insert(made.clone()) {
                out.push(made);
            }
        }
    }
    out
}

/// The next step.
fn hints(code: batuta_base::Code) -> Vec<String> {
    let is_header = code == codes::MISSING_HEADER;
    if is_header {
        vec![
            "name the folder that has it with `-I DIR`; `--sysroot host` reads those of this machine"
                .to_owned(),
        ]
    } else {
        Vec::new()
    }
}
