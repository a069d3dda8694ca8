//! Assignments: plain, compound, `++`, taken apart.

use super::scan::root_of;
use super::{Binding, IMMUTABLE, Lowerer, UNKNOWN_NAME};
use batuta_base::Name;
use batuta_core::*;
use batuta_syntax::Syntax;

impl<'t> Lowerer<'t> {
    pub fn assign(&mut self, node: Syntax<'t>) {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else { return };
        if matches!(left.kind(), "tuple_expression" | "list_expression") {
            let value = self.owned(right);
            return self.assign_parts(left, value, node);
        }
        if node.field("operator").is_some_and(|sign| sign.text().starts_with("<-")) && self.is_message(right)
        {
            let sent = self.send(left, right, node, false);
            return self.push_expr(sent, node);
        }
        if self.grow(left, right, node) {
            return;
        }
        let value = self.owned(right);
        match self.target(left, true) {
            Ok(place) => self.push_set(place, value, node),
            Err(hole) => self.push_expr(hole, node),
        }
    }

    /// `(a, b) = (b, a)`.
    fn assign_parts(&mut self, left: Syntax<'t>, value: NodeId, node: Syntax<'t>) {
        let mut parts = Vec::new();
        for part in left.named() {
            match self.target(part, true) {
                Ok(place) => parts.push(Pat::Place(place)),
                Err(hole) => return self.push_expr(hole, node),
            }
        }
        let target = match left.is("list_expression") {
            true => Pat::List { front: parts, rest: None, back: Vec::new() },
            false => Pat::Tuple(parts),
        };
        self.push(StmtKind::Set { target, value }, node);
    }

    pub fn compound(&mut self, node: Syntax<'t>) {
        let (Some(left), Some(right)) = (node.field("left"), node.field("right")) else { return };
        let sign = node.field("operator").map_or("", Syntax::text).trim_end_matches('=');
        let Some(op) = binary_op(sign) else { return };
        if let Some((map, key, start)) = entry_of(left) {
            return self.update_entry((map, key, start), op, right, node);
        }
        let value = self.expr(right);
        self.update(left, op, value, node);
    }

