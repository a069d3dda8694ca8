//! A program that changes `os.environ` holds the variables in a dict of its own.
//!
//! before                                        after
//!                                                 set place @m.environ = item @os.environ       (first in m.<init>)
//!   set place (item @os.environ)["MODE"] = "x"    set place @m.environ["MODE"] = "x"
//!   lib:os.getenv("MODE")                         method (%@m.environ).get("MODE")
//!   lib:os.path.expandvars(%text)                 lib:os.path.expandvars_in(%text, %@m.environ)
//!
//! Holds back where nothing changes them: then what is read is the environment itself. The frontend refuses
//! changes of names that the library itself looks at (`HOME`, `TMPDIR`).

use super::decorate::{add_global, module_of};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const ENVIRON: &str = "os.environ";

pub(super) fn expand(program: &mut Program<Hir>) {
    let Some(changing) = program.fns.values().find(|body| changes(body)).map(|body| body.path) else {
        return;
    };
    let home = program.entry.unwrap_or_else(|| module_of(program, changing));
    let path = free_path(program, home);
    let asking: Vec<Name> = program
        .fns
        .iter()
        .filter(|(_, body)| body.nodes.iter().any(|(_, row)| asks(&row.kind)))
        .map(|(path, _)| *path)
        .collect();
    for asking in asking {
        rewrite(Arc::make_mut(&mut program.fns[&asking]), path);
    }
    let init = home.join("<init>");
    add_global(program, init, path);
    let body = Arc::make_mut(program.fns.get_mut(&init).expect("a module has a start"));
    let value = body.node(Node::Item(Name::new(ENVIRON)), Ty::unknown(), Origin::default());
    let set = StmtKind::Set { target: Pat::Place(Place::global(path)), value };
    body.blocks[body.root].stmts.insert(0, Stmt::new(set, Origin::default()));
}

fn free_path(program: &Program<Hir>, home: Name) -> Name {
    let mut path = home.join("environ");
    while program.globals.contains_key(&path)
        || program.fns.contains_key(&path)
        || program.modules.contains_key(&path)
    {
        path = Name::new(&format!("{path}_now"));
    }
    path
}

fn is_environ(node: &Node) -> bool {
    matches!(node, Node::Item(name) if *name == ENVIRON)
}

fn asks(node: &Node) -> bool {
    let asks = |name: &Name| matches!(name.as_str(), "os.getenv" | "os.path.expandvars");
    is_environ(node) || matches!(node, Node::Call { callee: Callee::Lib(name), .. } if asks(name))
}

/// Whether a body sets, removes or updates a variable.
fn changes(body: &Body<Hir>) -> bool {
    let mut found = body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Method(receiver, name), .. } => {
            is_environ(&body.nodes[*receiver].kind) && crate::held::is_change(name.as_str())
        }
        _ => false,
    });
    let mut look = |place: &Place| {
        if let Root::Node(root) = place.root {
            found |= is_environ(&body.nodes[root].kind);
        }
    };
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => targets(target, &mut look),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => look(place),
        _ => {}
    });
    found
}

fn targets(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| targets(part, f));
}

fn rewrite(body: &mut Body<Hir>, path: Name) {
    let held = || Node::Use(Place::global(path), Mode::Read);
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let origin = body.nodes[id].origin;
        match body.nodes[id].kind.clone() {
            node if is_environ(&node) => body.nodes[id].kind = held(),
            Node::Call { callee: Callee::Lib(name), args } if name == "os.getenv" => {
                let variables = body.node(held(), Ty::unknown(), origin);
                let callee = Callee::Method(variables, Name::new("get"));
                body.nodes[id].kind = Node::Call { callee, args };
            }
            Node::Call { callee: Callee::Lib(name), mut args } if name == "os.path.expandvars" => {
                args.push(Arg::positional(body.node(held(), Ty::unknown(), origin)));
                let callee = Callee::Lib(Name::new("os.path.expandvars_in"));
                body.nodes[id].kind = Node::Call { callee, args };
            }
            _ => {}
        }
    }
}
