//! Functions and properties that keep their answers.
//!
//! before                              after
//!   @functools.cache()                  fn @m.fib_uncached(%n) { .. }
//!   fn @m.fib(%n) { .. }                fn @m.fib(%n) {
//!                                         if obj.in(%n, @m.fib_cache) { return @m.fib_cache[%n] }
//!                                         set %result = call @m.fib_uncached(%n)
//!                                         set place @m.fib_cache[%n] = %result
//!                                         return %result
//!                                       }
//!
//! A bound on the number of answers is kept where it can be seen: the function has effects, or someone asks for
//! `cache_info()`. Then the answers stand in a `functools.Cache` instead of a dict. Holds back for methods, whose
//! objects would be keys, and for functions without plain parameters.

use super::decorate::{Late, add_global, decorators_left, free_path, move_away};
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const CACHES: [&str; 2] = ["functools.lru_cache", "functools.cache"];

/// `@lru_cache(..)` and `@cache`.
pub(super) fn is_cache(mark: &Decorator) -> bool {
    CACHES.contains(&mark.path.as_str())
}

/// Writes out the innermost decorator of a function if it is a cache.
pub(crate) fn expand(program: &mut Program<Hir>, path: Name, late: &mut Vec<Late>) -> bool {
    let body = program.fns[&path].clone();
    let Some(decorator) = body.decorators.last() else { return false };
    if decorator.path == "functools.cached_property" {
        return super::cached_property::expand(program, &body);
    }
    let plain =
        body.params.iter().all(|param| matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly));
    let is_function = body.kind == FnKind::Function && !body.is_generator && !body.is_async;
    if !CACHES.contains(&decorator.path.as_str()) || !plain || !is_function || body.params.is_empty() {
        return false;
    }
    let prints = body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Op { op: Op::IoOp(_), .. }));
    let is_ours = |callee: &Callee| matches!(callee, Callee::Fn(found) if *found == path);
    // `f(1)` and `f(n=1)` are kept apart, which can be told here.
    if (prints || asks(program, path, "cache_info"))
        && ways_to_call(program.fns.values().map(|body| &**body), is_ours) > 1
    {
        return false;
    }
    let inner = free_path(program, path, "uncached");
    let cache = free_path(program, path, "cache");
    let bound = bound(&body, decorator);
    let Some(bound) = bound else { return false };
    let is_seen = has_effects(&body) && bound.is_some() || asks(program, path, "cache_info");
    move_away(program, path, inner);
    add_global(program, path, cache);
    let made = if is_seen { counted(&body, inner, cache) } else { cached(&body, inner, cache) };
    program.fns.insert(path, Arc::new(made));
    late.push(start_empty(&body, cache, is_seen.then_some(bound)));
    for (asked, method) in [("cache_clear", "clear"), ("cache_info", "info")] {
        answer_by_name(program, path, asked, cache, method);
    }
    true
}

/// In how many ways a function is called: so many arguments by position, these by name.
pub(super) fn ways_to_call<'a>(
    bodies: impl IntoIterator<Item = &'a Body<Hir>>,
    is_ours: impl Fn(&Callee) -> bool,
) -> usize {
    let mut ways: Vec<Vec<ArgKind>> = Vec::new();
    for (_, row) in bodies.into_iter().flat_map(|body| body.nodes.iter()) {
        if let Node::Call { callee, args } = &row.kind
            && is_ours(callee)
        {
            let way = args.iter().map(|arg| arg.kind).collect();
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    ways.len()
}

/// How many answers are kept; none where that is not a constant, none inside where there is no bound.
pub(super) fn bound(body: &Body<Hir>, decorator: &Decorator) -> Option<Option<u64>> {
    let Some(arg) = decorator.args.first() else {
        return Some((decorator.path == "functools.lru_cache").then_some(128));
    };
    match body.as_const(arg.value)? {
        Const::None => Some(None),
        Const::Int(digits) => digits.parse().ok().map(Some),
        _ => None,
    }
}

/// Whether it can be told how often the body runs: it prints, or changes what is outside of it.
fn has_effects(body: &Body<Hir>) -> bool {
    let mut found = body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Op { op: Op::IoOp(_), .. } => true,
        Node::Call { callee: Callee::Method(of, _), .. } => {
            matches!(&body.nodes[*of].kind, Node::Use(Place { root: Root::Global(_), .. }, _))
        }
        // What others do is not known here.
        Node::Call { callee: Callee::Fn(path), .. } => *path != body.path,
        _ => false,
    });
    body.walk_stmts(body.root, &mut |stmt| {
        if let StmtKind::Set { target: Pat::Place(place), .. } | StmtKind::Update { place, .. } = &stmt.kind {
            found |= matches!(place.root, Root::Global(_));
        }
    });
    found
}

