//! `printf` with a literal format: text and typed pieces. What Rust's formatting has no word for goes to the
//! run-time formatter.

use super::func::Lower;
use super::link::{Target, pointer};
use crate::tree::*;
use crate::types::*;
use batuta_core::{self as core, Conv, Node, NodeId, Piece, Ty, TyKind, Width};

/// One conversion of a format.
struct Spec {
    /// Flags, width and precision as they were written.
    text: String,
    length: String,
    letter: char,
}

enum Part {
    Text(String),
    Spec(Spec),
}

impl Lower<'_> {
    /// A call of the `printf` family whose result nobody wants, printed directly.
    pub(super) fn printed(&mut self, of: &Expr) -> Option<NodeId> {
        if self.linked.choices.keeps_printf {
            return None;
        }
        let ExprKind::Call { callee, args, rest } = &of.kind else { return None };
        let ExprKind::Func(id) = &callee.kind else { return None };
        let Target::Library(name) = &self.linked.funcs[self.index][*id as usize] else { return None };
        let origin = self.origin;
        let (op, format) = match (name.as_str(), args.as_slice()) {
            ("printf", [format]) => (core::IoOp::Print, format),
            ("fprintf", [file, format]) if self.is_stderr(file) => (core::IoOp::EPrint, format),
            ("puts", [text]) => {
                let text = std::str::from_utf8(literal(text)?).ok()?;
                let text = Piece::Text(text.into());
                let node = self.body.node(Node::Format(vec![text]), Ty::str(), origin);
                return Some(self.body.op(core::IoOp::PrintLn, vec![node], Ty::unit(), origin));
            }
            _ => return None,
        };
        let parts = parts(std::str::from_utf8(literal(format)?).ok()?)?;
        let specs: Vec<&Spec> = parts
            .iter()
            .filter_map(|part| match part {
                Part::Spec(spec) => Some(spec),
                Part::Text(_) => None,
            })
            .collect();
        let fits =
            specs.len() == rest.len() && specs.iter().zip(rest).all(|(spec, arg)| takes(spec, &arg.ty));
        if !fits {
            return None;
        }
        let all: Vec<&Expr> = rest.iter().collect();
        let mut args = self.arguments(&all).into_iter();
        let mut pieces = Vec::new();
        for part in &parts {
            pieces.push(match part {
                Part::Text(text) => Piece::Text(text.as_str().into()),
                Part::Spec(spec) => {
                    let value = args.next()?;
                    let value = self.convert(value, wanted(spec));
                    let text = (!spec.text.is_empty()).then(|| Piece::Text(spec.text.as_str().into()));
                    Piece::Value {
                        value,
                        conv: Conv::Percent(spec.letter),
                        spec: text.into_iter().collect(),
                        late: true,
                    }
                }
            });
        }
        let is_line = match (pieces.last_mut(), op) {
            (Some(Piece::Text(text)), core::IoOp::Print | core::IoOp::EPrint) if text.ends_with('\n') => {
                *text = text[..text.len() - 1].into();
                true
            }
            _ => false,
        };
        let op = match (op, is_line) {
            (core::IoOp::Print, true) => core::IoOp::PrintLn,
            (core::IoOp::EPrint, true) => core::IoOp::EPrintLn,
            (op, _) => op,
        };
        let node = self.body.node(Node::Format(pieces), Ty::str(), origin);
        Some(self.body.op(op, vec![node], Ty::unit(), origin))
    }

    fn is_stderr(&self, file: &Expr) -> bool {
        let ExprKind::Call { callee, .. } = &file.kind else { return false };
        let ExprKind::Func(id) = &callee.kind else { return false };
        matches!(&self.linked.funcs[self.index][*id as usize], Target::Library(name) if name == "stderr")
    }
}

/// The bytes of a string literal that an argument is; none with a zero inside.
fn literal(of: &Expr) -> Option<&[u8]> {
    let ExprKind::Decay(inner) = &of.kind else { return None };
    let ExprKind::Str(text) = &inner.kind else { return None };
    (!text.contains(&0)).then_some(text)
}

/// The pieces of a format; `None` where one is beyond Rust's formatting.
fn parts(format: &str) -> Option<Vec<Part>> {
    // These characters carry bytes of texts that are no UTF-8.
    if format.chars().any(|c| c as u32 >= 0x10_ff00) {
        return None;
    }
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| !matches!(c, '-' | '+' | '0'..='9' | '.'))?;
        let (flags, after) = rest.split_at(end);
        let length_end = after.find(|c: char| !matches!(c, 'h' | 'l' | 'z' | 'j' | 't' | 'q'))?;
        let (length, after) = after.split_at(length_end);
        let letter = after.chars().next()?;
        let spec = Spec { text: flags.to_owned(), length: length.to_owned(), letter };
        if !is_simple(&spec) {
            return None;
        }
        if !text.is_empty() {
            out.push(Part::Text(std::mem::take(&mut text)));
        }
        out.push(Part::Spec(spec));
        rest = &after[letter.len_utf8()..];
    }
    text.push_str(rest);
    if !text.is_empty() {
        out.push(Part::Text(text));
    }
    Some(out)
}

/// Whether Rust's formatting can say it.
fn is_simple(spec: &Spec) -> bool {
    let flags = spec.text.trim_start_matches(['-', '+', '0']);
    let has = |flag: char| spec.text[..spec.text.len() - flags.len()].contains(flag);
    let is_number = flags.chars().all(|c| c.is_ascii_digit() || c == '.');
    let precision = flags.contains('.');
    is_number
        && match spec.letter {
            'd' | 'i' => !precision,
            'u' | 'x' | 'X' | 'o' => !precision && !has('+'),
            'c' => !precision && !has('+') && !has('0') && spec.length.is_empty(),
            's' => !has('+') && !has('0') && spec.length.is_empty(),
            'f' => matches!(spec.length.as_str(), "" | "l"),
            _ => false,
        }
}

/// Whether a conversion takes an argument of a type without surprise.
fn takes(spec: &Spec, ty: &CTy) -> bool {
    match spec.letter {
        'f' => matches!(ty, CTy::Double),
        's' => {
            matches!(ty, CTy::Ptr(inner, _) if inner.is_void() || matches!(**inner, CTy::Int(kind) if kind.size() == 1))
        }
        'c' => matches!(ty, CTy::Int(kind) if kind.size() == 4),
        _ => {
            let size = if matches!(spec.length.as_str(), "" | "h" | "hh") { 4 } else { 8 };
            matches!(ty, CTy::Int(kind) if kind.size() == size)
        }
    }
}

/// The type that a conversion prints.
fn wanted(spec: &Spec) -> Ty {
    let is_signed = matches!(spec.letter, 'd' | 'i');
    let int = |signed, unsigned| Ty::new(TyKind::Int(if is_signed { signed } else { unsigned }));
    match (spec.letter, spec.length.as_str()) {
        ('f', _) => Ty::float(),
        ('s', _) => pointer(Ty::new(TyKind::Int(Width::I8))),
        ('c', _) => Ty::new(TyKind::Int(Width::I32)),
        (_, "hh") => int(Width::I8, Width::U8),
        (_, "h") => int(Width::I16, Width::U16),
        (_, "") => int(Width::I32, Width::U32),
        _ => int(Width::I64, Width::U64),
    }
}
