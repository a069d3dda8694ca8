//! Iterators that leave their function: the closures of the chain take along what they read.
//!
//! A variable that two of them read is cloned for the first:
//! `words.iter().filter({ let name = name.clone(); move |&w| *w != name }).map(move |w| format!("{name}{w}"))`.

use super::Printer;
use super::control::moving;
use crate::layout;
use crate::tree::{Block, Closure, Expr, Stmt};
use batuta_core::TyKind;

impl Printer<'_, '_> {
    pub(crate) fn moving_chain(&self, expr: Expr) -> Expr {
        let mut expr = chain_of_owned(expr);
        // The guard of a cell ends with the call: the items are taken out before.
        if borrows_cell(&expr) {
            return expr.method("collect::<Vec<_>>", vec![]).method("into_iter", vec![]);
        }
        let mut steps = Vec::new();
        steps_of(&mut expr, &mut steps);
        if steps.len() < 2 {
            return expr;
        }
        let owned: Vec<String> = self.owned_names();
        let read: Vec<Vec<String>> = steps.iter().map(|step| names_in(step, &owned)).collect();
        for (at, step) in steps.into_iter().enumerate() {
            let again = |name: &&String| read[at + 1..].iter().any(|names| names.contains(name));
            let shared: Vec<&String> = read[at].iter().filter(again).collect();
            if !shared.is_empty() {
                let stmts = shared.into_iter().map(|name| {
                    Stmt::bind(name.as_str(), None, Some(Expr::atom(name.as_str()).method("clone", vec![])))
                });
                let stmts = stmts.collect();
                let closure = std::mem::replace(step, Expr::atom(""));
                let block = Block { stmts, tail: Some(Box::new(closure)), ..Block::default() };
                *step = Expr::Block(String::new(), block);
            }
        }
        expr
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
