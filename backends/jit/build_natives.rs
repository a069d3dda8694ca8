//! Functions of the C library as code that takes words: found by their heads in the runtime's sources.

use std::fmt::Write;
use std::path::Path;

/// Modules of the runtime whose functions are no functions of C.
const LEFT: &[&str] = &[
    "cells", "embed", "foreign", "function", "list", "local", "mod", "pointer", "record", "shown", "text",
    "value",
];

/// Functions of `list` that are.
const VARIABLE: &[(&str, usize)] = &[("va_start", 2), ("va_copy", 2)];

/// Types that are one word: those that the runtime names by itself.
const ALIASES: &[&str] = &["Compare", "CompareWith", "Leaving"];

/// Rows of macros that make functions: macro, parameters, how many first words of a row are names.
const MACROS: &[(&str, usize, usize)] = &[
    ("classes!", 1, 1),
    ("unary!", 1, 3),
    ("binary!", 2, 3),
    ("special!", 1, 3),
    ("counts!", 1, 4),
    ("as_bytes!", 1, 1),
];

/// Writes the table of functions.
pub fn write(out: &Path) {
    let folder = Path::new("../../runtime/rt/src/c");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut found: Vec<(String, usize)> =
        VARIABLE.iter().map(|(name, arity)| ((*name).to_owned(), *arity)).collect();
    let files = std::fs::read_dir(folder).expect("the runtime lies beside this crate");
    let mut records = String::new();
    let mut paths: Vec<_> = files.filter_map(|file| file.ok().map(|file| file.path())).collect();
    paths.sort();
    for path in paths {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !LEFT.contains(&stem) {
            let text = std::fs::read_to_string(&path).expect("sources are text");
            found.extend(heads(&text));
            found.extend(rows(&text));
            write_records(&mut records, &text);
        }
    }
    found.sort();
    found.dedup();
    let mut text = String::new();
    for (name, arity) in &found {
        let _ = writeln!(
            text,
            "extern \"C\" fn n_{name}(words: *const u64) -> u64 {{ call{arity}(c::{name}, words) }}"
        );
    }
    text.push_str("pub(super) static NATIVES: &[(&str, Native)] = &[\n");
    for (name, _) in &found {
        let _ = writeln!(text, "    ({name:?}, n_{name}),");
    }
    text.push_str("];\n");
    let _ =
        writeln!(text, "pub(super) static RECORDS: &[(&str, u64, super::layout::Fields)] = &[\n{records}];");
    std::fs::write(out, text).expect("the output folder is writable");
}

/// Rows `(name, size, [(field, offset, type)])` of the `c_record!`s of a source.
fn write_records(out: &mut String, text: &str) {
    for part in text.split("c_record!(").skip(1) {
        let Some((head, rest)) = part.split_once('{') else { continue };
        let Some((fields, _)) = rest.split_once("});") else { continue };
        let mut head = head.split(',').map(str::trim);
        let (Some(name), Some(size)) = (head.next(), head.next()) else { continue };
        let _ = write!(out, "    (\"c.{name}\", {size}, &[");
        for field in split(fields).into_iter().filter(|field| !field.is_empty()) {
            // `TOKEN: field: type = offset`
            let mut parts = field.splitn(3, ": ").skip(1);
            let (Some(name), Some(rest)) = (parts.next(), parts.next()) else { continue };
            let Some((ty, offset)) = rest.split_once(" = ") else { continue };
            let _ = write!(out, "({name:?}, {offset}, {ty:?}), ");
        }
        out.push_str("]),\n");
    }
}

/// `pub fn name(a: A, b: B) -> R` whose types are words.
fn heads(text: &str) -> Vec<(String, usize)> {
    let mut out = Vec::new();
    for part in text.split("\npub fn ").skip(1) {
        let (Some(open), Some(end)) = (part.find('('), part.find(" {")) else { continue };
        let name = &part[..open];
        let Some(close) = closing(&part[..end], open) else { continue };
        let params = part[open + 1..close].trim().trim_end_matches(',');
        let result = part[close + 1..end].trim().trim_start_matches("->").trim();
        let types: Vec<&str> = match params {
            "" => Vec::new(),
            params => split(params)
                .into_iter()
                .map(|param| param.split_once(": ").map_or("", |(_, ty)| ty))
                .collect(),
        };
        let fits = name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && types.iter().all(|ty| is_word(ty) || *ty == "VaList")
            && (result.is_empty() || is_word(result))
            && types.len() <= 5;
        if fits {
            out.push((name.to_owned(), types.len()));
        }
    }
    out
}

/// The parenthesis that closes the one at `open`.
fn closing(text: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    text[open..].char_indices().find_map(|(at, c)| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        (depth == 0).then_some(open + at)
    })
}

/// At commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut out, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' if !text[..at].ends_with('-') => depth -= 1,
            ',' if depth == 0 => {
                out.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[start..].trim());
    out
}

fn is_word(ty: &str) -> bool {
    const SCALARS: &[&str] =
        &["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "bool", "Args"];
    SCALARS.contains(&ty) || ALIASES.contains(&ty) || ty.starts_with("Ptr<")
}

fn rows(text: &str) -> Vec<(String, usize)> {
    let mut out = Vec::new();
    for (name, arity, names) in MACROS {
        let Some(start) = text.find(&format!("\n{name} {{")) else { continue };
        let block = &text[start..];
        let block = &block[block.find('{').map_or(0, |at| at + 1)..block.find("\n}").unwrap_or(block.len())];
        for row in block.lines().filter(|row| row.starts_with("    ") && !row.starts_with("     ")) {
            out.extend(row.split_whitespace().take(*names).map(|name| (name.to_owned(), *arity)));
        }
    }
    out
}
