//! Functions and instances of a program's own classes as values.

use std::any::Any;
use std::rc::Rc;

use super::Value;
use crate::arguments::check_positional;
use crate::error::Error;

type Code = dyn Fn(&[Value]) -> Result<Value, Error>;

/// A function as a value.
#[derive(Clone)]
pub struct Function {
    /// The name, with the parameters where they are known: `f(a, b=)`.
    signature: Rc<str>,
    code: Rc<Code>,
}

impl Function {
    /// The function called `f` that runs `code` on its arguments. With a signature, `f(a, b=)`, it is
    /// called with so many arguments only.
    pub fn new(
        signature: impl Into<Rc<str>>,
        code: impl Fn(&[Value]) -> Result<Value, Error> + 'static,
    ) -> Function {
        Function { signature: signature.into(), code: Rc::new(code) }
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.signature.split('(').next().unwrap_or_default()
    }

    /// Calls it; raises `TypeError` for too few or too many arguments.
    #[track_caller]
    pub fn call(&self, args: &[Value]) -> Result<Value, Error> {
        if self.signature.contains('(') {
            check_positional(&self.signature, args.len() as i64);
        }
        (self.code)(args)
    }

    /// Whether both are one function.
    pub fn ptr_eq(&self, other: &Function) -> bool {
        Rc::ptr_eq(&self.code, &other.code)
    }

    /// Where the function lies; its identity.
    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.code).cast::<()>() as usize
    }
}

/// An instance of a program's own class that flows into a [`Value`].
pub trait Object: Any {
    /// The name of the class.
    fn type_name(&self) -> &str;

    /// The object for a look at its own type.
    fn as_any(&self) -> &dyn Any;

    /// The attribute `name`, if there is one.
    fn get_attr(self: Rc<Self>, _name: &str) -> Option<Value> {
        None
    }

    /// Sets the attribute `name`; false when there is none.
    fn set_attr(&self, _name: &str, _value: Value) -> bool {
        false
    }

    /// Calls the method `name`; none when there is none. Operators come as `__add__` and so on.
    fn call_method(self: Rc<Self>, _name: &str, _args: &[Value]) -> Option<Result<Value, Error>> {
        None
    }

    /// `repr(object)`.
    fn repr(&self) -> String {
        format!("<__main__.{} object>", self.type_name())
    }

    /// `str(object)`.
    fn str(&self) -> String {
        self.repr()
    }

    /// `object == other`; none where identity decides.
    fn equals(&self, _other: &Value) -> Option<bool> {
        None
    }

    /// A hash that agrees with [`Object::equals`]; none where identity decides.
    fn hash(&self) -> Option<u64> {
        None
    }

    /// `bool(object)`.
    fn is_true(&self) -> bool {
        true
    }

    /// Whether the class is, or inherits from, the class called `name`.
    fn is_instance(&self, name: &str) -> bool {
        self.type_name() == name
    }
}
