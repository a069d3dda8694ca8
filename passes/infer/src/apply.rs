//! Writes the solved types into a body: statements and control flow.
//!
//! Actual types come from below (`expr` leaves them on the nodes), wanted types from above (`want`
//! coerces where they differ). Conditions become `bool`, iterables `iter.of`.

use crate::solve::{InstId, Unit};
use crate::types::Types;
use crate::vars::Var;
use batuta_base::{Code, Diags, FxHashMap, Id, Name, Origin};
use batuta_core::*;
use std::rc::Rc;

/// A library name that the catalogue does not have.
pub const UNKNOWN_LIBRARY: Code = Code::warning("B0204", "not in the library catalogue");
/// An attribute that no value here has.
pub const UNKNOWN_ATTRIBUTE: Code = Code::warning("B0303", "no such attribute");
/// Arguments that no signature takes.
pub const BAD_CALL: Code = Code::warning("B0304", "the arguments fit no signature");
/// Something that an earlier step took apart and could not write out.
pub const NOT_WRITTEN_OUT: Code = Code::warning("B0514", "this form has no translation");
/// The source raises an error there whenever it gets there; so does the Rust.
pub const ALWAYS_RAISES: Code = Code::note("B0306", "this raises whenever it runs");
/// A decorator that changes a function in a way that is not followed.
pub const DECORATOR: Code = Code::warning("B0305", "this decorator is not followed");
/// A dynamic value.
pub const DYNAMIC: Code = Code::note("B0310", "the type is only known at run time");

/// `()` where everything else is a list: it is one, too, and so it prints.
pub const EMPTY_TUPLE: Code = Code::note("B0311", "this `()` is an empty list: it prints as `[]`");

/// A view of a dict that is kept in a function that changes the dict.
pub const VIEW_BEHIND: Code = Code::warning(
    "B0312",
    "this view of a dict is kept as a list: changes of the dict after this are not in it",
);

/// Decorators that the language or a later pass gives their meaning.
const FOLLOWED: &[&str] = &[
    "staticmethod",
    "classmethod",
    "property",
    "setter",
    "abstractmethod",
    "abstractclassmethod",
    "abstractstaticmethod",
    "cached_property",
    "lru_cache",
    "cache",
    "wraps",
    "contextmanager",
    "asynccontextmanager",
    "dataclass",
    "total_ordering",
    "override",
    "final",
    "overload",
];

/// Paths of the versions of each function.
pub(crate) type Paths = FxHashMap<InstId, Name>;

pub(crate) struct Apply<'a, 's, 'p> {
    pub types: &'a Types<'s, 'p>,
    pub paths: &'a Paths,
    pub inst: InstId,
    pub unit: Rc<Unit>,
    pub body: Body<Hir>,
    pub base: Var,
    /// Nodes below this number have a variable.
    pub nodes: usize,
    /// Result and item types of the open functions.
    pub functions: Vec<(Ty, Ty)>,
    /// The callee of the source whose call is written.
    pub callee: Option<NodeId>,
    /// What was written for a function value, and the node of the source that it stands for.
    pub function_sources: FxHashMap<NodeId, NodeId>,
    /// What closures that were made of functions stand for.
    pub described: FxHashMap<NodeId, crate::function_values::Described>,
    /// The nodes of the source that made ones stand for, of classes that are values.
    pub class_sources: FxHashMap<NodeId, NodeId>,
    /// Lists that views of dicts became, with the view: as a dynamic value it is one again.
    pub kept_views: FxHashMap<NodeId, NodeId>,
    /// One of several classes is called: that some do not take the arguments is no finding.
    pub is_choosing: bool,
    pub diags: &'a mut Diags,
}

