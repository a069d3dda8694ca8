//! Library types inside values.

use super::{FromValue, Library, Value, formatted, held, library};
use crate::error::Error;
use crate::number::Complex;
use crate::text::ByteArray;

library! {
    [] Complex;
    [] crate::list::Slice;
    [] crate::modules::re::Pattern;
    [] crate::modules::re::Match;
    [] ByteArray;
}

impl Library for Complex {
    const NAME: &'static str = "complex";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "real" => Some(Value::from(self.re)),
            "imag" => Some(Value::from(self.im)),
            _ => None,
        }
    }

    fn widened(value: &Value) -> Option<Self> {
        match value {
            Value::Float(x) => Some(Complex::from(*x)),
            Value::Int(number) => Some(Complex::from(number.to_f64())),
            Value::Bool(truth) => Some(Complex::from(i64::from(*truth))),
            Value::Object(object) => {
                let number = object.number()?;
                held::<Complex>(&number).copied().or_else(|| Complex::widened(&number))
            }
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let other = || {
            let arg = args.first()?;
            held::<Complex>(arg).copied().or_else(|| Complex::widened(arg))
        };
        let result = match name {
            "conjugate" => self.conjugate(),
            "__add__" | "__radd__" => *self + other()?,
            "__sub__" => *self - other()?,
            "__rsub__" => other()? - *self,
            "__mul__" | "__rmul__" => *self * other()?,
            "__truediv__" => self.true_div(other()?),
            "__rtruediv__" => other()?.true_div(*self),
            "__pow__" => self.pow(other()?),
            "__rpow__" => other()?.pow(*self),
            "__neg__" => -*self,
            "__abs__" => return Some(Ok(Value::from(self.abs()))),
            "__format__" => return Some(formatted(self, args.first()?)),
            _ => return None,
        };
        Some(Ok(Value::from(result)))
    }

    fn equals(&self, other: &Value) -> bool {
        let number = Complex::widened(other);
        number.as_ref().or_else(|| held::<Complex>(other)).is_some_and(|other| self == other)
    }

    fn truth(&self) -> bool {
        self.re != 0.0 || self.im != 0.0
    }
}

impl Library for crate::list::Slice {
    const NAME: &'static str = "slice";

    fn attr(&self, name: &str) -> Option<Value> {
        match name {
            "start" => Some(self.start.into()),
            "stop" => Some(self.stop.into()),
            "step" => Some(self.step.into()),
            _ => None,
        }
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("indices", [length]) => Some(i64::from_value(length).map(|length| self.indices(length).into())),
            _ => None,
        }
    }
}

impl Library for ByteArray {
    const NAME: &'static str = "bytearray";

    fn truth(&self) -> bool {
        !self.is_empty()
    }
}

impl Library for crate::modules::re::Pattern {
    const NAME: &'static str = "re.Pattern";

    fn attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "pattern" => self.pattern().into(),
            "flags" => self.flags().into(),
            "groups" => self.groups().into(),
            "groupindex" => self.groupindex().into(),
            _ => return None,
        })
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let (Value::Str(text), rest) = args.split_first()? else { return None };
        let number = |at: usize| rest.get(at).map_or(Ok(0), i64::from_value);
        let done = |value: Value| Some(Ok(value));
        match (name, rest) {
            ("match", []) => done(self.match_start(text).into()),
            ("search", []) => done(self.search(text).into()),
            ("fullmatch", []) => done(self.fullmatch(text).into()),
            ("match", [at]) => Some(i64::from_value(at).map(|at| self.match_at(text, at).into())),
            ("search", [at]) => Some(i64::from_value(at).map(|at| self.search_at(text, at).into())),
            ("findall", []) => {
                done(self.finditer(text).map(|found| all_groups(&found)).collect::<Vec<_>>().into())
            }
            ("finditer", []) => done(self.finditer(text).collect::<Vec<_>>().into()),
            ("split", [] | [_]) => Some(number(0).map(|most| self.split(text, most).into())),
            ("sub" | "subn", [Value::Str(of), ..]) => {
                let (made, times) = match number(1).and_then(|count| self.subn(text, of, count)) {
                    Ok(made) => made,
                    Err(error) => return Some(Err(error)),
                };
                done(if name == "sub" { made.into() } else { (made, times).into() })
            }
            _ => None,
        }
    }
}

/// What `findall` gives of one match: the whole, the only group, or the tuple of all.
fn all_groups(found: &crate::modules::re::Match) -> Value {
    let mut groups: Vec<Value> =
        found.groups().into_iter().map(|group| Value::from(group.unwrap_or_default())).collect();
    match groups.len() {
        0 => found.whole().into(),
        1 => groups.remove(0),
        _ => Value::tuple(groups),
    }
}

impl Library for crate::modules::re::Match {
    const NAME: &'static str = "re.Match";

    fn method(&self, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        match (name, args) {
            ("group", []) => Some(Ok(Value::from(self.whole()))),
            ("group", [_, _, ..]) => {
                let groups: Option<Result<Vec<Value>, Error>> =
                    args.iter().map(|key| self.method("group", std::slice::from_ref(key))).collect();
                Some(groups?.map(Value::tuple))
            }
            ("group" | "__getitem__", [Value::Str(key)]) => Some(Ok(self.group(&**key).into())),
            ("group" | "__getitem__", [key]) => Some(i64::from_value(key).map(|key| self.group(key).into())),
            ("groups", []) => Some(Ok(self.groups().into())),
            ("groupdict", []) => Some(Ok(self.groupdict().into())),
            ("start", []) => Some(Ok(self.start(0).into())),
            ("end", []) => Some(Ok(self.end(0).into())),
            ("span", []) => Some(Ok(self.span(0).into())),
            ("start" | "end" | "span", [key]) => Some(match key {
                Value::Str(key) => Ok(self.span(&**key)),
                key => i64::from_value(key).map(|key| self.span(key)),
            })
            .map(|span| {
                span.map(|span| match name {
                    "start" => span.0.into(),
                    "end" => span.1.into(),
                    _ => span.into(),
                })
            }),
            ("expand", [Value::Str(template)]) => Some(Ok(self.expand(template).into())),
            _ => None,
        }
    }

    fn attr(&self, name: &str) -> Option<Value> {
        Some(match name {
            "lastgroup" => self.lastgroup().into(),
            "lastindex" => self.lastindex().into(),
            "string" => self.string().into(),
            _ => return None,
        })
    }
}
