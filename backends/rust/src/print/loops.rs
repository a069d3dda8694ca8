//! Loops: what they iterate over, their labels, their `else`.

use super::loose;
use super::{Loop, Printer};
use crate::names;
use crate::tree::{Block, Expr, Stmt};
use batuta_base::Name;
use batuta_core::{Attr, BlockId, Callee, Child, Const, IterOp, Mode, Node, NodeId, Op, Pat, RsOp, TyKind};

impl Printer<'_, '_> {
    pub(crate) fn loop_node(&mut self, node: &Node) -> Expr {
        match node {
            Node::While { label, cond, body, els } => {
                let (label, cond, body) = (*label, *cond, *body);
                self.with_else(label, body, *els, |this, text| {
                    let is_endless = matches!(this.body.as_const(cond), Some(Const::Bool(true)));
                    let cond = this.expr(cond);
                    let body = this.block(body);
                    if is_endless { Expr::Loop(text, body) } else { Expr::While(text, Box::new(cond), body) }
                })
            }
            Node::Loop { label, body } => {
                let body = *body;
                self.with_else(*label, body, None, |this, text| match this.while_let(&text, body) {
                    Some(found) => found,
                    None => Expr::Loop(text, this.block(body)),
                })
            }
            Node::For { label, pat, iter, body, els } => {
                let (iter, body) = (*iter, *body);
                self.with_else(*label, body, *els, |this, text| {
                    if let Some(expr) = this.async_loop(&text, pat, iter, body) {
                        return expr;
                    }
                    if let Some(expr) = this.live_loop(&text, pat, iter, body) {
                        return expr;
                    }
                    if let Some(expr) = this.walk_loop(&text, pat, iter, body) {
                        return expr;
                    }
                    if let Some(items) = this.read_inside(iter, body) {
                        let next = Expr::Let(format!("Some({})", this.pat(pat)), Box::new(items));
                        return Expr::While(text, Box::new(next), this.block(body));
                    }
                    let (pat, iter) = this.loop_head(pat, iter);
                    let iter = if this.changes_places(body) { iter } else { super::lent::lent_copy(iter) };
                    if !collects_guarded(&iter) {
                        return Expr::For(text, pat, Box::new(iter), this.block(body));
                    }
                    // A guard in the head of a loop would be held while the body runs.
                    let is_taken = this.scope.names.iter().any(|name| name == "items");
                    let items = if is_taken { this.fresh("loop_items") } else { "items".to_owned() };
                    let start = Stmt::bind(&*items, None, Some(without_into_iter(iter)));
                    let turn = Expr::For(text, pat, Box::new(Expr::Atom(items)), this.block(body));
                    Expr::Block(
                        String::new(),
                        Block { stmts: vec![start, Stmt::expr(turn)], ..Block::default() },
                    )
                })
            }
            _ => self.problem("no loop"),
        }
    }

    /// `async for`: each item is waited for.
    fn async_loop(&mut self, text: &str, pat: &Pat, iter: NodeId, body: BlockId) -> Option<Expr> {
        let mut node = iter;
        while let Node::Op { op: Op::IterOp(_), args, .. } = &self.body.nodes[node].kind {
            node = args[0];
        }
        let Node::Call { callee: Callee::Lib(name), args } = &self.body.nodes[node].kind else { return None };
        if *name != "builtins.aiter" {
            return None;
        }
        let items = self.expr(args[0].value);
        let next = Expr::atom("items").method("next", vec![]);
        let next = Expr::Try(Box::new(Expr::Await(Box::new(next))));
        let head = Expr::Let(format!("Some({})", self.pat(pat)), Box::new(next));
        let turn = Expr::While(text.to_owned(), Box::new(head), self.block(body));
        let start = Stmt::bind("mut items", None, Some(items));
        Some(Expr::Block(String::new(), Block { stmts: vec![start, Stmt::expr(turn)], ..Block::default() }))
    }

