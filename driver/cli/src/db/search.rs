//! `batutac db search`: the nearest vectors of one or many queries.

use super::args::{SearchArgs, Walk};
use super::{open_to_read, show, source};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use trueno_db::{Hit, Method, SearchOptions, VectorDb};

pub fn search(args: &SearchArgs, common: &Common) -> Result<ExitCode, Failure> {
    let db = open_to_read(&args.folder)?;
    let queries = queries(args, &db)?;
    let method = if args.exact { Method::Exact } else { Method::Auto };
    let options = options(&args.walk, args.ef).method(method);
    let exact = options.clone().method(Method::Exact);
    let (mut text, mut results) = (String::new(), Vec::new());
    for (at, query) in queries.iter().enumerate() {
        let (hits, time) = timed(&db, query, &options)?;
        let mut result = json!({ "hits": hits.iter().map(|hit| hit_json(&db, hit)).collect::<Vec<_>>() });
        if queries.len() > 1 {
            let _ = writeln!(text, "query {at}");
        }
        hits.iter().for_each(|hit| _ = writeln!(text, "{}", hit_line(&db, hit)));
        if args.check {
            let share = recall(&hits, &db.search_with(query, &exact)?);
            let microseconds = time.as_secs_f64() * 1e6;
            let _ = writeln!(text, "{microseconds:.0} us, recall {share:.3}");
            result["microseconds"] = json!(microseconds);
            result["recall"] = json!(share);
        }
        results.push(result);
    }
    show(common, json!({ "results": results }), || text);
    Ok(ExitCode::SUCCESS)
}

fn queries(args: &SearchArgs, db: &VectorDb) -> Result<Vec<Vec<f32>>, Failure> {
    match (&args.vector, args.like, &args.queries) {
        (Some(text), ..) => Ok(vec![numbers(text)?]),
        (_, Some(id), _) => {
            let vector = db.get(id).ok_or(trueno_db::Error::NotFound { id })?;
            Ok(vec![vector.to_vec()])
        }
        (_, _, Some(path)) => read_queries(path),
        _ => Err(Failure::usage("no query").hint("give --vector, --like or --queries")),
    }
}

/// The vectors of a file.
pub fn read_queries(path: &Path) -> Result<Vec<Vec<f32>>, Failure> {
    let matrix = source::read(path)?.matrix;
    Ok(matrix.values.chunks(matrix.dims.max(1)).map(<[f32]>::to_vec).collect())
}

fn numbers(text: &str) -> Result<Vec<f32>, Failure> {
    let parts = text.split([',', ' ', '[', ']', '\n', '\t']).filter(|part| !part.is_empty());
    let wrong = |part| Failure::usage(format!("`{part}` in --vector is no number"));
    parts.map(|part| part.parse().map_err(|_| wrong(part))).collect()
}

/// The options that both `search` and `bench` take.
pub fn options(walk: &Walk, ef: usize) -> SearchOptions {
    let mut options = SearchOptions::new(walk.k).ef(ef);
    options.filter = walk.filter.clone();
    options
}

/// One search and its time.
pub fn timed(db: &VectorDb, query: &[f32], options: &SearchOptions) -> Result<(Vec<Hit>, Duration), Failure> {
    let begin = Instant::now();
    let hits = db.search_with(query, options)?;
    Ok((hits, begin.elapsed()))
}

/// The share of the exact result that was found; what is equally far counts.
pub fn recall(hits: &[Hit], exact: &[Hit]) -> f64 {
    let Some(worst) = exact.last() else { return 1.0 };
    let limit = worst.distance + 1e-5 * worst.distance.abs();
    let found = hits.iter().filter(|hit| hit.distance <= limit).count();
    found.min(exact.len()) as f64 / exact.len() as f64
}

fn hit_json(db: &VectorDb, hit: &Hit) -> Json {
    let row = db.row(hit.id).map(|row| source::row_json(&row)).unwrap_or_default();
    json!({ "id": hit.id, "distance": hit.distance, "row": row })
}

fn hit_line(db: &VectorDb, hit: &Hit) -> String {
    let row = db.row(hit.id).map(|row| source::row_json(&row)).unwrap_or_default();
    let cells = row.iter().map(|(name, value)| format!("  {name}={value}")).collect::<String>();
    format!("{:>10}  {:<12}{cells}", hit.id, hit.distance)
}
