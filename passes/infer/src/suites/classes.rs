//! Classes of tests: each test method gets a function that makes an object and calls it.
//!
//! before                                          after
//!   class @tests.t.StoreTest(unittest.TestCase)     class @tests.t.StoreTest()
//!     method setUp(%self) { .. }                      method __init__(%self) { .. }
//!     method test_total(%self) { .. }                 method test_total(%self) { .. }
//!     method tearDown(%self) { .. }                 fn @tests.t.test_total() {
//!                                                     set %case = call @tests.t.StoreTest()
//!                                                     try { method (%case).test_total() } finally { method (%case).tearDown() }

use super::fixtures::Fixtures;
use super::{call, cases, hooks, mark};
use batuta_base::{Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// Bases of the library that make a class one of tests.
const CASES: &[&str] = &["unittest.TestCase", "unittest.IsolatedAsyncioTestCase"];

/// Writes out the test classes of a module.
pub(super) fn expand(program: &mut Program<Hir>, fixtures: &Fixtures, module: Name) {
    let own = |path: &Name| path.parent() == module;
    let classes: Vec<Name> = program.classes.keys().copied().filter(own).collect();
    let tests: Vec<Name> = classes.into_iter().filter(|class| is_suite(program, *class)).collect();
    let methods: Vec<(Name, Vec<Name>)> =
        tests.iter().map(|class| (*class, test_methods(program, *class))).collect();
    hooks::mark_tests(program, module, &methods);
    methods.iter().for_each(|(class, methods)| hooks::prepare(program, *class, methods));
    // Bases last: their test methods are still to be seen.
    for class in &tests {
        let methods = test_methods(program, *class);
        for method in &methods {
            if let Some(body) = program.fns.get_mut(method)
                && method.parent() == *class
            {
                cases::write_out(fixtures, module, Arc::make_mut(body));
            }
        }
        if is_only_a_group(program, *class) {
            methods.into_iter().for_each(|method| move_out(program, module, *class, method));
        } else {
            for method in methods {
                if let Some(path) = add_function(program, module, *class, method) {
                    mark(Arc::make_mut(&mut program.fns[&path]));
                }
            }
        }
    }
    let groups: Vec<Name> = tests.iter().copied().filter(|class| is_only_a_group(program, *class)).collect();
    for class in groups {
        program.classes.shift_remove(&class);
        let row = Arc::make_mut(&mut program.modules[&module]);
        row.items.retain(|row| row.item != Item::Class(class));
    }
    for class in tests.iter().filter(|class| program.classes.contains_key(*class)).collect::<Vec<_>>() {
        settle(program, *class);
    }
}

fn is_suite(program: &Program<Hir>, class: Name) -> bool {
    let from_library = program.mro(class).iter().any(|path| {
        program
            .classes
            .get(path)
            .is_some_and(|def| def.bases.iter().any(|base| CASES.contains(&base.as_str())))
    });
    from_library || class.last().starts_with("Test") && program.find_method(class, "__init__").is_none()
}

/// Whether a class only holds tests together: nothing has to do with an object of it.
fn is_only_a_group(program: &Program<Hir>, class: Name) -> bool {
    let Some(def) = program.classes.get(&class) else { return false };
    let is_plain = def.fields.is_empty() && def.attributes.is_empty();
    let is_base = program.classes.values().any(|other| other.bases.contains(&class));
    let has_bases = def.bases.iter().any(|base| !CASES.contains(&base.as_str()));
    let is_free = |method: &Name| {
        let Some(body) = program.fns.get(method) else { return true };
        let receiver =
            body.params.first().filter(|_| body.has_receiver()).map(|param| Root::Local(param.local));
        let mut reads = false;
        body.walk_block(body.root, &mut |node| {
            reads |= matches!(&body.nodes[node].kind, Node::Use(place, _) if Some(place.root) == receiver);
        });
        method.last().starts_with("test") && body.has_receiver() && !reads
    };
    is_plain && !is_base && !has_bases && def.methods.iter().all(is_free)
}

/// A method that is a test by itself.
fn move_out(program: &mut Program<Hir>, module: Name, class: Name, method: Name) {
    let path = free_path(program, module, class, method);
    let Some(mut body) = program.fns.shift_remove(&method).map(|body| (*body).clone()) else { return };
    body.path = path;
    body.kind = FnKind::Function;
    body.params.remove(0);
    hooks::write(program, module, &mut body);
    mark(&mut body);
    let above = std::mem::take(&mut body.above);
    program.fns.insert(path, Arc::new(body));
    insert_row(program, module, class, ItemRow { item: Item::Fn(path), above, base: 0 });
    Arc::make_mut(&mut program.classes[&class]).methods.retain(|known| *known != method);
}

fn free_path(program: &Program<Hir>, module: Name, class: Name, method: Name) -> Name {
    let is_free = |path: &Name| !program.fns.contains_key(path) && !program.globals.contains_key(path);
    let plain = Some(module.join(method.last())).filter(is_free);
    plain.unwrap_or_else(|| module.join(&format!("{}_{}", class.last(), method.last())))
}

/// Puts an item behind a class and what was put there before.
fn insert_row(program: &mut Program<Hir>, module: Name, class: Name, row: ItemRow) {
    let items = &mut Arc::make_mut(&mut program.modules[&module]).items;
    let is_class = |row: &ItemRow| row.item == Item::Class(class);
    let mut after = items.iter().position(is_class).map_or(items.len(), |found| found + 1);
    let is_ours = |row: &ItemRow| matches!(row.item, Item::Fn(found) if found.last().contains("test"));
    while items.get(after).is_some_and(is_ours) {
        after += 1;
    }
    items.insert(after, row);
}

/// The test methods of a class and of those above it, each name once.
pub(super) fn test_methods(program: &Program<Hir>, class: Name) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for path in program.mro(class) {
        let methods = program.classes.get(&path).map(|def| def.methods.clone()).unwrap_or_default();
        for method in methods {
            let is_known = out.iter().any(|known| known.last() == method.last());
            if method.last().starts_with("test") && !is_known {
                out.push(method);
            }
        }
    }
    out
}

