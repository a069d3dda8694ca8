//! `generator.throw(KeyError, "text")` throws the error that the two say.
//!
//! before                                                after
//!   method (%g).throw(item @builtins.KeyError, "text")    method (%g).throw(exc.new{"KeyError"}("text"))

use batuta_base::Name;
use batuta_core::*;

pub(super) fn expand(program: &Program<Hir>, body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(object, name), args } = &body.nodes[id].kind else {
            continue;
        };
        let [class, text] = args.as_slice() else { continue };
        if *name != "throw" || [class, text].iter().any(|arg| arg.kind != ArgKind::Positional) {
            continue;
        }
        let (object, name, text) = (*object, *name, text.value);
        let is_text = matches!(&body.nodes[text].kind, Node::Const(Const::Str(_)) | Node::Format(_));
        let Node::Item(path) = body.nodes[class.value].kind else { continue };
        if !is_text {
            continue;
        }
        let path = program.resolve(path);
        let is_error =
            |class: Name| program.classes.get(&class).is_some_and(|def| def.kind == ClassKind::Exception);
        let kind = match path.as_str().strip_prefix("builtins.") {
            Some(word) => {
                Node::Op { op: ExcOp::New.into(), attr: Attr::Name(Name::new(word)), args: vec![text] }
            }
            None if is_error(path) => {
                Node::Call { callee: Callee::Fn(path), args: vec![Arg::positional(text)] }
            }
            None => continue,
        };
        let origin = body.nodes[id].origin;
        let error = body.node(kind, Ty::unknown(), origin);
        let args = vec![Arg::positional(error)];
        body.nodes[id].kind = Node::Call { callee: Callee::Method(object, name), args };
    }
}
