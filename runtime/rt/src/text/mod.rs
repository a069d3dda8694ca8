//! Text by characters, with Python's meaning of the methods that std names otherwise.

mod bytes;
mod case;
mod fill;
mod pystr;
mod search;
mod split;

pub use bytes::{Bytes, decode, encode};
pub use fill::maketrans;
pub use pystr::{PyStr, chr, join, ord};
