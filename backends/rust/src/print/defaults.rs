//! The default of a record's field that is a literal or an empty container stands where it is asked for:
//! `Item::new(title, Vec::new())`, not `Item::new(title, Item::tags_for_default())`.

use super::Printer;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::{Arg, Body, Callee, Const, DictOp, ListOp, Mir, Node, NodeId, Op, RsOp, SetOp, StmtKind};

/// The value of a function that makes such a default.
pub(crate) fn plain_default(body: &Body<Mir>) -> Option<NodeId> {
    let root = &body.blocks[body.root];
    let value = match (&root.stmts[..], root.tail) {
        ([], Some(value)) => value,
        ([only], None) if only.above.is_empty() && only.beside.is_none() => match only.kind {
            StmtKind::Expr(leave) => match body.nodes[leave].kind {
                Node::Return(Some(value)) => value,
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let is_default = body.path.last().ends_with("$default") && body.params.is_empty() && !body.fallible;
    (is_default && is_plain(body, value)).then_some(value)
}

fn is_plain(body: &Body<Mir>, value: NodeId) -> bool {
    match &body.nodes[value].kind {
        Node::Const(known) => {
            matches!(known, Const::Int(_) | Const::Float(_) | Const::Bool(_)) && !body.ty(value).is_big()
        }
        Node::Op {
            op: Op::ListOp(ListOp::New) | Op::DictOp(DictOp::New) | Op::SetOp(SetOp::New),
            args,
            ..
        } => args.is_empty(),
        Node::Op { op: Op::RsOp(RsOp::Share), args, .. } => {
            !matches!(body.nodes[args[0]].kind, Node::Const(_)) && is_plain(body, args[0])
        }
        Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } => {
            matches!(body.as_const(args[0]), Some(Const::Str(_)))
        }
        _ => false,
    }
}

impl Printer<'_, '_> {
    /// The default itself: the field that it becomes says the type of a container.
    pub(crate) fn default_value(&mut self, path: Name) -> Option<Expr> {
        let env = self.env;
        let body = env.function(path)?;
        let value = plain_default(body)?;
        let mut printer = Printer::new(env, body, self.module, &mut *self.uses);
        Some(super::loose::typed(printer.expr(value)))
    }

    /// The arguments of a constructor, whose parameters say the types of defaults.
    pub(super) fn untyped_defaults(&self, args: &[Arg], parts: Vec<Expr>) -> Vec<Expr> {
        let is_default = |arg: &Arg| {
            matches!(self.body.nodes[arg.value].kind, Node::Call { callee: Callee::Fn(path), .. }
                if path.last().ends_with("$default"))
        };
        let untyped = |(part, arg)| if is_default(arg) { untyped(part) } else { part };
        parts.into_iter().zip(args).map(untyped).collect()
    }
}

/// `7_i64` where a parameter says the type.
fn untyped(of: Expr) -> Expr {
    match of {
        Expr::Atom(number) => Expr::Atom(number.trim_end_matches("_i64").trim_end_matches("_f64").to_owned()),
        of => of,
    }
}
