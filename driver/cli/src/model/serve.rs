//! `batutac model serve`: the OpenAI interface over HTTP.

use super::args::ServeArgs;
use super::open;
use crate::args::Common;
use crate::failure::Failure;
use realizar::ServeOptions;
use std::process::ExitCode;

pub fn serve(args: &ServeArgs, common: &Common) -> Result<ExitCode, Failure> {
    let name = args.source.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let options = ServeOptions {
        address: args.listen,
        api_key: args.api_key.clone(),
        name,
        context: args.context,
        parallel: args.parallel,
        queue: args.queue,
        body_limit: args.body_limit,
        ..ServeOptions::default()
    };
    realizar::serve(open(&args.source)?, options, |address| {
        if !common.quiet {
            eprintln!("listening on http://{address}, Ctrl-C ends");
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
