//! Every construct of the reference parses, and a mistake leaves the rest of the file alone.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::path::{Path, PathBuf};
use tree_sitter::{Node, Parser, Query, Tree};

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&batuta_ruchy_grammar::LANGUAGE.into()).expect("the library knows this version");
    parser.parse(text, None).expect("no limit is set")
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of this folder")
}

/// Texts of the nodes that are errors, outermost first.
fn errors(tree: &Tree, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        if node.is_error() || node.is_missing() {
            found.push(format!("{}: {:?}", node.start_position(), &text[node.byte_range()]));
        } else if node.has_error() {
            open.extend(node.children(&mut node.walk()));
        }
    }
    found
}

#[test]
fn every_construct_parses() {
    let text = read(&here().join("tests/constructs.ruchy"));
    let snippets: Vec<&str> = text.split("\n----\n").collect();
    assert!(snippets.len() > 15);
    for snippet in snippets {
        let found = errors(&parse(snippet), snippet);
        assert!(found.is_empty(), "{snippet}\n{found:?}");
    }
}

#[test]
fn every_program_of_the_corpus_parses() {
    let folder = here().join("../../../tests/corpus/ruchy");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "ruchy") {
            let text = read(&path);
            let found = errors(&parse(&text), &text);
            assert!(found.is_empty(), "{}: {found:?}", path.display());
            count += 1;
        }
    }
    assert!(count >= 25);
}

fn names_of<'t>(node: Node<'_>, text: &'t str) -> Vec<&'t str> {
    let mut cursor = node.walk();
    let items: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
    let functions = items.into_iter().filter(|item| item.kind() == "function_item" && !item.has_error());
    functions
        .filter_map(|item| item.child_by_field_name("name"))
        .map(|name| &text[name.byte_range()])
        .collect()
}

/// A mistake inside one function: those around it stay whole.
#[test]
fn a_mistake_stays_in_its_function() {
    for broken in [
        "let = 5",
        "let x = ",
        "foo(1, ",
        "foo(1, 2",
        "xs[1",
        "x +",
        "if { 1 }",
        "let x = 1 2",
        "match x { 1 => }",
        "for in xs { }",
        "println(\"a\" \"b\")",
        "x.",
        "let y = { a: , b: 2 }",
        "%%",
        "let f = |x",
    ] {
        let text =
            format!("fun before() {{ 1 }}\n\nfun middle() {{\n    {broken}\n}}\n\nfun after(a) {{ a }}\n");
        let tree = parse(&text);
        assert!(tree.root_node().has_error(), "{broken}");
        let names = names_of(tree.root_node(), &text);
        assert!(
            names.contains(&"before") && names.contains(&"after"),
            "{broken}: {names:?}\n{}",
            tree.root_node()
        );
    }
}

/// Text that grows letter by letter never stops the parser.
#[test]
fn every_prefix_has_a_tree() {
    let text = read(&here().join("tests/constructs.ruchy"));
    for snippet in text.split("\n----\n") {
        for (at, _) in snippet.char_indices().step_by(7) {
            let tree = parse(&snippet[..at]);
            assert!(tree.root_node().end_byte() <= at);
        }
    }
}

/// Shape of the places where a line break decides.
#[test]
fn line_breaks_decide() {
    let shape = |text: &str| parse(text).root_node().to_sexp();
    let count = |text: &str| parse(text).root_node().named_child_count();
    assert_eq!(count("f\n(a)"), 2);
    assert_eq!(count("f (a)"), 1);
    assert_eq!(count("f()\n[a]"), 2);
    assert_eq!(count("a\n- b"), 1);
    assert_eq!(count("if a { 1 }\n- b"), 2);
    assert_eq!(count("match a { _ => 1 }\n*b = 1"), 2);
    assert_eq!(count("a\n.b()\n|> c"), 1);
    assert_eq!(count("a\n!b"), 2);
    assert_eq!(count("a\n|| b"), 1);
    assert_eq!(count("a\n|| { b }"), 2);
    assert_eq!(count("a\n|x| x"), 2);
    assert!(shape("let a = c ? 1 : 2").contains("ternary"));
    assert!(shape("let a = c()?").contains("try_operator"));
    assert!(shape("let a = { b: 1 }").contains("object"));
    assert!(shape("let a = { b }").contains("block"));
    assert!(shape("let a = { b, c }").contains("(set "));
    assert!(!shape("if x == Y { z }").contains("struct_expression"));
    assert!(
        shape("-2 ** 2").starts_with("(source_file (expression_statement (binary_expression left: (unary")
    );
    assert!(shape("2 ** 3 ** 2").contains("right: (binary_expression"));
}

#[test]
fn highlights_fit_the_grammar() {
    let language = batuta_ruchy_grammar::LANGUAGE.into();
    let query = Query::new(&language, batuta_ruchy_grammar::HIGHLIGHTS)
        .expect("the query names nodes of the grammar");
    assert!(query.capture_names().contains(&"keyword"));
}
