//! `batutac db` from an empty folder to measured searches, on the handwritten digits of scikit-learn.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

fn batutac(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_batutac"));
    command.args(args).current_dir(folder).output().expect("batutac starts")
}

/// Runs `batutac db` with JSON output and gives the object printed.
fn db(folder: &Path, args: &[&str]) -> Value {
    let args = [&["db"], args, &["--output-format", "json"]].concat();
    let done = batutac(folder, &args);
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_str(&text).unwrap_or_else(|why| panic!("{args:?}: {why} in {text}"))
}

/// What a command that must fail says.
fn refused(folder: &Path, args: &[&str]) -> String {
    let done = batutac(folder, &[&["db"], args].concat());
    assert_eq!(done.status.code(), Some(2), "{args:?}");
    String::from_utf8_lossy(&done.stderr).into_owned()
}

fn data(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A folder with a database `digits` whose column `digit` has the labels.
fn digits(codes: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    let labels = std::fs::read_to_string(data("digits.txt")).expect("labels");
    let rows: String = labels.trim().chars().map(|digit| format!("{{\"digit\": {digit}}}\n")).collect();
    std::fs::write(folder.path().join("rows.jsonl"), rows).expect("rows");
    let create = ["create", "digits", "--dims", "64", "--metric", "l2", "--column", "digit:int"];
    db(folder.path(), &[&create[..], &["--codes", codes]].concat());
    let file = data("digits.npy");
    let file = file.to_str().expect("a path in UTF-8");
    let added = db(folder.path(), &["add", "digits", file, "--rows", "rows.jsonl"]);
    assert_eq!((&added["added"], &added["vectors"]), (&json!(1797), &json!(1797)));
    folder
}

#[test]
fn digits_are_stored_found_measured_and_deleted() {
    for codes in ["none", "i8"] {
        let folder = digits(codes);
        let at = folder.path();
        let stats = db(at, &["stats", "digits"]);
        assert_eq!((&stats["vectors"], &stats["codes"]), (&json!(1797), &json!(codes)));
        assert_eq!(stats["columns"], json!({ "digit": "int" }));

        // Every 18th image: its neighbours show the same digit, nearly always.
        let (mut same, mut count) = (0, 0);
        for id in (0..1797).step_by(180) {
            let search = ["search", "digits", "--like", &id.to_string(), "-k", "6", "--check"];
            let found = &db(at, &search)["results"][0];
            println!("{codes}, id {id}: {} us, recall {}", found["microseconds"], found["recall"]);
            assert!(found["recall"].as_f64() >= Some(0.8), "{found}");
            let hits = found["hits"].as_array().expect("hits");
            assert_eq!((&hits[0]["id"], &hits[0]["distance"]), (&json!(id), &json!(0.0)));
            same += hits[1..].iter().filter(|hit| hit["row"] == hits[0]["row"]).count();
            count += hits.len() - 1;
        }
        assert!(same * 10 >= count * 9, "{same} of {count}");

        let search = ["search", "digits", "--like", "0", "-k", "5", "--filter", "digit in [3, 8]"];
        let found = db(at, &search);
        let hits = found["results"][0]["hits"].as_array().expect("hits");
        let fits = |hit: &Value| hit["row"]["digit"] == 3 || hit["row"]["digit"] == 8;
        assert!(hits.len() == 5 && hits.iter().all(fits), "{hits:?}");

        let bench = db(at, &["bench", "digits", "--count", "40", "--efs", "16,64", "--plot", "curve.svg"]);
        let rows = bench["rows"].as_array().expect("rows");
        rows.iter().for_each(|row| println!("{codes}: {row}"));
        assert_eq!((rows.len(), &rows[2]["method"], &rows[2]["recall"]), (3, &json!("exact"), &json!(1.0)));
        assert!(rows[1]["recall"].as_f64() >= Some(0.97), "{}", rows[1]);
        let svg = std::fs::read_to_string(at.join("curve.svg")).expect("a plot");
        assert!(svg.starts_with("<svg") && svg.matches("<circle").count() == 2, "{svg}");

        assert_eq!(db(at, &["delete", "digits", "--filter", "digit == 3"])["deleted"], 183);
        assert_eq!(db(at, &["delete", "digits", "0", "1", "99999"])["vectors"], 1797 - 183 - 2);
        let compact = db(at, &["compact", "digits"]);
        assert_eq!(compact["slots"], 1797 - 183 - 2);
        let verify = db(at, &["verify", "digits"]);
        assert_eq!((&verify["sound"], &verify["problem_count"]), (&json!(true), &json!(0)));
        let gone = db(at, &["search", "digits", "--like", "2", "--filter", "digit == 3"]);
        assert_eq!(gone["results"][0]["hits"], json!([]));
    }
}

#[test]
fn what_is_exported_can_be_added() {
    let folder = digits("none");
    let at = folder.path();
    let formats: &[&str] = if cfg!(feature = "arrow") { &["x.jsonl", "x.arrow"] } else { &["x.jsonl"] };
    for file in formats {
        assert_eq!(db(at, &["export", "digits", file, "--filter", "digit < 2"])["exported"], 360);
        let create = ["create", file.trim_start_matches("x."), "--dims", "64", "--column", "digit:int"];
        db(at, &create);
        assert_eq!(db(at, &["add", create[1], file])["vectors"], 360);
        let again = refused(at, &["add", create[1], file]);
        assert!(again.contains("exists already") && again.contains("--replace"), "{again}");
        assert_eq!(db(at, &["add", create[1], file, "--replace"])["vectors"], 360);
        let hit = &db(at, &["search", create[1], "--like", "10", "-k", "1"])["results"][0]["hits"][0];
        assert_eq!((&hit["id"], &hit["row"]["digit"]), (&json!(10), &json!(0)));
    }
    for file in ["x.npy", "x.fvecs"] {
        assert_eq!(db(at, &["export", "digits", file])["exported"], 1797);
        let found = db(at, &["search", "digits", "--queries", file, "-k", "1"]);
        assert_eq!(found["results"][1796]["hits"][0]["distance"], 0.0);
    }
}

#[test]
fn wrong_input_is_a_sentence_and_exit_code_2() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let at = folder.path();
    db(at, &["create", "x", "--dims", "3", "--column", "tag:text"]);
    let write = |name: &str, text: &str| std::fs::write(at.join(name), text).expect("a file");
    write(
        "good.jsonl",
        "{\"id\": 5, \"vector\": [1, 2, 3], \"tag\": \"a\"}\n{\"id\": 6, \"vector\": [3, 2, -1]}\n",
    );
    write("short.jsonl", "{\"vector\": [1, 2]}\n");
    write("half.jsonl", "{\"id\": 1, \"vector\": [1, 2, 3]}\n{\"vector\": [1, 2, 3]}\n");
    write("type.jsonl", "{\"vector\": [1, 2, 3], \"tag\": 4}\n");
    write("no.json", "{}");
    assert_eq!(db(at, &["add", "x", "good.jsonl"])["vectors"], 2);
    for (args, says) in [
        (&["create", "x", "--dims", "3"][..], "holds a database already"),
        (&["create", "y", "--dims", "0"], "dims must be"),
        (&["stats", "missing"], "cannot"),
        (&["add", "x", "short.jsonl"], "expected 3 components, found 2"),
        (&["add", "x", "half.jsonl"], "line 2: some lines have an `id`"),
        (&["add", "x", "type.jsonl"], "column `tag` holds text, not int"),
        (&["add", "x", "no.json"], "cannot tell the format"),
        (&["add", "x", "absent.npy"], "cannot read absent.npy: no such file"),
        (&["search", "x", "--vector", "1, 2"], "expected 3 components, found 2"),
        (&["search", "x", "--vector", "1, 2, NaN"], "NaN"),
        (&["search", "x", "--vector", "1, 2, b"], "`b` in --vector is no number"),
        (&["search", "x", "--like", "7"], "id 7 is not in the database"),
        (&["search", "x", "--like", "5", "--filter", "tag =="], "filter"),
        (&["search", "x", "--like", "5", "--filter", "other == 1"], "other"),
    ] {
        let text = refused(at, args);
        assert!(text.contains(says), "{args:?}: {text}");
    }
    // Nothing of what was refused is there, and a search without hits is no error.
    assert_eq!(db(at, &["stats", "x"])["vectors"], 2);
    assert_eq!(db(at, &["search", "x", "--like", "5", "-k", "0"])["results"][0]["hits"], json!([]));

    let base = std::fs::read_dir(at.join("x")).expect("files").flatten().map(|entry| entry.path());
    let base =
        base.filter(|path| path.extension().is_some_and(|end| end == "tdb")).max().expect("a base file");
    let mut bytes = std::fs::read(&base).expect("bytes");
    bytes[5000] ^= 1;
    std::fs::write(&base, bytes).expect("damage");
    let verify = batutac(at, &["db", "verify", "x"]);
    assert_eq!(verify.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&verify.stdout).contains("checksum"), "{verify:?}");
}
