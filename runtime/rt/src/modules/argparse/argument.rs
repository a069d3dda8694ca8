//! One argument: how it is called and what becomes of its texts.

use std::rc::Rc;

use super::SUPPRESS;
use crate::collections::Dict;
use crate::modules::pathlib::Path;
use crate::unwind::OrRaise;
use crate::value::Value;

pub(super) const HELP: &str = "show this help message and exit";
const VERSION: &str = "show program's version number and exit";

/// What an argument does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Store,
    StoreConst,
    Append,
    AppendConst,
    Extend,
    Count,
    /// `argparse.BooleanOptionalAction`: `--x` and `--no-x`.
    Switch,
    Help,
    Version,
    Commands,
}

/// How many texts an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nargs {
    One,
    Optional,
    Any,
    Some,
    Rest,
    Command,
    Exactly(usize),
}

pub(super) type Convert = (String, Rc<dyn Fn(&str) -> Value>);

/// An argument of a parser; built as by the keywords of `add_argument`.
#[derive(Clone)]
pub struct Argument {
    /// Empty for a positional one.
    pub(crate) names: Vec<String>,
    pub(crate) dest: Option<String>,
    pub(crate) action: Action,
    pub(crate) nargs: Nargs,
    pub(crate) default: Option<Value>,
    pub(crate) constant: Value,
    pub(super) convert: Option<Convert>,
    pub(crate) choices: Option<Vec<Value>>,
    pub(crate) required: bool,
    pub(crate) help: Option<String>,
    pub(crate) metavar: Option<Vec<String>>,
    pub(crate) version: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) prog: Option<String>,
}

