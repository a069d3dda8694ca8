//! The database from outside: adding, finding, deleting, opening again.

mod common;

use common::{Mixture, exact, recall};
use trueno_db::{
    Codes, Config, Error, Method, Metric, OpenOptions, Row, SearchOptions, SyncPolicy, VectorDb,
};

fn quick() -> OpenOptions {
    OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() }
}

#[test]
fn finds_what_exact_search_finds_under_every_metric_and_code() {
    for (metric, codes, floor) in [
        (Metric::L2, Codes::None, 0.97),
        (Metric::L2, Codes::F16, 0.97),
        (Metric::L2, Codes::Bf16, 0.97),
        (Metric::L2, Codes::I8, 0.97),
        (Metric::Cosine, Codes::None, 0.97),
        (Metric::Cosine, Codes::I8, 0.97),
        (Metric::InnerProduct, Codes::None, 0.90),
        (Metric::InnerProduct, Codes::I8, 0.90),
        (Metric::L2, Codes::Bit, 0.60),
        (Metric::Hamming, Codes::Bit, 0.60),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(24, metric).codes(codes);
        let mut db = VectorDb::create_with(folder.path(), config, quick()).unwrap();
        let mut data = Mixture::new(7, 24, 10);
        let vectors = data.take(500);
        let ids: Vec<u64> = (0..500).map(|i| i * 3 + 1).collect();
        db.add_batch(&ids, &vectors, &[]).unwrap();
        let queries = data.take(20);
        for reopened in [false, true] {
            if reopened {
                db.close().unwrap();
                db = VectorDb::open_with(folder.path(), quick()).unwrap();
                assert!(db.verify().unwrap().is_sound(), "{:?}", db.verify().unwrap().problems);
            }
            let options = SearchOptions::new(10).ef(100).method(Method::Graph);
            let mut sum = 0.0;
            for query in queries.chunks(24) {
                let hits = db.search_with(query, &options).unwrap();
                assert!(hits.windows(2).all(|pair| pair[0].distance <= pair[1].distance));
                let truth = exact(metric, &ids, &vectors, query, 10);
                let scan = db.search_with(query, &SearchOptions::new(10).method(Method::Exact)).unwrap();
                assert!(recall(&scan, &truth) > 0.999, "{metric:?} {codes:?} exact");
                sum += recall(&hits, &truth);
            }
            let mean = sum / 20.0;
            assert!(mean >= floor, "{metric:?} {codes:?} reopened {reopened}: recall {mean}");
        }
    }
}

#[test]
fn bad_input_is_an_error_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(VectorDb::create(folder.path(), Config::new(0, Metric::L2)), Err(Error::Invalid(_))));
    let mut db = VectorDb::create_with(folder.path(), Config::new(2, Metric::Cosine), quick()).unwrap();
    db.add(1, &[1.0, 0.0]).unwrap();
    assert!(matches!(db.add(1, &[0.0, 1.0]), Err(Error::Duplicate { id: 1 })));
    assert!(matches!(db.add(2, &[0.0]), Err(Error::Dimensions { expected: 2, found: 1 })));
    assert!(matches!(db.add(2, &[0.0, f32::NAN]), Err(Error::NotFinite { component: 1 })));
    assert!(matches!(db.add(2, &[0.0, 0.0]), Err(Error::ZeroVector)));
    assert!(matches!(db.add_batch(&[5, 5], &[1.0, 0.0, 1.0, 1.0], &[]), Err(Error::Duplicate { id: 5 })));
    assert!(matches!(db.add_with(2, &[1.0, 0.0], Row::new().set("x", 1)), Err(Error::Invalid(_))));
    assert!(matches!(db.search(&[f32::INFINITY, 0.0], 1), Err(Error::NotFinite { component: 0 })));
    assert!(matches!(db.search(&[1.0, 0.0, 0.0], 1), Err(Error::Dimensions { .. })));
    assert!(matches!(db.update(9, &[1.0, 0.0], Row::new()), Err(Error::NotFound { id: 9 })));
    assert!(!db.delete(9).unwrap());
    assert_eq!(db.len(), 1);
    assert_eq!(db.search(&[1.0, 0.0], 0).unwrap(), vec![]);
    assert_eq!(db.search(&[1.0, 0.0], 100).unwrap().len(), 1);
    let narrow = SearchOptions { ef: 0, ..SearchOptions::new(5) };
    assert_eq!(db.search_with(&[1.0, 0.0], &narrow.method(Method::Graph)).unwrap().len(), 1);
    assert!(db.delete(1).unwrap());
    assert_eq!(db.search(&[1.0, 0.0], 3).unwrap(), vec![]);
    assert!(matches!(VectorDb::create(folder.path(), Config::new(2, Metric::L2)), Err(Error::Locked { .. })));
    drop(db);
    assert!(matches!(VectorDb::create(folder.path(), Config::new(2, Metric::L2)), Err(Error::Exists { .. })));
    assert!(matches!(VectorDb::open(folder.path().join("none")), Err(Error::Io { .. })));
    assert!(VectorDb::create("/proc/self/none", Config::new(2, Metric::L2)).is_err());
}

