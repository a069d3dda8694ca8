//! The text form, `.bir`: what `--emit hir,typed,mir` prints and what pass tests are written in.
//!
//! ```text
//! fn @demo.total(%xs: &list<i64>) -> i64 {
//!   let mut %t: i64 = 0
//!   for %x in iter.copied(ref %xs) {
//!     if cmp.gt(copy %x, 2) {
//!       update %t int.add copy %x
//!     }
//!   }
//!   copy %t
//! }
//! ```
//! `%name` is a local (`%name.2` the second of that name), `@path` an item, `lib:name` a library
//! row. A use starts with its mode (none at Hir and Typed). Every node whose type does not follow
//! from its parts is followed by `: type`.

mod print;

pub use print::{print_body, print_program};
