//! A field that a record above declares and a method assigns is that field, none of the class's own.
//!
//! before                                  after
//!   class @m.Person(m.Entity) {             class @m.Person(m.Entity) {
//!     field email: str                        field email: str
//!     field name: ?                         }
//!   }

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Takes out the fields that only assignments in methods have put there.
pub(super) fn expand(program: &mut Program<Hir>) {
    let is_record = |def: &ClassDef| matches!(def.kind, ClassKind::Dataclass { .. });
    let mut found: Vec<(Name, Name)> = Vec::new();
    for def in program.classes.values().filter(|def| is_record(def)) {
        let above = program.mro(def.path);
        let declares = |path: &Name, name: Name| {
            let fields = program.classes.get(path).filter(|def| is_record(def)).map(|def| &def.fields);
            fields.is_some_and(|fields| fields.iter().any(|field| field.name == name && !is_assigned(field)))
        };
        for field in def.fields.iter().filter(|field| is_assigned(field)) {
            if above.iter().skip(1).any(|path| declares(path, field.name)) {
                found.push((def.path, field.name));
            }
        }
    }
    for (class, name) in found {
        Arc::make_mut(&mut program.classes[&class]).fields.retain(|field| field.name != name);
    }
}

/// Whether only methods put the field there: one that the class declares is at least for keywords.
fn is_assigned(field: &FieldDef) -> bool {
    let flags = &field.flags;
    !(flags.init || flags.repr || flags.compare || flags.kw_only)
}
