//! Lower bounds of int locals, so that an index that cannot be negative prints as `xs[i]`.
//!
//! A flow-insensitive fixpoint: a local's bound is the least of what its assignments give. Sound for
//! values that the program reaches without overflow (which stops it). Parameters start with the least
//! that any call passes ([`ParamBounds`]).

use crate::param_bounds::ParamBounds;
use batuta_base::FxHashMap;
use batuta_core::*;

/// Lower bounds; a local that is missing may be anything.
#[derive(Debug, Default)]
pub struct Bounds {
    lower: FxHashMap<LocalId, i64>,
}

/// Rounds before a bound that still falls counts as unknown.
const ROUNDS: usize = 6;
/// No bound.
pub(crate) const UNKNOWN: i64 = i64::MIN;
/// Not assigned yet in this round.
pub(crate) const UNSEEN: i64 = i64::MAX;

/// Solves the bounds of a body.
pub fn bounds(body: &Body<Typed>, params: &ParamBounds) -> Bounds {
    let mut out = Bounds::default();
    for (id, row) in body.locals.iter() {
        if row.ty.is_int() {
            out.lower.insert(id, UNSEEN);
        }
    }
    for (index, param) in body.params.iter().enumerate() {
        out.lower.insert(param.local, params.get(body.path, index));
    }
    let mut fixed: Vec<LocalId> = Vec::new();
    body.walk_block(body.root, &mut |node| {
        match &body.nodes[node].kind {
            Node::Closure(closure) => fixed.extend(closure.params.iter().map(|param| param.local)),
            // What a nested function assigns.
            Node::Call { callee: Callee::Fn(path), args } => {
                let lent = args.iter().enumerate().filter(|(index, _)| params.is_assigned(*path, *index));
                fixed.extend(lent.filter_map(|(_, arg)| match &body.nodes[arg.value].kind {
                    Node::Use(place, _) => place.as_local(),
                    _ => None,
                }));
            }
            _ => {}
        }
    });
    for local in fixed {
        out.lower.insert(local, UNKNOWN);
    }
    for round in 0.. {
        let before = out.lower.clone();
        Step { body, bounds: &mut out }.run();
        if out.lower == before {
            break;
        }
        if round >= ROUNDS {
            for (local, value) in &before {
                if out.lower[local] != *value {
                    out.lower.insert(*local, UNKNOWN);
                }
            }
        }
    }
    out
}

impl Bounds {
    /// Least value of an int expression, if one is known.
    pub fn of(&self, body: &Body<Typed>, node: NodeId) -> Option<i64> {
        let found = self.eval(body, node);
        (found != UNKNOWN && found != UNSEEN).then_some(found)
    }

    /// Least value of a local, if one is known.
    pub fn local(&self, local: LocalId) -> Option<i64> {
        self.lower.get(&local).copied().filter(|found| *found != UNKNOWN && *found != UNSEEN)
    }

    pub(crate) fn eval(&self, body: &Body<Typed>, node: NodeId) -> i64 {
        match &body.nodes[node].kind {
            Node::Const(Const::Int(digits)) => digits.parse().unwrap_or(UNKNOWN),
            Node::Use(place, _) => {
                place.as_local().and_then(|local| self.lower.get(&local)).copied().unwrap_or(UNKNOWN)
            }
            Node::Op { op, args, .. } => self.operation(body, *op, args),
            Node::If { then, els: Some(els), .. } => {
                let tail =
                    |block: BlockId| body.blocks[block].tail.map_or(UNKNOWN, |tail| self.eval(body, tail));
                tail(*then).min(tail(*els))
            }
            Node::Call { callee: Callee::Lib(name), args } => {
                let each = || args.iter().map(|arg| self.eval(body, arg.value));
                // `max(xs, default=0)` says nothing of the items.
                let are_ints =
                    || args.len() > 1 && args.iter().all(|arg| body.ty(arg.value).strip_ref().is_int());
                match name.as_str().split('#').next().unwrap_or_default() {
                    "builtins.max" if are_ints() => each().max().unwrap_or(UNKNOWN),
                    "builtins.min" if are_ints() => each().min().unwrap_or(UNKNOWN),
                    "builtins.ord" | "builtins.len" => 0,
                    _ => UNKNOWN,
                }
            }
            _ => UNKNOWN,
        }
    }

