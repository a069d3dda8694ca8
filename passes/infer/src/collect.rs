//! Body -> facts: one walk in evaluation order, with what conditions prove on the way.

use crate::facts::{BodyFacts, C, ParamFact, Shape, Sig, V};
use crate::narrow::{self, Filter, Path, Proved};
use crate::prep::{path_of, place_path};
use crate::vars::Head;
use batuta_base::{FxHashSet, Name};
use batuta_core::*;
use std::rc::Rc;

/// Facts of a normalised body. `ends` names functions and methods that never return, `coroutines` generators
/// that are driven by hand; of `program`, only texts that are assigned once matter.
pub(crate) fn facts(
    program: &Program<Hir>,
    body: &Body<Hir>,
    ends: &FxHashSet<Name>,
    coroutines: &FxHashSet<Name>,
) -> BodyFacts {
    let nodes = body.nodes.len() as u32;
    let mut walk = Collect {
        program,
        body,
        ends,
        next: nodes + body.locals.len() as u32,
        out: BodyFacts::default(),
        proved: Some(Proved::default()),
        functions: Vec::new(),
        frames: Vec::new(),
        generator_type: Head::Iter,
        matching: false,
    };
    for (id, row) in body.locals.iter() {
        walk.hint(nodes + id.0, row.ty);
    }
    let is_manager = body.decorators.iter().any(|decorator| decorator.path.last() == "contextmanager");
    walk.generator_type = if is_manager { Head::Lib(Name::new("context_manager")) } else { Head::Iter };
    if coroutines.contains(&body.path) {
        walk.generator_type = Head::Lib(Name::new("coroutine"));
    }
    let kind = Kind { is_generator: body.is_generator, is_async: body.is_async };
    let sig = walk.function(&body.params, body.root, body.ret, kind);
    for decorator in &body.decorators {
        for arg in &decorator.args {
            walk.node(arg.value);
        }
    }
    walk.out.signature = sig;
    walk.out.vars = walk.next;
    walk.out
}

pub(crate) struct Frame {
    pub(crate) label: Option<Name>,
    pub(crate) breaks: Vec<Proved>,
}

/// What a call of a function gives.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) is_generator: bool,
    pub(crate) is_async: bool,
}

/// Variables of an open function.
#[derive(Clone, Copy, Default)]
pub(crate) struct Open {
    pub(crate) ret: V,
    pub(crate) yielded: V,
    /// What `yield` gives, where values are sent.
    pub(crate) sent: Option<V>,
}

pub(crate) struct Collect<'a> {
    pub(crate) program: &'a Program<Hir>,
    pub(crate) body: &'a Body<Hir>,
    pub(crate) ends: &'a FxHashSet<Name>,
    pub(crate) next: V,
    pub(crate) out: BodyFacts,
    /// What is proved here; `None` where control does not arrive.
    pub(crate) proved: Option<Proved>,
    /// The open functions.
    pub(crate) functions: Vec<Open>,
    pub(crate) frames: Vec<Frame>,
    /// What a call of the body gives where it yields.
    generator_type: Head,
    /// The pattern is one of a `match`, which also tests.
    pub(crate) matching: bool,
}

