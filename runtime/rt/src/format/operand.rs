//! What a value is to a format: text, a number, or something else.

use std::rc::Rc;

use super::{number, spec::Spec};
use crate::big::Int;
use crate::class::TypeError;
use crate::collections::{Dict, Key};
use crate::error::Error;
use crate::list::PyList;
use crate::repr::{Repr, str};
use crate::value::Value;

/// A value as formats see it.
pub enum Operand<'a> {
    /// Text.
    Text(&'a str),
    /// The text that something shows: a member of an enum.
    Shown(String),
    /// An integer of one word.
    Small(i64),
    /// A long integer.
    Big(&'a Int),
    /// A truth value: text without a spec, a number with one.
    Bool(bool),
    /// A float.
    Float(f64),
    /// Anything else, by the name of its type.
    Other(&'a str),
}

impl Operand<'_> {
    /// The name of the type.
    pub fn type_name(&self) -> &str {
        match self {
            Operand::Text(_) | Operand::Shown(_) => "str",
            Operand::Small(_) | Operand::Big(_) => "int",
            Operand::Bool(_) => "bool",
            Operand::Float(_) => "float",
            Operand::Other(name) => name,
        }
    }
}

/// A value that formats accept.
pub trait Format: Repr {
    /// What the value is to a format.
    fn operand(&self) -> Operand<'_>;

    /// Appends `format(self, spec)`; a class with its own `__format__` overrides this.
    #[track_caller]
    fn format_into(&self, spec: &str, out: &mut String) -> Result<(), Error> {
        format_operand_of(self, spec, out)
    }

    /// The item of `{0[key]}`.
    fn format_item(&self, _key: &str) -> Option<&dyn Format> {
        None
    }

    /// The attribute of `{0.name}`.
    fn format_attribute(&self, _name: &str) -> Option<&dyn Format> {
        None
    }

    /// The item of `{0[key]}` where it is made: a letter of a text.
    fn made_item(&self, _key: &str) -> Option<Value> {
        None
    }

    /// The attribute of `{0.name}` where it is made.
    fn made_attribute(&self, _name: &str) -> Option<Value> {
        None
    }
}

macro_rules! simple {
    ($($ty:ty: $value:ident => $operand:expr;)*) => {
        $(
            impl Format for $ty {
                #[inline]
                fn operand(&self) -> Operand<'_> {
                    let $value = self;
                    $operand
                }
            }
        )*
    };
}

simple! {
    str: text => Operand::Text(text);
    String: text => Operand::Text(text);
    f64: x => Operand::Float(*x);
    f32: x => Operand::Float(f64::from(*x));
    bool: truth => Operand::Bool(*truth);
    i8: n => Operand::Small(i64::from(*n));
    i16: n => Operand::Small(i64::from(*n));
    i32: n => Operand::Small(i64::from(*n));
    i64: n => Operand::Small(*n);
    u8: n => Operand::Small(i64::from(*n));
    u16: n => Operand::Small(i64::from(*n));
    u32: n => Operand::Small(i64::from(*n));
    usize: n => Operand::Small(*n as i64);
    (): _none => Operand::Other("NoneType");
    crate::text::Bytes: _bytes => Operand::Other("bytes");
    crate::list::Range: _range => Operand::Other("range");
    Error: error => Operand::Other(error.name());
}

impl Format for Int {
    #[inline]
    fn operand(&self) -> Operand<'_> {
        self.to_i64().map_or(Operand::Big(self), Operand::Small)
    }
}

impl<T: Format> Format for Option<T> {
    fn operand(&self) -> Operand<'_> {
        self.as_ref().map_or(Operand::Other("NoneType"), Format::operand)
    }
}

fn item_at<'a, T: Format>(items: &'a [T], key: &str) -> Option<&'a dyn Format> {
    let index: i64 = key.parse().ok().filter(|&index| (0..items.len_i64()).contains(&index))?;
    Some(&items[index as usize])
}

impl<T: Format> Format for [T] {
    fn operand(&self) -> Operand<'_> {
        Operand::Other("list")
    }

    fn format_item(&self, key: &str) -> Option<&dyn Format> {
        item_at(self, key)
    }
}

