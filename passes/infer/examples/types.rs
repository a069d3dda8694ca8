//! Prints the typed form of a Python file: `cargo run -p batuta-infer --example types -- prog.py [hir|sig]`.
#![allow(clippy::disallowed_methods, reason = "an example reads the file that it is given")]

use batuta_base::{Name, SourceText};
use batuta_core::{FileIr, Hir, Program};
use std::sync::Arc;

fn program(ir: FileIr, entry: Name) -> Program<Hir> {
    let mut program = Program::default();
    program.modules.insert(ir.module.path, Arc::new(ir.module));
    program.classes.extend(ir.classes.into_iter().map(|class| (class.path, Arc::new(class))));
    program.globals.extend(ir.globals.into_iter().map(|global| (global.path, Arc::new(global))));
    program.fns.extend(ir.fns.into_iter().map(|body| (body.path, Arc::new(body))));
    program.entry = Some(entry);
    program
}

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("a Python file");
    let what = args.next().unwrap_or_default();
    let text = std::fs::read_to_string(&path).expect("the file is readable");
    let module = Name::new("prog");
    let source = SourceText::new(path.as_str(), text);
    let options =
        batuta_python::LowerOptions { is_entry: true, is_package: false, is_project_module: &|_| false };
    let ir = batuta_python::lower(&source, module, &options);
    let program = program(ir, module);
    if what == "hir" {
        return print!("{}", batuta_core::text::print_program(&program));
    }
    let started = std::time::Instant::now();
    let (typed, diags) = batuta_infer::infer(&program);
    let took = started.elapsed();
    match what.as_str() {
        "sig" => print!("{}", batuta_infer::explain_types(&typed)),
        "diags" => {}
        _ => print!("{}", batuta_core::text::print_program(&typed)),
    }
    for found in &diags {
        println!("# {} {}: {}", found.code.id, found.at.item, found.message);
    }
    eprintln!("{took:?}");
}
