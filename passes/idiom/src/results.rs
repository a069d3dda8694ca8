//! Errors that a handler takes travel as `Result`.
//!
//! before                                          after
//!   fn @m.half(%n: i64) -> i64 {                    fn @m.half(%n: i64) -> i64 raises {
//!     if odd(%n) { raise exc.new{"ValueError"}() }    if odd(%n) { raise exc.new{"ValueError"}() }
//!     return %n // 2                                  return %n // 2
//!   }                                               }
//!   try { call @m.half(3) } except(ValueError) ..   try { rs.try(call @m.half(3)) } except(ValueError) ..
//!
//! The printer writes them as `-> rt::Result<i64>`, `return Err(..)` and `?`. A function becomes fallible when an
//! error that it raises itself, or that a fallible function below it raises, can reach a handler of the program.
//! Holds back for functions that are values, for methods that are dispatched or that the runtime calls
//! (`__len__`), for generators, coroutines and properties, for results that are functions or iterators; errors of
//! these, and faults (index, division, overflow), unwind to the same handlers.

use batuta_base::{FxHashMap, FxHashSet, Name};
use batuta_core::*;
use std::sync::Arc;

/// Where an error can start in a body.
struct Site {
    what: What,
    /// The `try` bodies around it, each with the classes that its handlers take.
    tries: Vec<Vec<Name>>,
    /// In a closure or comprehension: an error there does not leave as the function's result.
    inside: bool,
}

enum What {
    /// `raise`, with the class where it is known.
    Raise(Option<Name>),
    /// A library function that gives a `Result`.
    Library,
    Call(Name, NodeId),
    /// A call of which nothing is known.
    Unknown,
}

/// Marks the fallible functions of a program and their calls.
pub(crate) fn results(program: &mut Program<Mir>) {
    let sites: FxHashMap<Name, Vec<Site>> =
        program.fns.iter().map(|(path, body)| (*path, sites(program, body))).collect();
    let fallible = fallible(program, &sites);
    if fallible.is_empty() {
        return;
    }
    let quiet = quiet(program, &sites, &fallible);
    for (path, body) in &mut program.fns {
        let is_fallible = fallible.contains(path);
        let calls = sites[path].iter().filter_map(|site| match site.what {
            What::Call(callee, node) if fallible.contains(&callee) => {
                let attr = match site.inside || (!is_fallible && site.tries.is_empty()) {
                    true => Attr::Name(Name::new("unwind")),
                    false if quiet.contains(&callee) => Attr::Name(Name::new("results")),
                    false => Attr::None,
                };
                Some((node, attr))
            }
            _ => None,
        });
        let calls: Vec<_> = calls.collect();
        if !calls.is_empty() || is_fallible {
            let body = Arc::make_mut(body);
            body.fallible = is_fallible;
            calls.into_iter().for_each(|(node, attr)| wrap(body, node, attr));
        }
    }
}

/// `call @f()` as `rs.try(call @f())`. The attribute says `unwind` where nothing around it is a `Result`, and
/// `results` where no error of the program's own classes comes out of the call by unwinding.
fn wrap(body: &mut Body<Mir>, node: NodeId, attr: Attr) {
    let call = body.nodes[node].clone();
    let call = body.nodes.push(call);
    body.nodes[node].kind = Node::Op { op: Op::RsOp(RsOp::Try), attr, args: vec![call] };
}

/// The functions whose errors travel as results.
fn fallible(program: &Program<Mir>, sites: &FxHashMap<Name, Vec<Site>>) -> FxHashSet<Name> {
    let caught = caught(sites);
    let candidates: Vec<Name> = {
        let values = values(program);
        let fits = |path: &&Name| !values.contains(*path) && eligible(program, &program.fns[*path]);
        caught.iter().filter(|path| program.fns.contains_key(*path)).filter(fits).copied().collect()
    };
    let mut out = FxHashSet::default();
    loop {
        let before = out.len();
        for path in &candidates {
            let raises = sites[path].iter().any(|site| {
                let class = match &site.what {
                    What::Raise(class) => *class,
                    What::Library => None,
                    What::Call(callee, _) if out.contains(callee) => None,
                    What::Call(..) | What::Unknown => return false,
                };
                !site.inside && !is_taken(&site.tries, class)
            });
            if raises {
                out.insert(*path);
            }
        }
        if out.len() == before {
            return out;
        }
    }
}