impl<T: Format> Format for Vec<T> {
    fn operand(&self) -> Operand<'_> {
        Operand::Other("list")
    }

    fn format_item(&self, key: &str) -> Option<&dyn Format> {
        item_at(self, key)
    }
}

impl<K: Key + Repr, V: Format> Format for Dict<K, V> {
    fn operand(&self) -> Operand<'_> {
        Operand::Other("dict")
    }

    fn format_item(&self, key: &str) -> Option<&dyn Format> {
        let (_, value) = self.iter().find(|(found, _)| str(*found).to_string() == key)?;
        Some(value)
    }
}

macro_rules! through {
    ($($ty:ty),*) => {
        $(
            impl<T: Format + ?Sized> Format for $ty {
                fn operand(&self) -> Operand<'_> {
                    (**self).operand()
                }

                #[track_caller]
                fn format_into(&self, spec: &str, out: &mut String) -> Result<(), Error> {
                    (**self).format_into(spec, out)
                }

                fn format_item(&self, key: &str) -> Option<&dyn Format> {
                    (**self).format_item(key)
                }

                fn made_item(&self, key: &str) -> Option<Value> {
                    (**self).made_item(key)
                }

                fn made_attribute(&self, name: &str) -> Option<Value> {
                    (**self).made_attribute(name)
                }

                fn format_attribute(&self, name: &str) -> Option<&dyn Format> {
                    (**self).format_attribute(name)
                }
            }
        )*
    };
}

through!(&T, Box<T>, Rc<T>);

macro_rules! container {
    ($([$($param:tt)*] $ty:ty: $name:literal;)*) => {
        $(
            impl<$($param)*> Format for $ty {
                fn operand(&self) -> Operand<'_> {
                    Operand::Other($name)
                }
            }
        )*
    };
}

container! {
    [T: Repr] crate::collections::Set<T>: "set";
    [T: Repr] crate::collections::FrozenSet<T>: "frozenset";
    [T: Repr] crate::collections::Deque<T>: "deque";
    [T: Repr] std::collections::VecDeque<T>: "deque";
    [K: Key + Repr] crate::collections::Counter<K>: "Counter";
    [K: Repr, V: Repr] crate::collections::DefaultDict<K, V>: "defaultdict";
    [K: Repr, V: Repr] crate::collections::OrderedDict<K, V>: "OrderedDict";
    [] crate::text::ByteArray: "bytearray";
    [K: Repr, V: Repr] crate::shared::SharedDict<K, V>: "dict";
    [T: Repr] crate::shared::SharedSet<T>: "set";
    [T: Repr, const N: usize] [T; N]: "list";
}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: Format),+> Format for ($($name,)+) {
            fn operand(&self) -> Operand<'_> {
                Operand::Other("tuple")
            }

            #[allow(non_snake_case)]
            fn format_item(&self, key: &str) -> Option<&dyn Format> {
                let ($($name,)+) = self;
                let items: &[&dyn Format] = &[$($name),+];
                items.get(key.parse::<usize>().ok()?).copied()
            }
        }
    };
}

tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C D);
tuple!(A B C D E);
tuple!(A B C D E G);

/// Lets a program's own type stand in formats without a spec: by its `Repr` alone.
#[macro_export]
macro_rules! impl_format {
    ($($ty:ty: $name:literal),* $(,)?) => {
        $(
            impl $crate::Format for $ty {
                fn operand(&self) -> $crate::Operand<'_> {
                    $crate::Operand::Other($name)
                }
            }
        )*
    };
}

/// `format(value, spec)` by what the value is to a format.
#[track_caller]
pub(crate) fn format_operand_of<T: Format + ?Sized>(
    value: &T,
    spec: &str,
    out: &mut String,
) -> Result<(), Error> {
    let operand = value.operand();
    if spec.is_empty() {
        match operand {
            Operand::Text(text) => out.push_str(text),
            _ => out.push_str(&str(value).to_string()),
        }
        return Ok(());
    }
    let name = operand.type_name();
    if let Operand::Other(name) = operand {
        let words = format!("unsupported format string passed to {name}.__format__");
        return Err(Error::new(TypeError, words));
    }
    let spec = Spec::parse(spec, name)?;
    number::format_operand(&operand, &spec, out)
}
