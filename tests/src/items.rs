//! Text of top-level items: what `hir`, `typed`, `mir` and `rust` fences compare.

/// A top-level item: the line that names it, and its text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemText {
    pub key: String,
    pub text: String,
}

/// Splits printed Rust or IR into its top-level items. Comments, attributes and decorators belong to
/// the item below them. An item ends at a closing brace at the left margin, or at its only line.
pub fn split(text: &str) -> Vec<ItemText> {
    let mut items = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut key: Option<String> = None;
    for line in text.lines() {
        if line.trim().is_empty() && key.is_none() {
            lines.clear();
            continue;
        }
        lines.push(line);
        if key.is_none() && !is_preface(line) {
            key = Some(key_of(line));
        }
        let at_margin = !line.starts_with(char::is_whitespace);
        let is_end = key.is_some() && at_margin && (line.starts_with('}') || is_whole(line));
        if is_end {
            items.push(ItemText { key: key.take().unwrap_or_default(), text: lines.join("\n") });
            lines.clear();
        }
    }
    items
}

fn is_preface(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//")
        || line.starts_with('#')
        || line.starts_with("doc ")
        || line.starts_with('@')
        || line.starts_with(')')
}

fn is_whole(line: &str) -> bool {
    line.ends_with(';') || line.ends_with('}') || line.starts_with("global ")
}

/// `fn total` of `pub fn total(xs: &[i64]) -> i64 {`.
fn key_of(line: &str) -> String {
    let head = line.split(['(', '{', '=', ':', ';', '<']).next().unwrap_or(line);
    let is_whole = ["impl", "use ", "rt::"].iter().any(|word| line.starts_with(word));
    let head = if is_whole { line } else { head };
    head.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ").to_owned()
}

/// What the fence wants of the actual text: the named items as they are. An empty fence wants all.
pub fn select(fence: &str, actual: &str) -> String {
    let wanted = split(fence);
    let all = split(actual);
    let chosen: Vec<_> = if wanted.is_empty() {
        all.iter().map(|item| item.text.clone()).collect()
    } else {
        let find = |key: &str| all.iter().find(|item| item.key == key);
        wanted
            .iter()
            .map(|item| {
                find(&item.key).map_or(format!("// no item `{}`", item.key), |found| found.text.clone())
            })
            .collect()
    };
    let mut text = chosen.join("\n\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_comments_and_blank_lines() {
        let text = "use x;\n\n// why\n#[inline]\npub fn f(a: i64) -> i64 {\n    a\n\n    // end\n}\n\nconst A: i64 = 1;\nstruct P {\n    x: i64,\n}\n";
        let items = split(text);
        let keys: Vec<_> = items.iter().map(|item| item.key.as_str()).collect();
        assert_eq!(keys, ["use x;", "fn f", "const A", "struct P"]);
        assert_eq!(items[1].text, "// why\n#[inline]\npub fn f(a: i64) -> i64 {\n    a\n\n    // end\n}");
        assert_eq!(select("fn f() {\n}\n", text).lines().count(), 7);
        assert_eq!(select("fn g() {\n}\n", text), "// no item `fn g`\n");
    }
}
