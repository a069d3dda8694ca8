//! Containers that dynamic values hold and that change: they are dynamic themselves.
//!
//! A list of ints becomes a dynamic value item by item, as a copy. One that changes afterwards, through
//! its own name or through the value, has to be one object for both, and that is only a list of
//! dynamic values: what it holds is dynamic wherever it goes.

use crate::facts::{C, Target};
use crate::filled::{self, Named};
use crate::solve::{InstId, Solver};
use crate::types::Types;
use crate::vars::{Head, Var, Vars};
use batuta_base::{FxHashMap, FxHashSet, Id};
use batuta_catalog::{SHARED_CONTAINERS, Take};
use batuta_core::{LocalId, NodeId, TyKind};

/// Adds the items of containers that change to the dynamic variables `found`.
pub(crate) fn containers(solver: &Solver<'_>, found: &mut FxHashSet<Var>) {
    let vars = &solver.vars;
    let types = Types::new(solver, found.clone());
    // Some mixes have no other type.
    let is_value = |root: Var| {
        let atoms = vars.atoms(root);
        atoms.len() > 1
            && atoms.iter().any(|atom| is_container(atom.head))
            && types.get(root).is_some_and(|ty| *ty.kind() == TyKind::Value)
    };
    let is_dynamic = |var: Var, found: &FxHashSet<Var>| {
        let root = vars.root(var);
        found.contains(&root) || vars.has(root, Head::Value) || is_value(root)
    };
    let mut todo: Vec<Var> = (0..vars.rows.len() as Var)
        .filter(|var| vars.root(*var) == *var && is_dynamic(*var, found))
        .collect();
    for job in &solver.jobs {
        if subject(&job.c).is_some_and(|of| is_dynamic(of, found)) {
            todo.extend(parts(&job.c));
        }
    }
    if todo.is_empty() {
        return;
    }
    let changed = changed(solver);
    let mut done = FxHashSet::default();
    while let Some(var) = todo.pop().map(|var| vars.root(var)) {
        if !done.insert(var) {
            continue;
        }
        let is_changed = holds_changed(vars, var, &changed, &mut Vec::new());
        for atom in vars.atoms(var) {
            if is_container(atom.head) && is_changed {
                found.extend(atom.args.iter().map(|part| vars.root(*part)));
            }
            if is_container(atom.head) || matches!(atom.head, Head::Tuple(_)) {
                todo.extend(atom.args.iter().copied());
            }
        }
    }
}

fn is_container(head: Head) -> bool {
    container_name(head).is_some()
}

/// The name under which the catalogue has the methods of a container.
fn container_name(head: Head) -> Option<&'static str> {
    Some(match head {
        Head::List => "list",
        Head::Dict => "dict",
        Head::Set => "set",
        Head::Lib(name) => *SHARED_CONTAINERS.iter().find(|known| name == **known)?,
        _ => return None,
    })
}

/// What an operation on a value is about.
fn subject(c: &C) -> Option<Var> {
    match c {
        C::Attr { of, .. } | C::SetAttr { of, .. } => Some(*of),
        C::Call { target: Target::Method(of, _) | Target::Value(of), .. } => Some(*of),
        _ => None,
    }
}

/// What goes into a dynamic value or comes out of it.
fn parts(c: &C) -> Vec<Var> {
    match c {
        C::Attr { out, .. } => vec![*out],
        C::SetAttr { value, .. } => vec![*value],
        C::Call { args, out, .. } => args.iter().map(|arg| arg.var).chain([*out]).collect(),
        _ => Vec::new(),
    }
}

/// Whether a container that the variable holds, or one in it, changes.
fn holds_changed(vars: &Vars, var: Var, changed: &FxHashSet<Var>, open: &mut Vec<Var>) -> bool {
    let root = vars.root(var);
    if open.contains(&root) {
        return false;
    }
    open.push(root);
    let holders =
        vars.atoms(root).iter().filter(|atom| is_container(atom.head) || matches!(atom.head, Head::Tuple(_)));
    let parts: Vec<Var> = holders.flat_map(|atom| atom.args.iter().copied()).collect();
    changed.contains(&root) || parts.into_iter().any(|part| holds_changed(vars, part, changed, open))
}

