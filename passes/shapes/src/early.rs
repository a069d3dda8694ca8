//! A constructor sets the fields that need nothing before it hands its object out.
//!
//! before                                        after
//!   set place @m.all[%self.id] = %self            set place %self.grade = %grade
//!   set place %self.grade = %grade                set place @m.all[%self.id] = %self
//!
//! Nobody can tell: what reads the field before it is set would be an `AttributeError`. Holds back where a
//! statement between the two mentions the field, or the program asks for it by its name: `getattr(self, "grade",
//! None)`. Every assignment of a field goes before those of functions,
//! which use the object when they are called: `self.show = lambda: print(self.name)`.

use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Moves such assignments up in every constructor.
pub(crate) fn assign_early(program: &mut Program<Typed>) {
    let asked = asked_by_name(program);
    let inits: Vec<Name> = program.classes.keys().map(|class| class.join("__init__")).collect();
    for path in inits {
        let Some(body) = program.fns.get(&path).filter(|body| !body.params.is_empty()) else { continue };
        let made = before_object(body);
        let mut found: Vec<usize> = Vec::new();
        for at in made + 1..body.blocks[body.root].stmts.len() {
            let is_asked = field_of(&body.blocks[body.root].stmts[at])
                .is_some_and(|field| asked.contains(field.as_str()) || asked.contains(""));
            if !is_asked && is_early(body, made, at) || passes_functions(body, made, at, &found) {
                found.push(at);
            }
        }
        if found.is_empty() {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        let root = body.root;
        for (shift, at) in found.into_iter().enumerate() {
            let stmt = body.blocks[root].stmts.remove(at);
            body.blocks[root].stmts.insert(made + shift, stmt);
        }
    }
}

/// The attributes that the program asks for by their names; an empty one where only the run knows them.
fn asked_by_name(program: &Program<Typed>) -> FxHashSet<Arc<str>> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            let Node::Call { callee: Callee::Lib(name), args } = &row.kind else { continue };
            if !matches!(name.as_str(), "builtins.getattr" | "builtins.hasattr") {
                continue;
            }
            out.insert(args.get(1).and_then(|arg| text_of(body, arg.value)).unwrap_or_default());
        }
    }
    out
}

/// The text that a node is.
fn text_of(body: &Body<Typed>, node: NodeId) -> Option<Arc<str>> {
    match &body.nodes[node].kind {
        Node::Const(Const::Str(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The field that a statement sets.
fn field_of(stmt: &Stmt) -> Option<Name> {
    match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), .. } => match place.proj.as_slice() {
            [Proj::Field(field)] => Some(*field),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a statement sets a field to a constant or a parameter that keeps its value, and nothing from `start` on
/// mentions the field before.
fn is_early(body: &Body<Typed>, start: usize, at: usize) -> bool {
    let stmts = &body.blocks[body.root].stmts;
    let StmtKind::Set { target: Pat::Place(place), value } = &stmts[at].kind else { return false };
    let (Root::Local(root), [Proj::Field(field)]) = (place.root, place.proj.as_slice()) else { return false };
    let receiver = body.params[0].local;
    root == receiver
        && is_still(body, *value)
        && !stmts[start..at].iter().any(|stmt| mentions(body, stmt, *field))
}

/// Whether a statement sets a field without the object, and all before it from `start` on but the `moved` ones set
/// other fields to functions.
fn passes_functions(body: &Body<Typed>, start: usize, at: usize, moved: &[usize]) -> bool {
    let stmts = &body.blocks[body.root].stmts;
    let receiver = body.params[0].local;
    let field = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), value } if place.root == Root::Local(receiver) => {
            match place.proj.as_slice() {
                [Proj::Field(field)] => Some((*field, *value)),
                _ => None,
            }
        }
        _ => None,
    };
    let Some((own, _)) = field(&stmts[at]).filter(|_| !uses_object(body, &stmts[at], receiver)) else {
        return false;
    };
    (start..at).filter(|at| !moved.contains(at)).all(|before| {
        field(&stmts[before]).is_some_and(|(field, value)| {
            makes_functions(body, value) && field != own && !mentions(body, &stmts[at], field)
        })
    })
}

/// Whether a value is made of functions alone, in containers or not.
fn makes_functions(body: &Body<Typed>, value: NodeId) -> bool {
    match &body.nodes[value].kind {
        Node::Closure(_) | Node::Const(_) => true,
        Node::Op { op, args, .. } => {
            matches!(op.name(), "list.new" | "dict.new" | "opt.some" | "tuple.new")
                && args.iter().all(|arg| makes_functions(body, *arg))
        }
        Node::Call { callee: Callee::Lib(name), args } => {
            *name == "collections.defaultdict" && args.iter().all(|arg| makes_functions(body, arg.value))
        }
        _ => false,
    }
}

fn is_still(body: &Body<Typed>, value: NodeId) -> bool {
    match &body.nodes[value].kind {
        Node::Const(_) => true,
        Node::Use(place, _) => place.as_local().is_some_and(|local| {
            let mut sets = 0;
            body.walk_stmts(body.root, &mut |stmt| {
                if let StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } = &stmt.kind {
                    target.for_each_local(&mut |set| sets += usize::from(set == local));
                }
                if let StmtKind::Update { place, .. } = &stmt.kind {
                    sets += usize::from(place.root == Root::Local(local));
                }
            });
            body.params.iter().skip(1).any(|param| param.local == local) && sets == 0
        }),
        Node::Op { op, args, .. } => {
            matches!(op.name(), "list.new" | "dict.new" | "set.new" | "opt.some" | "opt.none" | "tuple.new")
                && args.iter().all(|arg| is_still(body, *arg))
        }
        _ => false,
    }
}

fn mentions(body: &Body<Typed>, stmt: &Stmt, field: Name) -> bool {
    let mut found = false;
    let mut see = |place: &Place| found |= place.proj.contains(&Proj::Field(field));
    if let StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } = &stmt.kind {
        see(place);
    }
    stmt.for_each_child(&mut |child| {
        body.walk(child, &mut |node| {
            if let Node::Use(place, _) = &body.nodes[node].kind {
                see(place);
            }
        });
    });
    found
}
