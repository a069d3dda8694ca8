//! `batutac db verify`: checksums and structure.

use super::args::FolderArgs;
use super::{open_to_read, show, spinner};
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::process::ExitCode;

pub fn verify(args: &FolderArgs, common: &Common) -> Result<ExitCode, Failure> {
    let db = open_to_read(&args.folder)?;
    let bar = spinner(common, "checking");
    let report = db.verify()?;
    bar.finish_and_clear();
    let json = json!({
        "sound": report.is_sound(), "blocks": report.blocks, "slots": report.slots, "links": report.links,
        "unreachable": report.unreachable, "problem_count": report.problem_count,
        "problems": report.problems,
    });
    show(common, json, || {
        let mut text: String = report.problems.iter().map(|problem| format!("{problem}\n")).collect();
        let listed = report.problems.len() as u64;
        if report.problem_count > listed {
            text += &format!("and {} more\n", report.problem_count - listed);
        }
        let (blocks, slots, links) = (report.blocks, report.slots, report.links);
        text += &format!("{blocks} blocks, {slots} slots and {links} links checked: ");
        text + &match report.problem_count {
            0 => "sound\n".to_owned(),
            count => format!("{count} problems\n"),
        }
    });
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
