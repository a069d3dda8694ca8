//! The text of values in Ruchy.

use super::mapping;
use crate::desc::{FieldDesc, Kind};
use crate::item::{Item, object_fields};
use batuta_core::ClassKind;
use batuta_rt as rt;
use std::fmt;

/// Displays a value as it stands inside of a container.
pub struct Nested<'a>(pub &'a Item);

impl fmt::Display for Nested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        nested(self.0, f)
    }
}

/// The same where options stand for what may be nil.
struct OrNil<'a>(&'a Item);

impl fmt::Display for OrNil<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let item = self.0;
        match &item.desc.kind {
            Kind::Option(_) => match item.present() {
                Some(inner) => write!(f, "{}", OrNil(&inner)),
                None => f.write_str("nil"),
            },
            Kind::List(_) => joined(f, ("[", "]"), item.list_items().iter().map(OrNil)),
            Kind::Tuple(_) => joined(f, ("(", ")"), item.fields().iter().map(OrNil)),
            Kind::Dict(..) => entries(f, item, |value| OrNil(value).to_string()),
            _ => nested(item, f),
        }
    }
}

/// The text of a value inside of a container; that of all but strings is the same alone.
pub fn nested(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match &item.desc.kind {
        Kind::Unit => f.write_str("nil"),
        Kind::Bool => write!(f, "{}", item.truth()),
        Kind::Int => write!(f, "{}", item.int()),
        Kind::Float => write!(f, "{}", rt::ruchy::text(&item.float())),
        Kind::Str => write!(f, "\"{}\"", item.text()),
        Kind::List(_) => joined(f, ("[", "]"), item.list_items().iter().map(Nested)),
        Kind::Tuple(_) => joined(f, ("(", ")"), item.fields().iter().map(Nested)),
        Kind::Set(_) => {
            let mut texts: Vec<String> = item.set().iter().map(|part| Nested(part).to_string()).collect();
            texts.sort_by(|a, b| rt::ruchy::by_number(a, b));
            write!(f, "{{{}}}", texts.join(", "))
        }
        Kind::Dict(..) => entries(f, item, |value| Nested(value).to_string()),
        Kind::Option(_) => match item.present() {
            Some(inner) => write!(f, "Some({})", Nested(&inner)),
            None => f.write_str("None"),
        },
        Kind::Outcome(names, _) => match item.held() {
            Ok(inner) => write!(f, "{}({})", names[0], Nested(&inner)),
            Err(_) if names[1] == "None" => f.write_str("None"),
            Err(inner) => write!(f, "{}({})", names[1], Nested(&inner)),
        },
        Kind::Class(_) => object(item, f),
        Kind::Union(_) => nested(&item.bare(), f),
        Kind::Value => write!(f, "{}", rt::ruchy::nested(item.value())),
        Kind::Num => write!(f, "{}", rt::ruchy::nested(crate::memory::object::<rt::Num>(&item.word))),
        _ => f.write_str("<function>"),
    }
}

fn joined<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    (open, close): (&str, &str),
    items: impl Iterator<Item = T>,
) -> fmt::Result {
    let parts: Vec<String> = items.map(|item| item.to_string()).collect();
    write!(f, "{open}{}{close}", parts.join(", "))
}

/// The entries of a dict, sorted by key.
fn entries(f: &mut fmt::Formatter<'_>, dict: &Item, text: impl Fn(&Item) -> String) -> fmt::Result {
    let pair = |(key, value): (Item, Item)| (rt::str(&key).to_string(), text(&value));
    let mut pairs: Vec<(String, String)> = mapping::pairs(dict).into_iter().map(pair).collect();
    pairs.sort_by(|a, b| rt::ruchy::by_number(&a.0, &b.0));
    let parts: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    write!(f, "{{{}}}", parts.join(", "))
}

fn object(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(class) = item.class() else { return f.write_str("nil") };
    if class.kind == ClassKind::Enum {
        return f.write_str(item.field(0).text());
    }
    let is_nameless = matches!(class.kind, ClassKind::Dataclass { repr: false, .. });
    let name = if is_nameless { "" } else { class.path.last() };
    let values = object_fields(item.word, class);
    let text = |field: &FieldDesc, value: &Item| match field.flags.nil {
        true => OrNil(value).to_string(),
        false => Nested(value).to_string(),
    };
    let mut fields: Vec<_> = class.fields().iter().zip(&values).collect();
    let is_tuple = fields.first().is_some_and(|(field, _)| field.name.as_str().starts_with("_0"));
    if fields.is_empty() {
        return f.write_str(name);
    }
    if is_tuple {
        let parts: Vec<String> = fields.iter().map(|(field, value)| text(field, value)).collect();
        return write!(f, "{name}({})", parts.join(", "));
    }
    fields.sort_by_key(|(field, _)| field.name);
    let parts: Vec<String> =
        fields.iter().map(|(field, value)| format!("{}: {}", field.name, text(field, value))).collect();
    let space = if is_nameless { "" } else { " " };
    write!(f, "{name}{space}{{{}}}", parts.join(", "))
}
