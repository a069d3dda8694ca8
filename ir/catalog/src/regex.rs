//! What the text of a regular expression says.

/// Number of capturing groups of a regular expression.
pub fn capturing_groups(pattern: &str) -> usize {
    let (mut count, mut in_set, mut chars) = (0, false, pattern.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            '[' if !in_set => {
                in_set = true;
                // A bracket that stands first is no end.
                chars.next_if_eq(&'^');
                chars.next_if_eq(&']');
            }
            ']' => in_set = false,
            '(' if !in_set => {
                let rest: String = chars.clone().take(3).collect();
                count += usize::from(!rest.starts_with('?') || rest == "?P<");
            }
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::capturing_groups;

    #[test]
    fn groups_are_counted() {
        for (pattern, count) in [(r"(a)(?:b)(?P<c>d)", 2), (r"[(]\((x)", 1), ("[^](](a)", 1), ("(?=a)", 0)] {
            assert_eq!(capturing_groups(pattern), count, "{pattern}");
        }
    }
}
