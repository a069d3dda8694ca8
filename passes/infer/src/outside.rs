//! Fields that only code outside of their class assigns: `node.mark = 1`. They become fields like those
//! that methods assign.

use crate::program::assigned_field;
use crate::solve::Solver;
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Fields that a solve met and that no class declares, with their class.
pub(crate) fn fields(solver: &Solver<'_>) -> Vec<(Name, Name)> {
    let env = solver.env;
    let is_new = |(class, name): &(Name, Name)| {
        env.class(*class).is_some()
            && !env.is_enum(*class)
            && !env.is_error(*class)
            && env.field_owner(*class, *name).is_none()
            && !env.is_shut_out(*class, *name)
    };
    let mut new: Vec<(Name, Name)> = solver.fields.keys().copied().filter(is_new).collect();
    new.sort();
    new
}

/// Declares the fields.
pub(crate) fn add(program: &mut Program<Hir>, fields: Vec<(Name, Name)>) {
    for (class, name) in fields {
        let def = Arc::make_mut(program.classes.get_mut(&class).expect("the field is that of a class"));
        let mut field = assigned_field(name, def.origin);
        field.flags = FieldFlags { init: false, repr: false, compare: false, ..field.flags };
        def.fields.push(field);
    }
}
