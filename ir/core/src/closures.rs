//! Which closures outlive the call that makes them, and which variables they change.

use crate::{BlockId, Body, Callee, Child, Closure, LocalId, Node, NodeId, Pat, Place, Root, Stmt, StmtKind};
use batuta_base::{FxHashMap, FxHashSet, Name};

/// How a closure is used where it is made.
#[derive(Clone, Debug, Default)]
pub struct ClosureUses {
    /// Stored, returned, or kept by what they are passed to.
    pub escaping: FxHashSet<NodeId>,
    /// Passed to a function of the program that only calls them.
    pub passed: FxHashSet<NodeId>,
    /// Gone when the call that they stand in is done.
    pub brief: FxHashSet<NodeId>,
}

/// What a call does with a function that it is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lending {
    /// A library function calls it before it returns.
    Library,
    /// A function of the program only calls it.
    Called,
    Kept,
}

/// Sorts the closures of a body; those that a library call uses at once, or that a local holds to be
/// called, are in neither set. `lending` answers what a call does with an argument.
pub fn closure_uses<L>(body: &Body<L>, lending: &dyn Fn(NodeId, usize) -> Lending) -> ClosureUses {
    let mut out = ClosureUses::default();
    let mut quiet: FxHashSet<NodeId> = FxHashSet::default();
    let mut lent: FxHashSet<NodeId> = FxHashSet::default();
    let mut valued: FxHashSet<LocalId> = FxHashSet::default();
    let mut passed: FxHashSet<LocalId> = FxHashSet::default();
    body.walk_block(body.root, &mut |node| {
        let Node::Call { callee, args } = &body.nodes[node].kind else { return };
        if let Callee::Value(target) = callee {
            quiet.insert(*target);
        }
        for (at, arg) in args.iter().enumerate() {
            match lending(node, at) {
                Lending::Library => quiet.insert(arg.value),
                Lending::Called => lent.insert(arg.value),
                Lending::Kept => false,
            };
        }
    });
    body.walk_block(body.root, &mut |node| {
        if let Node::Use(place, _) = &body.nodes[node].kind
            && !quiet.contains(&node)
        {
            match lent.contains(&node) {
                true => passed.extend(place.as_local()),
                false => valued.extend(place.as_local()),
            }
        }
    });
    let mut held: FxHashSet<NodeId> = FxHashSet::default();
    let mut held_to_pass: FxHashSet<NodeId> = FxHashSet::default();
    body.walk_stmts(body.root, &mut |stmt| {
        let (StmtKind::Set { target, value } | StmtKind::Let { pat: target, value: Some(value) }) =
            &stmt.kind
        else {
            return;
        };
        let local = match target {
            Pat::Place(place) => place.as_local(),
            Pat::Bind(local, None) => Some(*local),
            _ => None,
        };
        let Some(local) = local.filter(|local| !valued.contains(local)) else { return };
        match passed.contains(&local) {
            true => held_to_pass.insert(*value),
            false => held.insert(*value),
        };
    });
    body.walk_block(body.root, &mut |node| {
        let Node::Closure(closure) = &body.nodes[node].kind else { return };
        if closure.is_async || closure.is_generator {
            // Its body runs when the call is over.
            out.escaping.insert(node);
            return;
        }
        if quiet.contains(&node) || lent.contains(&node) {
            out.brief.insert(node);
        }
        if quiet.contains(&node) || held.contains(&node) {
            return;
        }
        if lent.contains(&node) || held_to_pass.contains(&node) {
            out.passed.insert(node);
        } else {
            out.escaping.insert(node);
        }
    });
    called_by_escaping(body, &mut out);
    out
}

/// Whether a library function keeps the function that it is given there: a `defaultdict` calls one that reads
/// variables around it for as long as it lives.
pub fn is_kept_factory<L>(body: &Body<L>, name: Name, given: NodeId) -> bool {
    match &body.nodes[given].kind {
        Node::Closure(closure) => {
            name.as_str().split('#').next() == Some("collections.defaultdict") && reads_around(body, closure)
        }
        _ => false,
    }
}

/// Whether a closure uses variables of the code around it.
fn reads_around<L>(body: &Body<L>, closure: &Closure) -> bool {
    let mentions = |block: BlockId| {
        let mut out: FxHashMap<LocalId, usize> = FxHashMap::default();
        let mut see = |local: LocalId| *out.entry(local).or_default() += 1;
        body.walk_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target: pat, .. } | StmtKind::Let { pat, .. } => pat.for_each_local(&mut see),
            _ => {}
        });
        body.walk_block(block, &mut |node| {
            if let Node::Use(Place { root: Root::Local(local), .. }, _) = &body.nodes[node].kind {
                see(*local);
            }
        });
        out
    };
    let (all, inside) = (mentions(body.root), mentions(closure.body));
    inside.iter().any(|(local, count)| {
        body.params.iter().any(|param| param.local == *local) || all.get(local).is_some_and(|all| all > count)
    })
}

