//! Python's `argparse`: parsers are built as in Python, their texts and errors are CPython 3.11's.

mod argument;
mod help;
mod matching;
mod namespace;
mod parse;

use std::cell::RefCell;
use std::rc::Rc;

use crate::class::Exception;

pub use argument::Argument;
pub use namespace::Namespace;

pub(crate) use argument::{Action, Nargs};

crate::exceptions! {
    /// `argparse.ArgumentError`.
    pub ArgumentError(Exception) as "argparse.ArgumentError";
    /// `argparse.ArgumentTypeError`.
    pub ArgumentTypeError(Exception) as "argparse.ArgumentTypeError";
}

/// `argparse.SUPPRESS`.
pub const SUPPRESS: &str = "==SUPPRESS==";

/// `formatter_class`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formatter {
    /// `HelpFormatter`.
    #[default]
    Plain,
    /// `RawDescriptionHelpFormatter`.
    RawDescription,
    /// `RawTextHelpFormatter`.
    RawText,
    /// `ArgumentDefaultsHelpFormatter`.
    Defaults,
}

/// What `ArgumentParser(..)` says.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub prog: String,
    pub usage: Option<String>,
    pub description: Option<String>,
    pub epilog: Option<String>,
    pub formatter: Formatter,
    pub allow_abbrev: bool,
}

/// A titled part of the help.
#[derive(Clone)]
pub(crate) struct Section {
    pub title: Option<String>,
    pub description: Option<String>,
    pub members: Vec<usize>,
}

/// Options of which one may be given.
#[derive(Clone)]
pub(crate) struct Exclusive {
    pub required: bool,
    pub members: Vec<usize>,
}

/// A command of `add_subparsers`.
#[derive(Clone)]
pub(crate) struct Command {
    pub name: String,
    pub aliases: Vec<String>,
    /// None keeps it out of the list.
    pub help: Option<String>,
    pub parser: ArgumentParser,
}

pub(crate) struct Inner {
    pub texts: Texts,
    pub arguments: Vec<Argument>,
    pub sections: Vec<Section>,
    pub exclusives: Vec<Exclusive>,
    pub commands: Vec<Command>,
    pub defaults: Namespace,
}

/// `argparse.ArgumentParser`: a handle, whose clones are the same parser.
#[derive(Clone)]
pub struct ArgumentParser(pub(crate) Rc<RefCell<Inner>>);

impl Default for ArgumentParser {
    fn default() -> ArgumentParser {
        ArgumentParser::new()
    }
}

impl ArgumentParser {
    /// `ArgumentParser()`.
    pub fn new() -> ArgumentParser {
        let prog = crate::sys::argv().first().map(super::path::basename).unwrap_or_default();
        let texts = Texts {
            prog,
            usage: None,
            description: None,
            epilog: None,
            formatter: Formatter::Plain,
            allow_abbrev: true,
        };
        let section =
            |title: &str| Section { title: Some(title.to_owned()), description: None, members: Vec::new() };
        let parser = ArgumentParser(Rc::new(RefCell::new(Inner {
            texts,
            arguments: Vec::new(),
            sections: vec![section("positional arguments"), section("options")],
            exclusives: Vec::new(),
            commands: Vec::new(),
            defaults: Namespace::default(),
        })));
        parser.add_argument(Argument::new(["-h", "--help"]).action("help").help(argument::HELP));
        parser
    }

    fn text(self, set: impl FnOnce(&mut Texts)) -> ArgumentParser {
        set(&mut self.0.borrow_mut().texts);
        self
    }

    /// `prog=..`.
    pub fn prog(self, prog: &str) -> ArgumentParser {
        self.text(|texts| texts.prog = prog.to_owned())
    }

    /// `usage=..`.
    pub fn usage(self, usage: &str) -> ArgumentParser {
        self.text(|texts| texts.usage = Some(usage.to_owned()))
    }

    /// `description=..`.
    pub fn description(self, description: &str) -> ArgumentParser {
        self.text(|texts| texts.description = Some(description.to_owned()))
    }

    /// `epilog=..`.
    pub fn epilog(self, epilog: &str) -> ArgumentParser {
        self.text(|texts| texts.epilog = Some(epilog.to_owned()))
    }

    /// `formatter_class=..`.
    pub fn formatter(self, formatter: Formatter) -> ArgumentParser {
        self.text(|texts| texts.formatter = formatter)
    }

