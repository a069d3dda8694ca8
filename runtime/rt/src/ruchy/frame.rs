//! Data frames: tables of named columns, as dynamic values.

use super::dynamic_parts::{call, texts};
use super::show::text;
use crate::{Dict, Error, Object, Value};
use std::any::Any;
use std::rc::Rc;

/// A table. All columns have the same length; nothing changes one that exists.
#[derive(Clone, Default)]
pub struct DataFrame {
    columns: Vec<(String, Vec<Value>)>,
}

/// The rows of a table by what one of its columns holds.
struct Groups {
    table: DataFrame,
    by: String,
}

fn list(items: Vec<Value>) -> Value {
    Value::List(items.into())
}

fn number(count: usize) -> Value {
    Value::from(i64::try_from(count).unwrap_or(i64::MAX))
}

#[track_caller]
fn items(value: &Value) -> Vec<Value> {
    super::iter(value).collect()
}

/// The table with these columns.
#[track_caller]
pub fn dataframe(columns: &Value) -> Value {
    let mut table = DataFrame::default();
    if let Value::Dict(entries) = columns {
        for (name, column) in entries.borrow().iter() {
            table = table.with(text(name).to_string(), items(column));
        }
    }
    table.into_value()
}

/// The table that a text of lines with commas writes; its first line names the columns.
#[track_caller]
pub fn dataframe_from_csv(source: &str) -> Value {
    let mut lines = source.lines().filter(|line| !line.trim().is_empty());
    let names: Vec<&str> = lines.next().unwrap_or("").split(',').map(str::trim).collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').map(str::trim).collect()).collect();
    let column = |at: usize| rows.iter().map(|row| cell(row.get(at).copied().unwrap_or(""))).collect();
    let columns = names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), column(at))).collect();
    DataFrame { columns }.into_value()
}

fn cell(text: &str) -> Value {
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(value), _) => Value::from(value),
        (_, Ok(value)) => Value::Float(value),
        _ => Value::from(text.to_owned()),
    }
}

/// The table that a JSON list of objects writes.
#[track_caller]
pub fn dataframe_from_json(source: &str) -> Value {
    DataFrame::of_rows(&items(&super::json_parse(source)), &[]).into_value()
}

/// What a loop walks over: the rows of a table.
pub(super) fn walked(value: &Value) -> Option<Value> {
    DataFrame::of(value).map(|table| list(table.rows()))
}

/// The column that an index names.
#[track_caller]
pub(super) fn column(value: &Value, name: &Value) -> Option<Value> {
    DataFrame::of(value).map(|table| list(table.column(&text(name).to_string()).to_vec()))
}

/// Whether a value is a table.
pub(super) fn is_frame(value: &Value) -> bool {
    DataFrame::of(value).is_some()
}

