//! Expressions: constants, uses, closures, and the table of all others.

use super::{Frame, Printer};
use crate::literal;
use crate::tree::{self, Block, Expr, Stmt};
use crate::types::{Position, value_param};
use batuta_base::Name;
use batuta_core::*;

impl Printer<'_, '_> {
    /// The Rust expression of a node.
    pub(crate) fn expr(&mut self, node: NodeId) -> Expr {
        let body = self.body;
        let row = &body.nodes[node];
        // A value leaves the guard of the thread-local that holds it; a borrow or an iterator stays
        // inside the operation that wants it.
        let is_borrow = is_lent(row.ty) && !self.is_kept_iterator(node) || self.lends_upwards(node);
        let is_value = matches!(
            row.kind,
            Node::Use(..) | Node::Op { .. } | Node::Call { .. } | Node::Format(_) | Node::Seq { .. }
        );
        if is_value && !is_borrow { self.guarded(|this| this.unguarded(node)) } else { self.unguarded(node) }
    }

    /// An iterator that a container or an attribute gives is a handle.
    fn is_kept_iterator(&self, node: NodeId) -> bool {
        let row = &self.body.nodes[node];
        matches!(row.ty.kind(), TyKind::Iter(_))
            && match &row.kind {
                Node::Use(place, Mode::Clone) => !place.proj.is_empty(),
                Node::Call { callee: Callee::Lib(_), args } => {
                    args.first().is_some_and(|of| self.body.ty(of.value).strip().children().contains(&row.ty))
                }
                _ => false,
            }
    }

