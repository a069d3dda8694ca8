use trueno_db::VectorDb;

fn main() {
    let vector = {
        let db = VectorDb::open("folder").unwrap();
        db.get(1).unwrap()
    };
    println!("{}", vector[0]);
}
