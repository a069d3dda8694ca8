//! Text with values in it: `format!`, `println!`, and where Rust's format language says the same as the source's.

use super::Printer;
use crate::literal;
use crate::tree::Expr;
use batuta_core::{
    Callee, Child, ClassKind, Const, Conv, IoOp, Lang, Mode, Node, NodeId, Op, OptOp, Piece, RsOp, StrOp, Ty,
    TyKind,
};

/// The literal under construction and its arguments.
#[derive(Default)]
struct Template {
    text: String,
    args: Vec<Expr>,
}

impl Printer<'_, '_> {
    /// `format!(..)` as a value.
    pub(crate) fn format_value(&mut self, pieces: &[Piece]) -> Expr {
        let template = self.guarded_template(pieces);
        match (&template.text[..], template.args.len()) {
            ("{}", 1) => {
                let arg = template.args.into_iter().next().expect("one argument was counted");
                arg.method("to_string", vec![])
            }
            (text, 0) if !text.contains('{') && !text.contains('}') => {
                super::expr::to_owned_text(Expr::Atom(format!("\"{text}\"")))
            }
            (text, 0) if is_one_name(text) => {
                Expr::Atom(text[1..text.len() - 1].to_owned()).method("to_string", vec![])
            }
            _ => Expr::Macro("format".to_owned(), template.into_args()),
        }
    }

    fn guarded_template(&mut self, pieces: &[Piece]) -> Template {
        let mut template = Template::default();
        self.add_pieces(pieces, &mut template);
        template
    }

    /// Several texts joined.
    pub(crate) fn format_parts_of(&mut self, nodes: &[NodeId]) -> Expr {
        let mut template = Template::default();
        self.add_texts(nodes, &mut template);
        Expr::Macro("format".to_owned(), template.into_args())
    }

    fn add_texts(&mut self, nodes: &[NodeId], template: &mut Template) {
        for (index, node) in nodes.iter().enumerate() {
            let is_alone = !nodes.iter().enumerate().any(|(at, other)| at != index && self.calls(*other));
            self.add_text_node(*node, is_alone, template);
        }
    }

    /// A text that is made for the format only is made by the format itself. `is_alone`: no other
    /// operand calls code that could change what this one looks at.
    fn add_text_node(&mut self, node: NodeId, is_alone: bool, template: &mut Template) {
        match &self.body.nodes[node].kind {
            Node::Format(pieces) => self.add_pieces(pieces, template),
            Node::Op { op: Op::StrOp(StrOp::Concat), .. } if is_alone => {
                let mut parts = Vec::new();
                self.collect_concat(node, &mut parts);
                self.add_texts(&parts, template);
            }
            _ => match (self.text_const(node), self.made_text(node, is_alone)) {
                (Some(Const::Str(text)), _) => template.text.push_str(&literal::format_text(&text)),
                (_, Some((value, conv))) => self.add_value(value, conv, &[], template),
                _ => self.add_plain(node, self.body.ty(node).strip_ref(), Conv::Str, "", template),
            },
        }
    }

    /// `str(value)` and `repr(value)`: the value and how it is shown.
    fn made_text(&self, node: NodeId, is_alone: bool) -> Option<(NodeId, Conv)> {
        let Node::Call { callee: Callee::Lib(name), args } = &self.body.nodes[node].kind else { return None };
        let conv = match (name.as_str().split('#').next(), args.len()) {
            (Some("builtins.str"), 1) => Conv::Str,
            (Some("builtins.repr"), 1) => Conv::Repr,
            _ => return None,
        };
        let value = args[0].value;
        (is_alone || !matches!(self.body.nodes[value].kind, Node::Use(..))).then_some((value, conv))
    }

    /// Whether a node runs code of the program, or changes something.
    fn calls(&self, node: NodeId) -> bool {
        let mut found = false;
        self.body.walk(Child::Node(node), &mut |node| {
            found |= match &self.body.nodes[node].kind {
                Node::Call { callee: Callee::Lib(name), args } => {
                    let tys: Vec<Ty> = args.iter().map(|arg| self.body.ty(arg.value)).collect();
                    let is_quiet = |param: &batuta_catalog::ParamRow| {
                        param.take != batuta_catalog::Take::Write
                            && !matches!(param.ty.kind(), TyKind::Func(..) | TyKind::Iter(_))
                    };
                    batuta_catalog::select(name.as_str(), &tys)
                        .is_none_or(|row| row.io || row.moves || !row.params.iter().all(is_quiet))
                }
                Node::Call { .. } => true,
                Node::Use(_, mode) => matches!(mode, Mode::Mut | Mode::Take),
                _ => false,
            };
        });
        found
    }

