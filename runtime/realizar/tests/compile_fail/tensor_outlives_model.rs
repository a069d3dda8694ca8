use realizar::file::gguf::Gguf;

fn main() {
    let bytes = std::fs::read("model.gguf").unwrap();
    let tensor = {
        let file = Gguf::from_bytes(&bytes).unwrap();
        file.tensor("output.weight").unwrap()
    };
    println!("{}", tensor.len());
}
