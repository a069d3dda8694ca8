//! Runs language models from GGUF and safetensors files on the CPU.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use realizar::{Generate, Model};
//!
//! # fn main() -> realizar::Result<()> {
//! let model = Model::open("SmolLM2-135M-Instruct.Q4_1.gguf")?;
//! let mut session = model.session()?;
//! let answer = session.generate("The capital of France is", &Generate::default(), |text| {
//!     print!("{text}");
//!     ControlFlow::Continue(())
//! })?;
//! # let _ = answer;
//! # Ok(())
//! # }
//! ```
//!
//! Knows: reading GGUF 2 and 3 and safetensors without believing them, 17 quantised types, byte-level
//! BPE, SentencePiece and WordPiece, decoders of the llama, qwen2, qwen3, gemma2, gemma3 and phi3
//! families, BERT encoders, sampling, stop texts, JSON-schema output, chat templates.
//! Does not know: training, GPUs, mixtures of experts, images.
#![deny(unsafe_code)]

pub mod batch;
pub mod chat;
pub mod constrain;
mod encoder;
pub mod error;
pub mod file;
pub mod kernel;
pub mod model;
pub mod quant;
pub mod sample;
#[cfg(feature = "serve")]
mod serve;
pub mod session;
#[allow(unsafe_code)]
mod sys;
pub mod tokenize;

pub use batch::{Batch, Event};
pub use chat::{Message, Template};
pub use error::{Error, Result};
pub use model::{Model, OpenOptions};
pub use sample::Sampling;
#[cfg(feature = "serve")]
pub use serve::{Options as ServeOptions, Server, serve};
pub use session::{Answer, Finish, Generate, Session, SessionOptions};
