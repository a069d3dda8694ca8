//! Arrow IPC files ("Feather 2"), without compression: a column `id` (whole numbers from 0), a
//! column `vector` (lists of one length) and a column for each of the metadata. Needs the feature
//! `arrow`.
//!
//! The file is read as a whole and its lists are slices of it, so a length in it that lies asks
//! for no memory. Some damage makes the `arrow` crates panic; that is caught here and is
//! `Corrupt` too (a panic hook of the program still sees it).

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, FixedSizeListArray, Float32Array, Float64Array, Int64Array, RecordBatch,
    StringArray, UInt64Array,
};
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::writer::FileWriter;
use arrow_ipc::{Block, root_as_footer};
use arrow_schema::{ArrowError, DataType, Field, Schema};

use super::Matrix;
use crate::error::Context;
use crate::error::{Error, Result, corrupt};
use crate::snapshot::Snapshot;
use crate::value::{ColumnType, Row, Value};

const MAGIC: &[u8] = b"ARROW1";
/// Magic and footer length at the end.
const TRAILER: usize = 10;
const BATCH: usize = 4096;

/// What an Arrow file held.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The column `id`, if there is one.
    pub ids: Option<Vec<u64>>,
    /// The column `vector`.
    pub vectors: Matrix<f32>,
    /// The other columns, a row for each vector.
    pub rows: Vec<Row>,
}

/// Reads a file with a column `vector`, perhaps a column `id`, and columns of integers, floats,
/// truth values, strings and lists of strings.
///
/// # Errors
/// `Io`; `Corrupt` if the file is no such table.
pub fn read_arrow(path: impl AsRef<Path>) -> Result<Table> {
    let path = path.as_ref();
    let bytes = fs::read(path).at("cannot read", path)?;
    let read = catch_unwind(AssertUnwindSafe(|| table(path, Buffer::from_vec(bytes))));
    read.unwrap_or_else(|_| Err(corrupt(path, "the Arrow reader gave up on it")))
}

fn table(path: &Path, file: Buffer) -> Result<Table> {
    let empty = Matrix { dims: 0, values: Vec::new() };
    let mut table = Table { ids: None, vectors: empty, rows: Vec::new() };
    let mut ids = Vec::new();
    for batch in batches(path, &file)? {
        let vectors = batch.column_by_name("vector").and_then(vectors);
        let vectors = vectors
            .ok_or_else(|| corrupt(path, "`vector` must be a column of number lists of one length"))?;
        if table.rows.is_empty() {
            table.vectors.dims = vectors.dims;
        }
        if vectors.rows() != batch.num_rows() || (batch.num_rows() > 0 && vectors.dims != table.vectors.dims)
        {
            return Err(corrupt(path, "the vectors are not all of one length"));
        }
        table.vectors.values.extend(vectors.values);
        if let Some(column) = batch.column_by_name("id") {
            let column =
                self::ids(column).ok_or_else(|| corrupt(path, "`id` must hold whole numbers from 0"))?;
            ids.extend(column);
        }
        rows(path, &batch, &mut table.rows)?;
    }
    table.ids = (!ids.is_empty()).then_some(ids);
    Ok(table)
}

fn batches(path: &Path, file: &Buffer) -> Result<Vec<RecordBatch>> {
    let wrong = |why: ArrowError| corrupt(path, why.to_string());
    let end = file.len().checked_sub(TRAILER).filter(|_| file.starts_with(MAGIC));
    let end = end.ok_or_else(|| corrupt(path, "this is no Arrow file"))?;
    let trailer: [u8; TRAILER] = file[end..].try_into().unwrap_or([0; TRAILER]);
    let length = read_footer_length(trailer).map_err(wrong)?;
    let start = end.checked_sub(length).ok_or_else(|| corrupt(path, "the footer is longer than the file"))?;
    let footer = root_as_footer(&file[start..end]).map_err(|why| corrupt(path, why.to_string()))?;
    let schema = footer.schema().ok_or_else(|| corrupt(path, "the footer has no schema"))?;
    let mut decoder = FileDecoder::new(Arc::new(fb_to_schema(schema)), footer.version());
    let part = |block: &Block| -> Result<Buffer> {
        let meta = usize::try_from(block.metaDataLength()).ok();
        let length = meta.and_then(|n| n.checked_add(usize::try_from(block.bodyLength()).ok()?));
        let at = usize::try_from(block.offset()).ok();
        let inside = at.zip(length).filter(|(at, n)| at.checked_add(*n).is_some_and(|end| end <= file.len()));
        let (at, length) = inside.ok_or_else(|| corrupt(path, "a block lies beyond the file's end"))?;
        Ok(file.slice_with_length(at, length))
    };
    for block in footer.dictionaries().iter().flatten() {
        decoder.read_dictionary(block, &part(block)?).map_err(wrong)?;
    }
    let mut batches = Vec::new();
    for block in footer.recordBatches().iter().flatten() {
        batches.extend(decoder.read_record_batch(block, &part(block)?).map_err(wrong)?);
    }
    Ok(batches)
}

