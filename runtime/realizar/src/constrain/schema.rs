//! JSON schema to grammar.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::{Alternative, Element, Grammar};
use crate::error::{Error, Result};

/// Keywords that describe but do not restrict.
const NOTES: [&str; 10] = [
    "$schema",
    "$id",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "$comment",
    "additionalProperties",
];
/// Items and nesting that a schema may ask for.
const MOST_ITEMS: u64 = 256;
const MOST_DEPTH: usize = 64;

pub(super) fn compile(schema: &Value) -> Result<Grammar> {
    let mut c =
        Compiler { grammar: Grammar::default(), root: schema, refs: FxHashMap::default(), basics: None };
    c.reserve();
    let value = c.schema(schema, 0)?;
    c.grammar.rules[0] = vec![vec![Element::Rule(value)]];
    Ok(c.grammar)
}

struct Compiler<'s> {
    grammar: Grammar,
    root: &'s Value,
    refs: FxHashMap<String, usize>,
    basics: Option<Basics>,
}

#[derive(Clone, Copy)]
struct Basics {
    space: usize,
    string: usize,
    number: usize,
    integer: usize,
    any: usize,
}

fn bytes(allowed: impl Fn(u8) -> bool) -> Element {
    Element::Byte(Box::new(std::array::from_fn(|b| allowed(b as u8))))
}

fn text(text: &str) -> Alternative {
    text.bytes().map(|wanted| bytes(|b| b == wanted)).collect()
}

fn joined(parts: impl IntoIterator<Item = Alternative>) -> Alternative {
    parts.into_iter().flatten().collect()
}

fn rule(id: usize) -> Alternative {
    vec![Element::Rule(id)]
}

