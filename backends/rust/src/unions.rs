//! The enums of closed unions: text, keys, conversions.

use crate::env::{Env, Uses, variant};
use crate::names;
use crate::types::Position;
use batuta_base::Name;
use batuta_core::{Ty, TyKind};
use std::fmt::Write;

/// The enum of a closed union.
pub fn union(env: &Env<'_>, ty: Ty, module: Name, uses: &mut Uses) -> String {
    let (TyKind::Union(items), Some(name)) = (ty.kind(), env.unions.get(&ty)) else { return String::new() };
    let mut out = format!(
        "/// One of the types that the source mixes.\n#[derive(Clone, Debug, PartialEq)]\npub enum {name} {{\n"
    );
    let mut getters = String::new();
    let mut shown = String::new();
    for item in items {
        let member = variant(*item);
        if member == "None" {
            let _ = writeln!(out, "    None,");
            let _ = writeln!(shown, "            Self::None => f.write_str(\"None\"),");
            continue;
        }
        let text = env.ty(*item, Position::Stored, module, uses);
        let _ = writeln!(out, "    {member}({text}),");
        let _ = writeln!(shown, "            Self::{member}(value) => value.fmt_repr(f),");
        let own = names::snake(&member);
        let own = own.trim_end_matches('_');
        uses.rt = true;
        for (prefix, receiver, result) in
            [("into", "self", text.clone()), ("as", "&self", format!("&{text}"))]
        {
            let _ = write!(
                getters,
                "    pub fn {prefix}_{own}({receiver}) -> {result} {{\n        match self {{\n            Self::{member}(value) => value,\n            _ => rt::raise_new(rt::TypeError, \"unexpected type\"),\n        }}\n    }}\n\n"
            );
        }
    }
    uses.paths.insert("std::fmt".to_owned());
    let more =
        [keys(env, name, items), order(name, items), values(env, ty, name, items, module, uses)].concat();
    format!(
        "{out}}}\n\nimpl {name} {{\n{}\n}}\n\nimpl rt::Repr for {name} {{\n    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {{\n        match self {{\n{shown}        }}\n    }}\n}}\n",
        getters.trim_end()
    ) + &more
}

/// The variant and its member type's text.
fn members<'a>(items: &'a [Ty]) -> impl Iterator<Item = (String, Ty)> + 'a {
    items.iter().map(|item| (variant(*item), *item))
}

/// Members of one type have an order; those of two raise `TypeError`, as in Python.
fn order(name: &str, items: &[Ty]) -> String {
    let has_order =
        |ty: Ty| matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Str | TyKind::Bool);
    if !items.iter().all(|item| has_order(*item)) {
        return String::new();
    }
    let arms: String = members(items)
        .map(|(member, _)| format!("            (Self::{member}(a), Self::{member}(b)) => a.py_lt(b),\n"))
        .collect();
    format!(
        "\nimpl rt::PyOrd for {name} {{\n    fn py_lt(&self, other: &Self) -> bool {{\n        match (self, other) {{\n{arms}            _ => rt::raise_new(rt::TypeError, \"values of two types have no order\"),\n        }}\n    }}\n}}\n"
    )
}

/// Equal members are equal keys; members of two types never are.
fn keys(env: &Env<'_>, name: &str, items: &[Ty]) -> String {
    let can_hash = |ty: Ty| {
        !ty.any(&mut |ty| {
            matches!(ty.kind(), TyKind::Class(path, _) if !env.is_key(*path))
                || matches!(
                    ty.kind(),
                    TyKind::List(_)
                        | TyKind::Dict(..)
                        | TyKind::Set(_)
                        | TyKind::Func(..)
                        | TyKind::Iter(_)
                        | TyKind::Lib(..)
                        | TyKind::Error
                )
        })
    };
    if !items.iter().all(|item| can_hash(*item)) {
        return String::new();
    }
    let (mut hash, mut eq, mut python) = (String::new(), String::new(), String::new());
    for (member, _) in members(items) {
        if member == "None" {
            hash.push_str("            Self::None => rt::Key::key_hash(&()),\n");
            eq.push_str("            (Self::None, Self::None) => true,\n");
            python.push_str("            Self::None => rt::Key::py_hash(&()),\n");
            continue;
        }
        let _ = writeln!(hash, "            Self::{member}(value) => value.key_hash(),");
        let _ = writeln!(eq, "            (Self::{member}(a), Self::{member}(b)) => a.key_eq(b),");
        let _ = writeln!(python, "            Self::{member}(value) => value.py_hash(),");
    }
    format!(
        "\nimpl rt::Key for {name} {{\n    fn key_hash(&self) -> u64 {{\n        match self {{\n{hash}        }}\n    }}\n\n    fn key_eq(&self, other: &Self) -> bool {{\n        match (self, other) {{\n{eq}            _ => false,\n        }}\n    }}\n\n    fn py_hash(&self) -> Option<i64> {{\n        match self {{\n{python}        }}\n    }}\n}}\n"
    )
}

/// Conversions that the program makes between the union and dynamic values.
fn values(env: &Env<'_>, ty: Ty, name: &str, items: &[Ty], module: Name, uses: &mut Uses) -> String {
    let mut out = String::new();
    if env.to_value.contains(&ty) {
        let mut arms = String::new();
        for (member, _) in members(items) {
            let arm = match member.as_str() {
                "None" => format!("            {name}::None => Self::None,\n"),
                _ => format!("            {name}::{member}(value) => Self::from(value),\n"),
            };
            arms.push_str(&arm);
        }
        let _ = write!(
            out,
            "\nimpl From<{name}> for rt::Value {{\n    fn from(union: {name}) -> Self {{\n        match union {{\n{arms}        }}\n    }}\n}}\n"
        );
    }
    if env.from_value.contains(&ty) {
        let mut tests = String::new();
        for (member, item) in members(items) {
            if member == "None" {
                tests.push_str(
                    "        if value.is_none() {\n            return Ok(Self::None);\n        }\n",
                );
                continue;
            }
            let text = env.ty(item, Position::Stored, module, uses);
            let text = if text.contains(['<', '(']) { format!("<{text}>") } else { text };
            let _ = write!(
                tests,
                "        if let Ok(member) = {text}::try_from(value.clone()) {{\n            return Ok(Self::{member}(member));\n        }}\n"
            );
        }
        let _ = write!(
            out,
            "\nimpl TryFrom<rt::Value> for {name} {{\n    type Error = rt::Error;\n\n    fn try_from(value: rt::Value) -> rt::Result<Self> {{\n{tests}        Err(rt::Error::new(rt::TypeError, \"unexpected type\"))\n    }}\n}}\n"
        );
    }
    out
}
