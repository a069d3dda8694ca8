//! The choice that stands for a method found by its name: see `by_name`.

use super::by_name::{BUILTIN, Found, as_local, methods};
use batuta_base::{Name, Origin};
use batuta_core::*;

pub(super) struct Choice<'a> {
    program: &'a Program<Hir>,
    found: &'a Found,
    /// Whether the object is the receiver of the method's own class.
    class: Option<Name>,
    /// The methods that can be meant, and whether every object that may be there has them.
    methods: Vec<(Name, bool)>,
    arms: Vec<Arm>,
    name: Option<LocalId>,
    sets_name: bool,
}

/// One case: a test and the method; without one the default is called.
struct Arm {
    test: Test,
    method: Option<Name>,
}

/// An argument that can be written in each case.
enum Given {
    Local(LocalId),
    Const(Const),
}

#[derive(Clone, Copy)]
enum Test {
    Named(Name),
    Class(Name),
    Builtin(&'static str),
}

impl<'a> Choice<'a> {
    pub(super) fn new(
        program: &'a Program<Hir>,
        class: Name,
        found: &'a Found,
        body: &Body<Hir>,
        counts: &[Option<usize>],
    ) -> Self {
        let is_self = body.has_receiver()
            && program.classes.contains_key(&class)
            && body.params.first().is_some_and(|param| param.local == found.object);
        let class = is_self.then_some(class);
        let has = |class: Name, method: Name| {
            program.mro(class).iter().any(|path| {
                program
                    .classes
                    .get(path)
                    .is_some_and(|def| def.methods.iter().any(|known| known.last() == method.as_str()))
            })
        };
        let (mut all, homes) = match class {
            Some(class) => {
                let mut near = program.mro(class);
                near.extend(program.subclasses(class));
                (near, vec![class])
            }
            None => {
                let all: Vec<Name> = program.classes.keys().copied().collect();
                let has_any = |class: &Name| !methods(program, &[*class], &found.prefix, counts).is_empty();
                let homes = all.iter().copied().filter(has_any).collect();
                (all, homes)
            }
        };
        all.dedup();
        let names = methods(program, &all, &found.prefix, counts);
        let is_sure = |name: Name| homes.iter().all(|home| has(*home, name));
        let methods: Vec<(Name, bool)> = names.into_iter().map(|name| (name, is_sure(name))).collect();
        let mut choice =
            Self { program, found, class, methods, arms: Vec::new(), name: None, sets_name: false };
        choice.arms = choice.cases();
        choice
    }

    pub(super) fn is_empty(&self) -> bool {
        self.arms.iter().all(|arm| arm.method.is_none())
    }

    /// The cases: by class where the name is made of a class's, else by name.
    fn cases(&self) -> Vec<Arm> {
        let Some((_, is_lower)) = self.found.class_of else { return self.named_cases() };
        let named = |word: &str| {
            let word = if is_lower { word.to_lowercase() } else { word.to_owned() };
            Name::new(&format!("{}{word}", self.found.prefix))
        };
        let method = |word: &str| {
            let name = named(word);
            self.methods.iter().any(|(known, _)| *known == name).then_some(name)
        };
        let mut classes: Vec<Name> = self.program.classes.keys().copied().collect();
        classes.sort_by_key(|class| std::cmp::Reverse(self.program.mro(*class).len()));
        let mut arms = Vec::new();
        for class in classes {
            let above = self.program.mro(class);
            let is_below = above.iter().skip(1).any(|base| method(base.last()).is_some());
            match method(class.last()) {
                Some(name) => arms.push(Arm { test: Test::Class(class), method: Some(name) }),
                None if is_below => arms.push(Arm { test: Test::Class(class), method: None }),
                None => {}
            }
        }
        for word in BUILTIN {
            if let Some(name) = method(word) {
                arms.push(Arm { test: Test::Builtin(word), method: Some(name) });
            }
        }
        arms
    }

