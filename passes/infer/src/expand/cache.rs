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
//! A bound on the number of answers is not kept: it can only be seen in time. Holds back for methods,
//! whose objects would be keys, and for functions without plain parameters.

use super::decorate::{Late, add_global, free_path, move_away};
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const CACHES: [&str; 2] = ["functools.lru_cache", "functools.cache"];

/// Writes out the innermost decorator of a function if it is a cache.
pub(crate) fn expand(program: &mut Program<Hir>, path: Name, late: &mut Vec<Late>) -> bool {
    let body = program.fns[&path].clone();
    let Some(decorator) = body.decorators.last() else { return false };
    if decorator.path == "functools.cached_property" {
        return property(program, &body);
    }
    let plain =
        body.params.iter().all(|param| matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly));
    let is_function = body.kind == FnKind::Function && !body.is_generator && !body.is_async;
    if !CACHES.contains(&decorator.path.as_str()) || !plain || !is_function || body.params.is_empty() {
        return false;
    }
    let inner = free_path(program, path, "uncached");
    let cache = free_path(program, path, "cache");
    move_away(program, path, inner);
    add_global(program, path, cache);
    program.fns.insert(path, Arc::new(cached(&body, inner, cache)));
    late.push(start_empty(&body, cache));
    clear_by_name(program, path, cache);
    true
}

/// A builder of the statements of one body.
struct Make {
    body: Body<Hir>,
    origin: Origin,
}

impl Make {
    fn node(&mut self, kind: Node) -> NodeId {
        self.body.node(kind, Ty::unknown(), self.origin)
    }

    fn read(&mut self, local: LocalId) -> NodeId {
        self.node(Node::Use(Place::local(local), Mode::Read))
    }

    fn place(&mut self, place: Place) -> NodeId {
        self.node(Node::Use(place, Mode::Read))
    }

    fn effect(&mut self, kind: Node) -> Stmt {
        let node = self.node(kind);
        Stmt::new(StmtKind::Expr(node), self.origin)
    }

    fn set(&self, place: Place, value: NodeId) -> Stmt {
        Stmt::new(StmtKind::Set { target: Pat::Place(place), value }, self.origin)
    }

    fn when(&mut self, cond: NodeId, stmts: Vec<Stmt>) -> Stmt {
        let cond = self.body.op(ObjOp::Truth, vec![cond], Ty::unknown(), self.origin);
        let then = self.body.block(BlockRow { stmts, ..BlockRow::default() });
        self.effect(Node::If { cond, then, els: None })
    }
}

fn head(body: &Body<Hir>) -> Make {
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
    out.decorators = body.decorators[..body.decorators.len() - 1].to_vec();
    Make { body: out, origin: Origin { start: 0, end: 0 } }
}

fn cached(body: &Body<Hir>, inner: Name, cache: Name) -> Body<Hir> {
    let mut make = head(body);
    let locals: Vec<LocalId> = make.body.params.iter().map(|param| param.local).collect();
    let mut stmts = Vec::new();
    let key = match locals[..] {
        [only] => only,
        _ => {
            let key = make.body.temp("key", Ty::unknown(), make.origin);
            let parts = locals.iter().map(|local| make.read(*local)).collect();
            let tuple = make.node(Node::Op { op: TupleOp::New.into(), attr: Attr::None, args: parts });
            stmts.push(make.set(Place::local(key), tuple));
            key
        }
    };
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

/// `cache = {}` where the `def` stands.
fn start_empty(body: &Body<Hir>, cache: Name) -> Late {
    let mut out: Body<Hir> = Body::new(body.path, body.lang, FnKind::Init);
    let value = out.op(DictOp::New, Vec::new(), Ty::unknown(), Origin::default());
    let target = Pat::Place(Place::global(cache));
    let stmts = vec![Stmt::new(StmtKind::Set { target, value }, Origin::default())];
    let block = out.block(BlockRow { stmts, ..BlockRow::default() });
    Late::new(body.path, out, block)
}

/// `f.cache_clear()` empties the dict.
fn clear_by_name(program: &mut Program<Hir>, path: Name, cache: Name) {
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        for node in body.nodes.ids().collect::<Vec<_>>() {
            let Node::Call { callee, .. } = &body.nodes[node].kind else { continue };
            let clears = match callee {
                Callee::Method(of, name) if *name == "cache_clear" => match &body.nodes[*of].kind {
                    Node::Item(found) => *found == path,
                    Node::Use(place, _) => place.root == Root::Global(path) && place.proj.is_empty(),
                    _ => false,
                },
                Callee::Fn(found) => *found == path.join("cache_clear"),
                _ => false,
            };
            if clears {
                let origin = body.nodes[node].origin;
                let of = body.node(Node::Use(Place::global(cache), Mode::Read), Ty::unknown(), origin);
                body.nodes[node].kind =
                    Node::Call { callee: Callee::Method(of, Name::new("clear")), args: Vec::new() };
            }
        }
    }
}

/// `cached_property`: a field that is absent until it is asked for.
fn property(program: &mut Program<Hir>, body: &Body<Hir>) -> bool {
    let class = body.path.parent();
    let init = class.join("__init__");
    if body.kind != FnKind::Property || !program.fns.contains_key(&init) {
        return false;
    }
    let inner = free_path(program, body.path, "uncached");
    move_away(program, body.path, inner);
    Arc::make_mut(&mut program.fns[&inner]).kind = FnKind::Method;
    let field = Name::new(&format!("{}_cache", body.path.last()));
    let mut make = head(body);
    let this = make.body.params[0].local;
    let place = Place::local(this).with(Proj::Field(field));
    let (value, none) = (make.place(place.clone()), make.node(Node::Const(Const::None)));
    let absent = make.body.op(ObjOp::Is, vec![value, none], Ty::unknown(), make.origin);
    let of = make.read(this);
    let call = Node::Call { callee: Callee::Method(of, Name::new(inner.last())), args: Vec::new() };
    let computed = make.node(call);
    let keep = make.set(place.clone(), computed);
    let check = make.when(absent, vec![keep]);
    let value = make.place(place);
    let back = make.effect(Node::Return(Some(value)));
    let root = make.body.root;
    make.body.blocks[root].stmts = vec![check, back];
    program.fns.insert(body.path, Arc::new(make.body));
    let init = Arc::make_mut(&mut program.fns[&init]);
    let none = init.node(Node::Const(Const::None), Ty::unknown(), Origin::default());
    let target = Pat::Place(Place::local(init.params[0].local).with(Proj::Field(field)));
    let root = init.root;
    init.blocks[root].stmts.insert(0, Stmt::new(StmtKind::Set { target, value: none }, Origin::default()));
    true
}
