//! `batutac model run`: continues a text.

use super::args::RunArgs;
use super::{is_json, open};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::io::Write;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

pub fn run(args: &RunArgs, common: &Common) -> Result<ExitCode, Failure> {
    let model = open(&args.source)?;
    let mut session = model.session_with(args.picking.session())?;
    let (options, begin) = (args.picking.generate()?, Instant::now());
    let answer = session.generate(&args.prompt, &options, |text| match is_json(common) {
        true => ControlFlow::Continue(()),
        false => write(text),
    })?;
    let seconds = begin.elapsed().as_secs_f64();
    if is_json(common) {
        let finish = format!("{:?}", answer.finish).to_lowercase();
        let json = json!({ "text": answer.text, "tokens": answer.tokens.len(), "finish": finish,
            "prompt_tokens": answer.prompt_tokens, "seconds": seconds });
        println!("{json}");
    } else {
        println!();
    }
    if common.verbose {
        let (prompt, tokens) = (answer.prompt_tokens, answer.tokens.len());
        eprintln!("{prompt} tokens of prompt, {tokens} tokens of answer, {seconds:.2} s");
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows a piece of text at once; ends the answer when nobody reads it.
pub fn write(text: &str) -> ControlFlow<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    }
}
