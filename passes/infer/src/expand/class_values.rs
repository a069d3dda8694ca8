//! Attributes that are set on a class which a variable holds: `def mark(cls): cls.kind = 1`, `mark(Cat)`.
//!
//! Such an attribute is the class's own one. Which classes the variable may hold is read off the calls of
//! the function and the displays that a loop walks over.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// Paths of the attributes that classes get by way of a variable.
pub(super) fn attributes_by_value(program: &Program<Hir>) -> Vec<Name> {
    let mut asked: FxHashMap<(Name, LocalId), Vec<Name>> = FxHashMap::default();
    for body in program.fns.values() {
        super::attributes::each_target(body, &mut |place| {
            if let (Root::Local(local), [Proj::Field(name)]) = (place.root, &place.proj[..]) {
                asked.entry((body.path, local)).or_default().push(*name);
            }
        });
    }
    if asked.is_empty() {
        return Vec::new();
    }
    let mut found: FxHashSet<Name> = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            for (home, local, class) in held(program, body, &row.kind) {
                let names = asked.get(&(home, local)).into_iter().flatten();
                found.extend(names.map(|name| class.join(name.as_str())));
            }
        }
    }
    found.into_iter().collect()
}

/// Variables that a call or a loop gives a class, by the function that they belong to.
fn held(program: &Program<Hir>, body: &Body<Hir>, node: &Node) -> Vec<(Name, LocalId, Name)> {
    let mut out = Vec::new();
    match node {
        Node::For { pat: Pat::Place(place), iter, .. } => {
            let Some(local) = place.as_local() else { return out };
            if let Node::Op { op: Op::ListOp(ListOp::New) | Op::TupleOp(TupleOp::New), args, .. } =
                &body.nodes[*iter].kind
            {
                let classes = args.iter().filter_map(|arg| class_of(program, body, *arg));
                out.extend(classes.map(|class| (body.path, local, class)));
            }
        }
        Node::Call { callee, args } => {
            let Some((home, params)) = parameters(program, body, callee) else { return out };
            for (at, arg) in args.iter().enumerate() {
                let param = match arg.kind {
                    ArgKind::Positional => params.get(at),
                    ArgKind::Named(name) => params.iter().find(|param| param.name == name),
                    _ => None,
                };
                if let (Some(param), Some(class)) = (param, class_of(program, body, arg.value)) {
                    out.push((home, param.local, class));
                }
            }
        }
        _ => {}
    }
    out
}

/// The parameters that a call binds: those of a function, or of the closure that it gave back.
fn parameters<'a>(
    program: &'a Program<Hir>,
    body: &Body<Hir>,
    callee: &Callee,
) -> Option<(Name, &'a [Param])> {
    match callee {
        Callee::Fn(path) => {
            let path = program.resolve(*path);
            Some((path, &program.fns.get(&path)?.params[..]))
        }
        Callee::Value(made) => {
            let Node::Call { callee: Callee::Fn(path), .. } = &body.nodes[*made].kind else { return None };
            let path = program.resolve(*path);
            let closure = program.fns.get(&path)?.nodes.iter().find_map(|(_, row)| match &row.kind {
                Node::Closure(closure) => Some(closure),
                _ => None,
            })?;
            Some((path, &closure.params[..]))
        }
        _ => None,
    }
}

fn class_of(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> Option<Name> {
    let name = match &body.nodes[node].kind {
        Node::Item(name) => *name,
        Node::Use(Place { root: Root::Global(name), proj }, _) if proj.is_empty() => *name,
        _ => return None,
    };
    let class = program.resolve(name);
    let is_enum = |def: &ClassDef| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_));
    program.classes.get(&class).is_some_and(|def| !is_enum(def)).then_some(class)
}
