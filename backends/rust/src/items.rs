//! Items: functions, methods, globals, and a module's file.

use crate::classes;
use crate::env::{Env, Uses};
use crate::layout::{self, WIDTH};
use crate::print::{Printer, comment};
use crate::tree::{self, Block, Expr, Stmt};
use crate::types::Position;
use batuta_base::Name;
use batuta_core::{self as core, Body, FnKind, Item, Mir, NodeId, Pat, Storage, Ty, TyKind};
use std::fmt::Write;

/// Text of an item, and what it needs.
pub struct ModuleText {
    pub text: String,
    pub uses: Uses,
}

/// Everything below the `use` lines of a module's file.
pub fn module(env: &Env<'_>, module: &core::Module, is_entry: bool) -> ModuleText {
    let mut uses = Uses::default();
    let mut parts = Vec::new();
    for ty in env.unions_of(module.path) {
        parts.push(crate::unions::union(env, ty, module.path, &mut uses));
    }
    for row in &module.items {
        let text = match row.item {
            Item::Fn(path) => env.function(path).map(|body| function(env, body, module.path, &mut uses, 0)),
            Item::Class(path) => {
                env.class(path).map(|class| classes::class(env, class, module.path, &mut uses))
            }
            Item::Global(path) => global(env, path, module.path, &mut uses),
            Item::Import(_) => None,
        };
        let comments: Vec<_> = row.above.iter().map(comment).collect();
        let above = layout::comments(&comments, 0, true);
        match text {
            Some(text) => parts.push(format!("{above}{text}")),
            None if !above.is_empty() => parts.push(above.trim_end().to_owned()),
            None => {}
        }
    }
    parts.extend(rest(env, module, &mut uses));
    let init = env.function(module.path.join("<init>"));
    if let Some(init) = init
        && let Some(text) = initialiser(env, module, init, is_entry, &mut uses)
    {
        parts.push(text);
    }
    let end: Vec<_> = module.end_comments.iter().map(comment).collect();
    let end = layout::comments(&end, 0, true);
    if !end.is_empty() {
        parts.push(end.trim_end().to_owned());
    }
    let text = parts
        .iter()
        .map(|part| part.trim_end())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n");
    ModuleText { text, uses }
}

/// Functions of the module that no item row names: specialisations and lifted functions.
fn rest(env: &Env<'_>, module: &core::Module, uses: &mut Uses) -> Vec<String> {
    let named =
        |path: Name| module.items.iter().any(|row| matches!(row.item, Item::Fn(found) if found == path));
    let mut out = Vec::new();
    for body in env.program.fns.values() {
        let is_here = env.module_of(body.path) == module.path && env.class(body.path.parent()).is_none();
        let is_default = body.path.as_str().contains("$default");
        if is_here && !named(body.path) && body.kind != FnKind::Init && !is_default {
            out.push(function(env, body, module.path, uses, 0));
        }
    }
    for path in env.program.globals.keys() {
        let listed = module.items.iter().any(|row| matches!(row.item, Item::Global(found) if found == *path));
        let in_class = env.is_associated(*path) || env.is_variant(*path);
        if env.module_of(*path) == module.path && !listed && !in_class {
            out.extend(global(env, *path, module.path, uses));
        }
    }
    out
}

/// `///` lines of a docstring.
pub fn doc(text: Option<&str>, indent: usize, sign: &str) -> String {
    let Some(text) = text else { return String::new() };
    let lines: Vec<&str> = text.trim().lines().collect();
    let margin = lines
        .iter()
        .skip(1)
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start().len())
        .min();
    let mut out = String::new();
    let mut in_example = false;
    for (index, line) in lines.iter().enumerate() {
        let line = if index == 0 {
            line.trim_end()
        } else {
            line.get(margin.unwrap_or(0)..).unwrap_or("").trim_end()
        };
        // Examples and indented text are no Rust.
        let is_code = line.starts_with("    ") || line.trim_start().starts_with(">>>");
        if is_code != in_example && (is_code || line.is_empty()) {
            let _ = writeln!(out, "{}{sign} ```{}", layout_pad(indent), if is_code { "text" } else { "" });
            in_example = is_code;
        }
        let _ = writeln!(out, "{}", format!("{}{sign} {line}", layout_pad(indent)).trim_end());
    }
    if in_example {
        let _ = writeln!(out, "{}{sign} ```", layout_pad(indent));
    }
    out
}

