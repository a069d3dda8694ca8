//! The text of values as Ruchy prints them: `[1, 2.5, "a"]`, `P {x: 1}`, `Some(3)`.

use crate::{Dict, Set};
use std::cell::Ref;
use std::fmt;
use std::rc::Rc;

/// A value with Ruchy's two texts.
pub trait Show {
    /// The text inside of a container: strings are quoted.
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// The text of the value alone.
    fn fmt_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_nested(f)
    }

    /// The text inside of a container where an option stands for what may be nil.
    fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_nested(f)
    }

    /// The text that `{:?}` of a macro asks for: Rust's.
    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_nested(f)
    }
}

/// Displays a value as it stands inside of a container.
#[derive(Clone, Copy)]
pub struct Nested<'a, T: ?Sized>(&'a T);

/// Displays a value as it stands inside of a container; its options are what may be nil.
#[derive(Clone, Copy)]
pub struct OrNil<'a, T: ?Sized>(&'a T);

/// Displays a value alone.
#[derive(Clone, Copy)]
pub struct Text<'a, T: ?Sized>(&'a T);

/// Shows a value as Rust's `{:?}` and `{:#?}` do.
#[derive(Clone, Copy)]
pub struct Debugged<'a, T: ?Sized>(&'a T);

/// The text of a value for `{:?}`.
pub fn debug<T: Show + ?Sized>(value: &T) -> Debugged<'_, T> {
    Debugged(value)
}

impl<T: Show + ?Sized> fmt::Debug for Debugged<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_debug(f)
    }
}

/// The text of a value inside of a container.
pub fn nested<T: Show + ?Sized>(value: &T) -> Nested<'_, T> {
    Nested(value)
}

/// The text inside of a container of what may be nil, or holds what may be.
pub fn nested_or_nil<T: Show + ?Sized>(value: &T) -> OrNil<'_, T> {
    OrNil(value)
}

impl<T: Show + ?Sized> fmt::Display for OrNil<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt_nil(f)
    }
}

/// The text of what may be nil.
pub fn or_nil<T: Show>(value: &Option<T>) -> String {
    value.as_ref().map_or_else(|| "nil".to_owned(), |value| text(value).to_string())
}

/// The text of a value.
pub fn text<T: Show + ?Sized>(value: &T) -> Text<'_, T> {
    Text(value)
}

impl<T: Show + ?Sized> Nested<'_, T> {
    /// The text without padding.
    #[cold]
    fn to_plain(&self) -> String {
        format!("{self}")
    }
}

impl<T: Show + ?Sized> Text<'_, T> {
    /// The text without padding.
    #[cold]
    fn to_plain(&self) -> String {
        format!("{self}")
    }
}

impl<T: Show + ?Sized> fmt::Display for Nested<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_some() || f.precision().is_some() {
            return f.pad(&self.to_plain());
        }
        self.0.fmt_nested(f)
    }
}

impl<T: Show + ?Sized> fmt::Display for Text<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_some() || f.precision().is_some() {
            return f.pad(&self.to_plain());
        }
        self.0.fmt_text(f)
    }
}

/// `Show` of a type whose `Display` is its text.
#[macro_export]
macro_rules! impl_show {
    ($ty:ty) => {
        impl $crate::ruchy::Show for $ty {
            fn fmt_nested(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self, f)
            }
        }
    };
}

macro_rules! show_as_display {
    ($($ty:ty),*) => {$(
        impl Show for $ty {
            fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }

            fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self, f)
            }
        }
    )*};
}
show_as_display!(i64, i32, u8, usize, bool);

impl Show for f64 {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_finite() && self.fract() == 0.0 {
            true => write!(f, "{self:.1}"),
            false => write!(f, "{self}"),
        }
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Show for str {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }

    fn fmt_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Show for () {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nil")
    }
}

macro_rules! show_behind {
    ($($ty:ty),*) => {$(
        impl<T: Show + ?Sized> Show for $ty {
            fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt_nested(f)
            }

            fn fmt_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt_text(f)
            }

            fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt_nil(f)
            }

            fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt_debug(f)
            }
        }
    )*};
}
show_behind!(&T, &mut T, Box<T>, Rc<T>, Ref<'_, T>);

impl Show for String {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt_nested(f)
    }

    fn fmt_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// Items between brackets.
fn items<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: impl Iterator<Item = T>) -> fmt::Result {
    f.write_str("[")?;
    for (at, item) in items.enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_str("]")
}

impl<T: Show> Show for [T] {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        items(f, self.iter().map(nested))
    }

    fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        items(f, self.iter().map(nested_or_nil))
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(debug)).finish()
    }
}

impl<T: Show, const N: usize> Show for [T; N] {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt_nested(f)
    }

    fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt_nil(f)
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt_debug(f)
    }
}

impl<T: Show> Show for Vec<T> {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt_nested(f)
    }

    fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt_nil(f)
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt_debug(f)
    }
}

