//! The items of a module: constants, records, objects, functions, `main`.

use super::body::{CPrinter, ty_text};
use super::{CEnv, CUses};
use crate::layout;
use crate::names;
use crate::tree::{Comment, Expr};
use batuta_base::Name;
use batuta_core::{self as core, Item, Module, ObjectStorage, Ty, TyKind};
use std::fmt::Write;

/// Whether a module has nothing to print.
pub(crate) fn is_empty(env: &CEnv<'_>, module: Name) -> bool {
    let image = env.image;
    let owns = |path: &Name| path.parent() == module;
    !image.records.keys().any(owns)
        && !image.objects.keys().any(owns)
        && !image.constants.keys().any(owns)
        && !env.program.fns.keys().any(|path| owns(path) && !is_idle_init(env, *path))
}

/// A module initialiser without statements.
fn is_idle_init(env: &CEnv<'_>, path: Name) -> bool {
    path.last() == "<init>"
        && env.program.fns.get(&path).is_none_or(|body| body.blocks[body.root].stmts.is_empty())
}

/// The text of a module's items.
pub(crate) fn module(env: &CEnv<'_>, module: &Module, is_entry: bool, uses: &mut CUses) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut consts = String::new();
    let mut seen: Vec<Name> = Vec::new();
    let vis = if is_entry { "" } else { "pub " };
    for row in &module.items {
        let (path, text) = match row.item {
            Item::Class(path) => (path, record(env, path, module.path, vis, uses)),
            Item::Global(path) => (path, global(env, path, module.path, vis, uses)),
            Item::Fn(path) => (path, function(env, path, module.path, vis, uses)),
            Item::Import(path) => (path, String::new()),
        };
        seen.push(path);
        add(&mut parts, &mut consts, &comments(&row.above), text);
    }
    let rest = |path: &Name| path.parent() == module.path && !seen.contains(path);
    let records: Vec<Name> = env.image.records.keys().copied().filter(rest).collect();
    let globals: Vec<Name> =
        env.image.constants.keys().chain(env.image.objects.keys()).copied().filter(rest).collect();
    let others: Vec<Name> = env.program.fns.keys().copied().filter(rest).collect();
    for path in records {
        let text = record(env, path, module.path, vis, uses);
        add(&mut parts, &mut consts, "", text);
    }
    for path in &globals {
        let text = global(env, *path, module.path, vis, uses);
        add(&mut parts, &mut consts, "", text);
    }
    for path in others {
        if path.last() != "<init>" && !env.image.objects.contains_key(&path) {
            let text = function(env, path, module.path, vis, uses);
            add(&mut parts, &mut consts, "", text);
        }
    }
    if !consts.is_empty() {
        parts.push(std::mem::take(&mut consts));
    }
    parts.extend(targets(env, module.path, is_entry, vis, uses));
    parts.extend(init(env, module.path, vis, uses));
    if is_entry {
        parts.push(main(env, module.path, uses));
    }
    let end = comments(&module.end_comments);
    if !end.is_empty() {
        parts.push(end);
    }
    parts.join("\n\n")
}

/// Adds an item; single lines that follow one another stand together.
fn add(parts: &mut Vec<String>, consts: &mut String, above: &str, text: String) {
    let text = text.trim_end();
    if text.is_empty() {
        if !above.trim().is_empty() {
            parts.push(above.trim_end().to_owned());
        }
        return;
    }
    if consts.is_empty() && parts.last_mut().is_some_and(|last| joins_cells(last, above, text)) {
        return;
    }
    let is_line = !text.contains('\n');
    let joins = is_line && above.is_empty() && !consts.is_empty();
    if !joins && !consts.is_empty() {
        parts.push(std::mem::take(consts));
    }
    if is_line {
        if !consts.is_empty() {
            consts.push('\n');
        }
        consts.push_str(above);
        consts.push_str(text);
    } else {
        parts.push(format!("{above}{text}"));
    }
}

/// Puts cells that follow other cells into their block.
fn joins_cells(last: &mut String, above: &str, text: &str) -> bool {
    const HEAD: &str = "thread_local! {";
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    let Some(inner) = text.strip_prefix(HEAD).and_then(|inner| inner.strip_prefix('\n')) else {
        return false;
    };
    if last.lines().find(is_code) != Some(HEAD) || !last.ends_with("\n}") {
        return false;
    }
    last.truncate(last.len() - 1);
    for line in above.lines() {
        let indent = if line.is_empty() { "" } else { "    " };
        let _ = writeln!(last, "{indent}{line}");
    }
    last.push_str(inner);
    true
}

fn comments(list: &[core::Comment]) -> String {
    let list: Vec<Comment> = list
        .iter()
        .map(|comment| Comment { text: comment.text.to_string(), blank_before: comment.blank_before })
        .collect();
    layout::comments(&list, 0, true)
}