    /// `loop { match x { Some(..) => { .. } _ => break } }` as `while let`.
    fn while_let(&mut self, label: &str, body: BlockId) -> Option<Expr> {
        let row = &self.body.blocks[body];
        let ([only], None) = (&row.stmts[..], row.tail) else { return None };
        let batuta_core::StmtKind::Expr(choice) = only.kind else { return None };
        let Node::Match { subject, arms } = &self.body.nodes[choice].kind else { return None };
        let [first, second] = &arms[..] else { return None };
        let leaves = match &self.body.blocks[second.body].stmts[..] {
            [only] => matches!(only.kind, batuta_core::StmtKind::Expr(node)
                if matches!(self.body.nodes[node].kind, Node::Break { label: None, value: None })),
            _ => false,
        };
        let is_bare = only.above.is_empty() && first.above.is_empty() && second.above.is_empty();
        if !matches!((&first.pat, &second.pat), (Pat::Some(_), Pat::Wild)) || !leaves || !is_bare {
            return None;
        }
        let (subject, guard, turn) = (*subject, first.guard, first.body);
        let is_iterator = matches!(&self.body.nodes[subject].kind, Node::Call { args, .. }
            if args.first().is_some_and(|arg| matches!(self.body.ty(arg.value).strip_ref().kind(), TyKind::Iter(_))));
        let value = self.expr(subject);
        if let (Pat::Some(part), Expr::Method(iter, next, none), true) = (&first.pat, &value, is_iterator)
            && let (Expr::Atom(name), "next", [], None) = (&**iter, next.as_str(), &none[..], guard)
        {
            let (pat, name) = (self.pat(part), name.clone());
            let turn = self.block(turn);
            let iter = Expr::Atom(name.clone()).method("by_ref", vec![]);
            return Some(match super::tries::mentions(&turn, &name) {
                true => {
                    let test = Expr::Let(format!("Some({pat})"), Box::new(value));
                    Expr::While(label.to_owned(), Box::new(test), turn)
                }
                false => Expr::For(label.to_owned(), pat, Box::new(iter), turn),
            });
        }
        let pat = self.pat(&first.pat);
        let cond = self.chained(pat, value, guard);
        Some(Expr::While(label.to_owned(), Box::new(cond), self.block(turn)))
    }

    /// A loop; with an `else`, inside a labelled block that `break` leaves.
    fn with_else(
        &mut self,
        label: Option<Name>,
        body: BlockId,
        els: Option<BlockId>,
        inside: impl FnOnce(&mut Self, String) -> Expr,
    ) -> Expr {
        let leave = els.map(|_| self.fresh_label("search"));
        let is_reached = label.is_none() && self.jumps_from_else(Child::Block(body), false);
        let word = is_reached.then(|| self.fresh_label("outer"));
        let text = match (label, &word) {
            (Some(label), _) => format!("'{}: ", names::snake(label.as_str())),
            (None, Some(word)) => format!("'{word}: "),
            (None, None) => String::new(),
        };
        self.loops.push(Loop { label, leave: leave.clone(), word, in_else: false });
        let inner = inside(self, text);
        self.loops.pop();
        let (Some(els), Some(leave)) = (els, leave) else { return inner };
        let before = self.loops.last_mut().map(|around| std::mem::replace(&mut around.in_else, true));
        let els = self.block(els);
        if let (Some(around), Some(before)) = (self.loops.last_mut(), before) {
            around.in_else = before;
        }
        let mut stmts = vec![Stmt::expr(inner)];
        stmts.extend(els.stmts);
        stmts.extend(els.tail.map(|tail| Stmt::expr(*tail)));
        Expr::Block(
            format!("'{leave}: "),
            Block { stmts, end_comments: els.end_comments, ..Block::default() },
        )
    }

    /// Whether the `else` of a loop inside leaves or goes on with this one.
    fn jumps_from_else(&self, child: Child, in_else: bool) -> bool {
        let node = match child {
            Child::Block(block) => {
                let row = &self.body.blocks[block];
                let mut found = false;
                for stmt in &row.stmts {
                    stmt.for_each_child(&mut |child| found |= self.jumps_from_else(child, in_else));
                }
                return found
                    || row.tail.is_some_and(|tail| self.jumps_from_else(Child::Node(tail), in_else));
            }
            Child::Node(node) => node,
        };
        match &self.body.nodes[node].kind {
            Node::Break { label: None, .. } | Node::Continue { label: None } => in_else,
            Node::Closure(_) | Node::Loop { .. } => false,
            Node::While { els, .. } | Node::For { els, .. } => {
                els.is_some_and(|els| self.jumps_from_else(Child::Block(els), true))
            }
            kind => kind.children().into_iter().any(|child| self.jumps_from_else(child, in_else)),
        }
    }

