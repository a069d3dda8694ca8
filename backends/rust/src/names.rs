//! Names of the source as Rust writes them: one table of rules.

use batuta_base::Name;

/// Words that are no identifiers in edition 2024.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

/// `camelCase`, `SHOUT`, `snake_case` -> `snake_case`, and no keyword.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    let chars: Vec<char> = plain(name).chars().collect();
    for (index, c) in chars.iter().enumerate() {
        let before = if index > 0 { chars.get(index - 1).copied() } else { None };
        let after = chars.get(index + 1).copied();
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase()
                    || b.is_ascii_digit()
                    || b.is_uppercase() && after.is_some_and(char::is_lowercase)
            });
        if starts_word {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    safe(out)
}

/// Types that every emitted file may name.
const TYPES: &[&str] =
    &["Vec", "Box", "String", "Option", "Result", "Rc", "Cell", "RefCell", "Ok", "Err", "Some", "None"];

/// Traits and types that emitted code calls by these names: a class must not hide them.
const SPOKEN: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "LazyLock",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Pin",
    "Send",
    "Sync",
    "ToOwned",
    "ToString",
];

/// The type of a class: `CamelCase`, and no name that emitted code needs for itself.
pub fn class(name: &str) -> String {
    let own = camel(name);
    if SPOKEN.contains(&own.as_str()) { format!("{own}Item") } else { own }
}

/// `CamelCase`, and none of std's own types.
pub fn camel(name: &str) -> String {
    let own = camel_case(name);
    if TYPES.contains(&own.as_str()) { format!("{own}Item") } else { own }
}

/// `CamelCase`; a name that begins with a capital and holds no underscore stays.
fn camel_case(name: &str) -> String {
    let plain = plain(name);
    let hidden = plain.len() - plain.trim_start_matches('_').len();
    let word = &plain[hidden..];
    if word.starts_with(char::is_uppercase) && !word.contains('_') {
        return safe(word.to_owned());
    }
    let parts = word.split('_').filter(|part| !part.is_empty());
    let mut out = String::new();
    for part in parts {
        let mut chars = part.chars();
        if let Some(first) = chars.next() {
            out.extend(first.to_uppercase());
            let rest = chars.as_str();
            if part.chars().any(char::is_lowercase) {
                out.push_str(rest)
            } else {
                out.push_str(&rest.to_lowercase())
            }
        }
    }
    safe(out)
}

/// `UPPER_CASE`, for constants and statics.
pub fn upper(name: &str) -> String {
    let snake = snake(name);
    snake.trim_end_matches('_').to_uppercase()
}

/// Only letters, digits and underscores.
fn plain(name: &str) -> String {
    let text: String = name
        .trim_matches(['<', '>'])
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' })
        .collect();
    match text.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("n{text}"),
        _ => text,
    }
}

/// Whether a word is no identifier.
pub fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Whether a text can be a name as it is.
pub fn is_identifier(name: &str) -> bool {
    let is_start = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    is_start
        && name != "_"
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !is_keyword(name)
}

/// `linalg.norm` -> `linalg::norm`; what is a keyword gets a line behind it.
pub fn path_of(dotted: &str) -> String {
    let part = |name: &str| if is_keyword(name) { format!("{name}_") } else { name.to_owned() };
    dotted.split('.').map(part).collect::<Vec<_>>().join("::")
}

fn safe(name: String) -> String {
    if name.is_empty() || name.chars().all(|c| c == '_') {
        return "unnamed".to_owned();
    }
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The function's own name: `pkg.mod.f$str` -> `f_for_str`.
pub fn function(path: Name) -> String {
    match path.last().split_once('$') {
        Some((name, suffix)) => {
            let suffix = snake(suffix).replace("__", "_");
            format!("{}_for_{}", snake(name).trim_end_matches('_'), suffix.trim_start_matches('_'))
        }
        None => snake(path.last()),
    }
}

/// The module file's name and the path of its module: `pkg.mod` -> `pkg`, `mod`.
pub fn module(path: Name) -> Vec<String> {
    path.as_str()
        .split('.')
        .map(|part| if part == "__init__" { "init".to_owned() } else { snake(part) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_rust() {
        for (from, to) in [
            ("maxValue", "max_value"),
            ("type", "type_"),
            ("HTTPServer", "http_server"),
            ("N", "n"),
            ("x1", "x1"),
            ("_", "unnamed"),
            ("_x", "_x"),
        ] {
            assert_eq!(snake(from), to);
        }
        for (from, to) in [
            ("Point", "Point"),
            ("my_class", "MyClass"),
            ("_Node", "Node"),
            ("MAX_X", "MaxX"),
            ("Self", "Self_"),
        ] {
            assert_eq!(camel(from), to);
        }
        assert_eq!((upper("maxSize"), upper("N")), ("MAX_SIZE".into(), "N".into()));
        assert_eq!(function(Name::new("m.f$str")), "f_for_str");
    }
}
