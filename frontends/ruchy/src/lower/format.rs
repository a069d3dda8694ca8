//! Text with values in it: f-strings, `println`, format macros.

use super::Lowerer;
use crate::literal;
use batuta_core::*;
use batuta_syntax::Syntax;
use std::sync::Arc;

impl<'t> Lowerer<'t> {
    pub fn format_string(&mut self, node: Syntax<'t>) -> NodeId {
        let mut pieces = Vec::new();
        let parts = node.named();
        let plain: Vec<Syntax<'t>> = parts.iter().filter_map(|part| self.plain_value(*part)).collect();
        let mut values = self.operands(&plain, Self::expr).into_iter();
        for part in parts {
            let lowered = self.plain_value(part).and_then(|_| values.next());
            match part.kind() {
                "format_text" => {
                    let text = literal::unescape(&part.text().replace("{{", "{").replace("}}", "}"));
                    push_text(&mut pieces, &text);
                }
                "interpolation" => {
                    let Some(value) = part.field("value") else { continue };
                    if part.field("spec").is_none() && self.shown_range(value, &mut pieces) {
                        continue;
                    }
                    let value = lowered.unwrap_or_else(|| self.expr(value));
                    let spec = part.field("spec").map_or("", Syntax::text);
                    match self.piece(value, spec.strip_prefix(':').unwrap_or(spec), part) {
                        Ok(piece) => push_piece(&mut pieces, piece, &self.cx.body),
                        Err(hole) => return hole,
                    }
                }
                _ => {}
            }
        }
        self.node(Node::Format(pieces), node)
    }

    /// What stands between braces, unless it is a range, which shows its ends.
    fn plain_value(&self, part: Syntax<'t>) -> Option<Syntax<'t>> {
        let value = part.field("value").filter(|_| part.is("interpolation"))?;
        let is_range = value.is("range_expression") || self.held_range(value).is_some();
        (!is_range || part.field("spec").is_some()).then_some(value)
    }

    /// An argument that is shown: as it is now where a later one changes it.
    fn early_or_read(&mut self, args: &[Syntax<'t>], arg: Syntax<'t>) -> NodeId {
        if self.is_early(args, arg) { self.early(arg) } else { self.expr(arg) }
    }

    /// Keeps the values of a text where the next one has added statements from `first` on.
    fn settle_pieces(&mut self, pieces: &mut [Piece], at: Syntax<'t>, first: usize) {
        let mut values = Piece::values(pieces);
        let places = vec![at; values.len()];
        self.settle(&mut values, &places, first);
        let mut values = values.into_iter();
        for piece in pieces {
            if let Piece::Value { value, .. } = piece {
                *value = values.next().unwrap_or(*value);
            }
        }
    }

    /// A value and how a spec of Rust's format language shows it.
    fn piece(&mut self, value: NodeId, spec: &str, at: Syntax<'t>) -> Result<Piece, NodeId> {
        let plain = spec.trim();
        if plain.is_empty() || plain == "?" {
            return Ok(Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true });
        }
        // Digits of another radix are those of all 64 bits.
        if plain.ends_with(['x', 'X', 'b', 'o', 'e']) {
            let spec = self.text(plain, at);
            let value = self.call_lib("ruchy.radix", vec![value, spec], at);
            return Ok(Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true });
        }
        match python_spec(plain) {
            // Ints are shown as floats where decimals are asked for.
            Some((spec, true)) => {
                let float = self.call_lib("ruchy.as_float", vec![value], at);
                Ok(Piece::Value {
                    value: float,
                    conv: Conv::Format,
                    spec: vec![Piece::Text(spec.into())],
                    late: true,
                })
            }
            Some((spec, false)) => Ok(Piece::Value {
                value,
                conv: Conv::Format,
                spec: vec![Piece::Text(spec.into())],
                late: true,
            }),
            None => {
                Err(self.unsupported(at, format!("the format `{plain}` has no translation from Ruchy yet")))
            }
        }
    }

    /// `print(..)` and `println!(..)`. The function joins its arguments with a space unless the first is a format.
    pub fn print(&mut self, name: &str, args: &[Syntax<'t>], node: Syntax<'t>, is_macro: bool) -> NodeId {
        let mut pieces = Vec::new();
        let template = args.first().filter(|first| matches!(first.kind(), "string" | "raw_string"));
        let is_template = template.is_some_and(|first| {
            let text = literal::string(first.text());
            is_macro || args.len() > 1 && (text.contains("{}") || text.contains("{:"))
        });
        if let (Some(first), true) = (template, is_template) {
            if let Err(hole) = self.template(&literal::string(first.text()), &args[1..], *first, &mut pieces)
            {
                return hole;
            }
        } else {
            for (at, arg) in args.iter().enumerate() {
                if at > 0 {
                    push_text(&mut pieces, " ");
                }
                if self.shown_range(*arg, &mut pieces) {
                    continue;
                }
                let first = self.cx.stmts.len();
                let value = self.early_or_read(args, *arg);
                self.settle_pieces(&mut pieces, *arg, first);
                let piece = Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true };
                push_piece(&mut pieces, piece, &self.cx.body);
            }
        }
        self.printed(name, pieces, node)
    }

