//! `ctype.h` in the `C` locale.

/// What glibc's tables hold for the class: programs print it.
fn class(c: i32, bit: i32, test: fn(&u8) -> bool) -> i32 {
    if u8::try_from(c).is_ok_and(|byte| test(&byte)) { bit } else { 0 }
}

macro_rules! classes {
    ($($name:ident $bit:literal $test:expr;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`")]
        pub fn $name(c: i32) -> i32 {
            class(c, $bit, $test)
        }
    )*};
}

classes! {
    isalnum 8 u8::is_ascii_alphanumeric;
    isalpha 1024 u8::is_ascii_alphabetic;
    isblank 1 |byte| matches!(byte, b' ' | b'\t');
    iscntrl 2 u8::is_ascii_control;
    isdigit 2048 u8::is_ascii_digit;
    isgraph 32768 u8::is_ascii_graphic;
    islower 512 u8::is_ascii_lowercase;
    isprint 16384 |byte| matches!(byte, b' '..=b'~');
    ispunct 4 u8::is_ascii_punctuation;
    isspace 8192 |byte| matches!(byte, b' ' | b'\t'..=b'\r');
    isupper 256 u8::is_ascii_uppercase;
    isxdigit 4096 u8::is_ascii_hexdigit;
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
