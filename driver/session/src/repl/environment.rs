//! The lines of one language and their variables.

use super::Variable;
use super::ask::type_name;
use crate::finding::{Finding, Mark, Position, position};
use crate::project::{Project, ProjectFile};
use crate::{Options, Session, Start};
use batuta_base::{Name, Severity, SourceText};
use batuta_core::{Lang, Mir, Program, Ty};
use batuta_jit::{Gap, Machine, Owner, Place, Stop};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The module that all lines are.
const MODULE: &str = "repl";

/// What a line gives.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reply {
    /// The value of its last statement, as the prompt shows it; none for nil.
    pub value: Option<String>,
    /// What it printed, where that is captured.
    pub output: String,
}

/// Why a line gives nothing. Only those that ran changed anything.
#[derive(Clone, Debug)]
pub enum EvalError {
    /// It was refused for what was found.
    Findings(Box<Refusal>),
    /// It was refused: there is no code for these parts.
    Gaps(Vec<Gap>),
    /// It was refused: a variable would become something else.
    Changed { name: String, before: String, after: String },
    /// It ran and failed: the report, and what it had printed.
    Failed { report: String, output: String },
    /// It ran and was stopped.
    Interrupted { output: String },
    /// It ended the session with a status.
    Exit { status: i32, output: String },
    /// A fault of ours.
    Internal(String),
    /// The question has no answer in this language.
    Unanswered(String),
}

