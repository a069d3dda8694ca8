//! `batutac model chat`: a conversation in the terminal. What the model heard already is not
//! computed again.

use super::args::ChatArgs;
use super::open;
use super::run::write;
use crate::failure::Failure;
use realizar::{Error, Generate, Message, Model, Session};
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

pub fn chat(args: &ChatArgs) -> Result<ExitCode, Failure> {
    let model = open(&args.source)?;
    let mut session = model.session_with(args.picking.session())?;
    let options = args.picking.generate()?;
    let mut messages: Vec<Message> = args.system.iter().map(|text| Message::new("system", text)).collect();
    let opening = messages.len();
    let mut lines = std::io::stdin().lock().lines();
    let is_terminal = std::io::stdin().is_terminal();
    if is_terminal {
        eprintln!("an empty line ends; /new begins anew");
    }
    loop {
        if is_terminal {
            eprint!("> ");
            let _ = std::io::stderr().flush();
        }
        let line = match lines.next() {
            Some(Ok(line)) if !line.trim().is_empty() => line,
            _ => return Ok(ExitCode::SUCCESS),
        };
        if line.trim() == "/new" {
            messages.truncate(opening);
            continue;
        }
        messages.push(Message::new("user", line));
        match turn(&model, &mut session, &messages, &options) {
            Ok(answer) => messages.push(Message::new("assistant", answer)),
            Err(Error::ContextFull(size)) => {
                messages.truncate(opening);
                eprintln!("the context of {size} tokens is full: the conversation begins anew");
            }
            Err(other) => return Err(other.into()),
        }
        println!();
    }
}

/// One answer, streamed to stdout.
fn turn(
    model: &Model<'_>,
    session: &mut Session<'_>,
    messages: &[Message],
    options: &Generate,
) -> realizar::Result<String> {
    let prompt = model.template()?.render(messages, true)?;
    let tokens = model.tokenizer()?.encode(&prompt, true, true);
    let same = session.history().iter().zip(&tokens).take_while(|(old, new)| old == new).count();
    // At least one token must be fed: its scores begin the answer.
    let known = same.min(tokens.len().saturating_sub(1));
    session.rewind(known);
    Ok(session.generate_from(&tokens[known..], options, write)?.text)
}
