//! The Rust names of methods.

use crate::names;
use batuta_base::Name;
use batuta_core::{Body, FnKind, Mir};

/// Methods that every `Rc` has: a call of an object's own would be one of the handle.
const TAKEN: &[&str] = &[
    "as_ref",
    "borrow",
    "borrow_mut",
    "class_name",
    "clone",
    "cmp",
    "drop",
    "eq",
    "fmt",
    "ge",
    "gt",
    "hash",
    "into",
    "le",
    "lt",
    "ne",
    "partial_cmp",
    "to_owned",
    "to_string",
    "try_into",
    "type_id",
];

/// The Rust name of a method: `__str__` and its kin have names of their own, unless a method of the
/// class or of one above or below has that name already.
pub fn method_name(env: &crate::env::Env<'_>, body: &Body<Mir>) -> String {
    if body.path.last() == "new" && !env.has_constructor(body.path.parent()) {
        return names::function(body.path);
    }
    if body.kind == FnKind::PropertySetter {
        return setter_name(env, body.path);
    }
    let own = plain_method_name(body);
    let last = body.path.last();
    let is_special = last.starts_with("__") && last.ends_with("__");
    if !is_special || own == "new" {
        return own;
    }
    let class = body.path.parent();
    let is_near =
        |other: Name| env.program.mro(other).contains(&class) || env.program.mro(class).contains(&other);
    let is_taken = env
        .program
        .classes
        .values()
        .any(|other| other.methods.iter().any(|method| method.last() == own) && is_near(other.path));
    if is_taken { format!("special_{own}") } else { own }
}

fn plain_method_name(body: &Body<Mir>) -> String {
    let name = match body.path.last() {
        "__init__" => "new",
        "__len__" => "len",
        "__getitem__" => "item",
        "__getslice__" => "slice",
        "__setitem__" => "set_item",
        "__delitem__" => "del_item",
        "__contains__" => "contains",
        "__iter__" => "iter",
        "__next__" => "next_item",
        "__call__" => "call",
        "__str__" => "to_text",
        "__repr__" => "repr_text",
        "__bool__" => "is_true",
        "__enter__" => "enter",
        "__exit__" => "exit",
        "__eq__" => "equals",
        "__ne__" => "differs",
        "__lt__" => "less",
        "__le__" => "less_or_equal",
        "__gt__" => "greater",
        "__ge__" => "greater_or_equal",
        "__eq__$built" => "eq",
        "__ne__$built" => "ne",
        "__lt__$built" => "lt",
        "__le__$built" => "le",
        "__gt__$built" => "gt",
        "__ge__$built" => "ge",
        "__hash__" => "hash_value",
        "__add__" => "plus",
        "__sub__" => "minus",
        "__mul__" => "times",
        "__truediv__" => "divided_by",
        "__floordiv__" => "floor_divided_by",
        "__mod__" => "modulo",
        "__neg__" => "negated",
        "__pow__" => "to_power",
        "__abs__" => "abs_value",
        "__radd__" => "reflected_plus",
        "__rsub__" => "reflected_minus",
        "__rmul__" => "reflected_times",
        "__iadd__" => "add_in_place",
        "__post_init__" => "post_init",
        last if last.starts_with("__") && last.ends_with("__") => {
            return names::snake(last.trim_matches('_'));
        }
        _ => {
            return match body.kind {
                FnKind::PropertySetter => format!("set_{}", names::function(body.path)),
                _ if body.path.last() == "new" => "new_object".to_owned(),
                FnKind::Method | FnKind::Property if TAKEN.contains(&body.path.last()) => {
                    format!("{}_object", body.path.last())
                }
                _ => names::function(body.path),
            };
        }
    };
    name.to_owned()
}

/// `set_x`, or `set_x_for_setter` where the class has a method of that name.
fn setter_name(env: &crate::env::Env<'_>, path: Name) -> String {
    let own = path.last().replacen("$setter", "", 1);
    let name = format!("set_{}", names::function(path.parent().join(&own)));
    let is_taken =
        env.program.mro(path.parent()).iter().any(|class| env.function(class.join(&name)).is_some());
    if is_taken { format!("set_{}", names::function(path)) } else { name }
}
