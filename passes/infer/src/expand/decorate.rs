//! A decorator that defines a wrapper and returns it is written out for each function that it decorates.
//!
//! before                                        after
//!   fn @m.log(%func) {                            fn @m.add_inner(%a, %b) { return obj.add(%a, %b) }
//!     set %wrapper = closure wrapper(*%args) {     fn @m.add(%a, %b) {
//!       io.println("call")                          io.println("call")
//!       return value (%func)(*%args)                return call @m.add_inner(%a, %b)
//!     }                                            }
//!     return %wrapper
//!   }
//!   @m.log() fn @m.add(%a, %b) { .. }
//!
//! What the decorator keeps between calls becomes a global; what it does when it is applied becomes a
//! statement of the module. A decorator that gives its argument back only leaves its statements.
//! Holds back where the wrapper looks at its packed arguments and some call passes keywords or leaves
//! out a default: then they are not those of the parameters.

use super::forward::{Forward, forward};
use super::wrapper_attributes::{attributes, replace_attributes};
use batuta_base::{FxHashMap, Id, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Writes out the decorators of the program.
pub(crate) fn expand(program: &mut Program<Hir>) {
    let mut used: Vec<Name> = Vec::new();
    let mut names: FxHashMap<Name, Name> = FxHashMap::default();
    let mut late: Vec<Late> = Vec::new();
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        loop {
            if super::cache::expand(program, path, &mut late) {
                continue;
            }
            if super::context_decorators::expand(program, path, &mut late)
                || super::single_dispatch::expand(program, path)
                || super::register::expand(program, path, &mut late)
            {
                continue;
            }
            // The path is a global now.
            if super::class_decorator::expand(program, path, &mut late) {
                break;
            }
            let Some(plan) = plan(program, path) else {
                super::called::expand(program, path, &mut late, &mut used);
                break;
            };
            used.push(plan.deco.path);
            apply(program, path, plan, &mut names, &mut late);
        }
    }
    late.into_iter().for_each(|late| late.insert(program));
    remove_marks(program);
    names.iter().for_each(|(path, name)| rename_text(program, *path, *name));
    if program.entry.is_some() {
        used.retain(|deco| !is_named(program, *deco));
        used.iter().for_each(|deco| remove(program, *deco));
    }
}

/// Whether anything still names a function.
pub(super) fn is_named(program: &Program<Hir>, path: Name) -> bool {
    program.fns.values().any(|body| {
        let decorates = body.decorators.iter().any(|decorator| program.resolve(decorator.path) == path);
        let mut named = decorates;
        body.walk_block(body.root, &mut |node| match &body.nodes[node].kind {
            Node::Call { callee: Callee::Fn(found), .. } | Node::Item(found) => {
                named |= program.resolve(*found) == path;
            }
            Node::Use(Place { root: Root::Global(found), .. }, _) => named |= program.resolve(*found) == path,
            _ => {}
        });
        named
    })
}

/// A decorator that is written out everywhere has no use of its own.
pub(super) fn remove(program: &mut Program<Hir>, path: Name) {
    program.fns.shift_remove(&path);
    for module in program.modules.values_mut() {
        if module.items.iter().any(|row| row.item == Item::Fn(path)) {
            let module = Arc::make_mut(module);
            module.items.retain(|row| row.item != Item::Fn(path));
        }
    }
}

/// One decorator taken apart.
struct Plan {
    /// The decorator's tables.
    deco: Body<Hir>,
    /// Its parameter that is the decorated function.
    func: LocalId,
    /// Locals that stand for arguments of the decorator.
    bound: Vec<(LocalId, Value)>,
    prelude: Vec<Stmt>,
    /// The local that holds the wrapper, and the wrapper; none where the function itself is returned.
    wrapper: Option<(Option<LocalId>, Closure)>,
    forward: Forward,
}

/// An argument of a decorator.
#[derive(Clone)]
enum Value {
    Const(Const),
    Item(Name),
    /// A variable of the module.
    Global(Name),
    Tuple(Vec<Value>),
    /// Computed once, where the function is defined: a node of the decorated function's tables.
    Made(NodeId),
}

impl Value {
    /// Whether it has a variable in it that is assigned again.
    fn reads_rebound(&self, program: &Program<Hir>) -> bool {
        match self {
            Value::Global(path) => is_rebound(program, *path),
            Value::Tuple(items) => items.iter().any(|item| item.reads_rebound(program)),
            _ => false,
        }
    }

