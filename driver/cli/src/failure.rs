//! What stops a command: usage, the outside world, or our own fault.

use crate::args::{Common, OutputFormat};
use batuta_session::LoadError;
use std::fmt::Display;
use std::process::ExitCode;

/// One sentence, what to do next, and the exit code.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub hint: Option<String>,
    pub code: u8,
}

impl Failure {
    /// The user can repair it: exit code 2.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 2 }
    }

    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = Some(text.into());
        self
    }

    /// `cannot write out/src/main.rs: permission denied`.
    pub fn io(what: &str, path: impl Display, why: &std::io::Error) -> Self {
        let text = why.to_string();
        let text = text.split(" (os error").next().unwrap_or(&text).to_lowercase();
        Self::usage(format!("cannot {what} {path}: {text}"))
    }

    /// Prints it and gives the exit code.
    pub fn report(&self, common: &Common) -> ExitCode {
        if common.output_format == OutputFormat::Json {
            println!("{}", serde_json::json!({ "error": self.message, "hint": self.hint }));
        } else {
            eprintln!("error: {}", self.message);
            if let Some(hint) = &self.hint {
                eprintln!("  = help: {hint}");
            }
        }
        ExitCode::from(self.code)
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let code = if matches!(error, LoadError::NotUtf8 { .. }) { 1 } else { 2 };
        Self { message: error.to_string(), hint: Some(error.hint().to_owned()), code }
    }
}
