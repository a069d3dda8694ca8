#![no_main]
//! Patches a sound database: the input is a list of (file, place u32, value u32), the header's
//! checksum is made to fit, and everything is used. `cargo +nightly fuzz run open`.

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use trueno_db::{Codes, ColumnType, Config, Filter, Metric, OpenOptions, Row, SearchOptions, SyncPolicy, VectorDb};

fn options() -> OpenOptions {
    OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() }
}

fn sound() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(4, Metric::L2).codes(Codes::I8).m(3).column("tag", ColumnType::Text);
        let mut db = VectorDb::create_with(folder.path(), config, options()).unwrap();
        for id in 0..100u64 {
            let vector = [id as f32, (id % 7) as f32, (id % 5) as f32, 1.0];
            db.add_with(id, &vector, Row::new().set("tag", "x")).unwrap();
        }
        db.delete_batch(&(0..70).collect::<Vec<_>>()).unwrap();
        db.checkpoint().unwrap();
        db.delete(80).unwrap();
        drop(db);
        let entries = std::fs::read_dir(folder.path()).unwrap().flatten();
        let read = |path: std::path::PathBuf| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(path).unwrap())
        };
        entries.map(|entry| read(entry.path())).collect()
    })
}

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().unwrap();
    let mut files = sound().to_vec();
    for patch in data.chunks_exact(9) {
        let count = files.len();
        let bytes = &mut files[patch[0] as usize % count].1;
        let place = u32::from_le_bytes(patch[1..5].try_into().unwrap()) as usize;
        if bytes.len() >= 4 {
            let at = place % (bytes.len() - 3);
            bytes[at..at + 4].copy_from_slice(&patch[5..9]);
        }
    }
    for (name, bytes) in &mut files {
        if name.starts_with("base") {
            let crc = crc32fast::hash(&bytes[..4092]);
            bytes[4092..4096].copy_from_slice(&crc.to_le_bytes());
        }
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let Ok(mut db) = VectorDb::open_with(folder.path(), options()) else { return };
    let query = vec![0.5; db.config().dims];
    let _ = db.search(&query, 5);
    let _ = db.search_with(&query, &SearchOptions::new(5).filter(Filter::eq("tag", "x")));
    let _ = (db.verify(), db.delete(85), db.put(7, &query, Row::new()), db.compact());
    let _ = db.search(&query, 5);
});