    /// Names of variables are told from those of functions and classes.
    fn resolved(self, program: &Program<Hir>) -> Value {
        match self {
            Value::Item(path) if program.globals.contains_key(&program.resolve(path)) => Value::Global(path),
            Value::Tuple(items) => {
                Value::Tuple(items.into_iter().map(|item| item.resolved(program)).collect())
            }
            value => value,
        }
    }
}

/// What a block of a decorator says.
pub(super) struct Level {
    prelude: Vec<Stmt>,
    pub(super) result: Made,
}

pub(super) enum Made {
    Closure(Option<LocalId>, Closure),
    Local(LocalId),
}

pub(super) fn level(body: &Body<Hir>, block: BlockId) -> Option<Level> {
    let (last, stmts) = body.blocks[block].stmts.split_last()?;
    let StmtKind::Expr(node) = last.kind else { return None };
    let Node::Return(Some(value)) = body.nodes[node].kind else { return None };
    let mut closures: FxHashMap<LocalId, Closure> = FxHashMap::default();
    let mut prelude = Vec::new();
    let kept = kept_functions(body, stmts, value);
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Expr(node) if matches!(body.nodes[*node].kind, Node::Const(_)) => {}
            StmtKind::Set { target: Pat::Place(place), value } => {
                if let (Some(local), Node::Closure(closure)) = (place.as_local(), &body.nodes[*value].kind)
                    && !kept.contains(&local)
                {
                    closures.insert(local, closure.clone());
                } else {
                    prelude.push(stmt.clone());
                }
            }
            StmtKind::Expr(_) | StmtKind::Update { .. } => prelude.push(stmt.clone()),
            _ => return None,
        }
    }
    let result = match &body.nodes[value].kind {
        Node::Closure(closure) => Made::Closure(None, closure.clone()),
        Node::Use(place, _) => {
            let local = place.as_local()?;
            match closures.remove(&local) {
                Some(closure) => Made::Closure(Some(local), closure),
                None => Made::Local(local),
            }
        }
        _ => return None,
    };
    closures.is_empty().then_some(Level { prelude, result })
}

/// Functions of a decorator that become attributes of its wrapper.
fn kept_functions(body: &Body<Hir>, stmts: &[Stmt], wrapper: NodeId) -> Vec<LocalId> {
    let Node::Use(wrapper, _) = &body.nodes[wrapper].kind else { return Vec::new() };
    let kept = |stmt: &Stmt| match &stmt.kind {
        StmtKind::Set { target: Pat::Place(place), value } if place.root == wrapper.root => {
            match (&place.proj[..], &body.nodes[*value].kind) {
                ([Proj::Field(_)], Node::Use(value, _)) => value.as_local(),
                _ => None,
            }
        }
        _ => None,
    };
    stmts.iter().filter_map(kept).collect()
}

pub(super) fn only_param(params: &[Param]) -> Option<LocalId> {
    match params {
        [param] if matches!(param.kind, ParamKind::Normal | ParamKind::PositionalOnly) => Some(param.local),
        _ => None,
    }
}

fn plan(program: &Program<Hir>, path: Name) -> Option<Plan> {
    let body = program.fns.get(&path)?;
    let decorator = body.decorators.last()?;
    let deco = program.fns.get(&program.resolve(decorator.path))?;
    if deco.kind != FnKind::Function || deco.is_generator || deco.path == path || !deco.decorators.is_empty()
    {
        return None;
    }
    let outer = level(deco, deco.root)?;
    let (func, bound, prelude, result) = match &outer.result {
        Made::Closure(_, closure) if is_factory(deco, closure) => {
            let inner = level(deco, closure.body)?;
            let bound = bind(body, deco, &decorator.args)?;
            let bound = bound.into_iter().map(|(local, value)| (local, value.resolved(program))).collect();
            let prelude = outer.prelude.into_iter().chain(inner.prelude).collect();
            (only_param(&closure.params)?, bound, prelude, inner.result)
        }
        _ if decorator.args.is_empty() => {
            (only_param(&deco.params)?, Vec::new(), outer.prelude, outer.result)
        }
        _ => return None,
    };
    let wrapper = match result {
        Made::Closure(local, closure) => Some((local, closure)),
        Made::Local(local) if local == func => None,
        Made::Local(_) => return None,
    };
    let forward = match &wrapper {
        Some((_, closure)) => forward(program, body, deco, closure, func)?,
        None => Forward::default(),
    };
    Some(Plan { deco: (**deco).clone(), func, bound, prelude, wrapper, forward })
}

