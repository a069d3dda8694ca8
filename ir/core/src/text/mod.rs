//! The text form, `.bir`: what `--emit hir,typed,mir` prints and what pass tests are written in.
//!
//! ```text
//! fn @demo.total(%xs: &list<i64>) -> i64 {
//!   let mut %t: i64 = 0
//!   for %x: i64 in iter.copied(ref %xs) {
//!     if cmp.gt(copy %x, 2) {
//!       update %t int.add copy %x
//!     }
//!   }
//!   tail copy %t
//! }
//! ```
//! * `%name` is a local, `%name~2` the second of that name, `%%name` one made by the compiler;
//!   `@path` an item, `lib:name` a library row. A name with other signs stands in quotes: `%"a b"`.
//! * A local's type stands where it is declared: at a parameter, in a pattern, or in a `var` line
//!   at the head of the body where it is only assigned to. `?` is left out.
//! * A use starts with its mode (none at Hir and Typed).
//! * Every node whose type does not follow from its parts is followed by `: type`; where a node ends
//!   in an operand (`return x`) and shows its type, the operand shows its own first. A call without
//!   type is `none`. At Hir a node without type is `?`; types of constants are not written there.
//! * The first field of a global is written with two dots: `@mod.point..x`.
//! * `#text` is a comment, above a body or inside it; a blank line before a commented statement is the statement's.
//!
//! Laws: `print(parse(t)) == t` for printed text, `parse(print(b)) == b` up to ids, origins and
//! locals that nothing mentions.

mod cursor;
mod implied;
mod local_use;
mod parse;
mod parse_node;
mod parse_pat;
mod parse_program;
mod print;
mod print_pat;
mod print_program;

pub use cursor::ParseError;
pub use parse::parse_body;
pub use parse_program::parse_program;
pub use print::print_body;
pub use print_program::print_program;