    fn operation(&self, body: &Body<Typed>, op: Op, args: &[NodeId]) -> i64 {
        let at = |index: usize| self.eval(body, args[index]);
        let literal = |index: usize| match body.as_const(args[index]) {
            Some(Const::Int(digits)) => digits.parse::<i64>().ok(),
            _ => None,
        };
        match op {
            Op::IntOp(IntOp::Add) => sum(at(0), at(1)),
            Op::IntOp(IntOp::Sub) => literal(1).map_or(UNKNOWN, |count| match at(0) {
                UNKNOWN => UNKNOWN,
                UNSEEN => UNSEEN,
                value => value.saturating_sub(count),
            }),
            Op::IntOp(IntOp::Mul) => match (at(0), at(1)) {
                (UNSEEN, b) if b >= 0 => UNSEEN,
                (a, UNSEEN) if a >= 0 => UNSEEN,
                (a, b) if a >= 0 && b >= 0 => a.saturating_mul(b),
                _ => UNKNOWN,
            },
            Op::IntOp(IntOp::FloorDiv | IntOp::Shr | IntOp::Div) if at(0) >= 0 && at(1) >= 0 => 0,
            Op::IntOp(IntOp::FloorMod) if at(1) >= 0 => 0,
            Op::IntOp(IntOp::Rem) if at(0) >= 0 => 0,
            Op::IntOp(IntOp::And) if at(0) >= 0 || at(1) >= 0 => 0,
            Op::IntOp(IntOp::Or | IntOp::Xor | IntOp::Shl) if at(0) >= 0 && at(1) >= 0 => 0,
            Op::IntOp(IntOp::Abs) | Op::BoolOp(BoolOp::ToInt) => 0,
            Op::ListOp(ListOp::Len)
            | Op::StrOp(StrOp::Len)
            | Op::DictOp(DictOp::Len)
            | Op::SetOp(SetOp::Len)
            | Op::BytesOp(BytesOp::Len | BytesOp::At)
            | Op::RangeOp(RangeOp::Len) => 0,
            _ => UNKNOWN,
        }
    }

    /// Least item of an iterable of ints.
    fn items(&self, body: &Body<Typed>, node: NodeId) -> i64 {
        match &body.nodes[node].kind {
            Node::Op { op: Op::IterOp(_), args, .. } => self.items(body, args[0]),
            Node::Op { op: Op::RangeOp(RangeOp::New), args, .. } => {
                let step = match body.as_const(args[2]) {
                    Some(Const::Int(digits)) => digits.parse::<i64>().unwrap_or(0),
                    _ => 0,
                };
                match step {
                    1.. => self.eval(body, args[0]),
                    i64::MIN..=-1 => match self.eval(body, args[1]) {
                        UNKNOWN => UNKNOWN,
                        stop => stop.saturating_add(1),
                    },
                    0 => UNKNOWN,
                }
            }
            Node::Call { callee: Callee::Lib(name), args }
                if name.as_str().starts_with("builtins.reversed") =>
            {
                self.items(body, args[0].value)
            }
            _ => UNKNOWN,
        }
    }
}

fn sum(a: i64, b: i64) -> i64 {
    match (a, b) {
        (UNKNOWN, _) | (_, UNKNOWN) => UNKNOWN,
        (UNSEEN, _) | (_, UNSEEN) => UNSEEN,
        (a, b) => a.saturating_add(b),
    }
}

/// One round over all assignments.
struct Step<'a> {
    body: &'a Body<Typed>,
    bounds: &'a mut Bounds,
}

