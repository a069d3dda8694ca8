//! What a runner calls around the tests of a module, and the marks of a class for its tests.
//!
//! before                                          after
//!   fn @tests.t.setup_function(%function) { .. }    fn @tests.t.test_a() {
//!   fn @tests.t.test_a() { .. }                       call @tests.t.setup_function(none)
//!                                                     ..

use super::call;
use super::fixtures::{homes, is_named};
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// Functions of a module that run before and behind a test; the first of its kind counts.
const MODULE: &[(&str, &str)] = &[("setUpModule", "tearDownModule"), ("setup_module", "teardown_module")];

const FUNCTION: (&str, &str) = ("setup_function", "teardown_function");

/// Methods of test classes that are not called here.
const UNKNOWN: &[&str] =
    &["asyncSetUp", "asyncTearDown", "setUpClass", "tearDownClass", "setup_class", "teardown_class"];

const FIXTURE: &str = "pytest.fixture";

/// Functions of a `conftest` that the runner calls around tests.
const RUNNER: &[&str] = &[
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_runtest_teardown",
    "pytest_pyfunc_call",
    "pytest_sessionstart",
];

/// Calls the hooks of the module around the body of a test.
pub(super) fn write(program: &Program<Hir>, module: Name, body: &mut Body<Hir>) {
    let is_there = |name: &str| program.fns.contains_key(&module.join(name));
    let is_function = body.path.parent() == module && program.fns.contains_key(&body.path);
    let pick = |pair: fn(&(&'static str, &'static str)) -> &'static str| {
        MODULE.iter().map(pair).find(|name| is_there(name))
    };
    let functions =
        [FUNCTION.0, FUNCTION.1].map(|name| Some(name).filter(|name| is_function && is_there(name)));
    let starts = [functions[0], pick(|pair| pair.0)];
    let ends = [functions[1], pick(|pair| pair.1)];
    if is_there("pytestmark") || program.globals.contains_key(&module.join("pytestmark")) {
        refuse(body, "pytestmark");
    }
    if let Some(unmade) = unmade(program, module) {
        refuse(body, unmade.as_str());
    }
    for (start, end) in starts.into_iter().zip(ends) {
        if let Some(end) = end.and_then(|end| call_of(program, module, body, end)) {
            let finally = block(body, end);
            let node = Node::Try { body: body.root, handlers: Vec::new(), els: None, finally: Some(finally) };
            let node = body.node(node, Ty::unknown(), body.origin);
            body.root = block(body, node);
        }
        if let Some(start) = start.and_then(|start| call_of(program, module, body, start)) {
            let stmt = Stmt::new(StmtKind::Expr(start), body.origin);
            body.blocks[body.root].stmts.insert(0, stmt);
        }
    }
}

/// What a runner does around each test of a module and what is not done here: fixtures of all tests that
/// have parameters, functions of a `conftest` that the runner calls.
fn unmade(program: &Program<Hir>, module: Name) -> Option<Name> {
    let homes = homes(module);
    let is_unmade = |body: &&Arc<Body<Hir>>| {
        let is_hook = RUNNER.contains(&body.path.last()) && body.path.parent() != module;
        let fixture = body.decorators.iter().find(|mark| mark.path == FIXTURE);
        let has_cases = fixture.is_some_and(|mark| {
            ["autouse", "params"].iter().all(|name| mark.args.iter().any(|arg| is_named(arg, name)))
        });
        homes.contains(&body.path.parent()) && (is_hook || has_cases)
    };
    program.fns.values().find(is_unmade).map(|body| Name::new(body.path.last()))
}

fn block(body: &mut Body<Hir>, node: NodeId) -> BlockId {
    let stmts = vec![Stmt::new(StmtKind::Expr(node), body.origin)];
    body.block(BlockRow { stmts, ..BlockRow::default() })
}

/// The call of a hook; the test has no translation where the hook reads what the runner hands to it.
fn call_of(program: &Program<Hir>, module: Name, body: &mut Body<Hir>, name: &str) -> Option<NodeId> {
    let path = module.join(name);
    let hook = program.fns.get(&path)?;
    if hook.is_async || hook.is_generator || hook.params.iter().any(|param| reads(hook, param.local)) {
        refuse(body, name);
        return None;
    }
    let args: Vec<NodeId> =
        hook.params.iter().map(|_| body.node(Node::Const(Const::None), Ty::unknown(), body.origin)).collect();
    Some(call(body, Callee::Fn(path), args))
}

/// A test that does without what cannot be called would say nothing.
fn refuse(body: &mut Body<Hir>, name: &str) {
    let path = Name::new(&format!("pytest.{name}"));
    body.decorators.push(Decorator { path, args: Vec::new(), is_called: true, origin: body.origin });
}