/// A function of one parameter that returns a wrapper or its parameter.
fn is_factory(deco: &Body<Hir>, closure: &Closure) -> bool {
    let Some(param) = only_param(&closure.params) else { return false };
    match level(deco, closure.body) {
        Some(Level { result: Made::Closure(..), .. }) => true,
        Some(Level { result: Made::Local(local), .. }) => local == param,
        None => false,
    }
}

/// The arguments of a decorator for its parameters; of several decorators all must be constants or names.
fn bind(body: &Body<Hir>, deco: &Body<Hir>, args: &[Arg]) -> Option<Vec<(LocalId, Value)>> {
    let mut positional: Vec<NodeId> = Vec::new();
    let mut named: FxHashMap<Name, NodeId> = FxHashMap::default();
    for arg in args {
        match arg.kind {
            ArgKind::Positional => positional.push(arg.value),
            ArgKind::Named(name) => {
                named.insert(name, arg.value);
            }
            _ => return None,
        }
    }
    let mut rest = positional.into_iter();
    let given = |node: NodeId| {
        value(body, node).or_else(|| (body.decorators.len() == 1).then_some(Value::Made(node)))
    };
    let mut out = Vec::new();
    for param in &deco.params {
        let found = match param.kind {
            ParamKind::Star => {
                let items = rest.by_ref().map(given).collect::<Option<_>>()?;
                Value::Tuple(items)
            }
            ParamKind::StarStar => return None,
            ParamKind::KeywordOnly => match named.remove(&param.name) {
                Some(node) => given(node)?,
                None => value(deco, param.default?)?,
            },
            _ => match rest.next().or_else(|| named.remove(&param.name)) {
                Some(node) => given(node)?,
                None => value(deco, param.default?)?,
            },
        };
        out.push((param.local, found));
    }
    (rest.next().is_none() && named.is_empty()).then_some(out)
}

fn value(body: &Body<Hir>, node: NodeId) -> Option<Value> {
    Some(match &body.nodes[node].kind {
        Node::Const(value) => Value::Const(value.clone()),
        Node::Item(name) => Value::Item(*name),
        Node::Op { op: Op::ObjOp(ObjOp::Neg), args, .. } => match value(body, args[0])? {
            Value::Const(Const::Int(digits)) => Value::Const(Const::Int(format!("-{digits}").into())),
            Value::Const(Const::Float(value)) => Value::Const(Const::Float(-value)),
            _ => return None,
        },
        Node::Op { op: Op::TupleOp(TupleOp::New), args, .. } => {
            Value::Tuple(args.iter().map(|arg| value(body, *arg)).collect::<Option<_>>()?)
        }
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => Value::Item(*path),
        _ => return None,
    })
}

/// A path beside `path` that nothing has.
pub(crate) fn free_path(program: &Program<Hir>, path: Name, word: &str) -> Name {
    let parent = path.parent();
    for number in 1.. {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let found = parent.join(&format!("{}_{word}{suffix}", path.last()));
        if !program.fns.contains_key(&found) && !program.globals.contains_key(&found) {
            return found;
        }
    }
    unreachable!("numbers do not end")
}

/// The module that holds an item.
pub(crate) fn module_of(program: &Program<Hir>, path: Name) -> Name {
    let mut at = path.parent();
    while !program.modules.contains_key(&at) && at.as_str().contains('.') {
        at = at.parent();
    }
    at
}

/// Statements for a module's initialiser, and the function where they stand.
pub(crate) struct Late {
    near: Name,
    body: Body<Hir>,
    block: BlockId,
}

impl Late {
    pub(crate) fn new(near: Name, body: Body<Hir>, block: BlockId) -> Self {
        Self { near, body, block }
    }

