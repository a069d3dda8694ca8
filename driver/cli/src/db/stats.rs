//! `batutac db stats`: numbers about a database.

use super::args::FolderArgs;
use super::{open_to_read, show, size};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::{Map, Value as Json, json};
use std::process::ExitCode;

pub fn stats(args: &FolderArgs, common: &Common) -> Result<ExitCode, Failure> {
    let db = open_to_read(&args.folder)?;
    let (stats, config) = (db.stats(), db.config());
    let columns = config.schema.columns();
    let types: Map<String, Json> =
        columns.iter().map(|(name, ty)| (name.clone(), ty.name().into())).collect();
    let (metric, codes) =
        (format!("{:?}", config.metric).to_lowercase(), format!("{:?}", config.codes).to_lowercase());
    let json = json!({
        "vectors": stats.vectors, "dims": config.dims, "metric": metric, "codes": codes, "m": config.m,
        "ef_construction": config.ef_construction, "columns": types, "slots": stats.slots,
        "free": stats.free, "dying": stats.dying, "layers": stats.layers, "base_bytes": stats.base_bytes,
        "log_bytes": stats.log_bytes, "log_operations": stats.log_operations,
        "torn_bytes": stats.torn_bytes, "generation": stats.generation, "kernels": trueno_db::kernels(),
    });
    show(common, json, || {
        let names: Vec<String> = columns.iter().map(|(name, ty)| format!("{name}: {}", ty.name())).collect();
        let rows = [
            ("vectors", format!("{} of {} components", stats.vectors, config.dims)),
            ("metric", metric.clone()),
            ("codes", codes.clone()),
            ("graph", format!("{} layers, m {}", stats.layers, config.m)),
            ("columns", if names.is_empty() { "none".to_owned() } else { names.join(", ") }),
            ("slots", format!("{}, {} free, {} dying", stats.slots, stats.free, stats.dying)),
            ("file", size(stats.base_bytes)),
            ("log", format!("{} operations", stats.log_operations)),
            ("generation", stats.generation.to_string()),
            ("kernels", trueno_db::kernels().to_owned()),
        ];
        rows.iter().map(|(name, value)| format!("{name:<12}{value}\n")).collect()
    });
    Ok(ExitCode::SUCCESS)
}
