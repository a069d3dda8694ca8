//! Damaged and hostile files: every call gives a value or an error, none crashes or hangs.
//!
//! `TRUENO_DB_MUTATIONS=100000` sets the number of files, `TRUENO_DB_SEED` the seed.

mod common;

use std::fs;
use std::path::Path;

use common::{Mixture, Random, number};
use trueno_db::{
    Codes, ColumnType, Config, Filter, Method, Metric, OpenOptions, Row, SearchOptions, SyncPolicy, VectorDb,
};

const DIMS: usize = 4;
const HEADER: usize = 4096;

fn options() -> OpenOptions {
    OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() }
}

/// The files of a small database: base with free and dead slots, log, pointer.
fn sample(metric: Metric, codes: Codes) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(DIMS, metric)
        .codes(codes)
        .m(3)
        .ef_construction(20)
        .column("n", ColumnType::Int)
        .column("x", ColumnType::Float)
        .column("b", ColumnType::Bool)
        .column("tag", ColumnType::Text)
        .column("all", ColumnType::TextList);
    let mut db = VectorDb::create_with(folder.path(), config, options()).unwrap();
    let ids: Vec<u64> = (0..300).collect();
    let row = |id: u64| {
        let row = Row::new().set("n", id as i64).set("x", id as f64 / 3.0).set("b", id.is_multiple_of(2));
        row.set("tag", format!("t{}", id % 5).as_str()).set("all", vec!["a", "b"])
    };
    let rows: Vec<Row> = ids.iter().map(|id| row(*id)).collect();
    db.add_batch(&ids, &Mixture::new(1, DIMS, 5).take(300), &rows).unwrap();
    db.delete_batch(&ids[..100]).unwrap();
    db.delete_batch(&ids[100..130]).unwrap();
    db.checkpoint().unwrap();
    assert!(db.stats().free > 0 && db.stats().dying > 0);
    for id in 500..505 {
        db.add_with(id, &[id as f32; DIMS], row(id)).unwrap();
    }
    db.delete(200).unwrap();
    drop(db);
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_string(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn word(bytes: &mut [u8], at: usize, random: &mut Random) {
    let values: [u32; 10] =
        [0, 1, 2, 0x7fff_ffff, 0x8000_0000, u32::MAX, u32::MAX - 1, 299, 300, 0x7fc0_0000];
    let value = if random.below(3) == 0 { random.next() as u32 } else { values[random.below(10)] };
    let end = (at + 4).min(bytes.len());
    bytes[at..end].copy_from_slice(&value.to_le_bytes()[..end - at]);
}

/// Where the sections of a base file lie: mutations aim at them evenly.
fn sections(bytes: &[u8]) -> Vec<(usize, usize)> {
    let long = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let count = u32::from_le_bytes(bytes[92..96].try_into().unwrap()) as usize;
    (0..count).map(|i| (long(96 + i * 24 + 8), long(96 + i * 24 + 16))).filter(|s| s.1 > 0).collect()
}

fn mutate(name: &str, bytes: &mut Vec<u8>, random: &mut Random) {
    let places = if name.starts_with("base") { sections(bytes) } else { Vec::new() };
    for _ in 0..1 + random.below(6) {
        if bytes.is_empty() {
            return;
        }
        let at = match random.below(4) {
            0 if !places.is_empty() => random.below(110) * 4,
            1 | 2 if !places.is_empty() => {
                let (start, length) = places[random.below(places.len())];
                start + random.below(length)
            }
            _ => random.below(bytes.len()),
        };
        let at = at.min(bytes.len() - 1);
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes.truncate(at),
            2 => bytes.extend(std::iter::repeat_n(random.next() as u8, random.below(5000))),
            _ => word(bytes, at & !3, random),
        }
    }
    // A hostile file has fitting checksums and lengths.
    if name.starts_with("base") && bytes.len() >= HEADER && random.below(8) > 0 {
        let length = bytes.len() as u64;
        bytes[80..88].copy_from_slice(&length.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..HEADER - 4]);
        bytes[HEADER - 4..HEADER].copy_from_slice(&crc.to_le_bytes());
    }
    if name == "CURRENT" && bytes.len() == 20 && random.below(2) == 0 {
        let crc = crc32fast::hash(&bytes[..16]);
        bytes[16..].copy_from_slice(&crc.to_le_bytes());
    }
    if name.starts_with("wal") && bytes.len() > 40 && random.below(2) == 0 {
        // The first record's checksum.
        let length = u32::from_le_bytes(bytes[32..36].try_into().unwrap()) as usize;
        if let Some(body) = bytes.get(40..40usize.saturating_add(length)) {
            let crc = crc32fast::hash(body);
            bytes[36..40].copy_from_slice(&crc.to_le_bytes());
        }
    }
}

/// Uses everything; the results do not matter.
fn exercise(folder: &Path, random: &mut Random) -> bool {
    let read_only = random.below(2) == 0;
    let Ok(mut db) = VectorDb::open_with(folder, OpenOptions { read_only, ..options() }) else {
        return false;
    };
    let query: Vec<f32> = (0..db.config().dims).map(|_| random.normal()).collect();
    let filter: Filter = "n > 120 and (tag == 't3' or all contains 'a') and not b == true".parse().unwrap();
    for method in [Method::Auto, Method::Graph, Method::Exact] {
        let options = SearchOptions::new(5).ef(20).method(method);
        let _ = db.search_with(&query, &options);
        let _ = db.search_with(&query, &options.filter(filter.clone()));
    }
    for id in [0, 150, 299, 500, 502, 504] {
        let _ = (db.get(id).map(|vector| vector.len()), db.row(id));
    }
    let _ = (db.ids().count(), db.stats(), db.verify());
    if !read_only {
        let snapshot = db.snapshot();
        let _ = db.add(700, &query);
        let _ = db.put(150, &query, Row::new().set("n", 5));
        let _ = db.delete_batch(&(120..200).collect::<Vec<_>>());
        let _ = db.search(&query, 3);
        let _ = snapshot.search(&query, 3);
        let _ = match random.below(3) {
            0 => db.compact(),
            1 => db.checkpoint(),
            _ => db.sync(),
        };
        let _ = db.search(&query, 3);
        drop(db);
        let _ = VectorDb::open_read_only(folder).map(|db| db.search(&query, 3));
    }
    true
}

