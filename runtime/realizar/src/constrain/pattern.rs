//! Regular expressions of `pattern` as grammar rules for the inside of a quoted text.
//!
//! Known: characters, `.`, classes, `\d \w \s` and their opposites, groups, `|`, `* + ? {n,m}` (also lazy:
//! the texts are the same), `^` and `$` around the whole. Without them anything may stand before and
//! behind. Everything else is refused: back references, looking around, anchors inside, and repeating
//! what may be empty. Control characters but `\n \r \t` are never written.

use super::schema::{Compiler, bytes, joined, rule, text};
use super::{Alternative, strings};
use crate::error::{Error, Result};

/// Repetitions and nesting that a pattern may ask for.
const MOST_TIMES: usize = 256;
const MOST_DEPTH: usize = 64;

/// Rules that match what the pattern matches, escaped as JSON has it.
pub(super) fn compile(compiler: &mut Compiler<'_>, pattern: &str) -> Result<usize> {
    let refused = |what: &str| Error::unsupported(format!("the pattern `{pattern}`: {what}"));
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let before_end = inner.strip_suffix('$').filter(|before| {
        let slashes = before.len() - before.trim_end_matches('\\').len();
        slashes.is_multiple_of(2)
    });
    let is_end = before_end.is_some();
    let inner = before_end.unwrap_or(inner);
    let is_start = pattern.starts_with('^');
    let mut parser = Parser { rest: inner.chars().collect(), at: 0, compiler, depth: 0 };
    let (id, _) = parser.choice().map_err(|what| refused(&what))?;
    if parser.at < parser.rest.len() {
        return Err(refused("a `)` without its `(`"));
    }
    if (is_start || is_end) && parser.has_choice_outside() {
        return Err(refused("`^` and `$` beside a choice; put the choice into a group"));
    }
    let any = compiler.anything();
    let before = if is_start { vec![] } else { rule(any) };
    let after = if is_end { vec![] } else { rule(any) };
    Ok(compiler.add(vec![joined([before, rule(id), after])]))
}

impl Compiler<'_> {
    /// Any number of characters.
    fn anything(&mut self) -> usize {
        let letter = self.letter();
        let rest = self.reserve();
        self.grammar.rules[rest] = vec![vec![], joined([rule(letter), rule(rest)])];
        rest
    }
}

/// ASCII characters, single others, and all others.
struct Set {
    ascii: [bool; 128],
    others: Vec<char>,
    wide: bool,
}

impl Set {
    fn new() -> Self {
        Self { ascii: [false; 128], others: Vec::new(), wide: false }
    }

    fn add(&mut self, c: char) {
        match self.ascii.get_mut(c as usize) {
            Some(place) => *place = true,
            None => self.others.push(c),
        }
    }

    fn add_all(&mut self, other: &Self) {
        self.ascii.iter_mut().zip(other.ascii).for_each(|(a, b)| *a |= b);
        self.others.extend(&other.others);
        self.wide |= other.wide;
    }

    /// Everything else; only for sets of ASCII, or with all others.
    fn opposite(mut self) -> Option<Self> {
        self.ascii.iter_mut().for_each(|a| *a = !*a);
        self.wide = !self.wide;
        self.others.is_empty().then_some(self)
    }

    fn alternatives(&self) -> Vec<Alternative> {
        let mut out = Vec::new();
        let ascii = self.ascii;
        let is_plain = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
        if (0..128).any(|b| ascii[usize::from(b)] && is_plain(b)) {
            out.push(vec![bytes(move |b| is_plain(b) && ascii[usize::from(b)])]);
        }
        for (c, escape) in [('"', "\\\""), ('\\', "\\\\"), ('\n', "\\n"), ('\r', "\\r"), ('\t', "\\t")] {
            if ascii[c as usize] {
                out.push(text(escape));
            }
        }
        out.extend(self.others.iter().map(|c| text(c.encode_utf8(&mut [0; 4]))));
        if self.wide {
            out.extend(strings::wide());
        }
        out
    }
}

/// A rule and whether it may be empty, or what is not known.
type Parsed = std::result::Result<(usize, bool), String>;

struct Parser<'p, 'c> {
    rest: Vec<char>,
    at: usize,
    compiler: &'p mut Compiler<'c>,
    depth: usize,
}

impl Parser<'_, '_> {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> std::result::Result<char, String> {
        self.at += 1;
        self.rest.get(self.at - 1).copied().ok_or_else(|| "it ends too early".into())
    }

    /// Whether a `|` stands outside of all groups and classes.
    fn has_choice_outside(&self) -> bool {
        let (mut depth, mut in_class, mut escaped) = (0i32, false, false);
        self.rest.iter().any(|&c| {
            let is_escaped = std::mem::take(&mut escaped);
            match c {
                _ if is_escaped => {}
                '\\' => escaped = true,
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => depth += 1,
                ')' if !in_class => depth -= 1,
                '|' => return !in_class && depth == 0,
                _ => {}
            }
            false
        })
    }

