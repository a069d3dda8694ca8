//! Filters on metadata: a builder, and the form that is evaluated.
//!
//! A comparison with a missing value is false, and so is its opposite; `not (a == 1)` is true
//! where `a` is missing. Integers compare with floats by value, exactly.

use std::cmp::Ordering;

use crate::error::{Error, Result};
use crate::value::{ColumnType, Schema, Value};

/// A condition on the metadata of a vector.
///
/// ```
/// use trueno_db::Filter;
/// let built = Filter::ge("age", 30).and(Filter::one_of("lang", ["fr", "de"]));
/// let read: Filter = "age >= 30 and lang in [\"fr\", \"de\"]".parse()?;
/// assert_eq!(built, read);
/// # Ok::<(), trueno_db::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// The column compares so with the value.
    Compare(String, Comparison, Value),
    /// The column is one of the values.
    In(String, Vec<Value>),
    /// The column, a list of strings, holds this one.
    Contains(String, String),
    /// The column has a value.
    Has(String),
    /// All hold.
    And(Vec<Filter>),
    /// One holds at least.
    Or(Vec<Filter>),
    /// Does not hold.
    Not(Box<Filter>),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl Comparison {
    fn accepts(self, order: Ordering) -> bool {
        match self {
            Comparison::Eq => order == Ordering::Equal,
            Comparison::Ne => order != Ordering::Equal,
            Comparison::Lt => order == Ordering::Less,
            Comparison::Le => order != Ordering::Greater,
            Comparison::Gt => order == Ordering::Greater,
            Comparison::Ge => order != Ordering::Less,
        }
    }
}

impl Filter {
    /// `column == value`
    pub fn eq(column: &str, value: impl Into<Value>) -> Filter {
        Filter::Compare(column.into(), Comparison::Eq, value.into())
    }

    /// `column != value`
    pub fn ne(column: &str, value: impl Into<Value>) -> Filter {
        Filter::Compare(column.into(), Comparison::Ne, value.into())
    }

    /// `column < value`
    pub fn lt(column: &str, value: impl Into<Value>) -> Filter {
        Filter::Compare(column.into(), Comparison::Lt, value.into())
    }

    /// `column <= value`
    pub fn le(column: &str, value: impl Into<Value>) -> Filter {
        Filter::Compare(column.into(), Comparison::Le, value.into())
    }

    /// `column > value`
    pub fn gt(column: &str, value: impl Into<Value>) -> Filter {
        Filter::Compare(column.into(), Comparison::Gt, value.into())
    }

    /// `column >= value`
    pub fn ge(column: &str, value: impl Into<Value>) -> Filter {
        Filter::Compare(column.into(), Comparison::Ge, value.into())
    }

    /// `column in [values]`
    pub fn one_of<V: Into<Value>>(column: &str, values: impl IntoIterator<Item = V>) -> Filter {
        Filter::In(column.into(), values.into_iter().map(Into::into).collect())
    }

    /// `column contains text`
    pub fn contains(column: &str, text: &str) -> Filter {
        Filter::Contains(column.into(), text.into())
    }

    /// `has column`
    pub fn has(column: &str) -> Filter {
        Filter::Has(column.into())
    }

    /// Both hold.
    pub fn and(self, other: Filter) -> Filter {
        match self {
            Filter::And(mut all) => {
                all.push(other);
                Filter::And(all)
            }
            first => Filter::And(vec![first, other]),
        }
    }

    /// One holds at least.
    pub fn or(self, other: Filter) -> Filter {
        match self {
            Filter::Or(mut all) => {
                all.push(other);
                Filter::Or(all)
            }
            first => Filter::Or(vec![first, other]),
        }
    }

    /// Does not hold.
    pub fn negate(self) -> Filter {
        Filter::Not(Box::new(self))
    }

    /// Checks names and types and gives the form that is evaluated.
    pub(crate) fn compile(&self, schema: &Schema) -> Result<Test> {
        let column = |name: &str| {
            schema.find(name).ok_or_else(|| Error::Invalid(format!("no column is named `{name}`")))
        };
        Ok(match self {
            Filter::Compare(name, comparison, value) => {
                let (at, ty) = column(name)?;
                comparable(name, ty, value)?;
                Test::Compare(at, *comparison, value.clone())
            }
            Filter::In(name, values) => {
                let (at, ty) = column(name)?;
                values.iter().try_for_each(|value| comparable(name, ty, value))?;
                Test::In(at, values.clone())
            }
            Filter::Contains(name, text) => {
                let (at, ty) = column(name)?;
                if ty != ColumnType::TextList {
                    let ty = ty.name();
                    return Err(Error::Invalid(format!("`{name}` holds {ty}: `contains` wants a list")));
                }
                Test::Contains(at, text.clone())
            }
            Filter::Has(name) => Test::Has(column(name)?.0),
            Filter::And(all) => Test::And(compile_all(all, schema)?),
            Filter::Or(all) => Test::Or(compile_all(all, schema)?),
            Filter::Not(one) => Test::Not(Box::new(one.compile(schema)?)),
        })
    }
}

