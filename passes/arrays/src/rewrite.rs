//! Writes what is known into the bodies: types of variables, accesses, arithmetic.
//!
//! A node is written in one of two forms: `typed`, of the type that its fact says, or `dynamic`, of the type that it had.
//! Most dynamic nodes become typed only at a variable; those that are `natural` have a static form of their own.

use crate::fact::{Elem, Fact, Side};
use crate::facts::Facts;
use crate::flow::{self, Keys, Known, Slot, slot_of};
use crate::keys::{Key, key};
use crate::row;
use crate::scalars;
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// The program, and the slots that were seen as Python's or NumPy's.
pub(crate) struct Rewritten {
    pub program: Program<Typed>,
    pub seen: Keys,
}

/// Writes all bodies.
pub(crate) fn program(program: &Program<Typed>, known: &Known) -> Rewritten {
    let mut out = program.clone();
    let mut seen = Keys::default();
    for (path, global) in &mut out.globals {
        if let Some(ty) = known.ty(Slot::Global(*path)).filter(|_| *global.ty.kind() == TyKind::Value) {
            Arc::make_mut(global).ty = ty;
        }
    }
    for (path, body) in &program.fns {
        let rewritten = Rewrite::new(program, body, known, &mut seen).body();
        out.fns.insert(*path, Arc::new(rewritten));
    }
    Rewritten { program: out, seen }
}

pub(crate) struct Rewrite<'a> {
    pub program: &'a Program<Typed>,
    pub src: &'a Body<Typed>,
    pub known: &'a Known,
    pub seen: &'a mut Keys,
    pub out: Body<Typed>,
    facts: FxHashMap<NodeId, Fact>,
    /// How many functions deep inside of the body.
    depth: usize,
}

impl<'a> Rewrite<'a> {
    fn new(program: &'a Program<Typed>, src: &'a Body<Typed>, known: &'a Known, seen: &'a mut Keys) -> Self {
        let asked = Facts { body: src, known };
        let facts = src.nodes.iter().map(|(id, _)| (id, asked.of(id))).collect();
        Self { program, src, known, seen, out: src.clone(), facts, depth: 0 }
    }

    fn body(mut self) -> Body<Typed> {
        for (id, row) in self.src.locals.iter() {
            if *row.ty.kind() == TyKind::Value
                && let Some(ty) = self.known.ty(Slot::Local(self.src.path, id))
            {
                self.out.locals[id].ty = ty;
            }
        }
        if let Some(ty) = self.result() {
            self.out.ret = ty;
        } else if self.known.is_apart(self.src.path) {
            self.out.ret = self.parts_ty(self.src.path, self.src.ret);
        }
        for param in &self.src.params {
            if let Some(default) = param.default {
                self.for_slot(default, Slot::Local(self.src.path, param.local));
            }
        }
        let root = self.src.root;
        self.stmts(root);
        if let Some(tail) = self.src.blocks[root].tail {
            self.returned(tail);
        }
        self.out
    }

    /// The static type of the result, where it was dynamic.
    fn result(&self) -> Option<Ty> {
        let is_dynamic = *self.src.ret.kind() == TyKind::Value;
        self.known.ty(Slot::Result(self.src.path)).filter(|_| is_dynamic)
    }

    /// The type of a tuple whose parts are known.
    fn parts_ty(&self, path: Name, ty: Ty) -> Ty {
        let part = |(at, ty): (usize, Ty)| self.slot_ty(Slot::Part(path, at as u8)).unwrap_or(ty);
        Ty::tuple(ty.children().into_iter().enumerate().map(part))
    }

    fn returned(&mut self, value: NodeId) {
        let src = self.src;
        if self.depth == 0
            && self.known.is_apart(src.path)
            && let Some(parts) = crate::tuples::written(src, value)
        {
            for (at, part) in parts.iter().enumerate() {
                self.for_slot(*part, Slot::Part(src.path, at as u8));
            }
            self.out.nodes[value].ty = self.parts_ty(src.path, src.ret);
            return;
        }
        match self.result() {
            Some(_) if self.depth == 0 => self.typed(value),
            _ => self.dynamic(value),
        }
    }

