//! Contracts: conditions that are checked whenever a function begins or gives its result.

use super::Lowerer;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    /// Checks what a function requires, and notes what its result has to fulfil.
    pub(super) fn contracts(&mut self, node: Syntax<'t>) {
        for contract in node.named().into_iter().filter(|part| part.is("contract")) {
            let (Some(kind), Some(value)) = (contract.field("kind"), contract.field("value")) else {
                continue;
            };
            if matches!(kind.text(), "requires" | "invariant") {
                self.check(value, "Precondition failed");
            }
            if matches!(kind.text(), "ensures" | "invariant") {
                self.cx.ensures.push(value);
            }
        }
    }

    fn check(&mut self, condition: Syntax<'t>, what: &str) {
        let cond = self.condition(condition);
        let fails = self.op(ObjOp::Not, vec![cond], condition);
        let then = self.scoped(|this| {
            let stop = this.fault(&format!("{what}: {}", condition.text()), condition);
            this.push_expr(stop, condition);
            None
        });
        let branch = self.node(Node::If { cond: fails, then, els: None }, condition);
        self.push_expr(branch, condition);
    }

    /// Gives a value once it fulfils what the function promises; `result` names it there.
    pub(super) fn checked_return(&mut self, value: Syntax<'t>) -> NodeId {
        let given = self.result(value);
        let result = self.temp("result", value);
        self.cx.body.locals[result].is_temp = false;
        self.push_set(Place::local(result), given, value);
        self.cx.scopes.push(Default::default());
        self.bind("result", result, false, false);
        self.check_result();
        self.cx.scopes.pop();
        let answer = self.use_local(result, value);
        self.node(Node::Return(Some(answer)), value)
    }

    /// Checks what a function promises.
    pub(super) fn check_result(&mut self) {
        for condition in self.cx.ensures.clone() {
            self.check(condition, "Postcondition failed");
        }
    }
}