    fn named_cases(&self) -> Vec<Arm> {
        let arm = |(name, _): &(Name, bool)| Arm { test: Test::Named(*name), method: Some(*name) };
        self.methods.iter().map(arm).collect()
    }

    pub(super) fn by_name(&self) -> bool {
        let by_default = self.found.default.is_none();
        by_default || self.arms.iter().any(|arm| matches!(arm.test, Test::Named(_)))
    }

    /// Gives the name a local of its own.
    pub(super) fn name_it(&mut self, body: &mut Body<Hir>, is_held: bool) {
        self.name = match self.found.named {
            Some(local) => Some(local),
            None => {
                self.sets_name = is_held;
                Some(body.temp("name", Ty::unknown(), body.nodes[self.found.id].origin))
            }
        };
    }

    /// The local that the statement of the method gives the name.
    pub(super) fn name_to_set(&self) -> Option<LocalId> {
        self.name.filter(|_| self.sets_name)
    }

    /// Whether the default can be written several times.
    pub(super) fn default_is_plain(&self, body: &Body<Hir>) -> bool {
        self.found.default.is_none_or(|node| matches!(body.nodes[node].kind, Node::Use(..) | Node::Const(_)))
    }

    /// The call of the method.
    pub(super) fn call(&mut self, body: &mut Body<Hir>, id: NodeId, args: Vec<Arg>) {
        let origin = body.nodes[id].origin;
        let set = |local, value| {
            let target = Pat::Place(Place::local(local));
            Stmt::new(StmtKind::Set { target, value }, origin)
        };
        let mut stmts = Vec::new();
        stmts.extend(self.found.given.map(|object| set(self.found.object, object)));
        if let (Some(name), None, false) = (self.name, self.found.named, self.sets_name) {
            stmts.push(set(name, self.found.name));
        }
        let mut given: Vec<(ArgKind, Given)> = Vec::new();
        for arg in &args {
            // A local stands for itself, so that a test of its class is known of it.
            given.push((
                arg.kind,
                match (as_local(body, arg.value), body.as_const(arg.value)) {
                    (Some(local), _) => Given::Local(local),
                    (_, Some(value)) => Given::Const(value.clone()),
                    _ => {
                        let local = body.temp("arg", Ty::unknown(), origin);
                        stmts.push(set(local, arg.value));
                        Given::Local(local)
                    }
                },
            ));
        }
        let mut rest = self.otherwise(body, &given, origin);
        for arm in self.arms.iter().rev() {
            let test = self.arm_test(body, arm, origin);
            let cond = body.op(ObjOp::Truth, vec![test], Ty::unknown(), origin);
            let value = match arm.method {
                Some(name) => self.call_on(body, name, &given, origin),
                None => self.otherwise(body, &given, origin),
            };
            let then = body.block(BlockRow { tail: Some(value), ..BlockRow::default() });
            let els = body.block(BlockRow { tail: Some(rest), ..BlockRow::default() });
            rest = body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), origin);
        }
        let block = body.block(BlockRow { stmts, tail: Some(rest), ..BlockRow::default() });
        body.nodes[id].kind = Node::Block { label: None, block };
    }

    /// The bound method as a value.
    pub(super) fn keep(&self, body: &mut Body<Hir>) {
        let id = self.found.id;
        let origin = body.nodes[id].origin;
        let mut stmts = Vec::new();
        if let (Some(name), None) = (self.name, self.found.named) {
            let target = Pat::Place(Place::local(name));
            stmts.push(Stmt::new(StmtKind::Set { target, value: self.found.name }, origin));
        }
        let mut rest = self.found.default.unwrap_or_else(|| self.missing(body, origin));
        for (name, _) in self.methods.iter().rev() {
            let test = self.named(body, *name, origin);
            let cond = body.op(ObjOp::Truth, vec![test], Ty::unknown(), origin);
            let place = Place::local(self.found.object).with(Proj::Field(*name));
            let method = body.node(Node::Use(place, Mode::Read), Ty::unknown(), origin);
            let then = body.block(BlockRow { tail: Some(method), ..BlockRow::default() });
            let els = body.block(BlockRow { tail: Some(rest), ..BlockRow::default() });
            rest = body.node(Node::If { cond, then, els: Some(els) }, Ty::unknown(), origin);
        }
        let block = body.block(BlockRow { stmts, tail: Some(rest), ..BlockRow::default() });
        body.nodes[id].kind = Node::Block { label: None, block };
    }

    /// Whether there is such a method.
    pub(super) fn test(&self, body: &mut Body<Hir>, id: NodeId, yes: bool) {
        let origin = body.nodes[id].origin;
        let mut any: Option<NodeId> = None;
        for (name, _) in &self.methods {
            let test = self.named(body, *name, origin);
            any = Some(match any {
                Some(before) => body.op(ObjOp::Or, vec![before, test], Ty::unknown(), origin),
                None => test,
            });
        }
        let any = any.expect("there are methods");
        body.nodes[id].kind = match yes {
            true => Node::Op { op: ObjOp::Truth.into(), attr: Attr::None, args: vec![any] },
            false => Node::Op { op: ObjOp::Not.into(), attr: Attr::None, args: vec![any] },
        };
    }

    fn arm_test(&self, body: &mut Body<Hir>, arm: &Arm, origin: Origin) -> NodeId {
        let class = match arm.test {
            Test::Named(name) => return self.named(body, name, origin),
            Test::Class(class) => class,
            Test::Builtin(word) => Name::new("builtins").join(word),
        };
        let (local, _) = self.found.class_of.expect("the name is that of a class");
        let object = body.use_local(local, Mode::Read, origin);
        let class = body.node(Node::Item(class), Ty::unknown(), origin);
        let test = library(body, "builtins.isinstance", vec![object, class], origin);
        match arm.method.filter(|method| self.found.default.is_some() && self.some_lack(*method)) {
            Some(method) => {
                let has = self.has(body, method, origin);
                body.op(ObjOp::And, vec![test, has], Ty::unknown(), origin)
            }
            None => test,
        }
    }

    /// Whether objects of some class below the method's own have no such method. A base that no call makes has none
    /// of its own.
    fn some_lack(&self, method: Name) -> bool {
        let Some(class) = self.class else { return false };
        let is_made = |class: Name| {
            let is_made =
                |node: &Node| matches!(node, Node::Call { callee: Callee::Fn(path), .. } if *path == class);
            self.program.fns.values().any(|body| body.nodes.iter().any(|(_, row)| is_made(&row.kind)))
        };
        self.program.subclasses(class).into_iter().any(|class| {
            self.program.find_method(class, method.as_str()).is_none()
                && (self.program.subclasses(class).len() == 1 || is_made(class))
        })
    }

    fn has(&self, body: &mut Body<Hir>, method: Name, origin: Origin) -> NodeId {
        let object = body.use_local(self.found.object, Mode::Read, origin);
        let text = body.node(Node::Const(Const::Str(method.as_str().into())), Ty::unknown(), origin);
        library(body, "builtins.hasattr", vec![object, text], origin)
    }

    /// `name == "do_add"`, and that the object has it where not all have.
    fn named(&self, body: &mut Body<Hir>, method: Name, origin: Origin) -> NodeId {
        let local = self.name.expect("the name is kept");
        let name = body.use_local(local, Mode::Read, origin);
        let word = body.node(Node::Const(Const::Str(method.as_str().into())), Ty::unknown(), origin);
        let same = body.op(ObjOp::Eq, vec![name, word], Ty::unknown(), origin);
        if self.methods.iter().any(|(known, is_sure)| *known == method && *is_sure) {
            return same;
        }
        let has = self.has(body, method, origin);
        body.op(ObjOp::And, vec![same, has], Ty::unknown(), origin)
    }

    fn call_on(
        &self,
        body: &mut Body<Hir>,
        method: Name,
        args: &[(ArgKind, Given)],
        origin: Origin,
    ) -> NodeId {
        let object = body.use_local(self.found.object, Mode::Read, origin);
        call(body, Callee::Method(object, method), args, origin)
    }

    /// What is called when there is no such method.
    fn otherwise(&self, body: &mut Body<Hir>, args: &[(ArgKind, Given)], origin: Origin) -> NodeId {
        let Some(default) = self.found.default else { return self.missing(body, origin) };
        let kind = body.nodes[default].kind.clone();
        match &kind {
            Node::Const(Const::None) => {
                let text = "'NoneType' object is not callable";
                raise(body, "TypeError", vec![Piece::Text(text.into())], origin)
            }
            Node::Use(place, mode) => match (place.root, place.proj.as_slice()) {
                (Root::Local(local), [Proj::Field(name)]) => {
                    let object = body.use_local(local, Mode::Read, origin);
                    call(body, Callee::Method(object, *name), args, origin)
                }
                (Root::Global(path), []) => call(body, Callee::Fn(path), args, origin),
                _ => {
                    let value = body.node(Node::Use(place.clone(), *mode), Ty::unknown(), origin);
                    call(body, Callee::Value(value), args, origin)
                }
            },
            _ => call(body, Callee::Value(default), args, origin),
        }
    }

    /// `raise AttributeError("'C' object has no attribute ..")`.
    fn missing(&self, body: &mut Body<Hir>, origin: Origin) -> NodeId {
        let local = self.name.expect("the name is kept");
        let value = |value| Piece::Value { value, conv: Conv::Str, spec: Vec::new(), late: true };
        let object = body.use_local(self.found.object, Mode::Read, origin);
        let class = library(body, "builtins.type", vec![object], origin);
        let place = Place { root: Root::Node(class), proj: vec![Proj::Field(Name::new("__name__"))] };
        let class = body.node(Node::Use(place, Mode::Read), Ty::unknown(), origin);
        let name = body.use_local(local, Mode::Read, origin);
        let class = match self.class.filter(|class| self.program.subclasses(*class).len() == 1) {
            Some(class) => Piece::Text(class.last().into()),
            None => value(class),
        };
        let pieces = vec![
            Piece::Text("'".into()),
            class,
            Piece::Text("' object has no attribute '".into()),
            value(name),
            Piece::Text("'".into()),
        ];
        raise(body, "AttributeError", pieces, origin)
    }
}

