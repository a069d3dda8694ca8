//! The whole pass: prepare bodies, solve (again while functions have to be specialised), apply.

use crate::apply::{Paths, apply};
use crate::env::Env;
use crate::solve::{InstId, Solver, Unit};
use crate::types::Types;
use batuta_base::{Diagnostic, Diags, FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::rc::Rc;
use std::sync::Arc;

/// Most rounds of finding functions to specialise.
const ROUNDS: usize = 4;

/// Types a program. Total: what has no type becomes `value`, what has no meaning a hole, each with a diagnostic.
pub fn infer(program: &Program<Hir>) -> (Program<Typed>, Vec<Diagnostic>) {
    let mut program = crate::expand::expand_classes(program);
    let mut rounds = 0..2;
    loop {
        match infer_once(&program, rounds.next().is_some()) {
            Ok(done) => return done,
            Err(Again::Fields(late)) => crate::outside::add(&mut program, late),
            Err(Again::Unused(methods)) => {
                rounds = 0..2;
                crate::expand::drop_mixins(&mut program, &methods);
            }
        }
    }
}

type Done = (Program<Typed>, Vec<Diagnostic>);

/// What a program needs before it can be typed.
enum Again {
    /// Fields that come late, with their classes.
    Fields(Vec<(Name, Name)>),
    /// Inherited methods that nothing calls: without them, since what they take is not known.
    Unused(Vec<Name>),
}

/// The typed program, or fields that it needs first where there is time to add them.
fn infer_once(program: &Program<Hir>, may_add: bool) -> Result<Done, Again> {
    let overridden = crate::expand::overrides(program);
    let program = overridden.as_ref().unwrap_or(program);
    let completed = crate::synth::complete(program);
    let program = completed.as_ref().unwrap_or(program);
    let mut program = crate::expand::expand(program);
    crate::script::own_names(&mut program);
    let program = &program;
    let env = Env::new(program);
    let names = crate::other_names::OtherNames::of(program);
    let coroutines = crate::coroutines::coroutines(program);
    let units: FxHashMap<Name, Rc<Unit>> = program
        .fns
        .iter()
        .map(|(path, body)| {
            let body = crate::declines::settle(program, (**body).clone());
            let body = crate::prep::normalise(crate::getters::write_out(body));
            let body = crate::webs::split(crate::other_names::resolve(body, &names));
            let facts = crate::collect::facts(program, &body, &env.ends, &coroutines);
            (*path, Rc::new(Unit { body, facts }))
        })
        .collect();
    let mut special: FxHashSet<Name> = FxHashSet::default();
    let mut rejected: FxHashSet<Name> = FxHashSet::default();
    for _ in 0..ROUNDS {
        let mut solver = Solver::new(&env, &units, &special);
        solver.solve();
        let late = crate::outside::fields(&solver);
        if may_add && !late.is_empty() {
            return Err(Again::Fields(late));
        }
        let mut unused = crate::expand::mixin_methods(program);
        unused.retain(|path| !solver.calls.contains_key(path));
        if !unused.is_empty() {
            return Err(Again::Unused(unused));
        }
        let mut useless = still_mixed(&solver, &special);
        let mut more = conflicts(&solver, &special);
        more.retain(|path| !rejected.contains(path));
        // What a version calls may be what mixes its types.
        if program.lang() == Lang::Ruchy && !more.is_empty() {
            useless.clear();
        }
        if more.is_empty() && useless.is_empty() {
            return Ok(finish(&solver));
        }
        special.extend(more);
        special.retain(|path| !useless.contains(path));
        rejected.extend(useless);
    }
    let mut solver = Solver::new(&env, &units, &special);
    solver.solve();
    Ok(finish(&solver))
}

/// Specialised functions of which several versions take mixed types all the same: one version does.
fn still_mixed(solver: &Solver<'_>, special: &FxHashSet<Name>) -> Vec<Name> {
    let types = Types::new(solver, crate::dynamic::variables(solver));
    let is_mixed_version = |inst: &&usize| {
        let mut params = solver.insts[**inst].sig.params.iter();
        params.any(|param| types.get(param.var).is_some_and(is_mixed))
    };
    let versions = solver.versions.iter().filter(|(path, _)| special.contains(*path));
    versions
        .filter(|(_, versions)| versions.iter().filter(is_mixed_version).count() > 1)
        .map(|(path, _)| *path)
        .collect()
}

/// Functions called from several places whose parameters mix types.
fn conflicts(solver: &Solver<'_>, special: &FxHashSet<Name>) -> Vec<Name> {
    let dynamic = crate::dynamic::variables(solver);
    let types = Types::new(solver, dynamic);
    let mut found = Vec::new();
    for (path, versions) in &solver.versions {
        let calls = solver.calls.get(path).map_or(0, |sites| sites.len());
        let last = path.last();
        let is_special = last.starts_with("__") || last.contains('<') || last.contains('$');
        if special.contains(path) || calls < 2 || is_special || solver.env.overridden.contains(path) {
            continue;
        }
        let body = &solver.insts[versions[0]].unit.body;
        if matches!(body.kind, FnKind::Property | FnKind::PropertySetter) {
            continue;
        }
        let sig = &solver.insts[versions[0]].sig;
        let mut params = sig.params.iter().zip(&body.params);
        if params.any(|(fact, param)| {
            let is_open = !is_declared_mixed(body.locals[param.local].ty) && !tests_class(body, param);
            is_open && types.get(fact.var).is_some_and(is_mixed)
        }) {
            found.push(*path);
        }
    }
    found
}

fn is_mixed(ty: Ty) -> bool {
    ty.any(&mut |ty| matches!(ty.kind(), TyKind::Union(_) | TyKind::Value | TyKind::Num))
}

/// Whether the body asks which type the parameter has: it is written for several at once.
fn tests_class(body: &Body<Hir>, param: &Param) -> bool {
    let is_param = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(place, _) => place.as_local().is_some_and(|local| body.locals[local].name == param.name),
        _ => false,
    };
    // The name of a class is told, not tested.
    let is_told = |node: NodeId| {
        body.nodes.iter().any(|(_, row)| match &row.kind {
            Node::Use(Place { root: Root::Node(of), proj }, _) => {
                *of == node && matches!(proj.first(), Some(Proj::Field(name)) if *name == "__name__")
            }
            _ => false,
        })
    };
    body.nodes.iter().any(|(id, row)| match &row.kind {
        Node::Call { callee: Callee::Lib(name), args } => {
            matches!(name.as_str(), "builtins.isinstance" | "builtins.type")
                && args.first().is_some_and(|arg| is_param(arg.value))
                && !(*name == "builtins.type" && is_told(id))
        }
        Node::Match { subject, .. } => is_param(*subject),
        _ => false,
    })
}

