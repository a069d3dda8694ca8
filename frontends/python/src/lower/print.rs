//! `print(..)`: one text, one output operation.

use super::Lowerer;
use super::call::{arguments, is_plain};
use batuta_core::*;
use batuta_syntax::Syntax;
use std::sync::Arc;

/// What the keyword arguments of a `print` say, where they can be read off the source.
struct Options<'t> {
    sep: String,
    end: End<'t>,
    to_stderr: bool,
}

enum End<'t> {
    Text(String),
    Value(Syntax<'t>),
}

impl<'t> Lowerer<'t> {
    /// The output operation; `None` where the call must stay a call (`*args`, a file of its own, a
    /// separator that is computed).
    pub fn print(&mut self, node: Syntax<'t>) -> Option<NodeId> {
        let (values, keywords): (Vec<_>, Vec<_>) =
            arguments(node).into_iter().partition(|arg| !arg.is("keyword_argument"));
        if !values.iter().all(|arg| is_plain(*arg)) {
            return None;
        }
        let options = self.print_options(&keywords)?;
        let mut shown: Vec<NodeId> = values.into_iter().map(|value| self.expr(value)).collect();
        if let End::Value(end) = options.end {
            shown.push(self.expr(end));
        }
        // When the parts of an f-string are shown matters beside other values only.
        let is_text =
            |value: &&NodeId| matches!(self.cx.body.nodes[**value].kind, Node::Const(Const::Str(_)));
        let is_alone = shown.iter().filter(|value| !is_text(value)).count() == 1;
        let end = matches!(options.end, End::Value(_)).then(|| shown.pop()).flatten();
        let mut pieces = Vec::new();
        for (index, value) in shown.into_iter().enumerate() {
            if index > 0 {
                push_text(&mut pieces, &options.sep);
            }
            self.print_value(value, is_alone, &mut pieces);
        }
        let has_break = match options.end {
            End::Text(end) => {
                let line = end.strip_suffix('\n');
                push_text(&mut pieces, line.unwrap_or(&end));
                line.is_some()
            }
            End::Value(_) => {
                end.into_iter().for_each(|end| self.print_value(end, is_alone, &mut pieces));
                false
            }
        };
        let op = match (options.to_stderr, has_break) {
            (false, true) => IoOp::PrintLn,
            (false, false) => IoOp::Print,
            (true, true) => IoOp::EPrintLn,
            (true, false) => IoOp::EPrint,
        };
        let text = self.node(Node::Format(pieces), node);
        Some(self.op(op, vec![text], node))
    }

    fn print_options(&mut self, keywords: &[Syntax<'t>]) -> Option<Options<'t>> {
        let mut options = Options { sep: " ".to_owned(), end: End::Text("\n".to_owned()), to_stderr: false };
        for keyword in keywords {
            let (name, value) = (keyword.field("name")?.text(), keyword.field("value")?);
            match (name, value.kind()) {
                ("sep" | "end", "none") => {}
                ("sep", _) => options.sep = self.literal_text(value)?,
                ("end", "string" | "concatenated_string") => match self.literal_text(value) {
                    Some(end) => options.end = End::Text(end),
                    None => options.end = End::Value(value),
                },
                ("end", _) => options.end = End::Value(value),
                ("flush", "true" | "false") => {}
                ("file", "none") => {}
                ("file", _) => match self.library_name(value)?.as_str() {
                    "sys.stdout" => {}
                    "sys.stderr" => options.to_stderr = true,
                    _ => return None,
                },
                _ => return None,
            }
        }
        Some(options)
    }

    /// A printed value: texts, and an f-string that is alone, become part of the whole.
    fn print_value(&mut self, value: NodeId, is_alone: bool, pieces: &mut Vec<Piece>) {
        match self.cx.body.nodes[value].kind.clone() {
            Node::Const(Const::Str(text)) => push_text(pieces, &text),
            Node::Format(inner) if is_alone => inner.into_iter().for_each(|piece| push_piece(pieces, piece)),
            _ => pieces.push(Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true }),
        }
    }
}

/// Adds text, joined to the text before it.
pub(crate) fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Text(before)) => *before = Arc::from(format!("{before}{text}")),
        _ => pieces.push(Piece::Text(Arc::from(text))),
    }
}

/// Adds a piece; neighbouring texts are joined.
pub(crate) fn push_piece(pieces: &mut Vec<Piece>, piece: Piece) {
    match piece {
        Piece::Text(text) => push_text(pieces, &text),
        value => pieces.push(value),
    }
}
