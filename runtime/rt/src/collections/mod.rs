//! Dicts, sets and their kin.

mod counter;
mod default_dict;
mod deque;
mod dict;
mod dict_entry;
mod dict_traits;
mod key;
mod ordered_dict;
mod set;
mod set_algebra;
mod table;
mod unhashable;
mod walk;

pub use counter::Counter;
pub use default_dict::DefaultDict;
pub use deque::Deque;
pub use dict::Dict;
pub use dict_entry::{Entry, EntryRef};
pub use dict_traits::{IntoIter as DictIntoIter, Iter as DictIter};
pub use key::{Key, mix_hash, py_hash_float, py_hash_int, py_hash_tuple, std_hash};
pub use ordered_dict::OrderedDict;
pub use set::{IntoIter as SetIntoIter, Iter as SetIter, Set};
pub use set_algebra::FrozenSet;
pub use walk::{Walk, Walked};
