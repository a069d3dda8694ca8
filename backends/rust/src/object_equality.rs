//! `==` and `hash` of objects among dynamic values.

use crate::classes;
use crate::env::{Env, Uses};
use crate::method_names::method_name;
use crate::object_values::{as_tuple, converts, plain_field, plain_type};
use crate::types::Position;
use batuta_base::Name;
use batuta_core::*;

/// `__eq__` that takes more than objects of its class.
fn own_equality(env: &Env<'_>, body: &Body<Mir>, module: Name, uses: &mut Uses) -> String {
    let types: Vec<Ty> = body.params.iter().map(|param| body.locals[param.local].ty).collect();
    let takes_handle = matches!(types[0].strip_ref().kind(), TyKind::Shared(_));
    let value = match types.get(1).filter(|ty| !takes_handle && converts(**ty)) {
        None => "rt::raise_new(rt::NotTranslated, \"not yet implemented: `==` of a dynamic value here\")"
            .to_owned(),
        Some(ty) => {
            let text = env.ty(ty.strip_ref(), Position::Stored, module, uses);
            let call = |operand: &str| {
                let lent = if matches!(ty.kind(), TyKind::Ref(_)) { "&" } else { "" };
                let call = format!("self.{}({lent}{operand})", method_name(env, body));
                let call = if body.fallible { format!("{call}.or_raise()") } else { call };
                // A method may answer with something else: its truth counts.
                match body.ret.kind() {
                    TyKind::Bool | TyKind::Never => call,
                    TyKind::Value => format!("{call}.is_true()"),
                    _ => format!("rt::truth(&{call})"),
                }
            };
            match text == "rt::Value" {
                true if matches!(ty.kind(), TyKind::Ref(_)) => {
                    format!("Some({})", call("other").replace("&other", "other"))
                }
                true => format!("Some({})", call("other.clone()")),
                false => format!("Some(other.try_to::<{text}>().is_ok_and(|other| {}))", call("other")),
            }
        }
    };
    format!("    fn equals(&self, other: &rt::Value) -> Option<bool> {{\n        {value}\n    }}\n")
}

/// `==` and `hash` where fields or methods decide, not identity.
pub fn methods(env: &Env<'_>, class: Name, members: &[Name], module: Name, uses: &mut Uses) -> Vec<String> {
    let mut out = Vec::new();
    if plain_field(env, class).is_some() {
        return out;
    }
    if plain_type(env, class).is_some() {
        out.push("    fn is_single(&self) -> bool {\n        true\n    }\n".to_owned());
        return out;
    }
    if let Some(tuple) = as_tuple(env, class) {
        out.push(format!(
            "    fn equals(&self, other: &rt::Value) -> Option<bool> {{\n        match other {{\n            rt::Value::Tuple(_) => Some({tuple} == *other),\n            rt::Value::Object(other) => Some(other.as_any().downcast_ref::<Self>().is_some_and(|other| self == other)),\n            _ => Some(false),\n        }}\n    }}\n"
        ));
        if env.is_key(class) {
            out.push(format!(
                "    fn hash(&self) -> Option<u64> {{\n        Some(rt::Key::key_hash(&{tuple}))\n    }}\n"
            ));
        }
        return out;
    }
    // Functions and the like in the fields have no `==` here.
    if members.len() < 2 && classes::compares_fields(env, class) && !classes::can_compare(env, &[class]) {
        let words = format!("not yet implemented: `==` of `{}` as a dynamic value", class.last());
        out.push(format!(
            "    fn equals(&self, _other: &rt::Value) -> Option<bool> {{\n        rt::raise_new(rt::NotTranslated, \"{words}\")\n    }}\n"
        ));
        return out;
    }
    // A family answers by the class of each object.
    let compares = |member: &Name| {
        env.program.find_method(*member, "__eq__").is_some() || classes::compares_fields(env, *member)
    };
    let of_family = members.len() > 1 && members.iter().any(compares);
    let has_eq = env.is_enum(class)
        || of_family
        || classes::compares_fields(env, class)
        || env
            .program
            .find_method(class, "__eq__")
            .is_some_and(|path| env.function(path).is_some_and(|body| classes::compares_self(body, class)));
    if !has_eq
        && let Some(body) = env.program.find_method(class, "__eq__").and_then(|path| env.function(path))
    {
        out.push(own_equality(env, body, module, uses));
    }
    if has_eq {
        out.push(
            "    fn equals(&self, other: &rt::Value) -> Option<bool> {\n        match other {\n            rt::Value::Object(other) => Some(other.as_any().downcast_ref::<Self>().is_some_and(|other| self == other)),\n            _ => Some(false),\n        }\n    }\n"
                .to_owned(),
        );
    }
    if env.is_enum(class) {
        out.push("    fn is_single(&self) -> bool {\n        true\n    }\n".to_owned());
    }
    let holds_no_more = |member: &Name| {
        env.is_key(*member) || env.is_unhashable(*member) || env.all_fields(*member).is_empty()
    };
    let are_keys =
        of_family && members.iter().any(|member| env.is_key(*member)) && members.iter().all(holds_no_more);
    if has_eq && (env.is_key(class) || are_keys) {
        out.push(
            "    fn hash(&self) -> Option<u64> {\n        Some(rt::Key::key_hash(self))\n    }\n".to_owned(),
        );
    }
    out
}