    /// `allow_abbrev=..`.
    pub fn allow_abbrev(self, allow: bool) -> ArgumentParser {
        self.text(|texts| texts.allow_abbrev = allow)
    }

    /// `add_help=..`.
    pub fn add_help(self, add: bool) -> ArgumentParser {
        if !add {
            let mut inner = self.0.borrow_mut();
            inner.arguments.clear();
            inner.sections[1].members.clear();
        }
        self
    }

    /// `parents=[..]`: all arguments of other parsers.
    pub fn parents(self, parents: impl IntoIterator<Item = ArgumentParser>) -> ArgumentParser {
        for parent in parents {
            let parent = parent.0.borrow();
            for argument in parent.arguments.iter().filter(|argument| argument.action != Action::Help) {
                self.add_argument(argument.clone());
            }
            self.0.borrow_mut().defaults.update(&parent.defaults);
        }
        self
    }

    /// `parser.prog`.
    pub fn program(&self) -> String {
        self.0.borrow().texts.prog.clone()
    }

    /// `parser.add_argument(..)`.
    pub fn add_argument(&self, argument: Argument) {
        let section = usize::from(!argument.names.is_empty());
        self.add_to(argument, section, None);
    }

    fn add_to(&self, argument: Argument, section: usize, exclusive: Option<usize>) {
        let mut inner = self.0.borrow_mut();
        let at = inner.arguments.len();
        inner.arguments.push(argument);
        inner.sections[section].members.push(at);
        if let Some(exclusive) = exclusive {
            inner.exclusives[exclusive].members.push(at);
        }
    }

    /// `parser.add_argument_group(title, description)`.
    pub fn add_argument_group(&self, title: Option<String>, description: Option<String>) -> ArgumentGroup {
        let mut inner = self.0.borrow_mut();
        inner.sections.push(Section { title, description, members: Vec::new() });
        let section = Some(inner.sections.len() - 1);
        ArgumentGroup { parser: self.clone(), section, exclusive: None }
    }

    /// `parser.add_mutually_exclusive_group(required=..)`.
    pub fn add_mutually_exclusive_group(&self, required: bool) -> ArgumentGroup {
        let mut inner = self.0.borrow_mut();
        inner.exclusives.push(Exclusive { required, members: Vec::new() });
        let exclusive = Some(inner.exclusives.len() - 1);
        ArgumentGroup { parser: self.clone(), section: None, exclusive }
    }

    /// `parser.add_subparsers(..)`; the argument says title, help, dest and whether it is required.
    pub fn add_subparsers(&self, argument: Argument) -> Subparsers {
        let prefix = self.usage_of_positionals();
        let section = match (&argument.title, &argument.description) {
            (None, None) => 0,
            (title, description) => {
                let title = Some(title.clone().unwrap_or_else(|| "subcommands".to_owned()));
                let section = Section { title, description: description.clone(), members: Vec::new() };
                let mut inner = self.0.borrow_mut();
                inner.sections.push(section);
                inner.sections.len() - 1
            }
        };
        let prefix = argument.prog.clone().unwrap_or(prefix);
        self.add_to(argument, section, None);
        Subparsers { parser: self.clone(), prefix }
    }

    /// `parser.set_defaults(name=value)`.
    pub fn set_defaults(&self, defaults: Namespace) {
        let mut inner = self.0.borrow_mut();
        inner.defaults.update(&defaults);
        for argument in &mut inner.arguments {
            if let Some(value) = argument.dest.as_deref().and_then(|dest| defaults.value(dest)) {
                argument.default = Some(value);
            }
        }
    }

    /// `parser.print_help()`.
    pub fn print_help(&self) {
        crate::stdout_write(&self.format_help());
    }

    /// `parser.print_usage()`.
    pub fn print_usage(&self) {
        crate::stdout_write(&self.format_usage());
    }

    /// `parser.exit(status, message)`.
    #[track_caller]
    pub fn exit(&self, status: i64, message: Option<String>) -> ! {
        if let Some(message) = message {
            crate::stderr_write(&message);
        }
        crate::exit(status)
    }

