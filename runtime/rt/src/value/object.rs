//! Functions and instances of a program's own classes as values.

use std::any::Any;
use std::rc::Rc;

use super::Value;
use super::params::{Params, type_error};
use crate::collections::{Dict, Key};
use crate::error::Error;

type Code = dyn Fn(&[Value]) -> Result<Value, Error>;

/// A function as a value.
#[derive(Clone)]
pub struct Function {
    name: Rc<str>,
    /// A type: `int`, `__main__.Dog`.
    is_type: bool,
    /// The method that makes objects of a type of the program: `Animal.__init__`.
    maker: Option<Rc<str>>,
    /// What it takes, where that is known.
    params: Option<Rc<Params>>,
    doc: Option<&'static str>,
    /// Where the object lies whose method it is.
    owner: Option<usize>,
    /// The function whose name and text it shows.
    wrapped: Option<Rc<Function>>,
    code: Rc<Code>,
}

impl Function {
    /// The function called `name` (`C.method`, `f.<locals>.g`) that runs `code` on its arguments. With its
    /// parameters, `f(a, /b, c=, *rest, !key=, **more)`, arguments are bound to them first, and `code` gets one
    /// for each; a leading `.` is a receiver that it has already. `class int(/_=)` is a builtin type,
    /// `class __main__.Dog as Animal.__init__(., name)` one of the program.
    pub fn new(signature: &str, code: impl Fn(&[Value]) -> Result<Value, Error> + 'static) -> Function {
        let (is_type, signature) = match signature.strip_prefix("class ") {
            Some(name) => (true, name),
            None => (false, signature),
        };
        let (name, maker) = match signature.split_once(" as ") {
            Some((name, maker)) if is_type => (Some(name), maker.split('(').next()),
            _ => (None, None),
        };
        let (start, params) = match signature.split_once('(') {
            Some((name, params)) => (name, Some(Rc::new(Params::new(params.trim_end_matches(')'))))),
            None => (signature, None),
        };
        Function {
            name: name.unwrap_or(start).into(),
            maker: maker.map(Rc::from),
            is_type,
            params,
            doc: None,
            owner: None,
            wrapped: None,
            code: Rc::new(code),
        }
    }

    /// Whether it is a type.
    pub(crate) fn is_type(&self) -> bool {
        self.is_type
    }

    /// The same function with a text that describes it.
    #[must_use]
    pub fn with_doc(self, doc: &'static str) -> Function {
        Function { doc: Some(doc), ..self }
    }

    /// The same function as a method of `owner`: two of one name and one owner are equal. The code holds the
    /// owner, so that its place stays its own.
    #[must_use]
    pub fn bound_to(self, owner: usize) -> Function {
        Function { owner: Some(owner), ..self }
    }

    /// The same function under the name and with the text of another one.
    #[must_use]
    pub fn named_after(self, wrapped: &Function) -> Function {
        Function { wrapped: Some(Rc::new(wrapped.clone())), ..self }
    }

    /// `f.__doc__`.
    pub fn doc(&self) -> Option<&'static str> {
        self.shown().doc
    }

    /// The function whose name and text are those of this one.
    fn shown(&self) -> &Function {
        self.wrapped.as_ref().map_or(self, |wrapped| wrapped.shown())
    }

    /// The same function with values for the parameters that end in `=`.
    #[must_use]
    pub fn with_defaults(mut self, defaults: &[Value]) -> Function {
        if let Some(params) = self.params.as_mut().and_then(Rc::get_mut) {
            params.set_defaults(defaults);
        }
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.shown().name.rsplit('.').next().unwrap_or_default()
    }

    /// The name with those of what holds the function.
    pub fn qualified_name(&self) -> &str {
        if self.is_type { self.name() } else { &self.shown().name }
    }

    /// The name of a type with its module, as its text shows it.
    pub(super) fn type_path(&self) -> &str {
        &self.name
    }

    /// What messages about its arguments call it.
    fn called(&self) -> &str {
        self.maker.as_deref().unwrap_or_else(|| self.qualified_name())
    }

    /// Calls it; raises `TypeError` where the arguments are not those that it takes.
    pub fn call(&self, args: &[Value]) -> Result<Value, Error> {
        match &self.params {
            Some(params) => (self.code)(&params.bind(self.called(), args, &Dict::new())?),
            None => (self.code)(args),
        }
    }

    /// Calls it with keyword arguments too.
    pub fn call_with(&self, args: &[Value], named: &Dict<String, Value>) -> Result<Value, Error> {
        match &self.params {
            Some(params) => (self.code)(&params.bind(self.called(), args, named)?),
            None if named.is_empty() => (self.code)(args),
            None => Err(type_error(format!("{}() takes no keyword arguments", self.name))),
        }
    }

    /// Whether both are one function: a function of a module is one wherever it becomes a value.
    pub fn ptr_eq(&self, other: &Function) -> bool {
        let is_named = self.is_of_module() || self.owner.is_some();
        let is_alike = self.is_type == other.is_type && self.owner == other.owner;
        Rc::ptr_eq(&self.code, &other.code) || is_named && is_alike && *self.name == *other.name
    }

    /// What equal functions share.
    pub(super) fn key(&self) -> (usize, &str) {
        match self.owner {
            Some(owner) => (owner, &self.name),
            None if self.is_of_module() => (0, &self.name),
            None => (self.address(), ""),
        }
    }

    fn is_of_module(&self) -> bool {
        let is_bound = |params: &Rc<Params>| params.is_bound() && !self.is_type;
        !self.name.contains('<') && self.params.as_ref().is_some_and(|params| !is_bound(params))
    }

    /// Where the function lies; its identity.
    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.code).cast::<()>() as usize
    }
}

