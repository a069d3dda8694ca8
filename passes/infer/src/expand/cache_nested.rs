//! Functions inside functions that keep their answers.
//!
//! before                              after
//!   set %go = closure                   set %go_cache = dict.new()
//!     @functools.cache() go(%i) {       set %go = closure go(%i) {
//!     return obj.add(%i, 1)               if obj.in(%i, %go_cache) { return %go_cache[%i] }
//!   }                                     set %result = obj.add(%i, 1)
//!                                         set place %go_cache[%i] = %result
//!                                         return %result
//!                                       }
//!
//! Where nothing but a returned value can be seen, constants are returned as they are. Holds back for
//! packed parameters and generators. Where the program asks `go.cache_info()`, the answers stand in a
//! `functools.Cache`, which counts.

use batuta_base::{Name, Origin};
use batuta_core::*;

const CACHES: [&str; 2] = ["functools.lru_cache", "functools.cache"];

/// Writes out the caches of a body's closures.
pub(crate) fn expand(body: &mut Body<Hir>) {
    let mut found = Vec::new();
    for block in body.blocks.ids() {
        for (at, stmt) in body.blocks[block].stmts.iter().enumerate() {
            if let Some(node) = cached(body, stmt) {
                found.push((block, at, node));
            }
        }
    }
    // Later statements first, so that earlier positions stay true.
    for (block, at, node) in found.into_iter().rev() {
        let Node::Closure(mut closure) = body.nodes[node].kind.clone() else { continue };
        let def = body.blocks[block].stmts[at].clone();
        if keys_differ(body, &closure, &def) {
            continue;
        }
        let bound = closure.decorators.pop().and_then(|decorator| super::cache::bound(body, &decorator));
        let counts = bound.is_some() && !asking(body, &def, "cache_info").is_empty();
        let origin = body.nodes[node].origin;
        let name = closure.name.map_or("function".to_owned(), |name| name.to_string());
        let cache = body.local(&format!("{name}_cache"), Ty::unknown(), origin);
        keep_answers(body, &closure, Answers { cache, counts });
        answer_by_name(body, &def, "cache_clear", cache, "clear");
        body.nodes[node].kind = Node::Closure(closure);
        let empty = match bound.filter(|_| counts) {
            None => body.op(DictOp::New, Vec::new(), Ty::unknown(), origin),
            Some(bound) => {
                answer_by_name(body, &def, "cache_info", cache, "info");
                let bound = bound.map_or(Const::None, |bound| Const::Int(bound.to_string().into()));
                let bound = body.node(Node::Const(bound), Ty::unknown(), origin);
                let callee = Callee::Lib(Name::new("functools.new_cache"));
                body.node(Node::Call { callee, args: vec![Arg::positional(bound)] }, Ty::unknown(), origin)
            }
        };
        let mut start = set(Place::local(cache), empty);
        let stmt = &mut body.blocks[block].stmts[at];
        start.above = std::mem::take(&mut stmt.above);
        start.blank_before = std::mem::take(&mut stmt.blank_before);
        body.blocks[block].stmts.insert(at, start);
    }
}

/// The closure of a statement that defines a cached function.
fn cached(body: &Body<Hir>, stmt: &Stmt) -> Option<NodeId> {
    let StmtKind::Set { value, .. } = &stmt.kind else { return None };
    let Node::Closure(closure) = &body.nodes[*value].kind else { return None };
    let is_cache = closure.decorators.last().is_some_and(|last| CACHES.contains(&last.path.as_str()));
    let is_plain = |param: &Param| matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly);
    let fits = closure.params.iter().all(is_plain) && !closure.params.is_empty();
    (is_cache && fits && !closure.is_generator && !closure.is_async).then_some(*value)
}

/// Whether it can be told that `go(1)` and `go(n=1)` are kept apart: it prints, or is asked, and is called in
/// several ways.
fn keys_differ(body: &Body<Hir>, closure: &Closure, def: &Stmt) -> bool {
    let StmtKind::Set { target: Pat::Place(target), .. } = &def.kind else { return false };
    let mut prints = false;
    body.walk_block(closure.body, &mut |node| {
        prints |= matches!(body.nodes[node].kind, Node::Op { op: Op::IoOp(_), .. });
    });
    let is_ours = |callee: &Callee| match callee {
        Callee::Value(of) => matches!(&body.nodes[*of].kind, Node::Use(place, _) if place == target),
        _ => false,
    };
    (prints || !asking(body, def, "cache_info").is_empty()) && super::cache::ways_to_call([body], is_ours) > 1
}

fn set(place: Place, value: NodeId) -> Stmt {
    Stmt::new(StmtKind::Set { target: Pat::Place(place), value }, Origin::default())
}

fn read(body: &mut Body<Hir>, place: Place) -> NodeId {
    body.node(Node::Use(place, Mode::Read), Ty::unknown(), Origin::default())
}

