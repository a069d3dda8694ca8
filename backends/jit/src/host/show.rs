//! Text of values: `str`, `repr`, formats.

use super::library::Opaque;
use super::{FormatPart, Site, call_method, error_of, errors, mapping};
use crate::desc::Kind;
use crate::item::{Item, object_fields};
use crate::memory::object;
use batuta_core::{ClassKind, Conv};
use batuta_rt::{self as rt, Operand, Repr};
use std::fmt;

fn is_frozen(item: &Item) -> bool {
    matches!(item.desc.ty.strip().kind(), batuta_core::TyKind::FrozenSet(_))
}

/// `repr(item)`.
pub fn repr(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if super::is_ruchy() {
        return super::ruchy_show::nested(item, f);
    }
    match &item.desc.kind {
        Kind::Unit => f.write_str("None"),
        Kind::Bool => item.truth().fmt_repr(f),
        Kind::Int => item.int().fmt_repr(f),
        Kind::Float => item.float().fmt_repr(f),
        Kind::Big => item.big().fmt_repr(f),
        Kind::Num => object::<rt::Num>(&item.word).fmt_repr(f),
        Kind::Str => item.text().fmt_repr(f),
        Kind::Bytes => item.bytes().fmt_repr(f),
        Kind::List(_) if item.desc.is_tuple => tuple(&item.list_items(), f),
        Kind::List(_) => item.list_items().fmt_repr(f),
        Kind::Set(_) if is_frozen(item) && item.set().is_empty() => f.write_str("frozenset()"),
        Kind::Set(_) if is_frozen(item) => {
            f.write_str("frozenset(")?;
            item.set().fmt_repr(f)?;
            f.write_str(")")
        }
        Kind::Set(_) => item.set().fmt_repr(f),
        Kind::Tuple(_) => tuple(&item.fields(), f),
        Kind::Option(_) => match item.present() {
            Some(inner) => repr(&inner, f),
            None => f.write_str("None"),
        },
        Kind::Union(_) => repr(&item.bare(), f),
        Kind::Range => object::<rt::Range>(&item.word).fmt_repr(f),
        Kind::Error => error_of(item).fmt_repr(f),
        Kind::Value => item.value().fmt_repr(f),
        Kind::Class(_) => class_repr(item, f),
        Kind::Deque(_) => object::<rt::Deque<Item>>(&item.word).fmt_repr(f),
        Kind::Dict(..) | Kind::Counter(_) | Kind::DefaultDict(..) => mapping::repr(item, f),
        Kind::TypeOf(path) if path.as_str().contains('.') => {
            write!(f, "<class '__main__.{}'>", super::classes::path(item).last())
        }
        Kind::TypeOf(_) => write!(f, "<class '{}'>", super::classes::path(item).last()),
        Kind::Func(..) => f.write_str("<function>"),
        Kind::Opaque(Opaque { repr: Some(repr), .. }) => repr(item.word, f),
        Kind::Opaque(of) => write!(f, "<{} object>", of.name),
        Kind::Iter(_) | Kind::Random | Kind::Args | Kind::Outcome(..) | Kind::Other => {
            f.write_str("<object>")
        }
    }
}

fn tuple(fields: &[Item], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("(")?;
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        repr(field, f)?;
    }
    f.write_str(if fields.len() == 1 { ",)" } else { ")" })
}

fn class_repr(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(class) = item.class() else { return f.write_str("None") };
    if let Some(method) = class.method("__repr__") {
        return f.write_str(call_method(method, &[item]).text());
    }
    match class.kind {
        ClassKind::Dataclass { repr: true, .. } | ClassKind::NamedTuple => {
            write!(f, "{}(", class.path.last())?;
            let shown = class.fields().iter().zip(object_fields(item.word, class));
            for (at, (field, value)) in shown.filter(|(field, _)| field.flags.repr).enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                write!(f, "{comma}{}={}", field.name, rt::repr(&value))?;
            }
            f.write_str(")")
        }
        ClassKind::Enum | ClassKind::EnumOf(_) => {
            let (name, value) = (item.field(0), item.field(1));
            write!(f, "<{}.{}: {}>", class.path.last(), name.text(), rt::repr(&value))
        }
        ClassKind::Exception => errors::of_object(item, &[]).fmt_repr(f),
        _ => write!(f, "<__main__.{} object at {:#x}>", class.path.last(), item.word),
    }
}

/// `str(item)`.
pub fn str(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if super::is_ruchy() {
        return match &item.desc.kind {
            Kind::Str => f.write_str(item.text()),
            Kind::Union(_) => str(&item.bare(), f),
            Kind::Value => write!(f, "{}", rt::ruchy::text(item.value())),
            _ => super::ruchy_show::nested(item, f),
        };
    }
    match &item.desc.kind {
        Kind::Str => f.write_str(item.text()),
        Kind::Error => f.write_str(&error_of(item).message()),
        Kind::Value => item.value().fmt_str(f),
        Kind::Union(_) => str(&item.bare(), f),
        Kind::Option(_) => match item.present() {
            Some(inner) => str(&inner, f),
            None => f.write_str("None"),
        },
        Kind::Class(_) => class_str(item, f),
        Kind::Opaque(Opaque { str: Some(str), .. }) => str(item.word, f),
        _ => repr(item, f),
    }
}

