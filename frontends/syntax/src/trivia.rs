//! Comments and blank lines: handed out in source order, each exactly once.
//!
//! A frontend walks its file from top to bottom. Where a statement starts it takes everything not
//! yet taken before it ([`Trivia::above`]), after it what stands on the same line
//! ([`Trivia::beside`]), at the end of a block what is indented like the block
//! ([`Trivia::end_of_block`]). What has no statement of its own stays and goes to the next slot, so
//! comments in equal comments out.

use batuta_core::Comment;
use std::sync::Arc;
use tree_sitter::Tree;

#[derive(Clone, Debug)]
struct Row {
    start: usize,
    end: usize,
    column: usize,
    /// Nothing but white space stands before it on its line.
    own_line: bool,
    comment: Comment,
}

/// The comments of one file and how many of them are taken.
#[derive(Clone, Debug, Default)]
pub struct Trivia {
    rows: Vec<Row>,
    next: usize,
}

/// Byte ranges of the tree's nodes of kind `comment`.
pub fn comments(tree: &Tree) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    crate::errors::each_of_kind(tree, "comment", |node| found.push((node.start_byte(), node.end_byte())));
    found
}

/// Whether the line above the one that holds `at` is blank.
fn is_blank_before(source: &str, at: usize) -> bool {
    let before = source.get(..at).unwrap_or("");
    let Some((above, _)) = before.rsplit_once('\n') else { return false };
    above.rsplit('\n').next().is_some_and(|line| line.trim().is_empty())
}

impl Trivia {
    /// Comments at these ranges; `sign` (`#`) is cut from their texts.
    pub fn new(source: &str, mut ranges: Vec<(usize, usize)>, sign: &str) -> Self {
        ranges.sort_unstable();
        ranges.dedup();
        let text = |(start, end): (usize, usize)| {
            let text = source.get(start..end)?;
            Some((start, end, text.strip_prefix(sign).unwrap_or(text).to_owned()))
        };
        Self::of(source, ranges.into_iter().filter_map(text).collect())
    }

    /// Comments at ranges of the source, with their texts without signs. Several may stand at one range.
    pub fn of(source: &str, mut comments: Vec<(usize, usize, String)>) -> Self {
        comments.sort_by_key(|(start, ..)| *start);
        let rows = comments.into_iter().filter_map(|(start, end, text)| {
            let line = source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
            let own_line = source[line..start].trim().is_empty();
            let text = Arc::from(text.trim_end());
            let blank_before = own_line && is_blank_before(source, start);
            Some(Row { start, end, column: start - line, own_line, comment: Comment { text, blank_before } })
        });
        Self { rows: rows.collect(), next: 0 }
    }

    /// Takes every comment before `start` that nobody took.
    pub fn above(&mut self, start: usize) -> Vec<Comment> {
        let mut taken = Vec::new();
        while let Some(row) = self.rows.get(self.next).filter(|row| row.start < start) {
            taken.push(row.comment.clone());
            self.next += 1;
        }
        taken
    }

    /// Takes the next comment if only white space (or `;`) lies between `end` and it on one line.
    pub fn beside(&mut self, source: &str, end: usize) -> Option<Arc<str>> {
        let row = self.rows.get(self.next).filter(|row| row.start >= end)?;
        let gap = source.get(end..row.start)?;
        if gap.chars().any(|c| c == '\n' || !(c.is_whitespace() || c == ';')) {
            return None;
        }
        self.next += 1;
        Some(row.comment.text.clone())
    }

    /// Takes what was left before `end` (the end of a block's last statement) and the comments
    /// directly after it that are indented at least as deep as the block.
    pub fn end_of_block(&mut self, source: &str, end: usize, column: usize) -> Vec<Comment> {
        let mut taken = self.above(end);
        let mut from = end;
        while let Some(row) = self.rows.get(self.next) {
            let is_next = source.get(from..row.start).is_some_and(|gap| gap.trim().is_empty());
            if !is_next || (row.own_line && row.column < column) {
                break;
            }
            taken.push(row.comment.clone());
            from = row.end;
            self.next += 1;
        }
        taken
    }

    /// Takes all that is left.
    pub fn rest(&mut self) -> Vec<Comment> {
        self.above(usize::MAX)
    }

    /// Drops what lies before `end`: code that is left out on purpose takes its comments along.
    pub fn skip(&mut self, end: usize) {
        while self.rows.get(self.next).is_some_and(|row| row.start < end) {
            self.next += 1;
        }
    }

    /// How many comments are taken; give it to [`Trivia::rewind`].
    pub fn mark(&self) -> usize {
        self.next
    }

    /// Puts back what was taken since `mark`.
    pub fn rewind(&mut self, mark: usize) {
        self.next = mark;
    }

    /// Whether a blank line stands before `start` or before the first untaken comment above it.
    pub fn is_blank_before(&self, source: &str, start: usize) -> bool {
        match self.rows.get(self.next).filter(|row| row.start < start) {
            Some(row) => row.comment.blank_before,
            None => is_blank_before(source, start),
        }
    }

    /// Number of comments in the file.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trivia(source: &str) -> Trivia {
        let starts = source.match_indices('#').map(|(at, _)| at);
        let ranges = starts.map(|at| (at, at + source[at..].find('\n').unwrap_or(source.len() - at)));
        Trivia::new(source, ranges.collect(), "#")
    }

    #[test]
    fn each_comment_is_taken_once() {
        let source = "# a\nx = 1  # b\n\n# c\ny\n";
        let mut comments = trivia(source);
        assert_eq!(comments.above(4).len(), 1);
        assert_eq!(comments.beside(source, 9).as_deref(), Some(" b"));
        assert_eq!(comments.beside(source, 9), None);
        assert!(comments.is_blank_before(source, 20));
        assert_eq!(comments.rest()[0], Comment { text: " c".into(), blank_before: true });
    }

    #[test]
    fn a_block_ends_where_the_indentation_does() {
        let source = "if a:\n    x\n    # in\n# out\ny\n";
        let mut comments = trivia(source);
        let taken = comments.end_of_block(source, 11, 4);
        assert_eq!(taken.len(), 1);
        assert_eq!(&*taken[0].text, " in");
    }
}