/// An annotation that asks for one version with mixed types: `Any`, `object`, `int | str`.
fn is_declared_mixed(ty: Ty) -> bool {
    ty.any(&mut |ty| matches!(ty.kind(), TyKind::Union(_) | TyKind::Value))
}

fn finish(solver: &Solver<'_>) -> (Program<Typed>, Vec<Diagnostic>) {
    let program = solver.env.program;
    let types = Types::new(solver, crate::dynamic::variables(solver));
    let paths = paths(solver);
    let mut out = Program::<Typed> {
        modules: program.modules.clone(),
        classes: program.classes.clone(),
        globals: program.globals.clone(),
        fns: Default::default(),
        entry: program.entry,
    };
    let mut all = Vec::new();
    let mut methods: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    for path in program.fns.keys() {
        let Some(versions) = solver.versions.get(path) else { continue };
        for inst in versions {
            let mut diags = Diags::new(*path);
            let body = apply(&types, &paths, *inst, &mut diags);
            all.append(&mut diags.list);
            if body.path != *path {
                methods.entry(*path).or_default().push(body.path);
            }
            out.fns.insert(body.path, Arc::new(body));
        }
    }
    for (path, class) in &mut out.classes {
        let mut class_def = (**class).clone();
        type_fields(&types, *path, &mut class_def);
        let mut with_versions = Vec::new();
        for method in &class_def.methods {
            with_versions.push(*method);
            with_versions.extend(methods.get(method).into_iter().flatten());
        }
        class_def.methods = with_versions;
        *class = Arc::new(class_def);
    }
    for (path, global) in &mut out.globals {
        let class = path.parent();
        let ty = if solver.env.class(class).is_some() && solver.env.is_enum(class) {
            Ty::class(class)
        } else {
            solver.globals.get(path).and_then(|var| types.get(*var)).unwrap_or_else(Ty::unit)
        };
        *global = Arc::new(GlobalDef { ty, ..(**global).clone() });
    }
    crate::inner::drop_texts(&mut out);
    crate::expand::drop_unused(&mut out);
    crate::slots::drop_lists(&mut out);
    drop_unused_globals(solver, &mut out);
    crate::dynamic::report(solver, &types, &mut all);
    crate::ruchy::refuse(&mut out, &mut all);
    (out, all)
}