    pub(crate) fn fact(&self, node: NodeId) -> Fact {
        self.facts.get(&node).copied().unwrap_or(Fact::Unknown)
    }

    pub(crate) fn is_value(&self, node: NodeId) -> bool {
        *self.src.ty(node).kind() == TyKind::Value
    }

    /// The static type of a slot that was dynamic.
    pub(crate) fn slot_ty(&self, slot: Slot) -> Option<Ty> {
        let was = match slot {
            Slot::Local(path, local) if path == self.src.path => self.src.locals[local].ty,
            Slot::Local(path, local) => self.program.fns.get(&path)?.locals[local].ty,
            Slot::Global(path) => self.program.globals.get(&path)?.ty,
            Slot::Result(path) => self.program.fns.get(&path)?.ret,
            Slot::Part(path, at) => *self.program.fns.get(&path)?.ret.children().get(at as usize)?,
        };
        self.known.ty(slot).filter(|_| *was.kind() == TyKind::Value)
    }

    // ---- statements ------------------------------------------------------------------------

    pub(crate) fn block(&mut self, block: BlockId) {
        self.stmts(block);
        if let Some(tail) = self.src.blocks[block].tail {
            self.dynamic(tail);
        }
    }

    fn stmts(&mut self, block: BlockId) {
        let src = self.src;
        for (at, stmt) in src.blocks[block].stmts.iter().enumerate() {
            match &stmt.kind {
                StmtKind::Set { target, value } => {
                    if let Some(kind) = self.update(target, *value) {
                        self.out.blocks[block].stmts[at].kind = kind;
                        continue;
                    }
                    self.set(target, *value);
                    self.pattern(target);
                }
                StmtKind::Expr(node) => self.effect(*node),
                _ => stmt.for_each_child(&mut |child| self.child(child)),
            }
        }
    }

    fn child(&mut self, child: Child) {
        match child {
            Child::Node(node) => self.dynamic(node),
            Child::Block(block) => self.block(block),
        }
    }

    fn pattern(&mut self, pat: &Pat) {
        pat.for_each_child(&mut |child| self.child(child));
    }

    fn set(&mut self, target: &Pat, value: NodeId) {
        match (target, &self.src.nodes[value].kind) {
            (Pat::Place(place), _) => match slot_of(self.src, place) {
                Some(slot) => self.for_slot(value, slot),
                None => self.dynamic(value),
            },
            (Pat::Tuple(parts), Node::Op { op: Op::TupleOp(TupleOp::New), args, .. })
                if parts.len() == args.len() =>
            {
                parts.iter().zip(args).for_each(|(part, arg)| self.set(part, *arg));
                let types: Vec<Ty> = args.iter().map(|arg| self.out.ty(*arg)).collect();
                self.out.nodes[value].ty = Ty::tuple(types);
            }
            (Pat::Tuple(parts), Node::Op { op: Op::ValueOp(ValueOp::Iter), args, .. })
                if self.fact(args[0]) == Fact::Shape(parts.len() as u8) && self.takes_ints(parts) =>
            {
                self.typed(args[0]);
                self.out.nodes[value] = self.out.nodes[args[0]].clone();
                self.blank(args[0]);
            }
            (Pat::Tuple(parts), Node::Call { callee: Callee::Fn(path), .. })
                if self.known.is_apart(*path) =>
            {
                self.plain(value);
                self.out.nodes[value].ty = self.parts_ty(*path, self.src.ty(value));
                for (at, part) in parts.iter().enumerate() {
                    let Pat::Place(place) = part else { continue };
                    let slot = Slot::Part(*path, at as u8);
                    let held = slot_of(self.src, place).and_then(|slot| self.slot_ty(slot));
                    // A variable that holds other things too takes dynamic values.
                    if held != self.slot_ty(slot) {
                        self.seen.insert(slot);
                    }
                }
            }
            _ => self.dynamic(value),
        }
    }

