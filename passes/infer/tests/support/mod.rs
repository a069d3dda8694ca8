//! Python text -> Hir -> Typed, for tests.

use batuta_base::{Diagnostic, Name, SourceText};
use batuta_core::{FileIr, Hir, Program, Typed};
use std::sync::Arc;

pub fn hir(text: &str) -> Program<Hir> {
    let module = Name::new("m");
    let source = SourceText::new("m.py", text);
    let options =
        batuta_python::LowerOptions { is_entry: true, is_package: false, is_project_module: &|_| false };
    let ir: FileIr = batuta_python::lower(&source, module, &options);
    let mut program = Program::default();
    program.modules.insert(ir.module.path, Arc::new(ir.module));
    program.classes.extend(ir.classes.into_iter().map(|class| (class.path, Arc::new(class))));
    program.globals.extend(ir.globals.into_iter().map(|global| (global.path, Arc::new(global))));
    program.fns.extend(ir.fns.into_iter().map(|body| (body.path, Arc::new(body))));
    program.entry = Some(module);
    program
}

pub fn infer(text: &str) -> (Program<Typed>, Vec<Diagnostic>) {
    batuta_infer::infer(&hir(text))
}

/// Signatures, fields and globals, one a line.
#[allow(dead_code, reason = "not every test file asks for signatures")]
pub fn types(text: &str) -> String {
    batuta_infer::explain_types(&infer(text).0)
}

/// The typed text form.
#[allow(dead_code, reason = "not every test file asks for bodies")]
pub fn typed(text: &str) -> String {
    batuta_core::text::print_program(&infer(text).0)
}
