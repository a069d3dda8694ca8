//! Loops over things, comprehensions, and the library functions that consume them.

use super::{Lower, Scope};
use crate::lir::{End, InstKind, Reg};
use batuta_base::{Name, Origin};
use batuta_core::{
    Arg, Attr, BlockId, Callee, Clause, CmpOp, Const, IntOp, IterOp, ListOp, Node, NodeId, Op, OptOp, Pat,
    RangeOp, RsOp, Sink, Ty, TyKind,
};

/// What a loop reads.
enum Source {
    /// Next value, end, step.
    Range {
        next: Reg,
        stop: Reg,
        step: i64,
    },
    /// Next value, number of values left, step: where the step is known at run time only.
    Steps {
        next: Reg,
        left: Reg,
        step: Reg,
    },
    /// A list, by position.
    List {
        list: Reg,
        at: Reg,
        item: Ty,
        clones: bool,
    },
    /// A number beside each item.
    Counted {
        number: Reg,
        inner: Box<Source>,
    },
    Iter {
        iter: Reg,
        item: Ty,
    },
}

/// The type of an iterator's items.
pub(super) fn item_type(ty: Ty) -> Ty {
    match ty.strip().kind() {
        TyKind::Iter(item) | TyKind::List(item) | TyKind::Set(item) | TyKind::FrozenSet(item) => *item,
        TyKind::Dict(key, _) => *key,
        TyKind::Str => Ty::str(),
        TyKind::Range | TyKind::Bytes => Ty::i64(),
        TyKind::Lib(_, args) => args.first().copied().unwrap_or(Ty::value()),
        _ => Ty::value(),
    }
}