    /// `break` and `continue` as they stand, with the label of a block that stands for the loop.
    pub(crate) fn jump_word(&mut self, word: &str, label: Option<Name>) -> String {
        let target = match label {
            Some(label) => self.loops.iter().rev().find(|around| around.label == Some(label)),
            None => self.loops.last(),
        };
        let leave = target.and_then(|around| around.leave.clone());
        let around = target.filter(|around| around.in_else).and_then(|around| around.word.clone());
        match (word, leave, label) {
            ("break", Some(leave), _) => format!("break '{leave}"),
            (_, _, Some(label)) => format!("{word} '{}", names::snake(label.as_str())),
            _ if around.is_some() => format!("{word} '{}", around.unwrap_or_default()),
            _ => word.to_owned(),
        }
    }

    /// Pattern and iterator of a `for`; literals get a type where no use of the variables says it.
    pub(crate) fn loop_head(&mut self, pat: &Pat, iter: NodeId) -> (String, Expr) {
        let mut is_open = false;
        pat.for_each_local(&mut |local| is_open |= crate::anchors::needs_type(self.body, local));
        // The iterator of a shared list holds it by itself, outside of the guard that gave it.
        let is_own = matches!(&self.body.nodes[iter].kind, Node::Op { op: Op::IterOp(_), args, .. }
            if matches!(self.body.ty(args[0]).strip_ref().kind(), TyKind::Shared(_)));
        let (pat, iter) = if is_own {
            let mut text = String::new();
            let iter = self.guarded(|this| {
                let (pat, iter) = this.pattern_and_source(pat, iter);
                text = pat;
                iter
            });
            (text, iter)
        } else {
            self.pattern_and_source(pat, iter)
        };
        let iter = frozen(iter);
        (pat, if is_open { loose::typed(iter) } else { iter })
    }

    fn pattern_and_source(&mut self, pat: &Pat, iter: NodeId) -> (String, Expr) {
        let Node::Op { op: Op::IterOp(op), args, .. } = &self.body.nodes[iter].kind else {
            let iter = match self.iterator(iter) {
                // A loop takes what it can iterate as it is.
                Expr::Method(of, name, args) if name == "into_iter" && args.is_empty() => *of,
                iter => iter,
            };
            return (self.pat(pat), iter);
        };
        let (op, of) = (*op, args[0]);
        let ty = self.body.ty(of);
        let is_plain = matches!(
            ty.strip_ref().kind(),
            TyKind::List(_) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Array(..)
        );
        if !is_plain || self.std_range(of).is_some() {
            let iter = self.chain_source(op, of, self.body.ty(iter));
            return (self.pat(pat), iter);
        }
        match op {
            IterOp::Ref => {
                let source = self.lent_source(of);
                (self.pat(pat), source)
            }
            IterOp::Mut => {
                let is_mut = matches!(&self.body.nodes[of].kind, Node::Use(place, _)
                    if place.as_local().is_some_and(|local| matches!(self.body.locals[local].ty.kind(), TyKind::RefMut(_))));
                let source = self.expr(of);
                let source = if is_mut { source.method("iter_mut", vec![]) } else { source };
                (self.pat(pat), source)
            }
            IterOp::Into => {
                let source = self.typed_empty(of).unwrap_or_else(|| self.expr(of));
                let source = match source {
                    Expr::Macro(name, items) if name == "vec" => Expr::Array(items),
                    source => source,
                };
                (self.pat(pat), source)
            }
            IterOp::Copied if self.binds_plainly(pat) => {
                let source = self.lent_source(of);
                (format!("&{}", self.pat(pat)), source)
            }
            _ => {
                let iter = self.chain_source(op, of, self.body.ty(iter));
                (self.pat(pat), iter)
            }
        }
    }

    /// What a loop only reads: a `&mut` parameter is not given away.
    fn lent_source(&mut self, of: NodeId) -> Expr {
        let is_mut = matches!(self.shown_ty(of).kind(), TyKind::RefMut(_));
        match self.expr(of) {
            // A guard is no iterable: `for x in self.items.borrow().iter()`.
            Expr::Unary("&", guard) if matches!(&*guard, Expr::Method(_, name, args) if name == "borrow" && args.is_empty()) => {
                guard.method("iter", vec![])
            }
            source if is_mut => source.method("iter", vec![]),
            source => source,
        }
    }

    /// No part of the pattern is `mut`.
    fn binds_plainly(&self, pat: &Pat) -> bool {
        let mut plain = matches!(pat, Pat::Bind(_, None) | Pat::Tuple(_));
        pat.for_each_local(&mut |local| plain &= !self.body.locals[local].mutable);
        plain
    }

