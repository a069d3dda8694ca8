//! The text of values whose type only the run knows.

use super::show::{Show, nested};
use crate::{Num, Value};
use std::fmt;

impl Show for Num {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Num::Int(value) => value.fmt_nested(f),
            Num::Float(value) => value.fmt_nested(f),
        }
    }
}

impl Show for Value {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::None => f.write_str("nil"),
            Value::Bool(value) => value.fmt_nested(f),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => value.fmt_nested(f),
            Value::Str(value) => (**value).fmt_nested(f),
            Value::List(items) => items.fmt_nested(f),
            Value::Tuple(items) => {
                let parts: Vec<String> = items.iter().map(|item| nested(item).to_string()).collect();
                write!(f, "({})", parts.join(", "))
            }
            Value::Dict(pairs) => pairs.fmt_nested(f),
            Value::Set(items) => items.fmt_nested(f),
            other => write!(f, "{}", crate::repr(other)),
        }
    }

    fn fmt_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Str(value) => f.write_str(value),
            other => other.fmt_nested(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruchy::text;

    #[test]
    fn dynamic_values_show_as_others() {
        let list =
            Value::from(vec![Value::from(1), Value::from("a".to_owned()), Value::from(2.0), Value::None]);
        assert_eq!(text(&list).to_string(), "[1, \"a\", 2.0, nil]");
        assert_eq!(text(&Value::from("a".to_owned())).to_string(), "a");
        assert_eq!(text(&Num::Float(1.0)).to_string(), "1.0");
    }
}
