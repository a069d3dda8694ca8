//! `try`: the body is a closure that gives a `Result`, the handlers are arms of a `match` on it.
//!
//! The closure runs under `rt::catch_result`, which also catches what unwinds; around an `await` it
//! is an async block under `rt::catch_async`.

use super::control::Exit;
use super::places::Access;
use super::{Frame, Printer, comment, ok_unit};
use crate::tree::{self, Block, Expr, Stmt};
use batuta_base::Name;
use batuta_core::{
    Attr, BlockId, Callee, Child, Effect, Handler, IntOp, Lang, LocalId, Node, NodeId, Op, Pat, Place, Proj,
    RsOp, StmtKind, Ty, TyKind, WithItem,
};

/// Which jumps leave a block.
#[derive(Default, Clone, Copy)]
struct Jumps {
    returns: bool,
    breaks: bool,
    continues: bool,
}

impl Printer<'_, '_> {
    pub(crate) fn try_node(
        &mut self,
        node: NodeId,
        body: BlockId,
        handlers: &[Handler],
        els: Option<BlockId>,
        finally: Option<BlockId>,
    ) -> Expr {
        if let Some(finally) = finally {
            return self.try_finally(node, body, handlers, els, finally);
        }
        if handlers.is_empty() {
            return self.block_expr(body);
        }
        self.try_match(node, body, handlers, els)
    }

    /// `match <closure>() { Ok(..) => .., Err(error) if error.is_a(..) => .. }`.
    fn try_match(&mut self, node: NodeId, body: BlockId, handlers: &[Handler], els: Option<BlockId>) -> Expr {
        let mut jumps = Jumps::default();
        self.jumps(body, 0, &mut jumps);
        // Around an `await` the exit of a generator arrives as an error too.
        let takes_all = |handler: &Handler| match self.awaits(body) {
            true => is_bare(handler),
            false => is_broad(handler),
        };
        let broad: Vec<bool> = handlers.iter().map(takes_all).collect();
        let (subject, exit) = self.attempt(body, handlers, jumps);
        let plain = self.fresh_label("error");
        // A variable of the same name may stand beside it, but not in what a handler does.
        let is_read = handlers.iter().any(|handler| self.reads_name(handler.body, &plain));
        let error = if is_read { self.fresh("error") } else { plain.clone() };
        let mut arms = self.ok_arms(node, body, els, exit, jumps);
        for (handler, broad) in handlers.iter().zip(&broad) {
            arms.push(self.handler_arm(handler, &error, *broad));
        }
        if !broad.contains(&true) {
            let fallible = self.in_fallible();
            let again = self.raise_expr(Expr::atom(&*plain), fallible);
            arms.push(tree::Arm {
                pat: format!("Err({plain})"),
                guard: None,
                body: Block::of(again),
                above: Vec::new(),
                mark: None,
            });
        }
        simplify(subject, arms)
    }

    /// Whether a block reads a variable of this name.
    fn reads_name(&self, block: BlockId, name: &str) -> bool {
        let mut found = false;
        self.body.walk_block(block, &mut |node| {
            found |= matches!(&self.body.nodes[node].kind, Node::Use(place, _)
                if matches!(place.root, batuta_core::Root::Local(local) if self.scope.names[local.0 as usize] == name));
        });
        found
    }

    /// The `try` body as an expression that gives a `Result`.
    fn attempt(&mut self, body: BlockId, handlers: &[Handler], jumps: Jumps) -> (Expr, Exit) {
        let ret = self.body.blocks[body].tail.map_or(Ty::unit(), |tail| self.body.ty(tail));
        let around = *self.frames.last().expect("a body is a frame");
        let exit = jumps.exit(self.ends(body));
        let frame_ret = if exit == Exit::Direct { ret } else { around.ret };
        self.frames.push(Frame { fallible: true, ret: frame_ret, exit });
        let loops = std::mem::take(&mut self.loops);
        let mut block = self.block(body);
        self.loops = loops;
        self.frames.pop();
        self.close_attempt(body, &mut block, exit);
        last_return(&mut block);
        if matches!(exit, Exit::Loop | Exit::LoopBoth) {
            self.uses.paths.insert("std::ops::ControlFlow".to_owned());
        }
        if let Some(call) = single_call(&block)
            && self.gives_all_errors(body, handlers)
        {
            return (call, exit);
        }
        let all = handlers.iter().any(catches_exits);
        (self.caught(body, block, all), exit)
    }

