//! The queries, in the order in which a program goes through them.
//!
//! `lowered(file)` reads one file. Its parts are handed on as `items(file)`, `bases(file)` and
//! `hir(file, fn)`, which compare equal when an edit did not touch them: positions of items live in
//! `bases` alone, so a line added above a function stops there. `program` puts the files together;
//! `types`, `mir`, `idiomatic` and `rust` work on the whole program.

use crate::check;
use crate::db::{SourceFile, Workspace};
use crate::finding::{Finding, Locator, Position};
use crate::options::{Level, Optimize, Start};
use crate::stages::{self, Emitted};
use batuta_base::{Anchor, Diagnostic, FxHashMap, FxHashSet, Name, Origin, Severity, SourceText};
use batuta_core::{
    Body, ClassDef, FileIr, FnKind, GlobalDef, Hir, Item, Mir, Module, Program, StmtKind, Ty, Typed,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A program at one level and what its pass found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Stage<L> {
    pub(crate) program: Program<L>,
    pub(crate) diags: Vec<Diagnostic>,
}

/// Everything of a file but function bodies, findings and positions of items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct FileItems {
    module: Arc<Module>,
    classes: Vec<Arc<ClassDef>>,
    globals: Vec<Arc<GlobalDef>>,
    fns: Vec<Name>,
}

/// Dotted names of the project's modules.
#[salsa::tracked]
pub(crate) fn module_names(db: &dyn salsa::Database, workspace: Workspace) -> Vec<Name> {
    workspace.files(db).iter().map(|file| file.module(db)).collect()
}

/// A file's items, bodies and findings at Hir.
#[salsa::tracked]
pub(crate) fn lowered(db: &dyn salsa::Database, workspace: Workspace, file: SourceFile) -> FileIr {
    let modules = module_names(db, workspace);
    let module = file.module(db);
    let is_entry = workspace.entry(db) == Some(module);
    let start = workspace.options(db).start;
    stages::lower(file.text(db), module, is_entry, file.is_package(db), modules, start)
}

#[salsa::tracked]
pub(crate) fn items(db: &dyn salsa::Database, workspace: Workspace, file: SourceFile) -> FileItems {
    let ir = lowered(db, workspace, file);
    let mut module = ir.module.clone();
    module.items.iter_mut().for_each(|row| row.base = 0);
    let class = |def: &ClassDef| {
        let (mut def, start) = (def.clone(), def.origin.start);
        def.origin = shifted(def.origin, start);
        def.fields.iter_mut().for_each(|field| field.origin = shifted(field.origin, start));
        Arc::new(def)
    };
    let global = |def: &GlobalDef| {
        Arc::new(GlobalDef { origin: shifted(def.origin, def.origin.start), ..def.clone() })
    };
    FileItems {
        module: Arc::new(module),
        classes: ir.classes.iter().map(class).collect(),
        globals: ir.globals.iter().map(global).collect(),
        fns: ir.fns.iter().map(|body| body.path).collect(),
    }
}

/// A range that counts from `start`.
fn shifted(origin: Origin, start: u32) -> Origin {
    Origin { start: origin.start.saturating_sub(start), end: origin.end.saturating_sub(start) }
}

/// Where each function, class and method of a file starts, by path.
#[salsa::tracked]
pub(crate) fn bases(db: &dyn salsa::Database, workspace: Workspace, file: SourceFile) -> Vec<(Name, u32)> {
    let ir = lowered(db, workspace, file);
    let classes = ir.classes.iter().map(|class| (class.path, class.origin.start));
    let globals = ir.globals.iter().map(|global| (global.path, global.origin.start));
    let fns = ir.fns.iter().map(|body| (body.path, body.origin.start));
    classes.chain(globals).chain(fns).collect()
}

/// One body at Hir; it starts at zero, wherever it stands in its file.
#[salsa::tracked]
pub(crate) fn hir(
    db: &dyn salsa::Database,
    workspace: Workspace,
    file: SourceFile,
    path: Name,
) -> Option<Arc<Body<Hir>>> {
    let ir = lowered(db, workspace, file);
    let mut body = ir.fns.iter().find(|body| body.path == path)?.clone();
    body.origin = shifted(body.origin, body.origin.start);
    if body.kind == FnKind::Init {
        // It spans the file, so every edit would change it; nothing is ever reported there.
        body.origin.end = 0;
    }
    Some(Arc::new(body))
}