fn reads(body: &Body<Hir>, local: LocalId) -> bool {
    let is_read =
        |node| matches!(&body.nodes[node].kind, Node::Use(place, _) if place.root == Root::Local(local));
    body.nodes.ids().any(is_read)
}

/// Prepares the methods of a test class: a parameter that nothing reads goes, and tests whose class has
/// a hook that is not called have no translation.
pub(super) fn prepare(program: &mut Program<Hir>, class: Name, tests: &[Name]) {
    let mut unknown = None;
    // Fixtures among the methods are not made: those of one name say which tests take them.
    let mut fixtures: Vec<Name> = Vec::new();
    for path in program.mro(class) {
        let Some(def) = program.classes.get(&path).cloned() else { continue };
        if def.attributes.iter().any(|attribute| attribute.last() == "pytestmark") {
            unknown = Some("pytestmark");
        }
        for method in &def.methods {
            unknown = UNKNOWN.iter().find(|name| **name == method.last()).copied().or(unknown);
            let marks = program.fns.get(method).map(|body| body.decorators.clone()).unwrap_or_default();
            if let Some(mark) = marks.iter().find(|mark| mark.path == FIXTURE) {
                fixtures.push(Name::new(method.last()));
                if mark.args.iter().any(|arg| is_named(arg, "autouse")) {
                    unknown = Some("fixture");
                }
            }
            let takes_test = matches!(method.last(), "setup_method" | "teardown_method");
            let Some(body) = program.fns.get_mut(method).filter(|body| takes_test && body.params.len() > 1)
            else {
                continue;
            };
            if body.params[1..].iter().any(|param| reads(body, param.local)) {
                unknown = Some("setup_method");
            } else {
                Arc::make_mut(body).params.truncate(1);
            }
        }
    }
    for test in tests {
        let Some(body) = program.fns.get_mut(test) else { continue };
        let takes = body.params.iter().any(|param| fixtures.contains(&param.name));
        if let Some(unknown) = unknown.or_else(|| takes.then_some("fixture")) {
            refuse(Arc::make_mut(body), unknown);
        }
    }
}

/// The marks of test classes go to their tests.
pub(super) fn mark_tests(program: &mut Program<Hir>, module: Name, tests: &[(Name, Vec<Name>)]) {
    let path = module.join("<init>");
    let Some(init) = program.fns.get(&path).cloned() else { return };
    let mut found = Vec::new();
    let mut kept = init.blocks[init.root].stmts.clone();
    // The last that runs is the outermost.
    kept.retain(|stmt| match mark_of(program, &init, stmt) {
        Some((class, mark)) if tests.iter().any(|(known, _)| *known == class) => {
            found.push((class, mark));
            false
        }
        _ => true,
    });
    for (class, mark) in found {
        let methods = tests.iter().filter(|(known, _)| *known == class).flat_map(|(_, methods)| methods);
        for method in methods {
            let Some(body) = program.fns.get_mut(method) else { continue };
            let body = Arc::make_mut(body);
            let mut mark = mark.clone();
            if !mark.args.is_empty() {
                let shift = body.append(&init, FxHashMap::default());
                mark.args.iter_mut().for_each(|arg| arg.value = shift.node(arg.value));
            }
            body.decorators.insert(0, mark);
        }
    }
    let init = Arc::make_mut(program.fns.get_mut(&path).expect("it was there"));
    init.blocks[init.root].stmts = kept;
}

/// The class that a statement of a module marks for the runner.
fn mark_of(program: &Program<Hir>, init: &Body<Hir>, stmt: &Stmt) -> Option<(Name, Decorator)> {
    let StmtKind::Expr(node) = stmt.kind else { return None };
    let Node::Call { callee, args } = &init.nodes[node].kind else { return None };
    let [Arg { kind: ArgKind::Positional, value }] = &args[..] else { return None };
    let Node::Use(Place { root: Root::Global(class), .. }, _) = &init.nodes[*value].kind else { return None };
    let (path, args, is_called) = match callee {
        Callee::Value(made) => match &init.nodes[*made].kind {
            Node::Call { callee, args } => (path_of(init, callee)?, args.clone(), true),
            _ => return None,
        },
        callee => (path_of(init, callee)?, Vec::new(), false),
    };
    let is_known = path.as_str().starts_with("pytest.") || path.as_str().starts_with("unittest.");
    let mark = Decorator { path, args, is_called, origin: stmt.origin };
    is_known.then(|| (program.resolve(*class), mark))
}

fn path_of(init: &Body<Hir>, callee: &Callee) -> Option<Name> {
    match callee {
        Callee::Lib(path) => Some(*path),
        Callee::Method(of, name) => match &init.nodes[*of].kind {
            Node::Item(path) => Some(path.join(name.as_str())),
            _ => None,
        },
        _ => None,
    }
}
