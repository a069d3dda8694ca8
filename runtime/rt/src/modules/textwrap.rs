//! Python's `textwrap`, with all its options.

use crate::class::ValueError;
use crate::text::PyStr;
use crate::unwind::raise_new;

/// `textwrap.TextWrapper`: how text is broken into lines.
#[derive(Clone, Debug, PartialEq)]
pub struct TextWrapper {
    /// Most characters of a line.
    pub width: i64,
    /// Stands before the first line.
    pub initial_indent: String,
    /// Stands before all other lines.
    pub subsequent_indent: String,
    /// Tabs become blanks.
    pub expand_tabs: bool,
    /// Each kind of white space becomes a blank.
    pub replace_whitespace: bool,
    /// Two blanks stand behind a sentence.
    pub fix_sentence_endings: bool,
    /// Words longer than a line are cut.
    pub break_long_words: bool,
    /// Blanks at the ends of lines go away.
    pub drop_whitespace: bool,
    /// Words may be broken behind a hyphen.
    pub break_on_hyphens: bool,
    /// Characters between tab stops.
    pub tabsize: i64,
    /// Most lines.
    pub max_lines: Option<i64>,
    /// Stands for the lines that are left out.
    pub placeholder: String,
}

impl Default for TextWrapper {
    fn default() -> Self {
        TextWrapper {
            width: 70,
            initial_indent: String::new(),
            subsequent_indent: String::new(),
            expand_tabs: true,
            replace_whitespace: true,
            fix_sentence_endings: false,
            break_long_words: true,
            drop_whitespace: true,
            break_on_hyphens: true,
            tabsize: 8,
            max_lines: None,
            placeholder: " [...]".to_owned(),
        }
    }
}

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_letter(c: char) -> bool {
    is_word(c) && !c.is_numeric()
}

fn is_word_or_mark(c: char) -> bool {
    is_word(c) || "!\"'&.,?".contains(c)
}

fn is_blank(chunk: &str) -> bool {
    chunk.chars().all(char::is_whitespace)
}

/// The parts of a text that are never broken: words, blanks and, with `hyphens`, dashes and parts of words.
fn chunks(text: &str, hyphens: bool) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let end = if is_space(chars[at]) {
            run(&chars, at, is_space)
        } else if !hyphens {
            run(&chars, at, |c| !is_space(c))
        } else if at > 0 && is_word_or_mark(chars[at - 1]) && dash_end(&chars, at).is_some() {
            dash_end(&chars, at).expect("tested above")
        } else {
            word_end(&chars, at)
        };
        out.push(chars[at..end].iter().collect());
        at = end;
    }
    out
}

fn run(chars: &[char], at: usize, test: impl Fn(char) -> bool) -> usize {
    at + chars[at..].iter().take_while(|c| test(**c)).count()
}

/// The end of two or more dashes before a word.
fn dash_end(chars: &[char], at: usize) -> Option<usize> {
    let end = run(chars, at, |c| c == '-');
    (end >= at + 2 && chars.get(end).is_some_and(|c| is_word(*c))).then_some(end)
}

/// The end of a word, of its part up to a hyphen between letters, or of what stands before a dash.
fn word_end(chars: &[char], at: usize) -> usize {
    let letter = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(|c| is_letter(*c));
    for end in at + 1..chars.len() {
        if is_space(chars[end]) || is_word_or_mark(chars[end - 1]) && dash_end(chars, end).is_some() {
            return end;
        }
        let after_word = letter(end.checked_sub(2)) && letter(Some(end - 1));
        let after_one =
            letter(end.checked_sub(3)) && end >= 2 && chars[end - 2] == '-' && is_letter(chars[end - 1]);
        let hyphen_next = chars.get(end + 2) == Some(&'-');
        let before_word = letter(Some(end + 1)) && letter(Some(end + 2 + usize::from(hyphen_next)));
        if chars[end] == '-' && (after_word || after_one) && before_word {
            return end + 1;
        }
    }
    chars.len()
}

fn width_of(chunk: &str) -> i64 {
    chunk.char_len()
}

/// A sentence ends with this word.
fn ends_sentence(word: &str) -> bool {
    let word = word.strip_suffix(['"', '\'']).unwrap_or(word);
    word.strip_suffix(['.', '!', '?']).is_some_and(|word| word.ends_with(|c: char| c.is_ascii_lowercase()))
}

impl TextWrapper {
    /// `w.wrap(text)`; raises `ValueError`.
    #[track_caller]
    pub fn wrap(&self, text: &str) -> Vec<String> {
        if self.width <= 0 {
            raise_new(ValueError, format!("invalid width {} (must be > 0)", self.width));
        }
        if let Some(lines) = self.max_lines {
            let indent = if lines > 1 { &self.subsequent_indent } else { &self.initial_indent };
            if width_of(indent) + width_of(self.placeholder.trim_start()) > self.width {
                raise_new(ValueError, "placeholder too large for max width");
            }
        }
        let mut text = if self.expand_tabs { text.expandtabs(self.tabsize) } else { text.to_owned() };
        if self.replace_whitespace {
            text = text.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
        }
        let mut chunks = chunks(&text, self.break_on_hyphens);
        if self.fix_sentence_endings {
            for at in 1..chunks.len() {
                if chunks[at] == " " && ends_sentence(&chunks[at - 1]) {
                    chunks[at] = "  ".to_owned();
                }
            }
        }
        chunks.reverse();
        self.lines(chunks)
    }

    /// `w.fill(text)`; raises `ValueError`.
    #[track_caller]
    pub fn fill(&self, text: &str) -> String {
        self.wrap(text).join("\n")
    }

