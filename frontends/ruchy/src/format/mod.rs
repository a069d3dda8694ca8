//! The one layout of Ruchy source: indentation, spaces, and the few line breaks that follow from the code.
//!
//! Line breaks stay where they are, but for these: statements, and the arms and fields of what has a line break
//! anywhere, stand on lines of their own; `{` and `else` stand on the line before; what makes a line longer than
//! [`WIDTH`] is broken at its outermost brackets. Tokens and comments stay as they are, in their order.
//!
//! A formatted text is read again before it is given: it must have the same tokens and the same tree. Where it has
//! not (a line break or a space can matter), line breaks stay as they were, and the text is read again.

mod layout;
mod spaces;
mod tree;

use crate::parse;
use layout::Style;
use tree::Source;

/// Columns that a line should not overtake.
const WIDTH: usize = 100;

/// Why a text is not formatted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FormatError {
    /// It is not Ruchy.
    Syntax,
    /// Its layout cannot be changed without changing its meaning: a fault of this module.
    Unsure,
}

/// The text in the one layout.
pub fn format(text: &str) -> Result<String, FormatError> {
    let source = read(text).ok_or(FormatError::Syntax)?;
    for style in [Style::Full, Style::Careful] {
        let formatted = layout::lay_out(&source, style);
        if read(&formatted).is_some_and(|again| again.is_same(&source)) {
            return Ok(formatted);
        }
    }
    Err(FormatError::Unsure)
}

/// The tokens and the tree of a text; nothing where it has faults.
fn read(text: &str) -> Option<Source<'_>> {
    let parsed = parse::parse(text)?;
    parsed.faults.is_empty().then(|| Source::new(&parsed.tree, text))
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests read files")]
mod checks;
