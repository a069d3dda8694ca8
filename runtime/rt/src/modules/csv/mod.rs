//! Python's `csv`: reading rows and writing them.

mod dialect;
mod reader;
mod sniffer;
mod writer;

use crate::class::Exception;

pub use dialect::{
    Dialect, field_size_limit, get_dialect, list_dialects, register_dialect, unregister_dialect,
};
pub use reader::{CsvReader, CsvRecords, DictReader, reader};
pub use sniffer::Sniffer;
pub use writer::{CsvWriter, DictWriter};

crate::exceptions! {
    /// `csv.Error`.
    pub CsvError(Exception) as "_csv.Error";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StringIO;

    fn rows(lines: &[&str], dialect: Dialect) -> String {
        let rows: Vec<Vec<String>> = reader(lines.to_vec(), dialect).collect();
        crate::repr(&rows).to_string()
    }

    #[test]
    fn rows_are_cpythons() {
        let lines = ["a,\"b,\"\"c\"\"\",\n", "\n", "\"x\n", "y\",z"];
        assert_eq!(rows(&lines, Dialect::default()), "[['a', 'b,\"c\"', ''], [], ['x\\ny', 'z']]");
        let out = StringIO::default();
        let writer = CsvWriter::new(out.clone(), Dialect::default());
        writer.write_texts(["a", "b,c", "d\"e", ""]);
        assert_eq!(out.getvalue(), "a,\"b,c\",\"d\"\"e\",\r\n");
    }

    #[test]
    fn what_is_escaped_is_taken_as_it_is() {
        let dialect = Dialect::default().with_escapechar("\\").with_doublequote(false);
        assert_eq!(rows(&["a\\,b,\"c\\\"d\",e\n"], dialect.clone()), "[['a,b', 'c\"d', 'e']]");
        let out = StringIO::default();
        CsvWriter::new(out.clone(), dialect.with_quoting(3)).write_texts(["a,b", "c\"d"]);
        assert_eq!(out.getvalue(), "a\\,b,c\\\"d\r\n");
    }

    #[test]
    fn samples_say_how_they_are_written() {
        let sniffed = |text: &str| Sniffer.sniff(text, None).map(|dialect| dialect.delimiter());
        assert_eq!(sniffed("a|b|c\n1|2|3\n").ok(), Some("|".to_owned()));
        assert_eq!(sniffed("'a';'b'\n'c';'d'\n").ok(), Some(";".to_owned()));
        assert_eq!(sniffed("abc\n").ok(), Some("c".to_owned()));
        assert!(sniffed("").is_err());
        assert!(Sniffer.has_header("name,age\nAnn,31\nBob,4\n").is_ok_and(|has| has));
    }
}
