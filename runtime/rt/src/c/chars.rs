//! `ctype.h` in the `C` locale.

fn class(c: i32, test: fn(&u8) -> bool) -> i32 {
    i32::from(u8::try_from(c).is_ok_and(|byte| test(&byte)))
}

macro_rules! classes {
    ($($name:ident $test:expr;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(c: i32) -> i32 {
            class(c, $test)
        }
    )*};
}

classes! {
    isalnum u8::is_ascii_alphanumeric;
    isalpha u8::is_ascii_alphabetic;
    isblank |byte| matches!(byte, b' ' | b'\t');
    iscntrl u8::is_ascii_control;
    isdigit u8::is_ascii_digit;
    isgraph u8::is_ascii_graphic;
    islower u8::is_ascii_lowercase;
    isprint |byte| matches!(byte, b' '..=b'~');
    ispunct u8::is_ascii_punctuation;
    isspace |byte| matches!(byte, b' ' | b'\t'..=b'\r');
    isupper u8::is_ascii_uppercase;
    isxdigit u8::is_ascii_hexdigit;
}

/// `isascii`
pub fn isascii(c: i32) -> i32 {
    i32::from((0..128).contains(&c))
}
/// `toascii`
pub fn toascii(c: i32) -> i32 {
    c & 127
}
/// `tolower`
pub fn tolower(c: i32) -> i32 {
    if isupper(c) != 0 { c + 32 } else { c }
}
/// `toupper`
pub fn toupper(c: i32) -> i32 {
    if islower(c) != 0 { c - 32 } else { c }
}
