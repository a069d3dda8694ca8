//! Tests of `pytest` and `unittest` become functions without parameters under the mark `rs.test`.
//!
//! before                                            after
//!   @pytest.fixture()                                 fn @tests.t.store() { return call @shop.Store() }
//!   fn @tests.t.store() { .. }                        @rs.test()
//!   @pytest.mark.parametrize("n, m", %CASES)          fn @tests.t.test_a() {
//!   fn @tests.t.test_a(%store, %n, %m) { .. }           for (%n, %m) in %CASES {
//!                                                         set %store = call @tests.t.store()
//!                                                         ..
//!
//! What the runner would have done stands in the function: fixtures are made, cases are a loop, classes
//! get an object, and `raises` is a `try`. Works on the modules below `tests` alone.

mod cases;
mod classes;
mod fixtures;
mod hooks;
mod raises;
mod script;

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// The mark of a function that is a test.
const TEST: &str = "rs.test";

/// Writes out the tests of a program that has some.
pub(crate) fn expand(program: &mut Program<Hir>) {
    script::expand(program);
    let modules: Vec<Name> = program.modules.keys().copied().filter(|path| is_test_module(*path)).collect();
    if modules.is_empty() {
        return;
    }
    let entry = program.entry;
    let start = program.clone();
    let fixtures = fixtures::Fixtures::take(program, &modules);
    for module in modules {
        let row = Arc::make_mut(program.modules.get_mut(&module).expect("the module is there"));
        row.items.retain(|row| !matches!(row.item, Item::Import(path) if Some(path) == entry));
        let own = |path: &Name| is_inside(*path, module);
        let paths: Vec<Name> = program.fns.keys().copied().filter(own).collect();
        for path in &paths {
            let Some(body) = program.fns.get_mut(path) else { continue };
            let body = Arc::make_mut(body);
            raises::expand(&start, body);
            if path.parent() == module && path.last().starts_with("test") && body.kind == FnKind::Function {
                cases::write_out(&fixtures, module, body);
                hooks::write(&start, module, body);
                mark(body);
            }
        }
        classes::expand(program, &fixtures, module);
    }
}

/// Whether a path is below a module: `app_util.f` is not below `app`.
fn is_inside(path: Name, module: Name) -> bool {
    path.as_str().strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn mark(body: &mut Body<Hir>) {
    let mark = Decorator { path: Name::new(TEST), args: Vec::new(), is_called: true, origin: body.origin };
    body.decorators.insert(0, mark);
}

fn set(local: LocalId, value: NodeId, body: &Body<Hir>) -> Stmt {
    let target = Pat::Place(Place::local(local));
    Stmt::new(StmtKind::Set { target, value }, body.nodes[value].origin)
}

fn call(body: &mut Body<Hir>, callee: Callee, args: Vec<NodeId>) -> NodeId {
    let args = args.into_iter().map(Arg::positional).collect();
    body.node(Node::Call { callee, args }, Ty::unknown(), body.origin)
}

#[cfg(test)]
mod tests {
    use super::is_inside;
    use batuta_base::Name;

    #[test]
    fn a_module_is_told_from_one_whose_name_goes_on() {
        let is_inside = |path: &str| is_inside(Name::new(path), Name::new("app"));
        assert_eq!(
            ["app", "app.Cart.add", "app_util", "app_util.f"].map(is_inside),
            [true, true, false, false]
        );
    }
}
