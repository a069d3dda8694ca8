//! Walks every body once and joins what flows together.

use crate::fold::{Constants, Folded};
use crate::graph::{Graph, ShapeId};
use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;

/// An arithmetic step, for the growth analysis.
#[derive(Clone, Debug)]
pub struct Step {
    pub op: IntOp,
    pub operands: Vec<ShapeId>,
    pub result: ShapeId,
    /// The last operand, when it is a constant.
    pub literal: Option<i64>,
    /// The value of a constant expression.
    pub folded: Option<Folded>,
}

/// The shapes of a whole program.
#[derive(Debug)]
pub struct Built {
    pub graph: Graph,
    pub locals: FxHashMap<Name, Vec<ShapeId>>,
    pub nodes: FxHashMap<Name, Vec<Option<ShapeId>>>,
    pub results: FxHashMap<Name, ShapeId>,
    pub fields: FxHashMap<(Name, Name), ShapeId>,
    pub globals: FxHashMap<Name, ShapeId>,
    pub steps: Vec<Step>,
    /// (small side, large side) of every `<`, `<=` comparison that guards a loop.
    pub bounds: Vec<(ShapeId, ShapeId)>,
    /// Function values and the parameters that they are lent to.
    pub lendings: Vec<(ShapeId, ShapeId)>,
    /// Leaf of a call's value <- result of a function in the caller's own call cycle.
    pub recursive: Vec<(ShapeId, ShapeId)>,
    /// Ints that go into a new object.
    pub made: Vec<(ShapeId, ShapeId)>,
    /// Ints that are written to bytes of unknown number: what flows into them is wide too.
    pub long: Vec<ShapeId>,
    /// Literals beyond 64 bits.
    pub huge: Vec<ShapeId>,
    /// Results of `math.prod` over a variable number of ints.
    pub products: Vec<ShapeId>,
    /// Items that an operation gives a second place: `xs[:]`, `xs + ys`, `xs * 2`.
    pub copied: Vec<ShapeId>,
    /// Containers with a name that become dynamic values, and those that are read out of some.
    pub given: Vec<ShapeId>,
    pub taken: Vec<ShapeId>,
    /// Parameters that are functions which their function only calls.
    pub lent: FxHashMap<Name, Vec<bool>>,
}

impl Built {
    pub fn node(&self, body: Name, node: NodeId) -> Option<ShapeId> {
        self.nodes.get(&body)?.get(node.0 as usize).copied().flatten()
    }

    /// Whether objects of this flow class, or of one inside it, change after they are made.
    pub fn changes(&self, shape: ShapeId) -> bool {
        self.changes_below(shape, &mut FxHashSet::default())
    }

    fn changes_below(&self, shape: ShapeId, seen: &mut FxHashSet<usize>) -> bool {
        if !seen.insert(self.graph.slot(shape)) {
            return false;
        }
        if self.graph.ty(shape).class_path().is_some_and(|class| self.graph.enums.contains(&class)) {
            return false;
        }
        if self.graph.is_mutated(shape) {
            return true;
        }
        let mut parts = self.graph.kids(shape).to_vec();
        if let Some(class) = self.graph.ty(shape).class_path() {
            let family = self.graph.family(class);
            let is_ours = |owner: Name| self.graph.family(owner) == family;
            parts.extend(
                self.fields.iter().filter(|((owner, _), _)| is_ours(*owner)).map(|(_, field)| *field),
            );
        }
        parts.into_iter().any(|part| self.changes_below(part, seen))
    }

    pub fn local(&self, body: Name, local: LocalId) -> ShapeId {
        self.locals[&body][local.0 as usize]
    }
}

