//! Findings: diagnostics with places in files instead of places in items.

use batuta_base::{Anchor, Diagnostic, FxHashMap, Name, Severity, SourceText};
use std::sync::Arc;

/// A range of a source file.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Position {
    /// Path of the file as the user named it.
    pub file: String,
    /// Byte offsets.
    pub start: usize,
    pub end: usize,
    /// One-based line and column (in characters) of `start`.
    pub line: u32,
    pub column: u32,
    /// One-based line and column of `end`.
    pub end_line: u32,
    pub end_column: u32,
}

/// A marked place with a remark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    pub at: Position,
    pub text: String,
}

/// One finding, ready to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// `B` and four digits.
    pub code: &'static str,
    pub severity: Severity,
    pub message: String,
    /// `None` for what concerns the project as a whole.
    pub at: Option<Position>,
    pub marks: Vec<Mark>,
    pub hints: Vec<String>,
}

impl Finding {
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Finds the file position of an anchor.
pub(crate) struct Locator {
    /// Source and start offset of each item; modules by their own path.
    items: FxHashMap<Name, (Arc<SourceText>, u32)>,
}

impl Locator {
    pub(crate) fn new(items: FxHashMap<Name, (Arc<SourceText>, u32)>) -> Self {
        Self { items }
    }

    /// The item itself, or the nearest item that it lies in.
    fn find(&self, item: Name) -> Option<&(Arc<SourceText>, u32)> {
        let mut path = item;
        while path != "" {
            if let Some(found) = self.items.get(&path) {
                return Some(found);
            }
            path = path.as_str().rsplit_once('$').map_or_else(|| path.parent(), |(head, _)| Name::new(head));
        }
        None
    }

    /// File position of an anchor; `None` for an item of no file.
    pub(crate) fn position(&self, at: Anchor) -> Option<Position> {
        let (source, base) = self.find(at.item)?;
        let start = (base + at.origin.start) as usize;
        let end = (base + at.origin.end).max(base + at.origin.start) as usize;
        Some(position(source, start, end))
    }

    pub(crate) fn finding(&self, diagnostic: &Diagnostic) -> Finding {
        let marks = diagnostic.labels.iter().filter_map(|label| {
            let at = self.position(label.at)?;
            Some(Mark { at, text: label.text.clone() })
        });
        Finding {
            code: diagnostic.code.id,
            severity: diagnostic.code.severity,
            message: diagnostic.message.clone(),
            at: self.position(diagnostic.at),
            marks: marks.collect(),
            hints: diagnostic.hints.clone(),
        }
    }
}

/// A byte range of a source as a position; offsets past the end give the end.
pub(crate) fn position(source: &SourceText, start: usize, end: usize) -> Position {
    let (start, end) = (start.min(source.text.len()), end.min(source.text.len()));
    let (from, to) = (source.line_col(start), source.line_col(end));
    Position {
        file: source.path.clone(),
        start,
        end,
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
    }
}