pub fn layout_pad(indent: usize) -> String {
    " ".repeat(indent)
}

/// `pub ` where other modules or users can name the item.
pub fn visibility(env: &Env<'_>, path: Name, module: Name) -> &'static str {
    let is_entry = env.program.entry == Some(module);
    if is_entry
        || (env.program.entry.is_none() && path.last().starts_with('_') && !path.last().starts_with("__"))
    {
        return if is_entry { "" } else { "pub(crate) " };
    }
    "pub "
}

/// A function or method with its doc comment.
pub fn function(env: &Env<'_>, body: &Body<Mir>, module: Name, uses: &mut Uses, indent: usize) -> String {
    let name = match (env.class(body.path.parent()).is_some(), body.path.last()) {
        (true, _) => env.member_name(body),
        (false, _) => env.fn_name(body.path),
    };
    named_function(env, body, &name, visibility(env, body.path, module), module, uses, indent)
}

/// A function under a name of the printer's choice.
pub fn named_function(
    env: &Env<'_>,
    body: &Body<Mir>,
    name: &str,
    visibility: &str,
    module: Name,
    uses: &mut Uses,
    indent: usize,
) -> String {
    let mut printer = Printer::new(env, body, module, uses);
    let mut block = printer.root();
    if body.is_generator {
        block = generator(&mut printer, block);
    }
    if block.is_empty() && !body.is_generator && !matches!(body.ret.kind(), TyKind::Unit | TyKind::Never) {
        // A method without a body that subclasses replace.
        let class = printer.rt("NotImplementedError");
        let text = Expr::Atom(crate::literal::string(body.path.last()));
        block = Block::of(Expr::call(printer.rt("raise_new"), vec![Expr::Atom(class), text]));
    }
    if env.recursive.contains(&body.path) {
        let enter = printer.rt("enter");
        block.stmts.insert(0, Stmt::expr(Expr::call(enter, vec![])));
        if let Some(next) = block.stmts.get_mut(1) {
            next.blank_before = false;
        }
    }
    let is_test = is_test(body);
    if is_test && env.has_init(module) {
        block.stmts.insert(0, Stmt::expr(Expr::call("init", vec![])));
    }
    let has_hole = printer.has_hole;
    let mut params = params(&mut printer);
    // An iterator that is kept borrows nothing.
    if keeps_iterators(body) && !uses_up_iterators(body) {
        let open = params.iter_mut().filter(|param| param.contains(": impl Iterator"));
        open.for_each(|param| param.push_str(" + 'static"));
    }
    if lends_iterators(env, body) {
        let text = layout::stmts(&block, 0);
        for param in &mut params {
            *param = param.replace(": impl Iterator<", ": &mut dyn Iterator<");
            // What is lent already is not lent again.
            if let Some(name) = param.strip_prefix("mut ").and_then(|rest| rest.split(':').next())
                && param.contains(": &mut dyn Iterator<")
                && !text.contains(&format!("&mut {name}"))
                && !text.contains(&format!("{name} = "))
            {
                *param = param.replacen("mut ", "", 1);
            }
        }
    }
    // A function that several closures take along has a copy for each.
    if params.iter().any(|param| param.contains(": impl Fn(")) {
        let text = layout::stmts(&block, 0);
        for param in params.iter_mut().filter(|param| param.contains(": impl Fn(")) {
            let name = param.trim_start_matches("mut ").split(':').next().unwrap_or_default();
            if text.contains(&format!(" {name}.clone()")) {
                param.push_str(" + Clone");
            }
        }
    }
    let ret = result(&mut printer);
    drop(printer);
    // A generator holds the iterators that it reads: they must live as long as it does.
    let is_open = |param: &String| param.contains(": impl ");
    let holds = body.is_generator || body.is_async;
    let is_static = body.is_async || matches!(body.ret.kind(), TyKind::Lib(..));
    let generics = if holds && !is_static && params.iter().any(is_open) { "<'a>" } else { "" };
    if holds {
        let lifetime = if is_static { " + 'static" } else { " + 'a" };
        let open = params.iter_mut().filter(|param| is_open(param) && !param.ends_with("'static"));
        open.for_each(|param| param.push_str(lifetime));
        if !generics.is_empty() {
            params.iter_mut().for_each(with_lifetime);
        }
    }
    let pad = layout_pad(indent);
    let mut out = String::new();
    let above: Vec<_> = body.above.iter().map(comment).collect();
    out.push_str(&layout::comments(&above, indent, true));
    out.push_str(&doc(body.doc.as_deref(), indent, "///"));
    if is_test {
        out.push_str("#[test]\n");
        out.push_str(if has_hole { "#[ignore = \"has no translation\"]\n" } else { "" });
    }
    if has_hole {
        let _ = writeln!(out, "{pad}#[allow(unreachable_code, unused)]");
    }
    let block = layout::tidied(&block);
    out.push_str(&crate::allowed::attributes(&block, indent));
    let visibility = if is_test { "" } else { visibility };
    let asyncness = if body.is_async && !body.is_generator { "async " } else { "" };
    let head = header(&format!("{visibility}{asyncness}fn {name}{generics}"), &params, &ret, indent);
    let brace = if head.contains('\n') && head.ends_with('\n') { "" } else { " " };
    let _ = writeln!(out, "{pad}{head}{brace}{}", layout::tidied_block(&block, indent));
    out
}

/// A parameter that is a reference, as long as `'a`: `&'a self`, `text: &'a str`.
fn with_lifetime(param: &mut String) {
    let at = match param.find(": &") {
        Some(at) => at + 3,
        None if param.starts_with("&") => 1,
        None => return,
    };
    param.insert_str(at, "'a ");
}

/// A function that `cargo test` runs.
fn is_test(body: &Body<Mir>) -> bool {
    body.decorators.iter().any(|mark| mark.path == "rs.test")
}

/// Whether a function that calls itself takes iterators: by `dyn`, since each call would be another type.
pub fn lends_iterators(env: &Env<'_>, body: &Body<Mir>) -> bool {
    env.recursive.contains(&body.path) && !body.is_generator && !body.is_async && !keeps_iterators(body)
}

/// Whether a body makes an iterator that is kept.
fn keeps_iterators(body: &Body<Mir>) -> bool {
    let mut found = false;
    body.walk_block(body.root, &mut |node| {
        found |=
            matches!(body.nodes[node].kind, core::Node::Op { op: core::Op::RsOp(core::RsOp::Share), .. })
                && matches!(body.ty(node).kind(), TyKind::Iter(_));
    });
    found
}

/// Whether every iterator that the function is given is used up where it is read: in a list, or a sum.
fn uses_up_iterators(body: &Body<Mir>) -> bool {
    let is_iter = |node: &NodeId| matches!(body.ty(*node).strip_ref().kind(), TyKind::Iter(_));
    let given = |node: &NodeId| match &body.nodes[*node].kind {
        core::Node::Use(place, _) => {
            is_iter(node) && body.params.iter().any(|param| place.as_local() == Some(param.local))
        }
        _ => false,
    };
    let (mut reads, mut used) = (0, 0);
    body.walk_block(body.root, &mut |node| {
        reads += usize::from(given(&node));
        let args: Vec<NodeId> = match &body.nodes[node].kind {
            core::Node::Op { args, .. } => args.clone(),
            core::Node::Call { callee: core::Callee::Lib(_), args } => {
                args.iter().map(|arg| arg.value).collect()
            }
            _ => Vec::new(),
        };
        let gives = body.ty(node).any(&mut |part| matches!(part.kind(), TyKind::Iter(_) | TyKind::Value));
        used += if gives { 0 } else { args.iter().filter(|arg| given(arg)).count() };
    });
    reads == used
}

/// `fn name(params) -> ret`, one parameter a line where it is too wide.
pub fn header(start: &str, params: &[String], ret: &str, indent: usize) -> String {
    let line = format!("{start}({}){ret}", params.join(", "));
    if indent + line.chars().count() + 2 <= WIDTH {
        return line;
    }
    let pad = layout_pad(indent + 4);
    let rows: Vec<_> = params.iter().map(|param| format!("{pad}{param},\n")).collect();
    format!("{start}(\n{}{}){}", rows.concat(), layout_pad(indent), layout::broken_type(ret, indent))
}

pub fn params(printer: &mut Printer<'_, '_>) -> Vec<String> {
    let body = printer.body;
    let mut out = Vec::new();
    for (index, param) in body.params.iter().enumerate() {
        let row = &body.locals[param.local];
        if printer.env.is_dropped(body, index) {
            continue;
        }
        if index == 0 && body.has_receiver() {
            out.push(receiver(printer, row.ty, row.mutable));
            continue;
        }
        let ty = match row.ty.kind() {
            TyKind::RefMut(list) if printer.env.slice_params.contains(&(body.path, index)) => {
                printer.ty(list.reference(), Position::Param).replacen('&', "&mut ", 1)
            }
            _ => printer.ty(row.ty, Position::Param),
        };
        let mutable = if row.mutable { "mut " } else { "" };
        out.push(format!("{mutable}{}: {ty}", printer.name(param.local)));
    }
    out
}

fn receiver(printer: &mut Printer<'_, '_>, ty: Ty, mutable: bool) -> String {
    let is_exception = ty.class_path().is_some_and(|class| printer.env.is_exception(class));
    let mut rc = |text: &str| {
        printer.uses.paths.insert("std::rc::Rc".to_owned());
        text.to_owned()
    };
    match ty.kind() {
        TyKind::Ref(inner) if matches!(inner.kind(), TyKind::Shared(_)) && !is_exception => {
            rc("self: &Rc<Self>")
        }
        TyKind::Ref(_) => "&self".to_owned(),
        TyKind::RefMut(_) => "&mut self".to_owned(),
        TyKind::Shared(_) => rc("self: Rc<Self>"),
        _ if mutable => "mut self".to_owned(),
        _ => "self".to_owned(),
    }
}

pub fn result(printer: &mut Printer<'_, '_>) -> String {
    let body = printer.body;
    let own = printer.env.rust_class(body.path.parent());
    // Inside its own `impl` the class is `Self`.
    let own_handle = match printer.env.class(body.path.parent()) {
        Some(_) => format!("Rc<{}>", printer.env.type_name(own)),
        None => "Rc<Self>".to_owned(),
    };
    let is_new = body.path.last() == "__init__" && printer.env.is_exception(body.path.parent());
    let is_own = is_new
        || body.ret.class_path().map(|class| printer.env.rust_class(class)) == Some(own)
            && matches!(body.ret.kind(), TyKind::Class(..));
    let ty = if body.is_generator && is_manager(body) {
        let item = body.ret.children().first().copied().unwrap_or_else(Ty::unit);
        let lifetime = if borrows(body) { "'_" } else { "'static" };
        let item = printer.ty(item, Position::Stored);
        format!("{}<{lifetime}, {item}>", printer.rt("ContextManager"))
    } else if body.is_async && !body.is_generator {
        let returned = printer.ty(body.ret.returned(false, true), Position::Stored);
        let result = printer.rt("Result");
        if returned == "()" { result } else { format!("{result}<{returned}>") }
    } else if body.is_generator && !matches!(body.ret.kind(), TyKind::Lib(..)) {
        let item = printer.ty(body.ret.yielded(), Position::Stored);
        match printer.env.chosen_generators.contains(&body.path) {
            true => {
                let lifetime = if borrows(body) { "'_" } else { "'static" };
                format!("{}<{lifetime}, {item}>", printer.rt("Generator"))
            }
            false => format!("impl Iterator<Item = {item}>"),
        }
    } else if is_own {
        "Self".to_owned()
    } else if let TyKind::Lib(name, items) = body.ret.kind()
        && *name == "context_manager"
    {
        // Handed on from a generator.
        let lifetime = if borrows(body) { "'_" } else { "'static" };
        let item = printer.ty(items.first().copied().unwrap_or_else(Ty::unit), Position::Stored);
        format!("{}<{lifetime}, {item}>", printer.rt("ContextManager"))
    } else if let (true, TyKind::Iter(item)) = (gives_boxes(body), body.ret.kind()) {
        match borrows(body) {
            true => format!("Box<dyn Iterator<Item = {}> + '_>", printer.ty(*item, Position::Stored)),
            false => printer.ty(body.ret, Position::Stored),
        }
    } else if let (TyKind::Iter(item), true) = (body.ret.kind(), only_raises(body)) {
        // What never gives an iterator still needs the type of one.
        printer.uses.paths.insert("std::iter".to_owned());
        format!("iter::Empty<{}>", printer.ty(*item, Position::Stored))
    } else if let Some(items) = own_items(printer) {
        items
    } else {
        let own_box = own_handle.replacen("Rc<", "Box<", 1);
        let ty = printer.ty(body.ret, Position::Result);
        let ty = ty.replace(&own_handle, "Rc<Self>").replace(&own_box, "Box<Self>");
        if gives_own_items(printer) { format!("{ty} + use<>") } else { ty }
    };
    match (body.fallible, ty.as_str()) {
        (false, "()") => String::new(),
        (false, ty) => format!(" -> {ty}"),
        (true, "()") => format!(" -> {}", printer.rt("Result")),
        (true, ty) => format!(" -> {}<{ty}>", printer.rt("Result")),
    }
}

/// The type of an iterator that is kept, or of the items of a dynamic value: it has a name, and borrows nothing.
fn own_items(printer: &mut Printer<'_, '_>) -> Option<String> {
    let body = printer.body;
    let results = body.results();
    let all = |is_one: &dyn Fn(&core::Node) -> bool| {
        !results.is_empty() && results.iter().all(|node| is_one(&body.nodes[*node].kind))
    };
    if body.is_generator || !matches!(body.ret.kind(), TyKind::Iter(_)) {
        return None;
    }
    if all(&|node| matches!(node, core::Node::Use(place, core::Mode::Clone) if !place.proj.is_empty())) {
        return Some(printer.ty(body.ret, Position::Stored));
    }
    let is_dynamic =
        |node: &core::Node| matches!(node, core::Node::Op { op: core::Op::ValueOp(core::ValueOp::Iter), .. });
    all(&is_dynamic).then(|| printer.rt("Items"))
}

/// Whether an iterator that owns its items is what a function gives that is lent something, where the function is a
/// value: such an iterator outlives what was lent.
fn gives_own_items(printer: &Printer<'_, '_>) -> bool {
    let body = printer.body;
    let is_open = |param: &core::Param| {
        let ty = body.locals[param.local].ty;
        matches!(ty.strip().kind(), TyKind::Iter(_) | TyKind::Func(..) | TyKind::Var(_))
    };
    let is_owned = |node: &NodeId| match &body.nodes[*node].kind {
        core::Node::Op { op: core::Op::IterOp(core::IterOp::Into), args, .. } => {
            let ty = body.ty(args[0]);
            let is_lent =
                |part: &Ty| matches!(part.kind(), TyKind::Ref(_) | TyKind::RefMut(_) | TyKind::Iter(_));
            matches!(ty.kind(), TyKind::List(_)) && !ty.any(&mut |part| is_lent(&part))
        }
        _ => false,
    };
    // The items of a dynamic value, as another type.
    let is_converted = |node: &NodeId| match &body.nodes[*node].kind {
        core::Node::Seq { clauses, sink: core::Sink::Iter(_) } => match clauses[..] {
            [core::Clause::For { iter, .. }] => matches!(
                body.nodes[iter].kind,
                core::Node::Op { op: core::Op::ValueOp(core::ValueOp::Iter), .. }
            ),
            _ => false,
        },
        _ => false,
    };
    let results = body.results();
    let is_value = printer.env.function_values.contains(&body.path);
    matches!(body.ret.kind(), TyKind::Iter(_))
        && borrows(body)
        && !results.is_empty()
        && !body.params.iter().any(is_open)
        && (is_value && results.iter().all(is_owned)
            || results.len() == 1 && results.iter().all(is_converted))
}

/// Whether iterators of several types are boxed where they are given.
pub(crate) fn gives_boxes(body: &Body<Mir>) -> bool {
    let is_boxed = |node: &NodeId| {
        matches!(&body.nodes[*node].kind, core::Node::Op { op: core::Op::RsOp(core::RsOp::Share), .. })
    };
    let results = body.results();
    matches!(body.ret.kind(), TyKind::Iter(_)) && results.len() > 1 && results.iter().all(is_boxed)
}

/// Whether the function's result is an iterator of a type without name: `impl Iterator<Item = T>`.
pub fn is_opaque(body: &Body<Mir>) -> bool {
    matches!(body.ret.kind(), TyKind::Iter(_)) && (body.is_generator || !body.is_async)
}

/// A generator under `contextlib.contextmanager`.
fn is_manager(body: &Body<Mir>) -> bool {
    matches!(body.ret.kind(), TyKind::Lib(name, _) if name.last() == "context_manager")
}

/// Whether the body is left by an error alone.
fn only_raises(body: &Body<Mir>) -> bool {
    let mut returns = false;
    body.walk_block(body.root, &mut |node| returns |= matches!(body.nodes[node].kind, core::Node::Return(_)));
    let row = &body.blocks[body.root];
    let last = row.stmts.last().and_then(|stmt| match stmt.kind {
        core::StmtKind::Expr(node) => Some(node),
        _ => None,
    });
    let ends =
        row.tail.or(last).is_some_and(|node| matches!(body.nodes[node].kind, core::Node::Raise { .. }));
    ends && !returns
}

/// Whether a parameter is a reference, which a generator holds on to.
pub(crate) fn borrows(body: &Body<Mir>) -> bool {
    body.params
        .iter()
        .any(|param| matches!(body.locals[param.local].ty.kind(), TyKind::Ref(_) | TyKind::RefMut(_)))
}

/// The parameter through which a generator emits; its type stands where values are sent.
pub(crate) fn channel(printer: &mut Printer<'_, '_>, ret: Ty) -> String {
    match ret.kind() {
        TyKind::Lib(name, parts) if *name == "coroutine" && *parts[1].kind() != TyKind::Unit => {
            let (item, sent) =
                (printer.ty(parts[0], Position::Stored), printer.ty(parts[1], Position::Stored));
            format!("co: {}<{item}, {sent}>", printer.rt("Co"))
        }
        _ => "co".to_owned(),
    }
}

/// `rt::generator(|co| async move { .. })`.
fn generator(printer: &mut Printer<'_, '_>, mut block: Block) -> Block {
    // Behind an endless loop nothing says what the block gives.
    let is_endless =
        matches!(block.stmts.last().map(|stmt| &stmt.kind), Some(tree::StmtKind::Expr(Expr::Loop(..))));
    let body = printer.body;
    let gives = body.nodes.iter().any(|(_, row)| {
        matches!(row.kind, core::Node::Return(Some(value)) if *body.ty(value).kind() != TyKind::Unit)
    });
    let is_coroutine = matches!(body.ret.kind(), TyKind::Lib(name, _) if *name == "coroutine");
    let is_typed =
        is_coroutine || printer.ends(printer.body.root) && !matches!(body.ret.kind(), TyKind::Lib(..));
    if is_endless && !gives && block.tail.is_none() && !is_typed {
        block.tail = Some(Box::new(Expr::call("Ok", vec![Expr::atom("()")])));
    }
    crate::tails::tail_returns(&mut block);
    let body = Expr::Block("async move ".to_owned(), block);
    let params = channel(printer, printer.body.ret);
    let closure = tree::Closure { params, is_move: false, ret: None, body: Box::new(body) };
    let name = match printer.body.ret.kind() {
        TyKind::Lib(name, _) if *name == "asyncio.AsyncGenerator" => "asyncio::async_generator",
        TyKind::Lib(name, _) if *name == "coroutine" => "coroutine",
        TyKind::Lib(..) => "context_manager",
        // Nothing else says the type of the result.
        _ if printer.ends(printer.body.root) => "generator::<_, (), _>",
        _ => "generator",
    };
    let name = printer.rt(name);
    Block::of(Expr::call(name, vec![Expr::Closure(closure)]))
}

// ---- globals ---------------------------------------------------------------------------------

/// The first value that `<init>` gives a global.
pub fn first_value<'a>(env: &Env<'a>, path: Name) -> Option<(&'a Body<Mir>, NodeId)> {
    first_set(env, path, |body, _, value| (body, value))
}

