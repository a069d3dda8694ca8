//! The tests of a file: `#[test] fun name() {..}`, `@test("..") fun name() {..}`, `test "name" {..}`, in the file
//! and in its inline modules.

use crate::parse;
use batuta_syntax::Syntax;

/// A test of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    /// `adds`, `inner::adds`, or the text of a `test "..."`.
    pub name: String,
    /// One-based.
    pub line: usize,
    /// It is not run unless asked for, and the reason that it gives.
    pub ignored: Option<String>,
    /// It has to fail, with a message that holds this text.
    pub should_panic: Option<String>,
    /// Why it cannot be run.
    pub fault: Option<String>,
}

/// The tests of a text, in their order; none where the text is not Ruchy.
pub fn tests(text: &str) -> Vec<Test> {
    let Some(parsed) = parse::parse(text) else { return Vec::new() };
    if !parsed.faults.is_empty() || parsed.too_deep.is_some() {
        return Vec::new();
    }
    let root = Syntax::new(parsed.tree.root_node(), text);
    let row = |found: Found<'_>| Test {
        line: found.item.field("name").unwrap_or(found.item).raw().start_position().row + 1,
        ignored: found.ignored,
        should_panic: found.should_panic,
        fault: found.fault,
        name: found.name,
    };
    of(&root.named()).into_iter().map(row).collect()
}

/// A test and where it stands.
pub(crate) struct Found<'t> {
    pub item: Syntax<'t>,
    pub name: String,
    /// The name of its function below the file: `inner_adds`.
    pub function: String,
    ignored: Option<String>,
    should_panic: Option<String>,
    pub fault: Option<String>,
}

/// The tests among items.
pub(crate) fn of<'t>(stmts: &[Syntax<'t>]) -> Vec<Found<'t>> {
    let mut out = Vec::new();
    collect(stmts, &[], &mut out);
    out
}

fn collect<'t>(stmts: &[Syntax<'t>], modules: &[&str], out: &mut Vec<Found<'t>>) {
    for stmt in stmts {
        match (stmt.kind(), stmt.field("name")) {
            ("mod_item", Some(name)) => {
                let inner = [modules, &[name.text()]].concat();
                collect(&stmt.named(), &inner, out);
            }
            ("function_item", Some(name)) => out.extend(function(*stmt, name.text(), modules)),
            ("test_item", Some(name)) => {
                let name = crate::literal::string(name.text());
                out.push(Found {
                    item: *stmt,
                    name: path(modules, &name, "::"),
                    function: path(modules, &block_name(*stmt), "_"),
                    ignored: None,
                    should_panic: None,
                    fault: None,
                });
            }
            _ => {}
        }
    }
}

/// The name of the function that a `test "..." {..}` becomes.
pub(crate) fn block_name(item: Syntax<'_>) -> String {
    format!("test_at_{}", item.start())
}

fn path(modules: &[&str], name: &str, between: &str) -> String {
    modules.iter().copied().chain([name]).collect::<Vec<_>>().join(between)
}

/// The test that a function with its attributes is.
fn function<'t>(item: Syntax<'t>, name: &str, modules: &[&str]) -> Option<Found<'t>> {
    let mut found = Found {
        item,
        name: path(modules, name, "::"),
        function: path(modules, name, "_"),
        ignored: None,
        should_panic: None,
        fault: None,
    };
    let mut is_test = false;
    for attribute in item.named().into_iter().filter(|part| part.is("attribute")) {
        let (word, rest) = split(attribute);
        match word {
            "test" => is_test = true,
            "property" => {
                is_test = true;
                found.fault = Some("property tests are not run yet".to_owned());
            }
            "ignore" => found.ignored = Some(quoted(rest)),
            "should_panic" => found.should_panic = Some(quoted(rest)),
            _ => {}
        }
    }
    if item.field("parameters").is_some_and(|list| !list.named().is_empty()) && found.fault.is_none() {
        found.fault = Some("a test takes no arguments".to_owned());
    }
    is_test.then_some(found)
}

/// Names of the attributes of an item.
pub(crate) fn attributes(item: Syntax<'_>) -> Vec<&str> {
    let all = item.named().into_iter().filter(|part| part.is("attribute"));
    all.map(|attribute| split(attribute).0).collect()
}

/// Name of an attribute and what follows it: `#[ignore = "slow"]`, `@test("adds")`.
fn split(attribute: Syntax<'_>) -> (&str, &str) {
    let text = attribute.field("text").map_or_else(|| attribute.text().trim_start_matches('@'), Syntax::text);
    let text = text.trim();
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.split_at(end)
}

/// The first quoted text; empty where there is none.
fn quoted(text: &str) -> String {
    text.split('"').nth(1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn all_forms_are_found() {
        let text = "#[test]\nfun adds() { assert_eq(1 + 1, 2) }\nfun helper() { 1 }\n\
                    mod inner {\n    #[test]\n    #[should_panic(expected = \"boom\")]\n    fun fails() { panic(\"boom\") }\n}\n\
                    @test(\"words\") fun says() { }\ntest \"a block\" { assert(true) }\n\
                    #[test]\n#[ignore = \"slow\"]\nfun waits() { }\n#[test]\nfun takes(x) { }\n";
        let found = tests(text);
        let names: Vec<&str> = found.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(names, ["adds", "inner::fails", "says", "a block", "waits", "takes"]);
        assert_eq!(found[1].should_panic.as_deref(), Some("boom"));
        assert_eq!(found[4].ignored.as_deref(), Some("slow"));
        assert!(found[5].fault.is_some() && found[0].fault.is_none());
        assert!(tests("fun (").is_empty());
    }
}
