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
    let mut c = Compiler {
        grammar: Grammar::default(),
        root: schema,
        refs: FxHashMap::default(),
        basics: None,
        digits: Vec::new(),
        letter: None,
    };
    c.reserve();
    let value = c.schema(schema, 0)?;
    c.grammar.rules[0] = vec![vec![Element::Rule(value)]];
    Ok(c.grammar)
}

pub(super) struct Compiler<'s> {
    pub(super) grammar: Grammar,
    root: &'s Value,
    refs: FxHashMap<String, usize>,
    basics: Option<Basics>,
    pub(super) digits: Vec<usize>,
    pub(super) letter: Option<usize>,
}

#[derive(Clone, Copy)]
pub(super) struct Basics {
    pub(super) space: usize,
    pub(super) string: usize,
    pub(super) number: usize,
    pub(super) integer: usize,
    pub(super) any: usize,
}

pub(super) fn bytes(allowed: impl Fn(u8) -> bool) -> Element {
    Element::Byte(Box::new(std::array::from_fn(|b| allowed(b as u8))))
}

pub(super) fn text(text: &str) -> Alternative {
    text.bytes().map(|wanted| bytes(|b| b == wanted)).collect()
}

pub(super) fn joined(parts: impl IntoIterator<Item = Alternative>) -> Alternative {
    parts.into_iter().flatten().collect()
}

pub(super) fn rule(id: usize) -> Alternative {
    vec![Element::Rule(id)]
}

impl Compiler<'_> {
    pub(super) fn reserve(&mut self) -> usize {
        self.grammar.rules.push(Vec::new());
        self.grammar.rules.len() - 1
    }

    pub(super) fn add(&mut self, alternatives: Vec<Alternative>) -> usize {
        let id = self.reserve();
        self.grammar.rules[id] = alternatives;
        id
    }

    /// `element` at least `least` and at most `most` times.
    pub(super) fn repeat(&mut self, element: &Alternative, least: usize, most: usize) -> usize {
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

    pub(super) fn basics(&mut self) -> Basics {
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
            return self.values(std::slice::from_ref(value), map);
        }
        if let Some(values) = map.get("enum") {
            known(map, &["enum", "type"])?;
            let values = values.as_array().ok_or_else(|| Error::input("`enum` must be a list of values"))?;
            return self.values(values, map);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(choices) = map.get(key) {
                known(map, &[key])?;
                return self.choice(choices, key, depth);
            }
        }
        match map.get("type") {
            None if map.contains_key("properties") => self.typed("object", &["object"], map, depth),
            None => {
                known(map, &[])?;
                Ok(self.basics().any)
            }
            Some(Value::String(name)) => self.typed(name, &[name], map, depth),
            Some(Value::Array(names)) => {
                let names: Vec<&str> = names.iter().map(|n| n.as_str().unwrap_or("")).collect();
                let each = names.iter().map(|name| self.typed(name, &names, map, depth));
                let ids = each.collect::<Result<Vec<_>>>()?;
                Ok(self.add(ids.into_iter().map(rule).collect()))
            }
            Some(_) => Err(Error::input("`type` must be a name or a list of names")),
        }
    }

    /// One of these values, if it has a type that is allowed.
    fn values(&mut self, values: &[Value], map: &Map<String, Value>) -> Result<usize> {
        let fits = |value: &Value| match map.get("type") {
            None => true,
            Some(Value::Array(names)) => names.iter().any(|name| is_of(value, name)),
            Some(name) => is_of(value, name),
        };
        let fitting: Vec<_> = values.iter().filter(|v| fits(v)).map(|v| text(&v.to_string())).collect();
        match fitting.is_empty() {
            true => Err(Error::input("`enum` or `const` has no value of the schema's type")),
            false => Ok(self.add(fitting)),
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

    /// `names` are all the types that are allowed here: each brings keywords that the others ignore.
    fn typed(&mut self, name: &str, names: &[&str], map: &Map<String, Value>, depth: usize) -> Result<usize> {
        let handled: Vec<&str> = names.iter().flat_map(|name| keywords(name)).copied().collect();
        known(map, &[&["type"], &handled[..]].concat())?;
        match name {
            "object" => self.object(map, depth),
            "array" => self.array(map, depth),
            "string" => self.string_like(map),
            "number" => self.number_like(map, false),
            "integer" => self.number_like(map, true),
            "boolean" => Ok(self.add(vec![text("true"), text("false")])),
            "null" => Ok(self.add(vec![text("null")])),
            other => Err(Error::input(format!("`{other}` is not a type of JSON schema"))),
        }
    }

    fn array(&mut self, map: &Map<String, Value>, depth: usize) -> Result<usize> {
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

/// Keywords that restrict values of a type.
fn keywords(name: &str) -> &'static [&'static str] {
    match name {
        "object" => &["properties", "required"],
        "array" => &["items", "minItems", "maxItems"],
        "string" => &["minLength", "maxLength", "pattern"],
        "number" | "integer" => &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
        _ => &[],
    }
}

fn is_of(value: &Value, name: &Value) -> bool {
    match (value, name.as_str().unwrap_or("")) {
        (Value::Number(n), "integer") => n.is_i64() || n.is_u64(),
        (Value::Object(_), "object")
        | (Value::Array(_), "array")
        | (Value::String(_), "string")
        | (Value::Number(_), "number")
        | (Value::Bool(_), "boolean")
        | (Value::Null, "null") => true,
        _ => false,
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
    fn several_types_have_the_keywords_of_each() {
        let schema = json!({"type": ["string", "array", "null"], "pattern": "^a+$", "maxItems": 0});
        assert!(["\"aa\"", "[]", "null"].iter().all(|text| whole(&schema, text)));
        assert!(!["\"b\"", "[1]", "1"].iter().any(|text| whole(&schema, text)));
        let schema = json!({"type": "string", "enum": ["a", 1]});
        assert!(whole(&schema, "\"a\"") && !whole(&schema, "1"));
    }

    #[test]
    fn texts_that_can_be_read_in_many_ways_cost_no_more() {
        let list = json!({"type": "array", "items": {"$ref": "#/$defs/t"}});
        let schema = json!({"$defs": {"t": {"anyOf": [list, list]}}, "$ref": "#/$defs/t"});
        assert!(whole(&schema, &("[".repeat(200) + &"]".repeat(200))));
        let mut c = Constraint::from_schema(&schema).expect("known");
        c.advance("[".repeat(5000).as_bytes());
        assert!(!c.accepts(b"["), "there is an end to nesting");
        let schema = json!({"type": "string", "pattern": "(a|a|b)+(a|ab|b)+c"});
        assert!(whole(&schema, &format!("\"{}c\"", "ab".repeat(500))));
    }

    #[test]
    fn unknown_keywords_are_refused() {
        for schema in [
            json!({"type": "string", "format": "date"}),
            json!({"type": "integer", "multipleOf": 3}),
            json!({"type": ["integer", "null"], "multipleOf": 3}),
            json!({"type": "integer", "pattern": "3"}),
            json!({"type": "string", "enum": [1, 2]}),
            json!({"not": {}}),
            json!({"$ref": "http://example.org/x"}),
            json!({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
            json!([]),
        ] {
            assert!(Constraint::from_schema(&schema).is_err(), "{schema}");
        }
    }
}
