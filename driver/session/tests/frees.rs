//! Running code gives back what it makes and nobody keeps: memory does not grow in a loop that allocates.
#![cfg(feature = "jit")]

use batuta_core::Lang;
use batuta_session::repl::{SharedRepl, block_on};

/// Objects that a call leaves behind for each turn of its loop. The function takes the number of turns.
fn left(lang: Lang, definitions: &str) -> f64 {
    let repl = SharedRepl::capturing();
    block_on(repl.ask(move |repl| repl.set_lang(lang)));
    let run = |code: &str| block_on(repl.eval(code)).unwrap_or_else(|error| panic!("{code}: {error}"));
    let objects = || block_on(repl.ask(|repl| repl.objects())).expect("it lives");
    run(definitions);
    run("work(1)");
    let before = objects();
    run("work(1)");
    let one = objects() - before;
    let before = objects();
    run("work(1001)");
    (objects() - before - one) as f64 / 1000.0
}

#[test]
fn what_a_turn_makes_is_freed() {
    for body in [
        "let s = f\"item {i}\"\n total += s.len()",
        "let t = (i, 2.5)\n total += t.0",
        "let p = P { x: i, y: 1 }\n total += p.x + p.y",
        "let xs = [i, 2, 3]\n total += xs.len()",
        "let mut xs = [i]\n xs.push(2)\n total += xs[1]",
        "for x in [1, 2, i] { total += x }",
        "for k in 0..3 { total += k }",
        "let fs = [1.5, 2.5]\n if fs[0] < fs[1] { total += 1 }",
        "let xs = [f\"{i}\", \"b\"]\n total += xs.len()",
        "total += sum_of([i, 1])",
        "let p = make(i)\n total += p.x",
        "let xs = listed(i)\n total += xs.len()",
        "let p = P { x: i, y: 1 }\n if p.x == 3 { continue }\n total += p.y",
        "let p = P { x: i, y: 1 }\n if i % 2 == 0 { total += p.y } else { total += 2 }",
        "let mut p = P { x: i, y: 1 }\n p.x += 1\n total += p.x",
        "let s = f\"a,{i}\"\n let parts = s.split(\",\")\n total += parts.len() + parts[1].len()",
        "let s = \"x\" + f\"{i}\"\n total += s.to_uppercase().trim().len()",
        "let mut xs = []\n for k in 0..3 { xs.push(f\"{i} {k}\") }\n total += xs.join(\"-\").len()",
        "for part in \"a b c\".split(\" \") { total += part.len() }",
        "let xs = [3, i, 2].sort()\n total += xs[0]",
        "let xs = [1, i].map(|x| x * 2).filter(|x| x > 2)\n total += xs.sum()",
    ] {
        let program = format!(
            "struct P {{ x: i64, y: i64 }}
fun sum_of(xs: &[i64]) -> i64 {{ let mut sum = 0\n for x in xs {{ sum += x }}\n sum }}
fun make(i: i64) -> P {{ P {{ x: i, y: 2 }} }}
fun listed(i: i64) -> [i64] {{ [i, i] }}
fun work(n: i64) -> i64 {{
    let mut total = 0
    for i in 0..n {{
        {body}
    }}
    total
}}"
        );
        let found = left(Lang::Ruchy, &program);
        assert!(found < 0.01, "{found} objects stay of each turn of\n{body}");
    }
}

#[test]
fn what_is_kept_stays_whole() {
    let repl = SharedRepl::capturing();
    let value = |code: &str| {
        let reply = block_on(repl.eval(code)).unwrap_or_else(|error| panic!("{code}: {error}"));
        reply.value.unwrap_or_default()
    };
    value("struct P { x: i64, y: i64 }");
    value(
        "fun pairs(n: i64) -> [P] { let mut all = []\n for i in 0..n { let p = P { x: i, y: i * i }\n all.push(p) }\n all }",
    );
    value("fun words(n: i64) -> [String] { let mut all = []\n for i in 0..n { all.push(f\"w{i}\") }\n all }");
    value(
        "fun longest(n: i64) -> String { let mut best = \"\"\n for i in 0..n { let parts = f\"a{i} bb{i}\".split(\" \")\n if parts[1].len() > best.len() { best = parts[1] } }\n best }",
    );
    value("let best = longest(300)");
    value("let kept = pairs(50)");
    value("let texts = words(50)");
    // Enough garbage to use every place that was wrongly given back.
    value(
        "fun noise(n: i64) -> i64 { let mut sum = 0\n for i in 0..n { let p = P { x: -i, y: -i }\n let s = f\"noise {i}\"\n sum += p.x + s.len() }\n sum }",
    );
    value("noise(10000)");
    assert_eq!(value("kept.map(|p| p.y - p.x * p.x).sum()"), "0");
    assert_eq!(value("best"), "\"bb100\"");
    assert_eq!(value("kept[49]"), "P {x: 49, y: 2401}");
    assert_eq!(value("texts[7] + texts[49]"), "\"w7w49\"");
}

#[test]
fn python_too() {
    let program = "def work(n):
    total = 0
    for i in range(n):
        pair = (i, 1)
        name = f'item {i}'
        total += pair[0] + len(name)
        for k in [1, 2, 3]:
            total += k
    return total
";
    let found = left(Lang::Python, program);
    assert!(found < 0.01, "{found} objects stay of each turn");
}
