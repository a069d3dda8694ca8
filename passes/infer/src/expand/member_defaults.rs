//! A default that is a member of an enum of another module is that member.
//!
//! before                                             after
//!   global @m.f$side: ?                                (none)
//!   fn @m.f(%side = @m.f$side) { .. }                  fn @m.f(%side = @geo.Side.LEFT) { .. }
//!   init @m.<init>() {                                 init @m.<init>() {
//!     set place @m.f$side = @geo.Side..LEFT            }
//!   }
//!
//! Where a module is read alone, nothing says that the name is an enum.

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

pub(super) fn expand(program: &mut Program<Hir>) {
    let mut members: FxHashMap<Name, Name> = FxHashMap::default();
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        for stmt in &body.blocks[body.root].stmts {
            if let Some((global, member)) = member_default(program, body, stmt) {
                members.insert(global, member);
            }
        }
    }
    if members.is_empty() {
        return;
    }
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        if body.kind == FnKind::Init {
            let root = body.root;
            body.blocks[root].stmts.retain(|stmt| !sets_default(stmt, &members));
        }
        body.each_place_mut(&|place| {
            if let Root::Global(path) = &mut place.root
                && let Some(member) = members.get(path)
            {
                *path = *member;
            }
        });
    }
    program.globals.retain(|path, _| !members.contains_key(path));
    for module in program.modules.values_mut() {
        let is_gone = |row: &ItemRow| matches!(row.item, Item::Global(path) if members.contains_key(&path));
        if module.items.iter().any(is_gone) {
            Arc::make_mut(module).items.retain(|row| !is_gone(row));
        }
    }
}

/// The global of a default and the member that it is set to.
fn member_default(program: &Program<Hir>, body: &Body<Hir>, stmt: &Stmt) -> Option<(Name, Name)> {
    let StmtKind::Set { target: Pat::Place(Place { root: Root::Global(global), proj }), value } = &stmt.kind
    else {
        return None;
    };
    let is_default = proj.is_empty() && global.last().contains('$');
    let Node::Use(Place { root, proj }, _) = &body.nodes[*value].kind else { return None };
    let [Proj::Field(member)] = proj[..] else { return None };
    let class = match root {
        Root::Global(class) => *class,
        Root::Node(node) => match &body.nodes[*node].kind {
            Node::Item(class) => *class,
            _ => return None,
        },
        Root::Local(_) => return None,
    };
    let class = program.resolve(class);
    let def = program.classes.get(&class)?;
    let member = class.join(member.as_str());
    let is_member =
        matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_)) && program.globals.contains_key(&member);
    (is_default && is_member).then_some((*global, member))
}

/// Whether a statement sets the global of such a default.
fn sets_default(stmt: &Stmt, members: &FxHashMap<Name, Name>) -> bool {
    let StmtKind::Set { target: Pat::Place(Place { root: Root::Global(path), proj }), .. } = &stmt.kind
    else {
        return false;
    };
    proj.is_empty() && members.contains_key(path)
}