    fn choice(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err("nested too deeply".into());
        }
        let (mut all, mut may_be_empty) = (Vec::new(), false);
        loop {
            let (sequence, is_empty) = self.sequence()?;
            all.push(sequence);
            may_be_empty |= is_empty;
            if !self.take('|') {
                break;
            }
        }
        self.depth -= 1;
        Ok((self.compiler.add(all), may_be_empty))
    }

    fn sequence(&mut self) -> std::result::Result<(Alternative, bool), String> {
        let (mut out, mut is_empty) = (Vec::new(), true);
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let atom = self.atom()?;
            let (id, may_be_empty) = self.repeated(atom)?;
            out.extend(rule(id));
            is_empty &= may_be_empty;
        }
        Ok((out, is_empty))
    }

    fn atom(&mut self) -> Parsed {
        let mut set = Set::new();
        match self.next()? {
            '(' => {
                if self.take('?') && !self.take(':') {
                    return Err("a group that starts with `(?`".into());
                }
                let inner = self.choice()?;
                return if self.take(')') { Ok(inner) } else { Err("a `(` without its `)`".into()) };
            }
            '[' => set = self.class()?,
            '\\' => set = self.escape()?,
            '.' => {
                set.add('\n');
                set.add('\r');
                set = set.opposite().expect("ASCII alone");
            }
            c @ ('^' | '$') => return Err(format!("`{c}` inside")),
            c @ ('*' | '+' | '?' | '{') => return Err(format!("nothing before `{c}`")),
            c => set.add(c),
        }
        let alternatives = set.alternatives();
        match alternatives.is_empty() {
            true => Err("a set of no writable character".into()),
            false => Ok((self.compiler.add(alternatives), false)),
        }
    }

    fn class(&mut self) -> std::result::Result<Set, String> {
        let is_opposite = self.take('^');
        let mut set = Set::new();
        loop {
            let first = match self.next()? {
                ']' => break,
                '\\' => {
                    let escaped = self.escape()?;
                    set.add_all(&escaped);
                    if self.peek() == Some('-') && self.rest.get(self.at + 1) != Some(&']') {
                        return Err("a range from an escape".into());
                    }
                    continue;
                }
                c => c,
            };
            let is_range = self.peek() == Some('-') && self.rest.get(self.at + 1).is_some_and(|&c| c != ']');
            if !is_range {
                set.add(first);
                continue;
            }
            self.at += 1;
            let last = self.next()?;
            if last == '\\' || first > last || !last.is_ascii() {
                return Err(format!("the range from `{first}` to `{last}`"));
            }
            (first..=last).for_each(|c| set.add(c));
        }
        match is_opposite {
            true => set.opposite().ok_or_else(|| "`[^...]` with letters beyond ASCII".into()),
            false => Ok(set),
        }
    }

    fn escape(&mut self) -> std::result::Result<Set, String> {
        let mut set = Set::new();
        let c = self.next()?;
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let ascii = (0..128).map(|b: u8| char::from(b));
        match c {
            'd' | 'D' => ascii.filter(char::is_ascii_digit).for_each(|c| set.add(c)),
            'w' | 'W' => ascii.filter(|&c| word(c)).for_each(|c| set.add(c)),
            // The spaces beyond ASCII are left out of `\s`, and so all that is beyond ASCII out of `\S`.
            's' | 'S' => " \t\n\r".chars().for_each(|c| set.add(c)),
            'n' => set.add('\n'),
            'r' => set.add('\r'),
            't' => set.add('\t'),
            c if !c.is_alphanumeric() => set.add(c),
            c => return Err(format!("`\\{c}`")),
        }
        if c.is_ascii_uppercase() {
            set = set.opposite().expect("ASCII alone");
            set.wide &= c != 'S';
        }
        Ok(set)
    }

    /// What follows an atom: `* + ? {n} {n,} {n,m}`.
    fn repeated(&mut self, (id, may_be_empty): (usize, bool)) -> Parsed {
        let (least, most) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.counts()?,
            _ => return Ok((id, may_be_empty)),
        };
        self.at += 1;
        self.take('?');
        if matches!(self.peek(), Some('*' | '+' | '?' | '{')) {
            return Err("a repetition of a repetition".into());
        }
        if may_be_empty && most != Some(1) {
            return Err("a repetition of what may be empty".into());
        }
        let element = rule(id);
        let Some(most) = most else {
            let rest = self.compiler.reserve();
            self.compiler.grammar.rules[rest] = vec![vec![], joined([element.clone(), rule(rest)])];
            let first = self.compiler.repeat(&element, least, least);
            return Ok((self.compiler.add(vec![joined([rule(first), rule(rest)])]), least == 0));
        };
        Ok((self.compiler.repeat(&element, least, most), least == 0))
    }

    /// Reads up to the `}`, which stays.
    fn counts(&mut self) -> std::result::Result<(usize, Option<usize>), String> {
        self.at += 1;
        let mut inside = String::new();
        while self.peek() != Some('}') {
            inside.push(self.next()?);
        }
        let count = |text: &str| text.parse().ok().filter(|&n| n <= MOST_TIMES);
        let counts = match inside.split_once(',') {
            None => count(&inside).map(|n| (n, Some(n))),
            Some((least, "")) => count(least).map(|n| (n, None)),
            Some((least, most)) => match (count(least), count(most)) {
                (Some(least), Some(most)) if least <= most => Some((least, Some(most))),
                _ => None,
            },
        };
        counts.ok_or_else(|| format!("`{{{inside}}}`"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Constraint;

    fn matches(pattern: &str, value: &str) -> bool {
        let mut c = Constraint::from_schema(&json!({"type": "string", "pattern": pattern})).expect(pattern);
        let text = json!(value).to_string();
        let fits = c.accepts(text.as_bytes());
        c.advance(text.as_bytes());
        fits && c.is_complete()
    }

    #[test]
    fn patterns_match_what_they_say() {
        let cases: [(&str, &[&str], &[&str]); 15] = [
            ("^a+$", &["a", "aaaa"], &["", "b", "ab", "ba"]),
            ("a", &["a", "xay", "äaß"], &["", "xyz"]),
            ("^a", &["a", "ab"], &["ba"]),
            ("a$", &["a", "ba", "aa"], &["ab"]),
            ("^(ab|c)*$", &["", "abc", "cabab"], &["b", "acb"]),
            ("^[0-9]{4}-\\d{2}$", &["2026-11"], &["2026-1", "x2026-11", "2026-111"]),
            ("^[^0-9\"]{2,3}$", &["ab", "äß\\", "a\nb"], &["a", "1a", "abcd", "a\""]),
            ("^.+\\.txt$", &["a.txt", "\\.txt", "日.txt"], &[".txt", "a.txt2", "axtxt", "\n.txt"]),
            ("^\\w+@\\w+\\.(com|org)$", &["me@here.org"], &["me@here.net", "me@@here.org"]),
            ("^a{2,}?b??c$", &["aac", "aaabc"], &["abc", "aabbc"]),
            ("^(?:x|y){1,2}z$", &["xz", "yxz"], &["z", "xxxz"]),
            ("^[a\\-\\]\\\\é-]+$", &["a-]\\é"], &["b", "^"]),
            ("^\\$\\^$", &["$^"], &["", "$"]),
            ("^a\\\\$", &["a\\"], &["a", "a\\b"]),
            ("^\\S\\s\\S$", &["a b", "a\tb"], &["a  ", "ab", "é b"]),
        ];
        for (pattern, good, bad) in cases {
            good.iter().for_each(|text| assert!(matches(pattern, text), "{pattern} should match {text}"));
            bad.iter().for_each(|text| assert!(!matches(pattern, text), "{pattern} should not match {text}"));
        }
    }

    #[test]
    fn lengths_count_characters() {
        let fits = |schema: &serde_json::Value, text: &str| {
            let mut c = Constraint::from_schema(schema).expect("known");
            c.accepts(text.as_bytes()) && {
                c.advance(text.as_bytes());
                c.is_complete()
            }
        };
        let schema = json!({"type": "string", "minLength": 2, "maxLength": 3});
        for (text, expected) in [
            ("a", false),
            ("ab", true),
            ("äß", true),
            ("日本語", true),
            ("\\n\\u00e9", true),
            ("abcd", false),
        ] {
            assert_eq!(fits(&schema, &format!("\"{text}\"")), expected, "{text}");
        }
        assert!(fits(&json!({"type": "string", "minLength": 1}), "\"abc\""));
        assert!(!fits(&json!({"type": "string", "minLength": 1}), "\"\""));
        assert!(!fits(&json!({"type": "string"}), "\"\\ud83d\""), "half of a pair");
    }

    #[test]
    fn patterns_that_are_not_known_are_refused() {
        let bad = [
            "a|^b", "^a|b$", "(?=a)", "(?<n>a)", "\\1", "\\bx", "(a", "a)", "[a", "a{2", "a{3,2}", "a{999}",
            "*a", "(a*)*", "(a|)+", "a**", "[z-a]", "[^é]", "\\", "[é-ü]", "[\\d-z]", "a$b", "^\\p{L}$",
            "[\u{1}]",
        ];
        for pattern in bad {
            let schema = json!({"type": "string", "pattern": pattern});
            assert!(Constraint::from_schema(&schema).is_err(), "{pattern}");
        }
        for schema in [
            json!({"type": "string", "pattern": "a", "maxLength": 3}),
            json!({"type": "string", "pattern": 3}),
            json!({"type": "string", "minLength": 3, "maxLength": 2}),
            json!({"type": "string", "maxLength": 5000}),
        ] {
            assert!(Constraint::from_schema(&schema).is_err(), "{schema}");
        }
    }
}