    /// Puts the statements where the function, or the class of a method, is defined: before its mark.
    fn insert(self, program: &mut Program<Hir>) {
        let module = module_of(program, self.near);
        let path = Name::new(self.near.as_str().split('$').next().unwrap_or_default());
        let is_class = program.classes.contains_key(&path.parent());
        let marked = if is_class { path.parent() } else { path };
        let Some(init) = program.fns.get_mut(&module.join("<init>")) else { return };
        let init = Arc::make_mut(init);
        let shift = init.append(&self.body, FxHashMap::default());
        let mut made = std::mem::take(&mut init.blocks[shift.block(self.block)].stmts);
        for stmt in &mut made {
            stmt.origin = Origin::default();
            stmt.above.clear();
            stmt.beside = None;
        }
        let place = init.blocks.ids().find_map(|block| {
            let mut stmts = init.blocks[block].stmts.iter();
            stmts.position(|stmt| mark(init, stmt) == Some(marked)).map(|at| (block, at))
        });
        let (block, at) = place.unwrap_or((init.root, 0));
        init.blocks[block].stmts.splice(at..at, made);
    }
}

/// Whether an item is a function, or the class of a method.
fn holds(row: &ItemRow, path: Name) -> bool {
    match row.item {
        Item::Fn(item) => item == path,
        Item::Class(class) => class == path.parent(),
        _ => false,
    }
}

/// The decorated function or class that a statement of a module stands for.
fn mark(init: &Body<Hir>, stmt: &Stmt) -> Option<Name> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::Call { callee: Callee::Lib(name), args } = &init.nodes[node].kind else { return None };
    let [definition] = &args[..] else { return None };
    if *name != DEFINITION {
        return None;
    }
    match &init.nodes[definition.value].kind {
        Node::Item(path) => Some(*path),
        // The function became a variable.
        Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => Some(*path),
        _ => None,
    }
}

/// The marks of definitions say no more.
fn remove_marks(program: &mut Program<Hir>) {
    for module in program.modules.keys().copied().collect::<Vec<_>>() {
        let Some(init) = program.fns.get_mut(&module.join("<init>")) else { continue };
        let marked = |body: &Body<Hir>, block: &BlockId| {
            body.blocks[*block].stmts.iter().any(|stmt| mark(body, stmt).is_some())
        };
        let blocks: Vec<BlockId> = init.blocks.ids().filter(|block| marked(init, block)).collect();
        for block in blocks {
            let init = Arc::make_mut(init);
            let mut stmts = std::mem::take(&mut init.blocks[block].stmts);
            stmts.retain(|stmt| mark(init, stmt).is_none());
            init.blocks[block].stmts = stmts;
        }
    }
}

/// Puts the undecorated function beside its path.
pub(crate) fn move_away(program: &mut Program<Hir>, path: Name, inner: Name) {
    let mut body = (*program.fns[&path]).clone();
    body.path = inner;
    body.decorators.clear();
    body.above.clear();
    program.fns.insert(inner, Arc::new(body));
    if let Some(class) = program.classes.get_mut(&path.parent()) {
        let class = Arc::make_mut(class);
        let at = class.methods.iter().position(|method| *method == path).unwrap_or(0);
        class.methods.insert(at, inner);
        return;
    }
    let module = module_of(program, path);
    let Some(module) = program.modules.get_mut(&module) else { return };
    let module = Arc::make_mut(module);
    let at = module.items.iter().position(|row| row.item == Item::Fn(path)).unwrap_or(module.items.len());
    let base = module.items.get(at).map_or(0, |row| row.base);
    module.items.insert(at, ItemRow { item: Item::Fn(inner), above: Vec::new(), base });
}

/// A new global of the module that holds `path`.
pub(crate) fn add_global(program: &mut Program<Hir>, near: Name, path: Name) {
    let def = GlobalDef {
        path,
        ty: Ty::unknown(),
        is_rebound: true,
        storage: Storage::Undecided,
        origin: Origin::default(),
    };
    program.globals.insert(path, Arc::new(def));
    let module = module_of(program, near);
    if let Some(module) = program.modules.get_mut(&module) {
        let row = ItemRow { item: Item::Global(path), above: Vec::new(), base: 0 };
        let items = &mut Arc::make_mut(module).items;
        let at = items.iter().position(|row| holds(row, near)).unwrap_or(0);
        items.insert(at, row);
    }
}

