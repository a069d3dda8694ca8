use realizar::Model;

fn main() {
    let session = {
        let model = Model::open("model.gguf").unwrap();
        model.session().unwrap()
    };
    println!("{}", session.context());
}
