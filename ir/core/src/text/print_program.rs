//! Program -> text: modules, classes, globals, bodies.

use super::print::name_text;
use super::print_body;
use crate::*;
use batuta_base::Name;
use std::fmt::Write;

/// The text of a program.
pub fn print_program<L: Level>(program: &Program<L>) -> String {
    let mut out = String::new();
    if let Some(entry) = program.entry {
        let _ = writeln!(out, "entry @{}\n", name_text(entry));
    }
    for module in program.modules.values() {
        print_module(module, &mut out);
    }
    for class in program.classes.values() {
        print_class(class, &mut out);
    }
    for global in program.globals.values() {
        let mutable = if global.is_rebound { " mut" } else { "" };
        let storage = global.storage.text();
        let _ = writeln!(out, "global @{}: {}{mutable}{storage}\n", name_text(global.path), global.ty);
    }
    for body in program.fns.values() {
        out.push_str(&print_body(body));
        out.push('\n');
    }
    out
}

fn print_module(module: &Module, out: &mut String) {
    let lang = match module.lang {
        Lang::Python => "python",
        Lang::C => "c",
        Lang::Ruchy => "ruchy",
    };
    let _ = writeln!(out, "module @{} {:?} {lang} {{", name_text(module.path), module.file.as_str());
    print_doc(module.doc.as_deref(), out);
    for row in &module.items {
        print_comments(&row.above, out);
        let (word, path) = match row.item {
            Item::Fn(path) => ("fn", path),
            Item::Class(path) => ("class", path),
            Item::Global(path) => ("global", path),
            Item::Import(path) => ("import", path),
        };
        let _ = writeln!(out, "  {word} @{}", name_text(path));
    }
    for (name, target) in &module.aliases {
        let _ = writeln!(out, "  alias @{} = @{}", name_text(*name), name_text(*target));
    }
    print_comments(&module.end_comments, out);
    out.push_str("}\n\n");
}

fn print_doc(doc: Option<&str>, out: &mut String) {
    if let Some(doc) = doc {
        let _ = writeln!(out, "  doc {doc:?}");
    }
}

fn print_comments(comments: &[Comment], out: &mut String) {
    for comment in comments {
        if comment.blank_before {
            out.push('\n');
        }
        let _ = writeln!(out, "  #{}", comment.text.replace('\\', "\\\\").replace('\n', "\\n"));
    }
}

fn print_class(class: &ClassDef, out: &mut String) {
    let names = |names: &[Name]| names.iter().map(|name| name_text(*name)).collect::<Vec<_>>().join(", ");
    let _ = write!(out, "class @{}({})", name_text(class.path), names(&class.bases));
    if !class.type_params.is_empty() {
        let _ = write!(out, "<{}>", names(&class.type_params));
    }
    out.push_str(&kind_text(&class.kind));
    out.push_str(if class.is_shared { " shared {\n" } else { " {\n" });
    print_doc(class.doc.as_deref(), out);
    for field in &class.fields {
        print_field(field, out);
    }
    for path in &class.attributes {
        let _ = writeln!(out, "  attr @{}", name_text(*path));
    }
    for method in &class.methods {
        let _ = writeln!(out, "  fn @{}", name_text(*method));
    }
    out.push_str("}\n\n");
}

fn kind_text(kind: &ClassKind) -> String {
    match kind {
        ClassKind::Plain => String::new(),
        ClassKind::Dataclass { frozen, order, eq, unsafe_hash, kw_only, slots, repr } => {
            let flags = [
                (*frozen, "frozen"),
                (*order, "order"),
                (*eq, "eq"),
                (*unsafe_hash, "unsafe_hash"),
                (*kw_only, "kw_only"),
                (*slots, "slots"),
                (*repr, "repr"),
            ];
            let set: Vec<_> = flags.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
            format!(" dataclass({})", set.join(", "))
        }
        ClassKind::Enum => " enum".to_owned(),
        ClassKind::EnumOf(base) => format!(" enum_of({})", name_text(*base)),
        ClassKind::NamedTuple => " namedtuple".to_owned(),
        ClassKind::Exception => " exception".to_owned(),
        ClassKind::Protocol => " protocol".to_owned(),
        ClassKind::Abstract => " abstract".to_owned(),
    }
}

fn print_field(field: &FieldDef, out: &mut String) {
    print_comments(&field.above, out);
    let _ = write!(out, "  field {}: {}", name_text(field.name), field.ty);
    out.push_str(match field.cell {
        FieldCell::Plain => "",
        FieldCell::Cell => " cell",
        FieldCell::RefCell => " refcell",
    });
    let FieldFlags { init, repr, compare, kw_only, factory, passed, nil } = field.flags;
    for (on, word) in [
        (!init, " no_init"),
        (!repr, " no_repr"),
        (!compare, " no_compare"),
        (kw_only, " kw_only"),
        (factory, " factory"),
        (passed, " passed"),
        (nil, " nil"),
    ] {
        out.push_str(if on { word } else { "" });
    }
    if let Some(path) = field.default {
        let _ = write!(out, " = @{}", name_text(path));
    }
    if let Some(beside) = &field.beside {
        let _ = write!(out, "  #{}", beside.replace('\\', "\\\\").replace('\n', "\\n"));
    }
    out.push('\n');
}

impl Storage {
    fn text(self) -> &'static str {
        match self {
            Self::Undecided => "",
            Self::Const => " const",
            Self::Lazy => " lazy",
            Self::Cell => " cell",
            Self::RefCell => " refcell",
            Self::Late => " late",
        }
    }
}