fn back(body: &mut Body<Hir>, value: NodeId) -> Stmt {
    let node = body.node(Node::Return(Some(value)), Ty::unknown(), Origin::default());
    Stmt::new(StmtKind::Expr(node), Origin::default())
}

/// Asks the cache first, and keeps what is returned.
fn keep_answers(body: &mut Body<Hir>, closure: &Closure, answers: Answers) {
    let blocks = blocks_of(body, closure.body);
    return_none(body, closure.body, &blocks);
    let is_silent = !answers.counts
        && blocks
            .iter()
            .all(|block| body.blocks[*block].stmts.iter().all(|stmt| is_silent(body, closure, stmt)));
    let locals: Vec<LocalId> = closure.params.iter().map(|param| param.local).collect();
    let mut start = Vec::new();
    let key = match locals[..] {
        [only] if assignments(body, only) == 0 => only,
        _ => {
            let key = body.temp("key", Ty::unknown(), Origin::default());
            let parts: Vec<NodeId> = locals.iter().map(|local| read(body, Place::local(*local))).collect();
            let value = match parts[..] {
                [only] => only,
                _ => body.op(TupleOp::New, parts, Ty::unknown(), Origin::default()),
            };
            start.push(set(Place::local(key), value));
            key
        }
    };
    for block in blocks {
        let mut stmts = Vec::new();
        for stmt in std::mem::take(&mut body.blocks[block].stmts) {
            match returned(body, &stmt) {
                Some(value) if !(is_silent && is_constant(body, value)) => {
                    let result = body.temp("result", Ty::unknown(), stmt.origin);
                    let mut first = set(Place::local(result), value);
                    (first.above, first.blank_before) = (stmt.above, stmt.blank_before);
                    stmts.push(first);
                    store(body, answers, key, result, &mut stmts);
                    let value = read(body, Place::local(result));
                    let mut last = back(body, value);
                    last.beside = stmt.beside;
                    stmts.push(last);
                }
                _ => stmts.push(stmt),
            }
        }
        body.blocks[block].stmts = stmts;
    }
    let asked = read(body, Place::local(key));
    let known = match answers.counts {
        true => answers.method(body, "has", vec![asked]),
        false => {
            let all = read(body, Place::local(answers.cache));
            body.op(ObjOp::In, vec![asked, all], Ty::unknown(), Origin::default())
        }
    };
    let known = body.op(ObjOp::Truth, vec![known], Ty::unknown(), Origin::default());
    let at = read(body, Place::local(key));
    let answer = match answers.counts {
        true => answers.method(body, "remembered", vec![at]),
        false => {
            let whole = read(body, Place::local(answers.cache));
            read(body, Place::node(whole).with(Proj::Index(at)))
        }
    };
    let stmts = vec![back(body, answer)];
    let then = body.block(BlockRow { stmts, ..BlockRow::default() });
    let test = body.node(Node::If { cond: known, then, els: None }, Ty::unknown(), Origin::default());
    start.push(Stmt::new(StmtKind::Expr(test), Origin::default()));
    body.blocks[closure.body].stmts.splice(0..0, start);
}

/// Where the answers are kept: a dict, or a `functools.Cache`, which counts.
#[derive(Clone, Copy)]
struct Answers {
    cache: LocalId,
    counts: bool,
}

impl Answers {
    fn method(self, body: &mut Body<Hir>, name: &str, args: Vec<NodeId>) -> NodeId {
        let of = read(body, Place::local(self.cache));
        let args = args.into_iter().map(Arg::positional).collect();
        let callee = Callee::Method(of, Name::new(name));
        body.node(Node::Call { callee, args }, Ty::unknown(), Origin::default())
    }
}

/// `cache[key] = result`.
fn store(body: &mut Body<Hir>, answers: Answers, key: LocalId, result: LocalId, out: &mut Vec<Stmt>) {
    let (at, value) = (read(body, Place::local(key)), read(body, Place::local(result)));
    if answers.counts {
        let keep = answers.method(body, "keep", vec![at, value]);
        out.push(Stmt::new(StmtKind::Expr(keep), Origin::default()));
        return;
    }
    let whole = read(body, Place::local(answers.cache));
    out.push(set(Place::node(whole).with(Proj::Index(at)), value));
}

fn returned(body: &Body<Hir>, stmt: &Stmt) -> Option<NodeId> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    match body.nodes[node].kind {
        Node::Return(value) => value,
        _ => None,
    }
}

