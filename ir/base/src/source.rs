//! Source text, and positions that survive edits elsewhere in the file.

/// A byte range relative to the start of the item (function, class, module) that it lies in.
///
/// Relative, so that an edit above an item changes nothing inside it. The session knows where
/// each item starts and turns an origin into a file position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Origin {
    pub start: u32,
    pub end: u32,
}

impl Origin {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// One-based line and column (in characters).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LineCol {
    pub line: u32,
    pub column: u32,
}

/// A file's path and text with an index of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    pub path: String,
    pub text: String,
    line_starts: Vec<u32>,
}

impl SourceText {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(at, _)| at as u32 + 1)).collect();
        Self { path: path.into(), text, line_starts }
    }

    /// Position of a byte offset; offsets past the end give the last position.
    pub fn line_col(&self, offset: usize) -> LineCol {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|start| *start as usize <= offset) - 1;
        let start = self.line_starts[line] as usize;
        let column = self.text[start..offset].chars().count() as u32 + 1;
        LineCol { line: line as u32 + 1, column }
    }

    /// Text of a one-based line without its line break.
    pub fn line(&self, line: u32) -> &str {
        let Some(start) = self.line_starts.get(line as usize - 1) else { return "" };
        let rest = &self.text[*start as usize..];
        rest.split('\n').next().unwrap_or(rest).trim_end_matches('\r')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = SourceText::new("a.py", "x = 1\né = 2\n");
        assert_eq!(text.line_col(0), LineCol { line: 1, column: 1 });
        assert_eq!(text.line_col(8), LineCol { line: 2, column: 2 });
        assert_eq!(text.line(2), "é = 2");
        assert_eq!(text.line_col(999), LineCol { line: 3, column: 1 });
    }
}
