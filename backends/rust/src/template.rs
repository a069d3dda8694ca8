//! Spellings of library functions, `{0}.push({1})`, as syntax trees with the arguments in place.
//!
//! `{n}` is argument `n`, `{*}` all that no number names, `{R}` the result type's text. What this small
//! grammar does not read (blocks, `if`, `match`) stays text.

use crate::layout;
use crate::print::explicit;
use crate::tree::{Closure, Expr};

/// The expression that a spelling gives for these arguments.
pub fn fill(spelling: &str, args: &[Expr], result: &str) -> Expr {
    let spelling = crate::capture::renamed(&spelling.replace("{R}", result), args);
    let mut parser = Parser { text: &spelling, at: 0, args };
    match parser.expr(0) {
        Some(expr) if parser.rest().trim().is_empty() => tidy(expr),
        _ => Expr::Raw(substitute(&spelling, args)),
    }
}

/// The tree of a text that this grammar reads as a whole.
pub fn read(text: &str) -> Option<Expr> {
    let mut parser = Parser { text, at: 0, args: &[] };
    let expr = parser.expr(0)?;
    parser.rest().trim().is_empty().then_some(expr)
}

/// What a chain says more simply: `map(f).any(|item| item)` is `any(f)`, a sum of ones is a count.
fn tidy(expr: Expr) -> Expr {
    let Expr::Method(of, name, mut args) = expr else { return expr };
    // These take whatever can be iterated.
    if let ("zip" | "chain", [Expr::Method(items, into, none)]) = (name.as_str(), &mut args[..])
        && into == "into_iter"
        && none.is_empty()
        && matches!(**items, Expr::Array(_) | Expr::Atom(_))
    {
        let items = std::mem::replace(&mut **items, Expr::atom(""));
        args = vec![items];
    }
    match (*of, name.as_str(), &args[..]) {
        (Expr::Method(items, map, test), "any" | "all", [Expr::Closure(same)])
            if map == "map" && *same.body == Expr::Atom(same.params.clone()) =>
        {
            Expr::Method(items, name, test)
        }
        (Expr::Method(items, map, one), "sum::<i64>", [])
            if map == "map"
                && matches!(&one[..], [Expr::Closure(one)] if matches!(&*one.body, Expr::Atom(text) if text == "1")) =>
        {
            items.method("count", vec![]).cast("i64")
        }
        (of, _, _) => Expr::Method(Box::new(of), name, args),
    }
}

fn substitute(spelling: &str, args: &[Expr]) -> String {
    let mut out = spelling.to_owned();
    for (index, arg) in args.iter().enumerate() {
        out = out.replace(&format!("{{{index}}}"), &layout::render(arg, 0, 0, 0));
    }
    out
}

