//! Source text to preprocessing tokens: line splices and comments are gone, every token knows its place.

use batuta_base::Name;
use std::rc::Rc;

/// C's binary operators by level, loosest first.
pub(crate) const LEVELS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// A range of a file of the translation unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Pos {
    /// Index into the table of files.
    pub file: u16,
    pub start: u32,
    pub end: u32,
}

impl Pos {
    /// From the start of this range to the end of the other, where both lie in one file.
    pub fn to(self, other: Self) -> Self {
        if self.file == other.file && other.end >= self.start {
            Self { end: other.end, ..self }
        } else {
            self
        }
    }
}

/// What a preprocessing token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Ident,
    Number,
    /// `'x'` with its prefix.
    Char,
    /// `"x"` with its prefix.
    Str,
    Punct,
    /// A sign that C does not know.
    Other,
    /// Nothing: what an empty macro argument leaves beside `##`.
    Placemarker,
    /// The end of an included file.
    EndOfFile,
}

/// A preprocessing token.
#[derive(Clone, PartialEq, Debug)]
pub struct Tok {
    pub kind: Kind,
    pub text: Name,
    pub pos: Pos,
    /// White space stands before it.
    pub space: bool,
    /// It is the first of its line.
    pub first: bool,
    /// Macros that must not expand it again.
    pub hide: Rc<[Name]>,
    /// The object-like macro that the token alone is the value of.
    pub named: Option<Name>,
}

impl Tok {
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Punct | Kind::Ident) && self.text == *text
    }
}

/// A comment: range in its file, text without its signs, whether nothing stands before it on its line.
#[derive(Clone, PartialEq, Debug)]
pub struct Remark {
    pub start: u32,
    pub end: u32,
    pub text: String,
    pub own_line: bool,
}

/// Tokens and comments of a file.
#[derive(Default)]
pub struct Lexed {
    pub toks: Vec<Tok>,
    pub remarks: Vec<Remark>,
}

struct Lexer {
    /// The text without line splices; a zero byte at the end.
    text: Vec<u8>,
    /// Offset in the file of each byte of `text`.
    at: Vec<u32>,
    i: usize,
    file: u16,
    out: Lexed,
}

const PUNCTS: &[&str] = &[
    "%:%:", "...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "##", "<:", ":>", "<%", "%>", "%:", "(", ")", "[", "]", "{",
    "}", ".", "&", "*", "+", "-", "~", "!", "/", "%", "<", ">", "^", "|", "?", ":", ";", "=", ",", "#",
];

/// Tokens and comments of a text.
pub fn lex(text: &str, file: u16) -> Lexed {
    let (text, at) = without_splices(text.as_bytes());
    let mut lexer = Lexer { text, at, i: 0, file, out: Lexed::default() };
    lexer.run();
    lexer.out
}

/// The text without backslashes that end a line, and the offset of each byte that stays.
fn without_splices(text: &[u8]) -> (Vec<u8>, Vec<u32>) {
    let (mut out, mut at) = (Vec::with_capacity(text.len() + 4), Vec::with_capacity(text.len() + 4));
    let mut i = 0;
    while i < text.len() {
        match (text[i], text.get(i + 1), text.get(i + 2)) {
            (b'\\', Some(b'\n'), _) => i += 2,
            (b'\\', Some(b'\r'), Some(b'\n')) => i += 3,
            (byte, ..) => {
                out.push(byte);
                at.push(i as u32);
                i += 1;
            }
        }
    }
    out.extend([0; 4]);
    at.extend([text.len() as u32; 4]);
    (out, at)
}

impl Lexer {
    fn run(&mut self) {
        let (mut space, mut first) = (false, true);
        while self.i + 4 < self.text.len() || self.text[self.i] != 0 {
            if self.i + 4 >= self.text.len() {
                break;
            }
            match self.text[self.i] {
                b'\n' => {
                    (space, first) = (true, true);
                    self.i += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                    space = true;
                    self.i += 1;
                }
                b'/' if self.text[self.i + 1] == b'/' => {
                    self.line_comment(first);
                    space = true;
                }
                b'/' if self.text[self.i + 1] == b'*' => {
                    self.block_comment(first);
                    space = true;
                }
                _ => {
                    self.token(space, first);
                    (space, first) = (false, false);
                }
            }
        }
    }

