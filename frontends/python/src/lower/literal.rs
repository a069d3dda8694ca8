//! Literals: numbers, strings, bytes, f-strings.

use super::Lowerer;
use super::print::{push_piece, push_text};
use crate::text::{self, Number, Prefix};
use batuta_base::Code;
use batuta_core::*;
use batuta_syntax::Syntax;
use std::sync::Arc;

/// A number that Python does not read.
pub const BAD_NUMBER: Code = Code::error("B0107", "this is not a number of Python 3");
/// An escape sequence or character that a literal cannot hold.
pub const BAD_ESCAPE: Code = Code::error("B0108", "a literal cannot hold this");
/// Text and bytes in one concatenation.
pub const MIXED_LITERALS: Code = Code::error("B0109", "text and bytes cannot be concatenated");
/// Half of a surrogate pair in a text.
pub const SURROGATE: Code = Code::warning("B0504", "text cannot hold a lone surrogate");

impl<'t> Lowerer<'t> {
    pub fn number(&mut self, node: Syntax<'t>) -> NodeId {
        let value = match text::number(node.text()) {
            Some(Number::Int(digits)) => Const::Int(digits.into()),
            Some(Number::Float(value)) => Const::Float(value),
            Some(Number::Imaginary(value)) => Const::Imag(value),
            None => {
                let found = self.report(BAD_NUMBER, node, format!("`{}` is not a number", node.text()));
                found.hint("an octal number starts with `0o`");
                Const::Int("0".into())
            }
        };
        self.constant(value, node)
    }

    /// A string literal, or several that stand side by side.
    pub fn string(&mut self, node: Syntax<'t>) -> NodeId {
        let parts = string_parts(node);
        let prefixes: Vec<_> = parts.iter().map(|part| Prefix::of(part.text())).collect();
        if prefixes.iter().all(|prefix| prefix.bytes) {
            return self.bytes(node, &parts);
        }
        if prefixes.iter().any(|prefix| prefix.bytes) {
            return self.hole(MIXED_LITERALS, node, MIXED_LITERALS.title);
        }
        let mut pieces = Vec::new();
        for part in &parts {
            self.string_pieces(*part, &mut pieces);
        }
        let is_format = prefixes.iter().any(|prefix| prefix.format);
        match &pieces[..] {
            [] => self.constant(Const::Str(Arc::from("")), node),
            [Piece::Text(text)] => self.constant(Const::Str(text.clone()), node),
            _ if is_format => self.node(Node::Format(pieces), node),
            _ => self.unsupported(node, "a text without pieces"),
        }
    }