    /// `*m.entry(k).or_insert(v) op= x`.
    fn update_entry(
        &mut self,
        (map, key, start): (Syntax<'t>, Syntax<'t>, Syntax<'t>),
        op: ObjOp,
        right: Syntax<'t>,
        node: Syntax<'t>,
    ) {
        let kept = self.temp("key", key);
        let value = self.owned(key);
        self.push_set(Place::local(kept), value, key);
        let place = match self.target(map, true) {
            Ok(place) => place,
            Err(hole) => return self.push_expr(hole, node),
        };
        let of = self.use_place(place.clone(), map);
        let read = self.use_local(kept, key);
        let start = self.owned(start);
        let old = self.call_lib("ruchy.get_or", vec![of, read, start], node);
        let right = self.expr(right);
        let new = self.op(op, vec![old, right], node);
        let index = self.use_local(kept, key);
        self.push_set(place.with(Proj::Index(index)), new, node);
    }

    pub fn step(&mut self, node: Syntax<'t>) {
        let Some(place) = node.field("place") else { return };
        let op = if node.field("operator").is_some_and(|sign| sign.text() == "++") {
            ObjOp::Add
        } else {
            ObjOp::Sub
        };
        let one = self.int(1, node);
        self.update(place, op, one, node);
    }

    /// `i++` as a value: what was there before; `++i`: what is there then.
    pub fn stepped(&mut self, node: Syntax<'t>) -> NodeId {
        let (Some(place), Some(sign)) = (node.field("place"), node.field("operator")) else {
            return self.nil(node);
        };
        if sign.start() < place.start() {
            self.step(node);
            return self.early(place);
        }
        let before = self.temp("before", place);
        let value = self.owned(place);
        self.push_set(Place::local(before), value, place);
        self.step(node);
        self.use_local(before, place)
    }

    fn update(&mut self, left: Syntax<'t>, op: ObjOp, value: NodeId, node: Syntax<'t>) {
        let place = match self.target(left, true) {
            Ok(place) => place,
            Err(hole) => return self.push_expr(hole, node),
        };
        // What the caller lent is not changed in place.
        let is_lent =
            left.is("identifier") && self.variable(left.text()).is_some_and(|found| found.is_borrowed);
        // These mean what a call says, see `binary`.
        let is_constant = matches!(self.cx.body.nodes[value].kind, Node::Const(_));
        let row = match op {
            ObjOp::Pow => Some("ruchy.pow"),
            ObjOp::Shl if !is_constant => Some("ruchy.shl"),
            ObjOp::Shr if !is_constant => Some("ruchy.shr"),
            _ => None,
        };
        if let Some(row) = row.filter(|_| !place.proj.iter().any(|proj| matches!(proj, Proj::Index(_)))) {
            let old = self.use_place(place.clone(), left);
            let new = self.call_lib(row, vec![old, value], node);
            return self.push_set(place, new, node);
        }
        if is_lent {
            let old = self.use_place(place.clone(), left);
            let new = self.op(op, vec![old, value], node);
            return self.push_set(place, new, node);
        }
        self.push(StmtKind::Update { place, op: op.into(), value }, node);
    }

    /// The place that is assigned.
    pub fn target(&mut self, node: Syntax<'t>, is_assigned: bool) -> Result<Place, NodeId> {
        if let Some(root) = root_of(node).filter(|_| is_assigned && !self.is_of_object(node)) {
            self.check_mutable(root);
        }
        match node.kind() {
            "identifier" => match self.look_up(node.text()) {
                Binding::Local(local) => match self.alias(local) {
                    Some(alias) => self.alias_place(alias, node),
                    None => Ok(Place::local(local)),
                },
                Binding::Global(path) => Ok(Place::global(path)),
                _ => Err(self.hole(UNKNOWN_NAME, node, format!("`{}` is not defined", node.text()))),
            },
            "parenthesized_expression" if node.first().is_some() => {
                let inner = node.first().unwrap_or(node);
                self.target(inner, is_assigned)
            }
            "unary_expression"
                if node.field("operator").is_some_and(|sign| matches!(sign.text(), "*" | "&")) =>
            {
                let inner = self.field(node, "value")?;
                if is_assigned {
                    self.check_borrow(node)?;
                }
                self.target(inner, is_assigned)
            }
            "field_expression" => {
                let value = self.field(node, "value")?;
                let name = self.field(node, "name")?;
                if node.field("operator").is_some_and(|sign| sign.text() == "?.") {
                    return Err(self.unsupported(node, "`?.` has no translation from Ruchy yet"));
                }
                let place = self.target_or_value(value)?;
                if let Some(key) = self.dict_key(value, name) {
                    return Ok(place.with(Proj::Index(key)));
                }
                Ok(place.with(self.field_of(name)))
            }
            "index_expression" => {
                let value = self.field(node, "value")?;
                let index = self.field(node, "index")?;
                if matches!(index.kind(), "range_expression" | "open_range") {
                    return Err(self.unsupported(node, "a slice is no place that can be assigned"));
                }
                let place = self.target_or_value(value)?;
                if let Some(key) = self.record_key(value, index) {
                    return Ok(place.with(Proj::Field(key)));
                }
                let index = self.expr(index);
                Ok(place.with(Proj::Index(index)))
            }
            "call_expression" if let Some(place) = self.entry_place(node) => place,
            _ => Err(self.unsupported(node, "this cannot be assigned")),
        }
    }

    /// The place that a field or item belongs to: a place, or the value of an expression.
    pub fn target_or_value(&mut self, node: Syntax<'t>) -> Result<Place, NodeId> {
        let is_place = match node.kind() {
            "identifier" => matches!(self.look_up(node.text()), Binding::Local(_) | Binding::Global(_)),
            "field_expression" => node.field("operator").is_some_and(|sign| sign.text() == "."),
            "index_expression" => node
                .field("index")
                .is_some_and(|index| !matches!(index.kind(), "range_expression" | "open_range")),
            "parenthesized_expression" => return self.target_or_value(node.first().unwrap_or(node)),
            "call_expression" if let Some(place) = self.entry_place(node) => return place,
            "unary_expression" => node.field("operator").is_some_and(|sign| matches!(sign.text(), "*" | "&")),
            _ => false,
        };
        if is_place { self.target(node, false) } else { Ok(Place::node(self.expr(node))) }
    }

    /// A field by name or by number. Only types tell tuples from tuple structs: where the file has any of those,
    /// every number means one of theirs, and one of a tuple is refused.
    fn field_of(&mut self, name: Syntax<'t>) -> Proj {
        let text = name.text();
        if !text.bytes().all(|digit| digit.is_ascii_digit()) {
            return Proj::Field(Name::new(text));
        }
        match self.structs.values().any(|found| found.is_tuple) {
            true => Proj::Field(Name::new(&format!("_{text}"))),
            false => Proj::Index(self.int(text.parse().unwrap_or(i64::MAX), name)),
        }
    }

    /// `a.x` where objects of a class have a field `x`: they change behind the name.
    pub(super) fn is_of_object(&self, node: Syntax<'t>) -> bool {
        let Some(name) = node.field("name").filter(|_| node.is("field_expression")) else { return false };
        let has = |class: &Syntax<'t>| {
            let parts = class.field("body").map_or_else(Vec::new, Syntax::named);
            parts
                .into_iter()
                .any(|part| part.is("field") && part.field("name").map(Syntax::text) == Some(name.text()))
        };
        self.classes.nodes.values().any(has)
    }

