//! What begins with a colon.

use super::{Mode, Prompt, lang_name, shown_time};
use batuta_session::repl::Repl;
use batuta_session::{Language, Level};
use std::io::{IsTerminal, Write};
use std::path::Path;

/// A command: its name, other names, what it takes and what it does.
pub(super) struct Command {
    pub name: &'static str,
    aliases: &'static [&'static str],
    takes: &'static str,
    about: &'static str,
}

const fn command(
    name: &'static str,
    aliases: &'static [&'static str],
    takes: &'static str,
    about: &'static str,
) -> Command {
    Command { name, aliases, takes, about }
}

pub(super) const COMMANDS: &[Command] = &[
    command("help", &["h"], "", "lists the commands"),
    command("type", &["t"], "EXPR", "says the type of an expression, which is not run"),
    command("inspect", &[], "EXPR", "says type and value of an expression"),
    command("ast", &[], "CODE", "shows the syntax tree"),
    command("ir", &[], "[hir|typed|mir] CODE", "shows the program at a level of the compiler"),
    command("rust", &[], "CODE", "shows the Rust that the lines so far and this one become"),
    command("clif", &[], "CODE", "shows what Cranelift compiles"),
    command("time", &[], "CODE", "runs it and says how long it took"),
    command("load", &[], "FILE", "runs a file here"),
    command("save", &[], "FILE", "writes the lines so far as a program; `:save! FILE` replaces one"),
    command("vars", &[], "", "lists the variables"),
    command("env", &[], "", "says what this is"),
    command("history", &[], "", "lists what was entered"),
    command("doc", &[], "NAME", "says what a function takes and gives"),
    command("mode", &[], "[normal|debug|ast|transpile]", "what is shown besides values"),
    command("lang", &[], "[ruchy|python]", "the language of the lines to come; each has its own variables"),
    command("clear", &[], "", "clears the screen"),
    command("reset", &[], "", "forgets all names"),
    command("quit", &["q", "exit"], "", "ends the session"),
];

/// The command of a name or of one of its other names.
fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name || command.aliases.contains(&name))
}

