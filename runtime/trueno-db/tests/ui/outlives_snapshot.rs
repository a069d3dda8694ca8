use trueno_db::VectorDb;

fn main() {
    let db = VectorDb::open("folder").unwrap();
    let vector = {
        let snapshot = db.snapshot();
        snapshot.get(1).unwrap()
    };
    println!("{}", vector[0]);
}