    /// `total += x` of a number, where the operator is one of Rust's.
    fn update(&mut self, target: &Pat, value: NodeId) -> Option<StmtKind> {
        let Pat::Place(place) = target else { return None };
        let Node::Call { callee: Callee::Lib(name), args } = &self.src.nodes[value].kind else { return None };
        let op = scalars::in_place(name.as_str())?;
        let is_target = matches!(&self.src.nodes[args[0].value].kind, Node::Use(read, _) if read == place);
        let ty = slot_of(self.src, place).and_then(|slot| self.slot_ty(slot))?;
        let rule = self.rule(op, args[0].value, args[1].value)?;
        let scalars::Form::Op(op) = rule.form else { return None };
        let Fact::Number(given, _) = self.fact(args[1].value) else { return None };
        if !is_target || ty != rule.operands.ty() || self.fact(value).ty() != Some(ty) {
            return None;
        }
        self.number(args[1].value);
        let value = self.converted(args[1].value, given, rule.operands);
        Some(StmtKind::Update { place: place.clone(), op, value })
    }

    /// Whether all parts of a pattern are variables of ints.
    fn takes_ints(&self, parts: &[Pat]) -> bool {
        parts.iter().all(|part| match part {
            Pat::Place(place) => {
                slot_of(self.src, place).and_then(|slot| self.slot_ty(slot)).is_some_and(|ty| ty.is_int())
            }
            Pat::Wild => true,
            _ => false,
        })
    }

    /// A value for a variable, a parameter or a result.
    pub(crate) fn for_slot(&mut self, value: NodeId, slot: Slot) {
        match self.slot_ty(slot) {
            Some(_) if self.is_value(value) => self.typed(value),
            _ => self.dynamic(value),
        }
    }

    /// An expression whose value nobody takes.
    fn effect(&mut self, node: NodeId) {
        match &self.src.nodes[node].kind {
            Node::Op { op: Op::ValueOp(ValueOp::Method), attr: Attr::Name(name), args }
                if *name == "__setitem__" && self.store(node, args) => {}
            Node::Call { callee: Callee::Fn(path), .. } => {
                self.plain(node);
                if let Some(ty) = self.slot_ty(Slot::Result(*path)) {
                    self.out.nodes[node].ty = ty;
                }
            }
            _ => self.dynamic(node),
        }
    }

    /// `a[i, j] = x`; whether it has a static form.
    fn store(&mut self, node: NodeId, args: &[NodeId]) -> bool {
        let (Fact::Array(elem, rank), Fact::Number(given, _)) = (self.fact(args[0]), self.fact(args[2]))
        else {
            return false;
        };
        if elem != given && (elem, given) != (Elem::Float, Elem::Int) || self.may_be_large(args[2]) {
            return false;
        }
        let Some((method, mut parts)) = self.element(args[0], args[1], rank, "set") else { return false };
        self.typed(args[2]);
        let value = self.converted(args[2], given, elem);
        parts.push(value);
        let rank = if method.starts_with("row") { 2 } else { rank };
        self.call(node, row(elem, rank, &method), parts, Ty::unit());
        true
    }

    /// Whether an int of Python is a power, or a literal beyond 64 bits: NumPy says what is too large for it.
    fn may_be_large(&self, node: NodeId) -> bool {
        let mut found = false;
        self.src.walk(Child::Node(node), &mut |part| {
            found |= match &self.src.nodes[part].kind {
                Node::Op { op: Op::IntOp(op), .. } => matches!(op, IntOp::Pow | IntOp::Shl),
                Node::Const(Const::Int(digits)) => digits.parse::<i64>().is_err(),
                _ => false,
            };
        });
        found
    }

    /// The array and the two ints of `a[i][j]`.
    fn in_row(&self, of: NodeId, at: NodeId) -> Option<[NodeId; 3]> {
        let Node::Op { op: Op::ValueOp(ValueOp::Index), args, .. } = &self.src.nodes[of].kind else {
            return None;
        };
        let (Fact::Array(_, 2), Fact::Array(_, 1)) = (self.fact(args[0]), self.fact(of)) else { return None };
        let (i, j) = (self.key(args[1])?.ints(1)?, self.key(at)?.ints(1)?);
        Some([args[0], i[0], j[0]])
    }

