//! The source map: which line of the original an emitted line came from.
//!
//! ```json
//! {"files": [{"rust": "src/main.rs", "source": "prog.py",
//!             "lines": [[3, 1], [9, 4], [9, 30, 5]], "stores": [[9, 5]]}]}
//! ```
//! A row is `[rust line, source line]` or `[rust line, rust column, source line]`; it holds from
//! there to the next row. Rows ascend. `stores` are the places (line, column) of `[i]` in `xs[i] = value`.

use std::sync::OnceLock;

use crate::error::Place;
use crate::json_read::Json;

static MAP: OnceLock<Map> = OnceLock::new();

struct Map {
    files: Vec<File>,
}

struct File {
    rust: String,
    source: String,
    rows: Vec<Row>,
    stores: Vec<(u32, u32)>,
}

struct Row {
    line: u32,
    column: u32,
    source_line: u32,
}

/// Keeps the map in `text` for later look-ups; a malformed map is an empty one.
pub(crate) fn set(text: &str) {
    let _ = MAP.set(Map::read(text));
}

/// The file and line of the original that `place` came from.
pub(crate) fn look_up(place: &Place) -> Option<(&'static str, u32)> {
    MAP.get()?.look_up(place)
}

/// Whether the expression at `place` is an item that an assignment replaces.
pub(crate) fn is_store(place: &Place) -> bool {
    let file = MAP.get().and_then(|map| map.file(place));
    file.is_some_and(|file| file.stores.contains(&(place.line, place.column)))
}

impl Map {
    fn read(text: &str) -> Map {
        let json = Json::parse(text).unwrap_or(Json::Null);
        let files = json.get("files").map(Json::items).unwrap_or_default();
        Map { files: files.iter().filter_map(File::read).collect() }
    }

    fn file(&self, place: &Place) -> Option<&File> {
        self.files.iter().find(|file| place.file.ends_with(file.rust.as_str()))
    }

    fn look_up(&self, place: &Place) -> Option<(&str, u32)> {
        let file = self.file(place)?;
        let at = (place.line, place.column);
        let after = file.rows.partition_point(|row| (row.line, row.column) <= at);
        let row = file.rows.get(after.checked_sub(1)?)?;
        Some((file.source.as_str(), row.source_line))
    }
}

impl File {
    fn read(json: &Json) -> Option<File> {
        Some(File {
            rust: json.get("rust")?.text()?.to_owned(),
            source: json.get("source")?.text()?.to_owned(),
            rows: json.get("lines")?.items().iter().filter_map(Row::read).collect(),
            stores: json.get("stores").map(Json::items).unwrap_or_default().iter().filter_map(pair).collect(),
        })
    }
}

fn pair(json: &Json) -> Option<(u32, u32)> {
    match json.items() {
        [line, column] => Some((line.number()?, column.number()?)),
        _ => None,
    }
}

impl Row {
    fn read(json: &Json) -> Option<Row> {
        match json.items() {
            [line, source] => Some(Row { line: line.number()?, column: 0, source_line: source.number()? }),
            [line, column, source] => {
                Some(Row { line: line.number()?, column: column.number()?, source_line: source.number()? })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Map;
    use crate::error::Place;

    #[test]
    fn finds_the_row_at_or_before_a_place() {
        let map =
            Map::read(r#"{"files":[{"rust":"src/main.rs","source":"p.py","lines":[[3,1],[9,4],[9,30,5]]}]}"#);
        let look =
            |line, column| map.look_up(&Place { file: "src/main.rs".into(), line, column }).map(|(_, l)| l);
        assert_eq!(look(2, 1), None);
        assert_eq!(look(8, 1), Some(1));
        assert_eq!(look(9, 5), Some(4));
        assert_eq!(look(9, 31), Some(5));
        assert_eq!(look(80, 1), Some(5));
    }
}