    fn bytes(&mut self, node: Syntax<'t>, parts: &[Syntax<'t>]) -> NodeId {
        let mut all = Vec::new();
        for part in parts {
            let prefix = Prefix::of(part.text());
            let (mut bytes, bad) = text::decode_bytes(prefix.content(part.text()), prefix.raw);
            if let Some(bad) = bad {
                self.report(BAD_ESCAPE, *part, format!("a bytes literal cannot hold {bad}"));
            }
            all.append(&mut bytes);
        }
        self.constant(Const::Bytes(all.into()), node)
    }

    /// The text of a literal without replacement fields.
    pub fn literal_text(&mut self, node: Syntax<'t>) -> Option<String> {
        if !matches!(node.kind(), "string" | "concatenated_string") {
            return None;
        }
        let mut pieces = Vec::new();
        for part in string_parts(node) {
            if Prefix::of(part.text()).bytes || part.child("interpolation").is_some() {
                return None;
            }
            self.string_pieces(part, &mut pieces);
        }
        match &pieces[..] {
            [] => Some(String::new()),
            [Piece::Text(text)] => Some(text.to_string()),
            _ => None,
        }
    }

    fn string_pieces(&mut self, node: Syntax<'t>, pieces: &mut Vec<Piece>) {
        let prefix = Prefix::of(node.text());
        let mut at = node.start() + prefix.open;
        let end = node.end().saturating_sub(prefix.close).max(at);
        for field in node.named().into_iter().filter(|part| part.is("interpolation")) {
            self.text_piece(node, at, field.start(), prefix, pieces);
            self.interpolation(field, prefix, pieces);
            at = field.end();
        }
        self.text_piece(node, at, end, prefix, pieces);
    }

    fn text_piece(
        &mut self,
        node: Syntax<'t>,
        from: usize,
        to: usize,
        prefix: Prefix,
        pieces: &mut Vec<Piece>,
    ) {
        let content = self.source.get(from..to).unwrap_or("");
        let decoded = text::decode(content, prefix.raw, prefix.format);
        if let Some(bad) = &decoded.bad_escape {
            self.report(BAD_ESCAPE, node, format!("`{bad}` is not an escape sequence of Python"));
        }
        if decoded.has_surrogate {
            self.report(SURROGATE, node, SURROGATE.title);
        }
        push_text(pieces, &decoded.text);
    }

    /// `{value=!r:spec}`.
    fn interpolation(&mut self, node: Syntax<'t>, prefix: Prefix, pieces: &mut Vec<Piece>) {
        let Some(expression) = node.field("expression") else { return };
        let conversion = node.field("type_conversion").or_else(|| node.child("type_conversion"));
        let spec = node.field("format_specifier").or_else(|| node.child("format_specifier"));
        let equals = node.children().into_iter().find(|part| part.is("="));
        if let Some(equals) = equals {
            // `{x = }` shows the expression as written, white space included.
            let end = [conversion, spec].into_iter().flatten().map(Syntax::start).min();
            let end = end.unwrap_or(node.end().saturating_sub(1)).max(equals.end());
            let shown = self.source.get(node.start() + 1..end).unwrap_or("");
            push_text(pieces, shown);
        }
        let value = self.expr(expression);
        let spec_pieces = spec.map(|spec| self.format_spec(spec, prefix)).unwrap_or_default();
        let conv = match conversion.map(|conversion| conversion.text()) {
            Some("!r") => Conv::Repr,
            Some("!a") => Conv::Ascii,
            Some("!s") => Conv::Str,
            _ if equals.is_some() && spec.is_none() => Conv::Repr,
            _ => Conv::Format,
        };
        if spec_pieces.is_empty()
            && matches!(conv, Conv::Format | Conv::Str)
            && let Node::Const(Const::Str(text)) = &self.cx.body.nodes[value].kind
        {
            return push_text(pieces, &text.clone());
        }
        pieces.push(Piece::Value { value, conv, spec: spec_pieces, late: false });
    }

    /// The text after `:`, with fields of its own.
    fn format_spec(&mut self, node: Syntax<'t>, prefix: Prefix) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut at = node.start() + 1;
        let fields = node
            .named()
            .into_iter()
            .filter(|part| matches!(part.kind(), "format_expression" | "interpolation"));
        for field in fields {
            self.text_piece(node, at, field.start(), Prefix { format: false, ..prefix }, &mut pieces);
            self.interpolation(field, prefix, &mut pieces);
            at = field.end();
        }
        self.text_piece(node, at, node.end(), Prefix { format: false, ..prefix }, &mut pieces);
        pieces
    }

    /// A format's pieces as one node.
    pub fn format_node(&mut self, pieces: Vec<Piece>, node: Syntax<'t>) -> NodeId {
        let mut joined = Vec::new();
        pieces.into_iter().for_each(|piece| push_piece(&mut joined, piece));
        match &joined[..] {
            [] => self.constant(Const::Str(Arc::from("")), node),
            [Piece::Text(text)] => self.constant(Const::Str(text.clone()), node),
            _ => self.node(Node::Format(joined), node),
        }
    }
}

/// The literals of a concatenation; a literal alone is one.
pub(crate) fn string_parts(node: Syntax<'_>) -> Vec<Syntax<'_>> {
    if node.is("concatenated_string") { node.named() } else { vec![node] }
}
