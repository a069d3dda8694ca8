//! The passes, one small function each: where the session meets the other crates.

use crate::options::Options;
use batuta_base::{Diagnostic, IndexMap, Name, SourceText};
use batuta_core::{FileIr, Hir, Lang, Mir, Module, Program, Typed};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What `shapes` decides.
#[derive(Debug, Default)]
pub(crate) struct Shapes;

/// The emitted cargo project.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) files: BTreeMap<String, String>,
}

pub(crate) fn lower(
    source: &SourceText,
    module: Name,
    _is_entry: bool,
    _is_package: bool,
    _modules: &[Name],
) -> FileIr {
    let module = Module {
        path: module,
        file: Name::new(&source.path),
        lang: Lang::Python,
        doc: None,
        items: Vec::new(),
        aliases: IndexMap::default(),
        end_comments: Vec::new(),
    };
    FileIr { module, classes: Vec::new(), globals: Vec::new(), fns: Vec::new(), diags: Vec::new() }
}

pub(crate) fn infer(_program: &Program<Hir>) -> (Program<Typed>, Vec<Diagnostic>) {
    (Program::default(), Vec::new())
}

pub(crate) fn shapes(_program: &Program<Typed>, _options: &Options) -> Shapes {
    Shapes
}

pub(crate) fn own(_program: &Program<Typed>, _shapes: &Shapes) -> (Program<Mir>, Vec<Diagnostic>) {
    (Program::default(), Vec::new())
}

pub(crate) fn idiom(_program: &mut Program<Mir>) {}

pub(crate) fn emit(
    _program: &Program<Mir>,
    _name: &str,
    _sources: &BTreeMap<Name, Arc<SourceText>>,
    _options: &Options,
) -> Emitted {
    Emitted::default()
}
