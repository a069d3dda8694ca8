//! Arrow files: what is written is read again, and damaged files are errors.
//!
//! `TRUENO_DB_MUTATIONS=100000` sets the number of damaged files, `TRUENO_DB_SEED` the seed.
#![cfg(feature = "arrow")]

mod common;

use common::{Mixture, Random, number};
use trueno_db::io::{read_arrow, write_arrow};
use trueno_db::{ColumnType, Config, Error, Metric, OpenOptions, Row, SyncPolicy, VectorDb};

const DIMS: usize = 5;

/// A database of 70 vectors; every third row is empty.
fn sample(folder: &std::path::Path) -> VectorDb {
    let config = Config::new(DIMS, Metric::L2)
        .column("n", ColumnType::Int)
        .column("x", ColumnType::Float)
        .column("b", ColumnType::Bool)
        .column("tag", ColumnType::Text)
        .column("all", ColumnType::TextList);
    let options = OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() };
    let mut db = VectorDb::create_with(folder, config, options).unwrap();
    let ids: Vec<u64> = (0..70).map(|i| i * 7).collect();
    let row = |id: u64| match id % 3 {
        0 => Row::new(),
        _ => Row::new()
            .set("n", id as i64 - 50)
            .set("x", id as f64 / 3.0)
            .set("b", id.is_multiple_of(2))
            .set("tag", format!("é{id}").as_str())
            .set("all", vec!["a", ""]),
    };
    let rows: Vec<Row> = ids.iter().map(|id| row(*id)).collect();
    db.add_batch(&ids, &Mixture::new(1, DIMS, 5).take(70), &rows).unwrap();
    db
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let db = sample(&folder.path().join("db"));
    let path = folder.path().join("x.arrow");
    // An id that does not exist is left out.
    let ids: Vec<u64> = (0..70).map(|i| i * 7).chain([3]).collect();
    write_arrow(&path, &db.snapshot(), &ids).unwrap();
    let table = read_arrow(&path).unwrap();
    assert_eq!(table.ids.as_deref(), Some(&ids[..70]));
    assert_eq!((table.vectors.dims, table.vectors.rows(), table.rows.len()), (DIMS, 70, 70));
    for (at, id) in ids[..70].iter().enumerate() {
        assert_eq!(db.get(*id).unwrap().to_vec(), table.vectors.values[at * DIMS..(at + 1) * DIMS]);
        assert_eq!(db.row(*id).unwrap(), table.rows[at]);
    }
}

#[test]
fn damaged_files_are_values_or_errors() {
    let (cases, seed) = (number("TRUENO_DB_MUTATIONS", 300), number("TRUENO_DB_SEED", 1));
    println!("TRUENO_DB_MUTATIONS={cases} TRUENO_DB_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.arrow");
    let db = sample(&folder.path().join("db"));
    write_arrow(&path, &db.snapshot(), &db.ids().collect::<Vec<_>>()).unwrap();
    let good = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for case in 0..cases {
        let mut random = Random(seed.wrapping_add(case).wrapping_mul(0x9e37_79b9));
        let mut bytes = good.clone();
        for _ in 0..1 + random.below(4) {
            // Half of the damage is in the footer and the message headers.
            let at = match random.below(4) {
                0 => bytes.len() - 1 - random.below(bytes.len().min(1000)),
                1 => random.below(bytes.len().min(1500)),
                _ => random.below(bytes.len()),
            };
            match random.below(8) {
                0 => bytes.truncate(at.max(1)),
                1 => bytes[at] = 0xff,
                2 => bytes[at] = 0x7f,
                _ => bytes[at] ^= 1 << random.below(8),
            }
        }
        std::fs::write(&path, bytes).unwrap();
        match read_arrow(&path) {
            Ok(table) => assert_eq!(table.vectors.rows(), table.rows.len(), "case {case}"),
            Err(Error::Corrupt { .. }) => refused += 1,
            Err(other) => panic!("case {case}: {other}"),
        }
    }
    println!("{refused} of {cases} were refused");
    for bytes in [&b""[..], b"ARROW1", b"ARROW1\0\0\xff\xff\xff\x7fARROW1", b"ARROW1\0\0\0\0\0\0ARROW1"] {
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(read_arrow(&path), Err(Error::Corrupt { .. })), "{bytes:?}");
    }
}
