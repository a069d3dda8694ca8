//! `batutac db export`: all vectors, or those that a filter passes, by id.

use super::args::ExportArgs;
use super::{open_to_read, show, source};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::{Map, Value as Json, json};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use trueno_db::VectorDb;
use trueno_db::io::{Matrix, write_fvecs, write_npy};

pub fn export(args: &ExportArgs, common: &Common) -> Result<ExitCode, Failure> {
    let db = open_to_read(&args.folder)?;
    let mut ids: Vec<u64> = match &args.filter {
        Some(filter) => db.ids_where(filter)?,
        None => db.ids().collect(),
    };
    ids.sort_unstable();
    match source::extension(&args.file).as_str() {
        "npy" => write_npy(&args.file, &matrix(&db, &ids))?,
        "fvecs" => write_fvecs(&args.file, &matrix(&db, &ids))?,
        "jsonl" => write_lines(&db, &ids, &args.file)?,
        #[cfg(feature = "arrow")]
        "arrow" => trueno_db::io::write_arrow(&args.file, &db.snapshot(), &ids)?,
        _ => {
            let text = format!("cannot tell the format of {}", args.file.display());
            return Err(Failure::usage(text).hint("the name must end in .jsonl, .npy, .fvecs or .arrow"));
        }
    }
    let count = ids.len();
    show(common, json!({ "exported": count }), || {
        format!("exported {count} vectors to {}\n", args.file.display())
    });
    Ok(ExitCode::SUCCESS)
}

fn matrix(db: &VectorDb, ids: &[u64]) -> Matrix<f32> {
    let values = ids.iter().filter_map(|id| db.get(*id)).flat_map(|vector| vector.to_vec()).collect();
    Matrix { dims: db.config().dims, values }
}

fn write_lines(db: &VectorDb, ids: &[u64], path: &Path) -> Result<(), Failure> {
    let write = || -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        for id in ids {
            let mut object = Map::new();
            object.insert("id".to_owned(), Json::from(*id));
            object.insert("vector".to_owned(), Json::from(db.get(*id).map_or(Vec::new(), |v| v.to_vec())));
            object.extend(db.row(*id).map(|row| source::row_json(&row)).unwrap_or_default());
            writeln!(out, "{}", Json::Object(object))?;
        }
        out.flush()
    };
    write().map_err(|why| Failure::io("write", path.display(), &why))
}
