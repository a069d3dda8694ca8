//! Objects of the library (dates, decimals, counters) as values.

use std::any::Any;
use std::rc::Rc;

use super::{FromValue, Object, Value};
use crate::deep_copy::Memo;
use crate::error::Error;
use crate::format::Format;
use crate::repr::Repr;

/// A type of the library that a dynamic value can hold.
pub trait Library: Clone + PartialEq + Repr + 'static {
    /// `type(x).__name__`.
    const NAME: &'static str;

    /// The same, where it is not one for all values.
    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// The object that another value stands for where one of this type is wanted: `2` is `(2+0j)`.
    fn widened(_value: &Value) -> Option<Self> {
        None
    }

    /// The attribute `name`.
    fn attr(&self, _name: &str) -> Option<Value> {
        None
    }

    /// The method or operator `name` on `args`.
    fn method(&self, _name: &str, _args: &[Value]) -> Option<Result<Value, Error>> {
        None
    }

    /// `x == other`.
    fn equals(&self, other: &Value) -> bool {
        held::<Self>(other).is_some_and(|other| other == self)
    }

    /// `bool(x)`.
    fn truth(&self) -> bool {
        true
    }

    /// The tuple that the object is.
    fn plain(&self) -> Option<Value> {
        None
    }

    /// A hash that agrees with equality.
    fn value_hash(&self) -> Option<u64> {
        None
    }

    /// Its own deep copy: what has a hash never changes.
    fn copied(&self, _memo: &mut Memo) -> Option<Self> {
        self.value_hash().map(|_| self.clone())
    }
}

/// `format(x, spec)` of a library object with a spec that is a value.
pub(crate) fn formatted(object: &impl Format, spec: &Value) -> Result<Value, Error> {
    let spec = String::from_value(spec)?;
    crate::try_format(object, &spec).map(Value::from)
}

/// A library object as an instance.
struct Held<T>(T);

impl<T: Library> Object for Held<T> {
    fn type_name(&self) -> &str {
        self.0.name()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn get_attr(self: Rc<Self>, name: &str) -> Option<Value> {
        self.0.attr(name)
    }

    fn is_of_library(&self) -> bool {
        true
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        self.0.method(name, args)
    }

    fn repr(&self) -> String {
        crate::repr(&self.0).to_string()
    }

    fn str(&self) -> String {
        crate::str(&self.0).to_string()
    }

    fn plain(&self) -> Option<Value> {
        self.0.plain()
    }

    fn equals(&self, other: &Value) -> Option<bool> {
        Some(self.0.equals(other))
    }

    fn hash(&self) -> Option<u64> {
        self.0.value_hash()
    }

    fn is_true(&self) -> bool {
        self.0.truth()
    }

    fn deep_copy(self: Rc<Self>, memo: &mut Memo) -> Option<Value> {
        self.0.copied(memo).map(hold)
    }

    fn is_instance(&self, name: &str) -> bool {
        is_or_inherits(T::NAME, name)
    }
}

/// Whether a class of the library is, or inherits from, the class called `name`.
pub(super) fn is_or_inherits(class: &str, name: &str) -> bool {
    let own = class.rsplit('.').next().unwrap_or_default();
    own == name || bases(own).contains(&name)
}

/// The classes above one of the library.
fn bases(name: &str) -> &'static [&'static str] {
    match name {
        "datetime" => &["date"],
        "PosixPath" => &["Path", "PurePath", "PurePosixPath"],
        "Counter" | "defaultdict" | "OrderedDict" => &["dict"],
        "StreamHandler" => &["Handler"],
        _ => &[],
    }
}

/// The library object inside a value.
pub(crate) fn held<T: Library>(value: &Value) -> Option<&T> {
    let Value::Object(object) = value else { return None };
    object.as_any().downcast_ref::<Held<T>>().map(|held| &held.0)
}

/// The value that holds a library object.
pub(crate) fn hold<T: Library>(object: T) -> Value {
    Value::Object(Rc::new(Held(object)))
}

/// The library object that a value must hold.
#[track_caller]
pub(crate) fn library_from<T: Library>(value: &Value) -> Result<T, Error> {
    held(value)
        .cloned()
        .or_else(|| T::widened(value))
        .ok_or_else(|| super::from_value::expected(T::NAME, value))
}

/// Lets values hold library types: `library!([] Date; [T: Clone] Deque<T>;);`.
macro_rules! library {
    ($([$($param:tt)*] $ty:ty;)*) => {
        $(
            impl<$($param)*> From<$ty> for $crate::value::Value {
                fn from(object: $ty) -> $crate::value::Value {
                    $crate::value::hold(object)
                }
            }

            impl<$($param)*> $crate::value::FromValue for $ty {
                #[track_caller]
                fn from_value(value: &$crate::value::Value) -> Result<Self, $crate::Error> {
                    $crate::value::library_from(value)
                }
            }
        )*
    };
}

pub(crate) use library;
