//! Arguments of exceptions that are containers of plain values: read back from their text.
//!
//! `('a', 1)` as a value is a tuple again. What holds an object of the program, or a dynamic value, stays a text.

use crate::big::Int;
use crate::collections::{Dict, Set};
use crate::value::Value;

/// Whether a value of the type is told by its text: built of texts, numbers, `None` and containers of the library alone.
pub(crate) fn is_plain(type_name: &str) -> bool {
    const KNOWN: [&str; 18] = [
        "i32",
        "usize",
        "str",
        "bool",
        "i64",
        "f64",
        "alloc::string::String",
        "alloc::vec::Vec",
        "alloc::rc::Rc",
        "core::option::Option",
        "Int",
        "List",
        "Dict",
        "Set",
        "Tuple",
        "SharedDict",
        "SharedSet",
        "mut",
    ];
    let mut words = type_name.split(|c: char| !(c.is_alphanumeric() || c == ':' || c == '_'));
    words.all(|word| {
        let own = word.starts_with("batuta_rt::").then(|| word.rsplit("::").next().unwrap_or(word));
        word.is_empty() || KNOWN.contains(&own.unwrap_or(word))
    })
}

/// The container that a text is; none where it is anything else.
pub(crate) fn container(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text };
    let value = reader.value()?;
    let is_container = text.starts_with(['(', '[', '{']);
    (is_container && reader.rest.is_empty()).then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn takes(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self) -> Option<Value> {
        match self.rest.chars().next()? {
            '(' => {
                self.takes("(");
                let (items, has_comma) = self.items(")")?;
                // `(1)` is no tuple.
                (items.len() != 1 || has_comma).then(|| Value::Tuple(items.into()))
            }
            '[' => {
                self.takes("[");
                Some(Value::from(self.items("]")?.0))
            }
            '{' => self.entries(),
            quote @ ('\'' | '"') => self.text(quote),
            _ => self.word(),
        }
    }

    /// Items up to the end, and whether the last has a comma.
    fn items(&mut self, end: &str) -> Option<(Vec<Value>, bool)> {
        let mut items = Vec::new();
        if self.takes(end) {
            return Some((items, false));
        }
        loop {
            items.push(self.value()?);
            if self.takes(end) {
                return Some((items, false));
            }
            if self.takes(",") && self.takes(end) {
                return Some((items, true));
            }
            if !self.takes(" ") {
                return None;
            }
        }
    }

    fn entries(&mut self) -> Option<Value> {
        self.takes("{");
        if self.takes("}") {
            return Some(Value::from(Dict::<Value, Value>::new()));
        }
        let first = self.value()?;
        if !self.takes(": ") {
            let mut items = Set::from([first]);
            while self.takes(", ") {
                items.insert(self.value()?);
            }
            return self.takes("}").then(|| Value::from(items));
        }
        let mut dict = Dict::from([(first, self.value()?)]);
        while self.takes(", ") {
            let key = self.value()?;
            if !self.takes(": ") {
                return None;
            }
            dict.insert(key, self.value()?);
        }
        self.takes("}").then(|| Value::from(dict))
    }

    /// A text without escapes.
    fn text(&mut self, quote: char) -> Option<Value> {
        let inner = &self.rest[1..];
        let end = inner.find([quote, '\\']).filter(|end| inner[*end..].starts_with(quote))?;
        self.rest = &inner[end + 1..];
        Some(Value::from(&inner[..end]))
    }

    fn word(&mut self) -> Option<Value> {
        let end = self.rest.find([',', ')', ']', '}', ':', ' ']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(match word {
            "None" => Value::None,
            "True" => Value::Bool(true),
            "False" => Value::Bool(false),
            _ => match (word.parse::<Int>(), word.parse::<f64>()) {
                (Ok(number), _) => Value::Int(number),
                (_, Ok(number)) => Value::Float(number),
                _ => return None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_read_back() {
        for text in ["()", "('a', 1)", "(1,)", "[1, [2.5, None]]", "{'k': [True], 2: ()}", "{3}", "{}"] {
            let value = container(text).expect("it is a container");
            assert_eq!(crate::repr(&value).to_string(), text);
        }
        for text in ["5", "'a'", "[Point(1)]", "(1)", "[1", "['\\n']", "<object>"] {
            assert!(container(text).is_none(), "{text}");
        }
    }

    #[test]
    fn types_of_the_program_are_none() {
        assert!(is_plain("(alloc::string::String, i64)"));
        assert!(is_plain("&batuta_rt::collections::dict::Dict<alloc::string::String, alloc::vec::Vec<f64>>"));
        assert!(!is_plain("alloc::vec::Vec<main::Point>"));
        assert!(!is_plain("batuta_rt::value::Value"));
    }
}
