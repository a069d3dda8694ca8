//! Nested functions that are only called become functions of the module; what they capture becomes
//! parameters.
//!
//! before (Typed)                                    after (Typed)
//!   fn @m.solve(%n: int) -> int {                     fn @m.place(%count: &mut int, %n: int, %row: int) -> none
//!     set place %count = 0                            fn @m.solve(%n: int) -> int {
//!     set place %place = closure place(%row) {          set place %count = 0
//!       update %count int.add 1                         call @m.place(%count, %n, 0)
//!     }                                                 return %count
//!     value (%place)(0)                               }
//!     return %count
//!   }
//!
//! One that reads the receiver of its method becomes a method. Each call passes the captured variables as they are at that moment, which is what the source
//! reads; a variable that the function assigns is passed by `&mut`. Holds back when the function is
//! used as a value: then it stays a closure.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Lifts what can be lifted, until nothing more can.
pub fn lift(program: &Program<Typed>) -> Program<Typed> {
    let mut out = program.clone();
    for _ in 0..4 {
        let mut changed = false;
        for path in out.fns.keys().copied().collect::<Vec<_>>() {
            changed |= lift_body(&mut out, path);
        }
        if !changed {
            break;
        }
    }
    out
}

struct Nested {
    local: LocalId,
    path: Name,
    closure: Closure,
    /// In order of first use: what the function reads or assigns outside itself.
    captured: Vec<LocalId>,
}

fn lift_body(program: &mut Program<Typed>, path: Name) -> bool {
    let body = program.fns[&path].clone();
    let mut nested = find(program, &body);
    if nested.is_empty() {
        return false;
    }
    close_captures(&mut nested);
    let assigned = assigned_inside(&body, &nested);
    let class = path.parent();
    let receiver = body.params.first().map(|param| param.local).filter(|_| body.has_receiver());
    let receiver = receiver.filter(|this| !assigned.contains(this) && program.classes.contains_key(&class));
    for found in &mut nested {
        let at = found.captured.iter().position(|local| Some(*local) == receiver);
        if let Some(at) = at {
            found.captured[..=at].rotate_right(1);
            found.path = class.join(&free_member(program, found.path.last()));
        }
    }
    let mut new_body = (*body).clone();
    let by_local: FxHashMap<LocalId, usize> =
        nested.iter().enumerate().map(|(at, found)| (found.local, at)).collect();
    rewrite_calls(&mut new_body, &nested, &by_local);
    let mut made = Vec::new();
    for found in &nested {
        made.push((found.path, lifted(&new_body, found, &assigned)));
    }
    remove_definitions(&mut new_body, &by_local);
    program.fns.insert(path, Arc::new(new_body));
    for (new_path, mut body) in made {
        if new_path.parent() == class && receiver.is_some() {
            body.kind = FnKind::Method;
            let def = Arc::make_mut(program.classes.get_mut(&class).expect("it is the method's class"));
            def.methods.push(new_path);
        } else {
            add_item(program, path, new_path);
        }
        program.fns.insert(new_path, Arc::new(body));
    }
    true
}

/// Named closures whose local is assigned once and only called.
fn find(program: &Program<Typed>, body: &Body<Typed>) -> Vec<Nested> {
    let mut uses: FxHashMap<LocalId, u32> = FxHashMap::default();
    let mut calls: FxHashMap<LocalId, u32> = FxHashMap::default();
    body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
        Node::Use(place, _) => {
            if let Root::Local(local) = place.root {
                *uses.entry(local).or_default() += 1;
            }
        }
        Node::Call { callee: Callee::Value(target), .. } => {
            if let Node::Use(place, _) = &body.nodes[*target].kind
                && let Some(local) = place.as_local()
            {
                *calls.entry(local).or_default() += 1;
            }
        }
        _ => {}
    });
    let mut defs: FxHashMap<LocalId, u32> = FxHashMap::default();
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target, .. } = &stmt.kind {
            target.for_each_local(&mut |local| *defs.entry(local).or_default() += 1);
        }
    });
    let mut found = Vec::new();
    let mut taken = FxHashSet::default();
    body.walk_stmts(body.root, &mut |stmt| {
        let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
        let (Some(local), Node::Closure(closure)) = (place.as_local(), &body.nodes[*value].kind) else {
            return;
        };
        // A lambda is lifted where it has to see what its variables become.
        let changes = || {
            let mut captured = captures(body, closure, local).into_iter();
            captured.any(|local| varies(body, local) || parts_change(body, closure, local))
        };
        let own = || changes().then(|| body.locals[local].name);
        let Some(name) = closure.name.or_else(own) else { return };
        let only_called = uses.get(&local) == calls.get(&local) && defs.get(&local) == Some(&1);
        if !only_called || !closure.decorators.is_empty() {
            return;
        }
        let path = free_path(program, body.path, name, &mut taken);
        let captured = captures(body, closure, local);
        // A body that is suspended reads its captures later, and others may change them meanwhile.
        let suspends = closure.is_generator || closure.is_async;
        if suspends && captured.iter().any(|local| varies(body, *local)) {
            return;
        }
        found.push(Nested { local, path, closure: closure.clone(), captured });
    });
    keep_beside_closures(body, &mut found);
    found
}

