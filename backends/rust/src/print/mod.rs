//! Mir bodies as syntax trees: statements here, expressions in `expr`, operations in `ops`, and so on.

mod calls;
mod chains;
mod compare;
mod comprehensions;
mod control;
mod defaults;
mod dynamic;
mod errors;
mod expr;
mod flow;
mod format;
mod kept_guards;
mod leaving;
mod lent;
mod loops;
mod loose;
mod membership;
mod objects;
mod ops;
mod places;
mod rust_ops;
mod seq;
mod shared;
mod texts;
mod tries;

use crate::env::{Env, Mark, Uses};
use crate::scope::{Scope, scope};
use crate::tree::{self, Block, Expr, Stmt, StmtKind};
use crate::types::Position;
use batuta_base::{Name, Origin};
use batuta_core::{self as core, BlockId, Body, LocalId, Mir, Node, NodeId, Pat, Ty, TyKind};
use control::Exit;
pub(crate) use defaults::plain_default;
pub(crate) use dynamic::{given, slice_of};
pub(crate) use ops::explicit;

/// Prints one body.
pub struct Printer<'a, 'u> {
    pub env: &'a Env<'a>,
    pub body: &'a Body<Mir>,
    /// Module that the text stands in.
    pub module: Name,
    pub uses: &'u mut Uses,
    scope: Scope,
    /// The functions around the current place, innermost last: what `return` gives.
    frames: Vec<Frame>,
    loops: Vec<Loop>,
    /// Thread-local globals that the current operation reads through a guard.
    guards: Vec<Guard>,
    /// Names of the errors that the handlers around here handle.
    handled: Vec<String>,
    /// Type of the value that the patterns around here take apart.
    matched: Option<Ty>,
    /// A hole was printed.
    pub has_hole: bool,
    /// Fields of an object under construction that are locals: `__init__` prints `new`.
    pub building: Option<LocalId>,
    /// The text stands in the `impl` of the body's class.
    pub in_impl: bool,
    /// A variable that a closure of `filter` holds by reference.
    lent: Option<LocalId>,
    /// The closure at the end of a block that is an argument: the callee says which types it takes.
    pub untyped: Option<NodeId>,
    labels: usize,
    /// The arguments of a function of the program are printed: a closure among them gives what its type says.
    hands_functions: bool,
}

/// What `return` means where it stands.
#[derive(Clone, Copy)]
struct Frame {
    fallible: bool,
    ret: Ty,
    exit: Exit,
}

/// A loop around the current place.
struct Loop {
    label: Option<Name>,
    /// Label of the block that `break` leaves when the loop has an `else`.
    leave: Option<String>,
    /// Label for jumps from the `else` of a loop inside, which stands in a labelled block.
    word: Option<String>,
    /// Printing the `else` of a loop inside.
    in_else: bool,
}

/// `GLOBAL.with_borrow(|name| ..)` around an operation.
pub(crate) struct Guard {
    pub global: String,
    pub name: String,
    pub is_mut: bool,
}

impl<'a, 'u> Printer<'a, 'u> {
    pub fn new(env: &'a Env<'a>, body: &'a Body<Mir>, module: Name, uses: &'u mut Uses) -> Self {
        Self {
            env,
            body,
            module,
            uses,
            scope: scope(body, &|path| env.class(path.parent()).is_none()),
            // A generator's block ends with `Ok(..)`: what it yields goes through `co`.
            frames: vec![Frame {
                fallible: body.fallible || body.is_generator || body.is_async,
                ret: body.ret.returned(body.is_generator, body.is_async),
                exit: Exit::Direct,
            }],
            handled: Vec::new(),
            matched: None,
            loops: Vec::new(),
            guards: Vec::new(),
            has_hole: false,
            building: None,
            in_impl: env.class(body.path.parent()).is_some(),
            lent: None,
            untyped: None,
            hands_functions: false,
            labels: 0,
        }
    }

    /// The statements of the body.
    pub fn root(&mut self) -> Block {
        self.fn_block(self.body.root)
    }

