//! A method that asks for its receiver's class is written once for each class that inherits it.
//!
//! before                                       after
//!   method @m.Shape.copy(%self) {                method @m.Shape.copy(%self) { return @m.Shape(..) }
//!     return value (type(%self))(..)             method @m.Circle.copy(%self) { return @m.Circle(..) }
//!   }
//!   class @m.Circle(m.Shape) { .. }
//!
//! So the class is known wherever it is used; class methods that use their class are such, too, and
//! methods whose `super()` reaches another base's method in some class below (mixins), and methods of
//! mixins that return their receiver. What
//! `super()` reaches is `name$Base`, written for the class of the caller. Holds back for the class's
//! name and for comparisons of classes: an object answers those itself.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the methods that ask for their receiver's class.
pub(crate) fn expand(program: &mut Program<Hir>) {
    let asking = asking(program);
    if asking.is_empty() {
        return;
    }
    let mut order: Vec<Name> = program.classes.keys().copied().collect();
    order.sort_by_key(|class| program.mro(*class).len());
    // Subclasses first: they copy what is not rewritten yet.
    for class in order.into_iter().rev() {
        Writer { program, asking: &asking, class }.write();
    }
    drop_unreached(program, &asking);
}

/// Takes out methods of mixins whose `super()` or property is found in classes below only: no object is of such a class alone, and the
/// classes below have methods of their own.
fn drop_unreached(program: &mut Program<Hir>, asking: &FxHashSet<Name>) {
    let is_lost = |program: &Program<Hir>, method: &Name| {
        let home = method.parent();
        program.fns.get(method).is_some_and(|body| {
            sets_foreign(program, home, body)
                || body.nodes.iter().any(|(_, row)| match &row.kind {
                    Node::Call { callee: Callee::Super(name), .. } => {
                        !name.as_str().starts_with("__") && next_method(program, home, home, *name).is_none()
                    }
                    _ => false,
                })
        })
    };
    let lost: Vec<Name> = asking.iter().filter(|method| is_lost(program, method)).copied().collect();
    if lost.is_empty() {
        return;
    }
    let mut named: FxHashSet<Name> = FxHashSet::default();
    for body in program.fns.values() {
        let mut asked = FxHashSet::default();
        for (_, row) in body.nodes.iter() {
            if let Node::Call { callee: Callee::Lib(name), args } = &row.kind
                && *name == "builtins.isinstance"
                && let Some(classes) = args.get(1)
            {
                body.walk(Child::Node(classes.value), &mut |node| {
                    asked.insert(node);
                });
            }
        }
        for (_, row) in body.nodes.iter().filter(|(id, _)| !asked.contains(id)) {
            let path = match &row.kind {
                Node::Item(path) | Node::Call { callee: Callee::Fn(path), .. } => *path,
                Node::Use(Place { root: Root::Global(path), .. }, _) => *path,
                _ => continue,
            };
            named.insert(program.resolve(path));
        }
    }
    for method in lost {
        if named.contains(&method) || named.contains(&method.parent()) {
            continue;
        }
        program.fns.shift_remove(&method);
        let def = program.classes.get_mut(&method.parent()).expect("its class was just found");
        Arc::make_mut(def).methods.retain(|path| *path != method);
    }
}

