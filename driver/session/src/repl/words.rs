//! What is known of names: those that a prompt completes, and what functions take.

use super::ask::type_name;
use super::environment::Environment;
use batuta_base::Name;
use batuta_core::Lang;
use std::sync::LazyLock;

/// Words of the languages that stand for themselves.
const RUCHY: &str = "fun let mut var const if else match for in while loop break continue return true false nil \
                     struct enum impl trait mod use pub as Some None Ok Err";
const PYTHON: &str = "def class if elif else for in while break continue return True False None and or not is \
                      lambda import from as with try except finally raise pass yield assert global";

/// Names of the library.
static NAMES: LazyLock<Vec<Name>> =
    LazyLock::new(|| batuta_catalog::all().flatten().map(|row| row.name).collect());

/// Keywords and functions of a language.
pub fn words(lang: Lang) -> Vec<String> {
    let (keywords, front) = if lang == Lang::Ruchy { (RUCHY, "ruchy.") } else { (PYTHON, "builtins.") };
    let mut out: Vec<String> = keywords.split_whitespace().map(str::to_owned).collect();
    let names = NAMES.iter().filter_map(|name| name.as_str().strip_prefix(front));
    out.extend(names.filter(|name| !name.contains('.')).map(str::to_owned));
    out.sort();
    out.dedup();
    out
}

impl Environment {
    /// What a function takes and gives; for one of the session its text, with the comments above it.
    pub fn doc(&self, name: &str) -> Option<String> {
        let own = self.definition(name);
        if own.is_some() {
            return own;
        }
        let front = if self.lang() == Lang::Ruchy { "ruchy" } else { "builtins" };
        let rows = batuta_catalog::functions(&format!("{front}.{name}"));
        let line = |row: &batuta_catalog::Row| {
            let params: Vec<String> =
                row.params.iter().map(|param| type_name(param.ty, self.lang())).collect();
            format!("{name}({}) -> {}", params.join(", "), type_name(row.result, self.lang()))
        };
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        lines.dedup();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
