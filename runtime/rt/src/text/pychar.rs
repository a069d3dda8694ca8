//! The extension trait on `char`: Python's tests of a text of one character.

use crate::unicode;

/// Python's string methods for one character.
pub trait PyChar: Copy {
    /// The character itself.
    fn char(self) -> char;

    /// `c.isalpha()`.
    #[inline]
    fn is_alpha(self) -> bool {
        unicode::is_alpha(self.char())
    }

    /// `c.isalnum()`.
    #[inline]
    fn is_alnum(self) -> bool {
        unicode::is_alpha(self.char()) || unicode::is_numeric(self.char())
    }

    /// `c.isdigit()`; `char::is_digit` asks something else.
    #[inline]
    fn is_python_digit(self) -> bool {
        unicode::is_digit(self.char())
    }

    /// `c.isspace()`.
    #[inline]
    fn is_space(self) -> bool {
        unicode::is_space(self.char())
    }

    /// `c.isupper()`.
    #[inline]
    fn is_upper(self) -> bool {
        let c = self.char();
        if c.is_ascii() { c.is_ascii_uppercase() } else { super::case::is_upper(c.encode_utf8(&mut [0; 4])) }
    }

    /// `c.islower()`.
    #[inline]
    fn is_lower(self) -> bool {
        let c = self.char();
        if c.is_ascii() { c.is_ascii_lowercase() } else { super::case::is_lower(c.encode_utf8(&mut [0; 4])) }
    }
}

impl PyChar for char {
    #[inline]
    fn char(self) -> char {
        self
    }
}
