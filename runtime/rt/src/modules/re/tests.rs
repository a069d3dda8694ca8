//! Generated from CPython 3.11.

use super::compile;
use crate::{Tuple, repr};

#[rustfmt::skip]
const PLACES: &[(&str, &str, &str)] = &[
    ("(a)(b)?", "ac", "[[[0, 1], [[0, 1], [-1, -1]]]]"),
    ("x*", "abxd", "[[[0, 0], []], [[1, 1], []], [[2, 3], []], [[3, 3], []], [[4, 4], []]]"),
    ("\\b|a", "ab a", "[[[0, 0], []], [[0, 1], []], [[2, 2], []], [[3, 3], []], [[3, 4], []], [[4, 4], []]]"),
    ("(a|ab)(c|bcd)(d*)", "abcd", "[[[0, 4], [[0, 1], [1, 4], [4, 4]]]]"),
    ("(?i)straße", "STRASSE Straße", "[[[8, 14], []]]"),
    ("^\\w+", "foo\nbar", "[[[0, 3], []]]"),
    ("(?m)^\\w+$", "foo\nbar\n", "[[[0, 3], []], [[4, 7], []]]"),
    ("a.c", "a\nc abc", "[[[4, 7], []]]"),
    ("(?s)a.c", "a\nc", "[[[0, 3], []]]"),
    ("(\\w+)@(\\w+)\\.com", "me@x.com you@y.com", "[[[0, 8], [[0, 2], [3, 4]]], [[9, 18], [[9, 12], [13, 14]]]]"),
    ("(?P<y>\\d{4})-(?P<m>\\d\\d)", "on 2024-05 and 1999-12", "[[[3, 10], [[3, 7], [8, 10]]], [[15, 22], [[15, 19], [20, 22]]]]"),
    ("\\d{2,3}?", "123456", "[[[0, 2], []], [[2, 4], []], [[4, 6], []]]"),
    ("(a*)*b", "aaab", "[[[0, 4], [[3, 3]]]]"),
    ("(?:a|b)+?c", "ababc", "[[[0, 5], []]]"),
    ("(\\w)\\1", "hello aabb", "[[[2, 4], [[2, 3]]], [[6, 8], [[6, 7]]], [[8, 10], [[8, 9]]]]"),
    ("(?<=\\$)\\d+", "cost $15 or 16", "[[[6, 8], []]]"),
    ("(?<!\\$)\\b\\d+", "cost $15 or 16", "[[[12, 14], []]]"),
    ("\\w+(?=,)", "a, bc, d", "[[[0, 1], []], [[3, 5], []]]"),
    ("\\w+(?!\\w|,)", "a, bc, d", "[[[7, 8], []]]"),
    ("[^\\W\\d_]+", "ab1_é ßx", "[[[0, 2], []], [[4, 5], []], [[6, 8], []]]"),
    ("[]a-]+", "x]a-b", "[[[1, 4], []]]"),
    ("(?x) a  b # c\n c", "abc", "[[[0, 3], []]]"),
    ("a{,2}b", "aaab", "[[[1, 4], []]]"),
    ("a{2", "a{2 aa", "[[[0, 3], []]]"),
    ("(?>a+)b", "aaab", "[[[0, 4], []]]"),
    ("a++b", "aaab", "[[[0, 4], []]]"),
    ("(a)?(?(1)b|c)", "ab c", "[[[0, 2], [[0, 1]]], [[3, 4], [[-1, -1]]]]"),
    ("\\Aab\\Z", "ab", "[[[0, 2], []]]"),
    ("ab$", "ab\n", "[[[0, 2], []]]"),
    ("", "abc", "[[[0, 0], []], [[1, 1], []], [[2, 2], []], [[3, 3], []]]"),
    ("\\s+", "a  b\tc\n", "[[[1, 3], []], [[4, 5], []], [[6, 7], []]]"),
    ("[A-Z][a-z]*", "HelloWorldFoo", "[[[0, 5], []], [[5, 10], []], [[10, 13], []]]"),
    ("\"([^\"\\\\]|\\\\.)*\"", "say \"a\\\"b\" ok", "[[[4, 10], [[8, 9]]]]"),
    ("(\\d+)([+*-])(\\d+)", "1+2 3*44", "[[[0, 3], [[0, 1], [1, 2], [2, 3]]], [[4, 8], [[4, 5], [5, 6], [6, 8]]]]"),
    ("日(.)", "x日本 日語", "[[[1, 3], [[2, 3]]], [[4, 6], [[5, 6]]]]"),
    ("(?:(\\d+)|(\\w+))\\s*", "12 ab 3", "[[[0, 3], [[0, 2], [-1, -1]]], [[3, 6], [[-1, -1], [3, 5]]], [[6, 7], [[6, 7], [-1, -1]]]]"),
    ("(a+|b+)*c", "aabbc", "[[[0, 5], [[2, 4]]]]"),
    (".*?,", "a,b,c", "[[[0, 2], []], [[2, 4], []]]"),
    ("(.*),(.*)", "a,b,c", "[[[0, 5], [[0, 3], [4, 5]]]]"),
];