/// Functions that a `try` with handlers calls, directly or through others.
fn caught(sites: &FxHashMap<Name, Vec<Site>>) -> FxHashSet<Name> {
    let calls = |path: &Name, all: bool| {
        let sites = sites.get(path).into_iter().flatten();
        let taken = sites.filter(move |site| all || site.tries.iter().any(|classes| !classes.is_empty()));
        taken.filter_map(|site| match site.what {
            What::Call(callee, _) => Some(callee),
            _ => None,
        })
    };
    let mut open: Vec<Name> = sites.keys().flat_map(|path| calls(path, false)).collect();
    let mut out = FxHashSet::default();
    while let Some(path) = open.pop() {
        if out.insert(path) {
            open.extend(calls(&path, true));
        }
    }
    out
}

/// Whether a handler around a site surely takes an error of this class.
fn is_taken(tries: &[Vec<Name>], class: Option<Name>) -> bool {
    tries.iter().flatten().any(|taken| match taken.as_str() {
        "Exception" | "BaseException" => true,
        _ => Some(*taken) == class,
    })
}

/// Functions out of which errors of the program's own classes come as results only.
fn quiet(
    program: &Program<Mir>,
    sites: &FxHashMap<Name, Vec<Site>>,
    fallible: &FxHashSet<Name>,
) -> FxHashSet<Name> {
    let is_builtin = |class: Name| !program.classes.contains_key(&program.resolve(class));
    let mut out: FxHashSet<Name> = sites.keys().copied().collect();
    loop {
        let unwinds = |path: &Name, site: &Site| match site.what {
            What::Raise(Some(class)) if is_builtin(class) => false,
            What::Raise(_) => site.inside || !fallible.contains(path),
            What::Library => false,
            What::Call(callee, _) => !out.contains(&callee) || (site.inside && fallible.contains(&callee)),
            What::Unknown => true,
        };
        let loud = |path: &&Name| sites[*path].iter().any(|site| unwinds(path, site));
        let loud: Vec<Name> = out.iter().filter(loud).copied().collect();
        if loud.is_empty() {
            break;
        }
        loud.iter().for_each(|path| _ = out.remove(path));
    }
    // What the runtime calls by itself may stand anywhere.
    let values = values(program);
    let by_itself = |body: &Body<Mir>| {
        let name = body.path.last();
        body.is_generator
            || body.is_async
            || values.contains(&body.path)
            || name.starts_with("__") && !matches!(name, "__init__" | "__post_init__")
            || matches!(body.kind, FnKind::Property | FnKind::PropertySetter)
    };
    match program.fns.values().any(|body| by_itself(body) && !out.contains(&body.path)) {
        true => FxHashSet::default(),
        false => out,
    }
}

/// Functions used as values or called by dispatch.
fn values(program: &Program<Mir>) -> FxHashSet<Name> {
    let mut out = FxHashSet::default();
    for body in program.fns.values() {
        for (_, row) in body.nodes.iter() {
            match &row.kind {
                Node::Item(path) | Node::Call { callee: Callee::Virtual(path), .. } => out.insert(*path),
                _ => false,
            };
        }
    }
    out
}

