//! Comparisons that make an object (a condition, a query) are methods of their own, no order.
//!
//! before                                               after
//!   method @m.Column.__gt__(%self, %other) {             method @m.Column.__gt__$built(%self, %other) {
//!     return call @m.Condition(%self, ">", %other)         return call @m.Condition(%self, ">", %other)
//!   }                                                    }
//!
//! So are those that make lists, sets and dicts. Holds back where a result is anything else.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// The operators, and the suffix of the methods that answer them with an object.
const COMPARISONS: &[&str] = &["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"];
pub(crate) const BUILT: &str = "$built";

pub(super) fn expand(program: &mut Program<Hir>) {
    let mut known = FxHashMap::default();
    let mut found = Vec::new();
    for class in program.classes.values() {
        let compares = class.methods.iter().filter(|method| COMPARISONS.contains(&method.last()));
        found.extend(compares.copied().filter(|method| makes_object(program, *method, &mut known)));
    }
    for method in found {
        let Some(body) = program.fns.shift_remove(&method) else { continue };
        let mut body = Arc::unwrap_or_clone(body);
        body.path = Name::new(&format!("{method}{BUILT}"));
        let class = Arc::make_mut(&mut program.classes[&method.parent()]);
        class.methods.iter_mut().filter(|path| **path == method).for_each(|path| *path = body.path);
        program.fns.insert(body.path, Arc::new(body));
    }
}

/// Whether each result of a function is an object or a container that it, or a function that it calls, makes.
fn makes_object(program: &Program<Hir>, path: Name, known: &mut FxHashMap<Name, bool>) -> bool {
    if let Some(answer) = known.get(&path) {
        return *answer;
    }
    known.insert(path, false);
    let Some(body) = program.fns.get(&path) else { return false };
    let mut results = Vec::new();
    body.walk(Child::Block(body.root), &mut |node| {
        if let Node::Return(value) = &body.nodes[node].kind {
            results.push(*value);
        }
    });
    let is_made = |value: Option<NodeId>, known: &mut FxHashMap<Name, bool>| {
        let Some(value) = value else { return false };
        if is_display(&body.nodes[value].kind) {
            return true;
        }
        let Node::Call { callee, .. } = &body.nodes[value].kind else { return false };
        match callee {
            Callee::Fn(class) if program.classes.contains_key(class) => true,
            Callee::Fn(function) => makes_object(program, *function, known),
            Callee::Method(object, name) => {
                let is_own = body.params.first().is_some_and(|this| is_local(body, *object, this.local));
                let method = is_own.then(|| program.find_method(path.parent(), name.as_str())).flatten();
                method.is_some_and(|method| makes_object(program, method, known))
            }
            _ => false,
        }
    };
    let answer = !results.is_empty() && results.into_iter().all(|value| is_made(value, known));
    known.insert(path, answer);
    answer
}

/// `[..]`, `[x for ..]`, `{..}`: a container that is made here.
fn is_display(node: &Node) -> bool {
    match node {
        Node::Op { op, .. } => {
            matches!(op, Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New))
        }
        Node::Seq { sink, .. } => !matches!(sink, Sink::Iter(_)),
        _ => false,
    }
}

fn is_local(body: &Body<Hir>, node: NodeId, local: LocalId) -> bool {
    matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local))
}
