//! Arguments that do not fit the parameters: CPython's words for the `TypeError` that the call raises.

use crate::bind::Formal;
use batuta_base::Name;
use batuta_core::{ArgKind, ParamKind};

/// What the call says, where its arguments are not spread. `skip` parameters, the receiver, are given.
pub(crate) fn misfit(name: &str, formals: &[Formal], skip: usize, kinds: &[ArgKind]) -> Option<String> {
    if kinds.iter().any(|kind| matches!(kind, ArgKind::Star | ArgKind::StarStar)) {
        return None;
    }
    let is_positional =
        |formal: &&Formal| matches!(formal.kind, ParamKind::Normal | ParamKind::PositionalOnly);
    let positional: Vec<&Formal> = formals.iter().filter(is_positional).collect();
    let given = skip + kinds.iter().filter(|kind| **kind == ArgKind::Positional).count();
    let named: Vec<Name> = kinds
        .iter()
        .filter_map(|kind| match kind {
            ArgKind::Named(name) => Some(*name),
            _ => None,
        })
        .collect();
    if let Some(text) = wrong_name(name, formals, &positional[..given.min(positional.len())], &named) {
        return Some(text);
    }
    if given > positional.len() && !formals.iter().any(|formal| formal.kind == ParamKind::Star) {
        return Some(too_many(name, formals, positional.len(), given, &named));
    }
    let is_missing =
        |formal: &&&Formal| !formal.has_default && !formal.name.is_some_and(|name| named.contains(&name));
    let missing: Vec<&&Formal> = positional.iter().skip(given).filter(is_missing).collect();
    if !missing.is_empty() {
        return Some(missing_text(name, "positional", missing.into_iter().copied()));
    }
    let keyword_only: Vec<&Formal> =
        formals.iter().filter(|formal| formal.kind == ParamKind::KeywordOnly).collect();
    let missing: Vec<&&Formal> = keyword_only.iter().filter(is_missing).collect();
    (!missing.is_empty()).then(|| missing_text(name, "keyword-only", missing.into_iter().copied()))
}

/// Ruchy's words where a call has too few or too many arguments.
pub(crate) fn miscounted(formals: &[Formal], skip: usize, kinds: &[ArgKind]) -> Option<String> {
    let formals = formals.get(skip..)?;
    let is_known = |kind: &ArgKind| match kind {
        ArgKind::Named(name) => formals.iter().any(|formal| formal.name == Some(*name)),
        kind => *kind == ArgKind::Positional,
    };
    let least = formals.iter().filter(|formal| !formal.has_default).count();
    kinds
        .iter()
        .all(is_known)
        .then(|| format!("Function expects {least}-{} arguments, got {}", formals.len(), kinds.len()))
}

fn wrong_name(name: &str, formals: &[Formal], filled: &[&Formal], named: &[Name]) -> Option<String> {
    if formals.iter().any(|formal| formal.kind == ParamKind::StarStar) {
        return None;
    }
    let of = |kinds: &[ParamKind], word: Name| {
        formals.iter().any(|formal| kinds.contains(&formal.kind) && formal.name == Some(word))
    };
    for word in named {
        if filled.iter().any(|formal| formal.kind == ParamKind::Normal && formal.name == Some(*word)) {
            return Some(format!("{name}() got multiple values for argument '{word}'"));
        }
        if of(&[ParamKind::PositionalOnly], *word) {
            let words = "got some positional-only arguments passed as keyword arguments";
            return Some(format!("{name}() {words}: '{word}'"));
        }
        if !of(&[ParamKind::Normal, ParamKind::KeywordOnly], *word) {
            return Some(format!("{name}() got an unexpected keyword argument '{word}'"));
        }
    }
    None
}

fn too_many(name: &str, formals: &[Formal], most: usize, given: usize, named: &[Name]) -> String {
    let is_positional =
        |formal: &&Formal| matches!(formal.kind, ParamKind::Normal | ParamKind::PositionalOnly);
    let needed = formals.iter().filter(is_positional).filter(|formal| !formal.has_default).count();
    let range = if needed < most { format!("from {needed} to {most}") } else { most.to_string() };
    let plural = if most == 1 && needed == most { "" } else { "s" };
    let by_name = |formal: &&Formal| {
        formal.kind == ParamKind::KeywordOnly && formal.name.is_some_and(|name| named.contains(&name))
    };
    let more = match formals.iter().filter(by_name).count() {
        0 => String::new(),
        count => {
            let (one, other) = (plural_of(given), plural_of(count));
            format!(" positional argument{one} (and {count} keyword-only argument{other})")
        }
    };
    let were = if given == 1 && more.is_empty() { "was" } else { "were" };
    format!("{name}() takes {range} positional argument{plural} but {given}{more} {were} given")
}

fn plural_of(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn missing_text<'a>(name: &str, word: &str, missing: impl Iterator<Item = &'a Formal>) -> String {
    let names: Vec<String> =
        missing.map(|formal| format!("'{}'", formal.name.map_or("", |name| name.as_str()))).collect();
    let listed = match names.as_slice() {
        [first, last] => format!("{first} and {last}"),
        [rest @ .., last] if rest.len() > 1 => format!("{}, and {last}", rest.join(", ")),
        _ => names.concat(),
    };
    format!("{name}() missing {} required {word} argument{}: {listed}", names.len(), plural_of(names.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formal(name: &str, kind: ParamKind, has_default: bool) -> Formal {
        Formal { name: Some(Name::new(name)), kind, has_default }
    }

    #[test]
    fn words_are_those_of_cpython() {
        let formals = [
            formal("a", ParamKind::PositionalOnly, false),
            formal("b", ParamKind::Normal, true),
            formal("k", ParamKind::KeywordOnly, false),
        ];
        let named = |name: &str| ArgKind::Named(Name::new(name));
        let text = |kinds: &[ArgKind]| misfit("f", &formals, 0, kinds);
        assert_eq!(text(&[named("k")]).as_deref(), Some("f() missing 1 required positional argument: 'a'"));
        assert_eq!(
            text(&[ArgKind::Positional]).as_deref(),
            Some("f() missing 1 required keyword-only argument: 'k'")
        );
        assert_eq!(
            text(&[ArgKind::Positional, ArgKind::Positional, ArgKind::Positional, named("k")]).as_deref(),
            Some(
                "f() takes from 1 to 2 positional arguments but 3 positional arguments \
                 (and 1 keyword-only argument) were given"
            )
        );
        assert_eq!(
            text(&[named("a"), named("k")]).as_deref(),
            Some("f() got some positional-only arguments passed as keyword arguments: 'a'")
        );
        assert_eq!(
            text(&[ArgKind::Positional, named("x")]).as_deref(),
            Some("f() got an unexpected keyword argument 'x'")
        );
        assert_eq!(
            text(&[ArgKind::Positional, ArgKind::Positional, named("b")]).as_deref(),
            Some("f() got multiple values for argument 'b'")
        );
        assert_eq!(text(&[ArgKind::Positional, named("k")]), None);
    }
}
