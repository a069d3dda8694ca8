//! What Ruchy programs need beyond std: the text of values, and methods that std has in another form.

mod choose;
mod dynamic;
mod dynamic_parts;
mod frame;
mod json;
mod list;
mod nil;
mod number;
mod outside;
mod post;
mod show;
mod show_value;
mod text;

pub use choose::{
    compare, group_by, max_by, max_by_key, min_by, min_by_key, ordered, position, reduce, sorted_by,
    sorted_by_key,
};
pub use dynamic::{add, div, eq, ge, gt, is_none, le, lt, mul, ne, neg, rem, sub, truth};
pub use dynamic_parts::{call, call_method, get_attr, get_item, get_slice, iter, type_of};
pub use frame::{dataframe, dataframe_from_csv, dataframe_from_json};
pub use json::{
    json_get, json_merge, json_parse, json_pretty, json_set, json_stringify, json_type, json_validate,
};
pub use list::{
    chunks, difference, entries, flatten, index_of, intersection, join, mean, mean_of_ints, merge, pairs,
    part, product, reverse, reversed, sorted, step_by, total, union, unique, windows,
};
pub use nil::{
    catch_result, caught, coalesce, fault_message, fault_type, greatest, is_nil, least, or_else, report,
    start,
};
pub use number::{
    as_char, as_i8, as_i16, as_i32, as_u8, as_u16, as_u32, char_to_int, exponent, float_rem, pow, radix, shl,
    shr, to_float, to_int, unsigned,
};
pub use outside::{
    append_file, delete_file, env_args, env_var, file_exists, fs_copy, fs_create_dir, fs_read, fs_remove_dir,
    fs_remove_file, fs_rename, fs_write, is_file, path_extension, path_file_name, path_file_stem,
    path_is_absolute, path_join, path_parent, read_file, sleep, timestamp, write_file,
};
pub use post::{ask, post};
#[doc(hidden)]
pub use show::by_number;
pub use show::{Debugged, Nested, OrNil, Show, Text, debug, nested, nested_or_nil, or_nil, text};
pub use text::{
    capitalised, characters, find, lines, pad_end, pad_start, parse_float, parse_int, parsed, repeat, slice,
    split, title, to_digit,
};

/// Prints a value as the prompt shows it: texts are quoted, there is no line for nil.
pub fn tell<T: Show + ?Sized>(value: &T) {
    let text = nested(value).to_string();
    if text != "nil" {
        crate::println!("{text}");
    }
}

/// Whether the program's first argument asks for the test of this name.
pub fn is_test(name: &str) -> bool {
    crate::sys::argv().get(1).is_some_and(|asked| asked == name)
}

/// Stops the program with a message.
#[track_caller]
pub fn panic(message: &str) -> ! {
    crate::raise_new(crate::RuntimeError, message)
}

/// Stops the program unless a condition holds.
#[track_caller]
pub fn check(holds: bool, message: &str) {
    if !holds {
        let colon = if message.is_empty() { "" } else { ": " };
        crate::raise_new(crate::AssertionError, format!("Assertion failed{colon}{message}"))
    }
}

/// Shows a value on stderr, and gives it.
pub fn dbg<T: Show>(value: T) -> T {
    eprintln!("{}", nested(&value));
    value
}

/// Whether two values are equal.
pub fn same<T: PartialEq + ?Sized>(left: &T, right: &T) -> bool {
    left == right
}

/// Stops the program unless two values are equal.
#[track_caller]
pub fn check_equal<T: PartialEq<U> + Show + ?Sized, U: Show + ?Sized>(left: &T, right: &U) {
    if left != right {
        let text = format!("Assertion failed: {} is not equal to {}", nested(left), nested(right));
        crate::raise_new(crate::AssertionError, text)
    }
}

/// Stops the program if two values are equal.
#[track_caller]
pub fn check_unequal<T: PartialEq<U> + Show + ?Sized, U: Show + ?Sized>(left: &T, right: &U) {
    if left == right {
        crate::raise_new(crate::AssertionError, format!("Assertion failed: both are {}", nested(left)))
    }
}
