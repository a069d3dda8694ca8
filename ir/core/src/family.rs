//! Families: class hierarchies whose instances mix, so that one type stands for all of them.
//!
//! Classes that inherit from each other are a component. It is a family when a value of a base's
//! type can be an object of a subclass: a conversion between two of its classes, an instance test
//! below the known type, a class pattern, or a method that hands out its receiver. Objects of all
//! other classes are known by their type alone. Exceptions below one that carries data are a family
//! always: a handler of the base reads that data of any of them.

use crate::{
    Arg, Attr, Body, Callee, ClassKind, ClassOp, FnKind, Node, NodeId, Op, Pat, Program, StmtKind, Ty,
    ValueOp,
};
use batuta_base::{FxHashMap, FxHashSet, Name};

/// Which classes form families, by root.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Families {
    roots: FxHashMap<Name, Name>,
}

impl Families {
    /// The families of a program at `Typed` or `Mir`.
    pub fn of<L>(program: &Program<L>) -> Self {
        let components = components(program);
        let is_error = |class: &Name| program.classes[class].kind == ClassKind::Exception;
        let mut mixed: FxHashSet<Name> =
            components.iter().filter(|(class, _)| is_error(class)).map(|(_, component)| *component).collect();
        for body in program.fns.values() {
            let mut marks = Marks { program, body, components: &components, mixed: &mut mixed };
            marks.body();
        }
        for class in from_values(program) {
            mixed.extend(components.get(&class));
        }
        let mut roots = FxHashMap::default();
        for (class, component) in &components {
            if mixed.contains(component) {
                roots.insert(*class, root(program, &components, *component));
            }
        }
        Self { roots }
    }

    /// The class that names the family of a class.
    pub fn root(&self, class: Name) -> Option<Name> {
        self.roots.get(&class).copied()
    }

    /// The classes of a family, in the program's order.
    pub fn members<L>(&self, program: &Program<L>, root: Name) -> Vec<Name> {
        program.classes.keys().copied().filter(|class| self.root(*class) == Some(root)).collect()
    }
}

/// Classes that a dynamic value is taken for while it may hold an object of a subclass: those that a value is
/// converted to, and those of the parameters of methods that are called on dynamic objects.
fn from_values<L>(program: &Program<L>) -> Vec<Name> {
    let (mut made, mut asked) = (FxHashSet::default(), FxHashSet::default());
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } => {
                    args.iter().for_each(|arg| classes_in(body.nodes[*arg].ty, &mut made));
                }
                Node::Op { op: Op::ValueOp(ValueOp::To), .. } => classes_in(row.ty, &mut asked),
                _ => {}
            }
        }
    }
    if made.is_empty() {
        return Vec::new();
    }
    let is_made = |class: Name| made.iter().any(|object| program.is_subclass(*object, class));
    for body in program.fns.values().filter(|body| body.kind == FnKind::Method && is_made(body.path.parent()))
    {
        body.params.iter().skip(1).for_each(|param| classes_in(body.locals[param.local].ty, &mut asked));
    }
    let is_mixed =
        |class: &Name| made.iter().any(|object| object != class && program.is_subclass(*object, *class));
    asked.into_iter().filter(is_mixed).collect()
}

fn classes_in(ty: Ty, out: &mut FxHashSet<Name>) {
    ty.any(&mut |part| {
        out.extend(part.class_path());
        false
    });
}

/// Component of each class that inherits from a class of the program or is inherited from.
fn components<L>(program: &Program<L>) -> FxHashMap<Name, Name> {
    let fits = |class: &Name| {
        program.classes.get(class).is_some_and(|def| {
            matches!(
                def.kind,
                ClassKind::Plain | ClassKind::Dataclass { .. } | ClassKind::Abstract | ClassKind::Protocol
            )
        })
    };
    let links = |class: &Name, base: &Name| fits(class) && fits(base) || is_error_with_data(program, *base);
    let mut of: FxHashMap<Name, Name> = FxHashMap::default();
    for (class, def) in &program.classes {
        for base in def.bases.iter().filter(|base| links(class, base)) {
            let (ours, theirs) =
                (of.get(class).copied().unwrap_or(*class), of.get(base).copied().unwrap_or(*base));
            of.values_mut().filter(|component| **component == ours).for_each(|component| *component = theirs);
            of.insert(*class, theirs);
            of.insert(*base, theirs);
        }
    }
    of
}

