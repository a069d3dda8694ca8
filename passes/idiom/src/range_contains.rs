//! Two comparisons with constants that bound one value are a range.
//!
//! before                                                   after
//!   bool.and(cmp.le(0, copy %x), cmp.lt(copy %x, 10))         rs.method{"({1}..{2}).contains(&{0})"}(copy %x, 0, 10)
//!   bool.or(cmp.lt(copy %x, 0), cmp.ge(copy %x, 10))          bool.not(.. the same ..)
//!
//! Holds back for bounds that are no constants, and for values that are no plain places of numbers; a float that
//! is no number is in no range and outside of none, so that only the first form is for floats.

use crate::same::same;
use batuta_base::Name;
use batuta_core::*;

/// `0 <= x && x < 10` as `(0..10).contains(&x)`.
pub(crate) fn range_contains(body: &mut Body<Mir>) {
    let ids: Vec<NodeId> = body.nodes.ids().collect();
    for id in ids {
        if let Some((value, low, high, inclusive, negated)) = find(body, id) {
            let (ty, origin) = (Ty::bool(), body.nodes[id].origin);
            let dots = if inclusive { "..=" } else { ".." };
            let attr = Attr::Name(Name::new(&format!("({{1}}{dots}{{2}}).contains(&{{0}})")));
            let kind = Node::Op { op: RsOp::Method.into(), attr, args: vec![value, low, high] };
            body.nodes[id].kind = if negated {
                let inner = body.node(kind, ty, origin);
                Node::Op { op: BoolOp::Not.into(), attr: Attr::None, args: vec![inner] }
            } else {
                kind
            };
        }
    }
}

/// Value, bounds, whether the upper one belongs to the range, whether the question is turned around.
fn find(body: &Body<Mir>, id: NodeId) -> Option<(NodeId, NodeId, NodeId, bool, bool)> {
    let Node::Op { op: Op::BoolOp(op), args, .. } = &body.nodes[id].kind else { return None };
    let negated = match op {
        BoolOp::And => false,
        BoolOp::Or => true,
        _ => return None,
    };
    let (a, b) = (bound(body, args[0], negated)?, bound(body, args[1], negated)?);
    let (low, high) = if a.is_low { (a, b) } else { (b, a) };
    let is_pair = low.is_low && !high.is_low && low.inclusive && same(body, low.value, high.value);
    is_pair.then_some((low.value, low.limit, high.limit, high.inclusive, negated))
}

struct Bound {
    value: NodeId,
    limit: NodeId,
    is_low: bool,
    inclusive: bool,
}

/// A comparison as a bound of its value; `negated`: the bound holds when the comparison does not.
fn bound(body: &Body<Mir>, id: NodeId, negated: bool) -> Option<Bound> {
    let Node::Op { op: Op::CmpOp(op), args, .. } = &body.nodes[id].kind else { return None };
    let is_limit = |node: NodeId| matches!(body.as_const(node), Some(Const::Int(_) | Const::Float(_)));
    let (value, limit, turned) = match (is_limit(args[0]), is_limit(args[1])) {
        (false, true) => (args[0], args[1], false),
        (true, false) => (args[1], args[0], true),
        _ => return None,
    };
    let is_number = match body.as_const(limit) {
        Some(Const::Int(digits)) => body.ty(value).is_int() && digits.parse::<i64>().is_ok(),
        _ => matches!(body.ty(value).kind(), TyKind::Float(_)) && !negated,
    };
    let is_place = matches!(body.nodes[value].kind, Node::Use(_, Mode::Copy)) && is_number;
    let (is_low, inclusive) = match (op, turned) {
        (CmpOp::Ge, false) | (CmpOp::Le, true) => (true, true),
        (CmpOp::Gt, false) | (CmpOp::Lt, true) => (true, false),
        (CmpOp::Le, false) | (CmpOp::Ge, true) => (false, true),
        (CmpOp::Lt, false) | (CmpOp::Gt, true) => (false, false),
        _ => return None,
    };
    let (is_low, inclusive) = if negated { (!is_low, !inclusive) } else { (is_low, inclusive) };
    is_place.then_some(Bound { value, limit, is_low, inclusive })
}

#[cfg(test)]
mod tests {
    use super::range_contains;
    use crate::tests::{check, holds_back};

    fn body(cond: &str) -> String {
        format!("fn @f(%x: i64, %y: i64) -> bool {{\n  tail {cond}\n}}\n")
    }

    #[test]
    fn bounds_make_a_range() {
        check(
            range_contains,
            &body("bool.and(cmp.le(0, copy %x), cmp.lt(copy %x, 10))"),
            &body("rs.method{\"({1}..{2}).contains(&{0})\"}(copy %x, 0, 10): bool"),
        );
        check(
            range_contains,
            &body("bool.or(cmp.lt(copy %x, 1), cmp.gt(copy %x, 6))"),
            &body("bool.not(rs.method{\"({1}..={2}).contains(&{0})\"}(copy %x, 1, 6): bool)"),
        );
    }

    #[test]
    fn holds_back_from_other_bounds() {
        holds_back(range_contains, &body("bool.and(cmp.le(0, copy %x), cmp.lt(copy %y, 10))"));
        holds_back(range_contains, &body("bool.and(cmp.le(0, copy %x), cmp.lt(copy %x, copy %y))"));
        holds_back(range_contains, &body("bool.and(cmp.lt(0, copy %x), cmp.lt(copy %x, 10))"));
        let outside =
            body("bool.or(cmp.lt(copy %x, 0.0), cmp.ge(copy %x, 1.0))").replace("%x: i64", "%x: float");
        holds_back(range_contains, &outside);
    }

    #[test]
    fn floats_have_ranges() {
        let inside = |cond: &str| body(cond).replace("%x: i64", "%x: float");
        check(
            range_contains,
            &inside("bool.and(cmp.le(0.0, copy %x), cmp.lt(copy %x, 1.0))"),
            &inside("rs.method{\"({1}..{2}).contains(&{0})\"}(copy %x, 0.0, 1.0): bool"),
        );
    }
}
