//! Whatever the text, the answer is a value and diagnostics.

mod common;

use batuta_core::*;
use common::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

#[test]
fn deep_nesting_is_refused_by_name() {
    let cases = [
        format!("x = {}1{}\n", "(".repeat(5000), ")".repeat(5000)),
        format!("x = {}1{}\n", "[".repeat(5000), "]".repeat(5000)),
        format!("x = 1{}\n", " + 1".repeat(5000)),
        format!("x = {}y\n", "not ".repeat(5000)),
        format!("x = y{}\n", ".z".repeat(5000)),
        format!(
            "{}pass\n",
            (0..5000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect::<String>()
        ),
        format!("x = {}1\n", "lambda: ".repeat(5000)),
        format!("x = {}1\n", "-".repeat(5000)),
        format!("x: {}int{}\n", "list[".repeat(5000), "]".repeat(5000)),
    ];
    for text in cases {
        let found = codes(&format!("def before(): pass\n{text}def after(): pass\n"));
        let head: String = text.chars().take(20).collect();
        assert!(found == ["B0102"], "{head}: {found:?}");
    }
}

#[test]
fn nesting_within_the_limit_lowers() {
    let text = format!("x = {}1{}\n", "(".repeat(90), ")".repeat(90));
    assert_eq!(codes(&text), Vec::<&str>::new());
    let chain = format!("x = 1{}\n", " + 1".repeat(300));
    assert_eq!(codes(&chain), Vec::<&str>::new());
    // A long `elif` chain is flat in Python and nested here.
    let mut branches = "def f(x):\n    if x == 0: return 0\n".to_owned();
    for value in 1..300 {
        branches += &format!("    elif x == {value}: return {value}\n");
    }
    assert_eq!(codes(&branches), Vec::<&str>::new());
}

/// Every id of a body points into its table.
fn is_sound(ir: &FileIr) -> bool {
    ir.fns.iter().all(|body| {
        let mut is_sound = true;
        body.walk_block(body.root, &mut |node| is_sound &= body.nodes.get(node).is_some());
        is_sound
    })
}

#[test]
fn changed_bytes_never_panic() {
    let files = python_files(&corpus().join("python"));
    let texts: Vec<Vec<u8>> = files.iter().map(|file| read(file).into_bytes()).collect();
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6u8, any::<u8>());
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(
        &(any::<prop::sample::Index>(), prop::collection::vec(change, 1..6)),
        |(file, changes)| {
            let mut bytes = file.get(&texts).clone();
            for (from, to, kind, byte) in changes {
                let (a, b) = (from.index(bytes.len()), to.index(bytes.len()));
                match kind {
                    0 => bytes[a] = byte,
                    1 => drop(bytes.drain(a.min(b)..a.max(b).min(a.min(b) + 40))),
                    2 => bytes.insert(a, b"()[]{}:'\"\\\n\t #@=*"[byte as usize % 17]),
                    3 => bytes.swap(a, b),
                    4 => bytes.truncate(a.max(20)),
                    _ => {
                        let piece = bytes[a..(a + 30).min(bytes.len())].to_vec();
                        bytes.splice(b..b, piece);
                    }
                }
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            prop_assert!(is_sound(&lower_text(&text)));
            Ok(())
        },
    );
    outcome.expect("no text makes the frontend panic");
}

#[test]
fn nonsense_is_answered() {
    for text in [
        "",
        "\n",
        "#",
        "\u{feff}x = 1\n",
        "x",
        "def",
        "class",
        "def f(",
        "f'{",
        "f'{x!r:{",
        "'''",
        "\"\\",
        "@",
        "@x\n",
        "match",
        "match x:\n",
        "match x:\n case",
        "except:",
        "lambda",
        "x = ",
        "x: ",
        "import",
        "from . import",
        "from x import",
        "from",
        "for",
        "with",
        "del",
        "return",
        "yield",
        "await x",
        "global x",
        "nonlocal x",
        "break",
        "class C: def",
        "a b",
        "\0",
        "é = 1",
        "x = 1 if 2",
        "print 'x'",
        "exec 'x'",
        "`x`",
        "x <> y",
        "0777",
        "1__0",
        "type X = int\n",
        "class C[T]: pass\n",
        "def f[T](x: T): pass\n",
        "x = *a, *b\n",
        "*a, *b = c\n",
        "f() = 1\n",
        "x = y = z += 1\n",
        "del f()\n",
        "b'\u{e9}'",
        "'\\N{NO SUCH}'",
        "'\\ud800'",
        "f'{}'",
        "f'{ }'",
        "f'{*a}'",
        "'%(a' % b",
        "'{' .format()",
        "'%' % ()",
        "'{0.}'.format(1)",
        "'{0[}'.format(1)",
        "'é%s' % x",
        "try: pass\nexcept* E: pass\n",
        "try:\n pass\nexcept A.b(c):\n pass\nexcept D:\n pass\n",
        "super()",
        "super().x",
        "class C(metaclass=M, x=1): pass\n",
        "class C(f(), *a): pass\n",
        "class C:\n  class D:\n    x = 1\n",
        "def f():\n  class C:\n    def g(self): return f, q\n  q = 1\n",
        "@1\ndef f(): pass\n",
        "@x[1]\nclass C: pass\n",
    ] {
        assert!(is_sound(&lower_text(text)), "{text:?}");
    }
}

#[test]
fn one_broken_block_leaves_the_others() {
    let text = "def a():\n    return 1\n\ndef b(:\n    return 2\n\nx = a()\n\nclass C:\n    y = = 2\n\ndef d():\n    return b() + x\n";
    let ir = lower_text(text);
    let found: Vec<_> = ir.diags.iter().map(|found| found.code.id).collect();
    assert_eq!(found, ["B0101", "B0101"], "{:#?}", ir.diags);
    let starts: Vec<_> =
        ir.diags.iter().map(|found| text[..found.at.origin.start as usize].matches('\n').count()).collect();
    assert_eq!(starts, [3, 9]);
    let paths: Vec<_> = ir.fns.iter().map(|body| body.path.as_str()).collect();
    assert_eq!(paths, ["m.a", "m.d", "m.<init>"]);
}