/// `f.name()` of a cached function.
fn is_asked(body: &Body<Hir>, callee: &Callee, path: Name, asked: &str) -> bool {
    match callee {
        Callee::Method(of, name) if *name == asked => match &body.nodes[*of].kind {
            Node::Item(found) => *found == path,
            Node::Use(place, _) => place.root == Root::Global(path) && place.proj.is_empty(),
            _ => false,
        },
        Callee::Fn(found) => *found == path.join(asked),
        _ => false,
    }
}

fn asks(program: &Program<Hir>, path: Name, asked: &str) -> bool {
    program.fns.values().any(|body| {
        body.nodes.iter().any(
            |(_, row)| matches!(&row.kind, Node::Call { callee, .. } if is_asked(body, callee, path, asked)),
        )
    })
}

/// A builder of the statements of one body.
pub(super) struct Make {
    pub(super) body: Body<Hir>,
    origin: Origin,
}

impl Make {
    pub(super) fn node(&mut self, kind: Node) -> NodeId {
        self.body.node(kind, Ty::unknown(), self.origin)
    }

    pub(super) fn read(&mut self, local: LocalId) -> NodeId {
        self.node(Node::Use(Place::local(local), Mode::Read))
    }

    pub(super) fn place(&mut self, place: Place) -> NodeId {
        self.node(Node::Use(place, Mode::Read))
    }

    pub(super) fn effect(&mut self, kind: Node) -> Stmt {
        let node = self.node(kind);
        Stmt::new(StmtKind::Expr(node), self.origin)
    }

    pub(super) fn set(&self, place: Place, value: NodeId) -> Stmt {
        Stmt::new(StmtKind::Set { target: Pat::Place(place), value }, self.origin)
    }

    pub(super) fn when(&mut self, cond: NodeId, stmts: Vec<Stmt>) -> Stmt {
        let cond = self.body.op(ObjOp::Truth, vec![cond], Ty::unknown(), self.origin);
        let then = self.body.block(BlockRow { stmts, ..BlockRow::default() });
        self.effect(Node::If { cond, then, els: None })
    }
}

pub(super) fn head(body: &Body<Hir>) -> Make {
    let mut out: Body<Hir> = Body::new(body.path, body.lang, body.kind);
    let shift = match body.params.iter().any(|param| param.default.is_some()) {
        true => Some(out.append(body, FxHashMap::default())),
        false => None,
    };
    for param in &body.params {
        let local = out.locals.push(body.locals[param.local].clone());
        let default = param.default.and_then(|node| shift.as_ref().map(|shift| shift.node(node)));
        out.params.push(Param { local, default, ..param.clone() });
    }
    out.ret = body.ret;
    out.doc.clone_from(&body.doc);
    out.above.clone_from(&body.above);
    out.origin = body.origin;
    out.decorators = decorators_left(&mut out, body);
    Make { body: out, origin: Origin { start: 0, end: 0 } }
}

fn cached(body: &Body<Hir>, inner: Name, cache: Name) -> Body<Hir> {
    let mut make = head(body);
    let locals: Vec<LocalId> = make.body.params.iter().map(|param| param.local).collect();
    let (key, mut stmts) = key(&mut make, &locals);
    let (asked, answers) = (make.read(key), make.place(Place::global(cache)));
    let known = make.body.op(ObjOp::In, vec![asked, answers], Ty::unknown(), make.origin);
    let at = make.read(key);
    let answer = make.place(Place::global(cache).with(Proj::Index(at)));
    let back = make.effect(Node::Return(Some(answer)));
    stmts.push(make.when(known, vec![back]));
    let args = locals.iter().map(|local| Arg::positional(make.read(*local))).collect();
    let call = make.node(Node::Call { callee: Callee::Fn(inner), args });
    let result = make.body.temp("result", Ty::unknown(), make.origin);
    stmts.push(make.set(Place::local(result), call));
    let (at, value) = (make.read(key), make.read(result));
    stmts.push(make.set(Place::global(cache).with(Proj::Index(at)), value));
    let value = make.read(result);
    stmts.push(make.effect(Node::Return(Some(value))));
    let root = make.body.root;
    make.body.blocks[root].stmts = stmts;
    make.body
}

