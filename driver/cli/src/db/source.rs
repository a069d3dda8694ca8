//! Vectors, ids and metadata from files, and metadata as JSON.

use crate::failure::Failure;
use serde_json::{Map, Value as Json};
use std::fs;
use std::path::Path;
use std::str::FromStr;
use trueno_db::io::{Matrix, read_bvecs, read_fvecs, read_npy};
use trueno_db::{Row, Value};

/// Vectors from a file, with ids and metadata where the format has them.
#[derive(Debug)]
pub struct Vectors {
    pub matrix: Matrix<f32>,
    pub ids: Option<Vec<u64>>,
    pub rows: Vec<Row>,
}

/// Reads a file by its extension.
pub fn read(path: &Path) -> Result<Vectors, Failure> {
    let bare = |matrix| Vectors { matrix, ids: None, rows: Vec::new() };
    match extension(path).as_str() {
        "npy" => Ok(bare(read_npy(path)?)),
        "fvecs" => Ok(bare(read_fvecs(path)?)),
        "bvecs" => {
            let bytes = read_bvecs(path)?;
            let values = bytes.values.into_iter().map(f32::from).collect();
            Ok(bare(Matrix { dims: bytes.dims, values }))
        }
        "jsonl" => read_lines(path),
        #[cfg(feature = "arrow")]
        "arrow" => {
            let table = trueno_db::io::read_arrow(path)?;
            Ok(Vectors { matrix: table.vectors, ids: table.ids, rows: table.rows })
        }
        _ => Err(Failure::usage(format!("cannot tell the format of {}", path.display()))
            .hint(format!("the name must end in {READABLE}"))),
    }
}

#[cfg(feature = "arrow")]
const READABLE: &str = ".npy, .fvecs, .bvecs, .jsonl or .arrow";
#[cfg(not(feature = "arrow"))]
const READABLE: &str = ".npy, .fvecs, .bvecs or .jsonl (this build has no Arrow)";

pub fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|why| Failure::io("read", path.display(), &why))
}

/// Numbers, one a line.
pub fn ids(path: &Path) -> Result<Vec<u64>, Failure> {
    let parse = |(at, line): (usize, &str)| {
        let wrong = || Failure::usage(format!("{}, line {}: `{line}` is no id", path.display(), at + 1));
        u64::from_str(line.trim()).map_err(|_| wrong())
    };
    text(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// Metadata, one JSON object a line.
pub fn rows(path: &Path) -> Result<Vec<Row>, Failure> {
    objects(path)?.into_iter().map(|(line, object)| row(path, line, object)).collect()
}

/// Number of a line and the object on it.
type Line = (usize, Map<String, Json>);

fn objects(path: &Path) -> Result<Vec<Line>, Failure> {
    let parse = |(at, line): (usize, &str)| match serde_json::from_str(line) {
        Ok(Json::Object(object)) => Ok((at + 1, object)),
        Ok(_) => Err(wrong(path, at + 1, "a JSON object was expected")),
        Err(why) => Err(wrong(path, at + 1, &why.to_string())),
    };
    text(path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

fn wrong(path: &Path, line: usize, what: &str) -> Failure {
    Failure::usage(format!("{}, line {line}: {what}", path.display()))
}

/// Lines `{"id": 1, "vector": [..], "column": ..}`; all have an id or none has.
fn read_lines(path: &Path) -> Result<Vectors, Failure> {
    let mut out = Vectors { matrix: Matrix { dims: 0, values: Vec::new() }, ids: None, rows: Vec::new() };
    let mut ids = Vec::new();
    for (line, mut object) in objects(path)? {
        let vector = object.remove("vector").and_then(numbers);
        let vector = vector.ok_or_else(|| wrong(path, line, "`vector` must be a list of numbers"))?;
        if out.rows.is_empty() {
            out.matrix.dims = vector.len();
        }
        if vector.len() != out.matrix.dims || vector.is_empty() {
            let what = format!("{} components, the first line has {}", vector.len(), out.matrix.dims);
            return Err(wrong(path, line, &what));
        }
        match object.remove("id").map(|id| id.as_u64()) {
            Some(Some(id)) => ids.push(id),
            Some(None) => return Err(wrong(path, line, "`id` must be a whole number from 0")),
            None => {}
        }
        if !ids.is_empty() && ids.len() != out.rows.len() + 1 {
            return Err(wrong(path, line, "some lines have an `id` and some have none"));
        }
        out.matrix.values.extend(vector);
        out.rows.push(row(path, line, object)?);
    }
    out.ids = (!ids.is_empty()).then_some(ids);
    Ok(out)
}

fn numbers(json: Json) -> Option<Vec<f32>> {
    json.as_array()?.iter().map(|x| x.as_f64().map(|x| x as f32)).collect()
}

fn row(path: &Path, line: usize, object: Map<String, Json>) -> Result<Row, Failure> {
    let mut row = Row::new();
    for (name, json) in object {
        if json.is_null() {
            continue;
        }
        let value = value(&json);
        let value = value.ok_or_else(|| wrong(path, line, &format!("`{name}` is of no column type")))?;
        row = row.set(&name, value);
    }
    Ok(row)
}

fn value(json: &Json) -> Option<Value> {
    match json {
        Json::Bool(x) => Some(Value::Bool(*x)),
        Json::Number(x) => x.as_i64().map(Value::Int).or_else(|| x.as_f64().map(Value::Float)),
        Json::String(x) => Some(Value::Text(x.clone())),
        Json::Array(items) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Value::TextList)
        }
        Json::Null | Json::Object(_) => None,
    }
}

/// Metadata as a JSON object.
pub fn row_json(row: &Row) -> Map<String, Json> {
    let json = |value: &Value| match value {
        Value::Int(x) => Json::from(*x),
        Value::Float(x) => Json::from(*x),
        Value::Bool(x) => Json::from(*x),
        Value::Text(x) => Json::from(x.as_str()),
        Value::TextList(x) => Json::from(x.as_slice()),
    };
    row.iter().map(|(name, value)| (name.to_owned(), json(value))).collect()
}
