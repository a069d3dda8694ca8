//! Python's `textwrap`, with its usual options.

use crate::text::PyStr;

/// Words and the blanks between them, words broken behind hyphens.
fn chunks(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let blank = rest.starts_with(' ');
        let end = rest.find(|c: char| (c == ' ') != blank).unwrap_or(rest.len());
        if blank {
            out.push(rest[..end].to_owned())
        } else {
            hyphenated(&rest[..end], &mut out)
        }
        rest = &rest[end..];
    }
    out
}

/// Breaks a word behind hyphens that stand between letters.
fn hyphenated(word: &str, out: &mut Vec<String>) {
    let chars: Vec<char> = word.chars().collect();
    let is_letter = |at: usize| chars.get(at).is_some_and(|c| c.is_alphabetic());
    let mut start = 0;
    for at in 0..chars.len() {
        let breaks = chars[at] == '-'
            && at >= start + 2
            && is_letter(at - 1)
            && is_letter(at - 2)
            && is_letter(at + 1)
            && is_letter(at + 2);
        if breaks {
            out.push(chars[start..=at].iter().collect());
            start = at + 1;
        }
    }
    out.push(chars[start..].iter().collect());
}

fn width_of(chunk: &str) -> i64 {
    chunk.char_len()
}

/// `textwrap.wrap(text, width, initial_indent=.., subsequent_indent=..)`.
pub fn wrap(text: &str, width: i64, initial: &str, subsequent: &str) -> Vec<String> {
    let plain: String = text
        .expandtabs(8)
        .chars()
        .map(|c| if c.is_ascii_whitespace() || c == '\u{b}' { ' ' } else { c })
        .collect();
    let mut chunks: Vec<String> = chunks(&plain);
    chunks.reverse();
    let mut lines: Vec<String> = Vec::new();
    while !chunks.is_empty() {
        let indent = if lines.is_empty() { initial } else { subsequent };
        let room = width - width_of(indent);
        if !lines.is_empty() && chunks.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            chunks.pop();
        }
        let (mut line, mut used): (Vec<String>, i64) = (Vec::new(), 0);
        while let Some(chunk) = chunks.last() {
            let length = width_of(chunk);
            if used + length > room {
                break;
            }
            used += length;
            line.extend(chunks.pop());
        }
        if let Some(long) = chunks.last().filter(|chunk| width_of(chunk) > room).cloned() {
            let left = if room < 1 { 1 } else { room - used };
            if left > 0 {
                chunks.pop();
                line.push(long.char_slice(None, Some(left), 1));
                chunks.push(long.char_slice(Some(left), None, 1));
            }
        }
        if line.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            line.pop();
        }
        if !line.is_empty() {
            lines.push(format!("{indent}{}", line.concat()));
        }
    }
    lines
}

/// `textwrap.fill(text, width, ..)`.
pub fn fill(text: &str, width: i64, initial: &str, subsequent: &str) -> String {
    wrap(text, width, initial, subsequent).join("\n")
}

/// `textwrap.shorten(text, width, placeholder=..)`.
pub fn shorten(text: &str, width: i64, placeholder: &str) -> String {
    let words = text.split_ws(-1);
    let whole = words.join(" ");
    if whole.char_len() <= width {
        return whole;
    }
    let mut kept = String::new();
    for word in &words {
        let longer = if kept.is_empty() { word.clone() } else { format!("{kept} {word}") };
        if longer.char_len() + placeholder.char_len() > width {
            break;
        }
        kept = longer;
    }
    if kept.is_empty() { placeholder.trim_start().to_owned() } else { format!("{kept}{placeholder}") }
}

/// `textwrap.dedent(text)`.
pub fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let is_blank = |line: &str| line.chars().all(|c| c == ' ' || c == '\t');
    let indent_of = |line: &str| -> String { line.chars().take_while(|c| *c == ' ' || *c == '\t').collect() };
    let mut margin: Option<String> = None;
    for line in lines.iter().filter(|line| !is_blank(line)) {
        let own = indent_of(line);
        margin = Some(match margin {
            None => own,
            Some(known) => {
                known.chars().zip(own.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
            }
        });
    }
    let margin = margin.unwrap_or_default();
    let lines: Vec<&str> = lines
        .iter()
        .map(|line| if is_blank(line) { "" } else { line.strip_prefix(&margin).unwrap_or(line) })
        .collect();
    lines.join("\n")
}

/// `textwrap.indent(text, prefix)`.
pub fn indent(text: &str, prefix: &str) -> String {
    let lines = text.py_lines(true);
    lines
        .iter()
        .map(|line| if line.trim().is_empty() { line.clone() } else { format!("{prefix}{line}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cpythons() {
        // From CPython 3.11.
        let text = "A compiler reads a program in one language and writes an equal well-known program.";
        assert_eq!(
            fill(text, 32, "* ", "  "),
            "* A compiler reads a program in\n  one language and writes an\n  equal well-known program."
        );
        assert_eq!(wrap("abcdefghij k", 4, "", ""), ["abcd", "efgh", "ij k"]);
        assert_eq!(shorten("Hello  world again", 12, "..."), "Hello...");
        assert_eq!(dedent("\n    a\n      b\n    \n    c"), "\na\n  b\n\nc");
        assert_eq!(indent("x\n\ny", "> "), "> x\n\n> y");
    }
}