    /// Whether each error of the block that a handler takes comes as a `Result`: none has to be caught.
    fn gives_all_errors(&self, block: BlockId, handlers: &[Handler]) -> bool {
        let takes_faults = handlers.iter().any(takes_faults);
        let takes_own = |handler: &Handler| {
            let is_own = |class: &Name| self.env.class(self.env.program.resolve(*class)).is_some();
            !handler.classes.is_empty() && handler.classes.iter().all(is_own)
        };
        let takes_own = handlers.iter().all(takes_own);
        let mut all = true;
        self.body.walk_block(block, &mut |node| {
            all &= match &self.body.nodes[node].kind {
                Node::Const(_) | Node::Return(_) => true,
                Node::Use(place, _) => {
                    !takes_faults || place.proj.iter().all(|proj| matches!(proj, Proj::Field(_)))
                }
                Node::Op { op: Op::RsOp(RsOp::Try), attr, .. } => takes_own && *attr != Attr::None,
                // Looked at where it stands, in `rs.try`.
                Node::Call { callee: Callee::Fn(path), .. } => {
                    self.env.function(*path).is_some_and(|callee| callee.fallible)
                }
                Node::Call { callee: Callee::Lib(name), args } => {
                    let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
                    let row = batuta_catalog::select(name.as_str(), &tys);
                    row.is_some_and(|row| row.fallible || row.raises.is_empty() && !takes_faults)
                }
                Node::Op { op: Op::ValueOp(_), .. } => false,
                Node::Op { op, .. } => match op.info().effect {
                    Effect::Pure => true,
                    Effect::Fault => {
                        // A shift by less than nothing is a `ValueError`.
                        let is_shift = matches!(op, Op::IntOp(IntOp::Shl | IntOp::Shr | IntOp::Pow));
                        !takes_faults && !is_shift
                    }
                    _ => matches!(op, Op::RsOp(_)),
                },
                _ => false,
            };
        });
        all
    }

    /// Runs a block that gives a `Result`; what unwinds out of it becomes the error.
    fn caught(&mut self, body: BlockId, block: Block, all: bool) -> Expr {
        if self.awaits(body) {
            let name = self.rt(if all { "catch_all_async" } else { "catch_async" });
            let future = Expr::Block("async ".to_owned(), block);
            return Expr::Await(Box::new(Expr::call(name, vec![future])));
        }
        // An int that is too large is an error like others in Ruchy.
        let name = self.rt(match (all, self.body.lang) {
            (true, _) => "catch_all_result",
            (_, Lang::Ruchy) => "ruchy::catch_result",
            _ => "catch_result",
        });
        Expr::call(name, vec![Expr::closure("", Expr::Block(String::new(), block))])
    }

    /// Whether a block suspends the function.
    fn awaits(&self, block: BlockId) -> bool {
        let mut found = false;
        self.body.walk_block(block, &mut |node| {
            found |=
                matches!(self.body.nodes[node].kind, Node::Yield(_) | Node::YieldFrom(_) | Node::Await(_));
        });
        found
    }

    fn close_attempt(&mut self, body: BlockId, block: &mut Block, exit: Exit) {
        if self.ends(body) {
            return;
        }
        let value = match (exit, block.tail.take()) {
            (Exit::Wrapped, tail) => {
                block.stmts.extend(tail.map(|tail| Stmt::expr(*tail)));
                Expr::call("Ok", vec![Expr::atom("None")])
            }
            (Exit::Loop | Exit::LoopBoth, tail) => {
                block.stmts.extend(tail.map(|tail| Stmt::expr(*tail)));
                Expr::call("Ok", vec![Expr::call("ControlFlow::Continue", vec![Expr::atom("()")])])
            }
            (Exit::Any, tail) => {
                block.stmts.extend(tail.map(|tail| Stmt::expr(*tail)));
                Expr::call("Ok", vec![Expr::Atom(self.rt("Jump::Next"))])
            }
            (_, Some(tail)) => {
                let node = self.body.blocks[body].tail.expect("the tail was printed from this node");
                if *self.body.ty(node).kind() == TyKind::Unit {
                    block.stmts.push(Stmt::expr(*tail));
                    ok_unit()
                } else {
                    match *tail {
                        Expr::Try(inner) => *inner,
                        value => Expr::call("Ok", vec![value]),
                    }
                }
            }
            (_, None) => ok_unit(),
        };
        block.tail = Some(Box::new(value));
    }

