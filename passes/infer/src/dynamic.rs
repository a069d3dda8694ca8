//! Which mixed variables only `value` can hold, and the note that says why.

use crate::apply::DYNAMIC;
use crate::facts::{C, Target};
use crate::solve::Solver;
use crate::types::Types;
use crate::vars::{Atom, Edge, Head, Var, Vars};
use batuta_base::{Diagnostic, Diags, FxHashMap, FxHashSet};
use batuta_core::*;

/// Variables with mixed values that are used other than by test, text, equality or narrowing, and
/// those whose items can be of their own type, however deep.
pub(crate) fn variables(solver: &Solver<'_>) -> FxHashSet<Var> {
    let vars = &solver.vars;
    let recursive = recursive(vars);
    let mut todo: Vec<Var> = Vec::new();
    for job in &solver.jobs {
        let operands: Vec<Var> = match &job.c {
            C::Binary { a, b, .. } if are_members(vars, *a, *b) => Vec::new(),
            C::Binary { a, b, .. } => vec![*a, *b],
            C::Attr { of, .. } | C::Call { target: Target::Method(of, _), .. } if all_objects(vars, *of) => {
                Vec::new()
            }
            C::Attr { of, .. }
            | C::SetAttr { of, .. }
            | C::Index { of, .. }
            | C::SetIndex { of, .. }
            | C::Slice { of, .. } => vec![*of],
            C::Iterate { of, .. } | C::Unpack { of, .. } if one_item_type(vars, *of) => Vec::new(),
            C::Iterate { of, .. } | C::Unpack { of, .. } => vec![*of],
            C::Call { target: Target::Method(of, _) | Target::Value(of), .. } => vec![*of],
            _ => Vec::new(),
        };
        todo.extend(operands.into_iter().filter(|var| mixed(solver, *var)).map(|var| vars.root(var)));
    }
    todo.extend(crate::reread::variables(solver));
    let mut found = spread(solver, todo, &recursive);
    functions(solver, &mut found);
    crate::held::containers(solver, &mut found);
    found
}

/// Function values that are asked for their name, or called with `*args, **kwargs`, are dynamic, wherever they come from and go to.
fn functions(solver: &Solver<'_>, found: &mut FxHashSet<Var>) {
    let vars = &solver.vars;
    let is_function =
        |var: Var| vars.atoms(var).iter().any(|atom| matches!(atom.head, Head::Func(_) | Head::LibFn(_)));
    let names = ["__name__", "__qualname__", "__doc__"];
    let is_name = |name: &batuta_base::Name| names.contains(&name.as_str());
    let is_shown = solver.jobs.iter().any(|job| matches!(&job.c, C::Attr { name, .. } if is_name(name)));
    let asked = |job: &crate::solve::Job| match &job.c {
        C::Attr { of, name, .. } if is_name(name) || is_shown && *name == "__wrapped__" => {
            Some(vars.root(*of))
        }
        // Only the run knows which parameters names and spread arguments fill.
        C::Call { target: Target::Value(of), args, .. } => {
            let has = |kind: ArgKind| args.iter().find(|arg| arg.kind == kind);
            let is_open = has(ArgKind::Star).is_some_and(|arg| solver.star_len(arg.var).is_none());
            let has_library = || vars.atoms(*of).iter().any(|atom| matches!(atom.head, Head::LibFn(_)));
            (is_open && (has(ArgKind::StarStar).is_some() || has_library())).then(|| vars.root(*of))
        }
        _ => None,
    };
    let mut todo: Vec<Var> = solver.jobs.iter().filter_map(asked).filter(|var| is_function(*var)).collect();
    for job in &solver.jobs {
        let compared: &[Var] = match &job.c {
            C::Compare { a, b, .. } => &[*a, *b],
            C::Call { target: Target::Method(of, name), .. }
                if matches!(name.as_str(), "remove" | "index" | "count") =>
            {
                &[*of]
            }
            C::Call { target: Target::Lib(name), args, .. } if name.as_str().starts_with("heapq.heap") => {
                args.iter().for_each(|arg| held_functions(vars, arg.var, 0, &mut todo));
                continue;
            }
            _ => continue,
        };
        compared.iter().for_each(|var| held_functions(vars, *var, 0, &mut todo));
    }
    if todo.is_empty() {
        return;
    }
    let near = neighbours(vars);
    found.extend(todo.iter().copied());
    while let Some(var) = todo.pop() {
        let around = near.get(&var).into_iter().flatten().map(|next| vars.root(*next));
        todo.extend(around.filter(|next| is_function(*next) && found.insert(*next)));
    }
}

