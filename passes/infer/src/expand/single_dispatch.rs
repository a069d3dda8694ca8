//! `functools.singledispatch` is a chain of type tests; so is `singledispatchmethod`, on what follows the receiver.
//!
//! before                                   after
//!   @functools.singledispatch()              fn @m.show_default(%x) { return "?" }
//!   fn @m.show(%x) { return "?" }            fn @m.show(%x) {
//!   @m.show.register()                         if lib:builtins.isinstance(%x, item @builtins.int) {
//!   fn @m.show_int(%x: int) { .. }               return call @m.show_int(%x)
//!                                              }
//!                                              return call @m.show_default(%x)
//!                                            }
//!
//! Subclasses are tested before their bases.

use super::cache::{Make, head};
use super::decorate::{free_path, module_of, move_away};
use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Writes out a dispatching function.
pub(crate) fn expand(program: &mut Program<Hir>, path: Name) -> bool {
    let body = program.fns[&path].clone();
    let Some(decorator) = body.decorators.last() else { return false };
    // Where the argument stands whose class decides.
    let at = match decorator.path.as_str() {
        "functools.singledispatch" => 0,
        "functools.singledispatchmethod" if body.kind == FnKind::Method => 1,
        _ => return false,
    };
    if body.params.len() <= at {
        return false;
    }
    let register = path.join("register");
    let mut cases = registered(program, register);
    cases.extend(registered_closures(program, path, register));
    // Of two for one class the later one holds.
    cases.reverse();
    cases.sort_by_key(|(class, _)| std::cmp::Reverse(depth(program, *class)));
    let inner = free_path(program, path, "default");
    move_away(program, path, inner);
    let mut make = head(&body);
    let locals: Vec<LocalId> = make.body.params.iter().map(|param| param.local).collect();
    let mut stmts = Vec::new();
    let pass_on = |make: &mut Make, case: Name| {
        let callee = match at {
            0 => Callee::Fn(case),
            _ => Callee::Method(make.read(locals[0]), Name::new(case.last())),
        };
        let args = locals[at..].iter().map(|local| Arg::positional(make.read(*local))).collect();
        make.node(Node::Call { callee, args })
    };
    for (class, case) in cases {
        let (value, class) = (make.read(locals[at]), make.node(Node::Item(class)));
        let args = vec![Arg::positional(value), Arg::positional(class)];
        let callee = Callee::Lib(Name::new("builtins.isinstance"));
        let test = make.node(Node::Call { callee, args });
        let call = pass_on(&mut make, case);
        let back = make.effect(Node::Return(Some(call)));
        stmts.push(make.when(test, vec![back]));
    }
    let call = pass_on(&mut make, inner);
    stmts.push(make.effect(Node::Return(Some(call))));
    let root = make.body.root;
    make.body.blocks[root].stmts = stmts;
    program.fns.insert(path, Arc::new(make.body));
    true
}

/// How specific a class is: the number of classes above it.
fn depth(program: &Program<Hir>, class: Name) -> usize {
    match class.as_str() {
        "builtins.bool" => 2,
        _ => program.mro(program.resolve(class)).len(),
    }
}

/// Functions of their own under `@path.register`, with their classes.
fn registered(program: &mut Program<Hir>, register: Name) -> Vec<(Name, Name)> {
    let mut out = Vec::new();
    for path in program.fns.keys().copied().collect::<Vec<_>>() {
        let body = program.fns[&path].clone();
        let params = if body.kind == FnKind::Method { body.params.get(1..) } else { Some(&body.params[..]) };
        let classes = classes(&body, &body.decorators, params.unwrap_or_default(), register);
        if classes.is_empty() {
            continue;
        }
        Arc::make_mut(&mut program.fns[&path]).decorators.retain(|found| found.path != register);
        out.extend(classes.into_iter().map(|class| (class, path)));
    }
    out
}

