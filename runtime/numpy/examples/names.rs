//! Prints the names that the catalogue lists: `cargo run -p batuta-numpy --example names > ir/catalog/python/numpy_names.txt`.

fn main() {
    let mut names: Vec<&str> = batuta_numpy::names();
    names.extend(batuta_numpy::VALUES);
    names.sort_unstable();
    names.dedup();
    names.iter().for_each(|name| println!("{name}"));
}
