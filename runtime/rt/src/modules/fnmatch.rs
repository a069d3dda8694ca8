//! Python's `fnmatch`: the patterns of a shell.

/// `fnmatch.fnmatchcase(name, pattern)`, and `fnmatch` on a system whose names keep their case.
pub fn fnmatch(name: impl AsRef<str>, pattern: impl AsRef<str>) -> bool {
    let name: Vec<char> = name.as_ref().chars().collect();
    let pattern: Vec<char> = pattern.as_ref().chars().collect();
    matches(&name, &pattern)
}

/// `fnmatch.filter(names, pattern)`.
pub fn filter<S: AsRef<str>>(names: impl IntoIterator<Item = S>, pattern: &str) -> Vec<String> {
    let names = names.into_iter().filter(|name| fnmatch(name, pattern));
    names.map(|name| name.as_ref().to_owned()).collect()
}

/// Whether a text has characters that `glob` does not take as they are.
pub(crate) fn has_magic(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// Goes back to the last `*` when the rest does not fit.
fn matches(name: &[char], pattern: &[char]) -> bool {
    let (mut at, mut p) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < name.len() {
        let step = match pattern.get(p) {
            Some('*') => {
                star = Some((at, p + 1));
                p += 1;
                continue;
            }
            Some('?') => Some(1),
            Some('[') => match class(&pattern[p..]) {
                Some((length, accepts)) => accepts(name[at]).then_some(length),
                None => (name[at] == '[').then_some(1),
            },
            Some(c) => (*c == name[at]).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(length), _) => (at, p) = (at + 1, p + length),
            (None, Some((from, after))) => {
                (at, p) = (from + 1, after);
                star = Some((from + 1, after));
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// A class `[a-z]` at the start: how long it is and what it accepts; none while it has no end.
fn class(pattern: &[char]) -> Option<(usize, impl Fn(char) -> bool + '_)> {
    let negated = pattern.get(1) == Some(&'!');
    let start = if negated { 2 } else { 1 };
    // A `]` that stands first is a member.
    let end = pattern.iter().enumerate().skip(start + 1).find(|(_, c)| **c == ']').map(|(at, _)| at)?;
    let members = &pattern[start..end];
    let accepts = move |c: char| {
        let mut found = false;
        let mut at = 0;
        while at < members.len() {
            if members.get(at + 1) == Some(&'-') && at + 2 < members.len() {
                found |= members[at] <= c && c <= members[at + 2];
                at += 3;
            } else {
                found |= members[at] == c;
                at += 1;
            }
        }
        found != negated
    };
    Some((end + 1, accepts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (name, pattern, is_match) in [
            ("a.txt", "*.txt", true),
            ("a.txt", "?.t[a-x]t", true),
            ("a.txt", "[!b]*", true),
            ("b.txt", "[!b]*", false),
            ("ab", "a", false),
            ("a]", "a[]]", true),
            ("[x", "[x", true),
            ("abcbc", "a*bc", true),
            ("", "*", true),
        ] {
            assert_eq!(fnmatch(name, pattern), is_match, "{name} {pattern}");
        }
    }
}