/// Findings, and the lines that they point into as files.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub findings: Vec<Finding>,
    pub lines: Project,
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings(refusal) => {
                for (at, finding) in refusal.findings.iter().enumerate() {
                    let place =
                        finding.at.as_ref().map(|at| format!("{}:{}:{}: ", at.file, at.line, at.column));
                    let line = if at > 0 { "\n" } else { "" };
                    write!(f, "{line}{}{} [{}]", place.unwrap_or_default(), finding.message, finding.code)?;
                }
                Ok(())
            }
            Self::Gaps(gaps) => {
                let what: Vec<&str> = gaps.iter().map(|gap| gap.what.as_str()).collect();
                write!(f, "no code yet for {}", what.join(", "))
            }
            Self::Changed { name, before, after } => {
                write!(f, "with this line `{name}`, which is {before}, would be {after}")
            }
            Self::Failed { report, .. } => f.write_str(report),
            Self::Interrupted { .. } => f.write_str("interrupted"),
            Self::Exit { status, .. } => write!(f, "the session ended with status {status}"),
            Self::Internal(why) => write!(f, "internal error, please report: {why}"),
            Self::Unanswered(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for EvalError {}

/// A line that was accepted, or is tried.
#[derive(Clone, Debug)]
struct Line {
    number: usize,
    text: String,
}

/// The lines of one language.
pub(super) struct Environment {
    lang: Lang,
    lines: Vec<Line>,
    machine: Machine,
    /// Lines that were tried.
    tried: usize,
    pub captures: bool,
}

/// A program made of the accepted lines and a new one.
pub(super) struct Draft {
    lines: Vec<Line>,
    /// Where each line starts in the text.
    starts: Vec<usize>,
    text: String,
    /// Where the new line starts.
    pub since: usize,
    /// A piece of the new line that the user did not write: where it starts, and its length.
    inserted: (usize, usize),
}

impl Environment {
    pub fn new(lang: Lang, owner: Owner) -> Self {
        Self { lang, lines: Vec::new(), machine: Machine::new(owner), tried: 0, captures: false }
    }

    pub fn count(&self) -> usize {
        self.lines.len()
    }

    pub fn source(&self) -> String {
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text.trim_end()).collect();
        if texts.is_empty() { String::new() } else { format!("{}\n", texts.join("\n")) }
    }

    pub fn definitions(&self) -> Vec<String> {
        let texts = self.lines.iter().flat_map(|line| batuta_ruchy::definitions(&line.text));
        texts.filter(|_| self.lang == Lang::Ruchy).map(|found| found.name).collect()
    }

    /// The text of a definition with the comments above it.
    pub fn definition(&self, name: &str) -> Option<String> {
        if self.lang != Lang::Ruchy {
            return None;
        }
        self.lines.iter().rev().find_map(|line| {
            let all = batuta_ruchy::definitions(&line.text);
            let found = all.into_iter().find(|found| found.name.split(' ').nth(1) == Some(name))?;
            let above = line.text[..found.range.start].trim_end();
            let comments: Vec<&str> =
                above.lines().rev().take_while(|row| row.trim_start().starts_with("//")).collect();
            let comments: String = comments.into_iter().rev().map(|row| format!("{row}\n")).collect();
            Some(format!("{comments}{}", &line.text[found.range]))
        })
    }

    /// Name of the value of a Python line.
    fn told(&self) -> String {
        format!("_told_{}", self.tried)
    }

    /// The program with a new line.
    pub fn draft(&self, code: &str) -> Draft {
        let mut lines = self.lines.clone();
        if self.lang == Lang::Ruchy {
            replace_definitions(&mut lines, code);
        }
        let mut text = String::new();
        let mut starts = Vec::new();
        for line in &lines {
            starts.push(text.len());
            text.push_str(&line.text);
            // What follows is never part of it.
            text.push_str(if self.lang == Lang::Ruchy { "\n;\n" } else { "\n" });
        }
        let since = text.len();
        starts.push(since);
        lines.push(Line { number: self.tried, text: code.to_owned() });
        let mut inserted = (0, 0);
        match batuta_python::last_expression(code).filter(|_| self.lang == Lang::Python) {
            Some(range) => {
                let front = format!("{} = repr((", self.told());
                inserted = (since + range.start, front.len());
                let (before, rest) = code.split_at(range.start);
                let (value, rest) = rest.split_at(range.len());
                text.push_str(&format!("{before}{front}{value})){rest}"));
            }
            None => text.push_str(code),
        }
        text.push('\n');
        Draft { lines, starts, text, since, inserted }
    }

    fn path(&self) -> String {
        format!("{MODULE}.{}", if self.lang == Lang::Ruchy { "ruchy" } else { "py" })
    }

    pub fn session(&self, draft: &Draft, start: Start) -> Session {
        let options = Options { start, verify: false, ..Options::default() };
        Session::new(&Project::single(&self.path(), &draft.text), options)
    }

    /// The findings for which a line is refused: errors, and what has no translation.
    pub fn refused(&self, draft: &Draft, session: &Session) -> Result<(), EvalError> {
        let is_new = |finding: &Finding| finding.at.as_ref().is_none_or(|at| at.start >= draft.since);
        let is_bad = |finding: &Finding| {
            finding.is_error() || finding.severity == Severity::Warning && is_new(finding)
        };
        let refused = |finding: Finding| Finding { severity: Severity::Error, ..draft.shifted(finding) };
        let findings: Vec<Finding> = session.findings().into_iter().filter(is_bad).map(refused).collect();
        match findings.is_empty() {
            true => Ok(()),
            false => Err(EvalError::Findings(Box::new(Refusal { findings, lines: draft.project() }))),
        }
    }

    pub fn eval(&mut self, code: &str) -> Result<Reply, EvalError> {
        if code.trim().is_empty() {
            return Ok(Reply::default());
        }
        self.tried += 1;
        let draft = self.draft(code);
        let (value, output) = self.guarded(|this| this.run(&draft))?;
        self.lines = draft.lines;
        Ok(Reply { value, output })
    }

    /// Compiles and runs; gives the value that is told, and what was printed.
    fn run(&mut self, draft: &Draft) -> Result<(Option<String>, String), EvalError> {
        let session = self.session(draft, Start::Line);
        self.refused(draft, &session)?;
        let mut options = session.jit_options(vec![MODULE.to_owned()]);
        options.can_stop = true;
        let (inner, places) = (options.locate.clone(), draft.places());
        options.locate = Arc::new(move |item, origin| inner(item, origin).map(|place| places.shifted(place)));
        let since = u32::try_from(draft.since).unwrap_or(u32::MAX);
        let (ran, output) =
            batuta_jit::captured(self.captures, || self.machine.run(session.mir(), since, &options));
        let told = ran.map_err(|stop| of_stop(stop, &output, self.lang))?;
        if self.lang == Lang::Ruchy {
            let is_let = draft.lines.last().is_some_and(|line| batuta_ruchy::ends_in_let(&line.text));
            let declared = if is_let { last_variable(session.mir()) } else { None };
            let value = declared.and_then(|path| self.machine.variable(path, self.lang));
            return Ok((value.map(|value| value.value).filter(|text| text != "nil").or(told), output));
        }
        let told = Name::new(MODULE).join(&self.told());
        // What gives nothing has no text of its own.
        let value = self.machine.text(told).filter(|text| !matches!(text.as_str(), "None" | "nil"));
        self.machine.forget(told);
        Ok((value, output))
    }

    /// Runs a question; a fault of ours is an error, too.
    pub fn guarded<T>(
        &mut self,
        question: impl FnOnce(&mut Self) -> Result<T, EvalError>,
    ) -> Result<T, EvalError> {
        let outcome = catch_unwind(AssertUnwindSafe(|| question(self)));
        outcome.unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            Err(EvalError::Internal(text.unwrap_or("no message").to_owned()))
        })
    }

    /// Runs a line that leaves no name.
    pub fn eval_once(&mut self, code: &str) -> Result<Reply, EvalError> {
        self.tried += 1;
        let draft = self.draft(code);
        let (value, output) = self.guarded(|this| this.run(&draft))?;
        Ok(Reply { value, output })
    }

    pub fn variables(&self) -> Vec<Variable> {
        let found = self.machine.variables(Name::new(MODULE), self.lang);
        let names: Vec<String> = found.iter().map(|variable| variable.name.to_string()).collect();
        let mut rows: Vec<(usize, Variable)> = Vec::new();
        for variable in found.into_iter().filter(|variable| !variable.name.as_str().starts_with("_told_")) {
            let (name, version) = self.version(variable.name.as_str(), &names);
            let (ty, value) = (self.type_name(variable.ty), variable.value);
            let row = (version, Variable { name: name.to_owned(), ty, value });
            match rows.iter_mut().find(|(_, known)| known.name == row.1.name) {
                Some(known) if known.0 < version => *known = row,
                Some(_) => {}
                None => rows.push(row),
            }
        }
        rows.into_iter().map(|(_, variable)| variable).collect()
    }

    /// The name that the user wrote and how often it was declared before: `x_2` is the second `x`.
    fn version<'n>(&self, name: &'n str, names: &[String]) -> (&'n str, usize) {
        let Some((front, number)) = name.rsplit_once('_').filter(|_| self.lang == Lang::Ruchy) else {
            return (name, 1);
        };
        let number = number.parse().ok().filter(|number| *number > 1);
        let is_written = || self.lines.iter().any(|line| line.text.contains(name));
        match number.filter(|_| names.iter().any(|known| known == front) && !is_written()) {
            Some(number) => (front, number),
            None => (name, 1),
        }
    }

    pub fn type_name(&self, ty: Ty) -> String {
        type_name(ty, self.lang)
    }

    pub fn lang(&self) -> Lang {
        self.lang
    }

    pub fn machine(&mut self) -> &mut Machine {
        &mut self.machine
    }

    pub fn try_next(&mut self) {
        self.tried += 1;
    }
}