    /// `println!(..)` and its kin.
    pub(crate) fn print_op(&mut self, op: IoOp, text: NodeId) -> Expr {
        let name = match op {
            IoOp::Print => "print",
            IoOp::PrintLn => "println",
            IoOp::EPrint => "eprint",
            IoOp::EPrintLn => "eprintln",
        };
        self.uses.macros.insert(name);
        let (text, args) = self.text_arguments(text);
        if text == "\"\"" && name.ends_with("ln") {
            return Expr::Macro(name.to_owned(), vec![]);
        }
        let all = std::iter::once(Expr::Atom(text)).chain(args).collect();
        Expr::Macro(name.to_owned(), all)
    }

    /// A text as the literal and arguments of a format macro.
    pub(crate) fn text_arguments(&mut self, node: NodeId) -> (String, Vec<Expr>) {
        let mut template = Template::default();
        self.add_text_node(node, true, &mut template);
        (format!("\"{}\"", template.text), template.args)
    }

    /// A value that is only shown: neither cloned nor borrowed for it.
    pub(crate) fn shown(&mut self, node: NodeId) -> Expr {
        match &self.body.nodes[node].kind {
            Node::Use(place, Mode::Clone | Mode::Ref | Mode::Copy) => {
                let ty = self.body.ty(node).strip_ref();
                let (place, mode) = (place.clone(), if ty.is_copy() { Mode::Copy } else { Mode::Ref });
                let ty = if ty.is_copy() { self.body.ty(node) } else { ty.reference() };
                let shown = self.use_place(&place, mode, ty).without_ref();
                // A static that is computed once is no text itself.
                if matches!(shown, Expr::Lazy(_)) { Expr::unary("*", shown) } else { shown }
            }
            // Nothing says what it could be.
            Node::Op { op: Op::OptOp(OptOp::None), .. } => Expr::Tuple(Vec::new()),
            Node::Op { op: Op::RsOp(RsOp::ToOwned | RsOp::Ref), args, .. } => self.shown(args[0]),
            _ => self.expr(node).without_ref(),
        }
    }

    /// A reference to a value that is only shown.
    fn shown_ref(&mut self, node: NodeId) -> Expr {
        match self.shown_as_reference(node) {
            // What takes any type takes the guard for the value.
            Expr::Unary("&", guard) if guard.is_guard() => {
                Expr::Unary("&", Box::new(Expr::Unary("*", guard)))
            }
            shown => shown,
        }
    }

    fn shown_as_reference(&mut self, node: NodeId) -> Expr {
        if let Some(array) = self.array_in(node) {
            return self.shown_as_reference(array);
        }
        let is_reference = matches!(self.body.ty(node).kind(), TyKind::Ref(_) | TyKind::RefMut(_));
        match &self.body.nodes[node].kind {
            Node::Use(_, Mode::Copy | Mode::Move) if is_reference => self.expr(node),
            Node::Use(..) => Expr::Unary("&", Box::new(self.shown(node))),
            _ if is_reference => self.expr(node),
            _ => Expr::unary("&", self.shown(node)),
        }
    }

    fn add_pieces(&mut self, pieces: &[Piece], template: &mut Template) {
        let values = Piece::values(pieces);
        for piece in pieces {
            match piece {
                Piece::Text(text) => template.text.push_str(&literal::format_text(text)),
                Piece::Value { value, conv: Conv::Format | Conv::Str, spec, .. }
                    if spec.is_empty() && *self.body.ty(*value).strip_ref().kind() == TyKind::Str =>
                {
                    let is_alone = !values.iter().any(|other| other != value && self.calls(*other));
                    self.add_text_node(*value, is_alone, template);
                }
                Piece::Value { value, conv, spec, .. } => self.add_value(*value, *conv, spec, template),
            }
        }
    }

    fn add_value(&mut self, value: NodeId, conv: Conv, spec: &[Piece], template: &mut Template) {
        let ty = self.body.ty(value).strip_ref();
        let constant = match spec {
            [] => Some(String::new()),
            [Piece::Text(text)] => Some(text.to_string()),
            _ => None,
        };
        let Some(spec_text) = constant else {
            return self.add_computed(value, conv, spec, template);
        };
        match conv {
            Conv::Percent(letter) | Conv::PercentAll(letter) => {
                self.add_percent(value, ty, &spec_text, letter, template)
            }
            Conv::Repr | Conv::Ascii => self.add_repr(value, ty, conv, &spec_text, template),
            Conv::Format | Conv::Str => self.add_plain(value, ty, conv, &spec_text, template),
        }
    }

