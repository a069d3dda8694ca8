//! A decorator that is a method and gives its function back is a call for its effect.
//!
//! before                              after
//!   @m.bus.on("start")                  init:  value (method (@m.bus).on("start"))(item @m.greet)
//!   fn @m.greet(%event) { .. }          fn @m.greet(%event) { .. }
//!
//! The object may be a class whose class method or static method it is.
//! Every method of that name must give back what it is given, or define a function that does and return it.

use super::decorate::{Late, Made, level, only_param};
use batuta_base::{FxHashMap, Name, Origin};
use batuta_core::*;
use std::sync::Arc;

/// How the method takes the function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `@bus.on`
    Direct,
    /// `@bus.on(..)`
    Called,
}

/// Writes out the innermost decorator of a function if it registers it.
pub(crate) fn expand(program: &mut Program<Hir>, path: Name, late: &mut Vec<Late>) -> bool {
    let body = program.fns[&path].clone();
    let Some(decorator) = body.decorators.last() else { return false };
    let object = program.resolve(decorator.path.parent());
    let is_class = program.classes.contains_key(&object);
    if body.kind != FnKind::Function || !is_class && !program.globals.contains_key(&object) {
        return false;
    }
    let name = Name::new(decorator.path.last());
    let Some(way) = way(program, name, is_class) else { return false };
    let mut out: Body<Hir> = Body::new(path, body.lang, FnKind::Init);
    let shift = out.append(&body, FxHashMap::default());
    let at = Origin::default();
    let function = Arg::positional(out.node(Node::Item(path), Ty::unknown(), at));
    let callee = if is_class {
        Callee::Fn(object.join(name.as_str()))
    } else {
        Callee::Method(out.node(Node::Use(Place::global(object), Mode::Read), Ty::unknown(), at), name)
    };
    let call = match way {
        Way::Direct => Node::Call { callee, args: vec![function] },
        Way::Called => {
            let args = decorator.args.iter().map(|arg| Arg { kind: arg.kind, value: shift.node(arg.value) });
            let args = args.collect();
            let register = out.node(Node::Call { callee, args }, Ty::unknown(), at);
            Node::Call { callee: Callee::Value(register), args: vec![function] }
        }
    };
    let call = out.node(call, Ty::unknown(), at);
    let stmts = vec![Stmt::new(StmtKind::Expr(call), at)];
    let block = out.block(BlockRow { stmts, ..BlockRow::default() });
    late.push(Late::new(path, out, block));
    Arc::make_mut(&mut program.fns[&path]).decorators.pop();
    true
}

/// How all methods of a name give back the function that they are given.
fn way(program: &Program<Hir>, name: Name, of_class: bool) -> Option<Way> {
    let mut ways = program
        .fns
        .values()
        .filter(|body| body.path.last() == name.as_str() && program.classes.contains_key(&body.path.parent()))
        .map(|body| gives_back(body, of_class));
    let first = ways.next()??;
    ways.all(|way| way == Some(first)).then_some(first)
}

fn gives_back(method: &Body<Hir>, of_class: bool) -> Option<Way> {
    let leading = match method.kind {
        FnKind::Method if !of_class => 1,
        FnKind::ClassMethod if of_class => 1,
        FnKind::StaticMethod if of_class => 0,
        _ => return None,
    };
    let returns = |root: BlockId| {
        let mut count = 0;
        method.walk_block(root, &mut |node| {
            count += usize::from(matches!(method.nodes[node].kind, Node::Return(_)))
        });
        count
    };
    match level(method, method.root)?.result {
        Made::Local(local) => {
            let [func] = method.params.get(leading..)? else { return None };
            (func.local == local && returns(method.root) == 1).then_some(Way::Direct)
        }
        Made::Closure(_, closure) => match level(method, closure.body)?.result {
            Made::Local(local) => {
                let is_param = only_param(&closure.params) == Some(local);
                (is_param && returns(method.root) == 2).then_some(Way::Called)
            }
            Made::Closure(..) => None,
        },
    }
}
