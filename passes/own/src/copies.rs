//! Copies in a language of values: a clone is one unless it is a second handle of something that changes.

use crate::TWO_OWNERS;
use crate::body::Own;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Own<'_> {
    /// Whether a clone of the type is another value: whatever lies behind a handle in it never changes.
    pub fn copies_as_value(&self, ty: Ty, seen: &mut Vec<Name>) -> bool {
        match ty.kind() {
            TyKind::Func(..) => true,
            TyKind::Shared(inner) => match inner.kind() {
                TyKind::Func(..) => true,
                // The handle of an object with an identity is its value.
                TyKind::Class(class, _) if self.is_entity(*class) => true,
                TyKind::Class(class, _) => self.never_changes(*class) && self.copies_as_value(*inner, seen),
                _ => false,
            },
            TyKind::Class(class, _) => {
                if seen.contains(class) {
                    return true;
                }
                seen.push(*class);
                let family = self.family_of(*class);
                family.into_iter().all(|member| {
                    let fields: Vec<Ty> =
                        self.program.all_fields(member).iter().map(|field| field.ty).collect();
                    fields.into_iter().all(|field| self.copies_as_value(field, seen))
                })
            }
            _ => ty.children().into_iter().all(|part| self.copies_as_value(part, seen)),
        }
    }

    /// Whether a value holds objects with an identity.
    pub fn holds_entity(&self, ty: Ty, seen: &mut Vec<Name>) -> bool {
        if let Some(class) = ty.strip().class_path() {
            if seen.contains(&class) {
                return false;
            }
            seen.push(class);
            let is_entity = self.is_entity(class);
            let fields: Vec<Ty> = self.program.all_fields(class).iter().map(|field| field.ty).collect();
            return is_entity || fields.into_iter().any(|field| self.holds_entity(field, seen));
        }
        ty.children().into_iter().any(|part| self.holds_entity(part, seen))
    }

    fn is_entity(&self, class: Name) -> bool {
        self.program
            .classes
            .get(&class)
            .is_some_and(|def| matches!(def.kind, ClassKind::Plain | ClassKind::Dataclass { eq: false, .. }))
    }

    fn family_of(&self, class: Name) -> Vec<Name> {
        let root = self.program.mro(class).last().copied().unwrap_or(class);
        self.program.subclasses(root)
    }

    /// Whether no field of the class or its family sits in a cell.
    fn never_changes(&self, class: Name) -> bool {
        self.family_of(class).into_iter().all(|member| {
            let fields: Vec<Name> = self.program.all_fields(member).iter().map(|field| field.name).collect();
            fields.into_iter().all(|field| self.field_cell(member, field) == FieldCell::Plain)
        })
    }

    /// A diagnostic and a hole where a copy would be a second handle.
    pub fn no_copy(&mut self, ty: Ty, origin: Origin) -> NodeId {
        let found = self.diags.report(TWO_OWNERS, origin);
        found.label(origin, format!("a copy of a value of type `{ty}`, which is held in several places"));
        self.two_owners(origin)
    }

    /// Whether the body's language has values and no references.
    pub fn has_values(&self) -> bool {
        self.src.lang == Lang::Ruchy
    }
}
