//! `printf` pieces as Rust's format strings.

use super::body::CPrinter;
use crate::literal;
use crate::tree::{Block, Expr, If};
use batuta_core::{Conv, Node, NodeId, Piece};

impl CPrinter<'_, '_> {
    /// The format string and its arguments.
    pub(crate) fn format(&mut self, pieces: &[Piece]) -> Vec<Expr> {
        let mut text = String::new();
        let mut args = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(&literal::format_text(part)),
                Piece::Value { value, conv: Conv::Percent(letter), spec, .. } => {
                    let spec = match spec.first() {
                        Some(Piece::Text(spec)) => &**spec,
                        _ => "",
                    };
                    let most = spec.split_once('.').filter(|_| *letter == 's').map(|(_, most)| most);
                    let spec = rust_spec(
                        spec.split_once('.').filter(|_| most.is_some()).map_or(spec, |(spec, _)| spec),
                        *letter,
                    );
                    let value = match most {
                        Some(most) => self.shown_part(*value, most),
                        None => self.shown(*value, *letter, spec.is_empty()),
                    };
                    match value {
                        Expr::Atom(name) if is_name(&name) => text.push_str(&held(&name, &spec)),
                        value => {
                            text.push_str(&held("", &spec));
                            args.push(value);
                        }
                    }
                }
                Piece::Value { .. } => args.push(self.problem("a piece that C does not have")),
            }
        }
        if text.is_empty() && args.is_empty() {
            return Vec::new();
        }
        args.insert(0, Expr::atom(format!("\"{text}\"")));
        args
    }

    /// `%.3s`: nothing behind the third byte is looked at.
    fn shown_part(&mut self, node: NodeId, most: &str) -> Expr {
        let is_of = matches!(&self.body.nodes[node].kind, Node::Op { op, .. }
            if *op == batuta_core::PtrOp::Of.into());
        let value = if is_of { self.expr(node) } else { self.typed(node) };
        value.method("text_up_to", vec![Expr::atom(if most.is_empty() { "0" } else { most })])
    }

    fn shown(&mut self, node: NodeId, letter: char, is_bare: bool) -> Expr {
        match letter {
            's' => {
                let is_of = matches!(&self.body.nodes[node].kind, Node::Op { op, .. }
                    if *op == batuta_core::PtrOp::Of.into());
                let value = if is_of { self.expr(node) } else { self.typed(node) };
                // With a width, texts of C stand to the right.
                let own = if is_bare { literal_text(&value) } else { None };
                own.unwrap_or_else(|| value.method("text", vec![]))
            }
            'c' => {
                let value = self.expr(node);
                Expr::call(self.c("byte_text"), vec![value])
            }
            'f' => {
                let value = self.expr(node);
                Expr::call(self.c("fixed"), vec![value])
            }
            _ => self.typed(node),
        }
    }
}

/// A text of the source, or a choice between such, as Rust's own.
fn literal_text(value: &Expr) -> Option<Expr> {
    let block = |of: &Block| -> Option<Block> {
        let tail = literal_text(of.tail.as_deref().filter(|_| of.stmts.is_empty())?)?;
        Some(Block { tail: Some(Box::new(tail)), ..of.clone() })
    };
    match value {
        Expr::Macro(name, args) if name.ends_with("text") => match args.as_slice() {
            [Expr::Atom(text)] if text.is_ascii() => Some(Expr::atom(text.clone())),
            _ => None,
        },
        Expr::If(branch) => {
            let els = match branch.els.as_ref()? {
                Expr::Block(label, of) => Expr::Block(label.clone(), block(of)?),
                other => literal_text(other)?,
            };
            let (cond, mark) = (branch.cond.clone(), branch.mark);
            Some(Expr::If(Box::new(If { cond, then: block(&branch.then)?, els: Some(els), mark })))
        }
        _ => None,
    }
}

fn held(name: &str, spec: &str) -> String {
    if spec.is_empty() { format!("{{{name}}}") } else { format!("{{{name}:{spec}}}") }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(text, "true" | "false" | "self")
}

/// Flags, width and precision as Rust writes them.
fn rust_spec(spec: &str, letter: char) -> String {
    let rest = spec.trim_start_matches(['-', '+', '0']);
    let flags = &spec[..spec.len() - rest.len()];
    let (width, precision) = match rest.split_once('.') {
        Some((width, precision)) => (width, Some(if precision.is_empty() { "0" } else { precision })),
        None => (rest, None),
    };
    let mut out = String::new();
    if flags.contains('-') && !width.is_empty() {
        out.push('<');
    }
    if flags.contains('+') {
        out.push('+');
    }
    if flags.contains('0') && !flags.contains('-') && !width.is_empty() {
        out.push('0');
    }
    out.push_str(width);
    if let Some(precision) = precision {
        out.push('.');
        out.push_str(precision);
    }
    match letter {
        'x' | 'X' | 'o' => out.push(letter),
        _ => {}
    }
    out
}
