//! `batutac db compact`: a new file without free space.

use super::args::FolderArgs;
use super::{open_to_write, show, size, spinner};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::process::ExitCode;

pub fn compact(args: &FolderArgs, common: &Common) -> Result<ExitCode, Failure> {
    let mut db = open_to_write(&args.folder, 0)?;
    let before = db.stats();
    let bar = spinner(common, "compacting");
    db.compact()?;
    bar.finish_and_clear();
    let after = db.stats();
    db.close()?;
    let json = json!({
        "slots_before": before.slots, "slots": after.slots,
        "bytes_before": before.base_bytes, "bytes": after.base_bytes,
    });
    show(common, json, || {
        let (slots, bytes) = (before.slots, size(before.base_bytes));
        format!("{slots} slots and {bytes} before, {} and {} now\n", after.slots, size(after.base_bytes))
    });
    Ok(ExitCode::SUCCESS)
}
