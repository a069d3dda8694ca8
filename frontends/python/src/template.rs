//! Templates of `"..." % x` and `"...".format(..)`: text to pieces that name their arguments.

/// A piece of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Text(String),
    Field(Field),
}

/// A replacement field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Field {
    pub arg: ArgRef,
    /// What follows the argument's name: `.name`, `[key]`.
    pub path: Vec<Step>,
    /// `r`, `s`, `a`, or for `%` the conversion letter.
    pub conversion: Option<char>,
    pub spec: Vec<Part>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ArgRef {
    Position(usize),
    Name(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    Attribute(String),
    Item(String),
    Index(usize),
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// Parses a `%` template; `None` when Python would refuse it.
pub(crate) fn percent(template: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = template;
    let mut next = 0;
    while let Some((text, after)) = rest.split_once('%') {
        push_text(&mut parts, text);
        if let Some(after) = after.strip_prefix('%') {
            push_text(&mut parts, "%");
            rest = after;
            continue;
        }
        let (field, after) = percent_field(after, &mut next)?;
        parts.push(Part::Field(field));
        rest = after;
    }
    push_text(&mut parts, rest);
    Some(parts)
}

fn percent_field<'t>(text: &'t str, next: &mut usize) -> Option<(Field, &'t str)> {
    let (name, mut rest) = match text.strip_prefix('(') {
        Some(inner) => {
            let (name, after) = inner.split_once(')')?;
            (Some(name.to_owned()), after)
        }
        None => (None, text),
    };
    let mut spec = Vec::new();
    let flags = rest.len() - rest.trim_start_matches(['#', '0', '-', ' ', '+']).len();
    push_text(&mut spec, &rest[..flags]);
    rest = percent_number(&rest[flags..], &mut spec, next);
    if let Some(after) = rest.strip_prefix('.') {
        push_text(&mut spec, ".");
        rest = percent_number(after, &mut spec, next);
    }
    rest = rest.trim_start_matches(['h', 'l', 'L']);
    let letter = rest.chars().next().filter(|c| "diouxXeEfFgGcrsa".contains(*c))?;
    let conversion = Some(if matches!(letter, 'i' | 'u') { 'd' } else { letter });
    let arg = match name {
        Some(name) => ArgRef::Name(name),
        None => positional(next),
    };
    Some((Field { arg, path: Vec::new(), conversion, spec }, &rest[1..]))
}

fn positional(next: &mut usize) -> ArgRef {
    *next += 1;
    ArgRef::Position(*next - 1)
}

/// Width or precision: digits, or `*` for an argument.
fn percent_number<'t>(text: &'t str, spec: &mut Vec<Part>, next: &mut usize) -> &'t str {
    if let Some(after) = text.strip_prefix('*') {
        spec.push(Part::Field(Field {
            arg: positional(next),
            path: Vec::new(),
            conversion: None,
            spec: Vec::new(),
        }));
        return after;
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    push_text(spec, &text[..text.len() - rest.len()]);
    rest
}

/// Parses a `.format` template; `None` when Python would refuse it.
pub(crate) fn braces(template: &str) -> Option<Vec<Part>> {
    Braces { next: 0, is_numbered: None }.parts(template, 0)
}

struct Braces {
    next: usize,
    /// Whether fields are numbered by hand; Python refuses a mixture.
    is_numbered: Option<bool>,
}

impl Braces {
    fn parts(&mut self, template: &str, level: u32) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            push_text(&mut parts, &rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after) = after.strip_prefix(brace).filter(|_| level == 0) {
                push_text(&mut parts, brace);
                rest = after;
            } else if brace == "}" || level > 1 {
                return None;
            } else {
                let close = closing(after)?;
                parts.push(Part::Field(self.field(&after[..close], level)?));
                rest = &after[close + 1..];
            }
        }
        push_text(&mut parts, rest);
        Some(parts)
    }

    fn field(&mut self, text: &str, level: u32) -> Option<Field> {
        let name_end = name_end(text)?;
        let (arg, path) = self.name(&text[..name_end])?;
        let mut rest = &text[name_end..];
        let mut conversion = None;
        if let Some(after) = rest.strip_prefix('!') {
            conversion = Some(after.chars().next().filter(|c| "rsa".contains(*c))?);
            rest = &after[1..];
        }
        let spec = match rest.strip_prefix(':') {
            Some(spec) => self.parts(spec, level + 1)?,
            None if rest.is_empty() => Vec::new(),
            None => return None,
        };
        Some(Field { arg, path, conversion, spec })
    }

    fn name(&mut self, text: &str) -> Option<(ArgRef, Vec<Step>)> {
        let first = text.find(['.', '[']).unwrap_or(text.len());
        let name = &text[..first];
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        let arg = match (name.is_empty(), is_number) {
            (false, false) => ArgRef::Name(name.to_owned()),
            (is_empty, _) => {
                if *self.is_numbered.get_or_insert(!is_empty) == is_empty {
                    return None;
                }
                if is_empty { positional(&mut self.next) } else { ArgRef::Position(name.parse().ok()?) }
            }
        };
        let mut path = Vec::new();
        let mut rest = &text[first..];
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('[') {
                let (key, after) = after.split_once(']')?;
                path.push(key.parse().map_or_else(|_| Step::Item(key.to_owned()), Step::Index));
                rest = after;
            } else {
                let after = rest.strip_prefix('.')?;
                let end = after.find(['.', '[']).unwrap_or(after.len());
                path.push(Step::Attribute(after[..end].to_owned()));
                rest = &after[end..];
            }
        }
        Some((arg, path))
    }
}

/// End of a field's name: the first `!` or `:` outside of brackets.
fn name_end(text: &str) -> Option<usize> {
    let mut is_key = false;
    for (at, c) in text.char_indices() {
        match c {
            '[' => is_key = true,
            ']' => is_key = false,
            '{' if !is_key => return None,
            '!' | ':' if !is_key => return Some(at),
            _ => {}
        }
    }
    Some(text.len())
}

fn closing(text: &str) -> Option<usize> {
    let mut open = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => return Some(at),
            '}' => open -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_templates() {
        let parts = percent("%5.2f%% of %-*s").unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[1], Part::Text("% of ".into()));
        let Part::Field(last) = &parts[2] else { panic!() };
        assert_eq!((last.arg.clone(), last.spec.len()), (ArgRef::Position(2), 2));
        assert_eq!(percent("100%"), None);
        assert_eq!(percent("%y"), None);
    }

    #[test]
    fn brace_templates() {
        let parts = braces("{{{0.x[1]!r:>{w}}}}").unwrap();
        assert_eq!(parts.len(), 3);
        let Part::Field(field) = &parts[1] else { panic!() };
        assert_eq!(field.path, [Step::Attribute("x".into()), Step::Index(1)]);
        assert_eq!((field.conversion, field.spec.len()), (Some('r'), 2));
        assert_eq!(braces("{} {0}"), None);
        assert_eq!(braces("{"), None);
        assert_eq!(braces("}"), None);
    }
}