    /// The lines; the next chunk is the last one.
    fn lines(&self, mut chunks: Vec<String>) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        while !chunks.is_empty() {
            let indent = if lines.is_empty() { &self.initial_indent } else { &self.subsequent_indent };
            let room = self.width - width_of(indent);
            if self.drop_whitespace && !lines.is_empty() && chunks.last().is_some_and(|chunk| is_blank(chunk))
            {
                chunks.pop();
            }
            let mut line = self.line(&mut chunks, room);
            if line.is_empty() {
                continue;
            }
            let used: i64 = line.iter().map(|chunk| width_of(chunk)).sum();
            let is_last =
                chunks.is_empty() || self.drop_whitespace && chunks.len() == 1 && chunks[0].trim().is_empty();
            if self.max_lines.is_none_or(|most| (lines.len() as i64) + 1 < most) || is_last && used <= room {
                lines.push(format!("{indent}{}", line.concat()));
                continue;
            }
            self.shorten_last(&mut line, used, room);
            if line.is_empty() {
                self.placeholder_line(&mut lines);
            } else {
                lines.push(format!("{indent}{}{}", line.concat(), self.placeholder));
            }
            break;
        }
        lines
    }

    /// Takes the chunks of one line.
    fn line(&self, chunks: &mut Vec<String>, room: i64) -> Vec<String> {
        let (mut line, mut used): (Vec<String>, i64) = (Vec::new(), 0);
        while let Some(chunk) = chunks.pop_if(|chunk| used + width_of(chunk) <= room) {
            used += width_of(&chunk);
            line.push(chunk);
        }
        if let Some(long) = chunks.pop_if(|chunk| width_of(chunk) > room) {
            if self.break_long_words {
                let end = self.cut(&long, if room < 1 { 1 } else { room - used });
                line.push(long.char_slice(None, Some(end), 1));
                chunks.push(long.char_slice(Some(end), None, 1));
            } else if line.is_empty() {
                line.push(long);
            } else {
                chunks.push(long);
            }
        }
        if self.drop_whitespace && line.last().is_some_and(|chunk| is_blank(chunk)) {
            line.pop();
        }
        line
    }

    /// Where a long word is cut: behind its last hyphen, if it has one there.
    fn cut(&self, long: &str, left: i64) -> i64 {
        let head: Vec<char> = long.chars().take(left.max(0) as usize).collect();
        match head.iter().rposition(|c| *c == '-') {
            Some(at) if self.break_on_hyphens && head[..at].iter().any(|c| *c != '-') => at as i64 + 1,
            _ => left,
        }
    }

    /// Takes chunks off until the placeholder fits behind the line.
    fn shorten_last(&self, line: &mut Vec<String>, mut used: i64, room: i64) {
        while let Some(chunk) = line.last() {
            if !is_blank(chunk) && used + width_of(&self.placeholder) <= room {
                return;
            }
            used -= width_of(chunk);
            line.pop();
        }
    }

    /// Nothing of the last line is left: the placeholder goes behind the line before it, if there is room.
    fn placeholder_line(&self, lines: &mut Vec<String>) {
        if let Some(last) = lines.last_mut() {
            let kept = last.trim_end();
            if width_of(kept) + width_of(&self.placeholder) <= self.width {
                *last = format!("{kept}{}", self.placeholder);
                return;
            }
        }
        let indent = if lines.is_empty() { &self.initial_indent } else { &self.subsequent_indent };
        lines.push(format!("{indent}{}", self.placeholder.trim_start()));
    }
}

/// `textwrap.wrap(text, width, initial_indent=.., subsequent_indent=..)`.
#[track_caller]
pub fn wrap(text: &str, width: i64, initial: &str, subsequent: &str) -> Vec<String> {
    let (initial_indent, subsequent_indent) = (initial.to_owned(), subsequent.to_owned());
    TextWrapper { width, initial_indent, subsequent_indent, ..TextWrapper::default() }.wrap(text)
}

/// `textwrap.fill(text, width, ..)`.
#[track_caller]
pub fn fill(text: &str, width: i64, initial: &str, subsequent: &str) -> String {
    wrap(text, width, initial, subsequent).join("\n")
}

/// `textwrap.shorten(text, width, placeholder=..)`.
#[track_caller]
pub fn shorten(text: &str, width: i64, placeholder: &str) -> String {
    let text = text.split_ws(-1).join(" ");
    let placeholder = placeholder.to_owned();
    TextWrapper { width, max_lines: Some(1), placeholder, ..TextWrapper::default() }.fill(&text)
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
    indent_where(text, prefix, |line| !line.trim().is_empty())
}

/// `textwrap.indent` of the lines, with their ends, that a test takes.
pub fn indent_where(text: &str, prefix: &str, takes: impl Fn(&str) -> bool) -> String {
    let lines = text.py_lines(true);
    lines.iter().map(|line| if takes(line) { format!("{prefix}{line}") } else { line.clone() }).collect()
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
        let text = "The quick brown-fox jumps -- over the dog's well-known--so they say--back.";
        assert_eq!(
            wrap(text, 12, "", "").join("|"),
            "The quick|brown-fox|jumps --|over the|dog's well-|known--so|they say--|back."
        );
        let two = TextWrapper { width: 16, max_lines: Some(2), ..TextWrapper::default() };
        assert_eq!(two.fill("one two three four five six seven"), "one two three\nfour five [...]");
        assert_eq!(dedent("\n    a\n      b\n    \n    c"), "\na\n  b\n\nc");
        assert_eq!(indent("x\n\ny", "> "), "> x\n\n> y");
    }
}
