//! What the command line takes.

use crate::db::DbCommand;
#[cfg(feature = "model")]
use crate::model::ModelCommand;
use batuta_session::{IntPolicy, Optimize, Options, Preprocessing};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Moves programs in Python, C and Ruchy to Rust, and runs them.
#[derive(Parser, Debug)]
#[command(
    name = "batutac",
    version,
    arg_required_else_help = true,
    override_usage = "batutac [OPTIONS] <COMMAND>\n       batutac [OPTIONS] -e <CODE>"
)]
pub struct Cli {
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub code: CodeArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A program on the command line.
#[derive(Args, Debug)]
pub struct CodeArgs {
    /// Runs CODE and prints its value
    #[arg(short = 'e', long = "eval", value_name = "CODE", allow_hyphen_values = true)]
    pub eval: Option<String>,
    /// What runs it
    #[arg(long, value_enum, value_name = "BACKEND", requires = "eval")]
    pub backend: Option<Backend>,
}

impl CodeArgs {
    pub fn is_given(&self) -> bool {
        self.eval.is_some() || self.backend.is_some()
    }
}

#[derive(Args, Debug)]
pub struct Common {
    /// Colours on stderr
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Says what is done
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// How findings are written: text on stderr, JSON on stdout
    #[arg(long, visible_alias = "format", global = true, value_enum, default_value_t = OutputFormat::Text, value_name = "FORMAT")]
    pub output_format: OutputFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum OutputFormat {
    Text,
    Json,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Translates a file or folder to Rust
    Transpile(TranspileArgs),
    /// Only looks for findings
    Check(CheckArgs),
    /// Translates and compiles a file or folder to a binary
    Compile(CompileArgs),
    /// The same as compile
    Build(CompileArgs),
    /// Translates, compiles and runs
    Run(RunArgs),
    /// Evaluates lines as they are entered
    #[cfg(feature = "jit")]
    Repl(ReplArgs),
    /// Runs the tests of Ruchy files
    Test(TestArgs),
    /// Formats Ruchy files
    Fmt(FmtArgs),
    /// Makes a new Ruchy project
    New(NewArgs),
    /// Keeps vectors and finds the nearest ones
    #[command(subcommand)]
    Db(DbCommand),
    /// Runs language models
    #[cfg(feature = "model")]
    #[command(subcommand)]
    Model(ModelCommand),
    /// Says what a code of a finding means
    Explain(ExplainArgs),
    /// Prints a completion script
    Completions { shell: clap_complete::Shell },
}

/// How a program is translated.
#[derive(Args, Debug)]
pub struct Translation {
    /// Warnings are errors: refuses holes
    #[arg(long)]
    pub strict: bool,
    /// How `int` is stored: `auto` is i64 unless growth is seen, `big` is unbounded everywhere
    #[arg(long, value_enum, default_value_t = Int::Auto)]
    pub int: Int,
    /// `none` follows the source step by step, `aggressive` spends compile time on speed
    #[arg(long, value_enum, default_value_t = OptimizeArg::Default, value_name = "LEVEL")]
    pub optimize: OptimizeArg,
    /// C: a folder of headers
    #[arg(short = 'I', value_name = "DIR")]
    pub include: Vec<PathBuf>,
    /// C: a macro
    #[arg(short = 'D', value_name = "NAME[=VALUE]")]
    pub define: Vec<String>,
    /// C: no macro of this name
    #[arg(short = 'U', value_name = "NAME")]
    pub undefine: Vec<String>,
    /// C: the standard, as `-std` of gcc has it
    #[arg(long, value_name = "NAME")]
    pub std: Option<String>,
    /// C: system headers that are not bundled come from this folder; `host` is this machine
    #[arg(long, value_name = "DIR")]
    pub sysroot: Option<PathBuf>,
    /// C: units and flags of a folder are those in this output of `make -nB`; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub build_log: Option<PathBuf>,
    /// C: functions that no unit defines are those of this library; the project gets a module with unsafe code
    #[arg(long, value_name = "LIB")]
    pub link: Vec<String>,
    /// C: signed arithmetic wraps instead of stopping on overflow
    #[arg(long)]
    pub wrapping_signed: bool,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
pub enum Int {
    Auto,
    Big,
}

#[derive(Clone, Copy, ValueEnum, Debug)]
pub enum OptimizeArg {
    None,
    Default,
    Aggressive,
}

/// What a build prints; `-` is standard input.
fn read_log(path: &Path) -> Result<String, crate::failure::Failure> {
    let text = match path.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()),
        false => std::fs::read_to_string(path),
    };
    text.map_err(|why| batuta_session::LoadError::Unreadable(path.to_owned(), why).into())
}

impl Translation {
    /// Loads a project, and the headers of the folders of `-I` and of the system.
    pub fn load(&self, input: &Path) -> Result<batuta_session::Project, crate::failure::Failure> {
        let mut project = match &self.build_log {
            Some(log) => batuta_session::load_built(input, &read_log(log)?)?,
            None => batuta_session::load(input)?,
        };
        for folder in &self.include {
            project.add_headers(folder)?;
        }
        if let Some(root) = &self.sysroot {
            let root = if root.as_os_str() == "host" { Path::new("/") } else { root };
            project.preprocessing.system = project.add_system_headers(root)?;
        }
        if let Some(name) = &self.std {
            let Some((defines, undefines)) = Preprocessing::standard(name) else {
                let known = "c89, c99, c11, c17 and c2x, and the same with `gnu` in front";
                return Err(crate::failure::Failure::usage(format!(
                    "`{name}` is no standard of C: known are {known}"
                )));
            };
            project.preprocessing.defines.extend(defines);
            project.preprocessing.undefines.extend(undefines);
        }
        Ok(project)
    }