    /// `parser.error(message)`: the usage, the message, status 2.
    #[track_caller]
    pub fn error(&self, message: &str) -> ! {
        crate::stderr_write(&self.format_usage());
        crate::stderr_write(&format!("{}: error: {message}\n", self.program()));
        crate::exit(2)
    }
}

/// A group of arguments: with a title, or of which one may be given.
#[derive(Clone)]
pub struct ArgumentGroup {
    parser: ArgumentParser,
    section: Option<usize>,
    exclusive: Option<usize>,
}

impl ArgumentGroup {
    /// `group.add_argument(..)`.
    pub fn add_argument(&self, argument: Argument) {
        let section = self.section.unwrap_or_else(|| usize::from(!argument.names.is_empty()));
        self.parser.add_to(argument, section, self.exclusive);
    }

    /// `group.add_mutually_exclusive_group(required=..)`.
    pub fn add_mutually_exclusive_group(&self, required: bool) -> ArgumentGroup {
        let inner = self.parser.add_mutually_exclusive_group(required);
        ArgumentGroup { section: self.section, ..inner }
    }
}

/// What `add_subparsers` gives.
#[derive(Clone)]
pub struct Subparsers {
    parser: ArgumentParser,
    prefix: String,
}

impl Subparsers {
    /// `subparsers.add_parser(name, ..)`; `parser` has the other texts.
    pub fn add_parser(&self, name: &str, parser: CommandParser) -> ArgumentParser {
        let CommandParser { parser, help, aliases, has_prog } = parser;
        if !has_prog {
            parser.0.borrow_mut().texts.prog = format!("{} {name}", self.prefix);
        }
        let command = Command { name: name.to_owned(), aliases, help, parser: parser.clone() };
        self.parser.0.borrow_mut().commands.push(command);
        parser
    }
}

/// The arguments of `add_parser`.
#[derive(Clone, Default)]
pub struct CommandParser {
    parser: ArgumentParser,
    help: Option<String>,
    aliases: Vec<String>,
    has_prog: bool,
}

impl CommandParser {
    /// No arguments but the name.
    pub fn new() -> CommandParser {
        CommandParser::default()
    }

    fn with(self, set: impl FnOnce(ArgumentParser) -> ArgumentParser) -> CommandParser {
        CommandParser { parser: set(self.parser), ..self }
    }

    /// `help=..`.
    pub fn help(self, help: &str) -> CommandParser {
        CommandParser { help: Some(help.to_owned()), ..self }
    }

    /// `aliases=..`.
    pub fn aliases<S: AsRef<str>>(self, aliases: impl IntoIterator<Item = S>) -> CommandParser {
        let aliases = aliases.into_iter().map(|alias| alias.as_ref().to_owned()).collect();
        CommandParser { aliases, ..self }
    }

    /// `prog=..`.
    pub fn prog(self, prog: &str) -> CommandParser {
        CommandParser { has_prog: true, ..self.with(|parser| parser.prog(prog)) }
    }

    /// `usage=..`.
    pub fn usage(self, usage: &str) -> CommandParser {
        self.with(|parser| parser.usage(usage))
    }

    /// `description=..`.
    pub fn description(self, description: &str) -> CommandParser {
        self.with(|parser| parser.description(description))
    }

    /// `epilog=..`.
    pub fn epilog(self, epilog: &str) -> CommandParser {
        self.with(|parser| parser.epilog(epilog))
    }

    /// `formatter_class=..`.
    pub fn formatter(self, formatter: Formatter) -> CommandParser {
        self.with(|parser| parser.formatter(formatter))
    }

    /// `add_help=..`.
    pub fn add_help(self, add: bool) -> CommandParser {
        self.with(|parser| parser.add_help(add))
    }

    /// `parents=[..]`.
    pub fn parents(self, parents: impl IntoIterator<Item = ArgumentParser>) -> CommandParser {
        self.with(|parser| parser.parents(parents))
    }
}

macro_rules! shown {
    ($($ty:ty, $text:literal;)*) => {
        $(
            impl crate::repr::Repr for $ty {
                fn fmt_repr(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str($text)
                }
            }
        )*
    };
}

shown! {
    ArgumentParser, "<argparse.ArgumentParser object>";
    ArgumentGroup, "<argparse._ArgumentGroup object>";
    Subparsers, "<argparse._SubParsersAction object>";
}

impl PartialEq for ArgumentParser {
    fn eq(&self, other: &ArgumentParser) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests;