fn vectors(column: &ArrayRef) -> Option<Matrix<f32>> {
    if column.null_count() > 0 {
        return None;
    }
    let (dims, items) = match column.data_type() {
        DataType::FixedSizeList(..) => {
            let list = column.as_fixed_size_list();
            let dims = usize::try_from(list.value_length()).ok()?;
            // A slice of a list keeps the items of the whole.
            (dims, list.values().slice(list.value_offset(0) as usize, list.len().checked_mul(dims)?))
        }
        DataType::List(_) => {
            let list = column.as_list::<i32>();
            let offsets = list.value_offsets();
            let dims = offsets.get(1).map_or(0, |end| (end - offsets[0]) as usize);
            if offsets.windows(2).any(|pair| (pair[1] - pair[0]) as usize != dims) {
                return None;
            }
            (dims, list.values().slice(offsets[0] as usize, list.len().checked_mul(dims)?))
        }
        _ => return None,
    };
    let values = match items.data_type() {
        _ if items.null_count() > 0 => return None,
        DataType::Float32 => items.as_primitive::<Float32Type>().values().to_vec(),
        DataType::Float64 => items.as_primitive::<Float64Type>().values().iter().map(|x| *x as f32).collect(),
        _ => return None,
    };
    Some(Matrix { dims, values })
}

fn ids(column: &ArrayRef) -> Option<Vec<u64>> {
    if column.null_count() > 0 {
        return None;
    }
    if let Some(column) = column.as_primitive_opt::<UInt64Type>() {
        return Some(column.values().to_vec());
    }
    integers(column)?.into_iter().map(|x| u64::try_from(x?).ok()).collect()
}

fn integers(column: &ArrayRef) -> Option<Vec<Option<i64>>> {
    fn widen<T: ArrowPrimitiveType>(column: &ArrayRef) -> Vec<Option<i64>>
    where
        T::Native: Into<i64>,
    {
        column.as_primitive::<T>().iter().map(|x| x.map(Into::into)).collect()
    }
    Some(match column.data_type() {
        DataType::Int8 => widen::<Int8Type>(column),
        DataType::Int16 => widen::<Int16Type>(column),
        DataType::Int32 => widen::<Int32Type>(column),
        DataType::Int64 => widen::<Int64Type>(column),
        DataType::UInt8 => widen::<UInt8Type>(column),
        DataType::UInt16 => widen::<UInt16Type>(column),
        DataType::UInt32 => widen::<UInt32Type>(column),
        _ => return None,
    })
}

/// Appends the metadata of a batch.
fn rows(path: &Path, batch: &RecordBatch, rows: &mut Vec<Row>) -> Result<()> {
    let first = rows.len();
    rows.resize(first + batch.num_rows(), Row::new());
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        if field.name() == "id" || field.name() == "vector" {
            continue;
        }
        let values = values(column);
        let what =
            || format!("column `{}` is of type {}, which metadata has not", field.name(), field.data_type());
        for (row, value) in rows[first..].iter_mut().zip(values.ok_or_else(|| corrupt(path, what()))?) {
            if let Some(value) = value {
                row.insert(field.name(), value);
            }
        }
    }
    Ok(())
}