impl DataFrame {
    fn of(value: &Value) -> Option<&Self> {
        match value {
            Value::Object(object) => object.as_any().downcast_ref(),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        Value::Object(Rc::new(self))
    }

    fn height(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    #[track_caller]
    fn column(&self, name: &str) -> &[Value] {
        match self.columns.iter().find(|(known, _)| known == name) {
            Some((_, column)) => column,
            None => super::panic(&format!("Column '{name}' not found in DataFrame")),
        }
    }

    #[track_caller]
    fn with(mut self, name: String, column: Vec<Value>) -> Self {
        if !self.columns.is_empty() && column.len() != self.height() {
            let text = format!("Column '{name}' has {} rows, expected {}", column.len(), self.height());
            super::panic(&text);
        }
        match self.columns.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = column,
            None => self.columns.push((name, column)),
        }
        self
    }

    /// The rows as objects.
    fn rows(&self) -> Vec<Value> {
        (0..self.height())
            .map(|at| {
                let pair =
                    |(name, column): &(String, Vec<Value>)| (Value::from(name.clone()), column[at].clone());
                Value::from(self.columns.iter().map(pair).collect::<Dict<Value, Value>>())
            })
            .collect()
    }

    /// The table of objects with the same keys; `names` are those of one without rows.
    #[track_caller]
    fn of_rows(rows: &[Value], names: &[String]) -> Self {
        let names = match rows.first() {
            Some(Value::Dict(first)) => first.borrow().keys().map(|name| text(name).to_string()).collect(),
            _ => names.to_vec(),
        };
        let column = |name: &String| rows.iter().map(|row| super::get_attr(row, name)).collect();
        let columns = names.iter().map(|name| (name.clone(), column(name))).collect();
        Self { columns }
    }

    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The rows at these places.
    fn picked(&self, places: impl IntoIterator<Item = usize> + Clone) -> Self {
        let column = |column: &[Value]| places.clone().into_iter().map(|at| column[at].clone()).collect();
        Self { columns: self.columns.iter().map(|(name, of)| (name.clone(), column(of))).collect() }
    }

    fn sorted_by(&self, name: &str) -> Self {
        let column = self.column(name);
        let mut places: Vec<usize> = (0..self.height()).collect();
        places.sort_by(|a, b| {
            match (super::lt(&column[*a], &column[*b]), super::gt(&column[*a], &column[*b])) {
                (true, _) => std::cmp::Ordering::Less,
                (_, true) => std::cmp::Ordering::Greater,
                _ => std::cmp::Ordering::Equal,
            }
        });
        self.picked(places)
    }

    fn to_csv(&self) -> String {
        let mut out = self.names().join(",") + "\n";
        for at in 0..self.height() {
            let cells = self.columns.iter().map(|(_, column)| text(&column[at]).to_string());
            out.push_str(&(cells.collect::<Vec<_>>().join(",") + "\n"));
        }
        out
    }

    /// Rows of both tables that hold the same in a column.
    fn joined(&self, other: &Self, on: &str) -> Self {
        let mut pairs = Vec::new();
        for (at, key) in self.column(on).iter().enumerate() {
            let same = other.column(on).iter().enumerate().filter(|(_, known)| super::eq(key, known));
            pairs.extend(same.map(|(other, _)| (at, other)));
        }
        let mut out = self.picked(pairs.iter().map(|(at, _)| *at).collect::<Vec<_>>());
        let more = other.picked(pairs.iter().map(|(_, at)| *at).collect::<Vec<_>>());
        let is_new = |name: &String| !self.columns.iter().any(|(known, _)| known == name);
        out.columns.extend(more.columns.into_iter().filter(|(name, _)| is_new(name)));
        out
    }

    /// All cells that are numbers.
    fn numbers(&self) -> Vec<Value> {
        let is_number = |value: &&Value| matches!(value, Value::Int(_) | Value::Float(_));
        self.columns.iter().flat_map(|(_, column)| column.iter().filter(is_number).cloned()).collect()
    }

    fn method(&self, name: &str, args: &[Value]) -> Option<Value> {
        let word = |value: &Value| text(value).to_string();
        let count = |value: &Value| usize::try_from(super::dynamic_parts::int(value)).unwrap_or(0);
        let made = match (name, args) {
            ("rows" | "len", []) => return Some(number(self.height())),
            ("columns", []) => return Some(number(self.columns.len())),
            ("column_names", []) => return Some(texts(self.names())),
            ("shape", []) => {
                return Some(Value::tuple(vec![number(self.height()), number(self.columns.len())]));
            }
            ("__getitem__", [name]) => return Some(list(self.column(&word(name)).to_vec())),
            ("__iter__", []) => return Some(list(self.rows())),
            ("is_empty", []) => return Some(Value::Bool(self.height() == 0)),
            ("to_csv", []) => return Some(Value::from(self.to_csv())),
            ("to_json", []) => return Some(Value::from(super::json_stringify(&list(self.rows())))),
            ("map", [of]) => {
                let made = self.rows().into_iter().map(|row| call(of, &[row]));
                return Some(list(made.collect()));
            }
            ("for_each", [of]) => {
                self.rows().into_iter().for_each(|row| drop(call(of, &[row])));
                return Some(Value::None);
            }
            ("groupby" | "group_by", [by]) => {
                let groups = Groups { table: self.clone(), by: word(by) };
                return Some(Value::Object(Rc::new(groups)));
            }
            ("sum" | "mean" | "std" | "var" | "min" | "max", []) => {
                return super::dynamic_parts::of_list(&self.numbers(), name, args);
            }
            ("build", []) => self.clone(),
            ("column", [name, column]) => self.clone().with(word(name), items(column)),
            ("filter", [test]) => {
                let rows = self.rows();
                let kept = (0..rows.len()).filter(|at| super::truth(&call(test, &rows[*at..=*at])));
                self.picked(kept.collect::<Vec<_>>())
            }
            ("select", [names]) => {
                let named = |name: Value| (word(&name), self.column(&word(&name)).to_vec());
                Self { columns: items(names).into_iter().map(named).collect() }
            }
            ("with_column", [name, of]) => {
                let made = self.rows().into_iter().map(|row| call(of, &[row])).collect();
                self.clone().with(word(name), made)
            }
            ("transform", [name, of]) => {
                let column = self.column(&word(name)).iter();
                let made = column.map(|cell| call(of, std::slice::from_ref(cell))).collect();
                self.clone().with(word(name), made)
            }
            ("sort_by", [name]) => self.sorted_by(&word(name)),
            ("head" | "limit" | "take", [size]) => self.picked(0..count(size).min(self.height())),
            ("tail", [size]) => self.picked(self.height().saturating_sub(count(size))..self.height()),
            ("join", [other, on]) => self.joined(Self::of(other)?, &word(on)),
            _ => return None,
        };
        Some(made.into_value())
    }
}

impl Object for DataFrame {
    fn type_name(&self) -> &str {
        "dataframe"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        self.method(name, args).map(Ok)
    }