impl Collect<'_> {
    pub(crate) fn fresh(&mut self) -> V {
        self.next += 1;
        self.next - 1
    }

    pub(crate) fn say(&mut self, constraint: C) {
        self.out.constraints.push(constraint);
    }

    pub(crate) fn plain(&mut self, out: V, head: Head) {
        self.say(C::Shape(out, Shape::Plain(head)));
    }

    pub(crate) fn of(&mut self, out: V, head: Head, args: Vec<V>) {
        self.say(C::Shape(out, Shape::Of(head, args)));
    }

    pub(crate) fn hint(&mut self, var: V, ty: Ty) {
        if *ty.kind() != TyKind::Unknown {
            self.say(C::Hint(var, ty));
        }
    }

    pub(crate) fn local(&self, local: LocalId) -> V {
        self.body.nodes.len() as u32 + local.0
    }

    pub(crate) fn function(&mut self, params: &[Param], root: BlockId, ret_ty: Ty, kind: Kind) -> Sig {
        let (ret, yielded) = (self.fresh(), self.fresh());
        let mut rows = Vec::new();
        for param in params {
            let var = self.local(param.local);
            if let Some(default) = param.default {
                self.node(default);
            }
            match param.kind {
                ParamKind::Star => {
                    let item = self.fresh();
                    let is_whole = is_whole(self.body, param.local);
                    let head = if is_whole { Head::Lib(Name::new("tuple")) } else { Head::List };
                    self.of(var, head, vec![item]);
                    rows.push(ParamFact {
                        name: param.name,
                        var: item,
                        whole: var,
                        kind: param.kind,
                        default: None,
                    });
                }
                ParamKind::StarStar => {
                    let (key, value) = (self.fresh(), self.fresh());
                    self.plain(key, Head::Str);
                    self.of(var, Head::Dict, vec![key, value]);
                    rows.push(ParamFact {
                        name: param.name,
                        var: value,
                        whole: var,
                        kind: param.kind,
                        default: None,
                    });
                }
                _ => {
                    let default = param.default.map(|node| node.0);
                    if let Some(default) = default {
                        self.say(C::Flow(default, var));
                    }
                    rows.push(ParamFact { name: param.name, var, whole: var, kind: param.kind, default });
                }
            }
        }
        let mut generator_type = std::mem::replace(&mut self.generator_type, Head::Iter);
        if kind.is_generator && kind.is_async {
            generator_type = Head::Lib(Name::new("asyncio.AsyncGenerator"));
        }
        let result = if kind.is_generator || kind.is_async { self.fresh() } else { ret };
        if kind.is_async && !kind.is_generator {
            self.hint(result, ret_ty);
        } else if generator_type == Head::Iter {
            self.hint(ret, ret_ty);
        }
        let takes_values = kind.is_generator && generator_type == Head::Lib(Name::new("coroutine"));
        let sent = takes_values.then(|| self.fresh());
        let outer = self.proved.replace(Proved::default());
        let frames = std::mem::take(&mut self.frames);
        self.functions.push(Open { ret: result, yielded, sent });
        self.block(root);
        let mut falls = false;
        if let Some(tail) = self.body.blocks[root].tail {
            self.say(C::Flow(tail.0, result));
        } else if self.proved.is_some() && (sent.is_some() || !kind.is_generator) {
            falls = true;
            self.plain(result, Head::None);
        }
        match sent {
            Some(sent) => {
                // `next` sends None.
                self.plain(sent, Head::None);
                self.of(ret, generator_type, vec![yielded, sent, result]);
            }
            None if kind.is_generator => self.of(ret, generator_type, vec![yielded]),
            None if kind.is_async => self.of(ret, Head::Lib(Name::new("asyncio.Coroutine")), vec![result]),
            None => {}
        }
        self.functions.pop();
        self.proved = outer;
        self.frames = frames;
        Sig { params: rows, ret, yielded: kind.is_generator.then_some(yielded), returned: result, falls }
    }

    pub(crate) fn block(&mut self, block: BlockId) {
        let body = self.body;
        for stmt in &body.blocks[block].stmts {
            match &stmt.kind {
                StmtKind::Let { pat, value: Some(value) } | StmtKind::Set { target: pat, value } => {
                    self.node(*value);
                    self.assign(pat, value.0);
                    self.learn_value(pat, *value);
                }
                StmtKind::Let { value: None, .. } => {}
                StmtKind::Update { place, op, value } => self.update(place, *op, *value),
                StmtKind::Expr(node) => self.node(*node),
                StmtKind::Del(place) => self.delete(place),
            }
        }
        if let Some(tail) = body.blocks[block].tail {
            self.node(tail);
        }
    }

    /// `x = Node()` proves that `x` is not None.
    pub(crate) fn learn_value(&mut self, pat: &Pat, value: NodeId) {
        let Pat::Place(place) = pat else { return };
        let Some(path) = place_path(self.body, place) else { return };
        let filter =
            match path_of(self.body, value).and_then(|from| self.proved.as_ref()?.get(&from).cloned()) {
                Some(known) => known,
                None if self.never_none(value) => Filter::not_none(),
                None => return,
            };
        if let Some(proved) = &mut self.proved {
            proved.learn(&[(path, filter)]);
        }
    }

    pub(crate) fn never_none(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Const(value) => *value != Const::None,
            Node::Op { op: Op::ObjOp(ObjOp::And | ObjOp::Or | ObjOp::Slice), .. } => false,
            Node::Op { op: Op::ObjOp(op), .. } => !self.own_operator_gives_none(*op),
            Node::Op { op, .. } => op.info().dialect != "opt",
            Node::Format(_) | Node::Seq { .. } | Node::Closure(_) => true,
            Node::Call { callee: Callee::Fn(path), .. } => {
                path.last().chars().next().is_some_and(char::is_uppercase)
            }
            Node::Call { callee: Callee::Lib(name), .. } => {
                let rows = batuta_catalog::functions(name.as_str());
                !rows.is_empty() && rows.iter().all(|row| !matches!(row.result.kind(), TyKind::Option(_)))
            }
            _ => false,
        }
    }

    /// Whether a class of the program answers the operator, and may answer `None`.
    fn own_operator_gives_none(&self, op: ObjOp) -> bool {
        let word = crate::ops::dunder_word(op);
        let names = [format!("__{word}__"), format!("__r{word}__")];
        let methods = self
            .program
            .classes
            .keys()
            .flat_map(|class| names.iter().map(|name| class.join(name)))
            .filter_map(|path| self.program.fns.get(&path));
        methods.into_iter().any(|method| gives_none(method))
    }

    pub(crate) fn update(&mut self, place: &Place, op: Op, value: NodeId) {
        let Op::ObjOp(op) = op else { return };
        let (read, out) = (self.fresh(), self.fresh());
        let binary = |read, out| C::Binary { op, a: read, b: value.0, out, in_place: true };
        match (place.root, place.proj.first()) {
            (Root::Local(local), None) => {
                let var = self.local(local);
                let path = Path::local(local);
                match self.proved.as_ref().and_then(|proved| proved.get(&path)).cloned() {
                    Some(filter) => self.say(C::Narrow(var, read, Rc::new(filter))),
                    None => self.say(C::Flow(var, read)),
                }
                self.node(value);
                self.say(binary(read, out));
                self.say(C::Flow(out, var));
                if let Some(proved) = &mut self.proved {
                    proved.forget_local(local);
                    proved.learn(&[(path, Filter::not_none())]);
                }
            }
            (Root::Global(path), None) => {
                self.say(C::Global { path, out: read });
                self.node(value);
                self.say(binary(read, out));
                self.say(C::SetGlobal { path, value: out });
            }
            (Root::Node(node), Some(Proj::Field(name))) => {
                self.node(node);
                self.say(C::Attr { of: node.0, name: *name, out: read });
                self.node(value);
                self.say(binary(read, out));
                self.say(C::SetAttr { of: node.0, name: *name, value: out, raw: false });
            }
            (Root::Node(node), Some(Proj::Index(index))) => {
                self.node(node);
                self.node(*index);
                self.say(C::Index { of: node.0, index: index.0, constant: None, out: read });
                self.node(value);
                self.say(binary(read, out));
                self.say(C::SetIndex { of: node.0, index: index.0, value: out });
                self.forget_items();
            }
            _ => self.node(value),
        }
    }

    pub(crate) fn forget_items(&mut self) {
        self.proved.iter_mut().for_each(Proved::forget_items);
    }

    pub(crate) fn delete(&mut self, place: &Place) {
        match (place.root, place.proj.first()) {
            (Root::Node(node), Some(Proj::Index(index))) => {
                self.node(node);
                self.node(*index);
                self.say(C::DelIndex { of: node.0, index: index.0 });
                self.forget_items();
            }
            (Root::Node(node), _) => self.node(node),
            (Root::Local(local), _) => {
                if let Some(proved) = &mut self.proved {
                    proved.forget_local(local);
                }
            }
            _ => {}
        }
    }

    /// A value flows into a pattern.
    pub(crate) fn assign(&mut self, pat: &Pat, from: V) {
        match pat {
            Pat::Place(place) => self.assign_place(place, from),
            Pat::Tuple(_) | Pat::List { .. } | Pat::Map { .. } => {
                let mut from = from;
                if self.matching {
                    // Only a value of the pattern's kind is taken apart.
                    let is_map = matches!(pat, Pat::Map { .. });
                    let kinds: &[&str] =
                        if is_map { &["dict"] } else { &["list", "tuple", "range", "deque"] };
                    let keep = kinds.iter().map(|kind| Name::new(kind)).collect();
                    let whole = std::mem::replace(&mut from, self.fresh());
                    self.say(C::Narrow(whole, from, Rc::new(Filter { keep, drop: Vec::new() })));
                }
                self.assign_parts(pat, from);
            }
            Pat::Bind(local, part) => {
                let var = self.local(*local);
                match part {
                    Some(part) => {
                        let narrowed = self.pattern_type(part, from);
                        self.say(C::Flow(narrowed, var));
                        self.assign(part, from);
                    }
                    None => self.say(C::Flow(from, var)),
                }
                if let Some(proved) = &mut self.proved {
                    proved.forget_local(*local);
                }
            }
            Pat::Or(parts) => parts.iter().for_each(|part| self.assign(part, from)),
            Pat::Value(node) => self.node(*node),
            Pat::Class { class, args, named } => {
                let narrowed = self.pattern_type(pat, from);
                for (at, part) in args.iter().enumerate() {
                    let out = self.fresh();
                    self.say(C::MatchArg { of: narrowed, class: *class, at, out });
                    self.assign(part, out);
                }
                for (name, part) in named {
                    let out = self.fresh();
                    self.say(C::Attr { of: narrowed, name: *name, out });
                    self.assign(part, out);
                }
            }
            Pat::Some(part) | Pat::Ref(part) => self.assign(part, from),
            Pat::Wild | Pat::Const(_) | Pat::None => {}
        }
    }

    /// The parts of a sequence or mapping pattern.
    fn assign_parts(&mut self, pat: &Pat, from: V) {
        let mut parts: Vec<(&Pat, V)> = Vec::new();
        match pat {
            Pat::Tuple(items) => {
                let front: Vec<V> = items.iter().map(|_| self.fresh()).collect();
                self.say(C::Unpack { of: from, front: front.clone(), rest: None, back: Vec::new() });
                parts.extend(items.iter().zip(front));
            }
            Pat::List { front, rest, back } => {
                let ahead: Vec<V> = front.iter().map(|_| self.fresh()).collect();
                let behind: Vec<V> = back.iter().map(|_| self.fresh()).collect();
                let middle = rest.as_ref().map(|_| self.fresh());
                self.say(C::Unpack { of: from, front: ahead.clone(), rest: middle, back: behind.clone() });
                parts.extend(front.iter().zip(ahead));
                parts.extend(rest.iter().map(|part| &**part).zip(middle));
                parts.extend(back.iter().zip(behind));
            }
            Pat::Map { pairs, rest } => {
                for (key, part) in pairs {
                    self.node(*key);
                    let out = self.fresh();
                    self.say(C::Index { of: from, index: key.0, constant: None, out });
                    parts.push((part, out));
                }
                if let Some(local) = rest {
                    let var = self.local(*local);
                    self.say(C::Flow(from, var));
                }
            }
            _ => {}
        }
        parts.into_iter().for_each(|(part, var)| self.assign(part, var));
    }

    /// The subject's type where a class pattern matches.
    pub(crate) fn pattern_type(&mut self, pat: &Pat, from: V) -> V {
        let Pat::Class { class, .. } = pat else { return from };
        if crate::ruchy::outcome(*class).is_some() {
            return from;
        }
        let name = class.as_str().strip_prefix("builtins.").map_or(*class, Name::new);
        let out = self.fresh();
        self.say(C::Narrow(from, out, Rc::new(Filter { keep: vec![name], drop: Vec::new() })));
        out
    }

    pub(crate) fn assign_place(&mut self, place: &Place, from: V) {
        match (place.root, place.proj.first()) {
            (Root::Local(local), None) => {
                let var = self.local(local);
                self.say(C::Flow(from, var));
                if let Some(proved) = &mut self.proved {
                    proved.forget_local(local);
                }
            }
            (Root::Global(path), None) => self.say(C::SetGlobal { path, value: from }),
            (Root::Node(node), Some(Proj::Field(name))) => {
                self.node(node);
                let raw = self.is_stored(from);
                self.say(C::SetAttr { of: node.0, name: *name, value: from, raw });
                if let Some(proved) = &mut self.proved {
                    proved.forget_field(*name);
                }
            }
            (Root::Node(node), Some(Proj::Index(index))) => {
                self.node(node);
                self.node(*index);
                match &self.body.nodes[*index].kind {
                    Node::Op { op: Op::ObjOp(ObjOp::SliceObj), .. } => {
                        self.say(C::SetSlice { of: node.0, value: from });
                    }
                    _ => self.say(C::SetIndex { of: node.0, index: index.0, value: from }),
                }
                self.forget_items();
            }
            _ => {}
        }
    }

    pub(crate) fn read(&mut self, id: NodeId, place: &Place, narrows: bool) {
        let filter = place_path(self.body, place)
            .filter(|_| narrows)
            .and_then(|path| self.proved.as_ref()?.get(&path).cloned());
        let out = match filter {
            Some(filter) => {
                let mid = self.fresh();
                self.say(C::Narrow(mid, id.0, Rc::new(filter)));
                self.out.narrowed.insert(id.0);
                mid
            }
            None => id.0,
        };
        match (place.root, place.proj.first()) {
            (Root::Local(local), _) => {
                let var = self.local(local);
                self.say(C::Flow(var, out));
            }
            (Root::Global(path), _) => self.say(C::Global { path, out }),
            (Root::Node(node), Some(Proj::Field(name))) => {
                self.node(node);
                self.say(C::Attr { of: node.0, name: *name, out });
            }
            (Root::Node(node), Some(Proj::Index(index))) => {
                self.node(node);
                self.node(*index);
                if let Node::Op { op: Op::ObjOp(ObjOp::SliceObj), .. } = &self.body.nodes[*index].kind {
                    self.say(C::Slice { of: node.0, bounds: None, out });
                } else {
                    let constant = self.constant(*index);
                    self.say(C::Index { of: node.0, index: index.0, constant, out });
                }
            }
            (Root::Node(node), _) => {
                self.node(node);
                self.say(C::Flow(node.0, out));
            }
        }
    }

    pub(crate) fn constant(&self, node: NodeId) -> Option<i64> {
        match &self.body.nodes[node].kind {
            Node::Const(Const::Int(digits)) => digits.parse().ok(),
            Node::Op { op: Op::ObjOp(ObjOp::Neg), args, .. } => self.constant(args[0]).map(|value| -value),
            _ => None,
        }
    }

    pub(crate) fn node(&mut self, id: NodeId) {
        let body = self.body;
        let out = id.0;
        match &body.nodes[id].kind {
            Node::Const(value) => self.literal(value, out),
            Node::Use(place, _) => self.read(id, place, true),
            Node::Op { op, args, attr } => self.op(id, *op, args, attr),
            Node::Call { callee, args } => self.call(id, callee, args),
            Node::Format(pieces) => {
                self.pieces(pieces);
                self.plain(out, Head::Str);
            }
            Node::Item(name) => self.say(C::Item { name: *name, out }),
            Node::Closure(closure) => {
                for decorator in &closure.decorators {
                    decorator.args.iter().for_each(|arg| self.node(arg.value));
                    if let ("functools.wraps", [arg]) = (decorator.path.as_str(), &decorator.args[..]) {
                        let name = Name::new("__wrapped__");
                        let read = self.fresh();
                        self.say(C::Attr { of: arg.value.0, name, out: read });
                    }
                }
                let kind = Kind { is_generator: closure.is_generator, is_async: closure.is_async };
                if kind.is_generator && crate::coroutines::takes_values(self.body, closure.body) {
                    self.generator_type = Head::Lib(Name::new("coroutine"));
                }
                let sig = self.function(&closure.params, closure.body, closure.ret, kind);
                self.say(C::Closure { site: out, sig: Rc::new(sig), out });
            }
            Node::Seq { clauses, sink } => self.seq(clauses, sink, out),
            Node::Hole { .. } => {}
            _ => self.control(id),
        }
    }

    pub(crate) fn literal(&mut self, value: &Const, out: V) {
        let head = match value {
            Const::None => Head::None,
            Const::Bool(_) => Head::Bool,
            Const::Int(_) => Head::Int,
            Const::Float(_) => Head::Float,
            Const::Imag(_) => Head::Complex,
            Const::Str(_) => Head::Str,
            Const::Bytes(_) => Head::Bytes,
            Const::Ellipsis => Head::Ellipsis,
            // `return NotImplemented` says nothing about the result.
            Const::NotImplemented => return,
        };
        self.plain(out, head);
    }

    pub(crate) fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if let Piece::Value { value, conv, spec, .. } = piece {
                self.node(*value);
                let last = match spec.last() {
                    Some(Piece::Text(text)) => text.chars().last(),
                    Some(Piece::Value { .. }) => Some('?'),
                    None => None,
                };
                let as_float = match conv {
                    Conv::Percent(letter) | Conv::PercentAll(letter) => {
                        matches!(letter, 'e' | 'E' | 'f' | 'F' | 'g' | 'G')
                    }
                    _ => last.is_some_and(|letter| "eEfF%".contains(letter)),
                };
                if !as_float {
                    self.say(C::Seen(value.0));
                }
                self.pieces(spec);
            }
        }
    }

    pub(crate) fn seq(&mut self, clauses: &[Clause], sink: &Sink, out: V) {
        let before = self.proved.clone();
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    self.node(*iter);
                    let item = self.fresh();
                    self.say(C::Iterate { of: iter.0, item });
                    self.assign(pat, item);
                }
                Clause::If(cond) => {
                    self.test(*cond);
                    let (yes, _) = narrow::proves(self.body, *cond);
                    if let Some(proved) = &mut self.proved {
                        proved.learn(&yes);
                    }
                }
            }
        }
        sink.nodes().for_each(|node| self.node(node));
        match *sink {
            Sink::List(node) => self.sink(out, Head::List, &[node]),
            Sink::Set(node) => self.sink(out, Head::Set, &[node]),
            Sink::Dict(key, value) => self.sink(out, Head::Dict, &[key, value]),
            Sink::Iter(node) => self.sink(out, Head::Iter, &[node]),
        }
        self.proved = before;
    }

    pub(crate) fn sink(&mut self, out: V, head: Head, items: &[NodeId]) {
        let vars: Vec<V> = items.iter().map(|_| self.fresh()).collect();
        items.iter().zip(&vars).for_each(|(node, var)| self.say(C::Flow(node.0, *var)));
        self.of(out, head, vars);
    }
}

