//! `with` over a context manager of the program is calls and a `try`.
//!
//! before                     after
//!   with %lock as %x {         set place %x = method (%lock).__enter__()
//!     io.println(%x)           try {
//!   }                            io.println(%x)
//!                              } except(BaseException) as %error {
//!                                if not method (%lock).__exit__(type(%error), %error, none) { raise }
//!                              } else {
//!                                method (%lock).__exit__(none, none, none)
//!                              }
//!
//! Where `__exit__` neither looks at the error nor hides it, a `finally` is enough. Where the block
//! is left by a jump, a flag says whether `__exit__` has run. Contexts of the library stay `with`.

use batuta_base::{Name, Origin};
use batuta_core::*;

/// What the `__exit__` of a class does with an error.
#[derive(Clone, Copy, Default)]
pub(super) struct Exit {
    looks: bool,
    hides: bool,
}

/// The context managers of a program.
pub(crate) struct Managers<'a> {
    pub(super) program: &'a Program<Hir>,
    /// What any of them may do, for a context whose class is not seen.
    any: Option<Exit>,
    /// Which of class, error and traceback some `__exit__` reads: only these are parameters.
    kept: [bool; 3],
}

/// Where a context comes from.
pub(super) enum Kind {
    Library,
    Suppress(Vec<Name>),
    Closing(NodeId),
    Null(Option<NodeId>),
    Own {
        exit: Exit,
        hint: String,
    },
    /// A function under `contextlib.contextmanager`.
    Function(String),
}

pub(crate) fn has_managers(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::With { .. }))
}

/// Writes out every `with` of a body.
pub(crate) fn expand(managers: &Managers<'_>, body: &mut Body<Hir>) {
    for block in body.blocks.ids().collect::<Vec<_>>() {
        let stmts = std::mem::take(&mut body.blocks[block].stmts);
        let mut out = Vec::new();
        for stmt in stmts {
            let node = match stmt.kind {
                StmtKind::Expr(node) => node,
                _ => {
                    out.push(stmt);
                    continue;
                }
            };
            let Node::With { items, body: inner, is_async } = body.nodes[node].kind.clone() else {
                out.push(stmt);
                continue;
            };
            let mut made = With { managers, body, origin: stmt.origin, is_async, is_function: false }
                .items(&items, inner);
            if let Some(first) = made.first_mut() {
                first.above = stmt.above;
                first.blank_before = stmt.blank_before;
                first.beside = stmt.beside;
            }
            out.append(&mut made);
        }
        body.blocks[block].stmts = out;
    }
}

impl<'a> Managers<'a> {
    pub(crate) fn new(program: &'a Program<Hir>) -> Self {
        let mut any: Option<Exit> = None;
        for class in program.classes.keys() {
            if let Some(exit) = exit_of(program, *class) {
                let so_far = any.unwrap_or_default();
                any = Some(Exit { looks: so_far.looks | exit.looks, hides: so_far.hides | exit.hides });
            }
        }
        Self { program, any, kept: kept_parameters(program) }
    }

    /// `__exit__` of every class takes what one of them reads.
    pub(crate) fn trim(&self, body: &mut Body<Hir>) {
        if !is_exit(body) || self.kept == [true; 3] {
            return;
        }
        let mut params = body.params.split_off(1).into_iter();
        for (at, kept) in self.kept.iter().enumerate() {
            let param = params.next().filter(|param| param.kind != ParamKind::Star);
            if *kept {
                let param = param.unwrap_or_else(|| {
                    let name = ["kind", "error", "traceback"][at];
                    let local = body.local(name, Ty::unknown(), Origin::default());
                    Param { name: Name::new(name), local, kind: ParamKind::Normal, default: None }
                });
                body.params.push(param);
            }
        }
    }