    fn repr(&self) -> String {
        let mut out = format!("DataFrame with {} columns:\n", self.columns.len());
        for (name, column) in &self.columns {
            out.push_str(&format!("  {name}: {} rows\n", column.len()));
        }
        out
    }

    fn equals(&self, other: &Value) -> Option<bool> {
        Some(Self::of(other).is_some_and(|other| {
            self.names() == other.names() && super::eq(&list(self.rows()), &list(other.rows()))
        }))
    }
}

impl Groups {
    /// A table with one row for each group: its key, and what `name` makes of the columns.
    fn summed(&self, name: &str, only: Option<&str>) -> Option<DataFrame> {
        let keys = self.table.column(&self.by);
        let mut groups: Vec<(Value, Vec<usize>)> = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            match groups.iter_mut().find(|(known, _)| super::eq(known, key)) {
                Some((_, places)) => places.push(at),
                None => groups.push((key.clone(), vec![at])),
            }
        }
        let mut out = DataFrame::default();
        out.columns.push((self.by.clone(), groups.iter().map(|(key, _)| key.clone()).collect()));
        if name == "count" {
            let counts = groups.iter().map(|(_, places)| number(places.len()));
            out.columns.push(("count".to_owned(), counts.collect()));
            return Some(out);
        }
        for (column, cells) in &self.table.columns {
            let is_number = cells.iter().all(|cell| matches!(cell, Value::Int(_) | Value::Float(_)));
            if *column == self.by || !is_number || only.is_some_and(|only| only != column) {
                continue;
            }
            let mut made = Vec::new();
            for (_, places) in &groups {
                let part: Vec<Value> = places.iter().map(|at| cells[*at].clone()).collect();
                made.push(super::dynamic_parts::of_list(&part, name, &[])?);
            }
            out.columns.push((column.clone(), made));
        }
        Some(out)
    }
}

impl Object for Groups {
    fn type_name(&self) -> &str {
        "groups"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn call_method(self: Rc<Self>, name: &str, args: &[Value]) -> Option<Result<Value, Error>> {
        let only = args.first().map(|name| text(name).to_string());
        self.summed(name, only.as_deref()).map(|table| Ok(table.into_value()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Value {
        dataframe_from_csv("name,age,dept\nann,31,ops\nbob,25,dev\ncyd,44,dev\n")
    }

    fn method(of: &Value, name: &str, args: &[Value]) -> Value {
        super::super::call_method(of, name, args)
    }

    #[test]
    fn tables_are_shown_sorted_and_grouped() {
        let table = table();
        let shown = "DataFrame with 3 columns:\n  name: 3 rows\n  age: 3 rows\n  dept: 3 rows\n";
        assert_eq!(text(&table).to_string(), shown);
        let sorted = method(&table, "sort_by", &[Value::from("age".to_owned())]);
        let names = column(&sorted, &Value::from("name".to_owned())).unwrap_or_default();
        assert_eq!(text(&names).to_string(), "[\"bob\", \"ann\", \"cyd\"]");
        let groups = method(&table, "groupby", &[Value::from("dept".to_owned())]);
        let sums = method(&groups, "sum", &[]);
        assert_eq!(text(&method(&sums, "to_csv", &[])).to_string(), "dept,age\nops,31\ndev,69\n");
    }

    #[test]
    fn numbers_of_all_columns() {
        assert_eq!(text(&method(&table(), "sum", &[])).to_string(), "100");
        assert_eq!(text(&method(&table(), "max", &[])).to_string(), "44");
    }
}