#[test]
fn deletes_keep_recall_and_give_space_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = VectorDb::create_with(folder.path(), Config::new(24, Metric::L2), quick()).unwrap();
    let mut data = Mixture::new(11, 24, 30);
    let vectors = data.take(1600);
    let ids: Vec<u64> = (0..1600).collect();
    db.add_batch(&ids, &vectors, &[]).unwrap();
    let gone: Vec<u64> = ids.iter().copied().filter(|id| id % 4 != 0).collect();
    for some in gone.chunks(50) {
        assert_eq!(db.delete_batch(some).unwrap(), some.len() as u64);
    }
    let kept: Vec<u64> = ids.iter().copied().filter(|id| id % 4 == 0).collect();
    let kept_vectors: Vec<f32> =
        kept.iter().flat_map(|id| vectors[*id as usize * 24..][..24].to_vec()).collect();
    let check = |db: &VectorDb, data: &mut Mixture| {
        assert_eq!(db.len(), 400);
        let mut sum = 0.0;
        for query in data.take(50).chunks(24) {
            let hits = db.search_with(query, &SearchOptions::new(10).ef(64).method(Method::Graph)).unwrap();
            assert!(hits.iter().all(|hit| hit.id % 4 == 0));
            sum += recall(&hits, &exact(Metric::L2, &kept, &kept_vectors, query, 10));
        }
        assert!(sum / 50.0 > 0.95, "recall {}", sum / 50.0);
        let report = db.verify().unwrap();
        assert!(report.is_sound(), "{:?}", report.problems);
        assert_eq!(report.unreachable, 0);
    };
    check(&db, &mut data);
    let before = db.stats();
    assert!(before.free >= 1100, "{before:?}");
    // New vectors go where the old ones were.
    let more = data.take(800);
    let new_ids: Vec<u64> = (10_000..10_800).collect();
    db.add_batch(&new_ids, &more, &[]).unwrap();
    assert_eq!(db.stats().slots, before.slots);
    assert!(db.get(10_500).is_some_and(|v| v.to_vec() == more[500 * 24..501 * 24]));
    db.delete_batch(&new_ids).unwrap();
    check(&db, &mut data);
    db.compact().unwrap();
    assert_eq!((db.stats().slots, db.stats().free), (400, 0));
    check(&db, &mut data);
    drop(db);
    check(&VectorDb::open(folder.path()).unwrap(), &mut data);
}

#[test]
fn everything_deleted_and_filled_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = VectorDb::create_with(folder.path(), Config::new(8, Metric::L2), quick()).unwrap();
    let vectors = Mixture::new(3, 8, 4).take(500);
    let ids: Vec<u64> = (0..500).collect();
    for _ in 0..3 {
        db.add_batch(&ids, &vectors, &[]).unwrap();
        assert_eq!(db.search(&vectors[..8], 1).unwrap()[0].id, 0);
        db.delete_batch(&ids).unwrap();
        assert!(db.is_empty() && db.search(&vectors[..8], 5).unwrap().is_empty());
        assert!(db.verify().unwrap().is_sound());
    }
    db.checkpoint().unwrap();
    db.compact().unwrap();
    assert_eq!(db.stats().slots, 0);
    db.add(9, &vectors[..8]).unwrap();
    assert_eq!(db.search(&vectors[..8], 1).unwrap()[0].id, 9);
}

#[test]
fn updates_replace_the_vector() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = VectorDb::create_with(folder.path(), Config::new(2, Metric::L2), quick()).unwrap();
    for id in 0..100 {
        db.add(id, &[id as f32, 0.0]).unwrap();
    }
    for round in 1..20 {
        db.update(50, &[round as f32, 1000.0], Row::new()).unwrap();
    }
    db.put(200, &[5.0, 5.0], Row::new()).unwrap();
    for opened in [false, true] {
        if opened {
            drop(db);
            db = VectorDb::open(folder.path()).unwrap();
        }
        assert_eq!(db.len(), 101);
        assert_eq!(db.get(50).unwrap().to_vec(), [19.0, 1000.0]);
        assert_eq!(db.search(&[19.0, 1000.0], 1).unwrap()[0].id, 50);
        assert_ne!(db.search(&[50.0, 0.0], 1).unwrap()[0].id, 50);
    }
}

#[test]
fn one_thread_gives_equal_files() {
    let build = || {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::new(16, Metric::L2).codes(Codes::I8);
        let mut db = VectorDb::create_with(folder.path(), config, quick()).unwrap();
        let ids: Vec<u64> = (0..600).collect();
        db.add_batch(&ids, &Mixture::new(5, 16, 8).take(600), &[]).unwrap();
        db.checkpoint().unwrap();
        std::fs::read(folder.path().join("base-0000000000000002.tdb")).unwrap()
    };
    assert!(build() == build());
}

