//! Dicts, sets and their kin.

mod dict;
mod dict_entry;
mod key;

pub use dict::{Dict, IntoIter, Iter};
pub use dict_entry::Entry;
pub use key::{Key, mix_hash, py_hash_float, py_hash_int, py_hash_tuple, std_hash};
