//! Text of signatures and types: `(&mut list<'T>, 'T, key: fn('T) -> 'K = none) -> none`.

use crate::{ParamRow, Signature, Take};
use batuta_base::Name;
use batuta_core::{Const, FloatWidth, Ty, TyKind, Width};

/// A signature; the error says what was expected where.
pub fn parse_signature(text: &str) -> Result<Signature, String> {
    let mut parser = Parser { rest: text };
    let params = parser.params()?;
    parser.expect("->")?;
    let result = parser.ty()?;
    parser.end()?;
    Ok(Signature { params, result })
}

/// A type as `Ty` prints it, with `'T` for type variables.
pub fn parse_ty(text: &str) -> Result<Ty, String> {
    let mut parser = Parser { rest: text };
    let ty = parser.ty()?;
    parser.end()?;
    Ok(ty)
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, token: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) { Ok(()) } else { Err(format!("`{token}` expected at `{}`", self.rest)) }
    }

    fn end(&mut self) -> Result<(), String> {
        self.skip();
        if self.rest.is_empty() { Ok(()) } else { Err(format!("unexpected `{}`", self.rest)) }
    }

    fn word(&mut self) -> Result<&'a str, String> {
        self.skip();
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '$';
        let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        if word.is_empty() {
            return Err(format!("a name expected at `{}`", self.rest));
        }
        self.rest = rest;
        Ok(word)
    }

    fn params(&mut self) -> Result<Vec<ParamRow>, String> {
        self.expect("(")?;
        let mut params = Vec::new();
        let mut keyword_only = false;
        while !self.eat(")") {
            let before = self.rest;
            if self.eat("*") {
                self.skip();
                if self.rest.starts_with(',') {
                    keyword_only = true;
                } else {
                    self.rest = before;
                    params.push(self.param(keyword_only)?);
                }
            } else {
                params.push(self.param(keyword_only)?);
            }
            if !self.eat(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok(params)
    }

    fn param(&mut self, keyword_only: bool) -> Result<ParamRow, String> {
        let before = self.rest;
        let name = match self.word() {
            Ok(word) if !self.rest.starts_with("::") && self.eat(":") => Some(Name::new(word)),
            _ => {
                self.rest = before;
                None
            }
        };
        let variadic = self.eat("*");
        let take = if self.eat("&mut ") {
            Take::Write
        } else if self.eat("&") {
            Take::Read
        } else {
            Take::Keep
        };
        let mut ty = self.ty()?;
        let lends = matches!(ty.kind(), TyKind::Iter(item) if matches!(item.kind(), TyKind::Ref(_)));
        if let (true, TyKind::Iter(item)) = (lends, ty.kind()) {
            ty = Ty::iter(item.strip_ref());
        }
        let default = if self.eat("=") { Some(self.constant()?) } else { None };
        Ok(ParamRow { name, take, ty, lends, default, variadic, keyword_only })
    }

    fn constant(&mut self) -> Result<Const, String> {
        self.skip();
        if let Some(rest) = self.rest.strip_prefix('"') {
            return self.text(rest);
        }
        let end = self.rest.find([',', ')']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(match word.trim() {
            "none" => Const::None,
            "true" => Const::Bool(true),
            "false" => Const::Bool(false),
            word if word.contains(['.', 'e']) => {
                Const::Float(word.parse().map_err(|_| format!("`{word}` is no float"))?)
            }
            word if word.parse::<i64>().is_ok() => Const::Int(word.into()),
            word => return Err(format!("`{word}` is no constant")),
        })
    }

    /// A text behind its first `"`, with `\"`, `\n` and `\r`.
    fn text(&mut self, rest: &'a str) -> Result<Const, String> {
        let mut text = String::new();
        let mut chars = rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &rest[at + 1..];
                    return Ok(Const::Str(text.into()));
                }
                '\\' => text.push(match chars.next() {
                    Some((_, 'n')) => '\n',
                    Some((_, 'r')) => '\r',
                    Some((_, c)) => c,
                    None => break,
                }),
                c => text.push(c),
            }
        }
        Err("an open text".to_owned())
    }

    fn args(&mut self, close: &str) -> Result<Vec<Ty>, String> {
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(self.ty()?);
            if !self.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn ty(&mut self) -> Result<Ty, String> {
        if self.eat("&") {
            return Ok(self.ty()?.reference());
        }
        if self.eat("(") {
            return Ok(Ty::tuple(self.args(")")?));
        }
        if self.eat("&") {
            return Ok(self.ty()?.reference());
        }
        if self.eat("'") {
            return Ok(Ty::new(TyKind::Var(Name::new(self.word()?))));
        }
        if self.eat("!") {
            return Ok(Ty::never());
        }
        if self.eat("@") {
            let path = Name::new(self.word()?);
            let args = if self.eat("<") { self.args(">")? } else { Vec::new() };
            return Ok(Ty::new(TyKind::Class(path, args)));
        }
        let word = self.word()?;
        if word == "fn" {
            self.expect("(")?;
            let params = self.args(")")?;
            self.expect("->")?;
            return Ok(Ty::func(params, self.ty()?));
        }
        if word == "type" && self.eat("<@") {
            let path = Name::new(self.word()?);
            self.expect(">")?;
            return Ok(Ty::new(TyKind::TypeOf(path)));
        }
        let args = if self.eat("<") { self.args(">")? } else { Vec::new() };
        named(word, args)
    }
}