    /// Only what was declared with `mut` is changed.
    pub(super) fn check_mutable(&mut self, root: Syntax<'t>) {
        let Some(variable) = self.variable(root.text()) else { return };
        if !variable.is_mutable {
            let found = self.report(IMMUTABLE, root, format!("`{}` is not mutable", root.text()));
            found.hint(format!("declare it with `let mut {}`", root.text()));
        }
    }
}

/// The map, the key and the first value of `*m.entry(k).or_insert(v)`.
fn entry_of(node: Syntax<'_>) -> Option<(Syntax<'_>, Syntax<'_>, Syntax<'_>)> {
    let call = node.field("value").filter(|_| node.is("unary_expression"))?;
    let insert =
        call.field("function").filter(|of| of.field("name").is_some_and(|of| of.text() == "or_insert"))?;
    let entry = insert.field("value")?;
    let of = entry.field("function").filter(|of| of.field("name").is_some_and(|of| of.text() == "entry"))?;
    Some((of.field("value")?, entry.field("arguments")?.first()?, call.field("arguments")?.first()?))
}

/// The operation of a binary operator.
pub(super) fn binary_op(sign: &str) -> Option<ObjOp> {
    Some(match sign {
        "+" => ObjOp::Add,
        "-" => ObjOp::Sub,
        "*" => ObjOp::Mul,
        "/" => ObjOp::Div,
        "%" => ObjOp::Rem,
        "**" => ObjOp::Pow,
        "<<" => ObjOp::Shl,
        ">>" => ObjOp::Shr,
        "&" => ObjOp::BitAnd,
        "|" => ObjOp::BitOr,
        "^" => ObjOp::BitXor,
        "==" => ObjOp::Eq,
        "!=" => ObjOp::Ne,
        "<" => ObjOp::Lt,
        "<=" => ObjOp::Le,
        ">" => ObjOp::Gt,
        ">=" => ObjOp::Ge,
        "in" => ObjOp::In,
        "not in" => ObjOp::NotIn,
        "&&" => ObjOp::And,
        "||" => ObjOp::Or,
        _ => return None,
    })
}
