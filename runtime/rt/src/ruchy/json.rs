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
        assert_eq!(json_pretty(&json_parse("[1, []]")), "[\n  1,\n  []\n]");
    }
}
