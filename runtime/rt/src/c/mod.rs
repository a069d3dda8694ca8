//! C: checked memory and the C library, as emitted programs use them.
//!
//! A pointer is an object and an offset in one word; every access checks that the object lives and that the
//! bytes are inside of it. The reference for the library is glibc.

mod bits;
mod cells;
mod chars;
mod clock;
mod convert;
mod descriptors;
mod device;
pub mod embed;
mod errors;
mod files;
mod float_text;
mod folders;
mod foreign;
mod function;
mod getopt;
mod jumps;
mod list;
mod local;
mod locale;
mod math;
mod memory;
mod number_text;
mod pointer;
mod printf;
mod random;
mod record;
mod scanf;
mod shown;
mod sort;
mod start;
mod stdio;
mod strings;
mod system;
mod text;
mod tokens;
mod value;
mod wide;
mod wide_numbers;
mod wide_stdio;

pub use bits::*;
pub use cells::{Cells, Fill, Find, WholeCells, array};
pub use chars::*;
pub use clock::*;
pub use convert::*;
pub use descriptors::*;
pub use errors::*;
pub use files::*;
pub use folders::*;
pub use foreign::Lending;
pub use function::{Erase, Function, Target, register};
pub use getopt::*;
pub use jumps::{
    Landing, bad_goto, landed, landing_state, landing_value, longjmp, new_frame, raise, set_jump, signal,
    with_jumps,
};
pub use list::{Arg, ArgList, Args, VaList, Whole, va_arg, va_copy, va_start};
pub use local::{Local, LocalArray, local, local_array};
pub use locale::*;
pub use math::*;
pub use memory::{
    aligned_alloc, alloca, calloc, free, malloc, objects, posix_memalign, realloc, reallocarray,
};
pub use pointer::{Count, Ptr, define, extend};
pub use printf::*;
pub use random::*;
pub use record::{Bits, Field, Member};
pub use scanf::*;
pub use shown::{Shown, byte_text, fixed, print_fmt};
pub use sort::*;
pub use start::*;
pub use stdio::*;
pub use strings::*;
pub use system::*;
pub use text::{chars, literal, padded};
pub use tokens::*;
pub use value::{Value, zero};
pub use wide::*;
pub use wide_numbers::*;
pub use wide_stdio::*;

pub use crate::{
    c_args as args, c_bytes_record as bytes_record, c_eprint as eprint, c_eprintln as eprintln,
    c_print as print, c_println as println, c_record as record, c_text as text,
};