fn library(body: &mut Body<Hir>, name: &str, args: Vec<NodeId>, origin: Origin) -> NodeId {
    let args = args.into_iter().map(Arg::positional).collect();
    body.node(Node::Call { callee: Callee::Lib(Name::new(name)), args }, Ty::unknown(), origin)
}

fn call(body: &mut Body<Hir>, callee: Callee, args: &[(ArgKind, Given)], origin: Origin) -> NodeId {
    let read = |(kind, given): &(ArgKind, Given)| {
        let value = match given {
            Given::Local(local) => body.use_local(*local, Mode::Read, origin),
            Given::Const(value) => body.node(Node::Const(value.clone()), Ty::unknown(), origin),
        };
        Arg { kind: *kind, value }
    };
    let args = args.iter().map(read).collect();
    body.node(Node::Call { callee, args }, Ty::unknown(), origin)
}

fn raise(body: &mut Body<Hir>, class: &str, pieces: Vec<Piece>, origin: Origin) -> NodeId {
    let text = body.node(Node::Format(pieces), Ty::unknown(), origin);
    let error = Node::Op { op: ExcOp::New.into(), attr: Attr::Name(Name::new(class)), args: vec![text] };
    let error = body.node(error, Ty::unknown(), origin);
    body.node(Node::Raise { error: Some(error), cause: None }, Ty::never(), origin)
}
