//! Random streams by NumPy's names.

use trueno::{AnyTensor, Error};

use crate::ops::Answers;

pub fn run(op: &str, _arrays: &[AnyTensor], _words: &[&str]) -> Answers {
    Err(Error::value(format!("the driver has no random.{op}")))
}