    /// The receiver and the ints of an access to one element.
    fn element(&mut self, of: NodeId, at: NodeId, rank: u8, method: &str) -> Option<(String, Vec<NodeId>)> {
        if let Some([array, i, j]) = self.in_row(of, at) {
            self.typed(array);
            self.number(i);
            self.number(j);
            return Some((format!("row_{method}"), vec![array, i, j]));
        }
        match self.key(at)? {
            Key::Tuple(tuple, count) if count == rank && rank > 1 => {
                self.typed(of);
                self.dynamic(tuple);
                Some((format!("{method}_place"), vec![of, tuple]))
            }
            found => {
                let ints = found.ints(rank)?;
                self.typed(of);
                for int in &ints {
                    self.number(*int);
                }
                Some((method.to_owned(), [vec![of], ints].concat()))
            }
        }
    }

    pub(crate) fn key(&self, at: NodeId) -> Option<Key> {
        key(self.src, at, &|node| self.fact(node))
    }

    /// A number in its static form.
    pub(crate) fn number(&mut self, node: NodeId) {
        if self.is_value(node) { self.typed(node) } else { self.dynamic(node) }
    }

    /// A number of another type as a float.
    pub(crate) fn converted(&mut self, node: NodeId, from: Elem, to: Elem) -> NodeId {
        if from == to {
            return node;
        }
        let origin = self.src.nodes[node].origin;
        if let Some(Const::Int(digits)) = self.out.as_const(node)
            && let Ok(number) = digits.parse::<i32>()
        {
            return self.out.node(Node::Const(Const::Float(f64::from(number))), Ty::float(), origin);
        }
        self.out.op(IntOp::ToFloat, vec![node], Ty::float(), origin)
    }

    pub(crate) fn call(&mut self, node: NodeId, name: Name, args: Vec<NodeId>, ty: Ty) {
        let args = args.into_iter().map(Arg::positional).collect();
        let row = &mut self.out.nodes[node];
        row.kind = Node::Call { callee: Callee::Lib(name), args };
        row.ty = ty;
    }

    fn blank(&mut self, node: NodeId) {
        let row = &mut self.out.nodes[node];
        (row.kind, row.ty) = (Node::Const(Const::None), Ty::unit());
    }

    // ---- the two forms ---------------------------------------------------------------------

    /// The node as a value of the type that its fact says.
    pub(crate) fn typed(&mut self, node: NodeId) {
        let fact = self.fact(node);
        let Some(ty) = fact.ty().filter(|_| self.is_value(node)) else { return self.dynamic(node) };
        if self.is_natural(node) {
            return self.natural(node, ty);
        }
        self.plain(node);
        let origin = self.src.nodes[node].origin;
        let inner = self.out.nodes[node].clone();
        let inner = self.out.nodes.push(inner);
        let (op, attr) = match fact {
            Fact::Number(Elem::Bool, _) => (ValueOp::Unary, Attr::Name(Name::new("truth"))),
            _ => (ValueOp::To, Attr::None),
        };
        self.out.nodes[node] =
            NodeRow { kind: Node::Op { op: op.into(), attr, args: vec![inner] }, ty, origin };
    }

    /// The node as it was: a dynamic value where it was one.
    pub(crate) fn dynamic(&mut self, node: NodeId) {
        self.boxed(node, false);
    }

    /// The node as a dynamic value of which nobody tells whether a number in it is NumPy's.
    pub(crate) fn given(&mut self, node: NodeId) {
        self.boxed(node, true);
    }