    /// A function's block: the value is wrapped where the function is fallible.
    fn fn_block(&mut self, block: BlockId) -> Block {
        let mut out = self.block(block);
        if self.walks_iterator(block) {
            crate::plain::find(&mut out, true);
        }
        self.close_fn(block, &mut out);
        if !self.body.is_generator {
            crate::tails::tail_returns(&mut out);
        }
        out
    }

    /// Whether a block ends with a loop over what is an iterator by itself.
    fn walks_iterator(&self, block: BlockId) -> bool {
        let Some(core::StmtKind::Expr(last)) = self.body.blocks[block].stmts.last().map(|stmt| &stmt.kind)
        else {
            return false;
        };
        let Node::For { iter, .. } = &self.body.nodes[*last].kind else { return false };
        let source = match &self.body.nodes[*iter].kind {
            Node::Op { op: core::Op::IterOp(_), args, .. } => args[0],
            _ => *iter,
        };
        matches!(self.body.ty(source).kind(), TyKind::Iter(_))
            && !self.frames.last().is_some_and(|frame| frame.fallible)
    }

    /// Ends a function's statements with its value.
    fn close_fn(&mut self, block: BlockId, out: &mut Block) {
        let frame = *self.frames.last().expect("a body is a frame");
        if !frame.fallible {
            if let Some(tail) = out.tail.take() {
                let tail = untyped_collect(*tail);
                let gives_iter = matches!(frame.ret.kind(), TyKind::Iter(_));
                let tail = if gives_iter { self.moving_chain(tail) } else { control::moving(tail) };
                out.tail = Some(Box::new(tail));
            }
            return;
        }
        let row = &self.body.blocks[block];
        match (row.tail, out.tail.take()) {
            (Some(node), Some(tail)) if *frame.ret.kind() == TyKind::Unit && !self.is_result(node) => {
                out.stmts.push(Stmt::expr(*tail));
                out.tail = Some(Box::new(ok_unit()));
            }
            (Some(node), Some(tail)) => out.tail = Some(Box::new(self.as_result(node, *tail))),
            _ if self.ends(block) => {}
            _ => out.tail = Some(Box::new(ok_unit())),
        }
    }

    /// Whether the block's end is never reached.
    pub(crate) fn ends(&self, block: BlockId) -> bool {
        let row = &self.body.blocks[block];
        let last = match (row.tail, row.stmts.last().map(|stmt| &stmt.kind)) {
            (Some(tail), _) => tail,
            (None, Some(core::StmtKind::Expr(node))) => *node,
            _ => return false,
        };
        self.never(last)
    }

