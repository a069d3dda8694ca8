//! `batutac model quantize`: a copy with matrices in another type.

use super::args::QuantizeArgs;
use super::is_json;
use crate::args::Common;
use crate::failure::Failure;
use realizar::file::convert::convert;
use realizar::file::gguf::Gguf;
use realizar::quant::Type;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

pub fn quantize(args: &QuantizeArgs, common: &Common) -> Result<ExitCode, Failure> {
    let ty = Type::from_name(&args.ty);
    let ty = ty.ok_or_else(|| Failure::usage(format!("no type is named {}", args.ty)))?;
    let file = Gguf::open(&args.file)?;
    let failed = |why: &std::io::Error| Failure::io("write", args.output.display(), why);
    // Beside the target and renamed: a copy is there whole or not at all, and may replace its source.
    let folder = args.output.parent().filter(|path| !path.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| std::path::Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(|why| failed(&why))?;
    let mut out = std::io::BufWriter::new(&mut new);
    let (converted, kept) = convert(&file, ty, &mut out)?;
    out.flush().map_err(|why| failed(&why))?;
    drop(out);
    new.persist(&args.output).map_err(|why| failed(&why.error))?;
    match is_json(common) {
        true => println!("{}", json!({ "converted": converted, "kept": kept })),
        false => println!("{converted} tensors are {} now, {kept} stay as they were", ty.name()),
    }
    Ok(ExitCode::SUCCESS)
}
