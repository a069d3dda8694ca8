//! `batutac db delete`: vectors by id or by filter.

use super::args::DeleteArgs;
use super::{open_to_write, show, source};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::process::ExitCode;

pub fn delete(args: &DeleteArgs, common: &Common) -> Result<ExitCode, Failure> {
    let mut ids = args.ids.clone();
    if let Some(path) = &args.ids_from {
        ids.extend(source::ids(path)?);
    }
    let mut db = open_to_write(&args.folder, 0)?;
    if let Some(filter) = &args.filter {
        ids.extend(db.ids_where(filter)?);
    }
    let deleted = db.delete_batch(&ids)?;
    let left = db.len();
    db.close()?;
    show(common, json!({ "deleted": deleted, "vectors": left }), || {
        format!("deleted {deleted} vectors; {left} are left\n")
    });
    Ok(ExitCode::SUCCESS)
}
