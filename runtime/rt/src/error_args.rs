//! The arguments of an exception as values: `e.args`.

use std::any::Any;
use std::rc::Rc;

use crate::class::NotImplementedError;
use crate::error::Arg;
use crate::tuple::Tuple;
use crate::unwind::raise_new;
use crate::value::{Object, Value};

/// A value of which only the text is known.
struct Shown {
    str: String,
    repr: String,
}

impl Object for Shown {
    fn type_name(&self) -> &str {
        "object"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        self.repr.clone()
    }

    fn str(&self) -> String {
        self.str.clone()
    }

    /// What is written alike is equal; of anything else only the text is known.
    fn equals(&self, other: &Value) -> Option<bool> {
        let is_other_kind = matches!(other, Value::None | Value::Bool(_) | Value::Str(_));
        match crate::repr(other).to_string() == self.repr {
            false if !is_other_kind => self.unknown("be compared"),
            is_same => Some(is_same),
        }
    }

    fn is_true(&self) -> bool {
        !matches!(self.repr.as_str(), "[]" | "()" | "{}" | "set()" | "frozenset()" | "b''" | "0j")
    }

    fn is_instance(&self, name: &str) -> bool {
        // Texts and numbers are kept as what they are.
        match name {
            "str" | "int" | "float" | "bool" | "NoneType" => false,
            _ => self.unknown("be asked for its class"),
        }
    }
}

impl Shown {
    /// Says that more than the text is asked for.
    fn unknown(&self, what: &str) -> ! {
        let text = format!("the argument {} of an exception cannot {what}: only its text is kept", self.repr);
        raise_new(NotImplementedError, text)
    }
}

/// The value that stands for an argument of which only the text is known.
pub(crate) fn shown(str: &str, repr: &str) -> Value {
    Value::Object(Rc::new(Shown { str: str.to_owned(), repr: repr.to_owned() }))
}

/// The arguments that an exception remembers, as a tuple.
pub fn arg_values(args: &[Arg]) -> Tuple<Value> {
    args.iter().map(Arg::value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::ValueError;
    use crate::error::Error;

    #[test]
    fn arguments_are_values() {
        let error = Error::with_args(ValueError, [Arg::from("a"), Arg::of(&3), Arg::of(&vec![1])]);
        assert_eq!(crate::repr(&error.arg_values()).to_string(), "('a', 3, [1])");
    }

    #[test]
    #[should_panic]
    fn what_only_has_a_text_is_not_told_apart() {
        let argument = Arg::of_kind(&vec![1], false).value();
        assert!(argument == Value::from(vec![1]));
        let _ = argument == Value::from(vec![2]);
    }
}