    pub(super) fn kind(&self, body: &Body<Hir>, context: NodeId) -> Kind {
        // A stack is entered and left as a generator is.
        if super::exit_stack::is_stack(self.program, body, context, super::exit_stack::DEPTH) {
            return Kind::Function("stack".to_owned());
        }
        if self.is_of_function(body, context, super::handed_contexts::DEPTH) {
            return Kind::Function(self.hint(body, context));
        }
        let Node::Call { callee, args } = &body.nodes[context].kind else {
            return match (self.any, &body.nodes[context].kind) {
                (Some(exit), Node::Use(place, _)) if !self.is_library(body, place) => {
                    Kind::Own { exit, hint: "manager".to_owned() }
                }
                _ => Kind::Library,
            };
        };
        match callee {
            Callee::Lib(name) => match (name.as_str(), &args[..]) {
                ("contextlib.suppress", _) => {
                    let classes = args.iter().map(|arg| class_named(body, arg.value)).collect();
                    Option::map_or(classes, Kind::Library, Kind::Suppress)
                }
                ("contextlib.closing", [arg]) => Kind::Closing(arg.value),
                ("contextlib.nullcontext", []) => Kind::Null(None),
                ("contextlib.nullcontext", [arg]) => Kind::Null(Some(arg.value)),
                (name, _) if batuta_catalog::is_dynamic(name) => {
                    Kind::Own { exit: Exit::default(), hint: "options".to_owned() }
                }
                _ => Kind::Library,
            },
            Callee::Fn(path) => self.called(self.program.resolve(*path)),
            Callee::Method(_, name) => {
                let mut methods = self.program.fns.values().filter(|body| body.path.last() == name.as_str());
                match methods.next() {
                    Some(method) if is_manager(method) => Kind::Function(name.to_string()),
                    Some(_) => self.unknown(name.as_str()),
                    None => Kind::Library,
                }
            }
            _ => self.unknown("manager"),
        }
    }

    /// Whether a path is a function of the program.
    pub(super) fn is_function(&self, path: Name) -> bool {
        self.program.fns.contains_key(&self.program.resolve(path))
    }

    fn unknown(&self, hint: &str) -> Kind {
        self.any.map_or(Kind::Library, |exit| Kind::Own { exit, hint: hint.to_owned() })
    }

    fn called(&self, path: Name) -> Kind {
        if let Some(exit) = exit_of(self.program, path) {
            return Kind::Own { exit, hint: path.last().to_owned() };
        }
        match self.program.fns.get(&path) {
            Some(body) if is_manager(body) => Kind::Function(path.last().to_owned()),
            _ => self.unknown(path.last()),
        }
    }

    /// A local or an attribute that only calls of the library give its value.
    fn is_library(&self, body: &Body<Hir>, place: &Place) -> bool {
        let is_call = |body: &Body<Hir>, value: NodeId| {
            matches!(body.nodes[value].kind, Node::Call { callee: Callee::Lib(_), .. })
        };
        // The body that is written out has statements taken out of it.
        let body = self.program.fns.get(&body.path).map_or(body, |body| &**body);
        let of = |body: &Body<Hir>, is_one: &dyn Fn(&Place) -> bool| {
            let values = super::exit_stack::sets(body, is_one);
            let others = values.iter().filter(|value| !is_call(body, **value)).count();
            (values.len(), others)
        };
        let (found, others) = match (place.as_local(), place.proj.last()) {
            (Some(local), _) => of(body, &|target| target.as_local() == Some(local)),
            (None, Some(Proj::Field(name))) => {
                let is_field = |target: &Place| target.proj.last() == Some(&Proj::Field(*name));
                let counts = self.program.fns.values().map(|body| of(body, &is_field));
                counts.fold((0, 0), |(found, others), (more, rest)| (found + more, others + rest))
            }
            _ => (0, 0),
        };
        found > 0 && others == 0
    }
}

fn is_exit(body: &Body<Hir>) -> bool {
    matches!(body.path.last(), "__exit__" | "__aexit__") && body.kind == FnKind::Method
}

/// Which parameters of `__exit__` some class reads; all where the program calls one by hand.
fn kept_parameters(program: &Program<Hir>) -> [bool; 3] {
    let mut kept = [false; 3];
    for body in program.fns.values() {
        body.walk_block(body.root, &mut |node| {
            if let Node::Call { callee: Callee::Method(_, name) | Callee::Super(name), .. } =
                &body.nodes[node].kind
                && matches!(name.as_str(), "__exit__" | "__aexit__")
            {
                kept = [true; 3];
            }
        });
        if !is_exit(body) {
            continue;
        }
        for (at, param) in body.params.iter().skip(1).enumerate() {
            let is_read = reads(body, param.local);
            match param.kind {
                ParamKind::Star if is_read => kept = [true; 3],
                _ if at < 3 => kept[at] |= is_read,
                _ => {}
            }
        }
    }
    kept
}

