//! The parameters of a dynamic function: binds arguments to them as Python does.

use super::Value;
use crate::arguments::missing_text;
use crate::class::TypeError;
use crate::collections::Dict;
use crate::error::Error;
use crate::shared::SharedDict;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Normal,
    PositionalOnly,
    KeywordOnly,
    Star,
    /// `*rest[]`: the function reads it as a list.
    StarList,
    StarStar,
}

struct Param {
    name: String,
    kind: Kind,
    default: Option<Value>,
}

/// What a function takes.
pub(super) struct Params {
    /// 1 where a receiver is bound already: messages count it.
    receiver: usize,
    rows: Vec<Param>,
}

#[cold]
pub(super) fn type_error(text: String) -> Error {
    Error::new(TypeError, text)
}

impl Params {
    /// Reads `a, /b, c=, *rest, *rest[], !key=, **more`.
    pub(super) fn new(text: &str) -> Params {
        let mut params = Params { receiver: 0, rows: Vec::new() };
        for part in text.split(", ").filter(|part| !part.is_empty()) {
            if part == "." {
                params.receiver = 1;
                continue;
            }
            let kind = match part.as_bytes() {
                [b'*', b'*', ..] => Kind::StarStar,
                [b'*', .., b'[', b']'] => Kind::StarList,
                [b'*', ..] => Kind::Star,
                [b'!', ..] => Kind::KeywordOnly,
                [b'/', ..] => Kind::PositionalOnly,
                _ => Kind::Normal,
            };
            let name = part.trim_start_matches(['*', '!', '/']);
            let default = name.ends_with('=').then_some(Value::None);
            params.rows.push(Param { name: name.trim_end_matches('=').to_owned(), kind, default });
        }
        params
    }

    /// Whether a receiver stands before the parameters.
    pub(super) fn is_bound(&self) -> bool {
        self.receiver > 0
    }

    /// Gives each parameter with a default its value.
    pub(super) fn set_defaults(&mut self, defaults: &[Value]) {
        let open = self.rows.iter_mut().filter_map(|param| param.default.as_mut());
        open.zip(defaults).for_each(|(default, value)| default.clone_from(value));
    }

    /// One argument for each parameter.
    pub(super) fn bind(
        &self,
        function: &str,
        args: &[Value],
        named: &Dict<String, Value>,
    ) -> Result<Vec<Value>, Error> {
        let is_positional = |param: &Param| matches!(param.kind, Kind::Normal | Kind::PositionalOnly);
        let open = self.rows.iter().filter(|param| is_positional(param)).count();
        let mut slots: Vec<Option<Value>> = Vec::new();
        let mut next = args.iter();
        for param in &self.rows {
            slots.push(match param.kind {
                Kind::Normal | Kind::PositionalOnly => next.next().cloned(),
                Kind::Star => Some(Value::Tuple(next.by_ref().cloned().collect())),
                Kind::StarList => Some(Value::from(next.by_ref().cloned().collect::<Vec<Value>>())),
                Kind::KeywordOnly | Kind::StarStar => None,
            });
        }
        let more = SharedDict::default();
        for (name, value) in named.iter() {
            let takes =
                |param: &Param| matches!(param.kind, Kind::Normal | Kind::KeywordOnly) && param.name == *name;
            match self.rows.iter().position(takes) {
                Some(at) if slots[at].is_some() => {
                    return Err(type_error(format!(
                        "{function}() got multiple values for argument '{name}'"
                    )));
                }
                Some(at) => slots[at] = Some(value.clone()),
                None if self.rows.iter().any(|param| param.kind == Kind::StarStar) => {
                    more.insert(Value::from(name.as_str()), value.clone());
                }
                None if self
                    .rows
                    .iter()
                    .any(|param| param.kind == Kind::PositionalOnly && param.name == *name) =>
                {
                    return Err(self.positional_only(function, named));
                }
                None => {
                    let text = format!("{function}() got an unexpected keyword argument '{name}'");
                    return Err(type_error(text));
                }
            }
        }
        if next.len() > 0 {
            let by_name =
                |param: &&Param| param.kind == Kind::KeywordOnly && named.contains_key(param.name.as_str());
            let by_name = self.rows.iter().filter(by_name).count();
            return Err(self.too_many(function, open, args.len(), by_name));
        }
        for (kinds, word) in [
            (&[Kind::Normal, Kind::PositionalOnly][..], "positional"),
            (&[Kind::KeywordOnly][..], "keyword-only"),
        ] {
            let missing: Vec<&str> = self
                .rows
                .iter()
                .zip(&slots)
                .filter(|(param, slot)| {
                    kinds.contains(&param.kind) && slot.is_none() && param.default.is_none()
                })
                .map(|(param, _)| param.name.as_str())
                .collect();
            if !missing.is_empty() {
                return Err(type_error(missing_text(function, word, &missing)));
            }
        }
        let bound = self.rows.iter().zip(slots).map(|(param, slot)| match (param.kind, slot) {
            (Kind::StarStar, _) => Value::Dict(more.clone()),
            (_, Some(value)) => value,
            (_, None) => param.default.clone().unwrap_or_default(),
        });
        Ok(bound.collect())
    }

    /// Parameters that names cannot reach, given by name.
    fn positional_only(&self, function: &str, named: &Dict<String, Value>) -> Error {
        let is_given =
            |param: &&Param| param.kind == Kind::PositionalOnly && named.contains_key(param.name.as_str());
        let names: Vec<&str> = self.rows.iter().filter(is_given).map(|param| param.name.as_str()).collect();
        let names = names.join(", ");
        type_error(format!(
            "{function}() got some positional-only arguments passed as keyword arguments: '{names}'"
        ))
    }

    fn too_many(&self, function: &str, open: usize, given: usize, by_name: usize) -> Error {
        let with_default = self
            .rows
            .iter()
            .filter(|param| param.kind != Kind::KeywordOnly && param.default.is_some())
            .count();
        let (most, given) = (open + self.receiver, given + self.receiver);
        let range = match with_default {
            0 => most.to_string(),
            count => format!("from {} to {most}", most - count),
        };
        let plural = if most == 1 && with_default == 0 { "" } else { "s" };
        let were = if given == 1 && by_name == 0 { "was" } else { "were" };
        let s = |count: usize| if count == 1 { "" } else { "s" };
        let given = match by_name {
            0 => given.to_string(),
            _ => format!(
                "{given} positional argument{} (and {by_name} keyword-only argument{})",
                s(given),
                s(by_name)
            ),
        };
        type_error(format!("{function}() takes {range} positional argument{plural} but {given} {were} given"))
    }
}
