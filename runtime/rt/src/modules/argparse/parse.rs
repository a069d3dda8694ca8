//! Reading a command line.

use super::matching::{option_count, positional_counts};
use super::{Action, Argument, ArgumentError, ArgumentParser, ArgumentTypeError, Namespace, Nargs};
use crate::class::{TypeError, ValueError};
use crate::error::Error;
use crate::repr::repr;
use crate::unwind::{catch, raise};
use crate::value::Value;

/// What stands at a place of the command line that looks like an option.
#[derive(Clone)]
struct Found {
    /// None when there is no such option.
    argument: Option<usize>,
    name: String,
    /// What stands behind `=`, or behind a short option.
    explicit: Option<String>,
}

/// One reading of a command line.
struct Run {
    parser: ArgumentParser,
    arguments: Vec<Argument>,
    words: Vec<String>,
    pattern: Vec<u8>,
    options: Vec<Option<Found>>,
    seen: Vec<bool>,
    given: Vec<bool>,
    /// Values that are still what the parser started with.
    space: Namespace,
    extras: Vec<String>,
}

impl ArgumentParser {
    /// `parser.parse_args()`.
    #[track_caller]
    pub fn parse_args(&self) -> Namespace {
        self.parse(crate::sys::argv().into_iter().skip(1))
    }

    /// `parser.parse_args(args)`.
    #[track_caller]
    pub fn parse<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> Namespace {
        let (space, extras) = self.parse_known(args);
        if !extras.is_empty() {
            self.error(&format!("unrecognized arguments: {}", extras.join(" ")));
        }
        space
    }

    /// `parser.parse_args(args)`, where `None` stands for the command line.
    #[track_caller]
    pub fn parse_or_argv(&self, args: Option<Vec<String>>) -> Namespace {
        match args {
            Some(args) => self.parse(args),
            None => self.parse_args(),
        }
    }

    /// `parser.parse_known_args()`.
    #[track_caller]
    pub fn parse_known_args(&self) -> (Namespace, Vec<String>) {
        self.parse_known(crate::sys::argv().into_iter().skip(1))
    }

    /// `parser.parse_known_args(args)`.
    #[track_caller]
    pub fn parse_known<S: AsRef<str>>(&self, args: impl IntoIterator<Item = S>) -> (Namespace, Vec<String>) {
        let words = args.into_iter().map(|word| word.as_ref().to_owned()).collect();
        let (arguments, defaults) = {
            let inner = self.0.borrow();
            (inner.arguments.clone(), inner.defaults.clone())
        };
        let space = Namespace::new();
        for argument in &arguments {
            if let (Some(dest), Some(default)) = (&argument.dest, &argument.default)
                && !space.has(dest)
            {
                space.set(dest, default.clone());
            }
        }
        space.fill(&defaults);
        let (seen, given) = (vec![false; arguments.len()], vec![false; arguments.len()]);
        let mut run = Run {
            parser: self.clone(),
            arguments,
            words,
            pattern: Vec::new(),
            options: Vec::new(),
            seen,
            given,
            space,
            extras: Vec::new(),
        };
        match run.read() {
            Ok(()) => (run.space, run.extras),
            Err(error) if error.is_a(ArgumentError) => self.error(&error.to_string()),
            Err(error) => raise(error),
        }
    }
}

/// The error of one argument.
#[track_caller]
fn fail(argument: &Argument, message: impl std::fmt::Display) -> Error {
    match argument.title_in_errors() {
        Some(title) => Error::new(ArgumentError, format!("argument {title}: {message}")),
        None => Error::new(ArgumentError, message.to_string()),
    }
}

fn plural(count: usize) -> String {
    format!("expected {count} argument{}", if count == 1 { "" } else { "s" })
}

impl Run {
    fn read(&mut self) -> Result<(), Error> {
        self.classify();
        let mut positionals: Vec<usize> =
            (0..self.arguments.len()).filter(|at| self.arguments[*at].is_positional()).collect();
        let last = self.options.iter().rposition(Option::is_some);
        let mut at = 0;
        while last.is_some_and(|last| at <= last) {
            let next = (at..self.options.len()).find(|at| self.options[*at].is_some()).unwrap_or(at);
            if at != next {
                let end = self.take_positionals(&mut positionals, at)?;
                if end > at {
                    at = end;
                    continue;
                }
            }
            if self.options[at].is_none() {
                self.extras.extend_from_slice(&self.words[at..next]);
                at = next;
            }
            at = self.take_option(at)?;
        }
        let end = self.take_positionals(&mut positionals, at)?;
        self.extras.extend_from_slice(&self.words[end..]);
        self.check_required()?;
        Ok(())
    }

