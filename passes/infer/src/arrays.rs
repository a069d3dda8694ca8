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
        let Some(short) =
            name.as_str().strip_prefix("numpy.").filter(|_| !batuta_catalog::lacks_dynamic(name.as_str()))
        else {
            let at = self.mk(Node::Const(Const::None), Ty::unit(), origin);
            return Err(self.hole(at, UNKNOWN_LIBRARY, format!("`{name}` is not in the library catalogue")));
        };
        Ok(self.text(short, origin))
    }

    /// A call of a function of NumPy.
    pub(crate) fn array_call(
        &mut self,
        name: Name,
        kinds: &[ArgKind],
        args: Vec<NodeId>,
        origin: Origin,
    ) -> NodeId {
        if name == "numpy.random.shuffle" && self.is_one_list(&args) {
            return self.shuffled(args[0], origin, |me, count| {
                me.array_call(
                    Name::new("numpy.random.permutation"),
                    &[ArgKind::Positional],
                    vec![count],
                    origin,
                )
            });
        }
        let text = match self.array_name(name, origin) {
            Ok(text) => text,
            Err(hole) => return hole,
        };
        let args = self.named_types(name, kinds, args);
        let [items, named] = self.given_by_name(kinds, args, origin);
        let is_plain = kinds.iter().all(|kind| matches!(kind, ArgKind::Positional | ArgKind::Star));
        let (row, args) = match is_plain {
            true => ("numpy.$call", vec![text, items]),
            false => ("numpy.$call_with", vec![text, items, named]),
        };
        let args = args.into_iter().map(Arg::positional).collect();
        self.mk(Node::Call { callee: Callee::Lib(Name::new(row)), args }, Ty::value(), origin)
    }

    /// Whether a call has a list of the program as its only argument.
    pub(crate) fn is_one_list(&self, args: &[NodeId]) -> bool {
        args.len() == 1 && matches!(self.ty(args[0]).kind(), TyKind::List(_))
    }

    /// `shuffle(xs)` of a list that is no dynamic value: NumPy gives the order, the list takes it.
    pub(crate) fn shuffled(
        &mut self,
        list: NodeId,
        origin: Origin,
        order: impl FnOnce(&mut Self, NodeId) -> NodeId,
    ) -> NodeId {
        if !self.is_simple(list) {
            let why = "a list that is shuffled and is no variable".to_owned();
            return self.hole(list, crate::apply::BAD_CALL, why);
        }
        let again = self.again(list);
        let count = self.mk_op(ListOp::Len, Attr::None, vec![again], Ty::int());
        let order = order(self, count);
        self.lib_call(Name::new("numpy.$reorder"), &[ArgKind::Positional; 2], vec![list, order], None, origin)
    }

    /// Builtin types that say what elements an array has, by their names: `dtype=float`, `a.astype(int)`.
    pub(crate) fn named_types(&mut self, callee: Name, kinds: &[ArgKind], args: Vec<NodeId>) -> Vec<NodeId> {
        let calls = |name: &str| {
            matches!(
                name,
                "vectorize"
                    | "frompyfunc"
                    | "fromfunction"
                    | "apply_along_axis"
                    | "apply_over_axes"
                    | "piecewise"
            )
        };
        let is_array = batuta_catalog::is_dynamic(callee.as_str()) && !calls(callee.last());
        let takes = |kind: &ArgKind| match kind {
            ArgKind::Named(name) => *name == "dtype",
            ArgKind::Positional => is_array || matches!(callee.as_str(), "astype" | "view"),
            _ => false,
        };
        let named = |me: &mut Self, (kind, arg): (&ArgKind, NodeId)| {
            let Node::Item(name) = me.body.nodes[arg].kind else { return arg };
            let short = name.as_str().strip_prefix("builtins.").unwrap_or_default();
            let is_type = matches!(short, "bool" | "int" | "float" | "complex" | "str" | "object");
            if !(is_type && takes(kind)) {
                return arg;
            }
            let origin = me.origin(arg);
            me.text(short, origin)
        };
        kinds.iter().zip(args).map(|pair| named(self, pair)).collect()
    }

    /// A name of NumPy as a value.
    pub(crate) fn array_item(&mut self, name: Name, origin: Origin) -> NodeId {
        match self.array_name(name, origin) {
            Ok(text) => {
                let args = vec![Arg::positional(text)];
                self.mk(
                    Node::Call { callee: Callee::Lib(Name::new("numpy.$get")), args },
                    Ty::value(),
                    origin,
                )
            }
            Err(hole) => hole,
        }
    }
}
