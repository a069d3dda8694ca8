#![forbid(unsafe_code)]
pub mod layout;
pub mod literal;
pub mod names;
pub mod template;
pub mod tree;
