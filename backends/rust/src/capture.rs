//! Parameters of closures that a spelling brings: they must not hide a variable that the closure reads.

use crate::layout;
use crate::tree::Expr;

/// The name, or one behind it that none of the expressions mentions.
pub(crate) fn free_name(wanted: &str, read: &[&Expr]) -> String {
    let texts: Vec<String> = read.iter().map(|expr| layout::render(expr, 0, 0, 0)).collect();
    let is_free = |name: &String| !texts.iter().any(|text| words(text).any(|word| word == name));
    let numbered = (2..).map(|number| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

/// The spelling with other names for parameters that what stands for a hole inside their closure mentions:
/// `{1}.any(|part| {0}.starts_with(part))` of a text that is called `part`.
pub(crate) fn renamed(spelling: &str, args: &[Expr]) -> String {
    let mut out = spelling.to_owned();
    let mut from = 0;
    while let Some((start, body, end)) = next_closure(&out, from) {
        let read: Vec<&Expr> = args
            .iter()
            .enumerate()
            .filter(|(index, _)| out[body..end].contains(&format!("{{{index}}}")))
            .map(|(_, arg)| arg)
            .collect();
        from = body;
        if read.is_empty() {
            continue;
        }
        let params: Vec<String> = words(&out[start..body]).map(str::to_owned).collect();
        for param in params.iter().filter(|param| !matches!(param.as_str(), "mut" | "_")) {
            let free = free_name(param, &read);
            if free != *param {
                let end = next_closure(&out, start).map_or(out.len(), |(_, _, end)| end);
                let closure = with_word(&out[start..end], param, &free);
                out.replace_range(start..end, &closure);
            }
        }
    }
    out
}

/// Where the next closure with parameters starts, where its body does, and where it ends.
fn next_closure(text: &str, from: usize) -> Option<(usize, usize, usize)> {
    let mut at = from;
    loop {
        let start = at + text[at..].find('|')?;
        let body = start + 1 + text[start + 1..].find('|')? + 1;
        let is_closure = text[..start].ends_with(['(', ' ', '[']) && body > start + 2;
        if !is_closure {
            at = body;
            continue;
        }
        let mut depth = 0;
        let end = text[body..].find(|c: char| {
            depth += i32::from(matches!(c, '(' | '{' | '[')) - i32::from(matches!(c, ')' | '}' | ']'));
            depth < 0
        });
        return Some((start, body, end.map_or(text.len(), |end| body + end)));
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_word(c)).filter(|word| !word.is_empty())
}

fn with_word(text: &str, old: &str, new: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let is_whole = !rest[..at].ends_with(is_word) && !rest[at + old.len()..].starts_with(is_word);
        out += &rest[..at];
        out += if is_whole { new } else { old };
        rest = &rest[at + old.len()..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_step_aside() {
        let args = [Expr::atom("part"), Expr::atom("rest")];
        assert_eq!(
            renamed("{1}.any(|part| {0}.starts(part, {1}))", &args),
            "{1}.any(|part_2| {0}.starts(part_2, {1}))"
        );
        assert_eq!(renamed("{0}.map(|part| part.len())", &args), "{0}.map(|part| part.len())");
        assert_eq!(
            renamed("{1}.map(|(part, b)| {0}(part, b))", &args),
            "{1}.map(|(part_2, b)| {0}(part_2, b))"
        );
    }
}
