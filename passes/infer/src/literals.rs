//! Methods of the library that a literal argument chooses: `p.open("rb")` gives a stream of bytes, `Path.open$b`.
//!
//! What the receiver is shows late, so that the name carries the mark until then; objects of the program and
//! dynamic values have methods without one.

use batuta_base::Name;
use batuta_core::{ArgKind, Body, Const, Level, Node, NodeId};

/// The name of a method with the mark of its arguments.
pub(crate) fn marked<L: Level>(
    body: &Body<L>,
    name: Name,
    args: impl Iterator<Item = (ArgKind, NodeId)>,
) -> Name {
    if name != "open" {
        return name;
    }
    let mut args = args.enumerate();
    let is_binary = args.any(|(at, (kind, value))| {
        let is_mode = match kind {
            ArgKind::Positional => at == 0,
            ArgKind::Named(key) => key == "mode",
            _ => false,
        };
        is_mode && matches!(&body.nodes[value].kind, Node::Const(Const::Str(text)) if text.contains('b'))
    });
    if is_binary { Name::new("open$b") } else { name }
}

/// The method's own name.
pub(crate) fn plain(name: Name) -> Name {
    match name.as_str().split_once('$') {
        Some((own, _)) if own == "open" => Name::new(own),
        _ => name,
    }
}

/// The row of a method of a library type: the marked one where the type has it.
pub(crate) fn row_of(owner: Name, name: Name) -> Name {
    let own = owner.join(name.as_str());
    if batuta_catalog::functions(own.as_str()).is_empty() { owner.join(plain(name).as_str()) } else { own }
}
