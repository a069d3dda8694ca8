//! Rows of the catalogue as functions over items: what a library function is called in Rust, compiled here,
//! so that a row is written once for emitted programs and for the JIT.
//!
//! A row is taken when each of its types has a Rust type that a word can be read as; generic rows and those
//! with functions or any number of arguments are not.
#![allow(clippy::disallowed_methods, reason = "a build script writes files")]

use batuta_catalog::{ParamRow, Row, Take};
use batuta_core::{Const, Ty, TyKind, Width};
use std::collections::BTreeSet;
use std::fmt::Write;

mod build_natives;

/// Modules whose functions need what the JIT does not have: tasks, a process of their own, tests.
const LEFT: &[&str] = &["asyncio", "pytest", "logging", "Logger", "LogRecord", "Handler", "Formatter"];

/// Rows that look at what a program's own class is, and those of texts that are taken apart.
const BY_CLASS: &[&str] = &["error.plain_text", "str.format"];

/// Names of types whose objects no program holds.
const NO_VALUES: &[&str] = &["help_formatter", "pprint.PrettyPrinter"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let mut out = String::new();
    let mut table = Vec::new();
    let mut used = Used::default();
    let mut names: Vec<_> = batuta_catalog::all().flatten().map(|row| row.name).collect();
    names.sort();
    names.dedup();
    for name in names {
        for row in batuta_catalog::functions(name.as_str()) {
            let Some(code) = function(row, table.len(), &mut used) else { continue };
            out.push_str(&code);
            table.push((row.name, row.overload));
        }
    }
    let mut constants = Vec::new();
    for row in batuta_catalog::constants() {
        if owned(row.ty, &mut used).is_some() {
            constants.push(row.name);
            let at = constants.len();
            let ty = if matches!(row.ty.kind(), TyKind::Int(_)) { ": i64" } else { "" };
            let _ = writeln!(
                out,
                "fn const_{at}(desc: D) -> u64 {{ let made{ty} = {}; word(made, desc) }}",
                row.rust
            );
        }
    }
    out.push_str("pub(super) static CONSTANTS: &[(&str, fn(D) -> u64)] = &[\n");
    for (at, name) in constants.iter().enumerate() {
        let _ = writeln!(out, "    ({:?}, const_{}),", name.as_str(), at + 1);
    }
    out.push_str("];\n");
    out.push_str("/// Name and position of each overload that is here, in this order.\npub(super) static ROWS: &[(&str, usize, Row)] = &[\n");
    for (at, (name, overload)) in table.iter().enumerate() {
        let _ = writeln!(out, "    ({:?}, {overload}, row_{at}),", name.as_str());
    }
    out.push_str("];\n");
    out.push_str("pub(super) static OPAQUE: LazyLock<Vec<(&str, Opaque)>> = LazyLock::new(|| vec![\n");
    for (name, path) in &used.types {
        let last = name.rsplit('.').next().unwrap_or(name);
        let _ = writeln!(out, "    ({name:?}, opaque!({last:?}, {path})),");
    }
    out.push_str("]);\n");
    for path in used.types.iter().map(|(_, path)| path).collect::<BTreeSet<_>>() {
        let _ = writeln!(out, "library_type!({path});");
    }
    for path in &used.copied {
        let _ = writeln!(out, "copied_type!({path});");
    }
    let folder = std::env::var("OUT_DIR").expect("cargo names the output folder");
    build_natives::write(&std::path::Path::new(&folder).join("natives.rs"));
    std::fs::write(std::path::Path::new(&folder).join("library.rs"), out)
        .expect("the output folder is writable");
}

/// Types of the library that the functions name.
#[derive(Default)]
struct Used {
    /// Name in the catalogue and path in Rust.
    types: BTreeSet<(String, String)>,
    /// Paths of those that arguments copy.
    copied: BTreeSet<String>,
}

