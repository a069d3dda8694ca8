//! The passes, one small function each: where the session meets the other crates.

use crate::options::{IntPolicy, Options};
use batuta_base::{Code, Diagnostic, Diags, Name, SourceText};
use batuta_core::{FileIr, Hir, Mir, Program, Typed};
use batuta_python::LowerOptions;
use batuta_shapes::ShapeOptions;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rounds of `shapes` and `own`: each demotes at least one class, real programs need two or three.
const ROUNDS: usize = 64;
/// No owner was found for a value within the rounds.
const NO_OWNER: Code =
    Code::warning("B0499", "internal error, please report: no owner was found for a value");

/// The emitted cargo project.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) files: BTreeMap<String, String>,
}

/// A file at Hir.
pub(crate) fn lower(
    source: &SourceText,
    module: Name,
    is_entry: bool,
    is_package: bool,
    modules: &[Name],
) -> FileIr {
    let is_project_module = |path: &str| modules.contains(&Name::new(path));
    let options = LowerOptions { is_entry, is_package, is_project_module: &is_project_module };
    batuta_python::lower(source, module, &options)
}

pub(crate) fn infer(_program: &Program<Hir>) -> (Program<Typed>, Vec<Diagnostic>) {
    (Program::default(), Vec::new())
}

/// `shapes` and `own`: where `own` finds a use that needs a second owner, `shapes` starts again with it.
pub(crate) fn decide(program: &Program<Typed>, options: &Options) -> (Program<Mir>, Vec<Diagnostic>) {
    let options = ShapeOptions { all_big: options.int == IntPolicy::Big };
    let mut demoted = Vec::new();
    for _ in 0..ROUNDS {
        let shaped = batuta_shapes::shapes(program, &demoted, options);
        let mut lowered = batuta_own::own(&shaped.program, &shaped.frozen);
        let before = demoted.len();
        for found in &lowered.demoted {
            if !demoted.contains(found) {
                demoted.push(*found);
            }
        }
        if lowered.demoted.is_empty() {
            return (lowered.program, lowered.diags);
        }
        if demoted.len() == before {
            for found in &lowered.demoted {
                let row = program.fns.get(&found.body).and_then(|body| body.nodes.get(found.node));
                let mut diags = Diags::new(found.body);
                diags.report(NO_OWNER, row.map_or_else(Default::default, |row| row.origin));
                lowered.diags.append(&mut diags.list);
            }
            return (lowered.program, lowered.diags);
        }
    }
    let shaped = batuta_shapes::shapes(program, &demoted, options);
    let lowered = batuta_own::own(&shaped.program, &shaped.frozen);
    (lowered.program, lowered.diags)
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
