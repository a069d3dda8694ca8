//! The arguments of an exception as values: `e.args`.

use std::any::Any;
use std::rc::Rc;

use crate::error::Arg;
use crate::tuple::Tuple;
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
}