/// The function of a row, where it can be one.
fn function(row: &Row, at: usize, all: &mut Used) -> Option<String> {
    let owner = row.name.as_str().split('.').next().unwrap_or_default();
    let spelled = [Some(row.rust), row.rust_big];
    let is_open = spelled.iter().flatten().any(|text| {
        text.contains("{R}") || text.contains("![{*}]") || text.replace("[{*}]", "").contains("{*}")
    });
    if row.op.is_some()
        || row.rust.is_empty()
        || owner == "numpy"
        || is_open
        || LEFT.contains(&owner)
        || BY_CLASS.contains(&row.name.as_str())
    {
        return None;
    }
    let mut used = Used::default();
    let mut body = String::new();
    for (index, param) in row.params.iter().enumerate() {
        if param.variadic {
            let _ = writeln!(
                body,
                "    let rest = {};",
                rest(param, index, index + 1 == row.params.len(), &mut used)?
            );
            continue;
        }
        let (ty, value) = argument(param, index, &mut used)?;
        let value = match &param.default {
            None => value,
            Some(default) => {
                format!("if a.len() > {index} {{ {value} }} else {{ {} }}", constant(default, param)?)
            }
        };
        let _ = writeln!(body, "    let mut a{index}{ty} = {value};");
    }
    // What is compiled here has no checks of its own.
    let spelling = row.rust.replace("{0}.sum::<i64>()", "rt::ruchy::total({0})");
    let made = result(row, &spelling, &mut used)?;
    match row.rust_big {
        Some(big) => {
            let big = result(row, big, &mut used)?;
            let _ = writeln!(body, "    if is_big(s.ret) {{ {big} }} else {{ {made} }}");
        }
        None => {
            let _ = writeln!(body, "    {made}");
        }
    }
    all.types.append(&mut used.types);
    all.copied.append(&mut used.copied);
    Some(format!("fn row_{at}(s: &Site, a: &[Item]) -> u64 {{\n{body}}}\n"))
}

/// The word of what a spelling gives.
fn result(row: &Row, spelling: &str, used: &mut Used) -> Option<String> {
    let mut call = spelling.replace("&[{*}]", "&rest[..]").replace("[{*}]", "rest");
    for index in 0..row.params.len() {
        call = call.replace(&format!("{{{index}}}"), &format!("a{index}"));
        if let Some(name) = row.params[index].name {
            call = call.replace(&format!("{{{name}}}"), &format!("a{index}"));
        }
    }
    if row.fallible {
        call = format!("tried({call})");
    }
    Some(match row.result.kind() {
        TyKind::Unit | TyKind::Never => format!("{{ {call}; 0 }}"),
        TyKind::Iter(item) => {
            owned(*item, used)?;
            format!("iterator({call}, s.ret)")
        }
        _ => {
            owned(row.result.strip_ref(), used)?;
            format!("word({call}, s.ret)")
        }
    })
}

/// Type, where it has to be said, and value of an argument.
fn argument(param: &ParamRow, index: usize, used: &mut Used) -> Option<(String, String)> {
    let own = |ty: &str| format!("own::<{ty}>(&a[{index}])");
    let item = format!("&a[{index}]");
    if let TyKind::Iter(part) = param.ty.kind() {
        let items = format!("items::<{}>({item})", owned(*part, used)?);
        copied(*part, used);
        return Some((
            String::new(),
            if param.take == Take::Write { format!("&mut {items}") } else { items },
        ));
    }
    let ty = owned(param.ty, used)?;
    let is_lent = is_object(param.ty);
    if !is_lent || param.take == Take::Keep {
        copied(param.ty, used);
    }
    Some(match (param.take, param.ty.kind()) {
        (Take::Keep, _) => (format!(": {ty}"), own(&ty)),
        (Take::Read, TyKind::Str) => (": &'static str".to_owned(), format!("a[{index}].text()")),
        (Take::Read, TyKind::Bytes) => (": &'static [u8]".to_owned(), format!("lent::<rt::Bytes>({item})")),
        (Take::Read, _) if is_lent => (format!(": &'static {ty}"), format!("lent::<{ty}>({item})")),
        (Take::Read, _) => (format!(": &{ty}"), format!("&{}", own(&ty))),
        (Take::Write, _) if is_lent => (format!(": &'static mut {ty}"), format!("lent::<{ty}>({item})")),
        (Take::Write, _) => return None,
    })
}

/// All further arguments.
fn rest(param: &ParamRow, from: usize, is_last: bool, used: &mut Used) -> Option<String> {
    if !is_last {
        return None;
    }
    Some(match (param.take, param.ty.kind()) {
        (Take::Read, TyKind::Str) => {
            format!("a[{from}..].iter().map(Item::text).collect::<Vec<&'static str>>()")
        }
        (Take::Write, _) | (_, TyKind::Iter(_)) => return None,
        _ => {
            let ty = owned(param.ty, used)?;
            copied(param.ty, used);
            format!("a[{from}..].iter().map(own::<{ty}>).collect::<Vec<_>>()")
        }
    })
}

