//! `batutac repl`: lines are evaluated as they are entered, and their names stay.
//!
//! On a terminal with editing, colours, completion and a history; otherwise it reads lines and prints what they give.

mod commands;
mod terminal;

use crate::args::{Common, ReplArgs};
use crate::failure::Failure;
use crate::report;
use batuta_session::repl::{EvalError, Repl, Reply, SharedRepl, block_on};
use batuta_session::{Language, Project};
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub fn repl(args: &ReplArgs, common: &Common) -> Result<ExitCode, Failure> {
    let mut prompt = Prompt::new(common);
    if args.lang == crate::args::LangArg::Python {
        prompt.set_lang(Language::Python);
    }
    watch_interrupts(&prompt.repl)?;
    for path in &args.files {
        prompt.load(path)?;
    }
    let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let status = if is_terminal { terminal::run(&mut prompt)? } else { lines(&mut prompt)? };
    Ok(ExitCode::from(status))
}

/// A line is being evaluated.
static EVALUATES: AtomicBool = AtomicBool::new(false);
/// It was asked to stop, and has not yet.
static IS_ASKED: AtomicBool = AtomicBool::new(false);

/// An interrupt stops the line that runs; without one, and when the line does not react, it ends the process.
fn watch_interrupts(repl: &SharedRepl) -> Result<(), Failure> {
    let repl = repl.clone();
    let handler = move || {
        if !EVALUATES.load(Ordering::Relaxed) || IS_ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        repl.interrupt();
    };
    ctrlc::set_handler(handler).map_err(|why| Failure::usage(format!("cannot watch interrupts: {why}")))
}

/// Reads lines from what is no terminal.
fn lines(prompt: &mut Prompt<'_>) -> Result<u8, Failure> {
    let mut text = String::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|why| Failure::io("read", "standard input", &why))?;
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&line);
        // An empty line ends what would go on.
        let is_open = prompt.is_open(&text) && !line.trim().is_empty();
        if !is_open && let Some(status) = prompt.enter(&std::mem::take(&mut text)) {
            return Ok(status);
        }
    }
    Ok(prompt.enter(&text).unwrap_or(0))
}

/// What is shown besides the value of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    Normal,
    /// Type and time.
    Debug,
    /// The tree, before it runs.
    Ast,
    /// The Rust, before it runs.
    Transpile,
}

/// The state of the prompt.
struct Prompt<'c> {
    repl: SharedRepl,
    lang: Language,
    mode: Mode,
    history: Vec<String>,
    common: &'c Common,
}

impl<'c> Prompt<'c> {
    fn new(common: &'c Common) -> Self {
        let repl = SharedRepl::default();
        Self { repl, lang: Language::Ruchy, mode: Mode::Normal, history: Vec::new(), common }
    }

    fn set_lang(&mut self, lang: Language) {
        self.lang = lang;
        self.ask(move |repl| repl.set_lang(lang));
    }

    /// Asks the environment; a thread that is gone ends the process.
    fn ask<T: Send + 'static>(&self, question: impl FnOnce(&mut Repl) -> T + Send + 'static) -> T {
        IS_ASKED.store(false, Ordering::Relaxed);
        EVALUATES.store(true, Ordering::Relaxed);
        let answer = block_on(self.repl.ask(question));
        EVALUATES.store(false, Ordering::Relaxed);
        answer.unwrap_or_else(|| {
            eprintln!("internal error, please report: the thread that evaluates is gone");
            std::process::exit(2)
        })
    }

    /// Whether the next line belongs to a text.
    fn is_open(&self, text: &str) -> bool {
        !text.starts_with(':') && Repl::is_open(self.lang, text)
    }

    /// A line that is complete: a command or code. Gives the status when the session ends.
    fn enter(&mut self, text: &str) -> Option<u8> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        self.history.push(trimmed.to_owned());
        match trimmed.strip_prefix(':') {
            Some(command) => self.command(command),
            None => self.evaluate(text),
        }
    }

    fn evaluate(&mut self, code: &str) -> Option<u8> {
        let before = match self.mode {
            Mode::Ast => Some(self.of_code(code, |repl, code| repl.ast(code))),
            Mode::Transpile => Some(self.of_code(code, |repl, code| repl.rust(code))),
            Mode::Debug => {
                Some(self.of_code(code, |repl, code| repl.type_of(code)).map(|ty| format!("Type: {ty}")))
            }
            Mode::Normal => None,
        };
        if let Some(Ok(shown)) = before {
            println!("{}", shown.trim_end());
        }
        let (outcome, time) = self.timed(code);
        if self.mode == Mode::Debug {
            println!("Time: {}", shown_time(time));
        }
        self.answer(outcome)
    }

    fn timed(&mut self, code: &str) -> (Result<Reply, EvalError>, Duration) {
        let started = Instant::now();
        let outcome = self.of_code(code, |repl, code| repl.eval(code));
        (outcome, started.elapsed())
    }

    fn of_code<T: Send + 'static>(&self, code: &str, question: fn(&mut Repl, &str) -> T) -> T {
        let code = code.to_owned();
        self.ask(move |repl| question(repl, &code))
    }

    /// Shows what a line gives; the status when it ends the session.
    fn answer(&self, outcome: Result<Reply, EvalError>) -> Option<u8> {
        match outcome {
            Ok(reply) => {
                if let Some(value) = reply.value {
                    println!("{value}");
                }
                None
            }
            Err(EvalError::Exit { status, .. }) => Some(status as u8),
            Err(error) => {
                self.show(&error);
                None
            }
        }
    }

    fn show(&self, error: &EvalError) {
        let _ = std::io::stdout().flush();
        match error {
            EvalError::Findings(refusal) => {
                report::show_lines(&refusal.findings, &refusal.lines, self.common)
            }
            EvalError::Interrupted { .. } => eprintln!("interrupted"),
            EvalError::Failed { report, .. } => eprintln!("{report}"),
            EvalError::Changed { name, .. } => {
                eprintln!("error: {error}");
                eprintln!(
                    "  = help: the line was not run; give `{name}` another name, or start again with :reset"
                );
            }
            error => eprintln!("error: {error}"),
        }
    }

    /// Evaluates a file.
    fn load(&mut self, path: &std::path::Path) -> Result<Option<u8>, Failure> {
        let project: Project = batuta_session::load(path)?;
        let Some(file) = project.files.iter().find(|file| project.entry.as_ref() == Some(&file.module))
        else {
            return Err(Failure::usage(format!("{} is no program", path.display())));
        };
        if project.files.len() > 1 {
            return Err(Failure::usage(format!(
                "{} imports files of its own, which the prompt cannot yet",
                path.display()
            )));
        }
        self.set_lang(if file.path.ends_with(".py") { Language::Python } else { Language::Ruchy });
        let code = file.text.to_string();
        Ok(self.evaluate(&code))
    }
}

fn lang_name(lang: Language) -> &'static str {
    if lang == Language::Python { "python" } else { "ruchy" }
}

/// `1.25 ms`.
fn shown_time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 1e-3 => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{:.0} us", seconds * 1e6),
    }
}
