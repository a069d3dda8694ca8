//! `batutac db add`: the vectors of a file.

use super::args::AddArgs;
use super::{open_to_write, progress, show, source};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::process::ExitCode;
use std::time::Instant;

/// Vectors of one commit: the bar moves after each.
const BATCH: usize = 2048;

pub fn add(args: &AddArgs, common: &Common) -> Result<ExitCode, Failure> {
    let begin = Instant::now();
    let mut vectors = source::read(&args.file)?;
    if let Some(path) = &args.rows {
        vectors.rows = source::rows(path)?;
    }
    let mut db = open_to_write(&args.folder, args.threads)?;
    let (count, dims) = (vectors.matrix.rows(), vectors.matrix.dims);
    if count > 0 && dims != db.config().dims {
        let expected = db.config().dims;
        return Err(trueno_db::Error::Dimensions { expected, found: dims }.into());
    }
    if !vectors.rows.is_empty() && vectors.rows.len() != count {
        return Err(Failure::usage(format!("{} rows of metadata for {count} vectors", vectors.rows.len())));
    }
    let ids = match (&args.ids, args.first_id, vectors.ids) {
        (Some(path), ..) => source::ids(path)?,
        (None, None, Some(ids)) => ids,
        (None, first, _) => {
            let first = first.unwrap_or_else(|| db.ids().max().map_or(0, |id| id.saturating_add(1)));
            (first..).take(count).collect()
        }
    };
    if ids.len() != count {
        return Err(Failure::usage(format!("{} ids for {count} vectors", ids.len())));
    }
    // All batches or none: what a later batch would refuse is found before the first is stored.
    if !args.replace {
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        let twice = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
        if let Some(id) = twice.or_else(|| ids.iter().copied().find(|id| db.get(*id).is_some())) {
            return Err(trueno_db::Error::Duplicate { id }.into());
        }
    }
    let bar = progress(common, count as u64, "adding");
    for (at, ids) in ids.chunks(BATCH).enumerate() {
        let from = at * BATCH;
        let values = &vectors.matrix.values[from * dims..(from + ids.len()) * dims];
        let rows = vectors.rows.get(from..from + ids.len()).unwrap_or(&[]);
        db.put_batch(ids, values, rows)?;
        bar.inc(ids.len() as u64);
    }
    bar.set_message("saving");
    let total = db.len();
    db.close()?;
    bar.finish_and_clear();
    let seconds = begin.elapsed().as_secs_f64();
    show(common, json!({ "added": count, "vectors": total, "seconds": seconds }), || {
        format!("added {count} vectors in {seconds:.1} s; there are {total}\n")
    });
    Ok(ExitCode::SUCCESS)
}
