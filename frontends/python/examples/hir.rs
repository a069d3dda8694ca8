//! Prints the Hir of the Python text on standard input, and its diagnostics.
use batuta_base::{Name, SourceText};
use batuta_core::text::print_body;
use batuta_python::{LowerOptions, lower};
use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let options = LowerOptions { is_entry: true, is_package: false, is_project_module: &|path| path == "m" };
    let ir = lower(&SourceText::new("m.py", text), Name::new("m"), &options);
    ir.fns.iter().for_each(|body| println!("{}", print_body(body)));
    ir.diags.iter().for_each(|found| println!("{} {}: {:?}", found.code.id, found.message, found.hints));
    Ok(())
}
