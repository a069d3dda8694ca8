//! A name that stands for classes is what it stands for, where `isinstance` asks for it.
//!
//! before                                              after
//!   set place @m.NUMBERS = (int, float)                 set place @m.NUMBERS = (int, float)
//!   lib:builtins.isinstance(%x, @m.NUMBERS)             lib:builtins.isinstance(%x, (int, float))
//!
//! Only names of modules and classes that are assigned once.

use super::attributes;
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes out such names.
pub(super) fn expand(program: &mut Program<Hir>) {
    let known = class_names(program);
    let variables: FxHashSet<Name> = program.globals.keys().copied().collect();
    for body in program.fns.values_mut() {
        for id in body.nodes.ids().collect::<Vec<_>>() {
            let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
            if !matches!(name.as_str(), "builtins.isinstance" | "builtins.issubclass") || args.len() != 2 {
                continue;
            }
            let classes = args[1].value;
            let Node::Use(place, _) = &body.nodes[classes].kind else { continue };
            let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { continue };
            if let Some(items) = known.get(&path) {
                let body = Arc::make_mut(body);
                let at = body.nodes[classes].origin;
                let parts =
                    items.iter().map(|item| body.node(Node::Item(*item), Ty::unknown(), at)).collect();
                body.nodes[classes].kind =
                    Node::Op { op: TupleOp::New.into(), attr: Attr::None, args: parts };
            } else if variables.contains(&path) {
                // A variable is no name of a class.
                let body = Arc::make_mut(body);
                let at = body.nodes[classes].origin;
                let row = body.nodes[classes].clone();
                let value = body.node(row.kind, row.ty, at);
                let block = body.block(BlockRow { tail: Some(value), ..BlockRow::default() });
                body.nodes[classes].kind = Node::Block { label: None, block };
            }
        }
    }
}

/// Names that are given a tuple of classes, once.
fn class_names(program: &Program<Hir>) -> FxHashMap<Name, Vec<Name>> {
    let mut found: FxHashMap<Name, Option<Vec<Name>>> = FxHashMap::default();
    let mut targets: FxHashMap<Name, usize> = FxHashMap::default();
    for body in program.fns.values() {
        let mut note = |place: &Place, value: Option<NodeId>| {
            let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return };
            let value = value.filter(|_| body.kind == FnKind::Init);
            let items = value.and_then(|value| items(program, body, value));
            found.entry(path).and_modify(|known| *known = None).or_insert(items);
        };
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind {
                note(place, Some(*value));
            }
        });
        // Whatever else assigns the name makes it unknown.
        let mut count = |place: &Place| {
            if let (Root::Global(path), true) = (place.root, place.proj.is_empty()) {
                *targets.entry(path).or_default() += 1;
            }
        };
        attributes::each_target(body, &mut count);
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::For { pat, .. } => attributes::each_place(pat, &mut count),
                Node::With { items, .. } => {
                    items
                        .iter()
                        .filter_map(|item| item.target.as_ref())
                        .for_each(|pat| attributes::each_place(pat, &mut count));
                }
                _ => {}
            }
        }
    }
    found.retain(|path, _| targets.get(path) == Some(&1));
    found.into_iter().filter_map(|(path, items)| Some((path, items?))).collect()
}

fn items(program: &Program<Hir>, body: &Body<Hir>, value: NodeId) -> Option<Vec<Name>> {
    let item = |node: NodeId| match &body.nodes[node].kind {
        Node::Item(name) => Some(*name),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => {
            let path = program.resolve(*path);
            program.classes.contains_key(&path).then_some(path)
        }
        _ => None,
    };
    match &body.nodes[value].kind {
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => args.iter().map(|arg| item(*arg)).collect(),
        _ => None,
    }
}