    /// Options of the session; `runtime` is the folder that the emitted manifest names.
    pub fn options(&self, runtime: String) -> Options {
        Options {
            strict: self.strict,
            int: match self.int {
                Int::Auto => IntPolicy::Auto,
                Int::Big => IntPolicy::Big,
            },
            optimize: match self.optimize {
                OptimizeArg::None => Optimize::None,
                OptimizeArg::Default => Optimize::Default,
                OptimizeArg::Aggressive => Optimize::Aggressive,
            },
            runtime,
            preprocessing: Preprocessing {
                folders: self.include.iter().map(|folder| folder.to_string_lossy().into_owned()).collect(),
                defines: self.define.clone(),
                undefines: self.undefine.clone(),
                system: Vec::new(),
                libraries: self.link.clone(),
                wrapping_signed: self.wrapping_signed,
                check_uninit: false,
            },
            ..Options::default()
        }
    }
}

#[derive(Args, Debug)]
pub struct TranspileArgs {
    /// File or folder
    #[arg(value_name = "INPUT", required_unless_present = "source")]
    pub input: Option<PathBuf>,
    /// The same as INPUT
    #[arg(long, value_name = "INPUT", conflicts_with = "input")]
    pub source: Option<PathBuf>,
    /// Folder for the cargo project; without it the Rust is printed
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LEVELS", conflicts_with_all = ["output", "diff", "dry_run"])]
    pub emit: Vec<Emit>,
    /// Shows what would change in DIR and writes nothing
    #[arg(long, requires = "output")]
    pub diff: bool,
    /// Lists what would be written to DIR and writes nothing
    #[arg(long, requires = "output")]
    pub dry_run: bool,
    /// Replaces generated files of DIR even where they were changed by hand
    #[arg(long, requires = "output")]
    pub force: bool,
    #[command(flatten)]
    pub translation: Translation,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Emit {
    Hir,
    Typed,
    Mir,
    Rust,
}

#[derive(Args, Debug)]
pub struct CheckArgs {
    /// File or folder
    #[arg(required_unless_present = "catalogue")]
    pub input: Option<PathBuf>,
    /// Lists how much of each library module has a translation, and the names that have none
    #[arg(long, conflicts_with_all = ["input", "explain_types"])]
    pub catalogue: bool,
    /// Also prints the inferred signature of each function, and where dynamic values come from
    #[arg(long)]
    pub explain_types: bool,
    #[command(flatten)]
    pub translation: Translation,
}

#[derive(Args, Debug)]
pub struct CompileArgs {
    /// File or folder
    pub input: PathBuf,
    /// The binary; its default is the program's name in the current folder
    #[arg(short, long, value_name = "BIN")]
    pub output: Option<PathBuf>,
    /// Optimises
    #[arg(long)]
    pub release: bool,
    #[command(flatten)]
    pub translation: Translation,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Backend {
    #[cfg(feature = "jit")]
    Jit,
    Rust,
}

/// What a program is watched for.
#[cfg(feature = "jit")]
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum Watched {
    Uninit,
}

#[derive(Args, Debug)]
pub struct RunArgs {
    /// File or folder
    pub input: PathBuf,
    /// What runs the program: `jit` compiles in this process, `rust` goes through cargo; without it, programs in
    /// Ruchy and C run in this process if they can, others go through cargo
    #[arg(long, value_enum, value_name = "BACKEND")]
    pub backend: Option<Backend>,
    /// Optimises; with the Rust backend
    #[arg(long)]
    pub release: bool,
    /// C, in this process: `uninit` stops where what nothing was written to is read
    #[cfg(feature = "jit")]
    #[arg(long, value_enum, value_name = "WHAT")]
    pub check: Option<Watched>,
    #[command(flatten)]
    pub translation: Translation,
    /// Arguments of the program
    #[arg(last = true, value_name = "ARGS")]
    pub args: Vec<std::ffi::OsString>,
}

#[cfg(feature = "jit")]
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Debug)]
pub enum LangArg {
    Ruchy,
    Python,
}

#[cfg(feature = "jit")]
#[derive(Args, Debug)]
pub struct ReplArgs {
    /// Files that are run first
    pub files: Vec<PathBuf>,
    /// The language of the first line; `:lang` changes it
    #[arg(long, value_enum, default_value_t = LangArg::Ruchy, value_name = "LANGUAGE")]
    pub lang: LangArg,
}

#[derive(Args, Debug)]
pub struct TestArgs {
    /// File or folder
    #[arg(default_value = ".")]
    pub input: PathBuf,
    /// Only tests whose names hold one of these
    pub filter: Vec<String>,
    /// Runs those with `#[ignore]`, too
    #[arg(long)]
    pub include_ignored: bool,
    /// Shows what tests print, also of those that pass
    #[arg(long)]
    pub no_capture: bool,
    /// Lists the tests and runs none
    #[arg(long)]
    pub list: bool,
    /// What runs the tests; without it, the first that can
    #[arg(long, value_enum, value_name = "BACKEND")]
    pub backend: Option<Backend>,
    /// Runs one test in this process
    #[arg(long, hide = true, value_name = "NAME")]
    pub one: Option<String>,
}

#[derive(Args, Debug)]
pub struct FmtArgs {
    /// Files and folders; `-` reads standard input and writes standard output
    #[arg(default_value = ".")]
    pub inputs: Vec<PathBuf>,
    /// Writes nothing; exit code 1 where a file is not formatted
    #[arg(long)]
    pub check: bool,
    /// Writes nothing; shows what would change
    #[arg(long)]
    pub diff: bool,
    /// Prints the formatted text instead of writing it
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    pub stdout: bool,
}

#[derive(Args, Debug)]
pub struct NewArgs {
    /// Folder of the project; its last part is the project's name
    pub path: PathBuf,
    /// The project's name, where it is not the folder's
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Code of a finding, as in `B0501`; without it all codes are listed
    pub code: Option<String>,
}
