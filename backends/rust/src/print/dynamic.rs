//! Dynamic values in Rust's notation: operators, items, calls.
//!
//! before                                                      after
//!   rt::py::sub(&a, &rt::Value::from(2))                        &a - 2
//!   rt::py::get_item(&a, &rt::Value::from("x"))                 a.item("x")
//!   np::call_with("sum", &[a.clone()], &rt::Dict::from([..]))   np::sum(rt::args![&a, axis = 0])

use super::Printer;
use super::ops::explicit;
use crate::tree::Expr;
use batuta_base::Name;
use batuta_core::{
    Arg, Attr, Const, DictOp, FloatWidth, ListOp, Mode, Node, NodeId, Op, RsOp, TyKind, ValueOp, Width,
};

/// Operators that are written between their operands.
const SIGNS: &[(&str, &str)] = &[
    ("add", "+"),
    ("sub", "-"),
    ("mul", "*"),
    ("truediv", "/"),
    ("mod", "%"),
    ("and", "&"),
    ("or", "|"),
    ("xor", "^"),
    ("shl", "<<"),
    ("shr", ">>"),
];

/// Those that are methods.
const METHODS: &[(&str, &str)] = &[
    ("floordiv", "floor_div"),
    ("pow", "pow"),
    ("matmul", "matmul"),
    ("index", "item"),
    ("compare.eq", "equal"),
    ("compare.ne", "not_equal"),
    ("compare.lt", "less"),
    ("compare.le", "less_equal"),
    ("compare.gt", "greater"),
    ("compare.ge", "greater_equal"),
];

fn found(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(key, _)| *key == name).map(|(_, word)| *word)
}

/// A value for a parameter that converts what it is given.
pub(crate) fn given(expr: Expr) -> Expr {
    match explicit(expr) {
        Expr::Unary("&", inner) if is_made(&inner) => given(*inner),
        Expr::Call(callee, mut args)
            if args.len() == 1
                && matches!(&*callee, Expr::Atom(path) if path == "rt::Value::from")
                && !matches!(args[0], Expr::Jump(..)) =>
        {
            args.remove(0)
        }
        expr => expr,
    }
}

/// `rt::slice(start..stop)`. A range of literals that Rust takes for empty, as `1..-1`, is `rt::between(1, -1)`.
pub(crate) fn slice_of(start: Option<Box<Expr>>, stop: Option<Box<Expr>>, step: Option<Box<Expr>>) -> Expr {
    let literal = |bound: &Option<Box<Expr>>| match bound.as_deref() {
        Some(Expr::Atom(text)) => text.parse::<i64>().ok(),
        Some(Expr::Unary("-", of)) => match &**of {
            Expr::Atom(text) => text.parse::<i64>().ok().map(|number| -number),
            _ => None,
        },
        _ => None,
    };
    let looks_empty = literal(&start).zip(literal(&stop)).is_some_and(|(start, stop)| start >= stop);
    let part = match (start, stop) {
        (Some(start), Some(stop)) if looks_empty => Expr::call("rt::between", vec![*start, *stop]),
        (start, stop) => Expr::call("rt::slice", vec![Expr::Range(start, stop, false)]),
    };
    match step {
        Some(step) => part.method("by", vec![*step]),
        None => part,
    }
}

/// Whether an expression makes a value of its own.
fn is_made(expr: &Expr) -> bool {
    match expr {
        Expr::Call(..) | Expr::Macro(..) | Expr::Binary(..) => true,
        Expr::Method(..) => !expr.is_guard(),
        Expr::Atom(path) => path == "rt::Value::None",
        _ => false,
    }
}

