//! Which mixed variables only `value` can hold, and the note that says why.

use crate::apply::DYNAMIC;
use crate::facts::{C, Target};
use crate::solve::Solver;
use crate::types::Types;
use crate::vars::{Head, Var};
use batuta_base::{Diagnostic, Diags, FxHashSet};
use batuta_core::*;

/// Variables with mixed values that are used other than by test, text, equality or narrowing.
pub(crate) fn variables(solver: &Solver<'_>) -> FxHashSet<Var> {
    let vars = &solver.vars;
    let mixed = |var: Var| {
        let heads = vars.atoms(var).iter().filter(|atom| atom.head != Head::None);
        let not_numeric = vars
            .atoms(var)
            .iter()
            .any(|atom| !matches!(atom.head, Head::None | Head::Bool | Head::Int | Head::Float | Head::Num));
        heads.count() > 1 && not_numeric
    };
    let mut todo: Vec<Var> = Vec::new();
    for job in &solver.jobs {
        let operands: Vec<Var> = match &job.c {
            C::Binary { a, b, .. } => vec![*a, *b],
            C::Attr { of, .. }
            | C::SetAttr { of, .. }
            | C::Index { of, .. }
            | C::SetIndex { of, .. }
            | C::Slice { of, .. }
            | C::Iterate { of, .. }
            | C::Unpack { of, .. } => vec![*of],
            C::Call { target: Target::Method(of, _) | Target::Value(of), .. } => vec![*of],
            _ => Vec::new(),
        };
        todo.extend(operands.into_iter().filter(|var| mixed(*var)).map(|var| vars.root(var)));
    }
    let mut found = FxHashSet::default();
    if todo.is_empty() {
        return found;
    }
    let mut back: batuta_base::FxHashMap<Var, Vec<Var>> = Default::default();
    for from in 0..vars.rows.len() as Var {
        for edge in &vars.rows[from as usize].edges {
            if edge.filter.is_none() {
                back.entry(vars.root(edge.to)).or_default().push(from);
            }
        }
    }
    while let Some(var) = todo.pop() {
        let root = vars.root(var);
        if found.insert(root) {
            let sources = back.get(&root).into_iter().flatten().copied();
            todo.extend(sources.filter(|var| mixed(*var)));
        }
    }
    found
}

/// A note for each parameter and local that is dynamic: which annotation would help.
pub(crate) fn report(solver: &Solver<'_>, types: &Types<'_, '_>, out: &mut Vec<Diagnostic>) {
    for inst in &solver.insts {
        let mut diags = Diags::new(inst.path);
        for param in &inst.sig.params {
            if types.get(param.var).map(|ty| ty.kind()) != Some(&TyKind::Value) {
                continue;
            }
            let name = param.name;
            let heads: Vec<String> =
                solver.vars.atoms(param.var).iter().map(|atom| shown(atom.head)).collect();
            let origin = inst.unit.body.origin;
            let mixes = solver.vars.atoms(param.var).iter().all(|atom| atom.head != Head::Value);
            let text = if mixes {
                format!("`{name}` takes values of different types ({}), so it is dynamic", heads.join(", "))
            } else {
                format!("nothing says which type `{name}` has, so it is dynamic")
            };
            diags.report_with(DYNAMIC, origin, text).hint(format!("annotate the parameter `{name}`"));
        }
        out.append(&mut diags.list);
    }
}

fn shown(head: Head) -> String {
    match head {
        Head::Class(path) => path.last().to_owned(),
        Head::Lib(name) => name.to_string(),
        Head::Tuple(_) => "tuple".to_owned(),
        Head::Func(_) => "function".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}