    /// A borrowed object that is read as one of its base class: the same reference.
    pub(crate) fn lends_upwards(&self, node: NodeId) -> bool {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::ClassOp(ClassOp::Up | ClassOp::Down), args, .. } => {
                is_lent(self.body.ty(args[0])) || self.lends_upwards(args[0])
            }
            _ => false,
        }
    }

    fn unguarded(&mut self, node: NodeId) -> Expr {
        let body = self.body;
        let row = &body.nodes[node];
        match &row.kind {
            Node::Const(value) => self.constant(value, row.ty),
            Node::Use(place, mode) => self.use_place(place, *mode, row.ty),
            Node::Op { op, attr, args } => self.op(*op, attr, args, row.ty),
            Node::Call { callee, args } => self.call(callee, args, row.ty),
            Node::Format(pieces) => self.format_value(pieces),
            Node::Item(name) => self.item(*name, row.ty),
            Node::Closure(closure) => self.closure(closure, false),
            Node::Seq { clauses, sink } => self.seq(clauses, sink, row.ty),
            Node::Hole { why, .. } => {
                self.has_hole = true;
                Expr::Macro("todo".to_owned(), vec![Expr::Atom(format!("\"{}\"", literal::format_text(why)))])
            }
            other => self.control(node, other),
        }
    }

    fn constant(&mut self, value: &Const, ty: Ty) -> Expr {
        Expr::Atom(match value {
            Const::None if matches!(ty.strip_ref().kind(), TyKind::Option(_)) => "None".to_owned(),
            Const::None => "()".to_owned(),
            Const::Bool(value) => value.to_string(),
            Const::Int(digits) if ty.strip_ref().is_big() => return self.big(digits),
            Const::Int(digits) if ty.is_float() => format!("{digits}.0"),
            Const::Int(digits) if matches!(ty.strip_ref().kind(), TyKind::Int(Width::I64)) => {
                literal::int(digits)
            }
            Const::Int(digits) => literal::grouped(digits),
            Const::Float(value) => literal::float(*value),
            Const::Imag(value) => {
                let complex = self.rt("Complex");
                format!("{complex}::new(0.0, {})", literal::float(*value))
            }
            Const::Str(text) if *ty.kind() == TyKind::Str => {
                let text = Expr::Atom(literal::string(text));
                return to_owned_text(text);
            }
            Const::Str(text) => literal::string(text),
            Const::Bytes(bytes) if *ty.kind() == TyKind::Bytes => {
                return Expr::Atom(literal::bytes(bytes)).method("to_vec", vec![]);
            }
            Const::Bytes(bytes) => literal::bytes(bytes),
            Const::Ellipsis => format!("{}::ellipsis()", self.rt("Value")),
            Const::NotImplemented => {
                return self.problem("a constant that Mir does not have");
            }
        })
    }

    fn big(&mut self, digits: &str) -> Expr {
        let int = self.rt("Int");
        if digits.parse::<i64>().is_ok() {
            return Expr::call(format!("{int}::from"), vec![Expr::Atom(literal::int(digits))]);
        }
        let text = Expr::Atom(literal::string(digits));
        text.method(format!("parse::<{int}>"), vec![]).method("expect", vec![Expr::atom("\"digits\"")])
    }

    /// A function, class or library function as a value.
    fn item(&mut self, name: Name, ty: Ty) -> Expr {
        if let Some(function) = self.env.function(name).cloned() {
            return self.function_item(&function, ty);
        }
        if matches!(ty.kind(), TyKind::TypeOf(_)) {
            return Expr::Atom(self.exception_class(name));
        }
        if self.env.class(name).is_some() {
            let own = self.env.type_name(name);
            let path = self.env.item_path(name, &own, self.module, self.uses);
            return Expr::Atom(format!("{path}::new"));
        }
        if let Some(row) = batuta_catalog::constant(name.as_str()) {
            self.scan(row.rust);
            return crate::template::fill(row.rust, &[], "");
        }
        if *ty.kind() == TyKind::Value {
            return self.problem_of(&format!("`{name}` as a dynamic value"), ty);
        }
        self.library_value(name, ty, false)
    }

    /// A function of the program as a value: itself, or a closure where its signature is not that of the value.
    fn function_item(&mut self, function: &Body<Mir>, ty: Ty) -> Expr {
        let path = self.function_path(function);
        let TyKind::Func(params, _) = ty.strip().kind() else { return Expr::Atom(path) };
        let own: Vec<Ty> = function.params.iter().map(|param| function.locals[param.local].ty).collect();
        let wanted: Vec<Ty> = params.iter().map(|ty| value_param(*ty)).collect();
        let is_lazy = crate::items::is_opaque(function);
        let is_future = function.is_async && !function.is_generator;
        if own == wanted && !function.fallible && !is_lazy && !is_future {
            return Expr::Atom(path);
        }
        let changes = |own: &Ty, wanted: &Ty| matches!(own.kind(), TyKind::RefMut(_)) && own != wanted;
        if own.len() != wanted.len() || own.iter().zip(&wanted).any(|(own, wanted)| changes(own, wanted)) {
            return self.problem(&format!("`{}`, which changes its argument, as a value", function.path));
        }
        let mut names = Vec::new();
        let mut args = Vec::new();
        for ((param, own), wanted) in function.params.iter().zip(&own).zip(&wanted) {
            let name = crate::names::snake(function.locals[param.local].name.as_str());
            let arg = Expr::atom(&name);
            args.push(match (own.kind(), wanted.kind()) {
                _ if own == wanted => arg,
                (TyKind::Ref(_), TyKind::Ref(_) | TyKind::RefMut(_)) => arg,
                (_, TyKind::Ref(inner) | TyKind::RefMut(inner)) if matches!(inner.kind(), TyKind::Str) => {
                    to_owned_text(arg)
                }
                (_, TyKind::Ref(inner) | TyKind::RefMut(inner))
                    if matches!(inner.kind(), TyKind::List(_) | TyKind::Bytes) =>
                {
                    arg.method("to_vec", vec![])
                }
                (_, TyKind::Ref(_) | TyKind::RefMut(_)) => arg.method("clone", vec![]),
                _ => arg,
            });
            // A closure has no generic parameters.
            let is_iter = matches!(wanted.strip_ref().kind(), TyKind::Iter(_));
            let position = if is_iter { Position::Stored } else { Position::Param };
            let ty = self.ty(*wanted, position);
            names.push(format!("{name}: {ty}"));
        }
        let call = Expr::call(path, args);
        let call = match (is_future, function.fallible) {
            // Coroutines of one type, whichever function they are of.
            (true, _) => self.boxed_future(function.path, call),
            (false, true) => {
                self.uses.prelude = true;
                call.method("or_raise", vec![])
            }
            (false, false) => call,
        };
        // Functions of one type give iterators of one type.
        let call = if is_lazy { Expr::call(format!("{}::new", self.rt("Iter")), vec![call]) } else { call };
        Expr::closure(names.join(", "), call)
    }

    /// A closure; `typed` writes the types of its parameters.
    pub(crate) fn closure(&mut self, closure: &Closure, typed: bool) -> Expr {
        let mut params = Vec::new();
        for param in &closure.params {
            let row = &self.body.locals[param.local];
            let (ty, mutable) = (row.ty, row.mutable);
            let name = self.name(param.local);
            let mutable = if mutable { "mut " } else { "" };
            params.push(if typed {
                format!("{mutable}{name}: {}", self.ty(ty, Position::Stored))
            } else {
                format!("{mutable}{name}")
            });
        }
        let suspends = closure.is_generator || closure.is_async;
        let returned = closure.ret.returned(closure.is_generator, closure.is_async);
        self.frames.push(Frame { fallible: suspends, ret: returned, exit: super::control::Exit::Direct });
        let loops = std::mem::take(&mut self.loops);
        let hands = std::mem::replace(&mut self.hands_functions, false);
        let mut block = if suspends { self.fn_block(closure.body) } else { self.block(closure.body) };
        if suspends {
            block = self.suspended(closure, block, typed);
        } else {
            crate::tails::tail_returns(&mut block);
        }
        self.hands_functions = hands;
        let is_kept = typed || hands && self.hands_on(closure);
        if !suspends && is_kept && matches!(closure.ret.kind(), TyKind::Iter(_)) {
            block = self.kept_result(closure, block);
        }
        self.loops = loops;
        self.frames.pop();
        // Nothing says the result's type where the body never gives one.
        let tail = self.body.blocks[closure.body].tail;
        let last = tail.or_else(|| match self.body.blocks[closure.body].stmts.last()?.kind {
            StmtKind::Expr(node) => Some(node).filter(|node| self.raises(*node)),
            _ => None,
        });
        let is_open = !suspends && last.is_some_and(|last| *self.body.ty(last).kind() == TyKind::Never);
        let is_named = !matches!(closure.ret.kind(), TyKind::Never | TyKind::Unknown | TyKind::Iter(_));
        let ret = (is_open && is_named).then(|| self.ty(closure.ret, Position::Stored));
        let mut body = match block.as_value() {
            Some(_) => *block.tail.take().expect("a block that is a value has one"),
            None => Expr::Block(String::new(), block),
        };
        if *closure.ret.kind() == TyKind::Unit && tail.is_some_and(|tail| self.changes_set(tail)) {
            body = Expr::Block(String::new(), Block { stmts: vec![Stmt::expr(body)], ..Block::default() });
        }
        // A function that it gives is one of many of its type.
        if let TyKind::Shared(inner) = closure.ret.kind()
            && matches!(inner.kind(), TyKind::Func(..))
        {
            let ty = self.ty(closure.ret, Position::Stored);
            body = super::seq::cast_made(body, &ty);
        }
        if ret.is_none() && params.is_empty() {
            return Expr::closure("", body);
        }
        if let (None, false, Some(function)) = (&ret, typed || suspends, self.function_behind(closure, &body))
        {
            return function;
        }
        Expr::Closure(tree::Closure {
            params: params.join(", "),
            is_move: false,
            body: Box::new(match (&ret, body) {
                (Some(_), body @ Expr::Block(..)) | (None, body) => body,
                (Some(_), body) => Expr::Block(String::new(), Block::of(body)),
            }),
            ret,
        })
    }

    /// A statement that always raises, or a call that does not come back.
    fn raises(&self, node: NodeId) -> bool {
        matches!(self.body.nodes[node].kind, Node::Raise { .. } | Node::Call { .. })
    }

    /// A set says whether it changed, where the source's method gives nothing.
    fn changes_set(&self, node: NodeId) -> bool {
        matches!(&self.body.nodes[node].kind, Node::Call { callee: Callee::Lib(name), .. }
            if name.as_str().starts_with("set."))
    }

    /// The body of a function value that gives an iterator: that is kept, and has its own copies of what it reads.
    fn kept_result(&mut self, closure: &Closure, mut block: Block) -> Block {
        let is_kept = |tail: &Expr| matches!(tail, Expr::Call(made, _) if matches!(&**made, Expr::Atom(name) if name.ends_with("Iter::new")));
        let Some(tail) = block.tail.take() else { return block };
        if is_kept(&tail) || matches!(*tail, Expr::Atom(_)) {
            block.tail = Some(tail);
            return block;
        }
        let mut chain = self.moving_chain(*tail);
        let mut out = self.own_copies(closure);
        if self.is_handle_read(closure) {
            // The object itself is taken along.
            out.stmts.insert(0, Stmt::bind("this", None, Some(Expr::atom("self").method("clone", vec![]))));
            super::chains::rename(&mut chain, "self", "this");
        }
        self.lend_params(closure, &mut block);
        let is_own = out.stmts.is_empty() || is_made(&chain);
        if !is_own {
            // What is walked lies in the copies: a generator has both.
            chain = self.generator_of(chain, std::mem::take(&mut block.stmts));
        }
        out.stmts.append(&mut block.stmts);
        out.tail = Some(Box::new(Expr::call(format!("{}::new", self.rt("Iter")), vec![chain])));
        out
    }

    /// Whether the body reads its object, which has a handle.
    fn is_handle_read(&self, closure: &Closure) -> bool {
        let Some(this) = self.body.params.first().filter(|_| self.body.has_receiver()) else { return false };
        let ty = self.body.locals[this.local].ty;
        let mut found = false;
        self.body.walk_block(closure.body, &mut |node| {
            found |= matches!(&self.body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(this.local));
        });
        found && matches!(ty.kind(), TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Shared(_)))
    }

    /// Whether the closure gives what a generator of the program does, as a bound method.
    fn hands_on(&self, closure: &Closure) -> bool {
        let tail = self.body.blocks[closure.body].tail;
        let called = tail.and_then(|tail| match &self.body.nodes[tail].kind {
            Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), .. } => self.env.function(*path),
            _ => None,
        });
        called.is_some_and(|body| crate::items::is_opaque(body))
    }

    /// The body of a nested generator or `async def`: it has its own copies of what it captures.
    fn suspended(&mut self, closure: &Closure, block: Block, typed: bool) -> Block {
        let mut out = self.own_copies(closure);
        let mut block = block;
        self.lend_params(closure, &mut block);
        let future = Expr::Block("async move ".to_owned(), block);
        let tail = match (closure.is_generator, closure.ret.kind()) {
            (false, _) => {
                self.uses.rt = true;
                Expr::call(super::control::COROUTINE, vec![future])
            }
            (true, kind) => {
                let (name, boxed) = match kind {
                    TyKind::Lib(name, _) if *name == "coroutine" => ("coroutine", false),
                    TyKind::Lib(..) => ("asyncio::async_generator", false),
                    _ if self.ends(closure.body) => ("generator::<_, (), _>", true),
                    _ => ("generator", true),
                };
                let params = crate::items::channel(self, closure.ret);
                let body = tree::Closure { params, is_move: true, ret: None, body: Box::new(future) };
                let made = Expr::call(self.rt(name), vec![Expr::Closure(body)]);
                match (boxed, typed) {
                    (true, _) if *closure.ret.kind() == TyKind::Value => {
                        let items = Expr::call(format!("{}::new", self.rt("Iter")), vec![made]);
                        Expr::call(format!("{}::from", self.rt("Value")), vec![items])
                    }
                    (true, true) => Expr::call(format!("{}::new", self.rt("Iter")), vec![made]),
                    (true, false) => Expr::call("Box::new", vec![made]),
                    _ => made,
                }
            }
        };
        out.tail = Some(Box::new(tail));
        out
    }

    /// What the body reads is lent by what it took along.
    fn lend_params(&mut self, closure: &Closure, block: &mut Block) {
        let mut at = 0;
        for param in &closure.params {
            let TyKind::Ref(inner) = self.body.locals[param.local].ty.kind() else { continue };
            let name = self.name(param.local);
            let lent = match inner.kind() {
                TyKind::Str => Expr::atom(&name).method("as_str", vec![]),
                TyKind::Value => Expr::unary("&", Expr::atom(&name)),
                _ => continue,
            };
            block.stmts.insert(at, Stmt::bind(name, None, Some(lent)));
            at += 1;
        }
    }

    /// Copies of what a closure captures and is lent.
    fn own_copies(&mut self, closure: &Closure) -> Block {
        let mut own: Vec<LocalId> = closure.params.iter().map(|param| param.local).collect();
        let mut read = Vec::new();
        let place = |place: &Place, out: &mut Vec<LocalId>| {
            if let Root::Local(local) = place.root
                && !out.contains(&local)
            {
                out.push(local);
            }
        };
        self.body.walk_stmts(closure.body, &mut |stmt| match &stmt.kind {
            StmtKind::Let { pat, .. } => pat.for_each_local(&mut |local| own.push(local)),
            StmtKind::Set { target: Pat::Place(target), .. } | StmtKind::Update { place: target, .. } => {
                place(target, &mut read);
            }
            _ => {}
        });
        self.body.walk_block(closure.body, &mut |node| match &self.body.nodes[node].kind {
            Node::Use(used, _) => place(used, &mut read),
            Node::For { pat, .. } => pat.for_each_local(&mut |local| own.push(local)),
            Node::Match { arms, .. } => {
                arms.iter().for_each(|arm| arm.pat.for_each_local(&mut |local| own.push(local)));
            }
            Node::Try { handlers, .. } => own.extend(handlers.iter().filter_map(|handler| handler.bind)),
            Node::Closure(inner) => own.extend(inner.params.iter().map(|param| param.local)),
            Node::Seq { clauses, .. } => clauses.iter().for_each(|clause| {
                if let Clause::For { pat, .. } = clause {
                    pat.for_each_local(&mut |local| own.push(local));
                }
            }),
            _ => {}
        });
        let mut out = Block::default();
        for local in read.into_iter().filter(|local| !own.contains(local)) {
            let ty = self.body.locals[local].ty;
            if !self.env.is_copy(ty) && !matches!(ty.kind(), TyKind::Ref(_)) {
                let name = self.name(local);
                let copy = Expr::atom(&name).method("clone", vec![]);
                out.stmts.push(Stmt::bind(name, None, Some(copy)));
            }
        }
        for param in &closure.params {
            let TyKind::Ref(inner) = self.body.locals[param.local].ty.kind() else { continue };
            let how = match inner.kind() {
                TyKind::Str => "to_owned",
                TyKind::List(_) | TyKind::Bytes => "to_vec",
                _ => "clone",
            };
            let name = self.name(param.local);
            let copy = match self.env.is_copy(*inner) {
                true => Expr::unary("*", Expr::atom(&name)),
                false => Expr::atom(&name).method(how, vec![]),
            };
            out.stmts.push(Stmt::bind(name, None, Some(copy)));
        }
        out
    }

    /// A block as an expression: its value alone where it has no statements.
    pub(crate) fn block_expr(&mut self, block: BlockId) -> Expr {
        let block: Block = self.block(block);
        match block.as_value() {
            Some(value) => value.clone(),
            None => Expr::Block(String::new(), block),
        }
    }

    /// A function of the library as a value: a closure around its call.
    pub(crate) fn library_value(&mut self, name: Name, ty: Ty, typed: bool) -> Expr {
        let params = match ty.strip().kind() {
            TyKind::Func(params, _) => params.clone(),
            _ => vec![Ty::unknown()],
        };
        let count = params.len();
        let names: Vec<String> = (0..count)
            .map(|index| ["x", "y", "z"].get(index).map_or(format!("x{index}"), |n| (*n).to_owned()))
            .collect();
        let args: Vec<Expr> = names.iter().map(Expr::atom).collect();
        let by_type = batuta_catalog::select(name.as_str(), &params).filter(|row| !row.rust.is_empty());
        let by_count = || {
            let rows = batuta_catalog::functions(name.as_str()).iter();
            rows.clone().find(|row| row.params.len() == count && !row.rust.is_empty())
        };
        let Some(row) = by_type.or_else(by_count) else {
            return self.problem(&format!("`{name}` as a value"));
        };
        self.scan(row.rust);
        let mut call = crate::template::fill(row.rust, &args, "_");
        if row.fallible {
            self.uses.prelude = true;
            call = call.method("or_raise", vec![]);
        }
        let mut shown = Vec::new();
        for (name, param) in names.iter().zip(&params) {
            shown.push(match typed {
                true => format!("{name}: {}", self.ty(value_param(*param), Position::Param)),
                false => name.clone(),
            });
        }
        Expr::closure(shown.join(", "), call)
    }
}

