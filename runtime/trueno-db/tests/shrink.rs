//! Files that become shorter while they are mapped.

mod common;

use common::Mixture;
use trueno_db::{
    Codes, ColumnType, Config, Error, Filter, Method, Metric, OpenOptions, Row, SearchOptions, VectorDb,
};

fn build(folder: &std::path::Path) -> std::path::PathBuf {
    let config = Config::new(32, Metric::L2).codes(Codes::I8).column("tag", ColumnType::Text);
    let options = OpenOptions { threads: 1, ..OpenOptions::default() };
    let mut db = VectorDb::create_with(folder, config, options).unwrap();
    let ids: Vec<u64> = (0..160).collect();
    let rows: Vec<Row> =
        ids.iter().map(|id| Row::new().set("tag", format!("t{}", id % 7).as_str())).collect();
    db.add_batch(&ids, &Mixture::new(1, 32, 5).take(160), &rows).unwrap();
    db.close().unwrap();
    let file = folder.join("base-0000000000000002.tdb");
    assert!(file.exists());
    file
}

#[test]
fn a_file_that_shrinks_gives_an_error_and_no_crash() {
    let probe = tempfile::tempdir().unwrap();
    let length = std::fs::metadata(build(probe.path())).unwrap().len();
    for new in [0, 1, 4096, 5000, length / 2, length - 4096, length - 1] {
        for read_only in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let path = build(folder.path());
            let options = OpenOptions { read_only, ..OpenOptions::default() };
            let mut db = VectorDb::open_with(folder.path(), options).unwrap();
            let query = db.get(3).unwrap().to_vec();
            let snapshot = db.snapshot();
            let borrowed = snapshot.get(5).unwrap();
            assert!(db.search(&query, 5).is_ok());
            std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(new).unwrap();
            for method in [Method::Graph, Method::Exact] {
                let options = SearchOptions::new(5).method(method);
                assert!(
                    matches!(db.search_with(&query, &options), Err(Error::Shrunk { .. })),
                    "{new} {method:?}"
                );
                let options = options.filter(Filter::eq("tag", "t3"));
                assert!(matches!(db.search_with(&query, &options), Err(Error::Shrunk { .. })));
            }
            assert!(matches!(db.search_batch(&query, &SearchOptions::new(1)), Err(Error::Shrunk { .. })));
            // A borrow from before reads zeros at worst.
            assert!(borrowed.iter().sum::<f32>().is_finite());
            let _ = (snapshot.get(100), snapshot.row(100), snapshot.ids().count());
            assert!(db.verify().is_err());
            assert!(db.add(9000, &query).is_err());
            assert!(db.checkpoint().is_err() && db.compact().is_err());
        }
    }
}

#[test]
fn checksums_in_the_background_stop_searches_of_a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = build(folder.path());
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[9000] ^= 4;
    std::fs::write(&path, bytes).unwrap();
    let options = OpenOptions { read_only: true, background_checksums: true, ..OpenOptions::default() };
    let db = VectorDb::open_with(folder.path(), options).unwrap();
    let report = db.verify().unwrap();
    assert!(!report.is_sound() && report.problems[0].contains("checksum"), "{:?}", report.problems);
    // The thread needs a moment; a search fails from then on.
    while db.search(&[0.0; 32], 1).is_ok() {
        std::thread::yield_now();
    }
    assert!(matches!(db.search(&[0.0; 32], 1), Err(Error::Corrupt { .. })));
}
