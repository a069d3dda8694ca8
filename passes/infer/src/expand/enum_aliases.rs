//! A member of an enum with the value of an earlier one is another name of that one.
//!
//! before                                   after
//!   class @m.Color(enum.Enum) {              class @m.Color(enum.Enum) {
//!     attr @m.Color.RED                        attr @m.Color.RED
//!     attr @m.Color.CRIMSON                  }
//!   }                                        set place @m.Color.RED = "r"
//!   set place @m.Color.RED = "r"             use(@m.Color.RED)
//!   set place @m.Color.CRIMSON = "r"
//!   use(@m.Color.CRIMSON)

use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes out such names.
pub(super) fn expand(program: &mut Program<Hir>) {
    let aliases = aliases(program);
    by_name(program, &aliases);
    if aliases.is_empty() {
        return;
    }
    for alias in aliases.keys() {
        program.globals.shift_remove(alias);
        if let Some(def) = program.classes.get_mut(&alias.parent()) {
            Arc::make_mut(def).attributes.retain(|path| path != alias);
        }
    }
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        for (_, row) in body.nodes.iter_mut() {
            match &mut row.kind {
                Node::Use(Place { root: Root::Global(path), .. }, _) | Node::Item(path) => {
                    *path = aliases.get(path).copied().unwrap_or(*path);
                }
                _ => {}
            }
        }
        let is_alias = |stmt: &Stmt| match &stmt.kind {
            StmtKind::Set { target: Pat::Place(place), .. } => {
                matches!(place.root, Root::Global(path) if aliases.contains_key(&path))
            }
            _ => false,
        };
        for (_, block) in body.blocks.iter_mut() {
            block.stmts.retain(|stmt| !is_alias(stmt));
        }
    }
}

/// `Color.__members__` is a dict of all names; `Color[name]` looks for the member that the name stands for.
fn by_name(program: &mut Program<Hir>, aliases: &FxHashMap<Name, Name>) {
    let enums: FxHashMap<Name, Vec<(Name, Name)>> = program
        .classes
        .values()
        .filter(|def| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_)))
        .map(|def| {
            let member = |path: &Name| (Name::new(path.last()), aliases.get(path).copied().unwrap_or(*path));
            (def.path, def.attributes.iter().map(member).collect())
        })
        .collect();
    let resolved = |program: &Program<Hir>, place: &Place| match place.root {
        Root::Global(path) => enums.get_key_value(&program.resolve(path)).map(|(class, all)| (*class, all)),
        _ => None,
    };
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = &program.fns[&path];
        let asked: Vec<NodeId> = body
            .nodes
            .iter()
            .filter(|(_, row)| match &row.kind {
                Node::Use(place, _) => resolved(program, place).is_some() && !place.proj.is_empty(),
                _ => false,
            })
            .map(|(id, _)| id)
            .collect();
        for id in asked {
            let Node::Use(place, mode) = program.fns[&path].nodes[id].kind.clone() else { continue };
            let Some((class, members)) = resolved(program, &place) else { continue };
            let has_alias = members.iter().any(|(name, path)| path.last() != name.as_str());
            let body = Arc::make_mut(&mut program.fns[&path]);
            match place.proj[..] {
                [Proj::Field(name), ref rest @ ..] if name == "__members__" => {
                    let dict = members_dict(body, id, members);
                    let rest = rest.to_vec();
                    body.nodes[id].kind = match rest.is_empty() {
                        true => dict,
                        false => {
                            let at = body.nodes[id].origin;
                            let dict = body.node(dict, Ty::unknown(), at);
                            Node::Use(Place { root: Root::Node(dict), proj: rest }, mode)
                        }
                    };
                }
                [Proj::Index(name), ref rest @ ..] if has_alias => {
                    let name = meant(body, name, members);
                    let mut proj = vec![Proj::Index(name)];
                    proj.extend(rest.iter().copied());
                    body.nodes[id].kind = Node::Use(Place { root: Root::Global(class), proj }, mode);
                }
                _ => {}
            }
        }
    }
}

fn members_dict(body: &mut Body<Hir>, of: NodeId, members: &[(Name, Name)]) -> Node {
    let at = body.nodes[of].origin;
    let mut args = Vec::new();
    for (name, path) in members {
        args.push(body.node(Node::Const(Const::Str(name.as_str().into())), Ty::unknown(), at));
        args.push(body.node(Node::Use(Place::global(*path), Mode::Read), Ty::unknown(), at));
    }
    Node::Op { op: DictOp::New.into(), attr: Attr::None, args }
}

/// The name of the member that a name stands for: `{"CRIMSON": "RED"}.get(name, name)`.
fn meant(body: &mut Body<Hir>, name: NodeId, members: &[(Name, Name)]) -> NodeId {
    let at = body.nodes[name].origin;
    let text =
        |body: &mut Body<Hir>, text: &str| body.node(Node::Const(Const::Str(text.into())), Ty::unknown(), at);
    if let Some(Const::Str(known)) = body.as_const(name).cloned() {
        let found = members.iter().find(|(member, _)| member.as_str() == &*known);
        return found.map_or(name, |(_, path)| text(body, path.last()));
    }
    let mut args = Vec::new();
    for (alias, path) in members.iter().filter(|(alias, path)| path.last() != alias.as_str()) {
        args.push(text(body, alias.as_str()));
        args.push(text(body, path.last()));
    }
    let dict = Node::Op { op: DictOp::New.into(), attr: Attr::None, args };
    let dict = body.node(dict, Ty::unknown(), at);
    let local = body.temp("name", Ty::unknown(), at);
    let target = Pat::Place(Place::local(local));
    let (read, again) = (body.use_local(local, Mode::Read, at), body.use_local(local, Mode::Read, at));
    let callee = Callee::Method(dict, Name::new("get"));
    let call = Node::Call { callee, args: vec![Arg::positional(read), Arg::positional(again)] };
    let tail = body.node(call, Ty::unknown(), at);
    let stmts = vec![Stmt::new(StmtKind::Set { target, value: name }, at)];
    let block = body.block(BlockRow { stmts, tail: Some(tail), end_comments: Vec::new() });
    body.node(Node::Block { label: None, block }, Ty::unknown(), at)
}

/// Members with the constant of an earlier member, and that one.
fn aliases(program: &Program<Hir>) -> FxHashMap<Name, Name> {
    let is_enum = |class: Name| {
        program
            .classes
            .get(&class)
            .is_some_and(|def| matches!(def.kind, ClassKind::Enum | ClassKind::EnumOf(_)))
    };
    let mut first: Vec<(Name, Const)> = Vec::new();
    let mut found = FxHashMap::default();
    for body in program.fns.values().filter(|body| body.kind == FnKind::Init) {
        body.walk_stmts(body.root, &mut |stmt| {
            let StmtKind::Set { target: Pat::Place(place), value } = &stmt.kind else { return };
            let (Root::Global(path), true) = (place.root, place.proj.is_empty()) else { return };
            let Some(value) = body.as_const(*value).filter(|_| is_enum(path.parent())) else { return };
            let same = |(known, other): &&(Name, Const)| known.parent() == path.parent() && other == value;
            match first.iter().find(same) {
                Some((known, _)) => drop(found.insert(path, *known)),
                None => first.push((path, value.clone())),
            }
        });
    }
    found
}
