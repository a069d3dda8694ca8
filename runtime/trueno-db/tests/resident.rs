//! Memory of a mapped search: the pages that it touches, not the file.
#![cfg(target_os = "linux")]

mod common;

use std::path::Path;

use common::Mixture;
use rustix::fs::{Advice, fadvise};
use trueno_db::{Config, Method, Metric, OpenOptions, SearchOptions, SyncPolicy, VectorDb};

/// One vector is one page.
const DIMS: usize = 1024;
const COUNT: usize = 3000;
const PAGE: u64 = 4096;

/// Bytes of the file that count as resident in this process.
fn resident(file: &Path) -> u64 {
    let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let mut lines = maps.lines().skip_while(|line| !line.ends_with(name));
    let line = lines.find(|line| line.starts_with("Rss:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// Times that this process had to wait for a page of a file.
fn major_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    after_name.split_whitespace().nth(9).unwrap().parse().unwrap()
}

#[test]
fn a_search_brings_in_the_pages_it_touches_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(DIMS, Metric::L2).m(4).ef_construction(16);
    let options = OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() };
    let mut db = VectorDb::create_with(folder.path(), config, options).unwrap();
    let mut data = Mixture::new(3, DIMS, 20);
    let ids: Vec<u64> = (0..COUNT as u64).collect();
    db.add_batch(&ids, &data.take(COUNT), &[]).unwrap();
    db.close().unwrap();
    let path = folder.path().join("base-0000000000000002.tdb");
    let file = std::fs::File::open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    fadvise(&file, 0, None, Advice::DontNeed).unwrap();

    let db = VectorDb::open_read_only(folder.path()).unwrap();
    let opened = resident(&path);
    let (faults, query) = (major_faults(), data.take(1));
    let walk = SearchOptions::new(5).ef(10).method(Method::Graph);
    assert_eq!(db.search_with(&query, &walk).unwrap().len(), 5);
    let (touched, now) = ((major_faults() - faults) * PAGE, resident(&path) - opened);
    println!("file {length} bytes, resident {opened} after opening, {now} more after one search");
    if touched == 0 {
        return println!("this file system keeps its files in memory: nothing to measure");
    }
    println!("the search waited for {touched} bytes");
    // What was read at opening lies at the file's ends; a page of it may be shared.
    assert!(now <= touched + 16 * PAGE, "{now} bytes for {touched} touched");
    assert!(now < length / 4, "{now} of {length}");
    drop(db);
}