    /// Whether control never passes the node.
    pub(crate) fn never(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Return(_)
            | Node::Raise { .. }
            | Node::Break { .. }
            | Node::Continue { .. }
            | Node::Hole { .. } => true,
            Node::If { then, els: Some(els), .. } => self.ends(*then) && self.ends(*els),
            Node::Match { subject, arms } => {
                !arms.is_empty()
                    && arms.iter().all(|arm| self.ends(arm.body))
                    && !self.needs_rest(self.body.ty(*subject), arms)
            }
            Node::Block { block, label: None } | Node::With { body: block, .. } => self.ends(*block),
            Node::Loop { body, .. } => !self.breaks(*body),
            Node::While { cond, body, els: None, .. } => {
                matches!(self.body.as_const(*cond), Some(core::Const::Bool(true))) && !self.breaks(*body)
            }
            Node::Try { body, handlers, els, finally } => {
                finally.is_some_and(|block| self.ends(block)) || self.try_ends(*body, handlers, *els)
            }
            _ => *self.body.ty(node).kind() == TyKind::Never,
        }
    }

    /// The value as the function's `Result`: `Ok(value)`, or a call whose `?` would be taken off again.
    fn as_result(&self, node: NodeId, value: Expr) -> Expr {
        if self.is_result(node) || self.never(node) {
            return value;
        }
        match value {
            Expr::Try(inner) => *inner,
            Expr::If(mut branch) => {
                self.wrap_branches(&mut branch);
                Expr::If(branch)
            }
            Expr::Match(subject, mut arms) => {
                arms.iter_mut().for_each(|arm| wrap_block(&mut arm.body));
                Expr::Match(subject, arms)
            }
            value => Expr::call("Ok", vec![value]),
        }
    }

    fn wrap_branches(&self, branch: &mut tree::If) {
        wrap_block(&mut branch.then);
        match &mut branch.els {
            Some(Expr::If(next)) => self.wrap_branches(next),
            Some(Expr::Block(_, block)) => wrap_block(block),
            _ => {}
        }
    }

    /// Mir already says `Ok(..)`.
    fn is_result(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Op { op: core::Op::RsOp(core::RsOp::Ok), .. })
    }

    pub(crate) fn block(&mut self, block: BlockId) -> Block {
        let body = self.body;
        let row = &body.blocks[block];
        let mut out = Block::default();
        for stmt in &row.stmts {
            let at = out.stmts.len();
            self.stmt(stmt, &mut out.stmts);
            if out.stmts.len() == at {
                out.stmts.push(Stmt::new(StmtKind::Nothing));
            }
            out.stmts[at].above = stmt.above.iter().map(comment).collect();
            out.stmts[at].blank_before = stmt.blank_before;
            out.stmts[at].beside = stmt.beside.as_deref().map(str::to_owned);
            let mark = self.mark(stmt.origin);
            if let (Some(mark), core::StmtKind::Set { target, .. }) = (mark, &stmt.kind) {
                self.uses.marks[mark as usize].stores = has_item(target);
            }
            out.stmts[at..].iter_mut().for_each(|stmt| stmt.mark = stmt.mark.or(mark));
        }
        if let Some(tail) = row.tail.filter(|tail| out.stmts.is_empty() || !self.is_unit(*tail)) {
            out.tail = Some(Box::new(self.expr(tail)));
            out.tail_mark = self.mark(body.nodes[tail].origin);
        }
        out.end_comments = row.end_comments.iter().map(comment).collect();
        out.open_tail();
        out
    }

    /// `()`, which a block gives by itself.
    fn is_unit(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Const(core::Const::None))
            && *self.body.ty(node).kind() == TyKind::Unit
    }

    /// The number of a source position; none for what has no source.
    pub(crate) fn mark(&mut self, origin: Origin) -> Option<u32> {
        if origin == Origin::default() {
            return None;
        }
        self.uses.marks.push(Mark { item: self.body.path, origin, stores: false });
        Some(self.uses.marks.len() as u32 - 1)
    }

    fn stmt(&mut self, stmt: &core::Stmt, out: &mut Vec<Stmt>) {
        match &stmt.kind {
            core::StmtKind::Let { pat, value } => self.let_stmt(pat, *value, out),
            core::StmtKind::Set { target, value } => self.set(target, *value, out),
            core::StmtKind::Update { place, op, value } => {
                out.push(Stmt::expr(self.update(place, *op, *value)))
            }
            core::StmtKind::Expr(node) => self.effect(*node, out),
            core::StmtKind::Del(place) => out.push(Stmt::expr(self.delete(place))),
        }
    }

    /// An expression for its effect.
    fn effect(&mut self, node: NodeId, out: &mut Vec<Stmt>) {
        match &self.body.nodes[node].kind {
            Node::Hole { why, source } => {
                let (why, source) = (why.clone(), source.clone());
                out.push(self.hole(&why, &source));
            }
            // A bare name or literal does nothing; reading an item may raise.
            Node::Const(_) => out.push(Stmt::new(StmtKind::Nothing)),
            Node::Use(place, _) if !reads_item(place) => out.push(Stmt::new(StmtKind::Nothing)),
            Node::Use(..) => {
                let mut is_guarded = false;
                let read = self.guarded(|this| {
                    let mut value = this.expr(node);
                    // A name for nothing is no name.
                    if *this.body.ty(node).kind() == TyKind::Unit {
                        value = Expr::unary("&", value);
                    }
                    is_guarded = !this.guards.is_empty();
                    let read =
                        Block { stmts: vec![Stmt::bind("_", None, Some(value.clone()))], ..Block::default() };
                    if is_guarded { Expr::Block(String::new(), read) } else { value }
                });
                out.push(if is_guarded { Stmt::expr(read) } else { Stmt::bind("_", None, Some(read)) });
            }
            Node::If { cond, then, els: None } if self.gives_none_for(*cond, *then).is_some() => {
                let option = self.gives_none_for(*cond, *then).expect("tested");
                let read = self.expr(option).without_ref().method("as_ref", vec![]);
                out.push(Stmt::expr(Expr::Try(Box::new(read))));
            }
            kind => {
                let splices = matches!(kind, Node::For { .. } | Node::Try { .. });
                match self.expr(node) {
                    // Helper locals have names of their own: no block is needed around them.
                    Expr::Block(label, block) if splices && label.is_empty() => {
                        out.extend(block.stmts);
                        out.extend(block.tail.map(|tail| Stmt::expr(*tail)));
                    }
                    // Statements for a value that nobody takes.
                    Expr::Block(label, block)
                        if block.tail.is_some()
                            && !matches!(self.body.ty(node).kind(), TyKind::Unit | TyKind::Never) =>
                    {
                        out.push(Stmt::bind("_", None, Some(Expr::Block(label, block))));
                    }
                    // A function that nobody takes.
                    expr if matches!(self.body.ty(node).kind(), TyKind::Func(..)) => {
                        out.push(Stmt::bind("_", None, Some(expr)));
                    }
                    expr => out.push(Stmt::expr(expr)),
                }
            }
        }
    }

    /// The option of `if option.is_none() { return None; }`.
    fn gives_none_for(&self, cond: NodeId, then: BlockId) -> Option<NodeId> {
        let frame = self.frames.last()?;
        let is_option = matches!(frame.ret.kind(), TyKind::Option(_));
        if frame.fallible || frame.exit != Exit::Direct || !is_option {
            return None;
        }
        let Node::Op { op: core::Op::OptOp(core::OptOp::IsNone), args, .. } = &self.body.nodes[cond].kind
        else {
            return None;
        };
        let row = &self.body.blocks[then];
        let leave = match (&row.stmts[..], row.tail) {
            ([only], None) if only.above.is_empty() && only.beside.is_none() => match only.kind {
                core::StmtKind::Expr(node) => node,
                _ => return None,
            },
            ([], Some(node)) => node,
            _ => return None,
        };
        let Node::Return(Some(value)) = self.body.nodes[leave].kind else { return None };
        let is_none =
            matches!(self.body.nodes[value].kind, Node::Op { op: core::Op::OptOp(core::OptOp::None), .. });
        let is_place =
            matches!(&self.body.nodes[args[0]].kind, Node::Use(place, _) if place.as_local().is_some());
        (is_none && is_place && row.end_comments.is_empty()).then_some(args[0])
    }

    /// `todo!(..)` under the lines that have no translation.
    fn hole(&mut self, why: &str, source: &str) -> Stmt {
        self.has_hole = true;
        let text = |line: &str| tree::Comment {
            text: format!(" {line}").trim_end().to_owned(),
            blank_before: false,
        };
        let mut stmt = Stmt::expr(Expr::Macro(
            "todo".to_owned(),
            vec![Expr::Atom(format!("\"{}\"", crate::literal::format_text(why)))],
        ));
        stmt.above = source.trim_end().lines().map(text).collect();
        stmt
    }

    fn let_stmt(&mut self, pat: &Pat, value: Option<NodeId>, out: &mut Vec<Stmt>) {
        let Some(value) = value else {
            let ty = self.pat_ty(pat);
            let empty = match (pat, ty) {
                (Pat::Bind(local, None), Some(ty)) if self.assigned_in_try(*local) => empty_value(ty),
                _ => None,
            };
            let text = ty.map(|ty| self.ty(ty, Position::Stored));
            let empty = match ty {
                Some(ty) if ty.cell().is_some() => Some(Expr::call("Default::default", vec![])),
                _ => empty,
            };
            let pat = self.pat(pat);
            let is_cell = ty.is_some_and(|ty| ty.cell().is_some());
            let mutable = if empty.is_some() && !is_cell && !pat.starts_with("mut ") { "mut " } else { "" };
            return out.push(Stmt::bind(format!("{mutable}{pat}"), text, empty));
        };
        if let Some(stmt) = self.let_else(pat, value) {
            return out.push(stmt);
        }
        let ty = match self.pat_ty(pat) {
            // What a hole would give: unknown types are dynamic.
            Some(ty) if self.is_hole(value) => {
                let ty = if *ty.kind() == TyKind::Never { Ty::value() } else { ty };
                Some(self.ty(ty, Position::Stored))
            }
            Some(ty) if self.needs_type(value, ty) || self.is_stored_function(pat, ty) => {
                Some(self.ty(ty, Position::Stored))
            }
            Some(ty) if *self.body.ty(value).kind() == TyKind::Never && *ty.kind() != TyKind::Never => {
                Some(self.ty(ty, Position::Stored))
            }
            None if self.takes_hole(value) => {
                taken_ty(self.body, pat).map(|ty| self.ty(ty, Position::Stored))
            }
            None => match self.tuple_ty(pat) {
                Some(ty) if self.needs_type(value, ty) => Some(self.ty(ty, Position::Stored)),
                _ => None,
            },
            _ => None,
        };
        let is_lent = matches!(
            (self.shown_ty(value).kind(), self.body.ty(value).kind()),
            (TyKind::RefMut(_), TyKind::Ref(_))
        );
        let value = match self.bound_value(value) {
            // A second name of a `&mut` parameter does not take it away.
            value if is_lent => Expr::Unary("&", Box::new(Expr::Unary("*", Box::new(value)))),
            value => self.out_of_cell(pat, value),
        };
        let (value, ty) = match (value, self.pat_ty(pat)) {
            // The `let` says the type, not the call.
            (Expr::Method(of, name, args), Some(known)) if name.starts_with("collect::<") => {
                let known = self.ty(known, Position::Stored);
                (Expr::Method(of, "collect".to_owned(), args), Some(known))
            }
            (value, Some(known)) if ty.is_none() && is_kept_function(known) && makes_function(&value) => {
                let known = self.ty(known, Position::Stored);
                (value, Some(known))
            }
            (value, _) => (value, ty),
        };
        // What hangs on literals alone gets its type here, or counts in `i32`.
        let (value, ty) = match (ty, self.pat_ty(pat)) {
            (None, Some(known))
                if loose::is_loose(&value)
                    && (known.any(&mut |ty| ty.is_int()) || self.asks_for_type(pat))
                    && !known.any(&mut |ty| matches!(ty.kind(), TyKind::Iter(_))) =>
            {
                (value, Some(self.ty(known, Position::Stored)))
            }
            // Floats have one type anyway.
            (None, Some(known))
                if known.any(&mut |ty| ty.is_float()) && !known.any(&mut |ty| ty.is_int()) =>
            {
                (value, None)
            }
            (None, _) => (loose::typed(value), None),
            (ty, _) => (value, ty),
        };
        let pat = self.pat(pat);
        out.push(Stmt::bind(pat, ty, Some(value)));
    }

    /// A function that a container takes later: there it stands beside functions of other types.
    fn is_stored_function(&self, pat: &Pat, ty: Ty) -> bool {
        let Pat::Bind(local, None) = pat else { return false };
        let is_shared = is_kept_function(ty);
        let is_read = |node: &NodeId| {
            matches!(&self.body.nodes[*node].kind,
            Node::Use(place, _) if place.as_local() == Some(*local))
        };
        // One that is replaced by another function later has the type of both.
        let is_replaced = || {
            self.body.blocks.iter().flat_map(|(_, block)| &block.stmts).any(|stmt| {
                matches!(&stmt.kind, core::StmtKind::Set { target: Pat::Place(place), .. }
                    if place.as_local() == Some(*local))
            })
        };
        is_shared
            && (is_replaced()
                || self.body.nodes.iter().any(|(_, row)| match &row.kind {
                    Node::Op {
                        op:
                            core::Op::ListOp(core::ListOp::New)
                            | core::Op::DictOp(core::DictOp::New)
                            | core::Op::TupleOp(core::TupleOp::New),
                        args,
                        ..
                    } => args.iter().any(is_read),
                    Node::Call { callee: core::Callee::Lib(_), args } => {
                        args.iter().any(|arg| is_read(&arg.value))
                    }
                    _ => false,
                }))
    }

    /// Whether a method of a float asks for the type of a literal that the pattern binds.
    fn asks_for_type(&self, pat: &Pat) -> bool {
        matches!(pat, Pat::Bind(local, None) if crate::anchors::asks_for_type(self.body, *local))
    }

    /// The value of a `let`: a nested named function gets typed parameters.
    pub(crate) fn bound_value(&mut self, value: NodeId) -> Expr {
        match &self.body.nodes[value].kind {
            Node::Closure(closure) => {
                let closure = closure.clone();
                self.closure(&closure, true)
            }
            _ => self.expr(value),
        }
    }

    /// The type that a pattern of names takes apart.
    fn tuple_ty(&self, pat: &Pat) -> Option<Ty> {
        let Pat::Tuple(parts) = pat else { return None };
        parts.iter().map(|part| self.pat_ty(part)).collect::<Option<Vec<_>>>().map(Ty::tuple)
    }

    /// Whether a value is a hole, or takes the items of one.
    fn takes_hole(&self, value: NodeId) -> bool {
        match &self.body.nodes[value].kind {
            Node::Op { op: batuta_core::Op::RsOp(batuta_core::RsOp::Path), args, .. } => {
                args.iter().any(|arg| self.is_hole(*arg))
            }
            _ => self.is_hole(value),
        }
    }

    fn is_hole(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Hole { .. })
    }

    fn pat_ty(&self, pat: &Pat) -> Option<Ty> {
        match pat {
            Pat::Bind(local, None) => Some(self.body.locals[*local].ty),
            _ => None,
        }
    }

    pub(crate) fn ty(&mut self, ty: Ty, position: Position) -> String {
        self.env.ty(ty, position, self.module, self.uses)
    }

    pub(crate) fn name(&self, local: LocalId) -> String {
        self.scope.names[local.0 as usize].clone()
    }

    pub(crate) fn rt(&mut self, name: &str) -> String {
        crate::types::rt(name, self.uses)
    }

    /// A name for a label: labels are apart from the names of values.
    pub(crate) fn fresh_label(&mut self, hint: &str) -> String {
        self.labels += 1;
        if self.labels == 1 { hint.to_owned() } else { format!("{hint}_{}", self.labels) }
    }

    /// A name for a helper local that the body does not use.
    pub(crate) fn fresh(&mut self, hint: &str) -> String {
        loop {
            let name = self.fresh_label(hint);
            if !self.scope.names.contains(&name) {
                return name;
            }
        }
    }

    /// A broken promise of Mir: said in the output, never a panic.
    /// The same with the type that is wanted, where nothing around it says which.
    pub(crate) fn problem_of(&mut self, what: &str, ty: Ty) -> Expr {
        let hole = self.problem(what);
        let ty = self.ty(ty, Position::Stored);
        let Expr::Macro(_, args) = hole else { return hole };
        Expr::call(format!("{}::<{ty}>", self.rt("not_translated")), args)
    }

    pub(crate) fn problem(&mut self, what: &str) -> Expr {
        self.uses.problems.push(format!("{}: {what}", self.body.path));
        Expr::Macro("todo".to_owned(), vec![Expr::Atom(crate::literal::string(&format!("internal: {what}")))])
    }
}

