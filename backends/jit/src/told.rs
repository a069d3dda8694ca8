//! What a program tells at its end: the value of its last statement.

use crate::host::ruchy_show::Nested;
use crate::item::Item;
use batuta_rt as rt;

/// Tells a value as the prompt shows it; there is nothing to tell of nil.
pub fn tell(item: &Item) {
    let text = Nested(item).to_string();
    if text != "nil" {
        rt::println!("{text}");
    }
}