fn named(word: &str, args: Vec<Ty>) -> Result<Ty, String> {
    let kind = match (word, args.as_slice()) {
        ("none", []) => TyKind::Unit,
        ("bool", []) => TyKind::Bool,
        ("float", []) => TyKind::Float(FloatWidth::F64),
        ("f32", []) => TyKind::Float(FloatWidth::F32),
        ("num", []) => TyKind::Num,
        ("complex", []) => TyKind::Complex,
        ("str", []) => TyKind::Str,
        ("bytes", []) => TyKind::Bytes,
        ("value", []) => TyKind::Value,
        ("error", []) => TyKind::Error,
        ("range", []) => TyKind::Range,
        ("slice", []) => TyKind::Slice,
        ("list", [a]) => TyKind::List(*a),
        ("set", [a]) => TyKind::Set(*a),
        ("frozenset", [a]) => TyKind::FrozenSet(*a),
        ("option", [a]) => return Ok(Ty::option(*a)),
        ("iter", [a]) => TyKind::Iter(*a),
        ("dict", [k, v]) => TyKind::Dict(*k, *v),
        ("union", items) => TyKind::Union(items.to_vec()),
        ("list" | "set" | "frozenset" | "option" | "iter" | "dict", _) => {
            return Err(format!("`{word}` with {} types inside", args.len()));
        }
        _ => match width(word) {
            Some(width) => TyKind::Int(width),
            None => TyKind::Lib(Name::new(word), args),
        },
    };
    Ok(Ty::new(kind))
}

fn width(word: &str) -> Option<Width> {
    use Width::*;
    [Any, Big, I8, I16, I32, I64, I128, U8, U16, U32, U64, U128, Usize].into_iter().find(|w| w.text() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_read_back_as_they_print() {
        for text in
            ["int", "list<option<str>>", "dict<str, (int, float)>", "fn('T) -> bool", "deque<'T>", "(int,)"]
        {
            assert_eq!(parse_ty(text).unwrap().to_string(), text);
        }
        assert!(parse_ty("list<").is_err() && parse_ty("dict<int>").is_err() && parse_ty("").is_err());
    }

    #[test]
    fn signatures_have_modes_names_and_defaults() {
        let sig = parse_signature("(&mut list<'T>, 'T, *, reverse: bool = false) -> none").unwrap();
        assert_eq!(sig.params[0].take, Take::Write);
        assert_eq!(sig.params[1].take, Take::Keep);
        assert!(sig.params[2].keyword_only);
        assert_eq!(sig.params[2].default, Some(Const::Bool(false)));
        let sig = parse_signature("(&str, *value) -> str").unwrap();
        assert!(sig.params[1].variadic);
        assert!(parse_signature("(int -> int").is_err());
    }
}