#[test]
fn no_file_crashes_or_hangs() {
    let (cases, seed) = (number("TRUENO_DB_MUTATIONS", 400), number("TRUENO_DB_SEED", 1));
    println!("TRUENO_DB_MUTATIONS={cases} TRUENO_DB_SEED={seed}");
    let samples = [
        sample(Metric::L2, Codes::None),
        sample(Metric::L2, Codes::I8),
        sample(Metric::Cosine, Codes::F16),
        sample(Metric::InnerProduct, Codes::Bit),
        sample(Metric::Hamming, Codes::Bit),
    ];
    let (folder, mut opened) = (tempfile::tempdir().unwrap(), 0);
    for case in 0..cases {
        // Each case has a seed of its own, so one can be run again alone.
        let mut random = Random(seed.wrapping_add(case).wrapping_mul(0x9e37_79b9));
        let files = &samples[random.below(samples.len())];
        for entry in fs::read_dir(folder.path()).unwrap().flatten() {
            fs::remove_file(entry.path()).unwrap();
        }
        let target = match random.below(10) {
            0 => "CURRENT",
            1 | 2 => "wal",
            _ => "base",
        };
        for (name, bytes) in files {
            let mut bytes = bytes.clone();
            if name.starts_with(target) {
                mutate(name, &mut bytes, &mut random);
            }
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        opened += u64::from(exercise(folder.path(), &mut random));
    }
    println!("{opened} of {cases} mutated databases could be opened");
    assert!(opened > cases / 20, "mutations must get past the checks to mean something");
}

/// Sets bytes of a base file, makes its header's checksum fit, and opens it.
fn forged(edit: impl Fn(&mut Vec<u8>, &[(usize, usize)])) -> trueno_db::Result<VectorDb> {
    let folder = tempfile::tempdir().unwrap();
    for (name, mut bytes) in sample(Metric::L2, Codes::I8) {
        if name.starts_with("base") {
            let places = sections(&bytes);
            edit(&mut bytes, &places);
            let crc = crc32fast::hash(&bytes[..HEADER - 4]);
            bytes[HEADER - 4..HEADER].copy_from_slice(&crc.to_le_bytes());
        }
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    VectorDb::open_read_only(folder.path())
}

fn problems(edit: impl Fn(&mut Vec<u8>, &[(usize, usize)])) -> String {
    let db = forged(edit).unwrap();
    for method in [Method::Graph, Method::Exact] {
        db.search_with(&[0.5; DIMS], &SearchOptions::new(10).method(method)).unwrap();
    }
    db.verify().unwrap().problems.join("\n")
}

#[test]
fn headers_that_lie_are_refused() {
    let word = |at: usize, value: u32| {
        move |bytes: &mut Vec<u8>, _: &[(usize, usize)]| {
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes())
        }
    };
    assert!(forged(|_, _| {}).is_ok());
    for (what, at, value) in [
        ("version", 8, 2),
        ("metric", 16, 0x0309),
        ("codes", 16, 0x0901),
        ("zero components", 20, 0),
        ("too many components", 20, u32::MAX),
        ("m", 24, 1),
        ("slots", 48, 1 << 30),
        ("live", 52, 10_000),
        ("entry beyond the slots", 56, 300),
        ("no entry", 56, u32::MAX),
        ("layer above the highest", 60, 200),
        ("file length", 80, 5),
        ("section count", 92, 5000),
        ("section beyond the file", 96 + 12, 1),
        ("sections that overlap", 96 + 24 + 8, 4096 + 64 * 40),
    ] {
        assert!(forged(word(at, value)).is_err(), "{what}");
    }
}

#[test]
fn links_that_lie_are_found_and_do_no_harm() {
    // The order of sections is that of the file: 4 is links, 5 and 6 the upper ones.
    let link = |section: usize, slot: usize, value: u32| {
        move |bytes: &mut Vec<u8>, places: &[(usize, usize)]| {
            let at = places[section].0 + slot * 4;
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    };
    let first = 250 * 6;
    assert!(problems(link(4, first, 100_000)).contains("lies beyond the last slot"));
    assert!(problems(link(4, first, 250)).contains("is the slot itself"));
    assert!(problems(link(4, first, 5)).contains("is free"));
    let twice = problems(|bytes, places| {
        let at = places[4].0 + first * 4;
        bytes.copy_within(at..at + 4, at + 4);
    });
    assert!(twice.contains("appears twice"));
    let index = problems(|bytes, places| {
        let (at, length) = places[5];
        bytes[at..at + length].fill(0x11);
    });
    assert!(index.contains("the upper links make no sense"));
    let nan = problems(|bytes, places| {
        let (at, _) = places[2];
        bytes[at + 250 * 16..at + 250 * 16 + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    });
    assert!(nan.contains("is not finite"));
}
