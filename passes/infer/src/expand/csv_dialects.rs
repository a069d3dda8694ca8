//! The dialect of `csv` is one value: a name, a class, what a sniffer found, with the options beside it.
//!
//! before                                                after
//!   lib:csv.reader(%lines, "excel-tab", strict= true)     lib:csv.reader(%lines, dialect=
//!                                                           lib:csv_dialect.with_strict(
//!                                                             lib:csv.dialect_of("excel-tab"), true))
//!   class @m.Pipes(csv.excel) {                           lib:csv.register_dialect("pipes",
//!     attr @m.Pipes.delimiter                               lib:csv_dialect.with_delimiter(
//!   }                                                         lib:csv.dialect_of("excel"), @m.Pipes.delimiter))
//!   lib:csv.register_dialect("pipes", @m.Pipes)
//!
//! Holds back where the catalogue has a row for the options as they are.

use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// What a dialect says, besides its name.
const OPTIONS: [&str; 8] = [
    "delimiter",
    "quotechar",
    "escapechar",
    "doublequote",
    "skipinitialspace",
    "lineterminator",
    "quoting",
    "strict",
];

/// A function of `csv`: its parameters up to the dialect, and the options that it has a row for.
struct Row {
    name: &'static str,
    before: &'static [&'static str],
    plain: &'static [&'static str],
}

const ROWS: [Row; 6] = [
    Row { name: "csv.reader", before: &["lines"], plain: &["delimiter", "quotechar", "skipinitialspace"] },
    Row {
        name: "csv.counted_reader",
        before: &["lines"],
        plain: &["delimiter", "quotechar", "skipinitialspace"],
    },
    Row {
        name: "csv.writer",
        before: &["file"],
        plain: &["delimiter", "quotechar", "quoting", "lineterminator"],
    },
    Row {
        name: "csv.DictReader",
        before: &["lines", "fieldnames", "restkey", "restval"],
        plain: &["delimiter", "quotechar", "skipinitialspace"],
    },
    Row {
        name: "csv.DictWriter",
        before: &["file", "fieldnames", "restval", "extrasaction"],
        plain: &["delimiter", "quotechar", "quoting", "lineterminator"],
    },
    Row { name: "csv.register_dialect", before: &["name"], plain: &[] },
];

/// Writes out the dialects of a program.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_asked =
        |node: &Node| matches!(node, Node::Call { callee: Callee::Lib(name), .. } if row(*name).is_some());
    if !program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| is_asked(&row.kind))) {
        return;
    }
    let start = program.clone();
    for body in program.fns.values_mut() {
        if body.nodes.iter().any(|(_, row)| is_asked(&row.kind)) {
            write(&start, Arc::make_mut(body));
        }
    }
}

fn row(name: Name) -> Option<&'static Row> {
    ROWS.iter().find(|row| name == row.name)
}

fn write(program: &Program<Hir>, body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = body.nodes[node].kind.clone() else { continue };
        let Some(row) = row(name) else { continue };
        let is_known = |arg: &Arg| matches!(arg.kind, ArgKind::Positional | ArgKind::Named(_));
        if !args.iter().all(is_known) {
            continue;
        }
        let at = body.nodes[node].origin;
        let Some(args) = written(program, body, row, args, at) else { continue };
        body.nodes[node].kind = Node::Call { callee: Callee::Lib(name), args };
    }
}

