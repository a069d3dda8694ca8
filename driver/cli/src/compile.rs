//! `batutac compile`: a binary, through cargo.

use crate::args::{Common, CompileArgs, OutputFormat, Translation};
use crate::failure::Failure;
use crate::{cache, folder, report};
use batuta_session::{Options, Project, Session};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

pub fn compile(args: &CompileArgs, common: &Common) -> Result<ExitCode, Failure> {
    let (name, built) = match build(&args.input, args.release, &args.translation, common)? {
        Built::Binary { name, path } => (name, path),
        Built::Findings => return Ok(ExitCode::FAILURE),
    };
    let target = args
        .output
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}{}", std::env::consts::EXE_SUFFIX)));
    if target.is_dir() {
        return Err(
            Failure::usage(format!("{} is a folder", target.display())).hint("name the binary with -o")
        );
    }
    copy(&built, &target).map_err(|why| Failure::io("write", target.display(), &why))?;
    if common.output_format == OutputFormat::Json {
        println!("{}", json!({ "binary": target.display().to_string() }));
    } else if !common.quiet {
        eprintln!("wrote {}", target.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies beside the target, then renames: a running binary of that name is no obstacle.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let temporary = tempfile::Builder::new().prefix(".batuta-").tempfile_in(parent)?.into_temp_path();
    fs::copy(from, &temporary)?;
    temporary.persist(to).map_err(|error| error.error)
}

/// What became of a program.
pub enum Built {
    Binary {
        name: String,
        path: PathBuf,
    },
    /// Errors were found and shown; nothing was built.
    Findings,
}

/// A project that has a start.
pub fn starting(input: &Path, translation: &Translation) -> Result<Project, Failure> {
    let project = translation.load(input)?;
    if project.entry.is_some() {
        return Ok(project);
    }
    let hint = project.notes.last().cloned();
    let hint = hint.unwrap_or_else(|| "add a `__main__.py`, or name the file that starts".to_owned());
    Err(Failure::usage(format!("{} is a library: nothing to start", input.display())).hint(hint))
}

/// Translates to the cache and compiles there; the path stays valid until the project itself is built again.
pub fn build(
    input: &Path,
    release: bool,
    translation: &Translation,
    common: &Common,
) -> Result<Built, Failure> {
    let full = input.canonicalize().unwrap_or_else(|_| input.to_owned());
    let options = translation.options(String::new());
    build_project(&starting(input, translation)?, &full.to_string_lossy(), release, options, common)
}

/// The same for a project in memory; `key` tells its place in the cache from those of other projects.
pub fn build_project(
    project: &Project,
    key: &str,
    release: bool,
    options: Options,
    common: &Common,
) -> Result<Built, Failure> {
    let options = Options { runtime: cache::runtime()?.display().to_string(), ..options };
    let mut output = Session::new(project, options).output();
    report::show(&output.findings, project, common);
    if output.has_errors() {
        if common.output_format == OutputFormat::Json {
            println!("{}", json!({ "diagnostics": report::json(&output.findings) }));
        }
        return Ok(Built::Findings);
    }
    let cache = cache::root()?;
    let work = cache.join("work").join(format!("{}-{:016x}", project.name, folder::hash(key)));
    if let Some(manifest) = output.files.get_mut("Cargo.toml") {
        // The cache may lie inside somebody's workspace.
        manifest.push_str("\n[workspace]\n");
    }
    // Programs of one name share a path in the target folder: nobody else builds before this one's binary is safe.
    let _lock = cache::lock(&cache)?;
    folder::write(&work, &output.files, true)?;
    let lock = work.join("Cargo.lock");
    if !lock.exists() {
        fs::write(&lock, cache::lock_file()).map_err(|why| Failure::io("write", lock.display(), &why))?;
    }
    let built = cargo_build(&cache, &work, release, common)?;
    let path =
        work.join(if release { "release" } else { "debug" }).join(built.file_name().unwrap_or_default());
    link(&built, &path).map_err(|why| Failure::io("write", path.display(), &why))?;
    cache::prune(&cache);
    Ok(Built::Binary { name: project.name.clone(), path })
}

/// The same file under another name, where the disk can do that.
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    let parent = to.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let place = tempfile::Builder::new().prefix(".batuta-").tempdir_in(parent)?;
    let linked = place.path().join("program");
    if fs::hard_link(from, &linked).is_err() {
        return copy(from, to);
    }
    fs::rename(&linked, to)
}

/// Runs cargo on an emitted project and gives the binary's path.
fn cargo_build(cache: &Path, work: &Path, release: bool, common: &Common) -> Result<PathBuf, Failure> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg("build").arg("--manifest-path").arg(work.join("Cargo.toml"));
    command.args(["--message-format", "json-render-diagnostics"]);
    command.arg("--target-dir").arg(cache.join("target"));
    if release {
        command.arg("--release");
    }
    if !common.verbose {
        command.arg("--quiet");
    }
    command.env_remove("RUSTC_WORKSPACE_WRAPPER").env_remove("CARGO_ENCODED_RUSTFLAGS");
    // Errors name lines of the source by themselves; a program of one crate gains nothing by incremental files.
    command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    if common.verbose {
        eprintln!("compiling in {}", work.display());
        command.stderr(Stdio::inherit());
    }
    let done = command.stdin(Stdio::null()).output().map_err(|why| match why.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::usage("cargo was not found").hint("install Rust from https://rustup.rs")
        }
        _ => Failure::io("start", "cargo", &why),
    })?;
    if !done.status.success() {
        let text = String::from_utf8_lossy(&done.stderr);
        let text = text.trim_end();
        let failure = Failure::usage(format!(
            "internal error, please report: the emitted Rust does not compile\n{text}"
        ));
        return Err(failure.hint(format!("the emitted project is in {}", work.display())));
    }
    let stdout = String::from_utf8_lossy(&done.stdout);
    let messages = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binary = messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    binary.ok_or_else(|| Failure::usage("internal error, please report: cargo built no binary"))
}