/// The text of an item that stands for a statement, with the comments of that statement.
pub fn with_comments(env: &Env<'_>, path: Name, text: &str, indent: usize, is_first: bool) -> String {
    let found = first_set(env, path, |_, stmt, _| {
        let above: Vec<_> = stmt.above.iter().map(comment).collect();
        (
            above,
            stmt.beside.as_deref().map(|text| tree::Comment { text: text.to_owned(), blank_before: false }),
        )
    });
    let (mut above, beside) = found.unwrap_or_default();
    let text = text.trim_end();
    let fits = !text.contains('\n');
    above.extend(beside.clone().filter(|_| !fits));
    let beside = beside.filter(|_| fits).map(|beside| layout::comments(&[beside], 0, true));
    let beside = beside.map_or(String::new(), |beside| format!(" {}", beside.trim_end()));
    format!("{}{text}{beside}\n", layout::comments(&above, indent, is_first))
}

/// What `look` gives for the statement of `<init>` that gives a global its first value.
fn first_set<'a, T>(
    env: &Env<'a>,
    path: Name,
    look: impl Fn(&'a Body<Mir>, &core::Stmt, NodeId) -> T,
) -> Option<T> {
    env.program.fns.values().filter(|body| body.kind == FnKind::Init).find_map(|body| {
        let mut found = None;
        body.walk_stmts(body.root, &mut |stmt| {
            if let core::StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind
                && place.root == core::Root::Global(path)
                && place.proj.is_empty()
                && found.is_none()
            {
                found = Some(look(body, stmt, *value));
            }
        });
        found
    })
}