impl Lower<'_> {
    pub(super) fn for_(
        &mut self,
        label: Option<Name>,
        pat: &Pat,
        iter: NodeId,
        body: BlockId,
        els: Option<BlockId>,
    ) -> Reg {
        let origin = self.body.nodes[iter].origin;
        let source = self.source(iter);
        let (head, over, leave) = (self.new_block(), self.new_block(), self.new_block());
        self.goto(head);
        self.go(head);
        self.scopes.push(Scope::Locals(Vec::new()));
        self.advance(&source, pat, over, origin);
        self.scopes.push(Scope::Loop { label, leave, again: head, value: None });
        self.block(body);
        self.scopes.pop();
        self.drop_scope();
        self.goto(head);
        self.go(over);
        els.into_iter().for_each(|els| {
            self.block(els);
        });
        self.goto(leave);
        self.go(leave);
        self.unit(origin)
    }

    fn source(&mut self, iter: NodeId) -> Source {
        let body = self.body;
        let row = &body.nodes[iter];
        match &row.kind {
            Node::Op { op: Op::IterOp(IterOp::Into | IterOp::Of), args, .. } if self.is_range(args[0]) => {
                self.range_source(args[0])
            }
            Node::Op { op: Op::IterOp(IterOp::Into), args, .. } if self.walked(args[0]).is_some() => {
                let walked = self.walked(args[0]).unwrap_or(args[0]);
                self.source(walked)
            }
            Node::Op { op: Op::IterOp(how), args, .. } if *how != IterOp::Next && *how != IterOp::Mut => {
                let ty = body.nodes[args[0]].ty;
                let source = self.expr(args[0]);
                let known =
                    if matches!(self.ty(source).kind(), TyKind::Unknown) { ty } else { self.ty(source) };
                if let TyKind::List(item) = known.strip().kind() {
                    let at = self.int(0, row.origin);
                    let clones = matches!(how, IterOp::Cloned | IterOp::Live) && !item.is_copy();
                    return Source::List { list: source, at, item: *item, clones };
                }
                let iter = self.emit(row.ty, InstKind::Iter(*how, source), row.origin);
                Source::Iter { iter, item: item_type(row.ty) }
            }
            Node::Call { callee: Callee::Lib(name), args }
                if *name == "builtins.enumerate" && args.len() == 2 =>
            {
                let inner = Box::new(self.source(args[0].value));
                let start = self.expr(args[1].value);
                let number = self.emit(Ty::i64(), InstKind::Copy(start), row.origin);
                Source::Counted { number, inner }
            }
            _ => {
                let value = self.expr(iter);
                match row.ty.strip().kind() {
                    TyKind::Iter(item) => Source::Iter { iter: value, item: *item },
                    TyKind::List(item) => {
                        let at = self.int(0, row.origin);
                        Source::List { list: value, at, item: *item, clones: false }
                    }
                    _ => {
                        let item = item_type(row.ty);
                        let iter = self.emit(Ty::iter(item), InstKind::Iter(IterOp::Into, value), row.origin);
                        Source::Iter { iter, item }
                    }
                }
            }
        }
    }

    /// What a loop walks without a copy, since it may change below it: the copy that Mir names is not made.
    fn walked(&self, node: NodeId) -> Option<NodeId> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::Collect), attr, args } if *attr != Attr::None => Some(args[0]),
            _ => None,
        }
    }

    fn is_range(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Op { op: Op::RangeOp(RangeOp::New), .. })
    }

    fn step(&self, node: NodeId) -> Option<i64> {
        match self.body.as_const(node)? {
            Const::Int(text) => text.parse().ok().filter(|step| *step != 0),
            _ => None,
        }
    }

    fn range_source(&mut self, range: NodeId) -> Source {
        let body = self.body;
        let Node::Op { args, .. } = &body.nodes[range].kind else { unreachable!("is_range looked") };
        let origin = body.nodes[range].origin;
        let step = self.step(args[2]);
        let start = self.expr(args[0]);
        let stop = self.expr(args[1]);
        let Some(step) = step else {
            let step = self.expr(args[2]);
            let next = self.emit(Ty::i64(), InstKind::Copy(start), origin);
            let left = self.lib("rt.range_len", vec![start, stop, step], Ty::i64(), origin);
            return Source::Steps { next, left, step };
        };
        let next = self.emit(Ty::i64(), InstKind::Copy(start), origin);
        let stop = self.emit(Ty::i64(), InstKind::Copy(stop), origin);
        Source::Range { next, stop, step }
    }

    /// Takes the next item into the pattern's locals, or goes to `done`.
    fn advance(&mut self, source: &Source, pat: &Pat, done: crate::Bb, origin: Origin) {
        match source {
            Source::Counted { number, inner } => {
                let value = self.emit(Ty::i64(), InstKind::Copy(*number), origin);
                match pat {
                    Pat::Tuple(parts) if parts.len() == 2 => {
                        self.advance(inner, &parts[1], done, origin);
                        self.declare(&parts[0]);
                        self.bind(&parts[0], value, origin);
                    }
                    _ => {
                        let item = self.next_item(inner, done, origin);
                        let ty = Ty::tuple([Ty::i64(), self.ty(item)]);
                        let pair = self.op(batuta_core::TupleOp::New, vec![value, item], ty, origin);
                        self.declare(pat);
                        self.bind(pat, pair, origin);
                    }
                }
                self.increase(*number, 1, origin);
            }
            _ => {
                let item = self.next_item(source, done, origin);
                self.declare(pat);
                self.bind(pat, item, origin);
            }
        }
    }

    fn increase(&mut self, counter: Reg, by: i64, origin: Origin) {
        let by = self.int(by, origin);
        self.add_to(counter, by, origin);
    }

    /// Adds without a check: a counter that runs past its end is not read again.
    fn add_to(&mut self, counter: Reg, by: Reg, origin: Origin) {
        let attr = batuta_core::Attr::Name(Name::new("wrap"));
        self.push(
            Some(counter),
            InstKind::Op { op: IntOp::Add.into(), attr, args: vec![counter, by] },
            origin,
        );
    }

    fn next_item(&mut self, source: &Source, done: crate::Bb, origin: Origin) -> Reg {
        let some = self.new_block();
        match source {
            Source::Range { next, stop, step } => {
                let test = if *step > 0 { CmpOp::Lt } else { CmpOp::Gt };
                let more = self.op(test, vec![*next, *stop], Ty::bool(), origin);
                self.end(End::If(more, some, done));
                self.go(some);
                let item = self.emit(Ty::i64(), InstKind::Copy(*next), origin);
                self.increase(*next, *step, origin);
                item
            }
            Source::Steps { next, left, step } => {
                let zero = self.int(0, origin);
                let more = self.op(CmpOp::Gt, vec![*left, zero], Ty::bool(), origin);
                self.end(End::If(more, some, done));
                self.go(some);
                let item = self.emit(Ty::i64(), InstKind::Copy(*next), origin);
                self.add_to(*next, *step, origin);
                self.increase(*left, -1, origin);
                item
            }
            Source::List { list, at, item, clones } => {
                let length = self.op(ListOp::Len, vec![*list], Ty::i64(), origin);
                let more = self.op(CmpOp::Lt, vec![*at, length], Ty::bool(), origin);
                self.end(End::If(more, some, done));
                self.go(some);
                let mut value = self.emit(*item, InstKind::Nth(*list, *at), origin);
                if *clones {
                    value = self.emit(*item, InstKind::Clone(value), origin);
                }
                self.increase(*at, 1, origin);
                value
            }
            Source::Iter { iter, item } => {
                let item = self.temp(*item);
                self.end(End::Next { iter: *iter, item, some, done });
                self.go(some);
                item
            }
            Source::Counted { number, inner } => {
                let value = self.emit(Ty::i64(), InstKind::Copy(*number), origin);
                let item = self.next_item(inner, done, origin);
                self.increase(*number, 1, origin);
                let ty = Ty::tuple([Ty::i64(), self.ty(item)]);
                self.op(batuta_core::TupleOp::New, vec![value, item], ty, origin)
            }
        }
    }

    // Comprehensions.

    pub(super) fn seq(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty, origin: Origin) -> Reg {
        let made = match sink {
            Sink::List(_) => self.op(ListOp::New, Vec::new(), ty, origin),
            Sink::Set(_) => self.op(batuta_core::SetOp::New, Vec::new(), ty, origin),
            Sink::Dict(..) => self.op(batuta_core::DictOp::New, Vec::new(), ty, origin),
            Sink::Iter(item) => return self.lazy(clauses, *item, ty, origin),
        };
        let mut keep = |at: &mut Self| match sink {
            Sink::List(node) | Sink::Iter(node) => at.collect("list.append", made, &[*node], origin),
            Sink::Set(node) => at.collect("set.add", made, &[*node], origin),
            Sink::Dict(key, value) => at.collect("rt.insert", made, &[*key, *value], origin),
        };
        self.clauses(clauses, &mut keep, origin);
        made
    }

    /// A generator expression as a generator of its own; the first iterable is evaluated here.
    fn lazy(&mut self, clauses: &[Clause], item: NodeId, ty: Ty, origin: Origin) -> Reg {
        let Some((Clause::For { pat, iter }, rest)) = clauses.split_first() else {
            self.gap("a generator expression without `for`", origin);
            return self.unit(origin);
        };
        let first = self.expr(*iter);
        let item_ty = item_type(self.ty(first));
        let first = match self.ty(first).kind() {
            TyKind::Iter(_) => first,
            _ => self.emit(Ty::iter(item_ty), InstKind::Iter(IterOp::Cloned, first), origin),
        };
        let mut inner = Lower::new(self.program, self.body, Ty::unit(), self.in_cells.clone());
        inner.yields(self.body.nodes[item].ty);
        let mut captures = vec![first];
        let source = inner.temp(self.ty(first));
        inner.lir.captures.push(source);
        for local in super::shared::captured_by_seq(self.body, clauses, item) {
            captures.push(self.local_reg(local));
            let reg = inner.local_reg(local);
            inner.lir.captures.push(reg);
        }
        let (head, done) = (inner.new_block(), inner.new_block());
        inner.goto(head);
        inner.go(head);
        inner.scopes.push(Scope::Locals(Vec::new()));
        inner.advance(&Source::Iter { iter: source, item: item_ty }, pat, done, origin);
        let mut give = |at: &mut Self| {
            let value = at.expr(item);
            at.push(None, InstKind::Yield(value), origin);
        };
        inner.clauses(rest, &mut give, origin);
        inner.drop_scope();
        inner.goto(head);
        inner.go(done);
        inner.end(End::Return(None));
        self.lir.closures.push(inner.finish());
        let index = self.lir.closures.len() - 1;
        let function = self.emit(Ty::func([], ty), InstKind::Closure { index, captures }, origin);
        let target = crate::lir::Target::Value(function);
        self.emit(ty, InstKind::Call { target, args: Vec::new() }, origin)
    }

    fn collect(&mut self, row: &str, made: Reg, nodes: &[NodeId], origin: Origin) {
        let mut args = vec![made];
        args.extend(nodes.iter().map(|node| self.expr(*node)));
        self.lib(row, args, Ty::unit(), origin);
    }

    /// The nested loops of a comprehension around `inside`.
    fn clauses(&mut self, clauses: &[Clause], inside: &mut dyn FnMut(&mut Self), origin: Origin) {
        let Some((first, rest)) = clauses.split_first() else { return inside(self) };
        match first {
            Clause::If(cond) => {
                let cond = self.expr(*cond);
                let (yes, no) = (self.new_block(), self.new_block());
                self.end(End::If(cond, yes, no));
                self.go(yes);
                self.clauses(rest, inside, origin);
                self.goto(no);
                self.go(no);
            }
            Clause::For { pat, iter } => {
                let source = self.source(*iter);
                let (head, done) = (self.new_block(), self.new_block());
                self.goto(head);
                self.go(head);
                self.scopes.push(Scope::Locals(Vec::new()));
                self.advance(&source, pat, done, origin);
                self.clauses(rest, inside, origin);
                self.drop_scope();
                self.goto(head);
                self.go(done);
            }
        }
    }

    /// A library function over a generator expression, as its loop: one that takes all items gets a
    /// list, `any`, `all`, `next` and `sum` run inside the loop.
    pub(super) fn consumed(&mut self, name: Name, args: &[Arg], ty: Ty, origin: Origin) -> Option<Reg> {
        let body = self.body;
        let is_lazy =
            |arg: &Arg| matches!(&body.nodes[arg.value].kind, Node::Seq { sink: Sink::Iter(_), .. });
        let at = args.iter().position(is_lazy)?;
        let Node::Seq { clauses, sink: Sink::Iter(item) } = &body.nodes[args[at].value].kind else {
            return None;
        };
        match name.as_str() {
            "builtins.any" | "builtins.all" => {
                Some(self.quantified(name == "builtins.any", clauses, *item, origin))
            }
            "builtins.next" if at == 0 => Some(self.first_item(clauses, *item, args.get(1), ty, origin)),
            _ if TAKES_ALL.contains(&name.as_str()) => {
                let mut regs = Vec::new();
                for (position, arg) in args.iter().enumerate() {
                    regs.push(if position == at {
                        self.listed(clauses, *item, origin)
                    } else {
                        self.expr(arg.value)
                    });
                }
                Some(self.lib(name.as_str(), regs, ty, origin))
            }
            _ => None,
        }
    }

    /// The items of a generator expression, as an iterator over a list.
    fn listed(&mut self, clauses: &[Clause], item: NodeId, origin: Origin) -> Reg {
        let ty = Ty::list(self.body.nodes[item].ty);
        let list = self.seq(clauses, &Sink::List(item), ty, origin);
        self.emit(Ty::iter(self.body.nodes[item].ty), InstKind::Iter(IterOp::Into, list), origin)
    }

    fn quantified(&mut self, is_any: bool, clauses: &[Clause], item: NodeId, origin: Origin) -> Reg {
        let result = self.temp(Ty::bool());
        let start = self.emit(Ty::bool(), InstKind::Const(Const::Bool(!is_any)), origin);
        self.push(Some(result), InstKind::Copy(start), origin);
        let leave = self.new_block();
        let mut test = |at: &mut Self| {
            let value = at.expr(item);
            let (stop, next) = (at.new_block(), at.new_block());
            at.end(if is_any { End::If(value, stop, next) } else { End::If(value, next, stop) });
            at.go(stop);
            at.push(Some(result), InstKind::Copy(value), origin);
            at.goto(leave);
            at.go(next);
        };
        self.clauses(clauses, &mut test, origin);
        self.goto(leave);
        self.go(leave);
        result
    }

    fn first_item(
        &mut self,
        clauses: &[Clause],
        item: NodeId,
        default: Option<&Arg>,
        ty: Ty,
        origin: Origin,
    ) -> Reg {
        let result = self.temp(ty);
        let default = default.map(|arg| self.expr(arg.value));
        let leave = self.new_block();
        let item_ty = self.body.nodes[item].ty;
        let mut take = |at: &mut Self| {
            let mut value = at.expr(item);
            if matches!(ty.kind(), TyKind::Option(_)) && !matches!(item_ty.kind(), TyKind::Option(_)) {
                value = at.op(OptOp::Some, vec![value], ty, origin);
            }
            at.push(Some(result), InstKind::Copy(value), origin);
            at.goto(leave);
        };
        self.clauses(clauses, &mut take, origin);
        match default {
            Some(value) => self.push(Some(result), InstKind::Copy(value), origin),
            None => {
                self.lib("rt.exhausted", Vec::new(), ty, origin);
                self.end(End::Stop);
            }
        }
        self.goto(leave);
        self.go(leave);
        result
    }
}

/// Library functions that take all items before they do anything that can be seen.
pub(super) const TAKES_ALL: &[&str] = &[
    "builtins.sum",
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.frozenset",
    "builtins.dict",
    "builtins.sorted",
    "builtins.min",
    "builtins.max",
    "str.join",
    "list.extend",
    "set.update",
    "dict.update",
    "collections.Counter",
    "collections.deque",
    "math.prod",
    "math.fsum",
    "statistics.mean",
];
