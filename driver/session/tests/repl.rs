//! Lines that are entered one by one: what stays, what is refused, what clients share.
#![cfg(feature = "jit")]

use batuta_core::Lang;
use batuta_session::repl::{EvalError, SharedRepl, block_on};

/// The value of a line, or the words of its error.
fn line(repl: &SharedRepl, code: &str) -> String {
    match block_on(repl.eval(code)) {
        Ok(reply) => reply.output + reply.value.as_deref().unwrap_or(""),
        Err(error) => {
            let output = match &error {
                EvalError::Failed { output, .. } | EvalError::Interrupted { output } => output.clone(),
                _ => String::new(),
            };
            format!("{output}! {error}")
        }
    }
}

/// Lines and what each gives.
fn session(lang: Lang, lines: &[(&str, &str)]) {
    let repl = SharedRepl::capturing();
    block_on(repl.ask(move |repl| repl.set_lang(lang)));
    for (code, wanted) in lines {
        let found = line(&repl, code);
        match wanted.strip_suffix("..") {
            Some(start) => assert!(found.starts_with(start), "{code}\n  gives {found}\n  not   {wanted}"),
            None => assert_eq!(&found, wanted, "{code}"),
        }
    }
}

#[test]
fn variables_functions_and_types_stay() {
    session(
        Lang::Ruchy,
        &[
            ("let x = 20", "20"),
            ("x + 22", "42"),
            ("let mut xs = [1, 2, 3]", "[1, 2, 3]"),
            ("xs.push(4)", ""),
            ("let ys = xs", "[1, 2, 3, 4]"),
            ("xs.push(5); ys.len() + xs.len()", "9"),
            ("fun double(n: i64) -> i64 { n * 2 }", ""),
            ("xs.map(|v| double(v))", "[2, 4, 6, 8, 10]"),
            ("struct P { x: i64, y: i64 }", ""),
            ("impl P { fun sum(&self) -> i64 { self.x + self.y } }", ""),
            ("let p = P { x: 1, y: 2 }", "P {x: 1, y: 2}"),
            ("p.sum()", "3"),
            ("enum Color { Red, Green }", ""),
            ("let c = Color::Green", "Green"),
            ("c == Color::Green", "true"),
            ("match c { Color::Red => 1, Color::Green => 2 }", "2"),
            ("let name = \"Ada\"", "\"Ada\""),
            ("name + \"!\"", "\"Ada!\""),
            ("-1", "-1"),
            ("let x = \"another\"", "\"another\""),
            ("x", "\"another\""),
            ("println(\"out\"); 1", "out\n1"),
            ("nil", ""),
            ("let f = |n| n + 1", "<function>"),
            ("f(41)", "42"),
        ],
    );
}

#[test]
fn empty_variables_get_their_types_later() {
    session(
        Lang::Ruchy,
        &[
            ("let mut xs = []", "[]"),
            ("xs.push(1)", ""),
            ("xs.push(2); xs", "[1, 2]"),
            ("xs.push(\"a\")", "! .."),
            ("xs", "[1, 2]"),
            ("let mut ys = []", "[]"),
            ("let f = || ys.len()", "<function>"),
            // A function knows the old type.
            ("ys.push(1)", "! with this line `ys`, which is List<Nil>, would be List<Integer>"),
        ],
    );
    session(
        Lang::Python,
        &[
            ("xs = []", ""),
            ("xs.append('a')", ""),
            ("xs", "['a']"),
            ("ys = xs", ""),
            ("ys.append('b')", ""),
            ("xs", "['a', 'b']"),
        ],
    );
}

#[test]
fn what_ran_is_not_run_again() {
    session(
        Lang::Ruchy,
        &[
            ("let mut n = 0", "0"),
            ("fun bump() { n += 1; println(f\"bumped to {n}\") }", ""),
            ("bump()", "bumped to 1\n"),
            ("bump()", "bumped to 2\n"),
            ("n", "2"),
        ],
    );
}

#[test]
fn a_line_with_a_finding_changes_nothing() {
    session(
        Lang::Ruchy,
        &[
            ("let mut n = 1", "1"),
            ("n = 5; unknown(n)", "! input 2:1:8: `unknown` is not defined.."),
            ("n", "1"),
            ("let y = 5 +", "! input 4:1:12: .."),
            ("n", "1"),
            ("n + \"a\" * 2.5", "! .."),
            ("n", "1"),
        ],
    );
}

