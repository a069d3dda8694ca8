//! Values to JSON text.

use std::fmt::Write;

use crate::class::{TypeError, ValueError};
use crate::list::sorted_by_key;
use crate::repr::repr;
use crate::shared::Identity;
use crate::unwind::raise_new;
use crate::value::Value;

/// The options of `json.dumps`.
#[derive(Clone, Debug)]
pub struct Style {
    /// Spaces per level; none for one line.
    pub indent: Option<i64>,
    /// Whether keys are sorted.
    pub sort_keys: bool,
    /// Whether characters beyond ASCII are escaped.
    pub ensure_ascii: bool,
    /// Separators of items and of keys; none for Python's own.
    pub separators: Option<(String, String)>,
}

impl Default for Style {
    fn default() -> Style {
        Style { indent: None, sort_keys: false, ensure_ascii: true, separators: None }
    }
}

/// `json.dumps(value)`; raises `TypeError` for what JSON has no form for.
#[track_caller]
pub fn dumps(value: impl Into<Value>) -> String {
    dumps_with(value, &Style::default())
}

/// `json.dumps(value, indent=indent)`; raises `TypeError` for what JSON has no form for.
#[track_caller]
pub fn pretty(value: impl Into<Value>, indent: i64) -> String {
    dumps_with(value, &Style { indent: Some(indent), ..Style::default() })
}

/// `json.dumps(value, indent=.., ..)`; raises `TypeError` for what JSON has no form for.
#[track_caller]
pub fn dumps_with(value: impl Into<Value>, style: &Style) -> String {
    write(&value.into(), style, None)
}

/// `json.dumps(value, default=default, ..)`: what JSON has no form for is written as `default` gives it.
#[track_caller]
pub fn dumps_by<R: Into<Value>>(
    value: impl Into<Value>,
    default: impl Fn(Value) -> R,
    style: &Style,
) -> String {
    write(&value.into(), style, Some(&|value| default(value.clone()).into()))
}

#[track_caller]
fn write(value: &Value, style: &Style, default: Option<&dyn Fn(&Value) -> Value>) -> String {
    let (item, key) = match &style.separators {
        Some((item, key)) => (item.as_str(), key.as_str()),
        None if style.indent.is_some() => (",", ": "),
        None => (", ", ": "),
    };
    let mut writer = Writer { out: String::new(), style, item, key, default, open: Vec::new(), level: 0 };
    writer.value(value);
    writer.out
}

/// What is written deeper has no end.
const DEEPEST: usize = 900;

/// Where an object lies; 0 of what is made anew each time.
fn identity(value: &Value) -> i64 {
    match value {
        Value::Object(object) => std::rc::Rc::as_ptr(object).cast::<()>().addr() as i64,
        _ => 0,
    }
}

struct Writer<'a> {
    out: String,
    style: &'a Style,
    item: &'a str,
    key: &'a str,
    default: Option<&'a dyn Fn(&Value) -> Value>,
    /// The containers being written, to notice a cycle.
    open: Vec<i64>,
    level: usize,
}

impl Writer<'_> {
    #[track_caller]
    fn value(&mut self, value: &Value) {
        match value {
            Value::None => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Int(number) => {
                let _ = write!(self.out, "{number}");
            }
            Value::Float(x) => self.out.push_str(&float(*x)),
            Value::Str(text) => self.text(text),
            Value::List(list) => {
                self.enter(list.id());
                self.items(&list.to_vec());
                self.open.pop();
            }
            Value::Tuple(items) => self.items(items),
            Value::Dict(dict) => {
                self.enter(dict.id());
                self.entries(dict.items().collect());
                self.open.pop();
            }
            Value::Object(object) if let Some(plain) = object.plain() => self.value(&plain),
            // `OrderedDict`, `Counter` and their like are dicts.
            Value::Object(object)
                if object.is_instance("dict")
                    && let Some(Ok(Value::List(items))) =
                        std::rc::Rc::clone(object).call_method("items", &[]) =>
            {
                self.enter(identity(value));
                let pair = |item: Value| match &item {
                    Value::Tuple(pair) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
                    _ => (item.clone(), Value::None),
                };
                self.entries(items.to_vec().into_iter().map(pair).collect());
                self.open.pop();
            }
            // Objects of a class below `float`.
            Value::Object(object) if object.is_instance("float") && object.number().is_some() => {
                self.value(&object.number().unwrap_or_default());
            }
            other if let Some(default) = self.default => {
                self.enter(identity(other));
                self.value(&default(other));
                self.open.pop();
            }
            other => raise_new(
                TypeError,
                format!("Object of type {} is not JSON serializable", other.class_name()),
            ),
        }
    }

    #[track_caller]
    fn enter(&mut self, id: i64) {
        if self.open.contains(&id) && id != 0 || self.open.len() > DEEPEST {
            raise_new(ValueError, "Circular reference detected");
        }
        self.open.push(id);
    }

    fn new_line(&mut self, level: usize) {
        if let Some(indent) = self.style.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent.max(0) as usize * level));
        }
    }

    #[track_caller]
    fn items(&mut self, items: &[Value]) {
        self.all('[', ']', items, |writer, item| writer.value(item));
    }

    #[track_caller]
    fn entries(&mut self, entries: Vec<(Value, Value)>) {
        let entries = if self.style.sort_keys {
            sorted_by_key(entries, |(key, _)| key.clone(), false)
        } else {
            entries
        };
        self.all('{', '}', &entries, |writer, (key, value)| {
            writer.text(&key_text(key));
            writer.out.push_str(writer.key);
            writer.value(value);
        });
    }

    #[track_caller]
    fn all<T>(&mut self, open: char, close: char, items: &[T], mut each: impl FnMut(&mut Self, &T)) {
        self.out.push(open);
        let level = self.level + 1;
        self.level = level;
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.out.push_str(self.item);
            }
            self.new_line(level);
            each(self, item);
        }
        self.level = level - 1;
        if !items.is_empty() {
            self.new_line(level - 1);
        }
        self.out.push(close);
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                ' '..='~' => self.out.push(c),
                _ if c >= ' ' && !self.style.ensure_ascii => self.out.push(c),
                _ => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let _ = write!(self.out, "\\u{unit:04x}");
                    }
                }
            }
        }
        self.out.push('"');
    }
}

fn float(x: f64) -> String {
    if x.is_nan() {
        "NaN".to_owned()
    } else if x.is_infinite() {
        if x > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() }
    } else {
        repr(&x).to_string()
    }
}

#[track_caller]
fn key_text(key: &Value) -> String {
    match key {
        Value::Str(text) => text.as_ref().to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::None => "null".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(x) => float(*x),
        other => raise_new(
            TypeError,
            format!("keys must be str, int, float, bool or None, not {}", other.class_name()),
        ),
    }
}
