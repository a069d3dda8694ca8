//! Text by characters, with Python's meaning of the methods that std names otherwise.

mod bytearray;
mod bytes;
mod case;
mod fill;
mod indexed;
mod pybytes;
mod pychar;
mod pystr;
mod search;
mod split;
mod wide;

pub use bytearray::ByteArray;
pub use bytes::{Bytes, decode, encode};
pub use fill::{capwords, maketrans, maketrans_of};
pub use indexed::Indexed;
pub use pybytes::{PyBytes, byte, bytes_from, bytes_from_hex, bytes_maketrans, zero_bytes};
pub use pychar::PyChar;
pub use pystr::{PyStr, chr, join, ord, ord_byte};
