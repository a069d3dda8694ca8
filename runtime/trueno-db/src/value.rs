//! Metadata: typed columns, the values in them, and the rows that callers give.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// What a metadata column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ColumnType {
    /// `i64`.
    Int = 1,
    /// `f64`.
    Float = 2,
    /// True or false.
    Bool = 3,
    /// A string.
    Text = 4,
    /// A list of strings.
    TextList = 5,
}

impl ColumnType {
    pub(crate) fn from_byte(byte: u8) -> Option<ColumnType> {
        [ColumnType::Int, ColumnType::Float, ColumnType::Bool, ColumnType::Text, ColumnType::TextList]
            .into_iter()
            .find(|ty| *ty as u8 == byte)
    }

    /// The type's name as messages show it.
    pub fn name(self) -> &'static str {
        match self {
            ColumnType::Int => "int",
            ColumnType::Float => "float",
            ColumnType::Bool => "bool",
            ColumnType::Text => "text",
            ColumnType::TextList => "text list",
        }
    }
}

/// One metadata value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An integer.
    Int(i64),
    /// A float; never NaN.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A string.
    Text(String),
    /// A list of strings.
    TextList(Vec<String>),
}

impl Value {
    /// The column type that takes this value.
    pub fn column_type(&self) -> ColumnType {
        match self {
            Value::Int(_) => ColumnType::Int,
            Value::Float(_) => ColumnType::Float,
            Value::Bool(_) => ColumnType::Bool,
            Value::Text(_) => ColumnType::Text,
            Value::TextList(_) => ColumnType::TextList,
        }
    }
}

macro_rules! value_from {
    ($($from:ty => $to:expr),* $(,)?) => {$(
        impl From<$from> for Value {
            fn from(value: $from) -> Value {
                $to(value)
            }
        }
    )*};
}

value_from! {
    i64 => Value::Int,
    i32 => |v| Value::Int(i64::from(v)),
    f64 => Value::Float,
    bool => Value::Bool,
    String => Value::Text,
    &str => |v: &str| Value::Text(v.to_string()),
    Vec<String> => Value::TextList,
    Vec<&str> => |v: Vec<&str>| Value::TextList(v.into_iter().map(str::to_string).collect()),
}

/// The names and types of the metadata columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    columns: Vec<(String, ColumnType)>,
}

impl Schema {
    /// Adds a column.
    pub fn push(&mut self, name: &str, ty: ColumnType) {
        self.columns.push((name.to_string(), ty));
    }

    /// Names and types in order.
    pub fn columns(&self) -> &[(String, ColumnType)] {
        &self.columns
    }

    /// The place and type of a column.
    pub fn find(&self, name: &str) -> Option<(usize, ColumnType)> {
        let at = self.columns.iter().position(|(known, _)| known == name)?;
        Some((at, self.columns[at].1))
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.columns.len() > 128 {
            return Err(Error::Invalid("more than 128 columns".into()));
        }
        for (at, (name, _)) in self.columns.iter().enumerate() {
            let mut letters = name.chars();
            let first = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_');
            if !first || !letters.all(|c| c.is_alphanumeric() || c == '_') || name.len() > 255 {
                return Err(Error::Invalid(format!("`{name}` is no column name: use letters, digits and _")));
            }
            if self.columns[..at].iter().any(|(other, _)| other == name) {
                return Err(Error::Invalid(format!("two columns are named `{name}`")));
            }
        }
        Ok(())
    }

    /// The row's values in the order of the columns.
    pub(crate) fn order(&self, row: &Row) -> Result<Cells> {
        let mut cells: Vec<Option<Value>> = vec![None; self.columns.len()];
        for (name, value) in &row.values {
            let Some((at, ty)) = self.find(name) else {
                return Err(Error::Invalid(format!("no column is named `{name}`")));
            };
            cells[at] = Some(fit(name, ty, value.clone())?);
        }
        Ok(cells.into_boxed_slice())
    }
}

/// A row's values in the order of the columns.
pub(crate) type Cells = Box<[Option<Value>]>;

fn fit(name: &str, ty: ColumnType, value: Value) -> Result<Value> {
    match (ty, value) {
        (ColumnType::Float, Value::Int(x)) => Ok(Value::Float(x as f64)),
        (ColumnType::Float, Value::Float(x)) if x.is_nan() => {
            Err(Error::Invalid(format!("column `{name}` takes no NaN: leave the value out")))
        }
        (ty, value) if value.column_type() == ty => Ok(value),
        (ty, value) => Err(Error::Invalid(format!(
            "column `{name}` holds {}, not {}",
            ty.name(),
            value.column_type().name()
        ))),
    }
}

/// Metadata of one vector. Columns that are left out have no value there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    values: BTreeMap<String, Value>,
}

impl Row {
    /// A row without values.
    pub fn new() -> Row {
        Row::default()
    }

    /// Sets a column.
    pub fn set(mut self, column: &str, value: impl Into<Value>) -> Row {
        self.values.insert(column.to_string(), value.into());
        self
    }

    /// The value of a column.
    pub fn get(&self, column: &str) -> Option<&Value> {
        self.values.get(column)
    }

    /// All values by column name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn insert(&mut self, column: &str, value: Value) {
        self.values.insert(column.to_string(), value);
    }
}

/// Appends a row's bytes: per column a presence byte, then the value.
pub(crate) fn encode_cells(cells: &Cells, out: &mut Vec<u8>) {
    for cell in cells {
        out.push(u8::from(cell.is_some()));
        match cell {
            None => {}
            Some(Value::Int(x)) => out.extend(x.to_le_bytes()),
            Some(Value::Float(x)) => out.extend(x.to_le_bytes()),
            Some(Value::Bool(x)) => out.push(u8::from(*x)),
            Some(Value::Text(x)) => encode_text(x, out),
            Some(Value::TextList(x)) => {
                out.extend((x.len() as u32).to_le_bytes());
                x.iter().for_each(|text| encode_text(text, out));
            }
        }
    }
}

fn encode_text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

/// Reads numbers and texts from bytes, and gives `None` past the end.
#[derive(Debug)]
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Bytes { rest: bytes }
    }

    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(head)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take(4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take(8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let n = self.u32()? as usize;
        String::from_utf8(self.take(n)?.to_vec()).ok()
    }

    /// A row written by `encode_cells`.
    pub(crate) fn cells(&mut self, schema: &Schema) -> Option<Cells> {
        schema.columns.iter().map(|(_, ty)| self.cell(*ty)).collect()
    }

    fn cell(&mut self, ty: ColumnType) -> Option<Option<Value>> {
        match self.u8()? {
            0 => return Some(None),
            1 => {}
            _ => return None,
        }
        Some(Some(match ty {
            ColumnType::Int => Value::Int(self.u64()? as i64),
            ColumnType::Float => Value::Float(f64::from_bits(self.u64()?)),
            ColumnType::Bool => Value::Bool(self.u8()? != 0),
            ColumnType::Text => Value::Text(self.text()?),
            ColumnType::TextList => {
                let n = self.u32()? as usize;
                // Each text has four bytes of length at least: no allocation past the input.
                if n > self.rest.len() / 4 {
                    return None;
                }
                Value::TextList((0..n).map(|_| self.text()).collect::<Option<_>>()?)
            }
        }))
    }
}
