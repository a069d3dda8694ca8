//! NumPy: its functions take and give dynamic values.
//!
//! before                               after
//!   lib:numpy.zeros(%n, dtype: %t)       lib:numpy.$call_with("zeros", [%n], {"dtype": %t})
//!   item numpy.mean                      lib:numpy.$get("mean")
//!
//! A comparison of dynamic values is a dynamic value in a program that uses it: that of arrays is an array.

use crate::apply::{Apply, UNKNOWN_LIBRARY};
use batuta_base::{Name, Origin};
use batuta_core::*;

/// Whether a program names anything of NumPy.
pub(crate) fn are_used(program: &Program<Hir>) -> bool {
    let is_name = |name: &Name| batuta_catalog::is_dynamic_module(name.as_str());
    program.fns.values().any(|body| {
        body.nodes.iter().any(|(_, row)| match &row.kind {
            Node::Item(name) => is_name(name),
            Node::Call { callee: Callee::Lib(name), .. } => is_name(name),
            _ => false,
        })
    })
}

impl Apply<'_, '_, '_> {
    /// The name behind `numpy.`, or the hole that says that there is no such thing.
    fn array_name(&mut self, name: Name, origin: Origin) -> Result<NodeId, NodeId> {
        let Some(short) = name.as_str().strip_prefix("numpy.").filter(|_| !batuta_catalog::lacks_dynamic(name.as_str()))
        else {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return Err(self.hole(at, UNKNOWN_LIBRARY, format!("`{name}` is not in the library catalogue")));
        };
        Ok(self.text(short, origin))
    }

    /// A call of a function of NumPy.
    pub(crate) fn array_call(&mut self, name: Name, kinds: &[ArgKind], args: Vec<NodeId>, origin: Origin) -> NodeId {
        let text = match self.array_name(name, origin) {
            Ok(text) => text,
            Err(hole) => return hole,
        };
        let [items, named] = self.given_by_name(kinds, args, origin);
        let is_plain = kinds.iter().all(|kind| matches!(kind, ArgKind::Positional | ArgKind::Star));
        let (row, args) = match is_plain {
            true => ("numpy.$call", vec![text, items]),
            false => ("numpy.$call_with", vec![text, items, named]),
        };
        let args = args.into_iter().map(Arg::positional).collect();
        self.mk(Node::Call { callee: Callee::Lib(Name::new(row)), args }, Ty::value(), origin)
    }

    /// A name of NumPy as a value.
    pub(crate) fn array_item(&mut self, name: Name, origin: Origin) -> NodeId {
        match self.array_name(name, origin) {
            Ok(text) => {
                let args = vec![Arg::positional(text)];
                self.mk(Node::Call { callee: Callee::Lib(Name::new("numpy.$get")), args }, Ty::value(), origin)
            }
            Err(hole) => hole,
        }
    }
}