/// Shapes of every slot and node, joined by all flows.
pub fn build(program: &Program<Typed>) -> Built {
    let mut built = Built {
        graph: Graph::default(),
        locals: FxHashMap::default(),
        nodes: FxHashMap::default(),
        results: FxHashMap::default(),
        fields: FxHashMap::default(),
        globals: FxHashMap::default(),
        steps: Vec::new(),
        bounds: Vec::new(),
        recursive: Vec::new(),
        made: Vec::new(),
        long: Vec::new(),
        huge: Vec::new(),
        products: Vec::new(),
        lendings: Vec::new(),
        copied: Vec::new(),
        given: Vec::new(),
        taken: Vec::new(),
        lent: crate::functions::lent(program),
    };
    for class in program.classes.values() {
        if matches!(class.kind, ClassKind::Enum | ClassKind::EnumOf(_)) {
            built.graph.enums.insert(class.path);
        }
        for field in &class.fields {
            let shape = built.graph.fresh(field.ty);
            built.fields.insert((class.path, field.name), shape);
        }
    }
    for global in program.globals.values() {
        let shape = built.graph.fresh(global.ty);
        built.globals.insert(global.path, shape);
    }
    for body in program.fns.values() {
        let locals = body.locals.iter().map(|(_, row)| built.graph.fresh(row.ty)).collect();
        built.locals.insert(body.path, locals);
        let result = built.graph.fresh(body.ret);
        built.results.insert(body.path, result);
    }
    let mut constants = Constants::of(program);
    join_families(program, &mut built.graph);
    join_inherited(program, &mut built);
    for body in program.fns.values() {
        constants.enter(body);
        let mut walk = Walk {
            program,
            body,
            built: &mut built,
            nodes: vec![None; body.nodes.len()],
            constants: &constants,
            filled: crate::filled::filled(body),
            returns: Vec::new(),
        };
        walk.body();
        let nodes = walk.nodes;
        built.nodes.insert(body.path, nodes);
    }
    crate::functions::share(program, &mut built);
    built
}

/// Classes that inherit from each other, directly or not, form a family.
fn join_families(program: &Program<Typed>, graph: &mut Graph) {
    for class in program.classes.values() {
        for base in class.bases.iter().filter(|base| program.classes.contains_key(*base)) {
            let (ours, theirs) = (graph.family(class.path), graph.family(*base));
            for member in program.classes.keys() {
                if graph.family(*member) == ours {
                    graph.families.insert(*member, theirs);
                }
            }
        }
    }
}

/// A field that a subclass repeats is one field; an overriding method has the signature of what it overrides.
fn join_inherited(program: &Program<Typed>, built: &mut Built) {
    for class in program.classes.values() {
        for base in program.mro(class.path).into_iter().skip(1) {
            for field in &program.classes[&base].fields {
                if let (Some(own), Some(up)) =
                    (built.fields.get(&(class.path, field.name)), built.fields.get(&(base, field.name)))
                {
                    built.graph.unify(*own, *up);
                }
            }
            for method in &class.methods {
                let Some(up) = program.find_method(base, method.last()) else { continue };
                if method.last() != "__init__" {
                    join_signatures(program, built, *method, up);
                }
            }
        }
    }
}

fn join_signatures(program: &Program<Typed>, built: &mut Built, a: Name, b: Name) {
    let (Some(left), Some(right)) = (program.fns.get(&a), program.fns.get(&b)) else { return };
    for (x, y) in left.params.iter().zip(&right.params).skip(1) {
        let (x, y) = (built.local(a, x.local), built.local(b, y.local));
        built.graph.unify(x, y);
    }
    built.graph.unify(built.results[&a], built.results[&b]);
}

pub(crate) struct Walk<'a> {
    pub(crate) program: &'a Program<Typed>,
    pub(crate) body: &'a Body<Typed>,
    pub(crate) built: &'a mut Built,
    pub(crate) nodes: Vec<Option<ShapeId>>,
    pub(crate) constants: &'a Constants,
    /// Locals whose changes belong to their making.
    pub(crate) filled: FxHashSet<LocalId>,
    /// Shapes of what the functions around return and yield, innermost last.
    pub(crate) returns: Vec<(ShapeId, ShapeId)>,
}

