//! The truth of objects among dynamic values.

use crate::env::Env;
use crate::method_names::method_name;
use batuta_base::Name;
use batuta_core::*;

/// `fn is_true` by `__bool__` or `__len__`; of a family, by the class of each object.
pub fn method(env: &Env<'_>, class: Name, members: &[Name]) -> Option<String> {
    let found = |member: &Name| {
        ["__bool__", "__len__"].iter().find_map(|name| env.function(env.program.find_method(*member, name)?))
    };
    let mut arms: Vec<(String, Vec<Name>)> = Vec::new();
    for member in members {
        let value = found(member).map_or("true".to_owned(), |body| value(env, class, body));
        match arms.iter_mut().find(|(known, _)| *known == value) {
            Some((_, classes)) => classes.push(*member),
            None => arms.push((value, vec![*member])),
        }
    }
    let text = match arms.as_slice() {
        [(only, _)] if only == "true" => return None,
        [(only, _)] => only.clone(),
        many => {
            let arms: String = many
                .iter()
                .filter(|(value, _)| value != "true")
                .map(|(value, classes)| {
                    let names: Vec<String> =
                        classes.iter().map(|class| crate::literal::string(class.last())).collect();
                    format!("            {} => {value},\n", names.join(" | "))
                })
                .collect();
            format!("match self.type_name() {{\n{arms}            _ => true,\n        }}")
        }
    };
    Some(format!("    fn is_true(&self) -> bool {{\n        {text}\n    }}\n"))
}

fn value(env: &Env<'_>, class: Name, body: &Body<Mir>) -> String {
    let this = body.locals[body.params[0].local].ty;
    if matches!(this.strip_ref().kind(), TyKind::Shared(_)) {
        let words = format!("not yet implemented: the truth of `{}` as a dynamic value", class.last());
        return format!("rt::raise_new(rt::NotTranslated, \"{words}\")");
    }
    let call = format!("self.{}()", method_name(env, body));
    let call = if body.fallible { format!("rt::OrRaise::or_raise({call})") } else { call };
    if body.path.last() == "__bool__" { call } else { format!("{call} != 0") }
}
