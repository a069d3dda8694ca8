//! Iterators that leave their function: the closures of the chain take along what they read.
//!
//! A variable that two of them read is cloned for the first:
//! `words.iter().filter({ let name = name.clone(); move |&w| *w != name }).map(move |w| format!("{name}{w}"))`.

use super::Printer;
use super::control::moving;
use crate::capture::free_name;
use crate::layout;
use crate::tree::{Block, Closure, Expr, Stmt};
use batuta_core::{Arg, Callee, Mode, Node, NodeId, Param, TyKind};

impl Printer<'_, '_> {
    pub(crate) fn moving_chain(&self, expr: Expr) -> Expr {
        let mut expr = chain_of_owned(expr);
        // The guard of a cell ends with the call: the items are taken out before.
        if borrows_cell(&expr) {
            return expr.method("collect::<Vec<_>>", vec![]).method("into_iter", vec![]);
        }
        let mut steps = Vec::new();
        steps_of(&mut expr, &mut steps);
        let owned: Vec<String> = self.owned_names();
        // A step that gives iterators hands each of them what it takes along.
        for step in &mut steps {
            let handed = names_in(step, &owned);
            if let Expr::Closure(closure) = &mut **step
                && gives_iterator(&closure.body)
                && !handed.is_empty()
            {
                let tail = std::mem::replace(&mut *closure.body, Expr::atom(""));
                let stmts = handed.iter().map(|name| clone_of(name)).collect();
                *closure.body = Expr::Block(
                    String::new(),
                    Block { stmts, tail: Some(Box::new(tail)), ..Block::default() },
                );
            }
        }
        if steps.len() < 2 {
            return expr;
        }
        let read: Vec<Vec<String>> = steps.iter().map(|step| names_in(step, &owned)).collect();
        for (at, step) in steps.into_iter().enumerate() {
            let again = |name: &&String| read[at + 1..].iter().any(|names| names.contains(name));
            let shared: Vec<&String> = read[at].iter().filter(again).collect();
            if !shared.is_empty() {
                let stmts = shared.into_iter().map(|name| clone_of(name)).collect();
                let closure = std::mem::replace(step, Expr::atom(""));
                let block = Block { stmts, tail: Some(Box::new(closure)), ..Block::default() };
                *step = Expr::Block(String::new(), block);
            }
        }
        expr
    }

    /// `rt::Iter::new(items)`: a generator takes along the objects that it is lent.
    pub(crate) fn kept_iterator(&mut self, node: NodeId, value: Expr) -> Expr {
        let handles = self.lent_handles(node);
        let iter = format!("{}::new", self.rt("Iter"));
        if handles.is_empty() {
            let value = self.moving_chain(value);
            return Expr::call(iter, vec![value]);
        }
        let (mut value, mut stmts) = (value, Vec::new());
        for (name, mode) in handles {
            if mode == Mode::Move {
                continue;
            }
            let own = if name == "self" { free_name("this", &[&value]) } else { name.clone() };
            stmts.push(Stmt::bind(own.as_str(), None, Some(Expr::atom(&name).method("clone", vec![]))));
            if own != name {
                rename(&mut value, &name, &own);
            }
        }
        // What is given by value is computed now.
        if let Expr::Method(_, _, args) | Expr::Call(_, args) = &mut value {
            for arg in args.iter_mut().filter(|arg| !matches!(arg, Expr::Atom(_) | Expr::Unary("&", _))) {
                let name = format!("given_{}", stmts.len());
                let given = std::mem::replace(arg, Expr::atom(&name));
                stmts.push(Stmt::bind(name.as_str(), None, Some(given)));
            }
        }
        let generator = self.generator_of(value, Vec::new());
        let tail = Some(Box::new(Expr::call(iter, vec![generator])));
        Expr::Block(String::new(), Block { stmts, tail, ..Block::default() })
    }

    /// `rt::generator(move |co| async move { co.emit_all(items).await?; Ok(()) })`, behind some statements.
    pub(crate) fn generator_of(&mut self, items: Expr, mut stmts: Vec<Stmt>) -> Expr {
        let emitted = Expr::atom("co").method("emit_all", vec![items]);
        stmts.push(Stmt::expr(Expr::Try(Box::new(Expr::Await(Box::new(emitted))))));
        let tail = Some(Box::new(Expr::call("Ok", vec![Expr::atom("()")])));
        let block = Expr::Block("async move ".to_owned(), Block { stmts, tail, ..Block::default() });
        let body = Closure { params: "co".to_owned(), is_move: true, ret: None, body: Box::new(block) };
        Expr::call(self.rt("generator"), vec![Expr::Closure(body)])
    }

