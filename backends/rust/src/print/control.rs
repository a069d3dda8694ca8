//! Branches, jumps, returning and raising, generators.

use super::Printer;
use crate::tree::{self, Expr};
use batuta_base::Name;
use batuta_core::{Attr, BlockId, Callee, ClassKind, ExcOp, LocalId, Node, NodeId, Op, TyKind};

/// How a `return` or `break` inside a closure that stands for a `try` leaves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// The frame is a function: `return value`.
    Direct,
    /// `return Ok(Some(value))`: the function returns behind the closure.
    Wrapped,
    /// `return Ok(value)`: the closure's value is what the function returns.
    Value,
    /// `return Ok(ControlFlow::Break(()))`: a loop around the closure is left or continued.
    Loop,
    /// `ControlFlow::Break(true)` leaves the loop, `Break(false)` continues it.
    LoopBoth,
    /// `return Ok(rt::Jump::..)`: the function returns, or the loop is left or continued.
    Any,
}

/// What gives a future the type `rt::asyncio::Coroutine`.
pub(crate) const COROUTINE: &str = "rt::asyncio::coroutine";

impl Printer<'_, '_> {
    pub(crate) fn control(&mut self, node: NodeId, kind: &Node) -> Expr {
        match kind {
            Node::If { cond, then, els } => self.if_node(*cond, *then, *els),
            Node::Match { subject, arms } => self.match_node(*subject, arms),
            Node::While { .. } | Node::Loop { .. } | Node::For { .. } => self.loop_node(kind),
            Node::Block { label: None, block } => self.block_expr(*block),
            Node::Block { label: Some(label), block } => {
                let label = format!("'{}: ", crate::names::snake(label.as_str()));
                Expr::Block(label, self.block(*block))
            }
            Node::Try { body, handlers, els, finally } => {
                let (handlers, els, finally) = (handlers.clone(), *els, *finally);
                self.try_node(node, *body, &handlers, els, finally)
            }
            Node::With { items, body, .. } => {
                let items = items.clone();
                self.with_node(&items, *body)
            }
            Node::Break { label, value } => self.break_node(*label, *value),
            Node::Continue { label } => self.continue_node(*label),
            Node::Return(value) => self.return_node(*value),
            Node::Raise { error, cause } => self.raise_node(*error, *cause),
            Node::Yield(value) => {
                let value = match value {
                    Some(value) => self.stored_value(*value),
                    None => Expr::atom("()"),
                };
                emitted("emit", value)
            }
            Node::YieldFrom(of) if matches!(self.body.ty(*of).kind(), TyKind::Lib(..)) => {
                emitted("delegate", self.expr(*of))
            }
            // What has no translation gives no items.
            Node::YieldFrom(of) if *self.body.ty(*of).kind() == TyKind::Never => self.expr(*of),
            Node::YieldFrom(of) => emitted("emit_all", self.iterator(*of)),
            Node::Await(of) => {
                let future = self.expr(*of);
                let future = if self.is_recursive_call(*of) { future } else { self.unboxed(future) };
                Expr::Try(Box::new(Expr::Await(Box::new(future))))
            }
            _ => self.problem("an expression without Rust form"),
        }
    }

    /// The future that was only boxed to have a type.
    pub(crate) fn unboxed(&mut self, future: Expr) -> Expr {
        match future {
            Expr::Call(callee, mut args) if matches!(&*callee, Expr::Atom(name) if name == COROUTINE) => {
                args.remove(0)
            }
            future => future,
        }
    }

