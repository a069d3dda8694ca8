//! Measures building, opening and searching on vectors from fvecs files, with recall.
//!
//! `cargo run --release -p trueno-db --example search_bench -- FOLDER [--codes i8] [--ef 16,32,64] [--out rows.tsv] [--open]`
//!
//! FOLDER holds `base.fvecs`, `query.fvecs` and `truth.ivecs` (ids of the true neighbours).
//! `--open` measures the database that an earlier run left there. One thread, one query at a time; CPU times. Rows: name, ef, recall@10, microseconds a query.

use std::error::Error;
use std::path::{Path, PathBuf};

use rustix::time::{ClockId, clock_gettime};
use trueno_db::io::{read_fvecs, read_ivecs};
use trueno_db::{Codes, Config, Method, Metric, OpenOptions, SearchOptions, SyncPolicy, VectorDb};

struct Args {
    folder: PathBuf,
    codes: Codes,
    efs: Vec<usize>,
    rounds: usize,
    out: Option<PathBuf>,
    compact: bool,
    open: bool,
}

fn args() -> Result<Args, Box<dyn Error>> {
    let mut list = std::env::args().skip(1);
    let folder = list.next().ok_or("which folder?")?.into();
    let efs = vec![10, 16, 24, 32, 48, 64, 96, 128, 192, 256];
    let mut args = Args { folder, codes: Codes::None, efs, rounds: 3, out: None, compact: true, open: false };
    while let Some(flag) = list.next() {
        let mut value = || list.next().ok_or("a value is missing");
        match flag.as_str() {
            "--codes" => {
                args.codes = match value()?.as_str() {
                    "none" => Codes::None,
                    "f16" => Codes::F16,
                    "bf16" => Codes::Bf16,
                    "i8" => Codes::I8,
                    "bit" => Codes::Bit,
                    other => return Err(format!("unknown codes {other}").into()),
                }
            }
            "--ef" => args.efs = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--rounds" => args.rounds = value()?.parse()?,
            "--out" => args.out = Some(value()?.into()),
            "--open" => args.open = true,
            "--no-compact" => args.compact = false,
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(args)
}

/// Seconds of CPU time of this process.
fn now() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// A field of this process's status, in KiB (Linux; 0 elsewhere).
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

fn build(args: &Args, name: &str, store: &Path, options: OpenOptions) -> Result<(), Box<dyn Error>> {
    let _ = std::fs::remove_dir_all(store);
    let base = read_fvecs(args.folder.join("base.fvecs"))?;
    let ids: Vec<u64> = (0..base.rows() as u64).collect();
    let begin = now();
    let config = Config::new(base.dims, Metric::L2).codes(args.codes);
    let mut db = VectorDb::create_with(store, config, options)?;
    db.add_batch(&ids, &base.values, &[])?;
    println!("{name}\tbuild_s\t{:.2}", (now() - begin));
    if args.compact {
        let begin = now();
        db.compact()?;
        println!("{name}\tcompact_s\t{:.2}", (now() - begin));
    }
    Ok(db.close()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let args = args()?;
    let queries = read_fvecs(args.folder.join("query.fvecs"))?;
    let truth = read_ivecs(args.folder.join("truth.ivecs"))?;
    let name = format!("trueno-db {:?}", args.codes).to_lowercase().replace(" none", "");
    let store = args.folder.join(name.replace(' ', "-"));
    let options = OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() };
    println!("{name}\tkernels\t{}", trueno_db::kernels());
    if !args.open {
        build(&args, &name, &store, options.clone())?;
    }

    let begin = now();
    let db = VectorDb::open_with(&store, OpenOptions { read_only: true, ..options })?;
    println!("{name}\topen_ms\t{:.3}", (now() - begin) * 1e3);
    println!("{name}\tfile_mib\t{:.1}", db.stats().base_bytes as f64 / (1 << 20) as f64);
    println!("{name}\trss_open_kib\t{}", memory("RssFile:"));
    db.search(&queries.values[..queries.dims], 10)?;
    println!("{name}\trss_file_one_search_kib\t{}", memory("RssFile:"));

    let mut rows = String::new();
    let exact = SearchOptions::new(10).method(Method::Exact);
    let walks = args.efs.iter().map(|ef| (*ef, SearchOptions::new(10).ef(*ef).method(Method::Graph)));
    for (ef, options) in walks.chain([(0, exact)]) {
        let count = if ef == 0 { queries.rows().min(50) } else { queries.rows() };
        let mut best = f64::INFINITY;
        let mut found = 0;
        for _ in 0..args.rounds {
            let begin = now();
            let mut results = Vec::with_capacity(count);
            for query in queries.values.chunks(queries.dims).take(count) {
                results.push(db.search_with(query, &options)?);
            }
            best = best.min((now() - begin) * 1e6 / count as f64);
            let pairs = results.iter().zip(truth.values.chunks(truth.dims));
            found = pairs
                .map(|(hits, truth)| hits.iter().filter(|hit| truth[..10].contains(&(hit.id as i32))).count())
                .sum();
        }
        let recall = found as f64 / (count * 10) as f64;
        let method = if ef == 0 { format!("{name} exact") } else { name.clone() };
        let row = format!("{method}\t{ef}\t{recall:.4}\t{best:.1}\n");
        print!("{row}");
        rows += &row;
    }
    if let Some(out) = args.out {
        std::fs::write(out, rows)?;
    }
    Ok(())
}