fn reads(body: &Body<Hir>, local: LocalId) -> bool {
    let mut found = false;
    body.walk_block(body.root, &mut |node| {
        found |= matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
    });
    found
}

pub(super) fn is_manager(body: &Body<Hir>) -> bool {
    let is_one =
        |decorator: &Decorator| matches!(decorator.path.last(), "contextmanager" | "asynccontextmanager");
    body.decorators.iter().any(is_one)
}

/// The exception class that a node names.
fn class_named(body: &Body<Hir>, node: NodeId) -> Option<Name> {
    match &body.nodes[node].kind {
        Node::Item(name) => Some(match name.as_str().strip_prefix("builtins.") {
            Some(builtin) => Name::new(builtin),
            None => *name,
        }),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => Some(*path),
        _ => None,
    }
}

fn exit_of(program: &Program<Hir>, class: Name) -> Option<Exit> {
    program.classes.get(&class)?;
    program.find_method(class, "__enter__").or_else(|| program.find_method(class, "__aenter__"))?;
    let path = program.find_method(class, "__exit__").or_else(|| program.find_method(class, "__aexit__"))?;
    let body = program.fns.get(&path)?;
    let looks = body.params.iter().skip(1).any(|param| reads(body, param.local));
    let mut exit = Exit { looks, hides: false };
    body.walk_block(body.root, &mut |node| {
        if let Node::Return(Some(value)) = &body.nodes[node].kind {
            exit.hides |= !matches!(body.as_const(*value), Some(Const::None | Const::Bool(false)));
        }
    });
    Some(exit)
}

/// Whether entering what a library function makes gives something else: `TemporaryDirectory()` gives its path.
fn gives_another(node: &Node) -> bool {
    let Node::Call { callee: Callee::Lib(name), .. } = node else { return false };
    batuta_catalog::functions(name.as_str()).iter().any(|row| match row.result.kind() {
        TyKind::Lib(made, _) => !batuta_catalog::functions(&format!("{made}.__enter__")).is_empty(),
        _ => false,
    })
}

/// One `with` being written out.
pub(super) struct With<'b, 'a> {
    managers: &'b Managers<'a>,
    pub(super) body: &'b mut Body<Hir>,
    pub(super) origin: Origin,
    is_async: bool,
    /// The manager that is written out now is a generator.
    is_function: bool,
}

impl<'b, 'a> With<'b, 'a> {
    pub(super) fn new(managers: &'b Managers<'a>, body: &'b mut Body<Hir>, origin: Origin) -> Self {
        Self { managers, body, origin, is_async: false, is_function: false }
    }

    /// What a context does when it is left, as the `bool` of whether `error` ends there; nothing for one of the
    /// library that only has to be closed.
    pub(super) fn exit_of(&mut self, kind: &Kind, manager: LocalId, error: LocalId) -> NodeId {
        let of = self.read(manager);
        match kind {
            Kind::Function(_) => {
                let raised = self.read(error);
                let failed = self.call(of, "fail", vec![raised]);
                let (left, no) = (self.leave_function(manager), self.constant(Const::Bool(false)));
                self.by_error(error, failed, left, no)
            }
            Kind::Suppress(classes) => {
                let items = classes.iter().map(|class| self.class_item(*class)).collect::<Vec<_>>();
                let classes = self.node(Node::Op { op: TupleOp::New.into(), attr: Attr::None, args: items });
                let raised = self.read(error);
                let args = vec![Arg::positional(raised), Arg::positional(classes)];
                let is_one =
                    self.node(Node::Call { callee: Callee::Lib(Name::new("builtins.isinstance")), args });
                let (nothing, no) = (self.constant(Const::None), self.constant(Const::Bool(false)));
                let nothing = Stmt::new(StmtKind::Expr(nothing), self.origin);
                self.by_error(error, is_one, nothing, no)
            }
            Kind::Own { .. } => {
                let (raised, traceback) = (self.read(error), self.constant(Const::None));
                let class = vec![Arg::positional(raised)];
                let class =
                    self.node(Node::Call { callee: Callee::Lib(Name::new("builtins.type")), args: class });
                let raised = self.read(error);
                let args = self.kept([class, raised, traceback]);
                let exit = self.call(of, "__exit__", args);
                let failed = self.op(ObjOp::Not, vec![exit]);
                let failed = self.op(ObjOp::Not, vec![failed]);
                let (left, no) = (self.leave(manager), self.constant(Const::Bool(false)));
                self.by_error(error, failed, left, no)
            }
            Kind::Library | Kind::Closing(_) | Kind::Null(_) => {
                let close = self.method(of, "close", Vec::new());
                let no = self.constant(Const::Bool(false));
                let stmts = if matches!(kind, Kind::Null(_)) { Vec::new() } else { vec![close] };
                let block = self.body.block(BlockRow { stmts, tail: Some(no), ..BlockRow::default() });
                self.node(Node::Block { label: None, block })
            }
        }
    }

