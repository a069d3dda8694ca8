//! `batutac model`: language models from the command line, one file per subcommand.
//!
//! Texts stream to stdout; with `--output-format json` a command prints one JSON object at its end.

mod args;
mod bench;
mod chat;
mod embed;
mod info;
mod quantize;
mod run;
mod serve;

pub use args::ModelCommand;

use crate::args::{Common, OutputFormat};
use crate::failure::Failure;
use args::{CacheArg, Picking, Source};
use realizar::model::cache::CacheType;
use realizar::{Error, Generate, Model, OpenOptions, Sampling, SessionOptions};
use std::process::ExitCode;

pub fn model(command: &ModelCommand, common: &Common) -> Result<ExitCode, Failure> {
    match command {
        ModelCommand::Info(args) => info::info(args, common),
        ModelCommand::Run(args) => run::run(args, common),
        ModelCommand::Chat(args) => chat::chat(args),
        ModelCommand::Embed(args) => embed::embed(args, common),
        ModelCommand::Quantize(args) => quantize::quantize(args, common),
        ModelCommand::Bench(args) => bench::bench(args, common),
        ModelCommand::Serve(args) => serve::serve(args, common),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match &error {
            Error::Io(what, why) => {
                let why = why.to_string();
                let why = why.split(" (os error").next().unwrap_or(&why).to_lowercase();
                Failure::usage(format!("{what}: {why}"))
            }
            Error::Format(_) => Failure::usage(error.to_string())
                .hint("give a complete GGUF file, or the folder of an encoder with its model.safetensors"),
            _ => Failure::usage(error.to_string()),
        }
    }
}

fn open(source: &Source) -> Result<Model<'static>, Failure> {
    Ok(Model::open_with(&source.file, OpenOptions { threads: source.threads })?)
}

fn is_json(common: &Common) -> bool {
    common.output_format == OutputFormat::Json
}

impl Picking {
    fn session(&self) -> SessionOptions {
        let cache = match self.cache {
            CacheArg::F16 => CacheType::F16,
            CacheArg::Q8 => CacheType::Q8,
        };
        SessionOptions { context: self.context, cache }
    }

    fn generate(&self) -> Result<Generate, Failure> {
        let schema = self.schema.as_ref().map(|path| {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|why| Failure::io("read", path.display(), &why))?;
            let wrong = |why| Failure::usage(format!("{}: {why}", path.display()));
            serde_json::from_str(&text).map_err(wrong)
        });
        Ok(Generate {
            sampling: Sampling {
                temperature: self.temperature,
                top_k: self.top_k,
                top_p: self.top_p,
                min_p: self.min_p,
                repeat_penalty: self.repeat_penalty,
                seed: self.seed,
                ..Sampling::default()
            },
            max_tokens: self.max_tokens,
            stop: self.stop.clone(),
            schema: schema.transpose()?,
            ..Generate::default()
        })
    }
}