fn values(column: &ArrayRef) -> Option<Vec<Option<Value>>> {
    if let Some(integers) = integers(column) {
        return Some(integers.into_iter().map(|x| x.map(Value::Int)).collect());
    }
    let text = |x: Option<&str>| x.map(Value::from);
    // Metadata has no NaN: such a value is left out.
    let float = |x: Option<f64>| x.filter(|x| !x.is_nan()).map(Value::Float);
    Some(match column.data_type() {
        DataType::Float32 => {
            column.as_primitive::<Float32Type>().iter().map(|x| float(x.map(f64::from))).collect()
        }
        DataType::Float64 => column.as_primitive::<Float64Type>().iter().map(float).collect(),
        DataType::Boolean => column.as_boolean().iter().map(|x| x.map(Value::Bool)).collect(),
        DataType::Utf8 => column.as_string::<i32>().iter().map(text).collect(),
        DataType::LargeUtf8 => column.as_string::<i64>().iter().map(text).collect(),
        DataType::List(item) if *item.data_type() == DataType::Utf8 => {
            let texts = |items: ArrayRef| {
                let items = items.as_string::<i32>().iter().flatten().map(str::to_string);
                Value::TextList(items.collect())
            };
            column.as_list::<i32>().iter().map(|items| items.map(texts)).collect()
        }
        _ => return None,
    })
}

/// Writes vectors with their ids and metadata; ids that do not exist are left out.
///
/// # Errors
/// `Io`.
pub fn write_arrow(path: impl AsRef<Path>, snapshot: &Snapshot, ids: &[u64]) -> Result<()> {
    let path = path.as_ref();
    let failed = |why: ArrowError| match why {
        ArrowError::IoError(_, source) => {
            Error::Io { action: "cannot write", path: path.to_path_buf(), source }
        }
        other => Error::Invalid(other.to_string()),
    };
    let config = snapshot.config();
    let item = Arc::new(Field::new_list_field(DataType::Float32, false));
    let dims = i32::try_from(config.dims).map_err(|_| Error::Invalid("too many components".into()))?;
    let mut fields = vec![
        Field::new("id", DataType::UInt64, false),
        Field::new("vector", DataType::FixedSizeList(item.clone(), dims), false),
    ];
    let columns = config.schema.columns();
    fields.extend(columns.iter().map(|(name, ty)| Field::new(name, data_type(*ty), true)));
    let schema = Arc::new(Schema::new(fields));
    let file = std::io::BufWriter::new(fs::File::create(path).at("cannot write", path)?);
    let mut writer = FileWriter::try_new(file, &schema).map_err(failed)?;
    let known: Vec<u64> = ids.iter().copied().filter(|id| snapshot.get(*id).is_some()).collect();
    for ids in known.chunks(BATCH) {
        let values = ids.iter().filter_map(|id| snapshot.get(*id)).flat_map(|vector| vector.to_vec());
        let values: ArrayRef = Arc::new(Float32Array::from_iter_values(values));
        let vectors = FixedSizeListArray::try_new(item.clone(), dims, values, None).map_err(failed)?;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(UInt64Array::from(ids.to_vec())), Arc::new(vectors)];
        let rows: Vec<Row> = ids.iter().map(|id| snapshot.row(*id).unwrap_or_default()).collect();
        arrays.extend(columns.iter().map(|(name, ty)| array(&rows, name, *ty)));
        writer.write(&RecordBatch::try_new(schema.clone(), arrays).map_err(failed)?).map_err(failed)?;
    }
    let file = writer.into_inner().map_err(failed)?.into_inner().map_err(std::io::IntoInnerError::into_error);
    file.and_then(|file| file.sync_all()).at("cannot write", path)
}

fn data_type(ty: ColumnType) -> DataType {
    match ty {
        ColumnType::Int => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Text => DataType::Utf8,
        ColumnType::TextList => DataType::List(Arc::new(Field::new_list_field(DataType::Utf8, true))),
    }
}

/// A column's values in the order of the rows.
fn array(rows: &[Row], name: &str, ty: ColumnType) -> ArrayRef {
    let cells = || rows.iter().map(|row| row.get(name));
    macro_rules! collect {
        ($array:ty, $variant:path, $convert:expr) => {
            Arc::new(
                cells()
                    .map(|cell| match cell {
                        Some($variant(x)) => Some($convert(x)),
                        _ => None,
                    })
                    .collect::<$array>(),
            )
        };
    }
    match ty {
        ColumnType::Int => collect!(Int64Array, Value::Int, |x: &i64| *x),
        ColumnType::Float => collect!(Float64Array, Value::Float, |x: &f64| *x),
        ColumnType::Bool => collect!(BooleanArray, Value::Bool, |x: &bool| *x),
        ColumnType::Text => collect!(StringArray, Value::Text, String::as_str),
        ColumnType::TextList => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for cell in cells() {
                match cell {
                    Some(Value::TextList(texts)) => lists.append_value(texts.iter().map(Some)),
                    _ => lists.append_null(),
                }
            }
            Arc::new(lists.finish())
        }
    }
}