    /// Finds out what each word is.
    fn classify(&mut self) {
        let mut words = self.words.clone().into_iter();
        while let Some(word) = words.next() {
            if word == "--" {
                self.pattern.push(b'-');
                self.options.push(None);
                for _ in words.by_ref() {
                    self.pattern.push(b'A');
                    self.options.push(None);
                }
                return;
            }
            let found = self.option_of(&word);
            self.pattern.push(if found.is_some() { b'O' } else { b'A' });
            self.options.push(found);
        }
    }

    fn named(&self, name: &str) -> Option<usize> {
        self.arguments.iter().position(|argument| argument.names.iter().any(|own| own == name))
    }

    /// The option that a word is; none for an argument.
    fn option_of(&self, word: &str) -> Option<Found> {
        if !word.starts_with('-') {
            return None;
        }
        let found = |argument: usize, name: &str, explicit: Option<&str>| Found {
            argument: Some(argument),
            name: name.to_owned(),
            explicit: explicit.map(str::to_owned),
        };
        if let Some(at) = self.named(word) {
            return Some(found(at, word, None));
        }
        if word.len() == 1 {
            return None;
        }
        if let Some((name, value)) = word.split_once('=')
            && let Some(at) = self.named(name)
        {
            return Some(found(at, name, Some(value)));
        }
        let mut candidates = self.candidates(word);
        if candidates.len() > 1 {
            let names: Vec<&str> = candidates.iter().map(|found| found.name.as_str()).collect();
            self.parser.error(&format!("ambiguous option: {word} could match {}", names.join(", ")));
        }
        if let Some(only) = candidates.pop() {
            return Some(only);
        }
        let has_numbers =
            self.arguments.iter().flat_map(|argument| &argument.names).any(|name| is_negative(name));
        if is_negative(word) && !has_numbers || word.contains(' ') {
            return None;
        }
        Some(Found { argument: None, name: word.to_owned(), explicit: None })
    }

    /// The options that a word may abbreviate, or a short one with its value.
    fn candidates(&self, word: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let all = || {
            let names = |(at, argument): (usize, &Argument)| {
                argument.names.clone().into_iter().map(move |name| (at, name)).collect::<Vec<_>>()
            };
            self.arguments.iter().enumerate().flat_map(names)
        };
        if word.starts_with("--") {
            if !self.parser.0.borrow().texts.allow_abbrev {
                return found;
            }
            let (prefix, explicit) = match word.split_once('=') {
                Some((prefix, value)) => (prefix, Some(value.to_owned())),
                None => (word, None),
            };
            for (at, name) in all().filter(|(_, name)| name.starts_with(prefix)) {
                found.push(Found { argument: Some(at), name, explicit: explicit.clone() });
            }
            return found;
        }
        let short: String = word.chars().take(2).collect();
        for (at, name) in all() {
            if name == short {
                let explicit = Some(word[short.len()..].to_owned());
                found.push(Found { argument: Some(at), name, explicit });
            } else if name.starts_with(word) {
                found.push(Found { argument: Some(at), name, explicit: None });
            }
        }
        found
    }

    fn take_option(&mut self, at: usize) -> Result<usize, Error> {
        let Some(found) = self.options[at].clone() else { return Ok(at + 1) };
        let Found { argument, mut name, mut explicit } = found;
        let Some(mut index) = argument else {
            self.extras.push(self.words[at].clone());
            return Ok(at + 1);
        };
        let mut actions: Vec<(usize, Vec<String>, String)> = Vec::new();
        let stop = loop {
            let argument = &self.arguments[index];
            let Some(value) = explicit.clone() else {
                let count = option_count(argument.nargs, &self.pattern[at + 1..])
                    .ok_or_else(|| fail(argument, expected(argument.nargs)))?;
                let stop = at + 1 + count;
                actions.push((index, self.words[at + 1..stop].to_vec(), name));
                break stop;
            };
            let count = option_count(argument.nargs, b"A");
            let is_short = !name.starts_with("--");
            if count == Some(0) && is_short && !value.is_empty() {
                // Flags that are written as one word: `-xvf`.
                actions.push((index, Vec::new(), name.clone()));
                let mut rest = value.chars();
                let letter = rest.next().map_or_else(String::new, |c| format!("-{c}"));
                let rest = rest.as_str().to_owned();
                match self.named(&letter) {
                    Some(next) => {
                        index = next;
                        name = letter;
                        explicit = Some(rest).filter(|rest| !rest.is_empty());
                    }
                    None => {
                        return Err(fail(argument, format!("ignored explicit argument {}", repr(&value))));
                    }
                }
            } else if count == Some(1) {
                actions.push((index, vec![value], name));
                break at + 1;
            } else {
                return Err(fail(argument, format!("ignored explicit argument {}", repr(&value))));
            }
        };
        for (index, words, name) in actions {
            self.act(index, words, &name)?;
        }
        Ok(stop)
    }

