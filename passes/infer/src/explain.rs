//! `--explain-types`: the signature of each function.

use batuta_core::{Program, Typed};
use std::fmt::Write;

/// One line a function, field and global: what it takes and gives.
pub fn explain_types(program: &Program<Typed>) -> String {
    let mut out = String::new();
    for (path, global) in &program.globals {
        let _ = writeln!(out, "{path}: {}", global.ty);
    }
    for (path, class) in &program.classes {
        for field in &class.fields {
            let _ = writeln!(out, "{path}.{}: {}", field.name, field.ty);
        }
    }
    for (path, body) in &program.fns {
        let params: Vec<String> = body
            .params
            .iter()
            .map(|param| format!("{}: {}", param.name, body.locals[param.local].ty))
            .collect();
        let _ = writeln!(out, "{path}({}) -> {}", params.join(", "), body.ret);
    }
    out
}