/// Writes out `return None` where the body returns without saying so.
fn return_none(body: &mut Body<Hir>, root: BlockId, blocks: &[BlockId]) {
    let bare: Vec<NodeId> = blocks
        .iter()
        .flat_map(|block| &body.blocks[*block].stmts)
        .filter_map(|stmt| match stmt.kind {
            StmtKind::Expr(node) if matches!(body.nodes[node].kind, Node::Return(None)) => Some(node),
            _ => None,
        })
        .collect();
    for node in bare {
        let none = body.node(Node::Const(Const::None), Ty::unknown(), Origin::default());
        body.nodes[node].kind = Node::Return(Some(none));
    }
    let ends = body.blocks[root].stmts.last().is_some_and(|stmt| match stmt.kind {
        StmtKind::Expr(node) => matches!(
            body.nodes[node].kind,
            Node::Return(_) | Node::Raise { .. } | Node::If { els: Some(_), .. } | Node::Match { .. }
        ),
        _ => false,
    });
    if !ends {
        let none = body.node(Node::Const(Const::None), Ty::unknown(), Origin::default());
        let last = back(body, none);
        body.blocks[root].stmts.push(last);
    }
}

/// A literal: what comes before it decides, but computes nothing that is worth keeping.
fn is_constant(body: &Body<Hir>, node: NodeId) -> bool {
    matches!(body.nodes[node].kind, Node::Const(_))
}

/// Has no effect of its own: it binds names of the function, or decides.
fn is_silent(body: &Body<Hir>, closure: &Closure, stmt: &Stmt) -> bool {
    let is_own = |place: &Place| {
        place
            .as_local()
            .is_some_and(|local| mentions(body, body.root, local) == mentions(body, closure.body, local))
    };
    let calls_others = |value: &NodeId| {
        let mut found = false;
        body.walk(Child::Node(*value), &mut |node| {
            found |= match &body.nodes[node].kind {
                Node::Call { callee: Callee::Lib(name), .. } => {
                    batuta_catalog::functions(name.as_str()).iter().any(|row| row.io)
                }
                Node::Call { .. } => true,
                _ => false,
            };
        });
        found
    };
    if let StmtKind::Set { value, .. } | StmtKind::Update { value, .. } = &stmt.kind
        && calls_others(value)
    {
        return false;
    }
    match &stmt.kind {
        StmtKind::Expr(node) => !matches!(
            body.nodes[*node].kind,
            Node::Call { .. } | Node::Op { .. } | Node::With { .. } | Node::Await(_)
        ),
        StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } => is_own(place),
        StmtKind::Set { target: Pat::Tuple(parts), .. } => {
            parts.iter().all(|part| matches!(part, Pat::Place(place) if is_own(place)))
        }
        _ => false,
    }
}

/// How often a block reads or assigns a local.
fn mentions(body: &Body<Hir>, block: BlockId, local: LocalId) -> usize {
    let mut count = 0;
    body.walk_block(block, &mut |node| {
        count += usize::from(
            matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local)),
        );
    });
    body.walk_stmts(block, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => {
            target.for_each_local(&mut |found| count += usize::from(found == local))
        }
        StmtKind::Update { place, .. } => count += usize::from(place.root == Root::Local(local)),
        _ => {}
    });
    count
}

/// The blocks of a function without those of functions inside it.
fn blocks_of(body: &Body<Hir>, root: BlockId) -> Vec<BlockId> {
    fn below(body: &Body<Hir>, child: Child, out: &mut Vec<BlockId>) {
        match child {
            Child::Block(block) => {
                out.push(block);
                let row = &body.blocks[block];
                row.stmts.iter().for_each(|stmt| stmt.for_each_child(&mut |child| below(body, child, out)));
            }
            Child::Node(node) if matches!(body.nodes[node].kind, Node::Closure(_)) => {}
            Child::Node(node) => body.nodes[node].kind.for_each_child(&mut |child| below(body, child, out)),
        }
    }
    let mut out = Vec::new();
    below(body, Child::Block(root), &mut out);
    out
}

/// The calls `go.asked()` of a function that a statement defines.
fn asking(body: &Body<Hir>, def: &Stmt, asked: &str) -> Vec<NodeId> {
    let StmtKind::Set { target: Pat::Place(target), .. } = &def.kind else { return Vec::new() };
    let is_ours = |row: &NodeRow| match &row.kind {
        Node::Call { callee: Callee::Method(of, name), .. } if *name == asked => {
            matches!(&body.nodes[*of].kind, Node::Use(place, _) if place == target)
        }
        _ => false,
    };
    body.nodes.iter().filter(|(_, row)| is_ours(row)).map(|(id, _)| id).collect()
}

/// `go.cache_clear()` empties what keeps the answers, `go.cache_info()` asks it.
fn answer_by_name(body: &mut Body<Hir>, def: &Stmt, asked: &str, cache: LocalId, method: &str) {
    for node in asking(body, def, asked) {
        let whole = read(body, Place::local(cache));
        body.nodes[node].kind =
            Node::Call { callee: Callee::Method(whole, Name::new(method)), args: Vec::new() };
    }
}