impl Prompt<'_> {
    /// Runs a command; the status when it ends the session.
    pub(super) fn command(&mut self, text: &str) -> Option<u8> {
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        let forced = word == "save!";
        let Some(command) = find(word.trim_end_matches('!')).filter(|_| forced || !word.ends_with('!'))
        else {
            eprintln!("error: no command `:{word}`");
            eprintln!("  = help: `:help` lists the commands; write an atom in parentheses");
            return None;
        };
        let needs = !command.takes.is_empty() && !command.takes.starts_with('[') || command.name == "ir";
        if needs && rest.is_empty() {
            eprintln!("error: `:{} {}` needs something to work on", command.name, command.takes);
            return None;
        }
        match command.name {
            "help" => help(),
            "type" => self.shown(rest, |repl, code| repl.type_of(code).map(|ty| format!("Type: {ty}"))),
            "inspect" => self.shown(rest, |repl, code| {
                repl.inspect(code).map(|found| format!("Type: {}\nValue: {}", found.ty, found.value))
            }),
            "ast" => self.shown(rest, |repl, code| repl.ast(code)),
            "ir" => self.ir(rest),
            "rust" => self.shown(rest, |repl, code| repl.rust(code)),
            "clif" => self.shown(rest, |repl, code| repl.clif(code)),
            "time" => return self.time(rest),
            "load" => match self.load(Path::new(rest)) {
                Ok(status) => return status,
                Err(failure) => _ = failure.report(self.common),
            },
            "save" => self.save(rest, forced),
            "vars" => self.variables(),
            "env" => self.environment(),
            "history" => {
                for (at, line) in self.history.iter().enumerate() {
                    println!("{:>4}  {}", at + 1, line.replace('\n', "\n      "));
                }
            }
            "doc" => self.doc(rest),
            "mode" => self.change_mode(rest),
            "lang" => self.change_language(rest),
            "clear" => clear(),
            "reset" => self.ask(Repl::reset),
            _ => return Some(0),
        }
        None
    }

    fn shown(
        &self,
        code: &str,
        question: fn(&mut Repl, &str) -> Result<String, batuta_session::repl::EvalError>,
    ) {
        match self.of_code(code, question) {
            Ok(text) => println!("{}", text.trim_end()),
            Err(error) => self.show(&error),
        }
    }

    fn ir(&self, rest: &str) {
        let (word, code) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match (word, code.trim()) {
            ("hir", code) if !code.is_empty() => self.shown(code, |repl, code| repl.ir(code, Level::Hir)),
            ("typed", code) if !code.is_empty() => self.shown(code, |repl, code| repl.ir(code, Level::Typed)),
            ("mir", code) if !code.is_empty() => self.shown(code, |repl, code| repl.ir(code, Level::Mir)),
            _ => self.shown(rest, |repl, code| repl.ir(code, Level::Mir)),
        }
    }

    fn time(&mut self, code: &str) -> Option<u8> {
        let (outcome, time) = self.timed(code);
        let status = self.answer(outcome);
        println!("Time: {}", shown_time(time));
        status
    }

    fn save(&self, path: &str, forced: bool) {
        let source = self.ask(Repl::source);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).truncate(forced).create(forced).create_new(!forced);
        let written = options.open(path).and_then(|mut file| file.write_all(source.as_bytes()));
        match written {
            Ok(()) => eprintln!("wrote {path}"),
            Err(why) if why.kind() == std::io::ErrorKind::AlreadyExists => {
                eprintln!("error: {path} is there already");
                eprintln!("  = help: `:save! {path}` replaces it");
            }
            Err(why) => _ = crate::failure::Failure::io("write", path, &why).report(self.common),
        }
    }

    fn variables(&self) {
        for variable in self.ask(Repl::variables) {
            println!("{}: {} = {}", variable.name, variable.ty, variable.value);
        }
    }

    fn environment(&self) {
        let (lines, variables, objects) =
            self.ask(|repl| (repl.count(), repl.variables().len(), repl.objects()));
        println!("batutac {}", env!("CARGO_PKG_VERSION"));
        println!("language: {}", lang_name(self.lang));
        println!("lines: {lines}, variables: {variables}, objects: {objects}");
        if let Ok(folder) = std::env::current_dir() {
            println!("folder: {}", folder.display());
        }
    }

    fn doc(&self, name: &str) {
        match self.of_code(name, |repl, name| repl.doc(name)) {
            Some(text) => println!("{text}"),
            None => eprintln!("error: nothing is known of `{name}`"),
        }
    }

    fn change_mode(&mut self, word: &str) {
        let modes = [
            ("normal", Mode::Normal),
            ("debug", Mode::Debug),
            ("ast", Mode::Ast),
            ("transpile", Mode::Transpile),
        ];
        if word.is_empty() {
            let now = modes.iter().find(|(_, mode)| *mode == self.mode).map_or("normal", |(name, _)| name);
            return println!("{now}");
        }
        match modes.iter().find(|(name, _)| *name == word) {
            Some((_, mode)) => self.mode = *mode,
            None => eprintln!("error: no mode `{word}`: normal, debug, ast, transpile"),
        }
    }

    fn change_language(&mut self, word: &str) {
        match word {
            "" => println!("{}", lang_name(self.lang)),
            "ruchy" => self.set_lang(Language::Ruchy),
            "python" => self.set_lang(Language::Python),
            other => eprintln!("error: no language `{other}`: ruchy, python"),
        }
    }
}

fn help() {
    println!("Code is run and its value shown; names stay. Commands:");
    for command in COMMANDS {
        let line = format!(":{} {}", command.name, command.takes);
        println!("  {line:<38} {}", command.about);
    }
}

fn clear() {
    if std::io::stdout().is_terminal() {
        print!("\x1b[2J\x1b[3J\x1b[H");
        let _ = std::io::stdout().flush();
    }
}
