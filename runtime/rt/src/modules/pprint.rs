//! Python's `pprint`: the same lines.

use crate::class::NotImplementedError;
use crate::list::sorted_by_key;
use crate::repr::repr;
use crate::text::PyStr;
use crate::unwind::raise_new;
use crate::value::Value;

/// The options of `pprint` and `pformat`.
#[derive(Clone, Debug)]
pub struct PrettyPrinter {
    /// Blanks for each level.
    pub indent: i64,
    /// Most characters of a line.
    pub width: i64,
    /// Whether several items share a line.
    pub compact: bool,
    /// Whether the keys of dicts are sorted.
    pub sort_dicts: bool,
}

impl Default for PrettyPrinter {
    fn default() -> Self {
        PrettyPrinter { indent: 1, width: 80, compact: false, sort_dicts: true }
    }
}

/// `pprint.pformat(value)`.
pub fn pformat(value: impl Into<Value>) -> String {
    PrettyPrinter::default().pformat(value)
}

/// `pprint.pprint(value)`.
pub fn pprint(value: impl Into<Value>) {
    PrettyPrinter::default().pprint(value);
}

impl PrettyPrinter {
    /// `p.pformat(value)`.
    pub fn pformat(&self, value: impl Into<Value>) -> String {
        let mut writer = Writer { out: String::new(), style: self };
        writer.value(&value.into(), 0, 0, 0);
        writer.out
    }

    /// `p.pprint(value)`.
    pub fn pprint(&self, value: impl Into<Value>) {
        crate::stdout_write(&format!("{}\n", self.pformat(value)));
    }

    fn sorted(&self, entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
        if self.sort_dicts { sorted_by_kind(entries, |(key, _)| key.clone()) } else { entries }
    }

    /// A value in one line.
    fn one_line(&self, value: &Value) -> String {
        let all =
            |items: &[Value]| items.iter().map(|item| self.one_line(item)).collect::<Vec<_>>().join(", ");
        match value {
            Value::Dict(dict) => {
                let entry = |(key, value): (Value, Value)| {
                    format!("{}: {}", self.one_line(&key), self.one_line(&value))
                };
                let entries: Vec<_> = self.sorted(dict.items().collect()).into_iter().map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::List(list) => format!("[{}]", all(&list.to_vec())),
            Value::Tuple(items) if items.len() == 1 => format!("({},)", all(items)),
            Value::Tuple(items) => format!("({})", all(items)),
            other => repr(other).to_string(),
        }
    }
}

/// A layout that is not here: an error rather than other lines than CPython's.
fn not_laid_out(what: &str) -> ! {
    raise_new(NotImplementedError, format!("pprint of {what}"))
}

/// Sorted where the keys have one kind; else the kinds stand in the order of their names.
fn sorted_by_kind<T>(items: Vec<T>, key: impl Fn(&T) -> Value) -> Vec<T> {
    let kind = |item: &T| match key(item) {
        Value::Bool(_) | Value::Float(_) => "int".to_owned(),
        other => other.type_name().to_owned(),
    };
    let mut groups: std::collections::BTreeMap<String, Vec<T>> = Default::default();
    for item in items {
        groups.entry(kind(&item)).or_default().push(item);
    }
    let has_order = |kind: &str| matches!(kind, "int" | "str" | "tuple" | "bytes" | "list");
    let group = |(kind, items): (String, Vec<T>)| {
        if has_order(&kind) {
            return sorted_by_key(items, |item| key(item), false);
        }
        if items.len() > 1 && matches!(key(&items[0]), Value::Object(_)) {
            not_laid_out(&format!("several keys of type `{kind}`"));
        }
        items
    };
    groups.into_iter().flat_map(group).collect()
}

struct Writer<'a> {
    out: String,
    style: &'a PrettyPrinter,
}

