//! The attributes of an object by name: each class says its own.
//!
//! before                                     after
//!   method (lib:builtins.vars(%self)).items()    method (method (%self).attributes()).items()
//!   %p.__dict__                                  method (%p).attributes()
//!                                                method @m.P.attributes(%self) {
//!                                                  return dict.new("x", %self.x, "y", %self.y)
//!                                                }
//!
//! Holds back where a dict of attributes is written to, or kept where that may happen. A class whose constructor does not set all its fields,
//! in plain steps, has a hole: there the attributes depend on what was called.

use super::record_data::{declared, free_word, give, method};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

const DICT: &str = "__dict__";

/// Gives the classes such methods where the program asks for them.
pub(super) fn expand(program: &mut Program<Hir>) {
    let has_own = |name: &str| name.starts_with("argparse.") || name == "types.SimpleNamespace";
    let has_arguments = program.fns.values().any(|body| {
        body.nodes.iter().any(|(_, row)| {
        matches!(&row.kind, Node::Call { callee: Callee::Lib(name), .. } if has_own(name.as_str()))
    })
    });
    let asks: Vec<(Name, NodeId)> = program
        .fns
        .iter()
        .flat_map(|(path, body)| asked(body, has_arguments).into_iter().map(|node| (*path, node)))
        .collect();
    let is_kept = || super::attribute_reads::are_kept(program, &asks);
    if asks.is_empty() || program.fns.values().any(|body| writes(program, body)) || is_kept() {
        return;
    }
    let word = free_word(program, "record", "attributes");
    for (path, node) in asks {
        let body = Arc::make_mut(&mut program.fns[&path]);
        let object = match body.nodes[node].kind.clone() {
            Node::Use(mut place, mode) => {
                place.proj.pop();
                let origin = body.nodes[node].origin;
                body.node(Node::Use(place, mode), Ty::unknown(), origin)
            }
            Node::Call { args, .. } => args[0].value,
            _ => continue,
        };
        body.nodes[node].kind = Node::Call { callee: Callee::Method(object, word), args: Vec::new() };
    }
    let has_attributes = |def: &ClassDef| {
        matches!(def.kind, ClassKind::Plain | ClassKind::Abstract | ClassKind::Dataclass { .. })
    };
    let classes: Vec<Name> =
        program.classes.values().filter(|def| has_attributes(def)).map(|def| def.path).collect();
    for class in classes {
        let body = attributes_method(program, class, word);
        let def = program.classes.get_mut(&class).expect("the class was just found");
        Arc::make_mut(def).methods.push(body.path);
        program.fns.insert(body.path, Arc::new(body));
    }
}

/// Reads of all attributes of an object.
fn asked(body: &Body<Hir>, has_arguments: bool) -> Vec<NodeId> {
    let receiver = body.params.first().map(|param| param.local);
    let is_class = |local| body.kind == FnKind::ClassMethod && Some(local) == receiver;
    let is_object = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(place, _) => match place.as_local() {
            Some(local) if Some(local) == receiver => body.has_receiver() && !is_class(local),
            _ => !has_arguments,
        },
        _ => !has_arguments,
    };
    let is_asked = |node: &Node| match node {
        Node::Use(place, _) => place.proj.last() == Some(&Proj::Field(Name::new(DICT))),
        Node::Call { callee: Callee::Lib(name), args } => {
            *name == "builtins.vars" && args.len() == 1 && is_object(args[0].value)
        }
        _ => false,
    };
    body.nodes.iter().filter(|(_, row)| is_asked(&row.kind)).map(|(id, _)| id).collect()
}

/// Whether a body changes an object through the dict of its attributes, or asks a class for one.
fn writes(program: &Program<Hir>, body: &Body<Hir>) -> bool {
    let dict = Proj::Field(Name::new(DICT));
    let is_dict = |node: NodeId| match &body.nodes[node].kind {
        Node::Use(place, _) => place.proj.last() == Some(&dict),
        Node::Call { callee: Callee::Lib(name), .. } => *name == "builtins.vars",
        _ => false,
    };
    let mut found = body.nodes.iter().any(|(_, row)| match &row.kind {
        Node::Call { callee: Callee::Method(of, name), .. } => {
            super::kept_views::CHANGING.contains(&name.as_str()) && is_dict(*of)
        }
        Node::Use(Place { root: Root::Global(path), proj }, _) => {
            proj.first() == Some(&dict) && program.classes.contains_key(&program.resolve(*path))
        }
        _ => false,
    });
    body.walk_stmts(body.root, &mut |stmt| {
        let mut see = |place: &Place| {
            found |= place.proj.contains(&dict) || matches!(place.root, Root::Node(node) if is_dict(node));
        };
        match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut see),
            StmtKind::Update { place, .. } | StmtKind::Del(place) => see(place),
            _ => {}
        }
    });
    found
}