    fn take_positionals(&mut self, left: &mut Vec<usize>, at: usize) -> Result<usize, Error> {
        let nargs: Vec<Nargs> = left.iter().map(|index| self.arguments[*index].nargs).collect();
        let counts = positional_counts(&nargs, &self.pattern[at..]);
        let mut at = at;
        for (index, count) in left.drain(..counts.len()).collect::<Vec<_>>().into_iter().zip(counts) {
            let words = self.words[at..at + count].to_vec();
            at += count;
            self.act(index, words, "")?;
        }
        Ok(at)
    }

    fn convert(&self, argument: &Argument, word: &str) -> Result<Value, Error> {
        let Some((name, function)) = &argument.convert else { return Ok(Value::from(word)) };
        catch(|| function(word)).map_err(|error| {
            if error.is_a(ArgumentTypeError) {
                fail(argument, &error)
            } else if error.is_a(TypeError) || error.is_a(ValueError) {
                fail(argument, format!("invalid {name} value: {}", repr(word)))
            } else {
                error
            }
        })
    }

    fn check(&self, argument: &Argument, value: &Value) -> Result<(), Error> {
        let choices = match (argument.action, &argument.choices) {
            (Action::Commands, _) => self.command_names(),
            (_, Some(choices)) => choices.clone(),
            _ => return Ok(()),
        };
        if choices.contains(value) {
            return Ok(());
        }
        let known: Vec<String> = choices.iter().map(|choice| repr(choice).to_string()).collect();
        Err(fail(argument, format!("invalid choice: {} (choose from {})", repr(value), known.join(", "))))
    }

    fn command_names(&self) -> Vec<Value> {
        let inner = self.parser.0.borrow();
        let names =
            inner.commands.iter().flat_map(|command| std::iter::once(&command.name).chain(&command.aliases));
        names.map(|name| Value::from(name.as_str())).collect()
    }

    /// The value that words give.
    fn value(&self, argument: &Argument, mut words: Vec<String>) -> Result<Value, Error> {
        let nargs = argument.nargs;
        if !matches!(nargs, Nargs::Command | Nargs::Rest)
            && let Some(mark) = words.iter().position(|word| word == "--")
        {
            words.remove(mark);
        }
        match (nargs, words.as_slice()) {
            (Nargs::Optional, []) => {
                let is_option = !argument.is_positional();
                let value = if is_option {
                    argument.constant.clone()
                } else {
                    argument.default.clone().unwrap_or_default()
                };
                match &value {
                    Value::Str(text) => {
                        let value = self.convert(argument, text)?;
                        self.check(argument, &value)?;
                        Ok(value)
                    }
                    _ => Ok(value),
                }
            }
            (Nargs::Any, []) if argument.is_positional() => match &argument.default {
                Some(default) if !default.is_none() => {
                    self.check(argument, default)?;
                    Ok(default.clone())
                }
                _ => Ok(Value::from(Vec::<Value>::new())),
            },
            (Nargs::One | Nargs::Optional, [word]) => {
                let value = self.convert(argument, word)?;
                self.check(argument, &value)?;
                Ok(value)
            }
            _ => {
                let values: Result<Vec<Value>, Error> =
                    words.iter().map(|word| self.convert(argument, word)).collect();
                let values = values?;
                let checked = match nargs {
                    Nargs::Rest => 0,
                    Nargs::Command => 1,
                    _ => values.len(),
                };
                for value in values.iter().take(checked) {
                    self.check(argument, value)?;
                }
                Ok(Value::from(values))
            }
        }
    }