#[rustfmt::skip]
const ERRORS: &[(&str, &str)] = &[
    ("(", "missing ), unterminated subpattern at position 0"),
    ("a)", "unbalanced parenthesis at position 1"),
    ("*a", "nothing to repeat at position 0"),
    ("a**", "multiple repeat at position 2"),
    ("[a", "unterminated character set at position 0"),
    ("(?P<n", "missing >, unterminated name at position 4"),
    ("(?P<1a>x)", "bad character in group name '1a' at position 4"),
    ("\\", "bad escape (end of pattern) at position 0"),
    ("a{3,2}", "min repeat greater than max repeat at position 2"),
    ("(?<=a+)b", "look-behind requires fixed-width pattern"),
    ("(?z)", "unknown extension ?z at position 1"),
    ("\\2", "invalid group reference 2 at position 1"),
    ("[z-a]", "bad character range z-a at position 1"),
    ("(?P=foo)", "unknown group name 'foo' at position 4"),
    ("(?:a", "missing ), unterminated subpattern at position 0"),
    ("\\q", "bad escape \\q at position 0"),
    ("[\\q]", "bad escape \\q at position 1"),
    ("(?P<a>x)(?P<a>y)", "redefinition of group name 'a' as group 2; was group 1 at position 12"),
];

#[rustfmt::skip]
const REPLACED: &[(&str, &str, &str, &str)] = &[
    ("a(b)?", "[\\1]", "ab a", "[b] []"),
    ("(?P<x>\\w)", "\\g<x>\\g<x>\\n", "ab", "aa\nbb\n"),
    ("\\s+", " ", "a  b \n c", "a b c"),
    ("x*", "-", "abxd", "-a-b--d-"),
    ("(\\w+) (\\w+)", "\\2 \\1", "hello world foo bar", "world hello bar foo"),
    ("\\.", "\\\\.", "a.b", "a\\.b"),
];

#[rustfmt::skip]
const SPLIT: &[(&str, &str, &str)] = &[
    ("\\s*,\\s*", "a , b,c", "['a', 'b', 'c']"),
    ("(-)", "a-b-c", "['a', '-', 'b', '-', 'c']"),
    ("x*", "axbc", "['', 'a', '', 'b', 'c', '']"),
    ("\\W+", "Words, words, words.", "['Words', 'words', 'words', '']"),
];

fn span((start, end): (i64, i64)) -> String {
    format!("[{start}, {end}]")
}

#[test]
fn matches_stand_where_cpython_finds_them() {
    for &(pattern, text, wanted) in PLACES {
        let compiled = compile(pattern, 0).expect(pattern);
        let of = |found: super::Match| {
            let groups: Vec<String> = (1..=compiled.groups()).map(|group| span(found.span(group))).collect();
            format!("[{}, [{}]]", span(found.span(0)), groups.join(", "))
        };
        let found: Vec<String> = compiled.finditer(text).map(of).collect();
        assert_eq!(format!("[{}]", found.join(", ")), wanted, "{pattern} in {text}");
    }
}

#[test]
fn errors_are_cpythons() {
    let of = |pattern: &str| compile(pattern, 0).map_or_else(|e| e.to_string(), |_| "ok".to_owned());
    let found: Vec<(&str, String)> = ERRORS.iter().map(|(pattern, _)| (*pattern, of(pattern))).collect();
    let wanted: Vec<(&str, String)> =
        ERRORS.iter().map(|(pattern, text)| (*pattern, (*text).to_owned())).collect();
    assert_eq!(found, wanted);
}

#[test]
fn texts_are_replaced_and_split() {
    for &(pattern, replacement, text, wanted) in REPLACED {
        assert_eq!(compile(pattern, 0).expect(pattern).sub(replacement, text, 0), wanted, "{pattern}");
    }
    for &(pattern, text, wanted) in SPLIT {
        let parts = compile(pattern, 0).expect(pattern).split(text, 0);
        assert_eq!(repr(&parts).to_string(), wanted, "{pattern}");
    }
    let found = compile("(?P<a>x)|(y)", 0).ok().and_then(|p| p.search("-y")).expect("y is there");
    assert_eq!(repr(&found.groups()).to_string(), "(None, 'y')");
    assert_eq!(repr(&found).to_string(), "<re.Match object; span=(1, 2), match='y'>");
    assert_eq!(found.groups_or("-"), Tuple::from(["-".to_owned(), "y".to_owned()]));
}
