//! Texts of std's containers: lists, tuples, options, pointers.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::Repr;

/// Writes `open`, the reprs of `items` with commas, and `close`.
pub(crate) fn write_items<'a, T: Repr + ?Sized + 'a>(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    items: impl IntoIterator<Item = &'a T>,
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        item.fmt_repr(f)?;
    }
    f.write_str(close)
}

impl<T: Repr> Repr for [T] {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt_list(self, f)
    }
}

impl<T: Repr, const N: usize> Repr for [T; N] {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt_list(self, f)
    }
}

impl<T: Repr> Repr for Vec<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt_list(self, f)
    }
}

impl<T: Repr> Repr for VecDeque<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_items(f, "deque([", self, "])")
    }
}

impl<T: Repr> Repr for Option<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.fmt_repr(f),
            None => f.write_str("None"),
        }
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Some(value) => value.fmt_str(f),
            None => f.write_str("None"),
        }
    }
}

macro_rules! through {
    ($($ty:ty),*) => {
        $(
            impl<T: Repr + ?Sized> Repr for $ty {
                #[inline]
                fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    (**self).fmt_repr(f)
                }

                #[inline]
                fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    (**self).fmt_str(f)
                }
            }
        )*
    };
}

through!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<T: Repr + ToOwned + ?Sized> Repr for Cow<'_, T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt_repr(f)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt_str(f)
    }
}

impl<T: Repr> Repr for std::cell::RefCell<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrow().fmt_repr(f)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrow().fmt_str(f)
    }
}

impl<T: Repr + Copy> Repr for std::cell::Cell<T> {
    fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt_repr(f)
    }

    fn fmt_str(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt_str(f)
    }
}

macro_rules! tuple {
    ($($name:ident)+) => {
        impl<$($name: Repr),+> Repr for ($($name,)+) {
            #[allow(non_snake_case)]
            fn fmt_repr(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let ($($name,)+) = self;
                let items: &[&dyn Repr] = &[$($name),+];
                let close = if items.len() == 1 { ",)" } else { ")" };
                write_items(f, "(", items.iter().copied(), close)
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
tuple!(A B C D E G H);
tuple!(A B C D E G H I);
tuple!(A B C D E G H I J);
tuple!(A B C D E G H I J K);
tuple!(A B C D E G H I J K L);
tuple!(A B C D E G H I J K L M);

#[cfg(test)]
mod tests {
    use crate::repr;

    #[test]
    fn containers_show_their_items() {
        assert_eq!(repr(&vec![1.5, 2.0]).to_string(), "[1.5, 2.0]");
        assert_eq!(repr(&(1,)).to_string(), "(1,)");
        assert_eq!(repr(&("a", 2, None::<i64>)).to_string(), "('a', 2, None)");
        assert_eq!(repr(&Vec::<i64>::new()).to_string(), "[]");
    }
}
