use trueno_db::VectorDb;

fn main() {
    let mut db = VectorDb::open("folder").unwrap();
    let vector = db.get(1).unwrap();
    db.delete(1).unwrap();
    println!("{}", vector[0]);
}
