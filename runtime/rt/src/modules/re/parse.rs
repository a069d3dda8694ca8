//! Pattern text to its parts, with CPython's errors.

use super::ast::*;
use super::error;
use crate::error::Error;
use crate::unicode::{is_alpha, is_decimal, is_numeric};

type Parsing<T> = Result<T, Error>;

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    groups: usize,
    open: Vec<usize>,
    names: Vec<(String, usize)>,
    flags: i64,
    behind: bool,
}

const SPECIAL: &str = ".\\[{()*+?^$|";

/// Reads a pattern.
#[track_caller]
pub(super) fn parse(pattern: &str, flags: i64) -> Parsing<Parsed> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut reader =
        Reader { chars: &chars, at: 0, groups: 0, open: Vec::new(), names: Vec::new(), flags, behind: false };
    let node = reader.alternatives(Flags(flags), true)?;
    if reader.at < chars.len() {
        return Err(error("unbalanced parenthesis", Some(reader.at)));
    }
    let base = if reader.flags & ASCII == 0 { reader.flags | UNICODE } else { reader.flags };
    Ok(Parsed { node, groups: reader.groups, names: reader.names, flags: base })
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    fn alternatives(&mut self, mut flags: Flags, top: bool) -> Parsing<Node> {
        let start = self.at;
        let mut parts = vec![self.sequence(&mut flags, top, start)?];
        while self.eat('|') {
            parts.push(self.sequence(&mut flags, false, start)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Alternatives(parts) })
    }

    fn sequence(&mut self, flags: &mut Flags, top: bool, start: usize) -> Parsing<Node> {
        let mut parts: Vec<Node> = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            if flags.has(VERBOSE) && self.skip_blank(c) {
                continue;
            }
            if matches!(c, '*' | '+' | '?' | '{') && self.quantifier(&mut parts, *flags)? {
                continue;
            }
            if self.starts("(?#") {
                let at = self.at;
                match self.chars[self.at..].iter().position(|c| *c == ')') {
                    Some(end) => self.at += end + 1,
                    None => return Err(error("missing ), unterminated comment", Some(at))),
                }
                continue;
            }
            if let Some(global) = self.global_flags(top, start)? {
                self.flags |= global;
                *flags = Flags(flags.0 | global);
                continue;
            }
            let atom = self.atom(*flags)?;
            parts.push(atom);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Concat(parts) })
    }

    fn skip_blank(&mut self, c: char) -> bool {
        if c.is_whitespace() {
            self.at += 1;
            return true;
        }
        if c != '#' {
            return false;
        }
        while self.next().is_some_and(|c| c != '\n') {}
        true
    }

    /// `(?im)` at the start of the pattern.
    fn global_flags(&mut self, top: bool, start: usize) -> Parsing<Option<i64>> {
        if !self.starts("(?") {
            return Ok(None);
        }
        let end = self.chars[self.at + 2..].iter().position(|c| !c.is_ascii_lowercase());
        let Some(end) = end.filter(|end| *end > 0) else { return Ok(None) };
        if self.chars[self.at + 2 + end] != ')' || self.chars[self.at + 2] == 'P' {
            return Ok(None);
        }
        let letters = &self.chars[self.at + 2..self.at + 2 + end];
        let at = self.at;
        if !top || at != start {
            return Err(error("global flags not at the start of the expression", Some(at)));
        }
        let mut flags = 0;
        for letter in letters {
            let Some(known) = flag(*letter) else { return Ok(None) };
            flags |= known;
        }
        self.at += 2 + end + 1;
        Ok(Some(flags))
    }

    /// A quantifier behind the last part; false where `{` is an ordinary character.
    fn quantifier(&mut self, parts: &mut Vec<Node>, flags: Flags) -> Parsing<bool> {
        let at = self.at;
        let (min, max) = match self.next() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            _ => match self.braces() {
                Some(bounds) => bounds,
                None => {
                    self.at = at + 1;
                    parts.push(one_char('{', flags));
                    return Ok(true);
                }
            },
        };
        if max.is_some_and(|max| max < min) {
            return Err(error("min repeat greater than max repeat", Some(at + 1)));
        }
        let greed = if self.eat('?') {
            Greed::Lazy
        } else if self.eat('+') {
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        match parts.pop() {
            None | Some(Node::Anchor(_)) => Err(error("nothing to repeat", Some(at))),
            Some(Node::Repeat { .. }) => Err(error("multiple repeat", Some(at))),
            Some(node) => {
                parts.push(Node::Repeat { node: Box::new(node), min, max, greed });
                Ok(true)
            }
        }
    }

    /// `{m}`, `{m,}`, `{,n}`, `{m,n}` behind the brace.
    fn braces(&mut self) -> Option<(usize, Option<usize>)> {
        let digits = |reader: &mut Self| {
            let start = reader.at;
            while reader.peek().is_some_and(|c| c.is_ascii_digit()) {
                reader.at += 1;
            }
            reader.chars[start..reader.at].iter().collect::<String>()
        };
        let low = digits(self);
        let comma = self.eat(',');
        let high = if comma { digits(self) } else { low.clone() };
        if !self.eat('}') || (low.is_empty() && !comma) || (low.is_empty() && high.is_empty() && !comma) {
            return None;
        }
        if low.is_empty() && high.is_empty() {
            return Some((0, None));
        }
        let min = if low.is_empty() { 0 } else { low.parse().ok()? };
        Some((min, if high.is_empty() { None } else { Some(high.parse().ok()?) }))
    }

    fn atom(&mut self, flags: Flags) -> Parsing<Node> {
        let at = self.at;
        let Some(c) = self.next() else { return Err(error("unexpected end of pattern", Some(at))) };
        Ok(match c {
            '.' if flags.has(DOTALL) => Node::One(One::Any),
            '.' => Node::One(One::AnyButNewline),
            '^' if flags.has(MULTILINE) => Node::Anchor(Anchor::LineStart),
            '^' => Node::Anchor(Anchor::TextStart),
            '$' if flags.has(MULTILINE) => Node::Anchor(Anchor::LineEnd),
            '$' => Node::Anchor(Anchor::End),
            '[' => self.set(flags, at)?,
            '(' => self.group(flags, at)?,
            '\\' => self.escape(flags, at)?,
            c => one_char(c, flags),
        })
    }

    fn set(&mut self, flags: Flags, start: usize) -> Parsing<Node> {
        let negated = self.eat('^');
        let mut items = Vec::new();
        loop {
            let at = self.at;
            let Some(c) = self.next() else {
                return Err(error("unterminated character set", Some(start)));
            };
            if c == ']' && !items.is_empty() {
                break;
            }
            let low = if c == '\\' { self.set_escape(at)? } else { SetItem::Char(c) };
            if self.peek() != Some('-') || self.chars.get(self.at + 1) == Some(&']') {
                items.push(low);
                continue;
            }
            self.at += 1;
            let high_at = self.at;
            let Some(high) = self.next() else {
                return Err(error("unterminated character set", Some(start)));
            };
            let high = if high == '\\' { self.set_escape(high_at)? } else { SetItem::Char(high) };
            match (low, high) {
                (SetItem::Char(low), SetItem::Char(high)) if low <= high => {
                    items.push(SetItem::Range(low, high))
                }
                _ => {
                    let text: String = self.chars[at..self.at].iter().collect();
                    return Err(error(&format!("bad character range {text}"), Some(at)));
                }
            }
        }
        let ignore_case = flags.has(IGNORECASE);
        if let ([SetItem::Char(c)], false) = (items.as_slice(), negated) {
            return Ok(one_char(*c, flags));
        }
        Ok(Node::One(One::Set(Set { items, negated, ignore_case, ascii: flags.has(ASCII) })))
    }

    fn set_escape(&mut self, at: usize) -> Parsing<SetItem> {
        let Some(c) = self.next() else { return Err(error("bad escape (end of pattern)", Some(at))) };
        if let Some((class, negated)) = class_of(c) {
            return Ok(SetItem::Class(class, negated));
        }
        match c {
            'b' => Ok(SetItem::Char('\u{8}')),
            '0'..='7' => {
                let mut code = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    match self.peek().and_then(|c| c.to_digit(8)) {
                        Some(digit) => {
                            code = code * 8 + digit;
                            self.at += 1;
                        }
                        None => break,
                    }
                }
                Ok(SetItem::Char(char::from_u32(code).unwrap_or('\0')))
            }
            c => self.plain_escape(c, at).map(SetItem::Char),
        }
    }

    fn plain_escape(&mut self, c: char, at: usize) -> Parsing<char> {
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'x' => self.hex(2, at)?,
            'u' => self.hex(4, at)?,
            'U' => self.hex(8, at)?,
            c if c.is_ascii_alphanumeric() => return Err(error(&format!("bad escape \\{c}"), Some(at))),
            c => c,
        })
    }

    fn hex(&mut self, count: usize, at: usize) -> Parsing<char> {
        let digits: String =
            self.chars[self.at..].iter().take(count).take_while(|c| c.is_ascii_hexdigit()).collect();
        self.at += digits.len();
        let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == count);
        match code.and_then(char::from_u32) {
            Some(c) => Ok(c),
            None => {
                let text: String = self.chars[at..self.at].iter().collect();
                Err(error(&format!("incomplete escape {text}"), Some(at)))
            }
        }
    }

    fn escape(&mut self, flags: Flags, at: usize) -> Parsing<Node> {
        let Some(c) = self.next() else { return Err(error("bad escape (end of pattern)", Some(at))) };
        let ascii = flags.has(ASCII);
        if let Some((class, negated)) = class_of(c) {
            let items = vec![SetItem::Class(class, negated)];
            return Ok(Node::One(One::Set(Set { items, negated: false, ignore_case: false, ascii })));
        }
        Ok(match c {
            'A' => Node::Anchor(Anchor::TextStart),
            'Z' => Node::Anchor(Anchor::TextEnd),
            'b' => Node::Anchor(Anchor::Boundary { ascii }),
            'B' => Node::Anchor(Anchor::NoBoundary { ascii }),
            '0' => {
                let mut code = 0;
                while let Some(digit) = self.peek().and_then(|c| c.to_digit(8)).filter(|_| self.at < at + 4) {
                    code = code * 8 + digit;
                    self.at += 1;
                }
                one_char(char::from_u32(code).unwrap_or('\0'), flags)
            }
            '1'..='9' => {
                let mut group = c.to_digit(10).unwrap_or(0) as usize;
                if let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
                    group = group * 10 + digit as usize;
                    self.at += 1;
                }
                self.same(group, flags, at)?
            }
            c => one_char(self.plain_escape(c, at)?, flags),
        })
    }

    fn same(&self, group: usize, flags: Flags, at: usize) -> Parsing<Node> {
        if group > self.groups {
            return Err(error(&format!("invalid group reference {group}"), Some(at + 1)));
        }
        if self.open.contains(&group) {
            return Err(error("cannot refer to an open group", Some(at)));
        }
        Ok(Node::Same { group, ignore_case: flags.has(IGNORECASE) })
    }

    fn close(&mut self, start: usize) -> Parsing<()> {
        if self.eat(')') { Ok(()) } else { Err(error("missing ), unterminated subpattern", Some(start))) }
    }

    fn group(&mut self, flags: Flags, start: usize) -> Parsing<Node> {
        if !self.eat('?') {
            return self.capture(None, flags, start);
        }
        let at = self.at;
        match self.next() {
            Some(':') => self.inner(flags, start),
            Some('>') => Ok(Node::Atomic(Box::new(self.inner(flags, start)?))),
            Some('P') => self.named(flags, start),
            Some('=') => self.look(flags, start, false, false),
            Some('!') => self.look(flags, start, false, true),
            Some('<') => match self.next() {
                Some('=') => self.look(flags, start, true, false),
                Some('!') => self.look(flags, start, true, true),
                Some(c) => Err(error(&format!("unknown extension ?<{c}"), Some(start + 1))),
                None => Err(error("unexpected end of pattern", Some(self.at))),
            },
            Some('(') => self.conditional(flags, start),
            Some(c) if flag(c).is_some() || c == '-' => {
                self.at = at;
                self.scoped_flags(flags, start)
            }
            Some(c) => Err(error(&format!("unknown extension ?{c}"), Some(start + 1))),
            None => Err(error("unexpected end of pattern", Some(self.at))),
        }
    }

    fn inner(&mut self, flags: Flags, start: usize) -> Parsing<Node> {
        let node = self.alternatives(flags, false)?;
        self.close(start)?;
        // A group is one part for a quantifier behind it.
        Ok(match node {
            node @ (Node::Repeat { .. } | Node::Anchor(_)) => Node::Concat(vec![node]),
            node => node,
        })
    }

    fn capture(&mut self, name: Option<String>, flags: Flags, start: usize) -> Parsing<Node> {
        self.groups += 1;
        let group = self.groups;
        if let Some(name) = name {
            if let Some((_, old)) = self.names.iter().find(|(known, _)| *known == name) {
                let text = format!("redefinition of group name '{name}' as group {group}; was group {old}");
                return Err(error(&text, Some(start + 4)));
            }
            self.names.push((name, group));
        }
        self.open.push(group);
        let node = self.alternatives(flags, false)?;
        self.open.pop();
        self.close(start)?;
        Ok(Node::Group(group, Box::new(node)))
    }

    fn name_until(&mut self, end: char) -> Parsing<String> {
        let start = self.at;
        let Some(length) = self.chars[start..].iter().position(|c| *c == end) else {
            let text = if self.at < self.chars.len() {
                format!("missing {end}, unterminated name")
            } else {
                "missing group name".to_owned()
            };
            return Err(error(&text, Some(start)));
        };
        self.at += length + 1;
        let name: String = self.chars[start..start + length].iter().collect();
        if name.is_empty() {
            return Err(error("missing group name", Some(start)));
        }
        Ok(name)
    }

    fn named(&mut self, flags: Flags, start: usize) -> Parsing<Node> {
        let at = self.at;
        match self.next() {
            Some('<') => {
                let name = self.name_until('>')?;
                let is_name = !name.starts_with(|c: char| c.is_ascii_digit())
                    && name.chars().all(|c| is_alpha(c) || is_numeric(c) || c == '_');
                if !is_name {
                    return Err(error(&format!("bad character in group name '{name}'"), Some(at + 1)));
                }
                self.capture(Some(name), flags, start)
            }
            Some('=') => {
                let name = self.name_until(')')?;
                match self.names.iter().find(|(known, _)| *known == name) {
                    Some((_, group)) => self.same(*group, flags, at),
                    None => Err(error(&format!("unknown group name '{name}'"), Some(at + 1))),
                }
            }
            Some(c) => Err(error(&format!("unknown extension ?P{c}"), Some(start + 1))),
            None => Err(error("unexpected end of pattern", Some(self.at))),
        }
    }

    fn look(&mut self, flags: Flags, start: usize, behind: bool, negative: bool) -> Parsing<Node> {
        let outer = std::mem::replace(&mut self.behind, behind);
        let node = self.alternatives(flags, false)?;
        self.behind = outer;
        self.close(start)?;
        let behind = if behind {
            let width =
                node.width().ok_or_else(|| error("look-behind requires fixed-width pattern", None))?;
            Some(width)
        } else {
            None
        };
        Ok(Node::Look { node: Box::new(node), behind, negative })
    }

    fn conditional(&mut self, flags: Flags, start: usize) -> Parsing<Node> {
        let at = self.at;
        let name = self.name_until(')')?;
        let group = match name.parse::<usize>() {
            Ok(group) if group > 0 => group,
            Ok(_) => return Err(error("bad group number", Some(at))),
            Err(_) => match self.names.iter().find(|(known, _)| *known == name) {
                Some((_, group)) => *group,
                None => return Err(error(&format!("unknown group name '{name}'"), Some(at))),
            },
        };
        let mut inner = flags;
        let yes = self.sequence(&mut inner, false, start)?;
        let no =
            if self.eat('|') { self.sequence(&mut inner, false, start)? } else { Node::Concat(Vec::new()) };
        self.close(start)?;
        Ok(Node::IfGroup { group, yes: Box::new(yes), no: Box::new(no) })
    }

    /// `(?i-s:...)`.
    fn scoped_flags(&mut self, flags: Flags, start: usize) -> Parsing<Node> {
        let (mut on, mut off, mut turning_off) = (0, 0, false);
        loop {
            let at = self.at;
            match self.next() {
                Some(':') => break,
                Some('-') if !turning_off => turning_off = true,
                Some(c) => match flag(c) {
                    Some(flag) if turning_off => off |= flag,
                    Some(flag) => on |= flag,
                    None => return Err(error("unknown flag", Some(at))),
                },
                None => return Err(error("missing -, : or )", Some(at))),
            }
        }
        self.inner(Flags((flags.0 | on) & !off), start)
    }
}

fn flag(letter: char) -> Option<i64> {
    Some(match letter {
        'i' => IGNORECASE,
        'm' => MULTILINE,
        's' => DOTALL,
        'x' => VERBOSE,
        'a' => ASCII,
        'u' => UNICODE,
        _ => return None,
    })
}

fn class_of(c: char) -> Option<(Class, bool)> {
    Some(match c {
        'd' => (Class::Digit, false),
        'D' => (Class::Digit, true),
        's' => (Class::Space, false),
        'S' => (Class::Space, true),
        'w' => (Class::Word, false),
        'W' => (Class::Word, true),
        _ => return None,
    })
}

fn one_char(c: char, flags: Flags) -> Node {
    let lower = super::program::fold(c);
    let has_case = lower != c || c.to_uppercase().next() != Some(c);
    Node::One(if flags.has(IGNORECASE) && has_case { One::Folded(lower) } else { One::Char(c) })
}

/// `re.escape(text)`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let special = SPECIAL.contains(c) || "]}-&~# \t\n\r\u{b}\u{c}".contains(c);
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether a name can be a group's number.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_decimal)
}