    fn is_recursive_call(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Call { callee: Callee::Fn(path), .. }
            if self.env.recursive.contains(path))
    }

    fn if_node(&mut self, cond: NodeId, then: BlockId, els: Option<BlockId>) -> Expr {
        let cond = self.operand(cond);
        let then = self.block(then);
        let els = els.and_then(|block| self.else_branch(block));
        let mut made = tree::If { cond, then, els, mark: None };
        if has_literal(&made) {
            as_texts(&mut made);
        }
        Expr::If(Box::new(made))
    }

    /// `else if` where the block is nothing but an `if`.
    pub(crate) fn else_branch(&mut self, block: BlockId) -> Option<Expr> {
        let mut out = self.block(block);
        if out.is_empty() {
            return None;
        }
        let only_stmt = out.tail.is_none()
            && out.end_comments.is_empty()
            && out.stmts.len() == 1
            && out.stmts[0].above.is_empty()
            && out.stmts[0].beside.is_none();
        if only_stmt && matches!(out.stmts[0].kind, tree::StmtKind::Expr(Expr::If(_))) {
            let stmt = out.stmts.remove(0);
            if let tree::StmtKind::Expr(Expr::If(mut next)) = stmt.kind {
                next.mark = stmt.mark;
                return Some(Expr::If(next));
            }
        }
        match out.as_value() {
            Some(Expr::If(next)) => Some(Expr::If(next.clone())),
            _ => Some(Expr::Block(String::new(), out)),
        }
    }

    fn break_node(&mut self, label: Option<Name>, value: Option<NodeId>) -> Expr {
        if self.leaves_closure(label) {
            if label.is_some() {
                return self.problem("a labelled jump out of a `try`");
            }
            return self.leave_closure(true);
        }
        let is_block =
            label.is_some_and(|label| !self.loops.iter().any(|around| around.label == Some(label)));
        let word = match label {
            Some(label) if is_block => format!("break '{}", crate::names::snake(label.as_str())),
            label => self.jump_word("break", label),
        };
        let value = value.map(|value| Box::new(self.expr(value)));
        Expr::Jump(word, value)
    }

    fn continue_node(&mut self, label: Option<Name>) -> Expr {
        if self.leaves_closure(label) {
            if label.is_some() {
                return self.problem("a labelled jump out of a `try`");
            }
            return self.leave_closure(false);
        }
        Expr::Jump(self.jump_word("continue", label), None)
    }

    /// The loop that is meant stands around the closure of a `try`.
    fn leaves_closure(&self, label: Option<Name>) -> bool {
        self.frames.last().is_some_and(|frame| matches!(frame.exit, Exit::Loop | Exit::LoopBoth | Exit::Any))
            && match label {
                None => self.loops.is_empty(),
                Some(label) => !self.loops.iter().any(|around| around.label == Some(label)),
            }
    }

    /// Leaves the closure of a `try`; what stands behind it breaks or continues the loop.
    fn leave_closure(&mut self, is_break: bool) -> Expr {
        let flow = match self.frames.last().expect("a body is a frame").exit {
            Exit::Any => Expr::Atom(self.rt(if is_break { "Jump::Break" } else { "Jump::Continue" })),
            Exit::LoopBoth => Expr::call("ControlFlow::Break", vec![Expr::Atom(is_break.to_string())]),
            _ => Expr::call("ControlFlow::Break", vec![Expr::atom("()")]),
        };
        Expr::Jump("return".to_owned(), Some(Box::new(Expr::call("Ok", vec![flow]))))
    }

    /// The jump behind such a closure; it may stand in one itself.
    pub(crate) fn jump_out_of_loop(&mut self, word: &str) -> Expr {
        if self.leaves_closure(None) {
            return self.leave_closure(word == "break");
        }
        Expr::Jump(self.jump_word(word, None), None)
    }

    fn return_node(&mut self, value: Option<NodeId>) -> Expr {
        let frame = *self.frames.last().expect("a body is a frame");
        let made = match value {
            Some(node) => {
                let value = match self.body.nodes[node].kind {
                    // The function's result is `impl Fn`: the closure takes what it captures along.
                    Node::Closure(_) => moving(self.expr(node)),
                    Node::Item(_) => self.expr(node),
                    _ if matches!(frame.ret.kind(), TyKind::Iter(_)) => {
                        let chain = self.owned(node);
                        self.moving_chain(chain)
                    }
                    _ => self.owned(node),
                };
                let value = if self.frames.len() == 1 { said_by_result(value, frame.ret) } else { value };
                if frame.fallible && frame.exit == Exit::Direct {
                    return self.return_result(node, value);
                }
                Some(value)
            }
            None => None,
        };
        let value = match (frame.exit, frame.fallible) {
            (Exit::Wrapped, _) => {
                Some(Expr::call("Ok", vec![Expr::call("Some", vec![made.unwrap_or(Expr::atom("()"))])]))
            }
            (Exit::Value, _) => Some(Expr::call("Ok", vec![made.unwrap_or(Expr::atom("()"))])),
            (Exit::Any, _) => {
                let back = self.rt("Jump::Return");
                let back = Expr::call(back, vec![made.unwrap_or(Expr::atom("()"))]);
                Some(Expr::call("Ok", vec![back]))
            }
            (_, true) => Some(super::ok_unit()),
            (_, false) => made,
        };
        Expr::Jump("return".to_owned(), value.map(Box::new))
    }

    fn return_result(&mut self, node: NodeId, value: Expr) -> Expr {
        let value = self.as_result(node, value);
        Expr::Jump("return".to_owned(), Some(Box::new(value)))
    }

    fn raise_node(&mut self, error: Option<NodeId>, cause: Option<NodeId>) -> Expr {
        let fallible = self.in_fallible();
        let Some(node) = error else {
            let handled = self.handled.last().cloned().unwrap_or_else(|| "error".to_owned());
            return self.raise_expr(Expr::Atom(handled), fallible);
        };
        // `from None` only hides what was handled.
        let cause = cause.filter(|cause| *self.body.ty(*cause).kind() != TyKind::Unit);
        if !fallible
            && cause.is_none()
            && let Node::Op { op: Op::ExcOp(ExcOp::New), attr: Attr::Name(class), args } =
                &self.body.nodes[node].kind
            && let [arg] = args[..]
            && *self.body.ty(arg).strip_ref().kind() == TyKind::Str
        {
            let class = self.exception_class(*class);
            let text = super::calls::plain_text(self.expr(arg));
            return Expr::call(self.rt("raise_new"), vec![Expr::Atom(class), text]);
        }
        let mut error = self.error_value(node);
        if let Some(cause) = cause {
            let cause = self.error_value(cause);
            error = error.method("from_cause", vec![cause]);
        }
        self.raise_expr(error, fallible)
    }

    /// A raised value as `rt::Error`.
    pub(crate) fn error_value(&mut self, node: NodeId) -> Expr {
        match &self.body.nodes[node].kind {
            // A class that is raised stands for an object of it.
            Node::Item(class) => {
                let class = self.exception_class(*class);
                let error = self.rt("Error");
                Expr::call(format!("{error}::bare"), vec![Expr::Atom(class)])
            }
            _ => self.expr(node),
        }
    }

    pub(crate) fn raise_expr(&mut self, error: Expr, fallible: bool) -> Expr {
        if fallible {
            let err = Expr::call("Err", vec![error]);
            return Expr::Jump("return".to_owned(), Some(Box::new(err)));
        }
        Expr::call(self.rt("raise"), vec![error])
    }

    /// Whether a class of the program is an exception, and carries data of its own.
    pub(crate) fn exception_kind(&self, class: Name) -> Option<bool> {
        let def = self.env.class(class)?;
        let is_exception = def.kind == ClassKind::Exception;
        is_exception.then(|| self.env.exception_has_data(class))
    }

    /// What a member of an exception class is read from: the struct that the error carries.
    pub(crate) fn error_data(&mut self, object: Expr, node: NodeId, class: Name) -> Expr {
        let place = match &self.body.nodes[node].kind {
            Node::Use(place, _) => place.as_local(),
            Node::Op { op: Op::ClassOp(_), args, .. } => return self.error_data(object, args[0], class),
            _ => None,
        };
        self.error_struct(object, place, class)
    }

    /// The struct of an exception inside its own methods, where it is no `rt::Error`.
    pub(crate) fn own_error(&mut self, node: NodeId) -> Option<Expr> {
        let home = self.body.path.parent();
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ClassOp(_) | Op::RsOp(_), args, .. } => self.own_error(args[0]),
            Node::Use(place, _) if place.as_local()? == self.body.params.first()?.local => {
                (self.body.has_receiver() && self.env.is_exception(home)).then(|| Expr::atom("self"))
            }
            _ => None,
        }
    }

    /// As `error_data`, of a local.
    pub(crate) fn error_struct(&mut self, object: Expr, local: Option<LocalId>, class: Name) -> Expr {
        if !self.env.is_exception(class) {
            return object;
        }
        let home = self.body.path.parent();
        let is_init = self.body.path.last() == "__init__";
        let is_own = local.is_some_and(|local| {
            self.body.locals[local].ty.class_path() == Some(home)
                && (is_init || self.body.has_receiver() && self.body.params[0].local == local)
        });
        if self.env.is_exception(home) && is_own {
            return object;
        }
        let root = self.env.rust_class(class);
        let own = self.env.type_name(root);
        let path = self.env.item_path(root, &own, self.module, self.uses);
        object.method(format!("data::<{path}>"), vec![])
    }

    /// A call that makes an exception of the program.
    pub(crate) fn new_exception(&mut self, class: Name, args: &[NodeId]) -> Expr {
        if self.exception_kind(class) == Some(false) {
            return self.new_error(class, args);
        }
        let path = self.class_type(class);
        let new = self.env.constructor_name(class);
        let args = self.exprs(args);
        let error = self.rt("Error");
        Expr::call(format!("{error}::of"), vec![Expr::call(format!("{path}::{new}"), args)])
    }

    pub(crate) fn is_exception_call(&self, callee: &Callee) -> Option<Name> {
        match callee {
            Callee::New(class) if self.exception_kind(*class).is_some() => Some(*class),
            _ => None,
        }
    }
}