/// All files together at Hir; items have no positions.
#[salsa::tracked]
pub(crate) fn program(db: &dyn salsa::Database, workspace: Workspace) -> Program<Hir> {
    let mut out = Program { entry: workspace.entry(db), ..Program::default() };
    for file in workspace.files(db).iter() {
        let items = items(db, workspace, *file);
        out.modules.insert(items.module.path, items.module.clone());
        out.classes.extend(items.classes.iter().map(|class| (class.path, class.clone())));
        out.globals.extend(items.globals.iter().map(|global| (global.path, global.clone())));
        for path in &items.fns {
            if let Some(body) = hir(db, workspace, *file, *path) {
                out.fns.insert(*path, body.clone());
            }
        }
    }
    if workspace.options(db).start == Start::Line {
        stages::keep_globals(&mut out);
    }
    out
}

/// Whether the files are C's.
pub(crate) fn is_c(db: &dyn salsa::Database, workspace: Workspace) -> bool {
    workspace.files(db).first().is_some_and(|file| stages::is_c(&file.text(db).path))
}

/// The linked program of C: its types are given, so it enters at Mir.
#[salsa::tracked]
pub(crate) fn linked(db: &dyn salsa::Database, workspace: Workspace) -> batuta_c::Lowered {
    lower_c(db, workspace, false)
}

/// The linked program of C for running it in this process.
#[salsa::tracked]
pub(crate) fn linked_to_run(db: &dyn salsa::Database, workspace: Workspace) -> batuta_c::Lowered {
    lower_c(db, workspace, true)
}

fn lower_c(db: &dyn salsa::Database, workspace: Workspace, runs_here: bool) -> batuta_c::Lowered {
    let files: Vec<_> =
        workspace.files(db).iter().map(|file| (file.text(db).clone(), file.module(db))).collect();
    stages::lower_c(&files, &workspace.options(db).preprocessing, runs_here)
}

/// The program with types, calls and coercions resolved.
#[salsa::tracked]
pub(crate) fn types(db: &dyn salsa::Database, workspace: Workspace) -> Stage<Typed> {
    if is_c(db, workspace) {
        return Stage { program: Program::default(), diags: Vec::new() };
    }
    let (program, diags) = stages::infer(program(db, workspace));
    Stage { program, diags }
}

/// The program with representations, integer widths and every borrow decided: what the JIT reads.
#[salsa::tracked]
pub(crate) fn mir(db: &dyn salsa::Database, workspace: Workspace) -> Stage<Mir> {
    if is_c(db, workspace) {
        let lowered = linked(db, workspace);
        return Stage { program: lowered.program.clone(), diags: lowered.diags.clone() };
    }
    let typed = types(db, workspace);
    let (program, diags) = stages::decide(&typed.program, workspace.options(db));
    Stage { program, diags }
}

/// Mir after the idioms: what the Rust printer reads. Positions of items are back.
#[salsa::tracked]
pub(crate) fn idiomatic(db: &dyn salsa::Database, workspace: Workspace) -> Program<Mir> {
    let mut out = mir(db, workspace).program.clone();
    if workspace.options(db).optimize != Optimize::None && !is_c(db, workspace) {
        stages::idiom(&mut out);
    }
    out
}

/// The cargo project.
#[salsa::tracked]
pub(crate) fn rust(db: &dyn salsa::Database, workspace: Workspace) -> Emitted {
    let mut program = idiomatic(db, workspace).clone();
    let (mut sources, mut starts) = (BTreeMap::new(), FxHashMap::default());
    for file in workspace.files(db).iter() {
        starts.extend(bases(db, workspace, *file).iter().copied());
        sources.insert(file.module(db), file.text(db).clone());
    }
    if is_c(db, workspace) {
        return stages::emit_c(linked(db, workspace), workspace.name(db), &sources, workspace.options(db));
    }
    place_items(&mut program, &starts);
    stages::emit(&program, workspace.name(db), &sources, workspace.options(db))
}

/// Gives items and bodies their places in the files back.
fn place_items(program: &mut Program<Mir>, starts: &FxHashMap<Name, u32>) {
    for module in program.modules.values_mut() {
        for row in &mut Arc::make_mut(module).items {
            if let Item::Fn(path) | Item::Class(path) | Item::Global(path) = row.item {
                row.base = start_of(starts, path);
            }
        }
    }
    for body in program.fns.values_mut() {
        let start = start_of(starts, body.path);
        let origin = &mut Arc::make_mut(body).origin;
        (origin.start, origin.end) = (start, start + origin.end);
    }
}