impl Writer<'_> {
    /// Writes a value that starts at column `indent` and has `allowance` characters behind it.
    fn value(&mut self, value: &Value, indent: i64, allowance: i64, level: usize) {
        let line = self.style.one_line(value);
        if line.char_len() <= self.style.width - indent - allowance {
            self.out.push_str(&line);
            return;
        }
        match value {
            Value::Dict(dict) => self.entries(dict.items().collect(), indent, allowance + 1, level),
            Value::List(list) => self.items(("[", "]"), &list.to_vec(), indent, allowance, level),
            Value::Tuple(items) if items.len() == 1 => {
                self.items(("(", ",)"), items, indent, allowance, level)
            }
            Value::Tuple(items) => self.items(("(", ")"), items, indent, allowance, level),
            Value::Set(set) if !set.is_empty() => {
                let items = sorted_by_kind(set.iter().collect(), Value::clone);
                self.items(("{", "}"), &items, indent, allowance, level);
            }
            Value::Str(text) if !text.is_empty() => self.text(text, indent, allowance, level),
            // CPython lays these out by rules of their own; an object without a text of its own stays on its line.
            Value::Bytes(_) | Value::FrozenSet(_) | Value::Object(_) if !line.starts_with('<') => {
                not_laid_out(&format!("a `{}` longer than a line", value.type_name()))
            }
            _ => self.out.push_str(&line),
        }
    }

    fn new_line(&mut self, indent: i64) {
        self.out.push_str(",\n");
        self.blanks(indent);
    }

    fn blanks(&mut self, count: i64) {
        self.out.extend(std::iter::repeat_n(' ', count.max(0) as usize));
    }

    fn entries(&mut self, entries: Vec<(Value, Value)>, indent: i64, allowance: i64, level: usize) {
        self.out.push('{');
        self.blanks(self.style.indent - 1);
        let entries = self.style.sorted(entries);
        let (indent, count) = (indent + self.style.indent, entries.len());
        for (at, (key, value)) in entries.iter().enumerate() {
            let key = self.style.one_line(key);
            self.out.push_str(&key);
            self.out.push_str(": ");
            let behind = if at + 1 == count { allowance } else { 1 };
            self.value(value, indent + key.char_len() + 2, behind, level + 1);
            if at + 1 < count {
                self.new_line(indent);
            }
        }
        self.out.push('}');
    }

    fn items(
        &mut self,
        (open, close): (&str, &str),
        items: &[Value],
        indent: i64,
        allowance: i64,
        level: usize,
    ) {
        self.out.push_str(open);
        self.blanks(self.style.indent - 1);
        let (indent, allowance) = (indent + self.style.indent, allowance + close.char_len());
        let (mut room, mut most) = (self.style.width - indent + 1, self.style.width - indent + 1);
        let mut separator = "";
        for (at, item) in items.iter().enumerate() {
            let is_last = at + 1 == items.len();
            if is_last {
                room -= allowance;
                most -= allowance;
            }
            if self.style.compact {
                let line = self.style.one_line(item);
                let needed = line.char_len() + 2;
                if room < needed {
                    room = most;
                    if !separator.is_empty() {
                        separator = "\n";
                    }
                }
                if room >= needed {
                    room -= needed;
                    self.separate(separator, indent);
                    separator = ", ";
                    self.out.push_str(&line);
                    continue;
                }
            }
            self.separate(separator, indent);
            separator = "\n";
            self.value(item, indent, if is_last { allowance } else { 1 }, level + 1);
        }
        self.out.push_str(close);
    }

    fn separate(&mut self, separator: &str, indent: i64) {
        match separator {
            "\n" => self.new_line(indent),
            other => self.out.push_str(other),
        }
    }

    /// A long text as several literals, one a line.
    fn text(&mut self, text: &str, mut indent: i64, mut allowance: i64, level: usize) {
        if level == 0 {
            indent += 1;
            allowance += 1;
        }
        let most = self.style.width - indent;
        let lines = text.py_lines(true);
        let mut chunks: Vec<String> = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let behind = if at + 1 == lines.len() { allowance } else { 0 };
            let whole = repr(line).to_string();
            if whole.char_len() <= most - behind {
                chunks.push(whole);
                continue;
            }
            let words = words(line);
            let mut current = String::new();
            for (at, word) in words.iter().enumerate() {
                let behind = if at + 1 == words.len() { behind } else { 0 };
                let longer = format!("{current}{word}");
                if repr(&longer).to_string().char_len() <= most - behind {
                    current = longer;
                    continue;
                }
                if !current.is_empty() {
                    chunks.push(repr(&current).to_string());
                }
                current = word.clone();
            }
            if !current.is_empty() {
                chunks.push(repr(&current).to_string());
            }
        }
        let (open, close) = if level == 0 && chunks.len() > 1 { ("(", ")") } else { ("", "") };
        let lines = chunks.join(&format!("\n{}", " ".repeat(indent.max(0) as usize)));
        self.out.push_str(&format!("{open}{lines}{close}"));
    }
}

/// Words with the blanks behind them.
fn words(line: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut in_blanks = true;
    for c in line.chars() {
        if out.is_empty() || in_blanks && !c.is_whitespace() {
            out.push(String::new());
        }
        in_blanks = c.is_whitespace();
        out.last_mut().expect("pushed above").push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cpythons() {
        // From CPython 3.11.
        assert_eq!(pformat(vec![3, 1]), "[3, 1]");
        let narrow = PrettyPrinter { width: 20, ..PrettyPrinter::default() };
        assert_eq!(narrow.pformat(vec![100_000; 3]), "[100000,\n 100000,\n 100000]");
        assert_eq!(narrow.pformat("one two three four five"), "('one two three '\n 'four five')");
    }
}