impl Compiler<'_> {
    fn reserve(&mut self) -> usize {
        self.grammar.rules.push(Vec::new());
        self.grammar.rules.len() - 1
    }

    fn add(&mut self, alternatives: Vec<Alternative>) -> usize {
        let id = self.reserve();
        self.grammar.rules[id] = alternatives;
        id
    }

    /// `element` at least `least` and at most `most` times.
    fn repeat(&mut self, element: &Alternative, least: usize, most: usize) -> usize {
        let mut id = self.add(vec![vec![]]);
        for i in (0..most).rev() {
            let mut alternatives = vec![joined([element.clone(), rule(id)])];
            if i >= least {
                alternatives.push(vec![]);
            }
            id = self.add(alternatives);
        }
        id
    }

    fn basics(&mut self) -> Basics {
        if let Some(found) = self.basics {
            return found;
        }
        let indent = self.repeat(&text(" "), 0, 16);
        let space = self.add(vec![vec![], text(" "), joined([text("\n"), rule(indent)])]);
        let string = self.string();
        let (integer, number) = self.numbers();
        let any = self.reserve();
        let basics = Basics { space, string, number, integer, any };
        self.basics = Some(basics);
        let object = self.object_of(any);
        let array = self.array_of(any, 0, None);
        self.grammar.rules[any] = vec![
            rule(string),
            rule(number),
            text("true"),
            text("false"),
            text("null"),
            rule(object),
            rule(array),
        ];
        basics
    }

    /// A quoted text: UTF-8 without control characters, or escapes.
    fn string(&mut self) -> usize {
        let rest = self.reserve();
        let tail = vec![bytes(|b| b & 0xc0 == 0x80)];
        let hex = bytes(|b| b.is_ascii_hexdigit());
        let go_on = |parts: Vec<Alternative>| joined(parts.into_iter().chain([rule(rest)]));
        let one = |f: fn(u8) -> bool| vec![bytes(f)];
        self.grammar.rules[rest] = vec![
            text("\""),
            go_on(vec![one(|b| (0x20..0x80).contains(&b) && b != b'"' && b != b'\\' && b != 0x7f)]),
            go_on(vec![text("\\"), one(|b| b"\"\\/bfnrt".contains(&b))]),
            go_on(vec![text("\\u"), vec![hex.clone(), hex.clone(), hex.clone(), hex]]),
            go_on(vec![one(|b| (0xc2..=0xdf).contains(&b)), tail.clone()]),
            go_on(vec![one(|b| b == 0xe0), one(|b| (0xa0..=0xbf).contains(&b)), tail.clone()]),
            go_on(vec![one(|b| (0xe1..=0xef).contains(&b) && b != 0xed), tail.clone(), tail.clone()]),
            go_on(vec![one(|b| b == 0xed), one(|b| (0x80..=0x9f).contains(&b)), tail.clone()]),
            go_on(vec![one(|b| b == 0xf0), one(|b| (0x90..=0xbf).contains(&b)), tail.clone(), tail.clone()]),
            go_on(vec![one(|b| (0xf1..=0xf3).contains(&b)), tail.clone(), tail.clone(), tail.clone()]),
            go_on(vec![one(|b| b == 0xf4), one(|b| (0x80..=0x8f).contains(&b)), tail.clone(), tail]),
        ];
        self.add(vec![joined([text("\""), rule(rest)])])
    }

    /// Rules for whole numbers and for all numbers, of up to 16 digits a part.
    fn numbers(&mut self) -> (usize, usize) {
        let digit = vec![bytes(|b| b.is_ascii_digit())];
        let more = self.repeat(&digit, 0, 15);
        let some = self.repeat(&digit, 1, 16);
        let sign = self.add(vec![vec![], text("-")]);
        let whole = vec![bytes(|b| (b'1'..=b'9').contains(&b))];
        let integer =
            self.add(vec![joined([rule(sign), text("0")]), joined([rule(sign), whole, rule(more)])]);
        let fraction = self.add(vec![vec![], joined([text("."), rule(some)])]);
        let power_sign = self.add(vec![vec![], vec![bytes(|b| b == b'+' || b == b'-')]]);
        let two = self.repeat(&digit, 1, 2);
        let e = vec![bytes(|b| b == b'e' || b == b'E')];
        let power = self.add(vec![vec![], joined([e, rule(power_sign), rule(two)])]);
        (integer, self.add(vec![joined([rule(integer), rule(fraction), rule(power)])]))
    }

    /// An object with any names and values of one rule.
    fn object_of(&mut self, value: usize) -> usize {
        let Basics { space, string, .. } = self.basics();
        let pair = joined([rule(string), text(":"), rule(space), rule(value)]);
        let rest = self.reserve();
        self.grammar.rules[rest] = vec![
            joined([rule(space), text("}")]),
            joined([text(","), rule(space), pair.clone(), rule(rest)]),
        ];
        self.add(vec![
            joined([text("{"), rule(space), text("}")]),
            joined([text("{"), rule(space), pair, rule(rest)]),
        ])
    }

    fn array_of(&mut self, item: usize, least: usize, most: Option<usize>) -> usize {
        let Basics { space, .. } = self.basics();
        let close = joined([rule(space), text("]")]);
        let next = joined([text(","), rule(space), rule(item)]);
        let needed = least.saturating_sub(1);
        let rest = match most {
            Some(most) => {
                let id = self.repeat(&next, needed, most.saturating_sub(1).max(needed));
                joined([rule(id), close.clone()])
            }
            None => {
                let exact = self.repeat(&next, needed, needed);
                let more = self.reserve();
                self.grammar.rules[more] = vec![close.clone(), joined([next, rule(more)])];
                joined([rule(exact), rule(more)])
            }
        };
        let mut alternatives = Vec::new();
        if least == 0 {
            alternatives.push(joined([text("["), close]));
        }
        if most != Some(0) {
            alternatives.push(joined([text("["), rule(space), rule(item), rest]));
        }
        self.add(alternatives)
    }

    fn schema(&mut self, schema: &Value, depth: usize) -> Result<usize> {
        if depth > MOST_DEPTH {
            return Err(Error::input("the schema is nested too deeply"));
        }
        let map = match schema {
            Value::Bool(true) => return Ok(self.basics().any),
            Value::Object(map) => map,
            _ => return Err(Error::input("a schema must be an object or `true`")),
        };
        if let Some(path) = map.get("$ref") {
            return self.reference(path, depth);
        }
        if let Some(value) = map.get("const") {
            known(map, &["const", "type"])?;
            return Ok(self.add(vec![text(&value.to_string())]));
        }
        if let Some(values) = map.get("enum") {
            known(map, &["enum", "type"])?;
            let values = values.as_array().filter(|v| !v.is_empty());
            let values = values.ok_or_else(|| Error::input("`enum` must be a list of values"))?;
            return Ok(self.add(values.iter().map(|v| text(&v.to_string())).collect()));
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(choices) = map.get(key) {
                known(map, &[key])?;
                return self.choice(choices, key, depth);
            }
        }
        match map.get("type") {
            None if map.contains_key("properties") => self.object(map, depth),
            None => {
                known(map, &[])?;
                Ok(self.basics().any)
            }
            Some(Value::String(name)) => self.typed(name, map, depth),
            Some(Value::Array(names)) => {
                let each = names.iter().map(|n| self.typed(n.as_str().unwrap_or(""), map, depth));
                let ids = each.collect::<Result<Vec<_>>>()?;
                Ok(self.add(ids.into_iter().map(rule).collect()))
            }
            Some(_) => Err(Error::input("`type` must be a name or a list of names")),
        }
    }

    fn choice(&mut self, choices: &Value, key: &str, depth: usize) -> Result<usize> {
        let choices = choices.as_array().filter(|c| !c.is_empty());
        let choices = choices.ok_or_else(|| Error::input(format!("`{key}` must be a list")))?;
        let ids = choices.iter().map(|c| self.schema(c, depth + 1)).collect::<Result<Vec<_>>>()?;
        Ok(self.add(ids.into_iter().map(rule).collect()))
    }

    fn reference(&mut self, path: &Value, depth: usize) -> Result<usize> {
        let path = path.as_str().unwrap_or("");
        if let Some(&id) = self.refs.get(path) {
            return Ok(id);
        }
        let root = self.root;
        let target = path.strip_prefix('#').and_then(|p| root.pointer(p));
        let target = target.ok_or_else(|| Error::unsupported(format!("the schema reference `{path}`")))?;
        if target.get("$ref").is_some() {
            return Err(Error::unsupported("a schema reference to a reference"));
        }
        let id = self.reserve();
        self.refs.insert(path.into(), id);
        let inner = self.schema(target, depth + 1)?;
        if inner == id {
            return Err(Error::input(format!("the schema `{path}` contains only itself")));
        }
        self.grammar.rules[id] = vec![rule(inner)];
        Ok(id)
    }

    fn typed(&mut self, name: &str, map: &Map<String, Value>, depth: usize) -> Result<usize> {
        let single = matches!(map.get("type"), Some(Value::String(_)));
        let plain = |extra: &[&str]| {
            if single { known(map, &[&["type"], extra].concat()) } else { Ok(()) }
        };
        let basics = self.basics();
        match name {
            "object" => return self.object(map, depth),
            "array" => return self.array(map, depth),
            _ => plain(&[])?,
        }
        match name {
            "string" => Ok(basics.string),
            "number" => Ok(basics.number),
            "integer" => Ok(basics.integer),
            "boolean" => Ok(self.add(vec![text("true"), text("false")])),
            "null" => Ok(self.add(vec![text("null")])),
            other => Err(Error::input(format!("`{other}` is not a type of JSON schema"))),
        }
    }

    fn array(&mut self, map: &Map<String, Value>, depth: usize) -> Result<usize> {
        known(map, &["type", "items", "minItems", "maxItems"])?;
        let count = |key: &str| match map.get(key) {
            None => Ok(None),
            Some(v) => match v.as_u64().filter(|&n| n <= MOST_ITEMS) {
                Some(n) => Ok(Some(n as usize)),
                None => Err(Error::unsupported(format!("`{key}` other than 0 to {MOST_ITEMS}"))),
            },
        };
        let (least, most) = (count("minItems")?.unwrap_or(0), count("maxItems")?);
        if most.is_some_and(|most| most < least) {
            return Err(Error::input("`maxItems` is less than `minItems`"));
        }
        let item = match map.get("items") {
            Some(items) => self.schema(items, depth + 1)?,
            None => self.basics().any,
        };
        Ok(self.array_of(item, least, most))
    }

    fn object(&mut self, map: &Map<String, Value>, depth: usize) -> Result<usize> {
        known(map, &["type", "properties", "required"])?;
        let empty = Map::new();
        let properties = match map.get("properties") {
            Some(p) => p.as_object().ok_or_else(|| Error::input("`properties` must be an object"))?,
            None => &empty,
        };
        let required: Vec<&str> = match map.get("required") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if let Some(name) = required.iter().find(|n| !properties.contains_key(**n)) {
            return Err(Error::unsupported(format!("required `{name}` without a schema")));
        }
        if properties.is_empty() {
            let value = match map.get("additionalProperties") {
                Some(v @ Value::Object(_)) => self.schema(v, depth + 1)?,
                Some(Value::Bool(false)) => return Ok(self.add(vec![text("{}")])),
                _ => self.basics().any,
            };
            return Ok(self.object_of(value));
        }
        let space = self.basics().space;
        // From the last property to the first: what may follow when something stands before, or not.
        let close = self.add(vec![joined([rule(space), text("}")])]);
        let (mut after_some, mut after_none) = (close, close);
        for (name, schema) in properties.iter().rev() {
            let value = self.schema(schema, depth + 1)?;
            let name_text = Value::String(name.clone()).to_string();
            let pair = joined([text(&name_text), text(":"), rule(space), rule(value), rule(after_some)]);
            let with_comma = joined([text(","), rule(space), pair.clone()]);
            let first = joined([rule(space), pair]);
            let (mut some, mut none) = (vec![with_comma], vec![first]);
            if !required.contains(&name.as_str()) {
                some.push(rule(after_some));
                none.push(rule(after_none));
            }
            (after_some, after_none) = (self.add(some), self.add(none));
        }
        Ok(self.add(vec![joined([text("{"), rule(after_none)])]))
    }
}