    /// `if error is None { left; no } else { failed }`.
    fn by_error(&mut self, error: LocalId, failed: NodeId, left: Stmt, no: NodeId) -> NodeId {
        let (raised, none) = (self.read(error), self.constant(Const::None));
        let cond = self.op(ObjOp::Is, vec![raised, none]);
        let cond = self.op(ObjOp::Truth, vec![cond]);
        let then = self.body.block(BlockRow { stmts: vec![left], tail: Some(no), ..BlockRow::default() });
        let els = self.body.block(BlockRow { tail: Some(failed), ..BlockRow::default() });
        self.node(Node::If { cond, then, els: Some(els) })
    }

    /// A function that is called as an `__exit__`: whether it gives something true.
    pub(super) fn called_with(&mut self, function: LocalId, error: LocalId) -> NodeId {
        let (raised, traceback) = (self.read(error), self.constant(Const::None));
        let class = vec![Arg::positional(raised)];
        let class = self.node(Node::Call { callee: Callee::Lib(Name::new("builtins.type")), args: class });
        let raised = self.read(error);
        let failed = self.call_value(function, [class, raised, traceback]);
        let nothing = [(); 3].map(|()| self.constant(Const::None));
        let left = self.call_value(function, nothing);
        let left = Stmt::new(StmtKind::Expr(left), self.origin);
        let no = self.constant(Const::Bool(false));
        self.by_error(error, failed, left, no)
    }

    /// `not not function(..)`.
    fn call_value(&mut self, function: LocalId, args: [NodeId; 3]) -> NodeId {
        let callee = Callee::Value(self.read(function));
        let args = args.into_iter().map(Arg::positional).collect();
        let call = self.node(Node::Call { callee, args });
        let negated = self.op(ObjOp::Not, vec![call]);
        self.op(ObjOp::Not, vec![negated])
    }

    fn class_item(&mut self, class: Name) -> NodeId {
        let is_own = self.managers.program.classes.contains_key(&self.managers.program.resolve(class));
        let name = if is_own { class } else { Name::new("builtins").join(class.as_str()) };
        self.node(Node::Item(name))
    }

    fn leave_function(&mut self, manager: LocalId) -> Stmt {
        let of = self.read(manager);
        self.method(of, "leave", Vec::new())
    }

    /// The value that a context gives, and what has to run first.
    pub(super) fn entered(
        &mut self,
        kind: &Kind,
        context: NodeId,
        hint: &str,
    ) -> (LocalId, Vec<Stmt>, NodeId) {
        let source = match kind {
            Kind::Closing(value) => *value,
            _ => context,
        };
        let (manager, stmts) = match kind {
            Kind::Suppress(_) => (self.body.temp("kinds", Ty::unknown(), self.origin), Vec::new()),
            _ => self.manager(source, hint),
        };
        let entered = match kind {
            Kind::Suppress(_) => self.constant(Const::None),
            Kind::Own { .. } => {
                let of = self.read(manager);
                self.call(of, "__enter__", Vec::new())
            }
            Kind::Function(_) => {
                let of = self.read(manager);
                self.call(of, "enter", Vec::new())
            }
            Kind::Library if gives_another(&self.body.nodes[context].kind) => {
                let of = self.read(manager);
                self.call(of, "__enter__", Vec::new())
            }
            _ => self.read(manager),
        };
        (manager, stmts, entered)
    }

