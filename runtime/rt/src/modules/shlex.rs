//! Python's `shlex`: words of a command line.

use crate::class::ValueError;
use crate::error::Error;

/// `shlex.split(text, comments)`; `ValueError` for an open quotation.
#[track_caller]
pub fn split(text: &str, comments: bool) -> Result<Vec<String>, Error> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('\\', None | Some('"')) => {
                let next = chars.next().ok_or_else(|| Error::new(ValueError, "No escaped character"))?;
                let word = word.get_or_insert_default();
                if quote.is_some() && next != '\\' && next != '"' {
                    word.push('\\');
                }
                word.push(next);
            }
            (c, Some(_)) => word.get_or_insert_default().push(c),
            ('"' | '\'', None) => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (' ' | '\t' | '\r' | '\n', None) => words.extend(word.take()),
            // A comment ends the word, and the line.
            ('#', None) if comments => {
                words.extend(word.take());
                let _ = chars.by_ref().find(|c| *c == '\n');
            }
            (c, None) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(Error::new(ValueError, "No closing quotation"));
    }
    words.extend(word);
    Ok(words)
}

/// `shlex.split(text, posix=False)`: quotations stay as they are written.
#[track_caller]
pub fn split_plain(text: &str, comments: bool) -> Result<Vec<String>, Error> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(open)) => {
                word.push(c);
                if c == open {
                    quote = None;
                    words.push(std::mem::take(&mut word));
                }
            }
            ('"' | '\'', None) if word.is_empty() => {
                word.push(c);
                quote = Some(c);
            }
            (' ' | '\t' | '\r' | '\n', None) => {
                words.extend(Some(std::mem::take(&mut word)).filter(|w| !w.is_empty()))
            }
            // The word goes on behind the line.
            ('#', None) if comments => drop(chars.by_ref().find(|c| *c == '\n')),
            (c, None) => word.push(c),
        }
    }
    if quote.is_some() {
        return Err(Error::new(ValueError, "No closing quotation"));
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    Ok(words)
}

/// `shlex.quote(text)`: one word of a command line.
pub fn quote(text: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "_@%+=:,./-".contains(c);
    if text.is_empty() {
        "''".to_owned()
    } else if text.chars().all(is_safe) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\"'\"'"))
    }
}

/// `shlex.join(words)`.
pub fn join<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    words.into_iter().map(|word| quote(word.as_ref())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cpythons() {
        // From CPython 3.11.
        let text = "cp 'my file' \"a \\\"b\\\" \\n\" -r\\ x ''";
        assert_eq!(split(text, false).expect("words"), ["cp", "my file", "a \"b\" \\n", "-r x", ""]);
        assert_eq!(join(["a", "b c", "it's", ""]), "a 'b c' 'it'\"'\"'s' ''");
    }
}
