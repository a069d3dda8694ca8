//! Fixtures: functions that make what tests take by the name of a parameter.

use super::call;
use batuta_base::{FxHashMap, Name};
use batuta_core::*;
use std::sync::Arc;

/// One fixture.
pub(super) struct Fixture {
    path: Name,
    /// What it takes is made by other fixtures.
    needs: Vec<Name>,
    /// It yields: what follows runs after the test.
    is_manager: bool,
    is_automatic: bool,
    /// It is made once for several tests, or in several ways: the tests that take it have no translation.
    is_shared: bool,
}

/// The fixtures of the test modules; those of a `conftest` are those of all modules in its folder.
pub(super) struct Fixtures(FxHashMap<(Name, Name), Fixture>);

/// What a fixture does before a test.
pub(super) enum Step {
    Make(Stmt),
    /// Open to the end of the test.
    Open(WithItem),
}

/// What a test begins with.
#[derive(Default)]
pub(super) struct Start {
    pub steps: Vec<Step>,
    /// Parameters of the test, which hold what they are called.
    pub params: Vec<(Name, LocalId)>,
    pub made: Vec<(Name, LocalId)>,
}

impl Fixtures {
    /// Finds the fixtures and takes their decorators away.
    pub(super) fn take(program: &mut Program<Hir>, modules: &[Name]) -> Self {
        let mut out = FxHashMap::default();
        for body in program.fns.values_mut() {
            let module = body.path.parent();
            let is_fixture = |mark: &Decorator| mark.path == "pytest.fixture";
            let Some(at) = body.decorators.iter().position(is_fixture) else { continue };
            if !modules.contains(&module) {
                continue;
            }
            let option = |name: &str| body.decorators[at].args.iter().find(|arg| is_named(arg, name));
            let is_true = |arg: &Arg| body.as_const(arg.value) == Some(&Const::Bool(true));
            let is_per_test = |arg: &Arg| matches!(body.as_const(arg.value), Some(Const::Str(scope)) if &**scope == "function");
            let is_automatic = option("autouse").is_some_and(is_true);
            let is_shared =
                option("params").is_some() || option("scope").is_some_and(|scope| !is_per_test(scope));
            if is_shared {
                let fixture = Fixture {
                    path: body.path,
                    needs: Vec::new(),
                    is_manager: false,
                    is_automatic,
                    is_shared,
                };
                out.insert((module, Name::new(body.path.last())), fixture);
                continue;
            }
            let body = Arc::make_mut(body);
            let mark = body.decorators.remove(at);
            if body.is_generator {
                let path = Name::new("contextlib.contextmanager");
                body.decorators.push(Decorator {
                    path,
                    args: Vec::new(),
                    is_called: true,
                    origin: mark.origin,
                });
            }
            let fixture = Fixture {
                path: body.path,
                needs: body.params.iter().map(|param| param.name).collect(),
                is_manager: body.is_generator,
                is_automatic,
                is_shared,
            };
            out.insert((module, Name::new(body.path.last())), fixture);
        }
        Self(out)
    }

    fn find(&self, module: Name, name: Name) -> Option<&Fixture> {
        homes(module).into_iter().find_map(|home| self.0.get(&(home, name)))
    }

    /// Whether a name stands for something that can be made.
    pub(super) fn knows(&self, module: Name, name: Name) -> bool {
        self.find(module, name).is_some_and(|fixture| !fixture.is_shared)
            || matches!(name.as_str(), "tmp_path" | "capsys")
    }

    /// Fixtures that every test of a module has.
    pub(super) fn automatic(&self, module: Name) -> Vec<Name> {
        let mut out: Vec<Name> = self
            .0
            .iter()
            .filter(|((home, name), fixture)| {
                // One of the same name that is nearer stands for it.
                homes(module).contains(home)
                    && fixture.is_automatic
                    && self.find(module, *name).is_some_and(|found| found.path == fixture.path)
            })
            .map(|((_, name), _)| *name)
            .collect();
        out.sort_by_key(|name| name.as_str().to_owned());
        out
    }

    /// Makes what a name stands for, once in a test; none where nothing is called so.
    pub(super) fn make(
        &self,
        module: Name,
        name: Name,
        body: &mut Body<Hir>,
        start: &mut Start,
    ) -> Option<LocalId> {
        if let Some((_, local)) = start.made.iter().find(|(known, _)| *known == name) {
            return Some(*local);
        }
        let fixture = self.find(module, name);
        if !self.knows(module, name) {
            return None;
        }
        let param = start.params.iter().find(|(param, _)| *param == name).map(|(_, local)| *local);
        let local = param.unwrap_or_else(|| body.local(name.as_str(), Ty::unknown(), body.origin));
        let Some(fixture) = fixture else {
            let value = if name == "capsys" {
                call(body, Callee::Lib(Name::new("pytest.capsys")), Vec::new())
            } else {
                let folder = call(body, Callee::Lib(Name::new("tempfile.mkdtemp")), Vec::new());
                call(body, Callee::Lib(Name::new("pathlib.Path")), vec![folder])
            };
            start.steps.push(Step::Make(super::set(local, value, body)));
            start.made.push((name, local));
            return Some(local);
        };
        let mut args = Vec::new();
        for need in &fixture.needs {
            let made = self.make(module, *need, body, start)?;
            args.push(body.use_local(made, Mode::Read, body.origin));
        }
        let value = call(body, Callee::Fn(fixture.path), args);
        if fixture.is_manager {
            let target = Some(Pat::Place(Place::local(local)));
            start.steps.push(Step::Open(WithItem { context: value, target }));
        } else {
            start.steps.push(Step::Make(super::set(local, value, body)));
        }
        start.made.push((name, local));
        Some(local)
    }
}

/// Where the fixtures of a module lie: in itself, then in the `conftest` of each folder above.
pub(super) fn homes(module: Name) -> Vec<Name> {
    let mut out = vec![module];
    let mut folder = module.parent();
    while !folder.as_str().is_empty() && folder != module {
        out.push(folder.join("conftest"));
        if !folder.as_str().contains('.') {
            break;
        }
        folder = folder.parent();
    }
    out
}

pub(super) fn is_named(arg: &Arg, name: &str) -> bool {
    matches!(arg.kind, ArgKind::Named(named) if named == name)
}