/// Whether more is done with `*args` than reading its items: then it has to be the tuple that it is.
fn is_whole(body: &Body<Hir>, local: LocalId) -> bool {
    let mut reads: FxHashSet<NodeId> = FxHashSet::default();
    for (id, row) in body.nodes.iter() {
        if matches!(&row.kind, Node::Use(place, _) if place.as_local() == Some(local)) {
            reads.insert(id);
        }
    }
    for (_, row) in body.nodes.iter() {
        match &row.kind {
            Node::For { iter, .. } => drop(reads.remove(iter)),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { iter, .. } = clause {
                        reads.remove(iter);
                    }
                }
            }
            Node::Use(Place { root: Root::Node(of), proj }, _) if matches!(proj[..], [Proj::Index(_)]) => {
                reads.remove(of);
            }
            Node::Op { op: Op::ObjOp(ObjOp::Truth | ObjOp::Not | ObjOp::Splat), args, .. } => {
                reads.remove(&args[0]);
            }
            Node::Op { op: Op::ObjOp(ObjOp::In | ObjOp::NotIn), args, .. } => drop(reads.remove(&args[1])),
            Node::Call { callee, args } => {
                let looks = match callee {
                    Callee::Lib(name) => reads_items(name.as_str()),
                    Callee::Method(_, name) => matches!(name.as_str(), "join" | "extend" | "update"),
                    _ => false,
                };
                for arg in args {
                    if looks || arg.kind == ArgKind::Star {
                        reads.remove(&arg.value);
                    }
                }
            }
            _ => {}
        }
    }
    !reads.is_empty()
}

/// Library functions that only read the items of what they are given.
fn reads_items(name: &str) -> bool {
    let name = name.strip_prefix("builtins.").unwrap_or(name);
    matches!(
        name,
        "len"
            | "sum"
            | "min"
            | "max"
            | "sorted"
            | "list"
            | "tuple"
            | "set"
            | "enumerate"
            | "zip"
            | "map"
            | "filter"
            | "any"
            | "all"
            | "reversed"
            | "iter"
            | "functools.reduce"
    )
}

/// Whether a function says that it may give `None`, or has it in what it returns.
fn gives_none(body: &Body<Hir>) -> bool {
    match body.ret.kind() {
        TyKind::Unknown => {}
        ret => return matches!(ret, TyKind::Option(_) | TyKind::Unit | TyKind::Value | TyKind::Union(_)),
    }
    let mut found = false;
    for (_, row) in body.nodes.iter() {
        if let Node::Return(Some(value)) = row.kind {
            body.walk(Child::Node(value), &mut |node| found |= narrow::is_none(body, node));
        }
    }
    found
}