/// The variable that was declared last.
fn last_variable(program: &Program<Mir>) -> Option<Name> {
    program.globals.keys().rfind(|path| path.parent() == MODULE).copied()
}

/// The path of a variable.
pub(super) fn variable(name: &str) -> Name {
    Name::new(MODULE).join(name)
}

/// A definition of the new line takes the place of one before.
fn replace_definitions(lines: &mut Vec<Line>, code: &str) {
    let new = batuta_ruchy::definitions(code);
    let is_replaced = |old: &batuta_ruchy::Definition| {
        new.iter().any(|new| {
            new.name == old.name
                && (new.members.is_empty() || new.members.iter().any(|member| old.members.contains(member)))
        })
    };
    for line in lines.iter_mut() {
        let mut old = batuta_ruchy::definitions(&line.text);
        old.retain(|old| is_replaced(old));
        for definition in old.into_iter().rev() {
            // Positions of what stands behind stay as they are.
            let blank: String = line.text[definition.range.clone()]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' })
                .collect();
            line.text.replace_range(definition.range, &blank);
        }
    }
    lines.retain(|line| !line.text.trim().is_empty());
}

fn of_stop(stop: Stop, output: &str, lang: Lang) -> EvalError {
    let output = output.to_owned();
    match stop {
        Stop::Gaps(gaps) => EvalError::Gaps(gaps),
        Stop::Changed { name, before, after } => {
            let (before, mut after) = (type_name(before, lang), type_name(after, lang));
            if before == after {
                after.push_str(" that several names share");
            }
            EvalError::Changed { name: name.last().to_owned(), before, after }
        }
        Stop::Redefined { name, class } => EvalError::Changed {
            name: name.last().to_owned(),
            before: format!("of the old `{}`", class.last()),
            after: "of the new one, which has other fields".to_owned(),
        },
        Stop::Failed(report) => EvalError::Failed { report, output },
        Stop::Interrupted => EvalError::Interrupted { output },
        Stop::Exit(status) => EvalError::Exit { status, output },
    }
}