/// `T = TypeVar("T")` and aliases of types leave names that nothing sets or reads.
fn drop_unused_globals(solver: &Solver<'_>, program: &mut Program<Typed>) {
    let mut named: FxHashSet<Name> =
        program.modules.values().flat_map(|module| module.aliases.values()).copied().collect();
    for body in program.fns.values() {
        body.each_place(&mut |place| {
            if let Root::Global(path) = place.root {
                named.insert(path);
            }
        });
    }
    let is_unused = |path: &Name| {
        let var = solver.globals.get(path).map(|var| solver.vars.row(*var)).filter(|_| named.contains(path));
        solver.env.class(path.parent()).is_none()
            && var.is_none_or(|row| row.atoms.is_empty() && row.edges.is_empty() && row.watch.is_empty())
    };
    let unused: Vec<Name> = program.globals.keys().copied().filter(is_unused).collect();
    program.globals.retain(|path, _| !unused.contains(path));
    for module in program.modules.values_mut() {
        let module = Arc::make_mut(module);
        module.items.retain(|row| !matches!(row.item, Item::Global(path) if unused.contains(&path)));
    }
}

/// All fields with their types: declared ones first, then those that methods assign.
fn type_fields(types: &Types<'_, '_>, path: Name, class: &mut ClassDef) {
    let env = types.env();
    for name in env.own_fields.get(&path).into_iter().flatten() {
        // A field that a class above has is that class's.
        let is_own = env.field_owner(path, *name) == Some(path);
        if is_own && !class.fields.iter().any(|field| field.name == *name) {
            class.fields.push(assigned_field(*name, class.origin));
        }
    }
    if matches!(class.kind, ClassKind::Enum | ClassKind::EnumOf(_)) {
        for name in ["name", "value"] {
            class.fields.push(assigned_field(Name::new(name), class.origin));
        }
    }
    // Nobody gives a value to the constructor that a class does not have.
    let is_made_empty = matches!(class.kind, ClassKind::Plain | ClassKind::Abstract)
        && env.method(path, "__init__").is_none()
        && !env.is_error(path);
    // A dataclass below shows and compares its own fields alone.
    let is_base_of_record = matches!(class.kind, ClassKind::Plain | ClassKind::Abstract)
        && env.program.subclasses(path).iter().any(|sub| env.is_record(*sub));
    for field in &mut class.fields {
        field.flags.init &= !is_made_empty;
        field.flags.repr &= !is_base_of_record;
        field.flags.compare &= !is_base_of_record;
        let owner = env.field_owner(path, field.name).unwrap_or(path);
        let var = types.solver.fields.get(&(owner, field.name));
        let ty = var.and_then(|var| types.get(*var)).unwrap_or_else(Ty::unit);
        field.ty = types.declared(owner, field.name, ty);
        if env.is_enum(path) && field.name == "name" {
            field.ty = Ty::str();
        }
    }
}

pub(crate) fn assigned_field(name: Name, origin: batuta_base::Origin) -> FieldDef {
    FieldDef {
        name,
        ty: Ty::unknown(),
        default: None,
        cell: FieldCell::Plain,
        flags: FieldFlags::default(),
        above: Vec::new(),
        beside: None,
        origin,
    }
}

/// Paths of all versions: the first keeps the function's path, others add their distinguishing types.
fn paths(solver: &Solver<'_>) -> Paths {
    let mut out = Paths::default();
    for (path, versions) in &solver.versions {
        let mut taken: Vec<Name> = Vec::new();
        for (at, inst) in versions.iter().enumerate() {
            let mut name = *path;
            if at > 0 {
                name = Name::new(&format!("{path}${}", suffix(solver, versions[0], *inst)));
                let mut number = 2;
                while taken.contains(&name) {
                    name = Name::new(&format!("{path}${}_{number}", suffix(solver, versions[0], *inst)));
                    number += 1;
                }
            }
            taken.push(name);
            out.insert(*inst, name);
        }
    }
    out
}

/// The types in which a version differs from the first, as a word.
fn suffix(solver: &Solver<'_>, first: InstId, inst: InstId) -> String {
    let (a, b) = (&solver.insts[first].key, &solver.insts[inst].key);
    let differing = b.iter().enumerate().filter(|(at, ty)| a.get(*at) != Some(ty)).map(|(_, ty)| word(*ty));
    let text = differing.collect::<Vec<_>>().join("_");
    if text.is_empty() { "more".to_owned() } else { text }
}

fn word(ty: Ty) -> String {
    let text: String = ty.to_string().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let parts: Vec<&str> = text.split('_').filter(|part| !part.is_empty()).collect();
    parts.join("_").chars().take(32).collect()
}
