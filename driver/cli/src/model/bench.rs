//! `batutac model bench`: loading, reading a prompt, generating.

use super::args::BenchArgs;
use super::{is_json, open};
use crate::args::Common;
use crate::failure::Failure;
use realizar::SessionOptions;
use serde_json::json;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

pub fn bench(args: &BenchArgs, common: &Common) -> Result<ExitCode, Failure> {
    let begin = Instant::now();
    let model = open(&args.source)?;
    let context = Some(args.prompt.saturating_add(args.steps).saturating_add(1));
    let mut session = model.session_with(SessionOptions { context, ..SessionOptions::default() })?;
    let load = begin.elapsed().as_secs_f64();
    // Any text does: the work does not depend on it.
    let text = model.tokenizer()?.encode("The quick brown fox jumps over the lazy dog. ", false, true);
    let tokens: Vec<u32> = text.into_iter().cycle().take(args.prompt.max(1)).collect();
    let (mut prompt, mut generation, mut first) = (0f64, 0f64, f64::INFINITY);
    let go_on = |_| ControlFlow::Continue(());
    for _ in 0..args.rounds.max(1) {
        session.rewind(0);
        let begin = Instant::now();
        session.feed(&tokens, go_on)?;
        let seconds = begin.elapsed().as_secs_f64();
        (prompt, first) = (prompt.max(tokens.len() as f64 / seconds), first.min(seconds));
        let begin = Instant::now();
        for step in 0..args.steps {
            session.feed(&tokens[step % tokens.len()..][..1], go_on)?;
        }
        generation = generation.max(args.steps as f64 / begin.elapsed().as_secs_f64());
    }
    let bandwidth = generation * model.bytes_per_token()? as f64 / 1e9;
    if is_json(common) {
        let json = json!({ "load_seconds": load, "prompt_tokens_per_second": prompt,
            "first_token_seconds": first, "tokens_per_second": generation,
            "gigabytes_per_second": bandwidth });
        println!("{json}");
    } else {
        println!("load        {load:.2} s");
        println!("prompt      {prompt:.1} tokens/s, first token after {first:.3} s");
        println!("generation  {generation:.1} tokens/s, {bandwidth:.1} GB/s of weights");
    }
    Ok(ExitCode::SUCCESS)
}
