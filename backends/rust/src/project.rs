//! The cargo project: files, manifest, source map.

use crate::env::{Env, Mark, Uses};
use crate::items;
use crate::layout;
use crate::names;
use batuta_base::{Name, Origin, SourceText};
use batuta_core::{Item, Mir, Module, Program};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// What the project is called and where its parts are.
#[derive(Clone, Debug)]
pub struct EmitOptions {
    /// Package name.
    pub name: String,
    /// Path of the runtime crate as the manifest says it; the default is a mark for the caller to replace.
    pub runtime: String,
    /// Source texts by module path, for the line numbers of the source map.
    pub sources: BTreeMap<Name, Arc<SourceText>>,
}

/// Stands in the manifest for the runtime's path.
pub const RUNTIME_PLACEHOLDER: &str = "{batuta-rt}";

impl Default for EmitOptions {
    fn default() -> Self {
        Self { name: "program".to_owned(), runtime: RUNTIME_PLACEHOLDER.to_owned(), sources: BTreeMap::new() }
    }
}

/// A line of emitted Rust and where it came from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapEntry {
    /// Path of the emitted file.
    pub file: String,
    /// One-based.
    pub rust_line: u32,
    /// Item that the origin is relative to.
    pub item: Name,
    pub origin: Origin,
    /// Column (one-based) of `[i]` where the line is `xs[i] = value`.
    pub store_column: Option<u32>,
}

/// What the project links.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Dependencies {
    /// The runtime crate.
    pub runtime: bool,
    /// NumPy's.
    pub numpy: bool,
}

/// An emitted cargo project.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Project {
    /// Path and text of every file, in a fixed order.
    pub files: Vec<(String, String)>,
    pub map: Vec<MapEntry>,
    pub uses: Dependencies,
    /// Promises of Mir that a body broke; each is a `todo!` in the output.
    pub problems: Vec<String>,
}

/// Lints of the source's shape, allowed in emitted projects; all others stand.
const ALLOWED: &[(&str, &[&str])] = &[
    ("rust", &["dead_code", "unused_assignments"]),
    (
        "clippy",
        &[
            "cloned_ref_to_slice_refs",
            "collapsible_else_if",
            "collapsible_if",
            "comparison_chain",
            "doc_lazy_continuation",
            "doc_overindented_list_items",
            "enum_variant_names",
            "float_cmp",
            "len_without_is_empty",
            "module_inception",
            "needless_range_loop",
            "neg_cmp_op_on_partial_ord",
            "never_loop",
            "new_without_default",
            "should_implement_trait",
            "too_many_arguments",
            "type_complexity",
            "upper_case_acronyms",
            "wrong_self_convention",
        ],
    ),
];

/// Emits a cargo project. Takes `Mir`, so every borrow is decided.
pub fn emit(program: &Program<Mir>, options: &EmitOptions) -> Project {
    let env = Env::new(program);
    let mut project =
        Project { files: Vec::new(), map: Vec::new(), uses: Dependencies::default(), problems: Vec::new() };
    let children = module_tree(&env);
    let root = program.entry.map_or("src/lib.rs", |_| "src/main.rs");
    let mut has_root = false;
    for module in program.modules.values() {
        let is_entry = program.entry == Some(module.path);
        let file = if is_entry { root.to_owned() } else { file_of(module.path) };
        has_root |= is_entry;
        let below = children.get(module_key(module, is_entry).as_str()).cloned().unwrap_or_default();
        module_file(&env, module, is_entry, file, &below, &mut project);
    }
    for (path, below) in &children {
        let is_module = program
            .modules
            .keys()
            .any(|module| names::module(*module).join("::") == *path && program.entry != Some(*module));
        if path.is_empty() && has_root || is_module {
            continue;
        }
        let file =
            if path.is_empty() { root.to_owned() } else { format!("src/{}.rs", path.replace("::", "/")) };
        let head = if path.is_empty() { "#![forbid(unsafe_code)]\n\n" } else { "" };
        let lines = match path.as_str() {
            "" => root_lines(&env, below),
            "tests" => mod_lines(below).replace("pub mod", "mod"),
            _ => mod_lines(below),
        };
        project.files.push((file, format!("{head}{lines}")));
    }
    project.files.push(("Cargo.toml".to_owned(), manifest(options, &project.uses)));
    project.files.push(("README.md".to_owned(), readme(program, options)));
    project.files.push(("batuta.map.json".to_owned(), map_text(program, options, &project.map)));
    project.files.sort();
    project
}

fn module_key(module: &Module, is_entry: bool) -> String {
    if is_entry { String::new() } else { names::module(module.path).join("::") }
}

fn file_of(module: Name) -> String {
    format!("src/{}.rs", names::module(module).join("/"))
}