    fn boxed(&mut self, node: NodeId, is_loose: bool) {
        let fact = self.fact(node);
        let Some(ty) = fact.ty().filter(|_| self.is_value(node) && self.is_natural(node)) else {
            return self.plain(node);
        };
        if let Fact::Number(_, Side::Either) = fact
            && !is_loose
        {
            self.note(node);
            if !self.is_variable(node) {
                return self.plain(node);
            }
        }
        self.natural(node, ty);
        let origin = self.src.nodes[node].origin;
        let inner = self.out.nodes[node].clone();
        let inner = self.out.nodes.push(inner);
        match fact {
            Fact::Number(elem, Side::Numpy) if !is_loose => {
                let name = Name::new(&format!("numpy.$scalar_{}", elem.word()));
                self.call(node, name, vec![inner], Ty::value());
            }
            _ => {
                let kind = Node::Op { op: ValueOp::From.into(), attr: Attr::None, args: vec![inner] };
                self.out.nodes[node] = NodeRow { kind, ty: Ty::value(), origin };
            }
        }
    }

    fn is_variable(&self, node: NodeId) -> bool {
        matches!(&self.src.nodes[node].kind, Node::Use(..) | Node::Call { callee: Callee::Fn(_), .. })
    }

    /// Variables in an expression whose numbers are seen to be Python's or NumPy's.
    fn note(&mut self, node: NodeId) {
        let mut found = Vec::new();
        self.src.walk(Child::Node(node), &mut |id| {
            let slot = match &self.src.nodes[id].kind {
                Node::Use(place, _) => slot_of(self.src, place),
                Node::Call { callee: Callee::Fn(path), .. } => Some(Slot::Result(*path)),
                _ => None,
            };
            found.extend(slot.filter(|_| matches!(self.fact(id), Fact::Number(_, Side::Either))));
        });
        self.seen.extend(found);
    }

    /// Whether a dynamic node has a static form of its own.
    pub(crate) fn is_natural(&self, node: NodeId) -> bool {
        if !self.fact(node).is_known() {
            return false;
        }
        match &self.src.nodes[node].kind {
            Node::Use(place, _) => slot_of(self.src, place).is_some_and(|slot| self.slot_ty(slot).is_some()),
            Node::Call { callee: Callee::Fn(path), .. } => self.slot_ty(Slot::Result(*path)).is_some(),
            Node::Call { callee: Callee::Lib(name), args } => match scalars::in_place(name.as_str()) {
                Some(op) => self.rule(op, args[0].value, args[1].value).is_some(),
                None => self.root(node).is_some() || self.is_natural_call(*name, args),
            },
            Node::Op { op: Op::ValueOp(op), attr, args } => {
                let name = match attr {
                    Attr::Name(name) => name.as_str(),
                    _ => "",
                };
                self.is_natural_op(*op, name, args)
            }
            _ => false,
        }
    }

    fn number_fact(&self, node: NodeId) -> Option<(Elem, Side)> {
        match self.fact(node) {
            Fact::Number(elem, side) => Some((elem, side)),
            _ => None,
        }
    }

    /// `max`, `min`, `abs` of numbers of one type.
    fn is_natural_call(&self, name: Name, args: &[Arg]) -> bool {
        let numbers: Option<Vec<_>> = args.iter().map(|arg| self.number_fact(arg.value)).collect();
        let Some(numbers) = numbers else { return false };
        let (elem, side) = numbers[0];
        match name.as_str().split('#').next().unwrap_or_default() {
            "builtins.max" | "builtins.min" => {
                elem != Elem::Bool && numbers.iter().all(|number| number.0 == elem)
            }
            "builtins.abs" => elem == Elem::Float || elem == Elem::Int && side != Side::Either,
            _ => false,
        }
    }

    /// The number of which `np.sqrt` is asked.
    fn root(&self, node: NodeId) -> Option<NodeId> {
        let Node::Call { callee: Callee::Lib(name), args } = &self.src.nodes[node].kind else { return None };
        let facts = Facts { body: self.src, known: self.known };
        let is_root = *name == "numpy.$call" && facts.text(args[0].value).is_some_and(|name| name == "sqrt");
        let items = facts.items(args.get(1)?.value)?;
        match items[..] {
            [only] if is_root && self.number_fact(only).is_some_and(|(elem, _)| elem != Elem::Bool) => {
                Some(only)
            }
            _ => None,
        }
    }

