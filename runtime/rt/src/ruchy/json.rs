//! JSON texts and values.

use super::show::text;
use crate::Value;

/// The value that a JSON text writes.
#[track_caller]
pub fn json_parse(source: &str) -> Value {
    match crate::json::loads(source) {
        Ok(value) => value,
        Err(error) => super::panic(&format!("Failed to parse JSON: {}", error.message())),
    }
}

/// A value as JSON without blanks.
pub fn json_stringify(value: &Value) -> String {
    let mut out = String::new();
    write(value, None, 0, &mut out);
    out
}

/// A value as JSON over several lines.
pub fn json_pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, Some(2), 0, &mut out);
    out
}

/// Whether a text is JSON.
pub fn json_validate(source: &str) -> bool {
    crate::json::loads(source).is_ok()
}

/// What a JSON text writes: `object`, `array`, `string`, `number`, `boolean`, `null`.
#[track_caller]
pub fn json_type(source: &str) -> String {
    let name = match json_parse(source) {
        Value::None => "null",
        Value::Bool(_) => "boolean",
        Value::Int(_) | Value::Float(_) => "number",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        _ => "object",
    };
    name.to_owned()
}

/// The parts of a path: `a.b[0]` and `a.b.0` have three.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty())
}

fn inside(value: &Value, part: &str) -> Value {
    match value {
        Value::Dict(entries) => entries.get(&Value::from(part.to_owned())).unwrap_or_default(),
        Value::List(items) => {
            let at = part.parse::<usize>().ok();
            at.and_then(|at| items.borrow().get(at).cloned()).unwrap_or_default()
        }
        _ => Value::None,
    }
}

/// The value at a path, or nil.
pub fn json_get(value: &Value, path: &str) -> Value {
    parts(path).fold(value.clone(), |value, part| inside(&value, part))
}

/// A value with another one at a path.
#[track_caller]
pub fn json_set(value: &Value, path: &str, new: &Value) -> Value {
    let path: Vec<&str> = parts(path).collect();
    set(value, &path, new)
}

#[track_caller]
fn set(value: &Value, path: &[&str], new: &Value) -> Value {
    let [part, rest @ ..] = path else { return new.clone() };
    let item = set(&inside(value, part), rest, new);
    match value {
        Value::List(_) => {
            let at = part.parse::<i64>().unwrap_or(-1);
            super::call_method(value, "with_item", &[Value::from(at), item])
        }
        Value::Dict(_) => super::call_method(value, "with_insert", &[Value::from((*part).to_owned()), item]),
        _ => {
            let pair = (Value::from((*part).to_owned()), item);
            Value::from([pair].into_iter().collect::<crate::Dict<Value, Value>>())
        }
    }
}

/// Two objects as one; objects that both have are merged, too.
pub fn json_merge(value: &Value, other: &Value) -> Value {
    let (Value::Dict(entries), Value::Dict(more)) = (value, other) else { return other.clone() };
    let mut out = entries.borrow().clone();
    for (key, item) in more.borrow().iter() {
        let merged = match out.get(key) {
            Some(known) => json_merge(known, item),
            None => item.clone(),
        };
        out.insert(key.clone(), merged);
    }
    Value::from(out)
}

#[track_caller]
fn write(value: &Value, indent: Option<usize>, depth: usize, out: &mut String) {
    match value {
        Value::None => out.push_str("null"),
        Value::Str(value) => quoted(value, out),
        Value::List(items) => {
            let items = items.to_vec();
            group('[', ']', items.len(), indent, depth, out, |at, out| {
                write(&items[at], indent, depth + 1, out);
            });
        }
        Value::Tuple(items) => group('[', ']', items.len(), indent, depth, out, |at, out| {
            write(&items[at], indent, depth + 1, out);
        }),
        Value::Dict(entries) => {
            let entries: Vec<(Value, Value)> =
                entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            group('{', '}', entries.len(), indent, depth, out, |at, out| {
                quoted(&text(&entries[at].0).to_string(), out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(&entries[at].1, indent, depth + 1, out);
            });
        }
        Value::Object(object) => {
            super::panic(&format!("a value of type {} has no form in JSON", object.type_name()))
        }
        other => out.push_str(&text(other).to_string()),
    }
}

fn group(
    open: char,
    close: char,
    count: usize,
    indent: Option<usize>,
    depth: usize,
    out: &mut String,
    mut part: impl FnMut(usize, &mut String),
) {
    let line = |depth: usize, out: &mut String| {
        if let Some(width) = indent.filter(|_| count > 0) {
            out.push('\n');
            out.push_str(&" ".repeat(width * depth));
        }
    };
    out.push(open);
    for at in 0..count {
        if at > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        part(at, out);
    }
    line(depth, out);
    out.push(close);
}

fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_written() {
        let value = json_parse("{\"a\": [1, 2.5, null], \"b\": \"x\\ny\"}");
        assert_eq!(json_stringify(&value), "{\"a\":[1,2.5,null],\"b\":\"x\\ny\"}");
        assert!(json_validate("[1]") && !json_validate("[1"));
        let other = json_set(&value, "a[0]", &Value::from(7));
        assert_eq!(json_stringify(&json_get(&other, "a.0")), "7");
        let merged = json_merge(&json_parse("{\"a\":{\"b\":1}}"), &json_parse("{\"a\":{\"c\":2}}"));
        assert_eq!(json_stringify(&merged), "{\"a\":{\"b\":1,\"c\":2}}");
        assert_eq!(json_pretty(&json_parse("[1, []]")), "[\n  1,\n  []\n]");
    }
}