/// `names` are those that `__name__` of a decorated function gives where it is not its own.
fn apply(
    program: &mut Program<Hir>,
    path: Name,
    plan: Plan,
    names: &mut FxHashMap<Name, Name>,
    late: &mut Vec<Late>,
) {
    let body = program.fns[&path].clone();
    let inner = match plan.wrapper {
        Some(_) => free_path(program, path, "inner"),
        None => path,
    };
    let name = names.get(&path).copied().unwrap_or(Name::new(path.last()));
    let mut subst =
        Subst { func: plan.func, inner, outer: path, name, body: &body, globals: FxHashMap::default() };
    let mut deco = plan.deco.clone();
    let wrapper_local = plan.wrapper.as_ref().and_then(|(local, _)| *local);
    // What the decorator keeps between calls.
    let module = module_of(program, path);
    for stmt in &plan.prelude {
        let StmtKind::Set { target, .. } = &stmt.kind else { continue };
        let mut locals = Vec::new();
        target.for_each_local(&mut |local| locals.push(local));
        for local in locals {
            let name = format!("{}_{}", path.last(), deco.locals[local].name);
            let global = free_global(program, module, &name);
            add_global(program, path, global);
            subst.globals.insert(local, global);
        }
    }
    let attributes = attributes(&deco, wrapper_local);
    let mut by_name: FxHashMap<Name, Name> = FxHashMap::default();
    for name in attributes {
        let global = free_global(program, module, &format!("{}_{name}", path.last()));
        add_global(program, path, global);
        by_name.insert(name, global);
    }
    let mut stmts = Vec::new();
    for (local, value) in &plan.bound {
        let made = match value {
            Value::Global(path) if !is_rebound(program, *path) => {
                subst.globals.insert(*local, *path);
                continue;
            }
            // It keeps what the variable holds when the function is defined.
            Value::Global(path) => {
                deco.node(Node::Use(Place::global(*path), Mode::Read), Ty::unknown(), Origin::default())
            }
            Value::Made(node) => deco.append(&body, FxHashMap::default()).node(*node),
            Value::Item(path) => {
                // What is left are attributes of it.
                inline(&mut deco, *local, value);
                subst.globals.insert(*local, *path);
                continue;
            }
            value if is_looked_into(&deco, *local) || value.reads_rebound(program) => {
                inline(&mut deco, *local, value);
                let kind = written(&mut deco, value, Origin::default());
                deco.node(kind, Ty::unknown(), Origin::default())
            }
            value => {
                inline(&mut deco, *local, value);
                continue;
            }
        };
        let name = format!("{}_{}", path.last(), deco.locals[*local].name);
        let global = free_global(program, module, &name);
        add_global(program, path, global);
        let target = Pat::Place(Place::global(global));
        stmts.push(Stmt::new(StmtKind::Set { target, value: made }, Origin::default()));
        subst.globals.insert(*local, global);
    }
    subst.run(&mut deco, wrapper_local, &by_name);
    stmts.extend(plan.prelude);
    let statements = deco.block(BlockRow { stmts, ..BlockRow::default() });
    rewrite_block(&mut deco, statements, &subst, wrapper_local, &by_name);
    match plan.wrapper {
        Some((_, closure)) => {
            let takes_text = closure.decorators.iter().any(|decorator| decorator.path.last() == "wraps");
            if !takes_text {
                names.insert(path, closure.name.unwrap_or(Name::new("<lambda>")));
            }
            // Comments stay with what they describe, unless the program reads them.
            let reads_text =
                !takes_text && program.fns.values().any(|body| super::named_wrappers::reads(body, "__doc__"));
            move_away(program, path, inner);
            let mut made = wrapped(&body, &deco, &closure, &plan.forward, inner);
            if reads_text {
                made.doc.clone_from(&closure.doc);
            }
            program.fns.insert(path, Arc::new(made));
            replace_attributes(program, path, &by_name);
        }
        None => {
            let body = Arc::make_mut(&mut program.fns[&path]);
            body.decorators.pop();
        }
    }
    if !deco.blocks[statements].stmts.is_empty() {
        late.push(Late::new(path, deco, statements));
    }
}

pub(super) fn free_global(program: &Program<Hir>, module: Name, name: &str) -> Name {
    for number in 1.. {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let found = module.join(&format!("{name}{suffix}"));
        if !program.fns.contains_key(&found) && !program.globals.contains_key(&found) {
            return found;
        }
    }
    unreachable!("numbers do not end")
}

