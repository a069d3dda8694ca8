//! A script that ends in `unittest.main()` runs the tests of its classes itself.
//!
//! before                                      after
//!   class @m.CartTest(unittest.TestCase) {      class @m.CartTest() { .. }
//!     method @m.CartTest.test_sum(%self)        fn @m.test_sum() { set %case = call @m.CartTest() .. }
//!   }                                           fn @m.run_test(%name, %test) { try { value (%test)() .. } .. }
//!   lib:unittest.main()                         lib:sys.exit(call @m.run_tests())
//!
//! Classes and methods run in the order of their names. What the runner says goes to stderr; how long the tests
//! took is left out. Holds back for coroutines, `skipIf`, and where the runner is given arguments other than
//! `exit` and `verbosity`.

use super::classes;
use super::raises;
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const RUN_TEST: &str = r#"fn @RUN(%name, %test) -> ? {
  try {
    value (%test)()
    return 0: ?: !
  } except(AssertionError) as %error {
    io.eprintln(format"FAIL: {%name!f}\nAssertionError: {%error!f}\n")
    return 1: ?: !
  } except(Exception) as %error {
    io.eprintln(format"ERROR: {%name!f}\n{%error!f}\n")
    return 2: ?: !
  }
}
"#;

/// The tests of a class.
struct Tests {
    class: Name,
    functions: Vec<Name>,
    /// How many are not run.
    skipped: usize,
}

/// Writes out what the scripts of the program do with `unittest.main`.
pub(super) fn expand(program: &mut Program<Hir>) {
    let Some(module) = program.entry else { return };
    let calls: Vec<(Name, NodeId, bool)> = program
        .fns
        .values()
        .filter(|body| super::is_inside(body.path, module))
        .flat_map(|body| runs(body).into_iter().map(|(node, exits)| (body.path, node, exits)))
        .collect();
    let mut cases: Vec<Name> = program
        .classes
        .keys()
        .copied()
        .filter(|class| class.parent() == module && is_case(program, *class))
        .collect();
    cases.sort_by_key(|class| class.last());
    if calls.is_empty() || cases.iter().any(|class| !fits(program, *class)) {
        return;
    }
    let (Some(run_test), Some(run_tests)) =
        (free(program, module, "run_test"), free(program, module, "run_tests"))
    else {
        return;
    };
    let start = program.clone();
    for body in program.fns.values_mut().filter(|body| super::is_inside(body.path, module)) {
        raises::expand(&start, Arc::make_mut(body));
        ends_in_errors(Arc::make_mut(body));
    }
    let mut tests: Vec<Tests> = Vec::new();
    for class in &cases {
        let mut methods = classes::test_methods(program, *class);
        methods.sort_by_key(|method| method.last());
        let all = methods.len();
        methods.retain(|method| !is_skipped(&program.fns[method]));
        let skipped = all - methods.len();
        let run = |program: &mut Program<Hir>, method| classes::add_function(program, module, *class, method);
        let functions = methods.into_iter().filter_map(|method| run(program, method)).collect();
        tests.push(Tests { class: *class, functions, skipped });
    }
    for class in &cases {
        for method in classes::test_methods(program, *class) {
            let body = Arc::make_mut(&mut program.fns[&method]);
            body.decorators.retain(|mark| mark.path != "unittest.skip");
        }
        classes::settle(program, *class);
    }
    let text = RUN_TEST.replace("RUN", run_test.as_str());
    let Ok(helper) = text::parse_body::<Hir>(&text) else { return };
    let text = run_all(program, run_test, run_tests, &tests);
    let Ok(all) = text::parse_body::<Hir>(&text) else { return };
    for body in [helper, all] {
        let row = ItemRow { item: Item::Fn(body.path), above: Vec::new(), base: 0 };
        Arc::make_mut(&mut program.modules[&module]).items.push(row);
        program.fns.insert(body.path, Arc::new(body));
    }
    for (path, node, exits) in calls {
        let body = Arc::make_mut(program.fns.get_mut(&path).expect("the call was found there"));
        let run = Node::Call { callee: Callee::Fn(run_tests), args: Vec::new() };
        body.nodes[node].kind = if exits {
            let run = body.node(run, Ty::unknown(), body.nodes[node].origin);
            Node::Call { callee: Callee::Lib(Name::new("sys.exit")), args: vec![Arg::positional(run)] }
        } else {
            run
        };
    }
}

