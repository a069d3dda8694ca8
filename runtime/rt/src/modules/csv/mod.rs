//! Python's `csv`: reading rows and writing them.

mod reader;
mod writer;

use crate::class::Exception;

pub use reader::{CsvReader, DictReader, reader};
pub use writer::{CsvWriter, DictWriter};

crate::exceptions! {
    /// `csv.Error`.
    pub CsvError(Exception) as "_csv.Error";
}

/// How rows are written: the keyword arguments of `csv.reader` and `csv.writer`.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Stands between fields.
    pub delimiter: char,
    /// Stands around fields with special characters.
    pub quote: char,
    /// What is quoted: 0 what must be, 1 all, 2 all but numbers, 3 nothing.
    pub quoting: i64,
    /// Ends a written row.
    pub end: String,
    /// A space behind the delimiter is skipped.
    pub skip_space: bool,
}

impl Default for Dialect {
    fn default() -> Dialect {
        Dialect { delimiter: ',', quote: '"', quoting: 0, end: "\r\n".to_owned(), skip_space: false }
    }
}

impl Dialect {
    /// Fields are separated by `delimiter`.
    pub fn delimited(delimiter: &str) -> Dialect {
        Dialect { delimiter: delimiter.chars().next().unwrap_or(','), ..Dialect::default() }
    }

    /// `delimiter=.., quotechar=.., skipinitialspace=..` of a reader.
    pub fn read(delimiter: &str, quote: &str, skip_space: bool) -> Dialect {
        Dialect { quote: quote.chars().next().unwrap_or('"'), skip_space, ..Dialect::delimited(delimiter) }
    }

    /// `delimiter=.., quotechar=.., quoting=.., lineterminator=..` of a writer.
    pub fn written(delimiter: &str, quote: &str, quoting: i64, end: &str) -> Dialect {
        Dialect { quoting, end: end.to_owned(), ..Dialect::read(delimiter, quote, false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StringIO;

    #[test]
    fn rows_are_cpythons() {
        let lines = ["a,\"b,\"\"c\"\"\",\n", "\n", "\"x\n", "y\",z"];
        let rows: Vec<Vec<String>> = reader(lines, Dialect::default()).collect();
        assert_eq!(crate::repr(&rows).to_string(), "[['a', 'b,\"c\"', ''], [], ['x\\ny', 'z']]");
        let out = StringIO::default();
        let writer = CsvWriter::new(out.clone(), Dialect::default());
        writer.write_texts(["a", "b,c", "d\"e", ""]);
        assert_eq!(out.getvalue(), "a,\"b,c\",\"d\"\"e\",\r\n");
    }
}