    fn items(&mut self, items: &[WithItem], inner: BlockId) -> Vec<Stmt> {
        let Some((first, rest)) = items.split_first() else { return Vec::new() };
        let kind = self.managers.kind(self.body, first.context);
        let block = |this: &mut Self| match rest {
            [] => inner,
            rest => {
                let stmts = this.items(rest, inner);
                this.body.block(BlockRow { stmts, ..BlockRow::default() })
            }
        };
        match kind {
            Kind::Library if self.is_async => self.library_async(first, block),
            Kind::Library => {
                let body = block(self);
                let items = vec![first.clone()];
                vec![self.effect(Node::With { items, body, is_async: self.is_async })]
            }
            Kind::Suppress(classes) => {
                let body = block(self);
                let handler = self.handler(classes, None, Vec::new());
                vec![self.effect(Node::Try { body, handlers: vec![handler], els: None, finally: None })]
            }
            Kind::Null(value) => {
                let value = value.unwrap_or_else(|| self.constant(Const::None));
                let mut out = self.bind(first.target.clone(), value);
                let block = block(self);
                out.push(self.effect(Node::Block { label: None, block }));
                out
            }
            Kind::Closing(value) => {
                let (manager, mut out) = self.manager(value, "resource");
                let target = self.read(manager);
                out.extend(first.target.clone().map(|pat| self.set(pat, target)));
                let body = block(self);
                let of = self.read(manager);
                let close = self.method(of, "close", Vec::new());
                let finally = Some(self.block(vec![close]));
                out.push(self.effect(Node::Try { body, handlers: Vec::new(), els: None, finally }));
                out
            }
            Kind::Own { exit, hint } => self.own(first, exit, &hint, block),
            Kind::Function(hint) => {
                self.is_function = true;
                self.own(first, Exit { looks: true, hides: true }, &hint, block)
            }
        }
    }

    /// `async with lock`: takes it, and gives it back whatever happens. A time limit counts from here on
    /// and says what is raised.
    fn library_async(&mut self, item: &WithItem, mut block: impl FnMut(&mut Self) -> BlockId) -> Vec<Stmt> {
        let is_limit = matches!(&self.body.nodes[item.context].kind,
            Node::Call { callee: Callee::Lib(name), .. } if name.last() == "timeout");
        if matches!(&self.body.nodes[item.context].kind,
            Node::Call { callee: Callee::Lib(name), .. } if name.last() == "TaskGroup")
        {
            return self.task_group(item, block);
        }
        let (manager, mut out) = self.manager(item.context, if is_limit { "limit" } else { "lock" });
        let of = self.read(manager);
        let enter = self.plain_call(of, if is_limit { "enter" } else { "acquire" }, Vec::new());
        if is_limit {
            out.push(Stmt::new(StmtKind::Expr(enter), self.origin));
            let target = self.read(manager);
            out.extend(item.target.clone().map(|pat| self.set(pat, target)));
        } else {
            let entered = self.node(Node::Await(enter));
            out.extend(self.bind(item.target.clone(), entered));
        }
        let body = block(self);
        let of = self.read(manager);
        let leave = self.plain_call(of, if is_limit { "leave" } else { "release" }, Vec::new());
        let left = self.block(vec![Stmt::new(StmtKind::Expr(leave), self.origin)]);
        let mut handlers = Vec::new();
        if is_limit {
            let error = self.body.temp("error", Ty::unknown(), self.origin);
            let (of, raised) = (self.read(manager), self.read(error));
            let failed = self.plain_call(of, "fail", vec![raised]);
            let raise = self.effect(Node::Raise { error: Some(failed), cause: None });
            handlers.push(self.handler(vec![Name::new("BaseException")], Some(error), vec![raise]));
        }
        out.push(self.effect(Node::Try { body, handlers, els: None, finally: Some(left) }));
        out
    }