/// Whether a function may be declared with a `Result`.
fn eligible(program: &Program<Mir>, body: &Body<Mir>) -> bool {
    let class = body.path.parent();
    let in_hierarchy = || program.mro(class).len() > 1 || program.subclasses(class).len() > 1;
    let is_plain = match program.classes.get(&class) {
        Some(def) => {
            matches!(def.kind, ClassKind::Plain | ClassKind::Dataclass { .. })
                && def.bases.is_empty()
                && !in_hierarchy()
        }
        None => true,
    };
    let name = body.path.last();
    let is_called_by_name =
        matches!(body.kind, FnKind::Function | FnKind::Method | FnKind::ClassMethod | FnKind::StaticMethod)
            && !(name.starts_with("__") && name.ends_with("__"));
    let has_value =
        !matches!(body.ret.kind(), TyKind::Never | TyKind::Func(..) | TyKind::Iter(_) | TyKind::Lib(..));
    is_plain && is_called_by_name && has_value && !body.is_generator && !body.is_async
}

/// What raises in a body.
fn sites(program: &Program<Mir>, body: &Body<Mir>) -> Vec<Site> {
    let mut walk = Walk { program, body, tries: Vec::new(), inside: false, out: Vec::new() };
    walk.child(Child::Block(body.root));
    walk.out
}

struct Walk<'b> {
    program: &'b Program<Mir>,
    body: &'b Body<Mir>,
    tries: Vec<Vec<Name>>,
    inside: bool,
    out: Vec<Site>,
}

impl Walk<'_> {
    fn child(&mut self, child: Child) {
        match child {
            Child::Node(node) => self.node(node),
            Child::Block(block) => {
                let row = &self.body.blocks[block];
                for stmt in &row.stmts {
                    stmt.for_each_child(&mut |child| self.child(child));
                }
                row.tail.iter().for_each(|tail| self.node(*tail));
            }
        }
    }

    fn node(&mut self, node: NodeId) {
        let body = self.body;
        let kind = &body.nodes[node].kind;
        match kind {
            Node::Raise { error, .. } => self.site(What::Raise(error.and_then(|error| class(body, error)))),
            Node::Call { callee: Callee::Fn(path), .. } => self.site(What::Call(*path, node)),
            Node::Call { callee: Callee::New(class), .. } => {
                for name in ["__init__", "__post_init__"] {
                    if let Some(path) = self.program.find_method(*class, name) {
                        self.site(What::Call(path, node));
                    }
                }
            }
            Node::Call { callee: Callee::Virtual(_) | Callee::Value(_), .. } => self.site(What::Unknown),
            Node::Call { callee: Callee::Lib(name), args } => {
                let tys: Vec<Ty> = args.iter().map(|arg| body.ty(arg.value)).collect();
                if batuta_catalog::select(name.as_str(), &tys).is_some_and(|row| row.fallible) {
                    self.site(What::Library);
                }
            }
            _ => {}
        }
        match kind {
            Node::Try { body, handlers, els, finally } => {
                let classes = handlers.iter().flat_map(|handler| match handler.classes.is_empty() {
                    true => vec![Name::new("BaseException")],
                    false => handler.classes.clone(),
                });
                self.tries.push(classes.collect());
                self.child(Child::Block(*body));
                self.tries.pop();
                handlers.iter().for_each(|handler| self.child(Child::Block(handler.body)));
                els.iter().chain(finally).for_each(|block| self.child(Child::Block(*block)));
            }
            Node::Closure(_) | Node::Seq { .. } => {
                let outer = std::mem::replace(&mut self.inside, true);
                kind.for_each_child(&mut |child| self.child(child));
                self.inside = outer;
            }
            kind => kind.for_each_child(&mut |child| self.child(child)),
        }
    }

    fn site(&mut self, what: What) {
        self.out.push(Site { what, tries: self.tries.clone(), inside: self.inside });
    }
}

/// The class of a raised value.
fn class(body: &Body<Mir>, error: NodeId) -> Option<Name> {
    match &body.nodes[error].kind {
        Node::Call { callee: Callee::New(class), .. } | Node::Item(class) => Some(*class),
        Node::Op { op: Op::ExcOp(ExcOp::New), attr: Attr::Name(class), .. } => Some(*class),
        _ => None,
    }
}