/// The comments above a field.
fn field_comments(field: &core::RecordField) -> String {
    let lines = field.above.iter().flat_map(|comment| comment.text.lines());
    lines.map(|line| format!("    //{line}\n")).collect()
}

/// The comment behind a field.
fn beside(field: &core::RecordField) -> String {
    field.beside.as_ref().map_or(String::new(), |text| format!(" //{text}"))
}

/// Comments behind lines that follow one another stand in one column.
fn aligned(lines: &str) -> String {
    let split = |line: &str| line.find(", //").map(|at| at + 1);
    let lines: Vec<&str> = lines.lines().collect();
    let mut out = String::new();
    for run in lines.chunk_by(|a, b| split(a).is_some() && split(b).is_some()) {
        let column = run.iter().filter_map(|line| split(line)).max().unwrap_or(0);
        for line in run {
            let _ = match split(line) {
                Some(at) => writeln!(out, "{:column$}{}", &line[..at], &line[at..]),
                None => writeln!(out, "{line}"),
            };
        }
    }
    out
}

fn record(env: &CEnv<'_>, path: Name, module: Name, vis: &str, uses: &mut CUses) -> String {
    let def = &env.image.records[&path];
    let name = env.names.item(path);
    uses.module = true;
    let mut fields = String::new();
    let mut rows = String::new();
    let tokens = field_tokens(def);
    for (field, token) in def.fields.iter().zip(&tokens) {
        let ty = ty_text(env, field.ty, module, uses);
        let own = names::snake(field.name.as_str());
        if def.is_bytes {
            let bits = field.bits.map_or(String::new(), |(first, width)| format!(", {first}, {width}"));
            rows.push_str(&field_comments(field));
            let _ = writeln!(rows, "    {token}: {ty} = {}{bits};{}", field.offset, beside(field));
        } else {
            fields.push_str(&field_comments(field));
            let _ = writeln!(fields, "    pub {own}: {ty},{}", beside(field));
            let _ = writeln!(rows, "    {token}: {own}: {ty} = {},", field.offset);
        }
    }
    let rows = if rows.is_empty() { "{}".to_owned() } else { format!("{{\n{rows}}}") };
    let derive = "#[derive(Clone, Copy)]";
    if def.is_bytes {
        return format!(
            "{derive}\n{vis}struct {name}([u8; {0}]);\n\nc::bytes_record!({name}, {0}, {rows});\n",
            def.size
        );
    }
    let fields = if fields.is_empty() { "{}".to_owned() } else { format!("{{\n{}}}", aligned(&fields)) };
    format!("{derive}\n{vis}struct {name} {fields}\n\nc::record!({name}, {}, {rows});\n", def.size)
}

/// Names of the constants that stand for a record's fields.
pub(crate) fn field_tokens(def: &core::RecordDef) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for field in &def.fields {
        let wanted = names::upper(field.name.as_str());
        let mut name = wanted.clone();
        let mut count = 1;
        while out.contains(&name) || name == "SIZE" {
            count += 1;
            name = format!("{wanted}_{count}");
        }
        out.push(name);
    }
    out
}

fn global(env: &CEnv<'_>, path: Name, module: Name, vis: &str, uses: &mut CUses) -> String {
    let name = env.names.item(path);
    if let Some(def) = env.image.constants.get(&path) {
        let ty = ty_text(env, def.ty, module, uses);
        let value = crate::literal::grouped(&def.value.to_string());
        return format!("{vis}const {name}: {ty} = {value};\n");
    }
    let Some(def) = env.image.objects.get(&path) else { return String::new() };
    let ty = ty_text(env, def.ty, module, uses);
    match def.storage {
        ObjectStorage::Memory(number) => {
            uses.runtime.insert("Ptr");
            format!("{vis}const {name}: Ptr<{ty}> = Ptr::global({number});\n")
        }
        ObjectStorage::Cell | ObjectStorage::Cells => super::cells::cells(env, path, module, vis, uses),
        ObjectStorage::Table => {
            let value = layout::render(&value(env, path, module, uses), 0, 20, 1);
            let word = if matches!(def.ty.kind(), TyKind::Array(..)) { "static" } else { "const" };
            format!("{vis}{word} {name}: {ty} = {value};\n")
        }
    }
}

/// The value of a cell, cells or table.
pub(crate) fn value(env: &CEnv<'_>, path: Name, module: Name, uses: &mut CUses) -> Expr {
    let Some(body) = env.program.fns.get(&path) else { return Expr::atom("0") };
    let mut printer = CPrinter::new(env, body, module, uses);
    printer.is_constant = true;
    let tail = body.blocks[body.root].tail;
    tail.map_or(Expr::atom("()"), |tail| printer.constant_value(tail))
}