/// An exception class of the program with fields or methods, its own or inherited ones.
fn is_error_with_data<L>(program: &Program<L>, class: Name) -> bool {
    let has_data = |path: &Name| {
        let def = &program.classes[path];
        !def.fields.is_empty() || !def.methods.is_empty()
    };
    program.classes.get(&class).is_some_and(|def| def.kind == ClassKind::Exception)
        && program.mro(class).iter().any(has_data)
}

/// The class at the top: of several the one with the most classes below it.
fn root<L>(program: &Program<L>, components: &FxHashMap<Name, Name>, component: Name) -> Name {
    let is_top = |class: &Name| {
        components.get(class) == Some(&component)
            && !program.classes[class].bases.iter().any(|base| components.contains_key(base))
    };
    let tops = program.classes.keys().copied().filter(is_top);
    let below = |class: &Name| program.subclasses(*class).len();
    tops.rev().max_by_key(below).unwrap_or(component)
}

struct Marks<'a, L> {
    program: &'a Program<L>,
    body: &'a Body<L>,
    components: &'a FxHashMap<Name, Name>,
    mixed: &'a mut FxHashSet<Name>,
}

impl<L> Marks<'_, L> {
    fn body(&mut self) {
        let body = self.body;
        let receiver = body.params.first().map(|param| param.local);
        let has_receiver = matches!(body.kind, FnKind::Method | FnKind::Property | FnKind::PropertySetter);
        let mut called = FxHashSet::default();
        for (_, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Fn(path) | Callee::Virtual(path), args } = &row.kind {
                called.extend(self.receiver_of(*path, args));
            }
        }
        let class = body.path.parent();
        let is_base = has_receiver && self.program.subclasses(class).len() > 1;
        body.walk_block(body.root, &mut |id| {
            let row = &body.nodes[id];
            match &row.kind {
                Node::Op { op: Op::ClassOp(op), attr, args } => self.class_op(*op, attr, args, row.ty),
                Node::Use(place, _)
                    if is_base
                        && place.as_local() == receiver
                        && place.as_local().is_some()
                        && !called.contains(&id) =>
                {
                    self.mark(class);
                }
                Node::Match { arms, .. } => arms.iter().for_each(|arm| self.pat(&arm.pat)),
                Node::For { pat, .. } => self.pat(pat),
                _ => {}
            }
        });
        body.walk_stmts(body.root, &mut |stmt| {
            if let StmtKind::Let { pat, .. } | StmtKind::Set { target: pat, .. } = &stmt.kind {
                self.pat(pat);
            }
        });
    }

    /// The receiver of a call of a method.
    fn receiver_of(&self, path: Name, args: &[Arg]) -> Option<NodeId> {
        let is_method = self.components.contains_key(&path.parent());
        args.first().filter(|_| is_method).map(|arg| arg.value)
    }

    fn class_op(&mut self, op: ClassOp, attr: &Attr, args: &[NodeId], ty: Ty) {
        let Some(from) = args.first().and_then(|arg| self.body.nodes[*arg].ty.class_path()) else { return };
        let to = match (op, attr) {
            (ClassOp::Up | ClassOp::Down, _) => ty.class_path(),
            (ClassOp::IsInstance, Attr::Name(class)) => Some(*class),
            (ClassOp::IsInstance, Attr::Ty(ty)) => ty.class_path(),
            _ => None,
        };
        let Some(to) = to else { return };
        let is_known = op == ClassOp::IsInstance && self.program.is_subclass(from, to);
        if from != to && !is_known && self.components.get(&from) == self.components.get(&to) {
            self.mark(from);
        }
    }

    fn pat(&mut self, pat: &Pat) {
        if let Pat::Class { class, .. } = pat {
            let has_base =
                |def: &crate::ClassDef| def.bases.iter().any(|base| self.components.contains_key(base));
            if self.program.classes.get(class).is_some_and(|def| has_base(def)) {
                self.mark(*class);
            }
        }
        pat.for_each_part(&mut |part| self.pat(part));
    }

    fn mark(&mut self, class: Name) {
        self.mixed.extend(self.components.get(&class));
    }
}