/// The item of a global; none where it is a variant of an enum or has no value.
pub fn global(env: &Env<'_>, path: Name, module: Name, uses: &mut Uses) -> Option<String> {
    let def = env.program.globals.get(&path)?;
    let name = env.global_name(path);
    let visibility = visibility(env, path, module);
    let ty = env.ty(def.ty, Position::Stored, module, uses);
    let (body, value) = match (def.storage, first_value(env, path)) {
        (Storage::Const | Storage::Lazy, Some(found)) => found,
        (Storage::Const | Storage::Lazy, None) => return None,
        (storage, _) => return Some(thread_local(visibility, &name, &ty, def.ty, storage, uses)),
    };
    let mut printer = Printer::new(env, body, module, uses);
    let value_expr = printer.expr(value);
    let allowed = crate::allowed::attributes_of(&value_expr, 0);
    let text = match def.storage {
        Storage::Const => {
            let (ty, value) = match (def.ty.kind(), value_expr) {
                (TyKind::Str, Expr::Method(text, ..)) => ("&str".to_owned(), *text),
                (TyKind::Str, Expr::Call(..)) => ("&str".to_owned(), Expr::atom("\"\"")),
                (TyKind::Str, value) => ("&str".to_owned(), value),
                (_, value) => (ty, value),
            };
            let head = format!("{visibility}const {name}: {ty} =");
            item_value(&head, &value)
        }
        _ if env.is_sync(def.ty) => {
            uses.paths.insert("std::sync::LazyLock".to_owned());
            let ty = layout::broken_type(&ty, 0);
            let head = format!("{visibility}static {name}: LazyLock<{ty}> =");
            item_value(&head, &Expr::call("LazyLock::new", vec![Expr::closure("", value_expr)]))
        }
        _ => {
            uses.paths.insert("std::cell::RefCell".to_owned());
            let value = Expr::call("RefCell::new", vec![value_expr]);
            thread_local_text(visibility, &name, &format!("RefCell<{ty}>"), &value)
        }
    };
    Some(with_comments(env, path, &format!("{allowed}{text}"), 0, true))
}

