//! The last step of a Ruchy program here: types and calls that the passes behind know under another name.
//!
//! before                                after
//!   Option<int>                           option<int>
//!   lib:ruchy.Some(x)                     opt.some(x)
//!   lib:ruchy.is_some(o)                  opt.is_some(o)
//!   new @m.P(1, 2)                        class.new(1, 2): @m.P
//!
//! What may be nil and is shown was refused before, so that both kinds of option are one from here on. An `Option`
//! of an `Option` stays a type of the library.

use batuta_base::Name;
use batuta_core::*;
use std::sync::Arc;

/// Rewrites a program of Ruchy.
pub(crate) fn settle(program: &mut Program<Typed>) {
    if program.lang() != Lang::Ruchy {
        return;
    }
    let direct: Vec<Name> =
        program.classes.keys().copied().filter(|class| is_record(program, *class)).collect();
    for class in program.classes.values_mut() {
        let class = Arc::make_mut(class);
        for field in &mut class.fields {
            field.flags.nil = may_hold_nil(field.ty);
            field.ty = plain(field.ty);
        }
    }
    for global in program.globals.values_mut() {
        let ty = plain(global.ty);
        if ty != global.ty {
            Arc::make_mut(global).ty = ty;
        }
    }
    for body in program.fns.values_mut() {
        let body = Arc::make_mut(body);
        body.ret = plain(body.ret);
        for local in body.locals.ids().collect::<Vec<_>>() {
            body.locals[local].ty = plain(body.locals[local].ty);
        }
        for node in body.nodes.ids().collect::<Vec<_>>() {
            settle_node(body, node, &direct);
        }
        for block in body.blocks.ids().collect::<Vec<_>>() {
            give_nothing(body, block);
        }
    }
}

/// A call of the library that gives nothing is a statement where it ends a function: what it is in Rust may give
/// something.
fn give_nothing(body: &mut Body<Typed>, block: BlockId) {
    let Some(last) = body.blocks[block].stmts.last() else { return };
    let (StmtKind::Expr(node), origin) = (&last.kind, last.origin) else { return };
    let Node::Return(Some(value)) = body.nodes[*node].kind else { return };
    let node = *node;
    let is_silent = matches!(&body.nodes[value].kind, Node::Call { callee: Callee::Lib(name), .. }
        if matches!(name.as_str().split('#').next(), Some("ruchy.insert" | "ruchy.add")));
    if !is_silent {
        return;
    }
    let is_end = block == body.root;
    if let Some(last) = body.blocks[block].stmts.last_mut() {
        last.kind = StmtKind::Expr(value);
    }
    if !is_end {
        body.nodes[node].kind = Node::Return(None);
        body.blocks[block].stmts.push(Stmt::new(StmtKind::Expr(node), origin));
    }
}

/// Whether parts of a value may be nil, and none is an `Option` of the program.
fn may_hold_nil(ty: Ty) -> bool {
    let is_own = |part: Ty| matches!(part.kind(), TyKind::Lib(name, _) if *name == "Option");
    ty.any(&mut |part| matches!(part.kind(), TyKind::Option(_))) && !ty.any(&mut |part| is_own(part))
}

/// `option<T>` for `Option<T>`, unless `T` may be absent itself.
fn plain(ty: Ty) -> Ty {
    let ty = ty.map_children(plain);
    match ty.kind() {
        TyKind::Lib(name, args) if *name == "Option" => match args[0].kind() {
            TyKind::Option(_) | TyKind::Unit | TyKind::Value | TyKind::Unknown => ty,
            _ => Ty::option(args[0]),
        },
        _ => ty,
    }
}

fn settle_node(body: &mut Body<Typed>, node: NodeId, direct: &[Name]) {
    let before = body.nodes[node].ty;
    let ty = plain(before);
    body.nodes[node].ty = ty;
    let attr = |text: &str| Attr::Name(Name::new(text));
    let row = body.nodes[node].kind.clone();
    match row {
        Node::Closure(mut closure) => {
            closure.ret = plain(closure.ret);
            body.nodes[node].kind = Node::Closure(closure);
        }
        Node::Call { callee: Callee::New(class), args } if direct.contains(&class) => {
            let args = args.into_iter().map(|arg| arg.value).collect();
            body.nodes[node].kind = Node::Op { op: ClassOp::New.into(), attr: Attr::None, args };
        }
        Node::Call { callee: Callee::Lib(name), args } => {
            let args: Vec<NodeId> = args.into_iter().map(|arg| arg.value).collect();
            let is_option = |node: Option<&NodeId>| {
                node.is_some_and(|node| matches!(plain(body.ty(*node)).kind(), TyKind::Option(_)))
            };
            let makes = matches!(ty.kind(), TyKind::Option(_));
            let (op, attr) = match name.as_str().split('#').next().unwrap_or("") {
                "ruchy.Some" if makes => (OptOp::Some, Attr::None),
                "ruchy.None" if makes => (OptOp::None, Attr::None),
                "ruchy.is_some" if is_option(args.first()) => (OptOp::IsSome, Attr::None),
                "ruchy.is_none" if is_option(args.first()) => (OptOp::IsNone, Attr::None),
                "ruchy.some_of" if is_option(args.first()) => (OptOp::Unwrap, attr("None")),
                _ => return,
            };
            body.nodes[node].kind = Node::Op { op: op.into(), attr, args };
        }
        _ => {}
    }
}

/// Whether objects of a class are made of their fields alone, in place.
fn is_record(program: &Program<Typed>, class: Name) -> bool {
    let is_made_of_fields =
        program.classes.get(&class).is_some_and(|def| matches!(def.kind, ClassKind::Dataclass { .. }));
    is_made_of_fields && !holds_itself(program, class)
}

/// Whether objects of a class hold objects of it by value: those are made by a function, which puts them behind a
/// handle.
fn holds_itself(program: &Program<Typed>, class: Name) -> bool {
    let family = |class: Name| program.mro(class).last().copied().unwrap_or(class);
    let mut seen = Vec::new();
    let mut open = vec![family(class)];
    while let Some(at) = open.pop() {
        for def in program.classes.values().filter(|def| family(def.path) == at) {
            let mut found = Vec::new();
            def.fields.iter().for_each(|field| held(field.ty, &mut found));
            for held in found.into_iter().map(family) {
                if held == family(class) {
                    return true;
                }
                if !seen.contains(&held) {
                    seen.push(held);
                    open.push(held);
                }
            }
        }
    }
    false
}

/// Classes whose objects a value of the type holds, whatever lies between.
fn held(ty: Ty, found: &mut Vec<Name>) {
    if let TyKind::Class(path, _) = ty.kind() {
        found.push(*path);
    }
    ty.children().into_iter().for_each(|part| held(part, found));
}