/// The typed body of one version.
pub(crate) fn apply(types: &Types<'_, '_>, paths: &Paths, inst: InstId, diags: &mut Diags) -> Body<Typed> {
    let row = &types.solver.insts[inst];
    let unit = row.unit.clone();
    let body = unit.body.clone();
    let nodes = body.nodes.len();
    let mut apply = Apply {
        types,
        paths,
        inst,
        base: row.base,
        unit,
        nodes,
        body,
        functions: Vec::new(),
        callee: None,
        function_sources: FxHashMap::default(),
        described: Default::default(),
        class_sources: Default::default(),
        kept_views: Default::default(),
        is_choosing: false,
        diags,
    };
    apply.run();
    let mut body = apply.body;
    body.path = paths.get(&inst).copied().unwrap_or(body.path);
    body.into_level()
}

impl Apply<'_, '_, '_> {
    fn run(&mut self) {
        let locals: Vec<LocalId> = self.body.locals.ids().collect();
        for local in locals {
            let var = self.base + self.nodes as Var + local.0;
            self.body.locals[local].ty = self.types.get(var).unwrap_or_else(Ty::unit);
        }
        let sig = self.types.solver.insts[self.inst].sig.clone();
        let ret = self.types.get(sig.ret).unwrap_or_else(Ty::unit);
        let item = sig.yielded.and_then(|var| self.types.get(var)).unwrap_or_else(Ty::unit);
        let mut params = std::mem::take(&mut self.body.params);
        self.params(&mut params);
        self.body.params = params;
        let mut decorators = std::mem::take(&mut self.body.decorators);
        for decorator in &mut decorators {
            decorator.args.iter_mut().for_each(|arg| arg.value = self.expr(arg.value));
        }
        self.body.decorators = decorators;
        self.body.ret = ret;
        let returned = ret.returned(self.body.is_generator, self.body.is_async);
        self.functions.push((returned, item));
        let root = self.body.root;
        self.block(root, None);
        self.functions.pop();
        if sig.falls {
            self.fall_off(root, returned);
        } else if *returned.kind() != TyKind::Unit {
            self.end_block(root);
        }
        let decorators = self.body.decorators.clone();
        self.refuse_decorators(&decorators, root);
        self.start_fields(root);
        self.types_to_values(root);
    }

    /// The end of a body whose function gives `None` there and something else elsewhere.
    fn fall_off(&mut self, root: BlockId, ret: Ty) {
        if *ret.kind() == TyKind::Unit || self.body.blocks[root].tail.is_some() {
            return;
        }
        let origin = self.body.blocks[root].stmts.last().map_or(Origin::default(), |stmt| stmt.origin);
        let none = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        let none = self.coerce(none, ret);
        self.body.blocks[root].tail = Some(none);
    }

    /// A function whose decorator is not followed must not run as if it had none.
    fn refuse_decorators(&mut self, decorators: &[Decorator], block: BlockId) {
        let Some(unknown) = decorators.iter().find(|d| !is_followed(d.path)) else { return };
        let (path, origin) = (unknown.path, unknown.origin);
        let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        let hole = self.hole(at, DECORATOR, format!("the decorator `{path}` is not followed"));
        self.prepend(block, vec![Stmt::new(StmtKind::Expr(hole), origin)]);
    }

    fn params(&mut self, params: &mut [Param]) {
        for param in params {
            let ty = self.body.locals[param.local].ty;
            param.default = param.default.map(|node| self.want(node, ty));
        }
    }

    /// Type of a node of the source, if it has one.
    pub(crate) fn solved(&self, node: NodeId) -> Option<Ty> {
        if node.index() >= self.nodes { None } else { self.types.get(self.base + node.0) }
    }

    pub(crate) fn ty(&self, node: NodeId) -> Ty {
        self.body.nodes[node].ty
    }

    pub(crate) fn origin(&self, node: NodeId) -> Origin {
        self.body.nodes[node].origin
    }

    pub(crate) fn mk(&mut self, kind: Node, ty: Ty, origin: Origin) -> NodeId {
        self.body.node(kind, ty, origin)
    }

    /// An operation; one of whose operands always raises is that operand, after those before it.
    pub(crate) fn mk_op(&mut self, op: impl Into<Op>, attr: Attr, args: Vec<NodeId>, ty: Ty) -> NodeId {
        let op = op.into();
        if let Some(at) = self.first_that_raises(op, &args) {
            return self.after_parts(&args[..at], args[at]);
        }
        let origin = args.first().map_or(Origin::default(), |arg| self.origin(*arg));
        self.mk(Node::Op { op, attr, args }, ty, origin)
    }

    /// The first operand that always raises, of an operation that evaluates them all.
    pub(crate) fn first_that_raises(&self, op: Op, args: &[NodeId]) -> Option<usize> {
        args.iter().position(|arg| *self.ty(*arg).kind() == TyKind::Never).filter(|_| !op.is_lazy())
    }

    pub(crate) fn read_local(&mut self, local: LocalId, origin: Origin) -> NodeId {
        self.body.use_local(local, Mode::Read, origin)
    }

    /// A block with some statements and a value.
    pub(crate) fn mk_block(&mut self, stmts: Vec<Stmt>, tail: NodeId) -> NodeId {
        let (ty, origin) = (self.ty(tail), self.origin(tail));
        let block = self.body.block(BlockRow { stmts, tail: Some(tail), end_comments: Vec::new() });
        self.mk(Node::Block { label: None, block }, ty, origin)
    }

    pub(crate) fn tail_block(&mut self, tail: NodeId) -> BlockId {
        self.body.block(BlockRow { stmts: Vec::new(), tail: Some(tail), end_comments: Vec::new() })
    }

    pub(crate) fn set_temp(&mut self, hint: &str, value: NodeId) -> (LocalId, Stmt) {
        let (ty, origin) = (self.ty(value), self.origin(value));
        let local = self.body.temp(hint, ty, origin);
        let target = Pat::Place(Place::local(local));
        (local, Stmt::new(StmtKind::Set { target, value }, origin))
    }

    /// Whether reading the node twice, later or not at all makes no difference.
    pub(crate) fn is_simple(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Const(_) | Node::Item(_) => true,
            Node::Use(place, _) => match place.root {
                Root::Local(_) => place.proj.iter().all(|proj| matches!(proj, Proj::Field(_))),
                Root::Global(_) => place.proj.is_empty(),
                Root::Node(_) => false,
            },
            Node::Op { op, args, .. } => {
                op.info().effect == Effect::Pure
                    && args.iter().all(|arg| self.is_simple(*arg))
                    && matches!(op.info().dialect, "opt" | "class" | "int" | "bool" | "num")
                    || matches!(op.name(), "opt.unwrap" | "union.get") && self.is_simple(args[0])
            }
            _ => false,
        }
    }

    /// Another node with the same simple value.
    pub(crate) fn again(&mut self, node: NodeId) -> NodeId {
        let row = self.body.nodes[node].clone();
        let kind = match row.kind {
            Node::Op { op, attr, args } => {
                let args = args.into_iter().map(|arg| self.again(arg)).collect();
                Node::Op { op, attr, args }
            }
            Node::Call { callee, mut args } => {
                args.iter_mut().for_each(|arg| arg.value = self.again(arg.value));
                Node::Call { callee, args }
            }
            Node::Use(mut place, mode) => {
                if let Root::Node(root) = place.root {
                    place.root = Root::Node(self.again(root));
                }
                for proj in &mut place.proj {
                    if let Proj::Index(index) | Proj::Nth(index) = proj {
                        *index = self.again(*index);
                    }
                }
                Node::Use(place, mode)
            }
            kind => kind,
        };
        self.mk(kind, row.ty, row.origin)
    }

    /// Reads a value several times: as it is when simple, else through a temp.
    pub(crate) fn with_value(
        &mut self,
        node: NodeId,
        make: impl FnOnce(&mut Self, &mut dyn FnMut(&mut Self) -> NodeId) -> NodeId,
    ) -> NodeId {
        if self.is_simple(node) {
            return make(self, &mut |me| me.again(node));
        }
        // What would read it is not reached.
        if *self.ty(node).kind() == TyKind::Never {
            return node;
        }
        let (local, stmt) = self.set_temp("value", node);
        let origin = self.origin(node);
        let tail = make(self, &mut |me| me.read_local(local, origin));
        self.mk_block(vec![stmt], tail)
    }

    pub(crate) fn hole(&mut self, node: NodeId, code: Code, why: String) -> NodeId {
        let origin = self.origin(node);
        self.diags.report_with(code, origin, why.clone());
        self.mk(Node::Hole { why: why.into(), source: "".into() }, Ty::never(), origin)
    }

    /// Statements of a block; its tail is coerced to a wanted type.
    pub(crate) fn block(&mut self, block: BlockId, want: Option<Ty>) {
        let mut row = std::mem::take(&mut self.body.blocks[block]);
        let mut stmts = Vec::with_capacity(row.stmts.len());
        for stmt in row.stmts {
            self.stmt(stmt, &mut stmts);
            // What stands behind a jump never runs, nor behind an `if` of which only a jump is left.
            if stmts.last().is_some_and(
                |stmt| matches!(stmt.kind, StmtKind::Expr(node) if is_jump(&self.body.nodes[node].kind)),
            ) {
                row.tail = None;
                break;
            }
        }
        row.stmts = stmts;
        row.tail = row.tail.map(|tail| match want {
            Some(ty) => self.want(tail, ty),
            None => self.expr(tail),
        });
        self.body.blocks[block] = row;
    }

    fn stmt(&mut self, mut stmt: Stmt, out: &mut Vec<Stmt>) {
        let kind = std::mem::replace(&mut stmt.kind, StmtKind::Expr(NodeId(0)));
        stmt.kind = match kind {
            StmtKind::Set { target, value } => return self.assign(stmt, out, target, value),
            StmtKind::Let { pat, value } => StmtKind::Let { pat, value: value.map(|node| self.expr(node)) },
            StmtKind::Update { place, op, value } => self.update(place, op, value, stmt.origin),
            // A name alone does nothing.
            StmtKind::Expr(node) if matches!(self.body.nodes[node].kind, Node::Item(_)) => return,
            StmtKind::Expr(node) => {
                let node = self.expr(node);
                if let Some(block) = self.only_branch(node) {
                    return self.splice(stmt, block, out);
                }
                return self.effect(stmt, node, out);
            }
            StmtKind::Del(place) => self.delete(place),
        };
        out.push(stmt);
    }

    /// The block that is left of an `if` whose condition the types decide; `None` inside: nothing is.
    fn only_branch(&self, node: NodeId) -> Option<Option<BlockId>> {
        let Node::If { cond, then, els } = &self.body.nodes[node].kind else { return None };
        if self.body.blocks[*then].tail.is_some() {
            return None;
        }
        match self.body.as_const(*cond) {
            Some(Const::Bool(true)) => Some(Some(*then)),
            Some(Const::Bool(false)) => Some(*els),
            _ => None,
        }
    }

    /// Puts the statements of a block where a statement stood.
    fn splice(&mut self, stmt: Stmt, block: Option<BlockId>, out: &mut Vec<Stmt>) {
        let Some(block) = block else { return };
        let row = std::mem::take(&mut self.body.blocks[block]);
        let mut stmts = row.stmts;
        if let Some(first) = stmts.first_mut() {
            let mut above = stmt.above;
            above.append(&mut first.above);
            first.above = above;
            first.blank_before = stmt.blank_before;
        }
        out.append(&mut stmts);
    }
}

