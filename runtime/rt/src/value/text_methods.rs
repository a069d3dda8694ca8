//! The methods of `str`, by name.

use super::Value;
use super::access::iter;
use super::methods::argument;
use crate::class::TypeError;
use crate::format::{Format, str_format};
use crate::text::{PyStr, encode};
use crate::unwind::{OrRaise, raise_new};

/// The text of an argument; raises `TypeError` for anything else.
#[track_caller]
fn text_of<'a>(args: &'a [Value], at: usize, name: &str) -> &'a str {
    match argument(args, at, name) {
        Value::Str(text) => text,
        other => raise_new(
            TypeError,
            format!("{name}() argument {} must be str, not {}", at + 1, other.type_name()),
        ),
    }
}

/// The integer of an argument, or the value it has when it is not given.
#[track_caller]
fn int_or(args: &[Value], at: usize, default: i64) -> i64 {
    match args.get(at) {
        Some(value) => i64::try_from(value).or_raise(),
        None => default,
    }
}

#[track_caller]
fn bound(args: &[Value], at: usize) -> Option<i64> {
    args.get(at).filter(|value| !value.is_none()).map(|value| i64::try_from(value).or_raise())
}

/// `text.startswith(prefix, start, stop)` where the prefix is text or a tuple of texts.
#[track_caller]
pub fn startswith(text: &str, prefix: &Value, start: Option<i64>, stop: Option<i64>) -> bool {
    let args = std::slice::from_ref(prefix);
    matches_any(args, "startswith", |prefix| text.starts_within(prefix, start, stop))
}

/// `text.endswith(suffix, start, stop)` where the suffix is text or a tuple of texts.
#[track_caller]
pub fn endswith(text: &str, suffix: &Value, start: Option<i64>, stop: Option<i64>) -> bool {
    let args = std::slice::from_ref(suffix);
    matches_any(args, "endswith", |suffix| text.ends_within(suffix, start, stop))
}

/// Whether text begins (or ends) with the argument, or with one of its items.
#[track_caller]
fn matches_any(args: &[Value], name: &str, test: impl Fn(&str) -> bool) -> bool {
    match argument(args, 0, name) {
        Value::Tuple(choices) => {
            choices.iter().any(|choice| matches!(choice, Value::Str(choice) if test(choice)))
        }
        _ => test(text_of(args, 0, name)),
    }
}

#[track_caller]
fn join(text: &str, items: &Value) -> String {
    let mut joined = String::new();
    for (i, item) in iter(items).enumerate() {
        if i > 0 {
            joined.push_str(text);
        }
        match &item {
            Value::Str(part) => joined.push_str(part),
            other => raise_new(
                TypeError,
                format!("sequence item {i}: expected str instance, {} found", other.type_name()),
            ),
        }
    }
    joined
}

/// The result of a method of `str`; none when there is no such method here.
#[track_caller]
pub(super) fn text_method(text: &str, name: &str, args: &[Value]) -> Option<Value> {
    if let Some(answer) = question(text, name, args) {
        return Some(Value::Bool(answer));
    }
    if let Some(changed) = change(text, name, args) {
        return Some(Value::from(changed));
    }
    Some(match name {
        "split" | "rsplit" => {
            let maxsplit = int_or(args, 1, -1);
            let parts = match (args.first().filter(|sep| !sep.is_none()), name) {
                (None, "split") => text.split_ws(maxsplit),
                (None, _) => text.rsplit_ws(maxsplit),
                (Some(_), "split") => text.split_sep(text_of(args, 0, name), maxsplit),
                (Some(_), _) => text.rsplit_sep(text_of(args, 0, name), maxsplit),
            };
            Value::from(parts)
        }
        "splitlines" => Value::from(text.py_lines(args.first().is_some_and(Value::is_true))),
        "find" => Value::from(text.find_char(text_of(args, 0, name), bound(args, 1), bound(args, 2))),
        "rfind" => Value::from(text.rfind_char(text_of(args, 0, name), bound(args, 1), bound(args, 2))),
        "index" => Value::from(text.char_index(text_of(args, 0, name), bound(args, 1), bound(args, 2))),
        "rindex" => Value::from(text.char_rindex(text_of(args, 0, name), bound(args, 1), bound(args, 2))),
        "count" => Value::from(text.count_within(text_of(args, 0, name), bound(args, 1), bound(args, 2))),
        "partition" => Value::from(text.py_partition(text_of(args, 0, name))),
        "rpartition" => Value::from(text.py_rpartition(text_of(args, 0, name))),
        "encode" => {
            let word = |at: usize, default| match args.get(at) {
                Some(Value::Str(word)) => word.to_string(),
                _ => String::from(default),
            };
            Value::from(encode(text, &word(0, "utf-8"), &word(1, "strict")).or_raise())
        }
        _ => return None,
    })
}

fn question(text: &str, name: &str, args: &[Value]) -> Option<bool> {
    Some(match name {
        "startswith" => {
            matches_any(args, name, |prefix| text.starts_within(prefix, bound(args, 1), bound(args, 2)))
        }
        "endswith" => {
            matches_any(args, name, |suffix| text.ends_within(suffix, bound(args, 1), bound(args, 2)))
        }
        "isalpha" => text.is_alpha(),
        "isalnum" => text.is_alnum(),
        "isdigit" => text.is_digit(),
        "isdecimal" => text.is_decimal(),
        "isnumeric" => text.is_numeric(),
        "isspace" => text.is_space(),
        "isupper" => text.is_upper(),
        "islower" => text.is_lower(),
        "istitle" => text.is_title(),
        "isidentifier" => text.is_identifier(),
        "isprintable" => text.is_printable(),
        "isascii" => text.is_ascii(),
        _ => return None,
    })
}

#[track_caller]
fn change(text: &str, name: &str, args: &[Value]) -> Option<String> {
    let chars = || args.first().filter(|chars| !chars.is_none()).map(|_| text_of(args, 0, name));
    let fill = || {
        if args.len() > 1 { text_of(args, 1, name) } else { " " }
    };
    Some(match name {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "title" => text.py_title(),
        "capitalize" => text.capitalize(),
        "swapcase" => text.swapcase(),
        "casefold" => text.casefold(),
        "strip" => chars().map_or_else(|| text.py_strip(), |c| text.strip_chars(c)).to_owned(),
        "lstrip" => chars().map_or_else(|| text.py_lstrip(), |c| text.lstrip_chars(c)).to_owned(),
        "rstrip" => chars().map_or_else(|| text.py_rstrip(), |c| text.rstrip_chars(c)).to_owned(),
        "join" => join(text, argument(args, 0, name)),
        "replace" => text.py_replace(text_of(args, 0, name), text_of(args, 1, name), int_or(args, 2, -1)),
        "removeprefix" => text.remove_prefix(text_of(args, 0, name)).to_owned(),
        "removesuffix" => text.remove_suffix(text_of(args, 0, name)).to_owned(),
        "zfill" => text.zfill(int_or(args, 0, 0)),
        "center" => text.center(int_or(args, 0, 0), fill()),
        "ljust" => text.ljust(int_or(args, 0, 0), fill()),
        "rjust" => text.rjust(int_or(args, 0, 0), fill()),
        "expandtabs" => text.expandtabs(int_or(args, 0, 8)),
        "format" => {
            let args: Vec<&dyn Format> = args.iter().map(|arg| arg as &dyn Format).collect();
            str_format(text, &args, &[])
        }
        _ => return None,
    })
}