/// `&value`; a copy of a text that is only read is the text.
pub(crate) fn borrowed(value: Expr) -> Expr {
    const LENT: [&str; 2] = ["class_name", "char_at"];
    match value {
        Expr::Method(text, name, rest)
            if name == "to_owned"
                && rest.is_empty()
                && (matches!(&*text, Expr::Atom(atom) if atom.starts_with('"'))
                    || matches!(&*text, Expr::Method(_, name, _) if LENT.contains(&name.as_str()))) =>
        {
            *text
        }
        value => Expr::unary("&", value),
    }
}

/// An owned copy of a borrowed text; a literal says `to_owned` too.
pub(crate) fn to_owned_text(text: Expr) -> Expr {
    match &text {
        Expr::Atom(literal) if literal == "\"\"" => Expr::call("String::new", vec![]),
        _ => text.method("to_owned", vec![]),
    }
}

/// Whether a value of this type may borrow from what it was read from: a reference, a lazy iterator.
/// What a function takes and gives says nothing of the function; an iterator in a container owns what it walks.
fn is_lent(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Iter(_) => true,
        TyKind::Func(..) => false,
        TyKind::List(_) | TyKind::Set(_) | TyKind::FrozenSet(_) | TyKind::Dict(..) => {
            ty.children().into_iter().any(|item| !matches!(item.kind(), TyKind::Iter(_)) && is_lent(item))
        }
        _ => ty.children().into_iter().any(is_lent),
    }
}

/// An iterator that has what it walks.
fn is_made(chain: &Expr) -> bool {
    matches!(chain, Expr::Method(_, name, args) if name == "into_iter" && args.is_empty())
}
