//! Classes as values: one object for each class, which `is` and `==` tell apart by its place.

use super::{rows, show};
use crate::desc::Kind;
use crate::item::{Item, text_word};
use crate::memory::{keep, object};
use batuta_base::Name;
use batuta_rt as rt;
use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    static CLASSES: RefCell<HashMap<Name, u64>> = RefCell::default();
}

/// The word of a class.
pub fn value(path: Name) -> u64 {
    CLASSES.with_borrow_mut(|known| *known.entry(path).or_insert_with(|| keep(path)))
}

/// The path of the class that an item holds.
pub fn path(item: &Item) -> Name {
    *object::<Name>(&item.word)
}

/// `type(x)` of an object of the program.
fn class_of(item: &Item) -> u64 {
    match item.class() {
        Some(class) => value(class.path),
        None => rt::raise_new(rt::SystemError, format!("the class of a {}", show::type_name(item))),
    }
}

rows! {
    "builtins.type" => |_, a| class_of(&a[0].bare());
    "class.name" => |_, a| text_word(path(&a[0]).last());
    "type.name" => |_, a| text_word(match a[0].desc.kind {
        Kind::TypeOf(_) => path(&a[0]).last(),
        _ => show::type_name(&a[0].bare()),
    });
}