/// Types whose words are addresses of the Rust type itself.
fn is_object(ty: Ty) -> bool {
    match ty.kind() {
        TyKind::List(item) => {
            matches!(item.kind(), TyKind::Int(Width::Any) | TyKind::Float(_) | TyKind::Bool)
        }
        TyKind::Lib(name, _) => *name != "tuple",
        TyKind::Complex | TyKind::Bytes | TyKind::Range => true,
        _ => false,
    }
}

/// The Rust type that owns such a value.
fn owned(ty: Ty, used: &mut Used) -> Option<String> {
    let mut all = |items: &[Ty]| items.iter().map(|item| owned(*item, used)).collect::<Option<Vec<_>>>();
    Some(match ty.kind() {
        TyKind::Bool => "bool".to_owned(),
        TyKind::Int(Width::Any) => "i64".to_owned(),
        TyKind::Int(Width::Big) => "rt::Int".to_owned(),
        TyKind::Float(_) => "f64".to_owned(),
        TyKind::Num => "rt::Num".to_owned(),
        TyKind::Str => "String".to_owned(),
        TyKind::Bytes => "Vec<u8>".to_owned(),
        TyKind::Value => "rt::Value".to_owned(),
        TyKind::Error => "rt::Error".to_owned(),
        TyKind::Range => "rt::Range".to_owned(),
        TyKind::List(item) => format!("Vec<{}>", all(&[*item])?[0]),
        TyKind::Option(item) => format!("Option<{}>", all(&[*item])?[0]),
        TyKind::Set(item) => format!("rt::Set<{}>", all(&[*item])?[0]),
        TyKind::Dict(key, value) => format!("rt::Dict<{}>", all(&[*key, *value])?.join(", ")),
        TyKind::Tuple(items) if (1..5).contains(&items.len()) => format!("({},)", all(items)?.join(", ")),
        TyKind::Complex => {
            used.types.insert(("complex".to_owned(), "rt::Complex".to_owned()));
            "rt::Complex".to_owned()
        }
        TyKind::Lib(name, items) if *name == "tuple" && items.len() == 1 => {
            format!("rt::Tuple<{}>", all(items)?[0])
        }
        TyKind::Lib(name, items) if items.is_empty() && !NO_VALUES.contains(&name.as_str()) => {
            let path = library_path(name.as_str());
            used.types.insert((name.as_str().to_owned(), path.clone()));
            path
        }
        _ => return None,
    })
}

/// Notes the types of the library that a copy of such a value copies.
fn copied(ty: Ty, used: &mut Used) {
    match ty.kind() {
        TyKind::Complex => _ = used.copied.insert("rt::Complex".to_owned()),
        TyKind::Lib(name, _) if *name != "tuple" => _ = used.copied.insert(library_path(name.as_str())),
        _ => ty.children().into_iter().for_each(|part| copied(part, used)),
    }
}

/// `struct_time` is `rt::StructTime`.
fn library_path(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    match name {
        "bytearray" => "rt::ByteArray".to_owned(),
        "RecordWarnings" => "rt::CatchWarnings".to_owned(),
        _ if name.starts_with("queue.") => format!("rt::queue::{last}"),
        _ if name.starts_with("functools.") => format!("rt::functools::{last}"),
        _ => format!("rt::{}", camel(last)),
    }
}

fn camel(name: &str) -> String {
    let upper = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    name.split('_').map(upper).collect()
}

/// A default as Rust, of the parameter's type.
fn constant(value: &Const, param: &ParamRow) -> Option<String> {
    let text = match value {
        Const::None => return matches!(param.ty.kind(), TyKind::Option(_)).then(|| "None".to_owned()),
        Const::Bool(value) => value.to_string(),
        Const::Int(digits) if matches!(param.ty.strip().kind(), TyKind::Float(_)) => format!("{digits}f64"),
        Const::Int(digits) => digits.to_string(),
        Const::Float(value) => format!("{value:?}"),
        Const::Str(text) if param.take == Take::Read => format!("{text:?}"),
        Const::Str(text) => format!("{text:?}.to_owned()"),
        _ => return None,
    };
    let is_plain = param.take == Take::Keep || matches!(param.ty.kind(), TyKind::Str);
    match param.ty.kind() {
        TyKind::Option(_) => Some(format!("Some({text})")),
        TyKind::Value => None,
        TyKind::Int(Width::Big) => Some(format!("{}rt::Int::from({text})", if is_plain { "" } else { "&" })),
        _ => Some(if is_plain { text } else { format!("&{text}") }),
    }
}
