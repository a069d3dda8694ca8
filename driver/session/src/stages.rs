//! The passes, one small function each: where the session meets the other crates.

use crate::options::{IntPolicy, Options, Start};
use batuta_base::{Diagnostic, Name, Origin, SourceText};
use batuta_core::{
    Body, Demotion, FileIr, FnKind, Hir, Item, ItemRow, Lang, Mir, Mode, Node, Place, Program, Stmt,
    StmtKind, Ty, Typed,
};
use batuta_python::LowerOptions;
use batuta_rust::EmitOptions;
use batuta_shapes::ShapeOptions;
use std::collections::BTreeMap;
use std::sync::Arc;

/// More rounds of `shapes` and `own` than a program needs: each demotes at least one more class.
const ROUNDS: usize = 200;

/// The emitted cargo project.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) files: BTreeMap<String, String>,
    /// Promises of Mir that a body broke; each is a `todo!` in the text.
    pub(crate) problems: Vec<String>,
}

/// A file at Hir.
pub(crate) fn lower(
    source: &SourceText,
    module: Name,
    is_entry: bool,
    is_package: bool,
    modules: &[Name],
    start: Start,
) -> FileIr {
    if is_c(&source.path) {
        return unit_of_c(source, module);
    }
    if is_ruchy(&source.path) {
        return batuta_ruchy::lower(source, module, &batuta_ruchy::LowerOptions { is_entry, start });
    }
    let is_project_module = |path: &str| modules.contains(&Name::new(path));
    let options = LowerOptions { is_entry, is_package, is_project_module: &is_project_module };
    batuta_python::lower(source, module, &options)
}

/// Whether a file is Ruchy's, by its ending.
pub(crate) fn is_ruchy(path: &str) -> bool {
    path.ends_with(".ruchy")
}

/// Adds a function that knows every top-level variable, so that none becomes a local of the start: the lines to
/// come will use them.
pub(crate) fn keep_globals(program: &mut Program<Hir>) {
    let Some(entry) = program.entry else { return };
    let path = entry.join(KEEP);
    let mut body: Body<Hir> = Body::new(path, program.lang(), FnKind::Function);
    body.ret = Ty::unit();
    let root = body.root;
    for global in program.globals.keys().filter(|global| global.parent() == entry) {
        let node = body.node(Node::Use(Place::global(*global), Mode::Read), Ty::unknown(), Origin::default());
        body.blocks[root].stmts.push(Stmt::new(StmtKind::Expr(node), Origin::default()));
    }
    program.fns.insert(path, Arc::new(body));
    if let Some(module) = program.modules.get_mut(&entry) {
        let row = ItemRow { item: Item::Fn(path), above: Vec::new(), base: 0 };
        Arc::make_mut(module).items.push(row);
    }
}

/// The function that [`keep_globals`] adds.
pub(crate) const KEEP: &str = "<keep>";

/// Whether a file is C's, by its ending.
pub(crate) fn is_c(path: &str) -> bool {
    path.ends_with(".c") || path.ends_with(".h")
}

/// A file of C: its items are only known when all units are linked.
fn unit_of_c(source: &SourceText, module: Name) -> FileIr {
    let module = batuta_core::Module {
        path: module,
        file: Name::new(&source.path),
        lang: Lang::C,
        doc: None,
        items: Vec::new(),
        aliases: batuta_base::IndexMap::default(),
        end_comments: Vec::new(),
    };
    FileIr { module, classes: Vec::new(), globals: Vec::new(), fns: Vec::new(), diags: Vec::new() }
}

/// A program of C at Mir.
pub(crate) fn lower_c(
    files: &[(Arc<SourceText>, Name)],
    options: &crate::options::Preprocessing,
    runs_here: bool,
) -> batuta_c::Lowered {
    let mut sources = batuta_c::Sources {
        folders: options.folders.clone(),
        system: options.system.clone(),
        libraries: options.libraries.clone(),
        defines: options.defines.clone(),
        undefines: options.undefines.clone(),
        choices: batuta_c::Choices {
            keeps_printf: runs_here,
            wraps: options.wrapping_signed,
            tracks_unknown: runs_here && options.check_uninit,
        },
        ..Default::default()
    };
    for (text, module) in files {
        sources.files.insert(text.path.clone(), (text.text.clone(), *module));
        if text.path.ends_with(".c") {
            sources.units.push((text.path.clone(), *module));
        }
    }
    batuta_c::lower(&sources)
}

/// The cargo project of a program of C.
pub(crate) fn emit_c(
    lowered: &batuta_c::Lowered,
    name: &str,
    sources: &BTreeMap<Name, Arc<SourceText>>,
    options: &Options,
) -> Emitted {
    let options =
        EmitOptions { name: name.to_owned(), runtime: options.runtime.clone(), sources: sources.clone() };
    let project = batuta_rust::emit_c(&lowered.program, &lowered.image, &options);
    Emitted { files: project.files.into_iter().collect(), problems: project.problems }
}

/// Types, resolved calls, explicit coercions; then static types for arrays of NumPy.
pub(crate) fn infer(program: &Program<Hir>) -> (Program<Typed>, Vec<Diagnostic>) {
    let (program, diags) = batuta_infer::infer(program);
    (batuta_arrays::refine(&program), diags)
}

/// `shapes` starts with one owner for everything; `own` reports the uses that need two, and `shapes`
/// starts again with them. What cannot be shared is a hole with a diagnostic.
pub(crate) fn decide(program: &Program<Typed>, options: &Options) -> (Program<Mir>, Vec<Diagnostic>) {
    let options =
        ShapeOptions { all_big: options.int == IntPolicy::Big, fixed: program.lang() == Lang::Ruchy };
    let mut demoted: Vec<Demotion> = Vec::new();
    let mut round = 0;
    loop {
        let shaped = batuta_shapes::shapes(program, &demoted, options);
        let lowered = batuta_own::own(&shaped.program, &shaped.frozen, &demoted);
        let known = demoted.len();
        for demotion in &lowered.demoted {
            if !demoted.contains(demotion) {
                demoted.push(*demotion);
            }
        }
        round += 1;
        if demoted.len() == known || round == ROUNDS {
            return (lowered.program, lowered.diags);
        }
    }
}

pub(crate) fn idiom(program: &mut Program<Mir>) {
    batuta_idiom::idioms(program);
}

/// The cargo project.
pub(crate) fn emit(
    program: &Program<Mir>,
    name: &str,
    sources: &BTreeMap<Name, Arc<SourceText>>,
    options: &Options,
) -> Emitted {
    let options =
        EmitOptions { name: name.to_owned(), runtime: options.runtime.clone(), sources: sources.clone() };
    let project = batuta_rust::emit(program, &options);
    Emitted { files: project.files.into_iter().collect(), problems: project.problems }
}
