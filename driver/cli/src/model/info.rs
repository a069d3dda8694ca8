//! `batutac model info`: what a model file holds.

use super::args::InfoArgs;
use super::is_json;
use crate::args::Common;
use crate::failure::Failure;
use realizar::file::gguf::{Gguf, Kind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Texts longer than this are cut in the table.
const WIDTH: usize = 80;

pub fn info(args: &InfoArgs, common: &Common) -> Result<ExitCode, Failure> {
    let file = Gguf::open(&args.file)?;
    let keys: Map<String, Value> = file.keys().map(|key| (key.to_owned(), value(&file, key))).collect();
    let (mut types, mut parameters) = (BTreeMap::<&str, usize>::new(), 0);
    for tensor in file.tensors() {
        *types.entry(tensor.ty.name()).or_default() += 1;
        parameters += tensor.len();
    }
    let tensors = file.tensors().filter(|_| args.tensors);
    if is_json(common) {
        let tensors = tensors.map(|t| json!({ "name": t.name, "type": t.ty.name(), "shape": t.shape }));
        let json = json!({ "version": file.version(), "parameters": parameters, "types": types,
            "keys": keys, "tensors": tensors.collect::<Vec<_>>() });
        println!("{json}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("GGUF version {}, {parameters} parameters", file.version());
    let types: Vec<String> = types.iter().map(|(name, count)| format!("{count} {name}")).collect();
    println!("tensors: {}", types.join(", "));
    for (key, value) in &keys {
        let text = value.to_string();
        let cut: String = text.chars().take(WIDTH).collect();
        println!("{key:<44} {cut}{}", if cut.len() < text.len() { ".." } else { "" });
    }
    tensors.for_each(|t| println!("{:<44} {:<6} {:?}", t.name, t.ty.name(), t.shape));
    Ok(ExitCode::SUCCESS)
}

/// A text, a number, or how long an array is.
fn value(file: &Gguf<'_>, key: &str) -> Value {
    let number = || file.number(key).unwrap_or(f64::NAN);
    match file.kind(key) {
        Some(Kind::Str) => file.str(key).map_or_else(|| json!("not UTF-8"), Value::from),
        Some(Kind::Array) => json!(format!("{} values", file.array(key).map_or(0, |array| array.count))),
        Some(Kind::Bool) => json!(number() != 0.0),
        // As few digits as tell it from other numbers of its type.
        Some(Kind::F32) => json!((number() as f32).to_string().parse::<f64>().ok()),
        Some(Kind::F64) => json!(number()),
        Some(_) => json!(number() as i64),
        None => Value::Null,
    }
}
