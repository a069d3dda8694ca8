#![forbid(unsafe_code)]
pub mod env;
pub mod layout;
pub mod literal;
pub mod names;
pub mod print;
mod scope;
pub mod template;
pub mod tree;
pub mod types;
