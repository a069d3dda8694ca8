//! What a thread runs is one function without parameters.
//!
//! before                                                    after
//!   call @threads.Thread(target= @m.work, args= (%i,))        call @threads.Thread(target= partial(@m.work, %i),
//!                                                                 _word= " (work)")
//!   lib:asyncio.to_thread(@m.work, %i)                        lib:asyncio.to_thread(partial(@m.work, %i))

use super::partial::WHOLE;
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const TO_THREAD: &str = "asyncio.to_thread";
const THREAD: &str = "threads.Thread";

/// Rewrites the threads of the program.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_handed = |row: &NodeRow| matches!(&row.kind, Node::Call { callee: Callee::Lib(name), args } if *name == TO_THREAD && args.len() > 1);
    for body in program.fns.values_mut() {
        let calls: Vec<NodeId> =
            body.nodes.iter().filter(|(_, row)| is_handed(row)).map(|(id, _)| id).collect();
        for call in calls {
            let body = Arc::make_mut(body);
            let Node::Call { callee, args } = body.nodes[call].kind.clone() else { continue };
            let partial = Callee::Lib(Name::new(WHOLE));
            let origin = body.nodes[call].origin;
            let function = body.node(Node::Call { callee: partial, args }, Ty::unknown(), origin);
            body.nodes[call].kind = Node::Call { callee, args: vec![Arg::positional(function)] };
        }
    }
    call_later(program);
    if !program.classes.contains_key(&Name::new(THREAD)) {
        return;
    }
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let calls: Vec<NodeId> = program.fns[&path]
            .nodes
            .ids()
            .filter(|id| is_thread(program, &program.fns[&path], *id))
            .collect();
        if calls.is_empty() {
            continue;
        }
        let body = Arc::make_mut(&mut program.fns[&path]);
        calls.into_iter().for_each(|call| write(body, call));
    }
}

/// `loop.call_later(1, f, x)` calls `partial(f, x)`, where no class of the program has such a method.
fn call_later(program: &mut Program<Hir>) {
    const LATER: [(&str, usize); 2] = [("call_later", 1), ("call_soon", 0)];
    if program.fns.keys().any(|path| LATER.iter().any(|(name, _)| *name == path.last())) {
        return;
    }
    for body in program.fns.values_mut() {
        let mut found = Vec::new();
        for (id, row) in body.nodes.iter() {
            let Node::Call { callee: Callee::Method(_, name), args } = &row.kind else { continue };
            let Some((_, at)) = LATER.iter().find(|(later, _)| *later == name.as_str()) else { continue };
            if args.len() > at + 1 && args.iter().all(|arg| arg.kind == ArgKind::Positional) {
                found.push((id, *at));
            }
        }
        for (call, at) in found {
            let body = Arc::make_mut(body);
            let Node::Call { callee, mut args } = body.nodes[call].kind.clone() else { continue };
            let given = args.split_off(at);
            let partial = Callee::Lib(Name::new(WHOLE));
            let origin = body.nodes[call].origin;
            let function = body.node(Node::Call { callee: partial, args: given }, Ty::unknown(), origin);
            args.push(Arg::positional(function));
            body.nodes[call].kind = Node::Call { callee, args };
        }
    }
}

fn is_thread(program: &Program<Hir>, body: &Body<Hir>, node: NodeId) -> bool {
    let Node::Call { callee, args } = &body.nodes[node].kind else { return false };
    let is_made = match callee {
        Callee::Fn(path) => program.resolve(*path) == THREAD,
        Callee::Super(name) => {
            *name == "__init__" && program.mro(body.path.parent()).contains(&Name::new(THREAD))
        }
        _ => false,
    };
    is_made && args.iter().any(|arg| matches!(arg.kind, ArgKind::Named(name) if name == "target"))
}

fn write(body: &mut Body<Hir>, call: NodeId) {
    let Node::Call { callee, args } = body.nodes[call].kind.clone() else { return };
    let origin = body.nodes[call].origin;
    let named = |word: &str| {
        let is_it = |arg: &&Arg| matches!(arg.kind, ArgKind::Named(name) if name == word);
        args.iter().find(is_it).map(|arg| arg.value)
    };
    let Some(target) = named("target") else { return };
    let mut given = vec![Arg::positional(target)];
    if let Some(list) = named("args") {
        match &body.nodes[list].kind {
            Node::Op { op: Op::TupleOp(TupleOp::New) | Op::ListOp(ListOp::New), args, .. } => {
                given.extend(args.iter().map(|arg| Arg::positional(*arg)));
            }
            _ => given.push(Arg { kind: ArgKind::Star, value: list }),
        }
    }
    if let Some(map) = named("kwargs") {
        let entries = match &body.nodes[map].kind {
            Node::Op { op: Op::DictOp(DictOp::New), args, .. } => {
                let pairs = args.chunks(2).map(|pair| match body.as_const(pair[0]) {
                    Some(Const::Str(text)) if pair.len() == 2 => {
                        Some(Arg { kind: ArgKind::Named(Name::new(text)), value: pair[1] })
                    }
                    _ => None,
                });
                pairs.collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        given.extend(entries.unwrap_or_else(|| vec![Arg { kind: ArgKind::StarStar, value: map }]));
    }
    let word = word_of(body, target);
    let target = match given.len() {
        1 => target,
        _ => {
            let callee = Callee::Lib(Name::new(WHOLE));
            body.node(Node::Call { callee, args: given }, Ty::unknown(), origin)
        }
    };
    let has_name = named("name").is_some();
    let mut out: Vec<Arg> = Vec::new();
    for arg in args {
        match arg.kind {
            ArgKind::Named(name) if matches!(name.as_str(), "args" | "kwargs") => {}
            ArgKind::Named(name) if name == "target" => out.push(Arg { value: target, ..arg }),
            _ => out.push(arg),
        }
    }
    if let Some(word) = word.filter(|_| !has_name) {
        let text = Node::Const(Const::Str(format!(" ({word})").as_str().into()));
        let value = body.node(text, Ty::unknown(), origin);
        out.push(Arg { kind: ArgKind::Named(Name::new("_word")), value });
    }
    body.nodes[call].kind = Node::Call { callee, args: out };
}

/// What the target is called: it is a part of the thread's name.
fn word_of(body: &Body<Hir>, target: NodeId) -> Option<String> {
    match &body.nodes[target].kind {
        Node::Item(path) => Some(path.last().to_owned()),
        Node::Use(place, _) => match (place.root, place.proj.last()) {
            (_, Some(Proj::Field(name))) => Some(name.to_string()),
            (Root::Global(path), None) => Some(path.last().to_owned()),
            (Root::Local(local), None) => Some(body.locals[local].name.to_string()),
            _ => None,
        },
        Node::Closure(closure) => Some(closure.name.map_or("<lambda>".to_owned(), |name| name.to_string())),
        _ => None,
    }
}