    /// `async with asyncio.TaskGroup() as group`: all tasks of the group are done behind it.
    fn task_group(&mut self, item: &WithItem, mut block: impl FnMut(&mut Self) -> BlockId) -> Vec<Stmt> {
        let (manager, mut out) = self.manager(item.context, "group");
        let target = self.read(manager);
        out.extend(item.target.clone().map(|pat| self.set(pat, target)));
        let body = block(self);
        if self.body.is_left(body) {
            let why = "a jump out of the block of a task group".into();
            return vec![self.effect(Node::Hole { why, source: "".into() })];
        }
        let of = self.read(manager);
        let leave = self.plain_call(of, "leave", Vec::new());
        let left = self.effect(Node::Await(leave));
        let els = Some(self.block(vec![left]));
        let error = self.body.temp("error", Ty::unknown(), self.origin);
        let (of, raised) = (self.read(manager), self.read(error));
        let failed = self.plain_call(of, "fail", vec![raised]);
        let raise = self.effect(Node::Raise { error: Some(failed), cause: None });
        let handlers = vec![self.handler(vec![Name::new("BaseException")], Some(error), vec![raise])];
        out.push(self.effect(Node::Try { body, handlers, els, finally: None }));
        out
    }

    fn own(
        &mut self,
        item: &WithItem,
        exit: Exit,
        hint: &str,
        mut block: impl FnMut(&mut Self) -> BlockId,
    ) -> Vec<Stmt> {
        let (manager, mut out) = self.manager(item.context, hint);
        let of = self.read(manager);
        let is_function = std::mem::take(&mut self.is_function);
        let enter = match (is_function, self.is_async) {
            (true, _) => "enter",
            (false, true) => "__aenter__",
            (false, false) => "__enter__",
        };
        let entered = self.call(of, enter, Vec::new());
        out.extend(self.bind(item.target.clone(), entered));
        let body = block(self);
        self.is_function = is_function;
        let left = self.leave(manager);
        if !exit.looks && !exit.hides {
            let finally = Some(self.block(vec![left]));
            out.push(self.effect(Node::Try { body, handlers: Vec::new(), els: None, finally }));
            return out;
        }
        if !self.body.is_left(body) {
            let handler = self.failed(manager, exit, None);
            let els = Some(self.block(vec![left]));
            out.push(self.effect(Node::Try { body, handlers: vec![handler], els, finally: None }));
            return out;
        }
        let flag = self.body.temp("is_open", Ty::unknown(), self.origin);
        let yes = self.constant(Const::Bool(true));
        out.push(self.set(Pat::Place(Place::local(flag)), yes));
        let handler = self.failed(manager, exit, Some(flag));
        let tried = self.effect(Node::Try { body, handlers: vec![handler], els: None, finally: None });
        let body = self.block(vec![tried]);
        let cond = self.read(flag);
        let cond = self.op(ObjOp::Truth, vec![cond]);
        let then = self.block(vec![left]);
        let check = self.effect(Node::If { cond, then, els: None });
        let finally = Some(self.block(vec![check]));
        out.push(self.effect(Node::Try { body, handlers: Vec::new(), els: None, finally }));
        out
    }

    /// The local that holds a context, and the statement that sets it.
    fn manager(&mut self, context: NodeId, hint: &str) -> (LocalId, Vec<Stmt>) {
        if let Node::Use(place, _) = &self.body.nodes[context].kind
            && let Some(local) = place.as_local()
        {
            return (local, Vec::new());
        }
        let local = self.body.temp(hint, Ty::unknown(), self.origin);
        let stmt = self.set(Pat::Place(Place::local(local)), context);
        (local, vec![stmt])
    }

