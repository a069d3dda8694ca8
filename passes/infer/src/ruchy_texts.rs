//! Methods of Ruchy that change a text in its place, and what asks dynamic values for nil.

use crate::apply::Apply;
use batuta_base::{Name, Origin};
use batuta_core::*;

impl Apply<'_, '_, '_> {
    /// Whether a value whose type only the run knows is nil.
    pub(crate) fn is_dynamic_nil(&mut self, value: NodeId) -> NodeId {
        let value = self.dynamic(value);
        self.mk_op(ValueOp::Unary, Attr::Name(Name::new("is_none")), vec![value], Ty::bool())
    }

    /// `value ?? other` of such a value.
    pub(crate) fn coalesce_dynamic(&mut self, value: NodeId, other: NodeId) -> NodeId {
        let other = self.coerce(other, Ty::value());
        let value = self.dynamic(value);
        self.with_value(value, |me, read| {
            let tested = read(me);
            let cond = me.is_dynamic_nil(tested);
            let kept = read(me);
            me.choose(cond, other, kept, Ty::value())
        })
    }

    /// `text.push(c)`, and `text.clear()` without a part.
    pub(crate) fn text_change(&mut self, of: NodeId, part: Option<NodeId>, origin: Origin) -> NodeId {
        let Node::Use(place, _) = self.body.nodes[of].kind.clone() else {
            let why = "a change of a text that nothing keeps".to_owned();
            return self.hole(of, crate::ruchy::NOT_RUCHY, why);
        };
        let kind = match part {
            Some(part) => self.update_kind(place, of, ObjOp::Add, part, Ty::str()),
            None => {
                let value = self.mk(Node::Const(Const::Str("".into())), Ty::str(), origin);
                StmtKind::Set { target: Pat::Place(place), value }
            }
        };
        let unit = self.mk(Node::Const(Const::None), Ty::unit(), origin);
        self.mk_block(vec![Stmt::new(kind, origin)], unit)
    }
}
