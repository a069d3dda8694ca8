//! A context manager over a function is a `with` around what it does.
//!
//! before                                   after
//!   @m.traced("f")                           fn @m.f(%x) {
//!   fn @m.f(%x) { .. }                         with @m.f_context { .. }
//!                                            }
//!                                            init:  set place @m.f_context = call @m.traced("f")
//!
//! A class below `contextlib.ContextDecorator` makes one object, which each call enters; a generator under
//! `contextlib.contextmanager` is started anew by each call. Holds back for generators, coroutines and
//! arguments that are no literals.

use super::decorate::{Late, add_global, free_path};
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

const BASE: &str = "contextlib.ContextDecorator";

/// What stands over a function.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    Class,
    Generator,
}

/// Writes out the innermost decorator of a function where it is a context manager.
pub(crate) fn expand(program: &mut Program<Hir>, path: Name, late: &mut Vec<Late>) -> bool {
    let body = program.fns[&path].clone();
    let Some(decorator) = body.decorators.last().cloned() else { return false };
    let manager = program.resolve(decorator.path);
    let is_plain =
        matches!(body.kind, FnKind::Function | FnKind::Method) && !body.is_generator && !body.is_async;
    let is_literal = |arg: &Arg| matches!(body.nodes[arg.value].kind, Node::Const(_));
    if !is_plain || !decorator.is_called || !decorator.args.iter().all(is_literal) {
        return false;
    }
    let Some(over) = kind_of(program, manager) else { return false };
    let mut body = (*body).clone();
    body.decorators.pop();
    let call = Node::Call { callee: Callee::Fn(manager), args: decorator.args.clone() };
    let context = match over {
        Over::Generator => call,
        Over::Class => {
            let global = free_path(program, path, "context");
            add_global(program, path, global);
            late.push(set_global(&body, global, &decorator.args, manager, path));
            Node::Use(Place::global(global), Mode::Read)
        }
    };
    wrap(&mut body, context, decorator.origin);
    program.fns.insert(path, Arc::new(body));
    true
}

fn kind_of(program: &Program<Hir>, manager: Name) -> Option<Over> {
    if program.classes.contains_key(&manager) {
        let is_below = |class: &Name| {
            program.classes.get(class).is_some_and(|def| def.bases.iter().any(|base| *base == BASE))
        };
        return program.mro(manager).iter().any(is_below).then_some(Over::Class);
    }
    let function = program.fns.get(&manager)?;
    let is_manager = |decorator: &Decorator| decorator.path == "contextlib.contextmanager";
    function.decorators.iter().any(is_manager).then_some(Over::Generator)
}

/// The object is made where the function is defined.
fn set_global(body: &Body<Hir>, global: Name, args: &[Arg], class: Name, near: Name) -> Late {
    let mut out: Body<Hir> = Body::new(global, body.lang, FnKind::Init);
    let at = batuta_base::Origin::default();
    let copy = |arg: &Arg| {
        let value = out.node(body.nodes[arg.value].kind.clone(), Ty::unknown(), at);
        Arg { value, ..arg.clone() }
    };
    let args = args.iter().map(copy).collect();
    let value = out.node(Node::Call { callee: Callee::Fn(class), args }, Ty::unknown(), at);
    let set = StmtKind::Set { target: Pat::Place(Place::global(global)), value };
    let block = out.block(BlockRow { stmts: vec![Stmt::new(set, at)], ..BlockRow::default() });
    Late::new(near, out, block)
}

/// All that the function does stands in a `with`.
fn wrap(body: &mut Body<Hir>, context: Node, at: batuta_base::Origin) {
    let context = body.node(context, Ty::unknown(), at);
    let inside = std::mem::take(&mut body.blocks[body.root]);
    let inside = body.block(inside);
    let items = vec![WithItem { context, target: None }];
    let with = body.node(Node::With { items, body: inside, is_async: false }, Ty::unknown(), at);
    body.blocks[body.root].stmts = vec![Stmt::new(StmtKind::Expr(with), at)];
}