/// A function that makes an object of the class and calls the method.
pub(super) fn add_function(
    program: &mut Program<Hir>,
    module: Name,
    class: Name,
    method: Name,
) -> Option<Name> {
    let path = free_path(program, module, class, method);
    let source = program.fns.get(&method)?;
    let mut body = Body::new(path, source.lang, FnKind::Function);
    body.ret = Ty::unknown();
    body.origin = source.origin;
    let at = Origin::default();
    let case = body.local("case", Ty::unknown(), at);
    let made = call(&mut body, Callee::Fn(class), Vec::new());
    let set = super::set(case, made, &body);
    body.blocks[body.root].stmts.push(set);
    let of = body.use_local(case, Mode::Read, at);
    let run = call(&mut body, Callee::Method(of, Name::new(method.last())), Vec::new());
    let end =
        ["tearDown", "teardown_method"].into_iter().find(|name| program.find_method(class, name).is_some());
    let run = match end {
        None => run,
        Some(end) => {
            let block = |body: &mut Body<Hir>, node| {
                let stmts = vec![Stmt::new(StmtKind::Expr(node), at)];
                body.block(BlockRow { stmts, ..BlockRow::default() })
            };
            let of = body.use_local(case, Mode::Read, at);
            let end = call(&mut body, Callee::Method(of, Name::new(end)), Vec::new());
            let (tried, finally) = (block(&mut body, run), block(&mut body, end));
            let attempt = Node::Try { body: tried, handlers: Vec::new(), els: None, finally: Some(finally) };
            body.node(attempt, Ty::unknown(), at)
        }
    };
    body.blocks[body.root].stmts.push(Stmt::new(StmtKind::Expr(run), at));
    hooks::write(program, module, &mut body);
    program.fns.insert(path, Arc::new(body));
    insert_row(program, module, class, ItemRow { item: Item::Fn(path), above: Vec::new(), base: 0 });
    Some(path)
}

/// The class without its base in the library.
pub(super) fn settle(program: &mut Program<Hir>, class: Name) {
    let def = Arc::make_mut(&mut program.classes[&class]);
    def.bases.retain(|base| !CASES.contains(&base.as_str()));
    start_method(program, class);
}

/// What runs before each test is the constructor: each test has an object of its own.
fn start_method(program: &mut Program<Hir>, class: Name) {
    let Some(def) = program.classes.get(&class).cloned() else { return };
    let is_start = |path: &&Name| matches!(path.last(), "setUp" | "setup_method");
    let Some(old) = def.methods.iter().find(is_start).copied() else { return };
    let Some(body) = program.fns.get(&old) else { return };
    if body.params.len() != 1 {
        return;
    }
    let mut body = (**body).clone();
    body.path = class.join("__init__");
    let has_base = def.bases.iter().any(|base| program.classes.contains_key(base));
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if matches!(&body.nodes[node].kind, Node::Call { callee: Callee::Super(name), .. } if name.as_str() == old.last())
        {
            let callee = Callee::Super(Name::new("__init__"));
            let up = Node::Call { callee, args: Vec::new() };
            body.nodes[node].kind = if has_base { up } else { Node::Const(Const::None) };
        }
    }
    let def = Arc::make_mut(&mut program.classes[&class]);
    def.methods.iter_mut().filter(|path| **path == old).for_each(|path| *path = body.path);
    program.fns.shift_remove(&old);
    program.fns.insert(body.path, Arc::new(body));
}
