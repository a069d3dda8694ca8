//! A constructor sets the fields that need nothing before it hands its object out.
//!
//! before                                        after
//!   set place @m.all[%self.id] = %self            set place %self.grade = %grade
//!   set place %self.grade = %grade                set place @m.all[%self.id] = %self
//!
//! Nobody can tell: what reads the field before it is set would be an `AttributeError`. Holds back where a
//! statement between the two mentions the field.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Moves such assignments up in every constructor.
pub(crate) fn assign_early(program: &mut Program<Typed>) {
    let inits: Vec<Name> = program.classes.keys().map(|class| class.join("__init__")).collect();
    for path in inits {
        let Some(body) = program.fns.get(&path).filter(|body| !body.params.is_empty()) else { continue };
        let made = before_object(body);
        let found: Vec<usize> =
            (made + 1..body.blocks[body.root].stmts.len()).filter(|at| is_early(body, made, *at)).collect();
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