impl Argument {
    /// `add_argument(*names)`.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Argument {
        let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
        let positional = names.first().filter(|name| !name.starts_with('-')).cloned();
        let long = names.iter().find(|name| name.starts_with("--")).or(names.first());
        let dest =
            positional.clone().or_else(|| long.map(|name| name.trim_start_matches('-').replace('-', "_")));
        Argument {
            names: if positional.is_some() { Vec::new() } else { names },
            dest,
            action: Action::Store,
            nargs: Nargs::One,
            default: Some(Value::None),
            constant: Value::None,
            convert: None,
            choices: None,
            required: positional.is_some(),
            help: None,
            metavar: None,
            version: None,
            title: None,
            description: None,
            prog: None,
        }
    }

    /// The argument of `add_subparsers`.
    pub fn commands() -> Argument {
        let names: [&str; 0] = [];
        Argument {
            dest: None,
            action: Action::Commands,
            nargs: Nargs::Command,
            required: false,
            ..Argument::new(names)
        }
    }

    /// `action=..`.
    pub fn action(self, action: &str) -> Argument {
        let flag = |argument: Argument, value: bool| Argument {
            action: Action::StoreConst,
            nargs: Nargs::Exactly(0),
            default: Some(Value::Bool(!value)),
            constant: Value::Bool(value),
            ..argument
        };
        let quiet = |argument: Argument, action: Action, help: &str| Argument {
            action,
            nargs: Nargs::Exactly(0),
            default: None,
            help: Some(argument.help.clone().unwrap_or_else(|| help.to_owned())),
            ..argument
        };
        let bare =
            |argument: Argument, action: Action| Argument { action, nargs: Nargs::Exactly(0), ..argument };
        match action {
            "store_true" => flag(self, true),
            "store_false" => flag(self, false),
            "store_const" => bare(self, Action::StoreConst),
            "append" => Argument { action: Action::Append, ..self },
            "append_const" => bare(self, Action::AppendConst),
            "extend" => Argument { action: Action::Extend, ..self },
            "count" => bare(self, Action::Count),
            "help" => quiet(self, Action::Help, HELP),
            "version" => quiet(self, Action::Version, VERSION),
            _ => self,
        }
    }

    /// `action=argparse.BooleanOptionalAction`.
    pub fn switch(self) -> Argument {
        let mut names = Vec::new();
        for name in &self.names {
            names.push(name.clone());
            if let Some(long) = name.strip_prefix("--") {
                names.push(format!("--no-{long}"));
            }
        }
        Argument { action: Action::Switch, nargs: Nargs::Exactly(0), names, ..self }
    }

    /// `nargs="?"`, `"*"`, `"+"`, `argparse.REMAINDER`.
    pub fn nargs(self, nargs: &str) -> Argument {
        let nargs = match nargs {
            "?" => Nargs::Optional,
            "*" => Nargs::Any,
            "+" => Nargs::Some,
            "..." => Nargs::Rest,
            _ => Nargs::One,
        };
        let is_needed = !matches!(nargs, Nargs::Optional | Nargs::Any);
        let required = if self.names.is_empty() { is_needed } else { self.required };
        Argument { nargs, required, ..self }
    }

    /// `nargs=3`.
    pub fn count(self, count: i64) -> Argument {
        Argument { nargs: Nargs::Exactly(usize::try_from(count).unwrap_or(0)), ..self }
    }

    /// `default=..`.
    pub fn default(self, default: impl Into<Value>) -> Argument {
        let default = default.into();
        let is_suppressed = matches!(&default, Value::Str(text) if &**text == SUPPRESS);
        let is_any = self.names.is_empty() && self.nargs == Nargs::Any;
        let required = self.required && !is_any;
        Argument { default: (!is_suppressed).then_some(default), required, ..self }
    }

    /// `default=[]`.
    pub fn default_list(self) -> Argument {
        self.default(Vec::<Value>::new())
    }

    /// `const=..`.
    pub fn constant(self, constant: impl Into<Value>) -> Argument {
        Argument { constant: constant.into(), ..self }
    }

    /// `type=..`: a function and its name.
    pub fn convert<T: Into<Value>>(self, name: &str, function: impl Fn(&str) -> T + 'static) -> Argument {
        let function = move |text: &str| function(text).into();
        Argument { convert: Some((name.to_owned(), Rc::new(function))), ..self }
    }

    /// `type=int`.
    pub fn int(self) -> Argument {
        self.convert("int", |text| Value::from(crate::py::to_int(&Value::from(text)).or_raise()))
    }

    /// `type=float`.
    pub fn float(self) -> Argument {
        self.convert("float", |text| Value::from(crate::py::to_float(&Value::from(text)).or_raise()))
    }

    /// `type=Path`.
    pub fn path(self) -> Argument {
        self.convert("Path", |text| Value::from(Path::new(text)))
    }

    /// `choices=..`.
    pub fn choices<V: Into<Value>>(self, choices: impl IntoIterator<Item = V>) -> Argument {
        Argument { choices: Some(choices.into_iter().map(Into::into).collect()), ..self }
    }

    /// `required=..`.
    pub fn required(self, required: bool) -> Argument {
        Argument { required, ..self }
    }

    /// `help=..`.
    pub fn help(self, help: &str) -> Argument {
        Argument { help: Some(help.to_owned()), ..self }
    }

    /// `metavar=..`.
    pub fn metavar(self, metavar: &str) -> Argument {
        Argument { metavar: Some(vec![metavar.to_owned()]), ..self }
    }

    /// `metavar=("A", "B")`.
    pub fn metavars<S: AsRef<str>>(self, metavars: impl IntoIterator<Item = S>) -> Argument {
        let metavars = metavars.into_iter().map(|text| text.as_ref().to_owned()).collect();
        Argument { metavar: Some(metavars), ..self }
    }

    /// `dest=..`.
    pub fn dest(self, dest: &str) -> Argument {
        Argument { dest: Some(dest.to_owned()), ..self }
    }

    /// `version=..`.
    pub fn version(self, version: &str) -> Argument {
        Argument { version: Some(version.to_owned()), ..self }
    }

    /// `title=..` of `add_subparsers`.
    pub fn title(self, title: &str) -> Argument {
        Argument { title: Some(title.to_owned()), ..self }
    }

    /// `description=..` of `add_subparsers`.
    pub fn description(self, description: &str) -> Argument {
        Argument { description: Some(description.to_owned()), ..self }
    }

    /// `prog=..` of `add_subparsers`.
    pub fn prog(self, prog: &str) -> Argument {
        Argument { prog: Some(prog.to_owned()), ..self }
    }

    pub(crate) fn is_positional(&self) -> bool {
        self.names.is_empty()
    }

    pub(crate) fn is_hidden(&self) -> bool {
        self.help.as_deref() == Some(SUPPRESS)
    }

    /// The name of the argument in errors.
    pub(crate) fn title_in_errors(&self) -> Option<String> {
        if !self.names.is_empty() {
            return Some(self.names.join("/"));
        }
        let metavar = self.metavar.as_ref().map(|metavar| metavar.join("/"));
        metavar.or_else(|| self.dest.clone())
    }

    /// What `%(name)s` in the help stands for.
    pub(super) fn help_values(&self, prog: &str) -> Dict<String, Value> {
        let mut values = Dict::new();
        let text = |text: &Option<String>| text.as_deref().map_or(Value::None, Value::from);
        values.insert("prog".to_owned(), Value::from(prog));
        values.insert("dest".to_owned(), text(&self.dest));
        values.insert("default".to_owned(), self.default.clone().unwrap_or_default());
        values.insert("const".to_owned(), self.constant.clone());
        values.insert("required".to_owned(), Value::Bool(self.required));
        values.insert("metavar".to_owned(), text(&self.metavar.as_ref().map(|metavar| metavar.join(" "))));
        values.insert("type".to_owned(), text(&self.convert.as_ref().map(|(name, _)| name.clone())));
        if let Some(choices) = &self.choices {
            let choices: Vec<String> = choices.iter().map(|choice| crate::str(choice).to_string()).collect();
            values.insert("choices".to_owned(), Value::from(choices.join(", ")));
        }
        values
    }
}
