//! Where the variables of a program in C live, and why some of them need checked memory.

use crate::finding::{Locator, Position};
use batuta_base::{Anchor, Name, Origin};
use batuta_c::Lowered;
use batuta_core::{Body, Mir, ObjectStorage, RecordDef, Ty, TyKind};

/// The variables of a function, or those of static storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Homes {
    pub at: Position,
    /// Empty for those of static storage.
    pub function: String,
    /// Variables that are Rust's own.
    pub own: usize,
    /// Pointers among the parameters and local variables: what they lead to is in checked memory.
    pub pointers: usize,
    pub checked: Vec<Checked>,
}

/// A variable in checked memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    pub name: Name,
    pub at: Option<Position>,
    pub why: &'static str,
}

/// Arrays on the stack are Rust's own up to here, structs in cells up to the other.
const LARGE: u64 = 1 << 18;
const LARGE_RECORD: u64 = 64;

/// The variables of all functions, in the order of files and lines; those of static storage first in their file.
pub(crate) fn homes(lowered: &Lowered, locator: &Locator) -> Vec<Homes> {
    let mut out: Vec<Homes> = statics(lowered, locator).into_iter().collect();
    for body in lowered.program.fns.values() {
        let is_value = lowered.image.objects.contains_key(&body.path) || body.path.last() == "<init>";
        let item = lowered.image.texts.get(&body.path).copied().unwrap_or(body.path.parent());
        let place = body.locals.iter().find(|(_, row)| row.origin != Origin::default());
        let origin = if body.origin == Origin::default() {
            place.map_or(body.origin, |(_, row)| row.origin)
        } else {
            body.origin
        };
        let Some(at) = locator.position(Anchor { item, origin }).filter(|_| !is_value) else { continue };
        out.push(of_function(lowered, locator, body, item, at));
    }
    out.sort_by(|a, b| a.at.cmp(&b.at));
    out
}

fn of_function(lowered: &Lowered, locator: &Locator, body: &Body<Mir>, item: Name, at: Position) -> Homes {
    let mut homes =
        Homes { at, function: body.path.last().to_owned(), own: 0, pointers: 0, checked: Vec::new() };
    for (_, row) in body.locals.iter().filter(|(_, row)| !row.is_temp) {
        let TyKind::Lib(name, args) = row.ty.kind() else {
            homes.own += 1;
            continue;
        };
        let why = match name.as_str() {
            "c.Local" => why_local(lowered, args[0]),
            "c.LocalArray" => "its length is known at run time",
            "c.Ptr" => {
                homes.pointers += 1;
                homes.own += 1;
                continue;
            }
            _ => continue,
        };
        let at = locator.position(Anchor { item, origin: row.origin });
        homes.checked.push(Checked { name: row.name, at, why });
    }
    homes
}

fn why_local(lowered: &Lowered, ty: Ty) -> &'static str {
    match ty.kind() {
        TyKind::Class(path, _) if record(lowered, *path).is_some_and(|def| def.is_bytes) => {
            "it is a union or has bit-fields"
        }
        TyKind::Lib(name, _) if *name == "c.VaList" => "it walks through variable arguments",
        TyKind::Array(item, count) if size(lowered, *item).saturating_mul(*count) > LARGE => "it is large",
        _ => "a pointer to it or into it is made",
    }
}

fn statics(lowered: &Lowered, locator: &Locator) -> Option<Homes> {
    let image = &lowered.image;
    let position = |def: &batuta_core::ObjectDef| {
        locator.position(Anchor { item: def.place.module, origin: def.place.origin })
    };
    let at = image.objects.values().find_map(position)?;
    let mut homes = Homes { at, function: String::new(), own: 0, pointers: 0, checked: Vec::new() };
    for (path, def) in &image.objects {
        if !matches!(def.storage, ObjectStorage::Memory(_)) {
            homes.own += 1;
            continue;
        }
        let why = match def.ty.kind() {
            TyKind::Class(path, _) if record(lowered, *path).is_some_and(|def| def.is_bytes) => {
                "it is a union or has bit-fields"
            }
            TyKind::Class(path, _) if record(lowered, *path).is_some_and(|def| def.size > LARGE_RECORD) => {
                "a large struct, or a pointer to it is made"
            }
            _ => "a pointer to it or into it is made, or its first value holds pointers",
        };
        homes.checked.push(Checked { name: Name::new(path.last()), at: position(def), why });
    }
    Some(homes)
}

fn record(lowered: &Lowered, path: Name) -> Option<&RecordDef> {
    lowered.image.records.get(&path)
}

fn size(lowered: &Lowered, ty: Ty) -> u64 {
    match ty.kind() {
        TyKind::Array(item, count) => size(lowered, *item).saturating_mul(*count),
        TyKind::Class(path, _) => record(lowered, *path).map_or(0, |def| def.size),
        _ => 8,
    }
}
