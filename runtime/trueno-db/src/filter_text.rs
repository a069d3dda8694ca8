//! Reads filters from text.
//!
//! ```text
//! filter  = all { "or" all }
//! all     = one { "and" one }
//! one     = "not" one | "(" filter ")" | "has" name | name test
//! test    = ("==" | "=" | "!=" | "<" | "<=" | ">" | ">=") value
//!         | ["not"] "in" "[" [ value { "," value } ] "]" | "contains" string
//! value   = integer | float | "true" | "false" | string in double or single quotes, with \" \' \\ \n \t
//! ```

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::filter::{Comparison, Filter};
use crate::value::Value;

/// Deepest nesting of parentheses and `not`.
const MAX_DEPTH: usize = 100;

impl FromStr for Filter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Filter> {
        let mut parser = Parser { tokens: scan(text)?, at: 0, end: text.len() };
        let filter = parser.filter(0)?;
        match parser.peek() {
            None => Ok(filter),
            Some(_) => Err(parser.wrong("`and`, `or` or the end")),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Int(i64),
    Float(f64),
    Sign(&'static str),
}

const SIGNS: [&str; 12] = ["==", "!=", "<=", ">=", "=", "<", ">", "(", ")", "[", "]", ","];

fn scan(text: &str) -> Result<Vec<(usize, Token)>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            (Token::Sign(sign), sign.len())
        } else if first == '"' || first == '\'' {
            quoted(rest, at)?
        } else if first.is_ascii_digit() || matches!(first, '-' | '+' | '.') {
            number(rest, at)?
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            (Token::Word(rest[..length].to_string()), length)
        } else {
            return Err(Error::Filter { at, message: format!("unexpected `{first}`") });
        };
        tokens.push((at, token));
        at += length;
    }
    Ok(tokens)
}

fn quoted(rest: &str, at: usize) -> Result<(Token, usize)> {
    let mut letters = rest.char_indices();
    let quote = letters.next().map_or('"', |(_, c)| c);
    let mut text = String::new();
    while let Some((i, c)) = letters.next() {
        match c {
            c if c == quote => return Ok((Token::Text(text), i + 1)),
            '\\' => match letters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, c @ ('"' | '\'' | '\\'))) => text.push(c),
                _ => {
                    return Err(Error::Filter { at: at + i, message: "unknown escape".into() });
                }
            },
            c => text.push(c),
        }
    }
    Err(Error::Filter { at, message: "the string does not end".into() })
}

fn number(rest: &str, at: usize) -> Result<(Token, usize)> {
    let mut length = 0;
    let mut before = ' ';
    for c in rest.chars() {
        let sign = matches!(c, '-' | '+') && (length == 0 || matches!(before, 'e' | 'E'));
        if !(sign || c.is_ascii_alphanumeric() || c == '.' || c == '_') {
            break;
        }
        length += c.len_utf8();
        before = c;
    }
    let digits = rest[..length].replace('_', "");
    let token = if let Ok(x) = digits.parse::<i64>() {
        Token::Int(x)
    } else {
        match digits.parse::<f64>() {
            Ok(x) if x.is_finite() && digits.contains(['.', 'e', 'E']) => Token::Float(x),
            _ => {
                return Err(Error::Filter { at, message: format!("`{}` is no number", &rest[..length]) });
            }
        }
    };
    Ok((token, length))
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn wrong(&self, expected: &str) -> Error {
        let at = self.tokens.get(self.at).map_or(self.end, |(at, _)| *at);
        Error::Filter { at, message: format!("expected {expected}") }
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn eat_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn filter(&mut self, depth: usize) -> Result<Filter> {
        let mut all = vec![self.all(depth)?];
        while self.eat_word("or") {
            all.push(self.all(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::Or(all) })
    }

    fn all(&mut self, depth: usize) -> Result<Filter> {
        let mut all = vec![self.one(depth)?];
        while self.eat_word("and") {
            all.push(self.one(depth)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Filter::And(all) })
    }

    fn one(&mut self, depth: usize) -> Result<Filter> {
        if depth > MAX_DEPTH {
            return Err(self.wrong("less nesting"));
        }
        if self.eat_word("not") {
            return Ok(self.one(depth + 1)?.negate());
        }
        if self.eat_sign("(") {
            let filter = self.filter(depth + 1)?;
            return if self.eat_sign(")") { Ok(filter) } else { Err(self.wrong("`)`")) };
        }
        if self.eat_word("has") {
            return Ok(Filter::Has(self.name()?));
        }
        let name = self.name()?;
        self.test(name)
    }

    fn name(&mut self) -> Result<String> {
        let Some(Token::Word(name)) = self.peek().cloned() else {
            return Err(self.wrong("a column name"));
        };
        self.at += 1;
        Ok(name)
    }

    fn test(&mut self, name: String) -> Result<Filter> {
        if self.eat_word("not") {
            if !self.eat_word("in") {
                return Err(self.wrong("`in`"));
            }
            return Ok(Filter::In(name, self.list()?).negate());
        }
        if self.eat_word("in") {
            return Ok(Filter::In(name, self.list()?));
        }
        if self.eat_word("contains") {
            let Some(Token::Text(text)) = self.peek().cloned() else {
                return Err(self.wrong("a string"));
            };
            self.at += 1;
            return Ok(Filter::Contains(name, text));
        }
        let comparison = match self.peek() {
            Some(Token::Sign("==" | "=")) => Comparison::Eq,
            Some(Token::Sign("!=")) => Comparison::Ne,
            Some(Token::Sign("<")) => Comparison::Lt,
            Some(Token::Sign("<=")) => Comparison::Le,
            Some(Token::Sign(">")) => Comparison::Gt,
            Some(Token::Sign(">=")) => Comparison::Ge,
            _ => return Err(self.wrong("a comparison, `in` or `contains`")),
        };
        self.at += 1;
        Ok(Filter::Compare(name, comparison, self.value()?))
    }

    fn list(&mut self) -> Result<Vec<Value>> {
        if !self.eat_sign("[") {
            return Err(self.wrong("`[`"));
        }
        let mut values = Vec::new();
        if self.eat_sign("]") {
            return Ok(values);
        }
        loop {
            values.push(self.value()?);
            if self.eat_sign("]") {
                return Ok(values);
            }
            if !self.eat_sign(",") {
                return Err(self.wrong("`,` or `]`"));
            }
        }
    }

    fn value(&mut self) -> Result<Value> {
        let value = match self.peek() {
            Some(Token::Int(x)) => Value::Int(*x),
            Some(Token::Float(x)) => Value::Float(*x),
            Some(Token::Text(x)) => Value::Text(x.clone()),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("true") => Value::Bool(true),
            Some(Token::Word(w)) if w.eq_ignore_ascii_case("false") => Value::Bool(false),
            _ => return Err(self.wrong("a value")),
        };
        self.at += 1;
        Ok(value)
    }
}