/// Fails if the schema has a keyword that restricts and is not in `handled`.
fn known(map: &Map<String, Value>, handled: &[&str]) -> Result<()> {
    let unknown = map.keys().find(|k| !handled.contains(&k.as_str()) && !NOTES.contains(&k.as_str()));
    match unknown {
        Some(key) => Err(Error::unsupported(format!("the JSON schema keyword `{key}` here"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Constraint;

    fn whole(schema: &serde_json::Value, text: &str) -> bool {
        let mut c = Constraint::from_schema(schema).expect("known keywords");
        let fits = c.accepts(text.as_bytes());
        c.advance(text.as_bytes());
        fits && c.is_complete()
    }

    #[test]
    fn objects_have_their_properties_in_order() {
        let schema = json!({"type": "object", "properties": {
            "name": {"type": "string"}, "age": {"type": "integer"}, "tags": {"type": "array", "items": {"enum": ["a", 1]}, "maxItems": 2}
        }, "required": ["age"]});
        for good in [
            r#"{"name": "é\n", "age": 3}"#,
            r#"{"age":-12,"tags":["a", 1]}"#,
            "{\n  \"age\": 0\n}",
            r#"{"age": 1, "tags": []}"#,
        ] {
            assert!(whole(&schema, good), "{good}");
        }
        for bad in [
            "{}",
            r#"{"name": "x"}"#,
            r#"{"age": 1.5}"#,
            r#"{"age": 01}"#,
            r#"{"age": 1,}"#,
            r#"{"age": 1, "tags": ["a", "a", "a"]}"#,
            r#"{"age": 1, "name": "x"}"#,
            r#"{"age": 1, "tags": ["b"]}"#,
        ] {
            assert!(!whole(&schema, bad), "{bad}");
        }
    }

    #[test]
    fn recursion_choices_and_any_value() {
        let schema = json!({"$defs": {"tree": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/tree"}}]}}, "$ref": "#/$defs/tree"});
        assert!(whole(&schema, "[null, [[], [null]]]"));
        assert!(!whole(&schema, "[1]"));
        assert!(whole(&json!(true), r#"{"a": [1, -2.5e+3, true, {"b": "\u00e9"}]}"#));
        assert!(!whole(&json!(true), "{\"a\": \"\u{1}\"}"));
    }

    #[test]
    fn a_finished_value_ends_the_text() {
        let mut c = Constraint::from_schema(&json!({"type": "boolean"})).expect("known");
        c.advance(b"tru");
        assert!(!c.is_complete() && !c.accepts(b"x"));
        c.advance(b"e");
        assert!(c.is_finished());
    }

    #[test]
    fn unknown_keywords_are_refused() {
        for schema in [
            json!({"type": "string", "pattern": "a+"}),
            json!({"type": "integer", "minimum": 3}),
            json!({"not": {}}),
            json!({"$ref": "http://example.org/x"}),
            json!({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
            json!([]),
        ] {
            assert!(Constraint::from_schema(&schema).is_err(), "{schema}");
        }
    }
}
