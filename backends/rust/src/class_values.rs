//! Classes of the program as values: which ones need a constant, and whose objects give their class.
//!
//! `kind = Dog` is the constant `Dog` of type `rt::Class`; where the class is only named, compared by
//! name or given to a function that does not read it, there is none.

use crate::env::Env;
use batuta_base::{FxHashSet, Name};
use batuta_core::{Body, Callee, ClassKind, CmpOp, Mir, Node, NodeId, Op, RsOp, TyKind};

/// What the program does with classes as values.
#[derive(Default)]
pub struct ClassValues {
    /// Classes with a constant.
    constants: FxHashSet<Name>,
    /// Classes whose objects are asked for their class.
    asked: FxHashSet<Name>,
}

impl ClassValues {
    pub fn of(env: &Env<'_>) -> Self {
        let mut found = Self::default();
        for body in env.program.fns.values() {
            found.body(env, body);
        }
        let bases: Vec<Name> = found.constants.iter().flat_map(|class| env.program.mro(*class)).collect();
        found.constants.extend(bases);
        found
    }

    fn body(&mut self, env: &Env<'_>, body: &Body<Mir>) {
        let mut named = FxHashSet::default();
        let mut values = Vec::new();
        body.walk_block(body.root, &mut |id| {
            match &body.nodes[id].kind {
                Node::Call { callee: Callee::Lib(name), args } if only_names(*name) => {
                    named.extend(args.iter().map(|arg| inside(body, arg.value)));
                }
                Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } => {
                    let dropped = |at: &usize| env.function(*path).is_some_and(|f| env.is_dropped(f, *at));
                    named.extend((0..args.len()).filter(dropped).map(|at| args[at].value));
                }
                Node::Op {
                    op: Op::CmpOp(CmpOp::Eq | CmpOp::Ne | CmpOp::Is | CmpOp::IsNot), args, ..
                } => {
                    let parts: Vec<NodeId> = args.iter().map(|arg| inside(body, *arg)).collect();
                    if parts.iter().all(|part| has_name(body, *part)) {
                        named.extend(parts);
                    }
                }
                Node::Item(_) | Node::Call { .. } if has_name(body, id) => values.push(id),
                _ => {}
            };
        });
        for id in values.into_iter().filter(|id| !named.contains(id)) {
            let TyKind::TypeOf(class) = body.ty(id).strip_ref().kind() else { continue };
            match &body.nodes[id].kind {
                Node::Item(class) if is_plain(env, *class) => drop(self.constants.insert(*class)),
                Node::Call { .. } if is_plain(env, *class) => {
                    self.asked.insert(env.rust_class(*class));
                    self.constants.extend(env.program.subclasses(*class));
                }
                _ => {}
            }
        }
    }

    /// `rt::classes! { Dog(Animal); }` above a class that is a value.
    pub fn constant(&self, env: &Env<'_>, class: Name, module: Name, uses: &mut crate::env::Uses) -> String {
        if !self.constants.contains(&class) {
            return String::new();
        }
        uses.rt = true;
        let bases = env.class(class).map_or(&[][..], |def| &def.bases);
        let bases = bases.iter().filter(|base| env.class(**base).is_some());
        let mut bases: Vec<String> =
            bases.map(|base| env.item_path(*base, &env.type_name(*base), module, uses)).collect();
        match env.class(class).map(|def| &def.kind) {
            Some(ClassKind::EnumOf(kind)) if kind.as_str().contains("Flag") => {
                bases.push("rt::Flag".to_owned())
            }
            Some(ClassKind::Enum | ClassKind::EnumOf(_)) => bases.push("rt::Enum".to_owned()),
            _ => {}
        }
        let vis = crate::items::visibility(env, class, module);
        let name = env.type_name(class);
        format!("rt::classes! {{\n    {vis}{name}({});\n}}\n\n", bases.join(", "))
    }

    /// Whether objects of a class have a method that gives their class.
    pub fn is_asked(&self, class: Name) -> bool {
        self.asked.contains(&class)
    }
}

fn is_plain(env: &Env<'_>, class: Name) -> bool {
    env.class(class).is_some() && !env.is_exception(class)
}

fn inside(body: &Body<Mir>, node: NodeId) -> NodeId {
    match &body.nodes[node].kind {
        Node::Op { op: Op::RsOp(RsOp::Ref | RsOp::Clone), args, .. } => inside(body, args[0]),
        _ => node,
    }
}

/// Library calls for which a class is its name.
fn only_names(name: Name) -> bool {
    name.as_str().starts_with("enum.") || matches!(name.as_str(), "type.name" | "builtins.issubclass")
}

fn has_name(body: &Body<Mir>, node: NodeId) -> bool {
    match &body.nodes[node].kind {
        Node::Item(_) => true,
        Node::Call { callee: Callee::Lib(name), .. } => *name == "builtins.type",
        _ => false,
    }
}