/// Whether a variable of a module is assigned again after its first value.
fn is_rebound(program: &Program<Hir>, path: Name) -> bool {
    let path = program.resolve(path);
    let is_it = |place: &Place| {
        place.proj.is_empty() && matches!(place.root, Root::Global(found) if program.resolve(found) == path)
    };
    let mut count = 0;
    for body in program.fns.values() {
        body.walk_stmts(body.root, &mut |stmt| match &stmt.kind {
            StmtKind::Set { target, .. } => {
                target.each_place(&mut |place| count += usize::from(is_it(place)))
            }
            StmtKind::Update { place, .. } | StmtKind::Del(place) => count += usize::from(is_it(place)),
            _ => {}
        });
        for (_, row) in body.nodes.iter() {
            if let Node::For { pat, .. } = &row.kind {
                pat.each_place(&mut |place| count += 2 * usize::from(is_it(place)));
            }
        }
    }
    count > 1
}

/// Whether a part of what a parameter holds is read: no value can stand there for its name.
fn is_looked_into(body: &Body<Hir>, local: LocalId) -> bool {
    let is_part = |node: NodeId| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local) && !place.proj.is_empty());
    body.nodes.ids().any(is_part)
}

/// Replaces reads of a bound parameter by its value.
fn inline(body: &mut Body<Hir>, local: LocalId, value: &Value) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if matches!(&body.nodes[node].kind, Node::Use(place, _) if place.as_local() == Some(local)) {
            let origin = body.nodes[node].origin;
            body.nodes[node].kind = written(body, value, origin);
        }
    }
}

fn written(body: &mut Body<Hir>, value: &Value, origin: Origin) -> Node {
    match value {
        Value::Const(value) => Node::Const(value.clone()),
        Value::Item(name) => Node::Item(*name),
        Value::Global(path) => Node::Use(Place::global(*path), Mode::Read),
        Value::Tuple(items) => {
            let mut args = Vec::new();
            for item in items {
                let kind = written(body, item, origin);
                args.push(body.node(kind, Ty::unknown(), origin));
            }
            Node::Op { op: TupleOp::New.into(), attr: Attr::None, args }
        }
        Value::Made(node) => body.nodes[*node].kind.clone(),
    }
}

/// What names inside a decorator stand for.
struct Subst<'a> {
    func: LocalId,
    /// The undecorated function.
    inner: Name,
    /// The decorated one.
    outer: Name,
    /// Its `__name__` so far.
    name: Name,
    body: &'a Body<Hir>,
    globals: FxHashMap<LocalId, Name>,
}

impl Subst<'_> {
    fn run(&self, deco: &mut Body<Hir>, wrapper: Option<LocalId>, attributes: &FxHashMap<Name, Name>) {
        for node in deco.nodes.ids().collect::<Vec<_>>() {
            let mut kind = deco.nodes[node].kind.clone();
            match &mut kind {
                Node::Call { callee, .. } => {
                    // The callee stands before its call: it reads as the item by now.
                    if let Callee::Value(target) = callee
                        && matches!(deco.nodes[*target].kind, Node::Item(item) if item == self.inner)
                    {
                        *callee = Callee::Fn(self.inner);
                    }
                }
                Node::Use(place, _) => match self.read(place, wrapper) {
                    Some(made) => kind = made,
                    None => self.place(place, wrapper, attributes),
                },
                Node::For { pat, .. } => self.pat(pat, wrapper, attributes),
                _ => {}
            }
            deco.nodes[node].kind = kind;
        }
        for block in deco.blocks.ids().collect::<Vec<_>>() {
            rewrite_block(deco, block, self, wrapper, attributes);
        }
    }

    /// The function itself, its name or its text.
    fn read(&self, place: &Place, wrapper: Option<LocalId>) -> Option<Node> {
        let Root::Local(local) = place.root else { return None };
        let is_func = local == self.func;
        if !is_func && Some(local) != wrapper {
            return None;
        }
        let item = if is_func { self.inner } else { self.outer };
        match &place.proj[..] {
            [] => Some(Node::Item(item)),
            [Proj::Field(name)] => match name.as_str() {
                "__name__" | "__qualname__" => Some(Node::Const(Const::Str(self.name.as_str().into()))),
                "__doc__" => Some(Node::Const(match &self.body.doc {
                    Some(doc) => Const::Str(doc.clone()),
                    None => Const::None,
                })),
                _ => None,
            },
            _ => None,
        }
    }

    fn place(&self, place: &mut Place, wrapper: Option<LocalId>, attributes: &FxHashMap<Name, Name>) {
        let Root::Local(local) = place.root else { return };
        if let Some(global) = self.globals.get(&local) {
            place.root = Root::Global(*global);
        } else if Some(local) == wrapper
            && let Some(Proj::Field(name)) = place.proj.first()
            && let Some(global) = attributes.get(name)
        {
            place.root = Root::Global(*global);
            place.proj.remove(0);
        }
    }

    fn pat(&self, pat: &mut Pat, wrapper: Option<LocalId>, attributes: &FxHashMap<Name, Name>) {
        match pat {
            Pat::Place(place) => self.place(place, wrapper, attributes),
            Pat::Tuple(parts) => parts.iter_mut().for_each(|part| self.pat(part, wrapper, attributes)),
            _ => {}
        }
    }
}