/// Functions in a value that is compared, which only dynamic ones can be.
fn held_functions(vars: &Vars, var: Var, depth: usize, out: &mut Vec<Var>) {
    for atom in vars.atoms(var) {
        match atom.head {
            Head::Func(_) | Head::LibFn(_) => out.push(vars.root(var)),
            Head::List | Head::Tuple(_) | Head::Set if depth < 3 => {
                atom.args.iter().for_each(|part| held_functions(vars, *part, depth + 1, out));
            }
            _ => {}
        }
    }
}

/// The variables that each variable's value comes from and goes to.
fn neighbours(vars: &Vars) -> FxHashMap<Var, Vec<Var>> {
    let mut near: FxHashMap<Var, Vec<Var>> = Default::default();
    for from in 0..vars.rows.len() as Var {
        let passes = |edge: &&Edge| edge.filter.as_ref().is_none_or(|filter| filter.drops_only_none());
        for edge in vars.rows[from as usize].edges.iter().filter(passes) {
            let to = vars.root(edge.to);
            near.entry(to).or_default().push(from);
            near.entry(from).or_default().push(to);
        }
    }
    near
}

/// Values of several types that are not all numbers.
pub(crate) fn mixed(solver: &Solver<'_>, var: Var) -> bool {
    let vars = &solver.vars;
    if has_base(solver, var) {
        return false;
    }
    // A library function that also has a function type is that.
    let is_plain =
        |atom: &Atom| matches!(atom.head, Head::Func(count) if count < crate::types::OPEN_FUNCTION);
    let has_func = vars.atoms(var).iter().any(is_plain);
    let heads = vars.atoms(var).iter().filter(|atom| atom.head != Head::None).filter(|atom| {
        !(has_func && (matches!(atom.head, Head::LibFn(_)) || solver.env.is_called(atom.head)))
    });
    // `()` as an empty default beside lists.
    let has_list = vars.atoms(var).iter().any(|atom| atom.head == Head::List);
    let heads = heads.filter(|atom| !(has_list && atom.head == Head::Tuple(0)));
    let has_float =
        vars.atoms(var).iter().any(|atom| matches!(atom.head, Head::Float | Head::Num | Head::Bool));
    let not_numeric = vars.atoms(var).iter().any(|atom| match atom.head {
        Head::None | Head::Bool | Head::Int | Head::Float | Head::Num | Head::Complex => false,
        Head::Lib(name) => has_float || !crate::types::is_exact(name),
        _ => true,
    });
    heads.count() > 1 && not_numeric
}

/// Iterables whose items are of one plain kind.
fn one_item_type(vars: &Vars, var: Var) -> bool {
    let mut heads: Vec<Head> = Vec::new();
    for atom in vars.atoms(var).iter().filter(|atom| atom.head != Head::None) {
        match atom.head {
            Head::List | Head::Set | Head::FrozenSet | Head::Iter | Head::Dict => {
                heads.extend(vars.atoms(atom.args[0]).iter().map(|item| item.head));
            }
            Head::Lib(name) if matches!(name.as_str(), "tuple" | "deque") => {
                heads.extend(vars.atoms(atom.args[0]).iter().map(|item| item.head));
            }
            Head::Tuple(_) => {
                heads.extend(atom.args.iter().flat_map(|arg| vars.atoms(*arg)).map(|item| item.head));
            }
            Head::Range | Head::Bytes => heads.push(Head::Int),
            Head::Str => heads.push(Head::Str),
            _ => return false,
        }
    }
    heads.iter().all(|head| *head == heads[0])
}

/// Objects of the program's classes, or `None`: a use of them is chosen by the class.
fn all_objects(vars: &Vars, var: Var) -> bool {
    vars.atoms(var).iter().all(|atom| matches!(atom.head, Head::None | Head::Class(_)))
}

/// Operands with objects of the program among them: the operator is chosen by the member that is there.
fn are_members(vars: &Vars, a: Var, b: Var) -> bool {
    let heads = || [a, b].into_iter().flat_map(|var| vars.atoms(var)).map(|atom| atom.head);
    let is_plain = |head| matches!(head, Head::Class(_) | Head::Int | Head::Float | Head::Bool | Head::Str);
    heads().all(is_plain) && heads().any(|head| matches!(head, Head::Class(_)))
}

