//! The command `batutac`: one file per subcommand, one folder for a group of them, `args.rs` for what they take.
//!
//! Results go to stdout, progress and findings to stderr. Exit codes: 0 fine, 1 findings, 2 usage or
//! internal error; `run` gives the program's own.
#![forbid(unsafe_code)]

mod args;
mod cache;
mod check;
mod compile;
mod db;
mod eval;
mod explain;
mod failure;
mod fmt;
mod folder;
#[cfg(feature = "jit")]
mod jit;
#[cfg(feature = "model")]
mod model;
mod new;
#[cfg(feature = "jit")]
mod repl;
mod report;
mod run;
mod test;
mod transpile;

use args::{Cli, Command};
use clap::{CommandFactory, Parser};
use failure::Failure;
use std::process::ExitCode;

/// Nesting of a source is recursion here: pages of a large stack are committed only when used.
const STACK: usize = 1 << 30;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    std::panic::set_hook(Box::new(report_panic));
    let worker = std::thread::Builder::new().name("batutac".to_owned()).stack_size(STACK);
    let Ok(worker) = worker.spawn(move || dispatch(&cli)) else {
        eprintln!("error: cannot start a thread with a large stack");
        return ExitCode::from(2);
    };
    match worker.join() {
        Ok(code) => code,
        Err(_) => ExitCode::from(2),
    }
}

/// Runs the subcommand and gives its exit code.
fn dispatch(cli: &Cli) -> ExitCode {
    let result = match &cli.command {
        None => eval::eval(&cli.code, &cli.common),
        Some(_) if cli.code.is_given() => Err(Failure::usage("`-e` and a command cannot be given at once")),
        Some(command) => run_command(command, cli),
    };
    result.unwrap_or_else(|failure: Failure| failure.report(&cli.common))
}

/// Runs a subcommand.
fn run_command(command: &Command, cli: &Cli) -> Result<ExitCode, Failure> {
    match command {
        Command::Transpile(args) => transpile::transpile(args, &cli.common),
        Command::Check(args) => check::check(args, &cli.common),
        Command::Compile(args) | Command::Build(args) => compile::compile(args, &cli.common),
        Command::Run(args) => run::run(args, &cli.common),
        #[cfg(feature = "jit")]
        Command::Repl(args) => repl::repl(args, &cli.common),
        Command::Test(args) => test::test(args, &cli.common),
        Command::Fmt(args) => fmt::fmt(args, &cli.common),
        Command::New(args) => new::new(args, &cli.common),
        Command::Db(command) => db::db(command, &cli.common),
        #[cfg(feature = "model")]
        Command::Model(command) => model::model(command, &cli.common),
        Command::Explain(args) => explain::explain(args),
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "batutac", &mut std::io::stdout());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The last resort: a broken invariant of ours never shows a bare backtrace.
fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    if text.contains("Broken pipe") {
        std::process::exit(0);
    }
    let place = info.location().map_or(String::new(), |at| format!(" ({}:{})", at.file(), at.line()));
    eprintln!("internal error, please report: {text}{place}");
    eprintln!("  = note: batutac {}", env!("CARGO_PKG_VERSION"));
    eprintln!("  = help: please report it together with the smallest input that shows it");
}