impl<T: Show> Show for Set<T> {
    /// Sorted by their texts: what a set holds has no order of its own.
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts: Vec<String> = self.iter().map(|item| nested(item).to_string()).collect();
        texts.sort_by(|a, b| by_number(a, b));
        write!(f, "{{{}}}", texts.join(", "))
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(debug)).finish()
    }
}

macro_rules! show_shared {
    ($($ty:ident<$($name:ident),+>),*) => {$(
        impl<$($name: Show),+> Show for crate::$ty<$($name),+> {
            fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.borrow().fmt_nested(f)
            }

            fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.borrow().fmt_nil(f)
            }

            fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.borrow().fmt_debug(f)
            }
        }
    )*};
}
show_shared!(List<T>, SharedSet<T>, SharedDict<K, V>);

/// Numbers by value, other texts by their characters.
pub fn by_number(a: &str, b: &str) -> std::cmp::Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y),
        _ => a.cmp(b),
    }
}

/// Keys and values between braces, sorted by key.
fn entries(f: &mut fmt::Formatter<'_>, mut pairs: Vec<(String, String)>) -> fmt::Result {
    pairs.sort_by(|a, b| by_number(&a.0, &b.0));
    let parts: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    write!(f, "{{{}}}", parts.join(", "))
}

impl<K: Show, V: Show> Show for Dict<K, V> {
    /// Sorted by key, as objects are.
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pair = |(key, value): (&K, &V)| (text(key).to_string(), nested(value).to_string());
        entries(f, self.iter().map(pair).collect())
    }

    fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pair = |(key, value): (&K, &V)| (text(key).to_string(), nested_or_nil(value).to_string());
        entries(f, self.iter().map(pair).collect())
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(key, value)| (debug(key), debug(value)))).finish()
    }
}

impl<T: Show> Show for Option<T> {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => write!(f, "Some({})", nested(value)),
            None => f.write_str("None"),
        }
    }

    fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.fmt_nil(f),
            None => f.write_str("nil"),
        }
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(debug), f)
    }
}

impl<T: Show, E: Show> Show for Result<T, E> {
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ok(value) => write!(f, "Ok({})", nested(value)),
            Err(error) => write!(f, "Err({})", nested(error)),
        }
    }

    fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(debug).map_err(debug), f)
    }
}

macro_rules! show_tuples {
    ($($($name:ident)+;)*) => {$(
        impl<$($name: Show),+> Show for ($($name,)+) {
            #[allow(non_snake_case, reason = "a field is named as its type")]
            fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let ($($name,)+) = self;
                let parts = [$(nested($name).to_string()),+];
                write!(f, "({})", parts.join(", "))
            }

            #[allow(non_snake_case, reason = "a field is named as its type")]
            fn fmt_nil(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let ($($name,)+) = self;
                let parts = [$(nested_or_nil($name).to_string()),+];
                write!(f, "({})", parts.join(", "))
            }

            #[allow(non_snake_case, reason = "a field is named as its type")]
            fn fmt_debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let ($($name,)+) = self;
                fmt::Debug::fmt(&($(debug($name),)+), f)
            }
        }
    )*};
}
show_tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_have_no_exponent() {
        let shown = [1.0, 2.5, 0.1 + 0.2, 1e10, 1e-7, -0.0, 1e20].map(|x| text(&x).to_string());
        assert_eq!(
            shown,
            [
                "1.0",
                "2.5",
                "0.30000000000000004",
                "10000000000.0",
                "0.0000001",
                "-0.0",
                "100000000000000000000.0"
            ]
        );
        assert_eq!(text(&f64::INFINITY).to_string(), "inf");
        assert_eq!(text(&f64::NAN).to_string(), "NaN");
    }

    #[test]
    fn debug_is_that_of_rust() {
        let value = vec![(1_i64, "a\"b".to_owned(), Some(2.0))];
        assert_eq!(format!("{:?}", debug(&value)), format!("{value:?}"));
        assert_eq!(format!("{:#?}", debug(&value)), format!("{value:#?}"));
        assert_eq!(format!("{:?}", debug(&Err::<i64, _>("x"))), "Err(\"x\")");
    }

    #[test]
    fn texts_are_quoted_inside_of_containers() {
        assert_eq!(text("a").to_string(), "a");
        assert_eq!(text(&vec!["a\"b".to_owned()]).to_string(), "[\"a\"b\"]");
        assert_eq!(text(&(1_i64, "two", 3.5)).to_string(), "(1, \"two\", 3.5)");
        assert_eq!(text(&(1_i64,)).to_string(), "(1)");
        assert_eq!(text(&Some(Some(3_i64))).to_string(), "Some(Some(3))");
        assert_eq!(text(&Err::<i64, _>("bad")).to_string(), "Err(\"bad\")");
        assert_eq!(text(&()).to_string(), "nil");
    }
}
