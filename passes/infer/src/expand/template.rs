//! The keywords of `string.Template.substitute` are a dict of texts.
//!
//! before                                       after
//!   method (%t).substitute(who=%a, count=3)      method (%t).substitute(dict.new("who", str(%a), "count", str(3)))

use batuta_base::Name;
use batuta_core::*;

/// Whether the program has templates, and no class of its own has a method of such a name.
pub(crate) fn has_templates(program: &Program<Hir>) -> bool {
    let makes = |body: &Body<Hir>| {
        body.nodes.iter().any(|(_, row)| {
            matches!(&row.kind, Node::Call { callee: Callee::Lib(name), .. } if *name == "string.Template")
        })
    };
    let own = |class: &ClassDef| class.methods.iter().any(|method| is_substitute(method.last()));
    program.fns.values().any(|body| makes(body)) && !program.classes.values().any(|class| own(class))
}

fn is_substitute(name: &str) -> bool {
    matches!(name, "substitute" | "safe_substitute")
}

/// Writes out the keywords of the substitutions of a body.
pub(crate) fn expand(body: &mut Body<Hir>) {
    for id in body.nodes.ids().collect::<Vec<_>>() {
        let Node::Call { callee: Callee::Method(_, name), args } = &body.nodes[id].kind else { continue };
        if !is_substitute(name.as_str()) || args.is_empty() {
            continue;
        }
        let args = args.clone();
        let origin = body.nodes[id].origin;
        let values = if let [Arg { kind: ArgKind::StarStar, value, .. }] = args[..] {
            value
        } else {
            // Keywords come before what the mapping says.
            let (mapping, named) = match &args[..] {
                [Arg { kind: ArgKind::Positional, value, .. }, named @ ..] if !named.is_empty() => {
                    (Some(*value), named)
                }
                _ => (None, &args[..]),
            };
            let mut items = Vec::new();
            for arg in named {
                let ArgKind::Named(name) = arg.kind else { break };
                let key = Node::Const(Const::Str(name.as_str().into()));
                items.push(body.node(key, Ty::unknown(), origin));
                let text = Callee::Lib(Name::new("builtins.str"));
                let text = Node::Call { callee: text, args: vec![Arg::positional(arg.value)] };
                items.push(body.node(text, Ty::unknown(), origin));
            }
            if items.len() != 2 * named.len() {
                continue;
            }
            let dict = body.op(DictOp::New, items, Ty::unknown(), origin);
            match mapping {
                Some(mapping) => body.op(ObjOp::BitOr, vec![mapping, dict], Ty::unknown(), origin),
                None => dict,
            }
        };
        if let Node::Call { args, .. } = &mut body.nodes[id].kind {
            *args = vec![Arg::positional(values)];
        }
    }
}
