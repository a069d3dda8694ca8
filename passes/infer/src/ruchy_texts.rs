//! Methods of Ruchy that change a text in its place.

use crate::apply::Apply;
use batuta_base::Origin;
use batuta_core::*;

impl Apply<'_, '_, '_> {
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