impl Walk<'_> {
    fn body(&mut self) {
        let result = self.built.results[&self.body.path];
        let (result, yielded) = self.given(result, self.body.is_generator, self.body.is_async);
        self.returns.push((result, yielded));
        for param in &self.body.params {
            self.default(param);
        }
        if let Some(tail) = self.block(self.body.root) {
            self.built.graph.flow(tail, result);
        }
    }

    /// What a function with this result returns and yields.
    pub(crate) fn given(
        &mut self,
        result: ShapeId,
        is_generator: bool,
        is_async: bool,
    ) -> (ShapeId, ShapeId) {
        let kids = self.built.graph.kids(result).to_vec();
        let first = kids.first().copied().unwrap_or(result);
        match (is_generator, is_async) {
            (true, _) => (kids.get(2).copied().unwrap_or_else(|| self.built.graph.fresh(Ty::unit())), first),
            (false, true) => (first, first),
            (false, false) => (result, result),
        }
    }

    pub(crate) fn default(&mut self, param: &Param) {
        if let Some(default) = param.default {
            let shape = self.node(default);
            let local = self.local(param.local);
            self.built.graph.flow(shape, local);
        }
    }

    pub(crate) fn local(&self, local: LocalId) -> ShapeId {
        self.built.locals[&self.body.path][local.0 as usize]
    }

    pub(crate) fn block(&mut self, block: BlockId) -> Option<ShapeId> {
        for stmt in &self.body.blocks[block].stmts {
            self.stmt(stmt);
        }
        self.body.blocks[block].tail.map(|tail| self.node(tail))
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { pat, value } => {
                if let Some(value) = value {
                    let shape = self.node(*value);
                    self.bind(pat, shape);
                }
            }
            StmtKind::Set { target, value } => {
                let shape = self.node(*value);
                self.bind(target, shape);
            }
            StmtKind::Update { place, op, value } => {
                let target = self.place(place);
                let value_shape = self.node(*value);
                let result =
                    self.operate(*op, &[target, value_shape], &[*value], self.built.graph.ty(target));
                self.built.graph.flow(result, target);
                self.mark_mutated(place);
                let is_filled = place.as_local().is_some_and(|local| self.filled.contains(&local));
                if matches!(op, Op::ListOp(_) | Op::SetOp(_) | Op::DictOp(_)) && !is_filled {
                    self.built.graph.set_mutated(target);
                }
            }
            StmtKind::Expr(node) => {
                self.node(*node);
            }
            StmtKind::Del(place) => {
                self.place(place);
                self.mark_mutated(place);
            }
        }
    }

    /// The object that a write to this place changes.
    fn mark_mutated(&mut self, place: &Place) {
        // A constructor's `self.x = ..` makes the object; it does not change it.
        let is_init = self.body.path.last() == "__init__" && place.proj.len() == 1;
        if is_init && place.root == Root::Local(self.body.params[0].local) {
            return;
        }
        // So does what fills a container before it is handed on.
        if place.proj.len() == 1 && matches!(place.root, Root::Local(local) if self.filled.contains(&local)) {
            return;
        }
        if let Some((_, front)) = place.proj.split_last() {
            let owner = Place { root: place.root, proj: front.to_vec() };
            let shape = self.place(&owner);
            self.built.graph.set_mutated(shape);
        }
    }

    /// `a, b = xs`: both the list and a name hold what is taken out.
    fn taken_apart(&mut self, shape: ShapeId) {
        let is_sequence = match self.built.graph.ty(shape).kind() {
            TyKind::List(_) => true,
            TyKind::Lib(name, _) => matches!(name.as_str(), "tuple" | "deque"),
            _ => false,
        };
        if is_sequence && !self.built.graph.kids(shape).is_empty() {
            let item = self.part(shape, 0);
            self.built.copied.push(item);
        }
    }

    fn bind(&mut self, pat: &Pat, shape: ShapeId) {
        match pat {
            Pat::Bind(local, part) => {
                let target = self.local(*local);
                self.built.graph.flow(shape, target);
                part.iter().for_each(|part| self.bind(part, shape));
            }
            Pat::Place(place) => {
                let target = self.place(place);
                // What replaces a slice gives its items.
                let is_slice = matches!(place.proj.last(), Some(Proj::Index(index))
                    if *self.body.ty(*index).kind() == TyKind::Slice);
                let value = match self.built.graph.ty(shape).kind() {
                    TyKind::Iter(_) | TyKind::List(_) if is_slice => self.part(shape, 0),
                    _ => shape,
                };
                self.built.graph.flow(value, target);
                self.mark_mutated(place);
            }
            Pat::Tuple(parts) => {
                self.taken_apart(shape);
                for (index, part) in parts.iter().enumerate() {
                    let kid = self.part(shape, index);
                    self.bind(part, kid);
                }
            }
            Pat::List { front, rest, back } => {
                let count = self.built.graph.kids(shape).len();
                let is_tuple = matches!(self.built.graph.ty(shape).kind(), TyKind::Tuple(_));
                self.taken_apart(shape);
                for (index, part) in front.iter().enumerate() {
                    let kid = self.part(shape, index);
                    self.bind(part, kid);
                }
                for (index, part) in back.iter().enumerate() {
                    let at = if is_tuple { count.saturating_sub(back.len()) + index } else { 0 };
                    let kid = self.part(shape, at);
                    self.bind(part, kid);
                }
                if let Some(rest) = rest {
                    let kid = self.part(shape, front.len().min(count.saturating_sub(1)));
                    let ty = Ty::list(self.built.graph.ty(kid));
                    let list = self.built.graph.with_kids(ty, vec![kid]);
                    self.bind(rest, list);
                }
            }
            Pat::Class { class, args, named } => self.bind_class(*class, args, named),
            Pat::Some(part) => {
                let kid = self.part(shape, 0);
                self.bind(part, kid);
            }
            Pat::Map { pairs, rest } => {
                for (key, part) in pairs {
                    self.node(*key);
                    let kid = self.built.graph.kids(shape).get(1).copied().unwrap_or(shape);
                    self.bind(part, kid);
                }
                if let Some(rest) = rest {
                    let target = self.local(*rest);
                    self.built.graph.flow(shape, target);
                }
            }
            _ => {
                let parts = {
                    let mut parts = Vec::new();
                    pat.for_each_part(&mut |part| parts.push(part));
                    parts
                };
                parts.into_iter().for_each(|part| self.bind(part, shape));
                pat.for_each_child(&mut |child| {
                    if let Child::Node(node) = child {
                        self.node(node);
                    }
                });
            }
        }
    }

    fn bind_class(&mut self, class: Name, args: &[Pat], named: &[(Name, Pat)]) {
        let names: Vec<Name> = match self.program.classes.get(&class) {
            Some(def) => def.fields.iter().map(|field| field.name).collect(),
            None => Vec::new(),
        };
        let positional = args.iter().zip(names).map(|(part, name)| (name, part));
        let all: Vec<_> = positional.chain(named.iter().map(|(name, part)| (*name, part))).collect();
        for (name, part) in all {
            if let Some(field) = self.field(class, name) {
                self.bind(part, field);
            }
        }
    }

    /// Shape of the item, field, key or payload number `index` inside a shape.
    pub(crate) fn part(&mut self, shape: ShapeId, index: usize) -> ShapeId {
        let ty = self.built.graph.ty(shape);
        match ty.kind() {
            TyKind::Tuple(_) | TyKind::Union(_) => {
                self.built.graph.kids(shape).get(index).copied().unwrap_or(shape)
            }
            TyKind::Range => self.built.graph.fresh(Ty::int()),
            TyKind::Str | TyKind::Bytes => self.built.graph.fresh(ty),
            _ => self.built.graph.kids(shape).first().copied().unwrap_or(shape),
        }
    }

    pub(crate) fn field(&self, class: Name, name: Name) -> Option<ShapeId> {
        let find = |path: Name| self.built.fields.get(&(path, name)).copied();
        self.program.mro(class).into_iter().find_map(find)
    }

    fn place(&mut self, place: &Place) -> ShapeId {
        let mut shape = match place.root {
            Root::Local(local) => self.local(local),
            Root::Global(path) => match self.built.globals.get(&path) {
                Some(shape) => *shape,
                None => self.built.graph.fresh(Ty::unit()),
            },
            Root::Node(node) => self.node(node),
        };
        for proj in &place.proj {
            shape = self.project(shape, *proj);
        }
        shape
    }

    fn project(&mut self, shape: ShapeId, proj: Proj) -> ShapeId {
        match proj {
            Proj::Deref | Proj::Payload(_) => match self.built.graph.ty(shape).kind() {
                TyKind::Option(_) => self.part(shape, 0),
                _ => shape,
            },
            Proj::Field(name) => {
                let ty = self.built.graph.ty(shape);
                if let Some(class) = ty.class_path() {
                    return self.field(class, name).unwrap_or(shape);
                }
                let index = name.as_str().parse().unwrap_or(0);
                self.part(shape, index)
            }
            Proj::Index(node) | Proj::Nth(node) => {
                let index = self.node(node);
                match self.built.graph.ty(shape).kind() {
                    TyKind::Dict(..) => {
                        let (key, value) = (self.built.graph.kids(shape)[0], self.built.graph.kids(shape)[1]);
                        self.built.graph.flow(index, key);
                        value
                    }
                    TyKind::Tuple(_) => {
                        let at = match self.body.as_const(node) {
                            Some(Const::Int(digits)) => digits.parse::<i64>().unwrap_or(0),
                            _ => 0,
                        };
                        let count = self.built.graph.kids(shape).len() as i64;
                        self.part(shape, if at < 0 { (at + count).max(0) as usize } else { at as usize })
                    }
                    TyKind::Lib(name, _) if name.last() == "Counter" => {
                        let key = self.part(shape, 0);
                        self.built.graph.flow(index, key);
                        self.built.graph.fresh(Ty::int())
                    }
                    TyKind::Lib(..) if self.built.graph.kids(shape).len() > 1 => {
                        let (key, value) = (self.built.graph.kids(shape)[0], self.built.graph.kids(shape)[1]);
                        self.built.graph.flow(index, key);
                        value
                    }
                    _ => {
                        self.index_use(node);
                        self.part(shape, 0)
                    }
                }
            }
        }
    }

    fn index_use(&mut self, node: NodeId) {
        // What a function gives is as wide as it is: here it is narrowed.
        let is_result = matches!(&self.body.nodes[node].kind, Node::Call { callee, .. } if !matches!(callee, Callee::Lib(_)));
        if let Some(shape) = self.nodes[node.0 as usize].filter(|_| !is_result) {
            self.built.graph.set_index(shape);
        }
        if let Node::Use(place, _) = &self.body.nodes[node].kind
            && let Some(local) = place.as_local()
        {
            let shape = self.local(local);
            self.built.graph.set_index(shape);
        }
    }

    pub(crate) fn node(&mut self, id: NodeId) -> ShapeId {
        let body = self.body;
        let row = &body.nodes[id];
        let shape = match &row.kind {
            Node::Const(value) => self.constant(value, row.ty),
            Node::Use(place, _) => self.place(place),
            Node::Op { op, args, .. } => {
                let shapes: Vec<_> = args.iter().map(|arg| self.node(*arg)).collect();
                self.operate(*op, &shapes, args, row.ty)
            }
            Node::Call { callee, args } => self.call(callee, args, row.ty),
            Node::Format(pieces) => {
                self.pieces(pieces);
                self.built.graph.fresh(row.ty)
            }
            Node::Closure(closure) => self.closure(closure, row.ty),
            Node::Seq { clauses, sink } => self.seq(clauses, sink, row.ty),
            Node::Item(path) => self.item(*path, row.ty),
            other => self.control(other, row.ty),
        };
        self.nodes[id.0 as usize] = Some(shape);
        shape
    }

    fn constant(&mut self, value: &Const, ty: Ty) -> ShapeId {
        let shape = self.built.graph.fresh(ty);
        if let Const::Int(digits) = value
            && digits.parse::<i64>().is_err()
        {
            self.built.graph.set_big(shape);
            self.built.huge.push(shape);
        }
        shape
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            if let Piece::Value { value, spec, .. } = piece {
                self.node(*value);
                self.pieces(spec);
            }
        }
    }

    fn seq(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> ShapeId {
        for clause in clauses {
            match clause {
                Clause::For { pat, iter } => {
                    let source = self.node(*iter);
                    let item = self.part(source, 0);
                    self.bind(pat, item);
                }
                Clause::If(cond) => {
                    self.node(*cond);
                }
            }
        }
        let made = self.built.graph.fresh(ty);
        let kids = self.built.graph.kids(made).to_vec();
        let items: Vec<_> = sink.nodes().collect();
        for (node, kid) in items.into_iter().zip(kids) {
            let shape = self.node(node);
            self.built.graph.flow(shape, kid);
        }
        made
    }

    fn guard(&mut self, cond: NodeId) {
        let body = self.body;
        match &body.nodes[cond].kind {
            Node::Op { op: Op::BoolOp(_), args, .. } => args.iter().for_each(|arg| self.guard(*arg)),
            Node::Op { op: Op::CmpOp(op), args, .. } => {
                let shape = |walk: &Self, node: NodeId| walk.nodes[node.0 as usize];
                if let (Some(a), Some(b)) = (shape(self, args[0]), shape(self, args[1])) {
                    match op {
                        CmpOp::Lt | CmpOp::Le => self.built.bounds.push((a, b)),
                        CmpOp::Gt | CmpOp::Ge => self.built.bounds.push((b, a)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn control(&mut self, node: &Node, ty: Ty) -> ShapeId {
        let made = self.built.graph.fresh(ty);
        let into = |walk: &mut Self, block: BlockId| {
            if let Some(tail) = walk.block(block) {
                walk.built.graph.flow(tail, made);
            }
        };
        match node {
            Node::If { cond, then, els } => {
                self.node(*cond);
                into(self, *then);
                els.iter().for_each(|block| into(self, *block));
            }
            Node::Match { subject, arms } => {
                let subject = self.node(*subject);
                for arm in arms {
                    self.bind(&arm.pat, subject);
                    if let Some(guard) = arm.guard {
                        self.node(guard);
                    }
                    into(self, arm.body);
                }
            }
            Node::While { cond, body, els, .. } => {
                self.node(*cond);
                self.guard(*cond);
                self.block(*body);
                els.iter().for_each(|block| into(self, *block));
            }
            Node::For { pat, iter, body, els, .. } => {
                let source = self.node(*iter);
                let item = self.part(source, 0);
                self.bind(pat, item);
                self.block(*body);
                els.iter().for_each(|block| into(self, *block));
            }
            Node::Loop { body, .. } | Node::Block { block: body, .. } => into(self, *body),
            Node::Try { body, handlers, els, finally } => {
                into(self, *body);
                handlers.iter().for_each(|handler| into(self, handler.body));
                els.iter().for_each(|block| into(self, *block));
                if let Some(block) = finally {
                    self.block(*block);
                }
            }
            other => self.jump(other, made),
        }
        made
    }

    fn jump(&mut self, node: &Node, made: ShapeId) {
        match node {
            Node::With { items, body, .. } => {
                for item in items {
                    let shape = self.node(item.context);
                    item.target.iter().for_each(|pat| self.bind(pat, shape));
                }
                if let Some(tail) = self.block(*body) {
                    self.built.graph.flow(tail, made);
                }
            }
            Node::Return(Some(value)) => {
                let shape = self.node(*value);
                if let Some((result, _)) = self.returns.last().copied() {
                    self.built.graph.flow(shape, result);
                }
            }
            Node::Yield(Some(value)) => {
                let shape = self.node(*value);
                if let Some((_, yielded)) = self.returns.last().copied() {
                    self.built.graph.flow(shape, yielded);
                }
            }
            Node::YieldFrom(value) => {
                let source = self.node(*value);
                let item = self.part(source, 0);
                if let Some((_, yielded)) = self.returns.last().copied() {
                    self.built.graph.flow(item, yielded);
                }
                if let Some(value) = self.built.graph.kids(source).get(2).copied() {
                    self.built.graph.flow(value, made);
                }
            }
            Node::Await(value) => {
                let source = self.node(*value);
                if matches!(self.built.graph.ty(source).kind(), TyKind::Lib(..)) {
                    let result = self.part(source, 0);
                    self.built.graph.flow(result, made);
                }
            }
            _ => {
                let mut kids = Vec::new();
                node.for_each_child(&mut |child| kids.push(child));
                for child in kids {
                    match child {
                        Child::Node(node) => {
                            self.node(node);
                        }
                        Child::Block(block) => {
                            self.block(block);
                        }
                    }
                }
            }
        }
    }
}
