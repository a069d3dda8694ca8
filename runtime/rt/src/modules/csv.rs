//! Python's `csv`: reading rows and the text of rows.

use crate::class::Exception;
use crate::collections::Dict;

crate::exceptions! {
    /// `csv.Error`.
    pub CsvError(Exception) as "_csv.Error";
}

/// `csv.reader(lines, delimiter=..)`: one row after the other; a quoted field may span lines.
pub fn reader<S: AsRef<str>>(
    lines: impl IntoIterator<Item = S>,
    delimiter: &str,
) -> impl Iterator<Item = Vec<String>> {
    let delimiter = delimiter.chars().next().unwrap_or(',');
    let mut lines = lines.into_iter();
    std::iter::from_fn(move || {
        let mut text = lines.next()?.as_ref().to_owned();
        loop {
            match fields(&text, delimiter) {
                Some(row) => return Some(row),
                None => match lines.next() {
                    Some(more) => text.push_str(more.as_ref()),
                    None => {
                        text.push('"');
                        return fields(&text, delimiter);
                    }
                },
            }
        }
    })
}

/// The fields of a row; none while a quotation is open.
fn fields(line: &str, delimiter: char) -> Option<Vec<String>> {
    let (mut row, mut field, mut quoted, mut started) = (Vec::new(), String::new(), false, false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted => {
                if chars.next_if_eq(&'"').is_some() {
                    field.push('"');
                } else {
                    quoted = false;
                }
            }
            c if quoted => field.push(c),
            '"' if field.is_empty() && !started => (quoted, started) = (true, true),
            '\r' | '\n' => break,
            c if c == delimiter => {
                row.push(std::mem::take(&mut field));
                started = false;
            }
            c => field.push(c),
        }
    }
    if quoted {
        return None;
    }
    if !row.is_empty() || !field.is_empty() || started {
        row.push(field);
    }
    Some(row)
}

/// `csv.DictReader(lines)`: the first row names the fields.
pub fn dict_reader<S: AsRef<str>>(
    lines: impl IntoIterator<Item = S>,
    delimiter: &str,
) -> impl Iterator<Item = Dict<String, String>> {
    let mut rows = reader(lines, delimiter).filter(|row| !row.is_empty());
    let names = rows.next().unwrap_or_default();
    rows.map(move |row| names.iter().cloned().zip(row).collect())
}

/// The text of one row as `csv.writer` writes it, `\r\n` at its end.
pub fn row_text<S: AsRef<str>>(fields: impl IntoIterator<Item = S>, delimiter: &str) -> String {
    let fields: Vec<String> = fields.into_iter().map(|field| field.as_ref().to_owned()).collect();
    let quote = |field: &String| {
        let special = field.contains(['"', '\r', '\n'])
            || field.contains(delimiter)
            || fields.len() == 1 && field.is_empty();
        if special { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() }
    };
    fields.iter().map(quote).collect::<Vec<_>>().join(delimiter) + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cpythons() {
        let rows: Vec<Vec<String>> = reader(["a,\"b,\"\"c\"\"\",\n", "\n", "\"x\n", "y\",z"], ",").collect();
        assert_eq!(crate::repr(&rows).to_string(), "[['a', 'b,\"c\"', ''], [], ['x\\ny', 'z']]");
        assert_eq!(row_text(["a", "b,c", "d\"e", ""], ","), "a,\"b,c\",\"d\"\"e\",\r\n");
    }
}