fn item_value(head: &str, value: &Expr) -> String {
    let text = layout::render(
        &Expr::Assign(Box::new(Expr::atom(head.trim_end_matches(" ="))), "", Box::new(value.clone())),
        0,
        0,
        1,
    );
    // The semicolon needs its room on the first line, too.
    if head.chars().count() < WIDTH && layout::first_line(&text).chars().count() == WIDTH {
        return format!("{head}\n    {};\n", layout::render(value, 4, 4, 1));
    }
    format!("{text};\n")
}

fn thread_local(
    visibility: &str,
    name: &str,
    ty: &str,
    kind: Ty,
    storage: Storage,
    uses: &mut Uses,
) -> String {
    let cell = if storage == Storage::Cell { "Cell" } else { "RefCell" };
    uses.paths.insert(format!("std::cell::{cell}"));
    let empty = match kind.kind() {
        TyKind::Int(width) if *width != core::Width::Big => "0".to_owned(),
        TyKind::Float(_) => "0.0".to_owned(),
        TyKind::Bool => "false".to_owned(),
        TyKind::Str => "String::new()".to_owned(),
        TyKind::List(_) => "Vec::new()".to_owned(),
        TyKind::Option(_) => "None".to_owned(),
        _ => {
            let value = Expr::call(format!("{cell}::default"), vec![]);
            return thread_local_text(visibility, name, &format!("{cell}<{ty}>"), &value);
        }
    };
    let value = Expr::Raw(format!("const {{ {cell}::new({empty}) }}"));
    thread_local_text(visibility, name, &format!("{cell}<{ty}>"), &value)
}

