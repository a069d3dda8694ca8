//! A `csv.reader` whose `line_num` is read counts its lines.
//!
//! before                                  after
//!   set %rows = lib:csv.reader(%lines)      set %rows = lib:csv.counted_reader(%lines)
//!   %rows.line_num                          %rows.line_num

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Renames the readers of bodies that ask for the number of a line.
pub(super) fn expand(program: &mut Program<Hir>) {
    for body in program.fns.values_mut().filter(|body| asks_line(body)) {
        let body = Arc::make_mut(body);
        for node in body.nodes.ids().collect::<Vec<_>>() {
            if let Node::Call { callee: Callee::Lib(name), .. } = &mut body.nodes[node].kind
                && *name == "csv.reader"
            {
                *name = Name::new("csv.counted_reader");
            }
        }
    }
}

fn asks_line(body: &Body<Hir>) -> bool {
    body.nodes.iter().any(|(_, row)| {
        matches!(&row.kind, Node::Use(place, _)
            if matches!(place.proj.last(), Some(Proj::Field(name)) if *name == "line_num"))
    })
}