    /// An iterator expression: ranges and collections as std spells them.
    pub(crate) fn iterator(&mut self, node: NodeId) -> Expr {
        match self.std_range(node) {
            Some(range) => range,
            None => match &self.body.nodes[node].kind {
                Node::Use(..)
                    if matches!(self.body.ty(node).strip().kind(), TyKind::List(_) | TyKind::Set(_)) =>
                {
                    self.expr(node).method("iter", vec![])
                }
                _ => {
                    let is_owned = match self.body.ty(node).kind() {
                        TyKind::List(_) | TyKind::Set(_) | TyKind::FrozenSet(_) => true,
                        TyKind::Lib(name, _) => matches!(name.as_str(), "tuple" | "deque"),
                        _ => false,
                    };
                    let of = self.expr(node);
                    if is_owned { of.method("into_iter", vec![]) } else { of }
                }
            },
        }
    }

    /// `items.next()` for an iterator that the body reads too.
    fn read_inside(&mut self, iter: NodeId, body: BlockId) -> Option<Expr> {
        self.next_of(iter, Child::Block(body))
    }

    /// `items.next()` for an iterator that is read in one of these expressions too.
    pub(crate) fn read_in_any(&mut self, iter: NodeId, nodes: &[NodeId]) -> Option<Expr> {
        nodes.iter().find_map(|node| self.next_of(iter, Child::Node(*node)))
    }

    fn next_of(&mut self, iter: NodeId, inside: Child) -> Option<Expr> {
        let Node::Op { op: Op::RsOp(RsOp::Method), attr: Attr::Name(name), args } =
            &self.body.nodes[iter].kind
        else {
            return None;
        };
        let Node::Use(place, _) = &self.body.nodes[args[0]].kind else { return None };
        let (root, of) = (place.root, args[0]);
        let mut found = false;
        self.body.walk(inside, &mut |node| {
            found |= matches!(&self.body.nodes[node].kind, Node::Use(place, _) if place.root == root);
        });
        (found && *name == "by_ref").then(|| self.expr(of).receiver().method("next", vec![]))
    }

    /// A dict, set or deque whose size the body may change: a look at it each turn, which raises where Python does.
    fn walk_loop(&mut self, label: &str, pat: &Pat, iter: NodeId, body: BlockId) -> Option<Expr> {
        let Node::Op { op: Op::IterOp(IterOp::Into), args, .. } = &self.body.nodes[iter].kind else {
            return None;
        };
        let Node::Op { op: Op::RsOp(RsOp::Collect), attr: Attr::Name(kind), args } =
            &self.body.nodes[args[0]].kind
        else {
            return None;
        };
        let of = match &self.body.nodes[args[0]].kind {
            Node::Op { op: Op::IterOp(_), args, .. } => args[0],
            Node::Call { args, .. } => args.first()?.value,
            _ => return None,
        };
        let walk = self.fresh("walk");
        let pat = self.pat(pat);
        let size = if *kind == "queued" { "changes" } else { "len" };
        let size = self.guarded(|this| this.expr(of).receiver().method(size, vec![]));
        let start = Expr::call(self.rt("Walk::new"), vec![size]);
        let next = self.guarded(|this| {
            let is_lent = matches!(this.shown_ty(of).kind(), TyKind::Ref(_) | TyKind::RefMut(_))
                && matches!(&this.body.nodes[of].kind, Node::Use(place, Mode::Copy) if place.as_local().is_some());
            let container = match this.expr(of) {
                // The walk opens the cell itself.
                Expr::Unary("&", cell) => match *cell {
                    Expr::Method(cell, name, args) if name == "borrow" && args.is_empty() => Expr::unary("&", *cell),
                    other => Expr::unary("&", other),
                },
                Expr::Method(cell, name, args) if name == "borrow" && args.is_empty() => *cell,
                other => other,
            };
            let container = if is_lent { container } else { super::ops::by_ref(container) };
            Expr::atom(&*walk).method(kind.as_str(), vec![container])
        });
        let next = Expr::Let(format!("Some({pat})"), Box::new(next));
        let turn = Expr::While(label.to_owned(), Box::new(next), self.block(body));
        let start = Stmt::bind(format!("mut {walk}"), None, Some(start));
        Some(Expr::Block(String::new(), Block { stmts: vec![start, Stmt::expr(turn)], ..Block::default() }))
    }

