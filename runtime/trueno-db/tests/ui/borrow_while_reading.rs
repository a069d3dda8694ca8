use trueno_db::{Config, Metric, VectorDb};

fn main() {
    let folder = std::env::temp_dir().join(format!("trueno-db-borrow-{}", std::process::id()));
    let mut db = VectorDb::create(&folder, Config::new(2, Metric::L2)).unwrap();
    db.add(1, &[1.0, 2.0]).unwrap();
    let snapshot = db.snapshot();
    let vector = snapshot.get(1).unwrap();
    // A snapshot is apart from the writer: both go on.
    db.add(2, &[3.0, 4.0]).unwrap();
    assert_eq!(vector[1], 2.0);
    drop(db);
    assert_eq!(vector[0], 1.0);
    std::fs::remove_dir_all(&folder).unwrap();
}