impl Step<'_> {
    fn run(&mut self) {
        let body = self.body;
        body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
            StmtKind::Let { pat, value: Some(value) } | StmtKind::Set { target: pat, value } => {
                self.assign(pat, *value);
            }
            StmtKind::Update { place, op, value } => {
                if let Some(local) = place.as_local() {
                    let old = self.bounds.lower.get(&local).copied().unwrap_or(UNKNOWN);
                    let new = self.update(*op, old, *value);
                    self.lower(local, new);
                }
            }
            _ => {}
        });
        body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
            Node::For { pat, iter, .. } => self.each(pat, *iter),
            Node::Seq { clauses, .. } => {
                for clause in clauses {
                    if let Clause::For { pat, iter } = clause {
                        self.each(pat, *iter);
                    }
                }
            }
            Node::Match { arms, .. } => arms.iter().for_each(|arm| self.unknown(&arm.pat)),
            Node::With { items, .. } => {
                items.iter().filter_map(|item| item.target.as_ref()).for_each(|pat| self.unknown(pat));
            }
            _ => {}
        });
    }

    fn update(&self, op: Op, old: i64, value: NodeId) -> i64 {
        let by = self.bounds.eval(self.body, value);
        match op {
            Op::IntOp(IntOp::Add) if by >= 0 => old,
            Op::IntOp(IntOp::Mul | IntOp::FloorDiv | IntOp::Shr | IntOp::Or | IntOp::Xor | IntOp::Shl)
                if old >= 0 && by >= 0 =>
            {
                0
            }
            Op::IntOp(IntOp::FloorMod) if by >= 0 => 0,
            Op::IntOp(IntOp::And) if by >= 0 || old >= 0 => 0,
            _ => UNKNOWN,
        }
    }

    fn lower(&mut self, local: LocalId, value: i64) {
        if let Some(slot) = self.bounds.lower.get_mut(&local) {
            *slot = (*slot).min(value);
        }
    }

    fn assign(&mut self, pat: &Pat, value: NodeId) {
        match pat {
            Pat::Place(place) => {
                if let Some(local) = place.as_local() {
                    let bound = self.bounds.eval(self.body, value);
                    self.lower(local, bound);
                }
            }
            Pat::Bind(local, None) => {
                let bound = self.bounds.eval(self.body, value);
                self.lower(*local, bound);
            }
            Pat::Tuple(parts) => match &self.body.nodes[value].kind {
                Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } if args.len() == parts.len() => {
                    let pairs: Vec<_> = parts.iter().zip(args.clone()).collect();
                    pairs.into_iter().for_each(|(part, arg)| self.assign(part, arg));
                }
                _ => self.unknown(pat),
            },
            _ => self.unknown(pat),
        }
    }

    fn each(&mut self, pat: &Pat, iter: NodeId) {
        if let (Pat::Tuple(parts), Some(start)) = (pat, self.enumerate_start(iter)) {
            let mut parts = parts.iter();
            if let Some(first) = parts.next() {
                first.for_each_local(&mut |local| {
                    if let Some(slot) = self.bounds.lower.get_mut(&local) {
                        *slot = (*slot).min(start);
                    }
                });
            }
            return parts.for_each(|part| self.unknown(part));
        }
        let bound = self.bounds.items(self.body, iter);
        match pat {
            Pat::Place(_) | Pat::Bind(_, None) => pat.for_each_local(&mut |local| {
                if let Some(slot) = self.bounds.lower.get_mut(&local) {
                    *slot = (*slot).min(bound);
                }
            }),
            _ => self.unknown(pat),
        }
    }

    fn enumerate_start(&self, iter: NodeId) -> Option<i64> {
        match &self.body.nodes[iter].kind {
            Node::Op { op: Op::IterOp(_), args, .. } => self.enumerate_start(args[0]),
            Node::Call { callee: Callee::Lib(name), args }
                if name.as_str().starts_with("builtins.enumerate") =>
            {
                Some(args.get(1).map_or(0, |arg| self.bounds.eval(self.body, arg.value)))
            }
            _ => None,
        }
    }

    fn unknown(&mut self, pat: &Pat) {
        pat.for_each_local(&mut |local| {
            if let Some(slot) = self.bounds.lower.get_mut(&local) {
                *slot = UNKNOWN;
            }
        });
    }
}