/// The closure with `move`.
pub(crate) fn moving(expr: Expr) -> Expr {
    match expr {
        Expr::Closure(closure) => Expr::Closure(tree::Closure { is_move: true, ..closure }),
        expr => expr,
    }
}

/// `co.emit(value).await?`.
fn emitted(method: &str, value: Expr) -> Expr {
    Expr::Try(Box::new(Expr::Await(Box::new(Expr::atom("co").method(method, vec![value])))))
}

/// A branch is a literal text.
fn has_literal(made: &tree::If) -> bool {
    let is_text = |block: &tree::Block| matches!(block.tail.as_deref(), Some(Expr::Atom(text)) if text.starts_with('"'));
    let other = match &made.els {
        Some(Expr::If(next)) => has_literal(next),
        Some(Expr::Block(_, block)) => is_text(block),
        _ => false,
    };
    is_text(&made.then) || other
}

/// `&text` beside a branch that is a literal: `text.as_str()`, which has its type.
fn as_texts(made: &mut tree::If) {
    let write = |block: &mut tree::Block| {
        if let Some(Expr::Unary("&", inner)) = block.tail.as_deref() {
            block.tail = Some(Box::new((**inner).clone().method("as_str", vec![])));
        }
    };
    write(&mut made.then);
    match &mut made.els {
        Some(Expr::If(next)) => as_texts(next),
        Some(Expr::Block(_, block)) => write(block),
        _ => {}
    }
}

/// The function's signature says what is collected: `.collect::<Vec<_>>()` is `.collect()`.
fn said_by_result(value: Expr, ret: batuta_core::Ty) -> Expr {
    let is_said = matches!(ret.kind(), TyKind::List(_) | TyKind::Set(_) | TyKind::Dict(..) | TyKind::Int(_));
    match value {
        Expr::Method(items, name, args) if is_said && args.is_empty() => {
            let short = match name.split_once("::") {
                Some(("collect", _)) => "collect".to_owned(),
                Some(("sum", _)) => "sum".to_owned(),
                _ => name,
            };
            Expr::Method(items, short, args)
        }
        value => value,
    }
}
