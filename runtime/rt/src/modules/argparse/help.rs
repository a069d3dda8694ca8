//! The texts of a parser: usage and help, laid out as CPython does.

use super::argument::Argument;
use super::{Action, ArgumentParser, Command, Exclusive, Formatter, Inner, Nargs, SUPPRESS};
use crate::format::{Format, percent_named};
use crate::modules::textwrap;

/// Columns of the text and of the place where help starts.
struct Layout {
    width: usize,
    help_at: usize,
    formatter: Formatter,
}

impl Layout {
    fn new(formatter: Formatter) -> Layout {
        let columns = crate::shutil::terminal_size((80, 24)).columns - 2;
        let width = usize::try_from(columns).unwrap_or(78).max(11);
        Layout { width, help_at: 24.min(width.saturating_sub(20).max(4)), formatter }
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn squeezed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

impl ArgumentParser {
    /// `parser.format_usage()`.
    pub fn format_usage(&self) -> String {
        let inner = self.0.borrow();
        let all: Vec<usize> = (0..inner.arguments.len()).collect();
        format!("{}\n", inner.usage("usage: ", inner.texts.usage.as_deref(), &all).trim_matches('\n'))
    }

    /// What subcommands are called after: the usage without options and without `usage:`.
    pub(super) fn usage_of_positionals(&self) -> String {
        let inner = self.0.borrow();
        let is_positional = |at: &usize| inner.arguments[*at].is_positional();
        let positionals: Vec<usize> = (0..inner.arguments.len()).filter(is_positional).collect();
        inner.usage("", inner.texts.usage.as_deref(), &positionals).trim().to_owned()
    }

    /// `parser.format_help()`.
    pub fn format_help(&self) -> String {
        let inner = self.0.borrow();
        let layout = Layout::new(inner.texts.formatter);
        let all: Vec<usize> = (0..inner.arguments.len()).collect();
        let mut help = inner.usage("usage: ", inner.texts.usage.as_deref(), &all);
        if let Some(description) = &inner.texts.description {
            help.push_str(&inner.paragraph(description, 0, &layout));
        }
        let rows = inner.invocations();
        let longest = rows.iter().map(|(indent, text)| indent + length(text)).max().unwrap_or(0);
        for section in &inner.sections {
            let mut body = String::new();
            if let Some(description) = section.description.as_deref().filter(|text| *text != SUPPRESS) {
                body.push_str(&inner.paragraph(description, 2, &layout));
            }
            for at in &section.members {
                let argument = &inner.arguments[*at];
                if !argument.is_hidden() {
                    body.push_str(&inner.entry(argument, longest, &layout));
                }
            }
            if body.is_empty() {
                continue;
            }
            help.push('\n');
            if let Some(title) = section.title.as_deref().filter(|title| *title != SUPPRESS) {
                help.push_str(&format!("{title}:\n"));
            }
            help.push_str(&body);
            help.push('\n');
        }
        if let Some(epilog) = &inner.texts.epilog {
            help.push_str(&inner.paragraph(epilog, 0, &layout));
        }
        tidy(&help)
    }

    pub(super) fn format_version(&self, argument: &Argument) -> String {
        let inner = self.0.borrow();
        let layout = Layout::new(inner.texts.formatter);
        tidy(&inner.paragraph(argument.version.as_deref().unwrap_or_default(), 0, &layout))
    }
}

/// At most one empty line in a row, none at the ends.
fn tidy(text: &str) -> String {
    let mut out = text.to_owned();
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    let out = out.trim_matches('\n');
    if out.is_empty() { String::new() } else { format!("{out}\n") }
}

impl Argument {
    /// The name of the value, as often as it is wanted.
    fn value_names(&self, count: usize, commands: &[Command]) -> Vec<String> {
        let one = match (&self.metavar, &self.choices, self.action) {
            (Some(metavar), ..) if metavar.len() > 1 => return metavar.clone(),
            (Some(metavar), ..) => metavar.concat(),
            (_, _, Action::Commands) => {
                let names = commands.iter().flat_map(|c| std::iter::once(&c.name).chain(&c.aliases));
                format!("{{{}}}", names.cloned().collect::<Vec<_>>().join(","))
            }
            (_, Some(choices), _) => {
                let texts: Vec<String> =
                    choices.iter().map(|choice| crate::str(choice).to_string()).collect();
                format!("{{{}}}", texts.join(","))
            }
            _ if self.is_positional() => self.dest.clone().unwrap_or_default(),
            _ => self.dest.as_deref().unwrap_or_default().to_uppercase(),
        };
        vec![one; count]
    }

    /// The values in the usage: `N [N ...]`.
    fn values(&self, commands: &[Command]) -> String {
        let names = |count: usize| self.value_names(count, commands);
        match self.nargs {
            Nargs::One => names(1).concat(),
            Nargs::Optional => format!("[{}]", names(1).concat()),
            Nargs::Any => match names(1).as_slice() {
                [first, rest] => format!("[{first} [{rest} ...]]"),
                names => format!("[{} ...]", names.concat()),
            },
            Nargs::Some => {
                let names = names(2);
                format!("{} [{} ...]", names[0], names[names.len().min(2) - 1])
            }
            Nargs::Rest => "...".to_owned(),
            Nargs::Command => format!("{} ...", names(1).concat()),
            Nargs::Exactly(count) => names(count).join(" "),
        }
    }

    /// How the argument is written, at the start of its line of help.
    fn invocation(&self, commands: &[Command]) -> String {
        if self.is_positional() {
            return self.value_names(1, commands).join(" ");
        }
        if self.nargs == Nargs::Exactly(0) {
            return self.names.join(", ");
        }
        let values = self.values(commands);
        let names: Vec<String> = self.names.iter().map(|name| format!("{name} {values}")).collect();
        names.join(", ")
    }

    /// The help with its `%(name)s` filled in.
    fn help_text(&self, prog: &str, formatter: Formatter) -> Option<String> {
        let mut help = self.help.clone().filter(|help| !help.trim().is_empty())?;
        let takes_default = !self.is_positional() || matches!(self.nargs, Nargs::Optional | Nargs::Any);
        let shows_default = formatter == Formatter::Defaults || self.action == Action::Switch;
        let has_default = self.default.is_some()
            && (formatter == Formatter::Defaults || self.default.as_ref().is_some_and(|d| !d.is_none()));
        if shows_default && has_default && takes_default && !help.contains("%(default)") {
            help.push_str(" (default: %(default)s)");
        }
        let values = self.help_values(prog);
        let named: Vec<(&str, &dyn Format)> =
            values.iter().map(|(name, value)| (name.as_str(), value as &dyn Format)).collect();
        Some(percent_named(&help, &named))
    }
}

impl Inner {
    fn paragraph(&self, text: &str, indent: usize, layout: &Layout) -> String {
        let text = if text.contains("%(prog)") {
            percent_named(text, &[("prog", &self.texts.prog)])
        } else {
            text.to_owned()
        };
        let space = " ".repeat(indent);
        let width = (layout.width - indent).max(11) as i64;
        let filled = match layout.formatter {
            Formatter::RawDescription | Formatter::RawText => {
                text.split_inclusive('\n').map(|line| format!("{space}{line}")).collect()
            }
            _ => textwrap::fill(&squeezed(&text), width, &space, &space),
        };
        format!("{filled}\n\n")
    }

    /// All starts of lines of help, with their indent.
    fn invocations(&self) -> Vec<(usize, String)> {
        let mut rows = Vec::new();
        for section in &self.sections {
            for at in &section.members {
                let argument = &self.arguments[*at];
                if argument.is_hidden() {
                    continue;
                }
                rows.push((2, argument.invocation(&self.commands)));
                if argument.action == Action::Commands {
                    // CPython counts them without their own indent.
                    rows.extend(self.shown_commands().map(|command| (2, command.title())));
                }
            }
        }
        rows
    }

    fn shown_commands(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().filter(|command| command.help.is_some())
    }

    fn entry(&self, argument: &Argument, longest: usize, layout: &Layout) -> String {
        let help = argument.help_text(&self.texts.prog, layout.formatter);
        let mut text = row(2, &argument.invocation(&self.commands), help, longest, layout);
        if argument.action == Action::Commands {
            for command in self.shown_commands() {
                let help = command.help.clone().filter(|help| !help.trim().is_empty());
                text.push_str(&row(4, &command.title(), help, longest, layout));
            }
        }
        text
    }

    /// `usage: prog [-h] file`, wrapped where it is too long.
    fn usage(&self, prefix: &str, own: Option<&str>, members: &[usize]) -> String {
        let prog = &self.texts.prog;
        if let Some(own) = own {
            return format!("{prefix}{}\n\n", percent_named(own, &[("prog", prog)]));
        }
        let is_positional = |at: &&usize| self.arguments[**at].is_positional();
        let positionals: Vec<usize> = members.iter().filter(is_positional).copied().collect();
        let options: Vec<usize> = members.iter().filter(|at| !is_positional(at)).copied().collect();
        let ordered: Vec<usize> = options.iter().chain(&positionals).copied().collect();
        let all = self.usage_of(&ordered);
        let usage = if all.is_empty() { prog.clone() } else { format!("{prog} {all}") };
        let width = Layout::new(self.texts.formatter).width;
        if length(prefix) + length(&usage) <= width {
            return format!("{prefix}{usage}\n\n");
        }
        let (options, positionals) = (parts(&self.usage_of(&options)), parts(&self.usage_of(&positionals)));
        let lines = if (length(prefix) + length(prog)) as f64 <= 0.75 * width as f64 {
            let indent = " ".repeat(length(prefix) + length(prog) + 1);
            let first = |parts: &[String]| {
                let parts: Vec<String> = std::iter::once(prog.clone()).chain(parts.iter().cloned()).collect();
                wrapped(&parts, &indent, Some(prefix), width)
            };
            if !options.is_empty() {
                let mut lines = first(&options);
                lines.extend(wrapped(&positionals, &indent, None, width));
                lines
            } else if !positionals.is_empty() {
                first(&positionals)
            } else {
                vec![prog.clone()]
            }
        } else {
            let indent = " ".repeat(length(prefix));
            let both: Vec<String> = options.iter().chain(&positionals).cloned().collect();
            let mut lines = wrapped(&both, &indent, None, width);
            if lines.len() > 1 {
                lines = wrapped(&options, &indent, None, width);
                lines.extend(wrapped(&positionals, &indent, None, width));
            }
            lines.insert(0, prog.clone());
            lines
        };
        format!("{prefix}{}\n\n", lines.join("\n"))
    }

    fn usage_of(&self, members: &[usize]) -> String {
        let whole: Vec<(usize, &Exclusive)> = self
            .exclusives
            .iter()
            .filter_map(|group| {
                let start = members.iter().position(|at| Some(at) == group.members.first())?;
                members[start..].starts_with(&group.members).then_some((start, group))
            })
            .collect();
        let mut text = String::new();
        for (place, at) in members.iter().enumerate() {
            let argument = &self.arguments[*at];
            let group =
                whole.iter().find(|(start, group)| *start <= place && place < start + group.members.len());
            let (start, is_last, required) = match group {
                Some((start, group)) => {
                    (*start == place, place + 1 == start + group.members.len(), group.required)
                }
                None => (false, false, false),
            };
            if argument.is_hidden() {
                continue;
            }
            let part = self.usage_part(argument, group.is_some());
            if group.is_some() && !start {
                text.push_str(" | ");
            } else if !text.is_empty() {
                text.push(' ');
            }
            let is_alone = group.is_some_and(|(_, group)| group.members.len() == 1);
            if start && !(is_alone && required) {
                text.push(if required { '(' } else { '[' });
            }
            text.push_str(&part);
            if is_last && !(is_alone && required) {
                text.push(if required { ')' } else { ']' });
            }
        }
        text
    }

    fn usage_part(&self, argument: &Argument, in_group: bool) -> String {
        if argument.is_positional() {
            let part = argument.values(&self.commands);
            let inner = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
            return match inner {
                Some(inner) if in_group => inner.to_owned(),
                _ => part,
            };
        }
        let part = match (argument.action, argument.nargs) {
            (Action::Switch, _) => argument.names.join(" | "),
            (_, Nargs::Exactly(0)) => argument.names[0].clone(),
            _ => format!("{} {}", argument.names[0], argument.values(&self.commands)),
        };
        if argument.required || in_group { part } else { format!("[{part}]") }
    }
}

impl Command {
    fn title(&self) -> String {
        if self.aliases.is_empty() {
            return self.name.clone();
        }
        format!("{} ({})", self.name, self.aliases.join(", "))
    }
}

/// One entry of the help.
fn row(indent: usize, title: &str, help: Option<String>, longest: usize, layout: &Layout) -> String {
    let help_at = (longest + 2).min(layout.help_at);
    let space = " ".repeat(indent);
    let Some(help) = help else { return format!("{space}{title}\n") };
    let width = (layout.width.saturating_sub(help_at)).max(11) as i64;
    let lines = match layout.formatter {
        Formatter::RawText => help.lines().map(str::to_owned).collect(),
        _ => textwrap::wrap(&squeezed(&help), width, "", ""),
    };
    let room = help_at.saturating_sub(indent + 2);
    let mut text = String::new();
    let mut lines = lines.into_iter();
    if length(title) <= room {
        let first = lines.next().unwrap_or_default();
        let fill = " ".repeat(room - length(title));
        text.push_str(&format!("{space}{title}{fill}  {first}\n"));
    } else {
        text.push_str(&format!("{space}{title}\n"));
    }
    for line in lines {
        text.push_str(&format!("{}{line}\n", " ".repeat(help_at)));
    }
    text
}

/// The parts of a usage that stay on one line each: groups in brackets, words.
fn parts(usage: &str) -> Vec<String> {
    let chars: Vec<char> = usage.chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        if chars[at] == ' ' {
            at += 1;
            continue;
        }
        let close = match chars[at] {
            '[' => Some(']'),
            '(' => Some(')'),
            _ => None,
        };
        let ends = |end: &usize| close == Some(chars[end - 1]) && (*end == chars.len() || chars[*end] == ' ');
        let word = (at..=chars.len()).find(|end| *end == chars.len() || chars[*end] == ' ');
        let end = match close {
            Some(_) => (at + 1..=chars.len()).find(ends).or(word),
            None => word,
        };
        let end = end.unwrap_or(chars.len());
        found.push(chars[at..end].iter().collect());
        at = end;
    }
    found
}

fn wrapped(parts: &[String], indent: &str, prefix: Option<&str>, width: usize) -> Vec<String> {
    let (mut lines, mut line): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut used = length(prefix.unwrap_or(indent)).saturating_sub(1);
    for part in parts {
        if used + 1 + length(part) > width && !line.is_empty() {
            lines.push(format!("{indent}{}", line.join(" ")));
            line.clear();
            used = length(indent).saturating_sub(1);
        }
        line.push(part);
        used += length(part) + 1;
    }
    if !line.is_empty() {
        lines.push(format!("{indent}{}", line.join(" ")));
    }
    if prefix.is_some()
        && let Some(first) = lines.first_mut()
    {
        *first = first[indent.len()..].to_owned();
    }
    lines
}
