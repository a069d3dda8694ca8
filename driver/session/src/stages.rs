//! The passes, one small function each: where the session meets the other crates.

use crate::options::{IntPolicy, Options};
use batuta_base::{Diagnostic, Name, SourceText};
use batuta_core::{Demotion, FileIr, Hir, Mir, Program, Typed};
use batuta_own::Lowered;
use batuta_python::LowerOptions;
use batuta_rust::EmitOptions;
use batuta_shapes::ShapeOptions;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the rounds of `shapes` and `own` come to: no use is left that needs a second owner.
#[derive(Debug)]
pub(crate) struct Shapes {
    pub(crate) lowered: Lowered,
}

/// More rounds than any program needs: each one shares at least one more class.
const ROUNDS: usize = 200;

/// The emitted cargo project.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Emitted {
    pub(crate) files: BTreeMap<String, String>,
}

pub(crate) fn lower(
    source: &SourceText,
    module: Name,
    is_entry: bool,
    is_package: bool,
    modules: &[Name],
) -> FileIr {
    let is_project_module = |path: &str| modules.iter().any(|module| *module == path);
    batuta_python::lower(
        source,
        module,
        &LowerOptions { is_entry, is_package, is_project_module: &is_project_module },
    )
}

pub(crate) fn infer(program: &Program<Hir>) -> (Program<Typed>, Vec<Diagnostic>) {
    batuta_infer::infer(program)
}

/// `shapes` starts with one owner for everything; `own` reports the uses that need two.
pub(crate) fn shapes(program: &Program<Typed>, options: &Options) -> Shapes {
    let options = ShapeOptions { all_big: options.int == IntPolicy::Big };
    let mut demoted: Vec<Demotion> = Vec::new();
    for _ in 0..ROUNDS {
        let shaped = batuta_shapes::shapes(program, &demoted, options);
        let lowered = batuta_own::own(&shaped.program, &shaped.frozen, &demoted);
        let known = demoted.len();
        for demotion in &lowered.demoted {
            if !demoted.contains(demotion) {
                demoted.push(*demotion);
            }
        }
        if demoted.len() == known {
            return Shapes { lowered };
        }
    }
    unreachable!("the set of shared classes grows in every round and is finite")
}

pub(crate) fn idiom(program: &mut Program<Mir>) {
    let _ = program;
}

pub(crate) fn emit(
    program: &Program<Mir>,
    name: &str,
    sources: &BTreeMap<Name, Arc<SourceText>>,
    options: &Options,
) -> Emitted {
    let options =
        EmitOptions { name: name.to_owned(), runtime: options.runtime.clone(), sources: sources.clone() };
    let project = batuta_rust::emit(program, &options);
    Emitted { files: project.files.into_iter().collect() }
}