    fn line_comment(&mut self, own_line: bool) {
        let start = self.i;
        while self.i + 4 < self.text.len() && self.text[self.i] != b'\n' {
            self.i += 1;
        }
        let text = String::from_utf8_lossy(&self.text[start + 2..self.i]).trim_end().to_owned();
        self.out.remarks.push(Remark { start: self.at[start], end: self.at[self.i], text, own_line });
    }

    fn block_comment(&mut self, own_line: bool) {
        let start = self.i;
        self.i += 2;
        while self.i + 4 < self.text.len() && !(self.text[self.i] == b'*' && self.text[self.i + 1] == b'/') {
            self.i += 1;
        }
        let text = String::from_utf8_lossy(&self.text[start + 2..self.i]).into_owned();
        self.i = (self.i + 2).min(self.text.len() - 4);
        self.out.remarks.push(Remark { start: self.at[start], end: self.at[self.i], text, own_line });
    }

    fn token(&mut self, space: bool, first: bool) {
        let start = self.i;
        let kind = self.scan();
        let text = String::from_utf8_lossy(&self.text[start..self.i]).into_owned();
        let text = match text.as_str() {
            "<:" => "[",
            ":>" => "]",
            "<%" => "{",
            "%>" => "}",
            "%:" => "#",
            "%:%:" => "##",
            other => other,
        };
        let pos = Pos { file: self.file, start: self.at[start], end: self.at[self.i - 1] + 1 };
        let hide: Rc<[Name]> = Rc::from([]);
        self.out.toks.push(Tok { kind, text: Name::new(text), pos, space, first, hide, named: None });
    }

    fn scan(&mut self) -> Kind {
        let (c, next) = (self.text[self.i], self.text[self.i + 1]);
        if let Some(length) = self.quote_prefix() {
            self.i += length;
            let quote = self.text[self.i];
            self.quoted(quote);
            return if quote == b'"' { Kind::Str } else { Kind::Char };
        }
        if c.is_ascii_alphabetic() || c == b'_' || c == b'$' || c >= 0x80 {
            while is_word(self.text[self.i]) {
                self.i += 1;
            }
            return Kind::Ident;
        }
        if c.is_ascii_digit() || c == b'.' && next.is_ascii_digit() {
            self.number();
            return Kind::Number;
        }
        let rest = &self.text[self.i..];
        match PUNCTS.iter().find(|punct| rest.starts_with(punct.as_bytes())) {
            Some(punct) => {
                self.i += punct.len();
                Kind::Punct
            }
            None => {
                self.i += 1;
                Kind::Other
            }
        }
    }

    /// Length of the prefix before a quote that starts here; `None` where no literal starts.
    fn quote_prefix(&self) -> Option<usize> {
        let rest = &self.text[self.i..];
        let prefixes: [&[u8]; 5] = [b"", b"L", b"u8", b"u", b"U"];
        prefixes
            .iter()
            .find(|p| rest.starts_with(p) && matches!(rest[p.len()], b'"' | b'\''))
            .map(|p| p.len())
    }

    fn quoted(&mut self, quote: u8) {
        self.i += 1;
        while self.i + 4 < self.text.len() && self.text[self.i] != b'\n' {
            match self.text[self.i] {
                b'\\' => self.i += 2,
                byte => {
                    self.i += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
        self.i = self.i.min(self.text.len() - 4);
    }

    fn number(&mut self) {
        loop {
            let c = self.text[self.i];
            let next = self.text[self.i + 1];
            if matches!(c, b'e' | b'E' | b'p' | b'P') && matches!(next, b'+' | b'-') {
                self.i += 2;
            } else if is_word(c) || c == b'.' {
                self.i += 1;
            } else {
                return;
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}