fn compile_all(filters: &[Filter], schema: &Schema) -> Result<Vec<Test>> {
    filters.iter().map(|filter| filter.compile(schema)).collect()
}

fn comparable(name: &str, ty: ColumnType, value: &Value) -> Result<()> {
    let numeric = |ty| matches!(ty, ColumnType::Int | ColumnType::Float);
    let other = value.column_type();
    if matches!(value, Value::Float(x) if x.is_nan()) {
        return Err(Error::Invalid(format!("`{name}` cannot be compared with NaN")));
    }
    if ty != ColumnType::TextList && (ty == other || (numeric(ty) && numeric(other))) {
        return Ok(());
    }
    let hint = if ty == ColumnType::TextList { ": use `contains`" } else { "" };
    let (ty, other) = (ty.name(), other.name());
    Err(Error::Invalid(format!("`{name}` holds {ty} and cannot be compared with {other}{hint}")))
}

/// A value that lies in a column.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'a str),
    List(TextItems<'a>),
}

/// The strings of a list: from a row, or through a function over a column's bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TextItems<'a> {
    Row(&'a [String]),
    Column(crate::meta::TextRange<'a>),
}

impl<'a> TextItems<'a> {
    pub(crate) fn iter(self) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match self {
            TextItems::Row(items) => Box::new(items.iter().map(String::as_str)),
            TextItems::Column(range) => Box::new(range.iter()),
        }
    }
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Cell<'a> {
        match value {
            Value::Int(x) => Cell::Int(*x),
            Value::Float(x) => Cell::Float(*x),
            Value::Bool(x) => Cell::Bool(*x),
            Value::Text(x) => Cell::Text(x),
            Value::TextList(x) => Cell::List(TextItems::Row(x)),
        }
    }
}

/// Gives the cells of one vector.
pub(crate) trait Cells {
    fn cell(&self, column: usize) -> Option<Cell<'_>>;
}

/// A filter whose names and types were checked.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Compare(usize, Comparison, Value),
    In(usize, Vec<Value>),
    Contains(usize, String),
    Has(usize),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
}

impl Test {
    /// Whether the vector with these cells passes.
    pub(crate) fn passes(&self, cells: &impl Cells) -> bool {
        match self {
            Test::Compare(column, comparison, value) => cells
                .cell(*column)
                .and_then(|cell| compare(cell, value.into()))
                .is_some_and(|order| comparison.accepts(order)),
            Test::In(column, values) => cells.cell(*column).is_some_and(|cell| {
                values.iter().any(|value| compare(cell, value.into()) == Some(Ordering::Equal))
            }),
            Test::Contains(column, text) => match cells.cell(*column) {
                Some(Cell::List(items)) => items.iter().any(|item| item == text),
                _ => false,
            },
            Test::Has(column) => cells.cell(*column).is_some(),
            Test::And(all) => all.iter().all(|test| test.passes(cells)),
            Test::Or(all) => all.iter().any(|test| test.passes(cells)),
            Test::Not(test) => !test.passes(cells),
        }
    }
}

fn compare(a: Cell<'_>, b: Cell<'_>) -> Option<Ordering> {
    match (a, b) {
        (Cell::Int(a), Cell::Int(b)) => Some(a.cmp(&b)),
        (Cell::Float(a), Cell::Float(b)) => a.partial_cmp(&b),
        (Cell::Int(a), Cell::Float(b)) => int_float(a, b),
        (Cell::Float(a), Cell::Int(b)) => int_float(b, a).map(Ordering::reverse),
        (Cell::Bool(a), Cell::Bool(b)) => Some(a.cmp(&b)),
        (Cell::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Compares without rounding the integer.
fn int_float(a: i64, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    if b >= 9_223_372_036_854_775_808.0 {
        return Some(Ordering::Less);
    }
    if b < -9_223_372_036_854_775_808.0 {
        return Some(Ordering::Greater);
    }
    let whole = b.trunc();
    Some(a.cmp(&(whole as i64)).then_with(|| whole.partial_cmp(&b).unwrap_or(Ordering::Equal)))
}