#[test]
fn errors_do_not_end_the_session() {
    session(
        Lang::Ruchy,
        &[
            ("let mut n = 1", "1"),
            ("fun broken(k: i64) -> i64 {\n    println(\"before\")\n    10 / k\n}", ""),
            (
                "let z = broken(0)",
                "before\n! Traceback (most recent call last):\n  File \"input 2\", line 3\nZeroDivisionError: Division by zero",
            ),
            ("z", "! input 4:1:1: `z` is not defined.."),
            ("n = 7; let w = broken(n - 7)", "before\n! .."),
            ("n", "7"),
            ("fun deep(k: i64) -> i64 { deep(k + 1) + 1 }", ""),
            ("deep(0)", "! Traceback.."),
            ("[1, 2][5]", "! Traceback.."),
            ("let z = 3", "3"),
            ("z + n", "10"),
        ],
    );
}

#[test]
fn a_definition_takes_the_place_of_the_one_before() {
    session(
        Lang::Ruchy,
        &[
            ("fun f(n: i64) -> i64 { n + 1 }", ""),
            ("fun g(n: i64) -> i64 { f(n) * 10 }", ""),
            ("g(1)", "20"),
            ("fun f(n: i64) -> i64 { n + 2 }", ""),
            ("g(1)", "30"),
            ("struct P { x: i64 }", ""),
            ("let p = P { x: 1 }", "P {x: 1}"),
            ("struct P { x: i64, y: i64 }", "! .."),
            ("p", "P {x: 1}"),
        ],
    );
}

#[test]
fn python_lines_have_an_environment_of_their_own() {
    session(
        Lang::Python,
        &[
            ("xs = [3, 1, 2]", ""),
            ("sorted(xs)", "[1, 2, 3]"),
            ("def double(n):\n    return n * 2\n", ""),
            ("[double(x) for x in xs]", "[6, 2, 4]"),
            ("'a' + \"b\"", "'ab'"),
            ("print('out')", "out\n"),
            ("None", ""),
            ("1 / 0", "! Traceback.."),
            ("len(xs)", "3"),
            ("undefined_name", "! .."),
            ("xs.append(9)", ""),
            ("xs", "[3, 1, 2, 9]"),
        ],
    );
}

#[test]
fn questions_about_lines() {
    let repl = SharedRepl::capturing();
    line(&repl, "let xs = [1.5]");
    line(&repl, "fun f(n: i64) -> i64 { println(\"ran\"); n }");
    let ask =
        |question: &'static str| block_on(repl.ask(move |repl| repl.type_of(question))).expect("it lives");
    assert_eq!(ask("f(1)").expect("it has a type"), "Integer");
    assert_eq!(ask("xs").expect("it has a type"), "List<Float>");
    assert_eq!(ask("(1, \"a\")").expect("it has a type"), "(Integer, String)");
    assert!(ask("nothing").is_err());
    let inspected = block_on(repl.ask(|repl| repl.inspect("f(5)"))).expect("it lives").expect("it runs");
    assert_eq!((inspected.ty.as_str(), inspected.value.as_str()), ("Integer", "5"));
    let names = block_on(repl.ask(|repl| repl.variables())).expect("it lives");
    let shown: Vec<String> =
        names.iter().map(|row| format!("{}: {} = {}", row.name, row.ty, row.value)).collect();
    assert_eq!(shown, ["xs: List<Float> = [1.5]"]);
    let rust = block_on(repl.ask(|repl| repl.rust("f(2)"))).expect("it lives").expect("it translates");
    assert!(rust.contains("fn f(n: i64) -> i64"), "{rust}");
    let clif = block_on(repl.ask(|repl| repl.clif("f(2)"))).expect("it lives").expect("it compiles");
    assert!(clif.contains("function u0:"), "{clif}");
    block_on(repl.ask(|repl| repl.reset()));
    assert!(line(&repl, "xs").contains("not defined"));
}

#[test]
fn clients_share_an_environment() {
    let repl = SharedRepl::capturing();
    line(&repl, "let mut total = 0");
    let clients: Vec<_> = (1..=4)
        .map(|_| {
            let repl = repl.clone();
            std::thread::spawn(move || (0..5).for_each(|_| _ = line(&repl, "total += 1")))
        })
        .collect();
    clients.into_iter().for_each(|client| client.join().expect("no panic"));
    assert_eq!(line(&repl, "total"), "20");
}

#[test]
fn a_line_that_runs_for_ever_is_stopped() {
    let repl = SharedRepl::capturing();
    line(&repl, "let mut n = 0");
    for code in ["loop { n += 1 }", "while true { }", "fun forever(k: i64) -> i64 { forever(k) }; forever(1)"]
    {
        let other = repl.clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(300));
            other.interrupt();
        });
        let outcome = block_on(repl.eval(code));
        stopper.join().expect("no panic");
        let is_stopped = matches!(outcome, Err(EvalError::Interrupted { .. }));
        // Endless recursion may reach its limit first.
        assert!(is_stopped || code.starts_with("fun"), "{code}: {outcome:?}");
    }
    assert_eq!(line(&repl, "n > 0"), "true");
}