    /// What happens when nothing was raised: jumps that the closure asks for, then the `else` block.
    fn ok_arms(
        &mut self,
        node: NodeId,
        body: BlockId,
        els: Option<BlockId>,
        exit: Exit,
        jumps: Jumps,
    ) -> Vec<tree::Arm> {
        let has_value =
            self.body.blocks[body].tail.is_some_and(|tail| *self.body.ty(tail).kind() != TyKind::Unit);
        let gives_value = has_value && *self.body.ty(node).kind() != TyKind::Unit;
        if exit == Exit::Direct && self.ends(body) {
            // It raises on every road.
            return vec![arm("Ok(())", Block::of(Expr::Macro("unreachable".to_owned(), vec![])))];
        }
        let rest = els.map_or(Block::default(), |els| self.block(els));
        match exit {
            Exit::Value => vec![arm("Ok(value)", Block::of(self.return_value(Expr::atom("value"))))],
            Exit::Wrapped => {
                let back = Block::of(self.return_value(Expr::atom("value")));
                vec![arm("Ok(Some(value))", back), arm("Ok(None)", rest)]
            }
            Exit::Loop | Exit::LoopBoth => {
                let mut arms = self.loop_arms(jumps, |flow| format!("Ok({flow})"));
                arms.push(arm("Ok(ControlFlow::Continue(()))", rest));
                arms
            }
            Exit::Any => {
                let mut arms = self.any_arms(jumps, |flow| format!("Ok({flow})"));
                let next = self.rt("Jump::Next");
                arms.push(arm(&format!("Ok({next})"), rest));
                arms
            }
            Exit::Direct if gives_value && els.is_none() => {
                vec![arm("Ok(value)", Block::of(Expr::atom("value")))]
            }
            Exit::Direct if has_value => vec![arm("Ok(_)", rest)],
            Exit::Direct => vec![arm("Ok(())", rest)],
        }
    }

    /// An arm for each jump that leaves a loop around the closure.
    fn loop_arms(&mut self, jumps: Jumps, pat: impl Fn(&str) -> String) -> Vec<tree::Arm> {
        self.uses.paths.insert("std::ops::ControlFlow".to_owned());
        let mut jump = |flow: &str, word: &str| {
            let jump = self.jump_out_of_loop(word);
            arm(&pat(&format!("ControlFlow::Break({flow})")), Block::of(jump))
        };
        match (jumps.breaks, jumps.continues) {
            (true, true) => vec![jump("true", "break"), jump("false", "continue")],
            (true, false) => vec![jump("()", "break")],
            _ => vec![jump("()", "continue")],
        }
    }

    /// An arm for each way to leave a closure that both returns and leaves loops.
    fn any_arms(&mut self, jumps: Jumps, pat: impl Fn(&str) -> String) -> Vec<tree::Arm> {
        let jump = self.rt("Jump");
        let back = self.return_value(Expr::atom("value"));
        let mut arms = vec![arm(&pat(&format!("{jump}::Return(value)")), Block::of(back))];
        for (word, happens) in [("break", jumps.breaks), ("continue", jumps.continues)] {
            if happens {
                let leave = self.jump_out_of_loop(word);
                arms.push(arm(&pat(&format!("{jump}::{}", crate::names::camel(word))), Block::of(leave)));
            }
        }
        if !(jumps.breaks && jumps.continues) {
            let other = if jumps.breaks { "Continue" } else { "Break" };
            arms.push(arm(
                &pat(&format!("{jump}::{other}")),
                Block::of(Expr::Macro("unreachable".to_owned(), vec![])),
            ));
        }
        arms
    }

    /// `return value` out of the function around a closure.
    fn return_value(&mut self, value: Expr) -> Expr {
        let frame = *self.frames.last().expect("a body is a frame");
        let is_unit = *frame.ret.kind() == TyKind::Unit;
        let value = match (frame.exit, frame.fallible) {
            (Exit::Wrapped, _) => Expr::call("Ok", vec![Expr::call("Some", vec![value])]),
            (Exit::Any, _) => {
                let back = self.rt("Jump::Return");
                Expr::call("Ok", vec![Expr::call(back, vec![value])])
            }
            (_, true) => match value {
                Expr::Try(result) => *result,
                value => Expr::call("Ok", vec![value]),
            },
            (_, false) if is_unit => return Expr::Jump("return".to_owned(), None),
            (_, false) => value,
        };
        Expr::Jump("return".to_owned(), Some(Box::new(value)))
    }

