//! What `hasattr` is told of a program's objects that are dynamic values.
//!
//!   hasattr(o, "to_json")      fn has(&self, name: &str) -> Option<bool> {
//!                                  match name {
//!                                      "to_json" => Some(true),
//!                                      _ => None,
//!                                  }
//!                              }
//!
//! Says nothing of fields: an object may not have one yet, so the attribute itself answers.

use crate::env::Env;
use batuta_base::Name;
use std::fmt::Write;

/// The answers of a class, or of a family's members, to the names that the program asks for.
pub(crate) fn answers(env: &Env<'_>, members: &[Name]) -> Option<String> {
    let is_field = |name: &str| {
        members.iter().any(|member| env.all_fields(*member).iter().any(|field| field.name == name))
    };
    let mut arms = String::new();
    for name in env.dynamic.asked.iter().filter(|name| !name.starts_with("__") && !is_field(name)) {
        let having: Vec<&Name> = members.iter().filter(|member| has(env, **member, name)).collect();
        let answer = match having.len() {
            0 => "false".to_owned(),
            count if count == members.len() => "true".to_owned(),
            _ => {
                let names: Vec<String> = having.iter().map(|member| format!("{:?}", member.last())).collect();
                format!("matches!(self.type_name(), {})", names.join(" | "))
            }
        };
        let _ = writeln!(arms, "            {name:?} => Some({answer}),");
    }
    (!arms.is_empty()).then(|| {
        format!(
            "    fn has(&self, name: &str) -> Option<bool> {{\n        match name {{\n{arms}            _ => None,\n        }}\n    }}\n"
        )
    })
}

/// Whether a class has a method, property or attribute of this name.
fn has(env: &Env<'_>, class: Name, name: &str) -> bool {
    let is_attribute = |owner: &Name| env.program.globals.contains_key(&owner.join(name));
    env.program.find_method(class, name).is_some() || env.program.mro(class).iter().any(is_attribute)
}