/// What findings and errors call a line.
fn file_name(number: usize) -> String {
    format!("input {number}")
}

/// The first line of each part of a program.
struct Places(Vec<(u32, usize)>);

impl Places {
    /// A line of the program as one of the part that it is in.
    fn shifted(&self, place: Place) -> Place {
        match self.0.iter().rev().find(|(first, _)| *first <= place.line) {
            Some((first, number)) => Place { file: file_name(*number), line: place.line - first + 1 },
            None => place,
        }
    }
}

impl Draft {
    fn places(&self) -> Places {
        let first = |start: &usize| self.text[..*start].matches('\n').count() as u32 + 1;
        Places(self.starts.iter().map(first).zip(self.lines.iter().map(|line| line.number)).collect())
    }

    /// The lines as files.
    fn project(&self) -> Project {
        let file = |line: &Line| ProjectFile {
            path: file_name(line.number),
            text: line.text.as_str().into(),
            module: format!("input_{}", line.number),
            is_package: false,
        };
        Project { files: self.lines.iter().map(file).collect(), ..Project::default() }
    }

    fn shifted(&self, finding: Finding) -> Finding {
        let at = finding.at.map(|at| self.shifted_position(&at));
        let mark = |mark: Mark| Mark { at: self.shifted_position(&mark.at), ..mark };
        Finding { at, marks: finding.marks.into_iter().map(mark).collect(), ..finding }
    }

    fn shifted_position(&self, at: &Position) -> Position {
        let (from, length) = self.inserted;
        let own = |offset: usize| {
            if offset >= from + length { offset - length } else { offset.min(from.max(self.since)) }
        };
        let (start, end) = match length {
            0 => (at.start, at.end),
            _ if at.end > from => (own(at.start), own(at.end)),
            _ => (at.start, at.end),
        };
        let found = self.starts.iter().rposition(|first| *first <= start).unwrap_or(0);
        let (line, first) = (&self.lines[found], self.starts[found]);
        let source = SourceText::new(file_name(line.number), line.text.clone());
        position(&source, start - first, end.saturating_sub(first))
    }
}
