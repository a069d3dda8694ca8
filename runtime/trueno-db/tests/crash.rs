//! A writer dies at random moments, its log is torn at every byte, its disk is full: what was
//! acknowledged is there.
//!
//! `TRUENO_DB_KILL_ROUNDS=200` sets the rounds of the kill loop, `TRUENO_DB_SEED` its seed.

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Random, number};
use trueno_db::{Codes, ColumnType, Config, Error, Metric, OpenOptions, Row, SyncPolicy, Value, VectorDb};

const DIMS: usize = 6;
const FOLDER: &str = "TRUENO_DB_TEST_FOLDER";

fn config() -> Config {
    Config::new(DIMS, Metric::L2).m(6).ef_construction(30).codes(Codes::I8).column("n", ColumnType::Int)
}

fn options() -> OpenOptions {
    OpenOptions { sync: SyncPolicy::Manual, threads: 1, checkpoint_after: 60, ..OpenOptions::default() }
}

/// What the writer does in one step; the same seed gives the same steps.
#[derive(Debug)]
enum Step {
    Put(Vec<(u64, Vec<f32>, i64)>),
    Delete(Vec<u64>),
    Checkpoint,
    Compact,
}

fn step(random: &mut Random) -> Step {
    let count = 1 + random.below(4);
    match random.below(40) {
        0 => Step::Checkpoint,
        1 => Step::Compact,
        2..15 => Step::Delete((0..count).map(|_| random.below(150) as u64).collect()),
        _ => Step::Put(
            (0..count)
                .map(|_| {
                    let vector = (0..DIMS).map(|_| random.normal()).collect();
                    (random.below(150) as u64, vector, random.next() as i64)
                })
                .collect(),
        ),
    }
}

type Model = BTreeMap<u64, (Vec<f32>, i64)>;

fn apply(model: &mut Model, step: &Step) {
    match step {
        Step::Put(puts) => puts.iter().for_each(|(id, vector, n)| {
            model.insert(*id, (vector.clone(), *n));
        }),
        Step::Delete(ids) => ids.iter().for_each(|id| _ = model.remove(id)),
        Step::Checkpoint | Step::Compact => {}
    }
}

fn perform(db: &mut VectorDb, step: &Step) -> trueno_db::Result<()> {
    match step {
        Step::Put(puts) => {
            let ids: Vec<u64> = puts.iter().map(|put| put.0).collect();
            let vectors: Vec<f32> = puts.iter().flat_map(|put| put.1.clone()).collect();
            let rows: Vec<Row> = puts.iter().map(|put| Row::new().set("n", put.2)).collect();
            db.put_batch(&ids, &vectors, &rows)
        }
        Step::Delete(ids) => db.delete_batch(ids).map(|_| ()),
        Step::Checkpoint => db.checkpoint(),
        Step::Compact => db.compact(),
    }
}

fn holds(db: &VectorDb, model: &Model) -> bool {
    db.len() == model.len() as u64
        && model.iter().all(|(id, (vector, n))| {
            db.get(*id).is_some_and(|found| found.to_vec() == *vector)
                && db.row(*id).and_then(|row| row.get("n").cloned()) == Some(Value::Int(*n))
        })
}

/// Not a test of its own: the process that the kill loop kills.
#[test]
#[ignore = "started by the kill loop"]
fn writer() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let mut random = Random(number("TRUENO_DB_SEED", 0));
    let mut db = VectorDb::open_with(folder, options()).unwrap();
    for count in 1..=100_000 {
        match perform(&mut db, &step(&mut random)) {
            Ok(()) => println!("\nack {count}"),
            Err(error) => {
                println!("\nerror {error}");
                assert!(db.verify().unwrap().is_sound());
                return;
            }
        }
    }
}

