//! Checks that belong to no pass: circular imports, and the verifier after each level.

use crate::finding::Finding;
use batuta_base::{Code, Diagnostic, Diags, Name, Origin};
use batuta_core::verify::verify_program;
use batuta_core::{Item, Level, Program};

/// Modules import each other in a circle.
pub const IMPORT_CYCLE: Code = Code::note("B0905", "circular import");
/// A pass broke a promise of its level.
pub const BROKEN_PROMISE: Code = Code::warning("B0999", "internal error, please report");

/// A promise of Mir that the printer found broken.
pub(crate) fn problem(text: &str) -> Finding {
    Finding {
        code: BROKEN_PROMISE.id,
        severity: BROKEN_PROMISE.severity,
        message: format!("{}: {text}", BROKEN_PROMISE.title),
        at: None,
        marks: Vec::new(),
        hints: vec!["it is a `todo!` in the Rust".to_owned()],
    }
}

/// One finding for each circle of imports, at its first module.
pub(crate) fn import_cycles<L>(program: &Program<L>) -> Vec<Diagnostic> {
    let mut search = CycleSearch { program, path: Vec::new(), done: Vec::new(), cycles: Vec::new() };
    for module in program.modules.keys() {
        search.visit(*module);
    }
    let cycles = search.cycles.into_iter().map(|cycle| {
        let mut diags = Diags::new(cycle[0]);
        let names: Vec<_> = cycle.iter().chain(cycle.first()).map(|name| name.as_str()).collect();
        let message = format!("circular import: {}", names.join(" -> "));
        diags
            .report_with(IMPORT_CYCLE, Origin::default(), message)
            .hint("the modules run in Python's order; a name that is read too early stops the program");
        diags.list
    });
    cycles.flatten().collect()
}

struct CycleSearch<'a, L> {
    program: &'a Program<L>,
    path: Vec<Name>,
    done: Vec<Name>,
    cycles: Vec<Vec<Name>>,
}

impl<L> CycleSearch<'_, L> {
    fn visit(&mut self, module: Name) {
        if self.done.contains(&module) {
            return;
        }
        if let Some(start) = self.path.iter().position(|seen| *seen == module) {
            self.cycles.push(self.path[start..].to_vec());
            return;
        }
        let Some(def) = self.program.modules.get(&module) else { return };
        self.path.push(module);
        for row in &def.items {
            if let Item::Import(target) = row.item {
                self.visit(target);
            }
        }
        self.path.pop();
        self.done.push(module);
    }
}

/// One finding for each broken rule of a program's level.
pub(crate) fn verify<L: Level>(program: &Program<L>) -> Vec<Diagnostic> {
    let broken = verify_program(program).into_iter().map(|violation| {
        let mut diags = Diags::new(violation.path);
        let message = format!(
            "internal error, please report: {} at {}: {}",
            violation.rule,
            L::NAME,
            violation.message
        );
        diags.report_with(BROKEN_PROMISE, violation.origin, message);
        diags.list
    });
    broken.flatten().collect()
}
