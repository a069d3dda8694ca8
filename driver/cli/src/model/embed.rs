//! `batutac model embed`: a vector for each text, as lines that `batutac db add` reads.

use super::args::EmbedArgs;
use super::{is_json, open};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::process::ExitCode;

pub fn embed(args: &EmbedArgs, common: &Common) -> Result<ExitCode, Failure> {
    let model = open(&args.source)?;
    let texts = match args.texts.is_empty() {
        false => args.texts.clone(),
        true => std::io::stdin()
            .lines()
            .collect::<Result<_, _>>()
            .map_err(|why| Failure::io("read", "stdin", &why))?,
    };
    let mut vectors = Vec::new();
    for text in &texts {
        let vector = model.embed(text)?;
        match is_json(common) {
            true => vectors.push(vector),
            false => println!("{}", json!({ "vector": vector, "text": text })),
        }
    }
    if is_json(common) {
        println!("{}", json!({ "vectors": vectors }));
    }
    Ok(ExitCode::SUCCESS)
}