/// The same over a `functools.Cache`, which counts.
fn counted(body: &Body<Hir>, inner: Name, cache: Name) -> Body<Hir> {
    let mut make = head(body);
    let locals: Vec<LocalId> = make.body.params.iter().map(|param| param.local).collect();
    let (key, mut stmts) = key(&mut make, &locals);
    let method = |make: &mut Make, name: &str, args: Vec<NodeId>| {
        let of = make.place(Place::global(cache));
        let args = args.into_iter().map(Arg::positional).collect();
        make.node(Node::Call { callee: Callee::Method(of, Name::new(name)), args })
    };
    let asked = make.read(key);
    let known = method(&mut make, "has", vec![asked]);
    let asked = make.read(key);
    let answer = method(&mut make, "remembered", vec![asked]);
    let back = make.effect(Node::Return(Some(answer)));
    stmts.push(make.when(known, vec![back]));
    let args = locals.iter().map(|local| Arg::positional(make.read(*local))).collect();
    let call = make.node(Node::Call { callee: Callee::Fn(inner), args });
    let result = make.body.temp("result", Ty::unknown(), make.origin);
    stmts.push(make.set(Place::local(result), call));
    let (asked, value) = (make.read(key), make.read(result));
    let keep = method(&mut make, "keep", vec![asked, value]);
    stmts.push(Stmt::new(StmtKind::Expr(keep), make.origin));
    let value = make.read(result);
    stmts.push(make.effect(Node::Return(Some(value))));
    let root = make.body.root;
    make.body.blocks[root].stmts = stmts;
    make.body
}

/// The local that holds the arguments, and what sets it.
fn key(make: &mut Make, locals: &[LocalId]) -> (LocalId, Vec<Stmt>) {
    if let [only] = locals {
        return (*only, Vec::new());
    }
    let key = make.body.temp("key", Ty::unknown(), make.origin);
    let parts = locals.iter().map(|local| make.read(*local)).collect();
    let tuple = make.node(Node::Op { op: TupleOp::New.into(), attr: Attr::None, args: parts });
    let stmt = make.set(Place::local(key), tuple);
    (key, vec![stmt])
}

/// `cache = {}`, or a `functools.Cache` with its bound, where the `def` stands.
fn start_empty(body: &Body<Hir>, cache: Name, counted: Option<Option<u64>>) -> Late {
    let mut out: Body<Hir> = Body::new(body.path, body.lang, FnKind::Init);
    let value = match counted {
        None => out.op(DictOp::New, Vec::new(), Ty::unknown(), Origin::default()),
        Some(bound) => {
            let bound = bound.map_or(Const::None, |bound| Const::Int(bound.to_string().into()));
            let bound = out.node(Node::Const(bound), Ty::unknown(), Origin::default());
            let callee = Callee::Lib(Name::new("functools.new_cache"));
            let args = vec![Arg::positional(bound)];
            out.node(Node::Call { callee, args }, Ty::unknown(), Origin::default())
        }
    };
    let target = Pat::Place(Place::global(cache));
    let stmts = vec![Stmt::new(StmtKind::Set { target, value }, Origin::default())];
    let block = out.block(BlockRow { stmts, ..BlockRow::default() });
    Late::new(body.path, out, block)
}

/// `f.asked()` is a method of what keeps the answers.
fn answer_by_name(program: &mut Program<Hir>, path: Name, asked: &str, cache: Name, method: &str) {
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        for node in body.nodes.ids().collect::<Vec<_>>() {
            let Node::Call { callee, .. } = &body.nodes[node].kind else { continue };
            if is_asked(body, callee, path, asked) {
                let origin = body.nodes[node].origin;
                let of = body.node(Node::Use(Place::global(cache), Mode::Read), Ty::unknown(), origin);
                body.nodes[node].kind =
                    Node::Call { callee: Callee::Method(of, Name::new(method)), args: Vec::new() };
            }
        }
    }
}
