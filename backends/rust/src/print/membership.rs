//! `x in (..)` where all items are constants: `matches!(x, "a" | "b")`.

use super::Printer;
use super::calls::plain_text;
use crate::literal;
use crate::tree::Expr;
use batuta_core::*;

impl Printer<'_, '_> {
    /// A test for membership in a display of constants; `None` where the items are no patterns.
    pub(crate) fn one_of(&mut self, container: NodeId, item: NodeId) -> Option<Expr> {
        let Node::Op { op: Op::ListOp(ListOp::New) | Op::SetOp(SetOp::New), args, .. } =
            &self.body.nodes[container].kind
        else {
            return None;
        };
        let args = args.clone();
        let ty = self.body.ty(item);
        let of = ty.strip_ref();
        let mut patterns: Vec<Expr> = Vec::new();
        for arg in &args {
            let pattern = self.pattern_of(*arg, of)?;
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        let is_text = *of.kind() == TyKind::Str && !of.is_char();
        let may_be_either = ty != of && self.is_loop_text(item) && !self.is_item_text(item);
        if is_text && may_be_either {
            return self.equals_one(item, patterns);
        }
        let value = self.expr(item);
        let value = match value {
            value
                if is_text
                    && (ty == of || matches!(value, Expr::Unary("&", _)) || self.is_item_text(item)) =>
            {
                let value = value.without_ref();
                let lent = plain_text(value.clone());
                // Without its copy it is a `&str` already.
                if lent == value { value.method("as_str", vec![]) } else { lent }
            }
            // A guard is looked through by hand: patterns are not.
            value => match value.without_ref() {
                guard if guard.is_guard() => Expr::Unary("*", Box::new(guard)),
                value => value,
            },
        };
        let all = patterns.into_iter().reduce(|all, next| all.binary("|", next))?;
        Some(Expr::Macro("matches".to_owned(), vec![value, all]))
    }

    /// An item as a pattern for values of a type.
    fn pattern_of(&mut self, item: NodeId, of: Ty) -> Option<Expr> {
        let item = match &self.body.nodes[item].kind {
            Node::Op { op: Op::RsOp(RsOp::ToOwned), args, .. } => args[0],
            _ => item,
        };
        match (self.body.as_const(item), of.kind()) {
            (Some(Const::Str(text)), _) if of.is_char() => {
                let mut chars = text.chars();
                let (Some(c), None) = (chars.next(), chars.next()) else { return None };
                Some(Expr::Atom(literal::character(c)))
            }
            (Some(Const::Str(text)), TyKind::Str) => Some(Expr::Atom(literal::string(text))),
            (Some(Const::Int(_)), TyKind::Int(width)) if *width != Width::Big => Some(self.expr(item)),
            (None, TyKind::Class(..)) => match &self.body.nodes[item].kind {
                Node::Use(Place { root: Root::Global(path), proj }, _)
                    if proj.is_empty() && self.env.is_variant(*path) =>
                {
                    Some(self.expr(item))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// `x == "a" || x == "b"`, which texts of either kind understand.
    fn equals_one(&mut self, item: NodeId, texts: Vec<Expr>) -> Option<Expr> {
        let is_local =
            matches!(&self.body.nodes[item].kind, Node::Use(place, _) if place.as_local().is_some());
        if !is_local || texts.len() > 4 {
            return None;
        }
        let value = self.expr(item);
        texts
            .into_iter()
            .map(|text| value.clone().binary("==", text))
            .reduce(|all, next| all.binary("||", next))
    }
}