fn class_str(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match item.class() {
        Some(class) => match class.method("__str__") {
            Some(method) => f.write_str(call_method(method, &[item]).text()),
            None => match class.kind {
                ClassKind::Enum if class.method("__repr__").is_none() => {
                    write!(f, "{}.{}", class.path.last(), item.field(0).text())
                }
                ClassKind::EnumOf(_) => str(&item.field(1), f),
                ClassKind::Exception => f.write_str(&errors::of_object(item, &[]).message()),
                _ => repr(item, f),
            },
        },
        None => f.write_str("None"),
    }
}

/// `{:?}` of Ruchy, `{:#?}` with the rule `#`.
fn debugged(item: Item, rule: &str, out: &mut String) {
    let shown = super::ruchy_debug::Debugged(item);
    match rule {
        "#" => push(out, format_args!("{shown:#?}")),
        _ => push(out, format_args!("{shown:?}")),
    }
}

/// What a format sees.
pub fn operand(item: &Item) -> Operand<'_> {
    match &item.desc.kind {
        Kind::Bool => Operand::Bool(item.truth()),
        Kind::Int => Operand::Small(item.int()),
        Kind::Float => Operand::Float(item.float()),
        Kind::Big => Operand::Big(item.big()),
        Kind::Str => Operand::Text(item.text()),
        Kind::Num => rt::Format::operand(&*object::<rt::Num>(&item.word)),
        Kind::Value => rt::Format::operand(item.value()),
        Kind::Opaque(Opaque { format: Some(format), .. }) => format(item.word).operand(),
        _ => Operand::Other(type_name(item)),
    }
}

/// `type(item).__name__`.
pub fn type_name(item: &Item) -> &'static str {
    match &item.desc.kind {
        Kind::Unit => "NoneType",
        Kind::Bool => "bool",
        Kind::Int | Kind::Big => "int",
        Kind::Float => "float",
        Kind::Str => "str",
        Kind::Bytes => "bytes",
        Kind::List(_) if item.desc.is_tuple => "tuple",
        Kind::List(_) => "list",
        Kind::Set(_) if is_frozen(item) => "frozenset",
        Kind::Set(_) => "set",
        Kind::Dict(..) if mapping::is_ordered(item) => "OrderedDict",
        Kind::Dict(..) => "dict",
        Kind::Tuple(_) => "tuple",
        Kind::Range => "range",
        Kind::Counter(_) => "Counter",
        Kind::DefaultDict(..) => "defaultdict",
        Kind::Deque(_) => "deque",
        Kind::Func(..) => "function",
        Kind::Iter(_) => "generator",
        Kind::Outcome(names, _) => names[usize::from(item.held().is_err())],
        Kind::TypeOf(_) => "type",
        Kind::Class(static_class) => item.class().unwrap_or(static_class).path.last(),
        Kind::Error => error_of(item).name(),
        Kind::Option(_) => item.present().map_or("NoneType", |inner| type_name(&inner)),
        Kind::Union(_) => type_name(&object::<Item>(&item.word).bare()),
        Kind::Value => item.value().type_name(),
        Kind::Num => match object::<rt::Num>(&item.word) {
            rt::Num::Int(_) => "int",
            rt::Num::Float(_) => "float",
        },
        Kind::Random => "Random",
        Kind::Opaque(of) => of.name,
        Kind::Args => "tuple",
        Kind::Other => "object",
    }
}

/// The text of a format's pieces.
pub fn pieces(parts: &[FormatPart], args: &[Item], out: &mut String) {
    for part in parts {
        match part {
            FormatPart::Text(text) => out.push_str(text),
            FormatPart::Value { arg, conv, spec } => piece(&args[*arg], *conv, spec, args, out),
        }
    }
}

fn piece(item: &Item, conv: Conv, spec: &[FormatPart], args: &[Item], out: &mut String) {
    let mut rule = String::new();
    pieces(spec, args, &mut rule);
    let bare = match item.desc.kind {
        Kind::Union(_) | Kind::Option(_) if !super::is_ruchy() => {
            item.bare().present().map_or(Item::new(0, item.desc), |inner| inner.bare())
        }
        _ => Item::new(item.word, item.desc),
    };
    let text = match conv {
        Conv::Format if custom_format(&bare, &rule, out) => return,
        Conv::Format if rule.is_empty() => return push(out, format_args!("{}", rt::str(&bare))),
        Conv::Format => return out.push_str(&rt::format(&bare, &rule)),
        Conv::Percent(letter) | Conv::PercentAll(letter) => {
            return out.push_str(&rt::percent(&format!("%{rule}{letter}"), &[&bare]));
        }
        Conv::Str => rt::str(&bare).to_string(),
        Conv::Repr if super::is_ruchy() => return debugged(bare, &rule, out),
        Conv::Repr => rt::repr(&bare).to_string(),
        Conv::Ascii => rt::ascii(&bare),
    };
    if rule.is_empty() { out.push_str(&text) } else { out.push_str(&rt::format(&*text, &rule)) }
}

fn push(out: &mut String, text: fmt::Arguments<'_>) {
    fmt::Write::write_fmt(out, text).expect("text takes any text");
}

/// `__format__` of the program's own class.
fn custom_format(item: &Item, rule: &str, out: &mut String) -> bool {
    let Some(method) = item.class().and_then(|class| class.method("__format__")) else { return false };
    let rule = Item::new(crate::item::text_word(rule), method.params[1]);
    out.push_str(call_method(method, &[item, &rule]).text());
    true
}

/// The row of a format node.
pub fn format(site: &Site, args: &[Item]) -> u64 {
    let mut out = String::new();
    pieces(&site.parts, args, &mut out);
    crate::item::text_word(out)
}