/// `|(a, b)| (|x, y| x + y)(a, b)` is `|(x, y)| x + y`.
fn called_with(params: &str, body: &Expr) -> Option<Closure> {
    let Expr::Call(function, args) = body else { return None };
    let Expr::Closure(inner) = &**function else { return None };
    let names: Option<Vec<&str>> = args
        .iter()
        .map(|arg| match arg {
            Expr::Atom(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let names = names?.join(", ");
    if inner.params.contains([':', '&', '(']) {
        return None;
    }
    if params == names {
        return Some(inner.clone());
    }
    let is_tuple = params == format!("({names})");
    is_tuple.then(|| Closure { params: format!("({})", inner.params), ..inner.clone() })
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    args: &'a [Expr],
}

const BINARY: &[(&str, u8)] = &[
    ("||", 2),
    ("&&", 3),
    ("==", 4),
    ("!=", 4),
    ("<=", 4),
    (">=", 4),
    ("<<", 8),
    (">>", 8),
    ("<", 4),
    (">", 4),
    ("|", 5),
    ("^", 6),
    ("&", 7),
    ("+", 9),
    ("-", 9),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    fn expr(&mut self, least: u8) -> Option<Expr> {
        let mut left = self.prefix()?;
        loop {
            self.space();
            if self.rest().starts_with("as ") {
                self.at += 3;
                let ty = self.path()?;
                left = left.cast(ty);
                continue;
            }
            if least <= 1 && self.rest().starts_with("..") {
                let inclusive = self.rest().starts_with("..=");
                self.at += if inclusive { 3 } else { 2 };
                let end = self.range_end();
                left = Expr::Range(Some(Box::new(left)), end, inclusive);
                continue;
            }
            let rest = self.rest();
            if least == 0 && rest.starts_with("= ") {
                self.at += 2;
                let value = self.expr(0)?;
                return Some(Expr::Assign(Box::new(left), "", Box::new(value)));
            }
            let Some((op, prec)) = BINARY.iter().find(|(op, _)| rest.starts_with(op)) else {
                return Some(left);
            };
            if *prec < least || rest[op.len()..].starts_with('=') {
                return Some(left);
            }
            self.at += op.len();
            let right = self.expr(prec + 1)?;
            left = explicit(left).binary(op, explicit(right));
        }
    }

    fn range_end(&mut self) -> Option<Box<Expr>> {
        self.space();
        if self.rest().is_empty() || self.rest().starts_with([')', ']', ',']) {
            return None;
        }
        self.expr(2).map(Box::new)
    }

    fn prefix(&mut self) -> Option<Expr> {
        self.space();
        if self.rest().starts_with("||") || self.rest().starts_with('|') || self.rest().starts_with("move |")
        {
            return self.closure();
        }
        for sign in ["&mut ", "&", "*", "-", "!"] {
            if self.eat(sign) {
                return Some(match (sign, self.expr(11)?) {
                    // What is lent already is lent once.
                    ("&", lent @ Expr::Unary("&", _)) => lent,
                    (sign, of) => Expr::unary(sign, of),
                });
            }
        }
        if self.eat("..") {
            let end = self.range_end();
            return Some(Expr::Range(None, end, false));
        }
        let first = self.primary()?;
        self.postfix(first)
    }

    fn closure(&mut self) -> Option<Expr> {
        let is_move = self.eat("move ");
        let params = if self.eat("||") {
            String::new()
        } else {
            self.eat("|");
            let end = self.rest().find('|')?;
            let params = self.rest()[..end].to_owned();
            self.at += end + 1;
            params
        };
        let body = self.expr(0)?;
        Some(Expr::Closure(called_with(&params, &body).unwrap_or(Closure {
            params,
            is_move,
            ret: None,
            body: Box::new(body),
        })))
    }

    fn primary(&mut self) -> Option<Expr> {
        let first = self.rest().chars().next()?;
        match first {
            '{' => self.hole(),
            '(' => {
                let (mut items, comma) = self.list("(", ")")?;
                Some(if items.len() == 1 && !comma { items.remove(0) } else { Expr::Tuple(items) })
            }
            '[' => Some(Expr::Array(self.list("[", "]")?.0)),
            '"' | '\'' => {
                let end = self.rest()[1..].find(first)? + 2;
                let text = self.rest()[..end].to_owned();
                self.at += end;
                Some(Expr::Atom(text))
            }
            '0'..='9' => {
                let rest = self.rest();
                let is_number = |at: usize, c: char| {
                    c.is_ascii_alphanumeric()
                        || c == '_'
                        || c == '.' && rest[at + 1..].starts_with(|d: char| d.is_ascii_digit())
                };
                let end =
                    rest.char_indices().find(|(at, c)| !is_number(*at, *c)).map_or(rest.len(), |(at, _)| at);
                let text = rest[..end].to_owned();
                self.at += end;
                Some(Expr::Atom(text))
            }
            c if c.is_alphabetic() || c == '_' => self.path_expr(),
            _ => None,
        }
    }

    fn hole(&mut self) -> Option<Expr> {
        let end = self.rest().find('}')?;
        let number: usize = self.rest()[1..end].parse().ok()?;
        self.at += end + 1;
        self.args.get(number).cloned()
    }

    fn path_expr(&mut self) -> Option<Expr> {
        let path = self.path()?;
        if matches!(path.as_str(), "if" | "match" | "loop" | "while" | "for" | "unsafe" | "let") {
            return None;
        }
        if self.rest().starts_with("!(") || self.rest().starts_with("![") {
            self.at += 1;
            let (open, close) = if self.rest().starts_with('(') { ("(", ")") } else { ("[", "]") };
            return Some(Expr::Macro(path, self.list(open, close)?.0));
        }
        let last = path.rsplit("::").next().unwrap_or(&path);
        if last.starts_with(char::is_uppercase) && self.rest().starts_with(" { ") {
            self.at += 1;
            return Some(Expr::Struct(path, self.fields()?));
        }
        Some(Expr::Atom(path))
    }

    /// `{ name: value, ..base }`.
    fn fields(&mut self) -> Option<Vec<(String, Expr)>> {
        self.eat("{");
        let mut out = Vec::new();
        while !self.eat("}") {
            if self.eat("..") {
                out.push(("..".to_owned(), self.expr(2)?));
            } else {
                let name = self.path()?;
                let value = if self.eat(":") { self.expr(0)? } else { Expr::Atom(name.clone()) };
                out.push((name, value));
            }
            if !self.eat(",") && !self.rest().trim_start().starts_with('}') {
                return None;
            }
        }
        Some(out)
    }

    /// `a::b::<T>`, `Vec<T>` only behind `as` and `::`.
    fn path(&mut self) -> Option<String> {
        self.space();
        let start = self.at;
        loop {
            let rest = self.rest();
            let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            if word == 0 {
                return None;
            }
            self.at += word;
            if self.rest().starts_with("::<") {
                self.at += 2;
                self.angles()?;
            }
            if !self.rest().starts_with("::") {
                return Some(self.text[start..self.at].to_owned());
            }
            self.at += 2;
        }
    }

    /// Skips `<..>`.
    fn angles(&mut self) -> Option<()> {
        let mut depth = 0;
        for (at, c) in self.rest().char_indices() {
            depth += i32::from(c == '<') - i32::from(c == '>');
            if depth == 0 {
                self.at += at + 1;
                return Some(());
            }
        }
        None
    }

    fn list(&mut self, open: &str, close: &str) -> Option<(Vec<Expr>, bool)> {
        self.eat(open);
        let mut items = Vec::new();
        let mut comma = false;
        while !self.eat(close) {
            if self.eat("{*}") {
                items.extend(self.unnamed_args());
            } else {
                items.push(self.expr(0)?);
            }
            comma = self.eat(",");
            if !comma {
                self.space();
                if !self.rest().starts_with(close) {
                    return None;
                }
            }
        }
        Some((items, comma))
    }

    fn unnamed_args(&self) -> Vec<Expr> {
        let named = |index: &usize| self.text.contains(&format!("{{{index}}}"));
        (0..self.args.len()).filter(|index| !named(index)).map(|index| self.args[index].clone()).collect()
    }

    fn postfix(&mut self, mut expr: Expr) -> Option<Expr> {
        loop {
            if self.rest().starts_with('?') {
                self.at += 1;
                expr = Expr::Try(Box::new(expr));
            } else if self.rest().starts_with('(') {
                expr = Expr::Call(Box::new(expr), self.list("(", ")")?.0);
            } else if self.rest().starts_with('[') {
                let mut items = self.list("[", "]")?.0;
                expr = expr.index(items.pop()?);
            } else if self.rest().starts_with('.') && !self.rest().starts_with("..") {
                self.at += 1;
                let name = self.path()?;
                if self.rest().starts_with('(') {
                    let args = self.list("(", ")")?.0;
                    expr = expr.method(name, args);
                } else {
                    expr = part_of(expr, name);
                }
            } else {
                return Some(expr);
            }
        }
    }
}

/// A part of a tuple: where the tuple is written out, the item alone, so that nothing is moved twice.
fn part_of(tuple: Expr, name: String) -> Expr {
    match (tuple.receiver(), name.parse::<usize>()) {
        (Expr::Tuple(mut items), Ok(at)) if at < items.len() && items.iter().all(is_still) => {
            items.swap_remove(at)
        }
        (tuple, _) => tuple.field(name),
    }
}

/// A name, a literal, or a copy of one: nothing is lost where it is not evaluated.
fn is_still(item: &Expr) -> bool {
    match item {
        Expr::Atom(_) | Expr::Lazy(_) => true,
        Expr::Unary(_, of) | Expr::Field(of, _) => is_still(of),
        Expr::Method(of, name, args) => {
            args.is_empty() && matches!(name.as_str(), "to_owned" | "clone") && is_still(of)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(spelling: &str, args: &[&str]) -> String {
        let args: Vec<_> = args.iter().map(|arg| fill(arg, &[], "")).collect();
        layout::render(&fill(spelling, &args, "i64"), 0, 0, 0)
    }

    #[test]
    fn spellings_take_their_arguments() {
        assert_eq!(filled("{0}.push({1})", &["&mut xs", "1 + 2"]), "xs.push(1 + 2)");
        assert_eq!(filled("{0}.hypot({1})", &["a - b", "c"]), "(a - b).hypot(c)");
        assert_eq!(filled("*{0}.at_mut({1}) = {2}", &["xs", "0", "3"]), "*xs.at_mut(0) = 3");
        assert_eq!(
            filled("rt::str_format({0}, &[{*}], &[])", &["s", "&a", "&b"]),
            "rt::str_format(s, &[&a, &b], &[])"
        );
        assert_eq!(filled("{1} + {0}.sum::<{R}>()", &["xs.iter()", "2"]), "2 + xs.iter().sum::<i64>()");
        assert_eq!(
            filled("{1}.zip({2}).map(|(a, b)| {0}(a, b))", &["f", "x", "y"]),
            "x.zip(y).map(|(a, b)| f(a, b))"
        );
        assert_eq!(filled("({1}..).zip({0})", &["xs", "1"]), "(1..).zip(xs)");
        assert_eq!(filled("{0}.map(|(a, b)| {1}(a, b))", &["xs", "|x, y| x + y"]), "xs.map(|(x, y)| x + y)");
        assert_eq!(filled("{0} as f64", &["a + b"]), "(a + b) as f64");
        assert_eq!(filled("f(&S { a: {0}, ..D::new() })", &["1"]), "f(&S { a: 1, ..D::new() })");
        assert_eq!(filled("{0}.a.0?", &["f()"]), "f().a.0?");
    }
}
