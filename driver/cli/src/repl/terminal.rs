//! The prompt on a terminal: editing, colours, completion, history.

use super::commands::COMMANDS;
use super::{Prompt, lang_name};
use crate::failure::Failure;
use batuta_session::repl::{Repl, words};
use batuta_session::{Language, highlight};
use reedline::{
    Color, ColumnarMenu, Completer, CompletionResult, Emacs, FileBackedHistory, Highlighter, KeyCode,
    KeyModifiers, MenuBuilder, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu,
    Signal, Span, StyledText, Suggestion, ValidationResult, Validator, default_emacs_keybindings,
};
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// Lines that the history file keeps.
const REMEMBERED: usize = 10_000;

/// What the editor knows of the session.
#[derive(Clone)]
struct Known(Arc<Mutex<State>>);

struct State {
    lang: Language,
    /// Names to complete.
    words: Vec<String>,
}

impl Known {
    fn lang(&self) -> Language {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).lang
    }

    /// Reads language and names again.
    fn renew(&self, prompt: &Prompt<'_>) {
        let mut all = words(prompt.lang);
        all.extend(prompt.ask(|repl| {
            let variables = repl.variables().into_iter().map(|variable| variable.name);
            let defined =
                repl.definitions().into_iter().filter_map(|name| Some(name.split(' ').nth(1)?.to_owned()));
            variables.chain(defined).collect::<Vec<_>>()
        }));
        all.sort();
        all.dedup();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State { lang: prompt.lang, words: all };
    }
}

/// Reads and evaluates until the end.
pub(super) fn run(prompt: &mut Prompt<'_>) -> Result<u8, Failure> {
    let known = Known(Arc::new(Mutex::new(State { lang: prompt.lang, words: Vec::new() })));
    let mut editor = editor(&known, prompt);
    if !prompt.common.quiet {
        println!("batutac {}. :help lists the commands, :quit ends.", env!("CARGO_PKG_VERSION"));
    }
    loop {
        known.renew(prompt);
        let line = editor.read_line(&Marks(prompt.lang));
        match line {
            Ok(Signal::Success(text)) => {
                if let Some(status) = prompt.enter(&text) {
                    return Ok(status);
                }
            }
            Ok(Signal::CtrlD) => return Ok(0),
            Ok(_) => {}
            Err(why) => return Err(Failure::usage(format!("cannot read from the terminal: {why}"))),
        }
    }
}

fn editor(known: &Known, prompt: &Prompt<'_>) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let complete = ReedlineEvent::UntilFound(vec![
        ReedlineEvent::Menu("completion".to_owned()),
        ReedlineEvent::MenuNext,
    ]);
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, complete);
    let menu = Box::new(ColumnarMenu::default().with_name("completion"));
    let mut editor = Reedline::create()
        .with_completer(Box::new(known.clone()))
        .with_highlighter(Box::new(known.clone()))
        .with_validator(Box::new(known.clone()))
        .with_menu(ReedlineMenu::EngineCompleter(menu))
        .with_ansi_colors(crate::report::has_color(prompt.common))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    let file = crate::cache::root().ok().map(|root| root.join("history"));
    if let Some(history) = file.and_then(|file| FileBackedHistory::with_file(REMEMBERED, file).ok()) {
        editor = editor.with_history(Box::new(history));
    }
    editor
}

impl Validator for Known {
    fn validate(&self, text: &str) -> ValidationResult {
        let ends = text.ends_with('\n') && !text.trim().is_empty();
        match !ends && !text.starts_with(':') && Repl::is_open(self.lang(), text) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Complete,
        }
    }
}

impl Highlighter for Known {
    fn highlight(&self, text: &str, _: usize) -> StyledText {
        let mut out = StyledText::new();
        let pieces = if self.lang() == Language::Ruchy && !text.starts_with(':') {
            highlight(text)
        } else {
            Vec::new()
        };
        let mut at = 0;
        for piece in pieces {
            let plain = text.get(at..piece.range.start).unwrap_or_default();
            out.push((Color::Default.normal(), plain.to_owned()));
            let style = match piece.name.split('.').next().unwrap_or_default() {
                "keyword" => Color::Blue.bold(),
                "string" => Color::Green.normal(),
                "number" | "constant" => Color::Cyan.normal(),
                "comment" => Color::DarkGray.normal(),
                "function" => Color::Yellow.normal(),
                "type" | "constructor" => Color::Magenta.normal(),
                _ => Color::Default.normal(),
            };
            out.push((style, text.get(piece.range.clone()).unwrap_or_default().to_owned()));
            at = piece.range.end;
        }
        out.push((Color::Default.normal(), text.get(at..).unwrap_or_default().to_owned()));
        out
    }
}

impl Completer for Known {
    fn complete(&mut self, text: &str, at: usize) -> CompletionResult {
        let front = text.get(..at).unwrap_or_default();
        let start = front.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |found| found + 1);
        let start = if front.is_char_boundary(start) { start } else { at };
        let word = &front[start..];
        let suggestion = |value: &str| Suggestion {
            value: value.to_owned(),
            span: Span::new(start, at),
            ..Suggestion::default()
        };
        let found: Vec<Suggestion> = if front.starts_with(':') && start == 1 {
            let names = COMMANDS.iter().map(|command| command.name);
            names.filter(|name| name.starts_with(word)).map(suggestion).collect()
        } else if word.is_empty() && !front.ends_with('.') {
            Vec::new()
        } else {
            let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.words.iter().filter(|name| name.starts_with(word)).map(|name| suggestion(name)).collect()
        };
        CompletionResult::fresh(found)
    }
}

/// What stands before the lines.
struct Marks(Language);

impl reedline::Prompt for Marks {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        lang_name(self.0).into()
    }
    fn render_prompt_right(&self) -> Cow<'_, str> {
        "".into()
    }
    fn render_prompt_indicator(&self, _: PromptEditMode) -> Cow<'_, str> {
        "> ".into()
    }
    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        "... ".into()
    }
    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        format!("(search `{}`) ", search.term).into()
    }
}
