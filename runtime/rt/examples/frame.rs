//! Programs that end in every way, by name; `tests/frame.rs` runs them.

use std::collections::HashMap;
use std::hint::black_box;

use batuta_rt::{self as rt, prelude::*, println};

rt::exceptions! {
    ParseError(rt::ValueError);
}

struct Parse {
    line: i64,
}

impl rt::Exception for Parse {
    fn class(&self) -> rt::Class {
        ParseError
    }

    fn args(&self) -> Vec<rt::Arg> {
        vec!["bad".into(), self.line.into()]
    }
}

fn recurse(n: i64) -> i64 {
    rt::enter();
    if n < 0 { n } else { black_box(recurse(n + 1)) + 1 }
}

fn depth(n: i64) -> i64 {
    rt::enter();
    if n == 0 { 0 } else { black_box(depth(n - 1)) + 1 }
}

struct Finally;

impl Drop for Finally {
    fn drop(&mut self) {
        println!("finally");
    }
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let programs: HashMap<&str, fn()> = HashMap::from([
        ("index", index as fn()),
        ("at", || println!("{}", [1, 2].at(black_box(-3)))),
        ("overflow", || println!("{}", black_box(i64::MAX) + black_box(1))),
        ("zero", || println!("{}", black_box(1) / black_box(0))),
        ("key", || {
            let d = rt::Dict::from([("a", 1)]);
            println!("{}", d[black_box("x")]);
        }),
        ("own", || rt::raise(Parse { line: 3 }.into())),
        ("cause", || {
            let cause = rt::Error::key("k");
            rt::raise(rt::Error::new(rt::ValueError, "outer").from_cause(cause))
        }),
        ("recursion", || println!("{}", recurse(0))),
        ("deep", || {
            rt::set_recursion_limit(1_000_100);
            println!("{}", depth(1_000_000));
        }),
        ("caught", || {
            let error = rt::catch(|| recurse(0)).map_err(|e| e.traceback_line());
            println!("{error:?}");
        }),
        ("exit", || {
            let _finally = Finally;
            rt::exit(7)
        }),
        ("exit_text", || rt::exit_with("no input")),
        ("assert", || rt::assert!(black_box(1) == 2, "one is {}", 1)),
        ("input", || println!("[{}] [{}]", rt::input("? "), rt::input("! "))),
        ("many", || {
            for i in 0..1_000_000 {
                println!("{i}");
            }
        }),
        ("fine", || println!("fine")),
    ]);
    let Some(&program) = programs.get(name.as_str()) else {
        return;
    };
    rt::start(r#"{"files":[{"rust":"frame.rs","source":"prog.py","lines":[[1,1],[88,12]]}]}"#, program);
}

fn index() {
    println!("before");
    let xs = [1, 2, 3];
    println!("{}", xs[black_box(5)]);
}