    /// `except BaseException as error: if not manager.__exit__(type(error), error, None): raise`.
    fn failed(&mut self, manager: LocalId, exit: Exit, flag: Option<LocalId>) -> Handler {
        let error = self.body.temp("error", Ty::unknown(), self.origin);
        let mut stmts = Vec::new();
        if let Some(flag) = flag {
            let no = self.constant(Const::Bool(false));
            stmts.push(self.set(Pat::Place(Place::local(flag)), no));
        }
        let left = match self.is_function {
            true => {
                let (of, error) = (self.read(manager), self.read(error));
                self.call(of, "fail", vec![error])
            }
            false => {
                let of = self.read(error);
                let args = vec![Arg::positional(of)];
                let class = self.node(Node::Call { callee: Callee::Lib(Name::new("builtins.type")), args });
                let args = [class, self.read(error), self.constant(Const::None)];
                let args = self.kept(args);
                let of = self.read(manager);
                self.call(of, self.exit_name(), args)
            }
        };
        let raise = Node::Raise { error: None, cause: None };
        if exit.hides {
            let hidden = self.op(ObjOp::Not, vec![left]);
            let cond = self.op(ObjOp::Truth, vec![hidden]);
            let raise = self.effect(raise);
            let then = self.block(vec![raise]);
            stmts.push(self.effect(Node::If { cond, then, els: None }));
        } else {
            stmts.push(Stmt::new(StmtKind::Expr(left), self.origin));
            stmts.push(self.effect(raise));
        }
        self.handler(vec![Name::new("BaseException")], Some(error), stmts)
    }

    fn exit_name(&self) -> &'static str {
        if self.is_async { "__aexit__" } else { "__exit__" }
    }

    fn leave(&mut self, manager: LocalId) -> Stmt {
        if self.is_function {
            let of = self.read(manager);
            return self.method(of, "leave", Vec::new());
        }
        let args = [(); 3].map(|()| self.constant(Const::None));
        let args = self.kept(args);
        let of = self.read(manager);
        self.method(of, self.exit_name(), args)
    }

    fn kept(&self, args: [NodeId; 3]) -> Vec<NodeId> {
        args.into_iter().zip(self.managers.kept).filter(|(_, kept)| *kept).map(|(arg, _)| arg).collect()
    }

    fn handler(&mut self, classes: Vec<Name>, bind: Option<LocalId>, stmts: Vec<Stmt>) -> Handler {
        let body = self.block(stmts);
        Handler { classes, bind, body, origin: self.origin, above: Vec::new() }
    }

    fn bind(&mut self, target: Option<Pat>, value: NodeId) -> Vec<Stmt> {
        match target {
            Some(pat) => vec![self.set(pat, value)],
            None => vec![Stmt::new(StmtKind::Expr(value), self.origin)],
        }
    }

    fn method(&mut self, of: NodeId, name: &str, args: Vec<NodeId>) -> Stmt {
        let call = self.call(of, name, args);
        Stmt::new(StmtKind::Expr(call), self.origin)
    }

    fn call(&mut self, of: NodeId, name: &str, args: Vec<NodeId>) -> NodeId {
        let call = self.plain_call(of, name, args);
        if self.is_async { self.node(Node::Await(call)) } else { call }
    }

    pub(super) fn plain_call(&mut self, of: NodeId, name: &str, args: Vec<NodeId>) -> NodeId {
        let args = args.into_iter().map(Arg::positional).collect();
        self.node(Node::Call { callee: Callee::Method(of, Name::new(name)), args })
    }

    pub(super) fn node(&mut self, kind: Node) -> NodeId {
        self.body.node(kind, Ty::unknown(), self.origin)
    }

    pub(super) fn op(&mut self, op: ObjOp, args: Vec<NodeId>) -> NodeId {
        self.body.op(op, args, Ty::unknown(), self.origin)
    }

    pub(super) fn constant(&mut self, value: Const) -> NodeId {
        self.node(Node::Const(value))
    }

    pub(super) fn read(&mut self, local: LocalId) -> NodeId {
        self.body.use_local(local, Mode::Read, self.origin)
    }

    pub(super) fn set(&mut self, target: Pat, value: NodeId) -> Stmt {
        Stmt::new(StmtKind::Set { target, value }, self.origin)
    }

    fn effect(&mut self, kind: Node) -> Stmt {
        let node = self.node(kind);
        Stmt::new(StmtKind::Expr(node), self.origin)
    }

    fn block(&mut self, stmts: Vec<Stmt>) -> BlockId {
        self.body.block(BlockRow { stmts, ..BlockRow::default() })
    }
}