    fn handler_arm(&mut self, handler: &Handler, error: &str, is_broad: bool) -> tree::Arm {
        let name = match handler.bind {
            Some(local) if !self.scope.unread.contains(&local) => self.name(local),
            _ => error.to_owned(),
        };
        let tests: Vec<Expr> = match is_broad {
            true => Vec::new(),
            false => handler
                .classes
                .iter()
                .map(|class| {
                    let class = self.exception_class(*class);
                    Expr::atom(&*name).method("is_a", vec![Expr::Atom(class)])
                })
                .collect(),
        };
        let guard = tests.into_iter().reduce(|left, right| left.binary("||", right));
        self.handled.push(name.clone());
        let mut body = self.block(handler.body);
        self.handled.pop();
        self.single_statement(&mut body);
        let is_read = guard.is_some()
            || handler.bind.is_some_and(|local| !self.scope.unread.contains(&local))
            || mentions(&body, &name);
        let pat = if is_read { format!("Err({name})") } else { "Err(_)".to_owned() };
        let mark = self.mark(handler.origin);
        tree::Arm { pat, guard, body, above: handler.above.iter().map(comment).collect(), mark }
    }

    /// The outcome is kept, `finally` runs, then the outcome takes effect.
    fn try_finally(
        &mut self,
        node: NodeId,
        body: BlockId,
        handlers: &[Handler],
        els: Option<BlockId>,
        finally: BlockId,
    ) -> Expr {
        let mut jumps = Jumps::default();
        self.jumps(body, 0, &mut jumps);
        handlers.iter().for_each(|handler| self.jumps(handler.body, 0, &mut jumps));
        els.iter().for_each(|els| self.jumps(*els, 0, &mut jumps));
        let around = *self.frames.last().expect("a body is a frame");
        let ends = self.try_ends(body, handlers, els);
        let exit = jumps.exit(ends);
        self.frames.push(Frame { fallible: true, ret: around.ret, exit });
        let loops = std::mem::take(&mut self.loops);
        let mut block = match handlers.is_empty() {
            true => self.block(body),
            false => {
                let inner = self.try_match(node, body, handlers, els);
                Block { stmts: vec![Stmt::expr(inner)], ..Block::default() }
            }
        };
        self.loops = loops;
        self.frames.pop();
        if handlers.is_empty() {
            self.close_attempt(body, &mut block, exit);
            last_return(&mut block);
        } else if !ends {
            block.tail = Some(Box::new(match exit {
                Exit::Wrapped => Expr::call("Ok", vec![Expr::atom("None")]),
                Exit::Loop | Exit::LoopBoth => {
                    Expr::call("Ok", vec![Expr::call("ControlFlow::Continue", vec![Expr::atom("()")])])
                }
                Exit::Any => Expr::call("Ok", vec![Expr::Atom(self.rt("Jump::Next"))]),
                _ => ok_unit(),
            }));
        }
        // Nothing but an error comes out of it.
        let fails = ends && exit == Exit::Direct;
        let ret = fails.then(|| {
            self.uses.paths.insert("std::convert::Infallible".to_owned());
            format!("{}<Infallible>", self.rt("Result"))
        });
        let catch = self.caught(body, block, true);
        let outcome = self.fresh("outcome");
        let mut stmts = vec![Stmt::bind(&*outcome, ret, Some(catch))];
        let last = self.block(finally);
        stmts.extend(last.stmts);
        stmts.extend(last.tail.map(|tail| Stmt::expr(*tail)));
        let result = match self.in_fallible() {
            true => Expr::Try(Box::new(Expr::atom(outcome))),
            false => {
                self.uses.prelude = true;
                Expr::atom(outcome).method("or_raise", vec![])
            }
        };
        let done = match exit {
            _ if fails => Expr::Match(Box::new(result), Vec::new()),
            Exit::Value => self.return_value(result),
            Exit::Wrapped => {
                let back = self.return_value(Expr::atom("value"));
                let then = Block { stmts: vec![Stmt::expr(back)], ..Block::default() };
                let cond = Expr::Let("Some(value)".to_owned(), Box::new(result));
                Expr::If(Box::new(tree::If { cond, then, els: None, mark: None }))
            }
            Exit::Loop | Exit::LoopBoth => {
                let mut arms = self.loop_arms(jumps, str::to_owned);
                arms.push(arm("ControlFlow::Continue(())", Block::default()));
                Expr::Match(Box::new(result), arms)
            }
            Exit::Any => {
                let mut arms = self.any_arms(jumps, str::to_owned);
                let next = self.rt("Jump::Next");
                arms.push(arm(&next, Block::default()));
                Expr::Match(Box::new(result), arms)
            }
            _ => result,
        };
        // A `try` that is a value ends with it.
        let is_value = exit == Exit::Direct && !fails && *self.body.ty(node).kind() != TyKind::Unit;
        let tail = is_value.then(|| Box::new(done.clone()));
        if tail.is_none() {
            stmts.push(Stmt::expr(done));
        }
        Expr::Block(String::new(), Block { stmts, tail, ..Block::default() })
    }