/// Objects of one hierarchy, classes, text streams or exceptions: their base is the type of all.
fn has_base(solver: &Solver<'_>, var: Var) -> bool {
    let atoms = solver.vars.atoms(var).iter().filter(|atom| atom.head != Head::None);
    let heads: Vec<Head> = atoms.clone().map(|atom| atom.head).collect();
    let is_stream = |head: &Head| matches!(head, Head::Lib(name) if crate::contexts::is_text_stream(*name));
    if heads.iter().all(is_stream) || heads.iter().all(|head| crate::types::is_error(solver.env, *head)) {
        return true;
    }
    if !heads.is_empty() && crate::types::class_of_all(solver.env, &heads).is_some() {
        return true;
    }
    let classes: Option<Vec<_>> = atoms
        .map(|atom| match atom.head {
            Head::Class(class) => Some(class),
            _ => None,
        })
        .collect();
    classes.is_some_and(|classes| solver.env.common_base(&classes).is_some())
}

/// Containers that a dynamic value shares with other names, and functions.
fn is_container(vars: &Vars, var: Var) -> bool {
    let holds = |atom: &Atom| matches!(atom.head, Head::List | Head::Dict | Head::Set | Head::Func(_));
    vars.atoms(var).iter().any(holds)
}

/// A dynamic value is dynamic where it comes from and where it goes to. So are the containers around
/// recursive values, which other names change.
fn spread(solver: &Solver<'_>, mut todo: Vec<Var>, recursive: &[Var]) -> FxHashSet<Var> {
    let vars = &solver.vars;
    if todo.is_empty() && recursive.is_empty() {
        return FxHashSet::default();
    }
    let mut found = FxHashSet::default();
    let near = neighbours(vars);
    // First what recursive values reach, then the others.
    let mut own: Vec<Var> = recursive.iter().map(|var| vars.root(*var)).collect();
    while let Some(var) = own.pop() {
        if found.insert(var) {
            let around = near.get(&var).into_iter().flatten().map(|next| vars.root(*next));
            own.extend(around.filter(|next| mixed(solver, *next) || is_container(vars, *next)));
        }
    }
    found.extend(todo.iter().copied());
    while let Some(var) = todo.pop() {
        let around = near.get(&var).into_iter().flatten().map(|next| vars.root(*next));
        todo.extend(around.filter(|next| mixed(solver, *next) && found.insert(*next)));
    }
    found
}

/// Variables that their own items lead back to: `X = dict<str, X>`.
fn recursive(vars: &Vars) -> Vec<Var> {
    let mut out = Vec::new();
    let mut state: FxHashMap<Var, bool> = Default::default();
    for var in 0..vars.rows.len() as Var {
        walk(vars, vars.root(var), &mut state, &mut Vec::new(), &mut out);
    }
    out
}

fn walk(vars: &Vars, root: Var, state: &mut FxHashMap<Var, bool>, path: &mut Vec<Var>, out: &mut Vec<Var>) {
    match state.get(&root) {
        Some(true) => return,
        Some(false) => {
            let start = path.iter().position(|var| *var == root).unwrap_or(0);
            out.extend(&path[start..]);
            return;
        }
        None => {}
    }
    state.insert(root, false);
    path.push(root);
    for atom in vars.atoms(root) {
        if matches!(atom.head, Head::Class(_)) {
            continue;
        }
        for arg in atom.args.iter() {
            walk(vars, vars.root(*arg), state, path, out);
        }
    }
    path.pop();
    state.insert(root, true);
}

/// A note for each parameter and local that is dynamic: which annotation would help.
pub(crate) fn report(solver: &Solver<'_>, types: &Types<'_, '_>, out: &mut Vec<Diagnostic>) {
    // Arrays are dynamic values: no annotation would change that.
    if solver.env.has_arrays {
        return;
    }
    for inst in &solver.insts {
        let mut diags = Diags::new(inst.path);
        for (param, declared) in inst.sig.params.iter().zip(&inst.unit.body.params) {
            if types.get(param.var).map(|ty| ty.kind()) != Some(&TyKind::Value) {
                continue;
            }
            let name = param.name;
            // `Any` in the source asks for it.
            let hint = inst.unit.body.locals[declared.local].ty;
            if hint.any(&mut |part| *part.kind() == TyKind::Value) {
                continue;
            }
            let heads: Vec<String> =
                solver.vars.atoms(param.var).iter().map(|atom| shown(atom.head)).collect();
            let origin = inst.unit.body.origin;
            let mixes = solver.vars.atoms(param.var).iter().all(|atom| atom.head != Head::Value);
            let text = if mixes {
                format!("`{name}` takes values of different types ({}), so it is dynamic", heads.join(", "))
            } else {
                format!("nothing says which type `{name}` has, so it is dynamic")
            };
            let note = diags.report_with(DYNAMIC, origin, text);
            if *hint.kind() == TyKind::Unknown {
                note.hint(format!("annotate the parameter `{name}`"));
            } else {
                note.hint(format!("annotate what is passed as `{name}`: it is dynamic where it comes from"));
            }
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