fn rewrite_block(
    body: &mut Body<Hir>,
    block: BlockId,
    subst: &Subst<'_>,
    wrapper: Option<LocalId>,
    attributes: &FxHashMap<Name, Name>,
) {
    for stmt in &mut body.blocks[block].stmts {
        match &mut stmt.kind {
            StmtKind::Set { target, .. } | StmtKind::Let { pat: target, .. } => {
                subst.pat(target, wrapper, attributes);
            }
            StmtKind::Update { place, .. } | StmtKind::Del(place) => subst.place(place, wrapper, attributes),
            StmtKind::Expr(_) => {}
        }
    }
}

/// The decorators of a function without the innermost one, for the body that takes its place.
pub(super) fn decorators_left(out: &mut Body<Hir>, body: &Body<Hir>) -> Vec<Decorator> {
    let mut left = body.decorators[..body.decorators.len().saturating_sub(1)].to_vec();
    // Their arguments are nodes of the old body.
    if left.iter().any(|decorator| !decorator.args.is_empty()) {
        let shift = out.append(body, FxHashMap::default());
        for decorator in &mut left {
            decorator.args.iter_mut().for_each(|arg| arg.value = shift.node(arg.value));
        }
    }
    left
}

/// The decorated function: the wrapper with the decorator's tables.
fn wrapped(
    body: &Body<Hir>,
    deco: &Body<Hir>,
    closure: &Closure,
    forward: &Forward,
    inner: Name,
) -> Body<Hir> {
    let mut out = deco.clone();
    out.path = body.path;
    out.kind = body.kind;
    out.params.clone_from(&closure.params);
    out.ret = closure.ret;
    out.root = closure.body;
    out.is_generator = closure.is_generator;
    out.is_async = closure.is_async;
    out.doc.clone_from(&body.doc);
    out.above.clone_from(&body.above);
    out.origin = body.origin;
    out.decorators = decorators_left(&mut out, body);
    // A wrapper that keeps its answers does so as a function, too.
    let caches = closure.decorators.iter().filter(|mark| super::cache::is_cache(mark));
    out.decorators.extend(caches.cloned());
    // Nothing runs the decorator itself any more.
    let is_wrapper = |stmt: &Stmt| match stmt.kind {
        StmtKind::Set { value, .. } => {
            // What came with the arguments of other decorators is no part of this one.
            value.index() < deco.nodes.len()
                && matches!(&deco.nodes[value].kind, Node::Closure(made) if made.body == closure.body)
        }
        _ => false,
    };
    for block in out.blocks.ids().collect::<Vec<_>>() {
        out.blocks[block].stmts.retain(|stmt| !is_wrapper(stmt));
    }
    forward.write(&mut out, body, inner);
    out
}

/// `f.__name__` of a function whose wrapper does not take its name.
fn rename_text(program: &mut Program<Hir>, path: Name, name: Name) {
    for body in program.fns.values_mut() {
        for (_, row) in Arc::make_mut(body).nodes.iter_mut() {
            if let Node::Use(Place { root: Root::Global(found), proj }, _) = &row.kind
                && *found == path
                && matches!(proj[..], [Proj::Field(field)] if field == "__name__")
            {
                row.kind = Node::Const(Const::Str(name.as_str().into()));
            }
        }
    }
}