/// A function that assigns a variable which a closure holds, too, stays a closure: both hold one cell.
fn keep_beside_closures(body: &Body<Typed>, found: &mut Vec<Nested>) {
    loop {
        let mut held = Vec::new();
        for (_, row) in body.nodes.iter() {
            if let Node::Closure(closure) = &row.kind
                && !found.iter().any(|nested| nested.closure.body == closure.body)
            {
                mentioned(body, closure.body, &mut held);
            }
        }
        let assigns = |nested: &Nested| {
            let mut found = false;
            body.walk_stmts(nested.closure.body, &mut |stmt| match &stmt.kind {
                StmtKind::Set { target, .. } => {
                    target.for_each_local(&mut |local| {
                        found |= held.contains(&local) && nested.captured.contains(&local);
                    });
                }
                StmtKind::Update { place, .. } => {
                    found |= place
                        .as_local()
                        .is_some_and(|local| held.contains(&local) && nested.captured.contains(&local));
                }
                _ => {}
            });
            found
        };
        let count = found.len();
        found.retain(|nested| !assigns(nested));
        if found.len() == count {
            return;
        }
    }
}

/// Whether a variable gets more than one value.
fn varies(body: &Body<Typed>, local: LocalId) -> bool {
    let mut in_loop = false;
    body.walk_block(body.root, &mut |node| {
        let turn = match &body.nodes[node].kind {
            Node::For { pat, body, .. } => {
                pat.for_each_local(&mut |found| in_loop |= found == local);
                body
            }
            Node::While { body, .. } | Node::Loop { body, .. } => body,
            _ => return,
        };
        body.walk_stmts(*turn, &mut |stmt| {
            if let StmtKind::Set { target, .. } = &stmt.kind {
                target.for_each_local(&mut |found| in_loop |= found == local);
            }
            in_loop |=
                matches!(&stmt.kind, StmtKind::Update { place, .. } if place.root == Root::Local(local));
        });
    });
    in_loop || assignments(body, local) > 1
}

/// Whether code around a closure changes a part of what a variable holds.
fn parts_change(body: &Body<Typed>, closure: &Closure, local: LocalId) -> bool {
    if !body.locals[local].ty.strip_ref().is_mutable() {
        return false;
    }
    let count = |block: BlockId| {
        let mut out = 0;
        let mut see = |place: &Place| {
            out += usize::from(place.root == Root::Local(local) && !place.proj.is_empty());
        };
        body.walk_stmts(block, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut see),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
            _ => {}
        });
        body.walk_block(block, &mut |node| {
            let (Node::Call { args, .. }, Some(first)) = (&body.nodes[node].kind, first_operand(body, node))
            else {
                return;
            };
            let is_meant =
                matches!(&body.nodes[first].kind, Node::Use(place, _) if place.root == Root::Local(local));
            out += usize::from(is_meant && !args.is_empty() && changes_first(&body.nodes[node].kind));
        });
        out
    };
    count(body.root) > count(closure.body)
}

/// The first argument of a call.
fn first_operand(body: &Body<Typed>, node: NodeId) -> Option<NodeId> {
    match &body.nodes[node].kind {
        Node::Call { args, .. } => args.first().map(|arg| arg.value),
        _ => None,
    }
}

/// Whether a call may change its first argument.
fn changes_first(call: &Node) -> bool {
    match call {
        Node::Call { callee: Callee::Lib(name), .. } => {
            let name = name.as_str().split('#').next().unwrap_or_default();
            let rows = batuta_catalog::functions(name);
            rows.iter()
                .any(|row| row.params.first().is_some_and(|param| param.take == batuta_catalog::Take::Write))
        }
        Node::Call { .. } => true,
        _ => false,
    }
}

/// A name that no class has for something else.
fn free_member(program: &Program<Typed>, name: &str) -> String {
    let is_taken = |name: &str| {
        program.classes.values().any(|def| {
            def.fields.iter().any(|field| field.name == name)
                || def.methods.iter().chain(&def.attributes).any(|path| path.last() == name)
        })
    };
    let numbers = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbers);
    names.find(|name| !is_taken(name)).expect("numbers do not end")
}