/// A closure in a local goes where one that calls it goes.
fn called_by_escaping<L>(body: &Body<L>, out: &mut ClosureUses) {
    let mut holders: Vec<(LocalId, NodeId)> = Vec::new();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
            && let Some(local) = place.as_local()
            && matches!(body.nodes[*value].kind, Node::Closure(_))
        {
            holders.push((local, *value));
        }
    });
    loop {
        let mut found = Vec::new();
        for node in &out.escaping {
            let Node::Closure(closure) = &body.nodes[*node].kind else { continue };
            if closure.is_async || closure.is_generator {
                continue;
            }
            body.walk_block(closure.body, &mut |inner| {
                let Node::Use(place, _) = &body.nodes[inner].kind else { return };
                let held = holders.iter().filter(|(local, _)| place.as_local() == Some(*local));
                found.extend(held.map(|(_, closure)| *closure));
            });
        }
        found.retain(|closure| !out.escaping.contains(closure));
        if found.is_empty() {
            return;
        }
        for closure in found {
            out.brief.remove(&closure);
            out.passed.remove(&closure);
            out.escaping.insert(closure);
        }
    }
}

/// How often each local is assigned as a whole, anywhere in a body.
pub fn assignments<L>(body: &Body<L>, local: LocalId) -> usize {
    let mut count = usize::from(body.params.iter().any(|param| param.local == local));
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } | StmtKind::Let { pat: target, value: Some(_) } => {
            target.for_each_local(&mut |found| count += usize::from(found == local));
        }
        StmtKind::Update { place, .. } => count += usize::from(place.as_local() == Some(local)),
        _ => {}
    });
    body.walk_block(body.root, &mut |node| {
        // Each turn assigns anew.
        if let Node::For { pat, .. } = &body.nodes[node].kind {
            pat.for_each_local(&mut |found| count += usize::from(found == local));
        }
    });
    count
}

/// Whether a local is assigned in a loop: each turn anew.
pub fn assigned_in_loop<L>(body: &Body<L>, local: LocalId) -> bool {
    let mut found = false;
    body.walk_block(body.root, &mut |node| {
        let block = match &body.nodes[node].kind {
            Node::For { pat, body: block, .. } => {
                pat.for_each_local(&mut |bound| found |= bound == local);
                *block
            }
            Node::While { body: block, .. } | Node::Loop { body: block, .. } => *block,
            _ => return,
        };
        body.walk_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => target.for_each_local(&mut |set| found |= set == local),
            StmtKind::Update { place, .. } => found |= place.as_local() == Some(local),
            _ => {}
        });
    });
    found
}

/// Replaces a local by another below a block.
pub fn rename<L>(body: &mut Body<L>, block: crate::BlockId, from: LocalId, to: LocalId) {
    let mut nodes = Vec::new();
    body.walk_block(block, &mut |node| nodes.push(node));
    let mut blocks = vec![block];
    for node in nodes {
        body.nodes[node].kind.for_each_child(&mut |child| {
            if let Child::Block(block) = child {
                blocks.push(block);
            }
        });
        if let Node::Use(place, _) = &mut body.nodes[node].kind
            && place.root == Root::Local(from)
        {
            place.root = Root::Local(to);
        }
    }
    for block in blocks {
        body.blocks[block].stmts.iter_mut().for_each(|stmt| rename_stmt(stmt, from, to));
    }
}

fn rename_stmt(stmt: &mut Stmt, from: LocalId, to: LocalId) {
    match &mut stmt.kind {
        StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } => rename_pat(target, from, to),
        StmtKind::Update { place, .. } | StmtKind::Del(place) if place.root == Root::Local(from) => {
            place.root = Root::Local(to);
        }
        _ => {}
    }
}

/// Gives a variable that a pattern binds or writes into another name.
pub fn rename_pat(pat: &mut Pat, from: LocalId, to: LocalId) {
    match pat {
        Pat::Bind(local, part) => {
            if *local == from {
                *local = to;
            }
            part.iter_mut().for_each(|part| rename_pat(part, from, to));
        }
        Pat::Place(place) if place.root == Root::Local(from) => place.root = Root::Local(to),
        Pat::Tuple(parts) | Pat::Or(parts) => parts.iter_mut().for_each(|part| rename_pat(part, from, to)),
        Pat::List { front, rest, back } => {
            front.iter_mut().chain(back).for_each(|part| rename_pat(part, from, to));
            rest.iter_mut().for_each(|part| rename_pat(part, from, to));
        }
        _ => {}
    }
}

/// Locals below a closure's body, its own included.
pub fn mentioned<L>(body: &Body<L>, closure: &Closure) -> FxHashSet<LocalId> {
    let mut out = FxHashSet::default();
    body.walk_block(closure.body, &mut |node| {
        if let Node::Use(place, _) = &body.nodes[node].kind
            && let Root::Local(local) = place.root
        {
            out.insert(local);
        }
    });
    body.walk_stmts(closure.body, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => target.for_each_local(&mut |local| {
            out.insert(local);
        }),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => out.extend(root(place)),
        _ => {}
    });
    body.walk_stmts(closure.body, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), .. } = &stmt.kind {
            out.extend(root(place));
        }
    });
    out
}

fn root(place: &crate::Place) -> Option<LocalId> {
    match place.root {
        Root::Local(local) => Some(local),
        _ => None,
    }
}
