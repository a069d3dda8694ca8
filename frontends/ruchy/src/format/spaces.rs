//! Whether a space stands between two tokens of a line.

use super::tree::Source;

/// Whether tokens `left` and `left + 1` have a space between them.
pub(super) fn has_space(source: &Source<'_>, left: usize) -> bool {
    let right = left + 1;
    let (a, b) = (source.kind(left), source.kind(right));
    if matches!(a, "(" | "[" | "#[") || matches!(b, ")" | "]") {
        return false;
    }
    if source.is_comment(left) || source.is_comment(right) {
        return true;
    }
    if glues(source, left) {
        return true;
    }
    !(is_tight_behind(source, left) || is_tight_before(source, right) || is_empty_brace(a, b))
        && inside_braces(source, left).unwrap_or(true)
}

fn is_empty_brace(a: &str, b: &str) -> bool {
    a == "{" && b == "}"
}

/// Braces of a `use` hold their names without spaces.
fn inside_braces(source: &Source<'_>, left: usize) -> Option<bool> {
    let right = left + 1;
    let is_use = |token: usize| source.parent(token) == "use_list";
    (source.kind(left) == "{" && is_use(left) || source.kind(right) == "}" && is_use(right)).then_some(false)
}

/// Prefix operators that would be one token without a space: `- -x`, `& &x`.
fn glues(source: &Source<'_>, left: usize) -> bool {
    let (a, b) = (source.tokens[left].text, source.tokens[left + 1].text);
    matches!(a, "-" | "&" | "+" | "*" | "!") && (b.starts_with(a) || a == "!" && b.starts_with('='))
}

/// The first or the last token of its parent.
fn is_first(source: &Source<'_>, token: usize) -> bool {
    let row = source.row(token);
    source.rows[row.parent].start == row.start
}

/// Tokens with nothing behind them.
fn is_tight_behind(source: &Source<'_>, token: usize) -> bool {
    let parent = source.parent(token);
    match source.kind(token) {
        "." | "?." | "::" | "\\" => true,
        "@" => parent == "attribute",
        "-" | "~" | "*" | "&" | "!" => {
            is_first(source, token)
                && matches!(
                    parent,
                    "unary_expression"
                        | "negative_literal"
                        | "reference_type"
                        | "reference_pattern"
                        | "self_parameter"
                )
                || parent == "macro_call"
        }
        ".." | "..=" | "..." => true,
        "<" => matches!(parent, "type_parameters" | "type_arguments"),
        "|" => matches!(parent, "lambda_parameters" | "function_type") && opens_bar(source, token),
        "++" | "--" => is_first(source, token),
        _ => false,
    }
}

/// Whether a `|` is the first of its pair.
fn opens_bar(source: &Source<'_>, token: usize) -> bool {
    let row = source.row(token);
    row.before.is_none()
}

/// Tokens with nothing before them.
fn is_tight_before(source: &Source<'_>, token: usize) -> bool {
    let parent = source.parent(token);
    match source.kind(token) {
        "," | ";" | "." | "?." | "::" => true,
        ":" => parent != "ternary_expression",
        "?" => parent != "ternary_expression",
        ".." | "..=" => {
            matches!(parent, "range_expression" | "range_pattern" | "open_range") && !is_first(source, token)
        }
        "<" | ">" => matches!(parent, "type_parameters" | "type_arguments"),
        "!" => parent == "macro_call",
        "|" => matches!(parent, "lambda_parameters" | "function_type") && !opens_bar(source, token),
        "++" | "--" => !is_first(source, token),
        "(" => opens_tight(source, token, parent),
        "[" => matches!(parent, "index_expression" | "macro_arguments"),
        _ => false,
    }
}

/// Whether the `(` hangs on the name before it.
fn opens_tight(source: &Source<'_>, token: usize, parent: &str) -> bool {
    match parent {
        "arguments" | "parameters" | "tuple_fields" | "macro_arguments" | "visibility" | "attribute" => true,
        "tuple_struct_pattern" => true,
        // `fun(i64) -> i64`
        "function_type" => !is_first(source, token),
        _ => false,
    }
}