    fn is_natural_op(&self, op: ValueOp, name: &str, args: &[NodeId]) -> bool {
        let of = self.fact(args[0]);
        match op {
            ValueOp::From => Elem::of(self.src.ty(args[0])).is_some(),
            ValueOp::Index => match of {
                Fact::Array(_, rank) => match self.key(args[1]) {
                    Some(Key::Tuple(_, count)) => count == rank && rank > 1,
                    Some(key) => key.ints(rank).is_some(),
                    None => false,
                },
                _ => self.is_natural(args[0]),
            },
            ValueOp::Attr => {
                matches!(of, Fact::Array(_, rank) if name == "size" || name == "shape" && rank > 1)
            }
            ValueOp::Binary => self.rule(name, args[0], args[1]).is_some(),
            ValueOp::Method => {
                let is_copy = name == "copy" && args.len() == 1;
                is_copy && matches!(of, Fact::Array(..)) && self.is_natural(args[0])
            }
            ValueOp::Unary => match self.number_fact(args[0]) {
                Some((Elem::Float, _)) => name == "neg",
                Some((Elem::Int, side)) => name == "neg" && side != Side::Either,
                _ => false,
            },
            _ => false,
        }
    }

    pub(crate) fn rule(&self, op: &str, a: NodeId, b: NodeId) -> Option<scalars::Rule> {
        match (self.fact(a), self.fact(b)) {
            (Fact::Number(x, p), Fact::Number(y, q)) => scalars::rule(op, (x, p), (y, q)),
            _ => None,
        }
    }

    /// Writes a natural node in its static form.
    fn natural(&mut self, node: NodeId, ty: Ty) {
        let src = self.src;
        match &src.nodes[node].kind {
            Node::Use(place, _) => {
                place.for_each_child(&mut |child| self.child(child));
                self.out.nodes[node].ty = ty;
            }
            Node::Call { callee: Callee::Fn(_), .. } => {
                self.plain(node);
                self.out.nodes[node].ty = ty;
            }
            Node::Call { callee: Callee::Lib(name), args } => match scalars::in_place(name.as_str()) {
                Some(op) => self.arithmetic(node, op, args[0].value, args[1].value, ty),
                None if let Some(of) = self.root(node) => {
                    self.number(of);
                    let elem = self.number_fact(of).map_or(Elem::Float, |number| number.0);
                    let of = self.converted(of, elem, Elem::Float);
                    self.call(node, Name::new("numpy.$sqrt"), vec![of], ty);
                }
                None => {
                    let args: Vec<NodeId> = args.iter().map(|arg| arg.value).collect();
                    args.iter().for_each(|arg| self.number(*arg));
                    self.library(node, *name, args, ty);
                }
            },
            Node::Op { op: Op::ValueOp(op), attr, args } => {
                let name = match attr {
                    Attr::Name(name) => name.as_str(),
                    _ => "",
                };
                self.operation(node, *op, name, args, ty);
            }
            _ => {}
        }
    }

    fn operation(&mut self, node: NodeId, op: ValueOp, name: &str, args: &[NodeId], ty: Ty) {
        match op {
            ValueOp::From => {
                self.dynamic(args[0]);
                self.out.nodes[node] = self.out.nodes[args[0]].clone();
                self.blank(args[0]);
            }
            ValueOp::Index => match self.fact(args[0]) {
                Fact::Array(elem, rank) => {
                    let Some((method, parts)) = self.element(args[0], args[1], rank, "at") else { return };
                    let rank = if method.starts_with("row") { 2 } else { rank };
                    self.call(node, row(elem, rank, &method), parts, ty);
                }
                _ => self.part(node, args[0], args[1], ty),
            },
            ValueOp::Attr | ValueOp::Method => {
                let Fact::Array(elem, rank) = self.fact(args[0]) else { return };
                self.typed(args[0]);
                self.call(node, row(elem, rank, name), vec![args[0]], ty);
            }
            ValueOp::Binary => self.arithmetic(node, name, args[0], args[1], ty),
            _ => {
                let Fact::Number(elem, side) = self.fact(args[0]) else { return };
                self.number(args[0]);
                match (elem, side) {
                    (Elem::Int, Side::Numpy) => {
                        self.call(node, Name::new("numpy.$neg_int"), vec![args[0]], ty)
                    }
                    (Elem::Int, _) => self.write(node, IntOp::Neg.into(), vec![args[0]], ty),
                    _ => self.write(node, FloatOp::Neg.into(), vec![args[0]], ty),
                }
            }
        }
    }