fn is_jump(node: &Node) -> bool {
    matches!(node, Node::Return(_) | Node::Break { .. } | Node::Continue { .. } | Node::Raise { .. })
}

/// Control flow.
impl Apply<'_, '_, '_> {
    pub(crate) fn control(&mut self, id: NodeId) -> NodeId {
        let mut kind = self.body.nodes[id].kind.clone();
        let mut ty = Ty::unit();
        match &mut kind {
            Node::If { cond, then, els } => {
                *cond = self.cond(*cond);
                let has_value = self.body.blocks[*then].tail.is_some();
                let want = if has_value { self.solved(id) } else { None };
                // What the types rule out is not written.
                if let (Some(Const::Bool(value)), Some(els), true) =
                    (self.body.as_const(*cond), *els, has_value)
                {
                    let block = if *value { *then } else { els };
                    self.block(block, want);
                    let ty = want.unwrap_or_else(Ty::unit);
                    return self.set(id, Node::Block { label: None, block }, ty);
                }
                match self.body.as_const(*cond) {
                    Some(Const::Bool(false)) if !has_value => {
                        self.body.blocks[*then] = BlockRow::default();
                    }
                    Some(Const::Bool(true)) if !has_value => *els = None,
                    _ => {}
                }
                self.block(*then, want);
                els.iter().for_each(|els| self.block(*els, want));
                ty = want.unwrap_or_else(Ty::unit);
            }
            Node::Block { block, .. } => {
                self.block(*block, None);
                ty = self.body.blocks[*block].tail.map_or_else(Ty::unit, |tail| self.ty(tail));
            }
            Node::Match { subject, arms } => {
                *subject = self.expr(*subject);
                let subject_ty = self.ty(*subject);
                arms.retain(|arm| !self.never_fits(subject_ty, &arm.pat));
                if self.needs_tests(subject_ty, arms) {
                    return self.match_by_tests(id, *subject, std::mem::take(arms));
                }
                let want = self.solved(id);
                for arm in arms {
                    let mut after = Vec::new();
                    let pat = std::mem::replace(&mut arm.pat, Pat::Wild);
                    arm.pat = self.pat(pat, subject_ty, &mut after);
                    arm.guard = arm.guard.map(|guard| self.cond(guard));
                    let has_value = self.body.blocks[arm.body].tail.is_some();
                    self.block(arm.body, if has_value { want } else { None });
                    self.prepend(arm.body, after);
                    if has_value {
                        ty = want.unwrap_or_else(Ty::unit);
                    }
                }
            }
            Node::While { cond, body, els, .. } => {
                *cond = self.cond(*cond);
                self.block(*body, None);
                els.iter().for_each(|els| self.block(*els, None));
            }
            Node::Loop { body, .. } => self.block(*body, None),
            Node::For { pat, iter, body, els, .. } => {
                *iter = self.iterable_for(*iter, pat);
                // What raises is not iterated.
                if matches!(self.ty(*iter).kind(), TyKind::Never) {
                    let (raised, origin) = (*iter, self.origin(*iter));
                    let stmts = vec![Stmt::new(StmtKind::Expr(raised), origin)];
                    let block = self.body.block(BlockRow { stmts, ..BlockRow::default() });
                    return self.set(id, Node::Block { label: None, block }, Ty::unit());
                }
                let item = self.item_type(self.ty(*iter));
                let mut after = Vec::new();
                let given = std::mem::replace(pat, Pat::Wild);
                *pat = match (&given, item.kind()) {
                    (Pat::Tuple(_), TyKind::Class(..)) => self.taken_apart(given, item, &mut after),
                    _ => self.loop_pat(given, item, &mut after),
                };
                self.block(*body, None);
                self.prepend(*body, after);
                els.iter().for_each(|els| self.block(*els, None));
            }
            Node::Try { body, handlers, els, finally } => {
                self.block(*body, None);
                handlers.iter().for_each(|handler| self.block(handler.body, None));
                els.iter().chain(finally.iter()).for_each(|block| self.block(*block, None));
            }
            Node::With { items, body, is_async } => kind = self.with(std::mem::take(items), *body, *is_async),
            Node::Return(value) => {
                let (ret, _) = self.functions.last().copied().unwrap_or((Ty::unit(), Ty::unit()));
                *value = match value.take() {
                    Some(node) => Some(self.want(node, ret)),
                    None if *ret.kind() != TyKind::Unit => Some(self.none(ret, id)),
                    None => None,
                };
                ty = Ty::never();
            }
            Node::Break { value, .. } => {
                *value = value.map(|node| self.expr(node));
                ty = Ty::never();
            }
            Node::Continue { .. } => ty = Ty::never(),
            Node::Raise { error, cause } => {
                *error = error.map(|node| self.raised(node)).map(|node| self.exception(node));
                // What raises while the error is made is raised in its place.
                if let Some(node) = error.filter(|node| *self.ty(*node).kind() == TyKind::Never) {
                    return node;
                }
                *cause = cause.map(|node| self.raised(node));
                ty = Ty::never();
            }
            Node::Yield(value) => {
                let (_, item) = self.functions.last().copied().unwrap_or((Ty::unit(), Ty::unit()));
                *value = match value.take() {
                    Some(node) => Some(self.want(node, item)),
                    None if *item.kind() != TyKind::Unit => Some(self.none(item, id)),
                    None => None,
                };
                ty = self.solved(id).unwrap_or_else(Ty::unit);
            }
            Node::YieldFrom(node) => {
                let of = self.expr(*node);
                let takes_values = matches!(self.ty(of).kind(), TyKind::Lib(name, _) if *name == "coroutine");
                let (_, item) = self.functions.last().copied().unwrap_or((Ty::unit(), Ty::unit()));
                *node = match takes_values {
                    true => self.giving(of, item),
                    // What it gives becomes what this one gives, item by item.
                    false => {
                        let items = self.iter_of(of);
                        self.coerce(items, Ty::iter(item))
                    }
                };
                ty = self.solved(id).unwrap_or_else(Ty::unit);
            }
            Node::Await(node) => {
                let of = self.expr(*node);
                if self.is_dynamic_call(of) {
                    let why = "a method of a dynamic value is awaited".to_owned();
                    return self.hole(id, crate::apply::BAD_CALL, why);
                }
                *node = of;
                ty = self.awaited(*node);
            }
            _ => {}
        }
        self.body.nodes[id].kind = kind;
        self.body.nodes[id].ty = ty;
        id
    }

    /// Whether a value comes out of a dynamic one: nobody knows whether it can be awaited.
    fn is_dynamic_call(&self, node: NodeId) -> bool {
        let row = &self.body.nodes[node];
        *row.ty.kind() == TyKind::Value
            && matches!(row.kind, Node::Op { op: Op::ValueOp(_), .. } | Node::Use(..))
    }

    /// The type of `await node`.
    fn awaited(&mut self, node: NodeId) -> Ty {
        let ty = self.ty(node);
        let TyKind::Lib(name, _) = ty.kind() else { return ty };
        let row = name.join("__await__");
        match batuta_catalog::functions(row.as_str()).is_empty() {
            true => ty,
            // Only its type: the printer writes `.await`.
            false => {
                let origin = self.origin(node);
                let again = self.mk(Node::Const(Const::None), ty, origin);
                let call = self.lib_call(row, &[ArgKind::Positional], vec![again], None, origin);
                self.ty(call)
            }
        }
    }

    /// `raise Class` is `raise Class()`.
    fn raised(&mut self, source: NodeId) -> NodeId {
        let node = self.expr(source);
        let origin = self.origin(node);
        match (self.ty(node).kind(), self.body.nodes[node].kind.clone()) {
            (TyKind::TypeOf(class), Node::Item(_)) if self.types.env().class(*class).is_none() => {
                self.error_new(*class, Vec::new(), origin)
            }
            (TyKind::TypeOf(class), kind) if !matches!(kind, Node::Item(_)) => {
                self.make_error(source, node, *class, &[], Vec::new(), origin)
            }
            (TyKind::TypeOf(class), _) => {
                let call = Node::Call { callee: Callee::New(*class), args: Vec::new() };
                self.mk(call, Ty::class(*class), origin)
            }
            (_, Node::Item(name)) => self.error_new(name, Vec::new(), origin),
            (TyKind::Option(inner), _) => {
                self.unwrap(node, *inner, "TypeError: exceptions must derive from BaseException")
            }
            _ => node,
        }
    }

    /// What `raise` raises: a `TypeError` for a value that is no exception.
    fn exception(&mut self, node: NodeId) -> NodeId {
        if !self.is_no_error(self.ty(node).kind()) {
            return node;
        }
        let origin = self.origin(node);
        let text = self.text("exceptions must derive from BaseException", origin);
        let error = self.error_new(Name::new("builtins.TypeError"), vec![text], origin);
        self.after_parts(&[node], error)
    }

    /// Whether a value of this type is certainly no exception.
    fn is_no_error(&self, kind: &TyKind) -> bool {
        match kind {
            TyKind::Class(class, _) => !self.types.env().is_error(*class),
            _ => !matches!(
                kind,
                TyKind::Error
                    | TyKind::Value
                    | TyKind::Union(_)
                    | TyKind::Lib(..)
                    | TyKind::Unknown
                    | TyKind::Never
                    | TyKind::Var(_)
            ),
        }
    }

    pub(crate) fn prepend(&mut self, block: BlockId, mut stmts: Vec<Stmt>) {
        if !stmts.is_empty() {
            stmts.append(&mut self.body.blocks[block].stmts);
            self.body.blocks[block].stmts = stmts;
        }
    }

    pub(crate) fn closure(&mut self, id: NodeId, mut closure: Closure) -> NodeId {
        for decorator in &mut closure.decorators {
            decorator.args.iter_mut().for_each(|arg| arg.value = self.expr(arg.value));
        }
        self.params(&mut closure.params);
        let sig = self.closure_sig(id);
        let ret = sig.as_ref().and_then(|sig| self.types.get(sig.ret)).unwrap_or_else(Ty::unit);
        let falls = sig.as_ref().is_some_and(|sig| sig.falls);
        let item =
            sig.and_then(|sig| sig.yielded).and_then(|var| self.types.get(var)).unwrap_or_else(Ty::unit);
        closure.ret = ret;
        let returned = ret.returned(closure.is_generator, closure.is_async);
        self.functions.push((returned, item));
        let has_tail = self.body.blocks[closure.body].tail.is_some();
        self.block(closure.body, has_tail.then_some(returned));
        self.functions.pop();
        if falls {
            self.fall_off(closure.body, returned);
        }
        self.refuse_decorators(&closure.decorators, closure.body);
        let params: Vec<Ty> = closure.params.iter().map(|param| self.body.locals[param.local].ty).collect();
        self.body.nodes[id].kind = Node::Closure(closure);
        self.body.nodes[id].ty = Ty::func(params, ret);
        id
    }

    fn closure_sig(&self, id: NodeId) -> Option<crate::facts::Sig> {
        let find = |c: &crate::facts::C| match c {
            crate::facts::C::Closure { site, sig, .. } if *site == id.0 => Some(sig.clone()),
            _ => None,
        };
        let sig = self.unit.facts.constraints.iter().find_map(find)?;
        Some(crate::facts::Sig {
            params: Vec::new(),
            ret: sig.ret + self.base,
            yielded: sig.yielded.map(|var| var + self.base),
            returned: sig.returned + self.base,
            falls: sig.falls,
        })
    }
}

/// What other passes did with the decorator, or the printer will do.
fn is_followed(path: Name) -> bool {
    FOLLOWED.contains(&path.last()) || path.as_str().starts_with("rs.")
}
