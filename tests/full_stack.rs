//! Inference and search together: all-minilm embeds 200 sentences, the database stores and finds
//! them, SmolLM2 answers from what was found. The sentences are about people who do not exist, so
//! the answers cannot come from the model's training.
//!
//! `tests/full_stack.sh` installs the models and runs this.

use realizar::{Generate, Model};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;
use trueno_db::{Codes, ColumnType, Config, Method, Metric, Row, SearchOptions, VectorDb};

const PEOPLE: [&str; 40] = [
    "Adela", "Bruno", "Clara", "Dario", "Elena", "Felix", "Greta", "Hugo", "Irene", "Jonas", "Katja", "Leon",
    "Maria", "Nils", "Olga", "Pavel", "Rosa", "Simon", "Tilda", "Ugo", "Vera", "Willem", "Xenia", "Yusuf",
    "Zelda", "Anton", "Berta", "Cyril", "Dora", "Emil", "Frida", "Gustav", "Helga", "Igor", "Judith", "Karl",
    "Linda", "Milan", "Nora", "Otto",
];
const PETS: [&str; 8] = ["parrot", "rabbit", "tortoise", "hamster", "goldfish", "cat", "dog", "snake"];
const DISHES: [&str; 8] = ["lasagne", "ramen", "goulash", "paella", "curry", "sushi", "pancakes", "tacos"];
const TOWNS: [&str; 8] = ["Lisbon", "Oslo", "Dublin", "Vienna", "Athens", "Warsaw", "Helsinki", "Prague"];
const CRAFTS: [&str; 8] = ["violin", "piano", "trumpet", "harp", "drums", "flute", "cello", "guitar"];
const JOBS: [&str; 8] = ["baker", "pilot", "nurse", "plumber", "lawyer", "farmer", "teacher", "carpenter"];

/// What is known of each person: the sentence, the question, and the word that answers it.
fn facts() -> Vec<[String; 3]> {
    let mut out = Vec::new();
    for (number, name) in PEOPLE.iter().enumerate() {
        let pick = |words: &[&'static str; 8], step: usize| words[(number * step + number / 8) % 8];
        let (pet, dish) = (pick(&PETS, 1), pick(&DISHES, 3));
        let (town, plays, job) = (pick(&TOWNS, 5), pick(&CRAFTS, 7), pick(&JOBS, 3));
        for [sentence, question, answer] in [
            [format!("{name} keeps a {pet} as a pet."), format!("Which pet does {name} keep?"), pet.into()],
            [
                format!("{name}'s favourite dish is {dish}."),
                format!("What is {name}'s favourite dish?"),
                dish.into(),
            ],
            [format!("{name} was born in {town}."), format!("In which city was {name} born?"), town.into()],
            [
                format!("{name} plays the {plays}."),
                format!("Which instrument does {name} play?"),
                plays.into(),
            ],
            [format!("{name} works as a {job}."), format!("What does {name} work as?"), job.into()],
        ] {
            out.push([sentence, question, answer]);
        }
    }
    out
}

fn models() -> PathBuf {
    let folder =
        std::env::var_os("BATUTA_MODELS").expect("BATUTA_MODELS names the folder; run tests/full_stack.sh");
    PathBuf::from(folder)
}

/// Stores each sentence with the person's name, then opens the database anew for reading.
fn store(folder: &Path, encoder: &Model<'_>, facts: &[[String; 3]]) -> VectorDb {
    let config = Config::new(384, Metric::Cosine).codes(Codes::I8).column("person", ColumnType::Text);
    let mut db = VectorDb::create(folder, config).expect("a new database");
    let started = Instant::now();
    for (id, [sentence, ..]) in facts.iter().enumerate() {
        let vector = encoder.embed(sentence).expect("an embedding");
        let row = Row::new().set("person", PEOPLE[id / 5]);
        db.add_with(id as u64, &vector, row).expect("a free id");
    }
    println!("embedded and stored {} sentences in {:.2?}", facts.len(), started.elapsed());
    db.close().expect("closed");
    VectorDb::open_read_only(folder).expect("the database opens again")
}

#[test]
#[ignore = "needs models from PyPI: tests/full_stack.sh"]
fn embeds_finds_and_answers() {
    let models = models();
    let encoder = Model::open(models.join("minilm")).expect("the encoder opens");
    let writer = Model::open(models.join("smol.gguf")).expect("the decoder opens");
    let facts = facts();
    assert_eq!(facts.len(), 200);
    let folder = tempfile::tempdir().expect("a folder");
    let db = store(&folder.path().join("facts"), &encoder, &facts);
    let (mut found, mut exact, mut answered) = (0, 0, 0);
    let asked: Vec<usize> = (0..facts.len()).step_by(7).collect();
    for &id in &asked {
        let [sentence, question, answer] = &facts[id];
        let query = encoder.embed(question).expect("an embedding");
        let hits = nearest(&db, &query, Method::Graph);
        exact += usize::from(hits == nearest(&db, &query, Method::Exact));
        found += usize::from(hits[0] == id as u64);
        let text = answer_from(&writer, &facts[hits[0] as usize][0], question);
        println!("{question} | {sentence} | {}", text.trim());
        answered += usize::from(text.to_lowercase().contains(&answer.to_lowercase()));
    }
    println!(
        "{} asked: right sentence first {found}, hits as exact {exact}, answered {answered}",
        asked.len()
    );
    assert_eq!(exact, asked.len(), "a database of 200 finds what an exact search finds");
    assert!(found * 10 >= asked.len() * 9, "right sentence first: {found} of {}", asked.len());
    assert!(answered * 10 >= asked.len() * 8, "answered: {answered} of {}", asked.len());
    only_one_person(&db, &encoder);
}

fn nearest(db: &VectorDb, query: &[f32], method: Method) -> Vec<u64> {
    let options = SearchOptions::new(3).method(method);
    db.search_with(query, &options).expect("hits").iter().map(|hit| hit.id).collect()
}

/// A filter keeps the search to one person's sentences.
fn only_one_person(db: &VectorDb, encoder: &Model<'_>) {
    let query = encoder.embed("music").expect("an embedding");
    let options = SearchOptions::new(1).filter("person == \"Vera\"".parse().expect("a filter"));
    let hits = db.search_with(&query, &options).expect("hits");
    let vera = PEOPLE.iter().position(|&name| name == "Vera").expect("Vera") as u64;
    assert_eq!(hits[0].id, vera * 5 + 3, "her instrument");
}

/// What the decoder says when the context stands in front of the question. Two solved examples show
/// a model of this size what is wanted.
fn answer_from(writer: &Model<'_>, context: &str, question: &str) -> String {
    let prompt = format!(
        "Fact: Ben drives a red van.\nQuestion: What does Ben drive?\nAnswer: a red van\n\n\
         Fact: Sara's lucky number is seven.\nQuestion: What is Sara's lucky number?\nAnswer: seven\n\n\
         Fact: {context}\nQuestion: {question}\nAnswer:"
    );
    // The default picks greedily.
    let options = Generate { max_tokens: 16, stop: vec!["\n".into()], ..Generate::default() };
    let mut session = writer.session().expect("a session");
    session.generate(&prompt, &options, |_| ControlFlow::Continue(())).expect("an answer").text
}