fn attributes_method(program: &Program<Hir>, class: Name, word: Name) -> Body<Hir> {
    let (mut body, this) = method(program, class, word);
    let at = Origin::default();
    body.ret = Ty::dict(Ty::str(), Ty::value());
    let Some(names) = attributes(program, class) else {
        let why = format!("the attributes of `{}` depend on what was called", class.last());
        give(&mut body, Node::Hole { why: why.into(), source: "".into() });
        return body;
    };
    let mut args = Vec::new();
    for name in names {
        args.push(body.node(Node::Const(Const::Str(name.as_str().into())), Ty::unknown(), at));
        let place = Place::local(this).with(Proj::Field(name));
        args.push(body.node(Node::Use(place, Mode::Read), Ty::unknown(), at));
    }
    give(&mut body, Node::Op { op: DictOp::New.into(), attr: Attr::None, args });
    body
}

/// The attributes in the order in which the constructor sets them; none where that is not plain.
fn attributes(program: &Program<Hir>, class: Name) -> Option<Vec<Name>> {
    let all: Vec<Name> = program.all_fields(class).iter().map(|field| field.name).collect();
    let has_slots = program.mro(class).iter().any(|path| {
        program
            .classes
            .get(path)
            .is_some_and(|def| def.attributes.iter().any(|name| name.last() == "__slots__"))
    });
    let mut names = match program.classes.get(&class)?.kind {
        ClassKind::Dataclass { .. } => declared(program, class).into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    };
    if let Some(init) = program.find_method(class, "__init__") {
        set_by(program, init, &mut names, 0)?;
    }
    let is_method = |name: &Name| program.find_method(class, name.as_str()).is_some();
    // An object that is given an attribute of its class has it from then on.
    let of_class = program.mro(class).into_iter().filter_map(|path| program.classes.get(&path));
    let mut of_class = of_class.flat_map(|def| def.attributes.iter().map(|path| Name::new(path.last())));
    if of_class.any(|name| !names.contains(&name) && is_assigned(program, name)) {
        return None;
    }
    let is_whole = all.iter().all(|name| names.contains(name)) && !names.iter().any(is_method);
    (is_whole && !has_slots).then_some(names)
}

/// Whether an attribute of this name is assigned to some object.
fn is_assigned(program: &Program<Hir>, name: Name) -> bool {
    let is_it = |place: &Place| place.proj.last() == Some(&Proj::Field(name));
    program.fns.values().any(|body| {
        let mut found = false;
        body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut |place| found |= is_it(place)),
            StmtKind::Update { place, .. } => found |= is_it(place),
            _ => {}
        });
        found
    })
}

/// Adds what a constructor sets, step by step.
fn set_by(program: &Program<Hir>, init: Name, names: &mut Vec<Name>, depth: usize) -> Option<()> {
    let body = program.fns.get(&init).filter(|_| depth < 8)?;
    let this = body.params.first()?.local;
    for stmt in &body.blocks[body.root].stmts {
        match &stmt.kind {
            StmtKind::Set { target, .. } => target.each_place(&mut |place| {
                if let ([Proj::Field(name)], true) = (&place.proj[..], place.root == Root::Local(this))
                    && !names.contains(name)
                {
                    names.push(*name);
                }
            }),
            StmtKind::Expr(node) => {
                if let Node::Call { callee: Callee::Super(name), .. } = &body.nodes[*node].kind
                    && *name == "__init__"
                {
                    let mro = program.mro(init.parent());
                    let above = mro.iter().skip(1).map(|path| path.join("__init__"));
                    if let Some(up) = above.into_iter().find(|path| program.fns.contains_key(path)) {
                        set_by(program, up, names, depth + 1)?;
                    }
                }
            }
            _ => {}
        }
    }
    Some(())
}
