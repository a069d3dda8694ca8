//! `batutac db create`: an empty database.

use super::args::{CreateArgs, MetricArg};
use super::show;
use crate::args::Common;
use crate::failure::Failure;
use serde_json::json;
use std::process::ExitCode;
use trueno_db::{Codes, Config, VectorDb};

pub fn create(args: &CreateArgs, common: &Common) -> Result<ExitCode, Failure> {
    let codes = match args.metric {
        MetricArg::Hamming => Codes::Bit,
        _ => args.codes.codes(),
    };
    let config = Config::new(args.dims, args.metric.metric())
        .codes(codes)
        .m(args.m)
        .ef_construction(args.ef_construction)
        .seed(args.seed);
    let config = args.columns.iter().fold(config, |config, (name, ty)| config.column(name, *ty));
    VectorDb::create(&args.folder, config)?.close()?;
    show(common, json!({ "created": args.folder.display().to_string(), "dims": args.dims }), || {
        format!("created {} for vectors of {} components\n", args.folder.display(), args.dims)
    });
    Ok(ExitCode::SUCCESS)
}