    /// The names of the objects with handles that a generator is lent.
    fn lent_handles(&self, node: NodeId) -> Vec<(String, Mode)> {
        let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } =
            &self.body.nodes[node].kind
        else {
            return Vec::new();
        };
        let Some(called) = self.env.function(*path).filter(|body| body.is_generator) else {
            return Vec::new();
        };
        let has_receiver = called.has_receiver();
        let handle = |(at, (arg, param)): (usize, (&Arg, &Param))| {
            let Node::Use(place, mode) = &self.body.nodes[arg.value].kind else { return None };
            let local = place.as_local()?;
            let ty = self.body.locals[local].ty;
            let is_lent = matches!(called.locals[param.local].ty.kind(), TyKind::Ref(_));
            let is_handle = match ty.strip_ref().kind() {
                TyKind::Shared(inner) => inner.class_path().is_some(),
                TyKind::Class(..) => at == 0 && has_receiver,
                _ => false,
            };
            (is_lent && is_handle).then(|| (self.name(local), *mode))
        };
        let mut names: Vec<(String, Mode)> =
            args.iter().zip(&called.params).enumerate().filter_map(handle).collect();
        names.dedup();
        names
    }

    /// Variables of which a closure can take only one along.
    fn owned_names(&self) -> Vec<String> {
        let locals = self.body.locals.iter();
        locals
            .filter(|(_, row)| !row.ty.is_copy() && !matches!(row.ty.kind(), TyKind::Ref(_)))
            .map(|(local, _)| self.name(local))
            .collect()
    }
}

/// `let name = name.clone();`
fn clone_of(name: &str) -> Stmt {
    Stmt::bind(name, None, Some(Expr::atom(name).method("clone", vec![])))
}

/// `rt::Iter::new(..)`, maybe as a dynamic value.
fn gives_iterator(body: &Expr) -> bool {
    match body {
        Expr::Call(called, args) => match &**called {
            Expr::Atom(name) if name.ends_with("Iter::new") => true,
            Expr::Atom(name) if name.ends_with("Value::from") => args.first().is_some_and(gives_iterator),
            _ => false,
        },
        _ => false,
    }
}

/// The closures of a chain, first to last.
fn steps_of<'e>(expr: &'e mut Expr, out: &mut Vec<&'e mut Expr>) {
    if let Expr::Method(of, name, args) = expr
        && !name.starts_with("collect")
    {
        steps_of(of, out);
        out.extend(args.iter_mut().filter(|arg| matches!(arg, Expr::Closure(_))));
    }
}

/// Which of these variables a closure reads.
fn names_in(step: &Expr, owned: &[String]) -> Vec<String> {
    let Expr::Closure(Closure { params, body, .. }) = step else { return Vec::new() };
    let text = layout::render(body, 0, 0, 0);
    let has = |text: &str, name: &String| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    };
    owned.iter().filter(|name| has(&text, name) && !has(params, name)).cloned().collect()
}

fn borrows_cell(expr: &Expr) -> bool {
    match expr {
        Expr::Method(_, name, args) if name == "borrow" && args.is_empty() => true,
        Expr::Method(of, ..) => borrows_cell(of),
        _ => false,
    }
}

fn chain_of_owned(expr: Expr) -> Expr {
    match expr {
        // What is collected is done when the function leaves.
        Expr::Method(_, ref name, _) if name.starts_with("collect") => expr,
        Expr::Method(of, name, args) => {
            Expr::Method(Box::new(chain_of_owned(*of)), name, args.into_iter().map(moving).collect())
        }
        // A function of the runtime that goes on with iterators.
        Expr::Call(function, args) if matches!(&*function, Expr::Atom(name) if name.starts_with("rt::")) => {
            Expr::Call(function, args.into_iter().map(chain_of_owned).collect())
        }
        expr => moving(expr),
    }
}

/// Gives a variable another name.
pub(crate) fn rename(expr: &mut Expr, from: &str, to: &str) {
    match expr {
        Expr::Atom(text) if text == from => *text = to.to_owned(),
        Expr::Closure(closure) => rename(&mut closure.body, from, to),
        _ => expr.for_each_operand(&mut |operand| rename(operand, from, to)),
    }
}
