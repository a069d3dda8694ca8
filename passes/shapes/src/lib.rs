//! One representation for every flow class of a program.
//!
//! before (Typed)                            after (Typed, representation types)
//!   fn @m.f(%xs: list<int>) -> none           fn @m.f(%xs: &mut list<big>) -> none
//!     method lib:list.append(%xs, 2 ** 100)
//!
//! A flow class is what assignments, arguments, fields and elements join: all lists that may be the
//! same list have one class, so one element width and one ownership for life. Decided here: the
//! width of every int (`i64` or `rt::Int`), owned or shared for every container and class, and by
//! what mode each parameter is passed (`&T` when it is only read, `&mut T` when the callee changes
//! it, by value when the callee keeps it).
//!
//! Ownership starts optimistic: everything is owned. `own` reports each use that would need a second
//! owner (`Demotion`); the class of that use is shared in the next round. Rounds end because the
//! set of shared classes only grows.
#![forbid(unsafe_code)]

mod build;
mod calls;
mod captured;
mod early;
mod effects;
mod entities;
mod errors;
mod filled;
mod fold;
mod functions;
mod graph;
mod growth;
mod held;
mod inits;
mod iterated;
mod lift;
mod nested;
mod object_copies;
mod operate;
mod plain;
mod recursive;
mod rewrite;
mod top;
mod wide_bytes;

use batuta_base::Name;
use batuta_core::{
    Body, ClassKind, Demotion, Families, Frozen, LocalId, Node, NodeId, Part, Place, Program, Root, TyKind,
    Typed, dynamic, identity,
};

/// A program in representation types.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shaped {
    pub program: Program<Typed>,
    pub frozen: Frozen,
}

/// What the user asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct ShapeOptions {
    /// `--int big`: every int is `rt::Int`.
    pub all_big: bool,
    /// Every int has 64 bits, as the language says.
    pub fixed: bool,
}

/// The local that a place begins with.
fn root(body: &Body<Typed>, node: NodeId) -> Option<LocalId> {
    match &body.nodes[node].kind {
        Node::Use(Place { root: Root::Local(local), .. }, _) => Some(*local),
        _ => None,
    }
}

/// Decides representations and writes them into the program's types. `demoted` are the uses that
/// earlier rounds found to need a second owner.
pub fn shapes(program: &Program<Typed>, demoted: &[Demotion], options: ShapeOptions) -> Shaped {
    let mut lifted = lift::lift(&top::settle(&inits::settle(&errors::keep_arguments(program))));
    nested::name_parts(&mut lifted);
    let program = &lifted;
    let mut built = build::build(program);
    recursive::share(program, &mut built);
    for demotion in demoted {
        let Some(shape) = built.node(demotion.body, demotion.node) else { continue };
        match demotion.part {
            Part::Items => {
                for part in built.graph.kids(shape).to_vec() {
                    built.graph.set_shared(part);
                }
            }
            Part::Value => {
                built.graph.set_shared(shape);
            }
            Part::Root => {
                let root = program.fns.get(&demotion.body).and_then(|body| root(body, demotion.node));
                if let Some(local) = root {
                    built.graph.set_shared(built.local(demotion.body, local));
                }
            }
        }
    }
    functions::share_captured(program, &mut built);
    share_copied(&mut built);
    held::share(program, &mut built);
    share_objects(program, &mut built);
    growth::widths(&mut built, options);
    let mut modes = effects::effects(program, &built);
    while share_kept_arguments(program, &mut built, &modes) {
        modes = effects::effects(program, &built);
    }
    built.graph.mut_params = modes.mut_params.clone();
    Shaped { program: rewrite::rewrite(program, &built, &modes), frozen: frozen(program, &built) }
}

fn frozen(program: &Program<Typed>, built: &build::Built) -> Frozen {
    let mut out = Frozen::default();
    for body in program.fns.values() {
        let uses = body.nodes.iter().filter(|(_, row)| matches!(row.kind, Node::Use(..) | Node::Call { .. }));
        for (id, _) in uses {
            let Some(shape) = built.node(body.path, id) else { continue };
            if !built.changes(shape) {
                out.values.insert((body.path, id));
            }
            if !built.graph.kids(shape).iter().any(|part| built.changes(*part)) {
                out.items.insert((body.path, id));
            }
        }
    }
    out
}

