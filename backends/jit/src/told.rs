//! What a program tells at its end: the value of its last statement.

use crate::host::ruchy_show::Nested;
use crate::item::Item;
use batuta_rt as rt;
use std::cell::RefCell;

thread_local! {
    /// The text that was told, where somebody asks for it; it is printed otherwise.
    static TOLD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Tells a value as the prompt shows it; there is nothing to tell of nil.
pub fn tell(item: &Item) {
    let text = Nested(item).to_string();
    if text == "nil" {
        return;
    }
    let is_asked = TOLD.with_borrow_mut(|told| told.as_mut().map(|told| *told = text.clone()).is_some());
    if !is_asked {
        rt::println!("{text}");
    }
}

/// What is told from now on waits for [`take`].
pub fn listen() {
    TOLD.set(Some(String::new()));
}

/// What was told since [`listen`].
pub fn take() -> Option<String> {
    TOLD.take().filter(|text| !text.is_empty())
}