/// Where an object lies, for [`Function::bound_to`].
pub fn owner<T: ?Sized>(object: &Rc<T>) -> usize {
    Rc::as_ptr(object).cast::<()>().addr()
}

/// A method that is read by its name: the function of an object that calls it.
pub fn bound_method(object: Rc<dyn Object>, name: &str) -> Value {
    let owner = owner(&object);
    let called = format!("{}.{name}", object.type_name());
    let method = name.to_owned();
    let function = Function::new(&called, move |args| {
        let outcome = Rc::clone(&object).call_method(&method, args);
        outcome.unwrap_or_else(|| Err(type_error(format!("{method}() takes other arguments than these"))))
    });
    Value::from(function.bound_to(owner))
}

/// What `object()` gives.
pub(super) struct Sentinel;

impl Object for Sentinel {
    fn type_name(&self) -> &str {
        "object"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        format!("<object object at {:#x}>", std::ptr::from_ref(self).addr())
    }
}

/// What `...` is.
pub(super) struct Ellipsis;

thread_local! {
    pub(super) static ELLIPSIS: Rc<dyn Object> = Rc::new(Ellipsis);
}

impl Object for Ellipsis {
    fn type_name(&self) -> &str {
        "ellipsis"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn repr(&self) -> String {
        "Ellipsis".to_owned()
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

    /// Whether it has an attribute or method of this name; none where [`Object::get_attr`] alone can tell.
    fn has(&self, _name: &str) -> Option<bool> {
        None
    }

    /// Sets the attribute `name`; false when there is none.
    fn set_attr(&self, _name: &str, _value: Value) -> bool {
        false
    }

    /// Whether it is an object of the library, which may have attributes that are not known here.
    fn is_of_library(&self) -> bool {
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

    /// The number or text that the object is: that of a member of an `IntEnum`.
    fn plain(&self) -> Option<Value> {
        None
    }

    /// The number that an object of another library holds: 3 of `np.int64(3)`. Unlike [`Object::plain`] the
    /// object has operators of its own.
    fn number(&self) -> Option<Value> {
        None
    }

    /// `object op other`, or `other op object` where `reflected`; `method` is `add`, `lt` and so on.
    fn operator(
        self: Rc<Self>,
        _method: &str,
        _other: &Value,
        _reflected: bool,
    ) -> Option<Result<Value, Error>> {
        None
    }

    /// Calls the method `name` with keyword arguments too; none where it knows no such call.
    fn call_named(
        self: Rc<Self>,
        _name: &str,
        _args: &[Value],
        _named: &Dict<String, Value>,
    ) -> Option<Result<Value, Error>> {
        None
    }

    /// `object == other`; none where identity decides.
    fn equals(&self, other: &Value) -> Option<bool> {
        self.plain().map(|plain| plain == *other)
    }

    /// A hash that agrees with [`Object::equals`]; none where identity decides.
    fn hash(&self) -> Option<u64> {
        self.plain().map(|plain| plain.key_hash())
    }

    /// `bool(object)`.
    fn is_true(&self) -> bool {
        self.plain().is_none_or(|plain| plain.is_true())
    }

    /// Whether equal objects are one object, as those of an enum's member are.
    fn is_single(&self) -> bool {
        false
    }

    /// `copy.deepcopy(object)`; none where the program does not ask for it.
    fn deep_copy(self: Rc<Self>, _memo: &mut crate::Memo) -> Option<Value> {
        None
    }

    /// Whether the object can be called.
    fn is_callable(&self) -> bool {
        false
    }

    /// Whether the class is, or inherits from, the class called `name`.
    fn is_instance(&self, name: &str) -> bool {
        self.type_name() == name
    }
}