/// The value of a type whose bytes are all zero, for an object of static storage.
pub(crate) fn zero(env: &CEnv<'_>, path: Name, ty: Ty, module: Name, uses: &mut CUses) -> Expr {
    let Some(body) = env.program.fns.get(&path) else { return Expr::atom("0") };
    let mut printer = CPrinter::new(env, body, module, uses);
    printer.is_constant = true;
    printer.zero(ty)
}

fn function(env: &CEnv<'_>, path: Name, module: Name, vis: &str, uses: &mut CUses) -> String {
    let Some(body) = env.program.fns.get(&path) else { return String::new() };
    let mut printer = CPrinter::new(env, body, module, uses);
    let block = printer.function();
    let params = printer.params();
    let ret = match body.ret.kind() {
        TyKind::Unit => String::new(),
        _ => format!(" -> {}", printer.ty(body.ret)),
    };
    let head = crate::items::header(&format!("{vis}fn {}", env.names.item(path)), &params, &ret, 0);
    format!("{head} {}\n", layout::fn_block(&block, 0))
}

/// The statements that make the objects of static storage.
fn init(env: &CEnv<'_>, module: Name, vis: &str, uses: &mut CUses) -> Option<String> {
    let path = module.join("<init>");
    if is_idle_init(env, path) {
        return None;
    }
    let body = env.program.fns.get(&path)?;
    let mut printer = CPrinter::new(env, body, module, uses);
    let block = printer.function();
    Some(format!("/// Makes the objects of static storage.\n{vis}fn init() {}", layout::fn_block(&block, 0)))
}

/// Pointers to the functions whose address is taken.
fn targets(env: &CEnv<'_>, module: Name, is_entry: bool, vis: &str, uses: &mut CUses) -> Option<String> {
    let mut out = String::new();
    for (number, (path, ty)) in env.image.targets.iter().enumerate() {
        let is_library = path.as_str().starts_with("c.");
        if path.parent() == module && !is_library || is_library && is_entry {
            uses.runtime.insert("Ptr");
            let ty = ty_text(env, *ty, module, uses);
            let _ =
                writeln!(out, "{vis}const {}: Ptr<{ty}> = Ptr::function({number});", target_name(env, *path));
        }
    }
    (!out.is_empty()).then(|| out.trim_end().to_owned())
}

/// Name of the constant that points to a function.
pub(crate) fn target_name(env: &CEnv<'_>, path: Name) -> String {
    if path.as_str().starts_with("c.") {
        return format!("C_{}_FN", names::upper(path.last()));
    }
    format!("{}_FN", names::upper(&env.names.item(path)))
}

fn main(env: &CEnv<'_>, module: Name, uses: &mut CUses) -> String {
    uses.module = true;
    let mut lines = String::new();
    let count =
        env.image.objects.values().filter(|def| matches!(def.storage, ObjectStorage::Memory(_))).count();
    if count > 0 {
        let _ = writeln!(lines, "        c::objects({count});");
    }
    for (number, (path, ty)) in env.image.targets.iter().enumerate() {
        let own = if path.as_str().starts_with("c.") {
            format!("c::{}", path.last())
        } else {
            env.path(*path, module, uses)
        };
        let own_ty = target_ty(env, *path, *ty);
        let text = ty_text(env, own_ty, module, uses);
        // What never comes back has another type than the function that C declares.
        let own = match own.as_str() {
            "c::exit" | "c::Exit" | "c::quick_exit" => format!("(|code| {own}(code))"),
            "c::abort" => format!("(|| {own}())"),
            _ => own,
        };
        let _ = writeln!(lines, "        c::register({number}, {own} as {text});");
    }
    for path in env.program.modules.keys() {
        if !is_idle_init(env, path.join("<init>")) {
            let front =
                if *path == module { String::new() } else { format!("{}::", env.names.module(*path)) };
            let _ = writeln!(lines, "        {front}init();");
        }
    }
    let Some(body) = env.image.main.and_then(|main| env.program.fns.get(&main)) else { return String::new() };
    let given = ["c::argc()", "c::argv()", "c::envp()"];
    let args: Vec<&str> = body.params.iter().zip(given).map(|(_, text)| text).collect();
    let call = format!("run({})", args.join(", "));
    let call = match body.ret.kind() {
        TyKind::Unit => format!("{call};\n        0"),
        TyKind::Int(core::Width::I32) => call,
        _ => format!("{call} as i32"),
    };
    if lines.is_empty() && call == "run()" {
        return format!("fn main() {{\n    c::start(include_str!(\"../batuta.map.json\"), || {call});\n}}");
    }
    format!(
        "fn main() {{\n    c::start(include_str!(\"../batuta.map.json\"), || {{\n{lines}        {call}\n    }});\n}}"
    )
}

/// The type of a function as it is defined.
fn target_ty(env: &CEnv<'_>, path: Name, ty: Ty) -> Ty {
    let Some(body) = env.program.fns.get(&path) else { return ty };
    let params = body.params.iter().map(|param| body.locals[param.local].ty);
    Ty::func(params, body.ret)
}
