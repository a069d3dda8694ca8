//! Comprehensions: chains of adapters where one can be written, loops elsewhere.

use super::control::Exit;
use super::{Frame, Printer};
use crate::tree::{Block, Expr, Stmt};
use crate::types::Position;
use batuta_core::*;

impl Printer<'_, '_> {
    /// A comprehension as a chain where each clause is one adapter, else as a block with loops.
    pub(crate) fn seq(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> Expr {
        match self.seq_chain(clauses, sink, ty) {
            Some(chain) => chain,
            None => self.seq_loop(clauses, sink, ty),
        }
    }

    pub(crate) fn seq_chain(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> Option<Expr> {
        let [Clause::For { pat, iter }, conds @ ..] = clauses else { return None };
        let all_conds = conds.iter().all(|clause| matches!(clause, Clause::If(_)));
        let may_leave = sink.nodes().any(|node| self.leaves(node))
            || conds.iter().any(|clause| matches!(clause, Clause::If(cond) if self.leaves(*cond)));
        if !all_conds || may_leave || self.read_in_any(*iter, &inner_nodes(conds, sink)).is_some() {
            return None;
        }
        let chain = super::loose::typed(super::loops::frozen(self.iterator(*iter)));
        // Inside the adapters' closures an error cannot return from the function: it unwinds.
        self.frames.push(Frame { fallible: false, ret: ty, exit: Exit::Direct });
        let made = self.adapters(chain, pat, *iter, conds, sink);
        self.frames.pop();
        let chain = made?;
        Some(match sink {
            Sink::Iter(_) => chain,
            _ => {
                let ty = self.collection(ty);
                chain.method(format!("collect::<{ty}>"), vec![])
            }
        })
    }

    /// `filter` and `map` of a chain.
    pub(crate) fn adapters(
        &mut self,
        mut chain: Expr,
        pat: &Pat,
        iter: NodeId,
        conds: &[Clause],
        sink: &Sink,
    ) -> Option<Expr> {
        let is_copy = match self.body.ty(iter).kind() {
            TyKind::Iter(item) => item.is_copy(),
            _ => false,
        };
        // What is kept is lazy: it is no loop.
        if let (Sink::Iter(item), false, [_, ..]) = (sink, is_copy || matches!(pat, Pat::Bind(..)), conds) {
            let tests: Vec<Expr> = conds
                .iter()
                .filter_map(|clause| match clause {
                    Clause::If(cond) => Some(self.operand(*cond)),
                    Clause::For { .. } => None,
                })
                .collect();
            let test = tests.into_iter().reduce(|all, test| all.binary("&&", test))?;
            let value = Expr::closure(String::new(), self.stored_value(*item));
            let found = test.method("then", vec![value]);
            let param = self.pat(pat);
            return Some(chain.method("filter_map", vec![Expr::closure(param, found)]));
        }
        for clause in conds {
            let Clause::If(cond) = clause else { return None };
            // `filter` lends its items.
            if !is_copy && !matches!(pat, Pat::Bind(..)) {
                return None;
            }
            let lent = match pat {
                Pat::Bind(local, None) if !is_copy => Some(*local),
                _ => None,
            };
            let outer = std::mem::replace(&mut self.lent, lent);
            let param = self.pat_for(pat, &[*cond]);
            let cond = self.expr(*cond);
            self.lent = outer;
            let param = if is_copy && param != "_" { format!("&{param}") } else { param };
            chain = chain.method("filter", vec![Expr::closure(param, cond)]);
        }
        let param = self.pat_for(pat, &sink.nodes().collect::<Vec<_>>());
        let value = match *sink {
            Sink::Dict(key, value) => Expr::Tuple(vec![self.owned(key), self.stored_value(value)]),
            Sink::List(node) | Sink::Set(node) | Sink::Iter(node) => self.stored_value(node),
        };
        if crate::layout::render(&value, 0, 0, 0) == param {
            return Some(chain);
        }
        if let Some(function) = self.function_of(&chain, sink, pat, &value, &param) {
            return Some(chain.method("map", vec![function]));
        }
        // `xs.iter().copied().map(|x| ..)` takes the copy in its pattern.
        let chain = match (chain, pat) {
            (Expr::Method(items, name, _), Pat::Bind(..))
                if param == "_" && name == "copied" && conds.is_empty() =>
            {
                (*items).method("map", vec![Expr::closure(param, value)])
            }
            (Expr::Method(items, name, args), Pat::Bind(..))
                if name == "copied" && conds.is_empty() && args.is_empty() =>
            {
                (*items).method("map", vec![Expr::closure(format!("&{param}"), value)])
            }
            (chain, _) => chain.method("map", vec![Expr::closure(param, value)]),
        };
        Some(chain)
    }

    /// The function that is called with each item, which is of just the type that it takes.
    fn function_of(&self, chain: &Expr, sink: &Sink, pat: &Pat, value: &Expr, param: &str) -> Option<Expr> {
        let (Sink::List(node) | Sink::Set(node) | Sink::Iter(node), Pat::Bind(local, None)) = (sink, pat)
        else {
            return None;
        };
        let Expr::Call(callee, values) = value else { return None };
        let is_item = matches!(&values[..], [Expr::Atom(item)] if item == param);
        let Node::Call { callee: Callee::Fn(path), args } = &self.body.nodes[*node].kind else { return None };
        let called = self.env.function(*path)?;
        let [taken] = &called.params[..] else { return None };
        let (ty, wanted) = (self.body.locals[*local].ty, called.locals[taken.local].ty);
        // Parts of a text are slices of it.
        let gives_slices = matches!(chain, Expr::Method(_, name, _)
            if matches!(name.as_str(), "split" | "lines" | "char_iter"));
        let is_same = wanted == ty && is_taken_whole(ty)
            || gives_slices && *ty.strip_ref().kind() == TyKind::Str && wanted == Ty::str().reference();
        (is_same && is_item && args.len() == 1 && !called.is_async).then(|| (**callee).clone())
    }

    /// The function that a closure hands its parameters to, which are of just the types that it takes.
    pub(crate) fn function_behind(&self, closure: &Closure, value: &Expr) -> Option<Expr> {
        let tail = self.body.blocks[closure.body].tail?;
        if let Node::Call { callee: Callee::Value(function), .. } = &self.body.nodes[tail].kind {
            return self.lent_function(*function, closure, value);
        }
        let Node::Call { callee: Callee::Fn(path), args } = &self.body.nodes[tail].kind else { return None };
        let (called, Expr::Call(callee, values)) = (self.env.function(*path)?, value) else { return None };
        let count = closure.params.len();
        if count == 0 || [called.params.len(), args.len(), values.len()] != [count; 3] || called.is_async {
            return None;
        }
        let fits = closure.params.iter().zip(&called.params).zip(values).all(|((own, param), value)| {
            let (ty, wanted) = (self.body.locals[own.local].ty, called.locals[param.local].ty);
            ty == wanted
                && is_taken_whole(ty.strip_ref())
                && !(matches!(ty.kind(), TyKind::Ref(_))
                    && matches!(ty.strip_ref().kind(), TyKind::Str | TyKind::List(_) | TyKind::Bytes))
                && !matches!(ty.kind(), TyKind::RefMut(_))
                && *value == Expr::Atom(self.name(own.local))
        });
        let is_path = matches!(&**callee, Expr::Atom(_));
        (fits && is_path && called.ret == closure.ret && is_taken_whole(called.ret))
            .then(|| (**callee).clone())
    }

    /// A function that the body is lent, called with just the numbers that a closure takes.
    fn lent_function(&self, function: NodeId, closure: &Closure, value: &Expr) -> Option<Expr> {
        let Expr::Call(callee, values) = value else { return None };
        let locals = &self.body.locals;
        let own: Vec<Ty> = closure.params.iter().map(|param| locals[param.local].ty).collect();
        let names = closure.params.iter().map(|param| Expr::Atom(self.name(param.local)));
        let takes_them = matches!(self.body.ty(function).kind(), TyKind::Ref(inner)
            if matches!(inner.kind(), TyKind::Func(params, _) if params[..] == own[..]));
        let are_handed_on =
            !own.is_empty() && own.iter().all(|ty| ty.is_copy()) && names.eq(values.iter().cloned());
        (takes_them && are_handed_on && matches!(**callee, Expr::Atom(_))).then(|| (**callee).clone())
    }

    /// The pattern of a closure that evaluates some nodes: what they do not name is `_`.
    fn pat_for(&mut self, pat: &Pat, nodes: &[NodeId]) -> String {
        let mut named = Vec::new();
        for node in nodes {
            self.body.walk(batuta_core::Child::Node(*node), &mut |node| {
                if let Node::Use(Place { root: Root::Local(local), .. }, _) = &self.body.nodes[node].kind {
                    named.push(*local);
                }
            });
        }
        let mut locals = Vec::new();
        pat.for_each_local(&mut |local| locals.push(local));
        if locals.iter().all(|local| named.contains(local)) {
            return self.pat(pat);
        }
        self.pat(&only(pat, &named))
    }

    /// Whether evaluating the node can leave the enclosing function or wait.
    pub(crate) fn leaves(&self, node: NodeId) -> bool {
        let mut found = false;
        self.body.walk(batuta_core::Child::Node(node), &mut |node| {
            // `[y for x in xs if (y := f(x))]`: two closures cannot share what one of them assigns.
            let writes = match &self.body.nodes[node].kind {
                Node::Block { block, .. } => self.body.blocks[*block].stmts.iter().any(|stmt| {
                    matches!(&stmt.kind, batuta_core::StmtKind::Set { target: Pat::Place(place), .. }
                        if place.as_local().is_some())
                }),
                _ => false,
            };
            found |= writes;
            // `e?` of Ruchy.
            found |= matches!(&self.body.nodes[node].kind,
                Node::Call { callee: Callee::Lib(name), .. } if name.as_str().starts_with("ruchy.try"));
            found |= matches!(
                self.body.nodes[node].kind,
                Node::Return(_)
                    | Node::Raise { .. }
                    | Node::Yield(_)
                    | Node::Await(_)
                    | Node::Op { op: Op::RsOp(batuta_core::RsOp::Try), attr: Attr::None, .. }
            );
        });
        found
    }

    /// `any(..)` or `all(..)` of what is no chain: loops that stop at the first item that decides.
    pub(crate) fn search(&mut self, of: NodeId, is_all: bool) -> Option<Expr> {
        let Node::Seq { clauses, sink: Sink::Iter(item) } = self.body.nodes[of].kind.clone() else {
            return None;
        };
        let is_bool = *self.body.ty(item).strip_ref().kind() == TyKind::Bool;
        if !is_bool || self.seq_chain(&clauses, &Sink::Iter(item), self.body.ty(of)).is_some() {
            return None;
        }
        let label = self.fresh_label("search");
        let nodes = inner_nodes(&clauses, &Sink::Iter(item));
        let mut cond = if is_all { self.negate(item) } else { self.expr(item) };
        let mut clauses = clauses;
        while let Some(Clause::If(test)) = clauses.last() {
            cond = self.expr(*test).binary("&&", cond);
            clauses.pop();
        }
        let answer = |found: bool| Expr::atom(if found { "true" } else { "false" });
        let leave = Expr::Jump(format!("break '{label}"), Some(Box::new(answer(!is_all))));
        let then = Block { stmts: vec![Stmt::expr(leave)], ..Block::default() };
        let decides = crate::tree::If { cond, then, els: None, mark: None };
        let inner = self.clause_loops(&clauses, &nodes, Stmt::expr(Expr::If(Box::new(decides))));
        let block = Block { stmts: vec![inner], tail: Some(Box::new(answer(is_all))), ..Block::default() };
        Some(Expr::Block(format!("'{label}: "), block))
    }

    /// The loops and conditions of a comprehension around a statement.
    /// `nodes`: what stands inside of the loops.
    pub(crate) fn clause_loops(&mut self, clauses: &[Clause], nodes: &[NodeId], mut inner: Stmt) -> Stmt {
        for clause in clauses.iter().rev() {
            let block = Block { stmts: vec![inner], ..Block::default() };
            inner = Stmt::expr(match clause {
                Clause::If(cond) => {
                    let cond = self.expr(*cond);
                    Expr::If(Box::new(crate::tree::If { cond, then: block, els: None, mark: None }))
                }
                Clause::For { pat, iter } => match self.read_in_any(*iter, nodes) {
                    Some(next) => {
                        let next = Expr::Let(format!("Some({})", self.pat(pat)), Box::new(next));
                        Expr::While(String::new(), Box::new(next), block)
                    }
                    None => {
                        let (pat, iter) = self.loop_head(pat, *iter);
                        Expr::For(String::new(), pat, Box::new(iter), block)
                    }
                },
            });
        }
        inner
    }

    pub(crate) fn seq_loop(&mut self, clauses: &[Clause], sink: &Sink, ty: Ty) -> Expr {
        let name = self.fresh("items");
        let (init, method) = match sink {
            Sink::List(_) => ("Vec".to_owned(), "push"),
            Sink::Set(_) => (self.rt("Set"), "insert"),
            Sink::Dict(..) => (self.rt("Dict"), "insert"),
            Sink::Iter(_) => ("Vec".to_owned(), "push"),
        };
        let annotated = match sink {
            Sink::Iter(_) => None,
            _ => Some(self.ty(ty, Position::Stored)),
        };
        let args = sink.nodes().map(|node| self.owned(node)).collect();
        let inner = self.clause_loops(
            clauses,
            &inner_nodes(clauses, sink),
            Stmt::expr(Expr::atom(&*name).method(method, args)),
        );
        let start =
            Stmt::bind(format!("mut {name}"), annotated, Some(Expr::call(format!("{init}::new"), vec![])));
        let tail = match sink {
            Sink::Iter(_) => Expr::atom(name).method("into_iter", vec![]),
            _ => Expr::atom(name),
        };
        Expr::Block(
            String::new(),
            Block { stmts: vec![start, inner], tail: Some(Box::new(tail)), ..Block::default() },
        )
    }
}

/// Whether one Rust type stands for the type wherever it is written: texts, lists and functions have several.
fn is_taken_whole(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Func(..) | TyKind::Iter(_) => false,
        TyKind::Str | TyKind::List(_) | TyKind::Bytes => true,
        TyKind::Shared(inner) => !matches!(inner.kind(), TyKind::Func(..)),
        _ => !ty.any(&mut |part| matches!(part.kind(), TyKind::Func(..) | TyKind::Iter(_) | TyKind::Unknown)),
    }
}

/// The conditions and values of a comprehension.
fn inner_nodes(clauses: &[Clause], sink: &Sink) -> Vec<NodeId> {
    let conds = clauses.iter().filter_map(|clause| match clause {
        Clause::If(cond) => Some(*cond),
        Clause::For { .. } => None,
    });
    conds.chain(sink.nodes()).collect()
}

/// The pattern without the locals that are not among these.
fn only(pat: &Pat, named: &[LocalId]) -> Pat {
    match pat {
        Pat::Bind(local, None) if !named.contains(local) => Pat::Wild,
        Pat::Tuple(parts) => {
            let parts: Vec<Pat> = parts.iter().map(|part| only(part, named)).collect();
            if parts.iter().all(|part| *part == Pat::Wild) { Pat::Wild } else { Pat::Tuple(parts) }
        }
        Pat::Ref(part) => match only(part, named) {
            Pat::Wild => Pat::Wild,
            part => Pat::Ref(Box::new(part)),
        },
        other => other.clone(),
    }
}
