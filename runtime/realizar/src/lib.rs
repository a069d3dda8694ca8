//! Runs language models from GGUF and safetensors files on the CPU.
#![deny(unsafe_code)]

pub mod error;
pub mod file;
pub mod kernel;
pub mod quant;
#[allow(unsafe_code)]
mod sys;
pub mod tokenize;

pub use error::{Error, Result};
