//! `html.unescape`: the character references of HTML 5.

use std::sync::LazyLock;

/// Names with what they stand for, sorted; most end with `;`.
static NAMES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    include_str!("html_entities.txt").lines().filter_map(|line| line.split_once('\t')).collect()
});

/// What numbers between 128 and 159 mean: characters of Windows.
const WINDOWS: &[char; 32] = &[
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}',
    '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}',
    '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}',
    '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// `html.unescape(text)`.
pub fn unescape(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let taken = match rest.strip_prefix('#') {
            Some(digits) => number(digits, &mut out).map(|used| used + 1),
            None => name(rest, &mut out),
        };
        match taken {
            Some(used) => rest = &rest[used..],
            None => out.push('&'),
        }
    }
    out + rest
}

/// The character of a number; the length of its text.
fn number(text: &str, out: &mut String) -> Option<usize> {
    let (digits, radix, start) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 1),
        None => (text, 10, 0),
    };
    let count = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if count == 0 {
        return None;
    }
    let code = u32::from_str_radix(&digits[..count], radix).unwrap_or(u32::MAX);
    match code {
        0 => out.push('\u{fffd}'),
        0xd => out.push('\r'),
        0x80..=0x9f => out.push(WINDOWS[code as usize - 0x80]),
        1..=8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef => {}
        _ if code & 0xfffe == 0xfffe && code <= 0x10_ffff => {}
        _ => out.push(char::from_u32(code).unwrap_or('\u{fffd}')),
    }
    let end = start + count;
    Some(end + usize::from(text[end..].starts_with(';')))
}

/// The characters of a name, of the longest one that the text starts with; the length of the name.
fn name(text: &str, out: &mut String) -> Option<usize> {
    let stops = |c: char| matches!(c, '\t' | '\n' | '\x0c' | ' ' | '<' | '&' | '#' | ';');
    let end =
        text.char_indices().take(33).find(|(at, c)| stops(*c) || *at >= 32).map_or(text.len(), |(at, _)| at);
    let whole = end + usize::from(text[end..].starts_with(';'));
    let lengths =
        [whole].into_iter().chain((2..whole).rev()).filter(|at| *at > 0 && text.is_char_boundary(*at));
    for length in lengths {
        let found = match &text[..length] {
            "NewLine;" => Some("\n"),
            "Tab;" => Some("\t"),
            name => NAMES.binary_search_by(|(known, _)| (*known).cmp(name)).ok().map(|at| NAMES[at].1),
        };
        if let Some(found) = found {
            out.push_str(found);
            return Some(length);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(unescape("&lt;a&gt; &amp;&#39;&x"), "<a> &'&x");
        assert_eq!(
            unescape("&eacute;&notit; &not; &#x80;&#1;&#xd800; &Tab;&"),
            "\u{e9}\u{ac}it; \u{ac} \u{20ac}\u{fffd} \t&"
        );
    }
}