    /// `with a as b: body` where the context is dropped at the end of a block.
    pub(crate) fn with_node(&mut self, items: &[WithItem], body: BlockId) -> Expr {
        let mut stmts = Vec::new();
        let mut open = Vec::new();
        for item in items {
            let context = self.expr(item.context);
            match &item.target {
                Some(Pat::Bind(local, None)) => {
                    let pat = self.pat(&Pat::Bind(*local, None));
                    stmts.push(Stmt::bind(pat, None, Some(context)));
                }
                Some(Pat::Place(place)) if place.as_local().is_some() => {
                    let place: &Place = place;
                    let target = self.assign(place, context);
                    stmts.push(Stmt::expr(target));
                    // It lives on behind the block, so it does not end by itself.
                    if is_file(self.body.ty(item.context)) && !self.ends(body) {
                        open.push(self.place(place, Access::Read).expr.method("close", vec![]));
                    }
                }
                _ => stmts.push(Stmt::bind("_context", None, Some(context))),
            }
        }
        let block = self.block(body);
        stmts.extend(block.stmts);
        stmts.extend(open.into_iter().rev().map(Stmt::expr));
        Expr::Block(
            String::new(),
            Block { stmts, tail: block.tail, end_comments: block.end_comments, tail_mark: None },
        )
    }

    /// Jumps that leave a block: `return`, and `break`/`continue` of a loop outside it.
    fn jumps(&self, block: BlockId, depth: usize, out: &mut Jumps) {
        let row = &self.body.blocks[block];
        for stmt in &row.stmts {
            stmt.for_each_child(&mut |child| self.jumps_below(child, depth, out));
        }
        row.tail.iter().for_each(|tail| self.jumps_below(Child::Node(*tail), depth, out));
    }

    fn jumps_below(&self, child: Child, depth: usize, out: &mut Jumps) {
        let node = match child {
            Child::Block(block) => return self.jumps(block, depth, out),
            Child::Node(node) => node,
        };
        match &self.body.nodes[node].kind {
            Node::Return(_) => out.returns = true,
            Node::Break { .. } => out.breaks |= depth == 0,
            Node::Continue { .. } => out.continues |= depth == 0,
            Node::Closure(_) => return,
            _ => {}
        }
        let kind = &self.body.nodes[node].kind;
        let is_loop = matches!(kind, Node::While { .. } | Node::Loop { .. } | Node::For { .. });
        let els = match kind {
            Node::While { els, .. } | Node::For { els, .. } => els.map(Child::Block),
            _ => None,
        };
        kind.for_each_child(&mut |child| {
            // The `else` of a loop stands outside of it.
            let depth = depth + usize::from(is_loop && Some(child) != els);
            self.jumps_below(child, depth, out);
        });
    }

    /// Whether control never passes a `try` without its `finally`.
    pub(crate) fn try_ends(&self, body: BlockId, handlers: &[Handler], els: Option<BlockId>) -> bool {
        (self.ends(body) || els.is_some_and(|els| self.ends(els)))
            && handlers.iter().all(|handler| self.ends(handler.body))
    }

    /// Whether a local is assigned inside a `try`: a closure cannot give it its first value.
    pub(crate) fn assigned_in_try(&self, local: LocalId) -> bool {
        let mut found = false;
        self.body.walk_block(self.body.root, &mut |node| {
            let Node::Try { body, handlers, els, finally } = &self.body.nodes[node].kind else { return };
            // Before a `finally` all that comes first is in a closure.
            let more = finally.is_some().then(|| handlers.iter().map(|handler| handler.body).chain(*els));
            for block in std::iter::once(*body).chain(more.into_iter().flatten()) {
                self.body.walk_stmts(block, &mut |stmt| {
                    if let StmtKind::Set { target, .. } = &stmt.kind {
                        target.for_each_local(&mut |set| found |= set == local);
                    }
                });
            }
        });
        found
    }
}

