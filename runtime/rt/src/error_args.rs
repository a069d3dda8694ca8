//! The arguments of an exception as values: `e.args`.

use std::any::Any;

use crate::error::{Arg, Error};
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

impl From<&Arg> for Value {
    /// Text, numbers, booleans and `None` are what they were; other arguments keep their text.
    fn from(arg: &Arg) -> Value {
        match arg {
            Arg::Str(text) => Value::from(text.as_str()),
            Arg::Shown { str, repr } => match repr.as_str() {
                "None" => Value::None,
                "True" => Value::Bool(true),
                "False" => Value::Bool(false),
                text => {
                    let int = text.parse::<i64>().map(Value::from);
                    let number = int.or_else(|_| text.parse::<f64>().map(Value::from));
                    number.unwrap_or_else(|_| {
                        Value::Object(std::rc::Rc::new(Shown { str: str.clone(), repr: repr.clone() }))
                    })
                }
            },
        }
    }
}

impl Error {
    /// `e.args`.
    pub fn arg_values(&self) -> Tuple<Value> {
        arg_values(self.args())
    }
}

/// The arguments that an exception remembers, as a tuple.
pub fn arg_values(args: &[Arg]) -> Tuple<Value> {
    args.iter().map(Value::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::ValueError;

    #[test]
    fn arguments_are_values() {
        let error = Error::with_args(ValueError, [Arg::from("a"), Arg::of(&3), Arg::of(&vec![1])]);
        assert_eq!(crate::repr(&error.arg_values()).to_string(), "('a', 3, [1])");
    }
}