    /// Does what an argument says.
    fn act(&mut self, index: usize, words: Vec<String>, name: &str) -> Result<(), Error> {
        let argument = self.arguments[index].clone();
        self.seen[index] = true;
        let was_given = !words.is_empty();
        let value = self.value(&argument, words.clone())?;
        // A value that is the default does not count as one of an exclusive group.
        let is_default = matches!(argument.action, Action::Store)
            && argument.default.as_ref().is_some_and(|default| is_same(&value, default));
        if (was_given || !argument.is_positional()) && !is_default {
            self.given[index] = true;
            self.check_conflicts(index, &argument)?;
        }
        let dest = argument.dest.clone().unwrap_or_default();
        let before = || self.space.value(&dest).unwrap_or_default();
        let appended = |value: Value| {
            let mut items: Vec<Value> =
                if before().is_none() { Vec::new() } else { crate::py::iter(&before()).collect() };
            items.push(value);
            Value::from(items)
        };
        match argument.action {
            Action::Store => self.space.set(&dest, value),
            Action::StoreConst => self.space.set(&dest, argument.constant.clone()),
            Action::Append => self.space.set(&dest, appended(value)),
            Action::AppendConst => self.space.set(&dest, appended(argument.constant.clone())),
            Action::Extend => {
                let mut items: Vec<Value> =
                    if before().is_none() { Vec::new() } else { crate::py::iter(&before()).collect() };
                items.extend(crate::py::iter(&value));
                self.space.set(&dest, Value::from(items));
            }
            Action::Count => {
                let count = match before() {
                    Value::None => Value::from(0),
                    count => count,
                };
                self.space.set(&dest, crate::py::add(&count, &Value::from(1)));
            }
            Action::Switch => self.space.set(&dest, Value::Bool(!name.starts_with("--no-"))),
            Action::Help => {
                crate::stdout_write(&self.parser.format_help());
                crate::exit(0);
            }
            Action::Version => {
                crate::stdout_write(&self.parser.format_version(&argument));
                crate::exit(0);
            }
            Action::Commands => self.run_command(&argument, &words)?,
        }
        Ok(())
    }

    fn run_command(&mut self, argument: &Argument, words: &[String]) -> Result<(), Error> {
        let Some((name, rest)) = words.split_first() else { return Ok(()) };
        if let Some(dest) = &argument.dest {
            self.space.set(dest, Value::from(name.as_str()));
        }
        let parser = {
            let inner = self.parser.0.borrow();
            let command =
                inner.commands.iter().find(|command| command.name == *name || command.aliases.contains(name));
            command.map(|command| command.parser.clone())
        };
        if let Some(parser) = parser {
            let (space, extras) = parser.parse_known(rest);
            self.space.update(&space);
            self.extras.extend(extras);
        }
        Ok(())
    }

    fn check_conflicts(&self, index: usize, argument: &Argument) -> Result<(), Error> {
        for group in &self.parser.0.borrow().exclusives {
            if !group.members.contains(&index) {
                continue;
            }
            let other = group.members.iter().find(|member| **member != index && self.given[**member]);
            if let Some(other) = other {
                let title = self.arguments[*other].title_in_errors().unwrap_or_default();
                return Err(fail(argument, format!("not allowed with argument {title}")));
            }
        }
        Ok(())
    }

    fn check_required(&mut self) -> Result<(), Error> {
        let mut missing = Vec::new();
        for (index, argument) in self.arguments.iter().enumerate() {
            if self.seen[index] {
                continue;
            }
            if argument.required {
                let choices = || {
                    let names: Vec<String> =
                        self.command_names().iter().map(|name| crate::str(name).to_string()).collect();
                    format!("{{{}}}", names.join(","))
                };
                missing.push(argument.title_in_errors().unwrap_or_else(choices));
            } else if let (Some(Value::Str(text)), Some(dest)) = (&argument.default, &argument.dest)
                && argument.convert.is_some()
                && self
                    .space
                    .value(dest)
                    .is_some_and(|value| matches!(&value, Value::Str(now) if now == text))
            {
                let value = self.convert(argument, text)?;
                self.space.set(dest, value);
            }
        }
        if !missing.is_empty() {
            self.parser.error(&format!("the following arguments are required: {}", missing.join(", ")));
        }
        let exclusives = self.parser.0.borrow().exclusives.clone();
        for group in exclusives {
            if group.required && !group.members.iter().any(|member| self.given[*member]) {
                let shown = group.members.iter().map(|member| &self.arguments[*member]);
                let names: Vec<String> = shown
                    .filter(|argument| !argument.is_hidden())
                    .filter_map(Argument::title_in_errors)
                    .collect();
                self.parser.error(&format!("one of the arguments {} is required", names.join(" ")));
            }
        }
        Ok(())
    }
}

fn expected(nargs: Nargs) -> String {
    match nargs {
        Nargs::Optional => "expected at most one argument".to_owned(),
        Nargs::Some => "expected at least one argument".to_owned(),
        Nargs::Exactly(count) => plural(count),
        _ => "expected one argument".to_owned(),
    }
}

/// `-1`, `-.5`: a number and no option.
fn is_negative(word: &str) -> bool {
    let Some(digits) = word.strip_prefix('-') else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match digits.split_once('.') {
        Some((whole, part)) => (whole.is_empty() || is_number(whole)) && is_number(part),
        None => is_number(digits),
    }
}

/// Whether CPython has one object for two values: small ints and truths are made once.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a == b && i64::try_from(a).is_ok_and(|a| (-5..=256).contains(&a)),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::None, Value::None) => true,
        _ => false,
    }
}