/// `m.name` when no item has that path, else `m.outer_name`.
fn free_path(program: &Program<Typed>, outer: Name, name: Name, taken: &mut FxHashSet<Name>) -> Name {
    let module = program
        .modules
        .keys()
        .copied()
        .filter(|module| outer.as_str().starts_with(&format!("{module}.")))
        .max_by_key(|module| module.as_str().len())
        .unwrap_or(outer.parent());
    let outer_name = outer.last().trim_matches(['<', '>']);
    let candidates = std::iter::once(name.to_string())
        .chain(std::iter::once(format!("{outer_name}_{name}")))
        .chain((2..).map(|number| format!("{outer_name}_{name}_{number}")));
    for candidate in candidates {
        let path = module.join(&candidate);
        let used = program.fns.contains_key(&path)
            || program.classes.contains_key(&path)
            || program.globals.contains_key(&path);
        if !used && taken.insert(path) {
            return path;
        }
    }
    unreachable!("numbers do not end")
}

/// Outer locals that a closure mentions, in order.
fn captures(body: &Body<Typed>, closure: &Closure, own: LocalId) -> Vec<LocalId> {
    let mut inside = Vec::new();
    mentioned(body, closure.body, &mut inside);
    let mut outside: FxHashSet<LocalId> = body.params.iter().map(|param| param.local).collect();
    outside_mentions(body, body.root, closure.body, &mut outside);
    let params: FxHashSet<LocalId> = closure.params.iter().map(|param| param.local).collect();
    let mut out = Vec::new();
    for local in inside {
        if local != own && outside.contains(&local) && !params.contains(&local) && !out.contains(&local) {
            out.push(local);
        }
    }
    out
}

fn mentioned(body: &Body<Typed>, block: BlockId, out: &mut Vec<LocalId>) {
    body.walk_stmts(block, &mut |stmt| stmt_locals(stmt, out));
    body.walk_block(block, &mut |node| node_locals(&body.nodes[node].kind, out));
}

fn stmt_locals(stmt: &Stmt, out: &mut Vec<LocalId>) {
    match &stmt.kind {
        StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } => pat_locals(pat, out),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => out.extend(root_local(place)),
        StmtKind::Expr(_) => {}
    }
}

fn root_local(place: &Place) -> Option<LocalId> {
    match place.root {
        Root::Local(local) => Some(local),
        _ => None,
    }
}

fn pat_locals(pat: &Pat, out: &mut Vec<LocalId>) {
    match pat {
        Pat::Bind(local, _) | Pat::Map { rest: Some(local), .. } => out.push(*local),
        Pat::Place(place) => out.extend(root_local(place)),
        _ => {}
    }
    pat.for_each_part(&mut |part| pat_locals(part, out));
}

fn node_locals(node: &Node, out: &mut Vec<LocalId>) {
    match node {
        Node::Use(place, _) => out.extend(root_local(place)),
        Node::For { pat, .. } => pat_locals(pat, out),
        Node::Match { arms, .. } => arms.iter().for_each(|arm| pat_locals(&arm.pat, out)),
        Node::With { items, .. } => {
            items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| pat_locals(pat, out));
        }
        Node::Try { handlers, .. } => out.extend(handlers.iter().filter_map(|handler| handler.bind)),
        _ => {}
    }
}

fn outside_mentions(body: &Body<Typed>, block: BlockId, skip: BlockId, out: &mut FxHashSet<LocalId>) {
    if block == skip {
        return;
    }
    let mut found = Vec::new();
    let row = &body.blocks[block];
    for stmt in &row.stmts {
        stmt_locals(stmt, &mut found);
        stmt.for_each_child(&mut |child| outside_child(body, child, skip, out));
    }
    row.tail.iter().for_each(|tail| outside_child(body, Child::Node(*tail), skip, out));
    out.extend(found);
}

fn outside_child(body: &Body<Typed>, child: Child, skip: BlockId, out: &mut FxHashSet<LocalId>) {
    match child {
        Child::Block(block) => outside_mentions(body, block, skip, out),
        Child::Node(node) => {
            let mut found = Vec::new();
            node_locals(&body.nodes[node].kind, &mut found);
            out.extend(found);
            body.nodes[node].kind.for_each_child(&mut |child| outside_child(body, child, skip, out));
        }
    }
}

/// A function that calls a lifted one captures what that one captures.
fn close_captures(nested: &mut [Nested]) {
    let locals: Vec<LocalId> = nested.iter().map(|found| found.local).collect();
    loop {
        let mut changed = false;
        for at in 0..nested.len() {
            let callees: Vec<usize> = nested[at]
                .captured
                .iter()
                .filter_map(|local| locals.iter().position(|l| l == local))
                .collect();
            for callee in callees {
                for local in nested[callee].captured.clone() {
                    let own = nested[at].closure.params.iter().any(|param| param.local == local);
                    if !own && local != nested[at].local && !nested[at].captured.contains(&local) {
                        nested[at].captured.push(local);
                        changed = true;
                    }
                }
            }
        }
        if !changed {
            break;
        }
    }
    for found in nested.iter_mut() {
        found.captured.retain(|local| !locals.contains(local));
    }
}

