//! Tests of a project become tests of the emitted project.

use batuta_session::{Options, Session, load};
use std::fs;

const SHOP: &str = "\
class Empty(Exception):
    pass


class Shop:
    def __init__(self, stock: dict[str, int]):
        self.stock = stock

    def take(self, name: str) -> int:
        if self.stock.get(name, 0) == 0:
            raise Empty(f\"no {name}\")
        self.stock[name] -= 1
        return self.stock[name]


if __name__ == \"__main__\":
    shop = Shop({\"tea\": 2})
    try:
        print(shop.take(\"tea\"))
    except Empty as error:
        print(error)
";

const PYTEST: &str = "\
import pytest
from shop import Empty, Shop


@pytest.fixture
def shop():
    return Shop({\"tea\": 2})


@pytest.mark.parametrize(\"name, left\", [(\"tea\", 1)])
def test_take(shop, name, left):
    assert shop.take(name) == left


class TestErrors:
    # the message names what is missing
    def test_empty(self, shop):
        with pytest.raises(Empty, match=\"no milk\"):
            shop.take(\"milk\")
";

const UNITTEST: &str = "\
import unittest
from shop import Empty, Shop


class ShopTest(unittest.TestCase):
    def setUp(self):
        self.shop = Shop({\"tea\": 1})

    def test_last(self):
        self.assertEqual(self.shop.take(\"tea\"), 0)
        self.assertRaises(Empty, self.shop.take, \"tea\")
";

fn emitted(test: &str) -> String {
    let dir = tempfile::tempdir().expect("temporary folder");
    fs::create_dir(dir.path().join("tests")).expect("folder");
    fs::write(dir.path().join("shop.py"), SHOP).expect("file");
    fs::write(dir.path().join("tests/test_shop.py"), test).expect("file");
    let project = load(dir.path()).expect("a project");
    let (project, session) = Session::with_tests(project, Options::default());
    assert!(project.notes.is_empty(), "{:?}", project.notes);
    let output = session.output();
    assert!(output.files["src/main.rs"].contains("#[cfg(test)]\nmod tests;\n"));
    output.files["src/tests/test_shop.rs"].clone()
}

#[test]
fn fixtures_cases_and_expected_errors_of_pytest() {
    let text = emitted(PYTEST);
    for part in [
        "#[test]\nfn test_take() {\n    let (name, left) = (\"tea\", 1_i64);",
        "shop.take(name)",
        "// the message names what is missing\n#[test]\nfn test_empty() {",
        "Err(error) if error.is_a(Empty) =>",
        "contains(\"no milk\")",
        "DID NOT RAISE Empty",
    ] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("pytest"), "{text}");
}

const DEEP: &str = "\
import pytest
from shop import Shop


@pytest.mark.parametrize((\"name\",), [(\"tea\",)])
class TestGroup:
    def test_group(self, name):
        assert Shop({name: 1}).take(name) == 0


@pytest.mark.parametrize(\"name\", [\"tea\"], indirect=True)
def test_indirect(name):
    assert name == \"TEA\"
";

#[test]
fn folders_of_tests_marks_of_classes_and_automatic_fixtures() {
    let dir = tempfile::tempdir().expect("temporary folder");
    fs::create_dir_all(dir.path().join("tests/deep")).expect("folder");
    fs::write(dir.path().join("shop.py"), SHOP).expect("file");
    let fixture = "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef opened():\n    print(1)\n";
    fs::write(dir.path().join("tests/conftest.py"), fixture).expect("file");
    fs::write(dir.path().join("tests/deep/test_shop.py"), DEEP).expect("file");
    fs::write(dir.path().join("tests/test_shop.py"), b"x = '\xe9'\n").expect("file");
    let (project, session) = Session::with_tests(load(dir.path()).expect("a project"), Options::default());
    assert!(project.notes[0].starts_with("not read: "), "{:?}", project.notes);
    let text = session.output().files["src/tests/deep/test_shop.rs"].clone();
    for part in ["let (name,) = (\"tea\",);", "conftest::opened();", "#[ignore = \"has no translation\"]"] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
}

#[test]
fn classes_of_unittest() {
    let text = emitted(UNITTEST);
    for part in ["impl ShopTest {\n", "fn new() -> ", "#[test]\nfn test_last() {\n", "DID NOT RAISE Empty"] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("unittest"), "{text}");
}

const EXPECTED: &str = "\
import unittest
import pytest
from shop import Empty, Shop


class EmptyTest(unittest.TestCase):
    def setUp(self):
        self.shop = Shop({})

    def test_each(self):
        for name in (\"tea\", \"milk\"):
            with self.subTest(name=name), self.assertRaises(Empty):
                self.shop.take(name)


def test_info():
    with pytest.raises(Empty) as info:
        Shop({}).take(\"tea\")
    assert info.type is Empty
    info.match(\"no t\")
";

#[test]
fn several_managers_and_what_is_known_of_an_expected_error() {
    let text = emitted(EXPECTED);
    for part in ["for name in", "DID NOT RAISE Empty", "rt::re::search(\"no t\""] {
        assert!(text.contains(part), "no `{part}` in\n{text}");
    }
    assert!(!text.contains("has no translation"), "{text}");
}

#[test]
fn a_file_of_tests_that_does_not_fit_leaves_the_others() {
    let dir = tempfile::tempdir().expect("temporary folder");
    fs::create_dir(dir.path().join("tests")).expect("folder");
    fs::write(dir.path().join("shop.py"), SHOP).expect("file");
    fs::write(dir.path().join("tests/test_shop.py"), PYTEST).expect("file");
    let odd = "from shop import Shop\n\n\ndef test_odd():\n    assert Shop({1: None, \"b\": 2.5}).take(1) == \"x\"\n    Shop(3).take(b\"y\")\n    Shop([\"z\"]).take(None)\n";
    fs::write(dir.path().join("tests/test_odd.py"), odd).expect("file");
    let (project, session) = Session::with_tests(load(dir.path()).expect("a project"), Options::default());
    let left: Vec<&String> = project.notes.iter().filter(|note| note.starts_with("left out: ")).collect();
    assert_eq!(left.len(), 1, "{:?}", project.notes);
    assert!(left[0].ends_with("tests/test_odd.py"), "{left:?}");
    assert!(session.output().files.contains_key("src/tests/test_shop.rs"));
}
