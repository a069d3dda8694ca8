use realizar::Model;

fn main() {
    let model = {
        let bytes = std::fs::read("model.gguf").unwrap();
        Model::from_bytes(&bytes).unwrap()
    };
    println!("{}", model.embed("text").unwrap().len());
}