/// Captured locals that some nested function assigns as a whole.
fn assigned_inside(body: &Body<Typed>, nested: &[Nested]) -> FxHashSet<LocalId> {
    let mut out = FxHashSet::default();
    for found in nested {
        let mut add = |local: LocalId| {
            if found.captured.contains(&local) {
                out.insert(local);
            }
        };
        body.walk_stmts(found.closure.body, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => target.for_each_local(&mut add),
            StmtKind::Update { place, .. } => place.as_local().into_iter().for_each(&mut add),
            _ => {}
        });
        body.walk_block(found.closure.body, &mut |node| {
            if let Node::For { pat, .. } = &body.nodes[node].kind {
                pat.for_each_local(&mut add);
            }
        });
    }
    out
}

fn rewrite_calls(body: &mut Body<Typed>, nested: &[Nested], by_local: &FxHashMap<LocalId, usize>) {
    for id in body.nodes.ids() {
        let Node::Call { callee: Callee::Value(target), args } = body.nodes[id].kind.clone() else {
            continue;
        };
        let Node::Use(place, _) = &body.nodes[target].kind else { continue };
        let Some(found) = place.as_local().and_then(|local| by_local.get(&local)).map(|at| &nested[*at])
        else {
            continue;
        };
        let origin = body.nodes[id].origin;
        let mut all: Vec<Arg> = Vec::new();
        for local in &found.captured {
            let node = body.use_local(*local, Mode::Read, origin);
            body.nodes[node].ty = body.nodes[node].ty.strip_ref();
            all.push(Arg::positional(node));
        }
        all.extend(args);
        body.nodes[id].kind = Node::Call { callee: Callee::Fn(found.path), args: all };
    }
}

/// The nested function as a body of its own; it keeps the tables of the outer one.
fn lifted(outer: &Body<Typed>, found: &Nested, assigned: &FxHashSet<LocalId>) -> Body<Typed> {
    let mut body = outer.clone();
    body.path = found.path;
    body.kind = FnKind::Function;
    body.decorators = Vec::new();
    body.doc = found.closure.doc.clone();
    body.is_generator = found.closure.is_generator;
    body.is_async = found.closure.is_async;
    body.ret = found.closure.ret;
    body.root = found.closure.body;
    body.params = Vec::new();
    for local in &found.captured {
        let name = body.locals[*local].name;
        if assigned.contains(local) {
            let ty = body.locals[*local].ty.strip_ref();
            body.locals[*local].ty = ty.reference_mut();
        }
        body.params.push(Param { name, local: *local, kind: ParamKind::Normal, default: None });
    }
    body.params.extend(found.closure.params.iter().map(|param| Param { default: None, ..param.clone() }));
    body
}

fn remove_definitions(body: &mut Body<Typed>, by_local: &FxHashMap<LocalId, usize>) {
    for (_, block) in body.blocks.iter_mut() {
        let mut carried: Vec<Comment> = Vec::new();
        let stmts = std::mem::take(&mut block.stmts);
        for mut stmt in stmts {
            let is_definition = matches!(&stmt.kind, StmtKind::Set { target: Pat::Place(place), .. }
                if place.as_local().is_some_and(|local| by_local.contains_key(&local)));
            if is_definition {
                carried.append(&mut stmt.above);
                continue;
            }
            if !carried.is_empty() {
                carried.append(&mut stmt.above);
                stmt.above = std::mem::take(&mut carried);
            }
            block.stmts.push(stmt);
        }
        if !carried.is_empty() {
            carried.append(&mut block.end_comments);
            block.end_comments = carried;
        }
    }
}

/// The new function stands in its module before the item that holds the old one.
fn add_item(program: &mut Program<Typed>, outer: Name, path: Name) {
    let module = program
        .modules
        .iter()
        .filter(|(module, _)| outer.as_str().starts_with(&format!("{module}.")))
        .max_by_key(|(module, _)| module.as_str().len())
        .map(|(module, _)| *module);
    let Some(module) = module.and_then(|module| program.modules.get_mut(&module)) else { return };
    let module = Arc::make_mut(module);
    let holds = |item: Item| match item {
        Item::Fn(found) => found == outer,
        Item::Class(class) => outer.as_str().starts_with(&format!("{class}.")),
        _ => false,
    };
    let at = module.items.iter().position(|row| holds(row.item));
    let base = at.map_or(0, |at| module.items[at].base);
    let at = at.unwrap_or(module.items.len());
    module.items.insert(at, ItemRow { item: Item::Fn(path), above: Vec::new(), base });
}