    /// `x |> println`.
    pub fn print_values(&mut self, name: &str, values: Vec<NodeId>, node: Syntax<'t>) -> NodeId {
        let mut pieces = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            push_text(&mut pieces, if at > 0 { " " } else { "" });
            let piece = Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true };
            push_piece(&mut pieces, piece, &self.cx.body);
        }
        self.printed(name, pieces, node)
    }

    fn printed(&mut self, name: &str, pieces: Vec<Piece>, node: Syntax<'t>) -> NodeId {
        let op = match name {
            "print" => IoOp::Print,
            "println" => IoOp::PrintLn,
            "eprint" => IoOp::EPrint,
            _ => IoOp::EPrintLn,
        };
        let text = self.node(Node::Format(pieces), node);
        self.op(op, vec![text], node)
    }

    /// A range as text, also that of a variable which is declared with one.
    fn shown_range(&mut self, node: Syntax<'t>, pieces: &mut Vec<Piece>) -> bool {
        if node.is("range_expression") && super::expr::asked_of_range(node).is_none() {
            return self.range_text(node, pieces);
        }
        let Some(sign) = self.held_range(node) else { return false };
        let ends = [("range.start", ""), ("range.stop", sign)];
        for (row, before) in ends {
            push_text(pieces, before);
            let of = self.expr(node);
            let mut value = self.call_lib(row, vec![of], node);
            if before == "..=" {
                let one = self.int(1, node);
                value = self.op(ObjOp::Sub, vec![value, one], node);
            }
            let piece = Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true };
            push_piece(pieces, piece, &self.cx.body);
        }
        true
    }

    /// `a..b` as text.
    fn range_text(&mut self, range: Syntax<'t>, pieces: &mut Vec<Piece>) -> bool {
        let (Some(start), Some(end), Some(sign)) =
            (range.field("start"), range.field("end"), range.field("operator"))
        else {
            return false;
        };
        for (part, before) in [(start, ""), (end, sign.text())] {
            push_text(pieces, before);
            let value = self.expr(part);
            let piece = Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true };
            push_piece(pieces, piece, &self.cx.body);
        }
        true
    }

    /// `format!("..", a, b)`.
    pub fn format_macro(&mut self, args: &[Syntax<'t>], node: Syntax<'t>) -> NodeId {
        let Some(first) = args.first() else { return self.text("", node) };
        let mut pieces = Vec::new();
        if matches!(first.kind(), "string" | "raw_string") {
            if let Err(hole) = self.template(&literal::string(first.text()), &args[1..], *first, &mut pieces)
            {
                return hole;
            }
        } else {
            let value = self.expr(*first);
            push_piece(
                &mut pieces,
                Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true },
                &self.cx.body,
            );
        }
        self.node(Node::Format(pieces), node)
    }

    /// `"{} of {}".format(a, b)`, and the methods that are known by their literal receiver.
    pub fn text_method(
        &mut self,
        node: Syntax<'t>,
        receiver: Syntax<'t>,
        name: &str,
        args: &[Syntax<'t>],
    ) -> Option<NodeId> {
        let is_literal = matches!(receiver.kind(), "string" | "raw_string");
        match name {
            "format" if is_literal => {
                let mut pieces = Vec::new();
                match self.template(&literal::string(receiver.text()), args, receiver, &mut pieces) {
                    Ok(()) => Some(self.node(Node::Format(pieces), node)),
                    Err(hole) => Some(hole),
                }
            }
            "to_string" | "to_owned" | "into" if is_literal && args.is_empty() => Some(self.expr(receiver)),
            "push_str" if args.len() == 1 => {
                let place = match self.target(receiver, true) {
                    Ok(place) => place,
                    Err(hole) => return Some(hole),
                };
                let value = self.expr(args[0]);
                self.push(StmtKind::Update { place, op: ObjOp::Add.into(), value }, node);
                Some(self.nil(node))
            }
            _ => None,
        }
    }

    /// A format of Rust: `{}`, `{:?}`, `{name}`, `{0}`, `{:>5}`.
    fn template(
        &mut self,
        text: &str,
        args: &[Syntax<'t>],
        at: Syntax<'t>,
        pieces: &mut Vec<Piece>,
    ) -> Result<(), NodeId> {
        let named: Vec<(&str, usize)> =
            args.iter().enumerate().filter_map(|(at, arg)| Some((named_value(*arg)?.0, at))).collect();
        let args: Vec<Syntax<'t>> =
            args.iter().map(|arg| named_value(*arg).map_or(*arg, |(_, value)| value)).collect();
        let args = &args[..];
        let values = self.operands(args, |this, arg| this.early_or_read(args, arg));
        let mut used = vec![false; values.len()];
        let (mut rest, mut next) = (text, 0);
        while let Some(open) = rest.find(['{', '}']) {
            push_text(pieces, &rest[..open]);
            let tail = &rest[open..];
            if tail.starts_with("{{") || tail.starts_with("}}") {
                push_text(pieces, &tail[..1]);
                rest = &tail[2..];
                continue;
            }
            let close = tail.find('}').filter(|_| tail.starts_with('{'));
            let Some(close) = close else {
                return Err(self.unsupported(at, "this format is not closed"));
            };
            let (name, spec) = tail[1..close].split_once(':').unwrap_or((&tail[1..close], ""));
            let of_name = |name: &str| named.iter().find(|(known, _)| *known == name).map(|(_, at)| *at);
            let (spec, widths) = self.computed_counts(spec, args, &mut used, &of_name, at)?;
            let spec = &spec[..];
            let value = match name.trim() {
                name if of_name(name).is_some() => {
                    let found = of_name(name).unwrap_or_default();
                    self.value_of(&values, args, &mut used, found, at)?
                }
                "" => {
                    next += 1;
                    self.value_of(&values, args, &mut used, next - 1, at)?
                }
                digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                    self.value_of(&values, args, &mut used, digits.parse().unwrap_or(usize::MAX), at)?
                }
                name => self.inline(name, at)?,
            };
            // Rust's macros and formats quote texts for `{:?}`; format strings do not.
            let piece = match spec.trim().strip_suffix('?') {
                Some("") => Piece::Value { value, conv: Conv::Repr, spec: Vec::new(), late: true },
                Some(spec @ "#") => {
                    let spec = vec![Piece::Text(spec.into())];
                    Piece::Value { value, conv: Conv::Repr, spec, late: true }
                }
                _ => with_counts(self.piece(value, spec, at)?, widths),
            };
            match &piece {
                Piece::Value { conv: Conv::Repr, .. } => pieces.push(piece),
                _ => push_piece(pieces, piece, &self.cx.body),
            }
            rest = &tail[close + 1..];
        }
        push_text(pieces, rest);
        match used.iter().all(|used| *used) {
            true => Ok(()),
            false => Err(self.unsupported(at, "this format has fewer places than there are values")),
        }
    }

    /// `{name}`: the variable of the name, or the place that it stands for.
    fn inline(&mut self, name: &str, at: Syntax<'t>) -> Result<NodeId, NodeId> {
        match self.look_up(name) {
            super::Binding::Local(local) => match self.alias(local) {
                Some(alias) => self.alias_place(alias, at).map(|place| self.use_place(place, at)),
                None => Ok(self.use_local(local, at)),
            },
            super::Binding::Global(path) => Ok(self.use_place(Place::global(path), at)),
            _ => Err(self.hole(super::UNKNOWN_NAME, at, format!("`{name}` is not defined"))),
        }
    }

    /// A spec whose `width$` are marks, and the variables that they stand for.
    fn computed_counts(
        &mut self,
        spec: &str,
        args: &[Syntax<'t>],
        used: &mut [bool],
        of_name: &dyn Fn(&str) -> Option<usize>,
        at: Syntax<'t>,
    ) -> Result<(String, Vec<NodeId>), NodeId> {
        let (mut out, mut counts) = (counted(spec, args, used, of_name), Vec::new());
        while let Some(end) = out.find('$') {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let start = out[..end].rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
            let name = &out[start..end];
            let given = of_name(name).or_else(|| name.parse().ok());
            let count = match given.and_then(|at| args.get(at).map(|arg| (at, *arg))) {
                Some((at, arg)) if arg.is("identifier") => {
                    used[at] = true;
                    self.expr(arg)
                }
                Some(_) => break,
                None => self.inline(name, at)?,
            };
            counts.push(count);
            out.replace_range(start..=end, &COUNT.to_string());
        }
        Ok((out, counts))
    }

    fn value_of(
        &mut self,
        values: &[NodeId],
        args: &[Syntax<'t>],
        used: &mut [bool],
        index: usize,
        at: Syntax<'t>,
    ) -> Result<NodeId, NodeId> {
        match values.get(index) {
            Some(value) if !used[index] => {
                used[index] = true;
                Ok(*value)
            }
            Some(_)
                if matches!(args[index].kind(), "identifier" | "string" | "integer" | "float" | "char") =>
            {
                Ok(self.expr(args[index]))
            }
            Some(_) => {
                Err(self
                    .unsupported(at, "a value that a format shows twice has no translation from Ruchy yet"))
            }
            None => Err(self.unsupported(at, "this format has more places than there are values")),
        }
    }
}

/// Stands for a width or a number of decimals that a variable holds.
const COUNT: char = '\u{1}';

/// The spec of a piece with the variables in the places of their marks.
fn with_counts(piece: Piece, counts: Vec<NodeId>) -> Piece {
    let Piece::Value { value, conv, spec, late } = piece else { return piece };
    let mut out = Vec::new();
    let mut counts = counts.into_iter();
    for part in spec {
        let Piece::Text(text) = &part else {
            out.push(part);
            continue;
        };
        for (at, part) in text.split(COUNT).enumerate() {
            if at > 0 {
                out.extend(counts.next().map(|value| Piece::Value {
                    value,
                    conv: Conv::Format,
                    spec: Vec::new(),
                    late: true,
                }));
            }
            push_text(&mut out, part);
        }
    }
    Piece::Value { value, conv, spec: out, late }
}

/// `name = value` among the arguments of a format.
fn named_value(arg: Syntax<'_>) -> Option<(&str, Syntax<'_>)> {
    let (name, value) = match arg.kind() {
        "assignment" => (arg.field("left")?, arg.field("right")?),
        "named_argument" => (arg.field("name")?, arg.field("value")?),
        _ => return None,
    };
    name.is("identifier").then_some((name.text(), value))
}

/// A spec whose `width$` and `1$` are the numbers that the arguments write.
fn counted(
    spec: &str,
    args: &[Syntax<'_>],
    used: &mut [bool],
    of_name: &dyn Fn(&str) -> Option<usize>,
) -> String {
    let mut out = spec.to_owned();
    while let Some(end) = out.find('$') {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let start = out[..end].rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
        let name = &out[start..end];
        let Some(at) = of_name(name).or_else(|| name.parse().ok()) else { break };
        let Some(number) = args.get(at).filter(|arg| arg.is("integer")) else { break };
        let number = number.text().to_owned();
        used[at] = true;
        out.replace_range(start..=end, &number);
    }
    out
}

/// Rust's format spec as the IR writes it, and whether it asks for decimals.
fn python_spec(spec: &str) -> Option<(String, bool)> {
    let mut chars = spec.chars().peekable();
    let mut fill = String::new();
    let all: Vec<char> = spec.chars().collect();
    if all.len() >= 2 && matches!(all[1], '<' | '>' | '^') {
        fill.extend([all[0], all[1]]);
        chars.by_ref().take(2).for_each(drop);
    } else if matches!(all.first(), Some('<' | '>' | '^')) {
        fill.push(all[0]);
        chars.next();
    }
    let rest: String = chars.collect();
    let body = rest.trim_end_matches(['x', 'X', 'b', 'o', 'e', '?']);
    let kind = &rest[body.len()..];
    let is_known = body.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '+' | '#' | COUNT));
    if !is_known || kind.len() > 1 || matches!(kind, "e" | "?") {
        return None;
    }
    let has_decimals = body.contains('.');
    if has_decimals && !kind.is_empty() {
        return None;
    }
    let kind = if has_decimals { "f" } else { kind };
    Some((format!("{fill}{body}{kind}"), has_decimals))
}

/// Adds text, joined to the text before it.
pub(super) fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Text(before)) => *before = Arc::from(format!("{before}{text}")),
        _ => pieces.push(Piece::Text(Arc::from(text))),
    }
}

/// Adds a value; literal texts and inner formats become part of the whole.
fn push_piece(pieces: &mut Vec<Piece>, piece: Piece, body: &Body<Hir>) {
    let Piece::Value { value, spec, .. } = &piece else { return };
    match &body.nodes[*value].kind {
        Node::Const(Const::Str(text)) if spec.is_empty() => push_text(pieces, text),
        Node::Format(inner) if spec.is_empty() => {
            for piece in inner.clone() {
                match piece {
                    Piece::Text(text) => push_text(pieces, &text),
                    value => pieces.push(value),
                }
            }
        }
        _ => pieces.push(piece),
    }
}