    /// A value whose spec is computed: `{x:{width}}`, `%-*s`.
    fn add_computed(&mut self, value: NodeId, conv: Conv, spec: &[Piece], template: &mut Template) {
        let shown = self.shown_ref(value);
        let mut inner = Template::default();
        self.add_pieces(spec, &mut inner);
        let text = match conv {
            Conv::Percent(letter) | Conv::PercentAll(letter) => format!("\"%{}{letter}\"", inner.text),
            _ => format!("\"{}\"", inner.text),
        };
        let spec =
            Expr::Macro("format".to_owned(), std::iter::once(Expr::Atom(text)).chain(inner.args).collect());
        let spec = Expr::unary("&", spec);
        let text_of = |printer: &mut Self, name: &str, shown: Expr| {
            Expr::unary("&", Expr::call(printer.rt(name), vec![shown]).method("to_string", vec![]))
        };
        let call = match conv {
            Conv::Percent(_) | Conv::PercentAll(_) => {
                let values = Expr::unary("&", Expr::Array(vec![as_object(self.shown(value))]));
                Expr::call(self.rt("percent"), vec![spec, values])
            }
            Conv::Repr | Conv::Ascii => {
                let name = if conv == Conv::Ascii { "ascii" } else { "repr" };
                let shown = text_of(self, name, shown);
                Expr::call(self.rt("format"), vec![shown, spec])
            }
            Conv::Str => {
                let shown = text_of(self, "str", shown);
                Expr::call(self.rt("format"), vec![shown, spec])
            }
            Conv::Format => Expr::call(self.rt("format"), vec![shown, spec]),
        };
        template.push(call, "");
    }

    fn add_plain(&mut self, value: NodeId, ty: Ty, conv: Conv, spec: &str, template: &mut Template) {
        if spec.is_empty() {
            if let (true, Some(Const::Str(text))) = (*ty.kind() == TyKind::Str, self.text_const(value)) {
                return template.text.push_str(&literal::format_text(&text));
            }
            let shown = self.shown(value);
            let shown = if self.displays(ty) {
                shown
            } else {
                Expr::call(self.text_function(false), vec![super::explicit(Expr::unary("&", shown))])
            };
            return template.push(shown, "");
        }
        // `{x!s:5}` pads the text, as `str` of it would be.
        let text = match conv == Conv::Str && *ty.kind() != TyKind::Str {
            true => {
                let shown = self.shown_ref(value);
                Some(Expr::call(self.text_function(false), vec![shown]).method("to_string", vec![]))
            }
            false => None,
        };
        let ty = if text.is_some() { Ty::str() } else { ty };
        match rust_spec(spec, ty, self.env.may_nan) {
            Some(spec) => {
                let shown = text.unwrap_or_else(|| self.shown(value));
                template.push(shown, &spec);
            }
            None if self.body.lang == Lang::Ruchy => {
                let problem = self.problem("a format that Rust has no spec for");
                template.push(problem, "");
            }
            None => {
                let shown = match text {
                    Some(text) => Expr::unary("&", text),
                    None => self.shown_ref(value),
                };
                let name = self.rt("format");
                let spec = Expr::Atom(literal::string(spec));
                template.push(Expr::call(name, vec![shown, spec]), "");
            }
        }
    }

    /// `{x:?}` with what Ruchy's macros take from Rust: the spec is Rust's.
    fn add_debug(&mut self, value: NodeId, ty: Ty, spec: &str, template: &mut Template) {
        let spec = format!("{spec}?");
        match self.env.debugs_as_rust(ty) {
            true => {
                let shown = self.shown(value);
                template.push(shown, &spec);
            }
            false => {
                let shown = self.shown_ref(value);
                let name = self.rt("ruchy::debug");
                template.push(Expr::call(name, vec![shown]), &spec);
            }
        }
    }