/// Variables whose containers something changes after they were made, under whatever name.
fn changed(solver: &Solver<'_>) -> FxHashSet<Var> {
    let vars = &solver.vars;
    let mut making = Making::new(solver);
    let mut todo = Vec::new();
    for job in &solver.jobs {
        for (of, method) in targets(&job.c) {
            let is_changed = vars.atoms(of).iter().any(|atom| {
                let Some(ty) = container_name(atom.head) else { return false };
                match (&job.c, method) {
                    // A read of a missing key changes it.
                    (C::Index { .. }, _) => ty == "defaultdict",
                    (_, Some(method)) => changes(ty, method),
                    _ => true,
                }
            });
            if is_changed && !making.is_part_of(job.inst, of) {
                todo.push(vars.root(of));
            }
        }
    }
    let near = if todo.is_empty() { FxHashMap::default() } else { aliases(vars) };
    let mut out = FxHashSet::default();
    while let Some(var) = todo.pop() {
        if out.insert(var) {
            todo.extend(near.get(&var).into_iter().flatten());
        }
    }
    out
}

/// The variables that may hold the same container as each variable.
fn aliases(vars: &Vars) -> FxHashMap<Var, Vec<Var>> {
    let holds = |var: Var| vars.atoms(var).iter().any(|atom| is_container(atom.head));
    let mut near: FxHashMap<Var, Vec<Var>> = FxHashMap::default();
    for from in (0..vars.rows.len() as Var).filter(|from| holds(*from)) {
        let from_root = vars.root(from);
        for to in vars.rows[from as usize].edges.iter().map(|edge| vars.root(edge.to)) {
            if holds(to) {
                near.entry(to).or_default().push(from_root);
                near.entry(from_root).or_default().push(to);
            }
        }
    }
    near
}

/// Changes that belong to the making of a container.
struct Making<'s, 'p> {
    solver: &'s Solver<'p>,
    filled: FxHashMap<InstId, FxHashSet<Named>>,
}

impl<'s, 'p> Making<'s, 'p> {
    fn new(solver: &'s Solver<'p>) -> Self {
        Self { solver, filled: FxHashMap::default() }
    }

    fn is_part_of(&mut self, inst: InstId, of: Var) -> bool {
        let row = &self.solver.insts[inst];
        let body = &row.unit.body;
        let Some(at) = of.checked_sub(row.base).map(|at| at as usize) else { return false };
        let name = match at.checked_sub(body.nodes.len()) {
            None => filled::base(body, NodeId::new(at)).map(|(name, _)| name),
            Some(local) if local < body.locals.len() => Some(Named::Local(LocalId::new(local))),
            Some(_) => None,
        };
        let Some(name) = name else { return false };
        let solver = self.solver;
        let names = self.filled.entry(inst).or_insert_with(|| filled::filled(body));
        names.contains(&name) && (!matches!(name, Named::Global(_)) || is_private(solver, inst, name))
    }
}

/// Whether one body alone names a global.
fn is_private(solver: &Solver<'_>, inst: InstId, name: Named) -> bool {
    solver.insts.iter().enumerate().all(|(other, row)| {
        other == inst
            || row
                .unit
                .body
                .nodes
                .iter()
                .all(|(node, _)| filled::base(&row.unit.body, node).is_none_or(|(found, _)| found != name))
    })
}

/// Variables whose containers a job may change, and by which method.
fn targets(c: &C) -> Vec<(Var, Option<&str>)> {
    match c {
        C::Index { of, .. } | C::SetIndex { of, .. } | C::DelIndex { of, .. } | C::SetSlice { of, .. } => {
            vec![(*of, None)]
        }
        C::Binary { a, in_place: true, .. } => vec![(*a, None)],
        C::Call { target: Target::Method(of, name), .. } => vec![(*of, Some(name.as_str()))],
        C::Call { target: Target::Lib(name), args, .. } => {
            let rows = batuta_catalog::functions(name.as_str());
            let writes = |at: usize| {
                rows.iter()
                    .any(|row| row.param(at, args.len()).is_some_and(|param| param.take == Take::Write))
            };
            let written = args.iter().enumerate().filter(|(at, _)| writes(*at));
            written.map(|(_, arg)| (arg.var, None)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a method of a builtin container changes it.
fn changes(ty: &str, method: &str) -> bool {
    let rows = batuta_catalog::functions(&format!("{ty}.{method}"));
    rows.iter().any(|row| row.params.first().is_some_and(|param| param.take == Take::Write))
}

/// Whether a method of that name may change a builtin container.
pub(crate) fn is_change(method: &str) -> bool {
    ["list", "dict", "set"].iter().chain(SHARED_CONTAINERS).any(|ty| changes(ty, method))
}