fn arm(pat: &str, body: Block) -> tree::Arm {
    tree::Arm { pat: pat.to_owned(), guard: None, body, above: Vec::new(), mark: None }
}

impl Jumps {
    /// How the closure of a `try` with these jumps tells what happens behind it.
    fn exit(self, ends: bool) -> Exit {
        match (self.returns, self.breaks, self.continues) {
            (true, false, false) if ends => Exit::Value,
            (true, false, false) => Exit::Wrapped,
            (true, ..) => Exit::Any,
            (false, true, true) => Exit::LoopBoth,
            (false, false, false) => Exit::Direct,
            _ => Exit::Loop,
        }
    }
}

/// Catches more than `Exception`: also what ends the program.
fn catches_exits(handler: &Handler) -> bool {
    let exits = ["BaseException", "SystemExit", "KeyboardInterrupt", "GeneratorExit"];
    handler.classes.is_empty() || handler.classes.iter().any(|class| exits.contains(&class.last()))
}

/// Takes errors that operations raise: an index out of range, a division by zero, a value of the wrong type.
fn takes_faults(handler: &Handler) -> bool {
    let quiet = [
        "ValueError",
        "UnicodeError",
        "UnicodeDecodeError",
        "UnicodeEncodeError",
        "OSError",
        "FileNotFoundError",
    ];
    let is_fault = |class: &Name| !class.as_str().contains('.') && !quiet.contains(&class.as_str());
    handler.classes.is_empty() || handler.classes.iter().any(is_fault)
}

/// Takes what ends a program or a generator, too.
fn is_bare(handler: &Handler) -> bool {
    handler.classes.is_empty() || handler.classes.iter().any(|class| class.last() == "BaseException")
}

/// Catches everything.
fn is_broad(handler: &Handler) -> bool {
    handler.classes.is_empty()
        || handler.classes.iter().any(|class| matches!(class.last(), "Exception" | "BaseException"))
}

/// A closure's last `return value` is its value; `Ok(call?)` is the call.
fn last_return(block: &mut Block) {
    let Some(Stmt { kind: tree::StmtKind::Expr(Expr::Jump(word, Some(_))), above, beside: None, .. }) =
        block.stmts.last()
    else {
        return;
    };
    if block.tail.is_some() || word != "return" || !above.is_empty() {
        return;
    }
    let last = block.stmts.pop().expect("the last statement was looked at");
    block.tail_mark = last.mark;
    if let tree::StmtKind::Expr(Expr::Jump(_, Some(value))) = last.kind {
        block.tail = Some(match *value {
            Expr::Call(callee, mut args) => match (&*callee, &mut args[..]) {
                (Expr::Atom(name), [Expr::Try(inner)]) if name == "Ok" => inner.clone(),
                _ => Box::new(Expr::Call(callee, args)),
            },
            value => Box::new(value),
        });
    }
}

/// A block that is only `Ok(call?)`, as the call itself.
fn single_call(block: &Block) -> Option<Expr> {
    match block.as_value()? {
        value @ (Expr::Call(..) | Expr::Method(..)) => match value {
            Expr::Call(callee, _) if matches!(&**callee, Expr::Atom(name) if name == "Ok") => None,
            value => Some(value.clone()),
        },
        _ => None,
    }
}

/// `if let Err(e) = ..` where nothing happens otherwise and one arm takes all errors.
fn simplify(subject: Expr, mut arms: Vec<tree::Arm>) -> Expr {
    let quiet = arms[0].body.is_empty() && matches!(arms[0].pat.as_str(), "Ok(())");
    if quiet && arms.len() == 2 && arms[1].guard.is_none() && arms[1].above.is_empty() {
        let only = arms.remove(1);
        let (pat, subject) = match only.pat.as_str() {
            "Err(_)" => (None, subject.method("is_err", vec![])),
            _ => (Some(only.pat), subject),
        };
        let cond = match pat {
            Some(pat) => Expr::Let(pat, Box::new(subject)),
            None => subject,
        };
        return Expr::If(Box::new(tree::If { cond, then: only.body, els: None, mark: only.mark }));
    }
    Expr::Match(Box::new(subject), arms)
}

/// Whether the block names a local.
pub(super) fn mentions(block: &Block, name: &str) -> bool {
    crate::layout::stmts(block, 0)
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|word| word == name)
}

/// A type of open files.
fn is_file(ty: Ty) -> bool {
    matches!(ty.strip_ref().kind(), TyKind::Lib(name, _) if matches!(name.as_str(), "file" | "binary_file" | "StringIO"))
}