    fn add_repr(&mut self, value: NodeId, ty: Ty, conv: Conv, spec: &str, template: &mut Template) {
        if self.body.lang == Lang::Ruchy {
            return self.add_debug(value, ty, spec, template);
        }
        if ty.is_int() && spec.is_empty() {
            let shown = self.shown(value);
            return template.push(shown, "");
        }
        let shown = self.shown_ref(value);
        let name = if conv == Conv::Ascii { self.rt("ascii") } else { self.text_function(true) };
        let call = Expr::call(name, vec![shown]);
        match rust_spec(spec, Ty::str(), false) {
            // `repr` is a wrapper that fills no width itself.
            Some(spec) if spec.is_empty() => template.push(call, ""),
            Some(spec) => template.push(call.method("to_string", vec![]), &spec),
            None => {
                let name = self.rt("format");
                let text = Expr::unary("&", call.method("to_string", vec![]));
                template.push(Expr::call(name, vec![text, Expr::Atom(literal::string(spec))]), "");
            }
        }
    }

    fn add_percent(&mut self, value: NodeId, ty: Ty, spec: &str, letter: char, template: &mut Template) {
        if let ('r' | 'a', "") = (letter, spec) {
            let conv = if letter == 'a' { Conv::Ascii } else { Conv::Repr };
            return self.add_repr(value, ty, conv, "", template);
        }
        let plain = match letter {
            'd' | 'i' | 'u' if ty.is_int() => rust_spec(&percent_spec(spec, 'd'), ty, false),
            's' if spec.is_empty() && self.displays(ty) => Some(String::new()),
            's' if *ty.kind() == TyKind::Str => rust_spec(&percent_spec(spec, 's'), ty, false),
            'f' | 'F' if ty.is_float() => rust_spec(&percent_spec(spec, 'f'), ty, self.env.may_nan),
            _ => None,
        };
        let shown = self.shown(value);
        match plain {
            Some(spec) => template.push(shown, &spec),
            None if letter == 's' && spec.is_empty() => {
                let name = self.text_function(false);
                template.push(Expr::call(name, vec![Expr::unary("&", shown)]), "");
            }
            None => {
                // The text of an object is padded as any text.
                let holds_object =
                    ty.any(&mut |part| matches!(part.kind(), TyKind::Class(..) | TyKind::Union(_)));
                let text = match letter {
                    'r' => Some("repr"),
                    'a' => Some("ascii"),
                    's' if holds_object => Some("str"),
                    _ => None,
                };
                let (shown, letter) = match text {
                    Some(name) => {
                        let call = Expr::call(self.rt(name), vec![Expr::unary("&", shown)]);
                        (call.method("to_string", vec![]), 's')
                    }
                    None => (shown, letter),
                };
                let name = self.rt("percent");
                let spec = Expr::Atom(literal::string(&format!("%{spec}{letter}")));
                let values = Expr::unary("&", Expr::Array(vec![as_object(shown)]));
                template.push(Expr::call(name, vec![spec, values]), "");
            }
        }
    }

    /// Rust's `Display` gives the source language's `str(x)`.
    fn displays(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Int(_) | TyKind::Str | TyKind::Error | TyKind::Never => true,
            TyKind::Class(path, _) if self.body.lang != Lang::Ruchy => {
                self.env.program.find_method(*path, "__str__").is_some()
            }
            TyKind::Shared(inner) => matches!(inner.kind(), TyKind::Class(..)) && self.displays(*inner),
            TyKind::Bool => self.body.lang == Lang::Ruchy,
            TyKind::Lib(..) => ty.is_char(),
            TyKind::Class(path, _) if self.body.lang == Lang::Ruchy => {
                self.env.class(*path).is_some_and(|class| class.kind == ClassKind::Enum)
            }
            _ => false,
        }
    }
}

impl Template {
    /// A value: a plain name goes into the braces, anything else becomes an argument.
    fn push(&mut self, value: Expr, spec: &str) {
        // A copy is shown as what it is a copy of.
        let value = super::calls::plain_text(value);
        let colon = if spec.is_empty() { String::new() } else { format!(":{spec}") };
        match value {
            Expr::Atom(name) if is_identifier(&name) => self.text.push_str(&format!("{{{name}{colon}}}")),
            // A static that is computed once shows nothing itself.
            Expr::Unary("*", inner)
                if matches!(&*inner, Expr::Atom(name)
                    if is_identifier(name) && name.contains(char::is_lowercase)) =>
            {
                if let Expr::Atom(name) = *inner {
                    self.text.push_str(&format!("{{{name}{colon}}}"));
                }
            }
            Expr::Atom(text)
                if colon.is_empty() && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) =>
            {
                self.text.push_str(&text);
            }
            value => {
                self.text.push_str(&format!("{{{colon}}}"));
                self.args.push(value);
            }
        }
    }

    fn into_args(self) -> Vec<Expr> {
        std::iter::once(Expr::Atom(format!("\"{}\"", self.text))).chain(self.args).collect()
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !matches!(name, "self" | "true" | "false" | "None")
}