impl Printer<'_, '_> {
    /// An argument that is converted where it stands: `2` for `rt::Value::from(2)`, `&x` for a name.
    fn converted(&mut self, node: NodeId) -> Expr {
        if let Some(array) = self.array_in(node) {
            return given(self.by_ref(array));
        }
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } if self.is_value(args[0]) => {
                self.converted(args[0])
            }
            Node::Op { op: Op::RsOp(RsOp::Clone), args, .. }
                if self.is_value(node) && self.is_value(args[0]) =>
            {
                self.converted(args[0])
            }
            Node::Use(_, Mode::Move) => self.expr(node),
            Node::Use(..) => match self.body.ty(node).kind() {
                TyKind::RefMut(_) => Expr::unary("&", Expr::unary("*", self.expr(node))),
                _ => given(self.by_ref(node)),
            },
            _ => given(self.expr(node)),
        }
    }

    fn is_value(&self, node: NodeId) -> bool {
        *self.body.ty(node).strip_ref().kind() == TyKind::Value
    }

    /// The left operand: a dynamic value, or a number beside one.
    fn left_operand(&mut self, node: NodeId) -> Expr {
        if let Some(array) = self.array_in(node) {
            return super::ops::explicit(self.by_ref(array));
        }
        let mut at = node;
        while let Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } = &self.body.nodes[at].kind {
            at = args[0];
        }
        if let Node::Op { op: Op::ValueOp(ValueOp::From), args, .. } = &self.body.nodes[at].kind
            && !matches!(
                self.body.ty(args[0]).kind(),
                TyKind::Int(Width::I64) | TyKind::Float(FloatWidth::F64)
            )
        {
            return self.expr(at);
        }
        self.converted(node)
    }

    /// An operator of Python on dynamic values, where Rust has a notation for it.
    pub(super) fn notation(&mut self, name: &str, args: &[NodeId]) -> Option<Expr> {
        if let Some(sign) = found(SIGNS, name) {
            let left = self.left_operand(args[0]);
            return Some(left.binary(sign, self.converted(args[1])));
        }
        if let Some(method) = found(METHODS, name) {
            let receiver = self.receiver_of(args[0]);
            return Some(receiver.method(method, vec![self.converted(args[1])]));
        }
        let sign = match name {
            "neg" => "-",
            "invert" => "!",
            _ => return None,
        };
        let operand = self.converted(args[0]);
        // What is no dynamic value has another operator of that sign.
        (!matches!(self.body.nodes[args[0]].kind, Node::Op { op: Op::ValueOp(ValueOp::From), .. }))
            .then(|| Expr::unary(sign, operand))
    }

    /// What a method of dynamic values is called on.
    fn receiver_of(&mut self, node: NodeId) -> Expr {
        self.by_ref(node).without_ref()
    }

    /// `v[start:stop:step]` whose parts are left out or numbers of this program.
    pub(super) fn dynamic_slice(&mut self, args: &[NodeId]) -> Option<Expr> {
        let parts = args[1..].iter().map(|part| self.bound(*part)).collect::<Option<Vec<_>>>()?;
        let [start, stop, step] = parts.try_into().ok()?;
        let receiver = self.receiver_of(args[0]);
        let mut bound = |node: Option<NodeId>| node.map(|node| Box::new(self.expr(node)));
        let (start, stop, step) = (bound(start), bound(stop), bound(step));
        self.uses.rt = true;
        let part = match slice_of(start, stop, step) {
            Expr::Call(slice, mut range) if *slice == Expr::atom("rt::slice") => range.remove(0),
            part => part,
        };
        Some(receiver.method("slice", vec![part]))
    }

    /// A bound of a slice: none, or a number of 64 bits.
    fn bound(&self, node: NodeId) -> Option<Option<NodeId>> {
        let mut at = node;
        loop {
            at = match &self.body.nodes[at].kind {
                Node::Op { op: Op::RsOp(RsOp::Ref) | Op::ValueOp(ValueOp::From), args, .. } => args[0],
                _ => break,
            };
        }
        if self.body.as_const(at) == Some(&Const::None) {
            return Some(None);
        }
        (*self.body.ty(at).kind() == TyKind::Int(Width::I64)).then_some(Some(at))
    }

    /// Dynamic accesses and calls as methods of the value.
    pub(super) fn dynamic_method(&mut self, op: ValueOp, name: &str, args: &[NodeId]) -> Option<Expr> {
        let text = |name: &str| Expr::Atom(crate::literal::string(name));
        Some(match op {
            ValueOp::Attr => self.receiver_of(args[0]).method("attr", vec![text(name)]),
            ValueOp::Method if name == "__slice__" => self.dynamic_slice(args)?,
            ValueOp::Method if name == "__setitem__" => {
                let receiver = self.receiver_of(args[0]);
                let index = self.converted(args[1]);
                receiver.method("set_item", vec![index, self.converted(args[2])])
            }
            ValueOp::Method if name == "__delitem__" => return None,
            ValueOp::Method if name.ends_with('=') => {
                let receiver = self.receiver_of(args[0]);
                let name = text(name.trim_end_matches('='));
                receiver.method("set_attr", vec![name, self.converted(args[1])])
            }
            ValueOp::Method => {
                let receiver = self.receiver_of(args[0]);
                let given = self.dynamic_args(&args[1..], &[]);
                receiver.method("call_method", vec![text(name), given])
            }
            ValueOp::Call => {
                let callee = self.receiver_of(args[0]);
                callee.method("call", vec![self.dynamic_args(&args[1..], &[])])
            }
            _ => return None,
        })
    }

    /// The arguments of a dynamic call.
    fn dynamic_args(&mut self, positional: &[NodeId], named: &[(std::sync::Arc<str>, NodeId)]) -> Expr {
        if let ([only], []) = (positional, named) {
            return self.converted(*only);
        }
        let mut parts: Vec<Expr> = positional.iter().map(|node| self.converted(*node)).collect();
        for (name, node) in named {
            let value = self.converted(*node);
            parts.push(Expr::Assign(Box::new(Expr::Atom((**name).to_owned())), "", Box::new(value)));
        }
        Expr::Macro(self.rt("args"), parts)
    }

    /// Calls with arguments that are known one by one: of functions of NumPy, of dynamic values.
    pub(super) fn dynamic_call(&mut self, name: Name, args: &[Arg]) -> Option<Expr> {
        let named =
            |me: &Self, at: usize| args.get(at).map_or(Some(Vec::new()), |arg| me.named_args(arg.value));
        match name.as_str() {
            "numpy.$call" | "numpy.$call_with" => {
                let Some(Const::Str(function)) = self.text_const(args[0].value) else { return None };
                let (positional, named) = (self.list_items(args[1].value)?, named(self, 2)?);
                self.uses.np = true;
                let path = format!("np::{}", crate::names::path_of(&function));
                Some(Expr::call(path, vec![self.dynamic_args(&positional, &named)]))
            }
            "value.call_method" => {
                let Some(Const::Str(_)) = self.text_const(args[1].value) else { return None };
                let (positional, named) = (self.list_items(args[2].value)?, named(self, 3)?);
                let receiver = self.receiver_of(args[0].value);
                let method = self.expr(args[1].value);
                Some(receiver.method("call_method", vec![method, self.dynamic_args(&positional, &named)]))
            }
            "function.call" => {
                let (positional, named) = (self.list_items(args[1].value)?, named(self, 2)?);
                let callee = self.receiver_of(args[0].value);
                Some(callee.method("call", vec![self.dynamic_args(&positional, &named)]))
            }
            _ => None,
        }
    }

    /// The items of a list that is written out.
    fn list_items(&self, node: NodeId) -> Option<Vec<NodeId>> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => self.list_items(args[0]),
            Node::Op { op: Op::ListOp(ListOp::New), attr: Attr::None, args } => {
                args.iter().all(|arg| self.is_value(*arg)).then(|| args.to_vec())
            }
            _ => None,
        }
    }

    /// The entries of a dict that is written out, whose keys are names.
    fn named_args(&self, node: NodeId) -> Option<Vec<(std::sync::Arc<str>, NodeId)>> {
        match &self.body.nodes[node].kind {
            Node::Op { op: Op::RsOp(RsOp::Ref), args, .. } => self.named_args(args[0]),
            Node::Op { op: Op::DictOp(DictOp::New), attr: Attr::None, args } if args.len() % 2 == 0 => args
                .chunks(2)
                .map(|pair| match self.text_const(pair[0]) {
                    Some(Const::Str(key)) if crate::names::is_identifier(&key) && self.is_value(pair[1]) => {
                        Some((key, pair[1]))
                    }
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }
}