    /// `shape[0]`.
    fn part(&mut self, node: NodeId, of: NodeId, at: NodeId, ty: Ty) {
        let Fact::Shape(count) = self.fact(of) else { return };
        let Some(at) = (Facts { body: self.src, known: self.known }).position(at, count) else { return };
        if let Node::Op { op: Op::ValueOp(ValueOp::Attr), args, .. } = &self.src.nodes[of].kind
            && let Fact::Array(elem, rank) = self.fact(args[0])
        {
            self.typed(args[0]);
            return self.call(node, row(elem, rank, &format!("axis{at}")), vec![args[0]], ty);
        }
        self.typed(of);
        let place = match &self.out.nodes[of].kind {
            Node::Use(place, _) => place.clone(),
            _ => Place::node(of),
        };
        let row = &mut self.out.nodes[node];
        row.kind = Node::Use(place.with(Proj::Field(Name::new(&at.to_string()))), Mode::Read);
        row.ty = ty;
    }

    fn write(&mut self, node: NodeId, op: Op, args: Vec<NodeId>, ty: Ty) {
        let row = &mut self.out.nodes[node];
        row.kind = Node::Op { op, attr: Attr::None, args };
        row.ty = ty;
    }

    fn arithmetic(&mut self, node: NodeId, op: &str, a: NodeId, b: NodeId, ty: Ty) {
        let (Fact::Number(x, _), Fact::Number(y, _)) = (self.fact(a), self.fact(b)) else { return };
        let Some(rule) = self.rule(op, a, b) else { return };
        self.number(a);
        self.number(b);
        let (a, b) = (self.converted(a, x, rule.operands), self.converted(b, y, rule.operands));
        match rule.form {
            scalars::Form::Op(op) => self.write(node, op, vec![a, b], ty),
            scalars::Form::Row(name) => self.call(node, Name::new(name), vec![a, b], ty),
        }
    }

    /// `max`, `min`, `abs` of numbers of one type.
    fn library(&mut self, node: NodeId, name: Name, args: Vec<NodeId>, ty: Ty) {
        let short = name.as_str().split('#').next().unwrap_or_default();
        if short == "builtins.abs" {
            return match self.number_fact(args[0]) {
                Some((Elem::Int, Side::Numpy)) => self.call(node, Name::new("numpy.$abs_int"), args, ty),
                Some((Elem::Int, _)) => self.write(node, IntOp::Abs.into(), args, ty),
                _ => self.write(node, FloatOp::Abs.into(), args, ty),
            };
        }
        let rows = batuta_catalog::functions(short);
        let takes = |row: &&batuta_catalog::Row| {
            row.params.len() == args.len() && row.params.iter().all(|param| param.ty == ty)
        };
        let chosen = match rows.iter().find(takes) {
            Some(row) if row.overload > 0 => Name::new(&format!("{short}#{}", row.overload)),
            Some(_) => Name::new(short),
            None => name,
        };
        self.call(node, chosen, args, ty);
    }

    // ---- nodes that keep their type ---------------------------------------------------------