/// Start of an item, or of the nearest one that it was made from: specialisations and lifted
/// functions carry the original's path.
fn start_of(starts: &FxHashMap<Name, u32>, path: Name) -> u32 {
    let mut path = path;
    while path != "" {
        if let Some(start) = starts.get(&path) {
            return *start;
        }
        path = path.as_str().rsplit_once('$').map_or_else(|| path.parent(), |(head, _)| Name::new(head));
    }
    0
}

/// Where the items of all files stand.
pub(crate) fn locator(db: &dyn salsa::Database, workspace: Workspace) -> Locator {
    let mut items: FxHashMap<Name, (Arc<SourceText>, u32)> = FxHashMap::default();
    for file in workspace.files(db).iter() {
        items.insert(file.module(db), (file.text(db).clone(), 0));
        for (path, start) in bases(db, workspace, *file) {
            items.insert(*path, (file.text(db).clone(), *start));
        }
    }
    Locator::new(items)
}

/// All findings, with places in files, ordered by file and position.
#[salsa::tracked]
pub(crate) fn findings(db: &dyn salsa::Database, workspace: Workspace) -> Vec<Finding> {
    let mut all = Vec::new();
    for file in workspace.files(db).iter() {
        all.extend(lowered(db, workspace, *file).diags.iter().cloned());
    }
    if !is_c(db, workspace) {
        all.extend(check::import_cycles(program(db, workspace)));
    }
    all.extend(types(db, workspace).diags.iter().cloned());
    all.extend(mir(db, workspace).diags.iter().cloned());
    let options = workspace.options(db);
    if options.verify {
        all.extend(check::verify(program(db, workspace)));
        all.extend(check::verify(&types(db, workspace).program));
        all.extend(check::verify(&mir(db, workspace).program));
        all.extend(check::verify(idiomatic(db, workspace)));
    }
    let locator = locator(db, workspace);
    let mut found: Vec<Finding> = Vec::new();
    let mut seen = FxHashSet::default();
    // Nobody can annotate what the library has in Python.
    let is_library =
        |file: &SourceFile| batuta_catalog::SOURCES.iter().any(|source| source.text == file.text(db).text);
    let library: Vec<String> = workspace
        .files(db)
        .iter()
        .filter(|file| is_library(file))
        .map(|file| file.text(db).path.to_string())
        .collect();
    for diagnostic in &all {
        let mut finding = locator.finding(diagnostic);
        let is_within = finding.at.as_ref().is_some_and(|at| library.contains(&at.file.to_string()));
        if is_within && finding.severity == Severity::Note {
            continue;
        }
        if options.strict && finding.severity == Severity::Warning {
            finding.severity = Severity::Error;
        }
        if seen.insert((finding.code, finding.at.clone(), finding.message.clone())) {
            found.push(finding);
        }
    }
    found.sort_by(|a, b| a.at.cmp(&b.at));
    found
}

/// Position, name and type of each local that a statement assigns.
pub(crate) fn assigned_types(db: &dyn salsa::Database, workspace: Workspace) -> Vec<(Position, Name, Ty)> {
    let locator = locator(db, workspace);
    let mut out = Vec::new();
    for body in types(db, workspace).program.fns.values() {
        body.walk_stmts(body.root, &mut |stmt| {
            let at = locator.position(Anchor { item: body.path, origin: stmt.origin });
            let (Some(at), StmtKind::Set { target, .. }) = (at, &stmt.kind) else { return };
            target.for_each_local(&mut |local| {
                let row = &body.locals[local];
                out.push((at.clone(), row.name, row.ty));
            });
        });
    }
    out
}

/// The text form of the whole program at a level.
pub(crate) fn level_text(db: &dyn salsa::Database, workspace: Workspace, level: Level) -> String {
    use batuta_core::text::print_program;
    match level {
        Level::Hir => print_program(program(db, workspace)),
        Level::Typed => print_program(&types(db, workspace).program),
        Level::Mir => print_program(&mir(db, workspace).program),
        Level::Idiomatic => print_program(idiomatic(db, workspace)),
    }
}
