//! `batutac check`: findings only.

use crate::args::{CheckArgs, Common, OutputFormat};
use crate::failure::Failure;
use crate::report;
use batuta_session::{Finding, Session, load};
use std::process::ExitCode;

pub fn check(args: &CheckArgs, common: &Common) -> Result<ExitCode, Failure> {
    let project = load(&args.input)?;
    let session = Session::new(&project, args.translation.options(String::new()));
    let findings = session.findings();
    report::show(&findings, &project, common);
    if common.output_format == OutputFormat::Json {
        println!("{}", serde_json::json!({ "diagnostics": report::json(&findings), "notes": project.notes }));
    }
    Ok(ExitCode::from(u8::from(findings.iter().any(Finding::is_error))))
}