/// The classes for which a function is registered: the decorators' arguments, or its parameter's annotation.
fn classes(body: &Body<Hir>, decorators: &[Decorator], params: &[Param], register: Name) -> Vec<Name> {
    let mut out = Vec::new();
    for decorator in decorators.iter().filter(|decorator| decorator.path == register) {
        out.extend(match decorator.args.first() {
            Some(arg) => match &body.nodes[arg.value].kind {
                Node::Item(name) => vec![*name],
                Node::Use(Place { root: Root::Global(path), proj }, _) if proj.is_empty() => vec![*path],
                _ => Vec::new(),
            },
            None => params.first().map_or(Vec::new(), |param| classes_of(body.locals[param.local].ty)),
        });
    }
    out
}

/// The classes of an annotation; none where one of them is not known here.
fn classes_of(ty: Ty) -> Vec<Name> {
    let members = match ty.kind() {
        TyKind::Union(members) => members.clone(),
        _ => vec![ty],
    };
    let classes: Option<Vec<Name>> = members.into_iter().map(class_of).collect();
    classes.unwrap_or_default()
}

/// Modules whose classes are types of the library.
const MODULES: &[&str] =
    &["fractions", "decimal", "datetime", "pathlib", "collections", "array", "uuid", "ipaddress"];

fn class_of(ty: Ty) -> Option<Name> {
    let builtin = |name: &str| Some(Name::new(&format!("builtins.{name}")));
    match ty.kind() {
        TyKind::Bool => builtin("bool"),
        TyKind::Int(_) => builtin("int"),
        TyKind::Float(_) => builtin("float"),
        TyKind::Str => builtin("str"),
        TyKind::Bytes => builtin("bytes"),
        TyKind::List(_) => builtin("list"),
        TyKind::Dict(..) => builtin("dict"),
        TyKind::Set(_) => builtin("set"),
        TyKind::Tuple(_) => builtin("tuple"),
        TyKind::Lib(name, _) if *name == "tuple" => builtin("tuple"),
        TyKind::Class(path, _) => Some(*path),
        TyKind::Lib(name, _) => {
            let paths = MODULES.iter().map(|module| Name::new(module).join(name.last()));
            paths.into_iter().find(|path| !batuta_catalog::functions(path.as_str()).is_empty())
        }
        _ => None,
    }
}

/// Functions that share a name (`def _`) are closures of the module's start: they get paths of their own.
fn registered_closures(program: &mut Program<Hir>, path: Name, register: Name) -> Vec<(Name, Name)> {
    let module = module_of(program, path);
    let init_path = module.join("<init>");
    let Some(init) = program.fns.get(&init_path).cloned() else { return Vec::new() };
    let mut out = Vec::new();
    let mut gone = Vec::new();
    for (at, stmt) in init.blocks[init.root].stmts.iter().enumerate() {
        let StmtKind::Set { value, .. } = &stmt.kind else { continue };
        let Node::Closure(closure) = &init.nodes[*value].kind else { continue };
        let classes = classes(&init, &closure.decorators, &closure.params, register);
        let Some(first) = classes.first() else { continue };
        let own = free_path(program, path, first.last());
        let mut body = (*init).clone();
        body.path = own;
        body.kind = FnKind::Function;
        body.params.clone_from(&closure.params);
        body.root = closure.body;
        body.ret = closure.ret;
        body.doc.clone_from(&closure.doc);
        body.above = stmt.above.clone();
        body.decorators = Vec::new();
        body.is_generator = closure.is_generator;
        body.is_async = closure.is_async;
        program.fns.insert(own, Arc::new(body));
        if let Some(module) = program.modules.get_mut(&module) {
            let module = Arc::make_mut(module);
            let at = module.items.iter().position(|row| row.item == Item::Fn(path));
            let at = at.map_or(module.items.len(), |at| at + 1 + gone.len());
            let base = module.items.get(at.saturating_sub(1)).map_or(0, |row| row.base);
            module.items.insert(at, ItemRow { item: Item::Fn(own), above: Vec::new(), base });
        }
        out.extend(classes.into_iter().map(|class| (class, own)));
        gone.push(at);
    }
    let init = Arc::make_mut(&mut program.fns[&init_path]);
    let root = init.root;
    for at in gone.into_iter().rev() {
        init.blocks[root].stmts.remove(at);
    }
    out
}