/// `xs[i]`, also among others.
fn has_item(target: &Pat) -> bool {
    match target {
        Pat::Place(place) => matches!(place.proj.last(), Some(core::Proj::Index(_) | core::Proj::Nth(_))),
        Pat::Tuple(parts) => parts.iter().any(has_item),
        _ => false,
    }
}

/// Whether reading the place can raise or have an effect.
fn reads_item(place: &core::Place) -> bool {
    matches!(place.root, core::Root::Node(_))
        || place.proj.iter().any(|proj| !matches!(proj, core::Proj::Field(_) | core::Proj::Deref))
}

pub(crate) fn ok_unit() -> Expr {
    Expr::call("Ok", vec![Expr::atom("()")])
}

/// What a local starts with that gets its value inside a closure.
fn empty_value(ty: Ty) -> Option<Expr> {
    Some(match ty.kind() {
        TyKind::Int(width) if *width != core::Width::Big => Expr::atom("0"),
        TyKind::Float(_) => Expr::atom("0.0"),
        TyKind::Bool => Expr::atom("false"),
        TyKind::Num => Expr::call("rt::Num::Int", vec![Expr::atom("0")]),
        TyKind::Option(_) => Expr::atom("None"),
        TyKind::Str => Expr::call("String::new", vec![]),
        TyKind::Ref(of) if *of.kind() == TyKind::Str => Expr::atom("\"\""),
        TyKind::Value => Expr::atom("rt::Value::None"),
        TyKind::List(_) => Expr::call("Vec::new", vec![]),
        TyKind::Dict(..) | TyKind::Set(_) | TyKind::Int(_) => Expr::call("Default::default", vec![]),
        TyKind::Tuple(items) => {
            Expr::Tuple(items.iter().map(|item| empty_value(*item)).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// `collect()` whose type the function's result says.
fn untyped_collect(value: Expr) -> Expr {
    match value {
        Expr::Method(of, name, args) if name.starts_with("collect::<") => {
            Expr::Method(of, "collect".to_owned(), args)
        }
        value => value,
    }
}

fn wrap_block(block: &mut Block) {
    match block.tail.take() {
        Some(tail) if matches!(*tail, Expr::Jump(..)) => block.tail = Some(tail),
        Some(tail) => {
            let value = match *tail {
                Expr::Try(inner) => *inner,
                value => Expr::call("Ok", vec![value]),
            };
            block.tail = Some(Box::new(value));
        }
        None => {}
    }
}

pub(crate) fn comment(comment: &core::Comment) -> tree::Comment {
    tree::Comment { text: comment.text.to_string(), blank_before: comment.blank_before }
}

/// `{ let x = x.clone(); Rc::new(move || ..) }`: a function behind what it captures, or one of several.
fn makes_function(value: &Expr) -> bool {
    match value {
        Expr::Call(path, _) => matches!(&**path, Expr::Atom(name) if name == "Rc::new"),
        Expr::Block(_, block) => block.tail.as_deref().is_some_and(makes_function),
        Expr::If(choice) => {
            choice.then.tail.as_deref().is_some_and(makes_function)
                || choice.els.as_ref().is_some_and(makes_function)
        }
        _ => false,
    }
}

fn is_kept_function(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Shared(inner) if matches!(inner.kind(), TyKind::Func(..)))
}

/// The type of what a pattern takes apart, by the types of its names.
fn taken_ty(body: &Body<Mir>, pat: &Pat) -> Option<Ty> {
    let all = |parts: &[Pat]| parts.iter().map(|part| taken_ty(body, part)).collect::<Option<Vec<_>>>();
    match pat {
        Pat::Bind(local, None) => Some(body.locals[*local].ty),
        Pat::Tuple(parts) => all(parts).map(Ty::tuple),
        Pat::List { front, rest: None, back } if back.is_empty() => {
            let item = all(front)?.first().copied().unwrap_or(Ty::unit());
            Some(Ty::new(TyKind::Array(item, front.len() as u64)))
        }
        _ => None,
    }
}
