//! Methods of strings.

/// Each character as a text.
pub fn characters(text: &str) -> Vec<String> {
    text.chars().map(String::from).collect()
}

/// The lines of a text.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The parts between separators.
pub fn split(text: &str, separator: &str) -> Vec<String> {
    text.split(separator).map(str::to_owned).collect()
}

/// The text `count` times; nothing for a negative count.
pub fn repeat(text: &str, count: i64) -> String {
    text.repeat(usize::try_from(count).unwrap_or(0))
}

/// The characters from `start` to before `end`, as far as there are some.
pub fn slice(text: &str, start: i64, end: i64) -> String {
    let start = usize::try_from(start).unwrap_or(0);
    let count = usize::try_from(end).unwrap_or(0).saturating_sub(start);
    text.chars().skip(start).take(count).collect()
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The number that a text writes.
#[track_caller]
pub fn parse_int(text: &str) -> i64 {
    let parsed = text.trim().parse();
    parsed.unwrap_or_else(|_| super::panic(&format!("Failed to parse '{text}' as integer")))
}

/// The number that a text writes.
#[track_caller]
pub fn parse_float(text: &str) -> f64 {
    let parsed = text.trim().parse();
    parsed.unwrap_or_else(|_| super::panic(&format!("Failed to parse '{text}' as float")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        assert_eq!(slice("héllo", 1, 3), "él");
        assert_eq!(slice("ab", -1, 9), "ab");
        assert_eq!(repeat("x", -2), "");
        assert_eq!(capitalised("éa"), "Éa");
        assert_eq!(parse_int("12"), 12);
    }
}