    /// Writes a node whose own type stays.
    pub(crate) fn plain(&mut self, node: NodeId) {
        let src = self.src;
        match &src.nodes[node].kind {
            Node::Op { op: Op::ValueOp(op), attr, args } => self.dynamic_op(node, *op, attr, args),
            Node::Call { callee: Callee::Fn(path), args } => self.call_fn(*path, args),
            Node::Call { callee: Callee::Lib(name), args } => self.call_lib(node, *name, args),
            Node::Format(pieces) => self.pieces(pieces),
            Node::For { pat, iter, body, els, .. } => {
                self.each(pat, *iter);
                self.pattern(pat);
                self.block(*body);
                els.iter().for_each(|block| self.block(*block));
            }
            Node::Seq { clauses, sink } => {
                for clause in clauses {
                    match clause {
                        Clause::For { pat, iter } => {
                            self.each(pat, *iter);
                            self.pattern(pat);
                        }
                        Clause::If(test) => self.dynamic(*test),
                    }
                }
                sink.nodes().for_each(|item| self.dynamic(item));
            }
            Node::Return(Some(value)) => self.returned(*value),
            Node::Closure(_) => {
                self.depth += 1;
                src.nodes[node].kind.for_each_child(&mut |child| self.child(child));
                self.depth -= 1;
            }
            kind => kind.for_each_child(&mut |child| self.child(child)),
        }
    }

    fn call_fn(&mut self, path: Name, args: &[Arg]) {
        let program = self.program;
        let Some(callee) = program.fns.get(&path) else {
            return args.iter().for_each(|arg| self.dynamic(arg.value));
        };
        for (at, arg) in args.iter().enumerate() {
            match callee.params.get(at) {
                Some(param) => self.for_slot(arg.value, Slot::Local(callee.path, param.local)),
                None => self.dynamic(arg.value),
            }
        }
    }

    /// The variables of a loop over an array.
    fn each(&mut self, pat: &Pat, iter: NodeId) {
        let src = self.src;
        let takes = |me: &Self, place: &Place, of: NodeId| {
            let given = flow::item(me.fact(of)).ty();
            let slot = slot_of(me.src, place).and_then(|slot| me.slot_ty(slot));
            given.is_some() && given == slot
        };
        match pat {
            Pat::Place(place)
                if let Some(of) = flow::walked(src, iter)
                    && takes(self, place, of) =>
            {
                self.items(iter, of);
            }
            Pat::Tuple(parts)
                if let Some(of) = flow::counted(src, iter)
                    && let [Pat::Place(count), Pat::Place(place)] = &parts[..]
                    && takes(self, place, of) =>
            {
                let Node::Op { args: inner, .. } = &src.nodes[iter].kind else { return };
                let Node::Call { args, .. } = &src.nodes[inner[0]].kind else { return };
                let item = self.items(args[0].value, of);
                args[1..].iter().for_each(|arg| self.dynamic(arg.value));
                let first = match slot_of(src, count) {
                    Some(_) => Ty::int(),
                    None => return self.dynamic(iter),
                };
                let ty = Ty::iter(Ty::tuple([first, item]));
                self.out.nodes[inner[0]].ty = ty;
                self.out.nodes[iter].ty = ty;
            }
            _ => self.dynamic(iter),
        }
    }

    /// `value.iter(a)` as an iterator of static items, whose type it gives.
    fn items(&mut self, iter: NodeId, of: NodeId) -> Ty {
        let Fact::Array(elem, rank) = self.fact(of) else { return Ty::value() };
        self.typed(of);
        let item = flow::item(self.fact(of)).ty().unwrap_or_else(Ty::value);
        self.call(iter, row(elem, rank, "iter"), vec![of], Ty::iter(item));
        item
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            let Piece::Value { value, conv, spec, .. } = piece else { continue };
            let is_text = matches!(conv, Conv::Str | Conv::Format);
            let fits = match self.fact(*value) {
                Fact::Number(Elem::Bool, _) => spec.is_empty(),
                Fact::Number(..) => spec.is_empty() || *conv == Conv::Format,
                _ => false,
            };
            if is_text && fits && self.is_value(*value) && self.is_natural(*value) {
                self.typed(*value);
            } else {
                self.dynamic(*value);
            }
            Piece::values(spec).into_iter().for_each(|value| self.dynamic(value));
        }
    }
}