/// For each module (`""` is the root) the modules right below it.
fn module_tree(env: &Env<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in env.program.modules.keys().filter(|path| env.program.entry != Some(**path)) {
        let parts = names::module(*path);
        for depth in 0..parts.len() {
            out.entry(parts[..depth].join("::")).or_default().insert(parts[depth].clone());
        }
    }
    if env.program.entry.is_none() {
        out.entry(String::new()).or_default();
    }
    out
}

fn mod_lines(children: &BTreeSet<String>) -> String {
    children.iter().map(|child| format!("pub mod {child};\n")).collect()
}

/// The modules below the root: tests are no part of the program.
fn root_lines(env: &Env<'_>, children: &BTreeSet<String>) -> String {
    let has_tests = env.program.modules.keys().any(|path| batuta_core::is_test_module(*path));
    let tests = if has_tests { "\n#[cfg(test)]\nmod tests;\n" } else { "" };
    let rest = children.iter().filter(|child| !has_tests || *child != "tests").cloned().collect();
    let lines = mod_lines(&rest);
    let lines = if env.program.entry.is_some() { lines.replace("pub mod", "mod") } else { lines };
    format!("{lines}{tests}").trim_start().to_owned()
}

fn module_file(
    env: &Env<'_>,
    module: &Module,
    is_entry: bool,
    file: String,
    children: &BTreeSet<String>,
    project: &mut Project,
) {
    let made = items::module(env, module, is_entry);
    let mut parts = vec![items::doc(module.doc.as_deref(), 0, "//!")];
    if is_entry {
        parts.push("#![forbid(unsafe_code)]\n".to_owned());
        if env.has_sure_fault() {
            parts.push("#![allow(arithmetic_overflow, unconditional_panic)]\n".to_owned());
        }
    }
    parts.push(if is_entry { root_lines(env, children) } else { mod_lines(children) });
    parts.push(use_lines(&made.uses));
    parts.push(format!("{}\n", made.text));
    let text = parts
        .iter()
        .map(|part| part.trim_end())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    let (text, marks) = layout::take_marks(&format!("{text}\n"));
    let rust_lines: Vec<&str> = text.lines().collect();
    for (rust_line, number) in marks {
        let Some(Mark { item, origin, stores }) = made.uses.marks.get(number as usize).copied() else {
            continue;
        };
        let line = rust_lines.get(rust_line as usize - 1).copied().unwrap_or_default();
        let store_column = if stores { store_column(line) } else { None };
        project.map.push(MapEntry { file: file.clone(), rust_line, item, origin, store_column });
    }
    project.uses.runtime |= made.uses.rt || made.uses.prelude || !made.uses.macros.is_empty();
    project.uses.numpy |= made.uses.np;
    project.problems.extend(made.uses.problems);
    project.files.push((file, text));
}

/// Column (one-based) of the last index in the target of an assignment, where rustc says that it panics.
fn store_column(line: &str) -> Option<u32> {
    let (mut depth, mut column) = (0, None);
    for (at, c) in line.chars().enumerate() {
        match c {
            '=' if depth == 0 => return column,
            '[' | '(' => {
                column = if depth == 0 && c == '[' { Some(at as u32 + 1) } else { column };
                depth += 1;
            }
            ']' | ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `use` lines: std, the runtime, the project, each a group.
fn use_lines(uses: &Uses) -> String {
    let group = |prefix: &str| {
        let mut by_parent: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in uses.paths.iter().filter(|path| path.starts_with(prefix)) {
            let (parent, name) = path.rsplit_once("::").unwrap_or(("", path));
            by_parent.entry(parent).or_default().push(name);
        }
        let mut rows: Vec<_> = by_parent.into_iter().collect();
        rows.sort_by_key(|(parent, names)| {
            // Lists stand behind the names beside them.
            if names.len() == 1 { format!("{parent}::{}", names[0]) } else { format!("{parent}::{{") }
        });
        rows.into_iter().map(|(parent, names)| use_line(parent, &names)).collect::<String>()
    };
    let mut runtime = Vec::new();
    if uses.rt {
        runtime.push("self as rt");
    }
    let mut rest: Vec<&str> = uses.macros.iter().copied().collect();
    if uses.prelude {
        rest.push("prelude::*");
    }
    rest.sort_unstable();
    runtime.extend(rest);
    let runtime = match &runtime[..] {
        [] => String::new(),
        ["self as rt"] => "use batuta_rt as rt;\n".to_owned(),
        names => use_line("batuta_rt", names),
    };
    let numpy = if uses.np { "use batuta_numpy::np;\n" } else { "" };
    [group("std::"), format!("{numpy}{runtime}"), group("crate")]
        .iter()
        .filter(|text| !text.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join("\n")
}

fn use_line(parent: &str, names: &[&str]) -> String {
    match names {
        [name] if parent.is_empty() => format!("use {name};\n"),
        [name] => format!("use {parent}::{name};\n"),
        names => format!("use {parent}::{{{}}};\n", names.join(", ")),
    }
}

pub(crate) fn manifest(options: &EmitOptions, uses: &Dependencies) -> String {
    let mut out = format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n",
        options.name
    );
    if uses.numpy {
        let _ = writeln!(out, "batuta-numpy = {{ path = {:?} }}", beside(&options.runtime, "numpy"));
    }
    if uses.runtime {
        let _ = writeln!(out, "batuta-rt = {{ path = {:?} }}", options.runtime);
    }
    // The kernels of NumPy gain nothing from the program around them, and would be compiled with each again.
    let lto = if uses.numpy { "off" } else { "thin" };
    let _ = writeln!(out, "\n[profile.release]\noverflow-checks = true\nlto = {lto:?}");
    for (tool, lints) in ALLOWED {
        let _ = writeln!(out, "\n[lints.{tool}]");
        for lint in *lints {
            let _ = writeln!(out, "{lint} = \"allow\"");
        }
    }
    out
}

/// The folder of another crate beside the runtime's.
fn beside(runtime: &str, name: &str) -> String {
    match runtime.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => format!("{runtime}/../{name}"),
    }
}

pub(crate) fn readme(program: &Program<Mir>, options: &EmitOptions) -> String {
    let mut out = format!("# {}\n\nTranslated by Batuta from:\n\n", options.name);
    for module in program.modules.values() {
        let _ = writeln!(out, "* `{}`", module.file);
    }
    out.push_str("\nRun it with `cargo run --release`. The text holds no `unsafe`; the runtime crate `batuta-rt` keeps its own in `src/sys`.\n");
    let mut holes = Vec::new();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            if let batuta_core::Node::Hole { why, .. } = &row.kind {
                holes.push(format!("* `{}`: {why}\n", body.path));
            }
        }
    }
    if !holes.is_empty() {
        out.push_str("\nThese places need a human (`todo!` in the text):\n\n");
        out.push_str(&holes.concat());
    }
    out
}