/// Starts the writer; gives the number of steps that it acknowledged until it was killed (after
/// a while) or ended by itself.
fn run_writer(
    folder: &Path,
    seed: u64,
    kill_after: Option<Duration>,
    shell: Option<&str>,
) -> (u64, Option<String>) {
    let exe = std::env::current_exe().unwrap();
    let mut command = match shell {
        None => Command::new(exe),
        Some(script) => {
            let mut command = Command::new("sh");
            command.arg("-c").arg(script).arg(exe);
            command
        }
    };
    let mut child = command
        .args(["writer", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env("TRUENO_DB_SEED", seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let lines = std::thread::spawn(move || {
        let (mut acknowledged, mut error) = (0, None);
        for line in output.lines().map_while(Result::ok) {
            if let Some(count) = line.strip_prefix("ack ") {
                acknowledged = count.parse().unwrap_or(acknowledged);
            }
            if let Some(text) = line.strip_prefix("error ") {
                error = Some(text.to_string());
            }
        }
        (acknowledged, error)
    });
    if let Some(time) = kill_after {
        std::thread::sleep(time);
        child.kill().unwrap();
    }
    child.wait().unwrap();
    lines.join().unwrap()
}

/// The model after the acknowledged steps, or after one more that was not acknowledged in time.
fn settle(db: &VectorDb, model: &mut Model, seed: u64, acknowledged: u64) -> bool {
    let mut random = Random(seed);
    (0..acknowledged).for_each(|_| apply(model, &step(&mut random)));
    if holds(db, model) {
        return true;
    }
    apply(model, &step(&mut random));
    holds(db, model)
}

#[test]
fn nothing_acknowledged_is_lost_when_the_writer_is_killed() {
    let (rounds, seed) = (number("TRUENO_DB_KILL_ROUNDS", 12), number("TRUENO_DB_SEED", 1));
    println!("TRUENO_DB_KILL_ROUNDS={rounds} TRUENO_DB_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    VectorDb::create_with(folder.path(), config(), options()).unwrap();
    let (mut random, mut model, mut total) = (Random(seed), Model::new(), 0);
    for round in 0..rounds {
        let seed = random.next();
        let time = Duration::from_millis(5 + random.below(120) as u64);
        let (acknowledged, error) = run_writer(folder.path(), seed, Some(time), None);
        assert_eq!(error, None, "round {round}");
        total += acknowledged;
        let db = VectorDb::open_with(folder.path(), options()).unwrap();
        assert!(
            settle(&db, &mut model, seed, acknowledged),
            "round {round}, {acknowledged} steps, seed {seed}"
        );
        let report = db.verify().unwrap();
        assert!(report.is_sound(), "round {round}: {:?}", report.problems);
        for (id, (vector, _)) in model.iter().take(20) {
            let hits = db.search(vector, 5).unwrap();
            assert!(hits.iter().any(|hit| hit.id == *id), "round {round}: id {id}");
        }
    }
    println!("{total} steps were acknowledged");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_and_loses_nothing() {
    for (seed, blocks) in [(1, 22), (2, 26), (3, 32)] {
        let folder = tempfile::tempdir().unwrap();
        VectorDb::create_with(folder.path(), config(), options()).unwrap();
        // The limit on file sizes stands for the full disk; signal 25 is the one it sends.
        let script = format!("trap '' 25; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let (acknowledged, error) = run_writer(folder.path(), seed, None, Some(&script));
        assert!(error.is_some_and(|text| text.starts_with("cannot")), "seed {seed}");
        assert!(acknowledged > 3, "{acknowledged}");
        let db = VectorDb::open_with(folder.path(), options()).unwrap();
        let (mut model, mut random) = (Model::new(), Random(seed));
        (0..acknowledged).for_each(|_| apply(&mut model, &step(&mut random)));
        assert!(holds(&db, &model), "seed {seed}: a step that failed left a trace, or one is lost");
        assert!(db.verify().unwrap().is_sound());
    }
}

/// A database whose log has several records, and the model after each of them.
fn logged(folder: &Path) -> (Vec<u8>, Vec<(u64, Model)>) {
    let mut db = VectorDb::create_with(folder, config(), options()).unwrap();
    let (mut random, mut model) = (Random(5), Model::new());
    let log = folder.join("wal-0000000000000001.log");
    let mut states = vec![(32, model.clone())];
    while states.len() < 8 {
        let step = step(&mut random);
        if matches!(step, Step::Put(_) | Step::Delete(_)) {
            perform(&mut db, &step).unwrap();
            apply(&mut model, &step);
            states.push((std::fs::metadata(&log).unwrap().len(), model.clone()));
        }
    }
    (std::fs::read(&log).unwrap(), states)
}

#[test]
fn a_log_torn_at_any_byte_keeps_its_whole_records() {
    let source = tempfile::tempdir().unwrap();
    let (bytes, states) = logged(source.path());
    let log = source.path().join("wal-0000000000000001.log");
    for length in 32..=bytes.len() {
        std::fs::write(&log, &bytes[..length]).unwrap();
        let (end, model) = states.iter().rfind(|(end, _)| *end <= length as u64).unwrap();
        let reader = VectorDb::open_read_only(source.path()).unwrap();
        assert!(holds(&reader, model), "length {length}");
        let mut db = VectorDb::open_with(source.path(), options()).unwrap();
        assert!(holds(&db, model), "length {length}");
        assert_eq!(db.stats().torn_bytes, length as u64 - end);
        db.put(999, &[1.0; DIMS], Row::new()).unwrap();
        drop(db);
        let db = VectorDb::open_with(source.path(), options()).unwrap();
        assert_eq!((db.len(), db.stats().torn_bytes), (model.len() as u64 + 1, 0));
    }
    for length in 0..32 {
        std::fs::write(&log, &bytes[..length]).unwrap();
        assert!(matches!(VectorDb::open(source.path()), Err(Error::Corrupt { .. })));
    }
}

#[test]
fn a_damaged_record_in_the_middle_is_no_torn_end() {
    let source = tempfile::tempdir().unwrap();
    let (mut bytes, states) = logged(source.path());
    let log = source.path().join("wal-0000000000000001.log");
    bytes[states[2].0 as usize + 20] ^= 1;
    std::fs::write(&log, &bytes).unwrap();
    assert!(matches!(VectorDb::open(source.path()), Err(Error::Corrupt { .. })));
    assert_eq!(std::fs::read(&log).unwrap(), bytes, "the log is left as it was");
}

#[test]
fn a_checkpoint_that_was_cut_short_leaves_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let (_, states) = logged(folder.path());
    let model = &states.last().unwrap().1;
    let base = std::fs::read(folder.path().join("base-0000000000000001.tdb")).unwrap();
    for (name, bytes) in [
        ("base-0000000000000002.new", &base[..base.len() / 2]),
        ("base-0000000000000002.tdb", &base[..100]),
        ("wal-0000000000000002.log", &b"TRUE"[..]),
        ("CURRENT.new", &b""[..]),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let mut db = VectorDb::open_with(folder.path(), options()).unwrap();
    assert!(holds(&db, model));
    db.checkpoint().unwrap();
    drop(db);
    let db = VectorDb::open_with(folder.path(), options()).unwrap();
    assert!(holds(&db, model) && db.stats().log_operations == 0);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 4, "LOCK, CURRENT, one base, one log");
}
