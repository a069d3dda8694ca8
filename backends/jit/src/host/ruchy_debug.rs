//! `{:?}` of Ruchy's macros: the text that Rust gives.

use super::mapping;
use crate::desc::Kind;
use crate::item::{Item, object_fields};
use batuta_core::ClassKind;
use std::fmt;

/// Shows an item as Rust's `{:?}` and `{:#?}` do.
pub struct Debugged(pub Item);

fn all(items: Vec<Item>) -> impl Iterator<Item = Debugged> {
    items.into_iter().map(Debugged)
}

impl fmt::Debug for Debugged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let item = &self.0;
        match &item.desc.kind {
            Kind::Int => item.int().fmt(f),
            Kind::Bool => item.truth().fmt(f),
            Kind::Float => fmt::Debug::fmt(&item.float(), f),
            Kind::Str => fmt::Debug::fmt(item.text(), f),
            Kind::List(_) => f.debug_list().entries(all(item.list_items())).finish(),
            Kind::Set(_) => f.debug_set().entries(all(item.set().iter().cloned().collect())).finish(),
            Kind::Dict(..) => {
                let pairs = mapping::pairs(item).into_iter();
                f.debug_map().entries(pairs.map(|(key, value)| (Debugged(key), Debugged(value)))).finish()
            }
            Kind::Tuple(_) => {
                all(item.fields()).fold(&mut f.debug_tuple(""), |built, part| built.field(&part)).finish()
            }
            Kind::Option(_) => fmt::Debug::fmt(&item.present().map(Debugged), f),
            Kind::Outcome(["Some", _], _) => fmt::Debug::fmt(&item.held().ok().map(Debugged), f),
            Kind::Outcome(..) => fmt::Debug::fmt(&item.held().map(Debugged).map_err(Debugged), f),
            Kind::Class(_) => object(item, f),
            Kind::Union(_) => Debugged(item.bare()).fmt(f),
            _ => super::ruchy_show::nested(item, f),
        }
    }
}

fn object(item: &Item, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(class) = item.class() else { return f.write_str("nil") };
    let is_nameless = matches!(class.kind, ClassKind::Dataclass { repr: false, .. });
    if class.kind == ClassKind::Enum || class.fields().is_empty() || is_nameless {
        return super::ruchy_show::nested(item, f);
    }
    let values = object_fields(item.word, class);
    let fields = class.fields().iter().zip(values);
    if class.fields()[0].name.as_str().starts_with("_0") {
        let built = &mut f.debug_tuple(class.path.last());
        return fields.fold(built, |built, (_, value)| built.field(&Debugged(value))).finish();
    }
    let built = &mut f.debug_struct(class.path.last());
    fields.fold(built, |built, (field, value)| built.field(field.name.as_str(), &Debugged(value))).finish()
}
