//! The text of values: `repr(x)` and `str(x)` as CPython writes them.

mod containers;
mod float;
mod text;

use std::fmt;

pub(crate) use containers::write_items;
pub use float::float_digits;
pub(crate) use float::write_f64;
pub use text::{ascii, write_bytes_repr};

/// A value that has Python's two texts.
pub trait Repr {
    /// Writes what `repr(self)` gives.
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// Writes what `str(self)` gives; the same as `repr` unless a type says otherwise.
    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt_repr(f)
    }

    /// Whether the text of a dynamic value tells all that it holds.
    fn is_told_by_text(&self) -> bool {
        false
    }

    /// Writes what `repr` gives for a list of such values; bytes have a text of their own.
    fn fmt_list(items: &[Self], f: &mut fmt::Formatter<'_>) -> fmt::Result
    where
        Self: Sized,
    {
        write_items(f, "[", items, "]")
    }
}

/// Displays the `repr` of a value.
#[derive(Clone, Copy)]
pub struct ReprOf<'a, T: ?Sized>(&'a T);

/// Displays the `str` of a value.
#[derive(Clone, Copy)]
pub struct StrOf<'a, T: ?Sized>(&'a T);

impl<T: Repr + ?Sized> ReprOf<'_, T> {
    /// The text without padding.
    #[cold]
    fn to_plain(&self) -> String {
        format!("{self}")
    }
}

impl<T: Repr + ?Sized> StrOf<'_, T> {
    /// The text without padding.
    #[cold]
    fn to_plain(&self) -> String {
        format!("{self}")
    }
}

impl<T: Repr + ?Sized> fmt::Display for ReprOf<'_, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_some() || f.precision().is_some() {
            return f.pad(&self.to_plain());
        }
        self.0.fmt_repr(f)
    }
}

impl<T: Repr + ?Sized> fmt::Display for StrOf<'_, T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.width().is_some() || f.precision().is_some() {
            return f.pad(&self.to_plain());
        }
        self.0.fmt_str(f)
    }
}

/// `repr(value)`, to be displayed or turned into a `String`.
#[inline]
pub fn repr<T: Repr + ?Sized>(value: &T) -> ReprOf<'_, T> {
    ReprOf(value)
}

/// `str(value)`, to be displayed or turned into a `String`.
#[inline]
pub fn str<T: Repr + ?Sized>(value: &T) -> StrOf<'_, T> {
    StrOf(value)
}

/// Gives types that implement `Display` the same text under `repr` and `str`.
#[macro_export]
macro_rules! repr_as_display {
    ($($ty:ty),* $(,)?) => {
        $(
            impl $crate::Repr for $ty {
                fn fmt_repr(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    ::std::fmt::Display::fmt(self, f)
                }
            }
        )*
    };
}

/// Gives a struct the text of a dataclass, `Point(x=1, y=2)`: `impl_repr!(Point { x, y })`;
/// or a text of its own: `impl_repr!(Node, "<Node object>")`.
#[macro_export]
macro_rules! impl_repr {
    ($ty:ty, $text:literal) => {
        impl $crate::Repr for $ty {
            fn fmt_repr(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str($text)
            }
        }
    };
    ($ty:ident { $first:ident $(, $field:ident)* $(,)? }) => {
        impl $crate::Repr for $ty {
            fn fmt_repr(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($ty), "(", stringify!($first), "="))?;
                $crate::Repr::fmt_repr(&self.$first, f)?;
                $(
                    f.write_str(concat!(", ", stringify!($field), "="))?;
                    $crate::Repr::fmt_repr(&self.$field, f)?;
                )*
                f.write_str(")")
            }
        }
    };
    ($ty:ident {}) => {
        impl $crate::Repr for $ty {
            fn fmt_repr(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($ty), "()"))
            }
        }
    };
}

repr_as_display!(i8, i16, i32, i64, i128, isize, u16, u32, u64, u128, usize);

impl Repr for u8 {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }

    fn fmt_list(items: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bytes_repr(f, items)
    }
}

impl Repr for f64 {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_f64(f, *self)
    }
}

impl Repr for f32 {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_f64(f, f64::from(*self))
    }
}

impl Repr for bool {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self { "True" } else { "False" })
    }
}

impl<T: Repr + ?Sized> Repr for std::cell::Ref<'_, T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt_repr(f)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt_str(f)
    }
}

impl Repr for () {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("None")
    }
}

#[cfg(test)]
mod tests {
    use super::{repr, str};

    struct Point {
        x: i64,
        name: String,
    }

    impl_repr!(Point { x, name });

    #[test]
    fn structs_show_their_fields() {
        let point = Point { x: 1, name: "a".to_owned() };
        assert_eq!(repr(&point).to_string(), "Point(x=1, name='a')");
    }

    #[test]
    fn texts_can_be_padded() {
        assert_eq!(format!("[{:>5}] [{:<6}]", str(&true), repr("é")), "[ True] ['é'   ]");
    }
}
