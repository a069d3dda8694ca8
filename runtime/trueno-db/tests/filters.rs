//! Filters: text and builder, their meaning, and recall at every selectivity.

mod common;

use common::{Mixture, Random, exact, recall};
use proptest::prelude::*;
use trueno_db::{
    Codes, ColumnType, Config, Error, Filter, Method, Metric, OpenOptions, Row, SearchOptions, SyncPolicy,
    Value, VectorDb,
};

fn options() -> OpenOptions {
    OpenOptions { sync: SyncPolicy::Manual, threads: 1, ..OpenOptions::default() }
}

#[test]
fn text_reads_as_the_builder_writes() {
    let cases = [
        (
            "age >= 30 and lang in [\"fr\", \"de\"]",
            Filter::ge("age", 30).and(Filter::one_of("lang", ["fr", "de"])),
        ),
        ("a = 1 or b != 'x' or c < -2.5e3", {
            Filter::eq("a", 1).or(Filter::ne("b", "x")).or(Filter::lt("c", -2500.0))
        }),
        ("not (a > 1 and b) <= 2", Filter::eq("never", 0)),
        (
            "not has a and tags contains \"q\\\"t\"",
            Filter::has("a").negate().and(Filter::contains("tags", "q\"t")),
        ),
        ("a not in [1, 2]", Filter::one_of("a", [1, 2]).negate()),
        ("A == TRUE and (b == false)", Filter::eq("A", true).and(Filter::eq("b", false))),
        ("a in []", Filter::one_of::<i32>("a", [])),
        ("größe == 1_000", Filter::eq("größe", 1000)),
    ];
    for (text, built) in cases {
        match text.parse::<Filter>() {
            Ok(read) => assert_eq!(read, built, "{text}"),
            Err(error) => {
                assert!(matches!(error, Error::Filter { .. }) && text.starts_with("not (a"), "{text}")
            }
        }
    }
    for (text, at) in
        [("", 0), ("a ==", 4), ("a == 1 b", 7), ("(a == 1", 7), ("a == 'x", 5), ("a == 1x", 5), ("a $ 1", 2)]
    {
        let Err(Error::Filter { at: found, .. }) = text.parse::<Filter>() else { panic!("{text}") };
        assert_eq!(found, at, "{text}");
    }
    assert!("(".repeat(100_000).parse::<Filter>().is_err());
    assert!("not ".repeat(100_000).parse::<Filter>().is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a-z0-9 ()\\[\\]\"'\\\\<>=!,.+éx-]{0,40}") {
        let _ = text.parse::<Filter>();
    }
}

fn row(random: &mut Random) -> Row {
    let mut row = Row::new();
    if random.below(5) > 0 {
        row = row.set("n", random.below(10) as i64 - 5);
    }
    if random.below(5) > 0 {
        row = row.set("x", random.below(10) as f64 / 2.0 - 2.0);
    }
    if random.below(5) > 0 {
        row = row.set("b", random.below(2) == 0);
    }
    if random.below(5) > 0 {
        row = row.set("t", ["", "a", "b", "ü"][random.below(4)]);
    }
    if random.below(5) > 0 {
        row = row.set("l", ["p", "q", "r"][..random.below(4)].to_vec());
    }
    row
}