/// Items that stand in two lists and change are objects of their own.
fn share_copied(built: &mut build::Built) {
    for item in built.copied.clone() {
        if built.graph.ty(item).is_mutable() && built.changes(item) {
            built.graph.set_shared(item);
        }
    }
}

/// A function value takes what it keeps by reference, so what is kept and changes must be shared.
fn share_kept_arguments(program: &Program<Typed>, built: &mut build::Built, modes: &effects::Modes) -> bool {
    let mut changed = false;
    for (body, local) in iterated::changed_while_iterated(program, modes) {
        let shape = built.local(body, local);
        changed |= built.graph.set_shared(shape);
    }
    for body in program.fns.values() {
        if let Some(this) = body.params.first().filter(|_| body.has_receiver()) {
            // A generator, or a function that is given away, would borrow the object for as long as it lives.
            let shape = built.local(body.path, this.local);
            // Rust's traits for these take `&self`.
            let is_lent = ["__str__", "__repr__", "__eq__", "__lt__", "__hash__"].contains(&body.path.last());
            let pass = modes.params.get(&body.path).and_then(|passes| passes.first());
            if is_lent && pass == Some(&effects::Pass::Mut) {
                changed |= built.graph.set_shared(shape);
            }
            if modes.kept_self.contains(&body.path) && built.changes(shape) {
                changed |= built.graph.set_shared(shape);
            }
        }
        for (_, row) in body.nodes.iter() {
            if let Node::Closure(closure) = &row.kind {
                if closure.is_async || closure.is_generator {
                    // Its body runs when what it was lent may be gone.
                    for param in &closure.params {
                        let shape = built.local(body.path, param.local);
                        changed |= built.graph.is_mutated(shape) && built.graph.set_shared(shape);
                    }
                }
                continue;
            }
            let Node::Item(path) = &row.kind else { continue };
            let (Some(function), Some(passes)) = (program.fns.get(path), modes.params.get(path)) else {
                continue;
            };
            for (param, pass) in function.params.iter().zip(passes) {
                let shape = built.local(*path, param.local);
                if *pass == effects::Pass::Value && built.graph.is_mutated(shape) {
                    changed |= built.graph.set_shared(shape);
                }
            }
        }
    }
    changed
}

/// Classes whose objects must be one object for life: exceptions, those that the program tells
/// apart, those that change and become dynamic values or have a second name in Ruchy, and families that change and whose classes add fields of their own.
fn share_objects(program: &Program<Typed>, built: &mut build::Built) {
    let mut shared = identity::told_apart(program);
    let families = Families::of(program);
    for (class, def) in &program.classes {
        if def.kind == ClassKind::Exception {
            shared.insert(*class);
        }
        let Some(root) = families.root(*class) else { continue };
        let shape = built.graph.fresh(batuta_core::Ty::class(*class));
        if *class != root && !def.fields.is_empty() && built.graph.is_mutated(shape) {
            shared.insert(root);
        }
    }
    shared.extend(captured::classes(program));
    shared.extend(entities::posted(program));
    for class in entities::handed_on(program) {
        let shape = built.graph.fresh(batuta_core::Ty::class(class));
        if built.changes(shape) {
            shared.insert(class);
        }
    }
    // A task holds the object whose method it runs.
    let suspends = |path: &Name| program.fns.get(path).is_some_and(|body| holds_arguments(body));
    shared
        .extend(program.classes.values().filter(|def| def.methods.iter().any(suspends)).map(|def| def.path));
    let set = dynamic::set_dynamically(program);
    for class in dynamic::made_dynamic(program) {
        let shape = built.graph.fresh(batuta_core::Ty::class(class));
        if program.all_fields(class).iter().any(|field| set.contains(&field.name)) {
            built.graph.set_mutated(shape);
        }
        if built.changes(shape) {
            shared.insert(class);
        }
    }
    for class in shared {
        let shape = built.graph.fresh(batuta_core::Ty::class(class));
        built.graph.set_shared(shape);
    }
}

/// A function whose calls outlive the place where they stand: what it is given is its own.
pub(crate) fn holds_arguments(body: &Body<Typed>) -> bool {
    body.is_async
        || body.is_generator && matches!(body.ret.kind(), TyKind::Lib(name, _) if *name == "coroutine")
}
