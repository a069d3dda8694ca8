//! The runtime side: rows that compiled code calls, each over items with their descriptors.
//!
//! A row is safe Rust over `batuta_rt`; it raises as `rt` does. [`invoke`] is the one entry: it makes
//! items of the words, runs the row, and turns what it raises into a status.

pub mod adapt;
mod builtins;
pub mod classes;
mod containers;
mod entry;
mod errors;
mod generators;
mod iters;
pub mod library;
mod lists;
pub mod mapping;
mod maths;
mod modules;
mod numbers;
mod ruchy;
mod ruchy_debug;
mod ruchy_lists;
mod ruchy_outcomes;
pub mod ruchy_show;
mod sets;
pub mod show;
mod texts;
pub mod values;

pub use builtins::{empty_word, truth};
pub use entry::{
    allocate, call_row, fault, invoke, kind, locate, next, note_index, raise, release, take_error,
};
pub use errors::code;
pub use generators::{generator, give};
pub use iters::item_desc;

use crate::desc::{ClassDesc, D, Method};
use crate::item::Item;
use crate::memory::{call_code, object, word_at};
use batuta_core::Conv;
use batuta_rt as rt;
use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};

/// A library function or operation over items.
pub type Row = fn(&Site, &[Item]) -> u64;

/// One place in the program that calls a row.
pub struct Site {
    pub row: Row,
    pub name: String,
    pub args: Vec<D>,
    pub ret: D,
    /// Constant parameter of the operation, as text.
    pub attr: String,
    pub attr_desc: Option<D>,
    pub class: Option<&'static ClassDesc>,
    pub error: Option<rt::Class>,
    pub parts: Vec<FormatPart>,
}

/// A piece of formatted text; values are arguments by position.
pub enum FormatPart {
    Text(String),
    Value { arg: usize, conv: Conv, spec: Vec<FormatPart> },
}

/// The row of an operation, catalogue function or step of a lowering.
pub fn find(name: &str) -> Option<Row> {
    if let Some((name, overload)) = name.rsplit_once('#') {
        return library::overload(name, overload.parse().ok()?).or_else(|| find(name));
    }
    if let Some(row) = iters::find(name) {
        return Some(row);
    }
    // `itertools.product$2` is an overload that Rust spells in another way.
    let name = match name.split_once('$') {
        Some((plain, "" | "nth" | "*")) => plain,
        Some((plain, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => plain,
        _ => name,
    };
    // An ordered dict is a dict here.
    if let Some(method) = name.strip_prefix("OrderedDict.") {
        return find(match method {
            "__len__" => "dict.len",
            "__contains__" => "dict.contains",
            "__getitem__" => "rt.index.dict",
            "__setitem__" => "rt.set.dict",
            "get" | "pop" | "keys" | "values" | "items" | "popitem" | "move_to_end" | "setdefault"
            | "update" => {
                return mapping::find(&format!("dict.{method}"));
            }
            _ => return None,
        });
    }
    let families: [fn(&str) -> Option<Row>; 10] = [
        numbers::find,
        texts::find,
        lists::find,
        mapping::find,
        sets::find,
        iters::find,
        builtins::find,
        errors::find,
        values::find,
        modules::find,
    ];
    families
        .iter()
        .find_map(|family| family(name))
        .or_else(|| maths::find(name))
        .or_else(|| classes::find(name))
        .or_else(|| containers::find(name))
        .or_else(|| ruchy::find(name))
        .or_else(|| ruchy_lists::find(name))
        .or_else(|| ruchy_outcomes::find(name))
}

#[cfg(test)]
mod tests {
    use super::{find, library};

    /// Rows of Ruchy without code here.
    const GAPS: &[&str] =
        &["ruchy.strip_prefix", "ruchy.strip_suffix", "ruchy.taken", "ruchy.to_digit", "ruchy.try"];

    #[test]
    fn every_row_of_ruchy_has_code() {
        let rows = batuta_catalog::all().flatten().filter(|row| row.name.as_str().starts_with("ruchy."));
        let lacks =
            |name: &str, overload: usize| find(name).is_none() && library::overload(name, overload).is_none();
        let mut missing: Vec<&str> = rows
            .filter(|row| row.op.is_none() && lacks(row.name.as_str(), row.overload))
            .map(|row| row.name.as_str())
            .collect();
        missing.dedup();
        assert_eq!(missing, GAPS);
    }
}

/// The program is Ruchy's: one program runs in a process.
static IS_RUCHY: AtomicBool = AtomicBool::new(false);

/// Says which language the program that is compiled and run comes from.
pub fn set_language(lang: batuta_core::Lang) {
    IS_RUCHY.store(lang == batuta_core::Lang::Ruchy, Ordering::Relaxed);
}

pub fn is_ruchy() -> bool {
    IS_RUCHY.load(Ordering::Relaxed)
}

thread_local! {
    static PENDING: RefCell<Option<rt::Error>> = const { RefCell::new(None) };
}

/// Leaves an error for the code that sees the status.
pub fn set_pending(error: rt::Error) {
    PENDING.set(Some(error));
}

/// The error that made the last status.
pub fn pending() -> rt::Error {
    PENDING.take().unwrap_or_else(|| rt::Error::new(rt::SystemError, "a status without an error"))
}

/// The error behind an item of error type.
pub fn error_of(item: &Item) -> &'static rt::Error {
    object(&item.word)
}

/// Calls a function value.
pub fn call_func(function: &Item, args: &[u64]) -> u64 {
    let code = word_at(function.word, 0) as *const u8;
    call_code(code, function.word, args).unwrap_or_else(|| rt::raise(pending()))
}

/// The result type of a function value.
pub fn result_of(function: &Item) -> D {
    match &function.desc.kind {
        crate::desc::Kind::Func(_, ret) => ret,
        _ => function.desc,
    }
}

/// Calls a method of the program.
pub fn call_method(method: &Method, args: &[&Item]) -> Item {
    let words: Vec<u64> = args.iter().map(|item| item.word).collect();
    Item::new(call_code(method.code, 0, &words).unwrap_or_else(|| rt::raise(pending())), method.ret)
}

/// Calls a method with values of any type: nothing where one is not what a parameter takes.
pub fn ask_method(method: &Method, args: &[&Item]) -> Option<Item> {
    if args.len() != method.params.len() {
        return None;
    }
    let fitted: Option<Vec<Item>> =
        args.iter().zip(&method.params).map(|(arg, to)| values::argument(arg, to)).collect();
    Some(call_method(method, &fitted?.iter().collect::<Vec<_>>()))
}

/// The row of a name that has none. No code calls it: the name is a gap.
pub fn missing(site: &Site, _: &[Item]) -> u64 {
    rt::raise_new(rt::SystemError, format!("no row {}", site.name))
}

/// A family of rows as a table from names.
macro_rules! rows {
    ($($name:literal $(| $more:literal)* => $row:expr;)*) => {
        pub(super) fn find(name: &str) -> Option<$crate::host::Row> {
            let row: $crate::host::Row = match name {
                $($name $(| $more)* => $row,)*
                _ => return None,
            };
            Some(row)
        }
    };
}
pub(crate) use rows;
