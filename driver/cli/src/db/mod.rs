//! `batutac db`: vector databases from the command line, one file per subcommand.
//!
//! Each prints a few lines, or one JSON object with `--output-format json`. Progress goes to stderr.

mod add;
mod args;
mod bench;
mod compact;
mod create;
mod delete;
mod export;
mod plot;
mod search;
mod source;
mod stats;
mod verify;

pub use args::DbCommand;

use crate::args::{Common, OutputFormat};
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value as Json;
use std::path::Path;
use std::process::ExitCode;
use trueno_db::{Error, OpenOptions, SyncPolicy, VectorDb};

pub fn db(command: &DbCommand, common: &Common) -> Result<ExitCode, Failure> {
    match command {
        DbCommand::Create(args) => create::create(args, common),
        DbCommand::Add(args) => add::add(args, common),
        DbCommand::Search(args) => search::search(args, common),
        DbCommand::Delete(args) => delete::delete(args, common),
        DbCommand::Export(args) => export::export(args, common),
        DbCommand::Stats(args) => stats::stats(args, common),
        DbCommand::Verify(args) => verify::verify(args, common),
        DbCommand::Compact(args) => compact::compact(args, common),
        DbCommand::Bench(args) => bench::bench(args, common),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let hint = match &error {
            Error::Dimensions { .. } => Some("`batutac db stats` says how many components vectors have"),
            Error::Duplicate { .. } => Some("`--replace` replaces vectors whose id exists"),
            Error::Corrupt { .. } => Some("`batutac db verify` says what is damaged"),
            Error::Filter { .. } => Some("a filter looks like `age >= 30 and lang in [\"fr\", \"de\"]`"),
            _ => None,
        };
        let text = match &error {
            Error::Io { action, path, source } => {
                let failure =
                    Failure::io(action.strip_prefix("cannot ").unwrap_or(action), path.display(), source);
                return match action.starts_with("cannot open the database") {
                    true => failure.hint("`batutac db create --dims N FOLDER` makes a database"),
                    false => failure,
                };
            }
            Error::Duplicate { id } => format!("id {id} exists already"),
            other => other.to_string(),
        };
        Failure { message: text, hint: hint.map(str::to_owned), code: 2 }
    }
}

/// Opens for searching: beside a writer too.
fn open_to_read(folder: &Path) -> Result<VectorDb, Failure> {
    Ok(VectorDb::open_read_only(folder)?)
}

/// Opens for writing. Commits of a command wait for the disk once, at its end.
fn open_to_write(folder: &Path, threads: usize) -> Result<VectorDb, Failure> {
    let options = OpenOptions { sync: SyncPolicy::Manual, threads, ..OpenOptions::default() };
    Ok(VectorDb::open_with(folder, options)?)
}

/// Prints the result of a command: one JSON object, or the text that `lines` gives.
fn show(common: &Common, json: Json, lines: impl FnOnce() -> String) {
    match common.output_format {
        OutputFormat::Json => println!("{json}"),
        OutputFormat::Text if common.quiet => {}
        OutputFormat::Text => print!("{}", lines()),
    }
}

/// A bar on stderr; it is not drawn where stderr is no terminal.
fn progress(common: &Common, length: u64, what: &'static str) -> ProgressBar {
    if common.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    let style = ProgressStyle::with_template("{msg} [{bar:30}] {human_pos}/{human_len} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(what)
}

/// A moving sign on stderr for work whose length is not known.
fn spinner(common: &Common, what: &'static str) -> ProgressBar {
    if common.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}

/// `1234567` as `1.2 MiB`.
fn size(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", units[unit]) }
}
