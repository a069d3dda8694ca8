//! `batutac db bench`: latency with recall against exact search, on the database as it is.

use super::args::BenchArgs;
use super::search::{options, read_queries, recall, timed};
use super::{open_to_read, plot, progress, show};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::{Value as Json, json};
use std::process::ExitCode;
use std::time::Duration;
use trueno_db::{Hit, Method, SearchOptions, VectorDb};

/// What one setting gave.
#[derive(Debug)]
pub struct Measured {
    /// `None` for exact search.
    pub ef: Option<usize>,
    pub recall: f64,
    /// Microseconds: the middle one, and that which 99 of 100 do not exceed.
    pub median: f64,
    pub p99: f64,
}

pub fn bench(args: &BenchArgs, common: &Common) -> Result<ExitCode, Failure> {
    let db = open_to_read(&args.folder)?;
    let mut queries = match &args.queries {
        Some(path) => read_queries(path)?,
        None => stored(&db, args.count),
    };
    queries.truncate(args.count);
    if queries.is_empty() {
        return Err(Failure::usage("there are no vectors to look for"));
    }
    let steps = (args.efs.len() + 1) * queries.len();
    let bar = progress(common, steps as u64, "searching");
    let run = |ef: Option<usize>, truth: &[Vec<Hit>]| -> Result<(Measured, Vec<Vec<Hit>>), Failure> {
        let options = setting(args, ef);
        let (mut times, mut found) = (Vec::new(), Vec::new());
        for query in &queries {
            let (hits, time) = timed(&db, query, &options)?;
            times.push(time);
            found.push(hits);
            bar.inc(1);
        }
        let truth = if ef.is_none() { &found } else { truth };
        let sum: f64 = found.iter().zip(truth).map(|(hits, exact)| recall(hits, exact)).sum();
        let (median, p99) = (share(&mut times, 0.5), share(&mut times, 0.99));
        Ok((Measured { ef, recall: sum / found.len() as f64, median, p99 }, found))
    };
    let (exact, truth) = run(None, &[])?;
    let walks = args.efs.iter().map(|ef| Ok(run(Some(*ef), &truth)?.0));
    let mut rows = walks.collect::<Result<Vec<_>, Failure>>()?;
    bar.finish_and_clear();
    if let Some(path) = &args.plot {
        let title = format!("{} x {}, k = {}", db.len(), db.config().dims, args.walk.k);
        let svg = plot::recall_against_latency(&title, &rows);
        std::fs::write(path, svg).map_err(|why| Failure::io("write", path.display(), &why))?;
    }
    rows.push(exact);
    let json = json!({ "queries": queries.len(), "k": args.walk.k, "vectors": db.len(),
        "rows": rows.iter().map(row_json).collect::<Vec<_>>() });
    show(common, json, || table(args.walk.k, &rows));
    Ok(ExitCode::SUCCESS)
}

fn setting(args: &BenchArgs, ef: Option<usize>) -> SearchOptions {
    let method = if ef.is_some() { Method::Graph } else { Method::Exact };
    options(&args.walk, ef.unwrap_or(0)).method(method)
}

/// Stored vectors, spread over the ids.
fn stored(db: &VectorDb, count: usize) -> Vec<Vec<f32>> {
    let mut ids: Vec<u64> = db.ids().collect();
    ids.sort_unstable();
    let step = (ids.len() / count.max(1)).max(1);
    ids.iter().step_by(step).take(count).filter_map(|id| db.get(*id)).map(|v| v.to_vec()).collect()
}

/// The time that this share of the searches do not exceed, in microseconds.
fn share(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len()) - 1;
    times[at].as_secs_f64() * 1e6
}

fn row_json(row: &Measured) -> Json {
    json!({ "method": if row.ef.is_some() { "graph" } else { "exact" }, "ef": row.ef,
        "recall": row.recall, "microseconds": row.median, "microseconds_p99": row.p99 })
}

fn table(k: usize, rows: &[Measured]) -> String {
    let mut text = format!("{:<12}{:>10}{:>12}{:>12}\n", "ef", format!("recall@{k}"), "median us", "99 % us");
    for row in rows {
        let name = row.ef.map_or("exact".to_owned(), |ef| ef.to_string());
        text += &format!("{name:<12}{:>10.4}{:>12.1}{:>12.1}\n", row.recall, row.median, row.p99);
    }
    text
}
