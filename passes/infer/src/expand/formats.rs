//! `format(x, spec)` is `f"{x:{spec}}"`.

use batuta_core::*;

/// Writes such calls of a body as texts.
pub(super) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Lib(name), args } = &body.nodes[id].kind else { continue };
        if *name != "builtins.format" || args.iter().any(|arg| arg.kind != ArgKind::Positional) {
            continue;
        }
        let piece = |value, spec| Piece::Value { value, conv: Conv::Format, spec, late: true };
        let spec = match args.as_slice() {
            [_] => Vec::new(),
            [_, spec] => match body.as_const(spec.value) {
                Some(Const::Str(text)) => vec![Piece::Text(text.clone())],
                _ => vec![piece(spec.value, Vec::new())],
            },
            _ => continue,
        };
        body.nodes[id].kind = Node::Format(vec![piece(args[0].value, spec)]);
    }
}
