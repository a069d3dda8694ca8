//! What a condition proves about locals, their fields and items: `x is None`, `isinstance(x, C)`, truth.
//!
//! A fact holds until its local is assigned; a fact about a field until that field is assigned anywhere
//! or unknown code runs (a call that is not the library's); a fact about an item (`parent[v]`) until an item
//! is assigned anywhere or something other than a builtin function is called.

use batuta_base::Name;
use batuta_core::{Body, Callee, Const, Hir, LocalId, Node, NodeId, ObjOp, Op};

/// A local and fields or items below it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Path {
    pub local: LocalId,
    pub steps: Vec<Step>,
}

/// From a value to a part of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Step {
    Field(Name),
    Item(Key),
}

/// The index of an item, where its value stays the same until a place is assigned.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Key {
    Place(Box<Path>),
    Int(i64),
    Text(String),
}

impl Path {
    pub(crate) fn local(local: LocalId) -> Self {
        Self { local, steps: Vec::new() }
    }

    /// Whether `found` holds for a path that this one reads: itself, and those of its indices.
    fn any(&self, found: &dyn Fn(&Path) -> bool) -> bool {
        found(self)
            || self.steps.iter().any(|step| matches!(step, Step::Item(Key::Place(key)) if key.any(found)))
    }
}

/// Which values a place can still hold: only `keep`, when it is not empty, and nothing of `drop`.
/// Types are named as in the source: `none`, `int`, `str`, `list`, a class path.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Filter {
    pub keep: Vec<Name>,
    pub drop: Vec<Name>,
}

impl Filter {
    pub(crate) fn keep(names: Vec<Name>) -> Self {
        Self { keep: names, drop: Vec::new() }
    }
    fn drop(names: Vec<Name>) -> Self {
        Self { keep: Vec::new(), drop: names }
    }
    pub(crate) fn not_none() -> Self {
        Self::drop(vec![Name::new("none")])
    }
    /// Whether all values pass but `None`.
    pub(crate) fn drops_only_none(&self) -> bool {
        self.keep.is_empty() && self.drop.iter().all(|name| *name == "none")
    }
    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        if !other.keep.is_empty() {
            // A later test is the sharper one.
            both.keep = other.keep.clone();
        }
        for name in &other.drop {
            if !both.drop.contains(name) {
                both.drop.push(*name);
            }
        }
        both
    }
}

/// What is proved at a point.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Proved {
    facts: Vec<(Path, Filter)>,
}

pub(crate) type Facts = Vec<(Path, Filter)>;

impl Proved {
    pub(crate) fn get(&self, path: &Path) -> Option<&Filter> {
        self.facts.iter().find(|(known, _)| known == path).map(|(_, filter)| filter)
    }

    pub(crate) fn learn(&mut self, facts: &[(Path, Filter)]) {
        for (path, filter) in facts {
            match self.facts.iter_mut().find(|(known, _)| known == path) {
                Some((_, known)) => *known = known.and(filter),
                None => self.facts.push((path.clone(), filter.clone())),
            }
        }
    }

    /// A local was assigned.
    pub(crate) fn forget_local(&mut self, local: LocalId) {
        self.facts.retain(|(path, _)| !path.any(&|part| part.local == local));
    }

    /// A field of this name was assigned somewhere.
    pub(crate) fn forget_field(&mut self, field: Name) {
        let reads = |part: &Path| part.steps.contains(&Step::Field(field));
        self.facts.retain(|(path, _)| !path.any(&reads));
    }

    /// Unknown code ran: it may have assigned any field.
    pub(crate) fn forget_fields(&mut self) {
        self.facts.retain(|(path, _)| path.steps.is_empty());
    }

    /// An item was assigned somewhere, or code ran that may have assigned one.
    pub(crate) fn forget_items(&mut self) {
        let reads = |part: &Path| part.steps.iter().any(|step| matches!(step, Step::Item(_)));
        self.facts.retain(|(path, _)| !path.any(&reads));
    }

    /// What both know.
    pub(crate) fn meet(&mut self, other: &Self) {
        self.facts.retain_mut(|(path, filter)| {
            let Some(known) = other.get(path) else { return false };
            if filter != known {
                filter.keep.clear();
                filter.drop.retain(|name| known.drop.contains(name));
            }
            !(filter.keep.is_empty() && filter.drop.is_empty())
        });
    }
}

/// Whether a call leaves the items of containers as they are: functions on values, not methods.
pub(crate) fn keeps_items(callee: &Callee) -> bool {
    matches!(callee, Callee::Lib(name) if name.as_str().starts_with("builtins.") || name.as_str().starts_with("math."))
}