/// A filter with its meaning.
type Case = (&'static str, fn(&Row) -> bool);

fn int(row: &Row) -> Option<i64> {
    row.get("n").map(|v| if let Value::Int(x) = v { *x } else { 0 })
}

fn float(row: &Row) -> Option<f64> {
    row.get("x").map(|v| if let Value::Float(x) = v { *x } else { 0.0 })
}

const CASES: [Case; 12] = [
    ("n >= 2", |r| int(r).is_some_and(|n| n >= 2)),
    ("n != 2", |r| int(r).is_some_and(|n| n != 2)),
    ("not n == 2", |r| int(r) != Some(2)),
    ("n < 1.5", |r| int(r).is_some_and(|n| n <= 1)),
    ("x > 1", |r| float(r).is_some_and(|x| x > 1.0)),
    ("x in [0.5, 1, 2]", |r| float(r).is_some_and(|x| [0.5, 1.0, 2.0].contains(&x))),
    ("b == true", |r| r.get("b") == Some(&Value::Bool(true))),
    ("t == ''", |r| r.get("t") == Some(&Value::Text(String::new()))),
    ("t > 'a'", |r| matches!(r.get("t"), Some(Value::Text(t)) if t.as_str() > "a")),
    ("l contains 'q'", |r| matches!(r.get("l"), Some(Value::TextList(l)) if l.contains(&"q".to_string()))),
    ("has l and not has x", |r| r.get("l").is_some() && r.get("x").is_none()),
    ("n > 0 and x < 0 or t in ['ü']", |r| {
        (int(r).is_some_and(|n| n > 0) && float(r).is_some_and(|x| x < 0.0))
            || r.get("t") == Some(&"ü".into())
    }),
];

#[test]
fn filters_mean_what_they_say_before_and_after_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(2, Metric::L2)
        .column("n", ColumnType::Int)
        .column("x", ColumnType::Float)
        .column("b", ColumnType::Bool)
        .column("t", ColumnType::Text)
        .column("l", ColumnType::TextList);
    let mut db = VectorDb::create_with(folder.path(), config, options()).unwrap();
    let mut random = Random(4);
    let rows: Vec<Row> = (0..300).map(|_| row(&mut random)).collect();
    let vectors: Vec<f32> = (0..600).map(|_| random.normal()).collect();
    let ids: Vec<u64> = (0..300).collect();
    db.add_batch(&ids, &vectors, &rows).unwrap();
    for step in 0..3 {
        match step {
            1 => db.checkpoint().unwrap(),
            2 => db.compact().unwrap(),
            _ => {}
        }
        assert!(ids.iter().all(|id| db.row(*id).as_ref() == Some(&rows[*id as usize])));
        for (text, means) in CASES {
            for method in [Method::Auto, Method::Graph, Method::Exact] {
                let options = SearchOptions::new(300).filter(text.parse().unwrap()).method(method);
                let hits = db.search_with(&[0.0, 0.0], &options).unwrap();
                let mut found: Vec<u64> = hits.iter().map(|hit| hit.id).collect();
                found.sort_unstable();
                let want: Vec<u64> = ids.iter().copied().filter(|id| means(&rows[*id as usize])).collect();
                assert_eq!(found, want, "{text} {method:?} step {step}");
            }
        }
    }
    for text in ["nope == 1", "n == 'x'", "t < 3", "l == 'q'", "n contains 'q'", "b > 1"] {
        let options = SearchOptions::new(3).filter(text.parse().unwrap());
        assert!(matches!(db.search_with(&[0.0, 0.0], &options), Err(Error::Invalid(_))), "{text}");
    }
    db.update_row(7, Row::new().set("n", 77)).unwrap();
    let options = SearchOptions::new(3).filter(Filter::eq("n", 77));
    assert_eq!(db.search_with(&[0.0, 0.0], &options).unwrap()[0].id, 7);
    assert!(matches!(db.update_row(7, Row::new().set("n", "x")), Err(Error::Invalid(_))));
}

#[test]
fn recall_holds_at_every_selectivity() {
    for codes in [Codes::None, Codes::I8] {
        let folder = tempfile::tempdir().unwrap();
        let config =
            Config::new(16, Metric::L2).m(8).ef_construction(60).codes(codes).column("n", ColumnType::Int);
        let mut db = VectorDb::create_with(folder.path(), config, options()).unwrap();
        let mut data = Mixture::new(8, 16, 12);
        let vectors = data.take(2500);
        let ids: Vec<u64> = (0..2500).collect();
        let rows: Vec<Row> = ids.iter().map(|id| Row::new().set("n", (id * 7919 % 2500) as i64)).collect();
        db.add_batch(&ids, &vectors, &rows).unwrap();
        let queries = data.take(10);
        for below in [2500, 1250, 500, 100, 10, 1, 0] {
            let passing: Vec<u64> = ids.iter().copied().filter(|id| id * 7919 % 2500 < below).collect();
            let theirs: Vec<f32> =
                passing.iter().flat_map(|id| vectors[*id as usize * 16..][..16].to_vec()).collect();
            for method in [Method::Auto, Method::Graph] {
                let options =
                    SearchOptions::new(10).ef(64).filter(Filter::lt("n", below as i64)).method(method);
                let mut sum = 0.0;
                for query in queries.chunks(16) {
                    let hits = db.search_with(query, &options).unwrap();
                    assert!(hits.iter().all(|hit| passing.contains(&hit.id)));
                    sum += if passing.is_empty() {
                        f64::from(u8::from(hits.is_empty()))
                    } else {
                        recall(&hits, &exact(Metric::L2, &passing, &theirs, query, 10))
                    };
                }
                assert!(sum / 10.0 >= 0.95, "{codes:?} {below} of 2500, {method:?}: recall {}", sum / 10.0);
            }
        }
    }
}