/// The calls of `unittest.main` in a body, and whether they end the program.
fn runs(body: &Body<Hir>) -> Vec<(NodeId, bool)> {
    let mut found = Vec::new();
    for (id, row) in body.nodes.iter() {
        let Node::Call { callee: Callee::Lib(name), args } = &row.kind else { continue };
        let named = |arg: &Arg, word: &str| matches!(arg.kind, ArgKind::Named(name) if name == word);
        if *name != "unittest.main" || !args.iter().all(|arg| named(arg, "exit") || named(arg, "verbosity")) {
            continue;
        }
        let stays = |arg: &Arg| matches!(body.as_const(arg.value), Some(Const::Bool(false)));
        found.push((id, !args.iter().any(|arg| named(arg, "exit") && stays(arg))));
    }
    found
}

fn is_case(program: &Program<Hir>, class: Name) -> bool {
    let bases = |path: &Name| program.classes.get(path).map(|def| def.bases.clone()).unwrap_or_default();
    program.mro(class).iter().any(|path| bases(path).iter().any(|base| *base == "unittest.TestCase"))
}

/// Whether all that the runner does with a class is known here.
fn fits(program: &Program<Hir>, class: Name) -> bool {
    program.mro(class).iter().filter_map(|path| program.classes.get(path)).all(|def| {
        def.methods.iter().filter_map(|method| program.fns.get(method)).all(|body| {
            let is_known = |mark: &Decorator| {
                !mark.path.as_str().starts_with("unittest.") || mark.path == "unittest.skip"
            };
            !body.is_async && body.decorators.iter().all(is_known)
        })
    })
}

fn is_skipped(body: &Body<Hir>) -> bool {
    body.decorators.iter().any(|mark| mark.path == "unittest.skip")
}

fn free(program: &Program<Hir>, module: Name, word: &str) -> Option<Name> {
    let names = [word.to_owned(), format!("unittest_{word}")];
    let is_free = |path: &Name| {
        !program.fns.contains_key(path)
            && !program.globals.contains_key(path)
            && !program.classes.contains_key(path)
    };
    names.iter().map(|name| module.join(name)).find(is_free)
}

/// What ends a test is an error here, which the runner takes.
fn ends_in_errors(body: &mut Body<Hir>) {
    for node in body.nodes.ids().collect::<Vec<_>>() {
        if let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[node].kind
            && *name == "pytest.fail"
        {
            let text = args.first().map(|arg| arg.value);
            body.nodes[node].kind = raises::failure(body, text, "failed");
        }
    }
}

/// The function that runs all tests and gives the program's exit status.
fn run_all(program: &Program<Hir>, run_test: Name, run_tests: Name, tests: &[Tests]) -> String {
    let mut lines = vec!["  set place %outcomes = list.new()".to_owned()];
    let (mut count, mut skipped) = (0, 0);
    for tests in tests {
        let class = tests.class;
        let hook = |name: &str| program.find_method(class, name).is_some() && !tests.functions.is_empty();
        if hook("setUpClass") {
            lines.push(format!("  call @{class}.setUpClass()"));
        }
        for function in &tests.functions {
            let name = function.last();
            lines.push(format!("  method (%outcomes).append(call @{run_test}({name:?}, @{function}))"));
        }
        if hook("tearDownClass") {
            lines.push(format!("  call @{class}.tearDownClass()"));
        }
        count += tests.functions.len() + tests.skipped;
        skipped += tests.skipped;
    }
    let noun = if count == 1 { "test" } else { "tests" };
    let skips = if skipped > 0 {
        format!("\n  method (%parts).append(\"skipped={skipped}\")")
    } else {
        String::new()
    };
    let well = if skipped > 0 { format!("OK (skipped={skipped})") } else { "OK".to_owned() };
    format!(
        r#"fn @{run_tests}() -> ? {{
{}
  set place %parts = list.new()
  for (place %word, place %code) in tuple.new(tuple.new("failures", 1), tuple.new("errors", 2)) {{
    set place %found = method (%outcomes).count(%code)
    if obj.truth(%found) {{
      method (%parts).append(format"{{%word!f}}={{%found!f}}")
    }}
  }}
  set place %failed = lib:builtins.len(%parts){skips}
  io.eprintln(format"Ran {count} {noun}\n")
  if obj.truth(%failed) {{
    io.eprintln(format"FAILED ({{method (", ").join(%parts)!f}})")
    return 1: ?: !
  }}
  io.eprintln("{well}")
  return 0: ?: !
}}
"#,
        lines.join("\n")
    )
}
