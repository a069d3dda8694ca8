//! Programs of C: bodies over checked memory, records with their layout, objects of static storage.
//!
//! Reads Mir as `frontends/c` writes it: every value is `Copy`, every conversion is an operation, so the
//! printer decides nothing but spellings.

mod body;
mod cells;
mod foreign;
mod format;
mod items;
mod names;
mod ops;

use crate::env::Mark;
use crate::layout;
use crate::project::{self, EmitOptions, MapEntry, Project};
use batuta_base::Name;
use batuta_core::{Image, Mir, Module, Program};
use names::Names;
use std::collections::BTreeSet;

/// The whole program, as the printer sees it.
pub(crate) struct CEnv<'a> {
    pub(crate) program: &'a Program<Mir>,
    pub(crate) image: &'a Image,
    pub(crate) names: Names,
}

/// What a file needs in scope.
#[derive(Default)]
pub(crate) struct CUses {
    /// Names of the runtime's C module: `Ptr`, `println`.
    pub(crate) runtime: BTreeSet<&'static str>,
    /// `c::` occurs.
    pub(crate) module: bool,
    /// Other modules of the project.
    pub(crate) modules: BTreeSet<String>,
    pub(crate) cell: bool,
    pub(crate) marks: Vec<Mark>,
    pub(crate) problems: Vec<String>,
}

/// Emits the cargo project of a C program.
pub fn emit_c(program: &Program<Mir>, image: &Image, options: &EmitOptions) -> Project {
    let env = CEnv { program, image, names: Names::new(program, image) };
    let mut out = Project {
        files: Vec::new(),
        map: Vec::new(),
        uses: project::Dependencies { runtime: true, ..Default::default() },
        problems: Vec::new(),
    };
    let mut others: Vec<String> = program
        .modules
        .keys()
        .filter(|path| program.entry != Some(**path) && !items::is_empty(&env, **path))
        .map(|path| env.names.module(*path))
        .collect();
    if !image.foreign.is_empty() {
        others.push("ffi".to_owned());
    }
    for module in program.modules.values() {
        let is_entry = program.entry == Some(module.path);
        if is_entry || !items::is_empty(&env, module.path) {
            module_file(&env, module, is_entry, &others, &mut out);
        }
    }
    if program.entry.is_none() {
        let lines: String =
            others.iter().map(|name| format!("{}pub mod {name};\n", allowance(name))).collect();
        out.files.push(("src/lib.rs".to_owned(), format!("{}\n\n{lines}", guard(image))));
    }
    if !image.foreign.is_empty() {
        out.files.push(("src/ffi.rs".to_owned(), foreign::module(image)));
    }
    out.files.push((
        "Cargo.toml".to_owned(),
        project::manifest(options, &project::Dependencies { runtime: true, ..Default::default() }),
    ));
    out.files.push(("README.md".to_owned(), project::readme(program, options)));
    out.files.push(("batuta.map.json".to_owned(), project::map_text(program, options, &out.map)));
    out.files.sort();
    out
}

/// What keeps unsafe code out: only calls of other libraries may be in it, in a module of their own.
fn guard(image: &Image) -> &'static str {
    if image.foreign.is_empty() { "#![forbid(unsafe_code)]" } else { "#![deny(unsafe_code)]" }
}

fn allowance(module: &str) -> &'static str {
    if module == "ffi" { "#[allow(unsafe_code)]\n" } else { "" }
}

fn module_file(env: &CEnv<'_>, module: &Module, is_entry: bool, others: &[String], out: &mut Project) {
    let file =
        if is_entry { "src/main.rs".to_owned() } else { format!("src/{}.rs", env.names.module(module.path)) };
    let mut uses = CUses::default();
    let text = items::module(env, module, is_entry, &mut uses);
    let mut parts = Vec::new();
    if is_entry {
        let allowed = "#![allow(arithmetic_overflow, unconditional_panic, unreachable_code, unused)]";
        parts.push(format!("{}\n{allowed}", guard(env.image)));
        parts.push(others.iter().map(|name| format!("{}mod {name};\n", allowance(name))).collect());
    }
    if is_entry {
        // Declared right above.
        uses.modules.clear();
    }
    parts.push(use_lines(&uses));
    parts.push(text);
    let text: Vec<&str> = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    let (text, marks) = layout::take_marks(&format!("{}\n", text.join("\n\n")));
    for (rust_line, number) in marks {
        if let Some(Mark { item, origin, .. }) = uses.marks.get(number as usize).copied() {
            out.map.push(MapEntry { file: file.clone(), rust_line, item, origin, store_column: None });
        }
    }
    out.problems.extend(uses.problems);
    out.files.push((file, text));
}

fn use_lines(uses: &CUses) -> String {
    let mut names: Vec<&str> = uses.runtime.iter().copied().collect();
    if uses.module {
        names.insert(0, "self");
    }
    let mut out = String::new();
    if uses.cell {
        out.push_str("use std::cell::Cell;\n\n");
    }
    match names.as_slice() {
        [] => {}
        ["self"] => out.push_str("use batuta_rt::c;\n"),
        [name] => out.push_str(&format!("use batuta_rt::c::{name};\n")),
        names => out.push_str(&format!("use batuta_rt::c::{{{}}};\n", names.join(", "))),
    }
    let modules: Vec<&str> = uses.modules.iter().map(String::as_str).collect();
    match modules.as_slice() {
        [] => {}
        [name] => out.push_str(&format!("\nuse crate::{name};\n")),
        names => out.push_str(&format!("\nuse crate::{{{}}};\n", names.join(", "))),
    }
    out
}

impl CEnv<'_> {
    /// The name of an item as a module says it.
    pub(crate) fn path(&self, item: Name, from: Name, uses: &mut CUses) -> String {
        let name = self.names.item(item);
        let home = item.parent();
        if home == from {
            return name;
        }
        if self.program.entry == Some(home) {
            return format!("crate::{name}");
        }
        let module = self.names.module(home);
        uses.modules.insert(module.clone());
        format!("{module}::{name}")
    }
}