/// All methods that ask for their receiver's class, also by way of `super()`.
fn asking(program: &Program<Hir>) -> FxHashSet<Name> {
    let mut found = FxHashSet::default();
    let methods: Vec<Name> = program.classes.values().flat_map(|class| class.methods.clone()).collect();
    loop {
        let before = found.len();
        for method in &methods {
            let Some(body) = program.fns.get(method) else { continue };
            let above = |name: Name| next_method(program, method.parent(), method.parent(), name);
            let reaches = |node: &Node| match node {
                Node::Call { callee: Callee::Super(name), .. } => {
                    above(*name).is_some_and(|up| found.contains(&up))
                }
                _ => false,
            };
            let is_asking = |node: &Node| reaches(node) || differs(program, method.parent(), node);
            if asks(body)
                || returns_receiver(body) && is_mixin(program, method.parent())
                || sets_foreign(program, method.parent(), body)
                || body.nodes.iter().any(|(_, row)| is_asking(&row.kind))
            {
                found.insert(*method);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Whether a method ends with `return self`: its result is of the class that it is called on.
fn returns_receiver(body: &Body<Hir>) -> bool {
    let Some(this) = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local) else {
        return false;
    };
    let is_this = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(this));
    body.nodes.iter().any(|(_, row)| matches!(row.kind, Node::Return(Some(value)) if is_this(value)))
}

/// Whether a class below has another base that the class is no relative of.
fn is_mixin(program: &Program<Hir>, home: Name) -> bool {
    let is_other = |base: &Name| {
        program.classes.contains_key(base)
            && !program.is_subclass(*base, home)
            && !program.is_subclass(home, *base)
    };
    program.subclasses(home).iter().any(|class| program.classes[class].bases.iter().any(is_other))
}

/// Whether `super()` in a method of a class reaches another one for objects of a class below: a mixin's
/// neighbour.
fn differs(program: &Program<Hir>, home: Name, node: &Node) -> bool {
    let Node::Call { callee: Callee::Super(name), .. } = node else { return false };
    let here = next_method(program, home, home, *name);
    program.subclasses(home).into_iter().any(|class| next_method(program, class, home, *name) != here)
}

/// Whether a method assigns an attribute that its class does not know and that another base of some class below
/// has as a property.
fn sets_foreign(program: &Program<Hir>, home: Name, body: &Body<Hir>) -> bool {
    let Some(this) = body.params.first().filter(|_| body.has_receiver()).map(|param| param.local) else {
        return false;
    };
    let mut found = false;
    each_target(body, &mut |place| {
        if let (Root::Local(local), [Proj::Field(name)]) = (place.root, place.proj.as_slice()) {
            found |= local == this
                && program.find_method(home, name.as_str()).is_none()
                && program.subclasses(home).into_iter().any(|class| {
                    let method = program.find_method(class, name.as_str());
                    let setter = method.map(|method| program.fns[&method].kind);
                    matches!(setter, Some(FnKind::Property | FnKind::PropertySetter))
                });
        }
    });
    found
}

/// What `super().name` means in a method of `after` whose receiver is a `class`.
fn next_method(program: &Program<Hir>, class: Name, after: Name, name: Name) -> Option<Name> {
    let order = program.mro(class);
    let rest = order.iter().skip_while(|path| **path != after).skip(1);
    rest.flat_map(|path| &program.classes[path].methods).find(|path| path.last() == name.as_str()).copied()
}

fn asks(body: &Body<Hir>) -> bool {
    let Some(this) = body.params.first().map(|param| param.local) else { return false };
    match body.kind {
        FnKind::ClassMethod => uses_local(body, this),
        FnKind::Method | FnKind::Property | FnKind::PropertySetter => {
            let classes = class_nodes(body, this);
            let answered = answered(body, &classes);
            classes.iter().any(|node| !answered.contains(node))
        }
        _ => false,
    }
}

fn uses_local(body: &Body<Hir>, local: LocalId) -> bool {
    let mut found = false;
    each_place(body, &mut |place| found |= place.root == Root::Local(local));
    found
}

fn each_place(body: &Body<Hir>, f: &mut dyn FnMut(&Place)) {
    for (_, row) in body.nodes.iter() {
        if let Node::Use(place, _) = &row.kind {
            f(place);
        }
    }
    each_target(body, f);
}

fn each_target(body: &Body<Hir>, f: &mut dyn FnMut(&Place)) {
    body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
        StmtKind::Set { target, .. } => places(target, f),
        StmtKind::Update { place, .. } | StmtKind::Del(place) => f(place),
        _ => {}
    });
}

fn places(pat: &Pat, f: &mut dyn FnMut(&Place)) {
    if let Pat::Place(place) = pat {
        f(place);
    }
    pat.for_each_part(&mut |part| places(part, f));
}

/// Nodes of a method that are the receiver's class: `type(self)`; what reads through `self.__class__` stands for it.
fn class_nodes(body: &Body<Hir>, this: LocalId) -> FxHashSet<NodeId> {
    let is_this = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(this));
    let is_class = |row: &NodeRow| match &row.kind {
        Node::Call { callee: Callee::Lib(name), args } => {
            *name == "builtins.type" && args.len() == 1 && is_this(args[0].value)
        }
        Node::Call { callee: Callee::Method(receiver, name), .. } => {
            *name == "__class__" && is_this(*receiver)
        }
        Node::Use(place, _) => is_own_class(place, this),
        _ => false,
    };
    body.nodes.iter().filter(|(_, row)| is_class(row)).map(|(id, _)| id).collect()
}

fn is_own_class(place: &Place, this: LocalId) -> bool {
    place.root == Root::Local(this)
        && matches!(place.proj.first(), Some(Proj::Field(name)) if *name == "__class__")
}

/// Those that an object answers itself: a class's name, a comparison of classes.
fn answered(body: &Body<Hir>, classes: &FxHashSet<NodeId>) -> FxHashSet<NodeId> {
    let is_name = |proj: Option<&Proj>| match proj {
        Some(Proj::Field(name)) => matches!(name.as_str(), "__name__" | "__qualname__"),
        _ => false,
    };
    let mut found = FxHashSet::default();
    for (id, row) in body.nodes.iter() {
        match &row.kind {
            Node::Use(Place { root: Root::Node(node), proj }, _) if is_name(proj.first()) => {
                found.insert(*node);
            }
            Node::Use(place, _) if classes.contains(&id) && is_name(place.proj.get(1)) => {
                found.insert(id);
            }
            Node::Op { op: Op::ObjOp(ObjOp::Eq | ObjOp::Ne | ObjOp::Is | ObjOp::IsNot), args, .. } => {
                found.extend(args.iter().filter(|arg| classes.contains(*arg)));
            }
            _ => {}
        }
    }
    found
}

