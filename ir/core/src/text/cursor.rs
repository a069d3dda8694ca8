//! The reading position in a text form, its words, and what is wrong with them.

use crate::{FloatWidth, Ty, TyKind, Width};
use batuta_base::{Name, SourceText};
use std::fmt;

/// What is wrong with a text form, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// One-based.
    pub line: u32,
    /// One-based, in characters.
    pub column: u32,
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}
impl std::error::Error for ParseError {}

pub(super) type Parsed<T> = Result<T, ParseError>;

/// A position in a text.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Length of the item path that a text starts with: words and `<word>`s, joined by single dots.
pub(super) fn path_len(text: &str) -> usize {
    let mut len = 0;
    loop {
        let rest = &text[len..];
        let segment = match rest.strip_prefix('<') {
            Some(inner) => match inner.find(|c| !is_word(c)) {
                Some(end) if end > 0 && inner[end..].starts_with('>') => end + 2,
                _ => 0,
            },
            None => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
        };
        if segment == 0 {
            return len.saturating_sub(1);
        }
        len += segment;
        if !text[len..].starts_with('.') {
            return len;
        }
        len += 1;
    }
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        let place = SourceText::new("", self.text).line_col(self.at);
        Err(ParseError { line: place.line, column: place.column, message: message.into() })
    }

    /// Skips blanks, not line breaks.
    pub(super) fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// Skips blanks and line breaks.
    pub(super) fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes exactly this text, without skipping anything.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    pub(super) fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text) { Ok(()) } else { self.fail(format!("expected `{text}`")) }
    }

    /// Takes the word when it stands alone (no word sign follows), and the blanks behind it.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let Some(after) = self.rest().strip_prefix(word) else { return false };
        let alone = !after.starts_with(|c| is_word(c) || c == '.' || c == ':');
        if alone {
            self.at += word.len();
            self.blanks();
        }
        alone
    }

    /// Takes the word when a blank follows it directly.
    pub(super) fn eat_keyword(&mut self, word: &str) -> bool {
        let found = self.rest().strip_prefix(word).is_some_and(|after| after.starts_with(' '));
        if found {
            self.at += word.len();
            self.blanks();
        }
        found
    }

    /// An item path, or any text in quotes.
    pub(super) fn name(&mut self) -> Parsed<Name> {
        if self.rest().starts_with('"') {
            return Ok(Name::new(&self.string()?));
        }
        match path_len(self.rest()) {
            0 => self.fail("expected a name"),
            len => {
                let name = Name::new(&self.rest()[..len]);
                self.at += len;
                Ok(name)
            }
        }
    }

    /// A name without dots.
    pub(super) fn short_name(&mut self) -> Parsed<Name> {
        if self.rest().starts_with('"') {
            return self.name();
        }
        let len = self.rest().find(|c| !is_word(c)).unwrap_or(self.rest().len());
        if len == 0 {
            return self.fail("expected a word");
        }
        let name = Name::new(&self.rest()[..len]);
        self.at += len;
        Ok(name)
    }

    /// `@path`.
    pub(super) fn item(&mut self) -> Parsed<Name> {
        self.expect("@")?;
        self.name()
    }

    /// Text in quotes.
    pub(super) fn string(&mut self) -> Parsed<String> {
        self.expect("\"")?;
        let mut out = String::new();
        while !self.eat("\"") {
            out.push(self.escaped_char()?);
        }
        Ok(out)
    }

    /// One character of a quoted text, unescaped.
    pub(super) fn escaped_char(&mut self) -> Parsed<char> {
        let Some(c) = self.rest().chars().next() else { return self.fail("the text ends inside quotes") };
        self.at += c.len_utf8();
        if c != '\\' {
            return Ok(c);
        }
        let Some(sign) = self.rest().chars().next() else { return self.fail("the text ends inside quotes") };
        self.at += sign.len_utf8();
        Ok(match sign {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            'u' => return self.unicode_escape(),
            other => other,
        })
    }

    fn unicode_escape(&mut self) -> Parsed<char> {
        self.expect("{")?;
        let digits = self.rest().split('}').next().unwrap_or_default();
        let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        self.at += digits.len();
        self.expect("}")?;
        code.map_or_else(|| self.fail("no such character"), Ok)
    }

    /// Bytes in quotes, `b` already taken.
    pub(super) fn bytes(&mut self) -> Parsed<Vec<u8>> {
        self.expect("\"")?;
        let mut out = Vec::new();
        while !self.eat("\"") {
            if self.eat("\\x") {
                let Some(byte) = self.rest().get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) else {
                    return self.fail("expected two hexadecimal digits");
                };
                self.at += 2;
                out.push(byte);
            } else {
                out.extend(self.escaped_char()?.to_string().bytes());
            }
        }
        Ok(out)
    }

    /// A decimal number's text with an optional minus sign.
    pub(super) fn digits(&mut self) -> Parsed<&'a str> {
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let len = rest[sign..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - sign);
        if len == 0 {
            return self.fail("expected a number");
        }
        self.at += sign + len;
        Ok(&rest[..sign + len])
    }

    /// A type as `Ty`'s `Display` writes it.
    pub(super) fn ty(&mut self) -> Parsed<Ty> {
        let kind = if self.eat("?") {
            TyKind::Unknown
        } else if self.eat("!") {
            TyKind::Never
        } else if self.eat("&mut ") {
            TyKind::RefMut(self.ty()?)
        } else if self.eat("&") {
            TyKind::Ref(self.ty()?)
        } else if self.eat("(") {
            TyKind::Tuple(self.tys(")")?)
        } else if self.eat("'") {
            TyKind::Var(self.name()?)
        } else if self.eat("@") {
            TyKind::Class(self.name()?, self.ty_args()?)
        } else if self.eat("fn(") {
            let params = self.tys(")")?;
            self.expect(" -> ")?;
            TyKind::Func(params, self.ty()?)
        } else {
            return self.named_ty();
        };
        Ok(Ty::new(kind))
    }

    fn named_ty(&mut self) -> Parsed<Ty> {
        let name = self.name()?;
        if let Some(kind) = plain_kind(name.as_str()) {
            return Ok(Ty::new(kind));
        }
        if name == "type" && self.eat("<") {
            let path = self.item()?;
            self.expect(">")?;
            return Ok(Ty::new(TyKind::TypeOf(path)));
        }
        if name == "array" && self.eat("<") {
            let item = self.ty()?;
            self.expect(", ")?;
            let Ok(count) = self.digits()?.parse() else { return self.fail("expected a length") };
            self.expect(">")?;
            return Ok(Ty::new(TyKind::Array(item, count)));
        }
        let args = self.ty_args()?;
        Ok(Ty::new(match (name.as_str(), &args[..]) {
            ("list", [a]) => TyKind::List(*a),
            ("set", [a]) => TyKind::Set(*a),
            ("frozenset", [a]) => TyKind::FrozenSet(*a),
            ("dict", [a, b]) => TyKind::Dict(*a, *b),
            ("option", [a]) => TyKind::Option(*a),
            ("iter", [a]) => TyKind::Iter(*a),
            ("shared", [a]) => TyKind::Shared(*a),
            ("box", [a]) => TyKind::Boxed(*a),
            ("union", _) => TyKind::Union(args),
            _ => TyKind::Lib(name, args),
        }))
    }

    fn ty_args(&mut self) -> Parsed<Vec<Ty>> {
        if self.eat("<") { self.tys(">") } else { Ok(Vec::new()) }
    }

    fn tys(&mut self, close: &str) -> Parsed<Vec<Ty>> {
        let mut out = Vec::new();
        while !self.eat(close) {
            if !out.is_empty() {
                self.expect(",")?;
                self.blanks();
                if self.eat(close) {
                    break;
                }
            }
            out.push(self.ty()?);
        }
        Ok(out)
    }
}

/// Types that are one word.
fn plain_kind(word: &str) -> Option<TyKind> {
    const WIDTHS: [Width; 13] = [
        Width::Any,
        Width::Big,
        Width::I8,
        Width::I16,
        Width::I32,
        Width::I64,
        Width::I128,
        Width::U8,
        Width::U16,
        Width::U32,
        Width::U64,
        Width::U128,
        Width::Usize,
    ];
    Some(match word {
        "none" => TyKind::Unit,
        "bool" => TyKind::Bool,
        "float" => TyKind::Float(FloatWidth::F64),
        "f32" => TyKind::Float(FloatWidth::F32),
        "num" => TyKind::Num,
        "complex" => TyKind::Complex,
        "str" => TyKind::Str,
        "bytes" => TyKind::Bytes,
        "range" => TyKind::Range,
        "slice" => TyKind::Slice,
        "error" => TyKind::Error,
        "value" => TyKind::Value,
        _ => return WIDTHS.into_iter().find(|width| width.text() == word).map(TyKind::Int),
    })
}