/// What holds when the condition is true, and what when it is false.
pub(crate) fn proves(body: &Body<Hir>, cond: NodeId) -> (Facts, Facts) {
    match &body.nodes[cond].kind {
        Node::Op { op: Op::ObjOp(op), args, .. } => match (op, args.as_slice()) {
            (ObjOp::Truth, [inner]) => truth(body, *inner),
            (ObjOp::Not, [inner]) => {
                let (yes, no) = truth(body, *inner);
                (no, yes)
            }
            (ObjOp::And, [a, b]) => {
                let ((mut yes, _), (more, _)) = (truth(body, *a), truth(body, *b));
                yes.extend(more);
                (yes, Vec::new())
            }
            (ObjOp::Or, [a, b]) => {
                let ((one, mut no), (other, more)) = (truth(body, *a), truth(body, *b));
                no.extend(more);
                (either(one, &other), no)
            }
            (ObjOp::Is | ObjOp::Eq, [a, b]) => none_test(body, *a, *b),
            (ObjOp::IsNot | ObjOp::Ne, [a, b]) => {
                let (yes, no) = none_test(body, *a, *b);
                (no, yes)
            }
            _ => (Vec::new(), Vec::new()),
        },
        Node::Call { callee: Callee::Lib(name), args }
            if *name == "builtins.isinstance" && args.len() == 2 =>
        {
            let Some(path) = tested(body, args[0].value) else { return Default::default() };
            let names = class_names(body, args[1].value);
            if names.is_empty() {
                return Default::default();
            }
            (vec![(path.clone(), Filter::keep(names.clone()))], vec![(path, Filter::drop(names))])
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.callable" && args.len() == 1 => {
            let Some(path) = tested(body, args[0].value) else { return Default::default() };
            let kind = vec![Name::new("collections.abc.Callable")];
            (vec![(path.clone(), Filter::keep(kind.clone()))], vec![(path, Filter::drop(kind))])
        }
        Node::Block { block, .. } => {
            body.blocks[*block].tail.map_or_else(Default::default, |tail| proves(body, tail))
        }
        _ => Default::default(),
    }
}

/// The place that a condition tests; `(x := f())` tests `x`.
fn tested(body: &Body<Hir>, node: NodeId) -> Option<Path> {
    match &body.nodes[node].kind {
        Node::Block { label: None, block } => tested(body, body.blocks[*block].tail?),
        _ => crate::prep::path_of(body, node),
    }
}

/// Truth of any expression: a path that is true is not None.
fn truth(body: &Body<Hir>, node: NodeId) -> (Facts, Facts) {
    match tested(body, node) {
        Some(path) => (vec![(path, Filter::not_none())], Vec::new()),
        None => proves(body, node),
    }
}

/// `isinstance(x, A) or isinstance(x, B)` on one path.
fn either(one: Facts, other: &Facts) -> Facts {
    let joined = one.into_iter().filter_map(|(path, mut filter)| {
        let (_, second) = other.iter().find(|(known, _)| *known == path)?;
        if filter.keep.is_empty() || second.keep.is_empty() {
            filter.keep.clear();
            filter.drop.retain(|name| second.drop.contains(name));
        } else {
            filter.keep.extend(second.keep.iter().copied());
        }
        Some((path, filter))
    });
    joined.filter(|(_, filter)| !(filter.keep.is_empty() && filter.drop.is_empty())).collect()
}

fn none_test(body: &Body<Hir>, a: NodeId, b: NodeId) -> (Facts, Facts) {
    let node = match (is_none(body, a), is_none(body, b)) {
        (false, true) => a,
        (true, false) => b,
        _ => return Default::default(),
    };
    let Some(path) = tested(body, node) else { return Default::default() };
    let none = vec![Name::new("none")];
    (vec![(path.clone(), Filter::keep(none.clone()))], vec![(path, Filter::drop(none))])
}

pub(crate) fn is_none<L: batuta_core::Level>(body: &Body<L>, node: NodeId) -> bool {
    body.as_const(node) == Some(&Const::None)
}

/// Names of the classes in the second argument of `isinstance`: `int`, `m.C`; empty when not all are known.
pub(crate) fn class_names(body: &Body<Hir>, node: NodeId) -> Vec<Name> {
    match &body.nodes[node].kind {
        Node::Item(name) => vec![class_name(*name)],
        Node::Use(place, _) => match place.root {
            batuta_core::Root::Global(path) if place.proj.is_empty() => vec![path],
            _ => Vec::new(),
        },
        Node::Op { op, args, .. } if op.name() == "tuple.new" || *op == Op::ObjOp(ObjOp::BitOr) => {
            let parts: Vec<_> = args.iter().map(|arg| class_names(body, *arg)).collect();
            if parts.iter().any(Vec::is_empty) { Vec::new() } else { parts.concat() }
        }
        Node::Call { callee: Callee::Lib(name), args } if *name == "builtins.type" && args.len() == 1 => {
            if is_none(body, args[0].value) {
                vec![Name::new("none")]
            } else {
                Vec::new()
            }
        }
        Node::Const(Const::None) => vec![Name::new("none")],
        _ => Vec::new(),
    }
}

fn class_name(item: Name) -> Name {
    match item.as_str().strip_prefix("builtins.") {
        Some(short) => Name::new(short),
        None => item,
    }
}
