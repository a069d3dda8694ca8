//! Diagnostics as data: what is wrong, where, why, and what to do next.

use crate::{Name, Origin};

/// How much a diagnostic weighs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; exit code 0.
    Note,
    /// Something is not translated as it stands (a hole, a dynamic value); exit code 0 unless `--strict`.
    Warning,
    /// The unit is not written; exit code 1.
    Error,
}

/// A diagnostic code: `B` and four digits, a severity and its one-line meaning.
///
/// 01 syntax, 02 names, 03 types, 04 ownership, 05 unsupported, 06 C, 07 Ruchy, 08 tensors, 09 project.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Code {
    pub id: &'static str,
    pub severity: Severity,
    pub title: &'static str,
}

impl Code {
    pub const fn error(id: &'static str, title: &'static str) -> Self {
        Self { id, severity: Severity::Error, title }
    }
    pub const fn warning(id: &'static str, title: &'static str) -> Self {
        Self { id, severity: Severity::Warning, title }
    }
    pub const fn note(id: &'static str, title: &'static str) -> Self {
        Self { id, severity: Severity::Note, title }
    }
}

/// A place in a source item.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Anchor {
    /// Path of the item that the origin is relative to.
    pub item: Name,
    pub origin: Origin,
}

/// A marked place with a remark.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Label {
    pub at: Anchor,
    pub text: String,
}

/// One finding. The first label is the main one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diagnostic {
    pub code: Code,
    pub message: String,
    pub at: Anchor,
    pub labels: Vec<Label>,
    pub hints: Vec<String>,
}

impl Diagnostic {
    /// Adds a marked place.
    pub fn label(&mut self, origin: Origin, text: impl Into<String>) -> &mut Self {
        let at = Anchor { item: self.at.item, origin };
        self.labels.push(Label { at, text: text.into() });
        self
    }

    /// Adds a next step for the user.
    pub fn hint(&mut self, text: impl Into<String>) -> &mut Self {
        self.hints.push(text.into());
        self
    }
}

/// The diagnostics of one item, in the order of their report.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Diags {
    pub item: Name,
    pub list: Vec<Diagnostic>,
}

impl Diags {
    pub fn new(item: Name) -> Self {
        Self { item, list: Vec::new() }
    }

    /// Reports a finding at a place of the current item; the code's title is the message.
    pub fn report(&mut self, code: Code, origin: Origin) -> &mut Diagnostic {
        self.report_with(code, origin, code.title)
    }

    /// Reports a finding with a message of its own.
    pub fn report_with(&mut self, code: Code, origin: Origin, message: impl Into<String>) -> &mut Diagnostic {
        let at = Anchor { item: self.item, origin };
        let message = message.into();
        self.list.push(Diagnostic { code, message, at, labels: Vec::new(), hints: Vec::new() });
        self.list.last_mut().expect("a row was pushed on the line above")
    }

    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|found| found.code.severity == Severity::Error)
    }
}
