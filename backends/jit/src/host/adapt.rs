//! From one representation of a value to another.

use super::values;
use crate::desc::{D, Kind};
use crate::item::{Item, list_word, some_word};
use crate::memory::{keep, object, record};
use batuta_core::{Ty, TyKind};
use batuta_rt as rt;

/// Whether two descriptors stand for the same type, references and sharing aside.
pub fn same(a: D, b: D) -> bool {
    a.ty.strip() == b.ty.strip()
}

/// Whether two types are one in the source: ints of any width are.
pub fn alike(a: Ty, b: Ty) -> bool {
    let (a, b) = (a.strip(), b.strip());
    if a == b || (a.is_int() && b.is_int()) {
        return true;
    }
    let (parts, others) = (a.children(), b.children());
    let is_class = matches!(a.kind(), TyKind::Class(..) | TyKind::Lib(..));
    !parts.is_empty()
        && !is_class
        && std::mem::discriminant(a.kind()) == std::mem::discriminant(b.kind())
        && parts.len() == others.len()
        && parts.iter().zip(&others).all(|(a, b)| alike(*a, *b))
}

/// The item's value as a value of type `to`.
pub fn adapt(item: &Item, to: D) -> u64 {
    if same(item.desc, to) {
        return item.word;
    }
    match (&item.desc.kind, &to.kind) {
        (Kind::Int | Kind::Bool, Kind::Int) => item.word,
        (Kind::Big, Kind::Int) => item.big().expect_i64() as u64,
        (Kind::Int | Kind::Bool, Kind::Big) => keep(item.to_big()),
        (Kind::Int | Kind::Bool | Kind::Big | Kind::Num, Kind::Float) => item.float().to_bits(),
        (Kind::Int | Kind::Bool, Kind::Num) => keep(rt::Num::Int(item.int())),
        (Kind::Num, Kind::Int) => match object::<rt::Num>(&item.word) {
            rt::Num::Int(number) => *number as u64,
            rt::Num::Float(x) => *x as i64 as u64,
        },
        (Kind::Float, Kind::Num) => keep(rt::Num::Float(item.float())),
        (Kind::Unit, Kind::Option(_)) => 0,
        (Kind::Option(_), Kind::Option(inner)) => match item.present() {
            Some(present) => some_word(inner, adapt(&present, inner)),
            None => 0,
        },
        (Kind::Value, Kind::Option(_)) => values::to_word(item.value(), to),
        (_, Kind::Option(inner)) => some_word(inner, adapt(item, inner)),
        // A union of Ruchy may have an `Option` among its members.
        (Kind::Option(_), Kind::Union(members))
            if members.iter().any(|of| matches!(of.kind, Kind::Option(_))) =>
        {
            keep(Item::new(item.word, item.desc))
        }
        (Kind::Option(_), Kind::Union(_) | Kind::Value) if item.word == 0 => match to.kind {
            Kind::Value => keep(rt::Value::None),
            _ => keep(Item::new(0, item.desc)),
        },
        (Kind::Option(_), _) => item.present().map_or(0, |present| adapt(&present, to)),
        (Kind::Union(_), Kind::Union(_)) => keep(item.bare()),
        (Kind::Value, Kind::Union(_)) => values::to_word(item.value(), to),
        (_, Kind::Union(members)) => wrap(item, members),
        (_, Kind::Value) => keep(values::from_item(item)),
        (Kind::Union(_), _) => adapt(&item.bare(), to),
        (Kind::Value, _) => values::to_word(item.value(), to),
        (Kind::Tuple(_), Kind::Tuple(fields)) => {
            let parts = item.fields().into_iter().zip(fields);
            record(&parts.map(|(part, desc)| adapt(&part, desc)).collect::<Vec<_>>())
        }
        (Kind::Outcome(..), Kind::Outcome(_, parts)) => {
            let (tag, held) = match item.held() {
                Ok(held) => (0, adapt(&held, parts[0])),
                Err(held) => (1, adapt(&held, parts[1])),
            };
            record(&[tag, held])
        }
        (Kind::List(_), Kind::List(inner)) => {
            list_word(inner, item.list_items().iter().map(|part| adapt(part, inner)).collect::<Vec<_>>())
        }
        _ => item.word,
    }
}

/// A union that holds the item as the member it fits.
fn wrap(item: &Item, members: &[D]) -> u64 {
    let item = item.bare();
    let member = members.iter().find(|member| same(member, item.desc));
    let member =
        member.or_else(|| members.iter().find(|member| alike(member.ty, item.desc.ty))).or_else(|| {
            let fits =
                |member: &&D| std::mem::discriminant(&member.kind) == std::mem::discriminant(&item.desc.kind);
            members.iter().find(fits)
        });
    match member {
        Some(member) => keep(Item::new(adapt(&item, member), member)),
        None => keep(item),
    }
}