fn thread_local_text(visibility: &str, name: &str, ty: &str, value: &Expr) -> String {
    let head = Expr::Atom(format!("{visibility}static {name}: {ty}"));
    let line = layout::render(&Expr::Assign(Box::new(head), "", Box::new(value.clone())), 4, 4, 1);
    format!("thread_local! {{\n    {line};\n}}\n")
}

// ---- module initialisation -------------------------------------------------------------------

/// `fn main` of the entry module, `init` of others; none where nothing is left to do.
fn initialiser(
    env: &Env<'_>,
    module: &core::Module,
    init: &Body<Mir>,
    is_entry: bool,
    uses: &mut Uses,
) -> Option<String> {
    let mut trimmed = init.clone();
    let root = trimmed.root;
    trimmed.blocks[root].stmts.retain(|stmt| !is_settled(env, stmt));
    let imports: Vec<Name> = module
        .items
        .iter()
        .filter_map(|row| match row.item {
            Item::Import(path) if env.has_init(path) => Some(path),
            _ => None,
        })
        .collect();
    if trimmed.blocks[root].stmts.is_empty()
        && trimmed.blocks[root].tail.is_none()
        && imports.is_empty()
        && !is_entry
    {
        return None;
    }
    let mut printer = Printer::new(env, &trimmed, module.path, uses);
    let mut block = printer.root();
    let has_hole = printer.has_hole;
    drop(printer);
    for path in imports.iter().rev() {
        let target = env.rust_module(*path);
        block.stmts.insert(0, Stmt::expr(Expr::call(format!("{target}::init"), vec![])));
    }
    if let Some(first) = block.stmts.first_mut() {
        first.blank_before = false;
    }
    let block = layout::tidied(&block);
    let hole = if has_hole { "#[allow(unreachable_code, unused)]\n" } else { "" };
    let hole = format!("{hole}{}", crate::allowed::attributes(&block, 0));
    let text = layout::tidied_block(&block, 0);
    if !is_entry {
        let text = if env.is_imported_again(module.path) {
            uses.paths.insert("std::cell::Cell".to_owned());
            let once = "thread_local! {\n        static DONE: Cell<bool> = const { Cell::new(false) };\n    }\n    if DONE.replace(true) {\n        return;\n    }\n";
            text.replacen("{\n", &format!("{{\n    {once}"), 1)
        } else {
            text
        };
        return Some(format!("/// Runs the module's top-level statements.\n{hole}pub fn init() {text}\n"));
    }
    if !env.needs_frame {
        return Some(format!("{hole}fn main() {text}\n"));
    }
    uses.rt = true;
    let frame = if env.is_ruchy() { "rt::ruchy::start" } else { "rt::start" };
    let start = |name: &str| {
        format!("fn main() {{\n    {frame}(include_str!(\"../batuta.map.json\"), {name});\n}}\n")
    };
    if imports.is_empty()
        && let Some(main) = only_call(env, &trimmed)
    {
        return Some(start(&env.fn_name(main)));
    }
    let name = env.top_name(module.path);
    let ret = if init.fallible { " -> rt::Result" } else { "" };
    Some(format!("{}\n{hole}fn {name}(){ret} {text}\n", start(&name)))
}

