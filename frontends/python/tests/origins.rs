//! Positions: origins count from their body's start, diagnostics point at their text.

mod common;

use batuta_core::text::print_body;
use batuta_core::*;
use common::*;

const SOURCE: &str = "\
import math


def first(a):
    return a + 1


@math.wraps(1)
def second(values):
    total = unknwon
    return total


class C:
    def method(self, item):
        return self.attr[item]
";

fn text_of(body: &Body<Hir>, row: &NodeRow) -> &'static str {
    let base = body.origin.start as usize;
    &SOURCE[base + row.origin.start as usize..base + row.origin.end as usize]
}

#[test]
fn a_node_knows_its_text() {
    let ir = lower_text(SOURCE);
    let texts = |path: &str| -> Vec<&str> {
        let body = ir.fns.iter().find(|body| body.path == path).expect("the body");
        body.nodes.iter().map(|(_, row)| text_of(body, row)).collect()
    };
    assert!(texts("m.first").contains(&"a + 1"));
    assert!(texts("m.second").starts_with(&["1"]));
    assert!(texts("m.second").contains(&"total"));
    assert!(texts("m.C.method").contains(&"self.attr[item]"));
}

#[test]
fn an_item_starts_at_its_base() {
    let ir = lower_text(SOURCE);
    let heads: Vec<_> =
        ir.module.items.iter().map(|row| SOURCE[row.base as usize..].lines().next()).collect();
    assert_eq!(heads, [Some("def first(a):"), Some("@math.wraps(1)"), Some("class C:")]);
    let body = ir.fns.iter().find(|body| body.path == "m.C.method").expect("the body");
    assert!(SOURCE[body.origin.start as usize..body.origin.end as usize].starts_with("def method"));
}

#[test]
fn a_diagnostic_points_at_the_name() {
    let ir = lower_text(SOURCE);
    let found = &ir.diags[0];
    let body = ir.fns.iter().find(|body| body.path == found.at.item).expect("the anchor names a body");
    let start = (body.origin.start + found.at.origin.start) as usize;
    assert_eq!((found.code.id, &SOURCE[start..start + 7]), ("B0201", "unknwon"));
}

/// An edit above an item changes nothing inside it.
#[test]
fn an_item_does_not_know_where_it_stands() {
    let (before, after) = (lower_text(SOURCE), lower_text(&SOURCE.replacen("a + 1", "a + 1 + a", 1)));
    let find =
        |ir: &FileIr, path: &str| ir.fns.iter().find(|body| body.path == path).cloned().expect("the body");
    for path in ["m.second", "m.C.method"] {
        let (mut one, mut two) = (find(&before, path), find(&after, path));
        assert_ne!(one.origin, two.origin);
        one.origin = Default::default();
        two.origin = Default::default();
        assert_eq!(one, two);
    }
}

#[test]
fn line_ends_and_marks_change_nothing() {
    let unix = "# c\nx = '''a\nb'''  # d\n\ndef f(a):\n    # e\n    return a + \\\n        x  # g\n";
    let print = |text: &str| lower_text(text).fns.iter().map(print_body).collect::<Vec<_>>();
    assert_eq!(print(unix), print(&unix.replace('\n', "\r\n")));
    assert_eq!(print(unix), print(&format!("\u{feff}{unix}")));
}