/// `batuta.map.json` as the runtime reads it.
pub(crate) fn map_text(program: &Program<Mir>, options: &EmitOptions, map: &[MapEntry]) -> String {
    let bases = item_bases(program);
    let mut files: BTreeMap<(String, String), Vec<(u32, u32)>> = BTreeMap::new();
    let mut stores: BTreeMap<&str, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for entry in map {
        let module = module_of(program, entry.item);
        let Some(source) = options.sources.get(&module) else { continue };
        let base = base_of(&bases, entry.item);
        let line = source.line_col((base + entry.origin.start) as usize).line;
        let file = program.modules.get(&module).map_or(module.as_str(), |module| module.file.as_str());
        let rows = files.entry((entry.file.clone(), file.to_owned())).or_default();
        if rows.last() != Some(&(entry.rust_line, line)) {
            rows.push((entry.rust_line, line));
        }
        if let Some(column) = entry.store_column {
            stores.entry(&entry.file).or_default().insert((entry.rust_line, column));
        }
    }
    let parts: Vec<String> = files
        .into_iter()
        .map(|((rust, source), mut rows)| {
            rows.sort_by_key(|(rust_line, _)| *rust_line);
            rows.dedup_by_key(|(rust_line, _)| *rust_line);
            let rows: Vec<_> = rows.iter().map(|(rust, source)| format!("[{rust},{source}]")).collect();
            let pairs: Vec<_> = stores
                .get(&*rust)
                .into_iter()
                .flatten()
                .map(|(line, column)| format!("[{line},{column}]"))
                .collect();
            let stores =
                if pairs.is_empty() { String::new() } else { format!(", \"stores\": [{}]", pairs.join(",")) };
            format!(
                "  {{\"rust\": {rust:?}, \"source\": {source:?}, \"lines\": [{}]{stores}}}",
                rows.join(",")
            )
        })
        .collect();
    if parts.is_empty() {
        "{\"files\": []}\n".to_owned()
    } else {
        format!("{{\"files\": [\n{}\n]}}\n", parts.join(",\n"))
    }
}

fn item_bases(program: &Program<Mir>) -> BTreeMap<Name, u32> {
    let mut out = BTreeMap::new();
    for row in program.modules.values().flat_map(|module| &module.items) {
        if let Item::Fn(path) | Item::Class(path) = row.item {
            out.insert(path, row.base);
        }
    }
    // A method is no item of its module: its own origin says where it starts.
    out.extend(program.fns.values().map(|body| (body.path, body.origin.start)));
    out
}

/// Offset of the item, or of the nearest one that it lies in.
fn base_of(bases: &BTreeMap<Name, u32>, item: Name) -> u32 {
    let mut path = Name::new(item.as_str().split('$').next().unwrap_or_default());
    loop {
        match bases.get(&path) {
            Some(base) => return *base,
            None if path == "" => return 0,
            None => path = path.parent(),
        }
    }
}

fn module_of(program: &Program<Mir>, item: Name) -> Name {
    let mut path = item;
    while path != "" && !program.modules.contains_key(&path) {
        path = path.parent();
    }
    path
}