/// The arguments with one dialect; none where there is a row for them.
fn written(
    program: &Program<Hir>,
    body: &mut Body<Hir>,
    row: &Row,
    args: Vec<Arg>,
    at: Origin,
) -> Option<Vec<Arg>> {
    let (mut kept, mut options, mut dialect, mut position) = (Vec::new(), Vec::new(), None, 0);
    let mut is_plain = true;
    for arg in args {
        let name = match arg.kind {
            ArgKind::Named(name) => name,
            _ => {
                position += 1;
                Name::new(row.before.get(position - 1).copied().unwrap_or("dialect"))
            }
        };
        match name.as_str() {
            "dialect" => dialect = Some(arg.value),
            word if OPTIONS.contains(&word) => {
                let is_absent = matches!(body.as_const(arg.value), Some(Const::None));
                is_plain &= row.plain.contains(&word) && !is_absent;
                options.push((name, arg.value));
            }
            // Their place behind the field names is taken by name.
            "restkey" | "restval" if row.name == "csv.DictReader" => {
                is_plain &= name == "restval";
                kept.push(Arg { kind: ArgKind::Named(name), value: arg.value });
            }
            _ => kept.push(arg),
        }
    }
    if is_plain && dialect.is_none() && row.name != "csv.register_dialect" {
        return None;
    }
    let base = match dialect {
        Some(node) => base(program, body, node, at),
        None => lib(body, "csv.default_dialect", Vec::new(), at),
    };
    let value = options.into_iter().fold(base, |of, (name, value)| option(body, of, name, value, at));
    let by_position = matches!(row.name, "csv.register_dialect");
    let kind = if by_position { ArgKind::Positional } else { ArgKind::Named(Name::new("dialect")) };
    kept.push(Arg { kind, value });
    Some(kept)
}

/// The dialect that a name, a class or a value stands for.
fn base(program: &Program<Hir>, body: &mut Body<Hir>, node: NodeId, at: Origin) -> NodeId {
    let class = match &body.nodes[node].kind {
        Node::Item(name) => Some(*name),
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => Some(*path),
        Node::Call { callee: Callee::Fn(path), args } if args.is_empty() => Some(*path),
        _ => None,
    };
    let of = match class {
        Some(path) => of_class(program, body, program.resolve(path), at),
        None => None,
    };
    of.unwrap_or_else(|| lib(body, "csv.dialect_of", vec![node], at))
}

/// A class of the library or below one: what it says, above all what it says itself.
fn of_class(program: &Program<Hir>, body: &mut Body<Hir>, path: Name, at: Origin) -> Option<NodeId> {
    let known = match path.as_str() {
        "csv.excel" | "csv.Dialect" => Some("excel"),
        "csv.excel_tab" => Some("excel-tab"),
        "csv.unix_dialect" => Some("unix"),
        _ => None,
    };
    if let Some(name) = known {
        let name = body.node(Node::Const(Const::Str(name.into())), Ty::unknown(), at);
        return Some(lib(body, "csv.dialect_of", vec![name], at));
    }
    let def = program.classes.get(&path)?;
    let above = of_class(program, body, program.resolve(*def.bases.first()?), at)?;
    let said = OPTIONS.iter().map(|name| (Name::new(name), path.join(name)));
    let said: Vec<(Name, Name)> = said.filter(|(_, path)| def.attributes.contains(path)).collect();
    Some(said.into_iter().fold(above, |of, (name, path)| {
        let value = body.node(Node::Use(Place::global(path), Mode::Read), Ty::unknown(), at);
        option(body, of, name, value, at)
    }))
}

fn option(body: &mut Body<Hir>, of: NodeId, name: Name, value: NodeId, at: Origin) -> NodeId {
    if matches!(body.as_const(value), Some(Const::None)) {
        let is_default = matches!(&body.nodes[of].kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "csv.default_dialect");
        match name.as_str() {
            "quotechar" => return lib(body, "csv_dialect.without_quotechar", vec![of], at),
            "escapechar" if is_default => return of,
            _ => {}
        }
    }
    lib(body, &format!("csv_dialect.with_{name}"), vec![of, value], at)
}

fn lib(body: &mut Body<Hir>, name: &str, args: Vec<NodeId>, at: Origin) -> NodeId {
    let args = args.into_iter().map(Arg::positional).collect();
    body.node(Node::Call { callee: Callee::Lib(Name::new(name)), args }, Ty::unknown(), at)
}
