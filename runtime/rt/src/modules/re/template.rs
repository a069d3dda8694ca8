//! Replacement texts: `\1`, `\g<name>`, escapes.

use super::error;
use super::parse::is_number;
use super::pattern::Inner;
use crate::class::IndexError;
use crate::error::Error;

pub(super) enum Part {
    Text(String),
    Group(usize),
}

/// Takes a replacement apart.
#[track_caller]
pub(super) fn parse(text: &str, pattern: &Inner) -> Result<Vec<Part>, Error> {
    let chars: Vec<char> = text.chars().collect();
    let (mut parts, mut plain, mut at) = (Vec::new(), String::new(), 0);
    while at < chars.len() {
        let c = chars[at];
        at += 1;
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let start = at - 1;
        let Some(&c) = chars.get(at) else { return Err(error("bad escape (end of pattern)", Some(start))) };
        at += 1;
        let group = match c {
            'g' => {
                let (group, after) = named(&chars, at, pattern)?;
                at = after;
                group
            }
            '0' => {
                let mut code = 0;
                while let Some(digit) = chars.get(at).and_then(|c| c.to_digit(8)).filter(|_| at < start + 4) {
                    code = code * 8 + digit;
                    at += 1;
                }
                plain.extend(char::from_u32(code));
                continue;
            }
            '1'..='9' => {
                let mut group = c.to_digit(10).unwrap_or(0) as usize;
                if let Some(digit) = chars.get(at).and_then(|c| c.to_digit(10)) {
                    group = group * 10 + digit as usize;
                    at += 1;
                }
                check(group, start + 1, pattern)?
            }
            c => {
                plain.push(escape(c, start)?);
                if c.is_ascii_punctuation() && c != '\\' {
                    plain.insert(plain.len() - c.len_utf8(), '\\');
                }
                continue;
            }
        };
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        parts.push(Part::Group(group));
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

fn escape(c: char, start: usize) -> Result<char, Error> {
    Ok(match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        c if c.is_ascii_alphabetic() => return Err(error(&format!("bad escape \\{c}"), Some(start))),
        c => c,
    })
}

fn check(group: usize, at: usize, pattern: &Inner) -> Result<usize, Error> {
    if group > pattern.groups {
        return Err(error(&format!("invalid group reference {group}"), Some(at)));
    }
    Ok(group)
}

/// `<name>` behind `\g`.
fn named(chars: &[char], at: usize, pattern: &Inner) -> Result<(usize, usize), Error> {
    if chars.get(at) != Some(&'<') {
        return Err(error("missing <", Some(at)));
    }
    let start = at + 1;
    let Some(length) = chars[start..].iter().position(|c| *c == '>') else {
        return Err(error("missing >, unterminated name", Some(start)));
    };
    let name: String = chars[start..start + length].iter().collect();
    let after = start + length + 1;
    if name.is_empty() {
        return Err(error("missing group name", Some(start)));
    }
    if is_number(&name) {
        let group = name.parse().map_err(|_| error("invalid group reference", Some(start)))?;
        return Ok((check(group, start, pattern)?, after));
    }
    match pattern.names.iter().find(|(known, _)| *known == name) {
        Some((_, group)) => Ok((*group, after)),
        None => Err(Error::new(IndexError, format!("unknown group name '{name}'"))),
    }
}

/// Writes the replacement of one match.
pub(super) fn fill(parts: &[Part], text: &str, slots: &[usize], out: &mut String) {
    for part in parts {
        match part {
            Part::Text(plain) => out.push_str(plain),
            Part::Group(group) => {
                out.push_str(text.get(slots[2 * group]..slots[2 * group + 1]).unwrap_or_default());
            }
        }
    }
}