/// Writes the methods of one class.
struct Writer<'a> {
    program: &'a mut Program<Hir>,
    asking: &'a FxHashSet<Name>,
    class: Name,
}

impl Writer<'_> {
    fn write(&mut self) {
        let mut seen: FxHashMap<&str, ()> = FxHashMap::default();
        for path in self.program.mro(self.class) {
            for method in self.program.classes[&path].methods.clone() {
                let is_first = seen.insert(method.last(), ()).is_none();
                if is_first && self.asking.contains(&method) {
                    self.copy(method, self.class.join(method.last()));
                }
            }
        }
    }

    /// A method, for objects of this class.
    fn copy(&mut self, method: Name, path: Name) {
        let Some(body) = self.program.fns.get(&method) else { return };
        let mut body = (**body).clone();
        body.path = path;
        if method != path {
            body.above.clear();
            let def = self.program.classes.get_mut(&self.class).expect("the class is there");
            Arc::make_mut(def).methods.push(path);
        }
        self.name_class(&mut body);
        self.resolve_super(&mut body, method);
        self.program.fns.insert(path, Arc::new(body));
    }

    /// Puts the class where the receiver is asked for it.
    fn name_class(&self, body: &mut Body<Hir>) {
        let Some(this) = body.params.first().map(|param| param.local) else { return };
        let is_class = body.kind == FnKind::ClassMethod;
        for id in class_nodes(body, this) {
            match &body.nodes[id].kind {
                Node::Use(place, _) if place.proj.len() > 1 => {}
                // `self.__class__(..)` is read as a call of a method.
                Node::Call { callee: Callee::Method(..), args } => {
                    let callee = Callee::Fn(self.class);
                    body.nodes[id].kind = Node::Call { callee, args: args.clone() };
                }
                _ => body.nodes[id].kind = Node::Item(self.class),
            }
        }
        let class = self.class;
        let name = |place: &Place| match &place.proj[..] {
            rest if is_class && place.root == Root::Local(this) => Some(rest.to_vec()),
            [Proj::Field(_), rest @ ..] if is_own_class(place, this) => Some(rest.to_vec()),
            _ => None,
        };
        let found: Vec<(NodeId, Vec<Proj>)> = body
            .nodes
            .iter()
            .filter_map(|(id, row)| match &row.kind {
                Node::Use(place, _) => Some((id, name(place)?)),
                _ => None,
            })
            .collect();
        for (id, proj) in found {
            if proj.is_empty() {
                body.nodes[id].kind = Node::Item(class);
                continue;
            }
            let item = body.node(Node::Item(class), Ty::unknown(), body.nodes[id].origin);
            if let Node::Use(place, _) = &mut body.nodes[id].kind {
                *place = Place { root: Root::Node(item), proj };
            }
        }
        let mut blocks = std::mem::take(&mut body.blocks);
        for (_, block) in blocks.iter_mut() {
            for stmt in &mut block.stmts {
                let (StmtKind::Set { target: Pat::Place(place), .. }
                | StmtKind::Update { place, .. }
                | StmtKind::Del(place)) = &mut stmt.kind
                else {
                    continue;
                };
                if let Some(proj) = name(place) {
                    let item = body.node(Node::Item(class), Ty::unknown(), stmt.origin);
                    *place = Place { root: Root::Node(item), proj };
                }
            }
        }
        body.blocks = blocks;
    }

    /// `super().m()` in a method of `home`, called on an object of this class.
    fn resolve_super(&mut self, body: &mut Body<Hir>, method: Name) {
        let home = method.parent();
        let this = body.params.first().map(|param| param.local);
        for id in body.nodes.ids().collect::<Vec<_>>() {
            let Node::Call { callee: Callee::Super(name), args } = &body.nodes[id].kind else { continue };
            let (name, mut args) = (*name, args.clone());
            let target = next_method(self.program, self.class, home, name);
            let Some(target) = target.filter(|target| self.asking.contains(target)) else {
                // The class after which the search begins.
                if home != self.class {
                    let callee = Callee::Super(home.join(name.as_str()));
                    body.nodes[id].kind = Node::Call { callee, args };
                }
                continue;
            };
            let path = self.class.join(&format!("{name}${}", target.parent().last()));
            if !self.program.fns.contains_key(&path) {
                self.copy(target, path);
            }
            if let Some(this) = this.filter(|_| self.program.fns[&path].has_receiver()) {
                let origin = body.nodes[id].origin;
                args.insert(0, Arg::positional(body.use_local(this, Mode::Read, origin)));
            }
            body.nodes[id].kind = Node::Call { callee: Callee::Fn(path), args };
        }
    }
}
