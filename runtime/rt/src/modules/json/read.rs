//! JSON text to values.

use super::JSONDecodeError;
use crate::big::Int;
use crate::class::RecursionError;
use crate::collections::Dict;
use crate::error::Error;
use crate::value::Value;

/// Deeper documents are refused, as CPython's recursion limit does.
const DEEPEST: u32 = 990;

/// `json.loads(text)`; an error is a `JSONDecodeError` with CPython's words.
#[track_caller]
pub fn loads(text: &str) -> Result<Value, Error> {
    read(text, None)
}

/// `json.loads(text, object_hook=hook)`: what `hook` makes of each object.
#[track_caller]
pub fn loads_by<R: Into<Value>>(text: &str, hook: impl Fn(Value) -> R) -> Result<Value, Error> {
    let hook = |pairs: Vec<(Value, Value)>| {
        let entries: Dict<Value, Value> = pairs.into_iter().collect();
        hook(Value::Dict(entries.into())).into()
    };
    read(text, Some(&hook))
}

/// `json.loads(text, object_pairs_hook=hook)`: what `hook` makes of the entries of each object.
#[track_caller]
pub fn loads_pairs<R: Into<Value>>(text: &str, hook: impl Fn(Value) -> R) -> Result<Value, Error> {
    let hook = |pairs: Vec<(Value, Value)>| hook(Value::from(pairs)).into();
    read(text, Some(&hook))
}

#[track_caller]
fn read(text: &str, hook: Option<&Hook<'_>>) -> Result<Value, Error> {
    let mut reader = Reader { text, at: 0, hook };
    reader.blank();
    let value = reader.value(0)?;
    reader.blank();
    if reader.at < text.len() {
        return Err(reader.error("Extra data", reader.at));
    }
    Ok(value)
}

/// `json.JSONDecoder()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JSONDecoder;

impl JSONDecoder {
    /// `decoder.raw_decode(text, start)`: the document that starts there, and where it ends.
    #[track_caller]
    pub fn raw_decode(&self, text: &str, start: i64) -> Result<(Value, i64), Error> {
        let at = text.char_indices().nth(start.max(0) as usize).map_or(text.len(), |(at, _)| at);
        let mut reader = Reader { text, at, hook: None };
        let value = reader.value(0)?;
        Ok((value, text[..reader.at].chars().count() as i64))
    }
}

/// What an object becomes, by its entries.
type Hook<'a> = dyn Fn(Vec<(Value, Value)>) -> Value + 'a;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    hook: Option<&'a Hook<'a>>,
}

impl Reader<'_> {
    fn made(&self, entries: Vec<(Value, Value)>) -> Value {
        match self.hook {
            Some(hook) => hook(entries),
            None => Value::Dict(entries.into_iter().collect::<Dict<Value, Value>>().into()),
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[track_caller]
    fn error(&self, words: &str, at: usize) -> Error {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let position = before.chars().count();
        Error::new(JSONDecodeError, format!("{words}: line {line} column {column} (char {position})"))
    }

    #[track_caller]
    fn value(&mut self, depth: u32) -> Result<Value, Error> {
        if depth > DEEPEST {
            let words = "maximum recursion depth exceeded while decoding a JSON value";
            return Err(Error::new(RecursionError, words));
        }
        match self.peek() {
            Some(b'"') => self.string().map(Value::from),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') if !self.rest().starts_with("-Infinity") => self.number(),
            _ => self.word(),
        }
    }

    #[track_caller]
    fn word(&mut self) -> Result<Value, Error> {
        let words = [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ];
        for (word, value) in words {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.error("Expecting value", self.at))
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    #[track_caller]
    fn number(&mut self) -> Result<Value, Error> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if !self.digits() {
            return Err(self.error("Expecting value", start));
        }
        let whole = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.digits() {
                self.at = whole;
            }
        }
        let before_exponent = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.digits() {
                self.at = before_exponent;
            }
        }
        let text = &self.text[start..self.at];
        if self.at == whole {
            Int::from_str_radix(text, 10).map(Value::Int)
        } else {
            crate::number::float_from_str(text).map(Value::Float)
        }
    }

    #[track_caller]
    fn array(&mut self, depth: u32) -> Result<Value, Error> {
        let mut items = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::from(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::from(items));
                }
                _ => return Err(self.error("Expecting ',' delimiter", self.at)),
            }
            self.blank();
        }
    }

    #[track_caller]
    fn object(&mut self, depth: u32) -> Result<Value, Error> {
        let mut entries: Vec<(Value, Value)> = Vec::new();
        self.at += 1;
        self.blank();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(self.made(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                let words = "Expecting property name enclosed in double quotes";
                return Err(self.error(words, self.at));
            }
            let key = Value::from(self.string()?);
            self.blank();
            if self.peek() != Some(b':') {
                return Err(self.error("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.blank();
            let value = self.value(depth + 1)?;
            entries.push((key, value));
            self.blank();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(self.made(entries));
                }
                _ => return Err(self.error("Expecting ',' delimiter", self.at)),
            }
            self.blank();
        }
    }

    #[track_caller]
    fn string(&mut self) -> Result<String, Error> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                None => return Err(self.error("Unterminated string starting at", start)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape(start)?),
                Some(_) => return Err(self.error("Invalid control character at", self.at)),
            }
        }
    }

    /// The character of an escape.
    #[track_caller]
    fn escape(&mut self, start: usize) -> Result<char, Error> {
        let slash = self.at;
        self.at += 1;
        let Some(kind) = self.peek() else {
            return Err(self.error("Unterminated string starting at", start));
        };
        self.at += 1;
        Ok(match kind {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(kind),
            b'u' => self.unicode()?,
            _ => {
                self.at = slash;
                return Err(self.error("Invalid \\escape", slash));
            }
        })
    }

    #[track_caller]
    fn unit(&mut self) -> Result<u16, Error> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => Err(self.error("Invalid \\uXXXX escape", self.at)),
        }
    }

    /// The rest of a `\u` escape; the second half of a pair is read too. A half alone has no
    /// `char` and becomes U+FFFD.
    #[track_caller]
    fn unicode(&mut self) -> Result<char, Error> {
        let first = self.unit()?;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.unit()?;
            if let Some(Ok(c)) = char::decode_utf16([first, second]).next() {
                return Ok(c);
            }
            self.at = back;
        }
        Ok(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER))
    }
}