#[test]
fn a_second_writer_is_refused_and_a_reader_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = VectorDb::create_with(folder.path(), Config::new(2, Metric::L2), quick()).unwrap();
    db.add(1, &[1.0, 2.0]).unwrap();
    assert!(matches!(VectorDb::open(folder.path()), Err(Error::Locked { .. })));
    let mut reader = VectorDb::open_read_only(folder.path()).unwrap();
    assert_eq!(reader.len(), 1);
    assert!(matches!(reader.add(2, &[0.0, 0.0]), Err(Error::ReadOnly)));
    let old = reader.reader();
    db.add(2, &[3.0, 4.0]).unwrap();
    db.checkpoint().unwrap();
    db.add(3, &[5.0, 6.0]).unwrap();
    assert_eq!(reader.len(), 1);
    reader.refresh().unwrap();
    assert_eq!((reader.len(), old.snapshot().len()), (3, 3));
    drop(db);
    // A lock file that a dead process left is no lock.
    assert!(folder.path().join("LOCK").exists());
    assert_eq!(VectorDb::open(folder.path()).unwrap().len(), 3);
}

#[test]
fn snapshots_stay_as_they_are_while_the_writer_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = VectorDb::create_with(folder.path(), Config::new(4, Metric::L2), quick()).unwrap();
    let vectors = Mixture::new(9, 4, 6).take(250);
    let ids: Vec<u64> = (0..250).collect();
    db.add_batch(&ids, &vectors, &[]).unwrap();
    let snapshot = db.snapshot();
    let exact = SearchOptions::new(250).method(Method::Exact);
    let before = snapshot.search_with(&[0.0; 4], &exact).unwrap();
    for round in 0..5 {
        db.delete_batch(&ids[round * 50..(round + 1) * 50]).unwrap();
        db.add_batch(&ids[round * 50..(round + 1) * 50], &vec![7.0; 200], &[]).unwrap();
        assert_eq!(snapshot.search_with(&[0.0; 4], &exact).unwrap(), before);
    }
    db.checkpoint().unwrap();
    db.compact().unwrap();
    assert_eq!(snapshot.search_with(&[0.0; 4], &exact).unwrap(), before);
    for id in &ids {
        assert_eq!(snapshot.get(*id).unwrap().to_vec(), vectors[*id as usize * 4..][..4]);
        assert_eq!(db.get(*id).unwrap().to_vec(), [7.0; 4]);
    }
}

#[test]
fn searches_run_while_the_writer_writes() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = VectorDb::create_with(folder.path(), Config::new(8, Metric::L2), quick()).unwrap();
    let vectors = Mixture::new(21, 8, 10).take(1500);
    let ids: Vec<u64> = (0..1500).collect();
    db.add_batch(&ids[..500], &vectors[..4000], &[]).unwrap();
    let reader = db.reader();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let searches = scope.spawn(|| {
            let mut count = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) || count < 100 {
                let snapshot = reader.snapshot();
                let query = &vectors[count % 500 * 8..][..8];
                for method in [Method::Graph, Method::Exact] {
                    let hits = snapshot.search_with(query, &SearchOptions::new(5).method(method)).unwrap();
                    for hit in hits {
                        // An id never has another vector than its own.
                        let vector = snapshot.get(hit.id).expect("a hit is part of its snapshot").to_vec();
                        let own: f32 = vector.iter().zip(query).map(|(x, y)| (x - y).powi(2)).sum();
                        assert!((own - hit.distance).abs() <= 1e-3 * own.max(1.0));
                        assert_eq!(vector, vectors[hit.id as usize % 1500 * 8..][..8]);
                    }
                }
                count += 1;
            }
        });
        for round in 0..10u64 {
            for at in 0..100 {
                let id = 500 + round * 100 + at;
                db.add(id, &vectors[id as usize * 8..][..8]).unwrap();
            }
            db.delete_batch(&ids[round as usize * 50..][..50]).unwrap();
            if round == 5 {
                db.checkpoint().unwrap();
            }
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        searches.join().unwrap();
    });
    assert_eq!(db.len(), 1000);
    assert!(db.verify().unwrap().is_sound());
}

#[test]
fn batches_give_what_single_searches_give() {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions { threads: 2, ..quick() };
    let mut db = VectorDb::create_with(folder.path(), Config::new(12, Metric::L2), options).unwrap();
    let mut data = Mixture::new(2, 12, 5);
    let ids: Vec<u64> = (0..1000).collect();
    db.add_batch(&ids, &data.take(1000), &[]).unwrap();
    let queries = data.take(64);
    let options = SearchOptions::new(7).ef(50);
    let together = db.search_batch(&queries, &options).unwrap();
    for (query, hits) in queries.chunks(12).zip(&together) {
        assert_eq!(&db.search_with(query, &options).unwrap(), hits);
    }
    assert!(db.search_batch(&queries[1..], &options).is_err());
    // Many results are the same ones, in the same order.
    let all = db.search(&queries[..12], 5000).unwrap();
    let some = SearchOptions::new(300).method(Method::Exact);
    assert_eq!((all.len(), &all[..300]), (1000, &db.search_with(&queries[..12], &some).unwrap()[..]));
    let report = db.verify().unwrap();
    assert!(report.is_sound() && report.unreachable == 0, "{:?}", report.problems);
}
