//! Text -> patterns.

use super::cursor::Parsed;
use super::parse::BodyParser;
use crate::*;

impl<L: Level> BodyParser<'_, '_, L> {
    pub(super) fn pat(&mut self) -> Parsed<Pat> {
        let rest = self.cursor.rest();
        if rest.starts_with('%') || rest.starts_with("mut %") {
            let local = self.declared()?;
            let part = if self.cursor.eat(" @ ") { Some(Box::new(self.pat()?)) } else { None };
            return Ok(Pat::Bind(local, part));
        }
        match rest.chars().next() {
            Some('(') => Ok(Pat::Tuple(self.list("(", ")", Self::pat)?)),
            Some('[') => self.list_pat(),
            Some('{') => self.map_pat(),
            Some('&') => {
                self.cursor.expect("&")?;
                Ok(Pat::Ref(Box::new(self.pat()?)))
            }
            _ => self.word_pat(),
        }
    }

    fn word_pat(&mut self) -> Parsed<Pat> {
        let cursor = &mut self.cursor;
        if cursor.eat_keyword("place") {
            return Ok(Pat::Place(self.place()?));
        }
        if cursor.eat("value(") {
            let node = self.node()?;
            self.cursor.expect(")")?;
            return Ok(Pat::Value(node));
        }
        if cursor.eat("some(") {
            let part = self.pat()?;
            self.cursor.expect(")")?;
            return Ok(Pat::Some(Box::new(part)));
        }
        if cursor.eat("none_pat") {
            return Ok(Pat::None);
        }
        if cursor.rest().starts_with("or(") {
            cursor.at += 2;
            return Ok(Pat::Or(self.list("(", ")", Self::pat)?));
        }
        if cursor.eat_keyword("class") {
            return self.class_pat();
        }
        if cursor.eat("_") {
            return Ok(Pat::Wild);
        }
        Ok(Pat::Const(self.constant()?))
    }

    fn class_pat(&mut self) -> Parsed<Pat> {
        let class = self.cursor.item()?;
        let parts = self.list("(", ")", |parser| Ok((parser.arg_name(), parser.pat()?)))?;
        let (mut args, mut named) = (Vec::new(), Vec::new());
        for (name, part) in parts {
            match name {
                Some(name) => named.push((name, part)),
                None => args.push(part),
            }
        }
        Ok(Pat::Class { class, args, named })
    }

    fn list_pat(&mut self) -> Parsed<Pat> {
        let mut rest = None;
        let mut at_rest = 0;
        let mut count = 0;
        let parts = self.list("[", "]", |parser| {
            let text = parser.cursor.rest();
            let is_rest = text.starts_with("..") && (!text.starts_with("...") || text.starts_with("....."));
            count += 1;
            if is_rest {
                parser.cursor.expect("..")?;
                at_rest = count;
            }
            parser.pat()
        })?;
        let mut front = parts;
        let mut back = Vec::new();
        if at_rest > 0 {
            back = front.split_off(at_rest);
            rest = front.pop().map(Box::new);
        }
        Ok(Pat::List { front, rest, back })
    }

    fn map_pat(&mut self) -> Parsed<Pat> {
        let mut rest = None;
        let parts = self.list("{", "}", |parser| {
            if parser.cursor.eat("**") {
                rest = Some(parser.declared()?);
                return Ok(None);
            }
            let key = parser.node()?;
            parser.cursor.expect(" => ")?;
            Ok(Some((key, parser.pat()?)))
        })?;
        Ok(Pat::Map { pairs: parts.into_iter().flatten().collect(), rest })
    }
}