    /// A list that the body may change: read by position, with a fresh look each turn.
    fn live_loop(&mut self, label: &str, pat: &Pat, iter: NodeId, body: BlockId) -> Option<Expr> {
        let (source, start) = match &self.body.nodes[iter].kind {
            Node::Call { callee: Callee::Lib(name), args }
                if name.as_str().starts_with("builtins.enumerate") =>
            {
                (args.first()?.value, Some(args.get(1).map(|arg| arg.value)))
            }
            _ => (iter, None),
        };
        let Node::Op { op: Op::IterOp(IterOp::Live), args, .. } = &self.body.nodes[source].kind else {
            return None;
        };
        let of = args[0];
        let ty = self.body.ty(of).strip_ref();
        let TyKind::List(item) = ty.kind() else { return None };
        let at = self.fresh("at");
        let pat = self.pat(pat);
        let cond = self.guarded(|this| {
            let list = this.expr(of).receiver();
            Expr::atom(&*at).binary("<", list.method("len", vec![]))
        });
        let mut read = self.guarded(|this| {
            let read = this.expr(of).receiver().index(Expr::atom(&*at));
            if this.env.is_copy(*item) { read } else { read.method("clone", vec![]) }
        });
        if let Some(start) = start {
            let number = Expr::atom(&*at).cast("i64");
            let number = match start {
                Some(start) if self.int_const(start) != Some(0) => number.binary("+", self.operand(start)),
                _ => number,
            };
            read = Expr::Tuple(vec![number, read]);
        }
        let mut block = self.block(body);
        let step = Expr::Assign(Box::new(Expr::atom(&*at)), "+", Box::new(Expr::atom("1")));
        block.stmts.splice(0..0, [Stmt::bind(pat, None, Some(read)), Stmt::expr(step)]);
        let turn = Expr::While(label.to_owned(), Box::new(cond), block);
        let start = Stmt::bind(format!("mut {at}"), None, Some(Expr::atom("0")));
        Some(Expr::Block(String::new(), Block { stmts: vec![start, Stmt::expr(turn)], ..Block::default() }))
    }
}

/// Whether the items of an iterator are collected from what a guard lends.
fn collects_guarded(iter: &Expr) -> bool {
    let Expr::Method(of, name, _) = iter else { return false };
    if name.starts_with("collect") { lends_guarded(of) } else { collects_guarded(of) }
}

fn lends_guarded(expr: &Expr) -> bool {
    match expr {
        Expr::Method(_, name, args)
            if args.is_empty() && matches!(name.as_str(), "borrow" | "borrow_mut") =>
        {
            true
        }
        Expr::Method(of, ..) | Expr::Field(of, _) | Expr::Unary(_, of) => lends_guarded(of),
        _ => false,
    }
}

fn without_into_iter(iter: Expr) -> Expr {
    match iter {
        Expr::Method(of, name, args) if name == "into_iter" && args.is_empty() => *of,
        Expr::Method(of, name, args) if name.starts_with("collect") => match *of {
            // Collected once is enough.
            Expr::Method(inner, into, none) if into == "into_iter" && none.is_empty() && collects(&inner) => {
                *inner
            }
            of => Expr::Method(Box::new(of), name, args),
        },
        iter => iter,
    }
}

fn collects(expr: &Expr) -> bool {
    matches!(expr, Expr::Method(_, name, _) if name.starts_with("collect"))
}

/// CPython iterates over a display of constants as it is, without the copy that a set of its own is.
pub(crate) fn frozen(iter: Expr) -> Expr {
    match iter {
        Expr::Method(of, name, args) => Expr::Method(Box::new(frozen(*of)), name, args),
        Expr::Call(callee, args) => match (&*callee, &args[..]) {
            (Expr::Atom(path), [Expr::Array(items)])
                if path.ends_with("Set::literal") || path.ends_with("Set::from") && shows_history(items) =>
            {
                let set = path.rsplit_once("::").map_or("", |(set, _)| set);
                Expr::call(format!("{set}::constant"), args)
            }
            _ => Expr::Call(callee, args),
        },
        iter => iter,
    }
}

/// Whether the order of a set of these numbers hangs on how it was made: more than fit in the smallest table
/// of CPython, or two with one place there.
pub(crate) fn shows_history(items: &[Expr]) -> bool {
    let number = |item: &Expr| match item {
        Expr::Atom(text) => text.trim_end_matches("_i64").replace('_', "").parse::<i64>().ok(),
        _ => None,
    };
    let is_const = |item: &Expr| matches!(item, Expr::Atom(text) if text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()));
    if items.len() < 2 || !items.iter().all(is_const) {
        return false;
    }
    // The hash of -1 is -2.
    let mut places: Vec<Option<i64>> =
        items.iter().map(|item| number(item).map(|n| if n == -1 { 6 } else { n & 7 })).collect();
    places.sort_unstable();
    places.dedup();
    items.len() > 4 || places.len() < items.len() || places.contains(&None)
}