/// The function that the body calls and does nothing else: without parameters and result.
fn only_call(env: &Env<'_>, init: &Body<Mir>) -> Option<Name> {
    let root = &init.blocks[init.root];
    let call = match (&root.stmts[..], root.tail) {
        ([], Some(tail)) => tail,
        ([stmt], None) if stmt.above.is_empty() && stmt.beside.is_none() => match stmt.kind {
            core::StmtKind::Expr(node) => node,
            _ => return None,
        },
        _ => return None,
    };
    let core::Node::Call { callee: core::Callee::Fn(path), args } = &init.nodes[call].kind else {
        return None;
    };
    let callee = env.function(*path)?;
    let fits =
        args.is_empty() && callee.params.is_empty() && !callee.fallible && *callee.ret.kind() == TyKind::Unit;
    (fits && env.module_of(*path) == env.module_of(init.path) && env.class(path.parent()).is_none())
        .then_some(*path)
}

/// The statement's work is done by an item: the value of a constant, a variant of an enum.
fn is_settled(env: &Env<'_>, stmt: &core::Stmt) -> bool {
    let core::StmtKind::Set { target: Pat::Place(place), .. } = &stmt.kind else { return false };
    let core::Root::Global(path) = place.root else { return false };
    let is_item = env
        .program
        .globals
        .get(&path)
        .is_some_and(|global| matches!(global.storage, Storage::Const | Storage::Lazy));
    place.proj.is_empty() && (is_item || env.is_variant(path))
}