fn is_one_name(text: &str) -> bool {
    text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some_and(is_identifier)
}

/// Flags, width and precision of a `%` conversion as Python's `format` writes them.
fn percent_spec(spec: &str, letter: char) -> String {
    let digits = spec.trim_start_matches(['-', '+', ' ', '#', '0']);
    let flags = &spec[..spec.len() - digits.len()];
    let align = match (flags.contains('-'), letter) {
        (true, _) => "<",
        (false, 's') if !digits.is_empty() && !digits.starts_with('.') => ">",
        _ => "",
    };
    let zero = if flags.contains('0') && !flags.contains('-') { "0" } else { "" };
    let sign = if flags.contains('+') { "+" } else { "" };
    let kind = if letter == 's' { "" } else { &letter.to_string() };
    format!("{align}{sign}{zero}{digits}{kind}")
}

/// A Python format spec as Rust writes it, where both mean the same for the type.
pub(crate) fn rust_spec(spec: &str, ty: Ty, may_nan: bool) -> Option<String> {
    let mut rest = spec;
    let mut fill = String::new();
    let mut chars = rest.chars();
    if let (Some(c), Some(align)) = (chars.next(), chars.next())
        && matches!(align, '<' | '>' | '^')
        && !matches!(c, '{' | '}')
    {
        fill = format!("{c}{align}");
        rest = chars.as_str();
    } else if rest.starts_with(['<', '>', '^']) {
        fill = rest[..1].to_owned();
        rest = &rest[1..];
    }
    let sign = if rest.starts_with('+') { "+" } else { "" };
    rest = &rest[sign.len()..];
    let is_number = ty.is_int() || ty.is_float();
    let zero = if rest.starts_with('0') { "0" } else { "" };
    rest = &rest[zero.len()..];
    let width_end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let width = &rest[..width_end];
    rest = &rest[width_end..];
    let mut precision = "";
    if let Some(after) = rest.strip_prefix('.') {
        let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
        precision = &after[..end];
        rest = &after[end..];
        if precision.is_empty() {
            return None;
        }
    }
    if (!zero.is_empty() && !fill.is_empty()) || (!is_number && (!sign.is_empty() || !zero.is_empty())) {
        return None;
    }
    let precision = match (rest, ty.kind()) {
        ("" | "d", TyKind::Int(_)) if precision.is_empty() => String::new(),
        ("" | "s", TyKind::Str) if precision.is_empty() => String::new(),
        ("" | "s", TyKind::Str) => format!(".{precision}"),
        ("f" | "F", TyKind::Float(_)) if may_nan => return None,
        ("f" | "F", TyKind::Float(_)) if precision.is_empty() => ".6".to_owned(),
        ("f" | "F", TyKind::Float(_)) => format!(".{precision}"),
        _ => return None,
    };
    Some(format!("{fill}{sign}{zero}{width}{precision}"))
}

/// `&x` where a trait object is wanted: what a guard holds, not the guard.
fn as_object(shown: Expr) -> Expr {
    match shown.is_guard() {
        true => Expr::Unary("&", Box::new(Expr::Unary("*", Box::new(shown)))),
        false => Expr::unary("&", shown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specs_that_mean_the_same() {
        let int = Ty::i64();
        assert_eq!(rust_spec("05d", int, false).as_deref(), Some("05"));
        assert_eq!(rust_spec(">8", int, false).as_deref(), Some(">8"));
        assert_eq!(rust_spec("*^8", Ty::str(), false).as_deref(), Some("*^8"));
        assert_eq!(rust_spec("8.2f", Ty::float(), false).as_deref(), Some("8.2"));
        assert_eq!(rust_spec(".2f", Ty::float(), true), None);
        assert_eq!(rust_spec("x", int, false), None);
        assert_eq!(rust_spec(",", int, false), None);
        assert_eq!(rust_spec(".3e", Ty::float(), false), None);
        assert_eq!(percent_spec("-8", 'd'), "<8d");
        assert_eq!(percent_spec("5", 's'), ">5");
        assert_eq!(percent_spec("05.2", 'f'), "05.2f");
    }
}
