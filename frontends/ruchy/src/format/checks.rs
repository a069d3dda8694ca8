use super::*;
use std::path::Path;

fn formatted(text: &str) -> String {
    format(text).unwrap_or_else(|why| panic!("{why:?}: {text}{}", difference(text)))
}

/// Where the text and what it becomes differ.
fn difference(text: &str) -> String {
    let Some(source) = read(text) else { return String::new() };
    let mut out = String::new();
    for style in [Style::Full, Style::Careful] {
        let laid = layout::lay_out(&source, style);
        out.push_str(&format!("\n--- {style:?}\n{laid}"));
        match read(&laid) {
            Some(again) => out.push_str(&format!("--- {:?}\n", source.difference(&again))),
            None => out.push_str("--- does not parse\n"),
        }
    }
    out
}

/// The text is laid out like this, and stays so.
fn becomes(text: &str, wanted: &str) {
    let first = formatted(text);
    assert_eq!(first, wanted);
    assert_eq!(formatted(&first), wanted);
}

/// Ruchy programs of the repository.
fn programs() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = Vec::new();
    for folder in ["../../tests/corpus/ruchy", "grammar/tests"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|ending| ending == "ruchy") {
                let text = std::fs::read_to_string(&path).expect("it is text");
                let parts = text.split("\n----\n").enumerate();
                out.extend(parts.map(|(at, part)| (format!("{} {at}", path.display()), part.to_owned())));
            }
        }
    }
    assert!(out.len() > 20, "{}", out.len());
    out.sort();
    out
}

/// A small generator of numbers: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[test]
fn the_corpus_keeps_its_tokens_and_is_stable() {
    for (path, text) in programs() {
        let first = formatted(&text);
        let second = formatted(&first);
        assert_eq!(first, second, "{path} is not stable");
        let (before, after) = (read(&text).expect("it parses"), read(&first).expect("it parses"));
        assert!(before.is_same(&after), "{path}");
        let careful = layout::lay_out(&before, Style::Careful);
        assert_ne!(first, "", "{path}");
        assert!(read(&careful).is_some_and(|again| again.is_same(&before)), "{path} careful");
    }
}

/// Space between tokens is changed at random; what still is the same program is formatted, and stays so.
#[test]
fn other_spacing_of_the_corpus_is_stable() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut tried = 0;
    for (path, text) in programs() {
        for _ in 0..8 {
            let source = read(&text).expect("it parses");
            let mut mutated = String::new();
            for (at, token) in source.tokens.iter().enumerate() {
                let is_line = source.tokens[at].breaks > 0 || at > 0 && source.is_line_comment(at - 1);
                match random.below(8) {
                    0 => mutated.push_str("  \n\n\n  "),
                    1 if token.breaks > 0 => mutated.push_str("\n\t "),
                    _ if is_line => mutated.push_str(["\n", " \n\n\n\n", "\n          "][random.below(3)]),
                    2 => mutated.push_str("   "),
                    _ if token.has_space => mutated.push(' '),
                    _ => {}
                }
                mutated.push_str(token.text);
            }
            let Some(changed) = read(&mutated) else { continue };
            tried += 1;
            let first = formatted(&mutated);
            let again = formatted(&first);
            assert_eq!(first, again, "{path} is not stable:\n{mutated}");
            assert!(read(&first).is_some_and(|after| after.is_same(&changed)), "{path}");
        }
    }
    assert!(tried > 20, "{tried}");
}

/// Bytes are taken away: what does not parse is refused, nothing panics.
#[test]
fn broken_text_is_refused() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut refused = 0;
    for (path, text) in programs() {
        for _ in 0..8 {
            let chars: Vec<char> = text.chars().collect();
            let (from, count) = (random.below(chars.len()), 1 + random.below(20));
            let cut: String = chars
                .iter()
                .enumerate()
                .filter(|(at, _)| !(from..from + count).contains(at))
                .map(|(_, c)| *c)
                .collect();
            match format(&cut) {
                Ok(first) => assert_eq!(formatted(&first), first, "{path}:\n{cut}"),
                Err(FormatError::Syntax) => refused += 1,
                Err(FormatError::Unsure) => panic!("{path}:\n{cut}"),
            }
        }
    }
    assert!(refused > 10, "{refused}");
}

#[test]
fn blocks_statements_and_spaces() {
    becomes(
        "fun   f( a:i64,b : & str )->i64 {\nlet x=a+ - 1 ;let y = [1,2 , 3]\n\n\n\nif a>1{x}else{\ny[0]\n}\n}\n",
        "fun f(a: i64, b: &str) -> i64 {\n    let x = a + -1;\n    let y = [1, 2, 3]\n\n    if a > 1 {\n        x\n    } else {\n        y[0]\n    }\n}\n",
    );
    becomes("let f=|x,y|x+y", "let f = |x, y| x + y\n");
    becomes("let t = a?b : c", "let t = a ? b : c\n");
    becomes("match x{1=>\"a\",_=>\"b\"}", "match x { 1 => \"a\", _ => \"b\" }\n");
    becomes("for i in 0 .. n{println( i )}", "for i in 0..n { println(i) }\n");
    becomes("", "");
}

#[test]
fn comments_stay_where_they_are() {
    becomes(
        "// top\n\n\nfun f() { // beside\n// inside\n1 // value\n  // end\n}\n/* block */ let x = 1\n",
        "// top\n\nfun f() { // beside\n    // inside\n    1 // value\n    // end\n}\n/* block */ let x = 1\n",
    );
    becomes("let x = xs\n// first\n.map(f)\n.sum()\n", "let x = xs\n    // first\n    .map(f)\n    .sum()\n");
}

#[test]
fn attributes_and_items() {
    becomes(
        "#[test] fun t(){assert(true)}\nstruct P{x:i64,y:i64}\nenum C{A,B(i64),}\n",
        "#[test]\nfun t() { assert(true) }\nstruct P { x: i64, y: i64 }\nenum C { A, B(i64), }\n",
    );
    becomes("use a::{b,c as d}\n", "use a::{b, c as d}\n");
}

#[test]
fn long_lines_are_broken_at_their_brackets() {
    let text = "let answer = combine(first_long_argument_of_the_call, second_long_argument_of_the_call, third_long_argument)\n";
    let wanted = "let answer = combine(\n    first_long_argument_of_the_call,\n    second_long_argument_of_the_call,\n    third_long_argument\n)\n";
    becomes(text, wanted);
}

#[test]
fn texts_keep_their_lines() {
    becomes(
        "let s = \"a\n   b\"\nlet t = f\"{ x }  {y:>5}\"\n",
        "let s = \"a\n   b\"\nlet t = f\"{ x }  {y:>5}\"\n",
    );
    becomes("let x = 1  \r\nlet y = 2\r\n", "let x = 1\r\nlet y = 2\r\n");
}
