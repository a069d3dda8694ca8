//! Python's errors for calls with spread arguments: `f(*xs)`, `f(**options)`.
//!
//! The functions read a signature as text: `f(a, b=, *)`, where `=` marks a default and a bare `*`
//! any number of further arguments.

use crate::class::TypeError;
use crate::collections::Dict;
use crate::shared::SharedDict;
use crate::unwind::raise_new;

/// Raises `TypeError` unless the function takes so many positional arguments.
#[track_caller]
pub fn check_positional(signature: &str, count: i64) {
    let (name, params) = parts(signature);
    let is_open = params.contains(&"*");
    let names: Vec<&str> = params.into_iter().filter(|param| *param != "*").collect();
    let needed = names.iter().filter(|name| !name.ends_with('=')).count();
    let count = usize::try_from(count).unwrap_or_default();
    if count < needed {
        missing(name, "positional", &names[count..needed]);
    }
    if count <= names.len() || is_open {
        return;
    }
    let most = names.len();
    let range = if needed < most { format!("from {needed} to {most}") } else { most.to_string() };
    let plural = if most == 1 && needed == most { "" } else { "s" };
    let were = if count == 1 { "was" } else { "were" };
    raise_new(
        TypeError,
        format!("{name}() takes {range} positional argument{plural} but {count} {were} given"),
    );
}

/// Raises `TypeError` unless the names are those of open parameters; a `*` before one marks it as keyword-only.
#[track_caller]
pub fn check_keywords<K: AsRef<str>>(signature: &str, names: impl IntoIterator<Item = K>) {
    let (name, params) = parts(signature);
    let mut open: Vec<&str> = params;
    for key in names {
        let key = key.as_ref();
        let is_key = |param: &&str| param.trim_matches(['*', '=']) == key;
        match open.iter().position(is_key) {
            Some(at) => {
                open.remove(at);
            }
            None => raise_new(TypeError, format!("{name}() got an unexpected keyword argument '{key}'")),
        }
    }
    open.retain(|param| !param.ends_with('='));
    let (named, plain): (Vec<&str>, Vec<&str>) = open.into_iter().partition(|param| param.starts_with('*'));
    if !plain.is_empty() {
        missing(name, "positional", &plain);
    }
    if !named.is_empty() {
        let names: Vec<&str> = named.iter().map(|name| name.trim_start_matches('*')).collect();
        missing(name, "keyword-only", &names);
    }
}

/// A dict of keyword arguments.
pub trait Keywords {
    /// Takes a name out, if it is there.
    fn take_out(&mut self, name: &str);
}

impl<V> Keywords for Dict<String, V> {
    fn take_out(&mut self, name: &str) {
        self.remove(name);
    }
}

impl<V: Clone> Keywords for SharedDict<String, V> {
    fn take_out(&mut self, name: &str) {
        self.borrow_mut().remove(name);
    }
}

/// What `**kwargs` holds: the spread dict without the names, listed as `a, b`, that are parameters.
pub fn other_keywords<D: Keywords>(names: &str, mut given: D) -> D {
    names.split(", ").for_each(|name| given.take_out(name));
    given
}

fn parts(signature: &str) -> (&str, Vec<&str>) {
    let (name, params) = signature.split_once('(').unwrap_or((signature, ""));
    let params = params.trim_end_matches(')').split(", ").filter(|param| !param.is_empty());
    (name, params.collect())
}

#[track_caller]
fn missing(name: &str, kind: &str, names: &[&str]) -> ! {
    raise_new(TypeError, missing_text(name, kind, names))
}

/// Python's words for arguments that are not given.
pub(crate) fn missing_text(name: &str, kind: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let listed = match &quoted[..] {
        [first, last] => format!("{first} and {last}"),
        [.., _] if quoted.len() > 2 => {
            let (last, rest) = quoted.split_last().expect("there are more than two");
            format!("{}, and {last}", rest.join(", "))
        }
        _ => quoted.concat(),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{name}() missing {} required {kind} argument{plural}: {listed}", names.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positional(signature: &str, count: i64) -> String {
        crate::catch(|| check_positional(signature, count)).map_or_else(|e| e.to_string(), |()| String::new())
    }

    fn keywords(signature: &str, names: &[&str]) -> String {
        crate::catch(|| check_keywords(signature, names)).map_or_else(|e| e.to_string(), |()| String::new())
    }

    #[test]
    fn counts_and_names_as_python_words_them() {
        assert_eq!(positional("f(a, b=)", 1), "");
        assert_eq!(positional("f(a, b=, *)", 9), "");
        assert_eq!(
            positional("f(a, b, c)", 0),
            "f() missing 3 required positional arguments: 'a', 'b', and 'c'"
        );
        assert_eq!(positional("f(a, b)", 1), "f() missing 1 required positional argument: 'b'");
        assert_eq!(positional("f(a)", 2), "f() takes 1 positional argument but 2 were given");
        assert_eq!(positional("f()", 1), "f() takes 0 positional arguments but 1 was given");
        assert_eq!(positional("f(a, b=)", 3), "f() takes from 1 to 2 positional arguments but 3 were given");
        assert_eq!(keywords("f(a, *b=)", &["a"]), "");
        assert_eq!(keywords("f(a)", &["a", "x"]), "f() got an unexpected keyword argument 'x'");
        assert_eq!(keywords("f(a, *b)", &["a"]), "f() missing 1 required keyword-only argument: 'b'");
    }
}
